use crate::file::{ExtendedFileEntry, FileEntry, FileType, IcbTag, Permissions};
use crate::{Error, LongAd, Tag, TagId, Timestamp};

/// What file entries (ECMA-167 4/14.9) and extended file entries (4/14.17) have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'a> {
    pub(super) tag: Tag,
    pub(super) icb: IcbTag,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) permissions: Permissions,
    pub(super) links: u16,
    /// Information length, bytes.
    pub(super) len: u64,
    pub(super) blocks_recorded: u64,
    pub(super) access: Timestamp,
    pub(super) modify: Timestamp,
    /// Of extended file entries only.
    pub(super) creation: Option<Timestamp>,
    pub(super) attribute: Timestamp,
    pub(super) extended_attribute_icb: LongAd,
    /// Of extended file entries only; length 0 if there is none.
    pub(super) stream_directory: LongAd,
    pub(super) unique_id: u64,
    pub(super) extended_attributes: &'a [u8],
    pub(super) allocation: &'a [u8],
    /// Bytes of the two areas.
    area_lengths: (usize, usize),
}

impl<'a> Node<'a> {
    /// The entry in a block.
    ///
    /// # Errors
    /// As of a descriptor's `parse`.
    pub(super) fn parse(block: &'a [u8]) -> Result<Node<'a>, Error> {
        let (tag, _) = Tag::open(block)?;
        Node::of(tag, block)
    }

    /// The entry in a block whose tag has been checked.
    ///
    /// # Errors
    /// As of a descriptor's `parse`, but for the tag.
    pub(super) fn of(tag: Tag, block: &'a [u8]) -> Result<Node<'a>, Error> {
        match tag.id {
            TagId::FILE_ENTRY => FileEntry::parse_behind(tag, block).map(Node::from),
            TagId::EXTENDED_FILE_ENTRY => ExtendedFileEntry::parse_behind(tag, block).map(Node::from),
            found => Err(Error::TagId { expected: TagId::FILE_ENTRY, found }),
        }
    }

    /// The fields alone.
    pub(super) fn without_areas(&self) -> Node<'static> {
        Node { extended_attributes: &[], allocation: &[], ..*self }
    }

    /// Fields that were parsed from `block`, with their areas again.
    pub(super) fn with_areas(self, block: &'a [u8]) -> Node<'a> {
        let (attributes, allocation) = self.area_lengths;
        let fixed = if self.creation.is_some() { ExtendedFileEntry::FIXED } else { FileEntry::FIXED };
        let areas = block.get(fixed..).unwrap_or_default();
        let (extended_attributes, rest) = areas.split_at(attributes.min(areas.len()));
        Node { extended_attributes, allocation: &rest[..allocation.min(rest.len())], ..self }
    }

    pub(super) const fn file_type(&self) -> FileType {
        self.icb.file_type
    }
}

impl<'a> From<FileEntry<'a>> for Node<'a> {
    fn from(entry: FileEntry<'a>) -> Node<'a> {
        Node {
            tag: entry.tag,
            icb: entry.icb_tag,
            uid: entry.uid,
            gid: entry.gid,
            permissions: entry.permissions,
            links: entry.link_count,
            len: entry.information_length,
            blocks_recorded: entry.logical_blocks_recorded,
            access: entry.access_time,
            modify: entry.modification_time,
            creation: None,
            attribute: entry.attribute_time,
            extended_attribute_icb: entry.extended_attribute_icb,
            stream_directory: LongAd::default(),
            unique_id: entry.unique_id,
            extended_attributes: entry.extended_attributes,
            allocation: entry.allocation_descriptors,
            area_lengths: (entry.extended_attributes.len(), entry.allocation_descriptors.len()),
        }
    }
}

impl<'a> From<ExtendedFileEntry<'a>> for Node<'a> {
    fn from(entry: ExtendedFileEntry<'a>) -> Node<'a> {
        Node {
            tag: entry.tag,
            icb: entry.icb_tag,
            uid: entry.uid,
            gid: entry.gid,
            permissions: entry.permissions,
            links: entry.link_count,
            len: entry.information_length,
            blocks_recorded: entry.logical_blocks_recorded,
            access: entry.access_time,
            modify: entry.modification_time,
            creation: Some(entry.creation_time),
            attribute: entry.attribute_time,
            extended_attribute_icb: entry.extended_attribute_icb,
            stream_directory: entry.stream_directory_icb,
            unique_id: entry.unique_id,
            extended_attributes: entry.extended_attributes,
            allocation: entry.allocation_descriptors,
            area_lengths: (entry.extended_attributes.len(), entry.allocation_descriptors.len()),
        }
    }
}
