//! After each update, other readers see exactly the folder.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use fsimage::update::UpdateOptions;
use fsimage::{FileSystem, FileSystems, PlanOptions, UdfOptions, UdfSymlinks};
use peers::{Columns, assert_same};
use support::updating::{ROUNDS, change, set_time, update_image};
use support::{build, scan};

#[test]
fn the_kernel_and_xorriso_see_the_folder() {
    let (xorriso, kernel) = (peers::require("xorriso"), peers::kernel::require());
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    for file_systems in [iso9660, iso9660 | FileSystems::UDF, FileSystems::UDF] {
        let host = tempfile::tempdir().unwrap();
        let (folder, image) = (host.path().join("source"), host.path().join("image"));
        std::fs::create_dir(&folder).unwrap();
        for round in 0..ROUNDS {
            change(round, &folder);
            match round {
                0 => {
                    let options = PlanOptions { file_systems, ..PlanOptions::default() };
                    build(&scan(&folder), options, &image);
                }
                _ => drop(update_image(&image, &folder, UpdateOptions::default()).unwrap()),
            }
        }
        let expected = peers::list_directory(&folder).unwrap();
        if let Some(xorriso) = xorriso.as_ref().filter(|_| file_systems.contains(iso9660)) {
            let found = peers::xorriso::list(xorriso, &image, &[]).unwrap();
            assert_same(&expected, &found, Columns::POSIX);
        }
        if let Some(kernel) = &kernel {
            let mut mounts = Vec::new();
            if file_systems.contains(FileSystems::ISO9660) {
                mounts.push("iso9660");
            }
            if file_systems.contains(FileSystems::UDF) {
                mounts.push("udf");
            }
            for mount in peers::kernel::mount(kernel, &image, &mounts, &[]).unwrap() {
                assert_same(&expected, &mount.listing, Columns::POSIX);
            }
        }
    }
}

/// Which files there are is what another reader sees, where names lose what tells them apart and are numbered.
#[test]
fn seven_zip_sees_the_files_that_are_left_of_numbered_ones() {
    let Some(seven_zip) = peers::require("7z") else { return };
    for (file_systems, reader) in
        [(FileSystems::JOLIET, "iso"), (FileSystems::empty(), "iso"), (FileSystems::UDF, "udf")]
    {
        let host = tempfile::tempdir().unwrap();
        let (folder, image) = (host.path().join("source"), host.path().join("image"));
        std::fs::create_dir(&folder).unwrap();
        let start = "a".repeat(254);
        let contents = |listing: peers::Listing| {
            let mut all: Vec<_> = listing.into_values().filter_map(|item| item.sha256).collect();
            all.sort_unstable();
            all
        };
        for number in 1..5 {
            let path = folder.join(format!("{start}{number}"));
            std::fs::write(&path, format!("content {number}")).unwrap();
            set_time(&path, 1_600_000_000);
        }
        let base = if file_systems == FileSystems::UDF { FileSystems::empty() } else { FileSystems::ISO9660 };
        let options = PlanOptions { file_systems: base | file_systems, ..PlanOptions::default() };
        build(&scan(&folder), options, &image);
        for gone in [1, 3] {
            std::fs::remove_file(folder.join(format!("{start}{gone}"))).unwrap();
            update_image(&image, &folder, UpdateOptions::default()).unwrap();
            let found = peers::sevenzip::list_as(&seven_zip, &image, reader).unwrap();
            assert_eq!(
                contents(found),
                contents(peers::list_directory(&folder).unwrap()),
                "{reader}, {gone}"
            );
        }
    }
}

/// Names that differ in case, or in dots at the end, come and go: each update is the last of its kind, and other readers find the files.
#[test]
fn names_in_another_case_come_to_rest() {
    let seven_zip = peers::require("7z");
    let iso9660 = FileSystems::ISO9660;
    for file_systems in [iso9660, iso9660 | FileSystems::ENHANCED, iso9660 | FileSystems::JOLIET] {
        for below in ["", "/in it"] {
            let host = tempfile::tempdir().unwrap();
            let (folder, image) = (host.path().join("source"), host.path().join("image"));
            let put = |name: &str, content: &str| {
                let path = folder.join(format!("{name}{below}"));
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, content).unwrap();
                set_time(&path, 1_600_000_000);
            };
            let rename = |from: &str, to: &str| std::fs::rename(folder.join(from), folder.join(to)).unwrap();
            let steps: [&dyn Fn(); 10] = [
                &|| ["Foo", "foo", "FOO"].iter().for_each(|name| put(name, name)),
                &|| rename("FOO", "BAR"),
                &|| put("bar", "bar"),
                &|| rename("BAR", "bAR"),
                &|| put("trail.", "dot "),
                &|| put("trail", "none"),
                &|| rename("trail.", "Trail"),
                &|| put("TRAIL.", "DOT "),
                &|| rename("foo", "fOO"),
                &|| put("FOO", "FOO"),
            ];
            for (number, step) in steps.into_iter().enumerate() {
                std::fs::create_dir_all(&folder).unwrap();
                step();
                set_times_of_folders(&folder);
                let what = format!("{file_systems:?}{below}, {number}");
                match number {
                    0 => {
                        build(&scan(&folder), PlanOptions { file_systems, ..PlanOptions::default() }, &image)
                    }
                    // Plain ISO 9660 may show no difference.
                    _ => drop(update_image(&image, &folder, UpdateOptions::default())),
                }
                let again = update_image(&image, &folder, UpdateOptions::default());
                assert!(again.is_none(), "{what}: {again:?}");
                let contents = |listing: peers::Listing| {
                    let mut all: Vec<_> = listing.into_values().filter_map(|item| item.sha256).collect();
                    all.sort_unstable();
                    all
                };
                let expected = contents(peers::list_directory(&folder).unwrap());
                assert_eq!(contents(support::list_session(&image, None)), expected, "{what}");
                if let Some(seven_zip) = &seven_zip {
                    let found = peers::sevenzip::list_as(seven_zip, &image, "iso").unwrap();
                    assert_eq!(contents(found), expected, "{what}");
                }
            }
        }
    }
}

/// The times of folders are none of the changes.
fn set_times_of_folders(folder: &std::path::Path) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            set_times_of_folders(&entry);
        }
    }
    set_time(folder, 1_600_000_000);
}

/// Where UDF has files in place of links, it still has them in the next session, as others see it.
#[test]
fn seven_zip_sees_files_in_place_of_links() {
    let Some(seven_zip) = peers::require("7z") else { return };
    for others in [FileSystems::JOLIET, FileSystems::empty()] {
        let host = tempfile::tempdir().unwrap();
        let (folder, image) = (host.path().join("source"), host.path().join("image"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("a"), "content of a").unwrap();
        std::os::unix::fs::symlink("a", folder.join("l")).unwrap();
        let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::UDF | others;
        let udf = UdfOptions { symlinks: UdfSymlinks::Copy, ..UdfOptions::default() };
        build(&scan(&folder), PlanOptions { file_systems, udf, ..PlanOptions::default() }, &image);
        assert!(update_image(&image, &folder, UpdateOptions::default()).is_none());
        std::fs::write(folder.join("b"), "another").unwrap();
        assert!(update_image(&image, &folder, UpdateOptions::default()).is_some());
        assert!(update_image(&image, &folder, UpdateOptions::default()).is_none());
        let found = peers::sevenzip::list_as(&seven_zip, &image, "udf").unwrap();
        assert!(found["/a"].sha256.is_some() && found["/l"].sha256 == found["/a"].sha256, "{found:?}");
        let target = support::list_file_system(&image, FileSystem::RockRidge)["/l"].target.clone();
        assert_eq!(target.as_deref(), Some("a"));
    }
}
