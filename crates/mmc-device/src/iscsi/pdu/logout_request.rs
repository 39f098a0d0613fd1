use super::header::FINAL;
use super::{Header, opcode};

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

impl LogoutRequest {
    /// From a header of this kind.
    #[must_use]
    pub fn parse(header: &Header) -> LogoutRequest {
        let [cid, cmd_sn, exp_stat_sn, ..] = header.words;
        LogoutRequest {
            immediate: header.immediate(),
            reason: header.flags & !FINAL,
            initiator_task_tag: header.initiator_task_tag,
            cid: (cid >> 16) as u16,
            cmd_sn,
            exp_stat_sn,
        }
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> Header {
        Header {
            flags: FINAL | self.reason,
            initiator_task_tag: self.initiator_task_tag,
            words: [u32::from(self.cid) << 16, self.cmd_sn, self.exp_stat_sn, 0, 0, 0, 0],
            ..Header::request(opcode::LOGOUT_REQUEST, self.immediate)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::header::tests::rows;
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
        fn round_trip(immediate: bool, reason in 0u8..128, cid: u16, w: [u32; 3]) {
            let request = LogoutRequest {
                immediate,
                reason,
                initiator_task_tag: w[0],
                cid,
                cmd_sn: w[1],
                exp_stat_sn: w[2],
            };
            prop_assert_eq!(LogoutRequest::parse(&request.encode()), request);
        }
    }
}
