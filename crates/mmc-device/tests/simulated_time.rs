//! The drive with a clock: what takes how long.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::time::Duration;

use fsimage_mmc_device::simulated::{Clock, MediumKind, SimulatedDrive, Timing, VirtualClock};
use fsimage_mmc_device::{
    Blanking, Drive, Lba, Operation, SessionRequest, Speed, Waiter, blank, close_open_session, recorder,
};

/// Hears of progress, and lets the drive's time pass.
struct Watch {
    clock: VirtualClock,
    heard: std::sync::mpsc::Sender<(Operation, Option<u16>)>,
}

impl Waiter for Watch {
    fn wait(&mut self, span: Duration) {
        self.clock.wait(span);
    }

    fn progress(&mut self, operation: Operation, progress: Option<u16>) {
        self.heard.send((operation, progress)).unwrap();
    }
}

fn timed(kind: MediumKind) -> (tempfile::TempDir, Drive<SimulatedDrive>, VirtualClock) {
    let folder = tempfile::tempdir().unwrap();
    let mut transport = SimulatedDrive::create(folder.path().join("disc"), kind).unwrap();
    let clock = VirtualClock::default();
    transport.set_timing(Timing::default(), clock.clone());
    let drive = Drive::with_waiter(transport, Box::new(clock.clone()));
    (folder, drive, clock)
}

fn record(drive: &mut Drive<SimulatedDrive>, blocks: u32, speed: Option<Speed>) {
    let medium = drive.medium().unwrap();
    let mut recorder = recorder(drive, &medium).unwrap();
    let mut session = recorder.begin(&SessionRequest { speed, ..SessionRequest::new(blocks) }).unwrap();
    let start = session.next_writable().unwrap();
    session.write(start, &vec![1; blocks as usize * 2048]).unwrap();
    session.close().unwrap();
}

fn seconds(clock: &VirtualClock, before: Duration) -> f64 {
    (clock.now() - before).as_secs_f64()
}

#[test]
fn recording_takes_what_the_speed_makes_of_it_and_an_end() {
    // 20 MiB at 5540 and at 22,160 kB/s: 3.8 and 0.95 s, with calibration, spin-up and the end of the session.
    for (speed, data) in [(Speed::kilobytes_per_second(5540), 3.8), (Speed::MAX, 0.95)] {
        let (_folder, mut drive, clock) = timed(MediumKind::DvdR);
        let before = clock.now();
        record(&mut drive, 10_240, Some(speed));
        let taken = seconds(&clock, before);
        let besides = 4.0 + 3.0 + 2.0 + 2.0 + 30.0;
        assert!((data + besides - 1.0..data + besides + 4.0).contains(&taken), "{speed}: {taken}");
    }
}

#[test]
fn progress_follows_the_clock() {
    let (_folder, mut drive, clock) = timed(MediumKind::CdRw);
    record(&mut drive, 320, None);
    let (heard, progress) = std::sync::mpsc::channel();
    drive.set_waiter(Box::new(Watch { clock: clock.clone(), heard }));
    let before = clock.now();
    blank(&mut drive, Blanking::Quick).unwrap();
    let taken = seconds(&clock, before);
    assert!((60.0..62.0).contains(&taken), "{taken}");
    drop(drive);
    let told: Vec<u16> = progress
        .iter()
        .filter_map(|(operation, progress)| if operation == Operation::Blanking { progress } else { None })
        .collect();
    assert!(told.len() > 50 && told.is_sorted() && told.first() < Some(&5000), "{told:?}");
    assert!(told.last() > Some(&60_000), "{told:?}");
}

#[test]
fn all_of_a_cd_is_blanked_in_minutes_and_read_with_seeks() {
    let (_folder, mut drive, clock) = timed(MediumKind::CdRw);
    record(&mut drive, 320, None);
    let before = clock.now();
    let mut sectors = [0; 16 * 2048];
    drive.read_10(Lba::new(0), &mut sectors).unwrap();
    drive.read_10(Lba::new(16), &mut sectors).unwrap();
    drive.read_10(Lba::new(100), &mut sectors).unwrap();
    let taken = seconds(&clock, before);
    // Two seeks, and 96 KiB at 8467 kB/s.
    assert!((0.24..0.30).contains(&taken), "{taken}");
    let before = clock.now();
    blank(&mut drive, Blanking::Full).unwrap();
    // 737 MB at 4234 kB/s.
    assert!((170.0..180.0).contains(&seconds(&clock, before)), "{}", seconds(&clock, before));
    close_open_session(&mut drive).unwrap();
}

#[test]
fn the_buffer_fills_and_empties() {
    let (_folder, mut drive, mut clock) = timed(MediumKind::DvdPlusR);
    drive.medium().unwrap();
    let before = clock.now();
    for block in 0..128 {
        drive.write_10(Lba::new(block * 16), &[1; 16 * 2048]).unwrap();
    }
    // The buffer takes 4 MiB, and the disc has to turn first.
    assert!((4.0..4.5).contains(&seconds(&clock, before)), "{}", seconds(&clock, before));
    let full = drive.buffer_capacity().unwrap();
    assert!(full.free < full.total / 10, "{full:?}");
    clock.pass(Duration::from_secs(1));
    let empty = drive.buffer_capacity().unwrap();
    assert_eq!(empty.free, empty.total);
}
