use super::{AttributeType, ExtendedAttribute, times};
use crate::{Error, Timestamp};

/// File times (ECMA-167 4/14.10.5, UDF 3.3.4.3): the creation time, which a file entry has no field for, and
/// others that UDF does not use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FileTimes {
    /// File creation date and time.
    pub creation: Option<Timestamp>,
    /// File deletion date and time: from which on the file may be deleted.
    pub deletion: Option<Timestamp>,
    /// File effective date and time: from which on the file may be used.
    pub effective: Option<Timestamp>,
    /// File last backup date and time.
    pub last_backup: Option<Timestamp>,
}

const NAME: &str = "file times";
const TYPE: AttributeType = AttributeType::FILE_TIMES;

impl FileTimes {
    /// What the attribute says; times of reserved kinds are passed over.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::Length`]; [`Error::Value`] for another attribute.
    pub fn parse(attribute: &ExtendedAttribute<'_>) -> Result<FileTimes, Error> {
        let [creation, deletion, effective, last_backup] = times::parse(NAME, attribute, TYPE, [0, 2, 3, 5])?;
        Ok(FileTimes { creation, deletion, effective, last_backup })
    }

    /// Appends the attribute.
    ///
    /// # Errors
    /// None that can occur.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let FileTimes { creation, deletion, effective, last_backup } = *self;
        let all = [(0, creation), (2, deletion), (3, effective), (5, last_backup)];
        times::encode(NAME, TYPE, all, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_creation_time() {
        let time = [0x78, 0x10, 0xd9, 0x07, 7, 14, 22, 30, 5, 12, 34, 56];
        let head = [5, 0, 0, 0, 1, 0, 0, 0, 32, 0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0];
        let bytes = [&head[..], &time].concat();
        let (attribute, _) = ExtendedAttribute::parse(&bytes).unwrap();
        let times = FileTimes::parse(&attribute).unwrap();
        assert_eq!(times.creation.unwrap().to_unix(), Some((1_247_603_405, 123_456)));
        assert_eq!(times, FileTimes { creation: times.creation, ..FileTimes::default() });
        let mut encoded = Vec::new();
        times.encode(&mut encoded).unwrap();
        assert_eq!(encoded, bytes);
    }

    #[test]
    fn reserved_kinds_have_their_places() {
        // Bits 1 and 5: the backup time is the second.
        let mut data = vec![24, 0, 0, 0, 0b10_0010, 0, 0, 0];
        data.extend([1; 12]);
        data.extend([2; 12]);
        let attribute = ExtendedAttribute { attribute_type: TYPE, subtype: 1, data: &data };
        let times = FileTimes::parse(&attribute).unwrap();
        assert_eq!(times.last_backup.unwrap().month, 2);
        let short = ExtendedAttribute { data: &data[..31], ..attribute };
        assert!(matches!(FileTimes::parse(&short), Err(Error::Length { value: 24, most: 23, .. })));
        data[0] = 12;
        let fewer = ExtendedAttribute { attribute_type: TYPE, subtype: 1, data: &data };
        assert!(matches!(FileTimes::parse(&fewer), Err(Error::Truncated { .. })));
    }

    proptest! {
        #[test]
        fn survives(given: [Option<[u8; 12]>; 4]) {
            let [creation, deletion, effective, last_backup] =
                given.map(|time| time.map(|bytes| Timestamp::parse(&bytes).unwrap().1));
            let times = FileTimes { creation, deletion, effective, last_backup };
            let mut bytes = Vec::new();
            times.encode(&mut bytes).unwrap();
            let (attribute, _) = ExtendedAttribute::parse(&bytes).unwrap();
            prop_assert_eq!(FileTimes::parse(&attribute), Ok(times));
        }

        #[test]
        fn any_data(data in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = FileTimes::parse(&ExtendedAttribute { attribute_type: TYPE, subtype: 1, data: &data });
        }
    }
}
