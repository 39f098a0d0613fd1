//! The boot block of a machine that is no PC, pointed at where its files lie now.

use iso9660::system_area::{
    AlphaBootBlock, DISK_BLOCK, DecBootBlock, PaloBlock, PaloFile, SgiVolumeHeader, SunDiskLabel,
};
use sector_io::SECTOR_SIZE;

use super::landmarks::{Landmarks, Thing};
use super::repoint::{Ground, is_there};
use super::successors::Successors;
use super::system_area::BLOCKS;
use crate::Result;
use crate::boot::BootSource;
use crate::boot::catalog::wrong;
use crate::plan::file_content;
use crate::tree::{ContentId, Tree};

/// Sectors of a file in front of the one that an address points at: those of a program begin behind its head.
const HEAD: u32 = 16;

/// A boot block that says nothing beside what its structure has.
#[derive(Clone, Debug, PartialEq, Eq)]
enum BootBlock {
    Sgi(Box<SgiVolumeHeader>),
    Dec(Box<DecBootBlock>),
    Palo(Box<PaloBlock>),
    Alpha(Box<AlphaBootBlock>),
    /// With one partition, which is all of the disk.
    Sun(Box<SunDiskLabel>),
}

/// A boot block of which all is known that it says of places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeptBootBlock {
    block: BootBlock,
    files: Vec<BootFile>,
}

/// What an address points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BootFile {
    /// Its number among those of the block.
    number: usize,
    source: BootSource,
    /// Bytes of the file before that.
    behind: u64,
    /// What was in the file, if the block says more of that than its place and length.
    content: Option<ContentId>,
}

const BLOCK: u64 = DISK_BLOCK as u64;

/// Why a block without lengths is not pointed at another file.
const SAYS_HOW: &str = "it says how the file is to be loaded that is replaced";

impl BootBlock {
    /// The one that a system area begins with.
    fn detect(area: &[u8]) -> Option<BootBlock> {
        let found = if let Ok((_, (header, _))) = SgiVolumeHeader::parse(area) {
            BootBlock::Sgi(Box::new(header))
        } else if let Ok((_, block)) = DecBootBlock::parse(area) {
            BootBlock::Dec(Box::new(block))
        } else if let Ok((_, block)) = PaloBlock::parse(area) {
            BootBlock::Palo(Box::new(block))
        } else if let Ok((_, (label, _))) = SunDiskLabel::parse(area) {
            BootBlock::Sun(Box::new(label))
        } else {
            let (_, (block, _)) = AlphaBootBlock::parse(area).ok()?;
            BootBlock::Alpha(Box::new(block))
        };
        let is_known = match &found {
            BootBlock::Dec(block) => block.extents().len() == 1,
            BootBlock::Alpha(block) => block.start > 0,
            BootBlock::Sun(label) => label.partitions[1..].iter().all(|partition| partition.blocks == 0),
            BootBlock::Sgi(_) | BootBlock::Palo(_) => true,
        };
        (is_known && area.starts_with(&found.encode())).then_some(found)
    }

    fn encode(&self) -> Vec<u8> {
        match self {
            BootBlock::Sgi(header) => header.encode().to_vec(),
            BootBlock::Dec(block) => block.encode().to_vec(),
            BootBlock::Palo(block) => block.encode().to_vec(),
            BootBlock::Alpha(block) => block.encode().to_vec(),
            BootBlock::Sun(label) => label.encode().to_vec(),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            BootBlock::Sgi(_) => "volume header of MIPS",
            BootBlock::Dec(_) => "boot block of DECstations",
            BootBlock::Palo(_) => "boot block of PA-RISC",
            BootBlock::Alpha(_) => "boot block of Alpha",
            BootBlock::Sun(_) => "disk label of SPARC",
        }
    }

    /// The bytes of the disk that its addresses point at; 0 is none.
    fn addresses(&self) -> Vec<u64> {
        match self {
            BootBlock::Sgi(header) => {
                header.directory.iter().map(|entry| u64::from(entry.start) * BLOCK).collect()
            }
            BootBlock::Dec(block) => vec![u64::from(block.map[0].start) * BLOCK],
            BootBlock::Palo(block) => [block.kernel32, block.kernel64, block.ramdisk, block.loader]
                .map(|file| file.start.into())
                .to_vec(),
            BootBlock::Alpha(block) => vec![block.start.saturating_mul(BLOCK)],
            BootBlock::Sun(_) => Vec::new(),
        }
    }

    /// Whether the lengths of files stand beside their addresses. Where not, these may point into a file.
    fn has_lengths(&self) -> bool {
        !matches!(self, BootBlock::Dec(_))
    }

    /// Points an address at a byte of the disk, with a file of so many bytes. `None` where there is no room for the numbers.
    fn point(&mut self, number: usize, byte: u64, len: u64) -> Option<()> {
        let number_of = |value: u64| u32::try_from(value).ok();
        match self {
            BootBlock::Sgi(header) => {
                let entry = header.directory.get_mut(number)?;
                (entry.start, entry.len) = (number_of(byte / BLOCK)?, number_of(len)?);
            }
            BootBlock::Dec(block) => block.map[0].start = number_of(byte / BLOCK)?,
            BootBlock::Palo(block) => {
                let file = PaloFile { start: number_of(byte)?, len: number_of(len)? };
                match number {
                    0 => block.kernel32 = file,
                    1 => block.kernel64 = file,
                    2 => block.ramdisk = file,
                    _ => block.loader = file,
                }
            }
            BootBlock::Alpha(block) => (block.start, block.blocks) = (byte / BLOCK, len.div_ceil(BLOCK)),
            BootBlock::Sun(_) => {}
        }
        Some(())
    }

    /// Says how many blocks the disk has, in partitions that had as many as it.
    fn set_blocks(&mut self, before: u64, blocks: u64) {
        let blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
        let all = |had: u32| u64::from(had) == before;
        match self {
            BootBlock::Sgi(header) => {
                let whole = header.partitions.iter_mut().filter(|one| one.start == 0 && all(one.blocks));
                whole.for_each(|one| one.blocks = blocks);
            }
            BootBlock::Sun(label) if all(label.partitions[0].blocks) => label.partitions[0].blocks = blocks,
            _ => {}
        }
    }
}

/// The first block of a system area with a disk label of SPARC, of however many partitions.
pub(super) fn is_sun(area: &[u8]) -> bool {
    SunDiskLabel::parse(area).is_ok()
}

/// Bytes of the boot block that a system area begins with: of one block, where none is known.
pub(super) fn head_len(area: &[u8]) -> usize {
    BootBlock::detect(area).map_or(DISK_BLOCK as usize, |block| block.encode().len())
}

/// Sectors where a file may begin that has the byte, the nearest first.
fn begins(byte: u64, has_lengths: bool) -> impl Iterator<Item = u32> {
    let sector = u32::try_from(byte / SECTOR_SIZE as u64).ok();
    let head = if has_lengths { 0 } else { HEAD };
    sector.into_iter().flat_map(move |sector| (0..=head).filter_map(move |before| sector.checked_sub(before)))
}

/// Sectors where the files of a boot block may begin.
pub(super) fn places(area: &[u8]) -> impl Iterator<Item = u32> {
    BootBlock::detect(area).into_iter().flat_map(|block| {
        let has_lengths = block.has_lengths();
        let used = block.addresses().into_iter().filter(|byte| *byte > 0);
        used.flat_map(move |byte| begins(byte, has_lengths))
    })
}

impl KeptBootBlock {
    /// That of a system area, if there is one; `Err` where it points at what is not known.
    pub(super) fn read(
        area: &[u8],
        tree: &Tree,
        landmarks: &Landmarks,
    ) -> Option<std::result::Result<KeptBootBlock, String>> {
        let block = BootBlock::detect(area)?;
        let (kind, has_lengths) = (block.name(), block.has_lengths());
        let used = block.addresses().into_iter().enumerate().filter(|(_, byte)| *byte > 0);
        let found = used.map(|(number, byte)| {
            let mut things =
                begins(byte, has_lengths).filter_map(|sector| Some((sector, landmarks.at(sector)?)));
            let found = things.next().and_then(|(sector, Thing { source, len })| {
                let behind = byte - u64::from(sector) * SECTOR_SIZE as u64;
                let is_in = behind == 0 || !has_lengths && behind < len;
                is_in.then_some((sector, source, behind))
            });
            let (sector, source, behind) =
                found.ok_or_else(|| format!("{kind}: what it is told of, at byte {byte}, is no file"))?;
            if !has_lengths && landmarks.replacement(sector).is_some() {
                return Err(format!("{kind}: {SAYS_HOW}"));
            }
            let content = match source {
                BootSource::File(node) if !has_lengths => file_content(tree, node),
                _ => None,
            };
            Ok(BootFile { number, source, behind, content })
        });
        Some(found.collect::<std::result::Result<_, _>>().map(|files| KeptBootBlock { block, files }))
    }

    /// What it is told of.
    pub(super) fn sources(&self) -> impl Iterator<Item = BootSource> + '_ {
        self.files.iter().map(|file| file.source)
    }

    /// The same with what stands for files that were removed.
    pub(super) fn under(&self, successors: &Successors) -> KeptBootBlock {
        let mut block = self.clone();
        block.files.iter_mut().for_each(|file| file.source = successors.source(file.source));
        block
    }

    /// Why it cannot be kept, if so.
    pub(super) fn loss(&self, tree: &Tree) -> Option<String> {
        let reason = self.files.iter().find_map(|file| match (file.source, file.content) {
            (source, _) if !is_there(tree, source) => Some("a file that it is told of is removed"),
            (BootSource::File(node), Some(content)) if file_content(tree, node) != Some(content) => {
                Some(SAYS_HOW)
            }
            _ => None,
        });
        reason.map(|reason| format!("{}: {reason}", self.block.name()))
    }

    /// Points it at where things lie on a disk that had `before` blocks.
    pub(super) fn encode(&self, on: &Ground<'_>, before: u64, area: &mut [u8]) -> Result<()> {
        let mut block = self.block.clone();
        for file in &self.files {
            let (start, len) = (on.place_of)(file.source)?;
            let pointed = block.point(file.number, start.byte_offset() + file.behind, len);
            pointed.ok_or_else(|| wrong(block.name(), "a file lies beyond what it can say"))?;
        }
        block.set_blocks(before, u64::from(on.end.get()) * BLOCKS);
        let bytes = block.encode();
        area[..bytes.len()].copy_from_slice(&bytes);
        Ok(())
    }
}
