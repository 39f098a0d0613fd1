//! Names of other programs' images that this crate would not make stay as they are, through any number of imports.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::io::Read;
use std::path::Path;

use fsimage::{
    Control, DeepDirectories, Disc, FileSystem, GrowingImage, ImportOptions, Imported, Item, ItemOptions,
    LayoutPlan, PlanOptions, Tree, import,
};
use peers::Peer;

/// An image of files of these names, an empty one where a name ends in `empty`, by another program with mkisofs' `options`.
fn made_of(peer: &Peer, names: &[&str], options: &[&str], image: &Path) {
    let folder = tempfile::tempdir().unwrap();
    for (number, name) in names.iter().enumerate() {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let is_empty = name.to_lowercase().contains("empty");
        fs::write(path, if is_empty { String::new() } else { format!("content {number}") }).unwrap();
    }
    let (image, folder) = (image.to_str().unwrap(), folder.path().to_str().unwrap());
    let first: &[&str] = if peer.name() == "xorriso" { &["-as", "mkisofs"] } else { &[] };
    let arguments = [first, options, &["-quiet", "-o", image, folder]].concat();
    peers::run(peer.path(), &arguments).unwrap().success(peer.name()).unwrap();
}

/// What isoinfo lists with these `options`, in its order.
fn listed(isoinfo: &Peer, image: &Path, options: &[&str]) -> Vec<String> {
    let arguments = [&["-f", "-i", image.to_str().unwrap()][..], options].concat();
    let out = peers::run(isoinfo.path(), &arguments).unwrap();
    let text = String::from_utf8(out.success("isoinfo").unwrap()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

fn imported(image: &Path, preference: &[FileSystem]) -> Imported {
    let disc = Disc::open(image).unwrap();
    let options = ImportOptions { preference: preference.to_vec(), ..ImportOptions::default() };
    let mut imported = import(&disc, &options, &Control::default()).unwrap();
    imported.keep_visibility(&disc, &Control::default()).unwrap();
    imported
}

/// The image written anew, that again, and with two further sessions, all in strict mode: each is to show what it shows.
fn written_all_ways(old: &Path, folder: &Path, preference: &[FileSystem], each: &dyn Fn(&Path)) {
    let strict = |options| PlanOptions { strict: true, ..options };
    let [new, again, appended] = ["new", "again", "appended"].map(|name| folder.join(name));
    for (from, to) in [(old, &new), (&new, &again)] {
        let source = imported(from, preference);
        support::build(&source.tree, strict(source.new_image_options()), to);
        each(to);
    }
    fs::copy(old, &appended).unwrap();
    for _ in 0..2 {
        let growing = GrowingImage::open(&appended).unwrap();
        let options = ImportOptions { preference: preference.to_vec(), ..ImportOptions::default() };
        let source = growing.import(&options, &Control::default()).unwrap();
        let options = strict(PlanOptions { place: growing.place(), ..source.plan_options() });
        let plan = LayoutPlan::new(&source.tree, options).unwrap();
        growing.write(&plan, &Control::default()).unwrap();
        drop(growing);
        each(&appended);
    }
}

/// Names that differ in the case of letters alone, or end in a dot.
#[test]
fn interop_odd_names_of_joliet_stay() {
    let Some([genisoimage, xorriso, isoinfo]) = peers::require_all(["genisoimage", "xorriso", "isoinfo"])
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    let names = [
        "case",
        "CASE",
        "Case",
        "dot.",
        "dots..",
        "a:b",
        "empty.",
        "Empty.",
        "d./x",
        "D./y",
        "plain/file",
        "e./empty",
    ];
    for maker in [genisoimage, xorriso] {
        for options in [&["-R", "-J"][..], &["-J"], &["-J", "-udf"]] {
            if maker.name() == "xorriso" && options.contains(&"-udf") {
                continue;
            }
            let _ = fs::remove_file(&old);
            made_of(&maker, &names, options, &old);
            let before = listed(&isoinfo, &old, &["-J"]);
            assert!(before.contains(&"/dot.".to_owned()) && before.contains(&"/CASE".to_owned()));
            for preference in [&fsimage::DEFAULT_PREFERENCE[..], &[FileSystem::Joliet]] {
                written_all_ways(&old, folder.path(), preference, &|image| {
                    let told = format!("{} {options:?} {preference:?}", maker.name());
                    assert_eq!(listed(&isoinfo, image, &["-J"]), before, "{told}");
                });
            }
        }
    }
}

/// Relocated directories of one name stay under the identifiers that tell them apart, and what stands for them in their places
/// has no version number.
#[test]
fn interop_identifiers_of_relocated_directories_stay() {
    let Some([genisoimage, xorriso, isoinfo]) = peers::require_all(["genisoimage", "xorriso", "isoinfo"])
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    let deep = |first: &str, rest: &str| format!("{first}/2/3/4/5/6/7/{rest}");
    // The second of one name is the first in the folder where the trees are gone through from the end.
    let mut names =
        vec![deep("a", "other/x"), deep("b", "a folder with a long name/y"), deep("c", "dots.d/z")];
    for (maker, options) in [(&genisoimage, &["-R"][..]), (&xorriso, &["-R", "-rr_reloc_dir", "rr_moved"])] {
        if maker.name() == "genisoimage" {
            // xorriso gives some of them the same.
            let same = ["c", "a", "b"].into_iter().map(|first| deep(first, &format!("same/{first}")));
            names.extend(same.chain([deep("a", "a folder with a long name too/v")]));
        }
        let _ = fs::remove_file(&old);
        let these: Vec<&str> = names
            .iter()
            .map(String::as_str)
            .filter(|name| maker.name() == "genisoimage" || !name.contains("/same/") && !name.contains("too"))
            .collect();
        made_of(maker, &these, options, &old);
        let before = listed(&isoinfo, &old, &[]);
        assert!(before.iter().any(|path| path.to_uppercase().starts_with("/RR_MOVED/")), "{before:?}");
        assert!(before.contains(&"/A/2/3/4/5/6/7/OTHER".to_owned()), "{before:?}");
        written_all_ways(&old, folder.path(), &fsimage::DEFAULT_PREFERENCE, &|image| {
            assert_eq!(listed(&isoinfo, image, &[]), before, "{}", maker.name());
        });
    }

    // New ones are recorded as they do it.
    let mut tree = Tree::new();
    for name in &names {
        tree.add(format!("/{name}"), Item::Bytes((*b"x").into()), &ItemOptions::default()).unwrap();
    }
    let options = PlanOptions { deep_directories: DeepDirectories::Relocate, ..PlanOptions::default() };
    support::build(&tree, options, &old);
    let found = listed(&isoinfo, &old, &[]);
    assert!(found.contains(&"/A/2/3/4/5/6/7/OTHER".to_owned()), "{found:?}");
    let shown = peers::xorriso::list(&xorriso, &old, &[]).unwrap();
    assert!(names.iter().all(|name| shown.contains_key(format!("/{name}").as_str())), "{shown:?}");
}

/// Joliet has empty files in place of links and pipes. Where it is imported, these keep the identifiers of the records that they
/// stand for.
#[test]
fn interop_identifiers_of_what_stands_for_links_and_pipes_stay() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (old, source) = (folder.path().join("old"), folder.path().join("source"));
    fs::create_dir(&source).unwrap();
    fs::write(source.join("longfilename"), "content").unwrap();
    for name in ["longlinkname one", "longlinkname two", "longlink:name"] {
        std::os::unix::fs::symlink("longfilename", source.join(name)).unwrap();
    }
    let arguments = ["-quiet", "-R", "-J", "-o", old.to_str().unwrap(), source.to_str().unwrap()];
    peers::run(genisoimage.path(), &arguments).unwrap().success("genisoimage").unwrap();
    let before = listed(&isoinfo, &old, &[]);
    assert!(before.contains(&"/LONGLINK.;1".to_owned()), "{before:?}");
    written_all_ways(&old, folder.path(), &[FileSystem::Joliet], &|image| {
        assert_eq!(listed(&isoinfo, image, &[]), before);
    });
}

/// Paths and contents of all files that a file system of an image shows.
fn files_in(image: &Path, file_system: FileSystem) -> Vec<(String, Vec<u8>)> {
    let disc = Disc::open(image).unwrap();
    let options = ImportOptions { preference: vec![file_system], ..ImportOptions::default() };
    let tree = import(&disc, &options, &Control::default()).unwrap().tree;
    let shown = disc.image(None, &[file_system]).unwrap();
    let mut files: Vec<_> = tree
        .walk(fsimage::NodeId::ROOT)
        .filter(|&node| matches!(tree.kind(node), fsimage::NodeKind::File(_)))
        .map(|node| {
            let mut bytes = Vec::new();
            let entry = shown.lookup(tree.path(node)).unwrap();
            shown.open(&entry).unwrap().read_to_end(&mut bytes).unwrap();
            (tree.path(node), bytes)
        })
        .collect();
    files.sort();
    files
}

/// Identifiers stay to the last byte though no writer would make them today: two that differ in the case of letters alone, in
/// a dot, or in a version number; with forbidden characters; of dots alone; and in Joliet over 103 units long.
#[test]
fn interop_odd_identifiers_stay() {
    let Some([genisoimage, xorriso, isoinfo]) = peers::require_all(["genisoimage", "xorriso", "isoinfo"])
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let long = |count: usize| format!("{}.txt", "l".repeat(count));
    for (maker, options, names, odd) in [
        (&genisoimage, &["-allow-lowercase"][..], names(&["a.txt", "A.TXT", "d/x", "D/y"]), "/a.txt;1"),
        (&genisoimage, &["-R", "-iso-level", "4"], names(&["a.txt", "A.TXT", "d/x", "D/y"]), "/a.txt"),
        (&genisoimage, &["-R", "-iso-level", "4"], names(&["...", "new\nline"]), "/..."),
        (
            &xorriso,
            &["-R", "-iso-level", "4"],
            names(&["a.txt", "A.TXT", "trail", "trail.", "..."]),
            "/TRAIL.;1",
        ),
        (
            &xorriso,
            &["-R", "-relaxed-filenames"],
            names(&["semi;1", "semi;2", "12345678", "x"]),
            "/SEMI;1.;1",
        ),
        (&xorriso, &["-J", "-joliet-long"], vec![long(101), long(99), long(100)], ""),
    ] {
        let told = format!("{} {options:?} {names:?}", maker.name());
        let _ = fs::remove_file(&old);
        made_of(maker, &names.iter().map(String::as_str).collect::<Vec<_>>(), options, &old);
        let before = listed(&isoinfo, &old, &[]);
        assert!(odd.is_empty() || before.contains(&odd.to_owned()), "{told} {before:?}");
        let disc = Disc::open(&old).unwrap();
        let others = [FileSystem::Enhanced, FileSystem::Joliet];
        let others = others.into_iter().filter(|&one| disc.image(None, &[one]).is_ok());
        let others: Vec<_> = others.map(|one| (one, files_in(&old, one))).collect();
        for preference in [
            &fsimage::DEFAULT_PREFERENCE[..],
            &[FileSystem::Enhanced, FileSystem::Joliet, FileSystem::Iso9660],
        ] {
            written_all_ways(&old, folder.path(), preference, &|image| {
                assert_eq!(listed(&isoinfo, image, &[]), before, "{told}");
                for (file_system, files) in &others {
                    assert_eq!(files_in(image, *file_system), *files, "{told} {file_system}");
                }
            });
        }
    }
}
