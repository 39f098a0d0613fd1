//! The head of a medium of which every sector can be written again: whether it is that of the newest session, and what
//! it is to be.

use iso9660::volume::DESCRIPTOR_LEN;
use multisession::{HEAD_SECTORS, START_ALIGNMENT, Session};
use sector_io::{ReadSectors, SECTOR_SIZE, Sector, SectorCount};
use udf::Descriptor;
use udf::volume::AnchorVolumeDescriptorPointer;

use super::{behind, is_readable};
use crate::Result;
use crate::boot::{copied_system_area, is_system_area_lost, system_area_of_session};
use crate::disc::Disc;
use crate::disc::udf::{anchor_at, kept_anchor};
use crate::disc::{
    has_descriptors, is_in_head, is_own, lacks_root, may_be_missing, newest_of_anchor, newest_of_chain,
    own_anchor, own_end,
};
use crate::head::{ANCHOR, DESCRIPTORS, NewHead};
use crate::md5_tags::ChecksumTag;
use crate::plan::SYSTEM_AREA;

/// Where the volume space size is in a volume descriptor (ECMA-119 8.4.8), in both byte orders.
const VOLUME_SPACE_SIZE: std::ops::Range<usize> = 80..88;

/// A head that is to be written.
#[derive(Debug)]
pub(super) struct HeadRepair {
    pub(super) session: Sector,
    pub(super) head: NewHead,
}

/// Whether a head that cannot be read can be written anew, as far as that is known without a search through the medium.
pub(crate) fn is_mendable(disc: &Disc) -> bool {
    match disc.newest_complete() {
        Some(_) => matches!(repair(disc), Ok(Some(_))),
        None => is_own(disc.source().as_ref(), Sector::new(START_ALIGNMENT.get())),
    }
}

/// Whether a head that is written anew leads to another session than the newest that is found without that.
pub(crate) fn leads_elsewhere(disc: &Disc) -> bool {
    let Some(newest) = disc.newest_complete() else { return false };
    matches!(repair(disc), Ok(Some(repair)) if repair.session != newest.start)
}

impl HeadRepair {
    /// Sectors of a medium that cannot be read, and are written as zeros, for they lie in a unit of recording with the
    /// head. Behind the descriptors of a head that is nothing else, there are zeros.
    pub(super) fn zeroed(&self, source: &dyn ReadSectors) -> Vec<u32> {
        let first = Sector::new(START_ALIGNMENT.get());
        let free = if is_own(source, first) { first } else { Sector::ZERO };
        self.head.zeroed(source, free).into_iter().map(Sector::get).collect()
    }
}

/// What the head is to be, where it is not that. Sessions by other software are left alone, but for an anchor of UDF
/// that cannot be read.
pub(super) fn repair(disc: &Disc) -> Result<Option<HeadRepair>> {
    let source = disc.source().as_ref();
    // What was recorded over the descriptors of UDF alone, and leads nowhere.
    let named = newest_of_anchor(source).filter(|_| lacks_root(source, Sector::ZERO));
    let newest = match disc.newest_complete() {
        // Its only descriptors stand there.
        Some(first) if first.start == Sector::ZERO && is_in_head(source, first.start) => match named {
            Some(start) => start,
            None => return Ok(lost_anchor(source, &first)),
        },
        // Where sessions follow each other without a head, as on a copy of a disc that is written once, the first
        // one's descriptors stand there.
        Some(newest) if is_head_of(source, newest.start) => newest.start,
        Some(_) if has_descriptors(source, Sector::ZERO) || anchor_at(source, ANCHOR, ANCHOR).is_some() => {
            return Ok(None);
        }
        // Of UDF alone, another anchor may lead to the newest state.
        found => match newest_of_chain(disc.source(), disc.file().is_some()) {
            Some(start) => start,
            None => return Ok(found.and_then(|session| lost_anchor(source, &session))),
        },
    };
    let descriptors = descriptors(source, newest);
    let anchor = own_anchor(source, newest).and_then(for_head);
    let is_lost = differs(source, DESCRIPTORS, &descriptors);
    let area = lost_area(source, newest, is_lost);
    let is_torn = area.is_some()
        || is_lost
        || anchor.as_ref().is_some_and(|anchor| differs(source, ANCHOR, anchor))
        || has_unreadable_rest(source, descriptors.len());
    if !is_torn || descriptors.is_empty() {
        return Ok(None);
    }
    let described = if is_lost { with_rest(source, newest, descriptors) } else { descriptors };
    Ok(Some(HeadRepair { session: newest, head: NewHead::rebuilt(source, area, described, anchor) }))
}

/// Whether the head leads to the session at `start`: by its primary volume descriptor, or, where none is there, by its anchor of
/// UDF.
fn is_head_of(source: &dyn ReadSectors, start: Sector) -> bool {
    is_in_head(source, start)
        || (!has_descriptors(source, Sector::ZERO) && newest_of_anchor(source) == Some(start))
}

/// What of a head that leads to the newest session is not that of the session: some readers find another state, or none.
pub(crate) fn damage_of_head(source: &dyn ReadSectors, newest: Sector) -> Vec<String> {
    let mut damage = Vec::new();
    if is_anchor_lost(source, newest) {
        // Another of its anchors led to it.
        damage.push(format!("the anchor of UDF in sector {ANCHOR} is lost"));
    }
    if newest == Sector::ZERO || !is_head_of(source, newest) {
        return damage;
    }
    let descriptors = descriptors(source, newest);
    if descriptors.is_empty() {
        return damage;
    }
    if differs(source, DESCRIPTORS, &descriptors) {
        damage.push("its descriptors are not those of the session".to_owned());
    }
    let anchor = own_anchor(source, newest).and_then(for_head);
    if anchor.is_some_and(|anchor| differs(source, ANCHOR, &anchor)) {
        damage.push(format!("the anchor of UDF in sector {ANCHOR} is not that of the session"));
    }
    if lost_area(source, newest, false).is_some() {
        damage.push(
            "its system area, with boot code and partition tables, is not that of the session".to_owned(),
        );
    }
    damage
}

/// Whether the head does not lead to sessions of UDF alone, of which there are several, or the first one begins behind the head.
fn is_anchor_lost(source: &dyn ReadSectors, newest: Sector) -> bool {
    !has_descriptors(source, Sector::ZERO)
        && anchor_at(source, ANCHOR, ANCHOR).is_none()
        && (newest > Sector::ZERO || is_own(source, Sector::new(START_ALIGNMENT.get())))
}

/// Whether a head that leads to the newest session has another system area than that, and nothing tells that it was lost: it may have been
/// changed on purpose.
pub(crate) fn has_other_area(source: &dyn ReadSectors, newest: Sector) -> bool {
    let copy = system_area_of_session(source, newest).filter(|copy| copy.iter().any(|&byte| byte != 0));
    let mut area = vec![0; SYSTEM_AREA.bytes() as usize];
    let is_read = source.read_sectors(Sector::ZERO, &mut area).is_ok();
    is_read
        && copy.is_some_and(|copy| copy != area)
        && is_head_of(source, newest)
        && lost_area(source, newest, false).is_none()
}

fn differs(source: &dyn ReadSectors, start: Sector, wanted: &[u8]) -> bool {
    let mut there = vec![0; wanted.len()];
    source.read_sectors(start, &mut there).is_err() || there != wanted
}

/// The anchor of a session that begins at sector 0, where it cannot be read: the session ends with another.
fn lost_anchor(source: &dyn ReadSectors, session: &Session) -> Option<HeadRepair> {
    udf::read::recognised(source, session.start).filter(|_| session.start == Sector::ZERO)?;
    source.read_sectors(ANCHOR, &mut [0; SECTOR_SIZE]).err().filter(may_be_missing)?;
    let last = session.end?.checked_sub(SectorCount::new(1))?;
    let anchor = for_head(anchor_at(source, last, last)?)?;
    let head = NewHead::rebuilt(source, None, Vec::new(), Some(anchor));
    Some(HeadRepair { session: session.start, head })
}

/// An anchor as it stands in the head.
fn for_head(mut anchor: AnchorVolumeDescriptorPointer) -> Option<Vec<u8>> {
    let mut sector = vec![0; SECTOR_SIZE];
    anchor.tag.location = ANCHOR.get();
    anchor.encode(&mut sector).ok().map(|()| sector)
}

/// The system area, where some of it cannot be read, or is lost as the descriptors behind it are, and there is a copy: partition
/// tables may be in it. The session has one, and there may be one in front of it.
fn lost_area(source: &dyn ReadSectors, newest: Sector, are_descriptors_lost: bool) -> Option<Vec<u8>> {
    let mut area = vec![0; SYSTEM_AREA.get() as usize * SECTOR_SIZE];
    let in_front = || {
        let copy = newest.checked_sub(HEAD_SECTORS).filter(|&copy| copy > Sector::ZERO)?;
        let mut area = vec![0; SYSTEM_AREA.get() as usize * SECTOR_SIZE];
        source.read_sectors(copy, &mut area).is_ok().then_some(area)
    };
    if source.read_sectors(Sector::ZERO, &mut area).is_err() {
        return copied_system_area(source, newest).or_else(in_front);
    }
    if !are_descriptors_lost {
        let copy = system_area_of_session(source, newest);
        return copy.filter(|copy| is_system_area_lost(&area, copy));
    }
    // A session that left it as it was may have zeros there.
    let first = Sector::new(START_ALIGNMENT.get());
    let copies = [
        system_area_of_session(source, newest),
        in_front().filter(|_| is_copy_of_head(source, newest)),
        system_area_of_session(source, first),
    ];
    let found = copies.into_iter().flatten().find(|copy| copy.iter().any(|&byte| byte != 0));
    found.filter(|copy| *copy != area)
}

/// Whether what is in front of a session is the copy of a head, and not the data of another session.
fn is_copy_of_head(source: &dyn ReadSectors, session: Sector) -> bool {
    session.checked_sub(HEAD_SECTORS).is_some_and(|copy| copy > Sector::ZERO && has_descriptors(source, copy))
}

/// The descriptors of a head, and what is lost of the rest, where a copy of the head as it was before is in front of the newest session:
/// data of a first session in sector 0, which nobody writes over.
fn with_rest(source: &dyn ReadSectors, newest: Sector, mut descriptors: Vec<u8>) -> Vec<u8> {
    let is_copy = |&copy: &Sector| {
        copy > Sector::ZERO && (has_descriptors(source, copy) || kept_anchor(source, copy).is_some())
    };
    let Some(copy) = newest.checked_sub(HEAD_SECTORS).filter(is_copy) else { return descriptors };
    let first = SYSTEM_AREA.get() + (descriptors.len() / SECTOR_SIZE) as u32;
    let mut rest = Vec::new();
    let mut is_lost = false;
    for at in (first..HEAD_SECTORS.get()).map(Sector::new) {
        let (mut there, mut kept) = ([0; SECTOR_SIZE], [0; SECTOR_SIZE]);
        let is_there = source.read_sectors(at, &mut there).is_ok() && there.iter().any(|&byte| byte != 0);
        let place = behind(copy, at.get());
        let is_data = place.is_some_and(|place| {
            source.read_sectors(place, &mut kept).is_ok()
                && !ChecksumTag::is_of_head(&kept)
                && kept_anchor(source, copy) != Some(place)
        });
        let is_taken = !is_there && is_data && kept.iter().any(|&byte| byte != 0);
        is_lost |= is_taken;
        rest.extend_from_slice(if is_taken { &kept } else { &there });
    }
    if is_lost {
        descriptors.append(&mut rest);
    }
    descriptors
}

/// Whether sectors of the head behind its descriptors cannot be read, where the first session lies behind the head, and nothing
/// but zeros in these.
fn has_unreadable_rest(source: &dyn ReadSectors, descriptors: usize) -> bool {
    let first = SYSTEM_AREA.get() + (descriptors / SECTOR_SIZE) as u32;
    is_own(source, Sector::new(START_ALIGNMENT.get()))
        && (first..HEAD_SECTORS.get()).any(|at| !is_readable(source, Sector::new(at)))
}

/// The descriptors of a session, and the recognition sequence of UDF behind them, as the head has them: with sizes that
/// count from sector 0. Nothing for a session by other software.
fn descriptors(source: &dyn ReadSectors, session: Sector) -> Vec<u8> {
    let mut head = recognition(source, session);
    if !has_descriptors(source, session) {
        return head;
    }
    let Some(end) = own_end(source, session) else { return Vec::new() };
    for descriptor in head.chunks_exact_mut(DESCRIPTOR_LEN) {
        // Primary, supplementary and enhanced ones have one.
        if &descriptor[1..6] == b"CD001" && matches!(descriptor[0], 1 | 2) {
            let (low, high) = (end.get().to_le_bytes(), end.get().to_be_bytes());
            descriptor[VOLUME_SPACE_SIZE].copy_from_slice(&[low, high].concat());
        }
    }
    head
}

fn recognition(source: &dyn ReadSectors, session: Sector) -> Vec<u8> {
    let mut found = Vec::new();
    let most = HEAD_SECTORS.get() - SYSTEM_AREA.get();
    let Some(start) = behind(session, SYSTEM_AREA.get()) else { return found };
    for at in (0..most).filter_map(|sectors| behind(start, sectors)) {
        let mut sector = [0; SECTOR_SIZE];
        let known = [&b"CD001"[..], b"BEA01", b"NSR02", b"NSR03", b"BOOT2", b"TEA01"];
        if source.read_sectors(at, &mut sector).is_err() || !known.contains(&&sector[1..6]) {
            break;
        }
        found.extend_from_slice(&sector);
    }
    found
}
