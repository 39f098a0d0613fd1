//! READ CD (BEh).

use byteorder::{BigEndian, ByteOrder};

use super::OperationCode;
use crate::cd::{PQ_BYTES, RAW_BYTES, SUBCHANNEL_BYTES};
use crate::{Cdb, Lba};

/// Which subchannels come behind each sector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WithSubchannel {
    /// None.
    #[default]
    None,
    /// P to W, as on the disc.
    Raw,
    /// Q and P in 16 bytes.
    Pq,
}

impl WithSubchannel {
    /// Bytes of a whole sector with them.
    #[must_use]
    pub const fn sector_bytes(self) -> usize {
        match self {
            WithSubchannel::None => RAW_BYTES,
            WithSubchannel::Raw => RAW_BYTES + SUBCHANNEL_BYTES,
            WithSubchannel::Pq => RAW_BYTES + PQ_BYTES,
        }
    }
}

/// READ CD for whole sectors of any type: 2352 bytes, and subchannels. `blocks` has 24 bits.
#[must_use]
pub fn cdb(lba: Lba, blocks: u32, subchannel: WithSubchannel) -> Cdb {
    let mut cdb = [0; 12];
    cdb[0] = OperationCode::READ_CD.0;
    BigEndian::write_u32(&mut cdb[2..6], lba.to_wire());
    cdb[6..9].copy_from_slice(&blocks.to_be_bytes()[1..]);
    cdb[9] = 0xF8;
    cdb[10] = match subchannel {
        WithSubchannel::None => 0,
        WithSubchannel::Raw => 1,
        WithSubchannel::Pq => 2,
    };
    Cdb::from(cdb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(
            cdb(Lba::new(-150), 26, WithSubchannel::Raw).as_bytes(),
            [0xBE, 0, 0xFF, 0xFF, 0xFF, 0x6A, 0, 0, 26, 0xF8, 1, 0]
        );
        assert_eq!(WithSubchannel::Pq.sector_bytes(), 2368);
    }
}
