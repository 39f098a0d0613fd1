use std::collections::BTreeSet;

use super::Directory;
use crate::LbAddr;

/// Keeps a walk through a directory hierarchy from running in circles, and from reading more than there is.
///
/// A directory is entered once. Directories of a sound volume share no bytes; in one that is made to be
/// read for ever, each of many ICBs can claim the whole volume as its directory. Therefore the lengths of
/// all directories together may not pass that of the source.
#[derive(Clone, Debug)]
pub struct DirectoryGuard {
    entered: BTreeSet<LbAddr>,
    left: u64,
}

impl DirectoryGuard {
    pub(super) fn new(bytes: u64) -> DirectoryGuard {
        DirectoryGuard { entered: BTreeSet::new(), left: bytes }
    }

    /// Notes that a directory is going to be read. `false`: it must not be, for it was already, or there
    /// cannot be so many directories of such lengths.
    #[must_use]
    pub fn enter(&mut self, directory: &Directory) -> bool {
        let Some(left) = self.left.checked_sub(directory.len) else { return false };
        if !self.entered.insert(directory.icb) {
            return false;
        }
        self.left = left;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_and_not_more_than_there_is() {
        let directory = |block, len| Directory { icb: LbAddr { block, partition: 0 }, len };
        let mut guard = DirectoryGuard::new(10_000);
        assert!(guard.enter(&directory(2, 4000)));
        assert!(!guard.enter(&directory(2, 4000)));
        assert!(!guard.enter(&directory(3, 6001)));
        assert!(guard.enter(&directory(3, 6000)));
        assert!(guard.enter(&directory(4, 0)));
        assert!(!guard.enter(&directory(5, u64::MAX)));
    }
}
