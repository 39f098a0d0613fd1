use super::header::FINAL;
use super::{Header, Numbers, Residual, opcode};

/// SCSI Response (11.4). With status CHECK CONDITION its data segment is the length of the sense data, in 2
/// bytes, and the sense data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScsiResponse {
    /// 00h: the command was carried out as far as `status` says; 01h: the target failed.
    pub response: u8,
    /// SCSI status.
    pub status: u8,
    /// Tag of the task that ends.
    pub initiator_task_tag: u32,
    /// Status and command numbers.
    pub numbers: Numbers,
    /// Data-In and R2T PDUs sent for the task.
    pub exp_data_sn: u32,
    /// What was not moved.
    pub residual: Residual,
}

impl ScsiResponse {
    /// From a header of this kind.
    #[must_use]
    pub fn parse(header: &Header) -> ScsiResponse {
        let [.., exp_data_sn, _, _] = header.words;
        let [response, status] = header.codes;
        ScsiResponse {
            response,
            status,
            initiator_task_tag: header.initiator_task_tag,
            numbers: Numbers::of(header),
            exp_data_sn,
            residual: Residual::of(header),
        }
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> Header {
        let (flags, count) = self.residual.encode();
        Header {
            flags: FINAL | flags,
            codes: [self.response, self.status],
            initiator_task_tag: self.initiator_task_tag,
            words: self.numbers.between(0, [self.exp_data_sn, 0, count]),
            ..Header::of(opcode::SCSI_RESPONSE)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::header::tests::rows;
    use super::super::numbers::tests::numbers;
    use super::super::residual::tests::residual;
    use super::*;

    #[test]
    fn literally() {
        let header = rows([
            [0x21, 0x82, 0, 2],
            [0; 4],
            [0; 4],
            [0; 4],
            [0, 0, 0, 5],
            [0; 4],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0, 0, 0, 0x12],
            [0, 0, 0, 1],
            [0; 4],
            [0, 0, 8, 0],
        ]);
        let expected = ScsiResponse {
            response: 0,
            status: 2,
            initiator_task_tag: 5,
            numbers: Numbers { stat_sn: 9, exp_cmd_sn: 3, max_cmd_sn: 0x12 },
            exp_data_sn: 1,
            residual: Residual::Underflow(2048),
        };
        assert_eq!(ScsiResponse::parse(&header), expected);
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(response: u8, status: u8, tag: u32, numbers in numbers(), sn: u32, residual in residual()) {
            let answer = ScsiResponse {
                response,
                status,
                initiator_task_tag: tag,
                numbers,
                exp_data_sn: sn,
                residual,
            };
            prop_assert_eq!(ScsiResponse::parse(&answer.encode()), answer);
        }
    }
}
