use std::collections::HashSet;

use sector_io::Sector;

use super::{LayoutPlan, Piece, What};
use crate::tree::ContentId;

/// Finds the files of a plan that sectors are in. The sectors come in ascending order; what is kept of them is a number
/// for each file found.
pub(crate) struct FilesAt<'p> {
    plan: &'p LayoutPlan<'p>,
    pieces: std::iter::Fuse<Box<dyn Iterator<Item = Piece> + 'p>>,
    piece: Option<Piece>,
    found: Vec<ContentId>,
}

impl<'p> FilesAt<'p> {
    pub(super) fn new(plan: &'p LayoutPlan<'p>) -> FilesAt<'p> {
        let pieces: Box<dyn Iterator<Item = Piece> + 'p> = Box::new(plan.pieces());
        FilesAt { plan, pieces: pieces.fuse(), piece: None, found: Vec::new() }
    }

    /// This sector, behind those before.
    pub(crate) fn note(&mut self, sector: Sector) {
        loop {
            match self.piece {
                Some(piece) if sector < piece.start => return,
                Some(piece) if piece.start.checked_add(piece.len).is_none_or(|end| sector < end) => {
                    if let What::Content(content) = piece.what
                        && self.found.last() != Some(&content)
                    {
                        self.found.push(content);
                    }
                    return;
                }
                _ => {
                    self.piece = self.pieces.next();
                    if self.piece.is_none() {
                        return;
                    }
                }
            }
        }
    }

    /// Paths of all of them, each by the first of its names, in the order in which they lie.
    pub(crate) fn paths(mut self) -> Vec<String> {
        if self.found.is_empty() {
            return Vec::new();
        }
        let owners = self.plan.owners();
        // A long file lies in several pieces.
        let mut seen = HashSet::new();
        self.found.retain(|content| seen.insert(*content));
        let owned = self.found.iter().filter_map(|content| owners.get(content));
        owned.map(|(node, _)| self.plan.tree.path(*node)).collect()
    }
}
