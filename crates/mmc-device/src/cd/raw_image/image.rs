use super::{IMAGE_START, LAST_SECTOR, RawImageError, RawSectorType};
use crate::Lba;
use crate::cd::{LEAD_OUT, PQ_BYTES, Pack, Position, Program, RAW_BYTES, SUBCHANNEL_BYTES, lead_in_symbols};

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

/// A raw image: every sector from 95:00:00 in the lead-in to the end of the lead-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawImage {
    pub(super) kind: RawSectorType,
    pub(super) program: Program,
    pub(super) cd_text: Vec<Pack>,
    pub(super) is_gapless: bool,
    pub(super) has_special_pregap: bool,
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
    #[must_use]
    pub fn kind(&self) -> RawSectorType {
        self.kind
    }

    /// The tracks in their places.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Its first sector.
    #[must_use]
    pub fn start(&self) -> Lba {
        IMAGE_START
    }

    /// The sector behind its last.
    #[must_use]
    pub fn end(&self) -> Lba {
        self.program.lead_out().checked_add(LEAD_OUT).unwrap_or(self.program.lead_out())
    }

    /// The last sector of a track.
    #[must_use]
    pub fn last_used_sector(&self) -> Lba {
        Lba::new(self.program.lead_out().get() - 1)
    }

    /// What READ TOC would tell of it in format 0, with addresses as blocks.
    #[must_use]
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
    #[must_use]
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
