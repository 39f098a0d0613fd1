//! Long operations, and faults that were asked for.

use super::*;

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
    bench.drive.inject(Fault::UnitAttention { after_sectors: 0, asc: 0x29, ascq: 0 }).unwrap();
    assert_eq!(bench.refused(&[0; 6]), (6, 0x29, 0x00));
    bench.good(&[0; 6]);
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
