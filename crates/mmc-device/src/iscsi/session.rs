//! One connection, which is one session: PDUs in, PDUs out. No sockets here.

use std::collections::VecDeque;

use super::LogicalUnit;
use super::login::{Login, Outcome, SessionKind};
use super::parameters::{MAX_RECEIVED, Parameters};
use super::pdu::{
    DataIn, DataOut, Header, LoginRequest, LogoutRequest, LogoutResponse, NO_TAG, NopIn, NopOut, Numbers,
    R2t, Reject, Residual, ScsiCommand, ScsiResponse, TaskManagementRequest, TaskManagementResponse,
    TextRequest, TextResponse, opcode,
};
use super::task::{MOST_DATA, Need, Task, Violation};
use super::text;
use crate::simulated::fixed_format;
use crate::{Cdb, Data, Sense, TransportError};

/// Commands that can wait for their turn or their data.
const WINDOW: u32 = 16;
/// Bytes of data in one PDU before the login has settled more.
const LOGIN_RECEIVED: usize = 8192;

/// Bytes that the commands waiting may move in all, before the next one comes.
const MOST_WAITING: u64 = 3 * MOST_DATA as u64;

/// SCSI status.
const GOOD: u8 = 0x00;
const CHECK_CONDITION: u8 = 0x02;
const TASK_SET_FULL: u8 = 0x28;

/// Response codes of SCSI Response.
const COMPLETED: u8 = 0x00;
const TARGET_FAILURE: u8 = 0x01;

/// LOGICAL UNIT NOT SUPPORTED.
const NO_SUCH_UNIT: Sense = Sense::new(5, 0x25, 0x00);
/// INTERNAL TARGET FAILURE.
const INTERNAL_FAILURE: Sense = Sense::new(4, 0x44, 0x00);

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The next PDU can come.
    GoOn,
    /// It is closed, once what was sent is out: after a logout, a login that failed, or because the
    /// initiator broke the protocol.
    Close,
}

/// A connection from its first byte on.
#[derive(Debug)]
pub struct Connection {
    target: String,
    portal: String,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    Login(Login),
    FullFeature(FullFeature),
}

#[derive(Debug)]
struct FullFeature {
    kind: SessionKind,
    agreed: Parameters,
    stat_sn: u32,
    exp_cmd_sn: u32,
    next_transfer_tag: u32,
    tasks: VecDeque<Task>,
}

impl Connection {
    /// A new connection to the target of this name (an IQN), made to this portal (`address:port`).
    pub fn new(target: impl Into<String>, portal: impl Into<String>) -> Connection {
        let (target, portal) = (target.into(), portal.into());
        Connection { target, portal, phase: Phase::Login(Login::default()) }
    }

    /// Most bytes of data that the next PDU may have. One that announces more is not to be read.
    #[must_use]
    pub fn longest_data(&self) -> usize {
        match self.phase {
            Phase::Login(_) => LOGIN_RECEIVED,
            Phase::FullFeature(_) => MAX_RECEIVED,
        }
    }

    /// What the session is for, once the login is over.
    #[must_use]
    pub fn kind(&self) -> Option<SessionKind> {
        match &self.phase {
            Phase::Login(_) => None,
            Phase::FullFeature(full) => Some(full.kind),
        }
    }

    /// Takes one PDU with its data, and appends the answers to `out`.
    pub fn receive(
        &mut self,
        header: &Header,
        data: &[u8],
        unit: &mut dyn LogicalUnit,
        out: &mut Vec<u8>,
    ) -> Flow {
        match &mut self.phase {
            Phase::Login(login) => {
                let request =
                    LoginRequest::parse(header).filter(|_| header.opcode() == opcode::LOGIN_REQUEST);
                // Whoever begins with something else is no initiator.
                let Some(request) = request else { return Flow::Close };
                let step = login.step(&request, data, &self.target);
                let mut response = step.response;
                let flow = match step.outcome {
                    Outcome::Failed => Flow::Close,
                    Outcome::GoesOn => Flow::GoOn,
                    Outcome::Done { kind, parameters } => {
                        let full = FullFeature::new(kind, parameters, response.numbers);
                        response.numbers.max_cmd_sn = full.numbers().max_cmd_sn;
                        self.phase = Phase::FullFeature(full);
                        Flow::GoOn
                    }
                };
                response.encode().append_with(&step.text, out);
                flow
            }
            Phase::FullFeature(full) => {
                let names = Names { target: &self.target, portal: &self.portal };
                full.receive(header, data, names, unit, out).unwrap_or(Flow::Close)
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Names<'a> {
    target: &'a str,
    portal: &'a str,
}

/// Whether a numbered request has come in its turn.
enum Turn {
    Now,
    /// Outside the window: to be ignored (4.2.2.1).
    Ignored,
}

impl FullFeature {
    fn new(kind: SessionKind, agreed: Parameters, last: Numbers) -> FullFeature {
        FullFeature {
            kind,
            agreed,
            stat_sn: last.stat_sn.wrapping_add(1),
            exp_cmd_sn: last.exp_cmd_sn,
            next_transfer_tag: 0,
            tasks: VecDeque::new(),
        }
    }

    /// For a PDU that carries no status.
    fn numbers(&self) -> Numbers {
        let room = WINDOW.saturating_sub(self.tasks.len() as u32);
        Numbers {
            stat_sn: self.stat_sn,
            exp_cmd_sn: self.exp_cmd_sn,
            max_cmd_sn: self.exp_cmd_sn.wrapping_add(room).wrapping_sub(1),
        }
    }

    /// For a PDU that carries a status.
    fn next_numbers(&mut self) -> Numbers {
        let numbers = self.numbers();
        self.stat_sn = self.stat_sn.wrapping_add(1);
        numbers
    }

    fn turn(&mut self, immediate: bool, cmd_sn: u32) -> Result<Turn, Violation> {
        if immediate {
            return Ok(Turn::Now);
        }
        if cmd_sn == self.exp_cmd_sn {
            if self.tasks.len() as u32 >= WINDOW {
                return Ok(Turn::Ignored);
            }
            self.exp_cmd_sn = cmd_sn.wrapping_add(1);
            return Ok(Turn::Now);
        }
        // Serial number arithmetic (RFC 1982).
        let ahead = cmd_sn.wrapping_sub(self.exp_cmd_sn);
        // One connection keeps the order, so what is missing would never come.
        if ahead < WINDOW { Err(Violation) } else { Ok(Turn::Ignored) }
    }

    fn receive(
        &mut self,
        header: &Header,
        data: &[u8],
        names: Names<'_>,
        unit: &mut dyn LogicalUnit,
        out: &mut Vec<u8>,
    ) -> Result<Flow, Violation> {
        let for_commands = matches!(
            header.opcode(),
            opcode::SCSI_COMMAND | opcode::DATA_OUT | opcode::TASK_MANAGEMENT_REQUEST
        );
        if for_commands && self.kind == SessionKind::Discovery {
            return Err(Violation);
        }
        match header.opcode() {
            opcode::SCSI_COMMAND => {
                let command = ScsiCommand::parse(header);
                if matches!(self.turn(command.immediate, command.cmd_sn)?, Turn::Now) {
                    self.begin(command, data, out)?;
                    return self.work(unit, out);
                }
            }
            opcode::DATA_OUT => {
                let pdu = DataOut::parse(header);
                let task = self
                    .tasks
                    .iter_mut()
                    .find(|task| task.command.initiator_task_tag == pdu.initiator_task_tag);
                // Data of a task that was aborted meanwhile are dropped.
                if let Some(task) = task {
                    task.data_out(&pdu, data, &self.agreed)?;
                    return self.work(unit, out);
                }
            }
            opcode::TASK_MANAGEMENT_REQUEST => {
                let request = TaskManagementRequest::parse(header);
                if matches!(self.turn(request.immediate, request.cmd_sn)?, Turn::Now) {
                    self.manage(&request, unit, out);
                    return self.work(unit, out);
                }
            }
            opcode::NOP_OUT => {
                let nop = NopOut::parse(header);
                if matches!(self.turn(nop.immediate, nop.cmd_sn)?, Turn::Now)
                    && nop.initiator_task_tag != NO_TAG
                {
                    self.pong(&nop, data, out);
                }
            }
            opcode::TEXT_REQUEST => {
                let request = TextRequest::parse(header);
                if matches!(self.turn(request.immediate, request.cmd_sn)?, Turn::Now) {
                    self.text(header, &request, data, names, out);
                }
            }
            opcode::LOGOUT_REQUEST => {
                let request = LogoutRequest::parse(header);
                if matches!(self.turn(request.immediate, request.cmd_sn)?, Turn::Now) {
                    return Ok(self.logout(&request, out));
                }
            }
            _ => self.reject(header, Reject::COMMAND_NOT_SUPPORTED, out),
        }
        Ok(Flow::GoOn)
    }

    fn begin(&mut self, command: ScsiCommand, data: &[u8], out: &mut Vec<u8>) -> Result<(), Violation> {
        let tag = command.initiator_task_tag;
        if self.tasks.iter().any(|task| task.command.initiator_task_tag == tag) {
            return Err(Violation);
        }
        let task = Task::new(command, data, &self.agreed)?;
        let waiting: u64 = self.tasks.iter().map(|task| u64::from(task.most_data())).sum();
        // Immediate commands have no window.
        if self.tasks.len() as u32 >= WINDOW || waiting > MOST_WAITING {
            self.respond(tag, COMPLETED, TASK_SET_FULL, &[], 0, Residual::None, out);
        } else {
            self.tasks.push_back(task);
        }
        Ok(())
    }

    /// Carries out what can be, in order, and asks for the data of the task whose turn it is.
    fn work(&mut self, unit: &mut dyn LogicalUnit, out: &mut Vec<u8>) -> Result<Flow, Violation> {
        while let Some(mut task) = self.tasks.pop_front() {
            match task.need(&self.agreed) {
                Need::Nothing => {
                    if self.carry_out(task, unit, out) == Flow::Close {
                        return Ok(Flow::Close);
                    }
                    continue;
                }
                Need::Wait => {}
                Need::Ask { offset, length } => {
                    let tag = self.next_transfer_tag;
                    // Never the tag that stands for none.
                    self.next_transfer_tag = if tag == NO_TAG - 1 { 0 } else { tag + 1 };
                    let r2t_sn = task.r2ts;
                    task.asked(tag, offset, length);
                    let r2t = R2t {
                        lun: task.command.lun,
                        initiator_task_tag: task.command.initiator_task_tag,
                        target_transfer_tag: tag,
                        numbers: self.numbers(),
                        r2t_sn,
                        buffer_offset: offset,
                        desired_data_transfer_length: length,
                    };
                    r2t.encode().append_with(&[], out);
                }
            }
            self.tasks.push_front(task);
            break;
        }
        Ok(Flow::GoOn)
    }

    fn carry_out(&mut self, task: Task, unit: &mut dyn LogicalUnit, out: &mut Vec<u8>) -> Flow {
        let command = &task.command;
        let expected = command.expected_data_transfer_length;
        let mut buffer =
            if command.read && task.refusal.is_none() { vec![0; expected as usize] } else { Vec::new() };
        let result = match task.refusal {
            Some(sense) => Err(TransportError::CheckCondition(sense)),
            None if command.lun != 0 => elsewhere(command, &mut buffer),
            None => {
                let data = if command.write && expected > 0 {
                    Data::Out(&task.data)
                } else if command.read && expected > 0 {
                    Data::In(&mut buffer)
                } else {
                    Data::None
                };
                unit.execute(&block(&command.cdb), data)
            }
        };
        let tag = command.initiator_task_tag;
        match result {
            Ok(moved) => {
                let moved = u32::try_from(moved).unwrap_or(u32::MAX).min(expected);
                let residual = match expected - moved {
                    0 => Residual::None,
                    rest => Residual::Underflow(rest),
                };
                if command.read && moved > 0 {
                    self.deliver(&task, &buffer[..moved as usize], Some(residual), out);
                } else {
                    self.respond(tag, COMPLETED, GOOD, &[], task.r2ts, residual, out);
                }
            }
            Err(error) => {
                let (mut moved, mut pdus) = (0, task.r2ts);
                if let TransportError::Recovered { transferred, .. } = error {
                    moved = u32::try_from(transferred).unwrap_or(u32::MAX).min(expected);
                    // What was read comes with the sense data.
                    if command.read {
                        pdus = self.deliver(&task, &buffer[..moved as usize], None, out);
                    }
                }
                let (response, status, sense) = match error {
                    TransportError::Recovered { sense, .. } => (COMPLETED, CHECK_CONDITION, Some(sense)),
                    TransportError::CheckCondition(sense) => (COMPLETED, CHECK_CONDITION, Some(sense)),
                    TransportError::Status(status) => (COMPLETED, status, None),
                    TransportError::MediumFile(_) | TransportError::Io(_) => {
                        (COMPLETED, CHECK_CONDITION, Some(INTERNAL_FAILURE))
                    }
                    // No drive, no target.
                    TransportError::DeviceGone => return Flow::Close,
                    _ => (TARGET_FAILURE, GOOD, None),
                };
                let mut data = Vec::new();
                if let Some(sense) = sense {
                    let sense = fixed_format(&sense);
                    data.extend_from_slice(&(sense.len() as u16).to_be_bytes());
                    data.extend_from_slice(&sense);
                }
                let residual = match expected - moved {
                    0 => Residual::None,
                    rest => Residual::Underflow(rest),
                };
                self.respond(tag, response, status, &data, pdus, residual, out);
            }
        }
        Flow::GoOn
    }

    /// Data to the initiator, and with a residual status GOOD with the last of them. Returns in how many PDUs.
    fn deliver(&mut self, task: &Task, data: &[u8], residual: Option<Residual>, out: &mut Vec<u8>) -> u32 {
        let (burst, longest) = (self.agreed.max_burst as usize, self.agreed.initiator_receives as usize);
        let mut offset = 0;
        let mut data_sn = 0;
        while offset < data.len() {
            let burst_end = (offset / burst + 1) * burst;
            let end = (offset + longest).min(burst_end).min(data.len());
            let last_of_all = end == data.len();
            let pdu = DataIn {
                last: last_of_all || end == burst_end,
                status: residual.filter(|_| last_of_all).map(|residual| (GOOD, residual)),
                lun: task.command.lun,
                initiator_task_tag: task.command.initiator_task_tag,
                numbers: match residual.filter(|_| last_of_all) {
                    Some(_) => self.next_numbers(),
                    None => self.numbers(),
                },
                data_sn,
                buffer_offset: offset as u32,
            };
            pdu.encode().append_with(&data[offset..end], out);
            offset = end;
            data_sn += 1;
        }
        data_sn
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of one PDU")]
    fn respond(
        &mut self,
        initiator_task_tag: u32,
        response: u8,
        status: u8,
        data: &[u8],
        exp_data_sn: u32,
        residual: Residual,
        out: &mut Vec<u8>,
    ) {
        let numbers = self.next_numbers();
        let pdu = ScsiResponse { response, status, initiator_task_tag, numbers, exp_data_sn, residual };
        pdu.encode().append_with(data, out);
    }

    fn manage(&mut self, request: &TaskManagementRequest, unit: &mut dyn LogicalUnit, out: &mut Vec<u8>) {
        const COMPLETE: u8 = 0;
        const NO_SUCH_TASK: u8 = 1;
        const NO_SUCH_LUN: u8 = 2;
        const NO_REASSIGNMENT: u8 = 4;
        const NOT_SUPPORTED: u8 = 5;
        let response = match request.function {
            1 => {
                let tag = request.referenced_task_tag;
                let before = self.tasks.len();
                self.tasks.retain(|task| task.command.initiator_task_tag != tag);
                if self.tasks.len() < before { COMPLETE } else { NO_SUCH_TASK }
            }
            2 | 4 | 5 if request.lun != 0 => NO_SUCH_LUN,
            2 | 4 => {
                self.tasks.clear();
                COMPLETE
            }
            // LOGICAL UNIT RESET, and TARGET WARM RESET of a target that has one.
            5 | 6 => {
                self.tasks.clear();
                unit.reset();
                COMPLETE
            }
            8 => NO_REASSIGNMENT,
            _ => NOT_SUPPORTED,
        };
        let numbers = self.next_numbers();
        let answer =
            TaskManagementResponse { response, initiator_task_tag: request.initiator_task_tag, numbers };
        answer.encode().append_with(&[], out);
    }

    fn pong(&mut self, nop: &NopOut, data: &[u8], out: &mut Vec<u8>) {
        let answer = NopIn {
            lun: 0,
            initiator_task_tag: nop.initiator_task_tag,
            target_transfer_tag: NO_TAG,
            numbers: self.next_numbers(),
        };
        let longest = self.agreed.initiator_receives as usize;
        answer.encode().append_with(&data[..data.len().min(longest)], out);
    }

    /// SendTargets; there is no other key that changes behind the login.
    fn text(
        &mut self,
        header: &Header,
        request: &TextRequest,
        data: &[u8],
        names: Names<'_>,
        out: &mut Vec<u8>,
    ) {
        let keys = text::parse(data);
        let whole = !request.continued && request.target_transfer_tag == NO_TAG;
        let (true, Ok(keys)) = (whole, keys) else {
            return self.reject(header, Reject::INVALID_PDU_FIELD, out);
        };
        let mut answer = Vec::new();
        for (key, value) in keys {
            match (key, value) {
                ("SendTargets", value) => {
                    // "All" is for discovery; nothing means the target of the session.
                    let asked = match self.kind {
                        SessionKind::Discovery => value == "All",
                        SessionKind::Normal => value.is_empty(),
                    };
                    if asked || value.eq_ignore_ascii_case(names.target) {
                        text::append(&mut answer, "TargetName", names.target);
                        text::append(&mut answer, "TargetAddress", &format!("{},1", names.portal));
                    }
                }
                (key, _) => text::append(&mut answer, key, "NotUnderstood"),
            }
        }
        let response = TextResponse {
            last: true,
            continued: false,
            lun: request.lun,
            initiator_task_tag: request.initiator_task_tag,
            target_transfer_tag: NO_TAG,
            numbers: self.next_numbers(),
        };
        response.encode().append_with(&answer, out);
    }

    fn logout(&mut self, request: &LogoutRequest, out: &mut Vec<u8>) -> Flow {
        const CLOSED: u8 = 0;
        const NO_RECOVERY: u8 = 2;
        let (response, flow) =
            if request.reason <= 1 { (CLOSED, Flow::Close) } else { (NO_RECOVERY, Flow::GoOn) };
        let numbers = self.next_numbers();
        let answer = LogoutResponse { response, initiator_task_tag: request.initiator_task_tag, numbers };
        answer.encode().append_with(&[], out);
        flow
    }

    fn reject(&mut self, header: &Header, reason: u8, out: &mut Vec<u8>) {
        let reject = Reject { reason, numbers: self.next_numbers() };
        reject.encode().append_with(&header.encode(), out);
    }
}

/// The command descriptor block in the length that its operation code says (SPC).
fn block(cdb: &[u8; 16]) -> Cdb {
    let len = match cdb[0] >> 5 {
        0 => 6,
        1 | 2 => 10,
        5 => 12,
        _ => 16,
    };
    Cdb::new(&cdb[..len]).unwrap_or(Cdb::from(*cdb))
}

/// A logical unit that does not exist answers INQUIRY and REPORT LUNS all the same (SPC).
fn elsewhere(command: &ScsiCommand, buffer: &mut [u8]) -> Result<usize, TransportError> {
    let mut reply = [0; 36];
    let len = match command.cdb[0] {
        0x12 if command.cdb[1] & 0x01 == 0 => {
            // No device of any type, and none can be.
            (reply[0], reply[2], reply[3], reply[4]) = (0x7F, 0x05, 0x02, 31);
            reply.len().min(usize::from(u16::from_be_bytes([command.cdb[3], command.cdb[4]])))
        }
        0xA0 => {
            // One logical unit, number 0.
            reply[3] = 8;
            16
        }
        _ => return Err(TransportError::CheckCondition(NO_SUCH_UNIT)),
    };
    let len = len.min(buffer.len());
    buffer[..len].copy_from_slice(&reply[..len]);
    Ok(len)
}
