use thiserror::Error;

/// Why a structure cannot be recorded: a part is longer than the field that holds its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A directory record is at most 254 bytes long (ECMA-119 9.1.1: one byte, and always even).
    #[error("a directory record of {length} bytes, more than 254")]
    RecordTooLong {
        /// Bytes the record would have.
        length: usize,
    },
    /// The length of an identifier is one byte (ECMA-119 9.1.10, 9.4.1).
    #[error("an identifier of {length} bytes, more than 255")]
    IdentifierTooLong {
        /// Bytes of the identifier.
        length: usize,
    },
    /// A text does not fit its fixed-width field.
    #[error("a text of {length} bytes for a field of {width}")]
    TextTooLong {
        /// Bytes of the text.
        length: usize,
        /// Bytes of the field.
        width: usize,
    },
    /// A System Use entry is at most 255 bytes long (SUSP 4.1: one byte).
    #[error("a system use entry {} of {length} bytes, more than 255", signature.escape_ascii())]
    EntryTooLong {
        /// Signature of the entry.
        signature: [u8; 2],
        /// Bytes the entry would have.
        length: usize,
    },
    /// System Use bytes that are not a sequence of whole entries.
    #[error("system use bytes that are no entry, {offset} bytes in")]
    MalformedEntry {
        /// Offset of the first byte that belongs to no whole entry.
        offset: usize,
    },
    /// Continuation areas end past the last block that 32 bits address.
    #[error("the continuation area passes the last addressable block")]
    ContinuationTooFar,
}
