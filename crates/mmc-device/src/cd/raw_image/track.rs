use super::{BETWEEN_INDEXES, RawImageError};
use crate::cd::{DigitalCopy, Isrc, MOST_INDEXES};

/// What adding an index did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddedIndex {
    /// It is new.
    Added,
    /// There is one at this place already: no error.
    AlreadyThere,
}

/// A track of a raw image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawTrack {
    pub(super) sectors: u32,
    pub(super) indexes: Vec<u32>,
    /// Its recording code.
    pub isrc: Option<Isrc>,
    /// What may be copied.
    pub copy: DigitalCopy,
    /// Whether it has pre-emphasis.
    pub pre_emphasis: bool,
}

impl RawTrack {
    /// Its sectors.
    #[must_use]
    pub fn sectors(&self) -> u32 {
        self.sectors
    }

    /// Where its indexes begin: sectors behind its start, 0 for index 1.
    pub fn indexes(&self) -> impl Iterator<Item = u32> {
        std::iter::once(0).chain(self.indexes.iter().copied())
    }

    /// Adds an index.
    ///
    /// # Errors
    /// [`RawImageError::IndexTooClose`], [`RawImageError::TooManyIndexes`], [`RawImageError::OutOfRange`].
    pub fn add_index(&mut self, offset: u32) -> Result<AddedIndex, RawImageError> {
        if offset >= self.sectors {
            let (value, most) = (offset, self.sectors - 1);
            return Err(RawImageError::OutOfRange {
                what: "an index lies in sectors",
                value,
                least: 0,
                most,
            });
        }
        if self.indexes().any(|index| index == offset) {
            return Ok(AddedIndex::AlreadyThere);
        }
        if self.indexes().any(|index| index.abs_diff(offset) < BETWEEN_INDEXES) {
            return Err(RawImageError::IndexTooClose);
        }
        if self.indexes.len() + 1 >= MOST_INDEXES {
            return Err(RawImageError::TooManyIndexes);
        }
        let at = self.indexes.partition_point(|index| *index < offset);
        self.indexes.insert(at, offset);
        Ok(AddedIndex::Added)
    }

    /// Takes an index away.
    ///
    /// # Errors
    /// [`RawImageError::OffsetZero`], [`RawImageError::IndexNotFound`].
    pub fn clear_index(&mut self, offset: u32) -> Result<(), RawImageError> {
        if offset == 0 {
            return Err(RawImageError::OffsetZero);
        }
        let at = self.indexes.iter().position(|index| *index == offset);
        self.indexes.remove(at.ok_or(RawImageError::IndexNotFound(offset))?);
        Ok(())
    }
}
