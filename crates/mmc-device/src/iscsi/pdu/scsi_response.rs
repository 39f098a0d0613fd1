use super::{FINAL, Header, Numbers, opcode};

const OVERFLOW: u8 = 0x04;
const UNDERFLOW: u8 = 0x02;

/// How far what was moved is from what the initiator expected (11.4.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Residual {
    /// Not at all.
    #[default]
    None,
    /// So many bytes fewer.
    Underflow(u32),
    /// So many bytes would have been needed besides.
    Overflow(u32),
}

impl Residual {
    pub(super) fn read(header: &Header) -> Residual {
        match header.0[1] & (OVERFLOW | UNDERFLOW) {
            UNDERFLOW => Residual::Underflow(header.u32(44)),
            OVERFLOW => Residual::Overflow(header.u32(44)),
            _ => Residual::None,
        }
    }

    pub(super) fn write(self, header: &mut Header) {
        let (flag, count) = match self {
            Residual::None => return,
            Residual::Underflow(count) => (UNDERFLOW, count),
            Residual::Overflow(count) => (OVERFLOW, count),
        };
        header.0[1] |= flag;
        header.put_u32(44, count);
    }
}

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
    pub fn parse(header: &Header) -> ScsiResponse {
        ScsiResponse {
            response: header.0[2],
            status: header.0[3],
            initiator_task_tag: header.u32(16),
            numbers: Numbers::read(header),
            exp_data_sn: header.u32(36),
            residual: Residual::read(header),
        }
    }

    /// The header.
    pub fn encode(&self) -> Header {
        let mut header = Header::new(opcode::SCSI_RESPONSE);
        header.0[1] = FINAL;
        header.0[2] = self.response;
        header.0[3] = self.status;
        header.put_u32(16, self.initiator_task_tag);
        self.numbers.write(&mut header);
        header.put_u32(36, self.exp_data_sn);
        self.residual.write(&mut header);
        header
    }
}

#[cfg(test)]
pub(in crate::iscsi) mod tests {
    use proptest::prelude::*;

    use super::super::tests::{numbers, rows};
    use super::*;

    pub(in crate::iscsi) fn residual() -> impl Strategy<Value = Residual> {
        prop_oneof![
            Just(Residual::None),
            any::<u32>().prop_map(Residual::Underflow),
            any::<u32>().prop_map(Residual::Overflow),
        ]
    }

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
