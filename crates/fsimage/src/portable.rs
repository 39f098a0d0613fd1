//! How values that are not text lie in JSON.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes: as text where they are UTF-8 without control characters, else as an object with hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Form<'a> {
    Text(std::borrow::Cow<'a, str>),
    Digits { hex: std::borrow::Cow<'a, str> },
}

impl Bytes {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Bytes {
        Bytes(bytes.to_vec())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        bytes::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        bytes::deserialize(deserializer).map(Bytes)
    }
}

/// For fields that are bytes.
pub(crate) mod bytes {
    use super::{Deserialize, Deserializer, Form, Serialize, Serializer};
    use serde::de::Error as _;

    pub(crate) fn serialize<S: Serializer>(
        bytes: &impl AsRef<[u8]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let bytes = bytes.as_ref();
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.chars().any(char::is_control) => Form::Text(text.into()),
            _ => Form::Digits { hex: super::digits(bytes).into() },
        }
        .serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: TryFrom<Vec<u8>>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let bytes = match Form::deserialize(deserializer)? {
            Form::Text(text) => text.into_owned().into_bytes(),
            Form::Digits { hex } => {
                super::from_digits(&hex).ok_or_else(|| D::Error::custom("no hexadecimal digits"))?
            }
        };
        let len = bytes.len();
        T::try_from(bytes).map_err(|_| D::Error::custom(format!("{len} bytes are not as many as it has")))
    }
}

/// For structures that are kept as they are recorded.
macro_rules! recorded {
    ($name:ident, $structure:ty) => {
        pub(crate) mod $name {
            use super::{Bytes, Deserialize, Deserializer, Serialize, Serializer};
            use serde::de::Error as _;

            pub(crate) fn serialize<S: Serializer>(
                structure: &$structure,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                Bytes(structure.encode().to_vec()).serialize(serializer)
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$structure, D::Error> {
                let Bytes(sector) = Bytes::deserialize(deserializer)?;
                let parsed = <$structure>::parse(&sector);
                parsed
                    .map(|(_, structure)| structure)
                    .map_err(|_| D::Error::custom("a descriptor that is none"))
            }
        }
    };
}

recorded!(boot_record, iso9660::volume::BootRecord);
recorded!(partition_descriptor, iso9660::volume::VolumePartitionDescriptor);

/// For boot records.
pub(crate) mod boot_records {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use iso9660::volume::BootRecord;

    #[derive(Serialize, Deserialize)]
    struct Recorded(#[serde(with = "super::boot_record")] BootRecord);

    pub(crate) fn serialize<S: Serializer>(records: &[BootRecord], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(records.iter().cloned().map(Recorded))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<BootRecord>, D::Error> {
        let records: Vec<Recorded> = Vec::deserialize(deserializer)?;
        Ok(records.into_iter().map(|Recorded(record)| record).collect())
    }
}

/// For a time of a volume descriptor: its digits, and its quarter hours ahead of UTC.
pub(crate) mod volume_time {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use iso9660::VolumeTime;

    #[derive(Serialize, Deserialize)]
    struct Time(#[serde(with = "super::bytes")] [u8; 16], i8);

    pub(crate) fn serialize<S: Serializer>(
        time: &Option<VolumeTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(|time| Time(time.digits, time.offset)).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<VolumeTime>, D::Error> {
        let time: Option<Time> = Option::deserialize(deserializer)?;
        Ok(time.map(|Time(digits, offset)| VolumeTime { digits, offset }))
    }
}

/// For the times of a volume descriptor.
pub(crate) mod volume_times {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use iso9660::VolumeTime;
    use iso9660::volume::VolumeTimes;

    #[derive(Serialize, Deserialize)]
    struct Time(#[serde(with = "super::volume_time")] Option<VolumeTime>);

    pub(crate) fn serialize<S: Serializer>(
        times: &Option<VolumeTimes>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let times =
            times.map(|times| [times.creation, times.modification, times.expiration, times.effective]);
        times.map(|times| times.map(|time| Time(Some(time)))).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<VolumeTimes>, D::Error> {
        let times: Option<[Time; 4]> = Option::deserialize(deserializer)?;
        Ok(times.map(|times| {
            let [creation, modification, expiration, effective] =
                times.map(|Time(time)| time.unwrap_or(VolumeTime::NOT_SPECIFIED));
            VolumeTimes { creation, modification, expiration, effective }
        }))
    }
}

/// For the texts of a volume descriptor.
pub(crate) mod identifiers {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use iso9660::volume::Identifiers;

    #[derive(Serialize, Deserialize)]
    #[serde(remote = "Identifiers", deny_unknown_fields)]
    struct Texts {
        #[serde(with = "super::bytes")]
        system: [u8; 32],
        #[serde(with = "super::bytes")]
        volume: [u8; 32],
        #[serde(with = "super::bytes")]
        volume_set: [u8; 128],
        #[serde(with = "super::bytes")]
        publisher: [u8; 128],
        #[serde(with = "super::bytes")]
        data_preparer: [u8; 128],
        #[serde(with = "super::bytes")]
        application: [u8; 128],
        #[serde(with = "super::bytes")]
        copyright_file: [u8; 37],
        #[serde(with = "super::bytes")]
        abstract_file: [u8; 37],
        #[serde(with = "super::bytes")]
        bibliographic_file: [u8; 37],
    }

    pub(crate) fn serialize<S: Serializer>(texts: &Identifiers, serializer: S) -> Result<S::Ok, S::Error> {
        Texts::serialize(texts, serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Identifiers, D::Error> {
        Texts::deserialize(deserializer)
    }
}

/// For those of single file systems.
pub(crate) mod identifiers_by_file_system {
    use std::collections::BTreeMap;

    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use crate::tree::FileSystem;
    use iso9660::volume::Identifiers;

    #[derive(Serialize, Deserialize)]
    struct Texts(#[serde(with = "super::identifiers")] Identifiers);

    pub(crate) fn serialize<S: Serializer>(
        texts: &BTreeMap<FileSystem, Identifiers>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(texts.iter().map(|(of, texts)| (of, Texts(texts.clone()))))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<FileSystem, Identifiers>, D::Error> {
        let texts: BTreeMap<FileSystem, Texts> = BTreeMap::deserialize(deserializer)?;
        Ok(texts.into_iter().map(|(of, Texts(texts))| (of, texts)).collect())
    }
}

/// Hexadecimal digits, two for each byte.
pub(crate) fn digits(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // A string takes all that is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of an even number of hexadecimal digits.
pub(crate) fn from_digits(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let value = |digit: u8| char::from(digit).to_digit(16);
    pairs.iter().map(|&[high, low]| Some((value(high)? << 4 | value(low)?) as u8)).collect()
}

/// For digests.
pub(crate) fn digest<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = from_digits(&text).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.ok_or_else(|| D::Error::custom("a digest has 64 hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_any_kind_come_back() {
        for (bytes, json) in [
            (&b"name"[..], r#""name""#),
            (b"", r#""""#),
            ("a \u{e4}".as_bytes(), "\"a \u{e4}\""),
            (b"a\0", r#"{"hex":"6100"}"#),
            (b"\xff\x0a", r#"{"hex":"ff0a"}"#),
        ] {
            let written = serde_json::to_string(&Bytes::from(bytes)).unwrap();
            assert_eq!(written, json);
            assert_eq!(serde_json::from_str::<Bytes>(&written).unwrap().0, bytes);
        }
        for wrong in [r#"{"hex":"6"}"#, r#"{"hex":"+1"}"#, r#"{"hex":"zz"}"#, "[1]", r#"{"hex":"é1"}"#] {
            assert!(serde_json::from_str::<Bytes>(wrong).is_err(), "{wrong}");
        }
    }
}
