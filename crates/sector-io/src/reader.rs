use std::io::{self, Read, Seek, SeekFrom};

use crate::{ReadSectors, read_bytes};

/// The bytes of anything that can be read by sectors, one behind another and from any place on. It keeps nothing: behind a
/// [`BufReader`](std::io::BufReader) small reads become few.
#[derive(Clone, Debug)]
pub struct SectorReader<S> {
    source: S,
    at: u64,
}

impl<S: ReadSectors> SectorReader<S> {
    /// Begins at the first byte of sector 0.
    pub fn new(source: S) -> SectorReader<S> {
        SectorReader { source, at: 0 }
    }

    /// What is read from.
    pub fn get_ref(&self) -> &S {
        &self.source
    }

    fn len(&self) -> u64 {
        self.source.sectors().bytes()
    }
}

impl<S: ReadSectors> Read for SectorReader<S> {
    /// An error of the source is one of kind [`io::ErrorKind::Other`] and has the [`ReadError`](crate::ReadError) within.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let len = left.min(into.len());
        let into = &mut into[..len];
        read_bytes(&self.source, self.at, into).map_err(io::Error::other)?;
        self.at += len as u64;
        Ok(len)
    }
}

impl<S: ReadSectors> Seek for SectorReader<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemorySectors, SECTOR_SIZE};

    #[test]
    fn any_bytes_in_any_order() {
        let bytes: Vec<u8> = (0..3 * SECTOR_SIZE).map(|at| (at / 7) as u8).collect();
        let mut reader = SectorReader::new(MemorySectors::new(bytes.clone()));
        let mut all = Vec::new();
        assert_eq!(reader.read_to_end(&mut all).unwrap(), bytes.len());
        assert_eq!(all, bytes);
        assert_eq!(reader.seek(SeekFrom::End(-2050)).unwrap(), 4094);
        let mut across = [0; 4];
        reader.read_exact(&mut across).unwrap();
        assert_eq!(across, bytes[4094..4098]);
        assert_eq!(reader.seek(SeekFrom::Current(-3)).unwrap(), 4095);
        assert_eq!(reader.seek(SeekFrom::Start(1 << 60)).unwrap(), 1 << 60);
        assert_eq!(reader.read(&mut across).unwrap(), 0);
        assert_eq!(
            reader.seek(SeekFrom::End(-7000)).unwrap_err().kind(),
            io::ErrorKind::InvalidInput,
            "in front of the first byte"
        );
    }
}
