//! Image files whose bytes are not the sectors one behind another: raw sectors, cue sheets, Nero images, and
//! images that begin somewhere in a file.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use fsimage::{
    Blame, Control, DEFAULT_PREFERENCE, Disc, Error, FileSystem, GrowingImage, Item, ItemOptions, LayoutPlan,
    PlanOptions, Tree, WriterSink,
};
use mmc_device::cd::{Msf, RAW_BYTES, Subheader, encode_mode_1, encode_mode_2_form_1};
use peers::Columns;
use support::{list_image, list_session};

/// How the sectors of a track are put into a file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    UserData,
    Mode1,
    Mode2,
    Mode2Alone,
    WithSubchannel,
}

impl Form {
    fn size(self) -> u64 {
        match self {
            Form::UserData => 2048,
            Form::Mode1 | Form::Mode2 => 2352,
            Form::Mode2Alone => 2336,
            Form::WithSubchannel => 2448,
        }
    }

    /// The sectors of `plain`, in this form.
    fn wrap(self, plain: &[u8]) -> Vec<u8> {
        let address = Msf::new(0, 2, 0).unwrap();
        let mut out = Vec::new();
        for data in plain.chunks(2048) {
            let mut raw = [0; RAW_BYTES];
            let whole = data.try_into().unwrap();
            match self {
                Form::UserData => {}
                Form::Mode1 | Form::WithSubchannel => encode_mode_1(address, whole, &mut raw),
                Form::Mode2 | Form::Mode2Alone => {
                    encode_mode_2_form_1(address, Subheader::DATA, whole, &mut raw);
                }
            }
            match self {
                Form::UserData => out.extend_from_slice(data),
                Form::Mode1 | Form::Mode2 => out.extend(raw),
                Form::Mode2Alone => out.extend(&raw[16..]),
                Form::WithSubchannel => out.extend(raw.into_iter().chain([0xEC; 96])),
            }
        }
        out
    }
}

fn sound(sectors: usize) -> Vec<u8> {
    (0..sectors * 2352).map(|at| (at % 251) as u8).collect()
}

/// A small image, as bytes; the text tells one from another.
fn image(folder: &Path, text: &str, start: u32) -> Vec<u8> {
    let mut tree = Tree::new();
    let content = Item::Bytes(text.as_bytes().into());
    tree.add("/hello.txt", content, &ItemOptions::default()).unwrap();
    let big = Item::Bytes((0..300_000u32).map(|at| (at % 253) as u8).collect());
    tree.add("/big.bin", big, &ItemOptions::default()).unwrap();
    let path = folder.join("plain.iso");
    let mut options = PlanOptions::default();
    if start > 0 {
        options.place.start = fsimage::Sector::new(start);
        let plan = LayoutPlan::new(&tree, options).unwrap();
        let mut bytes = Vec::new();
        plan.write_to(&mut WriterSink::new(&mut bytes, "memory"), &Control::default()).unwrap();
        return bytes;
    }
    support::build(&tree, options, &path);
    fs::read(path).unwrap()
}

fn text(path: &Path, session: Option<u16>) -> String {
    let image = Disc::open(path).unwrap().image(session, &DEFAULT_PREFERENCE).unwrap();
    read(&image, "/hello.txt")
}

fn read(image: &fsimage::Image, path: &str) -> String {
    let mut text = String::new();
    image.open(&image.lookup(path).unwrap()).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn is_refused(path: &Path) {
    let before = fs::read(path).unwrap();
    let error = GrowingImage::open(path).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::NotGrowable { .. }), "{error}");
    assert!(error.to_string().contains("not an image of sectors one behind another"), "{error}");
    assert_eq!(fs::read(path).unwrap(), before);
}

#[test]
fn raw_sectors_of_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let plain = image(folder.path(), "raw", 0);
    let expected = list_session(&folder.path().join("plain.iso"), None);
    for form in [Form::Mode1, Form::Mode2, Form::Mode2Alone, Form::WithSubchannel] {
        let path = folder.path().join("raw.bin");
        fs::write(&path, form.wrap(&plain)).unwrap();
        peers::assert_same(&expected, &list_session(&path, None), Columns::POSIX);
        let disc = Disc::open(&path).unwrap();
        let report = disc.verify(None, &Control::default()).unwrap();
        assert!(report.is_whole(), "{form:?}: {report:?}");
        assert_eq!(disc.container().unwrap().format, format!("raw sectors of {} bytes", form.size()));
        is_refused(&path);
    }
}

#[test]
fn cue_sheet_with_sound_and_two_sessions() {
    let folder = tempfile::tempdir().unwrap();
    // 150 sectors of the first track, of which the image fills a part; then sound with a pregap in the file.
    let mut first = image(folder.path(), "first", 0);
    first.resize(300 * 2048, 0);
    let start = 300 + 100 + 11_400;
    let second = image(folder.path(), "second", start);
    let one = [Form::Mode1.wrap(&first), sound(100)].concat();
    fs::write(folder.path().join("Disc (Track 1).bin"), one).unwrap();
    fs::write(folder.path().join("two.BIN"), Form::Mode2.wrap(&second)).unwrap();
    let sheet = folder.path().join("disc.CUE");
    fs::write(
        &sheet,
        "FILE \"C:\\\\images\\Disc (Track 1).bin\" BINARY\r\n  TRACK 01 MODE1/2352\r\n    INDEX 01 00:00:00\r\n  \
         TRACK 02 AUDIO\r\n    INDEX 00 00:04:00\r\n    INDEX 01 00:04:25\r\nREM SESSION 02\r\n\
         FILE two.bin BINARY\r\n  TRACK 03 MODE2/2352\r\n    INDEX 01 00:00:00\r\n",
    )
    .unwrap();
    let disc = Disc::open(&sheet).unwrap();
    let tracks = &disc.container().unwrap().tracks;
    let seen: Vec<_> = tracks.iter().map(|t| (t.number, t.session, t.start, t.is_audio)).collect();
    assert_eq!(seen, [(1, 1, 0, false), (2, 1, 325, true), (3, 2, start, false)]);
    assert_eq!(
        (text(&sheet, Some(1)), text(&sheet, Some(2)), text(&sheet, None)),
        ("first".into(), "second".into(), "second".into())
    );
    for session in [1, 2] {
        let report = disc.verify(Some(session), &Control::default()).unwrap();
        assert!(report.is_whole(), "{report:?}");
    }
    let out = folder.path().join("out");
    disc.image(None, &DEFAULT_PREFERENCE)
        .unwrap()
        .extract(&[], &out, &fsimage::ExtractOptions::default(), &Control::default())
        .unwrap();
    assert_eq!(fs::read_to_string(out.join("hello.txt")).unwrap(), "second");
    is_refused(&sheet);
}

/// Sheets often do not say what lies between sessions; the sessions do.
#[test]
fn gaps_between_sessions_that_no_sheet_tells() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = image(folder.path(), "first", 0);
    first.resize(300 * 2048, 0);
    for start in [300 + 150, 300 + 11_400, 300 + 11_552, 20_000] {
        let second = image(folder.path(), "second", start);
        fs::write(folder.path().join("x.bin"), [first.clone(), second].concat()).unwrap();
        let sheet = folder.path().join("x.cue");
        let text = "FILE x.bin BINARY\nTRACK 1 MODE1/2048\nINDEX 1 0:0:0\nREM SESSION 2\nTRACK 2 MODE1/2048\nINDEX 1 0:4:0\n";
        fs::write(&sheet, text).unwrap();
        let disc = Disc::open(&sheet).unwrap();
        assert_eq!(disc.container().unwrap().tracks[1].start, start);
        assert_eq!(crate::text(&sheet, None), "second");
        assert!(disc.verify(None, &Control::default()).unwrap().is_whole());
    }
}

#[test]
fn cue_sheets_that_cannot_be_followed() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = folder.path().join("x.cue");
    let refused = |text: &str| {
        fs::write(&sheet, text).unwrap();
        Disc::open(&sheet).map(|_| ()).unwrap_err()
    };
    let track = "TRACK 1 MODE1/2048\nINDEX 1 0:0:0\n";
    let missing = refused(&format!("FILE gone.bin BINARY\n{track}"));
    assert!(matches!(&missing, Error::ImageOpen { path, .. } if path.ends_with("gone.bin")), "{missing}");
    // Outside the folder nothing is opened.
    fs::create_dir(folder.path().join("below")).unwrap();
    fs::write(folder.path().join("outside.bin"), "x").unwrap();
    let inner = folder.path().join("below").join("x.cue");
    fs::write(&inner, format!("FILE ../outside.bin BINARY\n{track}")).unwrap();
    assert!(matches!(Disc::open(&inner).map(|_| ()), Err(Error::ImageOpen { .. })));
    for (text, told) in [
        ("FILE x.cue BINARY\nTRACK 1 AUDIO\nINDEX 1 0:0:0\n".to_owned(), "sound only"),
        (format!("FILE a.wav WAVE\nTRACK 1 AUDIO\nINDEX 1 0:0:0\nFILE x.cue BINARY\n{track}"), "behind sound"),
        ("FILE x.cue BINARY\nTRACK 1 MODE1/2048\nINDEX 1 9:0:0\nTRACK 2 AUDIO\nINDEX 1 8:0:0\n".to_owned(), "begins before track 1"),
        ("FILE x.cue BINARY\nTRACK 1 MODE1/2048\nINDEX 0 9:0:0\nINDEX 1 8:0:0\n".to_owned(), "before its pregap"),
        ("FILE x.cue BINARY\nTRACK 1 MODE1/2048\nINDEX 1 0:0:0\nTRACK 2 AUDIO\nPREGAP 900000:0:0\nINDEX 1 0:0:1\nPOSTGAP 900000:0:0\n".to_owned(), "passes the last sector"),
        ("FILE x.cue BINARY\nTRACK 0 MODE1/2048\nINDEX 1 0:0:0\n".to_owned(), "line 2: TRACK 0: tracks have"),
        ("FILE x.cue BINARY\nTRACK 100 MODE1/2048\nINDEX 1 0:0:0\n".to_owned(), "line 2: TRACK 100: tracks have"),
        ("garbage\n".to_owned(), "no track"),
    ] {
        let error = match Disc::open({ fs::write(&sheet, &text).unwrap(); &sheet }) {
            Ok(disc) => disc.describe(None).map(|_| ()).unwrap_err(),
            Err(error) => error,
        };
        assert!(error.to_string().contains(told), "{text}: {error}");
        assert!(!error.to_string().contains("sector 0"), "it is in no sector: {error}");
        assert_ne!(error.blame(), Blame::Caller, "{error}");
    }
}

/// An index behind the end of its file is told with its line; what there is of data is read without the sound that is not
/// there.
#[test]
fn indexes_that_are_not_in_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = image(folder.path(), "first", 0);
    first.resize(300 * 2048, 0);
    fs::write(folder.path().join("x.bin"), Form::Mode1.wrap(&first)).unwrap();
    let sheet = folder.path().join("x.cue");
    let track = "FILE x.bin BINARY\nTRACK 1 MODE1/2352\nINDEX 1 ";
    for beyond in ["99:00:00", "00:04:00"] {
        fs::write(&sheet, format!("{track}{beyond}\n")).unwrap();
        let error = Disc::open(&sheet).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("line 3: INDEX 01 of track 1 is sector "), "{error}");
        assert!(error.contains(" of x.bin, which has 300"), "{error}");
    }
    fs::write(&sheet, format!("{track}0:0:0\nTRACK 2 AUDIO\nINDEX 0 0:3:74\nINDEX 1 0:5:0\n")).unwrap();
    let disc = Disc::open(&sheet).unwrap();
    let told = "line 6: INDEX 01 of track 2 is sector 375 of x.bin, which has 300";
    assert_eq!(disc.container().unwrap().findings, [told]);
    assert_eq!(text(&sheet, None), "first");
    let report = disc.verify(None, &Control::default()).unwrap();
    assert!(report.is_whole() && report.findings.iter().any(|finding| finding.message == told), "{report:?}");
}

fn chunk(id: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&id[..], &(data.len() as u32).to_be_bytes(), data].concat()
}

/// A Nero image: tracks with mode, sector size, first sector, session and content.
fn nero(version: u8, at_once: bool, tracks: &[(u8, u64, u32, u16, Vec<u8>)]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut chain = Vec::new();
    let number = |value: u64| {
        if version == 1 { (value as u32).to_be_bytes().to_vec() } else { value.to_be_bytes().to_vec() }
    };
    let sessions = tracks.iter().map(|track| track.3).max().unwrap();
    for session in 1..=sessions {
        let mut points = Vec::new();
        let mut entries = Vec::new();
        let mut count = 0u32;
        let mut first = 0;
        for (index, (mode, bytes, start, _, content)) in
            tracks.iter().enumerate().filter(|(_, track)| track.3 == session)
        {
            count += 1;
            if first == 0 {
                first = index as u8 + 1;
            }
            let offset = file.len() as u64;
            file.extend_from_slice(content);
            let end = file.len() as u64;
            if at_once {
                points.extend([0x41, index as u8 + 1, 1, 0]);
                if version == 1 {
                    let frames = start + 150;
                    let decimal = |value: u32| (value / 10 * 16 + value % 10) as u8;
                    points.extend([
                        0,
                        decimal(frames / 4500),
                        decimal(frames / 75 % 60),
                        decimal(frames % 75),
                    ]);
                } else {
                    points.extend(start.to_be_bytes());
                }
                entries.extend([0; 12]);
                entries.extend((*bytes as u16).to_be_bytes());
                entries.extend([*mode, 0, 0, 1]);
                entries.extend([number(offset), number(offset), number(end)].concat());
            } else {
                entries.extend([number(offset), number(end - offset)].concat());
                entries.extend(u32::from(*mode).to_be_bytes());
                // Pregaps are not counted.
                entries.extend((start - 150 * index as u32).to_be_bytes());
                entries.extend(if version == 1 { vec![0; 4] } else { vec![0; 8] });
            }
        }
        if at_once {
            let header = [&[0; 20][..], &[first, first + count as u8 - 1]].concat();
            chain.extend(chunk(if version == 1 { b"CUES" } else { b"CUEX" }, &points));
            chain.extend(chunk(if version == 1 { b"DAOI" } else { b"DAOX" }, &[header, entries].concat()));
        } else {
            chain.extend(chunk(if version == 1 { b"ETNF" } else { b"ETN2" }, &entries));
        }
        chain.extend(chunk(b"SINF", &count.to_be_bytes()));
    }
    chain.extend(chunk(b"MTYP", &1u32.to_be_bytes()));
    chain.extend(chunk(b"END!", &[]));
    let at = file.len() as u64;
    file.extend(chain);
    file.extend(if version == 1 { b"NERO" } else { b"NER5" });
    file.extend(number(at));
    file
}

#[test]
fn nero_images_of_both_versions() {
    let folder = tempfile::tempdir().unwrap();
    let first = image(folder.path(), "first", 0);
    let start = 12_000;
    let second = image(folder.path(), "second", start);
    for version in [1, 2] {
        for at_once in [false, true] {
            for (mode, form) in [
                (0, Form::UserData),
                (3, Form::Mode2Alone),
                (5, Form::Mode1),
                (6, Form::Mode2),
                (0xf, Form::WithSubchannel),
            ] {
                let tracks = [
                    (mode, form.size(), 0, 1, form.wrap(&first)),
                    (7, 2352, 700, 1, sound(50)),
                    (mode, form.size(), start, 2, form.wrap(&second)),
                ];
                let path = folder.path().join("image.nrg");
                fs::write(&path, nero(version, at_once, &tracks)).unwrap();
                let what = format!("version {version}, at once {at_once}, {form:?}");
                let disc = Disc::open(&path).unwrap();
                assert_eq!(disc.container().unwrap().format, format!("Nero image, version {version}"));
                assert_eq!(disc.container().unwrap().tracks.len(), 3, "{what}");
                assert_eq!(text(&path, Some(1)), "first", "{what}");
                assert_eq!(text(&path, None), "second", "{what}");
                assert!(disc.verify(None, &Control::default()).unwrap().is_whole(), "{what}");
                is_refused(&path);
            }
        }
    }
}

#[test]
fn an_image_somewhere_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let plain = image(folder.path(), "inside", 0);
    for (offset, form) in
        [(512, Form::UserData), (1001, Form::UserData), (4096, Form::UserData), (77, Form::Mode1)]
    {
        let path = folder.path().join("file");
        fs::write(&path, [vec![0x55; offset as usize], form.wrap(&plain)].concat()).unwrap();
        let disc = Disc::open_at(&path, offset).unwrap();
        let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
        assert_eq!(read(&image, "/hello.txt"), "inside");
        assert!(disc.verify(None, &Control::default()).unwrap().is_whole());
        assert!(disc.container().unwrap().format.ends_with(&format!("from byte {offset}")));
        let behind = Disc::open_at(&path, 1 << 40).map(|_| ()).unwrap_err();
        assert!(matches!(behind, Error::InvalidArgument { .. }), "{behind}");
    }
}

/// The images of the corpus that are no plain ones.
fn unpack(folder: &Path, name: &str) -> Option<PathBuf> {
    let (Some(corpus), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return None };
    let image = peers::corpus_images(&corpus).unwrap().into_iter().find(|image| image.name == name)?;
    for sheet in ["libcdio__isofs-m1.cue"] {
        if let Ok(text) = fs::read_to_string(corpus.join(sheet)) {
            fs::write(folder.join(sheet), text.replace("ISOFS-M1.BIN", "LIBCDIO__ISOFS-M1.BIN")).unwrap();
        }
    }
    Some(image.unpack(xz, folder).unwrap())
}

#[test]
fn corpus_raw_image_with_and_without_its_cue_sheet() {
    let folder = tempfile::tempdir().unwrap();
    let Some(path) = unpack(folder.path(), "libcdio__isofs-m1.bin") else { return };
    let corpus = peers::corpus().unwrap();
    let listed = peers::corpus_images(&corpus).unwrap();
    let listed = listed.iter().find(|image| image.name == "libcdio__isofs-m1.bin").unwrap();
    let expected = listed.listing("cooked").unwrap().unwrap().listing;
    for path in [path, folder.path().join("libcdio__isofs-m1.cue")] {
        let image = Disc::open(&path).unwrap().image(None, &DEFAULT_PREFERENCE).unwrap();
        let mut found = list_image(&image);
        found.remove("/");
        peers::assert_same(&expected, &found, Columns::CONTENT);
    }
}

#[test]
fn corpus_nero_image() {
    let folder = tempfile::tempdir().unwrap();
    let Some(path) = unpack(folder.path(), "libcdio__videocd.nrg") else { return };
    let disc = Disc::open(&path).unwrap();
    let tracks = &disc.container().unwrap().tracks;
    let starts: Vec<_> = tracks.iter().map(|track| (track.start, track.sectors)).collect();
    assert_eq!(starts, [(0, 676), (826, 75), (1051, 75), (1276, 75), (1501, 225)]);
    let summary = disc.describe(None).unwrap();
    assert_eq!(summary.start, 0);
    assert!(!summary.volume.is_empty());
    let image = disc.image(None, &[FileSystem::Iso9660]).unwrap();
    let mut paths = Vec::new();
    image
        .walk(&mut |path, entry| {
            paths.push((String::from_utf8_lossy(path).into_owned(), entry.len));
            Ok(())
        })
        .unwrap();
    // As the program that iso-info and cd-info belong to shows the disc.
    assert_eq!(summary.volume, "SVIDEOCD");
    assert_eq!(paths.len(), 19, "{paths:?}");
    assert!(paths.contains(&("/SVCD/SEARCH.DAT".to_owned(), 40)), "{paths:?}");
    // Films and pictures lie in sectors of form 2, which have 2324 bytes.
    assert!(paths.contains(&("/MPEG2/AVSEQ01.MPG".to_owned(), 75 * 2324)), "{paths:?}");
    assert!(read(&image, "/EXT/SCANDATA.DAT").starts_with("SCAN_VCD"));
    let film = image.lookup("/MPEG2/AVSEQ01.MPG").unwrap();
    assert_eq!(film.sections()[0].start.get(), 826);
    let mut bytes = Vec::new();
    let mut reader = image.open(&film).unwrap();
    reader.read_to_end(&mut bytes).unwrap();
    assert_eq!((bytes.len(), &bytes[..4]), (75 * 2324, &[0, 0, 1, 0xBA][..]));
    std::io::Seek::seek(&mut reader, std::io::SeekFrom::Start(2324 * 40 + 7)).unwrap();
    let mut some = [0; 5000];
    reader.read_exact(&mut some).unwrap();
    assert!(some[..] == bytes[2324 * 40 + 7..][..5000]);
    let report = disc.verify(None, &Control::default()).unwrap();
    assert!(report.is_whole(), "{report:?}");
    // All tracks are of one session, and each of their sectors has its code.
    assert!(report.findings.iter().all(|finding| !finding.message.starts_with("sector")), "{report:?}");
}

#[test]
fn codes_of_raw_sectors_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let Some(path) = unpack(folder.path(), "libcdio__isofs-m1.bin") else { return };
    let report = |disc: Disc| disc.verify(None, &Control::default()).unwrap();
    assert!(report(Disc::open(&path).unwrap()).findings.is_empty());
    let sound = std::fs::read(&path).unwrap();
    // In the data, the parity, the sync pattern, and the address in the header of sectors that no file lies in.
    for (at, words, is_damage) in [
        (300 * 2352 + 700, "sector 300: the error detection code", true),
        (301 * 2352 + 2200, "sector 301: the error correction code", false),
        (300 * 2352 + 13, "sector 300: the address", true),
    ] {
        let mut damaged = sound.clone();
        damaged[at] ^= 0xFB;
        std::fs::write(&path, damaged).unwrap();
        let found = report(Disc::open(&path).unwrap()).findings;
        assert_eq!(found.len(), 1, "{words}: {found:?}");
        assert!(found[0].message.starts_with(words) && found[0].is_damage == is_damage, "{found:?}");
    }
    // Many are counted, not listed.
    let mut damaged = sound;
    for sector in 50..250 {
        damaged[sector * 2352 + 500] ^= 1;
    }
    std::fs::write(&path, damaged).unwrap();
    let found = report(Disc::open(&path).unwrap()).findings;
    assert!(found.iter().any(|finding| finding.message.starts_with("100 more sectors")), "{found:?}");
}
