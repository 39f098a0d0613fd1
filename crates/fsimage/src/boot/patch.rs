//! Contents whose bytes change while they are written, because they say where something lies.

use iso9660::el_torito::{BOOT_INFO_TABLE_OFFSET, BootInfoTable};

use crate::Result;

/// What changes in a content.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patch {
    /// Bytes that replace those at an offset.
    replaced: Vec<(u64, Vec<u8>)>,
    /// The table, as yet without its checksum.
    info_table: Option<BootInfoTable>,
}

/// Bytes that are read at a time for a checksum; whole words.
const AT_A_TIME: u64 = 64 << 10;

impl Patch {
    pub(super) fn replace(&mut self, offset: u64, bytes: Vec<u8>) {
        self.replaced.push((offset, bytes));
    }

    pub(super) fn set_info_table(&mut self, table: BootInfoTable) {
        self.info_table = Some(table);
    }

    /// Changes `bytes`, which are those from `offset` on of a content of `len` bytes. `read` reads that content,
    /// as it is unchanged: the checksum of a boot info table is over nearly all of it.
    pub(crate) fn apply(
        &self,
        offset: u64,
        bytes: &mut [u8],
        len: u64,
        read: &mut dyn FnMut(u64, &mut [u8]) -> Result<()>,
    ) -> Result<()> {
        for (at, replacement) in &self.replaced {
            overlay(offset, bytes, *at, replacement);
        }
        let table_at = BOOT_INFO_TABLE_OFFSET as u64;
        let Some(table) = &self.info_table else { return Ok(()) };
        if offset >= table_at + BootInfoTable::LEN as u64 || offset + bytes.len() as u64 <= table_at {
            return Ok(());
        }
        let table = BootInfoTable { checksum: self.checksum(len, read)?, ..*table };
        overlay(offset, bytes, table_at, &table.encode());
        Ok(())
    }

    fn checksum(&self, len: u64, read: &mut dyn FnMut(u64, &mut [u8]) -> Result<()>) -> Result<u32> {
        let mut sum = 0u32;
        let mut at = BootInfoTable::CHECKSUM_START as u64;
        let mut buffer = Vec::new();
        while at < len {
            let piece = (len - at).min(AT_A_TIME);
            buffer.resize(piece as usize, 0);
            read(at, &mut buffer)?;
            for (from, replacement) in &self.replaced {
                overlay(at, &mut buffer, *from, replacement);
            }
            sum = sum.wrapping_add(BootInfoTable::checksum(&buffer));
            at += piece;
        }
        Ok(sum)
    }
}

/// Puts what of `replacement`, which is for `at`, falls into `bytes`, which are those from `offset` on.
fn overlay(offset: u64, bytes: &mut [u8], at: u64, replacement: &[u8]) {
    let from = at.max(offset);
    let to = (at + replacement.len() as u64).min(offset + bytes.len() as u64);
    if from < to {
        let target = (from - offset) as usize..(to - offset) as usize;
        bytes[target].copy_from_slice(&replacement[(from - at) as usize..(to - at) as usize]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iso9660::LogicalBlock;
    use proptest::prelude::*;

    fn patch() -> Patch {
        let mut patch = Patch::default();
        patch.replace(2548, vec![0xAB; 8]);
        patch.set_info_table(BootInfoTable {
            primary_volume_descriptor: LogicalBlock::new(16),
            image: LogicalBlock::new(40),
            image_length: 200_001,
            checksum: 0,
        });
        patch
    }

    fn patched(content: &[u8], offset: usize, len: usize) -> Vec<u8> {
        let mut bytes = content[offset..offset + len].to_vec();
        let mut read = |at: u64, into: &mut [u8]| {
            into.copy_from_slice(&content[at as usize..at as usize + into.len()]);
            Ok(())
        };
        patch().apply(offset as u64, &mut bytes, content.len() as u64, &mut read).unwrap();
        bytes
    }

    #[test]
    fn the_checksum_is_that_of_the_bytes_that_are_written() {
        let content: Vec<u8> = (0..200_001u32).map(|number| (number * 7 % 251) as u8).collect();
        let whole = patched(&content, 0, content.len());
        assert_eq!(whole[2548..2556], [0xAB; 8]);
        let table = BootInfoTable::parse(&whole[8..]).unwrap().1;
        assert_eq!((table.image_length, table.checksum), (200_001, BootInfoTable::checksum(&whole[64..])));
    }

    proptest! {
        #[test]
        fn parts_are_parts_of_the_whole(offset in 0usize..5000, len in 0usize..5000) {
            let content = vec![3; 10_000];
            let whole = patched(&content, 0, content.len());
            prop_assert_eq!(&patched(&content, offset, len), &whole[offset..offset + len]);
        }
    }
}
