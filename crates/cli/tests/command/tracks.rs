//! `drive write`, `reserve`, `calibrate` and `close`: tracks one by one, and images as they are.

use std::fs;

use serde_json::json;

use crate::scene::{Scene, lines};

/// The medium `disc` as its drive describes it. There may be no file system on it.
fn medium(scene: &Scene) -> serde_json::Value {
    let output = scene.command(&["info", "--json", "sim:disc"]).output().unwrap();
    let info: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    info["drive"]["medium"].clone()
}

fn tracks(scene: &Scene) -> Vec<serde_json::Value> {
    medium(scene)["tracks"].as_array().unwrap().clone()
}

fn starts(tracks: &[serde_json::Value], state: &str) -> Vec<u64> {
    let found = tracks.iter().filter(|track| track["state"] == state);
    found.map(|track| track["start"].as_u64().unwrap()).collect()
}

#[test]
fn an_image_that_is_ready_on_every_medium() {
    for medium in fsimage::MediumKind::ALL {
        let scene = Scene::new();
        scene.build("image.iso");
        let drive = format!("sim:{medium}:disc");
        let told =
            scene.json(&["drive", "write", "--json", "--close", "--verify", "--drive", &drive, "image.iso"]);
        assert_eq!((&told["files"][0]["start"], &told["files"][0]["verified"]), (&0.into(), &true.into()));
        let image = fs::read(scene.path("image.iso")).unwrap();
        assert!(fs::read(scene.path("disc")).unwrap()[..image.len()] == image, "{medium}");
        assert_eq!(scene.run(&["cat", "sim:disc", "readme.txt"]), "read me\n", "{medium}");
        // A burn builds on it.
        scene.run(&["burn", "--drive", "sim:disc", "--verify", "more"]);
        assert_eq!(scene.run(&["cat", "sim:disc", "readme.txt"]), "newer\n", "{medium}");
        assert_eq!(scene.run(&["cat", "sim:disc", "deep/er/three.txt"]), "three\n", "{medium}");
    }
}

/// What an image takes away of sessions of before is named, to people and programs.
#[test]
fn sessions_behind_an_image() {
    let scene = Scene::new();
    scene.build("image.iso");
    fs::write(scene.path("docs/large"), vec![1; 3 << 20]).unwrap();
    let burn = |volume: &str| {
        scene.run(&["burn", "--volume", volume, "--drive", "sim:dvd+rw:disc", "docs"]);
    };
    let write = |options: &[&str]| {
        let arguments = [&["drive", "write"][..], options, &["--drive", "sim:disc", "image.iso"]].concat();
        let output = scene.command(&arguments).assert().success().get_output().clone();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let sessions = || {
        burn("FIRST");
        fs::write(scene.path("docs/readme.txt"), "again\n").unwrap();
        burn("SECOND");
        let info = scene.json(&["info", "--json", "sim:disc"]);
        info["sessions"].as_array().unwrap().last().unwrap()["start"].clone()
    };
    let start = sessions();
    let (_, told) = write(&[]);
    let named = format!("the session from sector {start} on (volume \"SECOND\") of before");
    assert!(told.contains(&named), "{named}: {told}");
    scene.run(&["drive", "blank", "--drive", "sim:disc"]);
    let start = sessions();
    let (json, told) = write(&["--json", "--quiet"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    // The first one begins right behind the image, which is shorter than the head.
    let both = json!([{ "start": 32, "volume": "FIRST" }, { "start": start, "volume": "SECOND" }]);
    assert_eq!(json["files"][0]["taken_away"], both, "{json}");
    assert_eq!(told, "");
}

/// The tray opens and closes, and what a drive says of it takes no report.
#[test]
fn the_tray() {
    let scene = Scene::new();
    let burnt = scene.json(&["burn", "--json", "--reload", "--verify", "--drive", "sim:dvd+r:disc", "docs"]);
    assert_eq!((&burnt["tray_failure"], &burnt["verified"]), (&serde_json::Value::Null, &true.into()));
    scene.run(&["drive", "eject", "--drive", "sim:disc"]);
    let loaded = scene.json(&["drive", "load", "--json", "--drive", "sim:disc"]);
    assert_eq!(loaded["drive"]["medium"]["state"], "appendable");
    let told = scene.fail(2, &["burn", "--reload", "--eject", "--drive", "sim:disc", "more"]);
    assert!(told.contains("--eject"), "{told}");
}

/// A track that waits for its file was not interrupted, and what closes it says so.
#[test]
fn a_reserved_track_that_stays_empty() {
    for medium in ["dvd-r", "dvd+r", "bd-r"] {
        let scene = Scene::new();
        let reserved = || {
            for suffix in ["", ".medium"] {
                let _ = fs::remove_file(scene.path(&format!("disc{suffix}")));
            }
            scene.run(&["burn", "--drive", &format!("sim:{medium}:disc"), "docs"]);
            scene.run(&["drive", "reserve", "--drive", "sim:disc", "320"]);
        };
        let told = |arguments: &[&str]| {
            let output = scene.command(arguments).assert().code(0);
            String::from_utf8(output.get_output().stderr.clone()).unwrap()
        };
        let words = "track 2, which was reserved, is closed without anything recorded in it: its 320 sectors are \
                     used up";
        reserved();
        let found = scene.run(&["recover", "sim:disc"]);
        assert!(found.contains("track 2 is reserved, 320 sectors from"), "{medium}: {found}");
        assert!(found.contains("nothing to recover") && !found.contains("--write"), "{medium}: {found}");
        // A dry run closes nothing.
        let before = fs::read(scene.path("disc.medium")).unwrap();
        let dry_run = ["update", "--dry-run", "--drive", "sim:disc", "docs", "more"];
        let dry = told(&dry_run);
        assert!(dry.contains("a session was left open, which would be closed first"), "{medium}: {dry}");
        let shown = scene.json(&[&dry_run[..], &["--json"]].concat());
        assert_eq!((&shown["would_write"], &shown["would_close_session"]), (&json!(true), &json!(true)));
        assert!(before == fs::read(scene.path("disc.medium")).unwrap(), "{medium}");
        for arguments in [
            &["drive", "close", "--drive", "sim:disc"][..],
            &["burn", "--drive", "sim:disc", "more"],
            &["update", "-q", "--drive", "sim:disc", "docs", "more"],
        ] {
            reserved();
            let text = told(arguments);
            assert!(text.contains(words), "{medium}: {arguments:?}: {text}");
        }
        reserved();
        let burnt = scene.json(&["burn", "--json", "--drive", "sim:disc", "more"]);
        assert_eq!(burnt["closed_tracks"]["unused"][0]["number"], 2, "{medium}: {burnt}");
        reserved();
        let closed = scene.json(&["drive", "close", "--json", "--drive", "sim:disc"]);
        assert_eq!(closed["unused"][0]["number"], 2, "{medium}: {closed}");
        assert_eq!(closed["cut_short"], json!([]), "{medium}: {closed}");
        // A file that is not meant for it goes behind it.
        reserved();
        fs::write(scene.path("one"), vec![1; 200_000]).unwrap();
        let text = told(&["drive", "write", "--drive", "sim:disc", "one"]);
        assert!(text.contains("track 2 is reserved, and left empty"), "{medium}: {text}");
        reserved();
        let wrote = scene.json(&["drive", "write", "--json", "--drive", "sim:disc", "one"]);
        assert_eq!(wrote["skipped"][0]["number"], 2, "{medium}: {wrote}");
    }
}

/// A reserved session that was cut short is found by all commands when its track was filled up with zeros.
#[cfg(unix)]
#[test]
fn a_reserved_burn_that_is_stopped() {
    let scene = Scene::new();
    scene.run(&["burn", "--drive", "sim:dvd+r:disc", "docs"]);
    fs::File::create(scene.path("big")).unwrap().set_len(1 << 30).unwrap();
    let mut burn = std::process::Command::new(env!("CARGO_BIN_EXE_fsimage"));
    burn.current_dir(scene.0.path()).args(["burn", "--reserve", "--real-time", "--drive", "sim:disc", "big"]);
    let mut burn = burn.stderr(std::process::Stdio::piped()).spawn().unwrap();
    // Some seconds of spinning up, then most of a minute of writing.
    std::thread::sleep(std::time::Duration::from_secs(12));
    let pid = burn.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let mut told = String::new();
    std::io::Read::read_to_string(&mut burn.stderr.take().unwrap(), &mut told).unwrap();
    assert_eq!(burn.wait().unwrap().code(), Some(130), "{told}");
    assert!(told.contains("fsimage: stopping; what the drive does by itself"), "{told}");
    assert!(told.contains("in a reserved track, and the next burn closes it"), "{told}");
    let told = scene.fail(1, &["drive", "close", "--drive", "sim:disc"]);
    assert!(told.contains("was cut short"), "{told}");
    let found = scene.command(&["recover", "--json", "sim:disc"]).output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(found["report"]["sessions"][1]["complete"], false, "{found}");
    let told = scene.command(&["verify", "--session", "2", "sim:disc"]).output().unwrap();
    assert!(String::from_utf8_lossy(&told.stdout).contains("the recording stopped early"), "{told:?}");
    // The session before it is shown, with a word of the other.
    let told = scene.command(&["cat", "sim:disc", "readme.txt"]).assert().code(1);
    assert_eq!(told.get_output().stdout, b"read me\n");
    scene.run(&["burn", "--verify", "--drive", "sim:disc", "more"]);
    assert_eq!(scene.run(&["cat", "sim:disc", "readme.txt"]), "newer\n");
}

/// Power went before the first block of a track was recorded: the drive calls it damaged, and has no address to go on at. The
/// next burn closes it and goes on behind it.
#[test]
fn a_damaged_track_without_data() {
    for medium in ["cd-r", "dvd-r", "dvd+r", "bd-r"] {
        let scene = Scene::new();
        scene.run(&["burn", "--drive", &format!("sim:{medium}:disc"), "docs"]);
        scene.run(&["burn", "--drive", "sim:disc", "more"]);
        let state = fs::read(scene.path("disc.medium")).unwrap();
        let mut state: serde_json::Value = serde_json::from_slice(&state).unwrap();
        let session = state["medium"]["sessions"].as_array_mut().unwrap().last_mut().unwrap();
        session["closed"] = false.into();
        let track = &mut session["tracks"][0];
        (track["recorded"], track["state"]) = (0.into(), "damaged".into());
        fs::write(scene.path("disc.medium"), state.to_string()).unwrap();
        assert_eq!(self::medium(&scene)["unfinished_session"], true, "{medium}");
        for suffix in ["", ".medium"] {
            fs::copy(scene.path(&format!("disc{suffix}")), scene.path(&format!("close{suffix}"))).unwrap();
        }
        scene.run(&["drive", "close", "--drive", "sim:close"]);
        scene.run(&["burn", "--verify", "--drive", "sim:close", "more"]);
        scene.run(&["burn", "--verify", "--drive", "sim:disc", "more"]);
        assert_eq!(scene.run(&["cat", "sim:disc", "readme.txt"]), "newer\n", "{medium}");
        assert_eq!(scene.run(&["cat", "sim:disc", "deep/er/three.txt"]), "three\n", "{medium}");
    }
}

#[test]
fn tracks_one_by_one() {
    for medium in ["cd-r", "cd-rw", "dvd-r", "dvd-rw", "dvd+r", "dvd+r-dl", "bd-r", "bd-r-ql"] {
        let scene = Scene::new();
        for (name, sectors) in [("one", 400), ("two", 320)] {
            fs::write(scene.path(name), vec![name.as_bytes()[0]; sectors * 2048 - 7]).unwrap();
        }
        let drive = format!("sim:{medium}:disc");
        scene.run(&["drive", "write", "--verify", "--drive", &drive, "one", "two"]);
        assert_eq!(starts(&tracks(&scene), "recorded").len(), 2, "{medium}");
        scene.run(&["drive", "write", "--drive", "sim:disc", "one"]);
        // Not closed yet: there is nothing that could be mounted.
        assert_eq!(self::medium(&scene)["unfinished_session"], true, "{medium}");
        scene.run(&["drive", "close", "--drive", "sim:disc"]);
        let found = tracks(&scene);
        let recorded = starts(&found, "recorded");
        assert_eq!(recorded.len(), 3, "{medium}: {found:?}");
        let disc = fs::read(scene.path("disc")).unwrap();
        for (start, byte) in recorded.iter().zip(*b"oto") {
            assert!(disc[*start as usize * 2048..][..320 * 2048 - 7].iter().all(|found| *found == byte));
        }
        scene.run(&["drive", "write", "--finalise", "--drive", "sim:disc", "two"]);
        let told = scene.fail(5, &["drive", "write", "--drive", "sim:disc", "two"]);
        assert!(told.contains("complete"), "{medium}: {told}");
    }
}

#[test]
fn a_track_is_reserved_and_written_later() {
    for medium in ["dvd-r", "dvd-rw", "dvd-r-dl", "dvd+r", "dvd+r-dl", "bd-r"] {
        let scene = Scene::new();
        scene.build("image.iso");
        fs::write(scene.path("other"), vec![7; 64 * 2048]).unwrap();
        scene.run(&["sim", "new", "disc", "--medium", medium]);
        let told = scene.command(&["drive", "reserve", "--drive", "sim:disc", "630"]).output().unwrap();
        let told = String::from_utf8(told.stderr).unwrap();
        assert!(told.starts_with("track 1: 640 sectors from sector 0\n"), "{medium}: {told}");
        assert_eq!(tracks(&scene)[0]["sectors"], 640, "{medium}");
        scene.run(&["drive", "write", "--drive", "sim:disc", "other"]);
        assert!(starts(&tracks(&scene), "recorded")[0] >= 640, "{medium}");
        scene.run(&[
            "drive",
            "write",
            "--track",
            "1",
            "--close",
            "--verify",
            "--drive",
            "sim:disc",
            "image.iso",
        ]);
        let recorded = starts(&tracks(&scene), "recorded");
        assert_eq!((recorded.len(), recorded[0]), (2, 0), "{medium}");
        assert_eq!(scene.run(&["cat", "sim:disc", "readme.txt"]), "read me\n", "{medium}");
        let told = scene.fail(5, &["drive", "write", "--track", "1", "--drive", "sim:disc", "other"]);
        assert!(told.contains("no track of this number was reserved"), "{medium}: {told}");
    }
    let scene = Scene::new();
    for (medium, why) in
        [("cd-r", "no track can be reserved"), ("bd-re", "no tracks"), ("dvd+rw", "no tracks")]
    {
        let drive = format!("sim:{medium}");
        scene.run(&["sim", "new", medium, "--medium", medium]);
        let told = scene.fail(5, &["drive", "reserve", "--drive", &drive, "640"]);
        assert!(told.contains(why), "{medium}: {told}");
    }
    for medium in ["dvd-r", "dvd-rw"] {
        let drive = format!("sim:{medium}");
        scene.run(&["sim", "new", medium, "--medium", medium]);
        scene.run(&["drive", "reserve", "--drive", &drive, "640"]);
        let told = scene.fail(5, &["drive", "reserve", "--json", "--drive", &drive, "640"]);
        assert!(told.contains("no further track can be reserved"), "{medium}: {told}");
        assert!(told.contains("E_IMAPI_DF2DATA_INVALID_MEDIA_STATE"), "{medium}: {told}");
    }
    scene.run(&["sim", "new", "dvd+r", "--medium", "dvd+r"]);
    let told = scene.fail(5, &["drive", "reserve", "--drive", "sim:dvd+r", "9000000"]);
    assert!(told.contains("9000000") && told.contains("2295104"), "{told}");
    for (number, start) in [(1, 0), (2, 48)] {
        let told = scene.json(&["drive", "reserve", "--json", "--drive", "sim:dvd+r", "20"]);
        let track = &told["reserved"];
        assert_eq!(
            (&track["number"], &track["start"], &track["sectors"]),
            (&json!(number), &json!(start), &json!(32))
        );
        assert_eq!(told["drive"]["medium"]["unfinished_session"], true);
    }
}

/// What is left of a medium, even one of four layers, is filled to its last sector, and not a sector more is begun. Nearly all of
/// the medium is in the session before, by its state.
#[test]
fn the_last_sector_of_a_medium() {
    for medium in ["cd-r", "dvd-r", "dvd-r-dl", "dvd+r", "dvd+r-dl", "bd-r", "bd-r-dl", "bd-r-xl", "bd-r-ql"]
    {
        let scene = Scene::new();
        scene.run(&["burn", "--drive", &format!("sim:{medium}:disc"), "docs"]);
        let filled = (self::medium(&scene)["free"].as_u64().unwrap() - 2048) / 32 * 32;
        let state = fs::read(scene.path("disc.medium")).unwrap();
        let mut state: serde_json::Value = serde_json::from_slice(&state).unwrap();
        let session = &mut state["medium"]["sessions"][0];
        for number in ["/tracks/0/recorded", "/lead_out"] {
            let number = session.pointer_mut(number).unwrap();
            let sectors = number.as_u64().filter(|sectors| *sectors > 0);
            *number = sectors.map_or(0, |sectors| sectors + filled).into();
        }
        fs::write(scene.path("disc.medium"), state.to_string()).unwrap();
        let left = self::medium(&scene)["free"].as_u64().unwrap() as usize;
        fs::write(scene.path("over"), vec![7; (left + 1) * 2048]).unwrap();
        fs::write(scene.path("exact"), vec![7; left * 2048]).unwrap();
        let told = scene.fail(5, &["drive", "write", "--drive", "sim:disc", "over"]);
        assert!(told.contains(&format!("the {left} blocks available")), "{medium}: {told}");
        scene.run(&["drive", "write", "--close", "--verify", "--drive", "sim:disc", "exact"]);
        let after = self::medium(&scene);
        assert_eq!((&after["state"], &after["free"]), (&json!("complete"), &json!(0)), "{medium}");
    }
}

/// What cannot be asked for is told by its reason.
#[test]
fn files_and_tracks_that_do_not_go_together() {
    let scene = Scene::new();
    for name in ["one", "two"] {
        fs::write(scene.path(name), vec![7; 64 * 2048]).unwrap();
    }
    for (medium, options, why) in [
        ("dvd+r", &["--track", "1"][..], "a reserved track takes one file; 2 files are named"),
        ("dvd-r", &["--at-once"], "what is recorded at once is one file; 2 files are named"),
        ("cd-r", &["--at-once"], "what is recorded at once is one file; 2 files are named"),
        ("bd-re", &[], "has no tracks, and takes one file; 2 files are named"),
    ] {
        let drive = format!("sim:{medium}:{medium}");
        let told =
            scene.fail(2, &[&["drive", "write", "--drive", &drive, "one", "two"][..], options].concat());
        assert!(told.contains(why), "{medium}: {told}");
    }
    for medium in ["dvd-rw", "dvd+r", "bd-r"] {
        let drive = format!("sim:{medium}:new-{medium}");
        let told = scene.fail(2, &["drive", "write", "--track", "9", "--drive", &drive, "one"]);
        assert!(
            told.contains("track 9: the medium has no track of that number, but track 1 alone"),
            "{told}"
        );
        scene.run(&["drive", "write", "--drive", &drive, "one"]);
        let told = scene.fail(2, &["drive", "write", "--track", "9", "--drive", &drive, "one"]);
        assert!(told.contains("but tracks 1 to 2; 'fsimage drive reserve'"), "{told}");
    }
    let told = scene.fail(5, &["drive", "write", "--track", "1", "--drive", "sim:cd-r:new", "one"]);
    assert!(told.contains("no track can be reserved"), "{told}");
    for medium in ["dvd+rw", "bd-re", "dvd-ram"] {
        let drive = format!("sim:{medium}:vat-{medium}");
        let told = scene.fail(2, &["burn", "--fs", "udf", "--udf-vat", "--drive", &drive, "docs"]);
        assert!(told.contains("on this one every sector can be written again"), "{medium}: {told}");
        assert!(!told.contains("what is on the medium"), "{medium}: {told}");
    }
}

/// Who stops the first of several files is told that the session is open, and how it is closed.
#[cfg(unix)]
#[test]
fn the_first_of_several_files_is_stopped_while_it_is_read_back() {
    let scene = Scene::new();
    for name in ["one", "two"] {
        fs::write(scene.path(name), vec![7; 64 * 2048]).unwrap();
    }
    let mut write = std::process::Command::new(env!("CARGO_BIN_EXE_fsimage"));
    write.current_dir(scene.0.path()).args([
        "drive",
        "write",
        "--close",
        "--verify",
        "--real-time",
        "--drive",
    ]);
    let mut write =
        write.args(["sim:bd-r:disc", "one", "two"]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    // The disc spins up for some seconds before it is written, and the end of the track takes another few.
    std::thread::sleep(std::time::Duration::from_secs(3));
    let pid = write.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let mut told = String::new();
    std::io::Read::read_to_string(&mut write.stderr.take().unwrap(), &mut told).unwrap();
    assert_eq!(write.wait().unwrap().code(), Some(130), "{told}");
    assert!(!told.contains("the session is written"), "{told}");
    assert!(told.contains("one: the file is recorded, and its session is open"), "{told}");
    assert!(told.contains("not recorded: two"), "{told}");
    assert!(told.contains("'fsimage drive close' closes it"), "{told}");
    assert_eq!(medium(&scene)["unfinished_session"], true);
}

/// A track that was reserved and cut short lies in the session that `drive write --close` closes: it is told, even with `--quiet`.
#[cfg(unix)]
#[test]
fn a_reserved_track_that_was_cut_short_is_told_when_its_session_is_closed() {
    let scene = Scene::new();
    fs::File::create(scene.path("big")).unwrap().set_len(1 << 30).unwrap();
    fs::write(scene.path("other"), vec![7; 64 * 2048]).unwrap();
    scene.run(&["sim", "new", "disc", "--medium", "dvd+r"]);
    scene.run(&["drive", "reserve", "--drive", "sim:disc", "524288"]);
    let mut write = std::process::Command::new(env!("CARGO_BIN_EXE_fsimage"));
    write.current_dir(scene.0.path());
    write.args(["drive", "write", "--track", "1", "--real-time", "--quiet", "--drive", "sim:disc", "big"]);
    let mut write = write.stderr(std::process::Stdio::null()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(9));
    let pid = write.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(write.wait().unwrap().code(), Some(130));
    let error = scene.fail(1, &["drive", "write", "--close", "--quiet", "--drive", "sim:disc", "other"]);
    assert!(error.contains("track 1 was cut short behind "), "{error}");
}

#[test]
fn a_session_whose_size_is_announced() {
    for medium in ["dvd-r", "dvd+r", "bd-r"] {
        let scene = Scene::new();
        let drive = format!("sim:{medium}:disc");
        scene.run(&["burn", "--reserve", "--verify", "--drive", &drive, "docs"]);
        let state = fs::read_to_string(scene.path("disc.medium")).unwrap();
        let state: serde_json::Value = serde_json::from_str(&state).unwrap();
        let track = &state["medium"]["sessions"][0]["tracks"][0];
        assert!(track["reserved"].as_u64().is_some_and(|sectors| sectors > 0), "{medium}: {track}");
        assert_eq!(track["reserved"], track["recorded"], "{medium}");
    }
}

#[test]
fn ways_of_writing_an_image() {
    let scene = Scene::new();
    scene.build("image.iso");
    fs::write(scene.path("empty"), "").unwrap();
    let image = fs::read(scene.path("image.iso")).unwrap();
    for medium in ["cd-r", "dvd-r"] {
        let drive = format!("sim:{medium}:{medium}");
        // With the laser off nothing happens.
        scene.run(&["drive", "write", "--test", "--drive", &drive, "image.iso"]);
        assert!(scene.fail(5, &["ls", &drive]).contains("blank"), "{medium}");
        scene.run(&["drive", "write", "--at-once", "--verify", "--drive", &drive, "image.iso"]);
        assert!(fs::read(scene.path(medium)).unwrap()[..image.len()] == image, "{medium}");
        assert_eq!(lines(&scene.run(&["ls", &drive])).len(), 4, "{medium}");
    }
    scene.run(&["sim", "new", "dvd+rw", "--medium", "dvd+rw"]);
    let told = scene.fail(2, &["drive", "write", "--drive", "sim:dvd+rw", "image.iso", "image.iso"]);
    assert!(told.contains("takes one file"), "{told}");
    let told = scene.fail(3, &["drive", "write", "--drive", "sim:dvd+rw", "empty"]);
    assert!(told.contains("it is empty"), "{told}");
    scene.fail(2, &["drive", "write", "--at-once", "--track", "1", "--drive", "sim:dvd+rw", "image.iso"]);
    // What is there is written over, and the drive measures its laser when it is told to.
    scene.run(&["drive", "write", "--drive", "sim:dvd+rw", "image.iso"]);
    assert_eq!(scene.run(&["cat", "sim:dvd+rw", "readme.txt"]), "read me\n");
    scene.run(&["sim", "new", "blank", "--medium", "dvd-rw"]);
    let told = scene.json(&["drive", "calibrate", "--json", "--drive", "sim:blank"]);
    assert_eq!(told["drive"]["medium"]["state"], "blank");
    scene.fail(5, &["drive", "calibrate", "--drive", "sim:dvd-r"]);
}

/// Behind a session, the addresses of an image that was made for sector 0 would lead into that.
#[test]
fn an_image_for_another_place_is_refused() {
    for medium in ["cd-r", "dvd-r", "dvd+r", "bd-r"] {
        let scene = Scene::new();
        let drive = format!("sim:{medium}:disc");
        scene.run(&["burn", "--drive", &drive, "more"]);
        let before = scene.json(&["info", "--json", "sim:disc"]);
        scene.build("image.iso");
        for options in [&[][..], &["--close"]] {
            let arguments = [&["drive", "write", "--drive", "sim:disc", "image.iso"], options].concat();
            let told = scene.fail(2, &arguments);
            assert!(told.contains("would lead into earlier sessions"), "{medium}: {told}");
        }
        assert_eq!(scene.json(&["info", "--json", "sim:disc"]), before, "{medium}");
        // One whose root directory is stated to lie behind the beginning of the track goes there.
        let start = before["drive"]["medium"]["next_writable"].as_u64().unwrap() as u32;
        let mut image = fs::read(scene.path("image.iso")).unwrap();
        image[16 * 2048 + 158..][..4].copy_from_slice(&(start + 20).to_le_bytes());
        fs::write(scene.path("next.iso"), image).unwrap();
        scene.run(&["drive", "write", "--close", "--drive", "sim:disc", "next.iso"]);
    }
}

#[test]
fn a_medium_is_no_source_of_itself() {
    let scene = Scene::new();
    for (kind, name) in [("dvd+rw", "disc"), ("dvd+rw", "disc.medium"), ("dvd+r", "one")] {
        let medium = if name == "one" { "one" } else { "disc" };
        scene.build("image.iso");
        let drive = format!("sim:{kind}:{medium}");
        scene.run(&["drive", "write", "--close", "--drive", &drive, "image.iso"]);
        let told = scene.fail(2, &["drive", "write", "--drive", &drive, name]);
        assert!(told.contains("it is the medium that is written"), "{told}");
    }
}

/// What is asked of a medium that cannot do it is an error that names both, and not passed over.
#[test]
fn what_media_cannot_do_is_told() {
    let scene = Scene::new();
    for medium in ["cd-r", "cd-rw", "dvd+rw", "dvd-ram", "bd-re"] {
        let drive = format!("sim:{medium}:{medium}");
        let told = scene.fail(5, &["burn", "--reserve", "--drive", &drive, "docs"]);
        assert!(told.contains("no track can be reserved") && told.contains("DVD-R, "), "{told}");
    }
    let told = scene.fail(5, &["drive", "reserve", "32", "--drive", "sim:cd-r"]);
    assert!(told.contains("CD-R medium: no track can be reserved"), "{told}");
    let told = scene.fail(2, &["drive", "format", "--spare", "0", "--drive", "sim:bd-re"]);
    assert!(told.contains("none"), "{told}");
    fs::write(scene.path("small"), "x").unwrap();
    let told =
        scene.command(&["drive", "write", "--drive", "sim:dvd+r:small.disc", "small"]).output().unwrap();
    let told = String::from_utf8(told.stderr).unwrap();
    assert!(told.contains("small: 1 sector from sector 0"), "{told}");
}

/// What the help says of `sim:MEDIUM:PATH`.
#[test]
fn media_are_made_by_what_records_on_them() {
    let scene = Scene::new();
    for command in [&["reserve", "32"][..], &["calibrate"], &["blank"], &["format"], &["close"], &["eject"]] {
        let told = scene.fail(2, &[&["drive"][..], command, &["--drive", "sim:dvd-r:disc"]].concat());
        assert!(told.contains("disc"), "{command:?}: {told}");
        assert!(!scene.path("disc").exists(), "{command:?}");
    }
    scene.fail(2, &["ls", "sim:dvd-r:disc"]);
    scene.build("image.iso");
    for (index, command) in
        [&["burn", "docs"][..], &["update", "docs=docs"], &["drive", "write", "image.iso"]].iter().enumerate()
    {
        let disc = format!("disc{index}");
        scene.run(&[command, &["--drive", &format!("sim:dvd-r:{disc}")][..]].concat());
        assert!(scene.path(&disc).exists(), "{command:?}");
    }
    let help = scene.run(&["--help"]);
    assert!(help.contains("burn, update, copy, audio and drive write create it"), "{help}");
}

/// Data without a file system are no blank medium, whoever is asked.
#[test]
fn data_without_a_file_system() {
    for medium in ["bd-re", "dvd+rw", "dvd-ram", "dvd+r"] {
        let scene = Scene::new();
        fs::write(scene.path("data"), vec![7; 64 * 2048]).unwrap();
        let drive = format!("sim:{medium}:disc");
        scene.run(&["drive", "write", "--close", "--drive", &drive, "data"]);
        for reads in ["ls", "verify"] {
            let told = scene.fail(4, &[reads, "sim:disc"]);
            assert!(told.contains("holds no file system"), "{medium}: {told}");
        }
        let burn = ["burn", "--drive", "sim:disc", "docs"];
        if medium == "dvd+r" {
            let told = scene.command(&burn).output().unwrap().stderr;
            let told = String::from_utf8(told).unwrap();
            assert!(told.contains("session 2, without") && !told.contains("first session"), "{told}");
        } else {
            let told = scene.fail(5, &burn);
            assert!(told.contains("holds data"), "{medium}: {told}");
        }
    }
}

/// What cannot be recorded is found before the first file is.
#[test]
fn all_files_are_looked_at_first() {
    let scene = Scene::new();
    fs::write(scene.path("odd.bin"), vec![7; 100_000]).unwrap();
    scene.build("image.iso");
    // A CD takes each of them alone.
    fs::File::create(scene.path("huge")).unwrap().set_len(359_500 * 2048).unwrap();
    for medium in ["cd-r", "dvd+r"] {
        for (second, exit) in [("nope", 3), ("docs", 3), ("image.iso", 2), ("huge", 5)] {
            if (medium, second) == ("dvd+r", "huge") {
                continue;
            }
            let drive = format!("sim:{medium}:{medium}.{second}");
            let told = scene.fail(exit, &["drive", "write", "--drive", &drive, "odd.bin", second]);
            assert!(told.contains(second) || told.contains("do not fit"), "{medium}: {told}");
            assert!(!told.contains("recorded before it"), "{medium}: {told}");
            if exit == 3 {
                // Nor is a medium made for what is no file.
                assert!(!scene.path(&format!("{medium}.{second}")).exists());
                continue;
            }
            let found =
                scene.command(&["info", "--json", &format!("sim:{medium}.{second}")]).output().unwrap();
            let found: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
            assert_eq!(found["drive"]["medium"]["state"], "blank", "{medium}, {second}");
        }
    }
}
