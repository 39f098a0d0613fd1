//! DVD+RW, DVD-RAM and BD-RE. `docs/recipes/dvd+rw.md`, `dvd-ram.md` and `bd-re.md` tell the steps.

use super::recording::{Recording, end_within};
use super::{Abandoned, MediumLeft, OpenSession, Recorder, SessionEnd, SessionRequest};
use crate::command::close::CloseFunction;
use crate::command::disc_info::BackgroundFormat;
use crate::{Drive, DriveError, Lba, Medium, Outgoing, Profile, Transport};

pub(super) struct Overwrite<'d, T: Transport> {
    pub(super) drive: &'d mut Drive<T>,
    pub(super) medium: Medium,
}

impl<T: Transport> Recorder for Overwrite<'_, T> {
    fn begin(&mut self, request: &SessionRequest) -> Result<Box<dyn OpenSession + '_>, DriveError> {
        let profile = self.medium.profile;
        request.only_in_parts(profile)?;
        request.not_reserved(profile)?;
        if request.blocks > self.medium.capacity {
            return Err(DriveError::TooLarge { needed: request.blocks, available: self.medium.capacity });
        }
        self.drive.wait_for_same_medium()?;
        let format_begun = crate::format::format_if_needed(self.drive, &self.medium)?;
        let is_first_format = self.medium.needs_format;
        if is_first_format {
            self.medium = self.drive.medium()?;
            if request.blocks > self.medium.capacity {
                return Err(DriveError::TooLarge { needed: request.blocks, available: self.medium.capacity });
            }
        }
        if let Some(speed) = request.speed {
            self.drive.request_speed(&self.medium, speed, request.rotation);
        }
        let capacity = self.medium.capacity;
        let mut recording = Recording::begin(self.drive, profile, Lba::ZERO, Lba::ZERO);
        if request.streaming {
            recording.stream();
        }
        Ok(Box::new(Session { recording, profile, capacity, first: None, format_begun, is_first_format }))
    }
}

struct Session<'d, T: Transport> {
    recording: Recording<'d, T>,
    profile: Profile,
    capacity: u32,
    /// The block that the caller began with.
    first: Option<Lba>,
    /// This session began or resumed a background format.
    format_begun: bool,
    /// The medium was not formatted before.
    is_first_format: bool,
}

impl<T: Transport> Session<'_, T> {
    /// Stops the background format of a DVD+RW, and with `lead_out` makes it readable for drives that only
    /// read. Whether there was one.
    fn end_background_format(&mut self, lead_out: bool) -> Result<bool, DriveError> {
        if self.profile != Profile::DVD_PLUS_RW {
            return Ok(false);
        }
        let pending = match self.recording.drive.disc_information() {
            Ok(disc) => {
                matches!(disc.background_format, BackgroundFormat::Suspended | BackgroundFormat::Running)
            }
            Err(error) if error.is_unsupported() => self.format_begun,
            Err(error) => return Err(error),
        };
        if !pending {
            return Ok(false);
        }
        match self.recording.drive.close_track_session(CloseFunction::STOP_BACKGROUND_FORMAT, 0) {
            Err(error) if error.is_unsupported() => {
                crate::trace::event!(debug, %error, "the background format is not stopped")
            }
            result => result?,
        }
        if lead_out {
            self.recording.drive.close_track_session(CloseFunction::SESSION, 0)?;
        }
        Ok(true)
    }

    fn start(&self) -> Lba {
        self.first.unwrap_or(Lba::ZERO)
    }
}

impl<T: Transport> OpenSession for Session<'_, T> {
    fn next_writable(&mut self) -> Result<Lba, DriveError> {
        Ok(self.recording.next())
    }

    fn take(&mut self, start: Lba, data: Outgoing<'_>) -> Result<u32, DriveError> {
        end_within(start, data, self.capacity)?;
        if start != self.recording.next() {
            self.recording.seek(start)?;
        }
        self.first.get_or_insert(start);
        let taken = self.recording.push(data)?;
        self.recording.accepted = self.recording.accepted.saturating_add(taken);
        Ok(taken)
    }

    fn flush(&mut self) -> Result<(), DriveError> {
        self.recording.drain()?;
        if self.recording.begun { self.recording.drive.synchronize_cache() } else { Ok(()) }
    }

    fn buffer_fill(&mut self) -> Option<u8> {
        self.recording.buffer_fill()
    }

    fn close(mut self: Box<Self>) -> Result<SessionEnd, DriveError> {
        // No padding: the drive fills its units up with what they held, and behind the end there may be
        // something that is still wanted.
        self.flush()?;
        self.recording.written();
        self.end_background_format(true)?;
        Ok(self.recording.end(self.start()))
    }

    fn abandon(mut self: Box<Self>) -> Result<Abandoned, DriveError> {
        if !self.recording.failed {
            self.recording.drain()?;
        }
        self.recording.flush_at_end()?;
        self.recording.written();
        let format_stopped = self.end_background_format(false)?;
        let mut abandoned = Abandoned { format_stopped, ..self.recording.overwritten(self.start()) };
        if self.is_first_format && abandoned.left == MediumLeft::Untouched {
            abandoned.left = MediumLeft::Formatted;
        }
        Ok(abandoned)
    }
}
