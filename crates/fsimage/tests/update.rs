//! Incremental update: what is compared, what is told, what is written.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use fsimage::update::{Change, ChangeKind, Compare, Counts, Update, UpdateOptions};
use fsimage::{
    AccessControlLists, Control, Disc, DriveName, Error, FileSystem, FileSystems, GrowingImage,
    ImportOptions, Item, ItemOptions, OpenDrive, PlanOptions, Timestamp, Tree, UdfOptions, UdfRevision,
};
use peers::{Columns, assert_same};
use support::updating::{ROUNDS, change, set_time, update_image, update_medium, update_tree};
use support::{build, list_image, list_session, scan};
use tempfile::TempDir;

const HOW: UpdateOptions = UpdateOptions {
    compare: Compare::SizeAndTime,
    deduplicate: false,
    extended_attributes: false,
    acls: false,
};

/// A folder, and an image of it.
struct Scene {
    host: TempDir,
    image: PathBuf,
}

impl Scene {
    fn empty() -> Scene {
        let host = tempfile::tempdir().unwrap();
        fs::create_dir(host.path().join("source")).unwrap();
        let image = host.path().join("image");
        Scene { host, image }
    }

    fn folder(&self) -> PathBuf {
        self.host.path().join("source")
    }

    fn put(&self, name: &str, bytes: &str, time: i64) {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        set_time(&path, time);
    }

    fn build(&self) {
        self.settle();
        build(&scan(&self.folder()), PlanOptions::default(), &self.image);
    }

    /// The time of the folder is none of the changes.
    fn settle(&self) {
        set_time(&self.folder(), 1_600_000_000);
    }

    fn changes(&self, how: UpdateOptions) -> Vec<Change> {
        self.settle();
        let growing = GrowingImage::open(&self.image).unwrap();
        let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
        let plan = imported.plan_options();
        let wanted = scan(&self.folder());
        let update =
            Update::new(growing.disc(), &mut imported, wanted, &plan, how, &Control::default()).unwrap();
        assert_eq!(update.difference().counts().total(), update.difference().changes().len() as u64);
        update.difference().changes()
    }

    /// Path, kind and bytes of all differences.
    fn told(&self, how: UpdateOptions) -> BTreeMap<String, (ChangeKind, u64)> {
        self.changes(how).into_iter().map(|change| (change.path, (change.change, change.bytes))).collect()
    }

    fn update(&self, how: UpdateOptions) -> Counts {
        self.settle();
        let done = update_image(&self.image, &self.folder(), how).unwrap();
        assert_same(
            &peers::list_directory(&self.folder()).unwrap(),
            &list_session(&self.image, None),
            Columns::POSIX,
        );
        assert!(update_image(&self.image, &self.folder(), how).is_none(), "nothing differs now");
        done.counts
    }
}

fn forms() -> Vec<PlanOptions> {
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let sets = [
        iso9660,
        iso9660 | FileSystems::JOLIET,
        FileSystems::ISO9660 | FileSystems::JOLIET,
        FileSystems::UDF,
        iso9660 | FileSystems::JOLIET | FileSystems::UDF,
        FileSystems::ISO9660,
    ];
    let with = |file_systems| PlanOptions { file_systems, ..PlanOptions::default() };
    let mut forms: Vec<PlanOptions> = sets.map(with).into();
    let udf = UdfOptions { revision: fsimage::UdfRevision::V2_50, ..UdfOptions::default() };
    forms.push(PlanOptions { file_systems: FileSystems::UDF, udf, ..PlanOptions::default() });
    forms
}

/// Columns that the file system keeps of files in whole seconds.
fn columns(file_systems: FileSystems) -> Columns {
    match file_systems.intersects(FileSystems::ROCK_RIDGE | FileSystems::UDF) {
        true => Columns::POSIX,
        false => Columns::CONTENT,
    }
}

#[test]
fn each_form_follows_its_folder_and_writes_what_is_new() {
    for options in forms() {
        let scene = Scene::empty();
        let what = format!("{:?} {}", options.file_systems, options.udf.revision);
        let mut expected = Vec::new();
        for round in 0..ROUNDS {
            let new = change(round, &scene.folder());
            if round == 0 {
                build(&scan(&scene.folder()), options.clone(), &scene.image);
            } else {
                let before = fs::metadata(&scene.image).unwrap().len();
                let done = update_image(&scene.image, &scene.folder(), HOW).unwrap();
                assert_eq!(done.counts.new_bytes, new, "{what}, {round}");
                // The moved file, and the two in the moved folder; nothing else is known by another name.
                assert_eq!(done.counts.renamed, 3, "{what}, {round}");
                assert!(done.content <= new.div_ceil(2048) + 4, "{what}, {round}: {} sectors", done.content);
                let grown = fs::metadata(&scene.image).unwrap().len() - before;
                assert!(grown <= new + 2048 * 1400, "{what}, {round}: {grown} bytes more");
            }
            assert!(update_image(&scene.image, &scene.folder(), HOW).is_none(), "{what}, {round}");
            let disc = Disc::open(&scene.image).unwrap();
            assert_eq!(disc.sessions().len(), round + 1, "{what}");
            if options.file_systems != FileSystems::ISO9660 {
                expected.push(peers::list_directory(&scene.folder()).unwrap());
                for (session, expected) in (1..).zip(&expected) {
                    assert_same(
                        expected,
                        &list_session(&scene.image, Some(session)),
                        columns(options.file_systems),
                    );
                }
            }
        }
    }
}

#[test]
fn in_a_bridge_each_file_system_follows() {
    let scene = Scene::empty();
    let options =
        PlanOptions { file_systems: FileSystems::all() - FileSystems::ENHANCED, ..PlanOptions::default() };
    for round in 0..ROUNDS {
        change(round, &scene.folder());
        match round {
            0 => build(&scan(&scene.folder()), options.clone(), &scene.image),
            _ => drop(update_image(&scene.image, &scene.folder(), HOW).unwrap()),
        }
        let expected = peers::list_directory(&scene.folder()).unwrap();
        let disc = Disc::open(&scene.image).unwrap();
        for (file_system, columns) in
            [(FileSystem::Udf, Columns::POSIX), (FileSystem::Joliet, Columns::CONTENT)]
        {
            assert_same(&expected, &list_image(&disc.image(None, &[file_system]).unwrap()), columns);
        }
    }
}

#[test]
fn each_kind_of_change_is_told() {
    let scene = Scene::empty();
    for name in ["same", "longer", "touched", "mode", "gone", "old name", "becomes/x", "becomes a folder"] {
        scene.put(name, &format!("this is {name}"), 1000);
    }
    symlink("here", scene.folder().join("link")).unwrap();
    scene.build();
    assert_eq!(scene.changes(HOW), []);

    let folder = scene.folder();
    scene.put("longer", "this is longer now", 1000);
    scene.put("touched", "this is touched", 2000);
    fs::set_permissions(folder.join("mode"), PermissionsExt::from_mode(0o600)).unwrap();
    fs::remove_file(folder.join("gone")).unwrap();
    fs::create_dir(folder.join("sub")).unwrap();
    fs::rename(folder.join("old name"), folder.join("sub/new name")).unwrap();
    fs::remove_dir_all(folder.join("becomes")).unwrap();
    scene.put("becomes", "a file", 1000);
    fs::remove_file(folder.join("becomes a folder")).unwrap();
    fs::create_dir(folder.join("becomes a folder")).unwrap();
    fs::remove_file(folder.join("link")).unwrap();
    symlink("there", folder.join("link")).unwrap();

    let changes = scene.changes(HOW);
    let short: Vec<(ChangeKind, char, &str, u64)> =
        changes.iter().map(|change| (change.change, change.kind, &change.path[..], change.bytes)).collect();
    use ChangeKind::{Added, Attributes, Changed, Removed, Renamed};
    assert_eq!(
        short,
        [
            (Added, 'f', "/becomes", 6),
            (Added, 'd', "/becomes a folder", 0),
            (Changed, 'l', "/link", 0),
            (Changed, 'f', "/longer", 18),
            (Attributes, 'f', "/mode", 0),
            (Added, 'd', "/sub", 0),
            (Changed, 'f', "/touched", 15),
            (Renamed, 'f', "/sub/new name", 0),
            (Removed, 'd', "/becomes", 0),
            (Removed, 'f', "/becomes a folder", 0),
            (Removed, 'f', "/gone", 0),
            (Removed, 'f', "/becomes/x", 0),
        ]
    );
    assert_eq!(changes[4].attributes, ["permissions"]);
    assert_eq!(changes[7].from.as_deref(), Some("/old name"));
    // By content, what was touched is the same file.
    let by_content = UpdateOptions { compare: Compare::Content, ..HOW };
    assert_eq!(scene.told(by_content)["/touched"], (Attributes, 0));
    let counts = scene.update(HOW);
    assert_eq!((counts.new_bytes, counts.total()), (18 + 15 + 6, 12));
}

#[test]
fn a_change_that_size_and_time_hide_is_found_by_content() {
    let scene = Scene::empty();
    scene.put("secret", "abc", 1000);
    scene.build();
    scene.put("secret", "abd", 1000);
    assert_eq!(scene.changes(HOW), []);
    let by_content = UpdateOptions { compare: Compare::Content, ..HOW };
    assert_eq!(scene.told(by_content), BTreeMap::from([("/secret".to_owned(), (ChangeKind::Changed, 3))]));
    scene.update(by_content);
}

#[test]
fn what_looks_the_same_and_is_not_is_no_rename() {
    let scene = Scene::empty();
    scene.put("a", "content a", 1000);
    scene.put("b", "content b", 1000);
    scene.build();
    fs::remove_file(scene.folder().join("a")).unwrap();
    fs::remove_file(scene.folder().join("b")).unwrap();
    for (name, bytes) in [("x", "content b"), ("y", "content c"), ("z/a", "content a")] {
        scene.put(name, bytes, 1000);
    }
    let told = scene.told(HOW);
    assert_eq!(told["/x"], (ChangeKind::Renamed, 0));
    assert_eq!(told["/y"], (ChangeKind::Added, 9));
    assert_eq!(told["/z/a"], (ChangeKind::Renamed, 0));
    scene.update(HOW);
}

#[test]
fn many_renames_of_one_look_take_no_more_than_a_reading_each() {
    let scene = Scene::empty();
    (0..3000).for_each(|number| scene.put(&format!("a/{number}"), &format!("{number:05}"), 1000));
    scene.build();
    fs::rename(scene.folder().join("a"), scene.folder().join("b")).unwrap();
    let told = scene.changes(HOW);
    let renamed: Vec<&Change> = told.iter().filter(|one| one.change == ChangeKind::Renamed).collect();
    assert_eq!(renamed.len(), 3000);
    // Where several would fit, each keeps its own name.
    assert!(renamed.iter().all(|one| one.from.as_deref().unwrap()[2..] == one.path[2..]));
}

#[test]
fn hard_links_are_made_and_parted() {
    let scene = Scene::empty();
    scene.put("one", "the content of both", 1000);
    let name = |name: &str| scene.folder().join(name);
    fs::hard_link(name("one"), name("two")).unwrap();
    scene.put("apart", "as the other", 1000);
    scene.put("other", "as the other", 1000);
    scene.build();

    // Parted: two files of one content. Joined: one file with three names.
    fs::remove_file(name("two")).unwrap();
    scene.put("two", "the content of both", 1000);
    fs::remove_file(name("other")).unwrap();
    fs::hard_link(name("apart"), name("other")).unwrap();
    fs::hard_link(name("apart"), name("third")).unwrap();
    let changes = scene.changes(HOW);
    let told: BTreeMap<&str, (ChangeKind, u64, &[&str])> =
        changes.iter().map(|one| (&one.path[..], (one.change, one.bytes, &one.attributes[..]))).collect();
    assert_eq!(told["/two"], (ChangeKind::Attributes, 0, &["links"][..]));
    assert_eq!(told["/other"], (ChangeKind::Attributes, 0, &["links"][..]));
    assert_eq!(told["/third"], (ChangeKind::Added, 0, &[][..]));
    assert_eq!(told.len(), 3);
    assert_eq!(scene.update(HOW).new_bytes, 0);

    // All names of a file at other places, and a new one.
    for (old, new) in [("apart", "x"), ("other", "y"), ("third", "z")] {
        fs::rename(name(old), name(new)).unwrap();
    }
    fs::hard_link(name("x"), name("w")).unwrap();
    let counts = scene.update(HOW);
    assert_eq!((counts.new_bytes, counts.renamed, counts.added), (0, 3, 1));
}

/// The same of symbolic links: without data, they are told by their names alone.
#[test]
fn hard_links_of_symbolic_links_are_made_and_parted() {
    let scene = Scene::empty();
    let name = |name: &str| scene.folder().join(name);
    let put = |one: &str| {
        symlink("target", name(one)).unwrap();
        let mut command = std::process::Command::new("touch");
        assert!(command.args(["-h", "-d", "@1000"]).arg(name(one)).status().unwrap().success());
    };
    ["one", "single", "x"].into_iter().for_each(put);
    for (first, further) in [("one", "two"), ("one", "three"), ("x", "y")] {
        fs::hard_link(name(first), name(further)).unwrap();
    }
    scene.build();
    assert_eq!(scene.changes(HOW).len(), 0);

    fs::remove_file(name("two")).unwrap();
    put("two");
    fs::remove_file(name("single")).unwrap();
    fs::hard_link(name("one"), name("single")).unwrap();
    fs::remove_file(name("y")).unwrap();
    let changes = scene.changes(HOW);
    let told: BTreeMap<&str, (ChangeKind, &[&str])> =
        changes.iter().map(|one| (&one.path[..], (one.change, &one.attributes[..]))).collect();
    let links = (ChangeKind::Attributes, &["links"][..]);
    let gone = (ChangeKind::Removed, &[][..]);
    assert_eq!(told, BTreeMap::from([("/single", links), ("/two", links), ("/y", gone)]));
    scene.update(HOW);
    assert_eq!(scene.changes(HOW).len(), 0);
    let found = list_session(&scene.image, None);
    let links = ["/one", "/single", "/three", "/two", "/x"].map(|path| found[path].links);
    assert_eq!(links, [Some(3), Some(3), Some(3), Some(1), Some(1)]);
}

#[test]
fn what_any_session_holds_is_not_written_again() {
    let scene = Scene::empty();
    scene.put("first", &"in the first session".repeat(500), 1000);
    scene.build();
    fs::remove_file(scene.folder().join("first")).unwrap();
    scene.put("second", &"in the second session".repeat(500), 1000);
    scene.update(HOW);

    // Other times: these are no renames.
    scene.put("back", &"in the first session".repeat(500), 3000);
    scene.put("again", &"in the second session".repeat(500), 3000);
    scene.put("once more", &"in the second session".repeat(500), 4000);
    scene.put("truly new", &"IN the second session".repeat(500), 3000);
    let dedup = UpdateOptions { deduplicate: true, ..HOW };
    assert_eq!(scene.changes(HOW).iter().map(|one| one.bytes).sum::<u64>(), 10_000 + 3 * 10_500);
    let before = fs::metadata(&scene.image).unwrap().len();
    let counts = scene.update(dedup);
    assert_eq!((counts.new_bytes, counts.shared_bytes), (10_500, 10_000 + 2 * 10_500));
    assert!(fs::metadata(&scene.image).unwrap().len() - before < 10_500 + 200 * 2048);
    // Each is a file of its own.
    let found = list_session(&scene.image, None);
    assert!(["/again", "/second"].iter().all(|path| found[*path].links == Some(1)));
}

#[test]
fn a_source_that_changes_is_an_error_and_the_image_is_as_it_was() {
    let scene = Scene::empty();
    scene.put("old", "old", 1000);
    scene.build();
    scene.put("new", "new content", 1000);
    let wanted = scene.folder();
    let before = fs::read(&scene.image).unwrap();
    let tree = scan(&wanted);
    scene.put("new", "other content", 2000);
    assert!(matches!(update_tree(&scene.image, tree, HOW), Err(Error::SourceChanged { .. })));
    // Found while it is compared, as well.
    scene.put("older", "old", 1000);
    fs::remove_file(scene.folder().join("old")).unwrap();
    let tree = scan(&wanted);
    scene.put("older", "OLD", 2000);
    assert!(matches!(update_tree(&scene.image, tree, HOW), Err(Error::SourceChanged { .. })));
    assert_eq!(fs::read(&scene.image).unwrap(), before);
}

#[test]
fn two_images_of_one_history_are_the_same() {
    let images: Vec<Vec<u8>> = (0..2)
        .map(|_| {
            let scene = Scene::empty();
            for round in 0..ROUNDS {
                change(round, &scene.folder());
                match round {
                    0 => build(&scan(&scene.folder()), PlanOptions::default(), &scene.image),
                    _ => drop(update_image(&scene.image, &scene.folder(), HOW)),
                }
            }
            fs::read(&scene.image).unwrap()
        })
        .collect();
    assert!(images[0] == images[1]);
}

#[test]
fn compressed_files_stay_as_they_are() {
    let scene = Scene::empty();
    scene.put("long", &"compressible ".repeat(5000), 1000);
    scene.put("moved", &"compressible as well ".repeat(5000), 1000);
    scene.settle();
    let mut tree = scan(&scene.folder());
    let options = PlanOptions {
        file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
        ..PlanOptions::default()
    };
    let zisofs = fsimage::ZisofsOptions::default();
    tree.compress(&mut |_, _| true, &zisofs, &options, &Control::default()).unwrap();
    build(&tree, options, &scene.image);
    assert!(fs::metadata(&scene.image).unwrap().len() < 150_000);
    for how in [HOW, UpdateOptions { compare: Compare::Content, ..HOW }] {
        assert_eq!(scene.changes(how), []);
    }
    fs::rename(scene.folder().join("moved"), scene.folder().join("elsewhere")).unwrap();
    assert_eq!(scene.told(HOW)["/elsewhere"], (ChangeKind::Renamed, 0));
    fs::hard_link(scene.folder().join("long"), scene.folder().join("linked")).unwrap();
    assert_eq!(scene.update(HOW).new_bytes, 0);
}

fn write_at(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn names_that_the_file_system_changes_are_known_by_what_they_become() {
    let scene = Scene::empty();
    let long = format!("a long name {}", "x".repeat(90));
    for name in ["a:b*c", &long, "plain.txt", "UPPER", "upper2", "dir:1/in?side"] {
        write_at(&scene.folder().join(name), name.as_bytes());
    }
    symlink("plain.txt", scene.folder().join("link")).unwrap();
    scene.settle();
    for file_systems in [FileSystems::ISO9660 | FileSystems::JOLIET, FileSystems::ISO9660] {
        let options = PlanOptions { file_systems, ..PlanOptions::default() };
        build(&scan(&scene.folder()), options, &scene.image);
        assert_eq!(scene.changes(HOW), [], "{file_systems:?}");
        write_at(&scene.folder().join("dir:1/new"), b"new");
        set_time(&scene.folder().join("dir:1"), 5000);
        assert_eq!(scene.told(HOW)["/dir:1/new"], (ChangeKind::Added, 3));
        update_image(&scene.image, &scene.folder(), HOW).unwrap();
        assert!(update_image(&scene.image, &scene.folder(), HOW).is_none());
        fs::remove_file(scene.folder().join("dir:1/new")).unwrap();
    }
}

#[test]
fn every_medium() {
    let host = tempfile::tempdir().unwrap();
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    let kinds =
        ["cd-r", "cd-rw", "dvd-r", "dvd-rw", "dvd-ram", "dvd+r", "dvd+r-dl", "dvd+rw", "bd-r", "bd-re"];
    for (number, kind) in kinds.into_iter().enumerate() {
        let folder = host.path().join(format!("source {kind}"));
        std::fs::create_dir(&folder).unwrap();
        let medium = host.path().join(kind);
        let drive: DriveName = format!("sim:{kind}:{}", medium.display()).parse().unwrap();
        let file_systems = if number % 2 == 0 { iso9660 } else { iso9660 | FileSystems::UDF };
        let options = PlanOptions { file_systems, ..PlanOptions::default() };
        let mut expected = Vec::new();
        for round in 0..ROUNDS {
            let new = change(round, &folder);
            let done = update_medium(&drive, &folder, &options).unwrap();
            assert_eq!(done.counts.new_bytes, new, "{kind}, {round}");
            assert!(done.description < 900, "{kind}, {round}: {} sectors", done.description);
            assert!(update_medium(&drive, &folder, &options).is_none(), "{kind}, {round}");
            expected.push(peers::list_directory(&folder).unwrap());
        }
        let disc = OpenDrive::open(&drive).unwrap().disc().unwrap();
        assert_eq!(disc.sessions().len(), ROUNDS, "{kind}");
        for (session, expected) in (1..).zip(&expected) {
            let image = disc.image(Some(session), &fsimage::DEFAULT_PREFERENCE).unwrap();
            assert_same(expected, &list_image(&image), Columns::POSIX);
        }
    }
}

/// Whatever time they have in the image, the sources say none of them.
#[test]
fn directories_that_no_source_has_are_no_change() {
    let scene = Scene::empty();
    scene.put("file", "content", 1_500_000_000);
    scene.settle();
    let wanted = || {
        let mut tree = scan(&scene.folder());
        let bytes = Item::Bytes(b"more".as_slice().into());
        let dated = ItemOptions { modified: Some(Timestamp::from_unix(1)), ..ItemOptions::default() };
        tree.add("/made/on/the way", bytes, &dated).unwrap();
        tree
    };
    let created = Some(Timestamp::from_unix(1_550_000_000));
    build(&wanted(), PlanOptions { created, ..PlanOptions::default() }, &scene.image);
    let growing = GrowingImage::open(&scene.image).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    let plan = imported.plan_options();
    let update =
        Update::new(growing.disc(), &mut imported, wanted(), &plan, HOW, &Control::default()).unwrap();
    assert_eq!(update.difference().changes(), []);
}

/// What an image has of a folder that follows: the contents, whatever the names are.
fn contents(scene: &Scene) -> Vec<String> {
    let listed = list_session(&scene.image, None);
    let mut found: Vec<String> = listed.values().filter_map(|item| item.sha256.clone()).collect();
    found.sort_unstable();
    found
}

/// Names that are cut, or lose characters or case, have numbers, which others get when one of them is gone.
#[test]
fn names_that_move_when_another_is_gone_are_told_apart_by_content() {
    let iso9660_1999 = FileSystems::ISO9660 | FileSystems::ENHANCED;
    let photo = |ending: &str| format!("{}{ending}", "photo ".repeat(if ending.len() > 5 { 40 } else { 11 }));
    let long = |number| photo(&format!("{number}.txt"));
    let longer = |number| photo(&format!("{number} end.txt"));
    let sets: [(FileSystems, [String; 3]); 7] = [
        (FileSystems::ISO9660 | FileSystems::JOLIET, [long(1), long(2), long(3)]),
        (FileSystems::ISO9660 | FileSystems::JOLIET, ["a*b", "a:b", "a;b"].map(str::to_owned)),
        (FileSystems::ISO9660, [long(1), long(2), long(3)]),
        (FileSystems::ISO9660, ["README", "Readme", "readme"].map(str::to_owned)),
        (FileSystems::ISO9660, ["read-me", "read me", "read_me"].map(str::to_owned)),
        (iso9660_1999, [longer(1), longer(2), longer(3)]),
        (FileSystems::UDF, ["a".repeat(254) + "1", "a".repeat(254) + "2", "a".repeat(254) + "3"]),
    ];
    for (file_systems, names) in sets {
        for below in ["", "/in it"] {
            for gone in 0..4 {
                let scene = Scene::empty();
                for (number, name) in names.iter().enumerate() {
                    scene.put(&format!("{name}{below}"), &format!("content {number}"), 1000);
                    if !below.is_empty() {
                        set_time(&scene.folder().join(name), 1000);
                    }
                }
                scene.settle();
                let options = PlanOptions { file_systems, ..PlanOptions::default() };
                build(&scan(&scene.folder()), options, &scene.image);
                assert_eq!(scene.changes(HOW), [], "{file_systems:?}, {names:?}{below}");
                // One of them, or all but the last.
                for name in names.iter().enumerate().filter(|(at, _)| *at == gone || gone == 3 && *at < 2) {
                    match below {
                        "" => fs::remove_file(scene.folder().join(name.1)).unwrap(),
                        _ => fs::remove_dir_all(scene.folder().join(name.1)).unwrap(),
                    }
                }
                scene.settle();
                update_image(&scene.image, &scene.folder(), HOW).unwrap();
                let hosts = peers::list_directory(&scene.folder()).unwrap();
                let mut expected: Vec<String> =
                    hosts.values().filter_map(|item| item.sha256.clone()).collect();
                expected.sort_unstable();
                assert_eq!(contents(&scene), expected, "{file_systems:?}, {names:?}{below}, without {gone}");
                assert!(update_image(&scene.image, &scene.folder(), HOW).is_none());
            }
        }
    }
}

/// UDF records the names of a target (UDF 2.3.13): no slashes, and of names as much as fits.
#[test]
fn targets_of_links_that_the_file_system_changes_are_known_by_what_they_become() {
    let target = format!("x/{}", "y".repeat(300));
    for options in forms()
        .into_iter()
        .filter(|options| options.file_systems.intersects(FileSystems::ROCK_RIDGE | FileSystems::UDF))
    {
        let scene = Scene::empty();
        scene.put("dir/file", "content", 1000);
        set_time(&scene.folder().join("dir"), 1000);
        for (name, target) in
            [("slash", "dir/"), ("slashes", "dir//file"), ("long", &target), ("plain", "dir")]
        {
            symlink(target, scene.folder().join(name)).unwrap();
        }
        scene.settle();
        build(&scan(&scene.folder()), options, &scene.image);
        assert_eq!(scene.changes(HOW), []);
        fs::remove_file(scene.folder().join("slash")).unwrap();
        symlink("other/", scene.folder().join("slash")).unwrap();
        assert_eq!(scene.told(HOW), BTreeMap::from([("/slash".to_owned(), (ChangeKind::Changed, 0))]));
        update_image(&scene.image, &scene.folder(), HOW).unwrap();
        assert!(update_image(&scene.image, &scene.folder(), HOW).is_none());
    }
}

#[test]
fn files_that_share_their_place_stay_two_when_they_get_further_names() {
    let scene = Scene::empty();
    scene.put("a", "the same", 1000);
    scene.build();
    scene.put("b", "the same", 1000);
    assert_eq!(scene.update(UpdateOptions { deduplicate: true, ..HOW }).new_bytes, 0);
    for (name, further) in [("a", "c"), ("b", "d")] {
        fs::hard_link(scene.folder().join(name), scene.folder().join(further)).unwrap();
    }
    // The links of each name are compared with those on the host, in each.
    scene.update(HOW);
    scene.put("e", "the same", 1000);
    scene.update(UpdateOptions { deduplicate: true, ..HOW });
    fs::remove_file(scene.folder().join("c")).unwrap();
    scene.update(HOW);
}

/// What is not taken from the sources stays as the session has it, also where the content is another. Names of one file have it
/// together.
#[test]
fn attributes_that_are_not_asked_of_the_sources_stay() {
    let list = AccessControlLists::parse(&[0x16, 0xAF, 1, 9, 0x34, 0x57, 0x60]).unwrap();
    let (posix, udf) = (FileSystems::ISO9660 | FileSystems::ROCK_RIDGE, FileSystems::UDF);
    for file_systems in [posix, posix | udf, udf] {
        let scene = Scene::empty();
        let mut old = Tree::new();
        for name in ["/a", "/dated", "/same", "/linked"] {
            let node = old.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions::default()).unwrap();
            old.add_stream(node, b"user.one", Item::Bytes(b"kept".as_slice().into())).unwrap();
            old.set_acl(node, list.clone()).unwrap();
        }
        let linked = old.lookup("/linked").unwrap();
        old.add("/name", Item::HardLink(linked), &ItemOptions::default()).unwrap();
        build(&old, PlanOptions { file_systems, ..PlanOptions::default() }, &scene.image);
        let mut wanted = Tree::new();
        let dated = ItemOptions { modified: Some(Timestamp::from_unix(5)), ..ItemOptions::default() };
        for (name, content, options) in [
            ("/a", "other", &ItemOptions::default()),
            ("/dated", "/dated", &dated),
            ("/same", "/same", &ItemOptions::default()),
            ("/linked", "other link", &ItemOptions::default()),
            ("/new", "new", &ItemOptions::default()),
        ] {
            wanted.add(name, Item::Bytes(content.as_bytes().into()), options).unwrap();
        }
        let linked = wanted.lookup("/linked").unwrap();
        wanted.add("/name", Item::HardLink(linked), &ItemOptions::default()).unwrap();
        update_tree(&scene.image, wanted.clone(), HOW).unwrap().unwrap();
        let preference = [if file_systems == udf { FileSystem::Udf } else { FileSystem::RockRidge }];
        let found = imported(&scene.image, &preference);
        for name in ["/a", "/dated", "/same", "/linked", "/name", "/new"] {
            let node = found.lookup(name).unwrap();
            let is_kept = name != "/new";
            let streams: Vec<&[u8]> = found.streams(node).map(|stream| stream.name).collect();
            assert_eq!(streams == [b"user.one"], is_kept, "{file_systems:?} {name}: {streams:?}");
            assert_eq!(found.acl(node).is_some(), is_kept && file_systems != udf, "{file_systems:?} {name}");
        }
        assert_eq!(found.acl(found.lookup("/a").unwrap()).is_some(), file_systems != udf);
        assert!(update_tree(&scene.image, wanted.clone(), HOW).unwrap().is_none(), "{file_systems:?}");
        // Asked for, what the sources have is what the new session has: none.
        let all = UpdateOptions { extended_attributes: true, acls: true, ..HOW };
        update_tree(&scene.image, wanted, all).unwrap().unwrap();
        let found = imported(&scene.image, &preference);
        let has_any = |name| {
            let node = found.lookup(name).unwrap();
            found.streams(node).next().is_some() || found.acl(node).is_some()
        };
        assert!(!["/a", "/dated", "/same", "/linked"].into_iter().any(has_any), "{file_systems:?}");
    }
}

/// What no file system of the session can hold differs each time, and is no change.
#[test]
fn attributes_that_cannot_be_recorded_are_no_change() {
    let list = AccessControlLists::parse(&[0x16, 0xAF, 1, 9, 0x34, 0x57, 0x60]).unwrap();
    let (iso9660, udf) = (FileSystems::ISO9660, FileSystems::UDF);
    for (file_systems, revision) in [
        (udf, UdfRevision::V1_02),
        (udf, UdfRevision::V2_01),
        (iso9660, UdfRevision::V2_01),
        (iso9660 | FileSystems::JOLIET, UdfRevision::V2_01),
    ] {
        let scene = Scene::empty();
        let mut wanted = Tree::new();
        let file =
            wanted.add("/file", Item::Bytes(b"file".as_slice().into()), &ItemOptions::default()).unwrap();
        wanted.set_acl(file, list.clone()).unwrap();
        let attribute = || Item::Bytes(b"value".as_slice().into());
        let holds_some = file_systems == udf && revision >= UdfRevision::V2_00;
        if !holds_some {
            wanted.add_stream(file, b"user.one", attribute()).unwrap();
        }
        if file_systems == udf {
            let link = wanted.add("/link", Item::Symlink(b"file"), &ItemOptions::default()).unwrap();
            wanted.add_stream(link, b"security.one", attribute()).unwrap();
        }
        let udf = UdfOptions { revision, ..UdfOptions::default() };
        build(&wanted, PlanOptions { file_systems, udf, ..PlanOptions::default() }, &scene.image);
        let all = UpdateOptions { extended_attributes: true, acls: true, ..HOW };
        let what = format!("{file_systems:?}, {revision:?}");
        assert!(update_tree(&scene.image, wanted.clone(), all).unwrap().is_none(), "{what}");
        if holds_some {
            wanted.add_stream(file, b"user.two", attribute()).unwrap();
            assert!(update_tree(&scene.image, wanted, all).unwrap().is_some(), "{what}");
        }
    }
}

fn imported(image: &Path, preference: &[FileSystem]) -> Tree {
    let options = ImportOptions { preference: preference.to_vec(), ..ImportOptions::default() };
    fsimage::import(&Disc::open(image).unwrap(), &options, &Control::default()).unwrap().tree
}
