//! Media of which sectors cannot be read: what is written anew is what other programs read, and of volumes of mkudffs errors say
//! so, and nothing is written.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs::{self, File};

use fsimage::{
    AsItIsOptions, BurnOptions, Control, DEFAULT_PREFERENCE, Error, FileSystems, GrowingDisc, ImportOptions,
    Item, ItemOptions, LayoutPlan, MediumKind, OpenDrive, PlanOptions, Recovery, Result, Tree,
};
use peers::bsdtar::NameSpace;
use peers::{isoinfo, sevenzip};
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

/// Adds a file to a bridge.
fn burn(drive: OpenDrive, name: &str) {
    let control = Control::default();
    let growing = GrowingDisc::open(drive).unwrap();
    let (mut tree, mut planned) = (Tree::new(), PlanOptions::default());
    planned.file_systems =
        FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET | FileSystems::UDF;
    if !growing.is_blank() {
        let imported = growing.import(&ImportOptions::default(), &control).unwrap();
        planned = imported.plan_options();
        tree = imported.tree;
    }
    tree.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions::default()).unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions { place: growing.place(), ..planned }).unwrap();
    growing.write(&plan, &BurnOptions::default(), &control).unwrap();
}

/// A head with a sector that could not be read, written anew by the next session, and by recovery.
#[test]
fn interop_mended_heads() {
    let (Some(isoinfo), Some(sevenzip)) = (peers::require("isoinfo"), peers::require("7z")) else { return };
    for lost in [0, 16, 17, 19, 20, 256] {
        for is_recovered in [false, true] {
            // What leads to the sessions comes first.
            if !is_recovered && matches!(lost, 16 | 256) {
                continue;
            }
            let bench = Bench::new();
            burn(bench.drive(KIND), "/first");
            let mut expected = vec!["/first"];
            if is_recovered {
                let recovery = Recovery::of_drive(bench.unreadable([lost]), &Control::default()).unwrap();
                let identifier = recovery.report().identifier;
                recovery.write(identifier, &Control::default()).unwrap();
            } else {
                burn(bench.unreadable([lost]), "/second");
                expected.push("/second");
            }
            let image = bench.path("disc");
            let found = [
                isoinfo::list(&isoinfo, &image, NameSpace::RockRidge, &[]).unwrap(),
                isoinfo::list(&isoinfo, &image, NameSpace::Joliet, &[]).unwrap(),
                sevenzip::list_as(&sevenzip, &image, "udf").unwrap(),
            ];
            for listing in found {
                let files: Vec<&str> = listing
                    .iter()
                    .filter(|(_, one)| one.kind == peers::Kind::File)
                    .map(|(path, _)| &**path)
                    .collect();
                assert_eq!(files, expected, "{lost}, {is_recovered}");
            }
        }
    }
}
