//! Habits that single drives are known for: what the simulated drive shows, and that the recorder lives with it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod bench;

use std::time::Duration;

use bench::{Bench, be32, pattern};
use fsimage_mmc_device::command::start_stop::StartStop;
use fsimage_mmc_device::simulated::{Fault, MediumKind, SimulatedDrive};
use fsimage_mmc_device::{
    Blanking, Cdb, Closing, Data, Drive, DriveError, FormatRequest, NoWait, SessionRequest, Transport,
    TransportError, blank, eject, format, recorder,
};

fn drive(folder: &tempfile::TempDir, kind: MediumKind, fault: Fault) -> Drive<SimulatedDrive> {
    let mut transport = SimulatedDrive::create(folder.path().join("disc"), kind).unwrap();
    transport.inject(fault).unwrap();
    Drive::with_waiter(transport, Box::new(NoWait))
}

fn record(drive: &mut Drive<SimulatedDrive>, request: &SessionRequest) -> Result<(), DriveError> {
    let medium = drive.medium()?;
    let mut recorder = recorder(drive, &medium)?;
    let mut session = recorder.begin(request)?;
    let start = session.next_writable()?;
    session.write(start, &pattern(3, request.blocks as usize))?;
    session.close().map(drop)
}

#[test]
fn a_question_about_the_buffer_that_comes_too_early_stops_the_drive() {
    let mut bench = Bench::new(MediumKind::DvdR);
    bench.drive.inject(Fault::EarlyBufferQuestion { sectors: 32 }).unwrap();
    bench.write(0, &pattern(1, 16));
    bench.ask(&[0x5C, 0, 0, 0, 0, 0, 0, 0, 12, 0]);
    let answer = bench.run(&[0x2A, 0, 0, 0, 0, 16, 0, 0, 16, 0], Data::Out(&pattern(1, 16)));
    assert!(matches!(answer, Err(TransportError::Timeout(_))), "{answer:?}");
    // Later it does no harm, and the recorder does not ask sooner.
    let mut bench = Bench::new(MediumKind::DvdR);
    bench.drive.inject(Fault::EarlyBufferQuestion { sectors: 32 }).unwrap();
    bench.write(0, &pattern(1, 32));
    bench.ask(&[0x5C, 0, 0, 0, 0, 0, 0, 0, 12, 0]);
    bench.write(32, &pattern(1, 16));
}

#[test]
fn a_tray_that_wants_a_start_first_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = drive(&folder, MediumKind::DvdR, Fault::EjectWantsStart);
    record(&mut drive, &SessionRequest::new(32)).unwrap();
    assert!(drive.start_stop(StartStop::Eject).is_err());
    eject(&mut drive).unwrap();
    assert!(matches!(drive.medium(), Err(DriveError::NoMedium { .. })));
}

#[test]
fn disc_structures_are_not_asked_of_a_cd() {
    let mut bench = Bench::new(MediumKind::CdR);
    bench.drive.inject(Fault::DiscStructureLocks).unwrap();
    for _ in 0..2 {
        let answer = bench.run(&[0xAD, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0], Data::In(&mut [0; 64]));
        assert!(matches!(answer, Err(TransportError::Timeout(_))), "{answer:?}");
    }
    assert!(matches!(bench.run(&[0; 6], Data::None), Err(TransportError::Timeout(_))));
    bench.drive.clear_faults();
    bench.good(&[0; 6]);
}

#[test]
fn calibration_gets_its_minutes() {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = drive(&folder, MediumKind::DvdR, Fault::Slow { operation_code: 0x54, seconds: 150 });
    let opc = Cdb::from([0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    drive.wait_until_ready().unwrap();
    let hasty = drive.transport_mut().execute(&opc, Data::None, Duration::from_secs(60));
    assert!(matches!(hasty, Err(TransportError::Timeout(_))), "{hasty:?}");
    record(&mut drive, &SessionRequest::new(32)).unwrap();
}

#[test]
fn a_dvd_plus_rw_that_has_to_be_restarted_is_formatted_and_blank() {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = drive(&folder, MediumKind::DvdPlusRw, Fault::FormatWantsRestart);
    record(&mut drive, &SessionRequest::new(64)).unwrap();
    format(&mut drive, &FormatRequest::default()).unwrap();
    blank(&mut drive, Blanking::Full).unwrap();
    let mut head = [1; 2048];
    drive.read_10(fsimage_mmc_device::Lba::new(16), &mut head).unwrap();
    assert_eq!(head, [0; 2048]);
}

#[test]
fn write_parameters_are_set_in_full() {
    for fault in [Fault::StrictWriteParameters, Fault::OddWriteParameters, Fault::BlockDescriptors] {
        for kind in [MediumKind::DvdR, MediumKind::DvdRw, MediumKind::CdR] {
            let folder = tempfile::tempdir().unwrap();
            let mut drive = drive(&folder, kind, fault);
            record(&mut drive, &SessionRequest::new(320)).unwrap();
        }
    }
    let mut bench = Bench::new(MediumKind::DvdR);
    bench.drive.inject(Fault::StrictWriteParameters).unwrap();
    let mut list = bench.ask(&[0x5A, 8, 5, 0, 0, 0, 0, 1, 0, 0]);
    list[..8].fill(0);
    list[11] = list[11] & 0xF0 | 4;
    assert_eq!(bench.refused_out(&[0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0], &list), (5, 0x26, 0));
}

#[test]
fn a_data_mode_that_nobody_knows_is_lived_with() {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = drive(&folder, MediumKind::CdR, Fault::UnknownDataMode);
    record(&mut drive, &SessionRequest::new(320)).unwrap();
    assert!(drive.medium().unwrap().tracks[0].data);
}

#[test]
fn options_of_a_format_shrink_a_dvd_ram_and_are_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = drive(&folder, MediumKind::DvdRam, Fault::FormatOptionsShrink);
    format(&mut drive, &FormatRequest { full: true, ..FormatRequest::default() }).unwrap();
    let whole = drive.medium().unwrap().capacity;
    let mut bench = Bench::new(MediumKind::DvdRam);
    bench.drive.inject(Fault::FormatOptionsShrink).unwrap();
    let size = be32(&bench.ask(&[0x23, 0, 0, 0, 0, 0, 0, 0, 252, 0]), 12);
    let mut list = [0, 0xA2, 0, 8, 0, 0, 0, 0, 0, 0, 8, 0];
    list[4..8].copy_from_slice(&size.to_be_bytes());
    bench.send(&[0x04, 0x11, 0, 0, 0, 0], &list);
    let shrunk = be32(&bench.ask(&[0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 0) + 1;
    assert_eq!((size, shrunk < size - size / 20), (whole, true));
}

#[test]
fn a_cd_made_up_by_a_memory_stick_does_not_stall_the_recorder() {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = drive(&folder, MediumKind::CdR, Fault::FakeCd);
    record(&mut drive, &SessionRequest::new(320)).unwrap();
    assert!(matches!(drive.full_toc(), Err(DriveError::Timeout { .. })));
    assert!(matches!(drive.atip(), Err(DriveError::Timeout { .. })));
}

#[test]
fn the_function_of_a_close_can_be_missing() {
    for (kind, function) in [(MediumKind::CdR, 1), (MediumKind::DvdPlusRDl, 6), (MediumKind::DvdPlusR, 6)] {
        let folder = tempfile::tempdir().unwrap();
        let fault = Fault::RefuseVariant {
            operation_code: 0x5B,
            byte: 2,
            value: function,
            key: 5,
            asc: 0x24,
            ascq: 0,
            times: None,
        };
        let mut drive = drive(&folder, kind, fault);
        let closing = Closing::Finalise;
        record(&mut drive, &SessionRequest { closing, ..SessionRequest::new(320) }).unwrap();
        assert_eq!(drive.medium().unwrap().sessions.len(), 1, "{kind}");
    }
}

#[test]
fn a_test_write_does_not_ask_where_it_was() {
    for kind in [MediumKind::CdR, MediumKind::DvdR] {
        let folder = tempfile::tempdir().unwrap();
        let mut drive = drive(&folder, kind, Fault::TestWriteConfuses);
        let request = SessionRequest { test_write: true, ..SessionRequest::new(320) };
        record(&mut drive, &request).unwrap();
        assert!(drive.medium().unwrap().sessions.is_empty(), "{kind}");
    }
}
