//! What a client asks for, and the answers: simple replies.

use byteorder::{BigEndian, ByteOrder};
use nom::bytes::complete::tag;
use nom::number::complete::{be_u16, be_u32, be_u64};
use nom::sequence::preceded;
use nom::{IResult, Parser};

const REQUEST_MAGIC: [u8; 4] = [0x25, 0x60, 0x95, 0x13];
const REPLY_MAGIC: u32 = 0x6744_6698;

/// One request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// What changes how it is done; nothing of it matters to who only reads.
    pub(super) flags: u16,
    pub(super) command: Command,
    /// Comes back with the answer.
    pub(super) cookie: u64,
    /// In bytes.
    pub(super) offset: u64,
    /// In bytes.
    pub(super) len: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Command(pub(super) u16);

impl Command {
    pub(super) const READ: Command = Command(0);
    /// As many bytes as it is long come behind it.
    pub(super) const WRITE: Command = Command(1);
    /// The client goes; no answer.
    pub(super) const DISCONNECT: Command = Command(2);
    pub(super) const FLUSH: Command = Command(3);
    pub(super) const TRIM: Command = Command(4);
    pub(super) const WRITE_ZEROES: Command = Command(6);
}

/// Why a request was not carried out; numbers of Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) u32);

impl Refusal {
    pub(super) const READ_ONLY: Refusal = Refusal(1);
    pub(super) const INPUT_OUTPUT: Refusal = Refusal(5);
    pub(super) const INVALID: Refusal = Refusal(22);
}

impl Request {
    /// Bytes of a request without what is written.
    pub(super) const LEN: usize = 28;

    pub(super) fn parse(bytes: &[u8]) -> IResult<&[u8], Request> {
        let fields = (be_u16, be_u16.map(Command), be_u64, be_u64, be_u32);
        let (rest, (flags, command, cookie, offset, len)) =
            preceded(tag(&REQUEST_MAGIC[..]), fields).parse(bytes)?;
        Ok((rest, Request { flags, command, cookie, offset, len }))
    }
}

/// The answer to a request; what was read comes behind it.
pub(super) fn reply(cookie: u64, refusal: Option<Refusal>) -> [u8; 16] {
    let mut bytes = [0; 16];
    BigEndian::write_u32(&mut bytes, REPLY_MAGIC);
    BigEndian::write_u32(&mut bytes[4..], refusal.map_or(0, |refusal| refusal.0));
    BigEndian::write_u64(&mut bytes[8..], cookie);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_the_specification() {
        let bytes =
            b"\x25\x60\x95\x13\x00\x00\x00\x01ABCDEFGH\x00\x00\x00\x00\x00\x00\x08\x00\x00\x00\x10\x00";
        let request = Request::parse(bytes).unwrap().1;
        let cookie = u64::from_be_bytes(*b"ABCDEFGH");
        assert_eq!(request, Request { flags: 0, command: Command::WRITE, cookie, offset: 2048, len: 4096 });
        assert!(Request::parse(&bytes[..27]).is_err());
        assert!(Request::parse(b"\x25\x60\x95\x14\x00\x00\x00\x01ABCDEFGHABCDEFGHABCD").is_err());
        assert_eq!(reply(cookie, Some(Refusal::READ_ONLY)), *b"\x67\x44\x66\x98\x00\x00\x00\x01ABCDEFGH");
        assert_eq!(reply(cookie, None), *b"\x67\x44\x66\x98\x00\x00\x00\x00ABCDEFGH");
    }
}
