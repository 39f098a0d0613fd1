use nom::Parser;
use nom::number::complete::le_u16;

use super::content_of;
use crate::attribute::ImplementationUse;
use crate::nom_ext::{array, run};
use crate::{EntityId, Error, UdfSuffix};

/// OS/400 extended directory information (UDF 3.3.4.5.6.1), since UDF 2.01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Os400DirInfo {
    /// Directory info; what it means is not published.
    pub directory_info: [u8; 44],
}

const NAME: &str = "OS/400 directory information";

impl Os400DirInfo {
    /// Its identifier.
    pub const IDENTIFIER: &'static [u8] = b"*UDF OS/400 DirInfo";

    /// What the attribute says.
    ///
    /// # Errors
    /// [`Error::Identifier`], [`Error::HeaderChecksum`], [`Error::Truncated`].
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<Os400DirInfo, Error> {
        let content = content_of(attribute, Self::IDENTIFIER, NAME)?;
        let (_reserved, directory_info) = run(NAME, content, |input| (le_u16, array::<44>).parse(input))?;
        Ok(Os400DirInfo { directory_info })
    }

    /// Appends the attribute.
    ///
    /// # Errors
    /// None that can occur.
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {
        let id = EntityId::udf(Self::IDENTIFIER, suffix);
        let mut content = [0; 46];
        content[2..].copy_from_slice(&self.directory_info);
        ImplementationUse::encode_checked(id, &content, out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forty_four_bytes() {
        let content: Vec<u8> = [0, 0].into_iter().chain(1..=44).collect();
        let bytes = testing::attribute(b"*UDF OS/400 DirInfo", &content);
        let info = testing::with(&bytes, Os400DirInfo::parse).unwrap();
        assert_eq!((info.directory_info[0], info.directory_info[43]), (1, 44));
        let mut encoded = Vec::new();
        info.encode(testing::SUFFIX, &mut encoded).unwrap();
        assert_eq!(encoded, bytes);
        assert!(matches!(testing::with_other(Os400DirInfo::parse), Err(Error::Identifier { .. })));
    }

    proptest! {
        #[test]
        fn survives(first: [u8; 32], second: [u8; 12]) {
            let mut directory_info = [0; 44];
            directory_info[..32].copy_from_slice(&first);
            directory_info[32..].copy_from_slice(&second);
            let info = Os400DirInfo { directory_info };
            let mut bytes = Vec::new();
            info.encode(testing::SUFFIX, &mut bytes).unwrap();
            prop_assert_eq!(testing::with(&bytes, Os400DirInfo::parse), Ok(info));
        }
    }
}
