use std::borrow::Cow;
use std::fs::File;
use std::io;

use crate::positioned::read_exact_at;

/// A stretch of an open file.
#[derive(Clone, Copy, Debug)]
pub struct FileStretch<'a> {
    /// The file.
    pub file: &'a File,
    /// Where the stretch begins, in bytes.
    pub offset: u64,
    /// Its length in bytes.
    pub len: usize,
}

/// What goes to a drive: bytes in memory, or a stretch of a file that need not come into this process.
#[derive(Clone, Copy, Debug)]
pub enum Outgoing<'a> {
    /// Bytes in memory.
    Bytes(&'a [u8]),
    /// A stretch of a file.
    File(FileStretch<'a>),
}

impl<'a> Outgoing<'a> {
    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Outgoing::Bytes(bytes) => bytes.len(),
            Outgoing::File(stretch) => stretch.len,
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What lies before byte `at`, and the rest.
    ///
    /// # Panics
    /// If `at` lies behind the end.
    #[must_use]
    pub fn split_at(self, at: usize) -> (Outgoing<'a>, Outgoing<'a>) {
        match self {
            Outgoing::Bytes(bytes) => {
                let (before, rest) = bytes.split_at(at);
                (Outgoing::Bytes(before), Outgoing::Bytes(rest))
            }
            Outgoing::File(stretch) => {
                assert!(at <= stretch.len, "{at} is behind the end of {} bytes", stretch.len);
                let rest =
                    FileStretch { offset: stretch.offset + at as u64, len: stretch.len - at, ..stretch };
                (Outgoing::File(FileStretch { len: at, ..stretch }), Outgoing::File(rest))
            }
        }
    }

    /// All of it in memory.
    ///
    /// # Errors
    /// What reading the file gives; [`io::ErrorKind::UnexpectedEof`] where it ends before the stretch does.
    pub fn bytes(self) -> io::Result<Cow<'a, [u8]>> {
        match self {
            Outgoing::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
            Outgoing::File(FileStretch { file, offset, len }) => {
                let mut bytes = vec![0; len];
                read_exact_at(file, &mut bytes, offset)?;
                Ok(Cow::Owned(bytes))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_is_cut_as_bytes_are() {
        let content: Vec<u8> = (0..=255).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&content).unwrap();
        let stretch = Outgoing::File(FileStretch { file: &file, offset: 10, len: 100 });
        let bytes = Outgoing::Bytes(&content[10..110]);
        for at in [0, 1, 99, 100] {
            let ((a, b), (c, d)) = (stretch.split_at(at), bytes.split_at(at));
            assert_eq!((a.len(), b.len()), (at, 100 - at));
            assert_eq!((a.bytes().unwrap(), b.bytes().unwrap()), (c.bytes().unwrap(), d.bytes().unwrap()));
        }
    }

    #[test]
    fn a_file_that_ends_early_is_an_error() {
        let file = tempfile::tempfile().unwrap();
        let stretch = Outgoing::File(FileStretch { file: &file, offset: 0, len: 1 });
        assert_eq!(stretch.bytes().unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
