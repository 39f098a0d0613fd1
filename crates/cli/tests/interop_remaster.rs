//! Bootable images of others still boot after they were changed: by a new image, and by a session.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{Bus, Firmware, fsimage, run, says, shows};
use tempfile::TempDir;

/// What a GRUB says that finds the file system it booted from, with a file that was added.
const MARK: &str = "the-guest-has-read-what-was-added";

const GRUB_CONFIG: &str = "\
serial --unit=0 --speed=115200
terminal_output serial
cat /added/mark.txt
";

const FIRMWARES: [Firmware; 2] = [Firmware::Bios, Firmware::Uefi];
const BUSES: [Bus; 2] = [Bus::CdRom, Bus::Disk];

/// How an image is changed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Remaster,
    Append,
}

const WAYS: [Way; 2] = [Way::Remaster, Way::Append];

/// A copy of an image, and what is added to it.
struct Scene(TempDir);

impl Scene {
    fn of(image: &Path) -> Scene {
        let scene = tempfile::tempdir().unwrap();
        fs::create_dir(scene.path().join("added")).unwrap();
        fs::write(scene.path().join("added/mark.txt"), format!("{MARK}\n")).unwrap();
        fs::write(scene.path().join("grub.cfg"), GRUB_CONFIG).unwrap();
        // A copy has the permissions of a package's file.
        fs::write(scene.path().join("before.iso"), fs::read(image).unwrap()).unwrap();
        Scene(scene)
    }

    /// The image with a folder added, and with other `changes`.
    fn changed(&self, way: Way, changes: &[&str]) -> PathBuf {
        let folder = self.0.path();
        let sources = ["added=added", "--quiet"];
        match way {
            Way::Remaster => {
                let command = ["remaster", "before.iso", "-o", "remastered.iso"];
                fsimage(folder, &[&command[..], &sources, changes].concat());
                folder.join("remastered.iso")
            }
            Way::Append => {
                fs::copy(folder.join("before.iso"), folder.join("appended.iso")).unwrap();
                fsimage(folder, &[&["append", "appended.iso"][..], &sources, changes].concat());
                folder.join("appended.iso")
            }
        }
    }

    fn image(&self) -> PathBuf {
        self.0.path().join("before.iso")
    }
}

/// What xorriso reports of what boots, but for places and sizes.
fn report(image: &Path) -> Vec<String> {
    let xorriso = peers::require("xorriso").unwrap();
    let reports = ["-report_el_torito", "plain", "-report_system_area", "plain"];
    let name = image.to_str().unwrap();
    let told = run(&xorriso, Path::new("/"), &[&["-indev", name][..], &reports].concat());
    let kept = told.lines().filter_map(|line| {
        let (what, value) = line.split_once(':')?;
        let what = what.trim();
        let value: Vec<&str> = value.split_whitespace().collect();
        // How many of the values say what a thing is. The others are places and sizes.
        let many = match what {
            "El Torito boot img" => 7,
            "El Torito img path" | "El Torito cat path" | "El Torito img opts" => value.len(),
            "MBR partition" => 3,
            "GPT disk GUID"
            | "GPT partition name"
            | "GPT partition GUID"
            | "GPT type GUID"
            | "GPT partition flags" => 2,
            "APM partition name" | "APM partition type" => 2,
            _ => return None,
        };
        Some(format!("{what}: {}", value[..many.min(value.len())].join(" ")))
    });
    let kept: Vec<String> = kept.collect();
    assert!(kept.iter().any(|line| line.starts_with("El Torito boot img")), "{told}");
    kept
}

/// The tree of one image is that of another, with what was added.
fn assert_tree(before: &Path, after: &Path, changed: &[&str]) {
    let xorriso = peers::require("xorriso").unwrap();
    let list = |image: &Path| peers::xorriso::list(&xorriso, image, &[]).unwrap();
    let (mut before, mut after) = (list(before), list(after));
    assert!(after.keys().any(|path| path == "/added/mark.txt"));
    after.retain(|path, _| !path.starts_with("/added"));
    for path in changed {
        before.remove(*path);
        after.remove(*path);
    }
    peers::assert_same(&before, &after, peers::Columns::POSIX);
}

#[test]
fn grub_rescue_boots_from_disc_and_disk() {
    let Some([image, _xorriso, _qemu]) = peers::require_all(["grub-rescue", "xorriso", "qemu"]) else {
        return;
    };
    let scene = Scene::of(image.path());
    for way in WAYS {
        let after = scene.changed(way, &["boot/grub/grub.cfg=grub.cfg"]);
        assert_eq!(report(&scene.image()), report(&after), "{way:?}");
        assert_tree(
            &scene.image(),
            &after,
            &["/boot/grub/grub.cfg", "/boot.catalog", "/boot/grub/i386-pc/eltorito.img"],
        );
        BUSES.iter().for_each(|&bus| says(&after, Firmware::Bios, bus, MARK));
    }
}

/// The image and a session behind it, as one session.
#[test]
fn a_copy_of_two_sessions_boots_from_disc_and_disk() {
    let Some([image, _xorriso, _qemu]) = peers::require_all(["grub-rescue", "xorriso", "qemu"]) else {
        return;
    };
    let scene = Scene::of(image.path());
    let folder = scene.0.path();
    let grown = scene.changed(Way::Append, &["boot/grub/grub.cfg=grub.cfg"]);
    fsimage(folder, &["copy", "appended.iso", "-o", "copied.iso", "--quiet"]);
    let copied = folder.join("copied.iso");
    assert!(!fsimage(folder, &["info", "copied.iso"]).contains("session 2"));
    assert_eq!(report(&grown), report(&copied));
    assert_tree(
        &scene.image(),
        &copied,
        &["/boot/grub/grub.cfg", "/boot.catalog", "/boot/grub/i386-pc/eltorito.img"],
    );
    BUSES.iter().for_each(|&bus| says(&copied, Firmware::Bios, bus, MARK));
}

#[test]
fn ipxe_boots_from_disc_and_disk_with_both_firmwares() {
    let Some([image, _xorriso, _qemu]) = peers::require_all(["ipxe", "xorriso", "qemu"]) else { return };
    let scene = Scene::of(image.path());
    for way in WAYS {
        let after = scene.changed(way, &[]);
        assert_eq!(report(&scene.image()), report(&after), "{way:?}");
        assert_tree(&scene.image(), &after, &["/boot.cat", "/isolinux.bin"]);
        for firmware in FIRMWARES {
            BUSES.iter().for_each(|&bus| says(&after, firmware, bus, "Open Source Network Boot Firmware"));
        }
    }
}

/// The EFI system partition of this one lies behind the file system.
#[test]
fn memtest_boots_from_disc_and_disk_with_both_firmwares() {
    let Some([image, _xorriso, _qemu]) = peers::require_all(["memtest86+", "xorriso", "qemu"]) else {
        return;
    };
    let scene = Scene::of(image.path());
    for way in WAYS {
        let after = scene.changed(way, &[]);
        let told = report(&scene.image());
        let is_size = |line: &String| !line.starts_with("El Torito img blks");
        assert_eq!(
            told.iter().filter(|line| is_size(line)).collect::<Vec<_>>(),
            report(&after).iter().filter(|line| is_size(line)).collect::<Vec<_>>(),
            "{way:?}"
        );
        assert_tree(&scene.image(), &after, &["/boot.catalog"]);
        for firmware in FIRMWARES {
            BUSES.iter().for_each(|&bus| shows(&after, firmware, bus, "Memtest86+ v"));
        }
    }
}

/// The kernel shows what it showed of the image before, and what was added.
#[test]
fn the_kernel_reads_them_as_before() {
    let Some(tool) = peers::kernel::require() else { return };
    let Some(images) = peers::require_all(["grub-rescue", "ipxe", "memtest86+"]) else { return };
    let scenes = images.map(|image| Scene::of(image.path()));
    let images: Vec<[PathBuf; 3]> = scenes
        .iter()
        .map(|scene| [scene.image(), scene.changed(Way::Remaster, &[]), scene.changed(Way::Append, &[])])
        .collect();
    let mounts = ["iso9660", "iso9660:norock"];
    let all: Vec<_> = images.iter().flatten().map(|image| (image.as_path(), &mounts[..])).collect();
    let found = peers::kernel::mount_each(&tool, &all, &[]).unwrap();
    for (images, found) in images.iter().zip(found.chunks_exact(3)) {
        let [before, remastered, appended] = found else { unreachable!("three of each") };
        for (image, after) in images[1..].iter().zip([remastered, appended]) {
            let name = image.display();
            let listings = |number: usize| {
                [before, after].map(|mounts| {
                    let mount = &mounts[number];
                    assert!(mount.ok, "{name} {}: {:?}", mount.options, mount.issues);
                    let mut listing = mount.listing.clone();
                    listing.retain(|path, _| !path.starts_with("/added"));
                    for (path, entry) in &mut listing {
                        // What says where something lies says that anew.
                        let name = path.rsplit('/').next().unwrap();
                        if ["boot.cat", "boot.catalog", "isolinux.bin", "eltorito.img"].contains(&name) {
                            entry.sha256 = None;
                        }
                    }
                    listing
                })
            };
            assert!(after.iter().all(|mount| mount.listing.contains_key("/added/mark.txt")), "{name}");
            let [before, after] = listings(0);
            assert_eq!(peers::differences(&before, &after, peers::Columns::POSIX), [""; 0], "{name}");
            // Names of plain ISO 9660 are made anew.
            let [before, after] = listings(1).map(|listing| {
                let mut items: Vec<_> =
                    listing.into_values().map(|item| (item.size, item.sha256, item.mode)).collect();
                items.sort();
                items
            });
            assert_eq!(before, after, "{name}");
        }
    }
}

/// An image of grub-mkrescue, and whether it has a file system of HFS+ beside the others, which loaders for UEFI make it want.
fn rescue() -> Option<(Scene, bool)> {
    let [mkrescue, _xorriso, _qemu] = peers::require_all(["grub-mkrescue", "xorriso", "qemu"])?;
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("tree/boot/grub")).unwrap();
    fs::write(folder.path().join("tree/boot/grub/grub.cfg"), "echo nothing\n").unwrap();
    run(&mkrescue, folder.path(), &["-o", "rescue.iso", "tree"]);
    let scene = Scene::of(&folder.path().join("rescue.iso"));
    let has_hfs = report(&scene.image()).iter().any(|line| line.contains("HFS"));
    Some((scene, has_hfs))
}

/// `sgdisk` finds nothing wrong with the GPT.
fn assert_gpt(image: &Path) {
    let Some(sgdisk) = peers::require("sgdisk") else { return };
    let told = run(&sgdisk, Path::new("/"), &["-v", image.to_str().unwrap()]);
    assert!(told.contains("No problems found"), "{told}");
}

/// Its file system of HFS+ cannot follow where none is asked for.
#[test]
fn an_image_of_grub_mkrescue_boots_without_its_hfs() {
    let Some((scene, has_hfs)) = rescue() else { return };
    let changes = ["boot/grub/grub.cfg=grub.cfg", "--imported-boot", "lossy"];
    for way in WAYS {
        let after = scene.changed(way, &changes);
        let kept = |image: &Path| {
            let mut lines = report(image);
            lines.retain(|line| line.starts_with("El Torito") && !line.contains("cat path"));
            lines
        };
        assert_eq!(kept(&scene.image()), kept(&after), "{way:?}");
        if has_hfs && way == Way::Remaster {
            assert!(!report(&after).iter().any(|line| line.contains("HFS")));
        }
        assert_gpt(&after);
        BUSES.iter().for_each(|&bus| says(&after, Firmware::Bios, bus, MARK));
        BUSES.iter().for_each(|&bus| says(&after, Firmware::Uefi, bus, MARK));
    }
}

/// With HFS+ it has all of its partitions again, none in another, and boots; so does the image that is made of that.
#[test]
fn an_image_of_grub_mkrescue_keeps_all_with_hfs() {
    let Some(seven_zip) = peers::require("7z") else { return };
    let Some((scene, true)) = rescue() else { return };
    let with_hfs = ["boot/grub/grub.cfg=grub.cfg", "--fs", "iso9660,rock-ridge,hfsplus"];
    let after = scene.changed(Way::Remaster, &with_hfs);
    assert_eq!(report(&scene.image()), report(&after));
    assert_gpt(&after);
    FIRMWARES.iter().for_each(|&firmware| BUSES.iter().for_each(|&bus| says(&after, firmware, bus, MARK)));

    let again = scene.0.path().join("again.iso");
    let [from, to] = [&after, &again].map(|image| image.to_str().unwrap());
    let call = ["remaster", from, "-o", to, "--fs", "iso9660,rock-ridge,hfsplus"];
    let out = Command::new(env!("CARGO_BIN_EXE_fsimage")).args(call).output().unwrap();
    let told = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.success() && told.contains("types and creators"), "{told}");
    assert_eq!(fs::metadata(&after).unwrap().len(), fs::metadata(&again).unwrap().len());
    let shown = [scene.image(), after, again].map(|image| {
        let bytes = fs::read(&image).unwrap();
        let mut entries = (1..8).map(|number| &bytes[number * 2048..][..512]);
        let entry = entries.rfind(|entry| entry[48..].starts_with(b"Apple_HFS")).unwrap();
        let number = |at: usize| u32::from_be_bytes(entry[at..at + 4].try_into().unwrap()) as usize;
        let volume = scene.0.path().join("volume.hfs");
        fs::write(&volume, &bytes[number(8) * 2048..][..number(12) * 2048]).unwrap();
        run(&seven_zip, scene.0.path(), &["t", "volume.hfs"]);
        let told = run(&seven_zip, scene.0.path(), &["l", "-slt", "-ba", "volume.hfs"]);
        let paths = told.lines().filter_map(|line| line.strip_prefix("Path = "));
        let more = ["ISOIMAGE/added", "ISOIMAGE/added/mark.txt", "ISOIMAGE/boot.catalog"];
        let paths = paths.filter(|path| !more.contains(path)).map(str::to_owned);
        paths.collect::<std::collections::BTreeSet<String>>()
    });
    assert!(shown[0].len() > 200);
    assert_eq!((&shown[0], &shown[0]), (&shown[1], &shown[2]));
}

/// Sources of an image with ISOLINUX, which says what it is to load.
fn isolinux(folder: &Path) -> Option<()> {
    let [isolinux, ldlinux] = peers::require_all(["isolinux", "ldlinux"])?;
    fs::create_dir(folder.join("tree")).unwrap();
    fs::copy(isolinux.path(), folder.join("tree/isolinux.bin")).unwrap();
    fs::copy(isolinux.path().with_file_name("isohdpfx.bin"), folder.join("mbr.bin")).unwrap();
    fs::copy(ldlinux.path(), folder.join("tree/ldlinux.c32")).unwrap();
    fs::write(folder.join("tree/efi.img"), vec![0x5A; 1_474_560]).unwrap();
    let config = format!("serial 0 115200\nprompt 0\ndefault x\nlabel x\nkernel {MARK}\n");
    fs::write(folder.join("tree/isolinux.cfg"), config).unwrap();
    Some(())
}

/// Isohybrid images of xorriso, with all tables at once, and with an appended partition.
#[test]
fn isohybrid_images_of_xorriso_boot_and_keep_their_tables() {
    let Some([xorriso, _qemu]) = peers::require_all(["xorriso", "qemu"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some(()) = isolinux(folder.path()) else { return };
    let common = "-as mkisofs -quiet -o image.iso -r -J -b isolinux.bin -c boot.cat -no-emul-boot \
                  -boot-load-size 4 -boot-info-table -isohybrid-mbr mbr.bin -eltorito-alt-boot";
    for more in [
        "-e efi.img -no-emul-boot -isohybrid-gpt-basdat -isohybrid-apm-hfsplus",
        "-append_partition 2 0xef tree/efi.img -e --interval:appended_partition_2:all:: -no-emul-boot",
        "-partition_offset 16 -append_partition 2 0xef tree/efi.img -appended_part_as_gpt -e --interval:appended_partition_2:all:: \
         -no-emul-boot",
    ] {
        let arguments: Vec<&str> =
            common.split_whitespace().chain(more.split_whitespace()).chain(["tree"]).collect();
        run(&xorriso, folder.path(), &arguments);
        let scene = Scene::of(&folder.path().join("image.iso"));
        // What is appended lies behind the partition with EFI, which the one with the image cannot reach over.
        let out_of_reach = |way| way == Way::Append && more.contains("-append_partition");
        for way in WAYS {
            let changes: &[_] = if out_of_reach(way) { &["--imported-boot", "lossy"] } else { &[] };
            let after = scene.changed(way, changes);
            assert_eq!(report(&scene.image()), report(&after), "{way:?} {more}");
            assert_tree(&scene.image(), &after, &["/boot.cat", "/isolinux.bin"]);
            BUSES.iter().for_each(|&bus| says(&after, Firmware::Bios, bus, MARK));
            if more.contains("-partition_offset") && !out_of_reach(way) {
                // Who reads from there on finds what was added as well.
                let from = ["ls", "--offset", "32768", after.to_str().unwrap(), "/added"];
                assert!(fsimage(folder.path(), &from).contains("mark.txt"));
            }
        }
    }
}

/// Checksums that others recorded are told of, for they hold no longer; and ours leave room for them.
#[test]
fn checksums_over_the_image_are_told() {
    let Some([implant, check, xorriso]) = peers::require_all(["implantisomd5", "checkisomd5", "xorriso"])
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("tree")).unwrap();
    let data: Vec<u8> = (0..3_000_000u32).map(|at| (at.wrapping_mul(at) >> 9) as u8).collect();
    fs::write(folder.path().join("tree/data"), data).unwrap();
    let checked = |image: &Path| {
        let output = std::process::Command::new(check.path()).arg(image).output().unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
    };
    fsimage(folder.path(), &["-as", "mkisofs", "-quiet", "-r", "-J", "-o", "implanted.iso", "tree"]);
    run(&implant, folder.path(), &["implanted.iso"]);
    assert!(checked(&folder.path().join("implanted.iso")).contains("PASS"));
    run(&xorriso, folder.path(), &["-as", "mkisofs", "-quiet", "-r", "--md5", "-o", "summed.iso", "tree"]);
    for (image, told, off) in [
        ("implanted.iso", "implantisomd5", &["--strict"][..0]),
        ("summed.iso", "MD5 sums of xorriso", &["--digests", "none"]),
    ] {
        let new = fsimage(folder.path(), &[&["remaster", image, "-o", "new.iso", "tree"][..], off].concat());
        assert!(new.contains(told), "{new}");
        let appended = fsimage(folder.path(), &[&["append", image, "more=tree"][..], off].concat());
        assert!(appended.contains(told), "{appended}");
        let again = fsimage(folder.path(), &["remaster", "new.iso", "-o", "again.iso"]);
        assert!(!again.contains(told), "{again}");
    }
    for image in ["new.iso", "implanted.iso"] {
        let told = checked(&folder.path().join(image));
        assert!(told.contains("No checksum information"), "{image}: {told}");
    }
}

/// What stays of a file that is moved, removed or replaced is what the command line says.
#[test]
fn files_are_moved_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    for name in ["a", "b", "docs/one", "docs/two", "old/keep/it", "old/drop"] {
        write(&format!("tree/{name}"), name);
    }
    write("new", "new");
    fsimage(folder.path(), &["build", "tree", "-o", "image.iso", "--volume", "Name", "--quiet"]);
    let changes = [
        "--move",
        "a=b",
        "--move",
        "b=a",
        "--move",
        "old/keep=/kept/",
        "--remove",
        "old",
        "docs/two=new",
        "--remove",
        "/docs/two",
    ];
    let expected = "/ /a /b /docs /docs/one /docs/two /kept /kept/keep /kept/keep/it";
    let paths = |image: &str| {
        let manifest = fsimage(folder.path(), &["manifest", image]);
        let lines = manifest.lines().filter(|line| line.starts_with('/'));
        lines.filter_map(|line| line.split('\t').next()).collect::<Vec<_>>().join(" ")
    };
    let content = |image: &str, path: &str| fsimage(folder.path(), &["cat", image, path]);
    fsimage(folder.path(), &[&["remaster", "image.iso", "-o", "new.iso", "--quiet"][..], &changes].concat());
    fsimage(folder.path(), &[&["append", "image.iso", "--quiet"][..], &changes].concat());
    for image in ["new.iso", "image.iso"] {
        assert_eq!(paths(image), expected, "{image}");
        assert_eq!(
            [content(image, "/a"), content(image, "/b"), content(image, "/docs/two")],
            ["b", "a", "new"]
        );
    }
    assert!(fsimage(folder.path(), &["info", "new.iso"]).contains("NAME"));
    // The first session is there still, and can be gone back to.
    fsimage(folder.path(), &["remaster", "image.iso", "--session", "1", "-o", "old.iso", "--quiet"]);
    assert_eq!(content("old.iso", "/old/drop"), "old/drop");
    let refused = std::process::Command::new(env!("CARGO_BIN_EXE_fsimage"))
        .args(["remaster", "image.iso", "-o", "image.iso"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
}
