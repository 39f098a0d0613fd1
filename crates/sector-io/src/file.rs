use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::Path;

use crate::read::check_range;
use crate::{ReadError, ReadSectors, Sector, SectorCount};

/// An image file, read by position, so that several threads can share it. A partial last sector reads
/// as if padded with zeros.
#[derive(Debug)]
pub struct FileSectors {
    file: File,
    bytes: u64,
}

impl FileSectors {
    /// Opens the image at `path` for reading.
    ///
    /// # Errors
    /// What the host's file system says.
    pub fn open(path: impl AsRef<Path>) -> io::Result<FileSectors> {
        FileSectors::new(File::open(path)?)
    }

    /// Reads from an open file or block device. Its length is taken now.
    ///
    /// # Errors
    /// What the host says when asked for the length.
    pub fn new(mut file: File) -> io::Result<FileSectors> {
        // A block device has no length in its metadata; its end can be sought, though.
        let bytes = file.seek(SeekFrom::End(0))?;
        Ok(FileSectors { file, bytes })
    }

    /// Length in bytes; not always a whole number of sectors.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The open file.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }
}

impl FileSectors {
    /// Why bytes that were there are not there any more.
    fn cut(&self, error: io::Error) -> io::Error {
        let Ok(bytes) = (&self.file).seek(SeekFrom::End(0)) else { return error };
        let end = bytes / crate::SECTOR_SIZE as u64;
        let told = format!("the image was made shorter while it was open, and ends at sector {end}");
        io::Error::new(error.kind(), told)
    }
}

impl ReadSectors for FileSectors {
    fn sectors(&self) -> SectorCount {
        SectorCount::for_bytes(self.bytes).unwrap_or(SectorCount::new(u32::MAX))
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        check_range(start, into.len(), self.sectors())?;
        let offset = start.byte_offset();
        let there = usize::try_from(self.bytes.saturating_sub(offset)).unwrap_or(usize::MAX);
        let (there, beyond) = into.split_at_mut(there.min(into.len()));
        beyond.fill(0);
        read_exact_at(&self.file, there, offset).map_err(|source| {
            let source =
                if source.kind() == io::ErrorKind::UnexpectedEof { self.cut(source) } else { source };
            ReadError::Io { start, source }
        })
    }

    fn data_end(&self) -> SectorCount {
        SectorCount::for_bytes(data_end(&self.file, self.bytes)).unwrap_or(self.sectors()).min(self.sectors())
    }
}

/// Where the last hole of a file begins: after no offset from there on data follow, which makes it a binary search.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn data_end(file: &File, bytes: u64) -> u64 {
    use rustix::fs::{SeekFrom, seek};
    use rustix::io::Errno;
    let (mut low, mut high) = (0, bytes);
    while low < high {
        let middle = low + (high - low) / 2;
        match seek(file, SeekFrom::Data(middle)) {
            // Data follow, from there to a hole at least.
            Ok(data) => match seek(file, SeekFrom::Hole(data)) {
                Ok(hole) if hole > middle && hole <= high => low = hole,
                _ => return bytes,
            },
            Err(Errno::NXIO) => high = middle,
            // A device, or a file system that knows of no holes.
            Err(_) => return bytes,
        }
    }
    low
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn data_end(_: &File, bytes: u64) -> u64 {
    bytes
}

#[cfg(unix)]
fn read_exact_at(file: &File, into: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut into: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !into.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, into, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                into = &mut into[read..];
                offset += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Hosts without positioned reads (WebAssembly): a seek and a read. Their threads do not share files.
#[cfg(not(any(unix, windows)))]
fn read_exact_at(mut file: &File, into: &mut [u8], offset: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    io::Read::read_exact(&mut file, into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SECTOR_SIZE;
    use std::io::Write;

    #[test]
    fn reads_by_position_and_pads_the_tail() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[1; SECTOR_SIZE]).unwrap();
        file.write_all(&[2; 100]).unwrap();
        let image = FileSectors::new(file).unwrap();
        assert_eq!((image.sectors(), image.bytes()), (SectorCount::new(2), 2148));
        let mut both = [9; 2 * SECTOR_SIZE];
        image.read_sectors(Sector::ZERO, &mut both).unwrap();
        assert_eq!((both[2047], both[2048], both[2147], both[2148], both[4095]), (1, 2, 2, 0, 0));
        assert!(image.read_sectors(Sector::new(1), &mut both).is_err());
    }

    #[test]
    fn a_file_that_becomes_shorter() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[1; 4 * SECTOR_SIZE]).unwrap();
        let image = FileSectors::new(file.try_clone().unwrap()).unwrap();
        file.set_len(SECTOR_SIZE as u64).unwrap();
        let error = image.read_sectors(Sector::new(2), &mut [0; SECTOR_SIZE]).unwrap_err().to_string();
        let told = "cannot read sector 2: the image was made shorter while it was open, and ends at sector 1";
        assert_eq!(error, told);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_last_hole_of_a_file() {
        use std::os::unix::fs::FileExt;
        let file = tempfile::tempfile().unwrap();
        file.set_len(1 << 33).unwrap();
        let end = |file: &File| FileSectors::new(file.try_clone().unwrap()).unwrap().data_end().get();
        let holes = end(&file) == 0;
        for at in [5 << 20, 3 << 30, (7 << 30) + 2048] {
            file.write_all_at(b"data", at).unwrap();
            let found = end(&file);
            // Not every file system has holes.
            let last = if holes { (at / 2048 + 1)..(at / 2048 + 1025) } else { (1 << 22)..(1 << 22) + 1 };
            assert!(last.contains(&u64::from(found)), "{at}: {found}");
        }
    }
}
