//! Where UDF has its ICBs, and by which unique ids it tells them from others.

use udf::partition::VirtualAllocationTable;
use udf::write::{IcbAddress, IcbBlock};

use super::{Continued, FILE_SET_BLOCKS, Member, UdfView};
use crate::tree::{NodeId, Tree};
use crate::view::ContentAddresses;

/// The first unique id but the root's (UDF 3.2.1.1).
pub(super) const FIRST_UNIQUE_ID: u64 = 16;

/// The addresses of the first of the structures.
#[derive(Clone, Copy)]
pub(crate) struct Base {
    /// In the partition that ICBs are addressed in.
    pub(crate) icbs: u32,
    /// In the partition that directories and allocation extents lie in. The same where the partition is.
    pub(crate) directories: u32,
}

impl Base {
    /// Of an ICB in `block`, which has the address `icb`.
    pub(super) fn at(self, icb: u32, block: u32) -> IcbBlock {
        IcbBlock { icb, behind: self.directories.saturating_add(block).saturating_add(1) }
    }
}

/// Where the plan put contents and the partition, for allocation descriptors.
#[derive(Clone, Copy)]
pub(crate) struct DataAddresses<'a> {
    pub(crate) contents: &'a dyn ContentAddresses,
    pub(crate) partition: sector_io::Sector,
}

impl UdfView {
    /// The address of the ICB at `next`, which moves on behind it.
    pub(super) fn take(
        &self,
        next: &mut u64,
        tree: &Tree,
        child: NodeId,
        member: Member,
        base: Base,
    ) -> IcbAddress {
        let block = u32::try_from(*next).unwrap_or(u32::MAX);
        *next += self.entry_blocks(tree, child, member);
        self.address(child, block, base)
    }

    /// While directories are being found, those behind have no address yet.
    pub(super) fn icb_of_directory(&self, place: u32, base: Base) -> IcbAddress {
        match self.directories.get(place as usize) {
            Some(directory) => self.address(directory.node, directory.icb, base),
            None => self.address(NodeId::ROOT, FILE_SET_BLOCKS, base),
        }
    }

    /// The address of a node's ICB, which lies in `block` if it is a new one.
    pub(super) fn address(&self, node: NodeId, block: u32, base: Base) -> IcbAddress {
        match self.continued.as_ref().and_then(|continued| continued.icb(node)) {
            Some(known) => known,
            None => IcbAddress { block: base.icbs.saturating_add(block), unique_id: self.unique_id(block) },
        }
    }

    /// A new ICB's unique id: its block is unique.
    pub(super) fn unique_id(&self, block: u32) -> u64 {
        match &self.continued {
            None if block == FILE_SET_BLOCKS => 0,
            _ => self.first_unique_id() + u64::from(block),
        }
    }

    pub(super) fn first_unique_id(&self) -> u64 {
        self.continued.as_ref().map_or(FIRST_UNIQUE_ID, Continued::next_unique_id)
    }

    /// Further names of a file have ids of their own, as those that Linux makes do.
    pub(super) fn id_of_further_name(&self, number: u32) -> u64 {
        self.first_unique_id() + u64::from(self.blocks) + u64::from(number)
    }

    pub(super) fn next_unique_id(&self) -> u64 {
        self.id_of_further_name(self.further_names)
    }

    /// Enters all ICBs of this session into a virtual allocation table, which has the entries of the state before.
    /// `base` are the addresses of the structures.
    pub(crate) fn enter_icbs(&self, tree: &Tree, base: Base, entries: &mut Vec<u32>) {
        let new = base.icbs as usize;
        entries.resize(new + self.blocks as usize, VirtualAllocationTable::UNUSED);
        let mut enter = |address: IcbAddress, block: u32| {
            if let Some(entry) = entries.get_mut(address.block as usize) {
                *entry = base.directories.saturating_add(block);
            }
        };
        let of_block = |block: u32| IcbAddress { block: base.icbs.saturating_add(block), unique_id: 0 };
        if self.continued.is_none() {
            enter(of_block(0), 0);
        }
        for (place, directory) in self.directories.iter().enumerate() {
            let own = self.own_blocks(*directory);
            if own > 0 {
                enter(self.address(directory.node, directory.icb, base), directory.icb);
            }
            // All of these are below `blocks`.
            let mut block = directory.icb.saturating_add(own);
            for child in self.directory_id(tree, place).into_iter().flat_map(|id| tree.children(id)) {
                let blocks = self.own_entry_blocks(tree, child) as u32;
                if blocks > 0 {
                    enter(self.address(child, block, base), block);
                    block = block.saturating_add(blocks);
                }
            }
        }
        self.visit_stream_icbs(tree, &mut |block| enter(of_block(block), block));
        for released in self.continued.iter().flat_map(Continued::released) {
            if let Some(entry) = entries.get_mut(*released as usize) {
                *entry = VirtualAllocationTable::UNUSED;
            }
        }
    }
}
