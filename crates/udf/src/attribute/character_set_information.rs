use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{le_u32, u8};

use super::generic::{length_field, push};
use super::{AttributeType, ExtendedAttribute};
use crate::Error;
use crate::nom_ext::run;

/// Character set information (ECMA-167 4/14.10.3): what the content of the file is written in. Not in UDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CharacterSetInformation<'a> {
    /// Character set type.
    pub set_type: u8,
    /// Escape sequences.
    pub escape_sequences: &'a [u8],
}

const NAME: &str = "character set information";

impl<'a> CharacterSetInformation<'a> {
    /// What the attribute says.
    ///
    /// # Errors
    /// [`Error::Truncated`]; [`Error::Value`] for another attribute.
    pub fn parse(attribute: &ExtendedAttribute<'a>) -> Result<CharacterSetInformation<'a>, Error> {
        let data = attribute.data_of(AttributeType::CHARACTER_SET_INFORMATION, NAME)?;
        run(NAME, data, |input| {
            let (input, (length, set_type)) = (le_u32, u8).parse(input)?;
            let (input, escape_sequences) = take(length).parse(input)?;
            Ok((input, CharacterSetInformation { set_type, escape_sequences }))
        })
    }

    /// Appends the attribute.
    ///
    /// # Errors
    /// [`Error::Length`] from 4 GiB on.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let length = length_field(NAME, "escape sequences length", self.escape_sequences.len())?;
        let parts: [&[u8]; 3] = [&length.to_le_bytes(), &[self.set_type], self.escape_sequences];
        push(AttributeType::CHARACTER_SET_INFORMATION, &parts, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn latin_1() {
        let bytes = [1, 0, 0, 0, 1, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 4, 0x1b, 0x2d, 0x41];
        let (attribute, _) = ExtendedAttribute::parse(&bytes).unwrap();
        let information = CharacterSetInformation::parse(&attribute).unwrap();
        let expected = CharacterSetInformation { set_type: 4, escape_sequences: &[0x1b, 0x2d, 0x41] };
        assert_eq!(information, expected);
        let mut encoded = Vec::new();
        information.encode(&mut encoded).unwrap();
        assert_eq!(encoded, bytes);
    }

    proptest! {
        #[test]
        fn survives(set_type: u8, escape_sequences in prop::collection::vec(any::<u8>(), 0..20)) {
            let information = CharacterSetInformation { set_type, escape_sequences: &escape_sequences };
            let mut bytes = Vec::new();
            information.encode(&mut bytes).unwrap();
            let (attribute, rest) = ExtendedAttribute::parse(&bytes).unwrap();
            prop_assert_eq!((rest.len(), bytes.len() % 4), (0, 0));
            prop_assert_eq!(CharacterSetInformation::parse(&attribute), Ok(information));
        }

        #[test]
        fn any_data(data in prop::collection::vec(any::<u8>(), 0..40)) {
            let attribute_type = AttributeType::CHARACTER_SET_INFORMATION;
            let _ = CharacterSetInformation::parse(&ExtendedAttribute { attribute_type, subtype: 1, data: &data });
        }
    }
}
