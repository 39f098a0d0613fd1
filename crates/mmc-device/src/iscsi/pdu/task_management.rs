use super::{FINAL, Header, Numbers, opcode};

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

/// Task Management Function Response (11.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskManagementResponse {
    /// 0 complete, 1 no such task, 2 no such logical unit, 5 not supported, ...
    pub response: u8,
    /// Tag of the request.
    pub initiator_task_tag: u32,
    /// Status and command numbers.
    pub numbers: Numbers,
}

impl TaskManagementRequest {
    /// From a header of this kind.
    pub fn parse(header: &Header) -> TaskManagementRequest {
        TaskManagementRequest {
            immediate: header.immediate(),
            function: header.0[1] & 0x7F,
            lun: header.u64(8),
            initiator_task_tag: header.u32(16),
            referenced_task_tag: header.u32(20),
            cmd_sn: header.u32(24),
            exp_stat_sn: header.u32(28),
            ref_cmd_sn: header.u32(32),
        }
    }

    /// The header.
    pub fn encode(&self) -> Header {
        let mut header = Header::request(opcode::TASK_MANAGEMENT_REQUEST, self.immediate);
        header.0[1] = FINAL | self.function & 0x7F;
        header.put_u64(8, self.lun);
        header.put_u32(16, self.initiator_task_tag);
        header.put_u32(20, self.referenced_task_tag);
        header.put_u32(24, self.cmd_sn);
        header.put_u32(28, self.exp_stat_sn);
        header.put_u32(32, self.ref_cmd_sn);
        header
    }
}

impl TaskManagementResponse {
    /// From a header of this kind.
    pub fn parse(header: &Header) -> TaskManagementResponse {
        TaskManagementResponse {
            response: header.0[2],
            initiator_task_tag: header.u32(16),
            numbers: Numbers::read(header),
        }
    }

    /// The header.
    pub fn encode(&self) -> Header {
        let mut header = Header::new(opcode::TASK_MANAGEMENT_RESPONSE);
        header.0[1] = FINAL;
        header.0[2] = self.response;
        header.put_u32(16, self.initiator_task_tag);
        self.numbers.write(&mut header);
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
        fn round_trip(
            immediate: bool, function in 0u8..128, lun: u64, w: [u32; 5], response: u8, numbers in numbers()
        ) {
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
            let answer = TaskManagementResponse { response, initiator_task_tag: w[0], numbers };
            prop_assert_eq!(TaskManagementResponse::parse(&answer.encode()), answer);
        }
    }
}
