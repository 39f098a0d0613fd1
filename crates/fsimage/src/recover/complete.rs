//! Files that an interrupted session lost, from the sources that it was recorded from.

use std::collections::HashMap;

use super::salvage::{Check, Salvage};
use crate::Result;
use crate::tree::{ContentId, NodeId, NodeKind, Tree};
use crate::update::is_same_time;

impl Salvage {
    /// Gives files that did not arrive the contents that files of the same path, length and time have in a tree of host
    /// files. They keep the attributes that the session recorded. Of those that stay lost, why is said.
    pub(super) fn complete(&mut self, sources: &Tree) -> Result<()> {
        let Some(imported) = &mut self.imported else { return Ok(()) };
        let tree = &mut imported.tree;
        let shift = tree.take_host_folders(sources)?;
        let mut found: HashMap<ContentId, ContentId> = HashMap::new();
        let mut lost = std::mem::take(&mut self.lost);
        for (&node, reason) in &mut lost {
            match source_of(tree, sources, node) {
                Ok((content, source)) => drop(found.entry(content).or_insert(source)),
                Err(why) => *reason = format!("{reason}; {why}"),
            }
        }
        for (&content, &source) in &found {
            let taken = tree.take_content(sources, source, shift)?;
            let bytes = tree.content(taken).clone();
            tree.set_content(content, bytes);
        }
        for (node, reason) in lost {
            let is_found = matches!(tree.kind(node), NodeKind::File(content) if found.contains_key(&content));
            if is_found && !tree.imported_encoding(node).is_plain() {
                tree.forget_encoding(node)?;
            }
            let check = Check {
                tree,
                source: self.source.as_ref(),
                start: self.start,
                last_good: self.last_good,
                trusted: self.trusted,
            };
            match if is_found { check.problem_of(node) } else { Some(reason) } {
                // Named streams, which no source has in the form in which they were recorded.
                Some(reason) => drop(self.lost.insert(node, reason)),
                None => {
                    self.takes.insert(node);
                    self.completed.push(tree.path(node));
                }
            }
        }
        self.completed.sort();
        Ok(())
    }
}

/// The content of a lost file, and that of the file in the sources that it was recorded from, or why there is none.
fn source_of(
    tree: &Tree,
    sources: &Tree,
    node: NodeId,
) -> std::result::Result<(ContentId, ContentId), &'static str> {
    let NodeKind::File(content) = tree.kind(node) else { return Err("it is no file") };
    let found = sources.lookup(tree.relative_path(node)).ok_or("the sources have no such file")?;
    let NodeKind::File(source) = sources.kind(found) else { return Err("it is no file in the sources") };
    if sources.plain_len(found) != tree.plain_len(node) {
        return Err("the file in the sources has another length");
    }
    if !is_same_time(tree.modified(node), sources.modified(found)) {
        return Err("the file in the sources was modified at another time");
    }
    Ok((content, source))
}
