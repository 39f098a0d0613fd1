//! A command until its end: data to the drive gathered in order, from the command itself, from unsolicited
//! Data-Out PDUs, and from those that an R2T has asked for.

use super::parameters::Parameters;
use super::pdu::{DataOut, NO_TAG, ScsiCommand};
use crate::Sense;

/// Bytes that one command may move.
pub(super) const MOST_DATA: u32 = 8 * 1024 * 1024;

/// INVALID FIELD IN CDB.
pub(super) const INVALID_FIELD_IN_CDB: Sense = Sense::new(5, 0x24, 0x00);

/// The initiator does not keep to what was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Violation;

#[derive(Debug)]
pub(super) struct Task {
    pub(super) command: ScsiCommand,
    /// Data to the drive so far.
    pub(super) data: Vec<u8>,
    /// Ends so, without reaching the logical unit.
    pub(super) refusal: Option<Sense>,
    /// Bytes received, whether kept or not.
    received: u32,
    /// Data-Out PDUs without an R2T are still to come.
    unsolicited: bool,
    /// Number of the next Data-Out PDU of the present sequence.
    data_sn: u32,
    /// The R2T that is being answered: its tag, and where its data end.
    asked: Option<(u32, u32)>,
    /// R2Ts sent.
    pub(super) r2ts: u32,
}

/// What a task needs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Data that are on their way.
    Wait,
    /// So many bytes from here on.
    Ask { offset: u32, length: u32 },
    /// It can be carried out.
    Nothing,
}

impl Task {
    pub(super) fn new(command: ScsiCommand, data: &[u8], agreed: &Parameters) -> Result<Task, Violation> {
        let expected = command.expected_data_transfer_length;
        let immediate = u32::try_from(data.len()).map_err(|_| Violation)?;
        let most = expected.min(agreed.first_burst);
        let welcome = command.write && agreed.immediate_data && immediate <= most;
        if immediate > 0 && !welcome {
            return Err(Violation);
        }
        let unsolicited = !command.last;
        if unsolicited && (!command.write || agreed.initial_r2t) {
            return Err(Violation);
        }
        let impossible = command.read && command.write || expected > MOST_DATA;
        let mut task = Task {
            command,
            data: Vec::new(),
            refusal: impossible.then_some(INVALID_FIELD_IN_CDB),
            received: 0,
            unsolicited,
            data_sn: 0,
            asked: None,
            r2ts: 0,
        };
        task.take(data);
        Ok(task)
    }

    /// Bytes that it may come to hold.
    pub(super) fn most_data(&self) -> u32 {
        if self.refusal.is_some() { 0 } else { self.command.expected_data_transfer_length }
    }

    fn take(&mut self, data: &[u8]) {
        self.received += data.len() as u32;
        if self.refusal.is_none() {
            self.data.extend_from_slice(data);
        }
    }

    pub(super) fn data_out(
        &mut self,
        pdu: &DataOut,
        data: &[u8],
        agreed: &Parameters,
    ) -> Result<(), Violation> {
        let end = u32::try_from(data.len()).ok().and_then(|length| self.received.checked_add(length));
        let end = end.ok_or(Violation)?;
        let expected = self.command.expected_data_transfer_length;
        let (tag, limit) = match self.asked {
            _ if self.unsolicited => (NO_TAG, expected.min(agreed.first_burst)),
            Some(asked) => asked,
            None => return Err(Violation),
        };
        let in_order = pdu.data_sn == self.data_sn && pdu.buffer_offset == self.received;
        if pdu.target_transfer_tag != tag || !in_order || end > limit {
            return Err(Violation);
        }
        // What was asked for ends exactly where it should.
        if !self.unsolicited && pdu.last != (end == limit) {
            return Err(Violation);
        }
        self.take(data);
        self.data_sn += 1;
        if pdu.last {
            self.unsolicited = false;
            self.asked = None;
            self.data_sn = 0;
        }
        Ok(())
    }

    pub(super) fn need(&self, agreed: &Parameters) -> Need {
        if self.unsolicited || self.asked.is_some() {
            return Need::Wait;
        }
        let expected = self.command.expected_data_transfer_length;
        if self.refusal.is_some() || !self.command.write || self.received == expected {
            return Need::Nothing;
        }
        let length = (expected - self.received).min(agreed.max_burst);
        Need::Ask { offset: self.received, length }
    }

    /// An R2T was sent for this.
    pub(super) fn asked(&mut self, tag: u32, offset: u32, length: u32) {
        self.asked = Some((tag, offset + length));
        self.data_sn = 0;
        self.r2ts += 1;
    }
}
