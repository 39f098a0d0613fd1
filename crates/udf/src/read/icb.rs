//! Information control blocks (ECMA-167 4/14.6): finding the entry that is in force.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Error;
use super::finding::Place;
use super::node::Node;
use super::space::{Space, Window};
use crate::file::{IndirectEntry, Strategy};
use crate::partition::Replica;
use crate::{Descriptor, LbAddr, TagId};

/// Indirect entries that are followed from one ICB on.
const MOST_INDIRECT: usize = 1024;

/// Memory for reading ICBs; it is used again for each.
#[derive(Debug, Default)]
pub(super) struct IcbBuffer {
    /// Blocks read together; the entry in force is in one of them.
    window: Window,
    /// The fields of that entry.
    fields: Option<Node<'static>>,
}

/// Where chains of indirect entries lead (strategy 4096), for each ICB on the way: none is followed twice.
#[derive(Debug, Default)]
pub(super) struct Chains(Mutex<BTreeMap<LbAddr, LbAddr>>);

impl Chains {
    fn ends(&self) -> MutexGuard<'_, BTreeMap<LbAddr, LbAddr>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the entry in force was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) at: LbAddr,
    pub(super) place: Place,
}

const STRUCTURE: &str = "file entry (ECMA-167 4/14.9)";

impl IcbBuffer {
    /// Forgets the blocks read before: the source may be another.
    pub(super) fn reset(&mut self) {
        self.window.forget();
    }

    /// The entry of the ICB at `at`: with strategy 4096 the last one of its chain.
    ///
    /// # Errors
    /// [`Error::Corrupt`], [`Error::Read`].
    pub(super) fn read(&mut self, space: Space<'_>, at: LbAddr) -> Result<(Node<'_>, Found), Error> {
        let mut found = self.read_direct(space, at)?;
        let strategy = self.node(found)?.icb.strategy;
        if strategy == Strategy::CHAIN {
            let end = self.follow(space, at)?;
            found = self.read_direct(space, end)?;
        } else if strategy != Strategy::DIRECT {
            let message = format_args!("ICB strategy {}, read as if it were 4", strategy.0);
            space.findings.odd(found.place, "UDF 2.3.5.1", message);
        }
        Ok((self.node(found)?, found))
    }

    fn node(&self, found: Found) -> Result<Node<'_>, Error> {
        let fields = self.fields.ok_or_else(|| Error::Corrupt {
            sector: found.place.sector(),
            structure: STRUCTURE,
            detail: "no entry".to_owned(),
        })?;
        Ok(fields.with_areas(self.window.last()))
    }

    /// Keeps the direct entry at `at`, from whichever replica has it.
    fn read_direct(&mut self, space: Space<'_>, at: LbAddr) -> Result<Found, Error> {
        let first = self.read_replica(space, at, Replica::Main);
        match first {
            Err(error) if space.has_mirror(at.partition) => {
                let found = self.read_replica(space, at, Replica::Mirror).map_err(|_| error)?;
                from_mirror(space, at, "a file entry");
                Ok(found)
            }
            other => other,
        }
    }

    fn read_replica(&mut self, space: Space<'_>, at: LbAddr, replica: Replica) -> Result<Found, Error> {
        let run = space.locate(at, replica)?;
        let place = space.place(run.start);
        let block = self.window.block(space, run.start)?;
        let node = Node::parse(block).map_err(|error| space.corrupt(place, STRUCTURE, error.to_string()))?;
        if node.tag.location != at.block {
            let recorded = node.tag.location;
            let message = format_args!("a file entry recorded for block {recorded}, at block {}", at.block);
            space.findings.odd(place, "4/7.2.8", message);
        }
        self.fields = Some(node.without_areas());
        Ok(Found { at, place })
    }

    /// Follows indirect entries from the ICB at `start` to the last one with a direct entry.
    fn follow(&mut self, space: Space<'_>, start: LbAddr) -> Result<LbAddr, Error> {
        let mut path = vec![start];
        let mut at = start;
        let mut next_block = Vec::new();
        while path.len() <= MOST_INDIRECT {
            if let Some(&end) = space.chains.ends().get(&at) {
                at = end;
                break;
            }
            let Some(block) = at.block.checked_add(1) else { break };
            let entry = LbAddr { block, ..at };
            // A block that is not recorded, or anything else, ends the chain.
            let Ok(place) = space.read_logical(entry, Replica::Main, &mut next_block) else { break };
            let Ok(indirect) = IndirectEntry::parse(&next_block) else { break };
            let icb = indirect.indirect_icb;
            let next = LbAddr { block: icb.block, partition: icb.partition };
            if icb.length() == 0 {
                break;
            }
            if path.contains(&next) {
                let message =
                    format_args!("a chain of ICBs that leads back to itself; its last entry is taken");
                space.findings.damage(place, "4/14.7", message);
                break;
            }
            if self.read_direct(space, next).is_err() {
                let message = format_args!(
                    "an indirect entry to something that is no ICB; the entry before it is taken"
                );
                space.findings.damage(place, "4/14.7", message);
                break;
            }
            at = next;
            path.push(next);
        }
        space.chains.ends().extend(path.into_iter().map(|passed| (passed, at)));
        Ok(at)
    }
}

/// Tells of a block of the metadata file that is lost: what it holds was taken from the mirror.
pub(super) fn from_mirror(space: Space<'_>, at: LbAddr, what: &str) {
    let from = match space.locate(at, Replica::Main) {
        Ok(_) => "is lost here, and taken from the metadata mirror",
        Err(_) => "is nowhere in the metadata file, and taken from here, in its mirror",
    };
    space.findings.copy_lost(space.place_of(at), "UDF 2.2.13", format_args!("{what} {from}"));
}

/// Whether a block of the volume begins with a valid tag of a file entry of either kind.
pub(super) fn is_file_entry(block: &[u8]) -> bool {
    matches!(
        block.first_chunk::<2>().map(|id| TagId(u16::from_le_bytes(*id))),
        Some(TagId::FILE_ENTRY | TagId::EXTENDED_FILE_ENTRY)
    ) && Node::parse(block).is_ok()
}
