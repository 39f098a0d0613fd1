use sector_io::{Sector, SectorCount};

use super::emission::Emission;
use crate::plan::{LayoutPlan, Piece, What};
use crate::tree::ContentId;

/// Contents of at least this many bytes are moved by the kernel, and lie where it can share their blocks.
pub(crate) const LARGE: u64 = 1 << 20;

/// Output bytes that one thread assembles in memory at a time.
const CLAIM: u64 = 256 << 10;

/// Bytes of a large content that one thread moves at a time.
const LARGE_CLAIM: u64 = 64 << 20;

/// Zeros from this length on are not assembled: in a file they stay holes.
const LONG_GAP: u64 = 64 << 10;

/// A stretch of the output that one thread sees to.
#[derive(Debug)]
pub(super) enum Claim {
    /// Neighbouring pieces, assembled in memory.
    Small(Vec<Piece>),
    /// A stretch of one large content: offset in it and length, in bytes.
    Large { start: Sector, content: ContentId, offset: u64, len: u64 },
    /// Zeros.
    Gap { start: Sector, len: SectorCount },
}

impl Claim {
    pub(super) fn sectors(&self) -> u64 {
        match self {
            Claim::Small(pieces) => pieces.iter().map(|piece| u64::from(piece.len.get())).sum(),
            Claim::Large { len, .. } => len.div_ceil(sector_io::SECTOR_SIZE as u64),
            Claim::Gap { len, .. } => u64::from(len.get()),
        }
    }
}

/// Cuts pieces of a plan, in order but not without gaps, into claims.
pub(super) struct Claims<'p, I: Iterator<Item = Piece>> {
    plan: &'p LayoutPlan<'p>,
    /// Bytes of a large content that one thread moves at a time.
    at_a_time: u64,
    pieces: std::iter::Peekable<I>,
    large: Option<(Sector, ContentId, u64, u64)>,
}

impl<'p, I: Iterator<Item = Piece>> Claims<'p, I> {
    /// A content of which a digest is made is one claim: its bytes have to come in order.
    pub(super) fn new(emission: &Emission<'p>, pieces: I) -> Claims<'p, I> {
        let at_a_time = if emission.has_digests() { u64::MAX } else { LARGE_CLAIM };
        Claims { plan: emission.plan, at_a_time, pieces: pieces.peekable(), large: None }
    }

    fn next_of_large(&mut self) -> Option<Claim> {
        let (start, content, offset, left) = self.large.take()?;
        let len = left.min(self.at_a_time);
        if left > len {
            let ahead = SectorCount::for_bytes(len)?;
            self.large = Some((start.checked_add(ahead)?, content, offset + len, left - len));
        }
        Some(Claim::Large { start, content, offset, len })
    }
}

impl<I: Iterator<Item = Piece>> Iterator for Claims<'_, I> {
    type Item = Claim;

    fn next(&mut self) -> Option<Claim> {
        if let Some(claim) = self.next_of_large() {
            return Some(claim);
        }
        let mut small: Vec<Piece> = Vec::new();
        let mut bytes = 0;
        let mut end = None;
        while let Some(piece) = self.pieces.peek() {
            let alone = match piece.what {
                What::Content(content) => self.plan.tree().content_len(content) >= LARGE,
                What::Zero => piece.len.bytes() >= LONG_GAP,
                _ => false,
            };
            let follows = end.is_none_or(|end| end == Some(piece.start));
            if !follows || alone && !small.is_empty() || bytes >= CLAIM {
                break;
            }
            let Some(piece) = self.pieces.next() else { break };
            if alone {
                let Piece { start, len, what } = piece;
                return match what {
                    What::Content(content) => {
                        self.large = Some((start, content, 0, self.plan.tree().content_len(content)));
                        self.next_of_large()
                    }
                    _ => Some(Claim::Gap { start, len }),
                };
            }
            bytes += piece.len.bytes();
            end = Some(piece.start.checked_add(piece.len));
            small.push(piece);
        }
        (!small.is_empty()).then_some(Claim::Small(small))
    }
}
