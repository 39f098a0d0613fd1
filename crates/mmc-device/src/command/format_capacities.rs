//! READ FORMAT CAPACITIES (23h).

use byteorder::{BigEndian, ByteOrder};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u24, be_u32, u8 as byte};

use super::{BadReply, Fail, OperationCode};
use crate::Cdb;

/// Length of the header and the current capacity.
pub const HEADER: usize = 12;

/// Longest reply there is.
pub const REPLY: usize = 4 + 255;

/// Whether the medium is formatted, bits 1 and 0 of byte 4 of the current capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FormatState {
    /// Not formatted or blank; the capacity is the most that a format can give.
    Unformatted,
    /// Formatted, with this capacity.
    Formatted,
    /// No medium, or one whose state the drive does not know.
    Unknown,
}

/// Format type, the upper six bits of byte 4 of a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FormatType(pub u8);

impl FormatType {
    /// The whole medium, with the drive's default spares.
    pub const FULL: FormatType = FormatType(0x00);
    /// DVD-RW: the whole medium, for restricted overwrite.
    pub const DVD_RW_FULL: FormatType = FormatType(0x10);
    /// DVD-RW: on with the growth of a medium that was formatted quickly.
    pub const DVD_RW_QUICK_GROW: FormatType = FormatType(0x13);
    /// DVD-RW: for restricted overwrite, quickly: the medium grows with what is recorded.
    pub const DVD_RW_QUICK: FormatType = FormatType(0x15);
    /// BD-R: with spare areas. The sub-type says how it is recorded.
    pub const BD_R_WITH_SPARES: FormatType = FormatType(0x32);
    /// DVD+RW: the whole medium, in the background.
    pub const DVD_PLUS_RW: FormatType = FormatType(0x26);
    /// BD-RE: the whole medium with spare areas.
    pub const BD_WITH_SPARES: FormatType = FormatType(0x30);
    /// BD-RE: the whole medium without spare areas.
    pub const BD_WITHOUT_SPARES: FormatType = FormatType(0x31);
}

/// A format the drive offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormattableCapacity {
    /// Blocks after such a format.
    pub blocks: u32,
    /// Format type.
    pub kind: FormatType,
    /// Type dependent parameter, 24 bits.
    pub parameter: u32,
}

/// What the drive says about formats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatCapacities {
    /// State of the medium.
    pub state: FormatState,
    /// Blocks now, or at most.
    pub blocks: u32,
    /// Formats on offer, in the drive's order.
    pub formats: Vec<FormattableCapacity>,
}

/// The command, for a reply of `len` bytes.
#[must_use]
pub fn cdb(len: u16) -> Cdb {
    let mut cdb = [0; 10];
    cdb[0] = OperationCode::READ_FORMAT_CAPACITIES.0;
    BigEndian::write_u16(&mut cdb[7..9], len);
    Cdb::from(cdb)
}

impl FormatCapacities {
    /// Reads the reply, as far as it goes.
    ///
    /// # Errors
    /// When even the current capacity is missing.
    pub fn parse(reply: &[u8]) -> Result<FormatCapacities, BadReply> {
        let (rest, (_, len, blocks, state, _)) = (take::<_, _, Fail<'_>>(3usize), byte, be_u32, byte, be_u24)
            .parse(reply)
            .map_err(|_| BadReply("shorter than twelve bytes"))?;
        let descriptors = super::clipped(rest, 0, usize::from(len).saturating_sub(8));
        let formats = descriptors.chunks_exact(8).filter_map(|descriptor| {
            let (_, (blocks, kind, parameter)) =
                (be_u32::<_, Fail<'_>>, byte, be_u24).parse(descriptor).ok()?;
            Some(FormattableCapacity { blocks, kind: FormatType(kind >> 2), parameter })
        });
        Ok(FormatCapacities {
            state: match state & 3 {
                1 => FormatState::Unformatted,
                2 => FormatState::Formatted,
                _ => FormatState::Unknown,
            },
            blocks,
            formats: formats.collect(),
        })
    }

    /// The first format of this type on offer.
    #[must_use]
    pub fn format(&self, kind: FormatType) -> Option<&FormattableCapacity> {
        self.formats.iter().find(|format| format.kind == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb(12).as_bytes(), [0x23, 0, 0, 0, 0, 0, 0, 0, 12, 0]);
    }

    #[test]
    fn unformatted_bd_re() {
        let reply = [
            0, 0, 0, 24, 0x00, 0xBA, 0x74, 0x00, 0x01, 0, 8, 0, //
            0x00, 0xB4, 0x74, 0x00, 0xC0, 0, 0x10, 0, //
            0x00, 0xBA, 0x74, 0x00, 0xC4, 0, 0, 0,
        ];
        let capacities = FormatCapacities::parse(&reply).unwrap();
        assert_eq!(capacities.state, FormatState::Unformatted);
        assert_eq!(capacities.blocks, 12_219_392);
        assert_eq!(
            capacities.format(FormatType::BD_WITH_SPARES),
            Some(&FormattableCapacity { blocks: 11_826_176, kind: FormatType(0x30), parameter: 0x1000 })
        );
        assert_eq!(capacities.format(FormatType::BD_WITHOUT_SPARES).unwrap().blocks, 12_219_392);
        assert_eq!(FormatCapacities::parse(&reply[..20]).unwrap().formats.len(), 1);
        assert!(FormatCapacities::parse(&reply[..11]).is_err());
    }
}
