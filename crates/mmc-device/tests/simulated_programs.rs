//! What programs and systems need of the simulated drive besides recording recipes of this crate's own, in
//! hand-written command descriptor blocks: each is something that a real program was refused without.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use fsimage_mmc_device::simulated::{MediumKind, SimulatedDrive};
use fsimage_mmc_device::{Cdb, Data, Transport, TransportError};

struct Bench {
    drive: SimulatedDrive,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new(kind: MediumKind) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let drive = SimulatedDrive::create(folder.path().join("medium"), kind).unwrap();
        let mut bench = Bench { drive, _folder: folder };
        assert_eq!(bench.refused(&[0; 6], &[]), (6, 0x29, 0x00));
        bench
    }

    fn run(&mut self, cdb: &[u8], data: Data<'_>) -> Result<usize, TransportError> {
        self.drive.execute(&Cdb::new(cdb).unwrap(), data, Duration::from_secs(1))
    }

    #[track_caller]
    fn ask(&mut self, cdb: &[u8]) -> Vec<u8> {
        let mut buffer = vec![0xEE; 65_536];
        let len = self.run(cdb, Data::In(&mut buffer)).unwrap();
        buffer.truncate(len);
        buffer
    }

    #[track_caller]
    fn read(&mut self, lba: u32, sectors: u8) -> Vec<u8> {
        let [a, b, c, d] = lba.to_be_bytes();
        let mut buffer = vec![0xEE; usize::from(sectors) * 2048];
        let len = self.run(&[0x28, 0, a, b, c, d, 0, 0, sectors, 0], Data::In(&mut buffer)).unwrap();
        assert_eq!(len, buffer.len());
        buffer
    }

    #[track_caller]
    fn send(&mut self, cdb: &[u8], data: &[u8]) {
        let data = if data.is_empty() { Data::None } else { Data::Out(data) };
        self.run(cdb, data).unwrap();
    }

    /// Key, additional sense code and qualifier.
    #[track_caller]
    fn refused(&mut self, cdb: &[u8], data: &[u8]) -> (u8, u8, u8) {
        let data = if data.is_empty() { Data::None } else { Data::Out(data) };
        match self.run(cdb, data) {
            Err(TransportError::CheckCondition(sense)) => (sense.key, sense.asc, sense.ascq),
            other => panic!("no sense data but {other:?}"),
        }
    }

    /// WRITE of whole sectors filled with `byte`.
    fn write(&self, lba: i32, sectors: usize, byte: u8) -> ([u8; 10], Vec<u8>) {
        let [a, b, c, d] = lba.to_be_bytes();
        let [e, f] = (sectors as u16).to_be_bytes();
        ([0x2A, 0, a, b, c, d, 0, e, f, 0], vec![byte; sectors * 2048])
    }

    #[track_caller]
    fn record(&mut self, lba: i32, sectors: usize, byte: u8) {
        let (cdb, data) = self.write(lba, sectors, byte);
        self.send(&cdb, &data);
    }
}

/// Linux' sr driver learns what the drive can do by MODE SENSE(6), page 2A; without it there is no writer.
#[test]
fn modes_by_commands_of_six_bytes() {
    let mut bench = Bench::new(MediumKind::DvdR);
    let long = bench.ask(&[0x5A, 8, 0x2A, 0, 0, 0, 0, 0, 255, 0]);
    let short = bench.ask(&[0x1A, 8, 0x2A, 0, 255, 0]);
    assert_eq!(short[..4], [short.len() as u8 - 1, 0, 0, 0]);
    assert_eq!(short[4..], long[8..]);

    let mut list = bench.ask(&[0x1A, 0, 0x01, 0, 255, 0]);
    assert_eq!(list.len(), 16);
    list[0] = 0;
    list[4 + 3] = 5;
    bench.send(&[0x15, 0x10, 0, 0, 16, 0], &list);
    assert_eq!(bench.ask(&[0x5A, 8, 0x01, 0, 0, 0, 0, 0, 255, 0])[8 + 3], 5);
    // A block descriptor, and a list that ends in its header.
    list[3] = 8;
    assert_eq!(bench.refused(&[0x15, 0x10, 0, 0, 16, 0], &list), (5, 0x26, 0x00));
    assert_eq!(bench.refused(&[0x15, 0x10, 0, 0, 3, 0], &list[..3]), (5, 0x1A, 0x00));
}

/// Linux finds the last session by READ TOC with the format in the upper bits of the last byte, where SFF 8020
/// had it.
#[test]
fn the_old_place_of_the_toc_format() {
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    for start in [0, 16 + 2048] {
        bench.record(start, 16, 1);
        bench.send(&[0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[]);
        bench.send(&[0x5B, 0, 1, 0, 0, 0xFF, 0, 0, 0, 0], &[]);
        bench.send(&[0x5B, 0, 2, 0, 0, 0, 0, 0, 0, 0], &[]);
    }
    let modern = bench.ask(&[0x43, 0, 1, 0, 0, 0, 0, 0, 12, 0]);
    assert_eq!(modern, [0, 10, 1, 2, 0, 0x14, 2, 0, 0, 0, 8, 16]);
    assert_eq!(bench.ask(&[0x43, 0, 0, 0, 0, 0, 0, 0, 12, 0x40]), modern);
}

const SYNCHRONIZE: [u8; 10] = [0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const FLUSH_AND_STOP: [[u8; 10]; 2] = [SYNCHRONIZE, [0x5B, 0, 2, 0, 0, 0, 0, 0, 0, 0]];

/// libburn begins a DVD+RW at address 32 and writes the head after the background format has been stopped; growisofs
/// looks at READ FORMAT CAPACITIES whether the format has to go on before it appends.
#[test]
fn what_a_stopped_background_format_leaves() {
    let mut bench = Bench::new(MediumKind::DvdPlusRw);
    let format = [0, 2, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0x26 << 2, 0, 0, 0];
    bench.send(&[0x04, 0x11, 0, 0, 0, 0], &format);
    bench.record(32, 33, 1);
    FLUSH_AND_STOP.iter().for_each(|cdb| bench.send(cdb, &[]));
    // Whole ECC blocks have been recorded, and the drive has formatted what lies before them.
    assert_eq!(bench.read(64, 16)[2047..2049], [1, 0]);
    let capacities = bench.ask(&[0x23, 0, 0, 0, 0, 0, 0, 0, 12, 0]);
    assert_eq!(capacities[4..9], [0, 0, 0, 80, 2]);
    bench.record(0, 16, 2);
    let (cdb, data) = bench.write(80, 16, 3);
    assert_eq!(bench.refused(&cdb, &data), (5, 0x30, 0x10));
    let restart = [0, 2, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0x26 << 2, 0, 0, 1];
    bench.send(&[0x04, 0x11, 0, 0, 0, 0], &restart);
    bench.record(80, 16, 3);
    assert_eq!(bench.read(79, 2)[2047..2049], [0, 3]);
}

/// libburn formats a BD-RE by the descriptor that comes first, if it is of type 0, and a DVD-RW in full by type 0.
#[test]
fn formats_are_offered_as_drives_list_them() {
    let types = |kind| {
        let reply = Bench::new(kind).ask(&[0x23, 0, 0, 0, 0, 0, 0, 0, 252, 0]);
        reply[12..].chunks(8).map(|descriptor| descriptor[4] >> 2).collect::<Vec<u8>>()
    };
    assert_eq!(types(MediumKind::BdRe), [0x00, 0x30, 0x30, 0x30, 0x31]);
    assert_eq!(types(MediumKind::DvdRw), [0x10, 0x15, 0x00]);
    let mut bench = Bench::new(MediumKind::DvdRw);
    bench.send(&[0x04, 0x11, 0, 0, 0, 0], &[0, 2, 0, 8, 0x00, 0x23, 0x12, 0x80, 0, 0, 8, 0]);
    assert_eq!(bench.ask(&[0x46, 2, 0, 0, 0, 0, 0, 0, 8, 0])[6..], [0x00, 0x13]);
}
