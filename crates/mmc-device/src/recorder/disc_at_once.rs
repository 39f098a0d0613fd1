//! A whole DVD-R or DVD-RW at once: its size is announced, and when all of it has come the drive ends the disc.

use super::recording::Recording;
use super::{Abandoned, MediumLeft, OpenSession, SessionEnd, SessionRequest};
use crate::{Drive, DriveError, Lba, Medium, Outgoing, Transport};

/// Begins the disc. The write parameters are selected.
pub(super) fn begin<'s, T: Transport>(
    drive: &'s mut Drive<T>,
    medium: &Medium,
    request: &SessionRequest,
) -> Result<Box<dyn OpenSession + 's>, DriveError> {
    let unit = medium.write_unit;
    let announced = request.blocks.checked_next_multiple_of(unit).unwrap_or(u32::MAX).max(unit);
    if announced > medium.free_blocks {
        return Err(DriveError::TooLarge { needed: announced, available: medium.free_blocks });
    }
    drive.begin_change()?;
    drive.reserve_track(announced)?;
    let recording = Recording::begin(drive, medium.profile, Lba::ZERO, Lba::ZERO);
    Ok(Box::new(Session { recording, blocks: request.blocks, announced, test_write: request.test_write }))
}

struct Session<'d, T: Transport> {
    recording: Recording<'d, T>,
    /// Blocks of the caller.
    blocks: u32,
    /// The same in whole units, which is what the drive waits for.
    announced: u32,
    test_write: bool,
}

impl<T: Transport> OpenSession for Session<'_, T> {
    fn next_writable(&mut self) -> Result<Lba, DriveError> {
        Ok(self.recording.next())
    }

    fn take(&mut self, start: Lba, data: Outgoing<'_>) -> Result<u32, DriveError> {
        self.recording.push_next(start, data, self.blocks)
    }

    fn flush(&mut self) -> Result<(), DriveError> {
        // The disc is one stream: nothing of it is certain before its end.
        self.recording.drain()
    }

    fn buffer_fill(&mut self) -> Option<u8> {
        self.recording.buffer_fill()
    }

    fn close(mut self: Box<Self>) -> Result<SessionEnd, DriveError> {
        self.recording.pad_to(self.announced)?;
        self.recording.drive.synchronize_cache_waiting()?;
        self.recording.written();
        Ok(self.recording.end(Lba::ZERO))
    }

    fn abandon(mut self: Box<Self>) -> Result<Abandoned, DriveError> {
        if !self.recording.begun {
            // Announced, and no more: a drive that is told that nothing comes has nothing to end.
            if let Err(error) = self.recording.drive.synchronize_cache() {
                crate::trace::event!(debug, %error, "a disc at once that was not begun");
            }
            return Ok(self.recording.abandoned(MediumLeft::Untouched));
        }
        if self.test_write {
            self.recording.flush_at_end()?;
            return Ok(self.recording.abandoned(MediumLeft::Untouched));
        }
        if !self.recording.failed {
            // Only a disc that has all that was announced gets a lead-in, without which nothing can read it.
            self.recording.pad_to(self.announced)?;
        }
        self.recording.flush_at_end()?;
        self.recording.written();
        let left = if self.recording.failed { MediumLeft::Spoiled } else { MediumLeft::Complete };
        Ok(self.recording.abandoned(left))
    }
}
