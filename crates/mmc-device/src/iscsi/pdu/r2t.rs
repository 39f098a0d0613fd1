use super::{Header, Numbers, opcode};

/// Ready To Transfer (11.8): the target asks for data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct R2t {
    /// Logical unit.
    pub lun: u64,
    /// Tag of the task.
    pub initiator_task_tag: u32,
    /// Tag that the data shall carry.
    pub target_transfer_tag: u32,
    /// Status and command numbers.
    pub numbers: Numbers,
    /// Number within the task, from 0.
    pub r2t_sn: u32,
    /// Place within the command's data.
    pub buffer_offset: u32,
    /// Bytes asked for.
    pub desired_data_transfer_length: u32,
}

impl R2t {
    /// From a header of this kind.
    #[must_use]
    pub fn parse(header: &Header) -> R2t {
        let [target_transfer_tag, .., r2t_sn, buffer_offset, desired_data_transfer_length] = header.words;
        R2t {
            lun: header.lun,
            initiator_task_tag: header.initiator_task_tag,
            target_transfer_tag,
            numbers: Numbers::of(header),
            r2t_sn,
            buffer_offset,
            desired_data_transfer_length,
        }
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> Header {
        let last = [self.r2t_sn, self.buffer_offset, self.desired_data_transfer_length];
        Header {
            lun: self.lun,
            initiator_task_tag: self.initiator_task_tag,
            words: self.numbers.between(self.target_transfer_tag, last),
            ..Header::of(opcode::R2T)
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
            [0x31, 0x80, 0, 0],
            [0; 4],
            [0; 4],
            [0; 4],
            [0, 0, 0, 5],
            [0, 0, 0, 7],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0, 0, 0, 0x12],
            [0, 0, 0, 1],
            [0, 4, 0, 0],
            [0, 0, 0x80, 0],
        ]);
        let expected = R2t {
            lun: 0,
            initiator_task_tag: 5,
            target_transfer_tag: 7,
            numbers: Numbers { stat_sn: 9, exp_cmd_sn: 3, max_cmd_sn: 0x12 },
            r2t_sn: 1,
            buffer_offset: 0x4_0000,
            desired_data_transfer_length: 0x8000,
        };
        assert_eq!(R2t::parse(&header), expected);
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(lun: u64, w: [u32; 5], numbers in numbers()) {
            let r2t = R2t {
                lun,
                initiator_task_tag: w[0],
                target_transfer_tag: w[1],
                numbers,
                r2t_sn: w[2],
                buffer_offset: w[3],
                desired_data_transfer_length: w[4],
            };
            prop_assert_eq!(R2t::parse(&r2t.encode()), r2t);
        }
    }
}
