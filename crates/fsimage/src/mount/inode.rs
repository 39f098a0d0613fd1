//! Numbers of inodes: the same whenever the image is mounted.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::ImageEntry;

/// The root's, by the protocol.
pub(super) const ROOT: u64 = 1;

/// Set in numbers of what has several names in ISO 9660, and in those of UDF.
const LINKED: u64 = 1 << 63;
const OF_ICB: u64 = 1 << 62;

/// Bits of the place in a directory.
const PLACE: u32 = 28;

/// The number of the item at that place of a directory's listing. Names of one item have the same one: in UDF that of its ICB,
/// else what extraction takes for links of one item.
pub(super) fn number(directory: &ImageEntry, place: usize, entry: &ImageEntry) -> u64 {
    if let Some(icb) = entry.icb() {
        return OF_ICB | u64::from(icb.partition) << 32 | u64::from(icb.block);
    }
    if let Some(identity) = entry.identity().filter(|_| entry.links > 1) {
        let mut hasher = DefaultHasher::new();
        (identity, entry.kind, entry.device, &entry.link_target).hash(&mut hasher);
        return LINKED | hasher.finish() >> 2;
    }
    let sector = directory.first_record().map_or(0, |sector| sector.get());
    u64::from(sector) << PLACE | (place as u64 & ((1 << PLACE) - 1))
}

/// Whether two entries with one number are names of one item. The numbers of what has several names are no more than very
/// likely to differ.
pub(super) fn is_same(one: &ImageEntry, other: &ImageEntry) -> bool {
    one.kind == other.kind
        && one.identity() == other.identity()
        && one.device == other.device
        && one.link_target == other.link_target
}
