//! Operations on a medium outside a recording: blank, format, close, eject, load.

use crate::command::blank::BlankType;
use crate::command::close::CloseFunction;
use crate::command::start_stop::StartStop;
use crate::drive::BLOCK;
use crate::format::{FormatRequest, format, format_if_needed, present_spare};
use crate::medium::{empty_reservations, reservations, writable_track};
use crate::recorder::parameters::{multi_session, select};
use crate::recorder::{Part, check_takes_tracks, close_session, close_track};
use crate::sense::key;
use crate::{
    Closing, Drive, DriveError, Lba, Medium, MediumState, MediumTrack, NotWritable, Operation, Profile,
    TrackState, Transport,
};

/// How thoroughly a medium is blanked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Blanking {
    /// Minutes: the medium counts as blank, its data areas are not touched.
    #[default]
    Quick,
    /// Up to hours: everything is erased, or formatted anew.
    Full,
}

/// Blocks at the head of an overwritable medium without which no file system is found on it: the boot
/// area, the volume descriptors of ISO 9660, the recognition sequence of UDF, and a cluster to spare.
const HEAD: u32 = 64;

/// The cluster with block 256, where readers of UDF look for an anchor (ECMA-167 3/8.4.2.1): it may lead to a session behind the
/// head.
const ANCHOR: std::ops::Range<i32> = 256..288;

/// Makes an erasable medium blank: CD-RW and sequential DVD-RW by BLANK; DVD-RW in restricted overwrite mode by a
/// format; DVD+RW, DVD-RAM and BD-RE, which are never blank again, by formatting where they are not or all is
/// wanted, and by zeros over the head of the file system and the anchor of UDF. Spare areas stay as they are.
///
/// A sequential DVD-RW that was blanked quickly can only be recorded at once, until it is blanked in full.
///
/// # Errors
/// [`DriveError::NotWritable`] for a medium that cannot be erased, or a drive that cannot do it;
/// [`DriveError::EraseFailed`].
pub fn blank<T: Transport>(drive: &mut Drive<T>, blanking: Blanking) -> Result<Medium, DriveError> {
    drive.wait_until_ready()?;
    let medium = drive.medium()?;
    let profile = medium.profile;
    match profile {
        Profile::CD_RW | Profile::DVD_RW_SEQUENTIAL => {
            check_erasable(drive, profile)?;
            let kind = match blanking {
                Blanking::Quick => BlankType::MINIMAL,
                Blanking::Full => BlankType::FULL,
            };
            drive.begin_change()?;
            drive.blank(kind)?;
        }
        Profile::DVD_RW_RESTRICTED_OVERWRITE => {
            let full = blanking == Blanking::Full;
            return format(drive, &FormatRequest { full, ..FormatRequest::default() });
        }
        Profile::DVD_PLUS_RW | Profile::DVD_RAM | Profile::BD_RE => {
            match blanking {
                Blanking::Quick => {
                    format_if_needed(drive, &medium)?;
                }
                Blanking::Full => {
                    let spare = present_spare(drive, profile)?;
                    format(drive, &FormatRequest { full: true, spare, ..FormatRequest::default() })?;
                }
            }
            drive.begin_change()?;
            zero_head(drive)?;
        }
        _ => return Err(DriveError::NotWritable { profile, reason: NotWritable::NotErasable }),
    }
    changed(drive)
}

/// That the disc says that it can be erased, and a drive with a CD-RW in it that it writes them: many read them only. A
/// drive that does not know the question is believed by its profile.
fn check_erasable<T: Transport>(drive: &mut Drive<T>, profile: Profile) -> Result<(), DriveError> {
    let reason = match (drive.disc_information(), profile) {
        (Ok(disc), _) if !disc.erasable => NotWritable::NotErasable,
        (Err(error), _) if !error.is_unsupported() => return Err(error),
        (_, Profile::CD_RW) => match drive.capabilities() {
            Ok(page) if !page.write_cd_rw => NotWritable::NoSuchMode,
            Err(error) if !error.is_unsupported() => return Err(error),
            _ => return Ok(()),
        },
        _ => return Ok(()),
    };
    Err(DriveError::NotWritable { profile, reason })
}

pub(crate) fn zero_head<T: Transport>(drive: &mut Drive<T>) -> Result<(), DriveError> {
    let zeros = [0; 16 * BLOCK];
    for start in (0..HEAD.cast_signed()).chain(ANCHOR).step_by(16) {
        drive.write_10(Lba::new(start), &zeros)?;
    }
    drive.synchronize_cache()
}

/// Closes the session that was left open on a sequential medium, with the tracks in it, so that another one
/// can follow; the tracks alone, where the first blocks [can be replaced](Medium::is_replaceable). Reserved tracks are filled with zeros, for what is reserved cannot be given back. Nothing is
/// done if there is no such session.
///
/// # Errors
/// What the drive says; [`DriveError::CloseFailed`].
pub fn close_open_session<T: Transport>(drive: &mut Drive<T>) -> Result<Medium, DriveError> {
    let medium = repaired(drive)?;
    if !medium.unfinished_session {
        return Ok(medium);
    }
    finish_session(drive, &medium, Closing::KeepAppendable)?;
    changed(drive)
}

/// The medium as it is now that it was changed, which is asked to the end.
fn changed<T: Transport>(drive: &mut Drive<T>) -> Result<Medium, DriveError> {
    let medium = drive.medium();
    drive.end_change();
    medium
}

/// Closes the session that is left open for good on a medium [whose first blocks can be
/// replaced](Medium::is_replaceable): further ones follow it, and are found by the table of contents.
///
/// # Errors
/// What the drive says; [`DriveError::CloseFailed`].
pub fn end_session<T: Transport>(drive: &mut Drive<T>) -> Result<Medium, DriveError> {
    let medium = close_open_session(drive)?;
    if !medium.is_replaceable() || medium.sessions.is_empty() {
        return Ok(medium);
    }
    drive.begin_change()?;
    close_session(drive, medium.profile, Closing::KeepAppendable, None)?;
    changed(drive)
}

/// The medium, with damaged tracks repaired in which nothing is recorded. Where a drive can write to them again, there is nothing
/// to close.
fn repaired<T: Transport>(drive: &mut Drive<T>) -> Result<Medium, DriveError> {
    let medium = drive.medium()?;
    let empty = |track: &&MediumTrack| track.damaged && track.state == TrackState::Blank;
    if !medium.unfinished_session || !medium.tracks.iter().any(|track| empty(&track)) {
        return Ok(medium);
    }
    drive.begin_change()?;
    repair(drive, medium.tracks.iter().filter(empty));
    changed(drive)
}

fn repair<'t, T: Transport>(drive: &mut Drive<T>, tracks: impl Iterator<Item = &'t MediumTrack>) {
    for track in tracks {
        if let Err(error) = drive.repair_track(track.number) {
            let track = track.number;
            crate::trace::event!(warn, %track, %error, "the track cannot be repaired");
        }
    }
}

/// Repairs what is damaged, and closes the open tracks and the session around them.
fn finish_session<T: Transport>(
    drive: &mut Drive<T>,
    medium: &Medium,
    closing: Closing,
) -> Result<(), DriveError> {
    let profile = medium.profile;
    drive.begin_change()?;
    let multi = multi_session(closing);
    if profile.is_cd() {
        select(drive, |parameters| parameters.set_track_at_once(multi, false, true))?;
    } else if profile.is_dvd_minus_r() {
        select(drive, |parameters| parameters.set_incremental(multi, false, true))?;
    }
    repair(drive, medium.tracks.iter().filter(|track| track.damaged));
    let empty: Vec<MediumTrack> = empty_reservations(profile, &medium.tracks).copied().collect();
    for track in &empty {
        begin_reserved_track(drive, track, medium.write_unit)?;
    }
    let session = medium.tracks.last().map(|track| track.session);
    // One that is full takes no more, and may be closed already: the drive need not tell which.
    let is_full = |track: &&MediumTrack| track.state == TrackState::Recorded && !track.damaged;
    let of_session = |track: &&MediumTrack| Some(track.session) == session;
    for track in reservations(profile, &medium.tracks).filter(of_session).filter(is_full) {
        if let Err(error) = close_track(drive, track.number) {
            let track = track.number;
            crate::trace::event!(debug, %track, %error, "a full track that was reserved");
        }
    }
    let mut unfinished: Vec<u16> = (medium.tracks.iter())
        .filter(of_session)
        .filter(|track| track.state == TrackState::Open || track.damaged || empty.contains(track))
        .map(|track| track.number)
        .collect();
    if medium.is_replaceable() && closing == Closing::KeepAppendable {
        return unfinished.into_iter().try_for_each(|track| close_track(drive, track));
    }
    let track = match unfinished.pop() {
        Some(last) => Some(last),
        // The numbering agrees that the track to be written next is the one to close.
        None => writable_track(drive, profile)?.filter(|track| !track.blank).map(|track| track.track),
    };
    for track in unfinished {
        close_track(drive, track)?;
    }
    close_session(drive, profile, closing, track)
}

/// Writes zeros into the first unit of a reserved track. Drives close no reserved track that is empty, but fill
/// one in which something is recorded.
fn begin_reserved_track<T: Transport>(
    drive: &mut Drive<T>,
    track: &MediumTrack,
    unit: u32,
) -> Result<(), DriveError> {
    let zeros = [0; 16 * BLOCK];
    let start = track.next_writable.unwrap_or(track.start);
    for lba in (0..unit).step_by(16).filter_map(|block| start.checked_add(block)) {
        drive.write_10(lba, &zeros)?;
    }
    drive.synchronize_cache()
}

/// Closes the medium: what was left open, and with [`Closing::Finalise`] the whole, so that nothing can
/// follow.
///
/// # Errors
/// [`DriveError::NotWritable`] for a medium that is complete, blank, or (CD) has no open session that could
/// be made the last; else what the drive says.
pub fn close<T: Transport>(drive: &mut Drive<T>, closing: Closing) -> Result<Medium, DriveError> {
    let medium = repaired(drive)?;
    let profile = medium.profile;
    let nothing = DriveError::NotWritable { profile, reason: NotWritable::NothingToClose };
    medium.check_told()?;
    match (medium.state, closing) {
        (MediumState::Complete | MediumState::Blank, _) => return Err(nothing),
        (MediumState::Overwritable, _) => {
            drive.begin_change()?;
            if medium.background_format_pending && !medium.needs_format {
                stop_background_format(drive)?;
            } else if medium.growing && medium.readable().get() > 0 {
                drive.close_track_session(CloseFunction::SESSION, 0)?;
            }
        }
        (MediumState::Appendable, Closing::KeepAppendable) => {
            if medium.unfinished_session {
                finish_session(drive, &medium, closing)?;
            }
        }
        (MediumState::Appendable, Closing::Finalise) => {
            if medium.unfinished_session {
                finish_session(drive, &medium, closing)?;
            } else if profile.is_cd() {
                // The pointer to the next session is in the lead-in already.
                return Err(DriveError::NotWritable { profile, reason: NotWritable::NotFinalisable });
            } else {
                drive.begin_change()?;
                close_session(drive, profile, closing, None)?;
            }
        }
    }
    changed(drive)
}

fn stop_background_format<T: Transport>(drive: &mut Drive<T>) -> Result<(), DriveError> {
    match drive.close_track_session(CloseFunction::STOP_BACKGROUND_FORMAT, 0) {
        Err(error) if error.is_unsupported() => {}
        result => result?,
    }
    drive.close_track_session(CloseFunction::SESSION, 0)
}

/// Reserves a track of `blocks` blocks, rounded up to whole units of recording, at the next writable address of a DVD-R,
/// DVD-RW, DVD+R or BD-R. The session that it is in stays open. The track is written by
/// [`track_recorder`](crate::track_recorder); nothing gives the room back.
///
/// # Errors
/// [`DriveError::NotWritable`] for a medium that has no such tracks, or as many as it takes; [`DriveError::TooLarge`];
/// what the drive says.
pub fn reserve_track<T: Transport>(drive: &mut Drive<T>, blocks: u32) -> Result<Medium, DriveError> {
    let medium = drive.medium()?;
    let Medium { profile, state, write_unit, free_blocks, .. } = medium;
    let refused = |reason| Err(DriveError::NotWritable { profile, reason });
    medium.check_told()?;
    match state {
        MediumState::Complete => return refused(NotWritable::Complete),
        MediumState::Overwritable => return refused(NotWritable::NoTracks),
        MediumState::Blank | MediumState::Appendable => {}
    }
    if profile.is_cd() {
        return refused(NotWritable::NoReservations);
    }
    Part::Track(None).check(&medium)?;
    if profile.is_dvd_minus_r() {
        check_takes_tracks(drive, &medium)?;
    }
    let needed = blocks.checked_next_multiple_of(write_unit).unwrap_or(u32::MAX).max(write_unit);
    if needed > free_blocks {
        return Err(DriveError::TooLarge { needed, available: free_blocks });
    }
    if profile.is_dvd_minus_r() {
        let multi = multi_session(Closing::KeepAppendable);
        select(drive, |parameters| parameters.set_incremental(multi, false, true))?;
    }
    drive.begin_change()?;
    match drive.reserve_track(needed) {
        Err(error) if error.sense().is_some_and(|sense| sense.is(key::ILLEGAL_REQUEST, 0x72, 0x05)) => {
            return refused(NotWritable::NoMoreReservations);
        }
        result => result?,
    }
    changed(drive)
}

/// Opens the tray.
///
/// # Errors
/// What the drive says, for instance that another program has locked it.
pub fn eject<T: Transport>(drive: &mut Drive<T>) -> Result<(), DriveError> {
    // A drive that has just written may refuse to eject until it was started and unlocked again.
    for attempt in [drive.start_stop(StartStop::Start), drive.prevent_removal(false)] {
        if let Err(error) = attempt {
            crate::trace::event!(debug, %error, "on the way to the eject");
        }
    }
    drive.start_stop(StartStop::Eject)
}

/// Closes the tray and waits for the medium to be ready.
///
/// # Errors
/// [`DriveError::NoMedium`] if the tray is empty; else what the drive says.
pub fn load<T: Transport>(drive: &mut Drive<T>) -> Result<(), DriveError> {
    drive.start_stop(StartStop::Load)?;
    drive.wait_for(Operation::Loading)
}
