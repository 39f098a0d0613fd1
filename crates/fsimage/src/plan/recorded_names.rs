use super::LayoutPlan;
use crate::Result;
use crate::tree::{FileSystem, NodeId, Tree};

/// What an item is called in one file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedName {
    /// The file system.
    pub file_system: FileSystem,
    /// The name that its readers see, of ISO 9660 and Joliet without a version number where readers leave that out.
    /// Bytes that are no UTF-8 are replaced.
    pub name: String,
    /// The path from the root by which they find the item, with a leading slash. It need not be that of the tree: deep
    /// directories of ISO 9660 may be relocated.
    pub path: String,
}

impl LayoutPlan<'_> {
    /// What an item is called in each file system that shows it, before anything is written. It costs the names of all
    /// items in the directories on the way: for all items of an image, [`LayoutPlan::visit_identifiers`] is quicker.
    ///
    /// ```
    /// use fsimage::{FileSystem, Item, ItemOptions, LayoutPlan, PlanOptions, Tree};
    ///
    /// let mut tree = Tree::new();
    /// let file = tree.add("/docs/read me.html", Item::Bytes(b"text"[..].into()), &ItemOptions::default())?;
    /// let plan = LayoutPlan::new(&tree, PlanOptions::default())?;
    /// let names = plan.recorded_names(file)?;
    /// let plain = names.iter().find(|name| name.file_system == FileSystem::Iso9660).unwrap();
    /// assert_eq!(plain.path, "/DOCS/READ_ME.HTML");
    /// # Ok::<(), fsimage::Error>(())
    /// ```
    ///
    /// # Errors
    /// None that [`LayoutPlan::new`] had not.
    pub fn recorded_names(&self, node: NodeId) -> Result<Vec<RecordedName>> {
        let mut found = Vec::new();
        let mut push = |file_system, names: Option<Vec<String>>| {
            if let Some(names) = names {
                let name = names.last().cloned().unwrap_or_default();
                found.push(RecordedName { file_system, name, path: format!("/{}", names.join("/")) });
            }
        };
        for view in self.views() {
            let names = view.shown_path(self.tree, node)?;
            let posix = names.as_ref().filter(|_| view.has_rock_ridge()).map(|_| posix_path(self.tree, node));
            push(view.file_system(), names);
            push(FileSystem::RockRidge, posix);
        }
        if let Some(udf) = &self.udf {
            push(FileSystem::Udf, udf.view().shown_path(self.tree, node)?);
        }
        if let Some(hfs_plus) = &self.hfs_plus {
            push(FileSystem::HfsPlus, hfs_plus.view().shown_path(self.tree, node)?);
        }
        Ok(found)
    }
}

/// The names that Rock Ridge has of the item and those above it.
fn posix_path(tree: &Tree, node: NodeId) -> Vec<String> {
    let above = std::iter::successors(Some(node), |&at| Some(tree.parent(at)));
    let names = above.take_while(|&at| at != NodeId::ROOT).map(|at| tree.name_in(at, FileSystem::RockRidge));
    let mut names: Vec<String> = names.map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    names.reverse();
    names
}
