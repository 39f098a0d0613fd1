//! Images as file systems of the kernel: what it shows of a mount, compared with what others extract.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fsimage::{
    CancelToken, Control, Disc, FileSystem, FileSystems, Item, ItemOptions, LayoutPlan, MemorySectors,
    MountOptions, MountWarning, Mounted, PlanOptions, ReadError, ReadSectors, Sector, SectorCount, Tree,
    write_image,
};
use peers::{Columns, Kind, Listing, assert_same, list_directory};

/// Whether file systems can be mounted here; if not, that has been said.
fn can_mount() -> bool {
    let is_there = Path::new("/dev/fuse").exists();
    if !is_there {
        peers::skip("/dev/fuse is missing");
    } else if !peers::running_as_root() {
        peers::skip("only root may mount without asking");
    }
    is_there && peers::running_as_root()
}

/// A run of the command that has mounted something.
struct Run {
    child: Child,
    folder: PathBuf,
    errors: Option<ChildStderr>,
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
    command.arg("mount").args(arguments).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Mounts at `folder/mnt`, which is made.
fn mount(folder: &Path, arguments: &[&str]) -> Run {
    let at = folder.join("mnt");
    fs::create_dir_all(&at).unwrap();
    mount_by(command(folder, &[arguments, &["mnt"]].concat()), at)
}

fn mount_by(mut command: Command, folder: PathBuf) -> Run {
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let errors = child.stderr.take();
    let mut run = Run { child, folder, errors };
    if line.is_empty() {
        let (code, told) = run.end();
        panic!("not mounted: {code:?} {told}");
    }
    run
}

impl Run {
    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Exit status and what was told, when it has ended.
    fn end(&mut self) -> (Option<i32>, String) {
        let begun = Instant::now();
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code();
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut told = String::new();
        self.errors.take().unwrap().read_to_string(&mut told).unwrap();
        (code, told)
    }

    fn stop(mut self) -> String {
        self.signal("TERM");
        let (code, told) = self.end();
        assert_eq!(code, Some(0), "{told}");
        assert_eq!(mounts_at(&self.folder), Vec::<String>::new());
        told
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for _ in mounts_at(&self.folder) {
            umount(&self.folder);
        }
    }
}

/// Types of what is mounted at a folder, the lowest first.
fn mounts_at(folder: &Path) -> Vec<String> {
    let info = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let lines = info.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let here = lines.filter(|fields| Path::new(fields[4]) == folder);
    here.map(|fields| fields[fields.iter().position(|field| *field == "-").unwrap() + 1].to_owned()).collect()
}

fn umount(folder: &Path) {
    let _ = Command::new("umount").arg("-l").arg(folder).status();
}

fn fsimage(folder: &Path, arguments: &[&str]) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_fsimage")).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn shell(folder: &Path, script: &str) {
    let status = Command::new("sh").args(["-ec", script]).current_dir(folder).status().unwrap();
    assert!(status.success(), "{script}");
}

/// A tree with everything that Rock Ridge has.
fn make_source(folder: &Path) {
    shell(
        folder,
        "mkdir -p src/dir/deep src/none; cd src; head -c 3000001 /dev/urandom > big; echo hi > small; ln small dir/hard; \
         ln -s ../small dir/link; mknod c c 300 70000; mknod b b 8 1; mkfifo pipe; : > empty; echo x > 'a b\\c'; \
         chmod 4751 small; chown 1000:1001 big; touch -d '1965-01-01 00:00:01' empty; touch -d '2020-02-02 02:02:02' dir",
    );
}

/// The manifest is made by reading every file of the mount.
fn shown(run: &Run) -> Listing {
    list_directory(&run.folder).unwrap()
}

#[test]
fn rock_ridge_of_each_session_is_as_xorriso_extracts_it() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    make_source(folder);
    fsimage(folder, &["build", "-q", "-o", "image.iso", "src"]);
    shell(folder, "mkdir more; echo more > more/file; rm src/small src/dir/hard");
    fsimage(folder, &["append", "-q", "image.iso", "more", "--remove", "/small"]);
    let sessions = Disc::open(&folder.join("image.iso")).unwrap().sessions().clone();
    for session in ["1", "2"] {
        let start = sessions.get(session.parse().unwrap()).unwrap().start.to_string();
        let run = mount(folder, &["image.iso", "--session", session]);
        let target = folder.join(format!("extracted{session}"));
        let load = ["-load", "sbsector", &start, "-rom_toc_scan", "off"];
        let mut expected =
            peers::xorriso::extract(&xorriso, &folder.join("image.iso"), &load, &target).unwrap();
        // It leaves the times of links as they come.
        expected.values_mut().filter(|entry| entry.kind == Kind::Symlink).for_each(|link| link.mtime = None);
        assert_same(&expected, &shown(&run), Columns::POSIX);
        assert_eq!(expected.contains_key("/small"), session == "1");
        assert_eq!(expected.contains_key("/file"), session == "2");
        run.stop();
    }
}

#[test]
fn every_file_system_shows_the_source() {
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    make_source(folder);
    let source = list_directory(&folder.join("src")).unwrap();
    fsimage(folder, &["build", "-q", "--fs", "iso9660,rock-ridge,joliet,udf", "-o", "image.iso", "src"]);
    for name in ["rock-ridge", "udf"] {
        let run = mount(folder, &["image.iso", "--fs", name]);
        assert_same(&source, &shown(&run), Columns::POSIX);
        let metadata = |path: &str| fs::metadata(run.folder.join(path)).unwrap();
        let (small, hard) = (metadata("small"), metadata("dir/hard"));
        assert_eq!((small.ino(), small.nlink()), (hard.ino(), 2), "{name}");
        assert_eq!(metadata("big").blocks(), 3_000_001_u64.div_ceil(512), "{name}");
        assert!(File::create(run.folder.join("new")).is_err(), "{name}");
        // Numbers are those of the next mount.
        let number = metadata("dir/deep").ino();
        run.stop();
        let run = mount(folder, &["image.iso", "--fs", name]);
        assert_eq!(fs::metadata(run.folder.join("dir/deep")).unwrap().ino(), number, "{name}");
        run.stop();
    }
    let run = mount(folder, &["image.iso", "--fs", "joliet"]);
    assert_eq!(fs::read(run.folder.join("big")).unwrap(), fs::read(folder.join("src/big")).unwrap());
    assert_eq!(fs::metadata(run.folder.join("big")).unwrap().mode() & 0o777, 0o444);
    run.stop();
}

/// The lists beside the images were made by bsdtar and 7-Zip.
#[test]
fn foreign_images_are_as_others_list_them() {
    let (Some(corpus), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return };
    if !can_mount() {
        return;
    }
    let sections = [("rockridge", "rock-ridge"), ("joliet", "joliet"), ("udf", "udf")];
    let mut compared = 0;
    for image in peers::corpus_images(&corpus).unwrap() {
        let listed = sections.map(|(section, fs)| (image.listing(section).unwrap(), fs));
        let folder = tempfile::tempdir().unwrap();
        let path = image.unpack(&xz, folder.path()).unwrap();
        for (expected, fs) in listed {
            let Some(expected) = expected.filter(|list| list.clean && list.errors.is_empty()) else {
                continue;
            };
            let Ok(disc) = Disc::open(&path) else { continue };
            let wanted = match fs {
                "rock-ridge" => FileSystem::RockRidge,
                "joliet" => FileSystem::Joliet,
                _ => FileSystem::Udf,
            };
            if disc.image(None, &[wanted]).is_err() {
                continue;
            }
            let own = disc.image(None, &[wanted]).unwrap();
            let run = mount(folder.path(), &[path.to_str().unwrap(), "--fs", fs]);
            let found = shown(&run);
            let told = run.stop();
            let lines = peers::differences(
                &expected.listing,
                &found,
                Columns::KIND | Columns::SIZE | Columns::DIGEST,
            );
            compared += usize::from(lines.is_empty());
            // Others differ in what they make of oddities; what is left out is told of.
            let mut manifest = Vec::new();
            own.write_manifest(&mut manifest, &Control::default(), &mut |_, _| Ok(())).unwrap();
            let manifest = peers::parse_manifest(&String::from_utf8(manifest).unwrap()).unwrap();
            let columns = Columns::KIND | Columns::SIZE | Columns::MODE | Columns::MTIME;
            let lines = peers::differences(&manifest, &found, columns);
            assert!(lines.is_empty() || !told.is_empty(), "{} {fs}: {lines:#?}", image.name);
        }
    }
    assert!(compared >= 40, "{compared} file systems are as listed");
}

#[test]
fn signals_unmount_and_the_end_is_0() {
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    shell(folder, "mkdir src; echo x > src/x");
    fsimage(folder, &["build", "-q", "-o", "image.iso", "src"]);
    for signal in ["INT", "TERM", "HUP"] {
        let mut run = mount(folder, &["image.iso"]);
        // In use, too.
        let file = File::open(run.folder.join("x")).unwrap();
        run.signal(signal);
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(mounts_at(&run.folder), Vec::<String>::new(), "{signal}");
        let mut byte = [0];
        file.read_exact_at(&mut byte, 0).unwrap();
        drop(file);
        assert_eq!(run.end().0, Some(0), "{signal}");
    }
    // Somebody else may unmount.
    let mut run = mount(folder, &["image.iso"]);
    assert!(Command::new("umount").arg(&run.folder).status().unwrap().success());
    assert_eq!(run.end(), (Some(0), String::new()));
}

/// What others put in its place, or over it, is not ours to unmount.
#[test]
fn mounts_of_others_stay() {
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    shell(folder, "mkdir src; echo x > src/x");
    fsimage(folder, &["build", "-q", "-o", "image.iso", "src"]);
    let mut run = mount(folder, &["image.iso"]);
    shell(folder, "mount -t tmpfs over mnt");
    run.signal("TERM");
    let (code, told) = run.end();
    assert_eq!(code, Some(2));
    assert!(told.contains("something else is mounted over it"), "{told}");
    assert_eq!(mounts_at(&run.folder), ["fuse.fsimage", "tmpfs"]);
    shell(folder, "umount mnt");
    // What is left is of no use, and said to be that.
    let output = command(folder, &["image.iso", "mnt"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("'umount' takes it away"));
    shell(folder, "umount mnt");
    drop(run);

    // Ours is in use, taken away lazily, and another is in its place.
    let mut run = mount(folder, &["image.iso"]);
    let file = File::open(run.folder.join("x")).unwrap();
    shell(folder, "umount -l mnt; mount -t tmpfs instead mnt");
    run.signal("TERM");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(mounts_at(&run.folder), ["tmpfs"]);
    drop(file);
    assert_eq!(run.end().0, Some(0));
    assert_eq!(mounts_at(&run.folder), ["tmpfs"]);
    shell(folder, "umount mnt");
}

#[test]
fn what_is_no_folder_is_refused_beforehand() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    shell(folder, "mkdir src; echo x > src/x; echo y > file");
    fsimage(folder, &["build", "-q", "-o", "image.iso", "src"]);
    for (at, reason) in [("file", "it is no folder"), ("missing", "there is no such folder")] {
        let output = command(folder, &["image.iso", at]).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(reason), "{told}");
    }
    assert_eq!(fs::read(folder.join("file")).unwrap(), b"y\n");
}

#[test]
fn attributes_and_lists_of_the_source() {
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    shell(folder, "mkdir src; echo x > src/x; chmod 640 src/x");
    let x = folder.join("src/x");
    let list = b"\x02\0\0\0\x01\0\x06\0\xff\xff\xff\xff\x02\0\x04\0\xd2\x04\0\0\x04\0\0\0\xff\xff\xff\xff\
        \x10\0\x04\0\xff\xff\xff\xff\x20\0\0\0\xff\xff\xff\xff";
    if xattr::set(&x, "user.name", b"value").is_err()
        || xattr::set(&x, "system.posix_acl_access", list).is_err()
    {
        return peers::skip("the file system of temporary files has no extended attributes");
    }
    fsimage(folder, &["build", "-q", "--xattrs", "--acl", "-o", "image.iso", "src"]);
    let cat = |user: u32, path: &Path| {
        use std::os::unix::process::CommandExt;
        Command::new("cat").arg(path).uid(user).gid(user).stderr(Stdio::null()).output().unwrap().stdout
    };
    shell(folder, "chmod 755 .");

    let run = mount(folder, &["image.iso", "--other-users"]);
    let at = run.folder.join("x");
    assert_eq!(xattr::get(&at, "user.name").unwrap().as_deref(), Some(&b"value"[..]));
    assert_eq!(xattr::get(&at, "user.none").unwrap(), None);
    assert_eq!(xattr::get(&at, "system.posix_acl_access").unwrap().as_deref(), Some(&list[..]));
    let mut names: Vec<_> = xattr::list(&at).unwrap().collect();
    names.sort();
    assert_eq!(names, ["system.posix_acl_access", "user.name"]);
    // The list lets one look whom the permissions would not.
    assert_eq!(cat(1234, &at), b"x\n");
    assert_eq!(cat(1235, &at), b"");
    run.stop();

    let run = mount(folder, &["image.iso"]);
    assert_eq!(cat(1234, &run.folder.join("x")), b"");
    assert_eq!(fs::read(run.folder.join("x")).unwrap(), b"x\n");
    run.stop();
}

/// By the helper, as those mount who are not root.
#[test]
fn users_without_rights_mount_by_the_helper() {
    use std::os::unix::process::CommandExt;
    if peers::require("fusermount3").is_none() || !can_mount() {
        return;
    }
    const USER: u32 = 1234;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    shell(folder, "mkdir src mnt; echo x > src/x; chown 1234:1234 mnt; chmod 755 .");
    fsimage(folder, &["build", "-q", "-o", "a,b.iso", "src"]);
    // The device is everybody's where systems set it up; here it may be root's.
    let mode = fs::metadata("/dev/fuse").unwrap().mode() & 0o7777;
    if mode & 0o006 != 0o006 {
        return peers::skip("/dev/fuse is not open to other users");
    }
    let program = Command::new(env!("CARGO_BIN_EXE_fsimage")).arg("--version").uid(USER).gid(USER).output();
    if program.is_err() {
        return peers::skip("other users cannot run what was built here");
    }
    let mut by = command(folder, &["a,b.iso", "mnt"]);
    by.uid(USER).gid(USER);
    let run = mount_by(by, folder.join("mnt"));
    assert_eq!(mounts_at(&run.folder), ["fuse.fsimage"]);
    let cat = Command::new("cat").arg(run.folder.join("x")).uid(USER).gid(USER).output().unwrap();
    assert_eq!(cat.stdout, b"x\n");
    run.stop();
}

/// An image of which some sectors cannot be read.
struct Damaged {
    sectors: MemorySectors,
    lost: Arc<Mutex<Vec<u32>>>,
}

impl ReadSectors for Damaged {
    fn sectors(&self) -> SectorCount {
        self.sectors.sectors()
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        let asked = start.get()..start.get() + (into.len() / 2048) as u32;
        match self.lost.lock().unwrap().iter().find(|lost| asked.contains(lost)) {
            Some(_) => Err(ReadError::Io { start, source: std::io::Error::other("a scratch") }),
            None => self.sectors.read_sectors(start, into),
        }
    }
}

type Told = Arc<Mutex<Vec<MountWarning>>>;

fn mount_damaged(
    image: Vec<u8>,
    file_system: FileSystem,
    lost: &Arc<Mutex<Vec<u32>>>,
    folder: &Path,
) -> (Mounted, Told) {
    let source = Damaged { sectors: MemorySectors::new(image), lost: lost.clone() };
    let disc = Disc::from_source(Arc::new(source), "damaged").unwrap();
    let told = Told::default();
    let tell = told.clone();
    let image = disc.image(None, &[file_system]).unwrap();
    let tell = Arc::new(move |warning| tell.lock().unwrap().push(warning));
    (image.mount(folder, &MountOptions::default(), tell).unwrap(), told)
}

fn image_of(tree: &Tree, file_systems: FileSystems) -> Vec<u8> {
    let plan = LayoutPlan::new(tree, PlanOptions { file_systems, ..PlanOptions::default() }).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    write_image(&plan, &path, &Control::default()).unwrap();
    fs::read(path).unwrap()
}

fn place(image: &[u8], bytes: &[u8]) -> usize {
    image.windows(bytes.len()).position(|window| window == bytes).unwrap()
}

#[test]
fn of_a_scratched_file_only_the_scratch_is_lost() {
    if !can_mount() {
        return;
    }
    for (file_system, file_systems) in [
        (FileSystem::RockRidge, FileSystems::ISO9660 | FileSystems::ROCK_RIDGE),
        (FileSystem::Udf, FileSystems::UDF),
    ] {
        let mut tree = Tree::new();
        let content: Vec<u8> = (0..500_u32 << 10).flat_map(u32::to_le_bytes).collect();
        tree.add("/file", Item::Bytes(content.clone().into()), &ItemOptions::default()).unwrap();
        let image = image_of(&tree, file_systems);
        let begin = place(&image, &content[2048..4096]) / 2048 - 1;
        const SCRATCH: usize = 400;
        let lost = Arc::new(Mutex::new(vec![(begin + SCRATCH) as u32]));
        let folder = tempfile::tempdir().unwrap();
        let (mounted, told) = mount_damaged(image, file_system, &lost, folder.path());
        let file = File::open(folder.path().join("file")).unwrap();
        const PAGE: usize = 4096;
        let mut unread = Vec::new();
        for at in (0..content.len()).step_by(PAGE) {
            let mut bytes = [0; PAGE];
            match file.read_exact_at(&mut bytes, at as u64) {
                Ok(()) => assert_eq!(bytes, content[at..at + PAGE], "{at}"),
                Err(error) => {
                    assert_eq!(error.raw_os_error(), Some(5));
                    unread.push(at / PAGE);
                }
            }
        }
        assert_eq!(unread, [SCRATCH / 2], "{file_system}");
        assert_eq!(told.lock().unwrap().len(), 1, "{told:?}");
        assert!(
            matches!(&told.lock().unwrap()[0], MountWarning::FileDamaged { path, .. } if path == "/file")
        );
        drop(file);
        assert!(mounted.unmount(Duration::from_secs(5)).unwrap());
    }
}

/// A listing with a part is never taken for the whole.
#[test]
fn damaged_directories_are_not_listed_as_whole() {
    if !can_mount() {
        return;
    }
    let mut tree = Tree::new();
    for number in 0..200 {
        let name = format!("/dir/file-with-a-long-name-{number:03}");
        tree.add(&name, Item::Bytes(format!("{number}").into_bytes().into()), &ItemOptions::default())
            .unwrap();
    }
    tree.add("/whole/x", Item::Bytes(b"x".as_slice().into()), &ItemOptions::default()).unwrap();
    for (file_system, file_systems) in [
        (FileSystem::RockRidge, FileSystems::ISO9660 | FileSystems::ROCK_RIDGE),
        (FileSystem::Udf, FileSystems::UDF),
    ] {
        let image = image_of(&tree, file_systems);
        let sector = (place(&image, b"file-with-a-long-name-100") / 2048) as u32;
        // Behind it only zeros stand in place of what was recorded.
        let mut overwritten = image.clone();
        let at = sector as usize * 2048;
        overwritten[at..at + 2048].fill(0);
        for (image, lost) in [(image, vec![sector]), (overwritten, Vec::new())] {
            let lost = Arc::new(Mutex::new(lost));
            let folder = tempfile::tempdir().unwrap();
            let (mounted, told) = mount_damaged(image, file_system, &lost, folder.path());
            let dir = folder.path().join("dir");
            let (names, errors): (Vec<_>, Vec<_>) =
                fs::read_dir(&dir).unwrap().take(1000).partition(Result::is_ok);
            assert_eq!(errors[0].as_ref().unwrap_err().raw_os_error(), Some(5), "{file_system}");
            assert!(!names.is_empty() && names.len() < 200, "{file_system}: {}", names.len());
            // They hold the directory open.
            drop((names, errors));
            // It may be there or not.
            let missing = fs::metadata(dir.join("file-with-a-long-name-100")).unwrap_err();
            assert_eq!(missing.raw_os_error(), Some(5), "{file_system}");
            assert!(fs::read_dir(folder.path().join("whole")).unwrap().all(|entry| entry.is_ok()));
            assert_eq!(fs::metadata(folder.path().join("whole/y")).unwrap_err().raw_os_error(), Some(2));
            let told = told.lock().unwrap();
            assert!(
                matches!(&told[..], [MountWarning::DirectoryDamaged { path, .. }] if path == "/dir"),
                "{told:?}"
            );
            assert!(mounted.unmount(Duration::from_secs(5)).unwrap());
        }
    }
}

/// Damage of the root is told before anybody looks.
#[test]
fn a_damaged_root_is_told_when_it_is_mounted() {
    if !can_mount() {
        return;
    }
    let mut tree = Tree::new();
    for number in 0..200 {
        let name = format!("/file-with-a-long-name-{number:03}");
        tree.add(&name, Item::Bytes(b"x".as_slice().into()), &ItemOptions::default()).unwrap();
    }
    let mut image = image_of(&tree, FileSystems::ISO9660 | FileSystems::ROCK_RIDGE);
    let at = place(&image, b"file-with-a-long-name-100") / 2048 * 2048;
    image[at..at + 2048].fill(0);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("image.iso"), image).unwrap();
    let run = mount(folder.path(), &["image.iso"]);
    let told = run.stop();
    assert!(told.contains("fsimage: /: something of this directory is lost"), "{told}");
}

#[test]
fn names_that_no_path_can_hold_are_told() {
    if !can_mount() {
        return;
    }
    let mut tree = Tree::new();
    for name in ["/aXb", "/other"] {
        tree.add(name, Item::Bytes(b"x".as_slice().into()), &ItemOptions::default()).unwrap();
    }
    let mut image = image_of(&tree, FileSystems::ISO9660 | FileSystems::ROCK_RIDGE);
    let at = place(&image, b"aXb");
    image[at + 1] = b'/';
    let lost = Arc::default();
    let folder = tempfile::tempdir().unwrap();
    let (mounted, told) = mount_damaged(image, FileSystem::RockRidge, &lost, folder.path());
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["other"]);
    assert!(matches!(&told.lock().unwrap()[..], [MountWarning::LeftOut { .. }]), "{told:?}");
    drop(mounted);
    assert_eq!(mounts_at(folder.path()), Vec::<String>::new());
}

/// A directory is read once for all that is looked up in it.
#[test]
fn a_great_directory_takes_seconds() {
    if !can_mount() {
        return;
    }
    const FILES: usize = 100_000;
    let mut tree = Tree::new();
    for number in 0..FILES {
        tree.add(format!("/dir/{number:06}"), Item::Bytes(b"x".as_slice().into()), &ItemOptions::default())
            .unwrap();
    }
    let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_image(&plan, &folder.join("image.iso"), &Control::default()).unwrap();
    let run = mount(folder, &["image.iso"]);
    let begun = Instant::now();
    for number in (0..FILES).rev() {
        assert_eq!(fs::metadata(run.folder.join(format!("dir/{number:06}"))).unwrap().len(), 1);
    }
    let looked_up = begun.elapsed();
    let entries = fs::read_dir(run.folder.join("dir")).unwrap();
    let listed = entries.filter(|entry| entry.as_ref().unwrap().metadata().unwrap().len() == 1).count();
    assert_eq!(listed, FILES);
    let limit = Duration::from_secs(60);
    assert!(begun.elapsed() < limit, "{looked_up:?} and {:?}", begun.elapsed());
    run.stop();
}

/// What is compressed is shown as it was; and a drive's medium is read as a file is.
#[test]
fn compressed_files_and_media_of_drives() {
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    shell(folder, "mkdir src; yes fsimage | head -c 500000 > src/text");
    fsimage(folder, &["burn", "-q", "--zisofs", "--drive", "sim:bd-r:disc", "src"]);
    let run = mount(folder, &["sim:disc"]);
    assert_eq!(fs::read(run.folder.join("text")).unwrap(), fs::read(folder.join("src/text")).unwrap());
    assert!(fs::metadata(run.folder.join("text")).unwrap().blocks() < 100);
    run.stop();
}

/// Whoever holds it may wait for its end.
#[test]
fn a_wait_ends_when_it_is_cancelled() {
    if !can_mount() {
        return;
    }
    let mut tree = Tree::new();
    tree.add("/x", Item::Bytes(b"x".as_slice().into()), &ItemOptions::default()).unwrap();
    let image = image_of(&tree, FileSystems::ISO9660);
    let folder = tempfile::tempdir().unwrap();
    let (mounted, _) = mount_damaged(image, FileSystem::Iso9660, &Arc::default(), folder.path());
    let cancel = CancelToken::new();
    cancel.cancel();
    mounted.wait(&cancel);
    assert!(!mounted.has_ended());
    assert!(mounted.unmount(Duration::from_secs(5)).unwrap());
}
