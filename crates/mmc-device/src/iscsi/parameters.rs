//! What initiator and target agree on (RFC 7143, clause 13).

/// Bytes of data that this target takes in one PDU.
pub(super) const MAX_RECEIVED: usize = 256 * 1024;
/// Bytes of unsolicited data for one command at most.
const FIRST_BURST: u32 = 256 * 1024;
/// Bytes that one R2T asks for at most.
const MAX_BURST: u32 = 1024 * 1024;

/// The values in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parameters {
    /// Unsolicited Data-Out PDUs are not allowed.
    pub(super) initial_r2t: bool,
    /// A command may bring data.
    pub(super) immediate_data: bool,
    pub(super) max_burst: u32,
    pub(super) first_burst: u32,
    /// Bytes of data that the initiator takes in one PDU.
    pub(super) initiator_receives: u32,
}

impl Default for Parameters {
    /// Where nothing is said.
    fn default() -> Parameters {
        Parameters {
            initial_r2t: true,
            immediate_data: true,
            max_burst: 262_144,
            first_burst: 65_536,
            initiator_receives: 8192,
        }
    }
}

/// What follows from a key that the initiator sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The initiator declared something.
    None,
    Value(String),
    /// No value that the initiator offers is one that this target knows.
    Disagreed,
}

impl Parameters {
    /// Settles one key of the operational stage.
    pub(super) fn negotiate(&mut self, key: &str, value: &str) -> Answer {
        match key {
            "HeaderDigest" | "DataDigest" => choose(value, "None"),
            "TaskReporting" => choose(value, "RFC3720"),
            "MaxConnections" => at_most(value, 1..=65_535, 1).map_or_else(reject, number),
            "ErrorRecoveryLevel" => at_most(value, 0..=2, 0).map_or_else(reject, number),
            "MaxOutstandingR2T" => at_most(value, 1..=65_535, 1).map_or_else(reject, number),
            "iSCSIProtocolLevel" => at_most(value, 0..=31, 1).map_or_else(reject, number),
            "DefaultTime2Retain" => at_most(value, 0..=3600, 0).map_or_else(reject, number),
            "DefaultTime2Wait" => at_most(value, 0..=3600, 3600).map_or_else(reject, number),
            "InitialR2T" => settle(value, |theirs| self.initial_r2t = theirs, true),
            "ImmediateData" => settle(value, |theirs| self.immediate_data = theirs, true),
            // Order is kept.
            "DataPDUInOrder" | "DataSequenceInOrder" => settle(value, |_| {}, false),
            // Markers are obsolete.
            "IFMarker" | "OFMarker" => Answer::Value("No".to_owned()),
            "IFMarkInt" | "OFMarkInt" => Answer::Value("Irrelevant".to_owned()),
            "MaxBurstLength" => match at_most(value, 512..=0xFF_FFFF, MAX_BURST) {
                Some(length) => {
                    self.max_burst = length;
                    self.first_burst = self.first_burst.min(length);
                    number(length)
                }
                None => reject(),
            },
            "FirstBurstLength" => match at_most(value, 512..=0xFF_FFFF, FIRST_BURST) {
                Some(length) => {
                    self.first_burst = length.min(self.max_burst);
                    number(self.first_burst)
                }
                None => reject(),
            },
            "MaxRecvDataSegmentLength" => match at_most(value, 512..=0xFF_FFFF, u32::MAX) {
                Some(length) => {
                    self.initiator_receives = length;
                    Answer::None
                }
                None => reject(),
            },
            "InitiatorName" | "InitiatorAlias" | "TargetName" | "SessionType" => Answer::None,
            _ => Answer::Value("NotUnderstood".to_owned()),
        }
    }
}

fn reject() -> Answer {
    Answer::Value("Reject".to_owned())
}

fn number(value: u32) -> Answer {
    Answer::Value(value.to_string())
}

/// One of a list.
fn choose(list: &str, known: &str) -> Answer {
    if list.split(',').any(|offer| offer == known) {
        Answer::Value(known.to_owned())
    } else {
        Answer::Disagreed
    }
}

/// A number in its range, and not above what this target wants.
fn at_most(value: &str, range: std::ops::RangeInclusive<u32>, most: u32) -> Option<u32> {
    let hexadecimal = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X"));
    let parsed = match hexadecimal {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => value.parse(),
    };
    parsed.ok().filter(|parsed| range.contains(parsed)).map(|parsed| parsed.min(most))
}

/// Yes or no: this target takes what the initiator wants, or insists on yes.
fn settle(value: &str, set: impl FnOnce(bool), free: bool) -> Answer {
    match value {
        "Yes" => set(true),
        "No" if free => set(false),
        "No" => {}
        _ => return reject(),
    }
    Answer::Value(if free { value } else { "Yes" }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(key: &str, value: &str) -> (Answer, Parameters) {
        let mut parameters = Parameters::default();
        (parameters.negotiate(key, value), parameters)
    }

    #[test]
    fn results_follow_the_rule_of_each_key() {
        for (key, offered, answered) in [
            ("HeaderDigest", "CRC32C,None", "None"),
            ("MaxConnections", "8", "1"),
            ("ErrorRecoveryLevel", "2", "0"),
            ("MaxOutstandingR2T", "4", "1"),
            ("DefaultTime2Wait", "2", "2"),
            ("DefaultTime2Retain", "20", "0"),
            ("DataPDUInOrder", "No", "Yes"),
            ("InitialR2T", "No", "No"),
            ("ImmediateData", "No", "No"),
            ("MaxBurstLength", "0x40000", "262144"),
            ("MaxBurstLength", "16776192", "1048576"),
            ("FirstBurstLength", "16776192", "262144"),
            ("MaxBurstLength", "1", "Reject"),
            ("InitialR2T", "Maybe", "Reject"),
            ("IFMarker", "Yes", "No"),
            ("X-com.example", "1", "NotUnderstood"),
        ] {
            assert_eq!(answer(key, offered).0, Answer::Value(answered.to_owned()), "{key}={offered}");
        }
        assert_eq!(answer("DataDigest", "CRC32C").0, Answer::Disagreed);
        let (silent, parameters) = answer("MaxRecvDataSegmentLength", "65536");
        assert_eq!((silent, parameters.initiator_receives), (Answer::None, 65_536));
        let parameters = answer("MaxBurstLength", "4096").1;
        assert_eq!((parameters.max_burst, parameters.first_burst), (4096, 4096));
    }
}
