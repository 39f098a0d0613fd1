use crc::{CRC_16_GSM, Crc, Table};

use super::msf::{from_bcd, to_bcd};
use super::{Isrc, MediaCatalogNumber, Msf};

/// Bytes of subchannel Q in a sector, its checksum among them.
pub const Q_BYTES: usize = 12;

/// Polynomial 1021h, inverted (IEC 60908 17.5): what CD-TEXT has as well.
static CRC: Crc<u16, Table<1>> = Crc::<u16, Table<1>>::new(&CRC_16_GSM);

/// The checksum of subchannel Q and of a CD-TEXT pack.
pub(super) fn checksum(bytes: &[u8]) -> [u8; 2] {
    CRC.checksum(bytes).to_be_bytes()
}

/// What the control field of subchannel Q says of the track: 4 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Control(pub u8);

impl Control {
    /// Sound of two channels, not to be copied.
    pub const AUDIO: Control = Control(0);
    /// Bit 0 of sound: recorded with pre-emphasis.
    pub const PRE_EMPHASIS: Control = Control(1);
    /// Bit 1: may be copied.
    pub const COPY: Control = Control(2);
    /// Bit 2: data, recorded without interruption.
    pub const DATA: Control = Control(4);
    /// Bit 3 of sound: four channels.
    pub const FOUR_CHANNELS: Control = Control(8);

    /// These bits and those.
    #[must_use]
    pub const fn with(self, other: Control) -> Control {
        Control((self.0 | other.0) & 0x0F)
    }

    /// Whether all those bits are set.
    #[must_use]
    pub const fn has(self, other: Control) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Subchannel Q of a sector (IEC 60908 17.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Q {
    /// Of the track; in the lead-in, of the track that the entry is about.
    pub control: Control,
    /// What it tells.
    pub position: Position,
}

/// What subchannel Q tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// Mode 1 in tracks and lead-out.
    Program {
        /// 1 to 99, or [`Position::LEAD_OUT`].
        track: u8,
        /// 0 in a pregap, up to 99.
        index: u8,
        /// Time from index 1 on; in a pregap, time up to it.
        relative: Msf,
        /// The sector's address.
        absolute: Msf,
    },
    /// Mode 1 in the lead-in: an entry of the table of contents.
    Contents {
        /// 1 to 99 for a track, A0h to A2h for the disc.
        point: u8,
        /// Time in the lead-in.
        running: Msf,
        /// Three bytes, as recorded: an address in decimal digits; the first or last track and the disc type.
        entry: [u8; 3],
    },
    /// Mode 2: the disc's catalog number.
    Catalog {
        /// The number.
        number: MediaCatalogNumber,
        /// Frame of the sector's address.
        frame: u8,
    },
    /// Mode 3: the track's recording code.
    Isrc {
        /// The code.
        code: Isrc,
        /// Frame of the sector's address.
        frame: u8,
    },
    /// Mode 5 in the lead-in: of sessions that can follow, and of recordable discs (IEC 60908 17.5.4, Orange Book).
    Session {
        /// B0h, C0h, and others.
        point: u8,
        /// The seven bytes behind it, as recorded.
        entry: [u8; 7],
    },
}

impl Position {
    /// Track number of the lead-out.
    pub const LEAD_OUT: u8 = 0xAA;
    /// Point of the entry with the first track and the disc type.
    pub const FIRST_TRACK: u8 = 0xA0;
    /// Point of the entry with the last track.
    pub const LAST_TRACK: u8 = 0xA1;
    /// Point of the entry with the start of the lead-out.
    pub const START_OF_LEAD_OUT: u8 = 0xA2;
}

impl Q {
    /// The 12 bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; Q_BYTES] {
        let mut bytes = [0; Q_BYTES];
        let mode = match self.position {
            Position::Program { track, index, relative, absolute } => {
                bytes[1] = number_to_byte(track);
                bytes[2] = to_bcd(index);
                bytes[3..6].copy_from_slice(&relative.to_bcd());
                bytes[7..10].copy_from_slice(&absolute.to_bcd());
                1
            }
            Position::Contents { point, running, entry } => {
                bytes[2] = number_to_byte(point);
                bytes[3..6].copy_from_slice(&running.to_bcd());
                bytes[7..10].copy_from_slice(&entry);
                1
            }
            Position::Catalog { number, frame } => {
                bytes[1..9].copy_from_slice(&number.to_q());
                bytes[9] = to_bcd(frame);
                2
            }
            Position::Isrc { code, frame } => {
                bytes[1..9].copy_from_slice(&code.to_q());
                bytes[9] = to_bcd(frame);
                3
            }
            Position::Session { point, entry } => {
                bytes[2] = point;
                bytes[3..10].copy_from_slice(&entry);
                5
            }
        };
        bytes[0] = self.control.0 << 4 | mode;
        let sum = checksum(&bytes[..10]);
        bytes[10..].copy_from_slice(&sum);
        bytes
    }

    /// Reads the 12 bytes; `None` where the checksum is wrong, the mode unknown, or a number is none.
    #[must_use]
    pub fn parse(bytes: &[u8; Q_BYTES]) -> Option<Q> {
        if bytes[10..] != checksum(&bytes[..10]) {
            return None;
        }
        let code = || [bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8]];
        let time = |at: usize| Msf::from_bcd([bytes[at], bytes[at + 1], bytes[at + 2]]);
        let position = match (bytes[0] & 0x0F, bytes[1]) {
            (1, 0) => Position::Contents {
                point: byte_to_number(bytes[2])?,
                running: time(3)?,
                entry: [bytes[7], bytes[8], bytes[9]],
            },
            (1, track) => Position::Program {
                track: byte_to_number(track)?,
                index: from_bcd(bytes[2])?,
                relative: time(3)?,
                absolute: time(7)?,
            },
            (2, _) => {
                Position::Catalog { number: MediaCatalogNumber::from_q(code())?, frame: from_bcd(bytes[9])? }
            }
            (3, _) => Position::Isrc { code: Isrc::from_q(code())?, frame: from_bcd(bytes[9])? },
            (5, _) => Position::Session {
                point: bytes[2],
                entry: [bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9]],
            },
            _ => return None,
        };
        Some(Q { control: Control(bytes[0] >> 4), position })
    }
}

/// Numbers of tracks are in decimal digits; others, from A0h on, are not.
fn number_to_byte(number: u8) -> u8 {
    if number < 100 { to_bcd(number) } else { number }
}

fn byte_to_number(byte: u8) -> Option<u8> {
    if byte < 0xA0 { from_bcd(byte) } else { Some(byte) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_track_as_recorded() {
        let q = Q {
            control: Control::DATA,
            position: Position::Program {
                track: 12,
                index: 1,
                relative: Msf::new(0, 1, 2).unwrap(),
                absolute: Msf::new(10, 20, 30).unwrap(),
            },
        };
        let bytes = q.encode();
        assert_eq!(bytes[..10], [0x41, 0x12, 1, 0, 1, 2, 0, 0x10, 0x20, 0x30]);
        // The checksum by its polynomial, bit by bit, inverted (IEC 60908 17.5.1).
        let sum = bytes[..10].iter().fold(0u16, |sum, byte| {
            (0..8).rev().fold(sum, |sum, bit| {
                let top = (sum >> 15) as u8 ^ byte >> bit & 1;
                sum << 1 ^ if top == 1 { 0x1021 } else { 0 }
            })
        });
        assert_eq!(bytes[10..], (!sum).to_be_bytes());
        let mut wrong = bytes;
        wrong[5] ^= 1;
        assert_eq!((Q::parse(&bytes), Q::parse(&wrong)), (Some(q), None));
    }

    #[test]
    fn the_other_modes() {
        let catalog: MediaCatalogNumber = "4006381333931".parse().unwrap();
        let code: Isrc = "USRC17607839".parse().unwrap();
        for (position, first) in [
            (
                Position::Contents { point: 0xA0, running: Msf::default(), entry: [1, 0x20, 0] },
                [0x01, 0, 0xA0],
            ),
            (Position::Contents { point: 99, running: Msf::default(), entry: [1, 2, 3] }, [0x01, 0, 0x99]),
            (Position::Catalog { number: catalog, frame: 49 }, [0x02, 0x40, 0x06]),
            (Position::Isrc { code, frame: 74 }, [0x03, 0x96, 0x38]),
            (Position::Session { point: 0xB0, entry: [1, 2, 3, 4, 5, 6, 7] }, [0x05, 0, 0xB0]),
        ] {
            let q = Q { control: Control::AUDIO, position };
            let bytes = q.encode();
            assert_eq!(bytes[..3], first);
            assert_eq!(Q::parse(&bytes), Some(q));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in proptest::array::uniform12(any::<u8>()), mode in 0u8..8) {
            bytes[0] = bytes[0] & 0xF0 | mode;
            let sum = checksum(&bytes[..10]);
            bytes[10..].copy_from_slice(&sum);
            if let Some(q) = Q::parse(&bytes) {
                prop_assert_eq!(Q::parse(&q.encode()), Some(q));
            }
        }

        #[test]
        fn positions(track in 1u8..100, index in 0u8..100, relative in 0u32..450_000, absolute in 0u32..450_000) {
            let (relative, absolute) = (Msf::from_frames(relative), Msf::from_frames(absolute));
            let q = Q { control: Control(0), position: Position::Program { track, index, relative, absolute } };
            prop_assert_eq!(Q::parse(&q.encode()), Some(q));
        }
    }
}
