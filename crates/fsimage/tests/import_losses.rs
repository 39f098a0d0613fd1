//! What an import cannot take over is told as it is imported, for a new image as for a further session.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::path::Path;

use fsimage::{
    BootImage, BootLoss, BootOptions, BootPlatform, BootSource, Control, DeviceNumber, Disc, Error,
    FileSystem, FileSystems, GrowingImage, ImportOptions, ImportWarning, Imported, ImportedTrees, Item,
    ItemOptions, LayoutPlan, Losses, Notice, PlanOptions, Tree, import, write_image,
};
use mmc_device::cd::{Msf, RAW_BYTES, Subheader, encode_mode_2_form_1, encode_mode_2_form_2};
use support::build;

const SECTOR: usize = 2048;

fn bytes(len: usize) -> Item<'static> {
    Item::Bytes((0..len).map(|at| (at % 251) as u8).collect())
}

fn hidden_in(hidden_in: FileSystems) -> ItemOptions {
    ItemOptions { hidden_in, ..ItemOptions::default() }
}

/// Imports for a new image, and for a further session; the warnings are the same.
fn imported_both_ways(image: &Path) -> (Imported, Imported) {
    let control = Control::default();
    let disc = Disc::open(image).unwrap();
    let mut remastered = import(&disc, &ImportOptions::default(), &control).unwrap();
    let hidden = remastered.keep_visibility(&disc, &control).unwrap();
    remastered.warnings.extend(hidden);
    let appended = GrowingImage::open(image).unwrap().import(&ImportOptions::default(), &control).unwrap();
    assert_eq!(remastered.warnings, appended.warnings);
    (remastered, appended)
}

/// A record whose extent is not in the image: in a session that is appended, other data would come to lie there.
#[test]
fn a_file_that_passes_the_end_of_the_image_is_left_out_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut tree = Tree::new();
    for name in ["/before", "/lies", "/whole"] {
        tree.add(name, bytes(5000), &ItemOptions::default()).unwrap();
    }
    let options = PlanOptions { file_systems: FileSystems::ISO9660, ..PlanOptions::default() };
    build(&tree, options, &path);
    let sound = std::fs::read(&path).unwrap();
    let record = sound.windows(6).position(|bytes| bytes == b"LIES.;").unwrap() - 33;
    let last = (sound.len() / SECTOR) as u32 - 1;
    for start in [last, last + 700] {
        let mut image = sound.clone();
        image[record + 2..record + 6].copy_from_slice(&start.to_le_bytes());
        image[record + 6..record + 10].copy_from_slice(&start.to_be_bytes());
        std::fs::write(&path, image).unwrap();
        let (remastered, appended) = imported_both_ways(&path);
        let is_told = |warning: &ImportWarning| matches!(warning, ImportWarning::BeyondEnd { path, sector } if path == "/LIES" && sector.get() == start);
        assert!(matches!(&remastered.warnings[..], [one] if is_told(one)), "{:?}", remastered.warnings);
        for imported in [remastered, appended] {
            assert!(imported.tree.lookup("/LIES").is_none() && imported.tree.lookup("/WHOLE").is_some());
        }
    }
}

/// Fields of records and descriptors that other programs may have filled in.
#[test]
fn application_use_is_told_and_flags_and_versions_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut tree = Tree::new();
    tree.add("/LIES", bytes(5000), &ItemOptions::default()).unwrap();
    tree.add("/SUBDIR/FILE", bytes(50), &ItemOptions::default()).unwrap();
    for file_systems in [FileSystems::ISO9660, FileSystems::ISO9660 | FileSystems::ROCK_RIDGE] {
        build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &path);
        assert_eq!(imported_both_ways(&path).0.warnings, []);
        let mut image = std::fs::read(&path).unwrap();
        let find = |image: &[u8], name: &[u8]| image.windows(name.len()).position(|at| at == name).unwrap();
        // The length of the identifier is in front of it, as in a path table, and the volume sequence number before.
        let file = find(&image, b"\x07LIES.;1");
        image[file + 7] = b'2';
        image[file - 7] |= 1;
        let directory = find(&image, b"\x01\0\0\x01\x06SUBDIR") + 4;
        image[directory - 7] |= 1;
        image[16 * SECTOR + 883 + 141..][..8].copy_from_slice(b"CD-XA001");
        std::fs::write(&path, &image).unwrap();
        let mut told: Vec<String> =
            imported_both_ways(&path).0.warnings.iter().map(ToString::to_string).collect();
        told.sort();
        assert_eq!(told, ["the Application Use field in the volume descriptor of ISO 9660 is not kept"]);
    }
}

#[test]
fn the_level_of_joliet_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut tree = Tree::new();
    tree.add("/a", bytes(5), &ItemOptions::default()).unwrap();
    let mut options = PlanOptions::default();
    options.joliet_names.level = fsimage::JolietLevel::One;
    build(&tree, options, &path);
    let (remastered, appended) = imported_both_ways(&path);
    assert_eq!(remastered.new_image_options().joliet_names.level, fsimage::JolietLevel::One);
    assert_eq!(appended.plan_options().joliet_names.level, fsimage::JolietLevel::One);
}

#[test]
fn what_another_hierarchy_alone_has_is_told_when_a_session_is_appended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    let mut tree = Tree::new();
    tree.add("/both", bytes(5000), &ItemOptions::default()).unwrap();
    tree.add("/udf alone", bytes(6000), &hidden_in(iso9660)).unwrap();
    tree.add("/not in joliet", bytes(7000), &hidden_in(FileSystems::JOLIET)).unwrap();
    let options = PlanOptions { file_systems: iso9660 | FileSystems::UDF, ..PlanOptions::default() };
    build(&tree, options, &path);
    let (_, appended) = imported_both_ways(&path);
    let is_told = |warning: &ImportWarning| matches!(warning, ImportWarning::NotShown { path, file_systems } if path == "/udf alone" && file_systems == &[FileSystem::Udf]);
    assert!(matches!(&appended.warnings[..], [one] if is_told(one)), "{:?}", appended.warnings);
    let node = appended.tree.lookup("/not in joliet").unwrap();
    assert_eq!(appended.tree.hidden_in(node), FileSystems::JOLIET);
}

fn names_not_shown(imported: &Imported) -> Vec<&str> {
    let mut paths = Vec::new();
    for warning in &imported.warnings {
        let ImportWarning::NamesNotShown { paths: of_one, names, .. } = warning else {
            panic!("{warning:?}")
        };
        assert_eq!(of_one.len() as u64, *names);
        paths.extend(of_one.iter().map(String::as_str));
    }
    paths
}

/// Names count as well as files: the imported tree has the file, under another name.
#[test]
fn names_of_a_file_that_another_hierarchy_alone_has_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let (both, joliet) = (FileSystems::empty(), FileSystems::JOLIET);
    for names in [
        // A name more than the tree, as many, fewer.
        &[("/d/onelink", both)][..],
        &[("/d/one:link", both)],
        &[("/d/onelink", joliet)],
        &[("/d/one:link", joliet)],
        &[("/e/onelink", joliet), ("/d/one", joliet)],
    ] {
        let mut tree = Tree::new();
        let one = tree.add("/one", bytes(2), &hidden_in(iso9660)).unwrap();
        for (name, hidden) in names {
            tree.add(*name, Item::HardLink(one), &hidden_in(*hidden)).unwrap();
        }
        let twice = tree.add("/twice", bytes(3), &ItemOptions::default()).unwrap();
        tree.add("/twice too", Item::HardLink(twice), &ItemOptions::default()).unwrap();
        build(&tree, PlanOptions::default(), &path);
        let (_, appended) = imported_both_ways(&path);
        assert_eq!(names_not_shown(&appended), ["/one"], "{names:?}");
    }
}

/// The same where UDF is imported, and of names in plain ISO 9660. What is one item in both has its name in each.
#[test]
fn names_that_plain_iso_9660_alone_has_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let file_systems = FileSystems::ISO9660 | FileSystems::UDF;
    let mut tree = Tree::new();
    let one = tree.add("/only there", bytes(2), &hidden_in(FileSystems::UDF)).unwrap();
    let another = tree.add("/another", Item::HardLink(one), &hidden_in(FileSystems::ISO9660)).unwrap();
    tree.add("/the same, in other letters.html", bytes(3), &ItemOptions::default()).unwrap();
    for (hidden_in, name, told) in
        [(FileSystems::ISO9660, "ONLY_THERE", &[][..]), (FileSystems::empty(), "ANOTHER", &["/ONLY_THERE"])]
    {
        tree.hide(another, hidden_in);
        build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &path);
        let disc = Disc::open(&path).unwrap();
        let options = ImportOptions { preference: vec![FileSystem::Udf], ..ImportOptions::default() };
        let mut imported = import(&disc, &options, &Control::default()).unwrap();
        imported.warnings = imported.keep_visibility(&disc, &Control::default()).unwrap();
        assert_eq!(names_not_shown(&imported), told);
        build(&imported.tree, imported.new_image_options(), &path);
        let plain = support::list_file_system(&path, FileSystem::Iso9660);
        assert_eq!(plain.len(), 3, "{:?}", plain.keys());
        assert!(plain.contains_key(&format!("/{name}")), "{:?}", plain.keys());
    }
}

/// What a hierarchy has in another form is no other name, whoever made it.
#[test]
fn forms_of_names_are_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut tree = Tree::new();
    let mut content = 1;
    let long = "a very long name ".repeat(9);
    for name in [
        "/a:b?c",
        "/ends.",
        "/README",
        "/readme",
        "/\u{1F4BF}",
        "/\u{FC}ber",
        "/1/2/3/4/5/6/7/8/9/deep",
        "/_",
        "/*",
    ] {
        tree.add(name, bytes(content), &ItemOptions::default()).unwrap();
        content += 1;
    }
    for end in ["x.html", "y.html", "z"] {
        let first = tree.add(format!("/d/{long}{end}"), bytes(content), &ItemOptions::default()).unwrap();
        tree.add(format!("/d/{long}too {end}"), Item::HardLink(first), &ItemOptions::default()).unwrap();
        content += 1;
    }
    let all = FileSystems::ISO9660 | FileSystems::JOLIET | FileSystems::ENHANCED | FileSystems::UDF;
    for file_systems in [all | FileSystems::ROCK_RIDGE, all] {
        let options = PlanOptions { file_systems, ..PlanOptions::default() };
        build(&tree, options, &path);
        let disc = Disc::open(&path).unwrap();
        for preferred in [
            FileSystem::RockRidge,
            FileSystem::Joliet,
            FileSystem::Udf,
            FileSystem::Enhanced,
            FileSystem::Iso9660,
        ] {
            let options = ImportOptions { preference: vec![preferred], ..ImportOptions::default() };
            let Ok(mut imported) = import(&disc, &options, &Control::default()) else { continue };
            assert_eq!(imported.keep_visibility(&disc, &Control::default()).unwrap(), [], "{preferred}");
        }
    }
}

/// What the end of an image is missing with was in each of its hierarchies, whichever is imported.
#[test]
fn what_a_cut_image_lost_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut tree = Tree::new();
    for (name, byte) in [("/d/before", b'b'), ("/d/cut", b'c'), ("/d/gone", b'g')] {
        tree.add(name, Item::Bytes([byte; 40_000].as_slice().into()), &ItemOptions::default()).unwrap();
    }
    let all = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    build(&tree, PlanOptions { file_systems: all, ..PlanOptions::default() }, &path);
    let mut image = std::fs::read(&path).unwrap();
    let cut = image.chunks(SECTOR).position(|sector| sector == [b'c'; SECTOR]).unwrap();
    image.truncate((cut + 1) * SECTOR);
    std::fs::write(&path, &image).unwrap();
    let disc = Disc::open(&path).unwrap();
    for preferred in [FileSystem::RockRidge, FileSystem::Joliet] {
        let options = ImportOptions { preference: vec![preferred], ..ImportOptions::default() };
        let mut imported = import(&disc, &options, &Control::default()).unwrap();
        let hidden = imported.keep_visibility(&disc, &Control::default()).unwrap();
        imported.warnings.extend(hidden);
        let told: Vec<String> = imported.warnings.iter().map(ToString::to_string).collect();
        for name in ["/d/cut: ", "/d/gone: "] {
            assert_eq!(told.iter().filter(|one| one.starts_with(name)).count(), 1, "{told:#?}");
        }
        assert!(!told.iter().any(|one| one.contains("has it; which")), "{told:#?}");
    }
}

/// A file of two sections (ECMA-119 6.5.1) whose second one is cut, and that Joliet calls something else; and an image that
/// ends within a sector.
#[test]
fn what_a_cut_image_lost_of_a_file_of_several_sections_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut tree = Tree::new();
    for (name, in_joliet, byte) in [("/aa", "x1", b'a'), ("/ab", "x2", b'b')] {
        let item = Item::Bytes([byte; 4096].as_slice().into());
        let node = tree.add(name, item, &ItemOptions::default()).unwrap();
        tree.set_name_in(node, FileSystem::Joliet, in_joliet).unwrap();
    }
    let all = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    build(&tree, PlanOptions { file_systems: all, ..PlanOptions::default() }, &path);
    let mut image = std::fs::read(&path).unwrap();
    // The second record becomes one of a further section of the first.
    for (first, second) in [(&b"\x05AA.;1"[..], &b"\x05AB.;1"[..]), (b"\x04\0x\x001", b"\x04\0x\x002")] {
        let at = |name: &[u8]| image.windows(name.len()).position(|bytes| bytes == name).unwrap();
        let (one, other) = (at(first), at(second));
        image[one - 7] |= 0x80;
        image[other..other + first.len()].copy_from_slice(first);
    }
    std::fs::write(&path, &image).unwrap();
    assert_eq!(imported_both_ways(&path).0.warnings, []);
    let cut = image.chunks(SECTOR).position(|sector| sector == [b'b'; SECTOR]).unwrap();
    for len in [(cut + 1) * SECTOR, (cut + 1) * SECTOR + 100] {
        std::fs::write(&path, &image[..len]).unwrap();
        let disc = Disc::open(&path).unwrap();
        for (preferred, trees, name) in [
            (FileSystem::RockRidge, ImportedTrees::Preferred, "/aa: "),
            (FileSystem::Joliet, ImportedTrees::Preferred, "/x1: "),
            (FileSystem::RockRidge, ImportedTrees::All, "/aa: "),
        ] {
            let options = ImportOptions { preference: vec![preferred], trees, ..ImportOptions::default() };
            let mut imported = import(&disc, &options, &Control::default()).unwrap();
            let hidden = imported.keep_visibility(&disc, &Control::default()).unwrap();
            imported.warnings.extend(hidden);
            let told: Vec<String> = imported.warnings.iter().map(ToString::to_string).collect();
            let count = |part: &str| told.iter().filter(|one| one.contains(part)).count();
            // Where a part of its last sector is there, the file is, with zeros behind that.
            let is_whole_sector = len % SECTOR == 0;
            assert_eq!((count(name), count("has it; which")), (usize::from(is_whole_sector), 0), "{told:#?}");
            assert_eq!(count("left out"), usize::from(is_whole_sector), "{told:#?}");
            assert_eq!(count("ends within sector"), usize::from(!is_whole_sector), "{told:#?}");
            assert_eq!(count("not known"), 0, "{told:#?}");
        }
    }
}

/// What has no data that only another hierarchy has.
#[test]
fn empty_items_that_another_hierarchy_alone_has_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut tree = Tree::new();
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    for (name, item) in [("/d/empty", bytes(0)), ("/e/f", Item::Directory), ("/link", Item::Symlink(b"d/a"))]
    {
        tree.add(name, item, &hidden_in(iso9660)).unwrap();
    }
    for (name, item) in [("/d/a:b", bytes(0)), ("/e/c:d", Item::Directory)] {
        tree.add(name, item, &ItemOptions::default()).unwrap();
    }
    let file_systems = iso9660 | FileSystems::JOLIET | FileSystems::UDF;
    build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &path);
    let (_, appended) = imported_both_ways(&path);
    let told: Vec<String> = appended.warnings.iter().map(ToString::to_string).collect();
    let both = "only Joliet and UDF have it; which are not the tree that was imported";
    let udf = "only UDF has it; which is not the tree that was imported";
    let all = [("/d/empty", both), ("/e/f", both), ("/link", udf)];
    assert_eq!(told, all.map(|(name, who)| format!("{name}: left out, {who}")));
}

/// What has no data is known by its path; where the path is another one, it is told that something may be shown anew.
#[test]
fn links_devices_and_empty_items_stay_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut tree = Tree::new();
    let null = DeviceNumber::new(1, 3).unwrap();
    let (joliet, udf) = (FileSystems::JOLIET, FileSystems::UDF);
    for (name, item, hidden) in [
        ("/d/empty", bytes(0), FileSystems::empty()),
        ("/d/empty, hidden", bytes(0), joliet),
        ("/d/link", Item::Symlink(b"empty"), FileSystems::empty()),
        ("/d/link, hidden", Item::Symlink(b"empty"), udf),
        ("/d/null", Item::CharacterDevice(null), FileSystems::empty()),
        ("/d/null, hidden", Item::CharacterDevice(null), udf),
        ("/folder", Item::Directory, FileSystems::empty()),
        ("/folder, hidden", Item::Directory, joliet | udf),
        ("/links only/link", Item::Symlink(b"empty"), FileSystems::empty()),
    ] {
        tree.add(name, item, &hidden_in(hidden)).unwrap();
    }
    let file_systems = PlanOptions::default().file_systems | udf;
    build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &path);
    let (imported, _) = imported_both_ways(&path);
    assert_eq!(imported.warnings, []);
    for (name, hidden) in [
        ("/d", FileSystems::empty()),
        ("/d/empty", FileSystems::empty()),
        ("/d/empty, hidden", joliet),
        ("/d/link", FileSystems::empty()),
        ("/d/link, hidden", udf),
        ("/d/null, hidden", udf),
        ("/folder", FileSystems::empty()),
        ("/folder, hidden", joliet | udf),
        ("/links only", FileSystems::empty()),
    ] {
        assert_eq!(imported.tree.hidden_in(imported.tree.lookup(name).unwrap()), hidden, "{name}");
    }

    // Joliet shows these two under other names, and then only one of them.
    for (hidden, told) in [(FileSystems::empty(), 0), (joliet, 1)] {
        let mut tree = Tree::new();
        tree.add("/a:b", bytes(0), &ItemOptions::default()).unwrap();
        tree.add("/c:d", bytes(0), &hidden_in(hidden)).unwrap();
        let path = folder.path().join(format!("{told}.iso"));
        build(&tree, PlanOptions::default(), &path);
        let (imported, _) = imported_both_ways(&path);
        let may_be =
            |warning: &ImportWarning| matches!(warning, ImportWarning::MayHaveBeenHidden { items: 1, .. });
        assert_eq!(imported.warnings.iter().filter(|warning| may_be(warning)).count(), told);
        assert_eq!(imported.warnings.len(), told, "{:?}", imported.warnings);
    }
}

/// Writes what was imported once more, with a further file, and gives the paths of its Joliet tree.
fn joliet_with(mut imported: Imported, added: &str, path: &Path) -> Vec<String> {
    imported.tree.add(added, bytes(4), &ItemOptions::default()).unwrap();
    build(&imported.tree, imported.new_image_options(), path);
    let mut paths = Vec::new();
    let image = Disc::open(path).unwrap().image(None, &[FileSystem::Joliet]).unwrap();
    image
        .walk(&mut |path, _| {
            paths.push(String::from_utf8(path.to_vec()).unwrap());
            Ok(())
        })
        .unwrap();
    paths
}

/// A directory is shown where the hierarchy has it, whatever is in it there and in the tree.
#[test]
fn directories_that_a_hierarchy_shows_are_not_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let (path, again) = (folder.path().join("image.iso"), folder.path().join("again.iso"));
    let (iso9660, joliet) = (FileSystems::ISO9660 | FileSystems::ROCK_RIDGE, FileSystems::JOLIET);
    let mut tree = Tree::new();
    tree.add("/pool/p", bytes(5), &ItemOptions::default()).unwrap();
    // As genisoimage shows links.
    tree.add("/dists/stable", Item::Symlink(b"bookworm"), &ItemOptions::default()).unwrap();
    tree.add("/dists/of joliet", bytes(0), &hidden_in(iso9660)).unwrap();
    // What either has alone is in one directory.
    tree.add("/e/sub/of iso", bytes(6), &hidden_in(joliet)).unwrap();
    tree.add("/e/sub/of joliet", bytes(7), &hidden_in(iso9660)).unwrap();
    tree.add("/gone/of iso", bytes(8), &ItemOptions::default()).unwrap();
    tree.hide(tree.lookup("/gone").unwrap(), joliet);
    build(&tree, PlanOptions::default(), &path);
    let (remastered, appended) = imported_both_ways(&path);
    for imported in [&remastered, &appended] {
        for name in ["/dists", "/e", "/e/sub"] {
            let node = imported.tree.lookup(name).unwrap();
            assert_eq!(imported.tree.hidden_in(node), FileSystems::empty(), "{name}");
        }
        assert_eq!(imported.tree.hidden_in(imported.tree.lookup("/gone").unwrap()), joliet);
    }
    assert_eq!(
        joliet_with(remastered, "/dists/Release", &again),
        ["", "/dists", "/dists/Release", "/e", "/e/sub", "/pool", "/pool/p"]
    );
}

/// A directory that was hidden hides what is added to it, and that is told, for the highest item that is new.
#[test]
fn what_is_added_to_a_hidden_directory_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut tree = Tree::new();
    tree.add("/unix/old", bytes(8), &ItemOptions::default()).unwrap();
    tree.hide(tree.lookup("/unix").unwrap(), FileSystems::JOLIET);
    build(&tree, PlanOptions::default(), &path);
    let (mut imported, _) = imported_both_ways(&path);
    let options = |strict| PlanOptions { strict, ..imported.new_image_options() };
    let (strict, lenient) = (options(true), options(false));
    let tree = &mut imported.tree;
    let _ = LayoutPlan::new(tree, strict.clone()).unwrap();
    tree.add("/unix/new/below", bytes(9), &ItemOptions::default()).unwrap();
    tree.add("/unix/asked", bytes(9), &hidden_in(FileSystems::JOLIET)).unwrap();
    tree.add("/unix/link", Item::Symlink(b"old"), &ItemOptions::default()).unwrap();
    let plan = LayoutPlan::new(tree, lenient).unwrap();
    let mut told = Vec::new();
    plan.visit_notices(&mut |notice| {
        told.push(notice);
        Ok(())
    })
    .unwrap();
    let expected =
        Notice::HiddenWithDirectory { path: "/unix/new".to_owned(), file_system: FileSystem::Joliet };
    assert_eq!((told, plan.notice_counts().dropped), (vec![expected], 1));
    assert!(matches!(LayoutPlan::new(tree, strict), Err(Error::Strict { count: 1, .. })));
}

/// Joliet does not tell names apart by the case of letters: one of two has a number there.
#[test]
fn empty_items_whose_names_differ_in_case_stay_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (path, again) = (folder.path().join("image.iso"), folder.path().join("again.iso"));
    let mut tree = Tree::new();
    for name in ["/DIR", "/dir", "/Upper/Case/x", "/upper/Case"] {
        tree.add(name, Item::Directory, &ItemOptions::default()).unwrap();
    }
    for name in ["/CASE", "/case"] {
        tree.add(name, bytes(0), &ItemOptions::default()).unwrap();
    }
    build(&tree, PlanOptions::default(), &path);
    let (remastered, _) = imported_both_ways(&path);
    assert_eq!(remastered.warnings, []);
    let shown = joliet_with(remastered, "/dir/new", &again);
    let expected = [
        "",
        "/CASE",
        "/DIR",
        "/Upper",
        "/Upper/Case",
        "/Upper/Case/x",
        "/case~1",
        "/dir~1",
        "/dir~1/new",
        "/upper~1",
        "/upper~1/Case",
    ];
    assert_eq!(shown, expected);
}

/// The boot catalog points to it, so that its data are known: the other hierarchy has its name and its length.
#[test]
fn a_boot_image_that_only_another_hierarchy_shows_keeps_its_name_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut tree = Tree::new();
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    tree.add("/other", bytes(9), &ItemOptions::default()).unwrap();
    let image = tree.add("/isolinux/isolinux.bin", bytes(4321), &hidden_in(iso9660)).unwrap();
    tree.hide(tree.lookup("/isolinux").unwrap(), iso9660);
    let image = BootImage::new(BootSource::File(image), BootPlatform::X86);
    let boot = BootOptions { images: vec![image], ..BootOptions::default() };
    build(&tree, PlanOptions { boot: Some(boot), ..PlanOptions::default() }, &path);
    let shown = |path: &Path, file_system| {
        let image = Disc::open(path).unwrap().image(None, &[file_system]).unwrap();
        image.lookup("/isolinux/isolinux.bin").map(|entry| (entry.sections()[0].start.get(), entry.len)).ok()
    };
    let check = |path: &Path, loads| {
        let report = Disc::open(path).unwrap().boot_catalog(None).unwrap().unwrap();
        let [image] = &report.images[..] else { panic!("{report:?}") };
        assert_eq!(shown(path, FileSystem::Joliet), Some((image.sector, 4321)));
        assert_eq!((shown(path, FileSystem::RockRidge), image.load_sectors), (None, loads));
        let rock_ridge = Disc::open(path).unwrap().image(None, &[FileSystem::RockRidge]).unwrap();
        assert!(rock_ridge.lookup("/isolinux").is_err());
    };
    let loads = Disc::open(&path).unwrap().boot_catalog(None).unwrap().unwrap().images[0].load_sectors;
    check(&path, loads);
    let (mut remastered, _) = imported_both_ways(&path);
    assert_eq!(remastered.warnings, []);
    let again = folder.path().join("again.iso");
    remastered.tree.add("/a/first", bytes(9000), &ItemOptions::default()).unwrap();
    let mut options = remastered.new_image_options();
    assert_eq!(remastered.boot.put_into(&mut remastered.tree, &mut options, Losses::Refuse).unwrap(), []);
    build(&remastered.tree, options, &again);
    check(&again, loads);
    support::growing::append(&path, |tree| {
        tree.add("/b", bytes(9), &ItemOptions::default()).unwrap();
    })
    .unwrap();
    check(&path, loads);

    // What boots is this file: an image without it does not boot.
    let (mut removed, _) = imported_both_ways(&path);
    removed.tree.remove(removed.tree.lookup("/isolinux/isolinux.bin").unwrap()).unwrap();
    let mut options = removed.new_image_options();
    let lost = removed.boot.put_into(&mut removed.tree, &mut options, Losses::Accept).unwrap();
    let is_told = |loss: &BootLoss| matches!(loss, BootLoss::ImageRemoved { path, .. } if path == "/isolinux/isolinux.bin");
    assert!(matches!(&lost[..], [one] if is_told(one)), "{lost:?}");
}

/// A volume that does not boot is dated anew by each session, and is as long valid as before.
#[test]
fn when_a_volume_is_valid_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut tree = Tree::new();
    tree.add("/a", bytes(9), &ItemOptions::default()).unwrap();
    let at = |seconds| Some(fsimage::Timestamp::from_unix(seconds));
    let options =
        PlanOptions { effective: at(1_000_000_000), expiration: at(2_000_000_000), ..PlanOptions::default() };
    build(&tree, options, &path);
    let times = || {
        Disc::open(&path)
            .map(|disc| import(&disc, &ImportOptions::default(), &Control::default()).unwrap().times)
            .unwrap()
    };
    let before = times();
    assert!(before.effective.to_unix().is_some() && before.expiration.to_unix().is_some());
    support::growing::append(&path, |tree| {
        tree.add("/b", bytes(9), &ItemOptions::default()).unwrap();
    })
    .unwrap();
    assert_eq!((times().effective, times().expiration), (before.effective, before.expiration));
}

/// A film as on a Video CD has 2324 bytes in each sector: an import says so, and no image is begun that would have it.
#[test]
fn films_in_sectors_of_form_2_are_told_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut tree = Tree::new();
    tree.add("/FILM.MPG", bytes(5 * SECTOR), &ItemOptions::default()).unwrap();
    tree.add("/OTHER", bytes(5 * SECTOR), &ItemOptions::default()).unwrap();
    build(&tree, PlanOptions { file_systems: FileSystems::ISO9660, ..PlanOptions::default() }, &path);
    let image = Disc::open(&path).unwrap().image(None, &[FileSystem::Iso9660]).unwrap();
    let first = image.lookup("/FILM.MPG").unwrap().sections()[0].start.get();
    let (plain, mut raw) = (std::fs::read(&path).unwrap(), Vec::new());
    for (number, data) in (0..).zip(plain.chunks(SECTOR)) {
        let address = Msf::new(0, 2, 0).unwrap();
        let mut sector = [0; RAW_BYTES];
        if (first..first + 5).contains(&number) {
            encode_mode_2_form_2(address, Subheader::DATA, &[7; 2324], &mut sector);
        } else {
            encode_mode_2_form_1(address, Subheader::DATA, data.try_into().unwrap(), &mut sector);
        }
        raw.extend(sector);
    }
    let path = folder.path().join("film.bin");
    std::fs::write(&path, raw).unwrap();
    let disc = Disc::open(&path).unwrap();
    let mut imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
    let is_told = |warning: &ImportWarning| matches!(warning, ImportWarning::ModeTwoFormTwo { path } if path == "/FILM.MPG");
    assert!(matches!(&imported.warnings[..], [one] if is_told(one)), "{:?}", imported.warnings);
    let error = LayoutPlan::new(&imported.tree, imported.new_image_options()).unwrap_err();
    assert!(matches!(&error, Error::Unsupported { feature } if feature.contains("/FILM.MPG")), "{error}");
    let film = imported.tree.lookup("/FILM.MPG").unwrap();
    imported.tree.remove(film).unwrap();
    let plan = LayoutPlan::new(&imported.tree, imported.new_image_options()).unwrap();
    write_image(&plan, &folder.path().join("new.iso"), &Control::default()).unwrap();
}

/// A second hierarchy of Joliet, which nobody reads, is not left out in silence.
#[test]
fn a_further_supplementary_volume_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let mut tree = Tree::new();
    tree.add("/one", bytes(900), &ItemOptions::default()).unwrap();
    let file_systems = FileSystems::ISO9660 | FileSystems::JOLIET | FileSystems::ENHANCED;
    build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &image);
    let mut sectors = std::fs::read(&image).unwrap();
    // Of the two, one has the place of the enhanced descriptor.
    let is_joliet = |at: &usize| sectors[at * SECTOR] == 2 && &sectors[at * SECTOR + 88..][..2] == b"%/";
    let is_enhanced = |at: &usize| sectors[at * SECTOR] == 2 && sectors[at * SECTOR + 6] == 2;
    let (joliet, enhanced) = ((16..19).find(is_joliet).unwrap(), (16..19).find(is_enhanced).unwrap());
    sectors.copy_within(joliet * SECTOR..(joliet + 1) * SECTOR, enhanced * SECTOR);
    std::fs::write(&image, sectors).unwrap();
    let told = ImportWarning::SupplementaryVolume { number: 2 };
    let (remastered, continued) = imported_both_ways(&image);
    assert_eq!(remastered.warnings, std::slice::from_ref(&told));
    assert_eq!(continued.warnings, [told]);
}
