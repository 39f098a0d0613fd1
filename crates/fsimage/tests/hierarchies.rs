//! Several trees of ISO 9660 in one image: the enhanced one, items hidden in some, the order of the contents, and the
//! texts of the descriptors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;

use fsimage::{
    Control, Disc, FileSystem, FileSystems, GrowingImage, ImportOptions, Item, ItemOptions, LayoutPlan,
    PlanOptions, Timestamp, Tree, VolumeName, VolumeTexts,
};
use support::{build, list_file_system};

const DEEP: &str = "1/2/3/4/5/6/7/8/9/deep file";

fn tree(names: &[&str]) -> Tree {
    let mut tree = Tree::new();
    for name in names {
        tree.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions::default()).unwrap();
    }
    tree
}

fn all() -> PlanOptions {
    let enhanced = FileSystems::ENHANCED;
    PlanOptions { file_systems: PlanOptions::default().file_systems | enhanced, ..PlanOptions::default() }
}

fn names(image: &Path, file_system: FileSystem) -> Vec<String> {
    list_file_system(image, file_system).into_keys().collect()
}

#[test]
fn names_of_1999_are_long_and_deep() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let long = format!("{}.tar.gz", "Ab ".repeat(66));
    assert_eq!(long.len(), 205);
    build(&tree(&[&long, DEEP]), all(), &image);
    let shown = names(&image, FileSystem::Enhanced);
    assert!(shown.iter().any(|name| name.ends_with(&long)), "{shown:?}");
    assert!(shown.iter().any(|name| name.ends_with(DEEP)), "{shown:?}");
    assert!(Disc::open(&image).unwrap().verify(None, &Control::default()).unwrap().findings.is_empty());
}

/// What users need not be told of is recorded so by each file system that has a place for it, and read again.
#[test]
fn what_is_concealed_stays_so() {
    let folder = tempfile::tempdir().unwrap();
    let (image, again) = (folder.path().join("image.iso"), folder.path().join("again.iso"));
    let mut items = tree(&["file", "dir/below", "shown"]);
    for name in ["file", "dir"] {
        items.conceal(items.lookup(name).unwrap(), true);
    }
    let file_systems = all().file_systems | FileSystems::UDF;
    build(&items, PlanOptions { file_systems, ..all() }, &image);
    let control = Control::default();
    let of = [
        FileSystem::RockRidge,
        FileSystem::Iso9660,
        FileSystem::Joliet,
        FileSystem::Enhanced,
        FileSystem::Udf,
    ];
    for file_system in of {
        let options = ImportOptions { preference: vec![file_system], ..ImportOptions::default() };
        let imported =
            |image: &Path| fsimage::import(&Disc::open(image).unwrap(), &options, &control).unwrap();
        let before = imported(&image);
        build(&before.tree, before.new_image_options(), &again);
        for tree in [before.tree, imported(&again).tree] {
            let is_concealed = |name: &str| {
                let node = tree.lookup(name).or_else(|| tree.lookup(name.to_uppercase()));
                tree.is_concealed(node.unwrap())
            };
            let concealed: Vec<_> =
                ["file", "dir", "dir/below", "shown"].into_iter().filter(|name| is_concealed(name)).collect();
            assert_eq!(concealed, ["file", "dir"], "{file_system}");
        }
    }
    let growing = GrowingImage::open(&image).unwrap();
    let mut appended = growing.import(&ImportOptions::default(), &control).unwrap();
    appended.tree.conceal(appended.tree.lookup("file").unwrap(), false);
    let options = PlanOptions { place: growing.place(), ..appended.plan_options() };
    growing.write(&LayoutPlan::new(&appended.tree, options).unwrap(), &control).unwrap();
    let shown =
        fsimage::import(&Disc::open(&image).unwrap(), &ImportOptions::default(), &control).unwrap().tree;
    let is_concealed = |name: &str| shown.is_concealed(shown.lookup(name).unwrap());
    assert!(!is_concealed("file") && is_concealed("dir"));
}

#[test]
fn a_further_session_keeps_the_tree_of_1999() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    build(&tree(&[DEEP]), all(), &image);
    let control = Control::default();
    let growing = GrowingImage::open(&image).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &control).unwrap();
    assert!(imported.warnings.is_empty(), "{:?}", imported.warnings);
    imported.tree.add("new", Item::Bytes(b"new".as_slice().into()), &ItemOptions::default()).unwrap();
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    growing.write(&plan, &control).unwrap();
    let shown = names(&image, FileSystem::Enhanced);
    for name in [DEEP, "new"] {
        assert!(shown.iter().any(|shown| shown.ends_with(name)), "{name} in {shown:?}");
    }
}

#[test]
fn each_file_system_hides_what_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let mut tree = tree(&["everywhere", "not in joliet", "not of 1999"]);
    for (name, hidden_in) in
        [("/not in joliet", FileSystems::JOLIET), ("/not of 1999", FileSystems::ENHANCED)]
    {
        let node = tree.lookup(name).unwrap();
        tree.hide(node, hidden_in);
    }
    build(&tree, all(), &image);
    for (file_system, hidden) in [
        (FileSystem::RockRidge, None),
        (FileSystem::Joliet, Some("not in joliet")),
        (FileSystem::Enhanced, Some("not of 1999")),
    ] {
        let shown = names(&image, file_system);
        for name in ["everywhere", "not in joliet", "not of 1999"] {
            let is_shown = shown.iter().any(|shown| shown.ends_with(name));
            assert_eq!(is_shown, hidden != Some(name), "{name} in {file_system}: {shown:?}");
        }
    }
}

#[test]
fn contents_lie_by_weight() {
    let mut tree = tree(&["a", "b", "c", "d"]);
    for (name, weight) in [("/d", 10), ("/a", -1), ("/c", 10)] {
        let node = tree.lookup(name).unwrap();
        tree.set_weight(node, weight);
    }
    let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
    let files: Vec<String> = plan
        .segments()
        .filter(|segment| segment.label == "file")
        .filter_map(|segment| segment.owner)
        .collect();
    assert_eq!(files, ["/c", "/d", "/b", "/a"]);
}

#[test]
fn texts_are_adapted_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let tree = tree(&["a"]);
    let options = PlanOptions {
        volume: VolumeName::Adapted("COMMON".to_owned()),
        volume_names: [(FileSystem::Joliet, "Nur für Joliet".to_owned())].into(),
        texts: VolumeTexts {
            publisher: Some("Verlag Müller".to_owned()),
            data_preparer: Some("a preparer".to_owned()),
            ..VolumeTexts::default()
        },
        created: Some(Timestamp::from_unix(1_700_000_000)),
        expiration: Some(Timestamp::from_unix(1_900_000_000)),
        ..all()
    };
    let plan = LayoutPlan::new(&tree, options.clone()).unwrap();
    let mut told = Vec::new();
    plan.visit_notices(&mut |notice| {
        told.push(notice.to_string());
        Ok(())
    })
    .unwrap();
    assert!(matches!(&told[..], [one] if one.contains("Verlag M_ller")), "{told:?}");
    let counts = plan.notice_counts();
    assert_eq!((counts.texts_changed, counts.renamed), (1, 0));
    build(&tree, options, &image);
    let summary = Disc::open(&image).unwrap().describe(None).unwrap();
    assert_eq!((summary.volume.as_str(), summary.fields.publisher.as_str()), ("COMMON", "Verlag M_ller"));
    assert_eq!(summary.joliet_volume.as_deref(), Some("Nur für Joliet"));
    assert_eq!(summary.fields.data_preparer, "a preparer");
    #[cfg(target_os = "linux")]
    isoinfo_shows(&image);
}

/// The test after ISO 9660's own words: what isoinfo prints of the primary descriptor, and that it sees the enhanced.
#[cfg(target_os = "linux")]
fn isoinfo_shows(image: &Path) {
    let Some(peer) = peers::require("isoinfo") else { return };
    let arguments = ["-d".as_ref(), "-i".as_ref(), image.as_os_str()];
    let printed = peers::run(peer.path(), &arguments).unwrap().success("isoinfo -d").unwrap();
    let printed = String::from_utf8_lossy(&printed);
    for line in
        ["Volume id: COMMON", "Publisher id: Verlag M_ller", "Data preparer id: a preparer", "ISO 9660:1999"]
    {
        assert!(printed.contains(line), "{line} in {printed}");
    }
}

/// An empty Joliet tree does not hide the files of ISO 9660 from who asks for neither.
#[test]
fn an_empty_joliet_tree_is_passed_over_for_one_with_files() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let mut hidden = tree(&["FILE"]);
    let file_systems = FileSystems::ISO9660 | FileSystems::JOLIET;
    for (path, joliet_is_empty) in [("FILE", true), ("MORE", false)] {
        let node = match hidden.lookup(path) {
            Some(node) => node,
            None => {
                hidden.add(path, Item::Bytes(b"more".as_slice().into()), &ItemOptions::default()).unwrap()
            }
        };
        if joliet_is_empty {
            hidden.hide(node, FileSystems::JOLIET);
        }
        build(&hidden, PlanOptions { file_systems, ..PlanOptions::default() }, &image);
        let disc = Disc::open(&image).unwrap();
        let chosen = disc.image(None, &fsimage::DEFAULT_PREFERENCE).unwrap();
        let expected = if joliet_is_empty { FileSystem::Iso9660 } else { FileSystem::Joliet };
        assert_eq!(chosen.file_system(), expected);
        let is_told =
            chosen.findings().iter().any(|finding| finding.contains("the Joliet tree has nothing in it"));
        assert_eq!(is_told, joliet_is_empty);
        let asked = disc.image(None, &[FileSystem::Joliet]).unwrap();
        assert_eq!((asked.file_system(), asked.findings()), (FileSystem::Joliet, Vec::new()));
    }
    // Nothing at all is nothing in Joliet, too.
    build(&Tree::new(), PlanOptions { file_systems, ..PlanOptions::default() }, &image);
    let chosen = Disc::open(&image).unwrap().image(None, &fsimage::DEFAULT_PREFERENCE).unwrap();
    assert_eq!(chosen.file_system(), FileSystem::Joliet);
}

/// What is read in its place is shown in Joliet by what follows, or the next one to look would see the new file alone.
#[test]
fn an_empty_joliet_tree_that_is_continued_shows_all() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let mut hidden = tree(&["FILE"]);
    let node = hidden.lookup("FILE").unwrap();
    hidden.hide(node, FileSystems::JOLIET);
    let file_systems = FileSystems::ISO9660 | FileSystems::JOLIET;
    build(&hidden, PlanOptions { file_systems, ..PlanOptions::default() }, &image);
    for name in ["MORE", "STILL"] {
        let growing = GrowingImage::open(&image).unwrap();
        let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
        let new = Item::Bytes(b"more".as_slice().into());
        imported.tree.add(name, new, &ItemOptions::default()).unwrap();
        let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
        growing.write(&LayoutPlan::new(&imported.tree, options).unwrap(), &Control::default()).unwrap();
    }
    for file_system in [FileSystem::Joliet, FileSystem::Iso9660] {
        let listed = Vec::from_iter(support::list_file_system(&image, file_system).into_keys());
        assert_eq!(listed, ["/", "/FILE", "/MORE", "/STILL"], "{file_system}");
    }
}

/// An item that takes the place of another is hidden where that was.
#[test]
fn what_is_replaced_stays_hidden() {
    let mut tree = Tree::new();
    let add = |tree: &mut Tree, hidden_in| {
        let options = ItemOptions { replace: true, hidden_in, ..ItemOptions::default() };
        tree.add("/file", Item::Bytes(b"content".as_slice().into()), &options).unwrap()
    };
    add(&mut tree, FileSystems::JOLIET);
    let replaced = add(&mut tree, FileSystems::UDF);
    assert_eq!(tree.hidden_in(replaced), FileSystems::JOLIET | FileSystems::UDF);
}
