//! Boot catalogs are those of the programs.

use std::fs;
use std::path::Path;

use crate::scene::{LOADERS, run, scene, succeed, words};

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
