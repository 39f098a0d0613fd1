use iso9660::aaip::AttributeList;
use nom::multi::length_data;
use nom::number::complete::u8 as byte;
use nom::{IResult, Parser};
use sector_io::{Extent, Sector, SectorCount};

/// An MD5 (RFC 1321).
pub(crate) type Md5Sum = [u8; SUM_LEN];

/// Bytes of an MD5.
pub(crate) const SUM_LEN: usize = 16;

/// The attribute of the root directory that says where the array is.
pub(crate) const ARRAY_ATTRIBUTE: &[u8] = b"isofs.ca";

/// The attribute of a file with the place of its sum in the array.
pub(crate) const INDEX_ATTRIBUTE: &[u8] = b"isofs.cx";

/// Where a session's array of MD5 sums lies. Its first sum is that of the session up to the array, its last one that of
/// the sums before; between them are those of files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChecksumArray {
    /// The session's first sector.
    pub(crate) start: Sector,
    /// The array's first sector.
    pub(crate) at: Sector,
    /// How many sums it has.
    pub(crate) count: u32,
}

impl ChecksumArray {
    /// Bytes of a recorded value with numbers of four bytes.
    pub(crate) const LEN: usize = 20;

    const KIND: &[u8] = b"MD5";

    /// Reads the value of the attribute. `None` where it tells of no MD5 sums.
    pub(crate) fn parse(value: &[u8]) -> Option<ChecksumArray> {
        let (kind, (start, at, count, size)) = (number, number, number, number).parse(value).ok()?;
        let array = ChecksumArray { start: Sector::new(start), at: Sector::new(at), count };
        (kind == ChecksumArray::KIND && size == SUM_LEN as u32 && count >= 2 && start <= at).then_some(array)
    }

    /// What an attribute list of the root directory says, if it does.
    pub(crate) fn of_list(list: &[u8]) -> Option<ChecksumArray> {
        ChecksumArray::parse(&value_of(list, ARRAY_ATTRIBUTE)?)
    }

    pub(crate) fn encode(&self) -> [u8; ChecksumArray::LEN] {
        let mut value = [0; ChecksumArray::LEN];
        for (place, number) in value.chunks_mut(5).zip([self.start.get(), self.at.get(), self.count]) {
            place[0] = 4;
            place[1..].copy_from_slice(&number.to_be_bytes());
        }
        value[15..17].copy_from_slice(&[1, SUM_LEN as u8]);
        value[17..].copy_from_slice(ChecksumArray::KIND);
        value
    }

    /// The sectors of the session up to the array.
    pub(crate) fn session(&self) -> Extent {
        Extent::new(self.start, self.at.since(self.start).unwrap_or_default())
    }

    /// The array's sectors.
    pub(crate) fn sectors(&self) -> SectorCount {
        SectorCount::for_bytes(u64::from(self.count) * SUM_LEN as u64).unwrap_or_default()
    }

    /// Whether a file's sum may have this place.
    pub(crate) fn holds(&self, index: u32) -> bool {
        (1..self.count - 1).contains(&index)
    }
}

/// The place of a file's sum in the array, as its attribute list says.
pub(crate) fn index_of(list: &[u8]) -> Option<u32> {
    let value = value_of(list, INDEX_ATTRIBUTE)?;
    Some(u32::from_be_bytes(value.try_into().ok()?))
}

fn value_of(list: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    // What is wrong with it was told when it was read.
    let list = AttributeList::decode(list, &mut |_| {});
    list.attributes().find(|(found, _)| *found == name).map(|(_, value)| value.to_vec())
}

/// A number with the count of its bytes in front, the highest first.
fn number(input: &[u8]) -> IResult<&[u8], u32> {
    let (rest, bytes) = length_data(byte).parse(input)?;
    match bytes.len() {
        ..=4 => Ok((rest, bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))),
        _ => Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::TooLarge))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iso9660::aaip::AttributeListEncoder;
    use proptest::prelude::*;

    /// As xorriso 1.5.4 wrote it.
    const WRITTEN: &[u8] = b"\x04\x00\x00\x00\x20\x04\x00\x00\x00\x42\x04\x00\x00\x00\x06\x01\x10MD5";

    #[test]
    fn an_array_of_xorriso() {
        let array = ChecksumArray::parse(WRITTEN).unwrap();
        assert_eq!(array, ChecksumArray { start: Sector::new(32), at: Sector::new(66), count: 6 });
        assert_eq!(array.encode(), WRITTEN);
        assert_eq!((array.session().len.get(), array.sectors().get()), (34, 1));
        assert!(!array.holds(0) && array.holds(4) && !array.holds(5));
    }

    #[test]
    fn values_of_other_kinds() {
        let told = |change: fn(&mut Vec<u8>)| {
            let mut value = WRITTEN.to_vec();
            change(&mut value);
            ChecksumArray::parse(&value)
        };
        assert_eq!(told(|value| value.truncate(19)), None);
        assert_eq!(told(|value| value[19] = b'6'), None);
        assert_eq!(told(|value| value[16] = 20), None);
        assert_eq!(told(|value| value[14] = 1), None);
        assert_eq!(told(|value| value[4] = 0x43), None);
        assert_eq!(told(|value| value[0] = 5), None);
    }

    #[test]
    fn the_place_of_a_sum() {
        let mut list = Vec::new();
        let mut encoder = AttributeListEncoder::new(&mut list);
        encoder.push(b"user.a", b"b");
        encoder.push(INDEX_ATTRIBUTE, &[0, 0, 1, 2]);
        encoder.finish();
        assert_eq!((index_of(&list), ChecksumArray::of_list(&list)), (Some(258), None));
    }

    proptest! {
        #[test]
        fn values_are_read_as_written((start, len, count) in (0..1u32 << 31, 0..1u32 << 31, 2u32..)) {
            let array = ChecksumArray { start: Sector::new(start), at: Sector::new(start + len), count };
            prop_assert_eq!(ChecksumArray::parse(&array.encode()), Some(array));
        }

        #[test]
        fn any_bytes_are_read(value: Vec<u8>) {
            ChecksumArray::parse(&value);
        }
    }
}
