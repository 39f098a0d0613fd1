mod recording;
mod volume;

pub use recording::RecordingTime;
pub use volume::VolumeTime;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Seconds of one step of the offset from Greenwich Mean Time.
const QUARTER_HOUR: i64 = 15 * 60;

/// Whether an offset is in the range of the standard.
fn is_offset(quarter_hours: i8) -> bool {
    (-48..=52).contains(&quarter_hours)
}

/// An offset in seconds; values outside the range of the standard count as none.
fn offset_seconds(quarter_hours: i8) -> i64 {
    if is_offset(quarter_hours) { i64::from(quarter_hours) * QUARTER_HOUR } else { 0 }
}

/// A date and time of day in the Gregorian calendar, without a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Civil {
    year: i64,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

impl Civil {
    /// Counts in years that begin in March, so that the leap day is the last of its year.
    fn from_unix(seconds: i64) -> Civil {
        let of_day = seconds.rem_euclid(DAY);
        let days = seconds.div_euclid(DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        Civil {
            year: era * 400 + year_of_era + i64::from(month <= 2),
            month: month as u8,
            day: day as u8,
            hour: (of_day / 3600) as u8,
            minute: (of_day / 60 % 60) as u8,
            second: (of_day % 60) as u8,
        }
    }

    /// Seconds since 1970, read as if in UTC; `None` when a field is out of its range.
    fn to_unix(self) -> Option<i64> {
        let Civil { year, month, day, hour, minute, second } = self;
        let valid = (0..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_of_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !valid {
            return None;
        }
        let (month, day) = (i64::from(month), i64::from(day));
        let march_year = if month <= 2 { year - 1 } else { year };
        let march_month = (month + 9) % 12;
        let era = march_year.div_euclid(400);
        let year_of_era = march_year.rem_euclid(400);
        let of_year = (153 * march_month + 2) / 5 + day - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        let days = era * 146_097 + of_era - 719_468;
        Some(days * DAY + i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second))
    }
}

fn days_of_month(year: i64, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days() {
        let leap = Civil { year: 2000, month: 2, day: 29, hour: 23, minute: 59, second: 59 };
        assert_eq!(leap.to_unix(), Some(951_868_799));
        assert_eq!(Civil::from_unix(951_868_799), leap);
        let before = Civil { year: 1969, month: 12, day: 31, hour: 23, minute: 59, second: 59 };
        assert_eq!(Civil::from_unix(-1), before);
        assert_eq!(Civil { year: 1900, month: 2, day: 29, ..leap }.to_unix(), None);
    }

    proptest! {
        #[test]
        fn round_trip(seconds in -62_167_219_200i64..253_402_300_800) {
            prop_assert_eq!(Civil::from_unix(seconds).to_unix(), Some(seconds));
        }
    }
}
