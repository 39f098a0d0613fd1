//! Option sets of build scripts, through the program they call and through `fsimage mkisofs`: the same tree, the
//! same boot report.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use peers::bsdtar::NameSpace;
use peers::{Columns, Listing, Peer};

mod option_sets;
use option_sets::{Calls, SETS};

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

/// What the sets name.
fn scene() -> tempfile::TempDir {
    let scene = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        let path = scene.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    for (name, content) in [
        ("user-data", "#cloud-config\n"),
        ("meta-data", "instance-id: one\n"),
        ("network-config", "version: 2\n"),
        ("hidden.txt", "hidden"),
        ("left.tmp", "left out"),
        ("docs/a rather long name with spaces.html", "long"),
        ("docs/deep/empty", ""),
        ("repoview/index.html", "left out"),
        ("EFI/BOOT/grub.cfg", "menu"),
        ("run.sh", "#!/bin/sh\n"),
    ] {
        write(&format!("tree/{name}"), content.as_bytes());
    }
    let run = scene.path().join("tree/run.sh");
    fs::set_permissions(run, fs::Permissions::from_mode(0o750)).unwrap();
    std::os::unix::fs::symlink("docs/deep", scene.path().join("tree/link")).unwrap();
    let code = |len: usize| (0..len).map(|at| (at % 251) as u8).collect::<Vec<_>>();
    for image in [
        "boot/grub/efi.img",
        "images/efiboot.img",
        "images/macboot.img",
        "efi.img",
        "esp.img",
        "boot/x86_64/efi",
    ] {
        write(&format!("tree/{image}"), &code(1 << 20));
    }
    renew_loaders(scene.path());
    write("tree/images/cdboot.img", &code(30_000));
    write("tree/boot/floppy.img", &code(1_474_560));
    write("boot1/install/readme", b"read me");
    write("boot1/embed", &code(30_000));
    write("empty", b"");
    write("globs", b"tree/boot/grub/* 111111\ntree/boot/* 111110\ntree/none 5\n");
    write("k3blist", b"user-data=tree/user-data\ndocs/=tree/docs/\n");
    write("windows/efi/microsoft/boot/efisys.bin", &code(1_474_560));
    write("windows/sources/boot.wim", &code(100_000));
    write("windows/autorun.inf", b"[AutoRun]");
    write("efi.img", &code(1 << 20));
    write(
        "pathlist",
        b"isolinux=tree/isolinux\nboot/grub=tree/boot/grub\na\\=b/run.sh=tree/run.sh\nnix/link=tree/link\n",
    );
    write("sortfile", b"tree/boot/x86_64/boot.catalog 3\ntree/boot/x86_64/loader/isolinux.bin 2\ntree/boot/x86_64/efi 1000001\n");
    scene
}

/// genisoimage writes boot info tables into its sources.
fn renew_loaders(scene: &Path) {
    let code = |len: usize| (0..len).map(|at| (at % 249) as u8).collect::<Vec<_>>();
    let loaders = LOADERS.iter().map(|loader| (format!("tree/{loader}"), 20_480));
    let more = [("boot1/isolinux/isolinux.bin", 20_480), ("windows/boot/etfsboot.com", 4096)];
    for (name, len) in loaders.chain(more.map(|(name, len)| (name.to_owned(), len))) {
        let path = scene.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, code(len)).unwrap();
    }
}

/// Boot images for BIOS, which are told where they lie.
const LOADERS: &[&str] = &[
    "isolinux/isolinux.bin",
    "boot/syslinux/isolinux.bin",
    "boot/x86_64/loader/isolinux.bin",
    "boot/grub/grub_eltorito",
    "boot/grub/i386-pc/eltorito.img",
    "images/eltorito.img",
    "boot/cdboot",
    "boot/isolinux/isolinux.bin",
    "boot/limine-bios-cd.bin",
    "boot/grub/stage2_eltorito",
];

/// Words as a shell reads them.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in text.split('\'').enumerate() {
        match number % 2 {
            0 => words.extend(part.split(' ').filter(|word| !word.is_empty()).map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

fn xorriso_report(xorriso: &Peer, image: &Path) -> String {
    let image = image.to_str().unwrap();
    let arguments = ["-indev", image, "-report_el_torito", "plain", "-report_system_area", "plain"];
    let report = succeed("xorriso", &run(xorriso.path(), Path::new("/"), &arguments));
    // It says what it has no option for, and goes on.
    let as_options = ["-indev", image, "-report_el_torito", "as_mkisofs"];
    let as_options = run(xorriso.path(), Path::new("/"), &as_options);
    report + &String::from_utf8_lossy(&as_options.stdout)
}

/// What boots and which partitions there are. Addresses are told by what lies there, and gaps between partitions are
/// none.
fn boot_report(text: &str) -> BTreeSet<String> {
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    let mut images = Vec::new();
    let (mut report, mut gpt) = (BTreeSet::new(), BTreeMap::<&str, Vec<String>>::new());
    for words in lines.iter().filter(|words| words.starts_with(&["El", "Torito", "boot", "img"])) {
        images.push(words.last().unwrap().parse::<u64>().unwrap() * 4);
    }
    let place = |start: &str| {
        let start: u64 = start.parse().unwrap();
        match images.iter().position(|image| *image == start) {
            Some(number) => format!("at boot image {}", number + 1),
            None if start <= 64 => format!("at {start}"),
            None => "behind".to_owned(),
        }
    };
    for words in &lines {
        let text = words.join(" ");
        match &words[..] {
            ["El", "Torito", "boot", "img", fields @ .., _] => {
                report.insert(format!("boot image {}", fields.join(" ")));
            }
            ["El", "Torito", "img", "path" | "opts", ..] | ["El", "Torito", "cat", "path", ..] => {
                report.insert(text);
            }
            ["System", "area", "summary:", kinds @ ..] => {
                let kept = kinds.iter().filter(|kind| !kind.starts_with("cyl-align"));
                report.insert(format!("system area: {}", kept.copied().collect::<Vec<_>>().join(" ")));
            }
            // That of an appended partition has its place behind its number.
            ["-b" | "-e", path] => {
                report.insert(text.replace(path, path.split("_start_").next().unwrap_or_default()));
            }
            ["Partition", "offset", ..] => {
                report.insert(text);
            }
            ["MBR", "partition", ":", number, status, kind, start, _] => {
                report.insert(format!("MBR {number} {status} {kind} {}", place(start)));
            }
            ["GPT", "partname", "local", ":", number, name @ ..] => {
                gpt.entry(number).or_default().push(name.join(" "));
            }
            ["GPT", "type", "GUID", ":", number, value] | ["GPT", "partition", "flags:", number, value] => {
                gpt.entry(number).or_default().push((*value).to_owned());
            }
            ["GPT", "start", "and", "size", ":", number, start, _] => {
                gpt.entry(number).or_default().push(place(start));
            }
            ["APM", "partition", "type", ":", _, kind] if *kind != "ISO9660_data" => {
                report.insert(format!("APM {kind}"));
            }
            ["APM", "partition", "name", ":", _, name @ ..] if !name[0].starts_with("Gap") => {
                report.insert(format!("APM name {}", name.join(" ")));
            }
            _ => {}
        }
    }
    for (number, partition) in gpt {
        report.insert(format!("GPT {number} {}", partition.join(" ")));
    }
    report
}

/// The partition that begins at sector 16, by the master boot record or the GPT, and whether the volume in it ends in it.
fn partition(image: &Path) -> (Vec<u8>, bool) {
    /// In blocks of 512 bytes.
    const START: usize = 64;
    let bytes = fs::read(image).unwrap();
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let by_record = (0..4).map(|number| 446 + 16 * number).map(|at| (word(at + 8), word(at + 12)));
    let by_gpt = (0..8).map(|number| 1024 + 128 * number);
    let by_gpt = by_gpt.map(|at| (word(at + 32), (word(at + 40) + 1).saturating_sub(word(at + 32))));
    let (start, blocks) = by_record.chain(by_gpt).find(|(start, _)| *start == START).unwrap();
    let partition = bytes[start * 512..((start + blocks) * 512).min(bytes.len())].to_vec();
    let volume_sectors = word(start * 512 + 16 * 2048 + 80);
    let ends_in_it = volume_sectors * 2048 <= partition.len();
    (partition, ends_in_it)
}

/// What programs show of the partition of an image, taken out as a file of its own, and do not show of all of the image:
/// names, attributes and every content, of loaders and the catalog as well.
fn partition_differences(
    [image, theirs]: [&Path; 2],
    own: &Path,
    joliet: bool,
    [xorriso, bsdtar, isoinfo]: [&Peer; 3],
) -> Vec<String> {
    let (bytes, ends_in_it) = partition(image);
    fs::write(own, &bytes).unwrap();
    if !ends_in_it && partition(theirs).1 {
        return vec!["the volume passes the partition's end".to_owned()];
    }
    let mut told = Vec::new();
    let posix = Columns::CONTENT | Columns::MODE | Columns::OWNER | Columns::TARGET;
    let mut compare = |columns, list: &dyn Fn(&Path) -> Listing| {
        let (whole, own) = (list(image), list(own));
        assert!(whole.len() > 1);
        told.extend(peers::differences(&whole, &own, columns));
    };
    compare(posix, &|image| peers::xorriso::list(xorriso, image, &[]).unwrap());
    let name_spaces = [(true, NameSpace::Plain), (true, NameSpace::RockRidge), (joliet, NameSpace::Joliet)];
    for (_, name_space) in name_spaces.into_iter().filter(|(is_there, _)| *is_there) {
        compare(Columns::CONTENT, &|image| peers::bsdtar::list(bsdtar, image, name_space).unwrap());
        compare(Columns::CONTENT, &|image| peers::isoinfo::list(isoinfo, image, name_space, &[]).unwrap());
    }
    told
}

#[test]
fn option_sets_of_build_scripts() {
    let Some([xorriso, genisoimage, bsdtar, isoinfo, _isolinux, _grub]) =
        peers::require_all(["xorriso", "genisoimage", "bsdtar", "isoinfo", "isolinux", "grub-bios"])
    else {
        return;
    };
    assert!(SETS.len() >= 40);
    let scene = scene();
    let folder = scene.path();
    let grub = "/usr/lib/grub/i386-pc/boot_hybrid.img";
    let hybrid = "-as mkisofs -quiet -r -V OLD -isohybrid-mbr /usr/lib/ISOLINUX/isohdpfx.bin -b isolinux/isolinux.bin -no-emul-boot -boot-load-size 4 -boot-info-table -eltorito-alt-boot -e efi.img -no-emul-boot -isohybrid-gpt-basdat -isohybrid-apm-hfsplus -o hybrid.iso tree";
    succeed("hybrid.iso", &run(xorriso.path(), folder, &hybrid.split(' ').collect::<Vec<_>>()));
    let old = "-as mkisofs -quiet -r -V OLD --grub2-mbr @GRUB -partition_offset 16 -append_partition 2 0xef efi.img -appended_part_as_gpt -b isolinux/isolinux.bin -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info -o old.iso tree";
    let old: Vec<String> = words(&old.replace("@GRUB", grub));
    let old: Vec<&str> = old.iter().map(String::as_str).collect();
    succeed("old.iso", &run(xorriso.path(), folder, &old));
    let report = xorriso_report(&xorriso, &folder.join("old.iso"));
    let esp = report.lines().filter(|line| line.starts_with("GPT start and size :   2"));
    let esp: u64 = esp.map(|line| line.split_whitespace().nth(6).unwrap().parse().unwrap()).next().unwrap();
    let esp = format!("{esp}d-{}d", esp + 2047);

    let mut wrong = Vec::new();
    for set in SETS {
        let script = set.script;
        let options = set
            .options
            .replace("@MBR", "/usr/lib/ISOLINUX/isohdpfx.bin")
            .replace("@GRUB", grub)
            .replace("@EFI", "efi.img")
            .replace("@OLD", "old.iso")
            .replace("@HYBRID", "hybrid.iso")
            .replace("@ESP", &esp);
        let (options, sources) = (words(&options), words(set.sources));
        let theirs = folder.join("theirs.iso");
        let ours = folder.join("ours.iso");
        let with = |prefix: &[&'static str], output: &'static str| {
            let middle = options.iter().chain(&sources).map(String::as_str);
            prefix.iter().copied().chain(["-o", output]).chain(middle).map(str::to_owned).collect::<Vec<_>>()
        };
        let call = |program: &Path, line: &[String]| {
            renew_loaders(folder);
            run(program, folder, &line.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let (peer, prefix): (_, &[&str]) = match set.calls {
            Calls::Genisoimage => (call(genisoimage.path(), &with(&[], "theirs.iso")), &["mkisofs"]),
            Calls::Xorriso => {
                (call(xorriso.path(), &with(&["-as", "mkisofs"], "theirs.iso")), &["-as", "mkisofs"])
            }
        };
        succeed(script, &peer);
        let output = call(Path::new(env!("CARGO_BIN_EXE_fsimage")), &with(prefix, "ours.iso"));
        if !output.status.success() {
            wrong.push(format!("{script}: {}", String::from_utf8_lossy(&output.stderr)));
            continue;
        }
        let has =
            |names: &[&str]| options.iter().any(|option| names.contains(&option.trim_start_matches('-')));
        let joliet = has(&["J", "joliet", "joliet-long"]);
        let rock = set.calls == Calls::Xorriso || has(&["R", "r", "rock", "rational-rock"]);
        let posix = Columns::CONTENT | Columns::MODE | Columns::OWNER | Columns::TARGET;
        let name_spaces = [(rock, false, posix), (joliet, true, Columns::CONTENT)];
        for (_, is_joliet, columns) in name_spaces.into_iter().filter(|(is_there, ..)| *is_there) {
            let list = |image: &Path| {
                let mut listing = if is_joliet {
                    peers::bsdtar::list(&bsdtar, image, peers::bsdtar::NameSpace::Joliet).unwrap()
                } else {
                    peers::xorriso::list(&xorriso, image, &[]).unwrap()
                };
                // genisoimage gives links modes of its own.
                if !is_joliet {
                    listing
                        .iter_mut()
                        .filter(|(path, _)| path.ends_with("/link"))
                        .for_each(|(_, link)| link.mode = None);
                }
                // genisoimage gives the root no table where all in it is grafted.
                if sources.iter().all(|source| source.contains('=')) {
                    listing.remove("/TRANS.TBL");
                }
                for (path, entry) in &mut listing {
                    let name = path.rsplit('/').next().unwrap();
                    let is_catalog =
                        name.starts_with("boot.cat") || name == ".boot.cat" || name == ".catalog";
                    // They hold addresses, or names of plain ISO 9660, which each program cuts in its way.
                    if is_catalog
                        || name == "TRANS.TBL"
                        || LOADERS.iter().chain(&["boot/etfsboot.com"]).any(|loader| path[1..] == **loader)
                    {
                        entry.sha256 = None;
                    }
                    // Nobody gave the catalog an owner.
                    if is_catalog {
                        (entry.mode, entry.uid, entry.gid) = (None, None, None);
                    }
                }
                listing
            };
            let [expected, found] = [&theirs, &ours].map(|image| list(image));
            let differences = peers::differences(&expected, &found, columns);
            if !differences.is_empty() {
                wrong.push(format!("{script}: Joliet {is_joliet}\n{}", differences.join("\n")));
            }
        }
        if set.options.contains("-partition_offset 16") {
            let told = partition_differences(
                [&ours, &theirs],
                &folder.join("partition.iso"),
                joliet,
                [&xorriso, &bsdtar, &isoinfo],
            );
            wrong.extend(told.into_iter().map(|told| format!("{script}: partition: {told}")));
        }
        let [expected, found] = [&theirs, &ours].map(|image| boot_report(&xorriso_report(&xorriso, image)));
        let missing: Vec<_> = expected.difference(&found).collect();
        let more: Vec<_> = found.difference(&expected).collect();
        if !missing.is_empty() || !more.is_empty() {
            wrong.push(format!("{script}:\nmissing {missing:#?}\nmore {more:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), SETS.len(), wrong.join("\n"));
}

/// genisoimage names the publisher in the boot catalog.
#[test]
fn a_catalog_names_the_publisher() {
    let Some(genisoimage) = peers::require("genisoimage") else { return };
    let scene = scene();
    let validation_entry = |program: &Path, image: &str, first: &[&str]| {
        let publisher = "publisher of the disc that has more than 23 characters";
        let options =
            ["-quiet", "-publisher", publisher, "-b", LOADERS[0], "-no-emul-boot", "-o", image, "tree"];
        succeed(image, &run(program, scene.path(), &[first, &options].concat()));
        let bytes = fs::read(scene.path().join(image)).unwrap();
        let catalog = u32::from_le_bytes(bytes[17 * 2048 + 71..][..4].try_into().unwrap()) as usize;
        bytes[catalog * 2048..][..32].to_vec()
    };
    let theirs = validation_entry(genisoimage.path(), "theirs.iso", &[]);
    assert!(theirs[4..].starts_with(b"publisher of the disc t\0"));
    assert_eq!(validation_entry(env!("CARGO_BIN_EXE_fsimage").as_ref(), "ours.iso", &["mkisofs"]), theirs);
}

/// Nobody may write to it, whatever the mode of files is to be.
#[test]
fn a_boot_catalog_has_the_attributes_that_the_programs_give_it() {
    let found = ["genisoimage", "xorriso", "isoinfo"].map(peers::require);
    let [Some(genisoimage), Some(xorriso), Some(isoinfo)] = found else { return };
    let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
    let scene = scene();
    let listed = |program: &Path, first: &[&str], more: &[&str]| {
        let options = ["-quiet", "-R", "-b", LOADERS[0], "-c", "c.cat", "-no-emul-boot", "-o", "a.iso"];
        succeed("mkisofs", &run(program, scene.path(), &[first, &options, more, &["tree"]].concat()));
        let listing = succeed("isoinfo", &run(isoinfo.path(), scene.path(), &["-R", "-l", "-i", "a.iso"]));
        let line = listing.lines().find(|line| line.trim_end().ends_with("c.cat")).expect("no catalog");
        // Permissions, links, owner, group and size.
        words(line)[..5].to_vec()
    };
    for more in [&[][..], &["-file-mode", "0600"], &["-uid", "5", "-gid", "6"]] {
        let theirs = listed(genisoimage.path(), &[], more);
        assert_eq!(theirs[0], "-r--r--r--");
        assert_eq!(listed(ours, &["mkisofs"], more)[..3], theirs[..3], "{more:?}");
        assert_eq!(listed(ours, &["mkisofs"], more)[4], theirs[4], "{more:?}");
        let theirs = listed(xorriso.path(), &["-as", "mkisofs"], more);
        assert_eq!(listed(ours, &["-as", "mkisofs"], more), theirs, "{more:?}");
    }
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
    let report = |image| boot_report(&xorriso_report(&xorriso, image));
    assert_eq!(report(&theirs), report(&ours));
    let [theirs, ours] = [&theirs, &ours].map(|image| peers::xorriso::names(&xorriso, image, &[]).unwrap());
    let columns = Columns::KIND | Columns::SIZE | Columns::MODE | Columns::OWNER;
    assert_eq!(peers::differences(&theirs, &ours, columns), [""; 0]);
}

/// With loaders for UEFI it asks for HFS+ as well: Macs start the file in it that is blessed.
#[test]
fn grub_mkrescue_blesses_its_loader_for_macs() {
    let Some([grub, _, xorriso, seven_zip]) =
        peers::require_all(["grub-mkrescue", "grub-uefi", "xorriso", "7z"])
    else {
        return;
    };
    let scene = scene();
    let folder = scene.path();
    let program = format!("--xorriso={}", env!("CARGO_BIN_EXE_fsimage"));
    succeed("grub-mkrescue", &run(grub.path(), folder, &["-o", "theirs.iso", "tree"]));
    let output = run(grub.path(), folder, &[&program, "-o", "ours.iso", "tree"]);
    succeed("grub-mkrescue", &output);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("hfsplus"));
    let [theirs, ours] = ["theirs", "ours"].map(|name| {
        let image = folder.join(format!("{name}.iso"));
        let report = boot_report(&xorriso_report(&xorriso, &image));
        assert!(report.iter().any(|line| line.contains("2 UEFI y none")), "{report:?}");
        let bytes = fs::read(&image).unwrap();
        let entry = (1..8)
            .map(|number| &bytes[number * 2048..][..512])
            .find(|entry| entry[48..].starts_with(b"Apple_HFS"));
        let number = |at: usize| u32::from_be_bytes(entry.unwrap()[at..at + 4].try_into().unwrap()) as usize;
        let volume = bytes[number(8) * 2048..][..number(12) * 2048].to_vec();
        let path = folder.join(format!("{name}.hfs"));
        fs::write(&path, &volume).unwrap();
        (volume, path)
    });
    for (volume, path) in [&theirs, &ours] {
        assert_eq!(started(volume), "boot.efi", "{}", path.display());
    }
    let [theirs, ours] = [&theirs, &ours].map(|(_, path)| {
        let output = run(seven_zip.path(), folder, &["l", "-slt", "-ba", path.to_str().unwrap()]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let paths = text.lines().filter_map(|line| line.strip_prefix("Path = "));
        // A file is named by the time.
        paths.filter(|path| !path.contains(".disk/")).map(str::to_owned).collect::<BTreeSet<String>>()
    });
    assert!(theirs.len() > 200);
    // xorriso does not show that.
    assert_eq!(ours.symmetric_difference(&theirs).collect::<Vec<_>>(), ["ISOIMAGE/boot.catalog"]);
    if let Some(checker) = peers::optional("fsck.hfsplus", "hfsprogs, in Debian's non-free") {
        let output = run(checker.path(), folder, &["-f", "-n", "ours.hfs"]);
        assert!(output.status.success(), "{output:?}");
    }
}

/// Name of the file that a volume of HFS+ has blessed as the one that EFI starts: that in the thread record of its number.
fn started(volume: &[u8]) -> String {
    let number = &volume[1024 + 84..][..4];
    assert_ne!(number, [0; 4]);
    let key = [&[0, 6], number, &[0, 0, 0, 4, 0, 0]].concat();
    let at = volume.windows(key.len()).position(|window| window == key).unwrap() + key.len() + 4;
    let units = usize::from(u16::from_be_bytes([volume[at], volume[at + 1]]));
    let name: Vec<u16> = volume[at + 2..][..2 * units]
        .chunks_exact(2)
        .map(|unit| u16::from_be_bytes([unit[0], unit[1]]))
        .collect();
    String::from_utf16(&name).unwrap()
}

#[test]
fn options_of_hfs_plus() {
    let scene = scene();
    let line = |arguments: &[&str]| {
        let line = [&["mkisofs", "-R", "-o", "out.iso"], arguments, &["tree"]].concat();
        let output = fsimage(scene.path(), &line);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let all = [
        "-hfsplus",
        "-hfsplus-serial-no",
        "0123456789abcdef",
        "-hfs-bless-by",
        "ppc_bootdir",
        "/",
        "-apm-block-size",
        "2048",
        "-hfsplus-block-size",
        "0",
        "-hide-hfsplus",
        "*.img",
    ];
    assert_eq!(line(&all).0, Some(0), "{:?}", line(&all));
    let image = fs::read(scene.path().join("out.iso")).unwrap();
    let serial = 0x0123_4567_89ab_cdef_u64.to_be_bytes();
    let at = image.windows(8).position(|window| window == serial).unwrap();
    // The blessed folder is the root.
    assert_eq!(image[at - 24..at - 20], [0, 0, 0, 2]);
    fs::remove_file(scene.path().join("out.iso")).unwrap();
    for (arguments, named) in [
        (&["-hfsplus", "-hfs-bless-by", "king", "/"][..], "king"),
        (&["-hfsplus", "-hfs-bless-by", "i", "/none"], "/none is not in the image"),
        (&["-hfs-bless-by", "p", "/"], "ask for it with -hfsplus"),
        (&["-hfsplus", "-hfsplus-file-creator-type", "chrp", "tbx", "/"], "four characters"),
        (&["-hfsplus", "-hfsplus-serial-no", "12"], "16 hexadecimal digits"),
        (&["-hfsplus", "-hfsplus-block-size", "512"], "2048 is"),
        (&["-hfsplus", "-apm-block-size", "512"], "2048 is"),
        (&["-hfs-bless", "tree"], "-hfs-bless"),
    ] {
        let (code, errors) = line(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(named), "{arguments:?}: {errors}");
    }
}

#[test]
fn what_is_not_supported_is_named() {
    let scene = scene();
    for (arguments, named) in [
        (&["-frobnicate"][..], "-frobnicate"),
        (&["--frobnicate=3"], "--frobnicate"),
        (&["-hfs"], "-hfs"),
        (&["-for-backup"], "-for-backup"),
        (&["-R", "-partition_offset", "7"], "-partition_offset"),
        (&["-b", "none.img"], "none.img"),
        (&["-V", "a name that is longer than 32 bytes"], "-V"),
        (&["-copyright", "a file's name of more than 37 characters"], "-copyright"),
        (&["-b", "images/eltorito.img", "-c", "meta-data", "-no-emul-boot"], "meta-data"),
        (&["-input-charset", "cp437"], "-input-charset"),
        (&["-no-emul-boot"], "-b"),
        (&["-G", "empty"], "-G"),
    ] {
        let line = [&["mkisofs"], arguments, &["-o", "out.iso", "tree"]].concat();
        let output = fsimage(scene.path(), &line);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(named), "{arguments:?}: {errors}");
        assert!(!scene.path().join("out.iso").exists());
    }
}

/// Options of Rock Ridge and of Joliet turn these on.
#[test]
fn options_of_a_file_system_turn_it_on() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir(folder.join("tree")).unwrap();
    fs::write(folder.join("tree/hello.txt"), "hello").unwrap();
    for (option, value) in [
        ("-uid", "5"),
        ("-gid", "6"),
        ("-dir-mode", "0700"),
        ("-file-mode", "0600"),
        ("-new-dir-mode", "0700"),
        ("-hide-joliet", "none.such"),
        ("-l", "-f"),
    ] {
        let shown = |image: &str| {
            let told = succeed("isoinfo", &run(isoinfo.path(), folder, &["-d", "-i", image]));
            ["Joliet with", "Rock Ridge signatures"].map(|mark| told.contains(mark))
        };
        let arguments = |image| ["-quiet", option, value, "-o", image, "tree"];
        succeed(option, &run(genisoimage.path(), folder, &arguments("theirs.iso")));
        succeed(option, &fsimage(folder, &[&["mkisofs"], &arguments("ours.iso")[..]].concat()));
        assert_eq!(shown("ours.iso"), shown("theirs.iso"), "{option}");
    }
}

/// Each program compares globs with something else; a slash at their beginning is the host's root for both.
#[test]
fn globs_are_those_of_the_programs() {
    let Some([genisoimage, xorriso, isoinfo]) = peers::require_all(["genisoimage", "xorriso", "isoinfo"])
    else {
        return;
    };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("tree/sub")).unwrap();
    for name in ["vis.txt", "other.txt", "sub/vis.txt", "sub/deep.txt", "loader"] {
        fs::write(folder.join("tree").join(name), "x".repeat(2048)).unwrap();
    }
    let absolute = folder.join("tree/vis.txt");
    let globs = [
        "vis.txt",
        "/vis.txt",
        "tree/vis.txt",
        "./tree/vis.txt",
        "tree/sub",
        "/sub",
        "*/vis.txt",
        "sub/vis.txt",
        "new.txt",
        "a/new.txt",
        "boot.cat",
        "sub/boot.cat",
        "/sub/boot.cat",
        absolute.to_str().unwrap(),
        "tree//sub",
        "sub/",
        "tree/sub/../vis.txt",
        "tree/**/vis.txt",
        "{vis,other}.txt",
    ];
    let sources = [
        "tree",
        "./tree",
        ".",
        "-graft-points /a=tree",
        "-graft-points /a/new.txt=tree/vis.txt /b=tree/sub",
        "-b loader -no-emul-boot -c sub/boot.cat tree",
    ];
    let (one, two): (&[&str], &[&str]) = (&["mkisofs"], &["-as", "mkisofs"]);
    for (program, theirs, ours) in [(&genisoimage, &[][..], one), (&xorriso, two, two)] {
        let hidden = sources.iter().map(|source| ("-hide", source));
        // What a boot catalog lies in cannot be left out.
        let left_out = sources[..5].iter().map(|source| ("-m", source));
        let each =
            hidden.chain(left_out).flat_map(|(option, source)| globs.map(|glob| (option, source, glob)));
        for (option, source, glob) in each {
            // The images of earlier turns must not be in the tree.
            let images = tempfile::tempdir().unwrap();
            let image = |name: &str| images.path().join(name).to_str().unwrap().to_owned();
            let (theirs_at, ours_at) = (image("theirs.iso"), image("ours.iso"));
            let line = |image| {
                let options = ["-quiet", "-R", option, glob, "-o", image];
                options.into_iter().chain(source.split(' ')).collect::<Vec<&str>>()
            };
            let told = format!("{ours:?} {option} {glob} {source}");
            let shown = |image: &str| {
                let output = run(isoinfo.path(), folder, &["-R", "-f", "-i", image]);
                let text = succeed("isoinfo", &output);
                text.lines().map(str::to_owned).collect::<BTreeSet<_>>()
            };
            succeed(&told, &run(program.path(), folder, &[theirs, &line(&theirs_at)[..]].concat()));
            succeed(&told, &fsimage(folder, &[ours, &line(&ours_at)[..]].concat()));
            assert_eq!(shown(&ours_at), shown(&theirs_at), "{told}");
        }
    }
}

/// Weights are of paths of the host, as they begin in the source.
#[test]
fn paths_of_sort_are_those_of_genisoimage() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("tree/sub")).unwrap();
    for name in ["a", "b", "c", "sub/h", "sub/i"] {
        fs::write(folder.join("tree").join(name), name).unwrap();
    }
    let order = |image: &str| {
        let listing = succeed("isoinfo", &run(isoinfo.path(), folder, &["-R", "-l", "-i", image]));
        let files = listing.lines().filter(|line| line.starts_with('-'));
        let mut files: Vec<(u32, &str)> = files
            .map(|line| {
                let (_, place) = line.split_once('[').unwrap();
                let mut words = place.split_whitespace();
                (words.next().unwrap().parse().unwrap(), words.next_back().unwrap())
            })
            .collect();
        files.sort_unstable();
        files.into_iter().map(|(_, name)| name.to_owned()).collect::<Vec<_>>().concat()
    };
    let lines =
        ["tree/c", "c", "./tree/c", "tree/sub", "tree/sub/", "tree/sub/i", "tree/s*", "sub/i", "/c", "z/c"];
    let mut orders = BTreeSet::new();
    for (source, line) in
        ["tree", "./tree", "-graft-points z=tree"].iter().flat_map(|s| lines.map(|l| (s, l)))
    {
        fs::write(folder.join("weights"), format!("{line} 10\n")).unwrap();
        let options = |image| {
            let options = ["-quiet", "-R", "-sort", "weights", "-o", image];
            options.into_iter().chain(source.split(' ')).collect::<Vec<&str>>()
        };
        succeed(line, &run(genisoimage.path(), folder, &options("theirs.iso")));
        succeed(line, &fsimage(folder, &[&["mkisofs"], &options("ours.iso")[..]].concat()));
        assert_eq!(order("ours.iso"), order("theirs.iso"), "{line} {source}");
        orders.insert(order("ours.iso"));
    }
    assert_eq!(orders, ["abchi", "cabhi", "hiabc", "iabch"].map(str::to_owned).into());
}

/// The attribute by which Windows hides items, in both hierarchies.
#[test]
fn hidden_items_have_the_attribute_that_genisoimage_gives_them() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("tree/sub")).unwrap();
    for name in ["vis.txt", "other.txt", "sub/vis.txt", "sub/deep.txt"] {
        fs::write(folder.join("tree").join(name), name).unwrap();
    }
    fs::write(folder.join("list"), "other.txt\ntree/sub/deep.txt\n").unwrap();
    // Flags, from "[     34 01]", and the name.
    let shown = |image: &str, hierarchy: &[&str]| {
        let line = [&["-l", "-i", image], hierarchy].concat();
        let text = succeed("isoinfo", &run(isoinfo.path(), folder, &line));
        let item = |line: &str| line.split_once('[').map(|(_, item)| item.trim_start()[3..].to_owned());
        text.lines().filter_map(item).collect::<BTreeSet<_>>()
    };
    for option in
        [["-hidden", "vis.txt"], ["-hidden", "sub"], ["-hidden", "tree/sub/*"], ["-hidden-list", "list"]]
    {
        let arguments = |image| [&["-quiet", "-R", "-J"], &option[..], &["-o", image, "tree"]].concat();
        succeed("genisoimage", &run(genisoimage.path(), folder, &arguments("theirs.iso")));
        succeed("fsimage", &fsimage(folder, &[&["mkisofs"], &arguments("ours.iso")[..]].concat()));
        let remastered = ["remaster", "-q", "--reproducible", "ours.iso", "-o", "again.iso"];
        succeed("remaster", &fsimage(folder, &remastered));
        for hierarchy in [&[][..], &["-J"]] {
            let theirs = shown("theirs.iso", hierarchy);
            assert!(
                theirs.iter().any(|item| item.starts_with("01]") || item.starts_with("03]")),
                "{theirs:?}"
            );
            assert_eq!(shown("ours.iso", hierarchy), theirs, "{option:?}");
            assert_eq!(shown("again.iso", hierarchy), theirs, "{option:?}");
        }
    }
}

/// Of boot code that is longer than the system area, that is filled.
#[test]
fn long_boot_code_is_cut_as_the_programs_do() {
    let Some([genisoimage, xorriso]) = peers::require_all(["genisoimage", "xorriso"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir(folder.join("tree")).unwrap();
    fs::write(folder.join("tree/hello.txt"), "hello").unwrap();
    let code: Vec<u8> = (0..40_000u32).map(|at| (at % 251) as u8).collect();
    fs::write(folder.join("code"), &code).unwrap();
    let arguments = ["-quiet", "-G", "code", "-o", "out.iso", "tree"];
    let area = || fs::read(folder.join("out.iso")).unwrap()[..32_768].to_vec();
    for (program, own) in [(genisoimage.path(), &[][..]), (xorriso.path(), &["-as", "mkisofs"])] {
        succeed("-G", &run(program, folder, &[own, &arguments].concat()));
        assert!(area() == code[..32_768]);
    }
    let output = fsimage(folder, &[&["mkisofs"], &arguments[..]].concat());
    succeed("-G", &output);
    assert!(area() == code[..32_768]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("-G: of code the first 32768 bytes are taken"), "{errors}");
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

/// What a reader without extensions sees.
#[test]
fn names_of_plain_iso9660_are_those_of_the_models() {
    let Some([xorriso, genisoimage, isoinfo]) = peers::require_all(["xorriso", "genisoimage", "isoinfo"])
    else {
        return;
    };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("names/Deep/2/3/4/5/6/7/8/9")).unwrap();
    for name in ["lower.txt", ".hidden", "two.dots.txt", "a+b=c~!.txt", "noext", "Deep/2/3/4/5/6/7/8/9/f"] {
        fs::write(folder.join("names").join(name), name).unwrap();
    }
    for name in ["conf.d", "two.dots.d", "directory.extension"] {
        fs::create_dir(folder.join("names").join(name)).unwrap();
    }
    fs::create_dir(folder.join("long")).unwrap();
    fs::write(folder.join("long/a name of more than thirty-one characters, certainly.txt"), "long").unwrap();
    let names = |image: &str| -> BTreeSet<String> {
        let listing = succeed(image, &run(isoinfo.path(), folder, &["-l", "-i", image]));
        let lines = listing.lines().filter_map(|line| line.rsplit_once("] "));
        lines.map(|(_, name)| name.trim().to_owned()).collect()
    };
    let both = "names long";
    let mut wrong = Vec::new();
    for (calls, options, sources) in [
        (Calls::Genisoimage, "-D", both),
        (Calls::Genisoimage, "-D -l", both),
        (Calls::Genisoimage, "-D -iso-level 2", both),
        (Calls::Genisoimage, "-D -iso-level 3", both),
        (Calls::Genisoimage, "-D -N", both),
        (Calls::Genisoimage, "-D -d", both),
        (Calls::Genisoimage, "-D -allow-lowercase", both),
        (Calls::Genisoimage, "-D -l -allow-multidot", both),
        (Calls::Genisoimage, "-D -l -ldots", both),
        (Calls::Genisoimage, "-D -l -relaxed-filenames", both),
        (Calls::Genisoimage, "-D -U", both),
        (Calls::Genisoimage, "-D -max-iso9660-filenames", both),
        (Calls::Genisoimage, "-iso-level 4", "names"),
        (Calls::Xorriso, "-iso-level 1", both),
        (Calls::Xorriso, "-J", both),
        (Calls::Xorriso, "-iso-level 2", both),
        (Calls::Xorriso, "-iso-level 3", both),
        (Calls::Xorriso, "-U", both),
        (Calls::Xorriso, "-D", both),
        (Calls::Xorriso, "-l -N -d", both),
        (Calls::Xorriso, "-max-iso9660-filenames", both),
        (Calls::Xorriso, "-l -disallow_dir_id_ext", both),
        (Calls::Xorriso, "-allow-lowercase -relaxed-filenames", both),
    ] {
        let line = |prefix: &[&str], output: &str| -> Vec<String> {
            let words = format!("{} -quiet {options} -o {output} {sources}", prefix.join(" "));
            words.split_whitespace().map(str::to_owned).collect()
        };
        let call = |program: &Path, line: Vec<String>| {
            succeed(options, &run(program, folder, &line.iter().map(String::as_str).collect::<Vec<_>>()));
        };
        let ours = match calls {
            Calls::Genisoimage => {
                call(genisoimage.path(), line(&[], "theirs.iso"));
                line(&["mkisofs"], "ours.iso")
            }
            Calls::Xorriso => {
                call(xorriso.path(), line(&["-as", "mkisofs"], "theirs.iso"));
                line(&["-as", "mkisofs"], "ours.iso")
            }
        };
        call(Path::new(env!("CARGO_BIN_EXE_fsimage")), ours);
        let (expected, found) = (names("theirs.iso"), names("ours.iso"));
        if expected != found {
            wrong.push(format!("{options}:\n{expected:?}\n{found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each program has its own rules of dots.
#[test]
fn dots_in_names_of_plain_iso9660_are_those_of_the_models() {
    let Some([xorriso, genisoimage, isoinfo]) = peers::require_all(["xorriso", "genisoimage", "isoinfo"])
    else {
        return;
    };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    for name in [".hd", ".disk", "a.b.d", "dir.", "..yd"] {
        fs::create_dir_all(folder.join("tree").join(name)).unwrap();
    }
    for name in [
        ".dot",
        ".profile",
        "..x",
        "...",
        "trail.",
        "a.b.c",
        "q.w.",
        ".u.v.",
        "noext",
        "lower.txt",
        "LONGLONGLONGNAME.longextension",
    ] {
        fs::write(folder.join("tree").join(name), name).unwrap();
    }
    let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
    let mut wrong = Vec::new();
    for options in [
        "",
        "-l",
        "-iso-level 3",
        "-N",
        "-d",
        "-l -d -N",
        "-U",
        "-U -d",
        "-L",
        "-l -L",
        "-allow-lowercase",
        "-allow-multidot",
        "-l -allow-multidot -L",
        "-relaxed-filenames",
        "-l -relaxed-filenames",
        "-max-iso9660-filenames",
    ] {
        for (theirs, theirs_first, ours_first) in [
            (genisoimage.path(), &[][..], &["mkisofs"][..]),
            (xorriso.path(), &["-as", "mkisofs"], &["-as", "mkisofs"]),
        ] {
            let [expected, found] = [(theirs, theirs_first), (ours, ours_first)].map(|(program, first)| {
                let mut line = first.to_vec();
                line.extend(["-quiet", "-o", "out.iso"].into_iter().chain(options.split_whitespace()));
                line.push("tree");
                succeed(options, &run(program, folder, &line));
                let listing = succeed("isoinfo", &run(isoinfo.path(), folder, &["-f", "-i", "out.iso"]));
                fs::remove_file(folder.join("out.iso")).unwrap();
                listing.lines().map(str::to_owned).collect::<BTreeSet<String>>()
            });
            if expected != found {
                let [missing, more] = [expected.difference(&found), found.difference(&expected)]
                    .map(|names| names.collect::<Vec<_>>());
                wrong.push(format!("{ours_first:?} {options}: missing {missing:?}, more {more:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
