//! HFS+ in a plan: what it records, what it cannot keep, and where it cannot be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;

use fsimage::{
    BootImage, BootLoss, BootOptions, BootPlatform, BootSource, Control, DeviceNumber, Disc, Error,
    FileSystem, FileSystems, HfsPlusBlessings, HfsPlusOptions, HfsPlusType, HybridOptions, ImportOptions,
    Item, ItemOptions, LayoutPlan, Losses, MemorySectors, NodeId, Notice, PartitionContent, PartitionOptions,
    Place, PlanOptions, ReadSectors, Sector, Timestamp, Tree, WriterSink, import,
};
use hfsplus::btree::{HeaderRecord, Node};
use hfsplus::catalog::{CatalogFile, CatalogKey, CatalogRecord};
use hfsplus::{CatalogNodeId, VolumeHeader, decode_name};

const ALL: FileSystems = FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE).union(FileSystems::HFS_PLUS);

fn add(tree: &mut Tree, path: impl AsRef<[u8]>, item: Item<'_>) -> NodeId {
    let modified = Some(Timestamp::from_unix(1_000_000_000));
    tree.add(path, item, &ItemOptions { modified, ..ItemOptions::default() }).unwrap()
}

fn file(tree: &mut Tree, path: impl AsRef<[u8]>) -> NodeId {
    add(tree, path, Item::Bytes(b"content".as_slice().into()))
}

fn options() -> PlanOptions {
    PlanOptions {
        file_systems: ALL,
        created: Some(Timestamp::from_unix(1_700_000_000)),
        ..PlanOptions::default()
    }
}

fn written(tree: &Tree, options: PlanOptions) -> Vec<u8> {
    let plan = LayoutPlan::new(tree, options).unwrap();
    let mut image = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    image
}

/// A volume: its first sector, its header, and the records of its catalog but threads.
struct Volume {
    start: u32,
    header: VolumeHeader,
    records: BTreeMap<(CatalogNodeId, String), CatalogRecord>,
}

impl Volume {
    /// Reads the one whose segments a plan has.
    fn of(plan: &LayoutPlan<'_>) -> Volume {
        let segment = |label: &str| plan.segments().find(|segment| segment.label == label).unwrap().start;
        let (start, end) = (segment("HFS+ volume header"), segment("HFS+ alternate volume header") + 1);
        let image = plan.image();
        let read = |sector: u32, count: u32| {
            let mut bytes = vec![0; count as usize * 2048];
            image.read_sectors(Sector::new(sector), &mut bytes).unwrap();
            bytes
        };
        let header = VolumeHeader::parse(&read(start, 1)[1024..]).unwrap();
        assert_eq!(VolumeHeader::parse(&read(end - 1, 1)[1024..]).unwrap(), header);
        assert_eq!(header.total_blocks, end - start);
        let catalog = header.catalog_file.extents[0];
        let catalog = read(start + catalog.start_block, catalog.block_count);
        let node = |number: u32| Node::parse(&catalog[number as usize * 8192..][..8192]).unwrap();
        let tree = HeaderRecord::parse(node(0).record(0).unwrap()).unwrap().1;
        let mut records = BTreeMap::new();
        let mut at = tree.first_leaf_node;
        while at != 0 {
            for record in node(at).records() {
                let (data, key) = CatalogKey::parse(record).unwrap();
                let record = CatalogRecord::parse(data).unwrap();
                if !matches!(record, CatalogRecord::Thread(_)) {
                    records.insert((key.parent_id, decode_name(&key.node_name)), record);
                }
            }
            at = node(at).descriptor.forward_link;
        }
        Volume { start, header, records }
    }

    fn file(&self, parent: CatalogNodeId, name: &str) -> CatalogFile {
        match &self.records[&(parent, name.to_owned())] {
            CatalogRecord::File(file) => *file,
            other => panic!("{name}: {other:?}"),
        }
    }

    fn folder(&self, parent: CatalogNodeId, name: &str) -> CatalogNodeId {
        match &self.records[&(parent, name.to_owned())] {
            CatalogRecord::Folder(folder) => folder.folder_id,
            other => panic!("{name}: {other:?}"),
        }
    }
}

const ROOT: CatalogNodeId = CatalogNodeId::ROOT_FOLDER;

#[test]
fn an_item_has_the_name_that_is_its_own_there() {
    let mut tree = Tree::new();
    let node = file(&mut tree, "/elsewhere");
    tree.set_name_in(node, FileSystem::HfsPlus, "here").unwrap();
    let volume = Volume::of(&LayoutPlan::new(&tree, options()).unwrap());
    volume.file(ROOT, "here");
    assert!(!volume.records.contains_key(&(ROOT, "elsewhere".to_owned())));
}

#[test]
fn roles_types_and_the_serial_number_are_recorded() {
    let mut tree = Tree::new();
    let system = add(&mut tree, "/System", Item::Directory);
    let boot = file(&mut tree, "/System/boot.efi");
    let linked = file(&mut tree, "/linked");
    add(&mut tree, "/again", Item::HardLink(linked));
    let types = HfsPlusType { file_type: *b"tbxj", creator: *b"chrp" };
    let wanted = HfsPlusOptions {
        blessed: HfsPlusBlessings {
            boot_folder: Some(system),
            startup_file: Some(boot),
            open_folder: Some(NodeId::ROOT),
            os9_folder: None,
            osx_folder: Some(system),
        },
        types: [(boot, types), (linked, types)].into(),
        serial: Some(0x0123_4567_89ab_cdef),
    };
    let plan = LayoutPlan::new(&tree, PlanOptions { hfs_plus: wanted.clone(), ..options() }).unwrap();
    let volume = Volume::of(&plan);
    let info = volume.header.finder_info;
    let folder = volume.folder(ROOT, "System");
    let recorded = volume.file(folder, "boot.efi");
    assert_eq!((info.boot_folder, info.osx_folder, info.open_folder), (folder, folder, ROOT));
    assert_eq!((info.startup_file, info.os9_folder.0), (recorded.file_id, 0));
    assert_eq!(info.serial, 0x0123_4567_89ab_cdef);
    assert_eq!((recorded.user_info.file_type.0, recorded.user_info.file_creator.0), (*b"tbxj", *b"chrp"));
    assert_eq!(
        recorded.data_fork.extents[0].start_block + volume.start,
        plan.segments().find(|segment| segment.owner.as_deref() == Some("/System/boot.efi")).unwrap().start
    );

    // A file with several names is one file, which has its type and can be started.
    let blessed = HfsPlusBlessings { startup_file: Some(linked), ..HfsPlusBlessings::default() };
    let hfs_plus = HfsPlusOptions { blessed, ..wanted.clone() };
    let volume = Volume::of(&LayoutPlan::new(&tree, PlanOptions { hfs_plus, ..options() }).unwrap());
    let metadata = volume.folder(ROOT, "\0\0\0\0HFS+ Private Data");
    let id = volume.header.finder_info.startup_file;
    let node = volume.file(metadata, &format!("iNode{}", id.0));
    assert_eq!((node.file_id, node.permissions.special, node.user_info.file_type.0), (id, 2, *b"tbxj"));
    assert_eq!(volume.file(ROOT, "again").permissions.special, id.0);

    // What cannot have the role is told.
    let refused = |blessed: HfsPlusBlessings, tree: &Tree| {
        let hfs_plus = HfsPlusOptions { blessed, ..HfsPlusOptions::default() };
        let error = LayoutPlan::new(tree, PlanOptions { hfs_plus, ..options() }).unwrap_err();
        assert!(matches!(error, Error::InvalidArgument { .. }), "{error}");
        error.to_string()
    };
    let wrong = HfsPlusBlessings { boot_folder: Some(boot), ..HfsPlusBlessings::default() };
    assert!(refused(wrong, &tree).contains("/System/boot.efi: it is no folder"));
    tree.hide(system, FileSystems::HFS_PLUS);
    let hidden = HfsPlusBlessings { boot_folder: Some(system), ..HfsPlusBlessings::default() };
    assert!(refused(hidden, &tree).contains("/System: HFS+ does not show it"));
}

#[test]
fn what_cannot_be_kept_is_told() {
    let mut tree = Tree::new();
    for path in [&b"/README"[..], b"/readme", b"/bytes\xff", b"/d/gr\xc3\xbc\xc3\x9fe", b"/a:b"] {
        file(&mut tree, path);
    }
    file(&mut tree, format!("/{}.txt", "\u{e9}".repeat(120)));
    let old = ItemOptions { modified: Some(Timestamp::from_unix(-3_000_000_000)), ..ItemOptions::default() };
    tree.add("/old", Item::Directory, &old).unwrap();
    let device = |major| Item::BlockDevice(DeviceNumber::new(major, 7).unwrap());
    add(&mut tree, "/device", device(259));
    add(&mut tree, "/disk", device(8));
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let without = LayoutPlan::new(&tree, PlanOptions { file_systems, ..options() }).unwrap();
    let plan = LayoutPlan::new(&tree, options()).unwrap();
    let told = |plan: &LayoutPlan<'_>| {
        let mut told = Vec::new();
        plan.visit_notices(&mut |notice| {
            told.push(notice);
            Ok(())
        })
        .unwrap();
        told
    };
    let notices: Vec<String> =
        told(&plan).iter().skip(told(&without).len()).map(ToString::to_string).collect();
    assert_eq!(
        notices,
        [
            "/bytes\u{fffd}: HFS+ records it as \"bytes_\" (characters)",
            "/old: HFS+ cannot record a time of it, 1874-12-07 18:40:00, and has the nearest that it can, 1904-01-01 00:00:01",
            "/readme: HFS+ records it as \"readme~1\" (collision)",
            "/device: HFS+ cannot hold a block device; it is left out there",
        ]
    );
    let (counts, before) = (plan.notice_counts(), without.notice_counts());
    assert_eq!(counts.total() - before.total(), 4);
    let strict = LayoutPlan::new(&tree, PlanOptions { strict: true, ..options() });
    assert!(matches!(strict, Err(Error::Strict { .. })));
    assert!(told(&plan).iter().all(Notice::is_change));
    let disk = Volume::of(&plan).file(ROOT, "disk");
    assert_eq!((disk.permissions.file_mode & 0o170_000, disk.permissions.special), (0o060_000, 8 << 24 | 7));
}

/// A file of 5 GiB lies in one stretch, and nothing of it is read for that.
#[test]
fn a_file_beyond_4_gib_is_one_extent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big");
    std::fs::File::create(&path).unwrap().set_len((5 << 30) + 1).unwrap();
    let mut tree = Tree::new();
    add(&mut tree, "/big", Item::HostFile(&path));
    file(&mut tree, "/behind");
    let plan = LayoutPlan::new(&tree, options()).unwrap();
    let volume = Volume::of(&plan);
    let fork = volume.file(ROOT, "big").data_fork;
    assert_eq!((fork.logical_size, fork.total_blocks), ((5 << 30) + 1, (5 << 19) + 1));
    assert_eq!(fork.extents[0].block_count, (5 << 19) + 1);
    // Only what was left out to begin on an even sector is free.
    let gaps = plan.segments().filter(|one| one.label == "gap beside an aligned file");
    assert_eq!(volume.header.free_blocks, gaps.map(|one| one.sectors).sum::<u32>());
}

#[test]
fn where_it_cannot_be() {
    let mut tree = Tree::new();
    file(&mut tree, "/file");
    let refused = |options: PlanOptions| LayoutPlan::new(&tree, options).unwrap_err().to_string();
    let alone = PlanOptions { file_systems: FileSystems::UDF | FileSystems::HFS_PLUS, ..options() };
    assert!(refused(alone).contains("hfsplus need iso9660"));
    let place = Place { start: Sector::new(1000), ..Place::default() };
    assert!(refused(PlanOptions { place, ..options() }).contains("a further session cannot have HFS+"));
    let hybrid = Some(HybridOptions::apple_hfs_plus());
    let file_systems = FileSystems::ISO9660;
    assert!(
        refused(PlanOptions { hybrid, file_systems, ..options() }).contains("there is no HFS+ in the image")
    );
}

#[test]
fn partition_tables_tell_where_it_lies() {
    let mut tree = Tree::new();
    file(&mut tree, "/file");
    let range = |plan: &LayoutPlan<'_>| {
        let volume = Volume::of(plan);
        (u64::from(volume.start) * 4, u64::from(volume.header.total_blocks) * 4)
    };
    let opened = |image: Vec<u8>| Disc::from_source(Arc::new(MemorySectors::new(image)), "memory").unwrap();
    let area = |options: PlanOptions| opened(written(&tree, options)).system_area(None).unwrap();
    let plain = area(options());
    let found = &plain.apple[plain.apple.len() - 1];
    assert_eq!(found.partition_type, "Apple_HFS");
    assert_eq!((found.start, found.blocks), range(&LayoutPlan::new(&tree, options()).unwrap()));
    assert_eq!((plain.mbr.len(), plain.gpt.is_none()), (0, true));

    let hybrid = HybridOptions {
        apple_partition_map: true,
        partitions: vec![PartitionOptions::hfs_plus()],
        ..HybridOptions::default()
    };
    let in_both = PlanOptions { hybrid: Some(hybrid), ..options() };
    let both = area(in_both.clone());
    let range = range(&LayoutPlan::new(&tree, in_both).unwrap());
    let entry = &both.gpt.unwrap().partitions[0];
    assert_eq!((entry.type_name, entry.start, entry.blocks), (Some("Apple HFS+"), range.0, range.1));
    let last = &both.apple[both.apple.len() - 1];
    assert_eq!((last.start, last.blocks), range);
}

/// An import does not read HFS+. A new image has it if it is asked for, in the partition that was there.
#[test]
fn a_remastered_image_has_it_again_where_that_is_asked_for() {
    let mut tree = Tree::new();
    file(&mut tree, "/file");
    let hybrid = HybridOptions {
        apple_partition_map: true,
        partitions: vec![PartitionOptions::hfs_plus()],
        ..HybridOptions::default()
    };
    let image = written(&tree, PlanOptions { hybrid: Some(hybrid), ..options() });
    let disc = Disc::from_source(Arc::new(MemorySectors::new(image)), "memory").unwrap();
    let mut imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
    (0..50).for_each(|number| {
        file(&mut imported.tree, format!("/added{number}"));
    });
    let tree = &mut imported.tree;
    let mut options = PlanOptions { imported: fsimage::ImportedContent::Copied, ..self::options() };
    options.file_systems -= FileSystems::HFS_PLUS;
    let refused = imported.boot.put_into(tree, &mut options.clone(), Losses::Refuse);
    assert!(refused.unwrap_err().to_string().contains("it has a file system of HFS"));

    options.file_systems |= FileSystems::HFS_PLUS;
    assert_eq!(imported.boot.put_into(tree, &mut options, Losses::Refuse).unwrap(), []);
    let plan = LayoutPlan::new(tree, options.clone()).unwrap();
    let volume = Volume::of(&plan);
    assert_eq!(volume.header.file_count, 51);
    let after = Disc::from_source(Arc::new(MemorySectors::new(written(tree, options))), "memory").unwrap();
    let area = after.system_area(None).unwrap();
    let expected = (u64::from(volume.start) * 4, u64::from(volume.header.total_blocks) * 4);
    let entry = &area.gpt.unwrap().partitions[0];
    assert_eq!((entry.start, entry.blocks), expected);
    let last = &area.apple[area.apple.len() - 1];
    assert_eq!((last.start, last.blocks), expected);
}

/// Options of an image that boots by a file: a partition of its own beside the volume of HFS+, in GPT and Apple partition map.
fn with_boot_partition(efi: NodeId, volume: PartitionOptions) -> PlanOptions {
    let image = BootImage::new(BootSource::File(efi), BootPlatform::EFI);
    let boot = BootOptions { images: vec![image], ..BootOptions::default() };
    let system = PartitionOptions::efi_system(PartitionContent::BootImage(0));
    let system = PartitionOptions { apple_type: Some("Apple_HFS".to_owned()), ..system };
    let hybrid = HybridOptions {
        apple_partition_map: true,
        partitions: vec![system, volume],
        ..HybridOptions::default()
    };
    let mut options = PlanOptions { boot: Some(boot), hybrid: Some(hybrid), ..options() };
    options.pad_for_loaders();
    options
}

/// Firmware takes no GPT with partitions that overlap: a boot image that is one lies before the volume of HFS+ that is
/// another, which leaves it out. So it stays when the image is made anew, as often as that is.
#[test]
fn a_boot_image_that_is_a_partition_lies_before_the_volume() {
    let mut tree = Tree::new();
    let first = file(&mut tree, "/a");
    tree.set_weight(first, i32::MAX);
    let efi = add(&mut tree, "/efi.img", Item::Bytes(vec![7; 3_000_000].into()));
    add(&mut tree, "/linked.img", Item::HardLink(efi));
    let hidden = add(&mut tree, "/hidden.img", Item::HardLink(efi));
    tree.hide(hidden, FileSystems::HFS_PLUS);
    file(&mut tree, "/z");

    let options = with_boot_partition(efi, PartitionOptions::hfs_plus());
    let plan = LayoutPlan::new(&tree, options.clone()).unwrap();
    let mut notices = Vec::new();
    plan.visit_notices(&mut |notice| {
        notices.push(notice);
        Ok(())
    })
    .unwrap();
    let outside = ["/efi.img", "/linked.img"].map(|path| Notice::LiesOutside { path: path.to_owned() });
    assert_eq!((notices, plan.notice_counts().dropped), (outside.to_vec(), 2));

    let check = |plan: &LayoutPlan<'_>, image: &[u8]| {
        let volume = Volume::of(plan);
        let names: Vec<_> = volume.records.keys().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names[names.len() - 2..], ["a", "z"], "{names:?}");
        let listed = volume.file(ROOT, "z").data_fork.extents[0].start_block;
        assert_eq!(image[(volume.start + listed) as usize * 2048..][..7], *b"content");
        let disc = Disc::from_source(Arc::new(MemorySectors::new(image.to_vec())), "memory").unwrap();
        let area = disc.system_area(None).unwrap();
        let gpt = area.gpt.unwrap().partitions;
        let apple = &area.apple[area.apple.len() - 2..];
        let volume = (u64::from(volume.start) * 4, u64::from(volume.header.total_blocks) * 4);
        assert_eq!(gpt[0].boot_image, Some(1));
        assert!(gpt[0].start + gpt[0].blocks <= volume.0);
        assert_eq!((gpt[1].start, gpt[1].blocks), volume);
        assert_eq!((apple[0].start, apple[0].blocks), (gpt[0].start, gpt[0].blocks));
        assert_eq!((apple[1].start, apple[1].blocks), volume);
        assert_eq!(image[gpt[0].start as usize * 512..][..3_000_000], [7; 3_000_000]);
    };
    let mut image = written(&tree, options);
    check(&plan, &image);
    for _ in 0..3 {
        let disc = Disc::from_source(Arc::new(MemorySectors::new(image.clone())), "memory").unwrap();
        let mut imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
        let mut options = PlanOptions { imported: fsimage::ImportedContent::Copied, ..self::options() };
        assert_eq!(imported.boot.put_into(&mut imported.tree, &mut options, Losses::Refuse).unwrap(), []);
        imported.tree.hide(imported.tree.lookup("/hidden.img").unwrap(), FileSystems::HFS_PLUS);
        let after = written(&imported.tree, options.clone());
        check(&LayoutPlan::new(&imported.tree, options).unwrap(), &after);
        assert_eq!(after.len(), image.len());
        image = after;
    }
}

/// Where no table has both, the volume has all files.
#[test]
fn a_boot_image_in_another_table_than_the_volume_lies_in_it() {
    let mut tree = Tree::new();
    let efi = file(&mut tree, "/efi.img");
    let mut options =
        with_boot_partition(efi, PartitionOptions { gpt_type: None, ..PartitionOptions::hfs_plus() });
    options.hybrid.as_mut().unwrap().partitions[0].apple_type = None;
    let plan = LayoutPlan::new(&tree, options).unwrap();
    assert_eq!(plan.notice_counts().total(), 0);
    Volume::of(&plan).file(ROOT, "efi.img");
}

/// What the old volume had blessed, the new one has, also where it was moved to; what cannot be is told.
#[test]
fn a_remastered_image_has_the_same_blessed() {
    let mut tree = Tree::new();
    let core = add(&mut tree, "/System/Gr\u{fc}n:/Core", Item::Directory);
    let startup = file(&mut tree, "/System/boot.efi");
    let open = add(&mut tree, "/open", Item::Directory);
    (0..400).for_each(|number| {
        file(&mut tree, format!("/{}/file{number}", number % 40));
    });
    let blessed = HfsPlusBlessings {
        boot_folder: Some(core),
        startup_file: Some(startup),
        open_folder: Some(open),
        os9_folder: None,
        osx_folder: Some(NodeId::ROOT),
    };
    let hfs_plus = HfsPlusOptions { blessed, ..HfsPlusOptions::default() };
    let mut image = written(&tree, PlanOptions { hfs_plus, ..options() });
    let read = |image: &[u8]| {
        let disc = Disc::from_source(Arc::new(MemorySectors::new(image.to_vec())), "memory").unwrap();
        import(&disc, &ImportOptions::default(), &Control::default()).unwrap()
    };
    let new = PlanOptions { imported: fsimage::ImportedContent::Copied, ..options() };

    let mut imported = read(&image);
    let tree = &mut imported.tree;
    let [system, core, open] =
        ["/System", "/System/Gr\u{fc}n:/Core", "/open"].map(|at| tree.lookup(at).unwrap());
    tree.remove(open).unwrap();
    tree.move_to(system, NodeId::ROOT, "Moved").unwrap();
    let refused = imported.boot.put_into(tree, &mut new.clone(), Losses::Refuse).unwrap_err().to_string();
    assert!(refused.contains("open folder of HFS+: what had it is removed"), "{refused}");
    let mut options = new.clone();
    let lost = imported.boot.put_into(tree, &mut options, Losses::Accept).unwrap();
    assert!(matches!(lost[..], [BootLoss::Blessing { role: "open folder of HFS+", .. }]), "{lost:?}");
    let kept = HfsPlusBlessings {
        boot_folder: Some(core),
        startup_file: tree.lookup("/Moved/boot.efi"),
        osx_folder: Some(NodeId::ROOT),
        ..HfsPlusBlessings::default()
    };
    assert_eq!(options.hfs_plus.blessed, kept);
    let volume = Volume::of(&LayoutPlan::new(tree, options).unwrap());
    assert_eq!(volume.header.finder_info.osx_folder, ROOT);

    // What is said is not looked for in the old volume.
    let mut options = new.clone();
    options.hfs_plus.blessed.open_folder = Some(core);
    assert_eq!(imported.boot.put_into(tree, &mut options, Losses::Refuse).unwrap(), []);
    assert_eq!(options.hfs_plus.blessed, HfsPlusBlessings { open_folder: Some(core), ..kept });

    // A volume of HFS, which has them twelve bytes further on, and is not read.
    let header = image.chunks(512).position(|block| block.starts_with(b"H+\0\x04")).unwrap() * 512;
    image[header..header + 2].copy_from_slice(b"BD");
    image[header + 92..header + 124].fill(0);
    image[header + 95] = 18;
    let mut imported = read(&image);
    let lost = imported.boot.put_into(&mut imported.tree, &mut new.clone(), Losses::Accept).unwrap();
    assert!(matches!(lost[..], [BootLoss::Blessing { role: "boot folder of HFS+", .. }]), "{lost:?}");
}

#[test]
fn the_same_tree_gives_the_same_bytes() {
    let image = |order: &[u32]| {
        let mut tree = Tree::new();
        for number in order {
            file(&mut tree, format!("/{}/File{number}", number % 7));
            file(&mut tree, format!("/{}/file{number}", number % 7));
        }
        let root = tree.lookup("/0/File0").unwrap();
        add(&mut tree, "/linked", Item::HardLink(root));
        written(&tree, options())
    };
    let ascending: Vec<u32> = (0..300).collect();
    let descending: Vec<u32> = (0..300).rev().collect();
    assert!(image(&ascending) == image(&descending));
}

/// HFS+ has hard links of files only: of a symbolic link with two names it makes two, and says so.
#[test]
fn names_of_a_symbolic_link_are_parted() {
    let mut tree = Tree::new();
    let link = add(&mut tree, "/link", Item::Symlink(b"target"));
    add(&mut tree, "/again", Item::HardLink(link));
    add(&mut tree, "/other", Item::Symlink(b"target"));
    let plan = LayoutPlan::new(&tree, options()).unwrap();
    let mut told = Vec::new();
    plan.visit_notices(&mut |notice| {
        told.push(notice.to_string());
        Ok(())
    })
    .unwrap();
    told.sort();
    let of = |name: &str| {
        format!("/{name}: HFS+ has no hard links of a symbolic link; it is an item of its own there")
    };
    assert_eq!(told, [of("again"), of("link")]);
    assert_eq!((plan.notice_counts().links_parted, plan.notice_counts().total()), (2, 2));
    let volume = Volume::of(&plan);
    assert_eq!(volume.header.file_count, 3);
}
