//! A process that is killed: what the files of the medium hold at any moment is a medium with nearly all that
//! was written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use fsimage_mmc_device::simulated::{MediumKind, SimulatedDrive};
use fsimage_mmc_device::{
    Drive, Lba, MediumState, NoWait, OpenSession, SessionRequest, close_open_session, recorder,
};

/// Blocks that may be lost: a drive's buffer of 8 MiB.
const BUFFER: u32 = 4096;

fn pattern(blocks: u32) -> Vec<u8> {
    (0..blocks).flat_map(|block| [block.to_le_bytes(); 512]).flatten().collect()
}

fn write(session: &mut dyn OpenSession, data: &[u8]) {
    for part in data.chunks(500 * 2048) {
        let next = session.next_writable().unwrap();
        session.write(next, part).unwrap();
    }
}

/// The medium as another process would find it, were this one killed now.
fn copy(from: &Path, to: &Path) -> Drive<SimulatedDrive> {
    let state = |path: &Path| path.with_extension("medium");
    std::fs::copy(from, to).unwrap();
    std::fs::copy(state(from), state(to)).unwrap();
    Drive::with_waiter(SimulatedDrive::open(to).unwrap(), Box::new(NoWait))
}

#[test]
fn what_was_written_survives_but_for_the_buffer() {
    let data = pattern(11_000);
    for kind in MediumKind::ALL {
        for reserve in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let (path, found) = (folder.path().join("disc"), folder.path().join("found"));
            let transport = SimulatedDrive::create(&path, kind).unwrap();
            let mut drive = Drive::with_waiter(transport, Box::new(NoWait));
            let medium = drive.medium().unwrap();
            let mut made = recorder(&mut drive, &medium).unwrap();
            // Other media have no reservations.
            let is_overwritable = medium.state == fsimage_mmc_device::MediumState::Overwritable;
            let reserve = reserve && !medium.profile.is_cd() && !is_overwritable;
            let request = SessionRequest { reserve, ..SessionRequest::new(12_000) };
            let mut session = made.begin(&request).unwrap();
            write(session.as_mut(), &data);

            let mut drive = copy(&path, &found);
            let medium = drive.medium().unwrap();
            let bytes = std::fs::read(&found).unwrap();
            let kept = (11_000 - BUFFER) as usize * 2048;
            assert!(bytes.len() >= kept && bytes[..kept] == data[..kept], "{kind}: {}", bytes.len());
            if medium.state == MediumState::Overwritable {
                assert!(!medium.needs_format, "{kind}");
                continue;
            }
            assert!(medium.unfinished_session, "{kind}");
            let next = medium.tracks.iter().find_map(|track| track.next_writable).unwrap();
            assert!(next.blocks_from_zero() >= 11_000 - BUFFER, "{kind}: {next}");
            let medium = close_open_session(&mut drive).unwrap();
            assert_eq!(medium.sessions.len(), 1, "{kind}");
            let mut made = recorder(&mut drive, &medium).unwrap();
            let mut session = made.begin(&SessionRequest::new(500)).unwrap();
            write(session.as_mut(), &data[..500 * 2048]);
            assert!(session.close().unwrap().start > Lba::ZERO, "{kind}");
        }
    }
}

#[test]
fn scattered_writes_survive_but_for_the_buffer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc");
    let transport = SimulatedDrive::create(&path, MediumKind::BdRe).unwrap();
    let mut drive = Drive::with_waiter(transport, Box::new(NoWait));
    let medium = drive.medium().unwrap();
    let mut made = recorder(&mut drive, &medium).unwrap();
    made.begin(&SessionRequest::new(1)).unwrap().close().unwrap();
    drop(made);
    for place in 0..10_000 {
        drive.write_10(Lba::new(place * 2), &[1; 2048]).unwrap();
    }
    let mut found = copy(&path, &folder.path().join("found"));
    let mut sector = [0; 2048];
    found.wait_until_ready().unwrap();
    found.read_10(Lba::new((10_000 - BUFFER as i32) * 2), &mut sector).unwrap();
    assert_eq!(sector, [1; 2048]);
}
