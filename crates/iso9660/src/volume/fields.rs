use nom::IResult;
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::u8 as byte;

use super::{DESCRIPTOR_LEN, Identifiers, PathTables, RootDirectory, VolumeTimes};
use crate::number::{Disagreement, both_u16, both_u16_bytes, both_u32, both_u32_bytes, bytes, disagreements};

/// The fields that primary, supplementary and enhanced volume descriptors have in common, at the same
/// places (ECMA-119 8.4.5 to 8.4.32, 8.5): one directory hierarchy and the volume it describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeFields {
    /// Names and other texts.
    pub identifiers: Identifiers,
    /// Blocks of the volume space (8.4.8).
    pub volume_space_size: u32,
    /// Volumes of the set (8.4.10); 1 unless there are more.
    pub volume_set_size: u16,
    /// Number of this volume in the set, from 1 (8.4.11).
    pub volume_sequence_number: u16,
    /// Bytes of a logical block (8.4.12); 2048.
    pub logical_block_size: u16,
    /// Where the path tables are (8.4.13 to 8.4.17).
    pub path_tables: PathTables,
    /// Where the root directory is (8.4.18).
    pub root: RootDirectory,
    /// When the volume was created and so on (8.4.26 to 8.4.29).
    pub times: VolumeTimes,
    /// Version of directories and path tables (8.4.30): 1, and 2 in an enhanced descriptor.
    pub file_structure_version: u8,
    /// Application Use (8.4.32).
    pub application_use: [u8; 512],
}

/// What differs between the descriptors: volume flags (unused in the primary) and escape sequences.
pub(super) type Variable = (u8, [u8; 32]);

impl VolumeFields {
    /// Reads all that follows the header of a descriptor.
    pub(super) fn parse(input: &[u8]) -> IResult<&[u8], (Variable, VolumeFields)> {
        let (rest, flags) = byte(input)?;
        let (rest, (system, volume)) = (bytes, bytes).parse(rest)?;
        let (rest, _unused) = take(8usize).parse(rest)?;
        let (rest, volume_space_size) = both_u32(rest)?;
        let (rest, escape_sequences) = bytes(rest)?;
        let (rest, (volume_set_size, volume_sequence_number)) = (both_u16, both_u16).parse(rest)?;
        let (rest, logical_block_size) = both_u16(rest)?;
        let (rest, path_tables) = PathTables::parse(rest)?;
        let (rest, root) = RootDirectory::parse(rest)?;
        let (rest, (volume_set, publisher, data_preparer, application)) =
            (bytes, bytes, bytes, bytes).parse(rest)?;
        let (rest, (copyright_file, abstract_file, bibliographic_file)) =
            (bytes, bytes, bytes).parse(rest)?;
        let (rest, times) = VolumeTimes::parse(rest)?;
        let (rest, file_structure_version) = byte(rest)?;
        let (rest, _reserved) = byte(rest)?;
        let (rest, application_use) = bytes(rest)?;
        let (rest, _reserved) = take(653usize).parse(rest)?;
        let fields = VolumeFields {
            identifiers: Identifiers {
                system,
                volume,
                volume_set,
                publisher,
                data_preparer,
                application,
                copyright_file,
                abstract_file,
                bibliographic_file,
            },
            volume_space_size,
            volume_set_size,
            volume_sequence_number,
            logical_block_size,
            path_tables,
            root,
            times,
            file_structure_version,
            application_use,
        };
        Ok((rest, ((flags, escape_sequences), fields)))
    }

    /// Fills in all that follows the header of a descriptor.
    pub(super) fn encode_into(&self, sector: &mut [u8; DESCRIPTOR_LEN], (flags, escape_sequences): Variable) {
        sector[7] = flags;
        sector[8..40].copy_from_slice(&self.identifiers.system);
        sector[40..72].copy_from_slice(&self.identifiers.volume);
        sector[80..88].copy_from_slice(&both_u32_bytes(self.volume_space_size));
        sector[88..120].copy_from_slice(&escape_sequences);
        sector[120..124].copy_from_slice(&both_u16_bytes(self.volume_set_size));
        sector[124..128].copy_from_slice(&both_u16_bytes(self.volume_sequence_number));
        sector[128..132].copy_from_slice(&both_u16_bytes(self.logical_block_size));
        sector[132..156].copy_from_slice(&self.path_tables.encode());
        sector[156..190].copy_from_slice(&self.root.encode());
        sector[190..318].copy_from_slice(&self.identifiers.volume_set);
        sector[318..446].copy_from_slice(&self.identifiers.publisher);
        sector[446..574].copy_from_slice(&self.identifiers.data_preparer);
        sector[574..702].copy_from_slice(&self.identifiers.application);
        sector[702..739].copy_from_slice(&self.identifiers.copyright_file);
        sector[739..776].copy_from_slice(&self.identifiers.abstract_file);
        sector[776..813].copy_from_slice(&self.identifiers.bibliographic_file);
        sector[813..881].copy_from_slice(&self.times.encode());
        sector[881] = self.file_structure_version;
        sector[883..1395].copy_from_slice(&self.application_use);
    }

    /// The both-endian numbers in the bytes of a primary, supplementary or enhanced descriptor whose
    /// halves differ.
    pub fn disagreements(sector: &[u8]) -> impl Iterator<Item = Disagreement> + '_ {
        disagreements(
            sector,
            &[
                (80, 4, "8.4.8"),
                (120, 2, "8.4.10"),
                (124, 2, "8.4.11"),
                (128, 2, "8.4.12"),
                (132, 4, "8.4.13"),
                (158, 4, "8.4.18"),
                (166, 4, "8.4.18"),
                (184, 2, "8.4.18"),
            ],
        )
    }
}
