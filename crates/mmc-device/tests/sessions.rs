//! Sessions on every kind of medium that has a recipe, as a program would record them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fsimage_mmc_device::command::event_status::{Event, EventClasses, MediaEvent, MediaStatus};
use fsimage_mmc_device::simulated::{Fault, MediumKind, SimulatedDrive};
use fsimage_mmc_device::{
    Blanking, Cdb, Closing, Data, Drive, DriveError, DriveSectors, Lba, MediumLeft, MediumState, NoWait,
    NotWritable, RecordingMode, SessionRequest, Transport, TransportError, Waiter, blank, close,
    close_open_session, eject, load, recorder,
};
use sector_io::{ReadSectors, Sector};

const KINDS: [MediumKind; 16] = MediumKind::ALL;

fn drive(folder: &tempfile::TempDir, kind: MediumKind) -> Drive<SimulatedDrive> {
    let transport = SimulatedDrive::create(folder.path().join("medium"), kind).unwrap();
    Drive::with_waiter(transport, Box::new(NoWait))
}

fn data(seed: u32, blocks: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut bytes = Vec::with_capacity(blocks as usize * 2048);
    while bytes.len() < blocks as usize * 2048 {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes
}

/// Records in pieces of `step` blocks; on overwritable media from `at` on.
fn record(drive: &mut Drive<SimulatedDrive>, at: u32, image: &[u8], closing: Closing, step: usize) -> Lba {
    let medium = drive.medium().unwrap();
    let blocks = (image.len() / 2048) as u32;
    let request = SessionRequest { closing, ..SessionRequest::new(blocks) };
    let mut recorder = recorder(drive, &medium).unwrap();
    let mut session = recorder.begin(&request).unwrap();
    let start = if medium.state == MediumState::Overwritable {
        Lba::ZERO.checked_add(at).unwrap()
    } else {
        assert_eq!(session.next_writable().unwrap(), medium.next_writable.unwrap());
        session.next_writable().unwrap()
    };
    let mut next = start;
    for part in image.chunks(step * 2048) {
        session.write(next, part).unwrap();
        next = session.next_writable().unwrap();
    }
    let end = session.close().unwrap();
    assert_eq!((end.start, end.blocks), (start, blocks));
    start
}

#[test]
fn three_sessions_on_every_medium() {
    for kind in KINDS {
        let folder = tempfile::tempdir().unwrap();
        let mut drive = drive(&folder, kind);
        let mut written = Vec::new();
        for (number, blocks) in [700u32, 333, 1000].into_iter().enumerate() {
            let at = written.last().map_or(0, |(start, image): &(Lba, Vec<u8>)| {
                (start.blocks_from_zero() + (image.len() / 2048) as u32).next_multiple_of(32)
            });
            let image = data(number as u32 + 1, blocks);
            let closing = if number == 2 { Closing::Finalise } else { Closing::KeepAppendable };
            let start = record(&mut drive, at, &image, closing, 45);
            written.push((start, image));

            let medium = drive.medium().unwrap();
            match (medium.state, number) {
                (MediumState::Appendable, 0 | 1) | (MediumState::Complete, 2) => {
                    assert_eq!(medium.sessions.len(), number + 1, "{kind:?}");
                    assert_eq!(medium.newest_session().unwrap().start, start, "{kind:?}");
                    assert!(medium.sessions.iter().all(|session| session.closed), "{kind:?}");
                    assert!(!medium.unfinished_session);
                }
                (MediumState::Overwritable, _) => assert!(!medium.needs_format),
                other => panic!("{kind:?}: {other:?}"),
            }
        }
        let disc = DriveSectors::open(drive).unwrap();
        for (start, image) in &written {
            let mut into = vec![0; image.len()];
            disc.read_sectors(Sector::try_from(*start).unwrap(), &mut into).unwrap();
            assert!(into == *image, "{kind:?} at {start}");
        }
    }
}

#[test]
fn complete_media_take_nothing() {
    for kind in [MediumKind::CdR, MediumKind::DvdPlusR, MediumKind::DvdPlusRDl, MediumKind::BdR] {
        let folder = tempfile::tempdir().unwrap();
        let mut drive = drive(&folder, kind);
        record(&mut drive, 0, &data(1, 400), Closing::Finalise, 16);
        let medium = drive.medium().unwrap();
        let error = recorder(&mut drive, &medium).err().unwrap();
        assert!(matches!(error, DriveError::NotWritable { reason: NotWritable::Complete, .. }), "{kind:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused_before_the_first_block() {
    for kind in KINDS {
        let folder = tempfile::tempdir().unwrap();
        let mut drive = drive(&folder, kind);
        let medium = drive.medium().unwrap();
        let request = SessionRequest::new(medium.free_blocks + 1);
        let mut recorder = recorder(&mut drive, &medium).unwrap();
        let error = recorder.begin(&request).err().unwrap();
        assert!(matches!(error, DriveError::TooLarge { .. }), "{kind:?}: {error}");
    }
}

#[test]
fn abandoned_sessions_leave_the_medium_usable() {
    for kind in KINDS {
        let folder = tempfile::tempdir().unwrap();
        let mut drive = drive(&folder, kind);
        record(&mut drive, 0, &data(1, 500), Closing::KeepAppendable, 100);

        let medium = drive.medium().unwrap();
        let mut made = recorder(&mut drive, &medium).unwrap();
        let mut session = made.begin(&SessionRequest::new(5000)).unwrap();
        let start = if medium.state == MediumState::Overwritable {
            Lba::new(512)
        } else {
            session.next_writable().unwrap()
        };
        session.write(start, &data(2, 77)).unwrap();
        let abandoned = session.abandon().unwrap();
        drop(made);
        assert_eq!(abandoned.start, start, "{kind:?}");
        match abandoned.left {
            MediumLeft::SessionOpen => {
                let medium = drive.medium().unwrap();
                assert!(medium.unfinished_session, "{kind:?}: {medium:?}");
                let mut made = recorder(&mut drive, &medium).unwrap();
                let error = made.begin(&SessionRequest::new(1)).err().unwrap();
                assert!(matches!(
                    error,
                    DriveError::NotWritable { reason: NotWritable::UnfinishedSession, .. }
                ));
                drop(made);
                let medium = close_open_session(&mut drive).unwrap();
                assert!(!medium.unfinished_session, "{kind:?}: {medium:?}");
                assert_eq!(medium.sessions.len(), 2, "{kind:?}");
            }
            MediumLeft::Appendable => assert!(!drive.medium().unwrap().unfinished_session, "{kind:?}"),
            MediumLeft::Overwritten => assert_eq!(medium.state, MediumState::Overwritable),
            other => panic!("{kind:?}: {other:?}"),
        }
        record(&mut drive, 512, &data(3, 100), Closing::KeepAppendable, 100);
        let disc = DriveSectors::open(drive).unwrap();
        let mut into = vec![0; 500 * 2048];
        disc.read_sectors(Sector::ZERO, &mut into).unwrap();
        assert!(into == data(1, 500), "{kind:?}");
    }
}

#[test]
fn nothing_written_leaves_the_medium_untouched() {
    for kind in KINDS {
        let folder = tempfile::tempdir().unwrap();
        let mut drive = drive(&folder, kind);
        let medium = drive.medium().unwrap();
        let mut made = recorder(&mut drive, &medium).unwrap();
        let session = made.begin(&SessionRequest::new(100)).unwrap();
        // A drive goes on formatting a DVD+RW by itself, until it is told to stop.
        let (left, format_stopped) = match medium.needs_format {
            true => (MediumLeft::Formatted, kind == MediumKind::DvdPlusRw),
            false => (MediumLeft::Untouched, false),
        };
        let abandoned = session.abandon().unwrap();
        assert_eq!((abandoned.left, abandoned.format_stopped), (left, format_stopped), "{kind:?}");
        drop(made);
        let after = drive.medium().unwrap();
        assert_eq!((after.state, after.next_writable), (medium.state, medium.next_writable), "{kind:?}");
    }
}

#[test]
fn heads_of_overwritable_media_are_written_last() {
    for kind in [MediumKind::DvdPlusRw, MediumKind::BdRe] {
        let folder = tempfile::tempdir().unwrap();
        let mut drive = drive(&folder, kind);
        let first = data(1, 100);
        record(&mut drive, 0, &first, Closing::KeepAppendable, 100);

        let medium = drive.medium().unwrap();
        let mut made = recorder(&mut drive, &medium).unwrap();
        let mut session = made.begin(&SessionRequest::new(70)).unwrap();
        session.write(Lba::new(128), &data(2, 65)).unwrap();
        session.write(Lba::new(16), &data(3, 5)).unwrap();
        assert_eq!(session.close().unwrap().blocks, 70);
        drop(made);

        let disc = DriveSectors::open(drive).unwrap();
        let mut into = vec![0; 100 * 2048];
        disc.read_sectors(Sector::ZERO, &mut into).unwrap();
        let mut expected = first;
        expected[16 * 2048..21 * 2048].copy_from_slice(&data(3, 5));
        assert!(into == expected, "{kind:?}");
        let mut into = vec![0; 65 * 2048];
        disc.read_sectors(Sector::new(128), &mut into).unwrap();
        assert!(into == data(2, 65), "{kind:?}");
    }
}

#[test]
fn sequential_sessions_take_blocks_in_order_only() {
    for kind in [MediumKind::CdR, MediumKind::DvdPlusR, MediumKind::BdR] {
        let folder = tempfile::tempdir().unwrap();
        let mut drive = drive(&folder, kind);
        let medium = drive.medium().unwrap();
        let mut made = recorder(&mut drive, &medium).unwrap();
        let mut session = made.begin(&SessionRequest::new(400)).unwrap();
        session.write(Lba::ZERO, &data(1, 3)).unwrap();
        let error = session.write(Lba::ZERO, &data(1, 3)).unwrap_err();
        assert!(matches!(error, DriveError::OutOfOrder { expected, .. } if expected == Lba::new(3)));
        let error = session.write(Lba::new(3), &[0; 100]).unwrap_err();
        assert!(matches!(error, DriveError::PartialBlock { len: 100 }));
        let error = session.write(Lba::new(3), &data(1, 398)).unwrap_err();
        assert!(matches!(error, DriveError::TooLarge { needed: 401, available: 400 }));
        session.write(Lba::new(3), &data(1, 397)).unwrap();
        session.close().unwrap();
    }
}

#[test]
fn reserved_tracks() {
    for kind in [MediumKind::DvdPlusR, MediumKind::DvdPlusRDl, MediumKind::BdR] {
        let folder = tempfile::tempdir().unwrap();
        let mut drive = drive(&folder, kind);
        let medium = drive.medium().unwrap();
        let mut made = recorder(&mut drive, &medium).unwrap();
        let mut session = made.begin(&SessionRequest { reserve: true, ..SessionRequest::new(100) }).unwrap();
        session.write(Lba::ZERO, &data(1, 100)).unwrap();
        let end = session.close().unwrap();
        assert_eq!(end.padding, 100u32.next_multiple_of(medium.write_unit) - 100, "{kind:?}");
        drop(made);
        assert_eq!(drive.medium().unwrap().sessions.len(), 1, "{kind:?}");
    }
}

#[test]
fn a_reservation_that_stayed_empty_is_no_dead_end() {
    for kind in [MediumKind::DvdPlusR, MediumKind::DvdPlusRDl, MediumKind::BdR] {
        for (earlier, first_write_fails) in [(false, false), (false, true), (true, false), (true, true)] {
            let folder = tempfile::tempdir().unwrap();
            let mut drive = drive(&folder, kind);
            if earlier {
                record(&mut drive, 0, &data(1, 500), Closing::KeepAppendable, 100);
            }
            let medium = drive.medium().unwrap();
            let start = medium.next_writable.unwrap();
            let mut made = recorder(&mut drive, &medium).unwrap();
            let request = SessionRequest { reserve: true, ..SessionRequest::new(1000) };
            let session = made.begin(&request).unwrap();
            // The program ends here, or the medium is bad where the session begins.
            drop(session);
            drop(made);
            if first_write_fails {
                let lba = start.blocks_from_zero();
                drive.transport_mut().inject(Fault::WriteError { lba }).unwrap();
                drive.write_10(start, &data(2, 16)).unwrap_err();
                drive.transport_mut().clear_faults();
            }

            let medium = drive.medium().unwrap();
            assert!(medium.unfinished_session, "{kind:?}: {medium:?}");
            let medium = close_open_session(&mut drive).unwrap();
            assert!(!medium.unfinished_session, "{kind:?}: {medium:?}");
            // What was reserved is lost, and no more.
            let lost = medium.next_writable.unwrap().since(start).unwrap();
            assert!((1000..1024 + 2048 + 32).contains(&lost), "{kind:?}: {lost}");
            let start = record(&mut drive, 0, &data(3, 100), Closing::KeepAppendable, 100);
            let disc = DriveSectors::open(drive).unwrap();
            let mut into = vec![0; 100 * 2048];
            disc.read_sectors(Sector::try_from(start).unwrap(), &mut into).unwrap();
            assert!(into == data(3, 100), "{kind:?}");
        }
    }
}

#[test]
fn several_open_reservations_are_closed() {
    for kind in [MediumKind::DvdPlusR, MediumKind::BdR] {
        let folder = tempfile::tempdir().unwrap();
        let mut drive = drive(&folder, kind);
        drive.wait_until_ready().unwrap();
        drive.reserve_track(64).unwrap();
        drive.reserve_track(96).unwrap();
        drive.write_10(Lba::ZERO, &data(1, 32)).unwrap();
        let medium = close_open_session(&mut drive).unwrap();
        assert_eq!((medium.unfinished_session, medium.sessions.len()), (false, 1), "{kind:?}: {medium:?}");
        record(&mut drive, 0, &data(3, 100), Closing::KeepAppendable, 100);
    }
}

#[test]
fn test_writes_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = drive(&folder, MediumKind::CdR);
    let medium = drive.medium().unwrap();
    let mut made = recorder(&mut drive, &medium).unwrap();
    let mut session = made.begin(&SessionRequest { test_write: true, ..SessionRequest::new(400) }).unwrap();
    session.write(Lba::ZERO, &data(1, 400)).unwrap();
    session.close().unwrap();
    drop(made);
    assert_eq!(drive.medium().unwrap().state, MediumState::Blank);
}

#[test]
fn blanking() {
    for kind in [MediumKind::DvdPlusRw, MediumKind::BdRe] {
        for blanking in [Blanking::Quick, Blanking::Full] {
            let folder = tempfile::tempdir().unwrap();
            let mut drive = drive(&folder, kind);
            record(&mut drive, 0, &data(1, 100), Closing::KeepAppendable, 100);
            let medium = blank(&mut drive, blanking).unwrap();
            assert!(!medium.needs_format);
            let disc = DriveSectors::open(drive).unwrap();
            let mut into = vec![1; 64 * 2048];
            disc.read_sectors(Sector::ZERO, &mut into).unwrap();
            assert!(into.iter().all(|byte| *byte == 0), "{kind:?}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let error = blank(&mut drive(&folder, MediumKind::BdR), Blanking::Quick).unwrap_err();
    assert!(matches!(error, DriveError::NotWritable { reason: NotWritable::NotErasable, .. }));
}

#[test]
fn closing_without_a_recording() {
    for kind in [MediumKind::DvdPlusR, MediumKind::BdR] {
        let folder = tempfile::tempdir().unwrap();
        let mut drive = drive(&folder, kind);
        let error = close(&mut drive, Closing::Finalise).unwrap_err();
        assert!(matches!(error, DriveError::NotWritable { reason: NotWritable::NothingToClose, .. }));
        record(&mut drive, 0, &data(1, 100), Closing::KeepAppendable, 100);
        assert_eq!(close(&mut drive, Closing::KeepAppendable).unwrap().state, MediumState::Appendable);
        let medium = close(&mut drive, Closing::Finalise).unwrap();
        assert_eq!(medium.state, MediumState::Complete, "{kind:?}");
        assert_eq!(medium.sessions.len(), 1);
    }
    // The lead-in of a CD's closed session tells of a next one.
    let folder = tempfile::tempdir().unwrap();
    let mut drive = drive(&folder, MediumKind::CdR);
    record(&mut drive, 0, &data(1, 400), Closing::KeepAppendable, 400);
    let error = close(&mut drive, Closing::Finalise).unwrap_err();
    assert!(
        matches!(error, DriveError::NotWritable { reason: NotWritable::NotFinalisable, .. }),
        "{error:?}"
    );
}

#[test]
fn tray() {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = drive(&folder, MediumKind::BdR);
    drive.medium().unwrap();
    eject(&mut drive).unwrap();
    assert!(matches!(drive.medium(), Err(DriveError::NoMedium { .. })));
    load(&mut drive).unwrap();
    assert_eq!(drive.medium().unwrap().state, MediumState::Blank);
}

/// A medium put into the tray of `drive`, for the one that is there.
fn exchange(drive: &mut SimulatedDrive, path: &std::path::Path) {
    drive.eject().unwrap();
    drive.insert(path).unwrap();
}

#[test]
fn a_medium_that_was_not_described_is_never_written_to() {
    for kind in KINDS {
        let folder = tempfile::tempdir().unwrap();
        let other = folder.path().join("other");
        SimulatedDrive::create(&other, kind).unwrap().close().unwrap();
        let before = std::fs::read(&other).unwrap();
        let mut drive = drive(&folder, kind);
        let medium = drive.medium().unwrap();
        exchange(drive.transport_mut(), &other);
        // Reading goes on and takes the unit attention.
        let _ = drive.read_10(Lba::ZERO, &mut [0; 2048]);
        let error = recorder(&mut drive, &medium).unwrap().begin(&SessionRequest::new(16)).err().unwrap();
        assert!(matches!(error, DriveError::MediumChanged { .. }), "{kind}: {error}");
        assert!(std::fs::read(&other).unwrap() == before, "{kind}");
        // Described, it is as good as any.
        record(&mut drive, 0, &data(1, 16), Closing::KeepAppendable, 16);
    }
}

#[test]
fn events_of_the_tray() {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = drive(&folder, MediumKind::BdR);
    let media =
        |event, medium_present| Some(Event::Media(MediaStatus { event, tray_open: false, medium_present }));
    let next = |drive: &mut Drive<SimulatedDrive>| drive.event(EventClasses::MEDIA).unwrap();
    assert_eq!(next(&mut drive), media(MediaEvent::None, true));
    drive.prevent_removal(true).unwrap();
    drive.transport_mut().eject().unwrap_err();
    assert_eq!(next(&mut drive), media(MediaEvent::EjectRequest, true));
    assert_eq!(next(&mut drive), media(MediaEvent::None, true));
    drive.prevent_removal(false).unwrap();
    drive.transport_mut().eject().unwrap();
    assert_eq!(next(&mut drive), media(MediaEvent::Removed, false));
    drive.transport_mut().insert(folder.path().join("medium")).unwrap();
    assert_eq!(next(&mut drive), media(MediaEvent::NewMedium, true));
    let change = drive.event(EventClasses::ALL).unwrap().unwrap();
    assert!(matches!(change, Event::OperationalChange(change) if change.change == 1), "{change:?}");
    assert!(!drive.event(EventClasses::ALL).unwrap().unwrap().is_news());
    assert_eq!(drive.event(EventClasses::POWER).unwrap(), None);
}

/// Puts the medium in after so many waits.
struct Hand {
    drive: Arc<Mutex<SimulatedDrive>>,
    medium: std::path::PathBuf,
    waits: u32,
}

impl Waiter for Hand {
    fn wait(&mut self, _: Duration) {
        self.waits = self.waits.wrapping_sub(1);
        if self.waits == 0 {
            self.drive.lock().unwrap().insert(&self.medium).unwrap();
        }
    }
}

/// The drive that the hand reaches.
struct Reached(Arc<Mutex<SimulatedDrive>>);

impl Transport for Reached {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError> {
        self.0.lock().unwrap().execute(cdb, data, timeout)
    }
}

#[test]
fn a_medium_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let medium = folder.path().join("medium");
    SimulatedDrive::create(&medium, MediumKind::DvdR).unwrap().close().unwrap();
    let empty = Arc::new(Mutex::new(SimulatedDrive::empty()));
    let hand = Hand { drive: Arc::clone(&empty), medium, waits: 5 };
    let mut drive = Drive::with_waiter(Reached(empty), Box::new(hand));
    assert!(!drive.wait_for_medium(Duration::from_secs(1), || true).unwrap());
    let mut asked = 0;
    let cancelled = drive.wait_for_medium(Duration::MAX, || {
        asked += 1;
        asked < 2
    });
    assert!(!cancelled.unwrap());
    assert!(drive.wait_for_medium(Duration::from_secs(60), || true).unwrap());
    assert_eq!(drive.medium().unwrap().state, MediumState::Blank);
}

#[test]
fn at_once_it_is_all_or_nothing() {
    for kind in [MediumKind::CdR, MediumKind::CdRw, MediumKind::DvdR, MediumKind::DvdRDl, MediumKind::DvdRw] {
        let request = SessionRequest { mode: RecordingMode::AtOnce, ..SessionRequest::new(500) };
        // Given up: filled with zeros, since only a whole one can be read.
        let folder = tempfile::tempdir().unwrap();
        let mut well = drive(&folder, kind);
        let medium = well.medium().unwrap();
        let mut made = recorder(&mut well, &medium).unwrap();
        let mut session = made.begin(&request).unwrap();
        session.write(Lba::ZERO, &data(1, 100)).unwrap();
        let abandoned = session.abandon().unwrap();
        // Behind a session on CD, another one can follow.
        let (left, state) = match kind {
            MediumKind::CdR | MediumKind::CdRw => (MediumLeft::Appendable, MediumState::Appendable),
            _ => (MediumLeft::Complete, MediumState::Complete),
        };
        assert_eq!((abandoned.blocks, abandoned.left), (100, left), "{kind}");
        drop(made);
        let medium = well.medium().unwrap();
        assert_eq!(medium.state, state, "{kind}");
        assert_eq!(medium.sessions.len(), 1, "{kind}");
        let mut back = vec![0; 100 * 2048];
        well.read_10(Lba::ZERO, &mut back[..16 * 2048]).unwrap();
        assert!(back[..16 * 2048] == data(1, 100)[..16 * 2048], "{kind}");

        // Given up before anything came: only announced, the disc is as it was.
        let folder = tempfile::tempdir().unwrap();
        let mut idle = drive(&folder, kind);
        let medium = idle.medium().unwrap();
        let mut made = recorder(&mut idle, &medium).unwrap();
        let abandoned = made.begin(&request).unwrap().abandon().unwrap();
        assert_eq!((abandoned.blocks, abandoned.left), (0, MediumLeft::Untouched), "{kind}");
        drop(made);
        let found = idle.medium().unwrap();
        assert_eq!((found.state, found.sessions.len()), (MediumState::Blank, 0), "{kind}");
        let mut made = recorder(&mut idle, &medium).unwrap();
        let mut session = made.begin(&request).unwrap();
        session.write(Lba::ZERO, &data(1, 500)).unwrap();
        session.close().unwrap();
        drop(made);

        // After a write that failed there is nothing to be saved.
        let folder = tempfile::tempdir().unwrap();
        let mut worn = drive(&folder, kind);
        let medium = worn.medium().unwrap();
        worn.transport_mut().inject(Fault::WriteError { lba: 200 }).unwrap();
        let mut made = recorder(&mut worn, &medium).unwrap();
        let mut session = made.begin(&request).unwrap();
        session.write(Lba::ZERO, &data(1, 500)).unwrap_err();
        assert_eq!(session.abandon().unwrap().left, MediumLeft::Spoiled, "{kind}");
        drop(made);
        let rewritable = matches!(kind, MediumKind::CdRw | MediumKind::DvdRw);
        worn.transport_mut().clear_faults();
        match blank(&mut worn, Blanking::Full) {
            Ok(medium) => assert!(rewritable && medium.state == MediumState::Blank, "{kind}: {medium:?}"),
            Err(error) => assert!(!rewritable, "{kind}: {error}"),
        }
    }
}
