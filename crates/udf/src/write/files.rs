//! The structures at the beginning of a partition: the file set descriptor and the files of a metadata
//! partition.

use crate::file::{FileSetDescriptor, FileType, IcbFlags};
use crate::volume::TerminatingDescriptor;
use crate::{CharSpec, Descriptor, Error, LongAd, TagId};

use super::volume::next_block;
use super::{BLOCK_SIZE, Contents, DataExtent, Entry, EntryTimes, SpaceBitmap, VolumeStructures};

/// One of the files that a metadata partition consists of (UDF 2.2.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetadataFile {
    /// Metadata file.
    Main,
    /// Metadata mirror file.
    Mirror,
    /// Metadata bitmap file.
    Bitmap,
}

impl VolumeStructures {
    /// Appends the file set descriptor and a terminating descriptor: 2 blocks (ECMA-167 4/8.3.1, 4/14.1).
    ///
    /// # Errors
    /// None but those of the encoders, for whose structures the blocks are made.
    pub fn append_file_set(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        FileSetDescriptor {
            tag: self.tag(TagId::FILE_SET, self.file_set, 496),
            recording_time: self.recorded,
            interchange_level: 3,
            maximum_interchange_level: 3,
            character_set_list: 1,
            maximum_character_set_list: 1,
            file_set_number: 0,
            file_set_descriptor_number: 0,
            logical_volume_identifier_character_set: CharSpec::OSTA_CS0,
            logical_volume_identifier: self.identifiers.logical_volume,
            file_set_character_set: CharSpec::OSTA_CS0,
            file_set_identifier: self.identifiers.file_set,
            copyright_file_identifier: self.identifiers.copyright_file,
            abstract_file_identifier: self.identifiers.abstract_file,
            root_directory_icb: LongAd {
                length_and_type: BLOCK_SIZE as u32,
                block: self.root,
                partition: self.form.structure_partition(),
                implementation_use: [0; 6],
            },
            domain_identifier: self.domain(),
            next: LongAd::default(),
            system_stream_directory_icb: LongAd::default(),
        }
        .encode(next_block(out))?;
        let tag = self.tag(TagId::TERMINATING, self.file_set.saturating_add(1), 496);
        TerminatingDescriptor { tag }.encode(next_block(out))
    }

    /// Appends the ICB of a metadata file: 1 block. Nothing where there is no metadata partition, or no bitmap
    /// of it.
    ///
    /// # Errors
    /// As [`VolumeStructures::append_file_set`].
    pub fn append_metadata_icb(&self, file: MetadataFile, out: &mut Vec<u8>) -> Result<(), Error> {
        let Some(metadata) = self.metadata else { return Ok(()) };
        let len = u64::from(metadata.blocks) * BLOCK_SIZE as u64;
        let (file_type, icb, extent) = match (file, metadata.bitmap) {
            (MetadataFile::Main, _) => {
                (FileType::METADATA, metadata.icb, DataExtent { block: metadata.start, len })
            }
            (MetadataFile::Mirror, _) => {
                let extent = DataExtent { block: metadata.mirror_start, len };
                (FileType::METADATA_MIRROR, metadata.mirror_icb, extent)
            }
            (MetadataFile::Bitmap, Some((icb, block))) => {
                let len = SpaceBitmap::len(metadata.blocks);
                (FileType::METADATA_BITMAP, icb, DataExtent { block, len })
            }
            (MetadataFile::Bitmap, None) => return Ok(()),
        };
        let entry = Entry {
            file_type,
            mode: 0,
            uid: u32::MAX,
            gid: u32::MAX,
            // They are in no directory (UDF 2.2.13).
            links: 0,
            modified: self.recorded,
            times: EntryTimes::default(),
            unique_id: 0,
            device: None,
            streams: None,
            is_stream: false,
            flags: IcbFlags::empty(),
        };
        // They lie in the physical partition themselves, as the ICBs of a volume without metadata partition.
        let form = self.form.physical();
        entry.append(form, icb, Contents::Structures(extent), out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Revision;
    use crate::file::{ExtendedFileEntry, FileEntry};
    use crate::write::volume::tests::structures;

    #[test]
    fn the_file_set_leads_to_the_root() {
        let mut out = Vec::new();
        structures(Revision::V2_50, true).append_file_set(&mut out).unwrap();
        let set = FileSetDescriptor::parse(&out).unwrap();
        assert_eq!((set.root_directory_icb.block, set.root_directory_icb.partition), (2, 1));
        assert_eq!(set.domain_identifier.domain_suffix().revision, Revision::V2_50);
        let files = [set.copyright_file_identifier, set.abstract_file_identifier];
        assert_eq!(files.map(|name| name.text().unwrap()), ["COPYING", "README"]);
        assert_eq!(TerminatingDescriptor::parse(&out[2048..]).unwrap().tag.location, 1);
    }

    #[test]
    fn main_and_mirror() {
        let volume = structures(Revision::V2_60, true);
        for (file, number, location, block) in
            [(MetadataFile::Main, 250, 0, 32u32), (MetadataFile::Mirror, 251, 999, 928)]
        {
            let mut out = Vec::new();
            volume.append_metadata_icb(file, &mut out).unwrap();
            let entry = ExtendedFileEntry::parse(&out).unwrap();
            assert_eq!((entry.icb_tag.file_type.0, entry.tag.location), (number, location));
            let expected = [&(64u32 * 2048).to_le_bytes()[..], &block.to_le_bytes()].concat();
            assert_eq!(entry.allocation_descriptors, expected);
            assert!(FileEntry::parse(&out).is_err());
        }
        let mut out = Vec::new();
        volume.append_metadata_icb(MetadataFile::Bitmap, &mut out).unwrap();
        assert!(out.is_empty());
    }
}
