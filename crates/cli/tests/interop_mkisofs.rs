//! Option sets of build scripts, through the program they call and through `fsimage mkisofs`: the same tree, the
//! same boot report.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use peers::{Columns, Peer};

#[derive(Clone, Copy, PartialEq)]
enum Calls {
    Genisoimage,
    Xorriso,
}
use Calls::{Genisoimage, Xorriso};

const BIOS: &str = "-b boot/bios.img -c boot/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table";

/// Whose set it is, what that calls, and with what; `BIOS` stands for the usual options of ISOLINUX.
const SETS: &[(&str, Calls, &str)] = &[
    ("cloud-localds", Genisoimage, "-volid cidata -joliet -rock"),
    ("cloud-init documents", Genisoimage, "-V cidata -r -J"),
    ("packer, genisoimage", Genisoimage, "-rock -joliet -joliet-long -volid packer"),
    ("packer, xorriso", Xorriso, "-rock -joliet -joliet-long -volid packer"),
    ("packer, mkisofs", Genisoimage, "-joliet -joliet-long -rational-rock -V PACKER"),
    ("virt-install", Xorriso, "-J -input-charset utf8 -rational-rock -V cidata"),
    (
        "openstack config drive",
        Genisoimage,
        "-ldots -allow-lowercase -allow-multidot -l -publisher Nova -quiet -J -r -V config-2",
    ),
    ("proxmox", Genisoimage, "-quiet -iso-level 2 -R -V cidata"),
    ("proxmox configdrive", Genisoimage, "-quiet -J -joliet-long -R -V config-2"),
    ("libvirt provider", Genisoimage, "-volid cidata -joliet -rock -input-charset utf-8"),
    ("kubevirt", Xorriso, "-volid cfgdata -joliet -rock -partition_cyl_align off"),
    ("incus agent", Genisoimage, "-R -V incus-agent -input-charset utf-8 -quiet"),
    ("ansible iso_create", Genisoimage, "-iso-level 3 -r -J -V ANSIBLE"),
    ("vagrant", Genisoimage, "-l -J -R -r -V VAGRANT"),
    ("coreos config drive", Genisoimage, "-R -V config-2"),
    ("floppy replacement", Genisoimage, "-J -V DATA -r -pad"),
    ("backup scripts", Genisoimage, "-JrV backup"),
    ("backup scripts, bundled", Genisoimage, "-JRlD -V backup -no-pad"),
    ("isolinux documents", Genisoimage, "BIOS -R -J"),
    ("isolinux documents, xorriso", Xorriso, "BIOS"),
    (
        "live-build, iso",
        Xorriso,
        "-r -J -joliet-long -l -cache-inodes -allow-multidot -A Debian -publisher Live -p live-build -V Debian BIOS",
    ),
    (
        "live-build, iso-hybrid",
        Xorriso,
        "-r -J -joliet-long -l -V Debian -isohybrid-mbr MBR -partition_offset 0 BIOS",
    ),
    (
        "live-build, efi",
        Xorriso,
        "-r -J -l -V Debian -isohybrid-mbr MBR BIOS -eltorito-alt-boot -e boot/efi.img -no-emul-boot -isohybrid-gpt-basdat",
    ),
    ("debian-cd", Xorriso, "-r -checksum_none -V Debian BIOS"),
    (
        "debian-cd, hybrid",
        Xorriso,
        "-r -V Debian -J -joliet-long -cache-inodes -isohybrid-mbr MBR BIOS -eltorito-alt-boot -e boot/efi.img -no-emul-boot -isohybrid-gpt-basdat -isohybrid-apm-hfsplus",
    ),
    ("lorax, isolinux", Xorriso, "BIOS -eltorito-alt-boot -e boot/efi.img -no-emul-boot -R -J -V Fedora"),
    (
        "lorax, grub",
        Xorriso,
        "-R -J -V Fedora --grub2-mbr GRUB -appended_part_as_gpt -append_partition 2 C12A7328-F81F-11D2-BA4B-00A0C93EC93B EFI --boot-catalog-hide -b boot/bios.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot",
    ),
    (
        "lorax, mkksiso",
        Xorriso,
        "-R -J -V Fedora -volset Fedora BIOS -eltorito-alt-boot -e boot/efi.img -no-emul-boot",
    ),
    ("kiwi, bios", Xorriso, "-V KIWI -A 0x1234 -publisher SUSE -preparer KIWI -J -r BIOS"),
    (
        "kiwi, efi alone",
        Xorriso,
        "-V KIWI -r -J -eltorito-alt-boot -e boot/efi.img -no-emul-boot -isohybrid-gpt-basdat",
    ),
    (
        "livecd-rootfs",
        Xorriso,
        "-r -V Ubuntu -J -joliet-long -l BIOS --grub2-boot-info --grub2-mbr GRUB -append_partition 2 0xef EFI -appended_part_as_gpt --mbr-force-bootable -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot",
    ),
    ("ubuntu, older", Genisoimage, "-r -V Ubuntu -cache-inodes -J -l BIOS"),
    ("livecd-creator", Genisoimage, "-J -r -hide-rr-moved -hide-joliet-trans-tbl -V Live BIOS"),
    (
        "archiso",
        Xorriso,
        "-iso-level 3 -full-iso9660-filenames -joliet -joliet-long -rational-rock -volid ARCH -appid Arch -publisher Arch -preparer mkarchiso BIOS -isohybrid-mbr MBR",
    ),
    (
        "archiso, uefi",
        Xorriso,
        "-iso-level 3 -full-iso9660-filenames -joliet -rational-rock -volid ARCH -append_partition 2 C12A7328-F81F-11D2-BA4B-00A0C93EC93B EFI -appended_part_as_gpt -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot",
    ),
    (
        "alpine mkimage",
        Xorriso,
        "-sysid LINUX -volid alpine -r -eltorito-boot boot/bios.img -eltorito-catalog boot/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -eltorito-alt-boot -e boot/efi.img -no-emul-boot -isohybrid-gpt-basdat -isohybrid-mbr MBR",
    ),
    (
        "grub-mkrescue, bios",
        Xorriso,
        "-graft-points --modification-date=2026010203040500 -b boot/bios.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info --grub2-mbr GRUB --protective-msdos-label -r --sort-weight 0 / --sort-weight 1 /boot",
    ),
    (
        "grub-mkrescue, efi",
        Xorriso,
        "-graft-points --efi-boot boot/efi.img -efi-boot-part --efi-boot-image --protective-msdos-label -r",
    ),
    ("memtest, floppy", Genisoimage, "-b boot/floppy.img -c boot/boot.cat -R"),
    (
        "freedos",
        Genisoimage,
        "-q -l -N -boot-info-table -iso-level 4 -no-emul-boot -b boot/bios.img -boot-load-size 4 -r",
    ),
    (
        "ipxe genfsimg",
        Genisoimage,
        "-quiet -l -c boot/boot.cat -b boot/bios.img -no-emul-boot -boot-load-size 4 -boot-info-table -R",
    ),
    (
        "nixos make-iso9660",
        Xorriso,
        "-iso-level 3 -volid NIXOS -appid nixos -publisher nixos -graft-points -full-iso9660-filenames -joliet BIOS -isohybrid-mbr MBR -eltorito-alt-boot -e boot/efi.img -no-emul-boot -isohybrid-gpt-basdat -r --sort-weight 1 /boot",
    ),
    ("raspberry and stick images", Xorriso, "-r -append_partition 2 0xef EFI -V STICK"),
    ("windows unattended", Genisoimage, "-J -joliet-long -relaxed-filenames -V UNATTEND -uid 0 -gid 0"),
    ("rescue scripts", Genisoimage, "-R -hide hidden.txt -hide-joliet hidden.txt -J -m *.tmp -V RESCUE"),
    ("appliance scripts", Genisoimage, "-R -dir-mode 0500 -file-mode 0400 -uid 7 -gid 8 -V MODES"),
];

/// Options in the table that neither program is given: they are not of the version at hand, or of an old one.
const LEFT_OUT: &[&str] = &["-checksum_none", "-hide-joliet-trans-tbl"];

fn run(program: &Path, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .output()
        .unwrap()
}

fn succeed(what: &str, output: &Output) -> String {
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn fsimage(folder: &Path, arguments: &[&str]) -> Output {
    run(Path::new(env!("CARGO_BIN_EXE_fsimage")), folder, arguments)
}

/// A small tree with what the sets name.
fn scene() -> tempfile::TempDir {
    let scene = tempfile::tempdir().unwrap();
    let tree = scene.path().join("tree");
    fs::create_dir_all(tree.join("boot")).unwrap();
    fs::create_dir_all(tree.join("docs/deep")).unwrap();
    for (name, content) in [
        ("user-data", "#cloud-config\n"),
        ("meta-data", "instance-id: one\n"),
        ("hidden.txt", "hidden"),
        ("left.tmp", "left out"),
        ("docs/a rather long name with spaces.html", "long"),
        ("docs/deep/empty", ""),
    ] {
        fs::write(tree.join(name), content).unwrap();
    }
    fs::write(tree.join("run.sh"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(tree.join("run.sh"), fs::Permissions::from_mode(0o750)).unwrap();
    std::os::unix::fs::symlink("docs/deep", tree.join("link")).unwrap();
    let code = |len: usize| (0..len).map(|at| (at % 251) as u8).collect::<Vec<_>>();
    fs::write(tree.join("boot/bios.img"), code(20_480)).unwrap();
    fs::write(tree.join("boot/efi.img"), code(1 << 20)).unwrap();
    fs::write(tree.join("boot/floppy.img"), code(1_474_560)).unwrap();
    fs::write(scene.path().join("efi.img"), code(1 << 20)).unwrap();
    scene
}

/// The report without addresses, the names of unneeded fields, and gaps between partitions.
fn boot_report(xorriso: &Peer, image: &Path) -> BTreeSet<String> {
    let image = image.to_str().unwrap();
    let arguments = ["-indev", image, "-report_el_torito", "plain", "-report_system_area", "plain"];
    let text = succeed("xorriso", &run(xorriso.path(), Path::new("/"), &arguments));
    let has_gpt = text.lines().any(|line| line.starts_with("System area summary") && line.contains(" GPT"));
    let mut report = BTreeSet::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if line.starts_with("El Torito boot img") {
            report.insert(words[..words.len() - 1].join(" "));
        } else if line.starts_with("El Torito img path") || line.starts_with("El Torito img opts") {
            report.insert(words.join(" "));
        } else if line.starts_with("System area summary") {
            let kept = words.iter().filter(|word| !word.starts_with("cyl-align"));
            report.insert(kept.copied().collect::<Vec<_>>().join(" "));
        } else if line.starts_with("MBR partition  ") && !has_gpt {
            // Number, status and type.
            report.insert(words[..6].join(" "));
        } else if line.starts_with("APM partition type") && !line.contains("ISO9660_data") {
            report.insert(words[words.len() - 1].to_owned());
        }
    }
    report
}

/// Types of the GPT's partitions that are no gap.
fn partition_types(xorriso: &Peer, image: &Path) -> BTreeSet<String> {
    let arguments = ["-indev", image.to_str().unwrap(), "-report_system_area", "plain"];
    let text = succeed("xorriso", &run(xorriso.path(), Path::new("/"), &arguments));
    let mut types = BTreeSet::new();
    let mut is_gap = false;
    for line in text.lines() {
        if line.starts_with("GPT partname local") {
            is_gap = line.contains(" Gap");
        } else if line.starts_with("GPT type GUID") && !is_gap {
            types.insert(line.split_whitespace().last().unwrap().to_owned());
        }
    }
    types
}

#[test]
fn option_sets_of_build_scripts() {
    let Some([xorriso, genisoimage, bsdtar, _isolinux, _grub]) =
        peers::require_all(["xorriso", "genisoimage", "bsdtar", "isolinux", "grub-bios"])
    else {
        return;
    };
    assert!(SETS.len() >= 40);
    let scene = scene();
    let folder = scene.path();
    let mut wrong = Vec::new();
    for (script, calls, set) in SETS {
        let set = set
            .replace("BIOS", BIOS)
            .replace("MBR ", "/usr/lib/ISOLINUX/isohdpfx.bin ")
            .replace("GRUB ", "/usr/lib/grub/i386-pc/boot_hybrid.img ")
            .replace("EFI ", "efi.img ");
        let set = match set.strip_suffix("MBR") {
            Some(begin) => format!("{begin}/usr/lib/ISOLINUX/isohdpfx.bin"),
            None => set,
        };
        let options: Vec<&str> = set.split(' ').filter(|word| !LEFT_OUT.contains(word)).collect();
        let theirs = folder.join("theirs.iso");
        let ours = folder.join("ours.iso");
        let with = |prefix: &[&'static str], output: &'static str| {
            [prefix, &options, &["-o", output, "tree"]].concat()
        };
        let peer = match calls {
            Genisoimage => run(genisoimage.path(), folder, &with(&[], "theirs.iso")),
            Xorriso => run(xorriso.path(), folder, &with(&["-as", "mkisofs"], "theirs.iso")),
        };
        succeed(script, &peer);
        let prefix: &[&str] = if *calls == Xorriso { &["-as", "mkisofs"] } else { &["mkisofs"] };
        succeed(script, &fsimage(folder, &with(prefix, "ours.iso")));

        let has = |names: &[&str]| options.iter().any(|option| names.contains(option));
        let joliet = options
            .iter()
            .any(|option| matches!(*option, "-J" | "-joliet" | "-joliet-long") || option.starts_with("-J"));
        let bundled = options.iter().any(|option| option.starts_with("-J") && option.len() > 2);
        let rock = *calls == Xorriso || bundled || has(&["-R", "-r", "-rock", "-rational-rock"]);
        let posix = Columns::CONTENT | Columns::MODE | Columns::OWNER | Columns::TARGET;
        let name_spaces = [(rock, false, posix), (joliet, true, Columns::CONTENT)];
        for (_, is_joliet, columns) in name_spaces.into_iter().filter(|(is_there, ..)| *is_there) {
            let [expected, found] = [&theirs, &ours].map(|image| {
                let mut listing = if is_joliet {
                    peers::bsdtar::list(&bsdtar, image, peers::bsdtar::NameSpace::Joliet).unwrap()
                } else {
                    peers::xorriso::list(&xorriso, image, &[]).unwrap()
                };
                // genisoimage shows links in Joliet, as files, and gives them modes of its own.
                if is_joliet {
                    listing.remove("/link");
                } else if let Some(link) = listing.get_mut("/link") {
                    link.mode = None;
                }
                // They hold addresses, and nobody gave them an owner.
                for path in ["/boot/bios.img", "/boot/boot.cat", "/boot.catalog"] {
                    let Some(entry) = listing.get_mut(path) else { continue };
                    entry.sha256 = None;
                    if path != "/boot/bios.img" {
                        (entry.mode, entry.uid, entry.gid) = (None, None, None);
                    }
                }
                listing
            });
            let differences = peers::differences(&expected, &found, columns);
            if !differences.is_empty() {
                wrong.push(format!("{script}: {set}: Joliet {is_joliet}\n{}", differences.join("\n")));
            }
        }
        let [expected, found] = [&theirs, &ours].map(|image| boot_report(&xorriso, image));
        if expected != found {
            wrong.push(format!("{script}: {set}:\n{expected:#?}\n{found:#?}"));
        }
        let [expected, found] = [&theirs, &ours].map(|image| partition_types(&xorriso, image));
        if !found.is_subset(&expected) || found.is_empty() != expected.is_empty() {
            wrong.push(format!("{script}: {set}:\n{expected:?}\n{found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn grub_mkrescue_takes_it_for_xorriso() {
    let Some([xorriso, grub, _bios, _mtools]) =
        peers::require_all(["xorriso", "grub-mkrescue", "grub-bios", "mtools"])
    else {
        return;
    };
    let scene = scene();
    let folder = scene.path();
    let program = format!("--xorriso={}", env!("CARGO_BIN_EXE_fsimage"));
    let arguments = ["-d", "/usr/lib/grub/i386-pc", "-o", "theirs.iso", "tree"];
    succeed("grub-mkrescue", &run(grub.path(), folder, &arguments));
    let arguments = [&program, "-d", "/usr/lib/grub/i386-pc", "-o", "ours.iso", "tree"];
    succeed("grub-mkrescue", &run(grub.path(), folder, &arguments));
    let [theirs, ours] = ["theirs.iso", "ours.iso"].map(|name| folder.join(name));
    assert_eq!(boot_report(&xorriso, &theirs), boot_report(&xorriso, &ours));
    let [theirs, ours] = [&theirs, &ours].map(|image| peers::xorriso::names(&xorriso, image, &[]).unwrap());
    let columns = Columns::KIND | Columns::SIZE | Columns::MODE | Columns::OWNER;
    assert_eq!(peers::differences(&theirs, &ours, columns), [""; 0]);
    // With loaders for UEFI it asks for HFS+ as well, which is told.
    if peers::require("grub-uefi").is_some() {
        let output = run(grub.path(), folder, &[&program, "-o", "uefi.iso", "tree"]);
        succeed("grub-mkrescue", &output);
        assert!(String::from_utf8_lossy(&output.stderr).contains("-hfsplus"));
        let report = boot_report(&xorriso, &folder.join("uefi.iso"));
        assert!(report.iter().any(|line| line.contains("2 UEFI y none")), "{report:?}");
    }
}

#[test]
fn what_is_not_supported_is_named() {
    let scene = scene();
    for (arguments, named) in [
        (&["-frobnicate"][..], "-frobnicate"),
        (&["--frobnicate=3"], "--frobnicate"),
        (&["-T"], "-T"),
        (&["-xattr"], "-xattr"),
        (&["-R", "-partition_offset", "16"], "-partition_offset"),
        (&["-b", "none.img"], "none.img"),
        (&["-V", "a name that is longer than 32 bytes"], "-V"),
        (&["-input-charset", "cp437"], "-input-charset"),
        (&["-no-emul-boot"], "-b"),
        (&["-G", "efi.img"], "-G"),
    ] {
        let line = [&["mkisofs"], arguments, &["-o", "out.iso", "tree"]].concat();
        let output = fsimage(scene.path(), &line);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(named), "{arguments:?}: {errors}");
        assert!(!scene.path().join("out.iso").exists());
    }
}

#[test]
fn grafts_lists_and_sizes() {
    let scene = scene();
    let folder = scene.path();
    fs::write(folder.join("list"), "a\\=b/=tree/user-data\nnew/dir=tree/docs\n").unwrap();
    let line =
        ["mkisofs", "-R", "-graft-points", "-path-list", "list", "-m", "tree/docs/deep", "-o", "out.iso"];
    succeed("grafts", &fsimage(folder, &line));
    let listing = succeed("ls", &fsimage(folder, &["manifest", "out.iso"]));
    assert!(listing.contains("/a=b/user-data") && listing.contains("/new/dir/a rather long"), "{listing}");
    assert!(!listing.contains("/new/dir/deep"), "{listing}");
    let size = succeed("size", &fsimage(folder, &["mkisofs", "-R", "-print-size", "tree"]));
    let image = fsimage(folder, &["mkisofs", "-R", "tree"]);
    assert_eq!(image.stdout.len() as u64, size.trim().parse::<u64>().unwrap() * 2048);
}
