use super::{Header, Numbers, opcode};

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

impl LogoutResponse {
    /// From a header of this kind.
    #[must_use]
    pub fn parse(header: &Header) -> LogoutResponse {
        let [response, _] = header.codes;
        LogoutResponse {
            response,
            initiator_task_tag: header.initiator_task_tag,
            numbers: Numbers::of(header),
        }
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> Header {
        Header {
            codes: [self.response, 0],
            initiator_task_tag: self.initiator_task_tag,
            words: self.numbers.between(0, [0; 3]),
            ..Header::of(opcode::LOGOUT_RESPONSE)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::header::tests::rows;
    use super::super::numbers::tests::numbers;
    use super::*;

    #[test]
    fn literally() {
        let header = rows([
            [0x26, 0x80, 2, 0],
            [0; 4],
            [0; 4],
            [0; 4],
            [0, 0, 0, 5],
            [0; 4],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0, 0, 0, 0x12],
            [0; 4],
            [0; 4],
            [0; 4],
        ]);
        let expected = LogoutResponse {
            response: 2,
            initiator_task_tag: 5,
            numbers: Numbers { stat_sn: 9, exp_cmd_sn: 3, max_cmd_sn: 0x12 },
        };
        assert_eq!(LogoutResponse::parse(&header), expected);
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(response: u8, tag: u32, numbers in numbers()) {
            let answer = LogoutResponse {
                response,
                initiator_task_tag: tag,
                numbers,
            };
            prop_assert_eq!(LogoutResponse::parse(&answer.encode()), answer);
        }
    }
}
