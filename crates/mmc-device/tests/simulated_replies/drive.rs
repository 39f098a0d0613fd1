//! The drive itself: features, mode pages, speeds.

use std::sync::{Arc, Mutex};

use fsimage_mmc_device::simulated::Direction;

use super::*;

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
