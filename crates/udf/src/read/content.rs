//! The bytes of files.

use super::Error;
use super::allocation::LogicalRun;
use super::entry::Stretch;
use super::finding::Place;
use super::icb::Found;
use super::space::{Space, read_bytes};
use crate::LbAddr;
use crate::partition::Replica;

/// Reads a file's bytes from `offset` on; holes are zeros.
///
/// # Errors
/// [`Error::Read`], [`Error::Corrupt`] past the end of the runs or for blocks that are nowhere.
pub(super) fn read_runs(
    space: Space<'_>,
    runs: &[LogicalRun],
    offset: u64,
    into: &mut [u8],
    replica: Replica,
) -> Result<(), Error> {
    let (mut offset, mut rest) = (offset, into);
    while !rest.is_empty() {
        let index = runs.partition_point(|run| run.offset <= offset);
        let run = index.checked_sub(1).and_then(|index| runs.get(index));
        let piece = run.and_then(|run| {
            let within = offset - run.offset;
            run.len.checked_sub(within).filter(|left| *left > 0).map(|left| (run, within, left))
        });
        let Some((run, within, left)) = piece else {
            let detail = format!("a file ends before byte {offset}");
            return Err(space.corrupt(Place(0), "allocation descriptors (ECMA-167 4/12)", detail));
        };
        let mut count = rest.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        match run.at {
            None => rest[..count].fill(0),
            Some(at) => {
                let (position, there) = position(space, at, within, replica)?;
                count = count.min(usize::try_from(there).unwrap_or(usize::MAX));
                read_bytes(space.source, position, &mut rest[..count])?;
            }
        }
        offset += count as u64;
        rest = &mut rest[count..];
    }
    Ok(())
}

/// Where byte `within` of a run from `at` on lies, and how many bytes lie behind it, itself included.
fn position(space: Space<'_>, at: LbAddr, within: u64, replica: Replica) -> Result<(u64, u64), Error> {
    let size = u64::from(space.block_size);
    let block = u32::try_from(within / size).ok().and_then(|blocks| at.block.checked_add(blocks));
    let Some(block) = block else {
        let detail = format!("an extent from block {} on passes block 2^32 - 1", at.block);
        return Err(space.corrupt(Place(0), "allocation descriptors (ECMA-167 4/12)", detail));
    };
    let run = space.locate(LbAddr { block, ..at }, replica)?;
    let skip = within % size;
    Ok((space.place(run.start).0 + skip, u64::from(run.count) * size - skip))
}

/// The logical block that holds the byte at `offset`.
pub(super) fn block_at(space: Space<'_>, runs: &[LogicalRun], offset: u64) -> Option<LbAddr> {
    let index = runs.partition_point(|run| run.offset <= offset).checked_sub(1)?;
    let run = runs.get(index)?;
    let at = run.at?;
    let blocks = u32::try_from((offset - run.offset) / u64::from(space.block_size)).ok()?;
    Some(LbAddr { block: at.block.checked_add(blocks)?, ..at })
}

/// Where the bytes lie in the source. A sound file has no more stretches than the source has blocks.
///
/// # Errors
/// [`Error::Corrupt`] for blocks that are nowhere.
pub(super) fn stretches(space: Space<'_>, runs: &[LogicalRun], found: Found) -> Result<Vec<Stretch>, Error> {
    let most = (space.blocks() as usize).saturating_add(runs.len());
    let mut stretches: Vec<Stretch> = Vec::new();
    for run in runs {
        let mut within = 0;
        while within < run.len {
            let left = run.len - within;
            let (position, len) = match run.at {
                None => (None, left),
                Some(at) => {
                    let (position, there) = position(space, at, within, Replica::Main)?;
                    (Some(position), there.min(left))
                }
            };
            within += len;
            if let Some(last) = stretches.last_mut().filter(|last| last.is_followed_by(position)) {
                last.len += len;
                continue;
            }
            if stretches.len() >= most {
                let detail = "a file in more pieces than there are blocks".to_owned();
                return Err(space.corrupt(found.place, "allocation descriptors (ECMA-167 4/12)", detail));
            }
            stretches.push(Stretch { position, len });
        }
    }
    Ok(stretches)
}
