//! Volumes of mkudffs on media of which sectors cannot be read: errors say so, and nothing is written.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs::{self, File};

use fsimage::{
    AsItIsOptions, Control, DEFAULT_PREFERENCE, Error, GrowingDisc, ImportOptions, MediumKind, OpenDrive,
    Recovery, Result,
};
use support::drives::Bench;

const KIND: MediumKind = MediumKind::DvdPlusRw;

/// A DVD+RW with an empty volume of mkudffs: no anchor but that in sector 256 is where it is looked for.
fn recorded(mkudffs: &peers::Peer) -> Bench {
    let bench = Bench::new();
    let image = bench.path("image.udf");
    File::create(&image).unwrap().set_len(8 << 20).unwrap();
    let arguments = ["--startblock=0", "--media-type=dvdrw", image.to_str().unwrap()];
    peers::run(mkudffs.path(), &arguments).unwrap().success("mkudffs").unwrap();
    let options = AsItIsOptions::default();
    bench.drive(KIND).record_as_it_is(&image, &options, &Control::default()).unwrap();
    bench
}

fn import(drive: OpenDrive) -> Result<()> {
    GrowingDisc::open(drive)?.import(&ImportOptions::default(), &Control::default()).map(drop)
}

#[test]
fn interop_mkudffs() {
    let Some(mkudffs) = peers::require("mkudffs") else { return };
    for lost in [16, 256] {
        for is_forgotten in [false, true] {
            let bench = recorded(&mkudffs);
            let drive = || match is_forgotten {
                true => bench.drive(KIND),
                false => bench.unreadable([lost]),
            };
            if is_forgotten {
                bench.forget(lost.into()..u64::from(lost) + 1);
            }
            let before = fs::read(bench.path("disc.medium")).unwrap();
            let named = |error: &Error| {
                let told = error.to_string();
                assert!(
                    told.contains(&format!("cannot read sector {lost}:")),
                    "{lost}, {is_forgotten}: {told}"
                );
            };
            let error = import(drive()).unwrap_err();
            assert!(matches!(error, Error::SessionsUnreadable { .. }), "{lost}, {is_forgotten}: {error:?}");
            named(&error);
            let image = drive().disc().unwrap().image(None, &DEFAULT_PREFERENCE);
            match lost {
                // The anchor leads to it all the same.
                16 => {
                    let findings = image.unwrap().findings();
                    assert!(
                        findings.iter().any(|told| told.contains("cannot read sector 16:")),
                        "{findings:?}"
                    );
                }
                _ => {
                    named(&image.err().unwrap());
                    named(&Recovery::of_drive(drive(), &Control::default()).unwrap_err());
                }
            }
            assert_eq!(fs::read(bench.path("disc.medium")).unwrap(), before, "{lost}, {is_forgotten}");
        }
    }
}
