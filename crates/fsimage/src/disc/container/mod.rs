//! Image files whose bytes are not the sectors of a disc one behind another: raw sectors, cue sheets with the
//! files that they name, Nero images, and images that begin somewhere in a file.

mod nrg;
mod tracks;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sector_io::{FileSectors, RawLayout, RawSectors, ReadSectors, Sector};

pub use self::tracks::ImageTrack;
use self::tracks::{PlacedTrack, TrackSectors};
use crate::cue_sheet::{CueFile, CueIndex, CueSheet, FileKind, LONGEST, TrackMode, find_file};
use crate::{Error, Result};

/// What an image file is, where it is not the sectors one behind another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Container {
    /// In words.
    pub format: String,
    /// The tracks, as the image's table of contents has them; none where it has none.
    pub tracks: Vec<ImageTrack>,
    /// The files that hold the sectors, where the file that was opened names them.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub files: Vec<PathBuf>,
    /// What of a cue sheet cannot be right, in words.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub findings: Vec<String>,
}

/// An opened image file.
pub(super) struct Opened {
    pub(super) source: Arc<dyn ReadSectors>,
    /// The file, where its bytes are the sectors.
    pub(super) file: Option<Arc<FileSectors>>,
    pub(super) container: Option<Container>,
}

/// Opens an image file of any kind that is known, or a block device.
///
/// # Errors
/// [`Error::ImageOpen`]; [`Error::Corrupt`] for a cue sheet or Nero image that is damaged;
/// [`Error::Unsupported`]; [`Error::ImportRead`].
pub(super) fn open(path: &Path) -> Result<Opened> {
    let file = open_file(path)?;
    let is_file = file.file().metadata().is_ok_and(|metadata| metadata.is_file());
    if is_file && has_extension(path, "cue") {
        return open_cue_sheet(path, &file);
    }
    if is_file && let Some(image) = nrg::read(&file)? {
        return in_tracks(image.format, &[file], &image.tracks, "chunks of a Nero image");
    }
    Ok(match RawLayout::detect(&file)? {
        None => Opened { source: file.clone(), file: Some(file), container: None },
        Some(layout) => raw(file, layout, 0),
    })
}

/// Opens an image that begins `offset` bytes behind the beginning of a file.
///
/// # Errors
/// As [`open`]; [`Error::InvalidArgument`] for an offset behind the end of the file.
pub(super) fn open_at(path: &Path, offset: u64) -> Result<Opened> {
    let file = open_file(path)?;
    if offset > file.bytes() {
        return Err(Error::InvalidArgument {
            argument: "offset".to_owned(),
            reason: format!("{} has only {} bytes", path.display(), file.bytes()),
        });
    }
    let layout = RawLayout::detect_at(&file, offset)?.unwrap_or(RawLayout::UserData);
    Ok(raw(file, layout, offset))
}

fn raw(file: Arc<FileSectors>, layout: RawLayout, offset: u64) -> Opened {
    let mut format = match layout {
        RawLayout::UserData => "an image inside a file".to_owned(),
        layout => format!("raw sectors of {} bytes", layout.sector_bytes()),
    };
    if offset > 0 {
        format.push_str(&format!(", from byte {offset}"));
    }
    let length = file.bytes().saturating_sub(offset);
    let source = Arc::new(RawSectors::within(file, layout, offset, length));
    Opened {
        source,
        file: None,
        container: Some(Container { format, tracks: Vec::new(), files: Vec::new(), findings: Vec::new() }),
    }
}

fn open_file(path: &Path) -> Result<Arc<FileSectors>> {
    let open_error = |source| Error::ImageOpen { path: path.to_owned(), source };
    let file = File::open(path).map_err(open_error)?;
    if file.metadata().map_err(open_error)?.is_dir() {
        return Err(open_error(std::io::ErrorKind::IsADirectory.into()));
    }
    let sectors = FileSectors::new(file).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotSeekable => {
            let reason = "it is a pipe, and images are read in any order: write it to a file first";
            open_error(std::io::Error::new(source.kind(), reason))
        }
        _ => open_error(source),
    })?;
    Ok(Arc::new(sectors))
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
}

fn in_tracks(
    format: &str,
    files: &[Arc<FileSectors>],
    tracks: &[PlacedTrack],
    structure: &'static str,
) -> Result<Opened> {
    let tracks = settled(files, tracks);
    let source = TrackSectors::new(files, &tracks).map_err(|detail| corrupt(0, structure, detail))?;
    let tracks = tracks.iter().map(|placed| placed.track.clone()).collect();
    let container = Container { format: format.to_owned(), tracks, files: Vec::new(), findings: Vec::new() };
    Ok(Opened { source: Arc::new(source), file: None, container: Some(container) })
}

/// Tracks of further sessions where the addresses in them say that they are. What lies between sessions is told by no
/// file, and programs count it differently.
fn settled(files: &[Arc<FileSectors>], tracks: &[PlacedTrack]) -> Vec<PlacedTrack> {
    let mut settled: Vec<PlacedTrack> = Vec::new();
    let (mut session, mut shift) = (1, 0i64);
    for placed in tracks {
        let mut placed = placed.clone();
        let end = settled.iter().map(|before| before.track.end()).max().unwrap_or(0);
        if placed.track.session != session && !placed.track.is_audio {
            session = placed.track.session;
            let found = files.get(placed.file).and_then(|file| start_by_volume(file, &placed));
            if let Some(start) = found.filter(|&start| start >= end) {
                shift = i64::from(start) - i64::from(placed.track.start);
            }
        }
        let start = i64::from(placed.track.start) + shift;
        if let Ok(start) = u32::try_from(start)
            && start.checked_add(placed.track.sectors).is_some()
        {
            placed.track.start = start;
        }
        settled.push(placed);
    }
    settled
}

/// Sectors behind a track's first in which its root directory is looked for.
const MOST_BEFORE_ROOT: u32 = 4096;

/// The first sector of a track, by the address that its root directory has of itself; `None` where there is none, or
/// the one that is assumed fits.
fn start_by_volume(file: &FileSectors, placed: &PlacedTrack) -> Option<u32> {
    use iso9660::directory::DirectoryRecord;
    let PlacedTrack { track, offset, layout, .. } = placed;
    let length = u64::from(track.sectors) * layout.sector_bytes() as u64;
    let sectors = RawSectors::within(file as &dyn ReadSectors, *layout, *offset, length);
    let mut sector = [0; sector_io::SECTOR_SIZE];
    let first = Sector::new(iso9660::volume::FIRST_DESCRIPTOR);
    sectors.read_sectors(first, &mut sector).ok()?;
    let root = iso9660::volume::PrimaryVolumeDescriptor::parse(&sector).ok()?.1.fields.root.extent;
    let mut is_root = |at: u32| {
        let read = sectors.read_sectors(Sector::new(at), &mut sector).is_ok();
        let own = DirectoryRecord::parse(&sector).ok().map(|(_, own)| (own.identifier == [0], own.extent));
        read && own == Some((true, root))
    };
    if root.get().checked_sub(track.start).is_some_and(&mut is_root) {
        return None;
    }
    let at =
        (iso9660::volume::FIRST_DESCRIPTOR..track.sectors.min(MOST_BEFORE_ROOT)).find(|&at| is_root(at))?;
    root.get().checked_sub(at)
}

/// Damage of a container, at a position in its file.
fn corrupt(offset: u64, structure: &'static str, detail: String) -> Error {
    let sector = u32::try_from(offset / sector_io::SECTOR_SIZE as u64).unwrap_or(u32::MAX);
    Error::Corrupt { sector: Sector::new(sector), structure, detail }
}

const CUE_SHEET: &str = "cue sheet";

fn open_cue_sheet(path: &Path, file: &FileSectors) -> Result<Opened> {
    let wrong = |detail: String| {
        let source = std::io::Error::new(std::io::ErrorKind::InvalidData, format!("{CUE_SHEET}: {detail}"));
        Error::ImageOpen { path: path.to_owned(), source }
    };
    if file.bytes() > LONGEST {
        return Err(wrong(format!("{} bytes are too long for one", file.bytes())));
    }
    let mut text = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut text));
    read.map_err(|source| Error::ImageOpen { path: path.to_owned(), source })?;
    let sheet = CueSheet::parse(&text).map_err(wrong)?;
    sheet.check_track_numbers().map_err(wrong)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut files = Vec::new();
    let mut paths = Vec::new();
    let mut lengths = Vec::new();
    for named in &sheet.files {
        let found = find_file(folder, &named.name);
        // Files with sound alone need not be there.
        let is_binary = named.kind != FileKind::Sound;
        if !is_binary && named.tracks.iter().all(|track| track.layout().is_none()) && !found.is_file() {
            lengths.push(None);
            files.push(None);
            continue;
        }
        // Neither pipes, which would wait for a writer, nor devices.
        if let Ok(metadata) = std::fs::metadata(&found)
            && !metadata.is_file()
        {
            let source = std::io::Error::new(std::io::ErrorKind::InvalidInput, "it is no regular file");
            return Err(Error::ImageOpen { path: found, source });
        }
        let opened = open_file(&found)?;
        lengths.push(is_binary.then_some(opened.bytes()));
        files.push(Some(opened));
        paths.push(found);
    }
    let tracks = place(&sheet.files, &lengths, &wrong)?;
    let findings = indexes_beyond(&sheet.files, &lengths).map_err(&wrong)?;
    // Tracks in files that are not there are sound, of which nothing is read.
    let mut numbers = Vec::new();
    let mut there = Vec::new();
    for file in files {
        numbers.push(there.len());
        there.extend(file);
    }
    let tracks: Vec<PlacedTrack> = tracks
        .into_iter()
        .map(|placed| PlacedTrack { file: numbers.get(placed.file).copied().unwrap_or(usize::MAX), ..placed })
        .collect();
    let mut opened = in_tracks("cue sheet", &there, &tracks, CUE_SHEET)?;
    if let Some(container) = &mut opened.container {
        container.findings = findings;
        container.files = paths;
    }
    Ok(opened)
}

/// What is to be said of indexes that are not in their files. Sound is not read, and other tracks can be had all the
/// same; it is an error where no track with data is left.
fn indexes_beyond(files: &[CueFile], lengths: &[Option<u64>]) -> Result<Vec<String>, String> {
    let is_data = |index: &CueIndex| index.number == 1 && index.mode != TrackMode::Audio;
    let data = files.iter().flat_map(|file| &file.indexes).filter(|index| is_data(index)).count();
    let lengths = lengths.iter().map(|length| length.unwrap_or(u64::MAX));
    let beyond: Vec<_> = files.iter().zip(lengths).flat_map(|(file, bytes)| file.beyond(bytes)).collect();
    let missing: Vec<_> = beyond.iter().filter(|(index, _)| is_data(index)).collect();
    match missing.first() {
        Some((_, what)) if missing.len() == data => Err(what.clone()),
        _ => Ok(beyond.into_iter().map(|(_, what)| what).collect()),
    }
}

/// Where the tracks of a cue sheet lie, in the files and on the disc.
fn place(
    files: &[CueFile],
    lengths: &[Option<u64>],
    wrong: &dyn Fn(String) -> Error,
) -> Result<Vec<PlacedTrack>> {
    let mut placed = Vec::new();
    // First sector on the disc of what comes next; `None` behind a file whose length in sectors is not known.
    let mut next = Some(0u32);
    for (file, (named, length)) in files.iter().zip(lengths).enumerate() {
        let mut offset = 0u64;
        for (index, track) in named.tracks.iter().enumerate() {
            let number = track.number;
            let (begin, layout) = (track.begin(), track.layout().unwrap_or(RawLayout::Full));
            let sector_bytes = layout.sector_bytes() as u64;
            let proper = track.index_1.unwrap_or(begin);
            let in_front = proper
                .checked_sub(begin)
                .ok_or_else(|| wrong(format!("track {number} begins before its pregap")))?;
            let following = named.tracks.get(index + 1);
            let whole = match (following, length) {
                (Some(following), _) => following
                    .begin()
                    .checked_sub(begin)
                    .filter(|&sectors| sectors >= in_front)
                    .ok_or_else(|| wrong(format!("track {} begins before track {number}", following.number)))?
                    .into(),
                (None, Some(length)) => length.saturating_sub(offset) / sector_bytes,
                (None, None) => 0,
            };
            let too_far = || wrong(format!("track {number} passes the last sector"));
            let whole = u32::try_from(whole).map_err(|_| too_far())?;
            let Some(at) = next else {
                if track.layout().is_none() {
                    continue;
                }
                let feature =
                    format!("track {number}, behind sound in a file whose length in sectors is not known");
                return Err(Error::Unsupported { feature });
            };
            // The gap in front of the first track comes before sector 0, if it holds data; sound may begin in it.
            let is_first = placed.is_empty();
            let gap = if is_first { 0 } else { track.gap };
            let pregap = if is_first && track.layout().is_some() { 0 } else { in_front };
            let start = at.checked_add(gap).and_then(|at| at.checked_add(pregap)).ok_or_else(too_far)?;
            let sectors = whole.saturating_sub(in_front);
            let end =
                start.checked_add(sectors).and_then(|end| end.checked_add(track.gap_behind.unwrap_or(0)));
            placed.push(PlacedTrack {
                track: ImageTrack {
                    number,
                    session: track.session,
                    start,
                    sectors,
                    sector_bytes: sector_bytes as u32,
                    is_audio: track.layout().is_none(),
                },
                file,
                offset: offset + u64::from(in_front) * sector_bytes,
                layout,
            });
            next =
                if following.is_none() && length.is_none() { None } else { Some(end.ok_or_else(too_far)?) };
            offset += u64::from(whole) * sector_bytes;
        }
    }
    Ok(placed)
}
