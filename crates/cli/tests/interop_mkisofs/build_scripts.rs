//! Option sets of build scripts: the same images as those of the programs that the scripts call.

use std::fs;
use std::path::Path;

use peers::bsdtar::NameSpace;
use peers::{Columns, Listing, Peer};

use crate::report::{boot_report, xorriso_report};
use crate::scene::{LOADERS, renew_loaders, run, scene, succeed, words};
use crate::sets::{Calls, SETS};

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
        if !peer.status.success() {
            wrong.push(format!("{script}: the program fails: {}", String::from_utf8_lossy(&peer.stderr)));
            continue;
        }
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
                for (path, entry) in &mut listing {
                    let name = path.rsplit('/').next().unwrap();
                    let is_catalog = name.starts_with("boot.cat")
                        || [".boot.cat", ".catalog", "isolinux.boot"].contains(&name);
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
