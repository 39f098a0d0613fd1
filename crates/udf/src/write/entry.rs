use crate::attribute::{DeviceSpecification, ExtendedAttributeSpace, FileTimes};
use crate::file::{
    AllocationExtentDescriptor, AllocationType, ExtendedFileEntry, FileEntry, FileType, IcbFlags, IcbTag,
    Permissions,
};
use crate::{Error, LongAd, Tag, TagId, Timestamp};

use super::allocation::{DataExtent, Descriptors, areas, chained};
use super::form::developer;
use super::volume::{SERIAL, next_block};
use super::{BLOCK_SIZE, Form, IcbBlock};

/// What an ICB says of a file beside where its content is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// File type.
    pub file_type: FileType,
    /// Permission, set-id and sticky bits of a POSIX mode: `0o7777` at most.
    pub mode: u32,
    /// User id; 0xFFFFFFFF if none is given.
    pub uid: u32,
    /// Group id; 0xFFFFFFFF if none is given.
    pub gid: u32,
    /// File identifiers that lead here.
    pub links: u16,
    /// Time of the last modification.
    pub modified: Timestamp,
    /// The other times.
    pub times: EntryTimes,
    /// Unique id.
    pub unique_id: u64,
    /// Major and minor number of a device.
    pub device: Option<(u32, u32)>,
    /// The file's named streams.
    pub streams: Option<Streams>,
    /// Whether this is a named stream itself.
    pub is_stream: bool,
    /// Whether it was changed since it was archived, and is of the system: [`IcbFlags::ARCHIVE`], [`IcbFlags::SYSTEM`]. All
    /// other flags follow from the rest.
    pub flags: IcbFlags,
}

/// What the ICB of a file says of its named streams (ECMA-167 4/9.2); since UDF 2.00.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    /// Block of the stream directory's ICB, in the partition that structures lie in.
    pub directory: u32,
    /// Bytes of all streams.
    pub len: u64,
}

/// Times of a file beside that of its last modification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EntryTimes {
    /// Last access; if not given, the time of modification is recorded.
    pub access: Option<Timestamp>,
    /// Last change of the attributes; if not given, the time of modification is recorded.
    pub attribute: Option<Timestamp>,
    /// Creation. An extended file entry has a field for it, where the time of modification stands if it is not
    /// given; a file entry gets an attribute if it is (UDF 3.3.4.3).
    pub creation: Option<Timestamp>,
    /// From which on the file may be deleted. This and those that follow become an attribute.
    pub deletion: Option<Timestamp>,
    /// From which on the file may be used.
    pub effective: Option<Timestamp>,
    /// Last backup.
    pub last_backup: Option<Timestamp>,
}

impl EntryTimes {
    /// Bytes of extended attributes that the times take of [`Form::room`] in the ICB of what is no device.
    #[must_use]
    pub fn attributes_len(&self, form: Form) -> usize {
        attributes(form, 0, self, None, &[]).map_or(0, |space| space.len())
    }

    /// The times that the entry of this form has no field for.
    fn without_field(&self, form: Form) -> FileTimes {
        FileTimes {
            creation: self.creation.filter(|_| !form.is_third_edition()),
            deletion: self.deletion,
            effective: self.effective,
            last_backup: self.last_backup,
        }
    }
}

/// Where the content of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents<'a> {
    /// In the ICB; [`Form::room`] bytes at most, extended attributes counted.
    Embedded(&'a [u8]),
    /// The identifiers of a directory, in the partition that these lie in.
    Structures(DataExtent),
    /// In partition map 0.
    Data(&'a [DataExtent]),
}

impl Entry {
    /// Allocation extents, one block each, that the ICB of a file has behind it whose data lie in extents of
    /// these lengths, and which has so many bytes of extended attributes.
    pub fn allocation_extents(form: Form, attributes: usize, lengths: impl Iterator<Item = u64>) -> u64 {
        chained(Descriptors::for_data(form), form.room().saturating_sub(attributes), lengths)
    }

    /// Appends the ICB, for `at`, and its allocation extents for the blocks behind.
    ///
    /// # Errors
    /// [`Error::BlockTooSmall`] for embedded content that does not fit; [`Error::Value`] for addresses beyond
    /// 32 bits, and for streams in a revision without them.
    pub fn append(
        &self,
        form: Form,
        at: impl Into<IcbBlock>,
        contents: Contents<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        self.append_with(form, at.into(), &[], contents, out)
    }

    /// The same with one more extended attribute, of an implementation.
    pub(super) fn append_with(
        &self,
        form: Form,
        IcbBlock { icb: block, behind: next }: IcbBlock,
        attribute: &[u8],
        contents: Contents<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let attributes = attributes(form, block, &self.times, self.device, attribute)?;
        let room = form.room().saturating_sub(attributes.len());
        let recorded = |extent: &DataExtent| extent.len.div_ceil(BLOCK_SIZE as u64);
        let (kind, extents): (_, &[DataExtent]) = match &contents {
            Contents::Embedded(_) => (AllocationType::Embedded, &[]),
            // A short descriptor is about the partition of the ICB.
            Contents::Structures(extent) if !form.has_virtual_partition() => {
                (AllocationType::Short, std::slice::from_ref(extent))
            }
            Contents::Structures(extent) => (AllocationType::Long, std::slice::from_ref(extent)),
            Contents::Data(extents) if form.structure_partition() > 0 => (AllocationType::Long, extents),
            Contents::Data(extents) => (AllocationType::Short, extents),
        };
        let descriptors = if kind == AllocationType::Long { Descriptors::Long } else { Descriptors::Short };
        let partition = form.directory_partition();
        let areas = areas(descriptors, room, extents, partition, next)?;
        let (first, len) = match contents {
            Contents::Embedded(bytes) => (bytes, bytes.len() as u64),
            _ => {
                let len = extents.iter().map(|extent| extent.len).sum();
                (areas.first().map_or(&[][..], Vec::as_slice), len)
            }
        };
        let blocks = extents.iter().map(recorded).sum();
        let own = self.flags & (IcbFlags::ARCHIVE | IcbFlags::SYSTEM);
        let mut flags = own.with_allocation(kind).with_mode(self.mode);
        flags.set(IcbFlags::STREAM, self.is_stream);
        self.append_icb(form, block, flags, (len, blocks), &attributes, first, out)?;
        for (area, location) in areas.iter().skip(1).zip(next..) {
            AllocationExtentDescriptor {
                tag: tag(form, TagId::ALLOCATION_EXTENT, location, 8 + area.len()),
                previous: 0,
                allocation_descriptors: area,
            }
            .encode(next_block(out))?;
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of a file entry")]
    fn append_icb(
        &self,
        form: Form,
        block: u32,
        flags: IcbFlags,
        (information_length, logical_blocks_recorded): (u64, u64),
        extended_attributes: &[u8],
        allocation_descriptors: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let areas = extended_attributes.len() + allocation_descriptors.len();
        let fixed = if form.is_third_edition() { ExtendedFileEntry::FIXED } else { FileEntry::FIXED };
        let id = if form.is_third_edition() { ExtendedFileEntry::ID } else { FileEntry::ID };
        let tag = tag(form, id, block, fixed + areas - Tag::SIZE);
        let icb_tag = IcbTag::direct(self.file_type, flags);
        let permissions = Permissions::from_mode(self.mode);
        if let Some(streams) = self.streams.filter(|_| !form.is_third_edition()) {
            let value = streams.directory.into();
            return Err(Error::Value { structure: "file entry", field: "stream directory ICB", value });
        }
        let EntryTimes { access, attribute, creation, .. } = self.times;
        let access_time = access.unwrap_or(self.modified);
        let attribute_time = attribute.unwrap_or(self.modified);
        let target = next_block(out);
        if form.is_third_edition() {
            let streams = self.streams.map_or(0, |streams| streams.len);
            return ExtendedFileEntry {
                tag,
                icb_tag,
                uid: self.uid,
                gid: self.gid,
                permissions,
                link_count: self.links,
                record_format: 0,
                record_display_attributes: 0,
                record_length: 0,
                information_length,
                object_size: information_length.saturating_add(streams),
                logical_blocks_recorded,
                access_time,
                modification_time: self.modified,
                creation_time: creation.unwrap_or(self.modified),
                attribute_time,
                checkpoint: 1,
                extended_attribute_icb: LongAd::default(),
                stream_directory_icb: self.stream_directory(form),
                implementation_identifier: developer(),
                unique_id: self.unique_id,
                extended_attributes,
                allocation_descriptors,
            }
            .encode(target);
        }
        FileEntry {
            tag,
            icb_tag,
            uid: self.uid,
            gid: self.gid,
            permissions,
            link_count: self.links,
            record_format: 0,
            record_display_attributes: 0,
            record_length: 0,
            information_length,
            logical_blocks_recorded,
            access_time,
            modification_time: self.modified,
            attribute_time,
            checkpoint: 1,
            extended_attribute_icb: LongAd::default(),
            implementation_identifier: developer(),
            unique_id: self.unique_id,
            extended_attributes,
            allocation_descriptors,
        }
        .encode(target)
    }

    fn stream_directory(&self, form: Form) -> LongAd {
        self.streams.map_or(LongAd::default(), |streams| LongAd {
            length_and_type: BLOCK_SIZE as u32,
            block: streams.directory,
            partition: form.structure_partition(),
            implementation_use: [0; 6],
        })
    }
}

/// The extended attributes: times that the entry has no field for (UDF 3.3.4.3), a device's numbers (UDF 3.3.4.4), and
/// one that is made already.
fn attributes(
    form: Form,
    block: u32,
    times: &EntryTimes,
    device: Option<(u32, u32)>,
    other: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut attributes = Vec::new();
    let times = times.without_field(form);
    if times != FileTimes::default() {
        times.encode(&mut attributes)?;
    }
    if let Some((major, minor)) = device {
        let implementation_use = &developer().bytes();
        DeviceSpecification { major, minor, implementation_use }.encode(&mut attributes)?;
    }
    attributes.extend_from_slice(other);
    let mut space = Vec::new();
    if !attributes.is_empty() {
        let tag = tag(form, TagId::EXTENDED_ATTRIBUTE_HEADER, block, 8);
        ExtendedAttributeSpace::arrange(tag, &attributes, &mut space)?;
    }
    Ok(space)
}

/// `crc_length` is at most a block, far below 2^16.
pub(super) fn tag(form: Form, id: TagId, location: u32, crc_length: usize) -> Tag {
    Tag { id, version: form.tag_version(), serial: SERIAL, crc_length: crc_length as u16, location }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Revision;
    use crate::file::IcbEntry;
    use crate::write::StructurePartition;

    const ENTRY: Entry = Entry {
        file_type: FileType::BYTES,
        mode: 0o4755,
        uid: 1000,
        gid: 100,
        links: 2,
        modified: Timestamp {
            type_and_zone: 0x1000,
            year: 2026,
            month: 11,
            day: 21,
            hour: 5,
            minute: 6,
            second: 7,
            centiseconds: 8,
            hundreds_of_microseconds: 9,
            microseconds: 10,
        },
        times: EntryTimes {
            access: None,
            attribute: None,
            creation: None,
            deletion: None,
            effective: None,
            last_backup: None,
        },
        unique_id: 77,
        device: None,
        streams: None,
        is_stream: false,
        flags: IcbFlags::empty(),
    };

    fn form(revision: Revision) -> Form {
        let structures = match revision >= Revision::V2_50 {
            true => StructurePartition::Metadata,
            false => StructurePartition::Physical,
        };
        Form::new(revision, structures).unwrap()
    }

    fn append(entry: &Entry, revision: Revision, contents: Contents<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        entry.append(form(revision), 9, contents, &mut out).unwrap();
        out
    }

    #[test]
    fn a_small_file_is_in_its_icb() {
        let bytes = append(&ENTRY, Revision::V1_02, Contents::Embedded(b"content"));
        let entry = FileEntry::parse(&bytes).unwrap();
        assert_eq!((bytes.len(), entry.tag.version, entry.tag.location), (2048, 2, 9));
        assert_eq!((entry.information_length, entry.logical_blocks_recorded), (7, 0));
        assert_eq!(entry.allocation_descriptors, b"content");
        assert_eq!((entry.icb_tag.flags.mode(), entry.permissions.mode()), (0o4000, 0o755));
        assert_eq!((entry.uid, entry.gid, entry.link_count, entry.unique_id), (1000, 100, 2, 77));
        let room = form(Revision::V1_02).room();
        let full = append(&ENTRY, Revision::V1_02, Contents::Embedded(&vec![1; room]));
        assert_eq!(FileEntry::parse(&full).unwrap().information_length, 1872);
        let mut out = Vec::new();
        let more = vec![1; room + 1];
        assert!(ENTRY.append(form(Revision::V1_02), 9, Contents::Embedded(&more), &mut out).is_err());
    }

    #[test]
    fn file_data_beside_a_metadata_partition_have_long_descriptors() {
        let extents = [DataExtent { block: 500, len: 5000 }];
        let bytes = append(&ENTRY, Revision::V2_50, Contents::Data(&extents));
        let entry = ExtendedFileEntry::parse(&bytes).unwrap();
        assert_eq!(
            (entry.icb_tag.flags.allocation(), entry.logical_blocks_recorded),
            (AllocationType::Long, 3)
        );
        assert_eq!((entry.information_length, entry.object_size), (5000, 5000));
        assert_eq!(entry.allocation_descriptors[..10], [0x88, 0x13, 0, 0, 0xf4, 1, 0, 0, 0, 0]);
        let bytes = append(&ENTRY, Revision::V2_50, Contents::Structures(extents[0]));
        let entry = ExtendedFileEntry::parse(&bytes).unwrap();
        assert_eq!(entry.allocation_descriptors, [0x88, 0x13, 0, 0, 0xf4, 1, 0, 0]);
    }

    #[test]
    fn beside_a_virtual_partition_all_but_icbs_lies_in_the_physical_one() {
        let form = Form::new(Revision::V2_00, StructurePartition::Virtual).unwrap();
        let at = IcbBlock { icb: 3, behind: 701 };
        let mut out = Vec::new();
        ENTRY.append(form, at, Contents::Structures(DataExtent { block: 701, len: 5000 }), &mut out).unwrap();
        let entry = ExtendedFileEntry::parse(&out).unwrap();
        assert_eq!((entry.tag.location, entry.icb_tag.flags.allocation()), (3, AllocationType::Long));
        assert_eq!(entry.allocation_descriptors[..10], [0x88, 0x13, 0, 0, 0xbd, 2, 0, 0, 0, 0]);
        out.clear();
        let extents: Vec<_> = (0..500).map(|block| DataExtent { block, len: 2048 }).collect();
        ENTRY.append(form, at, Contents::Data(&extents), &mut out).unwrap();
        let entry = ExtendedFileEntry::parse(&out).unwrap();
        let continuation = &entry.allocation_descriptors[113 * 16..];
        assert_eq!(continuation[..10], [0, 8, 0, 0xc0, 0xbd, 2, 0, 0, 0, 0]);
        AllocationExtentDescriptor::parse(&out[2048..]).unwrap().tag.check_location(701).unwrap();
    }

    #[test]
    fn many_extents_go_on_behind_the_icb() {
        let extents: Vec<_> = (0..500).map(|block| DataExtent { block, len: 2048 }).collect();
        let lengths = || extents.iter().map(|extent| extent.len);
        for (revision, more) in [(Revision::V1_50, 2), (Revision::V2_60, 4)] {
            let bytes = append(&ENTRY, revision, Contents::Data(&extents));
            assert_eq!(Entry::allocation_extents(form(revision), 0, lengths()), more);
            assert_eq!(bytes.len() as u64, (1 + more) * 2048);
            for (extent, location) in bytes.chunks(2048).zip(9..).skip(1) {
                let area = AllocationExtentDescriptor::parse(extent).unwrap();
                area.tag.check_location(location).unwrap();
            }
        }
    }

    /// `ENTRY`'s time in other years.
    fn year(year: i16) -> Timestamp {
        Timestamp { year, ..ENTRY.modified }
    }

    fn all_times() -> EntryTimes {
        EntryTimes {
            access: Some(year(2001)),
            attribute: Some(year(2002)),
            creation: Some(year(2003)),
            deletion: Some(year(2004)),
            effective: Some(year(2005)),
            last_backup: Some(year(2006)),
        }
    }

    #[test]
    fn times_have_fields_or_an_attribute() {
        let entry = Entry { times: all_times(), ..ENTRY };
        let old = append(&entry, Revision::V1_50, Contents::Embedded(b"content"));
        let old = FileEntry::parse(&old).unwrap();
        assert_eq!(
            [old.access_time, old.modification_time, old.attribute_time].map(|time| time.year),
            [2001, 2026, 2002]
        );
        let new = append(&entry, Revision::V2_00, Contents::Embedded(b"content"));
        let new = ExtendedFileEntry::parse(&new).unwrap();
        assert_eq!(
            [new.access_time, new.modification_time, new.creation_time, new.attribute_time]
                .map(|time| time.year),
            [2001, 2026, 2003, 2002]
        );
        let rest = FileTimes {
            creation: None,
            deletion: Some(year(2004)),
            effective: Some(year(2005)),
            last_backup: Some(year(2006)),
        };
        for (attributes, revision, expected) in [
            (old.extended_attributes, Revision::V1_50, FileTimes { creation: Some(year(2003)), ..rest }),
            (new.extended_attributes, Revision::V2_00, rest),
        ] {
            assert_eq!(entry.times.attributes_len(form(revision)), attributes.len());
            let space = ExtendedAttributeSpace::parse(attributes).unwrap();
            space.header.tag.check_location(9).unwrap();
            let found: Vec<_> = space.iter().map(|found| FileTimes::parse(&found.unwrap())).collect();
            assert_eq!(found, [Ok(expected)]);
        }
    }

    #[test]
    fn creation_in_a_file_entry_takes_56_bytes_of_its_room() {
        let times = EntryTimes { creation: Some(year(2003)), ..EntryTimes::default() };
        assert_eq!(times.attributes_len(form(Revision::V2_60)), 0);
        // Header descriptor, head of the attribute, lengths and time.
        assert_eq!(times.attributes_len(form(Revision::V1_02)), 24 + 12 + 8 + 12);
        let entry = Entry { times, ..ENTRY };
        let room = form(Revision::V1_02).room() - 56;
        let full = append(&entry, Revision::V1_02, Contents::Embedded(&vec![1; room]));
        assert_eq!(full.len(), 2048);
        let mut out = Vec::new();
        let more = vec![1; room + 1];
        assert!(entry.append(form(Revision::V1_02), 9, Contents::Embedded(&more), &mut out).is_err());
        // 227 descriptors where there would be room for 234.
        for (extents, more) in [(227, 0), (228, 1)] {
            let extents: Vec<_> = (0..extents).map(|block| DataExtent { block, len: 2048 }).collect();
            let lengths = extents.iter().map(|extent| extent.len);
            assert_eq!(Entry::allocation_extents(form(Revision::V1_02), 56, lengths), more);
            let bytes = append(&entry, Revision::V1_02, Contents::Data(&extents));
            assert_eq!(bytes.len() as u64, (1 + more) * 2048);
        }
    }

    #[test]
    fn devices_have_their_numbers_in_an_attribute() {
        let device = Entry { device: Some((8, 300_000)), file_type: FileType::BLOCK_DEVICE, ..ENTRY };
        for revision in [Revision::V1_02, Revision::V2_60] {
            let bytes = append(&device, revision, Contents::Embedded(&[]));
            let attributes = match IcbEntry::parse(&bytes).unwrap() {
                Some(IcbEntry::File(entry)) => entry.extended_attributes,
                Some(IcbEntry::Extended(entry)) => entry.extended_attributes,
                other => panic!("{other:?}"),
            };
            let space = ExtendedAttributeSpace::parse(attributes).unwrap();
            let found = DeviceSpecification::parse(&space.iter().last().unwrap().unwrap()).unwrap();
            assert_eq!((found.major, found.minor), (8, 300_000));
        }
    }

    #[test]
    fn streams_count_into_the_object() {
        let streams = Some(Streams { directory: 40, len: 1000 });
        let file = Entry { streams, ..ENTRY };
        let bytes = append(&file, Revision::V2_60, Contents::Embedded(b"content"));
        let entry = ExtendedFileEntry::parse(&bytes).unwrap();
        assert_eq!((entry.information_length, entry.object_size), (7, 1007));
        let icb = entry.stream_directory_icb;
        assert_eq!((icb.length_and_type, icb.block, icb.partition), (2048, 40, 1));
        let stream = Entry { is_stream: true, mode: 0o644, ..ENTRY };
        let bytes = append(&stream, Revision::V2_00, Contents::Embedded(b"beside"));
        let entry = ExtendedFileEntry::parse(&bytes).unwrap();
        assert_eq!(entry.icb_tag.flags, IcbFlags::STREAM.with_allocation(AllocationType::Embedded));
        assert_eq!(entry.stream_directory_icb, LongAd::default());
        let mut out = Vec::new();
        assert!(file.append(form(Revision::V1_50), 9, Contents::Embedded(&[]), &mut out).is_err());
    }

    #[test]
    fn descriptors_are_what_the_reader_of_this_crate_takes() {
        let extents = [DataExtent { block: 3, len: 4 << 30 }];
        let bytes = append(&ENTRY, Revision::V2_01, Contents::Data(&extents));
        let entry = ExtendedFileEntry::parse(&bytes).unwrap();
        assert_eq!(entry.allocation().count(), 5);
    }
}
