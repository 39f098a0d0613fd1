use std::io::{Cursor, Read as _};

use iso9660::zisofs::{Zisofs, ZisofsReader};

/// The first bytes are the entry that describes the file, the others what is stored of it.
pub(crate) fn run(bytes: &[u8]) {
    let Some((entry, stored)) = bytes.split_at_checked(16) else { return };
    let Some(entry) = Zisofs::parse(entry) else { return };
    let mut encoded = Vec::new();
    entry.encode(&mut encoded);
    assert_eq!(Zisofs::parse(&encoded).as_ref(), Some(&entry));
    let Ok(reader) = ZisofsReader::new(Cursor::new(stored), &entry) else { return };
    let mut content = Vec::new();
    let _ = reader.take(1 << 20).read_to_end(&mut content);
}
