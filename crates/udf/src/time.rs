use jiff::SignedDuration;
use jiff::civil::DateTime;
use nom::{IResult, Parser};

use crate::nom_ext::array;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A time stamp, 12 bytes (ECMA-167 1/7.3, UDF 2.1.4). The fields are kept as recorded, valid or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Timestamp {
    /// Bits 0 to 11: minutes east of UTC, signed, -2047 if not known. Bits 12 to 15: type, 1 is local time.
    pub type_and_zone: u16,
    /// 1 to 9999.
    pub year: i16,
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
    /// 0 to 99.
    pub centiseconds: u8,
    /// 0 to 99.
    pub hundreds_of_microseconds: u8,
    /// 0 to 99.
    pub microseconds: u8,
}

impl Timestamp {
    /// The zone that says that none is known.
    pub const ZONE_UNKNOWN: i16 = -2047;

    /// Minutes east of UTC, -1440 to 1440; `None` if not given or out of range.
    #[must_use]
    pub fn zone(&self) -> Option<i16> {
        // Sign extension of 12 bits.
        let zone = (self.type_and_zone << 4).cast_signed() >> 4;
        (self.type_and_zone >> 12 == 1 && (-1440..=1440).contains(&zone)).then_some(zone)
    }

    /// Seconds since 1970-01-01 00:00 UTC and microseconds. Without a zone, UTC is assumed. `None` if a field
    /// is out of range.
    pub fn to_unix(&self) -> Option<(i64, u32)> {
        let years = 1..=9999;
        let parts = [self.centiseconds, self.hundreds_of_microseconds, self.microseconds];
        if !years.contains(&self.year) || parts.iter().any(|&part| part > 99) {
            return None;
        }
        let [month, day, hour, minute, second] =
            [self.month, self.day, self.hour, self.minute, self.second].map(u8::cast_signed);
        let local = DateTime::new(self.year, month, day, hour, minute, second, 0).ok()?;
        let seconds = local.duration_since(EPOCH).as_secs() - i64::from(self.zone().unwrap_or(0)) * 60;
        let micros = u32::from(self.centiseconds) * 10_000
            + u32::from(self.hundreds_of_microseconds) * 100
            + u32::from(self.microseconds);
        Some((seconds, micros))
    }

    /// Whether a time is given that cannot be: a field of date or time of day is out of its range, or the month has no such
    /// day. Zone and type are not looked at.
    #[must_use]
    pub fn is_impossible(&self) -> bool {
        *self != Timestamp { type_and_zone: self.type_and_zone, ..Timestamp::default() }
            && self.to_unix().is_none()
    }

    /// The time stamp for seconds since 1970-01-01 00:00 UTC and microseconds below 1,000,000, in the zone
    /// `zone` minutes east of UTC. `None` outside the years 1 to 9999 or with a zone outside -1440 to 1440.
    pub fn from_unix(seconds: i64, micros: u32, zone: i16) -> Option<Timestamp> {
        if !(-1440..=1440).contains(&zone) || micros >= 1_000_000 {
            return None;
        }
        let local = seconds.checked_add(i64::from(zone) * 60)?;
        let local =
            EPOCH.checked_add(SignedDuration::from_secs(local)).ok().filter(|local| local.year() >= 1)?;
        let [month, day, hour, minute, second] =
            [local.month(), local.day(), local.hour(), local.minute(), local.second()].map(i8::cast_unsigned);
        let two_digits = |value: u32| u8::try_from(value % 100).unwrap_or_default();
        Some(Timestamp {
            type_and_zone: 0x1000 | (zone.cast_unsigned() & 0x0fff),
            year: local.year(),
            month,
            day,
            hour,
            minute,
            second,
            centiseconds: two_digits(micros / 10_000),
            hundreds_of_microseconds: two_digits(micros / 100),
            microseconds: two_digits(micros),
        })
    }

    pub(crate) fn parse(input: &[u8]) -> IResult<&[u8], Timestamp> {
        array::<12>
            .map(|[zone_low, zone_high, year_low, year_high, rest @ ..]| {
                let [month, day, hour, minute, second, centiseconds, hundreds_of_microseconds, microseconds] =
                    rest;
                Timestamp {
                    type_and_zone: u16::from_le_bytes([zone_low, zone_high]),
                    year: i16::from_le_bytes([year_low, year_high]),
                    month,
                    day,
                    hour,
                    minute,
                    second,
                    centiseconds,
                    hundreds_of_microseconds,
                    microseconds,
                }
            })
            .parse(input)
    }

    pub(crate) fn bytes(&self) -> [u8; 12] {
        let zone = self.type_and_zone.to_le_bytes();
        let year = self.year.to_le_bytes();
        [
            zone[0],
            zone[1],
            year[0],
            year[1],
            self.month,
            self.day,
            self.hour,
            self.minute,
            self.second,
            self.centiseconds,
            self.hundreds_of_microseconds,
            self.microseconds,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_summer_evening_two_hours_east() {
        let bytes = [0x78, 0x10, 0xd9, 0x07, 7, 14, 22, 30, 5, 12, 34, 56];
        let (_, time) = Timestamp::parse(&bytes).unwrap();
        assert_eq!((time.year, time.zone()), (2009, Some(120)));
        assert_eq!(time.to_unix(), Some((1_247_603_405, 123_456)));
        assert_eq!(Timestamp::from_unix(1_247_603_405, 123_456, 120), Some(time));
        assert_eq!(time.bytes(), bytes);
    }

    #[test]
    fn zones() {
        let zone = |type_and_zone| Timestamp { type_and_zone, ..Timestamp::default() }.zone();
        assert_eq!(zone(0x1ed4), Some(-300));
        assert_eq!(zone(0x1801), None, "-2047: unknown");
        assert_eq!(zone(0x0078), None, "type 0 has no zone");
        assert_eq!(zone(0x1fff), Some(-1));
    }

    #[test]
    fn impossible_dates() {
        let leap = Timestamp { year: 2100, month: 2, day: 29, ..Timestamp::default() };
        assert_eq!(leap.to_unix(), None);
        assert!(Timestamp { year: 2000, ..leap }.to_unix().is_some());
        assert_eq!(Timestamp::default().to_unix(), None);
        assert!(leap.is_impossible() && !Timestamp::default().is_impossible());
        assert_eq!(Timestamp::from_unix(i64::MAX, 0, 0), None);
        assert_eq!(Timestamp::from_unix(0, 1_000_000, 0), None);
    }

    proptest! {
        #[test]
        fn instants_survive(
            seconds in -62_135_000_000i64..253_402_000_000,
            micros in 0u32..1_000_000,
            zone in -1440i16..=1440,
        ) {
            let time = Timestamp::from_unix(seconds, micros, zone).unwrap();
            prop_assert_eq!(time.to_unix(), Some((seconds, micros)));
            prop_assert_eq!(Timestamp::parse(&time.bytes()).unwrap().1, time);
        }

        #[test]
        fn any_fields(bytes: [u8; 12]) {
            let (_, time) = Timestamp::parse(&bytes).unwrap();
            let _ = time.to_unix();
            prop_assert_eq!(time.bytes(), bytes);
        }
    }
}
