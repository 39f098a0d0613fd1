//! A drive whose commands are listed. Questions about drive and medium are left out, except the one for the next writable
//! address; writes that follow each other are one line with their first block and their number of blocks.
#![allow(dead_code, unreachable_pub, reason = "each test program takes what it needs")]

use std::sync::{Arc, Mutex};

use fsimage_mmc_device::simulated::{Direction, MediumKind, SimulatedDrive};
use fsimage_mmc_device::{Drive, Medium, NoWait, Recorder, SessionRequest, recorder, track_recorder};
use peers::commands::{line, word};

pub type SimDrive = Drive<SimulatedDrive>;

/// A drive whose commands are listed.
pub struct Traced {
    pub drive: SimDrive,
    lines: Arc<Mutex<Vec<String>>>,
    _folder: tempfile::TempDir,
}

impl Traced {
    pub fn new(kind: MediumKind) -> Traced {
        let folder = tempfile::tempdir().unwrap();
        let mut transport = SimulatedDrive::create(folder.path().join("medium"), kind).unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&lines);
        let mut written: Option<(u8, u32, u32)> = None;
        transport.set_trace(move |exchange| {
            let cdb = exchange.cdb.as_bytes();
            let mut log = log.lock().unwrap();
            if matches!(cdb[0], 0x2A | 0xAA) && exchange.direction == Direction::Out {
                let (first, blocks) = (word(cdb, 2), exchange.requested as u32 / 2048);
                match &mut written {
                    Some((code, start, sum)) if *code == cdb[0] && start.wrapping_add(*sum) == first => {
                        *sum += blocks;
                        log.pop();
                    }
                    _ => written = Some((cdb[0], first, blocks)),
                }
                let (_, start, sum) = written.unwrap_or_default();
                log.push(format!("{:02X} {}+{sum}", cdb[0], start.cast_signed()));
                return;
            }
            if let Some(line) = line(cdb) {
                written = None;
                log.push(line);
            }
        });
        let mut drive = Drive::with_waiter(transport, Box::new(NoWait));
        drive.wait_until_ready().unwrap();
        Traced { drive, lines, _folder: folder }
    }

    /// What reaches the drive meanwhile.
    pub fn during(&mut self, work: impl FnOnce(&mut SimDrive)) -> Vec<String> {
        self.lines.lock().unwrap().clear();
        work(&mut self.drive);
        std::mem::take(&mut *self.lines.lock().unwrap())
    }

    /// A session of `blocks` blocks. What is asked before and afterwards to describe the medium is left out.
    pub fn record(&mut self, at: u32, request: SessionRequest) -> Vec<String> {
        self.record_by(at, request, |drive, medium| recorder(drive, medium).unwrap())
    }

    /// A track by itself: in the session that is open, or one that was reserved.
    pub fn record_track(&mut self, track: Option<u16>, request: SessionRequest) -> Vec<String> {
        self.record_by(0, request, |drive, medium| track_recorder(drive, medium, track).unwrap())
    }

    fn record_by(
        &mut self,
        at: u32,
        request: SessionRequest,
        way: impl for<'d> Fn(&'d mut SimDrive, &Medium) -> Box<dyn Recorder + 'd>,
    ) -> Vec<String> {
        let medium = self.drive.medium().unwrap();
        let lines = self.during(|drive| {
            let mut recorder = way(drive, &medium);
            let mut session = recorder.begin(&request).unwrap();
            let start = session.next_writable().unwrap();
            let start = if at > 0 { start.checked_add(at).unwrap() } else { start };
            session.write(start, &vec![0x11; request.blocks as usize * 2048]).unwrap();
            session.close().unwrap();
        });
        let end = lines.iter().rposition(|line| line == "1E 0").unwrap();
        let last = lines[..end].iter().rposition(|line| !line.starts_with("52")).unwrap();
        [&lines[..=last], &lines[end..]].concat()
    }
}
