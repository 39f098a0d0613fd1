//! How data reach a drive: the lengths of its WRITEs on each medium, and what is done while its buffer is full.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fsimage_mmc_device::simulated::{Fault, MediumKind, SimulatedDrive};
use fsimage_mmc_device::{
    Cdb, Data, Drive, NoWait, SessionRequest, Speed, Transport, TransportError, Waiter, recorder,
};

const READ_BUFFER_CAPACITY: u8 = 0x5C;
const WRITE: u8 = 0x2A;

/// A simulated drive behind an adapter that moves so many bytes at once.
struct Narrow(SimulatedDrive, usize);

impl Transport for Narrow {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError> {
        self.0.execute(cdb, data, timeout)
    }

    fn max_transfer(&self) -> usize {
        self.1
    }
}

/// The pauses, in the order in which they were made.
struct Pauses(Arc<Mutex<Vec<Duration>>>);

impl Waiter for Pauses {
    fn wait(&mut self, span: Duration) {
        self.0.lock().unwrap().push(span);
    }
}

/// What a WRITE or a question about the buffer was: operation code, first block, blocks.
type Command = (u8, i32, u32);

fn traced(drive: &mut SimulatedDrive) -> Arc<Mutex<Vec<Command>>> {
    let commands = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&commands);
    drive.set_trace(move |exchange| {
        let cdb = exchange.cdb.as_bytes();
        if matches!(cdb[0], WRITE | READ_BUFFER_CAPACITY) {
            let lba = i32::from_be_bytes([cdb[2], cdb[3], cdb[4], cdb[5]]);
            log.lock().unwrap().push((cdb[0], lba, exchange.requested as u32 / 2048));
        }
    });
    commands
}

fn record<T: Transport>(drive: &mut Drive<T>, request: &SessionRequest, piece: usize) {
    let medium = drive.medium().unwrap();
    let mut recorder = recorder(drive, &medium).unwrap();
    let mut session = recorder.begin(request).unwrap();
    let mut left = request.blocks as usize;
    while left > 0 {
        let blocks = piece.min(left);
        let next = session.next_writable().unwrap();
        session.write(next, &vec![7; blocks * 2048]).unwrap();
        left -= blocks;
    }
    session.close().unwrap();
}

#[test]
fn every_write_but_the_last_is_a_whole_run_of_the_medium() {
    for (kind, max) in MediumKind::ALL.into_iter().flat_map(|kind| [(kind, 65_536), (kind, 32_768)]) {
        let folder = tempfile::tempdir().unwrap();
        let mut simulated = SimulatedDrive::create(folder.path().join("disc"), kind).unwrap();
        let commands = traced(&mut simulated);
        let mut drive = Drive::with_waiter(Narrow(simulated, max), Box::new(NoWait));
        record(&mut drive, &SessionRequest::new(329), 7);
        let run = if kind.name().starts_with("bd") && max == 65_536 { 32 } else { 16 };
        let commands = commands.lock().unwrap();
        let (last, whole) = commands.split_last().unwrap();
        let first = whole[0].1;
        for (number, (_, lba, blocks)) in whole.iter().enumerate() {
            assert_eq!((*lba, *blocks), (first + number as i32 * run as i32, run), "{kind}, {max}");
        }
        assert!(last.2 <= run && last.1 == first + (whole.len() as u32 * run) as i32, "{kind}, {max}");
    }
}

#[test]
fn while_the_buffer_is_full_the_pause_is_what_half_of_it_takes() {
    // 2 MiB at 5540 kB/s, where the speed is known; else a little longer from time to time.
    for (speed, by_capacity) in [(Some(Speed::kilobytes_per_second(5540)), 378), (None, 2)] {
        let folder = tempfile::tempdir().unwrap();
        let mut simulated = SimulatedDrive::create(folder.path().join("disc"), MediumKind::DvdR).unwrap();
        let commands = traced(&mut simulated);
        let pauses = Arc::new(Mutex::new(Vec::new()));
        let mut drive = Drive::with_waiter(simulated, Box::new(Pauses(Arc::clone(&pauses))));
        drive.wait_until_ready().unwrap();
        drive.transport_mut().inject(Fault::LongWriteInProgress { times: 20 }).unwrap();
        record(&mut drive, &SessionRequest { speed, ..SessionRequest::new(64) }, 16);
        let millis: Vec<u128> = pauses.lock().unwrap().iter().map(Duration::as_millis).collect();
        assert_eq!(millis[..8], [by_capacity, 4, 6, 8, 10, 12, 14, 16], "{speed:?}");
        let ninth = if speed.is_some() { 378 } else { 18 };
        assert_eq!((millis.len(), millis[8], millis[19]), (20, ninth, 25), "{speed:?}");
        let commands = commands.lock().unwrap();
        // The same 16 blocks until they are taken, and the question once for eight repetitions.
        let first = commands[0];
        assert_eq!(commands.iter().filter(|command| **command == first).count(), 21, "{speed:?}");
        let asked = commands.iter().filter(|(code, ..)| *code == READ_BUFFER_CAPACITY).count();
        assert_eq!(asked, 3, "{speed:?}");
    }
}
