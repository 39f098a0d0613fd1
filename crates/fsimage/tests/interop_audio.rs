//! Cue sheets as cdrdao reads them, and FLAC files as its own program makes them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use fsimage::AudioDisc;
use mmc_device::Lba;
use mmc_device::cd::{DigitalCopy, RAW_BYTES};

fn run(program: &peers::Peer, arguments: &[&OsStr]) -> String {
    let output = peers::run(program.path(), arguments).unwrap();
    let error = output.stderr.clone();
    format!("{}{error}", String::from_utf8_lossy(&output.success(program.name()).unwrap()))
}

/// What a tool says of a track: pregap, start and end, counted from the first one's; code, flags.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    pregap: u32,
    start: u32,
    end: u32,
    isrc: String,
    copy: bool,
    pre_emphasis: bool,
}

/// Reads what `cdrdao show-toc` prints.
fn by_cdrdao(text: &str) -> BTreeMap<u8, Seen> {
    let mut tracks = BTreeMap::new();
    let mut number = 0;
    for line in text.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("TRACK") {
            number = rest.split_whitespace().next().unwrap().parse().unwrap();
        }
        let Some(track) = (number > 0).then(|| tracks.entry(number).or_insert_with(Seen::default)) else {
            continue;
        };
        let sector = || line.rsplit_once('(').unwrap().1.trim_matches([')', ' ']).parse().unwrap();
        match line.split_whitespace().next() {
            Some("PREGAP") => track.pregap = sector(),
            Some("START") => track.start = sector(),
            Some("END" | "END*") => track.end = sector(),
            Some("ISRC") => track.isrc = line.split_whitespace().skip(1).collect(),
            Some("COPY") => track.copy = line == "COPY PERMITTED",
            Some("PRE-EMPHASIS") => track.pre_emphasis = true,
            _ => {}
        }
    }
    tracks
}

fn by_us(disc: &AudioDisc) -> BTreeMap<u8, Seen> {
    let program = disc.program(&disc.sessions()[0], Lba::new(-150)).unwrap();
    program
        .tracks()
        .iter()
        .map(|track| {
            let layout = &track.layout;
            // The first track's two seconds are not told.
            let pregap =
                if track.number == program.numbers().0 { layout.pregap - 150 } else { layout.pregap };
            let seen = Seen {
                pregap,
                start: track.start.blocks_from_zero(),
                end: track.end.blocks_from_zero(),
                isrc: layout.isrc.map(|isrc| isrc.as_str().to_owned()).unwrap_or_default(),
                copy: layout.copy == DigitalCopy::Permitted,
                pre_emphasis: layout.pre_emphasis,
            };
            (track.number, seen)
        })
        .collect()
}

#[test]
fn cdrdao_reads_cue_sheets_alike() {
    let Some(cdrdao) = peers::require("cdrdao") else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.bin"), vec![1; 1500 * RAW_BYTES]).unwrap();
    for sheet in [
        "CATALOG 4006381333931\nTITLE \"A disc\"\nFILE \"a.bin\" BINARY\nTRACK 01 AUDIO\nISRC USRC17607839\nFLAGS DCP\n\
         INDEX 01 00:00:00\nTRACK 02 AUDIO\nFLAGS PRE\nINDEX 00 00:04:00\nINDEX 01 00:05:00\nTRACK 03 AUDIO\n\
         INDEX 01 00:10:00\n",
        "FILE \"a.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 00 00:00:00\nINDEX 01 00:04:00\n",
        "FILE \"a.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:24\nTRACK 02 AUDIO\nINDEX 00 00:08:00\nINDEX 01 00:09:37\n\
         TRACK 03 AUDIO\nPREGAP 00:01:37\nINDEX 01 00:14:24\n",
        "FILE \"a.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nFLAGS DCP PRE\nPREGAP 00:02:00\n\
         INDEX 01 00:04:00\nTRACK 03 AUDIO\nISRC DEA401234567\nINDEX 00 00:12:30\nINDEX 01 00:13:10\n",
    ] {
        let path = folder.path().join("disc.cue");
        // cdrdao takes names from the folder that it runs in.
        let sheet = sheet.replace("a.bin", &folder.path().join("a.bin").to_string_lossy());
        std::fs::write(&path, &sheet).unwrap();
        let said = run(&cdrdao, &["show-toc".as_ref(), path.as_ref()]);
        let disc = AudioDisc::from_cue_sheet(&path).unwrap();
        assert_eq!(by_us(&disc), by_cdrdao(&said), "{sheet}\n{said}");
        let catalog = disc.catalog().map(|number| number.to_string());
        assert!(catalog.is_none_or(|number| said.contains(&number)), "{said}");
    }
}

#[test]
fn flac_files_give_their_samples() {
    let Some(flac) = peers::require("flac") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut value = 1u32;
    let sound: Vec<u8> = (0..700 * RAW_BYTES)
        .map(|at| {
            value = value.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Tones with some noise in them.
            ((at / 400 * at) as u8 & 0x7F) ^ (value >> 29) as u8
        })
        .collect();
    std::fs::write(path("a.raw"), &sound).unwrap();
    let encode = |options: &[&str], name: &str| {
        let (output, input) = (path(name), path("a.raw"));
        let common = ["-s", "-f", "--force-raw-format", "--endian=little", "--sign=signed", "--bps=16"];
        let mut arguments: Vec<&OsStr> = common.iter().chain(options).map(OsStr::new).collect();
        arguments.extend([OsStr::new("-o"), output.as_ref(), input.as_ref()]);
        run(&flac, &arguments);
    };
    encode(&["--channels=2", "--sample-rate=44100", "-8"], "a.flac");
    encode(&["--channels=2", "--sample-rate=48000"], "b.flac");
    encode(&["--channels=1", "--sample-rate=44100"], "c.flac");
    // As many programs write it: FLAC by the name of WAVE. The second track begins in the middle of the file.
    let sheet = "FILE a.flac WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:04:33\n";
    std::fs::write(path("disc.cue"), sheet).unwrap();
    let disc = AudioDisc::from_cue_sheet(&path("disc.cue")).unwrap();
    assert!(read(&disc)[150 * RAW_BYTES..] == sound);
    let disc = AudioDisc::from_files(&[path("a.flac"), path("a.flac")]).unwrap();
    let read = read(&disc);
    assert!(read[150 * RAW_BYTES..850 * RAW_BYTES] == sound && read[1000 * RAW_BYTES..] == sound);
    for name in ["b.flac", "c.flac"] {
        let error = AudioDisc::from_files(&[path(name)]).unwrap_err();
        assert_eq!(error.imapi2().name, "E_IMAPI_DF2TAO_STREAM_NOT_SUPPORTED");
    }
    let mut cut = std::fs::read(path("a.flac")).unwrap();
    cut.truncate(cut.len() / 2);
    std::fs::write(path("d.flac"), cut).unwrap();
    let disc = AudioDisc::from_files(&[path("d.flac")]).unwrap();
    let mut reader = disc.reader(&disc.sessions()[0]);
    let mut run = Vec::new();
    let error = loop {
        match reader.read(75, &mut run) {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the end was not noticed"),
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains(&*path("d.flac").to_string_lossy()), "{error}");
}

fn read(disc: &AudioDisc) -> Vec<u8> {
    let mut reader = disc.reader(&disc.sessions()[0]);
    let (mut all, mut run) = (Vec::new(), Vec::new());
    while reader.read(100, &mut run).unwrap().is_some() {
        all.extend_from_slice(&run);
    }
    all
}

#[test]
fn bchunk_cuts_tracks_alike() {
    let Some(bchunk) = peers::require("bchunk") else { return };
    let folder = tempfile::tempdir().unwrap();
    let sound: Vec<u8> = (0..1000 * RAW_BYTES).map(|at| (at / 3) as u8).collect();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("a.bin"), &sound).unwrap();
    let sheet = "FILE \"a.bin\" BINARY\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n  TRACK 02 AUDIO\n    INDEX 01 00:05:00\n";
    std::fs::write(path("a.cue"), sheet).unwrap();
    let arguments: [&Path; 4] = [Path::new("-w"), &path("a.bin"), &path("a.cue"), &path("t")];
    run(&bchunk, &arguments.map(AsRef::as_ref));
    let disc = AudioDisc::from_files(&[path("t01.wav"), path("t02.wav")]).unwrap();
    let again = read(&disc);
    let (first, second) = sound.split_at(375 * RAW_BYTES);
    assert!(again[150 * RAW_BYTES..525 * RAW_BYTES] == *first && again[675 * RAW_BYTES..] == *second);
}
