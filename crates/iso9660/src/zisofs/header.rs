use byteorder::{ByteOrder, LittleEndian};

use super::{BLOCK_LOG2, Version, Zisofs};

const MAGIC_1: [u8; 8] = [0x37, 0xE4, 0x53, 0x96, 0xC9, 0xDB, 0xD6, 0x07];
const MAGIC_2: [u8; 8] = [0xEF, 0x22, 0x55, 0xA1, 0xBC, 0x1B, 0x95, 0xA0];

/// Number of the zlib algorithm in version 2.
const ZLIB: u8 = 1;

/// How a compressed file begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// Generation of the format.
    pub version: Version,
    /// Length of the file after decompression, in bytes.
    pub uncompressed_len: u64,
    /// Length of the header in units of 4 bytes; the block pointers follow it.
    pub header_words: u8,
    /// Base 2 logarithm of the size of an uncompressed block.
    pub block_log2: u8,
    /// Number of the algorithm; version 1 has but zlib, which is 1.
    pub algorithm: u8,
}

impl Header {
    /// Most bytes of a header that are looked at.
    pub const MOST: usize = 24;

    /// The header of a file that is compressed with zlib.
    #[must_use]
    pub const fn new(version: Version, block_log2: u8, uncompressed_len: u64) -> Header {
        let header_words = (Header::fixed_len(version) / 4) as u8;
        Header { version, uncompressed_len, header_words, block_log2, algorithm: ZLIB }
    }

    /// Bytes of the header that are defined.
    #[must_use]
    pub const fn fixed_len(version: Version) -> usize {
        match version {
            Version::One => 16,
            Version::Two => 24,
        }
    }

    /// Reads the header at the start of `stored`; `None` where there is none.
    #[must_use]
    pub fn parse(stored: &[u8]) -> Option<Header> {
        let magic = stored.get(..8)?;
        if magic == MAGIC_1 {
            let header = stored.get(..Self::fixed_len(Version::One))?;
            return Some(Header {
                version: Version::One,
                uncompressed_len: u64::from(LittleEndian::read_u32(&header[8..12])),
                header_words: header[12],
                block_log2: header[13],
                algorithm: ZLIB,
            });
        }
        let header = stored.get(..Self::fixed_len(Version::Two))?;
        (magic == MAGIC_2 && header[8] == 0).then(|| Header {
            version: Version::Two,
            uncompressed_len: LittleEndian::read_u64(&header[12..20]),
            header_words: header[9],
            block_log2: header[11],
            algorithm: header[10],
        })
    }

    /// Appends the header. Version 1 keeps the low 32 bits of the length.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self.version {
            Version::One => {
                out.extend(MAGIC_1);
                out.extend((self.uncompressed_len as u32).to_le_bytes());
                out.extend([self.header_words, self.block_log2, 0, 0]);
            }
            Version::Two => {
                out.extend(MAGIC_2);
                out.extend([0, self.header_words, self.algorithm, self.block_log2]);
                out.extend(self.uncompressed_len.to_le_bytes());
                out.extend([0; 4]);
            }
        }
    }

    /// The `ZF` entry that says the same; `None` for another algorithm than zlib.
    #[must_use]
    pub fn entry(&self) -> Option<Zisofs> {
        let (version, algorithm) = match self.version {
            Version::One => (1, *b"pz"),
            Version::Two => (2, *b"PZ"),
        };
        (self.algorithm == ZLIB).then_some(Zisofs {
            version,
            algorithm,
            header_words: self.header_words,
            block_log2: self.block_log2,
            uncompressed_len: self.uncompressed_len,
        })
    }

    /// Number of blocks; there is one pointer more.
    #[must_use]
    pub const fn blocks(&self) -> u64 {
        self.uncompressed_len.div_ceil(1 << self.block_log2)
    }

    /// Where the blocks begin in the compressed file: behind header and pointers.
    #[must_use]
    pub const fn data_start(&self) -> u64 {
        self.header_words as u64 * 4 + (self.blocks() + 1) * self.version.pointer_len() as u64
    }

    /// Whether a file of `stored_len` bytes can be what the header says: a size of blocks that readers take, and room
    /// for header and pointers. Other files begin with these bytes by chance only.
    #[must_use]
    pub fn is_plausible(&self, stored_len: u64) -> bool {
        BLOCK_LOG2.contains(&self.block_log2)
            && usize::from(self.header_words) * 4 >= Self::fixed_len(self.version)
            // Pointers take no more than the file has, so no sum passes 64 bits.
            && self.blocks() < stored_len
            && self.data_start() <= stored_len
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(header: &Header) -> Vec<u8> {
        let mut out = Vec::new();
        header.encode(&mut out);
        out
    }

    #[test]
    fn both_headers_byte_by_byte() {
        let one = Header::new(Version::One, 15, 1_234_567);
        let bytes = [0x37, 0xE4, 0x53, 0x96, 0xC9, 0xDB, 0xD6, 0x07, 0x87, 0xD6, 0x12, 0, 4, 15, 0, 0];
        assert_eq!((encoded(&one), Header::parse(&bytes)), (bytes.to_vec(), Some(one)));
        let two = Header::new(Version::Two, 17, 0x1_0000_0001);
        let bytes =
            [0xEF, 0x22, 0x55, 0xA1, 0xBC, 0x1B, 0x95, 0xA0, 0, 6, 1, 17, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!((encoded(&two), Header::parse(&bytes)), (bytes.to_vec(), Some(two)));
        assert_eq!((two.blocks(), two.data_start()), (32_769, 24 + 32_770 * 8));
        assert_eq!(Header::parse(&bytes[..23]), None);
        assert_eq!(Header { algorithm: 2, ..two }.entry(), None);
    }

    #[test]
    fn what_cannot_be_a_compressed_file() {
        let header = Header::new(Version::One, 15, 100_000);
        assert_eq!(header.data_start(), 36);
        assert!(header.is_plausible(36) && !header.is_plausible(35));
        assert!(!Header { block_log2: 40, ..header }.is_plausible(1000));
        assert!(!Header { header_words: 3, ..header }.is_plausible(1000));
        assert!(!Header::new(Version::Two, 12, u64::MAX).is_plausible(1 << 40));
    }

    proptest! {
        #[test]
        fn headers_round_trip(two: bool, uncompressed_len: u64, header_words: u8, block_log2: u8, algorithm: u8) {
            let version = if two { Version::Two } else { Version::One };
            let uncompressed_len = uncompressed_len & version.longest();
            let algorithm = if two { algorithm } else { ZLIB };
            let header = Header { version, uncompressed_len, header_words, block_log2, algorithm };
            prop_assert_eq!(Header::parse(&encoded(&header)), Some(header));
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40), two: bool, stored_len: u64) {
            let mut begun = if two { MAGIC_2.to_vec() } else { MAGIC_1.to_vec() };
            begun.extend(bytes);
            if let Some(header) = Header::parse(&begun) {
                let _ = header.is_plausible(stored_len);
            }
        }
    }
}
