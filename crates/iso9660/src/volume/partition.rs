use nom::IResult;

use super::{DESCRIPTOR_LEN, VolumeDescriptorHeader, VolumeDescriptorType};
use crate::LogicalBlock;
use crate::number::{Disagreement, both_u32, both_u32_bytes, bytes, disagreements};

/// Volume Partition Descriptor (ECMA-119 8.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumePartitionDescriptor {
    /// Version of the structure (8.6.3); 1.
    pub version: u8,
    /// System that can act on the partition's content (8.6.5).
    pub system_identifier: [u8; 32],
    /// Name of the partition (8.6.6).
    pub volume_partition_identifier: [u8; 32],
    /// First block of the partition (8.6.7).
    pub location: LogicalBlock,
    /// Blocks of the partition (8.6.8).
    pub size: u32,
    /// What the system wants (8.6.9).
    pub system_use: [u8; 1960],
}

impl VolumePartitionDescriptor {
    /// Reads a sector.
    ///
    /// # Errors
    /// When it is no volume partition descriptor or shorter than 2048 bytes.
    pub fn parse(sector: &[u8]) -> IResult<&[u8], VolumePartitionDescriptor> {
        let (rest, header) = VolumeDescriptorHeader::expect(sector, VolumeDescriptorType::PARTITION)?;
        let (rest, _unused) = bytes::<1>(rest)?;
        let (rest, system_identifier) = bytes(rest)?;
        let (rest, volume_partition_identifier) = bytes(rest)?;
        let (rest, location) = both_u32(rest)?;
        let (rest, size) = both_u32(rest)?;
        let (rest, system_use) = bytes(rest)?;
        let descriptor = VolumePartitionDescriptor {
            version: header.version,
            system_identifier,
            volume_partition_identifier,
            location: LogicalBlock::new(location),
            size,
            system_use,
        };
        Ok((rest, descriptor))
    }

    /// The both-endian numbers in the bytes of a descriptor whose halves differ.
    pub fn disagreements(sector: &[u8]) -> impl Iterator<Item = Disagreement> + '_ {
        disagreements(sector, &[(72, 4, "8.6.7"), (80, 4, "8.6.8")])
    }

    /// The sector.
    #[must_use]
    pub fn encode(&self) -> [u8; DESCRIPTOR_LEN] {
        let mut sector = [0; DESCRIPTOR_LEN];
        let header = VolumeDescriptorHeader { kind: VolumeDescriptorType::PARTITION, version: self.version };
        sector[..7].copy_from_slice(&header.encode());
        sector[8..40].copy_from_slice(&self.system_identifier);
        sector[40..72].copy_from_slice(&self.volume_partition_identifier);
        sector[72..80].copy_from_slice(&both_u32_bytes(self.location.get()));
        sector[80..88].copy_from_slice(&both_u32_bytes(self.size));
        sector[88..].copy_from_slice(&self.system_use);
        sector
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_support::sector;
    use super::*;

    #[test]
    fn bytes_of_the_standard() {
        let recorded = sector(&[
            (1, b"\x03CD001\x01"),
            (9, b"SYSTEM"),
            (41, b"PARTITION"),
            (73, &[0x12, 0, 0, 0, 0, 0, 0, 0x12]),
            (81, &[0x34, 0, 0, 0, 0, 0, 0, 0x34]),
            (89, b"\x11"),
            (2048, b"\x22"),
        ]);
        let descriptor = VolumePartitionDescriptor::parse(&recorded).unwrap().1;
        assert_eq!((descriptor.location.get(), descriptor.size), (0x12, 0x34));
        assert_eq!((descriptor.system_use[0], descriptor.system_use[1959]), (0x11, 0x22));
        assert_eq!(descriptor.encode(), recorded);
        assert_eq!(VolumePartitionDescriptor::disagreements(&recorded).count(), 0);
        assert!(VolumePartitionDescriptor::parse(&recorded[..2047]).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(version: u8, names: [[u8; 32]; 2], location: u32, size: u32, fill: u8) {
            let [system_identifier, volume_partition_identifier] = names;
            let descriptor = VolumePartitionDescriptor {
                version,
                system_identifier,
                volume_partition_identifier,
                location: LogicalBlock::new(location),
                size,
                system_use: [fill; 1960],
            };
            prop_assert_eq!(VolumePartitionDescriptor::parse(&descriptor.encode()).unwrap().1, descriptor);
        }
    }
}
