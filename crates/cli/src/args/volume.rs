use std::time::{Duration, SystemTime};

use clap::Args;

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
    const LOCAL: usize = "2026-01-31T12:00:00".len();
    let sign = text.get(LOCAL..).and_then(|rest| rest.find(['+', '-'])).map(|at| LOCAL + at);
    let (local, offset) = text.split_at(sign.unwrap_or(text.len()));
    let time = humantime::parse_rfc3339_weak(local).map_err(|error| match error {
        humantime::TimestampError::OutOfRange => {
            "there is no such day or time of day from 1970 to 9999".to_owned()
        }
        _ => "no time like 2026-01-31T12:00:00Z or 2026-01-31T13:00:00+01:00".to_owned(),
    })?;
    let ahead = match offset {
        "" => Some(time),
        _ => {
            let seconds =
                offset_seconds(&offset[1..]).filter(|_| !local.ends_with('Z')).ok_or_else(|| {
                    format!("{offset} is no offset from UTC: they are +hh:mm or -hh:mm, up to 23:59")
                })?;
            match offset.starts_with('-') {
                true => time.checked_add(seconds),
                false => time.checked_sub(seconds),
            }
        }
    };
    ahead.ok_or_else(|| "beyond the times that this system knows".to_owned())
}

/// `hh:mm`
fn offset_seconds(text: &str) -> Option<Duration> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str, most: u64| {
        let is_right = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|&number: &u64| is_right && number <= most)
    };
    Some(Duration::from_secs(number(hours, 23)? * 3600 + number(minutes, 59)? * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_from_utc() {
        let noon = humantime::parse_rfc3339("2026-01-31T12:00:00Z").unwrap();
        for same in [
            "2026-01-31T12:00:00",
            "2026-01-31 12:00:00Z",
            "2026-01-31T12:00:00+00:00",
            "2026-01-31T13:30:00+01:30",
            "2026-01-31T00:00:00.000-12:00",
        ] {
            assert_eq!(parse_time(same), Ok(noon), "{same}");
        }
        for (wrong, reason) in [
            ("2026-01-31T12:00:00+25:00", "+25:00 is no offset"),
            ("2026-01-31T12:00:00-01:60", "-01:60 is no offset"),
            ("2026-01-31T12:00:00+1", "+1 is no offset"),
            ("2026-01-31T12:00:00Z+01:00", "+01:00 is no offset"),
            ("2026-02-30T12:00:00Z", "no such day"),
            ("yesterday", "no time like"),
            ("2026-01-31T12:00:0\u{fc}+01:00", "no time like"),
        ] {
            let told = parse_time(wrong).unwrap_err();
            assert!(told.contains(reason), "{wrong}: {told}");
        }
    }
}
