//! The end of a Nero image: it tells where the chain of chunks begins.

use byteorder::{BigEndian, ByteOrder as _};

/// Which widths the numbers of a Nero image have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// 32 bits: `NERO`.
    One,
    /// 64 bits: `NER5`.
    Two,
}

/// The last 8 or 12 bytes of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Footer {
    pub(super) version: Version,
    /// Offset of the first chunk.
    pub(super) chunks: u64,
}

impl Footer {
    /// Most bytes that a footer has.
    pub(super) const LONGEST: usize = 12;

    /// Recognises the footer at the end of `bytes`.
    pub(super) fn parse(bytes: &[u8]) -> Option<Footer> {
        if let Some((_, [b'N', b'E', b'R', b'5', offset @ ..])) = bytes.split_last_chunk::<12>() {
            return Some(Footer { version: Version::Two, chunks: BigEndian::read_u64(offset) });
        }
        match bytes.split_last_chunk::<8>()? {
            (_, [b'N', b'E', b'R', b'O', offset @ ..]) => {
                Some(Footer { version: Version::One, chunks: BigEndian::read_u32(offset).into() })
            }
            _ => None,
        }
    }

    /// Bytes of it.
    pub(super) fn len(self) -> u64 {
        match self.version {
            Version::One => 8,
            Version::Two => 12,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions() {
        let first = Footer::parse(b"....NERO\x00\x28\x22\xc0").unwrap();
        assert_eq!((first, first.len()), (Footer { version: Version::One, chunks: 0x28_22c0 }, 8));
        let second = Footer::parse(b"NER5\0\0\0\x01\0\0\0\x02").unwrap();
        assert_eq!((second, second.len()), (Footer { version: Version::Two, chunks: 0x1_0000_0002 }, 12));
        assert_eq!(Footer::parse(b"NERO\0\0\0"), None);
        assert_eq!(Footer::parse(b"NERO\0\0\0\0\0"), None);
        assert_eq!(Footer::parse(b""), None);
    }
}
