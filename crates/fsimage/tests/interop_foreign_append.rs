//! Sessions that this crate appends to images of other programs, as xorriso sees them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use fsimage::{
    Control, Disc, FileSystem, GrowingImage, ImportOptions, ImportWarning, ImportedTrees, Item, ItemOptions,
    LayoutPlan, PassedOver, PassedOverReason, PlanOptions,
};
use peers::{Columns, Kind, Listing, Peer, assert_same};
use support::{filtered, list_session};

/// What genisoimage does not tell about links, its images do not hold.
const WITHOUT_LINKS: Columns = Columns::POSIX.difference(Columns::LINKS);

const ADDED: &str = "/added by fsimage.txt";

/// A folder with a small tree, and room for images.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        let tree = folder.tree();
        fs::create_dir_all(tree.join("docs/deeper/deepest")).unwrap();
        fs::write(tree.join("file.txt"), "a file\n").unwrap();
        fs::set_permissions(tree.join("file.txt"), Permissions::from_mode(0o640)).unwrap();
        fs::write(tree.join("docs/empty"), "").unwrap();
        fs::write(tree.join("docs/a long name, ünïcödé.bin"), [7; 70_000]).unwrap();
        fs::write(tree.join("docs/deeper/tool"), "#!/bin/sh\n").unwrap();
        fs::set_permissions(tree.join("docs/deeper/tool"), Permissions::from_mode(0o4755)).unwrap();
        fs::hard_link(tree.join("docs/deeper/tool"), tree.join("docs/deeper/deepest/linked")).unwrap();
        symlink("../file.txt", tree.join("docs/link")).unwrap();
        fs::write(tree.join("boot.img"), [0xEA; 2048]).unwrap();
        support::host_tree::set_all_modified(&tree, 1_500_000_000);
        folder
    }

    fn tree(&self) -> PathBuf {
        self.0.path().join("tree")
    }

    fn image(&self) -> PathBuf {
        self.0.path().join("image.iso")
    }
}

/// Runs a program; `{image}` and `{tree}` in its arguments are replaced.
fn run(program: &Peer, folder: &Folder, arguments: &[&str]) -> String {
    let (image, tree) = (folder.image(), folder.tree());
    let arguments: Vec<String> = arguments
        .iter()
        .map(|text| {
            text.replace("{image}", image.to_str().unwrap()).replace("{tree}", tree.to_str().unwrap())
        })
        .collect();
    let out = peers::run(program.path(), &arguments).unwrap().success(program.name()).unwrap();
    String::from_utf8_lossy(&out).into_owned()
}

fn try_append(image: &Path, trees: ImportedTrees) -> fsimage::Result<Vec<ImportWarning>> {
    let control = Control::default();
    let growing = GrowingImage::open(image)?;
    let mut imported = growing.import(&ImportOptions { trees, ..ImportOptions::default() }, &control)?;
    imported.tree.add(ADDED, Item::Bytes(b"added\n".as_slice().into()), &ItemOptions::default())?;
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options)?;
    growing.write(&plan, &control)?;
    Ok(imported.warnings)
}

/// The newest session, or what `options` choose. xorriso lists a boot catalogue as a kind of its own, so
/// what it extracts counts where there is one.
fn list(xorriso: &Peer, image: &Path, options: &[&str], bootable: bool) -> Listing {
    if !bootable {
        return peers::xorriso::list(xorriso, image, options).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let mut listing = peers::xorriso::extract(xorriso, image, options, &folder.path().join("tree")).unwrap();
    for entry in listing.values_mut().filter(|entry| entry.kind == Kind::Symlink) {
        entry.mtime = None;
    }
    listing
}

/// Appends a file, and compares every session there was, and all that xorriso saw in the newest one.
/// `options` have xorriso load that one of the image as it was.
fn append(xorriso: &Peer, image: &Path, options: &[&str], columns: Columns) {
    let bootable = Disc::open(image).unwrap().describe(None).unwrap().bootable;
    let before = list(xorriso, image, options, bootable);
    assert!(before.len() >= 10, "{before:?}");
    let sessions = Disc::open(image).unwrap().sessions().len() as u16;
    let own: Vec<Listing> = (1..=sessions).map(|number| list_session(image, Some(number))).collect();
    assert_same(&before, own.last().unwrap(), columns);

    // Images of well-behaved programs hold nothing that gets lost.
    assert_eq!(try_append(image, ImportedTrees::default()).unwrap(), []);

    let after = list(xorriso, image, &[], bootable);
    let added = &after[ADDED];
    assert_eq!((added.kind, added.size), (Kind::File, Some(6)));
    assert_same(&before, &filtered(&after, |path, _| path != ADDED), columns);
    assert_same(&after, &list_session(image, None), columns);

    assert_eq!(Disc::open(image).unwrap().sessions().len(), usize::from(sessions) + 1);
    for (number, before) in (1..).zip(&own) {
        assert_same(before, &list_session(image, Some(number)), Columns::POSIX);
    }
}

/// The extended attributes and access control list of `/file.txt`.
fn attributes(xorriso: &Peer, folder: &Folder) -> String {
    let arguments = [
        "-xattr",
        "on",
        "-acl",
        "on",
        "-indev",
        "{image}",
        "-getfattr",
        "/file.txt",
        "--",
        "-getfacl",
        "/file.txt",
        "--",
    ];
    run(xorriso, folder, &arguments)
}

const SET_ATTRIBUTES: [&str; 8] = [
    "-setfattr",
    "user.colour",
    "blue",
    "/file.txt",
    "--",
    "-setfacl",
    "u::rw-,u:4321:r--,g::r--,m::r--,o::---",
    "/file.txt",
];

#[test]
fn interop_append_to_xorriso() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let native: &[&str] =
        &["-xattr", "on", "-acl", "on", "-hardlinks", "on", "-outdev", "{image}", "-map", "{tree}", "/"];
    let mkisofs: &[&str] = &[
        "-xattr",
        "on",
        "-acl",
        "on",
        "-hardlinks",
        "on",
        "-as",
        "mkisofs",
        "-o",
        "{image}",
        "-R",
        "-J",
        "{tree}",
        "--",
    ];
    for program in [native, mkisofs] {
        let folder = Folder::new();
        run(&xorriso, &folder, &[program, &SET_ATTRIBUTES, &["--", "-commit"]].concat());
        let before = attributes(&xorriso, &folder);
        assert!(before.contains("user.colour=\"blue\"") && before.contains(":r--"), "{before}");
        append(&xorriso, &folder.image(), &[], Columns::POSIX);
        assert_eq!(before, attributes(&xorriso, &folder));
    }
}

#[test]
fn interop_append_to_two_sessions_of_xorriso() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = Folder::new();
    run(&xorriso, &folder, &["-hardlinks", "on", "-outdev", "{image}", "-map", "{tree}", "/", "-commit"]);
    run(
        &xorriso,
        &folder,
        &["-hardlinks", "on", "-dev", "{image}", "-map", "{tree}/docs", "/again", "-commit"],
    );
    append(&xorriso, &folder.image(), &[], Columns::POSIX);
}

#[test]
fn interop_append_keeps_el_torito() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = Folder::new();
    run(
        &xorriso,
        &folder,
        &[
            "-hardlinks",
            "on",
            "-as",
            "mkisofs",
            "-o",
            "{image}",
            "-R",
            "-J",
            "-b",
            "boot.img",
            "-c",
            "boot.cat",
            "-no-emul-boot",
            "-boot-load-size",
            "4",
            "{tree}",
        ],
    );
    let report = || run(&xorriso, &folder, &["-indev", "{image}", "-report_el_torito", "plain"]);
    let before = report();
    assert!(before.contains("El Torito img path :   1  /boot.img"), "{before}");
    append(&xorriso, &folder.image(), &[], Columns::POSIX);
    assert_eq!(before, report());
}

#[test]
fn interop_a_boot_image_that_is_replaced_is_booted() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = Folder::new();
    let options =
        ["-as", "mkisofs", "-o", "{image}", "-R", "-b", "boot.img", "-c", "boot.cat", "-no-emul-boot"];
    run(&xorriso, &folder, &[&options[..], &["-boot-load-size", "4", "{tree}"]].concat());
    let report = || run(&xorriso, &folder, &["-indev", "{image}", "-report_el_torito", "plain"]);
    let before = report();
    let growing = GrowingImage::open(&folder.image()).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    let replacing = fsimage::ItemOptions { replace: true, ..Default::default() };
    imported.tree.add("/boot.img", fsimage::Item::Bytes([7; 4096].as_slice().into()), &replacing).unwrap();
    let mut options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let lost = imported.boot.put_into(&mut imported.tree, &mut options, fsimage::Losses::Refuse).unwrap();
    assert_eq!(lost, []);
    growing.write(&LayoutPlan::new(&imported.tree, options).unwrap(), &Control::default()).unwrap();
    let after = report();
    assert_ne!(before, after);
    assert!(after.contains("El Torito img path :   1  /boot.img"), "{after}");
    assert!(after.contains("El Torito cat path : /boot.cat"), "{after}");
}

#[test]
fn interop_append_to_genisoimage() {
    let Some(genisoimage) = peers::require("genisoimage") else { return };
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = Folder::new();
    run(&genisoimage, &folder, &["-quiet", "-R", "-J", "-o", "{image}", "{tree}"]);
    append(&xorriso, &folder.image(), &[], WITHOUT_LINKS);
}

/// genisoimage shows links and pipes in Joliet as empty files: they stay there, and come nowhere else.
#[test]
fn interop_empty_files_for_links_stay_in_joliet() {
    let Some(genisoimage) = peers::require("genisoimage") else { return };
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let folder = Folder::new();
    symlink("deeper", folder.tree().join("docs/another link")).unwrap();
    run(&genisoimage, &folder, &["-quiet", "-R", "-J", "-o", "{image}", "{tree}"]);
    let paths = || -> Vec<Vec<String>> {
        let options: [&[&str]; 3] = [&[], &["-R"], &["-J"]];
        let lists =
            options.map(|options| run(&isoinfo, &folder, &[options, &["-f", "-i", "{image}"]].concat()));
        lists.map(|list| list.lines().map(str::to_owned).collect()).into()
    };
    let before = paths();
    assert!(before[2].contains(&"/docs/link".to_owned()), "{before:?}");
    try_append(&folder.image(), ImportedTrees::All).unwrap();
    for (before, mut after) in before.into_iter().zip(paths()) {
        after.retain(|path| !path.to_ascii_uppercase().contains("ADDED"));
        assert_eq!(before, after);
    }
}

#[test]
fn interop_append_to_two_sessions_of_genisoimage() {
    let Some(genisoimage) = peers::require("genisoimage") else { return };
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = Folder::new();
    run(&genisoimage, &folder, &["-quiet", "-R", "-J", "-o", "{image}", "{tree}"]);
    let mut image = fs::read(folder.image()).unwrap();
    // Where a recorder would have the second session begin: at a whole number of 32-sector units.
    image.resize(image.len().next_multiple_of(32 * 2048), 0);
    fs::write(folder.image(), &image).unwrap();
    let start = (image.len() / 2048).to_string();
    let sectors = format!("0,{start}");
    run(
        &genisoimage,
        &folder,
        &[
            "-quiet",
            "-R",
            "-J",
            "-C",
            &sectors,
            "-M",
            "{image}",
            "-o",
            "{image}.2",
            "-graft-points",
            "second={tree}/docs",
        ],
    );
    image.extend(fs::read(folder.image().with_extension("iso.2")).unwrap());
    fs::write(folder.image(), &image).unwrap();

    assert_eq!(Disc::open(&folder.image()).unwrap().sessions().len(), 2);
    append(&xorriso, &folder.image(), &["-load", "sbsector", &start], WITHOUT_LINKS);
}

#[test]
fn interop_udf_bridge_of_genisoimage() {
    let (Some(genisoimage), Some(xorriso), Some(sevenzip), Some(kernel)) = (
        peers::require("genisoimage"),
        peers::require("xorriso"),
        peers::require("7z"),
        peers::kernel::require(),
    ) else {
        return;
    };
    let folder = Folder::new();
    // Of links its UDF has none, and 7-Zip takes no volume with any.
    fs::remove_file(folder.tree().join("docs/link")).unwrap();
    run(&genisoimage, &folder, &["-quiet", "-R", "-J", "-udf", "-o", "{image}", "{tree}"]);
    let udf = |session| {
        let disc = Disc::open(&folder.image()).unwrap();
        support::list_image(&disc.image(session, &[FileSystem::Udf]).unwrap())
    };
    let before = udf(None);
    assert!(before.len() > 8, "{before:?}");
    append(&xorriso, &folder.image(), &[], WITHOUT_LINKS);
    append_again(&folder.image());
    assert_same(&before, &udf(Some(1)), Columns::POSIX);

    let expected = list(&xorriso, &folder.image(), &[], false);
    let found = peers::sevenzip::list_as(&sevenzip, &folder.image(), "udf").unwrap();
    assert_same(&expected, &found, Columns::CONTENT);
    let found = peers::kernel::mount(&kernel, &folder.image(), &["udf", "iso9660"], &[]).unwrap();
    for mount in found {
        assert!(mount.issues.is_empty(), "{:?}", mount.issues);
        assert_same(&expected, &mount.listing, Columns::CONTENT);
    }
}

/// A third session, behind the first of this crate.
fn append_again(image: &Path) {
    let growing = GrowingImage::open(image).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    let added = Item::Bytes(vec![3; 50_000].into());
    imported.tree.add("/docs/added in the third", added, &ItemOptions::default()).unwrap();
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    growing.write(&plan, &Control::default()).unwrap();
}

/// Behind a session of this crate, to which the head leads. genisoimage leaves the head as it is.
#[test]
fn a_session_that_genisoimage_puts_behind_ours_is_told() {
    let Some(genisoimage) = peers::require("genisoimage") else { return };
    let folder = Folder::new();
    run(&genisoimage, &folder, &["-quiet", "-R", "-J", "-o", "{image}", "{tree}"]);
    assert_eq!(try_append(&folder.image(), ImportedTrees::default()).unwrap(), []);
    let disc = Disc::open(&folder.image()).unwrap();
    assert_eq!(disc.passed_over(), []);
    let ours = disc.sessions().newest().unwrap().start;
    let mut image = fs::read(folder.image()).unwrap();
    image.resize(image.len().next_multiple_of(16 * 2048), 0);
    fs::write(folder.image(), &image).unwrap();
    let start = (image.len() / 2048) as u32;
    let sectors = format!("{ours},{start}");
    run(
        &genisoimage,
        &folder,
        &[
            "-quiet",
            "-R",
            "-J",
            "-V",
            "FOREIGN",
            "-C",
            &sectors,
            "-M",
            "{image}",
            "-o",
            "{image}.2",
            "{tree}/docs",
        ],
    );
    image.extend(fs::read(folder.image().with_extension("iso.2")).unwrap());
    fs::write(folder.image(), &image).unwrap();

    let disc = Disc::open(&folder.image()).unwrap();
    let foreign = PassedOver {
        number: 3,
        why: PassedOverReason::NotInHead { start: fsimage::Sector::new(start), volume: "FOREIGN".to_owned() },
    };
    assert_eq!(disc.passed_over(), std::slice::from_ref(&foreign));
    let image = disc.image(None, &[FileSystem::RockRidge]).unwrap();
    assert_eq!(image.passed_over(), std::slice::from_ref(&foreign));
    let found = disc.describe(None).unwrap().findings;
    assert!(found.iter().any(|told| told.contains("FOREIGN")), "{found:?}");
    let report = disc.verify(None, &Control::default()).unwrap();
    assert!(report.findings.iter().any(|told| told.message.contains("FOREIGN")), "{:?}", report.findings);
    let growing = GrowingImage::open(&folder.image()).unwrap();
    let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    let told = ImportWarning::SessionPassedOver { session: foreign, meant: Some(2) };
    assert_eq!(imported.warnings, [told]);
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    growing.write(&plan, &Control::default()).unwrap();
    // The head of the session behind it leads there, and back past it.
    assert_eq!(Disc::open(&folder.image()).unwrap().passed_over(), []);
}
