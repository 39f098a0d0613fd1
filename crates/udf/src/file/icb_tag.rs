use bitflags::bitflags;
use nom::number::complete::{le_u16, le_u32, u8};
use nom::{IResult, Parser};

use crate::LbAddr;
use crate::file::FileType;

/// How the entries of an ICB hang together (ECMA-167 4/14.6.2, 4/A).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Strategy(pub u16);

impl Strategy {
    /// One direct entry (ECMA-167 4/A.5).
    pub const DIRECT: Strategy = Strategy(4);
    /// A chain: each direct entry is followed by an indirect one, which leads to the next pair; the last
    /// direct entry counts (UDF 6.6).
    pub const CHAIN: Strategy = Strategy(4096);
}

/// What the allocation descriptors of a file are (ECMA-167 4/14.6.8, bits 0 to 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AllocationType {
    /// [`ShortAd`](crate::ShortAd)s.
    Short,
    /// [`LongAd`](crate::LongAd)s.
    Long,
    /// [`ExtAd`](crate::file::ExtAd)s; not in UDF.
    Extended,
    /// None: the content of the file stands in their place.
    Embedded,
    /// 4 to 7, for which no meaning is defined.
    Reserved(u8),
}

bitflags! {
    /// Flags of an ICB (ECMA-167 4/14.6.8). Bits 0 to 2 are [`IcbFlags::allocation`].
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct IcbFlags: u16 {
        /// A directory whose entries are sorted; not in UDF.
        const SORTED = 1 << 3;
        /// The content must stay where it is.
        const NON_RELOCATABLE = 1 << 4;
        /// Changed since it was last archived.
        const ARCHIVE = 1 << 5;
        /// S_ISUID.
        const SETUID = 1 << 6;
        /// S_ISGID.
        const SETGID = 1 << 7;
        /// C_ISVTX.
        const STICKY = 1 << 8;
        /// Each extent begins where the one before ends.
        const CONTIGUOUS = 1 << 9;
        /// A file of the system.
        const SYSTEM = 1 << 10;
        /// The content was transformed; not in UDF.
        const TRANSFORMED = 1 << 11;
        /// A directory with several versions of a file; not in UDF.
        const MULTI_VERSIONS = 1 << 12;
        /// A stream, found in a stream directory.
        const STREAM = 1 << 13;
        // Bits 0 to 2, and those for which no meaning is defined.
        const _ = !0;
    }
}

impl IcbFlags {
    /// What the allocation descriptors are.
    #[must_use]
    pub const fn allocation(self) -> AllocationType {
        match self.bits() & 7 {
            0 => AllocationType::Short,
            1 => AllocationType::Long,
            2 => AllocationType::Extended,
            3 => AllocationType::Embedded,
            other => AllocationType::Reserved(other as u8),
        }
    }

    /// The same flags with another kind of allocation descriptors. Of a reserved kind, three bits are used.
    #[must_use]
    pub const fn with_allocation(self, allocation: AllocationType) -> IcbFlags {
        let kind = match allocation {
            AllocationType::Short => 0,
            AllocationType::Long => 1,
            AllocationType::Extended => 2,
            AllocationType::Embedded => 3,
            AllocationType::Reserved(other) => (other & 7) as u16,
        };
        IcbFlags::from_bits_retain(self.bits() & !7 | kind)
    }

    /// S_ISUID, S_ISGID and S_ISVTX of a POSIX mode: bits 9 to 11.
    #[must_use]
    pub const fn mode(self) -> u32 {
        let bits = self.bits() as u32;
        (bits >> 6 & 1) << 11 | (bits >> 7 & 1) << 10 | (bits >> 8 & 1) << 9
    }

    /// The same flags with bits 9 to 11 of a POSIX mode.
    #[must_use]
    pub const fn with_mode(self, mode: u32) -> IcbFlags {
        let bits = (mode >> 11 & 1) << 6 | (mode >> 10 & 1) << 7 | (mode >> 9 & 1) << 8;
        IcbFlags::from_bits_retain(self.bits() & !0o700 | bits as u16)
    }
}

/// An ICB tag, 20 bytes (ECMA-167 4/14.6): behind the tag of each entry of an ICB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IcbTag {
    /// Prior recorded number of direct entries.
    pub prior_direct_entries: u32,
    /// Strategy type.
    pub strategy: Strategy,
    /// Strategy parameter; 0 with strategy 4, 1 with 4096.
    pub strategy_parameter: u16,
    /// Maximum number of entries that the ICB can hold.
    pub maximum_entries: u16,
    /// File type.
    pub file_type: FileType,
    /// Parent ICB location: of the ICB that describes the one with this tag; 0 if none.
    pub parent: LbAddr,
    /// Flags.
    pub flags: IcbFlags,
}

impl IcbTag {
    /// Bytes of an ICB tag.
    pub const SIZE: usize = 20;

    /// The tag of the only entry in its ICB (strategy 4).
    #[must_use]
    pub const fn direct(file_type: FileType, flags: IcbFlags) -> IcbTag {
        IcbTag {
            prior_direct_entries: 0,
            strategy: Strategy::DIRECT,
            strategy_parameter: 0,
            maximum_entries: 1,
            file_type,
            parent: LbAddr { block: 0, partition: 0 },
            flags,
        }
    }

    pub(crate) fn parse(input: &[u8]) -> IResult<&[u8], IcbTag> {
        (le_u32, le_u16, le_u16, le_u16, u8, u8, LbAddr::parse, le_u16)
            .map(
                |(
                    prior,
                    strategy,
                    strategy_parameter,
                    maximum_entries,
                    _reserved,
                    file_type,
                    parent,
                    flags,
                )| {
                    IcbTag {
                        prior_direct_entries: prior,
                        strategy: Strategy(strategy),
                        strategy_parameter,
                        maximum_entries,
                        file_type: FileType(file_type),
                        parent,
                        flags: IcbFlags::from_bits_retain(flags),
                    }
                },
            )
            .parse(input)
    }

    pub(crate) fn bytes(&self) -> [u8; 20] {
        let mut bytes = [0; 20];
        bytes[..4].copy_from_slice(&self.prior_direct_entries.to_le_bytes());
        bytes[4..6].copy_from_slice(&self.strategy.0.to_le_bytes());
        bytes[6..8].copy_from_slice(&self.strategy_parameter.to_le_bytes());
        bytes[8..10].copy_from_slice(&self.maximum_entries.to_le_bytes());
        bytes[11] = self.file_type.0;
        bytes[12..18].copy_from_slice(&self.parent.bytes());
        bytes[18..].copy_from_slice(&self.flags.bits().to_le_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::Strategy;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_directory_of_a_chain() {
        let bytes = [3, 0, 0, 0, 0x00, 0x10, 1, 0, 2, 0, 0, 4, 0x11, 0x01, 0, 0, 1, 0, 0x23, 0x02];
        let (_, tag) = IcbTag::parse(&bytes).unwrap();
        assert_eq!((tag.prior_direct_entries, tag.strategy), (3, Strategy::CHAIN));
        assert_eq!((tag.strategy_parameter, tag.maximum_entries), (1, 2));
        assert_eq!(tag.file_type, FileType::DIRECTORY);
        assert_eq!(tag.parent, LbAddr { block: 273, partition: 1 });
        assert_eq!(tag.flags.allocation(), AllocationType::Embedded);
        assert!(tag.flags.contains(IcbFlags::ARCHIVE | IcbFlags::CONTIGUOUS));
        assert_eq!(tag.bytes(), bytes);
    }

    #[test]
    fn modes() {
        let flags = IcbFlags::STREAM.with_allocation(AllocationType::Long).with_mode(0o6755);
        assert_eq!(flags.bits(), 0x20c1);
        assert_eq!((flags.mode(), flags.with_mode(0o1000).mode()), (0o6000, 0o1000));
        assert_eq!(IcbFlags::STICKY.mode(), 0o1000);
    }

    proptest! {
        #[test]
        fn any_bytes(mut bytes: [u8; 20]) {
            bytes[10] = 0;
            let (_, tag) = IcbTag::parse(&bytes).unwrap();
            prop_assert_eq!(tag.bytes(), bytes);
            prop_assert_eq!(tag.flags.with_allocation(tag.flags.allocation()), tag.flags);
            prop_assert_eq!(tag.flags.with_mode(tag.flags.mode()), tag.flags);
        }
    }
}
