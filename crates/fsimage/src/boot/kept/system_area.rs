//! A system area that was read: every partition with what it holds, so that it can be pointed at its new place.

use std::ops::Range;

use iso9660::system_area::{
    DISK_BLOCK, DriverDescriptorMap, GptHeader, GptPartition, Guid, MapEntry, MasterBootRecord,
    PartitionRecord, PartitionType, SYSTEM_AREA_LEN, partition_array_crc,
};
use iso9660::volume::FIRST_DESCRIPTOR;
use sector_io::{ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::boot_block::{self, KeptBootBlock};
use super::boot_code::{KeptCode, started_by};
use super::landmarks::{Landmarks, Thing};
use super::replaced::{Replaced, Replacement};
use super::{AppleVolume, PartitionTableKind};
use crate::Result;
use crate::boot::{AppendedPartition, BootSource, area};
use crate::disc::Disc;
use crate::tree::{ContentId, NodeId, Tree};

/// Disk blocks of a sector.
pub(super) const BLOCKS: u64 = SECTOR_SIZE as u64 / DISK_BLOCK as u64;

/// Disk blocks of the system area.
pub(super) const AREA_BLOCKS: u64 = (SYSTEM_AREA_LEN / DISK_BLOCK as usize) as u64;

/// Bytes of a disk block.
pub(super) const BLOCK: usize = DISK_BLOCK as usize;

/// The system area of an imported image. It is written as it was recorded, but for what it says of places and lengths:
/// partition tables and the address in the boot code are pointed at where things lie now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSystemArea {
    /// As recorded.
    pub(super) area: Vec<u8>,
    /// Blocks of the image that it is on.
    pub(super) blocks: u64,
    /// Blocks of the disk that its tables are of: fewer, where a session came behind it and they stayed.
    pub(super) disk_blocks: u64,
    pub(super) code: Option<KeptCode>,
    pub(super) code_loss: Option<String>,
    /// What a machine that is no PC has instead.
    pub(super) boot_block: Option<KeptBootBlock>,
    pub(super) partitions: Vec<Partition>,
    pub(super) gpt: Option<GptHeader>,
    pub(super) map: Option<Map>,
    pub(super) damaged: Vec<(PartitionTableKind, String)>,
    pub(super) appended: Vec<AppendedPartition>,
    /// Where a second volume of ISO 9660 begins that no partition begins with.
    pub(super) second_volume: Option<Sector>,
    /// First byte that nothing accounts for.
    pub(super) unknown: Option<usize>,
    /// A volume that begins where the image does, and in no partition.
    pub(super) volume: Option<AppleVolume>,
}

/// A partition as recorded, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Partition {
    pub(super) table: PartitionTableKind,
    /// From 1.
    pub(super) number: usize,
    /// First block of 512 bytes.
    pub(super) start: u64,
    pub(super) blocks: u64,
    pub(super) span: Span,
    pub(super) own: Own,
}

impl Partition {
    /// The first block behind it.
    pub(super) fn end(&self) -> u64 {
        self.start.saturating_add(self.blocks)
    }

    /// Whether it was added to those that were recorded, and has no place yet.
    pub(super) fn is_added(&self) -> bool {
        self.blocks == 0
    }

    /// Whether the file that it is was a FAT file system, and is replaced by something else.
    pub(super) fn loses_fat(&self, replaced: &Replaced) -> bool {
        let replacement = self.span.source().and_then(|source| replaced.get(source));
        replacement.is_some_and(Replacement::loses_fat)
    }

    /// Whether the image can be read from the partition's beginning on as well.
    pub(super) fn shows_image_by_itself(&self) -> bool {
        self.own == Own::Iso9660 && matches!(self.span, Span::Image(_) | Span::Gap)
    }

    /// Whether no other partition of its table is to have blocks of it: it is not the image, which is around others.
    pub(super) fn has_its_blocks_alone(&self) -> bool {
        !matches!(self.span, Span::Fixed | Span::Image(_) | Span::Gap)
    }
}

/// The file system that a partition has to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    /// None that is known here, or that of the image.
    None,
    /// Volume descriptors of ISO 9660 that count from its beginning, which is not that of the image.
    Iso9660,
    /// A volume for Macs.
    Apple(AppleVolume),
}

impl Own {
    /// The volume for Macs, if it is one.
    pub(super) fn apple(self) -> Option<AppleVolume> {
        match self {
            Own::Apple(volume) => Some(volume),
            Own::None | Own::Iso9660 => None,
        }
    }
}

/// What a partition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    /// Blocks of the system area, which is where it was.
    Fixed,
    /// The image, from where it begins on.
    Image(ImageEnd),
    /// Something that has a place, its length rounded up to so many blocks.
    Thing(BootSource, u64),
    /// What other partitions leave over.
    Gap,
    /// The volume of HFS+ that the image has, in the place of the one that it had.
    HfsPlus,
    /// Not known.
    Unknown,
    /// What an earlier session had there, and what has taken its place cannot be there.
    Unfit,
    /// To be left out: what it held is no more.
    Gone,
}

impl Span {
    /// What lies there, if it is in a file or a boot image.
    pub(super) fn source(self) -> Option<BootSource> {
        match self {
            Span::Thing(source, _) => Some(source),
            _ => None,
        }
    }
}

/// Where a partition with the image ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImageEnd {
    /// With the disk.
    Disk,
    /// As far as can be said.
    Unlimited,
    /// Before what is appended, or the backup of the GPT.
    Files,
}

/// An Apple partition map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Map {
    pub(super) block_len: usize,
    /// Entries, that of the map among them.
    pub(super) entries: usize,
}

/// What a system area is read from.
pub(super) struct Image<'a> {
    pub(super) source: &'a dyn ReadSectors,
    /// Where it ends; a medium that can be written again has more sectors.
    pub(super) end: Sector,
    /// Where its sessions begin.
    pub(super) sessions: Vec<Sector>,
}

/// A system area before it is known what lies where.
pub(super) struct Recorded {
    area: Vec<u8>,
    partitions: Vec<(Partition, bool)>,
    gpt: Option<GptHeader>,
    map: Option<Map>,
    damaged: Vec<(PartitionTableKind, String)>,
}

/// Whether a system area has lost what a copy of it says: its tables, or, where there are none, all that is not one byte over and
/// over. Another table in its place is not lost.
pub(crate) fn is_lost(area: &[u8], copy: &[u8]) -> bool {
    if area == copy || copy.iter().all(|&byte| byte == 0) {
        return false;
    }
    let [now, then] = [area, copy].map(|area| Recorded::of(area.to_vec()));
    let is_uniform = || area.windows(2).all(|pair| pair[0] == pair[1]);
    let ranges = then.ranges();
    let tells_less = now.ranges().iter().all(|range| ranges.contains(range))
        && ((now.partitions.is_empty() && !ranges.is_empty())
            || (now.gpt.is_none() && then.gpt.is_some())
            || (now.map.is_none() && then.map.is_some()));
    tells_less || now.damaged.len() > then.damaged.len() || is_uniform()
}

impl Recorded {
    /// That of the head at `at`; `None` where it holds nothing.
    pub(super) fn read(source: &dyn ReadSectors, at: Sector) -> Result<Option<Recorded>> {
        Ok(area::recorded(source, at)?.map(Recorded::of))
    }

    /// That of the medium; `None` where it holds nothing.
    pub(super) fn of_head(disc: &Disc) -> Result<Option<Recorded>> {
        Ok(area::of_head(disc)?.map(Recorded::of))
    }

    fn of(area: Vec<u8>) -> Recorded {
        let mut recorded =
            Recorded { area, partitions: Vec::new(), gpt: None, map: None, damaged: Vec::new() };
        recorded.read_mbr();
        recorded.read_gpt();
        recorded.read_map();
        recorded
    }

    fn push(&mut self, table: PartitionTableKind, number: usize, (start, blocks): (u64, u64), is_gap: bool) {
        let (span, own) = (Span::Unknown, Own::None);
        self.partitions.push((Partition { table, number, start, blocks, span, own }, is_gap));
    }

    fn read_mbr(&mut self) {
        let Ok((_, record)) = MasterBootRecord::parse(&self.area) else { return };
        for (slot, partition) in record.partitions.iter().enumerate().filter(|(_, one)| one.blocks > 0) {
            let range = (partition.start.into(), partition.blocks.into());
            self.push(PartitionTableKind::Mbr, slot + 1, range, false);
        }
    }

    fn read_gpt(&mut self) {
        let Ok((_, (header, right))) = GptHeader::parse(&self.area[BLOCK..2 * BLOCK]) else { return };
        let mut damaged = |reason: &str| self.damaged.push((PartitionTableKind::Gpt, reason.to_owned()));
        if !right {
            return damaged("the checksum of its header is wrong");
        }
        let Some(array) = array_of(&self.area, &header) else {
            return damaged("its partition entries are not in the system area, or not of 128 bytes");
        };
        if partition_array_crc(array) != header.array_crc {
            return damaged("the checksum of its partition entries is wrong");
        }
        let entries: Vec<_> = array
            .chunks_exact(GptPartition::LEN)
            .filter_map(|entry| Some(GptPartition::parse(entry).ok()?.1))
            .collect();
        for (slot, entry) in entries.iter().enumerate() {
            if entry.partition_type == Guid::UNUSED || entry.last < entry.first {
                continue;
            }
            let is_gap = is_gap_name(&entry.shown_name());
            let blocks = (entry.last - entry.first).saturating_add(1);
            self.push(PartitionTableKind::Gpt, slot + 1, (entry.first, blocks), is_gap);
        }
        self.gpt = Some(header);
    }

    fn read_map(&mut self) {
        // Some maps have no head where boot code is.
        let head = DriverDescriptorMap::parse(&self.area).map_or(0, |(_, map)| usize::from(map.block_len));
        let is_map = |len: &usize| {
            *len >= BLOCK && self.area.get(*len..).is_some_and(|rest| MapEntry::parse(rest).is_ok())
        };
        let Some(block_len) = [head, 2048, BLOCK].into_iter().find(is_map) else { return };
        let entry = |number: usize| {
            let entry = self.area.get(number.checked_mul(block_len)?..)?.get(..BLOCK)?;
            MapEntry::parse(entry).ok().map(|(_, entry)| entry)
        };
        let Some(entries) = entry(1).and_then(|first| usize::try_from(first.entries).ok()) else { return };
        let found: Vec<_> = (1..=entries.min(SYSTEM_AREA_LEN / block_len)).map_while(entry).collect();
        if found.len() != entries || !block_len.is_multiple_of(BLOCK) {
            let reason = "not all of its entries are in the system area".to_owned();
            self.damaged.push((PartitionTableKind::Apple, reason));
            return;
        }
        let blocks = (block_len / BLOCK) as u64;
        for (at, entry) in found.iter().enumerate() {
            let range = (u64::from(entry.start) * blocks, u64::from(entry.blocks) * blocks);
            let name = String::from_utf8_lossy(&entry.name);
            let is_gap = entry.shown_type() == "ISO9660_data" && is_gap_name(name.trim_end_matches('\0'));
            self.push(PartitionTableKind::Apple, at + 1, range, is_gap);
        }
        self.map = Some(Map { block_len, entries });
    }

    /// Sectors where partitions begin, and files that boot code or a boot block is told of may.
    pub(super) fn places(&self) -> impl Iterator<Item = u32> + '_ {
        let starts = self.partitions.iter().map(|(partition, _)| partition.start);
        let starts = starts
            .filter_map(|start| u32::try_from(start / BLOCKS).ok().filter(|_| start.is_multiple_of(BLOCKS)));
        let record = MasterBootRecord::parse(&self.area).ok();
        let started = record.and_then(|(_, record)| started_by(&record.boot_code));
        starts.chain(started.map(|(sector, _)| sector)).chain(boot_block::places(&self.area))
    }

    /// First blocks and blocks of all partitions.
    pub(super) fn ranges(&self) -> Vec<(u64, u64)> {
        self.partitions.iter().map(|(partition, _)| (partition.start, partition.blocks)).collect()
    }

    /// Blocks of the disk that the GPT is of.
    fn gpt_disk(&self) -> Option<u64> {
        self.gpt.as_ref().map(|header| header.alternate.saturating_add(1))
    }

    /// The first sector behind all that the tables tell of and that the `sectors` of a medium have.
    pub(super) fn end(&self, sectors: SectorCount) -> Sector {
        let partitions = self.partitions.iter().map(|(one, _)| one.start.saturating_add(one.blocks));
        let ends = partitions.chain(self.gpt_disk()).map(|end| end.div_ceil(BLOCKS));
        let last = ends.filter(|&end| end <= sectors.get().into()).max();
        Sector::new(last.and_then(|end| u32::try_from(end).ok()).unwrap_or_default())
    }

    /// Makes partitions that no file overlaps contents that lie behind all files. `sectors` are all of the image.
    pub(super) fn find_appended(
        &self,
        tree: &mut Tree,
        landmarks: &mut Landmarks,
        sectors: u32,
    ) -> Result<()> {
        for (partition, is_gap) in &self.partitions {
            let &Partition { start, blocks, .. } = partition;
            let Some(end) = start.checked_add(blocks).map(|end| end.div_ceil(BLOCKS)) else { continue };
            let (Ok(first), Ok(end)) = (u32::try_from(start / BLOCKS), u32::try_from(end)) else { continue };
            let is_whole = start.is_multiple_of(BLOCKS) && start >= AREA_BLOCKS && end <= sectors;
            if is_whole && !is_gap && landmarks.at(first).is_none() && landmarks.is_free(first, end) {
                landmarks.add_appended(tree, first, blocks * u64::from(DISK_BLOCK))?;
            }
        }
        Ok(())
    }

    /// Says of everything what it holds. `image` is what the system area was read from, `images` are the sectors of boot
    /// images.
    pub(super) fn keep(
        self,
        image: &Image<'_>,
        tree: &Tree,
        landmarks: Landmarks,
        images: Vec<u32>,
        second_volume: Option<Sector>,
    ) -> KeptSystemArea {
        let source = image.source;
        let blocks = u64::from(image.end.get()) * BLOCKS;
        let disk_blocks = self.gpt_disk().filter(|&disk| disk <= blocks).unwrap_or(blocks);
        let protective = protective(&self.area, self.gpt.as_ref());
        let mut partitions = Vec::new();
        for (mut partition, is_gap) in self.partitions {
            partition.own = own(source, partition.start);
            let is_mbr = partition.table == PartitionTableKind::Mbr;
            partition.span = match is_mbr && protective == Some(partition.number) {
                true if partition.blocks == u64::from(u32::MAX) => Span::Image(ImageEnd::Unlimited),
                true => Span::Image(ImageEnd::Disk),
                false => {
                    let files_end = files_end(&partition, &landmarks, &image.sessions);
                    span(&partition, is_gap, &landmarks, (disk_blocks, files_end))
                }
            };
            partitions.push(partition);
        }
        let mut rest = unaccounted(&self.area, self.gpt.as_ref(), self.map);
        let volume = AppleVolume::of(&rest);
        // What lies in a volume that is told of needs no name of its own.
        let volumes = partitions.iter().filter(|one| one.own.apple().is_some()).map(|one| one.start);
        for start in volumes.chain(volume.map(|_| 0)) {
            let start = usize::try_from(start).unwrap_or(SYSTEM_AREA_LEN).saturating_mul(BLOCK);
            rest[start.min(SYSTEM_AREA_LEN)..].fill(0);
        }
        let unknown = rest.iter().position(|&byte| byte != 0);
        let mut kept = KeptSystemArea {
            area: self.area,
            blocks,
            disk_blocks,
            code: None,
            code_loss: None,
            boot_block: None,
            partitions,
            gpt: self.gpt,
            map: self.map,
            damaged: self.damaged,
            appended: landmarks.appended.clone(),
            second_volume: None,
            unknown,
            volume,
        };
        let has_partition = kept.partitions.iter().any(Partition::shows_image_by_itself);
        kept.second_volume = second_volume.filter(|_| !has_partition);
        kept.find_code(image, tree, &landmarks, &images);
        kept
    }
}

impl KeptSystemArea {
    /// Where the first partition begins that has a file system of HFS or HFS+ to itself.
    pub(super) fn hfs_volume(&self) -> Option<Sector> {
        let volume = self.partitions.iter().find(|partition| partition.own.apple().is_some())?;
        u32::try_from(volume.start / BLOCKS).ok().map(Sector::new)
    }

    /// Whether the first block begins with the head of the Apple partition map.
    fn has_map_head(&self) -> bool {
        self.map.is_some() && DriverDescriptorMap::parse(&self.area).is_ok()
    }

    /// Bytes of the boot code: those of a master boot record, or else the first block.
    pub(super) fn code_range(&self) -> Range<usize> {
        match MasterBootRecord::parse(&self.area) {
            Ok((_, record)) if self.has_map_head() => DriverDescriptorMap::LEN..record.boot_code.len(),
            Ok((_, record)) => 0..record.boot_code.len(),
            Err(_) => 0..head_len(&self.area),
        }
    }

    /// One with nothing in it, neither boot code nor partitions, for an image that ends there so far.
    pub(crate) fn empty(image_end: Sector) -> KeptSystemArea {
        let blocks = u64::from(image_end.get()) * BLOCKS;
        KeptSystemArea {
            area: vec![0; SYSTEM_AREA_LEN],
            blocks,
            disk_blocks: blocks,
            code: None,
            code_loss: None,
            boot_block: None,
            partitions: Vec::new(),
            gpt: None,
            map: None,
            damaged: Vec::new(),
            appended: Vec::new(),
            second_volume: None,
            unknown: None,
            volume: None,
        }
    }

    /// The same with nothing in it.
    pub(super) fn cleared(&self) -> KeptSystemArea {
        KeptSystemArea::empty(self.image_end())
    }

    /// Whether it has neither boot code nor partitions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.area.iter().all(|&byte| byte == 0)
    }

    /// The same without the boot image that its code starts.
    pub(super) fn without_code(&self) -> KeptSystemArea {
        KeptSystemArea { code: None, ..self.clone() }
    }

    /// Says that a boot image which no file was is a file.
    pub(super) fn name_code(&mut self, content: ContentId, node: NodeId) {
        if let Some(code) = self.code.as_mut().filter(|code| code.source == BootSource::Content(content)) {
            code.source = BootSource::File(node);
        }
    }

    /// Makes zeros of what no table accounts for.
    pub(super) fn clear_unaccounted(&mut self) {
        let rest = unaccounted(&self.area, self.gpt.as_ref(), self.map);
        self.area.iter_mut().zip(rest).filter(|(_, rest)| *rest != 0).for_each(|(byte, _)| *byte = 0);
    }

    /// `images` are the sectors of boot images.
    fn find_code(&mut self, image: &Image<'_>, tree: &Tree, landmarks: &Landmarks, images: &[u32]) {
        let Ok((_, record)) = MasterBootRecord::parse(&self.area) else {
            // The head of an Apple partition map is no code.
            let block = &self.area[..BLOCK];
            if self.has_map_head() || block.iter().all(|&byte| byte == 0) {
                return;
            }
            match KeptBootBlock::read(&self.area, tree, landmarks) {
                Some(Ok(kept)) => self.boot_block = Some(kept),
                Some(Err(reason)) => self.code_loss = Some(reason),
                None if boot_block::is_sun(block) => {
                    self.code_loss =
                        Some("it is a disk label of SPARC, whose partitions begin with cylinders".to_owned());
                }
                None => {
                    self.code_loss =
                        Some("it is none of a PC, and where it finds what it boots is not known".to_owned());
                }
            }
            return;
        };
        let code = &record.boot_code[..];
        if self.area[self.code_range()].iter().all(|&byte| byte == 0) {
            return;
        }
        match KeptCode::read(code, image, landmarks, images) {
            Ok(code) => self.code = code,
            Err(reason) => self.code_loss = Some(reason),
        }
    }
}

/// The number of the partition that protects the GPT (UEFI 5.2.3), if there are both.
pub(super) fn protective(area: &[u8], gpt: Option<&GptHeader>) -> Option<usize> {
    let (_, record) = MasterBootRecord::parse(area).ok().filter(|_| gpt.is_some())?;
    let is_protective =
        |one: &PartitionRecord| one.partition_type == PartitionType::GPT_PROTECTIVE && one.start == 1;
    record.partitions.iter().position(is_protective).map(|slot| slot + 1)
}

/// The entries of a GPT, where they are of the usual size and in the system area.
pub(super) fn array_of<'a>(area: &'a [u8], header: &GptHeader) -> Option<&'a [u8]> {
    let start = usize::try_from(header.array).ok()?.checked_mul(BLOCK).filter(|&start| start >= 2 * BLOCK)?;
    let is_usual = header.entry_len as usize == GptPartition::LEN;
    let len = (header.entries as usize).checked_mul(GptPartition::LEN).filter(|_| is_usual)?;
    area.get(start..start.checked_add(len)?)
}

/// What xorriso, and this crate, calls partitions of what others leave over.
pub(in crate::boot) fn is_gap_name(name: &str) -> bool {
    name.strip_prefix("Gap").is_some_and(|number| number.parse::<u16>().is_ok())
}

/// The block where the files end that a partition with the image has to reach. Where the table could not follow those of a
/// further session, that ends before it, and behind all files of the earlier ones.
fn files_end(partition: &Partition, landmarks: &Landmarks, sessions: &[Sector]) -> u64 {
    let end = partition.start.saturating_add(partition.blocks);
    let behind = sessions.iter().map(|start| start.get()).filter(|&start| u64::from(start) * BLOCKS >= end);
    let earlier = behind.min().map(|next| landmarks.files_end_before(next)).filter(|&end| end > 0);
    u64::from(earlier.unwrap_or(landmarks.files_end())) * BLOCKS
}

/// `disk_end` and `files_end` are blocks.
fn span(
    partition: &Partition,
    is_gap: bool,
    landmarks: &Landmarks,
    (disk_end, files_end): (u64, u64),
) -> Span {
    let &Partition { table, start, blocks, .. } = partition;
    let Some(end) = start.checked_add(blocks) else { return Span::Unknown };
    if end <= AREA_BLOCKS {
        return Span::Fixed;
    }
    if is_gap {
        return Span::Gap;
    }
    if start.is_multiple_of(BLOCKS)
        && let Ok(sector) = u32::try_from(start / BLOCKS)
        && let Some(Thing { source, len }) = landmarks.at(sector)
    {
        let unit = [1, BLOCKS].into_iter().find(|&unit| blocks_of(len, unit) == blocks);
        if landmarks.replacement(sector).is_some_and(Replacement::loses_fat) {
            return Span::Unfit;
        }
        return unit.map_or(Span::Unknown, |unit| Span::Thing(source, unit));
    }
    if partition.own.apple().is_some() {
        // It may begin in the system area, and holds the files that the image has as well.
        return Span::Unknown;
    }
    let begins_image = start <= AREA_BLOCKS || partition.own == Own::Iso9660;
    if !begins_image || end < files_end {
        return Span::Unknown;
    }
    Span::Image(match table {
        PartitionTableKind::Mbr if blocks == u64::from(u32::MAX) => ImageEnd::Unlimited,
        PartitionTableKind::Mbr | PartitionTableKind::Apple if end >= disk_end => ImageEnd::Disk,
        _ => ImageEnd::Files,
    })
}

/// Disk blocks of so many bytes, in whole units.
pub(super) fn blocks_of(len: u64, unit: u64) -> u64 {
    len.div_ceil(u64::from(DISK_BLOCK)).next_multiple_of(unit)
}

/// The file system of its own that begins at a block.
fn own(source: &dyn ReadSectors, start: u64) -> Own {
    if start == 0 || !start.is_multiple_of(BLOCKS) {
        return Own::None;
    }
    let mut sector = [0; SECTOR_SIZE];
    let mut read = |ahead: u32| {
        let at = u32::try_from(start / BLOCKS).ok().and_then(|start| start.checked_add(ahead));
        at.is_some_and(|at| source.read_sectors(Sector::new(at), &mut sector).is_ok()).then_some(sector)
    };
    if read(FIRST_DESCRIPTOR).is_some_and(|sector| sector.starts_with(b"\x01CD001")) {
        Own::Iso9660
    } else {
        let volume = read(0).as_ref().and_then(|sector| AppleVolume::of(sector));
        volume.map_or(Own::None, Own::Apple)
    }
}

/// Bytes of what a machine runs or reads first.
fn head_len(area: &[u8]) -> usize {
    match MasterBootRecord::parse(area) {
        Ok(_) => BLOCK,
        Err(_) => boot_block::head_len(area),
    }
}

/// The area with zeros for what is run first and for what is in a table.
fn unaccounted(area: &[u8], gpt: Option<&GptHeader>, map: Option<Map>) -> Vec<u8> {
    let mut rest = area.to_vec();
    rest[..head_len(area)].fill(0);
    if let Some(header) = gpt {
        rest[BLOCK..2 * BLOCK].fill(0);
        let start = header.array as usize * BLOCK;
        let len = array_of(area, header).map_or(0, <[u8]>::len);
        rest[start..start + len].fill(0);
    }
    for number in 1..=map.map_or(0, |map| map.entries) {
        let start = number * map.map_or(0, |map| map.block_len);
        rest[start..start + BLOCK].fill(0);
    }
    rest
}
