use byteorder::{BigEndian, ByteOrder};
use nom::number::complete::be_u16;
use nom::{IResult, Parser};

use crate::bytes::array;

/// What the Finder keeps of a folder, 32 bytes (TN1150, `FolderInfo` and `ExtendedFolderInfo`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FolderInfo {
    /// Place and size of its window.
    pub window_bounds: [u8; 8],
    /// Flags of the Finder.
    pub finder_flags: u16,
    /// Place of the icon, and a reserved field.
    pub location: [u8; 6],
    /// `ExtendedFolderInfo`.
    pub extended: [u8; 16],
}

impl FolderInfo {
    /// Bytes of the structures.
    pub const LEN: usize = 32;

    /// Not shown, and its name is not to be changed (`kIsInvisible`, `kNameLocked`): the metadata folder.
    pub const HIDDEN: FolderInfo = FolderInfo {
        window_bounds: [0; 8],
        finder_flags: 0x4000 | 0x1000,
        location: [0; 6],
        extended: [0; 16],
    };

    /// Reads the structures.
    ///
    /// # Errors
    /// Of nom, where the input ends.
    pub fn parse(input: &[u8]) -> IResult<&[u8], FolderInfo> {
        (array::<8>, be_u16, array::<6>, array::<16>)
            .map(|(window_bounds, finder_flags, location, extended)| FolderInfo {
                window_bounds,
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
        bytes[..8].copy_from_slice(&self.window_bounds);
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

    pub(crate) fn any_info() -> impl Strategy<Value = FolderInfo> {
        any::<([u8; 8], u16, [u8; 6], [u8; 16])>().prop_map(
            |(window_bounds, finder_flags, location, extended)| FolderInfo {
                window_bounds,
                finder_flags,
                location,
                extended,
            },
        )
    }

    #[test]
    fn a_hidden_folder() {
        let mut bytes = [0; 32];
        bytes[8] = 0x50;
        assert_eq!(FolderInfo::HIDDEN.encode(), bytes);
        assert_eq!(FolderInfo::parse(&bytes).unwrap().1, FolderInfo::HIDDEN);
    }

    proptest! {
        #[test]
        fn both_ways(info in any_info()) {
            prop_assert_eq!(FolderInfo::parse(&info.encode()).unwrap().1, info);
        }
    }
}
