use super::{Header, opcode};

/// NOP-Out (11.18): is the target there?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NopOut {
    /// Outside the order of command numbers.
    pub immediate: bool,
    /// Logical unit, of an answer to the target's own question.
    pub lun: u64,
    /// Of the question; none for an answer or where none is wanted.
    pub initiator_task_tag: u32,
    /// Of the target's question, in an answer.
    pub target_transfer_tag: u32,
    /// Command number.
    pub cmd_sn: u32,
    /// Status expected next.
    pub exp_stat_sn: u32,
}

impl NopOut {
    /// From a header of this kind.
    #[must_use]
    pub fn parse(header: &Header) -> NopOut {
        let [target_transfer_tag, cmd_sn, exp_stat_sn, ..] = header.words;
        NopOut {
            immediate: header.immediate(),
            lun: header.lun,
            initiator_task_tag: header.initiator_task_tag,
            target_transfer_tag,
            cmd_sn,
            exp_stat_sn,
        }
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> Header {
        Header {
            lun: self.lun,
            initiator_task_tag: self.initiator_task_tag,
            words: [self.target_transfer_tag, self.cmd_sn, self.exp_stat_sn, 0, 0, 0, 0],
            ..Header::request(opcode::NOP_OUT, self.immediate)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::NO_TAG;
    use super::super::header::tests::rows;
    use super::*;

    #[test]
    fn literally() {
        let header = rows([
            [0x40, 0x80, 0, 0],
            [0; 4],
            [0; 4],
            [0; 4],
            [0, 0, 0, 7],
            [0xFF; 4],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0; 4],
            [0; 4],
            [0; 4],
            [0; 4],
        ]);
        let expected = NopOut {
            immediate: true,
            lun: 0,
            initiator_task_tag: 7,
            target_transfer_tag: NO_TAG,
            cmd_sn: 9,
            exp_stat_sn: 3,
        };
        assert_eq!(NopOut::parse(&header), expected);
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(immediate: bool, lun: u64, w: [u32; 4]) {
            let nop = NopOut {
                immediate,
                lun,
                initiator_task_tag: w[0],
                target_transfer_tag: w[1],
                cmd_sn: w[2],
                exp_stat_sn: w[3],
            };
            prop_assert_eq!(NopOut::parse(&nop.encode()), nop);
        }
    }
}
