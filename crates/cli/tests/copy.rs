//! The sessions of a disc as one, and all file systems of a session, by the command.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use support::fsimage;

#[test]
fn sessions_become_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for (name, text) in [("one", "first"), ("two", "second")] {
        fs::write(at.join(name), text).unwrap();
        fsimage(at, &["burn", "--quiet", "--drive", "sim:cd-r:disc", name]);
    }
    fsimage(at, &["copy", "sim:disc", "-o", "copy.iso", "--quiet"]);
    fsimage(at, &["copy", "copy.iso", "--drive", "sim:bd-r:copied", "--verify", "--quiet"]);
    fsimage(at, &["append", "copy.iso", "--import", "all", "--move", "/one=/three", "--quiet"]);
    for (target, names) in [("sim:copied", ["/one", "/two"]), ("copy.iso", ["/three", "/two"])] {
        for (name, text) in names.into_iter().zip(["first", "second"]) {
            assert_eq!(fsimage(at, &["cat", target, name]), text, "{target} {name}");
        }
    }
    assert_eq!(fsimage(at, &["info", "sim:copied"]).matches("\nsession ").count(), 1);

    // A medium that holds something is not copied to, no image to itself, and no drive is a file.
    for arguments in [["--drive", "sim:disc"], ["-o", "copy.iso"], ["-o", "sim:bd-r:other"]] {
        let refused = Command::new(env!("CARGO_BIN_EXE_fsimage"))
            .args(["copy", "copy.iso"])
            .args(arguments)
            .current_dir(at)
            .output()
            .unwrap();
        assert!(!refused.status.success(), "{arguments:?}");
    }
    assert!(!at.join("sim:bd-r:other").exists());

    // What a copy erases is told.
    fsimage(at, &["burn", "--quiet", "--drive", "sim:dvd+rw:headless", "one"]);
    let mut medium = fs::File::options().write(true).open(at.join("headless")).unwrap();
    medium.write_all(&[0; 32 * 2048]).unwrap();
    for arguments in [&["--strict"][..], &[], &["--sessions"]] {
        let told = Command::new(env!("CARGO_BIN_EXE_fsimage"))
            .args(["copy", "copy.iso", "--drive", "sim:headless"])
            .args(arguments)
            .current_dir(at)
            .output()
            .unwrap();
        assert_eq!(told.status.success(), !arguments.contains(&"--strict"), "{arguments:?}: {told:?}");
        let text = String::from_utf8(told.stderr).unwrap();
        assert!(text.contains("lies behind"), "{arguments:?}: {text}");
        medium.seek(SeekFrom::Start(0)).unwrap();
        medium.write_all(&[0; 32 * 2048]).unwrap();
    }
}

/// From the third session on, what is copied refers to two drives, and the medium is opened once more for each.
#[test]
fn more_than_two_sessions_onto_a_medium() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let names = ["one", "two", "three", "four"];
    for name in names {
        fs::write(at.join(name), name).unwrap();
        fsimage(at, &["burn", "--quiet", "--drive", "sim:bd-r:disc", name]);
    }
    for (kind, source) in [("bd-r", "sim:disc"), ("dvd+rw", "sim:bd-r copied"), ("cd-r", "sim:dvd+rw copied")]
    {
        let drive = format!("sim:{kind}:{kind} copied");
        let told = fsimage(at, &["copy", "--sessions", source, "--drive", &drive, "--eject", "--json"]);
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["sessions"].as_array().unwrap().len(), names.len(), "{told}");
        for session in 1..=names.len() {
            let shown = fsimage(at, &["ls", "--session", &session.to_string(), &drive]);
            assert_eq!(shown.lines().count(), session, "{drive}: {shown}");
        }
    }
}

/// What a copy that fails says.
fn refused(at: &Path, status: i32, arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_fsimage")).args(arguments).current_dir(at).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {told}");
    told
}

#[test]
fn a_medium_that_holds_sessions_takes_no_copy() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("one"), "one").unwrap();
    for disc in ["sim:bd-r:disc", "sim:bd-r:other", "sim:bd-r:other"] {
        fsimage(at, &["burn", "--quiet", "--drive", disc, "one"]);
    }
    for sessions in [&["--sessions"][..], &[]] {
        let told = refused(at, 5, &[&["copy", "sim:disc", "--drive", "sim:other"], sessions].concat());
        assert!(told.contains("holds sessions") && !told.contains("UDF"), "{told}");
    }
}

/// A pipe that is there is written to, and so would a device be; neither becomes a file.
#[test]
fn sessions_go_into_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for name in ["one", "two"] {
        fs::write(at.join(name), name).unwrap();
        fsimage(at, &["burn", "--quiet", "--drive", "sim:dvd+r:disc", name]);
    }
    fsimage(at, &["copy", "--sessions", "sim:disc", "-o", "copy.iso", "--quiet"]);
    assert!(Command::new("mkfifo").arg(at.join("pipe")).status().unwrap().success());
    let reader = Command::new("cat").arg("pipe").current_dir(at).stdout(Stdio::piped()).spawn().unwrap();
    fsimage(at, &["copy", "--sessions", "sim:disc", "-o", "pipe", "--quiet"]);
    assert!(!fs::symlink_metadata(at.join("pipe")).unwrap().is_file());
    assert!(reader.wait_with_output().unwrap().stdout == fs::read(at.join("copy.iso")).unwrap());
}

/// By whatever name it lies where something is extracted to.
#[test]
fn what_is_read_is_not_replaced_by_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir_all(at.join("files/sub")).unwrap();
    for name in ["a.iso", "sub/b.iso", "z"] {
        fs::write(at.join("files").join(name), name).unwrap();
    }
    let out = at.join("out");
    let raw = at.join("raw.bin");
    let sheet = "FILE \"raw.bin\" BINARY\n TRACK 01 MODE1/2048\n INDEX 01 00:00:00\n";
    let names = ["a.iso", "sub/b.iso"];
    for kind in ["image", "sheet", "medium"] {
        for name in names {
            for is_link in [false, true] {
                let _ = fs::remove_dir_all(&out);
                fs::create_dir_all(out.join("sub")).unwrap();
                let source = match kind {
                    "image" | "sheet" => {
                        fsimage(at, &["build", "--quiet", "-o", "raw.bin", "files"]);
                        fs::write(at.join("disc.cue"), sheet).unwrap();
                        if kind == "image" { "raw.bin" } else { "disc.cue" }
                    }
                    _ => {
                        let _ = fs::remove_file(at.join("raw.bin"));
                        let _ = fs::remove_file(at.join("raw.bin.medium"));
                        fsimage(at, &["burn", "--quiet", "--drive", "sim:bd-r:raw.bin", "files"]);
                        "sim:raw.bin"
                    }
                };
                fs::hard_link(&raw, out.join(name)).unwrap();
                let source = match (kind, is_link) {
                    ("image", false) => format!("out/{name}"),
                    _ => source.to_owned(),
                };
                let before = fs::read(&raw).unwrap();
                for paths in [&[][..], &["/z", name]] {
                    let line = [&["extract", "--overwrite", &source, "-C", "out"], paths].concat();
                    let told = refused(at, 2, &line);
                    assert!(told.contains(&format!("out/{name}: it is the image that is read")), "{told}");
                }
                assert!(fs::read(&raw).unwrap() == before && fs::read(out.join(name)).unwrap() == before);
                assert!(!out.join("z").exists(), "nothing is written");
                // Others are replaced.
                fsimage(at, &["extract", "--overwrite", &source, "-C", "out", "/z"]);
                fs::remove_file(out.join(name)).unwrap();
                std::os::unix::fs::symlink(&raw, out.join(name)).unwrap();
                if is_link {
                    fsimage(at, &["extract", "--overwrite", &source, "-C", "out"]);
                    assert_eq!(fs::read_to_string(out.join(name)).unwrap(), name);
                    assert!(fs::read(&raw).unwrap() == before);
                }
            }
        }
    }
    // What boots has names of its own.
    let _ = fs::remove_dir_all(&out);
    fs::create_dir(&out).unwrap();
    fsimage(at, &["build", "--quiet", "--boot", "bios=a.iso", "-o", "out/boot-catalog.bin", "files"]);
    let line = ["extract", "--boot-images", "--overwrite", "out/boot-catalog.bin", "-C", "out"];
    assert!(refused(at, 2, &line).contains("it is the image that is read"));
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
}

#[test]
fn what_is_read_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("one"), "one").unwrap();
    fsimage(at, &["build", "--quiet", "-o", "track.bin", "one"]);
    let sheet = "FILE \"track.bin\" BINARY\n TRACK 01 MODE1/2048\n INDEX 01 00:00:00\n";
    fs::write(at.join("disc.cue"), sheet).unwrap();
    fsimage(at, &["burn", "--quiet", "--drive", "sim:dvd+r:disc", "one"]);
    let outputs = ["disc.cue", "track.bin", "disc", "disc.medium"];
    let before = outputs.map(|name| fs::read(at.join(name)).unwrap());
    for (source, outputs) in [("disc.cue", &outputs[..2]), ("sim:disc", &outputs[2..])] {
        for output in outputs {
            for command in [&["copy"][..], &["copy", "--sessions"], &["remaster"]] {
                let told = refused(at, 2, &[command, &[source, "-o", output]].concat());
                assert!(told.contains("it is the image that is written"), "{told}");
            }
        }
    }
    for option in [&["--boot", "uefi=@disc"][..], &["--append-partition", "2", "linux", "disc"]] {
        refused(at, 2, &[&["build", "-o", "disc", "one"], option].concat());
    }
    assert!(before == outputs.map(|name| fs::read(at.join(name)).unwrap()));
}

/// Where not all sessions can be recorded, none is.
#[test]
fn sessions_that_cannot_all_follow_are_refused_before_any_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for name in ["one", "two"] {
        fs::write(at.join(name), name).unwrap();
        fsimage(at, &["burn", "--quiet", "--drive", "sim:dvd+r:disc", name]);
    }
    let copy = ["copy", "--sessions", "sim:disc", "--drive"];
    let is_blank = |medium: &str| {
        let told = fsimage(at, &["info", &format!("sim:{medium}")]);
        assert!(!told.contains("\nsession "), "{medium}: {told}");
    };
    // What is recorded at once completes the medium, asked for or because a medium takes nothing else.
    for medium in ["dvd-r", "dvd-rw"] {
        let told = refused(at, 2, &[&copy[..], &[&format!("sim:{medium}:{medium}"), "--at-once"]].concat());
        assert!(told.contains("recording at once: it completes"), "{told}");
        is_blank(medium);
    }
    fsimage(at, &["sim", "new", "--medium", "dvd-rw", "blanked"]);
    fsimage(at, &["burn", "--quiet", "--drive", "sim:blanked", "one"]);
    fsimage(at, &["drive", "blank", "--drive", "sim:blanked"]);
    let told = refused(at, 5, &[&copy[..], &["sim:blanked"]].concat());
    assert!(told.contains("at once") && told.contains("--full"), "{told}");
    is_blank("blanked");
    fsimage(at, &["drive", "blank", "--full", "--drive", "sim:blanked"]);
    fsimage(at, &[&copy[..], &["sim:blanked"]].concat());
    fsimage(at, &[&copy[..], &["sim:cd-r:cd", "--at-once"]].concat());

    // Readers find sessions of other file systems by a table of contents alone.
    fsimage(at, &["burn", "--quiet", "--drive", "sim:disc", "--fs", "udf", "three=one"]);
    let told = refused(at, 2, &[&copy[..], &["sim:bd-re:bd-re"]].concat());
    assert!(told.contains("session 3 of the disc has no ISO 9660"), "{told}");
    is_blank("bd-re");
    let told = refused(at, 2, &["copy", "--sessions", "sim:disc", "-o", "copy.iso"]);
    assert!(told.contains("session 3 of the disc has no ISO 9660"), "{told}");
    fsimage(at, &[&copy[..], &["sim:dvd+r:copy"]].concat());
}

/// The advice is what was not done.
#[test]
fn boot_losses_that_strict_refuses_are_told_with_strict() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("one"), "one").unwrap();
    fsimage(at, &["build", "--quiet", "-o", "image.iso", "one"]);
    let mut image = fs::read(at.join("image.iso")).unwrap();
    image[..440].fill(0x90);
    image[510..512].copy_from_slice(&[0x55, 0xAA]);
    fs::write(at.join("image.iso"), image).unwrap();
    for sessions in [&["--sessions"][..], &[]] {
        let copy = [&["copy", "image.iso", "-o", "copy.iso"], sessions].concat();
        assert!(refused(at, 2, &copy).contains("--lossy-boot: what boots cannot be kept"));
        let told = refused(at, 2, &[&copy[..], &["--lossy-boot", "--strict"]].concat());
        assert!(told.contains("--strict: what boots cannot be kept"), "{told}");
        fsimage(at, &[&copy[..], &["--lossy-boot"]].concat());
    }
}

#[test]
fn a_damaged_file_is_named_and_copied_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for (name, text) in [("one", "damaged later"), ("two", "sound")] {
        fs::write(at.join(name), text).unwrap();
    }
    fsimage(at, &["build", "--quiet", "-o", "image.iso", "--digests", "sha256,md5", "one", "two"]);
    let mut bytes = fs::read(at.join("image.iso")).unwrap();
    let damaged = bytes.windows(13).position(|window| window == b"damaged later").unwrap();
    bytes[damaged] = b'D';
    fs::write(at.join("image.iso"), bytes).unwrap();
    for sessions in [&["--sessions"][..], &[]] {
        let copy = [&["copy", "image.iso", "-o", "copy.iso"], sessions].concat();
        let told = refused(at, 4, &copy);
        assert!(told.contains("/one: ") && told.contains("--digests none"), "{told}");
        fsimage(at, &[&copy[..], &["--digests", "none", "--quiet"]].concat());
        assert_eq!(fsimage(at, &["cat", "copy.iso", "/one"]), "Damaged later");
        assert!(!fsimage(at, &["ls", "copy.iso"]).contains(".digests"));
        fs::remove_file(at.join("copy.iso")).unwrap();
    }
}

/// Files, digests and what boots, in each session as it was.
#[test]
fn each_session_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for (name, bytes) in [("one", &[1; 5000][..]), ("two", &[2; 5000]), ("boot.img", &[3; 2048])] {
        fs::write(at.join(name), bytes).unwrap();
    }
    let burn = ["burn", "--quiet", "--drive", "sim:cd-r:disc"];
    let first = ["--digests", "sha256", "--boot-image", "boot.img", "one", "boot.img"];
    fsimage(at, &[&burn[..], &first].concat());
    fsimage(at, &[&burn[..], &["two"]].concat());
    fsimage(at, &["copy", "--sessions", "sim:disc", "-o", "copy.iso", "--quiet"]);
    let drive = ["--drive", "sim:dvd+r:copied", "--verify", "--json"];
    let told = fsimage(at, &[&["copy", "--sessions", "copy.iso"][..], &drive].concat());
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((told["sessions"].as_array().unwrap().len(), told["lost"].to_string()), (2, "[]".to_owned()));
    for target in ["copy.iso", "sim:copied"] {
        for (session, names) in [("1", "/boot.img\n/one\n"), ("2", "/boot.img\n/one\n/two\n")] {
            let in_session = ["--session", session, target];
            let listed = fsimage(at, &[&["ls", "-R"][..], &in_session].concat());
            assert_eq!(
                listed.replace("/.digests\n/.digests/files.sha256\n/.digests/session.sha256\n", ""),
                names
            );
            let report = fsimage(at, &[&["verify", "--json"][..], &in_session].concat());
            let report: serde_json::Value = serde_json::from_str(&report).unwrap();
            assert_eq!(report["findings"].to_string(), "[]", "{target}, {session}");
            assert!(report["digests"]["compared"].as_u64() > Some(1), "{target}, {session}: {report}");
            let out = format!("{} {session}", target.replace(':', " "));
            fsimage(at, &[&["extract", "--boot-images", "-C", &out, "--quiet"][..], &in_session].concat());
            let images = fs::read_dir(at.join(&out)).unwrap().map(|entry| entry.unwrap().path());
            let boots = images.filter(|path| fs::read(path).is_ok_and(|bytes| bytes == [3; 2048]));
            assert!(boots.count() > 0, "{target}, {session}");
        }
        assert_eq!(fsimage(at, &["cat", target, "/one"]).as_bytes(), [1; 5000]);
    }
    // The second session has its own file alone, beside the directories.
    assert!(told["sessions"][1]["sectors"].as_u64() < Some(400), "{told}");

    // Through a pipe go the bytes of a file.
    fsimage(at, &["copy", "--sessions", "copy.iso", "-o", "again.iso", "--quiet"]);
    let piped = Command::new(env!("CARGO_BIN_EXE_fsimage"))
        .args(["copy", "--sessions", "--json", "copy.iso", "-o", "-"])
        .current_dir(at)
        .output()
        .unwrap();
    assert!(piped.status.success(), "{}", String::from_utf8_lossy(&piped.stderr));
    assert!(piped.stdout == fs::read(at.join("again.iso")).unwrap());
}

/// A volume that grows by virtual allocation tables, by the command: each state is a session, and can be copied.
#[test]
fn virtual_allocation_tables() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let grow = ["burn", "--quiet", "--drive", "sim:bd-r:disc"];
    for (number, name) in ["one", "two", "three"].into_iter().enumerate() {
        fs::write(at.join(name), name.repeat(900)).unwrap();
        let first = ["--fs", "udf", "--udf-vat"];
        let options = if number == 0 { &first[..] } else { &[] };
        fsimage(at, &[&grow[..], options, &[name]].concat());
    }
    fsimage(at, &["copy", "--sessions", "sim:disc", "-o", "sessions.iso", "--quiet"]);
    fsimage(at, &["copy", "sim:disc", "-o", "merged.iso", "--quiet"]);
    for (session, names) in [("1", "/one\n"), ("2", "/one\n/two\n"), ("3", "/one\n/three\n/two\n")] {
        for target in ["sim:disc", "sessions.iso"] {
            assert_eq!(
                fsimage(at, &["ls", "-R", "--session", session, target]),
                names,
                "{target}, {session}"
            );
        }
    }
    for target in ["sim:disc", "sessions.iso", "merged.iso"] {
        for name in ["one", "two", "three"] {
            assert_eq!(fsimage(at, &["cat", target, &format!("/{name}")]), name.repeat(900), "{target}");
        }
        fsimage(at, &["verify", "--quiet", target]);
    }
    let drive = format!("sim:{}", at.join("disc").display()).parse().unwrap();
    let disc = fsimage::OpenDrive::open(&drive).unwrap().disc().unwrap();
    let imported = fsimage::import(&disc, &Default::default(), &Default::default()).unwrap();
    assert!(imported.virtual_volume.is_some());
}

/// Tracks that are no files are named, whatever the copy is made by, and are an error where all is to be kept.
#[test]
fn tracks_that_are_left_out_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for name in ["one", "two"] {
        fs::write(at.join(name), name).unwrap();
    }
    fsimage(at, &["build", "--quiet", "-o", "d.iso", "one"]);
    fs::write(at.join("s.bin"), vec![1; 400 * 2352]).unwrap();
    let sound = "FILE s.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
    let data = "FILE d.iso BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\n";
    let second = |track: &str| track.replace("TRACK 01", "TRACK 02");
    fs::write(at.join("mixed.cue"), format!("{data}{}", second(sound))).unwrap();
    fs::write(at.join("x.bin"), vec![2; 400 * 2048]).unwrap();
    fs::write(at.join("mixed 2.cue"), format!("{data}{}", second(data).replace("d.iso", "x.bin"))).unwrap();
    fs::write(at.join("sound.cue"), sound).unwrap();
    fsimage(at, &["audio", "--quiet", "--drive", "sim:cd-r:mixed", "mixed.cue"]);
    fsimage(at, &["audio", "--quiet", "--drive", "sim:cd-r:mixed 2", "mixed 2.cue"]);
    fsimage(at, &["audio", "--quiet", "--appendable", "--drive", "sim:cd-r:extra", "sound.cue"]);
    fsimage(at, &["burn", "--quiet", "--drive", "sim:extra", "one"]);
    fsimage(at, &["burn", "--quiet", "--drive", "sim:extra", "two"]);
    fsimage(at, &["drive", "write", "--quiet", "--close", "--drive", "sim:dvd+r:images", "d.iso", "s.bin"]);
    // Not taken for boot code.
    fs::write(at.join("y.bin"), [vec![0; 16 * 2048], vec![2; 400 * 2048]].concat()).unwrap();
    fsimage(at, &["drive", "write", "--quiet", "--close", "--drive", "sim:bd-r:blob", "y.bin"]);
    fsimage(at, &["burn", "--quiet", "--drive", "sim:blob", "one"]);
    let blank = ["--drive", "sim:cd-r:copied"];
    for (disc, told) in [
        ("sim:mixed", "track 2 with sound: left out"),
        ("mixed.cue", "track 2 with sound: left out"),
        ("sim:mixed 2", "track 2 with data that are in no file: left out"),
        ("mixed 2.cue", "track 2 with data that are in no file: left out"),
        ("sim:extra", "track 1 with sound: left out"),
        ("sim:images", "track 2 with data that are in no file: left out"),
        ("sim:blob", "track 1 with data that are in no file: left out"),
    ] {
        for command in [
            &["copy", disc, "-o", "c.iso"][..],
            &[&["copy", disc], &blank[..]].concat(),
            &["copy", "--sessions", disc, "-o", "c.iso"],
            &[&["copy", "--sessions", disc], &blank[..]].concat(),
            &["remaster", disc, "-o", "c.iso"],
        ] {
            let told = match command.contains(&"--sessions") && disc == "sim:blob" {
                true => "session 1 holds no file system that is known: it is left out",
                false => told,
            };
            let strict = refused(at, 2, &[command, &["--strict"]].concat());
            assert!(strict.contains(told), "{command:?}: {strict}");
            assert!(!at.join("c.iso").exists());
            let said = refused(at, 0, command);
            assert!(said.contains(told), "{command:?}: {said}");
            assert_eq!(said.matches("left out").count(), 1, "{command:?}: {said}");
            for made in ["c.iso", "copied", "copied.medium"] {
                let _ = fs::remove_file(at.join(made));
            }
        }
    }
    // What is recorded behind them leaves them where they are.
    for disc in ["sim:extra", "sim:blob"] {
        let further = refused(at, 0, &["burn", "--strict", "--drive", disc, "two"]);
        assert!(!further.contains("left out"), "{disc}: {further}");
    }
}
