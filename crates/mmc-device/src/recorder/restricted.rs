//! DVD-RW in restricted overwrite mode. `docs/recipes/dvd-rw.md` tells the steps.

use super::parameters::select;
use super::recording::{Recording, end_within};
use super::{Abandoned, OpenSession, Recorder, SessionEnd, SessionRequest};
use crate::command::close::CloseFunction;
use crate::command::format::FormatUnit;
use crate::command::format_capacities::FormatType;
use crate::drive::BLOCK;
use crate::{Drive, DriveError, Lba, Medium, Outgoing, Transport};

/// Blocks in a packet, the parameter of the formats of DVD-RW.
pub(crate) const PACKET: u32 = 16;

pub(super) struct RestrictedOverwrite<'d, T: Transport> {
    pub(super) drive: &'d mut Drive<T>,
    pub(super) medium: Medium,
}

impl<T: Transport> Recorder for RestrictedOverwrite<'_, T> {
    fn begin(&mut self, request: &SessionRequest) -> Result<Box<dyn OpenSession + '_>, DriveError> {
        let Medium { profile, capacity, growing, .. } = self.medium;
        request.only_in_parts(profile)?;
        request.not_reserved(profile)?;
        let needed = request.blocks.checked_next_multiple_of(PACKET).unwrap_or(u32::MAX);
        if needed > capacity {
            return Err(DriveError::TooLarge { needed, available: capacity });
        }
        self.drive.wait_for_same_medium()?;
        if let Some(speed) = request.speed {
            self.drive.request_speed(&self.medium, speed, request.rotation);
        }
        let protected = !request.without_underrun_protection;
        select(self.drive, |parameters| parameters.set_restricted_overwrite(protected))?;
        let formatted = self.medium.readable().get();
        let recording = Recording::begin(self.drive, profile, Lba::ZERO, Lba::ZERO);
        Ok(Box::new(Session { recording, capacity, formatted, growing, first: None }))
    }
}

struct Session<'d, T: Transport> {
    recording: Recording<'d, T>,
    capacity: u32,
    /// The first block behind what is formatted.
    formatted: u32,
    /// What is written behind that extends it.
    growing: bool,
    /// The block that the caller began with.
    first: Option<Lba>,
}

impl<T: Transport> Session<'_, T> {
    fn start(&self) -> Lba {
        self.first.unwrap_or(Lba::ZERO)
    }

    /// Makes the formatted area reach up to `block`, where the caller goes on behind its end.
    fn grow_to(&mut self, block: u32) -> Result<(), DriveError> {
        if !self.growing {
            if self.recording.begun {
                self.recording.drive.synchronize_cache()?;
            }
            let format =
                FormatUnit { blocks: 0, kind: FormatType::DVD_RW_QUICK_GROW, sub_type: 0, parameter: PACKET };
            self.recording.drive.format_unit(&format)?;
            self.growing = true;
        }
        let zeros = [0; PACKET as usize * BLOCK];
        while self.formatted < block {
            let Some(next) = Lba::ZERO.checked_add(self.formatted) else { break };
            if self.recording.next() != next {
                self.recording.seek(next)?;
            }
            let blocks = (block - self.formatted).min(PACKET);
            self.recording.push(Outgoing::Bytes(&zeros[..blocks as usize * BLOCK]))?;
            self.formatted += blocks;
        }
        Ok(())
    }

    /// Ends the growth, so that other drives can read the disc.
    fn end_growth(&mut self) -> Result<(), DriveError> {
        if !(self.growing && self.recording.begun) {
            return Ok(());
        }
        self.recording.drive.close_track_session(CloseFunction::SESSION, 0)
    }

    fn flush_all(&mut self) -> Result<(), DriveError> {
        self.recording.drain_whole(PACKET, self.formatted)?;
        self.formatted = self.formatted.max(self.recording.next().blocks_from_zero());
        if self.recording.begun { self.recording.drive.synchronize_cache() } else { Ok(()) }
    }
}

impl<T: Transport> OpenSession for Session<'_, T> {
    fn next_writable(&mut self) -> Result<Lba, DriveError> {
        Ok(self.recording.next())
    }

    fn take(&mut self, start: Lba, data: Outgoing<'_>) -> Result<u32, DriveError> {
        let end = end_within(start, data, self.capacity)?;
        if start != self.recording.next() {
            self.recording.drain_whole(PACKET, self.formatted)?;
            self.formatted = self.formatted.max(self.recording.next().blocks_from_zero());
        }
        if end > self.formatted {
            self.grow_to(start.blocks_from_zero())?;
        }
        if start != self.recording.next() {
            self.recording.seek_whole(start, PACKET)?;
        }
        self.first.get_or_insert(start);
        let taken = self.recording.push(data)?;
        self.formatted = self.formatted.max(self.recording.next().blocks_from_zero());
        self.recording.accepted = self.recording.accepted.saturating_add(taken);
        Ok(taken)
    }

    fn flush(&mut self) -> Result<(), DriveError> {
        self.flush_all()
    }

    fn buffer_fill(&mut self) -> Option<u8> {
        self.recording.buffer_fill()
    }

    fn close(mut self: Box<Self>) -> Result<SessionEnd, DriveError> {
        self.flush_all()?;
        self.recording.written();
        self.end_growth()?;
        Ok(self.recording.end(self.start()))
    }

    fn abandon(mut self: Box<Self>) -> Result<Abandoned, DriveError> {
        if !self.recording.failed {
            self.recording.drain_whole(PACKET, self.formatted)?;
        }
        self.recording.flush_at_end()?;
        self.recording.written();
        match self.end_growth() {
            Err(error) if self.recording.failed => {
                crate::trace::event!(warn, %error, "the growth of the disc is not ended")
            }
            result => result?,
        }
        Ok(self.recording.overwritten(self.start()))
    }
}
