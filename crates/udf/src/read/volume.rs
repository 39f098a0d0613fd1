use sector_io::{ReadSectors, Sector};

use super::Error;
use super::anchor::{self, Anchored, anchors};
use super::finding::{Finding, Findings};
use super::free_space::{self, FreeSpace};
use super::icb::Chains;
use super::open::{Described, no_volume};
use super::partitions::read_vat;
use super::space::Space;
use crate::file::FileSetDescriptor;
use crate::partition::{
    PhysicalTranslation, SpaceBitmapDescriptor, Translation, VatHeader, VirtualAllocationTable,
};
use crate::volume::{
    ImplementationUse, LogicalVolumeDescriptor, LogicalVolumeIntegrityDescriptor, LvInformation,
    PartitionDescriptor, PartitionHeaderDescriptor, PartitionMap, PrimaryVolumeDescriptor,
};
use crate::{DString, Revision, ShortAd, cs0};

/// Which volume is meant, and in which state.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    /// First sector of the session, in units of 2048 bytes.
    pub session: Sector,
    /// On write-once media: block of the volume with the ICB of the virtual allocation table that is to
    /// count; `None` for the last one. [`Volume::states`] tells which there are.
    pub vat: Option<u32>,
    /// The sector behind the session, where that is known, in units of 2048 bytes: an anchor is looked for by its end as well,
    /// for the source may go on behind it.
    pub end: Option<Sector>,
    /// A sector with the anchor of the session as it was in sector 256 of the medium, which has come to name a
    /// later session. Where there is one, no other is looked for.
    pub anchor_copy: Option<Sector>,
}

/// A UDF volume, ready to be read.
///
/// Directories are read when they are asked for; nothing is kept of them, so that volumes of any size take
/// the same memory, and several threads may read at once with a [`DirectoryBuffer`](super::DirectoryBuffer) each.
#[derive(Debug)]
pub struct Volume<R> {
    source: R,
    pub(super) described: Described,
    pub(super) findings: Findings,
    chains: Chains,
    pub(super) options: OpenOptions,
    pub(super) anchored: Anchored,
}

/// Anchors with different sequences that are tried.
const MOST_ANCHORS: usize = 8;

impl<R: ReadSectors> Volume<R> {
    /// Finds the volume of the session that begins at sector `session`, in its last state: of the last virtual allocation
    /// table in front of the end of `source`, from which the last anchors are counted as well. A source that ends where the
    /// session does, a [`Window`](sector_io::Window) say, keeps later sessions out.
    ///
    /// # Errors
    /// [`Error::NoVolume`] without an anchor; else what is wrong with the volume that the first anchor
    /// leads to.
    pub fn open(source: R, session: Sector) -> Result<Volume<R>, Error> {
        Volume::open_with(source, &OpenOptions { session, ..OpenOptions::default() })
    }

    /// As [`Volume::open`], with options.
    ///
    /// # Errors
    /// As [`Volume::open`].
    pub fn open_with(source: R, options: &OpenOptions) -> Result<Volume<R>, Error> {
        let findings = Findings::default();
        anchor::check(&source, options.session, &findings);
        let (mut loaded, mut first_error) = (None, None);
        let mut tried = Vec::new();
        let kept_copy = options.anchor_copy.and_then(|at| anchor::kept_copy(&source, at));
        let others =
            kept_copy.is_none().then(|| anchors(&source, options.session, options.end)).into_iter().flatten();
        for anchored in kept_copy.into_iter().chain(others) {
            let sequences = (anchored.block_size, anchored.anchor.main, anchored.anchor.reserve);
            if tried.contains(&sequences) {
                continue;
            }
            if tried.len() == MOST_ANCHORS {
                break;
            }
            tried.push(sequences);
            let kept = findings.len();
            match Described::load(&source, &findings, &anchored, options) {
                Ok(described) => {
                    if kept_copy.is_none() {
                        anchor::check_first(&source, options.session, &anchored, &findings);
                    }
                    loaded = Some((described, anchored));
                    break;
                }
                Err(error) => {
                    findings.truncate(kept);
                    first_error = first_error.or(Some(error));
                }
            }
        }
        match loaded {
            Some((described, anchored)) => {
                let chains = Chains::default();
                Ok(Volume { source, described, findings, chains, options: *options, anchored })
            }
            None => Err(first_error.unwrap_or_else(|| no_volume(options.session))),
        }
    }

    /// What the volume is read from.
    pub fn source(&self) -> &R {
        &self.source
    }

    /// Logical block size, bytes.
    pub fn block_size(&self) -> u32 {
        self.described.block_size
    }

    /// UDF revision of the volume.
    pub fn revision(&self) -> Revision {
        self.described.logical_volume.domain_identifier.domain_suffix().revision
    }

    /// The label: the logical volume identifier, which a virtual allocation table may have changed.
    pub fn label(&self) -> String {
        let recorded = &self.described.logical_volume.identifier;
        match self.virtual_allocation_table().map(|table| &table.header) {
            Some(VatHeader::Revision200 { logical_volume_identifier, .. })
                if !logical_volume_identifier.is_empty() =>
            {
                text(logical_volume_identifier)
            }
            _ => text(recorded),
        }
    }

    /// The prevailing primary volume descriptor; `None` if it is damaged in both sequences.
    pub fn primary(&self) -> Option<&PrimaryVolumeDescriptor> {
        self.described.sequence.primary.as_deref()
    }

    /// Information on the logical volume (UDF 2.2.7.2), from the last descriptor that has some.
    pub fn information(&self) -> Option<&LvInformation> {
        let descriptors = self.described.sequence.implementation_use.iter().rev();
        descriptors.map(|descriptor| &descriptor.implementation_use).find_map(|content| match content {
            ImplementationUse::LvInformation(information) => Some(information),
            ImplementationUse::Other(_) => None,
        })
    }

    /// The prevailing logical volume descriptor.
    pub fn logical_volume(&self) -> &LogicalVolumeDescriptor {
        &self.described.logical_volume
    }

    /// The prevailing partition descriptors, by number.
    pub fn partitions(&self) -> &[PartitionDescriptor] {
        &self.described.sequence.partitions
    }

    /// The last logical volume integrity descriptor.
    pub fn integrity(&self) -> Option<&LogicalVolumeIntegrityDescriptor> {
        self.described.integrity.as_ref()
    }

    /// The file set descriptor.
    pub fn file_set(&self) -> &FileSetDescriptor {
        &self.described.file_set
    }

    /// The virtual allocation table, of a volume that has a virtual partition.
    pub fn virtual_allocation_table(&self) -> Option<&VirtualAllocationTable> {
        self.described.vat.as_ref().map(|vat| &vat.table)
    }

    /// Block of the newest virtual allocation table, where what it leads to is lost, and an older one was taken.
    pub fn passed_over_table(&self) -> Option<u32> {
        self.described.passed_over_vat
    }

    /// The states of a volume with a virtual partition, the present one first: blocks with the ICBs of
    /// virtual allocation tables, for [`OpenOptions::vat`].
    pub fn states(&self) -> Vec<u32> {
        let (Some(vat), Some(on)) = (&self.described.vat, self.described.virtual_partition) else {
            return Vec::new();
        };
        let space = self.space();
        let mut states = vec![vat.block];
        let mut previous = vat.table.previous;
        // Each lies in front of the one that names it; together they are no larger than the source.
        let mut left = space.bytes();
        while let Some(block) = on.start.checked_add(previous)
            && previous != VirtualAllocationTable::NONE
            && states.last().is_some_and(|last| block < *last)
        {
            let read = read_vat(space, on.below, block, on.start, on.revision, &mut left);
            let Some(vat) = read else { break };
            states.push(block);
            previous = vat.table.previous;
        }
        states
    }

    /// The findings so far, from all that was read; 1000 at most, and one that counts the rest.
    pub fn findings(&self) -> Vec<Finding> {
        self.findings.to_vec()
    }

    /// How often something was met so far that was recorded and cannot be had, and the last that was. What is met once more
    /// counts once more: it tells whether what was just read is whole.
    pub fn damage_met(&self) -> (u64, Option<Finding>) {
        self.findings.damage_met()
    }

    /// The unallocated space bitmap of a partition, by its number; `None` if it has none.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Corrupt`].
    pub fn space_bitmap(&self, number: u16) -> Result<Option<SpaceBitmapDescriptor>, Error> {
        Ok(match self.unallocated_space(number)? {
            Some(FreeSpace::Bitmap(bitmap)) => Some(bitmap),
            _ => None,
        })
    }

    /// The space of a partition that can be used at once, by its number: of a bitmap or a table. `None` if neither is
    /// there.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Corrupt`].
    pub fn unallocated_space(&self, number: u16) -> Result<Option<FreeSpace>, Error> {
        self.free_space(number, |header| (header.unallocated_space_bitmap, header.unallocated_space_table))
    }

    /// The space of a partition that needs preparation before it can be used, as that by
    /// [`unallocated_space`](Volume::unallocated_space).
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Corrupt`].
    pub fn freed_space(&self, number: u16) -> Result<Option<FreeSpace>, Error> {
        self.free_space(number, |header| (header.freed_space_bitmap, header.freed_space_table))
    }

    fn free_space(
        &self,
        number: u16,
        which: fn(&PartitionHeaderDescriptor) -> (ShortAd, ShortAd),
    ) -> Result<Option<FreeSpace>, Error> {
        let Some(partition) = self.partitions().iter().find(|partition| partition.number == number) else {
            return Ok(None);
        };
        // A partition that no map is about is addressed as it lies.
        let physical = PhysicalTranslation { start: partition.start, length: partition.length };
        let plain = [Some(Translation::Physical(physical))];
        let (space, map) = match self.direct_map(number) {
            Some(map) => (self.space(), map),
            None => (Space { partitions: &plain, ..self.space() }, 0),
        };
        free_space::read(space, map, which(&partition.header), partition)
    }

    /// Index of the map by which blocks of the partition of this number are addressed without a table or file.
    pub(super) fn direct_map(&self, number: u16) -> Option<u16> {
        let is_about = |map: &PartitionMap| {
            matches!(map, PartitionMap::Physical { .. } | PartitionMap::Sparable { .. })
                && map.partition_number() == Some(number)
        };
        let maps = &self.described.logical_volume.partition_maps;
        maps.iter().position(is_about).and_then(|at| u16::try_from(at).ok())
    }

    pub(super) fn space(&self) -> Space<'_> {
        Space {
            source: &self.source,
            block_size: self.described.block_size,
            partitions: &self.described.translations,
            findings: &self.findings,
            chains: &self.chains,
        }
    }
}

/// The text of a field, whatever it is.
fn text<const N: usize>(field: &DString<N>) -> String {
    field.text().unwrap_or_else(|_| {
        let (used, content) = match field.0.split_last() {
            Some((length, content)) => (usize::from(*length), content),
            None => (0, &[][..]),
        };
        let units = cs0::units(&content[..used.min(content.len())]).unwrap_or_default();
        String::from_utf16_lossy(&units)
    })
}
