//! FORMAT UNIT (04h).

use byteorder::{BigEndian, ByteOrder};

use super::OperationCode;
use super::format_capacities::FormatType;
use crate::Cdb;

/// Length of the parameter list that goes with the command.
pub const PARAMETERS: usize = 12;

/// The size that leaves the choice to the drive (DVD+RW).
pub const WHOLE_MEDIUM: u32 = 0xFFFF_FFFF;

/// Parameter of [`FormatType::DVD_PLUS_RW`]: go on with a suspended background format.
pub const RESTART: u32 = 1;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatUnit {
    /// Blocks, as READ FORMAT CAPACITIES offers them, or [`WHOLE_MEDIUM`].
    pub blocks: u32,
    /// Format type.
    pub kind: FormatType,
    /// Format sub-type, 0 to 3. For BD-RE: 0 as quick as the drive can, 2 full certification, 3 quick
    /// certification.
    pub sub_type: u8,
    /// Type dependent parameter, 24 bits.
    pub parameter: u32,
}

impl FormatUnit {
    /// The command.
    #[must_use]
    pub fn cdb(&self) -> Cdb {
        // FmtData, and format code 1.
        Cdb::from([OperationCode::FORMAT_UNIT.0, 0x11, 0, 0, 0, 0])
    }

    /// The parameter list. The command returns at once; readiness tells the end.
    #[must_use]
    pub fn parameters(&self) -> [u8; PARAMETERS] {
        let mut list = [0; PARAMETERS];
        // FOV, without which the other bits must be zero, and Immed.
        list[1] = 0x82;
        list[3] = 8;
        BigEndian::write_u32(&mut list[4..8], self.blocks);
        list[8] = self.kind.0 << 2 | self.sub_type & 3;
        BigEndian::write_u24(&mut list[9..12], self.parameter & 0xFF_FFFF);
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restarts_a_dvd_plus_rw() {
        let format = FormatUnit {
            blocks: WHOLE_MEDIUM,
            kind: FormatType::DVD_PLUS_RW,
            sub_type: 0,
            parameter: RESTART,
        };
        assert_eq!(format.cdb().as_bytes(), [0x04, 0x11, 0, 0, 0, 0]);
        assert_eq!(format.parameters(), [0, 0x82, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0x98, 0, 0, 1]);
    }

    #[test]
    fn certifies_a_bd_re() {
        let format = FormatUnit {
            blocks: 11_826_176,
            kind: FormatType::BD_WITH_SPARES,
            sub_type: 2,
            parameter: 0x1000,
        };
        assert_eq!(format.parameters(), [0, 0x82, 0, 8, 0, 0xB4, 0x74, 0, 0xC2, 0, 0x10, 0]);
    }
}
