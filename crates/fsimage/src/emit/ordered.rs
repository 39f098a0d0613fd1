//! To anything else: one ascending pass through a bounded queue, read ahead by a thread of its own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

use sector_io::{SECTOR_SIZE, Sector};

use super::SectorSink;
use super::claim::{Claim, Claims};
use super::emission::Emission;
use super::source::{self, HostFile, Opened, Sources};
use crate::plan::LayoutPlan;
use crate::progress::{Fill, Stage};
use crate::tree::ContentId;
use crate::{Control, Error, Result};

/// Buffers between reader and sink. With the claims' 1 MiB that is what such a run needs beside the tree.
const QUEUE: usize = 16;
/// Bytes of a large content that are read or moved at a time.
const PIECE: u64 = 1 << 20;

enum Chunk {
    Bytes { start: Sector, bytes: Vec<u8> },
    Host(Stretch),
}

/// A stretch of a content that the sink may move without this process seeing it.
struct Stretch {
    start: Sector,
    content: ContentId,
    file: HostFile,
    offset_in_content: u64,
    offset: u64,
    len: u64,
}

/// Gives the plan's session to `sink`, from its first sector to its last.
pub(crate) fn write_ordered(
    plan: &LayoutPlan<'_>,
    sink: &mut dyn SectorSink,
    control: &Control,
    state: &str,
) -> Result<()> {
    pass(&Emission::new(plan), sink, control, state)
}

/// The same of a plan of which something is known already.
pub(super) fn pass(
    emission: &Emission<'_>,
    sink: &mut dyn SectorSink,
    control: &Control,
    state: &str,
) -> Result<()> {
    pass_by(Reader::Beside, emission, sink, control, state)
}

fn pass_by(
    reader: Reader,
    emission: &Emission<'_>,
    sink: &mut dyn SectorSink,
    control: &Control,
    state: &str,
) -> Result<()> {
    let plan = emission.plan;
    let total = u64::from(plan.extent().len.get());
    let first = plan.extent().start;
    // Sent and not taken; the one that the reader waits to send is among them.
    let queued = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (to_sink, chunks) = sync_channel::<Result<Chunk>>(QUEUE);
        let (give_back, buffers) = sync_channel::<Vec<u8>>(QUEUE + 2);
        let transfers = sink.transfers();
        let queued = &queued;
        let report = |sink: &mut dyn SectorSink, end: Sector| {
            let done = end.since(first).map_or(0, |done| u64::from(done.get()));
            control.report_fill(Stage::Writing, done, total, || {
                let waiting = queued.load(Ordering::Relaxed).min(QUEUE);
                Some(Fill { queue: (waiting * 100 / QUEUE) as u8, drive: sink.buffer_fill() })
            });
        };
        let mut take = |chunk: Result<Chunk>| -> Result<()> {
            queued.fetch_sub(1, Ordering::Relaxed);
            control.check(state)?;
            match chunk? {
                Chunk::Bytes { start, bytes } => {
                    sink.write(start, &bytes)?;
                    report(&mut *sink, ahead(start, bytes.len() as u64)?);
                    // The reader may have ended; then nobody needs the buffer.
                    drop(give_back.try_send(bytes));
                    Ok(())
                }
                Chunk::Host(stretch) => stretch.transfer(emission, sink, control, state, &report),
            }
        };
        let reading = std::thread::Builder::new();
        let reading = match reader {
            Reader::Beside => reading.spawn_scoped(scope, move || {
                let mut send = |chunk| to_sink.send(chunk).is_ok();
                read_ahead(
                    emission,
                    transfers,
                    queued,
                    &|| buffers.try_recv().unwrap_or_default(),
                    &mut send,
                );
            }),
            Reader::InTurn => Err(std::io::ErrorKind::Unsupported.into()),
        };
        if reading.is_ok() {
            return chunks.into_iter().try_for_each(take);
        }
        // The system has no further thread: read and written in turn.
        let mut outcome = Ok(());
        let mut send = |chunk| {
            outcome = take(chunk);
            outcome.is_ok()
        };
        read_ahead(emission, transfers, queued, &Vec::new, &mut send);
        outcome
    })
}

/// Who reads.
#[derive(Clone, Copy)]
enum Reader {
    /// A thread of its own, if the system has one.
    Beside,
    /// The one that writes.
    #[cfg_attr(not(test), allow(dead_code, reason = "a system without threads has no other"))]
    InTurn,
}

fn ahead(start: Sector, len: u64) -> Result<Sector> {
    sector_io::SectorCount::for_bytes(len)
        .and_then(|count| start.checked_add(count))
        .ok_or(Error::TreeTooLarge { what: "an image beyond 8 TiB" })
}

/// Sends chunks until the plan or the sink ends; an error is the last thing sent. A buffer is as it was used before: what a
/// chunk does not write itself, it has to clear.
fn read_ahead(
    emission: &Emission<'_>,
    transfers: bool,
    queued: &AtomicUsize,
    buffer: &dyn Fn() -> Vec<u8>,
    to_sink: &mut dyn FnMut(Result<Chunk>) -> bool,
) {
    let mut sources = Sources::default();
    for claim in Claims::new(emission, emission.plan.pieces()) {
        let mut send = |chunk: Result<Chunk>| {
            let failed = chunk.is_err();
            queued.fetch_add(1, Ordering::Relaxed);
            to_sink(chunk) && !failed
        };
        if !read_claim(emission, claim, transfers, &mut sources, buffer, &mut send) {
            return;
        }
    }
}

/// Whether to go on.
fn read_claim(
    emission: &Emission<'_>,
    claim: Claim,
    transfers: bool,
    sources: &mut Sources,
    buffer: impl Fn() -> Vec<u8>,
    send: &mut dyn FnMut(Result<Chunk>) -> bool,
) -> bool {
    let plan = emission.plan;
    match claim {
        Claim::Small(pieces) => {
            let Some(start) = pieces.first().map(|piece| piece.start) else { return true };
            let mut bytes = buffer();
            bytes.clear();
            let read = pieces.iter().try_for_each(|piece| {
                let before = bytes.len();
                emission.append_piece(piece, sources, &mut bytes)?;
                emission.pass(piece.start, &bytes[before..]);
                Ok(())
            });
            send(read.map(|()| Chunk::Bytes { start, bytes }))
        }
        Claim::Gap { start, len } => {
            emission.pass_zeros(start, len);
            let mut at = start;
            let mut left = len.bytes();
            while left > 0 {
                let piece = left.min(PIECE);
                let mut bytes = buffer();
                bytes.clear();
                bytes.resize(piece as usize, 0);
                if !send(Ok(Chunk::Bytes { start: at, bytes })) {
                    return false;
                }
                left -= piece;
                at = match ahead(at, piece) {
                    Ok(next) => next,
                    Err(error) => return send(Err(error)),
                };
            }
            true
        }
        Claim::Large { start, content, offset, len } => match sources.open(plan.tree(), content) {
            Err(error) => send(Err(error)),
            Ok(Opened::File { file, offset: base, .. })
                if transfers && plan.patch_of(content).is_none() && !emission.has_digests() =>
            {
                let offset_in_content = offset;
                let offset = base + offset;
                send(Ok(Chunk::Host(Stretch { start, content, file, offset_in_content, offset, len })))
            }
            Ok(opened) => {
                let mut hasher = emission.hasher(content);
                let mut done = 0;
                while done < len {
                    let piece = (len - done).min(PIECE);
                    let mut bytes = buffer();
                    bytes.resize((piece as usize).next_multiple_of(SECTOR_SIZE), 0);
                    let (read_into, padding) = bytes.split_at_mut(piece as usize);
                    padding.fill(0);
                    let read = source::read(&opened, emission, content, offset + done, read_into);
                    if let Some(hasher) = &mut hasher {
                        hasher.update(read_into);
                    }
                    let chunk = read.and_then(|()| ahead(start, done)).map(|start| {
                        emission.pass(start, &bytes);
                        Chunk::Bytes { start, bytes }
                    });
                    if !send(chunk) {
                        return false;
                    }
                    done += piece;
                }
                match opened.check().and_then(|()| emission.finish(content, hasher)) {
                    Ok(()) => true,
                    Err(error) => send(Err(error)),
                }
            }
        },
    }
}

impl Stretch {
    /// In pieces, so that cancelling and progress are as for what is read.
    fn transfer(
        self,
        emission: &Emission<'_>,
        sink: &mut dyn SectorSink,
        control: &Control,
        state: &str,
        report: &dyn Fn(&mut dyn SectorSink, Sector),
    ) -> Result<()> {
        let Stretch { start, content, file, offset_in_content, offset, len } = self;
        let opened = Opened::reopened(file, offset - offset_in_content, emission.plan.tree(), content);
        let Opened::File { file, .. } = &opened else { return Ok(()) };
        let mut done = 0;
        let mut buffer = Vec::new();
        while done < len {
            control.check(state)?;
            let piece = (len - done).min(PIECE);
            let sent = sink.transfer(ahead(start, done)?, file.file(), offset + done, piece)?;
            let whole = sent.is_multiple_of(SECTOR_SIZE as u64);
            if sent < piece && !whole {
                return Err(opened.shrunk(offset_in_content + done + sent));
            }
            if sent < piece {
                let rest = (piece - sent) as usize;
                buffer.clear();
                buffer.resize(rest.next_multiple_of(SECTOR_SIZE), 0);
                source::read(
                    &opened,
                    emission,
                    content,
                    offset_in_content + done + sent,
                    &mut buffer[..rest],
                )?;
                sink.write(ahead(start, done + sent)?, &buffer)?;
            } else if !whole {
                let padding = SECTOR_SIZE - (piece % SECTOR_SIZE as u64) as usize;
                sink.write(ahead(start, done + piece)?, &[0; SECTOR_SIZE][..padding])?;
            }
            done += piece;
            report(sink, ahead(start, done)?);
        }
        opened.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Item, ItemOptions, PlanOptions, Tree, WriterSink};

    #[test]
    fn read_and_written_in_turn() {
        let folder = tempfile::tempdir().unwrap();
        let host = folder.path().join("host");
        std::fs::write(&host, vec![7; 3_000_000]).unwrap();
        let mut tree = Tree::new();
        tree.add("/large", Item::HostFile(&host), &ItemOptions::default()).unwrap();
        tree.add("/small", Item::Bytes([1; 3000].into()), &ItemOptions::default()).unwrap();
        let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
        let written = |reader, control: &Control| {
            let mut image = Vec::new();
            let mut sink = WriterSink::new(&mut image, "memory");
            pass_by(reader, &Emission::new(&plan), &mut sink, control, "incomplete").map(|()| image)
        };
        let beside = written(Reader::Beside, &Control::default()).unwrap();
        assert!(written(Reader::InTurn, &Control::default()).unwrap() == beside);
        let cancelled = Control::default();
        cancelled.cancel.cancel();
        let stopped = written(Reader::InTurn, &cancelled);
        assert!(matches!(stopped, Err(Error::Cancelled { .. })), "{:?}", stopped.map(|image| image.len()));
        std::fs::write(&host, "short").unwrap();
        let changed = written(Reader::InTurn, &Control::default());
        assert!(
            matches!(changed, Err(Error::SourceChanged { .. })),
            "{:?}",
            changed.map(|image| image.len())
        );
    }
}
