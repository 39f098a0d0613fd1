use super::{Header, Numbers, opcode};

const TRANSIT: u8 = 0x80;
const CONTINUE: u8 = 0x40;

/// Stage of a login (11.12.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Who is there.
    Security = 0,
    /// How to talk.
    Operational = 1,
    /// No longer a login.
    FullFeature = 3,
}

impl Stage {
    fn new(bits: u8) -> Option<Stage> {
        match bits & 0x03 {
            0 => Some(Stage::Security),
            1 => Some(Stage::Operational),
            3 => Some(Stage::FullFeature),
            _ => None,
        }
    }
}

/// Byte 1 of both PDUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stages {
    /// The stage that the sender is in.
    pub current: Stage,
    /// The stage that it is ready to go to (T bit and NSG).
    pub next: Option<Stage>,
    /// The text goes on in the next PDU.
    pub continued: bool,
}

impl Stages {
    fn parse(byte: u8) -> Option<Stages> {
        let transit = byte & TRANSIT != 0;
        Some(Stages {
            current: Stage::new(byte >> 2)?,
            next: if transit { Some(Stage::new(byte)?) } else { None },
            continued: byte & CONTINUE != 0,
        })
    }

    fn encode(self) -> u8 {
        let next = self.next.map_or(0, |stage| TRANSIT | stage as u8);
        next | (self.current as u8) << 2 | if self.continued { CONTINUE } else { 0 }
    }
}

/// Login Request (11.12). Its data segment has keys with values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginRequest {
    /// Where the login is and goes to.
    pub stages: Stages,
    /// Newest version of the protocol that the initiator knows.
    pub version_max: u8,
    /// Oldest one.
    pub version_min: u8,
    /// The initiator's part of the session's name.
    pub isid: [u8; 6],
    /// The target's part; 0 for a new session.
    pub tsih: u16,
    /// Tag of the whole login.
    pub initiator_task_tag: u32,
    /// Connection.
    pub cid: u16,
    /// First command number.
    pub cmd_sn: u32,
    /// Status expected next.
    pub exp_stat_sn: u32,
}

/// Login Response (11.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginResponse {
    /// Where the login is and goes to.
    pub stages: Stages,
    /// The initiator's part of the session's name.
    pub isid: [u8; 6],
    /// The target's part, at the end of the login.
    pub tsih: u16,
    /// Tag of the whole login.
    pub initiator_task_tag: u32,
    /// Status and command numbers.
    pub numbers: Numbers,
    /// Class and detail, from 11.13.5; 0000h: go on.
    pub status: u16,
}

fn read_isid(header: &Header) -> [u8; 6] {
    let mut isid = [0; 6];
    isid.copy_from_slice(&header.0[8..14]);
    isid
}

impl LoginRequest {
    /// From a header of this kind; `None` if it names a stage that does not exist.
    pub fn parse(header: &Header) -> Option<LoginRequest> {
        Some(LoginRequest {
            stages: Stages::parse(header.0[1])?,
            version_max: header.0[2],
            version_min: header.0[3],
            isid: read_isid(header),
            tsih: header.u16(14),
            initiator_task_tag: header.u32(16),
            cid: header.u16(20),
            cmd_sn: header.u32(24),
            exp_stat_sn: header.u32(28),
        })
    }

    /// The header.
    pub fn encode(&self) -> Header {
        let mut header = Header::request(opcode::LOGIN_REQUEST, true);
        header.0[1] = self.stages.encode();
        header.0[2] = self.version_max;
        header.0[3] = self.version_min;
        header.0[8..14].copy_from_slice(&self.isid);
        header.put_u16(14, self.tsih);
        header.put_u32(16, self.initiator_task_tag);
        header.put_u16(20, self.cid);
        header.put_u32(24, self.cmd_sn);
        header.put_u32(28, self.exp_stat_sn);
        header
    }
}

impl LoginResponse {
    /// From a header of this kind; `None` if it names a stage that does not exist.
    pub fn parse(header: &Header) -> Option<LoginResponse> {
        Some(LoginResponse {
            stages: Stages::parse(header.0[1])?,
            isid: read_isid(header),
            tsih: header.u16(14),
            initiator_task_tag: header.u32(16),
            numbers: Numbers::read(header),
            status: header.u16(36),
        })
    }

    /// The header. The versions are 00h, the only one there is.
    pub fn encode(&self) -> Header {
        let mut header = Header::new(opcode::LOGIN_RESPONSE);
        header.0[1] = self.stages.encode();
        header.0[8..14].copy_from_slice(&self.isid);
        header.put_u16(14, self.tsih);
        header.put_u32(16, self.initiator_task_tag);
        self.numbers.write(&mut header);
        header.put_u16(36, self.status);
        header
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{numbers, rows};
    use super::*;

    fn stages() -> impl Strategy<Value = Stages> {
        let stage = || prop_oneof![Just(Stage::Security), Just(Stage::Operational), Just(Stage::FullFeature)];
        (stage(), proptest::option::of(stage()), any::<bool>())
            .prop_map(|(current, next, continued)| Stages { current, next, continued })
    }

    #[test]
    fn literally() {
        let header = rows([
            [0x43, 0x87, 0, 0],
            [0; 4],
            [0x80, 1, 2, 3],
            [4, 5, 0, 0],
            [0, 0, 0, 5],
            [0, 1, 0, 0],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0; 4],
            [0; 4],
            [0; 4],
            [0; 4],
        ]);
        let expected = LoginRequest {
            stages: Stages { current: Stage::Operational, next: Some(Stage::FullFeature), continued: false },
            version_max: 0,
            version_min: 0,
            isid: [0x80, 1, 2, 3, 4, 5],
            tsih: 0,
            initiator_task_tag: 5,
            cid: 1,
            cmd_sn: 9,
            exp_stat_sn: 3,
        };
        assert_eq!(LoginRequest::parse(&header), Some(expected));
        assert_eq!(expected.encode(), header);
    }

    #[test]
    fn stages_that_do_not_exist() {
        let mut header = Header::request(opcode::LOGIN_REQUEST, true);
        for byte in [0x08, 0x86] {
            header.0[1] = byte;
            assert_eq!(LoginRequest::parse(&header), None);
        }
        // Without the T bit the next stage means nothing.
        header.0[1] = 0x06;
        assert!(LoginRequest::parse(&header).is_some());
    }

    proptest! {
        #[test]
        fn round_trip(
            stages in stages(), v: (u8, u8), isid: [u8; 6], h: (u16, u16), w: [u32; 3], numbers in numbers()
        ) {
            let request = LoginRequest {
                stages,
                version_max: v.0,
                version_min: v.1,
                isid,
                tsih: h.0,
                initiator_task_tag: w[0],
                cid: h.1,
                cmd_sn: w[1],
                exp_stat_sn: w[2],
            };
            prop_assert_eq!(LoginRequest::parse(&request.encode()), Some(request));
            let answer = LoginResponse {
                stages,
                isid,
                tsih: h.0,
                initiator_task_tag: w[0],
                numbers,
                status: h.1,
            };
            prop_assert_eq!(LoginResponse::parse(&answer.encode()), Some(answer));
        }
    }
}
