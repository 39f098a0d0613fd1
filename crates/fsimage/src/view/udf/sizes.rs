//! Sizes of single directories and files, for a count that goes along with the changes of a tree.

use udf::write::Form;

use super::{FILE_SET_BLOCKS, Member, UdfDirectory, UdfView};
use crate::Result;
use crate::plan::PlanOptions;
use crate::tree::{ContentId, NodeId, Tree};

/// Finds what single directories and files take.
pub(crate) struct UdfSizer {
    /// Of the directory that is looked at.
    view: UdfView,
}

impl UdfSizer {
    /// Blocks that are there whatever the tree holds.
    pub(crate) const FIXED_BLOCKS: u64 = FILE_SET_BLOCKS as u64;

    pub(crate) fn new(options: &PlanOptions) -> Result<UdfSizer> {
        Ok(UdfSizer { view: UdfView::blank(options)? })
    }

    pub(crate) fn form(&self) -> Form {
        self.view.form
    }

    /// Blocks of a directory, its ICB and its file identifiers, and of what is in it but directories and files.
    ///
    /// # Errors
    /// [`Error::NoUniqueName`](crate::Error::NoUniqueName).
    pub(crate) fn directory_blocks(&mut self, tree: &Tree, node: NodeId) -> Result<u64> {
        let directory =
            UdfDirectory { node, parent: 0, subdirectories: 0, icb: 0, records: 0, further_names: 0 };
        self.view.directories.clear();
        self.view.directories.push(directory);
        let records = self.view.record_blocks(tree, node, self.view.identifiers(tree, 0)?.directory_len());
        let Some(id) = self.view.directory_id(tree, 0) else { return Ok(0) };
        let others = self.view.members(tree, id).filter(|(_, member)| !matches!(member, Member::File(..)));
        Ok(1 + records
            + others.map(|(child, member)| self.view.entry_blocks(tree, child, member)).sum::<u64>())
    }

    /// Blocks of a file's ICB and what follows it, if UDF holds the content. They are the same for all its names unless
    /// [`UdfSizer::has_attributes`] says otherwise of one.
    pub(crate) fn file_blocks(&self, tree: &Tree, content: ContentId) -> Option<u64> {
        let holds = self.view.holds(tree.content(content));
        holds.then(|| self.view.file_blocks(tree, content, 0))
    }

    /// Whether extended attributes in a file's ICB leave less room there than in those of others.
    pub(crate) fn has_attributes(&self, tree: &Tree, node: NodeId) -> bool {
        self.view.attributes_len(tree, node) > 0
    }

    /// Whether the content lies in its ICB.
    pub(crate) fn embeds(&self, tree: &Tree, content: ContentId) -> bool {
        self.view.embeds(tree, content)
    }
}
