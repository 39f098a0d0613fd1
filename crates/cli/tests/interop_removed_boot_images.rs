//! Boot images whose files a session removes: they boot on, which is told, until a file of their path is added.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;

use support::stand_ins::{EVERYTHING, bootable, isolinux};
use support::{fsimage, run};

const BOOT: [&str; 4] = ["--boot", "bios=boot/isolinux.bin", "--boot-catalog", "boot/boot.cat"];
const PATH: &str = "/boot/isolinux.bin";
const REMOVED: &str =
    "stays as it was: boot image 1: its file /boot/isolinux.bin is removed, and it boots until another";

/// Where the first boot image lies, and the path of its file, for xorriso.
fn el_torito(folder: &Path, image: &str) -> Option<(usize, Option<String>)> {
    let xorriso = peers::require("xorriso")?;
    let told = run(xorriso.path(), folder, &["-indev", image, "-report_el_torito", "plain"]);
    let of = |label: &str| told.lines().find_map(|line| line.strip_prefix(label)?.split_whitespace().last());
    let sector = of("El Torito boot img :   1").unwrap().parse().unwrap();
    if let Some(isoinfo) = peers::require("isoinfo") {
        let told = run(isoinfo.path(), folder, &["-d", "-i", image]);
        assert!(told.contains(&format!("Bootoff {sector:X} {sector}")), "{told}");
    }
    Some((sector, of("El Torito img path :   1").map(str::to_owned)))
}

/// Whether it is a file of this content.
fn boots_file(folder: &Path, image: &str, content: &[u8]) {
    let Some((sector, path)) = el_torito(folder, image) else { return };
    assert_eq!(path.as_deref(), Some(PATH), "sector {sector}");
    let there = &fs::read(folder.join(image)).unwrap()[sector * 2048..][..content.len()];
    // A boot info table is filled in.
    assert!(there[..8] == content[..8] && there[64..] == content[64..], "sector {sector}");
}

/// Whether it is no file, and lies there.
fn boots_on(folder: &Path, image: &str, sector: Option<usize>) {
    if let Some(sector) = sector {
        assert_eq!(el_torito(folder, image), Some((sector, None)));
    }
}

#[test]
fn a_file_that_is_added_again_boots() {
    let scene = bootable();
    let folder = scene.path();
    fs::write(folder.join("new.bin"), isolinux(2)).unwrap();
    fs::write(folder.join("newest.bin"), isolinux(3)).unwrap();
    for removed in [PATH, "/boot"] {
        fsimage(folder, &[&["build", "-q", "-o", "a.iso"], &BOOT[..], &["files"]].concat());
        boots_file(folder, "a.iso", &isolinux(1));
        let sector = el_torito(folder, "a.iso").map(|(sector, _)| sector);
        let told = fsimage(folder, &["append", "a.iso", "--remove", removed]);
        assert!(told.contains(REMOVED), "{told}");
        boots_on(folder, "a.iso", sector);
        // What is about other files leaves it so.
        let told = fsimage(folder, &["append", "a.iso", "more.txt"]);
        assert!(told.contains(REMOVED), "{told}");
        boots_on(folder, "a.iso", sector);
        let told = fsimage(folder, &["append", "--json", "a.iso", "more.txt"]);
        assert!(told.contains("its file /boot/isolinux.bin is removed"), "{told}");
        // A new image has it as it is.
        fsimage(folder, &["remaster", "a.iso", "-o", "b.iso"]);
        assert_eq!(el_torito(folder, "b.iso").and_then(|(_, path)| path), None);

        for (source, content) in [("new.bin", isolinux(2)), ("newest.bin", isolinux(3))] {
            fs::copy(folder.join("a.iso"), folder.join("c.iso")).unwrap();
            let added = format!("boot/isolinux.bin={source}");
            let told = fsimage(folder, &["append", "a.iso", &added]);
            assert!(!told.contains("stays"), "{told}");
            boots_file(folder, "a.iso", &content);
            fsimage(folder, &["remaster", "c.iso", "-o", "b.iso", &added]);
            boots_file(folder, "b.iso", &content);
        }
        // What it was comes back as it was.
        fsimage(folder, &["append", "a.iso", "--remove", PATH]);
        let told = fsimage(folder, &["append", "a.iso", "--restore", "1:boot/isolinux.bin"]);
        assert!(!told.contains("stays"), "{told}");
        boots_file(folder, "a.iso", &isolinux(1));
        assert_eq!(el_torito(folder, "a.iso").map(|(sector, _)| sector), sector);
        fs::remove_file(folder.join("a.iso")).unwrap();
    }
}

#[test]
fn a_source_that_has_it_again_boots() {
    let scene = bootable();
    let folder = scene.path();
    let loader = folder.join("files/boot/isolinux.bin");
    for (build, update, image) in [
        (&["build", "-q", "-o", "a.iso"][..], &["update", "a.iso", "files"][..], "a.iso"),
        (&["burn", "-q", "--drive", "sim:dvd+r:disc"], &["update", "--drive", "sim:disc", "files"], "disc"),
        (
            &["burn", "-q", "--drive", "sim:bd-re:disc2"],
            &["update", "--drive", "sim:disc2", "files"],
            "disc2",
        ),
    ] {
        fs::write(&loader, isolinux(1)).unwrap();
        fsimage(folder, &[build, &BOOT[..], &["files"]].concat());
        fs::remove_file(&loader).unwrap();
        assert!(fsimage(folder, update).contains(REMOVED), "{image}");
        assert!(fsimage(folder, update).contains("nothing differs"), "{image}");
        fs::write(&loader, isolinux(2)).unwrap();
        let told = fsimage(folder, update);
        assert!(!told.contains("stays"), "{told}");
        let info = fsimage(folder, &["info", "--json", if image == "a.iso" { image } else { update[2] }]);
        let info: serde_json::Value = serde_json::from_str(&info).unwrap();
        let entry = &info["sessions"][2]["boot_catalog"]["images"][0];
        assert_eq!(entry["path"], PATH, "{image}: {info}");
        let sector = entry["sector"].as_u64().unwrap() as usize;
        assert!(fs::read(folder.join(image)).unwrap()[sector * 2048 + 64..].starts_with(&isolinux(2)[64..]));
        if image == "a.iso" {
            boots_file(folder, image, &isolinux(2));
        }
        assert!(fsimage(folder, update).contains("nothing differs"), "{image}");
    }
}

/// A session of another program that has another file there, and boots the old one on.
#[test]
fn another_file_that_another_program_put_there_is_told() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = bootable();
    let folder = scene.path();
    fs::write(folder.join("new.bin"), isolinux(2)).unwrap();
    let boots = ["-boot_image", "isolinux", "bin_path=boot/isolinux.bin", "-commit", "-end"];
    run(xorriso.path(), folder, &[&["-outdev", "a.iso", "-map", "files", "/"], &boots[..]].concat());
    let sector = el_torito(folder, "a.iso").map(|(sector, _)| sector);
    let keep = ["-dev", "a.iso", "-boot_image", "any", "keep", "-map", "new.bin", PATH, "-commit", "-end"];
    run(xorriso.path(), folder, &keep);
    boots_on(folder, "a.iso", sector);
    let told = fsimage(folder, &["append", "a.iso", "more.txt"]);
    assert!(told.contains("boot image 1: /boot/isolinux.bin, which it was, is another file"), "{told}");
    boots_on(folder, "a.iso", sector);
    fsimage(folder, &["append", "a.iso", "boot/isolinux.bin=new.bin"]);
    boots_file(folder, "a.iso", &isolinux(2));
}

/// With a system area that starts it from a disk, on a medium that keeps that, and in an image file.
#[test]
fn hybrid_images_go_by_the_same_rule() {
    let scene = bootable();
    let folder = scene.path();
    fsimage(folder, &[&["build", "-q", "-o", "a.iso"], &EVERYTHING[..], &["files"]].concat());
    fsimage(folder, &[&["burn", "-q", "--drive", "sim:dvd+r:disc"], &EVERYTHING[..], &["files"]].concat());
    let lossy = ["--imported-boot", "lossy"];
    let names = ["boot/isolinux.bin", "boot/efi.img"];
    for grow in [&["append", "a.iso"][..], &["burn", "--drive", "sim:disc"]] {
        let target = grow.last().unwrap();
        fsimage(folder, &[grow, &lossy, &["--remove", names[0], "--remove", names[1]]].concat());
        fsimage(folder, &[grow, &["boot=files/boot"]].concat());
        let info = fsimage(folder, &["info", "--json", target]);
        let info: serde_json::Value = serde_json::from_str(&info).unwrap();
        for (at, name) in names.iter().enumerate() {
            let entry = &info["sessions"][2]["boot_catalog"]["images"][at];
            assert_eq!(entry["path"], format!("/{name}"), "{target}: {info}");
            assert!(entry["sector"].as_u64() > info["sessions"][2]["start"].as_u64(), "{target}: {info}");
        }
        fsimage(folder, &["verify", target]);
        fsimage(folder, &["remaster", target, "-o", "new.iso"]);
        fs::remove_file(folder.join("new.iso")).unwrap();
    }
}

/// An isohybrid image of xorriso, whose second partition is a boot image that is removed: it lies within the partition with the image, which
/// reaches every further session.
#[test]
fn isohybrid_images_of_xorriso_grow_on() {
    let Some([xorriso, isolinux]) = peers::require_all(["xorriso", "isolinux"]) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("tree")).unwrap();
    fs::copy(isolinux.path(), folder.join("tree/isolinux.bin")).unwrap();
    fs::write(folder.join("tree/efi.img"), vec![0x5A; 1_474_560]).unwrap();
    fs::write(folder.join("more.txt"), "more").unwrap();
    let code = isolinux.path().with_file_name("isohdpfx.bin");
    let code = ["-isohybrid-mbr", code.to_str().unwrap()];
    let call = "-as mkisofs -quiet -o a.iso -r -J -b isolinux.bin -c boot.cat -no-emul-boot -boot-load-size 4 \
                -boot-info-table -eltorito-alt-boot -e efi.img -no-emul-boot -isohybrid-gpt-basdat";
    let call: Vec<&str> = call.split_whitespace().chain(code).chain(["tree"]).collect();
    run(xorriso.path(), folder, &call);
    let told = fsimage(folder, &["append", "a.iso", "--remove", "efi.img"]);
    assert!(told.contains("its file /efi.img is removed"), "{told}");
    for name in ["one", "two"] {
        fsimage(folder, &["append", "a.iso", &format!("{name}=more.txt")]);
        let sectors = fs::metadata(folder.join("a.iso")).unwrap().len() / 512;
        let told = run(xorriso.path(), folder, &["-indev", "a.iso", "-report_system_area", "plain"]);
        let spans = told.lines().filter_map(|line| line.strip_prefix("GPT start and size :"));
        let spans: Vec<Vec<u64>> = spans
            .map(|span| span.split_whitespace().map(|number| number.parse().unwrap()).collect())
            .collect();
        let [image, efi] = &spans[..] else { panic!("{told}") };
        assert!(
            image[1] == 0 && image[2] + 1300 > sectors && efi[1] + efi[2] < image[2],
            "{sectors}: {told}"
        );
    }
    fsimage(folder, &["copy", "--sessions", "a.iso", "-o", "b.iso"]);
}
