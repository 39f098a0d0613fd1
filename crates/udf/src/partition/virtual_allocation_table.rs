use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{le_u16, le_u32};

use crate::nom_ext::{array, put, run};
use crate::{DString, EntityId, Error, Revision};

/// A virtual allocation table: the content of the file whose ICB is the last block of a write-once volume
/// (UDF 2.2.11). It says for each virtual block in which logical block of the partition it was written last.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VirtualAllocationTable {
    /// What stands beside the entries; its form depends on the revision.
    pub header: VatHeader,
    /// Previous VAT ICB location: logical block in the partition, [`NONE`](Self::NONE) if there is none.
    pub previous: u32,
    /// Logical block of each virtual block, [`UNUSED`](Self::UNUSED) if it has none.
    pub entries: Vec<u32>,
}

/// What a virtual allocation table tells beside its entries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum VatHeader {
    /// UDF 1.50: behind the entries, 36 bytes with the previous location.
    Revision150 {
        /// Entity identifier: `*UDF Virtual Alloc Tbl` with the revision.
        identifier: EntityId,
    },
    /// UDF 2.00 and later: in front of the entries, 152 bytes and the implementation use.
    Revision200 {
        /// Logical volume identifier: the label, which the descriptor of the logical volume cannot change
        /// on this medium.
        logical_volume_identifier: DString<128>,
        /// Files in the volume; hard links count once.
        files: u32,
        /// Directories in the volume, with the root.
        directories: u32,
        /// The lowest revision that can read everything in the volume.
        minimum_read_revision: Revision,
        /// The lowest revision that may change the volume.
        minimum_write_revision: Revision,
        /// The highest revision of any that changed the volume.
        maximum_write_revision: Revision,
        /// Implementation use; a multiple of 4 bytes, at most 65,380.
        implementation_use: Vec<u8>,
    },
}

/// Which of the two forms a table has. Nothing in the bytes says it: the revision in the partition map does,
/// or the type of the table's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VatForm {
    /// UDF 1.50.
    Revision150,
    /// UDF 2.00 and later.
    Revision200,
}

const NAME: &str = "virtual allocation table";
const TAIL: usize = 36;
const HEADER: usize = 152;

impl VirtualAllocationTable {
    /// Entry of a virtual block without a place.
    pub const UNUSED: u32 = 0xffff_ffff;
    /// Previous location if there is none.
    pub const NONE: u32 = 0xffff_ffff;

    /// The table that is the whole content of a file.
    ///
    /// # Errors
    /// [`Error::Truncated`]; [`Error::Value`] without the identifier at the end, or with a header shorter
    /// than its fields; [`Error::Length`] for a header longer than the content.
    pub fn parse(content: &[u8], form: VatForm) -> Result<VirtualAllocationTable, Error> {
        let (header, previous, entries) = match form {
            VatForm::Revision150 => {
                let at = content.len().saturating_sub(TAIL);
                let (entries, tail) = content.split_at(at);
                let (identifier, previous) = run(NAME, tail, |input| (EntityId::parse, le_u32).parse(input))?;
                if !identifier.is(EntityId::VIRTUAL_ALLOCATION_TABLE) {
                    return Err(Error::Value { structure: NAME, field: "entity identifier", value: 0 });
                }
                (VatHeader::Revision150 { identifier }, previous, entries)
            }
            VatForm::Revision200 => {
                let fields = (le_u16, le_u16, array::<128>, le_u32, le_u32, le_u32, le_u16, le_u16, le_u16);
                let (length, use_length, label, previous, files, directories, read, write, most_write) =
                    run(NAME, content, |input| { fields }.parse(input))?;
                let length = usize::from(length);
                if length < HEADER + usize::from(use_length) {
                    let field = "length of header";
                    return Err(Error::Value { structure: NAME, field, value: length as u64 });
                }
                let Some((head, entries)) = content.split_at_checked(length) else {
                    let (field, value, most) = ("length of header", length as u64, content.len() as u64);
                    return Err(Error::Length { structure: NAME, field, value, most });
                };
                let implementation_use =
                    run(NAME, &head[HEADER..], |input| take(use_length).parse(input))?.to_vec();
                let header = VatHeader::Revision200 {
                    logical_volume_identifier: DString(label),
                    files,
                    directories,
                    minimum_read_revision: Revision(read),
                    minimum_write_revision: Revision(write),
                    maximum_write_revision: Revision(most_write),
                    implementation_use,
                };
                (header, previous, entries)
            }
        };
        let entries = entries.as_chunks::<4>().0.iter().map(|entry| u32::from_le_bytes(*entry)).collect();
        Ok(VirtualAllocationTable { header, previous, entries })
    }

    /// The content of the table's file.
    ///
    /// # Errors
    /// [`Error::Length`] for an implementation use whose length does not fit its field with the header.
    pub fn bytes(&self) -> Result<Vec<u8>, Error> {
        let entries = self.entries.iter().flat_map(|entry| entry.to_le_bytes());
        match &self.header {
            VatHeader::Revision150 { identifier } => {
                let mut bytes = Vec::with_capacity(self.entries.len() * 4 + TAIL);
                bytes.extend(entries);
                bytes.extend(identifier.bytes());
                bytes.extend(self.previous.to_le_bytes());
                Ok(bytes)
            }
            VatHeader::Revision200 {
                logical_volume_identifier,
                files,
                directories,
                minimum_read_revision,
                minimum_write_revision,
                maximum_write_revision,
                implementation_use,
            } => {
                let length = HEADER.saturating_add(implementation_use.len());
                let (Ok(header_length), Ok(use_length)) =
                    (u16::try_from(length), u16::try_from(implementation_use.len()))
                else {
                    let (field, value) = ("length of header", length as u64);
                    return Err(Error::Length { structure: NAME, field, value, most: u16::MAX.into() });
                };
                let mut bytes = vec![0; length];
                put(&mut bytes, 0, &header_length.to_le_bytes());
                put(&mut bytes, 2, &use_length.to_le_bytes());
                put(&mut bytes, 4, &logical_volume_identifier.0);
                put(&mut bytes, 132, &self.previous.to_le_bytes());
                put(&mut bytes, 136, &files.to_le_bytes());
                put(&mut bytes, 140, &directories.to_le_bytes());
                put(&mut bytes, 144, &minimum_read_revision.0.to_le_bytes());
                put(&mut bytes, 146, &minimum_write_revision.0.to_le_bytes());
                put(&mut bytes, 148, &maximum_write_revision.0.to_le_bytes());
                put(&mut bytes, HEADER, implementation_use);
                bytes.reserve(self.entries.len() * 4);
                bytes.extend(entries);
                Ok(bytes)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn udf_1_50_has_its_identifier_behind_the_entries() {
        let bytes = testing::block(
            44,
            &[
                (0, &[2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]),
                (8, b"\0*UDF Virtual Alloc Tbl"),
                (32, &[0x50, 0x01]),
                (40, &[0x1f, 0x01, 0, 0]),
            ],
        );
        let table = VirtualAllocationTable::parse(&bytes, VatForm::Revision150).unwrap();
        assert_eq!((&table.entries[..], table.previous), (&[2, VirtualAllocationTable::UNUSED][..], 287));
        assert_eq!(table.bytes().unwrap(), bytes);
        assert!(VirtualAllocationTable::parse(&bytes[..43], VatForm::Revision150).is_err());
        assert!(VirtualAllocationTable::parse(&[], VatForm::Revision150).is_err());
    }

    #[test]
    fn udf_2_00_has_a_header_in_front() {
        let bytes = testing::block(
            164,
            &[
                (0, &[156, 0, 4, 0]),
                (4, &[8, b'V']),
                (131, &[2]),
                (132, &[0xff, 0xff, 0xff, 0xff]),
                (136, &[3, 0, 0, 0, 1, 0, 0, 0]),
                (144, &[0x50, 0x02, 0x60, 0x02, 0x60, 0x02]),
                (152, &[1, 2, 3, 4]),
                (156, &[0x20, 0, 0, 0, 0x21, 0, 0, 0]),
            ],
        );
        let table = VirtualAllocationTable::parse(&bytes, VatForm::Revision200).unwrap();
        assert_eq!((&table.entries[..], table.previous), (&[32, 33][..], VirtualAllocationTable::NONE));
        let VatHeader::Revision200 { logical_volume_identifier, files, implementation_use, .. } =
            &table.header
        else {
            panic!("{table:?}")
        };
        assert_eq!(logical_volume_identifier.text().unwrap(), "V");
        assert_eq!((*files, &implementation_use[..]), (3, &[1, 2, 3, 4][..]));
        assert_eq!(table.bytes().unwrap(), bytes);
    }

    #[test]
    fn headers_that_lie() {
        let with = |length: u16, use_length: u16| {
            let mut bytes = vec![0; 160];
            bytes[..2].copy_from_slice(&length.to_le_bytes());
            bytes[2..4].copy_from_slice(&use_length.to_le_bytes());
            VirtualAllocationTable::parse(&bytes, VatForm::Revision200)
        };
        assert_eq!(with(152, 0).unwrap().entries.len(), 2);
        assert!(matches!(with(151, 0), Err(Error::Value { value: 151, .. })));
        assert!(matches!(with(152, 1), Err(Error::Value { .. })));
        assert!(matches!(with(161, 0), Err(Error::Length { value: 161, most: 160, .. })));
    }

    proptest! {
        #[test]
        fn survives(
            entries in prop::collection::vec(any::<u32>(), 0..50),
            previous: u32,
            files: u32,
            implementation_use in prop::collection::vec(any::<u8>(), 0..50),
        ) {
            let revision = Revision::V2_00;
            let header = VatHeader::Revision200 {
                logical_volume_identifier: DString::default(),
                files,
                directories: files / 2,
                minimum_read_revision: revision,
                minimum_write_revision: revision,
                maximum_write_revision: revision,
                implementation_use,
            };
            let table = VirtualAllocationTable { header, previous, entries };
            let bytes = table.bytes().unwrap();
            prop_assert_eq!(VirtualAllocationTable::parse(&bytes, VatForm::Revision200), Ok(table.clone()));
            let identifier = EntityId::new(EntityId::VIRTUAL_ALLOCATION_TABLE);
            let table = VirtualAllocationTable { header: VatHeader::Revision150 { identifier }, ..table };
            let bytes = table.bytes().unwrap();
            prop_assert_eq!(VirtualAllocationTable::parse(&bytes, VatForm::Revision150), Ok(table));
        }

        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = VirtualAllocationTable::parse(&bytes, VatForm::Revision150);
            let _ = VirtualAllocationTable::parse(&bytes, VatForm::Revision200);
        }
    }
}
