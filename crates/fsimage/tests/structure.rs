//! The check of structures: what it finds, where, by which clause, and that no file is read for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::{Arc, Mutex};

use fsimage::{
    BootImage, BootOptions, BootPlatform, BootSource, Control, DEFAULT_PREFERENCE, Disc, FileSystems,
    Finding, Guid, HybridOptions, Item, ItemOptions, LayoutPlan, MemorySectors, MetadataPartition, Observer,
    PartitionOptions, PartitionScheme, PlanOptions, Progress, ReadError, ReadSectors, Sector, SectorCount,
    Tree, UdfAccess, UdfOptions, UdfRevision, VerifyReport, WriterSink,
};

/// A bridge with all file systems that boots, and where its files lie.
fn image() -> (Vec<u8>, Vec<(String, usize, usize)>) {
    image_of(FileSystems::all() - FileSystems::HFS_PLUS, UdfOptions::default(), false)
}

fn image_of(
    file_systems: FileSystems,
    udf: UdfOptions,
    is_hybrid: bool,
) -> (Vec<u8>, Vec<(String, usize, usize)>) {
    let mut tree = Tree::new();
    for (name, byte) in [("/a/one", 1), ("/a/two", 2), ("/b/three", 3)] {
        tree.add(name, Item::Bytes(vec![byte; 9_000].into()), &ItemOptions::default()).unwrap();
    }
    let loader = tree.add("/loader", Item::Bytes(vec![4; 5_000].into()), &ItemOptions::default()).unwrap();
    let images = vec![BootImage::new(BootSource::File(loader), BootPlatform::X86)];
    let hybrid = HybridOptions {
        scheme: PartitionScheme::Gpt,
        apple_partition_map: true,
        partitions: vec![PartitionOptions {
            gpt_type: Some(Guid::BASIC_DATA),
            apple_type: Some("Apple_HFS".to_owned()),
            ..PartitionOptions::image()
        }],
        ..HybridOptions::default()
    };
    let boot = BootOptions { images, ..BootOptions::default() };
    let options = PlanOptions {
        file_systems,
        udf,
        boot: file_systems.contains(FileSystems::ISO9660).then_some(boot),
        hybrid: is_hybrid.then_some(hybrid),
        ..PlanOptions::default()
    };
    let plan = LayoutPlan::new(&tree, options).unwrap();
    let segments = plan
        .segments()
        .map(|it| (it.owner.unwrap_or(it.label.to_owned()), it.start as usize, it.sectors as usize));
    let mut image = Vec::new();
    let segments = segments.collect();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    (image, segments)
}

/// A volume that others are to write to.
fn written_to(revision: UdfRevision, metadata_partition: MetadataPartition) -> UdfOptions {
    let access = UdfAccess::Overwritable { free: SectorCount::new(512) };
    UdfOptions { revision, metadata_partition, access, ..UdfOptions::default() }
}

fn checked(image: Vec<u8>) -> VerifyReport {
    let disc = Disc::from_source(Arc::new(MemorySectors::new(image)), "memory").unwrap();
    disc.verify_structure(None, &Control::default()).unwrap()
}

fn place(segments: &[(String, usize, usize)], of: &str) -> usize {
    segments.iter().find(|(name, ..)| name == of).unwrap_or_else(|| panic!("{of}: {segments:?}")).1
}

/// A medium of which nothing can be read that begins in a file. A boot catalog is read with what lies behind it.
#[derive(Debug)]
struct WithoutFiles(MemorySectors, Vec<(usize, usize)>);

impl ReadSectors for WithoutFiles {
    fn sectors(&self) -> SectorCount {
        self.0.sectors()
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        let first = start.get() as usize;
        match self.1.iter().any(|&(from, len)| (from..from + len).contains(&first)) {
            true => Err(ReadError::Io { start, source: std::io::ErrorKind::Other.into() }),
            false => self.0.read_sectors(start, into),
        }
    }
}

#[test]
fn a_sound_image_has_no_findings_and_no_file_is_read() {
    let (image, segments) = image();
    let report = checked(image.clone());
    assert_eq!((report.findings.as_slice(), report.bytes), (&[][..], 0));
    assert!(report.files >= 4 && report.directories >= 3);
    let files = ["/a/one", "/a/two", "/b/three"];
    let files = segments.iter().filter(|(name, ..)| files.contains(&name.as_str()));
    let files = files.map(|&(_, start, len)| (start, len)).collect();
    let source = WithoutFiles(MemorySectors::new(image), files);
    let disc = Disc::from_source(Arc::new(source), "memory").unwrap();
    assert_eq!(disc.verify_structure(None, &Control::default()).unwrap().findings, []);
    assert!(!disc.verify(None, &Control::default()).unwrap().is_whole(), "reading all of it tells");
}

/// Every sector that is no file's is told where it is lost, also where readers go on without it: what there is twice, what ends
/// a sequence, and what tells of a file system as a whole.
#[test]
fn each_lost_sector_is_told() {
    let udf =
        |revision, metadata_partition| UdfOptions { revision, metadata_partition, ..UdfOptions::default() };
    let alone = FileSystems::UDF;
    let bridge = FileSystems::all() - FileSystems::HFS_PLUS;
    let images = [
        ("2.50", image_of(alone, udf(UdfRevision::V2_50, MetadataPartition::Mirrored), false)),
        ("2.01", image_of(alone, udf(UdfRevision::V2_01, MetadataPartition::None), false)),
        (
            "2.50, written to",
            image_of(alone, written_to(UdfRevision::V2_50, MetadataPartition::Mirrored), false),
        ),
        ("2.01, written to", image_of(alone, written_to(UdfRevision::V2_01, MetadataPartition::None), false)),
        ("bridge", image_of(bridge, UdfOptions::default(), false)),
        ("hybrid", image_of(bridge, UdfOptions::default(), true)),
    ];
    let mut untold = Vec::new();
    for (name, (sound, segments)) in images {
        assert_eq!(checked(sound.clone()).findings, [], "{name}");
        let of_files = |sector: usize| {
            let mut files = segments.iter().filter(|(name, ..)| name.starts_with('/'));
            files.any(|&(_, start, len)| (start..start + len).contains(&sector))
        };
        for sector in (0..sound.len() / 2048).filter(|&sector| !of_files(sector)) {
            let mut image = sound.clone();
            let bytes = &mut image[sector * 2048..][..2048];
            // What pads a disk for a GPT is anchors, wherever it is cut.
            let is_padding = sector > 257 && sector + 1 < sound.len() / 2048 && bytes.starts_with(&[2, 0]);
            if is_padding || bytes.iter().all(|&byte| byte == 0) {
                continue;
            }
            bytes.fill(0);
            let disc = Disc::from_source(Arc::new(MemorySectors::new(image)), "memory").unwrap();
            // Where no file system is left, that is an error.
            let Ok(report) = disc.verify_structure(None, &Control::default()) else { continue };
            let is_here = |finding: &&Finding| {
                let mut sectors = finding.sectors.iter();
                sectors.any(|&(start, len)| (start..start + len).contains(&(sector as u32)))
            };
            let found: Vec<_> = report.findings.iter().filter(is_here).collect();
            // A block that was never recorded ends a sequence as well.
            let is_odd = found
                .iter()
                .any(|one| one.message.contains("terminating") || one.message.contains("not closed"));
            if found.iter().all(|one| one.clause.is_none()) || (report.is_whole() && !is_odd) {
                untold.push(format!("{name}, {sector}: {:?}", report.findings));
            }
        }
    }
    assert!(untold.is_empty(), "{}", untold.join("\n"));
}

/// What is read of a whole image is all of it in the end, also what lies in no file.
#[test]
fn a_check_comes_to_its_end() {
    #[derive(Debug, Default)]
    struct Last(Mutex<Option<(u64, u64)>>);
    impl Observer for Last {
        fn progress(&self, progress: Progress) {
            *self.0.lock().unwrap() = Some((progress.done, progress.total));
        }
    }
    let last = Arc::new(Last::default());
    let disc = Disc::from_source(Arc::new(MemorySectors::new(image().0)), "memory").unwrap();
    let control = Control { observer: Some(last.clone()), ..Control::default() };
    assert!(disc.verify(None, &control).unwrap().is_whole());
    let (done, total) = last.0.lock().unwrap().unwrap();
    assert_eq!((done, done > 0), (total, true));
    let report = disc.verify_structure(None, &control).unwrap();
    let (done, total) = last.0.lock().unwrap().unwrap();
    assert_eq!((done, total), (report.directories, report.directories));
    let none = disc.image(None, &[]).err().unwrap().to_string();
    assert!(none.contains("names no file system"), "{none}");
    let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    let root = image.open(&image.root().unwrap()).err().unwrap().to_string();
    assert!(root.starts_with("/ is a directory"), "{root}");
}

/// What share of the directories has been checked never falls back, in an image of several file systems.
#[test]
fn the_progress_of_a_check_never_falls_back() {
    #[derive(Debug, Default)]
    struct All(Mutex<Vec<(u64, u64)>>);
    impl Observer for All {
        fn progress(&self, progress: Progress) {
            self.0.lock().unwrap().push((progress.done, progress.total));
        }
    }
    let mut tree = Tree::new();
    for number in 0..60 {
        let path = format!("/d{}/e{}/f{number}", number % 3, number % 7);
        tree.add(&path, Item::Directory, &ItemOptions::default()).unwrap();
    }
    let file_systems = FileSystems::all() - FileSystems::HFS_PLUS;
    let plan = LayoutPlan::new(&tree, PlanOptions { file_systems, ..PlanOptions::default() }).unwrap();
    let mut image = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    let all = Arc::new(All::default());
    let control = Control { observer: Some(all.clone()), ..Control::default() };
    let disc = Disc::from_source(Arc::new(MemorySectors::new(image)), "memory").unwrap();
    let report = disc.verify_structure(None, &control).unwrap();
    assert_eq!(report.findings, []);
    let told = all.0.lock().unwrap();
    assert!(told.iter().all(|&(_, total)| total == report.directories), "{told:?}");
    assert!(told.is_sorted(), "{told:?}");
}

/// One finding of those says all of that.
#[track_caller]
fn told(findings: &[Finding], sector: usize, clause: Option<&str>, words: &str) {
    let is_it = |found: &&Finding| {
        found.sectors.first().is_some_and(|&(start, _)| start as usize == sector)
            && found.clause.as_deref() == clause
            && found.message.contains(words)
    };
    assert!(findings.iter().find(is_it).is_some(), "{sector}, {clause:?}, {words}: {findings:#?}");
}

#[test]
fn each_finding_has_its_sector_and_clause() {
    let (sound, segments) = image();
    let changed = |change: &dyn Fn(&mut [u8])| {
        let mut image = sound.clone();
        change(&mut image);
        checked(image).findings
    };

    // ISO 9660: a path table that names another directory.
    let table = u32::from_le_bytes(sound[16 * 2048 + 140..][..4].try_into().unwrap()) as usize;
    let findings = changed(&|image| image[table * 2048 + 10 + 2] ^= 1);
    assert!(
        findings.iter().any(|found| found
            .clause
            .as_deref()
            .is_some_and(|it| it.starts_with("ECMA-119 ") && found.sectors[0].0 as usize == table)),
        "{findings:#?}"
    );

    // UDF: the checksum of a descriptor of the main sequence.
    let main = u32::from_le_bytes(sound[256 * 2048 + 20..][..4].try_into().unwrap()) as usize;
    let findings = changed(&|image| image[main * 2048 + 100] ^= 1);
    assert!(
        findings.iter().any(|found| found.sectors.first().is_some_and(|&(at, _)| at as usize == main)
            && found.clause.is_some()),
        "{findings:#?}"
    );

    // What boots: the checksum of the catalog.
    let catalog = u32::from_le_bytes(sound[17 * 2048 + 0x47..][..4].try_into().unwrap()) as usize;
    let findings = changed(&|image| image[catalog * 2048 + 4] ^= 1);
    assert!(!findings.is_empty());

    // A file that begins within another, and one beyond the end, by all records of them.
    let (one, two) = (place(&segments, "/a/one"), place(&segments, "/a/two"));
    let moved = |to: u32| {
        changed(&move |image: &mut [u8]| {
            let (old, new) = ((two as u32).to_le_bytes(), to.to_le_bytes());
            for at in 16 * 2048..image.len() - 8 {
                let both = [old, (two as u32).to_be_bytes()].concat();
                if image[at..].starts_with(&both) {
                    image[at..at + 8].copy_from_slice(&[new, to.to_be_bytes()].concat());
                }
            }
        })
    };
    told(&moved(one as u32 + 1), one + 1, None, "within /a/one");
    told(&moved(100_000), 100_000, None, "pass the end of the medium");
}

#[test]
fn what_lies_behind_the_stated_end_of_the_volume_is_told() {
    let (sound, segments) = image();
    let three = place(&segments, "/b/three") as u32;
    for size in [0, 10, 17, 20, three + 4] {
        let mut image = sound.clone();
        for descriptor in [16, 17] {
            let place = &mut image[descriptor * 2048 + 80..][..8];
            place[..4].copy_from_slice(&size.to_le_bytes());
            place[4..].copy_from_slice(&size.to_be_bytes());
        }
        let report = checked(image);
        let told: Vec<&Finding> =
            report.findings.iter().filter(|it| it.message.contains("behind its end")).collect();
        assert_eq!(told.len(), 1, "{size}: {:?}", report.findings);
        assert_eq!(told[0].clause.as_deref(), Some("ECMA-119 8.4.8"));
        assert!(told[0].message.starts_with(&format!("a volume of {size} sectors")), "{}", told[0]);
        assert!(report.files >= 4 && report.directories >= 3, "{size}: all is read");
    }
}

/// Directories that lie too deep are not said to be gone: nobody has looked for their records.
#[test]
fn of_directories_that_lie_too_deep_nothing_is_said_but_that() {
    let mut tree = Tree::new();
    for path in ["/d".repeat(1_000) + "/x", "/y".to_owned() + &"/e".repeat(40)] {
        tree.add(&path, Item::Directory, &ItemOptions::default()).unwrap();
    }
    let plan =
        LayoutPlan::new(&tree, PlanOptions { file_systems: FileSystems::ISO9660, ..PlanOptions::default() });
    let mut image = Vec::new();
    plan.unwrap().write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    assert_eq!(checked(image.clone()).findings, []);
    // What /y has is below the deepest directory then.
    let record = |name: u8| image.windows(34).position(|at| at[0] == 34 && at[32..] == [1, name]).unwrap();
    let (x, y) = (record(b'X'), record(b'Y'));
    for at in 2..10 {
        image.swap(x + at, y + at);
    }
    let findings = checked(image).findings;
    let has = |words: &str| findings.iter().any(|finding| finding.to_string().contains(words));
    assert!(has("1024 levels"), "{findings:?}");
    assert!(!has("its record is gone"), "{findings:?}");
}

/// A writing system takes what is free: blocks that are in use must not be.
#[test]
fn blocks_in_use_that_a_bitmap_calls_free_are_damage() {
    for (revision, metadata) in
        [(UdfRevision::V2_01, MetadataPartition::None), (UdfRevision::V2_50, MetadataPartition::Mirrored)]
    {
        let (sound, segments) = image_of(FileSystems::UDF, written_to(revision, metadata), false);
        assert_eq!(checked(sound.clone()).findings, []);
        let is_bitmap = |&at: &usize| sound[at * 2048..].starts_with(&[8, 1]);
        let bitmaps: Vec<usize> = (0..sound.len() / 2048).filter(is_bitmap).collect();
        assert_eq!(bitmaps.len(), if metadata == MetadataPartition::None { 1 } else { 2 });
        // The CRC is that of the head alone (UDF 2.3.8).
        let calls_free = |bitmap: usize, block: usize| {
            let mut image = sound.clone();
            image[bitmap * 2048 + 24 + block / 8] |= 1 << (block % 8);
            checked(image).findings
        };
        let of_partition = *bitmaps.last().unwrap();
        let location = u32::from_le_bytes(sound[of_partition * 2048 + 12..][..4].try_into().unwrap());
        let file = place(&segments, "/a/one");
        let block = file + location as usize - of_partition;
        let first = format!(
            "1 blocks that are in use are free by the record of unallocated space, the first of them in sector {file}"
        );
        told(&calls_free(of_partition, block), of_partition, Some("ECMA-167 4/14.12"), &first);
        if let MetadataPartition::Mirrored = metadata {
            let findings = calls_free(bitmaps[0], 0);
            assert!(
                findings.iter().any(|it| it.is_damage && it.message.contains("free by the metadata bitmap")),
                "{findings:?}"
            );
        }
    }
}

/// Puts CRC and checksum of a descriptor right (ECMA-167 3/7.2).
fn seal(block: &mut [u8]) {
    let len = usize::from(u16::from_le_bytes([block[10], block[11]]));
    let crc = block[16..16 + len].iter().fold(0u16, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| match crc & 0x8000 {
            0 => crc << 1,
            _ => crc << 1 ^ 0x1021,
        })
    });
    block[8..10].copy_from_slice(&crc.to_le_bytes());
    block[4] = 0;
    block[4] = block[..16].iter().fold(0, |sum: u8, &byte| sum.wrapping_add(byte));
}

/// What a directory of UDF hides: a further parent, and an identifier that leads nowhere.
#[test]
fn an_identifier_that_hides_its_file_is_damage() {
    let udf = UdfOptions { revision: UdfRevision::V2_01, ..UdfOptions::default() };
    let (image, _) = image_of(FileSystems::UDF, udf, false);
    assert_eq!(checked(image.clone()).findings, []);
    let of = |name: &[u8]| {
        let is_it = |at: &[u8]| at.starts_with(&[1, 1]) && at[38..].starts_with(name);
        image.windows(38 + name.len()).position(is_it).unwrap()
    };
    let changed = |identifier: usize, within: usize, bytes: &'static [u8]| {
        move |image: &mut [u8]| {
            image[identifier + within..][..bytes.len()].copy_from_slice(bytes);
            seal(&mut image[identifier..]);
            let block = &mut image[identifier / 2048 * 2048..][..2048];
            if !identifier.is_multiple_of(2048) && !block.starts_with(&[1, 1]) {
                seal(block);
            }
        }
    };
    let (directory, file) = (of(b"\x08a"), of(b"\x08one"));
    damaged(&image, &changed(directory, 18, &[0x0a]), directory / 2048, "\"a\" is left out");
    damaged(&image, &changed(file, 18, &[0x08]), file / 2048, "\"one\" is left out");
    damaged(&image, &changed(file, 20, &[0; 4]), file / 2048, "the ICB of \"one\" has no length");
}

/// By both sequences.
#[test]
fn a_partition_that_passes_the_medium_is_damage() {
    let (image, _) = image();
    let is_partition = |&at: &usize| image[at * 2048..].starts_with(&[5, 0]);
    let descriptors: Vec<usize> = (0..image.len() / 2048).filter(is_partition).collect();
    assert_eq!(descriptors.len(), 2);
    let longer = |image: &mut [u8]| {
        for &at in &descriptors {
            let block = &mut image[at * 2048..][..2048];
            block[194] = 0x7f;
            seal(block);
        }
    };
    damaged(&image, &longer, descriptors[0], "and the medium with block");
}

/// What other readers refuse a volume descriptor for, and what they do not.
#[test]
fn bytes_of_a_volume_descriptor_with_one_right_value_are_told() {
    let (image, _) = image();
    let joliet = (17..30).find(|at| image[at * 2048..].starts_with(b"\x02CD001")).unwrap();
    for (sector, at, byte, words) in [
        (16, 156, 0, "has 0 bytes instead of 34"),
        (joliet, 156, 33, "has 33 bytes instead of 34"),
        (16, 6, 2, "version 2 of a primary volume descriptor"),
        (16, 881, 2, "version 2 of directories and path tables"),
    ] {
        damaged(&image, &|image| image[sector * 2048 + at] = byte, sector, words);
    }
    for (sector, at, byte, clause) in [
        (16, 156, 68, "ECMA-119 8.4.18"),
        (16, 181, 0, "ECMA-119 8.4.18"),
        (joliet, 181, 0, "ECMA-119 8.4.18"),
        (16, 188, 2, "ECMA-119 8.4.18"),
        (16, 189, 1, "ECMA-119 8.4.18"),
        (16, 7, 1, "ECMA-119 8.4.4"),
        (16, 100, 1, "ECMA-119 8.4.9"),
        (16, 2047, 1, "ECMA-119 8.4.33"),
    ] {
        let mut image = image.clone();
        image[sector * 2048 + at] = byte;
        let report = checked(image);
        told(&report.findings, sector, Some(clause), "");
        assert!(report.is_whole(), "{at}: {:?}", report.findings);
    }
}

/// Damage of those words, at a sector.
#[track_caller]
fn damaged(image: &[u8], change: &dyn Fn(&mut [u8]), sector: usize, words: &str) {
    let mut image = image.to_vec();
    change(&mut image);
    let findings = checked(image).findings;
    let is_it = |found: &&Finding| {
        found.is_damage
            && found.clause.is_some()
            && found.sectors.iter().any(|&(start, _)| start as usize == sector)
            && found.message.contains(words)
    };
    assert!(findings.iter().find(is_it).is_some(), "{sector}, {words}: {findings:#?}");
}

/// An image that two of three boot images are in sections of, with an Apple partition map, HFS+ and a master boot record.
fn image_that_boots() -> Vec<u8> {
    let mut tree = Tree::new();
    let mut boot = BootOptions::default();
    for (name, platform) in
        [("/one", BootPlatform::X86), ("/two", BootPlatform::EFI), ("/three", BootPlatform::EFI)]
    {
        let file = tree.add(name, Item::Bytes(vec![4; 5_000].into()), &ItemOptions::default()).unwrap();
        boot.images.push(BootImage::new(BootSource::File(file), platform));
    }
    let hybrid = HybridOptions {
        scheme: PartitionScheme::Mbr,
        apple_partition_map: true,
        partitions: vec![PartitionOptions::image(), PartitionOptions::hfs_plus()],
        ..HybridOptions::default()
    };
    let options = PlanOptions {
        file_systems: FileSystems::ISO9660 | FileSystems::HFS_PLUS,
        boot: Some(boot),
        hybrid: Some(hybrid),
        ..PlanOptions::default()
    };
    let plan = LayoutPlan::new(&tree, options).unwrap();
    let mut image = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    assert_eq!(checked(image.clone()).findings, []);
    image
}

#[test]
fn entries_of_a_boot_catalog_are_damaged() {
    let image = image_that_boots();
    let catalog = u32::from_le_bytes(image[17 * 2048 + 0x47..][..4].try_into().unwrap()) as usize;
    let with = |at: usize, bytes: &'static [u8]| {
        move |image: &mut [u8]| image[catalog * 2048 + at..][..bytes.len()].copy_from_slice(bytes)
    };
    let section = 64;
    let entries = section + 32;
    let cases: [(usize, &[u8], &str); 15] = [
        (32, &[0x8b], "boot image 1: a boot indicator of 8b"),
        (33, &[5], "boot image 1: a media type of 05"),
        (33, &[0x10], "boot image 1: a media type of 10"),
        (37, &[1], "boot image 1: byte 5"),
        (38, &[0xff, 0xff], "boot image 1: 16384 sectors"),
        (40, &[0xff, 0xff, 0xff, 0x7f], "boot image 1 lies beyond the end"),
        (40, &[0, 0, 0, 0], "boot image 1 would lie in sector 0"),
        (section, &[0x92], "an entry that belongs to no section"),
        (section + 1, &[0xed], "a section for platform 0xed"),
        (section + 2, &[1], "an entry that belongs to no section"),
        (section + 2, &[3], "boot image 4: its entry is empty"),
        (section + 2, &[0xff, 0xff], "is damaged"),
        (entries, &[0x89], "boot image 2: a boot indicator of 89"),
        (entries + 1, &[7], "boot image 2: a media type of 07"),
        (entries + 32 + 8, &[0, 0, 0, 0x10], "boot image 3 lies beyond the end"),
    ];
    for (at, bytes, words) in cases {
        damaged(&image, &with(at, bytes), catalog, words);
        let mut image = image.clone();
        with(at, bytes)(&mut image);
        let disc = Disc::from_source(Arc::new(MemorySectors::new(image)), "memory").unwrap();
        assert!(
            !disc.verify(None, &Control::default()).unwrap().is_whole(),
            "{words}: verify without a word"
        );
    }
    damaged(&image, &|image| image[17 * 2048 + 7] = b'X', 17, "does not say EL TORITO SPECIFICATION");
}

#[test]
fn an_apple_partition_map_and_a_master_boot_record_are_damaged() {
    let image = image_that_boots();
    let disc = Disc::from_source(Arc::new(MemorySectors::new(image.clone())), "memory").unwrap();
    let last = disc.system_area(None).unwrap().apple.len();
    let cases: [(usize, &[u8], usize, &str); 8] = [
        (0, b"XX", 0, "does not say that there is an Apple partition map"),
        (2, &[2], 0, "blocks of 512 bytes"),
        (2048 + 4, &[0, 0, 0, 9], 2, "says that there are"),
        (2048 + 48, b"X", 1, "no entry is for the map itself"),
        (last * 2048 + 10, &[0, 1], last, "begins at block"),
        (last * 2048 + 8, &[9], last, "and the image at"),
        (last * 2048 + 15, &[0], last, "of which"),
        (last * 2048 + 48, b"X", last, "begins where a volume of HFS+ does"),
    ];
    for (at, bytes, sector, words) in cases {
        let changed = |image: &mut [u8]| image[at..at + bytes.len()].copy_from_slice(bytes);
        damaged(&image, &changed, sector, words);
    }
    damaged(&image, &|image| image[511] = 0, 0, "has lost its signature");
}

/// Of what is recorded twice, one is wrong: others may go by that.
#[test]
fn what_is_recorded_twice_and_differs_is_damage() {
    let (image, segments) = image();
    let halves = |at: usize| move |image: &mut [u8]| image[at] ^= 1;
    let three = place(&segments, "/b/three") as u32;
    let both = [three.to_le_bytes(), three.to_be_bytes()].concat();
    let record = image.windows(8).position(|bytes| bytes == both).unwrap();
    damaged(&image, &halves(record), record / 2048, "differ");
    damaged(&image, &halves(16 * 2048 + 80), 16, "differ");
    damaged(&image, &halves(record - 1), record / 2048, "an extended attribute record");
    let big = u32::from_be_bytes(image[16 * 2048 + 148..][..4].try_into().unwrap()) as usize;
    damaged(&image, &halves(big * 2048 + 12), big, "the type M path table says other things");
    let off = |image: &mut [u8]| image[16 * 2048 + 148..][..4].copy_from_slice(&[0x7f; 4]);
    damaged(&image, &off, 0x7f7f_7f7f, "a path table is not compared");
    // UDF: what the reserve sequence says of the volume's name, with its CRC.
    let reserve = u32::from_le_bytes(image[256 * 2048 + 28..][..4].try_into().unwrap()) as usize;
    let renamed = |image: &mut [u8]| {
        let block = &mut image[reserve * 2048..][..2048];
        block[30] ^= 1;
        seal(block);
    };
    damaged(&image, &renamed, reserve, "differs from that of the main one");
}
