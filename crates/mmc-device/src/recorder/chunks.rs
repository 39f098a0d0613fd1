use crate::drive::BLOCK;
use crate::{DriveError, Lba, OperationCode, Outgoing, TransportError};

/// Takes what one command is to write.
pub(super) type Sink<'s> = &'s mut dyn FnMut(Lba, Outgoing<'_>) -> Result<(), DriveError>;

/// Cuts a stream of blocks into the runs that one command writes: up to addresses that lie a multiple of
/// `chunk` blocks behind `origin`. Whole runs go through uncopied; the beginning of one waits here.
#[derive(Debug)]
pub(super) struct Chunks {
    chunk: u32,
    origin: Lba,
    start: Lba,
    pending: Vec<u8>,
}

impl Chunks {
    /// Runs of `chunk` blocks, from `origin` on.
    pub(super) fn new(chunk: u32, origin: Lba) -> Chunks {
        let chunk = chunk.max(1);
        Chunks { chunk, origin, start: origin, pending: Vec::new() }
    }

    /// The block behind the last one taken in.
    pub(super) fn next(&self) -> Lba {
        self.start.checked_add(self.waiting()).unwrap_or(self.start)
    }

    /// Blocks taken in and not given out.
    pub(super) fn waiting(&self) -> u32 {
        (self.pending.len() / BLOCK) as u32
    }

    /// Goes on at another block. What is waiting must be drained before.
    pub(super) fn seek(&mut self, start: Lba) {
        debug_assert!(self.pending.is_empty());
        self.start = start;
    }

    /// Takes in whole blocks, giving out each run that they complete.
    pub(super) fn push(&mut self, mut data: Outgoing<'_>, sink: Sink<'_>) -> Result<(), DriveError> {
        while !data.is_empty() {
            let next = self.next();
            let position = next.since(self.origin).unwrap_or(0) % self.chunk;
            let room = (self.chunk - position) as usize * BLOCK;
            if self.pending.is_empty() && data.len() >= room {
                let (run, rest) = data.split_at(room);
                sink(self.start, run)?;
                self.advance(run.len());
                data = rest;
            } else {
                let (part, rest) = data.split_at(room.min(data.len()));
                self.pending.extend_from_slice(&part.bytes().map_err(unreadable)?);
                data = rest;
                if part.len() == room {
                    self.drain(sink)?;
                }
            }
        }
        Ok(())
    }

    /// Gives out what waits, as it is.
    pub(super) fn drain(&mut self, sink: Sink<'_>) -> Result<(), DriveError> {
        if !self.pending.is_empty() {
            sink(self.start, Outgoing::Bytes(&self.pending))?;
            self.advance(self.pending.len());
            self.pending.clear();
        }
        Ok(())
    }

    fn advance(&mut self, len: usize) {
        // The sessions check their ends beforehand, so the addresses do not pass the 31-bit range.
        self.start = self.start.checked_add((len / BLOCK) as u32).unwrap_or(self.start);
    }
}

fn unreadable(error: std::io::Error) -> DriveError {
    DriveError::Transport { operation: OperationCode::WRITE_10, source: TransportError::Source(error) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(chunk: u32, origin: i32, parts: &[usize]) -> Vec<(i32, usize)> {
        let mut runs = Vec::new();
        let mut chunks = Chunks::new(chunk, Lba::new(origin));
        let mut sink = |lba: Lba, data: Outgoing<'_>| {
            runs.push((lba.get(), data.len() / BLOCK));
            Ok(())
        };
        for &part in parts {
            chunks.push(Outgoing::Bytes(&vec![0; part * BLOCK]), &mut sink).unwrap();
        }
        chunks.drain(&mut sink).unwrap();
        runs
    }

    #[test]
    fn runs_end_at_multiples_behind_the_origin() {
        assert_eq!(written(16, 8, &[20, 20]), [(8, 16), (24, 16), (40, 8)]);
        assert_eq!(written(16, 0, &[16, 32]), [(0, 16), (16, 16), (32, 16)]);
        assert_eq!(written(32, 0, &[1, 1, 1]), [(0, 3)]);
    }

    #[test]
    fn a_seek_makes_for_the_next_multiple() {
        let mut runs = Vec::new();
        let mut chunks = Chunks::new(16, Lba::ZERO);
        chunks.seek(Lba::new(20));
        chunks
            .push(Outgoing::Bytes(&[0; 30 * BLOCK]), &mut |lba, data| {
                runs.push((lba.get(), data.len() / BLOCK));
                Ok(())
            })
            .unwrap();
        assert_eq!(runs, [(20, 12), (32, 16)]);
        assert_eq!((chunks.waiting(), chunks.next()), (2, Lba::new(50)));
    }

    proptest! {
        #[test]
        fn every_block_comes_out_once_and_in_order(
            chunk in 1u32..40,
            parts in proptest::collection::vec(0usize..50, 0..12),
        ) {
            let runs = written(chunk, 96, &parts);
            let mut next = 96;
            for (lba, blocks) in runs {
                prop_assert_eq!(lba, next);
                prop_assert!(blocks as u32 <= chunk && blocks > 0);
                next += blocks as i32;
            }
            prop_assert_eq!(next as usize - 96, parts.iter().sum::<usize>());
        }
    }
}
