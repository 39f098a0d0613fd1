use super::{Header, Numbers, opcode};

/// NOP-In (11.19): it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NopIn {
    /// Logical unit, of a question.
    pub lun: u64,
    /// Of the question that is answered.
    pub initiator_task_tag: u32,
    /// Of a question.
    pub target_transfer_tag: u32,
    /// Status and command numbers.
    pub numbers: Numbers,
}

impl NopIn {
    /// From a header of this kind.
    #[must_use]
    pub fn parse(header: &Header) -> NopIn {
        let [target_transfer_tag, ..] = header.words;
        NopIn {
            lun: header.lun,
            initiator_task_tag: header.initiator_task_tag,
            target_transfer_tag,
            numbers: Numbers::of(header),
        }
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> Header {
        Header {
            lun: self.lun,
            initiator_task_tag: self.initiator_task_tag,
            words: self.numbers.between(self.target_transfer_tag, [0; 3]),
            ..Header::of(opcode::NOP_IN)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::NO_TAG;
    use super::super::header::tests::rows;
    use super::super::numbers::tests::numbers;
    use super::*;

    #[test]
    fn literally() {
        let header = rows([
            [0x20, 0x80, 0, 0],
            [0; 4],
            [0; 4],
            [0; 4],
            [0, 0, 0, 7],
            [0xFF; 4],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0, 0, 0, 0x12],
            [0; 4],
            [0; 4],
            [0; 4],
        ]);
        let expected = NopIn {
            lun: 0,
            initiator_task_tag: 7,
            target_transfer_tag: NO_TAG,
            numbers: Numbers { stat_sn: 9, exp_cmd_sn: 3, max_cmd_sn: 0x12 },
        };
        assert_eq!(NopIn::parse(&header), expected);
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(lun: u64, w: [u32; 2], numbers in numbers()) {
            let nop = NopIn {
                lun,
                initiator_task_tag: w[0],
                target_transfer_tag: w[1],
                numbers,
            };
            prop_assert_eq!(NopIn::parse(&nop.encode()), nop);
        }
    }
}
