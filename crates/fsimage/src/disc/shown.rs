//! What a hierarchy shows, in the order of its records.

use std::ops::ControlFlow;

use super::image::Buffers;
use super::walk::enter;
use super::{Image, ImageEntry};
use crate::tree::Kind;
use crate::{Control, Result};

/// An item that a hierarchy shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// A file with data, and their first sector.
    Data(u32),
    /// Another item without data.
    Bare,
    /// A directory, the root among them.
    Directory {
        /// Whether nothing is in it.
        is_empty: bool,
    },
}

/// Is given what makes an item's path, the item, and what is recorded of it.
type VisitShown<'v> = dyn FnMut(&dyn Fn() -> Vec<u8>, Shown, &ImageEntry) + 'v;

impl Image {
    /// Visits all items; a directory behind what it holds. The path begins with a slash, and is empty for the root; it is
    /// made when it is asked for.
    ///
    /// # Errors
    /// Those of reading directories, and of directories that are reached twice; [`Error::Cancelled`](crate::Error).
    pub(crate) fn visit_shown(&self, control: &Control, visit: &mut VisitShown<'_>) -> Result<()> {
        let mut guard = self.guard();
        let mut buffers = Buffers::default();
        let mut pending: Vec<(ImageEntry, Vec<u8>, u32)> = vec![(self.root()?, Vec::new(), 0)];
        while let Some((directory, path, level)) = pending.pop() {
            control.check("nothing was written")?;
            if !enter(&mut guard, &directory, &path, level)? {
                continue;
            }
            let mut is_empty = true;
            let below = |name: &[u8]| [&path, &b"/"[..], name].concat();
            self.visit(&directory, &mut buffers, &mut |name, entry| {
                is_empty = false;
                let entry = entry();
                match entry.kind {
                    Kind::Directory => pending.push((entry, below(name), level + 1)),
                    Kind::File if entry.len > 0 => {
                        if let Some(first) = self.first_sector(&entry) {
                            visit(&|| below(name), Shown::Data(first), &entry);
                        }
                    }
                    _ => visit(&|| below(name), Shown::Bare, &entry),
                }
                ControlFlow::Continue(())
            })?;
            visit(&|| path.clone(), Shown::Directory { is_empty }, &directory);
        }
        Ok(())
    }
}

impl ImageEntry {
    /// Whether it has flags of existence (ECMA-119 9.1.6, ECMA-167 4/14.4.3), or those of UDF that a tree holds, or nobody
    /// has it.
    pub(crate) fn has_marks(&self) -> bool {
        self.is_concealed || !self.udf_flags.is_empty() || self.is_owner_open
    }
}
