use crate::{Error, Result};

/// Bytes of names, link targets and carried entries, end to end; an item is an offset and a length.
#[derive(Clone, Debug, Default)]
pub(super) struct Arena {
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ArenaRef {
    offset: u32,
    len: u32,
}

impl ArenaRef {
    /// No bytes.
    pub(super) const EMPTY: ArenaRef = ArenaRef { offset: 0, len: 0 };

    /// The item without its first bytes.
    pub(super) fn behind(self, bytes: usize) -> ArenaRef {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.len);
        ArenaRef { offset: self.offset + bytes, len: self.len - bytes }
    }
}

impl Arena {
    /// A name, or a link's target.
    pub(super) fn push(&mut self, item: &[u8]) -> Result<ArenaRef> {
        if item.len() > usize::from(u16::MAX) {
            return Err(Error::TreeTooLarge { what: "a name of over 65,535 bytes" });
        }
        self.push_long(item)
    }

    /// Entries of a record, which may be longer.
    pub(super) fn push_long(&mut self, item: &[u8]) -> Result<ArenaRef> {
        let too_large = |_| Error::TreeTooLarge { what: "over 4 GiB of names" };
        let offset = u32::try_from(self.bytes.len()).map_err(too_large)?;
        let len = u32::try_from(item.len()).map_err(too_large)?;
        self.bytes.extend_from_slice(item);
        Ok(ArenaRef { offset, len })
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Takes away what was put in behind this length.
    pub(super) fn truncate(&mut self, len: usize) {
        self.bytes.truncate(len);
    }

    pub(super) fn get(&self, item: ArenaRef) -> &[u8] {
        let start = item.offset as usize;
        &self.bytes[start..start + item.len as usize]
    }
}
