//! Sessions that this crate appends to images of other programs, looked at entry by entry: attributes, System
//! Use entries that this crate does not model, and the bytes that were there are kept as they were.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fsimage::{
    Control, Disc, FileSystem, GrowingImage, ImportOptions, ImportWarning, Item, ItemOptions, LayoutPlan,
    PlanOptions,
};
use iso9660::read::{Directory, DirectoryBuffer, Entry, EntryKind, OwnEntries, Volume, read_volume_set};
use peers::{Columns, Kind, Listing, Peer, assert_same, escape};
use support::{filtered, list_image, list_session, shared_folder};

/// An image of another program, before and after a session was appended to it.
struct Case {
    name: &'static str,
    path: PathBuf,
    before: Snapshot,
    after: Snapshot,
    sessions: u16,
}

impl Case {
    fn of_xorriso(&self) -> bool {
        self.name.starts_with("native") || self.name == "as mkisofs"
    }
}

/// What is in an image.
struct Snapshot {
    bytes: Vec<u8>,
    records: BTreeMap<String, Record>,
    listing: Listing,
}

/// A directory entry with all that it records besides names and addresses of directories.
#[derive(Clone, Debug, PartialEq)]
struct Record {
    foreign: Vec<u8>,
    /// Of a directory.
    own: OwnEntries,
    mode: Option<u32>,
    links: Option<u32>,
    owner: Option<(u32, u32)>,
    times: iso9660::read::Times,
    recorded: Option<iso9660::RecordingTime>,
    what: String,
}

impl Record {
    fn of(entry: &Entry<'_>) -> Record {
        let directory = matches!(entry.kind, EntryKind::Directory(_));
        Record {
            foreign: without_places(&[entry.foreign, entry.attribute_list].concat()),
            own: OwnEntries::default(),
            mode: entry.posix.map(|posix| posix.mode),
            // Links to a directory are counted anew, also where the other program did not count them.
            links: entry.posix.map(|posix| posix.links).filter(|_| !directory),
            owner: entry.posix.map(|posix| (posix.user, posix.group)),
            times: entry.times,
            // Rock Ridge's time counts where both are there and differ, as genisoimage has it for links and
            // grafted directories.
            recorded: matches!(entry.kind, EntryKind::File { .. }).then_some(entry.recorded),
            what: if directory { "directory".to_owned() } else { format!("{:?}", entry.kind) },
        }
    }
}

/// Entries without the values that say where MD5 sums are: a further session has sums of its own.
fn without_places(entries: &[u8]) -> Vec<u8> {
    let mut entries = entries.to_vec();
    for (before, len) in [(&b"\x00\x03\x04ca\x00\x14"[..], 20), (b"\x00\x03\x04cx\x00\x04", 4)] {
        if let Some(at) = entries.windows(before.len()).position(|window| window == before) {
            entries[at + before.len()..][..len].fill(0);
        }
    }
    entries
}

fn snapshot(path: &Path) -> Snapshot {
    let disc = Disc::open(path).unwrap();
    let session = disc.session(None).unwrap();
    let source = disc.source().clone();
    let set = read_volume_set(&source, session.start).unwrap();
    let volume = match Volume::rock_ridge(source.clone(), &set).unwrap() {
        Some(volume) => volume,
        None => joliet::volume(source, &set).unwrap().expect("Joliet"),
    };
    let mut records = BTreeMap::new();
    let mut buffer = DirectoryBuffer::new();
    volume
        .root_entry(&mut buffer, &mut |entry| {
            records.insert("/".to_owned(), Record::of(&entry));
        })
        .unwrap();
    let mut pending: Vec<(String, Directory)> = vec![(String::new(), volume.root_directory())];
    while let Some((path, directory)) = pending.pop() {
        let mut visit = |entry: Entry<'_>| {
            let path = format!("{path}/{}", escape(entry.name));
            if let EntryKind::Directory(directory) = entry.kind {
                pending.push((path.clone(), directory));
            }
            assert!(records.insert(path, Record::of(&entry)).is_none());
            ControlFlow::Continue(())
        };
        volume.read_directory(&directory, &mut buffer, &mut visit).unwrap();
        let path = if path.is_empty() { "/" } else { &path };
        records.get_mut(path).unwrap().own = buffer.own_entries().clone();
    }
    let listing = list_session(path, None);
    Snapshot { bytes: fs::read(path).unwrap(), records, listing }
}

const ADDED: &str = "/docs/added later.txt";
const REPLACED: &str = "/docs/plain.txt";

fn append(path: &Path) {
    let control = Control::default();
    let growing = GrowingImage::open(path).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &control).unwrap();
    // What these programs make, nobody else does better: nothing gets lost but what checksums over the whole say.
    imported.warnings.retain(|warning| !matches!(warning, ImportWarning::Checksums(_)));
    assert_eq!(imported.warnings, [], "{}", path.display());
    let options = ItemOptions { replace: true, ..ItemOptions::default() };
    let bytes = |text: &str| Item::Bytes(text.as_bytes().into());
    imported.tree.add(ADDED, bytes("added later\n"), &options).unwrap();
    imported.tree.add(REPLACED, bytes("replaced\n"), &options).unwrap();
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    growing.write(&plan, &control).unwrap();
}

fn make_tree(tree: &Path) {
    fs::create_dir_all(tree.join("docs/more")).unwrap();
    fs::write(tree.join("docs/plain.txt"), "plain\n").unwrap();
    fs::write(tree.join("docs/more/with attributes"), "attributes\n").unwrap();
    fs::write(tree.join("docs/more/with long attributes"), "long attributes\n").unwrap();
    fs::write(tree.join("empty"), "").unwrap();
    fs::write(tree.join("compressible"), vec![b'a'; 400_000]).unwrap();
    fs::write(tree.join("\u{fc}ml\u{e4}ute"), [3; 5000]).unwrap();
    fs::write(tree.join("n".repeat(200)), "a long name").unwrap();
    fs::hard_link(tree.join("\u{fc}ml\u{e4}ute"), tree.join("docs/linked")).unwrap();
    symlink("../docs/./more", tree.join("docs/link")).unwrap();
    symlink(format!("{}/{}", "s".repeat(150), "t".repeat(150)), tree.join("long link")).unwrap();
    for number in 0..60 {
        fs::write(tree.join("docs/more").join(format!("file {number}")), vec![number; 100]).unwrap();
    }
    fs::write(tree.join("boot.bin"), [0xEB; 4096]).unwrap();
    support::host_tree::set_all_modified(tree, 1_400_000_000);
}

/// Runs a program in the folder of the images.
fn run(program: &Peer, folder: &Path, arguments: &[&str]) {
    let arguments: Vec<String> =
        arguments.iter().map(|text| text.replace('@', &format!("{}/", folder.display()))).collect();
    peers::run(program.path(), &arguments).unwrap().success(&arguments.join(" ")).unwrap();
}

/// Images by name; those of this list that are not for Rock Ridge readers are in [`NO_ROCK_RIDGE`].
fn make_images(folder: &Path, xorriso: &Peer, genisoimage: &Peer) -> Vec<(&'static str, PathBuf)> {
    let long = "x".repeat(3000);
    let native = |image: &str| {
        let attributes = [
            ["-setfattr", "user.colour", "blue", "/docs/more/with attributes", "--"],
            ["-setfattr", "user.long", &long, "/docs/more/with long attributes", "--"],
            ["-setfattr", "user.of_directory", "1", "/docs", "--"],
            ["-setfattr", "user.of_root", "2", "/", "--"],
        ];
        let acl = ["-setfacl", "u::rw-,u:4321:r--,g::r--,m::r--,o::---", "/docs/more/with attributes", "--"];
        let start = ["-for_backup", "-outdev", image, "-map", "@tree", "/"];
        let end = ["-set_filter", "--zisofs", "/compressible", "--", "-commit"];
        run(xorriso, folder, &[&start[..], attributes.as_flattened(), &acl, &end].concat());
    };
    let geniso = |image: &str, options: &[&str]| {
        run(genisoimage, folder, &[&["-quiet", "-o", image][..], options, &["@tree"]].concat());
    };

    native("@native");
    native("@native twice");
    let again = ["-for_backup", "-dev", "@native twice", "-map", "@tree/docs", "/again", "-commit"];
    run(xorriso, folder, &again);
    run(xorriso, folder, &["-as", "mkisofs", "--md5", "-R", "-J", "-o", "@as mkisofs", "@tree"]);
    geniso("@level 1", &["-R", "-J", "-iso-level", "1"]);
    geniso("@relaxed", &["-r", "-J", "-joliet-long", "-U", "-iso-level", "3", "-V", "Volume_name"]);
    geniso("@joliet only", &["-J", "-joliet-long"]);
    geniso(
        "@bootable",
        &["-R", "-J", "-b", "boot.bin", "-c", "boot.cat", "-no-emul-boot", "-boot-info-table"],
    );

    // In place of RR, every directory has entries in its own record and in that of its parent that nobody knows.
    geniso("@own entries", &["-R", "-J"]);
    let mut image = fs::read(folder.join("own entries")).unwrap();
    for (start, signature) in own_records(&image) {
        let at = image[start..].windows(4).position(|bytes| bytes == b"RR\x05\x01").unwrap();
        image[start + at..][..2].copy_from_slice(signature);
    }
    fs::write(folder.join("own entries"), &image).unwrap();

    // As growisofs does it on media that can be rewritten: the second session behind the first, and its
    // descriptors over the first ones.
    geniso("@grown", &["-R", "-J"]);
    let mut grown = fs::read(folder.join("grown")).unwrap();
    grown.resize(grown.len().next_multiple_of(32 * 2048), 0);
    fs::write(folder.join("grown"), &grown).unwrap();
    let sectors = format!("16,{}", grown.len() / 2048);
    let second = ["-R", "-J", "-C", &sectors, "-M", "@grown", "-graft-points", "again=@tree/docs"];
    run(genisoimage, folder, &[&["-quiet", "-o", "@grown.second"][..], &second].concat());
    let second = fs::read(folder.join("grown.second")).unwrap();
    grown[16 * 2048..19 * 2048].copy_from_slice(&second[16 * 2048..19 * 2048]);
    let end = ((grown.len() + second.len()) / 2048) as u32;
    grown[16 * 2048 + 80..][..4].copy_from_slice(&end.to_le_bytes());
    grown[16 * 2048 + 84..][..4].copy_from_slice(&end.to_be_bytes());
    grown.extend(second);
    fs::write(folder.join("grown"), &grown).unwrap();

    let names = [
        "native",
        "native twice",
        "as mkisofs",
        "level 1",
        "relaxed",
        "joliet only",
        "bootable",
        "grown",
        "own entries",
    ];
    names.into_iter().map(|name| (name, folder.join(name))).collect()
}

/// Where in an image with Rock Ridge the records of directories themselves and of their parents begin, and how entries
/// in them are to be called. They are the first in sectors that begin with them.
fn own_records(image: &[u8]) -> Vec<(usize, &'static [u8; 2])> {
    let mut found = Vec::new();
    for (sector, start) in image.chunks_exact(2048).zip((0..).step_by(2048)) {
        let length = usize::from(sector[0]);
        let is_directory = length > 34 && sector[25] == 2 && sector[32..34] == [1, 0];
        if is_directory && sector[34..length].windows(4).any(|bytes| bytes == b"RR\x05\x01") {
            found.extend([(start, b"QO"), (start + length, b"QP")]);
        }
    }
    found
}

const NO_ROCK_RIDGE: &str = "joliet only";

/// What an image's own program compressed: isoinfo does not expand it.
const COMPRESSED: &str = "/compressible";

/// `None`, with the skip reported, where a program is missing.
fn cases() -> Option<&'static [Case]> {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    let [xorriso, genisoimage] = peers::require_all(["xorriso", "genisoimage"])?;
    Some(CASES.get_or_init(|| {
        let folder = shared_folder("foreign-entries");
        make_tree(&folder.join("tree"));
        let images = make_images(&folder, &xorriso, &genisoimage);
        images
            .into_iter()
            .map(|(name, path)| {
                let before = snapshot(&path);
                assert!(before.records.len() > 60, "{name}");
                let sessions = Disc::open(&path).unwrap().sessions().len() as u16;
                let old = path.with_extension("old");
                fs::copy(&path, &old).unwrap();
                append(&path);
                let after = snapshot(&path);
                Case { name, path, before, after, sessions }
            })
            .collect()
    }))
}

#[test]
fn interop_every_old_record_is_kept() {
    let Some(cases) = cases() else { return };
    for case in cases {
        let mut expected = case.before.records.clone();
        let mut found = case.after.records.clone();
        assert!(found.remove(ADDED).is_some() && found.remove(REPLACED).is_some(), "{}", case.name);
        expected.remove(REPLACED);
        if !case.of_xorriso() {
            expected.values_mut().chain(found.values_mut()).for_each(|record| record.links = None);
        }
        for (path, record) in &expected {
            let now = found.remove(path);
            assert_eq!(now.as_ref(), Some(record), "{}: {path}", case.name);
        }
        assert!(found.is_empty(), "{}: {:?}", case.name, found.keys());
    }
    let foreign = |name: &str, path: &str| {
        let case = cases.iter().find(|case| case.name == name).unwrap();
        case.after.records[path].foreign.clone()
    };
    // These images do hold what this is about.
    for path in ["/", "/docs", "/docs/more/with attributes"] {
        assert!(foreign("native", path).windows(2).any(|bytes| bytes == b"AL"), "{path}");
    }
    assert!(foreign("native", "/docs/more/with long attributes").len() > 3000);
    let own = &cases.iter().find(|case| case.name == "own entries").unwrap().after.records;
    for (path, lengths) in [("/", (0, 5)), ("/docs", (5, 5)), ("/docs/more", (5, 5))] {
        assert_eq!((own[path].own.own.len(), own[path].own.parent.len()), lengths, "{path}");
    }
    assert!(foreign("own entries", "/").windows(2).any(|bytes| bytes == b"QO"));
    assert!(foreign("native", COMPRESSED).windows(2).any(|bytes| bytes == b"ZF"));
}

#[test]
fn interop_every_old_content_is_kept() {
    let Some(cases) = cases() else { return };
    for case in cases {
        let keep = |path: &str, _: &peers::Entry| path != ADDED && path != REPLACED;
        // genisoimage copies the link counts of the host, whatever of it is in the image.
        let columns = if case.of_xorriso() { Columns::POSIX } else { Columns::POSIX - Columns::LINKS };
        assert_same(&filtered(&case.before.listing, keep), &filtered(&case.after.listing, keep), columns);
        assert_eq!(case.after.listing[ADDED].size, Some(12), "{}", case.name);
        assert_eq!(case.after.listing[REPLACED].size, Some(9), "{}", case.name);
    }
}

#[test]
fn interop_no_sector_but_the_head_changes() {
    let Some(cases) = cases() else { return };
    for case in cases {
        let (before, after) = (&case.before.bytes, &case.after.bytes);
        // Volume space size (ECMA-119 8.4.8): behind it are zeros, which the session may take.
        let size = u32::from_le_bytes(before[16 * 2048 + 80..][..4].try_into().unwrap());
        let is_padding =
            |number: usize, old: &[u8]| number >= size as usize && old.iter().all(|&byte| byte == 0);
        let changed = before.chunks(2048).zip(after.chunks(2048)).enumerate().filter(|(_, (a, b))| a != b);
        let changed: Vec<usize> = changed
            .filter(|(number, (old, _))| !is_padding(*number, old))
            .map(|(number, _)| number)
            .collect();
        assert!(changed.iter().all(|sector| (16..24).contains(sector)), "{}: {changed:?}", case.name);
    }
}

#[test]
fn interop_every_old_session_can_be_read() {
    let Some(cases) = cases() else { return };
    for case in cases {
        let old = case.path.with_extension("old");
        assert_eq!(Disc::open(&case.path).unwrap().sessions().len(), usize::from(case.sessions) + 1);
        for session in 1..=case.sessions {
            let before = list_session(&old, Some(session));
            assert_same(&before, &list_session(&case.path, Some(session)), Columns::POSIX);
        }
    }
    let sessions = |name: &str| cases.iter().find(|case| case.name == name).unwrap().sessions;
    assert_eq!((sessions("native"), sessions("native twice"), sessions("level 1")), (1, 2, 1));
}

#[test]
fn interop_joliet_goes_on() {
    let Some(cases) = cases() else { return };
    for case in cases {
        let disc = Disc::open(&case.path).unwrap();
        let Ok(image) = disc.image(None, &[FileSystem::Joliet]) else {
            assert!(case.name.starts_with("native"), "{} has lost Joliet", case.name);
            continue;
        };
        let joliet = list_image(&image);
        assert_eq!(joliet[ADDED].sha256, case.after.listing[ADDED].sha256, "{}", case.name);
        let files = |listing: &Listing| listing.values().filter(|entry| entry.kind == Kind::File).count();
        assert_eq!(files(&joliet), files(&case.after.listing), "{}", case.name);
    }
}

#[test]
fn interop_xorriso_reads_the_result() {
    let Some(cases) = cases() else { return };
    let Some(xorriso) = peers::require("xorriso") else { return };
    for case in cases.iter().filter(|case| case.name != "bootable") {
        let found = peers::xorriso::list(&xorriso, &case.path, &[]).unwrap();
        // Without Rock Ridge, xorriso makes up attributes.
        let columns = if case.name == NO_ROCK_RIDGE { Columns::CONTENT } else { Columns::POSIX };
        assert_same(&case.after.listing, &found, columns);
    }
}

#[test]
fn interop_xorriso_finds_its_attributes_and_checksums() {
    let Some(cases) = cases() else { return };
    let Some(xorriso) = peers::require("xorriso") else { return };
    for case in cases.iter().filter(|case| case.of_xorriso()) {
        let attributes = |path: &Path| {
            let device = format!("stdio:{}", path.display());
            let arguments =
                ["-for_backup", "-indev", &device, "-getfattr_r", "/", "--", "-getfacl_r", "/", "--"];
            let text = peers::run(xorriso.path(), &arguments).unwrap().success("xorriso").unwrap();
            let text = String::from_utf8(text).unwrap();
            let blocks = text.split("\n\n").filter(|block| {
                let name = block.lines().next().unwrap_or_default();
                !name.ends_with("later.txt") && !name.ends_with("plain.txt")
            });
            blocks.map(|block| block.trim().to_owned()).collect::<BTreeSet<_>>()
        };
        let before = attributes(&case.path.with_extension("old"));
        let has_attributes = before.iter().any(|block| block.contains("user.long=\"xxx"));
        assert_eq!(has_attributes, case.name != "as mkisofs", "{before:?}");
        let after = attributes(&case.path);
        let changed: Vec<&String> = before.symmetric_difference(&after).collect();
        assert!(changed.is_empty(), "{}: {changed:?}", case.name);

        let device = format!("stdio:{}", case.path.display());
        let arguments =
            ["-md5", "on", "-abort_on", "SORRY", "-indev", &device, "-check_md5_r", "SORRY", "/", "--"];
        peers::run(xorriso.path(), &arguments).unwrap().success("checksums").unwrap();
    }
}

#[test]
fn interop_isoinfo_reads_the_result() {
    let Some(cases) = cases() else { return };
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    for case in cases.iter().filter(|case| case.name != NO_ROCK_RIDGE) {
        let found =
            peers::isoinfo::list(&isoinfo, &case.path, peers::bsdtar::NameSpace::RockRidge, &[]).unwrap();
        let keep = |path: &str, _: &peers::Entry| path != COMPRESSED || !case.name.starts_with("native");
        let columns = (Columns::POSIX - Columns::MODE - Columns::MTIME) | Columns::PERMISSIONS;
        assert_same(&filtered(&case.after.listing, keep), &filtered(&found, keep), columns);
    }
}

#[test]
fn interop_kernel_reads_the_result() {
    let Some(cases) = cases() else { return };
    let Some(kernel) = peers::kernel::require() else { return };
    let plain: &[&str] = &["iso9660", "iso9660:norock,check=strict,iocharset=utf8"];
    let images: Vec<_> = cases.iter().map(|case| (case.path.as_path(), plain)).collect();
    let found = peers::kernel::mount_each(&kernel, &images, &["--job-timeout", "600"]).unwrap();
    for (case, mounts) in cases.iter().zip(found) {
        for mount in &mounts {
            assert!(mount.ok && mount.issues.is_empty(), "{}: {:?}", case.name, mount.issues);
        }
        let columns = if case.name == NO_ROCK_RIDGE { Columns::CONTENT } else { Columns::POSIX };
        assert_same(&case.after.listing, &mounts[0].listing, columns);
        if let Ok(joliet) = Disc::open(&case.path).unwrap().image(None, &[FileSystem::Joliet]) {
            assert_same(&list_image(&joliet), &mounts[1].listing, Columns::CONTENT);
        }
    }
}
