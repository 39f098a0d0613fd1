//! Sessions whose blocks come from a file: the medium holds the same as if they had come from memory.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use fsimage_mmc_device::simulated::{Fault, MediumKind, SimulatedDrive};
use fsimage_mmc_device::{
    Drive, DriveError, FileStretch, Lba, NoWait, Outgoing, RecordingMode, SessionRequest, Transport, recorder,
};

const BLOCK: usize = 2048;
const BLOCKS: u32 = 700;

/// Bytes in front of the stretch, so that it begins on no block of the host's file system.
const BEFORE: usize = 1000;

fn content() -> Vec<u8> {
    (0..BLOCKS as usize * BLOCK).map(|at| ((at / 7) ^ (at >> 11)) as u8).collect()
}

fn file_of(content: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&[0xEE; BEFORE]).unwrap();
    file.write_all(content).unwrap();
    file
}

fn stretch(file: &File, block: usize, blocks: usize) -> Outgoing<'_> {
    Outgoing::File(FileStretch { file, offset: (BEFORE + block * BLOCK) as u64, len: blocks * BLOCK })
}

fn drive(path: &Path, kind: MediumKind) -> Drive<SimulatedDrive> {
    Drive::with_waiter(SimulatedDrive::create(path, kind).unwrap(), Box::new(NoWait))
}

/// Records in parts whose lengths fit no unit of recording, every second one from memory in both cases.
fn record(path: &Path, kind: MediumKind, mode: RecordingMode, file: Option<&File>) {
    let content = content();
    let mut drive = drive(path, kind);
    assert!(drive.transport().takes_files());
    let medium = drive.medium().unwrap();
    {
        let mut recorder = recorder(&mut drive, &medium).unwrap();
        let request = SessionRequest { mode, streaming: true, ..SessionRequest::new(BLOCKS) };
        let mut session = recorder.begin(&request).unwrap();
        let mut next = session.next_writable().unwrap();
        for (number, first) in (0..BLOCKS as usize).step_by(175).enumerate() {
            let bytes = Outgoing::Bytes(&content[first * BLOCK..(first + 175) * BLOCK]);
            let data = file.filter(|_| number != 1).map_or(bytes, |file| stretch(file, first, 175));
            assert_eq!(session.take(next, data).unwrap(), 175);
            next = session.next_writable().unwrap();
        }
        session.close().unwrap();
    }
    drive.into_transport().close().unwrap();
}

#[test]
fn media_are_the_same_from_files_and_from_memory() {
    let file = file_of(&content());
    let parts = MediumKind::ALL.map(|kind| (kind, RecordingMode::Automatic));
    let at_once = [MediumKind::CdR, MediumKind::DvdR].map(|kind| (kind, RecordingMode::AtOnce));
    for (kind, mode) in parts.into_iter().chain(at_once) {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, file: Option<&File>| {
            let path = folder.path().join(name);
            record(&path, kind, mode, file);
            (fs::read(&path).unwrap(), fs::read(path.with_extension("medium")).unwrap())
        };
        let (from_memory, from_file) = (read("memory", None), read("file", Some(&file)));
        assert!(from_memory == from_file, "{kind:?} {mode:?}");
    }
}

#[test]
fn a_file_that_ends_early_leaves_no_hole() {
    for kind in [MediumKind::CdR, MediumKind::DvdPlusR, MediumKind::BdR, MediumKind::DvdRam] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("medium");
        let content = content();
        // A block and a half more than three clusters.
        let file = file_of(&content[..97 * BLOCK + 1024]);
        let mut drive = drive(&path, kind);
        let medium = drive.medium().unwrap();
        {
            let mut recorder = recorder(&mut drive, &medium).unwrap();
            let mut session = recorder.begin(&SessionRequest::new(BLOCKS)).unwrap();
            let start = session.next_writable().unwrap();
            let taken = session.take(start, stretch(&file, 0, 200)).unwrap();
            assert!((64..=97).contains(&taken), "{kind:?}: {taken}");
            let next = session.next_writable().unwrap();
            assert_eq!(next.since(start), Some(taken));
            session.write(next, &content[taken as usize * BLOCK..]).unwrap();
            assert_eq!(session.close().unwrap().blocks, BLOCKS);
        }
        drive.into_transport().close().unwrap();
        assert!(fs::read(&path).unwrap()[..content.len()] == content, "{kind:?}");
    }
}

#[test]
fn faults_strike_within_what_comes_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let content = content();
    let file = file_of(&content);
    let mut drive = drive(&folder.path().join("medium"), MediumKind::BdR);
    drive.transport_mut().inject(Fault::SilentCorruption { lba: 40 }).unwrap();
    drive.transport_mut().inject(Fault::WriteError { lba: 100 }).unwrap();
    let medium = drive.medium().unwrap();
    {
        let mut recorder = recorder(&mut drive, &medium).unwrap();
        let mut session = recorder.begin(&SessionRequest::new(BLOCKS)).unwrap();
        let error = session.take(Lba::ZERO, stretch(&file, 0, 200)).unwrap_err();
        assert!(
            matches!(&error, DriveError::WriteFailed { lba: Some(lba), .. } if lba.get() == 96),
            "{error}"
        );
        assert_eq!(session.abandon().unwrap().blocks, 96);
    }
    drive.into_transport().close().unwrap();
    let found = fs::read(folder.path().join("medium")).unwrap();
    let differing: Vec<usize> = (0..100)
        .filter(|block| {
            let range = block * BLOCK..(block + 1) * BLOCK;
            found[range.clone()] != content[range]
        })
        .collect();
    assert_eq!(differing, [40]);
}

#[test]
fn holes_of_a_file_become_holes_of_the_medium() {
    use std::os::unix::fs::MetadataExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("medium");
    let file = tempfile::tempfile().unwrap();
    file.set_len(16 << 20).unwrap();
    let mut drive = drive(&path, MediumKind::BdRe);
    let medium = drive.medium().unwrap();
    {
        let mut recorder = recorder(&mut drive, &medium).unwrap();
        let mut session = recorder.begin(&SessionRequest::new(8192)).unwrap();
        let all = FileStretch { file: &file, offset: 0, len: 16 << 20 };
        assert_eq!(session.take(Lba::ZERO, Outgoing::File(all)).unwrap(), 8192);
        session.close().unwrap();
    }
    drive.into_transport().close().unwrap();
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!((metadata.len(), metadata.blocks() < 1000), (16 << 20, true));
}
