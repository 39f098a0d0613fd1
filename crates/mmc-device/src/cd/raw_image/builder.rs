use super::{LAST_SECTOR, LAST_SPECIAL_PREGAP, RawImage, RawImageError, RawSectorType, RawTrack};
use crate::Lba;
use crate::cd::{
    DigitalCopy, MOST_TRACKS, MediaCatalogNumber, PREGAP, Pack, Program, SHORTEST_TRACK, SectorType,
    TrackLayout,
};

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
    #[must_use]
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
    #[must_use]
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
