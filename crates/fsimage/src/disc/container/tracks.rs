//! The sectors of a disc that lie in tracks: in one file or several, in different forms, with gaps between.

use std::io;
use std::sync::Arc;

use sector_io::{
    FileSectors, RawLayout, RawSectors, ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount,
};

/// A track as the image's table of contents has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ImageTrack {
    /// From 1, through all sessions.
    pub number: u16,
    /// The session that holds it, from 1.
    pub session: u16,
    /// First sector on the disc.
    pub start: u32,
    /// Its length in sectors, as stated.
    pub sectors: u32,
    /// Bytes of a sector in the image.
    pub sector_bytes: u32,
    /// Whether it holds sound.
    pub is_audio: bool,
}

impl ImageTrack {
    /// The first sector behind it.
    pub(in crate::disc) fn end(&self) -> u32 {
        self.start.saturating_add(self.sectors)
    }
}

/// A track, and where its sectors are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlacedTrack {
    pub(super) track: ImageTrack,
    /// Which of the image's files.
    pub(super) file: usize,
    /// Of its first sector in that file, in bytes.
    pub(super) offset: u64,
    pub(super) layout: RawLayout,
}

/// A disc in tracks. Sectors between tracks, and those of sound, cannot be read.
pub(super) struct TrackSectors {
    /// By first sector.
    tracks: Vec<(ImageTrack, RawSectors<Arc<FileSectors>>)>,
}

impl TrackSectors {
    /// `Err`: what is wrong with the tracks.
    pub(super) fn new(files: &[Arc<FileSectors>], placed: &[PlacedTrack]) -> Result<TrackSectors, String> {
        let mut tracks = Vec::new();
        for PlacedTrack { track, file, offset, layout } in placed {
            let Some(file) = files.get(*file) else { continue };
            let length = u64::from(track.sectors) * layout.sector_bytes() as u64;
            tracks.push((track.clone(), RawSectors::within(file.clone(), *layout, *offset, length)));
        }
        tracks.sort_by_key(|(track, _)| track.start);
        for pair in tracks.windows(2) {
            if let [(before, _), (after, _)] = pair
                && before.end() > after.start
            {
                return Err(format!("tracks {} and {} overlap", before.number, after.number));
            }
        }
        Ok(TrackSectors { tracks })
    }

    /// Fills `into` from the sectors of one track; gives how many bytes that were.
    fn read_piece(&self, start: Sector, into: &mut [u8]) -> Result<usize, ReadError> {
        let fail =
            |what: String| ReadError::Io { start, source: io::Error::new(io::ErrorKind::InvalidData, what) };
        let behind = self.tracks.partition_point(|(track, _)| track.start <= start.get());
        let found = behind.checked_sub(1).and_then(|index| self.tracks.get(index));
        let Some((track, sectors)) = found.filter(|(track, _)| track.end() > start.get()) else {
            return Err(fail("it lies in no track of the image".to_owned()));
        };
        if track.is_audio {
            return Err(fail(format!("track {} holds sound", track.number)));
        }
        let within = start.get() - track.start;
        let there = sectors.sectors().get();
        if within >= there {
            return Err(fail(format!("the image file ends in track {}", track.number)));
        }
        let length = into.len().min((there - within) as usize * SECTOR_SIZE);
        let absolute = |at: Sector| at.checked_add(SectorCount::new(track.start)).unwrap_or(start);
        sectors.read_sectors(Sector::new(within), &mut into[..length]).map_err(|error| match error {
            ReadError::Io { start, source } => ReadError::Io { start: absolute(start), source },
            error => fail(error.to_string()),
        })?;
        Ok(length)
    }
}

impl ReadSectors for TrackSectors {
    fn sectors(&self) -> SectorCount {
        SectorCount::new(self.tracks.last().map_or(0, |(track, _)| track.end()))
    }

    fn read_raw(&self, start: Sector, into: &mut [u8]) -> Result<bool, ReadError> {
        let behind = self.tracks.partition_point(|(track, _)| track.start <= start.get());
        match behind.checked_sub(1).and_then(|index| self.tracks.get(index)) {
            Some((track, sectors)) if !track.is_audio => {
                sectors.read_raw(Sector::new(start.get() - track.start), into)
            }
            _ => Ok(false),
        }
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        let count = SectorCount::new(u32::try_from(into.len() / SECTOR_SIZE).unwrap_or(u32::MAX));
        let available = self.sectors();
        let out_of_range = ReadError::OutOfRange { start, count, available };
        let is_inside = start.checked_add(count).is_some_and(|end| end.get() <= available.get());
        if !is_inside || !into.len().is_multiple_of(SECTOR_SIZE) {
            return Err(out_of_range);
        }
        let (mut at, mut rest) = (start, into);
        while !rest.is_empty() {
            let done = self.read_piece(at, rest)?;
            rest = &mut rest[done..];
            at = at.checked_add(SectorCount::new((done / SECTOR_SIZE) as u32)).unwrap_or(at);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn placed(number: u16, start: u32, sectors: u32, offset: u64, is_audio: bool) -> PlacedTrack {
        let track = ImageTrack { number, session: 1, start, sectors, sector_bytes: 2048, is_audio };
        PlacedTrack { track, file: 0, offset, layout: RawLayout::UserData }
    }

    fn file(sectors: u8) -> Arc<FileSectors> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[0xEE; 100]).unwrap();
        for number in 0..sectors {
            file.write_all(&[number; SECTOR_SIZE]).unwrap();
        }
        Arc::new(FileSectors::new(file).unwrap())
    }

    #[test]
    fn sectors_come_from_their_tracks() {
        let tracks = [placed(2, 10, 3, 100 + 2 * 2048, false), placed(1, 0, 2, 100, false)];
        let disc = TrackSectors::new(&[file(5)], &tracks).unwrap();
        assert_eq!(disc.sectors(), SectorCount::new(13));
        let mut two = [9; 2 * SECTOR_SIZE];
        disc.read_sectors(Sector::ZERO, &mut two).unwrap();
        assert_eq!((two[0], two[4095]), (0, 1));
        disc.read_sectors(Sector::new(11), &mut two).unwrap();
        assert_eq!((two[0], two[4095]), (3, 4));
        let gap = disc.read_sectors(Sector::new(1), &mut two).unwrap_err();
        assert_eq!((gap.sector(), gap.to_string().contains("no track")), (Sector::new(2), true));
        assert!(matches!(disc.read_sectors(Sector::new(12), &mut two), Err(ReadError::OutOfRange { .. })));
    }

    #[test]
    fn neighbours_are_read_as_one() {
        let tracks = [placed(1, 0, 2, 100, false), placed(2, 2, 3, 100 + 2 * 2048, false)];
        let disc = TrackSectors::new(&[file(5)], &tracks).unwrap();
        let mut all = [9; 5 * SECTOR_SIZE];
        disc.read_sectors(Sector::ZERO, &mut all).unwrap();
        assert!(all.chunks(SECTOR_SIZE).zip(0..).all(|(sector, number)| sector[7] == number));
    }

    #[test]
    fn sound_and_missing_sectors_are_told() {
        let tracks = [placed(1, 0, 2, 100, true), placed(2, 2, 9, 100 + 2 * 2048, false)];
        let disc = TrackSectors::new(&[file(5)], &tracks).unwrap();
        let mut sector = [9; SECTOR_SIZE];
        let read = |at: u32, into: &mut [u8]| {
            disc.read_sectors(Sector::new(at), into).map_err(|error| error.to_string())
        };
        assert!(read(1, &mut sector).unwrap_err().contains("track 1 holds sound"));
        assert_eq!(read(4, &mut sector), Ok(()));
        assert!(read(5, &mut sector).unwrap_err().contains("the image file ends in track 2"));
        let overlapping = [placed(1, 0, 3, 100, false), placed(2, 2, 9, 100, false)];
        assert!(TrackSectors::new(&[file(5)], &overlapping).is_err());
    }
}
