//! Bridges that a program without UDF appended to: what UDF shows must not stay behind for good.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use fsimage::{
    Control, Disc, FileSystem, FileSystems, GrowingImage, ImportOptions, Item, ItemOptions, LayoutPlan,
    PlanOptions, Tree,
};
use support::build;

fn udf_names(image: &Path) -> Vec<String> {
    let image = Disc::open(image).unwrap().image(None, &[FileSystem::Udf]).unwrap();
    let entries = image.read_dir(&image.root().unwrap()).unwrap();
    entries.iter().map(|entry| String::from_utf8_lossy(&entry.name).into_owned()).collect()
}

#[test]
fn a_session_without_udf_is_told_and_the_next_has_it_again() {
    let Some([xorriso, growisofs, genisoimage, seven_zip]) =
        peers::require_all(["xorriso", "growisofs", "genisoimage", "7z"])
    else {
        return;
    };
    // growisofs begins at multiples of 16 that need be none of 32.
    left_behind(0, &seven_zip, &|image, two| {
        let arguments = ["-dev", image, "-joliet", "on", "-map", two, "/two", "-commit"];
        peers::run(xorriso.path(), &arguments).unwrap().success("xorriso").unwrap();
    });
    for sectors in [0, 16] {
        left_behind(sectors, &seven_zip, &|image, two| {
            let arguments = ["-M", image, "-quiet", "-R", "-J", two];
            peers::run(growisofs.path(), &arguments).unwrap().success("growisofs").unwrap();
        });
    }
    left_behind(0, &seven_zip, &|image, two| append_by(&genisoimage, image, two));
}

/// What genisoimage makes behind an image, whose head stays as it is.
fn append_by(genisoimage: &peers::Peer, image: &str, two: &str) {
    let sectors = fs::metadata(image).unwrap().len().div_ceil(2048).next_multiple_of(32);
    let session = format!("{image}.session");
    let numbers = format!("0,{sectors}");
    let arguments = ["-quiet", "-R", "-J", "-C", &numbers, "-M", image, "-o", &session, two];
    peers::run(genisoimage.path(), &arguments).unwrap().success("genisoimage").unwrap();
    let mut file = fs::OpenOptions::new().write(true).open(image).unwrap();
    file.seek(SeekFrom::Start(sectors * 2048)).unwrap();
    file.write_all(&fs::read(&session).unwrap()).unwrap();
}

/// An image with a file of so many sectors, to which another program has added `two`.
fn left_behind(sectors: usize, seven_zip: &peers::Peer, add: &dyn Fn(&str, &str)) {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let mut tree = Tree::new();
    let one = vec![b'1'; sectors * 2048];
    tree.add("/one", Item::Bytes(one.into()), &ItemOptions::default()).unwrap();
    let file_systems =
        FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET | FileSystems::UDF;
    build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &image);
    fs::write(folder.path().join("two"), "two").unwrap();
    add(image.to_str().unwrap(), folder.path().join("two").to_str().unwrap());
    let summary = Disc::open(&image).unwrap().describe(None).unwrap();
    assert!(summary.findings.iter().any(|finding| finding.contains("no UDF")), "{:?}", summary.findings);

    let growing = GrowingImage::open(&image).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    assert!(!imported.file_systems.contains(FileSystems::UDF));
    imported.tree.add("/three", Item::Bytes(b"three".as_slice().into()), &ItemOptions::default()).unwrap();
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let without = PlanOptions { file_systems: imported.file_systems, ..options.clone() };
    let error =
        growing.write(&LayoutPlan::new(&imported.tree, without).unwrap(), &Control::default()).unwrap_err();
    assert!(error.to_string().contains("readers of UDF would go on"), "{error}");
    growing.write(&LayoutPlan::new(&imported.tree, options).unwrap(), &Control::default()).unwrap();
    drop(growing);

    assert_eq!(udf_names(&image), ["one", "three", "two"]);
    let listed = peers::sevenzip::list_as(seven_zip, &image, "Udf").unwrap();
    assert_eq!(listed.keys().filter(|path| *path != "/").collect::<Vec<_>>(), ["/one", "/three", "/two"]);
}
