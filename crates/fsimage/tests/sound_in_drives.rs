//! What is told of discs with sound in a drive: their tracks are sound, nothing of them was interrupted, and a file system
//! behind sound is read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use fsimage::{
    AudioDisc, AudioMode, AudioOptions, Closing, Control, CopyOptions, DEFAULT_PREFERENCE, DiscIdentifier,
    Error, GrowingDisc, Item, ItemOptions, LayoutPlan, MediumKind, Place, PlanOptions, Recovery,
    RecoveryAction, Sector, SessionCopies, Tree, WriterSink, burn_audio,
};
use mmc_device::cd::RAW_BYTES;
use support::drives::Bench;

/// Records the disc of a sheet, whose files are there.
fn record(bench: &Bench, sheet: &str, mode: AudioMode, closing: Closing) {
    std::fs::write(bench.path("a.cue"), sheet).unwrap();
    let disc = AudioDisc::from_cue_sheet(&bench.path("a.cue")).unwrap();
    let options = AudioOptions { mode, closing, ..AudioOptions::default() };
    burn_audio(&mut bench.drive(MediumKind::CdR), &disc, &options, &Control::default()).unwrap();
}

fn sound(bench: &Bench, name: &str, sectors: usize) {
    std::fs::write(bench.path(name), vec![7; sectors * RAW_BYTES]).unwrap();
}

const TWO: &str = "CATALOG 4006381333931\nTITLE \"A disc\"\nPERFORMER Somebody\nFILE a.bin BINARY\nTRACK 01 AUDIO\n\
    ISRC USRC17607839\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nTITLE Second\nINDEX 01 00:05:00\n";

#[test]
fn a_disc_of_sound_is_whole() {
    for closing in [Closing::Finalise, Closing::KeepAppendable] {
        for mode in [AudioMode::AtOnce, AudioMode::TrackAtOnce] {
            let bench = Bench::new();
            sound(&bench, "a.bin", 800);
            record(&bench, TWO, mode, closing);
            let drive = bench.drive(MediumKind::CdR);
            let disc = drive.disc().unwrap();
            for session in [None, Some(1)] {
                let error = disc.image(session, &DEFAULT_PREFERENCE).err().unwrap();
                assert!(matches!(error, Error::NoFileSystem { session: 1, .. }), "{error}");
                assert!(error.to_string().contains("sound"), "{error}");
            }
            let error =
                SessionCopies::for_image(&disc, CopyOptions::default(), &Control::default()).err().unwrap();
            assert!(error.to_string().contains("sound only"), "{error}");
            let tracks = drive.describe().unwrap().medium.tracks;
            let told: Vec<_> =
                tracks.iter().filter(|track| track.is_audio).map(|track| track.number).collect();
            assert_eq!(told, [1, 2], "{mode:?}");
            let told = drive.sound().unwrap();
            assert_eq!(told.catalog.as_deref(), Some("4006381333931"));
            assert_eq!(told.tracks[0].isrc.as_deref(), Some("USRC17607839"));
            if mode == AudioMode::AtOnce {
                assert_eq!(told.title.as_deref(), Some("A disc"));
                assert_eq!(told.performer.as_deref(), Some("Somebody"));
                assert_eq!(told.tracks[1].title.as_deref(), Some("Second"));
            }
            let recovery = Recovery::of_drive(drive, &Control::default()).unwrap();
            let report = recovery.report();
            assert_eq!(report.action, RecoveryAction::Nothing);
            assert!(report.is_without_loss() && report.sessions.iter().all(|session| session.complete));
        }
    }
}

/// An image of a file `/one` that lies from `start` on.
fn image(start: u32) -> Vec<u8> {
    let mut tree = Tree::new();
    tree.add("/one", Item::Bytes(b"one".as_slice().into()), &ItemOptions::default()).unwrap();
    let place = Place { start: Sector::new(start), space_from_zero: true, ..Place::default() };
    let plan = LayoutPlan::new(&tree, PlanOptions { place, ..PlanOptions::default() }).unwrap();
    let mut bytes = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut bytes, "image"), &Control::default()).unwrap();
    bytes.resize(bytes.len().max(300 * 2048), 0);
    bytes
}

#[test]
fn data_behind_sound_in_one_session() {
    let bench = Bench::new();
    sound(&bench, "a.bin", 400);
    std::fs::write(bench.path("b.iso"), image(550)).unwrap();
    let sheet = "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nFILE b.iso BINARY\nTRACK 02 MODE1/2048\n\
        PREGAP 00:02:00\nINDEX 01 00:00:00\n";
    record(&bench, sheet, AudioMode::AtOnce, Closing::Finalise);
    let drive = bench.drive(MediumKind::CdR);
    let disc = drive.disc().unwrap();
    let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    assert!(image.lookup("/one").is_ok());
    assert!(!image.is_interrupted());
    assert_eq!(
        Recovery::of_drive(drive, &Control::default()).unwrap().report().action,
        RecoveryAction::Nothing
    );
}

/// A later session with data is read, and the one with sound before it is none that was interrupted.
#[test]
fn sound_in_front_of_a_session_of_data() {
    let bench = Bench::new();
    sound(&bench, "a.bin", 800);
    record(&bench, TWO, AudioMode::AtOnce, Closing::KeepAppendable);
    let growing = GrowingDisc::open(bench.drive(MediumKind::CdR)).unwrap();
    let mut tree = Tree::new();
    tree.add("/one", Item::Bytes(b"one".as_slice().into()), &ItemOptions::default()).unwrap();
    let options = PlanOptions { place: growing.place(), ..PlanOptions::default() };
    let plan = LayoutPlan::new(&tree, options).unwrap();
    growing.write(&plan, &Default::default(), &Control::default()).unwrap();
    let drive = bench.drive(MediumKind::CdR);
    let disc = drive.disc().unwrap();
    assert!(disc.image(None, &DEFAULT_PREFERENCE).unwrap().lookup("/one").is_ok());
    let copies = SessionCopies::for_image(&disc, CopyOptions::default(), &Control::default()).unwrap();
    assert!(copies.left_out().is_empty());
    let report = Recovery::of_drive(drive, &Control::default()).unwrap().report().clone();
    assert!(report.is_without_loss() && report.sessions.iter().all(|session| session.complete));
}

#[test]
fn discs_of_sound_are_told_from_each_other() {
    let identifier = |sectors: usize, second: &str| -> DiscIdentifier {
        let bench = Bench::new();
        sound(&bench, "a.bin", sectors);
        record(&bench, &TWO.replace("00:05:00", second), AudioMode::AtOnce, Closing::Finalise);
        bench.drive(MediumKind::CdR).disc().unwrap().identifier()
    };
    let one = identifier(800, "00:05:00");
    assert_eq!(one, identifier(800, "00:05:00"));
    assert_ne!(one, identifier(801, "00:05:00"));
    assert_ne!(one, identifier(800, "00:05:01"));
}
