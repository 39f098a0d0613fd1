//! `burn`, `audio`, `drive`, `drives` and `sim`: media in simulated drives.

use std::fs;

use serde_json::Value;

use crate::scene::{Scene, check_sessions, lines};

/// A drive that is not there is a request that cannot be carried out as put, whatever is asked of it.
#[test]
fn media_that_are_not_there() {
    let scene = Scene::new();
    for name in ["sim:none", "sim:bd-r:none"] {
        for verb in ["blank", "format", "close", "eject", "load", "calibrate"] {
            let told = scene.fail(2, &["drive", verb, "--drive", name]);
            assert!(
                told.contains("cannot open none: there is no simulated medium"),
                "{name}, {verb}: {told}"
            );
            assert!(told.contains("'fsimage sim new' makes a blank one"), "{name}, {verb}: {told}");
        }
        scene.fail(2, &["drive", "reserve", "--drive", name, "64"]);
        scene.fail(2, &["ls", name]);
    }
    scene.fail(2, &["burn", "--drive", "sim:none", "docs"]);
    scene.fail(2, &["sim", "serve", "none"]);
    scene.fail(2, &["burn", "--drive", "sim:bd-r:no/folder", "docs"]);
    if cfg!(target_os = "linux") {
        let told = scene.fail(2, &["drive", "eject", "--drive", "/dev/none"]);
        assert!(told.contains("/dev/none"), "{told}");
    }
    assert!(!scene.path("none").exists() && !scene.path("none.medium").exists());
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
fn burn_twice_on_every_simulated_medium() {
    for medium in fsimage::MediumKind::ALL {
        let scene = Scene::new();
        let drive = format!("sim:{medium}:demo.disc");
        scene.run(&["burn", "--drive", &drive, "--verify", "docs"]);
        // The drive that ejects is still held by what was imported from it.
        scene.run(&["burn", "--drive", "sim:demo.disc", "--eject", "more"]);
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

    // It turns a CD-R as it is told to at its fastest speed, and a DVD-R always in its own way.
    let told = burn("sim:cd-r:turns", &["--rotation", "cav"]);
    assert_eq!(told["rotation"], "constant angular velocity");
    let told =
        scene.command(&["burn", "--rotation", "cav", "--drive", "sim:dvd-r:turns-not", "docs"]).output();
    let told = String::from_utf8(told.unwrap().stderr).unwrap();
    assert!(told.contains("recorded with constant linear velocity"), "{told}");
    scene.fail(2, &["burn", "--rotation", "fast", "--drive", "sim:dvd-r:x", "docs"]);

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
        scene.json(&line)["drive"]["medium"].clone()
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
    for (disc, of_bd_r) in [("sim:bd-re", "--random"), ("sim:dvd-rw", "--pseudo-overwrite")] {
        assert!(
            scene
                .fail(5, &["drive", "format", of_bd_r, "--drive", disc])
                .contains("only a BD-R is formatted")
        );
    }
    let told = scene.fail(5, &["drive", "format", "--spare", "9000000", "--drive", "sim:bd-re"]);
    assert!(told.contains("the drive offers spare areas of 131072 to 655360 sectors"), "{told}");
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

/// What CD-TEXT cannot hold, and modes without CD-TEXT.
#[test]
fn texts_that_no_cd_can_have() {
    let scene = Scene::new();
    fs::write(scene.path("a.bin"), vec![9; 400 * 2352]).unwrap();
    let sheet = |number: &str, title: &str| {
        format!("CATALOG {number}\nFILE a.bin BINARY\nTRACK 01 AUDIO\nTITLE \"{title}\"\nINDEX 01 00:00:00\n")
    };
    fs::write(scene.path("other.cue"), sheet("0000012101954", "Don\u{2019}t")).unwrap();
    fs::write(scene.path("long.cue"), sheet("4006381333931", &"x".repeat(4000))).unwrap();
    fs::write(scene.path("plain.cue"), sheet("4006381333931", "One")).unwrap();
    for (name, what) in [
        ("other.cue", "other.cue: line 4: TITLE of track 1: '\u{2019}' is not in"),
        ("long.cue", "long.cue: CD-TEXT: block 0 has more texts than fit"),
    ] {
        let told = scene.fail(3, &["audio", "--drive", "sim:cd-r:refused.disc", name]);
        assert!(told.contains(what) && told.contains("; --no-cd-text leaves out all texts"), "{told}");
        assert!(!scene.path("refused.disc").exists());
    }
    for (number, name) in ["other.cue", "long.cue", "plain.cue"].into_iter().enumerate() {
        for (mode, more) in [("at-once", &["--no-cd-text"][..]), ("track-at-once", &[]), ("raw-pq", &[])] {
            let disc = format!("sim:cd-r:{number}-{mode}.disc");
            let burnt =
                scene.json(&[&["--json", "audio", "--drive", &disc, "--write", mode, name], more].concat());
            let notices = burnt["notices"].to_string();
            assert!(notices.contains("the texts of the cue sheet are left out"), "{disc}: {notices}");
            assert_eq!(notices.contains("CATALOG 0000012101954 is recorded as it is"), name == "other.cue");
            let info = scene.json(&["--json", "info", &disc]);
            let expected = if name == "other.cue" { "0000012101954" } else { "4006381333931" };
            assert_eq!(
                (&info["sound"]["catalog"], &info["sound"]["title"]),
                (&expected.into(), &Value::Null)
            );
        }
    }
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
    let raw = ["audio", "--drive", "sim:cd-r:raw.disc", "--write", "raw", "album.cue"];
    let told = scene.fail(2, &[&raw[..], &["--appendable"]].concat());
    assert!(told.contains("raw recording completes the disc"), "{told}");
    assert!(!scene.path("raw.disc").exists());
    scene.run(&raw);
    assert_eq!(
        fs::read(scene.path("one.disc.raw")).unwrap()[150 * 2448..][..2352],
        fs::read(scene.path("raw.disc.raw")).unwrap()[150 * 2448..][..2352]
    );
    // Its sound is nothing that was interrupted.
    for command in ["ls", "verify"] {
        let told = scene.fail(4, &[command, "sim:one.disc"]);
        assert!(told.contains("sound only"), "{told}");
    }
    assert!(scene.run(&["recover", "sim:one.disc"]).contains("nothing to recover"));
    let told = scene.run(&["info", "sim:one.disc"]);
    assert!(told.contains("recorded, sound") && told.contains("A disc"), "{told}");
    let told = scene.fail(5, &["audio", "--drive", "sim:dvd+r:dvd.disc", "album.cue"]);
    assert!(told.contains("sound is recorded on CD-R and CD-RW only"), "{told}");
    let fifth = "CATALOG 4006381333931\nFILE a.bin BINARY\nTRACK 05 AUDIO\nINDEX 01 00:00:00\n";
    fs::write(scene.path("fifth.cue"), fifth).unwrap();
    let told = scene.fail(3, &["audio", "--drive", "sim:cd-r:fifth.disc", "fifth.cue"]);
    assert!(told.contains("begins with track 5"), "{told}");
    assert_eq!(scene.json(&["--json", "info", "sim:fifth.disc"])["drive"]["medium"]["state"], "blank");
    fs::write(scene.path("letters.cue"), fifth.replace("4006381333931", "1234x")).unwrap();
    let told = scene.fail(3, &["audio", "--drive", "sim:cd-r:fifth.disc", "letters.cue"]);
    assert!(told.contains("a media catalog number has 13 digits"), "{told}");
    let told = scene.fail(2, &["audio", "--drive", "sim:cd-r:x.disc", "album.cue", "a.bin"]);
    assert!(told.contains("stands alone"), "{told}");
    let told = scene.fail(3, &["audio", "--drive", "sim:cd-r:x.disc", "a.bin"]);
    assert!(told.contains("neither WAVE nor FLAC"), "{told}");
    let one = "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
    for (name, sheet, tracks) in [("one.cue", one, "1 track, "), ("album.cue", sheet, "2 tracks, ")] {
        fs::write(scene.path(name), sheet).unwrap();
        let disc = format!("sim:cd-rw:{name}.disc");
        let told = scene.command(&["audio", "--drive", &disc, name]).output().unwrap();
        let told = String::from_utf8(told.stderr).unwrap();
        assert!(told.lines().any(|line| line.starts_with(tracks)), "{told}");
    }
}
