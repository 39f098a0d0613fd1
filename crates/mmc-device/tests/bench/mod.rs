//! The simulated drive under hand-written command descriptor blocks.

#![allow(dead_code, reason = "each test program uses its part")]

use std::path::PathBuf;
use std::time::Duration;

use fsimage_mmc_device::simulated::{MediumKind, SimulatedDrive};
use fsimage_mmc_device::{Cdb, Data, Sense, Transport, TransportError};

pub(crate) const LIMIT: Duration = Duration::from_secs(1);

/// Key, additional sense code and qualifier.
pub(crate) type Kaq = (u8, u8, u8);

pub(crate) struct Bench {
    pub(crate) drive: SimulatedDrive,
    pub(crate) path: PathBuf,
    pub(crate) _folder: tempfile::TempDir,
}

impl Bench {
    #[track_caller]
    pub(crate) fn new(kind: MediumKind) -> Bench {
        Bench::sized(kind, kind.default_capacity())
    }

    #[track_caller]
    pub(crate) fn sized(kind: MediumKind, capacity: u32) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("medium");
        let drive = SimulatedDrive::create_with_capacity(&path, kind, capacity).unwrap();
        let mut bench = Bench { drive, path, _folder: folder };
        // The drive was just switched on.
        assert_eq!(bench.refused(&[0; 6]), (6, 0x29, 0x00));
        bench.good(&[0; 6]);
        bench
    }

    #[track_caller]
    pub(crate) fn reopen(self) -> Bench {
        let Bench { drive, path, _folder } = self;
        drive.close().unwrap();
        let drive = SimulatedDrive::open(&path).unwrap();
        let mut bench = Bench { drive, path, _folder };
        assert_eq!(bench.refused(&[0; 6]), (6, 0x29, 0x00));
        bench
    }

    pub(crate) fn run(&mut self, cdb: &[u8], data: Data<'_>) -> Result<usize, TransportError> {
        self.drive.execute(&Cdb::new(cdb).unwrap(), data, LIMIT)
    }

    #[track_caller]
    pub(crate) fn good(&mut self, cdb: &[u8]) {
        assert_eq!(self.run(cdb, Data::None).unwrap(), 0);
    }

    #[track_caller]
    pub(crate) fn ask(&mut self, cdb: &[u8]) -> Vec<u8> {
        let mut buffer = vec![0xEE; 65_536];
        let len = self.run(cdb, Data::In(&mut buffer)).unwrap();
        buffer.truncate(len);
        buffer
    }

    #[track_caller]
    pub(crate) fn send(&mut self, cdb: &[u8], data: &[u8]) {
        assert_eq!(self.run(cdb, Data::Out(data)).unwrap(), data.len());
    }

    #[track_caller]
    pub(crate) fn sense(&mut self, cdb: &[u8], data: Data<'_>) -> Sense {
        match self.run(cdb, data) {
            Err(TransportError::CheckCondition(sense)) => sense,
            other => panic!("no sense data but {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn refused(&mut self, cdb: &[u8]) -> Kaq {
        kaq(self.sense(cdb, Data::None))
    }

    #[track_caller]
    pub(crate) fn refused_out(&mut self, cdb: &[u8], data: &[u8]) -> Kaq {
        kaq(self.sense(cdb, Data::Out(data)))
    }

    pub(crate) fn write_result(&mut self, lba: u32, data: &[u8]) -> Result<usize, TransportError> {
        let [a, b, c, d] = lba.to_be_bytes();
        let [e, f] = ((data.len() / 2048) as u16).to_be_bytes();
        self.run(&[0x2A, 0, a, b, c, d, 0, e, f, 0], Data::Out(data))
    }

    #[track_caller]
    pub(crate) fn write(&mut self, lba: u32, data: &[u8]) {
        assert_eq!(self.write_result(lba, data).unwrap(), data.len());
    }

    #[track_caller]
    pub(crate) fn write_refused(&mut self, lba: u32, sectors: usize) -> Sense {
        match self.write_result(lba, &vec![1; sectors * 2048]) {
            Err(TransportError::CheckCondition(sense)) => sense,
            other => panic!("no sense data but {other:?}"),
        }
    }

    pub(crate) fn read_result(&mut self, lba: u32, sectors: u16) -> Result<Vec<u8>, TransportError> {
        let [a, b, c, d] = lba.to_be_bytes();
        let [e, f] = sectors.to_be_bytes();
        let mut buffer = vec![0xEE; usize::from(sectors) * 2048];
        let len = self.run(&[0x28, 0, a, b, c, d, 0, e, f, 0], Data::In(&mut buffer))?;
        assert_eq!(len, buffer.len());
        Ok(buffer)
    }

    #[track_caller]
    pub(crate) fn read_refused(&mut self, lba: u32, sectors: u16) -> Sense {
        match self.read_result(lba, sectors) {
            Err(TransportError::CheckCondition(sense)) => sense,
            other => panic!("no sense data but {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn disc_information(&mut self) -> Vec<u8> {
        self.ask(&[0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0])
    }

    /// Track information of a track by number.
    #[track_caller]
    pub(crate) fn track(&mut self, number: u8) -> Vec<u8> {
        self.ask(&[0x52, 1, 0, 0, 0, number, 0, 0, 48, 0])
    }

    #[track_caller]
    pub(crate) fn next_writable(&mut self) -> Option<u32> {
        let reply = self.track(0xFF);
        (reply[7] & 1 != 0).then(|| be32(&reply, 12))
    }

    #[track_caller]
    pub(crate) fn last_address(&mut self) -> u32 {
        let mut reply = [0; 8];
        assert_eq!(self.run(&[0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], Data::In(&mut reply)).unwrap(), 8);
        assert_eq!(reply[4..], [0, 0, 8, 0]);
        be32(&reply, 0)
    }

    #[track_caller]
    pub(crate) fn sync(&mut self) {
        self.good(&[0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[track_caller]
    pub(crate) fn close(&mut self, function: u8, track: u8) {
        self.good(&[0x5B, 0, function, 0, 0, track, 0, 0, 0, 0]);
    }

    #[track_caller]
    pub(crate) fn close_refused(&mut self, function: u8, track: u8) -> Kaq {
        self.refused(&[0x5B, 0, function, 0, 0, track, 0, 0, 0, 0])
    }

    /// Page 05 for track at once; `multi` are bits 7 and 6 of byte 3.
    #[track_caller]
    pub(crate) fn select_tao(&mut self, multi: u8) {
        let mut list = [0; 60];
        list[8..14].copy_from_slice(&[5, 50, 0x41, multi << 6 | 4, 8, 0]);
        list[23] = 150;
        self.send(&[0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0], &list);
    }

    #[track_caller]
    pub(crate) fn format(&mut self, blocks: u32, code: u8, last: u8) {
        let [a, b, c, d] = blocks.to_be_bytes();
        self.send(&[0x04, 0x11, 0, 0, 0, 0], &[0, 0x02, 0, 8, a, b, c, d, code, 0, 0, last]);
    }

    pub(crate) fn image(&self) -> Vec<u8> {
        std::fs::read(&self.path).unwrap()
    }
}

pub(crate) fn kaq(sense: Sense) -> Kaq {
    (sense.key, sense.asc, sense.ascq)
}

pub(crate) fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// Sectors that no other place has.
pub(crate) fn pattern(seed: u32, sectors: usize) -> Vec<u8> {
    let mut data = vec![0; sectors * 2048];
    let mut state = seed.wrapping_mul(0x9E37_79B9) | 1;
    for byte in &mut data {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *byte = state as u8;
    }
    data
}
