//! Volumes of UDF that grow by virtual allocation tables, as other programs and the kernel see them; and those of
//! mkudffs, continued.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use fsimage::{Disc, Error, FileSystem, FileSystems, PlanOptions, Tree, UdfAccess, UdfOptions, UdfRevision};
use peers::{Columns, Kind, Listing, Peer, assert_same};
use support::growing::{Model, append, change, listing};
use support::{build, filtered, list_image, shared_folder};

fn options(revision: UdfRevision) -> PlanOptions {
    PlanOptions {
        file_systems: FileSystems::UDF,
        udf: UdfOptions { revision, access: UdfAccess::WriteOnce, ..UdfOptions::default() },
        ..PlanOptions::default()
    }
}

/// Images of one and of three sessions, and what is in them.
fn grown(folder: &Path, revision: UdfRevision) -> Vec<(PathBuf, Listing)> {
    let image = folder.join(format!("{revision}.udf"));
    let (mut tree, mut model) = (Tree::new(), Model::new());
    change(1, &mut model, &mut tree);
    build(&tree, options(revision), &image);
    let first = folder.join(format!("{revision}-first.udf"));
    fs::copy(&image, &first).unwrap();
    let mut images = vec![(first, listing(&model))];
    for session in 2..=3 {
        append(&image, |tree| change(session, &mut model, tree)).unwrap();
    }
    images.push((image, listing(&model)));
    images
}

/// An empty volume of mkudffs, of 8 MiB, for a medium that is written once.
fn empty(mkudffs: &Peer, folder: &Path, medium: &str, revision: &str) -> PathBuf {
    let image = folder.join(format!("mkudffs-{medium}-{revision}.udf"));
    File::create(&image).unwrap().set_len(8 << 20).unwrap();
    let arguments = [
        "--startblock=0".into(),
        format!("--media-type={medium}"),
        format!("--udfrev={revision}"),
        "--label=Empty".to_owned(),
        image.display().to_string(),
    ];
    peers::run(mkudffs.path(), &arguments).unwrap().success("mkudffs").unwrap();
    image
}

/// Three sessions behind an empty volume.
fn continued(image: &Path) -> Listing {
    let mut model = Model::new();
    for session in 1..=3 {
        append(image, |tree| change(session, &mut model, tree)).unwrap();
    }
    let expected = listing(&model);
    let disc = Disc::open(image).unwrap();
    assert_same(&expected, &list_image(&disc.image(None, &[FileSystem::Udf]).unwrap()), Columns::CONTENT);
    expected
}

const MEDIA: [(&str, &str); 3] = [("cdr", "0x0150"), ("dvdr", "0x0201"), ("bdr", "0x0250")];

#[test]
fn interop_kernel() {
    let (Some(kernel), Some(mkudffs)) = (peers::kernel::require(), peers::require("mkudffs")) else { return };
    let folder = shared_folder("udf-vat");
    let mut images = Vec::new();
    for revision in [UdfRevision::V1_50, UdfRevision::V2_01, UdfRevision::V2_60] {
        images.extend(grown(&folder, revision));
    }
    for (medium, revision) in MEDIA {
        let image = empty(&mkudffs, &folder, medium, revision);
        let expected = continued(&image);
        images.push((image, expected));
    }
    let asked: Vec<(&Path, &[&str])> = images.iter().map(|(image, _)| (&**image, &["udf"][..])).collect();
    let found = peers::kernel::mount_each(&kernel, &asked, &[]).unwrap();
    for ((image, expected), found) in images.iter().zip(found) {
        assert!(found[0].issues.is_empty(), "{}: {:?}", image.display(), found[0].issues);
        assert_same(expected, &found[0].listing, Columns::CONTENT);
    }
}

#[test]
fn interop_udfinfo() {
    let Some(udfinfo) = peers::require("udfinfo") else { return };
    let folder = tempfile::tempdir().unwrap();
    for revision in [UdfRevision::V1_50, UdfRevision::V2_01, UdfRevision::V2_60] {
        for (image, expected) in grown(folder.path(), revision) {
            let output = peers::run(udfinfo.path(), &["--utf8".as_ref(), image.as_os_str()]).unwrap();
            assert_eq!(output.stderr, "", "{}", image.display());
            let text = String::from_utf8(output.success("udfinfo").unwrap()).unwrap();
            let files = expected.values().filter(|entry| entry.kind == Kind::File).count();
            for line in ["accesstype=writeonce".to_owned(), format!("numfiles={files}")] {
                assert!(text.lines().any(|found| found == line), "{}: {line} in {text}", image.display());
            }
        }
    }
}

#[test]
fn interop_udfclient() {
    let Some(udfclient) = peers::require("udfclient") else { return };
    let folder = tempfile::tempdir().unwrap();
    let plain = |listing: &Listing| {
        filtered(listing, |path, _| path != "/" && peers::unescape(path).is_ascii() && !path.contains(' '))
    };
    for (image, expected) in grown(folder.path(), UdfRevision::V2_01) {
        let target = tempfile::tempdir().unwrap();
        support::udf::get_by_udfclient(&udfclient, &image, "CDROM", &["deep", "stays"], target.path());
        let found = plain(&peers::list_directory(target.path()).unwrap());
        let of_deep = |path: &str| path == "/stays" || path.starts_with("/deep");
        assert_same(&plain(&filtered(&expected, |path, _| of_deep(path))), &found, Columns::CONTENT);
    }
}

/// A volume that drivers change in place is left to them: readers of it would not find a session behind it, and who
/// writes to it would overwrite that.
#[test]
fn interop_mkudffs_for_disks_is_refused() {
    let Some(mkudffs) = peers::require("mkudffs") else { return };
    let folder = tempfile::tempdir().unwrap();
    let media = [
        ("hd", "0x0201", "blocks of 512 bytes"),
        ("dvdram", "0x0201", "access type 4"),
        ("cdrw", "0x0150", "access type 3"),
    ];
    for (medium, revision, reason) in media {
        let image = empty(&mkudffs, folder.path(), medium, revision);
        let before = fs::read(&image).unwrap();
        let mut model = Model::new();
        let error = append(&image, |tree| change(1, &mut model, tree)).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, Error::CannotAppend { .. }), "{medium}: {text}");
        assert!(text.contains(reason) && text.contains("build a new image"), "{medium}: {text}");
        assert_eq!(fs::read(&image).unwrap(), before, "{medium}");
    }
}

/// Volumes that others made, among them such with several sessions: each is continued, with all that it held, or refused
/// and left as it was.
#[test]
fn volumes_of_the_corpus() {
    let (Some(corpus), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut continued = 0;
    for image in peers::corpus_images(&corpus).unwrap() {
        if !image.name.contains("udf") && !image.name.contains("vat") {
            continue;
        }
        let path = image.unpack(xz.path(), folder.path()).unwrap();
        let Ok(disc) = Disc::open(&path) else { continue };
        let source = disc.source().clone();
        let Ok(volume) = udf::read::Volume::open(source, fsimage::Sector::ZERO) else { continue };
        if volume.virtual_allocation_table().is_none() {
            continue;
        }
        let before = list_image(&disc.image(None, &[FileSystem::Udf]).unwrap());
        let bytes = fs::read(&path).unwrap();
        let added = |tree: &mut Tree| {
            let item = fsimage::Item::Bytes(b"added".as_slice().into());
            tree.add("/added", item, &fsimage::ItemOptions::default()).unwrap();
        };
        match append(&path, added) {
            Ok(()) => {
                let disc = Disc::open(&path).unwrap();
                let after = list_image(&disc.image(None, &[FileSystem::Udf]).unwrap());
                assert!(after.contains_key("/added"), "{}", image.name);
                let kept = filtered(&after, |path, _| path != "/added");
                assert_same(&before, &kept, Columns::CONTENT);
                continued += 1;
            }
            Err(error) => {
                assert!(matches!(error, Error::CannotAppend { .. }), "{}: {error}", image.name);
                assert!(fs::read(&path).unwrap() == bytes, "{}", image.name);
            }
        }
    }
    assert!(continued > 0);
}
