//! READ DISC INFORMATION (51h), type 0.

use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, be_u32, u8 as byte};

use super::{BadReply, Fail, OperationCode};
use crate::Cdb;

/// Length of the reply asked for: without the tables of power calibrations.
pub const REPLY: usize = 34;

/// Least length that is of use: up to the last possible lead-out.
pub const LEAST: usize = 12;

/// State of the disc, bits 1 and 0 of byte 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DiscStatus {
    /// Nothing recorded.
    Blank,
    /// Another session can follow.
    Incomplete,
    /// Nothing can follow.
    Complete,
    /// Randomly writable.
    Other,
}

/// State of the last session, bits 3 and 2 of byte 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionState {
    /// Nothing in it.
    Empty,
    /// Open, with something in it.
    Incomplete,
    /// Reserved, or damaged.
    Damaged,
    /// Closed.
    Complete,
}

/// State of the background format of DVD+RW and MRW media, bits 1 and 0 of byte 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BackgroundFormat {
    /// There is none: a DVD+RW is unformatted.
    None,
    /// It was begun and rests.
    Suspended,
    /// It goes on.
    Running,
    /// It is complete.
    Complete,
}

/// Disc information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscInformation {
    /// Whether the medium can be erased.
    pub erasable: bool,
    /// State of the last session.
    pub last_session: SessionState,
    /// State of the disc.
    pub status: DiscStatus,
    /// Number of the first track.
    pub first_track: u16,
    /// Sessions, with the empty one at the end of an incomplete disc.
    pub sessions: u16,
    /// First track of the last session.
    pub first_track_in_last_session: u16,
    /// Last track of the last session; the track to be written next counts.
    pub last_track_in_last_session: u16,
    /// Whether the drive keeps power calibrations of this medium, which its reply then has tables of.
    pub calibrated: bool,
    /// State of the background format.
    pub background_format: BackgroundFormat,
    /// Disc type byte: 00h data or audio, 10h CD-I, 20h XA.
    pub disc_type: u8,
    /// Last possible start of the lead-out, as it comes: minute, second, frame in the lower bytes for CD,
    /// an address for others; all ones when nothing can follow.
    pub last_possible_lead_out: u32,
}

/// The command.
#[must_use]
pub fn cdb() -> Cdb {
    Cdb::from([OperationCode::READ_DISC_INFORMATION.0, 0, 0, 0, 0, 0, 0, 0, REPLY as u8, 0])
}

impl DiscInformation {
    /// Reads the reply.
    ///
    /// # Errors
    /// When it is shorter than [`LEAST`].
    pub fn parse(reply: &[u8]) -> Result<DiscInformation, BadReply> {
        if reply.len() < LEAST {
            return Err(BadReply("shorter than twelve bytes"));
        }
        let reply = super::padded::<REPLY>(reply);
        let (_, fields) = (
            be_u16::<_, Fail<'_>>,
            byte,
            byte,
            take(3usize),
            byte,
            byte,
            take(3usize),
            be_u32,
            take(4usize),
            be_u32,
        )
            .parse(&reply[..])
            .map_err(|_| BadReply("shorter than twelve bytes"))?;
        let (len, states, first_track, low, flags, disc_type, high, _, _, last_possible_lead_out) = fields;
        let wide = |at: usize| u16::from_be_bytes([high[at], low[at]]);
        Ok(DiscInformation {
            erasable: states & 0x10 != 0,
            calibrated: usize::from(len) + 2 > REPLY,
            last_session: match states >> 2 & 3 {
                0 => SessionState::Empty,
                1 => SessionState::Incomplete,
                2 => SessionState::Damaged,
                _ => SessionState::Complete,
            },
            status: match states & 3 {
                0 => DiscStatus::Blank,
                1 => DiscStatus::Incomplete,
                2 => DiscStatus::Complete,
                _ => DiscStatus::Other,
            },
            first_track: u16::from(first_track),
            sessions: wide(0),
            first_track_in_last_session: wide(1),
            last_track_in_last_session: wide(2),
            background_format: match flags & 3 {
                0 => BackgroundFormat::None,
                1 => BackgroundFormat::Suspended,
                2 => BackgroundFormat::Running,
                _ => BackgroundFormat::Complete,
            },
            disc_type,
            last_possible_lead_out,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb().as_bytes(), [0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0]);
    }

    #[test]
    fn appendable_dvd_with_many_sessions() {
        let mut reply = [0; 34];
        reply[..12].copy_from_slice(&[0, 0x20, 0x01, 1, 0x2C, 0x2D, 0x2E, 0x20, 0, 1, 1, 1]);
        reply[20..24].copy_from_slice(&[0, 0x23, 0x05, 0x40]);
        let disc = DiscInformation::parse(&reply).unwrap();
        assert_eq!(disc.status, DiscStatus::Incomplete);
        assert_eq!(disc.last_session, SessionState::Empty);
        assert_eq!(disc.sessions, 300);
        assert_eq!((disc.first_track_in_last_session, disc.last_track_in_last_session), (301, 302));
        assert_eq!(disc.last_possible_lead_out, 0x23_0540);
        assert!(!disc.erasable);
    }

    #[test]
    fn suspended_background_format_and_short_reply() {
        let reply = [0, 0x20, 0x1F, 1, 1, 1, 1, 0x01, 0, 0, 0, 0];
        let disc = DiscInformation::parse(&reply).unwrap();
        assert!(disc.erasable);
        assert_eq!(disc.status, DiscStatus::Other);
        assert_eq!(disc.last_session, SessionState::Complete);
        assert_eq!(disc.background_format, BackgroundFormat::Suspended);
        assert!(DiscInformation::parse(&reply[..11]).is_err());
    }
}
