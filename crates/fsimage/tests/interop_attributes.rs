//! Extended attributes, access control lists, hard links, devices, holes and times of a folder: through images of
//! ours and of xorriso, extracted by either, and compared with what getfacl, getfattr and stat say.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use fsimage::{
    Control, DEFAULT_PREFERENCE, Disc, ExtractOptions, FileSystems, GrowingImage, HostAttributes, HostTimes,
    ImportOptions, Item, ItemOptions, LayoutPlan, NodeId, PlanOptions, ScanOptions, Tree,
};
use peers::Peer;

/// The programs that make and show attributes.
struct Programs {
    xorriso: Peer,
    getfacl: Peer,
    getfattr: Peer,
    setfacl: Peer,
    setfattr: Peer,
}

impl Programs {
    fn require() -> Option<Programs> {
        Some(Programs {
            xorriso: peers::require("xorriso")?,
            getfacl: peers::require("getfacl")?,
            getfattr: peers::require("getfattr")?,
            setfacl: peers::require("setfacl")?,
            setfattr: peers::require("setfattr")?,
        })
    }
}

fn run(peer: &Peer, arguments: &[&str]) -> String {
    let out = peers::run(peer.path(), arguments).unwrap().success(peer.name()).unwrap();
    String::from_utf8(out).unwrap()
}

/// Runs a program on what is at a path.
fn on(peer: &Peer, arguments: &[&str], path: &Path) {
    run(peer, &[arguments, &[path.to_str().unwrap()]].concat());
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A new folder on the file system of the build, which has attributes where that for temporary files may not.
fn new_folder() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// Makes a folder of all kinds of items with all that they can have; false where the file system has no attributes.
fn make_tree(tree: &Path, programs: &Programs) -> bool {
    let Programs { setfacl, setfattr, .. } = programs;
    fs::create_dir_all(tree.join("docs/deep/deeper")).unwrap();
    fs::write(tree.join("file"), "a file\n").unwrap();
    if xattr::set(tree.join("file"), "user.colour", b"blue").is_err() {
        peers::skip("the build's file system has no extended attributes");
        return false;
    }
    xattr::set(tree.join("file"), "user.empty", b"").unwrap();
    xattr::set(tree.join("file"), "user.\u{fc} \"x\"/y", &[0, 1, 254, 255]).unwrap();
    xattr::set(tree.join("docs"), "user.long", &[b'x'; 2000]).unwrap();
    xattr::set(tree, "user.root", b"r").unwrap();
    on(setfacl, &["-m", "u:4321:rw,g:70000:r,m::rw"], &tree.join("file"));
    fs::hard_link(tree.join("file"), tree.join("docs/link to file")).unwrap();
    fs::write(tree.join("docs/empty"), "").unwrap();
    fs::hard_link(tree.join("docs/empty"), tree.join("docs/deep/also empty")).unwrap();
    fs::write(tree.join("docs/deep/tool"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(tree.join("docs/deep/tool"), Permissions::from_mode(0o6755)).unwrap();
    fs::write(tree.join("docs/deep/locked"), "nobody reads this\n").unwrap();
    xattr::set(tree.join("docs/deep/locked"), "user.note", b"n").unwrap();
    on(setfacl, &["-m", "u:1:r"], &tree.join("docs/deep/locked"));
    fs::set_permissions(tree.join("docs/deep/locked"), Permissions::from_mode(0o400)).unwrap();
    symlink("../file", tree.join("docs/symlink")).unwrap();
    let mut command = std::process::Command::new("mkfifo");
    assert!(command.arg(tree.join("fifo")).status().unwrap().success());
    on(setfacl, &["-m", "u:7:r"], &tree.join("fifo"));
    drop(std::os::unix::net::UnixListener::bind(tree.join("socket")).unwrap());
    for (name, further) in [("docs/symlink", "docs/deep/also symlink"), ("fifo", "also fifo")] {
        fs::hard_link(tree.join(name), tree.join(further)).unwrap();
    }
    fs::hard_link(tree.join("socket"), tree.join("docs/also socket")).unwrap();
    let sparse = File::create(tree.join("sparse")).unwrap();
    sparse.write_all_at(b"data", 3 << 20).unwrap();
    sparse.write_all_at(&[7; 4096], (5 << 20) + 8192).unwrap();
    sparse.set_len((9 << 20) + 17).unwrap();
    // Last, as what is made in it afterwards would inherit them.
    on(setfacl, &["-d", "-m", "u:123:rwx,o::-"], &tree.join("docs/deep/deeper"));
    on(setfacl, &["-m", "g:9:rwx"], &tree.join("docs/deep"));
    fs::set_permissions(tree.join("docs/deep/deeper"), Permissions::from_mode(0o1755)).unwrap();
    if is_root() {
        for (kind, name, numbers) in [("c", "null", ["1", "3"]), ("b", "disk", ["8", "3"])] {
            let mut command = std::process::Command::new("mknod");
            assert!(command.arg(tree.join(name)).arg(kind).args(numbers).status().unwrap().success());
        }
        fs::hard_link(tree.join("disk"), tree.join("docs/also disk")).unwrap();
        on(setfattr, &["-n", "trusted.device", "-v", "d"], &tree.join("null"));
        on(setfattr, &["-h", "-n", "trusted.link", "-v", "l"], &tree.join("docs/symlink"));
        on(setfattr, &["-n", "security.label", "-v", "s"], &tree.join("file"));
        std::os::unix::fs::lchown(tree.join("docs/deep/tool"), Some(1234), Some(5678)).unwrap();
        fs::set_permissions(tree.join("docs/deep/tool"), Permissions::from_mode(0o6755)).unwrap();
        fs::set_permissions(tree.join("docs"), Permissions::from_mode(0o2775)).unwrap();
    }
    make_hostile(&tree.join("hostile"), programs);
    set_times(tree);
    true
}

/// What users have and programs stumble over.
fn make_hostile(folder: &Path, Programs { setfacl, setfattr, .. }: &Programs) {
    let path = |name: &str| folder.join(name);
    for name in ["a/b/c", "z", "inherits"] {
        fs::create_dir_all(path(name)).unwrap();
    }
    for name in ["masked", "long", "many", "a/linked", "past"] {
        fs::write(path(name), name).unwrap();
    }
    // A mask that takes away more than the entries give, and numbers at the ends of their range.
    on(
        setfacl,
        &["-m", "u:0:rwx,u:65535:rw,u:4294967294:rwx,g:0:r,g:65536:rwx,g::rwx,m::-"],
        &path("masked"),
    );
    // Values of all bytes that need continuation areas of several sectors, and more names than a block's entries.
    let all: Vec<u8> = (0..=255).cycle().take(3100).collect();
    xattr::set(path("long"), "user.all bytes", &all).unwrap();
    xattr::set(path("a/b"), "user.zeros", &[0; 1500]).unwrap();
    xattr::set(path("a/b"), "user.empty", b"").unwrap();
    for number in 0..45 {
        let name = format!("user.{number}.{}", "n".repeat(number));
        xattr::set(path("many"), name, &[number as u8 + 1; 3][..1 + number % 3]).unwrap();
    }
    // Names in folders before and behind, with both.
    xattr::set(path("a/linked"), "user.shared", b"\0").unwrap();
    on(setfacl, &["-m", "u:8:rw,m::rw"], &path("a/linked"));
    for name in ["a/b/c/again", "z/again", "again"] {
        fs::hard_link(path("a/linked"), path(name)).unwrap();
    }
    let holes = |name: &str, length: u64, data: &[u64]| {
        let file = File::create(path(name)).unwrap();
        file.set_len(length).unwrap();
        data.iter().for_each(|&at| file.write_all_at(&[9; 4096], at).unwrap());
    };
    holes("only a hole", (3 << 20) + 1, &[]);
    holes("hole first", (2 << 20) + 4096, &[2 << 20]);
    holes("hole last", (4 << 20) - 1, &[0]);
    holes("holes everywhere", 8 << 20, &[1 << 20, (1 << 20) + 8192, 7 << 20]);
    if is_root() {
        for (kind, name, numbers) in [("c", "char", ["4095", "1048575"]), ("b", "block", ["259", "65536"])] {
            let mut command = std::process::Command::new("mknod");
            assert!(command.arg(path(name)).arg(kind).args(numbers).status().unwrap().success());
            on(setfacl, &["-m", "u:5:rw,g:6:r"], &path(name));
        }
        assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
        symlink("/nowhere/\u{e9}", path("dangling")).unwrap();
        let long = "x".repeat(2500);
        for name in ["pipe", "dangling", "char", "a/b/c"] {
            on(setfattr, &["-h", "-n", "trusted.long", "-v", &long], &path(name));
            on(setfattr, &["-h", "-n", "security.empty"], &path(name));
        }
    }
    // Last, as what is made in it afterwards would inherit them: default lists with a mask of their own.
    on(setfacl, &["-d", "-m", "u:1:rwx,g:2:rx,g:70000:rwx,m::r,o::-"], &path("inherits"));
    on(setfacl, &["-m", "u:3:rwx,m::x"], &path("inherits"));
}

/// Times in the past with whole seconds, so that extracting can neither leave nor round them.
fn set_times(tree: &Path) {
    let mut command = std::process::Command::new("find");
    command.arg(tree).args(["-depth", "-exec", "touch", "-h", "-d", "2020-02-03 04:05:06Z", "{}", "+"]);
    assert!(command.status().unwrap().success());
    let mut command = std::process::Command::new("touch");
    command.args(["-d", "1965-03-04 05:06:07Z"]).arg(tree.join("hostile/past"));
    assert!(command.status().unwrap().success());
}

/// What stat, getfacl and getfattr say of each item.
fn state(folder: &Path, programs: &Programs) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut pending = vec![folder.to_owned()];
    let mut inodes: BTreeMap<u64, String> = BTreeMap::new();
    let own = |path: &Path| format!("/{}", path.strip_prefix(folder).unwrap().display());
    while let Some(path) = pending.pop() {
        let metadata = fs::symlink_metadata(&path).unwrap();
        let is_directory = metadata.is_dir();
        // Of names that are met in another order, the same one is the first.
        let first = inodes.entry(metadata.ino()).or_insert_with(|| own(&path));
        *first = (*first).clone().min(own(&path));
        let size = if is_directory { 0 } else { metadata.len() };
        let blocks = if is_directory { 0 } else { metadata.blocks() };
        let target = fs::read_link(&path).unwrap_or_default();
        let content = if metadata.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
        found.entry(own(&path)).or_default().push(format!(
            "{:o} {}:{} links {} device {} size {size} blocks {blocks} modified {}.{} {} {:x}",
            metadata.mode(),
            metadata.uid(),
            metadata.gid(),
            if is_directory { 0 } else { metadata.nlink() },
            metadata.rdev(),
            metadata.mtime(),
            metadata.mtime_nsec(),
            target.display(),
            content.iter().fold(0u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte))),
        ));
        if is_directory {
            pending.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    for path in found.clone().keys() {
        let metadata = fs::symlink_metadata(folder.join(&path[1..])).unwrap();
        found.get_mut(path).unwrap().push(format!("first name {}", inodes[&metadata.ino()]));
    }
    let text = folder.to_str().unwrap();
    let outputs = [
        run(&programs.getfacl, &["-R", "-P", "-n", "-p", text]),
        run(&programs.getfattr, &["-h", "-d", "-m", "-", "-R", "--absolute-names", text]),
    ];
    for paragraph in outputs.iter().flat_map(|output| output.split("\n\n")) {
        let Some((head, rest)) = paragraph.trim().split_once('\n') else { continue };
        let path = head.strip_prefix("# file: ").unwrap().strip_prefix(text).unwrap();
        let path = path.replace("\\040", " ");
        let path = if path.is_empty() { "/".to_owned() } else { path };
        found.get_mut(&path).unwrap().push(rest.to_owned());
    }
    found
}

#[track_caller]
fn assert_same(left: &BTreeMap<String, Vec<String>>, right: &BTreeMap<String, Vec<String>>) {
    for path in left.keys().chain(right.keys()) {
        assert_eq!(left.get(path), right.get(path), "{path}");
    }
}

fn scan(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    let options = ScanOptions {
        extended_attributes: HostAttributes::All,
        acls: true,
        times: HostTimes::All,
        ..ScanOptions::default()
    };
    let report = tree.scan(folder, NodeId::ROOT, &options, &Control::default()).unwrap();
    assert!(report.skipped.is_empty() && report.unread_attributes.is_empty(), "{report:?}");
    tree
}

fn extract(image: &Path, target: &Path) {
    let options = ExtractOptions {
        owners: is_root(),
        extended_attributes: true,
        acls: true,
        sparse: true,
        ..ExtractOptions::default()
    };
    let image = Disc::open(image).unwrap().image(None, &DEFAULT_PREFERENCE).unwrap();
    let report = image.extract(&[], target, &options, &Control::default()).unwrap();
    // The set-id bits of the tool go with its owner.
    let warnings = report.warnings.iter().filter(|warning| is_root() || !warning.path.ends_with("tool"));
    assert_eq!(warnings.collect::<Vec<_>>(), Vec::<&fsimage::ExtractWarning>::new());
    assert_eq!((report.without_streams, report.without_acls), (0, 0));
    assert_eq!(image.findings(), [""; 0]);
}

/// What root alone restores.
fn comparable(mut state: BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    if !is_root() {
        state.retain(|path, _| !path.ends_with("tool"));
    }
    state
}

const XORRISO: [&str; 6] = ["-xattr", "any", "-acl", "on", "-hardlinks", "on"];

/// What xorriso extracts. It leaves symbolic links with the time of now, and has directories inherit lists.
fn extracted_by_xorriso(programs: &Programs, image: &Path, target: &Path) -> BTreeMap<String, Vec<String>> {
    let paths = [image.to_str().unwrap(), target.to_str().unwrap()];
    let osirrox = ["-osirrox", "on:device_files:sparse=4k", "-indev", paths[0], "-extract", "/", paths[1]];
    run(&programs.xorriso, &[&XORRISO[..], &osirrox].concat());
    let mut found = state(target, programs);
    for lines in found.values_mut().filter(|lines| lines[0].starts_with("12")) {
        let (before, behind) = lines[0].split_once(" modified ").unwrap();
        lines[0] = format!("{before} {}", behind.split_once(' ').unwrap().1);
    }
    found
}

fn made_by_xorriso(programs: &Programs, tree: &Path, image: &Path, options: &[&str]) {
    let (image, tree) = (image.to_str().unwrap(), tree.to_str().unwrap());
    run(&programs.xorriso, &[options, &XORRISO, &["-outdev", image, "-map", tree, "/"]].concat());
}

struct Scene {
    folder: tempfile::TempDir,
    programs: Programs,
}

impl Scene {
    fn new() -> Option<Scene> {
        let programs = Programs::require()?;
        let scene = Scene { folder: new_folder(), programs };
        fs::create_dir(scene.path("tree")).unwrap();
        make_tree(&scene.path("tree"), &scene.programs).then_some(scene)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn state(&self, name: &str) -> BTreeMap<String, Vec<String>> {
        comparable(state(&self.path(name), &self.programs))
    }
}

#[test]
fn interop_a_folder_comes_back_from_an_image_of_ours() {
    let Some(scene) = Scene::new() else { return };
    let before = scene.state("tree");
    support::build(&scan(&scene.path("tree")), PlanOptions::default(), &scene.path("image"));
    extract(&scene.path("image"), &scene.path("out"));
    assert_same(&before, &scene.state("out"));
    // Access times: those of directories are the next reader's.
    for name in ["file", "sparse", "fifo", "docs/deep/locked"] {
        let time = |folder: &str| fs::metadata(scene.path(folder).join(name)).unwrap().atime();
        assert!(time("out") >= 1_580_702_706, "{name}");
    }
}

#[test]
fn interop_a_folder_comes_back_from_an_image_of_xorriso() {
    let Some(scene) = Scene::new() else { return };
    let before = scene.state("tree");
    // As xorriso does it by default, and with ER and ES entries for AAIP.
    let forms: [(&str, &[&str]); 2] = [("plain", &[]), ("announced", &["-compliance", "aaip_susp_1_10_off"])];
    for (name, options) in forms {
        made_by_xorriso(&scene.programs, &scene.path("tree"), &scene.path(name), options);
        extract(&scene.path(name), &scene.path(&format!("{name} out")));
        assert_same(&before, &scene.state(&format!("{name} out")));
    }
}

#[test]
fn interop_xorriso_restores_from_ours_what_it_does_from_its_own() {
    let Some(scene) = Scene::new() else { return };
    support::build(&scan(&scene.path("tree")), PlanOptions::default(), &scene.path("ours"));
    made_by_xorriso(&scene.programs, &scene.path("tree"), &scene.path("theirs"), &[]);
    let ours = extracted_by_xorriso(&scene.programs, &scene.path("ours"), &scene.path("out of ours"));
    let theirs = extracted_by_xorriso(&scene.programs, &scene.path("theirs"), &scene.path("out of theirs"));
    assert_same(&theirs, &ours);
    // And that is something.
    let file = ours["/file"].join("\n");
    for part in ["links 2", "user.colour=\"blue\"", "user:4321:rw-", "group:70000:r--"] {
        assert!(file.contains(part), "{file}");
    }
}

/// A session behind one of xorriso: lists stay as they are, and what is changed is changed for xorriso too.
#[test]
fn interop_a_session_of_ours_behind_one_of_xorriso() {
    let Some(scene) = Scene::new() else { return };
    let before = scene.state("tree");
    made_by_xorriso(&scene.programs, &scene.path("tree"), &scene.path("image"), &[]);
    let append = |change: &dyn Fn(&mut Tree)| {
        let growing = GrowingImage::open(&scene.path("image")).unwrap();
        let control = Control::default();
        let mut imported = growing.import(&ImportOptions::default(), &control).unwrap();
        assert_eq!(imported.warnings, []);
        change(&mut imported.tree);
        let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
        growing.write(&LayoutPlan::new(&imported.tree, options).unwrap(), &control).unwrap();
    };
    let new = ItemOptions { replace: true, ..ItemOptions::default() };
    let bytes = || Item::Bytes(b"x".as_slice().into());
    append(&|tree| {
        tree.add("/new", bytes(), &new).unwrap();
    });
    extract(&scene.path("image"), &scene.path("out"));
    fs::remove_file(scene.path("out/new")).unwrap();
    set_times(&scene.path("out"));
    assert_same(&before, &scene.state("out"));

    append(&|tree| {
        let file = tree.lookup("/docs/link to file").unwrap();
        assert!(tree.remove_stream(file, b"user.empty"));
        tree.add_stream(file, b"user.added", bytes()).unwrap();
        let acl = tree.acl(file).unwrap().clone();
        let root = tree.lookup("/docs/empty").unwrap();
        tree.set_acl(root, acl).unwrap();
    });
    let theirs = extracted_by_xorriso(&scene.programs, &scene.path("image"), &scene.path("by xorriso"));
    for name in ["/file", "/docs/link to file"] {
        let lines = theirs[name].join("\n");
        assert!(lines.contains("user.added=\"x\"") && lines.contains("user.colour=\"blue\""), "{lines}");
        assert!(!lines.contains("user.empty") && lines.contains("user:4321:rw-"), "{lines}");
    }
    assert!(theirs["/docs/empty"].join("\n").contains("user:4321:rw-"));
}

/// Times of all years that the host has come back to the second, which is as much as Rock Ridge holds.
#[test]
fn interop_times_of_other_centuries() {
    let folder = new_folder();
    let (tree, out) = (folder.path().join("tree"), folder.path().join("out"));
    fs::create_dir(&tree).unwrap();
    // From the first that ext4 has to one of its last; the years of directory records are 1900 to 2155.
    let seconds = [-2_147_483_648, -1, 0, 2_147_483_648, 5_869_583_999, 5_869_584_000, 15_000_000_000i64];
    for time in seconds {
        let file = File::create(tree.join(time.to_string())).unwrap();
        let whole = Duration::from_secs(time.unsigned_abs());
        let at = if time < 0 { UNIX_EPOCH - whole } else { UNIX_EPOCH + whole };
        file.set_modified(at + Duration::from_nanos(999_999_999)).unwrap();
    }
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let scanned = scan(&tree);
    let plan = LayoutPlan::new(&scanned, PlanOptions { file_systems, ..PlanOptions::default() }).unwrap();
    // What lies outside the years of directory records is told.
    assert_eq!(plan.notice_counts().time_clamped, 2);
    fsimage::write_image(&plan, &folder.path().join("image"), &Control::default()).unwrap();
    extract(&folder.path().join("image"), &out);
    for time in seconds {
        let after = fs::metadata(out.join(time.to_string())).unwrap();
        assert_eq!((after.mtime(), after.mtime_nsec() / 10_000_000 * 10_000_000), (time, after.mtime_nsec()));
    }
}

/// Readers that know nothing of the lists see the same tree, and Linux mounts it.
#[test]
fn interop_lists_are_in_nobodys_way() {
    let Some(scene) = Scene::new() else { return };
    let long = [b'v'; 60_000];
    let mut tree = scan(&scene.path("tree"));
    let many = tree.lookup("/docs/empty").unwrap();
    for name in ["user.a", "user.b", "user.c"] {
        tree.add_stream(many, name.as_bytes(), Item::Bytes(long[..20_000].into())).unwrap();
    }
    tree.add_stream(many, b"user.too long", Item::Bytes(long[..].into())).unwrap();
    let plan = LayoutPlan::new(
        &tree,
        PlanOptions {
            file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
            ..PlanOptions::default()
        },
    )
    .unwrap();
    // Two of one file with two names.
    assert_eq!(plan.notice_counts().streams_dropped, 2);
    fsimage::write_image(&plan, &scene.path("image"), &Control::default()).unwrap();
    let ours = support::list_session(&scene.path("image"), None);
    let theirs = peers::xorriso::list(&scene.programs.xorriso, &scene.path("image"), &[]).unwrap();
    peers::assert_same(&ours, &theirs, peers::Columns::POSIX);
    if let Some(isoinfo) = peers::require("isoinfo") {
        let out = run(&isoinfo, &["-l", "-R", "-i", scene.path("image").to_str().unwrap()]);
        assert!(out.contains("also empty"), "{out}");
    }
    let Some(kernel) = peers::kernel::require() else { return };
    let mounted = peers::kernel::mount(&kernel, &scene.path("image"), &["iso9660"], &[]).unwrap();
    peers::assert_same(&ours, &mounted[0].listing, peers::Columns::POSIX);
}

/// Links, pipes and devices with several names: Linux counts the names in both file systems, and in UDF knows them for one.
#[test]
fn interop_linux_knows_the_names_of_links_and_pipes() {
    let Some(kernel) = peers::kernel::require() else { return };
    let folder = new_folder();
    let image = folder.path().join("image");
    let mut tree = Tree::new();
    let mut names = Vec::new();
    let device = fsimage::DeviceNumber::new(8, 3).unwrap();
    for (name, item) in
        [("link", Item::Symlink(b"target")), ("fifo", Item::Fifo), ("disk", Item::BlockDevice(device))]
    {
        let first = tree.add(name, item, &ItemOptions::default()).unwrap();
        names.push(format!("/{name}"));
        for further in ["/d/further", "/d/e/third"] {
            let further = format!("{further} {name}");
            tree.add(&further, Item::HardLink(first), &ItemOptions::default()).unwrap();
            names.push(further);
        }
    }
    tree.add("single", Item::Symlink(b"target"), &ItemOptions::default()).unwrap();
    tree.remove(tree.lookup("/link").unwrap()).unwrap();
    names.retain(|name| name != "/link");
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::UDF;
    support::build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &image);
    let mounts = peers::kernel::mount(&kernel, &image, &["iso9660", "udf"], &[]).unwrap();
    for mount in &mounts {
        assert!(mount.ok, "{:?}", mount.issues);
        for name in &names {
            let links = if name.ends_with("link") { 2 } else { 3 };
            assert_eq!(mount.listing[name].links, Some(links), "{name} {}", mount.options);
        }
        assert_eq!(mount.listing["/single"].links, Some(1));
    }
    let Some(xorriso) = peers::require("xorriso") else { return };
    let out = folder.path().join("out");
    let paths = [image.to_str().unwrap(), out.to_str().unwrap()];
    let osirrox =
        ["-osirrox", "on:device_files", "-hardlinks", "on", "-indev", paths[0], "-extract", "/", paths[1]];
    run(&xorriso, &osirrox);
    for name in names.iter().filter(|name| is_root() || !name.ends_with("disk")) {
        let links = if name.ends_with("link") { 2 } else { 3 };
        assert_eq!(fs::symlink_metadata(out.join(&name[1..])).unwrap().nlink(), links, "{name}");
    }
}
