//! A raw image of a disc of sound, by the rules of IMAPI2's `IRawCDImageCreator`: lead-in, pregap, tracks and lead-out,
//! each sector with its subchannels, ready for raw recording.

use super::{
    BadProgram, DigitalCopy, Isrc, LEAD_OUT, MOST_INDEXES, MOST_TRACKS, MediaCatalogNumber, PQ_BYTES, PREGAP,
    Pack, Position, Program, RAW_BYTES, SHORTEST_TRACK, SUBCHANNEL_BYTES, SectorType, TrackLayout,
    lead_in_symbols,
};
use crate::Lba;

/// First sector of an image: 95:00:00, which is in front of any disc's lead-in.
pub const IMAGE_START: Lba = Lba::new(-22_650);
/// Last sector that a track may have: 88:29:74. The lead-out then ends with 89:59:74.
pub const LAST_SECTOR: u32 = 398_099;
/// Last sector of a special pregap: a shortest track has to follow it.
pub const LAST_SPECIAL_PREGAP: u32 = 397_799;
/// Sectors that indexes must be apart.
pub const BETWEEN_INDEXES: u32 = 10;

/// Which subchannels a sector of the image has. The numbers are those of `IMAPI_FORMAT2_RAW_CD_DATA_SECTOR_TYPE`, and
/// of the data block types in mode page 05h.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RawSectorType {
    /// P and Q alone: 2368 bytes.
    PqOnly = 1,
    /// P to W, of which R to W are packs that the drive completes: 2448 bytes.
    #[default]
    Cooked = 2,
    /// P to W as they shall be on the disc: 2448 bytes.
    Raw = 3,
}

impl RawSectorType {
    /// Bytes of a sector.
    pub const fn sector_bytes(self) -> usize {
        match self {
            RawSectorType::PqOnly => RAW_BYTES + PQ_BYTES,
            RawSectorType::Cooked | RawSectorType::Raw => RAW_BYTES + SUBCHANNEL_BYTES,
        }
    }
}

/// Why an image cannot be as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RawImageError {
    /// It was created, and does not change any more.
    #[error("the image is created, and does not change any more")]
    ReadOnly,
    /// More than 99 tracks.
    #[error("a disc has at most 99 tracks")]
    TooManyTracks,
    /// Something else than sound.
    #[error("a raw image has tracks of sound only, not of {0:?}")]
    SectorType(SectorType),
    /// No tracks yet.
    #[error("the image has no tracks yet")]
    NoTracks,
    /// What can be set in front of the first track only.
    #[error("this is to be set before tracks are added")]
    TracksAlreadyAdded,
    /// Past the last sector.
    #[error("sector {needed} would be needed, and {limit} is the last one")]
    InsufficientSpace {
        /// Last sector needed.
        needed: u64,
        /// Last sector there is.
        limit: u32,
    },
    /// More than 99 indexes.
    #[error("a track has at most 99 indexes")]
    TooManyIndexes,
    /// An index that is not there.
    #[error("no index begins {0} sectors behind the track's start")]
    IndexNotFound(u32),
    /// Index 1 stays.
    #[error("index 1, at the start of the track, cannot be cleared")]
    OffsetZero,
    /// Less than ten sectors from another index.
    #[error("an index lies less than 10 sectors from another one")]
    IndexTooClose,
    /// A track under four seconds.
    #[error("{sectors} sectors are too few; a track has at least 300, a special pregap 150")]
    TooShort {
        /// Sectors given.
        sectors: u32,
    },
    /// Subchannels R to W where only P and Q are written.
    #[error("an image with P and Q alone has no subchannels R to W")]
    NoRToW,
    /// A limit for the lead-out that no disc allows, a track number that is none, an index outside its track.
    #[error("{value} is not possible; {what} {least} to {most}")]
    OutOfRange {
        /// What it is about.
        what: &'static str,
        /// What was given.
        value: u32,
        /// Least possible.
        least: u32,
        /// Most possible.
        most: u32,
    },
    /// Tracks that are no session.
    #[error("{0}")]
    Program(#[from] BadProgram),
}

/// What adding an index did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddedIndex {
    /// It is new.
    Added,
    /// There is one at this place already: no error.
    AlreadyThere,
}

/// A track of a raw image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawTrack {
    sectors: u32,
    indexes: Vec<u32>,
    /// Its recording code.
    pub isrc: Option<Isrc>,
    /// What may be copied.
    pub copy: DigitalCopy,
    /// Whether it has pre-emphasis.
    pub pre_emphasis: bool,
}

impl RawTrack {
    /// Its sectors.
    pub fn sectors(&self) -> u32 {
        self.sectors
    }

    /// Where its indexes begin: sectors behind its start, 0 for index 1.
    pub fn indexes(&self) -> impl Iterator<Item = u32> {
        std::iter::once(0).chain(self.indexes.iter().copied())
    }

    /// Adds an index.
    ///
    /// # Errors
    /// [`RawImageError::IndexTooClose`], [`RawImageError::TooManyIndexes`], [`RawImageError::OutOfRange`].
    pub fn add_index(&mut self, offset: u32) -> Result<AddedIndex, RawImageError> {
        if offset >= self.sectors {
            let (value, most) = (offset, self.sectors - 1);
            return Err(RawImageError::OutOfRange {
                what: "an index lies in sectors",
                value,
                least: 0,
                most,
            });
        }
        if self.indexes().any(|index| index == offset) {
            return Ok(AddedIndex::AlreadyThere);
        }
        if self.indexes().any(|index| index.abs_diff(offset) < BETWEEN_INDEXES) {
            return Err(RawImageError::IndexTooClose);
        }
        if self.indexes.len() + 1 >= MOST_INDEXES {
            return Err(RawImageError::TooManyIndexes);
        }
        let at = self.indexes.partition_point(|index| *index < offset);
        self.indexes.insert(at, offset);
        Ok(AddedIndex::Added)
    }

    /// Takes an index away.
    ///
    /// # Errors
    /// [`RawImageError::OffsetZero`], [`RawImageError::IndexNotFound`].
    pub fn clear_index(&mut self, offset: u32) -> Result<(), RawImageError> {
        if offset == 0 {
            return Err(RawImageError::OffsetZero);
        }
        let at = self.indexes.iter().position(|index| *index == offset);
        self.indexes.remove(at.ok_or(RawImageError::IndexNotFound(offset))?);
        Ok(())
    }
}

/// Where the sound of a sector comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoundSource {
    /// Silence: lead-in, pregaps, lead-out.
    Silence,
    /// This sector of the special pregap.
    SpecialPregap(u32),
    /// A sector of a track.
    Track {
        /// Which, counted from 0.
        index: usize,
        /// Its sector.
        sector: u32,
    },
}

/// A raw image being put together.
#[derive(Clone, Debug)]
pub struct RawImageBuilder {
    kind: RawSectorType,
    is_gapless: bool,
    first_number: u8,
    lead_out_limit: u32,
    special_pregap: Option<u32>,
    tracks: Vec<RawTrack>,
    catalog: Option<MediaCatalogNumber>,
    r_to_w: bool,
    cd_text: Vec<Pack>,
    is_created: bool,
}

impl Default for RawImageBuilder {
    fn default() -> RawImageBuilder {
        RawImageBuilder {
            kind: RawSectorType::default(),
            is_gapless: true,
            first_number: 1,
            lead_out_limit: LAST_SECTOR,
            special_pregap: None,
            tracks: Vec::new(),
            catalog: None,
            r_to_w: false,
            cd_text: Vec::new(),
            is_created: false,
        }
    }
}

impl RawImageBuilder {
    /// An image without tracks.
    pub fn new() -> RawImageBuilder {
        RawImageBuilder::default()
    }

    fn writable(&self) -> Result<(), RawImageError> {
        if self.is_created { Err(RawImageError::ReadOnly) } else { Ok(()) }
    }

    fn without_tracks(&self) -> Result<(), RawImageError> {
        self.writable()?;
        if self.tracks.is_empty() { Ok(()) } else { Err(RawImageError::TracksAlreadyAdded) }
    }

    /// Chooses the subchannels of the image.
    ///
    /// # Errors
    /// [`RawImageError::ReadOnly`]; [`RawImageError::NoRToW`] where R to W were announced.
    pub fn set_type(&mut self, kind: RawSectorType) -> Result<(), RawImageError> {
        self.writable()?;
        if kind == RawSectorType::PqOnly && (self.r_to_w || !self.cd_text.is_empty()) {
            return Err(RawImageError::NoRToW);
        }
        self.kind = kind;
        Ok(())
    }

    /// Gapless (as from the start): the last two seconds of a track are the next one's pregap. Otherwise two seconds of
    /// silence are put between tracks.
    ///
    /// # Errors
    /// [`RawImageError::TracksAlreadyAdded`], [`RawImageError::ReadOnly`].
    pub fn set_gapless(&mut self, is_gapless: bool) -> Result<(), RawImageError> {
        self.without_tracks()?;
        self.is_gapless = is_gapless;
        Ok(())
    }

    /// The number of the first track.
    ///
    /// # Errors
    /// [`RawImageError::TracksAlreadyAdded`], [`RawImageError::ReadOnly`], [`RawImageError::OutOfRange`].
    pub fn set_first_number(&mut self, number: u8) -> Result<(), RawImageError> {
        self.without_tracks()?;
        if !(1..=99).contains(&number) {
            let value = number.into();
            return Err(RawImageError::OutOfRange { what: "tracks have numbers", value, least: 1, most: 99 });
        }
        self.first_number = number;
        Ok(())
    }

    /// The last sector that the medium has room for.
    ///
    /// # Errors
    /// [`RawImageError::OutOfRange`]; [`RawImageError::InsufficientSpace`] if there is more already;
    /// [`RawImageError::ReadOnly`].
    pub fn set_lead_out_limit(&mut self, last: u32) -> Result<(), RawImageError> {
        self.writable()?;
        if last > LAST_SECTOR || last == 0 {
            let what = "the last sector lies in";
            return Err(RawImageError::OutOfRange { what, value: last, least: 1, most: LAST_SECTOR });
        }
        let needed = self.end();
        if needed > u64::from(last) + 1 {
            return Err(RawImageError::InsufficientSpace { needed: needed - 1, limit: last });
        }
        self.lead_out_limit = last;
        Ok(())
    }

    /// The disc's catalog number.
    ///
    /// # Errors
    /// [`RawImageError::ReadOnly`].
    pub fn set_catalog(&mut self, number: Option<MediaCatalogNumber>) -> Result<(), RawImageError> {
        self.writable()?;
        self.catalog = number;
        Ok(())
    }

    /// Sound in front of the first track, which players find by going back from its start.
    ///
    /// # Errors
    /// [`RawImageError::TracksAlreadyAdded`], [`RawImageError::TooShort`], [`RawImageError::InsufficientSpace`],
    /// [`RawImageError::ReadOnly`].
    pub fn add_special_pregap(&mut self, sectors: u32) -> Result<(), RawImageError> {
        self.without_tracks()?;
        if sectors < PREGAP {
            return Err(RawImageError::TooShort { sectors });
        }
        let needed = u64::from(sectors - PREGAP).saturating_sub(1);
        let limit = LAST_SPECIAL_PREGAP;
        if needed > u64::from(limit) {
            return Err(RawImageError::InsufficientSpace { needed, limit });
        }
        self.special_pregap = Some(sectors);
        Ok(())
    }

    /// Announces subchannels R to W: 96 bytes for each sector of the image.
    ///
    /// # Errors
    /// [`RawImageError::NoRToW`], [`RawImageError::TracksAlreadyAdded`], [`RawImageError::ReadOnly`].
    pub fn add_r_to_w(&mut self) -> Result<(), RawImageError> {
        self.without_tracks()?;
        if self.kind == RawSectorType::PqOnly {
            return Err(RawImageError::NoRToW);
        }
        self.r_to_w = true;
        Ok(())
    }

    /// Puts CD-TEXT into the lead-in.
    ///
    /// # Errors
    /// [`RawImageError::NoRToW`], [`RawImageError::ReadOnly`].
    pub fn set_cd_text(&mut self, packs: Vec<Pack>) -> Result<(), RawImageError> {
        self.writable()?;
        if self.kind == RawSectorType::PqOnly {
            return Err(RawImageError::NoRToW);
        }
        self.cd_text = packs;
        Ok(())
    }

    /// Adds a track and gives its place among the tracks, counted from 1.
    ///
    /// # Errors
    /// [`RawImageError::SectorType`], [`RawImageError::TooManyTracks`], [`RawImageError::TooShort`],
    /// [`RawImageError::InsufficientSpace`], [`RawImageError::ReadOnly`].
    pub fn add_track(&mut self, kind: SectorType, sectors: u32) -> Result<usize, RawImageError> {
        self.writable()?;
        if !kind.is_audio() {
            return Err(RawImageError::SectorType(kind));
        }
        if usize::from(self.first_number) + self.tracks.len() > MOST_TRACKS {
            return Err(RawImageError::TooManyTracks);
        }
        if sectors < SHORTEST_TRACK {
            return Err(RawImageError::TooShort { sectors });
        }
        let gap = if self.is_gapless || self.tracks.is_empty() { 0 } else { PREGAP };
        let needed = self.end() + u64::from(gap) + u64::from(sectors) - 1;
        let limit = self.lead_out_limit;
        if needed > u64::from(limit) {
            return Err(RawImageError::InsufficientSpace { needed, limit });
        }
        let (isrc, copy) = (None, DigitalCopy::default());
        self.tracks.push(RawTrack { sectors, indexes: Vec::new(), isrc, copy, pre_emphasis: false });
        Ok(self.tracks.len())
    }

    /// The tracks.
    pub fn tracks(&self) -> &[RawTrack] {
        &self.tracks
    }

    /// A track by its place, counted from 1.
    ///
    /// # Errors
    /// [`RawImageError::ReadOnly`]; [`RawImageError::NoTracks`]; [`RawImageError::OutOfRange`].
    pub fn track_mut(&mut self, place: usize) -> Result<&mut RawTrack, RawImageError> {
        self.writable()?;
        let most = self.tracks.len() as u32;
        if most == 0 {
            return Err(RawImageError::NoTracks);
        }
        let value = u32::try_from(place).unwrap_or(u32::MAX);
        let none = RawImageError::OutOfRange { what: "the tracks are", value, least: 1, most };
        place.checked_sub(1).and_then(|index| self.tracks.get_mut(index)).ok_or(none)
    }

    /// First sector of the lead-out.
    ///
    /// # Errors
    /// [`RawImageError::NoTracks`].
    pub fn start_of_lead_out(&self) -> Result<u32, RawImageError> {
        if self.tracks.is_empty() { Err(RawImageError::NoTracks) } else { Ok(self.end() as u32) }
    }

    /// The sector behind everything so far.
    fn end(&self) -> u64 {
        let pregap = self.special_pregap.map_or(0, |sectors| sectors - PREGAP);
        let sectors: u64 = self.tracks.iter().map(|track| u64::from(track.sectors)).sum();
        let gaps = if self.is_gapless { 0 } else { self.tracks.len().saturating_sub(1) as u64 };
        u64::from(pregap) + sectors + gaps * u64::from(PREGAP)
    }

    /// The image. From now on nothing can be changed.
    ///
    /// # Errors
    /// [`RawImageError::NoTracks`], [`RawImageError::ReadOnly`]; [`RawImageError::IndexTooClose`] for an index in the
    /// two seconds that gapless sound gives to the next track's pregap.
    pub fn create(&mut self) -> Result<RawImage, RawImageError> {
        self.writable()?;
        if self.tracks.is_empty() {
            return Err(RawImageError::NoTracks);
        }
        let last = self.tracks.len() - 1;
        let mut layouts = Vec::new();
        for (index, track) in self.tracks.iter().enumerate() {
            let given_away = if self.is_gapless && index < last { PREGAP } else { 0 };
            let pregap = if index == 0 { self.special_pregap.unwrap_or(PREGAP) } else { PREGAP };
            // What a track gives to the next one's pregap, it has of its own from the track before.
            let sectors = track.sectors - given_away;
            if track.indexes.last().is_some_and(|offset| *offset >= sectors) {
                return Err(RawImageError::IndexTooClose);
            }
            layouts.push(TrackLayout {
                pregap,
                sectors,
                indexes: track.indexes.clone(),
                copy: track.copy,
                pre_emphasis: track.pre_emphasis,
                isrc: track.isrc,
                ..TrackLayout::new(SectorType::Audio, sectors)
            });
        }
        let start = Lba::new(-PREGAP.cast_signed());
        let mut program = Program::placed(start, self.first_number, layouts)?;
        program.catalog = self.catalog;
        self.is_created = true;
        Ok(RawImage {
            kind: self.kind,
            program,
            cd_text: self.cd_text.clone(),
            is_gapless: self.is_gapless,
            has_special_pregap: self.special_pregap.is_some(),
        })
    }
}

/// A raw image: every sector from 95:00:00 in the lead-in to the end of the lead-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawImage {
    kind: RawSectorType,
    program: Program,
    cd_text: Vec<Pack>,
    is_gapless: bool,
    has_special_pregap: bool,
}

impl RawImage {
    /// The image of tracks that are placed already: of a cue sheet, with pregaps of its own. What
    /// [`source`](RawImage::source) says of their sound is for the caller to know better.
    ///
    /// # Errors
    /// [`RawImageError::SectorType`], [`RawImageError::NoRToW`], [`RawImageError::InsufficientSpace`].
    pub fn of_program(
        program: Program,
        kind: RawSectorType,
        cd_text: Vec<Pack>,
    ) -> Result<RawImage, RawImageError> {
        if let Some(track) = program.tracks().iter().find(|track| !track.layout.kind.is_audio()) {
            return Err(RawImageError::SectorType(track.layout.kind));
        }
        if kind == RawSectorType::PqOnly && !cd_text.is_empty() {
            return Err(RawImageError::NoRToW);
        }
        let needed = u64::from(program.lead_out().blocks_from_zero()).saturating_sub(1);
        if needed > u64::from(LAST_SECTOR) {
            return Err(RawImageError::InsufficientSpace { needed, limit: LAST_SECTOR });
        }
        Ok(RawImage { kind, program, cd_text, is_gapless: false, has_special_pregap: false })
    }

    /// What its sectors are.
    pub fn kind(&self) -> RawSectorType {
        self.kind
    }

    /// The tracks in their places.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Its first sector.
    pub fn start(&self) -> Lba {
        IMAGE_START
    }

    /// The sector behind its last.
    pub fn end(&self) -> Lba {
        self.program.lead_out().checked_add(LEAD_OUT).unwrap_or(self.program.lead_out())
    }

    /// The last sector of a track.
    pub fn last_used_sector(&self) -> Lba {
        Lba::new(self.program.lead_out().get() - 1)
    }

    /// What READ TOC would tell of it in format 0, with addresses as blocks.
    pub fn expected_table_of_contents(&self) -> Vec<u8> {
        let (first, last) = self.program.numbers();
        let mut reply = vec![0, 0, first, last];
        let mut entry = |control: u8, number: u8, start: Lba| {
            reply.extend_from_slice(&[0, 0x10 | control, number, 0]);
            reply.extend_from_slice(&start.to_wire().to_be_bytes());
        };
        for track in self.program.tracks() {
            entry(track.layout.control().0, track.number, track.start);
        }
        let control = self.program.tracks().last().map_or(0, |track| track.layout.control().0);
        entry(control, Position::LEAD_OUT, self.program.lead_out());
        reply[1] = (reply.len() - 2) as u8;
        reply
    }

    /// Where the sound of a sector comes from.
    pub fn source(&self, lba: Lba) -> SoundSource {
        let tracks = self.program.tracks();
        let index = tracks.partition_point(|track| track.pregap <= lba);
        let Some(index) = index.checked_sub(1) else { return SoundSource::Silence };
        let Some(track) = tracks.get(index).filter(|track| lba < track.end) else {
            return SoundSource::Silence;
        };
        if let Some(sector) = lba.since(track.start) {
            return SoundSource::Track { index, sector };
        }
        let within = lba.since(track.pregap).unwrap_or(0);
        match index.checked_sub(1) {
            None if self.has_special_pregap => SoundSource::SpecialPregap(within),
            Some(before) if self.is_gapless => {
                let sector = tracks[before].layout.sectors + within;
                SoundSource::Track { index: before, sector }
            }
            _ => SoundSource::Silence,
        }
    }

    /// Makes a sector: its sound, and its subchannels behind it. `r_to_w`: those of the caller, in bits 5 to 0; CD-TEXT
    /// comes before them. Bytes of `into` behind the sector's are left alone.
    ///
    /// # Errors
    /// [`RawImageError::NoRToW`].
    pub fn encode(
        &self,
        lba: Lba,
        sound: &[u8; RAW_BYTES],
        r_to_w: Option<&[u8; SUBCHANNEL_BYTES]>,
        into: &mut [u8; RAW_BYTES + SUBCHANNEL_BYTES],
    ) -> Result<(), RawImageError> {
        if self.kind == RawSectorType::PqOnly && r_to_w.is_some() {
            return Err(RawImageError::NoRToW);
        }
        let (main, behind) = into.split_at_mut(RAW_BYTES);
        main.copy_from_slice(sound);
        let mut channels = self.program.subchannel(lba);
        if lba < self.program.start() && !self.cd_text.is_empty() {
            channels.r_to_w = lead_in_symbols(&self.cd_text, lba.since(IMAGE_START).unwrap_or(0));
        } else if let Some(r_to_w) = r_to_w {
            channels.r_to_w = *r_to_w;
        }
        if self.kind == RawSectorType::PqOnly {
            behind[..PQ_BYTES].copy_from_slice(&channels.encode_pq());
        } else {
            behind.copy_from_slice(&channels.encode());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cd::{Block, CdText, Control, PackType, Q, Subchannel};

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
        assert_eq!(
            (position(&image, 49), position(&image, 50), position(&image, 500)),
            ((5, 0), (5, 1), (6, 1))
        );
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
        let packs: Vec<Pack> = channels
            .r_to_w
            .as_chunks()
            .0
            .iter()
            .map(|symbols| Pack::from_symbols(symbols).unwrap())
            .collect();
        assert_eq!(packs[0].text, *b"Title\0\0\0\0\0\0\0");
    }
}
