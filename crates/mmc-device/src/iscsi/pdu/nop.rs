use super::{FINAL, Header, Numbers, opcode};

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

impl NopOut {
    /// From a header of this kind.
    pub fn parse(header: &Header) -> NopOut {
        NopOut {
            immediate: header.immediate(),
            lun: header.u64(8),
            initiator_task_tag: header.u32(16),
            target_transfer_tag: header.u32(20),
            cmd_sn: header.u32(24),
            exp_stat_sn: header.u32(28),
        }
    }

    /// The header.
    pub fn encode(&self) -> Header {
        let mut header = Header::request(opcode::NOP_OUT, self.immediate);
        header.0[1] = FINAL;
        header.put_u64(8, self.lun);
        header.put_u32(16, self.initiator_task_tag);
        header.put_u32(20, self.target_transfer_tag);
        header.put_u32(24, self.cmd_sn);
        header.put_u32(28, self.exp_stat_sn);
        header
    }
}

impl NopIn {
    /// From a header of this kind.
    pub fn parse(header: &Header) -> NopIn {
        NopIn {
            lun: header.u64(8),
            initiator_task_tag: header.u32(16),
            target_transfer_tag: header.u32(20),
            numbers: Numbers::read(header),
        }
    }

    /// The header.
    pub fn encode(&self) -> Header {
        let mut header = Header::new(opcode::NOP_IN);
        header.0[1] = FINAL;
        header.put_u64(8, self.lun);
        header.put_u32(16, self.initiator_task_tag);
        header.put_u32(20, self.target_transfer_tag);
        self.numbers.write(&mut header);
        header
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::NO_TAG;
    use super::super::tests::{numbers, rows};
    use super::*;

    #[test]
    fn literally() {
        let header = rows([
            [0x40, 0x80, 0, 0],
            [0, 0, 0, 0],
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
        fn round_trip(immediate: bool, lun: u64, tags: (u32, u32), sn: (u32, u32), numbers in numbers()) {
            let out = NopOut {
                immediate,
                lun,
                initiator_task_tag: tags.0,
                target_transfer_tag: tags.1,
                cmd_sn: sn.0,
                exp_stat_sn: sn.1,
            };
            prop_assert_eq!(NopOut::parse(&out.encode()), out);
            let answer =
                NopIn { lun, initiator_task_tag: tags.0, target_transfer_tag: tags.1, numbers };
            prop_assert_eq!(NopIn::parse(&answer.encode()), answer);
        }
    }
}
