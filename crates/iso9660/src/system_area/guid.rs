use std::fmt;

use crate::number::bytes;
use nom::IResult;

/// GUID (UEFI appendix A), as recorded: the first three groups are little-endian.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// No partition.
    pub const UNUSED: Guid = Guid([0; 16]);
    /// EFI system partition.
    pub const EFI_SYSTEM: Guid = Guid::new(0xC12A_7328, 0xF81F, 0x11D2, 0xBA4B_00A0_C93E_C93B);
    /// Basic data: what Windows, and systems that read images, take for a file system.
    pub const BASIC_DATA: Guid = Guid::new(0xEBD0_A0A2, 0xB9E5, 0x4433, 0x87C0_68B6_B726_99C7);
    /// Apple HFS+.
    pub const HFS_PLUS: Guid = Guid::new(0x4846_5300, 0x0000, 0x11AA, 0xAA11_0030_6543_ECAC);
    /// Linux file system.
    pub const LINUX: Guid = Guid::new(0x0FC6_3DAF, 0x8483, 0x4772, 0x8E79_3D69_D847_7DE4);

    /// From the groups that its text has; the last two are one number.
    #[must_use]
    pub const fn new(first: u32, second: u16, third: u16, rest: u64) -> Guid {
        let (a, b, c, d) =
            (first.to_le_bytes(), second.to_le_bytes(), third.to_le_bytes(), rest.to_be_bytes());
        Guid([a[0], a[1], a[2], a[3], b[0], b[1], c[0], c[1], d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]])
    }

    /// From its text: 8, 4, 4, 4 and 12 hexadecimal digits with hyphens between them.
    #[must_use]
    pub fn parse_text(text: &str) -> Option<Guid> {
        let mut groups = text.split('-');
        let mut group = |digits: usize| {
            let group = groups.next().filter(|group| group.len() == digits && !group.starts_with('+'))?;
            u64::from_str_radix(group, 16).ok()
        };
        let (first, second, third) = (group(8)? as u32, group(4)? as u16, group(4)? as u16);
        let rest = group(4)? << 48 | group(12)?;
        groups.next().is_none().then(|| Guid::new(first, second, third, rest))
    }

    pub(super) fn parse(input: &[u8]) -> IResult<&[u8], Guid> {
        bytes(input).map(|(rest, recorded)| (rest, Guid(recorded)))
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a0, a1, a2, a3, b0, b1, c0, c1, d0, d1, d @ ..] = self.0;
        let (first, second, third) = (
            u32::from_le_bytes([a0, a1, a2, a3]),
            u16::from_le_bytes([b0, b1]),
            u16::from_le_bytes([c0, c1]),
        );
        write!(f, "{first:08x}-{second:04x}-{third:04x}-{d0:02x}{d1:02x}-")?;
        d.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// As its text.
#[cfg(feature = "serde")]
impl serde::Serialize for Guid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Guid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Guid, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Guid::parse_text(&text).ok_or_else(|| serde::de::Error::custom("this is no GUID"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_and_text() {
        let recorded =
            [0x28, 0x73, 0x2A, 0xC1, 0x1F, 0xF8, 0xD2, 0x11, 0xBA, 0x4B, 0, 0xA0, 0xC9, 0x3E, 0xC9, 0x3B];
        assert_eq!(Guid::EFI_SYSTEM, Guid(recorded));
        assert_eq!(Guid::EFI_SYSTEM.to_string(), "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
        assert_eq!(Guid::parse_text("C12A7328-F81F-11D2-BA4B-00A0C93EC93B"), Some(Guid::EFI_SYSTEM));
        for wrong in
            ["", "c12a7328", "c12a7328-f81f-11d2-ba4b-00a0c93ec93", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b-0"]
        {
            assert_eq!(Guid::parse_text(wrong), None);
        }
    }

    proptest! {
        #[test]
        fn round_trip(recorded: [u8; 16]) {
            let guid = Guid::parse(&recorded).unwrap().1;
            prop_assert_eq!(guid.0, recorded);
            prop_assert_eq!(Guid::parse_text(&guid.to_string()), Some(guid));
        }
    }
}
