//! Directories that Rock Ridge has relocated (RRIP 4.1.5): put back where they belong, and hidden where they lie.

use std::collections::HashMap;
use std::fmt;
use std::ops::ControlFlow;

use sector_io::{ReadSectors, SECTOR_SIZE};

use super::directory::{Located, RelocationDirectory, walk};
use super::entries::{DIRECTORY, Reader, Shown, TYPE};
use super::finding::Place;
use super::halves::told_halves;
use super::system_use::{Attributes, Continuations, Link, SystemUse};
use super::volume::{Naming, own_record, plain_name};
use super::{Directory, Entry};
use crate::LogicalBlock;
use crate::directory::{DirectoryRecord, PARENT_IDENTIFIER, SELF_IDENTIFIER};

/// Directories of the root that are looked at for the one with the relocated directories: more than one can have a name like
/// it, or an RE entry.
const MOST_SOUGHT: u8 = 8;

/// Bytes of records that wait for the end of their directory.
const MOST_HIDDEN: usize = 1 << 20;

/// Clauses of `CL` and `PL`.
const CHILD_LINK: &str = "RRIP 4.1.5.1";
const PARENT_LINK: &str = "RRIP 4.1.5.2";

/// Clause of `RE`.
const RELOCATED: &str = "RRIP 4.1.5.3";

/// Why a directory is no entry where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hidden {
    /// It was relocated, and is shown in its place.
    Relocated,
    /// All in it are relocated.
    Container,
    /// It would be either, and has nothing in it.
    Empty,
}

/// A record of a directory that is hidden unless it is lost.
pub(super) struct HiddenRecord {
    why: Hidden,
    place: Place,
    bytes: Vec<u8>,
}

impl<R: ReadSectors> Reader<'_, R> {
    /// The directory that a `CL` entry of this record leads to. The name gathered so far is kept, and the
    /// attribute list where the directory's own record has none; all else comes from that.
    pub(super) fn bring_back(
        &mut self,
        link: Link,
        record: &DirectoryRecord<'_>,
        place: Place,
        skip: usize,
    ) -> Option<(Directory, Shown, Attributes)> {
        let shown = self.shown(record);
        let lose = |what: fmt::Arguments<'_>| {
            let message = format_args!("the CL entry of '{shown}' leads to {what}, left out");
            self.volume.findings.damage(place, CHILD_LINK, message);
        };
        let location = self.taken(link);
        if location == self.directory.extent {
            lose(format_args!("the directory that it is in"));
            return None;
        }
        if !self.continuations.spend(SECTOR_SIZE as u64) {
            lose(format_args!("one more relocated directory than there is room for"));
            return None;
        }
        if let Err(error) = self.volume.read_own_record(location, self.relocated) {
            lose(format_args!("what cannot be read: {error}"));
            return None;
        }
        let Some(own) = own_record(self.relocated, location) else {
            lose(format_args!("block {location}, where no directory begins"));
            return None;
        };
        self.check_links(&shown, link, location, place, skip);
        let name = std::mem::take(&mut self.system_use.name);
        let list = std::mem::take(&mut self.system_use.attribute_list);
        let is_root = location == self.volume.root_directory().extent;
        let skip = match self.volume.naming {
            Naming::RockRidge { skip_in_root, .. } if is_root => skip_in_root,
            _ => skip,
        };
        let area = own.record.system_use.get(skip..).unwrap_or_default();
        let attributes = self.system_use.collect(area, SELF_IDENTIFIER, own.place, &mut self.continuations);
        self.system_use.name = name;
        if self.system_use.attribute_list.is_empty() {
            self.system_use.attribute_list = list;
        }
        let directory = Directory { extent: location, len: own.record.data_length };
        Some((directory, Shown::of(&own.record), attributes))
    }

    /// Where a `CL` entry leads: of two halves, the one where a directory begins.
    fn taken(&self, link: Link) -> LogicalBlock {
        let Some(other) = link.other else { return link.location };
        let is_directory = |location| self.volume.directory_at(location).is_some();
        if !is_directory(link.location) && is_directory(other) { other } else { link.location }
    }

    /// Tells where the links between a relocated directory and its place do not agree. Its first sector is read.
    fn check_links(&self, shown: &str, link: Link, location: LogicalBlock, place: Place, skip: usize) {
        let findings = &self.volume.findings;
        let differ = |signature: &str, clause: &'static str, link: Link, taken: LogicalBlock| {
            if let Some(other) = link.other {
                let halves = told_halves(link.location.get(), other.get(), taken.get());
                let message = format_args!(
                    "the halves of the number in the {signature} entry of '{shown}' differ: {halves}"
                );
                findings.copy_lost(place, clause, message);
            }
        };
        differ("CL", CHILD_LINK, link, location);
        let above = self.directory.extent;
        match self.volume.parent_link(self.relocated, skip) {
            Some(back) if back.locations().any(|location| location == above) => {
                differ("PL", PARENT_LINK, back, above);
            }
            Some(Link { location, .. }) => {
                let message = format_args!(
                    "the PL entry of '{shown}' leads to block {location}, its CL entry is in the directory at block {above}"
                );
                findings.odd(place, PARENT_LINK, message);
            }
            None => {
                let message = format_args!("'{shown}', a relocated directory, has no PL entry");
                findings.odd(place, PARENT_LINK, message);
            }
        }
    }

    /// The name of a record of which the System Use was read last, in words.
    fn shown(&self, record: &DirectoryRecord<'_>) -> String {
        let name = match &self.system_use.name[..] {
            [] => plain_name(record.identifier),
            name => name,
        };
        String::from_utf8_lossy(name).into_owned()
    }

    /// Whether a record stood in the place of a relocated directory, and its `CL` entry is gone, which is told.
    pub(super) fn is_lost_directory(
        &self,
        attributes: &Attributes,
        record: &DirectoryRecord<'_>,
        place: Place,
    ) -> bool {
        let is_directory = attributes.posix.is_some_and(|posix| posix.mode & TYPE == DIRECTORY);
        let is_lost = is_directory && record.data_length == 0;
        if is_lost {
            let shown = self.shown(record);
            let message = format_args!(
                "'{shown}' is said to be a directory, its record is none, and no CL entry leads to one; left out"
            );
            self.volume.findings.damage(place, CHILD_LINK, message);
        }
        is_lost
    }

    /// Why a directory only stands here, if so: it was relocated, or is the one that relocated
    /// directories were put into. Writers mark that one as relocated as well, or not at all.
    pub(super) fn hidden(
        &mut self,
        attributes: &Attributes,
        directory: Directory,
        located: &Located<'_>,
        skip: usize,
    ) -> Option<Hidden> {
        let Located { record, place, .. } = located;
        let by_mark = attributes.is_relocated.then_some(Hidden::Relocated);
        let in_root = self.directory.extent == self.volume.root_directory().extent;
        let by_name = |name: &[u8]| name.strip_prefix(b".").unwrap_or(name).eq_ignore_ascii_case(b"rr_moved");
        let may_be_container = in_root
            && (attributes.is_relocated || by_name(record.identifier) || by_name(&self.system_use.name));
        if !may_be_container || self.sought_containers == MOST_SOUGHT {
            return by_mark;
        }
        self.sought_containers += 1;
        let children = self.children(directory, skip);
        match children {
            Children::None => by_mark.map(|_| Hidden::Empty),
            Children::Unknown => by_mark,
            Children::AllRelocated { members, unmarked } => {
                for (place, member) in unmarked {
                    let message = format_args!(
                        "'{member}', a directory of the relocation folder, has no RE entry; it is shown where its CL \
                         entry is"
                    );
                    self.volume.findings.odd(place, RELOCATED, message);
                }
                self.sought_containers = MOST_SOUGHT;
                if !attributes.impossible_times.is_empty() {
                    let message = "a TF entry with times that are no date and time of day";
                    self.find(*place, "RRIP 4.1.6", message);
                }
                if !attributes.impossible_offsets.is_empty() {
                    let message = "a TF entry with times in a zone that is none, read as UTC";
                    self.find(*place, "RRIP 4.1.6", message);
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
                Some(Hidden::Container)
            }
            Children::OfRelocated => Some(Hidden::Relocated),
            Children::Others => {
                if attributes.is_relocated {
                    let message = "an RE entry at a directory that was not relocated, shown all the same";
                    self.find(*place, RELOCATED, message);
                }
                None
            }
        }
    }

    /// Whether a directory that is hidden if it is not lost is shown at once. It is kept for [`Reader::emit_lost`], as long as
    /// there is room.
    pub(super) fn is_shown_at_once(
        &mut self,
        why: Hidden,
        directory: Directory,
        located: &Located<'_>,
        skip: usize,
    ) -> bool {
        let Located { record, bytes, place } = located;
        if why == Hidden::Empty {
            return false;
        }
        if self.hidden_bytes.saturating_add(bytes.len()) > MOST_HIDDEN {
            return self.is_lost(why, directory, skip);
        }
        self.hidden_bytes += bytes.len();
        self.hidden.push(HiddenRecord { why, place: *place, bytes: record.with_its_extent(bytes) });
        false
    }

    fn is_lost(&self, why: Hidden, directory: Directory, skip: usize) -> bool {
        let is_led_to = |location: LogicalBlock| self.volume.is_led_to(location, skip);
        match why {
            Hidden::Empty => false,
            Hidden::Relocated => !is_led_to(directory.extent),
            Hidden::Container => {
                let container = self.container.as_ref();
                container.is_some_and(|container| !container.members.keys().all(|&member| is_led_to(member)))
            }
        }
    }

    /// Visits the directories that were to be hidden, and are lost.
    pub(super) fn emit_lost(
        &mut self,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Naming::RockRidge { skip, places_only, .. } = self.volume.naming else {
            return ControlFlow::Continue(());
        };
        for HiddenRecord { why, place, bytes } in std::mem::take(&mut self.hidden) {
            let Ok((_, record)) = DirectoryRecord::parse(&bytes) else { continue };
            let located = Located { record, bytes: &bytes, place };
            if self.is_lost(why, self.directory_of(&record, place), skip) {
                self.emit_rock_ridge(&located, (skip, places_only), Some(why), visit)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Tells that a relocated directory is shown where it lies.
    pub(super) fn tell_lost(&self, record: &DirectoryRecord<'_>, place: Place) {
        let shown = self.shown(record);
        let message =
            format_args!("no CL entry leads to '{shown}', a relocated directory; it is shown where it lies");
        self.volume.findings.damage(place, CHILD_LINK, message);
    }

    /// What the children of a directory have to do with relocation.
    fn children(&self, directory: Directory, skip: usize) -> Children {
        let mut system_use = SystemUse::default();
        let mut continuations = Continuations::new(&self.volume.source, &self.volume.findings);
        let mut found = Children::None;
        let (mut members, mut unmarked) = (HashMap::new(), Vec::new());
        let mut piece = Vec::new();
        let walked = walk(self.volume.records(), directory, &mut piece, &mut |located| {
            let Located { record, place, .. } = located;
            if record.identifier == SELF_IDENTIFIER {
                return ControlFlow::Continue(());
            }
            let area = record.system_use.get(skip..).unwrap_or_default();
            let attributes = system_use.collect(area, record.identifier, place, &mut continuations);
            found = if record.identifier == PARENT_IDENTIFIER {
                if attributes.parent.is_none() {
                    return ControlFlow::Continue(());
                }
                Children::OfRelocated
            } else if attributes.is_relocated || self.has_lost_its_mark(&record, skip) {
                members.insert(record.extent, record.identifier.to_vec());
                if !attributes.is_relocated {
                    let name = match &system_use.name[..] {
                        [] => plain_name(record.identifier),
                        name => name,
                    };
                    unmarked.push((place, String::from_utf8_lossy(name).into_owned()));
                }
                Children::AllRelocated { members: HashMap::new(), unmarked: Vec::new() }
            } else {
                Children::Others
            };
            match found {
                Children::AllRelocated { .. } => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            }
        });
        match found {
            _ if walked.is_err() => Children::Unknown,
            Children::AllRelocated { .. } => Children::AllRelocated { members, unmarked },
            found => found,
        }
    }

    /// Whether a directory without an `RE` entry was relocated: it has a link to its true parent, and one leads back.
    fn has_lost_its_mark(&self, record: &DirectoryRecord<'_>, skip: usize) -> bool {
        let mut sector = Vec::new();
        record.is_directory()
            && self.volume.read_own_record(record.extent, &mut sector).is_ok()
            && self.volume.parent_link(&sector, skip).is_some()
            && self.volume.is_led_to(record.extent, skip)
    }
}

enum Children {
    None,
    AllRelocated {
        /// With their identifiers.
        members: HashMap<LogicalBlock, Vec<u8>>,
        /// Places and names of those that have no `RE` entry.
        unmarked: Vec<(Place, String)>,
    },
    Others,
    /// The directory itself was relocated: it has a link to its true parent.
    OfRelocated,
    /// The directory cannot be read.
    Unknown,
}
