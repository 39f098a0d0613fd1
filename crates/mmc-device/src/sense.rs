//! Sense data (SPC, fixed format 70h/71h and descriptor format 72h/73h).

use std::fmt;

/// What a drive says about a command that ended with CHECK CONDITION.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sense {
    /// The error belongs to an earlier command (response codes 71h and 73h).
    pub deferred: bool,
    /// Sense key, 0 to 15.
    pub key: u8,
    /// Additional sense code.
    pub asc: u8,
    /// Additional sense code qualifier.
    pub ascq: u8,
    /// Progress of a long operation in 1/65536, where the drive gives it.
    pub progress: Option<u16>,
    /// INFORMATION field, where valid: usually the logical block address concerned.
    pub information: Option<u32>,
}

impl fmt::Display for Sense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sense {:x}/{:02x}/{:02x}", self.key, self.asc, self.ascq)
    }
}
