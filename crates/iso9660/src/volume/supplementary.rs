use bitflags::bitflags;
use nom::IResult;

use super::{DESCRIPTOR_LEN, VolumeDescriptorHeader, VolumeDescriptorType, VolumeFields};

bitflags! {
    /// Volume Flags (ECMA-119 8.5.3). Bits 1 to 7 are reserved.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct VolumeFlags: u8 {
        /// The escape sequences include one that is not registered.
        const ESCAPE_SEQUENCE_NOT_REGISTERED = 0x01;
    }
}

/// Supplementary Volume Descriptor, and in version 2 Enhanced Volume Descriptor (ECMA-119 8.5): a
/// further directory hierarchy over the same files. Its texts are as recorded; the escape sequences tell
/// the character set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplementaryVolumeDescriptor {
    /// Version of the structure (8.5.2): 1 supplementary, 2 enhanced.
    pub version: u8,
    /// Volume flags (8.5.3).
    pub flags: VolumeFlags,
    /// Escape sequences (8.5.6), padded with zeros.
    pub escape_sequences: [u8; 32],
    /// The volume and this directory hierarchy.
    pub fields: VolumeFields,
}

impl SupplementaryVolumeDescriptor {
    /// Version of a supplementary descriptor.
    pub const SUPPLEMENTARY: u8 = 1;
    /// Version of an enhanced descriptor.
    pub const ENHANCED: u8 = 2;

    /// The enhanced descriptor with these fields. Its directories and path tables have version 2.
    #[must_use]
    pub fn enhanced(fields: VolumeFields) -> SupplementaryVolumeDescriptor {
        SupplementaryVolumeDescriptor {
            version: Self::ENHANCED,
            flags: VolumeFlags::empty(),
            escape_sequences: [0; 32],
            fields: VolumeFields { file_structure_version: 2, ..fields },
        }
    }

    /// Whether the descriptor is an enhanced one, by its version.
    #[must_use]
    pub fn is_enhanced(&self) -> bool {
        self.version == Self::ENHANCED
    }

    /// Reads a sector. Unused and reserved fields are not looked at.
    ///
    /// # Errors
    /// When it is no supplementary volume descriptor or shorter than 2048 bytes.
    pub fn parse(sector: &[u8]) -> IResult<&[u8], SupplementaryVolumeDescriptor> {
        let (rest, header) = VolumeDescriptorHeader::expect(sector, VolumeDescriptorType::SUPPLEMENTARY)?;
        let (rest, ((flags, escape_sequences), fields)) = VolumeFields::parse(rest)?;
        let flags = VolumeFlags::from_bits_retain(flags);
        Ok((rest, SupplementaryVolumeDescriptor { version: header.version, flags, escape_sequences, fields }))
    }

    /// The sector.
    #[must_use]
    pub fn encode(&self) -> [u8; DESCRIPTOR_LEN] {
        let mut sector = [0; DESCRIPTOR_LEN];
        let header =
            VolumeDescriptorHeader { kind: VolumeDescriptorType::SUPPLEMENTARY, version: self.version };
        sector[..7].copy_from_slice(&header.encode());
        self.fields.encode_into(&mut sector, (self.flags.bits(), self.escape_sequences));
        sector
    }
}

#[cfg(test)]
mod tests {
    use super::super::primary::tests::{example, written_by_hand};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_standard() {
        let mut recorded = written_by_hand();
        recorded[0] = 2;
        recorded[6] = 1;
        recorded[7] = 1;
        recorded[88..91].copy_from_slice(b"%/E");
        let mut escape_sequences = [0; 32];
        escape_sequences[..3].copy_from_slice(b"%/E");
        let descriptor = SupplementaryVolumeDescriptor {
            version: SupplementaryVolumeDescriptor::SUPPLEMENTARY,
            flags: VolumeFlags::ESCAPE_SEQUENCE_NOT_REGISTERED,
            escape_sequences,
            fields: example(),
        };
        assert!(descriptor.encode() == recorded);
        assert_eq!(SupplementaryVolumeDescriptor::parse(&recorded).unwrap().1, descriptor);
        assert!(!descriptor.is_enhanced());
        assert!(SupplementaryVolumeDescriptor::parse(&written_by_hand()).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(version: u8, flags: u8, escape_sequences: [u8; 32]) {
            let flags = VolumeFlags::from_bits_retain(flags);
            let descriptor = SupplementaryVolumeDescriptor { version, flags, escape_sequences, fields: example() };
            let again = SupplementaryVolumeDescriptor::parse(&descriptor.encode()).unwrap().1;
            prop_assert_eq!(again, descriptor);
        }
    }
}
