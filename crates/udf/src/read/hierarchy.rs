//! The hierarchy: directories, their identifiers, and the entries that these lead to.

use std::ops::ControlFlow;

use sector_io::ReadSectors;

use super::allocation::runs;
use super::directory::{Data, walk};
use super::entry::{Directory, Entry, EntryKind, Identifier};
use super::finding::Place;
use super::icb::IcbBuffer;
use super::identifier::decode_name;
use super::item::Named;
use super::open::address;
use super::{DirectoryGuard, Error, Volume};
use crate::LbAddr;
use crate::file::{AllocationType, FileCharacteristics, FileIdentifierDescriptor, FileType};

/// Memory for reading directories of one volume. It is used again for every directory, and holds 1 MiB at
/// most of one.
#[derive(Debug, Default)]
pub struct DirectoryBuffer {
    piece: Vec<u8>,
    entry: EntryBuffer,
}

/// Memory for one entry.
#[derive(Debug, Default)]
pub(super) struct EntryBuffer {
    pub(super) icb: IcbBuffer,
    pub(super) name: Vec<u8>,
    pub(super) content: Vec<u8>,
    pub(super) target: Vec<u8>,
}

impl DirectoryBuffer {
    /// An empty buffer.
    #[must_use]
    pub fn new() -> DirectoryBuffer {
        DirectoryBuffer::default()
    }
}

const DIRECTORY: &str = "directory (ECMA-167 4/8.6)";
const STREAM_DIRECTORY: &str = "stream directory (ECMA-167 4/9.2)";

impl<R: ReadSectors> Volume<R> {
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
        self.visit_named(directory, None, buffer, visit).map(drop)
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
        self.visit_named(directory, Some(name), buffer, visit).map(drop)
    }

    /// How many entries were left out, because their ICBs cannot be read.
    fn visit_named(
        &self,
        directory: &Directory,
        wanted: Option<&[u8]>,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> Result<u64, Error> {
        const SKIPPED: FileCharacteristics = FileCharacteristics::PARENT.union(FileCharacteristics::DELETED);
        let (mut left_out, mut has_parent) = (0, false);
        self.walk(directory, buffer, &mut |raw, place, entry| {
            let is_deleted = raw.characteristics.contains(FileCharacteristics::DELETED);
            if raw.characteristics.contains(FileCharacteristics::PARENT) && !is_deleted {
                if has_parent || !raw.identifier.is_empty() {
                    let mut name = Vec::new();
                    self.decode(raw.identifier, place, &mut name);
                    let name = String::from_utf8_lossy(&name);
                    let message =
                        format_args!("\"{name}\" is left out: it says that it is a parent of its directory");
                    self.findings.damage(place, "4/8.6", message);
                    left_out += 1;
                }
                has_parent = true;
            }
            if raw.characteristics.intersects(SKIPPED) {
                return ControlFlow::Continue(());
            }
            self.decode(raw.identifier, place, &mut entry.name);
            if wanted.is_some_and(|wanted| wanted != entry.name) {
                return ControlFlow::Continue(());
            }
            if raw.icb.length() == 0 {
                let name = String::from_utf8_lossy(&entry.name);
                let message = format_args!("the ICB of \"{name}\" has no length; it is taken for one block");
                self.findings.damage(place, "4/14.4.5", message);
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
                    left_out += 1;
                    ControlFlow::Continue(())
                }
            }
        })?;
        Ok(left_out)
    }

    /// Visits the named streams in the stream directory with this ICB, in the order of their identifiers,
    /// until `visit` breaks off. They are files, and have no streams themselves (UDF 3.3.5.1): what is
    /// something else is left out, with a finding. Returns how many are left out, for this or because their ICBs cannot be
    /// read.
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
    ) -> Result<u64, Error> {
        let place = self.space().place_of(directory.icb);
        let mut others = 0;
        let left_out = self.visit_named(directory, None, buffer, &mut |entry| {
            if !matches!(entry.kind, EntryKind::File(_)) {
                let name = String::from_utf8_lossy(entry.name);
                let message = format_args!("\"{name}\" among the streams of a file is none: it is left out");
                self.findings.damage(place, "UDF 3.3.5.1", message);
                others += 1;
                return ControlFlow::Continue(());
            }
            if entry.streams.is_some() {
                let name = String::from_utf8_lossy(entry.name);
                let message = format_args!("streams of the stream \"{name}\": they are left out");
                self.findings.damage(place, "UDF 3.3.5.1", message);
            }
            visit(entry)
        })?;
        Ok(left_out + others)
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
}

pub(super) const fn is_directory(file_type: FileType) -> bool {
    matches!(file_type, FileType::DIRECTORY | FileType::STREAM_DIRECTORY)
}
