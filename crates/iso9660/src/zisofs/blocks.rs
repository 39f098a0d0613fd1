use flate2::{Compress, Compression, FlushCompress, Status};

use super::Header;

/// Compresses the blocks of files, each alone. Equal blocks give equal bytes.
#[derive(Debug)]
pub struct BlockCompressor(Compress);

impl BlockCompressor {
    /// Compresses at a level of zlib, 0 (not at all) to 9.
    #[must_use]
    pub fn new(level: u32) -> BlockCompressor {
        BlockCompressor(Compress::new(Compression::new(level.min(9)), true))
    }

    /// Appends the compressed block: nothing for one of zeros.
    pub fn append(&mut self, block: &[u8], out: &mut Vec<u8>) {
        if block.iter().all(|&byte| byte == 0) {
            return;
        }
        self.0.reset();
        loop {
            // What zlib cannot compress becomes longer by 5 bytes for each 16 KiB, and 6 for the whole.
            out.reserve(block.len() / 1024 + 64 + block.len().saturating_sub(self.0.total_out() as usize));
            let rest = &block[self.0.total_in() as usize..];
            // The only error is a stream that has ended before, which this one has not.
            match self.0.compress_vec(rest, out, FlushCompress::Finish) {
                Ok(Status::StreamEnd) | Err(_) => return,
                Ok(Status::Ok | Status::BufError) => {}
            }
        }
    }
}

/// Appends the pointers to blocks of these compressed lengths, and to the end of the last.
pub fn push_pointers(header: &Header, lens: &[u32], out: &mut Vec<u8>) {
    let width = header.version.pointer_len();
    let mut pointer = header.data_start();
    out.extend(&pointer.to_le_bytes()[..width]);
    for &len in lens {
        pointer += u64::from(len);
        out.extend(&pointer.to_le_bytes()[..width]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Version, ZisofsReader};
    use super::*;
    use proptest::prelude::*;
    use std::io::{Cursor, Read};

    fn read_back(version: Version, block_log2: u8, level: u32, content: &[u8]) -> Vec<u8> {
        let header = Header::new(version, block_log2, content.len() as u64);
        let mut compressor = BlockCompressor::new(level);
        let mut data = Vec::new();
        let mut lens = Vec::new();
        for block in content.chunks(1 << block_log2) {
            let before = data.len();
            compressor.append(block, &mut data);
            lens.push((data.len() - before) as u32);
        }
        let mut file = Vec::new();
        header.encode(&mut file);
        push_pointers(&header, &lens, &mut file);
        assert_eq!(file.len() as u64, header.data_start());
        file.extend(data);
        let mut all = Vec::new();
        let entry = header.entry().unwrap();
        ZisofsReader::new(Cursor::new(file), &entry).unwrap().read_to_end(&mut all).unwrap();
        all
    }

    #[test]
    fn zeros_take_no_bytes_and_noise_is_whole() {
        let mut out = Vec::new();
        BlockCompressor::new(9).append(&[0; 32768], &mut out);
        assert_eq!(out.len(), 0);
        let mut state = 1u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(300_000)
        .collect();
        for level in [0, 1, 9] {
            assert!(read_back(Version::One, 17, level, &noise) == noise);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_compressed_reads_back(
            two: bool,
            block_log2 in 12u8..=17,
            level in 0u32..=9,
            runs in proptest::collection::vec((any::<u8>(), 0usize..20_000), 0..12),
            noise in proptest::collection::vec(any::<u8>(), 0..5000),
        ) {
            let mut content: Vec<u8> = runs.iter().flat_map(|&(byte, len)| std::iter::repeat_n(byte, len)).collect();
            content.extend(noise);
            let version = if two { Version::Two } else { Version::One };
            prop_assert!(read_back(version, block_log2, level, &content) == content);
        }
    }
}
