use super::{FINAL, Header, Numbers, opcode};

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
    pub fn parse(header: &Header) -> R2t {
        R2t {
            lun: header.u64(8),
            initiator_task_tag: header.u32(16),
            target_transfer_tag: header.u32(20),
            numbers: Numbers::read(header),
            r2t_sn: header.u32(36),
            buffer_offset: header.u32(40),
            desired_data_transfer_length: header.u32(44),
        }
    }

    /// The header.
    pub fn encode(&self) -> Header {
        let mut header = Header::new(opcode::R2T);
        header.0[1] = FINAL;
        header.put_u64(8, self.lun);
        header.put_u32(16, self.initiator_task_tag);
        header.put_u32(20, self.target_transfer_tag);
        self.numbers.write(&mut header);
        header.put_u32(36, self.r2t_sn);
        header.put_u32(40, self.buffer_offset);
        header.put_u32(44, self.desired_data_transfer_length);
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
