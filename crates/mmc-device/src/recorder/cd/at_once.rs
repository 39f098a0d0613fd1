//! A session at once, by cue sheet. `docs/recipes/cd-sao.md` tells the steps.

use super::sectors::Sectors;
use super::{CdRequest, lead_in_start, prepare};
use crate::cd::{
    PREGAP, Pack, Program, SUBCHANNEL_BYTES, cue_entries, data_form, encode_cue_sheet, form_bytes,
    lead_in_symbols,
};
use crate::feature::FeatureCode;
use crate::medium::writable_track;
use crate::recorder::parameters::{multi_session, select};
use crate::{Drive, DriveError, Lba, Medium, MediumLeft, NotWritable, TrackState, Transport};

/// Sectors of the lead-in, 96 bytes each, in one WRITE.
const LEAD_IN_RUN: u32 = 320;

/// A session that is recorded at once.
pub struct SessionAtOnce<'d, T: Transport> {
    sectors: Sectors<'d, T>,
    program: Program,
    /// What goes in front of the first sectors: until these come, there is nothing on the disc.
    lead_in: Option<LeadIn>,
    test_write: bool,
    without_cd_text: bool,
}

/// A lead-in with CD-TEXT.
struct LeadIn {
    start: Lba,
    packs: Vec<Pack>,
}

impl<'d, T: Transport> SessionAtOnce<'d, T> {
    /// Where the first pregap of the next session begins: block -150 on a blank disc.
    #[must_use]
    pub fn start(medium: &Medium) -> Lba {
        match medium.next_writable {
            Some(next) if !medium.sessions.is_empty() => Lba::new(next.get() - PREGAP.cast_signed()),
            _ => Lba::new(-PREGAP.cast_signed()),
        }
    }

    /// Sends the cue sheet of `program`, which begins at [`start`](SessionAtOnce::start), and CD-TEXT. A drive that does
    /// not take CD-TEXT records the session without it: see [`without_cd_text`](SessionAtOnce::without_cd_text).
    ///
    /// # Errors
    /// [`DriveError::NotWritable`] and [`DriveError::TooLarge`] before anything was written; else what the drive says.
    pub fn begin(
        drive: &'d mut Drive<T>,
        medium: &Medium,
        program: Program,
        cd_text: &[Pack],
        request: &CdRequest,
    ) -> Result<SessionAtOnce<'d, T>, DriveError> {
        let protected = prepare(drive, medium, request, FeatureCode::CD_MASTERING)?;
        let start = SessionAtOnce::<T>::start(medium);
        if program.start() != start {
            return Err(DriveError::OutOfOrder { lba: program.start(), expected: start });
        }
        // The sheet of a further session goes on with the numbers of the tracks that are there.
        let recorded = medium.tracks.iter().filter(|track| track.state == TrackState::Recorded);
        let before = recorded.map(|track| track.number).max().unwrap_or(0);
        if before > 0 && u16::from(program.numbers().0) != before + 1 {
            let profile = medium.profile;
            return Err(DriveError::NotWritable { profile, reason: NotWritable::NotBlank });
        }
        let needed = program.lead_out().since(Lba::new(start.get() + PREGAP.cast_signed())).unwrap_or(0);
        if needed > medium.free_blocks {
            return Err(DriveError::TooLarge { needed, available: medium.free_blocks });
        }
        let multi = multi_session(request.closing);
        let first = program.tracks().first().map_or(4, |track| track.layout.control().0);
        let block_type = if first & 4 == 0 { 0 } else { 8 };
        let (test_write, disc_type) = (request.test_write, program.disc_type);
        select(drive, |page| {
            page.set_session_at_once(multi, test_write, protected, first, block_type, disc_type);
        })?;
        // Some drives want to be asked before they take a cue sheet; what they answer, blank discs leave no choice.
        writable_track(drive, medium.profile)?;
        let sheet = |with: bool| encode_cue_sheet(&cue_entries(&program, with));
        let mut lead_in = None;
        if !cd_text.is_empty() {
            lead_in = lead_in_start(drive)?;
        }
        let has_text = lead_in.is_some();
        let mut without_cd_text = !cd_text.is_empty() && !has_text;
        drive.begin_change()?;
        match drive.send_cue_sheet(&sheet(has_text)) {
            Err(error) if has_text && (error.is_unsupported() || is_refused(&error)) => {
                crate::trace::event!(warn, %error, "the drive does not take CD-TEXT; the session goes without");
                (without_cd_text, lead_in) = (true, None);
                drive.send_cue_sheet(&sheet(false))?;
            }
            result => result?,
        }
        let sectors = Sectors::begin(drive, medium.profile, start);
        let lead_in = lead_in.map(|start| LeadIn { start, packs: cd_text.to_vec() });
        Ok(SessionAtOnce { sectors, program, lead_in, test_write, without_cd_text })
    }

    /// Writes CD-TEXT from the start of the lead-in to the first pregap, again and again.
    fn write_lead_in(&mut self, lead_in: &LeadIn) -> Result<(), DriveError> {
        let mut number = 0;
        let all = self.sectors.next.since(lead_in.start).unwrap_or(0);
        self.sectors.next = lead_in.start;
        while number < all {
            let run = LEAD_IN_RUN.min(all - number);
            let symbols: Vec<[u8; SUBCHANNEL_BYTES]> =
                (number..number + run).map(|sector| lead_in_symbols(&lead_in.packs, sector)).collect();
            self.sectors.push(SUBCHANNEL_BYTES, symbols.as_flattened())?;
            self.sectors.drain(SUBCHANNEL_BYTES)?;
            number += run;
        }
        Ok(())
    }

    /// Whether the drive took no CD-TEXT.
    #[must_use]
    pub fn without_cd_text(&self) -> bool {
        self.without_cd_text
    }

    /// The next sector to be written, and the bytes that it has.
    #[must_use]
    pub fn next(&self) -> (Lba, usize) {
        let bytes = self.bytes_at(self.sectors.next);
        let next = self.sectors.next.checked_add(self.sectors.waiting(bytes)).unwrap_or(self.sectors.next);
        (next, self.bytes_at(next))
    }

    fn bytes_at(&self, lba: Lba) -> usize {
        let kind = self.program.track_at(lba).or(self.program.tracks().last()).map(|track| track.layout.kind);
        kind.and_then(|kind| form_bytes(data_form(kind))).unwrap_or(crate::cd::RAW_BYTES)
    }

    /// Writes sectors, from the first pregap on, each with the bytes that [`next`](SessionAtOnce::next) says.
    ///
    /// # Errors
    /// [`DriveError::PartialBlock`]; [`DriveError::TooLarge`] behind the last track; what the drive says.
    pub fn write(&mut self, mut data: &[u8]) -> Result<(), DriveError> {
        if !data.is_empty()
            && let Some(lead_in) = self.lead_in.take()
        {
            self.write_lead_in(&lead_in)?;
        }
        while !data.is_empty() {
            let (next, bytes) = self.next();
            let Some(end) = self.program.track_at(next).map(|track| track.end) else {
                let needed = (data.len() / bytes) as u32;
                return Err(DriveError::TooLarge { needed, available: 0 });
            };
            let room = end.since(next).unwrap_or(0) as usize * bytes;
            let (now, rest) = data.split_at(data.len().min(room));
            self.sectors.push(bytes, now)?;
            if now.len() == room {
                // The next track's sectors may have another size.
                self.sectors.drain(bytes)?;
            }
            data = rest;
        }
        Ok(())
    }

    /// Has the drive end the session, which it does by itself when all sectors have come.
    ///
    /// # Errors
    /// [`DriveError::OutOfOrder`] if some have not; what the drive says.
    pub fn close(mut self) -> Result<(), DriveError> {
        self.sectors.check()?;
        let (next, bytes) = self.next();
        if next != self.program.lead_out() {
            return Err(DriveError::OutOfOrder { lba: self.program.lead_out(), expected: next });
        }
        self.sectors.drain(bytes)?;
        self.sectors.flush()
    }

    /// Gives the session up. Of one that has begun, the drive makes no lead-in: nothing can read it, and nothing can
    /// follow it; a CD-RW can be blanked.
    ///
    /// # Errors
    /// What the drive says.
    pub fn abandon(self) -> Result<MediumLeft, DriveError> {
        let test_write = self.test_write;
        let left = self.sectors.abandon()?;
        Ok(if test_write { MediumLeft::Untouched } else { left })
    }
}

fn is_refused(error: &DriveError) -> bool {
    error.sense().is_some_and(|sense| sense.is(crate::sense::key::ILLEGAL_REQUEST, 0x26, 0x00))
}
