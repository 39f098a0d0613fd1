use nom::bytes::complete::tag;
use nom::number::complete::u8 as byte;
use nom::{IResult, Parser};

/// Standard Identifier of every volume descriptor (ECMA-119 8.1.2).
pub const STANDARD_IDENTIFIER: &[u8; 5] = b"CD001";

/// Volume Descriptor Type (ECMA-119 8.1.1); 4 to 254 are reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VolumeDescriptorType(pub u8);

impl VolumeDescriptorType {
    /// Boot record.
    pub const BOOT_RECORD: Self = Self(0);
    /// Primary volume descriptor.
    pub const PRIMARY: Self = Self(1);
    /// Supplementary or, by its version, enhanced volume descriptor.
    pub const SUPPLEMENTARY: Self = Self(2);
    /// Volume partition descriptor.
    pub const PARTITION: Self = Self(3);
    /// Volume descriptor set terminator.
    pub const SET_TERMINATOR: Self = Self(255);
}

/// The 7 bytes that begin every volume descriptor (ECMA-119 8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VolumeDescriptorHeader {
    /// What the rest of the sector is (8.1.1).
    pub kind: VolumeDescriptorType,
    /// Version of the structure (8.1.3): 1, and 2 for an enhanced descriptor.
    pub version: u8,
}

impl VolumeDescriptorHeader {
    /// Bytes of the header.
    pub const LEN: usize = 7;

    /// Reads the header.
    ///
    /// # Errors
    /// When the standard identifier is another, or `input` is shorter.
    pub fn parse(input: &[u8]) -> IResult<&[u8], VolumeDescriptorHeader> {
        let (rest, (kind, _, version)) = (byte, tag(&STANDARD_IDENTIFIER[..]), byte).parse(input)?;
        Ok((rest, VolumeDescriptorHeader { kind: VolumeDescriptorType(kind), version }))
    }

    /// Reads the header of a descriptor that must be of type `kind`.
    pub(super) fn expect(input: &[u8], kind: VolumeDescriptorType) -> IResult<&[u8], VolumeDescriptorHeader> {
        nom::combinator::verify(Self::parse, |header: &Self| header.kind == kind).parse(input)
    }

    /// The 7 bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; 7] {
        let [a, b, c, d, e] = *STANDARD_IDENTIFIER;
        [self.kind.0, a, b, c, d, e, self.version]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_of_the_standard() {
        let header = VolumeDescriptorHeader { kind: VolumeDescriptorType::SUPPLEMENTARY, version: 2 };
        assert_eq!(header.encode(), *b"\x02CD001\x02");
        assert_eq!(VolumeDescriptorHeader::parse(b"\x02CD001\x02").unwrap().1, header);
        assert!(VolumeDescriptorHeader::parse(b"\x02CD002\x02").is_err());
        assert!(VolumeDescriptorHeader::parse(b"\x02CD001").is_err());
    }

    proptest! {
        #[test]
        fn round_trip(kind: u8, version: u8) {
            let header = VolumeDescriptorHeader { kind: VolumeDescriptorType(kind), version };
            prop_assert_eq!(VolumeDescriptorHeader::parse(&header.encode()).unwrap().1, header);
        }
    }
}
