//! Media that are written once, in order.

use super::*;

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
