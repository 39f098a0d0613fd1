//! Recordings on media that can be written again, stopped where a test says.
#![allow(dead_code, unreachable_pub, reason = "each test program takes what it needs")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fsimage::{
    AsItIsOptions, Blanking, BurnOptions, Control, Error, FileSystem, FileSystems, FormatRequest,
    GrowingDisc, ImportOptions, Item, ItemOptions, LayoutPlan, MediumKind, OpenDrive, PlanOptions, Tree,
    Verification,
};
use mmc_device::simulated::{Fault, SimulatedDrive};

use super::drives::{faulty, over};
use super::grounds::{Ground, open};
use super::{build, list_image};

/// All of which the head is written last.
pub const GROUNDS: [Ground; 5] = [
    Ground::Medium(MediumKind::DvdRam),
    Ground::Medium(MediumKind::DvdPlusRw),
    Ground::RestrictedOverwrite,
    Ground::Medium(MediumKind::BdRe),
    Ground::PseudoOverwrite,
];

/// Those on which an image lies from sector 0 on.
pub fn rewritable() -> impl Iterator<Item = Ground> {
    GROUNDS.into_iter().filter(|ground| *ground != Ground::PseudoOverwrite)
}

pub const ISO9660: FileSystems = FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE);
pub const FORMS: [FileSystems; 3] = [ISO9660, ISO9660.union(FileSystems::UDF), FileSystems::UDF];

/// Sectors that are not written any more when a recording is stopped: at the edges of its last blocks, which tell of it, and
/// within their units, where the descriptors are in the last of these.
pub const NOT_WRITTEN: [u64; 14] = [129, 97, 96, 65, 64, 33, 32, 31, 17, 16, 15, 13, 12, 1];

/// Sectors of a medium: all that these tests write, and searched soon.
const CAPACITY: u32 = 65_536;

/// A medium in a folder of its own.
pub struct Stage {
    ground: Ground,
    folder: tempfile::TempDir,
    pub path: PathBuf,
}

impl Stage {
    /// With a blank one.
    pub fn new(ground: Ground) -> Stage {
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage { path: folder.path().join("disc"), ground, folder };
        let (kind, format) = match ground {
            Ground::Medium(kind) => (kind, None),
            Ground::RestrictedOverwrite => (MediumKind::DvdRw, Some(FormatRequest::default())),
            Ground::PseudoOverwrite => {
                let bd_r = fsimage::BdRMode::PseudoOverwrite;
                (MediumKind::BdR, Some(FormatRequest { bd_r, ..FormatRequest::default() }))
            }
            Ground::ImageFile => panic!("no medium"),
        };
        SimulatedDrive::create_with_capacity(&stage.path, kind, CAPACITY).unwrap().close().unwrap();
        if let Some(request) = format {
            stage.open().format(&request, &Control::default()).unwrap();
        }
        stage
    }

    pub fn open(&self) -> OpenDrive {
        open(&self.path)
    }

    /// In a drive with this fault.
    pub fn faulty(&self, fault: Fault) -> Result<OpenDrive, Error> {
        faulty(SimulatedDrive::open(&self.path).unwrap(), &[fault])
    }

    /// In one whose power goes.
    pub fn cut(&self, after_sectors: u64) -> Result<OpenDrive, Error> {
        self.faulty(Fault::PowerCut { after_sectors })
    }

    /// Adds a session.
    pub fn add(&self, form: FileSystems, name: &str, sectors: usize) -> Result<(), Error> {
        add(self.open(), form, name, sectors, &Control::default())
    }

    /// The same with the power gone behind so many sectors of it, or at its end.
    pub fn add_cut(&self, form: FileSystems, name: &str, sectors: usize, after: u64) -> Result<(), Error> {
        self.cut(after).and_then(|drive| add(drive, form, name, sectors, &Control::default()))
    }

    /// An image of one file, `image`.
    pub fn image(&self, form: FileSystems, sectors: usize) -> PathBuf {
        let image = self.folder.path().join("image");
        let tree = tree("image", sectors);
        build(&tree, PlanOptions { file_systems: form, ..PlanOptions::default() }, &image);
        image
    }

    pub fn blank(&self) {
        self.open().blank(Blanking::Quick, &Control::default()).unwrap();
    }

    /// What each file system of the newest session shows.
    pub fn shown(&self, form: FileSystems) -> Vec<Vec<String>> {
        let disc = self.open().disc().unwrap();
        let all = [FileSystem::RockRidge, FileSystem::Udf];
        let there = all.into_iter().filter(|one| form.contains(one.as_set()));
        let names = |one| {
            let listing = list_image(&disc.image(None, &[one]).unwrap());
            listing.into_keys().filter(|path| path != "/").collect()
        };
        there.map(names).collect()
    }

    fn files(&self) -> [PathBuf; 2] {
        [self.path.clone(), self.path.with_extension("medium")]
    }

    /// The medium as it is, to come back to.
    pub fn kept(&self) -> [Vec<u8>; 2] {
        self.files().map(|file| fs::read(file).unwrap())
    }

    pub fn put_back(&self, kept: &[Vec<u8>; 2]) {
        self.files().iter().zip(kept).for_each(|(file, bytes)| fs::write(file, bytes).unwrap());
    }

    /// How many sectors are written by what is done in a drive. The medium is as before afterwards.
    pub fn sectors_written(&self, done: impl FnOnce(OpenDrive) -> Result<(), Error>) -> u64 {
        let kept = self.kept();
        let written = Arc::new(AtomicU64::new(0));
        let mut drive = SimulatedDrive::open(&self.path).unwrap();
        let count = Arc::clone(&written);
        drive.set_trace(move |exchange| {
            let sectors = match exchange.cdb.operation_code() {
                0x2A | 0xAA => exchange.requested as u64 / 2048,
                _ => 0,
            };
            count.fetch_add(sectors, Ordering::Relaxed);
        });
        done(over(drive).unwrap()).unwrap();
        self.put_back(&kept);
        written.load(Ordering::Relaxed)
    }

    /// All sectors of the medium in a plain file, as a drive shows them.
    pub fn exported(&self) -> PathBuf {
        let sectors = self.path.with_extension("sectors");
        fs::copy(&self.path, &sectors).unwrap();
        let file = File::options().write(true).open(&sectors).unwrap();
        file.set_len(u64::from(CAPACITY) * 2048).unwrap();
        sectors
    }
}

/// Content of a file that is named so.
pub fn content(name: &str, sectors: usize) -> Vec<u8> {
    vec![name.len() as u8; sectors * 2048]
}

fn tree(name: &str, sectors: usize) -> Tree {
    let mut tree = Tree::new();
    put(&mut tree, name, sectors);
    tree
}

fn put(tree: &mut Tree, name: &str, sectors: usize) {
    tree.add(name, Item::Bytes(content(name, sectors).into()), &ItemOptions::default()).unwrap();
}

/// Adds a session with one more file.
pub fn add(
    drive: OpenDrive,
    form: FileSystems,
    name: &str,
    sectors: usize,
    control: &Control,
) -> Result<(), Error> {
    let mut disc = GrowingDisc::open(drive)?;
    let (mut tree, options) = match disc.is_blank() {
        true => (Tree::new(), PlanOptions { file_systems: form, ..PlanOptions::default() }),
        false => {
            let imported = disc.import(&ImportOptions::default(), &Control::default())?;
            let options = imported.plan_options();
            (imported.tree, options)
        }
    };
    put(&mut tree, name, sectors);
    disc.close_open_session()?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options })?;
    let options = BurnOptions { verify: Verification::Full, ..BurnOptions::default() };
    disc.write(&plan, &options, control).map(drop)
}

/// Records an image as it is.
pub fn record(mut drive: OpenDrive, image: &Path) -> Result<(), Error> {
    drive.record_as_it_is(image, &AsItIsOptions::default(), &Control::default()).map(drop)
}
