//! What of a plan's tree the file systems cannot keep, counted and told.

use sector_io::SectorCount;

use super::{LayoutPlan, Notice, NoticeCounts, hidden_with_directory, visit_files};
use crate::tree::FileSystems;
use crate::view::ContentAddresses;
use crate::{Error, Result};

impl LayoutPlan<'_> {
    pub(super) fn check_strict(&self) -> Result<()> {
        let count = self.notice_counts().total();
        if !self.options.strict || count == 0 {
            return Ok(());
        }
        self.check_volume_names()?;
        match self.first_changes(1).pop() {
            Some(first) => Err(Error::Strict { first: Box::new(first), count }),
            None => Ok(()),
        }
    }

    /// The first of the notices that tell of a change or a loss ([`Notice::is_change`]), and no more than `most`.
    pub fn first_changes(&self, most: usize) -> Vec<Notice> {
        let mut first = Vec::new();
        // It stops where enough are found, by failing.
        let _ = self.visit_notices(&mut |notice| {
            if first.len() == most {
                return Err(Error::Cancelled { state: String::new() });
            }
            first.extend(Some(notice).filter(Notice::is_change));
            Ok(())
        });
        first
    }

    /// How many names and items the file systems cannot keep as they are.
    pub fn notice_counts(&self) -> NoticeCounts {
        let mut of_volume = NoticeCounts::default();
        for notice in self.volume_notices() {
            match notice {
                Notice::NoSuchFile { .. } => of_volume.no_such_files += 1,
                Notice::AsBefore(_) => of_volume.as_before += 1,
                Notice::TypesDropped => of_volume.types_dropped += 1,
                _ => of_volume.texts_changed += 1,
            }
        }
        // It fails only where what is called does.
        let _ = self.visit_hidden_with_directory(&mut |_| {
            of_volume.dropped += 1;
            Ok(())
        });
        let _ = self.visit_behind_partition(&mut |_| {
            of_volume.behind_partition += 1;
            Ok(())
        });
        let udf = self.udf.as_ref().map(|udf| udf.view().notice_counts()).unwrap_or_default();
        let hfs_plus = self.hfs_plus.as_ref().map(|plan| plan.view().notice_counts()).unwrap_or_default();
        let others = udf.and(hfs_plus);
        self.views().iter().fold(of_volume, |sum, view| sum.and(view.notice_counts())).and(others)
    }

    fn visit_hidden_with_directory(&self, visit: &mut dyn FnMut(Notice) -> Result<()>) -> Result<()> {
        hidden_with_directory::visit(self.tree, self.options.file_systems, &mut |node, file_system| {
            visit(Notice::HiddenWithDirectory { path: self.tree.path(node), file_system })
        })
    }

    fn visit_behind_partition(&self, visit: &mut dyn FnMut(Notice) -> Result<()>) -> Result<()> {
        let Some(end) = self.boot.mountable_end() else { return Ok(()) };
        if self.placement.first_behind(self.tree, end).is_none() {
            return Ok(());
        }
        let shown = FileSystems::ISO9660 | FileSystems::JOLIET | FileSystems::ENHANCED;
        let mut visited = Ok(());
        visit_files(self.tree, self.options.file_systems & shown, &mut |node, content| {
            let len = SectorCount::for_bytes(self.tree.content_len(content)).unwrap_or_default();
            let file_end = self.placement.start_of(content).and_then(|start| start.checked_add(len));
            if visited.is_ok() && file_end.is_some_and(|file_end| file_end > end) {
                visited = visit(Notice::BehindPartition { path: self.tree.path(node) });
            }
        });
        visited
    }

    /// Tells each of these, file system by file system, directory by directory.
    ///
    /// # Errors
    /// The first error of `visit`.
    pub fn visit_notices(&self, visit: &mut dyn FnMut(Notice) -> Result<()>) -> Result<()> {
        self.volume_notices().into_iter().try_for_each(&mut *visit)?;
        self.visit_hidden_with_directory(visit)?;
        self.visit_behind_partition(visit)?;
        self.views().iter().try_for_each(|view| view.visit_notices(self.tree, visit))?;
        self.udf.iter().try_for_each(|udf| udf.view().visit_notices(self.tree, visit))?;
        self.hfs_plus.iter().try_for_each(|plan| plan.view().visit_notices(self.tree, visit))
    }
}
