use byteorder::{BigEndian, ByteOrder};
use nom::{IResult, Parser};

use crate::bytes::array;

/// Four characters that name a kind of file or a program (TN1150, Finder Info: `OSType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OsType(pub [u8; 4]);

/// What the Finder keeps of a file, 32 bytes (TN1150, `FileInfo` and `ExtendedFileInfo`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FileInfo {
    /// What kind of file it is.
    pub file_type: OsType,
    /// The program that made it.
    pub file_creator: OsType,
    /// Flags of the Finder.
    pub finder_flags: u16,
    /// Place of the icon, and the folder of its window.
    pub location: [u8; 6],
    /// `ExtendedFileInfo`.
    pub extended: [u8; 16],
}

impl FileInfo {
    /// Bytes of the structures.
    pub const LEN: usize = 32;

    /// A hard link (TN1150, Hard Links: `kHardLinkFileType`, `kHFSPlusCreator`).
    pub const HARD_LINK: FileInfo = FileInfo::of(*b"hlnk", *b"hfs+");

    /// A symbolic link (TN1150, Symbolic Links: `kSymLinkFileType`, `kSymLinkCreator`).
    pub const SYMBOLIC_LINK: FileInfo = FileInfo::of(*b"slnk", *b"rhap");

    /// A file of this type and creator.
    #[must_use]
    pub const fn of(file_type: [u8; 4], file_creator: [u8; 4]) -> FileInfo {
        FileInfo {
            file_type: OsType(file_type),
            file_creator: OsType(file_creator),
            finder_flags: 0,
            location: [0; 6],
            extended: [0; 16],
        }
    }

    /// Reads the structures.
    ///
    /// # Errors
    /// Of nom, where the input ends.
    pub fn parse(input: &[u8]) -> IResult<&[u8], FileInfo> {
        (array::<4>, array::<4>, nom::number::complete::be_u16, array::<6>, array::<16>)
            .map(|(file_type, file_creator, finder_flags, location, extended)| FileInfo {
                file_type: OsType(file_type),
                file_creator: OsType(file_creator),
                finder_flags,
                location,
                extended,
            })
            .parse(input)
    }

    /// The structures as they are recorded.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..4].copy_from_slice(&self.file_type.0);
        bytes[4..8].copy_from_slice(&self.file_creator.0);
        BigEndian::write_u16(&mut bytes[8..10], self.finder_flags);
        bytes[10..16].copy_from_slice(&self.location);
        bytes[16..].copy_from_slice(&self.extended);
        bytes
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn any_info() -> impl Strategy<Value = FileInfo> {
        any::<([u8; 4], [u8; 4], u16, [u8; 6], [u8; 16])>().prop_map(
            |(file_type, file_creator, finder_flags, location, extended)| FileInfo {
                finder_flags,
                location,
                extended,
                ..FileInfo::of(file_type, file_creator)
            },
        )
    }

    #[test]
    fn a_link() {
        // 'slnk' is 0x736C6E6B, 'rhap' 0x72686170.
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&[0x73, 0x6c, 0x6e, 0x6b, 0x72, 0x68, 0x61, 0x70]);
        assert_eq!(FileInfo::SYMBOLIC_LINK.encode(), bytes);
        assert_eq!(FileInfo::parse(&bytes).unwrap().1, FileInfo::SYMBOLIC_LINK);
        // 'hlnk' is 0x686C6E6B, 'hfs+' 0x6866732B.
        assert_eq!(FileInfo::HARD_LINK.encode()[..8], [0x68, 0x6c, 0x6e, 0x6b, 0x68, 0x66, 0x73, 0x2b]);
    }

    proptest! {
        #[test]
        fn both_ways(info in any_info()) {
            prop_assert_eq!(FileInfo::parse(&info.encode()).unwrap().1, info);
        }
    }
}
