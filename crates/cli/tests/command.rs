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

/// Opening a pipe that nobody writes to never comes back.
#[cfg(unix)]
#[test]
fn a_second_signal_ends_what_cannot_be_cancelled() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    for signal in ["-INT", "-TERM"] {
        let scene = Scene::new();
        assert!(Command::new("mkfifo").arg(scene.path("pipe")).status().unwrap().success());
        let mut child = Command::new(env!("CARGO_BIN_EXE_fsimage"))
            .current_dir(scene.0.path())
            .args(["build", "-o", "a.iso", "x=pipe"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let started = Instant::now();
        // Before the handler stands the first one ends the program by itself, so there is some time first.
        std::thread::sleep(Duration::from_secs(1));
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if started.elapsed() > Duration::from_secs(20) {
                child.kill().unwrap();
                panic!("{signal} does not end it");
            }
            assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
            std::thread::sleep(Duration::from_millis(300));
        };
        let mut told = String::new();
        std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut told).unwrap();
        assert_eq!(status.code(), Some(130), "{told}");
        assert!(told.contains("nothing was written"), "{told}");
        assert!(!scene.path("a.iso").exists());
    }
}

#[test]
fn no_drives_are_told() {
    let scene = Scene::new();
    let listed = scene.json(&["drives", "--json"]);
    let output = scene.command(&["drives"]).assert().success().get_output().clone();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(listed.as_array().unwrap().is_empty(), told.contains("no drives"), "{listed} {told}");
}

#[test]
fn a_drive_is_described() {
    let scene = Scene::new();
    scene.run(&["sim", "new", "blank.disc", "--medium", "cd-rw"]);
    let described = scene.json(&["info", "--json", "sim:blank.disc"]);
    let abilities = &described["drive"]["abilities"];
    assert_eq!(abilities["profiles"].as_array().unwrap().len(), 16, "{described}");
    assert_eq!(abilities["capabilities"]["writes"][1], "CD-RW", "{described}");
    let output = scene.command(&["info", "sim:blank.disc"]).assert().success().get_output().clone();
    let told = String::from_utf8(output.stdout).unwrap();
    for line in [
        "  knows          BD-RE,",
        "  features now   profile list,",
        "CD track at once",
        "  mode pages     01h read/write error recovery, 05h write parameters, 0Eh CD audio control, 2Ah ",
        "  mechanism      tray,",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
}

// Elsewhere a process that was killed has an exit status like any other.
#[cfg(unix)]
#[test]
fn a_simulated_drive_takes_its_time_where_it_is_asked_to() {
    let scene = Scene::new();
    scene.run(&["sim", "new", "blank.disc", "--medium", "cd-rw"]);
    let blank = ["drive", "blank", "--drive", "sim:blank.disc"];
    scene.run(&blank);
    // A minute; long before, the one who waits gives up.
    let mut slow = scene.command(&blank);
    slow.arg("--real-time").timeout(std::time::Duration::from_secs(2)).assert().interrupted();
}

#[test]
fn a_medium_whose_path_has_a_colon() {
    let scene = Scene::new();
    assert!(scene.fail(2, &["burn", "--drive", "sim:my:disc", "docs"]).contains("sim:./my:disc"));
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
fn a_torn_head_is_recovered() {
    let scene = Scene::new();
    scene.build("a.iso");
    scene.run(&["append", "a.iso", "more"]);
    assert!(scene.run(&["recover", "a.iso"]).contains("nothing to recover"));
    let whole = fs::read(scene.path("a.iso")).unwrap();
    let mut torn = whole.clone();
    torn[16 * 2048..18 * 2048].fill(0);
    fs::write(scene.path("a.iso"), &torn).unwrap();
    scene.fail(4, &["ls", "a.iso"]);

    // Found, and not yet done.
    let told = scene.command(&["recover", "a.iso"]).assert().code(1);
    let told = String::from_utf8(told.get_output().stdout.clone()).unwrap();
    let identifier = told.rsplit(' ').next().unwrap().trim().to_owned();
    assert!(told.contains("nothing was written"), "{told}");
    scene.fail(2, &["recover", "a.iso", "--write", &identifier[..4]]);
    scene.fail(5, &["recover", "a.iso", "--write", "00000000"]);
    assert!(fs::read(scene.path("a.iso")).unwrap() == torn);

    scene.run(&["recover", "a.iso", "--write", &identifier]);
    assert!(fs::read(scene.path("a.iso")).unwrap() == whole);
}

#[test]
fn what_an_older_session_has_comes_back() {
    let scene = Scene::new();
    scene.build("a.iso");
    scene.run(&["append", "a.iso", "--remove", "deep", "more"]);
    assert_eq!(scene.run(&["cat", "a.iso", "readme.txt"]), "newer\n");
    scene.run(&["append", "a.iso", "--restore", "1:readme.txt", "--restore", "1:/deep/er"]);
    assert_eq!(scene.run(&["cat", "a.iso", "readme.txt"]), "read me\n");
    assert_eq!(scene.run(&["cat", "a.iso", "deep/er/three.txt"]), "three\n");
    assert_eq!(scene.run(&["cat", "a.iso", "added.txt"]), "added\n");
    let three = scene.json(&["info", "--json", "a.iso"]);
    assert_eq!(three["sessions"].as_array().unwrap().len(), 3);
    for bad in ["9:readme.txt", "1:absent", "readme.txt", "0:readme.txt", "1:"] {
        scene.fail(2, &["append", "a.iso", "--restore", bad]);
    }
    scene.fail(2, &["plan", "docs", "--restore", "1:readme.txt"]);
    assert_eq!(scene.json(&["info", "--json", "a.iso"]), three);
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
    for medium in fsimage::MediumKind::ALL {
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
fn ways_of_burning() {
    let scene = Scene::new();
    let burn = |disc: &str, options: &[&str]| {
        let mut line = vec!["burn", "--json", "--drive", disc, "docs"];
        line.extend(options);
        scene.json(&line)
    };
    // With the laser off nothing happens to the medium; on BD that cannot be done.
    for medium in ["cd-r", "dvd-r", "dvd-rw"] {
        let disc = format!("sim:{medium}:test-{medium}");
        let told = burn(&disc, &["--test"]);
        assert_eq!((&told["test"], &told["verified"]), (&true.into(), &false.into()), "{medium}");
        assert!(scene.fail(5, &["ls", &disc]).contains("blank"), "{medium}");
        burn(&disc, &["--verify"]);
    }
    assert!(scene.fail(5, &["burn", "--test", "--drive", "sim:bd-r:t", "docs"]).contains("test mode"));
    scene.fail(2, &["burn", "--test", "--verify", "--drive", "sim:bd-r:t", "docs"]);

    // The drive takes the next lower speed and says so.
    let told = burn("sim:dvd+r:speed", &["--speed", "7.5x", "--verify=quick"]);
    assert_eq!((&told["speed"], &told["verified"]), (&5540.into(), &true.into()));
    assert!(
        scene.fail(2, &["burn", "--speed", "fast", "--drive", "sim:dvd+r:speed", "docs"]).contains("11080k")
    );

    let told = burn("sim:dvd-r:once", &["--at-once", "--verify"]);
    assert_eq!(told["appendable"], false);
    scene.fail(5, &["burn", "--drive", "sim:once", "more"]);
    assert!(scene.fail(5, &["burn", "--at-once", "--drive", "sim:dvd+r:x", "docs"]).contains("at once"));
    for options in [&["--at-once", "--verify"][..], &["--at-once", "--verify", "--finalise"]] {
        burn("sim:cd-r:session", options);
    }
    assert_eq!(lines(&scene.run(&["ls", "sim:session"])).len(), 4);
    scene.fail(5, &["burn", "--drive", "sim:session", "more"]);
    burn("sim:bd-re:stream", &["--stream", "--verify"]);

    // A DVD-RW that was blanked quickly takes a disc at once, whoever asks for what.
    burn("sim:dvd-rw:rw", &[]);
    scene.run(&["drive", "blank", "--drive", "sim:rw"]);
    assert_eq!(burn("sim:rw", &[])["appendable"], false);
    scene.run(&["drive", "blank", "--full", "--drive", "sim:rw"]);
    assert_eq!(burn("sim:rw", &[])["appendable"], true);
}

#[test]
fn formats_to_choose_from() {
    let scene = Scene::new();
    let format = |disc: &str, options: &[&str]| {
        let mut line = vec!["drive", "format", "--json", "--drive", disc];
        line.extend(options);
        scene.json(&line)["medium"].clone()
    };
    for medium in ["bd-re", "bd-r", "dvd-rw", "dvd-ram"] {
        scene.run(&["sim", "new", medium, "--medium", medium]);
    }
    for (room, capacity) in [
        ("none", 12_219_392),
        ("least", 12_088_320),
        ("default", 11_826_176),
        ("most", 11_564_032),
        ("262144", 11_957_248),
    ] {
        assert_eq!(format("sim:bd-re", &["--spare", room])["capacity"], capacity, "{room}");
    }
    assert!(
        scene.fail(5, &["drive", "format", "--spare", "9000000", "--drive", "sim:bd-re"]).contains("format")
    );
    assert_eq!(format("sim:bd-re", &["--full"])["capacity"], 11_826_176);
    scene.run(&["burn", "--drive", "sim:bd-re", "docs"]);

    assert_eq!(format("sim:bd-r", &["--pseudo-overwrite"])["state"], "blank");
    scene.run(&["burn", "--verify", "--drive", "sim:bd-r", "docs"]);
    scene.fail(5, &["drive", "format", "--drive", "sim:bd-r"]);
    assert_eq!(format("sim:dvd-ram", &["--spare", "none"])["capacity"], 2_295_072);

    // Restricted overwrite, twice formatted and continued.
    assert_eq!(format("sim:dvd-rw", &[])["profile"], "DVD-RW (restricted overwrite)");
    scene.run(&["burn", "--verify", "--drive", "sim:dvd-rw", "docs"]);
    scene.run(&["burn", "--verify", "--drive", "sim:dvd-rw", "more"]);
    assert_eq!(lines(&scene.run(&["ls", "sim:dvd-rw"])).len(), 5);
    assert_eq!(format("sim:dvd-rw", &["--full"])["capacity"], 2_298_496);
    scene.run(&["burn", "--verify", "--drive", "sim:dvd-rw", "docs"]);
    scene.run(&["sim", "new", "c", "--medium", "cd-r"]);
    assert!(scene.fail(5, &["drive", "format", "--drive", "sim:c"]).contains("no format"));
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

#[cfg(target_os = "linux")]
#[test]
fn a_limit_on_the_size_of_files_is_an_error_of_the_output() {
    let scene = Scene::new();
    fs::write(scene.path("big"), vec![1; 1 << 20]).unwrap();
    let line = format!("ulimit -f 100; exec {} build -o out.iso big", env!("CARGO_BIN_EXE_fsimage"));
    Command::new("sh").current_dir(scene.0.path()).args(["-c", &line]).assert().code(8);
    assert!(!scene.path("out.iso").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn extended_attributes_go_through_sessions_of_udf_and_come_back() {
    let scene = Scene::new();
    let note = |path: &str, value: &str| xattr::set(scene.path(path), "user.note", value.as_bytes());
    if note("docs/readme.txt", "one").is_err() {
        return peers::skip("the folder for temporary files has no extended attributes");
    }
    note("more/added.txt", "two").unwrap();
    let burn = ["burn", "--drive", "sim:bd-r:medium", "--fs", "udf", "--xattrs"];
    scene.run(&[&burn[..], &["docs"]].concat());
    scene.run(&[&burn[..], &["added.txt=more/added.txt"]].concat());
    let cat = |name: &str| scene.run(&["cat", "sim:medium", name]);
    assert_eq!((cat("readme.txt:user.note"), cat("added.txt:user.note")), ("one".into(), "two".into()));
    assert!(scene.run(&["ls", "-l", "sim:medium"]).contains("readme.txt:user.note"));

    let told = scene.command(&["extract", "sim:medium", "-C", "without"]).assert().success();
    assert!(String::from_utf8_lossy(&told.get_output().stderr).contains("2 "), "{told}");
    scene.run(&["extract", "sim:medium", "-C", "with", "--xattrs"]);
    for (name, value) in [("readme.txt", "one"), ("added.txt", "two")] {
        let restored = xattr::get(scene.path("with").join(name), "user.note").unwrap();
        assert_eq!(restored.as_deref(), Some(value.as_bytes()), "{name}");
        assert_eq!(xattr::get(scene.path("without").join(name), "user.note").unwrap(), None);
    }
    // Rock Ridge has them too, by either command line.
    scene.run(&["build", "-o", "rr.iso", "--xattrs=user", "--acl", "--fs", "rock-ridge", "docs"]);
    scene.run(&["mkisofs", "-quiet", "-R", "-xattr", "-acl", "-o", "mkisofs.iso", "docs"]);
    for image in ["rr.iso", "mkisofs.iso"] {
        assert_eq!(scene.run(&["cat", image, "readme.txt:user.note"]), "one");
        scene.run(&["extract", image, "-C", image.trim_end_matches(".iso"), "--xattrs", "--acl", "--sparse"]);
        let restored = scene.path(image.trim_end_matches(".iso")).join("readme.txt");
        assert_eq!(xattr::get(restored, "user.note").unwrap().as_deref(), Some(&b"one"[..]));
    }

    let strict = ["build", "-o", "strict.iso", "--xattrs", "--strict", "more"];
    let refused = scene.command(&strict).assert().code(2);
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("added.txt"), "{refused}");
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
    assert!(said.contains("1 files compressed"), "{said}");
    assert!(said.contains("1 shown as they are stored in a file system"), "{said}");
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
fn a_disc_of_sound() {
    let scene = Scene::new();
    fs::write(scene.path("a.bin"), vec![9; 600 * 2352]).unwrap();
    let sheet = "TITLE \"A disc\"\nFILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:04:00\n\
        SPEED 4\n";
    fs::write(scene.path("album.cue"), sheet).unwrap();
    let burnt = scene.json(&["--json", "audio", "--drive", "sim:cd-r:one.disc", "album.cue"]);
    assert_eq!((&burnt["tracks"], &burnt["sectors"]), (&2.into(), &750.into()));
    assert_eq!(burnt["notices"][0], "line 7: SPEED is not known");
    assert_eq!(fs::metadata(scene.path("one.disc.raw")).unwrap().len(), 750 * 2448);
    // The disc is complete, and another one is needed.
    let told = scene.fail(5, &["audio", "--drive", "sim:one.disc", "album.cue"]);
    assert!(told.contains("complete"), "{told}");
    scene.run(&["audio", "--drive", "sim:cd-r:raw.disc", "--write", "raw", "album.cue"]);
    assert_eq!(
        fs::read(scene.path("one.disc.raw")).unwrap()[150 * 2448..][..2352],
        fs::read(scene.path("raw.disc.raw")).unwrap()[150 * 2448..][..2352]
    );
    let told = scene.fail(2, &["audio", "--drive", "sim:cd-r:x.disc", "album.cue", "a.bin"]);
    assert!(told.contains("stands alone"), "{told}");
    let told = scene.fail(3, &["audio", "--drive", "sim:cd-r:x.disc", "a.bin"]);
    assert!(told.contains("neither WAVE nor FLAC"), "{told}");
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

/// What `verify --json` says of the digests of an image or medium in which all is as it was written.
fn digests_of(scene: &Scene, target: &str, session: &str) -> Value {
    let report = scene.json(&["verify", "--json", "--session", session, target]);
    assert_eq!(report["findings"], Value::Array(Vec::new()), "{target}, session {session}");
    let digests = &report["digests"];
    assert!(digests["differing"] == 0 && digests["intact_structures"].as_u64() > Some(0), "{digests}");
    digests.clone()
}

#[test]
fn digests_go_from_session_to_session() {
    for algorithm in ["sha256", "blake3"] {
        let scene = Scene::new();
        let built = scene.json(&["build", "--json", "-o", "a.iso", "docs", "--digests", algorithm]);
        assert_eq!((&built["digests"]["listed"], &built["digests"]["unlisted"]), (&4.into(), &0.into()));
        // And the list itself.
        let expect = |session, compared: u64, unlisted: u64| {
            let found = digests_of(&scene, "a.iso", session);
            assert_eq!(found["algorithm"], algorithm);
            assert_eq!((&found["compared"], &found["unlisted"]), (&compared.into(), &unlisted.into()));
        };
        expect("1", 5, 0);
        assert_eq!(scene.json(&["append", "--json", "a.iso", "more"])["digests"]["listed"], 5);
        expect("2", 6, 0);
        assert_eq!(scene.json(&["update", "--json", "a.iso", "more"])["digests"]["listed"], 2);
        assert_eq!(scene.json(&["update", "--json", "a.iso", "more"])["written"], false);
        expect("3", 3, 0);
        scene.run(&["append", "a.iso", "--move", "added.txt=elsewhere.txt", "--digests", "none"]);
        assert_eq!(scene.json(&["verify", "--json", "a.iso"])["digests"], Value::Null);
        // Of what no session has recorded nothing is known.
        let again = scene.command(&["append", "a.iso", "docs", "--digests", algorithm]).assert().success();
        let told = String::from_utf8(again.get_output().stderr.clone()).unwrap();
        assert!(told.contains("of 1 files") && told.contains("/elsewhere.txt"), "{told}");
        expect("5", 5, 1);
        scene.run(&["remaster", "a.iso", "-o", "b.iso"]);
        assert_eq!(digests_of(&scene, "b.iso", "1")["unlisted"], 0);
        for session in ["1", "2", "3"] {
            digests_of(&scene, "a.iso", session);
        }
    }
}

#[test]
fn digests_on_every_simulated_medium() {
    for medium in fsimage::MediumKind::ALL {
        let scene = Scene::new();
        let drive = format!("sim:{medium}:demo.disc");
        let burnt =
            scene.json(&["burn", "--json", "--drive", &drive, "--verify", "--digests", "sha256,md5", "docs"]);
        assert_eq!(
            (&burnt["digests"]["listed"], &burnt["md5"]["listed"]),
            (&4.into(), &6.into()),
            "{medium}"
        );
        assert_eq!(digests_of(&scene, "sim:demo.disc", "1")["compared"], 5, "{medium}");
        scene.run(&["burn", "--drive", "sim:demo.disc", "more"]);
        assert_eq!(digests_of(&scene, "sim:demo.disc", "2")["compared"], 6, "{medium}");
        assert_eq!(digests_of(&scene, "sim:demo.disc", "1")["compared"], 5, "{medium}");
        check_sessions(&scene, "sim:demo.disc");
        scene.run(&["update", "--drive", "sim:demo.disc", "more"]);
        assert_eq!(digests_of(&scene, "sim:demo.disc", "3")["compared"], 3, "{medium}");
        for session in ["1", "2", "3"] {
            let md5 = &scene.json(&["verify", "--json", "sim:demo.disc", "--session", session])["md5"];
            assert_eq!((&md5["differing"], &md5["unlisted"]), (&0.into(), &0.into()), "{medium} {session}");
            // And the head of the newest, where that is in front of all.
            let ranges = if md5["intact_ranges"] == 6 { ["3"] } else { [session] };
            assert!(
                ranges.contains(&session) && md5["intact_ranges"].as_u64() >= Some(5),
                "{medium} {session}"
            );
        }
    }
}

#[test]
fn digests_of_a_disc_that_boots() {
    let scene = Scene::new();
    fs::write(scene.path("docs/boot.img"), [0x90; 4096]).unwrap();
    let boot = ["--boot-image", "boot.img", "--boot-catalog", "boot.cat", "--digests", "sha256"];
    scene.run(&[&["build", "-o", "a.iso", "docs"][..], &boot].concat());
    assert_eq!(digests_of(&scene, "a.iso", "1")["unlisted"], 0);
    scene.run(&["append", "a.iso", "more"]);
    scene.run(&["remaster", "a.iso", "more", "-o", "b.iso"]);
    for (image, session) in [("a.iso", "1"), ("a.iso", "2"), ("b.iso", "1")] {
        assert_eq!(digests_of(&scene, image, session)["unlisted"], 0, "{image}");
    }
}

#[test]
fn damage_that_only_digests_show() {
    let scene = Scene::new();
    scene.run(&["build", "-o", "a.iso", "docs", "--digests", "blake3"]);
    let mut bytes = fs::read(scene.path("a.iso")).unwrap();
    let at = bytes.windows(6).position(|window| window == b"three\n").unwrap();
    bytes[at] = b'T';
    fs::write(scene.path("a.iso"), &bytes).unwrap();
    let damaged = scene.command(&["verify", "--json", "a.iso"]).assert().code(1);
    let report: Value = serde_json::from_slice(&damaged.get_output().stdout).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(finding["path"], "/deep/er/three.txt");
    assert_eq!(finding["sectors"], serde_json::json!([[at / 2048, 1]]));
    assert_eq!(report["digests"]["differing"], 1);
    // What is copied is compared.
    let told = scene.fail(4, &["remaster", "a.iso", "-o", "b.iso"]);
    assert!(told.contains("BLAKE3") && told.contains(&format!("sector {}", at / 2048)), "{told}");
    assert!(!scene.path("b.iso").exists());
    scene.run(&["remaster", "a.iso", "-o", "b.iso", "--digests", "none"]);
    assert_eq!(scene.run(&["cat", "b.iso", "deep/er/three.txt"]), "Three\n");

    // A list that is not as it was goes on with a warning.
    bytes[at] = b't';
    let at = bytes.windows(11).position(|window| window == b"  deep/er/t").unwrap();
    bytes[at - 1] ^= 1;
    fs::write(scene.path("a.iso"), &bytes).unwrap();
    scene.command(&["verify", "a.iso"]).assert().code(1);
    let appended = scene.json(&["append", "--json", "a.iso", "more"]);
    assert!(appended["import_warnings"][0].as_str().unwrap().contains("/.digests/files.b3"), "{appended}");
}

#[test]
fn lists_among_the_sources() {
    let scene = Scene::new();
    scene.run(&["build", "-o", "a.iso", "docs", "--digests", "sha256"]);
    scene.run(&["extract", "a.iso", "-C", "tree"]);
    fs::write(scene.path("tree/readme.txt"), "other").unwrap();
    let kept = scene.command(&["build", "-o", "b.iso", "tree"]).assert().success();
    assert!(String::from_utf8_lossy(&kept.get_output().stderr).contains("tells of another disc"));
    scene.command(&["verify", "b.iso"]).assert().code(1);
    scene.run(&["build", "-o", "c.iso", "tree", "--digests", "blake3"]);
    assert_eq!(digests_of(&scene, "c.iso", "1")["compared"], 5);
    let kept = ["/.digests", "/.digests/files.b3", "/.digests/session.b3"];
    assert_eq!(lines(&scene.run(&["ls", "-R", "c.iso"]))[..3], kept);
    let refused = scene.fail(2, &["build", "-o", "d.iso", "docs", "--digests", "sha256", "--fs", "iso9660"]);
    assert!(refused.contains("rock-ridge"), "{refused}");
}
