//! BD-R with pseudo-overwrite: sessions behind each other in one that stays open, and a head that is replaced.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fsimage::{
    BurnOptions, Closing, Control, DEFAULT_PREFERENCE, Disc, Error, FileSystems, GrowingDisc, ImportOptions,
    Item, ItemOptions, LayoutPlan, MediumKind, OpenDrive, PlanOptions, Recovery, RecoveryAction, Tree,
    UdfAccess, UdfOptions,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use mmc_device::{
    Cdb, Closing as Ending, Data, Drive, Lba, NoWait, SessionRequest, Transport, TransportError,
};
use support::drives::{faulty, over};
use support::grounds::{Ground, open};

const BOTH: FileSystems = FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE).union(FileSystems::UDF);

fn medium() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc");
    Ground::PseudoOverwrite.blank(&path);
    (folder, path)
}

/// Adds a file of so many sectors to what is there.
fn add(drive: OpenDrive, name: &str, sectors: usize, closing: Closing) -> Result<(), Error> {
    let mut disc = GrowingDisc::open(drive)?;
    let (mut tree, options) = match disc.is_blank() {
        true => (Tree::new(), PlanOptions { file_systems: BOTH, ..PlanOptions::default() }),
        false => {
            let imported = disc.import(&ImportOptions::default(), &Control::default())?;
            let options = imported.plan_options();
            (imported.tree, options)
        }
    };
    let content = vec![name.len() as u8; sectors * 2048];
    tree.add(name, Item::Bytes(content.into()), &ItemOptions::default()).unwrap();
    disc.close_open_session()?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options })?;
    let options = BurnOptions { closing, ..BurnOptions::default() };
    disc.write(&plan, &options, &Control::default()).map(drop)
}

fn burn(path: &Path, name: &str) {
    add(open(path), name, 20, Closing::KeepAppendable).unwrap();
}

fn cut(path: &Path, name: &str, after_sectors: u64) {
    let drive = faulty(SimulatedDrive::open(path).unwrap(), &[Fault::PowerCut { after_sectors }]);
    let cut = drive.and_then(|drive| add(drive, name, 300, Closing::KeepAppendable));
    assert!(cut.is_err(), "{name}");
}

fn names(disc: &Disc, session: Option<u16>) -> Vec<String> {
    let image = disc.image(session, &DEFAULT_PREFERENCE).unwrap();
    let entries = image.read_dir(&image.root().unwrap()).unwrap();
    entries.into_iter().map(|entry| String::from_utf8(entry.name).unwrap()).collect()
}

/// What each session holds, in a drive and in a copy of the sectors.
fn sessions(path: &Path) -> Vec<Vec<String>> {
    let copy = path.with_extension("copy");
    fs::copy(path, &copy).unwrap();
    let all = |disc: &Disc| -> Vec<Vec<String>> {
        disc.sessions().iter().map(|session| names(disc, Some(session.number))).collect()
    };
    let found = all(&open(path).disc().unwrap());
    assert_eq!(found, all(&Disc::open(&copy).unwrap()));
    found
}

/// Wherever sessions were cut, the disc is as it was; the next one goes behind what is there of them, and nobody sees them.
#[test]
fn sessions_that_never_got_their_head() {
    let (_folder, path) = medium();
    for after_sectors in [1, 31, 33, 100, 400] {
        cut(&path, "cut", after_sectors);
        assert_eq!(sessions(&path), [[""; 0]; 0]);
        let recovery = Recovery::of_drive(open(&path), &Control::default()).unwrap();
        assert_eq!(recovery.report().action, RecoveryAction::Nothing, "{after_sectors}");
    }
    let mut expected: Vec<Vec<String>> = Vec::new();
    for name in ["a", "b", "c"] {
        burn(&path, name);
        let before = expected.last().cloned().unwrap_or_default();
        expected.push(before.into_iter().chain([name.to_owned()]).collect());
        assert_eq!(sessions(&path), expected);
        for after_sectors in [1, 32, 70, 350, 400] {
            cut(&path, "cut", after_sectors);
            assert_eq!(sessions(&path), expected, "{name}, {after_sectors}");
        }
    }
}

/// A drive of a program that is killed in front of the first CLOSE TRACK SESSION.
struct Killed(SimulatedDrive, bool);

impl Transport for Killed {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, limit: Duration) -> Result<usize, TransportError> {
        self.1 |= cdb.as_bytes()[0] == 0x5B;
        if self.1 { Err(TransportError::DeviceGone) } else { self.0.execute(cdb, data, limit) }
    }

    fn max_transfer(&self) -> usize {
        self.0.max_transfer()
    }
}

#[test]
fn a_track_with_a_whole_session_was_not_cut_short() {
    let (_folder, path) = medium();
    burn(&path, "a");
    let drive = over(Killed(SimulatedDrive::open(&path).unwrap(), false)).unwrap();
    add(drive, "b", 20, Closing::KeepAppendable).unwrap_err();
    let expected = [vec!["a".to_owned()], vec!["a".to_owned(), "b".to_owned()]];
    assert_eq!(sessions(&path), expected);
    let closed = open(&path).close(Closing::KeepAppendable).unwrap();
    assert_eq!(closed.cut_short, [], "{closed:?}");
    burn(&path, "c");
    assert_eq!(sessions(&path)[..2], expected);
}

/// A drive that has nothing left to replace clusters with.
struct Exhausted(SimulatedDrive, u32);

impl Transport for Exhausted {
    fn execute(&mut self, cdb: &Cdb, mut data: Data<'_>, limit: Duration) -> Result<usize, TransportError> {
        let command = cdb.as_bytes();
        assert!(!matches!(command[0], 0x2A | 0xAA), "something is written");
        if let (0x51, 2, Data::In(reply)) = (command[0], command[1], &mut data) {
            let mut bytes = [0, 14, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0];
            bytes[4..8].copy_from_slice(&self.1.to_be_bytes());
            reply[..16].copy_from_slice(&bytes);
            return Ok(16);
        }
        self.0.execute(cdb, data, limit)
    }

    fn max_transfer(&self) -> usize {
        self.0.max_transfer()
    }
}

#[test]
fn no_replacements_left() {
    let (_folder, path) = medium();
    burn(&path, "a");
    let exhausted = over(Exhausted(SimulatedDrive::open(&path).unwrap(), 5)).unwrap();
    let error = GrowingDisc::open(exhausted).unwrap_err();
    assert!(
        matches!(&error, Error::NoFurtherSession { reason, .. } if reason.contains("5 can be replaced")),
        "{error}"
    );
    assert_eq!(sessions(&path), [["a"]]);
    let enough = over(Exhausted(SimulatedDrive::open(&path).unwrap(), 6)).unwrap();
    assert!(GrowingDisc::open(enough).is_ok());
}

/// What the head will take from what is free is kept for it.
#[test]
fn a_medium_is_filled_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc");
    drop(SimulatedDrive::create_with_capacity(&path, MediumKind::BdR, 4096).unwrap());
    let request = fsimage::FormatRequest { bd_r: fsimage::BdRMode::PseudoOverwrite, ..Default::default() };
    open(&path).format(&request, &Control::default()).unwrap();
    burn(&path, "a");
    let most = GrowingDisc::open(open(&path)).unwrap().place().available.unwrap().get() as usize;
    let fits =
        (0..most).rev().find(|&sectors| match add(open(&path), "b", sectors, Closing::KeepAppendable) {
            Ok(()) => true,
            Err(Error::ImageTooBig { .. }) => false,
            Err(error) => panic!("{sectors} of {most}: {error}"),
        });
    assert!(fits.is_some_and(|sectors| sectors > most / 2), "{fits:?} of {most}");
    assert_eq!(sessions(&path), [&["a"][..], &["a", "b"]]);
    let error = GrowingDisc::open(open(&path)).unwrap_err();
    assert!(matches!(error, Error::NoFurtherSession { .. }), "{error}");
}

/// Finalised, with all sessions readable.
#[test]
fn the_last_session() {
    let (_folder, path) = medium();
    burn(&path, "a");
    add(open(&path), "b", 20, Closing::Finalise).unwrap();
    assert_eq!(open(&path).describe().unwrap().medium.state, "complete");
    assert_eq!(sessions(&path), [&["a"][..], &["a", "b"]]);
    assert!(matches!(GrowingDisc::open(open(&path)), Err(Error::NoFurtherSession { .. })));
}

/// Sessions that were closed one by one, as an earlier version of this project did, go on so.
#[test]
fn sessions_in_the_table_of_contents() {
    let (_folder, path) = medium();
    burn(&path, "a");
    {
        let mut drive = Drive::with_waiter(SimulatedDrive::open(&path).unwrap(), Box::new(NoWait));
        mmc_device::end_session(&mut drive).unwrap();
    }
    for name in ["b", "c"] {
        burn(&path, name);
        assert_eq!(open(&path).describe().unwrap().medium.next_writable.unwrap() % 32, 0);
    }
    let disc = open(&path).disc().unwrap();
    assert_eq!(names(&disc, None), ["a", "b", "c"]);
    assert_eq!(names(&disc, Some(2)), ["a", "b"]);
}

/// The first sectors are not replaced where something begins there that no head leads to: what it is, nobody knows. It becomes
/// a session of its own.
#[test]
fn what_is_no_session_of_ours_stays() {
    let (_folder, path) = medium();
    {
        let mut drive = Drive::with_waiter(SimulatedDrive::open(&path).unwrap(), Box::new(NoWait));
        let medium = drive.medium().unwrap();
        let mut recorder = mmc_device::recorder(&mut drive, &medium).unwrap();
        let mut session = recorder
            .begin(&SessionRequest { closing: Ending::KeepAppendable, ..SessionRequest::new(64) })
            .unwrap();
        session.write(Lba::ZERO, &[0xEE; 64 * 2048]).unwrap();
        session.close().unwrap();
    }
    burn(&path, "a");
    burn(&path, "b");
    let disc = open(&path).disc().unwrap();
    assert_eq!((disc.sessions().len(), names(&disc, None)), (3, vec!["a".to_owned(), "b".to_owned()]));
    assert!(fs::read(&path).unwrap()[..64 * 2048].iter().all(|&byte| byte == 0xEE));
}

/// The table would not be in the last sector, where readers look for it.
#[test]
fn no_virtual_allocation_tables() {
    let (_folder, path) = medium();
    let disc = GrowingDisc::open(open(&path)).unwrap();
    let udf = UdfOptions { access: UdfAccess::WriteOnce, ..UdfOptions::default() };
    let options =
        PlanOptions { file_systems: FileSystems::UDF, udf, place: disc.place(), ..PlanOptions::default() };
    let tree = Tree::new();
    let error = LayoutPlan::new(&tree, options).map(drop).unwrap_err();
    assert!(matches!(error, Error::InvalidArgument { .. }), "{error}");
}
