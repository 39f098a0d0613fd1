//! The listers themselves, tried on an image by xorriso: each must tell what the source folder holds.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use peers::bsdtar::NameSpace;
use peers::{Columns, Failure, Kind, Listing, assert_same, list_directory, require, run};

fn tree(folder: &Path) -> PathBuf {
    let root = folder.join("tree");
    fs::create_dir_all(root.join("dir/sub")).unwrap();
    fs::write(root.join("a.txt"), "hello\n").unwrap();
    fs::write(root.join("dir/big.bin"), vec![7; 300_000]).unwrap();
    fs::write(root.join("dir/empty"), "").unwrap();
    fs::write(root.join("dir/a longer name, with \u{fc} and blanks.tar.gz"), "x").unwrap();
    fs::hard_link(root.join("a.txt"), root.join("dir/sub/hard")).unwrap();
    symlink("../a.txt", root.join("dir/link")).unwrap();
    root
}

fn image(xorriso: &peers::Peer, folder: &Path, root: &Path) -> PathBuf {
    let image = folder.join("x.iso");
    let arguments = ["-as", "mkisofs", "-quiet", "-R", "-J", "--hardlinks", "-o"].map(PathBuf::from);
    let mut arguments = arguments.to_vec();
    arguments.extend([image.clone(), root.to_owned()]);
    run(xorriso.path(), &arguments).unwrap().success("xorriso").unwrap();
    image
}

/// What Joliet keeps of a listing.
fn without_links(listing: &Listing) -> Listing {
    let mut listing = listing.clone();
    listing.retain(|_, entry| matches!(entry.kind, Kind::File | Kind::Directory));
    listing
}

#[test]
fn every_lister_agrees_with_the_source() -> Result<(), Failure> {
    let Some(xorriso) = require("xorriso") else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let root = tree(folder.path());
    let image = image(&xorriso, folder.path(), &root);
    let expected = list_directory(&root)?;
    let joliet = without_links(&expected);

    assert_same(&expected, &peers::xorriso::list(&xorriso, &image, &[])?, Columns::POSIX);
    if let Some(bsdtar) = require("bsdtar") {
        let found = peers::bsdtar::list(&bsdtar, &image, NameSpace::RockRidge)?;
        assert_same(&expected, &found, Columns::POSIX);
        let found = peers::bsdtar::list(&bsdtar, &image, NameSpace::Joliet)?;
        assert_same(&joliet, &found, Columns::CONTENT);
    }
    if let Some(sevenzip) = require("7z") {
        assert_same(&joliet, &peers::sevenzip::list(&sevenzip, &image)?, Columns::CONTENT);
    }
    if let Some(isoinfo) = require("isoinfo") {
        let found = peers::isoinfo::list(&isoinfo, &image, NameSpace::RockRidge, &[])?;
        assert_same(&expected, &found, Columns::POSIX);
        let found = peers::isoinfo::list(&isoinfo, &image, NameSpace::Joliet, &[])?;
        assert_same(&joliet, &found, Columns::CONTENT);
        let found = peers::isoinfo::list(&isoinfo, &image, NameSpace::Plain, &[])?;
        assert_eq!(found["/A.TXT;1"].sha256, expected["/a.txt"].sha256);
        let content = peers::isoinfo::cat(&isoinfo, &image, NameSpace::RockRidge, "/a.txt")?;
        assert_eq!(content, b"hello\n");
    }
    if let Some(iso_info) = require("iso-info") {
        let found = peers::iso_info::list(&iso_info, &image, NameSpace::RockRidge)?;
        assert_same(&expected, &found, Columns::POSIX);
        let found = peers::iso_info::list(&iso_info, &image, NameSpace::Joliet)?;
        assert_same(&joliet, &found, Columns::CONTENT);
    }
    if let Some(iso_read) = require("iso-read") {
        assert_eq!(peers::iso_info::read(&iso_read, &image, "/a.txt")?, b"hello\n");
    }
    Ok(())
}

#[test]
fn the_kernel_agrees_with_the_source() -> Result<(), Failure> {
    let (Some(tool), Some(xorriso)) = (peers::kernel::require(), require("xorriso")) else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let root = tree(folder.path());
    let image = image(&xorriso, folder.path(), &root);
    let expected = list_directory(&root)?;
    let mounts = peers::kernel::mount(&tool, &image, &["iso9660", "iso9660:norock"], &[])?;
    assert!(mounts.iter().all(|mount| mount.ok), "{mounts:?}");
    assert_same(&expected, &mounts[0].listing, Columns::POSIX);
    assert_same(&without_links(&expected), &mounts[1].listing, Columns::CONTENT);
    Ok(())
}

#[test]
fn the_corpus_is_readable() -> Result<(), Failure> {
    let (Some(corpus), Some(xz)) = (peers::corpus(), require("xz")) else { return Ok(()) };
    let mut sections = 0;
    for image in peers::corpus_images(&corpus)? {
        assert!(!image.bytes(&xz)?.is_empty(), "{}", image.name);
        for section in ["iso-plain", "rockridge", "joliet", "udf"] {
            sections += usize::from(image.listing(section)?.is_some());
        }
    }
    assert!(sections > 100, "{sections}");
    Ok(())
}
