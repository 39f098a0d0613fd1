//! What several of these tests need.
#![allow(dead_code, unreachable_pub, reason = "each test program takes what it needs")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fsimage::{
    Control, DEFAULT_PREFERENCE, Disc, FileSystem, Image, LayoutPlan, NodeId, Notice, PlanOptions,
    ScanOptions, Tree, write_image,
};
use peers::{Entry, Kind, Listing, escape, unescape};

pub mod drives;
pub mod fault_bench;
pub mod fault_table;
pub mod faults;
pub mod grounds;
pub mod growing;
pub mod heads;
#[cfg(target_os = "linux")]
pub mod host_tree;
pub mod medium;
pub mod recorded;
pub mod stops;
#[cfg(target_os = "linux")]
pub mod udf;
#[cfg(unix)]
pub mod updating;

/// SHA-256 of nothing.
pub const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The tree of a host folder.
pub fn scan(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    let report = tree.scan(folder, NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
    assert!(report.skipped.is_empty(), "{:?}", report.skipped);
    tree
}

/// Writes the tree to a new image.
pub fn build(tree: &Tree, options: PlanOptions, image: &Path) {
    let plan = LayoutPlan::new(tree, options).unwrap();
    write_image(&plan, image, &Control::default()).unwrap();
    assert_eq!(std::fs::metadata(image).unwrap().len(), plan.extent().len.bytes(), "not the planned size");
}

/// An image as this crate reads it.
pub fn list_image(image: &Image) -> Listing {
    let mut text = Vec::new();
    image.write_manifest(&mut text, &Control::default(), &mut |_, error| Err(error)).unwrap();
    let mut listing = peers::parse_manifest(&String::from_utf8(text).unwrap()).unwrap();
    for entry in listing.values_mut().filter(|entry| entry.kind != Kind::Symlink) {
        entry.target = None;
    }
    listing
}

/// One session of an image file, with the names that keep most.
pub fn list_session(path: &Path, session: Option<u16>) -> Listing {
    list_image(&Disc::open(path).unwrap().image(session, &DEFAULT_PREFERENCE).unwrap())
}

/// One file system of the newest session of an image file.
pub fn list_file_system(path: &Path, file_system: FileSystem) -> Listing {
    list_image(&Disc::open(path).unwrap().image(None, &[file_system]).unwrap())
}

/// `source` as a file system of the plan must show it: what the plan's notices say is renamed or dropped
/// is, and everything else is there under the name that `unchanged` makes of its own, so a change that no
/// notice reports shows as a difference.
pub fn as_noticed(
    source: &Listing,
    plan: &LayoutPlan<'_>,
    file_system: FileSystem,
    unchanged: impl Fn(&[u8], Kind) -> Vec<u8>,
) -> Listing {
    let mut renamed = BTreeMap::new();
    let mut dropped = BTreeMap::new();
    plan.visit_notices(&mut |notice| {
        match notice {
            Notice::Renamed { path, file_system: of, recorded, .. } if of == file_system => {
                assert!(renamed.insert(path, recorded.into_bytes()).is_none());
            }
            Notice::Dropped { path, file_system: of, kind } if of == file_system => {
                assert!(dropped.insert(path, kind).is_none());
            }
            _ => {}
        }
        Ok(())
    })
    .unwrap();
    let mut shown: BTreeMap<&str, String> = BTreeMap::from([("", String::new())]);
    let mut listing = Listing::new();
    // A parent's path comes before its children's.
    for (path, entry) in source {
        if path == "/" {
            listing.insert(path.clone(), entry.clone());
            continue;
        }
        let bytes = unescape(path);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (parent, name) = path.rsplit_once('/').unwrap();
        if dropped.remove(&text).is_some() {
            continue;
        }
        let Some(parent) = shown.get(parent) else { panic!("{path}: its directory is gone") };
        let name = match renamed.remove(&text) {
            Some(name) => name,
            None => unchanged(&unescape(name), entry.kind),
        };
        let new = format!("{parent}/{}", escape(&name));
        assert!(listing.insert(new.clone(), entry.clone()).is_none(), "{new} twice");
        shown.insert(path, new);
    }
    assert!(renamed.is_empty() && dropped.is_empty(), "notices of nothing: {renamed:?} {dropped:?}");
    listing
}

/// The listing with each name changed; `change` gets one name, unescaped.
pub fn with_names(listing: &Listing, change: impl Fn(&[u8], Kind) -> Vec<u8>) -> Listing {
    let kinds: BTreeMap<&str, Kind> =
        listing.iter().map(|(path, entry)| (path.as_str(), entry.kind)).collect();
    listing
        .iter()
        .map(|(path, entry)| {
            let mut old = String::new();
            let mut new = String::new();
            for name in path.split('/').filter(|name| !name.is_empty()) {
                old.push('/');
                old.push_str(name);
                let kind = kinds.get(old.as_str()).copied().unwrap_or(Kind::Directory);
                new.push('/');
                new.push_str(&escape(&change(&unescape(name), kind)));
            }
            (if new.is_empty() { "/".to_owned() } else { new }, entry.clone())
        })
        .collect()
}

/// The identifier behind a name without version: what stands in the directory record.
pub fn iso9660_identifier(name: &[u8], kind: Kind) -> Vec<u8> {
    let mut identifier = name.to_ascii_uppercase();
    if kind != Kind::Directory {
        if !identifier.contains(&b'.') {
            identifier.push(b'.');
        }
        identifier.extend(b";1");
    }
    identifier
}

/// What readers make of an identifier: no version, no dot at the end.
pub fn without_version(identifier: &[u8], _: Kind) -> Vec<u8> {
    let name = identifier.strip_suffix(b";1").unwrap_or(identifier);
    name.strip_suffix(b".").unwrap_or(name).to_vec()
}

/// Items that plain ISO 9660 knows nothing of have records there because Rock Ridge needs them; they look
/// like empty files.
pub fn as_plain_records(mut listing: Listing) -> Listing {
    for entry in listing.values_mut() {
        if !matches!(entry.kind, Kind::File | Kind::Directory) {
            *entry = Entry::of_kind(Kind::File);
            entry.size = Some(0);
            entry.sha256 = Some(NOTHING.to_owned());
        }
    }
    listing
}

/// Only entries that `keep` takes, with all that is below the others gone.
pub fn filtered(listing: &Listing, keep: impl Fn(&str, &Entry) -> bool) -> Listing {
    listing
        .iter()
        .filter(|(path, entry)| keep(path, entry))
        .map(|(path, entry)| (path.clone(), entry.clone()))
        .collect()
}

/// A new folder for what several tests of one program share. It lies among the things that are built, and
/// stays for a look until the next run.
pub fn shared_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
