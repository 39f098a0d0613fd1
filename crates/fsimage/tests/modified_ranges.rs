//! What a caller copies himself, range by range, is what is written; and until the last range is there, readers find the
//! old state or the new one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::path::Path;

use fsimage::{
    BurnOptions, Control, DriveName, Extent, FileSystem, GrowingDisc, GrowingImage, ImportOptions,
    LayoutPlan, OpenDrive, PlanOptions, PlannedImage, ReadSectors, Tree,
};
use support::growing::{Model, change, forms, name_of};
use support::{build, list_file_system};

/// Copies ranges of an image to the file in which its sectors are; says what readers find in between.
fn copy(image: &PlannedImage<'_>, ranges: &[Extent], to: &Path, between: &mut dyn FnMut()) {
    let mut sectors = fs::read(to).unwrap();
    for range in ranges {
        let start = range.start.byte_offset() as usize;
        let len = range.len.bytes() as usize;
        sectors.resize(sectors.len().max(start + len), 0);
        image.read_sectors(range.start, &mut sectors[start..start + len]).unwrap();
        fs::write(to, &sectors).unwrap();
        between();
    }
}

#[test]
fn of_an_image_file() {
    let folder = tempfile::tempdir().unwrap();
    for options in forms() {
        let (written, copied) = (folder.path().join("written"), folder.path().join("copied"));
        let (mut model, mut tree) = (Model::new(), Tree::new());
        change(1, &mut model, &mut tree);
        build(&tree, options.clone(), &written);
        for session in 2..=3 {
            fs::copy(&written, &copied).unwrap();
            let old = list_file_system(&written, FileSystem::Udf);
            let growing = GrowingImage::open(&written).unwrap();
            let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
            change(session, &mut model, &mut imported.tree);
            let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
            let plan = LayoutPlan::new(&imported.tree, options).unwrap();
            let ranges = growing.modified(&plan).unwrap();
            let mut found = Vec::new();
            copy(&growing.image(&plan).unwrap(), &ranges, &copied, &mut || {
                found.push(list_file_system(&copied, FileSystem::Udf));
            });
            growing.write(&plan, &Control::default()).unwrap();
            let (name, new) = (name_of(plan.options()), list_file_system(&written, FileSystem::Udf));
            assert!(fs::read(&copied).unwrap() == fs::read(&written).unwrap(), "{name}, session {session}");
            assert!(new != old && found.last() == Some(&new), "{name}");
            assert!(found.iter().all(|found| *found == old || *found == new), "{name}");
            // All of the session is there before anything tells of it.
            assert_eq!(
                found[ranges.iter().position(|range| *range == plan.extent()).unwrap()],
                old,
                "{name}"
            );
        }
        fs::remove_file(&written).unwrap();
    }
}

#[test]
fn of_a_medium() {
    let folder = tempfile::tempdir().unwrap();
    for medium in ["dvd+rw", "bd-re", "dvd+r", "bd-r"] {
        let (path, copied) = (folder.path().join(medium), folder.path().join("copied"));
        let drive: DriveName = format!("sim:{medium}:{}", path.display()).parse().unwrap();
        let (mut model, mut first) = (Model::new(), Tree::new());
        change(1, &mut model, &mut first);
        for session in 1..=2 {
            let disc = GrowingDisc::open(OpenDrive::open(&drive).unwrap()).unwrap();
            let (tree, options) = match disc.is_blank() {
                true => (first.clone(), PlanOptions::default()),
                false => {
                    let mut imported = disc.import(&ImportOptions::default(), &Control::default()).unwrap();
                    change(session, &mut model, &mut imported.tree);
                    let options = imported.plan_options();
                    (imported.tree, options)
                }
            };
            let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options }).unwrap();
            let ranges = disc.modified(&plan).unwrap();
            let whole = plan.extent();
            let within = |range: &&Extent| whole.contains(range.start);
            let sectors: u32 = ranges.iter().filter(within).map(|range| range.len.get()).sum();
            assert_eq!(sectors, whole.len.get(), "{medium}: {ranges:?}");
            // On media with a head, what tells of the session comes behind it.
            let own = ranges.iter().position(|range| range.start == whole.start).unwrap();
            let last = ranges.iter().position(|range| range.end() == whole.end()).unwrap();
            assert_eq!(own > last, ["dvd+rw", "bd-re"].contains(&medium), "{medium}: {ranges:?}");
            fs::copy(&path, &copied).unwrap();
            copy(&disc.image(&plan).unwrap(), &ranges, &copied, &mut || {});
            disc.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
            let (copied, written) = (fs::read(&copied).unwrap(), fs::read(&path).unwrap());
            // What the drive writes around a session is its own.
            for range in ranges {
                let bytes = range.start.byte_offset() as usize..range.end().unwrap().byte_offset() as usize;
                assert!(copied[bytes.clone()] == written[bytes], "{medium}: {range:?}");
            }
        }
    }
}
