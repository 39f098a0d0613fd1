use super::header::FINAL;
use super::{Header, opcode};

/// Task Management Function Request (11.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskManagementRequest {
    /// Outside the order of command numbers.
    pub immediate: bool,
    /// 1 ABORT TASK, 2 ABORT TASK SET, 4 CLEAR TASK SET, 5 LOGICAL UNIT RESET, 6 TARGET WARM RESET, ...
    pub function: u8,
    /// Logical unit.
    pub lun: u64,
    /// Tag of this request.
    pub initiator_task_tag: u32,
    /// Tag of the task to abort.
    pub referenced_task_tag: u32,
    /// Command number.
    pub cmd_sn: u32,
    /// Status expected next.
    pub exp_stat_sn: u32,
    /// Command number of the task to abort.
    pub ref_cmd_sn: u32,
}

impl TaskManagementRequest {
    /// From a header of this kind.
    #[must_use]
    pub fn parse(header: &Header) -> TaskManagementRequest {
        let [referenced_task_tag, cmd_sn, exp_stat_sn, ref_cmd_sn, ..] = header.words;
        TaskManagementRequest {
            immediate: header.immediate(),
            function: header.flags & !FINAL,
            lun: header.lun,
            initiator_task_tag: header.initiator_task_tag,
            referenced_task_tag,
            cmd_sn,
            exp_stat_sn,
            ref_cmd_sn,
        }
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> Header {
        let TaskManagementRequest { referenced_task_tag, cmd_sn, exp_stat_sn, ref_cmd_sn, .. } = *self;
        Header {
            flags: FINAL | self.function,
            lun: self.lun,
            initiator_task_tag: self.initiator_task_tag,
            words: [referenced_task_tag, cmd_sn, exp_stat_sn, ref_cmd_sn, 0, 0, 0],
            ..Header::request(opcode::TASK_MANAGEMENT_REQUEST, self.immediate)
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
            [0x42, 0x81, 0, 0],
            [0; 4],
            [0; 4],
            [0; 4],
            [0, 0, 0, 6],
            [0, 0, 0, 5],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0, 0, 0, 8],
            [0; 4],
            [0; 4],
            [0; 4],
        ]);
        let expected = TaskManagementRequest {
            immediate: true,
            function: 1,
            lun: 0,
            initiator_task_tag: 6,
            referenced_task_tag: 5,
            cmd_sn: 9,
            exp_stat_sn: 3,
            ref_cmd_sn: 8,
        };
        assert_eq!(TaskManagementRequest::parse(&header), expected);
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(immediate: bool, function in 0u8..128, lun: u64, w: [u32; 5]) {
            let request = TaskManagementRequest {
                immediate,
                function,
                lun,
                initiator_task_tag: w[0],
                referenced_task_tag: w[1],
                cmd_sn: w[2],
                exp_stat_sn: w[3],
                ref_cmd_sn: w[4],
            };
            prop_assert_eq!(TaskManagementRequest::parse(&request.encode()), request);
        }
    }
}
