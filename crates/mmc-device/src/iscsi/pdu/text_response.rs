use super::header::{CONTINUE, FINAL, bit};
use super::{Header, Numbers, opcode};

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

impl TextResponse {
    /// From a header of this kind.
    #[must_use]
    pub fn parse(header: &Header) -> TextResponse {
        let [target_transfer_tag, ..] = header.words;
        TextResponse {
            last: header.flag(FINAL),
            continued: header.flag(CONTINUE),
            lun: header.lun,
            initiator_task_tag: header.initiator_task_tag,
            target_transfer_tag,
            numbers: Numbers::of(header),
        }
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> Header {
        Header {
            flags: bit(self.last, FINAL) | bit(self.continued, CONTINUE),
            lun: self.lun,
            initiator_task_tag: self.initiator_task_tag,
            words: self.numbers.between(self.target_transfer_tag, [0; 3]),
            ..Header::of(opcode::TEXT_RESPONSE)
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
            [0x24, 0x40, 0, 0],
            [0; 4],
            [0; 4],
            [0; 4],
            [0, 0, 0, 5],
            [0, 0, 0, 7],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0, 0, 0, 0x12],
            [0; 4],
            [0; 4],
            [0; 4],
        ]);
        let expected = TextResponse {
            last: false,
            continued: true,
            lun: 0,
            initiator_task_tag: 5,
            target_transfer_tag: 7,
            numbers: Numbers { stat_sn: 9, exp_cmd_sn: 3, max_cmd_sn: 0x12 },
        };
        assert_eq!(TextResponse::parse(&header), expected);
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(flags: [bool; 2], lun: u64, w: [u32; 2], numbers in numbers()) {
            let answer = TextResponse {
                last: flags[0],
                continued: flags[1],
                lun,
                initiator_task_tag: w[0],
                target_transfer_tag: w[1],
                numbers,
            };
            prop_assert_eq!(TextResponse::parse(&answer.encode()), answer);
        }
    }
}
