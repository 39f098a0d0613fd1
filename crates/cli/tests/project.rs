//! Projects by the command: exported, imported, and refused.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::fsimage;

/// Exit status and return value of a command that fails.
fn refused(at: &Path, arguments: &[&str]) -> (i32, u64) {
    let command =
        Command::new(env!("CARGO_BIN_EXE_fsimage")).args(arguments).arg("--json").current_dir(at).output();
    let output = command.unwrap();
    let told: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    (output.status.code().unwrap(), told["return_value"].as_u64().unwrap())
}

#[test]
fn a_project_becomes_the_image_that_build_writes() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir(at.join("source")).unwrap();
    fs::write(at.join("source/file"), "the file").unwrap();
    let options =
        ["source", "x/y=source/file", "--volume", "NAME", "--fs", "iso9660,joliet,udf", "--reproducible"];
    fsimage(at, &[&["build", "-o", "built", "--quiet"], &options[..]].concat());
    fsimage(at, &[&["project", "export", "-o", "project", "--quiet"], &options[..]].concat());
    fsimage(
        at,
        &[&["project", "export", "-o", "referring", "--references", "--quiet"], &options[..]].concat(),
    );
    fsimage(at, &["project", "import", "referring", "--references", "-o", "referred", "--quiet"]);
    assert_eq!(refused(at, &["project", "import", "referring", "-o", "x"]), (2, 32769));
    fs::remove_dir_all(at.join("source")).unwrap();
    fsimage(at, &["project", "import", "project", "-o", "imported", "--quiet"]);
    let image = |name: &str| fs::read(at.join(name)).unwrap();
    assert!(image("built") == image("imported") && image("built") == image("referred"));
    for output in ["new", "newer"] {
        fsimage(at, &["project", "import", "project", "-o", output, "--generate-new-id", "--quiet"]);
        assert_eq!(fsimage(at, &["cat", output, "/x/y"]), "the file");
    }
    assert!(image("new") != image("built") && image("new") != image("newer"));
    // By the time of creation, to the hundredth of a second, Linux and GRUB tell volumes from each other.
    let created = |name: &str| image(name)[16 * 2048 + 813..][..16].to_vec();
    assert!(created("new") != created("newer"));
    let told = fsimage(at, &["project", "import", "project", "-o", "told", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["return_value"], 0);
    // A project that was made in this second has new ones, too.
    fsimage(at, &["project", "export", "-o", "now", "--quiet", "built"]);
    let names: Vec<String> = (0..8).map(|number| format!("of now {number}")).collect();
    for name in &names {
        fsimage(at, &["project", "import", "now", "-o", name, "--generate-new-id", "--quiet"]);
    }
    let times: std::collections::BTreeSet<_> = names.iter().map(|name| created(name)).collect();
    assert!(times.len() >= 7, "hardly any are the same by chance: {times:?}");

    assert_eq!(refused(at, &["project", "export", "-o", "project", "imported"]), (2, 32774));
    assert_eq!(refused(at, &["project", "import", "missing", "-o", "x"]), (4, 32777));
    assert_eq!(refused(at, &["project", "import", "project", "--no-such-option", "-o", "x"]), (2, 32773));
    fs::write(at.join("project/contents"), "damaged").unwrap();
    assert_eq!(refused(at, &["project", "import", "project", "-o", "x"]), (4, 32776));
    assert!(!at.join("x").exists());
}

#[test]
fn a_project_is_not_written_over_what_it_is_read_from() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("source"), "the file").unwrap();
    fsimage(at, &["project", "export", "-o", "project", "source", "--quiet"]);
    fsimage(at, &["project", "export", "-o", "referring", "--references", "source", "--quiet"]);
    let files = || {
        ["project/contents", "project/manifest.json", "project/SHA256SUMS", "source"]
            .map(|name| fs::read(at.join(name)).unwrap())
    };
    let before = files();
    fs::hard_link(at.join("project/contents"), at.join("link")).unwrap();
    for output in ["project/contents", "project/manifest.json", "project/SHA256SUMS", "link"] {
        assert_eq!(refused(at, &["project", "import", "project", "-o", output]), (2, 32773), "{output}");
    }
    assert_eq!(refused(at, &["project", "import", "referring", "--references", "-o", "source"]), (2, 32773));
    assert!(files() == before);
    fsimage(at, &["project", "import", "project", "-o", "source", "--quiet"]);
}

#[test]
fn room_that_is_used_up() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("big"), vec![1; 1 << 20]).unwrap();
    let program = env!("CARGO_BIN_EXE_fsimage");
    let line = format!("ulimit -f 100; exec {program} project export -o project big --json");
    let output = Command::new("sh").current_dir(at).args(["-c", &line]).output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(told["return_value"], 32778, "{told}");
    assert!(!at.join("project").exists());
}

#[test]
fn a_session_behind_others() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("one"), "1").unwrap();
    fs::write(at.join("two"), "2").unwrap();
    fsimage(at, &["build", "-o", "image", "one", "--quiet", "--reproducible"]);
    fsimage(
        at,
        &["project", "export", "-o", "project", "--onto", "image", "two", "--quiet", "--reproducible"],
    );
    fsimage(at, &["append", "image", "two", "--quiet", "--reproducible"]);
    fsimage(at, &["project", "import", "project", "-o", "again", "--quiet"]);
    assert!(fs::read(at.join("image")).unwrap() == fs::read(at.join("again")).unwrap());
    assert_eq!(fsimage(at, &["cat", "again", "/one"]), "1");
    let told = fsimage(at, &["project", "import", "project", "-o", "told", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let len = fs::metadata(at.join("told")).unwrap().len();
    assert_eq!((&told["return_value"], &told["bytes"]), (&0.into(), &len.into()), "{told}");
    assert!(told["sectors"] == len / 2048 && told["notices"].is_array(), "{told}");
}
