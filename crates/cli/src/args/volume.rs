use std::fmt;
use std::time::SystemTime;

use clap::Args;
use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;

use super::DescriptorField;

/// Texts and times of the volume descriptors.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Volume descriptors")]
pub struct VolumeArgs {
    /// Volume name of ISO 9660 alone
    #[arg(long, value_name = "NAME")]
    pub iso_volume: Option<String>,

    /// Volume name of Joliet alone
    #[arg(long, value_name = "NAME")]
    pub joliet_volume: Option<String>,

    /// Volume name of UDF alone
    #[arg(long, value_name = "NAME")]
    pub udf_volume: Option<String>,

    /// Volume name of HFS+ alone
    #[arg(long, value_name = "NAME")]
    pub hfsplus_volume: Option<String>,

    /// Name of the volume set
    #[arg(long, value_name = "TEXT")]
    pub volume_set: Option<String>,

    /// System that can act on the system area
    #[arg(long, value_name = "TEXT")]
    pub system: Option<String>,

    /// Publisher, or _FILE: a file in the root that says it
    #[arg(long, value_name = "TEXT")]
    pub publisher: Option<String>,

    /// Who prepared the data, or _FILE
    #[arg(long, value_name = "TEXT")]
    pub preparer: Option<String>,

    /// Application, or _FILE
    #[arg(long, value_name = "TEXT")]
    pub application: Option<String>,

    /// File in the root with a copyright statement
    #[arg(long, value_name = "FILE")]
    pub copyright_file: Option<String>,

    /// File in the root with an abstract
    #[arg(long, value_name = "FILE")]
    pub abstract_file: Option<String>,

    /// File in the root with bibliographic records
    #[arg(long, value_name = "FILE")]
    pub bibliographic_file: Option<String>,

    /// When the volume was made, as 2026-01-31T12:00:00Z [default: now; see --reproducible]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub volume_created: Option<SystemTime>,

    /// When it was last modified [default: when it was made]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub volume_modified: Option<SystemTime>,

    /// From when on it is obsolete
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub volume_expires: Option<SystemTime>,

    /// From when on it may be used
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub volume_effective: Option<SystemTime>,

    /// One of these fields in the descriptors of one file system, named as its option: joliet:publisher=ME,
    /// iso9660-1999:volume=NAME. UDF has volume, volume-set, application, copyright-file, abstract-file, volume-created,
    /// and owner, organization and contact as well. Can be repeated
    #[arg(long, value_name = "FILE_SYSTEM:FIELD=VALUE")]
    pub field: Vec<DescriptorField>,
}

/// A time of RFC 3339. Without an offset it is that of UTC.
pub(super) fn parse_time(text: &str) -> Result<SystemTime, String> {
    const DAY: u32 = 24 * 60 * 60;
    let wrong = |error: &dyn fmt::Display| {
        format!("{error}; times are like 2026-01-31T12:00:00Z or 2026-01-31T13:00:00+01:00")
    };
    let pieces = Pieces::parse(text).map_err(|error| wrong(&error))?;
    let offset = pieces.to_numeric_offset().unwrap_or(Offset::UTC);
    if offset.seconds().unsigned_abs() >= DAY {
        return Err(wrong(&"no offset from UTC: they are up to 23:59"));
    }
    let local = pieces.date().to_datetime(pieces.time().unwrap_or_default());
    let since_1970 = in_utc(local) - SignedDuration::from_secs(offset.seconds().into());
    if since_1970 >= in_utc(DateTime::MAX) + SignedDuration::from_secs(1) {
        return Err(wrong(&"in UTC, it lies behind the year 9999"));
    }
    let distance = since_1970.unsigned_abs();
    let time = match since_1970.is_negative() {
        true => SystemTime::UNIX_EPOCH.checked_sub(distance),
        false => SystemTime::UNIX_EPOCH.checked_add(distance),
    };
    time.ok_or_else(|| wrong(&"this machine's clock does not go there"))
}

/// How long after the beginning of 1970 a date and time is, taken for UTC. jiff's own instants end a day before the year
/// 9999 does, which descriptors can record.
pub(crate) fn in_utc(time: DateTime) -> SignedDuration {
    time.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn offsets_from_utc() {
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_769_860_800);
        for same in [
            "2026-01-31T12:00:00",
            "2026-01-31 12:00:00Z",
            "2026-01-31T12:00Z",
            "2026-01-31T12:00:00+00:00",
            "2026-01-31T13:30:00+01:30",
            "2026-01-31T00:00:00.000-12:00",
        ] {
            assert_eq!(parse_time(same), Ok(noon), "{same}");
        }
        let last = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799);
        for same in ["9999-12-31T23:59:59Z", "9999-12-31T11:59:59-12:00"] {
            assert_eq!(parse_time(same), Ok(last), "{same}");
        }
        assert_eq!(
            parse_time("1969-12-31T23:59:58.5Z"),
            Ok(SystemTime::UNIX_EPOCH - Duration::from_millis(1500))
        );
        for (wrong, reason) in [
            ("2026-01-31T12:00:00+25:00", "no offset from UTC"),
            ("2026-01-31T12:00:00-01:60", "minute"),
            ("2026-01-31T12:00:00Z+01:00", "unparsed"),
            ("2026-02-30T12:00:00Z", "day"),
            ("9999-12-31T23:59:59-12:00", "behind the year 9999"),
            ("yesterday", "times are like"),
            ("2026-01-31T12:00:0\u{fc}+01:00", "times are like"),
        ] {
            let told = parse_time(wrong).unwrap_err();
            assert!(told.contains(reason), "{wrong}: {told}");
        }
    }
}
