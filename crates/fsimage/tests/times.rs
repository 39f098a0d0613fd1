//! All times of an item, through every file system that holds them, and from one to another.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::io::Read;
use std::path::Path;

use fsimage::{
    Control, DeepDirectories, Disc, ExtractOptions, FileSystem, FileSystems, GrowingImage, HostTimes, Image,
    ImageEntry, ImportOptions, ImportedContent, Item, ItemOptions, LayoutPlan, NodeId, Place, PlanOptions,
    RockRidgeTimes, ScanOptions, Times, Timestamp, Tree, UdfOptions, UdfRevision, import, write_image,
};

const REVISIONS: [UdfRevision; 6] = [
    UdfRevision::V1_02,
    UdfRevision::V1_50,
    UdfRevision::V2_00,
    UdfRevision::V2_01,
    UdfRevision::V2_50,
    UdfRevision::V2_60,
];

const MODIFIED: Timestamp = Timestamp { seconds: 1_150_000_000, nanoseconds: 250_000_000 };

const ALL: Times = Times {
    access: Some(Timestamp { seconds: 1_100_000_000, nanoseconds: 123_456_000 }),
    attributes: Some(Timestamp { seconds: 1_200_000_000, nanoseconds: 999_999_000 }),
    creation: Some(Timestamp { seconds: -1_000_000_000, nanoseconds: 10_000_000 }),
    backup: Some(Timestamp { seconds: 1_300_000_000, nanoseconds: 0 }),
    expiration: Some(Timestamp { seconds: 4_000_000_000, nanoseconds: 0 }),
    effective: Some(Timestamp { seconds: 1_000_000_000, nanoseconds: 500_000_000 }),
};

const HOST: Times = Times { backup: None, expiration: None, effective: None, ..ALL };

fn rounded(times: Times, nanoseconds: u32) -> Times {
    let round = |time: Option<Timestamp>| {
        time.map(|time| Timestamp { nanoseconds: time.nanoseconds / nanoseconds * nanoseconds, ..time })
    };
    Times {
        access: round(times.access),
        attributes: round(times.attributes),
        creation: round(times.creation),
        backup: round(times.backup),
        expiration: round(times.expiration),
        effective: round(times.effective),
    }
}

const SECOND: u32 = 1_000_000_000;
const HUNDREDTH: u32 = 10_000_000;

/// Some of each kind, with the times, and one without.
fn tree(times: Times) -> Tree {
    let mut tree = Tree::new();
    let options = ItemOptions { modified: Some(MODIFIED), times: Some(times), ..ItemOptions::default() };
    let bytes = |len: usize| Item::Bytes(content(len).into());
    tree.add("dir", Item::Directory, &options).unwrap();
    for len in LENGTHS {
        tree.add(format!("dir/{len}"), bytes(len), &options).unwrap();
    }
    let first = tree.add("dir/one", bytes(1860), &options).unwrap();
    tree.add("other", Item::HardLink(first), &ItemOptions::default()).unwrap();
    tree.add("link", Item::Symlink(b"dir/one"), &options).unwrap();
    tree.add("long link", Item::Symlink(&[b'x'; 1800]), &options).unwrap();
    tree.add("pipe", Item::Fifo, &options).unwrap();
    let number = fsimage::DeviceNumber::new(8, 1).unwrap();
    tree.add("device", Item::BlockDevice(number), &options).unwrap();
    let plain = ItemOptions { modified: Some(MODIFIED), ..ItemOptions::default() };
    tree.add("plain", bytes(5), &plain).unwrap();
    tree.set_modified(NodeId::ROOT, MODIFIED);
    tree.set_times(NodeId::ROOT, &times);
    tree
}

/// Around what an ICB has room for, without attributes and with those of one to four times.
const LENGTHS: [usize; 14] = [0, 10, 1740, 1741, 1744, 1745, 1780, 1781, 1816, 1817, 1832, 1833, 1872, 1873];

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at % 251) as u8).collect()
}

fn build(tree: &Tree, options: PlanOptions, path: &Path) {
    let plan = LayoutPlan::new(tree, options).unwrap();
    write_image(&plan, path, &Control::default()).unwrap();
    assert_eq!(std::fs::metadata(path).unwrap().len(), plan.extent().len.bytes());
}

fn image(path: &Path, file_system: FileSystem) -> Image {
    Disc::open(path).unwrap().image(None, &[file_system]).unwrap()
}

fn options(file_systems: FileSystems, revision: UdfRevision) -> PlanOptions {
    let udf = UdfOptions { revision, ..UdfOptions::default() };
    PlanOptions { file_systems, udf, ..PlanOptions::default() }
}

const ROCK_RIDGE: FileSystems = FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE);

/// All items but "plain" have these times, and files their content.
fn check(image: &Image, times: Times, modified: Timestamp, what: &str) {
    let mut items = 0;
    image
        .walk(&mut |path, entry| {
            let path = String::from_utf8_lossy(path).into_owned();
            let expected = if path == "/plain" { Times::default() } else { times };
            assert_eq!(entry.times(), expected, "{what}: {path}");
            assert_eq!(entry.modified, modified, "{what}: {path}");
            if entry.kind == fsimage::Kind::File {
                assert_eq!(read(image, entry), content(entry.len as usize), "{what}: {path}");
            }
            items += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(items, 9 + LENGTHS.len(), "{what}");
    assert_eq!(image.findings(), Vec::<String>::new(), "{what}");
}

fn read(image: &Image, entry: &ImageEntry) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.open(entry).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn every_file_system_keeps_all_times() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    for revision in REVISIONS {
        for times in [HOST, ALL] {
            for beside in [FileSystems::empty(), ROCK_RIDGE] {
                let what = format!("{revision} {beside:?}");
                build(&tree(times), options(beside | FileSystems::UDF, revision), &path);
                check(&image(&path, FileSystem::Udf), times, MODIFIED, &what);
                if !beside.is_empty() {
                    let whole = Timestamp::from_unix(MODIFIED.seconds);
                    check(&image(&path, FileSystem::RockRidge), rounded(times, SECOND), whole, &what);
                }
            }
        }
    }
}

#[test]
fn files_without_other_times_are_embedded_as_before() {
    let sectors = |times| {
        let mut tree = Tree::new();
        let options = ItemOptions { times: Some(times), ..ItemOptions::default() };
        tree.add("a", Item::Bytes(content(1872).into()), &options).unwrap();
        let plan = |revision| LayoutPlan::new(&tree, self::options(FileSystems::UDF, revision)).unwrap();
        [UdfRevision::V1_02, UdfRevision::V2_00].map(|revision| plan(revision).extent().len.get())
    };
    let [old, new] = sectors(Times::default());
    let access = Times { creation: None, ..HOST };
    assert_eq!(sectors(access), [old, new], "there are fields for them");
    assert_eq!(sectors(HOST), [old + 1, new], "creation has no field in 1.02");
}

#[test]
fn the_long_form_has_hundredths() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    let options =
        PlanOptions { rock_ridge_times: RockRidgeTimes::Long, ..options(ROCK_RIDGE, UdfRevision::V2_01) };
    build(&tree(ALL), options, &path);
    check(&image(&path, FileSystem::RockRidge), rounded(ALL, HUNDREDTH), MODIFIED, "long");
}

/// Times that the short form cannot hold.
#[test]
fn other_ages_take_the_long_form_or_are_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    let far = Timestamp::from_unix(7_258_118_400); // 2200
    let nearest = Timestamp::from_unix(5_869_583_999);
    let beyond = Timestamp::from_unix(253_402_300_800); // 10000
    let item = |modified, access| {
        let mut tree = Tree::new();
        let times = Times { access, ..Times::default() };
        let options = ItemOptions { modified: Some(modified), times: Some(times), ..ItemOptions::default() };
        tree.add("a", Item::Fifo, &options).unwrap();
        tree
    };
    use RockRidgeTimes::{Fitting, Long, Short};
    let known = Timestamp::from_unix(5);
    for (form, tree, notices, recorded) in [
        (Fitting, item(known, Some(far)), 0, (known, Some(far))),
        (Fitting, item(far, Some(far)), 1, (far, Some(far))),
        (Long, item(known, Some(far)), 0, (known, Some(far))),
        (Short, item(known, Some(far)), 1, (known, Some(nearest))),
        // The directory record cannot hold it.
        (Fitting, item(far, Some(known)), 1, (far, Some(known))),
        (Short, item(far, Some(known)), 1, (nearest, Some(known))),
        (Fitting, item(far, Some(beyond)), 1, (far, Some(Timestamp::from_unix(beyond.seconds - 1)))),
        (Fitting, item(known, Some(beyond)), 1, (known, Some(Timestamp::from_unix(beyond.seconds - 1)))),
    ] {
        let options = PlanOptions { rock_ridge_times: form, ..options(ROCK_RIDGE, UdfRevision::V2_01) };
        let plan = LayoutPlan::new(&tree, options).unwrap();
        assert_eq!(plan.notice_counts().time_clamped, notices, "{form:?}");
        let mut visited = Vec::new();
        plan.visit_notices(&mut |notice| {
            visited.push(notice);
            Ok(())
        })
        .unwrap();
        assert_eq!(visited.len() as u64, notices);
        // What was asked for is told, and what a directory record has, or else Rock Ridge.
        let told = match (tree.modified(tree.lookup("a").unwrap()), form) {
            (modified, _) if modified == far => {
                "2200-01-01 00:00:00, and has the nearest that it can, 2155-12-31 23:59:59"
            }
            (_, Short) => "2200-01-01 00:00:00, and has the nearest that it can, 2155-12-31 23:59:59",
            _ => "@253402300800, and has the nearest that it can, 9999-12-31 23:59:59",
        };
        assert!(visited.iter().all(|notice| notice.to_string().ends_with(told)), "{visited:?}");
        write_image(&plan, &path, &Control::default()).unwrap();
        let entry = image(&path, FileSystem::RockRidge).lookup("a").unwrap();
        assert_eq!((entry.modified, entry.times().access), recorded, "{form:?}");
    }
    let plan = |tree: &Tree| {
        LayoutPlan::new(tree, options(FileSystems::UDF, UdfRevision::V2_01)).unwrap().notice_counts()
    };
    assert_eq!(plan(&item(far, Some(far))).time_clamped, 0);
    assert_eq!(plan(&item(known, Some(beyond))).time_clamped, 1);
    for (file_system, modified, given, recorded) in [
        (FileSystems::UDF, beyond, "@253402300800", "9999-12-31 23:59:59"),
        (ROCK_RIDGE, beyond, "Rock Ridge cannot record a time of it, @253402300800", "9999-12-31 23:59:59"),
        (
            ROCK_RIDGE,
            Timestamp::from_unix(10_413_792_000),
            "ISO 9660 cannot record a time of it, 2300-01-01 00:00:00",
            "2155-12-31 23:59:59",
        ),
        (
            ROCK_RIDGE | FileSystems::HFS_PLUS,
            Timestamp::from_unix(3_000_000_000),
            "2065-01-24 05:20:00",
            "2040-02-06 06:28:15",
        ),
    ] {
        let tree = item(modified, Some(known));
        let plan = LayoutPlan::new(&tree, options(file_system, UdfRevision::V2_01)).unwrap();
        let mut told = Vec::new();
        plan.visit_notices(&mut |notice| {
            told.extend(matches!(notice, fsimage::Notice::TimeClamped { .. }).then(|| notice.to_string()));
            Ok(())
        })
        .unwrap();
        let ending = format!("{given}, and has the nearest that it can, {recorded}");
        assert!(matches!(&told[..], [one] if one.ends_with(&ending)), "{told:?}");
    }
}

/// What a copy of the newest session has.
fn copied(from: &Path, file_system: FileSystem) -> Tree {
    let disc = Disc::open(from).unwrap();
    let options = ImportOptions { preference: vec![file_system], ..ImportOptions::default() };
    let imported = import(&disc, &options, &Control::default()).unwrap();
    assert_eq!(imported.warnings, []);
    imported.tree
}

#[test]
fn times_go_from_one_file_system_to_another() {
    let folder = tempfile::tempdir().unwrap();
    let [iso, udf] = ["iso", "udf"].map(|name| folder.path().join(name));
    let copy = |options: PlanOptions| PlanOptions { imported: ImportedContent::Copied, ..options };
    for revision in REVISIONS {
        for (form, precision) in [(RockRidgeTimes::Short, SECOND), (RockRidgeTimes::Long, HUNDREDTH)] {
            let what = format!("{revision} {form:?}");
            let modified =
                Timestamp { nanoseconds: MODIFIED.nanoseconds / precision * precision, ..MODIFIED };
            let rock_ridge = || PlanOptions { rock_ridge_times: form, ..options(ROCK_RIDGE, revision) };
            build(&tree(ALL), rock_ridge(), &iso);
            let imported = copied(&iso, FileSystem::RockRidge);
            build(&imported, copy(options(FileSystems::UDF, revision)), &udf);
            check(&image(&udf, FileSystem::Udf), rounded(ALL, precision), modified, &what);
            // Windows replaces no file that is open.
            drop(imported);

            build(&tree(ALL), options(FileSystems::UDF, revision), &udf);
            let imported = copied(&udf, FileSystem::Udf);
            build(&imported, copy(options(FileSystems::UDF, revision)), &iso);
            check(&image(&iso, FileSystem::Udf), ALL, MODIFIED, &what);
            build(&imported, copy(rock_ridge()), &iso);
            check(&image(&iso, FileSystem::RockRidge), rounded(ALL, precision), modified, &what);
        }
    }
}

/// Entries of an imported item are written again byte for byte until its times are changed.
#[test]
fn recorded_entries_stay_until_times_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    let long =
        PlanOptions { rock_ridge_times: RockRidgeTimes::Long, ..options(ROCK_RIDGE, UdfRevision::V2_01) };
    build(&tree(ALL), long, &path);
    let control = Control::default();
    let append = |change: &dyn Fn(&mut Tree)| {
        let growing = GrowingImage::open(&path).unwrap();
        let mut imported = growing.import(&ImportOptions::default(), &control).unwrap();
        change(&mut imported.tree);
        let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
        assert_ne!(options.place, Place::default());
        let plan = LayoutPlan::new(&imported.tree, options).unwrap();
        growing.write(&plan, &control).unwrap();
    };
    append(&|tree| {
        tree.add("new", Item::Fifo, &ItemOptions::default()).unwrap();
    });
    let found = image(&path, FileSystem::RockRidge);
    assert_eq!(found.lookup("dir/10").unwrap().times(), rounded(ALL, HUNDREDTH));
    let later = Timestamp::from_unix(1_700_000_000);
    append(&|tree| tree.set_modified(tree.lookup("dir/10").unwrap(), later));
    let found = image(&path, FileSystem::RockRidge);
    let changed = found.lookup("dir/10").unwrap();
    assert_eq!((changed.modified, changed.times()), (later, rounded(ALL, SECOND)), "in the short form");
    assert_eq!(found.lookup("pipe").unwrap().times(), rounded(ALL, HUNDREDTH));
    append(&|tree| tree.set_times(tree.lookup("pipe").unwrap(), &Times::default()));
    assert_eq!(image(&path, FileSystem::RockRidge).lookup("pipe").unwrap().times(), Times::default());
}

/// A scan takes the host's times when it is told to, and an extraction gives the time of access back.
#[test]
fn from_the_host_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    std::fs::create_dir_all(source.join("dir")).unwrap();
    std::fs::write(source.join("dir/file"), "content").unwrap();
    let [access, modified] = [1_100_000_000, 1_150_000_000]
        .map(|seconds| std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds));
    for file_system in [FileSystem::RockRidge, FileSystem::Udf] {
        // Building an image reads the file.
        let file = std::fs::File::options().write(true).open(source.join("dir/file")).unwrap();
        file.set_times(std::fs::FileTimes::new().set_accessed(access).set_modified(modified)).unwrap();
        drop(file);
        let path = folder.path().join(format!("{file_system}"));
        let mut tree = Tree::new();
        let scan = ScanOptions { times: HostTimes::All, ..ScanOptions::default() };
        tree.scan(&source, NodeId::ROOT, &scan, &Control::default()).unwrap();
        let written = if file_system == FileSystem::Udf { FileSystems::UDF } else { ROCK_RIDGE };
        build(&tree, options(written, UdfRevision::V2_01), &path);
        let image = image(&path, file_system);
        let entry = image.lookup("dir/file").unwrap();
        assert_eq!(entry.times().access, Some(Timestamp::from(access)));
        assert!(image.lookup("dir").unwrap().times().access.is_some());
        let host = std::fs::metadata(source.join("dir/file")).unwrap();
        if let Ok(created) = host.created() {
            let created = Timestamp::from(created);
            assert_eq!(entry.times().creation.map(|time| time.seconds), Some(created.seconds));
        }
        let target = folder.path().join(format!("from {file_system}"));
        image.extract(&[], &target, &ExtractOptions::default(), &Control::default()).unwrap();
        let restored = std::fs::metadata(target.join("dir/file")).unwrap();
        assert_eq!((restored.accessed().unwrap(), restored.modified().unwrap()), (access, modified));
    }
}

/// By default two copies of a tree give one image.
#[test]
fn only_the_time_of_modification_is_taken_unasked() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "content").unwrap();
    let mut tree = Tree::new();
    tree.scan(folder.path(), NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
    assert_eq!(tree.times(tree.lookup("file").unwrap()), Times::default());
    assert_eq!(tree.times(NodeId::ROOT), Times::default());
}

/// They are as old as the image that they are made for, and stay so in images that are made of it.
#[test]
fn directories_that_no_source_has_have_the_time_of_the_image() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("iso");
    let file_systems = ROCK_RIDGE | FileSystems::JOLIET | FileSystems::UDF;
    let shown = |path: &Path, of: &str, as_file_system: FileSystem| {
        image(path, as_file_system).lookup(of).unwrap().modified
    };
    let mut tree = Tree::new();
    let dated = ItemOptions { modified: Some(MODIFIED), ..ItemOptions::default() };
    tree.add("/dated", Item::Directory, &dated).unwrap();
    tree.add("/dated/a/b/c/d/e/f/g/file", Item::Bytes(content(10).into()), &dated).unwrap();
    assert!(tree.is_undated(NodeId::ROOT) && !tree.is_undated(tree.lookup("/dated").unwrap()));

    let image_time = Timestamp { seconds: 1_500_000_000, nanoseconds: 0 };
    let options = |created, modified| PlanOptions {
        file_systems,
        created,
        modified,
        deep_directories: DeepDirectories::Relocate,
        ..PlanOptions::default()
    };
    build(&tree, options(Some(MODIFIED), Some(image_time)), &path);
    for file_system in [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Udf] {
        for (of, time) in
            [("/dated/a", image_time), ("/dated", MODIFIED), ("/dated/a/b/c/d/e/f/g/file", MODIFIED)]
        {
            let found = shown(&path, of, file_system).seconds;
            assert_eq!(found, time.seconds, "{file_system:?} {of}");
        }
    }
    assert_eq!(shown(&path, "/RR_MOVED", FileSystem::Iso9660), image_time);
    let hfs_plus =
        PlanOptions { file_systems: ROCK_RIDGE | FileSystems::HFS_PLUS, ..options(None, Some(image_time)) };
    let with_hfs_plus = |tree: &Tree| {
        let plan = LayoutPlan::new(tree, hfs_plus.clone()).unwrap();
        let mut bytes = Vec::new();
        plan.write_to(&mut fsimage::WriterSink::new(&mut bytes, "memory"), &Control::default()).unwrap();
        bytes
    };
    let told = with_hfs_plus(&tree);
    let mut same = tree.clone();
    for path in
        ["/dated/a", "/dated/a/b", "/dated/a/b/c", "/dated/a/b/c/d", "/dated/a/b/c/d/e", "/dated/a/b/c/d/e/f"]
    {
        same.set_modified(same.lookup(path).unwrap(), image_time);
    }
    same.set_modified(same.lookup("/dated/a/b/c/d/e/f/g").unwrap(), image_time);
    same.set_modified(NodeId::ROOT, image_time);
    assert!(with_hfs_plus(&same) == told);

    let disc = Disc::open(&path).unwrap();
    let mut imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
    imported.tree.add("/later/file", Item::Bytes(content(10).into()), &dated).unwrap();
    let again = folder.path().join("again");
    let later = Timestamp { seconds: 1_600_000_000, nanoseconds: 0 };
    build(&imported.tree, PlanOptions { modified: Some(later), ..imported.new_image_options() }, &again);
    assert_eq!(shown(&again, "/dated/a", FileSystem::RockRidge), image_time);
    assert_eq!(shown(&again, "/later", FileSystem::RockRidge), later);

    let undated = folder.path().join("undated");
    build(&tree, options(None, None), &undated);
    assert_eq!(shown(&undated, "/dated/a", FileSystem::RockRidge), Timestamp::default());
}
