use bitflags::bitflags;
use byteorder::{BigEndian, ByteOrder};
use nom::bytes::complete::{tag, take};
use nom::multi::fill;
use nom::number::complete::{be_u16, be_u32};
use nom::{IResult, Parser};

use super::DISK_BLOCK;
use crate::number::bytes;

/// What a partition of a Sun disk is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SunPartitionTag(pub u16);

impl SunPartitionTag {
    /// Not used.
    pub const UNASSIGNED: Self = Self(0);
    /// What boots first.
    pub const BOOT: Self = Self(1);
    /// Root file system; on discs, what an architecture boots.
    pub const ROOT: Self = Self(2);
    /// Swap space.
    pub const SWAP: Self = Self(3);
    /// `/usr`; on discs, the file system of the image.
    pub const USR: Self = Self(4);
    /// The whole disk.
    pub const BACKUP: Self = Self(5);
    /// Programs that run without a system.
    pub const STAND: Self = Self(6);
    /// `/var`.
    pub const VAR: Self = Self(7);
    /// `/home`.
    pub const HOME: Self = Self(8);
}

bitflags! {
    /// What may be done with a partition of a Sun disk.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct SunPartitionFlags: u16 {
        /// It is not mounted.
        const UNMOUNTABLE = 1;
        /// It is only read.
        const READ_ONLY = 0x10;
    }
}

/// Entry of the volume table of contents in a Sun disk label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SunVtocEntry {
    /// What the partition is for.
    pub tag: SunPartitionTag,
    /// What may be done with it.
    pub flags: SunPartitionFlags,
}

/// Place of a partition in a Sun disk label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SunPartition {
    /// First cylinder.
    pub start_cylinder: u32,
    /// Blocks of 512 bytes; 0 if there is no such partition.
    pub blocks: u32,
}

/// Disk label of SunOS, by which the firmware of SPARC machines finds partitions: block 0. All numbers are big-endian.
/// It has the fields of `struct dk_label` in SunOS's `sun/dklabel.h`, with the table of contents that System V added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SunDiskLabel {
    /// Text, padded with zeros.
    pub label: [u8; 128],
    /// What the partitions are for; `None` in a label of before System V.
    pub vtoc: Option<[SunVtocEntry; Self::PARTITIONS]>,
    /// Turns a minute.
    pub rotations: u16,
    /// Cylinders of the disk.
    pub physical_cylinders: u16,
    /// Sectors that each cylinder keeps for bad ones.
    pub alternates_per_cylinder: u16,
    /// Interleave factor.
    pub interleave: u16,
    /// Cylinders for data.
    pub cylinders: u16,
    /// Cylinders for bad sectors.
    pub alternate_cylinders: u16,
    /// Heads, or tracks of a cylinder.
    pub heads: u16,
    /// Sectors of 512 bytes that a head reads in a turn.
    pub sectors_per_head: u16,
    /// The partitions.
    pub partitions: [SunPartition; Self::PARTITIONS],
}

impl SunDiskLabel {
    /// Bytes of the label.
    pub const LEN: usize = DISK_BLOCK as usize;
    /// Partitions that it has room for.
    pub const PARTITIONS: usize = 8;
    /// The two bytes in front of the checksum.
    pub const MAGIC: [u8; 2] = [0xDA, 0xBE];
    /// Stands where there is a table of contents.
    pub const VTOC_SANITY: u32 = 0x600D_DEEE;

    /// A label as writers of images make it, of one head with so many blocks of 512 bytes. It has no text and no
    /// partitions yet.
    #[must_use]
    pub fn of_image(sectors_per_head: u16) -> SunDiskLabel {
        SunDiskLabel {
            label: [0; 128],
            vtoc: None,
            rotations: 350,
            physical_cylinders: 2048,
            alternates_per_cylinder: 0,
            interleave: 1,
            cylinders: 2048,
            alternate_cylinders: 0,
            heads: 1,
            sectors_per_head,
            partitions: [SunPartition::default(); 8],
        }
    }

    /// Reads the label, and says whether its checksum is right.
    ///
    /// # Errors
    /// When fewer than 512 bytes are there or the magic number is another.
    pub fn parse(input: &[u8]) -> IResult<&[u8], (SunDiskLabel, bool)> {
        let mut entries = [SunVtocEntry::default(); Self::PARTITIONS];
        let mut partitions = [SunPartition::default(); Self::PARTITIONS];
        // Version, volume name, and number of partitions stand in front of the entries.
        let (rest, (label, _)) = (bytes, take(14usize)).parse(input)?;
        let (rest, ()) = fill(SunVtocEntry::parse, &mut entries).parse(rest)?;
        let (rest, (_, sanity, _)) = (take(14usize), be_u32, take(228usize)).parse(rest)?;
        let (rest, (rotations, physical_cylinders, alternates_per_cylinder, _)) =
            (be_u16, be_u16, be_u16, take(4usize)).parse(rest)?;
        let (rest, (interleave, cylinders, alternate_cylinders, heads, sectors_per_head, _)) =
            (be_u16, be_u16, be_u16, be_u16, be_u16, take(4usize)).parse(rest)?;
        let (rest, ()) = fill(SunPartition::parse, &mut partitions).parse(rest)?;
        let (rest, _) = (tag(&Self::MAGIC[..]), be_u16).parse(rest)?;
        let parsed = SunDiskLabel {
            label,
            vtoc: (sanity == Self::VTOC_SANITY).then_some(entries),
            rotations,
            physical_cylinders,
            alternates_per_cylinder,
            interleave,
            cylinders,
            alternate_cylinders,
            heads,
            sectors_per_head,
            partitions,
        };
        Ok((rest, (parsed, checksum(&input[..Self::LEN]) == 0)))
    }

    /// The label, its checksum included.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut block = [0; Self::LEN];
        block[..128].copy_from_slice(&self.label);
        if let Some(entries) = &self.vtoc {
            BigEndian::write_u32(&mut block[128..132], 1);
            BigEndian::write_u16(&mut block[140..142], Self::PARTITIONS as u16);
            for (place, entry) in block[142..174].chunks_exact_mut(4).zip(entries) {
                BigEndian::write_u16(&mut place[..2], entry.tag.0);
                BigEndian::write_u16(&mut place[2..], entry.flags.bits());
            }
            BigEndian::write_u32(&mut block[188..192], Self::VTOC_SANITY);
        }
        BigEndian::write_u16(&mut block[420..422], self.rotations);
        BigEndian::write_u16(&mut block[422..424], self.physical_cylinders);
        BigEndian::write_u16(&mut block[424..426], self.alternates_per_cylinder);
        BigEndian::write_u16(&mut block[430..432], self.interleave);
        BigEndian::write_u16(&mut block[432..434], self.cylinders);
        BigEndian::write_u16(&mut block[434..436], self.alternate_cylinders);
        BigEndian::write_u16(&mut block[436..438], self.heads);
        BigEndian::write_u16(&mut block[438..440], self.sectors_per_head);
        for (place, partition) in block[444..508].chunks_exact_mut(8).zip(&self.partitions) {
            BigEndian::write_u32(&mut place[..4], partition.start_cylinder);
            BigEndian::write_u32(&mut place[4..], partition.blocks);
        }
        block[508..510].copy_from_slice(&Self::MAGIC);
        let checksum = checksum(&block);
        BigEndian::write_u16(&mut block[510..], checksum);
        block
    }

    /// First block of 512 bytes of a partition.
    #[must_use]
    pub fn start_of(&self, partition: &SunPartition) -> u64 {
        u64::from(partition.start_cylinder) * u64::from(self.heads) * u64::from(self.sectors_per_head)
    }
}

impl SunVtocEntry {
    fn parse(input: &[u8]) -> IResult<&[u8], SunVtocEntry> {
        let (rest, (tag, flags)) = (be_u16, be_u16).parse(input)?;
        let flags = SunPartitionFlags::from_bits_retain(flags);
        Ok((rest, SunVtocEntry { tag: SunPartitionTag(tag), flags }))
    }
}

impl SunPartition {
    fn parse(input: &[u8]) -> IResult<&[u8], SunPartition> {
        let (rest, (start_cylinder, blocks)) = (be_u32, be_u32).parse(input)?;
        Ok((rest, SunPartition { start_cylinder, blocks }))
    }
}

/// Of all words of a right label it is 0.
fn checksum(block: &[u8]) -> u16 {
    block.chunks_exact(2).fold(0, |sum, word| sum ^ BigEndian::read_u16(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A disc of 640 blocks, and an image for one architecture in the cylinder behind it.
    #[test]
    fn bytes_of_a_disc_that_boots() {
        let mut label = SunDiskLabel::of_image(640);
        label.vtoc = Some([SunVtocEntry::default(); 8]);
        label.label[..4].copy_from_slice(b"Disc");
        let flags = SunPartitionFlags::READ_ONLY;
        let entries = label.vtoc.as_mut().unwrap();
        entries[0] = SunVtocEntry { tag: SunPartitionTag::USR, flags };
        entries[1] = SunVtocEntry { tag: SunPartitionTag::ROOT, flags };
        label.partitions[0].blocks = 640;
        label.partitions[1] = SunPartition { start_cylinder: 1, blocks: 0x0102 };

        let mut recorded = [0; 512];
        recorded[..4].copy_from_slice(b"Disc");
        recorded[131] = 1;
        recorded[141] = 8;
        recorded[142..150].copy_from_slice(&[0, 4, 0, 0x10, 0, 2, 0, 0x10]);
        recorded[188..192].copy_from_slice(&[0x60, 0x0D, 0xDE, 0xEE]);
        recorded[420..424].copy_from_slice(&[1, 0x5E, 8, 0]);
        recorded[430..434].copy_from_slice(&[0, 1, 8, 0]);
        recorded[436..440].copy_from_slice(&[0, 1, 2, 0x80]);
        recorded[444..460].copy_from_slice(&[0, 0, 0, 0, 0, 0, 2, 0x80, 0, 0, 0, 1, 0, 0, 1, 2]);
        // "Di" ^ "sc" ^ 1 ^ 8 ^ 4 ^ 2 ^ 600D ^ DEEE ^ 015E ^ 1 ^ 1 ^ 0280 ^ 0280 ^ 1 ^ 0102 ^ DABE
        recorded[508..].copy_from_slice(&[0xDA, 0xBE, 0x53, 0x05]);
        assert_eq!(label.encode(), recorded);
        assert_eq!(SunDiskLabel::parse(&recorded).unwrap().1, (label.clone(), true));
        assert_eq!(label.start_of(&label.partitions[1]), 640);
        recorded[100] = 1;
        assert!(!SunDiskLabel::parse(&recorded).unwrap().1.1);
        assert!(SunDiskLabel::parse(&recorded[1..]).is_err());
        recorded[508] = 0;
        assert!(SunDiskLabel::parse(&recorded).is_err());
    }

    prop_compose! {
        fn any_label()(
            label: [u8; 32],
            vtoc: Option<[(u16, u16); 8]>,
            geometry: [u16; 8],
            partitions: [(u32, u32); 8],
        ) -> SunDiskLabel {
            let [rotations, physical_cylinders, alternates_per_cylinder, interleave, ..] = geometry;
            let [.., cylinders, alternate_cylinders, heads, sectors_per_head] = geometry;
            let entry = |(tag, flags)| SunVtocEntry {
                tag: SunPartitionTag(tag),
                flags: SunPartitionFlags::from_bits_retain(flags),
            };
            let mut padded = [0; 128];
            padded[96..].copy_from_slice(&label);
            SunDiskLabel {
                label: padded,
                vtoc: vtoc.map(|entries| entries.map(entry)),
                rotations,
                physical_cylinders,
                alternates_per_cylinder,
                interleave,
                cylinders,
                alternate_cylinders,
                heads,
                sectors_per_head,
                partitions: partitions.map(|(start_cylinder, blocks)| SunPartition { start_cylinder, blocks }),
            }
        }
    }

    proptest! {
        #[test]
        fn round_trip(label in any_label()) {
            prop_assert_eq!(SunDiskLabel::parse(&label.encode()).unwrap().1, (label, true));
        }
    }
}
