use super::{FINAL, Header, Numbers, opcode};

const CONTINUE: u8 = 0x40;

/// Text Request (11.10). Its data segment has keys with values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextRequest {
    /// Outside the order of command numbers.
    pub immediate: bool,
    /// The initiator has nothing to add.
    pub last: bool,
    /// The text goes on in the next request.
    pub continued: bool,
    /// Logical unit; of no meaning here.
    pub lun: u64,
    /// Tag of this request.
    pub initiator_task_tag: u32,
    /// Tag of the target's answer that this goes on from.
    pub target_transfer_tag: u32,
    /// Command number.
    pub cmd_sn: u32,
    /// Status expected next.
    pub exp_stat_sn: u32,
}

/// Text Response (11.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextResponse {
    /// The target has nothing to add.
    pub last: bool,
    /// The text goes on in the next response.
    pub continued: bool,
    /// Logical unit; of no meaning here.
    pub lun: u64,
    /// Tag of the request.
    pub initiator_task_tag: u32,
    /// Tag to go on with, or none.
    pub target_transfer_tag: u32,
    /// Status and command numbers.
    pub numbers: Numbers,
}

fn flags(last: bool, continued: bool) -> u8 {
    let flag = |set: bool, bit: u8| if set { bit } else { 0 };
    flag(last, FINAL) | flag(continued, CONTINUE)
}

impl TextRequest {
    /// From a header of this kind.
    pub fn parse(header: &Header) -> TextRequest {
        TextRequest {
            immediate: header.immediate(),
            last: header.0[1] & FINAL != 0,
            continued: header.0[1] & CONTINUE != 0,
            lun: header.u64(8),
            initiator_task_tag: header.u32(16),
            target_transfer_tag: header.u32(20),
            cmd_sn: header.u32(24),
            exp_stat_sn: header.u32(28),
        }
    }

    /// The header.
    pub fn encode(&self) -> Header {
        let mut header = Header::request(opcode::TEXT_REQUEST, self.immediate);
        header.0[1] = flags(self.last, self.continued);
        header.put_u64(8, self.lun);
        header.put_u32(16, self.initiator_task_tag);
        header.put_u32(20, self.target_transfer_tag);
        header.put_u32(24, self.cmd_sn);
        header.put_u32(28, self.exp_stat_sn);
        header
    }
}

impl TextResponse {
    /// From a header of this kind.
    pub fn parse(header: &Header) -> TextResponse {
        TextResponse {
            last: header.0[1] & FINAL != 0,
            continued: header.0[1] & CONTINUE != 0,
            lun: header.u64(8),
            initiator_task_tag: header.u32(16),
            target_transfer_tag: header.u32(20),
            numbers: Numbers::read(header),
        }
    }

    /// The header.
    pub fn encode(&self) -> Header {
        let mut header = Header::new(opcode::TEXT_RESPONSE);
        header.0[1] = flags(self.last, self.continued);
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
            [0x04, 0x80, 0, 0],
            [0; 4],
            [0; 4],
            [0; 4],
            [0, 0, 0, 5],
            [0xFF; 4],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0; 4],
            [0; 4],
            [0; 4],
            [0; 4],
        ]);
        let expected = TextRequest {
            immediate: false,
            last: true,
            continued: false,
            lun: 0,
            initiator_task_tag: 5,
            target_transfer_tag: NO_TAG,
            cmd_sn: 9,
            exp_stat_sn: 3,
        };
        assert_eq!(TextRequest::parse(&header), expected);
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(flags: [bool; 3], lun: u64, w: [u32; 4], numbers in numbers()) {
            let request = TextRequest {
                immediate: flags[0],
                last: flags[1],
                continued: flags[2],
                lun,
                initiator_task_tag: w[0],
                target_transfer_tag: w[1],
                cmd_sn: w[2],
                exp_stat_sn: w[3],
            };
            prop_assert_eq!(TextRequest::parse(&request.encode()), request);
            let answer = TextResponse {
                last: flags[1],
                continued: flags[2],
                lun,
                initiator_task_tag: w[0],
                target_transfer_tag: w[1],
                numbers,
            };
            prop_assert_eq!(TextResponse::parse(&answer.encode()), answer);
        }
    }
}
