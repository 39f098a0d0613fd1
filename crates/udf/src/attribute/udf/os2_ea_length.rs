use nom::number::complete::le_u32;

use super::content_of;
use crate::attribute::ImplementationUse;
use crate::nom_ext::run;
use crate::{EntityId, Error, UdfSuffix};

/// Length of the OS/2 extended attributes of a file (UDF 3.3.4.5.3.1), which are a stream or, in UDF 1.02 and
/// 1.50, an attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Os2EaLength {
    /// Bytes.
    pub length: u32,
}

const NAME: &str = "OS/2 EA length";

impl Os2EaLength {
    /// Its identifier.
    pub const IDENTIFIER: &'static [u8] = b"*UDF OS/2 EALength";

    /// What the attribute says.
    ///
    /// # Errors
    /// [`Error::Identifier`], [`Error::HeaderChecksum`], [`Error::Truncated`].
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<Os2EaLength, Error> {
        let content = content_of(attribute, Self::IDENTIFIER, NAME)?;
        Ok(Os2EaLength { length: run(NAME, content, le_u32)? })
    }

    /// Appends the attribute.
    ///
    /// # Errors
    /// None that can occur.
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {
        let id = EntityId::udf(Self::IDENTIFIER, suffix);
        ImplementationUse::encode_checked(id, &self.length.to_le_bytes(), out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_kilobyte() {
        let bytes = testing::attribute(b"*UDF OS/2 EALength", &[0x00, 0x04, 0, 0]);
        let length = testing::with(&bytes, Os2EaLength::parse).unwrap();
        assert_eq!((length, bytes.len()), (Os2EaLength { length: 1024 }, 56));
        let mut encoded = Vec::new();
        length.encode(testing::SUFFIX, &mut encoded).unwrap();
        assert_eq!(encoded, bytes);
        assert!(matches!(testing::with_other(Os2EaLength::parse), Err(Error::Identifier { .. })));
    }

    proptest! {
        #[test]
        fn survives(length: u32) {
            let length = Os2EaLength { length };
            let mut bytes = Vec::new();
            length.encode(testing::SUFFIX, &mut bytes).unwrap();
            prop_assert_eq!(testing::with(&bytes, Os2EaLength::parse), Ok(length));
        }
    }
}
