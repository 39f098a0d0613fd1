//! `build`: its sources, its forms and its output.

use std::fs;

use crate::scene::{Scene, lines};

#[test]
fn forms_of_udf() {
    let scene = Scene::new();
    let build =
        |more: &[&str]| scene.run(&[&["build", "-o", "u.iso", "--fs", "udf", "docs"][..], more].concat());
    let bytes = |_| fs::metadata(scene.path("u.iso")).unwrap().len();
    let small = bytes(build(&["--udf-revision", "2.50", "--udf-metadata", "none"]));
    let single = bytes(build(&["--udf-revision", "2.50", "--udf-metadata", "single"]));
    let mirrored = bytes(build(&["--udf-revision", "2.50"]));
    assert!(small < single && single < mirrored, "{small} {single} {mirrored}");
    let spread =
        bytes(build(&["--udf-revision", "2.50", "--udf-metadata", "none", "--udf-embedding", "nothing"]));
    assert!(small < spread, "{small} {spread}");
    let roomy = bytes(build(&["--udf-access", "overwritable:1M"]));
    assert!(roomy > (1 << 20) + small / 2, "{roomy}");
    scene.run(&["verify", "u.iso"]);
    let refused = |more: &[&str]| scene.fail(2, &[&["build", "-o", "v.iso", "docs"][..], more].concat());
    let revisions = refused(&["--fs", "udf", "--udf-revision", "3.00"]);
    assert!(revisions.contains("[possible values: 1.02, 1.50, 2.00, 2.01, 2.50, 2.60]"), "{revisions}");
    let early = refused(&["--fs", "udf", "--udf-metadata", "mirrored"]);
    assert!(early.contains("revision 2.01 has none; it came with 2.50"), "{early}");
    assert!(
        refused(&["--udf-access", "overwritable:1M"])
            .contains("--udf-access: no UDF is written; add udf to --fs")
    );
    assert!(refused(&["--udf-access", "overwritable:1M", "--fs", "udf,iso9660"]).contains("ISO 9660"));
}

#[test]
fn to_standard_output_and_again() {
    let scene = Scene::new();
    scene.build("a.iso");
    let output = scene.command(&["build", "-o", "-", "docs"]).assert().success().get_output().stdout.clone();
    assert_eq!(output, fs::read(scene.path("a.iso")).unwrap());
}

#[test]
fn sources() {
    let scene = Scene::new();
    scene.run(&["build", "-o", "a.iso", "docs/readme.txt", "x/y=docs/deep", "--exclude", "*.nothing"]);
    assert_eq!(lines(&scene.run(&["ls", "-R", "a.iso"])).last(), Some(&"/x/y/er/three.txt"));
    scene.run(&["build", "-o", "a.iso", "docs", "more"]);
    assert_eq!(scene.run(&["cat", "a.iso", "readme.txt"]), "newer\n");
    assert!(scene.fail(3, &["build", "-o", "b.iso", "missing"]).contains("missing"));
    assert!(!scene.path("b.iso").exists());
    let collision = scene.fail(2, &["build", "-o", "b.iso", "docs", "readme.txt=docs"]);
    assert!(collision.contains("/readme.txt"), "{collision}");
    assert!(scene.fail(2, &["build", "-o", "b.iso", "--strict", "docs"]).contains("strict"));
}

#[test]
fn names_that_are_taken() {
    let scene = Scene::new();
    let build = ["build", "-o", "a.iso", "docs", "more", "readme.txt=more/readme.txt"];
    let with = |policy| [&build[..], &["--existing", policy]].concat();
    scene.run(&with("replace"));
    assert_eq!(scene.run(&["cat", "a.iso", "readme.txt"]), "newer\n");
    let told = scene.command(&with("keep")).assert().success().get_output().stderr.clone();
    assert_eq!(String::from_utf8_lossy(&told).matches("its name is taken").count(), 2, "{told:?}");
    assert_ne!(scene.run(&["cat", "a.iso", "readme.txt"]), "newer\n");
    let refused = scene.fail(2, &with("refuse"));
    assert!(refused.contains("/readme.txt"), "{refused}");
}

#[test]
fn a_glob_that_matches_nothing_is_told() {
    let scene = Scene::new();
    let arguments = ["build", "-o", "a.iso", "docs", "--exclude", "*.txt", "--exclude", "*.text"];
    let told = scene.command(&arguments).assert().success().get_output().stderr.clone();
    let told = String::from_utf8(told).unwrap();
    assert!(told.contains("--exclude *.text: nothing matches") && !told.contains("*.txt:"), "{told}");
    let built = scene.json(&[&arguments[..], &["--json"]].concat());
    assert_eq!(built["unmatched_excludes"], serde_json::json!(["*.text"]));
    let planned = scene.json(&[&["plan", "--json"][..], &arguments[3..]].concat());
    assert_eq!(planned["unmatched_excludes"], serde_json::json!(["*.text"]));
}

#[cfg(unix)]
#[test]
fn what_is_written_is_left_out_under_all_its_names() {
    let scene = Scene::new();
    scene.build("docs/a.iso");
    fs::hard_link(scene.path("docs/a.iso"), scene.path("docs/deep/link.iso")).unwrap();
    let names = |image: &str| scene.run(&["ls", "-R", image]);
    let told = |arguments: &[&str]| {
        let output = scene.command(arguments).assert().success().get_output().stderr.clone();
        String::from_utf8(output).unwrap()
    };
    let appended = told(&["append", "docs/a.iso", "docs"]);
    assert_eq!(appended.matches("it is the image that is written").count(), 2, "{appended}");
    assert!(!names("docs/a.iso").contains(".iso"));
    let built = told(&["build", "-o", "docs/a.iso", "docs"]);
    assert_eq!(built.matches("it is the image that is written").count(), 2, "{built}");
    // The new image is another file than the old one, which the link still names.
    assert!(scene.run(&["ls", "-R", "docs/a.iso"]).contains("deep") && !names("docs/a.iso").contains(".iso"));
    let own = scene.fail(2, &["build", "-o", "docs/a.iso", "docs/a.iso"]);
    assert!(own.contains("it is the image that is written"), "{own}");

    let stdout = fs::File::create(scene.path("docs/out.iso")).unwrap();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_fsimage"))
        .current_dir(scene.0.path())
        .args(["build", "-o", "-", "docs"])
        .stdout(stdout)
        .status()
        .unwrap();
    assert!(status.success() && !names("docs/out.iso").contains("out.iso"));

    let burnt = told(&["burn", "--drive", "sim:bd-r:docs/disc", "docs"]);
    assert_eq!(burnt.matches("it is the medium that is written").count(), 2, "{burnt}");
    assert!(!names("sim:docs/disc").contains("disc"));
}

#[cfg(unix)]
#[test]
fn a_pipe_is_one_source() {
    let scene = Scene::new();
    let arguments = ["build", "-o", "a.iso", "x=/dev/stdin", "y=/dev/stdin"];
    let assert = scene.command(&arguments).write_stdin("once").assert().code(2);
    let told = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(told.contains("the same pipe as /dev/stdin"), "{told}");
    assert!(!scene.path("a.iso").exists());
    scene.command(&arguments[..4]).write_stdin("once").assert().success();
    assert_eq!(scene.run(&["cat", "a.iso", "x"]), "once");
}

#[test]
fn files_are_compressed_when_asked_for() {
    let scene = Scene::new();
    let text = "the same line again\n".repeat(5000);
    for name in ["docs/big.txt", "docs/deep/big.log"] {
        fs::write(scene.path(name), &text).unwrap();
    }
    let built = scene
        .command(&[
            "build",
            "-o",
            "a.iso",
            "docs",
            "--zisofs=v1,block=128,level=9",
            "--zisofs-files",
            "*.txt",
        ])
        .assert()
        .success();
    let said = String::from_utf8(built.get_output().stderr.clone()).unwrap();
    assert!(said.contains("1 file compressed"), "{said}");
    assert!(said.contains("1 shown as stored in a file system"), "{said}");
    assert_eq!(scene.run(&["cat", "a.iso", "/big.txt"]), text);
    assert!(fs::metadata(scene.path("a.iso")).unwrap().len() < 200_000);
    // Nothing is left of the temporary file.
    assert!(fs::read_dir(scene.path(".")).unwrap().all(|entry| {
        let name = entry.unwrap().file_name();
        ["docs", "more", "a.iso"].iter().any(|known| name == *known)
    }));
    let refused = scene.fail(2, &["build", "-o", "b.iso", "docs", "--zisofs", "--fs", "iso9660,joliet"]);
    assert!(refused.contains("rock-ridge"), "{refused}");
    let unmatched = scene.fail(2, &["build", "-o", "b.iso", "docs", "--zisofs", "--zisofs-files", "*.doc"]);
    assert!(unmatched.contains("nothing in the tree matches *.doc"), "{unmatched}");
    assert!(!scene.path("b.iso").exists());
}

#[test]
fn what_isolinux_loads_is_not_compressed_unless_it_is_named() {
    let scene = Scene::new();
    fs::create_dir(scene.path("docs/isolinux")).unwrap();
    let mut loader = vec![0; 40_000];
    loader[64..68].copy_from_slice(&[0xFB, 0xC0, 0x78, 0x70]);
    fs::write(scene.path("docs/isolinux/isolinux.bin"), loader).unwrap();
    let module = vec![7; 100_000];
    fs::write(scene.path("docs/isolinux/ldlinux.c32"), &module).unwrap();
    fs::write(scene.path("docs/big"), &module).unwrap();
    let build = ["build", "-o", "a.iso", "docs", "--boot", "bios=isolinux/isolinux.bin", "--zisofs"];
    let said =
        String::from_utf8(scene.command(&build).assert().success().get_output().stderr.clone()).unwrap();
    assert!(
        said.contains("1 file compressed") && said.contains("ISOLINUX reads no compressed files"),
        "{said}"
    );
    let image = fs::read(scene.path("a.iso")).unwrap();
    assert!(image.windows(module.len()).any(|stored| stored == module), "the module is stored as it is");
    fs::remove_file(scene.path("a.iso")).unwrap();
    let named = [&build[..], &["--zisofs-files", "*.c32"]].concat();
    let said =
        String::from_utf8(scene.command(&named).assert().success().get_output().stderr.clone()).unwrap();
    assert!(said.contains("1 file compressed"), "{said}");
}

#[test]
fn a_boot_catalog_takes_the_place_of_an_old_one_alone() {
    let scene = Scene::new();
    fs::write(scene.path("docs/boot.img"), [0x90; 2048]).unwrap();
    let build = |output, source, catalog| {
        ["build", "-o", output, source, "--boot-image", "boot.img", "--boot-catalog", catalog]
    };
    for taken in ["boot.img", "readme.txt"] {
        assert!(scene.fail(2, &build("out.iso", "docs", taken)).contains(taken));
        assert!(!scene.path("out.iso").exists());
    }
    scene.run(&build("one.iso", "docs", "boot.cat"));
    scene.run(&["extract", "one.iso", "-C", "tree"]);
    scene.run(&build("two.iso", "tree", "boot.cat"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_limit_on_the_size_of_files_is_an_error_of_the_output() {
    let scene = Scene::new();
    fs::write(scene.path("big"), vec![1; 1 << 20]).unwrap();
    let line = format!("ulimit -f 100; exec {} build -o out.iso big", env!("CARGO_BIN_EXE_fsimage"));
    assert_cmd::Command::new("sh").current_dir(scene.0.path()).args(["-c", &line]).assert().code(8);
    assert!(!scene.path("out.iso").exists());
}
