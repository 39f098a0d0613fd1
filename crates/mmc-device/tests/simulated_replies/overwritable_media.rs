//! Media that are formatted, and written anywhere.

use super::*;

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
