//! Everything that once broke a target, and a few bytes of no meaning, go through again.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::fs;
use std::path::Path;

use fuzz::TARGETS;

#[test]
fn findings_stay_fixed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/fuzz");
    for target in TARGETS {
        let Ok(folder) = fs::read_dir(root.join(target.name)) else { continue };
        let mut files: Vec<_> = folder.map(|file| file.unwrap().path()).collect();
        files.sort();
        for file in files {
            let bytes = fs::read(&file).unwrap();
            if std::panic::catch_unwind(|| (target.run)(&bytes)).is_err() {
                panic!("{} breaks {}", file.display(), target.name);
            }
        }
    }
}

#[test]
fn folders_have_targets() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/fuzz");
    let Ok(folders) = fs::read_dir(root) else { return };
    for folder in folders {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(fuzz::target(&name).is_some(), "testdata/fuzz/{name} belongs to no target");
    }
}

#[test]
fn plain_bytes() {
    for target in TARGETS {
        for byte in [0, 1, 0x20, 0x7f, 0xff] {
            for length in [0, 1, 2, 3, 4, 33, 34, 255, 2047, 2048, 2049, 10_000] {
                (target.run)(&vec![byte; length]);
            }
        }
        let ramp: Vec<u8> = (0..4096_u32).map(|index| (index * 7 + index / 256) as u8).collect();
        (target.run)(&ramp);
    }
}
