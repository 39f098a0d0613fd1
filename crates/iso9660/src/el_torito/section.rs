use byteorder::{ByteOrder, LittleEndian};
use nom::bytes::complete::take;
use nom::error::{Error, ErrorKind};
use nom::{IResult, Parser};

use super::{ENTRY_LEN, PlatformId};
use crate::number::bytes;

/// Section Header (2.3): begins the boot images for one platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionHeader {
    /// Whether no further section follows.
    pub last: bool,
    /// Platform of the section's images.
    pub platform: PlatformId,
    /// Section entries that follow, without their extensions.
    pub entries: u16,
    /// Identifies the section to the firmware; padded with zeros.
    pub identifier: [u8; 28],
}

impl SectionHeader {
    /// Header indicator when more headers follow.
    pub const MORE: u8 = 0x90;
    /// Header indicator of the last header.
    pub const LAST: u8 = 0x91;

    /// Reads the header.
    ///
    /// # Errors
    /// When fewer than 32 bytes are there or the indicator is no header's.
    pub fn parse(input: &[u8]) -> IResult<&[u8], SectionHeader> {
        let (rest, entry) = take(ENTRY_LEN).parse(input)?;
        let last = match entry[0] {
            Self::MORE => false,
            Self::LAST => true,
            _ => return Err(nom::Err::Error(Error::new(input, ErrorKind::Tag))),
        };
        let (_, identifier) = bytes(&entry[4..])?;
        let (platform, entries) = (PlatformId(entry[1]), LittleEndian::read_u16(&entry[2..4]));
        Ok((rest, SectionHeader { last, platform, entries, identifier }))
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> [u8; ENTRY_LEN] {
        let mut entry = [0; ENTRY_LEN];
        entry[0] = if self.last { Self::LAST } else { Self::MORE };
        entry[1] = self.platform.0;
        LittleEndian::write_u16(&mut entry[2..4], self.entries);
        entry[4..].copy_from_slice(&self.identifier);
        entry
    }
}

/// Section Entry Extension (2.5): more selection criteria of the section entry before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionEntryExtension {
    /// Whether another extension follows.
    pub continues: bool,
    /// Vendor-unique selection criteria.
    pub selection_criteria: [u8; 30],
}

impl SectionEntryExtension {
    /// Extension indicator.
    pub const INDICATOR: u8 = 0x44;
    /// The bit that says that another extension follows.
    const CONTINUES: u8 = 0x20;

    /// Reads the extension.
    ///
    /// # Errors
    /// When fewer than 32 bytes are there or the indicator is another.
    pub fn parse(input: &[u8]) -> IResult<&[u8], SectionEntryExtension> {
        let (rest, entry) = take(ENTRY_LEN).parse(input)?;
        if entry[0] != Self::INDICATOR {
            return Err(nom::Err::Error(Error::new(input, ErrorKind::Tag)));
        }
        let (_, selection_criteria) = bytes(&entry[2..])?;
        let continues = entry[1] & Self::CONTINUES != 0;
        Ok((rest, SectionEntryExtension { continues, selection_criteria }))
    }

    /// The extension.
    #[must_use]
    pub fn encode(&self) -> [u8; ENTRY_LEN] {
        let mut entry = [0; ENTRY_LEN];
        entry[0] = Self::INDICATOR;
        entry[1] = if self.continues { Self::CONTINUES } else { 0 };
        entry[2..].copy_from_slice(&self.selection_criteria);
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_specification() {
        let header =
            SectionHeader { last: true, platform: PlatformId::EFI, entries: 0x0102, identifier: [b'i'; 28] };
        let mut recorded = [b'i'; 32];
        recorded[..4].copy_from_slice(&[0x91, 0xEF, 2, 1]);
        assert_eq!(header.encode(), recorded);
        assert_eq!(SectionHeader::parse(&recorded).unwrap().1, header);
        recorded[0] = 0x92;
        assert!(SectionHeader::parse(&recorded).is_err());
    }

    #[test]
    fn bytes_of_an_extension() {
        let extension = SectionEntryExtension { continues: true, selection_criteria: [3; 30] };
        let mut recorded = [3; 32];
        recorded[..2].copy_from_slice(&[0x44, 0x20]);
        assert_eq!(extension.encode(), recorded);
        assert_eq!(SectionEntryExtension::parse(&recorded).unwrap().1, extension);
        assert!(SectionEntryExtension::parse(&recorded[1..]).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(last: bool, platform: u8, entries: u16, identifier: [u8; 28], selection_criteria: [u8; 30]) {
            let header = SectionHeader { last, platform: PlatformId(platform), entries, identifier };
            prop_assert_eq!(SectionHeader::parse(&header.encode()).unwrap().1, header);
            let extension = SectionEntryExtension { continues: last, selection_criteria };
            prop_assert_eq!(SectionEntryExtension::parse(&extension.encode()).unwrap().1, extension);
        }
    }
}
