//! After each update, other readers see exactly the folder, on image files and on every simulated medium.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use fsimage::update::UpdateOptions;
use fsimage::{DriveName, FileSystems, OpenDrive, PlanOptions};
use peers::{Columns, assert_same};
use support::updating::{ROUNDS, change, update_image, update_medium};
use support::{build, list_image, scan};

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

#[test]
fn every_medium() {
    let host = tempfile::tempdir().unwrap();
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    let kinds =
        ["cd-r", "cd-rw", "dvd-r", "dvd-rw", "dvd-ram", "dvd+r", "dvd+r-dl", "dvd+rw", "bd-r", "bd-re"];
    for (number, kind) in kinds.into_iter().enumerate() {
        let folder = host.path().join(format!("source {kind}"));
        std::fs::create_dir(&folder).unwrap();
        let medium = host.path().join(kind);
        let drive: DriveName = format!("sim:{kind}:{}", medium.display()).parse().unwrap();
        let file_systems = if number % 2 == 0 { iso9660 } else { iso9660 | FileSystems::UDF };
        let options = PlanOptions { file_systems, ..PlanOptions::default() };
        let mut expected = Vec::new();
        for round in 0..ROUNDS {
            let new = change(round, &folder);
            let done = update_medium(&drive, &folder, &options).unwrap();
            assert_eq!(done.counts.new_bytes, new, "{kind}, {round}");
            assert!(done.description < 900, "{kind}, {round}: {} sectors", done.description);
            assert!(update_medium(&drive, &folder, &options).is_none(), "{kind}, {round}");
            expected.push(peers::list_directory(&folder).unwrap());
        }
        let disc = OpenDrive::open(&drive).unwrap().disc().unwrap();
        assert_eq!(disc.sessions().len(), ROUNDS, "{kind}");
        for (session, expected) in (1..).zip(&expected) {
            let image = disc.image(Some(session), &fsimage::DEFAULT_PREFERENCE).unwrap();
            assert_same(expected, &list_image(&image), Columns::POSIX);
        }
    }
}
