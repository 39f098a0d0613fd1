use super::chunks::{Chunks, Sink};
use super::{Abandoned, Closing, MediumLeft, SessionEnd};
use crate::command::close::CloseFunction;
use crate::drive::BLOCK;
use crate::feature::{Feature, FeatureCode};
use crate::{Drive, DriveError, Lba, Medium, NotWritable, Outgoing, Profile, Transport, TransportError};

/// Blocks in a cluster of a BD, and in what drives take as a stream.
const CLUSTER: u32 = 32;

/// Blocks in one write: 32 KiB, which every adapter can do, on CD and DVD, and a cluster on BD.
fn chunk(profile: Profile, max_transfer: usize) -> u32 {
    if profile.is_bd() && max_transfer >= CLUSTER as usize * BLOCK { CLUSTER } else { 16 }
}

/// A drive with the medium locked in while a session is recorded, and the stream of blocks to it.
pub(super) struct Recording<'d, T: Transport> {
    pub(super) drive: &'d mut Drive<T>,
    profile: Profile,
    chunks: Chunks,
    start: Lba,
    /// Blocks that the caller gave.
    pub(super) accepted: u32,
    /// Blocks of padding behind them.
    pub(super) padding: u32,
    /// A write failed: nothing more may be written behind the hole.
    pub(super) failed: bool,
    /// Something was sent to the drive.
    pub(super) begun: bool,
    /// Blocks that the drive took, padding included.
    pub(super) sent: u32,
    /// Whole clusters are written as a stream, without the drive's own verification.
    streaming: bool,
    /// Blocks sent when the drive was last asked for its buffer; `None` once it did not tell.
    buffer_asked: Option<u32>,
}

impl<'d, T: Transport> Recording<'d, T> {
    /// Locks the medium in and begins the stream at `start`. Runs end at multiples of the unit of
    /// recording behind `origin`.
    pub(super) fn begin(
        drive: &'d mut Drive<T>,
        profile: Profile,
        origin: Lba,
        start: Lba,
    ) -> Recording<'d, T> {
        if let Err(error) = drive.prevent_removal(true) {
            crate::trace::event!(warn, %error, "the medium is not locked in");
        }
        drive.set_recording(true);
        let mut chunks = Chunks::new(chunk(profile, drive.transport().max_transfer()), origin);
        chunks.seek(start);
        Recording {
            drive,
            profile,
            chunks,
            start,
            accepted: 0,
            padding: 0,
            failed: false,
            begun: false,
            sent: 0,
            streaming: false,
            buffer_asked: Some(0),
        }
    }

    /// Writes whole clusters as a stream, where the drive can do that with this medium.
    pub(super) fn stream(&mut self) {
        let able = self.drive.configuration().is_ok_and(|configuration| {
            let feature = configuration.feature(FeatureCode::REAL_TIME_STREAMING);
            feature.and_then(Feature::real_time_streaming).is_some_and(|able| able.stream_writing)
        });
        // Only these have a verification to be left out.
        let whole = self.drive.transport().max_transfer() >= CLUSTER as usize * BLOCK;
        self.streaming = able && whole && (self.profile.is_bd() || self.profile == Profile::DVD_RAM);
        if self.streaming {
            self.chunks = Chunks::new(CLUSTER, self.start);
        }
    }

    /// How full the drive's buffer is, in hundredths. Drives that answer nonsense before their buffer was full, or
    /// are disturbed by the question, make it a rare one.
    pub(super) fn buffer_fill(&mut self) -> Option<u8> {
        const FIRST: u32 = 4096;
        const BETWEEN: u32 = 1024;
        let asked = self.buffer_asked?;
        if self.sent < FIRST || self.sent - asked < BETWEEN {
            return None;
        }
        match self.drive.buffer_capacity() {
            Ok(buffer) => {
                self.buffer_asked = Some(self.sent);
                let used = u64::from(buffer.total - buffer.free);
                Some((used * 100 / u64::from(buffer.total.max(1))) as u8)
            }
            Err(error) => {
                crate::trace::event!(debug, %error, "the drive's buffer is not looked at");
                self.buffer_asked = None;
                None
            }
        }
    }

    pub(super) fn start(&self) -> Lba {
        self.start
    }

    pub(super) fn next(&self) -> Lba {
        self.chunks.next()
    }

    /// Takes whole blocks behind the ones before, and says how many: fewer where a file ends early or cannot be read.
    pub(super) fn push(&mut self, data: Outgoing<'_>) -> Result<u32, DriveError> {
        let before = self.next();
        match self.send(|chunks, sink| chunks.push(data, sink)) {
            // What a file did not give never went to the drive: there is no hole.
            Err(DriveError::Transport { source: TransportError::Source(error), .. }) => {
                crate::trace::event!(debug, %error, "a file is not read by its drive");
            }
            result => {
                self.failed |= result.is_err();
                result?;
            }
        }
        Ok(self.next().since(before).unwrap_or(0))
    }

    /// Takes whole blocks of the caller's where the ones before end, of at most `announced`, and says how many.
    pub(super) fn push_next(
        &mut self,
        start: Lba,
        data: Outgoing<'_>,
        announced: u32,
    ) -> Result<u32, DriveError> {
        next_in_order(start, data, self.next(), self.accepted, announced)?;
        let before = self.next();
        let result = self.push(data);
        // Where a write failed, what went before it is on the medium all the same.
        self.accepted += self.next().since(before).unwrap_or(0);
        result
    }

    /// Writes what waits for the rest of its run.
    pub(super) fn drain(&mut self) -> Result<(), DriveError> {
        let result = self.send(|chunks, sink| chunks.drain(sink));
        self.failed |= result.is_err();
        result
    }

    fn send(
        &mut self,
        give: impl FnOnce(&mut Chunks, Sink<'_>) -> Result<(), DriveError>,
    ) -> Result<(), DriveError> {
        self.check()?;
        let Recording { drive, chunks, begun, sent, streaming, .. } = self;
        give(chunks, &mut |lba, run| {
            if !*begun {
                drive.begin_change()?;
            }
            *begun = true;
            // A stream is whole clusters only: drives write junk from shorter parts of it.
            drive.write_run(lba, run, *streaming && run.len() == CLUSTER as usize * BLOCK)?;
            *sent = sent.saturating_add((run.len() / BLOCK) as u32);
            Ok(())
        })
    }

    /// Goes on at another block.
    pub(super) fn seek(&mut self, lba: Lba) -> Result<(), DriveError> {
        self.drain()?;
        self.chunks.seek(lba);
        Ok(())
    }

    /// Goes on at another block of a medium that takes whole units of `unit` blocks only: what the unit holds before
    /// that block is read and written again.
    pub(super) fn seek_whole(&mut self, lba: Lba, unit: u32) -> Result<(), DriveError> {
        let before = lba.blocks_from_zero() % unit;
        let start = Lba::ZERO.checked_add(lba.blocks_from_zero() - before).unwrap_or(lba);
        self.seek(start)?;
        let kept = self.read_or_zeros(start, before);
        self.push(Outgoing::Bytes(&kept)).map(drop)
    }

    /// Writes what waits, and with it what its last unit holds behind. Nothing can be read from `readable` on.
    pub(super) fn drain_whole(&mut self, unit: u32, readable: u32) -> Result<(), DriveError> {
        let next = self.next();
        let missing = (unit - next.blocks_from_zero() % unit) % unit;
        if self.chunks.waiting() > 0 && missing > 0 {
            let there = readable.saturating_sub(next.blocks_from_zero()).min(missing);
            let mut kept = self.read_or_zeros(next, there);
            kept.resize(missing as usize * BLOCK, 0);
            self.push(Outgoing::Bytes(&kept))?;
        }
        self.drain()
    }

    /// Blocks that were never written are zeros.
    fn read_or_zeros(&mut self, start: Lba, blocks: u32) -> Vec<u8> {
        let mut kept = vec![0; blocks as usize * BLOCK];
        for (number, block) in kept.chunks_exact_mut(BLOCK).enumerate() {
            let read = start.checked_add(number as u32).map(|lba| self.drive.read_10(lba, block));
            if let Some(Err(error)) = read {
                crate::trace::event!(debug, %error, "a block that cannot be read is replaced by zeros");
                block.fill(0);
            }
        }
        kept
    }

    /// Pads with zeros until `blocks` blocks are there, and writes all that waits.
    pub(super) fn pad_to(&mut self, blocks: u32) -> Result<(), DriveError> {
        static ZEROS: [u8; 16 * BLOCK] = [0; 16 * BLOCK];
        let mut missing = blocks.saturating_sub(self.accepted.saturating_add(self.padding));
        while missing > 0 {
            let part = missing.min(16);
            self.push(Outgoing::Bytes(&ZEROS[..part as usize * BLOCK]))?;
            self.padding += part;
            missing -= part;
        }
        self.drain()
    }

    /// Refuses to go on behind a hole.
    pub(super) fn check(&self) -> Result<(), DriveError> {
        if self.failed {
            let (profile, reason) = (self.profile, NotWritable::BrokenSession);
            return Err(DriveError::NotWritable { profile, reason });
        }
        Ok(())
    }

    /// Gets what was sent onto the medium. Behind a failed write it is tried, and no more.
    pub(super) fn flush_at_end(&mut self) -> Result<(), DriveError> {
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

    /// From here on the medium's readiness may change without harm.
    pub(super) fn written(&mut self) {
        self.drive.set_recording(false);
    }

    /// Closes the session. `close_track` closes the track in it before.
    pub(super) fn close_session(
        &mut self,
        closing: Closing,
        close_track: Option<u16>,
    ) -> Result<(), DriveError> {
        close_session(self.drive, self.profile, closing, close_track)
    }

    /// The closed session that began at `start`, with the medium's state if the drive tells it so early.
    pub(super) fn end(&mut self, start: Lba) -> SessionEnd {
        let (state, next_writable) = match self.drive.medium() {
            Ok(Medium { state, next_writable, .. }) => (Some(state), next_writable),
            Err(error) => {
                crate::trace::event!(debug, %error, "the medium's state is unknown before a reload");
                (None, None)
            }
        };
        let (blocks, padding) = (self.accepted, self.padding);
        SessionEnd { start, blocks, padding, state, next_writable, reservation_refused: false }
    }

    /// The session that ended early, on a medium that is written once.
    pub(super) fn abandoned(&self, left: MediumLeft) -> Abandoned {
        let blocks = if left == MediumLeft::Untouched { 0 } else { self.sent.min(self.accepted) };
        Abandoned { start: self.start, blocks, left, format_stopped: false }
    }

    /// The session that began at `start` and ended early, on a medium that can be written again.
    pub(super) fn overwritten(&self, start: Lba) -> Abandoned {
        let (blocks, left) = match self.begun {
            true => (self.sent, MediumLeft::Overwritten),
            false => (0, MediumLeft::Untouched),
        };
        Abandoned { start, blocks, left, format_stopped: false }
    }
}

impl<T: Transport> Drop for Recording<'_, T> {
    fn drop(&mut self) {
        self.drive.set_recording(false);
        self.drive.end_change();
        if let Err(error) = self.drive.prevent_removal(false) {
            crate::trace::event!(warn, %error, "the medium is still locked in");
        }
    }
}

/// Closes a track, if it has to be, and the session around it, on a sequential medium.
pub(crate) fn close_session<T: Transport>(
    drive: &mut Drive<T>,
    profile: Profile,
    closing: Closing,
    track: Option<u16>,
) -> Result<(), DriveError> {
    if let Some(track) = track {
        close_track(drive, track)?;
    }
    let functions: &[CloseFunction] = match (closing, profile) {
        (Closing::Finalise, Profile::DVD_PLUS_R) => {
            &[CloseFunction::FINALISE, CloseFunction::FINALISE_MINIMUM_RADIUS]
        }
        // Some drives know only the one on two layers, and none is known that has only the other.
        (Closing::Finalise, Profile::DVD_PLUS_R_DL) => {
            &[CloseFunction::FINALISE_MINIMUM_RADIUS, CloseFunction::FINALISE]
        }
        (Closing::Finalise, Profile::BD_R_SRM) => &[CloseFunction::FINALISE],
        // Where no session is open the write parameters do not help.
        (Closing::Finalise, profile) if profile.is_dvd_minus_r() && track.is_none() => {
            &[CloseFunction::FINALISE_MINUS_R, CloseFunction::SESSION]
        }
        // On CD and DVD-R the write parameters say whether another session can follow.
        _ => &[CloseFunction::SESSION],
    };
    let mut result = Ok(());
    for function in functions {
        result = drive.close_track_session(*function, 0);
        match &result {
            Err(error) if error.is_unsupported() && !matches!(error, DriveError::CloseFailed { .. }) => {}
            _ => break,
        }
    }
    result
}

/// Closes a track, where the drive does not leave that to the end of the session.
pub(crate) fn close_track<T: Transport>(drive: &mut Drive<T>, track: u16) -> Result<(), DriveError> {
    match drive.close_track_session(CloseFunction::TRACK, track) {
        Err(error) if error.is_unsupported() && !matches!(error, DriveError::CloseFailed { .. }) => {
            crate::trace::event!(warn, %track, %error, "the track is closed with its session");
            Ok(())
        }
        result => result,
    }
}

/// That `data` are whole blocks which go on at `expected`, and with those that were `accepted` no more than `announced`.
pub(super) fn next_in_order(
    start: Lba,
    data: Outgoing<'_>,
    expected: Lba,
    accepted: u32,
    announced: u32,
) -> Result<(), DriveError> {
    let blocks = blocks_in(data)?;
    if start != expected {
        return Err(DriveError::OutOfOrder { lba: start, expected });
    }
    let needed = accepted.saturating_add(blocks);
    if needed > announced {
        return Err(DriveError::TooLarge { needed, available: announced });
    }
    Ok(())
}

/// The block behind `data`, which may lie anywhere on a medium of `capacity` blocks.
pub(super) fn end_within(start: Lba, data: Outgoing<'_>, capacity: u32) -> Result<u32, DriveError> {
    let blocks = blocks_in(data)?;
    match start.checked_add(blocks).filter(|_| start >= Lba::ZERO) {
        Some(end) if end.blocks_from_zero() <= capacity => Ok(end.blocks_from_zero()),
        _ => {
            let needed = start.blocks_from_zero().saturating_add(blocks);
            Err(DriveError::TooLarge { needed, available: capacity })
        }
    }
}

/// The number of whole blocks in `data`.
fn blocks_in(data: Outgoing<'_>) -> Result<u32, DriveError> {
    match u32::try_from(data.len() / BLOCK) {
        Ok(blocks) if data.len().is_multiple_of(BLOCK) => Ok(blocks),
        _ => Err(DriveError::PartialBlock { len: data.len() }),
    }
}
