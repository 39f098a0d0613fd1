//! Identifiers of imported items in plain ISO 9660 and Joliet: what follows from no name stays as other programs recorded it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fsimage::{
    Control, Disc, FileSystem, FileSystems, GrowingImage, ImportOptions, ImportWarning, Item, ItemOptions,
    LayoutPlan, NameRules, NodeId, NodeKind, Notice, PlanOptions, Tree, import, write_image,
};
use peers::Peer;
use support::recorded::{contents, identifiers, import_all, listed, made_of, written_both_ways};

/// Names of which other programs make other identifiers than this one does.
const NAMES: [&str; 12] = [
    "foobarbaz one.txt",
    "foobarbaz two.txt",
    "foobarbaz three.txt",
    "FOOBARBA.TXT",
    "a very long name that has more than thirty-one characters in it.html",
    "a very long name that has more than thirty-one characters too.html",
    "archive.tar.gz",
    "Case",
    "case",
    "docs/readme",
    "docs/a folder with a long name, one/x",
    "docs/a folder with a long name, two/x",
];

/// An image of [`NAMES`] by another program.
fn made_by(peer: &Peer, image: &Path) {
    let options: &[&str] = if peer.name() == "xorriso" { &[] } else { &["-R"] };
    made_of(peer, &NAMES, options, image);
}

/// The makers, each with what adds a file that wants an identifier that is taken.
fn makers() -> Vec<Peer> {
    ["genisoimage", "xorriso"].into_iter().filter_map(peers::require).collect()
}

/// Adds files, some under names that are identifiers of others.
fn add_rivals(tree: &mut Tree, taken: &BTreeSet<String>) -> Vec<NodeId> {
    let rivals = taken.iter().filter(|path| path.ends_with(".TXT;1"));
    let names = rivals.map(|path| path.trim_end_matches(";1")).filter(|path| *path != "/FOOBARBA.TXT");
    let mut added = Vec::new();
    for name in names.chain(["/new one"]) {
        let bytes = Item::Bytes(b"new".as_slice().into());
        added.push(tree.add(name, bytes, &ItemOptions::default()).unwrap());
    }
    added
}

#[test]
fn interop_a_new_image_keeps_them() {
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    for maker in makers() {
        let _ = fs::remove_file(&old);
        made_by(&maker, &old);
        let before = identifiers(&isoinfo, &old);
        let disc = Disc::open(&old).unwrap();
        let mut imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
        let plan = LayoutPlan::new(&imported.tree, imported.new_image_options()).unwrap();
        write_image(&plan, &new, &Control::default()).unwrap();
        assert_eq!(before, identifiers(&isoinfo, &new), "{}", maker.name());
        let added = add_rivals(&mut imported.tree, &before);
        let plan = LayoutPlan::new(&imported.tree, imported.new_image_options()).unwrap();
        write_image(&plan, &new, &Control::default()).unwrap();
        let after = identifiers(&isoinfo, &new);
        assert_eq!(before.difference(&after).next(), None, "{}", maker.name());
        assert_eq!(after.len(), before.len() + added.len());
    }
}

#[test]
fn interop_a_further_session_keeps_them() {
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let folder = tempfile::tempdir().unwrap();
    for maker in makers() {
        let image = folder.path().join(maker.name());
        made_by(&maker, &image);
        let before = identifiers(&isoinfo, &image);
        for round in 0..2 {
            let growing = GrowingImage::open(&image).unwrap();
            let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
            if round == 0 {
                add_rivals(&mut imported.tree, &before);
            }
            let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
            let plan = LayoutPlan::new(&imported.tree, options).unwrap();
            growing.write(&plan, &Control::default()).unwrap();
            let after = identifiers(&isoinfo, &image);
            assert_eq!(before.difference(&after).next(), None, "{}", maker.name());
        }
    }
}

/// Records of Rock Ridge without names of their own show identifiers, and Joliet has the names.
#[test]
fn interop_joliet_names_that_rock_ridge_has_not_stay() {
    let (Some(corpus), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return };
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let folder = tempfile::tempdir().unwrap();
    let images = peers::corpus_images(&corpus).unwrap();
    let image = images.iter().find(|image| image.name.contains("isofilereader__small.iso")).unwrap();
    let old = image.unpack(&xz, folder.path()).unwrap();
    let mut before = listed(&isoinfo, &old, &["-J"]);
    assert!(before.contains("/test2/aligned.dat"), "{before:?}");
    before.insert("/NEW".to_owned());
    for image in written_both_ways(&old, folder.path()) {
        assert_eq!(listed(&isoinfo, &image, &["-J"]), before);
    }
}

/// Without Rock Ridge the tree has the names of Joliet or UDF; scripts find files by those of plain ISO 9660.
#[test]
fn interop_identifiers_beside_joliet_and_udf_stay() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<&str> = NAMES.into_iter().chain(["readme.txt", "Sub/a", "UPPER", "none"]).collect();
    // What differs in the case of letters alone is told apart by numbers.
    let apart: Vec<&str> =
        names.iter().copied().filter(|name| !["case", "FOOBARBA.TXT"].contains(name)).collect();
    for options in [
        &["-J"][..],
        &["-J", "-allow-lowercase"],
        &["-udf", "-J", "-allow-lowercase"],
        &["-udf", "-N", "-max-iso9660-filenames"],
        &["-udf", "-J", "-U"],
        &["-J", "-d", "-l"],
    ] {
        let old = folder.path().join("old");
        let has_small_letters = options.iter().any(|option| ["-allow-lowercase", "-U"].contains(option));
        made_of(&genisoimage, if has_small_letters { &apart } else { &names }, options, &old);
        let mut before = identifiers(&isoinfo, &old);
        before.insert("/NEW.;1".to_owned());
        for image in written_both_ways(&old, folder.path()) {
            assert_eq!(identifiers(&isoinfo, &image), before, "{options:?}");
        }
    }
}

/// Where Joliet, UDF or plain ISO 9660 is imported though there is Rock Ridge, its names stay, and identifiers and relocated
/// directories where they were.
#[test]
fn interop_names_of_rock_ridge_stay_whatever_is_imported() {
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let deep = ["1/2/3/4/5/6/7/deep/9/10/file", "1/2/3/4/5/6/7/deeper/x", "1/2/y", "a:b", "c;d?/e*f"];
    // Joliet tells no names apart by the case of letters, and none has a dot at its end.
    let own = NAMES.into_iter().filter(|name| *name != "case" && !name.ends_with("in it.html"));
    let names: Vec<&str> = own.chain(deep).collect();
    for maker in makers() {
        let options: &[&str] = match maker.name() {
            "xorriso" => &["-J", "-rr_reloc_dir", "rr_moved"],
            _ => &["-R", "-J", "-udf"],
        };
        made_of(&maker, &names, options, &old);
        let disc = Disc::open(&old).unwrap();
        for preferred in [FileSystem::Joliet, FileSystem::Udf, FileSystem::Iso9660] {
            let options = ImportOptions { preference: vec![preferred], ..ImportOptions::default() };
            let Ok(mut imported) = import(&disc, &options, &Control::default()) else { continue };
            let mut warnings = imported.keep_visibility(&disc, &Control::default()).unwrap();
            // xorriso shows the folder of what is relocated in Joliet as well, with nothing in it: that is no item.
            let is_folder = |path: &str| preferred == FileSystem::Iso9660 && path == "/rr_moved";
            warnings.retain(
                |warning| !matches!(warning, ImportWarning::NotShown { path, .. } if is_folder(path)),
            );
            warnings.retain(|warning| !matches!(warning, ImportWarning::RockRidge { .. }));
            assert_eq!(warnings, [], "{} {preferred}", maker.name());
            support::build(&imported.tree, imported.new_image_options(), &new);
            for tree in [&["-R"][..], &["-J"]] {
                let [before, after] = [&old, &new].map(|image| {
                    let mut found = listed(&isoinfo, image, tree);
                    found.retain(|path| !is_folder(path));
                    found
                });
                assert_eq!(before, after, "{} {preferred} {tree:?}", maker.name());
            }
            let [before, after] = [&old, &new].map(|image| {
                let found = identifiers(&isoinfo, image);
                let name = |path: &String| path.trim_end_matches(";1").trim_end_matches('.').to_owned();
                found.iter().map(name).collect::<BTreeSet<_>>()
            });
            assert_eq!(before, after, "{} {preferred}", maker.name());
        }
    }
}

/// What no field of the imported hierarchy holds, and Rock Ridge does, is told once, not for each item.
#[test]
fn interop_attributes_of_rock_ridge_that_are_not_imported_are_told_once() {
    let Some(genisoimage) = peers::require("genisoimage") else { return };
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    made_of(&genisoimage, &["a/b/c/d/e/f/g/h/i/file", "readme.txt", "sub/x"], &["-R", "-J", "-udf"], &old);
    let told = |image: &Path, preferred: FileSystem| -> Vec<ImportWarning> {
        let disc = Disc::open(image).unwrap();
        let options = ImportOptions { preference: vec![preferred], ..ImportOptions::default() };
        let mut imported = import(&disc, &options, &Control::default()).unwrap();
        let more = imported.keep_visibility(&disc, &Control::default()).unwrap();
        imported.warnings.into_iter().chain(more).collect()
    };
    // Permissions of its UDF are wider, and stay so there.
    assert_eq!(told(&old, FileSystem::RockRidge), []);
    for file_system in [FileSystem::Iso9660, FileSystem::Joliet, FileSystem::Udf] {
        assert_eq!(told(&old, file_system), [ImportWarning::RockRidge { file_system }]);
    }
    // In an image of this project UDF says the same.
    let mut tree = Tree::new();
    tree.add("/a/file", Item::Bytes(b"x".as_slice().into()), &ItemOptions::default()).unwrap();
    tree.add("/a/link", Item::Symlink(b"file"), &ItemOptions::default()).unwrap();
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::UDF;
    support::build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &old);
    assert_eq!(told(&old, FileSystem::Udf), []);
}

/// What stands before the entries of SUSP, as the attributes of CD-ROM XA do, is not kept: that is told, once.
#[test]
fn interop_attributes_of_cd_rom_xa_are_told() {
    let Some(genisoimage) = peers::require("genisoimage") else { return };
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    for (options, preferred) in [
        (&["-xa"][..], FileSystem::Iso9660),
        (&["-xa", "-R"], FileSystem::RockRidge),
        (&["-xa", "-R"], FileSystem::Iso9660),
    ] {
        made_of(&genisoimage, &["a", "b", "sub/x"], options, &old);
        let options = ImportOptions { preference: vec![preferred], ..ImportOptions::default() };
        let imported = import(&Disc::open(&old).unwrap(), &options, &Control::default()).unwrap();
        let told = |warning: &&ImportWarning| matches!(warning, ImportWarning::SystemUse { .. });
        let told: Vec<_> = imported.warnings.iter().filter(told).collect();
        let [ImportWarning::SystemUse { items: 4, .. }] = told[..] else { panic!("{preferred}: {told:?}") };
    }
}

/// Joliet has an empty file where Rock Ridge has a link: it stays, and nothing is lost that would have to be told.
#[test]
fn interop_what_stands_for_a_link_in_joliet_stays() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let [tree, old, new] = ["tree", "old", "new"].map(|name| folder.path().join(name));
    fs::create_dir_all(tree.join("sub")).unwrap();
    fs::write(tree.join("README.md"), "hi").unwrap();
    let long = format!("{}.html", "link".repeat(30));
    for name in ["link", "sub/a:b", "sub/c?d", &long] {
        std::os::unix::fs::symlink("README.md", tree.join(name)).unwrap();
    }
    let arguments = ["-quiet", "-r", "-J", "-o", old.to_str().unwrap(), tree.to_str().unwrap()];
    peers::run(genisoimage.path(), &arguments).unwrap().success("genisoimage").unwrap();
    let imported = import_all(&old);
    assert_eq!(imported.warnings, []);
    support::build(&imported.tree, imported.new_image_options(), &new);
    for listing in ["-J", "-R"] {
        let [before, after] = [&old, &new].map(|image| listed(&isoinfo, image, &[listing]));
        assert_eq!(before.len(), 6, "{before:?}");
        assert_eq!(before, after, "{listing}");
    }
}

/// Files that isoinfo lists with the existence flag (ECMA-119 9.1.6).
fn with_existence_flag(isoinfo: &Peer, image: &Path, options: &[&str]) -> BTreeSet<String> {
    let arguments = [&["-l", "-i", image.to_str().unwrap()][..], options].concat();
    let out = peers::run(isoinfo.path(), &arguments).unwrap();
    let text = String::from_utf8(out.success("isoinfo").unwrap()).unwrap();
    let flagged = text.lines().filter_map(|line| line.split_once(" 01] ")).map(|(_, name)| name.trim());
    flagged.map(str::to_owned).collect()
}

/// Each hierarchy may say of others that users need not be told of them, whichever is imported.
#[test]
fn interop_existence_flags_stay_where_they_are() {
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    let (iso9660, joliet, udf) = (FileSystems::ISO9660, FileSystems::JOLIET, FileSystems::UDF);
    let mut tree = Tree::new();
    for (name, concealed_in) in [
        ("A", joliet),
        ("B", iso9660),
        ("C", udf),
        ("D", joliet | iso9660 | udf),
        ("E", FileSystems::empty()),
        ("EMPTY", joliet),
    ] {
        let bytes = if name == "EMPTY" { Vec::new() } else { name.as_bytes().to_vec() };
        let node = tree.add(name, Item::Bytes(bytes.into()), &ItemOptions::default()).unwrap();
        tree.conceal_in(node, concealed_in);
    }
    for (file_systems, in_udf) in [
        (iso9660 | joliet, None),
        (iso9660 | joliet | FileSystems::ROCK_RIDGE, None),
        (iso9660 | joliet | udf, Some(["C", "D"])),
        (iso9660 | joliet | udf | FileSystems::ROCK_RIDGE, Some(["C", "D"])),
    ] {
        support::build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &old);
        for image in written_both_ways(&old, folder.path()).iter().chain([&old]) {
            let of = |options: &[&str]| Vec::from_iter(with_existence_flag(&isoinfo, image, options));
            assert_eq!(of(&[]), ["B.;1", "D.;1"], "{file_systems:?}");
            assert_eq!(of(&["-J"]), ["A", "D", "EMPTY"], "{file_systems:?}");
            let Some(expected) = in_udf else { continue };
            let options = ImportOptions { preference: vec![FileSystem::Udf], ..ImportOptions::default() };
            let found = import(&Disc::open(image).unwrap(), &options, &Control::default()).unwrap().tree;
            let NodeKind::Directory(root) = found.kind(NodeId::ROOT) else { panic!() };
            let concealed = found.children(root).filter(|&node| found.is_concealed(node));
            let names: Vec<&[u8]> = concealed.map(|node| found.name(node)).collect();
            assert_eq!(names, expected.map(str::as_bytes), "{file_systems:?}");
        }
    }
}

/// Names of Joliet of 65 to 103 units stay as long, though the names of the tree are those of Rock Ridge.
#[test]
fn interop_long_joliet_names_stay() {
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let folder = tempfile::tempdir().unwrap();
    let names = ["n".repeat(90), "o".repeat(103), format!("{}/x", "p".repeat(70))];
    for maker in makers() {
        let old = folder.path().join("old");
        made_of(&maker, &names, &["-R", "-J", "-joliet-long"], &old);
        let mut before = listed(&isoinfo, &old, &["-J"]);
        assert!(before.contains(&format!("/{}", names[0])), "{before:?}");
        before.insert("/NEW".to_owned());
        for image in written_both_ways(&old, folder.path()) {
            assert_eq!(listed(&isoinfo, &image, &["-J"]), before, "{}", maker.name());
        }
    }
}

/// Of all trees, what plain ISO 9660 alone has is called there as before.
#[test]
fn interop_what_plain_iso9660_alone_has_keeps_its_identifier() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    made_of(&genisoimage, &["a.txt", "n~1"], &["-J", "-U", "-hide-joliet", "n~1"], &old);
    let imported = import_all(&old);
    let plan = LayoutPlan::new(&imported.tree, imported.new_image_options()).unwrap();
    write_image(&plan, &new, &Control::default()).unwrap();
    assert!(identifiers(&isoinfo, &old).contains("/n~1"));
    assert_eq!(identifiers(&isoinfo, &old), identifiers(&isoinfo, &new));
}

/// All paths of plain ISO 9660.
fn plain_names(image: &Path) -> BTreeSet<Vec<u8>> {
    let image = Disc::open(image).unwrap().image(None, &[FileSystem::Iso9660]).unwrap();
    let (mut names, mut pending) = (BTreeSet::new(), vec![(Vec::new(), image.root().unwrap())]);
    while let Some((path, directory)) = pending.pop() {
        for entry in image.read_dir(&directory).unwrap_or_default() {
            let path = [&path[..], b"/", &entry.name].concat();
            names.insert(path.to_ascii_uppercase());
            if entry.kind == fsimage::Kind::Directory && path.len() < 2000 {
                pending.push((path, entry));
            }
        }
    }
    names
}

/// Whatever identifiers the images of the corpus have: what is not kept is told.
#[test]
fn images_of_the_corpus_keep_them() {
    let (Some(corpus), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new");
    let mut kept = 0;
    for image in peers::corpus_images(&corpus).unwrap() {
        let Ok(old) = image.unpack(&xz, folder.path()) else { continue };
        let Ok(disc) = Disc::open(&old) else { continue };
        let Ok(imported) = import(&disc, &ImportOptions::default(), &Control::default()) else { continue };
        if imported.file_system != FileSystem::RockRidge {
            continue;
        }
        let options = PlanOptions {
            file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
            ..imported.new_image_options()
        };
        let Ok(plan) = LayoutPlan::new(&imported.tree, options) else { continue };
        write_image(&plan, &new, &Control::default()).unwrap();
        let [before, after] = [&old, &new].map(|image| plain_names(image));
        // What lies too deep gets another place in plain ISO 9660.
        if before.contains(&b"/RR_MOVED"[..]) {
            continue;
        }
        let gone = before.difference(&after).count() as u64;
        assert!(gone <= plan.notice_counts().renamed, "{}: {gone} are gone", image.name);
        kept += u64::from(gone == 0 && !before.is_empty());
    }
    assert!(kept >= 5, "only {kept} images keep all of them");
}

/// Version numbers are no part of names in the tree of an enhanced descriptor either, where that leads to the records of
/// the primary one: xorriso shows them without, too. Joliet, which has nothing in it and was passed over for that tree, gets
/// what that has: with nothing but a file that is added, it would be read instead of it.
#[test]
fn an_enhanced_tree_with_version_numbers() {
    let (Some(corpus), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return };
    let images = peers::corpus_images(&corpus).unwrap();
    let image = images.iter().find(|image| image.name.contains("clamav")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (image.unpack(&xz, folder.path()).unwrap(), folder.path().join("new"));
    let disc = Disc::open(&old).unwrap();
    let mut imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
    let warnings = imported.keep_visibility(&disc, &Control::default()).unwrap();
    assert_eq!(warnings, []);
    let plan = LayoutPlan::new(&imported.tree, imported.new_image_options()).unwrap();
    write_image(&plan, &new, &Control::default()).unwrap();
    for (image, in_joliet) in [(&old, &["/"][..]), (&new, &["/", "/EICAR.PNG"])] {
        for file_system in [FileSystem::Iso9660, FileSystem::Enhanced] {
            let found = support::list_file_system(image, file_system);
            assert_eq!(found.keys().collect::<Vec<_>>(), ["/", "/EICAR.PNG"], "{file_system}");
        }
        let found = support::list_file_system(image, FileSystem::Joliet);
        assert_eq!(found.keys().collect::<Vec<_>>(), in_joliet);
        let shown = support::list_session(image, None);
        assert!(shown.contains_key("/EICAR.PNG"), "{shown:?}");
        assert_eq!(support::recorded::of_enhanced(image), ["/EICAR.PNG;1"]);
    }
    let Some(xorriso) = peers::require("xorriso") else { return };
    for image in [&old, &new] {
        let found = peers::xorriso::names(&xorriso, image, &["-read_fs", "nojoliet"]).unwrap();
        assert!(found.contains_key("/EICAR.PNG"), "{found:?}");
    }
}

/// What departs from the standard, by itself and together, with what genisoimage wants for it.
const DEPARTURES: [(&[&str], &[&str]); 5] = [
    (&["-allow-lowercase"], &["readme.txt", "Sub/file.d", "UPPER", "plain"]),
    (&["-N"], &["README.TXT", "SUB/FILE", "NODOT"]),
    (&["-d", "-allow-lowercase"], &["README", "sub/file", "A.B"]),
    (&["-N", "-d", "-relaxed-filenames"], &["A B!C.TXT", "NODOT", "D-D/E"]),
    (
        &["-max-iso9660-filenames", "-allow-multidot", "-ldots", "-allow-lowercase"],
        &["a_name_of_thirty_six_characters.html", ".profile", "a.tar.gz", "UP"],
    ),
];

/// Without Rock Ridge these are the only names, by which scripts find files.
#[test]
fn plain_images_keep_their_identifiers() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    for (options, names) in DEPARTURES {
        for rock_ridge in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            for name in names {
                let path = folder.path().join("t").join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, *name).unwrap();
            }
            let image = folder.path().join("theirs.iso");
            let (tree, theirs) = (folder.path().join("t"), image.to_str().unwrap());
            let more: &[&str] = if rock_ridge { &["-quiet", "-R", "-o"] } else { &["-quiet", "-o"] };
            let arguments = [options, more, &[theirs, tree.to_str().unwrap()]].concat();
            peers::run(genisoimage.path(), &arguments).unwrap().success("genisoimage").unwrap();
            let recorded = identifiers(&isoinfo, &image);

            let disc = Disc::open(&image).unwrap();
            let mut imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
            assert!(imported.warnings.is_empty(), "{options:?}: {:?}", imported.warnings);
            let of = |options: PlanOptions| PlanOptions {
                file_systems: options.file_systems - FileSystems::JOLIET,
                ..options
            };
            let strict = PlanOptions { strict: true, ..of(imported.new_image_options()) };
            let _ = LayoutPlan::new(&imported.tree, strict).unwrap();
            let item = Item::Bytes((*b"new").into());
            imported.tree.add("/new.one.txt", item, &ItemOptions::default()).unwrap();
            let plan = LayoutPlan::new(&imported.tree, of(imported.new_image_options())).unwrap();
            let ours = folder.path().join("ours.iso");
            write_image(&plan, &ours, &Control::default()).unwrap();
            let mut wanted = recorded.clone();
            wanted.insert("/NEW_ONE.TXT;1".to_owned());
            assert_eq!(identifiers(&isoinfo, &ours), wanted, "{options:?}, {rock_ridge}");

            // By the standard they are others, and each is told.
            let rules =
                of(PlanOptions { iso9660_names: NameRules::default(), ..imported.new_image_options() });
            let plan = LayoutPlan::new(&imported.tree, rules).unwrap();
            let mut told = BTreeSet::new();
            plan.visit_notices(&mut |notice| {
                if let Notice::Renamed { path, reasons, .. } = notice {
                    told.insert((path, reasons));
                }
                Ok(())
            })
            .unwrap();
            let lower = names.iter().filter(|name| name.contains(|letter: char| letter.is_ascii_lowercase()));
            for name in lower {
                assert!(told.iter().any(|(path, _)| path == &format!("/{name}")), "{name}: {told:?}");
            }
        }
    }
}

#[test]
fn interop_directories_that_differ_in_case_keep_what_is_in_them() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    for options in [&["-no-rr", "-J"][..], &["-no-rr", "-udf"]] {
        made_of(
            &genisoimage,
            &["aa/x/f", "AA/x/f", "Aa/x/f", "dir/f", "other/DIR/f", "other/dir/g/h"],
            options,
            &old,
        );
        let before = contents(&isoinfo, &old);
        assert_eq!(before.len(), 6, "{before:?}");
        for image in written_both_ways(&old, folder.path()) {
            let mut after = contents(&isoinfo, &image);
            after.retain(|(path, _)| !path.contains("NEW"));
            assert_eq!(after, before, "{options:?} {}", image.display());
            fs::remove_file(image).unwrap();
        }
    }
}
