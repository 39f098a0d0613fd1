//! A session that was left open, and a track that was reserved in it: what is refused, and what is a test, leaves them alone.

use std::fs;

use serde_json::Value;

use crate::scene::Scene;

const KINDS: [&str; 4] = ["cd-r", "dvd-r", "dvd+r", "bd-r"];

/// What is left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ground {
    /// A file system, and no more.
    Written,
    /// A reserved track behind one.
    Reserved,
    /// A reserved track on a medium that is blank.
    ReservedFirst,
}

fn grounds() -> impl Iterator<Item = (&'static str, Ground)> {
    let all = [Ground::Written, Ground::Reserved, Ground::ReservedFirst];
    let each = KINDS.into_iter().flat_map(move |kind| all.map(|ground| (kind, ground)));
    each.filter(|(kind, ground)| *kind != "cd-r" || *ground == Ground::Written)
}

fn left_open((kind, ground): (&str, Ground)) -> Scene {
    let scene = Scene::new();
    scene.build("image.iso");
    fs::File::create(scene.path("huge")).unwrap().set_len(30_000_000_000).unwrap();
    scene.run(&["sim", "new", "--medium", kind, "disc"]);
    let drive = "sim:disc";
    if ground != Ground::ReservedFirst {
        scene.run(&["drive", "write", "--drive", drive, "image.iso"]);
    }
    if ground != Ground::Written {
        scene.run(&["drive", "reserve", "--drive", drive, "320"]);
    }
    scene
}

fn state(scene: &Scene) -> (Vec<u8>, Vec<u8>) {
    (fs::read(scene.path("disc")).unwrap(), fs::read(scene.path("disc.medium")).unwrap())
}

#[track_caller]
fn is_untouched(scene: &Scene, status: i32, arguments: &[&str], context: (&str, Ground)) -> String {
    let before = state(scene);
    let told = scene.fail(status, arguments);
    assert!(state(scene) == before, "{context:?}: {arguments:?} changed the medium: {told}");
    assert!(!told.contains("is closed"), "{context:?}: {arguments:?}: {told}");
    told
}

#[test]
fn what_is_refused_leaves_it_open() {
    for ground in grounds() {
        let scene = left_open(ground);
        let drive = ["--drive", "sim:disc"];
        let refused = |status, command: &str, arguments: &[&str]| {
            let arguments = [&[command], &drive[..], arguments].concat();
            is_untouched(&scene, status, &arguments, ground)
        };
        if ground.1 == Ground::ReservedFirst {
            refused(5, "burn", &["--session", "9", "more"]);
        } else {
            let told = refused(2, "burn", &["--json", "--session", "9", "more"]);
            assert!(told.contains("there is no session 9"), "{ground:?}: {told}");
            refused(2, "burn", &["--existing", "refuse", "more"]);
            refused(2, "burn", &["--restore", "1:nope"]);
            refused(2, "update", &["--session", "9", "more"]);
        }
        refused(2, "burn", &["--remove", "/nope"]);
        refused(2, "burn", &["--move", "a=b"]);
        refused(2, "burn", &["--boot", "bios=nope", "more"]);
        refused(5, "burn", &["huge"]);
        for command in ["burn", "update"] {
            let told = refused(5, command, &["--test", "more"]);
            assert!(told.contains("test"), "{ground:?}: {told}");
        }
        let told = refused(5, "copy", &["image.iso"]);
        assert!(told.contains("needs a blank one"), "{ground:?}: {told}");
        refused(5, "copy", &["--sessions", "image.iso"]);
        if ground.0 != "cd-r" {
            refused(5, "burn", &["--at-once", "more"]);
        } else {
            refused(5, "burn", &["--reserve", "more"]);
        }
    }
}

/// A test does not close it, so that it can say nothing of what is behind.
#[test]
fn a_test_says_that_it_changes_nothing() {
    for kind in ["cd-r", "dvd-r"] {
        let ground = (kind, Ground::Written);
        let scene = left_open(ground);
        let told = is_untouched(&scene, 5, &["burn", "--test", "--drive", "sim:disc", "more"], ground);
        let words = "a session was left open and must be closed first, and a test changes nothing";
        assert!(told.contains(words), "{kind}: {told}");
    }
}

#[test]
fn an_update_without_difference_leaves_it_open() {
    for kind in KINDS {
        for ground in [Ground::Written, Ground::Reserved] {
            if kind == "cd-r" && ground == Ground::Reserved {
                continue;
            }
            let scene = left_open((kind, ground));
            let told = is_untouched(&scene, 0, &["update", "--drive", "sim:disc", "docs"], (kind, ground));
            assert!(told.contains("nothing differs, and nothing was written"), "{kind}: {told}");
        }
    }
}

/// What is closed is told, and what is recorded is right.
#[test]
fn what_goes_through_closes_it() {
    for ground in grounds() {
        let sources = ["docs", "more"];
        let number = match ground.1 {
            Ground::ReservedFirst => 1,
            _ => 2,
        };
        for command in ["burn", "update"] {
            let scene = left_open(ground);
            let arguments =
                [&[command, "--digests", "sha256", "--verify", "--drive", "sim:disc"], &sources[..]];
            let output = scene.command(&arguments.concat()).assert().code(0);
            let told = String::from_utf8(output.get_output().stderr.clone()).unwrap();
            assert!(told.contains("the session that was left open is closed"), "{ground:?}: {told}");
            if ground.1 != Ground::Written {
                let words = format!("track {number}, which was reserved, is closed without anything");
                assert!(told.contains(&words), "{ground:?}: {told}");
            }
            assert_eq!(scene.run(&["cat", "sim:disc", "readme.txt"]), "newer\n", "{ground:?}");
            assert_eq!(scene.run(&["cat", "sim:disc", "deep/er/three.txt"]), "three\n", "{ground:?}");
            scene.run(&["verify", "sim:disc"]);

            let scene = left_open(ground);
            let arguments = [&[command, "--json", "--drive", "sim:disc"], &sources[..]];
            let told: Value = scene.json(&arguments.concat());
            assert_eq!(told["closed_tracks"]["session"], 1, "{ground:?}: {told}");
            if ground.1 != Ground::Written {
                assert_eq!(told["closed_tracks"]["unused"][0]["number"], number, "{ground:?}: {told}");
            }
        }
    }
}

/// A source that nobody writes to is waited for before anything is closed, so that what Ctrl-C leaves is as it was.
#[cfg(unix)]
#[test]
fn a_silent_source_leaves_it_open() {
    use std::process::{Command, Stdio};

    let scene = left_open(("dvd+r", Ground::Reserved));
    let before = state(&scene);
    assert!(Command::new("mkfifo").arg(scene.path("pipe")).status().unwrap().success());
    let mut burn = Command::new(env!("CARGO_BIN_EXE_fsimage"));
    burn.current_dir(scene.0.path()).args(["burn", "--drive", "sim:disc", "pipe"]);
    let burn = burn.stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert!(Command::new("kill").args(["-INT", &burn.id().to_string()]).status().unwrap().success());
    let output = burn.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("cancelled; nothing was written"), "{told}");
    assert!(state(&scene) == before, "{told}");
}

/// What fails behind that says what was closed.
#[cfg(target_os = "linux")]
#[test]
fn an_error_behind_it_says_what_was_closed() {
    for json in [false, true] {
        let scene = left_open(("dvd+r", Ground::Reserved));
        fs::write(scene.path("noise"), vec![7; 40_000_000]).unwrap();
        let json_option = if json { "--json" } else { "" };
        let script = format!(
            "ulimit -f 20000; exec '{}' burn {json_option} --drive sim:disc noise",
            env!("CARGO_BIN_EXE_fsimage")
        );
        let output = std::process::Command::new("bash")
            .current_dir(scene.0.path())
            .args(["-c", &script])
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_ne!(output.status.code(), Some(0), "{told}");
        let words = "the session that was left open was closed before that, with track 2, which was reserved";
        assert!(told.contains(words), "{told}");
        if json {
            let told: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
            assert_eq!(told["closed_tracks"]["unused"][0]["number"], 2, "{told}");
        }
    }
}

/// A session that has all of its data is closed, also where sources are named from which it could be completed.
#[test]
fn what_lacks_nothing_is_closed() {
    for kind in KINDS {
        let scene = left_open((kind, Ground::Written));
        let told = scene.command(&["recover", "sim:disc", "--from", "docs"]).assert().code(1);
        let told = String::from_utf8(told.get_output().stdout.clone()).unwrap();
        assert!(told.contains("it would be closed"), "{kind}: {told}");
        let identifier = told.rsplit(' ').next().unwrap().trim();
        let done = scene.run(&["recover", "sim:disc", "--write", identifier, "--from", "docs"]);
        assert!(done.contains("it is closed"), "{kind}: {done}");
        assert!(scene.run(&["recover", "sim:disc"]).contains("nothing to recover"), "{kind}");
    }
}
