//! Directories that other programs have relocated (RRIP 4.1.5), and the folder that they are in.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fsimage::{Control, Disc, ImportOptions, LayoutPlan, import, write_image};
use peers::Peer;
use support::recorded::{contents, identifiers, import_all, made_of, written_both_ways};

/// What lay too deep is relocated again, in the same folder.
#[test]
fn interop_relocated_directories_are_relocated_again() {
    let (Some(isoinfo), Some(xorriso)) = (peers::require("isoinfo"), peers::require("xorriso")) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let names = ["1/2/3/4/5/6/7/deep/9/10/file", "1/2/3/4/5/6/7/deeper/x", "1/2/y"];
    for (maker, options, moved) in
        [("genisoimage", &["-R"][..], "/RR_MOVED"), ("xorriso", &["-R", "-rr_reloc_dir", "moved"], "/MOVED")]
    {
        let Some(maker) = peers::require(maker) else { return };
        let old = folder.path().join("old");
        made_of(&maker, &names, options, &old);
        let mut before = identifiers(&isoinfo, &old);
        assert!(before.contains(moved), "{before:?}");
        assert!(before.iter().any(|path| path.starts_with(&format!("{moved}/"))), "{before:?}");
        let mut shown = peers::xorriso::list(&xorriso, &old, &[]).unwrap();
        before.insert("/NEW.;1".to_owned());
        for image in written_both_ways(&old, folder.path()) {
            assert_eq!(identifiers(&isoinfo, &image), before, "{}", maker.name());
            let mut found = peers::xorriso::list(&xorriso, &image, &[]).unwrap();
            for listing in [&mut shown, &mut found] {
                // genisoimage does not mark the folder itself, so that it is seen, and empty.
                listing.retain(|path, _| !["/NEW", "/rr_moved"].contains(&path.as_str()));
            }
            peers::assert_same(&shown, &found, peers::Columns::CONTENT);
        }
    }
}

/// The line in which isoinfo lists the root's directory that relocated ones are in, but for where it lies.
fn relocation_directory(isoinfo: &Peer, image: &Path) -> String {
    let arguments = ["-l", "-i", image.to_str().unwrap()];
    let out = peers::run(isoinfo.path(), &arguments).unwrap();
    let text = String::from_utf8(out.success("isoinfo").unwrap()).unwrap();
    let line = text.lines().find(|line| line.to_lowercase().ends_with(" rr_moved ")).unwrap();
    let (date, place) = line.split_once('[').unwrap();
    format!("{date}{}", place.split_once(']').unwrap().1)
}

/// The folder of what is relocated keeps its identifier, its date and its permissions.
#[test]
fn interop_the_folder_of_relocated_directories_stays_as_it_is() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let names = ["1/2/3/4/5/6/7/Deep/9/10/file", "1/2/y"];
    for options in [&["-R"][..], &["-R", "-allow-lowercase"], &["-R", "-U", "-J"]] {
        made_of(&genisoimage, &names, options, &old);
        // Written on another day.
        let mut bytes = fs::read(&old).unwrap();
        let identifier = if options.len() > 1 { &b"\x08rr_moved"[..] } else { b"\x08RR_MOVED" };
        for at in (0..bytes.len() - 9).filter(|&at| bytes[at..at + 9] == *identifier).collect::<Vec<_>>() {
            // In a directory record (ECMA-119 9.1), 14 bytes behind the year, and 7 behind the flags.
            if bytes[at - 7] == 2 {
                bytes[at - 14] = 101;
                // Rock Ridge has times as well, that of modification first (RRIP 4.1.6).
                let stamps = bytes[at..].windows(4).position(|entry| entry == b"TF\x1a\x01").unwrap();
                bytes[at + stamps + 5] = 101;
            }
        }
        fs::write(&old, bytes).unwrap();
        let before = relocation_directory(&isoinfo, &old);
        assert!(before.contains("2001"), "{before}");
        for trees in [fsimage::ImportedTrees::Preferred, fsimage::ImportedTrees::All] {
            let options = ImportOptions { trees, ..ImportOptions::default() };
            let disc = Disc::open(&old).unwrap();
            let mut imported = import(&disc, &options, &Control::default()).unwrap();
            assert_eq!(imported.keep_visibility(&disc, &Control::default()).unwrap(), []);
            support::build(&imported.tree, imported.new_image_options(), &new);
            assert_eq!(relocation_directory(&isoinfo, &new), before, "{options:?}");
            let directories = |image: &Path| -> BTreeSet<String> {
                let found = identifiers(&isoinfo, image);
                found.into_iter().filter(|path| path.to_lowercase().starts_with("/rr_moved")).collect()
            };
            assert_eq!(directories(&new), directories(&old), "{options:?}");
        }
    }
}

/// Also where all trees are imported: what lies below a directory is no sign of it where it is relocated.
#[test]
fn interop_identifiers_beside_relocated_directories_stay() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let names = ["a/b/c/d/e/f/g/h/i/file", "docs/z"];
    for options in [&["-R"][..], &["-R", "-U"]] {
        made_of(&genisoimage, &names, options, &old);
        let imported = import_all(&old);
        assert!(imported.warnings.is_empty(), "{options:?}: {:?}", imported.warnings);
        let plan = LayoutPlan::new(&imported.tree, imported.new_image_options()).unwrap();
        write_image(&plan, &new, &Control::default()).unwrap();
        let [before, after] = [&old, &new].map(|image| {
            let mut found = identifiers(&isoinfo, image);
            found
                .retain(|path| path.matches('/').count() < 3 && !path.to_ascii_lowercase().contains("moved"));
            found
        });
        assert_eq!(before.len(), 4, "{before:?}");
        assert_eq!(before, after, "{options:?}");
    }
}

#[test]
fn interop_relocated_directories_go_back_beside_another_rr_moved() {
    let Some([xorriso, isoinfo]) = peers::require_all(["xorriso", "isoinfo"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    made_of(&xorriso, &["a/b/c/d/e/f/g/8/f", "rr_moved/q"], &["-R", "-rr_reloc_dir", "zz"], &old);
    let before = contents(&isoinfo, &old);
    assert!(before.iter().any(|(path, _)| path.starts_with("/ZZ/8/")), "{before:?}");
    for image in written_both_ways(&old, folder.path()) {
        let mut after = contents(&isoinfo, &image);
        after.retain(|(path, _)| !path.contains("NEW"));
        assert_eq!(after, before, "{}", image.display());
    }
}

/// Nothing changed: the folder has no times of Rock Ridge where it had none.
#[test]
fn interop_relocated_directories_written_anew_are_the_same_to_the_last_byte() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let mut tree = fsimage::Tree::new();
    for path in ["/1/2/3/4/5/6/7/deep/9/10/file", "/1/2/3/4/5/6/7/deeper/x", "/1/2/y"] {
        let item = fsimage::Item::Bytes(path.as_bytes().into());
        tree.add(path, item, &fsimage::ItemOptions::default()).unwrap();
    }
    let options = fsimage::PlanOptions {
        deep_directories: fsimage::DeepDirectories::Relocate,
        ..fsimage::PlanOptions::default()
    };
    support::build(&tree, options, &old);
    let disc = Disc::open(&old).unwrap();
    let mut imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
    assert_eq!(imported.keep_visibility(&disc, &Control::default()).unwrap(), []);
    support::build(&imported.tree, imported.new_image_options(), &new);
    assert!(fs::read(&old).unwrap() == fs::read(&new).unwrap());
    let shown = peers::xorriso::names(&xorriso, &new, &[]).unwrap();
    assert!(shown.contains_key("/1/2/3/4/5/6/7/deep/9/10/file"), "{shown:?}");
}

/// Directories out of directories that are relocated themselves, in three generations: all of these programs show the tree
/// as it is, and so they do when it was appended to, and when it is written anew.
#[test]
fn interop_relocated_directories_out_of_relocated_ones() {
    let Some([xorriso, bsdtar]) = peers::require_all(["xorriso", "bsdtar"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    let mut tree = fsimage::Tree::new();
    let mut paths = vec!["/top/file".to_owned()];
    for first in ["/a", "/z"] {
        let mut above = first.to_owned();
        for level in 3..=25 {
            above = format!("{above}/d{level}");
            paths.push(format!("{above}/file"));
            // Beside the directories that are relocated, and below these, further ones.
            if level % 3 == 0 {
                paths.push(format!("{above}/c{level}/y/file"));
            }
        }
    }
    for path in &paths {
        let item = fsimage::Item::Bytes(path.as_bytes().into());
        tree.add(path, item, &fsimage::ItemOptions::default()).unwrap();
    }
    let options = fsimage::PlanOptions {
        deep_directories: fsimage::DeepDirectories::Relocate,
        file_systems: fsimage::FileSystems::ISO9660 | fsimage::FileSystems::ROCK_RIDGE,
        ..fsimage::PlanOptions::default()
    };
    support::build(&tree, options, &old);
    let [new, appended] = written_both_ways(&old, folder.path());
    // Of a further session, bsdtar shows a part of them, whoever wrote it.
    for (image, is_for_bsdtar) in [(&old, true), (&new, true), (&appended, false)] {
        let columns = peers::Columns::CONTENT | peers::Columns::MODE;
        let shown = peers::xorriso::list(&xorriso, image, &[]).unwrap();
        assert!(paths.iter().all(|path| shown.contains_key(path)), "{shown:?}");
        if is_for_bsdtar {
            let found = peers::bsdtar::list(&bsdtar, image, peers::bsdtar::NameSpace::RockRidge).unwrap();
            assert_eq!(peers::differences(&shown, &found, columns), [""; 0], "{}", image.display());
        }
        let disc = Disc::open(image).unwrap();
        let structure = disc.verify_structure(None, &Control::default()).unwrap();
        assert_eq!(structure.findings, [], "{}", image.display());
    }
    if let Some(tool) = peers::kernel::require() {
        let shown = peers::xorriso::list(&xorriso, &old, &[]).unwrap();
        let found = peers::kernel::mount_each(&tool, &[(&old, &["iso9660"])], &[]).unwrap();
        let mounted = &found[0][0];
        assert!(mounted.ok, "{:?}", mounted.issues);
        assert_eq!(peers::differences(&shown, &mounted.listing, peers::Columns::CONTENT), [""; 0]);
    }
}
