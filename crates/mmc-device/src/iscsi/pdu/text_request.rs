use super::header::{CONTINUE, FINAL, bit};
use super::{Header, opcode};

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

impl TextRequest {
    /// From a header of this kind.
    #[must_use]
    pub fn parse(header: &Header) -> TextRequest {
        let [target_transfer_tag, cmd_sn, exp_stat_sn, ..] = header.words;
        TextRequest {
            immediate: header.immediate(),
            last: header.flag(FINAL),
            continued: header.flag(CONTINUE),
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
            flags: bit(self.last, FINAL) | bit(self.continued, CONTINUE),
            lun: self.lun,
            initiator_task_tag: self.initiator_task_tag,
            words: [self.target_transfer_tag, self.cmd_sn, self.exp_stat_sn, 0, 0, 0, 0],
            ..Header::request(opcode::TEXT_REQUEST, self.immediate)
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
        fn round_trip(flags: [bool; 3], lun: u64, w: [u32; 4]) {
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
        }
    }
}
