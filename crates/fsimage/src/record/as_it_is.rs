//! Files recorded as they are: a track each on media that are written once or sequentially, from sector 0 on others.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use mmc_device::cd::{PREGAP, SHORTEST_TRACK};
use mmc_device::{
    Abandoned, Drive, DriveError, Lba, MediumLeft, RecordingMode, SessionEnd, SessionRequest, Transport,
};
use multisession::FIRST_START;
use sector_io::{SECTOR_SIZE, Sector, SectorCount};

use super::audio::with_state;
use super::growing_disc::{format_told, not_closed, stopped};
use super::listening::heard;
use super::read_ahead::read_ahead;
use super::recorder_sink::RecorderSink;
use super::successors::{Before, SessionTakenAway};
use super::verification::{Comparer, NOT_VERIFIED, Samples, Verification, verifying};
use super::{Closing, OpenDrive, RecordingSpeed, Rotation, TrackSummary, drive_error};
use crate::address::sector_of_lba;
use crate::emit::{SectorSink, check_metadata};
use crate::head::Telling;
use crate::plan::SYSTEM_AREA;
use crate::progress::{Fill, Stage};
use crate::tree::modified_nanoseconds;
use crate::{Control, Error, Result};

/// Bytes that the kernel moves in one go.
const PIECE: u64 = 1 << 20;
/// Sectors that are read in one go.
const RUN: usize = 256;
/// Runs that wait for the drive: 16 MiB.
const QUEUE: usize = 32;

/// How a file is recorded as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AsItIsOptions {
    /// The reserved track that it goes into; `None` for a track of its own, in the session that is open, or a new one.
    pub track: Option<u16>,
    /// Record at once, as a session by itself: the session on CD; the whole of a blank DVD-R or DVD-RW.
    pub at_once: bool,
    /// What becomes of the disc when it is recorded at once. Otherwise its session stays open.
    pub closing: Closing,
    /// Do it all with the laser off, where drive and medium can. Nothing is verified.
    pub test_write: bool,
    /// Let a buffer that runs empty spoil the disc, even where the drive could go on behind it.
    pub without_underrun_protection: bool,
    /// The speed; `None` leaves it to the drive.
    pub speed: Option<RecordingSpeed>,
    /// How the medium is to turn; `None` leaves it to the drive.
    pub rotation: Option<Rotation>,
    /// Skip the verification that drives do by themselves, where they can be told to.
    pub streaming: bool,
    /// Announce the size (RESERVE TRACK), where the drive takes it.
    pub reserve: bool,
    /// How much is read back afterwards and compared.
    pub verify: Verification,
}

/// A file that was recorded as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedAsItIs {
    /// Its first sector on the medium.
    pub start: Sector,
    /// Its sectors; the last one is filled with zeros.
    pub sectors: u32,
    /// Sectors of zeros behind them, which the medium asked for.
    pub padding: u32,
    /// The size was to be announced ([`AsItIsOptions::reserve`]), and the drive did not take that.
    pub reservation_refused: bool,
    /// Sessions of before that lay behind it on a medium that can be overwritten, in the order of their sectors.
    pub taken_away: Vec<SessionTakenAway>,
}

/// A file that was looked at, to be recorded as it was then.
#[derive(Debug)]
pub struct FileAsItIs(Source);

impl FileAsItIs {
    /// Looks at a file, before a drive is opened for it.
    ///
    /// # Errors
    /// [`Error::SourceOpen`] for what is no file, or is empty.
    pub fn open(path: &Path) -> Result<FileAsItIs> {
        Source::open(path).map(FileAsItIs)
    }
}

impl OpenDrive {
    /// Records a file as it is, for instance an image that is ready. On a medium that is written once or sequentially it
    /// becomes a track; the session stays open for more of them until [`close`](OpenDrive::close), and nothing but the
    /// newest closed session is seen by readers. On a medium that can be overwritten it lies from sector 0 on, over what
    /// was there.
    ///
    /// # Errors
    /// [`Error::SourceOpen`], [`Error::SourceRead`]; [`Error::InvalidArgument`] for a volume of ISO 9660 whose addresses lead in
    /// front of its track; [`Error::Drive`] before anything is written; [`Error::Recording`] and
    /// [`Error::Cancelled`] say in what state the medium was left; [`Error::VerifyFailed`] for what does not read back.
    pub fn record_as_it_is(
        &mut self,
        path: &Path,
        options: &AsItIsOptions,
        control: &Control,
    ) -> Result<RecordedAsItIs> {
        let file = FileAsItIs(Source::open(path)?);
        self.record_file_as_it_is(&file, options, control)
    }

    /// As [`record_as_it_is`](OpenDrive::record_as_it_is), of a file that
    /// [`check_as_it_is`](OpenDrive::check_as_it_is) has looked at.
    ///
    /// # Errors
    /// The same, and [`Error::SourceChanged`] before anything is written where it is not what it was.
    pub fn record_file_as_it_is(
        &mut self,
        file: &FileAsItIs,
        options: &AsItIsOptions,
        control: &Control,
    ) -> Result<RecordedAsItIs> {
        crate::trace::span!("record_as_it_is");
        let FileAsItIs(source) = file;
        control.check("nothing was written")?;
        self.check_track(options.track)?;
        source.check_unchanged(&source.opened()?)?;
        source.check_addresses(self.start_of(options))?;
        let name = self.name().to_owned();
        let medium = self.medium().clone();
        let overwritten = self.is_overwritable() && options.track.is_none();
        let before = match overwritten && !options.test_write {
            true => self.before(source)?,
            false => Before::default(),
        };
        let asked_speed = options.speed.or(options.rotation.map(|_| RecordingSpeed::Fastest));
        let request = SessionRequest {
            closing: options.closing,
            mode: if options.at_once { RecordingMode::AtOnce } else { RecordingMode::Incremental },
            test_write: options.test_write,
            without_underrun_protection: options.without_underrun_protection,
            speed: asked_speed.map(|speed| speed.on(medium.profile)),
            rotation: options.rotation,
            streaming: options.streaming,
            reserve: options.reserve,
            ..SessionRequest::new(source.sectors)
        };
        let failed = |error| drive_error(&name, error);
        let end = heard(&mut self.sectors.drive(), control, |drive| -> Result<SessionEnd> {
            let takes_files = drive.transport().takes_files();
            let recorder = match overwritten || options.at_once {
                true => mmc_device::recorder(drive, &medium),
                false => mmc_device::track_recorder(drive, &medium, options.track),
            };
            let mut recorder = recorder.map_err(failed)?;
            let mut session = recorder.begin(&request).map_err(failed)?;
            let (start, telling) = match overwritten {
                true => (Lba::ZERO, source.telling()),
                false => (session.next_writable().map_err(failed)?, Vec::new()),
            };
            let start = sector_of_lba(start).unwrap_or(Sector::ZERO);
            let mut sink = RecorderSink::new(session, takes_files, &name, &telling);
            let written =
                sink.prelude(&before.zeros()).and_then(|()| source.write_to(&mut sink, start, control));
            let written = written.and_then(|()| sink.write_telling(&[]));
            let session = sink.into_session();
            if let Err(error) = written {
                return Err(match session.abandon() {
                    Ok(Abandoned { left: MediumLeft::Overwritten, blocks, format_stopped, .. })
                        if overwritten =>
                    {
                        let format = format_told(format_stopped);
                        with_state(
                            error,
                            format!(
                                "{blocks} sectors of the file are on the medium, from sector 0 on, over what was there, \
                                 but for its head and the anchor of UDF, which come last: readers find it blank, and it \
                                 can be written again{format}"
                            ),
                        )
                    }
                    Ok(Abandoned {
                        left: left @ (MediumLeft::Appendable | MediumLeft::Complete),
                        blocks,
                        ..
                    }) if options.at_once && blocks > 0 => {
                        let next =
                            if left == MediumLeft::Appendable { ", and another one can follow" } else { "" };
                        with_state(
                            error,
                            format!(
                                "{blocks} sectors of the file are on the medium, in a session that is closed{next}, with zeros \
                                 in place of the rest: nothing on the disc tells that later, and a file system in it passes \
                                 for whole"
                            ),
                        )
                    }
                    abandoned => stopped(error, abandoned, &name, medium.sessions.is_empty()),
                });
            }
            control.report(Stage::Finalising, 0, 0);
            let end = session.close().map_err(|error| not_closed(&name, error))?;
            Ok(if overwritten { SessionEnd { start: Lba::ZERO, ..end } } else { end })
        })?;
        let start = sector_of_lba(end.start).unwrap_or(Sector::ZERO);
        self.look_at_recorded()?;
        if options.verify != Verification::None && !options.test_write {
            let compared = compare(&mut self.sectors.drive(), &name, source, start, options.verify, control);
            compared.map_err(|error| match error {
                Error::Cancelled { .. } => Error::Cancelled { state: self.not_verified().to_owned() },
                error => error,
            })?;
        }
        Ok(RecordedAsItIs {
            start,
            sectors: source.sectors,
            padding: end.padding,
            reservation_refused: end.reservation_refused,
            taken_away: before.behind,
        })
    }

    /// What there was before a file is recorded from sector 0 on.
    fn before(&self, source: &Source) -> Result<Before> {
        let disc = self.disc()?;
        // What cannot be read has no successors, if that is for damage.
        if let Some(error) = disc.drive_failure() {
            return Err(Error::ImportRead(error));
        }
        Before::of(&disc, &source.path)
    }

    /// Looks whether these files can be recorded one behind another, before the first of them is: what
    /// [`record_as_it_is`](OpenDrive::record_as_it_is) would refuse of one only when others are on the medium. They
    /// are recorded by [`record_file_as_it_is`](OpenDrive::record_file_as_it_is), which notices what changes until
    /// then.
    ///
    /// # Errors
    /// [`Error::SourceOpen`], [`Error::SourceRead`]; [`Error::InvalidArgument`] for a volume of ISO 9660 whose addresses lead in
    /// front of its track; [`Error::Drive`] where they do not fit behind one another.
    pub fn check_as_it_is(
        &self,
        paths: &[impl AsRef<Path>],
        options: &AsItIsOptions,
    ) -> Result<Vec<FileAsItIs>> {
        self.check_track(options.track)?;
        let start = self.start_of(options);
        let mut first = start;
        let mut files = Vec::new();
        for path in paths {
            let source = Source::open(path.as_ref())?;
            source.check_addresses(first)?;
            let needed = (first - start).saturating_add(source.sectors);
            let available = self.medium().free_blocks;
            if first > start && needed > available {
                return Err(drive_error(self.name(), DriveError::TooLarge { needed, available }));
            }
            // The next one begins there, or behind: drives fill tracks up, and CDs have gaps between them.
            let medium = self.medium();
            let taken = match medium.profile.is_cd() {
                true => source.sectors.max(SHORTEST_TRACK).saturating_add(PREGAP),
                false => {
                    source.sectors.checked_next_multiple_of(medium.write_unit.max(1)).unwrap_or(u32::MAX)
                }
            };
            first = first.saturating_add(taken);
            files.push(FileAsItIs(source));
        }
        Ok(files)
    }

    /// That a medium with tracks has one of this number: whether that takes more, the drive knows.
    fn check_track(&self, number: Option<u16>) -> Result<()> {
        let tracks = &self.medium().tracks;
        match number.filter(|number| !tracks.is_empty() && tracks.iter().all(|track| track.number != *number))
        {
            None => Ok(()),
            Some(number) => Err(Error::InvalidArgument {
                argument: format!("track {number}"),
                reason: format!(
                    "the medium has no track of that number, but {}; 'fsimage drive reserve' tells those that \
                     it reserves",
                    numbers(tracks.iter().map(|track| track.number))
                ),
            }),
        }
    }

    /// What a verification that is given up leaves.
    fn not_verified(&self) -> &'static str {
        match self.has_open_session() {
            true => "the file is recorded, and its session is open; it was not verified in full",
            false => "the file is recorded; it was not verified in full",
        }
    }

    /// The first sector of what is recorded so.
    fn start_of(&self, options: &AsItIsOptions) -> u32 {
        match self.is_overwritable() && options.track.is_none() {
            true => 0,
            false => self.track_start(options.track),
        }
    }

    /// The first sector of a track that was reserved, or of one of its own.
    fn track_start(&self, track: Option<u16>) -> u32 {
        let medium = self.medium();
        let reserved = track.and_then(|number| medium.tracks.iter().find(|one| one.number == number));
        let start = reserved.map(|track| track.start).or(medium.next_writable);
        start.map_or(0, Lba::blocks_from_zero)
    }

    /// Reserves a track of `sectors` sectors, rounded up to whole units of recording, on a DVD-R, DVD-RW, DVD+R or BD-R:
    /// for [`AsItIsOptions::track`]. It belongs to the session that is open, or a new one, which stays open; nothing gives
    /// the room back.
    ///
    /// The track is `None` if the drive does not list it.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub fn reserve_track(&mut self, sectors: SectorCount) -> Result<Option<TrackSummary>> {
        let at = self.medium().next_writable;
        let reserved = mmc_device::reserve_track(&mut *self.sectors.drive(), sectors.get());
        let medium = reserved.map_err(|error| self.error(error))?;
        self.look_at_recorded()?;
        let track = medium.tracks.iter().find(|track| track.reserved && Some(track.start) == at);
        Ok(track.map(TrackSummary::of))
    }

    /// Has the drive measure the laser power for the medium (SEND OPC INFORMATION), which takes from the room that a medium
    /// has for that. Recordings do it by themselves where drives do not.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub fn calibrate_power(&mut self) -> Result<()> {
        let calibrated = self.sectors.drive().calibrate_power();
        calibrated.map_err(|error| self.error(error))
    }
}

/// `sectors` behind `start`.
fn behind(start: Sector, sectors: u64) -> Result<Sector> {
    let behind = u32::try_from(sectors).ok().and_then(|sectors| start.checked_add(SectorCount::new(sectors)));
    behind.ok_or(Error::TreeTooLarge { what: "an address beyond 8 TiB" })
}

/// Numbers of tracks in words.
fn numbers(numbers: impl Iterator<Item = u16>) -> String {
    let (first, last) =
        numbers.fold((u16::MAX, 0), |(first, last), number| (first.min(number), last.max(number)));
    match first >= last {
        true => format!("track {last} alone"),
        false => format!("tracks {first} to {last}"),
    }
}

/// Reads a file that was recorded from `start` on back.
fn compare<T: Transport>(
    drive: &mut Drive<T>,
    name: &str,
    source: &Source,
    start: Sector,
    verification: Verification,
    control: &Control,
) -> Result<()> {
    let first = start.get();
    let samples = Samples::of(verification, first, first.saturating_add(source.sectors));
    let mut comparer = Comparer::new(drive, name, samples);
    let control = verifying(control);
    source.read(&control, NOT_VERIFIED, |run, done, _| {
        let at = done - (run.len() / SECTOR_SIZE) as u64;
        comparer.write(Sector::new(first.saturating_add(at as u32)), run)?;
        control.report(Stage::Writing, done, source.sectors.into());
        Ok(())
    })?;
    comparer.outcome().map_err(|error| match error {
        Error::VerifyFailed { sector, sectors, .. } => {
            Error::VerifyFailed { sector, sectors, files: vec![source.path.display().to_string()] }
        }
        error => error,
    })
}

/// A file to be recorded.
#[derive(Debug)]
struct Source {
    path: PathBuf,
    bytes: u64,
    /// When it was modified, in nanoseconds.
    modified: i64,
    sectors: u32,
}

impl Source {
    fn open(path: &Path) -> Result<Source> {
        let failed = |source| Error::SourceOpen { path: path.to_owned(), source };
        let found = std::fs::metadata(path).map_err(failed)?;
        if !found.is_file() || found.len() == 0 {
            let why = if found.is_file() { "it is empty" } else { "it is no regular file" };
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, why)));
        }
        let sectors = SectorCount::for_bytes(found.len());
        let sectors = sectors.ok_or(Error::TreeTooLarge { what: "a file beyond 8 TiB" })?;
        Ok(Source {
            path: path.to_owned(),
            bytes: found.len(),
            modified: modified_nanoseconds(&found),
            sectors: sectors.get(),
        })
    }

    /// That a volume of ISO 9660 in it, recorded from sector `first` on, leads to its own directories: they begin with the root,
    /// whose address is in the primary volume descriptor (ECMA-119 8.4.18). Readers would find in its place what earlier
    /// sessions have there.
    fn check_addresses(&self, first: u32) -> Result<()> {
        /// Behind the beginning of the descriptor, the extent in its record of the root directory.
        const ROOT_EXTENT: usize = 156 + 2;
        let failed = |source| Error::SourceRead { path: self.path.clone(), source };
        let mut file = File::open(&self.path).map_err(failed)?;
        file.seek(SeekFrom::Start(SYSTEM_AREA.bytes())).map_err(failed)?;
        let mut descriptor = Vec::new();
        file.take(SECTOR_SIZE as u64).read_to_end(&mut descriptor).map_err(failed)?;
        let root = descriptor.get(ROOT_EXTENT..).and_then(|rest| rest.first_chunk());
        let root = root.map(|bytes| u32::from_le_bytes(*bytes));
        match root.filter(|root| descriptor.starts_with(b"\x01CD001") && *root < first) {
            None => Ok(()),
            Some(root) => Err(Error::InvalidArgument {
                argument: self.path.display().to_string(),
                reason: format!(
                    "its root directory is stated to lie in sector {root}, and the track begins with sector {first}: its \
                     addresses would lead into earlier sessions. It is an image for another place, such as sector 0 of \
                     a blank medium"
                ),
            }),
        }
    }

    /// What readers know a file system by on a medium that can be overwritten: its head, the descriptors of a first session behind
    /// that, and the anchor of UDF.
    fn telling(&self) -> Vec<Telling> {
        let all = [Some(Telling::head()), Telling::descriptors(FIRST_START), Some(Telling::anchor())];
        all.into_iter().flatten().filter_map(|one| one.before(Sector::new(self.sectors))).collect()
    }

    fn opened(&self) -> Result<File> {
        File::open(&self.path).map_err(|source| Error::SourceOpen { path: self.path.clone(), source })
    }

    /// That it is what it was when the recording was asked for.
    fn check_unchanged(&self, file: &File) -> Result<()> {
        let failed = |source| Error::SourceRead { path: self.path.clone(), source };
        let metadata = file.metadata().map_err(failed)?;
        check_metadata(&metadata, || self.path.clone(), self.modified, |len| len == self.bytes, self.bytes)
    }

    /// Records it from `start` on: by the kernel, where the drive takes files.
    fn write_to(&self, sink: &mut dyn SectorSink, start: Sector, control: &Control) -> Result<()> {
        const INCOMPLETE: &str = "the track is incomplete";
        let total = self.sectors.into();
        if sink.transfers() {
            return self.transfer_to(sink, start, control, INCOMPLETE);
        }
        let mut next = start;
        self.read(control, INCOMPLETE, |run, done, queue| {
            sink.write(next, run)?;
            next = behind(start, done)?;
            let fill = || Some(Fill { queue, drive: sink.buffer_fill() });
            control.report_fill(Stage::Writing, done, total, fill);
            Ok(())
        })
    }

    fn transfer_to(
        &self,
        sink: &mut dyn SectorSink,
        start: Sector,
        control: &Control,
        state: &str,
    ) -> Result<()> {
        let mut file = self.opened()?;
        self.check_unchanged(&file)?;
        let mut done: u64 = 0;
        while done < self.bytes {
            control.check(state)?;
            let piece = (self.bytes - done).min(PIECE);
            let mut sent = sink.transfer(behind(start, done / SECTOR_SIZE as u64)?, &file, done, piece)?;
            // What the sink keeps back, or ends within a sector.
            if sent < piece {
                let len = ((piece - sent) as usize).min(RUN * SECTOR_SIZE);
                let mut run = vec![0; len.next_multiple_of(SECTOR_SIZE)];
                file.seek(SeekFrom::Start(done + sent))
                    .and_then(|_| file.read_exact(&mut run[..len]))
                    .map_err(|error| self.not_read(error))?;
                sink.write(behind(start, (done + sent) / SECTOR_SIZE as u64)?, &run)?;
                sent += len as u64;
            }
            done += sent;
            self.check_unchanged(&file)?;
            let fill = || Some(Fill { queue: 100, drive: sink.buffer_fill() });
            control.report_fill(Stage::Writing, done.div_ceil(SECTOR_SIZE as u64), self.sectors.into(), fill);
        }
        Ok(())
    }

    fn not_read(&self, error: io::Error) -> Error {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Error::SourceChanged {
                path: self.path.clone(),
                expected: format!("{} bytes", self.bytes),
                found: "fewer".to_owned(),
            },
            _ => Error::SourceRead { path: self.path.clone(), source: error },
        }
    }

    /// Gives all of it to `write`, in whole sectors, with the sectors so far and how full the queue before it is.
    fn read(
        &self,
        control: &Control,
        state: &str,
        mut write: impl FnMut(&[u8], u64, u8) -> Result<()>,
    ) -> Result<()> {
        let failed = |source| Error::SourceRead { path: self.path.clone(), source };
        let reader = || {
            let mut file = None;
            let mut left = self.bytes;
            move || {
                if left == 0 {
                    return Ok(None);
                }
                let file = match &mut file {
                    Some(file) => file,
                    none => {
                        let file = none.insert(File::open(&self.path).map_err(failed)?);
                        self.check_unchanged(file)?;
                        file
                    }
                };
                let len = left.min((RUN * SECTOR_SIZE) as u64) as usize;
                let mut run = vec![0; len.next_multiple_of(SECTOR_SIZE)];
                file.read_exact(&mut run[..len]).map_err(|error| self.not_read(error))?;
                left -= len as u64;
                self.check_unchanged(file)?;
                Ok(Some(run))
            }
        };
        let mut done = 0;
        read_ahead(QUEUE, reader, |run: Vec<u8>, queue| {
            control.check(state)?;
            done += (run.len() / SECTOR_SIZE) as u64;
            write(&run, done, queue)
        })
    }
}
