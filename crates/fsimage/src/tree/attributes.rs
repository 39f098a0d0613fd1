use std::collections::HashMap;
use std::fmt;

use jiff::SignedDuration;
use jiff::civil::DateTime;

/// Owner and permissions, as POSIX has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Attributes {
    /// Permission, set-id and sticky bits: `0o7777` at most. The file type is the node's kind.
    pub permissions: u16,
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
}

impl Attributes {
    /// What a directory gets when nothing is known: `rwxr-xr-x`, root.
    pub const DIRECTORY: Attributes = Attributes { permissions: 0o755, uid: 0, gid: 0 };
    /// What any other item gets when nothing is known: `rw-r--r--`, root.
    pub const FILE: Attributes = Attributes { permissions: 0o644, uid: 0, gid: 0 };
}

/// Seconds since 1970-01-01T00:00:00Z and nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Timestamp {
    /// Seconds, negative before 1970.
    pub seconds: i64,
    /// 0 to 999,999,999.
    pub nanoseconds: u32,
}

impl Timestamp {
    /// A whole second.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Timestamp {
        Timestamp { seconds, nanoseconds: 0 }
    }

    /// The instant of a time of a volume descriptor, if it is given.
    pub(crate) fn of_volume(time: iso9660::VolumeTime) -> Option<Timestamp> {
        let (seconds, hundredths) = time.to_unix()?;
        Some(Timestamp { seconds, nanoseconds: u32::from(hundredths) * 10_000_000 })
    }
}

/// In UTC as `2026-11-21 02:10:33`, without the fraction; beyond the years -9999 to 9999 as `@` and the seconds.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        match EPOCH.checked_add(SignedDuration::from_secs(self.seconds)) {
            Ok(time) => write!(f, "{} {}", time.date(), time.time()),
            Err(_) => write!(f, "@{}", self.seconds),
        }
    }
}

/// Hundredths of seconds; years before 1 and after 9999 become these.
impl From<Timestamp> for iso9660::VolumeTime {
    fn from(time: Timestamp) -> iso9660::VolumeTime {
        iso9660::VolumeTime::from_unix(time.seconds, (time.nanoseconds / 10_000_000) as u8)
    }
}

impl From<std::time::SystemTime> for Timestamp {
    fn from(time: std::time::SystemTime) -> Timestamp {
        match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => Timestamp {
                seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
                nanoseconds: since.subsec_nanos(),
            },
            Err(before) => {
                let before = before.duration();
                let whole = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
                match before.subsec_nanos() {
                    0 => Timestamp { seconds: -whole, nanoseconds: 0 },
                    nanos => {
                        Timestamp { seconds: (-whole).saturating_sub(1), nanoseconds: 1_000_000_000 - nanos }
                    }
                }
            }
        }
    }
}

/// Every distinct set of attributes once; a tree of a million files has a handful.
#[derive(Clone, Debug, Default)]
pub(super) struct AttributeTable {
    sets: Vec<Attributes>,
    ids: HashMap<Attributes, u32>,
}

impl AttributeTable {
    pub(super) fn intern(&mut self, attributes: Attributes) -> u32 {
        if let Some(&id) = self.ids.get(&attributes) {
            return id;
        }
        // Nodes are numbered with 32 bits, and there are never more sets than nodes.
        let id = self.sets.len() as u32;
        self.sets.push(attributes);
        self.ids.insert(attributes, id);
        id
    }

    pub(super) fn len(&self) -> usize {
        self.sets.len()
    }

    /// Takes away the newest sets, down to so many.
    pub(super) fn truncate(&mut self, len: usize) {
        for set in self.sets.drain(len..) {
            self.ids.remove(&set);
        }
    }

    pub(super) fn get(&self, id: u32) -> Attributes {
        self.sets[id as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn in_words() {
        let shown = |seconds| Timestamp { seconds, nanoseconds: 999_999_999 }.to_string();
        assert_eq!(shown(1_150_000_000), "2006-06-11 04:26:40");
        assert_eq!(shown(951_782_400), "2000-02-29 00:00:00");
        assert_eq!(
            [shown(253_402_300_800), shown(-62_167_219_201)],
            ["@253402300800", "-000001-12-31 23:59:59"]
        );
        assert_eq!([shown(-1), shown(0)], ["1969-12-31 23:59:59", "1970-01-01 00:00:00"]);
        assert_eq!(shown(i64::MIN), "@-9223372036854775808");
    }

    #[test]
    fn times_before_1970_keep_their_fraction() {
        let time = Timestamp::from(UNIX_EPOCH - Duration::from_millis(1500));
        assert_eq!(time, Timestamp { seconds: -2, nanoseconds: 500_000_000 });
        assert_eq!(Timestamp::from(UNIX_EPOCH - Duration::from_secs(3)), Timestamp::from_unix(-3));
    }
}
