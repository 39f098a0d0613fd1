//! The commands of each recipe in the order in which they reach a drive, as `docs/recipes` has them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod traced;

use fsimage_mmc_device::simulated::MediumKind;
use fsimage_mmc_device::{
    BdRMode, Blanking, Closing, DriveError, FormatRequest, Lba, MediumState, NotWritable, RecordingMode,
    SessionRequest, Speed, blank, close, format, recorder,
};
use traced::Traced;

fn request(blocks: u32) -> SessionRequest {
    SessionRequest::new(blocks)
}

fn finalised(blocks: u32) -> SessionRequest {
    SessionRequest { closing: Closing::Finalise, ..request(blocks) }
}

#[test]
fn cd_track_at_once() {
    for kind in [MediumKind::CdR, MediumKind::CdRw] {
        let mut traced = Traced::new(kind);
        let lines = traced.record(0, SessionRequest { speed: Some(Speed::cd(8)), ..request(400) });
        assert_eq!(lines, ["BB", "55", "52 FF", "1E 1", "2A 0+400", "35 immed", "35", "5B 2 0", "1E 0"]);
        let lines = traced.record(0, finalised(20));
        assert_eq!(lines, ["55", "52 FF", "1E 1", "2A 11802+300", "35 immed", "35", "5B 2 0", "1E 0"]);
    }
    let mut traced = Traced::new(MediumKind::CdRw);
    let lines = traced.during(|drive| drop(blank(drive, Blanking::Quick).unwrap()));
    assert!(lines.contains(&"A1 1".to_owned()), "{lines:?}");
}

#[test]
fn dvd_minus_r_incrementally() {
    for kind in [MediumKind::DvdR, MediumKind::DvdRDl, MediumKind::DvdRw] {
        let mut traced = Traced::new(kind);
        let lines = traced.record(0, request(100));
        let expected = ["54", "55", "52 1", "1E 1", "2A 0+112", "35 immed", "35", "5B 1 1", "5B 2 0", "1E 0"];
        assert_eq!(lines, expected, "{kind}");
        let lines = traced.record(0, SessionRequest { reserve: true, ..finalised(16) });
        let expected = [
            "54",
            "55",
            "52 2",
            "53 16",
            "1E 1",
            "2A 16496+16",
            "35 immed",
            "35",
            "5B 1 2",
            "5B 2 0",
            "1E 0",
        ];
        assert_eq!(lines, expected, "{kind}");
    }
}

#[test]
fn dvd_minus_r_at_once() {
    for kind in [MediumKind::DvdR, MediumKind::DvdRDl, MediumKind::DvdRw] {
        let mut traced = Traced::new(kind);
        let request =
            SessionRequest { mode: RecordingMode::AtOnce, speed: Some(Speed::dvd(40)), ..request(100) };
        let lines = traced.record(0, request);
        assert_eq!(lines, ["B6", "54", "55", "53 112", "1E 1", "2A 0+112", "35", "1E 0"], "{kind}");
    }
    // Blanked minimally: nothing else is possible.
    let mut traced = Traced::new(MediumKind::DvdRw);
    blank(&mut traced.drive, Blanking::Quick).unwrap();
    assert_eq!(traced.record(0, request(16)), ["54", "55", "53 16", "1E 1", "2A 0+16", "35", "1E 0"]);
}

#[test]
fn underrun_protection_of_data_is_on_unless_it_is_not_wanted() {
    let at_once = SessionRequest { mode: RecordingMode::AtOnce, ..request(300) };
    let ways = [
        (MediumKind::CdR, request(300)),
        (MediumKind::CdRw, at_once),
        (MediumKind::DvdR, request(300)),
        (MediumKind::DvdRw, at_once),
    ];
    for (kind, wanted) in ways {
        for (without_underrun_protection, expected) in [(false, 0x40), (true, 0)] {
            let mut traced = Traced::new(kind);
            traced.record(0, SessionRequest { without_underrun_protection, ..wanted });
            let parameters = traced.drive.write_parameters().unwrap();
            assert_eq!(parameters.as_bytes()[2] & 0x40, expected, "{kind} {wanted:?}");
        }
    }
    let mut traced = Traced::new(MediumKind::DvdRw);
    format(&mut traced.drive, &FormatRequest::default()).unwrap();
    traced.record(0, SessionRequest { without_underrun_protection: true, ..request(16) });
    assert_eq!(traced.drive.write_parameters().unwrap().as_bytes()[2] & 0x40, 0);
}

#[test]
fn test_writes() {
    let mut traced = Traced::new(MediumKind::CdR);
    let test = SessionRequest { test_write: true, ..request(300) };
    assert_eq!(traced.record(0, test), ["55", "52 FF", "1E 1", "2A 0+300", "35 immed", "35", "1E 0"]);
    let mut traced = Traced::new(MediumKind::DvdR);
    assert_eq!(traced.record(0, test), ["54", "55", "52 1", "1E 1", "2A 0+304", "35 immed", "35", "1E 0"]);
    let once = SessionRequest { mode: RecordingMode::AtOnce, ..test };
    assert_eq!(traced.record(0, once), ["54", "55", "53 304", "1E 1", "2A 0+304", "35", "1E 0"]);
}

#[test]
fn dvd_rw_in_restricted_overwrite_mode() {
    let mut traced = Traced::new(MediumKind::DvdRw);
    let lines = traced.during(|drive| drop(format(drive, &FormatRequest::default()).unwrap()));
    assert!(lines.contains(&"04".to_owned()), "{lines:?}");
    // Behind the one ECC block that is formatted it grows without gaps: what lies between is filled with zeros.
    let lines = traced.record(32, request(64));
    assert_eq!(lines, ["55", "1E 1", "2A 16+80", "35 immed", "35", "5B 2 0", "1E 0"]);
    // Inside what is there nothing is closed; behind it a quick format lets it grow again.
    assert_eq!(traced.record(0, request(32)), ["55", "1E 1", "2A 0+32", "35 immed", "35", "1E 0"]);
    let lines = traced.record(96, request(16));
    assert_eq!(lines, ["55", "1E 1", "04", "2A 96+16", "35 immed", "35", "5B 2 0", "1E 0"]);
}

#[test]
fn dvd_plus_r() {
    let mut traced = Traced::new(MediumKind::DvdPlusR);
    let reserved = SessionRequest { reserve: true, speed: Some(Speed::dvd(40)), ..request(100) };
    let expected =
        ["B6", "52 FF", "53 112", "1E 1", "2A 0+112", "35 immed", "35", "5B 1 1", "5B 2 0", "1E 0"];
    assert_eq!(traced.record(0, reserved), expected);
    let lines = traced.record(0, finalised(16));
    assert_eq!(lines, ["52 FF", "1E 1", "2A 2160+16", "35 immed", "35", "5B 1 2", "5B 6 0", "1E 0"]);
    let mut traced = Traced::new(MediumKind::DvdPlusRDl);
    let lines = traced.record(0, finalised(16));
    assert_eq!(lines, ["52 FF", "1E 1", "2A 0+16", "35 immed", "35", "5B 1 1", "5B 5 0", "1E 0"]);
}

#[test]
fn dvd_plus_rw() {
    let mut traced = Traced::new(MediumKind::DvdPlusRw);
    let lines = traced.record(0, request(40));
    assert_eq!(lines, ["04", "1E 1", "2A 0+40", "35 immed", "35", "5B 0 0", "5B 2 0", "1E 0"]);
    // Suspended: restarted first.
    let lines = traced.record(0, request(40));
    assert_eq!(lines, ["04", "1E 1", "2A 0+40", "35 immed", "35", "5B 0 0", "5B 2 0", "1E 0"]);
}

#[test]
fn dvd_ram_and_bd_re() {
    let mut traced = Traced::new(MediumKind::DvdRam);
    assert_eq!(traced.record(0, request(40)), ["1E 1", "2A 0+40", "35 immed", "35", "1E 0"]);
    let streamed = SessionRequest { streaming: true, ..request(64) };
    assert_eq!(traced.record(0, streamed), ["1E 1", "AA 0+64", "35 immed", "35", "1E 0"]);
    for kind in [MediumKind::BdRe, MediumKind::BdReDl, MediumKind::BdReXl] {
        let mut traced = Traced::new(kind);
        assert_eq!(traced.record(0, request(40)), ["04", "1E 1", "2A 0+40", "35 immed", "35", "1E 0"]);
        // The rest of a cluster is no part of a stream.
        let streamed = SessionRequest { streaming: true, ..request(70) };
        assert_eq!(
            traced.record(0, streamed),
            ["1E 1", "AA 0+64", "2A 64+6", "35 immed", "35", "1E 0"],
            "{kind}"
        );
    }
}

#[test]
fn bd_r() {
    for kind in [MediumKind::BdR, MediumKind::BdRDl, MediumKind::BdRXl, MediumKind::BdRQl] {
        let mut traced = Traced::new(kind);
        let lines = traced.record(0, request(40));
        assert_eq!(
            lines,
            ["52 1", "1E 1", "2A 0+64", "35 immed", "35", "5B 1 1", "5B 2 0", "1E 0"],
            "{kind}"
        );
        let lines = traced.record(0, finalised(32));
        assert_eq!(lines, ["52 2", "1E 1", "2A 64+32", "35 immed", "35", "5B 1 2", "5B 6 0", "1E 0"]);
    }
    // With pseudo-overwrite: behind the head at first, which is zeros then; the session stays open.
    let mut traced = Traced::new(MediumKind::BdR);
    format(&mut traced.drive, &FormatRequest { bd_r: BdRMode::PseudoOverwrite, ..FormatRequest::default() })
        .unwrap();
    let lines = traced.record(32, request(40));
    assert_eq!(lines, ["52 1", "1E 1", "2A 0+96", "35 immed", "35", "52 1", "5B 1 1", "1E 0"]);
    // What is recorded is replaced in whole clusters, when all in front of it is there.
    let medium = traced.drive.medium().unwrap();
    assert!(medium.is_replaceable() && !medium.unfinished_session, "{medium:?}");
    assert_eq!(medium.pseudo_overwrite.unwrap().replacements, Some(32_768));
    let lines = traced.during(|drive| {
        let mut recorder = recorder(drive, &medium).unwrap();
        let mut session = recorder.begin(&finalised(64)).unwrap();
        session.write(Lba::new(96), &[0x22; 32 * 2048]).unwrap();
        session.flush().unwrap();
        session.write(Lba::new(16), &[0x33; 4 * 2048]).unwrap();
        session.flush().unwrap();
        let beyond = session.write(Lba::new(112), &[0; 32 * 2048]).unwrap_err();
        assert!(matches!(beyond, DriveError::OutOfOrder { .. }), "{beyond}");
        // The replaced cluster took the place behind the end.
        assert!(session.write(Lba::new(128), &[0x44; 2048]).is_err());
        session.write(Lba::new(160), &[0x44; 2048]).unwrap();
        session.close().unwrap();
    });
    let writes: Vec<&String> = lines.iter().filter(|line| !line.starts_with("52")).collect();
    assert_eq!(
        writes,
        [
            "1E 1",
            "2A 96+32",
            "35 immed",
            "35",
            "2A 0+32",
            "35 immed",
            "35",
            "2A 160+32",
            "35 immed",
            "35",
            "5B 1 2",
            "5B 6 0",
            "1E 0"
        ]
    );
    let mut blocks = vec![0; 32 * 2048];
    traced.drive.read_10(Lba::ZERO, &mut blocks).unwrap();
    assert!(blocks[..16 * 2048].iter().all(|&byte| byte == 0));
    assert!(blocks[16 * 2048..20 * 2048].iter().all(|&byte| byte == 0x33));
    assert!(!traced.drive.medium().unwrap().is_replaceable());
    // Random recording is not for this crate, but read.
    let mut traced = Traced::new(MediumKind::BdR);
    let random = FormatRequest { bd_r: BdRMode::Random, ..FormatRequest::default() };
    let medium = format(&mut traced.drive, &random).unwrap();
    assert_eq!((medium.state, medium.sessions.len()), (MediumState::Blank, 0));
    assert_eq!((medium.capacity, medium.free_blocks), (11_826_176, 0));
    let error = recorder(&mut traced.drive, &medium).err();
    assert!(
        matches!(error, Some(DriveError::NotWritable { reason: NotWritable::RandomRecording, .. })),
        "{error:?}"
    );
}

#[test]
fn finalising_what_was_recorded_before() {
    for (kind, function) in [
        (MediumKind::DvdR, 3),
        (MediumKind::DvdRw, 3),
        (MediumKind::DvdPlusR, 6),
        (MediumKind::DvdPlusRDl, 5),
        (MediumKind::BdR, 6),
    ] {
        let mut traced = Traced::new(kind);
        traced.record(0, request(64));
        let lines = traced.during(|drive| drop(close(drive, Closing::Finalise).unwrap()));
        let closes: Vec<&String> = lines.iter().filter(|line| line.starts_with("5B")).collect();
        assert_eq!(closes, [&format!("5B {function} 0")], "{kind}");
    }
}

#[test]
fn cd_session_at_once() {
    for kind in [MediumKind::CdR, MediumKind::CdRw] {
        let mut traced = Traced::new(kind);
        let at_once = SessionRequest { mode: RecordingMode::AtOnce, ..request(400) };
        // The pregap is the host's here; the drive ends the session by itself.
        let expected = ["55", "52 FF", "5D", "1E 1", "2A -150+550", "35 immed", "35", "1E 0"];
        assert_eq!(traced.record(0, at_once), expected, "{kind}");
        // Another one, and so short that it is filled up.
        let at_once =
            SessionRequest { closing: Closing::Finalise, ..SessionRequest { blocks: 20, ..at_once } };
        let lines = traced.record(0, at_once);
        assert_eq!(lines, ["55", "52 FF", "5D", "1E 1", "2A 11650+450", "35 immed", "35", "1E 0"], "{kind}");
        let medium = traced.drive.medium().unwrap();
        assert_eq!((medium.state, medium.sessions.len()), (MediumState::Complete, 2), "{kind}");
        let mut back = vec![0; 20 * 2048];
        traced.drive.read_10(medium.sessions[1].start, &mut back).unwrap();
        assert!(back.iter().all(|byte| *byte == 0x11), "{kind}");
    }
}
