//! Boot images that have a name in another hierarchy alone than the one that was imported.

use sector_io::Sector;

use super::Imported;
use super::visibility::first_sector;
use crate::Result;
use crate::disc::{Image, ImageEntry};
use crate::tree::{Content, ContentId, FileSystems, Kind, NodeId, NodeKind, Tree};

/// Those that have one by now.
#[derive(Default)]
pub(super) struct NamedImages(Vec<ContentId>);

impl NamedImages {
    /// Puts the file at `path` of a hierarchy, whose data begin at a sector, into the tree if it is a boot image that no
    /// file of the imported tree is: no other hierarchy shows it, nor a directory that only this one has. `false`: it is
    /// none, or there is no place for it in the tree.
    pub(super) fn keep(
        &mut self,
        imported: &mut Imported,
        image: &Image,
        path: &[u8],
        first: u32,
    ) -> Result<bool> {
        let Imported { tree, boot, digests, digests_elsewhere, .. } = imported;
        let is_here = |id: &ContentId| first_sector(tree.content(*id)) == Some(first);
        let known = self.0.iter().copied().find(is_here);
        let Some(content) = known.or_else(|| boot.nameless_images().find(is_here)) else { return Ok(false) };
        let entry = image.lookup(path)?;
        // Of several stretches El Torito knows the first alone.
        let len = match image.ranges(&entry).as_deref() {
            Some(&[(_, len)]) if len == entry.len => len,
            _ => return Ok(false),
        };
        let Ok(short) = u32::try_from(len) else { return Ok(false) };
        let Some(node) = place_of(tree, image, path, &entry, content)? else { return Ok(false) };
        if known.is_none() {
            let before = tree.content_len(content);
            tree.set_content(content, Content::Imported { start: Sector::new(first), len: short });
            boot.name_image(tree, content, node, (before, len));
            let listed = digests_elsewhere.get(path.strip_prefix(b"/").unwrap_or(path));
            if let (Some(algorithm), Some(&digest)) = (*digests, listed) {
                tree.know_digest(algorithm, content, digest);
            }
            self.0.push(content);
        }
        Ok(true)
    }
}

/// The item of the tree at a path of the hierarchy, made if it is not there. `None` where something else is.
fn place_of(
    tree: &mut Tree,
    image: &Image,
    path: &[u8],
    entry: &ImageEntry,
    content: ContentId,
) -> Result<Option<NodeId>> {
    let shows = image.file_system().as_set();
    let mut at = NodeId::ROOT;
    let ends = (1..=path.len()).filter(|&end| path.get(end).is_none_or(|&byte| byte == b'/'));
    let mut begin = 0;
    for end in ends {
        let NodeKind::Directory(directory) = tree.kind(at) else { return Ok(None) };
        let name = &path[begin + 1..end];
        begin = end;
        if let Some(child) = tree.child(directory, name) {
            tree.hide(child, tree.hidden_in(child) - shows);
            at = child;
            continue;
        }
        let own = if end < path.len() { &image.lookup(&path[..end])? } else { entry };
        let kind = match own.kind {
            Kind::Directory => tree.new_directory()?,
            _ => NodeKind::File(content),
        };
        let node = tree.push_imported(at, name, kind, own.attributes, own.modified, &[])?;
        tree.attach(node, directory);
        tree.hide(node, FileSystems::all() - shows);
        at = node;
    }
    Ok((tree.kind(at) == NodeKind::File(content)).then_some(at))
}
