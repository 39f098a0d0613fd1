use crate::susp::{Signature, encode_fixed};

/// `RE`, relocated directory (RRIP 4.1.5.3): the record stands where a directory was moved to, and is
/// not to be shown there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RelocatedDirectory;

impl RelocatedDirectory {
    /// `RE`.
    pub const SIGNATURE: Signature = Signature(*b"RE");

    /// Appends the entry.
    pub fn encode(&self, out: &mut Vec<u8>) {
        encode_fixed(Self::SIGNATURE, [], out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_the_standard() {
        let mut out = Vec::new();
        RelocatedDirectory.encode(&mut out);
        assert_eq!(out, *b"RE\x04\x01");
    }
}
