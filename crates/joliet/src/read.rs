use iso9660::read::{Error, Volume, VolumeSet};
use iso9660::volume::SupplementaryVolumeDescriptor;
use sector_io::ReadSectors;

use crate::Level;

/// The Joliet descriptor of a volume set, if it has one: the first supplementary one with a UCS-2 escape
/// sequence.
#[must_use]
pub fn descriptor(set: &VolumeSet) -> Option<&SupplementaryVolumeDescriptor> {
    set.supplementary.iter().find(|descriptor| Level::of(&descriptor.escape_sequences).is_some())
}

/// What is wrong with the escape sequences of a supplementary descriptor, if they are not Joliet's: its hierarchy cannot
/// be read.
#[must_use]
pub fn unread_escape_sequences(descriptor: &SupplementaryVolumeDescriptor) -> Option<String> {
    let field = &descriptor.escape_sequences;
    let end = field.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    let shown = field[..end].escape_ascii();
    Level::of(field).is_none().then(|| {
        format!(
            "a supplementary volume descriptor with the escape sequences '{shown}', which are not those of Joliet: \
             its hierarchy is not read (ECMA-119 8.5.6)"
        )
    })
}

/// The Joliet tree of a volume set; `None` if there is none.
///
/// # Errors
/// What the reader says of a root that cannot be read.
pub fn volume<R: ReadSectors>(source: R, set: &VolumeSet) -> Result<Option<Volume<R>>, Error> {
    Ok(descriptor(set).map(|descriptor| Volume::with_names(source, &descriptor.fields.root, decode)))
}

/// The volume identifier, without its padding.
#[must_use]
pub fn volume_name(set: &VolumeSet) -> Option<String> {
    Some(shown_text(&descriptor(set)?.fields.identifiers.volume))
}

/// A text of a volume descriptor, without its padding. What is damaged shows in it.
#[must_use]
pub fn shown_text(recorded: &[u8]) -> String {
    let mut text = Vec::new();
    let _ = decode(recorded, &mut text);
    String::from_utf8_lossy(&text).trim_end_matches([' ', '\0']).to_owned()
}

/// Appends an identifier in UTF-8, without version number, and says what is wrong with it. Halves of
/// surrogate pairs that stand alone become U+FFFD; an odd last byte is damage and left out.
pub fn decode(identifier: &[u8], out: &mut Vec<u8>) -> Option<&'static str> {
    let odd = identifier.len() % 2;
    let identifier = crate::order::without_version(&identifier[..identifier.len() - odd]);
    let units = identifier.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
    let mut complaint = (odd == 1).then_some("a Joliet identifier has an odd number of bytes");
    for character in char::decode_utf16(units) {
        let character = character.unwrap_or_else(|_| {
            complaint = Some("half of a surrogate pair stands alone");
            char::REPLACEMENT_CHARACTER
        });
        let mut bytes = [0; 4];
        out.extend_from_slice(character.encode_utf8(&mut bytes).as_bytes());
    }
    complaint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_told_and_not_passed_on() {
        let mut out = Vec::new();
        assert!(decode(b"\0a\xD8\0\0b\0;\x001", &mut out).is_some());
        assert_eq!(out, "a\u{FFFD}b".as_bytes());
        out.clear();
        assert!(decode(b"\0a\0;\x001\0", &mut out).is_some());
        assert_eq!(out, b"a");
        out.clear();
        assert_eq!(decode(b"\xD8\x3D\xDE\0\0;\x001", &mut out), None);
        assert_eq!(out, "😀".as_bytes());
    }
}
