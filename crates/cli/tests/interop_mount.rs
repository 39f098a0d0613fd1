//! Images as file systems of the kernel: what it shows of a mount, compared with what others extract.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs::{self, File};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fsimage::{Control, Disc, FileSystem, Item, ItemOptions, LayoutPlan, PlanOptions, Tree, write_image};
use peers::{Columns, Kind, Listing, assert_same, list_directory};
use support::mounts::{Run, can_mount, command, fsimage, mount, mount_by, mounts_at, shell};

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

/// As the kernel's own driver shows them, but that the directory of an item's streams is no name of it: to the driver, which
/// shows no streams, it counts.
#[test]
fn link_counts_of_udf() {
    let Some(kernel) = peers::kernel::require() else { return };
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    shell(
        folder,
        "mkdir -p src/empty src/two/a src/two/b; cd src; echo x > plain; ln plain two/plain; echo y > streams; ln streams \
         two/streams; ln streams empty/streams",
    );
    let with_streams = ["/streams", "/two/streams", "/empty/streams", "/two/a"];
    for path in [with_streams[0], with_streams[3]] {
        if xattr::set(folder.join(format!("src{path}")), "user.name", b"value").is_err() {
            return peers::skip("the file system of temporary files has no extended attributes");
        }
    }
    fsimage(folder, &["build", "-q", "--fs", "udf", "--xattrs", "-o", "image.iso", "src"]);
    let run = mount(folder, &["image.iso"]);
    let links = |path: &str| fs::metadata(run.folder.join(&path[1..])).unwrap().nlink();
    assert_eq!(["/", "/empty", "/two", "/two/a", "/two/b"].map(links), [4, 2, 4, 2, 2]);
    assert_eq!(["/plain", "/streams", "/two/streams"].map(links), [2, 3, 3]);
    let mounts = peers::kernel::mount(&kernel, &folder.join("image.iso"), &["udf"], &[]).unwrap();
    assert_eq!(mounts[0].listing.len(), 10);
    for (path, shown) in &mounts[0].listing {
        let of_streams = u64::from(with_streams.contains(&path.as_str()));
        assert_eq!(shown.links, Some(links(path) + of_streams), "{path}");
    }
    run.stop();
}
