use std::ops::RangeInclusive;

/// Seconds since 1904-01-01T00:00:00Z (TN1150, HFS Plus Dates): up to 2040-02-06T06:28:15Z. 0 says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub u32);

/// Seconds from 1904 to 1970.
const EPOCH: i64 = 2_082_844_800;

impl Date {
    /// The seconds since 1970 that a date can say: 1904-01-01T00:00:01Z to 2040-02-06T06:28:15Z.
    pub const RANGE: RangeInclusive<i64> = 1 - EPOCH..=u32::MAX as i64 - EPOCH;

    /// The date of so many seconds since 1970; outside of [`RANGE`](Date::RANGE) the nearest.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Date {
        let clamped = seconds.clamp(*Date::RANGE.start(), *Date::RANGE.end());
        Date(u32::try_from(clamped + EPOCH).unwrap_or(u32::MAX))
    }

    /// Seconds since 1970; `None` where it says nothing.
    #[must_use]
    pub fn to_unix(self) -> Option<i64> {
        (self.0 != 0).then(|| i64::from(self.0) - EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_date_is_that_of_the_note() {
        // February 6, 2040 06:28:15 GMT.
        assert_eq!(Date::from_unix(2_212_122_495), Date(0xffff_ffff));
        assert_eq!(Date::from_unix(0), Date(0x7c25_b080));
        assert_eq!(Date::from_unix(i64::MIN), Date(1));
        assert_eq!(Date::from_unix(i64::MAX), Date(u32::MAX));
        assert_eq!(Date::default().to_unix(), None);
    }

    proptest! {
        #[test]
        fn both_ways(seconds in Date::RANGE) {
            prop_assert_eq!(Date::from_unix(seconds).to_unix(), Some(seconds));
        }
    }
}
