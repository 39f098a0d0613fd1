use super::Header;

/// What every PDU of a target carries in bytes 24 to 35.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Number of this status, or of the next one where the PDU has none.
    pub stat_sn: u32,
    /// The command number expected next.
    pub exp_cmd_sn: u32,
    /// The last command number that is welcome.
    pub max_cmd_sn: u32,
}

impl Numbers {
    pub(super) fn of(header: &Header) -> Numbers {
        let [_, stat_sn, exp_cmd_sn, max_cmd_sn, ..] = header.words;
        Numbers { stat_sn, exp_cmd_sn, max_cmd_sn }
    }

    /// The words of a header, with these between the first and the last three.
    pub(super) fn between(self, first: u32, last: [u32; 3]) -> [u32; 7] {
        [first, self.stat_sn, self.exp_cmd_sn, self.max_cmd_sn, last[0], last[1], last[2]]
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in crate::iscsi::pdu) fn numbers() -> impl Strategy<Value = Numbers> {
        any::<(u32, u32, u32)>().prop_map(|(stat_sn, exp_cmd_sn, max_cmd_sn)| Numbers {
            stat_sn,
            exp_cmd_sn,
            max_cmd_sn,
        })
    }
}
