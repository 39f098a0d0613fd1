//! What client and server say before the first request: the fixed newstyle negotiation.

use byteorder::{BigEndian, ByteOrder};
use nom::bytes::complete::{tag, take};
use nom::number::complete::be_u32;
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// `IHAVEOPT`, in front of each option.
pub(super) const OPTION_MAGIC: &[u8; 8] = b"IHAVEOPT";
/// Bytes of an option without its data.
pub(super) const OPTION_LEN: usize = 16;
/// Longest data of an option that are read: the name of an export has up to 4096 bytes.
pub(super) const LONGEST_OPTION: u32 = 8192;

/// The server knows the fixed negotiation.
const FIXED_NEWSTYLE: u16 = 1;
/// Nobody wants the 124 zeros behind [`export`].
pub(super) const NO_ZEROES: u32 = 2;

const HAS_FLAGS: u16 = 1;
const READ_ONLY: u16 = 1 << 1;
const CAN_MULTI_CONN: u16 = 1 << 8;
/// What can be done with the export.
const TRANSMISSION_FLAGS: u16 = HAS_FLAGS | READ_ONLY | CAN_MULTI_CONN;

/// Longest request, in bytes: what QEMU and Linux ask for at most.
pub(super) const LONGEST_REQUEST: u32 = 32 << 20;
const SECTOR: u32 = sector_io::SECTOR_SIZE as u32;

/// What the server says first.
pub(super) fn greeting() -> [u8; 18] {
    let mut bytes = [0; 18];
    bytes[..8].copy_from_slice(b"NBDMAGIC");
    bytes[8..16].copy_from_slice(OPTION_MAGIC);
    BigEndian::write_u16(&mut bytes[16..], FIXED_NEWSTYLE | NO_ZEROES as u16);
    bytes
}

/// What a client wants before it sends requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OptionKind(pub(super) u32);

impl OptionKind {
    /// On to the requests, without a way to refuse.
    pub(super) const EXPORT_NAME: OptionKind = OptionKind(1);
    pub(super) const ABORT: OptionKind = OptionKind(2);
    pub(super) const LIST: OptionKind = OptionKind(3);
    /// What the export is like.
    pub(super) const INFO: OptionKind = OptionKind(6);
    /// The same, and on to the requests.
    pub(super) const GO: OptionKind = OptionKind(7);
}

/// What a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReplyKind(pub(super) u32);

impl ReplyKind {
    pub(super) const ACK: ReplyKind = ReplyKind(1);
    pub(super) const SERVER: ReplyKind = ReplyKind(2);
    pub(super) const INFO: ReplyKind = ReplyKind(3);
    pub(super) const UNSUPPORTED: ReplyKind = ReplyKind(1 << 31 | 1);
    pub(super) const INVALID: ReplyKind = ReplyKind(1 << 31 | 3);
    pub(super) const UNKNOWN: ReplyKind = ReplyKind(1 << 31 | 6);
    pub(super) const TOO_BIG: ReplyKind = ReplyKind(1 << 31 | 9);
}

/// The fixed part of an option: what is wanted, and the bytes of its data.
pub(super) fn option(bytes: &[u8]) -> IResult<&[u8], (OptionKind, u32)> {
    preceded(tag(&OPTION_MAGIC[..]), (be_u32.map(OptionKind), be_u32)).parse(bytes)
}

/// The name in the data of [`OptionKind::INFO`] and [`OptionKind::GO`]. What else the client wants to know is told anyway.
pub(super) fn name_of_request(data: &[u8]) -> IResult<&[u8], &[u8]> {
    let (rest, len) = be_u32(data)?;
    take(len)(rest)
}

/// An answer to an option.
pub(super) fn reply(option: OptionKind, kind: ReplyKind, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 20];
    BigEndian::write_u64(&mut bytes, 0x0003_E889_0455_65A9);
    BigEndian::write_u32(&mut bytes[8..], option.0);
    BigEndian::write_u32(&mut bytes[12..], kind.0);
    BigEndian::write_u32(&mut bytes[16..], data.len() as u32);
    bytes.extend_from_slice(data);
    bytes
}

/// Size and flags of the export, which is `len` bytes long.
pub(super) fn export(len: u64) -> [u8; 10] {
    let mut bytes = [0; 10];
    BigEndian::write_u64(&mut bytes, len);
    BigEndian::write_u16(&mut bytes[8..], TRANSMISSION_FLAGS);
    bytes
}

/// The same as an information of type 0 (NBD_INFO_EXPORT).
pub(super) fn export_information(len: u64) -> Vec<u8> {
    [&[0, 0][..], &export(len)].concat()
}

/// Least, best and longest request, as an information of type 3 (NBD_INFO_BLOCK_SIZE).
pub(super) fn block_size_information() -> Vec<u8> {
    let mut bytes = vec![0; 14];
    BigEndian::write_u16(&mut bytes, 3);
    for (at, size) in [(2, 1), (6, SECTOR), (10, LONGEST_REQUEST)] {
        BigEndian::write_u32(&mut bytes[at..], size);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_the_specification() {
        assert_eq!(greeting(), *b"NBDMAGICIHAVEOPT\x00\x03");
        let go = b"IHAVEOPT\x00\x00\x00\x07\x00\x00\x00\x0A";
        assert_eq!(option(go).unwrap().1, (OptionKind::GO, 10));
        assert!(option(b"IHAVEOP_\x00\x00\x00\x07\x00\x00\x00\x0A").is_err());
        assert_eq!(name_of_request(b"\x00\x00\x00\x04name\x00\x00").unwrap().1, b"name");
        assert!(name_of_request(b"\xFF\xFF\xFF\xFFname\x00\x00").is_err());
        assert_eq!(
            reply(OptionKind::GO, ReplyKind::INFO, &export_information(0x1_0000_0000)),
            b"\x00\x03\xE8\x89\x04\x55\x65\xA9\x00\x00\x00\x07\x00\x00\x00\x03\x00\x00\x00\x0C\
              \x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x01\x03"
        );
        assert_eq!(block_size_information(), b"\x00\x03\x00\x00\x00\x01\x00\x00\x08\x00\x02\x00\x00\x00");
    }
}
