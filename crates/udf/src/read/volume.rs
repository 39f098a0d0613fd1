use std::ops::ControlFlow;

use sector_io::{ReadSectors, Sector};

use super::allocation::{LogicalRun, runs};
use super::anchor::{self, anchors};
use super::attributes::{device_numbers, file_times};
use super::content::{read_runs, stretches};
use super::directory::{Data, walk};
use super::entry::{Content, Directory, Entry, EntryKind, File, Identifier, Times};
use super::finding::{Finding, Findings, Place};
use super::free_space::{self, FreeSpace};
use super::icb::{Chains, Found, IcbBuffer};
use super::identifier::decode_name;
use super::node::Node;
use super::open::{Described, address, no_volume};
use super::partitions::read_vat;
use super::space::Space;
use super::symlink::{MOST_BYTES, decode_target};
use super::{DirectoryGuard, Error};
use crate::attribute::FileTimes;
use crate::file::{
    AllocationType, FileCharacteristics, FileIdentifierDescriptor, FileSetDescriptor, FileType,
};
use crate::partition::{
    PhysicalTranslation, Replica, SpaceBitmapDescriptor, Translation, VatHeader, VirtualAllocationTable,
};
use crate::volume::{
    ImplementationUse, LogicalVolumeDescriptor, LogicalVolumeIntegrityDescriptor, LvInformation,
    PartitionDescriptor, PartitionHeaderDescriptor, PartitionMap, PrimaryVolumeDescriptor,
};
use crate::{DString, LbAddr, Revision, ShortAd, cs0};

/// Which volume is meant, and in which state.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    /// First sector of the session, in units of 2048 bytes.
    pub session: Sector,
    /// On write-once media: block of the volume with the ICB of the virtual allocation table that is to
    /// count; `None` for the last one. [`Volume::states`] tells which there are.
    pub vat: Option<u32>,
    /// The sector behind the session, where that is known, in units of 2048 bytes: the last virtual allocation table in
    /// front of it counts, and of later ones only if there is none.
    pub end: Option<Sector>,
    /// A sector with the anchor of the session as it was in sector 256 of the medium, which has come to name a
    /// later session. Where there is one, no other is looked for.
    pub anchor_copy: Option<Sector>,
}

/// A UDF volume, ready to be read.
///
/// Directories are read when they are asked for; nothing is kept of them, so that volumes of any size take
/// the same memory, and several threads may read at once with a [`DirectoryBuffer`] each.
#[derive(Debug)]
pub struct Volume<R> {
    source: R,
    described: Described,
    findings: Findings,
    chains: Chains,
}

/// Memory for reading directories of one volume. It is used again for every directory, and holds 1 MiB at
/// most of one.
#[derive(Debug, Default)]
pub struct DirectoryBuffer {
    piece: Vec<u8>,
    entry: EntryBuffer,
}

/// Memory for one entry.
#[derive(Debug, Default)]
struct EntryBuffer {
    icb: IcbBuffer,
    name: Vec<u8>,
    content: Vec<u8>,
    target: Vec<u8>,
}

impl DirectoryBuffer {
    /// An empty buffer.
    pub fn new() -> DirectoryBuffer {
        DirectoryBuffer::default()
    }
}

const DIRECTORY: &str = "directory (ECMA-167 4/8.6)";
const STREAM_DIRECTORY: &str = "stream directory (ECMA-167 4/9.2)";

/// Anchors with different sequences that are tried.
const MOST_ANCHORS: usize = 8;

/// Extents of a symbolic link that are read.
const MOST_LINK_EXTENTS: usize = 256;

impl<R: ReadSectors> Volume<R> {
    /// Finds the volume of the session that begins at sector `session`, in its last state.
    ///
    /// # Errors
    /// [`Error::NoVolume`] without an anchor; else what is wrong with the volume that the first anchor
    /// leads to.
    pub fn open(source: R, session: Sector) -> Result<Volume<R>, Error> {
        Volume::open_with(source, &OpenOptions { session, ..OpenOptions::default() })
    }

    /// As [`Volume::open`], with options.
    ///
    /// # Errors
    /// As [`Volume::open`].
    pub fn open_with(source: R, options: &OpenOptions) -> Result<Volume<R>, Error> {
        let findings = Findings::default();
        anchor::check(&source, options.session, &findings);
        let (mut loaded, mut first_error) = (None, None);
        let mut tried = Vec::new();
        let kept_copy = options.anchor_copy.and_then(|at| anchor::kept_copy(&source, at));
        let others = kept_copy.is_none().then(|| anchors(&source, options.session)).into_iter().flatten();
        for anchored in kept_copy.into_iter().chain(others) {
            let sequences = (anchored.block_size, anchored.anchor.main, anchored.anchor.reserve);
            if tried.contains(&sequences) {
                continue;
            }
            if tried.len() == MOST_ANCHORS {
                break;
            }
            tried.push(sequences);
            let kept = findings.len();
            match Described::load(&source, &findings, &anchored, options) {
                Ok(described) => {
                    loaded = Some(described);
                    break;
                }
                Err(error) => {
                    findings.truncate(kept);
                    first_error = first_error.or(Some(error));
                }
            }
        }
        match loaded {
            Some(described) => Ok(Volume { source, described, findings, chains: Chains::default() }),
            None => Err(first_error.unwrap_or_else(|| no_volume(options.session))),
        }
    }

    /// What the volume is read from.
    pub fn source(&self) -> &R {
        &self.source
    }

    /// Logical block size, bytes.
    pub fn block_size(&self) -> u32 {
        self.described.block_size
    }

    /// UDF revision of the volume.
    pub fn revision(&self) -> Revision {
        self.described.logical_volume.domain_identifier.domain_suffix().revision
    }

    /// The label: the logical volume identifier, which a virtual allocation table may have changed.
    pub fn label(&self) -> String {
        let recorded = &self.described.logical_volume.identifier;
        match self.virtual_allocation_table().map(|table| &table.header) {
            Some(VatHeader::Revision200 { logical_volume_identifier, .. })
                if !logical_volume_identifier.is_empty() =>
            {
                text(logical_volume_identifier)
            }
            _ => text(recorded),
        }
    }

    /// The prevailing primary volume descriptor; `None` if it is damaged in both sequences.
    pub fn primary(&self) -> Option<&PrimaryVolumeDescriptor> {
        self.described.sequence.primary.as_deref()
    }

    /// Information on the logical volume (UDF 2.2.7.2), from the last descriptor that has some.
    pub fn information(&self) -> Option<&LvInformation> {
        let descriptors = self.described.sequence.implementation_use.iter().rev();
        descriptors.map(|descriptor| &descriptor.implementation_use).find_map(|content| match content {
            ImplementationUse::LvInformation(information) => Some(information),
            ImplementationUse::Other(_) => None,
        })
    }

    /// The prevailing logical volume descriptor.
    pub fn logical_volume(&self) -> &LogicalVolumeDescriptor {
        &self.described.logical_volume
    }

    /// The prevailing partition descriptors, by number.
    pub fn partitions(&self) -> &[PartitionDescriptor] {
        &self.described.sequence.partitions
    }

    /// The last logical volume integrity descriptor.
    pub fn integrity(&self) -> Option<&LogicalVolumeIntegrityDescriptor> {
        self.described.integrity.as_ref()
    }

    /// The file set descriptor.
    pub fn file_set(&self) -> &FileSetDescriptor {
        &self.described.file_set
    }

    /// The virtual allocation table, of a volume that has a virtual partition.
    pub fn virtual_allocation_table(&self) -> Option<&VirtualAllocationTable> {
        self.described.vat.as_ref().map(|vat| &vat.table)
    }

    /// The states of a volume with a virtual partition, the present one first: blocks with the ICBs of
    /// virtual allocation tables, for [`OpenOptions::vat`].
    pub fn states(&self) -> Vec<u32> {
        let (Some(vat), Some(on)) = (&self.described.vat, self.described.virtual_partition) else {
            return Vec::new();
        };
        let space = self.space();
        let mut states = vec![vat.block];
        let mut previous = vat.table.previous;
        // Each lies in front of the one that names it; together they are no larger than the source.
        let mut left = space.bytes();
        while let Some(block) = on.start.checked_add(previous)
            && previous != VirtualAllocationTable::NONE
            && states.last().is_some_and(|last| block < *last)
        {
            let read = read_vat(space, on.below, block, on.start, on.revision, &mut left);
            let Some(vat) = read else { break };
            states.push(block);
            previous = vat.table.previous;
        }
        states
    }

    /// The findings so far, from all that was read; 1000 at most, and one that counts the rest.
    pub fn findings(&self) -> Vec<Finding> {
        self.findings.to_vec()
    }

    /// The unallocated space bitmap of a partition, by its number; `None` if it has none.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Corrupt`].
    pub fn space_bitmap(&self, number: u16) -> Result<Option<SpaceBitmapDescriptor>, Error> {
        Ok(match self.unallocated_space(number)? {
            Some(FreeSpace::Bitmap(bitmap)) => Some(bitmap),
            _ => None,
        })
    }

    /// The space of a partition that can be used at once, by its number: of a bitmap or a table. `None` if neither is
    /// there.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Corrupt`].
    pub fn unallocated_space(&self, number: u16) -> Result<Option<FreeSpace>, Error> {
        self.free_space(number, |header| (header.unallocated_space_bitmap, header.unallocated_space_table))
    }

    /// The space of a partition that needs preparation before it can be used, as that by
    /// [`unallocated_space`](Volume::unallocated_space).
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Corrupt`].
    pub fn freed_space(&self, number: u16) -> Result<Option<FreeSpace>, Error> {
        self.free_space(number, |header| (header.freed_space_bitmap, header.freed_space_table))
    }

    fn free_space(
        &self,
        number: u16,
        which: fn(&PartitionHeaderDescriptor) -> (ShortAd, ShortAd),
    ) -> Result<Option<FreeSpace>, Error> {
        let Some(partition) = self.partitions().iter().find(|partition| partition.number == number) else {
            return Ok(None);
        };
        let (bitmap, table) = which(&partition.header);
        let is_about = |map: &PartitionMap| {
            matches!(map, PartitionMap::Physical { .. } | PartitionMap::Sparable { .. })
                && map.partition_number() == Some(number)
        };
        // A partition that no map is about is addressed as it lies.
        let maps = &self.described.logical_volume.partition_maps;
        let map = maps.iter().position(is_about).and_then(|at| u16::try_from(at).ok());
        let physical = PhysicalTranslation { start: partition.start, length: partition.length };
        let plain = [Some(Translation::Physical(physical))];
        let (space, map) = match map {
            Some(map) => (self.space(), map),
            None => (Space { partitions: &plain, ..self.space() }, 0),
        };
        if bitmap.length() > 0 {
            free_space::bitmap(space, map, bitmap).map(|bitmap| Some(FreeSpace::Bitmap(bitmap)))
        } else if table.length() > 0 {
            free_space::table(space, map, table, partition).map(|extents| Some(FreeSpace::Table(extents)))
        } else {
            Ok(None)
        }
    }

    /// A guard for one walk through the hierarchy.
    pub fn directory_guard(&self) -> DirectoryGuard {
        DirectoryGuard::new(self.space().bytes())
    }

    /// The root directory.
    pub fn root_directory(&self) -> Directory {
        self.described.root
    }

    /// Address of the ICB of the system stream directory (UDF 2.00 and later).
    pub fn system_streams(&self) -> Option<LbAddr> {
        let icb = &self.described.file_set.system_stream_directory_icb;
        (icb.length() > 0).then(|| address(icb))
    }

    /// Visits the file with this ICB, with an empty name.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Corrupt`]; [`Error::Unsupported`] for ICBs of anything but files.
    pub fn entry(
        &self,
        icb: LbAddr,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>),
    ) -> Result<(), Error> {
        self.prepare(buffer);
        buffer.entry.name.clear();
        let identifier = Named {
            identifier: &[],
            characteristics: FileCharacteristics::empty(),
            icb,
            place: self.space().place_of(icb),
        };
        let _ = self.visit_entry(&identifier, &mut buffer.entry, &mut |entry| {
            visit(entry);
            ControlFlow::Continue(())
        })?;
        Ok(())
    }

    /// Visits the root directory itself, with an empty name.
    ///
    /// # Errors
    /// As [`Volume::entry`].
    pub fn root_entry(
        &self,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>),
    ) -> Result<(), Error> {
        self.entry(self.described.root.icb, buffer, visit)
    }

    /// The stream directory with this ICB: [`Entry::streams`] or [`Volume::system_streams`].
    ///
    /// # Errors
    /// As [`Volume::directory`]; [`Error::Corrupt`] for a directory of files.
    pub fn stream_directory(&self, icb: LbAddr) -> Result<Directory, Error> {
        let space = self.space();
        let mut buffer = IcbBuffer::default();
        let (node, found) = buffer.read(space, icb)?;
        if node.file_type() == FileType::STREAM_DIRECTORY {
            return Ok(Directory { icb, len: node.len });
        }
        let detail = format!("a {} where a stream directory should be", node.file_type());
        Err(space.corrupt(found.place, STREAM_DIRECTORY, detail))
    }

    /// The directory with this ICB: one of files, or of named streams.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Corrupt`].
    pub fn directory(&self, icb: LbAddr) -> Result<Directory, Error> {
        let space = self.space();
        let mut buffer = IcbBuffer::default();
        let (node, found) = buffer.read(space, icb)?;
        if is_directory(node.file_type()) {
            return Ok(Directory { icb, len: node.len });
        }
        let detail = format!("a {} where a directory should be", node.file_type());
        Err(space.corrupt(found.place, DIRECTORY, detail))
    }

    /// Visits the identifiers of a directory in their order, those of its parent and of deleted files among
    /// them, until `visit` breaks off. Their ICBs are not read.
    ///
    /// # Errors
    /// As [`Volume::read_directory`].
    pub fn identifiers(
        &self,
        directory: &Directory,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Identifier<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        self.walk(directory, buffer, &mut |raw, place, entry| {
            self.decode(raw.identifier, place, &mut entry.name);
            visit(Identifier {
                name: &entry.name,
                identifier: raw.identifier,
                characteristics: raw.characteristics,
                icb: raw.icb,
                implementation_use: raw.implementation_use,
            })
        })
    }

    /// Visits the entries of a directory in the order of their identifiers, until `visit` breaks off. The
    /// parent is no entry, and deleted files are none; hidden ones are. An entry whose ICB cannot be read is
    /// left out, with a finding.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if the ICB is not that of a directory; [`Error::Read`] for a directory that lies
    /// behind the end of the image or cannot be read, after the entries in front of the block that failed.
    pub fn read_directory(
        &self,
        directory: &Directory,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        self.visit_named(directory, None, buffer, visit)
    }

    /// Visits the entries of one name, as [`Volume::read_directory`] does all. Of the others nothing is read but
    /// the names.
    ///
    /// # Errors
    /// As [`Volume::read_directory`].
    pub fn find(
        &self,
        directory: &Directory,
        name: &[u8],
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        self.visit_named(directory, Some(name), buffer, visit)
    }

    fn visit_named(
        &self,
        directory: &Directory,
        wanted: Option<&[u8]>,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        const SKIPPED: FileCharacteristics = FileCharacteristics::PARENT.union(FileCharacteristics::DELETED);
        self.walk(directory, buffer, &mut |raw, place, entry| {
            if raw.characteristics.intersects(SKIPPED) {
                return ControlFlow::Continue(());
            }
            self.decode(raw.identifier, place, &mut entry.name);
            if wanted.is_some_and(|wanted| wanted != entry.name) {
                return ControlFlow::Continue(());
            }
            let named = Named {
                identifier: raw.identifier,
                characteristics: raw.characteristics,
                icb: address(&raw.icb),
                place,
            };
            match self.visit_entry(&named, entry, visit) {
                Ok(flow) => flow,
                Err(error) => {
                    let name = String::from_utf8_lossy(&entry.name);
                    let message = format_args!("\"{name}\" is left out: {error}");
                    self.findings.damage(place, "4/14.4", message);
                    ControlFlow::Continue(())
                }
            }
        })
    }

    /// Visits the named streams in the stream directory with this ICB, in the order of their identifiers,
    /// until `visit` breaks off. They are files, and have no streams themselves (UDF 3.3.5.1): what is
    /// something else is left out, with a finding.
    ///
    /// A sound stream directory belongs to one file. Who reads those of many files asks a
    /// [`DirectoryGuard`] first.
    ///
    /// # Errors
    /// As [`Volume::read_directory`].
    pub fn read_streams(
        &self,
        directory: &Directory,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let place = self.space().place_of(directory.icb);
        self.read_directory(directory, buffer, &mut |entry| {
            if !matches!(entry.kind, EntryKind::File(_)) {
                let name = String::from_utf8_lossy(entry.name);
                let message = format_args!("\"{name}\" among the streams of a file is none: it is left out");
                self.findings.damage(place, "UDF 3.3.5.1", message);
                return ControlFlow::Continue(());
            }
            if entry.streams.is_some() {
                let name = String::from_utf8_lossy(entry.name);
                let message = format_args!("streams of the stream \"{name}\": they are left out");
                self.findings.damage(place, "UDF 3.3.5.1", message);
            }
            visit(entry)
        })
    }

    /// The content of the file with this ICB.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Corrupt`] for an ICB that is damaged or extents that are nowhere;
    /// [`Error::Unsupported`] for allocation descriptors of an unknown kind.
    pub fn content(&self, icb: LbAddr) -> Result<Content, Error> {
        let space = self.space();
        let mut buffer = IcbBuffer::default();
        let (node, found) = buffer.read(space, icb)?;
        if node.icb.flags.allocation() == AllocationType::Embedded {
            return Ok(Content::Embedded(self.embedded(&node, found).to_vec()));
        }
        let runs = runs(space, &node, found, usize::MAX)?;
        stretches(space, &runs, found).map(Content::Extents)
    }

    /// The extended attributes of the file with this ICB that stand in an ICB of their own; empty if there
    /// are none.
    ///
    /// # Errors
    /// As [`Volume::content`].
    pub fn external_attributes(&self, icb: LbAddr) -> Result<Vec<u8>, Error> {
        let space = self.space();
        let mut buffer = IcbBuffer::default();
        let (node, _) = buffer.read(space, icb)?;
        let own = node.extended_attribute_icb;
        if own.length() == 0 { Ok(Vec::new()) } else { self.attribute_file(address(&own)) }
    }

    /// Visits the entry at a path of names with slashes between them; tells whether there is one. Only the
    /// directories on the way are read.
    ///
    /// # Errors
    /// As [`Volume::read_directory`].
    pub fn lookup(
        &self,
        path: &[u8],
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>),
    ) -> Result<bool, Error> {
        let mut at = self.described.root.icb;
        for name in path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
            let directory = self.directory(at)?;
            let mut found = None;
            self.identifiers(&directory, buffer, &mut |identifier| {
                let is_deleted = identifier.characteristics.contains(FileCharacteristics::DELETED);
                if identifier.name != name || is_deleted {
                    return ControlFlow::Continue(());
                }
                found = Some(address(&identifier.icb));
                ControlFlow::Break(())
            })?;
            let Some(icb) = found else { return Ok(false) };
            at = icb;
        }
        self.entry(at, buffer, visit)?;
        Ok(true)
    }

    fn space(&self) -> Space<'_> {
        Space {
            source: &self.source,
            block_size: self.described.block_size,
            partitions: &self.described.translations,
            findings: &self.findings,
            chains: &self.chains,
        }
    }

    /// The buffer may have served for another volume.
    fn prepare(&self, buffer: &mut DirectoryBuffer) {
        buffer.entry.icb.reset();
    }

    fn decode(&self, identifier: &[u8], place: Place, name: &mut Vec<u8>) {
        name.clear();
        if let Some(message) = decode_name(identifier, name) {
            self.findings.odd(place, "UDF 2.1.1", format_args!("{message}"));
        }
    }

    fn walk(
        &self,
        directory: &Directory,
        buffer: &mut DirectoryBuffer,
        each: &mut dyn FnMut(FileIdentifierDescriptor<'_>, Place, &mut EntryBuffer) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let space = self.space();
        self.prepare(buffer);
        let DirectoryBuffer { piece, entry } = buffer;
        let (node, found) = entry.icb.read(space, directory.icb)?;
        if !is_directory(node.file_type()) {
            let detail = format!("a {} where a directory should be", node.file_type());
            return Err(space.corrupt(found.place, DIRECTORY, detail));
        }
        let data = if node.icb.flags.allocation() == AllocationType::Embedded {
            let identifiers = self.embedded(&node, found);
            piece.clear();
            piece.extend_from_slice(identifiers);
            Data::embedded(identifiers.len(), found.at, found.place)
        } else {
            Data::extents(space, runs(space, &node, found, usize::MAX)?, found.place)
        };
        walk(space, &data, piece, &mut |identifier, place| each(identifier, place, entry))
    }

    /// Content in the entry itself.
    fn embedded<'n>(&self, node: &Node<'n>, found: Found) -> &'n [u8] {
        let most = node.allocation.len();
        let len = usize::try_from(node.len).unwrap_or(usize::MAX);
        if len > most {
            let message = format_args!("a file of {len} bytes in its entry, where there are {most}");
            self.findings.damage(found.place, "4/14.6.8", message);
        }
        &node.allocation[..len.min(most)]
    }

    fn visit_entry(
        &self,
        named: &Named<'_>,
        buffer: &mut EntryBuffer,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Error> {
        let space = self.space();
        let EntryBuffer { icb, name, content, target } = buffer;
        let (node, found) = icb.read(space, named.icb)?;
        let kind = self.kind(named, &node, found, content, target)?;
        let says_directory = named.characteristics.contains(FileCharacteristics::DIRECTORY);
        if !named.identifier.is_empty() && says_directory != is_directory(node.file_type()) {
            let message = format_args!("an identifier and the {} it is of disagree", node.file_type());
            self.findings.odd(named.place, "4/14.4.3", message);
        }
        let given = |id: u32| (id != u32::MAX).then_some(id);
        let FileTimes { creation, deletion, effective, last_backup } = file_times(node.extended_attributes);
        Ok(visit(Entry {
            name,
            identifier: named.identifier,
            characteristics: named.characteristics,
            kind,
            icb: named.icb,
            unique_id: node.unique_id,
            file_type: node.file_type(),
            flags: node.icb.flags,
            permissions: node.permissions,
            uid: given(node.uid),
            gid: given(node.gid),
            links: node.links,
            len: node.len,
            blocks_recorded: node.blocks_recorded,
            times: Times {
                access: node.access,
                modify: node.modify,
                creation: node.creation.or(creation),
                attribute: node.attribute,
                deletion,
                effective,
                last_backup,
            },
            extended_attributes: node.extended_attributes,
            streams: (node.stream_directory.length() > 0).then(|| address(&node.stream_directory)),
        }))
    }

    fn kind<'n>(
        &self,
        named: &Named<'_>,
        node: &Node<'n>,
        found: Found,
        content: &mut Vec<u8>,
        target: &'n mut Vec<u8>,
    ) -> Result<EntryKind<'n>, Error> {
        let is_embedded = node.icb.flags.allocation() == AllocationType::Embedded;
        Ok(match node.file_type() {
            FileType::DIRECTORY | FileType::STREAM_DIRECTORY => {
                EntryKind::Directory(Directory { icb: named.icb, len: node.len })
            }
            FileType::BYTES | FileType::REAL_TIME | FileType::UNSPECIFIED => {
                if node.file_type() == FileType::UNSPECIFIED {
                    let message = format_args!("a file of unspecified type, taken for a regular one");
                    self.findings.odd(found.place, "4/14.6.6", message);
                }
                EntryKind::File(match is_embedded {
                    true => File::Embedded(self.embedded(node, found)),
                    false => File::Extents,
                })
            }
            FileType::BLOCK_DEVICE | FileType::CHARACTER_DEVICE => {
                let (major, minor) = self.device(node, found);
                match node.file_type() {
                    FileType::BLOCK_DEVICE => EntryKind::BlockDevice { major, minor },
                    _ => EntryKind::CharacterDevice { major, minor },
                }
            }
            FileType::FIFO => EntryKind::Fifo,
            FileType::SOCKET => EntryKind::Socket,
            FileType::SYMBOLIC_LINK => {
                let components: &[u8] = if is_embedded {
                    self.embedded(node, found)
                } else {
                    self.link_content(node, found, content)?
                };
                target.clear();
                if let Some(message) = decode_target(components, target) {
                    self.findings.odd(found.place, "4/14.16", format_args!("{message}"));
                }
                EntryKind::Symlink(target)
            }
            other => {
                let (sector, what) = (found.place.sector(), format!("a {other} in a directory"));
                return Err(Error::Unsupported { sector, structure: "ICB tag (ECMA-167 4/14.6)", what });
            }
        })
    }

    fn link_content<'c>(
        &self,
        node: &Node<'_>,
        found: Found,
        content: &'c mut Vec<u8>,
    ) -> Result<&'c [u8], Error> {
        let space = self.space();
        let runs = runs(space, node, found, MOST_LINK_EXTENTS)?;
        let len = length(&runs).min(MOST_BYTES);
        if len < node.len {
            let message = format_args!("a symbolic link of {} bytes, of which {len} are read", node.len);
            self.findings.damage(found.place, "4/8.7", message);
        }
        content.clear();
        content.resize(usize::try_from(len).unwrap_or(0), 0);
        read_runs(space, &runs, 0, content, Replica::Main)?;
        Ok(content)
    }

    fn device(&self, node: &Node<'_>, found: Found) -> (u32, u32) {
        let external = || {
            let icb = node.extended_attribute_icb;
            if icb.length() == 0 {
                return None;
            }
            device_numbers(&self.attribute_file(address(&icb)).ok()?)
        };
        device_numbers(node.extended_attributes).or_else(external).unwrap_or_else(|| {
            let message = format_args!("a device without its specification, taken for device 0, 0");
            self.findings.odd(found.place, "4/14.10.7", message);
            (0, 0)
        })
    }

    /// The content of an extended attribute file.
    fn attribute_file(&self, icb: LbAddr) -> Result<Vec<u8>, Error> {
        /// Bytes that are read.
        const MOST: u64 = 1 << 20;
        let space = self.space();
        let mut buffer = IcbBuffer::default();
        let (node, found) = buffer.read(space, icb)?;
        if node.icb.flags.allocation() == AllocationType::Embedded {
            return Ok(self.embedded(&node, found).to_vec());
        }
        let runs = runs(space, &node, found, usize::MAX)?;
        let len = length(&runs);
        if len > MOST {
            let detail = format!("extended attributes of {len} bytes");
            return Err(space.corrupt(found.place, "extended attributes (ECMA-167 4/9)", detail));
        }
        let mut content = vec![0; usize::try_from(len).unwrap_or(0)];
        read_runs(space, &runs, 0, &mut content, Replica::Main)?;
        Ok(content)
    }
}

/// What is known of an entry before its ICB is read.
struct Named<'a> {
    identifier: &'a [u8],
    characteristics: FileCharacteristics,
    icb: LbAddr,
    /// Of the identifier.
    place: Place,
}

const fn is_directory(file_type: FileType) -> bool {
    matches!(file_type, FileType::DIRECTORY | FileType::STREAM_DIRECTORY)
}

fn length(runs: &[LogicalRun]) -> u64 {
    runs.last().map_or(0, |last| last.offset.saturating_add(last.len))
}

/// The text of a field, whatever it is.
fn text<const N: usize>(field: &DString<N>) -> String {
    field.text().unwrap_or_else(|_| {
        let (used, content) = match field.0.split_last() {
            Some((length, content)) => (usize::from(*length), content),
            None => (0, &[][..]),
        };
        let units = cs0::units(&content[..used.min(content.len())]).unwrap_or_default();
        String::from_utf16_lossy(&units)
    })
}
