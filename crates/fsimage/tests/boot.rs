//! Boot catalogs, boot images and hybrid images: what is planned is what is written, whatever way it goes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;
use std::sync::Arc;

use fsimage::{
    AppendedPartition, BootCode, BootImage, BootOptions, BootPlatform, BootSource, CatalogPlace, Control,
    Disc, Emulation, Error, FileSystem, FileSystems, GrowingImage, Guid, HybridOptions, ImportOptions, Item,
    ItemOptions, LayoutPlan, MemorySectors, PartitionContent, PartitionOptions, PartitionScheme, PlanOptions,
    ReadError, ReadSectors, Sector, SectorCount, SizeFrom, Tree, WriterSink, write_image,
};
use sha2::{Digest, Sha256};

fn bytes(len: usize) -> Arc<[u8]> {
    (0..len as u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<_>>().into()
}

fn add(tree: &mut Tree, path: &str, content: Arc<[u8]>) -> fsimage::NodeId {
    tree.add(path, Item::Bytes(content), &ItemOptions::default()).unwrap()
}

/// The image, written in order to memory. To a file, by position, it is the same.
fn written(tree: &Tree, options: PlanOptions) -> Vec<u8> {
    let plan = LayoutPlan::new(tree, options).unwrap();
    let mut image = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    assert_eq!(image.len() as u64, plan.extent().len.bytes());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("image");
    write_image(&plan, &file, &Control::default()).unwrap();
    assert!(std::fs::read(&file).unwrap() == image, "the file differs from the stream");
    image
}

fn opened(image: &[u8]) -> Disc {
    Disc::from_source(Arc::new(MemorySectors::new(image.to_vec())), "memory").unwrap()
}

fn content(disc: &Disc, file_system: FileSystem, path: &str) -> Vec<u8> {
    let image = disc.image(None, &[file_system]).unwrap();
    let entry = image.lookup(path).unwrap();
    let mut content = Vec::new();
    std::io::Read::read_to_end(&mut image.open(&entry).unwrap(), &mut content).unwrap();
    content
}

fn bios(source: BootSource) -> BootImage {
    BootImage { boot_info_table: true, ..BootImage::new(source, BootPlatform::X86) }
}

fn with_images(images: Vec<BootImage>) -> PlanOptions {
    let boot = BootOptions { images, ..BootOptions::default() };
    PlanOptions { boot: Some(boot), ..PlanOptions::default() }
}

fn sum(words: &[u8]) -> u32 {
    words.chunks(4).fold(0, |sum: u32, word| {
        let mut whole = [0; 4];
        whole[..word.len()].copy_from_slice(word);
        sum.wrapping_add(u32::from_le_bytes(whole))
    })
}

/// Small images pass through memory, large ones are moved by the kernel; each has its table all the same, and every
/// file system shows it.
#[test]
fn boot_info_tables_are_written_on_every_way() {
    for len in [3000, 2 << 20 | 5] {
        let folder = tempfile::tempdir().unwrap();
        let host = folder.path().join("loader");
        std::fs::write(&host, bytes(len)).unwrap();
        let mut tree = Tree::new();
        add(&mut tree, "/other", bytes(5000));
        let node = tree.add("/loader.bin", Item::HostFile(&host), &ItemOptions::default()).unwrap();
        let image = BootImage { grub2_boot_info: true, ..bios(BootSource::File(node)) };
        let options = PlanOptions {
            file_systems: FileSystems::all(),
            ..with_images(vec![image.clone(), BootImage { platform: BootPlatform::MAC, ..image }])
        };
        let in_order = written(&tree, options.clone());
        let path = folder.path().join("image.iso");
        write_image(&LayoutPlan::new(&tree, options).unwrap(), &path, &Control::default()).unwrap();
        assert!(std::fs::read(&path).unwrap() == in_order, "{len}: two ways, two images");

        let disc = opened(&in_order);
        let shown = content(&disc, FileSystem::Iso9660, "/LOADER.BIN");
        for file_system in [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Udf] {
            assert!(content(&disc, file_system, "/loader.bin") == shown, "{file_system}");
        }
        assert_eq!(shown[64..2548], bytes(len)[64..2548]);
        let number = |at: usize| u32::from_le_bytes(shown[at..at + 4].try_into().unwrap());
        let report = disc.boot_catalog(None).unwrap().unwrap();
        let sector = report.images[0].sector;
        assert_eq!(
            [number(8), number(12), number(16), number(20)],
            [16, sector, len as u32, sum(&shown[64..])]
        );
        assert_eq!(u64::from(number(2548)), u64::from(sector) * 4 + 5);
        // Both entries are of one image.
        assert_eq!(report.images[1].sector, sector);
        assert_eq!(report.images[1].path.as_deref(), Some("/loader.bin"));
        assert_eq!(report.images[0].size_from, SizeFrom::File);
        assert!(report.images[0].boot_info_table.unwrap().checksum_right);
        assert_eq!(report.findings, [""; 0]);
    }
}

/// Nothing but the table tells how long an image is that no file system shows; it is believed where its checksum is right.
#[test]
fn a_hidden_boot_image_has_the_length_that_its_boot_info_table_tells() {
    let mut tree = Tree::new();
    let content = tree.add_content(Item::Bytes(bytes(24_001))).unwrap();
    let mut image = written(&tree, with_images(vec![bios(BootSource::Content(content))]));
    let report = opened(&image).boot_catalog(None).unwrap().unwrap();
    let shown = &report.images[0];
    assert_eq!((shown.path.as_deref(), shown.size, shown.size_from), (None, 24_001, SizeFrom::BootInfoTable));
    let folder = tempfile::tempdir().unwrap();
    let extract = |image: &[u8]| {
        let parts = opened(image).extract_boot(None, folder.path(), true, &Control::default()).unwrap();
        parts.into_iter().find(|part| part.what.starts_with("boot image")).unwrap().bytes
    };
    assert_eq!(extract(&image), 24_001);
    let at = shown.sector as usize * 2048;
    image[at + 24_000] ^= 1;
    let report = opened(&image).boot_catalog(None).unwrap().unwrap();
    assert_eq!((report.images[0].size, report.images[0].size_from), (2048, SizeFrom::LoadSize));
    assert_eq!(extract(&image), 2048);
}

#[test]
fn a_catalog_in_the_tree_is_a_file_of_every_file_system() {
    let mut tree = Tree::new();
    let loader = add(&mut tree, "/boot/loader", bytes(4096));
    let mut boot = BootOptions {
        identifier: "a maker".to_owned(),
        images: vec![bios(BootSource::File(loader))],
        ..BootOptions::default()
    };
    let hidden = ItemOptions { hidden_in: FileSystems::JOLIET, ..ItemOptions::default() };
    let node = tree.add("/boot/boot.cat", Item::BootCatalog(boot.catalog_len()), &hidden).unwrap();
    boot.catalog = CatalogPlace::File(node);
    let options =
        PlanOptions { file_systems: FileSystems::all(), boot: Some(boot), ..PlanOptions::default() };
    let disc = opened(&written(&tree, options));
    let catalog = content(&disc, FileSystem::RockRidge, "/boot/boot.cat");
    assert_eq!((catalog.len(), &catalog[4..11], catalog[32]), (2048, &b"a maker"[..], 0x88));
    assert!(content(&disc, FileSystem::Udf, "/boot/boot.cat") == catalog);
    assert!(disc.image(None, &[FileSystem::Joliet]).unwrap().lookup("/boot/boot.cat").is_err());
    let report = disc.boot_catalog(None).unwrap().unwrap();
    assert_eq!((report.path.as_deref(), report.identifier.as_str()), (Some("/boot/boot.cat"), "a maker"));
}

#[test]
fn a_catalog_file_that_nothing_fills_is_refused() {
    let mut tree = Tree::new();
    tree.add("/boot.cat", Item::BootCatalog(2048), &ItemOptions::default()).unwrap();
    let error = LayoutPlan::new(&tree, PlanOptions::default()).unwrap_err();
    assert!(matches!(error, Error::BootImage { image, .. } if image == "/boot.cat"));
}

#[test]
fn what_cannot_boot_is_refused() {
    let mut tree = Tree::new();
    let short = add(&mut tree, "/short", bytes(63));
    let empty = add(&mut tree, "/empty", bytes(0));
    let plain = add(&mut tree, "/plain", bytes(4096));
    let image = |node| BootImage::new(BootSource::File(node), BootPlatform::X86);
    for (wrong, reason) in [
        (bios(BootSource::File(short)), "boot info table"),
        (image(empty), "empty"),
        (BootImage { emulation: Emulation::Diskette, ..image(plain) }, "diskette"),
        (BootImage { emulation: Emulation::HardDisk, ..image(plain) }, "master boot record"),
        (BootImage { grub2_boot_info: true, ..image(short) }, "GRUB 2"),
        (image(fsimage::NodeId::ROOT), "directory"),
        (BootImage::new(BootSource::Appended(1), BootPlatform::EFI), "appended partition 1"),
    ] {
        let error = LayoutPlan::new(&tree, with_images(vec![wrong])).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
    let alone = PlanOptions { file_systems: FileSystems::UDF, ..with_images(vec![image(plain)]) };
    assert!(LayoutPlan::new(&tree, alone).is_err());
    let mut in_itself = with_images(vec![image(plain)]);
    in_itself.boot.as_mut().unwrap().catalog = CatalogPlace::File(plain);
    let error = LayoutPlan::new(&tree, in_itself).unwrap_err().to_string();
    assert!(error.contains("/plain: it boots"), "{error}");
}

#[test]
fn emulated_media_are_what_their_images_are() {
    let mut tree = Tree::new();
    let mut disk = vec![0; 4096];
    disk[446..462].copy_from_slice(&[0x80, 0, 1, 0, 6, 63, 32, 0, 32, 0, 0, 0, 100, 0, 0, 0]);
    disk[510..512].copy_from_slice(&[0x55, 0xAA]);
    let disk = tree.add_content(Item::Bytes(disk.into())).unwrap();
    let diskette = tree.add_content(Item::Bytes(vec![0; 2_949_120].into())).unwrap();
    let image = |content, emulation| BootImage {
        emulation,
        load_segment: 0x1000,
        ..BootImage::new(BootSource::Content(content), BootPlatform::X86)
    };
    let options = with_images(vec![image(disk, Emulation::HardDisk), image(diskette, Emulation::Diskette)]);
    let report = opened(&written(&tree, options)).boot_catalog(None).unwrap().unwrap();
    let [disk, diskette] = &report.images[..] else { panic!("{report:?}") };
    assert_eq!((disk.emulation.as_str(), disk.system_type, disk.load_segment), ("hard disk", 6, 0x1000));
    assert_eq!((disk.size, disk.size_from), (132 * 512, SizeFrom::HardDisk));
    assert_eq!((diskette.emulation.as_str(), diskette.size), ("diskette 2.88 MB", 2_949_120));
    assert_eq!((disk.load_sectors, diskette.load_sectors), (1, 1));
}

fn hybrid(tree: &mut Tree, scheme: PartitionScheme, file_systems: FileSystems) -> PlanOptions {
    let loader = add(tree, "/loader", bytes(4096));
    let partition = tree.add_content(Item::Bytes(bytes(3 << 20 | 1))).unwrap();
    let uefi = BootImage::new(BootSource::Appended(2), BootPlatform::EFI);
    let hybrid = HybridOptions {
        code: Some(BootCode::Isolinux(vec![0x90; 432].into(), 0)),
        scheme,
        partitions: vec![
            PartitionOptions::image(),
            PartitionOptions {
                number: Some(2),
                ..PartitionOptions::efi_system(PartitionContent::Appended(2))
            },
        ],
        appended: vec![AppendedPartition { number: 2, content: partition }],
        ..HybridOptions::default()
    };
    PlanOptions {
        file_systems,
        hybrid: Some(hybrid),
        ..with_images(vec![bios(BootSource::File(loader)), uefi])
    }
}

#[test]
fn hybrid_images_end_with_their_backup_and_say_where_all_lies() {
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    for file_systems in [iso9660, iso9660 | FileSystems::UDF] {
        for scheme in [PartitionScheme::Gpt, PartitionScheme::GptAndMbr, PartitionScheme::Mbr] {
            let mut tree = Tree::new();
            let options = hybrid(&mut tree, scheme, file_systems);
            let image = written(&tree, options.clone());
            assert_eq!(image, written(&tree, options), "same input, same bytes");
            assert_eq!(image.len() % (1 << 20), 0);
            let disc = opened(&image);
            let area = disc.system_area(None).unwrap();
            assert_eq!(area.findings.len(), usize::from(scheme == PartitionScheme::GptAndMbr), "{area:?}");
            let catalog = disc.boot_catalog(None).unwrap().unwrap();
            let uefi = &catalog.images[1];
            assert_eq!((uefi.path.as_deref(), uefi.size_from), (None, SizeFrom::Partition));
            let start = uefi.sector as usize * 2048;
            assert_eq!(start % (1 << 20), 0);
            assert!(image[start..start + (3 << 20 | 1)] == bytes(3 << 20 | 1)[..]);
            if scheme.has_gpt() {
                let [gpt, backup] = [area.gpt.unwrap(), area.backup_gpt.unwrap()];
                assert!(
                    gpt.header_right
                        && gpt.partitions_right
                        && backup.header_right
                        && backup.partitions_right
                );
                assert_eq!(backup.header, image.len() as u64 / 512 - 1);
                let [first, copy] = [1024, image.len() - 512 - 16384].map(|at| &image[at..at + 16384]);
                assert!(first == copy, "xorriso wants the array right before the header");
                let system = &gpt.partitions[0];
                assert_eq!(
                    (system.number, system.start, system.boot_image),
                    (2, start as u64 / 512, Some(2))
                );
            }
            if scheme.has_mbr_partitions() {
                assert_eq!((area.mbr[0].start, area.mbr[0].partition_type), (0, 0x17));
                assert_eq!((area.mbr[1].number, area.mbr[1].boot_image), (2, Some(2)));
            }
            if file_systems.contains(FileSystems::UDF) {
                assert_eq!(content(&disc, FileSystem::Udf, "/loader").len(), 4096);
                // An anchor volume descriptor pointer, where the backup of the GPT leaves no room in the last sector.
                let at = image.len() / 2048 - 257;
                let anchor = &image[at * 2048..][..16];
                let is_anchor = anchor[..2] == [2, 0] && anchor[12..] == (at as u32).to_le_bytes();
                assert!(!scheme.has_gpt() || is_anchor, "no anchor");
            }
        }
    }
}

/// Firmware takes no GPT whose partitions overlap, and a boot image of the tree lies in the partition of the image.
#[test]
fn entries_of_a_gpt_do_not_overlap() {
    for offset in [0, 16, 40] {
        let mut tree = Tree::new();
        add(&mut tree, "/a", bytes(70_000));
        let system = add(&mut tree, "/efi.img", bytes(4096));
        add(&mut tree, "/z", bytes(70_000));
        let image = PartitionOptions { gpt_type: Some(Guid::BASIC_DATA), ..PartitionOptions::image() };
        let hybrid = HybridOptions {
            scheme: PartitionScheme::Gpt,
            partitions: vec![image, PartitionOptions::efi_system(PartitionContent::BootImage(0))],
            ..HybridOptions::default()
        };
        let system = BootImage::new(BootSource::File(system), BootPlatform::EFI);
        let options = PlanOptions {
            file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
            partition_offset: SectorCount::new(offset),
            hybrid: Some(hybrid),
            ..with_images(vec![system])
        };
        let area = opened(&written(&tree, options)).system_area(None).unwrap();
        assert!(area.findings.is_empty(), "{:?}", area.findings);
        let mut partitions = area.gpt.unwrap().partitions;
        partitions.sort_by_key(|partition| partition.start);
        let [before, system, behind] = &partitions[..] else { panic!("{partitions:?}") };
        assert_eq!((before.number, before.start), (1, u64::from(offset.max(16)) * 4));
        assert_eq!((system.number, system.blocks, system.boot_image), (2, 8, Some(1)));
        assert_eq!(
            (before.start + before.blocks, system.start + system.blocks),
            (system.start, behind.start)
        );
        assert_eq!((before.name.as_str(), behind.number, behind.name.as_str()), ("Gap0", 3, "Gap1"));
    }
}

#[test]
fn a_further_session_is_no_hybrid_and_cannot_change_old_loaders() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut tree = Tree::new();
    add(&mut tree, "/loader", bytes(4096));
    support::build(&tree, PlanOptions::default(), &path);
    let growing = GrowingImage::open(&path).unwrap();
    let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    let mut tree = imported.tree.clone();
    let place = growing.place();
    let loader = BootSource::File(tree.lookup("/loader").unwrap());
    // The boot record takes the place of Joliet's descriptor: the first session needs the sector behind these.
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let base = || PlanOptions { place, file_systems, ..imported.plan_options() };
    let with = |images| PlanOptions { boot: with_images(images).boot, ..base() };
    assert!(LayoutPlan::new(&tree, with(vec![bios(loader)])).is_err());
    let hybrid = PlanOptions { hybrid: Some(HybridOptions::default()), ..base() };
    assert!(LayoutPlan::new(&tree, hybrid).is_err());

    // As it is, it can be booted; and so can one that comes with the session.
    let new = add(&mut tree, "/new", bytes(9000));
    let images = vec![bios(BootSource::File(new)), BootImage::new(loader, BootPlatform::X86)];
    let plan = LayoutPlan::new(&tree, with(images)).unwrap();
    growing.write(&plan, &Control::default()).unwrap();
    let disc = Disc::open(&path).unwrap();
    let report = disc.boot_catalog(None).unwrap().unwrap();
    assert_eq!(report.images[0].path.as_deref(), Some("/new"));
    assert!(report.images[0].boot_info_table.unwrap().checksum_right);
    assert_eq!(report.images[1].path.as_deref(), Some("/loader"));
}

#[test]
fn all_that_boots_is_taken_out() {
    let mut tree = Tree::new();
    let options = hybrid(&mut tree, PartitionScheme::Gpt, FileSystems::ISO9660);
    let disc = opened(&written(&tree, options));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let extract = |overwrite| disc.extract_boot(None, &out, overwrite, &Control::default());
    let names: Vec<String> = extract(false)
        .unwrap()
        .iter()
        .map(|one| one.path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        names,
        ["boot-catalog.bin", "boot-image-1-bios.img", "boot-image-2-uefi.img", "system-area.bin"]
    );
    let hash = |path: &Path| Sha256::digest(std::fs::read(path).unwrap());
    let partition = std::fs::read(out.join("boot-image-2-uefi.img")).unwrap();
    assert_eq!(partition[..3 << 20], bytes(3 << 20 | 1)[..3 << 20]);
    let before = hash(&out.join("boot-image-1-bios.img"));
    assert!(matches!(extract(false), Err(Error::OutputWrite { .. })));
    extract(true).unwrap();
    assert_eq!(hash(&out.join("boot-image-1-bios.img")), before);
}

/// Sectors of which one byte is another.
struct Damaged {
    sound: Arc<MemorySectors>,
    at: usize,
    value: u8,
}

impl ReadSectors for Damaged {
    fn sectors(&self) -> SectorCount {
        self.sound.sectors()
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        self.sound.read_sectors(start, into)?;
        let first = start.get() as usize * 2048;
        if let Some(byte) = self.at.checked_sub(first).and_then(|at| into.get_mut(at)) {
            *byte = self.value;
        }
        Ok(())
    }
}

/// No file is called hidden because the directory that it is in cannot be read; what is elsewhere is named all the same.
#[test]
fn damage_of_the_tree_is_told_where_files_have_no_name_for_it() {
    let mut tree = Tree::new();
    let loader = add(&mut tree, "/boot/loader", bytes(4096));
    let other = add(&mut tree, "/kept/other", bytes(4096));
    let images = vec![bios(BootSource::File(loader)), bios(BootSource::File(other))];
    let image = written(&tree, PlanOptions { file_systems: FileSystems::ISO9660, ..with_images(images) });
    let sound = opened(&image).boot_catalog(None).unwrap().unwrap();
    assert_eq!((sound.unread, &sound.findings[..]), (None, &[][..]));
    let number = |at: usize| u32::from_le_bytes(image[at..at + 4].try_into().unwrap());
    let root = number(16 * 2048 + 158) as usize * 2048;
    let name = root + image[root..].windows(4).position(|name| name == b"BOOT").unwrap();
    let start = Sector::new(number(name - 31));
    let sound = Arc::new(MemorySectors::new(image));
    let disc = Disc::from_source(Arc::new(Unreadable { sound, at: start }), "memory").unwrap();
    let report = disc.boot_catalog(None).unwrap().unwrap();
    let paths: Vec<_> = report.images.iter().map(|image| image.path.as_deref()).collect();
    assert_eq!(paths, [None, Some("/KEPT/OTHER")]);
    assert!(report.unread.as_ref().is_some_and(|unread| unread.starts_with("/BOOT: ")), "{report:?}");
    let [finding] = &report.findings[..] else { panic!("{report:?}") };
    assert!(finding.starts_with("not all of the tree can be read"), "{finding}");
    let damage = disc.verify(None, &Control::default()).unwrap();
    let places: Vec<_> = damage.findings.iter().filter_map(|finding| finding.path.as_deref()).collect();
    assert_eq!((places, damage.files), (vec!["/BOOT"], 1), "{damage:?}");
}

struct Unreadable {
    sound: Arc<MemorySectors>,
    at: Sector,
}

impl ReadSectors for Unreadable {
    fn sectors(&self) -> SectorCount {
        self.sound.sectors()
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        let end = start.get() + (into.len() / 2048) as u32;
        if (start.get()..end).contains(&self.at.get()) {
            return Err(ReadError::Io { start: self.at, source: std::io::Error::other("it is damaged") });
        }
        self.sound.read_sectors(start, into)
    }
}

/// Any byte of catalog and tables may be anything.
#[test]
fn damage_is_told_and_never_followed() {
    let mut tree = Tree::new();
    let options = hybrid(&mut tree, PartitionScheme::GptAndMbr, FileSystems::ISO9660);
    let image = written(&tree, options);
    let catalog = opened(&image).boot_catalog(None).unwrap().unwrap().sector as usize * 2048;
    let backup = image.len() - 512;
    let places = (440..700).chain(1024..1200).chain(catalog..catalog + 160).chain(backup..backup + 92);
    let sound = Arc::new(MemorySectors::new(image.clone()));
    for at in places {
        for value in [0, 1, 0x7F, 0xFF] {
            let damaged = Damaged { sound: sound.clone(), at, value };
            let disc = Disc::from_source(Arc::new(damaged), "memory").unwrap();
            disc.system_area(None).unwrap();
            disc.boot_catalog(None).unwrap();
        }
    }
    for len in [40, 200, image.len() / 2048 - 1] {
        let disc = opened(&image[..len * 2048]);
        assert!(!disc.system_area(None).unwrap().findings.is_empty());
        disc.boot_catalog(None).unwrap();
    }
}
