use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// How digests are made. Each has 32 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-256 (FIPS 180-4), which `sha256sum -c` checks.
    #[default]
    Sha256,
    /// BLAKE3 with its default length, which `b3sum -c` checks.
    Blake3,
}

/// The bytes of a digest, whichever algorithm made it.
pub(crate) type Digest = [u8; 32];

impl DigestAlgorithm {
    pub(crate) const ALL: [DigestAlgorithm; 2] = [DigestAlgorithm::Sha256, DigestAlgorithm::Blake3];

    /// Name of the file with the digests of all files.
    pub(crate) fn list_name(self) -> &'static str {
        match self {
            DigestAlgorithm::Sha256 => "files.sha256",
            DigestAlgorithm::Blake3 => "files.b3",
        }
    }

    /// Name of the file with the digests of that one, and of what else the session wrote.
    pub(crate) fn session_name(self) -> &'static str {
        match self {
            DigestAlgorithm::Sha256 => "session.sha256",
            DigestAlgorithm::Blake3 => "session.b3",
        }
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DigestAlgorithm::Sha256 => "SHA-256",
            DigestAlgorithm::Blake3 => "BLAKE3",
        })
    }
}

/// As on the command line: `sha256`, `blake3`.
impl FromStr for DigestAlgorithm {
    type Err = String;

    fn from_str(name: &str) -> Result<DigestAlgorithm, String> {
        match name {
            "sha256" => Ok(DigestAlgorithm::Sha256),
            "blake3" => Ok(DigestAlgorithm::Blake3),
            _ => Err(format!("{name:?} is no algorithm for digests; use sha256 or blake3")),
        }
    }
}

/// A digest that is being made.
#[derive(Clone)]
pub(crate) enum Hasher {
    Sha256(Sha256),
    Blake3(Box<blake3::Hasher>),
}

/// Bytes from which on BLAKE3 is quicker on several processors.
const WORTH_SHARING: usize = 256 << 10;

impl Hasher {
    pub(crate) fn new(algorithm: DigestAlgorithm) -> Hasher {
        match algorithm {
            DigestAlgorithm::Sha256 => Hasher::Sha256(Sha256::new()),
            DigestAlgorithm::Blake3 => Hasher::Blake3(Box::new(blake3::Hasher::new())),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Sha256(hasher) => hasher.update(bytes),
            Hasher::Blake3(hasher) if bytes.len() >= WORTH_SHARING => drop(hasher.update_rayon(bytes)),
            Hasher::Blake3(hasher) => drop(hasher.update(bytes)),
        }
    }

    pub(crate) fn zeros(&mut self, len: u64) {
        zeros(len, &mut |zeros| self.update(zeros));
    }

    pub(crate) fn finish(self) -> Digest {
        match self {
            Hasher::Sha256(hasher) => hasher.finalize().into(),
            Hasher::Blake3(hasher) => *hasher.finalize().as_bytes(),
        }
    }

    #[cfg(test)]
    fn of(algorithm: DigestAlgorithm, bytes: &[u8]) -> Digest {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish()
    }
}

/// Gives so many zeros, piece by piece.
pub(crate) fn zeros(mut len: u64, take: &mut dyn FnMut(&[u8])) {
    const ZEROS: [u8; 4096] = [0; 4096];
    while len > 0 {
        let piece = len.min(ZEROS.len() as u64);
        take(&ZEROS[..piece as usize]);
        len -= piece;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(digest: Digest) -> String {
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// FIPS 180-4's example and that of BLAKE3's own vectors for no bytes.
    #[test]
    fn the_published_values() {
        assert_eq!(
            hex(Hasher::of(DigestAlgorithm::Sha256, b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(
            hex(Hasher::of(DigestAlgorithm::Blake3, b"")),
            "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
        );
    }

    #[test]
    fn zeros_are_bytes() {
        for algorithm in DigestAlgorithm::ALL {
            let mut hasher = Hasher::new(algorithm);
            hasher.zeros(10_000);
            assert_eq!(hasher.finish(), Hasher::of(algorithm, &[0; 10_000]));
        }
    }
}
