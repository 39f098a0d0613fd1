//! A drive that several clients share: tracks of sound one by one, turns, and the IMAPI2 codes of what the state of a
//! recorder does not allow.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that panics is a test that fails"
)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use fsimage::{
    AddedIndex, AudioDisc, Blanking, BurnOptions, CancelToken, Cancelling, Closing, Control, Error,
    Imapi2Code, Item, ItemOptions, LayoutPlan, MediumKind, Observer, PlanOptions, Progress, RawSectorType,
    Recorder, RecordingSpeed, Result, Stage, TracksAtOnce, TracksAtOnceOptions, Tree, Verification,
};
use mmc_device::Drive;
use mmc_device::cd::{RAW_BYTES, RawImageBuilder, SectorType};
use mmc_device::simulated::{Fault, SimulatedDrive};
use support::drives::{Bench, read_raw, selected_speed};

impl Bench {
    fn recorder(&self, kind: MediumKind) -> Recorder {
        Recorder::new(self.drive(kind))
    }

    /// A WAV file of so many sectors, all of one byte.
    fn sound(&self, byte: u8, sectors: usize) -> PathBuf {
        let path = self.path(&format!("{byte}.wav"));
        let len = (sectors * RAW_BYTES) as u32;
        let mut file = b"RIFF".to_vec();
        file.extend((36 + len).to_le_bytes());
        file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
        file.extend(44_100u32.to_le_bytes());
        file.extend(176_400u32.to_le_bytes());
        file.extend(b"\x04\0\x10\0data");
        file.extend(len.to_le_bytes());
        file.resize(44 + len as usize, byte);
        std::fs::write(&path, file).unwrap();
        path
    }

    fn disc(&self) -> AudioDisc {
        AudioDisc::from_files(&[self.sound(9, 600)]).unwrap()
    }
}

#[track_caller]
fn is<T>(result: Result<T>, name: &str, number: u32) {
    let Err(error) = result else { panic!("good, instead of {name}") };
    assert_eq!((error.name(), error.code()), (name, number), "{error}");
}

/// Does something once, when the first sectors are written.
struct Once<F>(Mutex<Option<F>>);

impl<F: FnOnce() + Send> Observer for Once<F> {
    fn progress(&self, progress: Progress) {
        if progress.stage == Stage::Writing
            && let Some(act) = self.0.lock().unwrap().take()
        {
            act();
        }
    }
}

fn during(cancel: &CancelToken, act: impl FnOnce() + Send + 'static) -> Control {
    Control { observer: Some(Arc::new(Once(Mutex::new(Some(act))))), cancel: cancel.clone() }
}

fn all_of(drive: &mut Drive<SimulatedDrive>, lba: i32, sectors: usize, byte: u8) -> bool {
    read_raw(drive, lba, sectors).iter().all(|one| *one == byte)
}

fn add(tracks: &TracksAtOnce, sound: &Path) -> Result<fsimage::AddedTrack> {
    tracks.add_track(sound, None, &Control::default())
}

/// Two sessions of tracks, each track where the writer says, and short ones filled up.
#[test]
fn tracks_one_by_one() {
    let bench = Bench::new();
    let recorder = bench.recorder(MediumKind::CdR);
    let tracks = recorder.tracks_at_once("Tracks").unwrap();
    let control = Control::default();
    let catalog = Some("4006381333931".parse().unwrap());
    tracks.prepare(&TracksAtOnceOptions::default()).unwrap();
    tracks.set_catalog(catalog).unwrap();
    let isrc = Some("USRC17607839".parse().unwrap());
    let first = tracks.add_track(&bench.sound(1, 500), isrc, &control).unwrap();
    let second = add(&tracks, &bench.sound(2, 100)).unwrap();
    assert_eq!((first.number, first.start, first.sectors, first.padding), (1, 0, 500, 0));
    assert_eq!((second.number, second.start, second.sectors, second.padding), (2, 652, 300, 0));
    assert_eq!(tracks.table_of_contents().unwrap(), [first, second]);
    tracks.release(&control).unwrap();

    // The next session, which is the last.
    tracks.prepare(&TracksAtOnceOptions::default()).unwrap();
    tracks.set_closing(Closing::Finalise).unwrap();
    let third = add(&tracks, &bench.sound(3, 400)).unwrap();
    assert_eq!(third.number, 3);
    tracks.release(&control).unwrap();
    let drive = recorder.replace_drive(None).unwrap().unwrap();
    drop((tracks, drive));

    let mut drive = bench.commands();
    let toc = drive.toc().unwrap();
    assert_eq!(toc.tracks.len(), 3);
    for (track, byte, sectors) in [(first, 1, 500), (second, 2, 100), (third, 3, 400)] {
        assert!(all_of(&mut drive, track.start, sectors, byte), "{track:?}");
    }
    assert!(all_of(&mut drive, second.start + 100, 200, 0));
    assert_eq!(drive.catalog().unwrap().unwrap().to_string(), "4006381333931");
    assert_eq!(drive.isrc(1).unwrap().unwrap().as_str(), "USRC17607839");
    assert_eq!(format!("{:?}", drive.medium().unwrap().state), "Complete");
}

#[test]
fn of_the_writer_of_tracks() {
    let bench = Bench::new();
    let control = Control::default();
    let options = TracksAtOnceOptions::default();
    let recorder = Recorder::without_drive();
    is(recorder.tracks_at_once(""), "E_IMAPI_DF2TAO_CLIENT_NAME_IS_NOT_VALID", 0xC0AA_050F);
    let tracks = Arc::new(recorder.tracks_at_once("Tracks").unwrap());
    is(tracks.prepare(&options), "E_IMAPI_DF2TAO_NO_RECORDER_SPECIFIED", 0xC0AA_050A);
    recorder.replace_drive(Some(bench.drive(MediumKind::CdR))).unwrap();

    let sound = bench.sound(1, 900);
    is(add(&tracks, &sound), "E_IMAPI_DF2TAO_MEDIA_IS_NOT_PREPARED", 0xC0AA_0502);
    is(tracks.release(&control), "E_IMAPI_DF2TAO_MEDIA_IS_NOT_PREPARED", 0xC0AA_0502);
    tracks.prepare(&options).unwrap();
    is(tracks.prepare(&options), "E_IMAPI_DF2TAO_MEDIA_IS_PREPARED", 0xC0AA_0503);
    is(tracks.table_of_contents(), "E_IMAPI_DF2TAO_TABLE_OF_CONTENTS_EMPTY_DISC", 0xC0AA_0505);
    is(tracks.cancel(), "E_IMAPI_DF2TAO_WRITE_NOT_IN_PROGRESS", 0xC0AA_0501);

    // Within a track no other begins, and the disc is not released.
    let (again, next) = (Arc::clone(&tracks), sound.clone());
    let act = move || {
        is(add(&again, &next), "E_IMAPI_DF2TAO_WRITE_IN_PROGRESS", 0xC0AA_0500);
        is(again.release(&Control::default()), "E_IMAPI_DF2TAO_WRITE_IN_PROGRESS", 0xC0AA_0500);
    };
    let track = tracks.add_track(&sound, None, &during(&CancelToken::new(), act)).unwrap();
    assert_eq!(track.sectors, 900);
    is(tracks.set_closing(Closing::Finalise), "E_IMAPI_DF2TAO_PROPERTY_FOR_BLANK_MEDIA_ONLY", 0xC0AA_0504);
    is(tracks.set_catalog(None), "E_IMAPI_DF2TAO_PROPERTY_FOR_BLANK_MEDIA_ONLY", 0xC0AA_0504);
    tracks.release(&control).unwrap();
    is(tracks.release(&control), "E_IMAPI_DF2TAO_MEDIA_IS_NOT_PREPARED", 0xC0AA_0502);
}

#[test]
fn tracks_at_the_speed_that_is_asked_for() {
    let bench = Bench::new();
    let recorder = bench.recorder(MediumKind::CdR);
    let tracks = recorder.tracks_at_once("Tracks").unwrap();
    let speed = Some(RecordingSpeed::KilobytesPerSecond(1411));
    tracks.prepare(&TracksAtOnceOptions { speed, ..TracksAtOnceOptions::default() }).unwrap();
    add(&tracks, &bench.sound(1, 400)).unwrap();
    tracks.release(&Control::default()).unwrap();
    assert_eq!(selected_speed(&recorder.replace_drive(None).unwrap().unwrap()), 1411);
}

/// What a track cannot be leaves the others: they are on the disc, and another one can follow.
#[test]
fn a_track_that_stops_leaves_the_others() {
    let bench = Bench::new();
    let recorder = bench.recorder(MediumKind::CdR);
    let tracks = Arc::new(recorder.tracks_at_once("Tracks").unwrap());
    tracks.prepare(&TracksAtOnceOptions::default()).unwrap();
    add(&tracks, &bench.sound(1, 400)).unwrap();
    // No sound, and nothing of it is recorded.
    std::fs::write(bench.path("text.wav"), "text").unwrap();
    is(add(&tracks, &bench.path("text.wav")), "E_IMAPI_DF2TAO_STREAM_NOT_SUPPORTED", 0xC0AA_050D);
    let again = Arc::clone(&tracks);
    let control = during(&CancelToken::new(), move || again.cancel().unwrap());
    let error = tracks.add_track(&bench.sound(2, 2000), None, &control).unwrap_err();
    assert_eq!(error.name(), "E_IMAPI_REQUEST_CANCELLED");
    let toc = tracks.table_of_contents();
    let short = toc.unwrap().get(1).copied();
    let third = add(&tracks, &bench.sound(3, 400)).unwrap();
    match short {
        Some(short) => {
            assert!(error.to_string().contains("track 2 is cut short"), "{error}");
            assert!(short.sectors < 2000 && third.number == 3, "{short:?}");
        }
        None => assert!(error.to_string().contains("nothing of the track") && third.number == 2, "{error}"),
    }
    tracks.release(&Control::default()).unwrap();
    drop((tracks, recorder));
    let mut drive = bench.commands();
    assert!(all_of(&mut drive, 0, 400, 1) && all_of(&mut drive, third.start, 400, 3));
    assert_eq!(drive.toc().unwrap().tracks.len(), usize::from(third.number));
}

/// The release reads the tracks back, and names those that differ; the drive is free then, and the disc complete.
#[test]
fn tracks_are_read_back() {
    let record = |verify, faults: &[Fault]| {
        let bench = Bench::new();
        let recorder = Recorder::new(bench.faulty(MediumKind::CdR, faults));
        let tracks = recorder.tracks_at_once("Tracks").unwrap();
        let closing = Closing::Finalise;
        tracks.prepare(&TracksAtOnceOptions { closing, verify, ..Default::default() }).unwrap();
        for (byte, sectors) in [(1, 500), (2, 100), (3, 2000)] {
            add(&tracks, &bench.sound(byte, sectors)).unwrap();
        }
        let released = tracks.release(&Control::default());
        drop(recorder.acquire_exclusive_access("Other").unwrap());
        drop((tracks, recorder));
        assert_eq!(format!("{:?}", bench.commands().medium().unwrap().state), "Complete");
        released
    };
    record(Verification::Full, &[]).unwrap();
    record(Verification::Quick, &[]).unwrap();
    // Track 2 has sectors 652 to 951, of which the last 200 are silence; track 3 begins at 1104.
    let faults = [700, 800, 2000].map(|lba| Fault::SilentCorruption { lba });
    record(Verification::None, &faults).unwrap();
    let error = record(Verification::Full, &faults).unwrap_err();
    let Error::VerifyFailed { sector, sectors, files } = &error else { panic!("{error}") };
    assert_eq!((sector.get(), *sectors), (700, 3));
    assert_eq!(files, &["track 2", "track 3"]);
    is(Err::<(), _>(error), "E_IMAPI_BURN_VERIFICATION_FAILED", 0xC0AA_0007);
    let error = record(Verification::Full, &[Fault::ReadError { lba: 1500 }]).unwrap_err();
    assert!(matches!(&error, Error::VerifyFailed { files, .. } if files == &["track 3"]), "{error}");
}

/// A bad sector ends the session with the tracks that are there, and the disc can be played.
#[test]
fn a_track_that_fails_is_told() {
    let bench = Bench::new();
    let drive = bench.faulty(MediumKind::CdR, &[Fault::WriteError { lba: 900 }]);
    let tracks = Recorder::new(drive).tracks_at_once("Tracks").unwrap();
    tracks.prepare(&TracksAtOnceOptions::default()).unwrap();
    add(&tracks, &bench.sound(1, 400)).unwrap();
    let error = add(&tracks, &bench.sound(2, 800)).unwrap_err();
    assert!(matches!(error, Error::Recording { .. }) && error.to_string().contains("track 2"), "{error}");
    add(&tracks, &bench.sound(3, 400)).unwrap_err();
    tracks.release(&Control::default()).unwrap();
    drop(tracks);
    let mut drive = bench.commands();
    assert!(all_of(&mut drive, 0, 400, 1));
    assert_eq!(format!("{:?}", drive.medium().unwrap().state), "Appendable");
}

#[test]
fn of_the_writer_of_data_that_is_shared() {
    let bench = Bench::new();
    let none = Recorder::without_drive();
    is(none.data("Naïve"), "E_IMAPI_DF2DATA_CLIENT_NAME_IS_NOT_VALID", 0xC0AA_0408);
    is(none.data("Data").unwrap().place(), "E_IMAPI_RECORDER_REQUIRED", 0xC0AA_0003);
    let recorder = bench.recorder(MediumKind::CdRw);
    let data = Arc::new(recorder.data("Data").unwrap());
    is(data.cancel(), "E_IMAPI_DF2DATA_WRITE_NOT_IN_PROGRESS", 0xC0AA_0401);
    assert_eq!(
        Imapi2Code::of_cancelling(recorder.cancel()).map(|code| (code.name, code.number, code.is_success())),
        Some(("S_IMAPI_WRITE_NOT_IN_PROGRESS", 0x00AA_0302, true))
    );
    let mut tree = Tree::new();
    tree.add("/file", Item::Bytes(vec![7; 4 << 20].into()), &ItemOptions::default()).unwrap();
    let place = data.place().unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions { place, ..PlanOptions::default() }).unwrap();
    let (again, shared) = (Arc::clone(&data), recorder.clone());
    let act = move || {
        is(again.place(), "E_IMAPI_DF2DATA_WRITE_IN_PROGRESS", 0xC0AA_0400);
        is(shared.data("Other").unwrap().place(), "E_IMAPI_DF2DATA_WRITE_IN_PROGRESS", 0xC0AA_0400);
        is(shared.raw("Other").unwrap().prepare(), "E_IMAPI_DF2RAW_WRITE_IN_PROGRESS", 0xC0AA_0600);
        let eraser = shared.eraser("Other").unwrap();
        is(eraser.blank(Blanking::Quick, &Control::default()), "E_IMAPI_ERASE_RECORDER_IN_USE", 0x80AA_0900);
        is(shared.replace_drive(None), "E_IMAPI_RECORDER_LOCKED", 0xC0AA_0210);
    };
    data.write(&plan, &BurnOptions::default(), &during(&CancelToken::new(), act)).unwrap();
    // It is free again, and what was recorded is there.
    let imported = recorder.data("Other").unwrap().import(&Default::default(), &Control::default()).unwrap();
    assert!(imported.tree.lookup("/file").is_some());

    // Cancelled by whoever has the recorder.
    let shared = recorder.clone();
    let act = move || assert_eq!(shared.cancel(), Cancelling::Asked);
    let place = data.place().unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions { place, ..PlanOptions::default() }).unwrap();
    let control = during(&CancelToken::new(), act);
    is(data.write(&plan, &BurnOptions::default(), &control), "E_IMAPI_REQUEST_CANCELLED", 0xC0AA_0002);
    recorder.eraser("Eraser").unwrap().blank(Blanking::Quick, &Control::default()).unwrap();
    assert_eq!(data.place().unwrap().start.get(), 0);
}

#[test]
fn of_the_raw_writer_that_is_shared() {
    let bench = Bench::new();
    let none = Recorder::without_drive();
    is(none.raw(&"a".repeat(64)), "E_IMAPI_DF2RAW_CLIENT_NAME_IS_NOT_VALID", 0xC0AA_0604);
    is(none.raw("Raw").unwrap().prepare(), "E_IMAPI_DF2RAW_NO_RECORDER_SPECIFIED", 0xC0AA_060A);
    let recorder = bench.recorder(MediumKind::CdR);
    let raw = Arc::new(recorder.raw("Raw").unwrap());
    let (disc, kind) = (bench.disc(), RawSectorType::Cooked);
    let control = Control::default();
    is(raw.write(&disc, kind, &control), "E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED", 0xC0AA_0602);
    is(raw.release(), "E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED", 0xC0AA_0602);
    raw.prepare().unwrap();
    is(raw.prepare(), "E_IMAPI_DF2RAW_MEDIA_IS_PREPARED", 0xC0AA_0603);
    is(raw.cancel(), "E_IMAPI_DF2RAW_WRITE_NOT_IN_PROGRESS", 0xC0AA_0601);
    let eraser = recorder.eraser("Eraser").unwrap();
    is(eraser.blank(Blanking::Quick, &Control::default()), "E_IMAPI_ERASE_RECORDER_IN_USE", 0x80AA_0900);
    let again = Arc::clone(&raw);
    let act = move || is(again.release(), "E_IMAPI_DF2RAW_WRITE_IN_PROGRESS", 0xC0AA_0600);
    assert_eq!(raw.write(&disc, kind, &during(&CancelToken::new(), act)).unwrap().tracks, 1);
    raw.release().unwrap();
    // The disc is complete, and a preparation that fails leaves the drive to others.
    is(raw.prepare(), "E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK", 0xC0AA_0606);
    drop(recorder.acquire_exclusive_access("Other").unwrap());
}

#[test]
fn of_exclusive_access() {
    let bench = Bench::new();
    let recorder = bench.recorder(MediumKind::CdRw);
    let name = "a name; of a client, that is-valid_1.0: yes";
    is(recorder.acquire_exclusive_access("a/b"), "E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID", 0xC0AA_0211);
    is(recorder.eraser("\u{0}"), "E_IMAPI_ERASE_CLIENT_NAME_IS_NOT_VALID", 0xC0AA_090B);
    let twice =
        [recorder.acquire_exclusive_access(name).unwrap(), recorder.acquire_exclusive_access(name).unwrap()];
    assert_eq!(recorder.exclusive_access_owner().as_deref(), Some(name));
    is(recorder.acquire_exclusive_access("Other"), "E_IMAPI_RECORDER_LOCKED", 0xC0AA_0210);
    let error =
        recorder.tracks_at_once("Other").unwrap().prepare(&TracksAtOnceOptions::default()).unwrap_err();
    assert!(error.name() == "E_IMAPI_RECORDER_LOCKED" && error.to_string().contains(name), "{error}");
    let eraser = recorder.eraser("Other").unwrap();
    is(eraser.blank(Blanking::Quick, &Control::default()), "E_IMAPI_ERASE_RECORDER_IN_USE", 0x80AA_0900);
    // Its own writers have the drive.
    recorder.data(name).unwrap().place().unwrap();
    let [one, other] = twice;
    drop(one);
    assert_eq!(recorder.exclusive_access_owner().as_deref(), Some(name));
    drop(other);
    assert_eq!(recorder.exclusive_access_owner(), None);
    eraser.blank(Blanking::Quick, &Control::default()).unwrap();
    // A writer that has prepared keeps others out, until it goes.
    let tracks = recorder.tracks_at_once("Tracks").unwrap();
    tracks.prepare(&TracksAtOnceOptions::default()).unwrap();
    is(recorder.acquire_exclusive_access("Other"), "E_IMAPI_RECORDER_LOCKED", 0xC0AA_0210);
    drop(tracks);
    eraser.blank(Blanking::Quick, &Control::default()).unwrap();
}

#[test]
fn of_another_speed() {
    for kind in [MediumKind::CdR, MediumKind::DvdR] {
        let bench = Bench::new();
        let drive = bench.drive(kind);
        let fastest = drive.describe().unwrap().medium.write_speeds[0];
        let data = Recorder::new(drive).data("Data").unwrap();
        let code = |speed| {
            let tree = Tree::new();
            let place = data.place().unwrap();
            let plan = LayoutPlan::new(&tree, PlanOptions { place, ..PlanOptions::default() }).unwrap();
            let options = BurnOptions { speed, ..BurnOptions::default() };
            let burnt = data.write(&plan, &options, &Control::default()).unwrap();
            Imapi2Code::of_burnt(&burnt).map(|code| (code.name, code.number))
        };
        let rate = |rate| Some(RecordingSpeed::KilobytesPerSecond(rate));
        assert_eq!(code(None), None);
        assert_eq!(code(Some(RecordingSpeed::Fastest)), None);
        assert_eq!(code(rate(fastest)), None, "{kind}");
        assert_eq!(code(rate(fastest * 2)), Some(("S_IMAPI_SPEEDADJUSTED", 0x00AA_0004)), "{kind}");
    }
}

/// The drive turns a CD-R with constant angular velocity at its fastest speed, and nothing else.
#[test]
fn of_another_rotation() {
    use fsimage::Rotation::{ConstantAngular, ConstantLinear};
    const FASTEST: u32 = 8467;
    const ADJUSTED: Option<(&str, u32)> = Some(("S_IMAPI_ROTATIONADJUSTED", 0x00AA_0005));
    const BOTH: Option<(&str, u32)> = Some(("S_IMAPI_BOTHADJUSTED", 0x00AA_0006));
    for (kind, speed, rotation, expected) in [
        (MediumKind::CdR, None, ConstantAngular, None),
        (MediumKind::CdR, Some(FASTEST), ConstantAngular, None),
        (MediumKind::CdR, Some(FASTEST), ConstantLinear, None),
        (MediumKind::CdR, Some(1411), ConstantAngular, ADJUSTED),
        (MediumKind::CdR, Some(2000), ConstantAngular, BOTH),
        (MediumKind::DvdR, None, ConstantAngular, ADJUSTED),
        (MediumKind::DvdPlusRw, Some(1000), ConstantAngular, BOTH),
        (MediumKind::BdRe, None, ConstantLinear, None),
    ] {
        let bench = Bench::new();
        let data = Recorder::new(bench.drive(kind)).data("Data").unwrap();
        let tree = Tree::new();
        let place = data.place().unwrap();
        let plan = LayoutPlan::new(&tree, PlanOptions { place, ..PlanOptions::default() }).unwrap();
        let speed = speed.map(RecordingSpeed::KilobytesPerSecond);
        let options = BurnOptions { speed, rotation: Some(rotation), ..BurnOptions::default() };
        let burnt = data.write(&plan, &options, &Control::default()).unwrap();
        let code = Imapi2Code::of_burnt(&burnt).map(|code| (code.name, code.number));
        assert_eq!(code, expected, "{kind}, {speed:?}, {rotation}: {burnt:?}");
    }
}

#[test]
fn of_single_features_and_of_indexes() {
    let bench = Bench::new();
    let drive = bench.drive(MediumKind::CdR);
    let feature = drive.current_feature(0x002D).unwrap();
    assert!(feature.current && feature.number == 0x002D);
    is(drive.current_feature(0x002B), "E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT", 0xC0AA_020B);
    is(drive.current_feature(0x7777), "E_IMAPI_RECORDER_NO_SUCH_FEATURE", 0xC0AA_020A);
    let mut image = RawImageBuilder::new();
    image.add_track(SectorType::Audio, 1200).unwrap();
    let mut add = || -> AddedIndex { image.track_mut(1).unwrap().add_index(300).unwrap() };
    assert_eq!(Imapi2Code::of_added_index(add()), None);
    let note = Imapi2Code::of_added_index(add()).unwrap();
    assert_eq!(
        (note.name, note.number, note.is_success()),
        ("S_IMAPI_RAW_IMAGE_TRACK_INDEX_ALREADY_EXISTS", 0x00AA_0A08, true)
    );
}

/// The files of a simulated medium that the host does not keep: nobody's drive, and nobody's medium.
#[test]
fn of_a_simulated_medium_that_is_not_kept() {
    let bench = Bench::new();
    let mut drive = bench.drive(MediumKind::DvdPlusR);
    // Where the state is written before it takes its name, there is a folder.
    let in_the_way = bench.path("disc.medium.new");
    std::fs::create_dir(&in_the_way).unwrap();
    let reserved = drive.reserve_track(fsimage::SectorCount::new(64));
    assert_eq!(reserved.as_ref().unwrap_err().blame(), fsimage::Blame::Output);
    is(reserved, "IMAPI_E_STASHFILE_WRITE_FAILURE", 0xC0AA_B13A);
    let source = bench.path("source");
    std::fs::write(&source, vec![7; 64 * 2048]).unwrap();
    let recorded = drive.record_as_it_is(&source, &fsimage::AsItIsOptions::default(), &Control::default());
    let told = recorded.as_ref().unwrap_err().to_string();
    assert!(told.contains("the medium is as its file was saved last"), "{told}");
    is(recorded, "IMAPI_E_STASHFILE_WRITE_FAILURE", 0xC0AA_B13A);
    drop(drive);
    std::fs::remove_dir(&in_the_way).unwrap();
    let drive = bench.drive(MediumKind::DvdPlusR);
    assert_eq!(drive.describe().unwrap().medium.state, "blank");
}
