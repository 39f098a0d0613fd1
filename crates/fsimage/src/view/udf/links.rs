use udf::write::SymlinkData;

use crate::tree::{FileSystems, NodeId, NodeKind, Tree};

/// Symbolic links that are followed one after the other, as Linux has it.
const MOST_LINKS: u32 = 40;

/// The file that a symbolic link leads to, within the tree and by what UDF shows; `None` if it leads elsewhere.
/// An absolute target begins at the root of the tree.
pub(crate) fn file_behind(tree: &Tree, link: NodeId) -> Option<NodeId> {
    let mut links = 0;
    // Names yet to be looked up, the next one last.
    let mut names: Vec<&[u8]> = Vec::new();
    let mut at = link;
    loop {
        match tree.kind(at) {
            NodeKind::Symlink(target) => {
                links += 1;
                if links > MOST_LINKS {
                    return None;
                }
                let target = tree.link_target(target);
                at = if target.starts_with(b"/") { NodeId::ROOT } else { tree.parent(at) };
                names.extend(target.split(|&byte| byte == b'/').rev());
            }
            NodeKind::Directory(directory) => match names.pop()? {
                b"" | b"." => {}
                b".." => at = tree.parent(at),
                name => {
                    let is_shown = |child: &NodeId| !tree.hidden_in(*child).contains(FileSystems::UDF);
                    at = tree.child(directory, name).filter(is_shown)?;
                }
            },
            NodeKind::File(_) if names.is_empty() => return Some(at),
            _ => return None,
        }
    }
}

/// Whether UDF records one and the same of two targets of symbolic links: names that are not empty, as far as they fit, and no
/// slashes (UDF 2.3.13).
pub(crate) fn is_same_target(one: &[u8], other: &[u8]) -> bool {
    one == other || SymlinkData::new(one).bytes == SymlinkData::new(other).bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Item, ItemOptions};

    #[test]
    fn links_are_followed_within_the_tree() {
        let mut tree = Tree::new();
        let mut add = |path: &str, item: Item<'_>| tree.add(path, item, &ItemOptions::default()).unwrap();
        let file = add("/d/file", Item::Bytes(b"x"[..].into()));
        let links = [
            ("/d/a", "file", true),
            ("/b", "d/a", true),
            ("/d/c", "/d/../b", true),
            ("/d/slash", "file/", false),
            ("/dir", "d", false),
            ("/up", "../../d/file", true),
            ("/through", "dir/file", true),
            ("/loop", "loop", false),
            ("/out", "/etc/passwd", false),
        ];
        let nodes: Vec<NodeId> =
            links.iter().map(|(path, target, _)| add(path, Item::Symlink(target.as_bytes()))).collect();
        for (node, (path, _, found)) in nodes.iter().zip(links) {
            assert_eq!(file_behind(&tree, *node), found.then_some(file), "{path}");
        }
        tree.hide(file, FileSystems::UDF);
        assert_eq!(file_behind(&tree, nodes[0]), None);
    }
}
