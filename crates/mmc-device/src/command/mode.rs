//! MODE SENSE(10) (5Ah) and MODE SELECT(10) (55h), with the pages that recording needs.

use std::fmt;

use byteorder::{BigEndian, ByteOrder};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, u8 as byte};

use super::{BadReply, Fail, OperationCode};
use crate::cd::{Isrc, MediaCatalogNumber};
use crate::{Cdb, Rotation};

/// Length of the mode parameter header.
pub const HEADER: usize = 8;

/// Bytes of the shortest reply that is asked for: header, block descriptor, and the begin of a page.
pub(crate) const LEAST: usize = 30;

/// Page code of the write parameters.
pub const WRITE_PARAMETERS: u8 = 0x05;

/// Page code of the capabilities and mechanical status.
pub const CAPABILITIES: u8 = 0x2A;

/// Page code that asks for all pages.
pub const ALL_PAGES: u8 = 0x3F;

/// Page code, six bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageCode(pub u8);

impl fmt::Display for PageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            0x01 => "read/write error recovery",
            0x03 => "Mount Rainier",
            0x05 => "write parameters",
            0x07 => "verify error recovery",
            0x08 => "caching",
            0x0D => "CD device parameters",
            0x0E => "CD audio control",
            0x1A => "power condition",
            0x1C => "fault/failure reporting",
            0x1D => "timeout and protect",
            0x2A => "capabilities and mechanical status",
            code => return write!(f, "page {code:02X}h"),
        })
    }
}

/// MODE SENSE(10) for the current values of a page, without block descriptors, for a reply of `len` bytes.
#[must_use]
pub fn sense(page: u8, len: u16) -> Cdb {
    let mut cdb = [0; 10];
    cdb[0] = OperationCode::MODE_SENSE_10.0;
    cdb[1] = 0x08;
    cdb[2] = page & 0x3F;
    BigEndian::write_u16(&mut cdb[7..9], len);
    Cdb::from(cdb)
}

/// MODE SELECT(10) for a parameter list of `len` bytes.
#[must_use]
pub fn select(len: u16) -> Cdb {
    let mut cdb = [0; 10];
    cdb[0] = OperationCode::MODE_SELECT_10.0;
    cdb[1] = 0x10;
    BigEndian::write_u16(&mut cdb[7..9], len);
    Cdb::from(cdb)
}

/// The parameter list for a page: a header of zeros and the page.
#[must_use]
pub fn parameter_list(page: &[u8]) -> Vec<u8> {
    let mut list = vec![0; HEADER];
    list.extend_from_slice(page);
    list
}

/// Bytes of the whole reply according to its header.
pub(crate) fn announced(header: &[u8]) -> usize {
    be_u16::<_, Fail<'_>>.parse(header).map_or(0, |(_, len)| usize::from(len)) + 2
}

/// The page in a reply to MODE SENSE(10), its code and length bytes first. Block descriptors, which old
/// drives send although they were told not to, are skipped; a page that says more than there is is
/// clipped.
///
/// # Errors
/// When the reply holds no such page.
pub fn page(reply: &[u8], code: u8) -> Result<&[u8], BadReply> {
    let rest = behind_header(reply)?;
    let (_, (found, len)) =
        (byte::<_, Fail<'_>>, byte).parse(rest).map_err(|_| BadReply("no page behind the header"))?;
    if found & 0x3F != code & 0x3F {
        return Err(BadReply("another mode page than asked for"));
    }
    let end = (2 + usize::from(len)).min(rest.len());
    Ok(&rest[..end])
}

/// The codes of the pages in a reply to MODE SENSE(10) for all pages, in the drive's order. A page that is cut off
/// counts, and subpages do not.
///
/// # Errors
/// When the reply is shorter than its header says.
pub fn page_codes(reply: &[u8]) -> Result<Vec<PageCode>, BadReply> {
    let mut rest = behind_header(reply)?;
    let mut codes = Vec::new();
    while let [code, more @ ..] = rest {
        let is_subpage = code & 0x40 != 0;
        let len = match more {
            // Page code, subpage code, length.
            [_, high, low, ..] if is_subpage => 4 + usize::from(u16::from_be_bytes([*high, *low])),
            [len, ..] if !is_subpage => 2 + usize::from(*len),
            _ => break,
        };
        let code = PageCode(code & 0x3F);
        if !is_subpage && !codes.contains(&code) {
            codes.push(code);
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    Ok(codes)
}

/// What comes behind the header and its block descriptors.
fn behind_header(reply: &[u8]) -> Result<&[u8], BadReply> {
    let (rest, (_, _, descriptors)) = (take::<_, _, Fail<'_>>(2usize), take(4usize), be_u16)
        .parse(reply)
        .map_err(|_| BadReply("shorter than its header"))?;
    rest.get(usize::from(descriptors)..).ok_or(BadReply("block descriptors pass the end"))
}

/// Write type, bits 3 to 0 of byte 2 of the write parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WriteType(pub u8);

impl WriteType {
    /// In packets, or incrementally.
    pub const PACKET: WriteType = WriteType(0);
    /// Track at once.
    pub const TRACK_AT_ONCE: WriteType = WriteType(1);
    /// Session (or disc) at once.
    pub const SESSION_AT_ONCE: WriteType = WriteType(2);
    /// Raw.
    pub const RAW: WriteType = WriteType(3);
}

/// What follows the session on a CD, bits 7 and 6 of byte 3 of the write parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MultiSession(pub u8);

impl MultiSession {
    /// Nothing.
    pub const FINAL: MultiSession = MultiSession(0);
    /// Another session may.
    pub const NEXT_ALLOWED: MultiSession = MultiSession(3);
}

/// Write parameters, page 05h. The drive's own bytes are kept where nothing else is set, because some
/// drives insist on theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteParameters {
    bytes: Vec<u8>,
}

impl WriteParameters {
    /// Bytes of the page from its code on; longer pages are possible.
    pub const LEN: usize = 52;

    /// A page of zeros.
    #[must_use]
    pub fn zeroed() -> WriteParameters {
        let mut bytes = vec![0; WriteParameters::LEN];
        bytes[0] = WRITE_PARAMETERS;
        bytes[1] = (WriteParameters::LEN - 2) as u8;
        WriteParameters { bytes }
    }

    /// The page as MODE SENSE gave it.
    ///
    /// # Errors
    /// When it is another page, or ends before the audio pause length.
    pub fn parse(page: &[u8]) -> Result<WriteParameters, BadReply> {
        if page.first().is_none_or(|code| code & 0x3F != WRITE_PARAMETERS) {
            return Err(BadReply("another mode page than asked for"));
        }
        if page.len() < 16 {
            return Err(BadReply("write parameters shorter than 16 bytes"));
        }
        let mut bytes = page.to_vec();
        // The PS bit is reserved in MODE SELECT.
        bytes[0] &= 0x3F;
        bytes[1] = (bytes.len() - 2) as u8;
        Ok(WriteParameters { bytes })
    }

    /// Sets what a data track written track at once needs: mode 1 blocks of 2048 bytes, variable packets
    /// and their link size off, session format CD-ROM, a pause of 150.
    pub fn set_track_at_once(&mut self, multi: MultiSession, test_write: bool, underrun_protection: bool) {
        let page = &mut self.bytes;
        page[2] = u8::from(underrun_protection) << 6 | u8::from(test_write) << 4 | WriteType::TRACK_AT_ONCE.0;
        page[3] = multi.0 << 6 | 4;
        page[4] = page[4] & 0xF0 | 8;
        page[5] = 0;
        page[8] = 0;
        page[10..14].fill(0);
        BigEndian::write_u16(&mut page[14..16], 150);
    }

    /// Sets what a track of sound written track at once needs. The codes are recorded in its subchannel.
    pub fn set_sound_at_once(
        &mut self,
        multi: MultiSession,
        test_write: bool,
        underrun_protection: bool,
        control: u8,
        catalog: Option<MediaCatalogNumber>,
        isrc: Option<Isrc>,
    ) {
        self.set_track_at_once(multi, test_write, underrun_protection);
        let page = &mut self.bytes;
        page[3] = multi.0 << 6 | control & 0x0F;
        page[4] &= 0xF0;
        page.resize(page.len().max(WriteParameters::LEN), 0);
        page[1] = (page.len() - 2) as u8;
        page[16..48].fill(0);
        if let Some(catalog) = catalog {
            page[16] = 0x80;
            page[17..30].copy_from_slice(&catalog.digits().map(|digit| b'0' + digit));
        }
        if let Some(isrc) = isrc {
            page[32] = 0x80;
            page[33..45].copy_from_slice(isrc.as_str().as_bytes());
        }
    }

    /// Sets what a session at once on CD needs. What lies where, the cue sheet says.
    pub fn set_session_at_once(
        &mut self,
        multi: MultiSession,
        test_write: bool,
        underrun_protection: bool,
        control: u8,
        block_type: u8,
        session_format: u8,
    ) {
        self.set_track_at_once(multi, test_write, underrun_protection);
        let page = &mut self.bytes;
        page[2] = page[2] & 0xF0 | WriteType::SESSION_AT_ONCE.0;
        page[3] = multi.0 << 6 | control & 0x0F;
        page[4] = page[4] & 0xF0 | block_type & 0x0F;
        page[8] = session_format;
    }

    /// Sets what raw recording of a CD needs; `block_type`: 1 with P and Q, 2 and 3 with P to W.
    pub fn set_raw(&mut self, multi: MultiSession, underrun_protection: bool, block_type: u8) {
        self.set_track_at_once(multi, false, underrun_protection);
        let page = &mut self.bytes;
        page[2] = page[2] & 0xF0 | WriteType::RAW.0;
        page[3] = multi.0 << 6;
        page[4] = page[4] & 0xF0 | block_type & 0x0F;
    }

    /// The page's bytes from its code on.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Sets what incremental recording of a DVD-R or DVD-RW needs: packets of an ECC block, linked without loss
    /// of more than one.
    pub fn set_incremental(&mut self, multi: MultiSession, test_write: bool, underrun_protection: bool) {
        let page = &mut self.bytes;
        // LS_V: the link size below counts.
        page[2] = u8::from(underrun_protection) << 6 | 0x20 | u8::from(test_write) << 4 | WriteType::PACKET.0;
        page[3] = multi.0 << 6 | 0x20 | 5;
        self.set_dvd_packets();
    }

    /// Sets what recording a DVD-R or DVD-RW disc at once needs.
    pub fn set_disc_at_once(&mut self, test_write: bool, underrun_protection: bool) {
        let page = &mut self.bytes;
        page[2] =
            u8::from(underrun_protection) << 6 | u8::from(test_write) << 4 | WriteType::SESSION_AT_ONCE.0;
        page[3] = 5;
        self.set_dvd_packets();
    }

    /// Sets what a DVD-RW in restricted overwrite mode needs: fixed packets of an ECC block.
    pub fn set_restricted_overwrite(&mut self, underrun_protection: bool) {
        let page = &mut self.bytes;
        page[2] = u8::from(underrun_protection) << 6 | WriteType::PACKET.0;
        page[3] = 0x25;
        self.set_dvd_packets();
    }

    fn set_dvd_packets(&mut self) {
        let page = &mut self.bytes;
        page[4] = page[4] & 0xF0 | 8;
        page[5] = 16;
        page[8] = 0;
        BigEndian::write_u32(&mut page[10..14], 16);
    }

    /// Write type.
    #[must_use]
    pub fn write_type(&self) -> WriteType {
        WriteType(self.bytes[2] & 0x0F)
    }

    /// What follows the session.
    #[must_use]
    pub fn multi_session(&self) -> MultiSession {
        MultiSession(self.bytes[3] >> 6)
    }

    /// Whether the laser stays off.
    #[must_use]
    pub fn test_write(&self) -> bool {
        self.bytes[2] & 0x10 != 0
    }
}

/// Capabilities, page 2Ah: a legacy page that every drive has in some length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Reads CD-R.
    pub read_cd_r: bool,
    /// Reads CD-RW.
    pub read_cd_rw: bool,
    /// Reads DVD-ROM.
    pub read_dvd_rom: bool,
    /// Reads DVD-R.
    pub read_dvd_r: bool,
    /// Reads DVD-RAM.
    pub read_dvd_ram: bool,
    /// Writes CD-R.
    pub write_cd_r: bool,
    /// Writes CD-RW.
    pub write_cd_rw: bool,
    /// Can write with the laser off.
    pub test_write: bool,
    /// Writes DVD-R.
    pub write_dvd_r: bool,
    /// Writes DVD-RAM.
    pub write_dvd_ram: bool,
    /// Protects from underruns.
    pub underrun_protection: bool,
    /// Ejects by command.
    pub eject: bool,
    /// Locks the medium in by command.
    pub lock: bool,
    /// Loading mechanism: 0 caddy, 1 tray, 2 pop-up, 4 and 5 changers.
    pub mechanism: u8,
    /// Fastest reading, in kilobytes of 1000 bytes per second; obsolete, and zero from many drives.
    pub read_speed: u16,
    /// Fastest writing, likewise.
    pub write_speed: u16,
    /// Buffer in KiB; drives give nonsense here now and then.
    pub buffer_kib: u16,
    /// How the medium turns while it is written, as was asked for last; `None` where the page is too short to tell.
    pub rotation: Option<Rotation>,
}

impl Capabilities {
    /// Reads the page as [`page`] gives it. Missing bytes count as zero.
    ///
    /// # Errors
    /// When not even the flags are there.
    pub fn parse(page: &[u8]) -> Result<Capabilities, BadReply> {
        if page.len() < 8 {
            return Err(BadReply("capabilities shorter than eight bytes"));
        }
        let rotation = page.get(27).copied().and_then(Rotation::of_bits);
        let page = super::padded::<20>(page);
        let number = |at: usize| u16::from_be_bytes([page[at], page[at + 1]]);
        Ok(Capabilities {
            read_cd_r: page[2] & 0x01 != 0,
            read_cd_rw: page[2] & 0x02 != 0,
            read_dvd_rom: page[2] & 0x08 != 0,
            read_dvd_r: page[2] & 0x10 != 0,
            read_dvd_ram: page[2] & 0x20 != 0,
            write_cd_r: page[3] & 0x01 != 0,
            write_cd_rw: page[3] & 0x02 != 0,
            test_write: page[3] & 0x04 != 0,
            write_dvd_r: page[3] & 0x10 != 0,
            write_dvd_ram: page[3] & 0x20 != 0,
            underrun_protection: page[4] & 0x80 != 0,
            eject: page[6] & 0x08 != 0,
            lock: page[6] & 0x01 != 0,
            mechanism: page[6] >> 5,
            read_speed: number(8),
            write_speed: number(18),
            buffer_kib: number(12),
            rotation,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(sense(0x05, 60).as_bytes(), [0x5A, 8, 5, 0, 0, 0, 0, 0, 60, 0]);
        assert_eq!(select(60).as_bytes(), [0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0]);
        assert_eq!(parameter_list(&[5, 1, 9]), [0, 0, 0, 0, 0, 0, 0, 0, 5, 1, 9]);
    }

    #[test]
    fn pages_behind_block_descriptors() {
        let reply = [0, 20, 0, 0, 0, 0, 0, 8, 9, 9, 9, 9, 9, 9, 9, 9, 0x85, 2, 0xAA, 0xBB];
        assert_eq!(page(&reply, 5), Ok(&reply[16..]));
        assert_eq!(page(&reply[..19], 5), Ok(&reply[16..19]));
        assert!(page(&reply, 0x2A).is_err());
        assert!(page(&reply[..10], 5).is_err());
        assert!(page(&reply[..16], 5).is_err());
    }

    #[test]
    fn codes_of_all_pages() {
        let mut reply = vec![0, 0, 0, 0, 0, 0, 0, 8, 9, 9, 9, 9, 9, 9, 9, 9];
        // Page 01h that can be saved, subpage 2 of page 0Dh, page 05h, page 2Ah twice, and a page that is cut off.
        reply.extend([0x81, 2, 0, 0, 0x4D, 2, 0, 1, 7, 0x05, 0, 0x2A, 1, 0, 0x2A, 0, 0x1D, 10, 1]);
        let codes = [1, 5, 0x2A, 0x1D].map(PageCode).to_vec();
        assert_eq!(page_codes(&reply), Ok(codes.clone()));
        assert_eq!(page_codes(&reply[..reply.len() - 2]), Ok(codes[..3].to_vec()));
        assert_eq!(page_codes(&reply[..16]), Ok(Vec::new()));
        assert!(page_codes(&reply[..15]).is_err() && page_codes(&[]).is_err());
        assert_eq!(PageCode(0x05).to_string(), "write parameters");
        assert_eq!(PageCode(0x31).to_string(), "page 31h");
    }

    #[test]
    fn track_at_once_keeps_the_drives_other_bytes() {
        let mut page = vec![0xFF; 56];
        page[0] = 0x85;
        page[1] = 54;
        let mut parameters = WriteParameters::parse(&page).unwrap();
        parameters.set_track_at_once(MultiSession::NEXT_ALLOWED, true, true);
        let mut expected = vec![0xFF; 56];
        expected[..16]
            .copy_from_slice(&[0x05, 54, 0x51, 0xC4, 0xF8, 0, 0xFF, 0xFF, 0, 0xFF, 0, 0, 0, 0, 0, 150]);
        assert_eq!(parameters.as_bytes(), expected);
        assert_eq!(parameters.write_type(), WriteType::TRACK_AT_ONCE);
        assert_eq!(parameters.multi_session(), MultiSession::NEXT_ALLOWED);
        assert!(parameters.test_write());
    }

    #[test]
    fn write_parameters_of_dvd_minus_r() {
        let mut parameters = WriteParameters::zeroed();
        parameters.set_incremental(MultiSession::NEXT_ALLOWED, false, true);
        assert_eq!(parameters.as_bytes()[..14], [5, 50, 0x60, 0xE5, 8, 16, 0, 0, 0, 0, 0, 0, 0, 16]);
        parameters.set_incremental(MultiSession::FINAL, true, false);
        assert_eq!(parameters.as_bytes()[2..4], [0x30, 0x25]);
        parameters.set_disc_at_once(true, true);
        assert_eq!(parameters.as_bytes()[..6], [5, 50, 0x52, 0x05, 8, 16]);
        parameters.set_restricted_overwrite(true);
        assert_eq!(parameters.as_bytes()[..14], [5, 50, 0x40, 0x25, 8, 16, 0, 0, 0, 0, 0, 0, 0, 16]);
    }

    #[test]
    fn write_parameters_refuse_what_they_are_not() {
        assert!(WriteParameters::parse(&[0x2A; 20]).is_err());
        assert!(WriteParameters::parse(&[0x05, 10, 0, 0]).is_err());
        assert!(WriteParameters::parse(&[]).is_err());
        assert_eq!(WriteParameters::zeroed().as_bytes()[..2], [5, 50]);
    }

    #[test]
    fn capabilities() {
        let page = [
            0x2A, 0x14, 0x3F, 0x17, 0xF3, 0x29, 0x29, 0x10, 0x21, 0x13, 0, 8, 0x08, 0x00, 0x21, 0x13, 0,
            0x10, 0x10, 0x89,
        ];
        let capabilities = Capabilities::parse(&page).unwrap();
        assert!(capabilities.write_cd_r && capabilities.test_write && capabilities.underrun_protection);
        assert!(
            capabilities.read_dvd_ram && capabilities.read_cd_rw && capabilities.eject && capabilities.lock
        );
        assert!(!capabilities.write_dvd_ram);
        assert_eq!((capabilities.mechanism, capabilities.buffer_kib), (1, 2048));
        assert_eq!((capabilities.read_speed, capabilities.write_speed), (8467, 4233));
        assert_eq!(Capabilities::parse(&page[..8]).unwrap().buffer_kib, 0);
        assert!(Capabilities::parse(&page[..7]).is_err());
    }
}
