//! Directories that Rock Ridge has relocated (RRIP 4.1.5): put back where they belong, and hidden where they lie.

use std::collections::HashMap;
use std::ops::ControlFlow;

use sector_io::{ReadSectors, SECTOR_SIZE};

use super::Directory;
use super::directory::{Located, RelocationDirectory, walk};
use super::entries::{Reader, Shown};
use super::finding::Place;
use super::system_use::{Attributes, Continuations, SystemUse};
use super::volume::{Naming, own_record, plain_name};
use crate::LogicalBlock;
use crate::directory::{DirectoryRecord, PARENT_IDENTIFIER, SELF_IDENTIFIER};

/// Directories of the root that are looked at for the one with the relocated directories: more than one can have a name like
/// it, or an RE entry.
const MOST_SOUGHT: u8 = 8;

impl<R: ReadSectors> Reader<'_, R> {
    /// The directory at `location`, that a `CL` entry stands for. The name gathered so far is kept, and the
    /// attribute list where the directory's own record has none; all else comes from that.
    pub(super) fn bring_back(
        &mut self,
        location: LogicalBlock,
        place: Place,
        skip: usize,
    ) -> Option<(Directory, Shown, Attributes)> {
        const CLAUSE: &str = "RRIP 4.1.5.1";
        if location == self.directory.extent {
            self.lose(place, CLAUSE, "a directory that would be relocated into itself, left out");
            return None;
        }
        if !self.continuations.spend(SECTOR_SIZE as u64) {
            self.lose(place, CLAUSE, "more relocated directories than there is room for, left out");
            return None;
        }
        if let Err(error) = self.volume.read_own_record(location, self.relocated) {
            let message = format_args!("a relocated directory that cannot be read, left out: {error}");
            self.volume.findings.damage(place, CLAUSE, message);
            return None;
        }
        let Some(own) = own_record(self.relocated, location) else {
            self.lose(place, CLAUSE, "a CL entry that leads to no directory; what it stands for is left out");
            return None;
        };
        let name = std::mem::take(&mut self.system_use.name);
        let list = std::mem::take(&mut self.system_use.attribute_list);
        let is_root = location == self.volume.root_directory().extent;
        let skip = match self.volume.naming {
            Naming::RockRidge { skip_in_root, .. } if is_root => skip_in_root,
            _ => skip,
        };
        let area = own.record.system_use.get(skip..).unwrap_or_default();
        let attributes = self.system_use.collect(area, own.place, &mut self.continuations);
        self.system_use.name = name;
        if self.system_use.attribute_list.is_empty() {
            self.system_use.attribute_list = list;
        }
        let directory = Directory { extent: location, len: own.record.data_length };
        Some((directory, Shown::of(&own.record), attributes))
    }

    /// Whether a directory only stands here because it was relocated, or is the one that relocated
    /// directories were put into. Writers mark that one as relocated as well, or not at all.
    pub(super) fn is_hidden(
        &mut self,
        attributes: &Attributes,
        directory: Directory,
        record: &DirectoryRecord<'_>,
        place: Place,
        skip: usize,
    ) -> bool {
        let in_root = self.directory.extent == self.volume.root_directory().extent;
        let by_name = |name: &[u8]| name.strip_prefix(b".").unwrap_or(name).eq_ignore_ascii_case(b"rr_moved");
        let may_be_container = in_root
            && (attributes.is_relocated || by_name(record.identifier) || by_name(&self.system_use.name));
        if !may_be_container || self.sought_containers == MOST_SOUGHT {
            return attributes.is_relocated;
        }
        self.sought_containers += 1;
        let children = self.children(directory, skip);
        match children {
            Children::None | Children::Unknown => attributes.is_relocated,
            Children::AllRelocated(members) => {
                self.sought_containers = MOST_SOUGHT;
                if !attributes.impossible_times.is_empty() {
                    let message = "a TF entry with times that are no date and time of day";
                    self.find(place, "RRIP 4.1.6", message);
                }
                let name = match &self.system_use.name[..] {
                    [] => plain_name(record.identifier),
                    name => name,
                };
                *self.container = Some(RelocationDirectory {
                    name: name.to_vec(),
                    identifier: record.identifier.to_vec(),
                    posix: attributes.posix,
                    times: attributes.times,
                    recorded: record.recorded,
                    members,
                });
                true
            }
            Children::OfRelocated => true,
            Children::Others => {
                if attributes.is_relocated {
                    let message = "an RE entry at a directory that was not relocated, shown all the same";
                    self.find(place, "RRIP 4.1.5.3", message);
                }
                false
            }
        }
    }

    /// What the children of a directory have to do with relocation.
    fn children(&self, directory: Directory, skip: usize) -> Children {
        let mut system_use = SystemUse::default();
        let mut continuations = Continuations::new(&self.volume.source, &self.volume.findings);
        let mut found = Children::None;
        let mut members = HashMap::new();
        let mut piece = Vec::new();
        let walked =
            walk(&self.volume.source, &self.volume.findings, directory, &mut piece, &mut |located| {
                let Located { record, place, .. } = located;
                if record.identifier == SELF_IDENTIFIER {
                    return ControlFlow::Continue(());
                }
                let area = record.system_use.get(skip..).unwrap_or_default();
                let attributes = system_use.collect(area, place, &mut continuations);
                found = if record.identifier == PARENT_IDENTIFIER {
                    if !attributes.has_parent_link {
                        return ControlFlow::Continue(());
                    }
                    Children::OfRelocated
                } else if attributes.is_relocated {
                    members.insert(record.extent, record.identifier.to_vec());
                    Children::AllRelocated(HashMap::new())
                } else {
                    Children::Others
                };
                match found {
                    Children::AllRelocated(_) => ControlFlow::Continue(()),
                    _ => ControlFlow::Break(()),
                }
            });
        match found {
            _ if walked.is_err() => Children::Unknown,
            Children::AllRelocated(_) => Children::AllRelocated(members),
            found => found,
        }
    }
}

enum Children {
    None,
    /// With their identifiers.
    AllRelocated(HashMap<LogicalBlock, Vec<u8>>),
    Others,
    /// The directory itself was relocated: it has a link to its true parent.
    OfRelocated,
    /// The directory cannot be read.
    Unknown,
}
