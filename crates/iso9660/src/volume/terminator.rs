use nom::IResult;
use nom::Parser;
use nom::bytes::complete::take;

use super::{DESCRIPTOR_LEN, VolumeDescriptorHeader, VolumeDescriptorType};

/// Volume Descriptor Set Terminator (ECMA-119 8.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VolumeDescriptorSetTerminator;

impl VolumeDescriptorSetTerminator {
    /// Reads a sector. The bytes behind the header are reserved, and not looked at.
    ///
    /// # Errors
    /// When it is no terminator.
    pub fn parse(sector: &[u8]) -> IResult<&[u8], VolumeDescriptorSetTerminator> {
        VolumeDescriptorHeader::expect(sector, VolumeDescriptorType::SET_TERMINATOR)?;
        let (rest, _) = take(DESCRIPTOR_LEN).parse(sector)?;
        Ok((rest, VolumeDescriptorSetTerminator))
    }

    /// The sector.
    #[must_use]
    pub fn encode(&self) -> [u8; DESCRIPTOR_LEN] {
        let mut sector = [0; DESCRIPTOR_LEN];
        let header = VolumeDescriptorHeader { kind: VolumeDescriptorType::SET_TERMINATOR, version: 1 };
        sector[..VolumeDescriptorHeader::LEN].copy_from_slice(&header.encode());
        sector
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::sector;
    use super::*;

    #[test]
    fn bytes_of_the_standard() {
        let recorded = sector(&[(1, b"\xFFCD001\x01")]);
        assert_eq!(VolumeDescriptorSetTerminator.encode(), recorded);
        assert!(VolumeDescriptorSetTerminator::parse(&recorded).is_ok());
        assert!(VolumeDescriptorSetTerminator::parse(&recorded[..2047]).is_err());
        assert!(VolumeDescriptorSetTerminator::parse(&sector(&[(1, b"\x01CD001\x01")])).is_err());
    }
}
