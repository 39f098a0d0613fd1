use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use iso9660::zisofs::push_pointers;
use sector_io::SECTOR_SIZE;

use super::{Batch, Job, ZisofsOptions};
use crate::tree::{Tree, temporary_file, write_temporary};
use crate::{Error, Result};

/// Files begin at a multiple of this, so that an image file can share their blocks.
const ALIGNMENT: u64 = 4096;

/// The compressed files, end to end in a temporary file without a name.
pub(super) struct Spool {
    file: Arc<File>,
    folder: PathBuf,
    level: u32,
    /// Where the present file begins.
    start: u64,
    /// Lengths of its blocks.
    lens: Vec<u32>,
    /// Sum of these.
    data: u64,
    /// Header and pointers, as they are written.
    head: Vec<u8>,
    stored: Vec<Stored>,
}

/// A compressed file.
pub(super) struct Stored {
    pub(super) job: usize,
    pub(super) offset: u64,
    pub(super) len: u64,
}

impl Spool {
    pub(super) fn new(options: &ZisofsOptions, tree: &Tree) -> Result<Spool> {
        let folder = options.spool.clone().unwrap_or_else(|| tree.spool_folder());
        let file = temporary_file(&folder)?;
        Ok(Spool {
            file: Arc::new(file),
            folder,
            level: options.level,
            start: 0,
            lens: Vec::new(),
            data: 0,
            head: Vec::new(),
            stored: Vec::new(),
        })
    }

    /// Compresses the blocks and keeps them.
    pub(super) fn take(&mut self, jobs: &[Job], batch: &Batch) -> Result<()> {
        for (block, packed) in batch.blocks.iter().zip(batch.packed(self.level)) {
            let header = &jobs[block.job].header;
            self.write(&packed, self.start + header.data_start() + self.data)?;
            self.lens.push(packed.len() as u32);
            self.data += packed.len() as u64;
            if block.is_last {
                self.close(block.job, &jobs[block.job])?;
            }
        }
        Ok(())
    }

    /// Header and pointers of a file whose blocks are there. If it takes no sector less than before, the next file
    /// takes its place.
    fn close(&mut self, number: usize, job: &Job) -> Result<()> {
        let len = job.header.data_start() + self.data;
        let sectors = |len: u64| len.div_ceil(SECTOR_SIZE as u64);
        if sectors(len) < sectors(job.header.uncompressed_len) {
            let mut head = std::mem::take(&mut self.head);
            head.clear();
            job.header.encode(&mut head);
            push_pointers(&job.header, &self.lens, &mut head);
            self.write(&head, self.start)?;
            self.head = head;
            self.stored.push(Stored { job: number, offset: self.start, len });
            self.start = (self.start + len).next_multiple_of(ALIGNMENT);
        }
        self.lens.clear();
        self.data = 0;
        Ok(())
    }

    fn write(&self, data: &[u8], offset: u64) -> Result<()> {
        write_temporary(&self.file, data, offset)
            .map_err(|problem| Error::Spool { folder: self.folder.clone(), problem })
    }

    /// The temporary file, and what it holds.
    pub(super) fn finish(self) -> (Arc<File>, Vec<Stored>) {
        (self.file, self.stored)
    }
}
