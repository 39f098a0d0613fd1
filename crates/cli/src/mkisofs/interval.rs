//! Where an option takes bytes of the host from: a file, or, as xorriso's reports have it, a stretch of one with parts
//! of it zeroed: `--interval:local_fs:0s-15s:zero_mbrpt,zero_gpt:FILE`.

use std::ffi::OsStr;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use fsimage::{Error, Item};

use super::parse::text;
use crate::failure::Failure;

const PREFIX: &str = "--interval:";

/// Bytes of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HostBytes {
    pub(super) path: PathBuf,
    /// The first byte and how many, of an interval.
    range: Option<(u64, u64)>,
    zeroed: Vec<Zeroed>,
}

/// What is zero in place of what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zeroed {
    /// The partition table of a master boot record.
    MbrPartitions,
    /// Header and array of a GPT.
    Gpt,
    /// The entries of an Apple partition map.
    AppleMap,
    /// The bytes from the first up to the last.
    Bytes(u64, u64),
}

/// What a boot image's path refers to.
pub(super) enum ImagePath<'a> {
    /// A file of the image.
    Tree(&'a str),
    /// The appended partition of that number.
    Appended(u8),
}

impl HostBytes {
    pub(super) fn parse(option: &str, value: &OsStr) -> Result<HostBytes, Failure> {
        if !value.as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
            return Ok(HostBytes { path: PathBuf::from(value), range: None, zeroed: Vec::new() });
        }
        let value = text(option, value)?;
        let wrong = |reason: &str| Failure::argument(option, format!("{value}: {reason}"));
        let mut parts = value[PREFIX.len()..].splitn(4, ':');
        let mut part = || parts.next().ok_or_else(|| wrong("an interval is FLAGS:FROM-TO:ZEROED:FILE"));
        let (flags, interval, zeroed, file) = (part()?, part()?, part()?, part()?);
        if flags != "local_fs" {
            return Err(wrong("not supported; local_fs is, and appended_partition_N for a boot image"));
        }
        let (from, to) = bytes(interval).ok_or_else(|| wrong("no interval like 0s-15s"))?;
        let zeroed = zeroed.split(',').filter(|one| !one.is_empty()).map(|one| match one {
            "zero_mbrpt" => Ok(Zeroed::MbrPartitions),
            "zero_gpt" => Ok(Zeroed::Gpt),
            "zero_apm" => Ok(Zeroed::AppleMap),
            other => bytes(other)
                .map(|(from, to)| Zeroed::Bytes(from, to))
                .ok_or_else(|| wrong("what is zeroed is zero_mbrpt, zero_gpt, zero_apm or an interval")),
        });
        let zeroed = zeroed.collect::<Result<_, _>>()?;
        Ok(HostBytes { path: PathBuf::from(file), range: Some((from, to - from + 1)), zeroed })
    }

    /// As the content of an appended partition.
    pub(super) fn item(&self, option: &str) -> Result<Item<'_>, Failure> {
        match self.range {
            _ if !self.zeroed.is_empty() => {
                let reason = format!("{}: not supported: a partition is taken as it is", self.path.display());
                Err(Failure::argument(option, reason))
            }
            Some((from, len)) => Ok(Item::HostRange(&self.path, from, len)),
            None => Ok(Item::HostFile(&self.path)),
        }
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> Result<u64, Failure> {
        let read_error = |source| Error::SourceRead { path: self.path.clone(), source };
        match self.range {
            Some((_, len)) => Ok(len),
            None => Ok(std::fs::metadata(&self.path).map_err(read_error)?.len()),
        }
    }

    /// Its first `most` bytes, and whether there are more.
    pub(super) fn read(&self, most: u64) -> Result<(Vec<u8>, bool), Failure> {
        let read_error = |source| Error::SourceRead { path: self.path.clone(), source };
        let mut file = std::fs::File::open(&self.path).map_err(read_error)?;
        let (from, len) = self.range.unwrap_or((0, u64::MAX));
        file.seek(SeekFrom::Start(from)).map_err(read_error)?;
        let mut bytes = Vec::new();
        file.take(len.min(most + 1)).read_to_end(&mut bytes).map_err(read_error)?;
        let is_longer = bytes.len() as u64 > most;
        bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        self.zeroed.iter().for_each(|zeroed| zeroed.apply(&mut bytes));
        Ok((bytes, is_longer))
    }
}

impl Zeroed {
    fn apply(self, bytes: &mut [u8]) {
        const BLOCK: u64 = 512;
        let has = |at: usize, wanted: &[u8]| bytes.get(at..at + wanted.len()) == Some(wanted);
        let number = |at: usize| {
            let found = bytes.get(at..at + 4).and_then(|found| found.try_into().ok()).map(u32::from_le_bytes);
            u64::from(found.unwrap_or_default())
        };
        let ranges = match self {
            Zeroed::MbrPartitions if has(510, &[0x55, 0xAA]) => vec![(446, 64)],
            // The array: its first block, and how many entries of how many bytes (UEFI 5.3.2).
            Zeroed::Gpt if has(512, b"EFI PART") => {
                let array = (number(512 + 72) * BLOCK, number(512 + 80) * number(512 + 84));
                vec![(BLOCK, BLOCK), array]
            }
            // An entry in each block; the first says how many there are.
            Zeroed::AppleMap if has(0, b"ER") => {
                let block =
                    bytes.get(2..4).map_or(BLOCK, |size| u64::from(size[0]) << 8 | u64::from(size[1]));
                let count = bytes.get(block as usize + 4..block as usize + 8).filter(|_| block >= BLOCK);
                let count = count.and_then(|count| count.try_into().ok()).map(u32::from_be_bytes);
                vec![(block, u64::from(count.unwrap_or_default()).saturating_mul(block))]
            }
            Zeroed::Bytes(from, to) => vec![(from, (to - from).saturating_add(1))],
            _ => Vec::new(),
        };
        for (from, len) in ranges {
            let end = from.saturating_add(len).min(bytes.len() as u64);
            if from < end {
                bytes[from as usize..end as usize].fill(0);
            }
        }
    }
}

impl ImagePath<'_> {
    pub(super) fn parse<'a>(option: &str, value: &'a str) -> Result<ImagePath<'a>, Failure> {
        let Some(interval) = value.strip_prefix(PREFIX) else { return Ok(ImagePath::Tree(value)) };
        let number = interval.strip_prefix("appended_partition_").and_then(|rest| {
            // Behind the number there may be where it lay in another image: _start_100s_size_2048d.
            rest.split([':', '_']).next().and_then(|digits| digits.parse().ok())
        });
        number.map(ImagePath::Appended).ok_or_else(|| {
            Failure::argument(option, format!("{value}: only intervals of appended partitions are supported"))
        })
    }
}

/// The first and the last byte of `FROM-TO`. Numbers may have a unit, of which the last is meant as a whole.
fn bytes(interval: &str) -> Option<(u64, u64)> {
    let (from, to) = interval.split_once('-')?;
    let ((from, unit), (to, last_unit)) = (number(from)?, number(to)?);
    let range = (from.checked_mul(unit)?, to.checked_add(1)?.checked_mul(last_unit)? - 1);
    (range.0 <= range.1).then_some(range)
}

/// A number and its unit.
fn number(text: &str) -> Option<(u64, u64)> {
    let unit = match text.bytes().last()?.to_ascii_lowercase() {
        b'd' => 512,
        b's' => 2048,
        b'k' => 1 << 10,
        b'm' => 1 << 20,
        b'g' => 1 << 30,
        b't' => 1 << 40,
        _ => return Some((text.parse().ok()?, 1)),
    };
    Some((text[..text.len() - 1].parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(value: &str) -> Result<HostBytes, Failure> {
        HostBytes::parse("-x", OsStr::new(value))
    }

    #[test]
    fn files_and_intervals() {
        let plain = HostBytes { path: "a:b".into(), range: None, zeroed: vec![] };
        assert_eq!(parse("a:b").unwrap(), plain);
        let found = parse("--interval:local_fs:0s-15s:zero_mbrpt,zero_gpt,zero_apm,440-443:a:b.iso").unwrap();
        assert_eq!((found.path.to_str(), found.range), (Some("a:b.iso"), Some((0, 32_768))));
        let all = [Zeroed::MbrPartitions, Zeroed::Gpt, Zeroed::AppleMap, Zeroed::Bytes(440, 443)];
        assert_eq!(found.zeroed, all);
        assert_eq!(parse("--interval:local_fs:2328d-4375d::x").unwrap().range, Some((1_191_936, 1 << 20)));
        for wrong in ["imported_iso:0-1::", "local_fs:5-4::x", "local_fs:0-1:zero:x", "local_fs:0-1", "x"] {
            assert!(parse(&format!("--interval:{wrong}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_zeroed() {
        let host = tempfile::NamedTempFile::new().unwrap();
        let mut area = vec![0xAB; 32_768];
        area[510..512].copy_from_slice(&[0x55, 0xAA]);
        area[512..520].copy_from_slice(b"EFI PART");
        area[512 + 72..512 + 80].copy_from_slice(&2u64.to_le_bytes());
        area[512 + 80..512 + 84].copy_from_slice(&128u32.to_le_bytes());
        area[512 + 84..512 + 88].copy_from_slice(&128u32.to_le_bytes());
        std::fs::write(host.path(), &area).unwrap();
        let spec =
            format!("--interval:local_fs:0s-15s:zero_mbrpt,zero_gpt,zero_apm:{}", host.path().display());
        let (read, is_longer) = parse(&spec).unwrap().read(32_768).unwrap();
        assert!(!is_longer);
        assert!(read[..446] == area[..446] && read[510..512] == [0x55, 0xAA]);
        assert!(read[446..510].iter().chain(&read[512..1024 + 16_384]).all(|byte| *byte == 0));
        assert_eq!(read[1024 + 16_384..], area[1024 + 16_384..]);
        let (part, is_longer) = parse(&spec).unwrap().read(32_767).unwrap();
        assert_eq!((&part[..], is_longer), (&read[..32_767], true));
    }
}
