//! Whether `CL` entries lead to directories that were relocated (RRIP 4.1.5).

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::PoisonError;

use sector_io::ReadSectors;

use super::directory::{Records, walk};
use super::finding::{Findings, Place};
use super::system_use::{Continuations, Link, SystemUse};
use super::volume::own_record;
use super::{Directory, DirectoryGuard, Volume};
use crate::LogicalBlock;
use crate::directory::{DirectoryRecord, PARENT_IDENTIFIER};
use crate::rock_ridge::ChildLink;
use crate::susp::{ContinuationArea, entries};

/// What is known of the `CL` entries of a hierarchy.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Where those lead that were looked at.
    targets: BTreeSet<LogicalBlock>,
    /// Directories whose entries these are.
    read: BTreeSet<LogicalBlock>,
    /// Whether they are all there are.
    is_complete: bool,
}

impl<R: ReadSectors> Volume<R> {
    /// Whether a `CL` entry leads to that directory. It is looked for where the directory's `PL` entry says that it is, and only
    /// where it is not there in the whole hierarchy. What is wrong with what is read is not told here.
    pub(super) fn is_led_to(&self, directory: LogicalBlock, skip: usize) -> bool {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = links.targets.contains(&directory);
        if is_known || links.is_complete {
            return is_known;
        }
        let mut sector = Vec::new();
        if self.read_own_record(directory, &mut sector).is_ok() {
            for parent in self.parent_link(&sector, skip).into_iter().flat_map(Link::locations) {
                if links.read.insert(parent)
                    && let Some(parent) = self.directory_at(parent)
                {
                    self.read_links(parent, (skip, false), &mut links.targets, &mut |_| {});
                }
            }
        }
        if !links.targets.contains(&directory) {
            self.read_all_links(skip, &mut links.targets);
            links.is_complete = true;
        }
        links.targets.contains(&directory)
    }

    /// What the `PL` entry says in the first sector of a directory, in the record of its parent, if there is one.
    pub(super) fn parent_link(&self, sector: &[u8], skip: usize) -> Option<Link> {
        let (rest, own) = DirectoryRecord::parse(sector).ok()?;
        let (_, parent) = DirectoryRecord::parse(rest).ok()?;
        if parent.identifier != PARENT_IDENTIFIER {
            return None;
        }
        let findings = Findings::default();
        let mut continuations = Continuations::new(&self.source, &findings);
        let place = Place { sector: own.extent.sector(), offset: 0 };
        let area = parent.system_use.get(skip..)?;
        SystemUse::default().collect(area, PARENT_IDENTIFIER, place, &mut continuations).parent
    }

    /// The directory that begins at a block, by its own record.
    pub(super) fn directory_at(&self, extent: LogicalBlock) -> Option<Directory> {
        let mut sector = Vec::new();
        self.read_own_record(extent, &mut sector).ok()?;
        let len = own_record(&sector, extent)?.record.data_length;
        Some(Directory { extent, len })
    }

    /// Adds where the `CL` entries of one directory lead; with `in_areas`, also of those that stand in continuation areas.
    /// `below` is given the directories that its records lead to.
    fn read_links(
        &self,
        directory: Directory,
        (skip, in_areas): (usize, bool),
        targets: &mut BTreeSet<LogicalBlock>,
        below: &mut dyn FnMut(Directory),
    ) {
        let findings = Findings::default();
        let mut continuations = Continuations::new(&self.source, &findings);
        let (mut system_use, mut piece) = (SystemUse::default(), Vec::new());
        let records = Records { findings: &findings, ..self.records() };
        // What cannot be read shows nothing.
        let _ = walk(records, directory, &mut piece, &mut |located| {
            let record = &located.record;
            let area = record.system_use.get(skip..).unwrap_or_default();
            let may_be_one = entries(area).any(|entry| {
                entry.signature == ChildLink::SIGNATURE
                    || in_areas && entry.signature == ContinuationArea::SIGNATURE
            });
            if may_be_one
                && let Some(link) =
                    system_use.collect(area, record.identifier, located.place, &mut continuations).child
            {
                // None leads to the directory that it is in.
                targets.extend(link.locations().filter(|&location| location != directory.extent));
            } else if record.is_directory()
                && let Some(extent) = record.extent.checked_add(record.extended_attribute_length.into())
            {
                below(Directory { extent, len: record.data_length });
            }
            ControlFlow::Continue(())
        });
    }

    /// Adds where all `CL` entries lead, those in directories among them that only such an entry leads to.
    fn read_all_links(&self, skip: usize, targets: &mut BTreeSet<LogicalBlock>) {
        let mut guard = DirectoryGuard::new();
        let mut pending = vec![self.root_directory()];
        while let Some(directory) = pending.pop() {
            if !guard.enter(&directory) {
                continue;
            }
            let mut found = BTreeSet::new();
            self.read_links(directory, (skip, true), &mut found, &mut |below| pending.push(below));
            let new = found.iter().filter(|&&location| !targets.contains(&location));
            pending.extend(new.filter_map(|&location| self.directory_at(location)));
            targets.append(&mut found);
        }
    }
}
