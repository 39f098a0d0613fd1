use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::le_u32;

use super::generic::{length_field, push};
use super::{AttributeType, ExtendedAttribute};
use crate::Error;
use crate::nom_ext::run;

/// Device specification (ECMA-167 4/14.10.7, UDF 3.3.4.4): the numbers of a block or character device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeviceSpecification<'a> {
    /// Major device identification.
    pub major: u32,
    /// Minor device identification.
    pub minor: u32,
    /// Implementation use; UDF demands the entity identifier of the developer, 32 bytes.
    pub implementation_use: &'a [u8],
}

const NAME: &str = "device specification";

impl<'a> DeviceSpecification<'a> {
    /// What the attribute says.
    ///
    /// # Errors
    /// [`Error::Truncated`]; [`Error::Value`] for another attribute.
    pub fn parse(attribute: &ExtendedAttribute<'a>) -> Result<DeviceSpecification<'a>, Error> {
        let data = attribute.data_of(AttributeType::DEVICE_SPECIFICATION, NAME)?;
        run(NAME, data, |input| {
            let (input, (length, major, minor)) = (le_u32, le_u32, le_u32).parse(input)?;
            let (input, implementation_use) = take(length).parse(input)?;
            Ok((input, DeviceSpecification { major, minor, implementation_use }))
        })
    }

    /// Appends the attribute.
    ///
    /// # Errors
    /// [`Error::Length`] from 4 GiB on.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let length = length_field(NAME, "implementation use length", self.implementation_use.len())?;
        let (major, minor) = (self.major.to_le_bytes(), self.minor.to_le_bytes());
        let parts: [&[u8]; 4] = [&length.to_le_bytes(), &major, &minor, self.implementation_use];
        push(AttributeType::DEVICE_SPECIFICATION, &parts, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EntityId;
    use proptest::prelude::*;

    #[test]
    fn the_second_disk() {
        let mut bytes = vec![12, 0, 0, 0, 1, 0, 0, 0, 56, 0, 0, 0, 32, 0, 0, 0, 8, 0, 0, 0, 16, 0, 0, 0];
        bytes.extend(b"\0*Developer\0\0\0\0\0\0\0\0\0\0\0\0\0");
        bytes.extend([4, 5, 0, 0, 0, 0, 0, 0]);
        let (attribute, rest) = ExtendedAttribute::parse(&bytes).unwrap();
        assert!(rest.is_empty());
        let device = DeviceSpecification::parse(&attribute).unwrap();
        assert_eq!((device.major, device.minor), (8, 16));
        assert!(EntityId::parse(device.implementation_use).unwrap().1.is(b"*Developer"));
        let mut encoded = Vec::new();
        device.encode(&mut encoded).unwrap();
        assert_eq!(encoded, bytes);
    }

    proptest! {
        #[test]
        fn survives(major: u32, minor: u32, implementation_use in prop::collection::vec(any::<u8>(), 0..50)) {
            let device = DeviceSpecification { major, minor, implementation_use: &implementation_use };
            let mut bytes = Vec::new();
            device.encode(&mut bytes).unwrap();
            let (attribute, _) = ExtendedAttribute::parse(&bytes).unwrap();
            prop_assert_eq!(DeviceSpecification::parse(&attribute), Ok(device));
        }

        #[test]
        fn any_data(data in prop::collection::vec(any::<u8>(), 0..60)) {
            let attribute_type = AttributeType::DEVICE_SPECIFICATION;
            let _ = DeviceSpecification::parse(&ExtendedAttribute { attribute_type, subtype: 1, data: &data });
        }
    }
}
