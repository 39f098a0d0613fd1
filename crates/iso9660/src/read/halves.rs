//! Extents and lengths whose halves differ (ECMA-119 7.3.3), and directories that are said to have no bytes: what of this can
//! be, by what lies there.

use byteorder::{BigEndian, ByteOrder as _, LittleEndian};
use sector_io::{ReadSectors, SECTOR_SIZE};

use super::directory::Located;
use super::volume::own_record;
use crate::directory::{DirectoryRecord, PARENT_IDENTIFIER};
use crate::{Disagreement, LogicalBlock};

/// Gives a record the halves of its extent and its length that are most likely true. Of those that are equally so, it is the
/// little-endian one, as everybody takes it. `parent` is where the directory begins that the record is in; `None` for
/// the root, which is its own parent.
pub(super) fn settle(
    source: &dyn ReadSectors,
    record: &mut DirectoryRecord<'_>,
    bytes: &[u8],
    parent: Option<LogicalBlock>,
) {
    let (mut extents, mut lengths) = ([record.extent; 2], [record.data_length; 2]);
    for Disagreement { offset, big, .. } in DirectoryRecord::disagreements(bytes) {
        match offset {
            DirectoryRecord::EXTENT_OFFSET => extents[1] = LogicalBlock::new(big),
            DirectoryRecord::DATA_LENGTH_OFFSET => lengths[1] = big,
            _ => {}
        }
    }
    let candidates = [(1, 1), (0, 1), (1, 0), (0, 0)].map(|(extent, length)| DirectoryRecord {
        extent: extents[extent],
        data_length: lengths[length],
        ..*record
    });
    // The last of the best.
    if let Some(best) = candidates.into_iter().max_by_key(|candidate| likelihood(source, candidate, parent)) {
        *record = best;
    }
}

/// How likely what a record says of its extent is; 0 where that passes the end of the image.
fn likelihood(source: &dyn ReadSectors, record: &DirectoryRecord<'_>, parent: Option<LogicalBlock>) -> u32 {
    let Some(start) = start_of(record).filter(|&start| is_within(source, start, record.data_length)) else {
        return 0;
    };
    if !record.is_directory() {
        return 1;
    }
    if Some(start) == parent {
        // No directory is in itself.
        return 0;
    }
    let mut sector = [0; SECTOR_SIZE];
    let is_read = source.read_sectors(start.sector(), &mut sector).is_ok();
    let Some(own) = own_record(&sector, start).filter(|_| is_read) else {
        return 1 + u32::from(is_length_of_directory(record.data_length));
    };
    let says_extent = extents(own.bytes).contains(&record.extent.get());
    let says_length = lengths(&own).contains(&record.data_length);
    let above = DirectoryRecord::parse(&sector[own.bytes.len()..]).ok().map(|(_, above)| above);
    let says_parent = above.is_some_and(|above| {
        above.identifier == PARENT_IDENTIFIER && start_of(&above) == Some(parent.unwrap_or(start))
    });
    let agreed = [is_length_of_directory(record.data_length), says_extent, says_length, says_parent];
    2 + agreed.into_iter().map(u32::from).sum::<u32>()
}

/// The length that a directory has by its own record, whatever the one says that leads to it.
pub(super) fn own_length(source: &dyn ReadSectors, record: &DirectoryRecord<'_>) -> Option<u32> {
    let start = start_of(record)?;
    let mut sector = [0; SECTOR_SIZE];
    source.read_sectors(start.sector(), &mut sector).ok()?;
    let own = own_record(&sector, start).filter(|own| extents(own.bytes).contains(&record.extent.get()))?;
    lengths(&own).into_iter().find(|&len| is_length_of_directory(len) && is_within(source, start, len))
}

/// What halves of a number say, and which is taken.
pub(super) fn told_halves(little: u32, big: u32, taken: u32) -> String {
    match taken == little {
        true => format!("{little}, which is taken, and {big}"),
        false => format!("{little}, and {big}, which is taken"),
    }
}

fn start_of(record: &DirectoryRecord<'_>) -> Option<LogicalBlock> {
    record.extent.checked_add(record.extended_attribute_length.into())
}

fn is_within(source: &dyn ReadSectors, start: LogicalBlock, len: u32) -> bool {
    u64::from(start.get()) + u64::from(len.div_ceil(SECTOR_SIZE as u32)) <= u64::from(source.sectors().get())
}

/// Directories are whole sectors (6.8.1.3).
fn is_length_of_directory(len: u32) -> bool {
    len != 0 && len.is_multiple_of(SECTOR_SIZE as u32)
}

/// Both halves of a record's extent.
pub(super) fn extents(bytes: &[u8]) -> [u32; 2] {
    halves(&bytes[DirectoryRecord::EXTENT_OFFSET..])
}

/// Both halves of its length.
fn lengths(located: &Located<'_>) -> [u32; 2] {
    halves(&located.bytes[DirectoryRecord::DATA_LENGTH_OFFSET..])
}

fn halves(number: &[u8]) -> [u32; 2] {
    [LittleEndian::read_u32(&number[..4]), BigEndian::read_u32(&number[4..8])]
}
