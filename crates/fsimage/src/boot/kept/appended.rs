//! A partition more in the tables of a kept system area.

use iso9660::system_area::{
    Chs, Geometry, GptAttributes, GptPartition, Guid, MasterBootRecord, PartitionRecord, PartitionType,
};

use super::PartitionTableKind;
use super::repoint::RECORDS;
use super::system_area::{
    BLOCK, BLOCKS, ImageEnd, KeptSystemArea, Own, Partition, Span, array_of, protective,
};
use crate::Result;
use crate::boot::catalog::wrong;
use crate::boot::identity::Identity;
use crate::boot::{AppendedPartition, BootSource};
use crate::tree::ContentId;

/// Partitions of a master boot record.
const OF_MBR: usize = 4;

/// A partition that is added to kept tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedPartition {
    /// Its place in the tables, from 1.
    pub number: u8,
    /// What it holds: see [`Tree::add_content`](crate::Tree::add_content).
    pub content: ContentId,
    /// Type in a master boot record.
    pub mbr_type: PartitionType,
    /// Type in a GPT.
    pub gpt_type: Guid,
    /// Name in a GPT.
    pub name: String,
}

impl KeptSystemArea {
    /// Adds a partition to the tables of a new image: to the GPT, and to the master boot record where that has
    /// partitions of its own. Its content lies behind all files, and behind those that lay there before, from a whole MiB on; a
    /// partition with the image ends before these.
    ///
    /// # Errors
    /// [`Error::BootImage`](crate::Error::BootImage): the number is taken, or beyond what a table has; there is neither
    /// table, or one is damaged.
    pub fn append_partition(&mut self, added: &AddedPartition) -> Result<()> {
        let number = usize::from(added.number);
        let name = || format!("appended partition {number}");
        if let Some((table, reason)) = self.damaged.first() {
            return Err(wrong(name(), format!("{table}: {reason}")));
        }
        let mut tables = Vec::new();
        if self.gpt.is_some() {
            tables.push(PartitionTableKind::Gpt);
        }
        if self.has_mbr_partitions() || (self.gpt.is_none() && MasterBootRecord::parse(&self.area).is_ok()) {
            tables.push(PartitionTableKind::Mbr);
        }
        if tables.is_empty() {
            return Err(wrong(name(), "the image has neither a master boot record nor a GPT for it"));
        }
        for &table in &tables {
            let places = match table {
                PartitionTableKind::Gpt => self.gpt.as_ref().map_or(0, |header| header.entries as usize),
                PartitionTableKind::Mbr | PartitionTableKind::Apple => OF_MBR,
            };
            if number == 0 || number > places {
                return Err(wrong(name(), format!("the {table} of the image has the numbers 1 to {places}")));
            }
            let has_its_number = |other: &&Partition| other.table == table && other.number == number;
            match self.partitions.iter().find(has_its_number).map(Partition::is_added) {
                Some(true) => return Err(wrong(name(), "there are two of this number")),
                Some(false) => {
                    let reason = format!("the {table} of the image has a partition of this number");
                    return Err(wrong(name(), reason));
                }
                None => {}
            }
        }
        let internal = self.appended.iter().map(|one| one.number).max().unwrap_or_default().checked_add(1);
        let internal = internal.ok_or_else(|| wrong(name(), "there are too many"))?;
        self.appended.push(AppendedPartition { number: internal, content: added.content });
        for table in tables {
            self.write_entry(table, added);
            let span = Span::Thing(BootSource::Appended(internal), BLOCKS);
            self.partitions.push(Partition { table, number, start: 0, blocks: 0, span, own: Own::None });
        }
        self.end_before_appended();
        Ok(())
    }

    /// The number that one of the partitions behind all files has in the tables.
    pub(in crate::boot) fn number_of_appended(&self, internal: u8) -> usize {
        let source = Some(BootSource::Appended(internal));
        let found = self.partitions.iter().find(|one| one.span.source() == source);
        found.map_or(internal.into(), |one| one.number)
    }

    /// Whether the master boot record has partitions beside that which protects a GPT.
    fn has_mbr_partitions(&self) -> bool {
        let protective = protective(&self.area, self.gpt.as_ref());
        self.partitions.iter().any(|one| {
            one.table == PartitionTableKind::Mbr && Some(one.number) != protective && self.has_type(one)
        })
    }

    /// The entry as it is but for its place, which is filled in when that is known.
    fn write_entry(&mut self, table: PartitionTableKind, added: &AddedPartition) {
        let slot = usize::from(added.number) - 1;
        match (table, &self.gpt) {
            (PartitionTableKind::Gpt, Some(header)) => {
                let at = header.array as usize * BLOCK + slot * GptPartition::LEN;
                let entry = GptPartition {
                    partition_type: added.gpt_type,
                    id: Identity::of(&[&header.disk.0]).partition(added.number.into()),
                    first: 0,
                    last: 0,
                    attributes: GptAttributes::empty(),
                    name: GptPartition::name(&added.name),
                };
                if array_of(&self.area, header).is_some() {
                    self.area[at..at + GptPartition::LEN].copy_from_slice(&entry.encode());
                }
            }
            _ => {
                let at = RECORDS + slot * PartitionRecord::LEN;
                // Of no geometry, so that it is counted by that of the disk.
                let record = PartitionRecord {
                    last: Chs([0; 3]),
                    ..PartitionRecord::new(added.mbr_type, 0, 0, Geometry::LARGEST)
                };
                self.area[at..at + PartitionRecord::LEN].copy_from_slice(&record.encode());
            }
        }
    }

    /// Has what holds the image, and reached the end of the disk, end before what lies behind all files.
    fn end_before_appended(&mut self) {
        let protective = protective(&self.area, self.gpt.as_ref());
        let holds_image = |one: &&mut Partition| {
            one.table == PartitionTableKind::Mbr
                && one.span == Span::Image(ImageEnd::Disk)
                && Some(one.number) != protective
        };
        self.partitions
            .iter_mut()
            .filter(holds_image)
            .for_each(|one| one.span = Span::Image(ImageEnd::Files));
    }
}
