use super::{Header, Numbers, Stages, opcode, ssid};

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

impl LoginResponse {
    /// From a header of this kind; `None` if it names a stage that does not exist.
    #[must_use]
    pub fn parse(header: &Header) -> Option<LoginResponse> {
        let [.., status, _, _] = header.words;
        let (isid, tsih) = ssid::parse(header.lun);
        Some(LoginResponse {
            stages: Stages::parse(header.flags)?,
            isid,
            tsih,
            initiator_task_tag: header.initiator_task_tag,
            numbers: Numbers::of(header),
            status: (status >> 16) as u16,
        })
    }

    /// The header. The versions are 00h, the only one there is.
    #[must_use]
    pub fn encode(&self) -> Header {
        Header {
            flags: self.stages.encode(),
            lun: ssid::encode(self.isid, self.tsih),
            initiator_task_tag: self.initiator_task_tag,
            words: self.numbers.between(0, [u32::from(self.status) << 16, 0, 0]),
            ..Header::of(opcode::LOGIN_RESPONSE)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Stage;
    use super::super::header::tests::rows;
    use super::super::numbers::tests::numbers;
    use super::super::stages::tests::stages;
    use super::*;

    #[test]
    fn literally() {
        let header = rows([
            [0x23, 0x04, 0, 0],
            [0; 4],
            [0x80, 1, 2, 3],
            [4, 5, 0, 1],
            [0, 0, 0, 5],
            [0; 4],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0, 0, 0, 0x12],
            [2, 3, 0, 0],
            [0; 4],
            [0; 4],
        ]);
        let expected = LoginResponse {
            stages: Stages { current: Stage::Operational, next: None, continued: false },
            isid: [0x80, 1, 2, 3, 4, 5],
            tsih: 1,
            initiator_task_tag: 5,
            numbers: Numbers { stat_sn: 9, exp_cmd_sn: 3, max_cmd_sn: 0x12 },
            status: 0x0203,
        };
        assert_eq!(LoginResponse::parse(&header), Some(expected));
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(stages in stages(), isid: [u8; 6], h: (u16, u16), tag: u32, numbers in numbers()) {
            let answer = LoginResponse {
                stages,
                isid,
                tsih: h.0,
                initiator_task_tag: tag,
                numbers,
                status: h.1,
            };
            prop_assert_eq!(LoginResponse::parse(&answer.encode()), Some(answer));
        }
    }
}
