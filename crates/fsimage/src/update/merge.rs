//! The tree of the session that brings a medium up to date: the session's own, changed in place, so that what refers to
//! its items still does.

use std::collections::{HashMap, HashSet, VecDeque};

use iso9660::read::Encoding;

use super::aspects::{Aspects, is_same_time};
use super::{Data, Update};
use crate::Result;
use crate::tree::{ContentId, FileSystems, FolderShift, NodeId, NodeKind, Times, Tree};

pub(super) fn run(update: Update) -> Result<Tree> {
    let Update { base, wanted, .. } = &update;
    if base.node_count() == 1 && base.origin().is_none() {
        return Ok(update.wanted);
    }
    let (nodes, contents) = (wanted.node_count(), wanted.content_count());
    let mut merge = Merge {
        encoded: encoded(&update),
        shift: FolderShift::default(),
        ids: vec![NodeId::ROOT; nodes],
        contents: vec![None; contents],
        links: HashMap::new(),
        claimed: HashSet::new(),
        update,
    };
    merge.run()?;
    Ok(merge.update.base)
}

/// Contents of the session that are stored compressed or without their holes, which each name says.
fn encoded(update: &Update) -> HashMap<ContentId, Encoding> {
    let stay = update.fates.iter().filter_map(|fate| fate.base());
    stay.filter_map(|of| match update.base.kind(of) {
        NodeKind::File(content) => Some((content, update.base.imported_encoding(of))),
        _ => None,
    })
    .filter(|(_, encoding)| !encoding.is_plain())
    .collect()
}

struct Merge {
    update: Update,
    encoded: HashMap<ContentId, Encoding>,
    shift: FolderShift,
    /// By node of the sources.
    ids: Vec<NodeId>,
    /// By content of the sources.
    contents: Vec<Option<ContentId>>,
    /// By what names of a link, device or pipe of the sources share: the first of them in the new tree.
    links: HashMap<ContentId, NodeId>,
    /// What such names of the session share, where the sources have some of them.
    claimed: HashSet<ContentId>,
}

impl Merge {
    fn run(&mut self) -> Result<()> {
        self.shift = self.update.base.take_host_folders(&self.update.wanted)?;
        let kept = std::mem::take(&mut self.update.kept);
        self.part_files()?;
        self.settle_attributes(NodeId::ROOT, NodeId::ROOT)?;
        let mut pending = VecDeque::from([NodeId::ROOT]);
        while let Some(node) = pending.pop_front() {
            let parent = self.ids[node.0 as usize];
            let NodeKind::Directory(from) = self.update.wanted.kind(node) else { continue };
            let NodeKind::Directory(to) = self.update.base.kind(parent) else { continue };
            let mut children = Vec::with_capacity(self.update.wanted.child_count(from));
            let of_source: Vec<NodeId> = self.update.wanted.children(from).collect();
            for child in of_source {
                let id = self.settle(child, parent)?;
                self.ids[child.0 as usize] = id;
                children.push(id);
                if matches!(self.update.wanted.kind(child), NodeKind::Directory(_)) {
                    pending.push_back(child);
                }
            }
            children.extend(kept.iter().filter(|(_, directory)| *directory == node).map(|&(old, _)| old));
            self.update.base.set_children(to, children);
        }
        Ok(())
    }

    /// Makes names of the session's files that are files of their own in the sources what they are there, before anything of
    /// the others is changed.
    fn part_files(&mut self) -> Result<()> {
        let Merge { update: Update { base, wanted, data, fates, .. }, contents, .. } = self;
        for (node, fate) in (0..).map(NodeId).zip(fates.iter()) {
            if let Some(id) = fate.base()
                && let (NodeKind::File(new), NodeKind::File(old)) = (wanted.kind(node), base.kind(id))
                && data[new.0 as usize] == Data::Shares(old)
            {
                base.part_file(id)?;
                contents[new.0 as usize] = base.linked_content(id);
            }
        }
        Ok(())
    }

    /// The item of the new tree that an item of the sources becomes.
    fn settle(&mut self, node: NodeId, parent: NodeId) -> Result<NodeId> {
        let fate = self.update.fate(node);
        let Some(id) = fate.base() else {
            let kind = self.kind_of(node)?;
            let Merge { update: Update { base, wanted, .. }, .. } = self;
            let id = base.take_node(wanted, node, parent, kind)?;
            self.settle_links(node, id)?;
            self.finish_new(node, id)?;
            return Ok(id);
        };
        {
            let Update { base, wanted, .. } = &mut self.update;
            match fate.aspects.contains(Aspects::RENAMED) {
                true => base.put(id, parent, wanted.name(node))?,
                false => base.spell(id, wanted.name(node))?,
            }
        }
        let stays = match (self.update.wanted.kind(node), self.update.base.kind(id)) {
            (NodeKind::File(new), NodeKind::File(old)) => match self.update.data[new.0 as usize] {
                Data::Of(same) => same == old,
                _ => self.contents[new.0 as usize] == Some(old),
            },
            (new, old) => !fate.aspects.contains(Aspects::CONTENT) && new.kind() == old.kind(),
        };
        if !stays {
            let is_name_of_another = match self.update.wanted.kind(node) {
                NodeKind::File(new) => matches!(self.update.data[new.0 as usize], Data::Of(_)),
                _ => false,
            };
            let kind = self.kind_of(node)?;
            let Update { base, wanted, .. } = &mut self.update;
            let is_of_one_kind = base.kind(id).kind() == kind.kind();
            let further = base.further_attributes(id).filter(|_| is_of_one_kind && !is_name_of_another);
            base.become_item(id, wanted, node, kind);
            let hidden_in = if is_of_one_kind { base.hidden_in(id) } else { FileSystems::empty() };
            base.hide(id, hidden_in | wanted.hidden_in(node));
            self.settle_links(node, id)?;
            let Update { base, options, .. } = &mut self.update;
            if let Some(further) = further {
                base.keep_further(id, further, !options.extended_attributes, !options.acls)?;
            }
            self.finish_new(node, id)?;
            return Ok(id);
        }
        if let (NodeKind::Symlink(new), NodeKind::Symlink(old)) =
            (self.update.wanted.kind(node), self.update.base.kind(id))
        {
            let Update { base, wanted, .. } = &mut self.update;
            // As far as the session shows it, it is the same.
            if base.link_target(old) != wanted.link_target(new) {
                base.retarget(id, wanted.link_target(new))?;
            }
        }
        self.settle_links(node, id)?;
        self.settle_attributes(node, id)?;
        Ok(id)
    }

    /// Makes a symbolic link, device, pipe or socket a name of what it is a name of in the sources.
    fn settle_links(&mut self, node: NodeId, id: NodeId) -> Result<()> {
        let Merge { update: Update { base, wanted, .. }, links, claimed, .. } = self;
        let content = match wanted.kind(node) {
            NodeKind::File(_) | NodeKind::Directory(_) => return Ok(()),
            _ => wanted.linked_content(node),
        };
        if let Some(&first) = content.as_ref().and_then(|content| links.get(content)) {
            return base.link(id, first);
        }
        match (base.linked_content(id), content) {
            (Some(of), Some(_)) if claimed.insert(of) => {}
            _ => base.part(id),
        }
        links.extend(content.map(|content| (content, id)));
        Ok(())
    }

    /// What an item gets that has nothing of the session but, perhaps, a content.
    fn finish_new(&mut self, node: NodeId, id: NodeId) -> Result<()> {
        if let NodeKind::File(content) = self.update.base.kind(id)
            && let Some(encoding) = self.encoded.get(&content)
        {
            self.update.base.carry_encoding(id, encoding)?;
        }
        self.take_further(node, id, Aspects::all())
    }

    /// What the item of the sources is, in the new tree.
    fn kind_of(&mut self, node: NodeId) -> Result<NodeKind> {
        let Merge { update: Update { base, wanted, data, .. }, shift, contents, .. } = self;
        Ok(match wanted.kind(node) {
            NodeKind::Directory(_) => base.new_directory()?,
            NodeKind::Symlink(target) => {
                NodeKind::Symlink(base.push_link_target(wanted.link_target(target))?)
            }
            NodeKind::File(content) => {
                let place = &mut contents[content.0 as usize];
                let taken = match (*place, data[content.0 as usize]) {
                    (Some(taken), _) | (None, Data::Of(taken)) => taken,
                    (None, Data::Shares(other)) => base.share_content(other)?,
                    (None, Data::New) => base.take_content(wanted, content, *shift)?,
                };
                *place = Some(taken);
                NodeKind::File(taken)
            }
            other => other,
        })
    }

    /// Attributes and times of an item that stays.
    fn settle_attributes(&mut self, node: NodeId, id: NodeId) -> Result<()> {
        let aspects = self.update.fate(node).aspects;
        let Update { base, wanted, .. } = &mut self.update;
        let modified = wanted.modified(node);
        if base.attributes(id) != wanted.attributes(node) {
            base.set_attributes(id, wanted.attributes(node));
        }
        match is_same_time(base.modified(id), modified) {
            _ if wanted.is_undated(node) => {}
            true => base.refine_modified(id, modified),
            false => base.set_modified(id, modified),
        }
        let times = wanted.times(node);
        if times != Times::default() && !aspects.is_empty() {
            base.set_times(id, &times);
        }
        base.hide(id, base.hidden_in(id) | wanted.hidden_in(node));
        self.take_further(node, id, aspects)
    }

    /// Streams and access control lists, where they differ.
    fn take_further(&mut self, node: NodeId, id: NodeId, aspects: Aspects) -> Result<()> {
        let Merge { update: Update { base, wanted, options, .. }, shift, .. } = self;
        if options.extended_attributes && aspects.contains(Aspects::EXTENDED_ATTRIBUTES) {
            base.take_streams_of(id, wanted, node, *shift)?;
        }
        if options.acls && aspects.contains(Aspects::ACL) {
            base.take_acl_of(id, wanted, node);
        }
        Ok(())
    }
}
