//! MD5 sums in sectors and attributes, as xorriso writes and checks them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fsimage::{
    Control, DigestAlgorithm, Disc, Error, FileSystems, Finding, GrowingImage, ImportOptions, Item,
    ItemOptions, LayoutPlan, NodeId, PlanOptions, ReadSectors, ScanOptions, Sector, SectorCount, Tree,
    VerifyReport, WriterSink, write_image,
};

fn verify(image: &Path, session: Option<u16>) -> VerifyReport {
    Disc::open(image).unwrap().verify(session, &Control::default()).unwrap()
}

/// A tree with a large file, an empty one, two names of one file, and one in a folder.
fn sources(folder: &Path) {
    fs::create_dir_all(folder.join("tree/folder")).unwrap();
    fs::write(folder.join("tree/large"), (0..300_000u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>())
        .unwrap();
    fs::write(folder.join("tree/empty"), "").unwrap();
    fs::write(folder.join("tree/first"), "two names").unwrap();
    fs::hard_link(folder.join("tree/first"), folder.join("tree/second")).unwrap();
    fs::write(folder.join("tree/folder/text"), "text ".repeat(1_000)).unwrap();
    fs::write(folder.join("new"), "new").unwrap();
}

/// An image of the sources, with sums.
fn made_by(xorriso: &peers::Peer, folder: &Path) -> PathBuf {
    sources(folder);
    run(xorriso.path(), folder, &["-md5", "on", "-outdev", "a.iso", "-map", "tree", "/", "-commit"]);
    folder.join("a.iso")
}

fn run(xorriso: &Path, folder: &Path, arguments: &[&str]) {
    let output = Command::new(xorriso).current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Where some bytes of the image are.
fn find(image: &[u8], bytes: &[u8]) -> usize {
    image.windows(bytes.len()).position(|window| window == bytes).unwrap()
}

/// Two sessions of xorriso's own layout, an image that begins at sector 0, and compressed files.
#[test]
fn images_of_xorriso_are_as_they_were_recorded() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    sources(folder);
    let write = |arguments: &[&str]| run(xorriso.path(), folder, arguments);
    write(&["-md5", "on", "-outdev", "two.iso", "-map", "tree", "/", "-commit"]);
    write(&["-md5", "on", "-dev", "two.iso", "-map", "new", "/new", "-rm", "/first", "--", "-commit"]);
    write(&["-as", "mkisofs", "--md5", "-R", "-J", "-o", "one.iso", "tree"]);
    let compressed = ["-set_filter_r", "--zisofs", "/", "--", "-commit"];
    write(&[&["-md5", "on", "-outdev", "compressed.iso", "-map", "tree", "/"][..], &compressed].concat());
    write(&["-md5", "off", "-outdev", "none.iso", "-map", "tree", "/", "-commit"]);
    // Descriptors, directories, session, array, and that of sector 0.
    for (image, session, compared, ranges) in [
        ("two.iso", Some(1), 5, 5),
        ("two.iso", Some(2), 5, 6),
        ("one.iso", None, 5, 5),
        ("compressed.iso", None, 5, 6),
    ] {
        let report = verify(&folder.join(image), session);
        let is_about_md5 = |finding: &Finding| finding.is_damage || finding.message.contains("MD5");
        assert!(!report.findings.iter().any(is_about_md5), "{image}: {:?}", report.findings);
        let md5 = report.md5.unwrap();
        assert_eq!((md5.compared, md5.differing, md5.unlisted), (compared, 0, 0), "{image}");
        assert_eq!(md5.intact_ranges, ranges, "{image} {session:?}");
    }
    assert_eq!(verify(&folder.join("none.iso"), None).md5, None);
}

#[test]
fn a_changed_byte_is_told_by_file_and_sector() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    let image = made_by(&xorriso, folder);
    let sound = fs::read(&image).unwrap();
    let changed = |at: usize| {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        fs::write(&image, bytes).unwrap();
        verify(&image, None)
    };
    let large = find(&sound, &[0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]);
    let report = changed(large + 500_000);
    let named: Vec<_> = report.findings.iter().filter(|finding| finding.path.is_some()).collect();
    assert_eq!(named.len(), 1);
    assert_eq!(named[0].path.as_deref(), Some("/large"));
    assert_eq!(named[0].sectors, [((large / 2048) as u32, 1_200_000u32.div_ceil(2048))]);
    assert!(report.findings.iter().any(|finding| finding.path.is_none() && finding.is_damage));
    assert_eq!(report.md5.unwrap().differing, 1);
    // Two names of one file are both named.
    let report = changed(find(&sound, b"two names"));
    assert_eq!(report.md5.unwrap().differing, 2);
    // The tag of the session, which no range has in it: its own sum tells.
    let tag = find(&sound, b"libisofs_checksum_tag_v1 ");
    let report = changed(tag + 60);
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    assert!(report.findings[0].is_damage && report.findings[0].message.contains("own text"));
    assert_eq!(report.findings[0].sectors, [((tag / 2048) as u32, 1)]);
    assert_eq!(report.md5.unwrap().differing, 0);
    // Padding between the sectors of a directory and the next.
    let tree = find(&sound, b"libisofs_tree_checksum_tag_v1 ");
    let report = changed(tree - 1);
    let ranges: Vec<u32> =
        report.findings.iter().filter(|found| found.is_damage).map(|found| found.sectors[0].0).collect();
    assert_eq!(ranges, [32, 32, 32], "{:?}", report.findings);
    // The array: a file that differs from it does, and its own sum tells why.
    let sum = md5_of(b"two names");
    let report = changed(find(&sound, &sum));
    assert_eq!(report.md5.as_ref().unwrap().differing, 2);
    assert!(report.findings.iter().any(|found| found.message.contains("its own sum")));
}

fn md5_of(bytes: &[u8]) -> [u8; 16] {
    use md5::Digest;
    md5::Md5::digest(bytes).into()
}

const ISO: FileSystems = FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE);
const ALL: [FileSystems; 4] = [
    ISO,
    ISO.union(FileSystems::JOLIET),
    ISO.union(FileSystems::JOLIET).union(FileSystems::UDF),
    ISO.union(FileSystems::HFS_PLUS),
];

fn scanned(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    tree.scan(&folder.join("tree"), NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
    tree
}

/// All that xorriso says, whatever it finds.
fn told(xorriso: &Path, folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(xorriso).current_dir(folder).args(arguments).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Whether xorriso finds files, session and tags as they were recorded.
fn xorriso_finds(xorriso: &Path, folder: &Path, image: &str) -> [bool; 3] {
    let files = told(xorriso, folder, &["-md5", "on", "-indev", image, "-check_md5_r", "SORRY", "/", "--"]);
    let session = told(xorriso, folder, &["-md5", "on", "-indev", image, "-check_md5", "SORRY", "--"]);
    let media = ["-md5", "on", "-indev", image, "-check_media", "use=indev", "what=disc", "--"];
    let media = told(xorriso, folder, &media);
    let all = format!("{files}{session}{media}");
    assert!(!all.contains("No MD5"), "{all}");
    [
        files.contains("File contents and their MD5 checksums match"),
        session.contains("session data match recorded md5"),
        media.contains("md5_match") && !media.contains("md5_mismatch"),
    ]
}

/// In every combination of file systems, to a file, as a stream and at any place the same; with digests beside it.
#[test]
fn what_is_written_is_found_right_by_xorriso() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    sources(folder);
    for (number, file_systems) in ALL.into_iter().enumerate() {
        let mut tree = scanned(folder);
        let options = PlanOptions { file_systems, md5_tags: true, ..PlanOptions::default() };
        if number % 2 == 1 {
            tree.record_digests(DigestAlgorithm::Sha256, &options).unwrap();
        }
        let plan = LayoutPlan::new(&tree, options).unwrap();
        let (name, image) = ("ours.iso", folder.join("ours.iso"));
        write_image(&plan, &image, &Control::default()).unwrap();
        let bytes = fs::read(&image).unwrap();
        let mut stream = Vec::new();
        plan.write_to(&mut WriterSink::new(&mut stream, "memory"), &Control::default()).unwrap();
        assert!(stream == bytes, "{file_systems:?}: the stream differs");
        let planned = plan.image();
        for at in (0..planned.sectors().get()).rev().step_by(3) {
            let mut sector = [0; 2048];
            planned.read_sectors(Sector::new(at), &mut sector).unwrap();
            assert!(sector == bytes[at as usize * 2048..][..2048], "{file_systems:?}: sector {at} differs");
        }
        assert_eq!(xorriso_finds(xorriso.path(), folder, name), [true; 3], "{file_systems:?}");
        let report = verify(&image, None);
        assert_eq!(report.findings, [], "{file_systems:?}");
        let md5 = report.md5.unwrap();
        assert_eq!((md5.differing, md5.unlisted, md5.intact_ranges), (0, 0, 5), "{file_systems:?}");
        assert_eq!(md5.compared, plan.recorded_md5().unwrap().listed);

        let mut damaged = bytes.clone();
        damaged[find(&bytes, b"two names")] ^= 1;
        fs::write(&image, damaged).unwrap();
        assert_eq!(xorriso_finds(xorriso.path(), folder, name), [false; 3], "{file_systems:?}");
        assert_eq!(verify(&image, None).md5.unwrap().differing, 2);
    }
}

/// A process that another test starts has the lock of this one's image until it is the other program.
fn open(image: &Path) -> GrowingImage {
    let mut tries = 0..100;
    loop {
        match GrowingImage::open(image) {
            Err(Error::CannotAppend { .. }) if tries.next().is_some() => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            opened => return opened.unwrap(),
        }
    }
}

/// Ours and those of xorriso in turn, from its layout and from an image that begins at sector 0.
#[test]
fn sessions_in_turn_carry_sums_on() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    sources(folder);
    for (name, first) in [
        ("grown.iso", &["-md5", "on", "-outdev", "grown.iso", "-map", "tree", "/", "-commit"][..]),
        ("zero.iso", &["-as", "mkisofs", "--md5", "-R", "-o", "zero.iso", "tree"]),
    ] {
        let image = folder.join(name);
        run(xorriso.path(), folder, first);
        for turn in 0..3 {
            let growing = open(&image);
            let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
            assert!(imported.md5_tags && imported.warnings.is_empty(), "{:?}", imported.warnings);
            let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
            let new = Item::Bytes(b"ours".as_slice().into());
            imported.tree.add(format!("ours {turn}"), new, &ItemOptions::default()).unwrap();
            let plan = LayoutPlan::new(&imported.tree, options).unwrap();
            assert_eq!(plan.recorded_md5().unwrap().unlisted, 0);
            growing.write(&plan, &Control::default()).unwrap();
            assert_eq!(xorriso_finds(xorriso.path(), folder, name), [true; 3], "{name} {turn}");
            let path = format!("/theirs {turn}");
            run(xorriso.path(), folder, &["-md5", "on", "-dev", name, "-map", "new", &path, "-commit"]);
            assert_eq!(xorriso_finds(xorriso.path(), folder, name), [true; 3], "{name} {turn}");
        }
        for session in 1..=7 {
            let report = verify(&image, Some(session));
            assert!(report.is_whole(), "{name} {session}: {:?}", report.findings);
            let md5 = report.md5.unwrap();
            assert_eq!((md5.differing, md5.unlisted), (0, 0));
            assert_eq!(md5.compared, 4 + u64::from(session), "{name} {session}");
            assert!(md5.intact_ranges >= 5, "{name} {session}: {md5:?}");
        }
    }
}

/// Where sums are not asked for, nothing in a further session leads to those before; where they cannot be, that is said.
#[test]
fn sums_are_left_out_or_refused() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    let image = made_by(&xorriso, folder);
    let growing = GrowingImage::open(&image).unwrap();
    let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    let options = PlanOptions { place: growing.place(), md5_tags: false, ..imported.plan_options() };
    growing.write(&LayoutPlan::new(&imported.tree, options).unwrap(), &Control::default()).unwrap();
    drop(growing);
    assert_eq!(verify(&image, None).md5, None);
    assert_eq!(verify(&image, Some(1)).md5.unwrap().compared, 5);

    let tree = scanned(folder);
    for options in [
        PlanOptions { file_systems: FileSystems::ISO9660, ..PlanOptions::default() },
        PlanOptions { file_systems: FileSystems::UDF, ..PlanOptions::default() },
        PlanOptions { partition_offset: SectorCount::new(16), ..PlanOptions::default() },
    ] {
        assert!(options.md5_obstacle().is_some());
        assert!(LayoutPlan::new(&tree, PlanOptions { md5_tags: true, ..options }).is_err());
    }

    // Sums that are damaged are not carried on.
    let mut bytes = fs::read(&image).unwrap();
    let at = find(&bytes, &md5_of(b"two names"));
    bytes[at] ^= 1;
    fs::write(&image, bytes).unwrap();
    let options = ImportOptions { session: Some(1), ..ImportOptions::default() };
    let imported = fsimage::import(&Disc::open(&image).unwrap(), &options, &Control::default()).unwrap();
    assert!(!imported.md5_tags);
    assert!(
        imported.warnings.iter().any(|told| told.to_string().contains("MD5 sums")),
        "{:?}",
        imported.warnings
    );
}
