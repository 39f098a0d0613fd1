//! Names that another hierarchy has for what is imported stay there.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::path::Path;

use fsimage::{
    Control, Disc, FileSystem, FileSystems, GrowingImage, ImportOptions, ImportWarning, Imported,
    InterchangeLevel, Item, ItemOptions, JolietRules, LayoutPlan, NameRules, PlanOptions, Tree, import,
};
use support::{build, list_file_system};

const EVERY: [FileSystem; 5] =
    [FileSystem::RockRidge, FileSystem::Iso9660, FileSystem::Joliet, FileSystem::Enhanced, FileSystem::Udf];

fn add(tree: &mut Tree, path: &str, len: u8) {
    tree.add(path, Item::Bytes((0..len).collect()), &ItemOptions::default()).unwrap();
}

fn every_file_system() -> PlanOptions {
    let file_systems = EVERY.into_iter().collect();
    PlanOptions { file_systems, ..PlanOptions::default() }
}

fn imported(image: &Path) -> Imported {
    imported_as(image, &fsimage::DEFAULT_PREFERENCE)
}

fn imported_as(image: &Path, preference: &[FileSystem]) -> Imported {
    let disc = Disc::open(image).unwrap();
    let options = ImportOptions { preference: preference.to_vec(), ..ImportOptions::default() };
    let mut imported = import(&disc, &options, &Control::default()).unwrap();
    imported.warnings = imported.keep_visibility(&disc, &Control::default()).unwrap();
    imported
}

fn paths(image: &Path, file_system: FileSystem) -> Vec<String> {
    list_file_system(image, file_system).into_keys().collect()
}

/// An enhanced tree should have no version numbers (ISO 9660:1999), and has them where other programs let its descriptor lead
/// to records with them.
#[test]
fn version_numbers_of_an_enhanced_tree_stay() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
    let mut tree = Tree::new();
    for (path, len) in
        [("/d/other_2", 10), ("/d/none", 20), ("/bare_1", 0), ("/dotted._1", 30), ("/twice_1_1", 40)]
    {
        add(&mut tree, path, len);
    }
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::ENHANCED;
    build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &old);
    let mut image = std::fs::read(&old).unwrap();
    // With its length in front, a name is none of Rock Ridge.
    for (from, to) in [
        (&b"\x07other_2"[..], &b"\x07other;2"[..]),
        (b"\x06bare_1", b"\x06bare;1"),
        (b"\x09dotted._1", b"\x09dotted.;1"),
        (b"\x09twice_1_1", b"\x09twice;1;1"),
    ] {
        let at = image.windows(from.len()).position(|bytes| bytes == from).unwrap();
        image[at..at + to.len()].copy_from_slice(to);
    }
    std::fs::write(&old, image).unwrap();
    let identifiers = ["/bare;1", "/d", "/d/none", "/d/other;2", "/dotted.;1", "/twice;1;1"];
    let shown = ["/", "/bare", "/d", "/d/none", "/d/other", "/dotted", "/twice;1"];
    assert_eq!(support::recorded::of_enhanced(&old), identifiers);
    assert_eq!(paths(&old, FileSystem::Enhanced), shown);
    for preferred in [FileSystem::RockRidge, FileSystem::Enhanced, FileSystem::Iso9660] {
        for all in [false, true] {
            let mut imported = match all {
                true => support::recorded::import_all(&old),
                false => imported_as(&old, &[preferred]),
            };
            imported.warnings.retain(|warning| !matches!(warning, ImportWarning::RockRidge { .. }));
            assert_eq!(imported.warnings, [], "{preferred}");
            let options = PlanOptions { strict: true, ..imported.new_image_options() };
            build(&imported.tree, options, &new);
            assert_eq!(support::recorded::of_enhanced(&new), identifiers, "{preferred} {all}");
            assert_eq!(paths(&new, FileSystem::Enhanced), shown);
            assert_eq!(paths(&new, FileSystem::RockRidge), paths(&old, FileSystem::RockRidge));
        }
    }
    // A session behind it, with a further file; and an item that is called something else.
    let growing = GrowingImage::open(&old).unwrap();
    let mut appended = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    add(&mut appended.tree, "/new", 3);
    let bare = appended.tree.lookup("/bare_1").unwrap();
    appended.tree.rename(bare, "renamed").unwrap();
    let options = PlanOptions { place: growing.place(), ..appended.plan_options() };
    growing.write(&LayoutPlan::new(&appended.tree, options).unwrap(), &Control::default()).unwrap();
    let after = ["/d", "/d/none", "/d/other;2", "/dotted.;1", "/new", "/renamed", "/twice;1;1"];
    assert_eq!(support::recorded::of_enhanced(&old), after);
}

/// Items with data, without, and directories of both kinds, of which nothing in the tree's names says what they are.
fn renamed() -> Tree {
    let mut tree = Tree::new();
    for (path, len) in [("/FOLDER/FILE.TXT", 10), ("/FOLDER/OTHER", 20), ("/FOLDER/NONE", 0), ("/SAME", 30)] {
        add(&mut tree, path, len);
    }
    tree.add("/BARE", Item::Directory, &ItemOptions::default()).unwrap();
    for (path, name) in
        [("/FOLDER", "Süßes"), ("/FOLDER/FILE.TXT", "another name altogether.txt"), ("/SAME", "alike")]
    {
        let node = tree.lookup(path).unwrap();
        tree.set_name_in(node, FileSystem::Joliet, name).unwrap();
        tree.set_name_in(node, FileSystem::Udf, format!("{name} in UDF")).unwrap();
        tree.set_name_in(node, FileSystem::Enhanced, format!("{name} of 1999")).unwrap();
    }
    // What has no data is known by forms of its name.
    for (path, name) in [("/FOLDER/NONE", "none"), ("/BARE", "bare")] {
        let node = tree.lookup(path).unwrap();
        tree.set_name_in(node, FileSystem::Joliet, name).unwrap();
        tree.set_name_in(node, FileSystem::Udf, name).unwrap();
    }
    tree
}

#[test]
fn a_new_image_and_a_session_keep_them() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new, image] = ["old", "new", "image"].map(|name| folder.path().join(name));
    build(&renamed(), every_file_system(), &old);
    std::fs::copy(&old, &image).unwrap();

    let mut source = imported(&old);
    assert_eq!((source.file_system, &source.warnings[..]), (FileSystem::RockRidge, &[][..]));
    // What is new gets a name that is not taken.
    add(&mut source.tree, "/alike", 40);
    build(&source.tree, source.new_image_options(), &new);

    let growing = GrowingImage::open(&image).unwrap();
    let mut source = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    assert_eq!(source.warnings, []);
    add(&mut source.tree, "/alike", 40);
    let plan = LayoutPlan::new(&source.tree, PlanOptions { place: growing.place(), ..source.plan_options() })
        .unwrap();
    growing.write(&plan, &Control::default()).unwrap();
    drop(growing);

    for file_system in [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Enhanced, FileSystem::Udf] {
        let added = if file_system == FileSystem::Joliet { "/alike~1" } else { "/alike" };
        let mut expected = paths(&old, file_system);
        expected.push(added.to_owned());
        expected.sort();
        for image in [&new, &image] {
            assert_eq!(paths(image, file_system), expected, "{file_system}");
        }
    }
}

/// Whichever hierarchy the names of the tree come from, the others keep theirs.
#[test]
fn each_hierarchy_keeps_its_names_whichever_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    build(&renamed(), every_file_system(), &old);
    for preferred in EVERY {
        let source = imported_as(&old, &[preferred]);
        assert_eq!(source.warnings, [], "{preferred}");
        build(&source.tree, source.new_image_options(), &new);
        for file_system in EVERY {
            assert_eq!(paths(&new, file_system), paths(&old, file_system), "{file_system} by {preferred}");
        }
    }
}

/// One of two names of a file is called otherwise in Joliet, which has not the other.
#[test]
fn a_file_that_joliet_has_once_is_there_once() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let hide = |hidden_in| ItemOptions { hidden_in, ..ItemOptions::default() };
    let mut tree = Tree::new();
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let one = tree.add("/one", Item::Bytes((*b"content").into()), &hide(iso9660)).unwrap();
    for name in ["/another", "/d/one"] {
        tree.add(name, Item::HardLink(one), &hide(FileSystems::JOLIET)).unwrap();
    }
    build(&tree, PlanOptions::default(), &old);
    let source = imported(&old);
    assert_eq!(source.warnings, []);
    build(&source.tree, source.new_image_options(), &new);
    for image in [&old, &new] {
        assert_eq!(paths(image, FileSystem::RockRidge), ["/", "/another", "/d", "/d/one"]);
        assert_eq!(paths(image, FileSystem::Joliet), ["/", "/d", "/one"]);
    }
}

/// Names of 65 to 103 units are not cut, though the tree's names come from elsewhere.
#[test]
fn long_names_of_joliet_stay_long() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let mut tree = Tree::new();
    for name in ["n".repeat(100), format!("{}/x", "m".repeat(70)), "n".repeat(120)] {
        add(&mut tree, &format!("/{name}"), 10);
    }
    for (rules, is_long) in [(JolietRules::LONG, true), (JolietRules::STRICT, false)] {
        build(&tree, PlanOptions { joliet_names: rules, ..every_file_system() }, &old);
        let source = imported(&old);
        assert_eq!(source.warnings, []);
        assert_eq!(source.joliet_names.max_units, rules.max_units);
        build(&source.tree, source.new_image_options(), &new);
        let names = paths(&old, FileSystem::Joliet);
        assert_eq!(names.iter().flat_map(|name| name.split('/')).any(|name| name.len() > 64), is_long);
        assert_eq!(names, paths(&new, FileSystem::Joliet));
    }
}

/// Directories that begin with the same data, under names that say nothing.
#[test]
fn directories_that_cannot_be_told_apart_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let mut tree = Tree::new();
    let first = tree.add("/A/first", Item::Bytes((*b"first").into()), &ItemOptions::default()).unwrap();
    tree.add("/B/first", Item::HardLink(first), &ItemOptions::default()).unwrap();
    add(&mut tree, "/A/one", 10);
    add(&mut tree, "/B/two", 20);
    for (path, name) in [("/A", "y"), ("/B", "x")] {
        let node = tree.lookup(path).unwrap();
        tree.set_name_in(node, FileSystem::Joliet, name).unwrap();
    }
    build(&tree, PlanOptions::default(), &old);
    let source = imported(&old);
    let joliet = FileSystem::Joliet;
    let made_anew =
        ImportWarning::NamesMadeAnew { path: "/x".to_owned(), directories: 2, file_system: joliet };
    assert!(source.warnings.contains(&made_anew), "{:?}", source.warnings);
    build(&source.tree, source.new_image_options(), &new);
    assert_eq!(paths(&new, joliet), ["/", "/A", "/A/first", "/A/one", "/B", "/B/first", "/B/two"]);
}

/// Where nothing is added, nothing changes: not by a new image, not by a session behind another, and strict mode has nothing to
/// complain of.
fn stays_as_it_is(old: &Path, preference: &[FileSystem]) -> Imported {
    let folder = tempfile::tempdir().unwrap();
    let (new, image) = (folder.path().join("new"), folder.path().join("image"));
    let strict = |options| PlanOptions { strict: true, ..options };
    let source = imported_as(old, preference);
    build(&source.tree, strict(source.new_image_options()), &new);
    let again = imported_as(&new, preference);
    build(&again.tree, strict(again.new_image_options()), &image);
    for _ in 0..2 {
        let growing = GrowingImage::open(&image).unwrap();
        let options = ImportOptions { preference: preference.to_vec(), ..ImportOptions::default() };
        let source = growing.import(&options, &Control::default()).unwrap();
        let options = strict(PlanOptions { place: growing.place(), ..source.plan_options() });
        let plan = LayoutPlan::new(&source.tree, options).unwrap();
        growing.write(&plan, &Control::default()).unwrap();
    }
    for file_system in EVERY.into_iter().filter(|one| source.file_systems.contains(one.as_set())) {
        for image in [&new, &image] {
            assert_eq!(paths(image, file_system), paths(old, file_system), "{file_system}");
        }
    }
    source
}

/// What an image has in another form than the tree already, and keeps, is no change.
#[test]
fn strict_mode_passes_what_the_image_has_already() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    let mut tree = Tree::new();
    for path in ["/a:b", "/a?b", "/case", "/Case", "/dot.", "/two.dots.here", "/d/a*b"] {
        add(&mut tree, path, 10);
    }
    add(&mut tree, &format!("/{}", "long".repeat(30)), 20);
    tree.add("/link", Item::Symlink(b"a:b"), &ItemOptions::default()).unwrap();
    build(&tree, every_file_system(), &old);
    let source = stays_as_it_is(&old, &fsimage::DEFAULT_PREFERENCE);
    let plan = LayoutPlan::new(&source.tree, source.new_image_options()).unwrap();
    assert_eq!(plan.first_changes(9), []);
    assert!(plan.notice_counts().as_before > 5, "{:?}", plan.notice_counts());

    // What this run changes: a new name, one that was moved, one that other rules make, what had no place in a new file system.
    let strict = |source: &Imported, options: PlanOptions| {
        LayoutPlan::new(&source.tree, PlanOptions { strict: true, ..options }).map(drop)
    };
    let refused = |source: &Imported, options: PlanOptions, path: &str| {
        let error = strict(source, options).unwrap_err().to_string();
        assert!(error.contains(path), "{error}");
    };
    let mut source = imported(&old);
    add(&mut source.tree, "/d/new:", 1);
    refused(&source, source.new_image_options(), "/d/new:");
    let mut source = imported(&old);
    let moved = source.tree.lookup("/d/a*b").unwrap();
    source.tree.rename(moved, "a?c").unwrap();
    refused(&source, source.new_image_options(), "/d/a?c");
    let source = imported(&old);
    let one = NameRules { level: InterchangeLevel::One, ..NameRules::default() };
    refused(&source, PlanOptions { iso9660_names: one, ..source.new_image_options() }, "ISO 9660");
    let iso9660 = FileSystems::ISO9660 | FileSystems::JOLIET;
    refused(&source, PlanOptions { file_systems: iso9660, ..source.new_image_options() }, "/link");
}

/// Puts the record of an item with this identifier into another year.
fn put_into_another_year(image: &Path, identifier: &[u8]) {
    let mut bytes = std::fs::read(image).unwrap();
    let found = bytes.windows(identifier.len()).enumerate().filter(|(_, found)| *found == identifier);
    let records: Vec<usize> = found.map(|(at, _)| at - 33).collect();
    let [record] = records[..] else { panic!("{records:?}") };
    bytes[record + 18] -= 1;
    std::fs::write(image, bytes).unwrap();
}

/// Each file system of the new image has the times of the one that was imported: where another had others, that is told, once.
#[test]
fn other_times_than_those_of_the_imported_hierarchy_are_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    let mut tree = Tree::new();
    for path in ["/first.txt", "/second.txt"] {
        add(&mut tree, path, 10);
        let node = tree.lookup(path).unwrap();
        tree.set_modified(node, fsimage::Timestamp::from_unix(1_000_000_000));
    }
    build(&tree, every_file_system(), &old);
    assert_eq!(imported(&old).warnings, []);
    let ucs2 = |name: &str| name.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let otherwise = |file_system, imported| ImportWarning::SaysOtherwise { file_system, imported };
    for name in ["first.txt", "second.txt"] {
        put_into_another_year(&old, &ucs2(name));
        let told = [otherwise(FileSystem::Joliet, FileSystem::RockRidge)];
        assert_eq!(imported(&old).warnings, told);
        let disc = Disc::open(&old).unwrap();
        let all = ImportOptions { trees: fsimage::ImportedTrees::All, ..ImportOptions::default() };
        assert_eq!(import(&disc, &all, &Control::default()).unwrap().warnings, told);
    }
}

/// A name that UDF records with `_` for what is no UTF-8, beside what UDF alone has: each is taken for what it is.
#[test]
fn empty_items_whose_names_are_no_utf_8_are_not_taken_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let hidden_in = every_file_system().file_systems - FileSystems::UDF;
    let in_udf = |image: &Path, path: &str| {
        let source = imported_as(image, &[FileSystem::Udf]);
        source.tree.lookup(path).map(|node| source.tree.is_concealed(node))
    };
    for (only, recorded) in
        [("bad", "bad_"), ("bad_", "bad_~1"), ("zzz", "bad_"), ("BAD_", "bad_"), ("bad_1", "bad_")]
    {
        let (lost, kept) = (format!("/d/{only}"), format!("/d/{recorded}"));
        for is_link in [false, true] {
            let item = || if is_link { Item::Symlink(b"target") } else { Item::Bytes((*b"").into()) };
            let mut tree = Tree::new();
            let own = tree.add(&b"/d/bad\xff"[..], item(), &ItemOptions::default()).unwrap();
            tree.conceal_in(own, FileSystems::UDF);
            let hidden = ItemOptions { hidden_in, ..ItemOptions::default() };
            tree.add(&*lost, item(), &hidden).unwrap();
            build(&tree, every_file_system(), &old);
            assert_eq!([in_udf(&old, &kept), in_udf(&old, &lost)], [Some(true), Some(false)], "{only}");

            let source = imported(&old);
            let not_shown =
                ImportWarning::NotShown { path: lost.clone(), file_systems: vec![FileSystem::Udf] };
            assert_eq!(source.warnings, [not_shown], "{only}");
            build(&source.tree, source.new_image_options(), &new);
            assert_eq!(paths(&new, FileSystem::Udf), ["/", "/d", &*kept], "{only}");
            assert_eq!(in_udf(&new, &kept), Some(true), "{only}");
            for file_system in [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Enhanced] {
                assert_eq!(paths(&new, file_system), paths(&old, file_system), "{only} {file_system}");
            }
        }
    }
}
