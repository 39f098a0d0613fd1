//! A line of a list: what `sha256sum` and `b3sum` write and check.

use sector_io::{Extent, Sector, SectorCount};

use super::Digest;

/// Hexadecimal digits and the two spaces behind them.
const PREFIX: usize = 64 + 2;

/// A name that no file has stands for sectors of the medium: `dd bs=2048 skip=FIRST count=SECTORS`.
const SECTORS: &[u8] = b"sectors ";

/// Sectors whose digest is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SectorRange(pub(crate) Extent);

impl SectorRange {
    /// The name that stands for them: `sectors ` and first sector and number with ten digits each.
    pub(crate) fn name(self) -> Vec<u8> {
        let Extent { start, len } = self.0;
        let numbers = format!("{:010}+{:010}", start.get(), len.get());
        [SECTORS, numbers.as_bytes()].concat()
    }

    /// The first sector behind them.
    pub(crate) fn end(self) -> u64 {
        u64::from(self.0.start.get()) + u64::from(self.0.len.get())
    }

    /// The same sectors for who reads the medium from a partition on that begins at sector `start`.
    pub(crate) fn behind(self, start: SectorCount) -> Option<SectorRange> {
        let first = self.0.start.get().checked_sub(start.get())?;
        Some(SectorRange(Extent::new(Sector::new(first), self.0.len)))
    }

    pub(crate) fn parse(name: &[u8]) -> Option<SectorRange> {
        let numbers = std::str::from_utf8(name.strip_prefix(SECTORS)?).ok()?;
        let (start, len) = numbers.split_once('+')?;
        let number = |digits: &str| match digits.len() == 10 && digits.bytes().all(|b| b.is_ascii_digit()) {
            true => digits.parse::<u32>().ok(),
            false => None,
        };
        Some(SectorRange(Extent::new(Sector::new(number(start)?), SectorCount::new(number(len)?))))
    }
}

/// The character behind the backslash for one that has to be written so.
fn escape(byte: u8) -> Option<u8> {
    match byte {
        b'\\' => Some(b'\\'),
        b'\n' => Some(b'n'),
        _ => None,
    }
}

/// Bytes of the line for a name.
pub(crate) fn len(name: &[u8]) -> u64 {
    let escaped = name.iter().filter(|byte| escape(**byte).is_some()).count();
    (PREFIX + name.len() + escaped + usize::from(escaped > 0) + 1) as u64
}

pub(crate) fn append(digest: &Digest, name: &[u8], out: &mut Vec<u8>) {
    if name.iter().any(|byte| escape(*byte).is_some()) {
        out.push(b'\\');
    }
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in digest {
        out.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    out.extend(b"  ");
    for &byte in name {
        match escape(byte) {
            Some(short) => out.extend([b'\\', short]),
            None => out.push(byte),
        }
    }
    out.push(b'\n');
}

/// Digest and name of a line, without its end. Capital digits and the `*` of binary files are taken as well.
pub(crate) fn parse(line: &[u8]) -> Option<(Digest, Vec<u8>)> {
    let (is_escaped, line) = match line.strip_prefix(b"\\") {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    let (prefix, name) = line.split_at_checked(PREFIX)?;
    if prefix[64] != b' ' || !matches!(prefix[65], b' ' | b'*') || name.is_empty() {
        return None;
    }
    let mut digest = Digest::default();
    for (byte, pair) in digest.iter_mut().zip(prefix[..64].chunks(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
    }
    Some((digest, if is_escaped { unescaped(name)? } else { name.to_vec() }))
}

fn unescaped(name: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(name.len());
    let mut bytes = name.iter();
    while let Some(&byte) = bytes.next() {
        plain.push(match byte {
            b'\\' => match bytes.next()? {
                b'\\' => b'\\',
                b'n' => b'\n',
                b'r' => b'\r',
                _ => return None,
            },
            byte => byte,
        });
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As `printf abc > 'a\b'; sha256sum 'a\b'` prints it.
    #[test]
    fn a_line_of_sha256sum() {
        let line = b"\\ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a\\\\b\n";
        let (digest, name) = parse(&line[..line.len() - 1]).unwrap();
        assert_eq!((&digest[..4], &name[..]), (&[0xBA, 0x78, 0x16, 0xBF][..], &b"a\\b"[..]));
        let mut out = Vec::new();
        append(&digest, &name, &mut out);
        assert_eq!(out, line);
    }

    #[test]
    fn what_is_no_line() {
        let digits = "0".repeat(64);
        for wrong in
            ["", "  a", &digits, &format!("{digits}  "), &format!("{digits} a"), &format!("g{digits}  a")]
        {
            assert_eq!(parse(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(parse(format!("\\{digits}  a\\").as_bytes()), None);
        assert_eq!(parse(format!("\\{digits}  \\x").as_bytes()), None);
    }

    proptest! {
        #[test]
        fn lines_are_read_as_written(digest: Digest, name in proptest::collection::vec(any::<u8>(), 1..40)) {
            let mut out = Vec::new();
            append(&digest, &name, &mut out);
            prop_assert_eq!(out.len() as u64, len(&name));
            prop_assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 1);
            prop_assert_eq!(parse(&out[..out.len() - 1]), Some((digest, name)));
        }

        #[test]
        fn any_bytes_are_read(line: Vec<u8>) {
            parse(&line);
            SectorRange::parse(&line);
        }

        #[test]
        fn ranges_are_read_as_written(start: u32, len: u32) {
            let range = SectorRange(Extent::new(Sector::new(start), SectorCount::new(len)));
            prop_assert_eq!(SectorRange::parse(&range.name()), Some(range));
        }
    }
}
