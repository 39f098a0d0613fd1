use super::{AttributeType, ExtendedAttribute, ExtendedAttributeHeaderDescriptor, ExtendedAttributes};
use crate::{Descriptor, Error, Tag};

/// A space of extended attributes: a header and the attributes (ECMA-167 4/9.1, 4/14.10; UDF 3.3.4). It stands
/// in a file entry or is the content of a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExtendedAttributeSpace<'a> {
    /// Extended attribute header descriptor.
    pub header: ExtendedAttributeHeaderDescriptor,
    /// The attributes as they are recorded, in the order of the standard: those of ECMA-167 itself, for
    /// implementation use, for application use.
    pub attributes: &'a [u8],
}

const HEADER: usize = ExtendedAttributeHeaderDescriptor::SIZE;

impl<'a> ExtendedAttributeSpace<'a> {
    /// The space that is all of `bytes`.
    ///
    /// # Errors
    /// As the `parse` of the header. Attributes are checked as they are read.
    pub fn parse(bytes: &'a [u8]) -> Result<ExtendedAttributeSpace<'a>, Error> {
        let header = ExtendedAttributeHeaderDescriptor::parse(bytes)?;
        Ok(ExtendedAttributeSpace { header, attributes: bytes.get(HEADER..).unwrap_or_default() })
    }

    /// The attributes. The locations in the header are not needed to find them.
    #[must_use]
    pub const fn iter(&self) -> ExtendedAttributes<'a> {
        ExtendedAttributes::new(self.attributes)
    }

    /// Appends the space as it is, with the locations of its header.
    ///
    /// # Errors
    /// [`Error::CrcLength`].
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let start = out.len();
        out.extend([0; HEADER]);
        out.extend(self.attributes);
        self.header.head(out.get_mut(start..).unwrap_or_default())
    }

    /// Appends a space with these attributes, which are in any order and one behind another, as their `encode`
    /// appends them: they are brought into the order of the standard, and the header says where those for
    /// implementation and for application use begin. For kinds that there are none of it holds
    /// [`ExtendedAttributeHeaderDescriptor::NONE`] or, with a tag of version 2, the length of the space.
    ///
    /// The tag has the CRC length 8 where it covers the header alone.
    ///
    /// # Errors
    /// As [`ExtendedAttribute::parse`] where `attributes` are none; [`Error::CrcLength`].
    pub fn arrange(tag: Tag, attributes: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let start = out.len();
        out.extend([0; HEADER]);
        let mut locations = [None; 2];
        for class in 0..3 {
            for attribute in ExtendedAttributes::new(attributes) {
                let attribute = attribute?;
                if class_of(&attribute) == class {
                    if let Some(location @ None) =
                        class.checked_sub(1).and_then(|class| locations.get_mut(class))
                    {
                        *location = Some(out.len() - start);
                    }
                    attribute.encode(out)?;
                }
            }
        }
        let none = if tag.version < 3 { out.len() - start } else { usize::MAX };
        let [implementation, application] = locations.map(|location| location.unwrap_or(none));
        // usize::MAX becomes NONE; what is longer than 4 GiB cannot be pointed into.
        let field = |location| u32::try_from(location).unwrap_or(ExtendedAttributeHeaderDescriptor::NONE);
        let header = ExtendedAttributeHeaderDescriptor {
            tag,
            implementation_attributes: field(implementation),
            application_attributes: field(application),
        };
        header.head(out.get_mut(start..).unwrap_or_default())
    }
}

impl<'a> IntoIterator for &ExtendedAttributeSpace<'a> {
    type Item = Result<ExtendedAttribute<'a>, Error>;
    type IntoIter = ExtendedAttributes<'a>;

    fn into_iter(self) -> ExtendedAttributes<'a> {
        self.iter()
    }
}

/// Which of the three parts of a space an attribute belongs to.
fn class_of(attribute: &ExtendedAttribute<'_>) -> usize {
    match attribute.attribute_type {
        AttributeType::IMPLEMENTATION_USE => 1,
        AttributeType::APPLICATION_USE => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EntityId;
    use crate::TagId;
    use crate::attribute::{ApplicationUse, DeviceSpecification, ImplementationUse};
    use proptest::prelude::*;

    fn tag(version: u16) -> Tag {
        Tag { id: TagId::EXTENDED_ATTRIBUTE_HEADER, version, serial: 0, crc_length: 8, location: 5 }
    }

    #[test]
    fn the_order_of_the_standard() {
        let device = DeviceSpecification { major: 1, minor: 3, implementation_use: &[] };
        let implementation = ImplementationUse {
            implementation_identifier: EntityId::new(b"*i"),
            implementation_use: &[1, 2, 3, 4],
            rest: &[],
        };
        let application =
            ApplicationUse { application_identifier: EntityId::new(b"*a"), application_use: &[], rest: &[] };
        let mut given = Vec::new();
        application.encode(&mut given).unwrap();
        implementation.encode(&mut given).unwrap();
        device.encode(&mut given).unwrap();
        let mut expected = Vec::new();
        device.encode(&mut expected).unwrap();
        implementation.encode(&mut expected).unwrap();
        application.encode(&mut expected).unwrap();

        let mut bytes = vec![7; 3];
        ExtendedAttributeSpace::arrange(tag(3), &given, &mut bytes).unwrap();
        let space = ExtendedAttributeSpace::parse(&bytes[3..]).unwrap();
        assert_eq!(space.attributes, expected);
        // 24 bytes of header, 24 of the first, 52 of the second.
        let ExtendedAttributeHeaderDescriptor { implementation_attributes, application_attributes, .. } =
            space.header;
        assert_eq!((implementation_attributes, application_attributes), (48, 100));
        let mut again = vec![7; 3];
        space.encode(&mut again).unwrap();
        assert_eq!(again, bytes);
    }

    #[test]
    fn kinds_that_there_are_none_of() {
        let device = DeviceSpecification { major: 1, minor: 3, implementation_use: &[] };
        let mut given = Vec::new();
        device.encode(&mut given).unwrap();
        let locations = |version| {
            let mut bytes = Vec::new();
            ExtendedAttributeSpace::arrange(tag(version), &given, &mut bytes).unwrap();
            let header = ExtendedAttributeSpace::parse(&bytes).unwrap().header;
            [header.implementation_attributes, header.application_attributes]
        };
        assert_eq!(locations(2), [48, 48]);
        assert_eq!(locations(3), [u32::MAX; 2]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(
            attributes in prop::collection::vec(
                (prop::sample::select(vec![1u32, 12, 2048, 65_536, 9]), prop::collection::vec(any::<u8>(), 0..30)),
                0..12,
            ),
            version in 2..4u16,
        ) {
            let mut given = Vec::new();
            for (kind, data) in &attributes {
                ExtendedAttribute { attribute_type: AttributeType(*kind), subtype: 1, data }
                    .encode(&mut given)
                    .unwrap();
            }
            let mut bytes = Vec::new();
            ExtendedAttributeSpace::arrange(tag(version), &given, &mut bytes).unwrap();
            prop_assert_eq!(bytes.len(), 24 + given.len());
            let space = ExtendedAttributeSpace::parse(&bytes).unwrap();
            let read: Vec<(u32, Vec<u8>)> = space
                .iter()
                .map(|attribute| attribute.map(|it| (it.attribute_type.0, it.data.to_vec())).unwrap())
                .collect();
            let mut expected = attributes;
            expected.sort_by_key(|(kind, _)| match kind { 2048 => 1, 65_536 => 2, _ => 0 });
            prop_assert_eq!(read, expected);
            let mut again = Vec::new();
            space.encode(&mut again).unwrap();
            prop_assert_eq!(again, bytes);
        }

        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = ExtendedAttributeSpace::arrange(tag(3), &bytes, &mut Vec::new());
            let _ = ExtendedAttributeSpace::parse(&bytes);
        }
    }
}
