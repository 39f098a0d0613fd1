//! Path tables (ECMA-119 6.9, 9.4): every directory of the volume in one list, by level, then by the
//! number of the parent, then by identifier.

use byteorder::{BigEndian, ByteOrder as _, LittleEndian};
use nom::IResult;
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::u8 as byte;

use crate::number::bytes;
use crate::{ByteOrder, EncodeError, LogicalBlock};

/// Most directories that can be parents: the numbers of parents have 16 bits.
pub const MAX_PARENTS: usize = 65_535;

/// Path table record (ECMA-119 9.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathTableRecord<'a> {
    /// Blocks of the directory's extended attribute record (9.4.2).
    pub extended_attribute_length: u8,
    /// First block of the directory (9.4.3).
    pub extent: LogicalBlock,
    /// Number of the parent's record in this table, counted from 1; the root is its own parent (9.4.4).
    pub parent: u16,
    /// Identifier as in the directory record; one zero byte for the root (9.4.5).
    pub identifier: &'a [u8],
}

impl<'a> PathTableRecord<'a> {
    /// Reads the record at the start of `input`, and gives what follows it.
    ///
    /// # Errors
    /// When `input` ends inside the record. The pad byte may be missing at the very end.
    pub fn parse(input: &'a [u8], order: ByteOrder) -> IResult<&'a [u8], PathTableRecord<'a>> {
        let (rest, identifier_length) = byte(input)?;
        let (rest, extended_attribute_length) = byte(rest)?;
        let (rest, extent) = bytes::<4>(rest)?;
        let (rest, parent) = bytes::<2>(rest)?;
        let (rest, identifier) = take(identifier_length).parse(rest)?;
        let padding = usize::from(identifier_length % 2 == 1);
        let (extent, parent) = match order {
            ByteOrder::Little => (LittleEndian::read_u32(&extent), LittleEndian::read_u16(&parent)),
            ByteOrder::Big => (BigEndian::read_u32(&extent), BigEndian::read_u16(&parent)),
        };
        let extent = LogicalBlock::new(extent);
        let record = PathTableRecord { extended_attribute_length, extent, parent, identifier };
        Ok((rest.get(padding..).unwrap_or_default(), record))
    }

    /// Bytes that [`encode`](Self::encode) appends; always even.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        8 + self.identifier.len().next_multiple_of(2)
    }

    /// Appends the record.
    ///
    /// # Errors
    /// [`EncodeError::IdentifierTooLong`] over 255 bytes; nothing is appended then.
    pub fn encode(&self, order: ByteOrder, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let length = self.identifier.len();
        let identifier_length =
            u8::try_from(length).map_err(|_| EncodeError::IdentifierTooLong { length })?;
        let mut fixed = [0; 8];
        fixed[0] = identifier_length;
        fixed[1] = self.extended_attribute_length;
        match order {
            ByteOrder::Little => {
                LittleEndian::write_u32(&mut fixed[2..6], self.extent.get());
                LittleEndian::write_u16(&mut fixed[6..8], self.parent);
            }
            ByteOrder::Big => {
                BigEndian::write_u32(&mut fixed[2..6], self.extent.get());
                BigEndian::write_u16(&mut fixed[6..8], self.parent);
            }
        }
        out.extend(fixed);
        out.extend_from_slice(self.identifier);
        if length % 2 == 1 {
            out.push(0);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DOCS: PathTableRecord<'static> = PathTableRecord {
        extended_attribute_length: 0,
        extent: LogicalBlock::new(0x1234),
        parent: 0x0102,
        identifier: b"DOC",
    };
    const TYPE_L: [u8; 12] = [3, 0, 0x34, 0x12, 0, 0, 0x02, 0x01, b'D', b'O', b'C', 0];
    const TYPE_M: [u8; 12] = [3, 0, 0, 0, 0x12, 0x34, 0x01, 0x02, b'D', b'O', b'C', 0];

    #[test]
    fn bytes_of_the_standard() {
        for (order, recorded) in [(ByteOrder::Little, TYPE_L), (ByteOrder::Big, TYPE_M)] {
            let mut out = Vec::new();
            DOCS.encode(order, &mut out).unwrap();
            assert_eq!(out, recorded);
            assert_eq!(PathTableRecord::parse(&recorded, order).unwrap(), (&[][..], DOCS));
        }
    }

    #[test]
    fn the_last_pad_byte_may_be_missing() {
        assert_eq!(PathTableRecord::parse(&TYPE_L[..11], ByteOrder::Little).unwrap().1, DOCS);
        assert!(PathTableRecord::parse(&TYPE_L[..10], ByteOrder::Little).is_err());
    }

    #[test]
    fn too_long_is_an_error() {
        let record = PathTableRecord { identifier: &[b'A'; 256], ..DOCS };
        let mut out = Vec::new();
        assert_eq!(
            record.encode(ByteOrder::Big, &mut out),
            Err(EncodeError::IdentifierTooLong { length: 256 })
        );
        assert!(out.is_empty());
    }

    proptest! {
        #[test]
        fn round_trip(
            extended_attribute_length: u8,
            extent: u32,
            parent: u16,
            identifier in proptest::collection::vec(any::<u8>(), 0..=255),
            big: bool,
        ) {
            let order = if big { ByteOrder::Big } else { ByteOrder::Little };
            let extent = LogicalBlock::new(extent);
            let record = PathTableRecord { extended_attribute_length, extent, parent, identifier: &identifier };
            let mut out = Vec::new();
            record.encode(order, &mut out).unwrap();
            prop_assert_eq!(out.len(), record.encoded_len());
            prop_assert_eq!(PathTableRecord::parse(&out, order).unwrap(), (&[][..], record));
        }

        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = PathTableRecord::parse(&bytes, ByteOrder::Big);
        }
    }
}
