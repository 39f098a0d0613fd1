//! Discs of sound from cue sheets, recorded in every way on simulated drives, and the IMAPI2 codes of what goes wrong.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::time::Duration;

use fsimage::{
    AudioDisc, AudioMode, AudioNotice, AudioOptions, BurnOptions, CancelToken, Closing, Control,
    DEFAULT_PREFERENCE, Error, GrowingDisc, ImportOptions, Item, ItemOptions, LayoutPlan, MediumKind,
    OpenDrive, PlanOptions, RawSectorType, RecordingSpeed, Tree, Verification, burn_audio,
};
use mmc_device::cd::{
    Msf, PackType, Position, Q, RAW_BYTES, RawImageBuilder, SUBCHANNEL_BYTES, SectorType, Subchannel,
    encode_mode_1,
};
use mmc_device::command::read_cd::WithSubchannel;
use mmc_device::simulated::{Fault, SimulatedDrive};
use mmc_device::{Cdb, Data, Drive, Lba, Transport, TransportError};
use support::drives::{Bench, over, read_raw, selected_speed};

impl Bench {
    /// Three tracks of sound with all that a cue sheet can say.
    fn sheet(&self) -> AudioDisc {
        std::fs::write(self.path("a.bin"), sound(0, 1000)).unwrap();
        let text = "CATALOG 4006381333931\nTITLE \"A disc\"\nFILE a.bin BINARY\nTRACK 01 AUDIO\nISRC USRC17607839\n\
            FLAGS DCP\nINDEX 01 00:00:00\nINDEX 02 00:02:00\nTRACK 02 AUDIO\nTITLE \"Second\"\nINDEX 00 00:04:00\n\
            INDEX 01 00:05:00\nTRACK 03 AUDIO\nPREGAP 00:02:00\nINDEX 01 00:09:00\n";
        std::fs::write(self.path("a.cue"), text).unwrap();
        AudioDisc::from_cue_sheet(&self.path("a.cue")).unwrap()
    }
}

fn sound(first: usize, sectors: usize) -> Vec<u8> {
    (first * RAW_BYTES..(first + sectors) * RAW_BYTES).map(|at| (at / 5) as u8).collect()
}

fn place(drive: &mut Drive<SimulatedDrive>, lba: i32) -> (u8, u8) {
    let mut sector = [0; RAW_BYTES + SUBCHANNEL_BYTES];
    drive.read_cd(Lba::new(lba), WithSubchannel::Raw, &mut sector).unwrap();
    let channels = Subchannel::parse(sector[RAW_BYTES..].first_chunk().unwrap());
    match Q::parse(&channels.q).unwrap().position {
        Position::Program { track, index, .. } => (track, index),
        other => panic!("{other:?}"),
    }
}

fn options(mode: AudioMode) -> AudioOptions {
    AudioOptions { mode, closing: Closing::Finalise, ..AudioOptions::default() }
}

#[test]
fn at_once_and_raw_give_the_same_disc() {
    let modes =
        [AudioMode::AtOnce, AudioMode::Raw(RawSectorType::Cooked), AudioMode::Raw(RawSectorType::Raw)];
    for mode in modes {
        let bench = Bench::new();
        let disc = bench.sheet();
        let mut drive = bench.drive(MediumKind::CdR);
        let burnt = burn_audio(&mut drive, &disc, &options(mode), &Control::default()).unwrap();
        assert_eq!((burnt.tracks, burnt.sectors, burnt.notices), (3, 1300, vec![]));
        assert_eq!(drive.describe().unwrap().medium.state, "complete");
        drop(drive);
        let mut drive = bench.commands();
        assert!(read_raw(&mut drive, 0, 675) == sound(0, 675), "{mode:?}");
        assert!(read_raw(&mut drive, 675, 150).iter().all(|byte| *byte == 0));
        assert!(read_raw(&mut drive, 825, 325) == sound(675, 325));
        let places = [
            (-1, (1, 0)),
            (0, (1, 1)),
            (150, (1, 2)),
            (300, (2, 0)),
            (375, (2, 1)),
            (675, (3, 0)),
            (825, (3, 1)),
        ];
        for (lba, expected) in places {
            assert_eq!(place(&mut drive, lba), expected, "{mode:?} {lba}");
        }
        let text = drive.cd_text().unwrap().unwrap();
        assert_eq!(text.blocks[0].text(PackType::TITLE, 2).as_deref(), Some("Second"));
        assert_eq!(drive.catalog().unwrap().unwrap().to_string(), "4006381333931");
        assert_eq!(drive.isrc(1).unwrap().unwrap().as_str(), "USRC17607839");
    }
}

/// Every way of recording asks the drive for the speed that it is told.
#[test]
fn at_the_speed_that_is_asked_for() {
    for mode in [AudioMode::AtOnce, AudioMode::TrackAtOnce, AudioMode::Raw(RawSectorType::Raw)] {
        let bench = Bench::new();
        let mut drive = bench.drive(MediumKind::CdR);
        let asked = AudioOptions { speed: Some(RecordingSpeed::Times(80)), ..options(mode) };
        burn_audio(&mut drive, &bench.sheet(), &asked, &Control::default()).unwrap();
        assert_eq!(selected_speed(&drive), 1411, "{mode:?}");
    }
}

#[test]
fn track_at_once_says_what_it_leaves_out() {
    let bench = Bench::new();
    let disc = bench.sheet();
    let mut drive = bench.drive(MediumKind::CdR);
    let burnt = burn_audio(&mut drive, &disc, &options(AudioMode::TrackAtOnce), &Control::default()).unwrap();
    let told: Vec<String> = burnt.notices.iter().map(AudioNotice::to_string).collect();
    assert_eq!(
        told,
        [
            "CD-TEXT is left out: track at once has no place for it",
            "indexes are left out: track at once has no place for it"
        ]
    );
    drop(drive);
    let mut drive = bench.commands();
    // The pregap of track 2 is sound of the file: it ends track 1. Then come run-out and pregap of the drive.
    assert!(read_raw(&mut drive, 0, 375) == sound(0, 375));
    assert!(read_raw(&mut drive, 375 + 152, 300) == sound(375, 300));
    assert!(read_raw(&mut drive, 375 + 152 + 300 + 152, 325) == sound(675, 325));
    assert_eq!(drive.toc().unwrap().tracks.len(), 3);
}

#[test]
fn data_behind_sound_in_a_second_session() {
    let bench = Bench::new();
    std::fs::write(bench.path("a.bin"), sound(0, 400)).unwrap();
    std::fs::write(bench.path("b.bin"), vec![7; 320 * 2048]).unwrap();
    let text = "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nREM SESSION 02\nFILE b.bin BINARY\n\
        TRACK 02 MODE1/2048\nINDEX 01 00:00:00\n";
    std::fs::write(bench.path("a.cue"), text).unwrap();
    let disc = AudioDisc::from_cue_sheet(&bench.path("a.cue")).unwrap();
    let mut drive = bench.drive(MediumKind::CdR);
    for mode in [AudioMode::TrackAtOnce, AudioMode::Raw(RawSectorType::Raw)] {
        let error = burn_audio(&mut drive, &disc, &options(mode), &Control::default()).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    }
    let burnt = burn_audio(&mut drive, &disc, &AudioOptions::default(), &Control::default()).unwrap();
    assert_eq!(burnt.tracks, 2);
    let tracks: Vec<_> =
        drive.describe().unwrap().medium.tracks.iter().map(|track| (track.session, track.start)).collect();
    assert_eq!(tracks[..2], [(1, 0), (2, 400 + 11_400)]);
    drop(drive);
    let mut block = [0; 2048];
    bench.commands().read_10(Lba::new(400 + 11_400), &mut block).unwrap();
    assert_eq!(block, [7; 2048]);
}

/// Sound that goes behind data at once would have their track numbers once more; and the disc stays as it was.
#[test]
fn at_once_behind_a_session_of_data() {
    let bench = Bench::new();
    let mut drive = bench.drive(MediumKind::CdR);
    std::fs::write(bench.path("data"), vec![7; 400 * 2048]).unwrap();
    let as_it_is = fsimage::AsItIsOptions::default();
    drive.record_as_it_is(&bench.path("data"), &as_it_is, &Control::default()).unwrap();
    drive.close(Closing::KeepAppendable).unwrap();
    let before = drive.describe().unwrap().medium.tracks;
    let burnt = burn_audio(&mut drive, &bench.sheet(), &options(AudioMode::AtOnce), &Control::default());
    let error = burnt.unwrap_err();
    assert!(error.to_string().contains("it is not blank"), "{error}");
    assert_eq!(drive.describe().unwrap().medium.tracks, before);
    // One that goes on with the numbers is recorded.
    std::fs::write(bench.path("b.bin"), sound(0, 400)).unwrap();
    let text = "FILE b.bin BINARY\nTRACK 02 AUDIO\nINDEX 01 00:00:00\n";
    std::fs::write(bench.path("b.cue"), text).unwrap();
    let disc = AudioDisc::from_cue_sheet(&bench.path("b.cue")).unwrap();
    burn_audio(&mut drive, &disc, &options(AudioMode::AtOnce), &Control::default()).unwrap();
    assert_eq!(drive.describe().unwrap().medium.state, "complete");
}

/// Whatever way a disc is recorded in, who stops it is told what it is then.
#[test]
fn a_recording_that_is_stopped_says_what_the_disc_is() {
    use fsimage::{Observer, Progress, Stage};
    struct Stopper(CancelToken);
    impl Observer for Stopper {
        fn progress(&self, progress: Progress) {
            if progress.stage == Stage::Writing && progress.done > 300 {
                self.0.cancel();
            }
        }
    }
    for (mode, state) in [
        (AudioMode::AtOnce, "can be blanked"),
        (AudioMode::Raw(RawSectorType::Raw), "can be blanked"),
        (AudioMode::TrackAtOnce, "can be played"),
    ] {
        let bench = Bench::new();
        let mut drive = bench.drive(MediumKind::CdRw);
        let cancel = CancelToken::new();
        let observer = Some(std::sync::Arc::new(Stopper(cancel.clone())) as _);
        let control = Control { observer, cancel };
        let error = burn_audio(&mut drive, &bench.sheet(), &options(mode), &control).unwrap_err();
        assert!(
            matches!(&error, Error::Cancelled { state: told } if told.contains(state)),
            "{mode:?}: {error}"
        );
    }
}

/// There is no room for it where P and Q alone are sent, which is told.
#[test]
fn cd_text_with_p_and_q_alone() {
    let bench = Bench::new();
    let mut drive = bench.drive(MediumKind::CdR);
    let mode = AudioMode::Raw(RawSectorType::PqOnly);
    let burnt = burn_audio(&mut drive, &bench.sheet(), &options(mode), &Control::default()).unwrap();
    assert_eq!(burnt.notices, [AudioNotice::CdTextLeftOut]);
    assert_eq!(drive.describe().unwrap().medium.state, "complete");
}

/// Sectors of mode 1 from `lba` on.
fn raw_sectors(lba: i32, sectors: i32) -> Vec<u8> {
    let mut image = Vec::new();
    for lba in lba..lba + sectors {
        let mut raw = [0; RAW_BYTES];
        encode_mode_1(Msf::from_lba(Lba::new(lba)), &[lba as u8; 2048], &mut raw);
        image.extend(raw);
    }
    image
}

/// A file of `sectors` sectors of sound.
fn flac(sectors: usize) -> Vec<u8> {
    use flac_codec::{byteorder::LittleEndian, encode};
    use std::io::Write as _;
    let sound: Vec<u8> = (0..sectors * RAW_BYTES).map(|at| (at * at / 700) as u8 & 0x7F).collect();
    let mut file = std::io::Cursor::new(Vec::new());
    let options = encode::Options::default();
    let bytes = Some(sound.len() as u64);
    let mut writer =
        encode::FlacByteWriter::endian(&mut file, LittleEndian, options, 44_100, 16, 2, bytes).unwrap();
    writer.write_all(&sound).unwrap();
    writer.finalize().unwrap();
    file.into_inner()
}

/// What a file has to be for its sheet costs no disc where it is something else.
#[test]
fn files_are_looked_at_before_the_disc() {
    let mut image = vec![0; 330 * 2048];
    image[16 * 2048..][..6].copy_from_slice(b"\x01CD001");
    // As many bytes as whole sectors of both sizes have.
    let mut image_of_both = vec![0; 441 * 2048];
    image_of_both[16 * 2048..][..6].copy_from_slice(b"\x01CD001");
    let raw = raw_sectors(0, 384);
    let mut damaged = raw.clone();
    damaged[200 * RAW_BYTES + 100] ^= 1;
    let gone = [&raw[..100 * RAW_BYTES], &raw[101 * RAW_BYTES..]].concat();
    let cases = [
        (sound(0, 400), "MODE1/2352", "no sync pattern"),
        (image_of_both, "MODE1/2352", "sectors of 2048 bytes, where sectors of 2352 bytes are stated"),
        (image.clone(), "MODE1/2352", "675840 bytes, which are no sectors of 2352 bytes"),
        (image, "MODE2/2336", "675840 bytes, which are no sectors of 2336 bytes"),
        (raw[..330 * RAW_BYTES].to_vec(), "MODE1/2048", "776160 bytes, which are no sectors of 2048 bytes"),
        (raw.clone(), "MODE1/2048", "a sync pattern"),
        (damaged, "MODE1/2352", "the sector at byte 470400: the error detection code"),
        (gone, "MODE1/2352", "its address is 00:03:26, where 00:03:25 follows"),
        (vec![0; 400 * RAW_BYTES], "MODE1/2352", "no sync pattern"),
    ];
    for (data, mode, told) in cases {
        let bench = Bench::new();
        std::fs::write(bench.path("data.bin"), data).unwrap();
        let text = format!("FILE data.bin BINARY\nTRACK 01 {mode}\nINDEX 01 00:00:00\n");
        std::fs::write(bench.path("a.cue"), text).unwrap();
        let mut drive = bench.drive(MediumKind::CdR);
        let refused = AudioDisc::from_cue_sheet(&bench.path("a.cue"))
            .and_then(|disc| burn_audio(&mut drive, &disc, &options(AudioMode::AtOnce), &Control::default()))
            .unwrap_err();
        assert!(refused.to_string().contains(told), "{mode}: {refused}");
        drop(drive);
        assert_eq!(bench.drive(MediumKind::CdR).describe().unwrap().medium.state, "blank", "{mode}");
    }
}

/// A volume of ISO 9660 works where its addresses lead to its own directories.
#[test]
fn an_image_for_another_place_costs_no_disc() {
    let image = |root: u32| {
        let mut image = vec![0; 330 * 2048];
        image[16 * 2048..][..6].copy_from_slice(b"\x01CD001");
        image[16 * 2048 + 158..][..4].copy_from_slice(&root.to_le_bytes());
        image
    };
    let sound_first = "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
    let data = |number: u8| format!("FILE b.bin BINARY\nTRACK {number:02} MODE1/2048\nINDEX 01 00:00:00\n");
    for (sheet, root, is_right) in [
        (format!("{sound_first}{}", data(2)), 23, false),
        (format!("{sound_first}REM SESSION 02\n{}", data(2)), 23, false),
        (format!("{sound_first}REM SESSION 02\n{}", data(2)), 400 + 11_400 + 23, true),
        (data(1), 23, true),
    ] {
        let bench = Bench::new();
        std::fs::write(bench.path("a.bin"), sound(0, 400)).unwrap();
        std::fs::write(bench.path("b.bin"), image(root)).unwrap();
        std::fs::write(bench.path("a.cue"), &sheet).unwrap();
        let disc = AudioDisc::from_cue_sheet(&bench.path("a.cue")).unwrap();
        let mut drive = bench.drive(MediumKind::CdR);
        let burnt = burn_audio(&mut drive, &disc, &AudioOptions::default(), &Control::default());
        assert_eq!(burnt.is_ok(), is_right, "{sheet}: {burnt:?}");
        if let Err(error) = burnt {
            assert!(error.to_string().contains("stated to lie in sector 23"), "{error}");
            assert_eq!(drive.describe().unwrap().medium.state, "blank");
        }
    }
}

/// Only decoding shows that compressed sound is whole: it is done once before the disc is written.
#[test]
fn compressed_sound_is_decoded_before_the_disc() {
    let whole = flac(700);
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 0x55;
    for (file, is_whole) in
        [(&whole[..], true), (&whole[..whole.len() * 3 / 4], false), (&damaged[..], false)]
    {
        for mode in [AudioMode::AtOnce, AudioMode::TrackAtOnce] {
            let bench = Bench::new();
            std::fs::write(bench.path("a.flac"), &whole).unwrap();
            std::fs::write(bench.path("b.flac"), file).unwrap();
            let disc = AudioDisc::from_files(&[bench.path("a.flac"), bench.path("b.flac")]).unwrap();
            let mut drive = bench.drive(MediumKind::CdR);
            let burnt = burn_audio(&mut drive, &disc, &options(mode), &Control::default());
            assert_eq!(burnt.is_ok(), is_whole, "{burnt:?}");
            if let Err(error) = burnt {
                assert!(error.to_string().contains("b.flac"), "{error}");
                assert_eq!(drive.describe().unwrap().medium.state, "blank");
            }
        }
    }
}

/// Behind sound there is no system area whose partition table could be kept.
#[test]
fn sessions_of_data_behind_sound() {
    let bench = Bench::new();
    let mut drive = bench.drive(MediumKind::CdR);
    burn_audio(&mut drive, &bench.sheet(), &AudioOptions::default(), &Control::default()).unwrap();
    drop(drive);
    for (number, name) in ["/one", "/two"].into_iter().enumerate() {
        let mut growing = GrowingDisc::open(bench.drive(MediumKind::CdR)).unwrap();
        let (mut tree, options) = match growing.is_blank() {
            true => (Tree::new(), PlanOptions::default()),
            false => {
                let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
                let options = imported.plan_options();
                (imported.tree, options)
            }
        };
        tree.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions::default()).unwrap();
        growing.close_open_session().unwrap();
        let options = PlanOptions { place: growing.place(), ..options };
        let plan = LayoutPlan::new(&tree, options).unwrap();
        growing.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
        // What was imported lies in the drive.
        drop(plan);
        drop(tree);
        let disc = bench.drive(MediumKind::CdR).disc().unwrap();
        let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
        assert_eq!(image.read_dir(&image.root().unwrap()).unwrap().len(), number + 1);
        assert!(!disc.system_area(None).unwrap().used);
    }
}

#[track_caller]
fn code(result: Result<impl std::fmt::Debug, Error>) -> (&'static str, u32) {
    let code = result.unwrap_err().imapi2();
    (code.name, code.number)
}

#[test]
fn codes_of_the_writers() {
    let control = Control::default();
    let burn = |bench: &Bench, drive: &mut OpenDrive, mode| {
        burn_audio(drive, &bench.sheet(), &options(mode), &control)
    };
    let raw = AudioMode::Raw(RawSectorType::Raw);
    let both = [AudioMode::TrackAtOnce, raw];

    let bench = Bench::new();
    let mut drive = bench.drive(MediumKind::DvdPlusR);
    assert_eq!(
        both.map(|mode| code(burn(&bench, &mut drive, mode))),
        [
            ("E_IMAPI_DF2TAO_MEDIA_IS_NOT_SUPPORTED", 0xC0AA_0507),
            ("E_IMAPI_DF2RAW_MEDIA_IS_NOT_SUPPORTED", 0xC0AA_0607)
        ]
    );

    let bench = Bench::new();
    let mut drive = bench.drive(MediumKind::CdR);
    burn(&bench, &mut drive, AudioMode::AtOnce).unwrap();
    assert_eq!(
        both.map(|mode| code(burn(&bench, &mut drive, mode))),
        [
            ("E_IMAPI_DF2TAO_MEDIA_IS_NOT_BLANK", 0xC0AA_0506),
            ("E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK", 0xC0AA_0606)
        ]
    );

    let bench = Bench::new();
    let transport = SimulatedDrive::create_with_capacity(bench.path("disc"), MediumKind::CdR, 1024).unwrap();
    let mut drive = over(transport).unwrap();
    assert_eq!(
        both.map(|mode| code(burn(&bench, &mut drive, mode))),
        [("E_IMAPI_DF2TAO_NOT_ENOUGH_SPACE", 0xC0AA_0509), ("E_IMAPI_DF2RAW_NOT_ENOUGH_SPACE", 0xC0AA_0609)]
    );

    // A drive whose mode page does not take raw sectors; both the changed page and a new one are refused.
    let bench = Bench::new();
    let refuse = Fault::Refuse { operation_code: 0x55, key: 5, asc: 0x26, ascq: 0, times: None };
    let mut drive = bench.faulty(MediumKind::CdR, &[refuse]);
    assert_eq!(
        both.map(|mode| code(burn(&bench, &mut drive, mode))),
        [
            ("E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS", 0xC0AA_0208),
            ("E_IMAPI_DF2RAW_DATA_BLOCK_TYPE_NOT_SUPPORTED", 0xC0AA_060E)
        ]
    );
    let test = AudioOptions { test_write: true, ..options(raw) };
    assert_eq!(
        code(burn_audio(&mut drive, &bench.sheet(), &test, &control)),
        ("E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED", 0xC0AA_0610)
    );

    // The recording stops at a bad sector, and says what is left.
    let bench = Bench::new();
    let mut drive = bench.faulty(MediumKind::CdR, &[Fault::WriteError { lba: 600 }]);
    let error = burn(&bench, &mut drive, AudioMode::TrackAtOnce).unwrap_err();
    assert!(error.to_string().contains("can be played"), "{error}");
    assert_eq!(error.imapi2().number, 0xC0AA_0301);
    let bench = Bench::new();
    let mut drive = bench.faulty(MediumKind::CdRw, &[Fault::WriteError { lba: 500 }]);
    let error = burn(&bench, &mut drive, AudioMode::AtOnce).unwrap_err();
    assert!(error.to_string().contains("can be blanked"), "{error}");
    let bench = Bench::new();
    let cancel = CancelToken::new();
    cancel.cancel();
    let cancelled = Control { cancel, ..Control::default() };
    let mut drive = bench.drive(MediumKind::CdR);
    let error = burn_audio(&mut drive, &bench.sheet(), &options(AudioMode::AtOnce), &cancelled);
    assert_eq!(code(error), ("E_IMAPI_REQUEST_CANCELLED", 0xC0AA_0002));
}

#[test]
fn codes_of_raw_images() {
    let told = |result: Result<(), mmc_device::cd::RawImageError>| code(result.map_err(Error::from));
    let mut image = RawImageBuilder::new();
    assert_eq!(told(image.create().map(drop)), ("E_IMAPI_RAW_IMAGE_NO_TRACKS", 0x80AA_0A03));
    let added = image.add_track(SectorType::Mode1, 300).map(drop);
    assert_eq!(told(added), ("E_IMAPI_RAW_IMAGE_SECTOR_TYPE_NOT_SUPPORTED", 0x80AA_0A02));
    let added = image.add_track(SectorType::Audio, 400_000).map(drop);
    assert_eq!(told(added), ("E_IMAPI_RAW_IMAGE_INSUFFICIENT_SPACE", 0x80AA_0A05));
    for _ in 0..99 {
        image.add_track(SectorType::Audio, 1200).unwrap();
    }
    let added = image.add_track(SectorType::Audio, 300).map(drop);
    assert_eq!(told(added), ("E_IMAPI_RAW_IMAGE_TOO_MANY_TRACKS", 0x80AA_0A01));
    assert_eq!(told(image.set_gapless(false)), ("E_IMAPI_RAW_IMAGE_TRACKS_ALREADY_ADDED", 0x80AA_0A04));
    let track = image.track_mut(1).unwrap();
    assert_eq!(
        told(track.add_index(5).map(drop)),
        ("E_IMAPI_RAW_IMAGE_TRACK_INDEX_TOO_CLOSE_TO_OTHER_INDEX", 0x80AA_0A0A)
    );
    assert_eq!(told(track.clear_index(20)), ("E_IMAPI_RAW_IMAGE_TRACK_INDEX_NOT_FOUND", 0x80AA_0A07));
    assert_eq!(
        told(track.clear_index(0)),
        ("E_IMAPI_RAW_IMAGE_TRACK_INDEX_OFFSET_ZERO_CANNOT_BE_CLEARED", 0x80AA_0A09)
    );
    for index in 1..99 {
        track.add_index(index * 10).unwrap();
    }
    assert_eq!(
        told(track.add_index(1000).map(drop)),
        ("E_IMAPI_RAW_IMAGE_TOO_MANY_TRACK_INDEXES", 0x80AA_0A06)
    );
    image.create().unwrap();
    assert_eq!(told(image.set_catalog(None)), ("E_IMAPI_RAW_IMAGE_IS_READ_ONLY", 0x80AA_0A00));
}

/// A drive that reads one sector of a CD with one bit wrong, and does not tell.
struct Worn {
    drive: SimulatedDrive,
    lba: u32,
}

impl Transport for Worn {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError> {
        let Data::In(into) = data else { return self.drive.execute(cdb, data, timeout) };
        let len = self.drive.execute(cdb, Data::In(into), timeout)?;
        if let [0xBE, _, a, b, c, d, ..] = *cdb.as_bytes()
            && let Some(sector) = self.lba.checked_sub(u32::from_be_bytes([a, b, c, d]))
            && let Some(byte) = into[..len].get_mut(sector as usize * RAW_BYTES + 7)
        {
            *byte ^= 0x10;
        }
        Ok(len)
    }
}

/// Every way of recording reads back what it recorded, and a sector that does not is told with its track.
#[test]
fn what_is_recorded_is_read_back() {
    let verified = |mode, verify| AudioOptions { verify, ..options(mode) };
    for mode in [
        AudioMode::AtOnce,
        AudioMode::TrackAtOnce,
        AudioMode::Raw(RawSectorType::Cooked),
        AudioMode::Raw(RawSectorType::Raw),
    ] {
        for verify in [Verification::Quick, Verification::Full] {
            let bench = Bench::new();
            let disc = bench.sheet();
            let mut drive = bench.drive(MediumKind::CdR);
            let burnt = burn_audio(&mut drive, &disc, &verified(mode, verify), &Control::default());
            assert!(burnt.is_ok(), "{mode:?} {verify:?}: {burnt:?}");
        }
    }
    // Track 2 has sectors 375 to 674, and two seconds of pregap lie in front of track 3.
    for (lba, found) in [(400, Some("track 2")), (700, None), (1000, Some("track 3"))] {
        let bench = Bench::new();
        let disc = bench.sheet();
        let drive = SimulatedDrive::create(bench.path("disc"), MediumKind::CdR).unwrap();
        let mut drive = over(Worn { drive, lba }).unwrap();
        let options = verified(AudioMode::AtOnce, Verification::Full);
        match (burn_audio(&mut drive, &disc, &options, &Control::default()), found) {
            (Ok(_), None) => {}
            (Err(error @ Error::VerifyFailed { .. }), Some(track)) => {
                assert_eq!(error.imapi2().name, "E_IMAPI_BURN_VERIFICATION_FAILED");
                let Error::VerifyFailed { sector, sectors, files } = error else { panic!() };
                assert_eq!((sector.get(), sectors, files), (lba, 1, vec![track.to_owned()]));
            }
            (result, _) => panic!("{lba}: {result:?}"),
        }
    }
    // What cannot be read differs as well.
    let bench = Bench::new();
    let disc = bench.sheet();
    let mut drive = bench.faulty(MediumKind::CdR, &[Fault::ReadError { lba: 30 }]);
    let options = verified(AudioMode::TrackAtOnce, Verification::Full);
    let error = burn_audio(&mut drive, &disc, &options, &Control::default()).unwrap_err();
    assert!(
        matches!(&error, Error::VerifyFailed { sectors: 1, files, .. } if files == &["track 1"]),
        "{error}"
    );
}

/// Data beside sound are compared as well, without the codes that the drive makes.
#[test]
fn mixed_discs_are_read_back() {
    let bench = Bench::new();
    std::fs::write(bench.path("d.iso"), vec![0x5A; 400 * 2048]).unwrap();
    std::fs::write(bench.path("a.bin"), sound(0, 400)).unwrap();
    let text = "FILE d.iso BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\nFILE a.bin BINARY\nTRACK 02 AUDIO\n\
        PREGAP 00:02:00\nINDEX 01 00:00:00\n";
    std::fs::write(bench.path("m.cue"), text).unwrap();
    let disc = AudioDisc::from_cue_sheet(&bench.path("m.cue")).unwrap();
    let options = AudioOptions { verify: Verification::Full, ..options(AudioMode::AtOnce) };
    let mut drive = bench.faulty(MediumKind::CdR, &[]);
    burn_audio(&mut drive, &disc, &options, &Control::default()).unwrap();
}
