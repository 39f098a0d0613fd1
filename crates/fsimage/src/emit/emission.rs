//! A plan while it is written, with the digests of what has been written so far.

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use sector_io::{Extent, SECTOR_SIZE, Sector, SectorCount};

use super::md5::Md5Sums;
use super::source::{self, Sources};
use crate::digests::{ContentHasher, Digest, DigestAlgorithm, DigestPlan, Hasher, SectorRange, append_line};
use crate::md5_tags::Md5Sum;
use crate::plan::{LayoutPlan, Piece, What};
use crate::tree::{ContentId, NodeId, NodeKind, Tree};
use crate::{Error, Result};

/// Bytes that are read at a time for a digest of what did not pass.
const CHUNK: u64 = 1 << 20;

/// What is known of a plan while it is written. Where no digests are recorded, it is the plan alone.
pub(crate) struct Emission<'p> {
    pub(crate) plan: &'p LayoutPlan<'p>,
    digests: Option<Digests<'p>>,
    pub(super) md5: Option<Md5Sums<'p>>,
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
        let contents = plan.tree().content_count();
        let digests = plan.digests().map(|digests| Digests {
            plan: digests,
            found: std::iter::repeat_with(OnceLock::new).take(contents).collect(),
            structures: Mutex::new(Digests::unmet(digests)),
        });
        let md5 = plan.md5().map(|md5| Md5Sums::new(md5, plan.extent().start, contents));
        Emission { plan, digests, md5 }
    }

    /// Whether bytes have to pass through this process to be known.
    pub(super) fn has_digests(&self) -> bool {
        self.digests.is_some() || self.md5.is_some()
    }

    /// Whether a content is made of what is known when all others are written.
    pub(super) fn comes_last(&self, id: ContentId) -> bool {
        self.digests.is_some() && self.plan.tree().is_of_digests(id)
    }

    /// Begins the digests of a content that is to be read from its beginning to its end, as far as they are needed.
    pub(super) fn hasher(&self, id: ContentId) -> Option<ContentHasher> {
        let digests = self
            .digests
            .as_ref()
            .filter(|digests| digests.found[id.0 as usize].get().is_none() && digests.plan.is_of_stored(id));
        let md5 = self.md5.as_ref().is_some_and(|md5| md5.slot(id).get().is_none());
        ContentHasher::new(digests.map(Digests::algorithm), md5)
    }

    /// Takes the digests of a content.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for an imported content that is not what the earlier session recorded.
    pub(super) fn finish(&self, id: ContentId, hasher: Option<ContentHasher>) -> Result<()> {
        let Some(made) = hasher.map(ContentHasher::finish) else { return Ok(()) };
        let tree = self.plan.tree();
        let is_patched = self.plan.patch_of(id).is_some();
        let differs = |by: &dyn fmt::Display| Error::Corrupt {
            sector: source::first_imported(tree, id),
            structure: "a file's data",
            detail: format!(
                "{}: its {by} is not the one that is recorded on the disc: take it from another copy, or record no \
                 digests to have it as it is (--digests none)",
                shown_name(tree, id)
            ),
        };
        if let (Some(digests), Some(digest)) = (&self.digests, made.digest) {
            let known = tree.known_digest(digests.algorithm(), id);
            if known.is_some_and(|known| known != digest) && !is_patched {
                return Err(differs(&digests.algorithm()));
            }
            let _ = digests.found[id.0 as usize].set(digest);
        }
        if let (Some(sums), Some(md5)) = (&self.md5, made.md5) {
            if tree.known_md5(id).is_some_and(|known| known != md5) && !is_patched {
                return Err(differs(&"MD5"));
            }
            let _ = sums.slot(id).set(md5);
        }
        Ok(())
    }

    /// Appends the sectors of a piece.
    pub(super) fn append_piece(&self, piece: &Piece, sources: &mut Sources, out: &mut Vec<u8>) -> Result<()> {
        let before = out.len();
        if let (What::Md5(what), Some(sums)) = (piece.what, &self.md5) {
            return sums.append(self, what, out);
        }
        self.plan.append_piece(piece, out, |id, out| source::append(sources, self, id, out))?;
        debug_assert_eq!((out.len() - before) as u64, piece.len.bytes());
        Ok(())
    }

    /// Takes sectors in ascending order: those that are no contents at least.
    pub(super) fn pass(&self, start: Sector, bytes: &[u8]) {
        if let Some(md5) = &self.md5 {
            md5.pass(start, bytes);
        }
        let sectors = (bytes.len() / SECTOR_SIZE) as u32;
        self.each_part(start, SectorCount::new(sectors), |hasher, skip, len| {
            hasher.update(&bytes[skip as usize..(skip + len) as usize]);
        });
    }

    /// The same of zeros.
    pub(super) fn pass_zeros(&self, start: Sector, len: SectorCount) {
        if let Some(md5) = &self.md5 {
            md5.pass_zeros(start, len);
        }
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
        self.read_through(id)?;
        Ok(slot.get().copied().unwrap_or_default())
    }

    /// The MD5 of a content, which is read if it did not pass.
    pub(super) fn md5_of(&self, id: ContentId) -> Result<Md5Sum> {
        let Some(sums) = &self.md5 else { return Ok(Md5Sum::default()) };
        let slot = sums.slot(id);
        if let Some(&found) = slot.get() {
            return Ok(found);
        }
        let known = self.plan.tree().known_md5(id);
        if let Some(known) = known.filter(|_| self.plan.patch_of(id).is_none()) {
            return Ok(known);
        }
        self.read_through(id)?;
        Ok(slot.get().copied().unwrap_or_default())
    }

    /// Reads a content for its digests alone.
    fn read_through(&self, id: ContentId) -> Result<()> {
        let tree = self.plan.tree();
        let len = tree.content_len(id);
        let mut hasher = self.hasher(id);
        let opened = Sources::default().open(tree, id)?;
        let mut buffer = vec![0; len.min(CHUNK) as usize];
        let mut at = 0;
        while at < len {
            let piece = &mut buffer[..(len - at).min(CHUNK) as usize];
            source::read(&opened, self, id, at, piece)?;
            if let Some(hasher) = &mut hasher {
                hasher.update(piece);
            }
            at += piece.len() as u64;
        }
        opened.check()?;
        self.finish(id, hasher)
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
                again.pass_zeros(piece.start, piece.len);
                continue;
            }
            buffer.clear();
            again.append_piece(&piece, &mut sources, &mut buffer)?;
            again.pass(piece.start, &buffer);
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

/// The path of an item with a content, for an error.
fn shown_name(tree: &Tree, id: ContentId) -> String {
    let has_it = |node: &NodeId| tree.kind(*node) == NodeKind::File(id);
    tree.walk(NodeId::ROOT).find(has_it).map_or_else(|| "a file".to_owned(), |node| tree.path(node))
}
