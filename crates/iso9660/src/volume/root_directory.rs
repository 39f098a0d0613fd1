use nom::IResult;
use nom::Parser;
use nom::bytes::complete::take;

use crate::directory::{DirectoryRecord, FileFlags, SELF_IDENTIFIER};
use crate::{LogicalBlock, RecordingTime};

/// Directory Record for Root Directory (ECMA-119 8.4.18): 34 bytes of a volume descriptor, without
/// room for System Use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootDirectory {
    /// Blocks of the extended attribute record at the start of the extent.
    pub extended_attribute_length: u8,
    /// First block of the root directory.
    pub extent: LogicalBlock,
    /// Bytes of the root directory; a multiple of 2048 when written.
    pub data_length: u32,
    /// When the directory was recorded.
    pub recorded: RecordingTime,
    /// Flags, with the directory flag among them.
    pub flags: FileFlags,
    /// Blocks of a file unit when interleaved, else 0.
    pub file_unit_size: u8,
    /// Blocks between two file units when interleaved, else 0.
    pub interleave_gap: u8,
    /// Number of the volume, in its set, that the directory is on.
    pub volume_sequence_number: u16,
}

impl RootDirectory {
    /// Bytes of the field.
    pub const LEN: usize = 34;

    /// A contiguous root directory on the first volume of the set.
    #[must_use]
    pub const fn new(extent: LogicalBlock, data_length: u32, recorded: RecordingTime) -> RootDirectory {
        RootDirectory {
            extended_attribute_length: 0,
            extent,
            data_length,
            recorded,
            flags: FileFlags::DIRECTORY,
            file_unit_size: 0,
            interleave_gap: 0,
            volume_sequence_number: 1,
        }
    }

    /// Reads the 34 bytes. The lengths of record and identifier have only one right value, and are not looked
    /// at: writers exist that get them wrong.
    ///
    /// # Errors
    /// When fewer are there.
    pub fn parse(input: &[u8]) -> IResult<&[u8], RootDirectory> {
        let (rest, field) = take(Self::LEN).parse(input)?;
        let (_, (record, _)) = DirectoryRecord::parse_fixed(field)?;
        let root = RootDirectory {
            extended_attribute_length: record.extended_attribute_length,
            extent: record.extent,
            data_length: record.data_length,
            recorded: record.recorded,
            flags: record.flags,
            file_unit_size: record.file_unit_size,
            interleave_gap: record.interleave_gap,
            volume_sequence_number: record.volume_sequence_number,
        };
        Ok((rest, root))
    }

    /// The same as a record, with the identifier of a directory itself.
    #[must_use]
    pub fn as_record(&self) -> DirectoryRecord<'static> {
        DirectoryRecord {
            extended_attribute_length: self.extended_attribute_length,
            extent: self.extent,
            data_length: self.data_length,
            recorded: self.recorded,
            flags: self.flags,
            file_unit_size: self.file_unit_size,
            interleave_gap: self.interleave_gap,
            volume_sequence_number: self.volume_sequence_number,
            identifier: SELF_IDENTIFIER,
            system_use: &[],
        }
    }

    /// The 34 bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; 34] {
        let mut field = [0; Self::LEN];
        field[..33].copy_from_slice(&self.as_record().fixed_part(Self::LEN as u8));
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_the_standard() {
        let recorded = [
            34, 0, 0x1C, 0, 0, 0, 0, 0, 0, 0x1C, 0, 8, 0, 0, 0, 0, 8, 0, 104, 2, 29, 12, 30, 15, 4, 2, 0, 0,
            1, 0, 0, 1, 1, 0,
        ];
        let time = RecordingTime::parse(&recorded[18..]).unwrap().1;
        let root = RootDirectory::new(LogicalBlock::new(28), 2048, time);
        assert_eq!(root.encode(), recorded);
        assert_eq!(RootDirectory::parse(&recorded).unwrap().1, root);
        assert!(RootDirectory::parse(&recorded[..33]).is_err());
        let mut wrong_length = recorded;
        wrong_length[0] = 68;
        assert_eq!(RootDirectory::parse(&wrong_length).unwrap().1, root);
    }
}
