//! The simulated drive asked with hand-written command descriptor blocks, its replies compared byte by
//! byte. Nothing of the crate's own commands is used here.

#![allow(clippy::unwrap_used, clippy::panic)]

mod bench;

use std::sync::{Arc, Mutex};

use bench::{Bench, LIMIT, be32, kaq, pattern};
use fsimage_mmc_device::simulated::{Direction, Fault, MediumKind, SimulatedDrive, SimulatedError};
use fsimage_mmc_device::{Cdb, Data, Transport, TransportError};

// ----- the drive itself

#[test]
fn inquiry_names_the_drive() {
    let mut bench = Bench::new(MediumKind::CdR);
    let reply = bench.ask(&[0x12, 0, 0, 0, 36, 0]);
    let mut expected = vec![0x05, 0x80, 0x05, 0x02, 0x1F, 0, 0, 0];
    expected.extend_from_slice(b"FSIMAGE SIMULATED DRIVE 0001");
    assert_eq!(reply, expected);
    // Clipped to the allocation length.
    assert_eq!(bench.ask(&[0x12, 0, 0, 0, 5, 0]), [0x05, 0x80, 0x05, 0x02, 0x1F]);
    // Vital product data: the pages, the serial number, the identification; others are not there.
    assert_eq!(bench.ask(&[0x12, 1, 0, 0, 255, 0]), [0x05, 0, 0, 3, 0, 0x80, 0x83]);
    assert_eq!(bench.ask(&[0x12, 1, 0x80, 0, 255, 0]), *b"\x05\x80\0\x0800000001");
    assert_eq!(bench.ask(&[0x12, 1, 0x83, 0, 255, 0])[..8], [0x05, 0x83, 0, 36, 2, 1, 0, 32]);
    assert_eq!(bench.refused(&[0x12, 1, 0xB0, 0, 36, 0]), (5, 0x24, 0x00));
    assert_eq!(bench.refused(&[0x12, 0, 0x80, 0, 36, 0]), (5, 0x24, 0x00));
}

#[test]
fn unknown_commands_are_refused() {
    let mut bench = Bench::new(MediumKind::BdR);
    for code in [0x0A, 0x56, 0xBD, 0xC0, 0xFF] {
        let mut cdb = [0; 12];
        cdb[0] = code;
        assert_eq!(bench.refused(&cdb), (5, 0x20, 0x00));
    }
}

#[test]
fn power_on_attention_comes_once_and_spares_inquiry() {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = SimulatedDrive::create(folder.path().join("m"), MediumKind::DvdPlusR).unwrap();
    let mut buffer = [0; 36];
    let inquiry = Cdb::from([0x12, 0, 0, 0, 36, 0]);
    assert!(drive.execute(&inquiry, Data::In(&mut buffer), LIMIT).is_ok());
    let ready = Cdb::from([0; 6]);
    let error = drive.execute(&ready, Data::None, LIMIT).unwrap_err();
    assert!(matches!(error, TransportError::CheckCondition(sense) if kaq(sense) == (6, 0x29, 0x00)));
    assert!(drive.execute(&ready, Data::None, LIMIT).is_ok());
}

#[test]
fn request_sense_takes_the_attention_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = SimulatedDrive::create(folder.path().join("m"), MediumKind::CdR).unwrap();
    let mut buffer = [0; 18];
    let cdb = Cdb::from([0x03, 0, 0, 0, 18, 0]);
    assert_eq!(drive.execute(&cdb, Data::In(&mut buffer), LIMIT).unwrap(), 18);
    assert_eq!(buffer, [0x70, 0, 6, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x29, 0, 0, 0, 0, 0]);
    assert!(drive.execute(&Cdb::from([0; 6]), Data::None, LIMIT).is_ok());
    drive.execute(&cdb, Data::In(&mut buffer), LIMIT).unwrap();
    assert_eq!(buffer, [0x70, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn tray_lock_and_events() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    let event = [0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8, 0];
    assert_eq!(bench.ask(&event), [0, 6, 4, 0x52, 0, 0x02, 0, 0]);
    bench.good(&[0x1E, 0, 0, 0, 1, 0]);
    assert_eq!(bench.refused(&[0x1B, 0, 0, 0, 2, 0]), (5, 0x53, 0x02));
    assert!(matches!(bench.drive.eject(), Err(SimulatedError::RemovalPrevented)));
    bench.good(&[0x1E, 0, 0, 0, 0, 0]);
    bench.good(&[0x1B, 0, 0, 0, 2, 0]);
    assert_eq!(bench.refused(&[0; 6]), (2, 0x3A, 0x02));
    assert_eq!(bench.ask(&event), [0, 6, 4, 0x52, 3, 0x01, 0, 0]);
    bench.good(&[0x1B, 1, 0, 0, 3, 0]);
    assert_eq!(bench.ask(&event), [0, 6, 4, 0x52, 2, 0x02, 0, 0]);
    assert_eq!(bench.ask(&event), [0, 6, 4, 0x52, 0, 0x02, 0, 0]);
    assert_eq!(bench.refused(&[0; 6]), (6, 0x28, 0x00));
    bench.good(&[0; 6]);
    // Not polled, and a class the drive does not have.
    assert_eq!(bench.refused(&[0x4A, 0, 0, 0, 0x10, 0, 0, 0, 8, 0]), (5, 0x24, 0x00));
    assert_eq!(bench.ask(&[0x4A, 1, 0, 0, 0x04, 0, 0, 0, 8, 0]), [0, 2, 0x80, 0x52]);
}

#[test]
fn a_medium_comes_and_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m");
    SimulatedDrive::create(&path, MediumKind::BdR).unwrap().close().unwrap();
    let again = SimulatedDrive::create(&path, MediumKind::BdR);
    assert!(matches!(again, Err(SimulatedError::AlreadyExists { .. })));
    std::fs::rename(&path, folder.path().join("elsewhere")).unwrap();
    let again = SimulatedDrive::create(&path, MediumKind::BdR).unwrap_err();
    assert!(matches!(again, SimulatedError::StateLeftBehind { .. }));
    assert!(again.to_string().contains("m.medium is the state of"), "{again}");
    std::fs::rename(folder.path().join("elsewhere"), &path).unwrap();
    let mut drive = SimulatedDrive::empty();
    assert_eq!(drive.medium_kind(), None);
    let said = |drive: &mut SimulatedDrive| match drive.execute(&Cdb::from([0; 6]), Data::None, LIMIT) {
        Err(TransportError::CheckCondition(sense)) => kaq(sense),
        other => panic!("{other:?}"),
    };
    assert_eq!(said(&mut drive), (6, 0x29, 0x00));
    assert_eq!(said(&mut drive), (2, 0x3A, 0x01));
    drive.insert(&path).unwrap();
    assert_eq!(drive.medium_kind(), Some(MediumKind::BdR));
    assert!(matches!(drive.insert(&path), Err(SimulatedError::Occupied)));
    assert_eq!(said(&mut drive), (6, 0x28, 0x00));
    assert!(drive.execute(&Cdb::from([0; 6]), Data::None, LIMIT).is_ok());
    assert!(matches!(SimulatedDrive::open(&path), Err(SimulatedError::DriveLocked { .. })));
    drive.eject().unwrap();
    assert_eq!(said(&mut drive), (2, 0x3A, 0x01));
    SimulatedDrive::open(&path).unwrap();
}

#[test]
fn a_transfer_of_the_wrong_size_does_not_get_through() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    let short = bench.run(&[0x2A, 0, 0, 0, 0, 0, 0, 0, 2, 0], Data::Out(&[0; 2048]));
    assert!(matches!(short, Err(TransportError::HostAdapter { host: 7, .. })));
    bench.write(0, &pattern(1, 16));
    let short = bench.run(&[0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0], Data::In(&mut [0; 2048]));
    assert!(matches!(short, Err(TransportError::HostAdapter { host: 7, .. })));
}

#[test]
fn the_trace_sees_every_command() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    bench.drive.set_trace(move |exchange| {
        let code = exchange.cdb.operation_code();
        let entry = (code, exchange.direction, exchange.requested, exchange.result.is_ok());
        log.lock().unwrap().push(entry);
    });
    bench.write(0, &pattern(1, 16));
    bench.sync();
    bench.write_refused(99, 1);
    let expected = [
        (0x2A, Direction::Out, 32_768, true),
        (0x35, Direction::None, 0, true),
        (0x2A, Direction::Out, 2048, false),
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
}

// ----- features, mode pages, speeds

#[test]
fn configuration_follows_the_medium() {
    let profile = |bench: &mut Bench| {
        let header = bench.ask(&[0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0]);
        assert_eq!(header.len(), 8);
        let whole = bench.ask(&[0x46, 0, 0, 0, 0, 0, 0, 0x10, 0, 0]);
        assert_eq!(be32(&whole, 0) as usize, whole.len() - 4);
        assert_eq!(header, whole[..8]);
        u16::from_be_bytes([header[6], header[7]])
    };
    for kind in MediumKind::ALL {
        let mut bench = Bench::new(kind);
        assert_eq!(profile(&mut bench), kind.profile());
        bench.good(&[0x1B, 0, 0, 0, 2, 0]);
        assert_eq!(profile(&mut bench), 0);
    }
}

#[test]
fn single_features() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    let one = |bench: &mut Bench, code: u8| bench.ask(&[0x46, 2, 0, code, 0, 0, 0, 0, 64, 0]);
    // DVD+R: version 0, current, can be written.
    assert_eq!(one(&mut bench, 0x2B), [0, 0, 0, 12, 0, 0, 0, 0x1B, 0, 0x2B, 0x01, 4, 1, 0, 0, 0]);
    // Not DVD+RW: the drive knows it, this medium is none.
    assert_eq!(one(&mut bench, 0x2A), [0, 0, 0, 12, 0, 0, 0, 0x1B, 0, 0x2A, 0x00, 4, 1, 0, 0, 0]);
    // Unknown feature: an empty list.
    assert_eq!(one(&mut bench, 0xF0), [0, 0, 0, 4, 0, 0, 0, 0x1B]);
    // Blank: nothing to read at random yet.
    let expected = [0, 0, 0, 16, 0, 0, 0, 0x1B, 0, 0x10, 0x00, 8, 0, 0, 8, 0, 0, 16, 1, 0];
    assert_eq!(one(&mut bench, 0x10), expected);
    bench.write(0, &pattern(1, 16));
    assert_eq!(one(&mut bench, 0x10)[10], 0x01);
    bench.sync();
    bench.close(1, 1);
    bench.close(6, 0);
    // Finalised: no more writing.
    assert_eq!(one(&mut bench, 0x2B)[12], 0);
    assert_eq!(bench.refused(&[0x46, 3, 0, 0, 0, 0, 0, 0, 64, 0]), (5, 0x24, 0x00));
    // Only current ones.
    let current = bench.ask(&[0x46, 1, 0, 0, 0, 0, 0, 4, 0, 0]);
    let mut at = 8;
    while at < current.len() {
        assert_eq!(current[at + 2] & 1, 1, "feature at {at}");
        at += 4 + usize::from(current[at + 3]);
    }
    assert_eq!(at, current.len());
}

#[test]
fn mode_pages() {
    let mut bench = Bench::new(MediumKind::CdR);
    let page = bench.ask(&[0x5A, 8, 0x05, 0, 0, 0, 0, 1, 0, 0]);
    assert_eq!(page.len(), 60);
    assert_eq!(page[..8], [0, 58, 0, 0, 0, 0, 0, 0]);
    // Packet writing is what the drive wakes up with.
    assert_eq!(page[8..13], [5, 50, 0x40, 0x05, 8]);
    bench.select_tao(3);
    let page = bench.ask(&[0x5A, 8, 0x05, 0, 0, 0, 0, 1, 0, 0]);
    assert_eq!(page[8..13], [5, 50, 0x41, 0xC4, 8]);
    let defaults = bench.ask(&[0x5A, 8, 0x85, 0, 0, 0, 0, 1, 0, 0]);
    assert_eq!(defaults[8..13], [5, 50, 0x40, 0x05, 8]);
    let all = bench.ask(&[0x5A, 8, 0x3F, 0, 0, 0, 0, 1, 0, 0]);
    assert_eq!([all[8], all[8 + 12], all[8 + 12 + 52], all[8 + 12 + 52 + 16]], [0x01, 0x05, 0x0E, 0x2A]);
    assert_eq!(bench.refused(&[0x5A, 8, 0x1D, 0, 0, 0, 0, 1, 0, 0]), (5, 0x24, 0x00));
    assert_eq!(bench.refused(&[0x5A, 8, 0xC5, 0, 0, 0, 0, 1, 0, 0]), (5, 0x39, 0x00));
}

#[test]
fn page_2a_lists_write_speeds() {
    let mut bench = Bench::new(MediumKind::BdRe);
    let page = bench.ask(&[0x5A, 8, 0x2A, 0, 0, 0, 0, 1, 0, 0]);
    let expected = [
        0x2A, 38, 0x3B, 0x37, 0xF0, 0x65, 0x29, 0, 0x8C, 0x7C, 0, 0, 0x10, 0, 0x8C, 0x7C, 0, 0, 0x23, 0x1F,
        0x23, 0x1F, 0, 0, 0, 0, 0, 0, 0x23, 0x1F, 0, 2, 0, 0, 0x23, 0x1F, 0, 0, 0x11, 0x8F,
    ];
    assert_eq!(page[8..], expected);
}

#[test]
fn write_types_a_cd_cannot_have_are_refused() {
    let mut bench = Bench::new(MediumKind::CdR);
    let mut list = [0; 60];
    let cdb = [0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0];
    for (write_type, mode, block) in [(0, 4, 8), (3, 0, 0), (0x13, 0, 1), (1, 0, 8), (1, 5, 8), (1, 4, 9)] {
        list[8..13].copy_from_slice(&[5, 50, write_type, mode, block]);
        assert_eq!(bench.refused_out(&cdb, &list), (5, 0x26, 0x00), "type {write_type}");
    }
    list[8..13].copy_from_slice(&[5, 50, 1, 4, 8]);
    let short = |len: u8| [0x55, 0x10, 0, 0, 0, 0, 0, 0, len, 0];
    assert_eq!(bench.refused_out(&short(40), &list[..40]), (5, 0x1A, 0x00));
    assert_eq!(bench.refused_out(&short(4), &list[..4]), (5, 0x1A, 0x00));
    assert_eq!(bench.refused_out(&[0x55, 0x00, 0, 0, 0, 0, 0, 0, 60, 0], &list), (5, 0x24, 0x00));
    list[7] = 8;
    assert_eq!(bench.refused_out(&cdb, &list), (5, 0x26, 0x00));
}

#[test]
fn speeds_can_be_asked_and_chosen() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    // Type 3, two descriptors of five.
    let reply = bench.ask(&[0xAC, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 0]);
    let expected = [
        0, 0, 0, 84, 2, 0, 0, 0, //
        0, 0, 0, 0, 0x00, 0x23, 0x05, 0x3F, 0, 0, 0x56, 0x90, 0, 0, 0x56, 0x90, //
        0, 0, 0, 0, 0x00, 0x23, 0x05, 0x3F, 0, 0, 0x56, 0x90, 0, 0, 0x40, 0xEC,
    ];
    assert_eq!(reply, expected);
    // 4x is the next one below 6000 kB/s.
    let mut list = [0; 28];
    let fields = [0u32, 2_295_103, 6000, 1000, 6000, 1000];
    for (place, field) in list[4..].chunks_exact_mut(4).zip(fields) {
        place.copy_from_slice(&field.to_be_bytes());
    }
    bench.send(&[0xB6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28, 0], &list);
    let reply = bench.ask(&[0xAC, 0x14, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    let expected = [
        0, 0, 0, 20, 2, 0, 0, 0, //
        0, 0, 0, 0, 0, 0, 0x15, 0xA4, 0x00, 0x23, 0x05, 0x3F, 0, 0, 0x15, 0xA4,
    ];
    assert_eq!(reply, expected);
    assert_eq!(bench.refused_out(&[0xB6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0], &[0; 4]), (5, 0x1A, 0x00));
    bench.good(&[0xBB, 0, 0xFF, 0xFF, 0x0C, 0xFC, 0, 0, 0, 0, 0, 0]);
    let page = bench.ask(&[0x5A, 8, 0x2A, 0, 0, 0, 0, 1, 0, 0]);
    assert_eq!(page[8 + 28..8 + 30], 3324u16.to_be_bytes());
    assert_eq!(bench.refused(&[0xAC, 0, 0, 0, 0, 0, 0, 0, 0, 2, 5, 0]), (5, 0x24, 0x00));
}

#[test]
fn the_buffer_is_empty_unless_a_fault_fills_it() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    let bytes = [0x5C, 0, 0, 0, 0, 0, 0, 0, 12, 0];
    assert_eq!(bench.ask(&bytes), [0, 10, 0, 0, 0, 0x40, 0, 0, 0, 0x40, 0, 0]);
    let blocks = [0x5C, 1, 0, 0, 0, 0, 0, 0, 12, 0];
    assert_eq!(bench.ask(&blocks), [0, 10, 0, 1, 0, 0, 8, 0, 0, 0, 8, 0]);
    bench.drive.inject(Fault::LongWriteInProgress { times: 1 }).unwrap();
    assert_eq!(bench.ask(&bytes)[8..], [0; 4]);
}

// ----- CD-R

#[test]
fn a_blank_cd_r() {
    let mut bench = Bench::new(MediumKind::CdR);
    let expected = [
        0, 32, 0x00, 1, 1, 1, 1, 0x20, 0xFF, 0, 0, 0, 0, 0, 0, 0, //
        0, 97, 26, 66, 0, 79, 59, 74, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    assert_eq!(bench.disc_information(), expected);
    let expected = [
        0, 34, 1, 1, 0, 0x04, 0x4F, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x05, 0x7D, 0xA7, //
        0, 0, 0, 0, 0x00, 0x05, 0x7D, 0xA7, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    assert_eq!(bench.track(0xFF), expected);
    assert_eq!(bench.track(1), expected);
    assert_eq!(bench.refused(&[0x52, 1, 0, 0, 0, 2, 0, 0, 36, 0]), (5, 0x24, 0x00));
    for format in [0, 1, 2, 5] {
        assert_eq!(bench.refused(&[0x43, 0, format, 0, 0, 0, 0, 0, 64, 0]), (5, 0x24, 0x00));
    }
    // ATIP.
    let expected =
        [0, 26, 0, 0, 0xD0, 0x40, 0x80, 0, 97, 26, 66, 0, 79, 59, 74, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(bench.ask(&[0x43, 2, 4, 0, 0, 0, 0, 0, 64, 0]), expected);
    assert_eq!(bench.last_address(), 0);
    assert_eq!(kaq(bench.read_refused(0, 1)), (5, 0x21, 0x00));
    assert_eq!(bench.close_refused(2, 0), (5, 0x2C, 0x00));
    assert_eq!(bench.refused(&[0xAD, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0]), (5, 0x30, 0x00));
}

#[test]
fn cd_r_wants_page_05_first() {
    let mut bench = Bench::new(MediumKind::CdR);
    assert_eq!(kaq(bench.write_refused(0, 1)), (5, 0x64, 0x00));
    bench.select_tao(3);
    bench.write(0, &pattern(1, 1));
    let sense = bench.write_refused(0, 1);
    assert_eq!((kaq(sense), sense.information), ((5, 0x21, 0x02), Some(0)));
    assert_eq!(kaq(bench.write_refused(2, 1)), (5, 0x21, 0x02));
    assert_eq!(kaq(bench.write_refused((-150i32) as u32, 1)), (5, 0x21, 0x02));
    assert_eq!(bench.next_writable(), Some(1));
}

#[test]
fn three_sessions_on_cd_r_keep_their_distance() {
    let mut bench = Bench::new(MediumKind::CdR);
    bench.select_tao(3);
    let first = pattern(1, 310);
    bench.write(0, &first[..32 * 2048]);
    bench.write(32, &first[32 * 2048..]);
    bench.sync();
    // The session is open: track 1 is there, track 2 would begin 2 run-out and 150 pregap sectors on.
    let info = bench.disc_information();
    assert_eq!(info[2..7], [0x05, 1, 1, 1, 2]);
    let expected =
        [0, 34, 1, 1, 0, 0x04, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x38];
    assert_eq!(bench.track(1)[..28], expected);
    assert_eq!(bench.next_writable(), Some(310 + 2 + 150));
    bench.close(2, 0);
    let info = bench.disc_information();
    assert_eq!(info[2..7], [0x01, 1, 2, 2, 2]);
    // Lead-in of session 2: 312 + 6750 = 7062 is 01:36:12.
    assert_eq!(info[16..20], [0, 1, 36, 12]);
    assert_eq!(bench.next_writable(), Some(312 + 11_400));
    assert_eq!(bench.last_address(), 311);
    // The last two sectors are run-out.
    assert_eq!(bench.read_result(0, 310).unwrap(), first);
    let sense = bench.read_refused(300, 12);
    assert_eq!((kaq(sense), sense.information), ((5, 0x64, 0x00), Some(310)));
    assert_eq!(kaq(bench.read_refused(312, 1)), (5, 0x21, 0x00));

    let mut bench = bench.reopen();
    // Modes are forgotten with the power.
    assert_eq!(kaq(bench.write_refused(11_712, 1)), (5, 0x64, 0x00));
    bench.select_tao(3);
    let second = pattern(2, 300);
    bench.write(11_712, &second);
    bench.sync();
    bench.close(2, 0);
    assert_eq!(bench.next_writable(), Some(12_014 + 6900));
    assert_eq!(kaq(bench.read_refused(5000, 1)), (5, 0x64, 0x00));

    let mut bench = bench.reopen();
    bench.select_tao(0);
    // Shorter than four seconds: the drive fills it up.
    let third = pattern(3, 10);
    bench.write(18_914, &third);
    bench.sync();
    bench.close(2, 0);
    assert_eq!(bench.last_address(), 18_914 + 301);
    let info = bench.disc_information();
    assert_eq!(info[2..7], [0x0E, 1, 3, 3, 3]);
    assert_eq!(info[20..24], [0xFF; 4]);
    assert_eq!(bench.refused(&[0x52, 1, 0, 0, 0, 0xFF, 0, 0, 36, 0]), (5, 0x24, 0x00));
    assert_eq!(kaq(bench.write_refused(26_116, 1)), (5, 0x30, 0x05));

    // Sessions.
    let expected = [0, 10, 1, 3, 0, 0x14, 3, 0, 0, 0, 0x49, 0xE2];
    assert_eq!(bench.ask(&[0x43, 0, 1, 0, 0, 0, 0, 0, 64, 0]), expected);
    // Tracks from 2 on.
    let expected = [
        0, 26, 1, 3, //
        0, 0x14, 2, 0, 0, 0, 0x2D, 0xC0, //
        0, 0x14, 3, 0, 0, 0, 0x49, 0xE2, //
        0, 0x14, 0xAA, 0, 0, 0, 0x4B, 0x10,
    ];
    assert_eq!(bench.ask(&[0x43, 0, 0, 0, 0, 0, 2, 0, 64, 0]), expected);
    // Full contents: of session 1 the pointers, the track, the way to session 2 and the ATIP.
    let full = bench.ask(&[0x43, 2, 2, 0, 0, 0, 0, 4, 0, 0]);
    let expected = [
        [1, 0x14, 0, 0xA0, 0, 0, 0, 0, 1, 0, 0],
        [1, 0x14, 0, 0xA1, 0, 0, 0, 0, 1, 0, 0],
        [1, 0x14, 0, 0xA2, 0, 0, 0, 0, 0, 6, 12],
        [1, 0x14, 0, 0x01, 0, 0, 0, 0, 0, 2, 0],
        [1, 0x54, 0, 0xB0, 2, 36, 12, 0, 79, 59, 74],
        [1, 0x54, 0, 0xC0, 0, 0, 0, 0, 97, 26, 66],
    ];
    assert_eq!(full[4..70], *expected.as_flattened());
    // The last session has no B0: nothing follows.
    assert_eq!(full.len(), 4 + 11 * (6 + 5 + 4));

    let image = bench.image();
    assert_eq!(image.len(), (18_914 + 300) * 2048);
    assert!(image[..310 * 2048] == first);
    assert!(image[11_712 * 2048..12_012 * 2048] == second);
    assert!(image[18_914 * 2048..18_924 * 2048] == third);
}

#[test]
fn a_test_write_leaves_the_cd_blank() {
    let mut bench = Bench::new(MediumKind::CdR);
    let mut list = [0; 60];
    list[8..13].copy_from_slice(&[5, 50, 0x51, 0xC4, 8]);
    bench.send(&[0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0], &list);
    bench.write(0, &pattern(1, 20));
    assert_eq!(kaq(bench.write_refused(0, 1)), (5, 0x21, 0x02));
    bench.write(20, &pattern(1, 20));
    bench.sync();
    assert_eq!(bench.disc_information()[2] & 3, 0);
    assert_eq!(bench.next_writable(), Some(0));
    assert!(bench.image().is_empty());
}

#[test]
fn cd_rw_is_blank_again_after_blank() {
    let mut bench = Bench::new(MediumKind::CdRw);
    assert_eq!(bench.disc_information()[2], 0x10);
    bench.select_tao(0);
    bench.write(0, &pattern(1, 300));
    bench.sync();
    bench.close(2, 0);
    assert_eq!(bench.disc_information()[2], 0x1E);
    bench.good(&[0xA1, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bench.disc_information()[2], 0x10);
    assert!(bench.image().is_empty());
    bench.write(0, &pattern(2, 300));
    assert_eq!(bench.refused(&[0xA1, 0x05, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), (5, 0x24, 0x00));
    let mut bench = Bench::new(MediumKind::CdR);
    assert_eq!(bench.refused(&[0xA1, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), (5, 0x30, 0x00));
}

#[test]
fn a_cd_ends_before_its_lead_out() {
    let mut bench = Bench::sized(MediumKind::CdR, 1024);
    bench.select_tao(3);
    bench.write(0, &pattern(1, 1000));
    let sense = bench.write_refused(1000, 23);
    assert_eq!((kaq(sense), sense.information), ((5, 0x63, 0x00), Some(1022)));
    bench.write(1000, &pattern(2, 22));
    bench.sync();
    bench.close(2, 0);
    // No room for a second session.
    assert_eq!(bench.disc_information()[2], 0x0E);
    assert_eq!(bench.last_address(), 1023);
}

// ----- DVD+R

#[test]
fn a_blank_dvd_plus_r() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    let expected = [
        0, 32, 0x00, 1, 1, 1, 1, 0x20, 0xFF, 0, 0, 0, 0, 0, 0, 0, //
        0, 0, 0, 0, 0x00, 0x23, 0x05, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    assert_eq!(bench.disc_information(), expected);
    let expected = [
        0, 34, 1, 1, 0, 0x04, 0x4F, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x23, 0x05, 0x40, //
        0, 0, 0, 16, 0x00, 0x23, 0x05, 0x40, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    assert_eq!(bench.track(0xFF), expected);
    let structure = bench.ask(&[0xAD, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0]);
    assert_eq!(structure[..4], [8, 2, 0, 0]);
    assert_eq!(structure[4..16], [0xA1, 0x0F, 0x02, 0, 0x00, 0x03, 0, 0, 0x00, 0x26, 0x05, 0x3F]);
}

#[test]
fn sessions_on_dvd_plus_r() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    // 31 sectors, as programs limited to 63 KiB send them.
    bench.write(0, &pattern(1, 31));
    assert_eq!(bench.next_writable(), Some(31));
    bench.write(31, &pattern(2, 31));
    assert_eq!(bench.close_refused(2, 0), (5, 0x72, 0x03));
    bench.sync();
    // The drive has filled the ECC block.
    assert_eq!(bench.next_writable(), Some(64));
    bench.close(1, 1);
    let track = bench.track(1);
    assert_eq!((be32(&track, 8), be32(&track, 24), track[7]), (0, 64, 0));
    // A run-in block, then the next fragment.
    assert_eq!(bench.next_writable(), Some(80));
    assert_eq!(bench.disc_information()[2], 0x05);
    assert_eq!(bench.last_address(), 0);
    bench.close(2, 0);
    assert_eq!(bench.disc_information()[2..7], [0x01, 1, 2, 2, 2]);
    assert_eq!(bench.last_address(), 63);
    assert_eq!(bench.next_writable(), Some(64 + 2048));
    let mut bench = bench.reopen();
    assert_eq!(kaq(bench.write_refused(64, 16)), (5, 0x21, 0x02));
    bench.write(2112, &pattern(3, 32));
    bench.sync();
    bench.close(1, 2);
    bench.close(6, 0);
    assert_eq!(bench.disc_information()[2..7], [0x0E, 1, 2, 2, 2]);
    assert_eq!(kaq(bench.read_refused(1000, 1)), (8, 0x00, 0x00));
    assert_eq!(kaq(bench.read_refused(2144, 1)), (5, 0x21, 0x00));
    assert!(bench.read_result(2112, 32).unwrap() == pattern(3, 32));
    let expected = [0, 10, 1, 2, 0, 0x14, 2, 0, 0, 0, 8, 0x40];
    assert_eq!(bench.ask(&[0x43, 0, 1, 0, 0, 0, 0, 0, 64, 0]), expected);
    // Sessions and addresses as keys.
    assert_eq!(bench.ask(&[0x52, 2, 0, 0, 0, 2, 0, 0, 36, 0])[2..4], [2, 2]);
    assert_eq!(bench.ask(&[0x52, 0, 0, 0, 8, 0x50, 0, 0, 36, 0])[2..4], [2, 2]);
    assert_eq!(bench.refused(&[0x52, 0, 0, 0, 4, 0, 0, 0, 36, 0]), (5, 0x21, 0x00));
    assert_eq!(bench.refused(&[0x52, 3, 0, 0, 0, 1, 0, 0, 36, 0]), (5, 0x24, 0x00));
    assert_eq!(bench.close_refused(1, 1), (5, 0x30, 0x05));
}

#[test]
fn reserved_fragments() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    let reserve = |size: u8| [0x53, 0, 0, 0, 0, 0, 0, 0, size, 0];
    bench.good(&reserve(30));
    bench.good(&reserve(64));
    // 30 sectors become two ECC blocks; the fragments are a run-in block apart.
    let track = bench.track(1);
    assert_eq!((track[6], be32(&track, 8), be32(&track, 12), be32(&track, 24)), (0xC1, 0, 0, 32));
    assert_eq!(be32(&bench.track(2), 8), 48);
    assert_eq!(be32(&bench.track(3), 8), 128);
    bench.write(48, &pattern(2, 16));
    assert_eq!(bench.track(2)[6], 0x81);
    assert_eq!(kaq(bench.write_refused(64, 49)), (5, 0x63, 0x00));
    bench.write(0, &pattern(1, 32));
    assert_eq!(bench.track(1)[7] & 1, 0);
    bench.close(1, 1);
    assert_eq!(bench.close_refused(2, 0), (5, 0x72, 0x04));
    // Closing a fragment half full fills the rest.
    bench.close(1, 2);
    bench.close(2, 0);
    assert_eq!(bench.last_address(), 111);
    assert!(bench.read_result(64, 48).unwrap() == vec![0; 48 * 2048]);
    bench.write(112 + 2048, &pattern(3, 16));
    assert_eq!(bench.refused(&reserve(16)), (5, 0x2C, 0x00));
    assert_eq!(bench.refused(&[0x53, 1, 0, 0, 0, 0, 0, 0, 16, 0]), (5, 0x24, 0x00));
}

#[test]
fn two_layers() {
    let mut bench = Bench::new(MediumKind::DvdPlusRDl);
    let ask = [0xAD, 0, 0, 0, 0, 0, 0, 0x20, 0, 64, 0, 0];
    assert_eq!(bench.ask(&ask), [0, 10, 0, 0, 0, 0, 0, 0, 0x00, 0x1F, 0xD8, 0x00]);
    let list = [0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0];
    bench.send(&[0xBF, 0, 0, 0, 0, 0, 0, 0x20, 0, 12, 0, 0], &list);
    assert_eq!(bench.ask(&ask), [0, 10, 0, 0, 0x80, 0, 0, 0, 0, 0, 8, 0]);
    assert_eq!(be32(&bench.track(1), 16), 4096);
    assert_eq!(bench.track(1).len(), 48);
}

// ----- BD-R

#[test]
fn bd_r_formats_itself_at_the_first_write() {
    let mut bench = Bench::new(MediumKind::BdR);
    let capacities = bench.ask(&[0x23, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    assert_eq!(capacities[..12], [0, 0, 0, 40, 0x00, 0xBA, 0x74, 0x00, 0x01, 0, 8, 0]);
    // Types 00h, and 32h with three sizes.
    assert_eq!(capacities[12..20], [0x00, 0xB4, 0x74, 0x00, 0x00, 0, 0, 0]);
    assert_eq!(capacities[20..28], [0x00, 0xB4, 0x74, 0x00, 0xC8, 0, 0, 0]);
    bench.write(0, &pattern(1, 10));
    bench.sync();
    // Whole clusters.
    assert_eq!(bench.next_writable(), Some(32));
    assert_eq!(bench.image().len(), 32 * 2048);
    let capacities = bench.ask(&[0x23, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    assert_eq!(capacities, [0, 0, 0, 8, 0x00, 0xBA, 0x74, 0x00, 0x02, 0, 8, 0]);
    bench.close(1, 1);
    let track = bench.track(1);
    assert_eq!((track.len(), track[7] & 2, be32(&track, 28)), (48, 2, 31));
    bench.close(2, 0);
    // Sessions touch each other.
    assert_eq!(bench.next_writable(), Some(32));
    assert_eq!(bench.disc_information()[2..7], [0x01, 1, 2, 2, 2]);
    let mut bench = bench.reopen();
    let data = pattern(2, 64);
    bench.send(&[0xAA, 0, 0, 0, 0, 32, 0, 0, 0, 64, 0x80, 0], &data);
    bench.sync();
    bench.close(1, 2);
    bench.close(6, 0);
    assert_eq!(bench.disc_information()[2], 0x0E);
    assert_eq!(bench.last_address(), 95);
    assert!(bench.image()[32 * 2048..] == data);
    let mut reply = vec![0; 2048];
    bench.run(&[0xA8, 0, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0], Data::In(&mut reply)).unwrap();
    assert!(reply == data[8 * 2048..9 * 2048]);
}

#[test]
fn bd_r_formatted_with_spares() {
    let mut bench = Bench::new(MediumKind::BdR);
    bench.format(11_826_176, 0x32 << 2 | 1, 0);
    // Appendable with an empty session, as drives report it.
    assert_eq!(bench.disc_information()[2], 0x01);
    assert_eq!(bench.last_address(), 0);
    assert_eq!(be32(&bench.track(1), 16), 11_826_176);
    let cdb = [0x04, 0x11, 0, 0, 0, 0];
    let list = [0, 2, 0, 8, 0x00, 0xB4, 0x74, 0x00, 0xC9, 0, 0, 0];
    assert_eq!(bench.refused_out(&cdb, &list), (5, 0x30, 0x06));
    let structure = bench.ask(&[0xAD, 1, 0, 0, 0, 0, 0, 0x0A, 0, 64, 0, 0]);
    assert_eq!(structure, [0, 14, 0, 0, 0, 0, 0, 0, 0, 0, 0x30, 0x00, 0, 0, 0x30, 0x00]);
}

// ----- overwritable media

#[test]
fn dvd_plus_rw_has_to_be_formatted() {
    let mut bench = Bench::new(MediumKind::DvdPlusRw);
    assert_eq!(bench.disc_information()[2], 0x10);
    assert_eq!(bench.disc_information()[7], 0x20);
    assert_eq!(kaq(bench.write_refused(0, 16)), (5, 0x30, 0x10));
    assert_eq!(bench.last_address(), 0);
    bench.format(u32::MAX, 0x26 << 2, 0);
    assert_eq!(bench.disc_information()[2], 0x15);
    assert_eq!(bench.disc_information()[7], 0x22);
    assert_eq!(bench.last_address(), 0x23_053F);
    bench.write(1000, &pattern(1, 16));
    bench.write(16, &pattern(2, 1));
    bench.sync();
    assert!(bench.read_result(1000, 16).unwrap() == pattern(1, 16));
    // Not reached by the format yet.
    assert_eq!(kaq(bench.read_refused(0, 32)), (8, 0x00, 0x00));
    bench.close(2, 0);
    assert_eq!(bench.disc_information()[7], 0x21);
    bench.write(1008, &pattern(3, 8));
    assert_eq!(kaq(bench.write_refused(2000, 16)), (5, 0x30, 0x10));
    let mut bench = bench.reopen();
    bench.format(u32::MAX, 0x26 << 2, 1);
    assert_eq!(bench.disc_information()[7], 0x22);
    bench.write(2000, &pattern(4, 16));
    assert!(bench.read_result(1008, 8).unwrap() == pattern(3, 8));
    bench.drive.set_background_format_polls(Some(3));
    for _ in 0..3 {
        assert_eq!(bench.disc_information()[7], 0x22);
        bench.good(&[0; 6]);
    }
    assert_eq!(bench.disc_information()[7], 0x23);
    assert_eq!(bench.disc_information()[2], 0x1E);
    assert!(bench.read_result(500, 1).unwrap() == vec![0; 2048]);
    let sense = bench.write_refused(0x23_0530, 17);
    assert_eq!((kaq(sense), sense.information), ((5, 0x21, 0x00), Some(0x23_0540)));
    // Formatting anew forgets everything.
    bench.format(u32::MAX, 0x26 << 2, 0);
    assert_eq!(kaq(bench.read_refused(1000, 1)), (8, 0x00, 0x00));
    let track = bench.track(1);
    assert_eq!((track[6], track[7], be32(&track, 24)), (0x31, 0, 0x23_0540));
}

#[test]
fn bd_re_formats() {
    let mut bench = Bench::new(MediumKind::BdRe);
    assert_eq!(kaq(bench.write_refused(0, 32)), (5, 0x30, 0x10));
    let capacities = bench.ask(&[0x23, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    assert_eq!((capacities[3], capacities[8]), (48, 1));
    bench.format(11_826_176, 0x30 << 2, 0);
    assert_eq!(bench.last_address(), 11_826_175);
    assert_eq!(bench.disc_information()[2], 0x1E);
    bench.write(64, &pattern(1, 32));
    bench.write(80, &pattern(2, 1));
    let data = pattern(3, 2);
    bench.send(&[0x2E, 0, 0, 0, 0, 90, 0, 0, 2, 0], &data);
    bench.sync();
    assert!(bench.read_result(80, 1).unwrap() == pattern(2, 1));
    assert!(bench.read_result(90, 2).unwrap() == data);
    assert_eq!(kaq(bench.read_refused(60, 8)), (8, 0x00, 0x00));
    assert_eq!(bench.close_refused(1, 1), (5, 0x24, 0x00));
    bench.format(12_219_392, 0x31 << 2, 0);
    assert_eq!(bench.last_address(), 12_219_391);
    bench.format(11_826_176, 0x30 << 2 | 2, 0);
    assert!(bench.read_result(60, 8).unwrap() == vec![0; 8 * 2048]);
    let cdb = [0x04, 0x11, 0, 0, 0, 0];
    assert_eq!(bench.refused_out(&cdb, &[0, 2, 0, 8, 0, 0, 0, 32, 0xC0, 0, 0, 0]), (5, 0x26, 0x00));
    assert_eq!(bench.refused_out(&cdb, &[0, 2, 0, 8]), (5, 0x1A, 0x00));
    assert_eq!(bench.refused_out(&[0x04, 0x17, 0, 0, 0, 0], &[0; 12]), (5, 0x24, 0x00));
    assert_eq!(bench.refused_out(&cdb, &[0, 0x22, 0, 8, 0, 0xB4, 0x74, 0, 0xC0, 0, 0, 0]), (5, 0x26, 0x00));
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    assert_eq!(bench.refused_out(&cdb, &[0; 12]), (5, 0x30, 0x06));
}

// ----- long operations

#[test]
fn immediate_operations_go_on_for_a_while() {
    let mut bench = Bench::new(MediumKind::BdRe);
    bench.drive.set_long_operation_polls(3);
    bench.format(11_826_176, 0x30 << 2, 0);
    let first = bench.sense(&[0; 6], Data::None);
    assert_eq!((kaq(first), first.progress), ((2, 0x04, 0x04), Some(0)));
    let sense = bench.ask(&[0x03, 0, 0, 0, 18, 0]);
    assert_eq!((sense[2], sense[12], sense[13], &sense[15..18]), (2, 4, 4, &[0x80, 0x55, 0x55][..]));
    assert_eq!(kaq(bench.write_refused(0, 32)), (2, 0x04, 0x04));
    let last = bench.sense(&[0; 6], Data::None);
    assert_eq!(last.progress, Some(0xAAAA));
    bench.good(&[0; 6]);
    bench.write(0, &pattern(1, 32));
    bench.good(&[0x35, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bench.refused(&[0; 6]), (2, 0x04, 0x08));
    // Without the Immed bit the command ends when the work is done.
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    bench.drive.set_long_operation_polls(3);
    bench.write(0, &pattern(1, 32));
    bench.sync();
    bench.good(&[0; 6]);
    bench.close(1, 1);
    bench.good(&[0x5B, 1, 2, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bench.refused(&[0; 6]), (2, 0x04, 0x07));
}

// ----- faults

#[test]
fn write_and_read_errors_name_the_sector() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    bench.drive.inject(Fault::WriteError { lba: 20 }).unwrap();
    bench.write(0, &pattern(1, 16));
    let sense = bench.write_refused(16, 16);
    assert_eq!((kaq(sense), sense.information), ((3, 0x0C, 0x00), Some(20)));
    assert_eq!(bench.next_writable(), Some(20));
    bench.drive.clear_faults();
    bench.write(20, &pattern(2, 12));
    bench.drive.inject(Fault::ReadError { lba: 5 }).unwrap();
    let sense = bench.read_refused(0, 16);
    assert_eq!((kaq(sense), sense.information), ((3, 0x11, 0x05), Some(5)));
    assert!(bench.read_result(6, 10).is_ok());
}

#[test]
fn a_full_buffer_drains() {
    let mut bench = Bench::new(MediumKind::BdR);
    bench.drive.inject(Fault::LongWriteInProgress { times: 2 }).unwrap();
    assert_eq!(kaq(bench.write_refused(0, 32)), (2, 0x04, 0x08));
    assert_eq!(kaq(bench.write_refused(0, 32)), (2, 0x04, 0x08));
    bench.write(0, &pattern(1, 32));
    bench.drive.inject(Fault::LossOfStreaming).unwrap();
    assert_eq!(kaq(bench.write_refused(32, 32)), (3, 0x0C, 0x09));
    bench.write(32, &pattern(1, 32));
}

#[test]
fn a_power_cut_damages_the_open_track() {
    for kind in [MediumKind::CdR, MediumKind::DvdPlusR, MediumKind::BdR] {
        let mut bench = Bench::new(kind);
        let cd = kind == MediumKind::CdR;
        if cd {
            bench.select_tao(3);
        }
        bench.drive.inject(Fault::PowerCut { after_sectors: 40 }).unwrap();
        let data = pattern(1, 32);
        bench.write(0, &data);
        assert!(matches!(bench.write_result(32, &data), Err(TransportError::DeviceGone)));
        assert!(matches!(bench.run(&[0; 6], Data::None), Err(TransportError::DeviceGone)));
        let mut bench = bench.reopen();
        // Forty sectors have arrived; the session counts as damaged and nothing can be written.
        assert_eq!(bench.image().len(), 40 * 2048);
        assert_eq!(bench.disc_information()[2], 0x09);
        let track = bench.track(1);
        assert_eq!((track[5] & 0x20, track[7] & 1), (0x20, 0));
        if cd {
            bench.select_tao(3);
        }
        assert_eq!(kaq(bench.write_refused(40, 1)), (5, 0x21, 0x02));
        assert_eq!(bench.close_refused(2, 0), (5, 0x72, 0x03));
        if kind == MediumKind::DvdPlusR {
            bench.good(&[0x58, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
            assert_eq!(bench.next_writable(), Some(48));
        }
        bench.close(1, 1);
        bench.close(2, 0);
        assert_eq!(bench.disc_information()[2], 0x01);
        assert!(bench.read_result(0, 32).unwrap() == data);
    }
}

#[test]
fn a_medium_pulled_out_while_it_is_written() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    bench.drive.inject(Fault::MediumRemoved { after_sectors: 20 }).unwrap();
    bench.write(0, &pattern(1, 16));
    assert_eq!(kaq(bench.write_refused(16, 16)), (2, 0x3A, 0x02));
    assert_eq!(bench.refused(&[0; 6]), (2, 0x3A, 0x02));
    let path = bench.path.clone();
    bench.drive.insert(&path).unwrap();
    assert_eq!(bench.refused(&[0; 6]), (6, 0x28, 0x00));
    assert_eq!(bench.disc_information()[2], 0x09);
}

#[test]
fn other_faults() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    bench.drive.inject(Fault::UnitAttention { after_sectors: 16, asc: 0x28, ascq: 0 }).unwrap();
    bench.write(0, &pattern(1, 16));
    assert_eq!(kaq(bench.write_refused(16, 16)), (6, 0x28, 0x00));
    bench.drive.inject(Fault::DeferredWriteError { lba: 18 }).unwrap();
    bench.write(16, &pattern(1, 16));
    let sense = bench.sense(&[0; 6], Data::None);
    assert_eq!((kaq(sense), sense.deferred, sense.information), ((3, 0x0C, 0x00), true, Some(18)));
    bench.good(&[0; 6]);
    bench.drive.inject(Fault::SilentCorruption { lba: 33 }).unwrap();
    bench.drive.inject(Fault::SilentCorruption { lba: 1 }).unwrap();
    let data = pattern(2, 16);
    bench.write(32, &data);
    let back = bench.read_result(32, 16).unwrap();
    let wrong: Vec<usize> = (0..data.len()).filter(|at| back[*at] != data[*at]).map(|at| at / 2048).collect();
    assert_eq!(wrong, [1]);
    assert!(bench.read_result(1, 1).unwrap() != pattern(1, 16)[2048..4096]);
    bench.drive.inject(Fault::LyingCapacity { last_lba: 7 }).unwrap();
    assert_eq!(bench.last_address(), 7);
    bench.drive.inject(Fault::ShortReply { operation_code: 0x51, len: 12 }).unwrap();
    assert_eq!(bench.disc_information().len(), 12);
    bench.drive.inject(Fault::ImmediateSynchronizeRefused).unwrap();
    assert_eq!(bench.refused(&[0x35, 2, 0, 0, 0, 0, 0, 0, 0, 0]), (5, 0x24, 0x00));
    bench.sync();
    bench.drive.inject(Fault::NotReady { times: 1 }).unwrap();
    assert_eq!(bench.refused(&[0; 6]), (2, 0x04, 0x01));
    bench.good(&[0; 6]);
    bench.drive.inject(Fault::ReadyTooEarly { times: 1 }).unwrap();
    bench.good(&[0; 6]);
    assert_eq!(bench.close_refused(1, 1), (2, 0x04, 0x07));
    bench.close(1, 1);
    let refuse = Fault::Refuse { operation_code: 0x4A, key: 5, asc: 0x20, ascq: 0, times: None };
    bench.drive.inject(refuse).unwrap();
    assert_eq!(bench.refused(&[0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8, 0]), (5, 0x20, 0x00));
    bench.drive.power_cycle().unwrap();
    assert_eq!(bench.refused(&[0; 6]), (6, 0x29, 0x00));
    bench.ask(&[0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8, 0]);
}

#[test]
fn the_lights_can_go_out_at_any_command() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    bench.drive.inject(Fault::PowerCut { after_sectors: 16 }).unwrap();
    bench.write(0, &pattern(1, 16));
    let sync = [0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert!(matches!(bench.run(&sync, Data::None), Err(TransportError::DeviceGone)));
    let mut bench = bench.reopen();
    assert_eq!(bench.disc_information()[2], 0x09);
    bench.drive.inject(Fault::MediumRemoved { after_sectors: 0 }).unwrap();
    assert_eq!(bench.refused(&[0; 6]), (2, 0x3A, 0x02));
}

// ----- files

#[test]
fn the_file_of_sectors_must_be_as_long_as_the_state_says() {
    let mut bench = Bench::new(MediumKind::BdR);
    bench.write(0, &pattern(1, 64));
    let Bench { drive, path, _folder } = bench;
    drive.close().unwrap();
    let set_len = |sectors: u64| {
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_len(sectors * 2048).unwrap();
    };
    // As after a program that died while it wrote on.
    set_len(100);
    SimulatedDrive::open(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 64 * 2048);
    set_len(63);
    assert!(matches!(SimulatedDrive::open(&path), Err(SimulatedError::NotAMedium { .. })));
}

#[test]
fn unsynchronized_sectors_survive_the_end_of_the_drive() {
    let mut bench = Bench::new(MediumKind::BdR);
    let data = pattern(1, 33);
    bench.write(0, &data);
    let mut bench = bench.reopen();
    assert_eq!(bench.next_writable(), Some(64));
    assert!(bench.read_result(0, 33).unwrap() == data);
}

#[test]
fn zeros_take_no_room_but_count() {
    let mut bench = Bench::new(MediumKind::BdR);
    bench.write(0, &pattern(1, 32));
    bench.write(32, &vec![0; 512 * 2048]);
    assert!(bench.read_result(32, 512).unwrap() == vec![0; 512 * 2048]);
    bench.sync();
    assert_eq!(bench.image().len(), 544 * 2048);
    assert!(bench.image()[32 * 2048..].iter().all(|byte| *byte == 0));
}

#[test]
fn hostile_state_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m");
    let state = folder.path().join("m.medium");
    SimulatedDrive::create(&path, MediumKind::DvdPlusR).unwrap().close().unwrap();
    let text = std::fs::read_to_string(&state).unwrap();
    let empty_session = r#""sessions": [{"closed": true, "lead_out": 0, "tracks": []}]"#;
    let far_track = r#""sessions": [{"closed": true, "lead_out": 16,
        "tracks": [{"start": 4294967295, "recorded": 16, "state": "closed", "mode": 4}]}]"#;
    for (old, new) in [
        ("\"dvd+r\"", "\"dvd-x\""),
        ("simulated medium", "something else"),
        ("\"sessions\": []", empty_session),
        ("\"sessions\": []", far_track),
        ("\"written\": []", "\"written\": [[0, 4294967295]]"),
        ("\"capacity\": 2295104", "\"capacity\": 4294967295"),
        ("\"raw_capacity\": 2295104", "\"raw_capacity\": 0"),
        ("{", "["),
    ] {
        assert!(text.contains(old), "{text}");
        std::fs::write(&state, text.replacen(old, new, 1)).unwrap();
        assert!(matches!(SimulatedDrive::open(&path), Err(SimulatedError::NotAMedium { .. })), "{new}");
    }
    let tracks = vec![r#"{"start": 0, "recorded": 0, "state": "closed", "mode": 4}"#; 256].join(",");
    let session = format!(r#""sessions": [{{"closed": true, "lead_out": 16, "tracks": [{tracks}]}}]"#);
    let cd = text.replace("dvd+r", "cd-r").replace("2295104", "359849").replace("\"sessions\": []", &session);
    std::fs::write(&state, cd).unwrap();
    assert!(matches!(SimulatedDrive::open(&path), Err(SimulatedError::NotAMedium { .. })));
    std::fs::write(&state, text.replacen("\"version\": 1", "\"version\": 9", 1)).unwrap();
    assert!(matches!(SimulatedDrive::open(&path), Err(SimulatedError::UnknownVersion { found: 9, .. })));
    std::fs::remove_file(&state).unwrap();
    assert!(matches!(SimulatedDrive::open(&path), Err(SimulatedError::NotAMedium { .. })));
}

#[test]
fn names_of_media() {
    for kind in MediumKind::ALL {
        assert_eq!(kind.to_string().parse::<MediumKind>().unwrap(), kind);
    }
    let error = "dvd-rom".parse::<MediumKind>().unwrap_err().to_string();
    assert!(error.contains("cd-r, cd-rw, dvd-r, dvd-ram"), "{error}");
}

// ----- whatever comes

mod hostile {
    use proptest::prelude::*;

    use super::*;

    /// Operation codes the drive knows, with a few it does not.
    const CODES: [u8; 38] = [
        0x00, 0x03, 0x04, 0x12, 0x1B, 0x1E, 0x23, 0x25, 0x28, 0x2A, 0x2B, 0x2E, 0x2F, 0x35, 0x43, 0x46, 0x4A,
        0x51, 0x52, 0x53, 0x54, 0x55, 0x58, 0x5A, 0x5B, 0x5C, 0xA0, 0xA1, 0xA8, 0xAA, 0xAC, 0xAD, 0xB6, 0xBB,
        0xBF, 0x1A, 0x5D, 0xFF,
    ];

    fn command() -> impl Strategy<Value = ([u8; 12], Vec<u8>, u8)> {
        // Small numbers make commands that get somewhere, wild ones those that must not.
        let byte = prop_oneof![6 => 0u8..3, 2 => prop::sample::select(vec![8u8, 16, 32, 0x11, 0x98]), 1 => any::<u8>()];
        let block = (prop::sample::select(CODES.to_vec()), prop::array::uniform12(byte.clone()));
        let data = prop::collection::vec(byte, 0..70);
        (block, data, 0u8..5).prop_map(|((code, mut block), data, way)| {
            block[0] = code;
            (block, data, way)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn no_command_breaks_the_drive_or_its_files(
            kind in prop::sample::select(MediumKind::ALL.to_vec()),
            commands in prop::collection::vec(command(), 0..120),
            faults in prop::collection::vec(0u32..64, 0..3),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("m");
            let mut drive = SimulatedDrive::create_with_capacity(&path, kind, 1024).unwrap();
            drive.set_long_operation_polls(1);
            drive.set_background_format_polls(Some(3));
            let _ = drive.execute(&Cdb::from([0; 6]), Data::None, LIMIT);
            if matches!(kind, MediumKind::CdR | MediumKind::CdRw) {
                let mut list = [0; 60];
                list[8..13].copy_from_slice(&[5, 50, 0x41, 0xC4, 8]);
                let select = Cdb::from([0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0]);
                drive.execute(&select, Data::Out(&list), LIMIT).unwrap();
            }
            for lba in faults {
                drive.inject(Fault::WriteError { lba }).unwrap();
                drive.inject(Fault::SilentCorruption { lba }).unwrap();
                drive.inject(Fault::PowerCut { after_sectors: u64::from(lba) * 5 }).unwrap();
            }
            for (block, data, way) in commands {
                let mut block = block;
                if way >= 3 {
                    // A WRITE that fits, or the command that ends what WRITEs began.
                    let mut track = [0; 36];
                    let ask = Cdb::from([0x52, 1, 0, 0, 0, 0xFF, 0, 0, 36, 0]);
                    let _ = drive.execute(&ask, Data::In(&mut track), LIMIT);
                    let [a, b, c, d] = [track[12], track[13], track[14], track[15]];
                    block = match block[0] % 4 {
                        0 => [0x5B, 0, 1, 0, 0, 0xFF, 0, 0, 0, 0, 0, 0],
                        1 => [0x5B, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                        2 => [0x53, 0, 0, 0, 0, 0, 0, 0, block[1].max(1), 0, 0, 0],
                        _ => [0x2A, 0, a, b, c, d, 0, 0, block[1], 0, 0, 0],
                    };
                }
                let way = if way >= 3 && block[0] == 0x2A { 2 } else { way };
                let cdb = Cdb::from(block);
                let written = vec![7; usize::from(block[8]) * 2048];
                let mut buffer = vec![0; 4096];
                let data = match (way, block[0]) {
                    (1, _) => Data::In(&mut buffer),
                    (2, 0x2A | 0x2E) => Data::Out(&written),
                    (2, _) => Data::Out(&data),
                    _ => Data::None,
                };
                let _ = drive.execute(&cdb, data, LIMIT);
            }
            let kind = drive.medium_kind();
            drop(drive);
            // What it has left behind is a sound medium.
            let again = SimulatedDrive::open(&path).unwrap();
            prop_assert!(kind.is_none() || again.medium_kind() == kind);
        }
    }
}
