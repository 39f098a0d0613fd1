//! Images of Nero Burning ROM: the tracks' sectors, and behind them a chain of chunks that tell where they
//! are. The format was never published; its fields are what programs agree on.

mod chunk;
mod cue_points;
mod disc_at_once;
mod footer;
mod mode;
mod track_at_once;

use sector_io::{FileSectors, RawLayout, ReadSectors, read_bytes};

use self::chunk::Chunk;
use self::cue_points::CuePoint;
use self::disc_at_once::DiscAtOnce;
use self::footer::{Footer, Version};
use self::mode::Mode;
use self::track_at_once::TrackAtOnce;
use super::tracks::{ImageTrack, PlacedTrack};
use crate::Result;
use crate::cue_sheet::{MOST_TRACKS, msf};

/// Longest chain that is read: that of a full CD with text has some 20 KiB.
const LONGEST_CHAIN: u64 = 1 << 20;

/// What a Nero image says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NeroImage {
    pub(super) format: &'static str,
    pub(super) tracks: Vec<PlacedTrack>,
}

/// Reads the chain of a Nero image; `None` for any other file.
///
/// # Errors
/// [`Error::Corrupt`](crate::Error::Corrupt) for a chain that is damaged.
pub(super) fn read(file: &FileSectors) -> Result<Option<NeroImage>> {
    let size = file.bytes();
    let mut end = [0; Footer::LONGEST];
    let Some(tail) = size.checked_sub(end.len() as u64) else { return Ok(None) };
    // A file whose end cannot be read may be an image of another kind.
    if read_bytes(file as &dyn ReadSectors, tail, &mut end).is_err() {
        return Ok(None);
    }
    let Some(footer) = Footer::parse(&end) else { return Ok(None) };
    let chain = size.saturating_sub(footer.len()).checked_sub(footer.chunks);
    // Four letters may stand at the end of any file.
    let Some(length) = chain.filter(|&length| (8..=LONGEST_CHAIN).contains(&length)) else { return Ok(None) };
    let mut bytes = vec![0; length as usize];
    read_bytes(file as &dyn ReadSectors, footer.chunks, &mut bytes)?;
    match parse(&bytes) {
        None => Ok(None),
        Some(Ok(tracks)) => {
            let format = match footer.version {
                Version::One => "Nero image, version 1",
                Version::Two => "Nero image, version 2",
            };
            Ok(Some(NeroImage { format, tracks }))
        }
        Some(Err(detail)) => Err(super::corrupt(footer.chunks, "chunks of a Nero image", detail)),
    }
}

/// The tracks that a chain describes, or what is wrong with it; `None` where it does not begin like one.
fn parse(mut chain: &[u8]) -> Option<Result<Vec<PlacedTrack>, String>> {
    let (_, first) = Chunk::parse(chain)?;
    if !first.id.iter().all(|letter| letter.is_ascii_graphic()) {
        return None;
    }
    let mut reader = Reader { points: Vec::new(), tracks: Vec::new(), session: 1, counted: 0 };
    loop {
        let Some((rest, chunk)) = Chunk::parse(chain) else {
            return Some(Err("the chain ends inside a chunk".to_owned()));
        };
        if chunk.id == Chunk::END {
            return Some(Ok(reader.tracks));
        }
        if let Err(detail) = reader.take(&chunk) {
            return Some(Err(detail));
        }
        chain = rest;
    }
}

struct Reader {
    /// Of the session whose tracks come next.
    points: Vec<CuePoint>,
    tracks: Vec<PlacedTrack>,
    /// The session that tracks without one belong to.
    session: u16,
    /// Tracks whose session is known.
    counted: usize,
}

impl Reader {
    fn take(&mut self, chunk: &Chunk<'_>) -> Result<(), String> {
        match &chunk.id {
            b"CUES" => self.points = CuePoint::list(chunk.data, false).collect(),
            b"CUEX" => self.points = CuePoint::list(chunk.data, true).collect(),
            b"ETNF" | b"ETN2" => {
                let wide = if &chunk.id == b"ETN2" { Version::Two } else { Version::One };
                for track in TrackAtOnce::list(chunk.data, wide) {
                    let layout = layout_of(track.mode, None)?;
                    let pregaps = msf::PREGAP.unsigned_abs().saturating_mul(self.tracks.len() as u32);
                    let start = track.start.checked_add(pregaps).ok_or("a track behind the last sector")?;
                    self.push(None, start, track.offset, track.length, track.mode, layout)?;
                }
            }
            b"DAOI" | b"DAOX" => {
                let wide = if &chunk.id == b"DAOX" { Version::Two } else { Version::One };
                let found = DiscAtOnce::parse(chunk.data, wide)
                    .ok_or_else(|| "a list of tracks is too short".to_owned())?;
                self.disc_at_once(&found)?;
            }
            b"SINF" => self.end_session(chunk.data),
            // Text, kind of medium, and others that do not say where anything is.
            _ => {}
        }
        Ok(())
    }

    fn disc_at_once(&mut self, found: &DiscAtOnce) -> Result<(), String> {
        let mut next = self.tracks.last().map_or(0, |track| i64::from(track.track.end()));
        for (index, track) in found.tracks.iter().enumerate() {
            let number = u16::from(found.first).saturating_add(index as u16);
            let point = self
                .points
                .iter()
                .find(|point| point.index == 1 && point.track.is_some_and(|of| u16::from(of) == number));
            let start = point.map_or(next, |point| point.start.into());
            let start = u32::try_from(start).map_err(|_| format!("track {number} begins before sector 0"))?;
            let length = track
                .end
                .checked_sub(track.index_1)
                .ok_or_else(|| format!("track {number} ends before it begins"))?;
            let layout = layout_of(track.mode, Some(track.sector_bytes))?;
            self.push(Some(number), start, track.index_1, length, track.mode, layout)?;
            next = self.tracks.last().map_or(0, |track| i64::from(track.track.end()));
        }
        Ok(())
    }

    fn push(
        &mut self,
        number: Option<u16>,
        start: u32,
        offset: u64,
        length: u64,
        mode: Mode,
        layout: RawLayout,
    ) -> Result<(), String> {
        if self.tracks.len() >= MOST_TRACKS {
            return Err(format!("more than {MOST_TRACKS} tracks"));
        }
        let number = number.unwrap_or(self.tracks.len() as u16 + 1);
        let sectors = u32::try_from(length / layout.sector_bytes() as u64).ok();
        let sectors = sectors.filter(|&sectors| start.checked_add(sectors).is_some());
        let sectors = sectors.ok_or_else(|| format!("track {number} is too long"))?;
        let track = ImageTrack {
            number,
            session: self.session,
            start,
            sectors,
            sector_bytes: layout.sector_bytes() as u32,
            is_audio: mode.is_audio(),
        };
        self.tracks.push(PlacedTrack { track, file: 0, offset, layout });
        Ok(())
    }

    /// `SINF`: how many of the tracks belong to one session. It stands behind them, or behind all.
    fn end_session(&mut self, data: &[u8]) {
        let Some(count) = data.first_chunk::<4>() else { return };
        let count = usize::try_from(u32::from_be_bytes(*count)).unwrap_or(usize::MAX);
        for placed in self.tracks.iter_mut().skip(self.counted) {
            placed.track.session = self.session;
        }
        self.counted = self.counted.saturating_add(count).min(self.tracks.len());
        self.session = self.session.saturating_add(1);
        for placed in self.tracks.iter_mut().skip(self.counted) {
            placed.track.session = self.session;
        }
    }
}

/// The layout that a mode has; the size of a sector, where it is told, must agree.
fn layout_of(mode: Mode, sector_bytes: Option<u16>) -> Result<RawLayout, String> {
    let by_size = match sector_bytes {
        Some(2048) => Some(RawLayout::UserData),
        Some(2336) => Some(RawLayout::Mode2),
        Some(2352) => Some(RawLayout::Full),
        Some(2448) => Some(RawLayout::WithSubchannel),
        Some(bytes) => return Err(format!("a track with sectors of {bytes} bytes")),
        None => mode.layout(),
    };
    by_size.ok_or_else(|| format!("a track of the unknown mode {}", mode.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn chunk(id: &[u8; 4], data: &[u8]) -> Vec<u8> {
        [&id[..], &(data.len() as u32).to_be_bytes(), data].concat()
    }

    fn dao(first: u8, tracks: &[(u8, u16, u64, u64)]) -> Vec<u8> {
        let mut data = vec![0; 20];
        data.extend([first, first + tracks.len() as u8 - 1]);
        for &(mode, bytes, index_1, end) in tracks {
            data.extend([0; 12]);
            data.extend(bytes.to_be_bytes());
            data.extend([mode, 0, 0, 1]);
            for offset in [index_1, index_1, end] {
                data.extend(offset.to_be_bytes());
            }
        }
        data
    }

    #[test]
    fn two_sessions_with_audio_in_front() {
        let points = |points: &[(u8, i32)]| -> Vec<u8> {
            points
                .iter()
                .flat_map(|&(track, at)| {
                    let [a, b, c, d] = at.to_be_bytes();
                    [0x41, track, 1, 0, a, b, c, d]
                })
                .collect()
        };
        let chain = [
            chunk(b"CUEX", &points(&[(1, 0), (0xaa, 1000)])),
            chunk(b"DAOX", &dao(1, &[(7, 2352, 300, 300 + 1000 * 2352)])),
            chunk(b"SINF", &[0, 0, 0, 1]),
            chunk(b"CUEX", &points(&[(2, 12_400), (0xaa, 12_500)])),
            chunk(b"DAOX", &dao(2, &[(0, 2048, 3_000_000, 3_000_000 + 100 * 2048)])),
            chunk(b"SINF", &[0, 0, 0, 1]),
            chunk(b"MTYP", &[0, 0, 0, 1]),
            chunk(b"END!", &[]),
        ]
        .concat();
        let tracks = parse(&chain).unwrap().unwrap();
        let seen: Vec<_> = tracks
            .iter()
            .map(|placed| {
                let track = &placed.track;
                (track.number, track.session, track.start, track.sectors, track.is_audio, placed.offset)
            })
            .collect();
        assert_eq!(seen, [(1, 1, 0, 1000, true, 300), (2, 2, 12_400, 100, false, 3_000_000)]);
    }

    #[test]
    fn sessions_counted_behind_all_tracks() {
        let entry = |start: u32| {
            [&[0; 4][..], &(75_u32 * 2336).to_be_bytes(), &3_u32.to_be_bytes(), &start.to_be_bytes(), &[0; 4]]
                .concat()
        };
        let chain = [
            chunk(b"ETNF", &[entry(0), entry(100), entry(12_000)].concat()),
            chunk(b"SINF", &[0, 0, 0, 2]),
            chunk(b"SINF", &[0, 0, 0, 1]),
            chunk(b"END!", &[]),
        ]
        .concat();
        let tracks = parse(&chain).unwrap().unwrap();
        let seen: Vec<_> = tracks.iter().map(|placed| (placed.track.session, placed.track.end())).collect();
        assert_eq!(seen, [(1, 75), (1, 325), (2, 12_375)]);
    }

    #[test]
    fn damage_is_told() {
        let refused = |chain: &[u8]| parse(chain).unwrap().unwrap_err();
        assert!(refused(&chunk(b"CUEX", &[])).contains("inside a chunk"));
        assert!(refused(&[chunk(b"DAOX", &[0; 4]), chunk(b"END!", &[])].concat()).contains("too short"));
        let long = dao(1, &[(0, 2048, 0, u64::MAX)]);
        assert!(refused(&[chunk(b"DAOX", &long), chunk(b"END!", &[])].concat()).contains("too long"));
        let back = dao(1, &[(0, 2048, 5, 4)]);
        assert!(refused(&[chunk(b"DAOX", &back), chunk(b"END!", &[])].concat()).contains("before it begins"));
        let many = dao(1, &[(0, 2048, 0, 2048); 300][..200]);
        assert!(refused(&[chunk(b"DAOX", &many), chunk(b"DAOX", &many)].concat()).contains("inside a chunk"));
        assert!(parse(b"\0\0\0\0\0\0\0\0").is_none());
    }

    proptest! {
        #[test]
        fn any_chain_is_read_or_refused(chunks in vec((0..7usize, vec(any::<u8>(), 0..120)), 0..8)) {
            let ids = [b"CUES", b"CUEX", b"ETNF", b"ETN2", b"DAOI", b"DAOX", b"SINF"];
            let mut chain: Vec<u8> = chunks.iter().flat_map(|(id, data)| chunk(ids[*id], data)).collect();
            chain.extend(chunk(b"END!", &[]));
            for placed in parse(&chain).unwrap().unwrap_or_default() {
                prop_assert!(placed.track.end() >= placed.track.start);
            }
        }
    }
}
