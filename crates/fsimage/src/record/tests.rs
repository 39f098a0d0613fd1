//! What is told of media, and what stands against making them.

use std::path::Path;

use super::*;
use crate::{Control, Item, ItemOptions, LayoutPlan, PlanOptions, Tree};

fn open(kind: MediumKind, path: &Path) -> Result<OpenDrive> {
    OpenDrive::open(&DriveName::Simulated { kind: Some(kind), path: path.to_owned() })
}

/// A tree with one file of `sectors` sectors.
fn one_file(sectors: u32) -> Tree {
    let mut tree = Tree::new();
    let content = vec![7u8; sectors as usize * 2048];
    tree.add("/file", Item::Bytes(content.into()), &ItemOptions::default()).unwrap();
    tree
}

/// Burns a session with one file of `sectors` sectors.
fn burn(kind: MediumKind, path: &Path, sectors: usize) -> Burnt {
    let disc = GrowingDisc::open(open(kind, path).unwrap()).unwrap();
    let tree = one_file(sectors as u32);
    let options = PlanOptions { place: disc.place(), ..PlanOptions::default() };
    let plan = LayoutPlan::new(&tree, options).unwrap();
    disc.write(&plan, &BurnOptions::default(), &Control::default()).unwrap()
}

#[test]
fn every_medium_that_can_be_made_can_be_recorded() {
    for kind in MediumKind::ALL {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        burn(kind, &path, 40);
        burn(kind, &path, 40);
        let disc = open(kind, &path).unwrap().disc().unwrap();
        assert_eq!(disc.sessions().len(), 2, "{kind}");
    }
}

#[test]
fn a_drive_tells_what_it_can_do() {
    for kind in MediumKind::ALL {
        let folder = tempfile::tempdir().unwrap();
        let told = open(kind, &folder.path().join("disc")).unwrap().describe().unwrap();
        let abilities = &told.abilities;
        assert_eq!(abilities.profiles.len(), 16, "{kind}");
        let current: Vec<_> = abilities.profiles.iter().filter(|one| one.current).collect();
        assert_eq!((current.len(), &current[0].name), (1, &told.medium.profile), "{kind}");
        let feature = |number| abilities.features.iter().find(|one| one.number == number).unwrap();
        assert!(feature(0x0003).persistent && feature(0x0003).current, "{kind}");
        assert_eq!(feature(0x002D).current, matches!(kind, MediumKind::CdR | MediumKind::CdRw), "{kind}");
        let pages: Vec<_> = abilities.mode_pages.iter().map(|page| page.number).collect();
        assert_eq!(pages, [0x01, 0x05, 0x0E, 0x2A], "{kind}");
        let page = abilities.capabilities.as_ref().unwrap();
        assert_eq!(page.writes, ["CD-R", "CD-RW", "DVD-R", "DVD-RAM"], "{kind}");
        assert_eq!((page.mechanism, page.buffer_kib), ("tray", 4096), "{kind}");
        assert!(!told.medium.write_speeds.is_empty(), "{kind}");
    }
}

#[test]
fn free_is_what_lies_behind_the_newest_session() {
    for kind in MediumKind::ALL {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        let mut before = open(kind, &path).unwrap().describe().unwrap().medium;
        for sectors in [200, 1000, 3] {
            let burnt = burn(kind, &path, sectors);
            let now = open(kind, &path).unwrap().describe().unwrap().medium;
            assert_eq!(before.next_writable, i32::try_from(burnt.start.get()).ok(), "{kind}");
            let next = now.next_writable.unwrap();
            let used = u32::try_from(next - before.next_writable.unwrap()).unwrap();
            assert!(used >= burnt.sectors, "{kind}: {used}");
            // Formatting a BD may take spare areas from it.
            let spares = before.capacity - now.capacity;
            assert_eq!(before.free - now.free, used + spares, "{kind}");
            before = now;
        }
    }
}

#[test]
fn what_is_free_can_be_recorded_to_the_last_unit_and_no_more() {
    for kind in MediumKind::ALL {
        for earlier in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("disc");
            // Small, but with room for the gaps between the sessions of a DVD-R or CD.
            SimulatedDrive::create_with_capacity(&path, kind, 32_000)
                .and_then(SimulatedDrive::close)
                .unwrap();
            if earlier {
                burn(kind, &path, 40);
            }
            let drive = open(kind, &path).unwrap();
            let medium = drive.describe().unwrap().medium;
            let disc = GrowingDisc::open(drive).unwrap();
            let place = disc.place();
            let options = || PlanOptions { place, ..PlanOptions::default() };
            let available = place.available.unwrap().get();
            assert_eq!(medium.free, available, "{kind}, {earlier}");
            let overhead = LayoutPlan::new(&one_file(1000), options()).unwrap().extent().len.get() - 1000;

            let unit = medium.write_unit;
            let most = available / unit * unit - overhead.next_multiple_of(unit);
            let tree = one_file(most + 2 * unit);
            let too_big = LayoutPlan::new(&tree, options()).err().unwrap();
            assert_eq!(too_big.imapi2().name, "IMAPI_E_IMAGE_TOO_BIG", "{kind}, {earlier}");
            let tree = one_file(most);
            let plan = LayoutPlan::new(&tree, options()).unwrap();
            assert!(available - plan.extent().len.get() < 2 * unit, "{kind}, {earlier}");
            disc.write(&plan, &BurnOptions::default(), &Control::default())
                .unwrap_or_else(|error| panic!("{kind}, {earlier}: {error}"));
            let after = open(kind, &path).unwrap().describe().unwrap().medium;
            assert!(after.free < 2 * unit, "{kind}, {earlier}: {}", after.free);
        }
    }
}

#[test]
fn nothing_is_free_on_what_cannot_be_continued() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc");
    burn(MediumKind::DvdPlusRw, &path, 40);
    // Something else than a file system that is known here.
    let mut image = std::fs::read(&path).unwrap();
    image[..64 * 2048].fill(0x55);
    std::fs::write(&path, image).unwrap();
    let medium = open(MediumKind::DvdPlusRw, &path).unwrap().describe().unwrap().medium;
    assert_eq!((medium.next_writable, medium.free), (None, 0));
    assert_eq!(medium.capacity, 2_295_104);
}

#[test]
fn a_state_file_left_behind_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.disc");
    create_simulated_medium(&path, MediumKind::BdR).unwrap();
    std::fs::remove_file(&path).unwrap();
    let error = open(MediumKind::BdR, &path).err().unwrap().to_string();
    assert!(error.contains("demo.disc.medium") && error.contains("remove it too"), "{error}");
    assert!(!path.exists());
}
