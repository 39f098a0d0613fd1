//! Raw sectors that other software made, and what other software reads of ours.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::path::Path;

use fsimage_mmc_device::Lba;
use fsimage_mmc_device::cd::{
    Block, CdText, Msf, Pack, PackType, RAW_BYTES, RawSector, SectorForm, correct, encode_mode_1,
    encode_mode_2_form_1, encode_mode_2_form_2,
};

/// An image of the corpus, or `None` with the skip reported.
#[track_caller]
fn image(name: &str) -> Option<Vec<u8>> {
    let xz = peers::require("xz")?;
    let folder = peers::corpus()?;
    let images = peers::corpus_images(&folder).unwrap();
    Some(images.iter().find(|image| image.name == name).unwrap().bytes(xz).unwrap())
}

/// The sector as it is made anew from its user data.
fn again(sector: &RawSector<'_>) -> [u8; RAW_BYTES] {
    let mut raw = [0; RAW_BYTES];
    let data = sector.user_data();
    match sector.form {
        SectorForm::Mode1 => encode_mode_1(sector.address, data.first_chunk().unwrap(), &mut raw),
        SectorForm::Mode2Form1(subheader) => {
            encode_mode_2_form_1(sector.address, subheader, data.first_chunk().unwrap(), &mut raw);
        }
        SectorForm::Mode2Form2(subheader) => {
            encode_mode_2_form_2(sector.address, subheader, data.first_chunk().unwrap(), &mut raw);
        }
        other => panic!("{other:?}"),
    }
    raw
}

#[test]
fn mode_1_sectors_of_another_writer() {
    let Some(bytes) = image("libcdio__isofs-m1.bin") else { return };
    let (sectors, rest) = bytes.as_chunks::<RAW_BYTES>();
    assert!(rest.is_empty() && sectors.len() > 300);
    for (number, raw) in (0..).zip(sectors) {
        let sector = RawSector::parse(raw).unwrap();
        assert_eq!((sector.address.to_lba(), sector.form), (Lba::new(number), SectorForm::Mode1));
        sector.check().unwrap();
        assert!(again(&sector) == *raw, "sector {number}");
        let mut damaged = *raw;
        damaged[500..560].fill(0x5A);
        correct(&mut damaged).unwrap();
        assert!(damaged == *raw, "sector {number}");
    }
}

#[test]
fn mode_2_sectors_of_another_writer() {
    let Some(bytes) = image("libcdio__videocd.nrg") else { return };
    // Tracks of 2336 bytes a sector, one behind the other, and then the chunks of the image.
    let chunks = bytes.windows(4).rposition(|id| id == b"ETNF").unwrap();
    let (sectors, rest) = bytes[..chunks].as_chunks::<2336>();
    assert!(rest.is_empty());
    let (mut form_1, mut form_2) = (0, 0);
    for headless in sectors {
        let mut raw = [0; RAW_BYTES];
        raw[..12].copy_from_slice(&fsimage_mmc_device::cd::SYNC);
        raw[12..16].copy_from_slice(&[0, 2, 0, 2]);
        raw[16..].copy_from_slice(headless);
        let sector = RawSector::parse(&raw).unwrap();
        sector.check().unwrap();
        match sector.form {
            SectorForm::Mode2Form1(_) => form_1 += 1,
            // The code of form 2 may be left out.
            SectorForm::Mode2Form2(_) if raw[2348..] == [0; 4] => continue,
            SectorForm::Mode2Form2(_) => form_2 += 1,
            other => panic!("{other:?}"),
        }
        assert!(again(&sector) == raw);
    }
    assert_eq!((form_1, form_2), (226, 900));
}

fn chunk(id: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&id[..], &(data.len() as u32).to_be_bytes(), data].concat()
}

/// A Nero image of two tracks of sound, 300 sectors each, with CD-TEXT.
fn nero_image(packs: &[Pack]) -> Vec<u8> {
    const SECTORS: u64 = 300;
    let mut image = vec![0; (150 + 2 * SECTORS as usize) * RAW_BYTES];
    let point = |track: u8, index: u8, at: i32| {
        let [a, b, c, d] = at.to_be_bytes();
        [1, track, index, 0, a, b, c, d]
    };
    let points = [
        point(0, 0, -150),
        point(1, 0, -150),
        point(1, 1, 0),
        point(2, 0, 300),
        point(2, 1, 300),
        point(0xAA, 1, 600),
    ];
    let mut tracks = [&[0; 18][..], &[0, 0, 1, 2]].concat();
    for (index_0, index_1, end) in [(0, 150, 450), (450, 450, 750)] {
        tracks.extend([0; 12]);
        tracks.extend([0x09, 0x30, 7, 0, 0, 1]);
        for at in [index_0, index_1, end] {
            tracks.extend((at * RAW_BYTES as u64).to_be_bytes());
        }
    }
    let packs: Vec<u8> = packs.iter().flat_map(Pack::encode).collect();
    let start = image.len() as u64;
    for chunk in [
        chunk(b"CUEX", points.as_flattened()),
        chunk(b"DAOX", &tracks),
        chunk(b"CDTX", &packs),
        chunk(b"SINF", &[0, 0, 0, 2]),
        chunk(b"MTYP", &[0, 0, 0, 1]),
        chunk(b"END!", &[]),
    ] {
        image.extend(chunk);
    }
    image.extend(b"NER5");
    image.extend(start.to_be_bytes());
    image
}

#[test]
fn libcdio_reads_our_cd_text() {
    let Some(cd_info) = peers::require("cd-info") else { return };
    let mut block = Block { language: 9, ..Block::default() };
    let texts = [
        (PackType::TITLE, 0, "A title that is longer than one pack"),
        (PackType::PERFORMER, 0, "Somebody & Söhne"),
        (PackType::TITLE, 1, "First"),
        (PackType::TITLE, 2, "Second, with quite some text in it"),
        (PackType::SONGWRITER, 2, "A writer"),
        (PackType::COMPOSER, 1, "A composer"),
        (PackType::ARRANGER, 2, "An arranger"),
        (PackType::MESSAGE, 0, "A message"),
    ];
    for (kind, track, text) in texts {
        block.put(kind, track, text).unwrap();
    }
    let packs = CdText { blocks: vec![block] }.encode(1, 2).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc.nrg");
    std::fs::write(&path, nero_image(&packs)).unwrap();
    let said = run(&cd_info, &[Path::new("--no-header"), Path::new("--no-device-info"), &path]);
    for (_, _, text) in texts {
        assert!(said.contains(text), "{text}: {said}");
    }
    assert!(said.contains("English"), "{said}");
}

#[track_caller]
fn run(program: &peers::Peer, arguments: &[&Path]) -> String {
    let output = peers::run(program.path(), arguments).unwrap();
    String::from_utf8_lossy(&output.success(program.name()).unwrap()).into_owned()
}

#[test]
fn bchunk_reads_our_sectors() {
    let Some(bchunk) = peers::require("bchunk") else { return };
    let folder = tempfile::tempdir().unwrap();
    let user: Vec<[u8; 2048]> =
        (0..20u8).map(|n| std::array::from_fn(|at| (at as u8).wrapping_mul(n).wrapping_add(n))).collect();
    let mut image = Vec::new();
    for (lba, user) in (0..).zip(&user) {
        let mut raw = [0; RAW_BYTES];
        encode_mode_1(Msf::from_lba(Lba::new(lba)), user, &mut raw);
        image.extend_from_slice(&raw);
    }
    let (bin, cue) = (folder.path().join("a.bin"), folder.path().join("a.cue"));
    std::fs::write(&bin, image).unwrap();
    std::fs::write(&cue, "FILE \"a.bin\" BINARY\n  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n").unwrap();
    run(&bchunk, &[&bin, &cue, &folder.path().join("track")]);
    assert!(std::fs::read(folder.path().join("track01.iso")).unwrap() == user.as_flattened());
}
