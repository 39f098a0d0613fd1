//! An image whose partition can be mounted by itself: read from there on, it is the same volume.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use fsimage::{
    Control, DeepDirectories, Disc, Error, FileSystems, HybridOptions, ImportOptions, Item, ItemOptions,
    LayoutPlan, Losses, PartitionOptions, PartitionScheme, PlanOptions, SectorCount, Tree, import,
    write_image,
};
use peers::{Columns, bsdtar, kernel};

/// Deep directories, names that need continuation areas, hard links, links and an empty file.
fn tree() -> Tree {
    let mut tree = Tree::new();
    let options = ItemOptions::default();
    for number in 0..60 {
        let path = format!("/many/{}-{number}", "a name that is long ".repeat(11));
        tree.add(&path, Item::Bytes(vec![number; 3000].into()), &options).unwrap();
    }
    let deep = "/1/2/3/4/5/6/7/8/9/10/file";
    let file = tree.add(deep, Item::Bytes(b"deep".as_slice().into()), &options).unwrap();
    tree.add("/again", Item::HardLink(file), &options).unwrap();
    tree.add("/link", Item::Symlink(b"many"), &options).unwrap();
    tree.add("/empty", Item::Bytes(Vec::new().into()), &options).unwrap();
    tree
}

fn options(offset: u32) -> PlanOptions {
    PlanOptions {
        file_systems: FileSystems::ISO9660
            | FileSystems::ROCK_RIDGE
            | FileSystems::JOLIET
            | FileSystems::ENHANCED,
        deep_directories: DeepDirectories::Relocate,
        hybrid: Some(HybridOptions {
            scheme: PartitionScheme::Mbr,
            partitions: vec![PartitionOptions::image()],
            ..HybridOptions::default()
        }),
        partition_offset: SectorCount::new(offset),
        ..PlanOptions::default()
    }
}

#[test]
fn a_partition_is_the_same_volume() {
    let Some([xorriso, bsdtar]) = peers::require_all(["xorriso", "bsdtar"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let [whole, partition] = ["whole.iso", "partition.iso"].map(|name| folder.path().join(name));
    for offset in [16, 64] {
        let tree = tree();
        let plan = LayoutPlan::new(&tree, options(offset)).unwrap();
        let once = LayoutPlan::new(&tree, PlanOptions { hybrid: None, ..options(0) }).unwrap();
        assert_eq!(plan.notice_counts(), once.notice_counts());
        write_image(&plan, &whole, &Control::default()).unwrap();
        let bytes = fs::read(&whole).unwrap();
        fs::write(&partition, &bytes[offset as usize * 2048..]).unwrap();
        assert_eq!(bytes[446 + 8..446 + 12], (offset * 4).to_le_bytes());

        let columns = Columns::CONTENT | Columns::MODE | Columns::OWNER | Columns::TARGET;
        let read = |image| peers::xorriso::list(&xorriso, image, &[]).unwrap();
        assert_eq!(peers::differences(&read(&whole), &read(&partition), columns), [""; 0]);
        for name_space in [bsdtar::NameSpace::RockRidge, bsdtar::NameSpace::Joliet, bsdtar::NameSpace::Plain]
        {
            let [whole, partition] =
                [&whole, &partition].map(|image| bsdtar::list(&bsdtar, image, name_space).unwrap());
            assert_eq!(peers::differences(&whole, &partition, columns), [""; 0]);
            assert!(partition.len() > 60);
        }
        for image in [&whole, &partition] {
            let disc = Disc::open(image).unwrap();
            assert_eq!(disc.sessions().len(), 1, "the second volume is no session");
        }
        if let Some(tool) = kernel::require() {
            let mounts = ["iso9660", "iso9660:norock"];
            let found = kernel::mount_each(&tool, &[(&whole, &mounts), (&partition, &mounts)], &[]).unwrap();
            for (whole, partition) in found[0].iter().zip(&found[1]) {
                assert!(whole.ok && partition.ok, "{:?} {:?}", whole.issues, partition.issues);
                assert_eq!(peers::differences(&whole.listing, &partition.listing, columns), [""; 0]);
            }
        }
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let tree = tree();
    let refused = |options: PlanOptions| matches!(LayoutPlan::new(&tree, options), Err(Error::InvalidArgument { argument, .. }) if argument == "partition offset");
    assert!(refused(options(15)));
    let with_udf = options(16);
    assert!(refused(PlanOptions { file_systems: with_udf.file_systems | FileSystems::UDF, ..with_udf }));
    let mut later = PlanOptions { hybrid: None, ..options(16) };
    later.place.start = fsimage::Sector::new(100);
    assert!(matches!(LayoutPlan::new(&tree, later), Err(Error::BootConflict { .. })));
}

/// Whether a partition begins with it or not, which in a GPT of xorriso is so at offset 16 only.
#[test]
fn the_second_volume_of_images_of_xorriso_is_kept() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("tree/folder")).unwrap();
    fs::write(at("tree/folder/file"), vec![7; 5000]).unwrap();
    fs::write(at("efi.img"), vec![1; 65_536]).unwrap();
    for (offset, is_gpt) in [(16, false), (16, true), (40, false), (40, true)] {
        let what = format!("offset {offset}, GPT {is_gpt}");
        let offset_text = offset.to_string();
        let mut arguments = vec!["-as", "mkisofs", "-quiet", "-r", "-J", "-partition_offset", &offset_text];
        arguments.extend(["-append_partition", "2", "0xef", "efi.img", "-o", "image.iso", "tree"]);
        arguments.extend(is_gpt.then_some("-appended_part_as_gpt"));
        let made = std::process::Command::new(xorriso.path()).args(&arguments).current_dir(&folder).status();
        assert!(made.unwrap().success());
        let disc = Disc::open(&at("image.iso")).unwrap();
        let mut imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
        let tree = &mut imported.tree;
        tree.add("/folder/new", Item::Bytes(vec![9; 3000].into()), &ItemOptions::default()).unwrap();
        let mut options =
            PlanOptions { imported: fsimage::ImportedContent::Copied, ..PlanOptions::default() };
        options.file_systems |= FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
        let lost = imported.boot.put_into(tree, &mut options, Losses::Refuse).unwrap();
        assert_eq!((lost, options.partition_offset.get()), (vec![], offset), "{what}");
        let plan = LayoutPlan::new(tree, options).unwrap();
        write_image(&plan, &at("again.iso"), &Control::default()).unwrap();
        let bytes = fs::read(at("again.iso")).unwrap();
        fs::write(at("partition.iso"), &bytes[offset as usize * 2048..]).unwrap();
        let read = |name: &str| peers::xorriso::list(&xorriso, &at(name), &[]).unwrap();
        let (whole, partition) = (read("again.iso"), read("partition.iso"));
        assert!(whole.contains_key("/folder/new"));
        assert_eq!(
            peers::differences(&whole, &partition, Columns::CONTENT | Columns::MODE),
            [""; 0],
            "{what}"
        );

        // In the image itself it would show what was there before.
        let mut session = imported.plan_options();
        let lost = imported.boot.put_into(&mut imported.tree, &mut session, Losses::Accept).unwrap();
        assert!(!lost.is_empty(), "{what}");
        assert!(lost.iter().any(|loss| loss.to_string().contains("earlier state")), "{lost:?}");
    }
}
