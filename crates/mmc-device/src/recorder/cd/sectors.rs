use crate::medium::writable_track;
use crate::{Drive, DriveError, Lba, MediumLeft, NotWritable, Profile, Transport};

/// Bytes of one WRITE: what every adapter can do.
const LONGEST_WRITE: usize = 32 * 1024;

/// A drive with the disc locked in, and the stream of sectors to it.
pub(super) struct Sectors<'d, T: Transport> {
    pub(super) drive: &'d mut Drive<T>,
    profile: Profile,
    pub(super) next: Lba,
    pending: Vec<u8>,
    /// A write failed: nothing more may be written behind the hole.
    pub(super) failed: bool,
    /// Something was sent to the drive.
    pub(super) begun: bool,
    /// The drive took some of it.
    pub(super) taken: bool,
    /// The recording goes on later: the disc stays locked in.
    pub(super) pauses: bool,
}

impl<'d, T: Transport> Sectors<'d, T> {
    pub(super) fn begin(drive: &'d mut Drive<T>, profile: Profile, next: Lba) -> Sectors<'d, T> {
        if let Err(error) = drive.prevent_removal(true) {
            crate::trace::event!(warn, %error, "the medium is not locked in");
        }
        drive.set_recording(true);
        let (failed, begun, taken, pauses) = (false, false, false, false);
        Sectors { drive, profile, next, pending: Vec::new(), failed, begun, taken, pauses }
    }

    pub(super) fn check(&self) -> Result<(), DriveError> {
        if self.failed {
            let (profile, reason) = (self.profile, NotWritable::BrokenSession);
            return Err(DriveError::NotWritable { profile, reason });
        }
        Ok(())
    }

    /// Sectors that were taken and not sent, of this size.
    pub(super) fn waiting(&self, bytes: usize) -> u32 {
        (self.pending.len() / bytes) as u32
    }

    /// Takes sectors of `bytes` bytes, and sends those that fill a WRITE.
    pub(super) fn push(&mut self, bytes: usize, mut data: &[u8]) -> Result<(), DriveError> {
        self.check()?;
        if !data.len().is_multiple_of(bytes) {
            return Err(DriveError::PartialBlock { len: data.len() });
        }
        let run = LONGEST_WRITE / bytes * bytes;
        while !data.is_empty() {
            if self.pending.is_empty() && data.len() >= run {
                let (now, rest) = data.split_at(run);
                self.send(bytes, now)?;
                data = rest;
                continue;
            }
            let (part, rest) = data.split_at(data.len().min(run - self.pending.len()));
            self.pending.extend_from_slice(part);
            data = rest;
            if self.pending.len() == run {
                self.drain(bytes)?;
            }
        }
        Ok(())
    }

    /// Sends what waits.
    pub(super) fn drain(&mut self, bytes: usize) -> Result<(), DriveError> {
        let pending = std::mem::take(&mut self.pending);
        let result = if pending.is_empty() { Ok(()) } else { self.send(bytes, &pending) };
        self.pending = pending;
        self.pending.clear();
        result
    }

    fn send(&mut self, bytes: usize, data: &[u8]) -> Result<(), DriveError> {
        let blocks = (data.len() / bytes) as u16;
        if !self.begun {
            // Nothing may follow what was not begun.
            self.drive.begin_change().inspect_err(|_| self.failed = true)?;
        }
        self.begun = true;
        let result = self.drive.write_sectors(self.next, blocks, data);
        self.failed |= result.is_err();
        result?;
        self.taken = true;
        self.next = self.next.checked_add(blocks.into()).unwrap_or(self.next);
        Ok(())
    }

    /// Gives up a session at once, of which drives say that they cannot end it.
    pub(super) fn abandon(mut self) -> Result<MediumLeft, DriveError> {
        match self.flush() {
            Err(error @ DriveError::CloseFailed { .. }) => {
                crate::trace::event!(debug, %error, "a session that was given up");
            }
            result => result?,
        }
        let untouched = !self.begun || (!self.taken && self.is_untouched());
        Ok(if untouched { MediumLeft::Untouched } else { MediumLeft::Spoiled })
    }

    /// Whether the drive says that nothing is in the next track, where it refused the first WRITE.
    fn is_untouched(&mut self) -> bool {
        writable_track(self.drive, self.profile)
            .is_ok_and(|track| track.is_some_and(|track| track.blank && !track.damage))
    }

    /// Gets what was sent onto the disc. Behind a failed write it is tried, and no more.
    pub(super) fn flush(&mut self) -> Result<(), DriveError> {
        if !self.begun {
            return Ok(());
        }
        match self.drive.synchronize_cache() {
            Err(error) if self.failed && !error.is_of_medium_file() => {
                crate::trace::event!(warn, %error, "flushing behind a failed write");
                Ok(())
            }
            result => result,
        }
    }
}

impl<T: Transport> Drop for Sectors<'_, T> {
    fn drop(&mut self) {
        if self.pauses {
            return;
        }
        self.drive.set_recording(false);
        self.drive.end_change();
        if let Err(error) = self.drive.prevent_removal(false) {
            crate::trace::event!(warn, %error, "the medium is still locked in");
        }
    }
}
