use super::{Header, NO_TAG, Numbers, opcode};

/// Reject (11.17): a PDU was not taken. Its data segment is the header of that PDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Why, from 11.17.1.
    pub reason: u8,
    /// Status and command numbers.
    pub numbers: Numbers,
}

impl Reject {
    /// The target does not know this kind of PDU.
    pub const COMMAND_NOT_SUPPORTED: u8 = 0x05;
    /// A field has a value that it cannot have.
    pub const INVALID_PDU_FIELD: u8 = 0x09;

    /// From a header of this kind.
    #[must_use]
    pub fn parse(header: &Header) -> Reject {
        let [reason, _] = header.codes;
        Reject { reason, numbers: Numbers::of(header) }
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> Header {
        Header {
            codes: [self.reason, 0],
            initiator_task_tag: NO_TAG,
            words: self.numbers.between(0, [0; 3]),
            ..Header::of(opcode::REJECT)
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
            [0x3F, 0x80, 5, 0],
            [0; 4],
            [0; 4],
            [0; 4],
            [0xFF; 4],
            [0; 4],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0, 0, 0, 0x12],
            [0; 4],
            [0; 4],
            [0; 4],
        ]);
        let expected = Reject {
            reason: Reject::COMMAND_NOT_SUPPORTED,
            numbers: Numbers { stat_sn: 9, exp_cmd_sn: 3, max_cmd_sn: 0x12 },
        };
        assert_eq!(Reject::parse(&header), expected);
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(reason: u8, numbers in numbers()) {
            let reject = Reject {
                reason,
                numbers,
            };
            prop_assert_eq!(Reject::parse(&reject.encode()), reject);
        }
    }
}
