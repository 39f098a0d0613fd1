use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use mmc_device::cd::{Isrc, MediaCatalogNumber, RAW_BYTES};
use mmc_device::{CdRequest, DriveError, Lba, PausedTracks, SoundTracks, Transport, WrittenTrack};

use super::RecorderProblem;
use super::client::Client;
use crate::audio::AudioDisc;
use crate::progress::Stage;
use crate::record::audio::{failed, stream, unfinished, with_state};
use crate::record::audio_verification::{Differences, Stretch};
use crate::record::{AudioMode, Closing, OpenDrive, RecordingSpeed, Verification};
use crate::{Control, Error, Result};

/// Writes tracks of sound one by one onto a CD-R or CD-RW, with a [`Recorder`](crate::Recorder)'s drive: in a session of
/// their own, from [`prepare`](TracksAtOnce::prepare) to [`release`](TracksAtOnce::release).
///
/// Dropped without a release, it leaves the session open, and the disc can be taken out: players do not read it until
/// [`OpenDrive::close`] has closed it.
pub struct TracksAtOnce {
    client: Client,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    options: TracksAtOnceOptions,
    /// Not there while a track is written.
    session: Option<Session>,
}

struct Session {
    drive: OpenDrive,
    paused: PausedTracks,
    tracks: Vec<Recorded>,
}

/// A track, and where its sound came from.
struct Recorded {
    track: AddedTrack,
    disc: AudioDisc,
}

/// How tracks are recorded, and what becomes of the disc.
#[derive(Clone, Copy, Debug, Default)]
pub struct TracksAtOnceOptions {
    /// Whether another session can follow.
    pub closing: Closing,
    /// The catalog number of the disc.
    pub catalog: Option<MediaCatalogNumber>,
    /// The laser stays off.
    pub test_write: bool,
    /// Let a buffer that runs empty spoil the disc, even where the drive could go on behind it.
    pub without_underrun_protection: bool,
    /// The speed; `None` leaves it to the drive.
    pub speed: Option<RecordingSpeed>,
    /// How much of the tracks is read back at the release, and compared with the files they came from.
    pub verify: Verification,
}

/// A track that was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddedTrack {
    /// Its number on the disc, from 1.
    pub number: u8,
    /// Its first sector.
    pub start: i32,
    /// Its sectors, with those of silence that make a short file four seconds long.
    pub sectors: u32,
    /// Sectors of silence among them that make a track four seconds long that was cut short.
    pub padding: u32,
}

impl TracksAtOnce {
    pub(super) fn new(client: Client) -> TracksAtOnce {
        TracksAtOnce { client, inner: Mutex::default() }
    }

    /// Keeps the drive for this writer, and locks the disc in. Nothing is recorded by it.
    ///
    /// # Errors
    /// [`Error::Recorder`]; [`Error::AudioDrive`] if there is no CD that sound can be added to.
    pub fn prepare(&self, options: &TracksAtOnceOptions) -> Result<()> {
        let drive = self.client.prepare()?;
        let request = options.request(&drive);
        let begun = {
            let mut guard = drive.sectors.drive();
            SoundTracks::begin(&mut *guard, drive.medium(), options.catalog, &request)
                .map(|tracks| tracks.pause().1)
        };
        match begun {
            Ok(paused) => {
                *self.lock() =
                    Inner { options: *options, session: Some(Session { drive, paused, tracks: Vec::new() }) };
                Ok(())
            }
            Err(error) => {
                self.client.vacate();
                Err(failed(drive.name(), AudioMode::TrackAtOnce)(error))
            }
        }
    }

    /// Says anew whether another session can follow.
    ///
    /// # Errors
    /// [`Error::Recorder`] if it is not prepared, or behind the first track.
    pub fn set_closing(&self, closing: Closing) -> Result<()> {
        self.change("whether another session can follow", |options| options.closing = closing)
    }

    /// Says anew which catalog number the disc has.
    ///
    /// # Errors
    /// As [`TracksAtOnce::set_closing`].
    pub fn set_catalog(&self, catalog: Option<MediaCatalogNumber>) -> Result<()> {
        self.change("the catalog number", |options| options.catalog = catalog)
    }

    fn change(&self, property: &'static str, change: impl FnOnce(&mut TracksAtOnceOptions)) -> Result<()> {
        self.client.check_prepared()?;
        let mut inner = self.lock();
        if inner.session.as_ref().is_some_and(|session| !session.tracks.is_empty()) {
            return self.client.refused(RecorderProblem::BlankOnly { property });
        }
        change(&mut inner.options);
        Ok(())
    }

    /// Records a sound file (WAV, FLAC) as the next track, two seconds behind the one before.
    ///
    /// # Errors
    /// [`Error::Recorder`]; [`Error::Sound`] and [`Error::SourceRead`] for the file; [`Error::AudioDrive`] before anything
    /// of the track is written. [`Error::Cancelled`] and [`Error::Recording`] say what of it is on the disc: a track that
    /// was cancelled ends there, and others can follow.
    pub fn add_track(&self, sound: &Path, isrc: Option<Isrc>, control: &Control) -> Result<AddedTrack> {
        let writing = self.client.write_prepared(&control.cancel)?;
        let disc = AudioDisc::from_files(&[sound.to_owned()])?;
        let (options, session) = {
            let mut inner = self.lock();
            (inner.options, inner.session.take())
        };
        let Some(mut session) = session else { return self.client.refused(RecorderProblem::NotPrepared) };
        let added = session.add(&options, disc, isrc, control);
        self.lock().session = Some(session);
        drop(writing);
        added
    }

    /// The tracks that were added since the preparation, those that were cut short among them.
    ///
    /// # Errors
    /// [`Error::Recorder`] if it is not prepared, while a track is written, and before the first track.
    pub fn table_of_contents(&self) -> Result<Vec<AddedTrack>> {
        self.client.check_prepared()?;
        let tracks: Vec<AddedTrack> =
            self.lock().session.iter().flat_map(|session| &session.tracks).map(|one| one.track).collect();
        if tracks.is_empty() {
            return self.client.refused(RecorderProblem::NoTracks);
        }
        Ok(tracks)
    }

    /// Asks an [`add_track`](TracksAtOnce::add_track) of another thread, or around this call, to stop at the next safe
    /// point.
    ///
    /// # Errors
    /// [`Error::Recorder`] if no track is being written.
    pub fn cancel(&self) -> Result<()> {
        self.client.cancel()
    }

    /// Closes the session, if it has a track, reads back what was asked for, and gives the drive to others. Behind a track
    /// that failed, another session can follow whatever was asked for, and nothing is read back.
    ///
    /// # Errors
    /// [`Error::Recorder`] if it is not prepared, or a track is written; [`Error::Recording`] if the session cannot be
    /// closed; [`Error::VerifyFailed`] names the tracks that do not read back as recorded, and [`Error::Cancelled`] says
    /// that not all were. The drive is free then as well.
    pub fn release(&self, control: &Control) -> Result<()> {
        // As a writing, so that nobody else begins; a session that is being closed cannot be cancelled.
        let writing = self.client.write_prepared(&crate::CancelToken::new())?;
        let (options, session) = {
            let mut inner = self.lock();
            (inner.options, inner.session.take())
        };
        let Some(session) = session else { return self.client.refused(RecorderProblem::NotPrepared) };
        control.report(Stage::Finalising, 0, 0);
        let closed = {
            let mut guard = session.drive.sectors.drive();
            let request = options.request(&session.drive);
            let tracks = session.paused.resume(&mut *guard, options.catalog, &request);
            if session.paused.is_broken() { tracks.abandon().map(drop) } else { tracks.close() }
        };
        let failed = failed(session.drive.name(), AudioMode::TrackAtOnce);
        let ended = match closed {
            Ok(()) if session.paused.is_broken() => Ok(()),
            Ok(()) => session.verify(&options, control),
            Err(error) => Err(unfinished(&failed, error)),
        };
        drop(writing);
        self.client.vacate();
        ended
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for TracksAtOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracksAtOnce").field("client", &self.client).finish_non_exhaustive()
    }
}

impl Drop for TracksAtOnce {
    fn drop(&mut self) {
        let inner = self.inner.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = inner.session.take() {
            let request = inner.options.request(&session.drive);
            let mut guard = session.drive.sectors.drive();
            drop(session.paused.resume(&mut *guard, inner.options.catalog, &request));
        }
        self.client.vacate();
    }
}

impl TracksAtOnceOptions {
    fn request(&self, drive: &OpenDrive) -> CdRequest {
        let speed = self.speed.map(|speed| speed.on(drive.medium().profile));
        CdRequest {
            closing: self.closing,
            test_write: self.test_write,
            without_underrun_protection: self.without_underrun_protection,
            speed,
            rotation: None,
        }
    }
}

impl Session {
    /// Reads the tracks back, as far as they have sound of their files.
    fn verify(&self, options: &TracksAtOnceOptions, control: &Control) -> Result<()> {
        if options.verify == Verification::None || options.test_write {
            return Ok(());
        }
        let mut guard = self.drive.sectors.drive();
        let mut differences = Differences::default();
        for Recorded { track, disc } in &self.tracks {
            let session = disc.sessions().first();
            let Some((session, layout)) =
                session.and_then(|session| Some((session, session.tracks().first()?)))
            else {
                continue;
            };
            let stretch = Stretch {
                track: track.number,
                lba: Lba::new(track.start),
                first: layout.pregap,
                sectors: track.sectors.saturating_sub(track.padding),
            };
            let drive = (&mut *guard, self.drive.name());
            differences.look(drive, (disc, session), &[stretch], options.verify, control)?;
        }
        differences.told()
    }

    fn add(
        &mut self,
        options: &TracksAtOnceOptions,
        disc: AudioDisc,
        isrc: Option<Isrc>,
        control: &Control,
    ) -> Result<AddedTrack> {
        let name = self.drive.name();
        let (number, written, ended) = {
            let mut guard = self.drive.sectors.drive();
            let request = options.request(&self.drive);
            let mut tracks = self.paused.resume(&mut *guard, options.catalog, &request);
            let number = tracks.tracks() as u8 + 1;
            let written = write(&mut tracks, name, &disc, isrc, control);
            let (ended, paused) = tracks.pause();
            self.paused = paused;
            (number, written, ended)
        };
        let failed = failed(name, AudioMode::TrackAtOnce);
        let track = match ended {
            Ok(WrittenTrack { start, sectors, padding }) => {
                AddedTrack { number, start: start.get(), sectors, padding }
            }
            Err(error) => {
                let state =
                    format!("track {number} was not ended; the tracks before it can be kept by a release");
                return Err(with_state(written.err().unwrap_or_else(|| failed(error)), state));
            }
        };
        if track.sectors > 0 {
            self.tracks.push(Recorded { track, disc });
        }
        match written {
            Ok(()) => Ok(track),
            Err(Error::Cancelled { .. }) if track.sectors == 0 => {
                Err(Error::Cancelled { state: "nothing of the track was written".to_owned() })
            }
            Err(error) if track.sectors == 0 => Err(error),
            Err(error) => {
                let state =
                    format!("track {number} is cut short; it can be played once the disc is released");
                Err(with_state(error, state))
            }
        }
    }
}

fn write<T: Transport>(
    tracks: &mut SoundTracks<'_, T>,
    name: &str,
    disc: &AudioDisc,
    isrc: Option<Isrc>,
    control: &Control,
) -> Result<()> {
    let failed = failed(name, AudioMode::TrackAtOnce);
    let Some((session, layout)) =
        disc.sessions().first().and_then(|session| Some((session, session.tracks().first()?)))
    else {
        return Ok(());
    };
    let (_, available) = tracks.begin_track(layout.control(), isrc).map_err(&failed)?;
    let needed = layout.sectors;
    if needed > available {
        return Err(failed(DriveError::TooLarge { needed, available }));
    }
    // The drive makes the pregap by itself.
    let mut pregap = layout.pregap as usize * RAW_BYTES;
    stream(disc, session, control, |_, run| {
        let skipped = pregap.min(run.len());
        pregap -= skipped;
        tracks.write(&run[skipped..]).map_err(&failed)
    })
}
