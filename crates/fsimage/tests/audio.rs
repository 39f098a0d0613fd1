//! Discs of sound, from cue sheets and from files.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::path::{Path, PathBuf};

use fsimage::{AudioDisc, AudioNotice, Blame, Error};
use mmc_device::Lba;
use mmc_device::cd::{Block, CdText, DigitalCopy, Msf, Pack, PackType, RAW_BYTES, SectorType, encode_mode_1};

fn samples(sectors: usize, seed: u8) -> Vec<u8> {
    (0..sectors * RAW_BYTES).map(|at| (at as u8).wrapping_mul(7).wrapping_add(seed)).collect()
}

fn wave(rate: u32, data: &[u8]) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0".to_vec();
    file.extend(rate.to_le_bytes());
    file.extend((rate * 4).to_le_bytes());
    file.extend([4, 0, 16, 0]);
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// All sectors of the first session, with their kinds.
fn read(disc: &AudioDisc) -> Vec<(SectorType, Vec<u8>)> {
    let session = &disc.sessions()[0];
    let mut reader = disc.reader(session);
    let (mut sectors, mut run) = (Vec::new(), Vec::new());
    while let Some(kind) = reader.read(27, &mut run).unwrap() {
        sectors.extend(run.chunks(kind.user_bytes()).map(|sector| (kind, sector.to_vec())));
    }
    assert_eq!(sectors.len() as u32, session.sectors());
    sectors
}

fn bytes(sectors: &[(SectorType, Vec<u8>)]) -> Vec<u8> {
    sectors.iter().flat_map(|(_, sector)| sector).copied().collect()
}

#[test]
fn a_disc_with_everything() {
    let folder = Folder::new();
    let (first, second) = (samples(700, 1), samples(400, 2));
    folder.write("first.bin", &first);
    folder.write("Second.WAV", wave(44_100, &second[..second.len() - 100]));
    let sheet = folder.write(
        "disc.cue",
        "CATALOG 4006381333931\nTITLE \"The disc\"\nGENRE \"Jazz\"\nFILE \"first.bin\" BINARY\n\
         TRACK 01 AUDIO\nTITLE \"One\"\nISRC US-RC1-76-07839\nFLAGS DCP PRE\nINDEX 01 00:00:00\nINDEX 02 00:02:00\n\
         TRACK 02 AUDIO\nFLAGS SCMS\nINDEX 00 00:04:00\nINDEX 01 00:05:00\nSPEED 1\n\
         FILE \"second.wav\" WAVE\nTRACK 03 AUDIO\nPERFORMER \"X\"\nPREGAP 00:01:00\nINDEX 01 00:00:00\nPOSTGAP 00:00:10\n",
    );
    let disc = AudioDisc::from_cue_sheet(&sheet).unwrap();
    let program = disc.program(&disc.sessions()[0], Lba::new(-150)).unwrap();
    let places: Vec<_> = program
        .tracks()
        .iter()
        .map(|track| (track.number, track.pregap.get(), track.start.get(), track.end.get()))
        .collect();
    assert_eq!(places, [(1, -150, 0, 300), (2, 300, 375, 700), (3, 700, 775, 1185)]);
    let [one, two, three] = disc.sessions()[0].tracks() else { panic!("three tracks") };
    assert_eq!((&one.indexes[..], one.copy, one.pre_emphasis), (&[150][..], DigitalCopy::Permitted, true));
    assert_eq!((one.isrc.unwrap().as_str(), two.copy, three.isrc), ("USRC17607839", DigitalCopy::Scms, None));
    assert_eq!(disc.catalog().unwrap().to_string(), "4006381333931");
    let text = &disc.cd_text().unwrap().blocks[0];
    assert_eq!(text.text(PackType::TITLE, 0).as_deref(), Some("The disc"));
    assert_eq!(text.text(PackType::PERFORMER, 3).as_deref(), Some("X"));
    assert_eq!(text.genre, Some((0, b"Jazz".to_vec())));

    let sound = bytes(&read(&disc));
    let at = |lba: usize| (lba + 150) * RAW_BYTES;
    assert!(sound[..at(0)].iter().all(|byte| *byte == 0));
    assert!(sound[at(0)..at(700)] == first);
    assert!(sound[at(700)..at(775)].iter().all(|byte| *byte == 0));
    assert!(sound[at(775)..at(1175) - 100] == second[..second.len() - 100]);
    assert!(sound[at(1175) - 100..].iter().all(|byte| *byte == 0));
    assert!(matches!(&disc.notices()[0], AudioNotice::Padded { bytes: 100, .. }), "{:?}", disc.notices());
    assert_eq!(disc.notices()[1], AudioNotice::Ignored { line: 15, command: "SPEED".to_owned() });
}

/// Discs in circulation have such numbers, as libcdio's sheet of one.
#[test]
fn a_catalog_number_with_another_last_digit() {
    let folder = Folder::new();
    folder.write("a.bin", samples(400, 0));
    let text = "CATALOG 0000012101954\nFILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 0:0:0";
    let disc = AudioDisc::from_cue_sheet(&folder.write("a.cue", text)).unwrap();
    let number = disc.catalog().unwrap();
    assert_eq!(number.to_string(), "0000012101954");
    assert_eq!(disc.notices(), [AudioNotice::CatalogUnchecked { number }]);
    assert!(disc.notices()[0].to_string().ends_with("would be 5"));
}

/// Nothing of a sheet is passed over.
#[test]
fn what_a_sheet_says_is_done_or_told() {
    let folder = Folder::new();
    folder.write("a.bin", samples(800, 5));
    let packs = |tracks: &[u8]| {
        let mut block = Block::default();
        for &track in tracks {
            block.put(PackType::TITLE, track, "T").unwrap();
        }
        let packs = CdText { blocks: vec![block] }.encode(1, 3).unwrap();
        packs.iter().flat_map(Pack::encode).collect::<Vec<u8>>()
    };
    folder.write("three.cdt", packs(&[0, 1, 2, 3]));
    folder.write("none.cdt", []);
    let track = "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
    for (sheet, told) in [
        (
            "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:03:00\n".to_owned(),
            "225 sectors in front of its first INDEX",
        ),
        (format!("TITLE x\nCDTEXTFILE three.cdt\n{track}"), "texts of the cue sheet are left out"),
        (format!("CDTEXTFILE three.cdt\n{track}"), "texts of track 2, which the disc does not have"),
    ] {
        let disc = AudioDisc::from_cue_sheet(&folder.write("a.cue", &sheet)).unwrap();
        let notices = disc.notices().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(notices.contains(told), "{sheet}: {notices}");
    }
    for (sheet, told) in [
        (format!("{track}INDEX 03 00:01:00\n").into_bytes(), "line 4: INDEX 03 does not follow INDEX 01"),
        (format!("FILE b.bin BINARY\n{track}").into_bytes(), "no track is in it"),
        (format!("CDTEXTFILE none.cdt\n{track}").into_bytes(), "no CD-TEXT"),
        ([b"TITLE \x93\xfa\x96{\n", track.as_bytes()].concat(), "line 1: characters of neither"),
    ] {
        folder.write("b.bin", samples(10, 1));
        let error = AudioDisc::from_cue_sheet(&folder.write("a.cue", sheet)).unwrap_err();
        assert!(error.to_string().contains(told), "{told}: {error}");
    }
}

#[test]
fn higher_bytes_first_and_short_tracks() {
    let folder = Folder::new();
    let sound = samples(310, 3);
    let swapped: Vec<u8> = sound.chunks(2).flat_map(|pair| [pair[1], pair[0]]).collect();
    folder.write("a.raw", swapped);
    let sheet = folder.write(
        "a.cue",
        "FILE a.raw MOTOROLA\nTRACK 01 AUDIO\nINDEX 00 00:00:00\nINDEX 01 00:00:60\nTRACK 02 AUDIO\nINDEX 01 00:03:60\n",
    );
    let disc = AudioDisc::from_cue_sheet(&sheet).unwrap();
    assert!(bytes(&read(&disc)[150..435]) == sound[..285 * RAW_BYTES]);
    let lengthened: Vec<_> = disc.notices().iter().map(ToString::to_string).collect();
    assert_eq!(
        lengthened,
        [
            "track 1: 75 sectors of zeros make it four seconds long",
            "track 2: 275 sectors of zeros make it four seconds long"
        ]
    );
}

#[test]
fn data_in_front_of_sound() {
    let folder = Folder::new();
    let mut image = Vec::new();
    for lba in 0..300 {
        let mut raw = [0; RAW_BYTES];
        encode_mode_1(Msf::from_lba(Lba::new(lba)), &[lba as u8; 2048], &mut raw);
        image.extend(raw);
    }
    let damaged = {
        let mut damaged = image.clone();
        damaged[5 * RAW_BYTES + 100] ^= 1;
        damaged
    };
    let sound = samples(300, 4);
    let sheet =
        "FILE a.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:04:00\n";
    let sheet = folder.write("a.cue", sheet);
    folder.write("a.bin", [image, sound.clone()].concat());
    let disc = AudioDisc::from_cue_sheet(&sheet).unwrap();
    assert_eq!(disc.notices(), [AudioNotice::GapAdded { track: 2, sectors: 150 }]);
    assert!(!disc.is_sound());
    let sectors = read(&disc);
    for (lba, (kind, data)) in (0..300u32).zip(&sectors[150..450]) {
        assert_eq!((*kind, &data[..]), (SectorType::Mode1, &[lba as u8; 2048][..]));
    }
    assert!(bytes(&sectors[600..]) == sound);
    folder.write("a.bin", [damaged, sound].concat());
    let disc = AudioDisc::from_cue_sheet(&sheet).unwrap();
    let mut reader = disc.reader(&disc.sessions()[0]);
    let mut run = Vec::new();
    let error = loop {
        match reader.read(10, &mut run) {
            Ok(Some(_)) => {}
            Ok(None) => panic!("damage was not noticed"),
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("error detection code"), "{error}");
}

#[track_caller]
fn refused(path: &Path, told: &str, code: &str) {
    let error = AudioDisc::from_cue_sheet(path).unwrap_err();
    assert!(error.to_string().contains(told), "{error}");
    assert_eq!((error.imapi2().name, error.blame()), (code, Blame::Source));
}

#[test]
fn what_is_no_disc() {
    let folder = Folder::new();
    folder.write("a.bin", samples(1200, 0));
    folder.write("48.wav", wave(48_000, &samples(300, 0)));
    folder.write("x.mp3", b"ID3 and so on, and on");
    let cue = |text: &str| folder.write("x.cue", text);
    const STREAM: &str = "E_IMAPI_DF2TAO_STREAM_NOT_SUPPORTED";
    let one = "FILE a.bin BINARY\nTRACK 01 AUDIO\n";
    refused(
        &cue(&format!("{one}ISRC X\nINDEX 01 0:0:0")),
        "track 1: ISRC \"X\"",
        "E_IMAPI_DF2TAO_INVALID_ISRC",
    );
    let catalog = format!("CATALOG 400638133393X\n{one}INDEX 01 0:0:0");
    refused(&cue(&catalog), "has 13 digits", "E_IMAPI_DF2TAO_INVALID_MCN");
    refused(&cue("FILE 48.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 0:0:0"), "48000 Hz", STREAM);
    refused(&cue("FILE x.mp3 MP3\nTRACK 01 AUDIO\nINDEX 01 0:0:0"), "neither WAVE nor FLAC", STREAM);
    let title = "line 3: TITLE of track 1: '\u{20ac}' is not in the character set of the block";
    refused(&cue(&format!("{one}TITLE \u{20ac}\nINDEX 01 0:0:0")), title, STREAM);
    // Nothing tells what a player shows in place of a character of control.
    let tab = "line 3: TITLE of track 1: '\\t' is not in the character set of the block";
    refused(&cue(&format!("{one}TITLE \"a\tb\"\nINDEX 01 0:0:0")), tab, STREAM);
    let second = "line 2: a second CATALOG of one disc or track";
    refused(
        &cue(&format!("CATALOG 4006381333931\nCATALOG 4006381333931\n{one}INDEX 01 0:0:0")),
        second,
        STREAM,
    );
    for command in ["ISRC USRC17607839", "TITLE x"] {
        let name = command.split(' ').next().unwrap();
        let sheet = format!("{one}{command}\n{command}\nINDEX 01 0:0:0");
        refused(&cue(&sheet), &format!("line 4: a second {name} of one disc or track"), STREAM);
    }
    for (command, name) in
        [("PREGAP 0:2:0", "PREGAP"), ("POSTGAP 0:2:0", "POSTGAP"), ("INDEX 01 0:4:0", "INDEX 01")]
    {
        let sheet = format!("{one}INDEX 01 0:0:0\nTRACK 02 AUDIO\n{command}\n{command}\nINDEX 01 0:4:0");
        refused(&cue(&sheet), &format!("line 6: a second {name} of one disc or track"), STREAM);
    }
    // So does cdrdao.
    let same = "line 4: INDEX 02 of track 1 is sector 0 of the file, as INDEX 01 is";
    refused(&cue(&format!("{one}INDEX 01 0:0:0\nINDEX 02 0:0:0")), same, STREAM);
    let performer = "line 1: PERFORMER of the disc: '\u{2019}'";
    refused(&cue(&format!("PERFORMER a\u{2019}b\n{one}INDEX 01 0:0:0")), performer, STREAM);
    let long = format!("{one}TITLE {}\nINDEX 01 0:0:0", "x".repeat(4000));
    refused(&cue(&long), "more texts than fit", STREAM);
    for sheet in [long, format!("CDTEXTFILE none.cdt\n{one}INDEX 01 0:0:0")] {
        let disc = AudioDisc::from_cue_sheet_without_texts(&cue(&sheet)).unwrap();
        assert_eq!((disc.cd_text(), disc.notices()), (None, &[AudioNotice::CdTextLeftOut][..]));
    }
    refused(&cue(&format!("{one}INDEX 01 0:5:0\nTRACK 02 AUDIO\nINDEX 01 0:4:0")), "backwards", STREAM);
    refused(&cue(&format!("{one}INDEX 01 0:0:0\nTRACK 03 AUDIO\nINDEX 01 0:4:0")), "does not follow", STREAM);
    let beyond = "line 5: INDEX 01 of track 2 is sector 445500 of a.bin, which has 1200";
    refused(&cue(&format!("{one}INDEX 01 0:0:0\nTRACK 02 AUDIO\nINDEX 01 99:0:0")), beyond, STREAM);
    refused(&cue("TRACK 01 AUDIO"), "before any FILE", STREAM);
    let mut many = "FILE a.bin BINARY\n".to_owned();
    for number in 1..=100 {
        many.push_str(&format!("TRACK {number} AUDIO\nINDEX 01 0:0:0\n"));
    }
    refused(&cue(&many), "99 tracks", "E_IMAPI_DF2TAO_TRACK_LIMIT_REACHED");
    let error =
        AudioDisc::from_cue_sheet(&cue("FILE none.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 0:0:0")).unwrap_err();
    assert!(matches!(error, Error::SourceRead { .. }), "{error}");
    folder.write("cut.wav", &wave(44_100, &samples(300, 0))[..5000]);
    refused(&cue("FILE cut.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 0:0:0"), "before its samples do", STREAM);
}
