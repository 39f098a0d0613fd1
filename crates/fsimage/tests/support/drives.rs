//! Simulated drives as these tests have them: nobody waits for them, and they fail where they are told to.
#![allow(dead_code, unreachable_pub, reason = "each test program takes what it needs")]

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fsimage::{CommandData, DriveName, MediumKind, OpenDrive, Result};
use mmc_device::cd::RAW_BYTES;
use mmc_device::command::read_cd::WithSubchannel;
use mmc_device::simulated::{Fault, SimulatedDrive};
use mmc_device::{Cdb, Drive, Lba, NoWait, Transport};

/// Any drive, for the facade.
pub fn over(transport: impl Transport + 'static) -> Result<OpenDrive> {
    let transport: Box<dyn Transport> = Box::new(transport);
    OpenDrive::with_drive(Drive::with_waiter(transport, Box::new(NoWait)), "drive")
}

/// A drive with these faults, for the facade.
pub fn faulty(mut drive: SimulatedDrive, faults: &[Fault]) -> Result<OpenDrive> {
    for fault in faults {
        drive.inject(*fault).unwrap();
    }
    over(drive)
}

/// The commands below the facade, of a drive that has this medium and is ready.
pub fn commands(medium: &Path) -> Drive<SimulatedDrive> {
    let mut drive = Drive::with_waiter(SimulatedDrive::open(medium).unwrap(), Box::new(NoWait));
    drive.wait_until_ready().unwrap();
    drive
}

/// The speed that a drive is to write with, in kilobytes per second: mode page 2Ah.
pub fn selected_speed(drive: &OpenDrive) -> u16 {
    let mut page = [0; 60];
    let cdb = Cdb::from([0x5A, 8, 0x2A, 0, 0, 0, 0, 0, 60, 0]);
    drive.pass_through(&cdb, CommandData::In(&mut page), Duration::from_secs(10)).unwrap();
    u16::from_be_bytes([page[36], page[37]])
}

/// Raw sectors.
pub fn read_raw(drive: &mut Drive<SimulatedDrive>, lba: i32, sectors: usize) -> Vec<u8> {
    let mut all = vec![0; sectors * RAW_BYTES];
    drive.read_cd(Lba::new(lba), WithSubchannel::None, &mut all).unwrap();
    all
}

/// A folder for sources and for one medium, `disc`.
pub struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub fn new() -> Bench {
        Bench { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A drive with the medium, which is blank at first.
    pub fn drive(&self, kind: MediumKind) -> OpenDrive {
        OpenDrive::open(&DriveName::Simulated { kind: Some(kind), path: self.path("disc") }).unwrap()
    }

    /// A drive with these faults, and a blank medium.
    pub fn faulty(&self, kind: MediumKind, faults: &[Fault]) -> OpenDrive {
        faulty(SimulatedDrive::create(self.path("disc"), kind).unwrap(), faults).unwrap()
    }

    pub fn commands(&self) -> Drive<SimulatedDrive> {
        commands(&self.path("disc"))
    }

    /// A drive that cannot read these sectors of the medium.
    pub fn unreadable(&self, sectors: impl IntoIterator<Item = u32>) -> OpenDrive {
        let faults: Vec<Fault> = sectors.into_iter().map(|lba| Fault::ReadError { lba }).collect();
        faulty(SimulatedDrive::open(self.path("disc")).unwrap(), &faults).unwrap()
    }

    /// The medium loses sectors, as if they had never been recorded.
    pub fn forget(&self, sectors: Range<u64>) {
        let path = self.path("disc.medium");
        let mut state: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let written = &mut state["medium"]["written"];
        let mut runs = Vec::new();
        for run in written.as_array().unwrap() {
            let (first, end) = (run[0].as_u64().unwrap(), run[1].as_u64().unwrap());
            runs.extend([(first, end.min(sectors.start)), (first.max(sectors.end), end)]);
        }
        runs.retain(|(first, end)| first < end);
        *written = serde_json::to_value(runs).unwrap();
        std::fs::write(&path, serde_json::to_vec(&state).unwrap()).unwrap();
    }
}
