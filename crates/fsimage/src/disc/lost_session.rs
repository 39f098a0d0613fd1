//! The newest session of an image in which each follows the one before, and nothing else leads to it, where its first descriptor
//! is lost.

use std::ops::ControlFlow;

use iso9660::volume::{FIRST_DESCRIPTOR, PrimaryVolumeDescriptor, SupplementaryVolumeDescriptor};
use sector_io::{ReadSectors, SECTOR_SIZE, Sector, SectorCount};
use udf::Tag;
use udf::volume::{StandardId, VolumeStructureDescriptor};

use super::gap;
use super::scan::GAP;
use super::udf_sessions::{first_anchor, is_headed};
use crate::address::sector;
use crate::plan::MAIN_SEQUENCE;

/// Where a session begins behind the last one that is found by its first descriptor, and of UDF alone by that and its first anchor.
pub(super) fn behind(source: &dyn ReadSectors, end: Sector) -> Option<Sector> {
    let last = end.get().saturating_add(GAP).min(source.sectors().get());
    let start =
        gap::search(
            source,
            end.get()..last,
            &mut |descriptor, number| match VolumeStructureDescriptor::parse(descriptor) {
                Ok(Some(found)) => {
                    ControlFlow::Break(start_of(source, found.standard, descriptor, Sector::new(number)))
                }
                _ => ControlFlow::Continue(()),
            },
        );
    start.flatten().filter(|&start| start >= end)
}

/// Where the session begins of which that descriptor is the first that is left, by what only a session would have: a file system in
/// a partition counts from where that begins. A copy of the head has its first descriptor, and so has what was begun behind one.
fn start_of(source: &dyn ReadSectors, standard: StandardId, descriptor: &[u8], at: Sector) -> Option<Sector> {
    let as_first = at.checked_sub(SectorCount::new(FIRST_DESCRIPTOR))?;
    let as_second = as_first.checked_sub(SectorCount::new(1));
    match standard {
        StandardId::BEA01 => Some(as_first).filter(|&start| {
            !is_headed(source, start) && is_recorded_for(source, start.checked_add(MAIN_SEQUENCE))
        }),
        StandardId::NSR02 | StandardId::NSR03 => {
            as_second.filter(|&start| !is_headed(source, start) && first_anchor(source, start).is_some())
        }
        StandardId::CD001 if PrimaryVolumeDescriptor::parse(descriptor).is_err() => as_second.filter(|_| {
            let supplementary = SupplementaryVolumeDescriptor::parse(descriptor);
            supplementary.map_or(true, |(_, found)| sector(found.fields.root.extent) > at)
        }),
        _ => None,
    }
}

/// Whether a descriptor of ECMA-167 is there that counts sectors as sessions do.
fn is_recorded_for(source: &dyn ReadSectors, at: Option<Sector>) -> bool {
    let mut block = [0; SECTOR_SIZE];
    at.is_some_and(|at| {
        source.read_sectors(at, &mut block).is_ok()
            && Tag::open(&block).is_ok_and(|(tag, _)| tag.location == at.get())
    })
}
