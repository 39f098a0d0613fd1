use std::fmt;
use std::str::FromStr;

use mmc_device::{Profile, Speed};

/// A recording speed that is wished for. The drive takes the nearest one it can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingSpeed {
    /// The fastest that drive and medium can do.
    Fastest,
    /// A multiple of the medium's own speed, in tenths: 176.4 kB/s on CD, 1385 on DVD, 4495.5 on BD.
    Times(u32),
    /// Kilobytes of 1000 bytes per second.
    KilobytesPerSecond(u32),
}

impl RecordingSpeed {
    pub(super) fn on(self, profile: Profile) -> Speed {
        match self {
            RecordingSpeed::Fastest => Speed::MAX,
            RecordingSpeed::KilobytesPerSecond(rate) => Speed::kilobytes_per_second(rate),
            RecordingSpeed::Times(tenths) if profile.is_cd() => {
                Speed::kilobytes_per_second(tenths.saturating_mul(1764).div_ceil(100))
            }
            RecordingSpeed::Times(tenths) if profile.is_bd() => {
                Speed::kilobytes_per_second(tenths.saturating_mul(44_955).div_ceil(100))
            }
            RecordingSpeed::Times(tenths) => Speed::dvd(tenths),
        }
    }
}

/// `max`, a multiple as `8`, `8x` or `2.4x`, or a rate as `11080k`.
impl FromStr for RecordingSpeed {
    type Err = String;

    fn from_str(text: &str) -> Result<RecordingSpeed, String> {
        let wrong =
            || format!("{text:?} is no speed; use max, a multiple as 8x or 2.4x, or a rate as 11080k");
        if text == "max" {
            return Ok(RecordingSpeed::Fastest);
        }
        if let Some(rate) = text.strip_suffix('k') {
            let rate = rate.parse().ok().filter(|rate| *rate > 0).ok_or_else(wrong)?;
            return Ok(RecordingSpeed::KilobytesPerSecond(rate));
        }
        let times = text.strip_suffix('x').unwrap_or(text);
        let (whole, tenth) = times.split_once('.').unwrap_or((times, "0"));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let whole: u32 = whole.parse().ok().filter(|_| digits(whole)).ok_or_else(wrong)?;
        let tenth: u32 =
            tenth.parse().ok().filter(|_| digits(tenth) && tenth.len() == 1).ok_or_else(wrong)?;
        let tenths = whole.checked_mul(10).and_then(|tenths| tenths.checked_add(tenth));
        tenths.filter(|tenths| *tenths > 0).map(RecordingSpeed::Times).ok_or_else(wrong)
    }
}

impl fmt::Display for RecordingSpeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecordingSpeed::Fastest => f.write_str("max"),
            RecordingSpeed::Times(tenths) if tenths.is_multiple_of(10) => write!(f, "{}x", tenths / 10),
            RecordingSpeed::Times(tenths) => write!(f, "{}.{}x", tenths / 10, tenths % 10),
            RecordingSpeed::KilobytesPerSecond(rate) => write!(f, "{rate}k"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar() {
        for (text, speed, shown) in [
            ("max", RecordingSpeed::Fastest, "max"),
            ("8", RecordingSpeed::Times(80), "8x"),
            ("2.4x", RecordingSpeed::Times(24), "2.4x"),
            ("11080k", RecordingSpeed::KilobytesPerSecond(11_080), "11080k"),
        ] {
            assert_eq!(text.parse(), Ok(speed));
            assert_eq!(speed.to_string(), shown);
        }
        for wrong in ["", "x", "0", "-1", "+1", "2.45x", "8y", "k", "0k", "99999999999x"] {
            assert!(wrong.parse::<RecordingSpeed>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn multiples_of_the_medium() {
        let eight = RecordingSpeed::Times(80);
        assert_eq!(eight.on(Profile::CD_R), Speed::cd(8));
        assert_eq!(eight.on(Profile::DVD_R), Speed::dvd(80));
        assert_eq!(eight.on(Profile::BD_RE), Speed::bd(8));
    }
}
