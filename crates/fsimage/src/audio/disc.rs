use std::collections::BTreeSet;
use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use mmc_device::Lba;
use mmc_device::cd::{
    BadCatalog, BadProgram, Block, CdText, DigitalCopy, MOST_TRACKS, MediaCatalogNumber, PREGAP, Pack,
    PackType, Program, RAW_BYTES, SHORTEST_TRACK, SectorType, TrackLayout,
};
use sector_io::RawLayout;

use super::first_sector;
use super::reader::DiscReader;
use super::sound::SoundFile;
use super::{CueProblem, SoundProblem};
use crate::cue_sheet::{
    CueFile, CueIndex, CueSheet, CueText, CueTrack, FileKind, LONGEST, TrackMode, check_characters, find_file,
};
use crate::progress::Stage;
use crate::{Control, Error, Result};

/// Language code of texts in cue sheets, which do not tell theirs: English.
const LANGUAGE: u8 = 0x09;
/// Sectors that are looked at in one go.
const CHECKED: u32 = 64;
/// Longest file of CD-TEXT packs: eight blocks of 256, a header, and a zero.
const LONGEST_CD_TEXT: u64 = 8 * 256 * 18 + 5;

/// A disc to be recorded: from a cue sheet, or from files of sound, a track each.
#[derive(Clone, Debug)]
pub struct AudioDisc {
    sessions: Vec<DiscSession>,
    pub(super) files: Vec<SoundFile>,
    catalog: Option<MediaCatalogNumber>,
    cd_text: Option<CdText>,
    notices: Vec<AudioNotice>,
}

/// A session of it.
#[derive(Clone, Debug)]
pub struct DiscSession {
    first_number: u8,
    tracks: Vec<TrackLayout>,
    /// Sectors of each track's pregap that a file holds: its last ones.
    held: Vec<u32>,
    pub(super) segments: Vec<Segment>,
}

/// Sectors of one kind, one behind the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) sectors: u32,
    pub(super) kind: SectorType,
    pub(super) content: Content,
    /// Whether they lie in front of their track, and not in it.
    pub(super) is_pregap: bool,
}

/// Where they come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Zeros.
    Nothing,
    /// A file, from this byte of its samples or sectors on.
    File { file: usize, offset: u64, layout: Option<RawLayout> },
}

/// Something that was changed or left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AudioNotice {
    /// A file does not end with a sector; zeros were put behind it, which is silence where it is sound.
    Padded {
        /// The file.
        path: PathBuf,
        /// Bytes of zeros.
        bytes: u64,
    },
    /// A track was shorter than four seconds; zeros were put behind it, which is silence where it is sound.
    Lengthened {
        /// The track.
        track: u8,
        /// Sectors of zeros.
        sectors: u32,
    },
    /// Between tracks of different kinds there was less than two seconds; a pregap was put in.
    GapAdded {
        /// The track behind it.
        track: u8,
        /// Sectors of it.
        sectors: u32,
    },
    /// What recording track at once cannot put onto the disc.
    NotTrackAtOnce {
        /// What is left out.
        what: &'static str,
    },
    /// The drive does not record CD-TEXT; the disc has none.
    WithoutCdText,
    /// What a file has in front of its first track (INDEX 01, without an INDEX 00) was left out.
    LeftOut {
        /// The file.
        path: PathBuf,
        /// Sectors of it.
        sectors: u32,
    },
    /// The last digit of the catalog number does not check the others; it is recorded as it stands there.
    CatalogUnchecked {
        /// The number.
        number: MediaCatalogNumber,
    },
    /// The texts of the cue sheet, and the file with CD-TEXT that it names, were left out.
    CdTextLeftOut,
    /// Texts of the cue sheet were left out, since a file with CD-TEXT is named (CDTEXTFILE).
    TextsLeftOut,
    /// That file has texts of a track that the disc does not have.
    TextsOfNoTrack {
        /// The track.
        track: u8,
    },
    /// `REM SESSION` that begins no session.
    NoSession {
        /// Its line.
        line: u32,
    },
    /// A line of the cue sheet that is not understood.
    Ignored {
        /// Its number.
        line: u32,
        /// The command.
        command: String,
    },
}

impl fmt::Display for AudioNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AudioNotice::Padded { path, bytes } => {
                write!(f, "{}: {bytes} bytes of zeros fill its last sector", path.display())
            }
            AudioNotice::Lengthened { track, sectors } => {
                write!(f, "track {track}: {sectors} sectors of zeros make it four seconds long")
            }
            AudioNotice::GapAdded { track, sectors } => {
                write!(
                    f,
                    "track {track}: {sectors} sectors of pregap, as its kind is another than the one before"
                )
            }
            AudioNotice::NotTrackAtOnce { what } => {
                write!(f, "{what} left out: track at once has no place for it")
            }
            AudioNotice::WithoutCdText => f.write_str("the drive takes no CD-TEXT; the disc has none"),
            AudioNotice::LeftOut { path, sectors } => {
                write!(f, "{}: {sectors} sectors in front of its first INDEX are left out", path.display())
            }
            AudioNotice::CatalogUnchecked { number } => write!(
                f,
                "CATALOG {number} is recorded as it is; its last digit, which checks the others, would be {}",
                number.check_digit()
            ),
            AudioNotice::CdTextLeftOut => {
                f.write_str("the texts of the cue sheet are left out: no CD-TEXT is recorded")
            }
            AudioNotice::TextsLeftOut => {
                f.write_str("the texts of the cue sheet are left out: those of CDTEXTFILE are recorded")
            }
            AudioNotice::TextsOfNoTrack { track } => {
                write!(f, "CDTEXTFILE has texts of track {track}, which the disc does not have")
            }
            AudioNotice::NoSession { line } => write!(
                f,
                "line {line}: REM SESSION begins no session: a track is needed on both sides, and a later number"
            ),
            AudioNotice::Ignored { line, command } => write!(f, "line {line}: {command} is not known"),
        }
    }
}

impl AudioDisc {
    /// The disc that a cue sheet describes. Sound files are looked into, sectors are not read.
    ///
    /// # Errors
    /// [`Error::CueSheet`], [`Error::Sound`], [`Error::SourceRead`].
    pub fn from_cue_sheet(path: &Path) -> Result<AudioDisc> {
        AudioDisc::of_sheet(path, true)
    }

    /// The same without CD-TEXT, so that nothing of the texts can be wrong.
    ///
    /// # Errors
    /// As [`AudioDisc::from_cue_sheet`].
    pub fn from_cue_sheet_without_texts(path: &Path) -> Result<AudioDisc> {
        AudioDisc::of_sheet(path, false)
    }

    fn of_sheet(path: &Path, with_texts: bool) -> Result<AudioDisc> {
        let failed = |source| Error::SourceRead { path: path.to_owned(), source };
        let wrong = |problem| Error::CueSheet { path: path.to_owned(), problem };
        let mut text = Vec::new();
        let file = std::fs::File::open(path).map_err(failed)?;
        file.take(LONGEST + 1).read_to_end(&mut text).map_err(failed)?;
        if text.len() as u64 > LONGEST {
            return Err(wrong(CueProblem::Sheet(format!("more than {LONGEST} bytes are too long for one"))));
        }
        let sheet = CueSheet::parse(&text).map_err(|what| wrong(CueProblem::Sheet(what)))?;
        check_characters(&text).map_err(|what| wrong(CueProblem::Sheet(what)))?;
        sheet.check_repeated().map_err(|what| wrong(CueProblem::Sheet(what)))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut files = Vec::new();
        for named in &sheet.files {
            files.push(SoundFile::open(&find_file(folder, &named.name), named.kind)?);
        }
        sheet.files.iter().try_for_each(check_indexes).map_err(|what| wrong(CueProblem::Sheet(what)))?;
        for (named, file) in sheet.files.iter().zip(&files) {
            if let Some((_, what)) = named.beyond(file.bytes).next() {
                return Err(wrong(CueProblem::Sheet(what)));
            }
        }
        let mut disc = Builder::new(files).build(&sheet).map_err(wrong)?;
        sheet.check_track_numbers().map_err(|what| wrong(CueProblem::Sheet(what)))?;
        if let Some(catalog) = &sheet.catalog {
            let bad = |source: BadCatalog| wrong(CueProblem::Catalog { text: catalog.clone(), source });
            let number = MediaCatalogNumber::unchecked(catalog).map_err(bad)?;
            if !number.is_checked() {
                disc.notices.push(AudioNotice::CatalogUnchecked { number });
            }
            disc.catalog = Some(number);
        }
        disc.cd_text = match &sheet.cd_text_file {
            _ if !with_texts => {
                disc.notices.extend(sheet.has_cd_text().then_some(AudioNotice::CdTextLeftOut));
                None
            }
            Some(name) => {
                let path = find_file(folder, name);
                let packs = read_cd_text(&path)?;
                disc.notices.extend(beside_packs(&sheet, &packs));
                Some(packs)
            }
            None => cd_text(&sheet).map_err(wrong)?,
        };
        disc.packs().map_err(wrong)?;
        Ok(disc)
    }

    /// A disc of files of sound, a track each, two seconds apart.
    ///
    /// # Errors
    /// [`Error::Sound`], [`Error::SourceRead`], [`Error::CueSheet`] for more than 99.
    pub fn from_files(paths: &[PathBuf]) -> Result<AudioDisc> {
        let mut files = Vec::new();
        let mut sheet = CueSheet::default();
        for (path, number) in paths.iter().zip(1u16..) {
            files.push(SoundFile::open(path, FileKind::Sound)?);
            let gap = if number == 1 { 0 } else { PREGAP };
            let track = CueTrack { number, session: 1, gap, index_1: Some(0), ..CueTrack::default() };
            let (name, tracks, indexes) = (String::new(), vec![track], Vec::new());
            sheet.files.push(CueFile { name, kind: FileKind::Sound, tracks, indexes });
        }
        let path = || paths.first().cloned().unwrap_or_default();
        Builder::new(files).build(&sheet).map_err(|problem| Error::CueSheet { path: path(), problem })
    }

    /// Its sessions.
    #[must_use]
    pub fn sessions(&self) -> &[DiscSession] {
        &self.sessions
    }

    /// Its catalog number.
    #[must_use]
    pub fn catalog(&self) -> Option<MediaCatalogNumber> {
        self.catalog
    }

    /// Its texts.
    #[must_use]
    pub fn cd_text(&self) -> Option<&CdText> {
        self.cd_text.as_ref()
    }

    /// The packs of its texts, which lie in the lead-in of its first session.
    pub(crate) fn packs(&self) -> Result<Vec<Pack>, CueProblem> {
        let (Some(text), [first, ..]) = (&self.cd_text, &self.sessions[..]) else { return Ok(Vec::new()) };
        let last = usize::from(first.first_number) + first.tracks.len() - 1;
        Ok(text.encode(first.first_number, last as u8)?)
    }

    /// What was changed or left out.
    #[must_use]
    pub fn notices(&self) -> &[AudioNotice] {
        &self.notices
    }

    /// Whether there is nothing but sound in it.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let mut tracks = self.sessions.iter().flat_map(|session| &session.tracks);
        tracks.all(|track| track.kind.is_audio())
    }

    /// The places of a session's tracks, the first one's pregap beginning at `start`: block -150 on a blank disc.
    ///
    /// # Errors
    /// [`BadProgram`].
    pub fn program(&self, session: &DiscSession, start: Lba) -> Result<Program, BadProgram> {
        let mut program = Program::new(start, session.first_number, session.tracks.clone())?;
        program.catalog = self.catalog;
        Ok(program)
    }

    /// The sectors of a session, from its first pregap on.
    #[must_use]
    pub fn reader(&self, session: &DiscSession) -> DiscReader<'_> {
        DiscReader::new(self, session.segments.clone())
    }

    /// Reads once what only reading shows to be damaged, before a disc is spent on it: compressed sound, and sectors with
    /// headers. Of other sectors, the beginning of each track is looked at.
    ///
    /// # Errors
    /// As [`DiscReader::read`]; [`Error::Sound`] where a track of data is none of the kind that is stated;
    /// [`Error::Cancelled`].
    pub(crate) fn check_sources(&self, control: &Control) -> Result<()> {
        let mut suspects = Vec::new();
        // The first pregap lies before sector 0. Between sessions there is more than this counts.
        let mut behind = 0u32;
        for segment in self.sessions.iter().flat_map(|session| &session.segments) {
            let first = behind.saturating_sub(PREGAP);
            behind = behind.saturating_add(segment.sectors);
            let Content::File { file, offset, layout } = segment.content else { continue };
            if let Some(layout) = layout.filter(|_| !segment.is_pregap) {
                first_sector::check(&self.files[file], offset, layout, first)?;
            }
            let has_headers = matches!(layout, Some(RawLayout::Full | RawLayout::WithSubchannel));
            if has_headers || self.files[file].is_compressed() {
                suspects.push(*segment);
            }
        }
        let total = suspects.iter().map(|segment| u64::from(segment.sectors)).sum();
        let mut reader = DiscReader::new(self, suspects);
        let (mut done, mut run) = (0, Vec::new());
        while let Some(kind) = reader.read(CHECKED, &mut run)? {
            control.check("nothing was written")?;
            done += (run.len() / kind.user_bytes()) as u64;
            control.report(Stage::Validating, done, total);
        }
        Ok(())
    }
}

impl DiscSession {
    /// Number of its first track.
    #[must_use]
    pub fn first_number(&self) -> u8 {
        self.first_number
    }

    /// Its tracks.
    #[must_use]
    pub fn tracks(&self) -> &[TrackLayout] {
        &self.tracks
    }

    /// Sectors of a track's pregap that a file holds. They are its last ones; those before are silence.
    #[must_use]
    pub fn held_pregap(&self, index: usize) -> u32 {
        self.held.get(index).copied().unwrap_or(0)
    }

    /// Sectors of it, the first pregap included.
    #[must_use]
    pub fn sectors(&self) -> u32 {
        self.segments.iter().map(|segment| segment.sectors).sum()
    }
}

struct Builder {
    files: Vec<SoundFile>,
    notices: Vec<AudioNotice>,
    sessions: Vec<DiscSession>,
}

impl Builder {
    fn new(files: Vec<SoundFile>) -> Builder {
        Builder { files, notices: Vec::new(), sessions: Vec::new() }
    }

    fn build(mut self, sheet: &CueSheet) -> Result<AudioDisc, CueProblem> {
        let wrong = |what: String| Err(CueProblem::Sheet(what));
        let all: Vec<(usize, &CueTrack)> = (0..)
            .zip(&sheet.files)
            .flat_map(|(file, named)| named.tracks.iter().map(move |track| (file, track)))
            .collect();
        if all.len() > MOST_TRACKS {
            return Err(BadProgram::TooManyTracks.into());
        }
        for (named, file) in sheet.files.iter().zip(&self.files) {
            let sectors = named.indexes.first().map_or(0, |index| index.at);
            if sectors > 0 {
                self.notices.push(AudioNotice::LeftOut { path: file.path.clone(), sectors });
            }
        }
        let (mut number, mut session) = (0u16, 0);
        for (index, &(file, track)) in all.iter().enumerate() {
            if number != 0 && track.number != number + 1 || !(1..=99).contains(&track.number) {
                return wrong(format!("track {} does not follow track {number}", track.number));
            }
            number = track.number;
            if track.session != session {
                session = track.session;
                let first_number = number as u8;
                self.sessions.push(DiscSession {
                    first_number,
                    tracks: Vec::new(),
                    held: Vec::new(),
                    segments: Vec::new(),
                });
            }
            let next = all.get(index + 1).copied();
            self.track(file, track, next)?;
        }
        self.notices.extend(sheet.idle_sessions.iter().map(|&line| AudioNotice::NoSession { line }));
        self.notices.extend(
            sheet
                .unknown
                .iter()
                .map(|(line, command)| AudioNotice::Ignored { line: *line, command: command.clone() }),
        );
        let Builder { files, notices, sessions } = self;
        Ok(AudioDisc { sessions, files, catalog: None, cd_text: None, notices })
    }

    fn track(
        &mut self,
        file: usize,
        track: &CueTrack,
        next: Option<(usize, &CueTrack)>,
    ) -> Result<(), CueProblem> {
        let number = track.number as u8;
        let wrong = |what: String| CueProblem::Sheet(format!("track {number}: {what}"));
        let kind = match track.mode {
            TrackMode::Audio => SectorType::Audio,
            TrackMode::Mode1(_) => SectorType::Mode1,
            TrackMode::Mode2(_) => SectorType::Mode2Form2,
        };
        let step = track.layout().map_or(RAW_BYTES as u64, |layout| layout.sector_bytes() as u64);
        let start = track.index_1.unwrap_or(0);
        let begin = track.begin();
        let end = match next {
            Some((of, next)) if of == file => next.begin(),
            // The end of the file is the pregap of a track in the next one.
            Some((of, CueTrack { pregap_before: Some(at), .. })) if of == file + 1 => *at,
            _ => {
                if let Some(found) = self.files.get(file).filter(|_| kind != SectorType::Audio)
                    && found.bytes % step != 0
                {
                    let (path, bytes) = (found.path.display(), found.bytes);
                    return Err(wrong(format!(
                        "{path} has {bytes} bytes, which are no sectors of {step} bytes"
                    )));
                }
                self.sectors_of(file, step).ok_or_else(|| wrong("its file is too long".to_owned()))?
            }
        };
        let backwards = || wrong("its indexes, or those of the next track, go backwards".to_owned());
        let mut sectors = end.checked_sub(start).ok_or_else(backwards)?;
        let from_file = start.checked_sub(begin).ok_or_else(backwards)?;
        let before = match track.pregap_before {
            Some(at) => {
                let behind = file.checked_sub(1).and_then(|before| self.sectors_of(before, RAW_BYTES as u64));
                let sectors = behind.and_then(|end| end.checked_sub(at)).ok_or_else(backwards)?;
                Some((at, sectors))
            }
            None => None,
        };
        let mut indexes = Vec::new();
        for mark in &track.marks {
            indexes.push(mark.checked_sub(start).filter(|offset| *offset > 0).ok_or_else(backwards)?);
        }

        let Some(session) = self.sessions.last_mut() else { return Ok(()) };
        let is_first = session.tracks.is_empty();
        // What lies between sessions the drive makes; on the disc each session begins with two seconds.
        let mut silence = match is_first {
            true if self.sessions.len() > 1 => PREGAP,
            true => track.gap.max(PREGAP),
            false => track.gap,
        };
        let Some(session) = self.sessions.last_mut() else { return Ok(()) };
        let held = from_file + before.map_or(0, |(_, sectors)| sectors);
        let changes = session.tracks.last().is_some_and(|track| track.kind != kind);
        if changes && silence + held < PREGAP {
            let missing = PREGAP - silence - held;
            silence += missing;
            self.notices.push(AudioNotice::GapAdded { track: number, sectors: missing });
        }
        let pregap = silence.checked_add(held).ok_or(CueProblem::Program(BadProgram::TooLong))?;

        let mut push = |sectors: u32, content: Content, is_pregap: bool| {
            if sectors > 0 {
                session.segments.push(Segment { sectors, kind, content, is_pregap });
            }
        };
        let layout = track.layout();
        let at = |file: usize, sector: u32| Content::File { file, offset: u64::from(sector) * step, layout };
        push(silence, Content::Nothing, true);
        if let Some((sector, sectors)) = before {
            push(sectors, at(file - 1, sector), true);
        }
        push(from_file, at(file, begin), true);
        push(sectors, at(file, start), false);
        let stated = track.gap_behind.unwrap_or(0);
        let behind = stated.max(SHORTEST_TRACK.saturating_sub(sectors));
        if behind > stated {
            let sectors = behind - stated;
            self.notices.push(AudioNotice::Lengthened { track: number, sectors });
        }
        push(behind, Content::Nothing, false);
        sectors = sectors.checked_add(behind).ok_or(CueProblem::Program(BadProgram::TooLong))?;

        let isrc = match &track.isrc {
            None => None,
            Some(text) => Some(text.parse().map_err(|source| CueProblem::Isrc {
                track: track.number,
                text: text.clone(),
                source,
            })?),
        };
        session.held.push(held);
        session.tracks.push(TrackLayout {
            pregap,
            indexes,
            copy: match (track.flags.scms, track.flags.copy) {
                (true, _) => DigitalCopy::Scms,
                (false, true) => DigitalCopy::Permitted,
                (false, false) => DigitalCopy::Prohibited,
            },
            pre_emphasis: track.flags.pre_emphasis,
            four_channels: track.flags.four_channels,
            isrc,
            ..TrackLayout::new(kind, sectors)
        });
        Ok(())
    }

    /// Sectors of a file, the last of which may be filled up.
    fn sectors_of(&mut self, file: usize, step: u64) -> Option<u32> {
        let file = self.files.get(file)?;
        let missing = (step - file.bytes % step) % step;
        let notice = AudioNotice::Padded { path: file.path.clone(), bytes: missing };
        if missing > 0 && !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
        u32::try_from(file.bytes.div_ceil(step)).ok()
    }
}

/// That a file has tracks, and that the marks within each have the numbers that discs give them: 2, 3 and so on.
fn check_indexes(file: &CueFile) -> Result<(), String> {
    if file.tracks.is_empty() && file.indexes.is_empty() && !file.name.is_empty() {
        return Err(format!("FILE {:?}: no track is in it", file.name));
    }
    for pair in file.indexes.windows(2) {
        let [before, index] = pair else { continue };
        if index.track == before.track && index.number > 1 && index.number != before.number + 1 {
            let CueIndex { line, number, .. } = index;
            return Err(format!("line {line}: INDEX {number:02} does not follow INDEX {:02}", before.number));
        }
        if index.track == before.track && index.number > 1 && index.at == before.at {
            let CueIndex { line, track, number, at, .. } = index;
            return Err(format!(
                "line {line}: INDEX {number:02} of track {track} is sector {at} of the file, as INDEX {:02} is: what lies \
                 between two indexes has a sector at least",
                before.number
            ));
        }
        // Of one track they may stand in any order, and those of the next come behind all of them.
        let is_behind = index.track != before.track || index.number > before.number;
        if is_behind && index.at < before.at {
            let CueIndex { line, track, number, at, .. } = index;
            let (before_track, before_number, before_at) = (before.track, before.number, before.at);
            return Err(format!(
                "line {line}: indexes go backwards: INDEX {number:02} of track {track} is sector {at} of the file, and INDEX \
                 {before_number:02} of track {before_track} before it is sector {before_at}"
            ));
        }
    }
    Ok(())
}

/// What is to be said where a file with CD-TEXT is named.
fn beside_packs(sheet: &CueSheet, packs: &CdText) -> Vec<AudioNotice> {
    let tracks = || sheet.files.iter().flat_map(|file| &file.tracks);
    let mut notices = Vec::new();
    if sheet.has_texts() {
        notices.push(AudioNotice::TextsLeftOut);
    }
    let last = tracks().map(|track| track.number).max().unwrap_or(0);
    let of_packs = packs.blocks.iter().flat_map(|block| block.texts.keys().map(|(_, track)| *track));
    let others: BTreeSet<u8> = of_packs.filter(|track| u16::from(*track) > last).collect();
    notices.extend(others.into_iter().map(|track| AudioNotice::TextsOfNoTrack { track }));
    notices
}

/// The texts of a cue sheet as CD-TEXT; `None` where there are none.
fn cd_text(sheet: &CueSheet) -> Result<Option<CdText>, CueProblem> {
    let mut block = Block { language: LANGUAGE, ..Block::default() };
    let tracks = sheet.files.iter().flat_map(|file| &file.tracks);
    let of_tracks = tracks.map(|track| (u8::try_from(track.number).unwrap_or(u8::MAX), &track.texts));
    for (track, texts) in std::iter::once((0, &sheet.texts)).chain(of_tracks) {
        for (kind, CueText { line, command, text }) in texts {
            let put = match *kind {
                PackType::GENRE if track > 0 => Ok(()),
                // Number 0: no genre of the list, which cue sheets do not name.
                PackType::GENRE => block.characters.encode(text).map(|bytes| block.genre = Some((0, bytes))),
                _ if text.is_empty() => Ok(()),
                kind => block.put(kind, track, text),
            };
            let (line, command, of) = (*line, command, (track > 0).then_some(track));
            put.map_err(|source| CueProblem::Text { line, command: command.clone(), track: of, source })?;
        }
    }
    let is_empty = block.texts.is_empty() && block.genre.is_none();
    Ok((!is_empty).then(|| CdText { blocks: vec![block] }))
}

fn read_cd_text(path: &Path) -> Result<CdText> {
    let failed = |source| Error::SourceRead { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(LONGEST_CD_TEXT + 1).read_to_end(&mut bytes).map_err(failed)?;
    let wrong = |problem| Error::CueSheet { path: path.to_owned(), problem };
    let packs = CdText::parse(&bytes).map_err(|problem| wrong(problem.into()))?;
    match packs.blocks.is_empty() {
        true => Err(wrong(CueProblem::Sheet("there is no CD-TEXT in it".to_owned()))),
        false => Ok(packs),
    }
}

/// Damage in a source's sectors.
pub(super) fn damaged(path: &Path, what: String) -> Error {
    Error::Sound { path: path.to_owned(), problem: SoundProblem::Damaged(what) }
}
