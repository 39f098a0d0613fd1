//! READ BUFFER CAPACITY (5Ch). Drives give nonsense here now and then; it is for show, nothing waits for it.

use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u32, u8 as byte};

use super::{BadReply, Fail, OperationCode};
use crate::Cdb;

/// Length of the reply.
pub const REPLY: usize = 12;

/// The drive's buffer, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferCapacity {
    /// All of it.
    pub total: u32,
    /// The part that can take data now, never above `total`.
    pub free: u32,
}

/// The command, asking for bytes and not blocks.
#[must_use]
pub fn cdb() -> Cdb {
    Cdb::from([OperationCode::READ_BUFFER_CAPACITY.0, 0, 0, 0, 0, 0, 0, 0, REPLY as u8, 0])
}

impl BufferCapacity {
    /// Reads the reply.
    ///
    /// # Errors
    /// When it is short, counts in blocks all the same, or has no buffer at all.
    pub fn parse(reply: &[u8]) -> Result<BufferCapacity, BadReply> {
        let (_, (_, block, total, free)) = (take::<_, _, Fail<'_>>(3usize), byte, be_u32, be_u32)
            .parse(reply)
            .map_err(|_| BadReply("shorter than twelve bytes"))?;
        if block & 1 != 0 {
            return Err(BadReply("counts in blocks where bytes were asked for"));
        }
        if total == 0 {
            return Err(BadReply("no buffer"));
        }
        Ok(BufferCapacity { total, free: free.min(total) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb().as_bytes(), [0x5C, 0, 0, 0, 0, 0, 0, 0, 12, 0]);
    }

    #[test]
    fn replies() {
        let reply = [0, 10, 0, 0, 0x00, 0x80, 0, 0, 0x00, 0x40, 0, 0];
        assert_eq!(BufferCapacity::parse(&reply), Ok(BufferCapacity { total: 0x80_0000, free: 0x40_0000 }));
        let more_free_than_total = [0, 10, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0];
        assert_eq!(
            BufferCapacity::parse(&more_free_than_total),
            Ok(BufferCapacity { total: 256, free: 256 })
        );
        assert!(BufferCapacity::parse(&[0, 10, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1]).is_err());
        assert!(BufferCapacity::parse(&[0; 12]).is_err());
        assert!(BufferCapacity::parse(&[0; 4]).is_err());
    }
}
