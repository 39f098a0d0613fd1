//! A medium, something that is done to it in a drive with a fault, and what is left.
#![allow(dead_code, unreachable_pub, reason = "each test program takes what it needs")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fsimage::{
    BurnOptions, Control, DEFAULT_PREFERENCE, DriveName, GrowingDisc, Item, ItemOptions, LayoutPlan,
    MediumKind, OpenDrive, PlanOptions, Result, Tree, Verification,
};
use mmc_device::simulated::{Fault, SimulatedDrive};

use super::faults::{GOOD, Late, SharedDrive};
use super::list_image;

/// The longest that an operation may wait, in virtual time: the patience with a format, and with what comes before.
const PATIENCE: Duration = Duration::from_secs(6 * 3600);

pub fn open(path: &Path) -> OpenDrive {
    let name: DriveName = format!("sim:{}", path.display()).parse().unwrap();
    OpenDrive::open(&name).unwrap()
}

/// A medium in a drive that can be made to fail, and the time that was waited for it.
pub struct Bench {
    pub folder: tempfile::TempDir,
    pub waited: Arc<AtomicU64>,
}

impl Bench {
    pub fn new(kind: MediumKind) -> Bench {
        let bench = Bench { folder: tempfile::tempdir().unwrap(), waited: Arc::default() };
        fsimage::create_simulated_medium(&bench.path(), kind).unwrap();
        bench
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("disc")
    }

    /// Does something in a drive whose faults begin once it has been opened.
    pub fn with<T>(&self, fault: Fault, act: impl FnOnce(OpenDrive) -> Result<T>) -> Result<T> {
        let mut simulated = SimulatedDrive::open(self.path()).unwrap();
        simulated.set_long_operation_polls(3);
        let shared = SharedDrive::new(simulated);
        let drive = OpenDrive::with_drive(shared.drive(&self.waited), "faulty drive").unwrap();
        shared.inject(fault);
        self.patiently(|| act(drive))
    }

    /// The same in a drive whose fault begins late.
    pub fn with_late<T>(
        &self,
        fault: Fault,
        begins: impl FnMut(&[u8]) -> bool + Send + 'static,
        act: impl FnOnce(OpenDrive) -> Result<T>,
    ) -> Result<T> {
        let mut simulated = SimulatedDrive::open(self.path()).unwrap();
        simulated.set_long_operation_polls(3);
        let late = Late::new(simulated, fault, begins).in_time(&self.waited);
        let drive = OpenDrive::with_drive(late, "faulty drive").unwrap();
        self.patiently(|| act(drive))
    }

    fn patiently<T>(&self, act: impl FnOnce() -> Result<T>) -> Result<T> {
        let result = act();
        let waited = Duration::from_millis(self.waited.load(Ordering::Relaxed));
        assert!(waited < PATIENCE, "waited {waited:?}");
        result
    }

    pub fn sessions(&self) -> usize {
        open(&self.path()).disc().unwrap().sessions().len()
    }

    /// Paths of the files of the newest session, whose contents are right.
    pub fn files(&self) -> Vec<String> {
        let disc = open(&self.path()).disc().unwrap();
        let Ok(image) = disc.image(None, &DEFAULT_PREFERENCE) else { return Vec::new() };
        let right = peers::digest(content().as_slice()).unwrap().0;
        let entries = list_image(&image).into_iter().filter(|(path, _)| path != "/");
        entries
            .map(|(path, entry)| {
                assert_eq!(entry.sha256.as_ref(), Some(&right), "{path}");
                path
            })
            .collect()
    }
}

pub fn content() -> Vec<u8> {
    (0..320 * 2048u32).map(|at| (at / 7) as u8 ^ (at >> 11) as u8).collect()
}

pub fn burn(drive: OpenDrive, name: &str, at_once: bool) -> Result<()> {
    let mut disc = GrowingDisc::open(drive)?;
    let mut tree = Tree::new();
    tree.add(name, Item::Bytes(content().into()), &ItemOptions::default())?;
    disc.close_open_session()?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..PlanOptions::default() })?;
    let options = BurnOptions { verify: Verification::Full, at_once, ..BurnOptions::default() };
    disc.write(&plan, &options, &Control::default()).map(drop)
}

/// What came out, against the IMAPI2 name that is documented, or nothing for success.
pub fn compare(result: &Result<()>, expected: &str) -> std::result::Result<(), String> {
    match result {
        Ok(()) if expected == GOOD => Ok(()),
        Ok(()) => Err(format!("good, instead of {expected}")),
        Err(error) if error.imapi2().name == expected => Ok(()),
        Err(error) => Err(format!("{}: {error}", error.imapi2().name)),
    }
}
