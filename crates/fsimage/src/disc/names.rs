//! Names that an image may hold and no host can have. Reading shows them as they are; what checks an image,
//! imports it or writes to a host leaves them out, and says so.

use super::ImageEntry;

/// Said of a further entry of one name.
pub(super) const DOUBLED: &str = "the directory has this name twice";

/// Why no host can have this name, if so.
pub(crate) fn impossible(name: &[u8]) -> Option<&'static str> {
    if name.is_empty() {
        Some("the name is empty")
    } else if name == b"." || name == b".." {
        Some("the name means another folder")
    } else if name.contains(&b'/') || name.contains(&0) {
        Some("the name holds '/' or NUL")
    } else {
        None
    }
}

/// Why this host cannot have the name, if so.
pub(super) fn impossible_here(name: &[u8]) -> Option<&'static str> {
    impossible(name).or_else(|| {
        let is_forbidden = |byte: &u8| b"\\:*?\"<>|".contains(byte) || *byte < 0x20;
        let found = cfg!(windows) && name.iter().any(is_forbidden);
        found.then_some("the name holds a character that Windows names cannot have")
    })
}

/// Whether an entry before this one has its name. The entries are those of a directory, in the order of
/// their names.
pub(super) fn is_doubled(entries: &[ImageEntry], index: usize) -> bool {
    index > 0 && entries[index - 1].name == entries[index].name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_impossible() {
        for name in ["", ".", "..", "a/b", "/", "../a", "a\0"] {
            assert!(impossible(name.as_bytes()).is_some(), "{name:?}");
        }
        for name in ["...", ".a", "a b", "a\\b", "c:", "\u{fc}"] {
            assert_eq!(impossible(name.as_bytes()), None, "{name:?}");
        }
        assert_eq!(impossible_here(b"c:").is_some(), cfg!(windows));
    }
}
