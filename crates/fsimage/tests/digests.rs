//! Digests on the disc: recorded as bytes pass, carried on, compared.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::path::Path;

use fsimage::update::{Compare, Update, UpdateOptions};
use fsimage::{
    BurnOptions, Control, DigestAlgorithm, Disc, FileSystems, GrowingDisc, GrowingImage, HybridOptions,
    ImportOptions, Item, ItemOptions, LayoutPlan, MediumKind, PartitionOptions, PartitionScheme, PlanOptions,
    SectorCount, Tree, VerifyReport, WriterSink, ZisofsOptions, ZisofsVersion, write_image,
};
use support::grounds::{self, Ground};

const ISO: FileSystems = FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE).union(FileSystems::JOLIET);
const ALL: [FileSystems; 3] = [ISO, FileSystems::UDF, ISO.union(FileSystems::UDF)];

fn add(tree: &mut Tree, path: &str, bytes: &[u8]) {
    tree.add(path, Item::Bytes(bytes.into()), &ItemOptions::default()).unwrap();
}

/// With a file that is moved by itself, small ones, empty ones, a further name, and one that a list has to escape.
fn tree() -> Tree {
    let mut tree = Tree::new();
    add(&mut tree, "/large", &(0..3_000_001u32).map(|at| (at * 7 % 251) as u8).collect::<Vec<u8>>());
    add(&mut tree, "/folder/small", b"some text");
    add(&mut tree, "/folder/back\\slash", b"another");
    add(&mut tree, "/empty", b"");
    let small = tree.lookup("/folder/small").unwrap();
    tree.add("/link", Item::HardLink(small), &ItemOptions::default()).unwrap();
    for number in 0..600 {
        add(&mut tree, &format!("/many/file {number}"), format!("{number}").as_bytes());
    }
    tree
}

fn build(mut tree: Tree, algorithm: DigestAlgorithm, file_systems: FileSystems, image: &Path) -> Vec<u8> {
    let options = PlanOptions { file_systems, ..PlanOptions::default() };
    assert_eq!(tree.record_digests(algorithm, &options).unwrap().unlisted, []);
    let plan = LayoutPlan::new(&tree, options).unwrap();
    write_image(&plan, image, &Control::default()).unwrap();
    let mut passed = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut passed, "memory"), &Control::default()).unwrap();
    // Three ways to the same bytes.
    let mut read = Vec::new();
    std::io::copy(&mut plan.image().reader(), &mut read).unwrap();
    let written = fs::read(image).unwrap();
    assert!(written == passed, "{file_systems:?}: what is written by position is not what passes in order");
    assert!(written == read, "{file_systems:?}: what is read without being written is not what is written");
    written
}

fn verify(image: &Path, session: Option<u16>) -> VerifyReport {
    Disc::open(image).unwrap().verify(session, &Control::default()).unwrap()
}

#[test]
fn what_is_recorded_holds() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    for file_systems in ALL {
        for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Blake3] {
            build(tree(), algorithm, file_systems, &image);
            let report = verify(&image, None);
            assert_eq!(report.findings, [], "{file_systems:?}");
            let digests = report.digests.unwrap();
            assert_eq!((digests.algorithm, digests.differing, digests.unlisted), (algorithm, 0, 0));
            assert!(digests.compared > 605 && digests.intact_structures > 0, "{digests:?}");
        }
    }
}

/// Ranges are recorded where they lie on the whole disc.
#[test]
fn a_partition_that_is_read_by_itself_holds_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let [image, partition] = ["image", "partition"].map(|name| folder.path().join(name));
    for start in [16, 64] {
        let mut tree = tree();
        let scheme = PartitionScheme::Mbr;
        let partitions = vec![PartitionOptions::image()];
        let options = PlanOptions {
            file_systems: ISO,
            hybrid: Some(HybridOptions { scheme, partitions, ..HybridOptions::default() }),
            partition_offset: SectorCount::new(start),
            ..PlanOptions::default()
        };
        tree.record_digests(DigestAlgorithm::Sha256, &options).unwrap();
        write_image(&LayoutPlan::new(&tree, options).unwrap(), &image, &Control::default()).unwrap();
        let whole = fs::read(&image).unwrap();
        fs::write(&partition, &whole[start as usize * 2048..]).unwrap();
        let inside = Disc::open_at(&image, u64::from(start) * 2048).unwrap();
        for disc in [Disc::open(&image).unwrap(), inside, Disc::open(&partition).unwrap()] {
            let report = disc.verify(None, &Control::default()).unwrap();
            assert_eq!(report.findings, [], "{start}");
            assert!(report.digests.unwrap().intact_structures > 0, "{start}");
        }

        let mut damaged = whole[start as usize * 2048..].to_vec();
        let name: Vec<u8> = "file 599".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let at = damaged.windows(name.len()).position(|window| window == name).unwrap();
        damaged[at - 15] ^= 1;
        fs::write(&partition, &damaged).unwrap();
        assert!(!verify(&partition, None).is_whole(), "{start}");
    }
}

#[test]
fn damage_is_told_by_file_and_sector() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    for file_systems in ALL {
        let sound = build(tree(), DigestAlgorithm::Sha256, file_systems, &image);
        let at = sound
            .windows(64)
            .position(|bytes| bytes.iter().zip(0u32..).all(|(b, n)| u32::from(*b) == n * 7 % 251));
        let mut damaged = sound.clone();
        damaged[at.unwrap() + 1_000_000] ^= 1;
        fs::write(&image, &damaged).unwrap();
        let report = verify(&image, None);
        let found = report.findings.iter().find(|finding| finding.path.as_deref() == Some("/large"));
        let (first, sectors) = found.unwrap().sectors[0];
        assert_eq!((u64::from(first) * 2048, sectors), (at.unwrap() as u64, 3_000_001u32.div_ceil(2048)));
        assert!(!report.is_whole());
        assert_eq!(report.digests.unwrap().differing, 1);
    }
}

#[test]
fn damaged_structures_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let mut bytes = build(tree(), DigestAlgorithm::Sha256, ISO, &image);
    // The second copy of a time that Joliet's record has: nothing else tells.
    let name: Vec<u8> = "file 599".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let at = bytes.windows(name.len()).position(|window| window == name).unwrap();
    bytes[at - 15] ^= 1;
    fs::write(&image, &bytes).unwrap();
    let report = verify(&image, None);
    assert!(report.findings.iter().any(|finding| finding.is_damage && !finding.sectors.is_empty()));
    assert_eq!(report.digests.unwrap().intact_structures, 0);
}

#[test]
fn a_further_session_carries_digests_on() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    for file_systems in ALL {
        build(tree(), DigestAlgorithm::Sha256, file_systems, &image);
        for session in 2..4 {
            let growing = GrowingImage::open(&image).unwrap();
            let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
            assert_eq!(imported.digests, Some(DigestAlgorithm::Sha256));
            assert!(imported.tree.lookup(".digests").is_none());
            let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
            let mut other = imported.tree.clone();
            // By another algorithm nothing is known of what is not read.
            let unlisted = other.record_digests(DigestAlgorithm::Blake3, &options).unwrap().unlisted;
            assert!(!unlisted.is_empty());
            add(&mut imported.tree, &format!("/new {session}"), b"new");
            let recorded = imported.tree.record_digests(DigestAlgorithm::Sha256, &options).unwrap();
            assert_eq!(recorded.unlisted, []);
            let plan = LayoutPlan::new(&imported.tree, options).unwrap();
            growing.write(&plan, &Control::default()).unwrap();
        }
        for session in 1..4 {
            let report = verify(&image, Some(session));
            assert_eq!(report.findings, [], "{file_systems:?}, session {session}");
            let digests = report.digests.unwrap();
            assert!(digests.compared > 605 && digests.intact_structures > 0 && digests.unlisted == 0);
        }
    }
}

/// Where the first session begins behind the head, UDF's anchor in sector 256 lies in it, and each later one changes that.
#[test]
fn sessions_of_a_medium_stay_as_they_were_recorded() {
    let folder = tempfile::tempdir().unwrap();
    for (number, file_systems) in ALL.into_iter().enumerate() {
        let medium = folder.path().join(format!("{number}"));
        Ground::Medium(MediumKind::DvdPlusRw).blank(&medium);
        for session in 1..4 {
            let growing = GrowingDisc::open(grounds::open(&medium)).unwrap();
            let (mut tree, options) = match growing.is_blank() {
                true => {
                    let options = PlanOptions { file_systems, ..PlanOptions::default() };
                    (tree(), PlanOptions { md5_tags: options.md5_obstacle().is_none(), ..options })
                }
                false => {
                    let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
                    let options = imported.plan_options();
                    (imported.tree, options)
                }
            };
            let options = PlanOptions { place: growing.place(), ..options };
            add(&mut tree, &format!("/new {session}"), b"new");
            tree.record_digests(DigestAlgorithm::Sha256, &options).unwrap();
            let plan = LayoutPlan::new(&tree, options).unwrap();
            growing.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
        }
        let disc = grounds::open(&medium).disc().unwrap();
        for session in 1..4 {
            let report = disc.verify(Some(session), &Control::default()).unwrap();
            assert_eq!(report.findings, [], "{file_systems:?}, session {session}");
            assert!(report.digests.unwrap().intact_structures > 0);
            assert_eq!(report.md5.is_some(), file_systems.contains(FileSystems::ISO9660));
        }
    }
}

#[test]
fn what_is_restored_has_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    build(tree(), DigestAlgorithm::Sha256, ISO, &image);
    let control = Control::default();
    let append = |edit: &dyn Fn(&GrowingImage, &mut Tree)| {
        let growing = GrowingImage::open(&image).unwrap();
        let mut imported = growing.import(&ImportOptions::default(), &control).unwrap();
        let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
        edit(&growing, &mut imported.tree);
        let recorded = imported.tree.record_digests(DigestAlgorithm::Sha256, &options).unwrap();
        assert_eq!(recorded.unlisted, []);
        growing.write(&LayoutPlan::new(&imported.tree, options).unwrap(), &control).unwrap();
    };
    append(&|_, tree| tree.remove(tree.lookup("/large").unwrap()).unwrap());
    append(&|growing, tree| {
        let first = ImportOptions { session: Some(1), ..ImportOptions::default() };
        let older = fsimage::import(growing.disc(), &first, &control).unwrap().tree;
        tree.restore(&older, older.lookup("/large").unwrap()).unwrap();
    });
    let report = verify(&image, None);
    assert_eq!(report.findings, []);
    assert_eq!(report.digests.unwrap().unlisted, 0);
}

#[test]
fn a_tree_that_changes_after_its_digests_were_prepared_is_refused() {
    let (mut tree, options) = (tree(), PlanOptions::default());
    tree.record_digests(DigestAlgorithm::Sha256, &options).unwrap();
    add(&mut tree, "/late", b"");
    assert!(LayoutPlan::new(&tree, options).is_err());
}

#[test]
fn lists_by_anybody_are_read_with_care() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let digits = "0".repeat(64);
    let long = "x".repeat(2 << 20);
    for list in [
        String::new(),
        "\0\u{1}no line".to_owned(),
        format!("{digits}  ../../etc/passwd\n{digits}  /etc/passwd\n{digits}  .digests/../a\n"),
        format!("{digits}  sectors 4294967295+4294967295\n\\{digits}  \\\n"),
        format!("{digits}  {long}"),
    ] {
        let mut tree = Tree::new();
        add(&mut tree, "/.digests/files.sha256", list.as_bytes());
        add(&mut tree, "/.digests/session.sha256", list.as_bytes());
        add(&mut tree, "/a", b"a");
        let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
        write_image(&plan, &image, &Control::default()).unwrap();
        let report = verify(&image, None);
        assert_eq!(report.is_whole(), list.is_empty(), "{:?}", report.findings);
        let imported =
            fsimage::import(&Disc::open(&image).unwrap(), &ImportOptions::default(), &Control::default());
        assert!(imported.unwrap().tree.lookup("a").is_some());
    }
}

#[test]
fn files_of_digests_stay_where_they_are_or_are_made_anew() {
    let options = PlanOptions::default;
    let prepared = || {
        let mut tree = tree();
        tree.record_digests(DigestAlgorithm::Sha256, &options()).unwrap();
        tree
    };
    let list = ".digests/files.sha256";
    let mut moved = prepared();
    moved.move_to(moved.lookup(list).unwrap(), fsimage::NodeId::ROOT, "list").unwrap();
    assert!(LayoutPlan::new(&moved, options()).is_err());
    let told = moved.record_digests(DigestAlgorithm::Blake3, &options());
    assert!(told.is_ok() && LayoutPlan::new(&moved, options()).is_err(), "the moved one has nothing to say");
    moved.remove(moved.lookup("list").unwrap()).unwrap();
    moved.record_digests(DigestAlgorithm::Blake3, &options()).unwrap();
    let plan = LayoutPlan::new(&moved, options()).unwrap();
    let counts = plan.recorded_digests().unwrap();
    assert_eq!((counts.algorithm, counts.listed, counts.unlisted), (DigestAlgorithm::Blake3, 605, 0));

    let mut without = prepared();
    without.remove(without.lookup(".digests").unwrap()).unwrap();
    assert!(LayoutPlan::new(&without, options()).unwrap().recorded_digests().is_none());
    // Where it fails, nothing has changed.
    let mut other = tree();
    add(&mut other, "/.digests", b"a file");
    assert!(other.record_digests(DigestAlgorithm::Sha256, &options()).is_err());
    assert!(LayoutPlan::new(&other, options()).unwrap().recorded_digests().is_none());
    let mut other = tree();
    add(&mut other, "/.digests/session.sha256/kept", b"a folder");
    let refused = other.record_digests(DigestAlgorithm::Sha256, &options()).unwrap_err();
    assert!(refused.to_string().contains("/.digests/session.sha256"), "{refused}");
    assert!(other.lookup("/.digests/session.sha256/kept").is_some());
    // Files of other names give way, and folders do not.
    other.record_digests(DigestAlgorithm::Blake3, &options()).unwrap();
    assert!(other.lookup("/.digests/session.sha256/kept").is_some());
}

/// Paths of the files in the newest session that differ from those of a tree, and how many were read there.
fn differing(image: &Path, wanted: &Tree, compare: Compare) -> (Vec<String>, u64) {
    let control = Control::default();
    let disc = Disc::open(image).unwrap();
    let mut imported = fsimage::import(&disc, &ImportOptions::default(), &control).unwrap();
    let plan = imported.plan_options();
    let how = UpdateOptions { compare, ..UpdateOptions::default() };
    let update = Update::new(&disc, &mut imported, wanted.clone(), &plan, how, &control).unwrap();
    let changes = update.difference().changes();
    (changes.into_iter().map(|change| change.path).collect(), update.read_back())
}

/// Changes the first byte of a file in an image, of which the rest stays.
fn damage(image: &Path, content: &[u8]) {
    let mut bytes = fs::read(image).unwrap();
    let at = bytes.windows(content.len()).position(|window| window == content).unwrap();
    bytes[at] ^= 1;
    fs::write(image, bytes).unwrap();
}

#[test]
fn sources_are_compared_with_recorded_digests() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    for file_systems in ALL {
        for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Blake3] {
            build(tree(), algorithm, file_systems, &image);
            assert_eq!(differing(&image, &tree(), Compare::Digests), (vec![], 0));
            let mut wanted = tree();
            // Size and time are the same.
            let mut put = |path: &str, bytes: &[u8]| {
                wanted.remove(wanted.lookup(path).unwrap()).unwrap();
                add(&mut wanted, path, bytes);
            };
            put("/many/file 77", b"78");
            put("/folder/back\\slash", b"Another");
            assert_eq!(differing(&image, &wanted, Compare::SizeAndTime).0, [""; 0]);
            let expected = ["/folder/back\\slash", "/many/file 77"].map(str::to_owned);
            assert_eq!(differing(&image, &wanted, Compare::Digests), (expected.to_vec(), 0));
            let (found, read_back) = differing(&image, &wanted, Compare::Content);
            assert_eq!(found, expected);
            // Every file, not every name.
            assert_eq!(read_back, 604);
            // What lies on the medium is not looked at.
            damage(&image, &(0..251u32).map(|at| (at * 7 % 251) as u8).collect::<Vec<u8>>());
            assert_eq!(differing(&image, &tree(), Compare::Digests), (vec![], 0));
            assert_eq!(differing(&image, &tree(), Compare::Content).0, ["/large"]);
        }
    }
}

#[test]
fn digests_of_another_disc_are_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    build(tree(), DigestAlgorithm::Sha256, ISO, &image);
    let lists = {
        let disc = Disc::open(&image).unwrap();
        let shown = disc.image(None, &[fsimage::FileSystem::RockRidge]).unwrap();
        ["/.digests/files.sha256", "/.digests/session.sha256"].map(|path| {
            let entry = shown.lookup(path).unwrap();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut shown.open(&entry).unwrap(), &mut bytes).unwrap();
            (path, bytes)
        })
    };
    // A folder that was extracted, in which a file then changed.
    let mut stale = tree();
    stale.remove(stale.lookup("/folder/back\\slash").unwrap()).unwrap();
    add(&mut stale, "/folder/back\\slash", b"Another");
    for (path, bytes) in &lists {
        add(&mut stale, path, bytes);
    }
    support::build(&stale, PlanOptions { file_systems: ISO, ..PlanOptions::default() }, &image);
    let (found, read_back) = differing(&image, &tree(), Compare::Digests);
    assert_eq!((found, read_back), (vec!["/folder/back\\slash".to_owned()], 604));

    // Structures that are not as recorded: another time of a file.
    build(tree(), DigestAlgorithm::Sha256, ISO, &image);
    assert_eq!(differing(&image, &tree(), Compare::Digests).1, 0);
    let name: Vec<u8> = "file 599".encode_utf16().flat_map(u16::to_be_bytes).collect();
    damage(&image, &name);
    assert_eq!(differing(&image, &tree(), Compare::Digests).1, 604);
}

/// The digests of compressed files are those of what readers of Rock Ridge show, whether they pass, stay or are copied.
#[test]
fn compressed_files_are_listed_as_they_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let algorithm = DigestAlgorithm::Sha256;
    let compressed = |version| {
        let mut tree = tree();
        add(&mut tree, "/zeros", &[0; 40_000]);
        let options = ZisofsOptions { version, digests: Some(algorithm), ..ZisofsOptions::default() };
        let (all, plan) = (&mut |_: &Tree, _| true, PlanOptions::default());
        assert!(tree.compress(all, &options, &plan, &Control::default()).unwrap().compressed > 1);
        tree
    };
    let is_whole = |unlisted: u64| {
        let report = verify(&image, None);
        assert_eq!(report.findings, []);
        let digests = report.digests.unwrap();
        assert_eq!((digests.differing, digests.unlisted), (0, unlisted), "{digests:?}");
        digests.compared
    };
    build(compressed(ZisofsVersion::One), algorithm, ISO, &image);
    let compared = is_whole(0);
    // Nothing on the medium is read to compare sources with it.
    let mut plain = tree();
    add(&mut plain, "/zeros", &[0; 40_000]);
    assert_eq!(differing(&image, &plain, Compare::Digests), (Vec::new(), 0));
    let growing = GrowingImage::open(&image).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    add(&mut imported.tree, "/new", b"new");
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    assert_eq!(imported.tree.record_digests(algorithm, &options).unwrap().unlisted, []);
    growing.write(&LayoutPlan::new(&imported.tree, options).unwrap(), &Control::default()).unwrap();
    drop(growing);
    assert_eq!(is_whole(0), compared + 1);
    // A new image of it.
    let disc = Disc::open(&image).unwrap();
    let mut imported = fsimage::import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
    let options = imported.new_image_options();
    assert_eq!(imported.tree.record_digests(algorithm, &options).unwrap().unlisted, []);
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    write_image(&plan, &image, &Control::default()).unwrap();
    assert_eq!(is_whole(0), compared + 1);
    // Linux shows version 2 as it is stored, so that nothing is said of such files.
    let mut second = compressed(ZisofsVersion::Two);
    let options = PlanOptions { file_systems: ISO, ..PlanOptions::default() };
    let unlisted = second.record_digests(algorithm, &options).unwrap().unlisted.len();
    assert!(unlisted > 1);
    write_image(&LayoutPlan::new(&second, options).unwrap(), &image, &Control::default()).unwrap();
    is_whole(unlisted as u64);
}
