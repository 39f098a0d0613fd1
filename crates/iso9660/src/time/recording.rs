use nom::IResult;

use crate::number::bytes;

/// Recording Date and Time of a directory record (ECMA-119 9.1.5): 7 bytes, whole seconds, years 1900
/// to 2155. The fields are kept as recorded, valid or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RecordingTime {
    /// Years since 1900.
    pub years_since_1900: u8,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// Quarter hours that the fields above are ahead of UTC, -48 to 52.
    pub offset: i8,
}

impl RecordingTime {
    /// All zero: the date and time are not given.
    pub const NOT_SPECIFIED: RecordingTime =
        RecordingTime { years_since_1900: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, offset: 0 };

    /// Bytes of the field.
    pub const LEN: usize = 7;

    /// The first second of 1900.
    const FIRST: i64 = -2_208_988_800;
    /// The last second of 2155.
    const LAST: i64 = 5_869_583_999;

    /// The time, in UTC, `seconds` after the start of 1970. Times before 1900 and after 2155 become the
    /// nearest time that can be recorded.
    #[must_use]
    pub fn from_unix(seconds: i64) -> RecordingTime {
        let time = super::date_time(seconds.clamp(Self::FIRST, Self::LAST));
        let [month, day, hour, minute, second] = super::fields(time);
        let years_since_1900 = (time.year() - 1900) as u8;
        RecordingTime { years_since_1900, month, day, hour, minute, second, offset: 0 }
    }

    /// Seconds since the start of 1970 UTC; `None` when the time is not given or no time of the
    /// calendar. An offset outside -48 to 52 counts as 0.
    #[must_use]
    pub fn to_unix(&self) -> Option<i64> {
        let year = 1900 + i16::from(self.years_since_1900);
        let fields = [self.month, self.day, self.hour, self.minute, self.second];
        Some(super::seconds(year, fields)? - super::offset_seconds(self.offset))
    }

    /// Whether a date and time of day are given that cannot be: a field is out of its range, or the month has no such day.
    /// The offset is not looked at: see [`has_impossible_offset`](Self::has_impossible_offset).
    #[must_use]
    pub fn is_impossible(&self) -> bool {
        *self != Self::NOT_SPECIFIED && self.to_unix().is_none()
    }

    /// Whether the offset from Greenwich Mean Time of a time that can be is none of -48 to 52 quarters of an hour (9.1.5). It
    /// counts as none then.
    #[must_use]
    pub fn has_impossible_offset(&self) -> bool {
        self.to_unix().is_some() && !super::is_offset(self.offset)
    }

    /// Reads the 7 bytes.
    ///
    /// # Errors
    /// When fewer are there.
    pub fn parse(input: &[u8]) -> IResult<&[u8], RecordingTime> {
        let (rest, [years_since_1900, month, day, hour, minute, second, offset]) = bytes(input)?;
        let offset = offset as i8;
        Ok((rest, RecordingTime { years_since_1900, month, day, hour, minute, second, offset }))
    }

    /// The 7 bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; 7] {
        let RecordingTime { years_since_1900, month, day, hour, minute, second, offset } = *self;
        [years_since_1900, month, day, hour, minute, second, offset as u8]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_standard() {
        // 2004-02-29 12:30:15, one hour ahead of UTC.
        let recorded = [104, 2, 29, 12, 30, 15, 4];
        let time = RecordingTime::parse(&recorded).unwrap().1;
        assert_eq!(time.to_unix(), Some(1_078_054_215));
        assert_eq!(time.encode(), recorded);
        assert_eq!(RecordingTime::from_unix(1_078_054_215).encode(), [104, 2, 29, 11, 30, 15, 0]);
    }

    #[test]
    fn limits() {
        assert_eq!(RecordingTime::from_unix(i64::MIN).encode(), [0, 1, 1, 0, 0, 0, 0]);
        assert_eq!(RecordingTime::from_unix(i64::MAX).encode(), [255, 12, 31, 23, 59, 59, 0]);
        assert_eq!(RecordingTime::NOT_SPECIFIED.to_unix(), None);
        assert!(RecordingTime::parse(&[0; 6]).is_err());
    }

    #[test]
    fn an_absurd_offset_is_no_offset() {
        let time = RecordingTime { offset: 53, ..RecordingTime::from_unix(0) };
        assert_eq!(time.to_unix(), Some(0));
        assert!(!time.is_impossible() && time.has_impossible_offset());
        assert!(!RecordingTime { offset: 52, ..time }.has_impossible_offset());
        assert!(!RecordingTime { month: 13, ..time }.has_impossible_offset());
    }

    #[test]
    fn what_is_not_given_is_possible() {
        let new_year = RecordingTime::from_unix(0);
        assert!(!new_year.is_impossible() && !RecordingTime::NOT_SPECIFIED.is_impossible());
        assert!(RecordingTime { month: 13, ..new_year }.is_impossible());
        assert!(RecordingTime { month: 4, day: 31, ..new_year }.is_impossible());
        assert!(RecordingTime { second: 1, ..RecordingTime::NOT_SPECIFIED }.is_impossible());
    }

    proptest! {
        #[test]
        fn seconds_round_trip(seconds in RecordingTime::FIRST..=RecordingTime::LAST) {
            prop_assert_eq!(RecordingTime::from_unix(seconds).to_unix(), Some(seconds));
        }

        #[test]
        fn bytes_round_trip(recorded: [u8; 7]) {
            let time = RecordingTime::parse(&recorded).unwrap().1;
            let _ = time.to_unix();
            prop_assert_eq!(time.encode(), recorded);
        }
    }
}
