use byteorder::{BigEndian, WriteBytesExt};
use nom::multi::count;
use nom::number::complete::{be_u16, be_u32};
use nom::{IResult, Parser};

use crate::bytes::run;
use crate::{CatalogNodeId, Error, MAX_NAME};

/// The key of a record of the catalog (TN1150, `HFSPlusCatalogKey`): 8 to 518 bytes with the length before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CatalogKey {
    /// Folder that the item is in; the item itself for a thread record.
    pub parent_id: CatalogNodeId,
    /// Name, as it is recorded; empty for a thread record.
    pub node_name: Vec<u16>,
}

impl CatalogKey {
    /// The longest `keyLength` (`kHFSPlusCatalogKeyMaximumLength`).
    pub const MAX_LENGTH: u16 = 516;

    /// Bytes of the key with a name of so many units, its length before it included.
    #[must_use]
    pub const fn encoded_len(units: usize) -> usize {
        8 + 2 * units
    }

    /// Reads a key. The input goes on behind it.
    ///
    /// # Errors
    /// [`Error::Truncated`], and [`Error::Value`] where lengths contradict each other.
    pub fn parse(input: &[u8]) -> Result<(&[u8], CatalogKey), Error> {
        let (key_length, parent, units) = run("catalog key", input, head)?;
        if units > MAX_NAME as u16 || key_length != 6 + 2 * units {
            return Err(Error::Value {
                structure: "catalog key",
                field: "keyLength",
                value: key_length.into(),
            });
        }
        let name = run("catalog key", &input[8..], |rest| -> IResult<&[u8], (Vec<u16>, usize)> {
            count(be_u16, units.into()).map(|name| (name, 2 * usize::from(units))).parse(rest)
        });
        let (node_name, len) = name?;
        Ok((&input[8 + len..], CatalogKey { parent_id: CatalogNodeId(parent), node_name }))
    }

    /// Appends the key.
    ///
    /// # Errors
    /// [`Error::NameTooLong`].
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        CatalogKey::append(self.parent_id, &self.node_name, out)
    }

    /// Appends the key of these fields.
    ///
    /// # Errors
    /// [`Error::NameTooLong`].
    pub fn append(parent: CatalogNodeId, name: &[u16], out: &mut Vec<u8>) -> Result<(), Error> {
        if name.len() > MAX_NAME {
            return Err(Error::NameTooLong { units: name.len() });
        }
        out.extend_from_slice(&(6 + 2 * name.len() as u16).to_be_bytes());
        out.extend_from_slice(&parent.0.to_be_bytes());
        append_name(name, out);
        Ok(())
    }
}

fn head(input: &[u8]) -> IResult<&[u8], (u16, u32, u16)> {
    (be_u16, be_u32, be_u16).parse(input)
}

/// A name as it is recorded (TN1150, `HFSUniStr255`). Its length is checked.
pub(super) fn append_name(name: &[u16], out: &mut Vec<u8>) {
    out.extend_from_slice(&(name.len() as u16).to_be_bytes());
    for unit in name {
        // Writing to memory does not fail.
        let _ = out.write_u16::<BigEndian>(*unit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_a_file_in_the_root() {
        let bytes = [0, 10, 0, 0, 0, 2, 0, 2, 0, 0x61, 0, 0xb5];
        let key = CatalogKey { parent_id: CatalogNodeId::ROOT_FOLDER, node_name: vec![0x61, 0xb5] };
        let mut encoded = Vec::new();
        key.encode(&mut encoded).unwrap();
        assert_eq!(encoded, bytes);
        let behind = [&bytes[..], &[7]].concat();
        assert_eq!(CatalogKey::parse(&behind).unwrap(), (&[7][..], key));
        assert!(matches!(CatalogKey::parse(&bytes[..11]), Err(Error::Truncated { .. })));
        assert!(matches!(CatalogKey::parse(&[0, 9, 0, 0, 0, 2, 0, 2, 0, 0]), Err(Error::Value { .. })));
        let long = CatalogKey { node_name: vec![0; 256], ..CatalogKey::default() };
        assert_eq!(long.encode(&mut encoded), Err(Error::NameTooLong { units: 256 }));
    }

    proptest! {
        #[test]
        fn both_ways(parent: u32, node_name in prop::collection::vec(any::<u16>(), 0..=255)) {
            let key = CatalogKey { parent_id: CatalogNodeId(parent), node_name };
            let mut bytes = Vec::new();
            key.encode(&mut bytes).unwrap();
            prop_assert_eq!(bytes.len(), CatalogKey::encoded_len(key.node_name.len()));
            prop_assert_eq!(CatalogKey::parse(&bytes).unwrap(), (&[][..], key));
        }

        #[test]
        fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = CatalogKey::parse(&bytes);
        }
    }
}
