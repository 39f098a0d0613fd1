use super::header::{FINAL, NO_TAG, bit};
use super::{Header, Numbers, Residual, opcode};

const STATUS: u8 = 0x01;

/// SCSI Data-In (11.7): data from the drive; the last one can carry the status as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataIn {
    /// The last one of its sequence.
    pub last: bool,
    /// The SCSI status, which ends the task, and what was not moved.
    pub status: Option<(u8, Residual)>,
    /// Logical unit.
    pub lun: u64,
    /// Tag of the task.
    pub initiator_task_tag: u32,
    /// Status and command numbers.
    pub numbers: Numbers,
    /// Number within the task, from 0.
    pub data_sn: u32,
    /// Place within the command's data.
    pub buffer_offset: u32,
}

impl DataIn {
    /// From a header of this kind.
    #[must_use]
    pub fn parse(header: &Header) -> DataIn {
        let [.., data_sn, buffer_offset, _] = header.words;
        let [_, status] = header.codes;
        DataIn {
            last: header.flag(FINAL),
            status: header.flag(STATUS).then(|| (status, Residual::of(header))),
            lun: header.lun,
            initiator_task_tag: header.initiator_task_tag,
            numbers: Numbers::of(header),
            data_sn,
            buffer_offset,
        }
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> Header {
        let (has_status, (status, residual)) = (self.status.is_some(), self.status.unwrap_or_default());
        let (flags, count) = residual.encode();
        Header {
            flags: bit(self.last, FINAL) | bit(has_status, STATUS) | flags,
            codes: [0, status],
            lun: self.lun,
            initiator_task_tag: self.initiator_task_tag,
            // No acknowledgement is asked for.
            words: self.numbers.between(NO_TAG, [self.data_sn, self.buffer_offset, count]),
            ..Header::of(opcode::DATA_IN)
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
            [0x25, 0x83, 0, 0],
            [0; 4],
            [0; 4],
            [0; 4],
            [0, 0, 0, 5],
            [0xFF; 4],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0, 0, 0, 0x12],
            [0, 0, 0, 1],
            [0, 0, 0x20, 0],
            [0, 0, 0, 4],
        ]);
        let expected = DataIn {
            last: true,
            status: Some((0, Residual::Underflow(4))),
            lun: 0,
            initiator_task_tag: 5,
            numbers: Numbers { stat_sn: 9, exp_cmd_sn: 3, max_cmd_sn: 0x12 },
            data_sn: 1,
            buffer_offset: 8192,
        };
        assert_eq!(DataIn::parse(&header), expected);
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(
            last: bool, status: Option<u8>, lun: u64, w: [u32; 3], numbers in numbers(), residual in residual()
        ) {
            let data = DataIn {
                last,
                status: status.map(|status| (status, residual)),
                lun,
                initiator_task_tag: w[0],
                numbers,
                data_sn: w[1],
                buffer_offset: w[2],
            };
            prop_assert_eq!(DataIn::parse(&data.encode()), data);
        }
    }
}
