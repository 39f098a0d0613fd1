use std::io::{self, Read, Seek, SeekFrom};

use byteorder::{ByteOrder, LittleEndian};
use flate2::{Decompress, FlushDecompress, Status};

use super::{BLOCK_LOG2, Header, Version, Zisofs};

/// Block pointers held at a time.
const POINTERS: u64 = 512;

/// Why a compressed file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZisofsError {
    /// The data does not begin with the header that the entry announces.
    #[error("the file is marked as zisofs but has no zisofs header")]
    NoHeader,
    /// Header and entry differ in size, block size or header length.
    #[error("the zisofs header contradicts the ZF entry")]
    Contradiction,
    /// An algorithm other than zlib.
    #[error("zisofs algorithm {0:?} is not supported")]
    Algorithm([char; 2]),
    /// A block size outside 4 KiB to 1 MiB, or a header shorter than its fixed part.
    #[error("zisofs block size 2^{block_log2} or header of {header_words} words is out of range")]
    OutOfRange {
        /// From the entry.
        block_log2: u8,
        /// From the entry.
        header_words: u8,
    },
    /// A block's pointers run backwards, pass the end, or claim more than a block can take.
    #[error("zisofs block {block} has bad pointers")]
    Pointers {
        /// Index of the block.
        block: u64,
    },
    /// A block does not decompress to its size.
    #[error("zisofs block {block} is damaged")]
    Damaged {
        /// Index of the block.
        block: u64,
    },
}

impl From<ZisofsError> for io::Error {
    fn from(error: ZisofsError) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

/// Reads a compressed file decompressed, block by block. `R` reads the file as it is stored.
///
/// Memory is bounded by the block size (three blocks at most), whatever the data says. Seeking is cheap.
#[derive(Debug)]
pub struct ZisofsReader<R> {
    stored: R,
    stored_len: u64,
    entry: Zisofs,
    position: u64,
    /// First block whose pointer is held.
    first_pointer: u64,
    pointers: Vec<u64>,
    /// The block that `plain` holds.
    current: Option<u64>,
    packed: Vec<u8>,
    plain: Vec<u8>,
    inflate: Decompress,
}

impl<R: Read + Seek> ZisofsReader<R> {
    /// Checks the header of the stored file against the entry.
    ///
    /// # Errors
    /// A [`ZisofsError`] inside an [`io::Error`] of kind `InvalidData`, or what `stored` says.
    pub fn new(mut stored: R, entry: &Zisofs) -> io::Result<ZisofsReader<R>> {
        let version = if entry.version == 1 { Version::One } else { Version::Two };
        let fixed = Header::fixed_len(version);
        let Zisofs { block_log2, header_words, .. } = *entry;
        let wanted = Header { header_words, ..Header::new(version, block_log2, entry.uncompressed_len) };
        if wanted.entry() != Some(*entry) {
            return Err(ZisofsError::Algorithm(entry.algorithm.map(char::from)).into());
        }
        let header_len = u64::from(header_words) * 4;
        if !BLOCK_LOG2.contains(&block_log2) || header_len < fixed as u64 {
            return Err(ZisofsError::OutOfRange { block_log2, header_words }.into());
        }
        let stored_len = stored.seek(SeekFrom::End(0))?;
        if stored_len < header_len {
            return Err(ZisofsError::NoHeader.into());
        }
        stored.seek(SeekFrom::Start(0))?;
        let mut header = [0; Header::MOST];
        stored.read_exact(&mut header[..fixed])?;
        match Header::parse(&header) {
            Some(header) if header == wanted => {}
            Some(header) if header.version == version => return Err(ZisofsError::Contradiction.into()),
            _ => return Err(ZisofsError::NoHeader.into()),
        }
        Ok(ZisofsReader {
            stored,
            stored_len,
            entry: *entry,
            position: 0,
            first_pointer: 0,
            pointers: Vec::new(),
            current: None,
            packed: Vec::new(),
            plain: Vec::new(),
            inflate: Decompress::new(true),
        })
    }

    /// Length of the decompressed file, in bytes.
    pub fn uncompressed_len(&self) -> u64 {
        self.entry.uncompressed_len
    }

    fn block_len(&self) -> u64 {
        1 << self.entry.block_log2
    }

    /// Where a block begins and ends in the stored file.
    fn pointers(&mut self, block: u64) -> io::Result<(u64, u64)> {
        let held = self.first_pointer..self.first_pointer + self.pointers.len().saturating_sub(1) as u64;
        if !held.contains(&block) {
            let width = if self.entry.version == 1 { 4 } else { 8 };
            let blocks = self.entry.uncompressed_len.div_ceil(self.block_len());
            let count = (blocks - block + 1).min(POINTERS);
            let offset = block
                .checked_mul(width)
                .and_then(|offset| offset.checked_add(u64::from(self.entry.header_words) * 4))
                .filter(|offset| offset.checked_add(count * width).is_some_and(|end| end <= self.stored_len))
                .ok_or(ZisofsError::Pointers { block })?;
            let mut bytes = vec![0; (count * width) as usize];
            self.stored.seek(SeekFrom::Start(offset))?;
            self.stored.read_exact(&mut bytes)?;
            self.pointers.clear();
            self.pointers.extend(bytes.chunks_exact(width as usize).map(|pointer| {
                if width == 4 {
                    u64::from(LittleEndian::read_u32(pointer))
                } else {
                    LittleEndian::read_u64(pointer)
                }
            }));
            self.first_pointer = block;
        }
        let index = (block - self.first_pointer) as usize;
        Ok((self.pointers[index], self.pointers[index + 1]))
    }

    fn load(&mut self, block: u64) -> io::Result<()> {
        self.current = None;
        let (start, end) = self.pointers(block)?;
        let block_len = self.block_len();
        // zlib expands what it cannot compress by a few bytes only.
        if start > end || end > self.stored_len || end - start > 2 * block_len {
            return Err(ZisofsError::Pointers { block }.into());
        }
        let wanted = block_len.min(self.entry.uncompressed_len - block * block_len) as usize;
        self.plain.clear();
        self.plain.resize(wanted, 0);
        if start < end {
            self.packed.resize((end - start) as usize, 0);
            self.stored.seek(SeekFrom::Start(start))?;
            self.stored.read_exact(&mut self.packed)?;
            self.inflate.reset(true);
            let status = self.inflate.decompress(&self.packed, &mut self.plain, FlushDecompress::Finish);
            if !matches!(status, Ok(Status::StreamEnd)) || self.inflate.total_out() != wanted as u64 {
                return Err(ZisofsError::Damaged { block }.into());
            }
        }
        self.current = Some(block);
        Ok(())
    }
}

impl<R: Read + Seek> Read for ZisofsReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.entry.uncompressed_len || into.is_empty() {
            return Ok(0);
        }
        let block = self.position >> self.entry.block_log2;
        if self.current != Some(block) {
            self.load(block)?;
        }
        let rest = &self.plain[(self.position - block * self.block_len()) as usize..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for ZisofsReader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(distance) => self.entry.uncompressed_len.checked_add_signed(distance),
            SeekFrom::Current(distance) => self.position.checked_add_signed(distance),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::ZlibEncoder};
    use proptest::prelude::*;
    use std::io::{Cursor, Write};

    fn packed(version: u8, block_log2: u8, content: &[u8]) -> (Zisofs, Vec<u8>) {
        let version = if version == 1 { Version::One } else { Version::Two };
        let header = Header::new(version, block_log2, content.len() as u64);
        let mut file = Vec::new();
        header.encode(&mut file);
        let blocks: Vec<Vec<u8>> = content
            .chunks(1 << block_log2)
            .map(|block| {
                if block.iter().all(|&byte| byte == 0) {
                    return Vec::new();
                }
                let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(block).unwrap();
                encoder.finish().unwrap()
            })
            .collect();
        let width = version.pointer_len();
        let mut pointer = (file.len() + (blocks.len() + 1) * width) as u64;
        for len in blocks.iter().map(|block| block.len() as u64).chain([0]) {
            file.extend(&pointer.to_le_bytes()[..width]);
            pointer += len;
        }
        file.extend(blocks.concat());
        (header.entry().unwrap(), file)
    }

    fn content(len: usize) -> Vec<u8> {
        (0..len).map(|n| if n / 5000 % 3 == 0 { 0 } else { (n * n / 977) as u8 }).collect()
    }

    #[test]
    fn both_versions_read_back() {
        for (version, log2, len) in [(1, 15, 200_000), (2, 15, 200_000), (1, 17, 131_072), (2, 12, 5_000_000)]
        {
            let content = content(len);
            let (entry, file) = packed(version, log2, &content);
            let mut reader = ZisofsReader::new(Cursor::new(file), &entry).unwrap();
            let mut all = Vec::new();
            reader.read_to_end(&mut all).unwrap();
            assert!(all == content);
            reader.seek(SeekFrom::End(-77_777)).unwrap();
            all.clear();
            reader.read_to_end(&mut all).unwrap();
            assert!(all == content[len - 77_777..]);
        }
    }

    #[test]
    fn empty_file() {
        let (entry, file) = packed(1, 15, &[]);
        assert_eq!(file.len(), 20);
        let mut all = Vec::new();
        assert_eq!(ZisofsReader::new(Cursor::new(file), &entry).unwrap().read_to_end(&mut all).unwrap(), 0);
    }

    fn inner(error: &io::Error) -> ZisofsError {
        *error.get_ref().unwrap().downcast_ref().unwrap()
    }

    #[test]
    fn lies_are_refused() {
        let (entry, file) = packed(1, 15, &content(100_000));
        let open = |entry: Zisofs, file: &[u8]| match ZisofsReader::new(Cursor::new(file.to_vec()), &entry) {
            Err(error) => inner(&error),
            Ok(mut reader) => inner(&reader.read_to_end(&mut Vec::new()).unwrap_err()),
        };
        assert_eq!(open(Zisofs { uncompressed_len: 7, ..entry }, &file), ZisofsError::Contradiction);
        assert_eq!(open(Zisofs { algorithm: *b"XZ", ..entry }, &file), ZisofsError::Algorithm(['X', 'Z']));
        let range = ZisofsError::OutOfRange { block_log2: 31, header_words: 4 };
        assert_eq!(open(Zisofs { block_log2: 31, ..entry }, &file), range);
        assert_eq!(open(entry, &file[1..]), ZisofsError::NoHeader);
        assert_eq!(open(entry, &file[..8]), ZisofsError::NoHeader);
        assert_eq!(open(entry, &file[..24]), ZisofsError::Pointers { block: 0 });
        assert_eq!(open(entry, &file[..file.len() - 1]), ZisofsError::Pointers { block: 3 });
        let mut damaged = file.clone();
        let second = LittleEndian::read_u32(&file[20..]) as usize;
        damaged[second + 3] ^= 0x55;
        assert_eq!(open(entry, &damaged), ZisofsError::Damaged { block: 1 });
        // A giant that the few bytes cannot hold: refused without allocating.
        let giant = Zisofs { uncompressed_len: 0xFFFF_FFFF, ..entry };
        let mut lying = file.clone();
        lying[8..12].fill(0xFF);
        lying[16 + 4 * 4..].fill(0);
        assert!(matches!(open(giant, &lying), ZisofsError::Pointers { .. } | ZisofsError::Damaged { .. }));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(version in 1u8..=2, len in 0u64..400_000, mut noise in proptest::collection::vec(any::<u8>(), 0..4000)) {
            let (header, algorithm) = if version == 1 { (4, *b"pz") } else { (6, *b"PZ") };
            let entry = Zisofs { version, algorithm, header_words: header, block_log2: 15, uncompressed_len: len };
            let start = packed(version, 15, &vec![0; len as usize]).1;
            let fixed = usize::from(header) * 4;
            noise.splice(..0, start[..fixed].iter().copied());
            if let Ok(mut reader) = ZisofsReader::new(Cursor::new(noise), &entry) {
                let _ = reader.read_to_end(&mut Vec::new());
            }
        }
    }
}
