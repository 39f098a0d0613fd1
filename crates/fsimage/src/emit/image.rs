//! The image of a plan, read at any place without being written.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sector_io::{Extent, ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount, SectorReader};

use super::emission::Emission;
use super::source::{self, Opened, Sources};
use crate::Result;
use crate::plan::{LayoutPlan, Piece, What};
use crate::tree::ContentId;

/// Opened contents, and structures, that are kept for the next read.
const KEPT: usize = 8;

/// An image that a plan describes, as it would be written, at any place and from several threads at once. Contents are
/// read from where the tree has them each time: one that changed meanwhile is an error, as it is when an image is
/// written.
///
/// In front of the planned session and behind it is the medium that the tree was imported from, and zeros where there is
/// none.
#[must_use = "it is an image to be read; nothing is written"]
pub struct PlannedImage<'p> {
    plan: &'p LayoutPlan<'p>,
    emission: Emission<'p>,
    /// All but the contents of the tree, which the plan finds by itself, and zeros. In ascending order.
    structures: Vec<Piece>,
    /// Sectors that come before all else.
    overlays: Vec<(Sector, Vec<u8>)>,
    recent: Mutex<Recent<'p>>,
}

/// The newest are in front.
#[derive(Default)]
struct Recent<'p> {
    contents: VecDeque<(ContentId, Arc<Opened<'p>>)>,
    structures: VecDeque<(Sector, Arc<Vec<u8>>)>,
}

impl<'p> PlannedImage<'p> {
    pub(crate) fn new(plan: &'p LayoutPlan<'p>, overlays: Vec<(Sector, Vec<u8>)>) -> PlannedImage<'p> {
        let structures = plan.other_pieces().collect();
        let emission = Emission::new(plan);
        PlannedImage { plan, emission, structures, overlays, recent: Mutex::default() }
    }

    /// The bytes of the image as a stream with a position of its own.
    pub fn reader(&self) -> SectorReader<&PlannedImage<'p>> {
        SectorReader::new(self)
    }

    fn recent(&self) -> MutexGuard<'_, Recent<'p>> {
        // What is in it is right whoever panicked.
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first piece that ends behind the beginning of a sector of the session.
    fn piece_behind(&self, at: Sector) -> Option<Piece> {
        let is_before = |piece: &Piece| end_of(piece).is_some_and(|end| end <= at);
        let structure = self.structures.get(self.structures.partition_point(is_before)).copied();
        let content = self.plan.content_behind(at);
        match (structure, content) {
            (Some(a), Some(b)) => Some(if a.start <= b.start { a } else { b }),
            (a, b) => a.or(b),
        }
    }

    /// Sectors of the session.
    fn read_session(&self, mut at: Sector, mut into: &mut [u8]) -> Result<()> {
        while !into.is_empty() {
            let piece = self.piece_behind(at);
            let (until, piece) = match piece {
                Some(piece) if piece.start <= at => (end_of(&piece), Some(piece)),
                Some(piece) => (Some(piece.start), None),
                None => (None, None),
            };
            let most = until.and_then(|until| until.since(at)).map_or(u64::MAX, SectorCount::bytes);
            let len = usize::try_from(most).unwrap_or(usize::MAX).min(into.len());
            let (part, rest) = std::mem::take(&mut into).split_at_mut(len);
            match piece {
                Some(piece) => self.read_piece(&piece, (at.get() - piece.start.get()).into(), part)?,
                None => part.fill(0),
            }
            into = rest;
            at = at.checked_add(SectorCount::new((len / SECTOR_SIZE) as u32)).unwrap_or(at);
        }
        Ok(())
    }

    /// Sectors of a piece, from the one with the number `skip` on.
    fn read_piece(&self, piece: &Piece, skip: u64, into: &mut [u8]) -> Result<()> {
        let offset = skip * SECTOR_SIZE as u64;
        if let What::Content(content) = piece.what {
            let opened = self.content(content)?;
            let left = self.plan.tree().content_len(content).saturating_sub(offset);
            let (data, padding) =
                into.split_at_mut(usize::try_from(left).unwrap_or(usize::MAX).min(into.len()));
            source::read(&opened, &self.emission, content, offset, data)?;
            padding.fill(0);
            return opened.check();
        }
        let rendered = self.structure(piece)?;
        let offset = offset as usize;
        into.copy_from_slice(&rendered[offset..offset + into.len()]);
        Ok(())
    }

    fn content(&self, content: ContentId) -> Result<Arc<Opened<'p>>> {
        if let Some(opened) = find(&mut self.recent().contents, content) {
            return Ok(opened);
        }
        let opened = Arc::new(Sources::default().open(self.plan.tree(), content)?);
        keep(&mut self.recent().contents, content, &opened);
        Ok(opened)
    }

    fn structure(&self, piece: &Piece) -> Result<Arc<Vec<u8>>> {
        if let Some(rendered) = find(&mut self.recent().structures, piece.start) {
            return Ok(rendered);
        }
        let mut rendered = Vec::new();
        let mut sources = Sources::default();
        self.emission.append_piece(piece, &mut sources, &mut rendered)?;
        let rendered = Arc::new(rendered);
        keep(&mut self.recent().structures, piece.start, &rendered);
        Ok(rendered)
    }

    /// Sectors in front of the session, or behind it.
    fn read_around(&self, start: Sector, into: &mut [u8]) -> std::result::Result<(), ReadError> {
        let Some(origin) = self.plan.tree().origin() else {
            into.fill(0);
            return Ok(());
        };
        let end = Sector::new(origin.sectors().get());
        let there = end.since(start).map_or(0, SectorCount::bytes);
        let (present, behind) =
            into.split_at_mut(usize::try_from(there).unwrap_or(usize::MAX).min(into.len()));
        behind.fill(0);
        if present.is_empty() { Ok(()) } else { origin.read_sectors(start, present) }
    }
}

impl ReadSectors for PlannedImage<'_> {
    fn sectors(&self) -> SectorCount {
        let extent = self.plan.extent();
        let end = SectorCount::new(extent.end().unwrap_or(extent.start).get());
        match self.plan.tree().origin() {
            Some(origin) if extent.start > Sector::ZERO => end.max(origin.sectors()),
            _ => end,
        }
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> std::result::Result<(), ReadError> {
        let count = SectorCount::for_bytes(into.len() as u64).unwrap_or_default();
        let available = self.sectors();
        let wanted = Extent::new(start, count);
        if wanted.end().is_none_or(|end| end.get() > available.get())
            || !into.len().is_multiple_of(SECTOR_SIZE)
        {
            return Err(ReadError::OutOfRange { start, count, available });
        }
        let session = self.plan.extent();
        let before = bytes_until(start, session.start, into.len());
        let (front, rest) = into.split_at_mut(before);
        if !front.is_empty() {
            self.read_around(start, front)?;
        }
        let at = start.max(session.start);
        let inside = bytes_until(at, session.end().unwrap_or(at), rest.len());
        let (planned, behind) = rest.split_at_mut(inside);
        self.read_session(at, planned)
            .map_err(|error| ReadError::Io { start: at, source: io::Error::other(error) })?;
        if !behind.is_empty() {
            self.read_around(session.end().unwrap_or(at).max(start), behind)?;
        }
        for (at, sectors) in &self.overlays {
            lay_over(start, into, *at, sectors);
        }
        Ok(())
    }
}

impl fmt::Debug for PlannedImage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedImage").field("plan", self.plan).finish_non_exhaustive()
    }
}

fn end_of(piece: &Piece) -> Option<Sector> {
    piece.start.checked_add(piece.len)
}

/// Bytes from one sector to another, if that is behind it; at most so many.
fn bytes_until(from: Sector, to: Sector, most: usize) -> usize {
    let bytes = to.since(from).map_or(0, SectorCount::bytes);
    usize::try_from(bytes).unwrap_or(usize::MAX).min(most)
}

/// Puts what two stretches of sectors share from the second into the first.
fn lay_over(start: Sector, into: &mut [u8], at: Sector, sectors: &[u8]) {
    let (first, second) = (start.byte_offset(), at.byte_offset());
    let from = first.max(second);
    let to = (first + into.len() as u64).min(second + sectors.len() as u64);
    if from < to {
        into[(from - first) as usize..(to - first) as usize]
            .copy_from_slice(&sectors[(from - second) as usize..(to - second) as usize]);
    }
}

fn find<K: PartialEq, V: Clone>(kept: &mut VecDeque<(K, V)>, key: K) -> Option<V> {
    let at = kept.iter().position(|(known, _)| *known == key)?;
    let found = kept.remove(at)?;
    let value = found.1.clone();
    kept.push_front(found);
    Some(value)
}

fn keep<K, V: Clone>(kept: &mut VecDeque<(K, V)>, key: K, value: &V) {
    kept.push_front((key, value.clone()));
    kept.truncate(KEPT);
}
