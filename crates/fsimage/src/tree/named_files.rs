use super::{FileSystem, NodeId, Tree};

/// A file in the root that a text of an imported volume descriptor names (ECMA-119 8.4.20 to 8.4.25, ECMA-167 4/14.1.13 and
/// 4/14.1.14).
#[derive(Clone, Debug)]
pub(crate) struct NamedFile {
    /// Whose descriptor it is.
    pub(crate) file_system: FileSystem,
    /// Which text.
    pub(crate) text: &'static str,
    /// The name as it is recorded.
    pub(crate) name: String,
    pub(crate) node: NodeId,
}

impl Tree {
    /// Remembers which files the texts name.
    pub(crate) fn set_named_files(&mut self, named: Vec<NamedFile>) {
        self.named_files = named;
    }

    pub(crate) fn named_files(&self) -> &[NamedFile] {
        &self.named_files
    }
}
