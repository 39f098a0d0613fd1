use std::collections::BTreeMap;

use sector_io::{SECTOR_SIZE, Sector};

use super::Directory;

/// Keeps a walk through a directory hierarchy from running in circles: it knows where the directories
/// entered so far lie.
///
/// Directories never share sectors. One that overlaps another is part of a loop, or of an image made to
/// be read for ever, since each of many records can claim the whole image as its directory.
#[derive(Clone, Debug, Default)]
pub struct DirectoryGuard {
    /// Sector behind the end, by first sector.
    entered: BTreeMap<u64, u64>,
}

impl DirectoryGuard {
    /// A guard that knows no directory.
    #[must_use]
    pub fn new() -> DirectoryGuard {
        DirectoryGuard::default()
    }

    /// Notes that a directory is going to be read. `false`: it overlaps one that was, and must not be.
    /// Empty directories overlap nothing.
    #[must_use]
    pub fn enter(&mut self, directory: &Directory) -> bool {
        let start = u64::from(Sector::from(directory.extent()).get());
        let end = start + u64::from(directory.len()).div_ceil(SECTOR_SIZE as u64);
        if start == end {
            return true;
        }
        let overlaps = self.entered.range(..end).next_back().is_some_and(|(_, &other)| other > start);
        if !overlaps {
            self.entered.insert(start, end);
        }
        !overlaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LogicalBlock;

    fn directory(extent: u32, len: u32) -> Directory {
        Directory { extent: LogicalBlock::new(extent), len }
    }

    #[test]
    fn overlapping_directories_are_refused() {
        let mut guard = DirectoryGuard::new();
        assert!(guard.enter(&directory(20, 4096)));
        assert!(guard.enter(&directory(22, 2048)));
        assert!(!guard.enter(&directory(20, 2048)));
        assert!(!guard.enter(&directory(21, 1)));
        assert!(!guard.enter(&directory(10, 11 * 2048)));
        assert!(guard.enter(&directory(10, 10 * 2048)));
        assert!(guard.enter(&directory(20, 0)));
    }
}
