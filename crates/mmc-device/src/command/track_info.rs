//! READ TRACK INFORMATION (52h).

use byteorder::{BigEndian, ByteOrder};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u32, u8 as byte};

use super::{BadReply, Fail, OperationCode};
use crate::{Cdb, Lba};

/// Longest reply there is.
pub const REPLY: usize = 48;

/// Least length that is of use: up to the track's size.
pub const LEAST: usize = 28;

/// Which track is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackAddress {
    /// The track that holds this block.
    Lba(Lba),
    /// The track with this number; 255 is a number like others here.
    Track(u16),
    /// The first track of this session.
    Session(u16),
    /// The track that a writer would go on with, which CD and DVD+R number 255.
    Invisible,
}

/// Track information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackInformation {
    /// Track number.
    pub track: u16,
    /// Session number.
    pub session: u16,
    /// Whether the track is damaged.
    pub damage: bool,
    /// Control nibble: 0 to 3 audio, 4 data, 5 data written incrementally.
    pub track_mode: u8,
    /// Whether the track is reserved.
    pub reserved: bool,
    /// Whether nothing is written in it.
    pub blank: bool,
    /// Whether it is written in packets, or incrementally.
    pub packet: bool,
    /// Whether its packets have one length.
    pub fixed_packet: bool,
    /// 1, 2, or 15 for unknown.
    pub data_mode: u8,
    /// First block.
    pub start: Lba,
    /// Where writing goes on, where the drive says that this holds.
    pub next_writable: Option<Lba>,
    /// Free blocks.
    pub free_blocks: u32,
    /// Packet length or blocking factor in blocks.
    pub packet_size: u32,
    /// Blocks of the track.
    pub size: u32,
    /// Last block written, where the drive says that this holds.
    pub last_recorded: Option<Lba>,
}

/// The command, for a reply of `len` bytes.
#[must_use]
pub fn cdb(address: TrackAddress, len: u16) -> Cdb {
    let (kind, number) = match address {
        TrackAddress::Lba(lba) => (0, lba.to_wire()),
        TrackAddress::Track(number) => (1, u32::from(number)),
        TrackAddress::Session(number) => (2, u32::from(number)),
        TrackAddress::Invisible => (1, 0xFF),
    };
    let mut cdb = [0; 10];
    cdb[0] = OperationCode::READ_TRACK_INFORMATION.0;
    cdb[1] = kind;
    BigEndian::write_u32(&mut cdb[2..6], number);
    BigEndian::write_u16(&mut cdb[7..9], len);
    Cdb::from(cdb)
}

impl TrackInformation {
    /// Reads the reply. Behind the 28th byte everything may be missing.
    ///
    /// # Errors
    /// When it is shorter than [`LEAST`].
    pub fn parse(reply: &[u8]) -> Result<TrackInformation, BadReply> {
        const SHORT: BadReply = BadReply("shorter than 28 bytes");
        if reply.len() < LEAST {
            return Err(SHORT);
        }
        let whole = super::padded::<REPLY>(reply);
        let (_, head) = (take::<_, _, Fail<'_>>(2usize), byte, byte, byte, byte, byte, byte)
            .parse(&whole[..8])
            .map_err(|_| SHORT)?;
        let (_, words) = (be_u32::<_, Fail<'_>>, be_u32, be_u32, be_u32, be_u32, be_u32, byte, byte)
            .parse(&whole[8..])
            .map_err(|_| SHORT)?;
        let (_, track, session, _, mode, kind, valid) = head;
        let (start, next, free_blocks, packet_size, size, last, track_high, session_high) = words;
        // Replies that end before byte 32 leave the upper bytes zero.
        Ok(TrackInformation {
            track: u16::from_be_bytes([track_high, track]),
            session: u16::from_be_bytes([session_high, session]),
            damage: mode & 0x20 != 0,
            track_mode: mode & 0x0F,
            reserved: kind & 0x80 != 0,
            blank: kind & 0x40 != 0,
            packet: kind & 0x20 != 0,
            fixed_packet: kind & 0x10 != 0,
            data_mode: kind & 0x0F,
            start: Lba::from_wire(start),
            next_writable: (valid & 1 != 0).then_some(Lba::from_wire(next)),
            free_blocks,
            packet_size,
            size,
            last_recorded: (valid & 2 != 0 && reply.len() >= 32).then_some(Lba::from_wire(last)),
        })
    }

    /// Whether the track holds data and not audio.
    #[must_use]
    pub const fn is_data(&self) -> bool {
        self.track_mode & 4 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb(TrackAddress::Invisible, 36).as_bytes(), [0x52, 1, 0, 0, 0, 0xFF, 0, 0, 36, 0]);
        assert_eq!(cdb(TrackAddress::Track(0x123), 48).as_bytes(), [0x52, 1, 0, 0, 1, 0x23, 0, 0, 48, 0]);
        assert_eq!(cdb(TrackAddress::Session(2), 8).as_bytes(), [0x52, 2, 0, 0, 0, 2, 0, 0, 8, 0]);
        assert_eq!(
            cdb(TrackAddress::Lba(Lba::new(-150)), 8).as_bytes(),
            [0x52, 0, 0xFF, 0xFF, 0xFF, 0x6A, 0, 0, 8, 0]
        );
    }

    /// What an independent DVD+R emulation answers for its blank disc.
    #[test]
    fn blank_dvd_plus_r() {
        let reply = [
            0x00, 0x26, 0x01, 0x01, 0x00, 0x07, 0x41, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x23, 0x05, 0x40,
            0, 0, 0, 0x10, 0x00, 0x23, 0x05, 0x40, 0, 0, 0, 0,
        ];
        let track = TrackInformation::parse(&reply).unwrap();
        assert_eq!((track.track, track.session), (1, 1));
        assert!(track.blank && track.is_data() && !track.reserved && !track.damage);
        assert_eq!(track.next_writable, Some(Lba::ZERO));
        assert_eq!((track.free_blocks, track.size, track.packet_size), (2_295_104, 2_295_104, 16));
        assert_eq!(track.last_recorded, None);
    }

    #[test]
    fn upper_bytes_and_short_replies() {
        let mut reply = [0; 36];
        reply[2] = 0x2D;
        reply[3] = 0x2C;
        reply[7] = 0x02;
        reply[31] = 9;
        reply[32] = 1;
        reply[33] = 1;
        let track = TrackInformation::parse(&reply).unwrap();
        assert_eq!((track.track, track.session), (301, 300));
        assert_eq!((track.next_writable, track.last_recorded), (None, Some(Lba::new(9))));
        let short = TrackInformation::parse(&reply[..28]).unwrap();
        assert_eq!((short.track, short.last_recorded), (0x2D, None));
        assert!(TrackInformation::parse(&reply[..27]).is_err());
    }
}
