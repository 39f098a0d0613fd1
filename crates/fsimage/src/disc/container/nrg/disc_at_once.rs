//! `DAOI` and `DAOX`: the tracks of a session recorded at once.

use byteorder::{BigEndian, ByteOrder as _};

use super::footer::Version;
use super::mode::Mode;

/// The tracks of a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DiscAtOnce {
    /// Number of the first track.
    pub(super) first: u8,
    pub(super) tracks: Vec<DiscAtOnceTrack>,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DiscAtOnceTrack {
    /// Bytes of a sector in the file.
    pub(super) sector_bytes: u16,
    pub(super) mode: Mode,
    /// Offset in the file of the track proper, behind its pregap.
    pub(super) index_1: u64,
    /// Offset in the file of what follows the track.
    pub(super) end: u64,
}

/// Length, once more, and catalog number; type of the table of contents; first and last track.
const HEADER: usize = 22;
/// What identifies a recording; sector size; mode; 2 bytes that mean nothing here.
const FIXED: usize = 18;

impl DiscAtOnce {
    /// `None` for a chunk that is too short.
    pub(super) fn parse(data: &[u8], version: Version) -> Option<DiscAtOnce> {
        let (header, entries) = data.split_at_checked(HEADER)?;
        let number = match version {
            Version::One => 4,
            Version::Two => 8,
        };
        let tracks = entries.chunks_exact(FIXED + 3 * number).map(|entry| {
            let offset = |index: usize| BigEndian::read_uint(&entry[FIXED + index * number..], number);
            DiscAtOnceTrack {
                sector_bytes: BigEndian::read_u16(&entry[12..]),
                // Programs differ in which byte of the two they use; the other is 0.
                mode: Mode(entry[14] | entry[15]),
                index_1: offset(1),
                end: offset(2),
            }
        });
        Some(DiscAtOnce { first: header[20], tracks: tracks.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_widths() {
        for (version, number) in [(Version::One, 4), (Version::Two, 8)] {
            let mut data = vec![0; 20];
            data.extend([2, 3]);
            for (mode, first) in [([0, 0], 1000), ([7, 0], 9000)] {
                data.extend([b'I'; 12]);
                data.extend([0x08, 0x00, mode[0], mode[1], 0, 1]);
                for offset in [first, first + 300, first + 5000_u32] {
                    data.extend(vec![0; number - 4]);
                    data.extend(offset.to_be_bytes());
                }
            }
            let found = DiscAtOnce::parse(&data, version).unwrap();
            let track =
                |mode, index_1, end| DiscAtOnceTrack { sector_bytes: 2048, mode: Mode(mode), index_1, end };
            let tracks = vec![track(0, 1300, 6000), track(7, 9300, 14_000)];
            assert_eq!(found, DiscAtOnce { first: 2, tracks });
            assert_eq!(DiscAtOnce::parse(&data[..21], version), None);
        }
    }
}
