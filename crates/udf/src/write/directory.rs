use crate::file::{FileCharacteristics, FileIdentifierDescriptor};
use crate::{Error, LongAd, Tag, TagId};

use super::entry::tag;
use super::{BLOCK_SIZE, Form};

/// Lays out the file identifiers of one directory after the other (ECMA-167 4/14.4). Its buffer is reused, so
/// that a volume of many directories costs few allocations.
#[derive(Clone, Debug)]
pub struct DirectoryWriter {
    form: Form,
    lies: Lies,
    bytes: Vec<u8>,
}

/// Where a directory's identifiers lie. Their tags say in which block each begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    /// In the ICB, which is this block.
    Embedded(u32),
    /// In blocks of their own from this one on, in the partition that directories lie in.
    From(u32),
}

/// An ICB that a file identifier leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcbAddress {
    /// Block in the partition that structures lie in.
    pub block: u32,
    /// Unique id; file identifiers hold its lower half since UDF 2.00 (2.3.4.3).
    pub unique_id: u64,
}

impl DirectoryWriter {
    /// A writer for volumes of that form.
    #[must_use]
    pub fn new(form: Form) -> DirectoryWriter {
        DirectoryWriter { form, lies: Lies::From(0), bytes: Vec::new() }
    }

    /// Begins another directory.
    pub fn begin(&mut self, lies: Lies) {
        self.lies = lies;
        self.bytes.clear();
    }

    /// Appends the identifier of the parent, which comes first.
    ///
    /// # Errors
    /// None but those of the encoder, for which the room is made.
    pub fn push_parent(&mut self, parent: IcbAddress) -> Result<(), Error> {
        self.append(&[], FileCharacteristics::PARENT | FileCharacteristics::DIRECTORY, parent)
    }

    /// Appends a name, in CS0, of a directory or another item, which may be hidden from users.
    ///
    /// # Errors
    /// [`Error::Length`] over 255 bytes.
    pub fn push(
        &mut self,
        identifier: &[u8],
        characteristics: FileCharacteristics,
        icb: IcbAddress,
    ) -> Result<(), Error> {
        self.append(identifier, characteristics, icb)
    }

    /// Appends the name of a stream, in CS0. `is_metadata`: it belongs to an implementation, and not to the
    /// user (ECMA-167 4/14.4.3).
    ///
    /// # Errors
    /// [`Error::Length`] over 255 bytes.
    pub fn push_stream(
        &mut self,
        identifier: &[u8],
        is_metadata: bool,
        icb: IcbAddress,
    ) -> Result<(), Error> {
        let mut characteristics = FileCharacteristics::empty();
        characteristics.set(FileCharacteristics::METADATA, is_metadata);
        self.append(identifier, characteristics, icb)
    }

    /// The identifiers; not padded.
    #[must_use]
    pub fn finish(&self) -> &[u8] {
        &self.bytes
    }

    fn append(
        &mut self,
        identifier: &[u8],
        characteristics: FileCharacteristics,
        icb: IcbAddress,
    ) -> Result<(), Error> {
        let start = self.bytes.len();
        let location = match self.lies {
            Lies::Embedded(block) => block,
            Lies::From(block) => block.saturating_add((start / BLOCK_SIZE) as u32),
        };
        let mut implementation_use = [0; 6];
        if self.form.is_third_edition() {
            implementation_use[2..].copy_from_slice(&(icb.unique_id as u32).to_le_bytes());
        }
        let size = FileIdentifierDescriptor::padded(0, identifier.len());
        let descriptor = FileIdentifierDescriptor {
            tag: tag(self.form, TagId::FILE_IDENTIFIER, location, size - Tag::SIZE),
            version: 1,
            characteristics,
            icb: LongAd {
                length_and_type: BLOCK_SIZE as u32,
                block: icb.block,
                partition: self.form.structure_partition(),
                implementation_use,
            },
            implementation_use: &[],
            identifier,
        };
        self.bytes.resize(start + size, 0);
        if let Err(error) = descriptor.encode(&mut self.bytes[start..]) {
            self.bytes.truncate(start);
            return Err(error);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Revision;
    use crate::write::StructurePartition;

    #[test]
    fn identifiers_follow_one_another_across_blocks() {
        let form = Form::new(Revision::V2_50, StructurePartition::Metadata).unwrap();
        let mut writer = DirectoryWriter::new(form);
        for lies in [Lies::From(10), Lies::Embedded(10)] {
            writer.begin(lies);
            writer.push_parent(IcbAddress { block: 2, unique_id: 0 }).unwrap();
            for number in 0..40u32 {
                let icb = IcbAddress { block: 50 + number, unique_id: u64::from(66 + number) };
                let mut kind = FileCharacteristics::empty();
                kind.set(FileCharacteristics::DIRECTORY, number % 2 == 0);
                writer.push(format!("\x08name {number:030}").as_bytes(), kind, icb).unwrap();
            }
            let mut bytes = writer.finish();
            assert_eq!(bytes.len(), 40 + 40 * 76);
            let mut at = 0;
            for number in 0..41u32 {
                let found = FileIdentifierDescriptor::parse(bytes).unwrap();
                let block = if lies == Lies::From(10) { 10 + at / 2048 } else { 10 };
                found.tag.check_location(block as u32).unwrap();
                if number > 0 {
                    assert_eq!((found.icb.block, found.icb.partition), (49 + number, 1));
                    assert_eq!(found.icb.implementation_use, [0, 0, 65 + number as u8, 0, 0, 0]);
                }
                at += found.size();
                bytes = &bytes[found.size()..];
            }
            assert!(bytes.is_empty());
        }
        assert!(
            writer
                .push(&[8; 256], FileCharacteristics::empty(), IcbAddress { block: 1, unique_id: 17 })
                .is_err()
        );
        assert_eq!(writer.finish().len(), 40 + 40 * 76);
    }

    #[test]
    fn the_length_is_known_before() {
        let names = ["a", "a longer name", "größer", "\u{1f600}"].map(str::as_bytes);
        let identifiers = super::super::record_identifiers(names.into_iter()).unwrap();
        let mut writer =
            DirectoryWriter::new(Form::new(Revision::V2_01, StructurePartition::Physical).unwrap());
        let icb = IcbAddress { block: 2, unique_id: 0 };
        writer.begin(Lies::From(1));
        writer.push_parent(icb).unwrap();
        for index in 0..names.len() {
            writer.push(identifiers.identifier(index), FileCharacteristics::empty(), icb).unwrap();
        }
        assert_eq!(identifiers.directory_len(), writer.finish().len());
    }

    #[test]
    fn the_parent_of_1_02() {
        let mut writer =
            DirectoryWriter::new(Form::new(Revision::V1_02, StructurePartition::Physical).unwrap());
        writer.begin(Lies::Embedded(2));
        writer.push_parent(IcbAddress { block: 2, unique_id: 5 }).unwrap();
        let expected = [1, 0, 10, 0, 0, 8, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(writer.finish()[16..], expected);
    }
}
