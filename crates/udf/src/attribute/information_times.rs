use super::{AttributeType, ExtendedAttribute, times};
use crate::{Error, Timestamp};

/// Information times (ECMA-167 4/14.10.6): those of the content, wherever it was before. Not used in UDF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct InformationTimes {
    /// Information creation date and time.
    pub creation: Option<Timestamp>,
    /// Information last modification date and time.
    pub modification: Option<Timestamp>,
    /// Information expiration date and time.
    pub expiration: Option<Timestamp>,
    /// Information effective date and time.
    pub effective: Option<Timestamp>,
}

const NAME: &str = "information times";
const TYPE: AttributeType = AttributeType::INFORMATION_TIMES;

impl InformationTimes {
    /// What the attribute says; times of reserved kinds are passed over.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::Length`]; [`Error::Value`] for another attribute.
    pub fn parse(attribute: &ExtendedAttribute<'_>) -> Result<InformationTimes, Error> {
        let [creation, modification, expiration, effective] =
            times::parse(NAME, attribute, TYPE, [0, 1, 2, 3])?;
        Ok(InformationTimes { creation, modification, expiration, effective })
    }

    /// Appends the attribute.
    ///
    /// # Errors
    /// None that can occur.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let InformationTimes { creation, modification, expiration, effective } = *self;
        let all = [(0, creation), (1, modification), (2, expiration), (3, effective)];
        times::encode(NAME, TYPE, all, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn modified_and_to_be_used() {
        let first = [0x00, 0x10, 0xd0, 0x07, 1, 2, 3, 4, 5, 6, 7, 8];
        let second = [0x00, 0x10, 0xd1, 0x07, 1, 2, 3, 4, 5, 6, 7, 8];
        let head = [6, 0, 0, 0, 1, 0, 0, 0, 44, 0, 0, 0, 24, 0, 0, 0, 0b1010, 0, 0, 0];
        let bytes = [&head[..], &first, &second].concat();
        let (attribute, _) = ExtendedAttribute::parse(&bytes).unwrap();
        let times = InformationTimes::parse(&attribute).unwrap();
        assert_eq!((times.creation, times.expiration), (None, None));
        assert_eq!(times.modification.map(|time| time.year), Some(2000));
        assert_eq!(times.effective.map(|time| time.year), Some(2001));
        let mut encoded = Vec::new();
        times.encode(&mut encoded).unwrap();
        assert_eq!(encoded, bytes);
    }

    proptest! {
        #[test]
        fn survives(given: [Option<[u8; 12]>; 4]) {
            let [creation, modification, expiration, effective] =
                given.map(|time| time.map(|bytes| Timestamp::parse(&bytes).unwrap().1));
            let times = InformationTimes { creation, modification, expiration, effective };
            let mut bytes = Vec::new();
            times.encode(&mut bytes).unwrap();
            let (attribute, _) = ExtendedAttribute::parse(&bytes).unwrap();
            prop_assert_eq!(InformationTimes::parse(&attribute), Ok(times));
        }
    }
}
