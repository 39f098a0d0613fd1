use super::*;
use crate::cd::{Block, CdText, Control, DigitalCopy, Pack, PackType, Position, Q, SectorType, Subchannel};

const SOUND: [u8; RAW_BYTES] = [7; RAW_BYTES];

fn two_tracks() -> RawImageBuilder {
    let mut image = RawImageBuilder::new();
    assert_eq!(image.add_track(SectorType::Audio, 450), Ok(1));
    assert_eq!(image.add_track(SectorType::Audio, 300), Ok(2));
    image
}

fn position(image: &RawImage, lba: i32) -> (u8, u8) {
    let mut sector = [0; RAW_BYTES + SUBCHANNEL_BYTES];
    image.encode(Lba::new(lba), &SOUND, None, &mut sector).unwrap();
    let channels = Subchannel::parse(sector[RAW_BYTES..].first_chunk().unwrap());
    match Q::parse(&channels.q).unwrap().position {
        Position::Program { track, index, .. } => (track, index),
        other => panic!("{other:?}"),
    }
}

#[test]
fn gapless_tracks_share_two_seconds() {
    let image = two_tracks().create().unwrap();
    assert_eq!((image.start().get(), image.end().get()), (-22_650, 750 + 6750));
    assert_eq!(image.source(Lba::new(-150)), SoundSource::Silence);
    assert_eq!(image.source(Lba::new(0)), SoundSource::Track { index: 0, sector: 0 });
    assert_eq!(image.source(Lba::new(449)), SoundSource::Track { index: 0, sector: 449 });
    assert_eq!(image.source(Lba::new(450)), SoundSource::Track { index: 1, sector: 0 });
    assert_eq!(image.source(Lba::new(750)), SoundSource::Silence);
    assert_eq!(
        (position(&image, 299), position(&image, 300), position(&image, 450)),
        ((1, 1), (2, 0), (2, 1))
    );
    let toc = image.expected_table_of_contents();
    assert_eq!(toc[..12], [0, 26, 1, 2, 0, 0x10, 1, 0, 0, 0, 0, 0]);
    assert_eq!(toc[20..], [0, 0x10, 0xAA, 0, 0, 0, 0x02, 0xEE]);
}

#[test]
fn silence_between_tracks_and_sound_in_front() {
    let mut image = RawImageBuilder::new();
    image.set_gapless(false).unwrap();
    image.set_first_number(5).unwrap();
    image.add_special_pregap(200).unwrap();
    image.add_track(SectorType::Audio, 300).unwrap();
    image.add_track(SectorType::Audio, 300).unwrap();
    assert_eq!(image.start_of_lead_out(), Ok(50 + 300 + 150 + 300));
    let image = image.create().unwrap();
    assert_eq!(image.source(Lba::new(-150)), SoundSource::SpecialPregap(0));
    assert_eq!(image.source(Lba::new(49)), SoundSource::SpecialPregap(199));
    assert_eq!(image.source(Lba::new(50)), SoundSource::Track { index: 0, sector: 0 });
    assert_eq!(image.source(Lba::new(350)), SoundSource::Silence);
    assert_eq!((position(&image, 49), position(&image, 50), position(&image, 500)), ((5, 0), (5, 1), (6, 1)));
}

#[test]
fn rules_of_the_interface() {
    use RawImageError as E;
    let mut image = RawImageBuilder::new();
    assert_eq!(image.create().unwrap_err(), E::NoTracks);
    assert_eq!(image.start_of_lead_out(), Err(E::NoTracks));
    assert_eq!(image.track_mut(1).unwrap_err(), E::NoTracks);
    assert_eq!(image.add_track(SectorType::Mode1, 300), Err(E::SectorType(SectorType::Mode1)));
    assert_eq!(image.add_track(SectorType::Audio, 299), Err(E::TooShort { sectors: 299 }));
    assert_eq!(image.add_special_pregap(149), Err(E::TooShort { sectors: 149 }));
    image.add_special_pregap(397_950).unwrap();
    assert!(matches!(image.add_special_pregap(397_951), Err(E::InsufficientSpace { .. })));
    image.add_special_pregap(150).unwrap();
    assert!(matches!(image.set_first_number(100), Err(E::OutOfRange { .. })));
    assert!(matches!(image.set_lead_out_limit(398_100), Err(E::OutOfRange { .. })));
    let needed = 398_100;
    assert_eq!(
        image.add_track(SectorType::Audio, 398_101),
        Err(E::InsufficientSpace { needed, limit: LAST_SECTOR })
    );
    image.add_track(SectorType::Audio, 398_100).unwrap();
    let needed = 398_099;
    assert_eq!(image.set_lead_out_limit(333_000), Err(E::InsufficientSpace { needed, limit: 333_000 }));

    let mut image = two_tracks();
    assert_eq!(image.set_gapless(false), Err(E::TracksAlreadyAdded));
    assert_eq!(image.set_first_number(2), Err(E::TracksAlreadyAdded));
    assert_eq!(image.add_special_pregap(150), Err(E::TracksAlreadyAdded));
    assert_eq!(image.add_r_to_w(), Err(E::TracksAlreadyAdded));
    assert!(matches!(image.track_mut(3), Err(E::OutOfRange { .. })));
    let track = image.track_mut(1).unwrap();
    assert_eq!(track.add_index(0), Ok(AddedIndex::AlreadyThere));
    assert_eq!(track.add_index(9), Err(E::IndexTooClose));
    assert_eq!(track.add_index(10), Ok(AddedIndex::Added));
    assert_eq!(track.add_index(10), Ok(AddedIndex::AlreadyThere));
    assert!(matches!(track.add_index(450), Err(E::OutOfRange { .. })));
    assert_eq!(track.clear_index(0), Err(E::OffsetZero));
    assert_eq!(track.clear_index(11), Err(E::IndexNotFound(11)));
    track.clear_index(10).unwrap();
    assert_eq!(track.indexes().collect::<Vec<_>>(), [0]);
    image.create().unwrap();
    assert_eq!(image.create().unwrap_err(), E::ReadOnly);
    assert_eq!(image.add_track(SectorType::Audio, 300), Err(E::ReadOnly));
    assert_eq!(image.track_mut(1).unwrap_err(), E::ReadOnly);
    assert_eq!(image.set_type(RawSectorType::Raw), Err(E::ReadOnly));

    let mut image = RawImageBuilder::new();
    for _ in 0..99 {
        image.add_track(SectorType::Audio, 1000).unwrap();
    }
    assert_eq!(image.add_track(SectorType::Audio, 300), Err(E::TooManyTracks));
    let track = image.track_mut(1).unwrap();
    for index in 1..99 {
        track.add_index(index * 10).unwrap();
    }
    assert_eq!(track.add_index(990), Err(E::TooManyIndexes));
    // Index 99 lies in what the next track's pregap has.
    assert_eq!(image.create().unwrap_err(), E::IndexTooClose);
}

#[test]
fn subchannels_of_the_three_types() {
    let r_to_w = [0x3F; SUBCHANNEL_BYTES];
    let mut sector = [0xEE; RAW_BYTES + SUBCHANNEL_BYTES];
    let mut image = RawImageBuilder::new();
    image.set_type(RawSectorType::PqOnly).unwrap();
    assert_eq!(image.add_r_to_w(), Err(RawImageError::NoRToW));
    image.add_track(SectorType::Audio, 300).unwrap();
    let image = image.create().unwrap();
    assert_eq!(image.kind().sector_bytes(), 2368);
    assert_eq!(image.encode(Lba::ZERO, &SOUND, Some(&r_to_w), &mut sector), Err(RawImageError::NoRToW));
    image.encode(Lba::ZERO, &SOUND, None, &mut sector).unwrap();
    assert_eq!((sector[..RAW_BYTES] == SOUND, sector[2368]), (true, 0xEE));
    assert_eq!(sector[2352..2362], [0x01, 1, 1, 0, 0, 0, 0, 0, 2, 0]);

    let mut block = Block::default();
    block.put(PackType::TITLE, 0, "Title").unwrap();
    let text = CdText { blocks: vec![block] };
    let mut image = RawImageBuilder::new();
    image.add_r_to_w().unwrap();
    image.set_cd_text(text.encode(1, 1).unwrap()).unwrap();
    assert_eq!(image.set_type(RawSectorType::PqOnly), Err(RawImageError::NoRToW));
    image.add_track(SectorType::Audio, 300).unwrap();
    image.track_mut(1).unwrap().copy = DigitalCopy::Permitted;
    let image = image.create().unwrap();
    image.encode(Lba::new(5), &SOUND, Some(&r_to_w), &mut sector).unwrap();
    let channels = Subchannel::parse(sector[RAW_BYTES..].first_chunk().unwrap());
    assert_eq!(channels.r_to_w, r_to_w);
    assert_eq!(Q::parse(&channels.q).unwrap().control, Control::COPY);
    image.encode(IMAGE_START, &SOUND, None, &mut sector).unwrap();
    let channels = Subchannel::parse(sector[RAW_BYTES..].first_chunk().unwrap());
    let packs: Vec<Pack> =
        channels.r_to_w.as_chunks().0.iter().map(|symbols| Pack::from_symbols(symbols).unwrap()).collect();
    assert_eq!(packs[0].text, *b"Title\0\0\0\0\0\0\0");
}
