//! The rules of each family of media, asked with hand-written command descriptor blocks: DVD-R and DVD-RW, DVD-RAM,
//! BD-R beyond sequential recording, media with several layers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod bench;

use bench::{Bench, be32, pattern};
use fsimage_mmc_device::simulated::{Fault, MediumKind};
use fsimage_mmc_device::{Data, TransportError};

/// Page 05 with bytes 2 to 4 given, link and packet size 16.
fn select(bench: &mut Bench, bytes: [u8; 3]) {
    bench.send(&[0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0], &page(bytes));
}

fn page(bytes: [u8; 3]) -> [u8; 60] {
    let mut list = [0; 60];
    list[8..10].copy_from_slice(&[5, 50]);
    list[10..13].copy_from_slice(&bytes);
    list[13] = 16;
    list[21] = 16;
    list[23] = 150;
    list
}

const INCREMENTAL: [u8; 3] = [0x60, 0xE5, 8];
const INCREMENTAL_FINAL: [u8; 3] = [0x60, 0x25, 8];
const AT_ONCE: [u8; 3] = [0x42, 0x05, 8];
const RESTRICTED: [u8; 3] = [0x40, 0x25, 8];

fn profile(bench: &mut Bench) -> u16 {
    let header = bench.ask(&[0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0]);
    u16::from_be_bytes([header[6], header[7]])
}

/// Whether a feature is current.
fn current(bench: &mut Bench, code: u8) -> bool {
    let reply = bench.ask(&[0x46, 2, 0, code, 0, 0, 0, 0, 64, 0]);
    reply.len() > 8 && reply[10] & 1 != 0
}

fn reserve(bench: &mut Bench, sectors: u16) {
    let [a, b] = sectors.to_be_bytes();
    bench.good(&[0x53, 0, 0, 0, 0, 0, 0, a, b, 0]);
}

#[test]
fn a_blank_dvd_r() {
    let mut bench = Bench::new(MediumKind::DvdR);
    assert_eq!(profile(&mut bench), 0x11);
    assert_eq!(bench.disc_information()[2], 0x00);
    assert!(current(&mut bench, 0x21) && current(&mut bench, 0x2F) && !current(&mut bench, 0x2C));
    // Incremental: packets; 2 298 496 sectors free, 16 at a time.
    let track = bench.track(1);
    assert_eq!((track[6] & 0xE0, track[7], be32(&track, 16), be32(&track, 20)), (0x60, 1, 2_298_496, 16));
    // BD and CD ways of writing are refused.
    let mut wrong = page([0x41, 0xC4, 8]);
    assert_eq!(bench.refused_out(&[0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0], &wrong), (5, 0x26, 0));
    wrong = page(INCREMENTAL);
    wrong[21] = 32;
    assert_eq!(bench.refused_out(&[0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0], &wrong), (5, 0x26, 0));
    // No format, and nothing to erase.
    assert_eq!(bench.refused_out(&[0x04, 0x11, 0, 0, 0, 0], &[0; 12]), (5, 0x30, 0x06));
    assert_eq!(bench.refused(&[0xA1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), (5, 0x30, 0));
}

#[test]
fn borders_on_dvd_r() {
    let mut bench = Bench::new(MediumKind::DvdR);
    select(&mut bench, INCREMENTAL);
    bench.write(0, &pattern(1, 20));
    bench.sync();
    // Filled up to an ECC block.
    assert_eq!(bench.next_writable(), Some(32));
    assert_eq!(bench.close_refused(2, 0), (5, 0x72, 0x03));
    bench.close(1, 1);
    bench.close(2, 0);
    assert_eq!(bench.disc_information()[2], 0x01);
    // Border-out and border-in of the first border are larger than those of later ones.
    assert_eq!(bench.next_writable(), Some(32 + 16_384));
    bench.write(32 + 16_384, &pattern(2, 16));
    bench.sync();
    bench.close(1, 2);
    bench.close(2, 0);
    let third = 48 + 16_384 + 3_072;
    assert_eq!(bench.next_writable(), Some(third));
    // The write parameters say that nothing shall follow.
    select(&mut bench, INCREMENTAL_FINAL);
    bench.write(third, &pattern(3, 16));
    bench.sync();
    bench.close(1, 3);
    bench.close(2, 0);
    assert_eq!(bench.disc_information()[2], 0x0E);
    assert_eq!(bench.last_address(), third + 15);
    assert!(!current(&mut bench, 0x21) && !current(&mut bench, 0x2F));
    assert_eq!(bench.write_refused(third + 16, 16).asc, 0x30);
    assert!(bench.read_result(third, 16).unwrap() == pattern(3, 16));
    assert_eq!(bench.read_refused(40, 1).key, 8);
}

#[test]
fn dvd_r_without_an_open_border_is_finalised_by_function_3() {
    let mut bench = Bench::new(MediumKind::DvdR);
    assert_eq!(bench.close_refused(3, 0), (5, 0x2C, 0));
    bench.write(0, &pattern(1, 16));
    bench.sync();
    bench.close(1, 1);
    bench.close(2, 0);
    // After power-on nothing says that a border may follow.
    assert_eq!(bench.disc_information()[2] & 3, 2);
    let mut bench = Bench::new(MediumKind::DvdR);
    select(&mut bench, INCREMENTAL);
    bench.write(0, &pattern(1, 16));
    bench.close(1, 1);
    bench.close(2, 0);
    assert_eq!(bench.disc_information()[2] & 3, 1);
    bench.close(3, 0);
    assert_eq!(bench.disc_information()[2], 0x0E);
}

#[test]
fn a_dvd_r_at_once_wants_its_size_and_ends_by_itself() {
    let mut bench = Bench::new(MediumKind::DvdR);
    select(&mut bench, AT_ONCE);
    assert_eq!(bench.write_refused(0, 16).asc, 0x2C);
    reserve(&mut bench, 40);
    // 48 sectors: whole ECC blocks.
    bench.write(0, &pattern(1, 32));
    bench.sync();
    assert_eq!(bench.disc_information()[2] & 3, 1);
    assert_eq!(bench.close_refused(1, 1), (5, 0x72, 0x04));
    assert_eq!(bench.write_refused(32, 32).asc, 0x63);
    bench.write(32, &pattern(2, 16));
    bench.sync();
    assert_eq!(bench.disc_information()[2], 0x0E);
    assert_eq!(bench.last_address(), 47);
    let mut bench = bench.reopen();
    assert!(bench.read_result(0, 32).unwrap() == pattern(1, 32));
    assert_eq!(bench.refused(&[0x53, 0, 0, 0, 0, 0, 0, 0, 16, 0]), (5, 0x30, 0x05));
}

#[test]
fn a_disc_at_once_that_lost_its_power_is_spoiled() {
    for kind in [MediumKind::DvdR, MediumKind::DvdRw] {
        let mut bench = Bench::new(kind);
        select(&mut bench, AT_ONCE);
        reserve(&mut bench, 64);
        bench.drive.inject(Fault::PowerCut { after_sectors: 20 }).unwrap();
        bench.write_result(0, &pattern(1, 32)).unwrap_err();
        let mut bench = bench.reopen();
        assert_eq!(bench.disc_information()[2] & 0x0F, 0x09, "{kind}");
        assert_eq!(bench.next_writable(), None);
        assert_eq!(bench.refused(&[0x58, 0, 0, 0, 0, 1, 0, 0, 0, 0]), (5, 0x2C, 0));
        assert_eq!(bench.close_refused(1, 1), (5, 0x72, 0x04));
        if kind == MediumKind::DvdRw {
            bench.good(&[0xA1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            assert_eq!(bench.disc_information()[2], 0x10);
            assert_eq!(bench.next_writable(), Some(0));
        }
    }
    // Announced and not begun: nothing has happened to the disc.
    let mut bench = Bench::new(MediumKind::DvdR);
    select(&mut bench, AT_ONCE);
    reserve(&mut bench, 64);
    assert_eq!(bench.reopen().disc_information()[2], 0x00);
}

#[test]
fn a_test_write_leaves_the_dvd_blank() {
    for mode in [[0x70, 0xE5, 8], [0x52, 0x05, 8]] {
        let mut bench = Bench::new(MediumKind::DvdRw);
        select(&mut bench, mode);
        if mode[0] & 0x0F == 2 {
            assert_eq!(bench.write_refused(0, 16).asc, 0x2C);
            reserve(&mut bench, 32);
            assert_eq!(bench.write_refused(0, 48).asc, 0x63);
        }
        bench.write(0, &pattern(1, 16));
        assert_eq!(kaq_of(&mut bench, 0), (5, 0x21, 0x02));
        bench.write(16, &pattern(1, 16));
        bench.sync();
        assert_eq!(bench.disc_information()[2], 0x10);
        assert_eq!(bench.image().len(), 0);
        assert_eq!(bench.close_refused(2, 0), (5, 0x2C, 0));
    }
}

fn kaq_of(bench: &mut Bench, lba: u32) -> (u8, u8, u8) {
    let sense = bench.write_refused(lba, 16);
    (sense.key, sense.asc, sense.ascq)
}

#[test]
fn a_dvd_rw_blanked_minimally_takes_all_at_once_or_nothing() {
    let mut bench = Bench::new(MediumKind::DvdRw);
    select(&mut bench, INCREMENTAL);
    bench.write(0, &pattern(1, 16));
    bench.sync();
    bench.good(&[0xA1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bench.disc_information()[2], 0x10);
    assert!(!current(&mut bench, 0x21) && current(&mut bench, 0x2F));
    assert_eq!(kaq_of(&mut bench, 0), (5, 0x64, 0));
    select(&mut bench, AT_ONCE);
    reserve(&mut bench, 16);
    bench.write(0, &pattern(2, 16));
    bench.sync();
    assert_eq!(bench.disc_information()[2], 0x1E);
    let mut bench = bench.reopen();
    bench.good(&[0xA1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert!(current(&mut bench, 0x21));
    bench.write(0, &pattern(1, 16));
}

#[test]
fn a_dvd_rw_formatted_quickly_grows() {
    let mut bench = Bench::new(MediumKind::DvdRw);
    let capacities = bench.ask(&[0x23, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    // Unformatted; types 10h and 15h with packets of 16, and type 00h with blocks of 2048 bytes.
    assert_eq!(capacities[4..12], [0x00, 0x23, 0x12, 0x80, 0x01, 0, 8, 0]);
    assert_eq!(capacities[12..20], [0x00, 0x23, 0x12, 0x80, 0x40, 0, 0, 16]);
    assert_eq!(capacities[20..28], [0x00, 0x23, 0x12, 0x80, 0x54, 0, 0, 16]);
    assert_eq!(capacities[28..], [0x00, 0x23, 0x12, 0x80, 0x00, 0, 8, 0]);
    bench.format(0, 0x15 << 2, 16);
    assert_eq!(profile(&mut bench), 0x13);
    assert!(current(&mut bench, 0x2C) && !current(&mut bench, 0x21));
    assert_eq!(bench.ask(&[0x23, 0, 0, 0, 0, 0, 0, 0, 12, 0])[8], 0x03);
    assert_eq!(bench.disc_information()[2], 0x15);
    // One ECC block is formatted, from which it grows.
    assert_eq!(bench.last_address(), 15);
    assert!(bench.read_result(0, 16).unwrap() == vec![0; 16 * 2048]);
    select(&mut bench, RESTRICTED);
    assert_eq!(kaq_of(&mut bench, 32), (5, 0x21, 0x02));
    bench.write(0, &pattern(1, 32));
    bench.write(16, &pattern(2, 32));
    let track = bench.track(1);
    assert_eq!((track[6] & 0x30, track[7], be32(&track, 12)), (0x30, 1, 48));
    // Whole ECC blocks.
    assert_eq!(kaq_of(&mut bench, 8), (5, 0x21, 0x02));
    let half = bench.write_refused(16, 8);
    assert_eq!((half.key, half.asc), (5, 0x24));
    bench.sync();
    bench.close(2, 0);
    assert_eq!((bench.disc_information()[2], bench.last_address()), (0x1E, 47));
    assert_eq!(kaq_of(&mut bench, 48), (5, 0x21, 0));
    let capacities = bench.ask(&[0x23, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    assert_eq!(capacities[4..12], [0, 0, 0, 48, 0x02, 0, 8, 0]);
    assert_eq!(capacities[36..], [0x00, 0x23, 0x12, 0x50, 0x4C, 0, 0, 16]);

    let mut bench = bench.reopen();
    bench.format(0, 0x13 << 2, 16);
    assert_eq!(be32(&bench.track(1), 12), 48);
    assert!(bench.read_result(16, 32).unwrap() == pattern(2, 32));
    bench.write(48, &pattern(3, 16));
    bench.close(2, 0);
    assert_eq!(bench.last_address(), 63);
    // Back to sequential recording.
    bench.good(&[0xA1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!((profile(&mut bench), bench.disc_information()[2]), (0x14, 0x10));
}

#[test]
fn a_quick_format_of_a_dvd_rw_is_as_large_as_the_host_says() {
    let mut bench = Bench::new(MediumKind::DvdRw);
    // 128 MiB, as libburn asks for.
    bench.format(65_536, 0x15 << 2, 16);
    assert_eq!(bench.last_address(), 65_535);
    assert!(bench.read_result(65_520, 16).unwrap() == vec![0; 16 * 2048]);
    select(&mut bench, RESTRICTED);
    bench.write(32, &pattern(1, 16));
    assert_eq!(kaq_of(&mut bench, 65_552), (5, 0x21, 0x02));
    bench.write(65_536, &pattern(2, 16));
    let mut bench = bench.reopen();
    assert_eq!(bench.last_address(), 65_551);
    assert!(bench.read_result(32, 16).unwrap() == pattern(1, 16));
}

#[test]
fn a_dvd_rw_formatted_in_full_is_written_anywhere() {
    let mut bench = Bench::new(MediumKind::DvdRw);
    bench.format(2_298_496, 0x10 << 2, 16);
    assert_eq!(bench.last_address(), 2_298_495);
    bench.write(64, &pattern(1, 16));
    assert!(bench.read_result(48, 16).unwrap().iter().all(|byte| *byte == 0));
    let cdb = [0x04, 0x11, 0, 0, 0, 0];
    let grow = [0, 2, 0, 8, 0, 0, 0, 0, 0x13 << 2, 0, 0, 16];
    assert_eq!(bench.refused_out(&cdb, &grow), (5, 0x26, 0));
    let packets = [0, 2, 0, 8, 0x00, 0x23, 0x12, 0x80, 0x10 << 2, 0, 0, 32];
    assert_eq!(bench.refused_out(&cdb, &packets), (5, 0x26, 0));
}

#[test]
fn a_dvd_ram_is_ready_as_it_comes() {
    let mut bench = Bench::new(MediumKind::DvdRam);
    assert_eq!((profile(&mut bench), bench.disc_information()[2]), (0x12, 0x1F));
    assert_eq!(bench.last_address(), 2_236_703);
    assert!(current(&mut bench, 0x20) && current(&mut bench, 0x24));
    assert!(bench.read_result(1000, 1).unwrap().iter().all(|byte| *byte == 0));
    bench.write(5, &pattern(1, 3));
    // WRITE AND VERIFY, and a stream.
    bench.send(&[0x2E, 0, 0, 0, 0, 100, 0, 0, 1, 0], &pattern(2, 1));
    bench.send(&[0xAA, 0, 0, 0, 0, 128, 0, 0, 0, 32, 0x80, 0], &pattern(3, 32));
    assert!(bench.read_result(5, 3).unwrap() == pattern(1, 3));
    assert_eq!(bench.close_refused(2, 0), (5, 0x24, 0));
    let capacities = bench.ask(&[0x23, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    assert_eq!(capacities[4..12], [0x00, 0x22, 0x21, 0x20, 0x02, 0, 8, 0]);
    assert_eq!(capacities[20..], [0x00, 0x23, 0x05, 0x20, 0x00, 0, 8, 0]);
    // Without spare areas.
    bench.send(&[0x04, 0x11, 0, 0, 0, 0], &[0, 0x82, 0, 8, 0x00, 0x23, 0x05, 0x20, 0x00, 0, 8, 0]);
    assert_eq!(bench.last_address(), 2_295_071);
    assert_eq!(bench.ask(&[0xAD, 0, 0, 0, 0, 0, 0, 0x0A, 0, 64, 0, 0])[4..8], [0; 4]);
}

#[test]
fn pseudo_overwrite_eats_what_is_free() {
    let mut bench = Bench::sized(MediumKind::BdR, 1024);
    let resources = [0x51, 2, 0, 0, 0, 0, 0, 0, 16, 0];
    assert_eq!(bench.refused(&resources), (5, 0x24, 0));
    bench.format(0x3C0, 0x32 << 2, 0);
    assert!(current(&mut bench, 0x38));
    bench.write(0, &pattern(1, 64));
    bench.sync();
    let left = bench.ask(&resources);
    assert_eq!((left[2], be32(&left, 4), be32(&left, 12)), (0x40, (0x3C0 - 64) / 32, 0));
    // Two clusters are touched.
    bench.write(30, &pattern(2, 4));
    assert!(bench.read_result(30, 4).unwrap() == pattern(2, 4));
    let left = bench.ask(&resources);
    assert_eq!((be32(&left, 4), be32(&left, 12)), ((0x3C0 - 128) / 32, 2));
    assert_eq!(bench.next_writable(), Some(128));
    bench.write(128, &pattern(3, 32));
    // One program puts the type elsewhere.
    assert_eq!(bench.ask(&[0x51, 0x10, 0, 0, 0, 0, 0, 0, 16, 0])[2], 0x40);
    for _ in 0..(0x3C0 - 160) / 32 {
        bench.write(0, &pattern(4, 32));
    }
    let sense = bench.write_refused(0, 32);
    assert_eq!((sense.key, sense.asc), (5, 0x63));
    // The state survives.
    assert_eq!(be32(&bench.reopen().ask(&resources), 12), 2 + (0x3C0 - 160) / 32);
}

/// The disc has them there: a system that reads it to its end finds nothing blank.
#[test]
fn clusters_that_replace_others_can_be_read_where_they_lie() {
    let mut bench = Bench::sized(MediumKind::BdR, 1024);
    bench.format(0x3C0, 0x32 << 2, 0);
    let read = |bench: &mut Bench, lba, sectors| bench.read_result(lba, sectors).unwrap();
    let mut expected = pattern(1, 40);
    bench.write(0, &expected);
    // The cluster that was begun is ended before others follow it.
    expected.resize(64 * 2048, 0);
    bench.write(30, &pattern(2, 4));
    expected[30 * 2048..34 * 2048].copy_from_slice(&pattern(2, 4));
    assert!(read(&mut bench, 0, 64) == expected && read(&mut bench, 64, 64) == expected);
    // Replaced again, the first that replaced it stays as it is.
    bench.write(0, &pattern(3, 16));
    let first = expected.clone();
    expected[..16 * 2048].copy_from_slice(&pattern(3, 16));
    assert_eq!(bench.next_writable(), Some(160));
    assert!(read(&mut bench, 0, 64) == expected && read(&mut bench, 64, 64) == first);
    assert!(read(&mut bench, 128, 32) == expected[..32 * 2048]);
    // One that replaces another is replaced as any.
    bench.write(96, &pattern(4, 32));
    assert!(read(&mut bench, 96, 32) == pattern(4, 32) && read(&mut bench, 160, 32) == pattern(4, 32));
    assert!(read(&mut bench, 0, 64) == expected && read(&mut bench, 64, 32) == first[..32 * 2048]);
    // Behind a session that was closed they begin a track.
    bench.close(1, 1);
    bench.close(2, 0);
    bench.write(32, &pattern(5, 32));
    let mut bench = bench.reopen();
    assert!(read(&mut bench, 192, 32) == pattern(5, 32) && read(&mut bench, 32, 32) == pattern(5, 32));
    assert!(read(&mut bench, 0, 32) == expected[..32 * 2048]);
    assert_eq!((bench.next_writable(), bench.last_address()), (Some(224), 191));
    assert_eq!(bench.read_refused(224, 1).key, 5);
}

#[test]
fn random_recording_takes_each_cluster_once() {
    let mut bench = Bench::new(MediumKind::BdR);
    bench.format(11_826_176, 0x32 << 2 | 2, 0);
    assert_eq!((profile(&mut bench), bench.disc_information()[2] & 3), (0x42, 1));
    assert!(current(&mut bench, 0x25) && !current(&mut bench, 0x21));
    bench.write(3200, &pattern(1, 32));
    bench.write(32, &pattern(2, 64));
    assert!(bench.read_result(3200, 32).unwrap() == pattern(1, 32));
    assert_eq!(kaq_of(&mut bench, 3200), (5, 0x21, 0x02));
    let sense = bench.write_refused(0, 16);
    assert_eq!((sense.key, sense.asc), (5, 0x24));
    bench.close(6, 0);
    assert_eq!(bench.disc_information()[2] & 3, 2);
    assert_eq!(bench.write_refused(64_000, 32).asc, 0x30);
    assert!(bench.reopen().read_result(32, 64).unwrap() == pattern(2, 64));
}

#[test]
fn capacities_of_media_with_several_layers() {
    for (kind, raw, default) in [
        (MediumKind::BdReDl, 24_438_784, 23_652_352),
        (MediumKind::BdReXl, 48_878_592, 47_305_696),
        (MediumKind::BdRDl, 24_438_784, 23_652_352),
        (MediumKind::BdRXl, 48_878_592, 47_305_696),
        (MediumKind::BdRQl, 62_500_864, 60_489_600),
    ] {
        let mut bench = Bench::new(kind);
        let capacities = bench.ask(&[0x23, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!((be32(&capacities, 4), capacities[8] & 3), (raw, 1), "{kind}");
        let mut first = be32(&capacities, 12);
        first -= first % 32;
        assert_eq!(first, default, "{kind}");
    }
    let mut bench = Bench::new(MediumKind::DvdRDl);
    assert_eq!((profile(&mut bench), be32(&bench.track(1), 16)), (0x15, 4_171_712));
    let layer = bench.ask(&[0xAD, 0, 0, 0, 0, 0, 0, 0x10, 0, 64, 0, 0]);
    assert_eq!(be32(&layer, 8), 2_085_856);
    bench.write(0, &pattern(1, 16));
    let mut reply = [0; 2048];
    bench.run(&[0x28, 0, 0, 0, 0, 5, 0, 0, 1, 0], Data::In(&mut reply)).unwrap();
}

#[test]
fn drives_with_habits() {
    // Commands that do not come back, and media that must not change.
    let mut bench = Bench::new(MediumKind::BdRe);
    bench.drive.inject(Fault::Hang { operation_code: 0x51, times: Some(1) }).unwrap();
    let answer = bench.run(&[0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0], Data::In(&mut [0; 34]));
    assert!(matches!(answer, Err(TransportError::Timeout(_))), "{answer:?}");
    bench.disc_information();
    bench.drive.inject(Fault::WriteProtected).unwrap();
    let list = [0, 2, 0, 8, 0x00, 0xB4, 0x74, 0x00, 0xC0, 0, 0, 0];
    assert_eq!(bench.refused_out(&[0x04, 0x11, 0, 0, 0, 0], &list), (7, 0x27, 0));
    bench.drive.clear_faults();

    // No certification: neither said nor done.
    bench.drive.inject(Fault::NoCertification).unwrap();
    assert_eq!(bench.ask(&[0x46, 2, 0, 0x23, 0, 0, 0, 0, 64, 0])[12], 0x08);
    let certified = [0, 2, 0, 8, 0x00, 0xB4, 0x74, 0x00, 0xC2, 0, 0, 0];
    assert_eq!(bench.refused_out(&[0x04, 0x11, 0, 0, 0, 0], &certified), (5, 0x26, 0));
    bench.format(11_826_176, 0xC0, 0);

    // Half a cluster as a stream is junk.
    bench.drive.inject(Fault::StreamWantsClusters).unwrap();
    bench.send(&[0xAA, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0x80, 0], &pattern(1, 32));
    bench.send(&[0xAA, 0, 0, 0, 0, 32, 0, 0, 0, 16, 0x80, 0], &pattern(2, 16));
    assert!(bench.read_result(0, 32).unwrap() == pattern(1, 32));
    assert!(bench.read_result(32, 16).unwrap() != pattern(2, 16));

    // Lengths and speeds that are not so.
    bench.drive.inject(Fault::LyingLength { operation_code: 0x5A, len: 9 }).unwrap();
    bench.drive.inject(Fault::ZeroSpeeds).unwrap();
    let page = bench.ask(&[0x5A, 8, 0x2A, 0, 0, 0, 0, 1, 0, 0]);
    assert_eq!((&page[..2], &page[26..30], page[39]), (&[0, 9][..], &[0; 4][..], 0));
    bench.drive.inject(Fault::FullTransfersClaimed).unwrap();
    assert_eq!(bench.ask(&[0x23, 0, 0, 0, 0, 0, 0, 1, 0, 0]).len(), 65_536);

    // Operations whose progress says nothing.
    let mut bench = Bench::new(MediumKind::CdRw);
    bench.drive.set_long_operation_polls(2);
    bench.drive.inject(Fault::ImpliedImmediate).unwrap();
    bench.drive.inject(Fault::StuckProgress).unwrap();
    bench.good(&[0xA1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bench.sense(&[0; 6], Data::None).progress, Some(655));
    bench.drive.inject(Fault::NoProgress).unwrap();
    assert_eq!(bench.sense(&[0; 6], Data::None).progress, None);
    bench.good(&[0; 6]);

    let mut bench = Bench::new(MediumKind::DvdR);
    bench.drive.inject(Fault::EndlessEvents).unwrap();
    for _ in 0..3 {
        assert_eq!(bench.ask(&[0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8, 0])[4], 2);
    }
    bench.drive.inject(Fault::BogusLinkSize).unwrap();
    assert_eq!(bench.ask(&[0x46, 2, 0, 0x21, 0, 0, 0, 0, 64, 0])[16], 0xFF);
    bench.drive.inject(Fault::MediumNoticedLate { times: 1 }).unwrap();
    assert_eq!(bench.refused(&[0; 6]), (2, 0x3A, 1));
    bench.good(&[0; 6]);
}
