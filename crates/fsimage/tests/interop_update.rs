//! After each update, other readers see exactly the folder.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use fsimage::update::UpdateOptions;
use fsimage::{FileSystems, PlanOptions};
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
