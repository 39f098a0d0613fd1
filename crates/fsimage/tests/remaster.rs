//! Images made of images: what boots is kept and pointed at its new places.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;
use std::sync::Arc;

use fsimage::{
    AppendedPartition, AppleVolume, BootCode, BootImage, BootLoss, BootOptions, BootPlatform, BootSource,
    CatalogPlace, Control, Disc, Error, FileSystem, FileSystems, GrowingImage, HybridOptions, ImportOptions,
    ImportWarning, Imported, Item, ItemOptions, LayoutPlan, Losses, MemorySectors, NodeId, PartitionContent,
    PartitionOptions, PartitionScheme, PlanOptions, Timestamp, Tree, WriterSink, import,
};
use proptest::prelude::*;

fn bytes(len: usize) -> Arc<[u8]> {
    (0..len as u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<_>>().into()
}

fn add(tree: &mut Tree, path: &str, content: Arc<[u8]>) -> NodeId {
    tree.add(path, Item::Bytes(content), &ItemOptions::default()).unwrap()
}

/// The image, written in order to memory.
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

/// A new image of what was imported, when all changes have been made.
fn remastered(imported: &mut Imported, losses: Losses) -> Result<(Vec<u8>, Vec<BootLoss>), Error> {
    let mut options = imported.new_image_options();
    let lost = imported.boot.put_into(&mut imported.tree, &mut options, losses)?;
    Ok((written(&imported.tree, options), lost))
}

fn content(disc: &Disc, path: &str) -> Vec<u8> {
    let image = disc.image(None, &[FileSystem::RockRidge]).unwrap();
    let entry = image.lookup(path).unwrap();
    let mut content = Vec::new();
    std::io::Read::read_to_end(&mut image.open(&entry).unwrap(), &mut content).unwrap();
    content
}

/// A tree that boots in every way there is, with the options for it.
fn everything_boots(scheme: PartitionScheme) -> (Tree, PlanOptions) {
    let mut tree = Tree::new();
    add(&mut tree, "/a/file", bytes(70_000));
    let bios = add(&mut tree, "/boot/loader.bin", bytes(9000));
    let efi = add(&mut tree, "/boot/efi.img", bytes(40_960));
    tree.add("/boot/zlink", Item::HardLink(bios), &ItemOptions::default()).unwrap();
    let data = tree.add_content(Item::Bytes(bytes(300_000))).unwrap();
    let bios = BootImage {
        boot_info_table: true,
        grub2_boot_info: true,
        load_segment: 0x1234,
        ..BootImage::new(BootSource::File(bios), BootPlatform::X86)
    };
    let hidden = tree.add_content(Item::Bytes(bytes(6144))).unwrap();
    let efi =
        BootImage { section: "efi".to_owned(), ..BootImage::new(BootSource::File(efi), BootPlatform::EFI) };
    let hidden =
        BootImage { boot_info_table: true, ..BootImage::new(BootSource::Content(hidden), BootPlatform::MAC) };
    let mut boot = BootOptions {
        identifier: "a maker".to_owned(),
        images: vec![bios, efi, hidden],
        ..Default::default()
    };
    let file = ItemOptions { hidden_in: FileSystems::empty(), ..ItemOptions::default() };
    let catalog = tree.add("/boot/boot.cat", Item::BootCatalog(boot.catalog_len()), &file).unwrap();
    boot.catalog = CatalogPlace::File(catalog);
    let mut code = vec![0x90; 432];
    code[300..331].copy_from_slice(b"isolinux.bin missing or corrupt");
    let mut partitions = vec![
        PartitionOptions {
            apple_type: Some("Apple_HFS".to_owned()),
            ..PartitionOptions::efi_system(PartitionContent::BootImage(1))
        },
        PartitionOptions { number: Some(3), ..PartitionOptions::efi_system(PartitionContent::Appended(3)) },
    ];
    if scheme.has_mbr_partitions() {
        partitions.insert(0, PartitionOptions::image());
    }
    let hybrid = HybridOptions {
        code: Some(BootCode::Isolinux(code.into(), 0)),
        scheme,
        apple_partition_map: true,
        partitions,
        appended: vec![AppendedPartition { number: 3, content: data }],
        ..HybridOptions::default()
    };
    let mut options = PlanOptions {
        boot: Some(boot),
        hybrid: Some(hybrid),
        created: Some(Timestamp::from_unix(1_600_000_000)),
        ..PlanOptions::default()
    };
    options.pad_for_loaders();
    (tree, options)
}

const SCHEMES: [PartitionScheme; 3] =
    [PartitionScheme::Gpt, PartitionScheme::Mbr, PartitionScheme::GptAndMbr];

/// An image that nothing is changed of comes out as it went in, byte for byte.
#[test]
fn nothing_changed_is_the_same_image() {
    for scheme in SCHEMES {
        let (tree, options) = everything_boots(scheme);
        let before = written(&tree, options);
        let (after, lost) = remastered(&mut imported(&before), Losses::Refuse).unwrap();
        assert_eq!(lost, []);
        let different = before.iter().zip(&after).position(|(a, b)| a != b);
        assert_eq!((different, before.len()), (None, after.len()), "{scheme:?}");
    }
}

/// UDF has fractions of seconds, which Rock Ridge has not.
#[test]
fn fractions_of_seconds_stay_in_udf() {
    let time = |nanoseconds| Timestamp { nanoseconds, ..Timestamp::from_unix(1_577_836_800) };
    let bridge = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::UDF;
    for (number, nodes) in
        [&["/"][..], &["/directory"], &["/directory/file"], &["/link"]].into_iter().enumerate()
    {
        for file_systems in [bridge, bridge | FileSystems::JOLIET] {
            let mut tree = Tree::new();
            add(&mut tree, "/directory/file", bytes(10));
            tree.add("/link", Item::Symlink(b"directory"), &ItemOptions::default()).unwrap();
            for path in ["/", "/directory", "/directory/file", "/link"] {
                tree.set_modified(tree.lookup(path).unwrap(), time(0));
            }
            for path in nodes {
                tree.set_modified(tree.lookup(path).unwrap(), time(500_000_000));
            }
            let created = Some(Timestamp::from_unix(1_600_000_000));
            let before = written(&tree, PlanOptions { file_systems, created, ..PlanOptions::default() });
            let mut imported = imported(&before);
            assert_eq!(imported.keep_visibility(&opened(&before), &Control::default()).unwrap(), []);
            let (after, _) = remastered(&mut imported, Losses::Refuse).unwrap();
            let different = before.iter().zip(&after).position(|(a, b)| a != b);
            assert_eq!((different, before.len()), (None, after.len()), "{nodes:?}, {number}");
        }
    }
}

/// What is added, moved and replaced lets everything lie elsewhere, and all that boots follows.
#[test]
fn everything_follows_to_its_new_place() {
    for scheme in SCHEMES {
        let (tree, options) = everything_boots(scheme);
        let before = written(&tree, options);
        let old = opened(&before);
        let mut source = imported(&before);
        let tree = &mut source.tree;
        let replacing = ItemOptions { replace: true, ..ItemOptions::default() };
        tree.add("/boot/efi.img", Item::Bytes(bytes(51_200)), &replacing).unwrap();
        let loader = tree.lookup("/boot/loader.bin").unwrap();
        tree.move_to(loader, NodeId::ROOT, "moved.bin").unwrap();
        for number in 0..200 {
            add(tree, &format!("/0/{number}"), bytes(3000));
        }
        let (after, lost) = remastered(&mut source, Losses::Refuse).unwrap();
        assert_eq!(lost, []);
        let new = opened(&after);
        let catalog = |disc: &Disc| disc.boot_catalog(None).unwrap().unwrap();
        let (was, is) = (catalog(&old), catalog(&new));
        assert_eq!(is.findings, [""; 0]);
        assert_eq!((is.identifier.as_str(), is.path.as_deref()), ("a maker", Some("/boot/boot.cat")));
        let paths: Vec<_> = is.images.iter().map(|image| image.path.as_deref()).collect();
        assert!(
            matches!(paths[..], [Some("/moved.bin" | "/boot/zlink"), Some("/boot/efi.img"), None]),
            "{paths:?}"
        );
        assert_eq!(content(&new, "/moved.bin"), content(&new, "/boot/zlink"));
        for (was, is) in was.images.iter().zip(&is.images) {
            assert_ne!(was.sector, is.sector);
            assert_eq!(
                was.boot_info_table.map(|table| table.checksum_right),
                is.boot_info_table.map(|_| true)
            );
            assert_eq!(
                (was.grub2_boot_info, was.load_segment, &was.section),
                (is.grub2_boot_info, is.load_segment, &is.section)
            );
        }
        assert_eq!((is.images[1].size, is.images[1].load_sectors), (51_200, 100));
        let area = new.system_area(None).unwrap();
        // A master boot record with partitions beside a GPT does not protect that.
        assert_eq!(area.findings, old.system_area(None).unwrap().findings, "{scheme:?}");
        assert_eq!(
            (area.code_boots_image, area.disk_signature),
            (Some(1), old.system_area(None).unwrap().disk_signature)
        );
        let efi = area.apple.iter().find(|partition| partition.boot_image == Some(2)).unwrap();
        assert_eq!(efi.blocks, 100);
        if let Some(gpt) = &area.gpt {
            assert_eq!(gpt.disk, old.system_area(None).unwrap().gpt.unwrap().disk);
            assert_eq!((gpt.alternate + 1) * 512, after.len() as u64);
            let appended = gpt.partitions.iter().find(|partition| partition.number == 3).unwrap();
            let start = appended.start as usize * 512;
            assert!(after[start..start + 300_000] == bytes(300_000)[..]);
        }
    }
}

/// What boots is not lost by taking its file away: the call fails, or says so.
#[test]
fn a_boot_image_that_is_removed_is_a_loss() {
    let (tree, options) = everything_boots(PartitionScheme::GptAndMbr);
    let before = written(&tree, options);
    let mut source = imported(&before);
    let efi = source.tree.lookup("/boot/efi.img").unwrap();
    source.tree.remove(efi).unwrap();
    let error = remastered(&mut source, Losses::Refuse).unwrap_err();
    let Error::BootLost { losses } = &error else { panic!("{error}") };
    assert!(
        losses.contains(&BootLoss::ImageRemoved { number: 2, path: "/boot/efi.img".to_owned() }),
        "{error}"
    );
    let (after, lost) = remastered(&mut source, Losses::Accept).unwrap();
    // Its entry, and its partition in each of the three tables.
    assert_eq!(lost.len(), 4);
    let disc = opened(&after);
    assert_eq!(disc.boot_catalog(None).unwrap().unwrap().images.len(), 2);
    let area = disc.system_area(None).unwrap();
    assert_eq!((area.mbr.len(), area.gpt.unwrap().partitions.len(), area.apple.len()), (2, 1, 1));
    assert_eq!(area.findings, opened(&before).system_area(None).unwrap().findings);
}

/// One name of several of a boot image is not the boot image.
#[test]
fn a_name_of_a_boot_image_that_is_removed_is_no_loss() {
    let (tree, options) = everything_boots(PartitionScheme::GptAndMbr);
    let before = written(&tree, options);
    for (removed, left) in [("/boot/loader.bin", "/boot/zlink"), ("/boot/zlink", "/boot/loader.bin")] {
        let mut source = imported(&before);
        let node = source.tree.lookup(removed).unwrap();
        source.tree.remove(node).unwrap();
        let (after, lost) = remastered(&mut source, Losses::Refuse).unwrap();
        assert_eq!(lost, []);
        let disc = opened(&after);
        let catalog = disc.boot_catalog(None).unwrap().unwrap();
        assert_eq!((catalog.images.len(), catalog.images[0].path.as_deref()), (3, Some(left)));
        assert!(catalog.images[0].boot_info_table.unwrap().checksum_right);
        assert_eq!(disc.system_area(None).unwrap().code_boots_image, Some(1));
    }
    // Where no name is left, that is told of the name it was found by.
    let mut source = imported(&before);
    for name in ["/boot/loader.bin", "/boot/zlink"] {
        let node = source.tree.lookup(name).unwrap();
        source.tree.remove(node).unwrap();
    }
    let error = remastered(&mut source, Losses::Refuse).unwrap_err();
    let Error::BootLost { losses } = &error else { panic!("{error}") };
    let gone = BootLoss::ImageRemoved { number: 1, path: "/boot/loader.bin".to_owned() };
    assert!(losses.contains(&gone), "{error}");
}

#[test]
fn what_is_not_understood_is_a_loss() {
    let (tree, options) = everything_boots(PartitionScheme::Mbr);
    let good = written(&tree, options);
    for (offset, is_lost) in [
        // Code that is told of nothing.
        (432, &(|loss: &BootLoss| matches!(loss, BootLoss::Code { .. })) as &dyn Fn(&BootLoss) -> bool),
        // Something behind the tables.
        (32_000, &|loss| matches!(loss, BootLoss::SystemArea { offset: 32_000 })),
        // A partition that begins in the middle of something.
        (446 + 16 + 8, &|loss| matches!(loss, BootLoss::Partition { number: 2, .. })),
    ] {
        let mut image = good.clone();
        image[offset] ^= 0x55;
        let mut source = imported(&image);
        let error = remastered(&mut source, Losses::Refuse).unwrap_err();
        let Error::BootLost { losses } = &error else { panic!("{offset}: {error}") };
        assert!(matches!(&losses[..], [one] if is_lost(one)), "{offset}: {error}");
        // What is told as lost is not there to be run, or found, by anyone.
        let (after, _) = remastered(&mut source, Losses::Accept).unwrap();
        assert_eq!(after[offset], 0, "{offset}");
    }
}

/// The heads of SPARC and MIPS, which no master boot record is in, go with the bytes behind them.
#[test]
fn boot_blocks_of_other_machines_are_not_left_behind() {
    let mut tree = Tree::new();
    add(&mut tree, "/file", bytes(5000));
    let mut image = written(&tree, PlanOptions::default());
    image[..4].copy_from_slice(&[0x0B, 0xE5, 0xA9, 0x41]);
    // The first of its files begins in block 1000, where none is.
    image[80..84].copy_from_slice(&[0, 0, 3, 0xE8]);
    image[2000..2512].fill(0x77);
    let (after, lost) = remastered(&mut imported(&image), Losses::Accept).unwrap();
    assert!(matches!(lost[..], [BootLoss::Code { .. }, BootLoss::SystemArea { offset: 2000 }]), "{lost:?}");
    assert!(after[..32_768].iter().all(|&byte| byte == 0));
}

/// A volume of HFS that begins in the system area, in a partition of its own or in none: it has the same files as the image,
/// so that it stays what it was where they move or others come.
#[test]
fn a_volume_of_hfs_in_the_system_area_is_a_loss() {
    let mut tree = Tree::new();
    add(&mut tree, "/file", bytes(50_000));
    let image = PartitionOptions { apple_type: Some("Apple_HFS".to_owned()), ..PartitionOptions::image() };
    let hybrid = HybridOptions {
        scheme: PartitionScheme::None,
        apple_partition_map: true,
        partitions: vec![image],
        ..HybridOptions::default()
    };
    let plain = written(&tree, PlanOptions::default());
    let mut mapped = written(&tree, PlanOptions { hybrid: Some(hybrid), ..PlanOptions::default() });
    // The first and the length of the second entry, in blocks of 2048 bytes.
    let second = &mut mapped[2 * 2048..];
    second[8..12].copy_from_slice(&4u32.to_be_bytes());
    for (mut image, start) in [(plain, 0), (mapped, 8192)] {
        image[start + 1024..][..2].copy_from_slice(b"BD");
        image[start + 1024..][2..200].fill(1);
        let is_told = |lost: &[BootLoss]| match lost {
            [BootLoss::Volume { kind: AppleVolume::Hfs, .. }] => start == 0,
            [BootLoss::Partition { number: 2, reason, .. }] => start > 0 && reason.contains("of HFS:"),
            _ => false,
        };
        let (after, lost) = remastered(&mut imported(&image), Losses::Accept).unwrap();
        assert!(is_told(&lost), "{lost:?}");
        assert!(after[start + 1024..32_768].iter().all(|&byte| byte == 0));
        let area = opened(&after).system_area(None).unwrap();
        assert_eq!(area.apple.len(), usize::from(start > 0));

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.iso");
        std::fs::write(&path, &image).unwrap();
        let lost = append(&path, |tree| {
            add(tree, "/new", bytes(5000));
        })
        .unwrap();
        let [BootLoss::Outdated(stays)] = &lost[..] else { panic!("{lost:?}") };
        assert!(is_told(std::slice::from_ref(&**stays)), "{lost:?}");
    }
}

/// Boot images in no file, of which nothing tells the length, end where the next begins.
#[test]
fn hidden_boot_images_are_not_copied_with_those_behind_them() {
    let mut tree = Tree::new();
    add(&mut tree, "/file", bytes(5000));
    let images = (0..40).map(|number| {
        let content = tree.add_content(Item::Bytes(bytes(700 * (number + 1)))).unwrap();
        let load_size = fsimage::LoadSize::Sectors(1);
        BootImage { load_size, ..BootImage::new(BootSource::Content(content), BootPlatform::X86) }
    });
    let boot = BootOptions { images: images.collect(), ..BootOptions::default() };
    let mut options = PlanOptions { boot: Some(boot), ..PlanOptions::default() };
    options.pad_for_loaders();
    let before = written(&tree, options);
    let (after, lost) = remastered(&mut imported(&before), Losses::Refuse).unwrap();
    assert_eq!((lost, after.len()), (vec![], before.len()));
}

/// Entries that nobody knows, in the records of a directory itself and of its parent, stay where they are; as does an
/// extension of SUSP that they belong to, behind those that are written.
#[test]
fn unknown_entries_of_a_directorys_own_records_stay_there() {
    let mut tree = Tree::new();
    let file = add(&mut tree, "/boot/file", bytes(10));
    tree.add_stream(file, b"user.x", Item::Bytes(bytes(5))).unwrap();
    let mut foreign = written(&tree, PlanOptions::default());
    let find = |image: &[u8], bytes: &[u8]| image.windows(bytes.len()).position(|window| window == bytes);
    // The records of the directory that has a file of this name, as they stand in the image.
    let own_records = |image: &[u8]| {
        let start = find(image, b"NM\x09\x01\x00file").unwrap() / 2048 * 2048;
        let parent = start + usize::from(image[start]);
        [start..parent, parent..parent + usize::from(image[parent])]
    };
    let mut entries = Vec::new();
    for (record, signature) in own_records(&foreign).into_iter().zip([b"QQ", b"QP"]) {
        let fields = &mut foreign[record];
        let at = find(fields, b"TF\x0c\x01").unwrap();
        fields[at..at + 2].copy_from_slice(signature);
        entries.push(fields[at..at + 12].to_vec());
    }
    let extension = find(&foreign, b"AAIP_0200").unwrap();
    foreign[extension..extension + 9].copy_from_slice(b"NAME_0001");

    let mut source = imported(&foreign);
    assert_eq!(source.warnings, []);
    let check = |image: &[u8]| {
        for (record, entry) in own_records(image).into_iter().zip(&entries) {
            let fields = &image[record];
            let known = find(fields, b"PX\x2c\x01").unwrap();
            let at = find(fields, entry).unwrap();
            assert!(known < at, "{fields:?}");
            assert!(find(fields, b"TF\x0c\x01").is_some(), "{fields:?}");
            assert_eq!(fields.len(), 34 + 44 + 12 + entry.len());
        }
        let place = |name: &[u8]| find(image, name).unwrap();
        let [rock_ridge, aaip, other] = [place(b"IEEE_P1282"), place(b"AAIP_0200"), place(b"NAME_0001")];
        assert!(rock_ridge < aaip && aaip < other);
    };
    let (remastered, _) = remastered(&mut source, Losses::Refuse).unwrap();
    check(&remastered);
    assert_eq!(imported(&remastered).warnings, []);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    std::fs::write(&path, &foreign).unwrap();
    let control = Control::default();
    let growing = GrowingImage::open(&path).unwrap();
    let mut source = growing.import(&ImportOptions::default(), &control).unwrap();
    add(&mut source.tree, "/boot/more", bytes(20));
    let options = PlanOptions { place: growing.place(), ..source.plan_options() };
    let plan = LayoutPlan::new(&source.tree, options).unwrap();
    growing.write(&plan, &control).unwrap();
    let session = Disc::open(&path).unwrap().session(None).unwrap();
    check(&std::fs::read(&path).unwrap()[session.start.get() as usize * 2048..]);
}

/// What a hierarchy does not show stays hidden there, and a file that only another shows is told.
#[test]
fn what_single_file_systems_hide_stays_hidden() {
    let mut tree = Tree::new();
    let hide = |hidden_in| ItemOptions { hidden_in, ..ItemOptions::default() };
    let shown = tree.add("/shown", Item::Bytes(bytes(10)), &ItemOptions::default()).unwrap();
    tree.add("/linked", Item::HardLink(shown), &ItemOptions::default()).unwrap();
    tree.add("/only/unix/a", Item::Bytes(bytes(20)), &hide(FileSystems::JOLIET)).unwrap();
    tree.hide(tree.lookup("/only").unwrap(), FileSystems::JOLIET);
    tree.add("/mixed/a", Item::Bytes(bytes(30)), &hide(FileSystems::JOLIET)).unwrap();
    tree.add("/mixed/b", Item::Bytes(bytes(40)), &ItemOptions::default()).unwrap();
    tree.add("/windows", Item::Bytes(bytes(50)), &hide(FileSystems::ISO9660)).unwrap();
    let before = written(&tree, PlanOptions::default());
    let disc = opened(&before);
    let mut source = imported(&before);
    let told = source.keep_visibility(&disc, &Control::default()).unwrap();
    assert!(
        matches!(&told[..], [fsimage::ImportWarning::NotShown { path, .. }] if path == "/windows"),
        "{told:?}"
    );
    let (after, _) = remastered(&mut source, Losses::Refuse).unwrap();
    let after = opened(&after);
    let paths = |file_system| {
        let mut paths = Vec::new();
        after
            .image(None, &[file_system])
            .unwrap()
            .walk(&mut |path, _| {
                paths.push(String::from_utf8(path.to_vec()).unwrap());
                Ok(())
            })
            .unwrap();
        paths.join(" ")
    };
    assert_eq!(
        paths(FileSystem::RockRidge),
        " /linked /mixed /mixed/a /mixed/b /only /only/unix /only/unix/a /shown"
    );
    assert_eq!(paths(FileSystem::Joliet), " /linked /mixed /mixed/b /shown");
}

/// Of the names of one file some stay hidden: which it is, their paths say.
#[test]
fn single_names_of_a_file_stay_hidden() {
    for (hidden, is_certain) in [("/marker", true), ("/mark:er", false)] {
        let mut tree = Tree::new();
        let options = ItemOptions { hidden_in: FileSystems::JOLIET, ..ItemOptions::default() };
        let file = tree.add(hidden, Item::Bytes(bytes(10)), &options).unwrap();
        tree.add("/marker2", Item::HardLink(file), &ItemOptions::default()).unwrap();
        tree.add("/other", Item::HardLink(file), &ItemOptions::default()).unwrap();
        let before = written(&tree, PlanOptions::default());
        let mut source = imported(&before);
        let told = source.keep_visibility(&opened(&before), &Control::default()).unwrap();
        let hidden_in = |path| source.tree.hidden_in(source.tree.lookup(path).unwrap());
        assert_eq!((hidden_in("/marker2"), hidden_in("/other")), Default::default());
        if is_certain {
            assert_eq!((told, hidden_in(hidden)), (Vec::new(), FileSystems::JOLIET));
        } else {
            let is_told = |one: &ImportWarning| matches!(one, ImportWarning::MayHaveBeenHidden { path, items: 1, .. } if path == hidden);
            assert!(matches!(&told[..], [one] if is_told(one)), "{told:?}");
        }
    }
}

/// The same of UDF beside ISO 9660.
#[test]
fn what_udf_alone_shows_or_hides() {
    let mut tree = Tree::new();
    let hide = |hidden_in| ItemOptions { hidden_in, ..ItemOptions::default() };
    tree.add("/both", Item::Bytes(bytes(5000)), &ItemOptions::default()).unwrap();
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    tree.add("/udf alone", Item::Bytes(bytes(6000)), &hide(iso9660)).unwrap();
    tree.add("/not in udf", Item::Bytes(bytes(7000)), &hide(FileSystems::UDF)).unwrap();
    let options = PlanOptions { file_systems: iso9660 | FileSystems::UDF, ..PlanOptions::default() };
    let before = written(&tree, options);
    let disc = opened(&before);
    let mut source = imported(&before);
    let told = source.keep_visibility(&disc, &Control::default()).unwrap();
    assert!(
        matches!(&told[..], [fsimage::ImportWarning::NotShown { path, .. }] if path == "/udf alone"),
        "{told:?}"
    );
    let (after, _) = remastered(&mut source, Losses::Refuse).unwrap();
    let after = opened(&after);
    let shows = |file_system, path: &str| after.image(None, &[file_system]).unwrap().lookup(path).is_ok();
    assert!(shows(FileSystem::RockRidge, "/not in udf") && !shows(FileSystem::Udf, "/not in udf"));
    assert!(shows(FileSystem::RockRidge, "/both") && shows(FileSystem::Udf, "/both"));
}

fn append(path: &Path, change: impl FnOnce(&mut Tree)) -> Result<Vec<BootLoss>, Error> {
    let growing = GrowingImage::open(path)?;
    let mut source = growing.import(&ImportOptions::default(), &Control::default())?;
    let mut options = PlanOptions { place: growing.place(), ..source.plan_options() };
    change(&mut source.tree);
    let lost = source.boot.put_into(&mut source.tree, &mut options, Losses::Accept)?;
    growing.write(&LayoutPlan::new(&source.tree, options)?, &Control::default())?;
    Ok(lost)
}

/// A session that is appended lets partitions and backup reach the new end; what boots stays, but for what is replaced.
#[test]
fn partition_tables_reach_the_end_of_what_is_appended() {
    for scheme in SCHEMES {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.iso");
        let (tree, mut options) = everything_boots(scheme);
        // Nothing is appended that would be in the way.
        let hybrid = options.hybrid.as_mut().unwrap();
        hybrid.appended.clear();
        hybrid.partitions.retain(|partition| partition.number.is_none());
        support::build(&tree, options, &path);
        let old = Disc::open(&path).unwrap().system_area(None).unwrap();
        let catalog = || Disc::open(&path).unwrap().boot_catalog(None).unwrap().unwrap();
        let before = catalog();
        let lost = append(&path, |tree| {
            add(tree, "/new", bytes(2_000_000));
        })
        .unwrap();
        assert_eq!(lost, []);
        assert_eq!(catalog(), before);
        let lost = append(&path, |tree| {
            let replacing = ItemOptions { replace: true, ..ItemOptions::default() };
            tree.add("/boot/loader.bin", Item::Bytes(bytes(12_000)), &replacing).unwrap();
        })
        .unwrap();
        assert_eq!(lost, []);
        let after = catalog();
        assert_eq!(after.findings, [""; 0]);
        let places =
            |images: &[fsimage::BootImageReport]| images.iter().map(|image| image.sector).collect::<Vec<_>>();
        assert_eq!(places(&before.images)[1..], places(&after.images)[1..]);
        assert_eq!(after.images[0].path.as_deref(), Some("/boot/loader.bin"));
        assert!(after.images[0].boot_info_table.unwrap().checksum_right);
        let len = std::fs::metadata(&path).unwrap().len();
        let area = Disc::open(&path).unwrap().system_area(None).unwrap();
        assert_eq!((area.findings, area.code_boots_image), (old.findings, Some(1)), "{scheme:?}");
        assert_eq!(area.disk_signature, old.disk_signature);
        if scheme.has_mbr_partitions() {
            let image = &area.mbr[0];
            assert!((image.start + image.blocks) * 512 <= len && image.blocks > old.mbr[0].blocks);
        }
        if let Some(gpt) = area.gpt {
            assert_eq!((gpt.alternate + 1) * 512, len);
        }
    }
}

/// A partition that cannot grow is told: who mounts it alone would not find the new session.
#[test]
fn a_partition_that_another_is_behind_cannot_grow() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let (tree, mut options) = everything_boots(PartitionScheme::Gpt);
    let hybrid = options.hybrid.as_mut().unwrap();
    let image = PartitionOptions { gpt_type: Some(fsimage::Guid::BASIC_DATA), ..PartitionOptions::image() };
    // Around a boot image in it, it would be cut.
    hybrid.partitions.retain(|partition| matches!(partition.content, PartitionContent::Appended(_)));
    hybrid.partitions.insert(0, image);
    support::build(&tree, options, &path);
    let lost = append(&path, |tree| {
        add(tree, "/new", bytes(5000));
    })
    .unwrap();
    let [BootLoss::Outdated(stays)] = &lost[..] else { panic!("{lost:?}") };
    assert!(matches!(**stays, BootLoss::Partition { number: 1, .. }), "{lost:?}");
}

/// What a GPT shows of an image around its boot image can still be mounted in a new image, and is cut anew.
#[test]
fn a_partition_offset_is_kept_where_the_partition_is_cut() {
    for offset in [16, 40] {
        let (tree, mut options) = everything_boots(PartitionScheme::Gpt);
        options.partition_offset = fsimage::SectorCount::new(offset);
        options.file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
        let image =
            PartitionOptions { gpt_type: Some(fsimage::Guid::BASIC_DATA), ..PartitionOptions::image() };
        options.hybrid.as_mut().unwrap().partitions.insert(0, image);
        let mut image = written(&tree, options);
        for times in 0..2 {
            let mut source = import(&opened(&image), &ImportOptions::default(), &Control::default()).unwrap();
            add(&mut source.tree, &format!("/a/new {times}"), bytes(9000));
            let mut options = source.new_image_options();
            let lost = source.boot.put_into(&mut source.tree, &mut options, Losses::Refuse).unwrap();
            assert_eq!((options.partition_offset.get(), lost), (offset, vec![]));
            image = written(&source.tree, options);
            let gpt = opened(&image).system_area(None).unwrap().gpt.unwrap();
            let mut ranges: Vec<_> = gpt.partitions.iter().map(|one| (one.start, one.blocks)).collect();
            ranges.sort_unstable();
            assert_eq!((ranges.len(), ranges[0].0), (4, u64::from(offset) * 4), "{ranges:?}");
            assert!(ranges.is_sorted_by(|a, b| a.0 + a.1 <= b.0), "{ranges:?}");
        }
    }
}

/// A partition that can be mounted ends before a boot image behind all files: it stays there in a new image, and what is
/// added lies before it.
#[test]
fn a_boot_image_behind_all_files_stays_behind_them() {
    let (mut tree, mut options) = everything_boots(PartitionScheme::Gpt);
    options.partition_offset = fsimage::SectorCount::new(16);
    options.file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let image = PartitionOptions { gpt_type: Some(fsimage::Guid::BASIC_DATA), ..PartitionOptions::image() };
    options.hybrid.as_mut().unwrap().partitions.insert(0, image);
    tree.set_weight(tree.lookup("/boot/efi.img").unwrap(), i32::MIN);
    let mut image = written(&tree, options);
    for add_one in [false, true] {
        let mut source = import(&opened(&image), &ImportOptions::default(), &Control::default()).unwrap();
        if add_one {
            add(&mut source.tree, "/z", bytes(90_000));
        }
        let mut options = source.new_image_options();
        source.boot.put_into(&mut source.tree, &mut options, Losses::Refuse).unwrap();
        let anew = written(&source.tree, options);
        assert!(add_one || anew == image);
        image = anew;
        let disc = opened(&image).image(None, &[FileSystem::RockRidge]).unwrap();
        let place = |path: &str| disc.lookup(path).unwrap().sections()[0].start;
        let before = ["/a/file", "/boot/loader.bin"].map(place);
        assert!(before.iter().all(|start| *start < place("/boot/efi.img")));
        assert!(!add_one || place("/z") < place("/boot/efi.img"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A system area of any content, and a catalog of any, end in an image or in an error.
    #[test]
    fn any_system_area(
        scheme in 0usize..3,
        changes in proptest::collection::vec((0usize..34_000, any::<u8>()), 1..40),
        in_tables in proptest::collection::vec((440usize..1600, any::<u8>()), 0..20),
    ) {
        let (tree, options) = everything_boots(SCHEMES[scheme]);
        let mut image = written(&tree, options);
        let catalog = opened(&image).boot_catalog(None).unwrap().unwrap().sector as usize * 2048;
        for (at, byte) in changes.into_iter().chain(in_tables) {
            // Behind the system area, those of the catalog.
            let at = if at < 32_768 { at } else { catalog + (at - 32_768) % 2048 };
            image[at] = byte;
        }
        if let Ok(mut source) = import(&opened(&image), &ImportOptions::default(), &Control::default()) {
            let mut options = source.new_image_options();
            if source.boot.put_into(&mut source.tree, &mut options, Losses::Accept).is_ok()
                && let Ok(plan) = LayoutPlan::new(&source.tree, options)
            {
                let _ = plan.write_to(&mut WriterSink::new(std::io::sink(), "nowhere"), &Control::default());
            }
        }
    }
}
