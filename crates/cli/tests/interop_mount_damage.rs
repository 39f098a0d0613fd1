//! Mounts of images that are damaged, or were changed meanwhile: what is told, and what the kernel is answered.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fsimage::{
    CancelToken, Control, Disc, FileSystem, FileSystems, Item, ItemOptions, LayoutPlan, MemorySectors,
    MountOptions, MountWarning, Mounted, PlanOptions, ReadError, ReadSectors, Sector, SectorCount, Tree,
    write_image,
};
use support::mounts::{can_mount, fsimage, mount, mounts_at, shell};

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

/// An image with long names in its directories, so that the first sector of one holds not all of it.
fn build(folder: &Path, options: &[&str]) -> Vec<u8> {
    shell(folder, "mkdir -p src/folder; echo content > src/hello.txt; head -c 300000 /dev/urandom > src/big");
    fsimage(folder, &[&["build", "-q", "-o", "image.iso", "src"], options].concat());
    fs::read(folder.join("image.iso")).unwrap()
}

/// Where the root directory of the primary hierarchy begins (ECMA-119 8.4.18, 9.1.3).
fn root_sector(image: &[u8]) -> usize {
    u32::from_le_bytes(image[16 * 2048 + 158..][..4].try_into().unwrap()) as usize
}

/// The hierarchy in its place has no owners and links: it is not taken for what was lost.
#[test]
fn rock_ridge_that_is_lost_is_told_when_it_is_mounted() {
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut image = build(folder.path(), &[]);
    let root = root_sector(&image);
    image[root * 2048..][..2048].fill(0xA5);
    fs::write(folder.path().join("image.iso"), image).unwrap();
    let run = mount(folder.path(), &["image.iso"]);
    assert!(run.folder.join("hello.txt").exists());
    let told = run.stop();
    let said = format!("Rock Ridge, if it is there, cannot be read: sector {root}");
    assert!(told.contains(&said) && told.contains("Joliet is shown"), "{told}");
}

/// For machines each line is an object, as errors are.
#[test]
fn damage_is_told_machines_in_json() {
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut image = build(folder.path(), &[]);
    let root = root_sector(&image);
    image[root * 2048..][..2048].fill(0xA5);
    image.truncate(image.len() - 200_000);
    fs::write(folder.path().join("image.iso"), image).unwrap();
    let run = mount(folder.path(), &["image.iso", "--json"]);
    assert!(fs::read(run.folder.join("big")).is_err());
    let told = run.stop();
    let lines: Vec<serde_json::Value> =
        told.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{told}"))).collect();
    let warnings: Vec<&str> = lines.iter().map(|line| line["warning"].as_str().unwrap()).collect();
    assert!(warnings.iter().any(|warning| warning.contains("Rock Ridge")), "{told}");
    assert!(warnings.iter().any(|warning| warning.starts_with("/big: ")), "{told}");
}

/// Whoever mounts it anew as one to be written to is told what it is by each call.
#[test]
fn nothing_is_written_after_a_remount() {
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), &[]);
    let run = mount(folder.path(), &["image.iso"]);
    let remounted = Command::new("mount").args(["-i", "-o", "remount,rw"]).arg(&run.folder).status().unwrap();
    assert!(remounted.success());
    let at = |name: &str| run.folder.join(name);
    let file = at("hello.txt");
    let change = |options: &mut fs::OpenOptions| options.open(&file).map(drop);
    use std::os::unix::fs::{PermissionsExt, chown, symlink};
    let mut told = vec![
        ("create", File::create(at("new")).map(drop)),
        ("write", change(File::options().write(true))),
        ("append", change(File::options().append(true))),
        ("truncate", change(File::options().write(true).truncate(true))),
        ("mkdir", fs::create_dir(at("directory"))),
        ("unlink", fs::remove_file(&file)),
        ("rmdir", fs::remove_dir(at("folder"))),
        ("symlink", symlink("hello.txt", at("link"))),
        ("link", fs::hard_link(&file, at("hard"))),
        ("rename", fs::rename(&file, at("other"))),
        ("chmod", fs::set_permissions(&file, fs::Permissions::from_mode(0o777))),
        ("chown", chown(&file, Some(1), None)),
        ("utimes", File::open(&file).and_then(|file| file.set_modified(std::time::SystemTime::UNIX_EPOCH))),
        ("setxattr", xattr::set(&file, "user.a", b"b")),
        ("removexattr", xattr::remove(&file, "user.a")),
    ];
    let mknod = Command::new("mkfifo").arg(at("pipe")).env("LC_ALL", "C").output().unwrap();
    let is_read_only = String::from_utf8_lossy(&mknod.stderr).contains("Read-only file system");
    told.push(("mknod", Err(std::io::Error::from_raw_os_error(if is_read_only { 30 } else { 0 }))));
    for (call, done) in told {
        assert_eq!(done.map_err(|error| error.raw_os_error()), Err(Some(30)), "{call}");
    }
    assert_eq!(fs::read(&file).unwrap(), b"content\n");
    assert_eq!(run.stop(), "");
}

/// However often it is met.
#[test]
fn damage_of_a_file_is_told_once() {
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut tree = Tree::new();
    let content: Vec<u8> = (0..100_u32 << 10).flat_map(u32::to_le_bytes).collect();
    for name in ["/a", "/b"] {
        let mut content = content.clone();
        content[0] = name.as_bytes()[1];
        tree.add(name, Item::Bytes(content.into()), &ItemOptions::default()).unwrap();
    }
    let image = image_of(&tree, FileSystems::ISO9660 | FileSystems::ROCK_RIDGE);
    let lost = ["/a", "/b"].map(|name| {
        let mut begin = content[..2048].to_vec();
        begin[0] = name.as_bytes()[1];
        (place(&image, &begin) / 2048) as u32
    });
    let lost = Arc::new(Mutex::new(lost.to_vec()));
    let (mounted, told) = mount_damaged(image, FileSystem::RockRidge, &lost, folder.path());
    for _ in 0..3 {
        for name in ["a", "b"] {
            assert!(fs::read(folder.path().join(name)).is_err());
        }
    }
    let paths: Vec<String> = told
        .lock()
        .unwrap()
        .iter()
        .map(|told| match told {
            MountWarning::FileDamaged { path, .. } => path.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(paths, ["/a", "/b"]);
    assert!(mounted.unmount(Duration::from_secs(5)).unwrap());
}

/// It is not the image's damage: somebody took its end away meanwhile.
#[test]
fn an_image_that_is_cut_while_it_is_mounted() {
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let image = build(folder.path(), &["--fs", "rock-ridge"]);
    let run = mount(folder.path(), &["image.iso"]);
    assert!(run.folder.join("big").exists());
    let end = image.len() / 2048 - 170;
    File::options()
        .write(true)
        .open(folder.path().join("image.iso"))
        .unwrap()
        .set_len(end as u64 * 2048)
        .unwrap();
    assert!(fs::read(run.folder.join("big")).is_err());
    let told = run.stop();
    assert!(told.contains("/big: cannot read sector "), "{told}");
    assert!(
        told.contains(&format!("was made shorter while it was open, and ends at sector {end}")),
        "{told}"
    );
    assert!(!told.contains("fill whole buffer"), "{told}");
}
