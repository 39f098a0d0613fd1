//! Interrupted recordings: what they left is told, and the disc becomes whole again.

mod complete;
mod head;
mod salvage;

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use sector_io::{ReadSectors, Sector, SectorCount};

use self::head::HeadRepair;
pub(crate) use self::head::{damage_of_head, has_other_area, is_mendable, leads_elsewhere};
use self::salvage::{ClosingTree, Salvage};
use crate::append::begun_behind_table;
use crate::digests::DigestAlgorithm;
use crate::disc::{Disc, DiscIdentifier, is_cut_short};
use crate::emit::write_all_at;
use crate::image_file::not_opened_for_writing;
use crate::import::ImportOptions;
use crate::plan::LayoutPlan;
use crate::record::{BurnOptions, Burnt, ClosedTracks, GrowingDisc, OpenDrive, TrackSummary};
use crate::tree::Tree;
use crate::{Control, Error, PlanOptions, Result};

/// A medium or image file that was looked at: what there is to recover. Nothing was written.
#[derive(Debug)]
pub struct Recovery {
    target: Target,
    report: RecoveryReport,
    work: Work,
}

#[derive(Debug)]
enum Target {
    Drive(OpenDrive),
    Image(PathBuf),
}

impl Target {
    /// Whether a session that was interrupted never was there, for its head comes last.
    fn grows_by_head(&self) -> bool {
        match self {
            Target::Drive(drive) => drive.is_overwritable(),
            Target::Image(_) => true,
        }
    }
}

#[derive(Debug)]
enum Work {
    Nothing,
    /// The session that was left open is closed.
    Close,
    /// A session behind the interrupted one, with what is whole of it, if its directories can be read.
    Session(Option<Box<Salvage>>),
    Head(HeadRepair),
    /// The image file ends there.
    CutOff(Sector),
}

/// What an interrupted recording left, and what [`Recovery::write`] would do.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[must_use = "what is missing is told here and nowhere else"]
pub struct RecoveryReport {
    /// Drive or image file.
    pub medium: String,
    /// The disc as it is.
    pub identifier: DiscIdentifier,
    /// Its sessions, oldest first.
    pub sessions: Vec<SessionState>,
    /// Whether a session was left open in which something is recorded.
    pub unfinished: bool,
    /// Whether the session that was left open may have been recorded at once, which nothing tells of a CD: then the
    /// drive refuses to close it, and nothing can follow.
    pub may_be_at_once: bool,
    /// Reserved tracks in which nothing is recorded: they wait for it, and were not interrupted. The next session
    /// closes them.
    pub reservations: Vec<TrackSummary>,
    /// The last sector of the interrupted session that can be read and holds anything.
    pub last_good: Option<u32>,
    /// Paths of the files that the interrupted session wrote, and that are whole.
    pub kept: Vec<String>,
    /// Paths of those that are not, and that are completed from their sources ([`Recovery::complete_from`]).
    pub completed: Vec<String>,
    /// Items that the recovered disc has, without named streams (extended attributes) of theirs that did not arrive. No source
    /// brings these back.
    pub incomplete: Vec<DroppedFile>,
    /// Those that are not, and for which there is no source.
    pub dropped: Vec<DroppedFile>,
    /// What of its directories cannot be read: what they name is lost, and nobody knows its names.
    pub unreadable: Vec<String>,
    /// What leads to the newest session, and can neither be read nor written anew, for it stands nowhere else: in
    /// words.
    pub irreparable: Vec<String>,
    /// Sectors that cannot be read, and become zeros when the head is written anew: they lie in one unit of recording
    /// with it.
    pub zeroed: Vec<u32>,
    /// What there is to do.
    pub action: RecoveryAction,
}

impl RecoveryReport {
    /// Whether the disc that [`Recovery::write`] makes has all that was to be on it, as far as anything tells that. What it says is
    /// [dropped](Recovered::dropped) besides counts as well.
    #[must_use]
    pub fn is_without_loss(&self) -> bool {
        self.dropped.is_empty()
            && self.incomplete.is_empty()
            && self.unreadable.is_empty()
            && self.irreparable.is_empty()
            && self.zeroed.is_empty()
            && self.cut_short().is_none()
    }

    /// The newest session, where its end is missing and nothing here can bring it back: an image file was cut short. An
    /// interrupted one that is to be closed is none.
    #[must_use]
    pub fn cut_short(&self) -> Option<&SessionState> {
        self.sessions.last().filter(|newest| self.action == RecoveryAction::Nothing && !newest.complete)
    }
}

/// A session and whether all of it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SessionState {
    /// From 1.
    pub number: u16,
    /// First sector.
    pub start: u32,
    /// First sector behind it, where that is known.
    pub end: Option<u32>,
    /// Whether its recording came to its end, as far as anything tells that, and what leads to its files can be read.
    pub complete: bool,
    /// Whether a file system tells that all of it is there. Of sound and other data, and of what follows in further tracks, nothing
    /// tells whether more was to come.
    pub has_end: bool,
    /// Sector, cause and structure, in words, where what leads to its files cannot be read.
    pub unreadable: Option<String>,
    /// Whether it was left open: readers find it when it is closed.
    pub open: bool,
}

/// A file that an interrupted session lost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct DroppedFile {
    /// Path in the image.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// What is to be done about an interrupted recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum RecoveryAction {
    /// Nothing: the disc is whole.
    Nothing,
    /// The interrupted session is closed, and one written behind it that builds on the newest complete one.
    ClosingSession,
    /// The session that was left open is closed: it is whole, or there is nothing to build another on.
    Close,
    /// Nothing: the interrupted session is closed already, and nothing of it can be kept. What is recorded next goes
    /// behind it, as if it were not there.
    NothingToKeep,
    /// Nothing: the disc was recorded at once, and that stopped. No command closes it, and nothing can follow.
    StoppedAtOnce,
    /// The head of the medium is written anew, from what the newest session has of it.
    Head {
        /// First sector of that session.
        session: u32,
    },
    /// The image file is cut off behind its newest virtual allocation table: what was recorded there never came to one,
    /// and nothing tells what it is.
    CutOff {
        /// First sector that it does not have any more.
        at: u32,
    },
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// The session that was written.
    pub session: Option<Burnt>,
    /// What closing the session that was left open closed.
    pub closed: ClosedTracks,
    /// Files of the interrupted session that it does not have.
    pub dropped: Vec<DroppedFile>,
}

impl Recovery {
    /// Looks at the medium in a drive.
    ///
    /// # Errors
    /// [`Error::ImportRead`], [`Error::Corrupt`] for an impossible table of contents; [`Error::Cancelled`].
    pub fn of_drive(drive: OpenDrive, control: &Control) -> Result<Recovery> {
        crate::trace::span!("recovery");
        let disc = drive.disc()?;
        if drive.replaces_head(&disc) {
            if let Some(error) = disc.drive_failure() {
                return Err(Error::ImportRead(error));
            }
            let repair = head::repair(&disc)?;
            if repair.is_none() {
                disc.check_readable()?;
                // What is no file system is not whole.
                if let Some(newest) = disc.newest_complete() {
                    disc.describe(Some(newest.number))?;
                }
            }
            return Ok(Recovery::of_head(Target::Drive(drive), &disc, repair));
        }
        disc.check_readable()?;
        let mut report = report(&disc);
        report.unfinished = drive.has_begun_session();
        let open = drive.open_session();
        let newest_complete = disc.newest_complete().map(|session| session.number);
        let cut = disc.cut_tracks().next().map(|track| track.number);
        for session in &mut report.sessions {
            session.open = Some(session.number) == open;
            session.complete &= !(session.open && cut.is_some());
        }
        report.may_be_at_once = drive.may_be_stopped_at_once();
        report.reservations = drive.unused_reservations();
        let interrupted = disc.sessions().newest().copied().filter(|session| disc.is_incomplete(session));
        if !report.unfinished && interrupted.is_none() {
            report.irreparable = irreparable(&disc);
            return Ok(Recovery { target: Target::Drive(drive), report, work: Work::Nothing });
        }
        let salvage = match &interrupted {
            Some(session) => Some(Salvage::of(&disc, session, drive.write_unit(), control)?),
            None => None,
        };
        match (&salvage, cut, disc.sessions().newest()) {
            (Some(salvage), ..) => report.tell(salvage),
            (None, Some(_), Some(newest)) => {
                report.last_good =
                    salvage::last_good(disc.source().as_ref(), newest, control)?.map(Sector::get);
            }
            _ => {}
        }
        if let Some(track) = cut.filter(|_| salvage.as_ref().is_none_or(|salvage| salvage.imported.is_none()))
        {
            report.unreadable.push(format!("track {track} was not finished, and holds no whole file system"));
        }
        if report.sessions.last().is_some_and(|session| session.open && session.complete) {
            report.action = RecoveryAction::Close;
            return Ok(Recovery { target: Target::Drive(drive), report, work: Work::Close });
        }
        let is_base = disc.newest_complete().is_some();
        let is_tree = salvage.as_ref().is_some_and(Salvage::holds_anything);
        if drive.is_stopped_at_once() {
            report.action = RecoveryAction::StoppedAtOnce;
            return Ok(Recovery { target: Target::Drive(drive), report, work: Work::Nothing });
        }
        report.action = match is_base || is_tree {
            // What is whole of it is found when it is closed.
            true if open.is_some() && newest_complete == open => {
                report.action = RecoveryAction::Close;
                return Ok(Recovery { target: Target::Drive(drive), report, work: Work::Close });
            }
            true => RecoveryAction::ClosingSession,
            false if report.unfinished => RecoveryAction::Close,
            false => RecoveryAction::NothingToKeep,
        };
        let salvage = salvage.map(Box::new);
        Ok(Recovery { target: Target::Drive(drive), report, work: Work::Session(salvage) })
    }

    /// Completes files of the interrupted session that did not arrive, from a tree of what it was recorded from: where a
    /// host file has the path, the length and the time of modification, as precise as they were recorded, its bytes are
    /// recorded anew, with the attributes that the session has. What arrived is not recorded again. The report tells what
    /// is completed, and of the rest why not. A session that is only open lacks nothing.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] where there is no interrupted session whose directories can be read: nobody knows what
    /// it was to hold, and it has to be recorded again.
    pub fn complete_from(&mut self, sources: &Tree) -> Result<()> {
        let refused = |reason: &str| Error::InvalidArgument {
            argument: "sources of the interrupted session".to_owned(),
            reason: reason.to_owned(),
        };
        let salvage = match &mut self.work {
            Work::Session(Some(salvage)) if salvage.imported.is_some() => salvage,
            Work::Session(_) => {
                return Err(refused(
                    "its directories did not arrive, so that nothing tells what it was to hold; recover the disc \
                     without sources, and record them again",
                ));
            }
            _ if self.report.action == RecoveryAction::StoppedAtOnce => {
                return Err(refused(
                    "nothing can follow on the disc, which was recorded at once; record it on another one",
                ));
            }
            // All of it arrived.
            Work::Close => return Ok(()),
            Work::Nothing if !self.target.grows_by_head() => {
                return Err(refused("no session was interrupted: there is nothing to complete"));
            }
            Work::Nothing | Work::Head(_) | Work::CutOff(_) => {
                return Err(refused(
                    "there is no session to complete; where every sector can be written again, one that never came to \
                     its head was never there: record it again, and it takes the same place",
                ));
            }
        };
        salvage.complete(sources)?;
        self.report.tell(salvage);
        if salvage.holds_anything() {
            self.report.action = RecoveryAction::ClosingSession;
        }
        Ok(())
    }

    /// Looks at an image file that grows in place.
    ///
    /// # Errors
    /// [`Error::ImageOpen`], [`Error::ImportRead`].
    pub fn of_image(path: &Path) -> Result<Recovery> {
        crate::trace::span!("recovery");
        let disc = Disc::open(path)?;
        let target = Target::Image(path.to_owned());
        if disc.container().is_some() {
            return Ok(Recovery::of_head(target, &disc, None));
        }
        if let Some(at) = begun_behind_table(&disc) {
            let report = RecoveryReport { action: RecoveryAction::CutOff { at: at.get() }, ..report(&disc) };
            return Ok(Recovery { target, report, work: Work::CutOff(at) });
        }
        let repair = head::repair(&disc)?;
        if repair.is_none() {
            // What is no image is not whole.
            disc.describe(None)?;
        }
        Ok(Recovery::of_head(target, &disc, repair))
    }

    fn of_head(target: Target, disc: &Disc, repair: Option<HeadRepair>) -> Recovery {
        let mut report = report(disc);
        let work = match repair {
            Some(repair) => {
                report.action = RecoveryAction::Head { session: repair.session.get() };
                if let Target::Drive(_) = target {
                    report.zeroed = repair.zeroed(disc.source().as_ref());
                }
                Work::Head(repair)
            }
            None => {
                report.irreparable = irreparable(disc);
                Work::Nothing
            }
        };
        Recovery { target, report, work }
    }

    /// What was found.
    pub fn report(&self) -> &RecoveryReport {
        &self.report
    }

    /// Does what the report says. `disc` is the identifier in it, so that nobody writes to a disc that was not meant.
    ///
    /// # Errors
    /// [`Error::DiscMismatch`] before anything is written; then as [`GrowingDisc::write`].
    pub fn write(self, disc: DiscIdentifier, control: &Control) -> Result<Recovered> {
        crate::trace::span!("recover");
        let Recovery { target, report, work } = self;
        let mismatch = || Error::DiscMismatch { medium: report.medium.clone() };
        let mut done =
            Recovered { session: None, closed: ClosedTracks::default(), dropped: report.dropped.clone() };
        if disc != report.identifier {
            return Err(mismatch());
        }
        match (work, target) {
            _ if report.action == RecoveryAction::NothingToKeep => Ok(done),
            (Work::Nothing, _) => Ok(done),
            (Work::Head(repair), Target::Image(path)) => {
                let file = opened_again(&path, disc)?;
                let write_error = |source| Error::OutputWrite { path: path.clone(), source };
                for (at, sectors) in repair.head.steps() {
                    write_all_at(&file, sectors, at.byte_offset()).map_err(write_error)?;
                    file.sync_data().map_err(write_error)?;
                }
                Ok(done)
            }
            (Work::CutOff(at), Target::Image(path)) => {
                let cut = opened_again(&path, disc)?.set_len(at.byte_offset());
                cut.map_err(|source| Error::OutputWrite { path, source })?;
                Ok(done)
            }
            (Work::Head(repair), Target::Drive(mut drive)) => {
                drive.look_again()?;
                let found = drive.disc()?;
                if found.identifier() != disc {
                    return Err(mismatch());
                }
                drive.write_blocks(&repair.head.blocks(found.source().as_ref())?)?;
                Ok(done)
            }
            (Work::Close, Target::Drive(mut drive)) => {
                drive.look_again()?;
                if drive.disc()?.identifier() != disc {
                    return Err(mismatch());
                }
                done.closed = drive.close_open_session()?;
                Ok(done)
            }
            (Work::Session(salvage), Target::Drive(mut drive)) => {
                drive.look_again()?;
                if drive.disc()?.identifier() != disc {
                    return Err(mismatch());
                }
                closing_session(drive, salvage.map(|salvage| *salvage), done, control)
            }
            (Work::Session(_) | Work::Close, Target::Image(_)) | (Work::CutOff(_), Target::Drive(_)) => {
                Ok(done)
            }
        }
    }
}

/// The image file for writing, if it is still the one that was looked at.
fn opened_again(path: &Path, disc: DiscIdentifier) -> Result<File> {
    let file = OpenOptions::new().write(true).open(path);
    let file = file.map_err(|source| not_opened_for_writing(path, source))?;
    match Disc::open(path)?.identifier() == disc {
        true => Ok(file),
        false => Err(Error::DiscMismatch { medium: path.display().to_string() }),
    }
}

impl RecoveryReport {
    fn tell(&mut self, salvage: &Salvage) {
        self.last_good = salvage.last_good.map(Sector::get);
        self.kept = salvage.kept();
        self.completed = salvage.completed();
        self.incomplete = salvage.incomplete();
        self.dropped = salvage.dropped();
        self.unreadable.clone_from(&salvage.unreadable);
    }
}

/// What leads to the newest session and cannot be read.
fn irreparable(disc: &Disc) -> Vec<String> {
    let Some(newest) = disc.newest_complete() else { return Vec::new() };
    let of_udf = match disc.udf_volume(&newest) {
        Err(Error::ImportRead(error)) => Some(error),
        _ => None,
    };
    let descriptors = disc.unreadable_descriptor(&newest).into_iter();
    let mut told: Vec<String> = (descriptors.chain(disc.unreadable_in_head_of(&newest)).chain(of_udf))
        .map(|error| error.to_string())
        .collect();
    told.dedup();
    told
}

fn report(disc: &Disc) -> RecoveryReport {
    let state = |session: &multisession::Session| SessionState {
        number: session.number,
        start: session.start.get(),
        end: session.end.map(Sector::get),
        complete: disc.is_sound(session)
            || (!disc.is_incomplete(session)
                && disc.unreadable(session).is_none()
                && !is_cut_short(disc.source(), session)
                && !disc.misses_data(session)),
        has_end: disc.is_told_by_file_system(session) && !is_cut_short(disc.source(), session),
        unreadable: disc.unreadable(session),
        open: false,
    };
    RecoveryReport {
        medium: disc.name().to_owned(),
        identifier: disc.identifier(),
        sessions: disc.sessions().iter().map(state).collect(),
        unfinished: false,
        may_be_at_once: false,
        reservations: Vec::new(),
        last_good: None,
        kept: Vec::new(),
        completed: Vec::new(),
        incomplete: Vec::new(),
        dropped: Vec::new(),
        unreadable: Vec::new(),
        irreparable: Vec::new(),
        zeroed: Vec::new(),
        action: RecoveryAction::Nothing,
    }
}

/// Closes what is open, and records a session that has the newest complete one's tree and what could be saved.
fn closing_session(
    drive: OpenDrive,
    salvage: Option<Salvage>,
    mut done: Recovered,
    control: &Control,
) -> Result<Recovered> {
    let mut growing = GrowingDisc::open(drive)?;
    let medium = growing.drive().medium_family();
    let closing = match (growing.is_blank(), salvage) {
        (true, None) => None,
        (true, Some(salvage)) => salvage.alone(medium, control)?,
        (false, salvage) => {
            let base = growing.import(&ImportOptions::default(), control)?;
            Some(match salvage {
                Some(salvage) => salvage.merged_into(base, medium, &mut done.dropped, control)?,
                None => {
                    let options = base.plan_options_for(medium);
                    ClosingTree { tree: base.tree, options, digests: base.digests }
                }
            })
        }
    };
    let Some(ClosingTree { mut tree, mut options, digests }) = closing else {
        done.closed = closed(&mut growing)?;
        return Ok(done);
    };
    let burn_options = BurnOptions::default();
    if growing.has_open_session() {
        // What cannot be recorded is told while nothing is closed.
        options.place = growing.place();
        record_digests(&mut tree, digests, &options)?;
        growing.check(&LayoutPlan::new(&tree, options.clone())?, &burn_options)?;
        done.closed = closed(&mut growing)?;
    }
    let record = || {
        options.place = growing.place();
        record_digests(&mut tree, digests, &options)?;
        growing.write(&LayoutPlan::new(&tree, options)?, &burn_options, control)
    };
    let recorded = record().map_err(|error| done.closed.told_with(error))?;
    done.session = Some(recorded);
    Ok(done)
}

/// Closes what was left open.
fn closed(growing: &mut GrowingDisc) -> Result<ClosedTracks> {
    let result = growing.close_open_session().map(drop);
    let closed = growing.closed_tracks().clone();
    result.map_err(|error| closed.told_with(error))?;
    Ok(closed)
}

/// Records the digests that the session before has.
fn record_digests(tree: &mut Tree, by: Option<DigestAlgorithm>, options: &PlanOptions) -> Result<()> {
    match by {
        Some(algorithm) => tree.record_digests(algorithm, options).map(drop),
        None => Ok(()),
    }
}

/// Whether a sector can be read.
fn is_readable(source: &dyn ReadSectors, at: Sector) -> bool {
    let mut sector = [0; sector_io::SECTOR_SIZE];
    source.read_sectors(at, &mut sector).is_ok()
}

/// `sectors` behind a sector.
fn behind(at: Sector, sectors: u32) -> Option<Sector> {
    at.checked_add(SectorCount::new(sectors))
}
