//! The protocol, spoken by an initiator made of the same PDU types over a logical unit that only remembers.

use proptest::prelude::*;

use super::pdu::*;
use super::*;
use crate::{Cdb, Data, Sense, TransportError};

const TARGET: &str = "iqn.2026-01.invalid:target";
const NORMAL: &str = "InitiatorName=iqn.2026-01.invalid:me\0TargetName=iqn.2026-01.invalid:target\0";

/// Takes and gives what the test wants, and remembers what it was given.
#[derive(Default)]
struct Memory {
    taken: Vec<(Vec<u8>, Vec<u8>)>,
    gives: Vec<u8>,
    fails: Option<Sense>,
    resets: usize,
}

impl LogicalUnit for Memory {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>) -> Result<usize, TransportError> {
        if let Some(sense) = self.fails {
            let mut moved = 0;
            if let (TransportError::Recovered { .. }, Data::In(buffer)) =
                (TransportError::of_sense(sense, 0), data)
            {
                moved = self.gives.len().min(buffer.len());
                buffer[..moved].copy_from_slice(&self.gives[..moved]);
            }
            return Err(TransportError::of_sense(sense, moved));
        }
        let block = cdb.as_bytes().to_vec();
        match data {
            Data::None => {
                self.taken.push((block, Vec::new()));
                Ok(0)
            }
            Data::File(_) => Err(TransportError::DeviceGone),
            Data::Out(bytes) => {
                self.taken.push((block, bytes.to_vec()));
                Ok(bytes.len())
            }
            Data::In(buffer) => {
                let len = self.gives.len().min(buffer.len());
                buffer[..len].copy_from_slice(&self.gives[..len]);
                self.taken.push((block, Vec::new()));
                Ok(len)
            }
        }
    }

    fn reset(&mut self) {
        self.resets += 1;
    }
}

/// An initiator with its end of the connection.
struct Initiator {
    connection: Connection,
    unit: Memory,
    cmd_sn: u32,
    tag: u32,
}

impl Initiator {
    fn new() -> Initiator {
        let connection = Connection::new(TARGET, "127.0.0.1:3260");
        Initiator { connection, unit: Memory::default(), cmd_sn: 100, tag: 7 }
    }

    /// Logged in with these keys besides the names.
    #[track_caller]
    fn logged_in(keys: &str) -> Initiator {
        let mut initiator = Initiator::new();
        let text = format!("{NORMAL}{keys}");
        let (response, _) = initiator.login(Stage::Operational, Some(Stage::FullFeature), false, &text);
        assert_eq!((response.status, response.tsih), (0, 1));
        initiator
    }

    fn send(&mut self, header: Header, data: &[u8]) -> (Flow, Vec<(Header, Vec<u8>)>) {
        let (mut wire, mut out) = (Vec::new(), Vec::new());
        header.append_with(data, &mut wire);
        let header = Header::parse(&wire).unwrap();
        let flow = self.connection.receive(&header, data, &mut self.unit, &mut out);
        let mut pdus = Vec::new();
        let mut rest = out.as_slice();
        while let Some(header) = Header::parse(rest) {
            let (data, behind) = rest[HEADER..].split_at(header.rest_len());
            pdus.push((header, data[..header.data_len()].to_vec()));
            rest = behind;
        }
        assert!(rest.is_empty());
        (flow, pdus)
    }

    /// One PDU for one PDU.
    #[track_caller]
    fn ask(&mut self, header: Header, data: &[u8]) -> (Header, Vec<u8>) {
        let (flow, mut pdus) = self.send(header, data);
        assert_eq!((flow, pdus.len()), (Flow::GoOn, 1));
        pdus.remove(0)
    }

    fn login(
        &mut self,
        current: Stage,
        next: Option<Stage>,
        continued: bool,
        text: &str,
    ) -> (LoginResponse, String) {
        let request = LoginRequest {
            stages: Stages { current, next, continued },
            version_max: 0,
            version_min: 0,
            isid: [0x80, 0, 0, 0, 0, 1],
            tsih: 0,
            initiator_task_tag: 1,
            cid: 1,
            cmd_sn: self.cmd_sn,
            exp_stat_sn: 0,
        };
        let (flow, pdus) = self.send(request.encode(), text.as_bytes());
        let response = LoginResponse::parse(&pdus[0].0).unwrap();
        assert_eq!(flow == Flow::Close, response.status != 0);
        (response, String::from_utf8(pdus[0].1.clone()).unwrap())
    }

    fn command(&mut self, cdb: &[u8], read: bool, write: bool, expected: usize) -> ScsiCommand {
        let mut block = [0; 16];
        block[..cdb.len()].copy_from_slice(cdb);
        self.cmd_sn += 1;
        self.tag += 1;
        ScsiCommand {
            immediate: false,
            last: true,
            read,
            write,
            attribute: 0,
            lun: 0,
            initiator_task_tag: self.tag,
            expected_data_transfer_length: expected as u32,
            cmd_sn: self.cmd_sn - 1,
            exp_stat_sn: 0,
            cdb: block,
        }
    }

    /// Writes as initiators do: data with the command, more without being asked, the rest when asked.
    fn write(&mut self, data: &[u8], immediate: usize, unsolicited: usize, piece: usize) -> ScsiResponse {
        let mut command = self.command(&[0x2A, 0, 0, 0, 0, 0, 0, 0, 1], false, true, data.len());
        command.last = unsolicited == 0;
        let tag = command.initiator_task_tag;
        let (mut flow, mut pdus) = self.send(command.encode(), &data[..immediate]);
        let mut sequence = (unsolicited > 0).then_some((immediate, immediate + unsolicited, NO_TAG));
        loop {
            assert_eq!(flow, Flow::GoOn);
            if let Some((mut start, end, ttt)) = sequence.take() {
                let mut data_sn = 0;
                while start < end {
                    let stop = (start + piece).min(end);
                    let out = DataOut {
                        last: stop == end,
                        lun: 0,
                        initiator_task_tag: tag,
                        target_transfer_tag: ttt,
                        exp_stat_sn: 0,
                        data_sn,
                        buffer_offset: start as u32,
                    };
                    (flow, pdus) = self.send(out.encode(), &data[start..stop]);
                    (start, data_sn) = (stop, data_sn + 1);
                }
            } else {
                assert_eq!(pdus.len(), 1);
                let (header, _) = &pdus[0];
                if header.opcode() == opcode::SCSI_RESPONSE {
                    return ScsiResponse::parse(header);
                }
                let r2t = R2t::parse(header);
                let start = r2t.buffer_offset as usize;
                let end = start + r2t.desired_data_transfer_length as usize;
                sequence = Some((start, end, r2t.target_transfer_tag));
            }
        }
    }
}

#[test]
fn logins_of_all_kinds() {
    // As QEMU does it: one request.
    let mut initiator = Initiator::new();
    let text = format!("{NORMAL}SessionType=Normal\0HeaderDigest=None,CRC32C\0InitialR2T=No\0X=1\0");
    let (response, answer) = initiator.login(Stage::Operational, Some(Stage::FullFeature), false, &text);
    assert_eq!((response.status, response.tsih), (0, 1));
    assert_eq!(response.stages.next, Some(Stage::FullFeature));
    assert_eq!(response.numbers.max_cmd_sn, response.numbers.exp_cmd_sn + 15);
    let expected = "HeaderDigest=None\0InitialR2T=No\0X=NotUnderstood\0TargetPortalGroupTag=1\0\
                    MaxRecvDataSegmentLength=262144\0";
    assert_eq!(answer, expected);
    assert_eq!(initiator.connection.kind(), Some(SessionKind::Normal));

    // As Linux and Windows do it: security first, with nothing to secure.
    let mut initiator = Initiator::new();
    let text = format!("{NORMAL}AuthMethod=CHAP,None\0");
    let (response, answer) = initiator.login(Stage::Security, Some(Stage::Operational), false, &text);
    assert_eq!((response.status, response.tsih), (0, 0));
    assert_eq!(answer, "AuthMethod=None\0TargetPortalGroupTag=1\0");
    let (response, answer) = initiator.login(
        Stage::Operational,
        Some(Stage::FullFeature),
        false,
        "MaxBurstLength=512\0DataDigest=None\0",
    );
    assert_eq!((response.status, response.numbers.stat_sn), (0, 1));
    assert_eq!(answer, "MaxBurstLength=512\0DataDigest=None\0MaxRecvDataSegmentLength=262144\0");

    // In pieces.
    let mut initiator = Initiator::new();
    let (head, tail) = NORMAL.split_at(20);
    let (response, answer) = initiator.login(Stage::Operational, None, true, head);
    assert_eq!((response.status, answer.as_str()), (0, ""));
    let (response, _) = initiator.login(Stage::Operational, Some(Stage::FullFeature), false, tail);
    assert_eq!((response.status, response.tsih), (0, 1));
}

#[test]
fn logins_that_are_refused() {
    for (text, stage, status) in [
        ("TargetName=iqn.2026-01.invalid:target\0".to_owned(), Stage::Operational, 0x0207),
        ("InitiatorName=x\0".to_owned(), Stage::Operational, 0x0207),
        ("InitiatorName=x\0TargetName=iqn.other\0".to_owned(), Stage::Operational, 0x0203),
        ("InitiatorName=x\0SessionType=Odd\0".to_owned(), Stage::Operational, 0x0209),
        (format!("{NORMAL}AuthMethod=CHAP\0"), Stage::Security, 0x0201),
        (format!("{NORMAL}DataDigest=CRC32C\0"), Stage::Operational, 0x0200),
        (format!("{NORMAL}no value\0"), Stage::Operational, 0x0200),
    ] {
        let (response, answer) = Initiator::new().login(stage, Some(Stage::FullFeature), false, &text);
        assert_eq!((response.status, answer.as_str()), (status, ""), "{text}");
    }
    // Backwards, and more text than anybody needs.
    let (response, _) = Initiator::new().login(Stage::Operational, Some(Stage::Security), false, NORMAL);
    assert_eq!(response.status, 0x0200);
    let mut initiator = Initiator::new();
    let more = "x".repeat(8000);
    assert_eq!(initiator.login(Stage::Operational, None, true, &more).0.status, 0);
    assert_eq!(initiator.login(Stage::Operational, None, true, &more).0.status, 0);
    assert_eq!(initiator.login(Stage::Operational, None, true, &more).0.status, 0x0200);
    // A command before the login.
    let mut initiator = Initiator::new();
    let command = initiator.command(&[0; 6], false, false, 0);
    assert_eq!(initiator.send(command.encode(), &[]), (Flow::Close, Vec::new()));
}

#[test]
fn discovery() {
    let mut initiator = Initiator::new();
    let text = "InitiatorName=iqn.2026-01.invalid:me\0SessionType=Discovery\0";
    let (response, answer) = initiator.login(Stage::Operational, Some(Stage::FullFeature), false, text);
    assert_eq!((response.status, answer.contains("TargetPortalGroupTag")), (0, false));
    let request = TextRequest {
        immediate: false,
        last: true,
        continued: false,
        lun: 0,
        initiator_task_tag: 2,
        target_transfer_tag: NO_TAG,
        cmd_sn: 100,
        exp_stat_sn: 1,
    };
    let (header, answer) = initiator.ask(request.encode(), b"SendTargets=All\0");
    let response = TextResponse::parse(&header);
    assert_eq!((header.opcode(), response.last, response.initiator_task_tag), (0x24, true, 2));
    let expected = "TargetName=iqn.2026-01.invalid:target\0TargetAddress=127.0.0.1:3260,1\0";
    assert_eq!(String::from_utf8(answer).unwrap(), expected);
    // There are no commands in such a session.
    initiator.cmd_sn = 101;
    let command = initiator.command(&[0; 6], false, false, 0);
    assert_eq!(initiator.send(command.encode(), &[]).0, Flow::Close);
}

#[test]
fn sense_data_come_with_the_response() {
    let mut initiator = Initiator::logged_in("");
    initiator.unit.fails = Some(Sense::new(5, 0x21, 0x02));
    let command = initiator.command(&[0x28, 0, 0, 0, 0, 0, 0, 0, 1], true, false, 2048);
    let (header, data) = initiator.ask(command.encode(), &[]);
    let response = ScsiResponse::parse(&header);
    assert_eq!((response.response, response.status), (0, 2));
    assert_eq!(response.residual, Residual::Underflow(2048));
    assert_eq!(data[..2], [0, 18]);
    assert_eq!(Sense::parse(&data[2..]), Some(Sense::new(5, 0x21, 0x02)));
}

/// What the drive recovered from an error comes, and the sense data behind it.
#[test]
fn recovered_data_come_before_their_sense() {
    let mut initiator = Initiator::logged_in("MaxRecvDataSegmentLength=2048");
    initiator.unit.fails = Some(Sense::new(1, 0x18, 0x02));
    for (given, residual) in
        [(4096, Residual::None), (3000, Residual::Underflow(1096)), (0, Residual::Underflow(4096))]
    {
        initiator.unit.gives = vec![7; given];
        let command = initiator.command(&[0x28, 0, 0, 0, 0, 0, 0, 0, 2], true, false, 4096);
        let (_, mut pdus) = initiator.send(command.encode(), &[]);
        let (header, sense) = pdus.pop().unwrap();
        let response = ScsiResponse::parse(&header);
        assert_eq!((response.response, response.status), (0, 2));
        assert_eq!((response.residual, response.exp_data_sn), (residual, pdus.len() as u32));
        assert_eq!(Sense::parse(&sense[2..]), Some(Sense::new(1, 0x18, 0x02)));
        let mut data = Vec::new();
        for (header, bytes) in &pdus {
            assert_eq!(DataIn::parse(header).status, None);
            data.extend_from_slice(bytes);
        }
        assert!(data == vec![7; given], "{given}");
    }
}

#[test]
fn other_logical_units_do_not_exist() {
    let mut initiator = Initiator::logged_in("");
    let mut command = initiator.command(&[0x12, 0, 0, 0, 36], true, false, 36);
    command.lun = 1 << 48;
    let (header, data) = initiator.ask(command.encode(), &[]);
    assert_eq!(DataIn::parse(&header).status, Some((0, Residual::None)));
    assert_eq!((data[0], data.len()), (0x7F, 36));
    let mut command = initiator.command(&[0; 6], false, false, 0);
    command.lun = 1 << 48;
    let (_, data) = initiator.ask(command.encode(), &[]);
    assert_eq!(Sense::parse(&data[2..]), Some(Sense::new(5, 0x25, 0x00)));
    assert!(initiator.unit.taken.is_empty());
}

#[test]
fn questions_and_the_end() {
    let mut initiator = Initiator::logged_in("");
    let nop = NopOut {
        immediate: true,
        lun: 0,
        initiator_task_tag: 3,
        target_transfer_tag: NO_TAG,
        cmd_sn: 100,
        exp_stat_sn: 1,
    };
    let (header, data) = initiator.ask(nop.encode(), b"ping");
    assert_eq!((NopIn::parse(&header).initiator_task_tag, data), (3, b"ping".to_vec()));
    // An answer to a question of the target's wants none.
    let answer = NopOut { initiator_task_tag: NO_TAG, target_transfer_tag: 5, ..nop };
    assert_eq!(initiator.send(answer.encode(), &[]), (Flow::GoOn, Vec::new()));
    // SNACK is for error recovery, which there is none of.
    let mut snack = [0; HEADER];
    snack[0] = 0x10;
    let (header, data) = initiator.ask(Header::parse(&snack).unwrap(), &[]);
    assert_eq!(Reject::parse(&header).reason, Reject::COMMAND_NOT_SUPPORTED);
    assert_eq!(data, snack);

    let mut logout = LogoutRequest {
        immediate: true,
        reason: 2,
        initiator_task_tag: 9,
        cid: 1,
        cmd_sn: 100,
        exp_stat_sn: 1,
    };
    assert_eq!(LogoutResponse::parse(&initiator.ask(logout.encode(), &[]).0).response, 2);
    logout.reason = 0;
    let (flow, pdus) = initiator.send(logout.encode(), &[]);
    assert_eq!((flow, LogoutResponse::parse(&pdus[0].0).response), (Flow::Close, 0));
}

#[test]
fn tasks_are_aborted_and_the_unit_is_reset() {
    let mut initiator = Initiator::logged_in("ImmediateData=No\0");
    let write = initiator.command(&[0x2A, 0, 0, 0, 0, 0, 0, 0, 1], false, true, 2048);
    let (r2t, _) = initiator.ask(write.encode(), &[]);
    // The next command waits behind the data of the first one.
    let ready = initiator.command(&[0; 6], false, false, 0);
    assert_eq!(initiator.send(ready.encode(), &[]), (Flow::GoOn, Vec::new()));

    let mut request = TaskManagementRequest {
        immediate: true,
        function: 1,
        lun: 0,
        initiator_task_tag: 50,
        referenced_task_tag: write.initiator_task_tag,
        cmd_sn: initiator.cmd_sn,
        exp_stat_sn: 1,
        ref_cmd_sn: write.cmd_sn,
    };
    let (_, pdus) = initiator.send(request.encode(), &[]);
    let codes: Vec<u8> = pdus.iter().map(|(header, _)| header.opcode()).collect();
    assert_eq!(codes, [opcode::TASK_MANAGEMENT_RESPONSE, opcode::SCSI_RESPONSE]);
    assert_eq!(TaskManagementResponse::parse(&pdus[0].0).response, 0);
    assert_eq!(initiator.unit.taken, [(vec![0; 6], Vec::new())]);

    // Data that were on their way are dropped.
    let data = DataOut {
        last: true,
        lun: 0,
        initiator_task_tag: write.initiator_task_tag,
        target_transfer_tag: R2t::parse(&r2t).target_transfer_tag,
        exp_stat_sn: 1,
        data_sn: 0,
        buffer_offset: 0,
    };
    assert_eq!(initiator.send(data.encode(), &[0; 2048]), (Flow::GoOn, Vec::new()));
    let answer = |initiator: &mut Initiator, request: &TaskManagementRequest| {
        TaskManagementResponse::parse(&initiator.ask(request.encode(), &[]).0).response
    };
    assert_eq!(answer(&mut initiator, &request), 1);

    request.function = 5;
    assert_eq!(answer(&mut initiator, &request), 0);
    assert_eq!(initiator.unit.resets, 1);
    request.lun = 1 << 48;
    assert_eq!(answer(&mut initiator, &request), 2);
    request.function = 7;
    assert_eq!(answer(&mut initiator, &request), 5);
}

#[test]
fn whoever_breaks_the_rules_is_disconnected() {
    let write =
        |initiator: &mut Initiator| initiator.command(&[0x2A, 0, 0, 0, 0, 0, 0, 0, 1], false, true, 2048);
    let data_out = |tag, ttt| DataOut {
        last: true,
        lun: 0,
        initiator_task_tag: tag,
        target_transfer_tag: ttt,
        exp_stat_sn: 1,
        data_sn: 0,
        buffer_offset: 0,
    };

    // Immediate data that were not agreed; more than the command moves; with a command that reads.
    let mut initiator = Initiator::logged_in("ImmediateData=No\0");
    let command = write(&mut initiator);
    assert_eq!(initiator.send(command.encode(), &[0; 4]).0, Flow::Close);
    let mut initiator = Initiator::logged_in("");
    let command = write(&mut initiator);
    assert_eq!(initiator.send(command.encode(), &[0; 2052]).0, Flow::Close);
    let mut initiator = Initiator::logged_in("");
    let command = initiator.command(&[0; 6], true, false, 4);
    assert_eq!(initiator.send(command.encode(), &[0; 4]).0, Flow::Close);

    // Unsolicited data that were not agreed.
    let mut initiator = Initiator::logged_in("InitialR2T=Yes\0");
    let command = ScsiCommand { last: false, ..write(&mut initiator) };
    assert_eq!(initiator.send(command.encode(), &[]).0, Flow::Close);

    // Data out of order, with another tag, too many.
    for change in [
        (|pdu: &mut DataOut| pdu.data_sn = 1) as fn(&mut DataOut),
        |pdu| pdu.buffer_offset = 4,
        |pdu| pdu.target_transfer_tag += 1,
        |pdu| pdu.last = false,
    ] {
        let mut initiator = Initiator::logged_in("");
        let command = write(&mut initiator);
        let (r2t, _) = initiator.ask(command.encode(), &[]);
        let mut pdu = data_out(command.initiator_task_tag, R2t::parse(&r2t).target_transfer_tag);
        change(&mut pdu);
        assert_eq!(initiator.send(pdu.encode(), &[0; 2048]).0, Flow::Close);
    }

    // A command number that leaves one out; one tag twice. Numbers outside the window are ignored.
    let mut initiator = Initiator::logged_in("");
    let command = ScsiCommand { cmd_sn: 101, ..write(&mut initiator) };
    assert_eq!(initiator.send(command.encode(), &[]).0, Flow::Close);
    let mut initiator = Initiator::logged_in("");
    let command = ScsiCommand { cmd_sn: 99, ..write(&mut initiator) };
    assert_eq!(initiator.send(command.encode(), &[]), (Flow::GoOn, Vec::new()));
    initiator.cmd_sn = 100;
    let first = write(&mut initiator);
    initiator.ask(first.encode(), &[]);
    let second = ScsiCommand { initiator_task_tag: first.initiator_task_tag, ..write(&mut initiator) };
    assert_eq!(initiator.send(second.encode(), &[]).0, Flow::Close);
}

#[test]
fn what_would_take_too_much_memory_is_refused() {
    let mut initiator = Initiator::logged_in("");
    let command = initiator.command(&[0x28], true, false, 9 << 20);
    let (_, data) = initiator.ask(command.encode(), &[]);
    assert_eq!(Sense::parse(&data[2..]), Some(Sense::new(5, 0x24, 0x00)));
    // Commands wait behind a WRITE until they would come to more than 32 MiB: TASK SET FULL.
    let write = initiator.command(&[0x2A], false, true, 8 << 20);
    initiator.ask(write.encode(), &[]);
    for number in 0..6 {
        let read = initiator.command(&[0x28], true, false, 8 << 20);
        let (flow, pdus) = initiator.send(read.encode(), &[]);
        assert_eq!(flow, Flow::GoOn);
        let full = pdus.first().map(|(header, _)| ScsiResponse::parse(header).status);
        assert_eq!(full, (number > 2).then_some(0x28), "{number}");
    }
    assert!(initiator.unit.taken.is_empty());
}

proptest! {
    #[test]
    fn data_arrive_however_they_were_cut(
        len in 1usize..20_000,
        burst in 512usize..9000,
        first in 512usize..9000,
        initial_r2t: bool,
        immediate: bool,
        piece in 1usize..4000,
        share in 0usize..100,
    ) {
        let yes = |yes: bool| if yes { "Yes" } else { "No" };
        let keys = format!(
            "InitialR2T={}\0ImmediateData={}\0MaxBurstLength={burst}\0FirstBurstLength={first}\0",
            yes(initial_r2t), yes(immediate)
        );
        let mut initiator = Initiator::logged_in(&keys);
        let data: Vec<u8> = (0..len).map(|n| ((n / 3) ^ n) as u8).collect();
        let most = first.min(burst).min(len);
        let with_command = if immediate { most * share / 100 } else { 0 };
        let unsolicited = if initial_r2t { 0 } else { most - with_command };
        let response = initiator.write(&data, with_command, unsolicited, piece);
        prop_assert_eq!((response.status, response.residual), (0, Residual::None));
        prop_assert_eq!(&initiator.unit.taken[0].1, &data);
    }

    #[test]
    fn data_come_back_however_they_are_cut(
        len in 0usize..20_000, expected in 1usize..20_000, burst in 512usize..9000, receives in 512usize..9000
    ) {
        let keys = format!("MaxBurstLength={burst}\0MaxRecvDataSegmentLength={receives}\0");
        let mut initiator = Initiator::logged_in(&keys);
        initiator.unit.gives = (0..len).map(|n| ((n / 3) ^ n) as u8).collect();
        let command = initiator.command(&[0x28], true, false, expected);
        let (_, pdus) = initiator.send(command.encode(), &[]);
        let moved = len.min(expected);
        let residual = match expected - moved {
            0 => Residual::None,
            rest => Residual::Underflow(rest as u32),
        };
        if moved == 0 {
            let response = ScsiResponse::parse(&pdus[0].0);
            prop_assert_eq!((response.status, response.residual), (0, residual));
            return Ok(());
        }
        let mut data = Vec::new();
        let mut in_burst = 0;
        for (number, (header, piece)) in pdus.iter().enumerate() {
            let pdu = DataIn::parse(header);
            prop_assert_eq!((pdu.data_sn, pdu.buffer_offset as usize), (number as u32, data.len()));
            prop_assert!(piece.len() <= receives);
            data.extend_from_slice(piece);
            in_burst += piece.len();
            prop_assert!(in_burst <= burst);
            let all = data.len() == moved;
            prop_assert_eq!(pdu.last, all || in_burst == burst);
            prop_assert_eq!(pdu.status, all.then_some((0, residual)));
            if pdu.last {
                in_burst = 0;
            }
        }
        prop_assert_eq!(&data[..], &initiator.unit.gives[..moved]);
    }
}
