//! READ CAPACITY (25h). What it means differs: 0 on blank media, one past the last readable block by two
//! on a CD written track at once, the whole medium on DVD+RW.

use nom::Parser;
use nom::number::complete::be_u32;

use super::{BadReply, Fail, OperationCode};
use crate::Cdb;

/// Length of the reply.
pub const REPLY: usize = 8;

/// Capacity of the recorded part, or of an overwritable medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Address of the last block.
    pub last: u32,
    /// Bytes in a block: 2048 for data.
    pub block_len: u32,
}

/// The command.
#[must_use]
pub fn cdb() -> Cdb {
    Cdb::from([OperationCode::READ_CAPACITY.0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
}

impl Capacity {
    /// Reads the reply.
    ///
    /// # Errors
    /// When it is shorter than eight bytes.
    pub fn parse(reply: &[u8]) -> Result<Capacity, BadReply> {
        let (_, (last, block_len)) =
            (be_u32::<_, Fail<'_>>, be_u32).parse(reply).map_err(|_| BadReply("shorter than eight bytes"))?;
        Ok(Capacity { last, block_len })
    }

    /// Blocks, 0 where the drive means that nothing is there.
    #[must_use]
    pub const fn blocks(self) -> u32 {
        if self.last == 0 { 0 } else { self.last.saturating_add(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb().as_bytes(), [0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn replies() {
        let capacity = Capacity::parse(&[0x00, 0x23, 0x05, 0x3F, 0, 0, 0x08, 0]).unwrap();
        assert_eq!((capacity.blocks(), capacity.block_len), (2_295_104, 2048));
        assert_eq!(Capacity::parse(&[0, 0, 0, 0, 0, 0, 8, 0]).unwrap().blocks(), 0);
        assert_eq!(Capacity::parse(&[0xFF; 8]).unwrap().blocks(), u32::MAX);
        assert!(Capacity::parse(&[0; 7]).is_err());
    }
}
