//! What the kernel knows by number, and how often it was told of it: it is kept until the kernel forgets it.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::sync::{Arc, Mutex, PoisonError};

use super::inode::{self, ROOT};
use crate::ImageEntry;

/// An item by which the kernel knows one.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) entry: Arc<ImageEntry>,
    /// Number of the directory in which it was found first.
    pub(super) parent: u64,
}

struct Held {
    node: Node,
    told: u64,
}

pub(super) struct Nodes {
    root: Node,
    held: Mutex<HashMap<u64, Held>>,
}

impl Nodes {
    pub(super) fn new(root: ImageEntry) -> Nodes {
        Nodes { root: Node { entry: Arc::new(root), parent: ROOT }, held: Mutex::default() }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, number: u64) -> Option<Node> {
        match number {
            ROOT => Some(self.root.clone()),
            number => self.held().get(&number).map(|held| held.node.clone()),
        }
    }

    /// The kernel is told of an item once more. It is given the one that it knows by that number; nothing where that is another
    /// item.
    pub(super) fn tell(&self, number: u64, node: Node) -> Option<Node> {
        match self.held().entry(number) {
            Slot::Vacant(slot) => Some(slot.insert(Held { node, told: 1 }).node.clone()),
            Slot::Occupied(mut slot) => {
                let held = slot.get_mut();
                if !inode::is_same(&held.node.entry, &node.entry) {
                    return None;
                }
                held.told += 1;
                Some(held.node.clone())
            }
        }
    }

    /// The kernel has forgotten that many times of being told.
    pub(super) fn forget(&self, number: u64, times: u64) {
        if let Slot::Occupied(mut slot) = self.held().entry(number) {
            slot.get_mut().told = slot.get().told.saturating_sub(times);
            if slot.get().told == 0 {
                slot.remove();
            }
        }
    }

    /// The path of an item in words.
    pub(super) fn path(&self, node: &Node) -> String {
        let mut names = vec![String::from_utf8_lossy(&node.entry.name).into_owned()];
        let mut at = node.parent;
        // Crafted images lead in circles.
        for _ in 0..crate::disc::MOST_LEVELS {
            let Some(parent) = self.get(at).filter(|_| at != ROOT) else { break };
            names.push(String::from_utf8_lossy(&parent.entry.name).into_owned());
            at = parent.parent;
        }
        names.reverse();
        format!("/{}", names.join("/").trim_start_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Control, DEFAULT_PREFERENCE, Disc, Item, ItemOptions, LayoutPlan, PlanOptions, Tree};

    fn entries() -> Vec<ImageEntry> {
        let mut tree = Tree::new();
        for name in ["/a", "/b"] {
            tree.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions::default()).unwrap();
        }
        let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image");
        crate::write_image(&plan, &path, &Control::default()).unwrap();
        let image = Disc::open(&path).unwrap().image(None, &DEFAULT_PREFERENCE).unwrap();
        image.read_dir(&image.root().unwrap()).unwrap()
    }

    /// As often as the kernel was told of an item, it has to forget it; then nothing is kept.
    #[test]
    fn what_is_forgotten_is_not_kept() {
        let [a, b] = <[ImageEntry; 2]>::try_from(entries()).unwrap();
        let nodes = Nodes::new(a.clone());
        let (a, b) = (Arc::new(a), Arc::new(b));
        let node = |entry: &Arc<ImageEntry>| Node { entry: entry.clone(), parent: ROOT };
        for _ in 0..3 {
            assert!(nodes.tell(7, node(&a)).is_some());
        }
        assert!(nodes.tell(7, node(&b)).is_none(), "another item by the same number");
        nodes.forget(7, 2);
        assert_eq!(nodes.path(&nodes.get(7).unwrap()), "/a");
        nodes.forget(7, 1);
        assert!(nodes.get(7).is_none());
        assert!(nodes.held().is_empty());
        nodes.forget(7, 1);
        assert!(nodes.get(ROOT).is_some());
    }
}
