//! The crate's recipes against the simulated drive: sessions over several runs of a program, the order of
//! writes, and what is left of a medium when something goes wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use fsimage_mmc_device::simulated::{Fault, MediumKind, SimulatedDrive};
use fsimage_mmc_device::{
    Drive, DriveError, DriveSectors, Lba, Medium, MediumState, NoWait, SessionRequest, close_open_session,
    recorder,
};
use sector_io::{ReadSectors, Sector};

const KINDS: [MediumKind; 16] = MediumKind::ALL;

type SimDrive = Drive<SimulatedDrive>;

struct Shelf {
    folder: tempfile::TempDir,
}

impl Shelf {
    fn new() -> Shelf {
        Shelf { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("medium")
    }

    fn create(&self, kind: MediumKind) -> SimDrive {
        put_into_drive(SimulatedDrive::create(self.path(), kind).unwrap())
    }

    fn open(&self) -> SimDrive {
        put_into_drive(SimulatedDrive::open(self.path()).unwrap())
    }
}

fn put_into_drive(mut transport: SimulatedDrive) -> SimDrive {
    transport.set_long_operation_polls(2);
    Drive::with_waiter(transport, Box::new(NoWait))
}

fn pattern(seed: u32, blocks: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut bytes = Vec::with_capacity(blocks * 2048);
    while bytes.len() < blocks * 2048 {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes
}

fn is_overwritable(medium: &Medium) -> bool {
    medium.state == MediumState::Overwritable
}

/// Records one session in pieces of 100 blocks; on overwritable media at `at`. If writing fails, the
/// session is abandoned and the error of the write returned.
fn record(drive: &mut SimDrive, at: u32, image: &[u8], reserve: bool) -> Result<Lba, DriveError> {
    let medium = drive.medium()?;
    let blocks = (image.len() / 2048) as u32;
    // Other media have no reservations.
    let reserve = reserve && !medium.profile.is_cd() && !is_overwritable(&medium);
    let request = SessionRequest { reserve, ..SessionRequest::new(blocks) };
    let mut recorder = recorder(drive, &medium)?;
    let mut session = recorder.begin(&request)?;
    let start = if is_overwritable(&medium) {
        Lba::ZERO.checked_add(at).unwrap()
    } else {
        session.next_writable()?
    };
    let mut next = start;
    for part in image.chunks(100 * 2048) {
        let result = session.write(next, part).and_then(|()| session.next_writable());
        match result {
            Ok(lba) => next = lba,
            Err(error) => {
                let _ = session.abandon();
                return Err(error);
            }
        }
    }
    session.close()?;
    Ok(start)
}

/// Reads through the drive what has been recorded there.
fn read_back(drive: SimDrive, start: Lba, blocks: usize) -> (Vec<u8>, SimDrive) {
    let disc = DriveSectors::open(drive).unwrap();
    let mut into = vec![0; blocks * 2048];
    disc.read_sectors(Sector::try_from(start).unwrap(), &mut into).unwrap();
    (into, disc.into_drive())
}

fn in_file(path: &Path, start: Lba, len: usize) -> Vec<u8> {
    let image = std::fs::read(path).unwrap();
    let at = start.blocks_from_zero() as usize * 2048;
    image[at..at + len].to_vec()
}

#[test]
fn three_sessions_in_three_runs_on_every_medium() {
    for kind in KINDS {
        let shelf = Shelf::new();
        shelf.create(kind);
        let mut sessions: Vec<(Lba, Vec<u8>)> = Vec::new();
        for (seed, blocks) in [(1, 517), (2, 301), (3, 1100)] {
            let mut drive = shelf.open();
            let image = pattern(seed, blocks);
            let at = sessions.last().map_or(0, |(start, image)| {
                (start.blocks_from_zero() + (image.len() / 2048) as u32).next_multiple_of(32)
            });
            let start = record(&mut drive, at, &image, true).unwrap();
            sessions.push((start, image));
            let medium = drive.medium().unwrap();
            if !is_overwritable(&medium) {
                let starts: Vec<Lba> = medium.sessions.iter().map(|session| session.start).collect();
                let expected: Vec<Lba> = sessions.iter().map(|(start, _)| *start).collect();
                assert_eq!(starts, expected, "{kind}");
            }
            for (start, image) in &sessions {
                let (back, again) = read_back(drive, *start, image.len() / 2048);
                drive = again;
                assert!(back == *image, "{kind} at {start}");
            }
        }
        for (start, image) in &sessions {
            assert!(in_file(&shelf.path(), *start, image.len()) == *image, "{kind} at {start}");
        }
    }
}

#[test]
fn writes_ascend_without_gaps() {
    for kind in KINDS {
        let shelf = Shelf::new();
        let mut drive = shelf.create(kind);
        let writes = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&writes);
        drive.transport_mut().set_trace(move |exchange| {
            if let ([0x2A, _, a, b, c, d, ..], Ok(len)) = (exchange.cdb.as_bytes(), &exchange.result) {
                log.lock().unwrap().push((u32::from_be_bytes([*a, *b, *c, *d]), *len as u32 / 2048));
            }
        });
        record(&mut drive, 0, &pattern(1, 1000), true).unwrap();
        let writes = writes.lock().unwrap();
        let mut next = 0;
        for (lba, blocks) in writes.iter() {
            assert_eq!(*lba, next, "{kind}");
            next += blocks;
        }
        assert!((1000..1032).contains(&next), "{kind}");
    }
}

#[test]
fn faults_a_burner_has_to_live_with() {
    let refuse = |operation_code| Fault::Refuse { operation_code, key: 5, asc: 0x20, ascq: 0, times: None };
    let faults = [
        Fault::LongWriteInProgress { times: 5 },
        Fault::ImmediateSynchronizeRefused,
        Fault::NotReady { times: 3 },
        Fault::ReadyTooEarly { times: 3 },
        Fault::BufferCapacityNonsense,
        Fault::PregapAsNextWritable,
        Fault::NextWritableNeedsMode,
        Fault::ShortReply { operation_code: 0x51, len: 24 },
        Fault::ShortReply { operation_code: 0x52, len: 28 },
        Fault::LyingCapacity { last_lba: 0 },
        Fault::LyingCapacity { last_lba: u32::MAX },
        Fault::Refuse { operation_code: 0x5B, key: 2, asc: 0x04, ascq: 0x07, times: Some(2) },
        // RESERVE TRACK, GET EVENT STATUS, SEND OPC, READ BUFFER CAPACITY, GET PERFORMANCE, SET
        // STREAMING, SET CD SPEED, PREVENT ALLOW.
        refuse(0x53),
        refuse(0x4A),
        refuse(0x54),
        refuse(0x5C),
        refuse(0xAC),
        refuse(0xB6),
        refuse(0xBB),
        refuse(0x1E),
    ];
    let image = pattern(1, 400);
    for kind in KINDS {
        for fault in faults {
            let shelf = Shelf::new();
            let mut drive = shelf.create(kind);
            drive.transport_mut().inject(fault).unwrap();
            if fault == Fault::BufferCapacityNonsense {
                drive.transport_mut().inject(Fault::LongWriteInProgress { times: 5 }).unwrap();
            }
            let start = record(&mut drive, 0, &image, true)
                .unwrap_or_else(|error| panic!("{kind}, {fault:?}: {error}"));
            assert_eq!(start, Lba::ZERO, "{kind}, {fault:?}");
            assert!(in_file(&shelf.path(), start, image.len()) == image, "{kind}, {fault:?}");
        }
    }
}

#[test]
fn faults_that_end_a_session_leave_the_earlier_one_readable() {
    type Case = (fn(u32) -> Fault, fn(&DriveError) -> bool);
    let bad_sector = |kind: MediumKind| match kind {
        MediumKind::CdR | MediumKind::CdRw => 11_902 + 230,
        MediumKind::DvdPlusR | MediumKind::DvdPlusRDl => 512 + 2048 + 230,
        MediumKind::DvdR | MediumKind::DvdRDl | MediumKind::DvdRw => 512 + 16_384 + 230,
        _ => 512 + 230,
    };
    let cases: [Case; 6] = [
        (
            |lba| Fault::WriteError { lba },
            |error| matches!(error, DriveError::WriteFailed { sense, .. } if (sense.key, sense.asc) == (3, 0x0C)),
        ),
        (|_| Fault::LossOfStreaming, |error| matches!(error, DriveError::LossOfStreaming { .. })),
        (
            |_| Fault::UnitAttention { after_sectors: 230, asc: 0x28, ascq: 0 },
            |error| matches!(error, DriveError::MediumChanged { .. }),
        ),
        (|_| Fault::PowerCut { after_sectors: 230 }, |error| matches!(error, DriveError::DeviceGone)),
        (
            |_| Fault::MediumRemoved { after_sectors: 230 },
            |error| matches!(error, DriveError::NoMedium { .. }),
        ),
        (|lba| Fault::DeferredWriteError { lba }, |error| matches!(error, DriveError::WriteFailed { .. })),
    ];
    let (first, second, third) = (pattern(1, 500), pattern(2, 700), pattern(3, 400));
    for kind in KINDS {
        for ((number, (fault, expected)), reserve) in
            cases.iter().enumerate().flat_map(|case| [(case, false), (case, true)])
        {
            let shelf = Shelf::new();
            let mut drive = shelf.create(kind);
            record(&mut drive, 0, &first, false).unwrap();
            let fault = fault(bad_sector(kind));
            let mut drive = shelf_again(drive, &shelf);
            drive.transport_mut().inject(fault).unwrap();
            let error = record(&mut drive, 512, &second, reserve).expect_err("the fault was not noticed");
            assert!(expected(&error), "{kind}, case {number}, {reserve}: {error:?}");

            // Some time later, in a drive that is well again.
            drop(drive);
            let drive = shelf.open();
            let (back, mut drive) = read_back(drive, Lba::ZERO, 500);
            assert!(back == first, "{kind}, case {number}, {reserve}");
            let medium = drive.medium().unwrap();
            if medium.unfinished_session || medium.damaged {
                close_open_session(&mut drive)
                    .unwrap_or_else(|error| panic!("{kind}, case {number}, {reserve}: {error}"));
            }
            let start = record(&mut drive, 1600, &third, false)
                .unwrap_or_else(|error| panic!("{kind}, case {number}, {reserve}: {error}"));
            let (back, _) = read_back(drive, start, 400);
            assert!(back == third, "{kind}, case {number}, {reserve}");
        }
    }
}

fn shelf_again(drive: SimDrive, shelf: &Shelf) -> SimDrive {
    drop(drive);
    let mut drive = shelf.open();
    // The attention of switching on is not what is tested.
    drive.wait_until_ready().unwrap();
    drive
}

#[test]
fn corruption_is_found_by_nobody_but_the_reader() {
    for kind in KINDS {
        let shelf = Shelf::new();
        let mut drive = shelf.create(kind);
        drive.transport_mut().inject(Fault::SilentCorruption { lba: 123 }).unwrap();
        let image = pattern(1, 400);
        record(&mut drive, 0, &image, true).unwrap();
        let (back, _) = read_back(drive, Lba::ZERO, 400);
        let wrong: Vec<usize> =
            (0..image.len()).filter(|at| image[*at] != back[*at]).map(|at| at / 2048).collect();
        assert_eq!(wrong, [123], "{kind}");
    }
}

#[test]
fn an_unreadable_block_is_named() {
    for kind in KINDS {
        let shelf = Shelf::new();
        let mut drive = shelf.create(kind);
        record(&mut drive, 0, &pattern(1, 400), true).unwrap();
        drive.transport_mut().inject(Fault::ReadError { lba: 200 }).unwrap();
        let mut into = vec![0; 32 * 2048];
        let start = Lba::ZERO.checked_add(192).unwrap();
        let error = drive.read_10(start, &mut into).unwrap_err();
        assert!(matches!(error, DriveError::ReadFailed { .. }), "{kind}: {error:?}");
        assert_eq!(error.sense().unwrap().information, Some(200), "{kind}");
    }
}
