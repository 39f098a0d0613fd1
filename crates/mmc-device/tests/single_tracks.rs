//! Tracks one by one in a session that stays open, and reserved ones, as `docs/recipes/single-tracks.md` has them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod traced;

use fsimage_mmc_device::command::close::CloseFunction;
use fsimage_mmc_device::simulated::MediumKind;
use fsimage_mmc_device::{
    Closing, DriveError, Lba, Medium, MediumLeft, MediumState, NotWritable, RecordingMode, SessionRequest,
    TrackState, close, recorder, reserve_track, track_recorder,
};
use traced::Traced;

fn request(blocks: u32) -> SessionRequest {
    SessionRequest::new(blocks)
}

fn refusal<V>(result: Result<V, DriveError>) -> NotWritable {
    match result {
        Err(DriveError::NotWritable { reason, .. }) => reason,
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("it was not refused"),
    }
}

/// Why a track cannot be begun.
fn refused(traced: &mut Traced, track: Option<u16>, request: SessionRequest) -> NotWritable {
    let medium = traced.drive.medium().unwrap();
    let mut recorder = match track_recorder(&mut traced.drive, &medium, track) {
        Ok(recorder) => recorder,
        error => return refusal(error),
    };
    refusal(recorder.begin(&request))
}

/// Starts of the tracks that are recorded.
fn recorded(medium: &Medium) -> Vec<u32> {
    let recorded = medium.tracks.iter().filter(|track| track.state == TrackState::Recorded);
    recorded.map(|track| track.start.blocks_from_zero()).collect()
}

#[test]
fn two_tracks_in_one_session() {
    use MediumKind::{BdR, CdR, CdRw, DvdPlusR, DvdPlusRDl, DvdR, DvdRw};
    for (kind, second) in
        [(CdR, 452), (CdRw, 452), (DvdR, 320), (DvdRw, 320), (DvdPlusR, 320), (DvdPlusRDl, 320), (BdR, 320)]
    {
        let mut traced = Traced::new(kind);
        let lines = traced.record_track(None, request(300));
        let closes: Vec<&String> = lines.iter().filter(|line| line.starts_with("5B")).collect();
        // The end of the data is the end of a track on CD.
        let of_first: &[&str] = if matches!(kind, CdR | CdRw) { &[] } else { &["5B 1 1"] };
        assert_eq!(closes, of_first, "{kind}: {lines:?}");
        let medium = traced.drive.medium().unwrap();
        assert!(medium.unfinished_session && !medium.sessions[0].closed, "{kind}");
        // A session of its own wants the one before closed.
        let closed_first = recorder(&mut traced.drive, &medium).unwrap().begin(&request(16)).err();
        assert_eq!(refusal(Err::<(), _>(closed_first.unwrap())), NotWritable::UnfinishedSession, "{kind}");

        traced.record_track(None, request(310));
        let medium = close(&mut traced.drive, Closing::KeepAppendable).unwrap();
        assert_eq!(recorded(&medium), [0, second], "{kind}");
        assert_eq!((medium.sessions.len(), medium.sessions[0].closed), (1, true), "{kind}");
        assert_eq!(medium.state, MediumState::Appendable, "{kind}");
        for track in [0, second] {
            let mut back = vec![0; 300 * 2048];
            traced.drive.read_10(Lba::ZERO.checked_add(track).unwrap(), &mut back).unwrap();
            assert!(back.iter().all(|byte| *byte == 0x11), "{kind}");
        }
        // Another session, and the end.
        traced.record_track(None, request(300));
        let medium = close(&mut traced.drive, Closing::Finalise).unwrap();
        assert_eq!((medium.sessions.len(), medium.state), (2, MediumState::Complete), "{kind}");
        assert_eq!(refused(&mut traced, None, request(300)), NotWritable::Complete, "{kind}");
    }
}

#[test]
fn reserved_tracks() {
    use MediumKind::{BdR, DvdPlusR, DvdPlusRDl, DvdR, DvdRDl, DvdRw};
    for kind in [DvdR, DvdRw, DvdRDl, DvdPlusR, DvdPlusRDl, BdR] {
        let mut traced = Traced::new(kind);
        let lines = traced.during(|drive| {
            let medium = reserve_track(drive, 100).unwrap();
            assert!(medium.unfinished_session && medium.tracks[0].reserved, "{kind}: {medium:?}");
        });
        let blocks = if kind == BdR { 128 } else { 112 };
        assert!(lines.contains(&format!("53 {blocks}")), "{kind}: {lines:?}");
        // Behind the reserved track first, then in it.
        traced.record_track(None, request(64));
        assert_eq!(refused(&mut traced, Some(2), request(16)), NotWritable::NotReserved, "{kind}");
        assert_eq!(refused(&mut traced, Some(9), request(16)), NotWritable::NotReserved, "{kind}");
        let lines = traced.record_track(Some(1), request(48));
        assert!(lines.contains(&"5B 1 1".to_owned()), "{kind}: {lines:?}");
        let written = if kind == BdR { "2A 0+64" } else { "2A 0+48" };
        assert!(lines.contains(&written.to_owned()), "{kind}: {lines:?}");
        let medium = close(&mut traced.drive, Closing::KeepAppendable).unwrap();
        assert_eq!((recorded(&medium).len(), medium.sessions.len()), (2, 1), "{kind}");
        // The drive filled what was left of it.
        let mut back = [0x55; 16 * 2048];
        traced.drive.read_10(Lba::new(64), &mut back).unwrap();
        assert_eq!(back, [0; 16 * 2048], "{kind}");
    }
    let mut traced = Traced::new(MediumKind::DvdPlusR);
    let too_large = reserve_track(&mut traced.drive, 5_000_000).unwrap_err();
    assert!(matches!(too_large, DriveError::TooLarge { needed: 5_000_000, available: 2_295_104 }));
    reserve_track(&mut traced.drive, 32).unwrap();
    let medium = traced.drive.medium().unwrap();
    let more = track_recorder(&mut traced.drive, &medium, Some(1)).unwrap().begin(&request(48)).err();
    assert!(matches!(more, Some(DriveError::TooLarge { needed: 48, available: 32 })), "{more:?}");
}

/// What was left in them would be read as the beginning of what follows.
#[test]
fn tracks_that_an_earlier_recording_began_take_nothing_more() {
    use MediumKind::{BdR, DvdPlusR, DvdR};
    for kind in [DvdR, DvdPlusR, BdR] {
        let mut traced = Traced::new(kind);
        reserve_track(&mut traced.drive, 64).unwrap();
        traced.drive.write_10(Lba::ZERO, &[0x11; 32 * 2048]).unwrap();
        traced.drive.synchronize_cache().unwrap();
        assert_eq!(refused(&mut traced, Some(1), request(16)), NotWritable::TrackBegun, "{kind}");
        // Behind it, a track that is not reserved: no other can be reserved while that is open.
        let next = traced.drive.medium().unwrap().next_writable.unwrap();
        traced.drive.write_10(next, &[0x11; 32 * 2048]).unwrap();
        traced.drive.synchronize_cache().unwrap();
        let error = reserve_track(&mut traced.drive, 64).unwrap_err();
        assert!(
            matches!(error, DriveError::NotWritable { reason: NotWritable::UnfinishedSession, .. }),
            "{kind}: {error:?}"
        );
    }
}

/// Not only its host, the drive as well takes such a track for complete.
#[test]
fn a_full_reserved_track_that_was_not_closed() {
    use MediumKind::{BdR, DvdPlusR, DvdPlusRDl, DvdR, DvdRDl, DvdRw};
    for kind in [DvdR, DvdRw, DvdRDl, DvdPlusR, DvdPlusRDl, BdR] {
        for is_by_host in [true, false] {
            let mut traced = Traced::new(kind);
            reserve_track(&mut traced.drive, 64).unwrap();
            traced.drive.write_10(Lba::ZERO, &[0x11; 16 * 2048]).unwrap();
            traced.drive.write_10(Lba::new(16), &[0x11; 16 * 2048]).unwrap();
            traced.drive.write_10(Lba::new(32), &[0x11; 32 * 2048]).unwrap();
            traced.drive.synchronize_cache().unwrap();
            let medium = traced.drive.medium().unwrap();
            assert!(medium.unfinished_session && medium.tracks[0].reserved, "{kind}: {medium:?}");
            if is_by_host {
                let lines = traced.during(|drive| drop(close(drive, Closing::KeepAppendable).unwrap()));
                let closes: Vec<&String> = lines.iter().filter(|line| line.starts_with("5B")).collect();
                assert_eq!(closes, ["5B 1 1", "5B 2 0"], "{kind}: {lines:?}");
            } else {
                traced.drive.close_track_session(CloseFunction::SESSION, 0).unwrap();
            }
            let medium = traced.drive.medium().unwrap();
            assert_eq!((recorded(&medium), medium.state), (vec![0], MediumState::Appendable), "{kind}");
            assert_eq!((medium.unfinished_session, medium.sessions[0].blocks), (false, 64), "{kind}");
        }
    }
}

/// 5/72/05: a session has so many tracks that are reserved and not written at a time.
#[test]
fn more_reservations_than_a_session_has() {
    use MediumKind::{DvdPlusR, DvdPlusRDl, DvdR, DvdRDl, DvdRw};
    for (kind, most) in [(DvdR, 1), (DvdRDl, 1), (DvdRw, 1), (DvdPlusR, 15), (DvdPlusRDl, 15)] {
        let mut traced = Traced::new(kind);
        for _ in 0..most {
            reserve_track(&mut traced.drive, 64).unwrap();
        }
        let refused = refusal(reserve_track(&mut traced.drive, 64));
        assert_eq!(refused, NotWritable::NoMoreReservations, "{kind}");
        // Once one is written, or all are closed, there can be another.
        traced.record_track(Some(1), request(64));
        reserve_track(&mut traced.drive, 64).unwrap();
        close(&mut traced.drive, Closing::KeepAppendable).unwrap();
        reserve_track(&mut traced.drive, 64).unwrap();
    }
}

#[test]
fn media_and_ways_without_tracks() {
    for kind in [MediumKind::DvdPlusRw, MediumKind::DvdRam, MediumKind::BdRe] {
        let mut traced = Traced::new(kind);
        assert_eq!(refused(&mut traced, None, request(16)), NotWritable::NoTracks, "{kind}");
        assert_eq!(refusal(reserve_track(&mut traced.drive, 16)), NotWritable::NoTracks, "{kind}");
    }
    let at_once = SessionRequest { mode: RecordingMode::AtOnce, ..request(300) };
    for kind in [MediumKind::CdR, MediumKind::DvdR, MediumKind::DvdPlusR] {
        let mut traced = Traced::new(kind);
        assert_eq!(refused(&mut traced, None, at_once), NotWritable::NotAtOnce, "{kind}");
    }
    let mut traced = Traced::new(MediumKind::CdR);
    assert_eq!(refusal(reserve_track(&mut traced.drive, 300)), NotWritable::NoReservations);
    // Nor is a reservation passed over that is asked for.
    let reserved = SessionRequest { reserve: true, ..SessionRequest::new(300) };
    for kind in
        [MediumKind::CdR, MediumKind::CdRw, MediumKind::DvdPlusRw, MediumKind::DvdRam, MediumKind::BdRe]
    {
        let mut traced = Traced::new(kind);
        let medium = traced.drive.medium().unwrap();
        let begun = recorder(&mut traced.drive, &medium).unwrap().begin(&reserved).map(drop);
        assert_eq!(refusal(begun), NotWritable::NoReservations, "{kind}");
    }
    assert_eq!(refused(&mut traced, Some(1), request(300)), NotWritable::NoReservations);
    // A test leaves nothing.
    traced.record_track(None, SessionRequest { test_write: true, ..request(300) });
    assert_eq!(traced.drive.medium().unwrap().state, MediumState::Blank);
}

#[test]
fn a_track_that_is_given_up_leaves_its_session_open() {
    for kind in [MediumKind::CdR, MediumKind::DvdR, MediumKind::DvdPlusR, MediumKind::BdR] {
        let mut traced = Traced::new(kind);
        traced.record_track(None, request(300));
        let medium = traced.drive.medium().unwrap();
        let mut recorder = track_recorder(&mut traced.drive, &medium, None).unwrap();
        let mut session = recorder.begin(&request(600)).unwrap();
        let start = session.next_writable().unwrap();
        session.write(start, &[3; 320 * 2048]).unwrap();
        let left = session.abandon().unwrap();
        assert_eq!((left.left, left.blocks), (MediumLeft::SessionOpen, 320), "{kind}");
        drop(recorder);
        if kind != MediumKind::CdR {
            assert_eq!(refused(&mut traced, None, request(16)), NotWritable::UnfinishedSession, "{kind}");
        }
        let medium = close(&mut traced.drive, Closing::KeepAppendable).unwrap();
        assert_eq!((recorded(&medium).len(), medium.sessions.len()), (2, 1), "{kind}");
        traced.record(0, request(300));
        assert_eq!(traced.drive.medium().unwrap().sessions.len(), 2, "{kind}");
    }
}
