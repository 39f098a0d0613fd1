use crate::susp::ExtensionsReference;

/// The `ER` entry of a volume with AAIP 2.0. It stands behind that of Rock Ridge.
pub const EXTENSION: ExtensionsReference<'static> = ExtensionsReference {
    identifier: b"AAIP_0200",
    descriptor: b"AL PROVIDES VIA AAIP 2.0 SUPPORT FOR ARBITRARY FILE ATTRIBUTES IN ISO 9660 IMAGES",
    source: b"PLEASE CONTACT THE LIBBURNIA PROJECT VIA LIBBURNIA-PROJECT.ORG",
    version: 1,
};

/// Whether an `ER` entry with this identifier announces AAIP 2.0.
#[must_use]
pub fn is_aaip(identifier: &[u8]) -> bool {
    identifier == EXTENSION.identifier
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lengths that the specification gives.
    #[test]
    fn its_texts_have_their_lengths() {
        let lengths = [EXTENSION.identifier, EXTENSION.descriptor, EXTENSION.source].map(<[u8]>::len);
        assert_eq!(lengths, [9, 81, 62]);
        assert!(is_aaip(b"AAIP_0200") && !is_aaip(b"AAIP_0100"));
    }
}
