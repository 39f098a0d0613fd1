use super::{FINAL, Header, Numbers, opcode};

/// Logout Request (11.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogoutRequest {
    /// Outside the order of command numbers.
    pub immediate: bool,
    /// 0 close the session, 1 close the connection, 2 remove the connection for recovery.
    pub reason: u8,
    /// Tag of this request.
    pub initiator_task_tag: u32,
    /// Connection.
    pub cid: u16,
    /// Command number.
    pub cmd_sn: u32,
    /// Status expected next.
    pub exp_stat_sn: u32,
}

/// Logout Response (11.15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogoutResponse {
    /// 0 closed, 2 recovery is not supported.
    pub response: u8,
    /// Tag of the request.
    pub initiator_task_tag: u32,
    /// Status and command numbers.
    pub numbers: Numbers,
}

impl LogoutRequest {
    /// From a header of this kind.
    pub fn parse(header: &Header) -> LogoutRequest {
        LogoutRequest {
            immediate: header.immediate(),
            reason: header.0[1] & 0x7F,
            initiator_task_tag: header.u32(16),
            cid: header.u16(20),
            cmd_sn: header.u32(24),
            exp_stat_sn: header.u32(28),
        }
    }

    /// The header.
    pub fn encode(&self) -> Header {
        let mut header = Header::request(opcode::LOGOUT_REQUEST, self.immediate);
        header.0[1] = FINAL | self.reason & 0x7F;
        header.put_u32(16, self.initiator_task_tag);
        header.put_u16(20, self.cid);
        header.put_u32(24, self.cmd_sn);
        header.put_u32(28, self.exp_stat_sn);
        header
    }
}

impl LogoutResponse {
    /// From a header of this kind.
    pub fn parse(header: &Header) -> LogoutResponse {
        LogoutResponse {
            response: header.0[2],
            initiator_task_tag: header.u32(16),
            numbers: Numbers::read(header),
        }
    }

    /// The header.
    pub fn encode(&self) -> Header {
        let mut header = Header::new(opcode::LOGOUT_RESPONSE);
        header.0[1] = FINAL;
        header.0[2] = self.response;
        header.put_u32(16, self.initiator_task_tag);
        self.numbers.write(&mut header);
        header
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{numbers, rows};
    use super::*;

    #[test]
    fn literally() {
        let header = rows([
            [0x46, 0x80, 0, 0],
            [0; 4],
            [0; 4],
            [0; 4],
            [0, 0, 0, 5],
            [0, 1, 0, 0],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0; 4],
            [0; 4],
            [0; 4],
            [0; 4],
        ]);
        let expected = LogoutRequest {
            immediate: true,
            reason: 0,
            initiator_task_tag: 5,
            cid: 1,
            cmd_sn: 9,
            exp_stat_sn: 3,
        };
        assert_eq!(LogoutRequest::parse(&header), expected);
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(immediate: bool, reason in 0u8..128, cid: u16, w: [u32; 3], numbers in numbers()) {
            let request = LogoutRequest {
                immediate,
                reason,
                initiator_task_tag: w[0],
                cid,
                cmd_sn: w[1],
                exp_stat_sn: w[2],
            };
            prop_assert_eq!(LogoutRequest::parse(&request.encode()), request);
            let answer = LogoutResponse { response: reason, initiator_task_tag: w[0], numbers };
            prop_assert_eq!(LogoutResponse::parse(&answer.encode()), answer);
        }
    }
}
