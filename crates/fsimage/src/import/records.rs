//! The records of ISO 9660, Rock Ridge, Joliet or an enhanced volume as a tree.

use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

use iso9660::LogicalBlock;
use iso9660::directory::FileFlags;
use iso9660::names::{NameRules, SourceName, Standing};
use iso9660::read::{DirectoryBuffer, DirectoryGuard, Entry, EntryKind, RelocationDirectory, Times, Volume};
use sector_io::{ReadSectors, Sector, SectorCount};

use super::counted::Counted;
use super::identifiers::{self, PlainIdentifiers, VersionNumbers};
use super::odd_times::OddTimes;
use super::progress::ItemProgress;
use super::{ImportWarning, ReadTree, names};
use crate::disc::{self, AnyVolume, Disc};
use crate::md5_tags::ArrayReader;
use crate::plan::{RecordedRelocation, UdfSymlinks};
use crate::tree::{Content, ContentId, DeviceNumber, FileSystem, NodeId, NodeKind, RelocatedAs, Tree};
use crate::{Control, Result};

/// Reads all that one hierarchy shows. Files with data behind `end` are left out.
pub(super) fn read(
    disc: &Disc,
    image: &disc::Image,
    volume: &Volume<Arc<dyn ReadSectors>>,
    end: SectorCount,
    control: &Control,
) -> Result<ReadTree> {
    let mut tree = Tree::new();
    tree.set_origin(disc.source().clone(), disc.file().cloned());
    let warnings = Vec::new();
    let entries_left = disc.source().sectors().bytes();
    let (links, special_links) = (HashMap::new(), HashMap::new());
    let has_raw_sectors = disc.container().is_some();
    let long_names = false;
    let rules = NameRules::RECORDED;
    let has_identifiers = matches!(image.file_system(), FileSystem::RockRidge | FileSystem::Iso9660);
    let identifiers = has_identifiers.then(|| PlainIdentifiers::new(&rules));
    let mut importer = Importer {
        tree,
        file_system: image.file_system(),
        volume,
        warnings,
        links,
        special_links,
        identifiers,
        long_names,
        has_relocated: false,
        relocation_directory: None,
        recorded_relocation: None,
        relocated: HashMap::new(),
        entries_left,
        end,
        left_out: Vec::new(),
        has_raw_sectors,
        sums: None,
        system_use: Counted::default(),
        shares_system_use: has_unread_rock_ridge(image),
        impossible_stamps: OddTimes::default(),
        impossible_records: OddTimes::default(),
        versioned: Vec::new(),
        versions: VersionNumbers::default(),
    };
    importer.run(control)?;
    let long_names = importer.long_names && image.file_system() == FileSystem::Joliet;
    Ok(ReadTree {
        tree: importer.tree,
        warnings: importer.warnings,
        long_names,
        relocation_directory: importer.has_relocated.then(|| {
            let of_root = importer.relocation_directory;
            of_root.unwrap_or_else(|| crate::PlanOptions::default().relocation_directory)
        }),
        recorded_relocation: importer.recorded_relocation.filter(|_| importer.has_relocated),
        md5_tags: importer.sums.is_some(),
        left_out: importer.left_out,
        udf_symlinks: UdfSymlinks::default(),
        versions: importer.versions,
    })
}

/// Whether an enhanced volume or Joliet has Rock Ridge in its records, where no reader looks for it.
pub(super) fn has_unread_rock_ridge(image: &disc::Image) -> bool {
    let is_other = matches!(image.file_system(), FileSystem::Enhanced | FileSystem::Joliet);
    matches!(image.volume(), AnyVolume::Iso9660(volume) if is_other && volume.announces_own_system_use())
}

pub(super) struct Importer<'a> {
    pub(super) tree: Tree,
    file_system: FileSystem,
    pub(super) volume: &'a Volume<Arc<dyn ReadSectors>>,
    pub(super) warnings: Vec<ImportWarning>,
    /// Contents that may get a further name.
    links: HashMap<disc::Identity, ContentId>,
    /// Links, devices and pipes that may get a further name, by their file serial numbers.
    special_links: HashMap<u32, NodeId>,
    /// Those of plain ISO 9660, where its records are read.
    identifiers: Option<PlainIdentifiers<'a>>,
    /// Whether a name is longer than Joliet's 64 units.
    long_names: bool,
    /// Whether a directory is relocated.
    has_relocated: bool,
    /// Where.
    relocation_directory: Option<Vec<u8>>,
    recorded_relocation: Option<RecordedRelocation>,
    /// Identifiers of relocated directories where they lie.
    relocated: HashMap<LogicalBlock, Vec<u8>>,
    /// Bytes of attribute lists and unknown entries that still may come: no sound volume has more than its own length.
    entries_left: u64,
    /// Files with data behind it are left out.
    end: SectorCount,
    /// The first sectors of these.
    left_out: Vec<u32>,
    /// Whether files may lie in sectors of mode 2 form 2.
    has_raw_sectors: bool,
    /// MD5 sums of files.
    pub(super) sums: Option<ArrayReader>,
    /// Items with System Use that is not of SUSP.
    system_use: Counted,
    /// Whether that belongs to a Rock Ridge that is not read, which is told of the whole hierarchy.
    shares_system_use: bool,
    /// Items with times in Rock Ridge that are none.
    impossible_stamps: OddTimes,
    /// Items whose records have a recording time that is none.
    impossible_records: OddTimes,
    /// Identifiers with version numbers of files of one directory in the enhanced hierarchy.
    versioned: Vec<(NodeId, Vec<u8>)>,
    /// Of the files in Joliet.
    versions: VersionNumbers,
}

impl Importer<'_> {
    fn run(&mut self, control: &Control) -> Result<()> {
        let mut buffer = DirectoryBuffer::new();
        let (mut root, mut list) = (Ok(()), Vec::new());
        let tree = &mut self.tree;
        let (stamps, records) = (&mut self.impossible_stamps, &mut self.impossible_records);
        self.volume
            .root_entry(&mut buffer, &mut |entry| {
                stamps.take_stamps(&entry, || "/".to_owned());
                records.take_record(&entry, || "/".to_owned());
                list.extend_from_slice(entry.attribute_list);
                tree.conceal(NodeId::ROOT, entry.flags.contains(FileFlags::EXISTENCE));
                root =
                    tree.set_imported_root(disc::attributes(&entry), disc::modified(&entry), entry.foreign);
                if disc::has_no_modification(&entry) {
                    tree.set_no_modification(NodeId::ROOT);
                }
            })
            .map_err(disc::read_error)?;
        root?;
        self.sums = self.checked_sums(&list, control)?;
        self.take_list(NodeId::ROOT, &list)?;
        let start = self.volume.root_directory();
        let mut pending = VecDeque::from([(start, NodeId::ROOT, 0u32)]);
        let mut guard = DirectoryGuard::new();
        // The first one overlaps nothing.
        let _ = guard.enter(&start);
        let mut items = ItemProgress::new(None);
        while let Some((directory, node, level)) = pending.pop_front() {
            let known = pending.len();
            control.check("nothing was written")?;
            let NodeKind::Directory(number) = self.tree.kind(node) else { continue };
            let mut children = Vec::new();
            let mut failed = None;
            let volume = self.volume;
            let read = volume.read_directory(&directory, &mut buffer, &mut |entry| match self
                .take(node, &entry, &mut guard, level)
            {
                Ok(Some((child, below))) => {
                    children.push(child);
                    pending.extend(below.map(|below| (below, child, level + 1)));
                    ControlFlow::Continue(())
                }
                Ok(None) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            });
            if let Some(error) = failed {
                return Err(error);
            }
            if node == NodeId::ROOT {
                self.take_relocation_directory(buffer.relocation_directory());
            }
            let own = buffer.own_entries();
            if !own.is_empty() {
                match self.spend(own.len()) {
                    true => self.tree.set_own_entries(node, &own.own, &own.parent)?,
                    false => self.warnings.push(ImportWarning::Entries { path: self.tree.path(node) }),
                }
            }
            match read.map_err(disc::read_error) {
                Ok(()) => {}
                Err(error) if node == NodeId::ROOT => return Err(error),
                Err(error) => self.warnings.push(ImportWarning::UnreadableDirectory {
                    path: self.tree.path(node),
                    reason: error.to_string(),
                }),
            }
            items.count(children.len(), pending.len() - known);
            if let Some(identifiers) = &self.identifiers {
                identifiers.part(&mut self.tree, &children)?;
            }
            for doubled in self.tree.set_children(number, children) {
                self.warnings.push(ImportWarning::DoubledName { path: self.tree.path(doubled) });
            }
            if let Some(identifiers) = &mut self.identifiers {
                identifiers.settle(&mut self.tree, number, &mut self.warnings)?;
            }
            match self.file_system {
                FileSystem::Joliet => names::settle_joliet(&mut self.tree, number)?,
                FileSystem::Enhanced => names::settle_enhanced(&mut self.tree, number, &mut self.versioned)?,
                _ => {}
            }
            items.report(pending.len(), control);
        }
        self.warnings.extend(self.system_use.told(|path, items| ImportWarning::SystemUse { path, items }));
        let records = match self.file_system {
            FileSystem::RockRidge => FileSystem::Iso9660,
            other => other,
        };
        for (items, file_system) in
            [(&self.impossible_stamps, FileSystem::RockRidge), (&self.impossible_records, records)]
        {
            self.warnings.extend(items.told(file_system));
        }
        Ok(())
    }

    fn take_relocation_directory(&mut self, found: Option<&RelocationDirectory>) {
        let Some(found) = found else { return };
        let RelocationDirectory { name, identifier, posix, times, recorded, members } = found;
        self.relocated.clone_from(members);
        self.relocation_directory = Some(name.clone());
        self.recorded_relocation = Some(RecordedRelocation {
            name: name.clone(),
            identifier: identifier.clone(),
            attributes: disc::attributes_by(posix.as_ref(), true),
            modified: disc::modified_by(times, *recorded),
            times: (*times).into(),
            is_stamped: *times != Times::default(),
        });
    }

    /// The entry's node, and its directory if it is one.
    fn take(
        &mut self,
        parent: NodeId,
        entry: &Entry<'_>,
        guard: &mut DirectoryGuard,
        level: u32,
    ) -> Result<Option<(NodeId, Option<iso9660::read::Directory>)>> {
        let name = entry.name;
        let path = |tree: &Tree| {
            let above = tree.path(parent);
            format!("{}/{}", above.trim_end_matches('/'), String::from_utf8_lossy(name))
        };
        if disc::impossible_name(name).is_some() {
            self.warnings.push(ImportWarning::ImpossibleName { path: path(&self.tree) });
            return Ok(None);
        }
        self.long_names |= names::is_long(name);
        if entry.extended_attribute_blocks > 0 {
            self.warnings.push(ImportWarning::ExtendedAttributeRecord { path: path(&self.tree) });
        }
        if !self.shares_system_use && !entry.plain_system_use.is_empty() {
            self.system_use.add(|| path(&self.tree));
        }
        self.impossible_stamps.take_stamps(entry, || path(&self.tree));
        self.impossible_records.take_record(entry, || path(&self.tree));
        if self.file_system == FileSystem::Joliet && matches!(entry.kind, EntryKind::File { .. }) {
            self.versions.note(entry.identifier);
            if let Some(version) = identifiers::other_version(entry.identifier) {
                self.warnings.push(ImportWarning::FileVersion { path: path(&self.tree), version });
            }
        }
        let mut below = None;
        let kind = match &entry.kind {
            EntryKind::Directory(directory) => {
                if level >= disc::MOST_LEVELS || !guard.enter(directory) {
                    self.warnings.push(ImportWarning::DirectoryTwice { path: path(&self.tree) });
                    return Ok(None);
                }
                below = Some(*directory);
                self.tree.new_directory()?
            }
            EntryKind::File { sections, len, .. } => {
                if let Some(sector) = disc::beyond(sections, self.end) {
                    self.left_out.extend(sections.first().map(|first| disc::section(first).start.get()));
                    self.warnings.push(ImportWarning::BeyondEnd { path: path(&self.tree), sector });
                    return Ok(None);
                }
                let content = self.content(entry, sections, *len)?;
                self.know_sum(content, entry.attribute_list);
                if self.has_raw_sectors && disc::is_form_2(self.volume.source(), sections) {
                    self.warnings.push(ImportWarning::ModeTwoFormTwo { path: path(&self.tree) });
                    self.tree.set_form_2(content);
                }
                NodeKind::File(content)
            }
            EntryKind::Symlink(target) => NodeKind::Symlink(self.tree.push_link_target(target)?),
            EntryKind::CharacterDevice { major, minor } | EntryKind::BlockDevice { major, minor } => {
                let Some(number) = DeviceNumber::new(*major, *minor) else {
                    self.warnings.push(ImportWarning::DeviceNumber { path: path(&self.tree) });
                    return Ok(None);
                };
                match entry.kind {
                    EntryKind::CharacterDevice { .. } => NodeKind::CharacterDevice(number),
                    _ => NodeKind::BlockDevice(number),
                }
            }
            EntryKind::Fifo => NodeKind::Fifo,
            EntryKind::Socket => NodeKind::Socket,
        };
        let has_room = self.spend(entry.foreign.len());
        if !has_room {
            self.warnings.push(ImportWarning::Entries { path: path(&self.tree) });
        }
        let node = self.tree.push_imported(
            parent,
            name,
            kind,
            disc::attributes(entry),
            disc::modified(entry),
            if has_room { entry.foreign } else { &[] },
        )?;
        if disc::has_no_modification(entry) {
            self.tree.set_no_modification(node);
        }
        // That of digests is written anew with them.
        let is_of_digests = parent == NodeId::ROOT && name == crate::digests::FOLDER;
        if entry.flags.contains(FileFlags::EXISTENCE) && !is_of_digests {
            self.tree.conceal(node, true);
        }
        self.has_relocated |= entry.relocated;
        // What stands in the place of a relocated directory has the identifier of a file or of a directory.
        let is_versioned = entry.relocated && entry.identifier.contains(&b';');
        if let (true, Some(directory)) = (entry.relocated, &below) {
            let moved = self.relocated.remove(&directory.extent()).unwrap_or_default();
            self.tree.set_relocated_as(node, RelocatedAs { moved, is_versioned });
        }
        if let Some(identifiers) = &mut self.identifiers {
            let is_directory = below.is_some() && !is_versioned;
            let source = SourceName { name, is_directory, standing: Standing::Recorded };
            identifiers.note(node, &source, entry.identifier, entry.relocated);
        }
        if self.file_system == FileSystem::Enhanced && below.is_none() && entry.identifier != name {
            self.versioned.push((node, entry.identifier.to_vec()));
        }
        if !matches!(kind, NodeKind::File(_) | NodeKind::Directory(_)) {
            self.link(node, entry)?;
        }
        self.take_list(node, entry.attribute_list)?;
        Ok(Some((node, below)))
    }

    /// Makes a link, device or pipe a further name of another, where the records say so (RRIP 4.1.1).
    fn link(&mut self, node: NodeId, entry: &Entry<'_>) -> Result<()> {
        let posix = entry.posix.as_ref().filter(|posix| posix.links > 1);
        let Some(serial) = posix.and_then(|posix| posix.serial).filter(|&serial| serial != 0) else {
            return Ok(());
        };
        match self.special_links.get(&serial) {
            Some(&first) if self.tree.can_be_one(node, first) => self.tree.link(node, first),
            Some(_) => Ok(()),
            None => {
                self.special_links.insert(serial, node);
                Ok(())
            }
        }
    }

    fn take_list(&mut self, node: NodeId, list: &[u8]) -> Result<()> {
        if list.is_empty() {
            return Ok(());
        }
        if self.spend(list.len()) {
            return self.tree.push_imported_list(node, list);
        }
        self.warnings.push(ImportWarning::AttributeList { path: self.tree.path(node) });
        Ok(())
    }

    /// Whether so many bytes of entries still may come.
    fn spend(&mut self, bytes: usize) -> bool {
        let left = self.entries_left.checked_sub(bytes as u64);
        self.entries_left = left.unwrap_or(self.entries_left);
        left.is_some()
    }

    fn content(
        &mut self,
        entry: &Entry<'_>,
        sections: &[iso9660::read::Section],
        len: u64,
    ) -> Result<ContentId> {
        let first = sections.first().map(disc::section);
        let posix = entry.posix.as_ref();
        let key = match posix.is_none_or(|posix| posix.links > 1) {
            true => disc::identity(first, len, posix.and_then(|posix| posix.serial)),
            false => None,
        };
        if let Some(&content) = key.as_ref().and_then(|key| self.links.get(key)) {
            return Ok(content);
        }
        let content = match (first, sections) {
            (Some(first), [_]) => Content::Imported { start: first.start, len: first.len },
            (None, _) => Content::Imported { start: Sector::ZERO, len: 0 },
            _ => Content::ImportedSections { sections: sections.iter().map(disc::section).collect(), len },
        };
        let id = self.tree.push_content(content)?;
        if let Some(key) = key {
            self.links.insert(key, id);
        }
        Ok(id)
    }
}
