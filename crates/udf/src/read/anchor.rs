//! Recognition and anchors: where a volume begins to be described (ECMA-167 2/9, 3/8.4.2.1).

use sector_io::{ReadSectors, Sector};

use super::finding::{Findings, Place};
use super::space::{Space, read_bytes};
use super::volume::OpenOptions;
use crate::Descriptor;
use crate::volume::{AnchorVolumeDescriptorPointer, StandardId, VolumeStructureDescriptor};

/// Logical block sizes, the most likely first.
const BLOCK_SIZES: [u32; 4] = [2048, 512, 4096, 1024];

/// An anchor, and the size that blocks must have for it to be where it says it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Anchored {
    pub(super) anchor: AnchorVolumeDescriptorPointer,
    pub(super) block_size: u32,
    pub(super) place: Place,
}

/// The last block, its neighbours and those before the run-out, counted back from the end. Drives and
/// images disagree by a few blocks about where the end is.
const FROM_END: [u32; 6] = [1, 2, 3, 4, 151, 153];

/// Where the first anchor of a session lies, counted in sectors of 2048 bytes from the session's start.
const FIRST: u32 = 256;

/// An anchor that was recorded for sector 256 of a medium and lies in sector `at` now, as it was. No reader takes
/// it for an anchor there, since its tag names another place.
pub(super) fn kept_copy(source: &dyn ReadSectors, at: Sector) -> Option<Anchored> {
    let place = Place(at.byte_offset());
    let mut descriptor = [0; 512];
    read_bytes(source, place.0, &mut descriptor).ok()?;
    let anchor = AnchorVolumeDescriptorPointer::parse(&descriptor).ok()?;
    (anchor.tag.location == FIRST).then_some(Anchored { anchor, block_size: BLOCK_SIZES[0], place })
}

/// All anchors at the places where one may be, the most trustworthy first. Those that count from the end count from
/// that of the session as well, where it is known: a volume may be shorter than what it lies on. What lies in front of the
/// session is another's.
pub(super) fn anchors(
    source: &dyn ReadSectors,
    session: Sector,
    end: Option<Sector>,
) -> impl Iterator<Item = Anchored> {
    let bytes = source.sectors().bytes();
    let ends = [end.map(Sector::byte_offset).filter(|&end| end < bytes), Some(bytes)];
    let at = move |block_size: u32, block: Option<u32>| {
        let block = block?;
        let position = u64::from(block) * u64::from(block_size);
        let mut descriptor = [0; 512];
        let is_within = position >= session.byte_offset() && position + 512 <= bytes;
        if !is_within || read_bytes(source, position, &mut descriptor).is_err() {
            return None;
        }
        let anchor = AnchorVolumeDescriptorPointer::parse(&descriptor).ok()?;
        let place = Place(position);
        (anchor.tag.location == block).then_some(Anchored { anchor, block_size, place })
    };
    let first = BLOCK_SIZES.into_iter().map(move |size| (size, from_start(session, size, FIRST)));
    let sizes = ends.into_iter().flatten().flat_map(|end| BLOCK_SIZES.map(|size| (end, size)));
    let last = sizes.flat_map(move |(end, size)| {
        let blocks = u32::try_from(end / u64::from(size)).unwrap_or(u32::MAX);
        FROM_END.into_iter().flat_map(move |back| {
            [
                (size, blocks.checked_sub(back)),
                (size, blocks.checked_sub(back).and_then(|n| n.checked_sub(256))),
            ]
        })
    });
    let open = BLOCK_SIZES.into_iter().map(move |size| (size, from_start(session, size, 512)));
    first.chain(last).chain(open).filter_map(move |(size, block)| at(size, block))
}

/// A block of the volume, counted from the start of the session.
fn from_start(session: Sector, block_size: u32, block: u32) -> Option<u32> {
    u32::try_from(session.byte_offset() / u64::from(block_size)).ok()?.checked_add(block)
}

/// Tells of the first anchor where it cannot be read, and `found`, another one, led to the volume.
pub(super) fn check_first(source: &dyn ReadSectors, session: Sector, found: &Anchored, findings: &Findings) {
    let Some(block) = from_start(session, found.block_size, FIRST) else { return };
    let place = Place(u64::from(block) * u64::from(found.block_size));
    if place == found.place || place.0 + 512 > source.sectors().bytes() {
        return;
    }
    if let Err(error) = read_bytes(source, place.0, &mut [0; 512]) {
        let message = format_args!("an anchor is lost, and another was taken: {error}");
        findings.copy_lost(place, "3/8.4.2.1", message);
    }
}

/// Tells which of the other anchors of the session are lost: that in sector 256, and all that count from the end. On
/// write-once media that take more sessions there is none of these.
pub(super) fn check_others(space: Space<'_>, options: &OpenOptions, found: &Anchored, has_vat: bool) {
    let Space { source, findings, .. } = space;
    let OpenOptions { session, end, anchor_copy, .. } = *options;
    let Some(first) = from_start(session, found.block_size, FIRST) else { return };
    if anchor_copy.is_some() || has_vat {
        return;
    }
    let first = space.place(first);
    let leads_here = |other: &Anchored| {
        (other.anchor.main, other.anchor.reserve) == (found.anchor.main, found.anchor.reserve)
    };
    let places: Vec<Place> =
        anchors(source, session, end).filter(leads_here).map(|anchored| anchored.place).collect();
    if first.0 + 512 <= space.bytes() && !places.contains(&first) {
        let message = format_args!("the anchor that readers look for first is lost");
        findings.copy_lost(first, "3/8.4.2.1", message);
    }
    if places.iter().all(|&place| place == first) {
        // Where the session's end is nearly that of the medium, it is the same.
        let near = FROM_END[3] * found.block_size;
        let end = end.map(Sector::byte_offset).filter(|&end| end + u64::from(near) < space.bytes());
        let end = end.unwrap_or(space.bytes());
        let last = Place(end.saturating_sub(found.block_size.into()));
        let message = format_args!("no anchor at the end, from which readers look for one as well");
        findings.copy_lost(last, "3/8.4.2.1", message);
    }
}

/// Which edition of the standard the volume recognition sequence of a session announces; `None` if there is
/// no such sequence.
pub fn recognised(source: &dyn ReadSectors, session: Sector) -> Option<StandardId> {
    // With larger sectors, each descriptor begins a sector of its own.
    [2048, 4096].into_iter().find_map(|step| sequence(source, session, step).edition)
}

/// Where the recognition sequence of a session is damaged, of which there is some, though not enough to be [`recognised`].
pub fn remains(source: &dyn ReadSectors, session: Sector) -> Option<Sector> {
    let start = session.byte_offset() + 32_768;
    let (mut damaged, mut first_damaged, mut is_some) = (0, None, false);
    for number in 0..MOST {
        let mut head = [0; 512];
        let place = Place(start + number * 2048);
        if read_bytes(source, place.0, &mut head).is_err() {
            break;
        }
        match VolumeStructureDescriptor::parse(&head) {
            Ok(Some(found)) => {
                (damaged, is_some) = (0, is_some || found.standard != StandardId::CD001);
            }
            _ if damaged == MOST_DAMAGED => break,
            _ => {
                damaged += 1;
                first_damaged = first_damaged.or(Some(place.sector()));
            }
        }
    }
    first_damaged.filter(|_| is_some)
}

/// Descriptors of a recognition sequence, one behind another, that may be damaged: as many as there are in a session with ISO 9660
/// and Joliet, and UDF behind them.
const MOST_DAMAGED: u32 = 6;

/// Descriptors of a recognition sequence that are looked at.
const MOST: u64 = 64;

/// A volume recognition sequence.
#[derive(Default)]
struct Recognition {
    edition: Option<StandardId>,
    is_opened: bool,
    is_closed: bool,
}

fn sequence(source: &dyn ReadSectors, session: Sector, step: u64) -> Recognition {
    let start = session.byte_offset() + 32_768;
    let mut sequence = Recognition::default();
    for number in 0..MOST {
        let mut head = [0; 512];
        if read_bytes(source, start + number * step, &mut head).is_err() {
            break;
        }
        match VolumeStructureDescriptor::parse(&head) {
            Ok(Some(found)) => match found.standard {
                StandardId::NSR02 | StandardId::NSR03 => {
                    sequence.edition = sequence.edition.or(Some(found.standard));
                }
                StandardId::BEA01 => sequence.is_opened = true,
                StandardId::TEA01 => sequence.is_closed = true,
                _ => {}
            },
            _ => break,
        }
    }
    sequence
}

/// Tells what is odd about the recognition sequence of a session.
pub(super) fn check(source: &dyn ReadSectors, session: Sector, findings: &Findings) {
    let place = Place(session.byte_offset() + 32_768);
    let found = [2048, 4096].map(|step| sequence(source, session, step));
    let found = found.into_iter().find(|sequence| sequence.edition.is_some());
    let damaged = remains(source, session).map(|at| Place(at.byte_offset()));
    match (found, damaged) {
        (None | Some(Recognition { is_opened: false, .. }), Some(at)) => {
            let message = format_args!("the recognition sequence that announces the volume is damaged");
            findings.copy_lost(at, "3/9.1", message);
        }
        (None, None) => {
            let first = read_bytes(source, place.0, &mut [0; 512]).err();
            let why = first.map_or(String::new(), |error| format!(": {error}"));
            findings.odd(place, "3/9.1", format_args!("no recognition sequence announces the volume{why}"));
        }
        (Some(Recognition { is_closed: false, .. }), damaged) => {
            let place = damaged.unwrap_or(place);
            findings.odd(place, "2/8.3.1", format_args!("the volume recognition sequence is not closed"));
        }
        (Some(_), _) => {}
    }
}
