//! DVD+R, on one layer or two, and BD-R in sequential recording mode. `docs/recipes/dvd+r.md`,
//! `dvd+r-dl.md` and `bd-r.md` tell the steps.

use super::recording::Recording;
use super::{
    Abandoned, Closing, MediumLeft, OpenSession, Part, Recorder, SessionEnd, SessionRequest, close_track,
};
use crate::command::track_info::{TrackAddress, TrackInformation};
use crate::medium::writable_track;
use crate::{Drive, DriveError, Lba, Medium, NotWritable, Outgoing, Profile, Transport};

pub(super) struct Sequential<'d, T: Transport> {
    pub(super) drive: &'d mut Drive<T>,
    pub(super) medium: Medium,
    pub(super) part: Part,
}

/// How the medium is told what is coming.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// DVD+R, BD-R: not at all.
    Plain,
    /// DVD-R, DVD-RW: by the write parameters, which are selected already.
    Incremental,
}

impl<T: Transport> Recorder for Sequential<'_, T> {
    fn check(&mut self, request: &SessionRequest) -> Result<(), DriveError> {
        request.only_in_parts(self.medium.profile)
    }

    fn begin(&mut self, request: &SessionRequest) -> Result<Box<dyn OpenSession + '_>, DriveError> {
        self.check(request)?;
        self.part.check(&self.medium)?;
        self.drive.wait_for_same_medium()?;
        if let Some(speed) = request.speed {
            self.drive.request_speed(&self.medium, speed, request.rotation);
        }
        begin(self.drive, &self.medium, request, Style::Plain, self.part)
    }
}

/// Begins a track at the next writable address of a drive that is ready.
pub(super) fn begin<'s, T: Transport>(
    drive: &'s mut Drive<T>,
    medium: &Medium,
    request: &SessionRequest,
    style: Style,
    part: Part,
) -> Result<Box<dyn OpenSession + 's>, DriveError> {
    let Medium { profile, write_unit, .. } = *medium;
    let track = match part {
        Part::Track(Some(number)) => Some(reserved_track(drive, profile, number)?),
        _ => writable_track(drive, profile)?,
    };
    let Some((track, start)) = track.and_then(|track| Some((track, track.next_writable?))) else {
        return Err(DriveError::NotWritable { profile, reason: NotWritable::NoNextWritableAddress });
    };
    let padded = request.blocks.checked_next_multiple_of(write_unit).unwrap_or(u32::MAX);
    let available = track.free_blocks;
    if padded > available || start.checked_add(padded).is_none() {
        return Err(DriveError::TooLarge { needed: padded, available });
    }
    let asked = request.reserve && !matches!(part, Part::Track(Some(_))) && !request.test_write && padded > 0;
    let reserved = asked && reserve(drive, padded)?;
    let mut recording = Recording::begin(drive, profile, start, start);
    if request.streaming {
        recording.stream();
    }
    Ok(Box::new(Session {
        recording,
        announced: request.blocks,
        unit: write_unit,
        track: track.track,
        reserved: reserved.then_some(padded),
        reservation_refused: asked && !reserved,
        closing: request.closing,
        test_write: request.test_write,
        style,
        part,
    }))
}

/// A track that was reserved, and takes more.
fn reserved_track<T: Transport>(
    drive: &mut Drive<T>,
    profile: Profile,
    number: u16,
) -> Result<TrackInformation, DriveError> {
    match drive.track_information(TrackAddress::Track(number)) {
        Ok(track) if track.reserved && track.next_writable.is_some_and(|next| next > track.start) => {
            Err(DriveError::NotWritable { profile, reason: NotWritable::TrackBegun })
        }
        Ok(track) if track.reserved && track.next_writable.is_some() => Ok(track),
        Err(error) if !error.is_unsupported() => Err(error),
        _ => Err(DriveError::NotWritable { profile, reason: NotWritable::NotReserved }),
    }
}

/// Whether the drive took the reservation, which not all do.
fn reserve<T: Transport>(drive: &mut Drive<T>, blocks: u32) -> Result<bool, DriveError> {
    drive.begin_change()?;
    match drive.reserve_track(blocks) {
        Ok(()) => Ok(true),
        Err(error) if error.is_unsupported() => {
            crate::trace::event!(info, %error, "recording without a reservation");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

struct Session<'d, T: Transport> {
    recording: Recording<'d, T>,
    announced: u32,
    unit: u32,
    track: u16,
    /// Blocks reserved, which must all be written before the track can be closed.
    reserved: Option<u32>,
    reservation_refused: bool,
    closing: Closing,
    test_write: bool,
    style: Style,
    part: Part,
}

impl<T: Transport> Session<'_, T> {
    /// Whether the drive says that nothing is in the track, where it refused the first write.
    fn is_untouched(&mut self) -> bool {
        let track = self.recording.drive.track_information(TrackAddress::Track(self.track));
        track.is_ok_and(|track| {
            track.blank && !track.damage && track.next_writable == Some(self.recording.start())
        })
    }

    fn pad_to_unit(&mut self) -> Result<(), DriveError> {
        let padded =
            self.recording.accepted.checked_next_multiple_of(self.unit).unwrap_or(self.recording.accepted);
        self.recording.pad_to(padded)
    }
}

impl<T: Transport> OpenSession for Session<'_, T> {
    fn next_writable(&mut self) -> Result<Lba, DriveError> {
        Ok(self.recording.next())
    }

    fn take(&mut self, start: Lba, data: Outgoing<'_>) -> Result<u32, DriveError> {
        self.recording.push_next(start, data, self.announced)
    }

    fn flush(&mut self) -> Result<(), DriveError> {
        if self.recording.begun { self.recording.drive.synchronize_cache() } else { Ok(()) }
    }

    fn buffer_fill(&mut self) -> Option<u8> {
        self.recording.buffer_fill()
    }

    fn close(mut self: Box<Self>) -> Result<SessionEnd, DriveError> {
        match self.reserved {
            Some(reserved) => self.recording.pad_to(reserved)?,
            None => self.pad_to_unit()?,
        }
        if self.recording.begun {
            self.recording.drive.synchronize_cache()?;
            self.recording.written();
            // After a test write there is nothing to close.
            if self.part != Part::Session && !self.test_write {
                close_track(self.recording.drive, self.track)?;
            } else if !self.test_write {
                // On DVD-R the write parameters say whether another session can follow.
                let closing = match self.style {
                    Style::Plain => self.closing,
                    Style::Incremental => Closing::KeepAppendable,
                };
                self.recording.close_session(closing, Some(self.track))?;
            }
        }
        let end = self.recording.end(self.recording.start());
        Ok(SessionEnd { reservation_refused: self.reservation_refused, ..end })
    }

    fn abandon(mut self: Box<Self>) -> Result<Abandoned, DriveError> {
        if !self.recording.begun && self.reserved.is_none() {
            return Ok(self.recording.abandoned(MediumLeft::Untouched));
        }
        if !self.recording.failed {
            self.pad_to_unit()?;
        }
        self.recording.flush_at_end()?;
        self.recording.written();
        if self.test_write {
            return Ok(self.recording.abandoned(MediumLeft::Untouched));
        }
        let is_reserved = self.reserved.is_some() || matches!(self.part, Part::Track(Some(_)));
        if !is_reserved && self.recording.sent == 0 && self.is_untouched() {
            return Ok(self.recording.abandoned(MediumLeft::Untouched));
        }
        // The session stays open, so that the newest complete one remains the one that is mounted.
        let left = if is_reserved { MediumLeft::ReservationOpen } else { MediumLeft::SessionOpen };
        Ok(self.recording.abandoned(left))
    }
}
