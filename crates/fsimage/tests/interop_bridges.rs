//! Images of genisoimage with ISO 9660, Joliet and UDF, written anew and appended to: each file system says what it said, and
//! what names a file in the root goes on doing so.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use fsimage::{
    Attributes, Control, Disc, FileSystem, GrowingImage, ImportOptions, Imported, ImportedTrees, LayoutPlan,
    Notice, PlanOptions, Timestamp, import,
};

/// An image of genisoimage of a licence, a link to it and a program in a folder.
fn bridge(folder: &Path, options: &[&str]) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let genisoimage = peers::require("genisoimage")?;
    let (source, image) = (folder.join("source"), folder.join("old"));
    fs::create_dir_all(source.join("bin")).unwrap();
    for (name, mode) in [("copying.txt", 0o640), ("about.txt", 0o600), ("bin/program", 0o750)] {
        fs::write(source.join(name), name).unwrap();
        fs::set_permissions(source.join(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    std::os::unix::fs::symlink("copying.txt", source.join("link")).unwrap();
    let paths = [image.to_str().unwrap(), source.to_str().unwrap()];
    let arguments = [&["-quiet", "-R", "-J", "-udf", "-o"], &paths[..1], options, &paths[1..]].concat();
    peers::run(genisoimage.path(), &arguments).unwrap().success("genisoimage").unwrap();
    Some(image)
}

fn imported(image: &Path, trees: ImportedTrees) -> Imported {
    let disc = Disc::open(image).unwrap();
    let options = ImportOptions { trees, ..ImportOptions::default() };
    let mut imported = import(&disc, &options, &Control::default()).unwrap();
    let more = imported.keep_visibility(&disc, &Control::default()).unwrap();
    imported.warnings.extend(more);
    imported
}

/// Path, owner, permissions and time of modification of all that UDF shows.
fn in_udf(image: &Path) -> Vec<(String, Attributes, Timestamp)> {
    let mut found = Vec::new();
    let disc = Disc::open(image).unwrap();
    disc.image(None, &[FileSystem::Udf])
        .unwrap()
        .walk(&mut |path, entry| {
            let path = String::from_utf8_lossy(path).into_owned();
            found.push((path, entry.attributes, entry.modified));
            Ok(())
        })
        .unwrap();
    found
}

/// Its UDF has wider permissions than Rock Ridge: they stay, so that strict mode has nothing to complain of.
#[test]
fn interop_permissions_in_udf_stay() {
    let folder = tempfile::tempdir().unwrap();
    let Some(old) = bridge(folder.path(), &[]) else { return };
    let kernel = peers::kernel::require();
    let strict = |options| PlanOptions { strict: true, ..options };
    let (new, grown) = (folder.path().join("new"), folder.path().join("grown"));
    let before = in_udf(&old);
    let of_tree = imported(&old, ImportedTrees::Preferred);
    let program = of_tree.tree.lookup("/bin/program").unwrap();
    let said = before.iter().find(|(path, ..)| path == "/bin/program").unwrap();
    assert_ne!(of_tree.tree.attributes(program).permissions, said.1.permissions);
    for trees in [ImportedTrees::Preferred, ImportedTrees::All] {
        let source = imported(&old, trees);
        let told = source.warnings.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(!told.iter().any(|one| one.contains("permissions")), "{told:?}");
        support::build(&source.tree, strict(source.new_image_options()), &new);
        fs::copy(&old, &grown).unwrap();
        let growing = GrowingImage::open(&grown).unwrap();
        let options = ImportOptions { trees, ..ImportOptions::default() };
        let source = growing.import(&options, &Control::default()).unwrap();
        let options = strict(PlanOptions { place: growing.place(), ..source.plan_options() });
        growing.write(&LayoutPlan::new(&source.tree, options).unwrap(), &Control::default()).unwrap();
        drop(growing);
        for image in [&new, &grown] {
            // What genisoimage has in place of the link is an empty file, or nothing.
            let after = in_udf(image);
            for (path, attributes, modified) in before.iter().filter(|(path, ..)| !path.contains("link")) {
                let same = after.iter().find(|(found, ..)| found == path).unwrap();
                assert_eq!((same.1, same.2.seconds), (*attributes, modified.seconds), "{path} {trees:?}");
            }
            if let Some(kernel) = &kernel {
                let [was, is] = [&old, image].map(|image| {
                    let mounts = peers::kernel::mount(kernel, image, &["udf"], &[]).unwrap();
                    let [mount] = &mounts[..] else { panic!("{mounts:?}") };
                    support::filtered(&mount.listing, |path, _| !path.contains("link"))
                });
                peers::assert_same(&was, &is, peers::Columns::POSIX);
            }
        }
    }
    // What is asked for of an item holds in all file systems.
    let mut source = imported(&old, ImportedTrees::Preferred);
    source.tree.set_attributes(program, Attributes { permissions: 0o700, uid: 7, gid: 8 });
    support::build(&source.tree, source.new_image_options(), &new);
    let after = in_udf(&new);
    let program = after.iter().find(|(path, ..)| path == "/bin/program").unwrap();
    assert_eq!(program.1, Attributes { permissions: 0o700, uid: 7, gid: 8 });
}

/// What isoinfo shows of the texts that name files.
fn named(image: &Path) -> Vec<String> {
    let isoinfo = peers::require("isoinfo").unwrap();
    let image = image.to_str().unwrap();
    let mut found = Vec::new();
    for tree in [&["-d"][..], &["-d", "-J"]] {
        let out = peers::run(isoinfo.path(), &[&["-i", image], tree].concat()).unwrap();
        let text = String::from_utf8(out.success("isoinfo").unwrap()).unwrap();
        let lines = text.lines().filter(|line| line.starts_with("Copyright") || line.starts_with("Abstract"));
        found.extend(lines.map(|line| line.rsplit(": ").next().unwrap_or_default().trim().to_owned()));
    }
    found
}

/// A text of a descriptor follows its file to another name; where the file is gone from the root, that is told.
#[test]
fn interop_texts_follow_the_files_that_they_name() {
    if peers::require("isoinfo").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new");
    let texts = ["-copyright", "COPYING.TXT", "-abstract", "ABOUT.TXT;1"];
    let Some(old) = bridge(folder.path(), &texts) else { return };
    let missing = |source: &Imported| -> Vec<String> {
        let plan = LayoutPlan::new(&source.tree, source.new_image_options()).unwrap();
        let told = plan.volume_notices();
        assert!(told.iter().all(|one| matches!(one, Notice::NoSuchFile { .. })), "{told:?}");
        told.iter().map(ToString::to_string).collect()
    };
    let source = imported(&old, ImportedTrees::Preferred);
    assert_eq!(missing(&source), [""; 0]);
    support::build(&source.tree, source.new_image_options(), &new);
    assert_eq!(named(&new), named(&old));

    let mut source = imported(&old, ImportedTrees::Preferred);
    for (path, name) in [("/copying.txt", "licence.txt"), ("/about.txt", "read me first.txt")] {
        let node = source.tree.lookup(path).unwrap();
        source.tree.rename(node, name).unwrap();
    }
    assert_eq!(missing(&source), [""; 0]);
    support::build(&source.tree, source.new_image_options(), &new);
    let joliet = &named(&old)[2..];
    let of_iso9660 = ["LICENCE.TXT", "READ_ME_FIRST.TXT;1"];
    assert_eq!(named(&new)[..2], of_iso9660);
    assert_ne!(&named(&new)[2..], joliet);

    for is_moved in [true, false] {
        let mut source = imported(&old, ImportedTrees::Preferred);
        let node = source.tree.lookup("/copying.txt").unwrap();
        match is_moved {
            true => {
                let folder = source.tree.lookup("/bin").unwrap();
                source.tree.move_to(node, folder, "copying.txt").unwrap();
            }
            false => source.tree.remove(node).unwrap(),
        }
        let told = missing(&source);
        assert!(!told.is_empty() && told.iter().all(|one| one.starts_with("copyright file")), "{told:?}");
        let strict = PlanOptions { strict: true, ..source.new_image_options() };
        assert!(LayoutPlan::new(&source.tree, strict).is_err());
    }

    // What named none before is no change.
    let folder = tempfile::tempdir().unwrap();
    let old = bridge(folder.path(), &["-copyright", "NOBODY.TXT"]).unwrap();
    let source = imported(&old, ImportedTrees::Preferred);
    let strict = PlanOptions { strict: true, ..source.new_image_options() };
    let plan = LayoutPlan::new(&source.tree, strict).unwrap();
    let told = plan.volume_notices();
    assert!(!told.is_empty() && told.iter().all(|one| matches!(one, Notice::AsBefore(_))), "{told:?}");
}
