//! Media without a session table of their own, where every sector can be written again.

use sector_io::{Sector, SectorCount};

use crate::next_session::available;
use crate::{Error, Head, Medium, NextSession};

/// The head of an overwritable medium: system area (16 sectors) and descriptors (up to 16 sectors).
pub const HEAD_SECTORS: SectorCount = SectorCount::new(32);

/// Where the first session starts on a blank overwritable medium: behind the head, so that its own
/// descriptors, from sector 48, survive when the head comes to describe a later session.
pub const FIRST_START: Sector = Sector::new(32);

/// Sessions on overwritable media start at multiples of this.
pub const START_ALIGNMENT: SectorCount = SectorCount::new(32);

/// Where the first copy of a head goes at the earliest: at [`FIRST_START`] it would pass for a first session
/// with descriptors of its own, and further sessions would keep no copy of what is in front of them.
const FIRST_COPY: Sector = Sector::new(64);

pub(crate) fn next_session(medium: &Medium, image_end: Option<Sector>) -> Result<NextSession, Error> {
    let end = data_end(medium, image_end)?;
    let unit = START_ALIGNMENT.max(medium.write_unit);
    let behind = end.align_up(unit).ok_or(Error::AddressSpace { start: end })?;
    let behind = behind.max(FIRST_START);

    // With a first session at 32, every session has descriptors of its own behind the head. Otherwise the
    // head may be the only place with those of the newest one: they are kept in a copy.
    let keeps_own = medium.sessions.iter().any(|session| session.start == FIRST_START);
    let head_copy = (!medium.sessions.is_empty() && !keeps_own).then_some(behind.max(FIRST_COPY));
    let start = match head_copy {
        None => behind,
        Some(copy) => copy.checked_add(HEAD_SECTORS).ok_or(Error::AddressSpace { start: copy })?,
    };
    Ok(NextSession {
        start,
        alignment: medium.write_unit,
        end_padding: medium.end_padding,
        available: available(medium, start)?,
        head: Head::Rewrite,
        head_copy,
    })
}

/// The first sector behind all that must stay.
fn data_end(medium: &Medium, image_end: Option<Sector>) -> Result<Sector, Error> {
    let Some(newest) = medium.sessions.newest() else { return Ok(image_end.unwrap_or_default()) };
    let known = newest.end.max(image_end).ok_or(Error::EndUnknown { session: newest.number })?;
    let farthest = medium.sessions.farthest().map_or(known, |(_, end)| end.max(known));
    // Whatever the ends are said to be, the descriptors at the starts are there.
    let last_start = medium.sessions.iter().map(|session| session.start).max().unwrap_or_default();
    let descriptors = last_start.checked_add(HEAD_SECTORS);
    Ok(farthest.max(descriptors.ok_or(Error::AddressSpace { start: last_start })?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SessionTable;

    fn image(starts: &[u32]) -> Medium {
        let starts = starts.iter().copied().map(Sector::new);
        Medium::image_file(SessionTable::from_starts(starts).unwrap())
    }

    #[test]
    fn blank() {
        let next = next_session(&image(&[]), None).unwrap();
        assert_eq!((next.start, next.head, next.head_copy), (FIRST_START, Head::Rewrite, None));
        assert_eq!(next.available, None);
    }

    #[test]
    fn growing_behind_a_session_at_32() {
        let next = next_session(&image(&[32, 96]), Some(Sector::new(161))).unwrap();
        assert_eq!((next.start, next.head_copy), (Sector::new(192), None));
    }

    #[test]
    fn the_only_descriptors_are_kept_in_a_copy() {
        let next = next_session(&image(&[0]), Some(Sector::new(174))).unwrap();
        assert_eq!((next.start, next.head_copy), (Sector::new(224), Some(Sector::new(192))));
        let next = next_session(&image(&[192, 224]), Some(Sector::new(300))).unwrap();
        assert_eq!((next.start, next.head_copy), (Sector::new(352), Some(Sector::new(320))));
    }

    #[test]
    fn a_copy_does_not_pass_for_a_first_session() {
        let next = next_session(&image(&[0]), Some(Sector::new(25))).unwrap();
        assert_eq!((next.start, next.head_copy), (Sector::new(96), Some(Sector::new(64))));
        let next = next_session(&image(&[64, 96]), Some(Sector::new(150))).unwrap();
        assert_eq!((next.start, next.head_copy), (Sector::new(192), Some(Sector::new(160))));
    }

    #[test]
    fn an_unknown_or_impossible_end() {
        assert_eq!(next_session(&image(&[0]), None), Err(Error::EndUnknown { session: 1 }));
        // An end inside the descriptors does not let the next session overwrite them.
        let next = next_session(&image(&[32]), Some(Sector::new(5))).unwrap();
        assert_eq!(next.start, Sector::new(64));
        let last = Sector::new(u32::MAX);
        assert_eq!(next_session(&image(&[32]), Some(last)), Err(Error::AddressSpace { start: last }));
    }

    #[test]
    fn the_end_of_the_medium() {
        let capacity = Some(SectorCount::new(2_295_104));
        let medium = Medium { capacity, write_unit: SectorCount::new(16), ..image(&[32]) };
        let next = next_session(&medium, Some(Sector::new(2_295_070))).unwrap();
        assert_eq!(next.available, Some(SectorCount::new(32)));
        assert_eq!(
            next.len_with_padding(SectorCount::new(33)),
            Err(Error::TooLong { needed: SectorCount::new(48), available: SectorCount::new(32) })
        );
        assert!(matches!(next_session(&medium, Some(Sector::new(2_295_073))), Err(Error::Full { .. })));
    }
}
