use std::fmt;
use std::str::FromStr;

use bitflags::bitflags;
use nom::number::complete::u8;
use nom::{IResult, Parser};

use crate::nom_ext::array;

/// An entity identifier, 32 bytes (ECMA-167 1/7.4, UDF 2.1.5): who or what defines a structure.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntityId {
    /// Bit 0 dirty, bit 1 protected.
    pub flags: u8,
    /// Text, padded with zeros.
    pub identifier: [u8; 23],
    /// What it holds depends on the identifier: see the methods.
    pub suffix: [u8; 8],
}

/// A UDF revision as recorded: binary coded decimal, 0x0250 for 2.50.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Revision(pub u16);

impl Revision {
    /// UDF 1.02.
    pub const V1_02: Revision = Revision(0x0102);
    /// UDF 1.50.
    pub const V1_50: Revision = Revision(0x0150);
    /// UDF 2.00.
    pub const V2_00: Revision = Revision(0x0200);
    /// UDF 2.01.
    pub const V2_01: Revision = Revision(0x0201);
    /// UDF 2.50.
    pub const V2_50: Revision = Revision(0x0250);
    /// UDF 2.60.
    pub const V2_60: Revision = Revision(0x0260);
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:02x}", self.0 >> 8, self.0 & 0xff)
    }
}

/// As [`Display`](fmt::Display) has it: `2.50`.
impl FromStr for Revision {
    type Err = String;

    fn from_str(text: &str) -> Result<Revision, String> {
        let number = |digits: &str| u16::from_str_radix(digits, 16).ok();
        match text.split_once('.') {
            Some((major, minor)) if major.len() == 1 && minor.len() == 2 => {
                number(major).zip(number(minor)).map(|(major, minor)| Revision(major << 8 | minor))
            }
            _ => None,
        }
        .filter(|revision| revision.to_string() == text)
        .ok_or_else(|| format!("{text:?} is no revision; they look like 2.50"))
    }
}

bitflags! {
    /// Domain flags (UDF 2.1.5.3).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct DomainFlags: u8 {
        /// The volume must never be changed.
        const HARD_WRITE_PROTECT = 1;
        /// The volume must not be changed as long as this is set.
        const SOFT_WRITE_PROTECT = 2;
    }
}

/// An operating system class (UDF 6.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OsClass(pub u8);

impl OsClass {
    /// Not given.
    pub const UNDEFINED: OsClass = OsClass(0);
    /// DOS.
    pub const DOS: OsClass = OsClass(1);
    /// OS/2.
    pub const OS2: OsClass = OsClass(2);
    /// Mac OS.
    pub const MAC_OS: OsClass = OsClass(3);
    /// Unix and its kin.
    pub const UNIX: OsClass = OsClass(4);
    /// Windows 9x.
    pub const WINDOWS_9X: OsClass = OsClass(5);
    /// Windows NT and later.
    pub const WINDOWS_NT: OsClass = OsClass(6);
    /// OS/400.
    pub const OS400: OsClass = OsClass(7);
    /// BeOS.
    pub const BEOS: OsClass = OsClass(8);
    /// Windows CE.
    pub const WINDOWS_CE: OsClass = OsClass(9);
}

/// The suffix of `*OSTA UDF Compliant` (UDF 2.1.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DomainSuffix {
    /// UDF revision of the volume.
    pub revision: Revision,
    /// Write protection.
    pub flags: DomainFlags,
}

/// The suffix of identifiers that UDF defines, such as `*UDF LV Info` (UDF 2.1.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UdfSuffix {
    /// UDF revision of the structure.
    pub revision: Revision,
    /// Class of the operating system that wrote it.
    pub os_class: OsClass,
    /// The system, by numbers of its class.
    pub os: u8,
}

/// The suffix of a developer's own identifier (UDF 2.1.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ImplementationSuffix {
    /// Class of the operating system.
    pub os_class: OsClass,
    /// The system, by numbers of its class.
    pub os: u8,
    /// The developer's own.
    pub use_area: [u8; 6],
}

impl EntityId {
    /// Domain of UDF volumes.
    pub const UDF_COMPLIANT: &'static [u8] = b"*OSTA UDF Compliant";
    /// Logical volume information.
    pub const LV_INFO: &'static [u8] = b"*UDF LV Info";
    /// Virtual partition map.
    pub const VIRTUAL_PARTITION: &'static [u8] = b"*UDF Virtual Partition";
    /// Sparable partition map.
    pub const SPARABLE_PARTITION: &'static [u8] = b"*UDF Sparable Partition";
    /// Metadata partition map.
    pub const METADATA_PARTITION: &'static [u8] = b"*UDF Metadata Partition";
    /// Virtual allocation table of UDF 1.50.
    pub const VIRTUAL_ALLOCATION_TABLE: &'static [u8] = b"*UDF Virtual Alloc Tbl";
    /// Sparing table.
    pub const SPARING_TABLE: &'static [u8] = b"*UDF Sparing Table";
    /// Partition contents by ECMA-167, second edition.
    pub const NSR02: &'static [u8] = b"+NSR02";
    /// Partition contents by ECMA-167, third edition.
    pub const NSR03: &'static [u8] = b"+NSR03";

    /// All zeros: none given.
    pub const NONE: EntityId = EntityId { flags: 0, identifier: [0; 23], suffix: [0; 8] };

    /// The identifier with this text, cut at 23 bytes, and an empty suffix.
    #[must_use]
    pub fn new(text: &[u8]) -> EntityId {
        let mut identifier = [0; 23];
        let len = text.len().min(23);
        identifier[..len].copy_from_slice(&text[..len]);
        EntityId { identifier, ..EntityId::NONE }
    }

    /// `*OSTA UDF Compliant` for a revision.
    #[must_use]
    pub fn domain(suffix: DomainSuffix) -> EntityId {
        let [low, high] = suffix.revision.0.to_le_bytes();
        let suffix = [low, high, suffix.flags.bits(), 0, 0, 0, 0, 0];
        EntityId { suffix, ..EntityId::new(EntityId::UDF_COMPLIANT) }
    }

    /// One of the identifiers that UDF defines.
    #[must_use]
    pub fn udf(text: &[u8], suffix: UdfSuffix) -> EntityId {
        let [low, high] = suffix.revision.0.to_le_bytes();
        let suffix = [low, high, suffix.os_class.0, suffix.os, 0, 0, 0, 0];
        EntityId { suffix, ..EntityId::new(text) }
    }

    /// A developer's own identifier; its text begins with `*`.
    #[must_use]
    pub fn implementation(text: &[u8], suffix: ImplementationSuffix) -> EntityId {
        let mut bytes = [0; 8];
        bytes[0] = suffix.os_class.0;
        bytes[1] = suffix.os;
        bytes[2..].copy_from_slice(&suffix.use_area);
        EntityId { suffix: bytes, ..EntityId::new(text) }
    }

    /// The text without the zeros behind it.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        let len = self.identifier.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        &self.identifier[..len]
    }

    /// Whether the text is `text`.
    #[must_use]
    pub fn is(&self, text: &[u8]) -> bool {
        self.text() == text
    }

    /// The suffix, of `*OSTA UDF Compliant`.
    #[must_use]
    pub fn domain_suffix(&self) -> DomainSuffix {
        DomainSuffix {
            revision: Revision(u16::from_le_bytes([self.suffix[0], self.suffix[1]])),
            flags: DomainFlags::from_bits_retain(self.suffix[2]),
        }
    }

    /// The suffix, of identifiers that UDF defines.
    #[must_use]
    pub fn udf_suffix(&self) -> UdfSuffix {
        UdfSuffix {
            revision: Revision(u16::from_le_bytes([self.suffix[0], self.suffix[1]])),
            os_class: OsClass(self.suffix[2]),
            os: self.suffix[3],
        }
    }

    /// The suffix, of a developer's own identifier.
    #[must_use]
    pub fn implementation_suffix(&self) -> ImplementationSuffix {
        let [os_class, os, use_area @ ..] = self.suffix;
        ImplementationSuffix { os_class: OsClass(os_class), os, use_area }
    }

    pub(crate) fn parse(input: &[u8]) -> IResult<&[u8], EntityId> {
        (u8, array::<23>, array::<8>)
            .map(|(flags, identifier, suffix)| EntityId { flags, identifier, suffix })
            .parse(input)
    }

    pub(crate) fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[0] = self.flags;
        bytes[1..24].copy_from_slice(&self.identifier);
        bytes[24..].copy_from_slice(&self.suffix);
        bytes
    }
}

impl fmt::Debug for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntityId({} \"{}\" {:02x?})", self.flags, self.text().escape_ascii(), self.suffix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn domain_of_udf_2_60() {
        let mut bytes = [0; 32];
        bytes[1..20].copy_from_slice(b"*OSTA UDF Compliant");
        bytes[24..27].copy_from_slice(&[0x60, 0x02, 3]);
        let (_, id) = EntityId::parse(&bytes).unwrap();
        assert!(id.is(EntityId::UDF_COMPLIANT));
        let suffix = id.domain_suffix();
        assert_eq!((suffix.revision, suffix.flags), (Revision::V2_60, DomainFlags::all()));
        assert_eq!(suffix.revision.to_string(), "2.60");
        assert_eq!("2.60".parse(), Ok(Revision::V2_60));
        assert!(["2.6", "", "2,60", "+2.50", "2.5g"].iter().all(|text| text.parse::<Revision>().is_err()));
        assert_eq!(EntityId::domain(suffix), id);
        assert_eq!(id.bytes(), bytes);
    }

    #[test]
    fn other_suffixes() {
        let suffix = UdfSuffix { revision: Revision::V1_02, os_class: OsClass::UNIX, os: 5 };
        let id = EntityId::udf(EntityId::LV_INFO, suffix);
        assert_eq!(id.suffix, [0x02, 0x01, 4, 5, 0, 0, 0, 0]);
        assert_eq!(id.udf_suffix(), suffix);
        let suffix =
            ImplementationSuffix { os_class: OsClass::WINDOWS_NT, os: 0, use_area: [1, 2, 3, 4, 5, 6] };
        let id = EntityId::implementation(b"*developer", suffix);
        assert_eq!((id.suffix, id.implementation_suffix()), ([6, 0, 1, 2, 3, 4, 5, 6], suffix));
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: [u8; 32]) {
            let (_, id) = EntityId::parse(&bytes).unwrap();
            prop_assert_eq!(id.bytes(), bytes);
        }
    }
}
