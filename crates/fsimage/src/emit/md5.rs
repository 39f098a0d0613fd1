//! MD5 sums of a plan while it is written: of the session as its sectors come in order, and of files.

use std::sync::{Mutex, OnceLock, PoisonError};

use md5::{Digest as _, Md5};
use sector_io::{SECTOR_SIZE, Sector, SectorCount};

use super::emission::Emission;
use super::ordered;
use crate::digests::zeros;
use crate::md5_tags::{Md5Piece, Md5Plan, Md5Sum, SUM_LEN};
use crate::tree::ContentId;
use crate::{Control, Result, SectorSink};

pub(super) struct Md5Sums<'p> {
    pub(super) plan: &'p Md5Plan,
    /// By content. 20 bytes each.
    found: Vec<OnceLock<Md5Sum>>,
    stream: Mutex<Stream>,
    /// Where the sectors did not come in order: the same after a pass of its own.
    again: OnceLock<Box<Emission<'p>>>,
}

/// The session's sectors up to the next one.
struct Stream {
    next: Sector,
    hasher: Md5,
    /// The sums that pieces have, in the order of these, once they were made.
    made: [Option<Md5Sum>; Md5Piece::ALL.len()],
}

impl<'p> Md5Sums<'p> {
    pub(super) fn new(plan: &'p Md5Plan, start: Sector, contents: usize) -> Md5Sums<'p> {
        Md5Sums {
            plan,
            found: std::iter::repeat_with(OnceLock::new).take(contents).collect(),
            stream: Mutex::new(Stream { next: start, hasher: Md5::new(), made: Default::default() }),
            again: OnceLock::new(),
        }
    }

    pub(super) fn slot(&self, id: ContentId) -> &OnceLock<Md5Sum> {
        &self.found[id.0 as usize]
    }

    /// Takes sectors, whatever they are, if they are the next ones.
    pub(super) fn pass(&self, start: Sector, bytes: &[u8]) {
        let len = SectorCount::new((bytes.len() / SECTOR_SIZE) as u32);
        self.advance(start, len, &mut |hasher| hasher.update(bytes));
    }

    /// The same of zeros.
    pub(super) fn pass_zeros(&self, start: Sector, len: SectorCount) {
        self.advance(start, len, &mut |hasher| zeros(len.bytes(), &mut |bytes| hasher.update(bytes)));
    }

    fn advance(&self, start: Sector, len: SectorCount, update: &mut dyn FnMut(&mut Md5)) {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        if stream.next == start {
            update(&mut stream.hasher);
            stream.next = start.checked_add(len).unwrap_or(start);
        }
    }

    /// The MD5 of the session up to a piece, if the sectors have come up to there, or had.
    fn up_to(&self, piece: Md5Piece) -> Option<Md5Sum> {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        if stream.next == self.plan.place_of(piece) {
            stream.made[piece as usize] = Some(stream.hasher.clone().finalize().into());
        }
        stream.made[piece as usize]
    }

    /// Appends the sectors of a piece.
    pub(super) fn append(&self, emission: &Emission<'p>, piece: Md5Piece, out: &mut Vec<u8>) -> Result<()> {
        let Some(sum) = self.up_to(piece) else {
            let again = self.again(emission)?;
            return match &again.md5 {
                Some(sums) if sums.up_to(piece).is_some() => sums.append(again, piece, out),
                _ => Ok(()),
            };
        };
        if let Some(tag) = self.plan.tag(piece, sum) {
            out.extend_from_slice(&tag.encode());
            return Ok(());
        }
        let start = out.len();
        out.extend_from_slice(&sum);
        for &content in self.plan.index.contents() {
            out.extend_from_slice(&emission.md5_of(content)?);
        }
        let own: Md5Sum = Md5::digest(&out[start..]).into();
        out.extend_from_slice(&own);
        debug_assert_eq!(out.len() - start, self.plan.array().count as usize * SUM_LEN);
        out.resize(start + self.plan.len_of(piece).bytes() as usize, 0);
        Ok(())
    }

    /// Makes all sectors in order, to be thrown away.
    fn again(&self, emission: &Emission<'p>) -> Result<&Emission<'p>> {
        if let Some(again) = self.again.get() {
            return Ok(again);
        }
        let again = Box::new(Emission::new(emission.plan));
        ordered::pass(&again, &mut Nowhere, &Control::default(), "")?;
        Ok(self.again.get_or_init(|| again))
    }
}

struct Nowhere;

impl SectorSink for Nowhere {
    fn write(&mut self, _: Sector, _: &[u8]) -> Result<()> {
        Ok(())
    }
}
