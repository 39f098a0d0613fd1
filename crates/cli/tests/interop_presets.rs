//! Images of `--preset`, as those read them whom they are for.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, File};
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

fn fsimage(folder: &Path, line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
    command.args(line.split(' ')).current_dir(folder).output().unwrap()
}

fn succeed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn seed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("user-data", "#cloud-config\nhostname: seeded\n"),
        ("meta-data", "instance-id: iid-one\nlocal-hostname: one\n"),
        ("network-config", "version: 2\n"),
        ("UserData.yml", ""),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// What the data source does when it is run at boot: it looks for devices by type and name, mounts the first, and
/// reads. Devices are the image, and mounting is extraction.
const DATA_SOURCE: &str = r#"
import subprocess, sys, tempfile
sys.path.insert(0, "/usr/lib/python3/dist-packages")
from cloudinit import dmi, helpers, settings, util
from cloudinit.sources import DataSourceNoCloud as nocloud
image = sys.argv[1]

def find(criteria=None, **kwargs):
    tag, wanted = criteria.split("=")
    probe = subprocess.run(["blkid", "-p", "-s", tag, "-o", "value", image], capture_output=True, text=True)
    return [image] if probe.stdout.strip() == wanted else []

def mount(device, callback, data=None, **kwargs):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["bsdtar", "-x", "-f", device, "-C", folder], check=True)
        return callback(folder, data)

util.find_devs_with, util.mount_cb = find, mount
util.get_cmdline = lambda: ""
dmi.read_dmi_data = lambda key: None
with tempfile.TemporaryDirectory() as state:
    paths = helpers.Paths({"cloud_dir": state, "run_dir": state})
    source = nocloud.DataSourceNoCloud(settings.CFG_BUILTIN, None, paths)
    assert source._get_data(), "no seed was found"
    print(source.metadata["instance-id"], source.userdata_raw, source._network_config)
"#;

#[test]
fn cloud_init_reads_the_seed() {
    let Some([python, _cloud_init, _bsdtar, _blkid]) =
        peers::require_all(["python3", "cloud-init", "bsdtar", "blkid"])
    else {
        return;
    };
    let folder = seed();
    succeed(&fsimage(folder.path(), "build --preset cidata -o seed.iso user-data meta-data network-config"));
    fs::write(folder.path().join("read.py"), DATA_SOURCE).unwrap();
    let read = |image: &str| {
        let output = Command::new(python.path()).args(["read.py", image]).current_dir(folder.path()).output();
        let output = output.unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned(), output.stderr)
    };
    let (is_read, found, errors) = read("seed.iso");
    assert!(is_read, "{}", String::from_utf8_lossy(&errors));
    for part in ["iid-one", "hostname: seeded", "version"] {
        assert!(found.contains(part), "{found}");
    }
    succeed(&fsimage(folder.path(), "build --volume other -o other.iso user-data meta-data"));
    assert!(!read("other.iso").0, "what has another name is no seed");
}

#[test]
fn the_kernel_shows_the_seed() {
    let Some(kernel) = peers::kernel::require() else { return };
    let folder = seed();
    succeed(&fsimage(folder.path(), "build --preset cidata -o seed.iso user-data meta-data"));
    let found =
        peers::kernel::mount(&kernel, &folder.path().join("seed.iso"), &["iso9660", "iso9660:norock"], &[]);
    for mount in found.unwrap() {
        assert!(mount.ok, "{:?}", mount.issues);
        for name in ["/user-data", "/meta-data"] {
            assert!(mount.listing.contains_key(name), "{:?}", mount.listing.keys());
        }
    }
}

#[test]
fn what_cloud_init_would_not_find_is_refused() {
    let folder = seed();
    for (line, told) in [
        ("user-data", "no file meta-data"),
        ("meta-data UserData.yml", "no file user-data"),
        ("user-data meta.data=meta-data", "no file meta-data"),
        ("meta-data user_data=user-data", "user_data is none: name it user-data=user_data"),
        ("user-data meta-data network-config.yaml=network-config", "does not read network-config.yaml"),
        ("user-data meta-data --volume other", "the volume name cidata"),
        ("user-data meta-data --fs iso9660,joliet", "add rock-ridge"),
        ("user-data meta-data --fs rock-ridge,udf", "leave out udf"),
        ("meta-data user-data=.", "/user-data is no file"),
    ] {
        let output = fsimage(folder.path(), &format!("build --preset cidata -o seed.iso {line}"));
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{line}: {errors}");
        assert!(errors.contains(told) && errors.contains("--preset cidata"), "{line}: {errors}");
        assert!(!folder.path().join("seed.iso").exists());
    }
}

const WIM: u64 = (4 << 30) + 4099;
const MARK: &[u8] = b"the end of the image of Windows";

/// The boot sector of a diskette's FAT file system.
fn fat() -> [u8; 512] {
    let mut sector = [0; 512];
    sector[..3].copy_from_slice(&[0xEB, 0x3C, 0x90]);
    sector[11..24].copy_from_slice(&[0, 2, 1, 1, 0, 2, 224, 0, 0x40, 0x0B, 0xF0, 9, 0]);
    sector[510..].copy_from_slice(&[0x55, 0xAA]);
    sector
}

/// Stand-ins for what Windows media hold; the image of Windows is of over 4 GiB, and sparse.
fn windows() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("media");
    for (name, len) in [
        ("BOOT/ETFSBOOT.COM", 4096),
        ("efi/microsoft/boot/efisys.bin", 1_474_560),
        ("efi/boot/bootx64.efi", 2000),
        ("sources/boot.wim", 100_000),
        ("setup.exe", 300),
    ] {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, (0..len).map(|at| (at % 251) as u8).collect::<Vec<_>>()).unwrap();
    }
    let system = File::options().write(true).open(root.join("efi/microsoft/boot/efisys.bin")).unwrap();
    system.write_all_at(&fat(), 0).unwrap();
    let wim = File::create(root.join("sources/install.wim")).unwrap();
    wim.set_len(WIM).unwrap();
    wim.write_all_at(MARK, WIM - MARK.len() as u64).unwrap();
    folder
}

/// What boots, as xorriso tells it.
fn boot_report(xorriso: &Path, image: &Path) -> String {
    let report = ["-indev", image.to_str().unwrap(), "-report_el_torito", "plain"];
    succeed(&Command::new(xorriso).args(report).output().unwrap())
}

/// The boot images of [`boot_report`]: number, platform, whether it boots, emulation, load segment, hard disk emulation.
fn boot_images(report: &str) -> Vec<Vec<&str>> {
    let lines = report.lines().filter(|line| line.starts_with("El Torito boot img"));
    lines.map(|line| line.split_whitespace().skip(5).take(6).collect()).collect()
}

#[test]
fn windows_media_boot_and_hold_files_of_over_4_gib() {
    let Some([xorriso, seven_zip]) = peers::require_all(["xorriso", "7z"]) else { return };
    let folder = windows();
    let image = folder.path().join("windows.iso");
    succeed(&fsimage(folder.path(), "build --preset windows --volume WIN11 -o windows.iso media"));
    assert!(fs::metadata(&image).unwrap().blocks() * 512 < 64 << 20, "holes became data");

    let report = boot_report(xorriso.path(), &image);
    let images = boot_images(&report);
    let expected = [
        ["1", "BIOS", "y", "none", "0x0000", "0x00"].as_slice(),
        ["2", "UEFI", "y", "none", "0x0000", "0x00"].as_slice(),
    ];
    assert_eq!(images, expected, "{report}");
    assert!(report.contains("0x00      8 "), "BIOS loads 8 blocks: {report}");
    assert!(
        report.contains("/BOOT/ETFSBOOT.COM") && report.contains("/efi/microsoft/boot/efisys.bin"),
        "{report}"
    );

    let listing = Command::new(seven_zip.path()).args(["l", "-slt", "-tudf"]).arg(&image).output().unwrap();
    let listing = succeed(&listing);
    for line in
        ["Type = Udf", &format!("Size = {WIM}"), "Path = sources/install.wim", "Path = BOOT/ETFSBOOT.COM"]
    {
        assert!(listing.lines().any(|found| found.trim() == line), "{line}: {listing}");
    }
    let info = succeed(&fsimage(folder.path(), "info windows.iso"));
    assert!(info.contains("1.02") && info.contains("WIN11"), "{info}");

    let Some(kernel) = peers::kernel::require() else { return };
    let script = folder.path().join("read");
    let skip = WIM - MARK.len() as u64;
    let read = format!(
        "#!/bin/sh\nmkdir -p /disc\nmount -t udf -o ro /dev/sr0 /disc || exit 3\nstat -c %s /disc/sources/install.wim\ndd if=/disc/sources/install.wim bs=1 skip={skip} 2>/dev/null\n"
    );
    fs::write(&script, read).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let arguments = [image.as_os_str(), "--exec".as_ref(), script.as_os_str()];
    let output = peers::run_for(Duration::from_secs(300), &kernel, &arguments).unwrap();
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{found} {}", output.stderr);
    let expected = format!("{WIM}\n{}", String::from_utf8_lossy(MARK));
    assert!(found.trim_end().ends_with(&expected), "{found}");
}

#[test]
fn a_plan_says_what_a_preset_chose() {
    let folder = windows();
    let plan = succeed(&fsimage(folder.path(), "plan --preset windows media"));
    for line in [
        "file systems: ISO 9660, Joliet, UDF (by --preset windows",
        "UDF revision: 1.02 (by --preset windows",
        "boot image: /BOOT/ETFSBOOT.COM (by --preset windows: for BIOS",
        "boot image: /efi/microsoft/boot/efisys.bin (by --preset windows: for UEFI",
    ] {
        assert!(plan.lines().any(|found| found.starts_with(line)), "{line}:\n{plan}");
    }
    let output = fsimage(folder.path(), "build --preset windows -o x.iso media/setup.exe");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("boot/etfsboot.com"));
    let help = succeed(&fsimage(folder.path(), "build --help"));
    assert!(help.contains("cidata") && help.contains("windows"));
}

#[test]
fn another_image_for_one_firmware_leaves_the_other_its_own() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = windows();
    let other = folder.path().join("media/efi/microsoft/boot/efisys_noprompt.bin");
    fs::write(other, fat()).unwrap();
    for boot in [
        "--boot-image efi/microsoft/boot/efisys_noprompt.bin,platform=uefi",
        "--boot-image BOOT/ETFSBOOT.COM,load-size=2",
    ] {
        succeed(&fsimage(folder.path(), &format!("build --preset windows -o x.iso media {boot}")));
        let image = folder.path().join("x.iso");
        let report = boot_report(xorriso.path(), &image);
        let platforms: Vec<&str> = boot_images(&report).iter().map(|fields| fields[1]).collect();
        assert_eq!(platforms, ["BIOS", "UEFI"], "{boot}");
        fs::remove_file(image).unwrap();
    }
}

#[test]
fn what_windows_would_not_find_is_refused() {
    let folder = windows();
    for (line, told) in [
        ("--fs iso9660,joliet", "add udf"),
        ("--udf-revision 2.50", "UDF 1.02 to 2.01"),
        ("--hide udf=sources", "/sources is hidden"),
        ("--hide udf=sources/install.wim", "/sources/install.wim is hidden"),
        ("--hide udf=setup.exe", "/setup.exe is hidden"),
    ] {
        let output = fsimage(folder.path(), &format!("build --preset windows -o x.iso media {line}"));
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{line}: {errors}");
        assert!(errors.contains(told) && errors.contains("--preset windows"), "{line}: {errors}");
    }
}

/// A folder or a link in the place of a boot image would leave the firmware without one.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_passed_over() {
    let folder = windows();
    let file = folder.path().join("media/efi/microsoft/boot/efisys.bin");
    fs::rename(&file, file.with_file_name("real.bin")).unwrap();
    let refused = || {
        let output = fsimage(folder.path(), "build --preset windows -o x.iso media");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains("/efi/microsoft/boot/efisys.bin is no file"), "{errors}");
    };
    std::os::unix::fs::symlink("real.bin", &file).unwrap();
    refused();
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    refused();
}

/// UEFI reads its boot image as a FAT file system, whatever option names the image.
#[test]
fn what_uefi_would_not_boot_is_refused() {
    let folder = windows();
    let file = folder.path().join("media/efi/microsoft/boot/efisys.bin");
    let changed = |at: usize, bytes: &[u8]| {
        let mut sector = fat();
        sector[at..at + bytes.len()].copy_from_slice(bytes);
        sector.to_vec()
    };
    let build = "build --preset windows -o x.iso media";
    for (content, why) in [
        (b"MZ, a loader and no disk".to_vec(), "it has 24 bytes"),
        (vec![0xA7; 1_474_560], "bytes 510 and 511 are A7 A7"),
        (changed(0, b"MZ"), "byte 0 is 4D"),
        (changed(11, &[0, 0]), "its sectors have 0 bytes"),
        (changed(13, &[7]), "its clusters have 7 sectors"),
        (changed(19, &[9, 0]), "its 9 sectors have no room"),
    ] {
        fs::write(&file, &content).unwrap();
        fs::write(folder.path().join("host.bin"), &content).unwrap();
        fs::write(folder.path().join("media/other.bin"), &content).unwrap();
        for (more, named) in [
            ("", "boot image 2, /efi/microsoft/boot/efisys.bin"),
            (" --boot-image other.bin,platform=uefi", "boot image 2, /other.bin"),
            (" --boot-image @host.bin,platform=uefi", "boot image 2"),
            (" --boot uefi=other.bin", "other.bin"),
            (
                " --append-partition 1 efi host.bin --boot-image partition:1,platform=uefi",
                "boot image 2, partition 1",
            ),
        ] {
            for line in [format!("{build}{more}"), format!("plan --preset windows media{more}")] {
                let output = fsimage(folder.path(), &line);
                let errors = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(2), "{line}: {errors}");
                let told = format!("{named}: UEFI boots a FAT file system");
                assert!(errors.contains(&told) && errors.contains(why), "{line}: {errors}");
            }
            assert!(!folder.path().join("x.iso").exists());
        }
    }
}

/// FAT12, FAT16 and FAT32 as another program makes them, in sectors of any size.
#[test]
fn all_kinds_of_fat_boot() {
    let Some([mtools, xorriso]) = peers::require_all(["mtools", "xorriso"]) else { return };
    let folder = windows();
    let image = "media/efi/microsoft/boot/efisys.bin";
    for kind in [
        "-f 1440",
        "-f 2880",
        "-T 20480 -h 16 -s 63",
        "-T 131072 -h 16 -s 63",
        "-T 204800 -h 16 -s 63 -F",
        "-S 4 -T 4096 -h 16 -s 63",
    ] {
        fs::remove_file(folder.path().join(image)).unwrap();
        let line = format!("-c mformat -i {image} -C {kind} ::");
        let made = Command::new(mtools.path()).args(line.split(' ')).current_dir(folder.path()).output();
        succeed(&made.unwrap());
        succeed(&fsimage(folder.path(), "build --preset windows -o x.iso media"));
        let report = boot_report(xorriso.path(), &folder.path().join("x.iso"));
        let platforms: Vec<&str> = boot_images(&report).iter().map(|fields| fields[1]).collect();
        assert_eq!(platforms, ["BIOS", "UEFI"], "{kind}");
        fs::remove_file(folder.path().join("x.iso")).unwrap();
    }
}
