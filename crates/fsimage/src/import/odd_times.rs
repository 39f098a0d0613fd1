//! Times of imported items that are none, or whose zone is none.

use iso9660::read::Entry;

use super::ImportWarning;
use super::counted::Counted;
use crate::tree::FileSystem;

/// Items with such times in one structure of a hierarchy of ISO 9660.
#[derive(Default)]
pub(super) struct OddTimes {
    times: Counted,
    offsets: Counted,
}

impl OddTimes {
    /// Looks at the `TF` entries of an item.
    pub(super) fn take_stamps(&mut self, entry: &Entry<'_>, path: impl Fn() -> String) {
        self.take(!entry.impossible_times.is_empty(), !entry.impossible_offsets.is_empty(), path);
    }

    /// Looks at the directory record of an item.
    pub(super) fn take_record(&mut self, entry: &Entry<'_>, path: impl Fn() -> String) {
        self.take(entry.recorded.is_impossible(), entry.recorded.has_impossible_offset(), path);
    }

    fn take(&mut self, is_time: bool, is_offset: bool, path: impl Fn() -> String) {
        if is_time {
            self.times.add(&path);
        }
        if is_offset {
            self.offsets.add(&path);
        }
    }

    /// The warnings, if there are any, for what such a file system has.
    pub(super) fn told(&self, file_system: FileSystem) -> impl Iterator<Item = ImportWarning> {
        let times = self.times.told(|path, items| ImportWarning::ImpossibleTime { path, items, file_system });
        let offsets =
            self.offsets.told(|path, items| ImportWarning::ImpossibleOffset { path, items, file_system });
        times.into_iter().chain(offsets)
    }
}
