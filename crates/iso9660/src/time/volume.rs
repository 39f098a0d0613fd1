use nom::IResult;

use crate::number::bytes;

/// Date and time of a volume descriptor (ECMA-119 8.4.26.1): 17 bytes, hundredths of seconds. The
/// digits are kept as recorded, valid or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VolumeTime {
    /// Year (4 digits), month, day, hour, minute, second, hundredths of a second (2 digits each).
    pub digits: [u8; 16],
    /// Quarter hours that the digits are ahead of UTC, -48 to 52.
    pub offset: i8,
}

impl VolumeTime {
    /// All digits zero: the date and time are not given.
    pub const NOT_SPECIFIED: VolumeTime = VolumeTime { digits: [b'0'; 16], offset: 0 };

    /// Bytes of the field.
    pub const LEN: usize = 17;

    /// The first second of the year 1.
    const FIRST: i64 = -62_135_596_800;
    /// The last second of the year 9999.
    const LAST: i64 = 253_402_300_799;

    /// The time, in UTC, `seconds` after the start of 1970, and `centiseconds` (0 to 99) more. Times
    /// outside the years 1 to 9999 and greater `centiseconds` become the nearest that can be recorded.
    #[must_use]
    pub fn from_unix(seconds: i64, centiseconds: u8) -> VolumeTime {
        let time = super::date_time(seconds.clamp(Self::FIRST, Self::LAST));
        let (century, year) = ((time.year() / 100) as u8, (time.year() % 100) as u8);
        let [month, day, hour, minute, second] = super::fields(time);
        let pairs = [century, year, month, day, hour, minute, second, centiseconds.min(99)];
        let mut digits = [0; 16];
        for (two, pair) in digits.chunks_exact_mut(2).zip(pairs) {
            two.copy_from_slice(&[b'0' + pair / 10, b'0' + pair % 10]);
        }
        VolumeTime { digits, offset: 0 }
    }

    /// Seconds since the start of 1970 UTC, and hundredths of a second; `None` when the time is not
    /// given or no time of the calendar. An offset outside -48 to 52 counts as 0.
    pub fn to_unix(&self) -> Option<(i64, u8)> {
        let mut pairs = [0; 8];
        for (pair, two) in pairs.iter_mut().zip(self.digits.chunks_exact(2)) {
            if !two.iter().all(u8::is_ascii_digit) {
                return None;
            }
            *pair = (two[0] - b'0') * 10 + (two[1] - b'0');
        }
        let [century, year, month, day, hour, minute, second, centiseconds] = pairs;
        let year = i16::from(century) * 100 + i16::from(year);
        let seconds = super::seconds(year, [month, day, hour, minute, second])?;
        Some((seconds - super::offset_seconds(self.offset), centiseconds))
    }

    /// Whether a date and time of day are given that cannot be: something is no digit, a field is out of its range, or the
    /// month has no such day. Blanks and zero bytes count as not given. The offset is not looked at: see
    /// [`has_impossible_offset`](Self::has_impossible_offset).
    #[must_use]
    pub fn is_impossible(&self) -> bool {
        let is_given = self.digits.iter().any(|digit| !matches!(digit, b'0' | b' ' | 0));
        is_given && self.to_unix().is_none()
    }

    /// Whether the offset from Greenwich Mean Time of a time that can be is none of -48 to 52 quarters of an hour
    /// (8.4.26.1). It counts as none then.
    #[must_use]
    pub fn has_impossible_offset(&self) -> bool {
        self.to_unix().is_some() && !super::is_offset(self.offset)
    }

    /// Reads the 17 bytes.
    ///
    /// # Errors
    /// When fewer are there.
    pub fn parse(input: &[u8]) -> IResult<&[u8], VolumeTime> {
        let (rest, digits) = bytes(input)?;
        let (rest, [offset]) = bytes(rest)?;
        Ok((rest, VolumeTime { digits, offset: offset as i8 }))
    }

    /// The 17 bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; 17] {
        let mut field = [0; 17];
        field[..16].copy_from_slice(&self.digits);
        field[16] = self.offset as u8;
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_standard() {
        let recorded = *b"2004022912301542\x04";
        let time = VolumeTime::parse(&recorded).unwrap().1;
        assert_eq!(time.to_unix(), Some((1_078_054_215, 42)));
        assert_eq!(time.encode(), recorded);
        assert_eq!(VolumeTime::from_unix(1_078_054_215, 42).encode(), *b"2004022911301542\0");
    }

    #[test]
    fn not_given() {
        assert_eq!(VolumeTime::NOT_SPECIFIED.to_unix(), None);
        assert_eq!(VolumeTime { digits: [0; 16], offset: 0 }.to_unix(), None);
        assert_eq!(VolumeTime { digits: [b' '; 16], offset: 0 }.to_unix(), None);
        assert!(VolumeTime::parse(&[b'0'; 16]).is_err());
    }

    #[test]
    fn an_absurd_offset_is_no_offset() {
        let time = VolumeTime { offset: -49, ..VolumeTime::from_unix(0, 0) };
        assert_eq!(time.to_unix(), Some((0, 0)));
        assert!(!time.is_impossible() && time.has_impossible_offset());
        assert!(!VolumeTime { offset: -48, ..time }.has_impossible_offset());
        assert!(!VolumeTime { offset: 100, ..VolumeTime::NOT_SPECIFIED }.has_impossible_offset());
    }

    #[test]
    fn limits() {
        assert_eq!(VolumeTime::from_unix(i64::MIN, 0).encode(), *b"0001010100000000\0");
        assert_eq!(VolumeTime::from_unix(i64::MAX, 200).encode(), *b"9999123123595999\0");
    }

    proptest! {
        #[test]
        fn seconds_round_trip(seconds in VolumeTime::FIRST..=VolumeTime::LAST, hundredths in 0u8..100) {
            prop_assert_eq!(VolumeTime::from_unix(seconds, hundredths).to_unix(), Some((seconds, hundredths)));
        }

        #[test]
        fn bytes_round_trip(recorded: [u8; 17]) {
            let time = VolumeTime::parse(&recorded).unwrap().1;
            let _ = time.to_unix();
            prop_assert_eq!(time.encode(), recorded);
        }
    }
}
