use sector_io::{Extent, Sector, SectorCount};

use crate::{Error, Growth, HEAD_SECTORS, Medium, overwrite, sequential};

/// Where the next session goes, and what must be done around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextSession {
    /// Its first sector. Every address inside the session is absolute and counts from sector 0.
    pub start: Sector,
    /// The length of the session, padding included, is a multiple of this.
    pub alignment: SectorCount,
    /// Sectors of padding behind the data, part of the session.
    pub end_padding: SectorCount,
    /// Sectors of data that fit at most, padding already subtracted; `None` where only the 32-bit range
    /// ends the medium.
    pub available: Option<SectorCount>,
    /// What becomes of the medium's first sectors.
    pub head: Head,
    /// Where the present head, sectors 0 to 31, must be copied before the session is written, because it
    /// holds the only descriptors of the sessions so far, or says that there are none. The copy ends where the session
    /// starts.
    pub head_copy: Option<Sector>,
}

/// What becomes of the first 32 sectors of the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// Nothing: the session's own descriptors, from its start + 16, are all that is needed. Readers find
    /// the newest session by the medium's table of contents, or it starts at sector 0.
    None,
    /// After everything else has reached the medium, sectors 0 to 31 are written again: with the system
    /// area and the descriptors of the newest session, so that readers without a session table find it.
    Rewrite,
}

impl NextSession {
    /// The length of the session that carries `data` sectors: data, end padding, and what fills the last
    /// write unit.
    ///
    /// # Errors
    /// [`Error::TooLong`] past the medium's end, [`Error::AddressSpace`] past the 32-bit range.
    pub fn len_with_padding(&self, data: SectorCount) -> Result<SectorCount, Error> {
        let address_space = Error::AddressSpace { start: self.start };
        let padded = data
            .checked_add(self.end_padding)
            .and_then(|len| len.align_up(self.alignment))
            .ok_or(address_space)?;
        if let Some(most) = self.available
            && data > most
        {
            let available = most.checked_add(self.end_padding).unwrap_or(most);
            return Err(Error::TooLong { needed: padded, available });
        }
        self.start.checked_add(padded).ok_or(address_space)?;
        Ok(padded)
    }

    /// The sectors that the copy of the present head takes, if there is one.
    #[must_use]
    pub fn head_copy_extent(&self) -> Option<Extent> {
        self.head_copy.map(|start| Extent::new(start, HEAD_SECTORS))
    }
}

/// Where the next session of `medium` goes.
///
/// `image_end` is the first sector behind the newest image, for overwritable media, whose session table
/// does not say it. It may lie behind what the table knows, never before: the larger one counts.
///
/// # Errors
/// [`Error::Closed`], [`Error::Full`], [`Error::Overlap`], [`Error::EndUnknown`],
/// [`Error::AddressSpace`], [`Error::NoReplacements`].
pub fn next_session(medium: &Medium, image_end: Option<Sector>) -> Result<NextSession, Error> {
    match medium.growth {
        Growth::Sequential { next_writable } => sequential::next_session(medium, next_writable),
        Growth::Overwritable => overwrite::next_session(medium, image_end),
        Growth::PseudoOverwrite { next_writable, replacements } => {
            overwrite::next_session_in_order(medium, next_writable, replacements)
        }
        Growth::Closed => Err(Error::Closed),
    }
}

/// Data sectors that fit from `start` on, in front of the last `reserved` ones.
pub(crate) fn available(
    medium: &Medium,
    start: Sector,
    reserved: SectorCount,
) -> Result<Option<SectorCount>, Error> {
    let Some(capacity) = medium.capacity else { return Ok(None) };
    let capacity = capacity.checked_sub(reserved).unwrap_or_default();
    let end = Sector::new(capacity.get());
    let unit = medium.write_unit.get().max(1);
    end.since(start)
        .map(|left| SectorCount::new(left.get() - left.get() % unit))
        .and_then(|units| units.checked_sub(medium.end_padding))
        .filter(|data| *data > SectorCount::ZERO)
        .map(Some)
        .ok_or(Error::Full { start, end })
}
