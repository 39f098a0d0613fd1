//! The command as its users see it: output, files, exit status.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with sources, in which the command runs.
struct Scene(TempDir);

impl Scene {
    fn new() -> Scene {
        let scene = Scene(tempfile::tempdir().unwrap());
        for (name, content) in [
            ("docs/readme.txt", "read me\n"),
            ("docs/deep/er/three.txt", "three\n"),
            ("docs/A long name, with blanks and ünïcode.txt", "long\n"),
            ("docs/empty", ""),
            ("more/readme.txt", "newer\n"),
            ("more/added.txt", "added\n"),
        ] {
            let path = scene.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
        command.current_dir(self.0.path()).env("SOURCE_DATE_EPOCH", "1700000000").args(arguments);
        command
    }

    /// Standard output of a command that must end well.
    fn run(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.command(arguments).assert().success().get_output().stdout.clone()).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.run(arguments)).unwrap()
    }

    /// Standard error of a command that must end with this status.
    fn fail(&self, status: i32, arguments: &[&str]) -> String {
        let assert = self.command(arguments).assert().code(status);
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    }

    fn build(&self, image: &str) {
        self.run(&["build", "-o", image, "docs"]);
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn build_and_read() {
    let scene = Scene::new();
    scene.build("a.iso");
    let names = ["A long name, with blanks and ünïcode.txt", "deep", "empty", "readme.txt"];
    assert_eq!(lines(&scene.run(&["ls", "a.iso"])), names);
    let all = [
        "/A long name, with blanks and ünïcode.txt",
        "/deep",
        "/deep/er",
        "/deep/er/three.txt",
        "/empty",
        "/readme.txt",
    ];
    assert_eq!(lines(&scene.run(&["ls", "-R", "a.iso"])), all);
    assert_eq!(lines(&scene.run(&["ls", "-R", "a.iso", "deep/"])), ["/deep/er", "/deep/er/three.txt"]);
    assert!(scene.run(&["ls", "-l", "a.iso", "/readme.txt"]).contains(" 8 2023-11-14 22:13:20 /readme.txt"));
    assert_eq!(scene.run(&["cat", "a.iso", "deep/er/three.txt"]), "three\n");
    assert_eq!(scene.run(&["cat", "a.iso", "/empty"]), "");

    let listed = scene.json(&["ls", "-R", "--json", "a.iso", "/deep"]);
    assert_eq!(listed[1]["path"], "/deep/er/three.txt");
    assert_eq!((&listed[1]["type"], &listed[1]["size"]), (&"f".into(), &6.into()));
    scene.run(&["verify", "a.iso"]);
}

#[test]
fn other_trees_of_the_image() {
    let scene = Scene::new();
    scene.build("a.iso");
    let joliet = scene.run(&["ls", "--fs", "joliet", "a.iso"]);
    assert!(joliet.contains("ünïcode.txt"), "{joliet}");
    let plain = scene.run(&["ls", "--fs", "iso9660", "a.iso"]);
    assert!(plain.contains("README.TXT"), "{plain}");
    assert!(scene.fail(2, &["ls", "--fs", "udf", "a.iso"]).contains("UDF"));
    scene.run(&["build", "-o", "udf.iso", "--fs", "udf", "docs"]);
    assert!(scene.run(&["ls", "udf.iso"]).contains("readme.txt"));
    assert!(scene.run(&["info", "udf.iso"]).contains("UDF revision"));
    scene.run(&["build", "-o", "plain.iso", "--fs", "iso9660", "docs/readme.txt"]);
    scene.fail(2, &["ls", "--fs", "joliet", "plain.iso"]);
}

#[test]
fn extract() {
    let scene = Scene::new();
    scene.build("a.iso");
    scene.run(&["extract", "a.iso", "-C", "all"]);
    assert_eq!(fs::read_to_string(scene.path("all/deep/er/three.txt")).unwrap(), "three\n");
    let report = scene.json(&["extract", "--json", "a.iso", "-C", "some", "deep", "/readme.txt"]);
    assert_eq!(report["items"], 4);
    assert!(scene.path("some/deep/er/three.txt").exists() && !scene.path("some/empty").exists());
    assert!(scene.fail(2, &["extract", "a.iso", "-C", "some", "nothing"]).contains("nothing"));
    scene.fail(8, &["extract", "a.iso", "-C", "some", "readme.txt"]);
    scene.run(&["extract", "a.iso", "-C", "some", "readme.txt", "--overwrite"]);
}

#[test]
fn manifest() {
    let scene = Scene::new();
    scene.build("a.iso");
    let manifest = scene.run(&["manifest", "a.iso"]);
    let lines = lines(&manifest);
    assert_eq!(lines[0], "# path\ttype\tmode\tuid\tgid\tsize\tnlink\tmtime\trdev\tsha256\ttarget");
    assert_eq!(lines.len(), 8);
    let fields: Vec<&str> = lines[2].split('\t').collect();
    assert_eq!(fields[0], "/A long name, with blanks and \\xc3\\xbcn\\xc3\\xafcode.txt");
    assert_eq!((fields[1], fields[5], fields[7], fields[8], fields[10]), ("f", "5", "1700000000", "-", "-"));
    assert_eq!(fields[9], "bbdbb75b415ee9a40f0b3796a8b41a0b7723afe5726b870474ad220a4886d06d");
    let listed = scene.json(&["manifest", "--json", "a.iso"]);
    assert_eq!(listed.as_array().unwrap().len(), 7);
    assert_eq!(listed[0]["path"], "/");
    assert_eq!(listed[1]["path"], "/A long name, with blanks and ünïcode.txt");
    assert_eq!((&listed[1]["size"], &listed[1]["sha256"]), (&5.into(), &fields[9].into()));
}

#[test]
fn plan_and_size() {
    let scene = Scene::new();
    scene.build("a.iso");
    let bytes = fs::metadata(scene.path("a.iso")).unwrap().len();
    let plan = scene.json(&["plan", "--json", "docs"]);
    assert_eq!(plan["bytes"], bytes);
    let segments = plan["segments"].as_array().unwrap();
    let mut at = 0;
    for segment in segments {
        assert_eq!(segment["start"], at, "{segment}");
        at += segment["sectors"].as_u64().unwrap();
    }
    assert_eq!(at * 2048, bytes);
    assert!(plan["changes"].as_array().unwrap().iter().any(|change| change["change"] == "renamed"));
    let text = scene.run(&["plan", "docs"]);
    assert!(text.contains("path table") && text.contains("/readme.txt") && text.contains("records it as"));
}

#[test]
fn plan_of_the_next_session() {
    let scene = Scene::new();
    scene.build("a.iso");
    scene.fail(2, &["plan", "more", "--session", "1"]);
    let plan = scene.json(&["plan", "--json", "more", "--onto", "a.iso"]);
    scene.run(&["append", "a.iso", "more"]);
    let end = plan["start"].as_u64().unwrap() * 2048 + plan["bytes"].as_u64().unwrap();
    assert_eq!(end, fs::metadata(scene.path("a.iso")).unwrap().len());

    scene.run(&["burn", "--drive", "sim:bd-r:demo.disc", "docs"]);
    let plan = scene.json(&["plan", "--json", "more", "--onto", "sim:demo.disc"]);
    let burnt = scene.json(&["burn", "--json", "--drive", "sim:demo.disc", "more"]);
    assert_eq!((&plan["start"], &plan["sectors"]), (&burnt["start"], &burnt["sectors"]));
}

/// What `plan` says was chosen: what, and who chose it.
fn choice(plan: &Value, what: &str) -> (String, String) {
    let choices = plan["choices"].as_array().unwrap();
    let found =
        choices.iter().find(|choice| choice["what"] == what).unwrap_or_else(|| panic!("{what}: {plan}"));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&found["chosen"]), text(&found["why"]["by"]))
}

#[test]
fn a_plan_says_what_was_chosen_and_why() {
    let scene = Scene::new();
    let chosen = |value: &str, by: &str| (value.to_owned(), by.to_owned());
    let plan = scene.json(&["plan", "--json", "--medium", "bd-r", "--fs", "udf", "docs"]);
    assert_eq!(choice(&plan, "file systems"), chosen("UDF", "option"));
    assert_eq!(choice(&plan, "UDF revision"), chosen("2.50", "medium"));
    assert_eq!(choice(&plan, "UDF metadata partition"), chosen("mirrored", "rule"));
    assert_eq!(choice(&plan, "UDF embedding"), chosen("all that fits", "rule"));
    let more = ["--udf-revision", "2.60", "--udf-metadata", "single", "--udf-embedding", "directories"];
    let plan =
        scene.json(&[&["plan", "--json", "--medium", "bd-r", "--fs", "udf", "docs"][..], &more].concat());
    assert_eq!(choice(&plan, "UDF revision"), chosen("2.60", "option"));
    assert_eq!(choice(&plan, "UDF metadata partition"), chosen("single", "option"));
    assert_eq!(choice(&plan, "UDF embedding"), chosen("directories", "option"));
    let text = scene.run(&["plan", "--fs", "joliet,udf", "docs"]);
    for line in [
        "file systems: ISO 9660, Joliet, UDF (asked for by --fs)",
        "UDF revision: 2.01 (default for image file: ",
        "UDF embedding: directories (ISO 9660 needs",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(
        scene.run(&["plan", "docs"]).starts_with("file systems: ISO 9660, Rock Ridge, Joliet (default for")
    );
}

/// What is burnt, what is planned for the medium in the drive, and what is planned for a blank one are the same.
#[test]
fn defaults_of_each_medium() {
    use fsimage::{Medium, MediumKind, UdfOptions};
    for kind in MediumKind::ALL {
        let scene = Scene::new();
        let drive = format!("sim:{kind}:demo.disc");
        let sources = ["--fs", "iso9660,udf", "docs"];
        let blank = scene.json(&[&["plan", "--json", "--medium", kind.name()][..], &sources].concat());
        scene.run(&["sim", "new", "demo.disc", "--medium", kind.name()]);
        let onto = scene.json(&[&["plan", "--json", "--onto", &drive][..], &sources].concat());
        assert_eq!(blank, onto, "{kind}");
        let revision = UdfOptions::for_medium(Medium::from(kind)).revision.to_string();
        assert_eq!(choice(&onto, "UDF revision").0, revision);
        let burnt = scene.json(&[&["burn", "--json", "--drive", &drive][..], &sources].concat());
        assert_eq!((&burnt["start"], &burnt["sectors"]), (&onto["start"], &onto["sectors"]));
        assert_eq!(scene.json(&["info", "--json", &drive])["sessions"][0]["udf_revision"], revision.as_str());
        if kind == MediumKind::CdR {
            // A further session keeps the revision, unless another is asked for.
            scene.run(&["burn", "--drive", &drive, "--udf-revision", "2.01", "more"]);
            let next = scene.json(&["plan", "--json", "--onto", &drive, "more"]);
            assert_eq!(choice(&next, "UDF revision"), ("2.01".to_owned(), "session".to_owned()));
            assert_eq!(choice(&next, "file systems").1, "session");
        }
    }
}

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
fn errors_for_machines() {
    let scene = Scene::new();
    let error: Value = serde_json::from_str(&scene.fail(4, &["info", "--json", "missing.iso"])).unwrap();
    assert_eq!(error["exit"], 4);
    assert!(error["error"].as_str().unwrap().contains("missing.iso"));
    scene.build("a.iso");
    scene.fail(2, &["ls", "a.iso", "--session", "2"]);
    scene.fail(2, &["cat", "a.iso", "/no"]);
    scene.fail(2, &["cat", "a.iso", "/deep"]);
    scene.fail(2, &["build", "docs"]);
    let usage: Value = serde_json::from_str(&scene.fail(2, &["build", "docs", "--json"])).unwrap();
    assert!(usage["error"].as_str().unwrap().contains("--output"), "{usage}");
    scene.command(&["build", "-o", "b.iso", "docs"]).env("SOURCE_DATE_EPOCH", "now").assert().code(2);
}

#[test]
fn append_to_an_image() {
    let scene = Scene::new();
    scene.build("a.iso");
    let before = fs::metadata(scene.path("a.iso")).unwrap().len();
    scene.run(&["append", "a.iso", "more"]);
    assert!(fs::metadata(scene.path("a.iso")).unwrap().len() > before);
    check_sessions(&scene, "a.iso");
}

/// The first session holds `docs`, the second one `more` besides.
fn check_sessions(scene: &Scene, target: &str) {
    assert_eq!(scene.run(&["cat", target, "readme.txt"]), "newer\n");
    assert_eq!(scene.run(&["cat", target, "added.txt"]), "added\n");
    assert_eq!(scene.run(&["cat", target, "deep/er/three.txt"]), "three\n");
    assert_eq!(scene.run(&["cat", target, "readme.txt", "--session", "1"]), "read me\n");
    scene.fail(2, &["cat", target, "added.txt", "--session", "1"]);
    let info = scene.json(&["info", "--json", target]);
    assert_eq!(info["sessions"].as_array().unwrap().len(), 2, "{info}");
    let second = scene.json(&["info", "--json", "--session", "2", target]);
    assert_eq!(second["sessions"].as_array().unwrap()[..], info["sessions"].as_array().unwrap()[1..]);
    scene.fail(2, &["info", "--session", "3", target]);
    scene.run(&["verify", target]);
}

#[test]
fn burn_twice_on_every_simulated_medium() {
    use fsimage::MediumKind::{BdR, BdRe, CdR, CdRw, DvdPlusR, DvdPlusRw};
    for medium in [CdR, CdRw, DvdPlusR, DvdPlusRw, BdR, BdRe] {
        let scene = Scene::new();
        let drive = format!("sim:{medium}:demo.disc");
        scene.run(&["burn", "--drive", &drive, "--verify", "docs"]);
        scene.run(&["burn", "--drive", "sim:demo.disc", "more"]);
        check_sessions(&scene, "sim:demo.disc");
    }
}

#[test]
fn simulated_media_and_drive_commands() {
    let scene = Scene::new();
    scene.run(&["sim", "new", "a.disc", "--medium", "cd-r"]);
    scene.fail(2, &["sim", "new", "a.disc", "--medium", "cd-r"]);
    assert!(scene.fail(5, &["ls", "sim:a.disc"]).contains("blank"));
    scene.run(&["burn", "--drive", "sim:a.disc", "--finalise", "docs"]);
    scene.fail(5, &["burn", "--drive", "sim:a.disc", "more"]);
    scene.fail(5, &["drive", "blank", "--drive", "sim:a.disc"]);
    scene.run(&["sim", "new", "b.disc", "--medium", "cd-rw"]);
    scene.run(&["burn", "--drive", "sim:b.disc", "docs"]);
    scene.run(&["drive", "blank", "--drive", "sim:b.disc"]);
    scene.fail(5, &["ls", "sim:b.disc"]);
    assert_eq!(scene.json(&["drive", "eject", "--json", "--drive", "sim:b.disc"])["ejected"], true);
    scene.run(&["drives"]);
}

#[test]
fn help_names_every_command() {
    let scene = Scene::new();
    let help = scene.run(&["--help"]);
    for command in fsimage_cli::command().get_subcommands() {
        assert!(help.contains(command.get_name()), "{}", command.get_name());
    }
    assert!(scene.run(&["--version"]).starts_with("fsimage "));
    assert!(Path::new(env!("CARGO_BIN_EXE_fsimage")).exists());
}
