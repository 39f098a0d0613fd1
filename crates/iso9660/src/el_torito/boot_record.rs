use byteorder::{ByteOrder, LittleEndian};

use crate::LogicalBlock;
use crate::volume::BootRecord;

/// Boot System Identifier of El Torito, padded with zeros.
const BOOT_SYSTEM_IDENTIFIER: &[u8; 32] = b"EL TORITO SPECIFICATION\0\0\0\0\0\0\0\0\0";

/// The Boot Record Volume Descriptor (2.0, figure 7) for the catalog at `catalog`. Firmware looks for it in
/// the sector behind the primary volume descriptor, sector 17 of the session.
#[must_use]
pub fn boot_record(catalog: LogicalBlock) -> BootRecord {
    let mut boot_system_use = [0; 1977];
    LittleEndian::write_u32(&mut boot_system_use[..4], catalog.get());
    BootRecord {
        version: 1,
        boot_system_identifier: *BOOT_SYSTEM_IDENTIFIER,
        boot_identifier: [0; 32],
        boot_system_use,
    }
}

/// First block of the boot catalog, if the boot record is one of El Torito.
#[must_use]
pub fn catalog_of(boot_record: &BootRecord) -> Option<LogicalBlock> {
    let identifier = crate::text::trimmed(&boot_record.boot_system_identifier);
    let el_torito = identifier == crate::text::trimmed(BOOT_SYSTEM_IDENTIFIER);
    el_torito.then(|| LogicalBlock::new(LittleEndian::read_u32(&boot_record.boot_system_use[..4])))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_of_the_specification() {
        let sector = boot_record(LogicalBlock::new(0x0102_0304)).encode();
        assert_eq!(sector[..30], *b"\0CD001\x01EL TORITO SPECIFICATION");
        assert_eq!(sector[30..71], [0; 41]);
        assert_eq!(sector[71..75], [4, 3, 2, 1]);
        assert!(sector[75..].iter().all(|&byte| byte == 0));
        let parsed = BootRecord::parse(&sector).unwrap().1;
        assert_eq!(catalog_of(&parsed), Some(LogicalBlock::new(0x0102_0304)));
    }

    #[test]
    fn other_boot_systems() {
        let mut other = boot_record(LogicalBlock::new(20));
        other.boot_system_identifier[0] = b'X';
        assert_eq!(catalog_of(&other), None);
    }

    proptest! {
        #[test]
        fn round_trip(catalog: u32) {
            let sector = boot_record(LogicalBlock::new(catalog)).encode();
            let parsed = BootRecord::parse(&sector).unwrap().1;
            prop_assert_eq!(catalog_of(&parsed), Some(LogicalBlock::new(catalog)));
        }
    }
}
