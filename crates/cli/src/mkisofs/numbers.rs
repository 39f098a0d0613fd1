//! Numbers and times among the values.

use std::ffi::{OsStr, OsString};

use fsimage::{Guid, PartitionType, Timestamp};
use jiff::civil::DateTime;

use super::request::Weight;
use crate::args::in_utc;
use crate::failure::Failure;

/// A number, in decimal or with 0x before it.
pub(super) fn number<N: TryFrom<i64>>(typed: &str, value: &OsStr) -> Result<N, Failure> {
    let wrong = || Failure::argument(typed, format!("{}: no number that fits", value.to_string_lossy()));
    let text = value.to_str().ok_or_else(wrong)?;
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    };
    number.and_then(|number| N::try_from(number).ok()).ok_or_else(wrong)
}

/// Octal permissions.
pub(super) fn mode(typed: &str, value: &OsStr) -> Result<u16, Failure> {
    let mode = value.to_str().and_then(|text| u16::from_str_radix(text, 8).ok());
    mode.filter(|mode| *mode <= 0o7777)
        .ok_or_else(|| Failure::argument(typed, format!("{}: no octal permissions", value.to_string_lossy())))
}

/// Bytes from pairs of digits.
pub(super) fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// A partition's type for either table: a number up to 0xff, `FAT12`, `FAT16`, `Linux`, or a GUID.
pub(super) fn partition_type(typed: &str, value: &OsStr) -> Result<(PartitionType, Guid), Failure> {
    let text = value.to_string_lossy();
    if let Some(guid) = guid(&text) {
        let of_mbr = if guid == Guid::EFI_SYSTEM { PartitionType::EFI_SYSTEM } else { PartitionType::LINUX };
        return Ok((of_mbr, guid));
    }
    let number = match &*text {
        "FAT12" => 0x01,
        "FAT16" => 0x06,
        "Linux" => 0x83,
        _ => number(typed, value).map_err(|_| {
            Failure::argument(typed, format!("{text}: no type: a number up to 0xff or a GUID"))
        })?,
    };
    let of_mbr = PartitionType(number);
    Ok((of_mbr, if of_mbr == PartitionType::EFI_SYSTEM { Guid::EFI_SYSTEM } else { Guid::BASIC_DATA }))
}

/// A GUID as text, or as 32 digits of its bytes as recorded.
pub(super) fn guid(text: &str) -> Option<Guid> {
    Guid::parse_text(text).or_else(|| hexadecimal(text)?.try_into().ok().map(Guid))
}

/// YYYYMMDDhhmmsscc, in UTC; the hundredths may be missing.
pub(super) fn time(typed: &str, value: &str) -> Result<Timestamp, Failure> {
    let wrong = || Failure::argument(typed, format!("{value}: no time like YYYYMMDDhhmmsscc"));
    if !matches!(value.len(), 14 | 16) || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let part = |from: usize, to: usize| value.get(from..to).unwrap_or("00");
    let time = DateTime::strptime("%Y%m%d%H%M%S", part(0, 14)).map_err(|_| wrong())?;
    let hundredths: u32 = part(14, 16).parse().map_err(|_| wrong())?;
    Ok(Timestamp { nanoseconds: hundredths * 10_000_000, ..Timestamp::from_unix(in_utc(time).as_secs()) })
}

/// A line of a list of weights: weight and path, or for `-sort` path and weight.
pub(super) fn weight(typed: &str, line: &str, of_host: bool) -> Result<Weight, Failure> {
    let wrong = || Failure::argument(typed, format!("{line:?}: not a path and its weight"));
    let line = line.trim();
    let (path, weight) = if of_host {
        line.rsplit_once([' ', '\t']).ok_or_else(wrong)?
    } else {
        line.split_once([' ', '\t']).map(|(weight, path)| (path, weight)).ok_or_else(wrong)?
    };
    let weight = weight.parse().map_err(|_| wrong())?;
    Ok(Weight { weight, path: OsString::from(path.trim()), of_host })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_hundredths() {
        let at = time("-x", "2026010203040506").unwrap();
        assert_eq!((at.seconds, at.nanoseconds), (1_767_323_045, 60_000_000));
        for wrong in ["", "2026", "20261301000000", "2026010203040x06", "é260102030405"] {
            assert!(time("-x", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_fit_or_are_named() {
        assert_eq!(number::<u16>("-x", OsStr::new("0x7C0")).unwrap(), 0x7C0);
        assert!(
            number::<u8>("-x", OsStr::new("256")).is_err() && number::<u8>("-x", OsStr::new("-1")).is_err()
        );
        assert_eq!(mode("-x", OsStr::new("0555")).unwrap(), 0o555);
        assert!(mode("-x", OsStr::new("8")).is_err());
        assert_eq!(hexadecimal("01ff").unwrap(), [1, 255]);
        assert_eq!(hexadecimal("1"), None);
    }

    #[test]
    fn types_of_partitions() {
        let of = |text: &str| partition_type("-x", OsStr::new(text)).map(|(number, guid)| (number.0, guid));
        for efi in ["0xef", "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "28732ac11ff8d211ba4b00a0c93ec93b"] {
            assert_eq!(of(efi).unwrap(), (0xEF, Guid::EFI_SYSTEM), "{efi}");
        }
        assert_eq!(of("a2a0d0ebe5b9334487c068b6b72699c7").unwrap(), (0x83, Guid::BASIC_DATA));
        assert_eq!(of("0x00").unwrap(), (0, Guid::BASIC_DATA));
        assert_eq!(of("FAT16").unwrap().0, 0x06);
        assert!(of("0x100").is_err() && of("28732ac1").is_err());
    }

    #[test]
    fn weights_of_both_lists() {
        let Weight { weight, path, .. } = super::weight("-x", "boot/a b 10", true).unwrap();
        assert_eq!((weight, path.to_str()), (10, Some("boot/a b")));
        let Weight { weight, path, .. } = super::weight("-x", "-5 /boot/a b", false).unwrap();
        assert_eq!((weight, path.to_str()), (-5, Some("/boot/a b")));
    }
}
