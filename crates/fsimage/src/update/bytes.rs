//! The bytes of contents, uncompressed and with their holes, to compare them.

use std::io::{self, Read, Seek, SeekFrom};

use iso9660::read::{DecodedReader, Encoding};

use crate::digests::{Digest, DigestAlgorithm, Hasher};
use crate::emit::{Opened, Sources};
use crate::tree::{ContentId, Tree};
use crate::{Control, Error, Result};

/// Bytes that are read at a time.
const CHUNK: u64 = 1 << 20;

/// A content of a tree, read from its beginning.
pub(super) struct Bytes<'t> {
    stored: Stored<'t>,
    encoding: Encoding,
    len: u64,
}

/// A content as it is stored.
struct Stored<'t> {
    tree: &'t Tree,
    id: ContentId,
    opened: Opened<'t>,
    position: u64,
}

impl<'t> Bytes<'t> {
    /// `encoding` is what is said of how the content is stored.
    pub(super) fn open(
        sources: &mut Sources,
        tree: &'t Tree,
        id: ContentId,
        encoding: Encoding,
    ) -> Result<Bytes<'t>> {
        let opened = sources.open(tree, id)?;
        let len = encoding.file_len(tree.content_len(id));
        Ok(Bytes { stored: Stored { tree, id, opened, position: 0 }, encoding, len })
    }

    /// Gives the bytes piece by piece, until `take` wants no more. A source that changes meanwhile is an error.
    pub(super) fn each(self, control: &Control, take: &mut dyn FnMut(&[u8]) -> bool) -> Result<()> {
        let Bytes { mut stored, encoding, len } = self;
        let mut reader = DecodedReader::new(&mut stored, &encoding).map_err(error)?;
        let mut buffer = vec![0; len.min(CHUNK) as usize];
        let mut left = len;
        while left > 0 {
            control.check("nothing was written")?;
            let piece = &mut buffer[..left.min(CHUNK) as usize];
            reader.read_exact(piece).map_err(error)?;
            if !take(piece) {
                break;
            }
            left -= piece.len() as u64;
        }
        stored.opened.check()
    }

    pub(super) fn digest(self, algorithm: DigestAlgorithm, control: &Control) -> Result<Digest> {
        let mut hasher = Hasher::new(algorithm);
        self.each(control, &mut |piece| {
            hasher.update(piece);
            true
        })?;
        Ok(hasher.finish())
    }
}

/// The error inside, if it is one of this crate.
fn error(error: io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => error,
        Err(source) => Error::SourceRead { path: "(imported content)".into(), source },
    }
}

impl Read for Stored<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.tree.content_len(self.id).saturating_sub(self.position);
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(into.len());
        self.opened.read(self.tree, self.id, self.position, &mut into[..count]).map_err(io::Error::other)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Stored<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = crate::disc::sought(to, self.position, self.tree.content_len(self.id))?;
        Ok(self.position)
    }
}

/// Whether two values of extended attributes are the same.
pub(super) fn is_same_value(a: (&Tree, ContentId), b: (&Tree, ContentId)) -> Result<bool> {
    let len = a.0.content_len(a.1);
    if len != b.0.content_len(b.1) {
        return Ok(false);
    }
    let (mut one, mut other) = (vec![0; len.min(CHUNK) as usize], vec![0; len.min(CHUNK) as usize]);
    let mut at = 0;
    while at < len {
        let count = a.0.read_at(a.1, at, &mut one)?;
        b.0.read_at(b.1, at, &mut other)?;
        if one[..count] != other[..count] {
            return Ok(false);
        }
        at += count as u64;
    }
    Ok(true)
}
