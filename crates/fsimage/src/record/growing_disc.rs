use std::fmt;
use std::sync::Arc;

use mmc_device::{
    Abandoned, Closing, DriveError, MediumLeft, MediumState, Profile, RecordingMode, SessionRequest, Speed,
};
use multisession::{Head, NextSession};
use sector_io::{Extent, ReadError, ReadSectors, SECTOR_SIZE, Sector};

use super::listening::heard;
use super::recorder_sink::RecorderSink;
use super::verification::{self, Verification};
use super::{ClosedTracks, NOTHING_WRITTEN, OpenDrive, RecordingSpeed, Rotation, drive_error};
use crate::append::{lost_descriptor, no_next_session, place};
use crate::disc::{Disc, DiscIdentifier, is_unwritten};
use crate::emit::{PlannedImage, write_ordered};
use crate::error::is_medium_file;
use crate::head::{ANCHOR, Beside, NewHead, Telling, telling};
use crate::import::{ImportOptions, ImportWarning, Imported, import_all};
use crate::plan::{LayoutPlan, Place, SYSTEM_AREA};
use crate::progress::Stage;
use crate::recover::{is_mendable, leads_elsewhere};
use crate::{Control, Error, Result};

/// A medium in a drive, opened for its first or next session.
pub struct GrowingDisc {
    pub(super) drive: OpenDrive,
    pub(super) disc: Disc,
    pub(super) next: NextSession,
    /// Of the disc as it was when it was opened, or when what was left open was closed.
    pub(super) identifier: DiscIdentifier,
    /// The former, if the latter is there.
    pub(super) before_closing: Option<DiscIdentifier>,
    /// A session was left open, so that where the next one goes is provisional.
    pub(super) is_left_open: bool,
    pub(super) closed: ClosedTracks,
}

impl fmt::Debug for GrowingDisc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let GrowingDisc { drive, next, .. } = self;
        f.debug_struct("GrowingDisc").field("drive", drive).field("next", next).finish_non_exhaustive()
    }
}

/// How a session is recorded.
#[derive(Clone, Copy, Debug, Default)]
pub struct BurnOptions {
    /// Whether another session can follow.
    pub closing: Closing,
    /// How much is read back afterwards and compared with what was planned.
    pub verify: Verification,
    /// Record at once: the session on CD; the whole of a blank DVD-R or DVD-RW, which nothing can follow.
    pub at_once: bool,
    /// Do it all with the laser off: CD-R, CD-RW, DVD-R and sequential DVD-RW, in drives that can. Nothing is on the
    /// medium afterwards, and nothing is verified.
    pub test_write: bool,
    /// Let a buffer that runs empty spoil the disc, even where the drive could go on behind it: CD-R, CD-RW, DVD-R and DVD-RW.
    /// Other media are protected always.
    pub without_underrun_protection: bool,
    /// The speed; `None` leaves it to the drive.
    pub speed: Option<RecordingSpeed>,
    /// How the medium is to turn; without a speed, at the fastest. `None` leaves it to the drive.
    pub rotation: Option<Rotation>,
    /// Skip the verification that drives do by themselves on BD-R, BD-RE and DVD-RAM, where they can be told to.
    pub streaming: bool,
    /// Announce the size of the session (RESERVE TRACK) on DVD-R, DVD-RW, DVD+R and BD-R, where the drive takes it. One that
    /// is cut short keeps all of its room.
    pub reserve: bool,
    /// Open the tray when all is done, and read back.
    pub eject: bool,
    /// Open and close it instead: systems look at a medium anew when it was out of the drive.
    pub reload: bool,
}

/// A session that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Burnt {
    /// Its first sector.
    pub start: Sector,
    /// Sectors of the session as planned.
    pub sectors: u32,
    /// The speed that the drive chose when one was asked for, in kilobytes of 1000 bytes per second, where it tells.
    pub speed: Option<u32>,
    /// The speed that was asked for, likewise; `None` where that was the fastest, or left to the drive.
    pub asked_speed: Option<u32>,
    /// How the medium turned, where a way was asked for and the drive tells.
    pub rotation: Option<Rotation>,
    /// The way that was asked for.
    pub asked_rotation: Option<Rotation>,
    /// Whether another session can follow, where the drive tells that without a reload.
    pub appendable: Option<bool>,
    /// The size was to be announced ([`BurnOptions::reserve`]), and the drive did not take that.
    pub reservation_refused: bool,
    /// Why the tray was not opened, or not closed again, where that was asked for: all else is done.
    pub tray_failure: Option<String>,
}

impl Burnt {
    /// Whether the drive tells that it took another speed than was asked for. What rounding to whole kilobytes makes, one
    /// in a hundred, is no other speed.
    #[must_use]
    pub fn is_speed_adjusted(&self) -> bool {
        let (Some(asked), Some(taken)) = (self.asked_speed, self.speed) else { return false };
        u64::from(asked.abs_diff(taken)) * 100 > u64::from(asked)
    }

    /// Whether the drive tells that the medium turned in another way than was asked for.
    #[must_use]
    pub fn is_rotation_adjusted(&self) -> bool {
        self.rotation.is_some() && self.rotation != self.asked_rotation
    }
}

impl GrowingDisc {
    /// Finds where the next session goes. Nothing is changed: a session that was left open is closed by
    /// [`close_open_session`](GrowingDisc::close_open_session), before which a new one cannot be recorded.
    ///
    /// # Errors
    /// [`Error::Drive`], [`Error::MediumNotAllowed`], [`Error::NoFurtherSession`], [`Error::CannotAppend`];
    /// [`Error::SessionsUnreadable`] where it cannot be told what is on the medium.
    pub fn open(drive: OpenDrive) -> Result<GrowingDisc> {
        let (disc, next) = look(&drive)?;
        let identifier = disc.identifier();
        let is_left_open = drive.is_left_open(&disc);
        let (before_closing, closed) = (None, ClosedTracks::default());
        Ok(GrowingDisc { drive, disc, next, identifier, before_closing, is_left_open, closed })
    }

    /// The drive.
    #[must_use]
    pub fn drive(&self) -> &OpenDrive {
        &self.drive
    }

    /// What was closed by [`close_open_session`](GrowingDisc::close_open_session).
    #[must_use]
    pub fn closed_tracks(&self) -> &ClosedTracks {
        &self.closed
    }

    /// The medium as it is.
    #[must_use]
    pub fn disc(&self) -> &Disc {
        &self.disc
    }

    /// Whether there is no session to build on: none at all, or none whose recording came to its end.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.disc.newest_complete().is_none()
    }

    /// Imports the session that the new one builds on, and what its hierarchies hide
    /// ([`Imported::keep_visibility`]).
    ///
    /// # Errors
    /// As [`import`](crate::import); [`Error::SessionsUnreadable`] where a newer session cannot be read, and no session is asked
    /// for.
    pub fn import(&self, options: &ImportOptions, control: &Control) -> Result<Imported> {
        // One who cancelled while the medium was looked at need not hear what could not be read of it.
        control.check(NOTHING_WRITTEN)?;
        if options.session.is_none() {
            check_sessions(&self.drive, &self.disc)?;
        }
        let mut imported = import_all(&self.disc, options, control)?;
        if !self.has_head() && imported.boot.has_system_area() {
            imported.warnings.push(ImportWarning::PartitionTable);
            imported.boot = imported.boot.without_system_area();
        }
        Ok(imported)
    }

    /// Where the session goes, for [`PlanOptions::place`](crate::PlanOptions::place).
    ///
    /// While [a session is open](GrowingDisc::has_open_session) that is provisional: the next writable address and the free sectors
    /// that the drive tells, less what such media have between sessions at least. A plan for it shows what would be refused,
    /// and no more: it is made again for the place behind the session when that is closed.
    #[must_use]
    pub fn place(&self) -> Place {
        // A head that is written last tells the same.
        let is_found_by_head = self.drive.is_overwritable() || self.drive.medium().is_replaceable();
        // What was begun and never came to its head lies in front of a first session, too.
        let owns_head = self.has_head() && self.disc.sessions().is_empty();
        Place { end_mark: !is_found_by_head, owns_head, ..place(&self.next) }
    }

    /// The medium as it is after [`write`](GrowingDisc::write), which can be read without being recorded.
    ///
    /// # Errors
    /// [`Error::CannotAppend`], [`Error::ImportRead`].
    pub fn image<'p>(&self, plan: &'p LayoutPlan<'p>) -> Result<PlannedImage<'p>> {
        Ok(PlannedImage::new(plan, self.beside(plan)?.overlays()))
    }

    /// The ranges that [`write`](GrowingDisc::write) records, in this order, in blocks that the medium takes: for a caller
    /// that records them from [`image`](GrowingDisc::image) himself, as [`GrowingImage::modified`](crate::GrowingImage::modified).
    /// On media with a head, what tells of the session comes behind the rest of it; until then there are to be zeros in its place.
    ///
    /// # Errors
    /// As [`image`](GrowingDisc::image).
    pub fn modified(&self, plan: &LayoutPlan<'_>) -> Result<Vec<Extent>> {
        Ok(self.beside(plan)?.ranges(plan, &self.telling(plan)))
    }

    /// What of the planned session tells of it, on media with a head.
    fn telling(&self, plan: &LayoutPlan<'_>) -> Vec<Telling> {
        if self.has_head() { telling(plan) } else { Vec::new() }
    }

    pub(super) fn beside(&self, plan: &LayoutPlan<'_>) -> Result<Beside> {
        let source = self.disc.source().as_ref();
        let head = NewHead::new(plan, &self.disc, &self.next).and_then(|head| head.blocks(source));
        let end = plan.extent().end();
        let beside = head.and_then(|blocks| Beside::new(&self.disc, &self.next, end, blocks));
        beside.map_err(|error| match error {
            Error::ImportRead(error) => {
                let advice = match is_mendable(&self.disc) {
                    true => {
                        "it would be lost with the present head, so nothing was written; 'fsimage recover' writes that \
                         anew"
                    }
                    false => {
                        "it would be lost with the present head, so nothing was written; another drive may read it, \
                         and 'fsimage copy' makes an image of what the sessions hold"
                    }
                };
                unreadable(&self.drive, Arc::new(error), advice)
            }
            error => error,
        })
    }

    /// Whether the newest session is found by a head at the beginning of the medium.
    pub(crate) fn has_head(&self) -> bool {
        self.next.head != Head::None
    }

    /// That the disc in the drive is the one that was opened and imported, in the same state.
    fn check_identity(&mut self, plan: &LayoutPlan<'_>) -> Result<()> {
        match self.is_as_it_was()? && self.is_imported_from(plan, self.identifier) {
            true => Ok(()),
            false => Err(Error::DiscMismatch { medium: self.drive.name().to_owned() }),
        }
    }

    /// That the plan was made for where the session goes.
    pub(super) fn check_place(&self, plan: &LayoutPlan<'_>) -> Result<()> {
        let (planned, next) = (plan.extent().start, self.next.start);
        if planned == next { Ok(()) } else { Err(Error::WrongPlace { planned, next }) }
    }

    pub(super) fn request(&self, plan: &LayoutPlan<'_>, options: &BurnOptions) -> SessionRequest {
        let asked_speed = options.speed.or(options.rotation.map(|_| RecordingSpeed::Fastest));
        SessionRequest {
            closing: options.closing,
            mode: if options.at_once { RecordingMode::AtOnce } else { RecordingMode::Automatic },
            test_write: options.test_write,
            without_underrun_protection: options.without_underrun_protection,
            speed: asked_speed.map(|speed| speed.on(self.drive.medium().profile)),
            rotation: options.rotation,
            streaming: options.streaming,
            reserve: options.reserve,
            ..SessionRequest::new(plan.extent().len.get())
        }
    }

    /// Records the planned session, then, on overwritable media and with pseudo-overwrite, its own descriptors, and the head
    /// that makes it the newest.
    ///
    /// # Errors
    /// [`Error::Recording`] says in what state the medium was left; before anything is written:
    /// [`Error::DiscMismatch`] where the disc in the drive is no longer what was opened, or not what the plan's tree was
    /// imported from; [`Error::CannotAppend`], also while [a session is open](GrowingDisc::has_open_session);
    /// [`Error::Drive`] for a test while one is; [`Error::ImageTooBig`], [`Error::WrongPlace`] for a plan made for another place.
    pub fn write(mut self, plan: &LayoutPlan<'_>, options: &BurnOptions, control: &Control) -> Result<Burnt> {
        crate::trace::span!("burn");
        self.check_closed(options)?;
        self.check_identity(plan)?;
        self.check_place(plan)?;
        let extent = plan.extent();
        let Beside { before, head } = self.beside(plan)?;
        control.check("nothing was written")?;
        control.report(Stage::Validating, 0, 0);
        let request = self.request(plan, options);
        let name = self.drive.name().to_owned();
        let (state, reservation_refused) = heard(&mut self.drive.sectors.drive(), control, |drive| {
            let medium = self.drive.medium();
            let failed = |error| drive_error(&name, error);
            let takes_files = drive.transport().takes_files();
            let mut recorder = mmc_device::recorder(drive, medium).map_err(failed)?;
            let session = recorder.begin(&request).map_err(failed)?;
            let mut sink = RecorderSink::new(session, takes_files, &name, &self.telling(plan));
            let written = sink
                .prelude(&before)
                .and_then(|()| write_ordered(plan, &mut sink, control, "the session is incomplete"))
                .and_then(|()| sink.write_telling(&head));
            let session = sink.into_session();
            if let Err(error) = written {
                return Err(stopped(error, session.abandon(), &name, self.is_blank()));
            }
            control.report(Stage::Finalising, 0, 0);
            let end = session.close().map_err(|error| not_closed(&name, error))?;
            Ok((end.state, end.reservation_refused))
        })?;
        let (speed, rotation) = {
            let drive = self.drive.sectors.drive();
            (request.speed.and(drive.recording_speed()), options.rotation.and(drive.rotation()))
        };
        if options.verify != Verification::None && !options.test_write {
            self.verify(plan, options.verify, control)?;
        }
        let tray = match (options.eject, options.reload) {
            (true, _) => self.drive.eject(),
            (_, true) => self.drive.reload(),
            _ => Ok(()),
        };
        Ok(Burnt {
            start: extent.start,
            sectors: extent.len.get(),
            speed: speed.map(Speed::get),
            asked_speed: request.speed.filter(|speed| *speed != Speed::MAX).map(Speed::get),
            rotation,
            asked_rotation: options.rotation,
            appendable: state.map(|state| state != MediumState::Complete),
            reservation_refused,
            tray_failure: tray.err().map(|error| error.to_string()),
        })
    }

    fn verify(&self, plan: &LayoutPlan<'_>, verification: Verification, control: &Control) -> Result<()> {
        let name = self.drive.name().to_owned();
        let mut guard = self.drive.sectors.drive();
        verification::verify(&mut *guard, &name, plan, verification, control)
    }
}

impl OpenDrive {
    /// Writes blocks anywhere on an overwritable medium, or again what is recorded with pseudo-overwrite, each when those before it have reached it.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub(crate) fn write_blocks(&mut self, blocks: &[(Sector, Vec<u8>)]) -> Result<()> {
        if self.has_open_session() {
            self.close_open_session()?;
        }
        let name = self.name().to_owned();
        let failed = |error| drive_error(&name, error);
        let sectors: usize = blocks.iter().map(|(_, block)| block.len() / sector_io::SECTOR_SIZE).sum();
        {
            let mut guard = self.sectors.drive();
            let mut recorder = mmc_device::recorder(&mut *guard, self.medium()).map_err(failed)?;
            let session = recorder.begin(&SessionRequest::new(sectors as u32)).map_err(failed)?;
            let mut sink = RecorderSink::new(session, false, &name, &[]);
            sink.write_telling(blocks)?;
            sink.into_session().close().map_err(failed)?;
        }
        self.look_at_recorded()
    }
}

/// The medium as it is, and where its next session goes.
pub(super) fn look(drive: &OpenDrive) -> Result<(Disc, NextSession)> {
    drive.medium().check_told().map_err(|error| drive.error(error))?;
    let profile = drive.medium().profile;
    if !mmc_device::has_recipe(profile) {
        return Err(Error::MediumNotAllowed {
            drive: drive.name().to_owned(),
            profile: profile.to_string(),
            reason: match profile {
                Profile::BD_R_RRM => "it is formatted for random recording, which is not done here",
                _ => "no way of recording is known for it",
            },
        });
    }
    if drive.is_stopped_at_once() {
        return Err(Error::NoFurtherSession { medium: drive.name().to_owned(), reason: drive.spoiled() });
    }
    check_head(drive)?;
    let disc = drive.disc()?;
    // With a session to build on, it is for the import to say on which.
    if disc.newest_complete().is_none() {
        check_sessions(drive, &disc)?;
    }
    if disc.sessions().is_empty()
        && (drive.is_overwritable() || drive.medium().is_replaceable())
        && drive.is_head_in_use().map_err(|error| head_unreadable(drive, error))?
    {
        // The head is not blank, and has never come to be one.
        return Err(
            match drive.sectors.read_sectors(Sector::new(SYSTEM_AREA.get()), &mut [0; SECTOR_SIZE]) {
                Err(error) => head_unreadable(drive, error),
                Ok(()) if is_mendable(&disc) => head_astray(),
                Ok(()) => Error::NotBlank { drive: drive.name().to_owned() },
            },
        );
    }
    if drive.replaces_head(&disc) && leads_elsewhere(&disc) {
        return Err(head_astray());
    }
    if drive.is_overwritable() && grows_by_tables(&disc) {
        let reason = "its UDF grows by virtual allocation tables, as is done on media that are written once: readers would \
                      find no further session on this one; 'fsimage copy' makes an image of what it holds";
        return Err(Error::CannotAppend { reason: reason.to_owned() });
    }
    let next = drive.next_session(&disc, disc.foreign_files_end()).map_err(|error| match error {
        Error::ImportRead(error) => {
            let advice = "the system area and what partitions it tells of would be lost, so nothing was written; \
                          'fsimage copy' makes an image of what the sessions hold";
            unreadable(drive, Arc::new(error), advice)
        }
        error => error,
    })?;
    let next = next.map_err(|error| no_next_session(&error, drive.name()))?;
    Ok((disc, next))
}

/// Whether the newest session is a volume of UDF alone with a virtual allocation table.
fn grows_by_tables(disc: &Disc) -> bool {
    let Some(newest) = disc.newest_complete() else { return false };
    let has_table = match disc.udf_volume(&newest) {
        Ok(udf) => udf.is_some_and(|udf| udf.virtual_allocation_table().is_some()),
        // It has to be in the last sector, and here there are others behind it.
        Err(Error::Corrupt { structure, .. }) => structure.starts_with("virtual allocation table"),
        Err(_) => false,
    };
    has_table && disc.volume_set(&newest).is_err()
}

/// That the sectors can be read which lead to the sessions of a medium that can be written again. Where sector 16 has no
/// descriptors of ISO 9660, the anchor of UDF leads to the newest session.
fn check_head(drive: &OpenDrive) -> Result<()> {
    let medium = drive.medium();
    if !drive.is_overwritable() && (!medium.is_replaceable() || medium.sessions.len() > 1) {
        return Ok(());
    }
    let mut sector = [0; SECTOR_SIZE];
    let mut has_udf = false;
    for at in [Sector::new(SYSTEM_AREA.get()), ANCHOR] {
        match drive.sectors.read_sectors(at, &mut sector) {
            Ok(()) if sector[1..6] == *b"CD001" => return Ok(()),
            Ok(()) => has_udf |= sector[1..6] == *b"BEA01",
            Err(error) if has_udf || !is_unwritten(&error) => return Err(head_unreadable(drive, error)),
            Err(_) => {}
        }
    }
    Ok(())
}

/// The error of a medium with sessions that its head does not lead to.
fn head_astray() -> Error {
    let reason = "its head does not lead to the session behind it; 'fsimage recover' writes that anew";
    Error::CannotAppend { reason: reason.to_owned() }
}

fn head_unreadable(drive: &OpenDrive, error: ReadError) -> Error {
    let advice = match drive.disc() {
        Ok(disc) if is_mendable(&disc) => {
            "what the medium holds would be overwritten, so nothing was written; 'fsimage recover' writes the head anew"
        }
        Ok(disc) if disc.newest_complete().is_some() => {
            "what it leads to would be lost, so nothing was written; another drive may read it, and 'fsimage copy' \
             makes an image of what can be read"
        }
        _ => {
            "what the medium holds would be overwritten, so nothing was written; another drive may read it, and \
             'fsimage recover' looks for later sessions, if there are any"
        }
    };
    unreadable(drive, Arc::new(error), advice)
}

/// The error of a medium that is not written to, since it cannot be read: not where the caller cancelled the wait for it.
fn unreadable(drive: &OpenDrive, source: Arc<ReadError>, advice: &'static str) -> Error {
    let is_cancelled = match &*source {
        ReadError::Device { source, .. } => matches!(source.downcast_ref(), Some(DriveError::Cancelled)),
        _ => false,
    };
    match is_cancelled {
        true => Error::Cancelled { state: NOTHING_WRITTEN.to_owned() },
        false => Error::SessionsUnreadable { drive: drive.name().to_owned(), source, advice },
    }
}

/// That no session would be hidden because it could not be read, and none of the file systems of the newest: by a descriptor, or
/// by what a volume of UDF that is announced begins with.
fn check_sessions(drive: &OpenDrive, disc: &Disc) -> Result<()> {
    if let Some((error, advice)) = lost_descriptor(disc) {
        return Err(unreadable(drive, Arc::new(error), advice));
    }
    match disc.hidden_by_failure() {
        None => Ok(()),
        Some(source) => {
            let advice = match disc.newest_complete() {
                Some(_) => {
                    "the files of that session would be hidden, so nothing was written; another drive may read it, and \
                     '--session' builds on one before it"
                }
                None => {
                    "the files of that session would be hidden, so nothing was written; another drive may read it"
                }
            };
            Err(unreadable(drive, source, advice))
        }
    }
}

/// The error of a session whose data the drive has, and which is not closed.
pub(super) fn not_closed(name: &str, error: DriveError) -> Error {
    let medium = match is_medium_file(&error) {
        true => NOT_KEPT.to_owned(),
        false => format!(
            "{}, and the session may not be closed; 'fsimage drive close' can try it again",
            written_so_far(&error)
        ),
    };
    Error::Recording { source: Box::new(drive_error(name, error)), medium }
}

/// A simulated medium whose files the host does not keep.
const NOT_KEPT: &str = "the medium is as its file was saved last";

/// The medium behind a recording of which the drive, named `name`, does not tell what it left.
pub(super) fn not_told(name: &str, error: &DriveError) -> String {
    match is_medium_file(error) {
        true => format!("{NOT_KEPT} ({name}: {error})"),
        false => format!("the state of the medium is unknown ({name}: {error})"),
    }
}

/// What is on the medium when a session that was sent to its end cannot be ended.
pub(super) fn written_so_far(error: &DriveError) -> &'static str {
    match error.is_of_closing() {
        true => "all data were written",
        // What was left in the drive's buffer was to be flushed.
        false => "all data were sent, but the last of them may not be on the medium",
    }
}

/// The error of a recording that stopped, with what it left behind.
pub(super) fn stopped(
    error: Error,
    abandoned: Result<Abandoned, DriveError>,
    name: &str,
    was_blank: bool,
) -> Error {
    let earlier = if was_blank { "no session can be read" } else { "earlier sessions can be read" };
    let medium = match abandoned {
        Ok(Abandoned { left, format_stopped, .. })
            if matches!(left, MediumLeft::Untouched | MediumLeft::Formatted) =>
        {
            let medium = match left {
                MediumLeft::Formatted => "nothing was written, but the medium is formatted",
                _ => "the medium is as it was",
            };
            format!("{medium}{}", format_told(format_stopped))
        }
        Ok(Abandoned { blocks, left, format_stopped, .. }) => {
            let left = match left {
                MediumLeft::Appendable => {
                    format!("the incomplete session is closed; {earlier}, and another one can follow")
                }
                MediumLeft::SessionOpen => {
                    format!("{earlier}; the incomplete session is open, and the next burn closes it")
                }
                MediumLeft::ReservationOpen => format!(
                    "{earlier}; the incomplete session is open in a reserved track, and the next burn closes it, with \
                     zeros in the rest of the track; 'fsimage recover' tells what of it can be kept"
                ),
                MediumLeft::Complete => {
                    "the disc is complete, with the incomplete session on it and zeros behind".to_owned()
                }
                MediumLeft::Spoiled if was_blank => {
                    "the disc cannot be read; a rewritable one can be blanked in full".to_owned()
                }
                MediumLeft::Spoiled => {
                    format!("{earlier}, and nothing can follow; a rewritable one can be blanked in full")
                }
                MediumLeft::Overwritten if was_blank => "the next burn starts anew".to_owned(),
                MediumLeft::Overwritten => "readers find the session before this one, as before".to_owned(),
                _ => earlier.to_owned(),
            };
            let format = format_told(format_stopped);
            let sectors = if blocks == 1 { "sector" } else { "sectors" };
            format!("{blocks} {sectors} of the session are on the medium; {left}{format}")
        }
        Err(error) => not_told(name, &error),
    };
    match error {
        Error::Cancelled { .. } => Error::Cancelled { state: medium },
        error => Error::Recording { source: Box::new(error), medium },
    }
}

/// What became of the format of a DVD+RW, which goes on in the background of recording.
pub(super) fn format_told(stopped: bool) -> &'static str {
    match stopped {
        true => "; the rest of its format is left to the next burn",
        false => "",
    }
}
