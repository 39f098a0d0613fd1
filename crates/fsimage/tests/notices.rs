//! What a plan says that file systems cannot keep is what readers of the image then see.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::collections::{BTreeMap, BTreeSet};

use fsimage::{
    Control, DeviceNumber, Disc, FileSystem, FileSystems, InterchangeLevel, Item, ItemOptions, JolietRules,
    LayoutPlan, NameRules, Notice, PlanOptions, Timestamp, Tree, write_image,
};

#[test]
fn recorded_names_are_what_readers_show() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let mut tree = Tree::new();
    for name in ["a long name without extension", "two.dots.txt", "ünïcödé.bin", "semi;colon", "dots.dir/a"]
    {
        tree.add(name, Item::Bytes(b"content".as_slice().into()), &ItemOptions::default()).unwrap();
    }
    for level in [InterchangeLevel::One, InterchangeLevel::Three] {
        let plan = LayoutPlan::new(
            &tree,
            PlanOptions {
                iso9660_names: NameRules { level, ..NameRules::default() },
                joliet_names: JolietRules { version: true, ..JolietRules::default() },
                ..PlanOptions::default()
            },
        )
        .unwrap();
        write_image(&plan, &image, &Control::default()).unwrap();
        let mut told = BTreeMap::<&str, Vec<String>>::new();
        plan.visit_notices(&mut |notice| {
            if let Notice::Renamed { path, file_system, recorded, .. } = notice
                && path.matches('/').count() == 1
            {
                told.entry(match file_system {
                    FileSystem::Joliet => "joliet",
                    _ => "iso9660",
                })
                .or_default()
                .push(recorded);
            }
            Ok(())
        })
        .unwrap();
        assert!(told["iso9660"].len() >= 4 && told["joliet"].len() == 1, "{told:?}");
        for (file_system, recorded) in
            [(FileSystem::Iso9660, &told["iso9660"]), (FileSystem::Joliet, &told["joliet"])]
        {
            let view = Disc::open(&image).unwrap().image(None, &[file_system]).unwrap();
            let shown = view.read_dir(&view.root().unwrap()).unwrap();
            let shown: Vec<String> =
                shown.into_iter().map(|entry| String::from_utf8(entry.name).unwrap()).collect();
            for name in recorded {
                assert!(shown.contains(name), "{file_system}: {name:?} is not in {shown:?}");
            }
        }
    }
}

#[test]
fn names_that_linux_cuts_are_told_and_no_error() {
    let mut tree = Tree::new();
    for len in [253, 254] {
        tree.add("n".repeat(len), Item::Fifo, &ItemOptions::default()).unwrap();
    }
    let options = PlanOptions {
        file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
        ..PlanOptions::default()
    };
    let plan = LayoutPlan::new(&tree, options.clone()).unwrap();
    assert_eq!(plan.notice_counts().cut_by_linux, 1);
    let mut told = Vec::new();
    plan.visit_notices(&mut |notice| {
        told.extend((!notice.is_change()).then(|| notice.path().len()));
        Ok(())
    })
    .unwrap();
    assert_eq!(told, [255]);
    // The plain tree's short names are the error, not this.
    let strict = LayoutPlan::new(&tree, PlanOptions { strict: true, ..options }).unwrap_err().to_string();
    assert!(!strict.contains("Linux"), "{strict}");
}

/// Linux would show one of the two, and a third whose name is what is shown of theirs.
#[test]
fn names_that_linux_cuts_to_the_same_are_told_with_both() {
    let mut tree = Tree::new();
    let common = "n".repeat(250);
    for name in ["/a/", "/b/"].map(|folder| format!("{folder}{common}")) {
        for end in ["1234", "5678"] {
            tree.add(format!("{name}{end}"), Item::Fifo, &ItemOptions::default()).unwrap();
        }
    }
    tree.add(format!("/c/{common}1234"), Item::Fifo, &ItemOptions::default()).unwrap();
    tree.add(format!("/c/{common}"), Item::Fifo, &ItemOptions::default()).unwrap();
    tree.add(format!("/d/{common}1234"), Item::Fifo, &ItemOptions::default()).unwrap();
    let options = PlanOptions {
        file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
        ..PlanOptions::default()
    };
    let plan = LayoutPlan::new(&tree, options).unwrap();
    assert_eq!(plan.notice_counts().same_in_linux, 3);
    let mut told = Vec::new();
    plan.visit_notices(&mut |notice| {
        if let Notice::SameInLinux { path, other } = notice {
            told.push(BTreeSet::from([path, other]));
        }
        Ok(())
    })
    .unwrap();
    let pair = |names: [&str; 2]| BTreeSet::from(names.map(|name| name.replace('n', &common)));
    assert_eq!(
        told,
        [pair(["/a/n1234", "/a/n5678"]), pair(["/b/n1234", "/b/n5678"]), pair(["/c/n", "/c/n1234"])]
    );
}

#[test]
fn device_numbers_that_linux_takes_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let mut tree = Tree::new();
    let devices = [("a", 8, 255), ("b", 8, 256), ("c", 0, 300), ("d", 0, 5), ("e", 4095, 0xf_ffff)];
    for (name, major, minor) in devices {
        let device = Item::BlockDevice(DeviceNumber::new(major, minor).unwrap());
        tree.add(name, device, &ItemOptions::default()).unwrap();
    }
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let plan = LayoutPlan::new(&tree, PlanOptions { file_systems, ..PlanOptions::default() }).unwrap();
    let mut told = Vec::new();
    plan.visit_notices(&mut |notice| {
        told.push(notice);
        Ok(())
    })
    .unwrap();
    let of = |path: &str| Notice::DeviceNumber { path: path.to_owned() };
    assert_eq!(told, [of("/c")]);
    assert_eq!((plan.notice_counts().device_numbers, plan.notice_counts().total()), (1, 0));
    write_image(&plan, &image, &Control::default()).unwrap();
    let view = Disc::open(&image).unwrap().image(None, &[FileSystem::RockRidge]).unwrap();
    for (name, major, minor) in devices {
        let found = view.lookup(name).unwrap().device.unwrap();
        assert_eq!((found.major(), found.minor()), (major, minor), "{name}");
    }
}

/// Times of the volume that its descriptors cannot hold become the nearest, as those of files do, and that is told.
#[test]
fn times_of_the_volume_that_no_descriptor_holds() {
    let tree = Tree::new();
    let options = |seconds, strict| PlanOptions {
        created: Some(Timestamp::from_unix(seconds)),
        modified: Some(Timestamp::from_unix(seconds)),
        strict,
        ..PlanOptions::default()
    };
    let told = |seconds| {
        let mut told = BTreeSet::new();
        let plan = LayoutPlan::new(&tree, options(seconds, false)).unwrap();
        let visited = plan.visit_notices(&mut |notice| {
            if let Notice::TextChanged { text, recorded, reasons, .. } = notice {
                told.insert((text, recorded.chars().take(4).collect::<String>(), reasons));
            }
            Ok(())
        });
        visited.unwrap();
        told
    };
    let changed = |year: &str| {
        let range = || "range".to_owned();
        let texts = ["time of creation", "time of modification"];
        texts.map(|text| (text, year.to_owned(), range())).into_iter().collect::<BTreeSet<_>>()
    };
    assert_eq!(told(1_700_000_000), BTreeSet::new());
    assert_eq!(told(i64::MAX), changed("9999"));
    assert_eq!(told(-62_200_000_000), changed("0001"));
    let hfs_plus = PlanOptions {
        file_systems: FileSystems::ISO9660 | FileSystems::HFS_PLUS,
        // The year 2100.
        ..options(4_102_444_800, false)
    };
    let changes = LayoutPlan::new(&tree, hfs_plus).unwrap().first_changes(9);
    assert_eq!(
        changes.iter().filter(|one| one.to_string().contains("HFS+ records it as")).count(),
        2,
        "{changes:?}"
    );
    assert!(LayoutPlan::new(&tree, options(1_700_000_000, true)).is_ok());
    assert!(LayoutPlan::new(&tree, options(i64::MAX, true)).is_err());
}
