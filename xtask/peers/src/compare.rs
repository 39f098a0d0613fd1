use bitflags::bitflags;

use crate::{Entry, Kind, Listing};

bitflags! {
    /// What two listings are compared by, besides the names.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Columns: u16 {
        /// Entry kind.
        const KIND = 1;
        /// Length of regular files.
        const SIZE = 1 << 1;
        /// Content of regular files.
        const DIGEST = 1 << 2;
        /// Permission, set-id and sticky bits.
        const MODE = 1 << 3;
        /// Owner and group.
        const OWNER = 1 << 4;
        /// Number of hard links of everything but directories.
        const LINKS = 1 << 5;
        /// Modification time.
        const MTIME = 1 << 6;
        /// Device numbers.
        const RDEV = 1 << 7;
        /// Targets of symbolic links.
        const TARGET = 1 << 8;
        /// Permission bits alone: isoinfo does not show the others.
        const PERMISSIONS = 1 << 9;
        /// What every name space records: kinds, lengths and content.
        const CONTENT = Self::KIND.bits() | Self::SIZE.bits() | Self::DIGEST.bits();
        /// What Rock Ridge records as well.
        const POSIX = Self::CONTENT.bits() | Self::MODE.bits() | Self::OWNER.bits() | Self::LINKS.bits()
            | Self::MTIME.bits() | Self::RDEV.bits() | Self::TARGET.bits();
    }
}

/// One line for each difference, by path. A value that one side does not tell is no difference; the
/// root's entry counts only where both have it.
#[must_use]
pub fn differences(expected: &Listing, found: &Listing, columns: Columns) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, entry) in expected {
        match found.get(path) {
            Some(other) => compare_entries(path, entry, other, columns, &mut lines),
            None if path == "/" => {}
            None => lines.push(format!("{path}: missing")),
        }
    }
    for path in found.keys() {
        if path != "/" && !expected.contains_key(path) {
            lines.push(format!("{path}: unexpected"));
        }
    }
    lines
}

fn compare_entries(path: &str, expected: &Entry, found: &Entry, columns: Columns, lines: &mut Vec<String>) {
    fn differ<T: PartialEq + std::fmt::Debug>(
        lines: &mut Vec<String>,
        path: &str,
        what: &str,
        expected: Option<T>,
        found: Option<T>,
    ) {
        if let (Some(expected), Some(found)) = (expected, found)
            && expected != found
        {
            lines.push(format!("{path}: {what} is {found:?}, not {expected:?}"));
        }
    }
    if columns.contains(Columns::KIND) {
        differ(lines, path, "kind", Some(expected.kind), Some(found.kind));
    }
    if columns.contains(Columns::SIZE) && expected.kind == Kind::File {
        differ(lines, path, "size", expected.size, found.size);
    }
    if columns.contains(Columns::DIGEST) {
        differ(lines, path, "content", expected.sha256.as_ref(), found.sha256.as_ref());
    }
    if columns.intersects(Columns::MODE | Columns::PERMISSIONS) {
        let bits = if columns.contains(Columns::MODE) { 0o7777 } else { 0o777 };
        let octal = |mode: u32| format!("{:04o}", mode & bits);
        differ(lines, path, "mode", expected.mode.map(octal), found.mode.map(octal));
    }
    if columns.contains(Columns::OWNER) {
        differ(lines, path, "uid", expected.uid, found.uid);
        differ(lines, path, "gid", expected.gid, found.gid);
    }
    if columns.contains(Columns::LINKS) && expected.kind != Kind::Directory {
        differ(lines, path, "link count", expected.links, found.links);
    }
    if columns.contains(Columns::MTIME) {
        differ(lines, path, "mtime", expected.mtime, found.mtime);
    }
    if columns.contains(Columns::RDEV) {
        differ(lines, path, "device", expected.rdev, found.rdev);
    }
    if columns.contains(Columns::TARGET) {
        differ(lines, path, "target", expected.target.as_ref(), found.target.as_ref());
    }
}

/// Panics with the first differences, if there are any.
///
/// # Panics
/// When [`differences`] finds one.
#[track_caller]
pub fn assert_same(expected: &Listing, found: &Listing, columns: Columns) {
    const SHOWN: usize = 25;
    let lines = differences(expected, found, columns);
    if lines.is_empty() {
        return;
    }
    let mut text = format!("{} differences:\n", lines.len());
    for line in lines.iter().take(SHOWN) {
        text.push_str(&format!("  {line}\n"));
    }
    if lines.len() > SHOWN {
        text.push_str("  ...\n");
    }
    panic!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_told_values_count() {
        let mut file = Entry::of_kind(Kind::File);
        file.size = Some(3);
        let expected = Listing::from([
            ("/".to_owned(), Entry::of_kind(Kind::Directory)),
            ("/a".to_owned(), file.clone()),
            ("/b".to_owned(), file.clone()),
        ]);
        let mut other = file.clone();
        other.size = Some(4);
        other.mode = Some(0o644);
        let found = Listing::from([("/a".to_owned(), other), ("/c".to_owned(), file)]);
        let lines = differences(&expected, &found, Columns::POSIX);
        assert_eq!(lines, ["/a: size is 4, not 3", "/b: missing", "/c: unexpected"]);
        assert!(differences(&expected, &expected, Columns::POSIX).is_empty());
    }
}
