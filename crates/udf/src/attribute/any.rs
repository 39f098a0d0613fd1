use super::{
    AlternatePermissions, ApplicationUse, AttributeType, CharacterSetInformation, DeviceSpecification,
    ExtendedAttribute, FileTimes, ImplementationUse, InformationTimes,
};
use crate::Error;

/// An extended attribute of any type (ECMA-167 4/14.10.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Attribute<'a> {
    /// Character set information.
    CharacterSetInformation(CharacterSetInformation<'a>),
    /// Alternate permissions.
    AlternatePermissions(AlternatePermissions),
    /// File times.
    FileTimes(FileTimes),
    /// Information times.
    InformationTimes(InformationTimes),
    /// Device specification.
    DeviceSpecification(DeviceSpecification<'a>),
    /// Implementation use.
    ImplementationUse(ImplementationUse<'a>),
    /// Application use.
    ApplicationUse(ApplicationUse<'a>),
    /// Of a type or subtype that the standard does not define.
    Other(ExtendedAttribute<'a>),
}

impl<'a> Attribute<'a> {
    /// What the attribute says.
    ///
    /// # Errors
    /// As the `parse` of each.
    pub fn parse(attribute: &ExtendedAttribute<'a>) -> Result<Attribute<'a>, Error> {
        if attribute.subtype != 1 {
            return Ok(Attribute::Other(*attribute));
        }
        Ok(match attribute.attribute_type {
            AttributeType::CHARACTER_SET_INFORMATION => {
                Attribute::CharacterSetInformation(CharacterSetInformation::parse(attribute)?)
            }
            AttributeType::ALTERNATE_PERMISSIONS => {
                Attribute::AlternatePermissions(AlternatePermissions::parse(attribute)?)
            }
            AttributeType::FILE_TIMES => Attribute::FileTimes(FileTimes::parse(attribute)?),
            AttributeType::INFORMATION_TIMES => {
                Attribute::InformationTimes(InformationTimes::parse(attribute)?)
            }
            AttributeType::DEVICE_SPECIFICATION => {
                Attribute::DeviceSpecification(DeviceSpecification::parse(attribute)?)
            }
            AttributeType::IMPLEMENTATION_USE => {
                Attribute::ImplementationUse(ImplementationUse::parse(attribute)?)
            }
            AttributeType::APPLICATION_USE => Attribute::ApplicationUse(ApplicationUse::parse(attribute)?),
            _ => Attribute::Other(*attribute),
        })
    }

    /// Appends the attribute.
    ///
    /// # Errors
    /// As the `encode` of each.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        match self {
            Attribute::CharacterSetInformation(attribute) => attribute.encode(out),
            Attribute::AlternatePermissions(attribute) => attribute.encode(out),
            Attribute::FileTimes(attribute) => attribute.encode(out),
            Attribute::InformationTimes(attribute) => attribute.encode(out),
            Attribute::DeviceSpecification(attribute) => attribute.encode(out),
            Attribute::ImplementationUse(attribute) => attribute.encode(out),
            Attribute::ApplicationUse(attribute) => attribute.encode(out),
            Attribute::Other(attribute) => attribute.encode(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_understood_survives(
            kind in prop::sample::select(vec![1u32, 3, 5, 6, 12, 2048, 65_536, 7]),
            subtype in 1..3u8,
            length in 0..9u8,
            mut data in prop::collection::vec(any::<u8>(), 0..80),
        ) {
            if let Some(first) = data.first_chunk_mut::<4>() {
                *first = [length, 0, 0, 0];
            }
            let attribute = ExtendedAttribute { attribute_type: AttributeType(kind), subtype, data: &data };
            if let Ok(understood) = Attribute::parse(&attribute) {
                let mut first = Vec::new();
                understood.encode(&mut first).unwrap();
                let (again, rest) = ExtendedAttribute::parse(&first).unwrap();
                prop_assert!(rest.is_empty());
                let again = Attribute::parse(&again).unwrap();
                let mut second = Vec::new();
                again.encode(&mut second).unwrap();
                prop_assert_eq!(second, first);
            }
        }
    }
}
