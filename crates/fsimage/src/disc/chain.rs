//! The sessions of this crate that follow one another on a medium with a head, where that does not tell of them.

use std::sync::Arc;

use multisession::{FIRST_START, HEAD_SECTORS, START_ALIGNMENT, Session};
use sector_io::{Extent, ReadSectors, SECTOR_SIZE, Sector};

use super::Disc;
use super::scan::{has_descriptors, is_without_predecessor, own_end, start_of_copy};
use super::set_aside::is_unwritten;
use super::udf_sessions::{end, kept_session, own_anchor};
use crate::boot::tables_end;

/// Whether a session of this crate begins there: with ISO 9660, or UDF alone.
pub(crate) fn is_own(source: &dyn ReadSectors, start: Sector) -> bool {
    if own_end(source, start).is_some_and(|end| end.get() <= source.sectors().get()) {
        return true;
    }
    !has_descriptors(source, start) && own_anchor(source, start).is_some()
}

/// Whether the head holds zeros, or was never written: no file system is announced. What was written in part of the smallest unit of
/// recording was lost.
pub(crate) fn is_head_blank(source: &dyn ReadSectors) -> bool {
    const UNIT: u32 = 16;
    (0..HEAD_SECTORS.get()).step_by(UNIT as usize).all(|unit| {
        let mut sector = [0; SECTOR_SIZE];
        let mut states =
            (unit..unit + UNIT).map(|at| match source.read_sectors(Sector::new(at), &mut sector) {
                Ok(()) => sector.iter().all(|&byte| byte == 0).then_some(true),
                Err(error) => is_unwritten(&error).then_some(false),
            });
        let first = states.next().flatten();
        first.is_some() && states.all(|state| state == first)
    })
}

/// The newest session of those that are on the medium since it was blank: it was complete before its descriptors were written, and
/// the head behind these. The first one begins behind the head. Each of the others begins where the one before it ends, or has a
/// copy of the head in front of it, which tells of that. What else begins anywhere was erased, and nothing vouches for its data. So it is
/// with what follows a first session in sector 0, where a medium was blanked; nobody blanks an image file, `is_file`.
pub(crate) fn newest_of_chain(source: &Arc<dyn ReadSectors>, is_file: bool) -> Option<Sector> {
    let is_blank = !is_file && is_head_blank(source);
    let mut known: Vec<Sector> = Vec::new();
    let mut next = Some(FIRST_START);
    let places = (START_ALIGNMENT.get()..source.sectors().get()).step_by(START_ALIGNMENT.get() as usize);
    for start in places.map(Sector::new).filter(|&start| is_own(source, start)) {
        let follows = match predecessor(source, start) {
            Some(Predecessor::None) => true,
            // Its only descriptors were in the head.
            Some(Predecessor::Session(Sector::ZERO)) => !is_blank,
            Some(Predecessor::Session(before)) => known.contains(&before),
            None => false,
        };
        if follows || next == Some(start) {
            known.push(start);
            next = place_behind(source, start);
        }
    }
    known.last().copied()
}

/// The sessions that follow one another from right behind the head on, which is not asked. A search through the medium may find
/// more.
pub(crate) fn behind_head(source: &Arc<dyn ReadSectors>) -> impl Iterator<Item = Session> {
    let session = |start| {
        let is_there = is_own(source, start);
        is_there.then(|| Session { number: 0, start, end: place_behind(source, start) })
    };
    std::iter::successors(session(FIRST_START), move |before| {
        before.end.filter(|end| *end > before.start).and_then(session)
    })
}

/// What the sessions of a disc are found by, but for the head, and those as well that are found where the head is lost, or leads
/// elsewhere. What a volume says of its end need not be on the medium.
pub(crate) fn found_by(disc: &Disc) -> Vec<Extent> {
    let there = u64::from(disc.source().sectors().get());
    let is_there = |extent: &Extent| {
        extent.start > Sector::ZERO && u64::from(extent.start.get()) + u64::from(extent.len.get()) <= there
    };
    let told = disc.sessions().iter().copied();
    let mut found: Vec<Extent> =
        told.chain(behind_head(disc.source())).flat_map(ends_of).filter(is_there).collect();
    found.sort_unstable_by_key(|extent| extent.start);
    found.dedup();
    found
}

/// What a session is found by: its own descriptors, and what is in front of these; and in its last sectors the other anchor of UDF.
fn ends_of(session: Session) -> impl Iterator<Item = Extent> {
    let last = session.end.and_then(|end| end.get().checked_sub(HEAD_SECTORS.get()));
    let starts = [Some(session.start), last.map(Sector::new).filter(|last| *last > session.start)];
    starts.into_iter().flatten().map(|start| Extent::new(start, HEAD_SECTORS))
}

/// What the copy of a head in front of a session says.
enum Predecessor {
    None,
    Session(Sector),
}

fn predecessor(source: &dyn ReadSectors, start: Sector) -> Option<Predecessor> {
    let copy = start.checked_sub(HEAD_SECTORS).filter(|&copy| copy > Sector::ZERO)?;
    if is_without_predecessor(source, start) {
        return Some(Predecessor::None);
    }
    start_of_copy(source, copy)
        .or_else(|| kept_session(source, copy))
        .filter(|&before| before < start)
        .map(Predecessor::Session)
}

/// Where the session behind that one begins: its partitions may end behind it.
fn place_behind(source: &Arc<dyn ReadSectors>, start: Sector) -> Option<Sector> {
    let own = own_end(source, start).unwrap_or_else(|| end(source, start));
    let tables = tables_end(source, start, source.sectors()).unwrap_or_default();
    own.max(tables).align_up(START_ALIGNMENT)
}
