use bitflags::bitflags;
use byteorder::{BigEndian, ByteOrder};
use nom::multi::fill;
use nom::number::complete::{be_u16, be_u32, be_u64};
use nom::{IResult, Parser};

use crate::bytes::{array, run};
use crate::{CatalogNodeId, Date, Error, ForkData};

bitflags! {
    /// What is true of a volume (TN1150, Volume Attributes). Bits without a name are kept.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct VolumeAttributes: u32 {
        /// The medium does not let it be written.
        const HARDWARE_LOCK = 1 << 7;
        /// It was unmounted in order (`kHFSVolumeUnmountedBit`).
        const UNMOUNTED = 1 << 8;
        /// It has bad blocks.
        const SPARED_BLOCKS = 1 << 9;
        /// Its blocks are not to be cached.
        const NO_CACHE_REQUIRED = 1 << 10;
        /// It is mounted for writing, or was when the machine stopped.
        const INCONSISTENT = 1 << 11;
        /// Numbers of files and folders have been used anew.
        const NODE_IDS_REUSED = 1 << 12;
        /// It has a journal.
        const JOURNALED = 1 << 13;
        /// It is not to be written (`kHFSVolumeSoftwareLockBit`).
        const SOFTWARE_LOCK = 1 << 15;
        const _ = !0;
    }
}

/// What the Finder keeps of a volume, 32 bytes (TN1150, Volume Header: `finderInfo`). Numbers are of folders unless it
/// is said; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct VolumeFinderInfo {
    /// The folder of the system that can be booted: the blessed folder.
    pub boot_folder: CatalogNodeId,
    /// The file, or program, that is started first.
    pub startup_file: CatalogNodeId,
    /// The folder whose window opens when the volume is mounted.
    pub open_folder: CatalogNodeId,
    /// The system folder of Mac OS 8 or 9.
    pub os9_folder: CatalogNodeId,
    /// Reserved.
    pub reserved: u32,
    /// The system folder of Mac OS X.
    pub osx_folder: CatalogNodeId,
    /// Tells the volume from all others; 0 is not set.
    pub serial: u64,
}

impl VolumeFinderInfo {
    /// Bytes of the fields.
    pub const LEN: usize = 32;

    /// Reads the fields, which volumes of HFS have as well (Inside Macintosh: `drFndrInfo`).
    ///
    /// # Errors
    /// Of nom, where the input ends.
    pub fn parse(input: &[u8]) -> IResult<&[u8], VolumeFinderInfo> {
        let mut ids = [0; 6];
        let (rest, ()) = fill(be_u32, &mut ids).parse(input)?;
        let (rest, serial) = be_u64.parse(rest)?;
        let [boot, startup, open, os9, reserved, osx] = ids;
        let info = VolumeFinderInfo {
            boot_folder: CatalogNodeId(boot),
            startup_file: CatalogNodeId(startup),
            open_folder: CatalogNodeId(open),
            os9_folder: CatalogNodeId(os9),
            reserved,
            osx_folder: CatalogNodeId(osx),
            serial,
        };
        Ok((rest, info))
    }

    fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        let ids = [
            self.boot_folder.0,
            self.startup_file.0,
            self.open_folder.0,
            self.os9_folder.0,
            self.reserved,
            self.osx_folder.0,
        ];
        for (place, id) in bytes.chunks_exact_mut(4).zip(ids) {
            BigEndian::write_u32(place, id);
        }
        BigEndian::write_u64(&mut bytes[24..], self.serial);
        bytes
    }
}

/// The volume header, 512 bytes (TN1150, Volume Header): at byte 1024 of the volume, and once more 1024 bytes before its
/// end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VolumeHeader {
    /// What is true of the volume.
    pub attributes: VolumeAttributes,
    /// Which implementation wrote it last.
    pub last_mounted_version: [u8; 4],
    /// First block of the journal.
    pub journal_info_block: u32,
    /// When the volume was made, in its maker's local time.
    pub create_date: Date,
    /// When it was last changed.
    pub modify_date: Date,
    /// When it was last copied.
    pub backup_date: Date,
    /// When it was last checked.
    pub checked_date: Date,
    /// Files, without those of the volume itself.
    pub file_count: u32,
    /// Folders but the root.
    pub folder_count: u32,
    /// Bytes of an allocation block: a power of two, 512 or more.
    pub block_size: u32,
    /// Allocation blocks of the volume.
    pub total_blocks: u32,
    /// Those that nothing uses.
    pub free_blocks: u32,
    /// Where a search for free blocks begins.
    pub next_allocation: u32,
    /// Bytes that a resource fork grows by.
    pub rsrc_clump_size: u32,
    /// Bytes that a data fork grows by.
    pub data_clump_size: u32,
    /// A number that nothing has yet.
    pub next_catalog_id: CatalogNodeId,
    /// How often the volume has been mounted for writing.
    pub write_count: u32,
    /// Encodings that names came from.
    pub encodings_bitmap: u64,
    /// What the Finder keeps.
    pub finder_info: VolumeFinderInfo,
    /// Which blocks are used.
    pub allocation_file: ForkData,
    /// Extents of forks that have more than eight.
    pub extents_file: ForkData,
    /// Files and folders.
    pub catalog_file: ForkData,
    /// Further attributes of files and folders.
    pub attributes_file: ForkData,
    /// What a machine boots that knows no HFS Plus.
    pub startup_file: ForkData,
}

const STRUCTURE: &str = "volume header";

impl VolumeHeader {
    /// Bytes of the structure.
    pub const LEN: usize = 512;
    /// Where it lies in the volume, and how far before the end its copy.
    pub const OFFSET: u64 = 1024;
    /// Where in it `finderInfo` is.
    pub const FINDER_INFO: usize = 80;
    /// `H+` (`kHFSPlusSigWord`).
    pub const SIGNATURE: [u8; 2] = *b"H+";
    /// The version of volumes with that signature (`kHFSPlusVersion`).
    pub const VERSION: u16 = 4;

    /// Reads a volume header.
    ///
    /// # Errors
    /// [`Error::Truncated`], and [`Error::Value`] for another signature or version.
    pub fn parse(input: &[u8]) -> Result<VolumeHeader, Error> {
        let (signature, version) = run(STRUCTURE, input, |input| (array::<2>, be_u16).parse(input))?;
        if signature != VolumeHeader::SIGNATURE {
            let value = u16::from_be_bytes(signature).into();
            return Err(Error::Value { structure: STRUCTURE, field: "signature", value });
        }
        if version != VolumeHeader::VERSION {
            return Err(Error::Value { structure: STRUCTURE, field: "version", value: version.into() });
        }
        run(STRUCTURE, input, |input| {
            let (rest, (_, attributes, last_mounted_version)) = (be_u32, be_u32, array::<4>).parse(input)?;
            let mut words = [0; 15];
            let (rest, ()) = fill(be_u32, &mut words).parse(rest)?;
            let (rest, encodings_bitmap) = be_u64.parse(rest)?;
            let (rest, finder_info) = VolumeFinderInfo::parse(rest)?;
            let mut forks = [ForkData::default(); 5];
            let (rest, ()) = fill(ForkData::parse, &mut forks).parse(rest)?;
            let [journal, created, modified, backup, checked, files, folders, words @ ..] = words;
            let [block_size, total, free, next, rsrc, data, next_id, writes] = words;
            let [allocation_file, extents_file, catalog_file, attributes_file, startup_file] = forks;
            let header = VolumeHeader {
                attributes: VolumeAttributes::from_bits_retain(attributes),
                last_mounted_version,
                journal_info_block: journal,
                create_date: Date(created),
                modify_date: Date(modified),
                backup_date: Date(backup),
                checked_date: Date(checked),
                file_count: files,
                folder_count: folders,
                block_size,
                total_blocks: total,
                free_blocks: free,
                next_allocation: next,
                rsrc_clump_size: rsrc,
                data_clump_size: data,
                next_catalog_id: CatalogNodeId(next_id),
                write_count: writes,
                encodings_bitmap,
                finder_info,
                allocation_file,
                extents_file,
                catalog_file,
                attributes_file,
                startup_file,
            };
            Ok((rest, header))
        })
    }

    /// The structure as it is recorded.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..2].copy_from_slice(&VolumeHeader::SIGNATURE);
        BigEndian::write_u16(&mut bytes[2..4], VolumeHeader::VERSION);
        BigEndian::write_u32(&mut bytes[4..8], self.attributes.bits());
        bytes[8..12].copy_from_slice(&self.last_mounted_version);
        let words = [
            self.journal_info_block,
            self.create_date.0,
            self.modify_date.0,
            self.backup_date.0,
            self.checked_date.0,
            self.file_count,
            self.folder_count,
            self.block_size,
            self.total_blocks,
            self.free_blocks,
            self.next_allocation,
            self.rsrc_clump_size,
            self.data_clump_size,
            self.next_catalog_id.0,
            self.write_count,
        ];
        for (place, word) in bytes[12..72].chunks_exact_mut(4).zip(words) {
            BigEndian::write_u32(place, word);
        }
        BigEndian::write_u64(&mut bytes[72..80], self.encodings_bitmap);
        bytes[Self::FINDER_INFO..112].copy_from_slice(&self.finder_info.encode());
        let forks = [
            self.allocation_file,
            self.extents_file,
            self.catalog_file,
            self.attributes_file,
            self.startup_file,
        ];
        for (place, fork) in bytes[112..].chunks_exact_mut(ForkData::LEN).zip(forks) {
            place.copy_from_slice(&fork.encode());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ExtentDescriptor;
    use crate::fork_data::tests::any_fork;
    use proptest::prelude::*;

    fn literal() -> [u8; 512] {
        let mut bytes = [0; 512];
        // signature, version, attributes (unmounted, locked), last mounted version '10.0'
        bytes[..12].copy_from_slice(&[0x48, 0x2b, 0, 4, 0, 0, 0x81, 0, 0x31, 0x30, 0x2e, 0x30]);
        // creation date 1970
        bytes[16..20].copy_from_slice(&[0x7c, 0x25, 0xb0, 0x80]);
        // two files, one folder, blocks of 2048 bytes, 100 of them, 3 free
        bytes[32..52].copy_from_slice(&[0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 8, 0, 0, 0, 0, 100, 0, 0, 0, 3]);
        // next number
        bytes[64..68].copy_from_slice(&[0, 0, 0, 19]);
        // MacRoman
        bytes[79] = 1;
        // blessed folder, and the serial number behind the six
        bytes[83] = 18;
        bytes[104..112].copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8]);
        // catalog file: 16 KiB, 8 blocks from 3
        bytes[272 + 6] = 0x40;
        bytes[272 + 15] = 8;
        bytes[272 + 19] = 3;
        bytes[272 + 23] = 8;
        bytes
    }

    #[test]
    fn by_the_table() {
        let header = VolumeHeader::parse(&literal()).unwrap();
        assert_eq!(header.attributes, VolumeAttributes::UNMOUNTED | VolumeAttributes::SOFTWARE_LOCK);
        assert_eq!(header.create_date.to_unix(), Some(0));
        assert_eq!((header.file_count, header.folder_count, header.block_size), (2, 1, 2048));
        assert_eq!((header.total_blocks, header.free_blocks), (100, 3));
        assert_eq!(header.finder_info.boot_folder, CatalogNodeId(18));
        assert_eq!(header.finder_info.serial, 0x0102_0304_0506_0708);
        let extent = ExtentDescriptor { start_block: 3, block_count: 8 };
        assert_eq!(header.catalog_file, ForkData::contiguous(16_384, extent));
        assert_eq!(header.encode(), literal());
    }

    #[test]
    fn what_is_none_is_told() {
        assert!(matches!(VolumeHeader::parse(&literal()[..511]), Err(Error::Truncated { .. })));
        let mut other = literal();
        other[1] = b'X';
        assert!(matches!(VolumeHeader::parse(&other), Err(Error::Value { field: "signature", .. })));
        let mut other = literal();
        other[3] = 5;
        assert!(matches!(VolumeHeader::parse(&other), Err(Error::Value { field: "version", .. })));
    }

    proptest! {
        #[test]
        fn both_ways(fields in prop::collection::vec(any::<u8>(), 108), forks in prop::array::uniform5(any_fork())) {
            let mut bytes = literal();
            bytes[4..112].copy_from_slice(&fields);
            for (place, fork) in bytes[112..].chunks_exact_mut(80).zip(&forks) {
                place.copy_from_slice(&fork.encode());
            }
            prop_assert_eq!(VolumeHeader::parse(&bytes).unwrap().encode(), bytes);
        }
    }
}
