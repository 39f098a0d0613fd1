use nom::Parser;
use nom::bytes::complete::take;
use nom::combinator::rest;
use nom::number::complete::le_u32;

use super::generic::{head, header_checksum, length_field, push, push_checked};
use super::{AttributeType, ExtendedAttribute};
use crate::nom_ext::run;
use crate::{EntityId, Error};

/// Implementation use (ECMA-167 4/14.10.8, UDF 3.3.4.5): what an implementation, or UDF, defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ImplementationUse<'a> {
    /// Implementation identifier: who defines the content.
    pub implementation_identifier: EntityId,
    /// Implementation use.
    pub implementation_use: &'a [u8],
    /// What stands behind that inside the attribute: padding.
    pub rest: &'a [u8],
}

const NAME: &str = "implementation use extended attribute";
const FIXED: usize = 48;
const TYPE: AttributeType = AttributeType::IMPLEMENTATION_USE;

impl<'a> ImplementationUse<'a> {
    /// What the attribute says.
    ///
    /// # Errors
    /// [`Error::Truncated`]; [`Error::Value`] for another attribute.
    pub fn parse(attribute: &ExtendedAttribute<'a>) -> Result<ImplementationUse<'a>, Error> {
        let data = attribute.data_of(TYPE, NAME)?;
        run(NAME, data, |input| {
            let (input, (length, implementation_identifier)) = (le_u32, EntityId::parse).parse(input)?;
            let (input, (implementation_use, rest)) = (take(length), rest).parse(input)?;
            Ok((input, ImplementationUse { implementation_identifier, implementation_use, rest }))
        })
    }

    /// Appends the attribute.
    ///
    /// # Errors
    /// [`Error::Length`] from 4 GiB on.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let length = length_field(NAME, "implementation use length", self.implementation_use.len())?;
        let id = self.implementation_identifier.bytes();
        push(TYPE, &[&length.to_le_bytes(), &id, self.implementation_use, self.rest], out)
    }

    /// Appends an attribute that UDF defines, whose implementation use is a header checksum and then `content` (UDF
    /// 3.3.4.5).
    ///
    /// # Errors
    /// [`Error::Length`] from 4 GiB on.
    pub fn encode_checked(
        implementation_identifier: EntityId,
        content: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        push_checked(TYPE, &implementation_identifier, content, out)
    }

    /// The implementation use of an attribute that UDF defines, behind its header checksum.
    ///
    /// # Errors
    /// [`Error::HeaderChecksum`], and [`Error::Truncated`] under 2 bytes.
    pub fn checked(&self) -> Result<&'a [u8], Error> {
        let Some((found, content)) = self.implementation_use.split_first_chunk::<2>() else {
            return Err(Error::Truncated { structure: NAME, available: self.implementation_use.len() });
        };
        let length = length_field(NAME, "implementation use length", self.implementation_use.len())?;
        let head = head(TYPE, 1, FIXED + self.implementation_use.len() + self.rest.len())?;
        let calculated = header_checksum(&head)
            .wrapping_add(header_checksum(&length.to_le_bytes()))
            .wrapping_add(header_checksum(&self.implementation_identifier.bytes()));
        let found = u16::from_le_bytes(*found);
        if found == calculated { Ok(content) } else { Err(Error::HeaderChecksum { found, calculated }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OsClass, Revision, UdfSuffix};
    use proptest::prelude::*;

    #[test]
    fn free_space() {
        let mut bytes = vec![0x00, 0x08, 0, 0, 1, 0, 0, 0, 56, 0, 0, 0, 6, 0, 0, 0];
        bytes.extend(b"\0*UDF FreeEASpace\0\0\0\0\0\0\0");
        bytes.extend([0x02, 0x01, 4, 5, 0, 0, 0, 0]);
        // The sum of all these.
        let sum: u16 = bytes.iter().map(|byte| u16::from(*byte)).sum();
        assert_eq!((bytes.len(), sum), (48, 1392));
        bytes.extend([0x70, 0x5, 0, 0, 0, 0, 0, 0]);
        let (attribute, after) = ExtendedAttribute::parse(&bytes).unwrap();
        assert!(after.is_empty());
        let free = ImplementationUse::parse(&attribute).unwrap();
        assert_eq!((free.checked(), free.rest), (Ok(&[0; 4][..]), &[0; 2][..]));
        let mut encoded = Vec::new();
        free.encode(&mut encoded).unwrap();
        assert_eq!(encoded, bytes);

        let suffix = UdfSuffix { revision: Revision::V1_02, os_class: OsClass::UNIX, os: 5 };
        let id = EntityId::udf(b"*UDF FreeEASpace", suffix);
        encoded.clear();
        ImplementationUse::encode_checked(id, &[0; 4], &mut encoded).unwrap();
        assert_eq!(encoded, bytes);

        bytes[30] ^= 1;
        let (attribute, _) = ExtendedAttribute::parse(&bytes).unwrap();
        let error = ImplementationUse::parse(&attribute).unwrap().checked().unwrap_err();
        assert!(matches!(error, Error::HeaderChecksum { found: 1392, .. }));
    }

    proptest! {
        #[test]
        fn survives(id: [u8; 32], content in prop::collection::vec(any::<u8>(), 0..60), behind in prop::collection::vec(any::<u8>(), 0..5)) {
            let (_, implementation_identifier) = EntityId::parse(&id).unwrap();
            let padding = (content.len() + behind.len()).wrapping_neg() & 3;
            let behind = [behind, vec![0; padding]].concat();
            let attribute = ImplementationUse { implementation_identifier, implementation_use: &content, rest: &behind };
            let mut bytes = vec![0xff];
            attribute.encode(&mut bytes).unwrap();
            let (parsed, _) = ExtendedAttribute::parse(&bytes[1..]).unwrap();
            prop_assert_eq!(ImplementationUse::parse(&parsed), Ok(attribute));

            bytes.truncate(1);
            ImplementationUse::encode_checked(implementation_identifier, &content, &mut bytes).unwrap();
            let (parsed, _) = ExtendedAttribute::parse(&bytes[1..]).unwrap();
            prop_assert_eq!(ImplementationUse::parse(&parsed).unwrap().checked(), Ok(content.as_slice()));
        }

        #[test]
        fn any_data(data in prop::collection::vec(any::<u8>(), 0..90)) {
            let attribute = ExtendedAttribute { attribute_type: TYPE, subtype: 1, data: &data };
            if let Ok(attribute) = ImplementationUse::parse(&attribute) {
                let _ = attribute.checked();
            }
        }
    }
}
