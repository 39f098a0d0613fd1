//! Volume partitions (ECMA-119 8.6) in images that are made of others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use fsimage::{
    BootLoss, Control, Disc, Error, FileSystems, GrowingImage, ImportOptions, Imported, Item, ItemOptions,
    LayoutPlan, Losses, MemorySectors, PlanOptions, Tree, VolumePartition, VolumePartitionSummary,
    WriterSink, import,
};
use iso9660::LogicalBlock;
use iso9660::volume::VolumePartitionDescriptor;
use sector_io::SectorCount;

const SECTOR: usize = 2048;

/// Sectors behind all files in an image, in which partitions can lie.
const FREE: u32 = 100;

/// A partition by name, first sector and sectors.
type Asked<'a> = (&'a str, u32, u32);

fn tree() -> Tree {
    let mut tree = Tree::new();
    for name in ["dir/a", "dir/b", "c"] {
        tree.add(name, Item::Bytes(name.repeat(3000).into_bytes().into()), &ItemOptions::default()).unwrap();
    }
    tree
}

fn written(tree: &Tree, options: PlanOptions) -> Vec<u8> {
    let plan = LayoutPlan::new(tree, options).unwrap();
    let mut image = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    image
}

fn opened(image: &[u8]) -> Disc {
    Disc::from_source(Arc::new(MemorySectors::new(image.to_vec())), "memory").unwrap()
}

fn imported(image: &[u8]) -> Imported {
    import(&opened(image), &ImportOptions::default(), &Control::default()).unwrap()
}

fn partition((name, start, sectors): Asked<'_>) -> VolumePartition {
    let field = |text: &str| format!("{text:<32}").into_bytes().try_into().unwrap();
    let descriptor = VolumePartitionDescriptor {
        version: 1,
        system_identifier: field("A SYSTEM"),
        volume_partition_identifier: field(name),
        location: LogicalBlock::new(start),
        size: sectors,
        system_use: [0x77; 1960],
    };
    VolumePartition { descriptor, content: None }
}

/// An image with that many partitions, which has no two equal free sectors, and where those begin.
fn crafted(file_systems: FileSystems, partitions: &[Asked<'_>]) -> (Vec<u8>, u32) {
    let mut options = PlanOptions {
        file_systems,
        volume_partitions: partitions.iter().map(|&asked| partition(asked)).collect(),
        ..PlanOptions::default()
    };
    options.place.end_padding = SectorCount::new(FREE);
    let mut image = written(&tree(), options);
    let free = (image.len() / SECTOR) as u32 - FREE;
    for (number, sector) in image.chunks_exact_mut(SECTOR).enumerate().skip(free as usize) {
        sector.fill(0xA5);
        sector[..8].copy_from_slice(&(number as u64).to_le_bytes());
    }
    (image, free)
}

fn remastered(imported: &mut Imported, policy: Losses) -> Result<(Vec<u8>, Vec<BootLoss>), Error> {
    let mut options = imported.new_image_options();
    let lost = imported.boot.put_into(&mut imported.tree, &mut options, policy)?;
    Ok((written(&imported.tree, options), lost))
}

/// The partitions of an image by name.
fn partitions(image: &[u8]) -> Vec<(String, VolumePartitionSummary)> {
    let summary = opened(image).describe(None).unwrap();
    let found = summary.descriptors.into_iter();
    found.filter_map(|descriptor| Some((descriptor.identifier, descriptor.partition?))).collect()
}

fn content<'a>(image: &'a [u8], partition: &VolumePartitionSummary) -> &'a [u8] {
    &image[partition.start as usize * SECTOR..][..partition.sectors as usize * SECTOR]
}

/// Where the content lies of the file of that path.
fn place_of(image: &[u8], path: &str) -> (u32, u32) {
    let bytes = path.repeat(3000).into_bytes();
    let mut sectors = image.chunks_exact(SECTOR);
    (
        sectors.position(|sector| bytes.starts_with(sector)).unwrap() as u32,
        bytes.len().div_ceil(SECTOR) as u32,
    )
}

fn others_read(image: &[u8], names: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    std::fs::write(&path, image).unwrap();
    for (peer, before, behind) in
        [("isoinfo", &["-f", "-i"][..], &[][..]), ("xorriso", &["-indev"], &["-find", "/"])]
    {
        let Some(peer) = peers::require(peer) else { continue };
        let (before, behind) = (before.iter().map(AsRef::as_ref), behind.iter().map(AsRef::as_ref));
        let arguments: Vec<_> = before.chain([path.as_os_str()]).chain(behind).collect();
        let printed = peers::run(peer.path(), &arguments).unwrap().success("reading").unwrap();
        let printed = String::from_utf8_lossy(&printed).to_lowercase();
        names.iter().for_each(|name| assert!(printed.contains(name), "{name} in {printed}"));
    }
}

/// The descriptor is the same but for the place, and there is what lay in the partition.
#[test]
fn what_no_directory_knows_follows_into_a_new_image() {
    let default = PlanOptions::default().file_systems;
    for file_systems in [default, default | FileSystems::UDF] {
        let free = crafted(file_systems, &[("P", 0, 0)]).1;
        let (image, _) = crafted(file_systems, &[("P", free + 10, 20)]);
        let before = partitions(&image);
        let mut imported = imported(&image);
        imported.tree.add("new", Item::Bytes(vec![7; 99_999].into()), &ItemOptions::default()).unwrap();
        let (new, lost) = remastered(&mut imported, Losses::Refuse).unwrap();
        assert_eq!(lost, []);
        let after = partitions(&new);
        assert_eq!((after.len(), after[0].1.sectors, &after[0].1.system[..]), (1, 20, "A SYSTEM"));
        assert_ne!(after[0].1.start, before[0].1.start);
        assert!(content(&new, &after[0].1) == content(&image, &before[0].1));
        let expected = [
            &b"\x03CD001\x01\0A SYSTEM                        P                               "[..],
            &after[0].1.start.to_le_bytes(),
            &after[0].1.start.to_be_bytes(),
            &[20, 0, 0, 0, 0, 0, 0, 20, 0x77],
        ]
        .concat();
        let mut descriptors =
            new.chunks_exact(SECTOR).skip(16).filter(|sector| sector.starts_with(b"\x03CD001"));
        assert!(descriptors.next().unwrap().starts_with(&expected) && descriptors.next().is_none());
        let report = opened(&new).verify(None, &Control::default()).unwrap();
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        others_read(&new, &["/dir/a", "/c", "/new"]);
        // And on it goes.
        let (again, _) = remastered(&mut self::imported(&new), Losses::Refuse).unwrap();
        assert!(content(&again, &partitions(&again)[0].1) == content(&image, &before[0].1));
        // Options that say what boots have partitions as well.
        let mut options = imported.new_image_options();
        imported.boot.give_up(&imported.tree, &mut options, Losses::Refuse).unwrap();
        assert_eq!(partitions(&written(&imported.tree, options)).len(), 1);
    }
}

/// A partition that is a file stays that: its content is there once, and may be another.
#[test]
fn a_partition_that_is_a_file_stays_one() {
    let default = PlanOptions::default().file_systems;
    let (start, sectors) = place_of(&crafted(default, &[("P", 0, 0)]).0, "c");
    let (image, _) = crafted(default, &[("P", start, sectors)]);
    let mut kept = imported(&image);
    let (new, _) = remastered(&mut kept, Losses::Refuse).unwrap();
    let found = &partitions(&new)[0].1;
    assert_eq!((found.start, found.sectors), place_of(&new, "c"));

    let mut replaced = imported(&image);
    let options = ItemOptions { replace: true, ..ItemOptions::default() };
    replaced.tree.add("c", Item::Bytes(vec![9; 5000].into()), &options).unwrap();
    let (new, _) = remastered(&mut replaced, Losses::Refuse).unwrap();
    let found = &partitions(&new)[0].1;
    assert_eq!((found.sectors, &content(&new, found)[..5000]), (3, &[9; 5000][..]));

    let mut removed = imported(&image);
    let file = removed.tree.lookup("c").unwrap();
    removed.tree.remove(file).unwrap();
    assert!(matches!(remastered(&mut removed, Losses::Refuse), Err(Error::BootLost { .. })));
    let (new, lost) = remastered(&mut removed, Losses::Accept).unwrap();
    assert!(lost[0].to_string().contains("is removed") && partitions(&new).is_empty(), "{lost:?}");
}

/// What has none of its own sectors, and what is not there.
#[test]
fn partitions_that_cannot_follow_are_told() {
    let default = PlanOptions::default().file_systems;
    let plain = crafted(default, &[("P", 0, 0), ("Q", 0, 0)]);
    let (image, free) = (&plain.0, plain.1);
    let end = free + FREE;
    let (file, sectors) = place_of(image, "dir/b");
    let summary = opened(image).describe(None).unwrap();
    assert_eq!(summary.descriptors.len(), 4);
    let root = u32::from_le_bytes(image[16 * SECTOR + 158..][..4].try_into().unwrap());
    let table = u32::from_le_bytes(image[16 * SECTOR + 140..][..4].try_into().unwrap());
    for (asked, reason) in [
        ((0, end), "volume descriptors lie in it"),
        ((16, 1), "volume descriptors lie in it"),
        ((table, 1), "a path table lies in it"),
        ((root, 1), "a directory lies in it"),
        ((root + 1, 1), "a directory lies in it"),
        ((file, sectors - 1), "a file lies in it"),
        ((file, sectors + 1), "a file lies in it"),
        ((file + 1, 1), "a file lies in it"),
        ((free - 1, 2), "a file lies in it"),
        ((end - 1, 2), "pass the end of the image"),
        ((end, 1), "pass the end of the image"),
        ((u32::MAX, u32::MAX), "pass the end of the image"),
        ((free, u32::MAX), "pass the end of the image"),
        ((free + 4, 4), "\"Q\" has some of its sectors"),
    ] {
        let (start, sectors) = asked;
        let (image, _) = crafted(default, &[("Q", free, 5), ("P", start, sectors)]);
        let refused = remastered(&mut imported(&image), Losses::Refuse).unwrap_err();
        assert!(matches!(refused, Error::BootLost { .. }), "{refused}");
        let (new, lost) = remastered(&mut imported(&image), Losses::Accept).unwrap();
        let [BootLoss::VolumePartition { identifier, reason: told }] = &lost[..] else { panic!("{lost:?}") };
        assert!(identifier == "P" && told.contains(reason), "{asked:?}: {told}");
        let left = partitions(&new);
        assert!(matches!(&left[..], [(name, found)] if name == "Q" && found.sectors == 5), "{left:?}");
    }
    // Where directories lie is not known.
    let (mut image, _) = crafted(default, &[("P", free, 5)]);
    image[16 * SECTOR + 140..][..4].copy_from_slice(&(end + 1000).to_le_bytes());
    let (_, lost) = remastered(&mut imported(&image), Losses::Accept).unwrap();
    assert!(lost[0].to_string().contains("a path table cannot be read"), "{lost:?}");
    // UDF alone has no such descriptors.
    let (image, _) = crafted(default, &[("P", free, 5)]);
    let mut imported = imported(&image);
    let mut options = PlanOptions { file_systems: FileSystems::UDF, ..imported.new_image_options() };
    let lost = imported.boot.put_into(&mut imported.tree, &mut options, Losses::Accept).unwrap();
    assert!(lost[0].to_string().contains("no ISO 9660 is written"), "{lost:?}");
}

/// Two names of one place stay that, and an empty partition stays empty.
#[test]
fn partitions_of_the_same_sectors_share_them() {
    let default = PlanOptions::default().file_systems;
    let free = crafted(default, &[("P", 0, 0); 3]).1;
    let (image, _) = crafted(default, &[("P", free + 3, 50), ("Q", free + 3, 50), ("EMPTY", 5, 0)]);
    let (new, lost) = remastered(&mut imported(&image), Losses::Refuse).unwrap();
    assert_eq!(lost, []);
    let found = partitions(&new);
    assert_eq!((found.len(), &found[0].1), (3, &found[1].1));
    assert!(content(&new, &found[0].1) == &image[(free as usize + 3) * SECTOR..][..50 * SECTOR]);
    assert_eq!((found[2].1.start, found[2].1.sectors), (5, 0));
}

/// In a further session everything stays where it is.
#[test]
fn a_further_session_has_them_where_they_are() {
    let default = PlanOptions::default().file_systems;
    let free = crafted(default, &[("P", 0, 0)]).1;
    let (image, _) = crafted(default, &[("P", free, 7)]);
    let folder = tempfile::tempdir().unwrap();
    let path: &Path = &folder.path().join("image.iso");
    std::fs::write(path, &image).unwrap();
    let control = Control::default();
    let growing = GrowingImage::open(path).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &control).unwrap();
    imported.tree.add("new", Item::Bytes(b"new".as_slice().into()), &ItemOptions::default()).unwrap();
    let mut options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let lost = imported.boot.put_into(&mut imported.tree, &mut options, Losses::Refuse).unwrap();
    assert_eq!(lost, []);
    growing.write(&LayoutPlan::new(&imported.tree, options).unwrap(), &control).unwrap();
    let grown = std::fs::read(path).unwrap();
    assert_eq!(partitions(&grown), partitions(&image));
    assert!(content(&grown, &partitions(&grown)[0].1) == content(&image, &partitions(&image)[0].1));
}

/// A new partition: of a file, and of a content in no directory.
#[test]
fn new_partitions_are_made() {
    let mut tree = tree();
    let hidden = tree.add_content(Item::Bytes(vec![3; 3000].into())).unwrap();
    let none = tree.add_content(Item::Bytes(Vec::new().into())).unwrap();
    let of = |content| VolumePartition { content: Some(content), ..partition(("NEW", 0, 0)) };
    let options = PlanOptions { volume_partitions: vec![of(hidden)], ..PlanOptions::default() };
    let image = written(&tree, options.clone());
    let found = &partitions(&image)[0].1;
    assert_eq!((found.sectors, &content(&image, found)[..3000]), (2, &[3; 3000][..]));
    let labels: Vec<_> = LayoutPlan::new(&tree, options).unwrap().segments().map(|one| one.label).collect();
    assert!(
        labels.contains(&"volume partition") && labels.contains(&"volume partition descriptor"),
        "{labels:?}"
    );
    let empty = PlanOptions { volume_partitions: vec![of(none)], ..PlanOptions::default() };
    assert!(matches!(LayoutPlan::new(&tree, empty), Err(Error::InvalidArgument { .. })));
}
