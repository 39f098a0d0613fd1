use crate::susp::ExtensionsReference;

/// The `ER` entry of a volume with Rock Ridge 1.12 (RRIP 4.3).
pub const EXTENSION: ExtensionsReference<'static> = ExtensionsReference {
    identifier: b"IEEE_P1282",
    descriptor: b"Rock Ridge Interchange Protocol: POSIX file system semantics",
    source: b"IEEE Standards Department, Piscataway, NJ, USA, draft P1282",
    version: 1,
};

/// Whether an `ER` entry with this identifier announces Rock Ridge, in any of its versions. The one with a
/// blank is no specification's, but a writer in use.
#[must_use]
pub fn is_rock_ridge(identifier: &[u8]) -> bool {
    matches!(identifier, b"RRIP_1991A" | b"IEEE_P1282" | b"IEEE_1282" | b"IEEE 1282")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_recognised() {
        assert!(is_rock_ridge(EXTENSION.identifier));
        assert!(!is_rock_ridge(b"APPLE COMPUTER, INC., VERSION: 1"));
        let mut out = Vec::new();
        EXTENSION.encode(&mut out).unwrap();
        assert_eq!(out[..8], *b"ER\x89\x01\x0A\x3C\x3B\x01");
        assert_eq!(out.len(), 0x89);
    }
}
