//! A UDF volume as a tree.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

use sector_io::{SECTOR_SIZE, Sector};
use udf::LbAddr;
use udf::attribute::udf::UdfAttribute;
use udf::attribute::{Attribute, ExtendedAttributeSpace};
use udf::file::{FileCharacteristics, FileType};
use udf::read::{
    Content as Found, Directory, DirectoryBuffer, DirectoryGuard, Entry, EntryKind, File, Stretch,
};

use super::ImportWarning;
use super::counted::Counted;
use super::progress::ItemProgress;
use crate::disc::udf::{
    UdfVolume, attributes, is_owner_open, modified, read_error, recorded_attributes, times, udf_flags,
};
use crate::disc::{MOST_LEVELS, impossible_in_udf};
use crate::tree::{Content, ContentId, DeviceNumber, FileSystem, NodeId, NodeKind, Section, Tree};
use crate::{Control, Result};

pub(super) struct Importer<'a> {
    pub(super) tree: Tree,
    pub(super) volume: &'a UdfVolume,
    pub(super) warnings: Vec<ImportWarning>,
    /// Contents that may get a further name.
    links: BTreeMap<LbAddr, ContentId>,
    /// Links, devices and pipes that may get a further name.
    special_links: BTreeMap<LbAddr, NodeId>,
    /// Items with times that are none.
    impossible_times: Counted,
    /// In bytes; files with data behind it are left out.
    end: u64,
    /// The first sectors of these.
    pub(super) left_out: Vec<u32>,
}

impl<'a> Importer<'a> {
    pub(super) fn new(
        tree: Tree,
        volume: &'a UdfVolume,
        warnings: Vec<ImportWarning>,
        end: u64,
    ) -> Importer<'a> {
        Importer {
            tree,
            volume,
            warnings,
            links: BTreeMap::new(),
            special_links: BTreeMap::new(),
            impossible_times: Counted::default(),
            end,
            left_out: Vec::new(),
        }
    }

    pub(super) fn run(&mut self, control: &Control) -> Result<()> {
        let mut buffer = DirectoryBuffer::new();
        let volume = self.volume;
        let mut root = Ok(());
        let mut root_streams = None;
        let tree = &mut self.tree;
        let impossible_times = &mut self.impossible_times;
        volume
            .root_entry(&mut buffer, &mut |entry| {
                if !impossible_in_udf(&entry.times).is_empty() {
                    impossible_times.add(|| "/".to_owned());
                }
                root = tree.set_imported_root(attributes(&entry), modified(&entry), &[]);
                root_streams = entry.streams;
                tree.set_udf_flags(NodeId::ROOT, udf_flags(&entry));
                if is_owner_open(&entry) {
                    tree.set_udf_attributes(NodeId::ROOT, recorded_attributes(&entry), modified(&entry));
                }
                tree.set_imported_times(NodeId::ROOT, &times(entry.times));
            })
            .map_err(read_error)?;
        root?;
        self.warn_of_system_streams();
        let start = volume.root_directory();
        let mut pending = VecDeque::from([(start, NodeId::ROOT, 0u32)]);
        let mut guard = volume.directory_guard();
        if !guard.enter(&start) {
            let path = "/".to_owned();
            self.warnings.push(ImportWarning::DirectoryTwice { path });
            return Ok(());
        }
        if let Some(streams) = root_streams {
            self.take_streams(NodeId::ROOT, streams, &mut guard)?;
        }
        let mut items = ItemProgress::new(volume.integrity().map(|integrity| &integrity.implementation_use));
        while let Some((directory, node, level)) = pending.pop_front() {
            let known = pending.len();
            control.check("nothing was written")?;
            let NodeKind::Directory(number) = self.tree.kind(node) else { continue };
            let mut children = Vec::new();
            let mut failed = None;
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
            match read.map_err(read_error) {
                Ok(()) => {}
                Err(error) if node == NodeId::ROOT => return Err(error),
                Err(error) => self.warnings.push(ImportWarning::UnreadableDirectory {
                    path: self.tree.path(node),
                    reason: error.to_string(),
                }),
            }
            items.count(children.len(), pending.len() - known);
            for doubled in self.tree.set_children(number, children) {
                self.warnings.push(ImportWarning::DoubledName { path: self.tree.path(doubled) });
            }
            items.report(pending.len(), control);
        }
        let file_system = FileSystem::Udf;
        let told = |path, items| ImportWarning::ImpossibleTime { path, items, file_system };
        self.warnings.extend(self.impossible_times.told(told));
        Ok(())
    }

    /// The entry's node, and its directory if it is one.
    fn take(
        &mut self,
        parent: NodeId,
        entry: &Entry<'_>,
        guard: &mut DirectoryGuard,
        level: u32,
    ) -> Result<Option<(NodeId, Option<Directory>)>> {
        let name = entry.name;
        let path = |tree: &Tree| {
            let above = tree.path(parent);
            format!("{}/{}", above.trim_end_matches('/'), String::from_utf8_lossy(name))
        };
        if crate::disc::impossible_name(name).is_some() {
            self.warnings.push(ImportWarning::ImpossibleName { path: path(&self.tree) });
            return Ok(None);
        }
        if has_attributes_to_keep(entry.extended_attributes) {
            self.warnings.push(ImportWarning::ExtendedAttributes { path: path(&self.tree) });
        }
        let mut below = None;
        let is_further_name = self.links.contains_key(&entry.icb);
        if !is_further_name && !impossible_in_udf(&entry.times).is_empty() {
            self.impossible_times.add(|| path(&self.tree));
        }
        let kind = match entry.kind {
            EntryKind::Directory(directory) => {
                if level >= MOST_LEVELS || !guard.enter(&directory) {
                    self.warnings.push(ImportWarning::DirectoryTwice { path: path(&self.tree) });
                    return Ok(None);
                }
                below = Some(directory);
                self.tree.new_directory()?
            }
            EntryKind::File(file) => match self.content(entry, file)? {
                Ok(content) => NodeKind::File(content),
                Err(reason) => {
                    self.warnings.push(ImportWarning::UnreadableFile { path: path(&self.tree), reason });
                    return Ok(None);
                }
            },
            EntryKind::Symlink(target) => NodeKind::Symlink(self.tree.push_link_target(target)?),
            EntryKind::CharacterDevice { major, minor } | EntryKind::BlockDevice { major, minor } => {
                let Some(number) = DeviceNumber::new(major, minor) else {
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
        let node = self.tree.push_imported(parent, name, kind, attributes(entry), modified(entry), &[])?;
        if entry.links > 1 && !matches!(kind, NodeKind::File(_) | NodeKind::Directory(_)) {
            match self.special_links.get(&entry.icb) {
                Some(&first) => self.tree.link(node, first)?,
                None => drop(self.special_links.insert(entry.icb, node)),
            }
        }
        if entry.characteristics.contains(FileCharacteristics::HIDDEN) {
            self.tree.conceal(node, true);
        }
        self.tree.set_udf_flags(node, udf_flags(entry));
        if is_owner_open(entry) {
            self.tree.set_udf_attributes(node, recorded_attributes(entry), modified(entry));
        }
        if entry.file_type == FileType::REAL_TIME {
            self.tree.set_real_time(node, true)?;
        }
        if let Some(streams) = entry.streams.filter(|_| !is_further_name) {
            self.take_streams(node, streams, guard)?;
        }
        self.tree.set_imported_times(node, &times(entry.times));
        Ok(Some((node, below)))
    }

    fn warn_of_system_streams(&mut self) {
        let Some(icb) = self.volume.system_streams() else { return };
        let mut names = Vec::new();
        let read = self.volume.stream_directory(icb).and_then(|directory| {
            self.volume.read_directory(&directory, &mut DirectoryBuffer::new(), &mut |entry| {
                names.push(String::from_utf8_lossy(entry.name).into_owned());
                ControlFlow::Continue(())
            })
        });
        if let Err(error) = read {
            let reason = error.to_string();
            self.warnings.push(ImportWarning::UnreadableStream {
                path: "/".to_owned(),
                stream: None,
                reason,
            });
        }
        if !names.is_empty() {
            self.warnings.push(ImportWarning::SystemStreams { names });
        }
    }

    /// Takes the streams of an item. A stream directory is read once: it belongs to one item.
    fn take_streams(&mut self, node: NodeId, streams: LbAddr, guard: &mut DirectoryGuard) -> Result<()> {
        let unreadable = |tree: &Tree, reason: String| ImportWarning::UnreadableStream {
            path: tree.path(node),
            stream: None,
            reason,
        };
        if !matches!(self.tree.kind(node), NodeKind::File(_) | NodeKind::Directory(_)) {
            let reason = "only files and directories have named streams".to_owned();
            self.warnings.push(unreadable(&self.tree, reason));
            return Ok(());
        }
        let directory = match self.volume.stream_directory(streams) {
            Ok(directory) => directory,
            Err(error) => {
                self.warnings.push(unreadable(&self.tree, error.to_string()));
                return Ok(());
            }
        };
        if !guard.enter(&directory) {
            let reason = "the stream directory overlaps another, or is that of another item".to_owned();
            self.warnings.push(unreadable(&self.tree, reason));
            return Ok(());
        }
        let volume = self.volume;
        let mut failed = None;
        let read = volume.read_streams(&directory, &mut DirectoryBuffer::new(), &mut |entry| match self
            .take_stream(node, &entry)
        {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        match read {
            Ok(0) => {}
            Ok(streams) => {
                let reason = format!("{streams} of them cannot be read");
                self.warnings.push(unreadable(&self.tree, reason));
            }
            Err(error) => self.warnings.push(unreadable(&self.tree, error.to_string())),
        }
        Ok(())
    }

    fn take_stream(&mut self, node: NodeId, entry: &Entry<'_>) -> Result<()> {
        let path = |tree: &Tree| format!("{}:{}", tree.path(node), String::from_utf8_lossy(entry.name));
        let EntryKind::File(file) = entry.kind else { return Ok(()) };
        if crate::disc::impossible_name(entry.name).is_some() {
            self.warnings.push(ImportWarning::ImpossibleName { path: path(&self.tree) });
            return Ok(());
        }
        if has_attributes_to_keep(entry.extended_attributes) {
            self.warnings.push(ImportWarning::ExtendedAttributes { path: path(&self.tree) });
        }
        let content = match self.content(entry, file)? {
            Ok(content) => content,
            Err(reason) => {
                let stream = Some(String::from_utf8_lossy(entry.name).into_owned());
                let path = self.tree.path(node);
                self.warnings.push(ImportWarning::UnreadableStream { path, stream, reason });
                return Ok(());
            }
        };
        let is_metadata = entry.characteristics.contains(FileCharacteristics::METADATA);
        if !self.tree.push_imported_stream(node, entry.name, content, is_metadata)? {
            self.warnings.push(ImportWarning::DoubledName { path: path(&self.tree) });
        }
        Ok(())
    }

    /// First sector of data that pass the end of the image.
    fn beyond(&self, stretches: &[Stretch]) -> Option<u64> {
        let ends = stretches.iter().filter_map(|stretch| Some((stretch.position?, stretch.len)));
        ends.into_iter()
            .find(|(position, len)| position.saturating_add(*len) > self.end)
            .map(|(position, _)| position / SECTOR_SIZE as u64)
    }

    /// The content, or why it cannot be had.
    fn content(
        &mut self,
        entry: &Entry<'_>,
        file: File<'_>,
    ) -> Result<std::result::Result<ContentId, String>> {
        if let Some(&content) = self.links.get(&entry.icb) {
            return Ok(Ok(content));
        }
        let content = match file {
            _ if entry.len == 0 => Content::Imported { start: Sector::ZERO, len: 0 },
            File::Embedded(bytes) if bytes.len() as u64 == entry.len => Content::Memory(Arc::from(bytes)),
            File::Embedded(_) => return Ok(Err("its entry holds fewer bytes than it says".to_owned())),
            File::Extents => match self.volume.content(entry.icb) {
                Err(error) => return Ok(Err(error.to_string())),
                Ok(found) if found.len() != entry.len => {
                    return Ok(Err(format!("{} of its {} bytes are there", found.len(), entry.len)));
                }
                Ok(Found::Embedded(bytes)) => Content::Memory(bytes.into()),
                Ok(Found::Extents(stretches)) => match self.beyond(&stretches) {
                    Some(sector) => {
                        let first = stretches.first().and_then(|stretch| stretch.position);
                        let first = first.map(|position| position / SECTOR_SIZE as u64);
                        self.left_out.extend(first.and_then(|sector| u32::try_from(sector).ok()));
                        return Ok(Err(format!("its data at sector {sector} pass the end of the image")));
                    }
                    None => placed(&stretches, entry.len),
                },
            },
        };
        let id = self.tree.push_content(content)?;
        if entry.links > 1 {
            self.links.insert(entry.icb, id);
        }
        Ok(Ok(id))
    }
}

/// Whether a content of the tree is what an ICB of the same medium leads to.
pub(crate) fn same_content(tree: &Tree, content: ContentId, found: &Found, len: u64) -> bool {
    if found.len() != len {
        return false;
    }
    let stretches = match found {
        Found::Embedded(bytes) => return tree.memory(content).is_some_and(|memory| memory == bytes),
        Found::Extents(stretches) => stretches,
    };
    match (tree.content(content), placed(stretches, len)) {
        (Content::Imported { start, len }, Content::Imported { start: old_start, len: old }) => {
            *start == old_start && *len == old
        }
        (
            Content::ImportedSections { sections, .. },
            Content::ImportedSections { sections: old_sections, .. },
        ) => *sections == old_sections,
        (
            Content::ImportedStretches { stretches, .. },
            Content::ImportedStretches { stretches: old_stretches, .. },
        ) => *stretches == old_stretches,
        _ => false,
    }
}

/// Content in whole sectors, where it lies so; else what has to be read together.
fn placed(stretches: &[Stretch], len: u64) -> Content {
    match sections(stretches) {
        Some(sections) => match sections[..] {
            [Section { start, len }] => Content::Imported { start, len },
            _ => Content::ImportedSections { sections: sections.into(), len },
        },
        None => {
            let stretches = stretches.iter().map(|stretch| (stretch.position, stretch.len)).collect();
            Content::ImportedStretches { stretches, len }
        }
    }
}

/// The stretches as sections: all begin at a sector, and all but the last end at one.
fn sections(stretches: &[Stretch]) -> Option<Vec<Section>> {
    const SIZE: u64 = SECTOR_SIZE as u64;
    const MOST: u64 = u32::MAX as u64 / SIZE * SIZE;
    let mut sections = Vec::with_capacity(stretches.len());
    let last = stretches.len().saturating_sub(1);
    for (number, stretch) in stretches.iter().enumerate() {
        let mut position = stretch.position?;
        let mut left = stretch.len;
        if !position.is_multiple_of(SIZE) || (number < last && !left.is_multiple_of(SIZE)) {
            return None;
        }
        while left > 0 {
            let len = left.min(MOST);
            let start = Sector::new(u32::try_from(position / SIZE).ok()?);
            sections.push(Section { start, len: u32::try_from(len).ok()? });
            position = position.checked_add(len)?;
            left -= len;
        }
    }
    Some(sections)
}

/// Whether there are extended attributes beyond those that a writer makes for itself, and those that become
/// fields of the node.
fn has_attributes_to_keep(area: &[u8]) -> bool {
    if area.is_empty() {
        return false;
    }
    let Ok(space) = ExtendedAttributeSpace::parse(area) else { return true };
    space.iter().any(|attribute| match attribute.and_then(|attribute| Attribute::parse(&attribute)) {
        Ok(Attribute::FileTimes(_) | Attribute::DeviceSpecification(_)) => false,
        Ok(Attribute::ImplementationUse(own)) => !matches!(
            UdfAttribute::parse(&own),
            Ok(UdfAttribute::FreeEaSpace(_) | UdfAttribute::DvdCgmsInfo(_))
        ),
        _ => true,
    })
}
