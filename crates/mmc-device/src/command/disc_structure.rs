//! READ DISC STRUCTURE (ADh), DVD and BD: what the medium tells of itself.

use byteorder::{BigEndian, ByteOrder};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::be_u16;

use super::{BadReply, Fail, OperationCode};
use crate::Cdb;

/// Bytes before the structure: its length, and two that are reserved.
pub const HEADER: usize = 4;

/// Which family of formats is meant, bits 3 to 0 of byte 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum StructureFamily {
    /// Formats of DVD.
    Dvd = 0,
    /// Formats of BD.
    Bd = 1,
}

/// A structure of a medium, by MMC's number of its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StructureRequest {
    /// Whose formats they are.
    pub family: StructureFamily,
    /// Number of the format: 00h physical information, 0Eh pre-recorded information of DVD-R, 20h layer boundary.
    pub format: u8,
    /// What the format takes as an address.
    pub address: u32,
    /// Layer, where the format has one for each.
    pub layer: u8,
}

impl StructureRequest {
    /// The command, for a reply of `len` bytes.
    #[must_use]
    pub fn cdb(self, len: u16) -> Cdb {
        let mut cdb = [0; 12];
        cdb[0] = OperationCode::READ_DISC_STRUCTURE.0;
        cdb[1] = self.family as u8;
        BigEndian::write_u32(&mut cdb[2..6], self.address);
        cdb[6] = self.layer;
        cdb[7] = self.format;
        BigEndian::write_u16(&mut cdb[8..10], len);
        Cdb::from(cdb)
    }
}

/// Bytes of the whole reply according to its header.
pub(crate) fn announced(header: &[u8]) -> usize {
    be_u16::<_, Fail<'_>>.parse(header).map_or(0, |(_, len)| usize::from(len)) + 2
}

/// The structure behind the header of the reply.
///
/// # Errors
/// When there is no header.
pub fn parse(reply: &[u8]) -> Result<&[u8], BadReply> {
    let (_, (len, _)) = (be_u16::<_, Fail<'_>>, take(2usize))
        .parse(reply)
        .map_err(|_| BadReply("shorter than its header"))?;
    Ok(super::clipped(reply, HEADER, usize::from(len).saturating_sub(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        let request =
            StructureRequest { family: StructureFamily::Bd, format: 0x0A, address: 0x102, layer: 1 };
        assert_eq!(request.cdb(0x304).as_bytes(), [0xAD, 1, 0, 0, 1, 2, 1, 0x0A, 3, 4, 0, 0]);
    }

    #[test]
    fn replies() {
        let reply = [0, 6, 0, 0, 1, 2, 3, 4, 5];
        assert_eq!((announced(&reply), parse(&reply)), (8, Ok(&[1u8, 2, 3, 4][..])));
        assert_eq!(parse(&reply[..6]), Ok(&[1u8, 2][..]));
        assert!(parse(&reply[..3]).is_err());
    }
}
