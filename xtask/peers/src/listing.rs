use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// Entries by absolute path in the image. Paths are escaped ([`escape`]) and begin with `/`; the root
/// is `/`.
pub type Listing = BTreeMap<String, Entry>;

/// What a directory entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Regular file.
    File,
    /// Directory.
    Directory,
    /// Symbolic link.
    Symlink,
    /// Character device.
    CharacterDevice,
    /// Block device.
    BlockDevice,
    /// Named pipe.
    Fifo,
    /// Unix-domain socket.
    Socket,
}

impl Kind {
    /// The letter in a manifest: one of `f d l c b p s`.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::File => 'f',
            Self::Directory => 'd',
            Self::Symlink => 'l',
            Self::CharacterDevice => 'c',
            Self::BlockDevice => 'b',
            Self::Fifo => 'p',
            Self::Socket => 's',
        }
    }

    /// Takes a manifest's letter, and `-` as `ls` prints it for regular files.
    #[must_use]
    pub fn from_letter(letter: char) -> Option<Self> {
        Some(match letter {
            'f' | '-' => Self::File,
            'd' => Self::Directory,
            'l' => Self::Symlink,
            'c' => Self::CharacterDevice,
            'b' => Self::BlockDevice,
            'p' => Self::Fifo,
            's' => Self::Socket,
            _ => return None,
        })
    }
}

/// One entry as a peer describes it; `None` where this peer does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Permission, set-id and sticky bits: `0..=0o7777`.
    pub mode: Option<u32>,
    /// Owner.
    pub uid: Option<u32>,
    /// Group.
    pub gid: Option<u32>,
    /// Length in bytes; of regular files only.
    pub size: Option<u64>,
    /// Number of hard links.
    pub links: Option<u64>,
    /// Modification time in seconds since 1970.
    pub mtime: Option<i64>,
    /// Major and minor number of a device.
    pub rdev: Option<(u32, u32)>,
    /// SHA-256 of a regular file's content in lower-case hexadecimal, or `!open`, `!read`.
    pub sha256: Option<String>,
    /// Target of a symbolic link, escaped.
    pub target: Option<String>,
}

impl Entry {
    /// An entry of which only the kind is known.
    #[must_use]
    pub fn of_kind(kind: Kind) -> Self {
        Self {
            kind,
            mode: None,
            uid: None,
            gid: None,
            size: None,
            links: None,
            mtime: None,
            rdev: None,
            sha256: None,
            target: None,
        }
    }
}

/// Bytes outside `0x20..=0x7e` and the backslash become `\xNN`, so that every name fits on a line.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        if (0x20..0x7f).contains(&byte) && byte != b'\\' {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// The inverse of [`escape`]; text that is not an escape stays as it is.
#[must_use]
pub fn unescape(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = (byte == b'\\' && bytes.get(at + 1) == Some(&b'x'))
            .then(|| text.get(at + 2..at + 4).and_then(|digits| u8::from_str_radix(digits, 16).ok()))
            .flatten();
        if let Some(code) = code {
            out.push(code);
            at += 4;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    out
}

/// SHA-256 of everything `reader` yields, in lower-case hexadecimal, and the number of bytes.
///
/// # Errors
/// Whatever reading gives.
pub fn digest(mut reader: impl Read) -> io::Result<(String, u64)> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut total = 0;
    loop {
        let count = match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(buffer.get(..count).unwrap_or_default());
        total += count as u64;
    }
    Ok((hexadecimal(hash.finalize().as_ref()), total))
}

/// SHA-256 of parts of an image file, joined: `(first byte, length in bytes)` each.
///
/// # Errors
/// `UnexpectedEof` where a part lies outside the image.
pub fn digest_sections(image: &Path, sections: &[(u64, u64)]) -> io::Result<String> {
    let mut file = File::open(image)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    for &(offset, length) in sections {
        file.seek(SeekFrom::Start(offset))?;
        let mut left = length;
        while left > 0 {
            let part = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let part = buffer.get_mut(..part).unwrap_or_default();
            file.read_exact(part)?;
            hash.update(&*part);
            left -= part.len() as u64;
        }
    }
    Ok(hexadecimal(hash.finalize().as_ref()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_round_trip() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(unescape(&escape(&all)), all);
        assert_eq!(escape("a b\u{fc}\\\n".as_bytes()), "a b\\xc3\\xbc\\x5c\\x0a");
    }

    #[test]
    fn digests() {
        let (text, length) = digest(&b"abc"[..]).unwrap();
        assert_eq!(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(length, 3);
    }
}
