use super::header::{FINAL, bit};
use super::{Header, opcode};

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
    #[must_use]
    pub fn parse(header: &Header) -> DataOut {
        let [target_transfer_tag, _, exp_stat_sn, _, data_sn, buffer_offset, _] = header.words;
        DataOut {
            last: header.flag(FINAL),
            lun: header.lun,
            initiator_task_tag: header.initiator_task_tag,
            target_transfer_tag,
            exp_stat_sn,
            data_sn,
            buffer_offset,
        }
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> Header {
        let DataOut { target_transfer_tag, exp_stat_sn, data_sn, buffer_offset, .. } = *self;
        Header {
            flags: bit(self.last, FINAL),
            lun: self.lun,
            initiator_task_tag: self.initiator_task_tag,
            words: [target_transfer_tag, 0, exp_stat_sn, 0, data_sn, buffer_offset, 0],
            ..Header::of(opcode::DATA_OUT)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::header::tests::rows;
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
