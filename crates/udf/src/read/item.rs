//! What an ICB says of its item, and the content of it.

use std::ops::ControlFlow;

use sector_io::ReadSectors;

use super::allocation::{LogicalRun, runs};
use super::attributes::{device_numbers, file_times};
use super::content::{read_runs, stretches};
use super::entry::{Content, Directory, Entry, EntryKind, File, Times};
use super::finding::Place;
use super::hierarchy::{EntryBuffer, is_directory};
use super::icb::{Found, IcbBuffer};
use super::node::Node;
use super::open::address;
use super::symlink::{MOST_BYTES, decode_target};
use super::{Error, Volume};
use crate::LbAddr;
use crate::attribute::FileTimes;
use crate::file::{AllocationType, FileCharacteristics, FileType};
use crate::partition::Replica;

/// Extents of a symbolic link that are read.
const MOST_LINK_EXTENTS: usize = 256;

/// What is known of an entry before its ICB is read.
pub(super) struct Named<'a> {
    pub(super) identifier: &'a [u8],
    pub(super) characteristics: FileCharacteristics,
    pub(super) icb: LbAddr,
    /// Of the identifier.
    pub(super) place: Place,
}

impl<R: ReadSectors> Volume<R> {
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

    /// Content in the entry itself.
    pub(super) fn embedded<'n>(&self, node: &Node<'n>, found: Found) -> &'n [u8] {
        let most = node.allocation.len();
        let len = usize::try_from(node.len).unwrap_or(usize::MAX);
        if len > most {
            let message = format_args!("a file of {len} bytes in its entry, where there are {most}");
            self.findings.damage(found.place, "4/14.6.8", message);
        }
        &node.allocation[..len.min(most)]
    }

    pub(super) fn visit_entry(
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

fn length(runs: &[LogicalRun]) -> u64 {
    runs.last().map_or(0, |last| last.offset.saturating_add(last.len))
}
