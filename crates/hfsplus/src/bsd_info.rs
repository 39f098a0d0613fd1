use byteorder::{BigEndian, ByteOrder};
use nom::number::complete::{be_u8, be_u16, be_u32};
use nom::{IResult, Parser};

/// Owner and permissions, 16 bytes (TN1150, `HFSPlusBSDInfo`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BsdInfo {
    /// User id.
    pub owner_id: u32,
    /// Group id.
    pub group_id: u32,
    /// Flags of 4.4BSD that only the super-user changes.
    pub admin_flags: u8,
    /// Flags of 4.4BSD that the owner changes.
    pub owner_flags: u8,
    /// File type and permission bits, as `st_mode` of POSIX has them; 0 is no permissions at all.
    pub file_mode: u16,
    /// For a hard link the number of its indirect node, for an indirect node how many links there are, for a device its
    /// number (`special`).
    pub special: u32,
}

impl BsdInfo {
    /// Bytes of the structure.
    pub const LEN: usize = 16;

    /// Reads the structure.
    ///
    /// # Errors
    /// Of nom, where the input ends.
    pub fn parse(input: &[u8]) -> IResult<&[u8], BsdInfo> {
        (be_u32, be_u32, be_u8, be_u8, be_u16, be_u32)
            .map(|(owner_id, group_id, admin_flags, owner_flags, file_mode, special)| BsdInfo {
                owner_id,
                group_id,
                admin_flags,
                owner_flags,
                file_mode,
                special,
            })
            .parse(input)
    }

    /// The structure as it is recorded.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        BigEndian::write_u32(&mut bytes[..4], self.owner_id);
        BigEndian::write_u32(&mut bytes[4..8], self.group_id);
        bytes[8] = self.admin_flags;
        bytes[9] = self.owner_flags;
        BigEndian::write_u16(&mut bytes[10..12], self.file_mode);
        BigEndian::write_u32(&mut bytes[12..], self.special);
        bytes
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn any_info() -> impl Strategy<Value = BsdInfo> {
        any::<(u32, u32, u8, u8, u16, u32)>().prop_map(
            |(owner_id, group_id, admin_flags, owner_flags, file_mode, special)| BsdInfo {
                owner_id,
                group_id,
                admin_flags,
                owner_flags,
                file_mode,
                special,
            },
        )
    }

    #[test]
    fn a_file_that_its_owner_writes() {
        let bytes = [0, 0, 0x03, 0xe8, 0, 0, 0, 0x64, 0, 0, 0x81, 0xa4, 0, 0, 0, 2];
        let info =
            BsdInfo { owner_id: 1000, group_id: 100, file_mode: 0o100_644, special: 2, ..BsdInfo::default() };
        assert_eq!(info.encode(), bytes);
        assert_eq!(BsdInfo::parse(&bytes).unwrap().1, info);
    }

    proptest! {
        #[test]
        fn both_ways(info in any_info()) {
            prop_assert_eq!(BsdInfo::parse(&info.encode()).unwrap().1, info);
        }
    }
}
