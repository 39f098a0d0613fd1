use nom::Parser;
use nom::number::complete::{le_u32, le_u64};

use super::content_of;
use crate::attribute::ImplementationUse;
use crate::nom_ext::{array, run};
use crate::{DString, EntityId, Error, UdfSuffix};

/// What a virtual allocation table of UDF 1.50 has no fields for (UDF 1.50 errata, 3.3.4.5.1.3); it stands in
/// the file entry of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VatLvExtension {
    /// Verification id: the unique id of the file entry. If it is another, the attribute is out of date.
    pub verification_id: u64,
    /// Files in the volume; hard links count once.
    pub files: u32,
    /// Directories in the volume, with the root.
    pub directories: u32,
    /// Logical volume identifier: the label, in place of that of the logical volume descriptor.
    pub logical_volume_identifier: DString<128>,
}

const NAME: &str = "VAT logical volume extension";
const CONTENT: usize = 144;

impl VatLvExtension {
    /// Its identifier.
    pub const IDENTIFIER: &'static [u8] = b"*UDF VAT LVExtension";

    /// What the attribute says. Some writers put all but the checksum, and two bytes of padding, behind the
    /// implementation use; that is understood as well.
    ///
    /// # Errors
    /// [`Error::Identifier`], [`Error::HeaderChecksum`], [`Error::Truncated`].
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<VatLvExtension, Error> {
        let content = content_of(attribute, Self::IDENTIFIER, NAME)?;
        let behind = content.len() < CONTENT && attribute.rest.len() >= CONTENT;
        let content = if behind { attribute.rest } else { content };
        let mut fields = (le_u64, le_u32, le_u32, array::<128>);
        let (verification_id, files, directories, identifier) =
            run(NAME, content, |input| fields.parse(input))?;
        let logical_volume_identifier = DString(identifier);
        Ok(VatLvExtension { verification_id, files, directories, logical_volume_identifier })
    }

    /// Appends the attribute.
    ///
    /// # Errors
    /// None that can occur.
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {
        let id = EntityId::udf(Self::IDENTIFIER, suffix);
        let mut content = [0; CONTENT];
        content[..8].copy_from_slice(&self.verification_id.to_le_bytes());
        content[8..12].copy_from_slice(&self.files.to_le_bytes());
        content[12..16].copy_from_slice(&self.directories.to_le_bytes());
        content[16..].copy_from_slice(&self.logical_volume_identifier.0);
        ImplementationUse::encode_checked(id, &content, out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    fn content() -> Vec<u8> {
        let mut content = vec![0x10, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 8, b'l', b'a'];
        content.resize(143, 0);
        content.push(3);
        content
    }

    fn check(extension: &VatLvExtension) {
        let VatLvExtension { verification_id, files, directories, logical_volume_identifier } = extension;
        assert_eq!((*verification_id, *files, *directories), (16, 7, 3));
        assert_eq!(logical_volume_identifier.text().unwrap(), "la");
    }

    #[test]
    fn seven_files() {
        let bytes = testing::attribute(b"*UDF VAT LVExtension", &content());
        let extension = testing::with(&bytes, VatLvExtension::parse).unwrap();
        check(&extension);
        let mut encoded = Vec::new();
        extension.encode(testing::SUFFIX, &mut encoded).unwrap();
        assert_eq!(encoded, bytes);
        assert!(matches!(testing::with_other(VatLvExtension::parse), Err(Error::Identifier { .. })));
    }

    #[test]
    fn behind_the_implementation_use() {
        let mut bytes = testing::attribute(b"*UDF VAT LVExtension", &[0; 2]);
        // The attribute becomes longer, which the checksum covers.
        bytes[8] += 144;
        let sum = u16::from_le_bytes([bytes[48], bytes[49]]) + 144;
        bytes[48..50].copy_from_slice(&sum.to_le_bytes());
        bytes.extend(content());
        check(&testing::with(&bytes, VatLvExtension::parse).unwrap());
    }

    proptest! {
        #[test]
        fn survives(verification_id: u64, files: u32, directories: u32, label in "[a-z]{0,20}") {
            let logical_volume_identifier = DString::new(&label).unwrap();
            let extension =
                VatLvExtension { verification_id, files, directories, logical_volume_identifier };
            let mut bytes = Vec::new();
            extension.encode(testing::SUFFIX, &mut bytes).unwrap();
            prop_assert_eq!(testing::with(&bytes, VatLvExtension::parse), Ok(extension));
        }
    }
}
