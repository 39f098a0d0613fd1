//! Where a session ends, for all that looks for what it holds.

use std::sync::Arc;

use multisession::{Session, SessionTable};
use sector_io::{ReadSectors, SectorCount, Window};

/// Who says where the sessions of a disc end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// A table of contents.
    Told,
    /// Descriptors, which may know of less than there is: a stub of ISO 9660 beside UDF, for instance.
    Found,
}

/// The sectors up to the end of a session: what lies behind it is another session's. Without a word of a table of contents, it
/// is where the next session begins.
pub(super) fn up_to_end(
    source: &Arc<dyn ReadSectors>,
    sessions: &SessionTable,
    session: &Session,
    ends: Ends,
) -> Arc<dyn ReadSectors> {
    let told = session.end.filter(|_| ends == Ends::Told);
    let next = || sessions.iter().map(|other| other.start).filter(|&start| start > session.start).min();
    match told.or_else(next) {
        Some(end) if end.get() < source.sectors().get() => {
            Arc::new(Window::new(source.clone(), SectorCount::ZERO, SectorCount::new(end.get())))
        }
        _ => source.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sector_io::{MemorySectors, SECTOR_SIZE, Sector};

    #[test]
    fn by_who_says_it() {
        let source: Arc<dyn ReadSectors> = Arc::new(MemorySectors::new(vec![0; 100 * SECTOR_SIZE]));
        let session = |number, start, end: Option<u32>| Session {
            number,
            start: Sector::new(start),
            end: end.map(Sector::new),
        };
        // The head of the first one was copied out of the way of the last.
        let sessions =
            [session(1, 60, None), session(2, 10, Some(30)), session(3, 40, None), session(4, 70, Some(90))];
        let table = SessionTable::new(sessions).unwrap();
        let of = |ends| {
            let of_session = |session| up_to_end(&source, &table, session, ends).sectors().get();
            table.iter().map(of_session).collect::<Vec<_>>()
        };
        assert_eq!(of(Ends::Told), [70, 30, 60, 90]);
        assert_eq!(of(Ends::Found), [70, 40, 60, 100]);
    }
}
