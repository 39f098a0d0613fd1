use thiserror::Error;

/// Why bytes are not the structure asked for, or why a structure cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The input ends inside the structure.
    #[error("{structure} ends too early: {available} bytes are there")]
    Truncated {
        /// The structure, by TN1150's name.
        structure: &'static str,
        /// Bytes given.
        available: usize,
    },
    /// A field has a value that TN1150 does not know.
    #[error("{field} of {structure} is {value}")]
    Value {
        /// The structure.
        structure: &'static str,
        /// The field.
        field: &'static str,
        /// Its value.
        value: u64,
    },
    /// A name has more units than a name can have (TN1150, HFS Plus Names).
    #[error("a name of {units} UTF-16 units; 255 are possible")]
    NameTooLong {
        /// Units that it has.
        units: usize,
    },
    /// A record does not fit a node of its B-tree, or a tree has more nodes than can be counted.
    #[error("{what} does not fit the B-tree")]
    TreeTooLarge {
        /// What.
        what: &'static str,
    },
}
