//! Compressed files between programs: the kernel, xorriso, bsdtar and mkzftree read ours, and we read theirs.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use fsimage::{
    Control, Disc, FileSystem, FileSystems, LayoutPlan, PlanOptions, Tree, ZisofsBlock, ZisofsOptions,
    ZisofsVersion, write_image,
};
use peers::Columns;
use peers::bsdtar::NameSpace;
use support::{list_session, scan};

/// Files of many lengths around blocks and sectors, with zeros, text and noise.
fn make_tree(folder: &Path) {
    fs::create_dir_all(folder.join("sub")).unwrap();
    let text: Vec<u8> = (0u32..)
        .flat_map(|n| format!("line {} of many\n", n * n % 1009).into_bytes())
        .take(500_000)
        .collect();
    for len in [0, 1, 2048, 2049, 32_767, 32_768, 32_769, 131_072, 131_073, 500_000] {
        fs::write(folder.join(format!("text {len}")), &text[..len]).unwrap();
    }
    let mut sparse = text.clone();
    sparse[65_536..300_000].fill(0);
    fs::write(folder.join("sub/zeros within"), &sparse).unwrap();
    fs::write(folder.join("sub/all zeros"), vec![0; 200_000]).unwrap();
    let mut state = 1u64;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    });
    let noise: Vec<u8> = noise.take(100_000).collect();
    fs::write(folder.join("sub/noise"), noise).unwrap();
    fs::hard_link(folder.join("text 500000"), folder.join("sub/linked")).unwrap();
    support::host_tree::set_all_modified(folder, 1_400_000_000);
}

fn built(tree: &Tree, image: &Path, file_systems: FileSystems) {
    let options = PlanOptions { file_systems, ..PlanOptions::default() };
    write_image(&LayoutPlan::new(tree, options).unwrap(), image, &Control::default()).unwrap();
}

fn compressed(source: &Path, options: &ZisofsOptions) -> Tree {
    let mut tree = scan(source);
    let report =
        tree.compress(&mut |_, _| true, options, &PlanOptions::default(), &Control::default()).unwrap();
    assert!(report.compressed >= 8, "{report:?}");
    tree
}

#[test]
fn the_kernel_shows_every_size_of_block_as_it_was() {
    let Some(tool) = peers::kernel::require() else { return };
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("tree");
    make_tree(&source);
    let expected = peers::list_directory(&source).unwrap();
    let images: Vec<_> = [ZisofsBlock::KiB32, ZisofsBlock::KiB64, ZisofsBlock::KiB128]
        .into_iter()
        .enumerate()
        .map(|(number, block)| {
            let image = folder.path().join(format!("{number}.iso"));
            let options = ZisofsOptions { block, level: 9, ..ZisofsOptions::default() };
            built(&compressed(&source, &options), &image, FileSystems::ISO9660 | FileSystems::ROCK_RIDGE);
            image
        })
        .collect();
    let mounts: Vec<_> = images.iter().map(|image| (image.as_path(), &["iso9660"][..])).collect();
    for mount in peers::kernel::mount_each(&tool, &mounts, &[]).unwrap().into_iter().flatten() {
        assert!(mount.ok, "{:?} {:?}", mount.issues, mount.kernel_log);
        peers::assert_same(&expected, &mount.listing, Columns::POSIX);
    }
}

#[test]
fn xorriso_expands_both_versions() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("tree");
    make_tree(&source);
    let expected = peers::list_directory(&source).unwrap();
    for version in [ZisofsVersion::One, ZisofsVersion::Two] {
        let image = folder.path().join("image.iso");
        let options = ZisofsOptions { version, ..ZisofsOptions::default() };
        let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
        built(&compressed(&source, &options), &image, file_systems);
        let found = peers::xorriso::list(&xorriso, &image, &[]).unwrap();
        peers::assert_same(&expected, &found, Columns::POSIX);
    }
}

#[test]
fn bsdtar_expands_version_1() {
    let Some(bsdtar) = peers::require("bsdtar") else { return };
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("tree");
    make_tree(&source);
    let image = folder.path().join("image.iso");
    built(
        &compressed(&source, &ZisofsOptions::default()),
        &image,
        FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
    );
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    peers::bsdtar::extract(&bsdtar, &image, NameSpace::RockRidge, &out).unwrap();
    assert_same_bytes(&source, &out);
}

#[test]
fn mkzftree_expands_what_is_stored() {
    let Some(mkzftree) = peers::require("mkzftree") else { return };
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("tree");
    make_tree(&source);
    let image = folder.path().join("image.iso");
    built(
        &compressed(&source, &ZisofsOptions::default()),
        &image,
        FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET,
    );
    // Joliet shows what is stored.
    let stored = folder.path().join("stored");
    let disc = Disc::open(&image).unwrap();
    let joliet = disc.image(None, &[FileSystem::Joliet]).unwrap();
    joliet.extract(&[], &stored, &fsimage::ExtractOptions::default(), &Control::default()).unwrap();
    let out = folder.path().join("out");
    run(Command::new(mkzftree.path()).arg("-u").arg(&stored).arg(&out));
    assert_same_bytes(&source, &out);
}

#[test]
fn what_mkzftree_and_xorriso_compress_reads_back() {
    let Some([mkzftree, genisoimage, xorriso]) = peers::require_all(["mkzftree", "genisoimage", "xorriso"])
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("tree");
    make_tree(&source);
    let expected = peers::list_directory(&source).unwrap();
    let packed = folder.path().join("packed");
    run(Command::new(mkzftree.path()).arg(&source).arg(&packed));
    support::host_tree::set_all_modified(&packed, 1_400_000_000);
    let path = |name: &str| folder.path().join(name);
    run(Command::new(genisoimage.path()).args(["-quiet", "-R", "-z", "-o"]).arg(path("theirs")).arg(&packed));

    // Recognised by their headers, as genisoimage does it.
    let mut tree = scan(&packed);
    let options = PlanOptions::default();
    let found = tree.recognise_compressed(false, &options, &Control::default()).unwrap();
    assert!(found >= 8, "{found}");
    built(&tree, &path("ours"), FileSystems::ISO9660 | FileSystems::ROCK_RIDGE);

    for version in ["off", "on"] {
        let form = format!("level=9:block_size=64k:version_2={version}:block_size_v2=1m");
        let image = path(version);
        let mut command = Command::new(xorriso.path());
        command.args(["-for_backup", "-zisofs", &form, "-outdev"]).arg(&image);
        command.args(["-map"]).arg(&source).args(["/", "-set_filter_r", "--zisofs", "/", "--", "-commit"]);
        run(&mut command);
    }
    for image in ["theirs", "ours", "off", "on"] {
        peers::assert_same(&expected, &list_session(&path(image), None), Columns::CONTENT);
        let report = Disc::open(&path(image)).unwrap().verify(None, &Control::default()).unwrap();
        assert!(report.findings.is_empty(), "{image}: {:?}", report.findings);
    }
    if let Some(tool) = peers::kernel::require() {
        let mount = peers::kernel::mount(&tool, &path("ours"), &["iso9660"], &[]).unwrap().remove(0);
        assert!(mount.ok, "{:?} {:?}", mount.issues, mount.kernel_log);
        peers::assert_same(&expected, &mount.listing, Columns::CONTENT);
    }
}

fn assert_same_bytes(expected: &Path, found: &Path) {
    let [expected, found] = [expected, found].map(|folder| peers::list_directory(folder).unwrap());
    peers::assert_same(&expected, &found, Columns::CONTENT);
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
