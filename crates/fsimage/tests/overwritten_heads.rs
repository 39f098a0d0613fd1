//! Heads that something else was written over: who looks is told, the sessions behind them come back, with what boots, and nothing is
//! recorded as if they had never been.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use fsimage::{
    BurnOptions, Control, DEFAULT_PREFERENCE, FileSystems, GrowingDisc, HybridOptions, ImportOptions, Item,
    ItemOptions, LayoutPlan, MediumKind, PartitionOptions, PlanOptions, Recovery, RecoveryAction, Tree,
};
use support::grounds::{Ground, open};
use support::list_image;

const GROUNDS: [Ground; 5] = [
    Ground::Medium(MediumKind::DvdPlusRw),
    Ground::Medium(MediumKind::DvdRam),
    Ground::Medium(MediumKind::BdRe),
    Ground::RestrictedOverwrite,
    Ground::PseudoOverwrite,
];

const SECTOR: u64 = 2048;

fn burn(at: &Path, name: &str, file_systems: FileSystems) -> fsimage::Result<()> {
    let growing = GrowingDisc::open(open(at))?;
    let (mut tree, options) = match growing.is_blank() {
        true => {
            // A partition table is in the system area.
            let hybrid =
                HybridOptions { partitions: vec![PartitionOptions::image()], ..HybridOptions::default() };
            (Tree::new(), PlanOptions { file_systems, hybrid: Some(hybrid), ..PlanOptions::default() })
        }
        false => {
            let imported = growing.import(&ImportOptions::default(), &Control::default())?;
            let options = imported.plan_options();
            (imported.tree, options)
        }
    };
    tree.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions::default())?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: growing.place(), ..options })?;
    growing.write(&plan, &BurnOptions::default(), &Control::default()).map(drop)
}

fn sectors(at: &Path, range: Range<u64>) -> Vec<u8> {
    std::fs::read(at).unwrap()[(range.start * SECTOR) as usize..(range.end * SECTOR) as usize].to_vec()
}

fn fill(at: &Path, range: Range<u64>, byte: u8) {
    let mut file = OpenOptions::new().write(true).open(at).unwrap();
    file.seek(SeekFrom::Start(range.start * SECTOR)).unwrap();
    file.write_all(&vec![byte; ((range.end - range.start) * SECTOR) as usize]).unwrap();
}

fn files(at: &Path, session: Option<u16>) -> Vec<String> {
    let disc = open(at).disc().unwrap();
    let image = disc.image(session, &DEFAULT_PREFERENCE).unwrap();
    list_image(&image).into_keys().filter(|path| path != "/").collect()
}

#[test]
fn sessions_behind_an_overwritten_head_come_back() {
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    for ground in GROUNDS {
        for file_systems in [iso9660, iso9660 | FileSystems::UDF] {
            for (range, byte) in [(0..32, 0xA5), (0..32, 0), (16..32, 0), (16..32, 0xA5)] {
                let what = format!("{ground:?}, {file_systems:?}: {range:?} are {byte:#x}");
                let folder = tempfile::tempdir().unwrap();
                let at = folder.path().join("disc");
                ground.blank(&at);
                for name in ["/1", "/2", "/3"] {
                    burn(&at, name, file_systems).unwrap();
                }
                let head = sectors(&at, 0..32);
                fill(&at, range.clone(), byte);
                let recovery = Recovery::of_drive(open(&at), &Control::default()).unwrap();
                let report = recovery.report().clone();
                assert!(matches!(report.action, RecoveryAction::Head { .. }), "{what}: {report:?}");
                drop(recovery);
                let disc = open(&at).disc().unwrap();
                let told = match disc.verify(None, &Control::default()) {
                    Ok(report) => !report.is_whole(),
                    Err(_) => true,
                };
                assert!(told, "{what}");
                drop(disc);

                let recovery = Recovery::of_drive(open(&at), &Control::default()).unwrap();
                recovery.write(report.identifier, &Control::default()).unwrap();
                let back = sectors(&at, 0..32);
                assert!(back[..16 * 2048] == head[..16 * 2048], "{what}: the system area");
                assert!(back[16 * 2048..18 * 2048] == head[16 * 2048..18 * 2048], "{what}: the descriptors");
                for (number, names) in [(1, &["/1"][..]), (2, &["/1", "/2"]), (3, &["/1", "/2", "/3"])] {
                    assert_eq!(files(&at, Some(number)), names, "{what}");
                }
                assert!(
                    open(&at).disc().unwrap().verify(None, &Control::default()).unwrap().is_whole(),
                    "{what}"
                );
            }
        }
    }
}

/// Where nothing leads to the sessions, none is recorded beside them.
#[test]
fn nothing_is_recorded_without_them() {
    for ground in GROUNDS {
        for (range, byte) in [(0..32, 0xA5), (16..32, 0)] {
            let folder = tempfile::tempdir().unwrap();
            let at = folder.path().join("disc");
            ground.blank(&at);
            for name in ["/1", "/2"] {
                burn(&at, name, FileSystems::ISO9660 | FileSystems::ROCK_RIDGE).unwrap();
            }
            fill(&at, range.clone(), byte);
            let error = burn(&at, "/3", FileSystems::ISO9660).unwrap_err().to_string();
            assert!(error.contains("'fsimage recover'"), "{ground:?}, {range:?} are {byte:#x}: {error}");
        }
    }
}
