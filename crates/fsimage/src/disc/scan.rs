//! Finding sessions where no table of contents is: image files, and media that any sector of can be
//! rewritten.

use std::ops::ControlFlow;
use std::sync::Arc;

use iso9660::read::{Error as Iso9660Error, read_volume_set};
use iso9660::volume::{
    DESCRIPTOR_LEN, FIRST_DESCRIPTOR, PrimaryVolumeDescriptor, VolumeDescriptorSetTerminator,
};
use mmc_device::DriveError;
use mmc_device::sense::key;
use multisession::{Session, SessionTable, candidates, starts_at_or_before};
use sector_io::{ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::set_aside::Reason;
use super::{gap, lost_session, udf, udf_sessions};
use crate::address::sector;
use crate::plan::{EndMark, SpaceMark};
use crate::{Error, Result};

/// Where the first session is when the head mirrors a later one.
const BEHIND_HEAD: Sector = Sector::new(32);

/// More sessions than any medium holds; a chain this long is a crafted one.
pub(super) const MOST_SESSIONS: usize = 4096;

/// Places looked at, going down from a session's lowest address, for the session's start.
const MOST_STEPS_DOWN: usize = 8192;

/// Sectors behind a session in which a further one is looked for when none is at the usual places: the
/// gap between sessions of a CD, or between the borders of a DVD-R, and some.
pub(super) const GAP: u32 = 24_576;

/// Sectors that may be missing at the end of an image without loss: the padding of a CD track, and its run-out.
const CUT_OFF: u32 = 152;

/// Sectors of the largest write unit, that of a BD.
pub(super) const CLUSTER: u32 = 32;

/// Units of 16 sectors looked at for a session behind one whose recording stopped early: a whole BD-R of 128 GB.
const MOST_UNITS: usize = 1 << 22;

/// Sectors of a CD of 100 minutes, and some.
const LARGEST_CD: u32 = 460_000;

/// The sessions of an image, oldest first.
pub(super) fn find_sessions(source: &dyn ReadSectors) -> Result<SessionTable> {
    let starts = match header(source, Sector::ZERO)? {
        // A recording that stopped before its head was written left no session.
        None => Vec::new(),
        Some(head) => match start_of(source, &head)? {
            // A file that was cut in front of the session that the head mirrors.
            Sector::ZERO if head.lowest_address.get() >= source.sectors().get() => {
                let mut found =
                    match header(source, BEHIND_HEAD)?.filter(|first| first.lies_behind(BEHIND_HEAD)) {
                        Some(first) => forward(source, BEHIND_HEAD, &first)?,
                        None => match last_own(source) {
                            Some(newest) => backward(source, newest, false)?,
                            None => vec![(Sector::ZERO, head.end(Sector::ZERO))],
                        },
                    };
                let unit = multisession::START_ALIGNMENT.get();
                let lost = Sector::new(head.lowest_address.get() / unit * unit);
                if found.last().is_some_and(|&(newest, _)| Sector::ZERO < newest && newest < lost) {
                    found.push((lost, head.end(Sector::ZERO)));
                }
                found
            }
            // The head is the first session's own.
            Sector::ZERO => {
                let mut found = forward(source, Sector::ZERO, &head)?;
                let all = found.len();
                remove_unfinished(source, &head, &mut found)?;
                let newest = found.last().filter(|_| found.len() == all);
                if let Some(start) = newest.and_then(|&(_, end)| lost_session::behind(source, end)) {
                    found.push((start, Sector::new(source.sectors().get())));
                }
                found
            }
            newest => {
                let first = header(source, BEHIND_HEAD)?.filter(|first| first.lies_behind(BEHIND_HEAD));
                let mut found = match first {
                    Some(first) => behind_head(source, newest, &first)?,
                    None => backward(source, newest, false)?,
                };
                // The head's size counts from sector 0, unless it is the session's own once more.
                if let Some(last) = found.last_mut() {
                    last.1 = last.1.max(head.end(Sector::ZERO));
                }
                found
            }
        },
    };
    table(starts)
}

/// The sessions up to the newest one, of which one begins right behind the head.
fn behind_head(source: &dyn ReadSectors, newest: Sector, first: &Header) -> Result<Found> {
    // Copies of the head leave out what was begun between sessions and never got it.
    let chain = backward(source, newest, true)?;
    let oldest = chain.first().map_or(newest, |&(start, _)| start);
    let has_first = chain.iter().any(|&(start, _)| start == BEHIND_HEAD);
    let mut found = match has_first || is_without_predecessor(source, oldest) {
        true => Vec::new(),
        false => forward(source, BEHIND_HEAD, first)?,
    };
    // What lies behind the session that the head mirrors was erased, or never finished.
    found.retain(|&(start, _)| start < oldest);
    found.extend(chain);
    Ok(found)
}

/// The last session of this crate that begins in an image.
fn last_own(source: &dyn ReadSectors) -> Option<Sector> {
    let unit = multisession::START_ALIGNMENT.get() as usize;
    let places = (unit as u32..source.sectors().get()).step_by(unit);
    places.rev().map(Sector::new).find(|&start| own_end(source, start).is_some())
}

/// Where a session of another program begins right behind the newest one, to which the head leads, and the name of its volume.
/// genisoimage -M leaves the head as it is. A session of this crate, or one with a copy of the head in front of it, never
/// came to that.
pub(super) fn behind_newest(source: &dyn ReadSectors, sessions: &SessionTable) -> Option<(Sector, String)> {
    let newest = sessions.newest().filter(|newest| newest.start > Sector::ZERO)?;
    let end = newest.end.filter(|_| is_in_head(source, newest.start))?;
    let places = [1, 16, 32].into_iter().filter_map(|unit| end.align_up(SectorCount::new(unit)));
    let is_foreign = |start: Sector| {
        let found = header(source, start).ok().flatten();
        let copy = start.checked_sub(multisession::HEAD_SECTORS);
        found.is_some_and(|found| found.mark.is_none() && found.lies_behind(start))
            && copy.is_none_or(|copy| copy < end || !has_descriptors(source, copy))
    };
    let start = places.into_iter().find(|&start| is_foreign(start))?;
    let mut descriptor = [0; DESCRIPTOR_LEN];
    source.read_sectors(start.checked_add(SectorCount::new(FIRST_DESCRIPTOR))?, &mut descriptor).ok()?;
    let identifiers = PrimaryVolumeDescriptor::parse(&descriptor).ok()?.1.fields.identifiers;
    Some((start, String::from_utf8_lossy(&identifiers.volume).trim_end().to_owned()))
}

/// Whether what is in front of a session is the copy of a head that led to none: what lies before was begun, and never got it.
pub(super) fn is_without_predecessor(source: &dyn ReadSectors, start: Sector) -> bool {
    let copy = start.checked_sub(multisession::HEAD_SECTORS);
    let at = copy.and_then(|copy| copy.checked_add(SectorCount::new(FIRST_DESCRIPTOR)));
    let mut sector = [0; SECTOR_SIZE];
    at.is_some_and(|at| source.read_sectors(at, &mut sector).is_ok())
        && VolumeDescriptorSetTerminator::parse(&sector).is_ok()
}

/// Takes out the sessions that never got the head, where `head` is that of the session at sector 0: in front of
/// each of them is a copy of it.
fn remove_unfinished(source: &dyn ReadSectors, head: &Header, found: &mut Found) -> Result<()> {
    for index in (0..found.len()).rev() {
        let copy_at = found[index].0.checked_sub(multisession::HEAD_SECTORS).filter(|&at| at > Sector::ZERO);
        if let Some(copy_at) = copy_at
            && header(source, copy_at)?.is_some_and(|copy| copy.mirrors(head))
        {
            found.remove(index);
        }
    }
    Ok(())
}

/// Whether all that a session's descriptors refer to lies before its end, as the drive tells it. A
/// recording that stopped early has its descriptors on the medium, and not its data.
pub(crate) fn is_complete(source: &dyn ReadSectors, session: &Session) -> Result<bool> {
    let Some(header) = header(source, session.start)? else { return Ok(false) };
    if session.end.is_some_and(|end| header.end(session.start) > end) {
        return Ok(false);
    }
    // Drives fill up short tracks, and what was reserved, with zeros.
    if header.end_mark.is_some_and(|mark| mark.is_missing(source)) {
        return Ok(false);
    }
    let mut root = [0; SECTOR_SIZE];
    let is_filled = source.read_sectors(header.root, &mut root).is_ok() && root.iter().all(|&byte| byte == 0);
    Ok(!is_filled)
}

/// Sessions of which the end is missing: their recording stopped early. None of them, if that is so of all: an image that was cut
/// short is read as far as it goes.
pub(super) fn cut_short(source: &Arc<dyn ReadSectors>, sessions: &SessionTable) -> Vec<u16> {
    let is_cut = |session: &&Session| is_cut_short(source, session);
    let cut: Vec<u16> = sessions.iter().filter(is_cut).map(|session| session.number).collect();
    if cut.len() == sessions.len() { Vec::new() } else { cut }
}

/// The newest of several sessions in an image, where what leads to its file systems is lost, and why.
pub(super) fn lost_newest(source: &Arc<dyn ReadSectors>, sessions: &SessionTable) -> Option<(u16, Reason)> {
    let newest = sessions.newest().filter(|_| sessions.len() > 1)?;
    let reason = match read_volume_set(source, newest.start) {
        Err(error @ Iso9660Error::Corrupt { .. }) => Reason::DescriptorsLost(error.to_string()),
        // Of UDF alone: all anchors are missing, and the last one is at the end.
        Err(Iso9660Error::NoVolume { .. })
            if udf_sessions::first_anchor(source, newest.start).is_none()
                && udf::kept_anchor(source, newest.start).is_none() =>
        {
            Reason::StoppedEarly
        }
        _ => return None,
    };
    let has_udf = matches!(udf::volume(source, newest.start, newest.end, false), Ok(Some(_)));
    (!has_udf).then_some((newest.number, reason))
}

/// The sessions of an image in which each follows the one before, where some of the first descriptors are lost, and nothing else
/// leads to what lies behind; and why the first one cannot be read.
pub(super) fn behind_lost_first(source: &Arc<dyn ReadSectors>) -> Result<Option<(SessionTable, Reason)>> {
    let reason = match read_volume_set(source, Sector::ZERO) {
        Err(error @ Iso9660Error::Corrupt { .. }) => error.to_string(),
        Err(error @ Iso9660Error::NoVolume { .. })
            if ::udf::read::remains(source, Sector::ZERO) == Some(Sector::new(FIRST_DESCRIPTOR)) =>
        {
            error.to_string()
        }
        _ => return Ok(None),
    };
    let Some((second, header_of_second)) = search_units(source, Sector::ZERO)? else { return Ok(None) };
    // On a medium with a head, that was lost.
    let copy = second.checked_sub(multisession::HEAD_SECTORS);
    if second == BEHIND_HEAD || copy.is_some_and(|copy| has_descriptors(source, copy)) {
        return Ok(None);
    }
    let mut found = vec![(Sector::ZERO, second)];
    found.extend(forward(source, second, &header_of_second)?);
    Ok(Some((table(found)?, Reason::DescriptorsLost(reason))))
}

fn table(found: Found) -> Result<SessionTable> {
    let session = |((start, end), number)| Session { number, start, end: Some(end) };
    SessionTable::new(found.into_iter().zip(1u16..).map(session)).map_err(|error| Error::Corrupt {
        sector: Sector::ZERO,
        structure: "session table",
        detail: error.to_string(),
    })
}

/// Whether a session of an image lacks its end mark, or ends behind the last sector, what may be missing without loss aside.
pub(crate) fn is_cut_short(source: &Arc<dyn ReadSectors>, session: &Session) -> bool {
    let there = source.sectors().get().saturating_add(CUT_OFF);
    session.end.is_some_and(|end| end.get() > there)
        || match header(source, session.start) {
            Ok(Some(header)) => header.lacks_mark(source),
            _ => udf_sessions::is_without_volume(source, session),
        }
}

/// Whether anything was recorded where a session has its descriptors, or cannot be read there because of the medium. A track
/// that was reserved, and never written, holds zeros or nothing.
pub(super) fn is_begun(source: &dyn ReadSectors, session: &Session) -> bool {
    let end = session.start.get().saturating_add(multisession::HEAD_SECTORS.get());
    let mut sector = [0; SECTOR_SIZE];
    (session.start.get()..end).any(|number| match source.read_sectors(Sector::new(number), &mut sector) {
        Ok(()) => sector.iter().any(|&byte| byte != 0),
        Err(ReadError::Device { source, .. }) => source
            .downcast_ref::<DriveError>()
            .and_then(DriveError::sense)
            .is_some_and(|sense| matches!(sense.key, key::MEDIUM_ERROR | key::HARDWARE_ERROR)),
        Err(_) => false,
    })
}

/// What a primary volume descriptor says of its session.
#[derive(Clone)]
struct Header {
    volume_space_size: u32,
    lowest_address: Sector,
    root: Sector,
    /// How the size counts in a session by this crate.
    mark: Option<SpaceMark>,
    end_mark: Option<EndMark>,
}

impl Header {
    /// Whether both describe the same tree. A head states another size than the session that it mirrors.
    fn mirrors(&self, other: &Header) -> bool {
        (self.lowest_address, self.root) == (other.lowest_address, other.root)
    }

    /// Whether all addresses lie behind the descriptors of a session at `start`.
    fn lies_behind(&self, start: Sector) -> bool {
        self.lowest_address.get() > start.get().saturating_add(FIRST_DESCRIPTOR)
    }

    /// Whether an image does not have the end mark that is announced.
    fn lacks_mark(&self, source: &dyn ReadSectors) -> bool {
        self.end_mark.is_some_and(|mark| mark.at.get() >= source.sectors().get() || mark.is_missing(source))
    }

    /// The first sector behind a session at `start`. The size may count from there or from sector 0. A size that leaves out
    /// the descriptors is none.
    fn end(&self, start: Sector) -> Sector {
        let absolute = Sector::new(self.volume_space_size);
        if self.mark != Some(SpaceMark::FromStart) && absolute > self.root && absolute > start {
            return absolute;
        }
        self.relative_end(start)
    }

    fn relative_end(&self, start: Sector) -> Sector {
        let end = start.checked_add(SectorCount::new(self.volume_space_size)).unwrap_or(start);
        let descriptors = start.checked_add(SectorCount::new(FIRST_DESCRIPTOR + 1)).unwrap_or(start);
        end.max(descriptors)
    }

    /// The same where another session begins at `next`: that both fit says that the size counts from `start`.
    fn end_before(&self, start: Sector, next: Sector) -> Sector {
        let relative = self.relative_end(start);
        if self.mark != Some(SpaceMark::FromZero) && relative <= next { relative } else { self.end(start) }
    }
}

/// Whether the head of the medium mirrors the session at `start`.
pub(crate) fn is_in_head(source: &dyn ReadSectors, start: Sector) -> bool {
    match (header(source, Sector::ZERO), header(source, start)) {
        (Ok(Some(head)), Ok(Some(session))) => head.mirrors(&session),
        _ => false,
    }
}

/// Whether a session, or the copy of a head, has descriptors of ISO 9660 there.
pub(crate) fn has_descriptors(source: &dyn ReadSectors, start: Sector) -> bool {
    header(source, start).is_ok_and(|header| header.is_some())
}

/// Whether the volume that has its descriptors there has another sector where its root directory is to be, which begins with its own
/// record (ECMA-119 6.8.2.2).
pub(crate) fn lacks_root(source: &dyn ReadSectors, start: Sector) -> bool {
    let Ok(Some(header)) = header(source, start) else { return false };
    let mut sector = [0; SECTOR_SIZE];
    let is_read = source.read_sectors(header.root, &mut sector).is_ok();
    is_read && (sector[2..6] != header.root.get().to_le_bytes() || sector[32..34] != [1, 0])
}

/// Where the volume of ISO 9660 ends that begins there, if one does.
pub(super) fn volume_end(source: &dyn ReadSectors, start: Sector) -> Option<Sector> {
    Some(header(source, start).ok()??.end(start))
}

/// Where a session of this crate ends, if one with ISO 9660 begins there.
pub(crate) fn own_end(source: &dyn ReadSectors, start: Sector) -> Option<Sector> {
    let header = header(source, start).ok()??;
    (header.mark.is_some() && header.lies_behind(start)).then(|| header.end(start))
}

fn header(source: &dyn ReadSectors, start: Sector) -> Result<Option<Header>> {
    let Some(at) = start.checked_add(SectorCount::new(FIRST_DESCRIPTOR)) else { return Ok(None) };
    if at.get() >= source.sectors().get() {
        return Ok(None);
    }
    let mut descriptor = [0; DESCRIPTOR_LEN];
    if source.read_sectors(at, &mut descriptor).is_err() {
        // Blank or unreadable: no session begins here.
        return Ok(None);
    }
    Ok(parse(&descriptor))
}

fn parse(descriptor: &[u8]) -> Option<Header> {
    let fields = PrimaryVolumeDescriptor::parse(descriptor).ok()?.1.fields;
    let root = sector(fields.root.extent);
    let tables = [fields.path_tables.type_l, fields.path_tables.type_m];
    let lowest = tables.into_iter().map(sector).filter(|&at| at > Sector::ZERO).fold(root, Sector::min);
    Some(Header {
        volume_space_size: fields.volume_space_size,
        lowest_address: lowest,
        root,
        mark: SpaceMark::of(&fields.application_use),
        end_mark: EndMark::announced(&fields.application_use),
    })
}

/// The session that the copy of a head tells of; sector 0 where nothing but the copy has its descriptors.
pub(super) fn start_of_copy(source: &dyn ReadSectors, copy: Sector) -> Option<Sector> {
    start_of(source, &header(source, copy).ok()??).ok()
}

/// The session that wrote the head: the first place, going down from its lowest address, whose
/// descriptors are the head's.
fn start_of(source: &dyn ReadSectors, head: &Header) -> Result<Sector> {
    for start in starts_at_or_before(head.lowest_address).take(MOST_STEPS_DOWN) {
        if header(source, start)?.is_some_and(|found| found.mirrors(head)) {
            return Ok(start);
        }
    }
    Ok(Sector::ZERO)
}

type Found = Vec<(Sector, Sector)>;

/// From the first session on: each tells where the next one may begin.
fn forward(source: &dyn ReadSectors, first: Sector, header_of_first: &Header) -> Result<Found> {
    let mut found = vec![(first, header_of_first.end(first))];
    let mut newest = (first, header_of_first.clone());
    while found.len() < MOST_SESSIONS {
        let (start, ref header) = newest;
        let Some(next) = following(source, start, header)? else { break };
        if let Some(last) = found.last_mut() {
            last.1 = header.end_before(start, next.0).min(next.0);
        }
        found.push((next.0, next.1.end(next.0)));
        newest = next;
    }
    Ok(found)
}

fn following(source: &dyn ReadSectors, start: Sector, of: &Header) -> Result<Option<(Sector, Header)>> {
    // Where the data of a recording that stopped early should be, a later one may have begun.
    if of.end(start).get() > source.sectors().get().saturating_add(CUT_OFF) || of.lacks_mark(source) {
        return search_units(source, start);
    }
    // What the size most likely means comes first: the other reading may lead behind a short session.
    let end = of.end(start);
    let likely = [1, 16, 32].into_iter().filter_map(|unit| end.align_up(SectorCount::new(unit)));
    let others = candidates(start, SectorCount::new(of.volume_space_size));
    for candidate in likely.filter(|&candidate| candidate > start).chain(others) {
        if let Some(found) = header(source, candidate)?
            && found.lies_behind(candidate)
        {
            return Ok(Some((candidate, found)));
        }
    }
    search(source, of.end(start))
}

/// Looks wherever a session can begin, from behind `start` on: in any sector of a CD, and in the units of recording of larger
/// media.
fn search_units(source: &dyn ReadSectors, start: Sector) -> Result<Option<(Sector, Header)>> {
    const UNIT: u32 = 16;
    let there = source.sectors().get();
    let unit = if there > LARGEST_CD { UNIT } else { 1 };
    let Some(first) = start.get().checked_add(1).and_then(|next| next.checked_next_multiple_of(unit)) else {
        return Ok(None);
    };
    for at in (first..there).step_by(unit as usize).take(MOST_UNITS).map(Sector::new) {
        if let Some(found) = header(source, at)?
            && found.lies_behind(at)
        {
            return Ok(Some((at, found)));
        }
    }
    Ok(None)
}

/// Looks at every sector of the gap behind `end`.
fn search(source: &dyn ReadSectors, end: Sector) -> Result<Option<(Sector, Header)>> {
    let last = end.get().saturating_add(GAP).min(source.sectors().get());
    let found = gap::search(source, end.get()..last, &mut |sector, number| {
        let start = number.checked_sub(FIRST_DESCRIPTOR).map(Sector::new).filter(|&start| start >= end);
        match (start, parse(sector)) {
            (Some(start), Some(found)) if found.lies_behind(start) => ControlFlow::Break((start, found)),
            _ => ControlFlow::Continue(()),
        }
    });
    Ok(found)
}

/// From the newest session back, as long as there is a copy of the head as it was before in front of each. The first one's
/// only descriptors are in the head, unless it lies behind that, and all of its volume does.
fn backward(source: &dyn ReadSectors, newest: Sector, is_first_behind_head: bool) -> Result<Found> {
    let mut found = Vec::new();
    let mut at = newest;
    while found.len() < MOST_SESSIONS {
        let Some(own) = header(source, at)? else { break };
        found.push((at, own.end(at)));
        let Some(copy_at) = at.checked_sub(multisession::HEAD_SECTORS) else { break };
        let Some(copy) = header(source, copy_at)? else { break };
        match start_of(source, &copy)? {
            // The first session's only descriptors are the copy. Programs that leave the head alone
            // (genisoimage -M) put further sessions between it and the copy.
            Sector::ZERO if is_first_behind_head && copy.lies_behind(BEHIND_HEAD) => break,
            Sector::ZERO => {
                let mut between = forward(source, Sector::ZERO, &copy)?;
                between.retain(|&(start, _)| Sector::ZERO < start && start < copy_at);
                remove_unfinished(source, &copy, &mut between)?;
                found.extend(between.into_iter().rev());
                found.push((copy_at, copy.end(Sector::ZERO)));
                break;
            }
            previous if previous < at => at = previous,
            _ => break,
        }
    }
    found.reverse();
    Ok(found)
}
