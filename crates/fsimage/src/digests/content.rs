//! All digests of a content, made in one pass.

use md5::{Digest as _, Md5};

use super::algorithm::zeros;
use super::{Digest, DigestAlgorithm, Hasher};
use crate::md5_tags::Md5Sum;

/// Those that are wanted, while they are made.
#[derive(Clone, Default)]
pub(crate) struct ContentHasher {
    digest: Option<Hasher>,
    md5: Option<Md5>,
}

/// Those that were made.
#[derive(Clone, Copy, Default)]
pub(crate) struct ContentDigests {
    pub(crate) digest: Option<Digest>,
    pub(crate) md5: Option<Md5Sum>,
}

impl ContentHasher {
    /// `None` where nothing is wanted.
    pub(crate) fn new(algorithm: Option<DigestAlgorithm>, md5: bool) -> Option<ContentHasher> {
        let hasher = ContentHasher { digest: algorithm.map(Hasher::new), md5: md5.then(Md5::new) };
        (algorithm.is_some() || md5).then_some(hasher)
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        if let Some(digest) = &mut self.digest {
            digest.update(bytes);
        }
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
    }

    pub(crate) fn zeros(&mut self, len: u64) {
        zeros(len, &mut |zeros| self.update(zeros));
    }

    pub(crate) fn finish(self) -> ContentDigests {
        ContentDigests {
            digest: self.digest.map(Hasher::finish),
            md5: self.md5.map(|md5| md5.finalize().into()),
        }
    }
}
