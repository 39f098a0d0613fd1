//! `ETNF` and `ETN2`: tracks recorded one at a time.

use byteorder::{BigEndian, ByteOrder as _};

use super::footer::Version;
use super::mode::Mode;

/// One track of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TrackAtOnce {
    /// Where its sectors are in the file, in bytes.
    pub(super) offset: u64,
    /// Bytes of them.
    pub(super) length: u64,
    pub(super) mode: Mode,
    /// First sector on the disc, not counting the pregaps of this and all tracks before it but the first.
    pub(super) start: u32,
}

impl TrackAtOnce {
    /// All tracks of a chunk; what is left of a last, incomplete one counts for nothing.
    pub(super) fn list(data: &[u8], version: Version) -> impl Iterator<Item = TrackAtOnce> + '_ {
        // Offset, length, mode, start, and 4 bytes that mean nothing here; the wide form has 4 more.
        let (number, entry) = match version {
            Version::One => (4, 20),
            Version::Two => (8, 32),
        };
        data.chunks_exact(entry).map(move |entry| {
            let rest = &entry[2 * number..];
            TrackAtOnce {
                offset: BigEndian::read_uint(entry, number),
                length: BigEndian::read_uint(&entry[number..], number),
                mode: Mode(rest[3]),
                start: BigEndian::read_u32(&rest[4..]),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_widths() {
        // The second track of a video CD.
        let narrow = [0, 0x18, 0x18, 0x80, 0, 2, 0xac, 0x60, 0, 0, 0, 3, 0, 0, 2, 0xa4, 0, 0, 0, 0];
        let expected = TrackAtOnce { offset: 0x18_1880, length: 0x2_ac60, mode: Mode(3), start: 676 };
        assert_eq!(TrackAtOnce::list(&narrow, Version::One).collect::<Vec<_>>(), [expected]);
        let mut wide = vec![0, 0, 0, 0, 0, 0x18, 0x18, 0x80, 0, 0, 0, 0, 0, 2, 0xac, 0x60];
        wide.extend([0, 0, 0, 3, 0, 0, 2, 0xa4, 0, 0, 0, 0, 0, 0, 0, 75]);
        wide.extend([1; 31]);
        assert_eq!(TrackAtOnce::list(&wide, Version::Two).collect::<Vec<_>>(), [expected]);
    }
}
