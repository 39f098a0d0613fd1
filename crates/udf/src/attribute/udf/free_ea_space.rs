use super::content_of;
use crate::attribute::ImplementationUse;
use crate::{EntityId, Error, UdfSuffix};

/// Space that is kept free between attributes (UDF 3.3.4.5.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FreeEaSpace {
    /// Free bytes behind the header checksum.
    pub length: usize,
}

impl FreeEaSpace {
    /// Its identifier.
    pub const IDENTIFIER: &'static [u8] = b"*UDF FreeEASpace";

    /// What the attribute says.
    ///
    /// # Errors
    /// [`Error::Identifier`], [`Error::HeaderChecksum`], [`Error::Truncated`].
    pub fn parse(attribute: &ImplementationUse<'_>) -> Result<FreeEaSpace, Error> {
        let content = content_of(attribute, Self::IDENTIFIER, "free EA space")?;
        Ok(FreeEaSpace { length: content.len() })
    }

    /// Appends the attribute, with zeros in the free space.
    ///
    /// # Errors
    /// [`Error::Length`] from 4 GiB on.
    pub fn encode(&self, suffix: UdfSuffix, out: &mut Vec<u8>) -> Result<(), Error> {
        let id = EntityId::udf(Self::IDENTIFIER, suffix);
        ImplementationUse::encode_checked(id, &vec![0; self.length], out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    #[test]
    fn six_bytes() {
        let bytes = testing::attribute(b"*UDF FreeEASpace", &[0; 6]);
        let free = testing::with(&bytes, FreeEaSpace::parse).unwrap();
        assert_eq!(free, FreeEaSpace { length: 6 });
        let mut encoded = Vec::new();
        free.encode(testing::SUFFIX, &mut encoded).unwrap();
        assert_eq!(encoded, bytes);
        assert!(matches!(testing::with_other(FreeEaSpace::parse), Err(Error::Identifier { .. })));
    }
}
