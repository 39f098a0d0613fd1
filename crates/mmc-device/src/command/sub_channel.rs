//! READ SUB-CHANNEL (42h), for the codes of a disc and its tracks.

use super::{BadReply, OperationCode};
use crate::Cdb;

/// Bytes of a reply with a code.
pub const REPLY: usize = 24;

/// READ SUB-CHANNEL for the disc's catalog number.
#[must_use]
pub fn catalog() -> Cdb {
    cdb(2, 0)
}

/// READ SUB-CHANNEL for a track's recording code.
#[must_use]
pub fn isrc(track: u8) -> Cdb {
    cdb(3, track)
}

fn cdb(format: u8, track: u8) -> Cdb {
    Cdb::from([OperationCode::READ_SUB_CHANNEL.0, 0, 0x40, format, 0, 0, track, 0, REPLY as u8, 0])
}

/// The characters of a code of `len` characters; `None` where the disc has none.
///
/// # Errors
/// When the reply is too short, or its code is no text.
pub fn code(reply: &[u8], len: usize) -> Result<Option<&str>, BadReply> {
    let (valid, text) = (reply.get(8), reply.get(9..9 + len));
    let (Some(valid), Some(text)) = (valid, text) else { return Err(BadReply("shorter than a code")) };
    if valid & 0x80 == 0 {
        return Ok(None);
    }
    str::from_utf8(text).map(Some).map_err(|_| BadReply("its code is no text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(isrc(3).as_bytes(), [0x42, 0, 0x40, 3, 0, 0, 3, 0, 24, 0]);
        assert_eq!(catalog().as_bytes()[3], 2);
        let mut reply = [0; REPLY];
        assert_eq!(code(&reply, 12), Ok(None));
        reply[8] = 0x80;
        reply[9..21].copy_from_slice(b"USRC17607839");
        assert_eq!(code(&reply, 12), Ok(Some("USRC17607839")));
        assert!(code(&reply[..12], 12).is_err());
    }
}
