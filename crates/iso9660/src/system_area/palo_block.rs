use byteorder::{BigEndian, ByteOrder};
use nom::bytes::complete::{tag, take};
use nom::number::complete::{be_u8, be_u32};
use nom::{IResult, Parser};

use crate::number::bytes;

/// A file that a boot block of PALO names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaloFile {
    /// First byte, counted from the beginning of the image.
    pub start: u32,
    /// Bytes; 0 if there is no such file.
    pub len: u32,
}

/// Boot block of PALO, by which PA-RISC machines boot Linux: the first 2048 bytes. All numbers are big-endian. It has the
/// fields of `struct firstblock` in PALO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaloBlock {
    /// Version of the block: 4, or 5 since PALO 1.92.
    pub version: u8,
    /// Kernel for 32-bit machines.
    pub kernel32: PaloFile,
    /// Contents of the initial RAM disk.
    pub ramdisk: PaloFile,
    /// The command line of version 4, padded with zeros.
    pub old_command_line: [u8; 128],
    /// Flags of version 5, as recorded.
    pub flags: u32,
    /// Kernel for 64-bit machines.
    pub kernel64: PaloFile,
    /// The boot loader, which the firmware calls IPL.
    pub loader: PaloFile,
    /// Where the boot loader is entered, in bytes from its beginning.
    pub loader_entry: u32,
    /// The command line of version 5, padded with zeros.
    pub new_command_line: [u8; 1024],
}

impl PaloBlock {
    /// Bytes of the block.
    pub const LEN: usize = 2048;
    /// The first seven bytes.
    pub const MAGIC: &'static [u8; 7] = b"\x80\0PALO\0";

    /// Reads the block, which has no checksum.
    ///
    /// # Errors
    /// When fewer than 2048 bytes are there or the magic number is another.
    pub fn parse(input: &[u8]) -> IResult<&[u8], PaloBlock> {
        let file = PaloFile::parse;
        let (rest, (_, version, kernel32, ramdisk, old_command_line, _)) =
            (tag(&Self::MAGIC[..]), be_u8, file, file, bytes, take(76usize)).parse(input)?;
        let (rest, (flags, kernel64, loader, loader_entry, _, new_command_line)) =
            (be_u32, file, file, be_u32, take(772usize), bytes).parse(rest)?;
        let block = PaloBlock {
            version,
            kernel32,
            ramdisk,
            old_command_line,
            flags,
            kernel64,
            loader,
            loader_entry,
            new_command_line,
        };
        Ok((rest, block))
    }

    /// The block.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut block = [0; Self::LEN];
        block[..7].copy_from_slice(Self::MAGIC);
        block[7] = self.version;
        for (offset, file) in
            [(8, self.kernel32), (16, self.ramdisk), (232, self.kernel64), (240, self.loader)]
        {
            BigEndian::write_u32(&mut block[offset..offset + 4], file.start);
            BigEndian::write_u32(&mut block[offset + 4..offset + 8], file.len);
        }
        block[24..152].copy_from_slice(&self.old_command_line);
        BigEndian::write_u32(&mut block[228..232], self.flags);
        BigEndian::write_u32(&mut block[248..252], self.loader_entry);
        block[1024..].copy_from_slice(&self.new_command_line);
        block
    }

    /// The command line that counts, up to its first zero: that of version 4 in such a block, and where the other is empty.
    #[must_use]
    pub fn command_line(&self) -> &[u8] {
        let is_new = self.version >= 5 && self.new_command_line[0] != 0;
        let line = if is_new { &self.new_command_line[..] } else { &self.old_command_line[..] };
        line.split(|&byte| byte == 0).next().unwrap_or_default()
    }
}

impl PaloFile {
    fn parse(input: &[u8]) -> IResult<&[u8], PaloFile> {
        let (rest, (start, len)) = (be_u32, be_u32).parse(input)?;
        Ok((rest, PaloFile { start, len }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_both_versions() {
        let mut block = PaloBlock {
            version: 4,
            kernel32: PaloFile { start: 0x15000, len: 0x1388 },
            ramdisk: PaloFile { start: 0xD000, len: 3 },
            old_command_line: [0; 128],
            flags: 0,
            kernel64: PaloFile { start: 0x16800, len: 0x186A0 },
            loader: PaloFile { start: 0xD800, len: 0x7530 },
            loader_entry: 0,
            new_command_line: [0; 1024],
        };
        block.old_command_line[..4].copy_from_slice(b"HOME");
        let mut recorded = [0; 2048];
        recorded[..8].copy_from_slice(&[0x80, 0, b'P', b'A', b'L', b'O', 0, 4]);
        recorded[8..24].copy_from_slice(&[0, 1, 0x50, 0, 0, 0, 0x13, 0x88, 0, 0, 0xD0, 0, 0, 0, 0, 3]);
        recorded[24..28].copy_from_slice(b"HOME");
        recorded[232..248]
            .copy_from_slice(&[0, 1, 0x68, 0, 0, 1, 0x86, 0xA0, 0, 0, 0xD8, 0, 0, 0, 0x75, 0x30]);
        assert_eq!(block.encode(), recorded);
        assert_eq!(PaloBlock::parse(&recorded).unwrap().1, block);
        assert_eq!(block.command_line(), b"HOME");

        recorded[7] = 5;
        recorded[1024..1029].copy_from_slice(b"0/pal");
        let newer = PaloBlock::parse(&recorded).unwrap().1;
        assert_eq!((newer.version, newer.command_line()), (5, &b"0/pal"[..]));
        assert_eq!(newer.encode(), recorded);
        recorded[1024] = 0;
        assert_eq!(PaloBlock::parse(&recorded).unwrap().1.command_line(), b"HOME");
        assert!(PaloBlock::parse(&recorded[..2047]).is_err());
        recorded[2] = b'p';
        assert!(PaloBlock::parse(&recorded).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(version: u8, files: [(u32, u32); 4], flags: u32, loader_entry: u32, line: [u8; 32]) {
            let [kernel32, ramdisk, kernel64, loader] = files.map(|(start, len)| PaloFile { start, len });
            let mut block = PaloBlock {
                version,
                kernel32,
                ramdisk,
                old_command_line: [1; 128],
                flags,
                kernel64,
                loader,
                loader_entry,
                new_command_line: [2; 1024],
            };
            block.old_command_line[96..].copy_from_slice(&line);
            block.new_command_line[992..].copy_from_slice(&line);
            prop_assert_eq!(PaloBlock::parse(&block.encode()).unwrap().1, block);
        }
    }
}
