use crate::{Error, Tag, TagId};

/// A descriptor that fills one block from its beginning.
pub trait Descriptor: Sized {
    /// Its tag identifier.
    const ID: TagId;

    /// Its tag.
    fn tag(&self) -> &Tag;

    /// The descriptor in `block`, whose tag, CRC and length fields are checked. Reserved bytes are not.
    ///
    /// # Errors
    /// What [`Tag::open_as`] says, and [`Error::Truncated`], [`Error::Length`], [`Error::Value`].
    fn parse(block: &[u8]) -> Result<Self, Error>;

    /// Fills the whole of `block` with the descriptor: its fields, zeros, and the tag with checksum and CRC.
    ///
    /// # Errors
    /// [`Error::BlockTooSmall`], [`Error::CrcLength`], and [`Error::Length`] where a list has more entries
    /// than its length field can say.
    fn encode(&self, block: &mut [u8]) -> Result<(), Error>;
}
