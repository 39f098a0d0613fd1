use nom::Parser;
use nom::number::complete::u8;

use super::content_of;
use crate::attribute::ImplementationUse;
use crate::nom_ext::{array, run};
use crate::{EntityId, Error, UdfSuffix};

/// Copyright management information of DVD (UDF 3.3.4.5.1.2). What the bytes mean is said in the DVD
/// specifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DvdCgmsInfo {
    /// CGMS information.
    pub cgms_information: u8,
    /// Data structure type.
    pub data_structure_type: u8,
    /// Protection system information.
    pub protection_system_information: [u8; 4],
}

const NAME: &str = "DVD copyright management information";

impl DvdCgmsInfo {
    /// Its identifier.
    pub const IDENTIFIER: &'static [u8] = b"*UDF DVD CGMS Info";

    /// What the attribute says.
    ///
    /// # Errors
    /// [`Error::Identifier`], [`Error::HeaderChecksum`], [`Error::Truncated`].
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<DvdCgmsInfo, Error> {
        let content = content_of(attribute, Self::IDENTIFIER, NAME)?;
        let (cgms_information, data_structure_type, protection_system_information) =
            run(NAME, content, |input| (u8, u8, array::<4>).parse(input))?;
        Ok(DvdCgmsInfo { cgms_information, data_structure_type, protection_system_information })
    }

    /// Appends the attribute.
    ///
    /// # Errors
    /// None that can occur.
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {
        let id = EntityId::udf(Self::IDENTIFIER, suffix);
        let [a, b, c, d] = self.protection_system_information;
        let content = [self.cgms_information, self.data_structure_type, a, b, c, d];
        ImplementationUse::encode_checked(id, &content, out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_copies() {
        let bytes = testing::attribute(b"*UDF DVD CGMS Info", &[0x30, 1, 2, 3, 4, 5]);
        let info = testing::with(&bytes, DvdCgmsInfo::parse).unwrap();
        let expected = DvdCgmsInfo {
            cgms_information: 0x30,
            data_structure_type: 1,
            protection_system_information: [2, 3, 4, 5],
        };
        assert_eq!((info, bytes.len()), (expected, 56));
        let mut encoded = Vec::new();
        info.encode(testing::SUFFIX, &mut encoded).unwrap();
        assert_eq!(encoded, bytes);
        assert!(matches!(testing::with_other(DvdCgmsInfo::parse), Err(Error::Identifier { .. })));
    }

    proptest! {
        #[test]
        fn survives(cgms_information: u8, data_structure_type: u8, protection_system_information: [u8; 4]) {
            let info = DvdCgmsInfo { cgms_information, data_structure_type, protection_system_information };
            let mut bytes = Vec::new();
            info.encode(testing::SUFFIX, &mut bytes).unwrap();
            prop_assert_eq!(testing::with(&bytes, DvdCgmsInfo::parse), Ok(info));
        }
    }
}
