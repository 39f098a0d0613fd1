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

/// Clusters that a session on a medium with pseudo-overwrite replaces at most when all else of it is written: that of its own
/// descriptors, that of the head and that of sector 256, where UDF has its anchor, each with two writes where a drive is given
/// half a cluster at a time.
pub const REPLACED_CLUSTERS: u32 = 6;

/// Behind the cluster with sector 256.
const BEHIND_ANCHOR: Sector = Sector::new(288);

/// The next session of a medium with pseudo-overwrite. What was begun and never got its head stays between the sessions, so
/// that each of them has a copy of the head in front of it, which leads to the one before, or says that there is none.
pub(crate) fn next_session_in_order(
    medium: &Medium,
    next_writable: Sector,
    replacements: Option<u32>,
) -> Result<NextSession, Error> {
    let unit = START_ALIGNMENT.max(medium.write_unit);
    let address_space = Error::AddressSpace { start: next_writable };
    let behind = next_writable.align_up(unit).ok_or(address_space)?;
    // Where sessions end is what they say of themselves; their descriptors are there.
    let descriptors = |start: Sector| start.checked_add(HEAD_SECTORS);
    if let Some((session, end)) = (medium.sessions.iter())
        .filter_map(|session| Some((session.number, descriptors(session.start)?)))
        .find(|(_, end)| *end > behind)
    {
        return Err(Error::Overlap { next_writable, session, end });
    }
    let head_copy = match medium.sessions.is_empty() {
        true if behind <= FIRST_START => None,
        // What was begun in front of it may reach into the cluster whose anchor is replaced.
        true => Some(behind.max(BEHIND_ANCHOR)),
        false => Some(behind.max(FIRST_COPY)),
    };
    let start = match head_copy {
        Some(copy) => copy.checked_add(HEAD_SECTORS).ok_or(address_space)?,
        None => FIRST_START,
    };
    let reserved = SectorCount::new(medium.write_unit.get().saturating_mul(REPLACED_CLUSTERS));
    let available = available(medium, start, reserved)?;
    if let Some(left) = replacements.filter(|&left| left < REPLACED_CLUSTERS) {
        return Err(Error::NoReplacements { left, needed: REPLACED_CLUSTERS });
    }
    let (alignment, end_padding) = (medium.write_unit, medium.end_padding);
    Ok(NextSession { start, alignment, end_padding, available, head: Head::Rewrite, head_copy })
}

pub(crate) fn next_session(medium: &Medium, image_end: Option<Sector>) -> Result<NextSession, Error> {
    let end = data_end(medium, image_end)?;
    let unit = START_ALIGNMENT.max(medium.write_unit);
    let behind = end.align_up(unit).ok_or(Error::AddressSpace { start: end })?;
    let behind = behind.max(FIRST_START);

    // With the first session at 32, every session has descriptors of its own behind the head. Otherwise, also with one from 0
    // on in front of it, the head may be the only place with those of one: they are kept in a copy.
    let keeps_own = medium.sessions.iter().next().is_some_and(|first| first.start == FIRST_START);
    let head_copy = (!medium.sessions.is_empty() && !keeps_own).then_some(behind.max(FIRST_COPY));
    let start = match head_copy {
        None => behind,
        Some(copy) => copy.checked_add(HEAD_SECTORS).ok_or(Error::AddressSpace { start: copy })?,
    };
    Ok(NextSession {
        start,
        alignment: medium.write_unit,
        end_padding: medium.end_padding,
        available: available(medium, start, SectorCount::ZERO)?,
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
    use crate::{Growth, SessionTable};

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
    fn a_session_at_32_behind_one_from_0_on() {
        let next = next_session(&image(&[0, 32]), Some(Sector::new(57))).unwrap();
        assert_eq!((next.start, next.head_copy), (Sector::new(96), Some(Sector::new(64))));
    }

    fn pseudo_overwrite(starts: &[u32], next_writable: u32, replacements: Option<u32>) -> Medium {
        let next_writable = Sector::new(next_writable);
        Medium {
            growth: Growth::PseudoOverwrite { next_writable, replacements },
            write_unit: SectorCount::new(32),
            capacity: Some(SectorCount::new(1024)),
            ..image(starts)
        }
    }

    #[test]
    fn with_pseudo_overwrite() {
        let next = |starts: &[u32], at| {
            crate::next_session(&pseudo_overwrite(starts, at, Some(6)), None)
                .and_then(|found| (found.head == Head::Rewrite).then_some(found).ok_or(Error::Closed))
                .map(|found| (found.start.get(), found.head_copy.map(Sector::get)))
        };
        assert_eq!(next(&[], 0), Ok((32, None)));
        // Behind what was begun and never got a head.
        assert_eq!(next(&[], 96), Ok((320, Some(288))));
        assert_eq!(next(&[], 320), Ok((352, Some(320))));
        assert_eq!(next(&[32], 192), Ok((224, Some(192))));
        assert_eq!(next(&[0], 32), Ok((96, Some(64))));
        let inside = Error::Overlap { next_writable: Sector::new(64), session: 2, end: Sector::new(96) };
        assert_eq!(next(&[32, 64], 64), Err(inside));
    }

    #[test]
    fn what_is_replaced_takes_room() {
        let next = crate::next_session(&pseudo_overwrite(&[32], 192, None), None).unwrap();
        assert_eq!(next.available, Some(SectorCount::new(1024 - 6 * 32 - 224)));
        let full = crate::next_session(&pseudo_overwrite(&[32], 800, None), None);
        assert!(matches!(full, Err(Error::Full { .. })), "{full:?}");
        let none_left = crate::next_session(&pseudo_overwrite(&[32], 192, Some(5)), None);
        assert_eq!(none_left, Err(Error::NoReplacements { left: 5, needed: 6 }));
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
