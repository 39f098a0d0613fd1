//! Sense data (SPC, fixed format 70h/71h and descriptor format 72h/73h).

use std::fmt;

use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, be_u32, be_u64, u8 as byte};

/// What a drive says about a command that ended with CHECK CONDITION.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sense {
    /// The error belongs to an earlier command (response codes 71h and 73h).
    pub deferred: bool,
    /// Sense key, 0 to 15.
    pub key: u8,
    /// Additional sense code.
    pub asc: u8,
    /// Additional sense code qualifier.
    pub ascq: u8,
    /// Progress of a long operation in 1/65536, where the drive gives it.
    pub progress: Option<u16>,
    /// INFORMATION field, where valid: usually the logical block address concerned.
    pub information: Option<u32>,
}

/// Sense keys (SPC).
pub mod key {
    /// No specific sense information.
    pub const NO_SENSE: u8 = 0x0;
    /// The command succeeded after recovery by the drive.
    pub const RECOVERED_ERROR: u8 = 0x1;
    /// The drive cannot be addressed now.
    pub const NOT_READY: u8 = 0x2;
    /// Flaw in the medium or the recorded data.
    pub const MEDIUM_ERROR: u8 = 0x3;
    /// Failure of the drive.
    pub const HARDWARE_ERROR: u8 = 0x4;
    /// The command or its parameters are not accepted.
    pub const ILLEGAL_REQUEST: u8 = 0x5;
    /// The medium may have changed or the drive was reset.
    pub const UNIT_ATTENTION: u8 = 0x6;
    /// The medium or the drive is write protected.
    pub const DATA_PROTECT: u8 = 0x7;
    /// Blank blocks where data were expected, or the reverse.
    pub const BLANK_CHECK: u8 = 0x8;
    /// The drive ended the command.
    pub const ABORTED_COMMAND: u8 = 0xB;
}

impl Sense {
    /// A current error with this key, code and qualifier.
    #[must_use]
    pub const fn new(key: u8, asc: u8, ascq: u8) -> Sense {
        Sense { deferred: false, key, asc, ascq, progress: None, information: None }
    }

    /// The sense data in `bytes`, which may be shorter than they announce; `None` if they are of
    /// neither format or end before the additional sense code.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Sense> {
        match bytes.first()? & 0x7F {
            0x70 | 0x71 => parse_fixed(bytes),
            0x72 | 0x73 => parse_descriptors(bytes),
            _ => None,
        }
    }

    /// Whether key, code and qualifier are these.
    #[must_use]
    pub const fn is(self, key: u8, asc: u8, ascq: u8) -> bool {
        self.key == key && self.asc == asc && self.ascq == ascq
    }

    /// 6/28 and 6/29: the medium may have changed, or the drive was reset.
    #[must_use]
    pub const fn is_changed_medium(self) -> bool {
        self.key == key::UNIT_ATTENTION && matches!(self.asc, 0x28 | 0x29)
    }

    /// 2/3A: there is no medium.
    #[must_use]
    pub const fn is_no_medium(self) -> bool {
        self.key == key::NOT_READY && self.asc == 0x3A
    }

    /// 2/04: not ready, with the cause in the qualifier.
    #[must_use]
    pub const fn is_not_ready(self) -> bool {
        self.key == key::NOT_READY && self.asc == 0x04
    }

    /// 2/04/01 and 2/3E: the drive is getting ready by itself.
    #[must_use]
    pub const fn is_becoming_ready(self) -> bool {
        self.key == key::NOT_READY && ((self.asc == 0x04 && self.ascq == 0x01) || self.asc == 0x3E)
    }

    /// 2/04/04: a format is in progress.
    #[must_use]
    pub const fn is_format_in_progress(self) -> bool {
        self.is(key::NOT_READY, 0x04, 0x04)
    }

    /// 2/04/07 and 2/04/08: an operation or a long write is in progress.
    #[must_use]
    pub const fn is_busy(self) -> bool {
        self.is_not_ready() && matches!(self.ascq, 0x07 | 0x08)
    }

    /// 2/04/08: the drive's buffer is full. The same blocks are to be sent again.
    #[must_use]
    pub const fn is_long_write(self) -> bool {
        self.is(key::NOT_READY, 0x04, 0x08)
    }

    /// Key 6: the medium may have changed, or the drive was reset.
    #[must_use]
    pub const fn is_unit_attention(self) -> bool {
        self.key == key::UNIT_ATTENTION
    }

    /// 5/20/00: the drive does not know the operation code.
    #[must_use]
    pub const fn is_unknown_operation(self) -> bool {
        self.key == key::ILLEGAL_REQUEST && self.asc == 0x20
    }

    /// ASC 20h or 24h with key 5, and with key 2 from drives which confuse the two: the command or this
    /// variant of it is not there.
    #[must_use]
    pub const fn is_unsupported(self) -> bool {
        matches!(self.key, key::ILLEGAL_REQUEST | key::NOT_READY) && matches!(self.asc, 0x20 | 0x24)
    }

    /// Key 8: blank blocks.
    #[must_use]
    pub const fn is_blank_check(self) -> bool {
        self.key == key::BLANK_CHECK
    }

    /// 5/21: the address is outside the medium, or not the next writable one.
    #[must_use]
    pub const fn is_invalid_address(self) -> bool {
        self.key == key::ILLEGAL_REQUEST && self.asc == 0x21
    }

    /// Short words for the codes that matter to a recorder; empty for the others.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match (self.key, self.asc, self.ascq) {
            (0x2, 0x04, 0x01) | (0x2, 0x3E, _) => "becoming ready",
            (0x2, 0x04, 0x04) => "format in progress",
            (0x2, 0x04, 0x07) => "operation in progress",
            (0x2, 0x04, 0x08) => "long write in progress",
            (0x2, 0x04, _) => "not ready",
            (0x2 | 0x5, 0x30, _) => "incompatible medium",
            (0x2, 0x3A, 0x02) => "no medium, tray open",
            (0x2, 0x3A, _) => "no medium",
            (0x3..=0x5, 0x0C, 0x09) => "loss of streaming",
            (_, 0x0C, _) => "write error",
            (_, 0x11, _) => "unrecovered read error",
            (0x3, 0x31, _) => "format failed",
            (_, 0x51, _) => "erase failure",
            (_, 0x57, _) => "unable to recover the table of contents",
            (0x5, 0x72, 0x05) => "no more track reservations",
            (_, 0x72, _) => "session fixation error",
            (_, 0x73, 0x01) => "power calibration area almost full",
            (_, 0x73, _) => "recording control error",
            (0x4, 0x3E, 0x02) => "time-out",
            (0x5, 0x1A, _) => "wrong parameter list length",
            (_, 0x20, _) => "unknown operation code",
            (0x5, 0x21, 0x02) => "not the next writable address",
            (0x5, 0x21, _) => "address out of range",
            (_, 0x24, _) => "invalid field in the command",
            (0x5, 0x26, _) => "invalid field in the parameters",
            (0x5, 0x2C, _) => "wrong command sequence",
            (0x5, 0x63, _) => "end of the user area",
            (0x5, 0x64, _) => "illegal mode for this track",
            (0x6, 0x28, _) => "the medium may have changed",
            (0x6, 0x29, _) => "the drive was reset",
            (0x6, 0x5A, 0x01) => "eject requested",
            (0x7, 0x27, _) => "write protected",
            (0x8, _, _) => "blank check",
            _ => "",
        }
    }
}

fn parse_fixed(bytes: &[u8]) -> Option<Sense> {
    type Fail<'a> = nom::error::Error<&'a [u8]>;
    let (rest, (response, _, key, information)) =
        (byte::<_, Fail<'_>>, byte, byte, be_u32).parse(bytes).ok()?;
    let (rest, (_, _, asc, ascq)) = (byte::<_, Fail<'_>>, take(4usize), byte, byte).parse(rest).ok()?;
    let specific = (byte::<_, Fail<'_>>, byte, be_u16).parse(rest).ok();
    Some(Sense {
        deferred: response & 0x7F == 0x71,
        key: key & 0x0F,
        asc,
        ascq,
        progress: specific.and_then(|(_, (_, flags, value))| (flags & 0x80 != 0).then_some(value)),
        information: (response & 0x80 != 0).then_some(information),
    })
}

fn parse_descriptors(bytes: &[u8]) -> Option<Sense> {
    type Fail<'a> = nom::error::Error<&'a [u8]>;
    let (rest, (response, key, asc, ascq)) = (byte::<_, Fail<'_>>, byte, byte, byte).parse(bytes).ok()?;
    let mut sense = Sense::new(key & 0x0F, asc, ascq);
    sense.deferred = response & 0x7F == 0x73;
    // Three reserved bytes and the additional length, which may announce more than there is.
    let Ok((mut rest, _)) = take::<_, _, Fail<'_>>(4usize).parse(rest) else { return Some(sense) };
    while let Ok((tail, (kind, len))) = (byte::<_, Fail<'_>>, byte).parse(rest) {
        let Ok((tail, payload)) = take::<_, _, Fail<'_>>(usize::from(len)).parse(tail) else { break };
        match kind {
            0x00 => {
                if let Ok((_, (flags, _, value))) = (byte::<_, Fail<'_>>, byte, be_u64).parse(payload)
                    && flags & 0x80 != 0
                {
                    sense.information = u32::try_from(value).ok();
                }
            }
            0x02 => {
                if let Ok((_, (_, flags, value))) =
                    (take::<_, _, Fail<'_>>(2usize), byte, be_u16).parse(payload)
                    && flags & 0x80 != 0
                {
                    sense.progress = Some(value);
                }
            }
            _ => {}
        }
        rest = tail;
    }
    Some(sense)
}

impl fmt::Display for Sense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sense {:x}/{:02x}/{:02x}", self.key, self.asc, self.ascq)?;
        match self.meaning() {
            "" => Ok(()),
            meaning => write!(f, ", {meaning}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fixed_format() {
        let bytes = [0xF0, 0, 0x03, 0, 0, 0x12, 0x34, 10, 0, 0, 0, 0, 0x0C, 0x08, 0, 0x80, 0x40, 0x00];
        assert_eq!(
            Sense::parse(&bytes),
            Some(Sense {
                deferred: false,
                key: 3,
                asc: 0x0C,
                ascq: 8,
                progress: Some(0x4000),
                information: Some(0x1234)
            })
        );
    }

    #[test]
    fn fixed_format_without_valid_bits_and_deferred() {
        let bytes = [0x71, 0, 0x23, 1, 2, 3, 4, 10, 0, 0, 0, 0, 0x04, 0x08, 0, 0, 1, 1];
        let sense = Sense::parse(&bytes).unwrap();
        assert!(sense.deferred);
        assert_eq!((sense.key, sense.progress, sense.information), (3, None, None));
    }

    #[test]
    fn fixed_format_cut_behind_the_qualifier() {
        let bytes = [0x70, 0, 0x02, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0x3A, 0x02];
        assert!(Sense::parse(&bytes).unwrap().is_no_medium());
        assert_eq!(Sense::parse(&bytes[..13]), None);
    }

    #[test]
    fn descriptor_format() {
        let bytes = [
            0x72, 0x02, 0x04, 0x04, 0, 0, 0, 20, // header
            0x00, 0x0A, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x10, // information
            0x02, 0x06, 0, 0, 0x80, 0x12, 0x34, 0, // sense key specific
        ];
        let sense = Sense::parse(&bytes).unwrap();
        assert!(sense.is_format_in_progress());
        assert_eq!(sense.information, Some(0x210));
        assert_eq!(sense.progress, Some(0x1234));
        assert!(!sense.deferred);
        assert_eq!(Sense::parse(&bytes[..4]).map(|s| s.ascq), Some(4));
    }

    #[test]
    fn other_response_codes_are_no_sense_data() {
        assert_eq!(Sense::parse(&[]), None);
        assert_eq!(Sense::parse(&[0; 18]), None);
        assert_eq!(Sense::parse(&[0x7F; 18]), None);
    }

    #[test]
    fn text_names_the_cause() {
        assert_eq!(Sense::new(5, 0x21, 2).to_string(), "sense 5/21/02, not the next writable address");
        assert_eq!(Sense::new(9, 0x80, 2).to_string(), "sense 9/80/02");
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = Sense::parse(&bytes);
        }
    }
}
