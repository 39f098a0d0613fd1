//! Media that are written once, in ascending order.

use sector_io::{Sector, SectorCount};

use crate::next_session::available;
use crate::{Error, Head, Medium, NextSession};

/// Sectors from the end of a CD's first session to the start of the second: lead-out 6750, lead-in 4500,
/// pregap 150 (MMC, "Numbers of sectors between sessions"; 1 min 30 s + 1 min + 2 s).
pub const CD_FIRST_GAP: SectorCount = SectorCount::new(11_400);

/// Sectors between any two later sessions of a CD: lead-out 2250, lead-in 4500, pregap 150.
pub const CD_LATER_GAP: SectorCount = SectorCount::new(6_900);

/// Run-out sectors that a drive writes behind a CD track written at once. They belong to the track's
/// reported length and cannot be read.
pub const CD_RUN_OUT: SectorCount = SectorCount::new(2);

/// Padding behind the data of a CD track written at once, 2 s: keeps the read-ahead of operating systems
/// away from the run-out sectors.
pub const CD_TRACK_PADDING: SectorCount = SectorCount::new(150);

/// The drive alone decides: its next writable address is the only one that it takes, so the start is
/// never rounded here.
pub(crate) fn next_session(medium: &Medium, next_writable: Sector) -> Result<NextSession, Error> {
    if let Some((session, end)) = medium.sessions.farthest()
        && end > next_writable
    {
        return Err(Error::Overlap { next_writable, session, end });
    }
    Ok(NextSession {
        start: next_writable,
        alignment: medium.write_unit,
        end_padding: medium.end_padding,
        available: available(medium, next_writable, SectorCount::ZERO)?,
        head: Head::None,
        head_copy: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Growth, Session, SessionTable};

    fn cd(next_writable: u32, end: Option<u32>) -> Medium {
        let session = |end| Session { number: 1, start: Sector::ZERO, end: Some(Sector::new(end)) };
        Medium {
            growth: Growth::Sequential { next_writable: Sector::new(next_writable) },
            write_unit: SectorCount::new(1),
            capacity: Some(SectorCount::new(359_849)),
            end_padding: CD_TRACK_PADDING,
            sessions: SessionTable::new(end.map(session)).unwrap(),
        }
    }

    #[test]
    fn blank_and_appendable_cd() {
        let first = next_session(&cd(0, None), Sector::ZERO).unwrap();
        assert_eq!((first.start, first.head), (Sector::ZERO, Head::None));
        assert_eq!(first.available, Some(SectorCount::new(359_849 - 150)));
        assert_eq!(first.len_with_padding(SectorCount::new(400)), Ok(SectorCount::new(550)));

        let start = Sector::new(552 + 11_400);
        let second = next_session(&cd(start.get(), Some(552)), start).unwrap();
        assert_eq!((second.start, second.head_copy), (start, None));
    }

    #[test]
    fn a_drive_that_points_into_old_data_is_refused() {
        let next_writable = Sector::new(500);
        let error = Error::Overlap { next_writable, session: 1, end: Sector::new(552) };
        assert_eq!(next_session(&cd(500, Some(552)), next_writable), Err(error));
    }

    #[test]
    fn a_full_medium_is_refused() {
        let start = Sector::new(359_700);
        let error = Error::Full { start, end: Sector::new(359_849) };
        assert_eq!(next_session(&cd(359_700, Some(552)), start), Err(error));
    }
}
