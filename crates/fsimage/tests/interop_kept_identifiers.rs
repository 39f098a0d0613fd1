//! Identifiers that differ in what readers leave out, and what else other programs have in single records: it stays, or
//! is told.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::path::Path;

use fsimage::{
    Control, Disc, FileSystem, ImportOptions, ImportWarning, ImportedTrees, Item, ItemOptions, LayoutPlan,
    PlanOptions, import,
};
use support::recorded::{identifiers, import_all, listed, made_of, written_both_ways};

/// What isoinfo reads at each path of plain ISO 9660 that it lists.
fn read(isoinfo: &peers::Peer, image: &Path) -> Vec<(String, Vec<u8>)> {
    let read = |path: String| {
        let out = peers::run(isoinfo.path(), &["-i", image.to_str().unwrap(), "-x", &path]).unwrap();
        (path, out.success("isoinfo").unwrap())
    };
    identifiers(isoinfo, image).into_iter().filter(|path| !path.contains("NEW")).map(read).collect()
}

/// Whatever a copy of the image has of all its trees.
fn copied(old: &Path, new: &Path) -> Vec<ImportWarning> {
    let imported = import_all(old);
    let options = PlanOptions { strict: true, ..imported.new_image_options() };
    support::build(&imported.tree, options, new);
    imported.warnings
}

fn told(image: &Path) -> Vec<ImportWarning> {
    let disc = Disc::open(image).unwrap();
    let mut imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
    let more = imported.keep_visibility(&disc, &Control::default()).unwrap();
    imported.warnings.into_iter().chain(more).collect()
}

#[test]
fn interop_a_dot_at_the_end_stays_with_the_file_that_has_it() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("copy"));
    let names = ["trail", "trail.", "Sub/x.tar.gz", "Sub/none", "Sub/none."];
    for options in [&["-iso-level", "4"][..], &["-iso-level", "4", "-R"], &["-iso-level", "4", "-J"]] {
        made_of(&genisoimage, &names, options, &old);
        let before = read_files(&isoinfo, &old);
        assert!(before.iter().any(|(path, _)| path == "/trail."), "{before:?}");
        let mut warnings = copied(&old, &new);
        warnings.retain(|warning| !matches!(warning, ImportWarning::UnreadRockRidge { .. }));
        assert_eq!(warnings, [], "{options:?}");
        assert_eq!(read_files(&isoinfo, &new), before, "{options:?}");
        let enhanced = |image: &Path| support::list_file_system(image, FileSystem::Enhanced);
        assert_eq!(enhanced(&new), enhanced(&old), "{options:?}");
        if options.contains(&"-R") {
            continue;
        }
        for image in written_both_ways(&old, folder.path()) {
            let mut after = read_files(&isoinfo, &image);
            after.retain(|(path, _)| !path.contains("NEW"));
            assert_eq!(after, before, "{options:?} {}", image.display());
            fs::remove_file(image).unwrap();
        }
    }
}

/// The same of all that is no directory.
fn read_files(isoinfo: &peers::Peer, image: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = read(isoinfo, image);
    found.retain(|(path, _)| path != "/Sub");
    found
}

/// Some files of an image have a version number, and some have another or none.
#[test]
fn interop_version_numbers_stay() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("copy"));
    for options in [&[][..], &["-R"], &["-J"]] {
        made_of(&genisoimage, &["A.TXT", "B.TXT", "C", "D", "E.TXT"], options, &old);
        let mut bytes = fs::read(&old).unwrap();
        let mut change = |from: &[u8], to: &[u8]| {
            let at = bytes.windows(from.len()).position(|found| found == from).unwrap();
            bytes[at..at + to.len()].copy_from_slice(to);
        };
        change(b"\x07A.TXT;1", b"\x07A.TXT;2");
        // Nothing of it but the name; a padding byte takes the place of the rest (ECMA-119 9.1.12).
        change(b"\x04C.;1", b"\x04C.;7");
        change(b"\x07E.TXT;1", b"\x07E.TXTTT");
        fs::write(&old, bytes).unwrap();
        let before = identifiers(&isoinfo, &old);
        for name in ["/A.TXT;2", "/B.TXT;1", "/C.;7", "/D.;1", "/E.TXTTT"] {
            assert!(before.contains(name), "{before:?}");
        }
        assert_eq!(copied(&old, &new), [], "{options:?}");
        assert_eq!(identifiers(&isoinfo, &new), before, "{options:?}");
        let mut with_new = before.clone();
        with_new.insert("/NEW.;1".to_owned());
        for image in written_both_ways(&old, folder.path()) {
            assert_eq!(identifiers(&isoinfo, &image), with_new, "{options:?}");
            fs::remove_file(image).unwrap();
        }
    }
}

/// genisoimage puts Rock Ridge into the records of the enhanced tree as well: that is lost, and told once, by its name.
#[test]
fn interop_rock_ridge_in_an_enhanced_tree_is_told() {
    let Some(genisoimage) = peers::require("genisoimage") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    made_of(&genisoimage, &["a", "b", "sub/c"], &["-R", "-iso-level", "4"], &old);
    let lost = [ImportWarning::UnreadRockRidge { file_system: FileSystem::Enhanced }];
    assert_eq!(told(&old), lost);
    assert_eq!(copied(&old, &new), lost);
    assert_eq!(told(&new), []);
    // Also where that tree is imported.
    let disc = Disc::open(&old).unwrap();
    let options = ImportOptions { preference: vec![FileSystem::Enhanced], ..ImportOptions::default() };
    let imported = import(&disc, &options, &Control::default()).unwrap();
    let is_of_system_use = |warning: &&ImportWarning| {
        matches!(warning, ImportWarning::UnreadRockRidge { .. } | ImportWarning::SystemUse { .. })
    };
    assert_eq!(
        imported.warnings.iter().filter(is_of_system_use).collect::<Vec<_>>(),
        lost.iter().collect::<Vec<_>>()
    );
}

/// Systems of Apple put it into the records of Joliet.
#[test]
fn interop_rock_ridge_in_joliet_is_told() {
    let (Some(corpus), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new");
    let images = peers::corpus_images(&corpus).unwrap();
    let image = images.iter().find(|image| image.name.contains("isofilereader__small")).unwrap();
    let old = image.unpack(&xz, folder.path()).unwrap();
    let of_system_use = |mut warnings: Vec<ImportWarning>| {
        let is_of_it =
            |one: &_| matches!(one, ImportWarning::UnreadRockRidge { .. } | ImportWarning::SystemUse { .. });
        warnings.retain(is_of_it);
        warnings
    };
    let lost = [ImportWarning::UnreadRockRidge { file_system: FileSystem::Joliet }];
    assert_eq!(of_system_use(told(&old)), lost);
    let imported = import_all(&old);
    support::build(&imported.tree, imported.new_image_options(), &new);
    assert_eq!(of_system_use(imported.warnings), lost);
    assert_eq!(of_system_use(told(&new)), []);
    let disc = Disc::open(&old).unwrap();
    let options = ImportOptions { preference: vec![FileSystem::Joliet], ..ImportOptions::default() };
    let imported = import(&disc, &options, &Control::default()).unwrap();
    assert_eq!(of_system_use(imported.warnings), lost);
}

/// The version number of files in Joliet, and the existence flag of root directories, in an image of Easy CD Creator.
#[test]
fn interop_joliet_version_numbers_and_marks_of_root_directories_stay() {
    let (Some(corpus), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return };
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let folder = tempfile::tempdir().unwrap();
    let images = peers::corpus_images(&corpus).unwrap();
    let image = images.iter().find(|image| image.name.contains("iso9660_roxioecc")).unwrap();
    let old = image.unpack(&xz, folder.path()).unwrap();
    let new = folder.path().join("copy");
    let mut before = listed(&isoinfo, &old, &["-J"]);
    assert!(before.contains("/readme.txt;1"), "{before:?}");
    assert_eq!(own_flags(&isoinfo, &old, &[]), ["03", "03"]);
    copied(&old, &new);
    assert_eq!(listed(&isoinfo, &new, &["-J"]), before);
    before.insert("/NEW;1".to_owned());
    for image in written_both_ways(&old, folder.path()) {
        assert_eq!(listed(&isoinfo, &image, &["-J"]), before);
        for tree in [&[][..], &["-J"]] {
            assert_eq!(own_flags(&isoinfo, &image, tree), ["03", "03"], "{tree:?}");
        }
    }

    // One without.
    let mut bytes = fs::read(&old).unwrap();
    let name = b"t\0x\0t\0;\x001";
    let at = bytes.windows(name.len()).position(|found| found == name).unwrap();
    bytes[at + 7] = b'2';
    let end = at + name.len();
    bytes[end - 4..end].copy_from_slice(b"\0x\0y");
    fs::write(&old, bytes).unwrap();
    assert!(told(&old).contains(&ImportWarning::JolietVersions));
    assert!(copied(&old, &new).contains(&ImportWarning::JolietVersions));
}

/// The flags of the records of the root directory itself, as isoinfo lists them.
fn own_flags(isoinfo: &peers::Peer, image: &Path, options: &[&str]) -> Vec<String> {
    let arguments = [&["-l", "-i", image.to_str().unwrap()][..], options].concat();
    let out = peers::run(isoinfo.path(), &arguments).unwrap();
    let text = String::from_utf8(out.success("isoinfo").unwrap()).unwrap();
    let own = text.lines().filter(|line| [" . ", " .. "].iter().any(|name| line.ends_with(name)));
    let flags = own.map(|line| line.split_once(']').unwrap().0.rsplit(' ').next().unwrap().to_owned());
    flags.take(2).collect()
}

/// What ISO 9660 alone hides is in Joliet and UDF as before, with the attributes that UDF has.
#[test]
fn interop_what_iso9660_alone_hides_stays_in_all_others() {
    let Some(seven_zip) = peers::require("7z") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let mut tree = fsimage::Tree::new();
    for name in ["one", "two"] {
        tree.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions::default()).unwrap();
    }
    let two = tree.lookup("two").unwrap();
    tree.set_attributes(two, fsimage::Attributes { permissions: 0o640, uid: 5, gid: 6 });
    tree.hide(two, fsimage::FileSystems::ISO9660);
    let all = fsimage::FileSystems::ISO9660 | fsimage::FileSystems::ROCK_RIDGE;
    let file_systems = all | fsimage::FileSystems::JOLIET | fsimage::FileSystems::UDF;
    support::build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &old);
    let disc = Disc::open(&old).unwrap();
    let options = ImportOptions { trees: ImportedTrees::All, ..ImportOptions::default() };
    let imported = import(&disc, &options, &Control::default()).unwrap();
    assert_eq!(imported.warnings, []);
    let plan = LayoutPlan::new(&imported.tree, imported.new_image_options()).unwrap();
    fsimage::write_image(&plan, &new, &Control::default()).unwrap();
    for file_system in [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Udf] {
        let [before, after] = [&old, &new].map(|image| support::list_file_system(image, file_system));
        assert_eq!(after, before, "{file_system}");
    }
    let listed = peers::run(seven_zip.path(), &["l", new.to_str().unwrap()]).unwrap().success("7z").unwrap();
    assert!(String::from_utf8_lossy(&listed).contains(" two"));
}
