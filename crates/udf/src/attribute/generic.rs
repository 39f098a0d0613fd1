use std::iter::FusedIterator;

use nom::Parser;
use nom::number::complete::{le_u32, u8};

use crate::nom_ext::{array, put, run};
use crate::{EntityId, Error};

/// What an extended attribute is (ECMA-167 4/14.10.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeType(pub u32);

impl AttributeType {
    /// Character set information.
    pub const CHARACTER_SET_INFORMATION: AttributeType = AttributeType(1);
    /// Alternate permissions.
    pub const ALTERNATE_PERMISSIONS: AttributeType = AttributeType(3);
    /// File times.
    pub const FILE_TIMES: AttributeType = AttributeType(5);
    /// Information times.
    pub const INFORMATION_TIMES: AttributeType = AttributeType(6);
    /// Device specification.
    pub const DEVICE_SPECIFICATION: AttributeType = AttributeType(12);
    /// Implementation use.
    pub const IMPLEMENTATION_USE: AttributeType = AttributeType(2048);
    /// Application use.
    pub const APPLICATION_USE: AttributeType = AttributeType(65_536);
}

/// An extended attribute in the form that all have (ECMA-167 4/14.10.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExtendedAttribute<'a> {
    /// Attribute type.
    pub attribute_type: AttributeType,
    /// Attribute subtype; 1 in all that the standard defines.
    pub subtype: u8,
    /// Attribute data, with any padding behind them.
    pub data: &'a [u8],
}

const NAME: &str = "extended attribute";

impl<'a> ExtendedAttribute<'a> {
    /// Bytes in front of the data.
    pub const FIXED: usize = 12;

    /// The attribute at the beginning of `bytes`, and what is behind it.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::Length`], and [`Error::Value`] for a length under 12.
    pub fn parse(bytes: &'a [u8]) -> Result<(ExtendedAttribute<'a>, &'a [u8]), Error> {
        let mut fields = (le_u32, u8, array::<3>, le_u32);
        let (attribute_type, subtype, _reserved, length) = run(NAME, bytes, |input| fields.parse(input))?;
        let field = "attribute length";
        let wanted = usize::try_from(length).unwrap_or(usize::MAX);
        let Some((attribute, rest)) = bytes.split_at_checked(wanted) else {
            let (value, most) = (length.into(), bytes.len() as u64);
            return Err(Error::Length { structure: NAME, field, value, most });
        };
        let Some(data) = attribute.get(Self::FIXED..) else {
            return Err(Error::Value { structure: NAME, field, value: length.into() });
        };
        Ok((ExtendedAttribute { attribute_type: AttributeType(attribute_type), subtype, data }, rest))
    }

    /// Bytes of the attribute.
    #[must_use]
    pub const fn size(&self) -> usize {
        Self::FIXED + self.data.len()
    }

    /// Appends the attribute, as long as it is.
    ///
    /// # Errors
    /// [`Error::Length`] from 4 GiB on.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        out.extend(head(self.attribute_type, self.subtype, self.size())?);
        out.extend(self.data);
        Ok(())
    }

    /// The data, if this is an attribute of the type asked for and of subtype 1.
    pub(super) fn data_of(
        &self,
        attribute_type: AttributeType,
        structure: &'static str,
    ) -> Result<&'a [u8], Error> {
        if self.attribute_type != attribute_type {
            let value = self.attribute_type.0.into();
            return Err(Error::Value { structure, field: "attribute type", value });
        }
        if self.subtype != 1 {
            return Err(Error::Value { structure, field: "attribute subtype", value: self.subtype.into() });
        }
        Ok(self.data)
    }
}

/// The first 12 bytes of an attribute with this size.
pub(super) fn head(attribute_type: AttributeType, subtype: u8, size: usize) -> Result<[u8; 12], Error> {
    let length = length_field(NAME, "attribute length", size)?;
    let mut head = [0; 12];
    head[..4].copy_from_slice(&attribute_type.0.to_le_bytes());
    head[4] = subtype;
    head[8..].copy_from_slice(&length.to_le_bytes());
    Ok(head)
}

pub(super) fn length_field(structure: &'static str, field: &'static str, value: usize) -> Result<u32, Error> {
    let most = u32::MAX.into();
    u32::try_from(value).map_err(|_| Error::Length { structure, field, value: value as u64, most })
}

/// Appends an attribute of subtype 1 with these data, and zeros up to a multiple of 4 bytes, which UDF 1.02
/// demands (3.3.4).
pub(super) fn push(attribute_type: AttributeType, data: &[&[u8]], out: &mut Vec<u8>) -> Result<(), Error> {
    let length = data.iter().fold(ExtendedAttribute::FIXED, |sum, part| sum.saturating_add(part.len()));
    let padding = length.wrapping_neg() & 3;
    out.extend(head(attribute_type, 1, length.saturating_add(padding))?);
    for part in data {
        out.extend(*part);
    }
    out.extend(&[0; 3][..padding]);
    Ok(())
}

/// Part of the header checksum of attributes that UDF defines (UDF 3.3.4.5): the sum of the bytes, modulo
/// 65,536. It covers the first 48 bytes of the attribute.
pub(super) fn header_checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum: u16, byte| sum.wrapping_add(u16::from(*byte)))
}

/// Appends an attribute with an identifier, its header checksum and the content behind that.
pub(super) fn push_checked(
    attribute_type: AttributeType,
    identifier: &EntityId,
    content: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let start = out.len();
    let length = length_field(NAME, "length of use", content.len().saturating_add(2))?;
    let parts: [&[u8]; 4] = [&length.to_le_bytes(), &identifier.bytes(), &[0; 2], content];
    push(attribute_type, &parts, out)?;
    if let Some((head, checksum)) =
        out.get_mut(start..).and_then(|attribute| attribute.split_at_mut_checked(48))
    {
        put(checksum, 0, &header_checksum(head).to_le_bytes());
    }
    Ok(())
}

/// Extended attributes one behind another, up to the first that is damaged, which is an error.
#[derive(Clone, Debug)]
pub struct ExtendedAttributes<'a>(&'a [u8]);

impl<'a> ExtendedAttributes<'a> {
    /// Those in `bytes`: a space without its header.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> ExtendedAttributes<'a> {
        ExtendedAttributes(bytes)
    }
}

impl<'a> Iterator for ExtendedAttributes<'a> {
    type Item = Result<ExtendedAttribute<'a>, Error>;

    fn next(&mut self) -> Option<Result<ExtendedAttribute<'a>, Error>> {
        if self.0.is_empty() {
            return None;
        }
        match ExtendedAttribute::parse(std::mem::take(&mut self.0)) {
            Ok((attribute, rest)) => {
                self.0 = rest;
                Some(Ok(attribute))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

impl FusedIterator for ExtendedAttributes<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_with_data_and_what_is_behind_it() {
        let bytes = [0x05, 0x08, 0, 0, 2, 0, 0, 0, 14, 0, 0, 0, 0xaa, 0xbb, 0x01];
        let (attribute, rest) = ExtendedAttribute::parse(&bytes).unwrap();
        let expected =
            ExtendedAttribute { attribute_type: AttributeType(2053), subtype: 2, data: &[0xaa, 0xbb] };
        assert_eq!((attribute, rest), (expected, &[1][..]));
        let mut encoded = Vec::new();
        attribute.encode(&mut encoded).unwrap();
        assert_eq!(encoded, bytes[..14]);
    }

    #[test]
    fn lengths_that_lie() {
        let with = |length: u8| {
            let bytes = [1, 0, 0, 0, 1, 0, 0, 0, length, 0, 0, 0, 0];
            ExtendedAttribute::parse(&bytes).map(|(attribute, _)| attribute.size())
        };
        assert!(matches!(with(0), Err(Error::Value { value: 0, .. })));
        assert!(matches!(with(11), Err(Error::Value { value: 11, .. })));
        assert_eq!((with(12), with(13)), (Ok(12), Ok(13)));
        assert!(matches!(with(14), Err(Error::Length { value: 14, most: 13, .. })));
        assert!(ExtendedAttribute::parse(&[0; 11]).is_err());
    }

    proptest! {
        #[test]
        fn lists_survive(attributes in prop::collection::vec(
            (any::<u32>(), any::<u8>(), prop::collection::vec(any::<u8>(), 0..40)), 0..9)) {
            let of = |(kind, subtype, data): &'_ (u32, u8, Vec<u8>)| (AttributeType(*kind), *subtype, data.clone());
            let mut bytes = Vec::new();
            for (kind, subtype, data) in &attributes {
                ExtendedAttribute { attribute_type: AttributeType(*kind), subtype: *subtype, data }
                    .encode(&mut bytes)
                    .unwrap();
            }
            let read: Vec<_> = ExtendedAttributes::new(&bytes)
                .map(Result::unwrap)
                .map(|attribute| (attribute.attribute_type, attribute.subtype, attribute.data.to_vec()))
                .collect();
            prop_assert_eq!(read, attributes.iter().map(of).collect::<Vec<_>>());
        }

        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let number = ExtendedAttributes::new(&bytes).count();
            prop_assert!(number <= bytes.len() / 12 + 1);
        }
    }
}
