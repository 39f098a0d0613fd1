//! Finding sessions of UDF without ISO 9660 where no table of contents is.
//!
//! On media of which every sector can be written again, the anchor in sector 256 names the newest one; in front of
//! each of them is a copy of the head as it was before, with the anchor of that time. On those that are written
//! once each session has anchors of its own, and nothing leads from one to the next.

use std::ops::ControlFlow;
use std::sync::Arc;

use multisession::{HEAD_SECTORS, START_ALIGNMENT, Session, SessionTable};
use sector_io::{Extent, ReadSectors, SECTOR_SIZE, Sector, SectorCount};
use udf::ExtentAd;
use udf::volume::AnchorVolumeDescriptorPointer;

use super::chain::is_head_blank;
use super::scan::{GAP, MOST_SESSIONS, is_without_predecessor};
use super::udf::{UdfVolume, anchor_at, kept_anchor, volume};
use super::{gap, lost_session};
use crate::head::ANCHOR;
use crate::plan::MAIN_SEQUENCE;
use crate::{Error, Result};

/// Where the first session is when all of them have descriptors of their own.
const BEHIND_HEAD: Sector = Sector::new(32);

/// Sectors from one place where a session may begin to the next, behind a virtual partition.
const STEP: u32 = 16;
/// Places that are looked at.
const MOST_PLACES: u32 = 1 << 20;

/// Anchors one behind another that end a session: its last write unit.
const MOST_ANCHORS: u32 = 64;

/// Where a session begins, and where it ends.
type Found = (Sector, Sector);

/// The sessions of a source without ISO 9660, oldest first.
pub(super) fn find_sessions(source: &Arc<dyn ReadSectors>) -> Result<SessionTable> {
    let found = match newest_of_anchor(source).or_else(|| newest_of_end(source)) {
        // The head of a first session comes last. Until then, whatever anchors there are lead to one that is not finished.
        _ if is_head_blank(source) => Vec::new(),
        Some(newest) if own_anchor(source, BEHIND_HEAD).is_some() => {
            // Copies of the head leave out what was begun between sessions and never got it.
            let chain = backward(source, newest, true);
            let oldest = chain.first().map_or(newest, |&(start, _)| start);
            match is_without_predecessor(source, oldest) {
                true => chain,
                false => forward_to(source, oldest).into_iter().chain(chain.into_iter().skip(1)).collect(),
            }
        }
        Some(newest) => backward(source, newest, false),
        None => in_front_of_cut(source).unwrap_or_else(|| one_behind_another(source)),
    };
    let sessions =
        found.into_iter().zip(1u16..).map(|((start, end), number)| Session { number, start, end: Some(end) });
    SessionTable::new(sessions).map_err(|error| Error::Corrupt {
        sector: Sector::ZERO,
        structure: "session table",
        detail: error.to_string(),
    })
}

/// The session that the anchor in sector 256 names, where it is not that which begins the medium: a place where a
/// session of this crate's layout begins, with an anchor of its own that says the same, whatever is left of what announces that.
pub(crate) fn newest_of_anchor(source: &dyn ReadSectors) -> Option<Sector> {
    session_of(source, &anchor_at(source, ANCHOR, ANCHOR)?)
}

/// The same by the anchor at the end of an image, where that in sector 256 is lost: the session has a copy of the head in front of it.
fn newest_of_end(source: &dyn ReadSectors) -> Option<Sector> {
    let last = Sector::new(source.sectors().get().checked_sub(1)?);
    let is_lost = anchor_at(source, ANCHOR, ANCHOR).is_none();
    let anchor = anchor_at(source, last, last).filter(|_| is_lost)?;
    session_of(source, &anchor).filter(|&start| has_copy_in_front(source, start))
}

/// The session that the anchor in the copy of a head names; sector 0 for the first one, which has no other anchor in front of its
/// data.
pub(super) fn kept_session(source: &dyn ReadSectors, copy: Sector) -> Option<Sector> {
    let anchor = anchor_at(source, kept_anchor(source, copy)?, ANCHOR)?;
    Some(session_of(source, &anchor).unwrap_or(Sector::ZERO))
}

fn session_of(source: &dyn ReadSectors, anchor: &AnchorVolumeDescriptorPointer) -> Option<Sector> {
    let start = named_start(anchor)?;
    let own = first_anchor(source, start)?;
    (own.main == anchor.main && own.reserve == anchor.reserve).then_some(start)
}

/// Where a session would begin, behind the first one's place, that has the descriptors which an anchor names.
fn named_start(anchor: &AnchorVolumeDescriptorPointer) -> Option<Sector> {
    Sector::new(anchor.main.location).checked_sub(MAIN_SEQUENCE).filter(|&start| start > Sector::ZERO)
}

/// The anchor of a session that begins there and is announced.
pub(crate) fn own_anchor(source: &dyn ReadSectors, start: Sector) -> Option<AnchorVolumeDescriptorPointer> {
    first_anchor(source, start).filter(|_| udf::read::recognised(source, start).is_some())
}

/// The first anchor of a session, whatever announces it.
pub(super) fn first_anchor(source: &dyn ReadSectors, start: Sector) -> Option<AnchorVolumeDescriptorPointer> {
    let at = start.checked_add(SectorCount::new(ANCHOR.get()))?;
    anchor_at(source, at, at)
}

/// From the first session, behind the head, to the newest. What follows that was erased, or never finished.
fn forward_to(source: &Arc<dyn ReadSectors>, newest: Sector) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = BEHIND_HEAD;
    while at < newest && found.len() < MOST_SESSIONS && own_anchor(source, at).is_some() {
        let end = end(source, at);
        found.push((at, end));
        let Some(next) = end.align_up(START_ALIGNMENT).filter(|&next| next > at) else { break };
        at = next;
    }
    found.push((newest, end(source, newest)));
    found
}

/// From the newest session back, by the copies of the head. The first one's only anchor is in the head, unless it lies
/// behind that.
fn backward(source: &Arc<dyn ReadSectors>, newest: Sector, is_first_behind_head: bool) -> Vec<Found> {
    let mut found = vec![(newest, end(source, newest))];
    let mut at = newest;
    while found.len() < MOST_SESSIONS {
        let Some(copy) = at.checked_sub(HEAD_SECTORS) else { break };
        match kept_session(source, copy) {
            // What a medium that is written once, copied to this one, has behind its first session.
            Some(Sector::ZERO) if !is_first_behind_head => {
                let first = (copy, end(source, copy));
                let between = behind(source, first.1, copy);
                found.extend(between.into_iter().rev());
                found.push(first);
                break;
            }
            Some(before) if Sector::ZERO < before && before < at => {
                found.push((before, end(source, before)));
                at = before;
            }
            _ => break,
        }
    }
    found.reverse();
    found
}

/// The sessions of a file that was cut in front of the own anchor of the one that the head names, and that one.
fn in_front_of_cut(source: &Arc<dyn ReadSectors>) -> Option<Vec<Found>> {
    let lost = named_start(&anchor_at(source, ANCHOR, ANCHOR)?)?;
    if lost.get().saturating_add(ANCHOR.get()) < source.sectors().get() {
        return None;
    }
    let mut found = match own_anchor(source, BEHIND_HEAD) {
        Some(_) => forward_to(source, lost),
        None => backward(source, lost, false),
    };
    if found.len() == 1 {
        let unit = START_ALIGNMENT.get() as usize;
        let places = (unit as u32..source.sectors().get()).step_by(unit).map(Sector::new);
        let newest = places.rev().find(|&start| own_anchor(source, start).is_some())?;
        found = backward(source, newest, false).into_iter().chain(found).collect();
    }
    (found.len() > 1).then_some(found)
}

/// The sessions of a dump: the first at sector 0, each of the others behind the gap that its medium leaves.
fn one_behind_another(source: &Arc<dyn ReadSectors>) -> Vec<Found> {
    let first = match volume(source, Sector::ZERO, None, false) {
        Ok(None) => return Vec::new(),
        // Whoever opens the session is told what is wrong with it.
        Err(_) => return vec![(Sector::ZERO, Sector::new(source.sectors().get()))],
        Ok(Some(first)) => first,
    };
    if first.virtual_allocation_table().is_some() {
        return behind_virtual_partition(source, &first);
    }
    let end_of_first = end_of(source, Sector::ZERO, &first);
    let mut found = vec![(Sector::ZERO, end_of_first)];
    let last = Sector::new(source.sectors().get());
    found.extend(behind(source, end_of_first, last));
    let end_of_newest = found.last().map_or(end_of_first, |&(_, end)| end);
    found.extend(lost_session::behind(source, end_of_newest).map(|start| (start, last)));
    found
}

/// The sessions behind the end of a first one, each in the gap behind the one before, that begin in front of `limit`.
fn behind(source: &Arc<dyn ReadSectors>, end_of_first: Sector, limit: Sector) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut end_of_last = end_of_first;
    while found.len() < MOST_SESSIONS
        && let Some(start) = search(source, end_of_last, limit)
    {
        end_of_last = end(source, start);
        found.push((start, end_of_last));
    }
    found
}

/// Whether the copy of a head begins there, or lies in front.
pub(super) fn is_headed(source: &dyn ReadSectors, start: Sector) -> bool {
    kept_anchor(source, start).is_some() || has_copy_in_front(source, start)
}

fn has_copy_in_front(source: &dyn ReadSectors, start: Sector) -> bool {
    start.checked_sub(HEAD_SECTORS).is_some_and(|copy| kept_anchor(source, copy).is_some())
}

/// A virtual partition has no end that its volume tells: the last session ends with the newest table, unless that is
/// none of this volume.
fn behind_virtual_partition(source: &Arc<dyn ReadSectors>, first: &UdfVolume) -> Vec<Found> {
    let end = source.sectors().get();
    let places = (STEP..end).step_by(STEP as usize).take(MOST_PLACES as usize).map(Sector::new);
    let mut starts = vec![Sector::ZERO];
    starts.extend(places.filter(|&start| own_anchor(source, start).is_some()));
    let newest = starts.last().and_then(|&start| match start {
        Sector::ZERO => first.states().first().copied(),
        start => {
            let volume = volume(source, start, None, false).ok().flatten()?;
            volume.states().first().copied().filter(|&table| table >= start.get())
        }
    });
    let end = newest.map_or(end, |icb| icb.saturating_add(1));
    let ends = starts.iter().skip(1).copied().chain([Sector::new(end)]);
    starts.iter().copied().zip(ends).collect()
}

/// Looks for a recognition sequence at every sector of the gap behind `end`, in front of `limit`.
fn search(source: &dyn ReadSectors, end: Sector, limit: Sector) -> Option<Sector> {
    const FIRST_DESCRIPTOR: SectorCount = SectorCount::new(16);
    let last = end.get().saturating_add(GAP).min(limit.get());
    gap::search(source, end.get()..last, &mut |sector, number| {
        let start = Sector::new(number).checked_sub(FIRST_DESCRIPTOR).filter(|&start| start >= end);
        let is_first = |start: &Sector| sector[1..6] == *b"BEA01" && own_anchor(source, *start).is_some();
        // With a copy of the head in front of it, it waits for an anchor that names it: it was never finished.
        match start.filter(is_first).filter(|&start| !has_copy_in_front(source, start)) {
            Some(start) => ControlFlow::Break(start),
            None => ControlFlow::Continue(()),
        }
    })
}

/// Whether a session has a volume, and all of it, as the drive tells its end. A recording that stopped early has the
/// descriptors on the medium, and not what they lead to. A virtual partition has no end that its volume tells: its
/// recording came to its end with a table of its own. Drives fill up short tracks, and what was reserved, with zeros, where
/// the reserve sequence should be. `source` ends where the session does.
pub(super) fn is_complete(source: &Arc<dyn ReadSectors>, session: &Session) -> bool {
    let Ok(Some(volume)) = volume(source, session.start, session.end, false) else { return false };
    if let Some(&table) = volume.states().first() {
        return table >= session.start.get();
    }
    let is_within = session.end.is_none_or(|end| end_of(source, session.start, &volume) <= end);
    let reserve =
        anchor_of(source, session.start).map(|anchor| anchor.reserve).filter(|extent| extent.length > 0);
    let is_filled = reserve.is_some_and(|extent| {
        let at = u64::from(extent.location) * u64::from(volume.block_size()) / SECTOR_SIZE as u64;
        let mut sector = [0; SECTOR_SIZE];
        let at = u32::try_from(at).ok().map(Sector::new);
        at.is_some_and(|at| source.read_sectors(at, &mut sector).is_ok())
            && sector.iter().all(|&byte| byte == 0)
    });
    is_within && !is_filled
}

/// Where a session ends: of one whose volume is not there, where its volume descriptor sequences do; where it begins, if nobody can
/// tell.
pub(super) fn end(source: &Arc<dyn ReadSectors>, session: Sector) -> Sector {
    match volume(source, session, None, false) {
        Ok(Some(volume)) => end_of(source, session, &volume),
        _ => sequences(source, session)
            .into_iter()
            .flatten()
            .map(behind_sequence)
            .max()
            .unwrap_or(session)
            .max(session),
    }
}

/// Whether a session that passes the end of an image has no anchor in front of that, or not what it leads to; or one that ends
/// with the image has no virtual allocation table of its own, not even one that leads nowhere.
pub(super) fn is_without_volume(source: &Arc<dyn ReadSectors>, session: &Session) -> bool {
    let start = session.start;
    let is_anchored = || kept_anchor(source, start).is_some() || own_anchor(source, start).is_some();
    let Some(end) = session.end.map(Sector::get).filter(|&end| end >= source.sectors().get()) else {
        return false;
    };
    match volume(source, start, session.end, false) {
        Ok(Some(volume)) if is_anchored() => {
            let is_before = volume.states().first().is_some_and(|&table| table < start.get());
            is_before && volume.passed_over_table().is_none()
        }
        _ => end > source.sectors().get(),
    }
}

/// Where the reserve volume descriptor sequence of a session lies.
pub(super) fn reserve_sequence(source: &dyn ReadSectors, session: Sector) -> Option<Extent> {
    let [_, reserve] = sequences(source, session)?;
    let start = Sector::new(reserve.location);
    Some(Extent::new(start, behind_sequence(reserve).since(start)?))
        .filter(|extent| extent.len > SectorCount::ZERO)
}

fn sequences(source: &dyn ReadSectors, session: Sector) -> Option<[ExtentAd; 2]> {
    anchor_of(source, session).map(|anchor| [anchor.main, anchor.reserve])
}

fn behind_sequence(extent: ExtentAd) -> Sector {
    Sector::new(extent.location.saturating_add(extent.length.div_ceil(SECTOR_SIZE as u32)))
}

/// The anchor that leads to a session's volume.
fn anchor_of(source: &dyn ReadSectors, session: Sector) -> Option<AnchorVolumeDescriptorPointer> {
    match kept_anchor(source, session) {
        Some(kept) => anchor_at(source, kept, ANCHOR),
        None => own_anchor(source, session).or_else(|| {
            anchor_at(source, ANCHOR, ANCHOR).filter(|head| named_start(head).unwrap_or_default() == session)
        }),
    }
}

/// Behind the partition, the sequences, and the anchors that follow.
fn end_of(source: &dyn ReadSectors, session: Sector, volume: &UdfVolume) -> Sector {
    let sequences =
        sequences(source, session).unwrap_or_default().map(|extent| behind_sequence(extent).get());
    let partitions = volume.partitions().iter().map(|one| one.start.saturating_add(one.length));
    let blocks = u64::from(partitions.chain(sequences).max().unwrap_or_default());
    let sectors = (blocks * u64::from(volume.block_size())).div_ceil(SECTOR_SIZE as u64);
    let mut end = Sector::new(u32::try_from(sectors).unwrap_or(u32::MAX));
    for _ in 0..MOST_ANCHORS {
        match end.checked_add(SectorCount::new(1)) {
            Some(next) if anchor_at(source, end, end).is_some() => end = next,
            _ => break,
        }
    }
    end
}
