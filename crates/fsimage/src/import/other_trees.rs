//! The other trees of a session, taken into the one that was imported, so that each file system shows what it showed.
//!
//! Items are paired directory by directory: files by where their data lie, the others by names, or forms of names, and
//! directories also by the data below them. What a file system calls a paired item becomes its name there; what it does
//! not show is hidden there; and what only it has is hidden everywhere else.

use std::collections::HashSet;

use sector_io::Sector;

use super::names::{says_otherwise, take_udf_attributes};
use super::pairing::{
    Pair, Paired, Pairing, is_directory, take_existence, take_flags, take_name, take_plain_names,
};
use super::visibility::shown_by;
use super::{ImportWarning, ReadTree, kept_by, read_tree, unread_rock_ridge};
use crate::disc::Disc;
use crate::plan::UdfSymlinks;
use crate::tree::{FileSystem, FileSystems, Graft, Kind, NodeId, NodeKind};
use crate::{Control, Error, Result};

/// A tree of a session, and the session's others.
pub(super) struct OtherTrees<'a> {
    pub(super) disc: &'a Disc,
    pub(super) session: u16,
    pub(super) control: &'a Control,
}

impl OtherTrees<'_> {
    /// Takes the names and items of all other trees into `base`. Says which were whole.
    pub(super) fn take_into(
        &self,
        base: &mut ReadTree,
        file_system: FileSystem,
        there: FileSystems,
    ) -> Result<FileSystems> {
        let mut taken = FileSystems::empty();
        let iso9660 = match there.contains(FileSystems::ROCK_RIDGE) {
            true => FileSystem::RockRidge,
            false => FileSystem::Iso9660,
        };
        let own = shown_by(file_system);
        let mut only_there = Vec::new();
        for other in [iso9660, FileSystem::Joliet, FileSystem::Enhanced, FileSystem::Udf] {
            if shown_by(other) != own
                && there.contains(other.as_set())
                && self.take(base, file_system, other, &mut only_there)?
            {
                taken |= kept_by(other);
            }
        }
        let ReadTree { tree, warnings, .. } = base;
        // What the later ones have as well is not told, nor what is below that which is.
        let is_only_there = |node, file_system| tree.hidden_in(node) == all_but(file_system);
        warnings.extend(only_there.into_iter().filter_map(|(node, file_system)| {
            let is_told = is_only_there(node, file_system) && !is_only_there(tree.parent(node), file_system);
            is_told.then(|| ImportWarning::OnlyThere { path: tree.path(node), file_system })
        }));
        Ok(taken)
    }

    /// Says whether it was whole, and adds to `only_there` what only it has of those that were taken so far.
    fn take(
        &self,
        base: &mut ReadTree,
        own: FileSystem,
        file_system: FileSystem,
        only_there: &mut Vec<(NodeId, FileSystem)>,
    ) -> Result<bool> {
        let damaged = |finding: String| ImportWarning::Damaged {
            path: None,
            finding: format!("{file_system}, so that what only it has or hides is not known: {finding}"),
        };
        let read = self.disc.image(Some(self.session), &[file_system]).and_then(|image| {
            let other = read_tree(self.disc, &image, self.disc.source().sectors(), self.control)?;
            let loss = image.losses_of_tree(self.control)?.into_iter().next();
            Ok((other, loss.map(|loss| loss.to_string()), unread_rock_ridge(&image)))
        });
        let (other, loss, unread) = match read {
            Ok(read) => read,
            Err(error @ Error::Cancelled { .. }) => return Err(error),
            Err(error) => {
                base.warnings.push(damaged(error.to_string()));
                return Ok(false);
            }
        };
        base.warnings.extend(unread);
        let told: HashSet<Sector> = base.warnings.iter().filter_map(beyond_end).collect();
        let is_told = |one: &&ImportWarning| beyond_end(one).is_some_and(|sector| told.contains(&sector));
        let new = other.warnings.iter().filter(|one| is_of_one_tree(one) && !is_told(one)).cloned();
        base.warnings.extend(new);
        base.long_names |= other.long_names;
        base.versions = base.versions.and(other.versions);
        if base.relocation_directory.is_none() {
            base.relocation_directory.clone_from(&other.relocation_directory);
            base.recorded_relocation.clone_from(&other.recorded_relocation);
        }
        let is_whole = loss.is_none() && !other.warnings.iter().any(ImportWarning::leaves_out_an_item);
        base.warnings.extend(loss.map(damaged));
        let (warnings, udf_symlinks) = (&mut base.warnings, &mut base.udf_symlinks);
        let pairing = Pairing::new((&base.tree, own), (&other.tree, file_system), other.long_names);
        let graft = Graft::new(&mut base.tree, &other.tree)?;
        let merge = Merge { graft, own, file_system, is_whole, pairing, warnings, only_there, udf_symlinks };
        merge.run(self.control).map(|()| is_whole)
    }
}

/// Where the data of a file begin that pass the end of the image: a file that is told under its name in one tree is not told
/// under that of another.
fn beyond_end(warning: &ImportWarning) -> Option<Sector> {
    match warning {
        ImportWarning::BeyondEnd { sector, .. } => Some(*sector),
        _ => None,
    }
}

/// Whether what one tree loses is not lost by every other of the session in the same words.
fn is_of_one_tree(warning: &ImportWarning) -> bool {
    !matches!(warning, ImportWarning::IncompleteSession { .. } | ImportWarning::ModeTwoFormTwo { .. })
}

/// Where what only this file system has is hidden.
fn all_but(file_system: FileSystem) -> FileSystems {
    FileSystems::all() - shown_by(file_system)
}

struct Merge<'a> {
    graft: Graft<'a>,
    /// What was imported.
    own: FileSystem,
    file_system: FileSystem,
    /// Whether what the file system does not show was not shown. Of a damaged one it may have been lost.
    is_whole: bool,
    pairing: Pairing,
    warnings: &'a mut Vec<ImportWarning>,
    only_there: &'a mut Vec<(NodeId, FileSystem)>,
    udf_symlinks: &'a mut UdfSymlinks,
}

impl Merge<'_> {
    fn run(mut self, control: &Control) -> Result<()> {
        let mut otherwise = false;
        take_existence(self.graft.into, NodeId::ROOT, (self.graft.from, NodeId::ROOT), self.file_system);
        let is_udf = self.file_system == FileSystem::Udf;
        if is_udf {
            let root =
                (self.graft.from.modified(NodeId::ROOT), self.graft.from.attributes_in_udf(NodeId::ROOT));
            take_udf_attributes(self.graft.into, NodeId::ROOT, root);
        }
        let mut pending = vec![(NodeId::ROOT, NodeId::ROOT)];
        while let Some((into, from)) = pending.pop() {
            control.check("nothing was written")?;
            let Paired { pairs, only_here, only_there, stand_ins, .. } =
                self.pairing.pair(self.graft.into, self.graft.from, (into, from))?;
            if self.file_system == FileSystem::RockRidge {
                let of_records = pairs.iter().map(|pair| (pair.here, pair.there)).collect();
                take_plain_names(self.graft.into, (self.graft.from, from), of_records)?;
            }
            for Pair { here: node, there: same, .. } in pairs {
                let (into, from) = (&*self.graft.into, self.graft.from);
                let there = (from.modified(same), from.attributes_in_udf(same));
                if let (NodeKind::Symlink(_), NodeKind::File(content)) = (into.kind(node), from.kind(same))
                    && from.content_len(content) > 0
                {
                    *self.udf_symlinks = UdfSymlinks::Copy;
                }
                if into.is_imported(node) && into.kind(node).kind() == from.kind(same).kind() {
                    match is_udf {
                        true => take_udf_attributes(self.graft.into, node, there),
                        false => otherwise |= says_otherwise((into, node), there, self.file_system),
                    }
                }
                self.name(node, same)?;
                take_flags(self.graft.into, node, (self.graft.from, same), self.file_system);
                self.show(node);
                if is_directory(self.graft.from, same) {
                    pending.push((node, same));
                }
            }
            if !self.is_whole {
                continue;
            }
            for node in only_here {
                self.hide(node);
            }
            for node in only_there {
                let new = self.add(node, into)?;
                if !stand_ins.contains(&node) && self.graft.into.is_imported(into) {
                    self.only_there.push((new, self.file_system));
                }
                if is_directory(self.graft.from, node) {
                    pending.push((new, node));
                }
            }
        }
        if otherwise {
            let (file_system, imported) = (self.file_system, self.own);
            self.warnings.push(ImportWarning::SaysOtherwise { file_system, imported });
        }
        Ok(())
    }

    fn name(&mut self, node: NodeId, there: NodeId) -> Result<()> {
        take_name(self.graft.into, node, (self.graft.from, there), self.file_system)
    }

    fn show(&mut self, node: NodeId) {
        let hidden = self.graft.into.hidden_in(node) - shown_by(self.file_system);
        self.graft.into.hide(node, hidden);
    }

    /// Hides an item that this file system could show.
    fn hide(&mut self, node: NodeId) {
        let kind = self.graft.into.kind(node).kind();
        let holds_all = matches!(self.file_system, FileSystem::RockRidge | FileSystem::Udf);
        if holds_all || matches!(kind, Kind::Directory | Kind::File) {
            let hidden = self.graft.into.hidden_in(node) | shown_by(self.file_system);
            self.graft.into.hide(node, hidden);
        }
    }

    /// Adds an item that only this tree has: under its name, or one with a number where that is taken.
    fn add(&mut self, node: NodeId, into: NodeId) -> Result<NodeId> {
        let own = self.graft.from.name(node).to_vec();
        let NodeKind::Directory(directory) = self.graft.into.kind(into) else { return Ok(into) };
        let mut name = own.clone();
        let mut number = 1u32;
        while self.graft.into.child(directory, &name).is_some() {
            number += 1;
            name =
                [&own[..own.len().min(usize::from(u16::MAX) - 11)], format!("~{number}").as_bytes()].concat();
        }
        let new = self.graft.copy_as(node, into, &name)?;
        self.name(new, node)?;
        self.graft.into.hide(new, all_but(self.file_system));
        Ok(new)
    }
}
