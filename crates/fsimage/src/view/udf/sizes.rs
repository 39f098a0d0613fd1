//! Sizes of single directories and files, for a count that goes along with the changes of a tree.

use udf::write::{Form, Identifiers, record_identifiers};

use super::{FILE_SET_BLOCKS, Member, UdfDirectory, UdfView};
use crate::plan::PlanOptions;
use crate::tree::{ContentId, FileSystem, NodeId, Tree};
use crate::view::sizes::Taken;
use crate::{Error, Result};

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
        self.look_at(node);
        let records = self.view.record_blocks(tree, node, self.view.identifiers(tree, 0)?.directory_len());
        let Some(id) = self.view.directory_id(tree, 0) else { return Ok(0) };
        let others = self.view.members(tree, id);
        let others = others.map(|(child, member)| self.blocks_beside_files(tree, child, member));
        Ok(1 + records + others.sum::<u64>())
    }

    fn look_at(&mut self, node: NodeId) {
        let directory =
            UdfDirectory { node, parent: 0, subdirectories: 0, icb: 0, records: 0, further_names: 0 };
        self.view.directories.clear();
        self.view.directories.push(directory);
    }

    /// What is to be known of a directory in order to add to it.
    ///
    /// # Errors
    /// As [`UdfSizer::directory_blocks`].
    pub(crate) fn grow(&mut self, tree: &Tree, node: NodeId) -> Result<GrowingIdentifiers> {
        self.look_at(node);
        let identifiers = self.view.identifiers(tree, 0)?;
        let mut growing =
            GrowingIdentifiers { len: identifiers.directory_len(), others: 0, taken: Taken::default() };
        let Some(id) = self.view.directory_id(tree, 0) else { return Ok(growing) };
        for (index, (child, member)) in self.view.members(tree, id).enumerate() {
            growing.taken.take(identifiers.identifier(index));
            growing.others += self.blocks_beside_files(tree, child, member);
        }
        Ok(growing)
    }

    /// Adds what is new in a directory, if no other has its identifier: then it gets that which it would have alone, and the
    /// others keep theirs. Says whether it did.
    ///
    /// # Errors
    /// As [`UdfSizer::directory_blocks`].
    pub(crate) fn add(&self, tree: &Tree, node: NodeId, growing: &mut GrowingIdentifiers) -> Result<bool> {
        let Some(member) = self.view.member(tree, node) else { return Ok(true) };
        let name = tree.name_in(node, FileSystem::Udf);
        let alone = record_identifiers(std::iter::once(name))
            .map_err(|_| Error::NoUniqueName { path: tree.path(node), file_system: FileSystem::Udf })?;
        growing.len += alone.directory_len() - Identifiers::default().directory_len();
        growing.others += self.blocks_beside_files(tree, node, member);
        Ok(growing.taken.take(alone.identifier(0)))
    }

    /// Blocks of a directory to which was added, as [`UdfSizer::directory_blocks`] counts them.
    pub(crate) fn blocks(&self, tree: &Tree, node: NodeId, growing: &GrowingIdentifiers) -> u64 {
        1 + self.view.record_blocks(tree, node, growing.len) + growing.others
    }

    /// Blocks of the ICB of what is neither file nor directory.
    fn blocks_beside_files(&self, tree: &Tree, child: NodeId, member: Member) -> u64 {
        match member {
            Member::File(..) => 0,
            member => self.view.entry_blocks(tree, child, member),
        }
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

/// What a directory takes in UDF, in a form to which names can be added.
pub(crate) struct GrowingIdentifiers {
    /// Bytes of its file identifiers.
    len: usize,
    /// Blocks of what is in it but directories and files.
    others: u64,
    taken: Taken,
}
