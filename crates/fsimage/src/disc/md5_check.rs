//! Comparing a session with the MD5 sums that xorriso, or whoever writes in its way, recorded of it.

use std::sync::Arc;

use md5::{Digest as _, Md5};
use multisession::Session;
use sector_io::{Extent, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::as_written::AsWritten;
use super::digest_check::{differing, in_words};
use super::finding::Finding;
use super::read_through;
use super::{Disc, Image, ImageEntry};
use crate::head::KEPT_ANCHOR;
use crate::md5_tags::{ArrayReader, ChecksumTag, Md5Sum, TagKind};
use crate::plan::SYSTEM_AREA;
use crate::tree::{FileSystem, Kind};
use crate::{Control, Error, Result};

/// What MD5 sums said that were recorded as xorriso records them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Md5Report {
    /// Names of files that were compared.
    pub compared: u64,
    /// Those among them that are not as they were recorded.
    pub differing: u64,
    /// Names of files of Rock Ridge without a sum, where others have one.
    pub unlisted: u64,
    /// Ranges of sectors that are as they were recorded: system area and volume descriptors, all up to the directories, the
    /// session, and the sums.
    pub intact_ranges: u64,
}

/// The check while files are read.
pub(super) struct Md5Check {
    source: AsWritten,
    array: Option<ArrayReader>,
    expected: Vec<Expected>,
    findings: Vec<Finding>,
    report: Md5Report,
}

/// A range of sectors and the MD5 that is recorded of it.
struct Expected {
    range: Extent,
    md5: Md5Sum,
    by: &'static str,
}

impl Md5Check {
    /// Finds what is recorded of a session.
    pub(super) fn new(disc: &Disc, session: Session) -> Md5Check {
        let mut tags = Tags { source: disc.source(), expected: Vec::new(), findings: Vec::new() };
        let copy = tags.of_session(session.start);
        if session.start > Sector::ZERO && disc.newest_complete() == Some(session) {
            tags.of_head(session.start);
        }
        let Tags { expected, findings, .. } = tags;
        let root = disc.image(Some(session.number), &[FileSystem::RockRidge]).and_then(|image| image.root());
        let array = root.ok().and_then(|root| root.md5_array()).map(ArrayReader::new);
        let source = AsWritten::new(disc.source().clone(), session.start, copy);
        let mut check = Md5Check { source, array, expected, findings, report: Md5Report::default() };
        check.expect_session(copy.map_or(session.start, |_| Sector::ZERO));
        check
    }

    /// The sum of the session up to the array, and that of the array. A session may refer to the array of an earlier one.
    fn expect_session(&mut self, start: Sector) {
        let Some(array) = &mut self.array else { return };
        let is = array.is;
        match (array.sum(&self.source, 0), is.start == start) {
            (Ok(md5), true) => {
                self.expected.push(Expected { range: is.session(), md5, by: "the array of MD5 sums" })
            }
            (Ok(_), false) => {}
            (Err(error), _) => {
                self.findings.push(Finding {
                    path: None,
                    message: format!("the MD5 sums of files cannot be read: {error}"),
                    sectors: vec![(is.at.get(), is.sectors().get())],
                    clause: None,
                    is_damage: true,
                });
                self.array = None;
            }
        }
    }

    /// Whether a sum of this file is recorded.
    pub(super) fn is_of(&self, entry: &ImageEntry) -> bool {
        self.array.as_ref().is_some_and(|array| entry.md5_index().is_some_and(|index| array.is.holds(index)))
    }

    /// What is found of a file with this MD5; `None` for one that could not be read, which is told otherwise.
    pub(super) fn compare(
        &mut self,
        image: &Image,
        path: &[u8],
        entry: &ImageEntry,
        found: Option<Md5Sum>,
    ) -> Option<Finding> {
        if image.file_system() != FileSystem::RockRidge || entry.kind != Kind::File {
            return None;
        }
        let array = self.array.as_mut()?;
        let Some(index) = entry.md5_index().filter(|&index| array.is.holds(index)) else {
            self.report.unlisted += 1;
            return None;
        };
        let found = found?;
        // That the array cannot be read is told once, by its own sum.
        let expected = array.sum(&self.source, index).ok()?;
        self.report.compared += 1;
        if found == expected {
            return None;
        }
        self.report.differing += 1;
        Some(differing(image, path, entry, &"MD5"))
    }

    /// Compares the ranges of sectors. `None` where nothing is recorded.
    pub(super) fn finish(mut self, control: &Control) -> Result<(Option<Md5Report>, Vec<Finding>)> {
        if self.array.is_none() && self.expected.is_empty() {
            return Ok((None, self.findings));
        }
        self.compare_ranges(control)?;
        if let Some(array) = self.array.take() {
            let checked = told(array.check(&self.source, control))?;
            let at = vec![(array.is.at.get(), array.is.sectors().get())];
            self.take(checked, at, "the array of MD5 sums", "its own sum");
        }
        Ok((Some(self.report), self.findings))
    }

    /// One pass for all ranges of one beginning.
    fn compare_ranges(&mut self, control: &Control) -> Result<()> {
        let mut expected = std::mem::take(&mut self.expected);
        expected.sort_by_key(|expected| (expected.range.start, expected.range.len));
        for same in expected.chunk_by(|a, b| a.range.start == b.range.start) {
            let mut hasher = Md5::new();
            let mut done = SectorCount::ZERO;
            let mut read = Ok(());
            for Expected { range, md5, by } in same {
                let from = range.start.checked_add(done).unwrap_or(range.start);
                let rest = Extent::new(from, range.len.checked_sub(done).unwrap_or_default());
                if read.is_ok() {
                    let all =
                        read_through(&self.source, rest, control, &mut |sectors| hasher.update(sectors));
                    read = told(all)?;
                }
                done = range.len;
                let compared = read.clone().map(|()| Md5Sum::from(hasher.clone().finalize()) == *md5);
                self.take(compared, vec![(range.start.get(), range.len.get())], "the session", by);
            }
        }
        Ok(())
    }

    /// Takes whether sectors are as they were recorded, or why they cannot be compared.
    fn take(
        &mut self,
        compared: std::result::Result<bool, String>,
        sectors: Vec<(u32, u32)>,
        what: &str,
        by: &str,
    ) {
        let message = match compared {
            Ok(true) => {
                self.report.intact_ranges += 1;
                return;
            }
            Ok(false) => format!("{what} is not as {by} says, in {}", in_words(&sectors)),
            Err(error) => format!("{what} cannot be compared with {by}: {error}"),
        };
        self.findings.push(Finding { path: None, message, sectors, clause: None, is_damage: true });
    }
}

/// The words of an error, but for the one that ends the check.
fn told<T>(result: Result<T>) -> Result<std::result::Result<T, String>> {
    match result {
        Err(error @ Error::Cancelled { .. }) => Err(error),
        result => Ok(result.map_err(|error| error.to_string())),
    }
}

/// What the tags tell.
struct Tags<'d> {
    source: &'d Arc<dyn ReadSectors>,
    expected: Vec<Expected>,
    findings: Vec<Finding>,
}

impl Tags<'_> {
    /// Follows the tags of a session. Says where the head is that they are about, if it was copied from sector 0.
    fn of_session(&mut self, start: Sector) -> Option<Sector> {
        let first = self.behind_descriptors(start, TagKind::Superblock);
        let (found, tag) = first?;
        let copy = match tag.at {
            at if at == found => None,
            at if start.checked_add(SectorCount::new(at.get())) == Some(found) => Some(start),
            at => {
                self.odd(found, format!("it was made for sector {at}, where it does not stand"));
                return None;
            }
        };
        let written = AsWritten::new(self.source.clone(), start, copy);
        let mut tag = tag;
        let mut at = found;
        for by in
            ["the tag of the volume descriptors", "the tag of the directories", "the tag of the session"]
        {
            self.expect(at, &tag, by);
            let Some(next) = tag.link.filter(|next| *next > tag.at) else { break };
            match read(&written, next) {
                Some(Ok(found)) if found.at == next => tag = found,
                Some(Ok(_)) | None => {
                    let message = format!("sector {next} has no MD5 of the session, as a tag before says");
                    self.findings.push(damaged(next, message));
                    break;
                }
                Some(Err(reason)) => {
                    self.damaged_tag(next, reason);
                    break;
                }
            }
            at = next;
        }
        copy
    }

    /// The tag behind the descriptors that the newest session has in sector 16 as well.
    fn of_head(&mut self, session: Sector) {
        let Some((found, tag)) = self.behind_descriptors(Sector::ZERO, TagKind::RelocatedSuperblock) else {
            return;
        };
        match tag.link == Some(session) && tag.at == found {
            true => self.expect(found, &tag, "the tag of the head"),
            false => self.odd(found, "it is not of the newest session".to_owned()),
        }
    }

    /// The first tag of a kind among the sectors that may hold descriptors.
    fn behind_descriptors(&mut self, start: Sector, kind: TagKind) -> Option<(Sector, ChecksumTag)> {
        for at in SYSTEM_AREA.get()..=KEPT_ANCHOR.get() {
            let at = start.checked_add(SectorCount::new(at))?;
            match read(self.source, at) {
                Some(Ok(tag)) if tag.kind == kind => return Some((at, tag)),
                Some(Err(reason)) => self.damaged_tag(at, reason),
                _ => {}
            }
        }
        None
    }

    fn expect(&mut self, found: Sector, tag: &ChecksumTag, by: &'static str) {
        match tag.range.end().is_some_and(|end| end <= tag.at) {
            true => self.expected.push(Expected { range: tag.range, md5: tag.md5, by }),
            false => self.odd(found, "its range of sectors reaches behind it".to_owned()),
        }
    }

    fn damaged_tag(&mut self, at: Sector, reason: &str) {
        self.findings.push(damaged(at, format!("the tag with an MD5 in sector {at} is damaged: {reason}")));
    }

    fn odd(&mut self, at: Sector, reason: String) {
        let message = format!("the tag with an MD5 in sector {at} is passed over: {reason}");
        self.findings.push(Finding { is_damage: false, ..damaged(at, message) });
    }
}

fn read(source: &dyn ReadSectors, at: Sector) -> Option<std::result::Result<ChecksumTag, &'static str>> {
    let mut sector = [0; SECTOR_SIZE];
    source.read_sectors(at, &mut sector).ok()?;
    ChecksumTag::parse(&sector)
}

fn damaged(at: Sector, message: String) -> Finding {
    Finding { path: None, message, sectors: vec![(at.get(), 1)], clause: None, is_damage: true }
}
