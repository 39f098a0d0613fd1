mod recording;
mod volume;

use jiff::SignedDuration;
use jiff::civil::DateTime;

pub use recording::RecordingTime;
pub use volume::VolumeTime;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

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

/// The date and time of day in UTC; the nearest of the years -9999 to 9999.
fn date_time(seconds: i64) -> DateTime {
    EPOCH.saturating_add(SignedDuration::from_secs(seconds))
}

/// Seconds since 1970, read as if in UTC; `None` when a field is out of its range.
fn seconds(year: i16, [month, day, hour, minute, second]: [u8; 5]) -> Option<i64> {
    let [month, day, hour, minute, second] = [month, day, hour, minute, second].map(u8::cast_signed);
    let time = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    Some(time.duration_since(EPOCH).as_secs())
}

/// Month, day, hour, minute and second.
fn fields(time: DateTime) -> [u8; 5] {
    [time.month(), time.day(), time.hour(), time.minute(), time.second()].map(i8::cast_unsigned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days() {
        assert_eq!(seconds(2000, [2, 29, 23, 59, 59]), Some(951_868_799));
        assert_eq!(fields(date_time(951_868_799)), [2, 29, 23, 59, 59]);
        assert_eq!(fields(date_time(-1)), [12, 31, 23, 59, 59]);
        assert_eq!(seconds(1900, [2, 29, 0, 0, 0]), None);
        assert_eq!(seconds(2016, [12, 31, 23, 59, 60]), None, "no leap seconds");
    }

    proptest! {
        #[test]
        fn round_trip(time in -62_167_219_200i64..253_402_300_800) {
            let date = date_time(time);
            prop_assert_eq!(seconds(date.year(), fields(date)), Some(time));
        }
    }
}
