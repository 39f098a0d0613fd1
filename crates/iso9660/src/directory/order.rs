use std::cmp::Ordering;

use super::{DirectoryRecord, FileFlags};

/// Order of identifiers in a directory (ECMA-119 9.3): file name, then file name extension, each
/// compared as if the shorter were padded with spaces; then version number, descending, with
/// what has none before. The identifiers of the directory itself and its parent come first.
///
/// The name ends at the last dot, which matters only for identifiers with several, that the standard
/// does not know. Identifiers that the standard's criteria cannot tell apart are compared byte by byte,
/// so that only equal identifiers are `Equal`.
#[must_use]
pub fn compare_identifiers(a: &[u8], b: &[u8]) -> Ordering {
    let (a_parts, b_parts) = (Parts::of(a), Parts::of(b));
    compare_padded(a_parts.name, b_parts.name)
        .then_with(|| compare_padded(a_parts.extension, b_parts.extension))
        .then_with(|| compare_versions(a_parts.version, b_parts.version))
        .then_with(|| a.cmp(b))
}

/// Order of records in a directory (9.3): by identifier; of equal ones, associated files first. Equal
/// records are sections of one file and stay in file order under a stable sort.
#[must_use]
pub fn compare_records(a: &DirectoryRecord<'_>, b: &DirectoryRecord<'_>) -> Ordering {
    let associated = |record: &DirectoryRecord<'_>| record.flags.contains(FileFlags::ASSOCIATED_FILE);
    compare_identifiers(a.identifier, b.identifier).then_with(|| associated(b).cmp(&associated(a)))
}

/// Order of the directories of one parent in a path table (6.9.1): the whole identifiers, as if the
/// shorter were padded with spaces. Only equal identifiers are `Equal`.
#[must_use]
pub fn compare_directory_identifiers(a: &[u8], b: &[u8]) -> Ordering {
    compare_padded(a, b).then_with(|| a.cmp(b))
}

struct Parts<'a> {
    name: &'a [u8],
    extension: &'a [u8],
    version: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(identifier: &'a [u8]) -> Parts<'a> {
        let (stem, version) = split_at_last(identifier, b';');
        let (name, extension) = split_at_last(stem, b'.');
        Parts { name, extension, version }
    }
}

fn split_at_last(bytes: &[u8], separator: u8) -> (&[u8], &[u8]) {
    match bytes.iter().rposition(|&byte| byte == separator) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &[]),
    }
}

fn compare_padded(a: &[u8], b: &[u8]) -> Ordering {
    let common = a.len().min(b.len());
    a[..common].cmp(&b[..common]).then_with(|| {
        let differing = |rest: &[u8]| rest.iter().find(|&&byte| byte != b' ').map(|byte| byte.cmp(&b' '));
        match (differing(&a[common..]), differing(&b[common..])) {
            (Some(order), _) => order,
            (None, Some(order)) => order.reverse(),
            (None, None) => Ordering::Equal,
        }
    })
}

/// Greater versions first, compared as if the shorter were padded with zero digits on the left; and before
/// all of them what has no version, as directories.
fn compare_versions(a: &[u8], b: &[u8]) -> Ordering {
    let leading_zeros = |version: &[u8]| version.iter().take_while(|&&digit| digit == b'0').count();
    let significant = |version: &'_ [u8]| version.len() - leading_zeros(version);
    b.is_empty().cmp(&a.is_empty()).then_with(|| {
        let (a_len, b_len) = (significant(a), significant(b));
        b_len.cmp(&a_len).then_with(|| b[b.len() - b_len..].cmp(&a[a.len() - a_len..]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn order_of_the_standard() {
        let sorted: [&[u8]; 14] = [
            &[0],
            &[1],
            b"A",
            b"A.;1",
            b"A.A;2",
            b"A.A;1",
            b"A.AA;1",
            b"A-.A;1",
            b"AA.;10",
            b"AA.;9",
            b"AA.;09",
            b"AA.A;1",
            b"B.;1",
            b"_.;1",
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                let expected = match (*a, *b) {
                    (b"AA.;9", b"AA.;09") => Ordering::Greater,
                    (b"AA.;09", b"AA.;9") => Ordering::Less,
                    _ => i.cmp(&j),
                };
                assert_eq!(compare_identifiers(a, b), expected, "{} {}", a.escape_ascii(), b.escape_ascii());
            }
        }
    }

    #[test]
    fn whole_identifiers_in_path_tables() {
        assert_eq!(compare_directory_identifiers(b"A", b"A B"), Ordering::Less);
        assert_eq!(compare_directory_identifiers(b"A\x1F", b"A"), Ordering::Less);
        assert_eq!(compare_directory_identifiers(b"A", b"A "), Ordering::Less);
        assert_eq!(compare_directory_identifiers(b"A.B", b"A-B"), Ordering::Greater);
    }

    #[test]
    fn associated_files_first() {
        let file = DirectoryRecord { identifier: b"A.;1", ..DirectoryRecord::default() };
        let associated = DirectoryRecord { flags: FileFlags::ASSOCIATED_FILE, ..file };
        assert_eq!(compare_records(&associated, &file), Ordering::Less);
        assert_eq!(compare_records(&file, &file), Ordering::Equal);
    }

    fn identifier() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(
            prop_oneof![Just(b'.'), Just(b';'), Just(b' '), Just(b'0'), Just(b'A'), Just(1)],
            0..7,
        )
    }

    proptest! {
        #[test]
        fn total(a in identifier(), b in identifier(), c in identifier()) {
            for compare in [compare_identifiers, compare_directory_identifiers] {
                prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
                prop_assert_eq!(compare(&a, &b).is_eq(), a == b);
                if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
                    prop_assert!(compare(&a, &c).is_le());
                }
            }
        }
    }
}
