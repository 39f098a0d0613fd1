//! One track of data as a session at once: no run-out blocks behind it, and nothing to close.

use super::{CdRequest, SessionAtOnce};
use crate::cd::{PREGAP, Program, SHORTEST_TRACK, SectorType, TrackLayout};
use crate::drive::BLOCK;
use crate::recorder::recording::next_in_order;
use crate::recorder::{Abandoned, Closing, MediumLeft, OpenSession, SessionEnd, SessionRequest};
use crate::{Drive, DriveError, Lba, Medium, NotWritable, Outgoing, TrackState, Transport};

/// Begins the session. Its pregap goes in front of the first data: until these come, there is nothing on the disc.
pub(in crate::recorder) fn begin<'s, T: Transport>(
    drive: &'s mut Drive<T>,
    medium: &Medium,
    request: &SessionRequest,
) -> Result<Box<dyn OpenSession + 's>, DriveError> {
    let announced = request.blocks.max(SHORTEST_TRACK);
    if announced > medium.free_blocks {
        return Err(DriveError::TooLarge { needed: announced, available: medium.free_blocks });
    }
    let layout = TrackLayout { pregap: PREGAP, ..TrackLayout::new(SectorType::Mode1, announced) };
    let recorded = medium.tracks.iter().filter(|track| track.state == TrackState::Recorded);
    let before = recorded.map(|track| track.number).max().unwrap_or(0);
    let number = u8::try_from(before.saturating_add(1)).unwrap_or(u8::MAX);
    let profile = medium.profile;
    let program = Program::new(SessionAtOnce::<T>::start(medium), number, vec![layout])
        .map_err(|_| DriveError::NotWritable { profile, reason: NotWritable::NotAtOnce })?;
    let start = program.tracks().first().map_or(Lba::ZERO, |track| track.start);
    let SessionRequest { closing, test_write, without_underrun_protection, speed, rotation, .. } = *request;
    let cd = CdRequest { closing, test_write, without_underrun_protection, speed, rotation };
    let session = SessionAtOnce::begin(drive, medium, program, &[], &cd)?;
    Ok(Box::new(Data {
        session,
        has_pregap: false,
        start,
        blocks: request.blocks,
        announced,
        closing,
        accepted: 0,
        failed: false,
    }))
}

struct Data<'d, T: Transport> {
    session: SessionAtOnce<'d, T>,
    has_pregap: bool,
    start: Lba,
    /// Blocks of the caller.
    blocks: u32,
    /// The same, or the shortest track.
    announced: u32,
    closing: Closing,
    accepted: u32,
    failed: bool,
}

impl<T: Transport> OpenSession for Data<'_, T> {
    fn next_writable(&mut self) -> Result<Lba, DriveError> {
        Ok(self.start.checked_add(self.accepted).unwrap_or(self.start))
    }

    fn take(&mut self, start: Lba, data: Outgoing<'_>) -> Result<u32, DriveError> {
        next_in_order(start, data, self.next_writable()?, self.accepted, self.blocks)?;
        let Ok(bytes) = data.bytes() else { return Ok(0) };
        let written = self.write(&bytes);
        self.failed |= written.is_err();
        written?;
        let taken = (bytes.len() / BLOCK) as u32;
        self.accepted += taken;
        Ok(taken)
    }

    fn flush(&mut self) -> Result<(), DriveError> {
        // The session is one stream: nothing of it is certain before its end.
        Ok(())
    }

    fn buffer_fill(&mut self) -> Option<u8> {
        None
    }

    fn close(mut self: Box<Self>) -> Result<SessionEnd, DriveError> {
        let padding = self.pad()?;
        let Data { session, start, accepted, .. } = *self;
        session.close()?;
        Ok(SessionEnd {
            start,
            blocks: accepted,
            padding,
            state: None,
            next_writable: None,
            reservation_refused: false,
        })
    }

    fn abandon(mut self: Box<Self>) -> Result<Abandoned, DriveError> {
        if self.failed || self.accepted == 0 {
            let Data { session, start, .. } = *self;
            return Ok(Abandoned { start, blocks: 0, left: session.abandon()?, format_stopped: false });
        }
        // Only a session that has all that was announced gets a lead-in, without which nothing can read it.
        self.pad()?;
        let Data { session, start, closing, accepted, .. } = *self;
        session.close()?;
        let left = match closing {
            Closing::KeepAppendable => MediumLeft::Appendable,
            Closing::Finalise => MediumLeft::Complete,
        };
        Ok(Abandoned { start, blocks: accepted, left, format_stopped: false })
    }
}

impl<T: Transport> Data<'_, T> {
    /// Writes blocks, the first of them behind the pregap.
    fn write(&mut self, blocks: &[u8]) -> Result<(), DriveError> {
        if !self.has_pregap {
            self.session.write(&[0; PREGAP as usize * BLOCK])?;
            self.has_pregap = true;
        }
        self.session.write(blocks)
    }

    /// Zeros up to what was announced.
    fn pad(&mut self) -> Result<u32, DriveError> {
        let missing = self.announced.saturating_sub(self.accepted);
        let mut left = missing;
        while left > 0 {
            let part = left.min(16);
            self.write(&vec![0; part as usize * BLOCK])?;
            left -= part;
        }
        Ok(missing)
    }
}
