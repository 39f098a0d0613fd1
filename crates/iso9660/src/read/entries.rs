//! A directory's records become entries: sections are joined, names and attributes come from where the volume has them.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use sector_io::{ReadSectors, SECTOR_SIZE};

use super::directory::{DirectoryBuffer, Located, OwnEntries, RelocationDirectory, walk};
use super::entry::{Directory, Entry, EntryKind, Section, Times};
use super::finding::{Findings, Place};
use super::halves::extents;
use super::relocation::{Hidden, HiddenRecord};
use super::system_use::{Attributes, Continuations, SystemUse, is_understood};
use super::volume::{Naming, own_record, plain_name};
use super::{Encoding, Error, Volume};
use crate::RecordingTime;
use crate::directory::{DirectoryRecord, FileFlags, PARENT_IDENTIFIER, SELF_IDENTIFIER};
use crate::rock_ridge::{ParentLink, PosixAttributes, TimeFlags};
use crate::susp::{self, entries};

/// Type bits of a POSIX file mode.
pub(super) const TYPE: u32 = 0o170_000;
const FIFO: u32 = 0o010_000;
const CHARACTER_DEVICE: u32 = 0o020_000;
pub(super) const DIRECTORY: u32 = 0o040_000;
const BLOCK_DEVICE: u32 = 0o060_000;
const REGULAR: u32 = 0o100_000;
const SYMLINK: u32 = 0o120_000;
const SOCKET: u32 = 0o140_000;

impl<R: ReadSectors> Volume<R> {
    /// Visits the root directory itself, with an empty name: its attributes stand in its own record.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn root_entry(
        &self,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>),
    ) -> Result<(), Error> {
        let directory = self.root_directory();
        let DirectoryBuffer { relocated: sector, system_use, .. } = buffer;
        system_use.reset();
        self.read_own_record(directory.extent, sector)?;
        let stand_in = self.root.as_record();
        let own = own_record(sector, directory.extent);
        let record = match &own {
            Some(own) => own.record,
            None => {
                let place = Place { sector: directory.extent.sector(), offset: 0 };
                let message = format_args!("the root directory does not begin with its own record");
                self.findings.odd(place, "6.8.2.2", message);
                stand_in
            }
        };
        let mut attributes = Attributes::default();
        if let (Naming::RockRidge { skip_in_root, places_only: false, .. }, Some(own)) = (self.naming, &own) {
            let area = record.system_use.get(skip_in_root..).unwrap_or_default();
            let mut continuations = Continuations::new(&self.source, &self.findings);
            attributes = system_use.collect(area, record.identifier, own.place, &mut continuations);
        } else {
            system_use.foreign.clear();
            system_use.attribute_list.clear();
        }
        visit(Entry {
            name: &[],
            identifier: record.identifier,
            kind: EntryKind::Directory(directory),
            posix: attributes.posix.map(|posix| with_type(posix, DIRECTORY)),
            times: attributes.times,
            impossible_times: attributes.impossible_times,
            impossible_offsets: attributes.impossible_offsets,
            recorded: record.recorded,
            flags: record.flags,
            foreign: &system_use.foreign,
            attribute_list: &system_use.attribute_list,
            data_length: record.data_length,
            extended_attribute_blocks: record.extended_attribute_length,
            plain_system_use: self.plain_system_use(&record),
            relocated: false,
        });
        Ok(())
    }

    /// Visits the entries of a directory in the order of their records, until `visit` breaks off. The
    /// directory's own record and that of its parent are no entries; nor are associated files, and what
    /// only serves to relocate directories.
    ///
    /// A relocated directory to which no `CL` entry leads is an entry where it lies, and the directory of the relocated ones is
    /// one then. They come last: it takes a look at the directories that their `PL` entries name, and where one is lost, at all
    /// of the hierarchy, once. Whoever breaks off before, since the name sought was found, does not wait for that.
    ///
    /// # Errors
    /// [`Error::Read`] for a directory that lies behind the end of the image or cannot be read, after the
    /// entries in front of the sector that failed.
    pub fn read_directory(
        &self,
        directory: &Directory,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let DirectoryBuffer { piece, pending, sections, system_use, relocated, own, container } = buffer;
        pending.clear();
        *container = None;
        own.clear();
        sections.clear();
        system_use.reset();
        let mut reader = Reader {
            volume: self,
            directory: *directory,
            continuations: Continuations::new(&self.source, &self.findings),
            sections,
            system_use,
            relocated,
            own,
            container,
            sought_containers: 0,
            hidden: Vec::new(),
            hidden_bytes: 0,
        };
        let mut pending_place = Place { sector: directory.extent.sector(), offset: 0 };
        let mut broken_off = false;
        let result = walk(self.records(), *directory, piece, &mut |located| {
            let flow = reader.take(&located, pending, &mut pending_place, visit);
            broken_off = flow.is_break();
            flow
        });
        if !broken_off && !pending.is_empty() {
            let message = format_args!("the last section of a file is missing");
            self.findings.damage(pending_place, "9.1.6", message);
            broken_off = reader.emit_pending(pending, pending_place, visit).is_break();
        }
        if !broken_off {
            // The caller's wish to stop has no effect any more.
            let _ = reader.emit_lost(visit);
        }
        result
    }

    fn plain_system_use<'a>(&self, record: &DirectoryRecord<'a>) -> &'a [u8] {
        if matches!(self.naming, Naming::RockRidge { .. }) { &[] } else { without_zeros(record.system_use) }
    }
}

/// Nothing, if all bytes are zero.
fn without_zeros(bytes: &[u8]) -> &[u8] {
    if bytes.iter().all(|&byte| byte == 0) { &[] } else { bytes }
}

fn with_type(posix: PosixAttributes, kind: u32) -> PosixAttributes {
    PosixAttributes { mode: posix.mode & !TYPE | kind, ..posix }
}

/// The state of reading one directory.
pub(super) struct Reader<'a, R> {
    pub(super) volume: &'a Volume<R>,
    pub(super) directory: Directory,
    pub(super) continuations: Continuations<'a>,
    sections: &'a mut Vec<Section>,
    pub(super) system_use: &'a mut SystemUse,
    pub(super) relocated: &'a mut Vec<u8>,
    own: &'a mut OwnEntries,
    /// The directory that holds the relocated ones.
    pub(super) container: &'a mut Option<RelocationDirectory>,
    /// How many directories were looked at for the one that holds the relocated ones.
    pub(super) sought_containers: u8,
    /// What is an entry only if it is lost, and how many bytes of records that are.
    pub(super) hidden: Vec<HiddenRecord>,
    pub(super) hidden_bytes: usize,
}

impl<R: ReadSectors> Reader<'_, R> {
    pub(super) fn find(&self, place: Place, clause: &'static str, message: &str) {
        self.volume.findings.odd(place, clause, format_args!("{message}"));
    }

    pub(super) fn lose(&self, place: Place, clause: &'static str, message: &str) {
        self.volume.findings.damage(place, clause, format_args!("{message}"));
    }

    fn take(
        &mut self,
        located: &Located<'_>,
        pending: &mut Vec<u8>,
        pending_place: &mut Place,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Located { record, bytes, place } = located;
        if matches!(record.identifier, SELF_IDENTIFIER | PARENT_IDENTIFIER) {
            self.check_root(located);
            self.take_own_entries(located);
            return ControlFlow::Continue(());
        }
        if record.flags.contains(FileFlags::ASSOCIATED_FILE) {
            self.find(*place, "9.1.6", "an associated file, left out");
            return ControlFlow::Continue(());
        }
        let more_follow = record.flags.contains(FileFlags::MULTI_EXTENT);
        if !pending.is_empty() {
            let first = DirectoryRecord::parse(pending).map(|(_, first)| first.identifier);
            if first.is_ok_and(|identifier| identifier == record.identifier) && !record.is_directory() {
                self.push_section(record, *place, more_follow);
                if !more_follow {
                    self.emit_pending(pending, *pending_place, visit)?;
                    pending.clear();
                }
                return ControlFlow::Continue(());
            }
            self.lose(*pending_place, "9.1.6", "the last section of a file is missing");
            self.emit_pending(pending, *pending_place, visit)?;
            pending.clear();
        }
        self.sections.clear();
        if record.is_directory() {
            if more_follow {
                self.lose(*place, "6.8.1", "a directory of several sections, only the first is read");
            }
            if record.file_unit_size != 0 {
                self.find(*place, "6.8.1.1", "an interleaved directory, read as if it were not");
            }
            return self.emit(located, visit);
        }
        self.push_section(record, *place, more_follow);
        if more_follow {
            pending.extend_from_slice(bytes);
            *pending_place = *place;
            return ControlFlow::Continue(());
        }
        self.emit(located, visit)
    }

    /// Tells if what the volume descriptor gives for the root is another directory: the root is its own parent.
    fn check_root(&self, located: &Located<'_>) {
        let Located { record, bytes, place } = located;
        let root = self.volume.root_directory().extent;
        let is_it =
            |block: u32| block.checked_add(record.extended_attribute_length.into()) == Some(root.get());
        if self.directory.extent != root || extents(bytes).into_iter().any(is_it) {
            return;
        }
        let block = record.extent;
        let whose = if record.identifier == SELF_IDENTIFIER { "own" } else { "parent's" };
        let message = format_args!(
            "the directory at block {root}, to which the volume descriptor leads, is not the root: its {whose} record says block {block}"
        );
        self.volume.findings.damage(*place, "6.8.2.2", message);
    }

    /// Takes the entries of the directory's own record, or its parent's, that nothing shows. What is wrong with
    /// these records is not told here.
    fn take_own_entries(&mut self, located: &Located<'_>) {
        let Naming::RockRidge { skip, places_only: false, .. } = self.volume.naming else { return };
        let is_own = located.record.identifier == SELF_IDENTIFIER;
        if is_own && self.directory.extent == self.volume.root_directory().extent {
            return;
        }
        let area = located.record.system_use.get(skip..).unwrap_or_default();
        let is_plain =
            |entry: susp::Entry<'_>| is_understood(&entry) && entry.signature != ParentLink::SIGNATURE;
        if entries(area).all(is_plain) {
            return;
        }
        let findings = Findings::default();
        let mut continuations = Continuations::new(self.continuations.source, &findings);
        let attributes =
            self.system_use.collect(area, located.record.identifier, located.place, &mut continuations);
        if attributes.parent.is_some() {
            // A relocated directory, of which the own record is shown.
            self.own.own.clear();
        }
        let taken = if is_own { &mut self.own.own } else { &mut self.own.parent };
        taken.clear();
        let mut left = entries(&self.system_use.foreign);
        while let Some((entry, whole)) = left.next_whole() {
            if !is_understood(&entry) {
                taken.extend_from_slice(whole);
            }
        }
    }

    /// Adds the extents of a file's section; there are several when it is interleaved (6.4.3).
    fn push_section(&mut self, record: &DirectoryRecord<'_>, place: Place, more_follow: bool) {
        if record.data_length == 0 {
            return;
        }
        let volume = self.volume;
        let (number, own) = (record.volume_sequence_number, volume.root.volume_sequence_number);
        if number != own {
            let message = format_args!("data said to be on volume {number} of a set, read from this, {own}");
            volume.findings.odd(place, "9.1.9", message);
        }
        if more_follow && !record.data_length.is_multiple_of(SECTOR_SIZE as u32) {
            self.find(place, "6.5.1", "a section that ends inside a block before further sections");
        }
        let start = record.extent.checked_add(u32::from(record.extended_attribute_length));
        let Some(start) = start else {
            let message = format_args!("a file behind the last addressable block reads as shorter");
            volume.findings.damage(place, "9.1.3", message);
            return;
        };
        if record.file_unit_size == 0 {
            self.sections.push(Section { extent: start, len: record.data_length });
            return;
        }
        let unit = u32::from(record.file_unit_size) * SECTOR_SIZE as u32;
        let step = u32::from(record.file_unit_size) + u32::from(record.interleave_gap);
        let units = u64::from(record.data_length.div_ceil(unit));
        // Each unit has its own blocks, unless the volume is crafted.
        if !self.continuations.spend(units * SECTOR_SIZE as u64) {
            self.lose(place, "9.1.7", "an interleaved file that cannot be there reads as empty");
            return;
        }
        // A unit holds the extended attribute record before the data (6.4.5), in a unit of its own.
        let (mut extent, mut left) = (Some(record.extent), record.data_length);
        if record.extended_attribute_length != 0 {
            extent = record.extent.checked_add(step);
        }
        while left > 0 {
            let Some(at) = extent else {
                self.lose(place, "9.1.3", "a file behind the last addressable block reads as shorter");
                return;
            };
            let len = left.min(unit);
            self.sections.push(Section { extent: at, len });
            left -= len;
            extent = at.checked_add(step);
        }
    }

    fn emit_pending(
        &mut self,
        pending: &[u8],
        place: Place,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        match DirectoryRecord::parse(pending) {
            Ok((_, record)) => self.emit(&Located { record, bytes: pending, place }, visit),
            Err(_) => ControlFlow::Continue(()),
        }
    }

    /// Visits the entry of this record and the sections gathered, unless it is to be hidden.
    fn emit(
        &mut self,
        located: &Located<'_>,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Located { record, place, .. } = *located;
        match self.volume.naming {
            Naming::Identifiers => {
                let name = plain_name(record.identifier);
                visit(self.plain_entry(&record, name, place))
            }
            Naming::Decoded(decode) => {
                let mut name = std::mem::take(&mut self.system_use.name);
                name.clear();
                if let Some(message) = decode(record.identifier, &mut name) {
                    self.find(place, "9.1.11", message);
                }
                let flow = visit(self.plain_entry(&record, &name, place));
                self.system_use.name = name;
                flow
            }
            Naming::RockRidge { skip, places_only, .. } => {
                self.emit_rock_ridge(located, (skip, places_only), None, visit)
            }
        }
    }

    fn plain_entry<'e>(&'e self, record: &DirectoryRecord<'e>, name: &'e [u8], place: Place) -> Entry<'e> {
        let kind = if record.is_directory() {
            EntryKind::Directory(self.directory_of(record, place))
        } else {
            self.file(Encoding::Plain)
        };
        Entry {
            name,
            identifier: record.identifier,
            kind,
            posix: None,
            times: Times::default(),
            impossible_times: TimeFlags::empty(),
            impossible_offsets: TimeFlags::empty(),
            recorded: record.recorded,
            flags: record.flags,
            foreign: &[],
            attribute_list: &[],
            data_length: record.data_length,
            extended_attribute_blocks: record.extended_attribute_length,
            plain_system_use: without_zeros(record.system_use),
            relocated: false,
        }
    }

    fn file(&self, encoding: Encoding) -> EntryKind<'_> {
        let len = self.sections.iter().map(|section| u64::from(section.len)).sum();
        EntryKind::File { sections: self.sections, len, encoding }
    }

    pub(super) fn directory_of(&self, record: &DirectoryRecord<'_>, place: Place) -> Directory {
        let extent = record.extent.checked_add(u32::from(record.extended_attribute_length));
        if extent.is_none() {
            self.lose(place, "9.1.3", "a directory behind the last addressable block");
        }
        Directory { extent: extent.unwrap_or(record.extent), len: record.data_length }
    }

    /// `lost` is what the record is of something that would be hidden if it were not lost.
    pub(super) fn emit_rock_ridge(
        &mut self,
        located: &Located<'_>,
        (skip, places_only): (usize, bool),
        lost: Option<Hidden>,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Located { record, place, .. } = located;
        let place = *place;
        let area = record.system_use.get(skip..).unwrap_or_default();
        let mut attributes = self.system_use.collect(area, record.identifier, place, &mut self.continuations);
        let mut shown = Shown::of(record);
        let mut directory = None;
        if let Some(link) = attributes.child {
            match self.bring_back(link, record, place, skip) {
                Some((found, own, own_attributes)) => {
                    directory = Some(found);
                    shown = own;
                    attributes = own_attributes;
                    attributes.child = Some(link);
                }
                None => return ControlFlow::Continue(()),
            }
        } else if record.is_directory() {
            let found = self.directory_of(record, place);
            let hidden = if lost.is_none() { self.hidden(&attributes, found, located, skip) } else { None };
            if hidden.is_some_and(|hidden| !self.is_shown_at_once(hidden, found, located, skip)) {
                return ControlFlow::Continue(());
            }
            if lost.or(hidden) == Some(Hidden::Relocated) {
                self.tell_lost(record, place);
            }
            directory = Some(found);
        } else if self.is_lost_directory(&attributes, record, place) {
            return ControlFlow::Continue(());
        } else if attributes.is_relocated {
            self.find(place, "RRIP 4.1.5.3", "an RE entry at something that is no directory");
        }
        let plain = Entry {
            name: plain_name(record.identifier),
            identifier: record.identifier,
            kind: directory.map_or_else(|| self.file(Encoding::Plain), EntryKind::Directory),
            posix: None,
            times: Times::default(),
            impossible_times: TimeFlags::empty(),
            impossible_offsets: TimeFlags::empty(),
            recorded: shown.recorded,
            flags: shown.flags,
            foreign: &[],
            attribute_list: &[],
            data_length: shown.data_length,
            extended_attribute_blocks: shown.extended_attribute_blocks,
            plain_system_use: without_zeros(record.system_use.get(..skip).unwrap_or_default()),
            relocated: attributes.child.is_some(),
        };
        if places_only {
            return visit(plain);
        }
        let has_name = !self.system_use.name.is_empty() || attributes.has_special_name;
        if has_name {
            self.volume.has_names.store(true, Ordering::Relaxed);
        } else if attributes.posix.is_some() && self.volume.has_names.load(Ordering::Relaxed) {
            let identifier = String::from_utf8_lossy(plain.name);
            let message = format_args!("'{identifier}': no NM entry; named by its identifier");
            self.volume.findings.odd(place, "RRIP 4.1.4", message);
        }
        if attributes.has_special_name {
            self.find(
                place,
                "RRIP 4.1.4",
                "an NM entry that says the directory itself, its parent or the host, left out",
            );
        }
        let name = match &self.system_use.name[..] {
            [] => plain.name,
            name => name,
        };
        let (kind, kind_bits) = self.kind(directory, &attributes, place);
        visit(Entry {
            name,
            kind,
            posix: attributes.posix.map(|posix| with_type(posix, kind_bits)),
            times: attributes.times,
            impossible_times: attributes.impossible_times,
            impossible_offsets: attributes.impossible_offsets,
            foreign: &self.system_use.foreign,
            attribute_list: &self.system_use.attribute_list,
            ..plain
        })
    }

    fn kind(
        &self,
        directory: Option<Directory>,
        attributes: &Attributes,
        place: Place,
    ) -> (EntryKind<'_>, u32) {
        if let Some(directory) = directory {
            return (EntryKind::Directory(directory), DIRECTORY);
        }
        let device = || {
            if attributes.device.is_none() {
                self.find(place, "RRIP 4.1.2", "a device without a PN entry, taken for device 0, 0");
            }
            attributes.device.unwrap_or_default().major_minor()
        };
        match attributes.posix.map_or(0, |posix| posix.mode & TYPE) {
            CHARACTER_DEVICE => {
                let (major, minor) = device();
                (EntryKind::CharacterDevice { major, minor }, CHARACTER_DEVICE)
            }
            BLOCK_DEVICE => {
                let (major, minor) = device();
                (EntryKind::BlockDevice { major, minor }, BLOCK_DEVICE)
            }
            FIFO => (EntryKind::Fifo, FIFO),
            SOCKET => (EntryKind::Socket, SOCKET),
            SYMLINK => {
                if !attributes.has_link {
                    self.find(place, "RRIP 4.1.3", "a symbolic link without a target");
                }
                (EntryKind::Symlink(&self.system_use.target), SYMLINK)
            }
            0 if attributes.has_link => (EntryKind::Symlink(&self.system_use.target), SYMLINK),
            kind => {
                if kind != REGULAR && kind != 0 {
                    self.find(place, "RRIP 4.1.1", "a file type that is no file's, taken for a regular file");
                }
                if attributes.has_link {
                    self.find(place, "RRIP 4.1.3", "the target of a link at a regular file, left out");
                }
                (self.file(attributes.encoding), REGULAR)
            }
        }
    }
}

/// The fields of a directory record that an entry shows.
pub(super) struct Shown {
    recorded: RecordingTime,
    flags: FileFlags,
    data_length: u32,
    extended_attribute_blocks: u8,
}

impl Shown {
    pub(super) fn of(record: &DirectoryRecord<'_>) -> Shown {
        Shown {
            recorded: record.recorded,
            flags: record.flags,
            data_length: record.data_length,
            extended_attribute_blocks: record.extended_attribute_length,
        }
    }
}
