//! MODE SENSE and MODE SELECT. With 10 bytes they are MMC's; with 6 bytes Linux' sr driver uses them.

use super::decode::{Block, be16, be32};
use super::medium_kind::Family;
use super::performance::{BUFFER, Speeds};
use super::status::{self, Outcome};
use super::{Fault, MediumKind, SimulatedDrive};

const RECOVERY: u8 = 0x01;
const WRITE_PARAMETERS: u8 = 0x05;
const AUDIO_CONTROL: u8 = 0x0E;
const CAPABILITIES: u8 = 0x2A;
const ALL: u8 = 0x3F;

/// Page code and length included.
const RECOVERY_LEN: usize = 12;
const WRITE_PARAMETERS_LEN: usize = 52;
const AUDIO_CONTROL_LEN: usize = 16;

/// Packets, or incrementally.
const WRITE_TYPE_PACKET: u8 = 0;
/// Track at once.
const WRITE_TYPE_TAO: u8 = 1;
/// Session at once, disc at once.
const WRITE_TYPE_AT_ONCE: u8 = 2;

/// Sectors as they are, with subchannels.
const WRITE_TYPE_RAW: u8 = 3;

/// Sectors in a packet on DVD, and in the gap that linking costs.
const DVD_PACKET: u32 = 16;

/// The write parameters, as far as they decide about a WRITE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WriteMode {
    write_type: u8,
    /// The laser stays off.
    pub(super) test: bool,
    fixed_packets: bool,
    packet_size: u32,
    track_mode: u8,
    block_type: u8,
}

impl WriteMode {
    fn of(page: &[u8]) -> WriteMode {
        WriteMode {
            write_type: page[2] & 0x0F,
            test: page[2] & 0x10 != 0,
            fixed_packets: page[3] & 0x20 != 0,
            packet_size: be32(page, 10),
            track_mode: page[3] & 0x0F,
            block_type: page[4] & 0x0F,
        }
    }

    /// A data track recorded at once on CD: 8 is mode 1, 10 is XA form 1.
    pub(super) fn fits_cd(self) -> bool {
        self.write_type == WRITE_TYPE_TAO
            && !self.fixed_packets
            && self.track_mode == 4
            && matches!(self.block_type, 8 | 10)
    }

    /// Sound, a track at once.
    pub(super) fn is_audio_track_cd(self) -> bool {
        self.write_type == WRITE_TYPE_TAO
            && !self.fixed_packets
            && self.track_mode & 4 == 0
            && self.block_type == 0
    }

    /// A session by cue sheet. What blocks are, the sheet says.
    pub(super) fn is_session_at_once_cd(self) -> bool {
        self.write_type == WRITE_TYPE_AT_ONCE
    }

    /// Raw recording: bytes of subchannels behind each sector.
    pub(super) fn raw_subchannel(self) -> Option<usize> {
        match self.block_type {
            _ if self.write_type != WRITE_TYPE_RAW || self.test => None,
            1 => Some(16),
            2 | 3 => Some(96),
            _ => None,
        }
    }

    /// Any way of recording a CD.
    pub(super) fn is_possible_cd(self) -> bool {
        self.fits_cd()
            || self.is_audio_track_cd()
            || self.is_session_at_once_cd()
            || self.raw_subchannel().is_some()
    }

    /// The control nibble of the track.
    pub(super) fn control(self) -> u8 {
        self.track_mode
    }

    /// DVD-R and DVD-RW, incrementally: in packets of an ECC block, whether they are said to be fixed or not.
    pub(super) fn is_incremental_dvd(self) -> bool {
        self.write_type == WRITE_TYPE_PACKET && self.block_type == 8 && self.packets_fit_dvd()
    }

    /// DVD-R and DVD-RW, disc at once.
    pub(super) fn is_disc_at_once_dvd(self) -> bool {
        self.write_type == WRITE_TYPE_AT_ONCE && self.block_type == 8
    }

    /// DVD-RW, restricted overwrite: an ECC block is what is written.
    pub(super) fn is_fixed_packets_dvd(self) -> bool {
        self.is_incremental_dvd() && !self.test
    }

    fn packets_fit_dvd(self) -> bool {
        !self.fixed_packets || self.packet_size == DVD_PACKET
    }
}

/// The pages a program can change.
#[derive(Clone, Debug)]
pub(super) struct ModePages {
    recovery: [u8; RECOVERY_LEN],
    write_parameters: [u8; WRITE_PARAMETERS_LEN],
    audio_control: [u8; AUDIO_CONTROL_LEN],
    /// The write parameters were chosen by a program.
    selected: bool,
}

impl Default for ModePages {
    fn default() -> ModePages {
        let mut recovery = [0; RECOVERY_LEN];
        (recovery[0], recovery[1]) = (RECOVERY, RECOVERY_LEN as u8 - 2);
        // Automatic reallocation while writing; read and write retries.
        (recovery[2], recovery[3], recovery[8]) = (0x80, 0x20, 0x20);
        let mut write_parameters = [0; WRITE_PARAMETERS_LEN];
        (write_parameters[0], write_parameters[1]) = (WRITE_PARAMETERS, WRITE_PARAMETERS_LEN as u8 - 2);
        // Buffer underrun protection; packets, which suits DVD-R. For a CD a program has to choose.
        write_parameters[2] = 0x40;
        write_parameters[3] = 0x05;
        write_parameters[4] = 8;
        write_parameters[13] = 16;
        write_parameters[15] = 150;
        let mut audio_control = [0; AUDIO_CONTROL_LEN];
        (audio_control[0], audio_control[1]) = (AUDIO_CONTROL, AUDIO_CONTROL_LEN as u8 - 2);
        audio_control[2] = 0x04;
        // Ports 0 and 1 at full volume.
        audio_control[8..12].copy_from_slice(&[1, 0xFF, 2, 0xFF]);
        ModePages { recovery, write_parameters, audio_control, selected: false }
    }
}

impl ModePages {
    pub(super) fn write_mode(&self) -> WriteMode {
        WriteMode::of(&self.write_parameters)
    }

    /// Catalog number and recording code for the track, where they are marked as valid.
    pub(super) fn codes(&self) -> (Option<String>, Option<String>) {
        let code = |at: usize, len: usize| {
            let field = self.write_parameters.get(at..at + 1 + len)?;
            (field[0] & 0x80 != 0).then(|| String::from_utf8(field[1..].to_vec()).ok())?
        };
        (code(16, 13), code(32, 12))
    }

    /// CD, DVD-R: another session may follow the one being recorded.
    pub(super) fn next_session_allowed(&self) -> bool {
        self.write_parameters[3] >> 6 == 3
    }
}

impl SimulatedDrive {
    /// `header`: bytes of the header, 4 or 8, which differ with the command.
    pub(super) fn mode_sense(&mut self, block: &Block, header: usize) -> Outcome<Vec<u8>> {
        let (control, code) = (block[2] >> 6, block[2] & 0x3F);
        if control == 3 {
            return Err(status::SAVING_PARAMETERS_NOT_SUPPORTED.into());
        }
        if block[3] != 0 {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        let descriptors = if self.faults.has(Fault::BlockDescriptors) { 8 } else { 0 };
        let mut reply = vec![0; header + descriptors];
        reply[header - 1] = descriptors as u8;
        let wanted = |page: u8| code == page || code == ALL;
        if wanted(RECOVERY) {
            reply.extend(self.page(control, |pages| &pages.recovery));
        }
        if wanted(WRITE_PARAMETERS) {
            let begin = reply.len();
            reply.extend(self.page(control, |pages| &pages.write_parameters));
            if self.faults.has(Fault::OddWriteParameters) && control != 1 && !self.pages.selected {
                let page = &mut reply[begin..];
                (page[4], page[8]) = (0, 0xFF);
                page[14..16].fill(0);
            }
        }
        if wanted(AUDIO_CONTROL) {
            reply.extend(self.page(control, |pages| &pages.audio_control));
        }
        if wanted(CAPABILITIES) {
            reply.extend(self.capabilities(control));
        }
        if reply.len() == header + descriptors {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        match header {
            4 => reply[0] = (reply.len() - 1) as u8,
            _ => {
                let len = reply.len() as u16 - 2;
                reply[..2].copy_from_slice(&len.to_be_bytes());
            }
        }
        Ok(reply)
    }

    /// A page's current, changeable (mask) or default values.
    fn page(&self, control: u8, choose: fn(&ModePages) -> &[u8]) -> Vec<u8> {
        match control {
            0 => choose(&self.pages).to_vec(),
            1 => {
                let mut mask = vec![0xFF; choose(&self.pages).len()];
                mask[..2].copy_from_slice(&choose(&self.pages)[..2]);
                mask
            }
            _ => choose(&ModePages::default()).to_vec(),
        }
    }

    fn capabilities(&self, control: u8) -> Vec<u8> {
        let kind = self.medium().map_or(MediumKind::BdRe, |medium| medium.kind);
        let list = kind.write_speeds();
        let len = 32 + 4 * list.len();
        let mut page = vec![0; len];
        (page[0], page[1]) = (CAPABILITIES, len as u8 - 2);
        if control == 1 {
            return page;
        }
        let speeds = if control == 0 { self.speeds } else { Speeds::default() };
        let speed = |value: u32| u16::try_from(value).unwrap_or(u16::MAX).to_be_bytes();
        // Reads CD-R, CD-RW, DVD-ROM, DVD-R, DVD-RAM; writes all but DVD-ROM, in test mode too.
        page[2] = 0x3B;
        page[3] = 0x37;
        // Underrun protection, multi-session, mode 2 forms 2 and 1.
        page[4] = 0xF0;
        // Recording codes, catalog numbers; subchannels R to W; sound is read.
        page[5] = 0x65;
        // Tray, eject, lock.
        page[6] = 1 << 5 | 1 << 3 | u8::from(self.prevented) << 1 | 1;
        page[8..10].copy_from_slice(&speed(kind.read_speed()));
        page[12..14].copy_from_slice(&speed(BUFFER / 1024));
        page[14..16].copy_from_slice(&speed(speeds.read(kind)));
        page[18..20].copy_from_slice(&speed(list.first().copied().unwrap_or(0)));
        page[20..22].copy_from_slice(&speed(speeds.write(kind)));
        page[27] = u8::from(speeds.is_angular(kind));
        page[28..30].copy_from_slice(&speed(speeds.write(kind)));
        if self.faults.has(Fault::ZeroSpeeds) {
            page[18..22].fill(0);
            page[28..30].fill(0);
            return page;
        }
        page[31] = list.len() as u8;
        for (entry, value) in page[32..].chunks_exact_mut(4).zip(list) {
            entry[2..].copy_from_slice(&speed(*value));
        }
        page
    }

    /// `header`: as with [`mode_sense`](Self::mode_sense).
    pub(super) fn mode_select(&mut self, block: &Block, header: usize, list: &[u8]) -> Outcome<usize> {
        // PF must be set, SP must not.
        if block[1] & 0x11 != 0x10 {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        if list.is_empty() {
            return Ok(0);
        }
        let Some((head, mut rest)) = list.split_at_checked(header) else {
            return Err(status::PARAMETER_LIST_LENGTH.into());
        };
        let descriptors = if header == 4 { head[3].into() } else { be16(head, 6) };
        if descriptors != 0 {
            return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
        }
        let family = self.medium().map(|medium| medium.family());
        let mut pages = self.pages.clone();
        while let [code, len, ..] = *rest {
            let whole = usize::from(len) + 2;
            let Some((page, next)) = rest.split_at_checked(whole) else {
                return Err(status::PARAMETER_LIST_LENGTH.into());
            };
            let place: &mut [u8] = match code & 0x3F {
                RECOVERY => &mut pages.recovery,
                WRITE_PARAMETERS => &mut pages.write_parameters,
                AUDIO_CONTROL => &mut pages.audio_control,
                _ => return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into()),
            };
            if place.len() != whole {
                return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
            }
            let strict = self.faults.has(Fault::StrictWriteParameters);
            if code & 0x3F == WRITE_PARAMETERS && !write_parameters_possible(page, family, strict) {
                return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
            }
            place.copy_from_slice(page);
            place[0] &= 0x3F;
            pages.selected |= code & 0x3F == WRITE_PARAMETERS;
            rest = next;
        }
        if !rest.is_empty() {
            return Err(status::PARAMETER_LIST_LENGTH.into());
        }
        self.pages = pages;
        let mode = self.pages.write_mode();
        if !mode.is_session_at_once_cd() && mode.raw_subchannel().is_none() {
            self.at_once = None;
        }
        Ok(list.len())
    }
}

/// Page 05 asks for something this drive can do with this medium.
fn write_parameters_possible(page: &[u8], family: Option<Family>, strict: bool) -> bool {
    let mode = WriteMode::of(page);
    if strict && family == Some(Family::DvdMinusR) && (mode.track_mode, mode.packet_size) != (5, DVD_PACKET) {
        return false;
    }
    let multi = page[3] >> 6;
    let session_format = matches!(page[8], 0x00 | 0x10 | 0x20);
    if multi == 2 || !session_format {
        return false;
    }
    match family {
        Some(Family::Cd) | None => mode.is_possible_cd(),
        Some(Family::DvdMinusR) => mode.is_incremental_dvd() || mode.is_disc_at_once_dvd(),
        Some(Family::RestrictedOverwrite) => mode.is_fixed_packets_dvd(),
        // Other media have one way of recording; the page changes nothing.
        Some(_) => !mode.test && mode.write_type <= WRITE_TYPE_AT_ONCE && mode.block_type == 8,
    }
}
