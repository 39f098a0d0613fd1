//! A medium in a simulated drive, and files on it whose content follows from their names.

use std::path::PathBuf;

use fsimage::{
    BurnOptions, Burnt, Control, DEFAULT_PREFERENCE, DriveName, GrowingDisc, ImportOptions, Item,
    ItemOptions, LayoutPlan, MediumKind, OpenDrive, PlanOptions, Result, Tree, Verification,
};
use mmc_device::simulated::{Fault, SimulatedDrive};

use super::drives::faulty;
use super::list_image;

/// Sectors of contents in each session of these tests.
pub const CONTENT: u32 = 600;

/// A simulated medium in a folder of its own.
pub struct Medium {
    pub kind: MediumKind,
    pub path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Medium {
    /// Nothing is on it.
    pub fn blank(kind: MediumKind) -> Medium {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        fsimage::create_simulated_medium(&path, kind).unwrap();
        Medium { kind, path, _folder: folder }
    }

    /// With one session, which holds `/first`.
    pub fn with_session(kind: MediumKind) -> (Medium, Burnt) {
        let medium = Medium::blank(kind);
        let burnt = medium.burn("/first", &[], &Control::default()).unwrap();
        (medium, burnt)
    }

    /// In a drive without faults.
    pub fn open(&self) -> OpenDrive {
        let name: DriveName = format!("sim:{}", self.path.display()).parse().unwrap();
        OpenDrive::open(&name).unwrap()
    }

    /// In a drive with these faults.
    pub fn faulty(&self, faults: &[Fault]) -> Result<OpenDrive> {
        faulty(SimulatedDrive::open(&self.path).unwrap(), faults)
    }

    /// Adds a file of that name to what is on the medium, in a drive with these faults.
    pub fn burn(&self, name: &str, faults: &[Fault], control: &Control) -> Result<Burnt> {
        let mut disc = GrowingDisc::open(self.faulty(faults)?)?;
        let (mut tree, options) = if disc.is_blank() {
            (Tree::new(), PlanOptions::default())
        } else {
            let imported = disc.import(&ImportOptions::default(), control)?;
            let options = imported.plan_options();
            (imported.tree, options)
        };
        tree.add(name, Item::Bytes(content(name).into()), &ItemOptions::default())?;
        disc.close_open_session()?;
        let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options })?;
        disc.write(&plan, &BurnOptions { verify: Verification::Full, ..BurnOptions::default() }, control)
    }

    /// The files of a session, each with the right content.
    pub fn files(&self, session: Option<u16>) -> Vec<String> {
        let disc = self.open().disc().unwrap();
        let image = disc.image(session, &DEFAULT_PREFERENCE).unwrap();
        let mut names = Vec::new();
        for (path, entry) in list_image(&image) {
            if path != "/" {
                let (expected, _) = peers::digest(content(&path).as_slice()).unwrap();
                assert_eq!(entry.sha256, Some(expected), "{}: {path}", self.kind);
                names.push(path);
            }
        }
        names
    }
}

/// What the file of that name holds.
pub fn content(name: &str) -> Vec<u8> {
    let start = name.bytes().fold(7u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    (0..CONTENT * 2048).map(|at| start.wrapping_add((at / 3) as u8) ^ (at >> 11) as u8).collect()
}

/// The first session is there, and the next burn builds on it.
#[track_caller]
pub fn assert_goes_on(medium: &Medium) {
    assert_eq!(medium.files(None), ["/first"], "{}", medium.kind);
    assert_eq!(medium.files(Some(1)), ["/first"], "{}", medium.kind);
    medium.burn("/later", &[], &Control::default()).unwrap();
    assert_eq!(medium.files(None), ["/first", "/later"], "{}", medium.kind);
    assert_eq!(medium.files(Some(1)), ["/first"], "{}", medium.kind);
    medium.burn("/last", &[], &Control::default()).unwrap();
    assert_eq!(medium.files(None), ["/first", "/last", "/later"], "{}", medium.kind);
}
