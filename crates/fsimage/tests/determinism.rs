//! The same tree and options give the same bytes, whatever the host's order, the threads or the way out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fsimage::{
    Control, DeepDirectories, Item, ItemOptions, LayoutPlan, NodeId, PlanOptions, ScanOptions, Timestamp,
    Tree, WriterSink, write_image,
};

/// Latest time that a node keeps.
const EPOCH: i64 = 1_600_000_000;

/// Folders and files of the tree: small ones, one that the kernel moves, one beyond a claim of 64 MiB.
const FOLDERS: [&str; 5] = ["a", "a/deep", "a/deep/er", "Zed", "empty"];
const FILES: [(&str, usize); 8] = [
    ("a/one.txt", 1),
    ("a/two.txt", 2048),
    ("a/deep/three.bin", 5000),
    ("a/deep/er/large.bin", 3_000_001),
    ("Zed/nothing", 0),
    ("Zed/\u{fc}ml\u{e4}ut.txt", 4096),
    ("very_long_name_that_has_to_be_cut_1.text", 10),
    ("very_long_name_that_has_to_be_cut_2.text", 11),
];

fn content(path: &str, len: usize) -> Vec<u8> {
    let seed = path.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    (0..len as u32).map(|at| (at.wrapping_mul(seed | 1) >> 11) as u8).collect()
}

/// Makes the tree in this folder; everything's time is later than [`EPOCH`], and differs with `shift`, but
/// for one file, which is older.
fn make(folder: &Path, reverse: bool, shift: u64) {
    fs::create_dir(folder).unwrap();
    let mut folders = FOLDERS.to_vec();
    let mut files = FILES.to_vec();
    if reverse {
        folders.reverse();
        files.reverse();
    }
    let time = UNIX_EPOCH + Duration::from_secs(EPOCH as u64 + shift);
    for path in &folders {
        fs::create_dir_all(folder.join(path)).unwrap();
    }
    for (path, len) in files {
        fs::write(folder.join(path), content(path, len)).unwrap();
        set_modified(&folder.join(path), time + Duration::from_millis(len as u64));
    }
    set_modified(&folder.join("a/two.txt"), UNIX_EPOCH + Duration::from_secs(1_000_000_000));
    let sparse = File::create(folder.join("sparse.bin")).unwrap();
    sparse.set_len(70 << 20).unwrap();
    drop(sparse);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../a/one.txt", folder.join("Zed/link")).unwrap();
        // Both names of one file, in either order of making.
        let names = if reverse { ["Zed/other", "a/name"] } else { ["a/name", "Zed/other"] };
        fs::write(folder.join(names[0]), "one file of two names").unwrap();
        fs::hard_link(folder.join(names[0]), folder.join(names[1])).unwrap();
        for path in folders.iter().chain([&""]) {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(folder.join(path), fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
}

fn set_modified(path: &Path, time: SystemTime) {
    File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

fn scan(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    tree.scan(folder, NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
    tree.clamp_times(Timestamp::from_unix(EPOCH));
    tree
}

fn options() -> PlanOptions {
    PlanOptions { created: Some(Timestamp::from_unix(EPOCH)), ..PlanOptions::default() }
}

fn build(folder: &Path, image: &Path) -> Vec<u8> {
    let tree = scan(folder);
    let plan = LayoutPlan::new(&tree, options()).unwrap();
    write_image(&plan, image, &Control::default()).unwrap();
    fs::read(image).unwrap()
}

#[track_caller]
fn assert_identical(one: &[u8], other: &[u8]) {
    assert_eq!(one.len(), other.len());
    let differs = one.chunks(2048).zip(other.chunks(2048)).position(|(one, other)| one != other);
    assert_eq!(differs, None, "first sector that differs");
}

#[test]
fn the_order_in_which_files_were_made_and_later_times_leave_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    make(&folder.path().join("one"), false, 1_000);
    make(&folder.path().join("two"), true, 77_777_777);
    let one = build(&folder.path().join("one"), &folder.path().join("one.iso"));
    let two = build(&folder.path().join("two"), &folder.path().join("two.iso"));
    assert_identical(&one, &two);
}

#[test]
fn the_number_of_threads_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("tree");
    make(&source, false, 5);
    let with_threads = |count: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
        let image = folder.path().join(format!("{count}.iso"));
        pool.install(|| build(&source, &image))
    };
    let one = with_threads(1);
    for count in [2, 4, 8] {
        assert_identical(&one, &with_threads(count));
    }
}

#[test]
fn a_stream_gets_the_bytes_that_a_file_gets() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("tree");
    make(&source, false, 5);
    let file = build(&source, &folder.path().join("file.iso"));

    let tree = scan(&source);
    let plan = LayoutPlan::new(&tree, options()).unwrap();
    let mut stream = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut stream, "stream"), &Control::default()).unwrap();
    assert_identical(&file, &stream);

    // An open file as standard output would be: large contents go there inside the kernel.
    let path = folder.path().join("descriptor.iso");
    let mut sink = fsimage::DescriptorSink::new(File::create(&path).unwrap(), &path);
    plan.write_to(&mut sink, &Control::default()).unwrap();
    drop(sink);
    assert_identical(&file, &fs::read(&path).unwrap());
}

#[test]
fn one_plan_written_twice_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("tree");
    make(&source, true, 5);
    let tree = scan(&source);
    let plan = LayoutPlan::new(&tree, options()).unwrap();
    let images = ["one.iso", "two.iso"].map(|name| {
        let path = folder.path().join(name);
        write_image(&plan, &path, &Control::default()).unwrap();
        fs::read(path).unwrap()
    });
    assert_identical(&images[0], &images[1]);
}

/// The image of a tree whose items are added in this order, or in the opposite one.
fn image_of_additions(reverse: bool, options: PlanOptions) -> Vec<u8> {
    // Deep enough to be relocated, when that is asked for, three times under the same name.
    let deep = ["p", "q", "r"].map(|top| format!("deep/{top}/3/4/5/6/7/moved/8/file"));
    let mut files: Vec<(&str, usize)> = FILES.to_vec();
    files.extend(deep.iter().map(|path| (path.as_str(), 30)));
    let mut names = ["Zed/one name", "a/another name"];
    if reverse {
        files.reverse();
        names.reverse();
    }
    let mut tree = Tree::new();
    let first = tree.add(names[0], Item::Bytes(b"two names".as_slice().into()), &ItemOptions::default());
    tree.add(names[1], Item::HardLink(first.unwrap()), &ItemOptions::default()).unwrap();
    for (path, len) in files {
        tree.add(path, Item::Bytes(content(path, len).into()), &ItemOptions::default()).unwrap();
    }
    let plan = LayoutPlan::new(&tree, options).unwrap();
    let mut stream = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut stream, "stream"), &Control::default()).unwrap();
    stream
}

#[test]
fn the_order_of_additions_leaves_no_trace() {
    for deep_directories in [DeepDirectories::KeepInPlace, DeepDirectories::Relocate] {
        let options = || PlanOptions { deep_directories, ..options() };
        assert_identical(&image_of_additions(false, options()), &image_of_additions(true, options()));
    }
}

#[test]
fn names_of_one_file_share_a_serial_number_and_other_items_have_their_own() {
    for deep_directories in [DeepDirectories::KeepInPlace, DeepDirectories::Relocate] {
        let options = PlanOptions { deep_directories, ..options() };
        let image = image_of_additions(false, options);
        let mut numbers = std::collections::BTreeMap::<u32, Vec<Vec<u8>>>::new();
        // PX, version 1 with its 44 bytes (RRIP 4.1.1): the serial number, in both byte orders, is the last
        // of five. NM follows TF.
        for at in (0..image.len() - 44).filter(|&at| image[at..].starts_with(b"PX\x2c\x01")) {
            let serial = u32::from_le_bytes(image[at + 36..at + 40].try_into().unwrap());
            let name = &image[at + 44..];
            let name = name.strip_prefix(b"TF").map_or(name, |rest| &rest[usize::from(rest[0]) - 2..]);
            let Some(name) = name.strip_prefix(b"NM") else { continue };
            let name = name[3..usize::from(name[0]) - 2].to_vec();
            numbers.entry(serial).or_default().push(name);
        }
        assert!(numbers.len() > 30, "{}", numbers.len());
        for (serial, names) in &numbers {
            match &names[..] {
                [_] => {}
                // A relocated directory and the record that stands for it are one.
                [one, other] if one == other && one == b"moved" => {}
                [one, other] => {
                    let mut both = [one.as_slice(), other.as_slice()];
                    both.sort_unstable();
                    assert_eq!(both, [&b"another name"[..], b"one name"], "{serial}");
                }
                names => panic!("{serial}: {names:?}"),
            }
        }
        assert!(!numbers.contains_key(&0));
        let most = *numbers.keys().max().unwrap() as usize;
        assert!(most < 2 * numbers.len(), "numbers are dense: {most} for {} items", numbers.len());
    }
}
