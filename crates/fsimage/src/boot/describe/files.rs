//! The files that lie where something says that they do.

use std::collections::{BTreeMap, BTreeSet};

use iso9660::system_area::SYSTEM_AREA_LEN;
use sector_io::SECTOR_SIZE;

use super::super::kept::is_gap_name;
use super::boot_blocks::{ALPHA, DEC, PALO, SGI, SUN, in_area, in_bytes};
use super::{BootFileReport, SgiVolumeHeaderReport, SunDiskLabelReport, SystemAreaReport};
use crate::Error;
use crate::disc::{Disc, Image, ImageEntry, shown_path};
use crate::tree::{FileSystem, Kind};

/// A file in whose data a byte of the image lies.
pub(super) struct FilePlace {
    /// One of its names.
    pub(super) path: String,
    /// Bytes of it in front of that byte.
    pub(super) offset: u64,
    /// Its bytes.
    pub(super) len: u64,
}

/// The files in which bytes of an image lie.
#[derive(Default)]
pub(super) struct FilesAt {
    places: BTreeMap<u64, FilePlace>,
    /// What could not be read of the tree, where a byte may lie in a file of that.
    pub(super) unread: Option<String>,
}

impl FilesAt {
    /// The file in which a byte lies.
    pub(super) fn at(&self, byte: u64) -> Option<&FilePlace> {
        self.places.get(&byte)
    }

    /// The file that begins with a byte.
    pub(super) fn beginning_at(&self, byte: u64) -> Option<&FilePlace> {
        self.at(byte).filter(|file| file.offset == 0)
    }

    /// That a file may have no name because of damage.
    pub(super) fn finding(&self) -> Option<String> {
        self.unread.as_ref().map(|unread| {
            format!("not all of the tree can be read, so that a file may be there and not be named: {unread}")
        })
    }
}

impl Disc {
    /// The files in which bytes of the image lie, by these bytes: the first that begins there, or else the last that it
    /// is in the middle of. `None` where there is no tree to look through.
    pub(super) fn files_at(
        &self,
        session: Option<u16>,
        bytes: impl IntoIterator<Item = u64>,
    ) -> Option<FilesAt> {
        let preference = [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Iso9660, FileSystem::Udf];
        match self.image(session, &preference) {
            Ok(image) => Some(files_in(&image, bytes.into_iter().collect())),
            Err(
                Error::NoFileSystem { .. } | Error::FileSystemNotFound { .. } | Error::EmptyMedium { .. },
            ) => None,
            Err(error) => Some(FilesAt { unread: Some(error.to_string()), ..FilesAt::default() }),
        }
    }

    /// Names the files of a session that lie where partitions and boot blocks say, and tells where that cannot be right.
    pub(super) fn name_files(&self, session: Option<u16>, report: &mut SystemAreaReport) {
        let session = report.newer_session.or(session);
        self.name_code(session, report);
        let SystemAreaReport { mbr, gpt, backup_gpt, apple, findings, .. } = report;
        let (sun, sgi) = (&mut report.sun_disk_label, &mut report.sgi_volume_header);
        let (dec, palo, alpha) =
            (&mut report.dec_boot_block, &mut report.palo_block, &mut report.alpha_boot_block);
        // First block; of what others leave over, its blocks; the name to be found.
        let mut partitions: Vec<(u64, Option<u64>, &mut Option<String>)> = Vec::new();
        let mut files: Vec<(&str, &mut BootFileReport)> = Vec::new();
        let gap = |name: &str, blocks: u64| is_gap_name(name).then_some(blocks);
        partitions.extend(mbr.iter_mut().map(|one| (one.start, None, &mut one.path)));
        let of_gpt = gpt.iter_mut().chain(backup_gpt).flat_map(|gpt| &mut gpt.partitions);
        partitions.extend(of_gpt.map(|one| (one.start, gap(&one.name, one.blocks), &mut one.path)));
        partitions.extend(apple.iter_mut().map(|one| (one.start, gap(&one.name, one.blocks), &mut one.path)));
        if let Some(SunDiskLabelReport { partitions: all, grub_core, .. }) = sun {
            partitions.extend(all.iter_mut().map(|one| (one.start, None, &mut one.path)));
            files.extend(grub_core.iter_mut().map(|file| (SUN, file)));
        }
        if let Some(SgiVolumeHeaderReport { partitions: all, files: named, .. }) = sgi {
            partitions.extend(all.iter_mut().map(|one| (one.start, None, &mut one.path)));
            files.extend(named.iter_mut().map(|file| (SGI, file)));
        }
        files.extend(dec.iter_mut().flat_map(|block| &mut block.segments).map(|file| (DEC, file)));
        files.extend(palo.iter_mut().flat_map(|block| &mut block.files).map(|file| (PALO, file)));
        files.extend(alpha.iter_mut().map(|block| (ALPHA, &mut block.loader)));
        // No file begins in the system area.
        partitions.retain(|(start, ..)| in_bytes(*start) >= SYSTEM_AREA_LEN as u64);
        if files.is_empty() && partitions.is_empty() {
            return;
        }

        let starts = files.iter().map(|(_, file)| file.start);
        let starts = starts.chain(partitions.iter().map(|(start, ..)| in_bytes(*start)));
        let Some(found) = self.files_at(session, starts) else {
            let ends = files.iter().filter_map(|(whose, file)| told(whose, file, self.passed_end(file)));
            findings.extend(ends.map(in_area));
            return;
        };
        for (start, gap, path) in partitions {
            // A file that what is left over only begins with is not what it holds.
            let is_held =
                |place: &&FilePlace| gap.is_none_or(|blocks| in_bytes(blocks) <= in_sectors(place.len));
            *path = found.beginning_at(in_bytes(start)).filter(is_held).map(|place| place.path.clone());
        }
        for (whose, file) in files {
            let place = found.at(file.start);
            let wrong = self.passed_end(file).or_else(|| match place {
                None if found.unread.is_some() => None,
                place => wrong(file, place, whose == DEC),
            });
            findings.extend(told(whose, file, wrong).map(in_area));
            if let Some(place) = place {
                (file.path, file.offset) = (Some(place.path.clone()), place.offset);
            }
        }
        findings.extend(found.finding().map(in_area));
    }

    /// Names the file that boot code starts, where that is no boot image of the session.
    fn name_code(&self, session: Option<u16>, report: &mut SystemAreaReport) {
        let Some(address) = report.code_address else { return };
        let start = report.code_start.filter(|&start| start >= SYSTEM_AREA_LEN as u64);
        let found = start.and_then(|start| self.files_at(session, [start]));
        let place = found.as_ref().zip(start).and_then(|(found, start)| found.beginning_at(start));
        report.code_path = place.map(|place| place.path.clone());
        if report.code_path.is_none() {
            let message = format!("the boot code is told of block {address}, where no boot image lies");
            report.findings.push(in_area(message));
        }
    }

    /// That a part of the image ends behind it.
    fn passed_end(&self, file: &BootFileReport) -> Option<String> {
        let (end, size) = (file.start.saturating_add(file.bytes), self.source().sectors().bytes());
        (end > size).then(|| format!("ends at byte {end}, the image at byte {size}"))
    }
}

/// Looks through all of the tree that can be read, until every byte has the file that begins with it.
fn files_in(image: &Image, bytes: BTreeSet<u64>) -> FilesAt {
    let mut missing = bytes;
    let mut places = BTreeMap::new();
    let mut unread = None;
    let walked = image.root().and_then(|root| {
        let visit = &mut |path: &[u8], entry: &ImageEntry| {
            let mut before = 0;
            let stretches = match (entry.kind, entry.sections()) {
                (Kind::File, []) => image.ranges(entry).unwrap_or_default(),
                (Kind::File, sections) => {
                    sections.iter().map(|one| (one.start.byte_offset(), u64::from(one.len))).collect()
                }
                _ => Vec::new(),
            };
            for (start, len) in stretches {
                let here: Vec<u64> = missing.range(start..start.saturating_add(len)).copied().collect();
                for byte in here {
                    let path = String::from_utf8_lossy(path).into_owned();
                    let offset = before + (byte - start);
                    places.insert(byte, FilePlace { path, offset, len: entry.len });
                    if offset == 0 {
                        missing.remove(&byte);
                    }
                }
                before += len;
            }
            // Breaks off by failing when all are found.
            match missing.is_empty() {
                true => Err(Error::Cancelled { state: String::new() }),
                false => Ok(()),
            }
        };
        image.walk_directories(&root, b"", &mut |_, _| {}, visit, &mut |path, error| {
            unread.get_or_insert_with(|| format!("{}: {error}", shown_path(path)));
            Ok(())
        })
    });
    if let Err(error) = walked {
        unread.get_or_insert_with(|| error.to_string());
    }
    let is_missed = missing.iter().any(|byte| !places.contains_key(byte));
    FilesAt { unread: unread.filter(|_| is_missed), places }
}

/// Bytes in whole sectors.
fn in_sectors(len: u64) -> u64 {
    len.div_ceil(SECTOR_SIZE as u64).saturating_mul(SECTOR_SIZE as u64)
}

/// A finding, by whose file it is of.
fn told(whose: &str, file: &BootFileReport, wrong: Option<String>) -> Option<String> {
    let what =
        file.name.as_ref().map_or(format!("the {}", file.role), |name| format!("{} {name}", file.role));
    wrong.map(|wrong| format!("{whose}: {what} {wrong}"))
}

/// What cannot be right where a file, or none, is found at a place. Segments lie in the middle of files.
fn wrong(file: &BootFileReport, place: Option<&FilePlace>, is_segment: bool) -> Option<String> {
    let Some(FilePlace { path, offset, len }) = place else {
        return Some(format!("is said to be at byte {}, where no file of the image lies", file.start));
    };
    // Some writers count whole sectors.
    let whole = in_sectors(*len);
    let bytes = file.bytes;
    match offset {
        _ if is_segment => None,
        0 if bytes < *len || bytes > whole => {
            Some(format!("is said to have {bytes} bytes, and {path} has {len}"))
        }
        0 => None,
        _ => Some(format!("is said to be at byte {}, in the middle of {path}", file.start)),
    }
}
