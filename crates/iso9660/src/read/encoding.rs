use std::io::{self, Read, Seek, SeekFrom};

use crate::rock_ridge::{SparseFile, SparseReader};
use crate::susp::{Entry as SystemUseEntry, entries};
use crate::zisofs::{Zisofs, ZisofsReader};

/// How a file's bytes are made of those that lie in its sections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Encoding {
    /// They are the same.
    #[default]
    Plain,
    /// They are compressed.
    Zisofs(Zisofs),
    /// Those that are zero are left out.
    Sparse(SparseFile),
}

impl Encoding {
    /// What System Use entries say, one behind another as recorded. The first entry that says anything counts.
    #[must_use]
    pub fn of(system_use: &[u8]) -> Encoding {
        let mut left = entries(system_use);
        loop {
            let recorded = left.rest();
            let Some(entry) = left.next() else { return Encoding::Plain };
            if let Some(found) = Encoding::said_by(&entry, recorded) {
                return found;
            }
        }
    }

    /// The entries without those that say how the bytes are stored.
    #[must_use]
    pub fn without(system_use: &[u8]) -> Vec<u8> {
        let (mut left, mut kept) = (entries(system_use), Vec::with_capacity(system_use.len()));
        while let Some((entry, recorded)) = left.next_whole() {
            if Encoding::said_by(&entry, recorded).is_none() {
                kept.extend_from_slice(recorded);
            }
        }
        kept
    }

    /// What an entry says, with which `recorded` begins.
    fn said_by(entry: &SystemUseEntry<'_>, recorded: &[u8]) -> Option<Encoding> {
        if entry.signature == SparseFile::SIGNATURE {
            SparseFile::parse(entry.payload).ok().map(|(_, sparse)| Encoding::Sparse(sparse))
        } else {
            Zisofs::parse(recorded).map(Encoding::Zisofs)
        }
    }

    /// Whether the recorded bytes are the file's.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        matches!(self, Encoding::Plain)
    }

    /// Length of the file in bytes, of which `recorded` lie in its sections.
    #[must_use]
    pub const fn file_len(&self, recorded: u64) -> u64 {
        match self {
            Encoding::Plain => recorded,
            Encoding::Zisofs(zisofs) => zisofs.uncompressed_len,
            Encoding::Sparse(sparse) => sparse.virtual_size,
        }
    }

    /// Appends the entry that says so; nothing for a plain file.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Encoding::Plain => {}
            Encoding::Zisofs(zisofs) => zisofs.encode(out),
            Encoding::Sparse(sparse) => sparse.encode(out),
        }
    }
}

/// Reads a file from the bytes that are recorded.
#[derive(Debug)]
pub enum DecodedReader<R> {
    /// Of a plain file.
    Plain(R),
    /// Of a compressed file.
    Zisofs(Box<ZisofsReader<R>>),
    /// Of a sparse file.
    Sparse(SparseReader<R>),
}

impl<R: Read + Seek> DecodedReader<R> {
    /// `recorded` reads the file's sections, one behind another.
    ///
    /// # Errors
    /// As [`ZisofsReader::new`] and [`SparseReader::new`].
    pub fn new(recorded: R, encoding: &Encoding) -> io::Result<DecodedReader<R>> {
        Ok(match encoding {
            Encoding::Plain => DecodedReader::Plain(recorded),
            Encoding::Zisofs(entry) => DecodedReader::Zisofs(Box::new(ZisofsReader::new(recorded, entry)?)),
            Encoding::Sparse(entry) => DecodedReader::Sparse(SparseReader::new(recorded, entry)?),
        })
    }
}

impl<R: Read + Seek> Read for DecodedReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            DecodedReader::Plain(reader) => reader.read(into),
            DecodedReader::Zisofs(reader) => reader.read(into),
            DecodedReader::Sparse(reader) => reader.read(into),
        }
    }
}

impl<R: Read + Seek> Seek for DecodedReader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            DecodedReader::Plain(reader) => reader.seek(to),
            DecodedReader::Zisofs(reader) => reader.seek(to),
            DecodedReader::Sparse(reader) => reader.seek(to),
        }
    }
}
