//! New items in directories that are hidden as the session before hid them.

use crate::Result;
use crate::tree::{FileSystem, FileSystems, NodeId, NodeKind, Tree};

/// Whether a file system has more than directories and files.
fn holds_all(file_system: FileSystem, written: FileSystems) -> bool {
    match file_system {
        FileSystem::Iso9660 => written.contains(FileSystems::ROCK_RIDGE),
        _ => matches!(file_system, FileSystem::Udf | FileSystem::HfsPlus),
    }
}

/// Visits the new items, of those above each other the highest, that are hidden with an imported directory above them
/// and not themselves; each with the file systems of `written` that leave them out for that.
pub(super) fn visit(
    tree: &Tree,
    written: FileSystems,
    visit: &mut dyn FnMut(NodeId, FileSystem) -> Result<()>,
) -> Result<()> {
    if !tree.is_imported(NodeId::ROOT) {
        return Ok(());
    }
    let mut pending = vec![(NodeId::ROOT, FileSystems::empty())];
    while let Some((node, above)) = pending.pop() {
        let NodeKind::Directory(directory) = tree.kind(node) else { continue };
        for child in tree.children(directory) {
            let own = tree.hidden_in(child);
            let is_directory = matches!(tree.kind(child), NodeKind::Directory(_));
            if tree.is_imported(child) {
                if is_directory {
                    pending.push((child, above | own));
                }
                continue;
            }
            let is_held = is_directory || matches!(tree.kind(child), NodeKind::File(_));
            // The records of ISO 9660 are those of Rock Ridge.
            for file_system in FileSystem::ALL.into_iter().filter(|&one| one != FileSystem::RockRidge) {
                let hides = (above - own).intersection(written).contains(file_system.as_set());
                if hides && (is_held || holds_all(file_system, written)) {
                    visit(child, file_system)?;
                }
            }
            if is_directory && above.is_empty() {
                // An imported directory may have been moved there.
                pending.push((child, FileSystems::empty()));
            }
        }
    }
    Ok(())
}
