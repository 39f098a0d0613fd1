//! Recording discs of sound, and those with data and sound.

use mmc_device::cd::{Pack, RAW_BYTES, RawImage, RawSectorType, SUBCHANNEL_BYTES, SectorType};
use mmc_device::{
    CdRequest, Closing, Drive, DriveError, Lba, Medium, MediumLeft, MediumState, RawSession, SessionAtOnce,
    SoundTracks, Transport,
};

use super::audio_verification::{self, Differences, Stretch};
use super::growing_disc::{not_told, written_so_far};
use super::listening::heard;
use super::read_ahead::read_ahead;
use super::{OpenDrive, RecordingSpeed, Rotation, Verification};
use crate::audio::{AudioDisc, AudioNotice, CueProblem, DiscSession};
use crate::progress::{Fill, Stage};
use crate::{Control, Error, Result};

/// Sectors that are read in one go.
const RUN: u32 = 130;
/// Runs that wait for the drive: 14 MiB.
const QUEUE: usize = 48;

/// How a disc of sound is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AudioMode {
    /// A session at once: with pregaps, indexes, codes and CD-TEXT, and with data where there are some.
    #[default]
    AtOnce,
    /// Track at once: sound with two seconds between tracks.
    TrackAtOnce,
    /// Raw: sound, with subchannels that are made here. Blank discs, which then are complete.
    Raw(RawSectorType),
}

/// How it is recorded, and what becomes of the disc.
#[derive(Clone, Copy, Debug, Default)]
pub struct AudioOptions {
    /// In one go or track by track.
    pub mode: AudioMode,
    /// Whether another session can follow: none behind what is recorded raw.
    pub closing: Closing,
    /// The laser stays off, and nothing is verified.
    pub test_write: bool,
    /// Let a buffer that runs empty spoil the disc, even where the drive could go on behind it.
    pub without_underrun_protection: bool,
    /// How much is read back afterwards and compared with what was to be recorded: of each track, what [`Verification`]
    /// says of a session.
    pub verify: Verification,
    /// The speed; `None` leaves it to the drive. One that it has not becomes the next lower one.
    pub speed: Option<RecordingSpeed>,
    /// How the disc turns, where a speed is asked for; `None` leaves it to the drive.
    pub rotation: Option<Rotation>,
}

/// A disc that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioBurnt {
    /// Tracks on it.
    pub tracks: usize,
    /// Sectors written, pregaps among them.
    pub sectors: u64,
    /// What is not on it.
    pub notices: Vec<AudioNotice>,
}

/// Records all sessions of a disc.
///
/// # Errors
/// [`Error::AudioDrive`], [`Error::RawImage`] and [`Error::Unsupported`] before anything is written, and [`Error::Sound`]
/// or [`Error::SourceRead`] if a track of data is not of its kind, or compressed sound does not decode to its end;
/// [`Error::Recording`] and [`Error::Cancelled`] say in what state the disc was left; [`Error::VerifyFailed`] names the
/// tracks that do not read back as recorded.
pub fn burn_audio(
    drive: &mut OpenDrive,
    disc: &AudioDisc,
    options: &AudioOptions,
    control: &Control,
) -> Result<AudioBurnt> {
    crate::trace::span!("burn_audio");
    if options.mode != AudioMode::AtOnce && (!disc.is_sound() || disc.sessions().len() > 1) {
        let feature = "data, or a second session, in another way than at once";
        return Err(Error::Unsupported { feature: feature.to_owned() });
    }
    let is_blank = drive.medium().state == MediumState::Blank;
    if let Some(number) =
        disc.sessions().first().map(DiscSession::first_number).filter(|&one| one > 1 && is_blank)
    {
        let what = format!("it begins with track {number}, and a blank disc with track 1");
        return Err(Error::CueSheet { path: "disc".into(), problem: CueProblem::Sheet(what) });
    }
    disc.check_sources(control)?;
    let mut burnt = AudioBurnt { tracks: 0, sectors: 0, notices: Vec::new() };
    let mut places = Vec::new();
    for (index, session) in disc.sessions().iter().enumerate() {
        control.check("nothing of the session was written")?;
        if index > 0 {
            drive.look_at_recorded()?;
        }
        let is_last = index + 1 == disc.sessions().len();
        let closing = if is_last { options.closing } else { Closing::KeepAppendable };
        let name = drive.name().to_owned();
        let medium = drive.medium().clone();
        let speed = options.speed.map(|speed| speed.on(medium.profile));
        let &AudioOptions { test_write, without_underrun_protection, rotation, .. } = options;
        let request = CdRequest { closing, test_write, without_underrun_protection, speed, rotation };
        places.push(heard(&mut drive.sectors.drive(), control, |drive| {
            let mut burner = Burner { drive, name: &name, medium: &medium, disc, session, request, control };
            match options.mode {
                AudioMode::AtOnce => burner.at_once(&mut burnt),
                AudioMode::TrackAtOnce => burner.track_at_once(&mut burnt),
                AudioMode::Raw(kind) => burner.raw(kind, &mut burnt),
            }
        })?);
        burnt.tracks += session.tracks().len();
        burnt.sectors += u64::from(session.sectors());
    }
    drive.look_at_recorded()?;
    if options.verify != Verification::None && !options.test_write {
        let name = drive.name().to_owned();
        let mut guard = drive.sectors.drive();
        let mut differences = Differences::default();
        for (session, stretches) in disc.sessions().iter().zip(&places) {
            differences.look((&mut *guard, &name), (disc, session), stretches, options.verify, control)?;
        }
        differences.told()?;
    }
    Ok(burnt)
}

struct Burner<'a, T: Transport> {
    drive: &'a mut Drive<T>,
    name: &'a str,
    medium: &'a Medium,
    disc: &'a AudioDisc,
    session: &'a DiscSession,
    request: CdRequest,
    control: &'a Control,
}

impl<T: Transport> Burner<'_, T> {
    /// Returns where the tracks lie; so do the others.
    fn at_once(&mut self, burnt: &mut AudioBurnt) -> Result<Vec<Stretch>> {
        let failed = failed(self.name, AudioMode::AtOnce);
        let start = SessionAtOnce::<T>::start(self.medium);
        let program = self.program(start)?;
        let is_first = self.medium.sessions.is_empty();
        let packs = if is_first { self.packs()? } else { Vec::new() };
        let mut session =
            SessionAtOnce::begin(self.drive, self.medium, program, &packs, &self.request).map_err(&failed)?;
        if session.without_cd_text() {
            burnt.notices.push(AudioNotice::WithoutCdText);
        }
        let written =
            stream(self.disc, self.session, self.control, |_, run| session.write(run).map_err(&failed));
        if let Err(error) = written {
            let was_blank = self.medium.sessions.is_empty();
            return Err(stopped(error, session.abandon(), (self.name, was_blank)));
        }
        self.control.report(Stage::Finalising, 0, 0);
        session.close().map_err(|error| unfinished(&failed, error))?;
        Ok(audio_verification::at_once(self.session, start))
    }

    fn track_at_once(&mut self, burnt: &mut AudioBurnt) -> Result<Vec<Stretch>> {
        let failed = failed(self.name, AudioMode::TrackAtOnce);
        let tracks = self.session.tracks();
        if self.session.held_pregap(0) > 0 {
            let feature = "sound in front of the first track, track at once".to_owned();
            return Err(Error::Unsupported { feature });
        }
        if self.disc.cd_text().is_some() {
            burnt.notices.push(AudioNotice::NotTrackAtOnce { what: "CD-TEXT is" });
        }
        if tracks.iter().any(|track| !track.indexes.is_empty()) {
            burnt.notices.push(AudioNotice::NotTrackAtOnce { what: "indexes are" });
        }
        let mut sound = SoundTracks::begin(self.drive, self.medium, self.disc.catalog(), &self.request)
            .map_err(&failed)?;
        let room = self.medium.free_blocks;
        if self.session.sectors() > room {
            let error = DriveError::TooLarge { needed: self.session.sectors(), available: room };
            return Err(failed(error));
        }
        // What is to be done with the next sectors: two seconds of silence the drive makes by itself, and sound of a
        // pregap becomes the end of the track before.
        let mut steps = Vec::new();
        for (index, track) in tracks.iter().enumerate() {
            let held = self.session.held_pregap(index);
            steps.extend([Step::Skip(track.pregap - held), Step::Write(held), Step::Begin(index)]);
            steps.push(Step::Write(track.sectors));
        }
        steps.retain(|step| !matches!(step, Step::Skip(0) | Step::Write(0)));
        let mut steps = steps.into_iter().peekable();
        let mut places: Vec<Stretch> = Vec::new();
        let mut position = 0;
        let written = stream(self.disc, self.session, self.control, |_, run| {
            let mut rest = run;
            while !rest.is_empty() {
                let Some(step) = steps.peek_mut() else { return Ok(()) };
                let there = (rest.len() / RAW_BYTES) as u32;
                let now = match step {
                    Step::Begin(index) => {
                        let track = &tracks[*index];
                        let begun = sound.begin_track(track.control(), track.isrc).map_err(&failed)?;
                        let number = self.session.first_number() + *index as u8;
                        places.push(Stretch { track: number, lba: begun.0, first: position, sectors: 0 });
                        0
                    }
                    Step::Skip(left) | Step::Write(left) => there.min(*left),
                };
                let (part, behind) = rest.split_at(now as usize * RAW_BYTES);
                if matches!(step, Step::Write(_)) {
                    sound.write(part).map_err(&failed)?;
                    if let Some(place) = places.last_mut() {
                        place.sectors += now;
                    }
                }
                position += now;
                match step {
                    Step::Skip(left) | Step::Write(left) if *left > now => *left -= now,
                    _ => drop(steps.next()),
                }
                rest = behind;
            }
            Ok(())
        });
        if let Err(error) = written {
            let left = match sound.abandon() {
                Ok(MediumLeft::Untouched) => "the disc is as it was".to_owned(),
                Ok(_) => {
                    "the tracks so far, the last one cut short, can be played, and another session can follow"
                        .to_owned()
                }
                Err(error) => not_told(self.name, &error),
            };
            return Err(with_state(error, left));
        }
        self.control.report(Stage::Finalising, 0, 0);
        sound.close().map_err(|error| unfinished(&failed, error))?;
        Ok(places)
    }

    fn raw(&mut self, kind: RawSectorType, burnt: &mut AudioBurnt) -> Result<Vec<Stretch>> {
        let failed = failed(self.name, AudioMode::Raw(kind));
        let program = self.program(Lba::new(-150))?;
        let packs = match kind {
            RawSectorType::PqOnly => Vec::new(),
            _ => self.packs()?,
        };
        if kind == RawSectorType::PqOnly && self.disc.cd_text().is_some() {
            burnt.notices.push(AudioNotice::CdTextLeftOut);
        }
        let image = RawImage::of_program(program, kind, packs)?;
        let mut session =
            RawSession::begin(self.drive, self.medium, &image, &self.request).map_err(&failed)?;
        let mut sectors = RawSectors { image: &image, bytes: Vec::new() };
        let silence = [0; RAW_BYTES];
        let begin = image.program().start();
        let written = (session.start().get()..begin.get())
            .try_for_each(|lba| {
                self.control.check("the lead-in is incomplete")?;
                session.write(sectors.one(Lba::new(lba), &silence)?).map_err(&failed)
            })
            .and_then(|()| {
                let mut next = begin;
                stream(self.disc, self.session, self.control, |_, run| {
                    let written = session.write(sectors.run(next, run)?).map_err(&failed);
                    next = next.checked_add((run.len() / RAW_BYTES) as u32).unwrap_or(next);
                    written
                })
            })
            .and_then(|()| {
                (image.program().lead_out().get()..image.end().get())
                    .try_for_each(|lba| session.write(sectors.one(Lba::new(lba), &silence)?).map_err(&failed))
            });
        if let Err(error) = written {
            let was_blank = self.medium.sessions.is_empty();
            return Err(stopped(error, session.abandon(), (self.name, was_blank)));
        }
        self.control.report(Stage::Finalising, 0, 0);
        session.close().map_err(|error| unfinished(&failed, error))?;
        Ok(audio_verification::at_once(self.session, begin))
    }

    fn program(&self, start: Lba) -> Result<mmc_device::cd::Program> {
        let program = self.disc.program(self.session, start);
        program.map_err(|problem| Error::CueSheet { path: "disc".into(), problem: problem.into() })
    }

    fn packs(&self) -> Result<Vec<Pack>> {
        self.disc.packs().map_err(|problem| Error::CueSheet { path: "disc".into(), problem })
    }
}

enum Step {
    Skip(u32),
    Write(u32),
    Begin(usize),
}

/// Sectors of a raw image, being made.
struct RawSectors<'a> {
    image: &'a RawImage,
    bytes: Vec<u8>,
}

impl RawSectors<'_> {
    fn one(&mut self, lba: Lba, sound: &[u8]) -> Result<&[u8]> {
        self.run(lba, sound)
    }

    fn run(&mut self, first: Lba, sound: &[u8]) -> Result<&[u8]> {
        self.bytes.clear();
        let mut sector = [0; RAW_BYTES + SUBCHANNEL_BYTES];
        for (lba, sound) in (first.get()..).zip(sound.as_chunks::<RAW_BYTES>().0) {
            self.image.encode(Lba::new(lba), sound, None, &mut sector)?;
            self.bytes.extend_from_slice(&sector[..self.image.kind().sector_bytes()]);
        }
        Ok(&self.bytes)
    }
}

/// Gives a session's sectors to `write`, which need not wait for the host's disks.
pub(super) fn stream(
    disc: &AudioDisc,
    session: &DiscSession,
    control: &Control,
    mut write: impl FnMut(SectorType, &[u8]) -> Result<()>,
) -> Result<()> {
    let total = session.sectors().into();
    let mut done = 0;
    let reader = || {
        let mut reader = disc.reader(session);
        move || {
            let mut run = Vec::new();
            Ok(reader.read(RUN, &mut run)?.map(|kind| (kind, run)))
        }
    };
    read_ahead(QUEUE, reader, |(kind, run): (SectorType, Vec<u8>), queue| {
        control.check("the session is incomplete")?;
        write(kind, &run)?;
        done += (run.len() / kind.user_bytes()) as u64;
        control.report_fill(Stage::Writing, done, total, || Some(Fill { queue, drive: None }));
        Ok(())
    })
}

pub(super) fn failed(name: &str, mode: AudioMode) -> impl Fn(DriveError) -> Error {
    move |source| match source {
        DriveError::Cancelled => super::drive_error(name, source),
        source => Error::AudioDrive { drive: name.to_owned(), mode, source },
    }
}

pub(super) fn with_state(error: Error, medium: String) -> Error {
    match error {
        Error::Cancelled { .. } => Error::Cancelled { state: medium },
        error => Error::Recording { source: Box::new(error), medium },
    }
}

/// The error of a session at once or raw that stopped, with what it left behind.
fn stopped(
    error: Error,
    abandoned: Result<MediumLeft, DriveError>,
    (name, was_blank): (&str, bool),
) -> Error {
    let left = match abandoned {
        Ok(MediumLeft::Untouched) => "the disc is as it was".to_owned(),
        Ok(_) if was_blank => {
            "the disc has part of the session and cannot be read; a CD-RW can be blanked".to_owned()
        }
        Ok(_) => "the disc has part of the session, and nothing can follow; earlier sessions can be read, and a CD-RW \
                  can be blanked"
            .to_owned(),
        Err(error) => not_told(name, &error),
    };
    with_state(error, left)
}

pub(super) fn unfinished(failed: impl Fn(DriveError) -> Error, error: DriveError) -> Error {
    let medium = format!("{}, and the session may not be closed", written_so_far(&error));
    Error::Recording { source: Box::new(failed(error)), medium }
}
