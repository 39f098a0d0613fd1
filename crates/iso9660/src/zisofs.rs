//! zisofs: transparently compressed files. Not part of RRIP, but written beside it by several programs
//! and read by Linux. Both generations are read: version 1 (`pz`, files below 4 GiB) and version 2
//! (64-bit sizes) with the zlib algorithm; version 2's other algorithms are refused.

use std::io::{self, Read, Seek, SeekFrom};

use byteorder::{ByteOrder, LittleEndian};
use flate2::{Decompress, FlushDecompress, Status};

const MAGIC_1: [u8; 8] = [0x37, 0xE4, 0x53, 0x96, 0xC9, 0xDB, 0xD6, 0x07];
const MAGIC_2: [u8; 8] = [0xEF, 0x22, 0x55, 0xA1, 0xBC, 0x1B, 0x95, 0xA0];

/// Sizes of blocks that are read: 32 KiB to 128 KiB in version 1, up to 1 MiB in version 2.
const BLOCK_LOG2: std::ops::RangeInclusive<u8> = 12..=20;

/// Block pointers held at a time.
const POINTERS: u64 = 512;

/// The `ZF` entry (version 2 may also be signed `Z2`): this file is compressed.
///
/// The reader of a compressed file is [`ZisofsReader`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zisofs {
    /// Version of the entry: 1 or 2.
    pub version: u8,
    /// Two letters for the algorithm: `pz` is zlib in version 1, `PZ` in version 2.
    pub algorithm: [u8; 2],
    /// Length of the header of the compressed file, in units of 4 bytes.
    pub header_words: u8,
    /// Base 2 logarithm of the size of an uncompressed block.
    pub block_log2: u8,
    /// Length of the file after decompression, in bytes.
    pub uncompressed_len: u64,
}

impl Zisofs {
    /// Length of the entry in bytes.
    pub const ENCODED_LEN: usize = 16;

    /// Reads a complete System Use entry: signature, length, version and payload. `None` for other
    /// entries, and for one that is too short or of an unknown version.
    pub fn parse(entry: &[u8]) -> Option<Zisofs> {
        let entry = entry.get(..Self::ENCODED_LEN)?;
        if !matches!(&entry[..2], b"ZF" | b"Z2") {
            return None;
        }
        let version = entry[3];
        let uncompressed_len = match version {
            1 => u64::from(LittleEndian::read_u32(&entry[8..12])),
            2 => LittleEndian::read_u64(&entry[8..16]),
            _ => return None,
        };
        Some(Zisofs {
            version,
            algorithm: [entry[4], entry[5]],
            header_words: entry[6],
            block_log2: entry[7],
            uncompressed_len,
        })
    }

    /// Appends the entry. Version 1 keeps the low 32 bits of the length.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend([b'Z', b'F', Self::ENCODED_LEN as u8, self.version]);
        out.extend(self.algorithm);
        out.extend([self.header_words, self.block_log2]);
        if self.version == 1 {
            let len = self.uncompressed_len as u32;
            out.extend(len.to_le_bytes());
            out.extend(len.to_be_bytes());
        } else {
            out.extend(self.uncompressed_len.to_le_bytes());
        }
    }
}

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
        let (fixed, algorithm) = if entry.version == 1 { (16, *b"pz") } else { (24, *b"PZ") };
        if entry.algorithm != algorithm {
            return Err(ZisofsError::Algorithm(entry.algorithm.map(char::from)).into());
        }
        let Zisofs { block_log2, header_words, .. } = *entry;
        if !BLOCK_LOG2.contains(&block_log2) || u64::from(header_words) * 4 < fixed {
            return Err(ZisofsError::OutOfRange { block_log2, header_words }.into());
        }
        let stored_len = stored.seek(SeekFrom::End(0))?;
        if stored_len < u64::from(header_words) * 4 {
            return Err(ZisofsError::NoHeader.into());
        }
        stored.seek(SeekFrom::Start(0))?;
        let mut header = [0; 24];
        let header = &mut header[..fixed as usize];
        stored.read_exact(header)?;
        let (len, words, log2) = if entry.version == 1 {
            if header[..8] != MAGIC_1 {
                return Err(ZisofsError::NoHeader.into());
            }
            (u64::from(LittleEndian::read_u32(&header[8..12])), header[12], header[13])
        } else {
            if header[..8] != MAGIC_2 || header[8] != 0 {
                return Err(ZisofsError::NoHeader.into());
            }
            if header[10] != 1 {
                return Err(ZisofsError::Contradiction.into());
            }
            (LittleEndian::read_u64(&header[12..20]), header[9], header[11])
        };
        if (len, words, log2) != (entry.uncompressed_len, header_words, block_log2) {
            return Err(ZisofsError::Contradiction.into());
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
        let (header_words, algorithm) = if version == 1 { (4, *b"pz") } else { (6, *b"PZ") };
        let entry =
            Zisofs { version, algorithm, header_words, block_log2, uncompressed_len: content.len() as u64 };
        let mut file = Vec::new();
        if version == 1 {
            file.extend(MAGIC_1);
            file.extend((content.len() as u32).to_le_bytes());
            file.extend([4, block_log2, 0, 0]);
        } else {
            file.extend(MAGIC_2);
            file.extend([0, 6, 1, block_log2]);
            file.extend((content.len() as u64).to_le_bytes());
            file.extend([0; 4]);
        }
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
        let width = if version == 1 { 4 } else { 8 };
        let mut pointer = (file.len() + (blocks.len() + 1) * width) as u64;
        for len in blocks.iter().map(|block| block.len() as u64).chain([0]) {
            file.extend(&pointer.to_le_bytes()[..width]);
            pointer += len;
        }
        file.extend(blocks.concat());
        (entry, file)
    }

    fn content(len: usize) -> Vec<u8> {
        (0..len).map(|n| if n / 5000 % 3 == 0 { 0 } else { (n * n / 977) as u8 }).collect()
    }

    #[test]
    fn the_published_example_of_the_entry() {
        // Block size 32 KiB, 1,234,567 bytes.
        let bytes = [b'Z', b'F', 16, 1, b'p', b'z', 4, 15, 0x87, 0xD6, 0x12, 0, 0, 0x12, 0xD6, 0x87];
        let entry = Zisofs {
            version: 1,
            algorithm: *b"pz",
            header_words: 4,
            block_log2: 15,
            uncompressed_len: 1_234_567,
        };
        assert_eq!(Zisofs::parse(&bytes), Some(entry));
        let mut out = Vec::new();
        entry.encode(&mut out);
        assert_eq!(out, bytes);
        assert_eq!(Zisofs::parse(&bytes[..15]), None);
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
        fn entries_round_trip(version in 1u8..=2, algorithm: [u8; 2], header_words: u8, block_log2: u8, len: u64) {
            let uncompressed_len = if version == 1 { len & 0xFFFF_FFFF } else { len };
            let entry = Zisofs { version, algorithm, header_words, block_log2, uncompressed_len };
            let mut bytes = Vec::new();
            entry.encode(&mut bytes);
            prop_assert_eq!(Zisofs::parse(&bytes), Some(entry));
        }

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
