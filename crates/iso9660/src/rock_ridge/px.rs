use nom::combinator::opt;
use nom::{IResult, Parser};

use crate::number::{Disagreement, both_u32, both_u32_bytes, disagreements};
use crate::susp::{Signature, encode_fixed};

/// `PX`, POSIX file attributes (RRIP 4.1.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PosixAttributes {
    /// File mode with the type of the file, `st_mode` of POSIX.
    pub mode: u32,
    /// Number of links to the file, `st_nlink`.
    pub links: u32,
    /// Owner, `st_uid`.
    pub user: u32,
    /// Group, `st_gid`.
    pub group: u32,
    /// File serial number, `st_ino`; `None` before version 1.12. Records with the same number are links
    /// to one file.
    pub serial: Option<u32>,
}

impl PosixAttributes {
    /// `PX`.
    pub const SIGNATURE: Signature = Signature(*b"PX");

    /// Reads the payload of either version.
    ///
    /// # Errors
    /// When it is shorter than 32 bytes. A serial number that is cut off counts as none.
    pub fn parse(payload: &[u8]) -> IResult<&[u8], PosixAttributes> {
        let (rest, (mode, links, user, group, serial)) =
            (both_u32, both_u32, both_u32, both_u32, opt(both_u32)).parse(payload)?;
        Ok((rest, PosixAttributes { mode, links, user, group, serial }))
    }

    /// The both-endian numbers in a payload whose halves differ.
    pub fn disagreements(payload: &[u8]) -> impl Iterator<Item = Disagreement> + '_ {
        const CLAUSE: &str = "RRIP 4.1.1";
        disagreements(
            payload,
            &[(0, 4, CLAUSE), (8, 4, CLAUSE), (16, 4, CLAUSE), (24, 4, CLAUSE), (32, 4, CLAUSE)],
        )
    }

    /// Appends the entry: 44 bytes with a serial number, 36 without.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let mut payload = [0; 40];
        let numbers = [self.mode, self.links, self.user, self.group, self.serial.unwrap_or(0)];
        for (field, number) in payload.chunks_exact_mut(8).zip(numbers) {
            field.copy_from_slice(&both_u32_bytes(number));
        }
        match (self.serial, payload.first_chunk::<32>()) {
            (None, Some(without_serial)) => encode_fixed(Self::SIGNATURE, *without_serial, out),
            _ => encode_fixed(Self::SIGNATURE, payload, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RECORDED: [u8; 44] = [
        b'P', b'X', 44, 1, // header
        0xA4, 0x81, 0, 0, 0, 0, 0x81, 0xA4, // mode 0100644
        1, 0, 0, 0, 0, 0, 0, 1, // links
        0xE8, 3, 0, 0, 0, 0, 3, 0xE8, // user
        0x64, 0, 0, 0, 0, 0, 0, 0x64, // group
        7, 0, 0, 0, 0, 0, 0, 7, // serial number
    ];

    #[test]
    fn bytes_of_the_standard() {
        let attributes =
            PosixAttributes { mode: 0o100_644, links: 1, user: 1000, group: 100, serial: Some(7) };
        let mut out = Vec::new();
        attributes.encode(&mut out);
        assert_eq!(out, RECORDED);
        assert_eq!(PosixAttributes::parse(&RECORDED[4..]).unwrap(), (&[][..], attributes));
        assert_eq!(PosixAttributes::disagreements(&RECORDED[4..]).count(), 0);
    }

    #[test]
    fn the_older_form() {
        let attributes =
            PosixAttributes { serial: None, ..PosixAttributes::parse(&RECORDED[4..]).unwrap().1 };
        let mut out = Vec::new();
        attributes.encode(&mut out);
        assert_eq!(out[2], 36);
        assert_eq!(out[4..], RECORDED[4..36]);
        assert_eq!(PosixAttributes::parse(&out[4..]).unwrap().1, attributes);
        assert!(PosixAttributes::parse(&out[5..]).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(mode: u32, links: u32, user: u32, group: u32, serial: Option<u32>) {
            let attributes = PosixAttributes { mode, links, user, group, serial };
            let mut out = Vec::new();
            attributes.encode(&mut out);
            prop_assert_eq!(usize::from(out[2]), out.len());
            prop_assert_eq!(PosixAttributes::parse(&out[4..]).unwrap().1, attributes);
        }
    }
}
