//! From command descriptor block to answer.

use std::borrow::Cow;
use std::time::Duration;

use crate::{Cdb, Data, Outgoing, Sense, Transport, TransportError};

use super::cd::AtOnce;
use super::decode::{Block, be16, be32};
use super::drive::End;
use super::faults::Interruption;
use super::medium::{Format, Medium};
use super::medium_kind::Family;
use super::status::{self, Failure, Outcome};
use super::timing::Timed;
use super::{Direction, Exchange, Fault, MediumKind, SimulatedDrive};

/// A medium, and the session at once on the way to it, before a command.
struct Before {
    medium: Medium,
    changed: bool,
    at_once: Option<AtOnce>,
}

impl SimulatedDrive {
    fn test_unit_ready(&mut self) -> Outcome<()> {
        let medium = &mut self.loaded()?.medium;
        let running = medium.format == Format::Running;
        if running && self.background_polls.is_some() {
            self.background_polls_left = self.background_polls_left.saturating_sub(1);
            if self.background_polls_left == 0 {
                let loaded = self.loaded()?;
                loaded.medium.format = Format::Formatted;
                loaded.medium.initialized = true;
                loaded.changed = true;
                self.events.background_format_done();
            }
        }
        Ok(())
    }

    /// Sense data of the operation under way, with its progress.
    pub(super) fn progress(&self) -> Option<Sense> {
        self.busy.map(|busy| {
            let (part, whole) = match busy.end {
                End::Polls { left, total } => (u128::from(total - left), u128::from(total)),
                End::Time { begun, until } => {
                    let now = self.timed.as_ref().map_or(until, Timed::now);
                    (now.saturating_sub(begun).as_micros(), (until - begun).as_micros())
                }
            };
            let done = part * 65_536 / whole.max(1);
            let progress = match done.min(65_535) as u16 {
                _ if self.faults.has(Fault::NoProgress) => None,
                _ if self.faults.has(Fault::StuckProgress) => Some(655),
                progress => Some(progress),
            };
            Sense { progress, ..busy.sense }
        })
    }

    /// Conditions that come before the command itself.
    fn pending(&mut self, block: &Block) -> Outcome<()> {
        let operation_code = block[0];
        match self.faults.due() {
            Some(Interruption::PowerCut) => return Err(self.lose_power()),
            Some(Interruption::MediumRemoved) => drop(self.lose_medium()),
            Some(Interruption::Attention(sense)) => self.attention.push_back(sense),
            Some(Interruption::BadSector) | None => {}
        }
        // INQUIRY, REQUEST SENSE, GET CONFIGURATION, GET EVENT STATUS NOTIFICATION, REPORT LUNS.
        let unconditional = matches!(operation_code, 0x12 | 0x03 | 0x46 | 0x4A | 0xA0);
        if !unconditional {
            // What goes on has not come to its end yet.
            if self.progress().is_none()
                && let Some(sense) = self.deferred.take()
            {
                return Err(sense.into());
            }
            if let Some(sense) = self.attention.pop_front() {
                return Err(sense.into());
            }
        }
        if let Some(sense) = self.faults.refusal(block, needs_medium(operation_code)) {
            return Err(sense.into());
        }
        // WRITE, SEND CUE SHEET, BLANK.
        if self.faults.has(Fault::UnknownSpeedClass)
            && self.medium_kind() == Some(MediumKind::CdRw)
            && matches!(operation_code, 0x2A | 0xAA | 0x5D | 0xA1)
        {
            return Err(status::CANNOT_WRITE_MEDIUM.into());
        }
        if let Some(sense) = self.progress().filter(|_| !unconditional) {
            let goes_on = match self.busy.as_mut().map(|busy| &mut busy.end) {
                Some(End::Polls { left, .. }) if *left > 0 => {
                    *left -= 1;
                    true
                }
                Some(End::Time { until, .. }) => {
                    self.timed.as_ref().is_some_and(|timed| timed.now() < *until)
                }
                _ => false,
            };
            if goes_on {
                return Err(sense.into());
            }
            self.busy = None;
        }
        Ok(())
    }

    /// What a command that changes the state of the medium, and does not write sectors, is to leave where the state
    /// cannot be saved.
    fn before(&self, operation_code: u8) -> Option<Before> {
        // FORMAT UNIT, SYNCHRONIZE CACHE, RESERVE TRACK, REPAIR TRACK, CLOSE TRACK SESSION, BLANK, SEND DISC STRUCTURE.
        let changes = matches!(operation_code, 0x04 | 0x35 | 0x53 | 0x58 | 0x5B | 0xA1 | 0xBF);
        let loaded = self.slot.as_ref().filter(|_| changes)?;
        Some(Before { medium: loaded.medium.clone(), changed: loaded.changed, at_once: self.at_once.clone() })
    }

    /// A command whose effect no file keeps has had none.
    fn put_back(&mut self, Before { medium, changed, at_once }: Before) {
        if let Some(loaded) = &mut self.slot {
            (loaded.medium, loaded.changed) = (medium, changed);
        }
        self.at_once = at_once;
    }

    fn carry_out(&mut self, block: &Block, data: &mut Data<'_>) -> Outcome<usize> {
        let code = block[0];
        self.pending(block)?;
        match code {
            0x00 => no_data(data, |()| self.test_unit_ready()),
            0x03 => {
                let reply = self.request_sense(block)?;
                self.deliver(code, &reply, block[4].into(), data)
            }
            0x04 => {
                let list = outgoing(data)?.to_vec();
                self.format_unit(block, &list)
            }
            0x12 => {
                let reply = self.inquiry(block)?;
                self.deliver(code, &reply, be16(block, 3).into(), data)
            }
            0x15 => {
                let list = parameter_list(data, block[4].into())?;
                self.mode_select(block, 4, list)
            }
            0x1A => {
                let reply = self.mode_sense(block, 4)?;
                self.deliver(code, &reply, block[4].into(), data)
            }
            0x1B => no_data(data, |()| self.start_stop_unit(block)),
            0x1E => no_data(data, |()| self.prevent_allow(block)),
            0x23 => {
                let reply = self.read_format_capacities(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x25 => {
                let reply = self.read_capacity(block)?;
                self.deliver(code, &reply, 8, data)
            }
            0x28 => self.read(block, be32(block, 2), be16(block, 7).into(), data),
            0xA8 => self.read(block, be32(block, 2), be32(block, 6), data),
            0x2A => self.write(block, be32(block, 2), be16(block, 7).into(), sectors(data)?),
            0x2E => self.write_and_verify(block, sectors(data)?),
            0xAA => self.write(block, be32(block, 2), be32(block, 6), sectors(data)?),
            0x2B => no_data(data, |()| self.seek(block)),
            0x2F => no_data(data, |()| self.verify(block)),
            0x35 => no_data(data, |()| self.synchronize_cache(block)),
            0x42 => {
                let reply = self.read_sub_channel(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x43 => {
                let reply = self.read_toc(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x46 => {
                let reply = self.get_configuration(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x4A => {
                let reply = self.get_event_status(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x51 => {
                let reply = self.read_disc_information(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x52 => {
                let reply = self.read_track_information(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x53 => no_data(data, |()| self.reserve_track(block)),
            0x54 => {
                outgoing(data)?;
                self.send_opc_information(block)
            }
            0x55 => {
                let list = parameter_list(data, be16(block, 7).into())?;
                self.mode_select(block, 8, list)
            }
            0x58 => no_data(data, |()| self.repair_track(block)),
            0x5A => {
                let reply = self.mode_sense(block, 8)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x5B => no_data(data, |()| self.close_track_session(block)),
            0x5C => {
                let reply = self.read_buffer_capacity(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x5D => {
                let sheet = outgoing(data)?.to_vec();
                self.send_cue_sheet(block, &sheet)
            }
            0xA0 => {
                // One logical unit, number 0.
                let reply = [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
                self.deliver(code, &reply, be32(block, 6) as usize, data)
            }
            0xA1 => no_data(data, |()| self.blank(block)),
            0xAC => {
                let reply = self.get_performance(block)?;
                self.deliver(code, &reply, usize::MAX, data)
            }
            0xAD => {
                let reply = self.read_disc_structure(block)?;
                self.deliver(code, &reply, be16(block, 8).into(), data)
            }
            0xB6 => {
                let list = parameter_list(data, be16(block, 9).into())?;
                self.set_streaming(list)
            }
            0xB9 => self.read_cd_msf(block, data),
            0xBE => self.read_cd(block, data),
            0xBB => no_data(data, |()| self.set_cd_speed(block)),
            0xBF => {
                let list = parameter_list(data, be16(block, 8).into())?;
                self.send_disc_structure(block, list)
            }
            _ => Err(status::INVALID_OPERATION_CODE.into()),
        }
    }

    /// Copies as much of a reply as the command and its caller have room for.
    fn deliver(&self, code: u8, reply: &[u8], allocated: usize, data: &mut Data<'_>) -> Outcome<usize> {
        let mut len = reply.len().min(allocated);
        if let Some(limit) = self.faults.reply_limit(code) {
            len = len.min(limit);
        }
        match data {
            Data::In(buffer) => {
                len = len.min(buffer.len());
                buffer[..len].copy_from_slice(&reply[..len]);
                self.faults.falsify(code, &mut buffer[..len]);
                if let (Some(announced), Some(field)) =
                    (self.faults.announced_len(code), buffer[..len].first_chunk_mut())
                {
                    *field = announced.to_be_bytes();
                }
                Ok(if self.faults.has(Fault::FullTransfersClaimed) { buffer.len() } else { len })
            }
            Data::None if allocated == 0 || len == 0 => Ok(0),
            Data::None | Data::Out(_) | Data::File(_) => Err(wrong_transfer()),
        }
    }
}

/// Commands that cannot be carried out without looking at the medium.
fn needs_medium(code: u8) -> bool {
    matches!(
        code,
        0x00 | 0x04
            | 0x25
            | 0x28
            | 0xA8
            | 0x2A
            | 0x2B
            | 0x2E
            | 0x2F
            | 0xAA
            | 0x35
            | 0x42
            | 0x43
            | 0x5D
            | 0xB9
            | 0xBE
            | 0x51..=0x54 | 0x58 | 0x5B | 0x5C | 0xA1 | 0xAC | 0xAD | 0xBF
    )
}

/// The host's side of the transfer does not fit the command (Linux: DID_ERROR).
pub(super) fn wrong_transfer() -> Failure {
    Failure::Transport(TransportError::HostAdapter { host: 7, driver: 0 })
}

fn no_data(data: &Data<'_>, command: impl FnOnce(()) -> Outcome<()>) -> Outcome<usize> {
    match data {
        Data::Out(_) | Data::File(_) if !data.is_empty() => Err(wrong_transfer()),
        _ => command(()).map(|()| 0),
    }
}

fn outgoing<'a>(data: &Data<'a>) -> Outcome<&'a [u8]> {
    match data {
        Data::Out(buffer) => Ok(buffer),
        Data::None => Ok(&[]),
        Data::In(_) | Data::File(_) => Err(wrong_transfer()),
    }
}

/// What a WRITE brings.
fn sectors<'a>(data: &Data<'a>) -> Outcome<Outgoing<'a>> {
    match data {
        Data::File(stretch) => Ok(Outgoing::File(*stretch)),
        _ => outgoing(data).map(Outgoing::Bytes),
    }
}

/// What a WRITE brings, where the drive has to look at it.
pub(super) fn in_memory(data: Outgoing<'_>) -> Outcome<Cow<'_, [u8]>> {
    data.bytes().map_err(|error| Failure::Transport(TransportError::Source(error)))
}

/// Data to the drive, exactly as long as the command says.
fn parameter_list<'a>(data: &Data<'a>, len: usize) -> Outcome<&'a [u8]> {
    let list = outgoing(data)?;
    if list.len() == len { Ok(list) } else { Err(wrong_transfer()) }
}

impl Transport for SimulatedDrive {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError> {
        let requested = data.len();
        let direction = match &data {
            Data::None => Direction::None,
            Data::In(_) => Direction::In,
            Data::Out(_) | Data::File(_) => Direction::Out,
        };
        let mut block = [0; 16];
        block[..cdb.as_bytes().len()].copy_from_slice(cdb.as_bytes());
        let mut data = data;
        let cd = self.medium().is_some_and(|medium| medium.family() == Family::Cd);
        let result = if self.gone {
            Err(TransportError::DeviceGone)
        } else if self.faults.hangs(&block, timeout, cd) {
            Err(TransportError::Timeout(timeout))
        } else {
            self.current = block;
            let before = self.before(block[0]);
            let outcome = self.carry_out(&block, &mut data);
            if let (Some(before), Err(Failure::Transport(TransportError::MediumFile(_)))) = (before, &outcome)
            {
                self.put_back(before);
            }
            self.take_time(&block, &outcome);
            if outcome.is_ok()
                && let Some(sense) = self.faults.deferred(block[0])
            {
                self.deferred = Some(sense);
            }
            match outcome {
                Ok(transferred) => match self.faults.recovered(block[0]) {
                    Some(sense) => Err(TransportError::of_sense(sense, transferred)),
                    None => Ok(transferred),
                },
                Err(failure) => Err(failure.into()),
            }
        };
        if let Some(trace) = &mut self.trace {
            trace(&Exchange { cdb, direction, requested, result: result.as_ref().map(|len| *len) });
        }
        result
    }

    /// The medium is a file.
    fn takes_files(&self) -> bool {
        cfg!(any(target_os = "linux", target_os = "android"))
    }
}
