//! The head of a medium of which every sector can be written again: what is kept of it before a further session is
//! written, and what comes to describe that session when it is there.
//!
//! The head are sectors 0 to 31, with the descriptors of ISO 9660 and the recognition sequence of UDF, and sector 256
//! with UDF's anchor.

use std::collections::BTreeSet;

use iso9660::volume::VolumeDescriptorSetTerminator;
use md5::{Digest as _, Md5};
use multisession::{FIRST_START, HEAD_SECTORS, Head, NextSession, START_ALIGNMENT};
use sector_io::{Extent, ReadSectors, SECTOR_SIZE, Sector, SectorCount};
use udf::volume::VolumeStructureDescriptor;

use crate::boot::system_area_of_head;
use crate::disc::udf::{anchor_at, is_continuable};
use crate::disc::{Disc, found_by, is_own, may_be_missing};
use crate::md5_tags::{ChecksumTag, Md5Piece, TagKind};
use crate::plan::{LayoutPlan, SYSTEM_AREA, UdfOptions};
use crate::recover::is_mendable;
use crate::tree::FileSystems;
use crate::{Error, Result};

/// Where readers of UDF look first (ECMA-167 3/8.4.2.1).
pub(crate) const ANCHOR: Sector = Sector::new(256);

/// Where a copy of the head has the anchor, counted from its beginning: its last sector.
pub(crate) const KEPT_ANCHOR: SectorCount = SectorCount::new(HEAD_SECTORS.get() - 1);

/// The volume descriptors begin here.
pub(crate) const DESCRIPTORS: Sector = Sector::new(SYSTEM_AREA.get());

/// Sectors that are written together, and may get lost together, on every medium.
const BLOCK: SectorCount = HEAD_SECTORS;

/// What is written beside a session: before it the present head, where a copy is kept in front, and zeros over what was left of
/// erased ones; afterwards what makes it the newest one.
pub(crate) struct Beside {
    pub(crate) before: Vec<(Sector, Vec<u8>)>,
    pub(crate) head: Vec<(Sector, Vec<u8>)>,
}

impl Beside {
    /// # Errors
    /// [`Error::ImportRead`].
    pub(crate) fn new(
        disc: &Disc,
        next: &NextSession,
        end: Option<Sector>,
        head: Vec<(Sector, Vec<u8>)>,
    ) -> Result<Beside> {
        let source = disc.source().as_ref();
        let kept = next.head_copy.map(|at| Ok::<_, Error>((at, kept(source)?))).transpose()?;
        let unit = START_ALIGNMENT.max(next.alignment);
        let behind = end.and_then(|end| end.align_up(unit)).filter(|_| next.head != Head::None);
        let erased = behind.map(|behind| erased(disc, next, behind)).unwrap_or_default();
        let zeros = erased.into_iter().map(|at| (at, vec![0; BLOCK.bytes() as usize]));
        Ok(Beside { before: kept.into_iter().chain(zeros).collect(), head })
    }

    /// What is written with the session of a plan, in this order, where `telling` of it comes behind the rest.
    pub(crate) fn ranges(&self, plan: &LayoutPlan<'_>, telling: &[Telling]) -> Vec<Extent> {
        let range = |(start, bytes): &(Sector, Vec<u8>)| {
            Extent::new(*start, SectorCount::for_bytes(bytes.len() as u64).unwrap_or_default())
        };
        let telling: Vec<Extent> = telling.iter().map(|one| one.block).collect();
        let rest = without(plan.extent(), &telling);
        let telling = telling.into_iter().rev();
        self.before.iter().map(range).chain(rest).chain(telling).chain(self.head.iter().map(range)).collect()
    }

    /// Sectors that are not those of the session, the later ones over those before.
    pub(crate) fn overlays(self) -> Vec<(Sector, Vec<u8>)> {
        self.before.into_iter().chain(self.head).collect()
    }
}

/// The blocks at and behind `behind`, where a session is to end, that would show an erased session as its successor: right
/// there, and, where it is the first one on the medium, what else such sessions are found by.
fn erased(disc: &Disc, next: &NextSession, behind: Sector) -> BTreeSet<Sector> {
    let source = disc.source().as_ref();
    let mut erased: BTreeSet<Sector> = Some(behind).filter(|&at| is_own(source, at)).into_iter().collect();
    if next.start == FIRST_START {
        let anchor = anchor_at(source, ANCHOR, ANCHOR).map(|_| ANCHOR);
        let found = found_by(disc).into_iter().map(|extent| extent.start);
        erased.extend(found.chain(anchor).filter(|&at| at >= behind));
    }
    erased
}

/// A block that a file system is known by, in the size that every medium takes. Until all else is on the medium, some of its
/// sectors are zeros, and the [last](Telling::last) of them are so until all others of the block are there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Telling {
    pub(crate) block: Extent,
    pub(crate) hidden: Extent,
}

impl Telling {
    /// The block with the descriptors of a session that begins there: without the first of them nobody reads the others.
    pub(crate) fn descriptors(session: Sector) -> Option<Telling> {
        let hidden = Extent::new(session.checked_add(SYSTEM_AREA)?, SectorCount::new(1));
        Some(Telling { block: Extent::new(session, BLOCK), hidden })
    }

    pub(crate) fn anchor() -> Telling {
        let hidden = Extent::new(ANCHOR, SectorCount::new(1));
        Telling { block: Extent::new(ANCHOR, BLOCK), hidden }
    }

    /// All of the head of a medium: others look for more in it than the first descriptor, partition tables for instance.
    pub(crate) fn head() -> Telling {
        let block = Extent::new(Sector::ZERO, HEAD_SECTORS);
        Telling { block, hidden: block }
    }

    /// What of the block, whose content is `bytes`, comes last: of a head its descriptors, those of ISO 9660 and the recognition
    /// sequence of UDF. They lie in one unit of recording on every medium, so that all of them come, or none.
    pub(crate) fn last(&self, bytes: &[u8]) -> Extent {
        if self.hidden != self.block {
            return self.hidden;
        }
        let is_descriptor = |sector: &[u8]| matches!(VolumeStructureDescriptor::parse(sector), Ok(Some(_)));
        let end = bytes.chunks(SECTOR_SIZE).rposition(is_descriptor).map_or(0, |number| number as u32 + 1);
        Extent::new(DESCRIPTORS, SectorCount::new(end.saturating_sub(SYSTEM_AREA.get())))
    }

    /// Data from `start` on with zeros for what of them lies there.
    pub(crate) fn without(hidden: Extent, start: Sector, data: &[u8]) -> Vec<u8> {
        let mut shown = data.to_vec();
        for (number, sector) in (start.get()..).map(Sector::new).zip(shown.chunks_mut(SECTOR_SIZE)) {
            if hidden.contains(number) {
                sector.fill(0);
            }
        }
        shown
    }

    /// The same of something that ends there; `None` where nothing of the block is in front of that.
    pub(crate) fn before(self, end: Sector) -> Option<Telling> {
        let len = end.since(self.block.start)?.min(self.block.len);
        (len > SectorCount::ZERO).then(|| Telling { block: Extent::new(self.block.start, len), ..self })
    }
}

/// What of a planned session on a medium with a head tells of it: its own descriptors, and the anchor of the medium, where that
/// lies within it.
pub(crate) fn telling(plan: &LayoutPlan<'_>) -> Vec<Telling> {
    let session = plan.extent();
    let anchor = plan.has_anchor_within(ANCHOR).then(Telling::anchor);
    let all = Telling::descriptors(session.start).into_iter().chain(anchor);
    all.filter_map(|one| one.before(session.end()?)).collect()
}

/// What of an extent lies beside others within it, which are in ascending order.
fn without(extent: Extent, others: &[Extent]) -> Vec<Extent> {
    let mut left = Vec::new();
    let mut at = extent.start;
    let end = extent.end().unwrap_or(at);
    for (start, behind) in
        others.iter().map(|other| (other.start, other.end().unwrap_or(other.start))).chain([(end, end)])
    {
        left.extend(start.since(at).map(|len| Extent::new(at, len)));
        at = behind;
    }
    left.retain(|extent| extent.len > SectorCount::ZERO);
    left
}

/// What of the head a session changes when it becomes the newest.
#[derive(Debug, Default)]
pub(crate) struct NewHead {
    /// Sectors that begin with an MD5 of the present head: they become zeros before it changes.
    stale: Vec<Sector>,
    /// For sectors 0 to 15, where partition tables are to tell of the new end.
    system_area: Option<Vec<u8>>,
    /// From sector 16 on.
    descriptors: Vec<u8>,
    /// For sector 256.
    anchor: Option<Vec<u8>>,
    /// Nothing is on the medium that has to stay.
    is_first: bool,
    /// What can be read of the head stays, and nothing else of it.
    is_rebuilt: bool,
}

impl NewHead {
    /// The head that a planned session behind those of a disc needs.
    ///
    /// # Errors
    /// [`Error::CannotAppend`] where it would overwrite what an older session keeps; [`Error::FileSystemChange`] where
    /// it would leave a file system pointing at the old state; [`Error::UdfNotWritable`]; [`Error::UdfRevisionChange`].
    pub(crate) fn new(plan: &LayoutPlan<'_>, disc: &Disc, next: &NextSession) -> Result<NewHead> {
        check_revision(plan, disc, next.head)?;
        if next.head == Head::None {
            return Ok(NewHead::default());
        }
        let source = disc.source().as_ref();
        let stale = tags(source);
        let descriptors = descriptors(plan, source, &stale)?;
        let is_first = disc.sessions().is_empty();
        let mut system_area = plan.new_system_area().map(<[u8]>::to_vec);
        if system_area.is_none() && !is_first && read(source, Extent::new(Sector::ZERO, SYSTEM_AREA)).is_err()
        {
            system_area =
                Some(system_area_of_head(disc)?.unwrap_or_else(|| vec![0; SYSTEM_AREA.bytes() as usize]));
        }
        let mut head = NewHead { stale, system_area, descriptors, anchor: None, is_first, is_rebuilt: false };
        head.add_tag(plan, source)?;
        if !head.is_first {
            head.check(plan, disc, next)?;
        }
        head.anchor = plan.anchor_for(ANCHOR)?;
        Ok(head)
    }

    /// The head of a file in which nothing is yet.
    ///
    /// # Errors
    /// Those of encoding what describes the session.
    pub(crate) fn first(plan: &LayoutPlan<'_>, empty: &dyn ReadSectors) -> Result<NewHead> {
        let descriptors = descriptors(plan, empty, &[])?;
        let system_area = plan.new_system_area().map(<[u8]>::to_vec);
        let mut head = NewHead { system_area, descriptors, is_first: true, ..NewHead::default() };
        head.add_tag(plan, empty)?;
        head.anchor = plan.anchor_for(ANCHOR)?;
        Ok(head)
    }

    /// The head that a session had, or was to have: what is lost of it, from what the session has of it itself.
    pub(crate) fn rebuilt(
        present: &dyn ReadSectors,
        system_area: Option<Vec<u8>>,
        descriptors: Vec<u8>,
        anchor: Option<Vec<u8>>,
    ) -> NewHead {
        // What cannot be read there is not to stay.
        NewHead { stale: tags(present), system_area, descriptors, anchor, is_first: true, is_rebuilt: true }
    }

    /// Adds the MD5 of system area and descriptors, if the plan has such of the session.
    fn add_tag(&mut self, plan: &LayoutPlan<'_>, present: &dyn ReadSectors) -> Result<()> {
        let session = plan.extent().start;
        let Some(md5) = plan.md5() else { return Ok(()) };
        let len = md5.place_of(Md5Piece::Superblock).since(session).unwrap_or_default();
        let area = match &self.system_area {
            Some(area) => area.clone(),
            None => match read(present, Extent::new(Sector::ZERO, SYSTEM_AREA)) {
                Err(_) if self.is_first => vec![0; SYSTEM_AREA.bytes() as usize],
                area => area?,
            },
        };
        let described = (len.bytes() - SYSTEM_AREA.bytes()) as usize;
        let at = Sector::new(len.get());
        let mut hasher = Md5::new();
        hasher.update(&area);
        hasher.update(&self.descriptors[..described]);
        let tag = ChecksumTag {
            kind: TagKind::RelocatedSuperblock,
            at,
            range: Extent::new(Sector::ZERO, len),
            link: Some(session),
            md5: hasher.finalize().into(),
        };
        self.descriptors.resize(self.descriptors.len().max(described + SECTOR_SIZE), 0);
        self.descriptors[described..described + SECTOR_SIZE].copy_from_slice(&tag.encode());
        Ok(())
    }

    /// What is written, and where, each when all before has reached the medium. An MD5 of the present head goes first. The
    /// first sector, the primary volume descriptor, makes the session the newest one: before it is there, all that readers find is the old state,
    /// whose sectors nobody overwrites behind it. Partition tables come before: the sectors that they tell of are there.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (Sector, &[u8])> {
        let (first, others) = self.descriptors.split_at(SECTOR_SIZE.min(self.descriptors.len()));
        let second = Sector::new(DESCRIPTORS.get() + 1);
        let anchor = self.anchor.as_deref().unwrap_or_default();
        let area = self.system_area.as_deref().unwrap_or_default();
        let stale = self.stale.iter().map(|at| (*at, &[0; SECTOR_SIZE][..]));
        stale
            .chain([(Sector::ZERO, area), (DESCRIPTORS, first), (second, others), (ANCHOR, anchor)])
            .filter(|(_, bytes)| !bytes.is_empty())
    }

    /// The same in blocks that every medium takes, each with what else lies in it.
    ///
    /// # Errors
    /// [`Error::ImportRead`] for what cannot be read, unless nothing is there yet.
    pub(crate) fn blocks(&self, present: &dyn ReadSectors) -> Result<Vec<(Sector, Vec<u8>)>> {
        let mut blocks: Vec<(Sector, Vec<u8>)> = Vec::new();
        for (at, bytes) in self.steps() {
            let start = Sector::new(at.get() - at.get() % BLOCK.get());
            if blocks.last().is_none_or(|block| block.0 != start) {
                blocks.push((start, self.block(present, start)?));
            }
            if let Some((_, block)) = blocks.last_mut() {
                let offset = (at.get() - start.get()) as usize * SECTOR_SIZE;
                block[offset..offset + bytes.len()].copy_from_slice(bytes);
            }
        }
        Ok(blocks)
    }

    /// A block as it is. What of it cannot be read is zeros where it is written anew, or where nothing is there yet.
    fn block(&self, present: &dyn ReadSectors, start: Sector) -> Result<Vec<u8>> {
        if let Ok(there) = read(present, Extent::new(start, BLOCK)) {
            return Ok(there);
        }
        let mut there = vec![0; BLOCK.bytes() as usize];
        for (at, sector) in (start.get()..).map(Sector::new).zip(there.chunks_exact_mut(SECTOR_SIZE)) {
            if at.get() >= present.sectors().get() {
                break;
            }
            if let Err(error) = present.read_sectors(at, sector) {
                sector.fill(0);
                let is_spare = self.is_first || self.has_sector(at);
                if !(self.is_first && !self.is_rebuilt || (is_spare && may_be_missing(&error))) {
                    return Err(error.into());
                }
            }
        }
        Ok(there)
    }

    /// Whether a sector is written anew, and not only because it lies in a block with one that is.
    fn has_sector(&self, at: Sector) -> bool {
        self.steps().any(|(step, bytes)| {
            let len = SectorCount::new((bytes.len() / SECTOR_SIZE) as u32);
            Extent::new(step, len).contains(at)
        })
    }

    /// The sectors of [`blocks`](NewHead::blocks) that cannot be read and have to become zeros, those in front of
    /// `free` aside.
    pub(crate) fn zeroed(&self, present: &dyn ReadSectors, free: Sector) -> Vec<Sector> {
        let starts = self.steps().map(|(at, _)| at.get() - at.get() % BLOCK.get());
        let starts: BTreeSet<u32> = starts.collect();
        let there = present.sectors().get();
        let sectors = starts.into_iter().flat_map(|start| start..(start + BLOCK.get()).min(there));
        let beside = sectors.map(Sector::new).filter(|&at| at >= free && !self.has_sector(at));
        beside.filter(|&at| present.read_sectors(at, &mut [0; SECTOR_SIZE]).is_err()).collect()
    }

    fn check(&self, plan: &LayoutPlan<'_>, disc: &Disc, next: &NextSession) -> Result<()> {
        let source = disc.source().as_ref();
        let refused = |reason: String| Err(Error::CannotAppend { reason });
        let changed = |reason: String| Err(Error::FileSystemChange { reason });
        let newest = disc.session(None)?;
        let set = disc.volume_set(&newest).ok();
        let planned = plan.options().file_systems;
        let udf = match &set {
            Some(set) if udf_recognised(source, set.end).is_none() => None,
            _ => disc.udf_volume(&newest)?,
        };
        let udf = udf.or_else(|| disc.udf_left_behind(&newest));
        let there =
            [(set.is_some(), FileSystems::ISO9660, "ISO 9660"), (udf.is_some(), FileSystems::UDF, "UDF")];
        if let Some((_, _, name)) =
            there.iter().find(|(is_there, set, _)| *is_there && !planned.contains(*set))
        {
            return changed(format!(
                "the earlier session has {name}, and this one would not: readers of {name} would go on showing the \
                 earlier state; take it into --fs"
            ));
        }
        if let Some((_, _, name)) =
            there.iter().find(|(is_there, set, _)| !*is_there && planned.contains(*set))
        {
            return changed(format!(
                "the earlier session has no {name}, and what its readers look for lies in sectors that are in use; \
                 leave {name} out of --fs, or build a new image"
            ));
        }
        if let Some(udf) = &udf {
            // One that cannot be read is not one that is missing.
            read(source, Extent::new(ANCHOR, SectorCount::new(1)))?;
            is_continuable(udf, source).or_else(|reason| {
                let is_lost = anchor_at(source, ANCHOR, ANCHOR).is_none() && is_mendable(disc);
                refused(if is_lost { format!("{reason}; 'fsimage recover' writes it anew") } else { reason })
            })?;
        }
        let sectors = (self.descriptors.len() / SECTOR_SIZE) as u32;
        let most = KEPT_ANCHOR.get() - SYSTEM_AREA.get();
        if sectors > most {
            return refused(format!("{sectors} volume descriptors, where there is room for {most}"));
        }
        if next.head_copy.is_none() {
            return Ok(());
        }
        let last = Extent::new(Sector::new(KEPT_ANCHOR.get()), SectorCount::new(1));
        if udf.is_some() && read(source, last)?.iter().any(|&byte| byte != 0) {
            return refused(format!(
                "sector {KEPT_ANCHOR} is in use, of whose copy the anchor of the earlier session needs the place"
            ));
        }
        let Some(set) = set else { return Ok(()) };
        let head = Extent::new(DESCRIPTORS, SectorCount::new(sectors));
        let fields = &set.primary.fields;
        let mut used = vec![fields.path_tables.type_l, fields.path_tables.type_m, fields.root.extent];
        for other in set.supplementary.iter().chain(&set.enhanced) {
            used.extend([
                other.fields.path_tables.type_l,
                other.fields.path_tables.type_m,
                other.fields.root.extent,
            ]);
        }
        match used.into_iter().map(crate::address::sector).find(|&at| head.contains(at)) {
            Some(at) => refused(format!(
                "{sectors} descriptors would overwrite sector {at}, which the first session needs; leave \
                 out file systems, or boot images, that it does not have"
            )),
            None => Ok(()),
        }
    }
}

/// That the revision of UDF that is there is one that is written, and, where all sessions begin in one head, that the new
/// session keeps it.
fn check_revision(plan: &LayoutPlan<'_>, disc: &Disc, head: Head) -> Result<()> {
    let Some(newest) = disc.newest_complete() else { return Ok(()) };
    if !plan.options().file_systems.contains(FileSystems::UDF) {
        return Ok(());
    }
    let volume = disc.udf_volume(&newest)?.or_else(|| disc.udf_left_behind(&newest));
    match volume.map(|volume| volume.revision()) {
        Some(revision) if !UdfOptions::REVISIONS.contains(&revision) => {
            Err(Error::UdfNotWritable { revision })
        }
        Some(earlier) if head == Head::Rewrite && earlier != plan.options().udf.revision => {
            Err(Error::UdfRevisionChange { earlier, asked: plan.options().udf.revision })
        }
        _ => Ok(()),
    }
}

/// The head as it is, to be kept in front of a session: sectors 0 to 31, zeros behind the end of a shorter image. Its
/// last sector, which is empty otherwise, has the anchor of UDF. Of an empty head the copy is a set of descriptors without any,
/// so that nobody looks for a session before.
///
/// # Errors
/// [`Error::ImportRead`].
pub(crate) fn kept(source: &dyn ReadSectors) -> Result<Vec<u8>> {
    let mut head = read(source, Extent::new(Sector::ZERO, HEAD_SECTORS))?;
    let last = KEPT_ANCHOR.bytes() as usize;
    if head.iter().all(|&byte| byte == 0) {
        let terminator = VolumeDescriptorSetTerminator.encode();
        head[SYSTEM_AREA.bytes() as usize..][..terminator.len()].copy_from_slice(&terminator);
        return Ok(head);
    }
    if anchor_at(source, ANCHOR, ANCHOR).is_some() && head[last..].iter().all(|&byte| byte == 0) {
        head[last..].copy_from_slice(&read(source, Extent::new(ANCHOR, SectorCount::new(1)))?);
    }
    Ok(head)
}

/// The sectors of the head that begin with an MD5 of it. It would vouch for what is no longer there, and libisofs would
/// refuse the image.
fn tags(present: &dyn ReadSectors) -> Vec<Sector> {
    let is_tag = |at: &Sector| {
        let mut sector = [0; SECTOR_SIZE];
        present.read_sectors(*at, &mut sector).is_ok() && ChecksumTag::is_of_head(&sector)
    };
    (SYSTEM_AREA.get()..HEAD_SECTORS.get()).map(Sector::new).filter(is_tag).collect()
}

/// The descriptors of a plan as they are repeated in the head, up to the last sector that changes there: a tag becomes
/// zeros.
fn descriptors(plan: &LayoutPlan<'_>, present: &dyn ReadSectors, tags: &[Sector]) -> Result<Vec<u8>> {
    let mut head = plan.head_descriptors()?.concat();
    let descriptors = SectorCount::for_bytes(head.len() as u64).unwrap_or_default();
    let first = SYSTEM_AREA.get() + descriptors.get();
    let mut behind = Vec::new();
    for at in first..HEAD_SECTORS.get() {
        let mut sector = [0; SECTOR_SIZE];
        if present.read_sectors(Sector::new(at), &mut sector).is_err() {
            break;
        }
        if tags.contains(&Sector::new(at)) {
            head.append(&mut behind);
            head.extend_from_slice(&[0; SECTOR_SIZE]);
        } else {
            behind.extend_from_slice(&sector);
        }
    }
    Ok(head)
}

/// Sectors; zeros behind the end.
fn read(source: &dyn ReadSectors, extent: Extent) -> Result<Vec<u8>> {
    let mut bytes = vec![0; extent.len.bytes() as usize];
    let there = Sector::new(source.sectors().get()).since(extent.start).unwrap_or_default().min(extent.len);
    source.read_sectors(extent.start, &mut bytes[..there.bytes() as usize])?;
    Ok(bytes)
}

/// The name of a UDF recognition structure (ECMA-167 2/9.1) right behind the descriptors.
pub(crate) fn udf_recognised(source: &dyn ReadSectors, behind: Sector) -> Option<String> {
    let mut sector = [0; SECTOR_SIZE];
    // mkisofs has a sector of its own between the terminator and these.
    (0..4).map(|skip| behind.checked_add(SectorCount::new(skip))).find_map(|at| {
        source.read_sectors(at?, &mut sector).ok()?;
        let id = &sector[1..6];
        matches!(id, b"NSR02" | b"NSR03").then(|| String::from_utf8_lossy(id).into_owned())
    })
}
