//! `verify`, and digests from session to session.

use std::fs;

use serde_json::Value;

use crate::scene::{Scene, check_sessions, lines};

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
        assert!(told.contains("of 1 file,") && told.contains("/elsewhere.txt"), "{told}");
        expect("5", 5, 1);
        scene.run(&["remaster", "a.iso", "-o", "b.iso"]);
        assert_eq!(digests_of(&scene, "b.iso", "1")["unlisted"], 0);
        for session in ["1", "2", "3"] {
            digests_of(&scene, "a.iso", session);
        }
    }
}

/// A boot image that only Joliet shows keeps its digest from session to session; a file without one that only Joliet shows is
/// counted.
#[test]
fn a_boot_image_that_joliet_alone_shows_keeps_its_digest() {
    let scene = Scene::new();
    fs::write(scene.path("docs/boot.img"), vec![7; 2048]).unwrap();
    let boot = ["--boot-image", "boot.img", "--hide", "iso9660=boot.img"];
    scene.run(&[&["build", "-o", "a.iso", "docs", "--digests", "sha256"], &boot[..]].concat());
    for session in ["2", "3"] {
        let again = scene.command(&["append", "a.iso", &format!("{session}=more")]).assert().success();
        let told = String::from_utf8(again.get_output().stderr.clone()).unwrap();
        assert!(!told.contains("is recorded of"), "{told}");
        assert_eq!(digests_of(&scene, "a.iso", session)["unlisted"], 0);
        let list = scene.run(&["cat", "--session", session, "a.iso", ".digests/files.sha256"]);
        assert!(list.lines().any(|line| line.ends_with("  boot.img")), "{list}");
    }
    scene.run(&["build", "-o", "b.iso", "docs", "--digests", "sha256", "--hide", "iso9660=boot.img"]);
    let list = scene.run(&["cat", "b.iso", ".digests/files.sha256"]);
    let line = list.lines().find(|line| line.ends_with("  boot.img")).unwrap();
    let mut image = fs::read(scene.path("b.iso")).unwrap();
    let at = image.windows(line.len()).position(|window| window == line.as_bytes()).unwrap();
    image[at + line.len() - 8..at + line.len()].copy_from_slice(b"none.img");
    fs::write(scene.path("b.iso"), image).unwrap();
    let told = scene.command(&["verify", "--json", "b.iso"]).output().unwrap();
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(told["digests"]["unlisted"], 1, "{told}");
}

/// The files of digests are documented with the names that they have.
#[test]
fn files_of_digests_are_no_notice() {
    let scene = Scene::new();
    let told = |line: &str| {
        let done = scene.command(&line.split(' ').collect::<Vec<_>>()).assert().success();
        String::from_utf8(done.get_output().stderr.clone()).unwrap()
    };
    for line in [
        "build --strict --digests sha256 -o a.iso more",
        "append --strict a.iso docs/deep",
        "remaster --strict a.iso -o b.iso",
        "build -o c.iso more --digests blake3",
        "remaster c.iso -o d.iso",
        "build --strict --digests sha256 --fs iso9660,udf --iso-level 1 -o e.iso docs/deep/er",
    ] {
        let told = told(line);
        assert!(!told.contains("renamed") && !told.contains("DIGESTS"), "{line}: {told}");
    }
    assert_eq!(
        scene.json(&["plan", "--json", "more", "--digests", "sha256"])["notices"],
        Value::Array(Vec::new())
    );
}

#[test]
fn update_compares_by_digests() {
    let scene = Scene::new();
    scene.run(&["build", "-o", "a.iso", "docs", "--digests", "sha256"]);
    let update = ["update", "a.iso", "docs", "--compare", "digests"];
    let json = [&update[..], &["--json"]].concat();
    let same = scene.json(&json);
    assert_eq!((&same["written"], &same["read_back"]), (&false.into(), &0.into()));
    let path = scene.path("docs/readme.txt");
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    let content: Vec<u8> = fs::read(&path).unwrap().iter().map(|byte| byte ^ 1).collect();
    fs::write(&path, &content).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    assert_eq!(scene.json(&["update", "a.iso", "docs", "--json"])["written"], false);
    let done = scene.json(&json);
    assert_eq!((&done["difference"]["changed"], &done["read_back"]), (&1.into(), &0.into()));
    assert_eq!(scene.json(&json)["written"], false);
    digests_of(&scene, "a.iso", "2");

    scene.run(&["append", "a.iso", "more", "--digests", "none"]);
    fs::copy(scene.path("more/added.txt"), scene.path("docs/added.txt")).unwrap();
    let told = scene.command(&[&update[..], &["--dry-run"]].concat()).assert().success();
    let told = String::from_utf8(told.get_output().stderr.clone()).unwrap();
    assert!(told.contains("read on the medium, which has no digests that hold: 4 files"), "{told}");
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

/// What gives way to the recorded digests is no difference.
#[test]
fn lists_among_the_sources_are_no_change() {
    let scene = Scene::new();
    let build = ["build", "-q", "-o", "a.iso", "docs", "--digests", "sha256"];
    scene.run(&build);
    scene.run(&["extract", "-q", "a.iso", "-C", "tree"]);
    fs::copy(scene.path("tree/.digests/files.sha256"), scene.path("tree/.digests/files.b3")).unwrap();
    let update = ["update", "--json", "a.iso", "tree"];
    let dry = scene.json(&[&update[..], &["--dry-run"]].concat());
    assert_eq!((&dry["would_write"], &dry["changes"]), (&false.into(), &serde_json::json!([])), "{dry}");
    for options in [&[][..], &["--digests", "sha256"], &["--digests", "sha256", "--compare", "digests"]] {
        let done = scene.json(&[&update[..], options].concat());
        assert_eq!(done["written"], false, "{options:?}: {done}");
    }
    // A change is that alone.
    fs::write(scene.path("tree/readme.txt"), "other").unwrap();
    let done = scene.json(&update);
    assert_eq!((&done["difference"]["added"], &done["difference"]["changed"]), (&0.into(), &1.into()));
    assert_eq!(digests_of(&scene, "a.iso", "2")["compared"], 5);
    // What else is in the folder is a file as others are.
    fs::write(scene.path("tree/.digests/notes"), "note").unwrap();
    assert_eq!(scene.json(&update)["difference"]["added"], 2);
    assert_eq!(scene.run(&["cat", "a.iso", ".digests/notes"]), "note");
    assert_eq!(scene.json(&update)["written"], false);
    // A blank medium has none to begin with.
    let blank = ["update", "--json", "--drive", "sim:bd-r:disc", "tree", "--digests", "sha256"];
    assert_eq!(scene.json(&blank)["difference"]["new_bytes"], 20);
    assert_eq!(scene.json(&["update", "--json", "--drive", "sim:disc", "tree"])["written"], false);
}

/// A list without lines is empty, and is no file that only some file system has.
#[test]
fn an_empty_list_is_no_loss() {
    for file_systems in ["rock-ridge,joliet", "rock-ridge,joliet,iso9660-1999,udf", "joliet", "udf,joliet"] {
        let scene = Scene::new();
        scene.run(&["build", "-q", "--fs", file_systems, "-o", "a.iso", "docs/empty", "--digests", "sha256"]);
        scene.run(&["append", "-q", "--remove", "empty", "a.iso"]);
        assert_eq!(scene.run(&["ls", "-lR", "a.iso"]).matches("files.sha256").count(), 1);
        for file_system in file_systems.split(',') {
            let append = ["append", "--import", file_system, "a.iso", "docs/readme.txt"];
            fs::copy(scene.path("a.iso"), scene.path("b.iso")).unwrap();
            let done = scene.command(&append).assert().success().get_output().clone();
            let told = String::from_utf8_lossy(&done.stderr);
            assert!(!told.contains("left out"), "{file_systems} by {file_system}: {told}");
            fs::copy(scene.path("b.iso"), scene.path("a.iso")).unwrap();
        }
        scene.run(&["append", "--strict", "-q", "a.iso", "docs/readme.txt"]);
        assert_eq!(digests_of(&scene, "a.iso", "3")["compared"], 2);
    }
}
