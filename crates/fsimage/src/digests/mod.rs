//! Digests of files on the disc itself, in a folder that plain tools can check: `docs/digests.md` describes it.

mod algorithm;
mod content;
mod line;
mod plan;
mod read;

pub use algorithm::DigestAlgorithm;
pub use plan::{DigestCounts, RecordedDigests};

pub(crate) use algorithm::{Digest, Hasher, zeros};
pub(crate) use content::{ContentDigests, ContentHasher};
pub(crate) use line::{SectorRange, append as append_line};
pub(crate) use plan::DigestPlan;
pub(crate) use read::{DigestLists, Recorded, are_of_session, digest_of_sectors, take_recorded};

/// The folder of the root that holds what is recorded.
pub(crate) const FOLDER: &[u8] = b".digests";
