//! Cue sheets: text that says which track lies where in which files. The format was never standardised; the
//! commands are those of the program CDRWIN and what others added, in remarks and otherwise. Images are read by them
//! (`disc/container/`), and discs of sound recorded (`audio/`).

mod files;
pub(crate) mod msf;
mod parse;

use std::collections::BTreeMap;

use mmc_device::cd::PackType;
use sector_io::RawLayout;

pub(crate) use files::find_file;
pub(crate) use parse::check_characters;

/// Longest text that is taken for a cue sheet.
pub(crate) const LONGEST: u64 = 1 << 20;

/// More tracks than a disc has: 99 on a CD, 254 on others.
pub(crate) const MOST_TRACKS: usize = 999;

/// A cue sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CueSheet {
    pub(crate) files: Vec<CueFile>,
    /// CATALOG, as written.
    pub(crate) catalog: Option<String>,
    /// CDTEXTFILE: a file with packs of CD-TEXT.
    pub(crate) cd_text_file: Option<String>,
    /// Texts of the disc.
    pub(crate) texts: BTreeMap<PackType, CueText>,
    /// Lines of `REM SESSION` that begin no session: no track is in front of them, or behind them, or they have no later number.
    pub(crate) idle_sessions: Vec<u32>,
    /// Commands that stand twice where one counts, with the line of the second.
    pub(crate) repeated: Vec<(u32, String)>,
    /// Commands that are not known, with their lines.
    pub(crate) unknown: Vec<(u32, String)>,
}

impl CueSheet {
    /// Whether it has texts itself.
    pub(crate) fn has_texts(&self) -> bool {
        let mut tracks = self.files.iter().flat_map(|file| &file.tracks);
        !self.texts.is_empty() || tracks.any(|track| !track.texts.is_empty())
    }

    /// Whether it has texts, or names a file with them.
    pub(crate) fn has_cd_text(&self) -> bool {
        self.has_texts() || self.cd_text_file.is_some()
    }
}

/// A text, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CueText {
    pub(crate) line: u32,
    /// The command that it belongs to.
    pub(crate) command: String,
    pub(crate) text: String,
}

/// A file, and the tracks in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CueFile {
    pub(crate) name: String,
    pub(crate) kind: FileKind,
    pub(crate) tracks: Vec<CueTrack>,
    /// The indexes in it, as they stand in the sheet.
    pub(crate) indexes: Vec<CueIndex>,
}

/// An index of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CueIndex {
    /// Line of the sheet.
    pub(crate) line: u32,
    /// The track's number.
    pub(crate) track: u16,
    /// What the track's sectors are.
    pub(crate) mode: TrackMode,
    /// 0 where the pregap begins, 1 where the track does.
    pub(crate) number: u8,
    /// Sector of the file.
    pub(crate) at: u32,
}

impl CueFile {
    /// Indexes that are not in the file, which has so many bytes, and what is to be said of each.
    pub(crate) fn beyond(&self, bytes: u64) -> impl Iterator<Item = (CueIndex, String)> {
        let (mut offset, mut before) = (0u64, 0);
        let mut mode = self.indexes.first().map(|index| index.mode);
        self.indexes.iter().filter_map(move |&index| {
            // Sectors up to this one are those of the track before. That indexes go backwards is told elsewhere.
            let step = mode.replace(index.mode).map_or(0, TrackMode::sector_bytes);
            offset += u64::from(index.at.saturating_sub(before)) * step;
            before = index.at;
            let CueIndex { line, track, number, at, .. } = index;
            (at > 0 && offset >= bytes).then(|| {
                let end = bytes / step.max(1);
                let name = &self.name;
                (index, format!("line {line}: INDEX {number:02} of track {track} is sector {at} of {name}, which has {end}"))
            })
        })
    }
}

/// What a file is, as the sheet says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// Nothing but the sectors of its tracks; samples with the lower byte first.
    Binary,
    /// The same with the higher byte first.
    Motorola,
    /// A file of sound in a format of its own. What sheets call it, often WAVE, is not always what it is.
    Sound,
}

/// A track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CueTrack {
    /// Line of the sheet; 0 where there is none.
    pub(crate) line: u32,
    pub(crate) number: u16,
    pub(crate) session: u16,
    pub(crate) mode: TrackMode,
    /// Sectors on the disc in front of the track that no file holds.
    pub(crate) gap: u32,
    /// Whether a PREGAP is part of it.
    pub(crate) has_pregap: bool,
    /// Sectors on the disc behind the track that no file holds.
    pub(crate) gap_behind: Option<u32>,
    /// Sector of the file in front of this one in which the pregap begins, if it lies there.
    pub(crate) pregap_before: Option<u32>,
    /// Sector of the file in which the pregap begins, if the file holds one.
    pub(crate) index_0: Option<u32>,
    /// Sector of the file in which the track begins.
    pub(crate) index_1: Option<u32>,
    /// Sectors of the file in which indexes 2 and so on begin.
    pub(crate) marks: Vec<u32>,
    pub(crate) flags: Flags,
    /// ISRC, as written.
    pub(crate) isrc: Option<String>,
    pub(crate) texts: BTreeMap<PackType, CueText>,
}

/// What a track's sectors are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TrackMode {
    #[default]
    Audio,
    Mode1(RawLayout),
    Mode2(RawLayout),
}

/// FLAGS of a track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    /// DCP: may be copied.
    pub(crate) copy: bool,
    /// SCMS: may be copied once.
    pub(crate) scms: bool,
    /// PRE: has pre-emphasis.
    pub(crate) pre_emphasis: bool,
    /// 4CH: has four channels.
    pub(crate) four_channels: bool,
}

impl TrackMode {
    /// Bytes of a sector in the file.
    fn sector_bytes(self) -> u64 {
        let layout = match self {
            TrackMode::Audio => RawLayout::Full,
            TrackMode::Mode1(layout) | TrackMode::Mode2(layout) => layout,
        };
        layout.sector_bytes() as u64
    }
}

impl CueTrack {
    /// Where in the file it begins, with its pregap.
    pub(crate) fn begin(&self) -> u32 {
        self.index_0.or(self.index_1).unwrap_or(0)
    }

    /// How its sectors lie in the file; `None` for sound.
    pub(crate) fn layout(&self) -> Option<RawLayout> {
        match self.mode {
            TrackMode::Audio => None,
            TrackMode::Mode1(layout) | TrackMode::Mode2(layout) => Some(layout),
        }
    }
}
