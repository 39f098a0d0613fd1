//! The power goes while a medium is blanked or formatted: what is left of it, and that it can be used again.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::path::Path;

use fsimage_mmc_device::simulated::{Fault, MediumKind, SimulatedDrive};
use fsimage_mmc_device::{
    Blanking, Drive, DriveError, FormatRequest, Lba, MediumState, NoWait, SessionRequest, blank, format,
    recorder,
};

const BLANK: u8 = 0xA1;
const FORMAT_UNIT: u8 = 0x04;
const BLOCKS: u32 = 320;

type SimDrive = Drive<SimulatedDrive>;

fn open(path: &Path) -> SimDrive {
    Drive::with_waiter(SimulatedDrive::open(path).unwrap(), Box::new(NoWait))
}

fn record(drive: &mut SimDrive, value: u8) -> Result<(), DriveError> {
    let medium = drive.medium()?;
    let mut recorder = recorder(drive, &medium)?;
    let mut session = recorder.begin(&SessionRequest::new(BLOCKS))?;
    let start = session.next_writable()?;
    session.write(start, &vec![value; BLOCKS as usize * 2048])?;
    session.close().map(drop)
}

fn first_block(drive: &mut SimDrive) -> Result<u8, DriveError> {
    let mut block = [0; 2048];
    drive.read_10(Lba::ZERO, &mut block).map(|()| block[0])
}

/// Interrupts the operation on a medium with a session, and gives it back in a drive that is well.
fn interrupted(
    path: &Path,
    kind: MediumKind,
    formatted: bool,
    operation_code: u8,
    erase: impl FnOnce(&mut SimDrive) -> Result<(), DriveError>,
) -> SimDrive {
    SimulatedDrive::create(path, kind).unwrap().close().unwrap();
    let mut drive = open(path);
    if formatted {
        format(&mut drive, &FormatRequest::default()).unwrap();
    }
    record(&mut drive, 1).unwrap();
    assert_eq!(first_block(&mut drive).unwrap(), 1, "{kind}");
    drive.transport_mut().inject(Fault::PowerCutWithin { operation_code }).unwrap();
    let error = erase(&mut drive).unwrap_err();
    assert!(matches!(error, DriveError::DeviceGone), "{kind}: {error:?}");
    drop(drive);
    let mut drive = open(path);
    assert!(first_block(&mut drive).is_err(), "{kind}: something is left");
    drive
}

#[test]
fn a_cd_rw_or_dvd_rw_takes_data_after_another_blanking() {
    let blanked = |blanking| move |drive: &mut SimDrive| blank(drive, blanking).map(drop);
    let formatted = |drive: &mut SimDrive| format(drive, &FormatRequest::default()).map(drop);
    for (kind, was_formatted, number) in [
        (MediumKind::CdRw, false, 0),
        (MediumKind::CdRw, false, 1),
        (MediumKind::DvdRw, false, 0),
        (MediumKind::DvdRw, false, 1),
        (MediumKind::DvdRw, false, 2),
        (MediumKind::DvdRw, true, 2),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        let mut drive = match number {
            0 => interrupted(&path, kind, was_formatted, BLANK, blanked(Blanking::Quick)),
            1 => interrupted(&path, kind, was_formatted, BLANK, blanked(Blanking::Full)),
            _ => interrupted(&path, kind, was_formatted, FORMAT_UNIT, formatted),
        };
        let medium = drive.medium().unwrap();
        assert_eq!((medium.state, medium.erasable), (MediumState::Blank, true), "{kind} {number}");
        let error = record(&mut drive, 2).unwrap_err();
        let sense = error.sense().unwrap();
        assert_eq!((sense.key, sense.asc, sense.ascq), (3, 0x31, 0), "{kind} {number}: {error}");
        drop(drive);
        let mut drive = open(&path);
        blank(&mut drive, Blanking::Full).unwrap();
        record(&mut drive, 3).unwrap();
        assert_eq!(first_block(&mut drive).unwrap(), 3, "{kind} {number}");
    }
}

#[test]
fn media_that_are_formatted_are_formatted_anew_by_the_next_recording() {
    for kind in
        [MediumKind::DvdPlusRw, MediumKind::DvdRam, MediumKind::BdRe, MediumKind::BdReDl, MediumKind::BdReXl]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        let request = FormatRequest { full: true, ..FormatRequest::default() };
        let mut drive =
            interrupted(&path, kind, false, FORMAT_UNIT, |drive| format(drive, &request).map(drop));
        let medium = drive.medium().unwrap();
        let suspended = kind == MediumKind::DvdPlusRw;
        assert_eq!(medium.needs_format, !suspended, "{kind}");
        assert_eq!(medium.background_format_pending, suspended, "{kind}");
        record(&mut drive, 2).unwrap();
        assert_eq!(first_block(&mut drive).unwrap(), 2, "{kind}");
    }
}

#[test]
fn a_bd_r_stays_blank() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc");
    let mut drive =
        Drive::with_waiter(SimulatedDrive::create(&path, MediumKind::BdR).unwrap(), Box::new(NoWait));
    drive.transport_mut().inject(Fault::PowerCutWithin { operation_code: FORMAT_UNIT }).unwrap();
    assert!(matches!(format(&mut drive, &FormatRequest::default()), Err(DriveError::DeviceGone)));
    drop(drive);
    let mut drive = open(&path);
    format(&mut drive, &FormatRequest::default()).unwrap();
    record(&mut drive, 2).unwrap();
    assert_eq!(first_block(&mut drive).unwrap(), 2);
}
