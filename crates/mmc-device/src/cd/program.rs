use super::{Control, Isrc, MediaCatalogNumber, Msf, Position, Q, SectorType, Subchannel};
use crate::Lba;

/// Tracks of a disc.
pub const MOST_TRACKS: usize = 99;
/// Sectors of the shortest track: four seconds (IEC 60908 17.5.1).
pub const SHORTEST_TRACK: u32 = 300;
/// Sectors in front of the first track of a session, and at least between tracks of different kinds.
pub const PREGAP: u32 = 150;
/// Sectors of the first session's lead-out.
pub const LEAD_OUT: u32 = 6750;
/// Highest index of a track.
pub const MOST_INDEXES: usize = 99;

/// What may be copied from a track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum DigitalCopy {
    /// Anything, as often as wanted.
    Permitted = 0,
    /// Nothing.
    #[default]
    Prohibited = 1,
    /// Once: this is such a copy. The control bit for copies changes every four sectors.
    Scms = 2,
}

/// A track as it shall be on the disc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackLayout {
    /// What its sectors are.
    pub kind: SectorType,
    /// Sectors with index 0 in front of it. The first track of a session has at least [`PREGAP`].
    pub pregap: u32,
    /// Sectors from index 1 on, up to the next track's pregap.
    pub sectors: u32,
    /// Where index 2, 3 and so on begin: sectors behind index 1, ascending.
    pub indexes: Vec<u32>,
    /// What may be copied.
    pub copy: DigitalCopy,
    /// Whether sound has pre-emphasis.
    pub pre_emphasis: bool,
    /// Whether sound has four channels.
    pub four_channels: bool,
    /// Its recording code.
    pub isrc: Option<Isrc>,
}

impl TrackLayout {
    /// A track of so many sectors, without pregap.
    #[must_use]
    pub fn new(kind: SectorType, sectors: u32) -> TrackLayout {
        TrackLayout {
            kind,
            pregap: 0,
            sectors,
            indexes: Vec::new(),
            copy: DigitalCopy::default(),
            pre_emphasis: false,
            four_channels: false,
            isrc: None,
        }
    }

    /// Its control field, with the bit for copies as SCMS begins.
    #[must_use]
    pub fn control(&self) -> Control {
        let copy = if self.copy == DigitalCopy::Prohibited { Control(0) } else { Control::COPY };
        if !self.kind.is_audio() {
            return Control::DATA.with(copy);
        }
        let bit = |is: bool, bit: Control| if is { bit } else { Control(0) };
        copy.with(bit(self.pre_emphasis, Control::PRE_EMPHASIS))
            .with(bit(self.four_channels, Control::FOUR_CHANNELS))
    }
}

/// A track with its place on the disc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Its number, 1 to 99.
    pub number: u8,
    /// First sector of its pregap; where it has none, of the track itself.
    pub pregap: Lba,
    /// First sector of index 1.
    pub start: Lba,
    /// First sector behind it.
    pub end: Lba,
    /// How it is.
    pub layout: TrackLayout,
}

/// What is wrong with the tracks of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadProgram {
    /// No tracks.
    #[error("a session needs a track")]
    NoTracks,
    /// Track numbers beyond 99.
    #[error("a disc has at most 99 tracks")]
    TooManyTracks,
    /// A track under four seconds.
    #[error("track {track} has {sectors} sectors; the shortest track has 300 (IEC 60908 17.5.1)")]
    ShortTrack {
        /// Its number.
        track: u8,
        /// Its sectors.
        sectors: u32,
    },
    /// The pregap of the first track.
    #[error("the first track's pregap has {sectors} sectors; it needs at least 150")]
    ShortPregap {
        /// Its sectors.
        sectors: u32,
    },
    /// Indexes that do not ascend within their track, or too many of them.
    #[error("track {track} has an index that does not lie behind the one before, or more than 99 of them")]
    Index {
        /// Its number.
        track: u8,
    },
    /// Later than a CD's addresses reach.
    #[error("the lead-out would begin behind 89:59:74")]
    TooLong,
}

/// The tracks of a session: what lies where, from the lead-in to the lead-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    tracks: Vec<Track>,
    lead_out: Lba,
    /// The disc's catalog number.
    pub catalog: Option<MediaCatalogNumber>,
    /// Disc type in the table of contents: 00h for sound and modes 0 and 1, 10h CD-I, 20h for CD-ROM XA.
    pub disc_type: u8,
}

impl Program {
    /// Places tracks one behind the other; the first one's pregap begins at `start`, which is block -150 on a blank
    /// disc.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(start: Lba, first_number: u8, layouts: Vec<TrackLayout>) -> Result<Program, BadProgram> {
        let is_short = |layout: &TrackLayout| layout.sectors < SHORTEST_TRACK;
        if let Some(index) = layouts.iter().position(is_short) {
            let track = first_number.saturating_add(index.min(MOST_TRACKS) as u8);
            return Err(BadProgram::ShortTrack { track, sectors: layouts[index].sectors });
        }
        Program::placed(start, first_number, layouts)
    }

    /// As [`Program::new`], with tracks as short as they are: those of gapless sound have two of their four seconds in
    /// the next one's pregap.
    pub(super) fn placed(
        start: Lba,
        first_number: u8,
        layouts: Vec<TrackLayout>,
    ) -> Result<Program, BadProgram> {
        if layouts.is_empty() {
            return Err(BadProgram::NoTracks);
        }
        if first_number == 0 || usize::from(first_number) - 1 + layouts.len() > MOST_TRACKS {
            return Err(BadProgram::TooManyTracks);
        }
        let is_xa = |layout: &TrackLayout| !layout.kind.is_audio() && is_mode_2(layout.kind);
        let disc_type = if layouts.iter().any(is_xa) { 0x20 } else { 0 };
        let mut tracks = Vec::with_capacity(layouts.len());
        let mut next = start;
        for (number, layout) in (first_number..).zip(layouts) {
            if tracks.is_empty() && layout.pregap < PREGAP {
                return Err(BadProgram::ShortPregap { sectors: layout.pregap });
            }
            let ascend = layout.indexes.is_sorted_by(|one, other| one < other);
            let inside = layout.indexes.first() != Some(&0)
                && layout.indexes.last().is_none_or(|last| *last < layout.sectors);
            if !ascend || !inside || layout.indexes.len() >= MOST_INDEXES {
                return Err(BadProgram::Index { track: number });
            }
            let start = next.checked_add(layout.pregap);
            let end = start.and_then(|start| start.checked_add(layout.sectors));
            let (Some(start), Some(end)) = (start, end) else { return Err(BadProgram::TooLong) };
            tracks.push(Track { number, pregap: next, start, end, layout });
            next = end;
        }
        if next.get() >= 404_850 {
            return Err(BadProgram::TooLong);
        }
        Ok(Program { tracks, lead_out: next, catalog: None, disc_type })
    }

    /// The tracks, at least one.
    #[must_use]
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// First sector of the first pregap.
    #[must_use]
    pub fn start(&self) -> Lba {
        self.tracks.first().map_or(Lba::ZERO, |track| track.pregap)
    }

    /// First sector of the lead-out.
    #[must_use]
    pub fn lead_out(&self) -> Lba {
        self.lead_out
    }

    /// Number of the first and of the last track.
    #[must_use]
    pub fn numbers(&self) -> (u8, u8) {
        let number = |track: Option<&Track>| track.map_or(1, |track| track.number);
        (number(self.tracks.first()), number(self.tracks.last()))
    }

    /// The track that a sector belongs to, pregaps included.
    #[must_use]
    pub fn track_at(&self, lba: Lba) -> Option<&Track> {
        let behind = self.tracks.partition_point(|track| track.pregap <= lba);
        self.tracks.get(behind.checked_sub(1)?).filter(|track| lba < track.end)
    }

    /// The subchannels of any sector, with nothing in R to W.
    #[must_use]
    pub fn subchannel(&self, lba: Lba) -> Subchannel {
        if lba < self.start() {
            return Subchannel::new(false, &self.lead_in(lba));
        }
        let Some(track) = self.track_at(lba) else { return self.in_lead_out(lba) };
        let index = index_at(track, lba);
        let absolute = Msf::from_lba(lba);
        let control = control_at(track, absolute);
        let position = self.code_at(track, index, lba).unwrap_or_else(|| Position::Program {
            track: track.number,
            index,
            relative: Msf::from_frames(lba.get().abs_diff(track.start.get())),
            absolute,
        });
        Subchannel::new(index == 0, &Q { control, position })
    }

    /// The entries of the table of contents, as the lead-in has them.
    #[must_use]
    pub fn contents(&self) -> Vec<(Control, u8, [u8; 3])> {
        let (first, last) = self.numbers();
        let control = |track: Option<&Track>| track.map_or(Control(0), |track| track.layout.control());
        let of_first = control(self.tracks.first());
        let of_last = control(self.tracks.last());
        let mut entries: Vec<(Control, u8, [u8; 3])> = self
            .tracks
            .iter()
            .map(|track| (track.layout.control(), track.number, Msf::from_lba(track.start).to_bcd()))
            .collect();
        entries.push((of_first, Position::FIRST_TRACK, [super::msf::to_bcd(first), self.disc_type, 0]));
        entries.push((of_last, Position::LAST_TRACK, [super::msf::to_bcd(last), 0, 0]));
        entries.push((of_last, Position::START_OF_LEAD_OUT, Msf::from_lba(self.lead_out).to_bcd()));
        entries
    }

    /// Each entry three times, all of them again and again, so that the lead-in ends with the last.
    fn lead_in(&self, lba: Lba) -> Q {
        let entries = self.contents();
        let from_end = (lba.get().abs_diff(self.start().get()) - 1) / 3;
        let at = entries.len() - 1 - from_end as usize % entries.len();
        let (control, point, entry) = entries[at];
        Q { control, position: Position::Contents { point, running: Msf::from_lba(lba), entry } }
    }

    fn in_lead_out(&self, lba: Lba) -> Subchannel {
        let behind = lba.get().abs_diff(self.lead_out.get());
        let control = self.tracks.last().map_or(Control(0), |track| control_at(track, Msf::from_lba(lba)));
        let position = Position::Program {
            track: Position::LEAD_OUT,
            index: 1,
            relative: Msf::from_frames(behind),
            absolute: Msf::from_lba(lba),
        };
        // After two seconds P blinks twice a second (IEC 60908 17.4).
        let p = behind >= 150 && ((behind - 150) * 4 / 75).is_multiple_of(2);
        Subchannel::new(p, &Q { control, position })
    }

    /// In one of 100 sectors the catalog number stands in place of the position, and in another the recording code;
    /// never where an index begins.
    fn code_at(&self, track: &Track, index: u8, lba: Lba) -> Option<Position> {
        let frame = Msf::from_lba(lba).frame;
        let position = match lba.get().rem_euclid(100) {
            99 => Position::Catalog { number: self.catalog?, frame },
            49 if index > 0 => Position::Isrc { code: track.layout.isrc?, frame },
            _ => return None,
        };
        let same = |lba: Lba| lba >= track.pregap && lba < track.end && index_at(track, lba) == index;
        let neighbours = [Lba::new(lba.get() - 1), Lba::new(lba.get() + 1)];
        neighbours.into_iter().all(same).then_some(position)
    }
}

pub(crate) const fn is_mode_2(kind: SectorType) -> bool {
    !matches!(kind, SectorType::Audio | SectorType::ModeZero | SectorType::Mode1 | SectorType::Mode1Raw)
}

fn index_at(track: &Track, lba: Lba) -> u8 {
    match lba.since(track.start) {
        None => 0,
        Some(behind) => 1 + track.layout.indexes.partition_point(|index| *index <= behind) as u8,
    }
}

fn control_at(track: &Track, absolute: Msf) -> Control {
    let control = track.layout.control();
    if track.layout.copy == DigitalCopy::Scms && absolute.frames() / 4 % 2 == 1 {
        return Control(control.0 & !Control::COPY.0);
    }
    control
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audio(pregap: u32, sectors: u32) -> TrackLayout {
        TrackLayout { pregap, ..TrackLayout::new(SectorType::Audio, sectors) }
    }

    fn q(program: &Program, lba: i32) -> (bool, Q) {
        let channels = Subchannel::parse(&program.subchannel(Lba::new(lba)).encode());
        (channels.p, Q::parse(&channels.q).unwrap())
    }

    fn position(program: &Program, lba: i32) -> (bool, u8, u8, u32) {
        match q(program, lba) {
            (p, Q { position: Position::Program { track, index, relative, absolute }, .. }) => {
                assert_eq!(absolute.to_lba(), Lba::new(lba));
                (p, track, index, relative.frames())
            }
            (_, other) => panic!("{other:?}"),
        }
    }

    fn two_tracks() -> Program {
        let first = TrackLayout {
            indexes: vec![100, 250],
            isrc: Some("USRC17607839".parse().unwrap()),
            ..audio(150, 350)
        };
        let second = TrackLayout { copy: DigitalCopy::Scms, pre_emphasis: true, ..audio(75, 400) };
        let mut program = Program::new(Lba::new(-150), 1, vec![first, second]).unwrap();
        program.catalog = Some("4006381333931".parse().unwrap());
        program
    }

    #[test]
    fn positions_in_the_program() {
        let program = two_tracks();
        assert_eq!(position(&program, -150), (true, 1, 0, 150));
        assert_eq!(position(&program, -2), (true, 1, 0, 2));
        assert_eq!(position(&program, 0), (false, 1, 1, 0));
        assert_eq!(position(&program, 100), (false, 1, 2, 100));
        assert_eq!(position(&program, 250), (false, 1, 3, 250));
        assert_eq!(position(&program, 350), (true, 2, 0, 75));
        assert_eq!(position(&program, 425), (false, 2, 1, 0));
        assert_eq!(position(&program, 825), (false, 0xAA, 1, 0));
        assert_eq!(position(&program, 825 + 150), (true, 0xAA, 1, 150));
        assert_eq!(position(&program, 825 + 150 + 19), (false, 0xAA, 1, 169));
        assert!(matches!(q(&program, 149).1.position, Position::Isrc { .. }));
        assert!(matches!(q(&program, 449).1.position, Position::Program { .. }), "no code there");
        assert!(matches!(q(&program, 299).1.position, Position::Catalog { frame: 74, .. }));
        // Index 2 begins at 100, so that 99 tells the position.
        assert_eq!(position(&program, 99), (false, 1, 1, 99));
        let copies: Vec<u8> = (426..440).map(|lba| q(&program, lba).1.control.0).collect();
        assert_eq!(copies, [3, 3, 3, 3, 1, 1, 1, 1, 3, 3, 3, 3, 1, 1]);
    }

    #[test]
    fn contents_in_the_lead_in() {
        let program = two_tracks();
        let points: Vec<_> = (-165..-150)
            .map(|lba| match q(&program, lba).1.position {
                Position::Contents { point, entry, .. } => (point, entry),
                other => panic!("{other:?}"),
            })
            .collect();
        let expected = [
            (1, [0x00, 0x02, 0x00]),
            (2, [0x00, 0x07, 0x50]),
            (0xA0, [1, 0, 0]),
            (0xA1, [2, 0, 0]),
            (0xA2, [0x00, 0x13, 0x00]),
        ];
        for (three, expected) in points.chunks(3).zip(expected) {
            assert_eq!(three, [expected; 3]);
        }
        assert!(matches!(q(&program, -22_650).1.position, Position::Contents { .. }));
    }

    #[test]
    fn what_is_no_session() {
        let new = |layouts| Program::new(Lba::new(-150), 1, layouts);
        assert_eq!(new(vec![]), Err(BadProgram::NoTracks));
        assert_eq!(new(vec![audio(150, 300); 100]), Err(BadProgram::TooManyTracks));
        assert_eq!(new(vec![audio(150, 299)]), Err(BadProgram::ShortTrack { track: 1, sectors: 299 }));
        assert_eq!(new(vec![audio(149, 300)]), Err(BadProgram::ShortPregap { sectors: 149 }));
        assert_eq!(new(vec![audio(150, 404_851)]), Err(BadProgram::TooLong));
        for indexes in [vec![0], vec![300], vec![5, 5], (1..100).collect()] {
            let track = TrackLayout { indexes, ..audio(150, 300) };
            assert_eq!(new(vec![track]), Err(BadProgram::Index { track: 1 }));
        }
        let data = TrackLayout { pregap: 150, ..TrackLayout::new(SectorType::Mode2Form1, 300) };
        assert_eq!(new(vec![data]).unwrap().disc_type, 0x20);
    }
}
