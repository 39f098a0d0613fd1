//! A raw image, lead-in and lead-out among its sectors. `docs/recipes/cd-raw.md` tells the steps.

use super::sectors::Sectors;
use super::{CdRequest, LATEST_LEAD_IN, lead_in_start, prepare};
use crate::cd::{IMAGE_START, RawImage};
use crate::command::OperationCode;
use crate::command::mode::MultiSession;
use crate::feature::FeatureCode;
use crate::medium::writable_track;
use crate::recorder::parameters::select;
use crate::{Drive, DriveError, Lba, Medium, MediumLeft, NotWritable, Transport};

/// A raw recording.
pub struct RawSession<'d, T: Transport> {
    sectors: Sectors<'d, T>,
    start: Lba,
    bytes: usize,
    end: Lba,
}

impl<'d, T: Transport> RawSession<'d, T> {
    /// Begins with the lead-in of a blank disc, at [`start`](RawSession::start).
    ///
    /// # Errors
    /// [`DriveError::NotWritable`] and [`DriveError::TooLarge`] before anything was written;
    /// [`DriveError::OutOfOrder`] for a disc whose lead-in begins before the image does; else what the drive says.
    pub fn begin(
        drive: &'d mut Drive<T>,
        medium: &Medium,
        image: &RawImage,
        request: &CdRequest,
    ) -> Result<RawSession<'d, T>, DriveError> {
        let profile = medium.profile;
        let refused = |reason| Err(DriveError::NotWritable { profile, reason });
        if request.test_write {
            return refused(NotWritable::NoTestWrite);
        }
        let protected = prepare(drive, medium, request, FeatureCode::CD_MASTERING)?;
        if !medium.sessions.is_empty() {
            return refused(NotWritable::NotBlank);
        }
        let needed = image.program().lead_out().blocks_from_zero();
        if needed > medium.free_blocks {
            return Err(DriveError::TooLarge { needed, available: medium.free_blocks });
        }
        let kind = image.kind();
        select(drive, |page| page.set_raw(MultiSession::FINAL, protected, kind as u8))?;
        let told = writable_track(drive, profile)?.and_then(|track| track.next_writable);
        let start = match told.filter(|start| *start <= LATEST_LEAD_IN) {
            Some(start) => start,
            None => lead_in_start(drive)?.ok_or(DriveError::BadReply {
                operation: OperationCode::READ_TOC,
                problem: "ATIP tells no place for the lead-in",
            })?,
        };
        if start < IMAGE_START || start > LATEST_LEAD_IN {
            return Err(DriveError::OutOfOrder { lba: IMAGE_START, expected: start });
        }
        let sectors = Sectors::begin(drive, profile, start);
        Ok(RawSession { sectors, start, bytes: kind.sector_bytes(), end: image.end() })
    }

    /// The first sector to be written. What the image has before it, this disc has no room for.
    #[must_use]
    pub fn start(&self) -> Lba {
        self.start
    }

    /// The next sector to be written.
    #[must_use]
    pub fn next(&self) -> Lba {
        self.sectors.next.checked_add(self.sectors.waiting(self.bytes)).unwrap_or(self.sectors.next)
    }

    /// Writes sectors of the image.
    ///
    /// # Errors
    /// [`DriveError::PartialBlock`]; [`DriveError::TooLarge`] behind the lead-out; what the drive says.
    pub fn write(&mut self, data: &[u8]) -> Result<(), DriveError> {
        let needed = (data.len() / self.bytes) as u32;
        let available = self.end.since(self.next()).unwrap_or(0);
        if needed > available {
            return Err(DriveError::TooLarge { needed, available });
        }
        self.sectors.push(self.bytes, data)
    }

    /// Gets all of it onto the disc, which then is complete.
    ///
    /// # Errors
    /// [`DriveError::OutOfOrder`] if sectors are missing; what the drive says.
    pub fn close(mut self) -> Result<(), DriveError> {
        self.sectors.check()?;
        let next = self.next();
        if next != self.end {
            return Err(DriveError::OutOfOrder { lba: self.end, expected: next });
        }
        self.sectors.drain(self.bytes)?;
        self.sectors.flush()
    }

    /// Gives the disc up. With some of it written it cannot be read: a CD-RW can be blanked.
    ///
    /// # Errors
    /// What the drive says.
    pub fn abandon(self) -> Result<MediumLeft, DriveError> {
        self.sectors.abandon()
    }
}
