//! The system area of a hybrid image, and the backup of its GPT.

use iso9660::system_area::{
    DISK_BLOCK, DriverDescriptorMap, Geometry, GptAttributes, GptHeader, GptPartition, Guid, MapEntry,
    MasterBootRecord, PartitionRecord, PartitionType, SYSTEM_AREA_LEN, partition_array_crc,
};
use mmc_device::DriveError;
use sector_io::{Extent, ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::catalog::wrong;
use super::identity::Identity;
use super::kept::is_system_area_lost as is_lost;
use super::ranges::{Entry, Range, cut_around_others, no_room, number_by_address, refuse_overlaps};
use super::{
    BootCode, GptNumbers, HybridOptions, PartitionContent, PartitionOptions, PartitionScheme,
    PartitionTableKind,
};
use crate::Result;
use crate::disc::{Disc, has_descriptors, is_in_head, newest_of_anchor, own_anchor, own_end};

/// Disk blocks of a sector.
const BLOCKS: u64 = SECTOR_SIZE as u64 / DISK_BLOCK as u64;

/// Partition entries of a GPT: what fills the 16 KiB that UEFI 5.3.1 wants at least.
pub(super) const ENTRIES: usize = 128;

/// Disk blocks of these.
const ARRAY_BLOCKS: u64 = ARRAY_LEN as u64 / DISK_BLOCK as u64;

/// First block that a partition of a GPT may have.
const FIRST_USABLE: u64 = SYSTEM_AREA_LEN as u64 / DISK_BLOCK as u64;

/// Bytes of the array.
pub(super) const ARRAY_LEN: usize = ENTRIES * GptPartition::LEN;

/// The system area of the head at `at`, on a medium or in an image; `None` where there is none but zeros, or the sound of a
/// CD.
pub(super) fn recorded(source: &dyn ReadSectors, at: Sector) -> Result<Option<Vec<u8>>, ReadError> {
    let there = source.sectors().bytes().saturating_sub(at.byte_offset());
    let mut area = vec![0; SYSTEM_AREA_LEN.min(usize::try_from(there).unwrap_or(SYSTEM_AREA_LEN))];
    match source.read_sectors(at, &mut area) {
        Err(error) if is_of_sound(&error) => return Ok(None),
        read => read?,
    }
    area.resize(SYSTEM_AREA_LEN, 0);
    Ok(area.iter().any(|&byte| byte != 0).then_some(area))
}

/// The system area of the head of a medium, as [`recorded`]. What of it cannot be read, or is lost, is what its newest session has
/// of it.
pub(crate) fn of_head(disc: &Disc) -> Result<Option<Vec<u8>>, ReadError> {
    match recorded(disc.source().as_ref(), Sector::ZERO) {
        Ok(area) => Ok(lost_of_head(disc).or(area)),
        Err(error) => {
            let area = copy_of_head(disc).ok_or(error)?;
            Ok(area.iter().any(|&byte| byte != 0).then_some(area))
        }
    }
}

/// The system area that the newest session has of the head that leads to it, where the head has lost it.
pub(crate) fn lost_of_head(disc: &Disc) -> Option<Vec<u8>> {
    let source = disc.source().as_ref();
    let newest = disc.newest_complete()?.start;
    let is_of_head = is_in_head(source, newest) || newest_of_anchor(source) == Some(newest);
    let mut area = vec![0; SYSTEM_AREA_LEN];
    let copy = of_session(source, newest).filter(|_| is_of_head)?;
    source.read_sectors(Sector::ZERO, &mut area).ok()?;
    is_lost(&area, &copy).then_some(copy)
}

/// The system area of the head as the newest session has it.
fn copy_of_head(disc: &Disc) -> Option<Vec<u8>> {
    let newest = disc.newest_complete()?.start;
    let source = disc.source().as_ref();
    let is_of_head = match has_descriptors(source, newest) {
        true => is_in_head(source, newest),
        false => true,
    };
    if is_of_head { copied(source, newest) } else { None }
}

/// The system area of a head as a session of this crate at `session`, the one that the head is of, has it; `None` where that
/// does not fit what can be read of the head.
pub(crate) fn copied(source: &dyn ReadSectors, session: Sector) -> Option<Vec<u8>> {
    let copy = of_session(source, session)?;
    let mut sector = [0; SECTOR_SIZE];
    let fits = (0..)
        .map(Sector::new)
        .zip(copy.chunks_exact(SECTOR_SIZE))
        .all(|(at, copied)| source.read_sectors(at, &mut sector).map_or(true, |()| sector[..] == *copied));
    fits.then_some(copy)
}

/// The system area that a session of this crate has in front of its descriptors: the head's, as the session left that.
pub(crate) fn of_session(source: &dyn ReadSectors, session: Sector) -> Option<Vec<u8>> {
    let is_own = own_end(source, session).is_some() || own_anchor(source, session).is_some();
    let mut copy = vec![0; SYSTEM_AREA_LEN];
    let is_there = session > Sector::ZERO && is_own && source.read_sectors(session, &mut copy).is_ok();
    is_there.then_some(copy)
}

/// 5/64/00: a track of sound is not read by blocks.
fn is_of_sound(error: &ReadError) -> bool {
    let ReadError::Device { source, .. } = error else { return false };
    let sense = source.downcast_ref::<DriveError>().and_then(DriveError::sense);
    sense.is_some_and(|sense| sense.is(5, 0x64, 0))
}

/// Sectors of the backup of a GPT with an array of so many bytes: those of the array, and one whose last block is the
/// header. The blocks that are left over come first: xorriso wants the array right before the header.
pub(super) fn backup_sectors(array_len: usize) -> SectorCount {
    SectorCount::new(array_len.div_ceil(SECTOR_SIZE) as u32 + 1)
}

/// The backup of a GPT with this header: its array, and the header as it is there.
pub(super) fn backup_of(header: &GptHeader, array: &[u8], place: Extent) -> Vec<u8> {
    let block = DISK_BLOCK as usize;
    let mut copy = vec![0; place.len.bytes() as usize];
    let last = copy.len() - block;
    let ahead = (last - array.len()) / block;
    copy[ahead * block..][..array.len()].copy_from_slice(array);
    let array = u64::from(place.start.get()) * BLOCKS + ahead as u64;
    let header = GptHeader { own: header.alternate, alternate: header.own, array, ..*header };
    copy[last..].copy_from_slice(&header.encode());
    copy
}

/// Where the partition of a system area's GPT ends that begins with a volume of its own, at this offset.
pub(super) fn mountable_end(area: &[u8], offset: SectorCount) -> Option<Sector> {
    let header = area.get(DISK_BLOCK as usize..)?;
    let (_, (header, _)) = GptHeader::parse(header).ok().filter(|_| offset > SectorCount::ZERO)?;
    let array = usize::try_from(header.array.checked_mul(DISK_BLOCK.into())?).ok()?;
    let entries = area.get(array..)?.chunks_exact(GptPartition::LEN).take(header.entries as usize);
    let entries = entries.filter_map(|entry| GptPartition::parse(entry).ok());
    let mountable = entries.filter(|(_, entry)| {
        entry.partition_type != Guid::UNUSED && entry.first == u64::from(offset.get()) * BLOCKS
    });
    let last = mountable.map(|(_, entry)| entry.last).max()?;
    u32::try_from(last.checked_add(1)? / BLOCKS).ok().map(Sector::new)
}

/// Bytes of the blocks that the Apple partition map counts. With these, it leaves room for a GPT's header.
const APPLE_BLOCK: usize = 2048;

/// Most entries of the Apple partition map: behind these there is room for the array of a GPT.
const MOST_APPLE: usize = 7;

const _: () = assert!((1 + MOST_APPLE) as u64 * BLOCKS + ARRAY_BLOCKS <= (SYSTEM_AREA_LEN / 512) as u64);

/// What lies where on the disk that the image is.
pub(super) struct Disk<'a> {
    pub(super) options: &'a HybridOptions,
    /// All sectors of the image.
    pub(super) sectors: SectorCount,
    /// Where the volume can be read from besides sector 0; zero is nowhere.
    pub(super) partition_offset: SectorCount,
    /// Where each boot image lies.
    pub(super) images: Vec<Extent>,
    /// Where each appended partition lies.
    pub(super) appended: Vec<Extent>,
    /// End of all that lies on it but the backup, with its padding.
    pub(super) padded: Sector,
    /// Where the backup of the GPT lies.
    pub(super) backup: Option<Extent>,
    /// Where the volume of HFS+ lies.
    pub(super) hfs_plus: Option<Extent>,
    pub(super) identity: Identity,
    /// GUID of the disk, where it does not follow from the identity.
    pub(super) disk: Option<Guid>,
}

impl Disk<'_> {
    fn blocks(&self) -> u64 {
        u64::from(self.sectors.get()) * BLOCKS
    }

    /// The system area, and the sectors of the backup if there is a GPT.
    pub(super) fn encode(&self) -> Result<(Vec<u8>, Vec<u8>)> {
        let block = DISK_BLOCK as usize;
        let mut area = self.code_area()?;
        if !self.is_all_code()
            && (self.options.scheme != PartitionScheme::None || self.options.code.is_some())
        {
            area[..block].copy_from_slice(&self.master_boot_record()?.encode());
        }
        let apple = self.apple_entries()?;
        for (at, entry) in (1..).zip(&apple) {
            area[at * APPLE_BLOCK..][..MapEntry::LEN].copy_from_slice(&entry.encode());
        }
        if !apple.is_empty() {
            // In the place of boot code it runs: this size, which nobody looks at, lets it do nothing.
            let blocks = if self.options.code.is_some() { 0x9090 } else { self.sectors.get() };
            let map = DriverDescriptorMap { block_len: APPLE_BLOCK as u16, blocks };
            area[..DriverDescriptorMap::LEN].copy_from_slice(&map.encode());
        }
        let Some(backup) = self.backup else { return Ok((area, Vec::new())) };
        let array = self.partition_array(backup)?;
        let behind_apple = if apple.is_empty() { 2 } else { (1 + apple.len()) as u64 * BLOCKS };
        let header = GptHeader {
            revision: GptHeader::REVISION,
            header_len: GptHeader::LEN,
            own: 1,
            alternate: self.blocks() - 1,
            first_usable: FIRST_USABLE,
            last_usable: u64::from(backup.start.get()) * BLOCKS - 1,
            disk: self.disk.unwrap_or(self.identity.disk()),
            array: behind_apple,
            entries: ENTRIES as u32,
            entry_len: GptPartition::LEN as u32,
            array_crc: partition_array_crc(&array),
        };
        area[block..2 * block].copy_from_slice(&header.encode());
        area[behind_apple as usize * block..][..array.len()].copy_from_slice(&array);

        let copy = backup_of(&header, &array, backup);
        Ok((area, copy))
    }

    /// The system area with what the boot code has behind the first block, and with nothing in that.
    fn code_area(&self) -> Result<Vec<u8>> {
        let mut area = vec![0; SYSTEM_AREA_LEN];
        let Some(code) = self.options.code.as_ref().map(BootCode::bytes) else { return Ok(area) };
        if self.is_all_code() {
            let len = code.len().min(area.len());
            area[..len].copy_from_slice(&code[..len]);
        }
        let behind = code.get(DISK_BLOCK as usize..).unwrap_or_default();
        if behind.iter().all(|byte| *byte == 0) {
            return Ok(area);
        }
        let in_way = match (self.options.scheme.has_gpt(), self.options.apple_partition_map) {
            _ if code.len() > SYSTEM_AREA_LEN => Some("it is longer than the 32 KiB of a system area"),
            (true, _) => Some("it goes on where the GPT lies; have a master boot record alone"),
            (_, true) => Some("it goes on where the Apple partition map lies; leave that out"),
            _ => None,
        };
        if let Some(reason) = in_way {
            return Err(wrong("boot code", reason));
        }
        area[DISK_BLOCK as usize..code.len()].copy_from_slice(behind);
        Ok(area)
    }

    /// Whether the first block is that of the boot code's file.
    fn is_all_code(&self) -> bool {
        matches!(self.options.code, Some(BootCode::Plain(_)))
            && self.options.scheme == PartitionScheme::Mbr
            && self.options.partitions.is_empty()
    }

    fn range(&self, content: PartitionContent, in_gpt: bool) -> Result<Range> {
        let of = |extent: &Extent| Range {
            first: u64::from(extent.start.get()) * BLOCKS,
            blocks: u64::from(extent.len.get()) * BLOCKS,
        };
        match content {
            PartitionContent::Image
            | PartitionContent::WholeImage
            | PartitionContent::ImageBehindFirstBlock => {
                let first = match (in_gpt, content) {
                    _ if self.partition_offset > SectorCount::ZERO => {
                        u64::from(self.partition_offset.get()) * BLOCKS
                    }
                    (true, PartitionContent::WholeImage) => 0,
                    (true, _) => FIRST_USABLE,
                    (false, PartitionContent::ImageBehindFirstBlock) => 1,
                    (false, _) => 0,
                };
                let backup = self.backup.filter(|_| in_gpt);
                let end = self.appended.iter().chain(&backup).map(|extent| of(extent).first).min();
                let end = end.unwrap_or(self.blocks());
                Ok(Range { first, blocks: end.saturating_sub(first) })
            }
            PartitionContent::HfsPlus => self.hfs_plus.as_ref().map(of).ok_or_else(|| {
                wrong("partition", "there is no HFS+ in the image; add it to the file systems")
            }),
            PartitionContent::BootImage(index) => self.images.get(index).map(of).ok_or_else(|| {
                wrong("partition", format!("there is no boot image {}", index.saturating_add(1)))
            }),
            PartitionContent::Appended(number) => self
                .options
                .appended
                .iter()
                .position(|partition| partition.number == number)
                .and_then(|index| self.appended.get(index))
                .map(of)
                .ok_or_else(|| wrong("partition", format!("there is no appended partition {number}"))),
        }
    }

    /// All of the disk but the master boot record (UEFI 5.2.3).
    fn protected(&self) -> Range {
        Range { first: 1, blocks: self.blocks() - 1 }
    }

    fn master_boot_record(&self) -> Result<MasterBootRecord> {
        let scheme = self.options.scheme;
        let mut partitions = [PartitionRecord::default(); 4];
        let mut placed = Vec::new();
        if scheme.has_mbr_partitions() {
            for (slot, partition) in self.slots(partitions.len(), |partition| partition.mbr_type.is_some())? {
                let Some(partition_type) = partition.mbr_type else { continue };
                let (range, geometry) = match partition_type {
                    PartitionType::GPT_PROTECTIVE => (self.protected(), Geometry::LARGEST),
                    _ => {
                        let range = self.range(partition.content, false)?;
                        placed.push((slot, partition.content, range));
                        (range, Geometry::for_blocks(self.blocks()))
                    }
                };
                let number = |value: u64| {
                    u32::try_from(value).map_err(|_| {
                        wrong("partition", "it passes the 2 TiB that a master boot record can say")
                    })
                };
                partitions[slot] = PartitionRecord {
                    active: partition.active,
                    ..PartitionRecord::new(
                        partition_type,
                        number(range.first)?,
                        number(range.blocks)?,
                        geometry,
                    )
                };
            }
        } else if scheme.has_gpt() {
            let Range { first, blocks } = self.protected();
            let [first, blocks] = [first, blocks].map(|value| u32::try_from(value).unwrap_or(u32::MAX));
            partitions[0] =
                PartitionRecord::new(PartitionType::GPT_PROTECTIVE, first, blocks, Geometry::LARGEST);
        }
        refuse_overlaps(PartitionTableKind::Mbr, placed.into_iter())?;
        if self.options.active_entry
            && scheme != PartitionScheme::None
            && !partitions.iter().any(|record| record.active)
            && let Some(free) = partitions.iter_mut().find(|record| record.blocks == 0)
        {
            let empty = PartitionRecord::new(PartitionType::UNUSED, 0, 1, Geometry::LARGEST);
            *free = PartitionRecord { active: true, ..empty };
        }
        let mut record = MasterBootRecord::without_code(self.identity.signature(), partitions);
        let Some(code) = &self.options.code else { return Ok(record) };
        let bytes = code.bytes();
        let room = match code {
            BootCode::Plain(_) => record.boot_code.len(),
            _ => MasterBootRecord::IMAGE_ADDRESS,
        };
        let bytes = &bytes[..bytes.len().min(room)];
        record.boot_code[..bytes.len()].copy_from_slice(bytes);
        let start = |index: usize| {
            let image = self.images.get(index);
            image.map(|image| u64::from(image.start.get()) * BLOCKS).ok_or_else(|| {
                wrong("boot code", format!("there is no boot image {}", index.saturating_add(1)))
            })
        };
        match code {
            BootCode::Plain(_) => {}
            BootCode::Isolinux(_, image) => record.set_image_address(start(*image)?),
            BootCode::Grub2(_, image) => record.set_image_address(start(*image)? + BLOCKS),
        }
        Ok(record)
    }

    fn partition_array(&self, backup: Extent) -> Result<Vec<u8>> {
        let usable = u64::from(backup.start.get()) * BLOCKS;
        let (mut entries, mut images) = (Vec::new(), Vec::new());
        for (slot, partition) in self.slots(ENTRIES, |partition| partition.gpt_type.is_some())? {
            let Some(partition_type) = partition.gpt_type else { continue };
            let range = self.range(partition.content, true)?;
            if range.blocks == 0 || range.first + range.blocks > usable {
                return Err(wrong("partition", "it lies outside of what a GPT has for partitions"));
            }
            if partition.content.is_image() && partition.content != PartitionContent::WholeImage {
                images.push(entries.len());
            }
            let (content, name) = (partition.content, partition.name.clone());
            entries.push(Entry { slot, partition_type, range, content, name });
        }
        match self.options.gpt_numbers {
            GptNumbers::Own => {
                for image in images {
                    cut_around_others(&mut entries, image)?;
                }
            }
            GptNumbers::ByAddress => {
                let is_whole = |one: &PartitionOptions| one.content == PartitionContent::WholeImage;
                // Nothing is left over where one is around all others, nor what only rounds the disk up.
                let end = match self.options.partitions.iter().any(is_whole) {
                    true => FIRST_USABLE,
                    false => usable.min(u64::from(self.padded.get()) * BLOCKS),
                };
                number_by_address(&mut entries, &images, (FIRST_USABLE, end))?;
            }
        }
        let placed = entries.iter().map(|entry| (entry.slot, entry.content, entry.range));
        refuse_overlaps(PartitionTableKind::Gpt, placed)?;
        let mut array = vec![0; ARRAY_LEN];
        for entry in entries {
            let place = &mut array[entry.slot * GptPartition::LEN..][..GptPartition::LEN];
            let partition = GptPartition {
                partition_type: entry.partition_type,
                id: self.identity.partition(entry.slot as u32 + 1),
                first: entry.range.first,
                last: entry.range.first + entry.range.blocks - 1,
                attributes: attributes(entry.content),
                name: GptPartition::name(&entry.name),
            };
            place.copy_from_slice(&partition.encode());
        }
        Ok(array)
    }

    fn apple_entries(&self) -> Result<Vec<MapEntry>> {
        if !self.options.apple_partition_map {
            return Ok(Vec::new());
        }
        let shown: Vec<_> =
            self.options.partitions.iter().filter_map(|one| Some((one, one.apple_type.as_ref()?))).collect();
        let entries = 1 + shown.len();
        if entries > MOST_APPLE {
            return Err(wrong("Apple partition map", format!("{} entries at most", MOST_APPLE - 1)));
        }
        let count = entries as u32;
        let mut map = vec![MapEntry::new(count, 1, count, "Apple", "Apple_partition_map")];
        for (partition, apple_type) in shown {
            // A map counts from the disk's beginning, as a master boot record does.
            let range = self.range(partition.content, false)?;
            // Both are whole sectors, of which there are fewer than 2^32.
            let (start, blocks) = ((range.first / BLOCKS) as u32, (range.blocks / BLOCKS) as u32);
            map.push(MapEntry::new(count, start, blocks, &partition.name, apple_type));
        }
        Ok(map)
    }

    /// The partitions of a table of `places`, each with its place.
    fn slots(
        &self,
        places: usize,
        is_in: impl Fn(&PartitionOptions) -> bool,
    ) -> Result<Vec<(usize, &PartitionOptions)>> {
        let mut taken = vec![false; places];
        let mut slots = Vec::new();
        let partitions = || self.options.partitions.iter().filter(|partition| is_in(partition));
        for partition in partitions() {
            let Some(number) = partition.number else { continue };
            let slot = usize::from(number).wrapping_sub(1);
            match taken.get_mut(slot) {
                Some(taken @ false) => *taken = true,
                Some(true) => return Err(wrong("partition", format!("two have the number {number}"))),
                None => {
                    return Err(wrong(
                        "partition",
                        format!("its number {number} is not one of 1 to {places}"),
                    ));
                }
            }
            slots.push((slot, partition));
        }
        for partition in partitions().filter(|partition| partition.number.is_none()) {
            let free = taken.iter().position(|taken| !taken);
            let slot = free.ok_or_else(|| no_room(places))?;
            taken[slot] = true;
            slots.push((slot, partition));
        }
        Ok(slots)
    }
}

/// What lies in the image is needed, and not to be written into.
fn attributes(content: PartitionContent) -> GptAttributes {
    match content {
        PartitionContent::Appended(_) => GptAttributes::empty(),
        _ => GptAttributes::REQUIRED | GptAttributes::READ_ONLY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iso9660::system_area::Guid;

    const SECTORS: u32 = 1024;

    fn disk(options: &HybridOptions) -> Disk<'_> {
        let len = backup_sectors(ARRAY_LEN);
        let backup = Extent::new(Sector::new(SECTORS - len.get()), len);
        Disk {
            options,
            sectors: SectorCount::new(SECTORS),
            partition_offset: SectorCount::ZERO,
            images: vec![
                Extent::new(Sector::new(40), SectorCount::new(20)),
                Extent::new(Sector::new(60), SectorCount::new(100)),
            ],
            appended: options
                .appended
                .iter()
                .map(|_| Extent::new(Sector::new(512), SectorCount::new(64)))
                .collect(),
            padded: backup.start,
            backup: options.scheme.has_gpt().then_some(backup),
            hfs_plus: None,
            identity: Identity::of(&[b"test"]),
            disk: None,
        }
    }

    fn partitions(area: &[u8]) -> [PartitionRecord; 4] {
        MasterBootRecord::parse(area).unwrap().1.partitions
    }

    #[test]
    fn a_gpt_and_its_backup() {
        let options = HybridOptions {
            code: Some(BootCode::Grub2([0x90; 440][..].into(), 0)),
            partitions: vec![PartitionOptions::efi_system(PartitionContent::BootImage(1))],
            active_entry: true,
            ..HybridOptions::default()
        };
        let (area, backup) = disk(&options).encode().unwrap();
        let (header, right) = GptHeader::parse(&area[512..1024]).unwrap().1;
        assert!(right);
        assert_eq!((header.own, header.alternate, header.array), (1, 4095, 2));
        let (copy, right) = GptHeader::parse(&backup[backup.len() - 512..]).unwrap().1;
        assert!(right);
        assert_eq!((copy.own, copy.alternate, copy.array), (4095, 1, 4063));
        assert_eq!((copy.last_usable, copy.array_crc), (4059, header.array_crc));
        assert_eq!(area[1024..1024 + 16384], backup[3 * 512..][..16384]);
        let system = GptPartition::parse(&area[1024..]).unwrap().1;
        assert_eq!((system.partition_type, system.first, system.last), (Guid::EFI_SYSTEM, 240, 639));
        let [protective, empty, ..] = partitions(&area);
        assert_eq!((protective.start, protective.blocks, protective.active), (1, 4095, false));
        assert_eq!((empty.active, empty.partition_type), (true, PartitionType::UNUSED));
        let code = MasterBootRecord::parse(&area).unwrap().1.boot_code;
        assert_eq!(code[431..], [0x90, 164, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn partitions_of_a_master_boot_record() {
        let options = HybridOptions {
            code: Some(BootCode::Isolinux([0x90; 432][..].into(), 0)),
            scheme: PartitionScheme::Mbr,
            partitions: vec![
                PartitionOptions {
                    number: Some(3),
                    ..PartitionOptions::efi_system(PartitionContent::Appended(7))
                },
                PartitionOptions::image(),
            ],
            appended: vec![AppendedPartition { number: 7, content: crate::tree::ContentId(0) }],
            ..HybridOptions::default()
        };
        let (area, backup) = disk(&options).encode().unwrap();
        assert!(backup.is_empty());
        let [image, _, system, _] = partitions(&area);
        assert_eq!(
            (image.partition_type, image.start, image.blocks, image.active),
            (PartitionType(0x17), 0, 2048, true)
        );
        assert_eq!((system.partition_type, system.start, system.blocks), (PartitionType(0xEF), 2048, 256));
        assert_eq!(area[432..440], [160, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(&area[512..], vec![0; SYSTEM_AREA_LEN - 512]);
    }

    #[test]
    fn what_protects_a_gpt_is_all_of_the_disk_beside_others() {
        let protective = PartitionOptions {
            number: Some(1),
            mbr_type: Some(PartitionType::GPT_PROTECTIVE),
            active: false,
            ..PartitionOptions::image()
        };
        let options = HybridOptions {
            scheme: PartitionScheme::GptAndMbr,
            partitions: vec![protective, PartitionOptions::efi_system(PartitionContent::BootImage(1))],
            active_entry: true,
            ..HybridOptions::default()
        };
        let (area, _) = disk(&options).encode().unwrap();
        let [protective, system, empty, _] = partitions(&area);
        assert_eq!((protective.partition_type, protective.active), (PartitionType::GPT_PROTECTIVE, false));
        assert_eq!((protective.start, protective.blocks), (1, 4095));
        assert_eq!((system.start, system.blocks, system.active), (240, 400, false));
        assert_eq!((empty.partition_type, empty.blocks, empty.active), (PartitionType::UNUSED, 1, true));
    }

    #[test]
    fn a_map_for_apple_leaves_room_for_the_gpt() {
        let options = HybridOptions {
            apple_partition_map: true,
            partitions: vec![PartitionOptions {
                apple_type: Some("Apple_HFS".to_owned()),
                ..PartitionOptions::efi_system(PartitionContent::BootImage(1))
            }],
            ..HybridOptions::default()
        };
        let (area, _) = disk(&options).encode().unwrap();
        assert_eq!(DriverDescriptorMap::parse(&area).unwrap().1.blocks, SECTORS);
        let entry = MapEntry::parse(&area[4096..]).unwrap().1;
        assert_eq!((entry.entries, entry.start, entry.blocks), (2, 60, 100));
        let header = GptHeader::parse(&area[512..1024]).unwrap().1.0;
        assert_eq!(header.array, 12);
        assert_eq!(partition_array_crc(&area[6144..6144 + 16384]), header.array_crc);
    }

    #[test]
    fn partitions_by_address_with_what_is_left_over() {
        let image = PartitionOptions { gpt_type: Some(Guid::BASIC_DATA), ..PartitionOptions::image() };
        let whole = PartitionOptions { content: PartitionContent::WholeImage, ..image.clone() };
        let appended = PartitionOptions {
            number: Some(9),
            name: "appended".to_owned(),
            ..PartitionOptions::efi_system(PartitionContent::Appended(7))
        };
        let boot = PartitionOptions::efi_system(PartitionContent::BootImage(0));
        let listed = |partitions: &[&PartitionOptions], padded| {
            let options = HybridOptions {
                partitions: partitions.iter().copied().cloned().collect(),
                gpt_numbers: GptNumbers::ByAddress,
                appended: vec![AppendedPartition { number: 7, content: crate::tree::ContentId(0) }],
                ..HybridOptions::default()
            };
            let (area, _) = Disk { padded: Sector::new(padded), ..disk(&options) }.encode().unwrap();
            let entries =
                area[1024..].chunks(GptPartition::LEN).map(|entry| GptPartition::parse(entry).unwrap().1);
            let entries = entries.take_while(|entry| entry.first + entry.last > 0);
            entries.map(|entry| (entry.name, entry.first, entry.last)).collect::<Vec<_>>()
        };
        let expect = |rows: &[(&str, u64, u64)]| -> Vec<_> {
            rows.iter().map(|&(name, first, last)| (GptPartition::name(name), first, last)).collect()
        };
        assert_eq!(
            listed(&[&appended, &boot, &image], 600),
            expect(&[
                ("Gap0", 64, 159),
                ("EFI", 160, 239),
                ("Gap1", 240, 2047),
                ("appended", 2048, 2303),
                ("Gap2", 2304, 2399)
            ])
        );
        // All of the image in one piece has its name; what only rounds the disk up is none.
        let rows = [("ISO9660", 64, 2047), ("appended", 2048, 2303)];
        assert_eq!(listed(&[&image, &appended], 576), expect(&rows));
        assert_eq!(
            listed(&[&whole, &boot, &appended], 600),
            expect(&[("ISO9660", 0, 2047), ("EFI", 160, 239), ("appended", 2048, 2303)])
        );
    }

    #[test]
    fn partitions_that_overlap_are_refused() {
        let image = PartitionOptions { gpt_type: Some(Guid::BASIC_DATA), ..PartitionOptions::image() };
        let boot = |index| PartitionOptions::efi_system(PartitionContent::BootImage(index));
        let encoded = |scheme, partitions| {
            let options = HybridOptions { scheme, partitions, ..HybridOptions::default() };
            disk(&options).encode()
        };
        for (scheme, table) in
            [(PartitionScheme::Gpt, PartitionTableKind::Gpt), (PartitionScheme::Mbr, PartitionTableKind::Mbr)]
        {
            let refused = encoded(scheme, vec![image.clone(), boot(0), boot(1), boot(0)]).unwrap_err();
            let Error::PartitionsOverlap { table: of, first, second } = refused else { panic!("{refused}") };
            assert_eq!((of, first, second), (table, 2, 4));
            assert!(encoded(scheme, vec![image.clone(), boot(0), boot(1)]).is_ok());
        }
    }

    #[test]
    fn numbers_that_cannot_be_are_refused() {
        let numbered = |number| PartitionOptions { number: Some(number), ..PartitionOptions::image() };
        for partitions in [
            vec![numbered(0)],
            vec![numbered(5)],
            vec![numbered(1), numbered(1)],
            vec![PartitionOptions::image(); 5],
            vec![PartitionOptions::efi_system(PartitionContent::BootImage(2))],
            vec![PartitionOptions::efi_system(PartitionContent::Appended(1))],
        ] {
            let options =
                HybridOptions { scheme: PartitionScheme::Mbr, partitions, ..HybridOptions::default() };
            assert!(disk(&options).encode().is_err());
        }
    }

    use super::super::AppendedPartition;
    use crate::Error;
}
