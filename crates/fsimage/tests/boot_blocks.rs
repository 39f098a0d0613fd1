//! Boot blocks of machines that are neither PCs nor Macs, right, wrong and damaged: what is said of them. What other
//! programs write is in the command's `interop_system_area`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use fsimage::{
    BootFileReport, Control, Disc, FileSystem, FileSystems, Item, ItemOptions, LayoutPlan, MemorySectors,
    PlanOptions, SystemAreaReport, Tree, WriterSink,
};
use iso9660::system_area::{
    AlphaBootBlock, DecBootBlock, DecBootExtent, PaloBlock, PaloFile, SgiPartition, SgiVolumeDirectoryEntry,
    SgiVolumeHeader, SunDiskLabel, SunGrubCore, SunPartition,
};
use proptest::prelude::*;

/// A boot block for something of so many bytes from a byte of the image on.
type Maker = fn(u64, u64) -> Vec<u8>;

const MAKERS: [Maker; 5] = [sun, sgi, dec, palo, alpha];

fn sun(start: u64, len: u64) -> Vec<u8> {
    let mut label = SunDiskLabel { label: [b'-'; 128], ..SunDiskLabel::of_image(4) };
    label.partitions[0].blocks = 100;
    let core = SunGrubCore { start, len: len as u32 };
    [&label.encode()[..], &[0; 40], &core.encode()].concat()
}

fn sgi(start: u64, len: u64) -> Vec<u8> {
    let mut header = SgiVolumeHeader {
        root_partition: 0,
        swap_partition: 0,
        boot_file: [0; 16],
        device_parameters: [0; 48],
        directory: [SgiVolumeDirectoryEntry::default(); 15],
        partitions: [SgiPartition::default(); 16],
    };
    let start = (start / 512) as u32;
    header.directory[3] = SgiVolumeDirectoryEntry { name: *b"sashARCS", start, len: len as u32 };
    header.encode().to_vec()
}

fn dec(start: u64, len: u64) -> Vec<u8> {
    let mut map = [DecBootExtent::default(); 61];
    map[0] = DecBootExtent { blocks: len.div_ceil(512) as u32, start: (start / 512) as u32 };
    DecBootBlock { mode: 0, load_address: 0x8003_0000, entry: 0x8003_0000, map }.encode().to_vec()
}

fn palo(start: u64, len: u64) -> Vec<u8> {
    let block = PaloBlock {
        version: 5,
        kernel32: PaloFile::default(),
        ramdisk: PaloFile::default(),
        old_command_line: [0; 128],
        flags: 0,
        kernel64: PaloFile::default(),
        loader: PaloFile { start: start as u32, len: len as u32 },
        loader_entry: 0,
        new_command_line: [b'x'; 1024],
    };
    block.encode().to_vec()
}

fn alpha(start: u64, len: u64) -> Vec<u8> {
    let mut block =
        AlphaBootBlock { data: [0; 480], blocks: len.div_ceil(512), start: start / 512, flags: 0 };
    block.data[..17].copy_from_slice(b"Linux/Alpha aboot");
    block.encode().to_vec()
}

/// An image with a loader of 5000 bytes, and the byte where that begins.
fn image() -> (Vec<u8>, u64) {
    let mut tree = Tree::new();
    for name in ["/boot/before", "/boot/loader", "/boot/then"] {
        tree.add(name, Item::Bytes(vec![7; 5000].into()), &ItemOptions::default()).unwrap();
    }
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let plan = LayoutPlan::new(&tree, PlanOptions { file_systems, ..PlanOptions::default() }).unwrap();
    let mut image = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    let tree = opened(&image).image(None, &[FileSystem::RockRidge]).unwrap();
    let loader = tree.lookup("/boot/loader").unwrap().sections()[0].start.byte_offset();
    (image, loader)
}

fn opened(image: &[u8]) -> Disc {
    Disc::from_source(Arc::new(MemorySectors::new(image.to_vec())), "memory").unwrap()
}

fn described(image: &[u8], block: &[u8]) -> SystemAreaReport {
    let mut image = image.to_vec();
    image[..block.len()].copy_from_slice(block);
    opened(&image).system_area(None).unwrap()
}

/// All that boot blocks name.
fn files(area: &SystemAreaReport) -> Vec<&BootFileReport> {
    let core = area.sun_disk_label.iter().filter_map(|label| label.grub_core.as_ref());
    let sgi = area.sgi_volume_header.iter().flat_map(|header| &header.files);
    let dec = area.dec_boot_block.iter().flat_map(|block| &block.segments);
    let palo = area.palo_block.iter().flat_map(|block| &block.files);
    let alpha = area.alpha_boot_block.iter().map(|block| &block.loader);
    core.chain(sgi).chain(dec).chain(palo).chain(alpha).collect()
}

#[test]
fn what_boot_blocks_name_is_found_and_judged() {
    let (image, loader) = image();
    let end = image.len() as u64;
    for (at, maker) in MAKERS.into_iter().enumerate() {
        let area = described(&image, &maker(loader, 5120));
        let [file] = files(&area)[..] else { panic!("{at}: {area:?}") };
        assert_eq!((file.path.as_deref(), file.offset), (Some("/boot/loader"), 0), "{at}");
        assert_eq!((file.start, file.bytes), (loader, 5120), "{at}");
        assert!(area.findings.is_empty(), "{at}: {:?}", area.findings);

        // Segments are parts of files, whose other parts are of no use.
        let is_segment = area.dec_boot_block.is_some();
        let wrong = [
            (loader + 2048, 5120, "in the middle of /boot/loader", !is_segment),
            (loader, 4608, "4608 bytes, and /boot/loader has 5000", !is_segment),
            (loader, 8192, "8192 bytes, and /boot/loader has 5000", !is_segment),
            (16 * 2048, 512, "where no file of the image lies", true),
            (end - 2048, 4096, "ends at byte", true),
        ];
        for (start, len, text, is_wrong) in wrong {
            let area = described(&image, &maker(start, len));
            let told = area.findings.iter().filter(|finding| finding.message.contains(text)).count();
            assert_eq!((told, area.findings.len()), (is_wrong.into(), is_wrong.into()), "{at}: {area:?}");
        }
        let area = described(&image, &maker(loader + 2048, 512));
        assert_eq!((files(&area)[0].path.as_deref(), files(&area)[0].offset), (Some("/boot/loader"), 2048));
        let cut = &image[..(loader as usize + 2048)];
        assert!(!described(cut, &maker(loader, 5120)).findings.is_empty(), "{at}");
    }
}

#[test]
fn a_partition_that_begins_with_a_file_names_it() {
    let (image, loader) = image();
    let (mut label, _) = SunDiskLabel::parse(&sun(0, 0)).unwrap().1;
    // Cylinders have 2048 bytes.
    label.partitions[4] = SunPartition { start_cylinder: (loader / 2048) as u32, blocks: 12 };
    label.partitions[5] = SunPartition { start_cylinder: u32::MAX, blocks: u32::MAX };
    let area = described(&image, &label.encode());
    let partitions = &area.sun_disk_label.as_ref().unwrap().partitions;
    let found: Vec<_> = partitions.iter().map(|one| (one.number, one.path.as_deref())).collect();
    assert_eq!(found, [(1, None), (5, Some("/boot/loader")), (6, None)]);
    let [finding] = &area.findings[..] else { panic!("{area:?}") };
    assert!(finding.message.contains("partition 6 ends at block"), "{finding}");
}

/// Where a checksum is over a block, nothing that changes in it passes for right.
#[test]
fn flipped_bits_are_told() {
    let (image, loader) = image();
    for (kind, maker) in MAKERS.into_iter().enumerate() {
        let sound = maker(loader, 5120);
        for at in 0..sound.len().min(1100) {
            let mut block = sound.clone();
            block[at] ^= 1 << (at % 8);
            let area = described(&image, &block);
            let is_checked = at < 512 && [0, 1, 4].contains(&kind);
            assert!(!is_checked || !area.findings.is_empty(), "{kind}, byte {at}: {area:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever stands there is described.
    #[test]
    fn any_bytes_are_described(
        kind in 0usize..5,
        mut block in proptest::collection::vec(any::<u8>(), 4096),
        right in any::<bool>(),
    ) {
        thread_local!(static IMAGE: Vec<u8> = image().0);
        match kind {
            0 => block[508..510].copy_from_slice(&SunDiskLabel::MAGIC),
            1 => block[..4].copy_from_slice(&SgiVolumeHeader::MAGIC),
            2 => block[8..12].copy_from_slice(&DecBootBlock::MAGIC),
            3 => block[..7].copy_from_slice(PaloBlock::MAGIC),
            _ => block[..17].copy_from_slice(b"Linux/Alpha aboot"),
        }
        // With the checksum that belongs to it.
        match kind {
            0 if right => block.splice(..512, SunDiskLabel::parse(&block).unwrap().1.0.encode()).count(),
            1 if right => block.splice(..512, SgiVolumeHeader::parse(&block).unwrap().1.0.encode()).count(),
            4 if right => block.splice(..512, AlphaBootBlock::parse(&block).unwrap().1.0.encode()).count(),
            _ => 0,
        };
        let area = IMAGE.with(|image| described(image, &block));
        let has = [
            area.sun_disk_label.is_some(),
            area.sgi_volume_header.is_some(),
            area.dec_boot_block.is_some(),
            area.palo_block.is_some(),
            area.alpha_boot_block.is_some(),
        ];
        prop_assert!(has[kind]);
        prop_assert!(files(&area).len() <= 61);
    }
}
