use byteorder::{BigEndian, ByteOrder, LittleEndian};
use nom::IResult;
use nom::Parser;
use nom::number::complete::{be_u32, le_u32};

use crate::LogicalBlock;
use crate::number::{both_u32, both_u32_bytes};

/// Where a volume's path tables are (ECMA-119 8.4.13 to 8.4.17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathTables {
    /// Bytes of each table (8.4.13).
    pub size: u32,
    /// First block of the type L table (8.4.14).
    pub type_l: LogicalBlock,
    /// First block of a second type L table (8.4.15), if there is one.
    pub optional_type_l: Option<LogicalBlock>,
    /// First block of the type M table (8.4.16).
    pub type_m: LogicalBlock,
    /// First block of a second type M table (8.4.17), if there is one.
    pub optional_type_m: Option<LogicalBlock>,
}

impl PathTables {
    /// Bytes of the fields.
    pub const LEN: usize = 24;

    /// Reads the 24 bytes.
    ///
    /// # Errors
    /// When fewer are there.
    pub fn parse(input: &[u8]) -> IResult<&[u8], PathTables> {
        let (rest, size) = both_u32(input)?;
        let (rest, (type_l, optional_type_l)) = (le_u32, le_u32).parse(rest)?;
        let (rest, (type_m, optional_type_m)) = (be_u32, be_u32).parse(rest)?;
        let optional = |block| (block != 0).then_some(LogicalBlock::new(block));
        let tables = PathTables {
            size,
            type_l: LogicalBlock::new(type_l),
            optional_type_l: optional(optional_type_l),
            type_m: LogicalBlock::new(type_m),
            optional_type_m: optional(optional_type_m),
        };
        Ok((rest, tables))
    }

    /// The 24 bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; 24] {
        let optional = |block: Option<LogicalBlock>| block.map_or(0, LogicalBlock::get);
        let mut fields = [0; 24];
        fields[..8].copy_from_slice(&both_u32_bytes(self.size));
        LittleEndian::write_u32(&mut fields[8..12], self.type_l.get());
        LittleEndian::write_u32(&mut fields[12..16], optional(self.optional_type_l));
        BigEndian::write_u32(&mut fields[16..20], self.type_m.get());
        BigEndian::write_u32(&mut fields[20..24], optional(self.optional_type_m));
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_the_standard() {
        let recorded = [
            0x0A, 0, 0, 0, 0, 0, 0, 0x0A, // size
            0x13, 0, 0, 0, 0x14, 0, 0, 0, // type L
            0, 0, 0, 0x15, 0, 0, 0, 0, // type M
        ];
        let tables = PathTables {
            size: 10,
            type_l: LogicalBlock::new(0x13),
            optional_type_l: Some(LogicalBlock::new(0x14)),
            type_m: LogicalBlock::new(0x15),
            optional_type_m: None,
        };
        assert_eq!(tables.encode(), recorded);
        assert_eq!(PathTables::parse(&recorded).unwrap().1, tables);
        assert!(PathTables::parse(&recorded[..23]).is_err());
    }
}
