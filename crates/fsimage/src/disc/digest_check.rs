//! Comparing a session with the digests that it has recorded of its files and structures.

use std::collections::HashSet;
use std::fmt;

use sector_io::SECTOR_SIZE;

use super::finding::{Finding, shown};
use super::partition_start::partition_start;
use super::{Disc, Image, ImageEntry};
use crate::digests::{Digest, DigestAlgorithm, DigestLists, Recorded, digest_of_sectors};
use crate::tree::FileSystem;
use crate::{Control, Error, Result};

/// What recorded digests said.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DigestReport {
    /// What they are made by.
    pub algorithm: DigestAlgorithm,
    /// Names of files that were compared, each once.
    pub compared: u64,
    /// Those among them that are not as they were recorded.
    pub differing: u64,
    /// Names of files without a digest, of the file system that has the digests, and files without one that only another
    /// file system shows.
    pub unlisted: u64,
    /// Ranges of sectors with the session's directories and other structures that are as they were recorded.
    pub intact_structures: u64,
}

/// The check while files are read.
pub(super) struct DigestCheck {
    found: Option<(DigestReport, Recorded)>,
    /// The file system that has them, whose names are listed.
    file_system: Option<FileSystem>,
    /// Names that were met, of those listed.
    met: HashSet<Vec<u8>>,
    /// First sectors of files that this file system shows, or that have a digest, and of those that others show without one.
    shown: HashSet<u32>,
    unlisted_elsewhere: HashSet<u32>,
    findings: Vec<Finding>,
}

/// Missing files that are named; of more only the number is told.
const NAMED: usize = 100;

impl DigestCheck {
    /// One that compares nothing.
    pub(super) fn none() -> DigestCheck {
        DigestCheck {
            found: None,
            file_system: None,
            met: HashSet::new(),
            shown: HashSet::new(),
            unlisted_elsewhere: HashSet::new(),
            findings: Vec::new(),
        }
    }

    /// Reads what is recorded, from the first file system of the session that has it.
    pub(super) fn new(disc: &Disc, session: u16, control: &Control) -> Result<DigestCheck> {
        let mut check = DigestCheck::none();
        for file_system in crate::DEFAULT_PREFERENCE {
            let Ok(image) = disc.image(Some(session), &[file_system]) else { continue };
            // What cannot be read is told by who reads all.
            let Ok(Some(lists)) = DigestLists::find(&image) else { continue };
            match lists.read(&image, control) {
                Ok(recorded) => {
                    check.file_system = Some(file_system);
                    check.begin(&lists, recorded);
                    break;
                }
                Err(error @ Error::Cancelled { .. }) => return Err(error),
                Err(error) => check.findings.push(Finding {
                    path: Some(path_of(&lists)),
                    message: format!("the digests of files cannot be read: {error}"),
                    sectors: Vec::new(),
                    clause: None,
                    is_damage: true,
                }),
            }
        }
        Ok(check)
    }

    fn begin(&mut self, lists: &DigestLists, recorded: Recorded) {
        if recorded.wrong > 0 {
            self.findings.push(Finding {
                path: Some(path_of(lists)),
                message: format!("{} lines of the lists of digests are none", recorded.wrong),
                sectors: Vec::new(),
                clause: None,
                is_damage: true,
            });
        }
        let algorithm = lists.algorithm;
        let report = DigestReport { algorithm, compared: 0, differing: 0, unlisted: 0, intact_structures: 0 };
        self.found = Some((report, recorded));
    }

    /// What they are made by, if any are recorded.
    pub(super) fn algorithm(&self) -> Option<DigestAlgorithm> {
        self.found.as_ref().map(|(report, _)| report.algorithm)
    }

    /// What is found of a file with this digest; `None` for one that could not be read, which is told otherwise.
    pub(super) fn compare(
        &mut self,
        image: &Image,
        path: &[u8],
        entry: &ImageEntry,
        digest: Option<Digest>,
    ) -> Option<Finding> {
        let (report, recorded) = self.found.as_mut()?;
        let name = path.strip_prefix(b"/").unwrap_or(path);
        let is_listed_by_name = self.file_system == Some(image.file_system());
        let expected = recorded.files.get(name);
        if let Some(first) = entry.sections().first() {
            match is_listed_by_name || expected.is_some() {
                true => self.shown.insert(first.start.get()),
                false => self.unlisted_elsewhere.insert(first.start.get()),
            };
        }
        let Some(expected) = expected else {
            report.unlisted += u64::from(is_listed_by_name && !is_of_session(name));
            return None;
        };
        // Each name once, whichever file systems show it.
        if !self.met.insert(name.to_vec()) {
            return None;
        }
        let digest = digest?;
        report.compared += 1;
        if digest == *expected {
            return None;
        }
        report.differing += 1;
        Some(differing(image, path, entry, &report.algorithm))
    }

    /// Compares the structures, and tells what is listed and was not met.
    pub(super) fn finish(
        mut self,
        disc: &Disc,
        control: &Control,
    ) -> Result<(Option<DigestReport>, Vec<Finding>)> {
        let Some((mut report, recorded)) = self.found else { return Ok((None, self.findings)) };
        let algorithm = report.algorithm;
        let mut start = None;
        report.unlisted += self.unlisted_elsewhere.difference(&self.shown).count() as u64;
        for (range, expected) in &recorded.ranges {
            let sectors = vec![(range.0.start.get(), range.0.len.get())];
            let mut found = digest_of_sectors(disc, *range, algorithm, control);
            if !found.as_ref().is_ok_and(|found| found == expected) {
                // What is recorded is where it lies on the whole disc.
                let start = match start {
                    Some(start) => start,
                    None => *start.insert(partition_start(disc.source().as_ref(), range.end(), control)?),
                };
                let of_partition = start.and_then(|start| range.behind(start));
                found =
                    of_partition.map_or(found, |range| digest_of_sectors(disc, range, algorithm, control));
            }
            let message = match found {
                Ok(found) if found == *expected => {
                    report.intact_structures += 1;
                    continue;
                }
                Ok(_) => format!(
                    "directories and other structures are not as they were recorded, in {}",
                    in_words(&sectors)
                ),
                Err(error @ Error::Cancelled { .. }) => return Err(error),
                Err(error) => format!("directories and other structures cannot be compared: {error}"),
            };
            self.findings.push(Finding { path: None, message, sectors, clause: None, is_damage: true });
        }
        // Where the directories are as they were, a file that is not there was never shown under that name.
        let is_lost =
            report.intact_structures == 0 || report.intact_structures < recorded.ranges.len() as u64;
        let mut missing: Vec<&[u8]> =
            recorded.files.keys().filter(|name| !self.met.contains(*name)).map(Vec::as_slice).collect();
        missing.sort_unstable();
        for name in missing.iter().take(NAMED) {
            self.findings.push(Finding {
                path: Some(shown(name)),
                message: "a digest of it is recorded, and no file system shows it".to_owned(),
                sectors: Vec::new(),
                clause: None,
                is_damage: is_lost,
            });
        }
        if missing.len() > NAMED {
            self.findings.push(Finding {
                path: None,
                message: format!("{} more files with recorded digests are not shown", missing.len() - NAMED),
                sectors: Vec::new(),
                clause: None,
                is_damage: is_lost,
            });
        }
        Ok((Some(report), self.findings))
    }
}

/// That a file is not as it was recorded, by a digest of this kind.
pub(super) fn differing(image: &Image, path: &[u8], entry: &ImageEntry, by: &dyn fmt::Display) -> Finding {
    let sectors = sectors_of(image, entry);
    let places = match &sectors[..] {
        [] => String::new(),
        sectors => format!("; its data lie in {}", in_words(sectors)),
    };
    let message = format!("its {by} is not the recorded one{places}");
    Finding { path: Some(shown(path)), message, sectors, clause: None, is_damage: true }
}

/// Whether it is the file that has the digest of the list, for which there is none.
fn is_of_session(name: &[u8]) -> bool {
    DigestAlgorithm::ALL.iter().any(|by| {
        name.strip_prefix(crate::digests::FOLDER).and_then(|rest| rest.strip_prefix(b"/"))
            == Some(by.session_name().as_bytes())
    })
}

fn path_of(lists: &DigestLists) -> String {
    format!("/{}", shown(&lists.path()))
}

/// First sectors and numbers of what a file lies in.
fn sectors_of(image: &Image, entry: &ImageEntry) -> Vec<(u32, u32)> {
    let size = SECTOR_SIZE as u64;
    let ranges = image.ranges(entry).unwrap_or_default();
    let sections =
        entry.sections().iter().map(|section| (section.start.byte_offset(), u64::from(section.len)));
    let ranges: Vec<(u64, u64)> = if ranges.is_empty() { sections.collect() } else { ranges };
    let sectors = |(at, len): (u64, u64)| {
        let first = at / size;
        let behind = at.saturating_add(len).div_ceil(size);
        Some((u32::try_from(first).ok()?, u32::try_from(behind - first).ok()?))
    };
    ranges.into_iter().filter_map(sectors).collect()
}

pub(super) fn in_words(sectors: &[(u32, u32)]) -> String {
    let range = |&(first, len): &(u32, u32)| match len {
        0 | 1 => format!("{first}"),
        len => format!("{first} to {}", u64::from(first) + u64::from(len) - 1),
    };
    let ranges: Vec<String> = sectors.iter().map(range).collect();
    let noun = if matches!(sectors, [(_, 0 | 1)]) { "sector" } else { "sectors" };
    format!("{noun} {}", ranges.join(", "))
}
