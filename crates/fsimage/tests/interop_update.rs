//! After each update, other readers see exactly the folder.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use fsimage::update::UpdateOptions;
use fsimage::{FileSystems, PlanOptions};
use peers::{Columns, assert_same};
use support::updating::{ROUNDS, change, update_image};
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
