//! What was erased does not come back, whatever becomes of the head of what was recorded over it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};

use fsimage::{Control, FileSystems, MediumKind, Recovery};
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
    assert!(recovery.report().sessions.is_empty(), "{what}: {:?}", recovery.report());
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
