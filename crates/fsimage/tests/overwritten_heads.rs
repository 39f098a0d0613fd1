//! Heads that something else was written over: who looks is told, the sessions behind them come back, with what boots, and nothing is
//! recorded as if they had never been.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::path::Path;

use fsimage::{
    Blanking, Control, FileSystems, ImportOptions, ImportWarning, MediumKind, Recovery, RecoveryAction,
};
use peers::bsdtar::NameSpace;
use support::grounds::{Ground, open};
use support::heads::{GROUNDS, burn, content, files, fill, is_whole, put, sectors, with_three};

const ISO9660: FileSystems = FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE);
const BRIDGE: FileSystems = ISO9660.union(FileSystems::UDF);

/// What a medium of three sessions holds, session by session.
const SESSIONS: [(u16, &[&str]); 3] = [(1, &["/1"]), (2, &["/1", "/2"]), (3, &["/1", "/2", "/3"])];

/// Has the head written anew.
fn recover(at: &Path, what: &str) {
    let recovery = Recovery::of_drive(open(at), &Control::default()).unwrap();
    let report = recovery.report().clone();
    assert!(matches!(report.action, RecoveryAction::Head { .. }), "{what}: {report:?}");
    recovery.write(report.identifier, &Control::default()).unwrap();
    assert!(is_whole(at), "{what}");
}

fn assert_all_there(at: &Path, what: &str) {
    for (number, names) in SESSIONS {
        assert_eq!(files(at, Some(number)), names, "{what}");
    }
}

/// That nothing is recorded, and who wants that is told of `recover`.
fn assert_refused(at: &Path, file_systems: FileSystems, what: &str) {
    let before = sectors(at, 0..2000);
    let error = burn(at, "/4", file_systems).unwrap_err().to_string();
    assert!(error.contains("'fsimage recover'"), "{what}: {error}");
    assert!(sectors(at, 0..2000) == before, "{what}");
}

#[test]
fn sessions_behind_an_overwritten_head_come_back() {
    for ground in GROUNDS {
        for file_systems in [ISO9660, BRIDGE] {
            for (range, byte) in [(0..32, 0xA5), (0..32, 0), (16..32, 0), (16..32, 0xA5)] {
                let what = format!("{ground:?}, {file_systems:?}: {range:?} are {byte:#x}");
                let folder = tempfile::tempdir().unwrap();
                let at = folder.path().join("disc");
                with_three(ground, &at, file_systems);
                let head = sectors(&at, 0..32);
                fill(&at, range.clone(), byte);
                assert!(!is_whole(&at), "{what}");
                recover(&at, &what);
                let back = sectors(&at, 0..32);
                assert!(back[..16 * 2048] == head[..16 * 2048], "{what}: the system area");
                assert!(back[16 * 2048..18 * 2048] == head[16 * 2048..18 * 2048], "{what}: the descriptors");
                assert_all_there(&at, &what);
            }
        }
    }
}

/// Where nothing leads to the sessions, none is recorded beside them.
#[test]
fn nothing_is_recorded_without_them() {
    for ground in GROUNDS {
        for (range, byte) in [(0..32, 0xA5), (16..32, 0)] {
            let what = format!("{ground:?}, {range:?} are {byte:#x}");
            let folder = tempfile::tempdir().unwrap();
            let at = folder.path().join("disc");
            with_three(ground, &at, ISO9660);
            fill(&at, range.clone(), byte);
            let told = open(&at).disc().unwrap().describe(None).unwrap_err().to_string();
            assert!(!told.contains("blank"), "{what}: {told}");
            assert_refused(&at, ISO9660, &what);
        }
    }
}

/// A head of zeros is that of a blank medium. What is lost with the next session is told, but where it was blanked.
#[test]
fn sessions_behind_a_blank_head_are_told() {
    for ground in GROUNDS {
        let what = format!("{ground:?}");
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("disc");
        with_three(ground, &at, ISO9660);
        fill(&at, 0..32, 0);
        let told = || ImportWarning::of_passed_over(&open(&at).disc().unwrap());
        assert_eq!(told(), [ImportWarning::SessionsWithoutHead], "{what}");
        if ground != Ground::PseudoOverwrite {
            open(&at).blank(Blanking::Quick, &Control::default()).unwrap();
            assert_eq!(told(), [], "{what}");
        }
    }
}

/// A session's own descriptors state its own size. What is recorded next goes behind its files all the same.
#[test]
fn interop_bsdtar_a_head_of_own_descriptors_gives_no_room_within_the_session() {
    let Some(bsdtar) = peers::require("bsdtar") else { return };
    for ground in GROUNDS {
        for (file_systems, number) in [(ISO9660, 2), (ISO9660, 3), (BRIDGE, 2), (BRIDGE, 3)] {
            let what = format!("{ground:?}, {file_systems:?}: the head is that of session {number}");
            let folder = tempfile::tempdir().unwrap();
            let at = folder.path().join("disc");
            with_three(ground, &at, file_systems);
            let session = *open(&at).disc().unwrap().sessions().get(number).unwrap();
            let start = u64::from(session.start.get());
            put(&at, 0, &sectors(&at, start..start + 32));
            assert!(!is_whole(&at), "{what}");
            burn(&at, "/4", file_systems).unwrap();
            assert!(is_whole(&at), "{what}");
            let extracted = folder.path().join("files");
            std::fs::create_dir(&extracted).unwrap();
            peers::bsdtar::extract(&bsdtar, &at, NameSpace::RockRidge, &extracted).unwrap();
            for name in ["1", "2", "3", "4"].iter().filter(|name| **name != "3" || number == 3) {
                let found = std::fs::read(extracted.join(name)).unwrap();
                assert!(found == content(&format!("/{name}")), "{what}: {name}");
            }
        }
    }
}

/// Nothing else leads to the sessions of UDF alone.
#[test]
fn sessions_of_udf_alone_come_back_without_their_anchor() {
    for ground in GROUNDS {
        for byte in [0, 0xA5] {
            let what = format!("{ground:?}, sector 256 is {byte:#x}");
            let folder = tempfile::tempdir().unwrap();
            let at = folder.path().join("disc");
            with_three(ground, &at, FileSystems::UDF);
            let anchor = sectors(&at, 256..257);
            fill(&at, 256..257, byte);
            assert!(!is_whole(&at), "{what}");
            assert_refused(&at, FileSystems::UDF, &what);
            recover(&at, &what);
            assert!(sectors(&at, 256..257) == anchor, "{what}");
            assert_all_there(&at, &what);
            burn(&at, "/4", FileSystems::UDF).unwrap();
            assert_eq!(files(&at, None), ["/1", "/2", "/3", "/4"], "{what}");
        }
    }
}

/// A descriptor of ISO 9660 that leads nowhere does not stand for them.
#[test]
fn sessions_of_udf_alone_come_back_from_behind_a_foreign_descriptor() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other");
    with_three(Ground::Medium(MediumKind::DvdPlusRw), &other, ISO9660);
    let foreign = sectors(&other, 16..17);
    for ground in GROUNDS {
        let what = format!("{ground:?}");
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("disc");
        with_three(ground, &at, FileSystems::UDF);
        put(&at, 16, &foreign);
        assert_refused(&at, FileSystems::UDF, &what);
        recover(&at, &what);
        assert_all_there(&at, &what);
    }
}

/// ISO 9660 leads to the sessions of a bridge, and readers of UDF find none of them.
#[test]
fn a_bridge_without_its_anchor_is_damaged() {
    for ground in GROUNDS {
        for byte in [0, 0xA5] {
            let what = format!("{ground:?}, sector 256 is {byte:#x}");
            let folder = tempfile::tempdir().unwrap();
            let at = folder.path().join("disc");
            with_three(ground, &at, BRIDGE);
            let anchor = sectors(&at, 256..257);
            fill(&at, 256..257, byte);
            let disc = open(&at).disc().unwrap();
            let told = disc.describe(None).unwrap().findings;
            assert!(told.iter().any(|finding| finding.contains("sector 256")), "{what}: {told:?}");
            assert!(!disc.verify(None, &Control::default()).unwrap().is_whole(), "{what}");
            drop(disc);
            assert_refused(&at, BRIDGE, &what);
            recover(&at, &what);
            assert!(sectors(&at, 256..257) == anchor, "{what}");
        }
    }
}

/// The system area as each session has it says where partitions are.
#[test]
fn partition_tables_come_back_and_are_kept() {
    for ground in GROUNDS {
        for (range, byte) in [(0..1, 0), (0..16, 0), (0..1, 0xA5), (0..16, 0xA5), (1..16, 0xA5)] {
            let what = format!("{ground:?}: {range:?} are {byte:#x}");
            let folder = tempfile::tempdir().unwrap();
            let at = folder.path().join("disc");
            with_three(ground, &at, ISO9660);
            let area = sectors(&at, 0..16);
            let newest = u64::from(open(&at).disc().unwrap().sessions().newest().unwrap().start.get());
            assert!(sectors(&at, newest..newest + 16) == area, "{what}");
            fill(&at, range, byte);
            let disc = open(&at).disc().unwrap();
            let told = disc.describe(None).unwrap().findings;
            assert!(told.iter().any(|finding| finding.contains("system area")), "{what}: {told:?}");
            assert!(!disc.verify(None, &Control::default()).unwrap().is_whole(), "{what}");
            drop(disc);
            assert!(burns_with_partitions(ground, &at), "{what}");

            fill(&at, 0..16, byte);
            let session = open(&at).disc().unwrap().sessions().newest().unwrap().start.get().into();
            let area_of_newest = sectors(&at, session..session + 16);
            assert!(area_of_newest[512..520] == area[512..520], "{what}");
            recover(&at, &what);
            assert!(sectors(&at, 0..16) == area_of_newest, "{what}");
        }
    }
}

/// Boot code that somebody has put there is no damage, and is kept.
#[test]
fn a_system_area_that_was_changed_stays() {
    for ground in GROUNDS {
        let what = format!("{ground:?}");
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("disc");
        with_three(ground, &at, ISO9660);
        let mut area = sectors(&at, 0..1);
        area[..8].copy_from_slice(b"own code");
        put(&at, 0, &area);
        let report = open(&at).disc().unwrap().verify(None, &Control::default()).unwrap();
        assert!(report.is_whole(), "{what}");
        assert!(report.findings.iter().any(|finding| finding.message.contains("changed")), "{what}");
        let recovery = Recovery::of_drive(open(&at), &Control::default()).unwrap();
        assert_eq!(recovery.report().action, RecoveryAction::Nothing, "{what}");
        drop(recovery);
        burn(&at, "/4", ISO9660).unwrap();
        assert_eq!(sectors(&at, 0..1)[..8], *b"own code", "{what}");
    }
}

/// Whether the next session keeps partition tables that the head has lost, and tells that.
fn burns_with_partitions(ground: Ground, at: &Path) -> bool {
    let growing = fsimage::GrowingDisc::open(open(at)).unwrap();
    let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    let is_told = |warning: &ImportWarning| warning.to_string().contains("'fsimage recover'");
    assert!(imported.warnings.iter().any(is_told), "{ground:?}: {:?}", imported.warnings);
    drop((growing, imported));
    burn(at, "/4", ISO9660).unwrap();
    let report = open(at).disc().unwrap().system_area(None).unwrap();
    let gpt = report.gpt.unwrap();
    gpt.header_right && gpt.partitions_right && is_whole(at)
}
