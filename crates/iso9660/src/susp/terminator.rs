use super::{Signature, encode_fixed};

/// `ST`, System Use Sharing Protocol Terminator (SUSP 5.4): no entries follow, here or in a
/// continuation area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terminator;

impl Terminator {
    /// `ST`.
    pub const SIGNATURE: Signature = Signature(*b"ST");

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
        Terminator.encode(&mut out);
        assert_eq!(out, *b"ST\x04\x01");
    }
}
