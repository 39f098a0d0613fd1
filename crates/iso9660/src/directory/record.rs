use nom::bytes::complete::take;
use nom::error::{Error, ErrorKind};
use nom::number::complete::u8 as byte;
use nom::{IResult, Parser};

use super::FileFlags;
use crate::number::{Disagreement, both_u16, both_u16_bytes, both_u32, both_u32_bytes, disagreements};
use crate::{EncodeError, LogicalBlock, RecordingTime};

/// Most bytes of a directory record: its length is one byte and always even.
pub const MAX_RECORD_LEN: usize = 254;

/// Bytes before the identifier.
const FIXED_LEN: usize = 33;

/// Directory record (ECMA-119 9.1): one section of a file, or a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectoryRecord<'a> {
    /// Blocks of the extended attribute record, which stands at the start of the extent, before the
    /// data (9.1.2).
    pub extended_attribute_length: u8,
    /// First block of the extent (9.1.3).
    pub extent: LogicalBlock,
    /// Bytes of the section's data, without the extended attribute record (9.1.4).
    pub data_length: u32,
    /// When the data were recorded (9.1.5).
    pub recorded: RecordingTime,
    /// What the record describes (9.1.6).
    pub flags: FileFlags,
    /// Blocks of a file unit when the section is interleaved, else 0 (9.1.7).
    pub file_unit_size: u8,
    /// Blocks between two file units when the section is interleaved, else 0 (9.1.8).
    pub interleave_gap: u8,
    /// Number of the volume, in its set, that the extent is on; counted from 1 (9.1.9).
    pub volume_sequence_number: u16,
    /// Identifier as recorded (9.1.11); 1 to 221 bytes when written.
    pub identifier: &'a [u8],
    /// System Use (9.1.13).
    pub system_use: &'a [u8],
}

impl Default for DirectoryRecord<'_> {
    /// An empty file without a name on the first volume of the set.
    fn default() -> Self {
        DirectoryRecord {
            extended_attribute_length: 0,
            extent: LogicalBlock::default(),
            data_length: 0,
            recorded: RecordingTime::NOT_SPECIFIED,
            flags: FileFlags::empty(),
            file_unit_size: 0,
            interleave_gap: 0,
            volume_sequence_number: 1,
            identifier: &[],
            system_use: &[],
        }
    }
}

impl<'a> DirectoryRecord<'a> {
    /// Offset of the location of the extent (9.1.3), which is recorded twice.
    pub(crate) const EXTENT_OFFSET: usize = 2;
    /// Offset of the data length (9.1.4), which is recorded twice.
    pub(crate) const DATA_LENGTH_OFFSET: usize = 10;
    /// Where the flags of the file stand in a record.
    pub(crate) const FLAGS_OFFSET: usize = 25;

    /// Reads the record at the start of `input` and gives what follows it.
    ///
    /// The little-endian halves of numbers count; [`disagreements`](Self::disagreements) tells where the
    /// others differ. Odd lengths, empty identifiers and reserved flags are taken as they are.
    ///
    /// # Errors
    /// When `input` ends inside the record, when the record's length is 0 (no more records in this
    /// sector), or when its identifier does not fit in it.
    pub fn parse(input: &'a [u8]) -> IResult<&'a [u8], DirectoryRecord<'a>> {
        let &length = input.first().ok_or(nom::Err::Error(Error::new(input, ErrorKind::Eof)))?;
        if usize::from(length) < FIXED_LEN {
            return Err(nom::Err::Error(Error::new(input, ErrorKind::LengthValue)));
        }
        let (rest, record) = take(length).parse(input)?;
        let (fields, (fixed, identifier_length)) = DirectoryRecord::parse_fixed(record)?;
        let (fields, identifier) = take(identifier_length).parse(fields)?;
        let padding = usize::from(identifier_length.is_multiple_of(2));
        let system_use = fields.get(padding..).unwrap_or_default();
        Ok((rest, DirectoryRecord { identifier, system_use, ..fixed }))
    }

    /// Reads the bytes before the identifier, of which the first, the record's length, is not looked at. Gives
    /// the length of the identifier besides.
    pub(crate) fn parse_fixed(input: &[u8]) -> IResult<&[u8], (DirectoryRecord<'static>, u8)> {
        let (rest, (_length, extended_attribute_length)) = (byte, byte).parse(input)?;
        let (rest, (extent, data_length)) = (both_u32, both_u32).parse(rest)?;
        let (rest, recorded) = RecordingTime::parse(rest)?;
        let (rest, (flags, file_unit_size, interleave_gap)) = (byte, byte, byte).parse(rest)?;
        let (rest, (volume_sequence_number, identifier_length)) = (both_u16, byte).parse(rest)?;
        let record = DirectoryRecord {
            extended_attribute_length,
            extent: LogicalBlock::new(extent),
            data_length,
            recorded,
            flags: FileFlags::from_bits_retain(flags),
            file_unit_size,
            interleave_gap,
            volume_sequence_number,
            identifier: &[],
            system_use: &[],
        };
        Ok((rest, (record, identifier_length)))
    }

    /// The both-endian numbers in the bytes of a record whose halves differ.
    pub fn disagreements(record: &[u8]) -> impl Iterator<Item = Disagreement> + '_ {
        disagreements(
            record,
            &[(Self::EXTENT_OFFSET, 4, "9.1.3"), (Self::DATA_LENGTH_OFFSET, 4, "9.1.4"), (28, 2, "9.1.9")],
        )
    }

    /// The bytes of this record with both halves of its extent and its length, and its flags, as they are in it.
    pub(crate) fn with_its_extent(&self, bytes: &[u8]) -> Vec<u8> {
        let numbers = [both_u32_bytes(self.extent.get()), both_u32_bytes(self.data_length)].concat();
        let mut bytes = bytes.to_vec();
        if let Some(place) = bytes.get_mut(Self::EXTENT_OFFSET..Self::EXTENT_OFFSET + numbers.len()) {
            place.copy_from_slice(&numbers);
        }
        if let Some(flags) = bytes.get_mut(Self::FLAGS_OFFSET) {
            *flags = self.flags.bits();
        }
        bytes
    }

    /// Whether the record describes a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.flags.contains(FileFlags::DIRECTORY)
    }

    /// Bytes of the record without System Use; always even.
    #[must_use]
    pub fn len_without_system_use(&self) -> usize {
        (FIXED_LEN + self.identifier.len()).next_multiple_of(2)
    }

    /// Bytes that [`encode`](Self::encode) appends; always even. More than [`MAX_RECORD_LEN`] cannot be
    /// recorded.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        self.len_without_system_use() + self.system_use.len().next_multiple_of(2)
    }

    /// The bytes before the identifier, of a record of `length` bytes.
    pub(crate) fn fixed_part(&self, length: u8) -> [u8; FIXED_LEN] {
        let mut fixed = [0; FIXED_LEN];
        fixed[0] = length;
        fixed[1] = self.extended_attribute_length;
        fixed[2..10].copy_from_slice(&both_u32_bytes(self.extent.get()));
        fixed[10..18].copy_from_slice(&both_u32_bytes(self.data_length));
        fixed[18..25].copy_from_slice(&self.recorded.encode());
        fixed[25] = self.flags.bits();
        fixed[26] = self.file_unit_size;
        fixed[27] = self.interleave_gap;
        fixed[28..32].copy_from_slice(&both_u16_bytes(self.volume_sequence_number));
        fixed[32] = self.identifier.len() as u8;
        fixed
    }

    /// Appends the record. A System Use field of odd length gets a zero byte behind it.
    ///
    /// # Errors
    /// [`EncodeError::RecordTooLong`]; nothing is appended then.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let length = self.encoded_len();
        if length > MAX_RECORD_LEN {
            return Err(EncodeError::RecordTooLong { length });
        }
        out.extend(self.fixed_part(length as u8));
        out.extend_from_slice(self.identifier);
        if self.identifier.len().is_multiple_of(2) {
            out.push(0);
        }
        out.extend_from_slice(self.system_use);
        if self.system_use.len() % 2 == 1 {
            out.push(0);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const README: [u8; 46] = [
        46, 0, // length, extended attribute record length
        0x1C, 0, 0, 0, 0, 0, 0, 0x1C, // extent
        0x02, 0x01, 0, 0, 0, 0, 0x01, 0x02, // data length
        104, 2, 29, 12, 30, 15, 4, // recorded
        0, 0, 0, // flags, file unit size, interleave gap
        1, 0, 0, 1, // volume sequence number
        10, b'R', b'E', b'A', b'D', b'M', b'E', b'.', b'T', b';', b'1', 0, // identifier, pad
        7, 8, // system use
    ];

    #[test]
    fn bytes_of_the_standard() {
        let record = DirectoryRecord {
            extent: LogicalBlock::new(28),
            data_length: 258,
            recorded: RecordingTime::parse(&[104, 2, 29, 12, 30, 15, 4]).unwrap().1,
            identifier: b"README.T;1",
            system_use: &[7, 8],
            ..DirectoryRecord::default()
        };
        let mut out = Vec::new();
        record.encode(&mut out).unwrap();
        assert_eq!(out, README);
        assert_eq!(DirectoryRecord::parse(&README).unwrap(), (&[][..], record));
        assert_eq!(DirectoryRecord::disagreements(&README).count(), 0);
    }

    #[test]
    fn damaged_records_are_refused() {
        assert!(DirectoryRecord::parse(&[]).is_err());
        assert!(DirectoryRecord::parse(&[0; 64]).is_err());
        assert!(DirectoryRecord::parse(&README[..45]).is_err());
        let mut long_identifier = README;
        long_identifier[32] = 14;
        assert!(DirectoryRecord::parse(&long_identifier).is_err());
        // The pad byte may be missing when the identifier ends the record.
        long_identifier[32] = 13;
        assert_eq!(DirectoryRecord::parse(&long_identifier).unwrap().1.system_use, b"");
    }

    #[test]
    fn differing_halves_are_told() {
        let mut record = README;
        record[9] = 0x1D;
        let told: Vec<_> = DirectoryRecord::disagreements(&record).collect();
        assert_eq!(told, [Disagreement { offset: 2, clause: "9.1.3", little: 0x1C, big: 0x1D }]);
    }

    #[test]
    fn too_long_is_an_error() {
        let mut out = Vec::new();
        let longest = DirectoryRecord { identifier: &[b'A'; 221], ..DirectoryRecord::default() };
        longest.encode(&mut out).unwrap();
        assert_eq!(out.len(), 254);
        let longer = DirectoryRecord { identifier: &[b'A'; 222], ..DirectoryRecord::default() };
        assert_eq!(longer.encode(&mut out), Err(EncodeError::RecordTooLong { length: 256 }));
        assert_eq!(out.len(), 254);
    }

    proptest! {
        #[test]
        fn round_trip(
            numbers: (u8, u32, u32, [u8; 7], u8, u8, u8, u16),
            identifier in proptest::collection::vec(any::<u8>(), 0..100),
            halves in proptest::collection::vec(any::<(u8, u8)>(), 0..60),
        ) {
            let system_use: Vec<u8> = halves.into_iter().flat_map(|(a, b)| [a, b]).collect();
            let (extended_attribute_length, extent, data_length, recorded, flags, unit, gap, volume) = numbers;
            let record = DirectoryRecord {
                extended_attribute_length,
                extent: LogicalBlock::new(extent),
                data_length,
                recorded: RecordingTime::parse(&recorded).unwrap().1,
                flags: FileFlags::from_bits_retain(flags),
                file_unit_size: unit,
                interleave_gap: gap,
                volume_sequence_number: volume,
                identifier: &identifier,
                system_use: &system_use,
            };
            let mut out = Vec::new();
            record.encode(&mut out).unwrap();
            prop_assert_eq!(out.len(), record.encoded_len());
            out.extend(b"next");
            prop_assert_eq!(DirectoryRecord::parse(&out).unwrap(), (&b"next"[..], record));
        }

        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = DirectoryRecord::parse(&bytes);
        }
    }
}
