//! The identifiers of a directory, as they stand in its data.

use std::ops::ControlFlow;

use super::Error;
use super::allocation::LogicalRun;
use super::content::{block_at, read_runs};
use super::finding::Place;
use super::identifier::{Parsed, is_head, parse};
use super::space::Space;
use crate::LbAddr;
use crate::file::FileIdentifierDescriptor;
use crate::partition::Replica;

/// Bytes read at a time.
const PIECE: usize = 1 << 20;

/// Bytes behind which an identifier ends in any case: its own, or those that its CRC covers.
const MOST_BYTES: usize = FileIdentifierDescriptor::MAX_SIZE;

/// Damaged identifiers of a directory that are looked for in the other copy of the metadata.
const MOST_HELPS: u32 = 64;

/// Where a directory's identifiers are.
pub(super) struct Data {
    /// Without holes.
    runs: Vec<LogicalRun>,
    /// Bytes.
    len: u64,
    /// Block and place of identifiers that stand in the directory's own entry; they are in the piece
    /// already then.
    embedded: Option<(LbAddr, Place)>,
}

impl Data {
    /// A directory whose identifiers are the content of `piece`.
    pub(super) fn embedded(len: usize, at: LbAddr, place: Place) -> Data {
        Data { runs: Vec::new(), len: len as u64, embedded: Some((at, place)) }
    }

    /// A directory with identifiers in extents. What is not recorded is left out, and what passes the size
    /// of the source.
    pub(super) fn extents(space: Space<'_>, mut runs: Vec<LogicalRun>, place: Place) -> Data {
        let mut len: u64 = 0;
        let most = space.bytes();
        let before = runs.len();
        runs.retain_mut(|run| {
            let keep = run.at.is_some() && len < most;
            if keep {
                (run.offset, run.len) = (len, run.len.min(most - len));
                len += run.len;
            }
            keep
        });
        if runs.len() < before {
            space.findings.damage(place, "4/8.6", format_args!("parts of a directory that are not recorded"));
        }
        Data { runs, len, embedded: None }
    }

    fn block(&self, space: Space<'_>, offset: u64) -> Option<LbAddr> {
        self.embedded.map(|(at, _)| at).or_else(|| block_at(space, &self.runs, offset))
    }

    fn place(&self, space: Space<'_>, offset: u64) -> Place {
        match (self.embedded, self.block(space, offset)) {
            (Some((_, place)), _) => place,
            (None, Some(at)) => {
                let within = offset - self.run_start(offset);
                Place(space.place_of(at).0.saturating_add(within % u64::from(space.block_size)))
            }
            (None, None) => Place(0),
        }
    }

    fn run_start(&self, offset: u64) -> u64 {
        let index = self.runs.partition_point(|run| run.offset <= offset);
        index.checked_sub(1).and_then(|index| self.runs.get(index)).map_or(offset, |run| run.offset)
    }

    fn has_mirror(&self, space: Space<'_>) -> bool {
        self.runs.iter().any(|run| run.at.is_some_and(|at| space.has_mirror(at.partition)))
    }

    /// Appends up to [`PIECE`] bytes from `offset` on. On failure as many as can be had, at least one
    /// block.
    fn read(&self, space: Space<'_>, offset: u64, piece: &mut Vec<u8>) -> Result<(), Error> {
        let held = piece.len();
        let left = usize::try_from(self.len - offset).unwrap_or(usize::MAX);
        let block = space.block_size as usize - (offset % u64::from(space.block_size)) as usize;
        for count in [left.min(PIECE), left.min(block)] {
            piece.resize(held + count, 0);
            if read_runs(space, &self.runs, offset, &mut piece[held..], Replica::Main).is_ok() {
                return Ok(());
            }
        }
        // The replica of a partition without mirror is the same blocks: this says what is wrong.
        let result = read_runs(space, &self.runs, offset, &mut piece[held..], Replica::Mirror);
        match &result {
            Err(_) => piece.truncate(held),
            Ok(()) => {
                let message = format_args!("a directory is lost here, and taken from the metadata mirror");
                space.findings.copy_lost(self.place(space, offset), "UDF 2.2.13", message);
            }
        }
        result
    }
}

/// Visits the identifiers in order, those of the parent and of deleted files among them. Of a damaged
/// directory all are visited that can be found.
pub(super) fn walk(
    space: Space<'_>,
    data: &Data,
    piece: &mut Vec<u8>,
    each: &mut dyn FnMut(FileIdentifierDescriptor<'_>, Place) -> ControlFlow<()>,
) -> Result<(), Error> {
    if data.embedded.is_none() {
        piece.clear();
    }
    // Position in the directory of the piece's first byte, and in the piece of the next identifier.
    let (mut start, mut at) = (0u64, 0usize);
    let mut resynchronising = false;
    let mut helps = 0;
    loop {
        let held = start + piece.len() as u64;
        let is_all = held >= data.len;
        let offset = start + at as u64;
        if resynchronising {
            let rest = piece.get(at..).unwrap_or_default();
            match (0..rest.len()).step_by(4).find(|from| is_head(&rest[*from..])) {
                Some(skip) => {
                    at += skip;
                    resynchronising = false;
                    continue;
                }
                None if is_all => return Ok(()),
                // A head may be cut in two.
                None => at += (rest.len() / 4 * 4).saturating_sub(16),
            }
        } else {
            let rest = piece.get(at..).unwrap_or_default();
            let error = match parse(rest, is_all) {
                Parsed::Identifier(identifier) => {
                    let place = data.place(space, offset);
                    check_location(space, data, &identifier, offset, place);
                    let size = identifier.size();
                    if each(identifier, place).is_break() {
                        return Ok(());
                    }
                    at = (at + size).min(piece.len());
                    continue;
                }
                Parsed::Incomplete if is_all && rest.is_empty() => return Ok(()),
                Parsed::Incomplete if !is_all && rest.len() < MOST_BYTES => None,
                Parsed::Incomplete => Some("it passes the end of the directory".to_owned()),
                Parsed::Bad(error) => Some(error.to_string()),
            };
            if let Some(error) = error {
                let place = data.place(space, offset);
                if helps < MOST_HELPS && data.has_mirror(space) {
                    helps += 1;
                    if replace_from_replica(space, data, offset, piece, at, is_all) {
                        let message = format_args!("a file identifier taken from the other copy: {error}");
                        space.findings.copy_lost(place, "UDF 2.2.13", message);
                        continue;
                    }
                }
                let message = format_args!("a damaged file identifier, left out: {error}");
                space.findings.damage(place, "4/14.4", message);
                at = (at + 4).min(piece.len());
                resynchronising = true;
                continue;
            }
        }
        // More bytes are needed.
        piece.drain(..at);
        start += at as u64;
        at = 0;
        data.read(space, held, piece)?;
    }
}

/// Puts the bytes of whichever replica has a sound identifier at `offset` into the piece, from `at` on.
fn replace_from_replica(
    space: Space<'_>,
    data: &Data,
    offset: u64,
    piece: &mut Vec<u8>,
    at: usize,
    is_all: bool,
) -> bool {
    for replica in [Replica::Mirror, Replica::Main] {
        let mut other = vec![0; piece.len() - at];
        let read = read_runs(space, &data.runs, offset, &mut other, replica);
        if read.is_ok() && matches!(parse(&other, is_all), Parsed::Identifier(_)) {
            piece.truncate(at);
            piece.append(&mut other);
            return true;
        }
    }
    false
}

fn check_location(
    space: Space<'_>,
    data: &Data,
    identifier: &FileIdentifierDescriptor<'_>,
    offset: u64,
    place: Place,
) {
    let recorded = identifier.tag.location;
    if let Some(at) = data.block(space, offset)
        && at.block != recorded
    {
        let message = format_args!("a file identifier recorded for block {recorded}, in block {}", at.block);
        space.findings.odd(place, "4/7.2.8", message);
    }
}
