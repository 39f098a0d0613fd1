use iso9660::volume::{Identifiers, SupplementaryVolumeDescriptor, VolumeFields, VolumeFlags};

use crate::Level;

/// The supplementary volume descriptor (ECMA-119 8.5) of a Joliet volume with these fields.
#[must_use]
pub fn volume_descriptor(level: Level, fields: VolumeFields) -> SupplementaryVolumeDescriptor {
    SupplementaryVolumeDescriptor {
        version: SupplementaryVolumeDescriptor::SUPPLEMENTARY,
        // Bit 0 would say that the escape sequence is not registered (8.5.3); it is.
        flags: VolumeFlags::empty(),
        escape_sequences: level.field(),
        fields,
    }
}

/// A volume identifier: 16 UCS-2 units, padded with blanks. Longer names are cut, never inside a
/// surrogate pair; control characters and `* / : ; ? \` become `_`.
#[must_use]
pub fn volume_identifier(name: &str) -> [u8; 32] {
    padded(name)
}

/// The texts of a primary volume descriptor in UCS-2, cut to the half of their characters that fits, and
/// `volume` as the volume identifier.
#[must_use]
pub fn identifiers(primary: &Identifiers, volume: [u8; 32]) -> Identifiers {
    Identifiers {
        system: converted(&primary.system),
        volume,
        volume_set: converted(&primary.volume_set),
        publisher: converted(&primary.publisher),
        data_preparer: converted(&primary.data_preparer),
        application: converted(&primary.application),
        copyright_file: converted(&primary.copyright_file),
        abstract_file: converted(&primary.abstract_file),
        bibliographic_file: converted(&primary.bibliographic_file),
    }
}

fn converted<const N: usize>(field: &[u8; N]) -> [u8; N] {
    padded(String::from_utf8_lossy(field).trim_end_matches([' ', '\0']))
}

fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut field = [0; N];
    fill_text(text, &mut field);
    field
}

/// Puts a text into a field of a descriptor in UCS-2, and fills the rest with blanks, which are U+0020; the last byte
/// of a field of odd length is 0. What does not fit is cut, never inside a surrogate pair; control characters and
/// `* / : ; ? \` become `_`.
pub fn fill_text(text: &str, field: &mut [u8]) {
    field.fill(0);
    for unit in field.chunks_exact_mut(2) {
        unit.copy_from_slice(&[0, b' ']);
    }
    let mut at = 0;
    for character in text.chars() {
        let character = match character {
            '\0'..='\x1F' | '*' | '/' | ':' | ';' | '?' | '\\' => '_',
            character => character,
        };
        let mut units = [0; 2];
        let units = character.encode_utf16(&mut units);
        if at + units.len() * 2 > field.len() {
            break;
        }
        for unit in units {
            field[at..at + 2].copy_from_slice(&unit.to_be_bytes());
            at += 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_cut_between_characters() {
        let identifier = volume_identifier("ThisWonderfulLabelIsVeryVeryLong");
        let units: Vec<u16> =
            identifier.chunks(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
        assert_eq!(String::from_utf16(&units).unwrap(), "ThisWonderfulLab");
        let identifier = volume_identifier(&format!("{}😀", "x".repeat(15)));
        assert_eq!(identifier[28..], [0, b'x', 0, b' ']);
    }

    #[test]
    fn odd_fields_end_in_zero() {
        let texts = identifiers(&Identifiers::default(), volume_identifier("V"));
        assert_eq!(texts.copyright_file[34..], [0, b' ', 0]);
        assert_eq!(texts.system[..4], [0, b' ', 0, b' ']);
        assert_eq!(texts.volume[..4], [0, b'V', 0, b' ']);
    }

    #[test]
    fn bytes_of_the_descriptor() {
        let texts = Identifiers { system: *b"LINUX                           ", ..Identifiers::default() };
        let mut empty = [0; 2048];
        empty[..7].copy_from_slice(b"\x02CD001\x01");
        let empty = SupplementaryVolumeDescriptor::parse(&empty).unwrap().1.fields;
        let fields = VolumeFields { identifiers: identifiers(&texts, volume_identifier("Été")), ..empty };
        let sector = volume_descriptor(Level::Three, fields).encode();
        assert_eq!(sector[..8], *b"\x02CD001\x01\0");
        assert_eq!(sector[8..20], *b"\0L\0I\0N\0U\0X\0 ");
        assert_eq!(sector[40..48], [0, 0xC9, 0, b't', 0, 0xE9, 0, b' ']);
        assert_eq!(sector[88..92], *b"%/E\0");
        let parsed = SupplementaryVolumeDescriptor::parse(&sector).unwrap().1;
        assert_eq!(Level::of(&parsed.escape_sequences), Some(Level::Three));
    }
}
