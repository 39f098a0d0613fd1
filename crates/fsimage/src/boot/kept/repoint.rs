//! A kept system area, pointed at where things lie now.

use byteorder::{BigEndian, ByteOrder, LittleEndian};
use iso9660::el_torito::PlatformId;
use iso9660::system_area::{
    Chs, DriverDescriptorMap, Geometry, GptHeader, GptPartition, MASTER_BOOT_RECORD_LEN, MasterBootRecord,
    PartitionRecord, partition_array_crc,
};
use sector_io::{Extent, Sector, SectorCount};

use super::boot_block::{self, KeptBootBlock};
use super::boot_code::KeptCode;
use super::replaced::NO_FAT;
use super::successors::Successors;
use super::system_area::{
    AREA_BLOCKS, BLOCK, BLOCKS, ImageEnd, KeptSystemArea, Map, Partition, Span, array_of, blocks_of,
};
use super::{BootLoss, NO_ISO9660, PartitionTableKind};
use crate::boot::area::backup_of;
use crate::boot::catalog::wrong;
use crate::boot::images::content_of_source;
use crate::boot::ranges::{left_over, overlaps};
use crate::boot::{AppendedPartition, BootImage, BootSource};
use crate::tree::{ContentId, FileSystems, NodeKind, Tree};
use crate::{Error, Result};

/// Where partition records begin in a master boot record.
pub(super) const RECORDS: usize = 446;

/// Of what an import does not read, in a new image and in a further session.
const NOT_READ: &str = "it is not read here, and tells of places in the image";
const EARLIER_STATE: &str = "what lies in it shows the earlier state";
/// Of a partition with the image.
const CUT_OFF: &str = "it cannot reach the new session, for another partition lies behind it: who mounts it by itself cannot \
                       read it";

/// Where things lie on the disk that the image is.
pub(in crate::boot) struct Ground<'a> {
    /// Where the disk ends.
    pub(in crate::boot) end: Sector,
    /// Where the backup of the GPT lies.
    pub(in crate::boot) backup: Option<Extent>,
    /// Where the volume of HFS+ lies.
    pub(in crate::boot) hfs_plus: Option<Extent>,
    /// First sector and bytes of something.
    pub(in crate::boot) place_of: &'a dyn Fn(BootSource) -> Result<(Sector, u64)>,
}

/// First block and blocks.
type Range = (u64, u64);

impl KeptSystemArea {
    /// Contents that lie behind all files.
    pub(crate) fn appended(&self) -> &[AppendedPartition] {
        &self.appended
    }

    /// What the boot code starts, as a boot image that is told of its place as that was.
    pub(in crate::boot) fn started_image(&self) -> Option<BootImage> {
        let KeptCode { source, boot_info_table, grub2_boot_info, .. } = self.code?;
        Some(BootImage { boot_info_table, grub2_boot_info, ..BootImage::new(source, PlatformId::X86) })
    }

    /// Whether a partition is that of the volume of HFS+ that the image has.
    pub(crate) fn has_hfs_plus(&self) -> bool {
        self.partitions.iter().any(|partition| partition.span == Span::HfsPlus)
    }

    /// What partitions hold that are in a table with the volume of HFS+ that the image has.
    pub(in crate::boot) fn beside_hfs_plus(&self) -> impl Iterator<Item = BootSource> + '_ {
        let has_volume =
            |table| self.partitions.iter().any(|other| other.table == table && other.span == Span::HfsPlus);
        let beside = self.partitions.iter().filter(move |one| has_volume(one.table));
        beside.filter_map(|one| one.span.source())
    }

    /// What is a partition of a GPT, and cuts the one that can be mounted by itself.
    pub(in crate::boot) fn cutting_image(&self) -> impl Iterator<Item = BootSource> + '_ {
        let of_gpt = || self.partitions.iter().filter(|one| one.table == PartitionTableKind::Gpt);
        let is_cut = of_gpt().any(|one| one.span == Span::Gap && one.shows_image_by_itself());
        of_gpt().filter(move |_| is_cut).filter_map(|one| one.span.source())
    }

    /// What the partitions hold that is in a file or a boot image.
    pub(in crate::boot) fn sources(&self) -> impl Iterator<Item = BootSource> + '_ {
        self.partitions.iter().filter_map(|partition| partition.span.source())
    }

    /// These, and what the boot code is told of.
    pub(super) fn all_sources(&self) -> impl Iterator<Item = BootSource> + '_ {
        let of_block = self.boot_block.iter().flat_map(KeptBootBlock::sources);
        self.sources().chain(self.code.map(|code| code.source)).chain(of_block)
    }

    /// The same with what stands for files that were removed.
    pub(super) fn under(&self, successors: &Successors) -> KeptSystemArea {
        let mut area = self.clone();
        let source = |source| match source {
            BootSource::Appended(number) => {
                let partition = self.appended.iter().find(|one| one.number == number);
                let given_again = partition.and_then(|one| successors.content(one.content));
                given_again.map_or(source, BootSource::File)
            }
            source => successors.source(source),
        };
        area.appended.retain(|one| successors.content(one.content).is_none());
        area.code = self.code.map(|code| KeptCode { source: source(code.source), ..code });
        area.boot_block = self.boot_block.as_ref().map(|block| block.under(successors));
        for partition in &mut area.partitions {
            if let Span::Thing(thing, unit) = partition.span {
                partition.span = Span::Thing(source(thing), unit);
            }
        }
        area
    }

    /// Where the image ended that it is of.
    pub(in crate::boot) fn image_end(&self) -> Sector {
        Sector::new(u32::try_from(self.blocks / BLOCKS).unwrap_or(u32::MAX))
    }

    /// Says that it is to be on another image, which ends there so far.
    pub(crate) fn set_image_end(&mut self, end: Sector) {
        self.blocks = u64::from(end.get()) * BLOCKS;
    }

    /// Where the partition with the image, or with what others leave of it, begins that has volume descriptors of its
    /// own, or else the volume that is in none of its own.
    pub(super) fn partition_offset(&self) -> SectorCount {
        let start = self.partitions.iter().find(|one| one.shows_image_by_itself());
        let volume = self.second_volume.map_or(0, |sector| u64::from(sector.get()));
        let start = start.map_or(volume, |partition| partition.start / BLOCKS);
        SectorCount::new(u32::try_from(start).unwrap_or_default())
    }

    /// Bytes of the array of the GPT that there is.
    pub(in crate::boot) fn gpt_array_len(&self) -> Option<usize> {
        self.gpt.as_ref().map(|header| header.entries as usize * GptPartition::LEN)
    }

    /// What cannot be kept, if everything `moves`, and if only the end of the image does, beside these file systems. A
    /// volume of HFS+ can, if it is made anew.
    pub(super) fn losses(&self, tree: &Tree, moves: bool, file_systems: FileSystems) -> Vec<BootLoss> {
        let has_hfs_plus = file_systems.contains(FileSystems::HFS_PLUS);
        let has_iso9660 = file_systems.contains(FileSystems::ISO9660);
        let mut losses = Vec::new();
        let damaged = self.damaged.iter().cloned();
        losses.extend(damaged.map(|(table, reason)| BootLoss::Table { table, reason }));
        if moves {
            losses.extend(self.code_loss.iter().map(|reason| BootLoss::Code { reason: reason.clone() }));
            losses.extend(self.unknown.map(|offset| BootLoss::SystemArea { offset }));
        }
        losses.extend(self.volume.map(|kind| {
            let reason = if moves { NOT_READ } else { EARLIER_STATE };
            outdated(BootLoss::Volume { kind, reason: reason.to_owned() }, !moves)
        }));
        if self.code.is_some_and(|code| moves && !is_there(tree, code.source)) {
            losses.push(BootLoss::Code { reason: "the boot image that it is told of is removed".to_owned() });
        }
        if !moves && self.code_loss.is_some() && boot_block::is_sun(&self.area) {
            let reason = "the partitions of a disk label of SPARC end with the earlier session".to_owned();
            losses.push(outdated(BootLoss::Code { reason }, true));
        }
        let of_block = self.boot_block.as_ref().and_then(|block| block.loss(tree));
        losses.extend(of_block.map(|reason| BootLoss::Code { reason }));
        losses.extend(self.second_volume.filter(|_| !moves || !has_iso9660).map(|start| {
            let reason = if moves { NO_ISO9660 } else { "it shows the earlier state" };
            outdated(BootLoss::SecondVolume { start, reason: reason.to_owned() }, !moves)
        }));
        for partition in &self.partitions {
            let &Partition { table, number, .. } = partition;
            if let (Span::Unknown, Some(kind)) = (partition.span, partition.own.apple()) {
                let reason = match (moves, has_hfs_plus) {
                    (false, _) => EARLIER_STATE.to_owned(),
                    (true, false) => {
                        format!(
                            "{NOT_READ}; with HFS+ among the file systems of a remastered image, one is made in its place"
                        )
                    }
                    (true, true) => continue,
                };
                let reason = format!("it has a file system of {kind}: {reason}");
                losses.push(outdated(BootLoss::Partition { table, number, reason }, !moves));
                continue;
            }
            if partition.span == Span::Unknown && moves && partition.end() > self.blocks {
                let reason = format!(
                    "it ends at block {}, behind the state that is imported, which ends at block {}",
                    partition.end(),
                    self.blocks
                );
                losses.push(BootLoss::Partition { table, number, reason });
                continue;
            }
            let reason = match partition.span {
                Span::Thing(source, _) if moves && !is_there(tree, source) => {
                    "the file that lies in it is removed"
                }
                Span::Unknown if moves => {
                    "what lies in it is no file and no boot image, and may tell of places in the image"
                }
                Span::Unfit if moves => NO_FAT,
                Span::Unknown | Span::Unfit => EARLIER_STATE,
                _ if partition.shows_image_by_itself() && moves && !has_iso9660 => {
                    "it has volume descriptors of ISO 9660 of its own, and that is not among the file systems"
                }
                _ if partition.shows_image_by_itself()
                    && moves
                    && partition.start != u64::from(self.partition_offset().get()) * BLOCKS =>
                {
                    "it has volume descriptors of its own, and would have none: it cannot be mounted by itself"
                }
                _ if partition.shows_image_by_itself() && !moves => {
                    "it has volume descriptors of its own, which show the earlier state"
                }
                Span::Image(_)
                    if !moves && self.has_type(partition) && self.ends_before_others(partition) =>
                {
                    CUT_OFF
                }
                _ => continue,
            };
            losses.push(outdated(BootLoss::Partition { table, number, reason: reason.to_owned() }, !moves));
        }
        losses
    }

    /// Partitions of a table, their numbers, of which two overlap as recorded, apart from what holds the image.
    pub(super) fn overlapping(&self, table: PartitionTableKind) -> Vec<(usize, usize)> {
        let of_table = self.partitions.iter().filter(|one| one.table == table && one.has_its_blocks_alone());
        let recorded: Vec<_> = of_table.map(|one| (one.number, (one.start, one.blocks))).collect();
        overlaps(&recorded)
    }

    /// Makes zeros of the boot code.
    pub(super) fn drop_code(&mut self) {
        self.code = None;
        let code = self.code_range();
        self.area[code].fill(0);
    }

    /// Whether a partition with the image cannot end farther back, for others lie there.
    fn ends_before_others(&self, partition: &Partition) -> bool {
        let is_before_appended = partition.span == Span::Image(ImageEnd::Files)
            && self.appended_behind(partition).next().is_some();
        is_before_appended || self.behind(partition).next().is_some()
    }

    /// What was appended behind the files of a partition with the image: not what lies among these, and was one before it was removed.
    fn appended_behind<'a>(
        &'a self,
        partition: &'a Partition,
    ) -> impl Iterator<Item = &'a AppendedPartition> {
        self.appended.iter().filter(move |one| self.within(partition, one).is_none())
    }

    /// The partition within another one in which something lies that was appended.
    fn within(&self, partition: &Partition, appended: &AppendedPartition) -> Option<&Partition> {
        let is_of = |other: &&Partition| matches!(other.span, Span::Thing(BootSource::Appended(number), _) if number == appended.number);
        let is_within = |other: &&Partition| partition.start <= other.start && other.end() <= partition.end();
        self.partitions.iter().filter(is_of).find(is_within)
    }

    /// Whether it is a partition for others than Linux, which goes by lengths alone: for them, type 0x00 says that there is
    /// none. What such a one cannot reach is told, and is no reason to refuse anything.
    pub(super) fn has_type(&self, partition: &Partition) -> bool {
        let at = RECORDS + (partition.number - 1) * PartitionRecord::LEN;
        partition.table != PartitionTableKind::Mbr
            || PartitionRecord::parse(&self.area[at..]).is_ok_and(|(_, record)| record.is_used())
    }

    /// Partitions with the image of no type that cannot reach a further session.
    pub(super) fn cut_off_without_type(&self) -> impl Iterator<Item = BootLoss> + '_ {
        let with_image = self.partitions.iter().filter(|one| matches!(one.span, Span::Image(_)));
        with_image.filter(|one| !self.has_type(one) && self.ends_before_others(one)).map(cut_off)
    }

    /// Partitions with the image that cannot reach the session that this is written with, for what lies behind them `stays`
    /// where it is; those that [have a type](KeptSystemArea::has_type), or the others.
    pub(crate) fn cut_off(
        &self,
        stays: &dyn Fn(ContentId) -> bool,
        tree: &Tree,
        has_type: bool,
    ) -> Vec<BootLoss> {
        let of = |source| content_of_source(tree, &self.appended, source).ok();
        let source_stays = |source: BootSource| of(source).is_some_and(stays);
        let is_cut = |partition: &&Partition| {
            let Span::Image(end) = partition.span else { return false };
            let is_before_appended =
                end == ImageEnd::Files && self.appended_behind(partition).any(|one| stays(one.content));
            let is_before_others =
                || self.behind(partition).any(|other| other.span.source().is_some_and(source_stays));
            self.has_type(partition) == has_type && (is_before_appended || is_before_others())
        };
        self.partitions.iter().filter(is_cut).map(cut_off).collect()
    }

    /// The same without what the tree has no longer, and, if everything `moves`, without what is not understood.
    pub(super) fn in_tree(&self, tree: &Tree, moves: bool, has_hfs_plus: bool) -> KeptSystemArea {
        let mut kept = self.clone();
        for partition in &mut kept.partitions {
            match partition.span {
                Span::Thing(source, _) if moves && !is_there(tree, source) => partition.span = Span::Gone,
                Span::Unfit if moves => partition.span = Span::Gone,
                Span::Unknown if moves => {
                    partition.span = match partition.own.apple().is_some() && has_hfs_plus {
                        true => Span::HfsPlus,
                        false => Span::Gone,
                    };
                }
                _ => {}
            }
        }
        let lost_block = kept.boot_block.as_ref().is_some_and(|block| block.loss(tree).is_some());
        if lost_block {
            kept.boot_block = None;
        }
        if moves {
            let is_gone = kept.code.is_some_and(|code| !is_there(tree, code.source));
            if is_gone || lost_block || kept.code_loss.is_some() {
                kept.drop_code();
            }
            kept.clear_unaccounted();
        }
        kept
    }

    /// The system area, and the sectors of the backup if there is a GPT.
    pub(in crate::boot) fn encode(&self, on: &Ground<'_>) -> Result<(Vec<u8>, Vec<u8>)> {
        let mut area = self.area.clone();
        if let Some(KeptCode { source, behind, .. }) = self.code {
            let address = u64::from((on.place_of)(source)?.0.get()) * BLOCKS + behind;
            LittleEndian::write_u64(&mut area[MasterBootRecord::IMAGE_ADDRESS..], address);
        }
        if let Some(block) = &self.boot_block {
            block.encode(on, self.disk_blocks, &mut area)?;
        }
        self.encode_mbr(on, &mut area)?;
        if let Some(map) = self.map {
            self.encode_map(on, map, &mut area)?;
        }
        let backup = match (&self.gpt, on.backup) {
            (Some(header), Some(backup)) => self.encode_gpt(on, header, backup, &mut area)?,
            _ => Vec::new(),
        };
        Ok((area, backup))
    }

    /// The partitions of a table, each with its new range; `None` for one that is left out.
    fn ranges(
        &self,
        on: &Ground<'_>,
        table: PartitionTableKind,
        (first, end): (u64, u64),
    ) -> Result<Vec<(&Partition, Option<Range>)>> {
        let mut ranges = Vec::new();
        for partition in self.partitions.iter().filter(|partition| partition.table == table) {
            ranges.push((partition, self.range(on, partition, end)?));
        }
        // What is left over goes to those that are there for it. What lies behind all files is no gap, though it may be a
        // partition of another table only.
        let appended = self.appended.iter().map(|one| (on.place_of)(BootSource::Appended(one.number)));
        let mut taken: Vec<Range> = ranges.iter().filter_map(|(_, range)| *range).collect();
        for place in appended {
            let (sector, len) = place?;
            taken.push((u64::from(sector.get()) * BLOCKS, blocks_of(len, 1)));
        }
        let mut free = left_over((first, end), taken).into_iter();
        for (partition, range) in &mut ranges {
            if partition.span == Span::Gap {
                *range = free.next();
            }
        }
        let recorded = self.overlapping(table);
        let placed: Vec<_> = ranges
            .iter()
            .filter(|(partition, _)| partition.has_its_blocks_alone())
            .filter_map(|(partition, range)| Some((partition.number, (*range)?)))
            .collect();
        match overlaps(&placed).into_iter().find(|pair| !recorded.contains(pair)) {
            Some((first, second)) => Err(Error::PartitionsOverlap { table, first, second }),
            None => Ok(ranges),
        }
    }

    /// `end`: first block behind those that the table has for partitions.
    fn range(&self, on: &Ground<'_>, partition: &Partition, end: u64) -> Result<Option<Range>> {
        let &Partition { table, start, blocks, span, .. } = partition;
        Ok(match span {
            Span::Fixed | Span::Unknown | Span::Unfit => Some((start, blocks)),
            Span::Gap | Span::Gone => None,
            Span::HfsPlus => on
                .hfs_plus
                .map(|volume| (u64::from(volume.start.get()) * BLOCKS, u64::from(volume.len.get()) * BLOCKS)),
            Span::Thing(source, unit) => {
                let (sector, len) = (on.place_of)(source)?;
                Some((u64::from(sector.get()) * BLOCKS, blocks_of(len, unit)))
            }
            Span::Image(ImageEnd::Unlimited) => Some((start, blocks)),
            Span::Image(ImageEnd::Disk) => {
                let end = self.before_others(on, partition, u64::from(on.end.get()) * BLOCKS)?;
                Some((start, end.saturating_sub(start)))
            }
            Span::Image(ImageEnd::Files) => {
                let mut end = end;
                if table == PartitionTableKind::Mbr && on.backup.is_some() {
                    end = end.min(on.backup.map_or(end, |backup| u64::from(backup.start.get()) * BLOCKS));
                }
                for appended in &self.appended {
                    let (sector, _) = (on.place_of)(BootSource::Appended(appended.number))?;
                    let at = u64::from(sector.get()) * BLOCKS;
                    if self.within(partition, appended).is_none_or(|within| within.start != at) {
                        end = end.min(at);
                    }
                }
                let end = self.before_others(on, partition, end)?;
                Some((start, end.saturating_sub(start)))
            }
        })
    }

    /// Partitions that the table has behind that one.
    fn behind<'a>(&'a self, partition: &'a Partition) -> impl Iterator<Item = &'a Partition> {
        let end = partition.start.saturating_add(partition.blocks);
        let others = self.partitions.iter().filter(move |other| other.table == partition.table);
        others.filter(move |other| other.start >= end && other.has_its_blocks_alone())
    }

    /// `end`, or where those begin that lay behind a partition with the image, and still do: files may move into it.
    fn before_others(&self, on: &Ground<'_>, partition: &Partition, mut end: u64) -> Result<u64> {
        for other in self.behind(partition) {
            let start = match other.span {
                Span::Thing(source, _) => u64::from((on.place_of)(source)?.0.get()) * BLOCKS,
                Span::Unknown | Span::Unfit => other.start,
                _ => continue,
            };
            if start == other.start || matches!(other.span, Span::Thing(BootSource::Appended(_), _)) {
                end = end.min(start);
            }
        }
        Ok(end)
    }

    fn encode_mbr(&self, on: &Ground<'_>, area: &mut [u8]) -> Result<()> {
        let disk = u64::from(on.end.get()) * BLOCKS;
        for (partition, range) in self.ranges(on, PartitionTableKind::Mbr, (0, disk))? {
            let at = RECORDS + (partition.number - 1) * PartitionRecord::LEN;
            let record = &mut area[at..at + PartitionRecord::LEN];
            let Some((start, blocks)) = range else {
                record.fill(0);
                continue;
            };
            if (start, blocks) == (partition.start, partition.blocks) {
                continue;
            }
            let number = |value: u64| {
                u32::try_from(value)
                    .map_err(|_| wrong("partition", "it passes the 2 TiB that a master boot record can say"))
            };
            let geometry = geometry_of(record, partition, disk);
            record[1..4].copy_from_slice(&Chs::of_block(start, geometry).0);
            record[5..8].copy_from_slice(&Chs::of_block((start + blocks).saturating_sub(1), geometry).0);
            LittleEndian::write_u32(&mut record[8..12], number(start)?);
            LittleEndian::write_u32(&mut record[12..16], number(blocks)?);
        }
        debug_assert!(area.len() >= MASTER_BOOT_RECORD_LEN);
        Ok(())
    }

    fn encode_gpt(
        &self,
        on: &Ground<'_>,
        header: &GptHeader,
        backup: Extent,
        area: &mut [u8],
    ) -> Result<Vec<u8>> {
        let usable = u64::from(backup.start.get()) * BLOCKS;
        let mut array = array_of(area, header).unwrap_or_default().to_vec();
        // A gap with volume descriptors begins with these.
        let descriptors = self.partitions.iter().find(|partition| {
            partition.table == PartitionTableKind::Gpt
                && partition.span == Span::Gap
                && partition.shows_image_by_itself()
        });
        let first = descriptors.map_or(header.first_usable, |partition| partition.start);
        for (partition, range) in self.ranges(on, PartitionTableKind::Gpt, (first, usable))? {
            let entry = &mut array[(partition.number - 1) * GptPartition::LEN..][..GptPartition::LEN];
            match range.filter(|(_, blocks)| *blocks > 0) {
                Some((start, blocks)) => {
                    LittleEndian::write_u64(&mut entry[32..40], start);
                    LittleEndian::write_u64(&mut entry[40..48], start.saturating_add(blocks - 1));
                }
                None => entry.fill(0),
            }
        }
        let header = GptHeader {
            own: 1,
            alternate: u64::from(on.end.get()) * BLOCKS - 1,
            last_usable: usable - 1,
            array_crc: partition_array_crc(&array),
            ..*header
        };
        area[BLOCK..2 * BLOCK].copy_from_slice(&header.encode());
        area[header.array as usize * BLOCK..][..array.len()].copy_from_slice(&array);
        Ok(backup_of(&header, &array, backup))
    }

    fn encode_map(&self, on: &Ground<'_>, map: Map, area: &mut [u8]) -> Result<()> {
        let unit = (map.block_len / BLOCK) as u64;
        let disk = u64::from(on.end.get()) * BLOCKS;
        let kept: Vec<_> = self
            .ranges(on, PartitionTableKind::Apple, (AREA_BLOCKS, disk))?
            .into_iter()
            .filter_map(|(partition, range)| Some((partition, range?)))
            .collect();
        let entries: Vec<Vec<u8>> = kept
            .iter()
            .map(|(partition, (start, blocks))| {
                let mut entry = self.area[partition.number * map.block_len..][..BLOCK].to_vec();
                let number = |value: u64| u32::try_from(value.div_ceil(unit)).unwrap_or(u32::MAX);
                let was = BigEndian::read_u32(&entry[12..16]);
                if BigEndian::read_u32(&entry[84..88]) == was {
                    BigEndian::write_u32(&mut entry[84..88], number(*blocks));
                }
                BigEndian::write_u32(&mut entry[4..8], kept.len() as u32);
                BigEndian::write_u32(&mut entry[8..12], number(*start));
                BigEndian::write_u32(&mut entry[12..16], number(*blocks));
                entry
            })
            .collect();
        for number in 1..=map.entries {
            let place = &mut area[number * map.block_len..][..BLOCK];
            match entries.get(number - 1) {
                Some(entry) => place.copy_from_slice(entry),
                None => place.fill(0),
            }
        }
        if let Ok((_, head)) = DriverDescriptorMap::parse(&self.area)
            && u64::from(head.blocks) == self.disk_blocks / unit
        {
            // In the place of boot code it is another number, which is run.
            let blocks = u32::try_from(disk / unit).unwrap_or(u32::MAX);
            let head = DriverDescriptorMap { blocks, ..head };
            area[..DriverDescriptorMap::LEN].copy_from_slice(&head.encode());
        }
        Ok(())
    }
}

/// The geometry that a partition record counts by, or one that fits.
fn geometry_of(record: &[u8], partition: &Partition, disk: u64) -> Geometry {
    let last = (partition.start + partition.blocks).saturating_sub(1);
    [Geometry::MEBIBYTE, Geometry::LARGEST]
        .into_iter()
        .find(|&geometry| Chs::of_block(last, geometry).0 == record[5..8])
        .unwrap_or(Geometry::for_blocks(disk))
}

/// Whether something has a place in the image.
pub(super) fn is_there(tree: &Tree, source: BootSource) -> bool {
    match source {
        BootSource::File(node) => tree.holds(node) && matches!(tree.kind(node), NodeKind::File(_)),
        BootSource::Content(_) | BootSource::Appended(_) => true,
    }
}

fn cut_off(&Partition { table, number, .. }: &Partition) -> BootLoss {
    outdated(BootLoss::Partition { table, number, reason: CUT_OFF.to_owned() }, true)
}

/// What stays as it is, or else a loss.
fn outdated(loss: BootLoss, stays: bool) -> BootLoss {
    if stays { BootLoss::Outdated(Box::new(loss)) } else { loss }
}
