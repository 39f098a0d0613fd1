//! A real tree through build, and what other programs and the kernel see in the image.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fsimage::{DeepDirectories, FileSystem, LayoutPlan, PlanOptions, Timestamp, Tree};
use peers::bsdtar::NameSpace;
use peers::{Columns, Kind, Listing, assert_same, escape};
use support::host_tree::{Budget, add_odd_items, add_odder_items, copy_part, set_all_modified};
use support::{
    as_noticed, as_plain_records, build, filtered, iso9660_identifier, list_file_system, scan, with_names,
    without_version,
};

/// A tree on the host, what it holds, and its image.
struct Case {
    folder: tempfile::TempDir,
    tree: Tree,
    source: Listing,
}

impl Case {
    fn new(fill: impl FnOnce(&Path)) -> Case {
        let folder = tempfile::tempdir().unwrap();
        let tree = folder.path().join("tree");
        std::fs::create_dir(&tree).unwrap();
        fill(&tree);
        let source = peers::list_directory(&tree).unwrap();
        let tree = scan(&tree);
        let case = Case { folder, tree, source };
        build(&case.tree, Case::options(), &case.image());
        case
    }

    fn options() -> PlanOptions {
        PlanOptions { created: Some(Timestamp::from_unix(1_700_000_000)), ..PlanOptions::default() }
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("image.iso")
    }

    fn plan(&self) -> LayoutPlan<'_> {
        LayoutPlan::new(&self.tree, Case::options()).unwrap()
    }

    /// The names that Joliet records.
    fn joliet(&self) -> Listing {
        as_noticed(&self.source, &self.plan(), FileSystem::Joliet, |name, _| name.to_vec())
    }

    /// The identifiers that ISO 9660 records.
    fn identifiers(&self) -> Listing {
        as_plain_records(as_noticed(&self.source, &self.plan(), FileSystem::Iso9660, iso9660_identifier))
    }
}

/// Over 5000 entries, all with names and targets that fit on a line.
fn real() -> &'static Case {
    static CASE: OnceLock<Case> = OnceLock::new();
    CASE.get_or_init(|| {
        Case::new(|tree| {
            let budget = Budget {
                entries: 2500,
                bytes: 60_000_000,
                entries_per_folder: 400,
                bytes_per_folder: 8_000_000,
            };
            let share = copy_part(Path::new("/usr/share"), &tree.join("share"), budget);
            let lib = copy_part(Path::new("/usr/lib"), &tree.join("lib"), budget);
            assert!(share + lib >= 2000, "{share} + {lib} entries");
            add_odd_items(&tree.join("odd"));
        })
    })
}

/// A small one with everything else.
fn odder() -> &'static Case {
    static CASE: OnceLock<Case> = OnceLock::new();
    CASE.get_or_init(|| {
        Case::new(|tree| {
            add_odder_items(tree);
            set_all_modified(tree, 1_000_000_000);
        })
    })
}

fn lower_case(name: &[u8], _: Kind) -> Vec<u8> {
    name.to_ascii_lowercase()
}

/// Columns that a Rock Ridge reader has no other source for but Rock Ridge, times aside.
const WITHOUT_TIMES: Columns = Columns::POSIX.difference(Columns::MTIME);

#[test]
fn it_is_a_real_tree() {
    let case = real();
    assert!(case.source.len() >= 5000, "{} entries", case.source.len());
    let count = |kind| case.source.values().filter(|entry| entry.kind == kind).count();
    assert!(count(Kind::Symlink) > 20 && count(Kind::Directory) > 1000 && count(Kind::Fifo) == 1);
    let linked = case.source.values().filter(|entry| entry.kind == Kind::File && entry.links > Some(1));
    assert!(linked.count() >= 7);
    assert!(case.source.keys().any(|path| path.matches('/').count() > 16));
}

#[test]
fn this_crate_reads_back_what_it_wrote() {
    for case in [real(), odder()] {
        assert_same(&case.source, &list_file_system(&case.image(), FileSystem::RockRidge), Columns::POSIX);
        assert_same(&case.joliet(), &list_file_system(&case.image(), FileSystem::Joliet), Columns::CONTENT);
        let plain = with_names(&case.identifiers(), without_version);
        assert_same(&plain, &list_file_system(&case.image(), FileSystem::Iso9660), Columns::CONTENT);
    }
}

#[test]
fn interop_xorriso() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    for case in [real(), odder()] {
        let found = peers::xorriso::list(&xorriso, &case.image(), &[]).unwrap();
        assert_same(&case.source, &found, Columns::POSIX);
    }
}

#[test]
fn interop_isoinfo_rock_ridge() {
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let case = real();
    let found = peers::isoinfo::list(&isoinfo, &case.image(), NameSpace::RockRidge, &[]).unwrap();
    assert_same(&case.source, &found, WITHOUT_TIMES);
}

#[test]
fn interop_isoinfo_joliet() {
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let case = real();
    let found = peers::isoinfo::list(&isoinfo, &case.image(), NameSpace::Joliet, &[]).unwrap();
    // isoinfo prints Latin-1 and '_' for all else.
    let expected = in_latin_1(&case.joliet());
    assert_same(&expected, &found, Columns::CONTENT);
}

#[test]
fn interop_isoinfo_plain() {
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let case = real();
    let found = peers::isoinfo::list(&isoinfo, &case.image(), NameSpace::Plain, &[]).unwrap();
    assert_same(&case.identifiers(), &found, Columns::CONTENT);
}

fn in_latin_1(listing: &Listing) -> Listing {
    with_names(listing, |name, _| {
        let shown = peers::isoinfo::joliet_name(std::str::from_utf8(name).unwrap());
        peers::unescape(&shown)
    })
}

#[test]
fn interop_7z() {
    let Some(sevenzip) = peers::require("7z") else { return };
    let case = real();
    let found = peers::sevenzip::list(&sevenzip, &case.image()).unwrap();
    assert_same(&case.joliet(), &found, Columns::CONTENT);
}

#[test]
fn interop_bsdtar_rock_ridge() {
    let Some(bsdtar) = peers::require("bsdtar") else { return };
    for case in [real(), odder()] {
        let found = peers::bsdtar::list(&bsdtar, &case.image(), NameSpace::RockRidge).unwrap();
        assert_same(&case.source, &found, Columns::POSIX);
    }
}

#[test]
fn interop_bsdtar_joliet() {
    let Some(bsdtar) = peers::require("bsdtar") else { return };
    for case in [real(), odder()] {
        let found = peers::bsdtar::list(&bsdtar, &case.image(), NameSpace::Joliet).unwrap();
        assert_same(&case.joliet(), &found, Columns::CONTENT);
    }
}

#[test]
fn interop_bsdtar_plain() {
    let Some(bsdtar) = peers::require("bsdtar") else { return };
    for case in [real(), odder()] {
        let found = peers::bsdtar::list(&bsdtar, &case.image(), NameSpace::Plain).unwrap();
        assert_same(&with_names(&case.identifiers(), without_version), &found, Columns::CONTENT);
    }
}

#[test]
fn interop_iso_info_rock_ridge() {
    let Some(iso_info) = peers::require("iso-info") else { return };
    let case = real();
    let found = peers::iso_info::list(&iso_info, &case.image(), NameSpace::RockRidge).unwrap();
    assert_same(&case.source, &found, WITHOUT_TIMES);
}

#[test]
fn interop_iso_info_joliet() {
    let Some(iso_info) = peers::require("iso-info") else { return };
    let case = real();
    let found = peers::iso_info::list(&iso_info, &case.image(), NameSpace::Joliet).unwrap();
    assert_same(&case.joliet(), &found, Columns::CONTENT);
}

#[test]
fn interop_iso_info_plain() {
    let Some(iso_info) = peers::require("iso-info") else { return };
    let case = real();
    let found = peers::iso_info::list(&iso_info, &case.image(), NameSpace::Plain).unwrap();
    let expected = with_names(&with_names(&case.identifiers(), without_version), lower_case);
    assert_same(&expected, &found, Columns::CONTENT);
}

#[test]
fn interop_kernel() {
    let Some(kernel) = peers::kernel::require() else { return };
    for case in [real(), odder()] {
        let mounts = ["iso9660", "iso9660:norock,iocharset=utf8", "iso9660:norock,nojoliet"];
        let found = peers::kernel::mount(&kernel, &case.image(), &mounts, &[]).unwrap();
        for mount in &found {
            assert!(
                mount.ok && mount.issues.is_empty(),
                "{}: {:?} {:?}",
                mount.options,
                mount.issues,
                mount.kernel_log
            );
        }
        assert_same(&case.source, &found[0].listing, Columns::POSIX);
        assert_same(&case.joliet(), &found[1].listing, Columns::CONTENT);
        let plain = with_names(&with_names(&case.identifiers(), without_version), lower_case);
        assert_same(&plain, &found[2].listing, Columns::CONTENT);
    }
}

#[test]
fn interop_relocated_directories() {
    let case = real();
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("relocated.iso");
    let options = PlanOptions { deep_directories: DeepDirectories::Relocate, ..Case::options() };
    let plan = LayoutPlan::new(&case.tree, options.clone()).unwrap();
    assert!(plan.notice_counts().relocated >= 4);
    drop(plan);
    build(&case.tree, options, &image);
    let moved = |listing: &Listing| filtered(listing, |path, _| !path.starts_with("/rr_moved"));

    assert_same(&case.source, &moved(&list_file_system(&image, FileSystem::RockRidge)), Columns::POSIX);
    if let Some(xorriso) = peers::require("xorriso") {
        let found = peers::xorriso::list(&xorriso, &image, &[]).unwrap();
        assert_same(&case.source, &moved(&found), Columns::POSIX);
    }
    if let Some(bsdtar) = peers::require("bsdtar") {
        let found = peers::bsdtar::list(&bsdtar, &image, NameSpace::RockRidge).unwrap();
        assert_same(&case.source, &moved(&found), Columns::POSIX);
    }
    if let Some(kernel) = peers::kernel::require() {
        let found = peers::kernel::mount(&kernel, &image, &["iso9660"], &[]).unwrap();
        assert!(found[0].ok && found[0].issues.is_empty(), "{:?}", found[0].issues);
        assert_same(&case.source, &moved(&found[0].listing), Columns::POSIX);
    }
    let _ = escape(b"");
}
