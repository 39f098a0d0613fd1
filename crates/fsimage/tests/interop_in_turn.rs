//! Sessions by this project and by another program in turn, in one image: every one of them as all see it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use fsimage::{Disc, Item, ItemOptions, PlanOptions, Tree};
use peers::{Columns, Listing, Peer, assert_same};
use support::growing::append;
use support::{build, list_session};

const ROUNDS: usize = 3;

/// What of names and contents all of them tell.
fn listed(xorriso: &Peer, image: &Path, options: &[&str]) -> Listing {
    peers::xorriso::list(xorriso, image, options).unwrap()
}

/// A file for the other program to add.
fn added(folder: &Path, round: usize) -> PathBuf {
    let path = folder.join(format!("theirs {round}"));
    fs::write(&path, vec![round as u8; 5000 * round]).unwrap();
    path
}

/// Puts a file into the tree, and replaces what all rounds replace.
fn edit(tree: &mut Tree, round: usize) {
    for (name, len) in [(format!("/ours {round}"), 7000 * round), ("/replaced".to_owned(), 100 * round)] {
        if let Some(before) = tree.lookup(&name) {
            tree.remove(before).unwrap();
        }
        tree.add(name, Item::Bytes(vec![round as u8; len].into()), &ItemOptions::default()).unwrap();
    }
}

/// Three rounds of one session each; after each of these, xorriso and this project see the same in every session.
fn in_turn(name: &str, theirs: &dyn Fn(&Path, &Path)) {
    let (Some(xorriso), Some(kernel)) = (peers::require("xorriso"), peers::kernel::require()) else { return };
    let folder = support::shared_folder(name);
    let image = folder.join("image.iso");
    let mut tree = Tree::new();
    edit(&mut tree, 1);
    build(&tree, PlanOptions::default(), &image);
    let mut expected = vec![list_session(&image, None)];
    for round in 1..=ROUNDS {
        let file = added(&folder, round);
        theirs(&image, &file);
        expected.push(list_session(&image, None));
        let names: Vec<&String> = expected.last().unwrap().keys().collect();
        assert!(names.contains(&&format!("/theirs {round}")), "{names:?}");
        append(&image, |tree| edit(tree, round + 1)).unwrap();
        expected.push(list_session(&image, None));
        let newest = expected.last().unwrap();
        assert_eq!(newest.len(), 3 + 2 * round, "{newest:?}");
        assert_same(newest, &listed(&xorriso, &image, &[]), Columns::CONTENT);
    }
    // Both programs write their first session's descriptors over those in sector 16, and keep no copy.
    expected.remove(0);
    let disc = Disc::open(&image).unwrap();
    assert_eq!(disc.sessions().len(), expected.len());
    let starts: Vec<u32> = disc.sessions().iter().map(|session| session.start.get()).collect();
    for ((number, start), expected) in (1..).zip(&starts).zip(&expected) {
        assert_same(expected, &list_session(&image, Some(number)), Columns::CONTENT);
        let options = ["-load", "sbsector", &start.to_string(), "-rom_toc_scan", "off"];
        assert_same(expected, &listed(&xorriso, &image, &options), Columns::CONTENT);
    }
    let mut mounts: Vec<String> = starts.iter().map(|start| format!("iso9660:sbsector={start}")).collect();
    mounts.push("iso9660".to_owned());
    let mounts: Vec<&str> = mounts.iter().map(String::as_str).collect();
    let found = peers::kernel::mount_each(&kernel, &[(&*image, &mounts[..])], &[]).unwrap();
    for (found, expected) in found[0].iter().zip(expected.iter().chain(expected.last())) {
        assert!(found.issues.is_empty(), "{:?}", found.issues);
        assert_same(expected, &found.listing, Columns::CONTENT);
    }
}

#[test]
fn interop_xorriso_and_this_project() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    in_turn("in-turn-xorriso", &|image, file| {
        let name = format!("/{}", file.file_name().unwrap().to_str().unwrap());
        let arguments = ["-dev", image.to_str().unwrap(), "-map", file.to_str().unwrap(), &name, "-commit"]
            .map(str::to_owned);
        peers::run(xorriso.path(), &arguments).unwrap().success("xorriso").unwrap();
    });
}

/// As growisofs does it on media that can be rewritten: a session behind the others by genisoimage, and its descriptors,
/// with the size of the whole, over those in sector 16.
#[test]
fn interop_genisoimage_and_this_project() {
    let Some(genisoimage) = peers::require("genisoimage") else { return };
    in_turn("in-turn-genisoimage", &|image, file| {
        let mut bytes = fs::read(image).unwrap();
        bytes.resize(bytes.len().next_multiple_of(32 * 2048), 0);
        fs::write(image, &bytes).unwrap();
        let (text, second) = (image.to_str().unwrap(), image.with_extension("second"));
        let sectors = format!("16,{}", bytes.len() / 2048);
        let arguments = ["-quiet", "-R", "-J", "-C", &sectors, "-M", text, "-o", second.to_str().unwrap()];
        let arguments: Vec<&str> = arguments.into_iter().chain([file.to_str().unwrap()]).collect();
        peers::run(genisoimage.path(), &arguments).unwrap().success("genisoimage").unwrap();
        let second = fs::read(&second).unwrap();
        bytes[16 * 2048..19 * 2048].copy_from_slice(&second[16 * 2048..19 * 2048]);
        bytes.extend(second);
        let end = (bytes.len() / 2048) as u32;
        bytes[16 * 2048 + 80..][..4].copy_from_slice(&end.to_le_bytes());
        bytes[16 * 2048 + 84..][..4].copy_from_slice(&end.to_be_bytes());
        fs::write(image, &bytes).unwrap();
    });
}

/// A session of genisoimage in sector 32, behind a small one from sector 0 on: that has descriptors in the head alone, and the next session
/// keeps them.
#[test]
fn interop_a_session_at_32_behind_one_from_0_on() {
    let Some([genisoimage, xorriso]) = peers::require_all(["genisoimage", "xorriso"]) else { return };
    let folder = support::shared_folder("in-turn-small");
    let image = folder.join("image.iso");
    let mut tree = Tree::new();
    tree.add("/old", Item::Bytes(b"old".as_slice().into()), &ItemOptions::default()).unwrap();
    build(&tree, PlanOptions::default(), &image);
    let first = list_session(&image, None);
    let mut bytes = fs::read(&image).unwrap();
    assert!(bytes.len() <= 32 * 2048, "{} bytes", bytes.len());
    let (text, second) = (image.to_str().unwrap(), folder.join("second"));
    let file = folder.join("new");
    fs::write(&file, "new").unwrap();
    let arguments = ["-quiet", "-R", "-J", "-C", "0,32", "-M", text, "-o", second.to_str().unwrap()];
    let arguments: Vec<&str> = arguments.into_iter().chain([file.to_str().unwrap()]).collect();
    peers::run(genisoimage.path(), &arguments).unwrap().success("genisoimage").unwrap();
    bytes.resize(32 * 2048, 0);
    bytes.extend(fs::read(&second).unwrap());
    fs::write(&image, &bytes).unwrap();
    let second = list_session(&image, None);
    assert!(second.contains_key("/old") && second.contains_key("/new"), "{second:?}");
    append(&image, |tree| edit(tree, 1)).unwrap();
    let sessions = Disc::open(&image).unwrap().sessions().len();
    assert_eq!(sessions, 3);
    for (number, before) in [(1, &first), (2, &second)] {
        assert_eq!(&list_session(&image, Some(number)), before, "session {number}");
    }
    let newest = list_session(&image, None);
    assert!(newest.contains_key("/ours 1") && newest.contains_key("/new"), "{newest:?}");
    assert_same(&newest, &listed(&xorriso, &image, &[]), Columns::CONTENT);
}
