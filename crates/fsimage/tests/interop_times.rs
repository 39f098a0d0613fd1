//! All times of an item, as the kernel, 7-Zip, udfdump and xorriso see them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fsimage::{
    FileSystems, Item, ItemOptions, NodeId, PlanOptions, RockRidgeTimes, Times, Timestamp, Tree, UdfOptions,
    UdfRevision,
};
use support::{build, shared_folder};

const REVISIONS: [UdfRevision; 6] = [
    UdfRevision::V1_02,
    UdfRevision::V1_50,
    UdfRevision::V2_00,
    UdfRevision::V2_01,
    UdfRevision::V2_50,
    UdfRevision::V2_60,
];

const MODIFIED: Timestamp = Timestamp { seconds: 1_150_000_000, nanoseconds: 250_000_000 };
const ACCESS: Timestamp = Timestamp { seconds: 1_100_000_000, nanoseconds: 123_456_000 };
const ATTRIBUTES: Timestamp = Timestamp { seconds: 1_200_000_000, nanoseconds: 987_654_000 };
const CREATION: Timestamp = Timestamp { seconds: 1_000_000_000, nanoseconds: 10_000_000 };
/// In the year 2200.
const EXPIRATION: Timestamp = Timestamp { seconds: 7_258_118_400, nanoseconds: 0 };

/// A directory with small files, among them some that fill an ICB, and a large one.
fn tree() -> Tree {
    let mut tree = Tree::new();
    let times = Times {
        access: Some(ACCESS),
        attributes: Some(ATTRIBUTES),
        creation: Some(CREATION),
        expiration: Some(EXPIRATION),
        ..Times::default()
    };
    let options = ItemOptions { modified: Some(MODIFIED), times: Some(times), ..ItemOptions::default() };
    tree.add("dir", Item::Directory, &options).unwrap();
    for len in [0, 10, 1808, 1816, 1832, 1872, 100_000] {
        tree.add(format!("dir/{len}"), Item::Bytes(vec![1; len].into()), &options).unwrap();
    }
    tree.set_modified(NodeId::ROOT, MODIFIED);
    tree.set_times(NodeId::ROOT, &times);
    tree
}

/// UDF of each revision, alone and beside ISO 9660 with Rock Ridge.
fn images(name: &str) -> Vec<(String, bool, PathBuf)> {
    let folder = shared_folder(name);
    let tree = tree();
    let rock_ridge = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let mut images = Vec::new();
    for revision in REVISIONS {
        for beside in [FileSystems::empty(), rock_ridge] {
            let options = PlanOptions {
                file_systems: beside | FileSystems::UDF,
                udf: UdfOptions { revision, ..UdfOptions::default() },
                ..PlanOptions::default()
            };
            let what = if beside.is_empty() { "alone" } else { "bridge" };
            let image = folder.join(format!("{revision}-{what}.img"));
            build(&tree, options, &image);
            images.push((format!("{revision} {what}"), !beside.is_empty(), image));
        }
    }
    images
}

/// The kernel's times of modification, access and change in nanoseconds by path, for each image.
fn kernel_times(tool: &Path, images: &[&PathBuf], file_system: &str) -> Vec<BTreeMap<String, [i128; 3]>> {
    let columns = "path,mtime,mtime_ns,atime,atime_ns,ctime,ctime_ns";
    let options = ["--fs", file_system, "--columns", columns].map(OsString::from);
    let images = images.iter().map(OsString::from).collect::<Vec<_>>();
    let output = peers::run_for(Duration::from_secs(1200), tool, &[&images[..], &options].concat()).unwrap();
    let text = String::from_utf8(output.success("kernel check").unwrap()).unwrap();
    let times = |line: &str| {
        let (path, numbers) = line.split_once('\t').unwrap();
        let numbers: Vec<i128> = numbers.split('\t').map(|number| number.parse().unwrap()).collect();
        let time = |at: usize| numbers[at] * 1_000_000_000 + numbers[at + 1];
        (path.to_owned(), [time(0), time(2), time(4)])
    };
    let mounts = text.split("=== begin ").skip(1);
    mounts.map(|mount| mount.lines().filter(|line| line.starts_with('/')).map(times).collect()).collect()
}

#[test]
fn interop_kernel_shows_access_and_change() {
    let Some(kernel) = peers::kernel::require() else { return };
    let nanoseconds =
        |time: Timestamp| i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanoseconds);
    let seconds = |time: Timestamp| i128::from(time.seconds) * 1_000_000_000;
    let times = [MODIFIED, ACCESS, ATTRIBUTES];
    let images = images("times-kernel");
    let all: Vec<_> = images.iter().map(|(.., image)| image).collect();
    // The time of expiration is in the long form, which the kernel does not know: that must not matter.
    let bridges: Vec<_> = images.iter().filter(|image| image.1).map(|(.., image)| image).collect();
    for (file_system, images, times) in
        [("udf", all, times.map(nanoseconds)), ("iso9660", bridges, times.map(seconds))]
    {
        let mounts = kernel_times(&kernel, &images, file_system);
        assert_eq!(mounts.len(), images.len());
        for (image, found) in images.iter().zip(mounts) {
            assert_eq!(found.len(), 9, "{}", image.display());
            for (path, found) in found {
                assert_eq!(found, times, "{file_system} of {}: {path}", image.display());
            }
        }
    }
}

#[test]
fn interop_7z_shows_creation_and_access() {
    let Some(sevenzip) = peers::require("7z") else { return };
    for (name, _, image) in images("times-7z") {
        let arguments = ["l", "-slt", "-tudf", "--"].map(OsString::from);
        let output = peers::run(sevenzip.path(), &[&arguments[..], &[image.into()]].concat()).unwrap();
        let text = String::from_utf8(output.success("7z").unwrap()).unwrap();
        let (_, items) = text.split_once("----------").unwrap();
        let shown = |name: &str| {
            items.lines().filter_map(|line| line.strip_prefix(name)).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(shown("Modified = "), vec!["2006-06-11 04:26:40.250000"; 8], "{name}");
        assert_eq!(shown("Accessed = "), vec!["2004-11-09 11:33:20.123456"; 8], "{name}");
        // It does not look for the attribute that a file entry has creation in.
        let creation = if name.starts_with('1') { "" } else { "2001-09-09 01:46:40.010000" };
        assert_eq!(shown("Created = "), vec![creation; 8], "{name}");
    }
}

/// It shows the fields, and the attribute that has the times without one.
#[test]
fn interop_udfdump_shows_the_attribute() {
    let Some(udfdump) = peers::require("udfdump") else { return };
    for (name, is_bridge, image) in images("times-udfdump") {
        // A copy of the structures, or records of ISO 9660, would be taken for more.
        if is_bridge || name.starts_with("2.5") || name.starts_with("2.6") {
            continue;
        }
        let arguments = ["-b", "2048", "-S"].map(OsString::from);
        let output = peers::run(udfdump.path(), &[&arguments[..], &[image.into()]].concat()).unwrap();
        let text = String::from_utf8_lossy(&output.success("udfdump").unwrap()).into_owned();
        let count = |what: &str, time: &str| {
            let lines = text.lines().filter(|line| line.trim_start().starts_with(what));
            lines.filter(|line| line.contains(time)).count()
        };
        let creation = if name.starts_with('1') { "File created at" } else { "Creation time" };
        for (what, time) in [
            ("Modification time", "(2006 06 11 at 04:26:40.25.00.00)"),
            ("Access time", "(2004 11 09 at 11:33:20.12.34.56)"),
            ("Attribute time", "(2008 01 10 at 21:20:00.98.76.54)"),
            (creation, "(2001 09 09 at 01:46:40.01.00.00)"),
            ("File may be deleted after", "(2200 01 01 at 00:00:00.00.00.00)"),
        ] {
            assert_eq!(count(what, time), 9, "{name}: {what}");
        }
    }
}

/// xorriso takes times of either form, and gives them back.
#[test]
fn interop_xorriso_restores_times_of_both_forms() {
    use std::os::unix::fs::MetadataExt;
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = shared_folder("times-xorriso");
    for form in [RockRidgeTimes::Fitting, RockRidgeTimes::Long] {
        let image = folder.join(format!("{form:?}.iso"));
        let options = PlanOptions {
            file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
            rock_ridge_times: form,
            ..PlanOptions::default()
        };
        build(&tree(), options, &image);
        let target = folder.join(format!("{form:?}"));
        let mut device = OsString::from("stdio:");
        device.push(&image);
        let arguments = ["-osirrox".into(), "on".into(), "-indev".into(), device];
        let arguments = [&arguments[..], &["-extract".into(), "/".into(), target.clone().into()]].concat();
        peers::run(xorriso.path(), &arguments).unwrap().success("xorriso").unwrap();
        let found = std::fs::symlink_metadata(target.join("dir/10")).unwrap();
        assert_eq!((found.mtime(), found.atime()), (MODIFIED.seconds, ACCESS.seconds), "{form:?}");
    }
}
