use thiserror::Error;

use crate::TagId;

/// Why bytes are not the structure asked for, or why a structure cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The input ends inside the structure.
    #[error("{structure} ends too early: {available} bytes are there")]
    Truncated {
        /// The structure, by the standard's name.
        structure: &'static str,
        /// Bytes given.
        available: usize,
    },
    /// The block is too small to hold the structure.
    #[error("{structure} needs {needed} bytes, the block has {block}")]
    BlockTooSmall {
        /// The structure.
        structure: &'static str,
        /// Bytes that it takes.
        needed: usize,
        /// Length of the block.
        block: usize,
    },
    /// The tag's checksum is wrong: most likely no descriptor at all (ECMA-167 3/7.2.3).
    #[error("tag checksum is {found:#04x}, calculated {calculated:#04x}")]
    Checksum {
        /// As recorded.
        found: u8,
        /// Sum of the other 15 bytes.
        calculated: u8,
    },
    /// The header of an extended attribute is damaged (UDF 3.3.4.5).
    #[error("header checksum is {found:#06x}, calculated {calculated:#06x}")]
    HeaderChecksum {
        /// As recorded.
        found: u16,
        /// Sum of the attribute's first 48 bytes.
        calculated: u16,
    },
    /// The descriptor was changed or damaged after it was written (ECMA-167 3/7.2.6).
    #[error("descriptor CRC is {found:#06x}, calculated {calculated:#06x}")]
    Crc {
        /// As recorded.
        found: u16,
        /// Over the bytes that the tag says.
        calculated: u16,
    },
    /// The CRC covers more bytes than there are (ECMA-167 3/7.2.7).
    #[error("descriptor CRC covers {length} bytes, {available} follow the tag")]
    CrcLength {
        /// As recorded.
        length: u16,
        /// Bytes behind the tag.
        available: usize,
    },
    /// Another descriptor.
    #[error("{found} where {expected} is expected")]
    TagId {
        /// What was looked for.
        expected: TagId,
        /// What is there.
        found: TagId,
    },
    /// The descriptor names another place than the one it was read from (ECMA-167 3/7.2.8).
    #[error("descriptor is recorded for block {recorded}, read from block {actual}")]
    Location {
        /// Block in the tag.
        recorded: u32,
        /// Block it was read from.
        actual: u32,
    },
    /// An entity identifier says that this is another structure.
    #[error("the identifier is not that of {structure}")]
    Identifier {
        /// What was looked for.
        structure: &'static str,
    },
    /// A length field contradicts another or the block.
    #[error("{field} of {structure} is {value}, at most {most} is possible")]
    Length {
        /// The structure.
        structure: &'static str,
        /// The field, by the standard's name.
        field: &'static str,
        /// Its value.
        value: u64,
        /// The largest value that fits.
        most: u64,
    },
    /// A structure's type or length field has a value that the standard does not know.
    #[error("{field} of {structure} is {value}")]
    Value {
        /// The structure.
        structure: &'static str,
        /// The field.
        field: &'static str,
        /// Its value.
        value: u64,
    },
}
