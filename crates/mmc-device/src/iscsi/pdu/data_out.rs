use super::{FINAL, Header, opcode};

/// SCSI Data-Out (11.7): data to the drive, unsolicited or asked for by an R2T.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataOut {
    /// The last one of its sequence.
    pub last: bool,
    /// Logical unit.
    pub lun: u64,
    /// Tag of the task.
    pub initiator_task_tag: u32,
    /// Tag of the R2T, or none.
    pub target_transfer_tag: u32,
    /// Status expected next.
    pub exp_stat_sn: u32,
    /// Number within the sequence, from 0.
    pub data_sn: u32,
    /// Place within the command's data.
    pub buffer_offset: u32,
}

impl DataOut {
    /// From a header of this kind.
    pub fn parse(header: &Header) -> DataOut {
        DataOut {
            last: header.0[1] & FINAL != 0,
            lun: header.u64(8),
            initiator_task_tag: header.u32(16),
            target_transfer_tag: header.u32(20),
            exp_stat_sn: header.u32(28),
            data_sn: header.u32(36),
            buffer_offset: header.u32(40),
        }
    }

    /// The header.
    pub fn encode(&self) -> Header {
        let mut header = Header::new(opcode::DATA_OUT);
        header.0[1] = if self.last { FINAL } else { 0 };
        header.put_u64(8, self.lun);
        header.put_u32(16, self.initiator_task_tag);
        header.put_u32(20, self.target_transfer_tag);
        header.put_u32(28, self.exp_stat_sn);
        header.put_u32(36, self.data_sn);
        header.put_u32(40, self.buffer_offset);
        header
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::rows;
    use super::*;

    #[test]
    fn literally() {
        let header = rows([
            [0x05, 0x80, 0, 0],
            [0; 4],
            [0; 4],
            [0; 4],
            [0, 0, 0, 5],
            [0, 0, 0, 7],
            [0; 4],
            [0, 0, 0, 3],
            [0; 4],
            [0, 0, 0, 1],
            [0, 0, 0x20, 0],
            [0; 4],
        ]);
        let expected = DataOut {
            last: true,
            lun: 0,
            initiator_task_tag: 5,
            target_transfer_tag: 7,
            exp_stat_sn: 3,
            data_sn: 1,
            buffer_offset: 8192,
        };
        assert_eq!(DataOut::parse(&header), expected);
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(last: bool, lun: u64, w: [u32; 5]) {
            let data = DataOut {
                last,
                lun,
                initiator_task_tag: w[0],
                target_transfer_tag: w[1],
                exp_stat_sn: w[2],
                data_sn: w[3],
                buffer_offset: w[4],
            };
            prop_assert_eq!(DataOut::parse(&data.encode()), data);
        }
    }
}
