use super::Header;

const OVERFLOW: u8 = 0x04;
const UNDERFLOW: u8 = 0x02;

/// How far what was moved is from what the initiator expected (11.4.5), in bytes 44 to 47 and two bits of byte 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Residual {
    /// Not at all.
    #[default]
    None,
    /// So many bytes fewer.
    Underflow(u32),
    /// So many bytes would have been needed besides.
    Overflow(u32),
}

impl Residual {
    pub(super) fn of(header: &Header) -> Residual {
        let [.., count] = header.words;
        match header.flags & (OVERFLOW | UNDERFLOW) {
            UNDERFLOW => Residual::Underflow(count),
            OVERFLOW => Residual::Overflow(count),
            _ => Residual::None,
        }
    }

    /// The bits of byte 1, and the count.
    pub(super) fn encode(self) -> (u8, u32) {
        match self {
            Residual::None => (0, 0),
            Residual::Underflow(count) => (UNDERFLOW, count),
            Residual::Overflow(count) => (OVERFLOW, count),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in crate::iscsi::pdu) fn residual() -> impl Strategy<Value = Residual> {
        prop_oneof![
            Just(Residual::None),
            any::<u32>().prop_map(Residual::Underflow),
            any::<u32>().prop_map(Residual::Overflow),
        ]
    }
}
