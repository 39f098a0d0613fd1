//! A plan while it is written, with the digests of what has been written so far.

use std::sync::{Mutex, OnceLock, PoisonError};

use sector_io::{Extent, SECTOR_SIZE, Sector, SectorCount};

use super::source::{self, Sources};
use crate::digests::{Digest, DigestAlgorithm, DigestPlan, Hasher, SectorRange, append_line};
use crate::plan::{LayoutPlan, What};
use crate::tree::ContentId;
use crate::{Error, Result};

/// Bytes that are read at a time for a digest of what did not pass.
const CHUNK: u64 = 1 << 20;

/// What is known of a plan while it is written. Where no digests are recorded, it is the plan alone.
pub(crate) struct Emission<'p> {
    pub(crate) plan: &'p LayoutPlan<'p>,
    digests: Option<Digests<'p>>,
}

struct Digests<'p> {
    plan: &'p DigestPlan,
    /// By content. 40 bytes each.
    found: Vec<OnceLock<Digest>>,
    /// Of the structures, in the order of their ranges.
    structures: Mutex<Vec<Structures>>,
}

/// Sectors that come in ascending order.
struct Structures {
    range: Extent,
    next: Sector,
    hasher: Hasher,
}

impl<'p> Emission<'p> {
    pub(crate) fn new(plan: &'p LayoutPlan<'p>) -> Emission<'p> {
        let digests = plan.digests().map(|digests| Digests {
            plan: digests,
            found: std::iter::repeat_with(OnceLock::new).take(plan.tree().content_count()).collect(),
            structures: Mutex::new(Digests::unmet(digests)),
        });
        Emission { plan, digests }
    }

    /// Whether bytes have to pass through this process to be known.
    pub(super) fn has_digests(&self) -> bool {
        self.digests.is_some()
    }

    /// Whether a content is made of what is known when all others are written.
    pub(super) fn comes_last(&self, id: ContentId) -> bool {
        self.has_digests() && self.plan.tree().is_of_digests(id)
    }

    /// Begins the digest of a content that is to be read from its beginning to its end, if it is needed.
    pub(super) fn hasher(&self, id: ContentId) -> Option<Hasher> {
        let digests = self.digests.as_ref()?;
        digests.found[id.0 as usize].get().is_none().then(|| Hasher::new(digests.algorithm()))
    }

    /// Takes the digest of a content.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for an imported content that is not what the earlier session recorded.
    pub(super) fn finish(&self, id: ContentId, hasher: Option<Hasher>) -> Result<()> {
        let (Some(digests), Some(hasher)) = (&self.digests, hasher) else { return Ok(()) };
        let digest = hasher.finish();
        let known = self.plan.tree().known_digest(digests.algorithm(), id);
        if known.is_some_and(|known| known != digest) && self.plan.patch_of(id).is_none() {
            return Err(Error::Corrupt {
                sector: source::first_imported(self.plan.tree(), id),
                structure: "a file's data",
                detail: format!(
                    "its {} is not the one that is recorded on the disc: take it from another copy, or record no digests \
                     to have it as it is",
                    digests.algorithm()
                ),
            });
        }
        let _ = digests.found[id.0 as usize].set(digest);
        Ok(())
    }

    /// Takes sectors that are no contents, in ascending order.
    pub(super) fn structures(&self, start: Sector, bytes: &[u8]) {
        let sectors = (bytes.len() / SECTOR_SIZE) as u32;
        self.each_part(start, SectorCount::new(sectors), |hasher, skip, len| {
            hasher.update(&bytes[skip as usize..(skip + len) as usize]);
        });
    }

    /// The same of zeros.
    pub(super) fn zeros(&self, start: Sector, len: SectorCount) {
        self.each_part(start, len, |hasher, _, len| hasher.zeros(len));
    }

    /// Gives what falls into each range, as bytes behind `start` and their number.
    fn each_part(&self, start: Sector, len: SectorCount, take: impl Fn(&mut Hasher, u64, u64)) {
        let Some(digests) = &self.digests else { return };
        let end = u64::from(start.get()) + u64::from(len.get());
        let mut all = digests.structures.lock().unwrap_or_else(PoisonError::into_inner);
        for structures in all.iter_mut() {
            let last = structures.end().min(end);
            let from = u64::from(structures.next.get());
            if from < u64::from(start.get()) || from >= last {
                continue;
            }
            let size = SECTOR_SIZE as u64;
            take(&mut structures.hasher, (from - u64::from(start.get())) * size, (last - from) * size);
            structures.next = Sector::new(last as u32);
        }
    }

    /// Bytes of a content that is made of digests.
    pub(super) fn read_digests(&self, id: ContentId, offset: u64, into: &mut [u8]) -> Result<()> {
        let Some(digests) = &self.digests else {
            into.fill(0);
            return Ok(());
        };
        let tree = self.plan.tree();
        let mut lines = Vec::new();
        let mut first = 0;
        if id == digests.plan.files.session {
            append_line(&self.digest_of(digests.plan.files.list)?, &digests.plan.list_path(tree), &mut lines);
            for (number, range) in digests.plan.ranges.iter().enumerate() {
                append_line(&self.digest_of_structures(number)?, &range.name(), &mut lines);
            }
        } else {
            // A line begins before `offset`, and one ends behind.
            let most = into.len().saturating_add(digests.plan.longest());
            let of = &mut |content| self.digest_of(content);
            first = digests.plan.append_lines(tree, offset, most, of, &mut lines)?;
        }
        let skip = (offset - first) as usize;
        into.copy_from_slice(&lines[skip..skip + into.len()]);
        Ok(())
    }

    /// The digest of a content, which is read if it did not pass.
    fn digest_of(&self, id: ContentId) -> Result<Digest> {
        let Some(digests) = &self.digests else { return Ok(Digest::default()) };
        let slot = &digests.found[id.0 as usize];
        if let Some(&found) = slot.get() {
            return Ok(found);
        }
        let tree = self.plan.tree();
        let known = tree.known_digest(digests.algorithm(), id);
        if let Some(known) = known.filter(|_| self.plan.patch_of(id).is_none()) {
            return Ok(known);
        }
        let len = tree.content_len(id);
        let mut hasher = Hasher::new(digests.algorithm());
        let opened = Sources::default().open(tree, id)?;
        let mut buffer = vec![0; len.min(CHUNK) as usize];
        let mut at = 0;
        while at < len {
            let piece = &mut buffer[..(len - at).min(CHUNK) as usize];
            source::read(&opened, self, id, at, piece)?;
            hasher.update(piece);
            at += piece.len() as u64;
        }
        opened.check()?;
        self.finish(id, Some(hasher.clone()))?;
        Ok(hasher.finish())
    }

    /// The digest of a range of structures, which are made again if they did not pass.
    fn digest_of_structures(&self, number: usize) -> Result<Digest> {
        let Some(digests) = &self.digests else { return Ok(Digest::default()) };
        let passed = |digests: &Digests<'_>| {
            let all = digests.structures.lock().unwrap_or_else(PoisonError::into_inner);
            all.get(number).filter(|one| one.is_complete()).map(|one| one.hasher.clone().finish())
        };
        if let Some(digest) = passed(digests) {
            return Ok(digest);
        }
        let again = Emission::new(self.plan);
        let end = digests.plan.ranges.iter().map(|range| SectorRange::end(*range)).max().unwrap_or_default();
        let mut sources = Sources::default();
        let mut buffer = Vec::new();
        for piece in self.plan.pieces().take_while(|piece| u64::from(piece.start.get()) < end) {
            if piece.what == What::Zero {
                again.zeros(piece.start, piece.len);
                continue;
            }
            buffer.clear();
            self.plan
                .append_piece(&piece, &mut buffer, |id, out| source::append(&mut sources, &again, id, out))?;
            again.structures(piece.start, &buffer);
        }
        Ok(again.digests.as_ref().and_then(passed).unwrap_or_default())
    }
}

impl Digests<'_> {
    fn algorithm(&self) -> DigestAlgorithm {
        self.plan.files.algorithm
    }

    fn unmet(plan: &DigestPlan) -> Vec<Structures> {
        let structures = |range: &SectorRange| Structures {
            range: range.0,
            next: range.0.start,
            hasher: Hasher::new(plan.files.algorithm),
        };
        plan.ranges.iter().map(structures).collect()
    }
}

impl Structures {
    fn end(&self) -> u64 {
        SectorRange(self.range).end()
    }

    fn is_complete(&self) -> bool {
        u64::from(self.next.get()) >= self.end()
    }
}
