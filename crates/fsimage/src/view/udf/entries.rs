use sector_io::{Sector, SectorCount};
use udf::Revision;
use udf::file::{FileType, IcbFlags};
use udf::write::{Contents, DataExtent, Entry, EntryTimes, IcbBlock, SymlinkData};

use super::{Base, DataAddresses, EntryRange, Linked, Member, UdfView, shared};
use crate::tree::{Content, ContentId, NodeId, NodeKind, Section, Times, Timestamp, Tree, UdfFlags};
use crate::view::internal;
use crate::{Error, Result};

impl UdfView {
    /// Blocks of a member's ICB, with what follows it. Directories are not counted here.
    pub(super) fn entry_blocks(&self, tree: &Tree, child: NodeId, member: Member) -> u64 {
        if self.keeps(child) {
            return 0;
        }
        match member {
            Member::File(id, source) => self.file_blocks(tree, id, self.attributes_len(tree, source)),
            Member::Symlink(target) => {
                let len = SymlinkData::new(tree.link_target(target)).bytes.len();
                let embedded = len <= self.room(tree, child);
                1 + if embedded { 0 } else { len.div_ceil(udf::write::BLOCK_SIZE) as u64 }
            }
            Member::Special => 1,
            Member::Directory(_) => 0,
        }
    }

    /// Blocks of a file's ICB, in which there are so many bytes of extended attributes, with what follows it.
    pub(super) fn file_blocks(&self, tree: &Tree, id: ContentId, attributes: usize) -> u64 {
        if self.embeds(tree, id) || is_one_descriptor(tree.content(id)) {
            return 1;
        }
        let extents = self.extents(tree, id, None);
        1 + Entry::allocation_extents(self.form, attributes, extents.iter().map(|extent| extent.len))
    }

    /// Blocks that a child's ICB takes among those of its directory.
    pub(super) fn own_entry_blocks(&self, tree: &Tree, child: NodeId) -> u64 {
        match self.member(tree, child) {
            Some(member) if self.entry_elsewhere(tree, child, member).is_some() => 0,
            Some(member) => self.entry_blocks(tree, child, member),
            None => 0,
        }
    }

    /// Bytes of extended attributes in the ICB of a node that is no device.
    pub(super) fn attributes_len(&self, tree: &Tree, node: NodeId) -> usize {
        times(tree.times(node)).attributes_len(self.form)
    }

    /// Bytes that the ICB of a node that is no device has room for.
    pub(super) fn room(&self, tree: &Tree, node: NodeId) -> usize {
        self.form.room().saturating_sub(self.attributes_len(tree, node))
    }

    /// The name that a member has its ICB with, and its block, where that is another one.
    pub(super) fn entry_elsewhere(&self, tree: &Tree, name: NodeId, member: Member) -> Option<(NodeId, u32)> {
        let linked = self.linked_of(tree, name, member)?;
        linked.first.filter(|(first, _)| *first != name)
    }

    /// How many names a member has.
    pub(super) fn names(&self, tree: &Tree, name: NodeId, member: Member) -> u32 {
        self.linked_of(tree, name, member).map_or(1, |linked| linked.names)
    }

    fn linked_of(&self, tree: &Tree, name: NodeId, member: Member) -> Option<&Linked> {
        match self.linked.is_empty() {
            true => None,
            false => self.linked.get(&shared(tree, name, member)?),
        }
    }

    /// Whether UDF can refer to the content where it lies: extents but the last are whole blocks (ECMA-167
    /// 4/12.1).
    pub(super) fn holds(&self, content: &Content) -> bool {
        let Content::ImportedSections { sections, .. } = content else { return true };
        let cut = sections.iter().rev().skip(1).any(|section| !section.len.is_multiple_of(2048));
        !cut || !self.imported_stays
    }

    /// The stretches of a content that is not embedded; without addresses, only their lengths mean something.
    pub(super) fn extents(
        &self,
        tree: &Tree,
        id: ContentId,
        addresses: Option<DataAddresses<'_>>,
    ) -> Vec<DataExtent> {
        let block = |sector: Sector| {
            let partition = addresses.map_or(Sector::ZERO, |addresses| addresses.partition);
            sector.since(partition).unwrap_or(SectorCount::ZERO).get()
        };
        match tree.content(id) {
            Content::Imported { start, len } if self.imported_stays => {
                vec![DataExtent { block: block(*start), len: u64::from(*len) }]
            }
            Content::ImportedSections { sections, .. } if self.imported_stays => {
                merged(sections, |section| DataExtent {
                    block: block(section.start),
                    len: u64::from(section.len),
                })
            }
            content => {
                let start = addresses.and_then(|addresses| addresses.contents.start_of(id));
                vec![DataExtent { block: block(start.unwrap_or_default()), len: content.len() }]
            }
        }
    }

    /// Appends a directory's ICB and its file identifiers.
    pub(super) fn append_directory_entry(
        &self,
        tree: &Tree,
        place: usize,
        base: Base,
        records: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let directory = self.directories[place];
        let own = self.address(directory.node, directory.icb, base);
        let links = directory.subdirectories.saturating_add(1);
        let mut entry = self.entry(tree, directory.node, FileType::DIRECTORY, links, own.unique_id);
        self.give_streams(&mut entry, directory.icb, base);
        let at = base.at(own.block, directory.icb);
        self.append_with_identifiers(&entry, at, records, directory.records, out)
    }

    /// Appends the ICB of a directory, or a stream directory, and its file identifiers: in it, or in the blocks behind.
    pub(super) fn append_with_identifiers(
        &self,
        entry: &Entry,
        at: IcbBlock,
        identifiers: &[u8],
        blocks: u32,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let contents = match blocks {
            0 => Contents::Embedded(identifiers),
            _ => {
                let len = identifiers.len() as u64;
                Contents::Structures(DataExtent { block: at.behind, len })
            }
        };
        entry.append(self.form, at, contents, out).map_err(|error| internal(&error))?;
        if blocks > 0 {
            let end = out.len() + blocks as usize * udf::write::BLOCK_SIZE;
            out.extend_from_slice(identifiers);
            out.resize(end, 0);
        }
        Ok(())
    }

    /// Appends the ICBs of some of a directory's children. `content` appends a content's bytes, and zeros up to
    /// a whole sector.
    pub(crate) fn append_entries(
        &self,
        tree: &Tree,
        range: EntryRange,
        addresses: DataAddresses<'_>,
        content: &mut dyn FnMut(ContentId, &mut Vec<u8>) -> Result<()>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let Some(directory) = self.directory_id(tree, range.place as usize) else { return Ok(()) };
        let EntryRange { from, to, mut block, base, .. } = range;
        let mut embedded = Vec::new();
        let children = tree.children_from(directory, from as usize).take((to - from) as usize);
        for child in children {
            let Some(member) = self.member(tree, child) else { continue };
            let address = self.address(child, block, base);
            let at = base.at(address.block, block);
            let written = |error: udf::Error| internal(&error);
            let before = out.len();
            let names = self.names(tree, child, member);
            match member {
                Member::Directory(_) => continue,
                _ if self.keeps(child) => continue,
                _ if self.entry_elsewhere(tree, child, member).is_some() => continue,
                Member::File(id, source) => {
                    let real_time = tree.is_real_time(source) && self.tells_real_time();
                    let file_type = if real_time { FileType::REAL_TIME } else { FileType::BYTES };
                    let mut entry = self.entry(tree, source, file_type, names, address.unique_id);
                    self.give_streams(&mut entry, block, base);
                    let bytes = match self.embeds(tree, id) {
                        true => Some(embedded_bytes(tree, id, content, &mut embedded)?),
                        false => None,
                    };
                    self.append_file(tree, id, &entry, at, bytes, addresses, out)?;
                }
                Member::Symlink(target) => {
                    let entry = self.entry(tree, child, FileType::SYMBOLIC_LINK, names, address.unique_id);
                    let data = SymlinkData::new(tree.link_target(target)).bytes;
                    let len = data.len() as u64;
                    if data.len() <= self.room(tree, child) {
                        entry.append(self.form, at, Contents::Embedded(&data), out).map_err(written)?;
                    } else {
                        let extent = DataExtent { block: at.behind, len };
                        entry.append(self.form, at, Contents::Structures(extent), out).map_err(written)?;
                        out.extend_from_slice(&data);
                        out.resize(before + (out.len() - before).next_multiple_of(udf::write::BLOCK_SIZE), 0);
                    }
                }
                Member::Special => {
                    let (file_type, device) = match tree.kind(child) {
                        NodeKind::BlockDevice(number) => (FileType::BLOCK_DEVICE, Some(number)),
                        NodeKind::CharacterDevice(number) => (FileType::CHARACTER_DEVICE, Some(number)),
                        NodeKind::Socket => (FileType::SOCKET, None),
                        _ => (FileType::FIFO, None),
                    };
                    let mut entry = self.entry(tree, child, file_type, names, address.unique_id);
                    entry.device = device.map(|number| (number.major(), number.minor()));
                    entry.append(self.form, at, Contents::Embedded(&[]), out).map_err(written)?;
                }
            }
            block = behind(block, out.len() - before)?;
        }
        Ok(())
    }

    /// Appends the ICB of a file, or a stream: with its bytes, or with where they lie.
    #[allow(clippy::too_many_arguments, reason = "what an ICB says")]
    pub(super) fn append_file(
        &self,
        tree: &Tree,
        id: ContentId,
        entry: &Entry,
        at: IcbBlock,
        embedded: Option<&[u8]>,
        addresses: DataAddresses<'_>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let extents;
        let contents = match embedded {
            Some(bytes) => Contents::Embedded(bytes),
            None => {
                extents = self.extents(tree, id, Some(addresses));
                Contents::Data(&extents)
            }
        };
        entry.append(self.form, at, contents, out).map_err(|error| internal(&error))
    }

    /// Whether the revision has real-time files (UDF 2.3.5.2.1).
    pub(super) fn tells_real_time(&self) -> bool {
        self.form.revision() >= Revision::V2_01
    }

    /// Leads from the entry of an item, whose ICB is `block`, to its streams. The stream directory's parent is
    /// the item: a file identifier more that leads to it (UDF 3.3.5.1).
    fn give_streams(&self, entry: &mut Entry, block: u32, base: Base) {
        entry.streams = self.streams_at(block, base);
        if entry.streams.is_some() {
            entry.links = entry.links.saturating_add(1);
        }
    }

    pub(super) fn entry(
        &self,
        tree: &Tree,
        node: NodeId,
        file_type: FileType,
        links: u32,
        unique_id: u64,
    ) -> Entry {
        let attributes = tree.attributes_in_udf(node);
        Entry {
            file_type,
            mode: attributes.permissions.into(),
            uid: attributes.uid,
            gid: attributes.gid,
            // The field has 16 bits. What has more names keeps them all; only the number ends there.
            links: u16::try_from(links).unwrap_or(u16::MAX),
            modified: time(if tree.is_undated(node) { self.undated } else { tree.modified_in_udf(node) }),
            times: times(tree.times(node)),
            unique_id,
            device: None,
            streams: None,
            is_stream: false,
            flags: icb_flags(tree.udf_flags(node)),
        }
    }
}

/// The flags of an item in its ICB (ECMA-167 4/14.6.8).
fn icb_flags(flags: UdfFlags) -> IcbFlags {
    let mut of_icb = IcbFlags::empty();
    of_icb.set(IcbFlags::ARCHIVE, flags.contains(UdfFlags::ARCHIVE));
    of_icb.set(IcbFlags::SYSTEM, flags.contains(UdfFlags::SYSTEM));
    of_icb
}

/// Whether one allocation descriptor says where the content lies, as of most: each ICB has room for that.
fn is_one_descriptor(content: &Content) -> bool {
    !content.is_imported() && content.len() <= udf::write::MAX_EXTENT
}

/// The bytes of a content that its ICB holds.
pub(super) fn embedded_bytes<'b>(
    tree: &Tree,
    id: ContentId,
    content: &mut dyn FnMut(ContentId, &mut Vec<u8>) -> Result<()>,
    buffer: &'b mut Vec<u8>,
) -> Result<&'b [u8]> {
    let len = tree.content_len(id) as usize;
    buffer.clear();
    if len > 0 {
        content(id, buffer)?;
    }
    Ok(buffer.get(..len).unwrap_or_default())
}

/// The block behind whole blocks of `bytes`.
pub(super) fn behind(block: u32, bytes: usize) -> Result<u32> {
    u32::try_from(bytes / udf::write::BLOCK_SIZE)
        .ok()
        .and_then(|blocks| block.checked_add(blocks))
        .ok_or(Error::TreeTooLarge { what: "UDF structures beyond 8 TiB" })
}

/// Sections with those that follow one another without a gap made one.
fn merged(sections: &[Section], extent: impl Fn(&Section) -> DataExtent) -> Vec<DataExtent> {
    let mut extents: Vec<DataExtent> = Vec::new();
    for next in sections.iter().map(extent) {
        match extents.last_mut() {
            Some(last) if u64::from(last.block) + last.len.div_ceil(2048) == u64::from(next.block) => {
                last.len += next.len;
            }
            _ => extents.push(next),
        }
    }
    extents
}

/// The first sector of imported content that is not empty.
pub(super) fn first_imported(content: &Content) -> Option<Sector> {
    match content {
        Content::Imported { start, len } => (*len > 0).then_some(*start),
        Content::ImportedSections { sections, .. } => {
            sections.iter().filter(|section| section.len > 0).map(|section| section.start).min()
        }
        _ => None,
    }
}

/// First and last second of the years 1 to 9999, which a time stamp can say (ECMA-167 1/7.3).
const FIRST_SECOND: i64 = -62_135_596_800;
const LAST_SECOND: i64 = 253_402_300_799;

/// The first time of a node that UDF cannot say, that of modification before the others, and the nearest that it can.
pub(super) fn clamped_time(tree: &Tree, node: NodeId) -> Option<(Timestamp, Timestamp)> {
    let times = tree.times(node);
    let given =
        [tree.modified_in_udf(node)].into_iter().chain(times.iter()).find(|&time| !is_recordable(time))?;
    let (seconds, _) = time(given).to_unix()?;
    Some((given, Timestamp::from_unix(seconds)))
}

fn times(times: Times) -> EntryTimes {
    EntryTimes {
        access: times.access.map(time),
        attribute: times.attributes.map(time),
        creation: times.creation.map(time),
        deletion: times.expiration.map(time),
        effective: times.effective.map(time),
        last_backup: times.backup.map(time),
    }
}

/// Whether UDF can say the time.
fn is_recordable(time: Timestamp) -> bool {
    (FIRST_SECOND..=LAST_SECOND).contains(&time.seconds)
}

/// The time stamp in UTC, to the microsecond; of other years the nearest.
pub(crate) fn time(time: Timestamp) -> udf::Timestamp {
    let seconds = time.seconds.clamp(FIRST_SECOND, LAST_SECOND);
    udf::Timestamp::from_unix(seconds, time.nanoseconds.min(999_999_999) / 1000, 0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_other_ages_become_the_nearest() {
        assert!(is_recordable(Timestamp::from_unix(LAST_SECOND)));
        assert!(!is_recordable(Timestamp::from_unix(LAST_SECOND + 1)));
        assert_eq!(time(Timestamp::from_unix(i64::MAX)).to_unix(), Some((LAST_SECOND, 0)));
        assert_eq!(time(Timestamp::from_unix(i64::MIN)).to_unix(), Some((FIRST_SECOND, 0)));
        let fraction = Timestamp { seconds: -1, nanoseconds: 123_456_789 };
        assert_eq!(time(fraction).to_unix(), Some((-1, 123_456)));
    }

    #[test]
    fn neighbouring_sections_are_one_extent() {
        let section = |start, len| Section { start: Sector::new(start), len };
        let sections = [section(10, 4096), section(12, 2048), section(20, 100)];
        let extents =
            merged(&sections, |section| DataExtent { block: section.start.get(), len: section.len.into() });
        assert_eq!(extents, [DataExtent { block: 10, len: 6144 }, DataExtent { block: 20, len: 100 }]);
    }
}
