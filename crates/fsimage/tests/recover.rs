//! Interrupted recordings: whatever was cut where, older sessions can be read, and a recovered disc is whole.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fsimage::{
    BurnOptions, Control, DEFAULT_PREFERENCE, Disc, DiscIdentifier, Error, FileSystems, GrowingDisc,
    ImportOptions, Item, ItemOptions, LayoutPlan, MediumKind, OpenDrive, PlanOptions, Recovery,
    RecoveryAction, Result, Tree, UdfAccess, UdfOptions, write_image,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use mmc_device::{Cdb, Data, Sense, Transport, TransportError};
use support::drives::{faulty, over};
use support::grounds::{Ground, grounds, open};
use support::growing::{append, forms, name_of};
use support::list_image;

/// Sectors of the new files, in the order in which they are recorded.
const NEW: [(&str, usize); 4] = [("/a", 3), ("/b", 40), ("/d/c", 1), ("/d/e", 20)];

/// The same with more behind: a track of over four seconds on CD, which drives do not fill up.
const LONGER: [(&str, usize); 5] = [NEW[0], NEW[1], NEW[2], NEW[3], ("/z", 200)];

fn content(path: &str, sectors: usize) -> Vec<u8> {
    let seed = path.bytes().fold(7u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    (0..sectors * 2048 - 5).map(|at| (seed.wrapping_add((at / 3) as u8) ^ (at >> 11) as u8) | 1).collect()
}

/// Adds files to what is on the medium; how many sectors that is.
fn burn(path: &Path, files: &[(&str, usize)], options: &PlanOptions, faults: &[Fault]) -> Result<u32> {
    let drive = faulty(SimulatedDrive::open(path).unwrap(), faults)?;
    let edit = |tree: &mut Tree| {
        for (path, sectors) in files {
            tree.add(path, Item::Bytes(content(path, *sectors).into()), &ItemOptions::default()).unwrap();
        }
    };
    record(drive, options, edit, || {})
}

/// Records a session that is edited so; `meanwhile` happens when it is planned.
fn record(
    drive: OpenDrive,
    options: &PlanOptions,
    edit: impl FnOnce(&mut Tree),
    meanwhile: impl FnOnce(),
) -> Result<u32> {
    let mut disc = GrowingDisc::open(drive)?;
    let (mut tree, options) = match disc.is_blank() {
        true => (Tree::new(), options.clone()),
        false => {
            let imported = disc.import(&ImportOptions::default(), &Control::default())?;
            let options = imported.plan_options();
            (imported.tree, options)
        }
    };
    edit(&mut tree);
    disc.close_open_session()?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options })?;
    meanwhile();
    disc.write(&plan, &BurnOptions::default(), &Control::default()).map(|burnt| burnt.sectors)
}

/// The files of a session, each of which must be as it was written.
#[track_caller]
fn files(disc: &Disc, session: Option<u16>, what: &str) -> Vec<String> {
    let sizes: BTreeMap<&str, usize> = LONGER.into_iter().chain([("/first", 5), ("/later", 2)]).collect();
    let image = disc.image(session, &DEFAULT_PREFERENCE).unwrap_or_else(|error| panic!("{what}: {error}"));
    let listing = list_image(&image);
    let files = listing.into_iter().filter(|(_, entry)| entry.kind == peers::Kind::File);
    files
        .map(|(path, entry)| {
            let (expected, _) = peers::digest(&content(&path, sizes[path.as_str()])[..]).unwrap();
            assert_eq!(entry.sha256, Some(expected), "{what}: {path}");
            path
        })
        .collect()
}

/// A copy of a medium, with its state.
fn copy(from: &Path, folder: &Path) -> PathBuf {
    let to = folder.join("copy");
    fs::copy(from, &to).unwrap();
    fs::copy(from.with_extension("medium"), to.with_extension("medium")).unwrap();
    to
}

/// Looks at a disc, recovers it, and looks at it again.
fn recover(path: &Path, had_first: bool, what: &str) -> (RecoveryAction, Vec<String>) {
    if had_first {
        assert_eq!(files(&open(path).disc().unwrap(), Some(1), what), ["/first"], "{what}");
    }
    let recovery = Recovery::of_drive(open(path), &Control::default()).unwrap();
    let report = recovery.report().clone();
    let recovered = recovery.write(report.identifier, &Control::default()).unwrap();
    let disc = open(path).disc().unwrap();
    if had_first {
        assert_eq!(files(&disc, Some(1), what), ["/first"], "{what}");
    }
    drop(disc);
    let again = Recovery::of_drive(open(path), &Control::default()).unwrap().report().clone();
    let disc = open(path).disc().unwrap();
    let found = match disc.session(None) {
        Ok(_) => {
            assert_eq!(again.action, RecoveryAction::Nothing, "{what}");
            let verified = disc.verify(None, &Control::default()).unwrap();
            assert!(
                verified.findings.iter().all(|finding| !finding.is_damage),
                "{what}: {:?}",
                verified.findings
            );
            files(&disc, None, what)
        }
        Err(_) => {
            // What is closed is not offered to be closed once more, and what is lost stays told.
            use RecoveryAction::{Nothing, NothingToKeep};
            assert!(matches!(again.action, Nothing | NothingToKeep), "{what}: {again:?}");
            assert!(again.cut_short().is_none(), "{what}: {again:?}");
            Vec::new()
        }
    };
    // What is lost is told.
    let is_told = !(report.dropped.is_empty() && report.unreadable.is_empty());
    let is_all_there = NEW.iter().all(|(path, _)| found.iter().any(|found| found == path));
    assert!(
        is_told || is_all_there || report.action == RecoveryAction::Nothing,
        "{what}: {report:?}, {found:?}"
    );
    // Where the recording stopped is one place in a report.
    for lost in &report.dropped {
        let Some((_, behind)) = lost.reason.split_once("beyond sector ") else { continue };
        let stopped: u32 = behind.split(',').next().unwrap().parse().unwrap();
        assert!(report.last_good.is_none_or(|last| last == stopped), "{what}: {report:?}");
    }
    assert!(report.kept.iter().all(|path| found.contains(path)), "{what}: {report:?}, {found:?}");
    assert!(
        recovered.dropped.iter().all(|lost| !found.contains(&lost.path)),
        "{what}: {recovered:?}, {found:?}"
    );
    (report.action, found)
}

/// Power goes at every sector of the second session. With more than one sector in a unit of recording, those around its
/// borders tell as much as all.
#[test]
fn a_session_that_was_cut_anywhere_on_media_that_are_written_once() {
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    let (whole, tables) = (UdfAccess::ReadOnly, UdfAccess::WriteOnce);
    let cases = [
        (Ground::Medium(MediumKind::CdR), iso9660, whole),
        (Ground::Medium(MediumKind::DvdPlusR), iso9660 | FileSystems::UDF, whole),
        (Ground::Medium(MediumKind::DvdR), iso9660, whole),
        (Ground::Medium(MediumKind::DvdRw), iso9660 | FileSystems::UDF, whole),
        (Ground::Medium(MediumKind::BdR), FileSystems::UDF, whole),
        (Ground::Medium(MediumKind::BdR), iso9660, whole),
        (Ground::Medium(MediumKind::BdR), FileSystems::UDF, tables),
        (Ground::Medium(MediumKind::DvdPlusR), FileSystems::UDF, tables),
    ];
    for (kind, file_systems, access) in cases {
        let udf = UdfOptions { access, ..UdfOptions::default() };
        let options = PlanOptions { file_systems, udf, ..PlanOptions::default() };
        let folder = tempfile::tempdir().unwrap();
        let first = folder.path().join("first");
        kind.blank(&first);
        burn(&first, &[("/first", 5)], &options, &[]).unwrap();
        let sectors = burn(&copy(&first, folder.path()), &NEW, &options, &[]).unwrap();
        let mut kept = Vec::new();
        let is_cd = kind == Ground::Medium(MediumKind::CdR);
        let step = if is_cd { 1 } else { 13 };
        for after_sectors in (0..u64::from(sectors) + 2).step_by(step) {
            let what = format!("{kind:?}, {file_systems:?}, {after_sectors} of {sectors} sectors");
            let path = copy(&first, folder.path());
            if burn(&path, &NEW, &options, &[Fault::PowerCut { after_sectors }]).is_ok() {
                continue;
            }
            let (_, found) = recover(&path, true, &what);
            assert!(found.contains(&"/first".to_owned()), "{what}: {found:?}");
            // It grows as any other.
            burn(&path, &[("/later", 2)], &options, &[]).unwrap();
            let later = files(&open(&path).disc().unwrap(), None, &what);
            assert_eq!(later.len(), found.len() + 1, "{what}");
            kept.push(found.len());
        }
        // The later power went, the more is kept; something at last.
        assert!(kept.is_sorted(), "{kind:?}: {kept:?}");
        // Where blocks are virtual, nobody knows what they are before the table is there, which comes last.
        let least = match access {
            UdfAccess::WriteOnce => 1,
            _ if is_cd => 4,
            _ => 2,
        };
        assert!(kept.last().is_some_and(|&last| last >= least), "{kind:?}, {file_systems:?}: {kept:?}");
    }
}

/// A medium whose newest session ends behind so many sectors of it, and was left open there.
fn cut(path: &Path, recorded: u64) {
    let state = path.with_extension("medium");
    let mut medium: serde_json::Value = serde_json::from_str(&fs::read_to_string(&state).unwrap()).unwrap();
    let session = medium["medium"]["sessions"].as_array_mut().unwrap().last_mut().unwrap();
    session["closed"] = false.into();
    let track = session["tracks"].as_array_mut().unwrap().last_mut().unwrap();
    assert!(track["recorded"].as_u64().unwrap() > recorded, "{track}");
    track["recorded"] = recorded.into();
    track["state"] = "open".into();
    let end = track["start"].as_u64().unwrap() + recorded;
    for range in medium["medium"]["written"].as_array_mut().unwrap() {
        range[1] = range[1].as_u64().unwrap().min(end).into();
    }
    fs::write(&state, medium.to_string()).unwrap();
    fs::File::options().write(true).open(path).unwrap().set_len(end * 2048).unwrap();
}

/// Right in front of a session on BD-R lies what the one before ended with: its last anchor of UDF, where this one would have its own,
/// had it come to an end there, or its virtual allocation table.
#[test]
fn what_the_session_before_ended_with_is_not_of_this_one() {
    for access in [UdfAccess::ReadOnly, UdfAccess::WriteOnce] {
        let udf = UdfOptions { access, ..UdfOptions::default() };
        let options = PlanOptions { file_systems: FileSystems::UDF, udf, ..PlanOptions::default() };
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("whole");
        Ground::Medium(MediumKind::BdR).blank(&whole);
        burn(&whole, &[("/first", 5)], &options, &[]).unwrap();
        let sectors = burn(&whole, &LONGER, &options, &[]).unwrap();
        for recorded in (32..u64::from(sectors)).step_by(32) {
            let what = format!("{access:?}, {recorded} of {sectors} sectors");
            let path = copy(&whole, folder.path());
            cut(&path, recorded);
            let report = Recovery::of_drive(open(&path), &Control::default()).unwrap().report().clone();
            assert!(!report.sessions[1].complete, "{what}: {report:?}");
            assert!(!(report.dropped.is_empty() && report.unreadable.is_empty()), "{what}: {report:?}");
            recover(&path, true, &what);
        }
    }
}

/// A drive whose medium is full at a sector, whatever it said before.
struct FullAt(SimulatedDrive, u32);

impl Transport for FullAt {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError> {
        let command = cdb.as_bytes();
        let first = || u32::from_be_bytes(command[2..6].try_into().unwrap());
        // WRITE (10) and WRITE (12).
        let end = match command[0] {
            0x2A => first() + u32::from(u16::from_be_bytes(command[7..9].try_into().unwrap())),
            0xAA => first() + u32::from_be_bytes(command[6..10].try_into().unwrap()),
            _ => 0,
        };
        if end > self.1 {
            // END OF USER AREA ENCOUNTERED ON THIS TRACK
            return Err(TransportError::CheckCondition(Sense::new(5, 0x63, 0)));
        }
        self.0.execute(cdb, data, timeout)
    }

    fn max_transfer(&self) -> usize {
        16 * 2048
    }
}

/// What an interrupted second session leaves, by whatever stopped it: the first one as it was, a disc that is recovered, and
/// one that takes more.
fn assert_goes_on(ground: Ground, path: &Path, options: &PlanOptions, what: &str) {
    let found = match ground.is_overwritable() {
        true => {
            let found = files(&open(path).disc().unwrap(), None, what);
            assert_eq!(found, ["/first"], "{what}");
            found
        }
        false => recover(path, true, what).1,
    };
    assert!(found.contains(&"/first".to_owned()), "{what}: {found:?}");
    burn(path, &[("/later", 2)], options, &[]).unwrap();
    assert_eq!(files(&open(path).disc().unwrap(), None, what).len(), found.len() + 1, "{what}");
}

fn media_with_one_session(
    options: &PlanOptions,
) -> impl Iterator<Item = (Ground, tempfile::TempDir, PathBuf)> {
    use MediumKind::{BdRDl, BdRXl, BdReDl, BdReXl, DvdPlusRDl, DvdRDl};
    // More layers are recorded as one is.
    let alike = [DvdRDl, DvdPlusRDl, BdRDl, BdRXl, BdReDl, BdReXl].map(Ground::Medium);
    let media = grounds().filter(move |ground| *ground != Ground::ImageFile && !alike.contains(ground));
    media.map(|ground| {
        let folder = tempfile::tempdir().unwrap();
        let first = folder.path().join("first");
        ground.blank(&first);
        burn(&first, &[("/first", 5)], options, &[]).unwrap();
        (ground, folder, first)
    })
}

#[test]
fn a_medium_that_is_full_anywhere() {
    let options = PlanOptions::default();
    for (ground, folder, first) in media_with_one_session(&options) {
        let path = copy(&first, folder.path());
        let start = GrowingDisc::open(open(&path)).unwrap().place().start.get();
        let sectors = burn(&path, &LONGER, &options, &[]).unwrap();
        for full in (start..start + sectors).step_by(29) {
            let what = format!("{ground:?}, full at {full} of {start} to {}", start + sectors);
            let path = copy(&first, folder.path());
            let drive = over(FullAt(SimulatedDrive::open(&path).unwrap(), full)).unwrap();
            let edit = |tree: &mut Tree| {
                for (path, sectors) in LONGER {
                    let bytes = Item::Bytes(content(path, sectors).into());
                    tree.add(path, bytes, &ItemOptions::default()).unwrap();
                }
            };
            let error = record(drive, &options, edit, || {}).unwrap_err();
            assert!(matches!(error, Error::Recording { .. }), "{what}: {error:?}");
            assert_goes_on(ground, &path, &options, &what);
        }
    }
}

#[test]
fn a_source_that_fails_anywhere() {
    let options = PlanOptions::default();
    let host = tempfile::tempdir().unwrap();
    let source = |path: &str| host.path().join(path.replace('/', "_"));
    for (ground, folder, first) in media_with_one_session(&options) {
        for (victim, sectors) in LONGER {
            let what = format!("{ground:?}, {victim}");
            for (path, sectors) in LONGER {
                fs::write(source(path), content(path, sectors)).unwrap();
            }
            let path = copy(&first, folder.path());
            let edit = |tree: &mut Tree| {
                for (path, _) in LONGER {
                    tree.add(path, Item::HostFile(&source(path)), &ItemOptions::default()).unwrap();
                }
            };
            let truncate = || {
                let file = fs::File::options().write(true).open(source(victim)).unwrap();
                file.set_len(sectors as u64 * 1000).unwrap();
            };
            let error = record(open(&path), &options, edit, truncate).unwrap_err();
            let stopped = matches!(&error, Error::Recording { source, .. } if matches!(**source, Error::SourceChanged { .. }));
            assert!(stopped, "{what}: {error:?}");
            assert_goes_on(ground, &path, &options, &what);
        }
    }
}

/// The last sector before the end of what was recorded is of the new session in its first half only.
#[test]
fn a_torn_sector_is_not_taken_for_data() {
    for kind in [MediumKind::CdR, MediumKind::BdR] {
        let folder = tempfile::tempdir().unwrap();
        let first = folder.path().join("first");
        let options = PlanOptions::default();
        fsimage::create_simulated_medium(&first, kind).unwrap();
        burn(&first, &[("/first", 5)], &options, &[]).unwrap();
        let sectors = burn(&copy(&first, folder.path()), &NEW, &options, &[]).unwrap();
        for after_sectors in (0..u64::from(sectors)).step_by(7) {
            let what = format!("{kind}, {after_sectors} of {sectors} sectors");
            let path = copy(&first, folder.path());
            burn(&path, &NEW, &options, &[Fault::PowerCut { after_sectors }]).unwrap_err();
            let recovery = Recovery::of_drive(open(&path), &Control::default()).unwrap();
            let Some(last) = recovery.report().last_good else { continue };
            drop(recovery);
            let medium = fs::File::options().write(true).open(&path).unwrap();
            medium.write_all_at(&[0; 1024], u64::from(last) * 2048 + 1024).unwrap();
            let (_, found) = recover(&path, true, &what);
            assert!(found.contains(&"/first".to_owned()), "{what}: {found:?}");
        }
    }
}

/// The first session on a blank disc was cut: what is whole of it is a session, or the disc is closed and takes one.
#[test]
fn a_first_session_that_was_cut() {
    for kind in [MediumKind::CdR, MediumKind::BdR] {
        let folder = tempfile::tempdir().unwrap();
        let blank = folder.path().join("blank");
        fsimage::create_simulated_medium(&blank, kind).unwrap();
        let options = PlanOptions::default();
        let sectors = burn(&copy(&blank, folder.path()), &NEW, &options, &[]).unwrap();
        let mut most = 0;
        for after_sectors in (1..u64::from(sectors)).step_by(11) {
            let what = format!("{kind}, {after_sectors} of {sectors} sectors");
            let path = copy(&blank, folder.path());
            burn(&path, &NEW, &options, &[Fault::PowerCut { after_sectors }]).unwrap_err();
            let (action, found) = recover(&path, false, &what);
            assert_eq!(action == RecoveryAction::ClosingSession, !found.is_empty(), "{what}");
            burn(&path, &[("/later", 2)], &options, &[]).unwrap();
            most = most.max(found.len());
        }
        assert!(most >= 1, "{kind}: {most}");
    }
}

/// A session of which nothing can be kept, and which is closed: nothing is done about it, and that it is lost is told
/// each time.
#[test]
fn a_first_session_that_was_closed_without_anything_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc");
    fsimage::create_simulated_medium(&path, MediumKind::CdR).unwrap();
    let options = PlanOptions::default();
    burn(&path, &[("/b", 400)], &options, &[Fault::PowerCut { after_sectors: 120 }]).unwrap_err();
    open(&path).close(fsimage::Closing::KeepAppendable).unwrap();
    let before = fs::read(path.with_extension("medium")).unwrap();
    for _ in 0..2 {
        let recovery = Recovery::of_drive(open(&path), &Control::default()).unwrap();
        let report = recovery.report().clone();
        assert_eq!(report.action, RecoveryAction::NothingToKeep, "{report:?}");
        assert!(!report.is_without_loss() && report.dropped.len() == 1, "{report:?}");
        let recovered = recovery.write(report.identifier, &Control::default()).unwrap();
        assert!(recovered.session.is_none());
        assert_eq!(fs::read(path.with_extension("medium")).unwrap(), before);
    }
}

/// What a head of a medium or image may be when power went while it was written.
fn torn(new: &[u8], old: &[u8]) -> Vec<Vec<u8>> {
    let halves = [512, 1024].map(|at| [&new[..at], &old[at..]].concat());
    halves.into_iter().chain([vec![0; 2048], vec![0xA5; 2048], old.to_vec()]).collect()
}

/// Each sector of the head is torn in turn, those behind it still old: what is found is the old state or the new one, and
/// recovery makes it the new one byte for byte, or finds the old one whole.
#[test]
fn heads_of_image_files() {
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    let mut all = forms();
    all.push(PlanOptions { file_systems: iso9660, ..PlanOptions::default() });
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    for options in all {
        let what = name_of(&options);
        let has_udf = options.file_systems.contains(FileSystems::UDF);
        let mut tree = Tree::new();
        tree.add("/first", Item::Bytes(content("/first", 5).into()), &ItemOptions::default()).unwrap();
        let _ = fs::remove_file(&image);
        write_image(&LayoutPlan::new(&tree, options).unwrap(), &image, &Control::default()).unwrap();
        for (name, sectors) in [("/a", 3), ("/b", 40)] {
            let old = fs::read(&image).unwrap();
            append(&image, |tree| {
                tree.add(name, Item::Bytes(content(name, sectors).into()), &ItemOptions::default()).unwrap();
            })
            .unwrap();
            let new = fs::read(&image).unwrap();
            let whole = Recovery::of_image(&image).unwrap();
            assert_eq!(whole.report().action, RecoveryAction::Nothing, "{what}: nothing was cut");
            let states = [&old, &new].map(|bytes| {
                fs::write(&image, bytes).unwrap();
                files(&Disc::open(&image).unwrap(), None, &what)
            });
            let at = |bytes: &[u8], sector: usize| {
                bytes.get(sector * 2048..(sector + 1) * 2048).map_or_else(|| vec![0; 2048], <[u8]>::to_vec)
            };
            let anchor = has_udf.then_some(256);
            let steps: Vec<usize> =
                (16..32).chain(anchor).filter(|&sector| at(&old, sector) != at(&new, sector)).collect();
            assert!(!steps.is_empty());
            for (index, &sector) in steps.iter().enumerate() {
                for part in torn(&at(&new, sector), &at(&old, sector)) {
                    let mut cut = new.clone();
                    for &later in &steps[index + 1..] {
                        cut[later * 2048..][..2048].copy_from_slice(&at(&old, later));
                    }
                    cut[sector * 2048..][..2048].copy_from_slice(&part);
                    fs::write(&image, &cut).unwrap();
                    let recovery = Recovery::of_image(&image).unwrap();
                    let report = recovery.report().clone();
                    recovery.write(report.identifier, &Control::default()).unwrap();
                    let after = fs::read(&image).unwrap();
                    let found = files(&Disc::open(&image).unwrap(), None, &what);
                    // Where nothing leads to the new session yet, the head is that of the old one again.
                    let is_old_head =
                        (0..32).chain(anchor).all(|sector| at(&after, sector) == at(&old, sector));
                    let is_whole = after == new
                        || found == states[0] && (is_old_head || report.action == RecoveryAction::Nothing);
                    assert!(is_whole, "{what}: sector {sector}, {report:?}, {found:?}");
                    let again = Recovery::of_image(&image).unwrap();
                    assert_eq!(again.report().action, RecoveryAction::Nothing, "{what}: sector {sector}");
                }
            }
            fs::write(&image, &new).unwrap();
        }
    }
}

/// The cluster with the head of an overwritable medium was lost.
#[test]
fn heads_of_overwritable_media() {
    let media = [MediumKind::DvdPlusRw, MediumKind::BdRe, MediumKind::DvdRam].map(Ground::Medium);
    for kind in media.into_iter().chain([Ground::PseudoOverwrite]) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        kind.blank(&path);
        for added in [&[("/first", 5)][..], &NEW[..2], &NEW[2..]] {
            burn(&path, added, &PlanOptions::default(), &[]).unwrap();
            let expected = files(&open(&path).disc().unwrap(), None, "whole");
            let nothing = Recovery::of_drive(open(&path), &Control::default()).unwrap();
            assert_eq!(nothing.report().action, RecoveryAction::Nothing, "{kind:?}");
            drop(nothing);
            let medium = fs::File::options().write(true).open(&path).unwrap();
            medium.write_all_at(&[0; 32 * 2048], 0).unwrap();
            let recovery = Recovery::of_drive(open(&path), &Control::default()).unwrap();
            let report = recovery.report().clone();
            assert!(matches!(report.action, RecoveryAction::Head { .. }), "{kind:?}: {report:?}");
            recovery.write(report.identifier, &Control::default()).unwrap();
            assert_eq!(files(&open(&path).disc().unwrap(), None, "recovered"), expected, "{kind:?}");
        }
    }
}

/// A disc that was not meant is not written to.
#[test]
fn the_disc_has_to_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("disc"), folder.path().join("other"));
    for medium in [&path, &other] {
        fsimage::create_simulated_medium(medium, MediumKind::BdR).unwrap();
        burn(medium, &[("/first", 5)], &PlanOptions::default(), &[]).unwrap();
    }
    burn(&path, &NEW, &PlanOptions::default(), &[Fault::PowerCut { after_sectors: 60 }]).unwrap_err();
    let wrong: DiscIdentifier = open(&other).disc().unwrap().identifier();
    let before = fs::read(&path).unwrap();
    let recovery = Recovery::of_drive(open(&path), &Control::default()).unwrap();
    let written = recovery.write(wrong, &Control::default());
    assert!(matches!(written, Err(Error::DiscMismatch { .. })), "{written:?}");
    assert!(fs::read(&path).unwrap() == before);
}

/// Sessions of a disc that is written once, copied as a file, have no head that would mirror them.
#[test]
fn a_copy_of_a_disc_that_is_written_once_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc");
    fsimage::create_simulated_medium(&path, MediumKind::BdR).unwrap();
    for files in [&[("/first", 5)][..], &NEW] {
        burn(&path, files, &PlanOptions::default(), &[]).unwrap();
    }
    let image = folder.path().join("image");
    fs::copy(&path, &image).unwrap();
    assert_eq!(Recovery::of_image(&image).unwrap().report().action, RecoveryAction::Nothing);
}

/// What an interrupted session was to take covers the sessions behind it: they are found all the same, and the interrupted one
/// is told wherever it is read.
#[test]
fn a_copy_of_a_disc_with_an_interrupted_session_shows_what_came_behind() {
    let options = PlanOptions::default();
    for kind in [MediumKind::BdR, MediumKind::DvdPlusR, MediumKind::CdR] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        fsimage::create_simulated_medium(&path, kind).unwrap();
        burn(&path, &[("/first", 5)], &options, &[]).unwrap();
        let much = [("/much", 12_000)];
        burn(&path, &much, &options, &[Fault::PowerCut { after_sectors: 800 }]).unwrap_err();
        burn(&path, &[("/later", 2)], &options, &[]).unwrap();
        let image = folder.path().join("image");
        fs::copy(&path, &image).unwrap();

        let disc = Disc::open(&image).unwrap();
        let starts = |disc: &Disc| Vec::from_iter(disc.sessions().iter().map(|session| session.start));
        assert_eq!(starts(&disc), starts(&open(&path).disc().unwrap()), "{kind}");
        assert_eq!(files(&disc, None, "copy"), ["/first", "/later"], "{kind}");
        assert!(!disc.verify(Some(2), &Control::default()).unwrap().is_whole(), "{kind}");
        let interrupted = disc.image(Some(2), &DEFAULT_PREFERENCE).unwrap();
        assert!(
            interrupted.is_interrupted() && !disc.image(None, &DEFAULT_PREFERENCE).unwrap().is_interrupted()
        );
        let target = folder.path().join("extracted");
        let extracted = interrupted.extract(&[], &target, &Default::default(), &Control::default()).unwrap();
        assert!(extracted.warnings.iter().any(|warning| warning.reason.contains("stopped early")), "{kind}");

        let cut = folder.path().join("cut");
        let whole = fs::read(&image).unwrap();
        assert_eq!(Recovery::of_image(&image).unwrap().report().cut_short(), None, "{kind}");
        let newest = disc.sessions().newest().unwrap().start.get() as usize;
        fs::write(&cut, &whole[..(newest + 25) * 2048]).unwrap();
        let report = Recovery::of_image(&cut).unwrap().report().clone();
        assert!(report.sessions.last().is_some_and(|newest| !newest.complete), "{kind}: {report:?}");

        append(&image, |tree| {
            tree.add("/z", Item::Bytes(content("/z", 200).into()), &ItemOptions::default()).unwrap();
        })
        .unwrap();
        assert_eq!(files(&Disc::open(&image).unwrap(), None, "grown"), ["/first", "/later", "/z"], "{kind}");
    }
}
