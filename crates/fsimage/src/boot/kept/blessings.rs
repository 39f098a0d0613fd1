//! What a volume of HFS or HFS+ has blessed, as items of the tree.

use std::io;

use hfsplus::catalog::CatalogThreads;
use hfsplus::{VolumeFinderInfo, VolumeHeader, record_name};
use sector_io::{ReadSectors, SECTOR_SIZE, Sector};

use super::BootLoss;
use crate::emit::read_bytes;
use crate::plan::HfsPlusBlessings;
use crate::tree::{FileSystem, NodeId, NodeKind, Tree};

/// Where `drFndrInfo` is in the master directory block of HFS (Inside Macintosh: Files, 2-60).
const HFS_FINDER_INFO: usize = 92;

/// For each of [`HfsPlusBlessings::ROLES`] that something has, the item, or why it is not known.
#[derive(Clone, Debug)]
pub(super) struct KeptBlessings([Option<Result<NodeId, &'static str>>; 5]);

impl KeptBlessings {
    /// Reads those of the volume that begins there.
    pub(super) fn read(source: &dyn ReadSectors, tree: &Tree, start: Sector) -> KeptBlessings {
        let read =
            |offset: u64, into: &mut [u8]| read_bytes(source, start, offset, into).map_err(io::Error::other);
        let mut sector = [0; SECTOR_SIZE];
        let mut found = KeptBlessings(Default::default());
        if read(0, &mut sector).is_err() {
            return found;
        }
        let header = &sector[VolumeHeader::OFFSET as usize..];
        let volume = VolumeHeader::parse(header).ok();
        let at = if header.starts_with(b"BD") { HFS_FINDER_INFO } else { VolumeHeader::FINDER_INFO };
        let Ok((_, info)) = VolumeFinderInfo::parse(&header[at..]) else { return found };
        let mut threads = volume.and_then(|volume| CatalogThreads::new(&volume, read).ok().flatten());
        let ids = [info.boot_folder, info.startup_file, info.open_folder, info.os9_folder, info.osx_folder];
        for ((item, id), (_, is_folder)) in found.0.iter_mut().zip(ids).zip(HfsPlusBlessings::ROLES) {
            if id.0 == 0 {
                continue;
            }
            *item = Some(match &mut threads {
                None => Err("the catalog of the volume cannot be read, or it is of another kind than HFS+"),
                Some(threads) => threads
                    .path(id)
                    .ok()
                    .flatten()
                    .and_then(|names| lookup(tree, &names))
                    .filter(|&node| is_folder == matches!(tree.kind(node), NodeKind::Directory(_)))
                    .ok_or("what has it in the volume is not in the tree by that name"),
            });
        }
        found
    }

    /// Gives each role to what had it, unless it is given already.
    pub(super) fn put_into(&self, tree: &Tree, blessed: &mut HfsPlusBlessings, losses: &mut Vec<BootLoss>) {
        for ((kept, wanted), (role, _)) in self.0.iter().zip(blessed.items()).zip(HfsPlusBlessings::ROLES) {
            let reason = match kept {
                None => continue,
                Some(_) if wanted.is_some() => continue,
                Some(Ok(node)) if tree.holds(*node) => {
                    *wanted = Some(*node);
                    continue;
                }
                Some(Ok(_)) => "what had it is removed",
                Some(Err(reason)) => *reason,
            };
            losses.push(BootLoss::Blessing { role, reason: format!("{reason}; say which has it now") });
        }
    }
}

/// The item of names as HFS+ records them.
fn lookup(tree: &Tree, names: &[Vec<u16>]) -> Option<NodeId> {
    names.iter().try_fold(NodeId::ROOT, |at, name| {
        let NodeKind::Directory(directory) = tree.kind(at) else { return None };
        let is_it = |&child: &NodeId| record_name(tree.name_in(child, FileSystem::HfsPlus)).0 == *name;
        tree.children(directory).find(is_it)
    })
}
