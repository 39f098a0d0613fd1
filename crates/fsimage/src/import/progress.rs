//! How far an import is.

use udf::volume::LvidImplementationUse;

use crate::{Control, FileCount};

/// Items that are in the tree already.
pub(super) struct ItemProgress {
    directories: u64,
    files: u64,
    /// Directories and files that the volume itself says it has. It may be wrong.
    recorded: Option<(u64, u64)>,
}

impl ItemProgress {
    pub(super) fn new(recorded: Option<&LvidImplementationUse>) -> ItemProgress {
        let recorded = recorded.map(|recorded| (recorded.directories.into(), recorded.files.into()));
        ItemProgress { directories: 0, files: 0, recorded }
    }

    /// A directory was read, in which there are so many items, and among them so many directories.
    pub(super) fn count(&mut self, items: usize, directories: usize) {
        self.directories += 1;
        self.files += items.saturating_sub(directories) as u64;
    }

    /// `pending` directories are known and not read.
    pub(super) fn report(&self, pending: usize, control: &Control) {
        let (directories, files) = match (self.recorded, pending) {
            // Now it is known.
            (_, 0) => (self.directories, Some(self.files)),
            (None, _) => (0, None),
            (Some((directories, files)), _) => (directories, Some(files.max(self.files))),
        };
        let total = directories.max(self.directories + pending as u64);
        control.report_import(self.directories, total, FileCount { done: self.files, total: files });
    }
}
