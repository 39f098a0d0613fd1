//! READ TOC/PMA/ATIP (43h).

use std::fmt;

use byteorder::{BigEndian, ByteOrder};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, be_u32, u8 as byte};

use super::{BadReply, Fail, OperationCode};
use crate::{Cdb, Lba};

/// What is asked for, byte 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TocFormat {
    /// The tracks.
    Toc = 0,
    /// The last session.
    SessionInformation = 1,
    /// The entries of the lead-ins (CD).
    FullToc = 2,
    /// The groove's information (CD-R, CD-RW).
    Atip = 4,
    /// Packs of CD-TEXT.
    CdText = 5,
}

/// Track number of the lead-out in [`Toc`].
pub const LEAD_OUT: u8 = 0xAA;

/// The command, for a reply of `len` bytes. `number` is the first track (format 0) or session (format 2)
/// wanted. Addresses are asked for as blocks where there is a choice; the full one and the ATIP have
/// minutes, seconds and frames only, and the bit for these is set because some emulations give blocks in
/// their place without it.
#[must_use]
pub fn cdb(format: TocFormat, number: u8, len: u16) -> Cdb {
    let mut cdb = [0; 10];
    cdb[0] = OperationCode::READ_TOC.0;
    cdb[1] = if matches!(format, TocFormat::FullToc | TocFormat::Atip) { 0x02 } else { 0 };
    cdb[2] = format as u8;
    cdb[6] = number;
    BigEndian::write_u16(&mut cdb[7..9], len);
    Cdb::from(cdb)
}

/// A track in the table of contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TocTrack {
    /// Number, 1 to 99; [`LEAD_OUT`] for the lead-out.
    pub number: u8,
    /// Control nibble: bit 2 tells data from audio.
    pub control: u8,
    /// First block.
    pub start: Lba,
}

/// Table of contents (format 0).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toc {
    /// Tracks, as the drive lists them, without the lead-out.
    pub tracks: Vec<TocTrack>,
    /// Start of the lead-out of the last session.
    pub lead_out: Option<Lba>,
}

impl Toc {
    /// Reads the reply to a request with block addresses. A reply shorter than it says is read as far as
    /// it goes.
    ///
    /// # Errors
    /// When it is shorter than its header.
    pub fn parse(reply: &[u8]) -> Result<Toc, BadReply> {
        let body = body(reply)?;
        let mut toc = Toc { tracks: Vec::new(), lead_out: None };
        for entry in body.chunks_exact(8) {
            let (_, (_, control, number, _, start)) = (byte::<_, Fail<'_>>, byte, byte, byte, be_u32)
                .parse(entry)
                .map_err(|_| BadReply("broken entry"))?;
            let start = Lba::from_wire(start);
            match number {
                LEAD_OUT => toc.lead_out = Some(start),
                1..=99 => toc.tracks.push(TocTrack { number, control: control & 0x0F, start }),
                _ => {}
            }
        }
        Ok(toc)
    }
}

/// The last session (format 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastSession {
    /// Number of the first complete session.
    pub first_session: u8,
    /// Number of the last complete session.
    pub last_session: u8,
    /// First track of the last complete session.
    pub first_track: u8,
    /// First block of that track.
    pub start: Lba,
}

impl LastSession {
    /// Reads the reply to a request with block addresses.
    ///
    /// # Errors
    /// When it is shorter than twelve bytes.
    pub fn parse(reply: &[u8]) -> Result<LastSession, BadReply> {
        let (_, (_, first_session, last_session, _, first_track, _, start)) =
            (be_u16::<_, Fail<'_>>, byte, byte, take(2usize), byte, byte, be_u32)
                .parse(reply)
                .map_err(|_| BadReply("shorter than twelve bytes"))?;
        Ok(LastSession { first_session, last_session, first_track, start: Lba::from_wire(start) })
    }
}

/// A track in the full table of contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FullTocTrack {
    /// Session it belongs to, from 1.
    pub session: u8,
    /// Number, 1 to 99.
    pub number: u8,
    /// Control nibble: bit 2 tells data from audio.
    pub control: u8,
    /// First block.
    pub start: Lba,
}

/// Full table of contents (format 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullToc {
    /// Tracks in the drive's order.
    pub tracks: Vec<FullTocTrack>,
    /// Session numbers with the start of their lead-outs (POINT A2h).
    pub lead_outs: Vec<(u8, Lba)>,
}

impl FullToc {
    /// Reads the reply.
    ///
    /// # Errors
    /// When it is short or no full table of contents: some emulations answer every format with format 0.
    pub fn parse(reply: &[u8]) -> Result<FullToc, BadReply> {
        const NONE: BadReply = BadReply("no full table of contents");
        let body = body(reply)?;
        let mut toc = FullToc { tracks: Vec::new(), lead_outs: Vec::new() };
        for entry in body.chunks_exact(11) {
            let (_, (session, control, _, point, _, minute, second, frame)) =
                (byte::<_, Fail<'_>>, byte, byte, byte, take(4usize), byte, byte, byte)
                    .parse(entry)
                    .map_err(|_| NONE)?;
            if session == 0 {
                return Err(NONE);
            }
            if control >> 4 != 1 {
                continue;
            }
            let start = Lba::from_msf(minute, second, frame);
            match point {
                1..=99 => {
                    toc.tracks.push(FullTocTrack { session, number: point, control: control & 0x0F, start });
                }
                0xA2 => toc.lead_outs.push((session, start)),
                _ => {}
            }
        }
        let closed =
            |track: &FullTocTrack| toc.lead_outs.iter().any(|(session, _)| *session == track.session);
        if toc.tracks.is_empty() || !toc.tracks.iter().all(closed) { Err(NONE) } else { Ok(toc) }
    }

    /// Start of the lead-out of a session.
    #[must_use]
    pub fn lead_out(&self, session: u8) -> Option<Lba> {
        self.lead_outs.iter().find(|(number, _)| *number == session).map(|(_, start)| *start)
    }
}

/// Sub-type of a CD-RW, 0 to 7: a class of speeds, which a drive has to know to record (byte 6 of ATIP; feature 0037h).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CdRwSubType(pub u8);

impl fmt::Display for CdRwSubType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            0 => "multi-speed",
            1 => "high-speed",
            2 => "ultra-speed",
            3 => "ultra-speed+",
            number => return write!(f, "sub-type {number}"),
        })
    }
}

/// ATIP (format 4): what the groove of a CD-R or CD-RW says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Atip {
    /// Whether the medium is a CD-RW.
    pub rewritable: bool,
    /// Which speeds a CD-RW is made for.
    pub sub_type: CdRwSubType,
    /// Start of the lead-in.
    pub lead_in: Lba,
    /// Last possible start of the lead-out.
    pub last_lead_out: Lba,
}

impl Atip {
    /// Reads the reply.
    ///
    /// # Errors
    /// When it is shorter than 15 bytes.
    pub fn parse(reply: &[u8]) -> Result<Atip, BadReply> {
        let (_, (_, _, kind, _, (a, b, c), _, (x, y, z))) = (
            take::<_, _, Fail<'_>>(4usize),
            take(2usize),
            byte,
            byte,
            (byte, byte, byte),
            byte,
            (byte, byte, byte),
        )
            .parse(reply)
            .map_err(|_| BadReply("shorter than 15 bytes"))?;
        Ok(Atip {
            rewritable: kind & 0x40 != 0,
            sub_type: CdRwSubType(kind >> 3 & 7),
            lead_in: Lba::from_msf(a, b, c),
            last_lead_out: Lba::from_msf(x, y, z),
        })
    }
}

/// The entries behind the four bytes of header.
fn body(reply: &[u8]) -> Result<&[u8], BadReply> {
    let (_, (len, _)) = (be_u16::<_, Fail<'_>>, take(2usize))
        .parse(reply)
        .map_err(|_| BadReply("shorter than its header"))?;
    Ok(super::clipped(reply, 4, usize::from(len).saturating_sub(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb(TocFormat::Toc, 0, 4).as_bytes(), [0x43, 0, 0, 0, 0, 0, 0, 0, 4, 0]);
        assert_eq!(cdb(TocFormat::FullToc, 1, 0x324).as_bytes(), [0x43, 2, 2, 0, 0, 0, 1, 3, 0x24, 0]);
    }

    #[test]
    fn tracks_and_lead_out() {
        let reply = [
            0, 0x12, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, // track 1, data
            0, 0x14, 0xAA, 0, 0, 0, 0x0B, 0x40,
        ];
        let toc = Toc::parse(&reply).unwrap();
        assert_eq!(toc.tracks, [TocTrack { number: 1, control: 4, start: Lba::ZERO }]);
        assert_eq!(toc.lead_out, Some(Lba::new(2880)));
        // Twelve bytes of the twenty announced.
        assert_eq!(Toc::parse(&reply[..12]).unwrap().lead_out, None);
        assert!(Toc::parse(&reply[..3]).is_err());
    }

    #[test]
    fn last_session() {
        let reply = [0, 10, 1, 2, 0, 0x14, 2, 0, 0, 0, 0x2C, 0x98];
        assert_eq!(
            LastSession::parse(&reply),
            Ok(LastSession { first_session: 1, last_session: 2, first_track: 2, start: Lba::new(11416) })
        );
        assert!(LastSession::parse(&reply[..11]).is_err());
    }

    #[test]
    fn full_table_of_contents() {
        let reply = [
            0, 46, 1, 1, //
            1, 0x14, 0, 0xA0, 0, 0, 0, 0, 1, 0, 0, //
            1, 0x14, 0, 0xA1, 0, 0, 0, 0, 1, 0, 0, //
            1, 0x14, 0, 0xA2, 0, 0, 0, 0, 0, 10, 5, //
            1, 0x14, 0, 0x01, 0, 0, 0, 0, 0, 2, 0,
        ];
        let toc = FullToc::parse(&reply).unwrap();
        assert_eq!(toc.tracks, [FullTocTrack { session: 1, number: 1, control: 4, start: Lba::ZERO }]);
        assert_eq!(toc.lead_out(1), Some(Lba::new(605)));
        assert_eq!(toc.lead_out(2), None);
    }

    #[test]
    fn format_0_in_place_of_the_full_one() {
        let reply = [0, 0x12, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xAA, 0, 0, 0, 0x0B, 0x40];
        assert!(FullToc::parse(&reply).is_err());
    }

    #[test]
    fn atip() {
        let reply =
            [0, 26, 0, 0, 0xD0, 0, 0x80, 0, 97, 26, 66, 0, 79, 59, 74, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let atip = Atip::parse(&reply).unwrap();
        assert!(!atip.rewritable);
        assert_eq!(atip.lead_in, Lba::new(-11634));
        assert_eq!(atip.last_lead_out, Lba::new(359_849));
    }
}
