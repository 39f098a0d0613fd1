//! BD-R in sequential recording mode with pseudo-overwrite: new blocks go to the next writable address, and what is recorded
//! is replaced in whole clusters, each of which takes one from what is free. `docs/recipes/bd-r.md` tells the steps.

use super::recording::{Recording, close_session, close_track, end_within};
use super::{Abandoned, Closing, MediumLeft, OpenSession, Part, Recorder, SessionEnd, SessionRequest};
use crate::drive::BLOCK;
use crate::medium::writable_track;
use crate::{Drive, DriveError, Lba, Medium, NotWritable, Outgoing, Profile, Transport};

/// Blocks in a cluster, the unit that is replaced.
const CLUSTER: u32 = 32;

pub(super) struct PseudoOverwrite<'d, T: Transport> {
    pub(super) drive: &'d mut Drive<T>,
    pub(super) medium: Medium,
}

impl<T: Transport> Recorder for PseudoOverwrite<'_, T> {
    fn check(&mut self, request: &SessionRequest) -> Result<(), DriveError> {
        let profile = self.medium.profile;
        request.only_in_parts(profile)?;
        request.not_reserved(profile)
    }

    fn begin(&mut self, request: &SessionRequest) -> Result<Box<dyn OpenSession + '_>, DriveError> {
        let profile = self.medium.profile;
        self.check(request)?;
        Part::Session.check(&self.medium)?;
        self.drive.wait_for_same_medium()?;
        if let Some(speed) = request.speed {
            self.drive.request_speed(&self.medium, speed, request.rotation);
        }
        let (end, available) = growing_end(self.drive, profile)?;
        let padded = request.blocks.checked_next_multiple_of(CLUSTER).unwrap_or(u32::MAX);
        let capacity = end.blocks_from_zero().saturating_add(available);
        if padded > available {
            return Err(DriveError::TooLarge { needed: padded, available });
        }
        let mut recording = Recording::begin(self.drive, profile, Lba::ZERO, end);
        if request.streaming {
            recording.stream();
        }
        Ok(Box::new(Session {
            recording,
            profile,
            capacity,
            end,
            is_replacing: false,
            first: None,
            closing: request.closing,
        }))
    }
}

/// The next writable address, and the blocks free from there.
fn growing_end<T: Transport>(drive: &mut Drive<T>, profile: Profile) -> Result<(Lba, u32), DriveError> {
    let track = writable_track(drive, profile)?;
    track
        .and_then(|track| Some((track.next_writable?, track.free_blocks)))
        .ok_or(DriveError::NotWritable { profile, reason: NotWritable::NoNextWritableAddress })
}

struct Session<'d, T: Transport> {
    recording: Recording<'d, T>,
    profile: Profile,
    /// Blocks of the medium, as it was when the session began.
    capacity: u32,
    /// The first block behind what is recorded, with what waits to be.
    end: Lba,
    /// Recorded blocks are being written again.
    is_replacing: bool,
    /// The block that the caller began with.
    first: Option<Lba>,
    closing: Closing,
}

impl<T: Transport> Session<'_, T> {
    /// Goes on behind what is recorded. Blocks up to `start` become zeros.
    fn grow_to(&mut self, start: Lba) -> Result<(), DriveError> {
        if self.is_replacing {
            self.settle()?;
            // Replaced clusters lie where the end was.
            (self.end, _) = growing_end(self.recording.drive, self.profile)?;
            self.recording.seek(self.end)?;
            self.is_replacing = false;
        }
        match start.since(self.end) {
            Some(missing) => self.pad(missing),
            None => Err(DriveError::OutOfOrder { lba: start, expected: self.end }),
        }
    }

    /// Goes on within what is recorded, when all of that fills clusters.
    fn replace_from(&mut self, start: Lba) -> Result<(), DriveError> {
        if !self.is_replacing {
            self.settle()?;
            self.is_replacing = true;
        }
        if start != self.recording.next() {
            self.settle()?;
            self.recording.seek_whole(start, CLUSTER)?;
        }
        Ok(())
    }

    /// Writes what waits, in whole clusters.
    fn settle(&mut self) -> Result<(), DriveError> {
        if self.is_replacing {
            return self.recording.drain_whole(CLUSTER, self.end.blocks_from_zero());
        }
        let missing = (CLUSTER - self.end.blocks_from_zero() % CLUSTER) % CLUSTER;
        if missing > 0 {
            self.pad(missing)?;
            self.recording.padding += missing;
        }
        self.recording.drain()
    }

    /// Appends zeros.
    fn pad(&mut self, mut blocks: u32) -> Result<(), DriveError> {
        let zeros = [0; CLUSTER as usize * BLOCK];
        while blocks > 0 {
            let part = blocks.min(CLUSTER);
            self.recording.push(Outgoing::Bytes(&zeros[..part as usize * BLOCK]))?;
            blocks -= part;
        }
        self.end = self.recording.next();
        Ok(())
    }

    /// Whether the drive says that nothing is behind what was recorded before, where it refused the first write.
    fn is_untouched(&mut self) -> bool {
        let track = writable_track(self.recording.drive, self.profile);
        let start = Some(self.recording.start());
        let is_blank = track.is_ok_and(|track| {
            track.is_some_and(|track| track.blank && !track.damage && track.next_writable == start)
        });
        is_blank && !self.is_replacing
    }

    /// Closes the track that was begun, and leaves the session open: only so are recorded blocks replaced by other programs
    /// as well.
    fn end_track(&mut self) -> Result<(), DriveError> {
        let track = writable_track(self.recording.drive, self.profile)?.filter(|track| !track.blank);
        if let Some(track) = track {
            close_track(self.recording.drive, track.track)?;
        }
        match self.closing {
            Closing::KeepAppendable => Ok(()),
            Closing::Finalise => close_session(self.recording.drive, self.profile, self.closing, None),
        }
    }
}

impl<T: Transport> OpenSession for Session<'_, T> {
    fn next_writable(&mut self) -> Result<Lba, DriveError> {
        Ok(self.recording.next())
    }

    fn take(&mut self, start: Lba, data: Outgoing<'_>) -> Result<u32, DriveError> {
        let end = end_within(start, data, self.capacity)?;
        let is_new = start >= self.end;
        if is_new {
            self.grow_to(start)?;
        } else if end <= self.end.blocks_from_zero() {
            self.replace_from(start)?;
        } else {
            return Err(DriveError::OutOfOrder { lba: start, expected: self.end });
        }
        self.first.get_or_insert(start);
        let before = self.recording.next();
        let result = self.recording.push(data);
        // Where a write failed, what went before it is on the medium all the same.
        let reached = self.recording.next().since(before).unwrap_or(0);
        self.recording.accepted = self.recording.accepted.saturating_add(reached);
        let taken = result?;
        if is_new {
            self.end = self.recording.next();
        }
        Ok(taken)
    }

    fn flush(&mut self) -> Result<(), DriveError> {
        if self.is_replacing {
            self.settle()?;
        }
        if self.recording.begun { self.recording.drive.synchronize_cache() } else { Ok(()) }
    }

    fn buffer_fill(&mut self) -> Option<u8> {
        self.recording.buffer_fill()
    }

    fn close(mut self: Box<Self>) -> Result<SessionEnd, DriveError> {
        self.settle()?;
        if self.recording.begun {
            self.recording.drive.synchronize_cache()?;
            self.recording.written();
            self.end_track()?;
        }
        let start = self.first.unwrap_or(self.recording.start());
        Ok(self.recording.end(start))
    }

    fn abandon(mut self: Box<Self>) -> Result<Abandoned, DriveError> {
        if !self.recording.begun {
            return Ok(self.recording.abandoned(MediumLeft::Untouched));
        }
        if !self.recording.failed {
            self.settle()?;
        }
        self.recording.flush_at_end()?;
        self.recording.written();
        if self.recording.sent == 0 && self.is_untouched() {
            return Ok(self.recording.abandoned(MediumLeft::Untouched));
        }
        Ok(self.recording.abandoned(MediumLeft::SessionOpen))
    }
}
