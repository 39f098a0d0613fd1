use nom::Parser;
use nom::combinator::opt;
use nom::number::complete::{le_u16, le_u32};

use super::content_of;
use crate::attribute::ImplementationUse;
use crate::nom_ext::{array, run};
use crate::{EntityId, Error, UdfSuffix};

/// Macintosh Finder information of a directory or file (UDF 3.3.4.5.4.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MacFinderInfo {
    /// Parent directory id.
    pub parent_directory: u32,
    /// Information for the Finder: `UDFDInfo` and `UDFDXInfo` of a directory, `UDFFInfo` and `UDFFXInfo` of a
    /// file, as recorded.
    pub finder_information: [u8; 32],
    /// Of files only.
    pub resource_fork: Option<ResourceFork>,
}

/// How long the resource fork of a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResourceFork {
    /// Resource fork data length, bytes.
    pub data_length: u32,
    /// Resource fork allocated length, bytes.
    pub allocated_length: u32,
}

const NAME: &str = "Macintosh Finder information";
const DIRECTORY: usize = 38;
const FILE: usize = 46;

impl MacFinderInfo {
    /// Its identifier.
    pub const IDENTIFIER: &'static [u8] = b"*UDF Mac FinderInfo";

    /// What the attribute says; it is a file's if it is long enough.
    ///
    /// # Errors
    /// [`Error::Identifier`], [`Error::HeaderChecksum`], [`Error::Truncated`].
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<MacFinderInfo, Error> {
        let content = content_of(attribute, Self::IDENTIFIER, NAME)?;
        let mut fields = (le_u16, le_u32, array::<32>, opt((le_u32, le_u32)));
        let (_padding, parent_directory, finder_information, fork) =
            run(NAME, content, |input| fields.parse(input))?;
        let resource_fork =
            fork.map(|(data_length, allocated_length)| ResourceFork { data_length, allocated_length });
        Ok(MacFinderInfo { parent_directory, finder_information, resource_fork })
    }

    /// Appends the attribute.
    ///
    /// # Errors
    /// None that can occur.
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {
        let id = EntityId::udf(Self::IDENTIFIER, suffix);
        let mut content = [0; FILE];
        content[2..6].copy_from_slice(&self.parent_directory.to_le_bytes());
        content[6..DIRECTORY].copy_from_slice(&self.finder_information);
        let content = match self.resource_fork {
            Some(ResourceFork { data_length, allocated_length }) => {
                content[38..42].copy_from_slice(&data_length.to_le_bytes());
                content[42..].copy_from_slice(&allocated_length.to_le_bytes());
                &content[..]
            }
            None => &content[..DIRECTORY],
        };
        ImplementationUse::encode_checked(id, content, out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_file_and_a_directory() {
        let mut content = vec![0, 0, 0x02, 0x01, 0, 0];
        content.extend(1..=32);
        let bytes = testing::attribute(b"*UDF Mac FinderInfo", &content);
        let directory = testing::with(&bytes, MacFinderInfo::parse).unwrap();
        assert_eq!((directory.parent_directory, directory.resource_fork), (258, None));
        assert_eq!((directory.finder_information[0], directory.finder_information[31]), (1, 32));
        let mut encoded = Vec::new();
        directory.encode(testing::SUFFIX, &mut encoded).unwrap();
        assert_eq!(encoded, bytes);

        content.extend([0x10, 0, 0, 0, 0x00, 0x08, 0, 0]);
        let bytes = testing::attribute(b"*UDF Mac FinderInfo", &content);
        let file = testing::with(&bytes, MacFinderInfo::parse).unwrap();
        let fork = ResourceFork { data_length: 16, allocated_length: 2048 };
        assert_eq!(file, MacFinderInfo { resource_fork: Some(fork), ..directory });
        encoded.clear();
        file.encode(testing::SUFFIX, &mut encoded).unwrap();
        assert_eq!(encoded, bytes);
        assert!(matches!(testing::with_other(MacFinderInfo::parse), Err(Error::Identifier { .. })));
    }

    proptest! {
        #[test]
        fn survives(parent_directory: u32, finder_information: [u8; 32], fork: Option<(u32, u32)>) {
            let resource_fork =
                fork.map(|(data_length, allocated_length)| ResourceFork { data_length, allocated_length });
            let info = MacFinderInfo { parent_directory, finder_information, resource_fork };
            let mut bytes = Vec::new();
            info.encode(testing::SUFFIX, &mut bytes).unwrap();
            prop_assert_eq!(testing::with(&bytes, MacFinderInfo::parse), Ok(info));
        }
    }
}
