//! Trees on the host: parts of a real system, and everything that is odd.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, Timespec, Timestamps, makedev, mknodat, utimensat};

/// What a copy of a part of the system may hold.
#[derive(Clone, Copy)]
pub struct Budget {
    pub entries: usize,
    pub bytes: u64,
    /// Of one folder directly below a root, so that no single one is all there is.
    pub entries_per_folder: usize,
    pub bytes_per_folder: u64,
}

/// Copies parts of `root` into the new folder `target`: names, contents, links, permissions, owners (if
/// allowed) and times. What cannot be read is left out.
pub fn copy_part(root: &Path, target: &Path, budget: Budget) -> usize {
    let mut copier = Copier { links: HashMap::new(), entries: 0, bytes: 0 };
    let limit = (budget.entries, budget.bytes);
    fs::create_dir_all(target).unwrap();
    let mut folders: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    folders.sort();
    for name in folders {
        if copier.entries >= limit.0 || copier.bytes >= limit.1 {
            break;
        }
        let most = (copier.entries + budget.entries_per_folder, copier.bytes + budget.bytes_per_folder);
        copier.copy(&root.join(&name), &target.join(&name), (most.0.min(limit.0), most.1.min(limit.1)));
    }
    copier.entries
}

struct Copier {
    links: HashMap<(u64, u64), PathBuf>,
    entries: usize,
    bytes: u64,
}

impl Copier {
    fn copy(&mut self, from: &Path, to: &Path, most: (usize, u64)) {
        let Ok(metadata) = fs::symlink_metadata(from) else { return };
        if self.entries >= most.0 || self.bytes + metadata.len() > most.1 {
            return;
        }
        let kind = metadata.file_type();
        if kind.is_dir() {
            let Ok(listing) = fs::read_dir(from) else { return };
            fs::create_dir(to).unwrap();
            let mut names: Vec<_> = listing.flatten().map(|entry| entry.file_name()).collect();
            names.sort();
            for name in names {
                self.copy(&from.join(&name), &to.join(&name), most);
            }
        } else if kind.is_symlink() {
            let Ok(link) = fs::read_link(from) else { return };
            symlink(link, to).unwrap();
        } else if kind.is_file() {
            let identity = (metadata.dev(), metadata.ino());
            if let Some(first) = self.links.get(&identity) {
                fs::hard_link(first, to).unwrap();
            } else {
                if fs::copy(from, to).is_err() {
                    drop(fs::remove_file(to));
                    return;
                }
                self.bytes += metadata.len();
                if metadata.nlink() > 1 {
                    self.links.insert(identity, to.to_owned());
                }
            }
        } else {
            return;
        }
        self.entries += 1;
        // Only the super-user can give files away.
        drop(std::os::unix::fs::lchown(to, Some(metadata.uid()), Some(metadata.gid())));
        if !kind.is_symlink() {
            fs::set_permissions(to, metadata.permissions()).unwrap();
        }
        set_modified(to, metadata.mtime());
    }
}

/// Sets the time of an item, links not followed.
pub fn set_modified(path: &Path, seconds: i64) {
    let time = Timespec { tv_sec: seconds, tv_nsec: 0 };
    let times = Timestamps { last_access: time, last_modification: time };
    utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

/// Sets the time of everything below and including `folder`, each another one.
pub fn set_all_modified(folder: &Path, from: i64) {
    let mut time = from;
    visit(folder, &mut |path| {
        set_modified(path, time);
        time += 61;
    });
}

/// Everything below and including `folder`, by name, the contents of a folder before it.
pub fn visit(folder: &Path, each: &mut dyn FnMut(&Path)) {
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()).collect();
    names.sort_by_key(fs::DirEntry::file_name);
    for entry in names {
        if entry.file_type().unwrap().is_dir() {
            visit(&entry.path(), each);
        } else {
            each(&entry.path());
        }
    }
    each(folder);
}

fn bytes(number: usize, len: usize) -> Vec<u8> {
    (0..len).map(|at| (at.wrapping_mul(31) ^ (at >> 8) ^ number) as u8).collect()
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn write(path: PathBuf, content: &[u8]) {
    fs::write(path, content).unwrap();
}

/// A file of `len` bytes, with data at the given offsets only.
pub fn sparse(path: &Path, len: u64, data: &[(u64, &[u8])]) {
    let mut file = File::create(path).unwrap();
    file.set_len(len).unwrap();
    for (offset, bytes) in data {
        file.seek(SeekFrom::Start(*offset)).unwrap();
        file.write_all(bytes).unwrap();
    }
}

fn special(path: &Path, kind: FileType, mode: u32, device: (u32, u32)) {
    mknodat(CWD, path, kind, Mode::from_raw_mode(mode), makedev(device.0, device.1)).unwrap();
}

/// Odd things that every reader can show: their names and link targets fit on a line.
pub fn add_odd_items(folder: &Path) {
    let root = peers::running_as_root();
    fs::create_dir_all(folder).unwrap();

    // Lengths around the edges of sectors, and around what is moved by the kernel.
    let sizes = folder.join("sizes");
    fs::create_dir(&sizes).unwrap();
    for len in [0, 1, 2047, 2048, 2049, 65_536, 1_048_575, 1_048_576, 1_048_577, 3_000_001] {
        write(sizes.join(format!("{len}.bin")), &bytes(len, len));
    }
    sparse(&sizes.join("hole-all"), 5_000_000, &[]);
    sparse(&sizes.join("hole-front"), 6_000_000, &[(5_999_990, b"the end...")]);
    sparse(&sizes.join("hole-inside"), 9_000_001, &[(0, b"start"), (4_000_003, &bytes(9, 70_000))]);
    sparse(&sizes.join("hole-small"), 100_000, &[(50_000, b"middle")]);

    let links = folder.join("links");
    fs::create_dir_all(links.join("below/more")).unwrap();
    for (name, target) in [
        ("to-parent", ".."),
        ("to-self", "."),
        ("to-root", "/"),
        ("absolute", "/usr/share/doc"),
        ("relative", "../sizes/1.bin"),
        ("up-and-down", "../../odd/./links/../sizes"),
        ("dangling", "no such thing"),
        ("to-dot-name", ".hidden"),
        ("three dots", "..."),
        ("spaces", " leading and trailing "),
        ("unicode", "\u{fc}n\u{ef}c\u{f6}de/\u{4e2d}\u{6587}"),
        // From 140 bytes or so on the target does not fit its record, which libcdio does not survive,
        // whoever made the image.
        ("a-hundred-bytes", &"x/".repeat(50)[..99]),
    ] {
        symlink(target, links.join(name)).unwrap();
    }

    let hard = folder.join("hard");
    fs::create_dir_all(hard.join("a/b")).unwrap();
    write(hard.join("first"), &bytes(1, 5000));
    for name in ["second", "a/third", "a/b/fourth", "a/0 before the others"] {
        fs::hard_link(hard.join("first"), hard.join(name)).unwrap();
    }
    write(hard.join("same content, no link"), &bytes(1, 5000));
    write(hard.join("empty 1"), b"");
    fs::hard_link(hard.join("empty 1"), hard.join("empty 2")).unwrap();

    let names = folder.join("names");
    fs::create_dir(&names).unwrap();
    let same_start = "x".repeat(70);
    for name in [
        "\u{fc}ml\u{e4}ut.txt",
        "decomposed u\u{308}.txt",
        "\u{4e2d}\u{6587}\u{6587}\u{4ef6}.txt",
        "\u{440}\u{443}\u{441}\u{441}\u{43a}\u{438}\u{439}",
        "UPPER.TXT",
        "upper.txt",
        "Upper.Txt",
        "no extension",
        ".hidden",
        "..two dots",
        "many.dots.in.one.name.tar.gz",
        "semi;colon;1",
        "star*question?colon:",
        "quotes\"'`$",
        "<angle>|pipe",
        "trailing space ",
        "percent%20#hash&amp;",
        "-dash",
        "con",
        "NUL.txt",
        "~tilde~",
        "A",
        "a",
        "TRANS.TBL",
        "rr_moved",
        &"l".repeat(255),
        &format!("{}.extension", "m".repeat(230)),
        // 85 characters of three bytes: 255 bytes.
        &"\u{6f22}".repeat(85),
        &"\u{e9}".repeat(101),
        &same_start,
        &format!("{same_start}1"),
        &format!("{same_start}2.txt"),
        &format!("{}.txt", &same_start[..60]),
        "12345678.123",
        "a name of just over thirty-one chars.txt",
        "a name of just over thirty-one chars.dat",
    ] {
        write(names.join(name), name.as_bytes());
    }
    for number in 0..300 {
        write(
            names.join(format!("one common prefix of all of these {number:03}.dat")),
            &bytes(number, number),
        );
    }

    let mut deep = folder.join("deep");
    for level in 0..14 {
        deep.push(format!("level {level}"));
        fs::create_dir_all(&deep).unwrap();
        write(deep.join(format!("in {level}")), &bytes(level, 10 * level));
    }
    // Two that are equal below the relocation directory.
    for branch in ["left", "right"] {
        let deep = folder.join("deep").join(branch).join("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18");
        fs::create_dir_all(&deep).unwrap();
        write(deep.join("file"), branch.as_bytes());
        symlink("../..", deep.join("up")).unwrap();
    }
    fs::create_dir(folder.join("empty")).unwrap();

    let modes = folder.join("modes");
    fs::create_dir(&modes).unwrap();
    let unreadable: &[u32] = if root { &[0o000, 0o200, 0o111] } else { &[] };
    for mode in [0o400, 0o644, 0o600, 0o755, 0o777, 0o1644, 0o2755, 0o4755, 0o7777].iter().chain(unreadable) {
        let path = modes.join(format!("file {mode:04o}"));
        write(path.clone(), b"x");
        chmod(&path, *mode);
    }
    for mode in [0o700, 0o755, 0o777, 0o1777, 0o2775] {
        let path = modes.join(format!("folder {mode:04o}"));
        fs::create_dir(&path).unwrap();
        chmod(&path, mode);
    }
    if root {
        for (number, owner) in [(0, 1), (1, 0), (1000, 1000), (3000, 4000)].into_iter().enumerate() {
            let path = modes.join(format!("owner {number}"));
            write(path.clone(), b"owned");
            std::os::unix::fs::chown(&path, Some(owner.0), Some(owner.1)).unwrap();
        }
    }

    let specials = folder.join("specials");
    fs::create_dir(&specials).unwrap();
    special(&specials.join("fifo"), FileType::Fifo, 0o640, (0, 0));
    drop(UnixListener::bind(specials.join("socket")).unwrap());
    if root {
        special(&specials.join("null"), FileType::CharacterDevice, 0o666, (1, 3));
        special(&specials.join("disk"), FileType::BlockDevice, 0o660, (8, 0));
        special(&specials.join("minor 255"), FileType::BlockDevice, 0o600, (8, 255));
        special(&specials.join("minor 65537"), FileType::BlockDevice, 0o600, (8, 65_537));
    }

    let times = folder.join("times");
    fs::create_dir(&times).unwrap();
    for seconds in [-2_000_000_000_i64, -3600, 0, 1, 951_782_400, 2_147_483_647, 2_147_483_648, 4_102_444_800]
    {
        let path = times.join(format!("at {seconds}"));
        write(path.clone(), b"t");
        set_modified(&path, seconds);
    }
}

/// Odd things that only readers can show whose output is not made of lines.
pub fn add_odder_items(folder: &Path) {
    fs::create_dir_all(folder.join("new\nline")).unwrap();
    write(folder.join("new\nline/another\n\n"), b"in it");
    for name in [
        "back\\slash",
        "\\x41",
        "arrow -> in the name",
        "tab\tbell\x07escape\x1b",
        "\x7fdelete",
        "quote'double\"",
        "ends with a dot.",
        "ends with dots...",
        "\n",
        "\\",
        " leading space",
        "astral \u{1f600}\u{10000}.txt",
    ] {
        write(folder.join(name), name.as_bytes());
    }
    for name in [&b"latin-1 \xfc\xe4"[..], b"cut \xe4\xb8", b"\xff\xfe", b"surrogate \xed\xa0\x80"] {
        write(folder.join(std::ffi::OsStr::from_bytes(name)), name);
    }
    let links = folder.join("links");
    fs::create_dir(&links).unwrap();
    for (number, target) in [
        &b"new\nline"[..],
        b"back\\slash",
        b"latin-1 \xfc",
        b"a -> b",
        b"./..",
        b"../.",
        b"a/./b",
        b"/a/../b",
    ]
    .into_iter()
    .enumerate()
    {
        symlink(std::ffi::OsStr::from_bytes(target), links.join(format!("link {number}"))).unwrap();
    }
    // Several SL entries, and continuation areas that go on.
    for len in [240, 248, 249, 250, 251, 252, 253, 254, 255] {
        let target = format!("{}/{}/z", "p".repeat(len), "q".repeat(len));
        symlink(target, links.join(format!("two of {len}"))).unwrap();
    }
    symlink("r/".repeat(500) + "end", links.join("1000 bytes")).unwrap();
    let target = format!("{}/{}/{}", "a".repeat(250), "b".repeat(255), "c".repeat(200));
    symlink(target, links.join("long components")).unwrap();
    if peers::running_as_root() {
        for (number, owner) in
            [(65_534, 65_534), (100_000, 200_000), (3_000_000_000, 4_000_000_000)].into_iter().enumerate()
        {
            let path = folder.join(format!("large owner {number}"));
            write(path.clone(), b"owned");
            std::os::unix::fs::chown(&path, Some(owner.0), Some(owner.1)).unwrap();
        }
    }
}
