use nom::IResult;

use super::{DESCRIPTOR_LEN, VolumeDescriptorHeader, VolumeDescriptorType};
use crate::number::bytes;

/// Boot Record (ECMA-119 8.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootRecord {
    /// Version of the structure (8.2.3); 1.
    pub version: u8,
    /// System that can act on the boot record (8.2.4).
    pub boot_system_identifier: [u8; 32],
    /// Boot system that the use field is meant for (8.2.5).
    pub boot_identifier: [u8; 32],
    /// What the boot system wants (8.2.6).
    pub boot_system_use: [u8; 1977],
}

impl BootRecord {
    /// Reads a sector.
    ///
    /// # Errors
    /// When it is no boot record or shorter than 2048 bytes.
    pub fn parse(sector: &[u8]) -> IResult<&[u8], BootRecord> {
        let (rest, header) = VolumeDescriptorHeader::expect(sector, VolumeDescriptorType::BOOT_RECORD)?;
        let (rest, boot_system_identifier) = bytes(rest)?;
        let (rest, boot_identifier) = bytes(rest)?;
        let (rest, boot_system_use) = bytes(rest)?;
        let version = header.version;
        Ok((rest, BootRecord { version, boot_system_identifier, boot_identifier, boot_system_use }))
    }

    /// The sector.
    #[must_use]
    pub fn encode(&self) -> [u8; DESCRIPTOR_LEN] {
        let mut sector = [0; DESCRIPTOR_LEN];
        let header =
            VolumeDescriptorHeader { kind: VolumeDescriptorType::BOOT_RECORD, version: self.version };
        sector[..7].copy_from_slice(&header.encode());
        sector[7..39].copy_from_slice(&self.boot_system_identifier);
        sector[39..71].copy_from_slice(&self.boot_identifier);
        sector[71..].copy_from_slice(&self.boot_system_use);
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
        let recorded =
            sector(&[(1, b"\0CD001\x01"), (8, b"SYSTEM"), (40, b"BOOT"), (72, b"\x11"), (2048, b"\x22")]);
        let boot_record = BootRecord::parse(&recorded).unwrap().1;
        assert_eq!(&boot_record.boot_system_identifier[..7], b"SYSTEM\0");
        assert_eq!(&boot_record.boot_identifier[..5], b"BOOT\0");
        assert_eq!((boot_record.boot_system_use[0], boot_record.boot_system_use[1976]), (0x11, 0x22));
        assert_eq!(boot_record.encode(), recorded);
        assert!(BootRecord::parse(&recorded[..2047]).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(version: u8, names: [[u8; 32]; 2], fill: u8) {
            let [boot_system_identifier, boot_identifier] = names;
            let boot_system_use = [fill; 1977];
            let boot_record = BootRecord { version, boot_system_identifier, boot_identifier, boot_system_use };
            prop_assert_eq!(BootRecord::parse(&boot_record.encode()).unwrap().1, boot_record);
        }
    }
}
