use nom::Parser;

use super::content_of;
use crate::attribute::ImplementationUse;
use crate::nom_ext::{array, run};
use crate::{EntityId, Error, Timestamp, UdfSuffix};

/// Macintosh volume information (UDF 3.3.4.5.4.1), with the root directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MacVolumeInfo {
    /// Last modification date.
    pub last_modification: Timestamp,
    /// Last backup date.
    pub last_backup: Timestamp,
    /// Volume Finder information, as the Finder has it.
    pub finder_information: [u8; 32],
}

const NAME: &str = "Macintosh volume information";

impl MacVolumeInfo {
    /// Its identifier.
    pub const IDENTIFIER: &'static [u8] = b"*UDF Mac VolumeInfo";

    /// What the attribute says.
    ///
    /// # Errors
    /// [`Error::Identifier`], [`Error::HeaderChecksum`], [`Error::Truncated`].
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<MacVolumeInfo, Error> {
        let content = content_of(attribute, Self::IDENTIFIER, NAME)?;
        let mut fields = (Timestamp::parse, Timestamp::parse, array::<32>);
        let (last_modification, last_backup, finder_information) =
            run(NAME, content, |input| fields.parse(input))?;
        Ok(MacVolumeInfo { last_modification, last_backup, finder_information })
    }

    /// Appends the attribute.
    ///
    /// # Errors
    /// None that can occur.
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {
        let id = EntityId::udf(Self::IDENTIFIER, suffix);
        let mut content = [0; 56];
        content[..12].copy_from_slice(&self.last_modification.bytes());
        content[12..24].copy_from_slice(&self.last_backup.bytes());
        content[24..].copy_from_slice(&self.finder_information);
        ImplementationUse::encode_checked(id, &content, out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_volume_of_the_year_2009() {
        let mut content = vec![0x78, 0x10, 0xd9, 0x07, 7, 14, 22, 30, 5, 12, 34, 56];
        content.extend([0; 12]);
        content.extend(1..=32);
        let bytes = testing::attribute(b"*UDF Mac VolumeInfo", &content);
        let info = testing::with(&bytes, MacVolumeInfo::parse).unwrap();
        assert_eq!((info.last_modification.year, info.last_backup), (2009, Timestamp::default()));
        assert_eq!((info.finder_information[0], info.finder_information[31]), (1, 32));
        let mut encoded = Vec::new();
        info.encode(testing::SUFFIX, &mut encoded).unwrap();
        assert_eq!(encoded, bytes);
        assert!(matches!(testing::with_other(MacVolumeInfo::parse), Err(Error::Identifier { .. })));
    }

    proptest! {
        #[test]
        fn survives(first: [u8; 12], second: [u8; 12], finder_information: [u8; 32]) {
            let time = |bytes: [u8; 12]| Timestamp::parse(&bytes).unwrap().1;
            let (last_modification, last_backup) = (time(first), time(second));
            let info = MacVolumeInfo { last_modification, last_backup, finder_information };
            let mut bytes = Vec::new();
            info.encode(testing::SUFFIX, &mut bytes).unwrap();
            prop_assert_eq!(testing::with(&bytes, MacVolumeInfo::parse), Ok(info));
        }
    }
}
