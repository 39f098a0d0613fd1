//! Where files lie: within the medium, and not in each other.

use std::collections::{BTreeMap, BTreeSet};

use sector_io::{Extent, SECTOR_SIZE, Sector, SectorCount};

use super::finding::{Finding, shown};
use super::{Disc, Image, ImageEntry};
use crate::tree::Kind;
use crate::{Control, Error, Result};

/// Most overlaps that are told one by one.
const MOST: usize = 100;

/// The stretches of all files and directories that were looked at. Several names of one have it once.
pub(super) struct Places {
    end: SectorCount,
    /// How long the stretch is that begins at a sector.
    stretches: BTreeMap<Sector, SectorCount>,
    /// Where those begin that pass the end.
    beyond: BTreeSet<Sector>,
}

impl Places {
    pub(super) fn new(end: SectorCount) -> Places {
        Places { end, stretches: BTreeMap::new(), beyond: BTreeSet::new() }
    }

    /// Takes those of an item. What lies beyond the end is told, once.
    pub(super) fn take(&mut self, image: &Image, path: &[u8], entry: &ImageEntry) -> Vec<Finding> {
        let mut findings = Vec::new();
        for Extent { start, len } in extents(image, entry) {
            let behind = u64::from(start.get()) + u64::from(len.get());
            if behind <= u64::from(self.end.get()) {
                let known = self.stretches.entry(start).or_default();
                *known = len.max(*known);
            } else if self.beyond.insert(start) {
                let (last, end) = (behind - 1, self.end);
                findings.push(Finding {
                    path: Some(shown(path)),
                    message: format!(
                        "its sectors {start} to {last} pass the end of the medium, which has {end}"
                    ),
                    sectors: vec![(start.get(), len.get())],
                    clause: None,
                    is_damage: true,
                });
            }
        }
        findings
    }

    /// Files and directories that begin within another: one of them is not what was recorded.
    pub(super) fn overlaps(&self, disc: &Disc, session: u16, control: &Control) -> Result<Vec<Finding>> {
        let mut within: Vec<(Sector, Sector)> = Vec::new();
        let mut last: Option<(Sector, u64)> = None;
        for (&start, &len) in &self.stretches {
            let end = u64::from(start.get()) + u64::from(len.get());
            match last {
                Some((other, behind)) if u64::from(start.get()) < behind => {
                    within.push((start, other));
                    last = Some((other, behind.max(end)));
                }
                _ => last = Some((start, end)),
            }
        }
        let more = within.len().saturating_sub(MOST);
        within.truncate(MOST);
        let paths = paths(disc, session, within.iter().flat_map(|&(a, b)| [a, b]).collect(), control)?;
        let name = |sector| paths.get(&sector).map_or("another", String::as_str);
        let mut findings: Vec<Finding> = within
            .iter()
            .map(|&(start, other)| Finding {
                path: paths.get(&start).cloned(),
                message: format!(
                    "it begins at sector {start}, within {}, which begins at {other}",
                    name(other)
                ),
                sectors: vec![(start.get(), 1)],
                clause: None,
                is_damage: true,
            })
            .collect();
        if more > 0 {
            let message = format!("{more} more files or directories begin within another");
            findings.push(Finding {
                path: None,
                message,
                sectors: Vec::new(),
                clause: None,
                is_damage: true,
            });
        }
        Ok(findings)
    }
}

/// The stretches of sectors that an item lies in, each as long as it goes on without a gap: file systems cut it in pieces
/// of their own.
pub(super) fn extents(image: &Image, entry: &ImageEntry) -> Vec<Extent> {
    let of_file = || match entry.sections() {
        [] => image.ranges(entry).unwrap_or_default(),
        sections => sections.iter().map(|it| (it.start.byte_offset(), u64::from(it.len))).collect(),
    };
    let bytes = match (entry.kind, entry.records()) {
        (Kind::File, _) => of_file(),
        (_, Some((start, end))) => vec![(start.byte_offset(), end.since(start).unwrap_or_default().bytes())],
        _ => Vec::new(),
    };
    let mut extents: Vec<Extent> = Vec::new();
    for (at, len) in bytes {
        let first = u32::try_from(at / SECTOR_SIZE as u64).map(Sector::new);
        let (Ok(start), Some(len)) = (first, SectorCount::for_bytes(len)) else { continue };
        match extents.last_mut() {
            _ if len == SectorCount::ZERO => {}
            Some(last) if last.end() == Some(start) => {
                last.len = SectorCount::new(last.len.get().saturating_add(len.get()));
            }
            _ => extents.push(Extent::new(start, len)),
        }
    }
    extents
}

/// Paths of the items that begin at these sectors.
fn paths(
    disc: &Disc,
    session: u16,
    sectors: BTreeSet<Sector>,
    control: &Control,
) -> Result<BTreeMap<Sector, String>> {
    let mut paths = BTreeMap::new();
    if sectors.is_empty() {
        return Ok(paths);
    }
    for file_system in crate::DEFAULT_PREFERENCE {
        let Ok(image) = disc.image(Some(session), &[file_system]) else { continue };
        let mut take = |path: &[u8], entry: &ImageEntry| {
            control.check("the check is incomplete")?;
            for extent in extents(&image, entry).iter().filter(|extent| sectors.contains(&extent.start)) {
                paths.entry(extent.start).or_insert_with(|| shown(path));
            }
            Ok(())
        };
        if let Ok(root) = image.root() {
            take(b"", &root)?;
        }
        // What cannot be read was told when the directories were.
        if let Err(error @ Error::Cancelled { .. }) = image.walk(&mut take) {
            return Err(error);
        }
    }
    Ok(paths)
}
