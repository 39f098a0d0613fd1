use byteorder::{ByteOrder, LittleEndian};

/// Generation of the format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Version {
    /// Sizes and pointers of 32 bits. Linux shows the file as it was.
    #[default]
    One,
    /// Sizes and pointers of 64 bits. Linux does not know it, and shows the file as it is stored.
    Two,
}

impl Version {
    /// Bytes of a block pointer.
    #[must_use]
    pub const fn pointer_len(self) -> usize {
        match self {
            Version::One => 4,
            Version::Two => 8,
        }
    }

    /// The longest file, and the longest compressed one, in bytes.
    #[must_use]
    pub const fn longest(self) -> u64 {
        match self {
            Version::One => u32::MAX as u64,
            Version::Two => u64::MAX,
        }
    }
}

/// The `ZF` entry (version 2 may also be signed `Z2`): this file is compressed.
///
/// The reader of a compressed file is [`ZisofsReader`](super::ZisofsReader).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
    #[must_use]
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

    /// Appends the entry, signed `ZF`. Version 1 keeps the low 32 bits of the length.
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn entries_round_trip(version in 1u8..=2, algorithm: [u8; 2], header_words: u8, block_log2: u8, len: u64) {
            let uncompressed_len = if version == 1 { len & 0xFFFF_FFFF } else { len };
            let entry = Zisofs { version, algorithm, header_words, block_log2, uncompressed_len };
            let mut bytes = Vec::new();
            entry.encode(&mut bytes);
            prop_assert_eq!(Zisofs::parse(&bytes), Some(entry));
        }
    }
}
