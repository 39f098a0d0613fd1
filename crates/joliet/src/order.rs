use std::cmp::Ordering;

/// Order of records in a Joliet directory and of siblings in its path table: by 16-bit values, the shorter
/// name padded with zeros, version numbers aside.
#[must_use]
pub fn compare_identifiers(a: &[u8], b: &[u8]) -> Ordering {
    // Big-endian values compare as their bytes do.
    without_version(a).cmp(without_version(b)).then_with(|| a.cmp(b))
}

/// The identifier without `;` and the digits behind it.
pub(crate) fn without_version(identifier: &[u8]) -> &[u8] {
    let mut rest = identifier;
    while let Some((before, &[0, b'0'..=b'9'])) = rest.split_last_chunk::<2>() {
        rest = before;
    }
    match rest.split_last_chunk::<2>() {
        Some((before, &[0, b';'])) if !before.is_empty() => before,
        _ => identifier,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ucs2(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    #[test]
    fn versions_do_not_take_part() {
        assert_eq!(compare_identifiers(&ucs2("foo;1"), &ucs2("foo.txt;1")), Ordering::Less);
        assert_eq!(compare_identifiers(&ucs2("foo"), &ucs2("foo.txt;1")), Ordering::Less);
        assert_eq!(compare_identifiers(&ucs2("z;1"), &ucs2("é;1")), Ordering::Less);
    }

    #[test]
    fn what_only_looks_like_a_version_stays() {
        assert_eq!(without_version(&ucs2("a;1")), ucs2("a"));
        assert_eq!(without_version(&ucs2("a;b")), ucs2("a;b"));
        assert_eq!(without_version(&ucs2("2024")), ucs2("2024"));
        assert_eq!(without_version(&ucs2(";1")), ucs2(";1"));
        assert_eq!(without_version(&[0]), [0]);
    }
}
