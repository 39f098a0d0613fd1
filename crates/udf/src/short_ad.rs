use nom::number::complete::le_u32;
use nom::{IResult, Parser};

/// A short allocation descriptor, 8 bytes (ECMA-167 4/14.14.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ShortAd {
    /// Bits 0 to 29: bytes. Bits 30 and 31: the extent's type.
    pub length_and_type: u32,
    /// Logical block in the partition of the descriptor that holds this.
    pub position: u32,
}

/// What an extent is (ECMA-167 4/14.14.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExtentType {
    /// Recorded and allocated.
    Recorded,
    /// Allocated, not recorded: reads as zeros.
    NotRecorded,
    /// Neither recorded nor allocated: a hole, reads as zeros.
    NotAllocated,
    /// Holds the next allocation descriptors.
    Continuation,
}

impl ExtentType {
    /// From the two highest bits of a length field.
    #[must_use]
    pub const fn of(length_and_type: u32) -> ExtentType {
        match length_and_type >> 30 {
            0 => ExtentType::Recorded,
            1 => ExtentType::NotRecorded,
            2 => ExtentType::NotAllocated,
            _ => ExtentType::Continuation,
        }
    }
}

impl ShortAd {
    /// Bytes, at most 2^30 - 1.
    #[must_use]
    pub const fn length(&self) -> u32 {
        self.length_and_type & 0x3fff_ffff
    }

    /// What the extent is.
    #[must_use]
    pub const fn extent_type(&self) -> ExtentType {
        ExtentType::of(self.length_and_type)
    }

    pub(crate) fn parse(input: &[u8]) -> IResult<&[u8], ShortAd> {
        (le_u32, le_u32).map(|(length_and_type, position)| ShortAd { length_and_type, position }).parse(input)
    }

    pub(crate) fn bytes(&self) -> [u8; 8] {
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&self.length_and_type.to_le_bytes());
        bytes[4..].copy_from_slice(&self.position.to_le_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_type_share_a_field() {
        let bytes = [0x00, 0x10, 0x00, 0x40, 0x07, 0x00, 0x00, 0x00];
        let (_, ad) = ShortAd::parse(&bytes).unwrap();
        assert_eq!((ad.length(), ad.extent_type(), ad.position), (4096, ExtentType::NotRecorded, 7));
        assert_eq!(ad.bytes(), bytes);
        assert_eq!(ExtentType::of(0x8000_0000), ExtentType::NotAllocated);
        assert_eq!(ExtentType::of(0xffff_ffff), ExtentType::Continuation);
    }
}
