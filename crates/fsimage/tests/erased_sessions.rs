//! What was erased does not come back, whatever becomes of the head of what was recorded over it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};

use fsimage::{AsItIsOptions, Control, FileSystems, MediumKind, Recovery, RecoveryAction, RecoveryReport};
use support::grounds::Ground;
use support::stops::{FORMS, ISO9660, Stage, record, rewritable};

/// Each way to have recorded three sessions: all of them burnt, or the first one an image in sector 0.
fn with_sessions(ground: Ground, form: FileSystems, begins_with_image: bool) -> Stage {
    let stage = Stage::new(ground);
    if begins_with_image {
        record(stage.open(), &stage.image(form, 300)).unwrap();
    } else {
        stage.add(form, "first", 300).unwrap();
    }
    stage.add(form, "second", 900).unwrap();
    stage.add(form, "third", 20).unwrap();
    assert_eq!(stage.open().disc().unwrap().sessions().len(), 3, "{ground:?}, {form:?}");
    stage
}

fn overwrite(stage: &Stage, first: u64, sectors: usize) {
    let mut file = OpenOptions::new().write(true).open(&stage.path).unwrap();
    file.seek(SeekFrom::Start(first * 2048)).unwrap();
    file.write_all(&vec![0; sectors * 2048]).unwrap();
}

/// Nothing leads to a session any more, and none is found.
fn assert_nothing_is_found(stage: &Stage, what: &str) {
    overwrite(stage, 0, 32);
    overwrite(stage, 256, 1);
    let recovery = Recovery::of_drive(stage.open(), &Control::default()).unwrap();
    let RecoveryReport { sessions, action, .. } = recovery.report();
    assert!(sessions.is_empty() && *action == RecoveryAction::Nothing, "{what}: {:?}", recovery.report());
}

fn all_sessions() -> impl Iterator<Item = (Ground, FileSystems, bool)> {
    let forms = |ground| FORMS.into_iter().map(move |form| (ground, form));
    rewritable().flat_map(forms).flat_map(|(ground, form)| [false, true].map(|image| (ground, form, image)))
}

/// Images of other file systems than the sessions had, and files that are none, shorter than a head and than the place of an
/// anchor.
#[test]
fn what_is_recorded_over_sessions_leaves_none_of_them() {
    for (ground, form, begins_with_image) in all_sessions() {
        let stage = with_sessions(ground, form, begins_with_image);
        let before = stage.kept();
        let other = stage.path.with_extension("other");
        for sectors in [1, 17, 33, 300] {
            let what = format!("{ground:?}, {form:?}, {begins_with_image}, over it {sectors} sectors");
            stage.put_back(&before);
            fs::write(&other, vec![7; sectors * 2048]).unwrap();
            record(stage.open(), &other).unwrap();
            assert!(stage.open().disc().unwrap().sessions().is_empty(), "{what}");
            assert!(fs::read(&stage.path).unwrap().starts_with(&fs::read(&other).unwrap()), "{what}");
            assert_nothing_is_found(&stage, &what);
        }
        for image in FORMS {
            let what = format!("{ground:?}, {form:?}, {begins_with_image}, over it an image: {image:?}");
            stage.put_back(&before);
            record(stage.open(), &stage.image(image, 3)).unwrap();
            assert_eq!(stage.open().disc().unwrap().sessions().len(), 1, "{what}");
            assert_nothing_is_found(&stage, &what);
        }
    }
}

/// Wherever that stops, no session is found of which the image has sectors.
#[test]
fn what_stops_over_sessions_leaves_none_of_them() {
    for (ground, form, begins_with_image) in all_sessions() {
        let stage = with_sessions(ground, form, begins_with_image);
        let before = stage.kept();
        let image = stage.image(ISO9660, 2000);
        for after in [200, 400, 900, 1500] {
            let what = format!("{ground:?}, {form:?}, {begins_with_image}, stopped at {after}");
            stage.put_back(&before);
            stage.cut(after).and_then(|drive| record(drive, &image)).unwrap_err();
            assert_nothing_is_found(&stage, &what);
        }
    }
}

/// A disc that was blanked holds what is burnt then, and where one sector of that is lost nothing else.
#[test]
fn what_was_blanked_stays_away() {
    for ground in [MediumKind::DvdPlusRw, MediumKind::DvdRam, MediumKind::BdRe].map(Ground::Medium) {
        for (form, begins_with_image) in FORMS.into_iter().flat_map(|form| [(form, false), (form, true)]) {
            let what = format!("{ground:?}, {form:?}, {begins_with_image}");
            let stage = with_sessions(ground, form, begins_with_image);
            stage.blank();
            let blank = stage.kept();
            assert_nothing_is_found(&stage, &what);
            stage.put_back(&blank);
            stage.add(form, "small", 3).unwrap();
            overwrite(&stage, 48, 1);
            assert!(
                stage.shown(form).iter().all(|names| *names == ["/small"]),
                "{what}: {:?}",
                stage.shown(form)
            );
        }
    }
}

/// Nor do sessions come back behind a head that was lost, once the disc was recorded anew, where one sector of that is lost.
#[test]
fn what_was_recorded_over_behind_a_lost_head_stays_away() {
    for (ground, form) in rewritable().flat_map(|ground| FORMS.map(|form| (ground, form))) {
        let what = format!("{ground:?}, {form:?}");
        let stage = with_sessions(ground, form, false);
        overwrite(&stage, 0, 32);
        stage.add(form, "small", 3).unwrap();
        let whole = stage.kept();
        overwrite(&stage, 48, 1);
        assert!(
            stage.shown(form).iter().all(|names| *names == ["/small"]),
            "{what}: {:?}",
            stage.shown(form)
        );
        assert_nothing_is_found(&stage, &what);
        stage.put_back(&whole);
        stage.add(form, "more", 3).unwrap();
        assert!(
            stage.shown(form).iter().all(|names| *names == ["/more", "/small"]),
            "{what}: {:?}",
            stage.shown(form)
        );
    }
}

/// The anchor of UDF among erased sessions does not outlive a first session that ends in front of it.
#[test]
fn the_anchor_of_an_erased_session_leads_nowhere() {
    for (ground, form) in rewritable().flat_map(|ground| FORMS.map(|form| (ground, form))) {
        let what = format!("{ground:?}, {form:?}");
        let stage = with_sessions(ground, FileSystems::UDF, false);
        overwrite(&stage, 0, 32);
        stage.add(form, "small", 3).unwrap();
        assert!(
            stage.shown(form).iter().all(|names| *names == ["/small"]),
            "{what}: {:?}",
            stage.shown(form)
        );
        overwrite(&stage, 16, 1);
        let recovery = Recovery::of_drive(stage.open(), &Control::default()).unwrap();
        let report = recovery.report().clone();
        assert_eq!(report.action, RecoveryAction::Head { session: 32 }, "{what}: {report:?}");
        recovery.write(report.identifier, &Control::default()).unwrap();
        assert!(
            stage.shown(form).iter().all(|names| *names == ["/small"]),
            "{what}: {:?}",
            stage.shown(form)
        );
    }
}

/// Sessions behind a head that is lost are found by [`Recovery`], and so they go as well, with the anchor or without.
#[test]
fn what_is_erased_behind_a_lost_head_stays_away() {
    for ground in rewritable() {
        for (form, is_anchor_lost) in FORMS.into_iter().flat_map(|form| [(form, true), (form, false)]) {
            let stage = with_sessions(ground, form, false);
            overwrite(&stage, 0, 32);
            if is_anchor_lost {
                overwrite(&stage, 256, 1);
            }
            let lost = stage.kept();
            let found = Recovery::of_drive(stage.open(), &Control::default()).unwrap();
            assert!(
                matches!(found.report().action, RecoveryAction::Head { session } if session > 32),
                "{ground:?}, {form:?}: {:?}",
                found.report()
            );
            drop(found);
            if ground != Ground::RestrictedOverwrite {
                stage.blank();
                assert_nothing_is_found(&stage, &format!("{ground:?}, {form:?}, blanked"));
                stage.put_back(&lost);
            }
            let short = stage.path.with_extension("other");
            fs::write(&short, [7; 2048]).unwrap();
            let recorded =
                stage.open().record_as_it_is(&short, &AsItIsOptions::default(), &Control::default()).unwrap();
            assert_eq!(recorded.taken_away.len(), 3, "{ground:?}, {form:?}: {:?}", recorded.taken_away);
            assert_nothing_is_found(&stage, &format!("{ground:?}, {form:?}, recorded over"));
        }
    }
}

/// A volume that says it ends behind the medium does not stand in the way.
#[test]
fn a_volume_beyond_the_medium_is_erased() {
    for ground in rewritable() {
        let stage = Stage::new(ground);
        let image = stage.image(ISO9660, 300);
        let mut bytes = fs::read(&image).unwrap();
        let beyond = 4_000_000_u32;
        // Volume Space Size (ECMA-119 8.4.8).
        bytes[16 * 2048 + 80..][..4].copy_from_slice(&beyond.to_le_bytes());
        bytes[16 * 2048 + 84..][..4].copy_from_slice(&beyond.to_be_bytes());
        let stated = stage.path.with_extension("stated");
        fs::write(&stated, bytes).unwrap();
        record(stage.open(), &stated).unwrap();
        assert_eq!(stage.open().disc().unwrap().sessions().len(), 1, "{ground:?}");
        let over = stage.kept();
        record(stage.open(), &image).unwrap();
        assert_eq!(stage.shown(ISO9660), [["/image"]], "{ground:?}");
        if ground != Ground::RestrictedOverwrite {
            stage.put_back(&over);
            stage.blank();
            assert_nothing_is_found(&stage, &format!("{ground:?}"));
        }
    }
}
