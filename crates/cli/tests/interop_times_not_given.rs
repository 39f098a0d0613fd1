//! Records that give no time (ECMA-119 9.1.5: seven zeros) give none in what is made of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;

use support::{fsimage, run};

const SECTOR: usize = 2048;

/// Beginnings of all directory records of the hierarchy of ISO 9660, that of the root in its descriptor first.
fn records(image: &[u8]) -> Vec<usize> {
    let number = |at: usize| u32::from_le_bytes(image[at..at + 4].try_into().unwrap()) as usize;
    let root = 16 * SECTOR + 156;
    let mut found = vec![root];
    let mut pending = vec![root];
    while let Some(directory) = pending.pop() {
        let start = number(directory + 2) * SECTOR;
        let mut at = start;
        while at < start + number(directory + 10) {
            match usize::from(image[at]) {
                0 => at = (at / SECTOR + 1) * SECTOR,
                len => {
                    let is_other = image[at + 32] > 1 || image[at + 33] > 1;
                    if image[at + 25] & 2 != 0 && is_other {
                        pending.push(at);
                    }
                    found.push(at);
                    at += len;
                }
            }
        }
    }
    found
}

fn times(path: &Path) -> Vec<[u8; 7]> {
    let image = fs::read(path).unwrap();
    records(&image).into_iter().map(|at| image[at + 18..at + 25].try_into().unwrap()).collect()
}

#[test]
fn times_that_are_not_given_stay_so() {
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("files/d")).unwrap();
    fs::write(folder.join("files/d/b.txt"), "b").unwrap();
    fs::write(folder.join("files/a.txt"), "a").unwrap();
    fs::write(folder.join("more.txt"), "more").unwrap();
    let at = |name: &str| folder.join(name);
    fsimage(folder, &["build", "-q", "--fs", "iso9660", "-o", "image.iso", "files"]);
    let mut image = fs::read(at("image.iso")).unwrap();
    let all = records(&image);
    assert_eq!(all.len(), 8);
    all.into_iter().for_each(|record| image[record + 18..record + 25].fill(0));
    fs::write(at("image.iso"), image).unwrap();

    fsimage(folder, &["remaster", "image.iso", "-o", "anew.iso"]);
    fsimage(folder, &["remaster", "image.iso", "--fs", "rock-ridge", "-o", "rock.iso"]);
    fsimage(folder, &["copy", "image.iso", "-o", "copy.iso"]);
    for name in ["anew.iso", "rock.iso", "copy.iso"] {
        assert!(times(&at(name)).iter().all(|time| *time == [0; 7]), "{name}: {:?}", times(&at(name)));
    }
    // What is new, or gets a time, has one.
    fsimage(folder, &["append", "image.iso", "more.txt"]);
    let given = times(&at("image.iso")).into_iter().filter(|time| *time != [0; 7]).count();
    assert_eq!(given, 1);
    if let Some(isoinfo) = peers::require("isoinfo") {
        let told = run(&isoinfo, folder, &["-l", "-i", "anew.iso"]);
        assert!(!told.contains("1970") && told.matches("  0 1900").count() == 7, "{told}");
    }
    if let Some(xorriso) = peers::require("xorriso") {
        let told = run(&xorriso, folder, &["-indev", "rock.iso", "-lsl", "/", "--"]);
        assert!(told.contains("1899") && !told.contains("1970"), "{told}");
    }
}
