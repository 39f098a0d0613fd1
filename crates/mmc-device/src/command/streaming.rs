//! SET STREAMING (B6h): speeds on DVD and BD.

use byteorder::{BigEndian, ByteOrder};

use super::OperationCode;
use crate::{Cdb, Rotation, Speed};

/// Length of the performance descriptor that goes with the command.
pub const PARAMETERS: usize = 28;

/// The performance descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streaming {
    /// First block it holds for.
    pub start: u32,
    /// Last block it holds for.
    pub end: u32,
    /// Reading rate.
    pub read: Speed,
    /// Writing rate.
    pub write: Speed,
    /// How the medium is to turn while it is written.
    pub rotation: Rotation,
}

impl Streaming {
    /// The command.
    #[must_use]
    pub fn cdb(&self) -> Cdb {
        let mut cdb = [0; 12];
        cdb[0] = OperationCode::SET_STREAMING.0;
        BigEndian::write_u16(&mut cdb[9..11], PARAMETERS as u16);
        Cdb::from(cdb)
    }

    /// The descriptor's bytes: rates are kilobytes in 1000 milliseconds.
    #[must_use]
    pub fn parameters(&self) -> [u8; PARAMETERS] {
        let mut bytes = [0; PARAMETERS];
        // Write rotation control, bits 4 and 3.
        bytes[0] = self.rotation.bits() << 3;
        BigEndian::write_u32(&mut bytes[4..8], self.start);
        BigEndian::write_u32(&mut bytes[8..12], self.end);
        BigEndian::write_u32(&mut bytes[12..16], self.read.get());
        BigEndian::write_u32(&mut bytes[16..20], 1000);
        BigEndian::write_u32(&mut bytes[20..24], self.write.get());
        BigEndian::write_u32(&mut bytes[24..28], 1000);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        let streaming = Streaming {
            start: 0,
            end: 0x23_053F,
            read: Speed::kilobytes_per_second(0x81D8),
            write: Speed::kilobytes_per_second(0x108A),
            rotation: Rotation::ConstantLinear,
        };
        assert_eq!(streaming.cdb().as_bytes(), [0xB6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1C, 0]);
        assert_eq!(
            streaming.parameters(),
            [
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0x23, 0x05, 0x3F, 0, 0, 0x81, 0xD8, 0, 0, 0x03, 0xE8, 0, 0, 0x10,
                0x8A, 0, 0, 0x03, 0xE8
            ]
        );
        let angular = Streaming { rotation: Rotation::ConstantAngular, ..streaming };
        assert_eq!(angular.parameters()[0], 0x08);
    }
}
