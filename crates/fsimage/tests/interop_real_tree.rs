//! A real tree through build, and what other programs and the kernel see in the image.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fsimage::{
    DeepDirectories, FileSystem, FileSystems, Item, ItemOptions, LayoutPlan, PlanOptions, Timestamp, Tree,
};
use peers::bsdtar::NameSpace;
use peers::{Columns, Entry, Kind, Listing, assert_same, unescape};
use support::host_tree::{Budget, add_odd_items, add_odder_items, copy_part, set_all_modified};
use support::{
    as_noticed, as_plain_records, build, filtered, iso9660_identifier, list_file_system, scan, shared_folder,
    with_names,
};

/// A tree on the host, what it holds, and its image.
struct Case {
    folder: PathBuf,
    tree: Tree,
    source: Listing,
}

impl Case {
    fn new(name: &str, fill: impl FnOnce(&Path)) -> Case {
        let folder = shared_folder(name);
        let tree = folder.join("tree");
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
        self.folder.join("image.iso")
    }

    fn plan(&self) -> LayoutPlan<'_> {
        LayoutPlan::new(&self.tree, Case::options()).unwrap()
    }

    /// The names that Joliet records.
    fn joliet(&self) -> Listing {
        as_noticed(&self.source, &self.plan(), FileSystem::Joliet, |name, _| name.to_vec())
    }

    /// The names that ISO 9660 records, without versions and dots at the end.
    fn plain(&self) -> Listing {
        as_plain_records(as_noticed(&self.source, &self.plan(), FileSystem::Iso9660, upper_case))
    }
}

/// Over 5000 entries, all with names and targets that fit on a line.
fn real() -> &'static Case {
    static CASE: OnceLock<Case> = OnceLock::new();
    CASE.get_or_init(|| {
        Case::new("real-tree", |tree| {
            let budget = Budget {
                entries: 2500,
                bytes: 40_000_000,
                entries_per_folder: 500,
                bytes_per_folder: 6_000_000,
            };
            let share = copy_part(Path::new("/usr/share"), &tree.join("share"), budget);
            let lib = copy_part(Path::new("/usr/lib"), &tree.join("lib"), budget);
            assert!(share + lib >= 1000, "{share} + {lib} entries");
            add_odd_items(&tree.join("odd"));
            // Where the system is a small one, these make up for it.
            let wide = tree.join("wide");
            std::fs::create_dir(&wide).unwrap();
            for number in 0..4600_usize.saturating_sub(share + lib).max(100) {
                std::fs::create_dir(wide.join(format!("d{number}"))).unwrap();
            }
        })
    })
}

/// A small one with everything else.
fn odder() -> &'static Case {
    static CASE: OnceLock<Case> = OnceLock::new();
    CASE.get_or_init(|| {
        Case::new("odder-tree", |tree| {
            add_odder_items(tree);
            set_all_modified(tree, 1_000_000_000);
        })
    })
}

fn upper_case(name: &[u8], _: Kind) -> Vec<u8> {
    name.to_ascii_uppercase()
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
    assert!(count(Kind::Symlink) > 20 && count(Kind::Directory) > 300 && count(Kind::Fifo) == 1);
    let linked = case.source.values().filter(|entry| entry.kind == Kind::File && entry.links > Some(1));
    assert!(linked.count() >= 7);
    assert!(case.source.keys().any(|path| path.matches('/').count() > 16));
}

#[test]
fn this_crate_reads_back_what_it_wrote() {
    for case in [real(), odder()] {
        assert_same(&case.source, &list_file_system(&case.image(), FileSystem::RockRidge), Columns::POSIX);
        assert_same(&case.joliet(), &list_file_system(&case.image(), FileSystem::Joliet), Columns::CONTENT);
        assert_same(&case.plain(), &list_file_system(&case.image(), FileSystem::Iso9660), Columns::CONTENT);
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
    // isoinfo shows a link to the root as one to nothing.
    let mut expected = case.source.clone();
    for entry in expected.values_mut() {
        entry.target = entry.target.take().map(|target| if target == "/" { String::new() } else { target });
    }
    assert_same(&expected, &found, (WITHOUT_TIMES - Columns::MODE) | Columns::PERMISSIONS);
}

#[test]
fn interop_isoinfo_joliet() {
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let case = real();
    let found = peers::isoinfo::list(&isoinfo, &case.image(), NameSpace::Joliet, &[]).unwrap();
    // isoinfo prints Latin-1 and '_' for all else.
    let expected = with_names(&case.joliet(), |name, _| {
        peers::unescape(&peers::isoinfo::joliet_name(std::str::from_utf8(name).unwrap()))
    });
    assert_same(&expected, &found, Columns::CONTENT);
}

#[test]
fn interop_isoinfo_plain() {
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let case = real();
    let found = peers::isoinfo::list(&isoinfo, &case.image(), NameSpace::Plain, &[]).unwrap();
    assert_same(&with_names(&case.plain(), iso9660_identifier), &found, Columns::CONTENT);
}

#[test]
fn interop_7z() {
    let Some(sevenzip) = peers::require("7z") else { return };
    let case = real();
    let found = peers::sevenzip::list(&sevenzip, &case.image()).unwrap();
    assert_same(&case.joliet(), &found, Columns::CONTENT);
}

/// bsdtar makes no sockets, and takes files for hard links that have their first sector in common, which
/// empty ones do not.
fn as_bsdtar_extracts(listing: &Listing) -> Listing {
    let mut listing = listing.clone();
    for entry in listing.values_mut() {
        if entry.kind == Kind::Socket {
            entry.kind = Kind::File;
        }
        if entry.size == Some(0) {
            entry.links = Some(1);
        }
    }
    listing
}

#[test]
fn interop_bsdtar_rock_ridge() {
    let Some(bsdtar) = peers::require("bsdtar") else { return };
    for case in [real(), odder()] {
        let found = peers::bsdtar::list(&bsdtar, &case.image(), NameSpace::RockRidge).unwrap();
        assert_same(&as_bsdtar_extracts(&case.source), &found, Columns::POSIX);
    }
}

/// It wants 24 sectors in one piece before it looks for descriptors.
#[test]
fn interop_bsdtar_smallest_image() {
    let Some(bsdtar) = peers::require("bsdtar") else { return };
    let folder = shared_folder("smallest-image");
    let mut tree = Tree::new();
    tree.add("a", Item::Bytes(b"a"[..].into()), &ItemOptions::default()).unwrap();
    for (file_systems, names, path) in [
        (FileSystems::ISO9660, NameSpace::Plain, "/A"),
        (FileSystems::ISO9660 | FileSystems::ROCK_RIDGE, NameSpace::RockRidge, "/a"),
    ] {
        let image = folder.join("image.iso");
        build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &image);
        let found = peers::bsdtar::list(&bsdtar, &image, names).unwrap();
        assert!(found.contains_key(path), "{found:?}");
        std::fs::remove_file(image).unwrap();
    }
}

#[test]
fn interop_bsdtar_joliet() {
    let Some(bsdtar) = peers::require("bsdtar") else { return };
    for case in [real(), odder()] {
        let found = peers::bsdtar::list(&bsdtar, &case.image(), NameSpace::Joliet).unwrap();
        // libarchive composes what is decomposed.
        let expected = with_names(&case.joliet(), |name, _| match name {
            b"decomposed u\xcc\x88.txt" => "decomposed \u{fc}.txt".into(),
            name => name.to_vec(),
        });
        assert_same(&expected, &found, Columns::CONTENT);
    }
}

#[test]
fn interop_bsdtar_plain() {
    let Some(bsdtar) = peers::require("bsdtar") else { return };
    for case in [real(), odder()] {
        let found = peers::bsdtar::list(&bsdtar, &case.image(), NameSpace::Plain).unwrap();
        assert_same(&case.plain(), &found, Columns::CONTENT);
    }
}

#[test]
fn interop_iso_info_rock_ridge() {
    let Some(iso_info) = peers::require("iso-info") else { return };
    let case = real();
    // libcdio does not look into continuation areas for names, and does not survive a link's target there,
    // whoever made the image. It shows no sticky bits.
    let in_record = |path: &str, entry: &Entry| {
        let name = path.rsplit_once('/').map_or(0, |(_, name)| unescape(name).len());
        name + entry.target.as_ref().map_or(0, |target| unescape(target).len()) < 90
    };
    let mut expected = filtered(&case.source, in_record);
    for entry in expected.values_mut() {
        entry.mode = entry.mode.map(|mode| mode & 0o6777);
    }
    let mut tree = case.tree.clone();
    for path in case.source.keys().filter(|path| !expected.contains_key(*path)) {
        tree.remove(tree.lookup(unescape(path)).unwrap()).unwrap();
    }
    let image = case.folder.join("short-links.iso");
    build(&tree, Case::options(), &image);
    let found = peers::iso_info::list(&iso_info, &image, NameSpace::RockRidge).unwrap();
    assert_same(&expected, &found, WITHOUT_TIMES);
}

#[test]
fn interop_iso_info_joliet() {
    let Some(iso_info) = peers::require("iso-info") else { return };
    let case = real();
    let found = peers::iso_info::list(&iso_info, &case.image(), NameSpace::Joliet).unwrap();
    // libcdio has 128 bytes for a name in UTF-8.
    let expected = with_names(&case.joliet(), |name, _| name[..name.len().min(128)].to_vec());
    assert_same(&expected, &found, Columns::CONTENT);
}

#[test]
fn interop_iso_info_plain() {
    let Some(iso_info) = peers::require("iso-info") else { return };
    let case = real();
    // Told to leave Rock Ridge aside, libcdio takes names from it all the same: so there is none here.
    let image = case.folder.join("plain.iso");
    let options = PlanOptions { file_systems: FileSystems::ISO9660 | FileSystems::JOLIET, ..Case::options() };
    let plan = LayoutPlan::new(&case.tree, options.clone()).unwrap();
    let expected = as_noticed(&case.source, &plan, FileSystem::Iso9660, lower_case);
    build(&case.tree, options, &image);
    let found = peers::iso_info::list(&iso_info, &image, NameSpace::Plain).unwrap();
    assert_same(&with_names(&expected, lower_case), &found, Columns::CONTENT);
}

/// Thousands of files take the virtual machine a while beside other tests.
const PATIENTLY: [&str; 4] = ["--job-timeout", "600", "--timeout", "900"];

/// Linux 6.1 reads times as 32 bits, and of a name in several NM entries as many as stay below 254 bytes;
/// the first has 250.
fn as_the_kernel_shows(listing: &Listing) -> Listing {
    let mut listing = with_names(listing, |name, _| match name.len() {
        254.. => name[..250].to_vec(),
        _ => name.to_vec(),
    });
    for entry in listing.values_mut() {
        entry.mtime = entry.mtime.map(|time| i64::from(time as i32));
    }
    listing
}

#[test]
fn interop_kernel() {
    let Some(kernel) = peers::kernel::require() else { return };
    for case in [real(), odder()] {
        // Unless told otherwise, the driver takes Joliet names for one that differ in case only.
        let mounts = ["iso9660", "iso9660:norock,check=strict,iocharset=utf8", "iso9660:norock,nojoliet"];
        let found = peers::kernel::mount(&kernel, &case.image(), &mounts, &PATIENTLY).unwrap();
        for mount in &found {
            assert!(
                mount.ok && mount.issues.is_empty(),
                "{}: {:?} {:?}",
                mount.options,
                mount.issues,
                mount.kernel_log
            );
        }
        assert_same(&as_the_kernel_shows(&case.source), &found[0].listing, Columns::POSIX);
        // No dots at the end: the driver takes them away as Windows does.
        let joliet = with_names(&case.joliet(), |name, _| {
            let dots = name.iter().rev().take_while(|&&byte| byte == b'.').count();
            name[..(name.len() - dots).max(1)].to_vec()
        });
        assert_same(&joliet, &found[1].listing, Columns::CONTENT);
        assert_same(&with_names(&case.plain(), lower_case), &found[2].listing, Columns::CONTENT);
    }
}

#[test]
fn interop_relocated_directories() {
    let case = real();
    let image = case.folder.join("relocated.iso");
    let options = PlanOptions { deep_directories: DeepDirectories::Relocate, ..Case::options() };
    let mut tree = case.tree.clone();
    let others = ["/share", "/lib", "/wide"];
    for other in others {
        tree.remove(tree.lookup(other).unwrap()).unwrap();
    }
    let source = filtered(&case.source, |path, _| !others.iter().any(|other| path.starts_with(other)));
    assert!(LayoutPlan::new(&tree, options.clone()).unwrap().notice_counts().relocated >= 4);
    build(&tree, options.clone(), &image);
    let moved = |listing: &Listing| filtered(listing, |path, _| !path.starts_with("/rr_moved"));

    assert_same(&source, &moved(&list_file_system(&image, FileSystem::RockRidge)), Columns::POSIX);
    if let Some(xorriso) = peers::require("xorriso") {
        let found = peers::xorriso::list(&xorriso, &image, &[]).unwrap();
        assert_same(&source, &moved(&found), Columns::POSIX);
    }
    if let Some(bsdtar) = peers::require("bsdtar") {
        // libarchive cannot always put back what was relocated out of something relocated.
        let level = |path: &str| path.matches('/').count();
        let shallow = filtered(&source, |path, _| level(path) <= 12);
        for path in source.keys().filter(|path| level(path) == 13) {
            tree.remove(tree.lookup(unescape(path)).unwrap()).unwrap();
        }
        let image = case.folder.join("relocated-once.iso");
        build(&tree, options, &image);
        let found = peers::bsdtar::list(&bsdtar, &image, NameSpace::RockRidge).unwrap();
        assert_same(&as_bsdtar_extracts(&shallow), &moved(&found), Columns::POSIX);
    }
    if let Some(kernel) = peers::kernel::require() {
        let found = peers::kernel::mount(&kernel, &image, &["iso9660"], &PATIENTLY).unwrap();
        assert!(found[0].ok && found[0].issues.is_empty(), "{:?}", found[0].issues);
        assert_same(&as_the_kernel_shows(&source), &moved(&found[0].listing), Columns::POSIX);
    }
}
