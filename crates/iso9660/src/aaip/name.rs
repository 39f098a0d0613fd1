//! Names of attributes: a first byte below 0x20 stands for a namespace.

/// Stands before a name whose own first byte is below 0x20.
const ESCAPE: u8 = 1;

/// Bytes that stand for the first part of a name.
const NAMESPACES: [(u8, &[u8]); 5] =
    [(2, b"system."), (3, b"user."), (4, b"isofs."), (5, b"trusted."), (6, b"security.")];

/// Whether the attribute serves those who write and read the image, and is none of the file: its name begins
/// with `isofs.`.
#[must_use]
pub fn is_internal(name: &[u8]) -> bool {
    name.starts_with(b"isofs.")
}

/// The byte that a name is recorded with at its beginning, and the bytes that follow it.
pub(super) fn contract(name: &[u8]) -> (Option<u8>, &[u8]) {
    match name.first() {
        Some(..0x20) => (Some(ESCAPE), name),
        _ => NAMESPACES
            .iter()
            .find_map(|(byte, prefix)| Some((Some(*byte), name.strip_prefix(*prefix)?)))
            .unwrap_or((None, name)),
    }
}

/// The first part of a recorded name, and the bytes that follow it. `None` for bytes that mean nothing yet.
pub(super) fn expand(recorded: &[u8]) -> Option<(&'static [u8], &[u8])> {
    match recorded.split_first() {
        Some((&ESCAPE, rest)) => Some((b"", rest)),
        Some((byte @ ..0x20, rest)) => {
            let (_, prefix) = NAMESPACES.iter().find(|(known, _)| known == byte)?;
            Some((prefix, rest))
        }
        _ => Some((b"", recorded)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification() {
        assert_eq!(contract(b"user.abc"), (Some(3), &b"abc"[..]));
        assert_eq!(contract(b"\x03abc"), (Some(1), &b"\x03abc"[..]));
        assert_eq!(expand(b"\x03abc"), Some((&b"user."[..], &b"abc"[..])));
        assert_eq!(expand(b"user.abc"), Some((&b""[..], &b"user.abc"[..])));
        assert_eq!(expand(b"\x01\x03abc"), Some((&b""[..], &b"\x03abc"[..])));
        assert_eq!(expand(b"\x07abc"), None);
        assert!(is_internal(b"isofs.di") && !is_internal(b"user.isofs"));
    }
}
