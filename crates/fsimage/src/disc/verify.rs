//! Reading everything that a session refers to.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};

use multisession::Session;
use sector_io::Sector;

use super::digest_check::{DigestCheck, DigestReport};
use super::finding::{EL_TORITO, Finding, shown};
use super::impossible_times::ImpossibleTimes;
use super::md5_check::{Md5Check, Md5Report};
use super::places::Places;
use super::udf_sessions::first_anchor;
use super::volume_end::VolumeEnd;
use super::{
    AnyVolume, DAMAGED_RECOGNITION, Disc, INTERRUPTED, Identity, Image, ImageEntry, UDF_LEFT_BEHIND, escape,
    names,
};
use crate::digests::{ContentDigests, ContentHasher};
use crate::head::ANCHOR;
use crate::progress::Stage;
use crate::tree::{FileSystem, Kind};
use crate::{Control, Error, Result};

/// What was read, and what was found.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[must_use = "what is damaged is told here and nowhere else"]
pub struct VerifyReport {
    /// Files read to their ends.
    pub files: u64,
    /// Directories read.
    pub directories: u64,
    /// Bytes of file content.
    pub bytes: u64,
    /// What the recorded digests said, where there are any.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub digests: Option<DigestReport>,
    /// What the MD5 sums of xorriso said, where there are any.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub md5: Option<Md5Report>,
    /// In the order found.
    pub findings: Vec<Finding>,
}

impl VerifyReport {
    /// Whether everything that is there could be read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.findings.iter().all(|finding| !finding.is_damage)
    }
}

impl Disc {
    /// Reads every directory and file of a session, in each of its file systems (file data once), and
    /// reports what is damaged or odd. Files and structures whose digests are recorded are compared with them
    /// ([`Tree::record_digests`](crate::Tree::record_digests)), and so is what the MD5 sums of xorriso are of.
    ///
    /// # Errors
    /// As [`Disc::session`] and [`Error::NoFileSystem`]; [`Error::Cancelled`]. Damage is no error but a
    /// finding.
    pub fn verify(&self, session: Option<u16>, control: &Control) -> Result<VerifyReport> {
        crate::trace::span!("verify");
        self.check(session, Reads::All, control)
    }

    /// Reads every directory of a session, in each of its file systems, and compares what structures say of each other
    /// and of the medium: descriptors, path tables, records, ICBs and their checksums, what boots, and where files lie:
    /// within the medium, and none begins within another. No file is read, so that it takes as long as there are
    /// directories. [`VerifyReport::bytes`] stays 0.
    ///
    /// # Errors
    /// As [`Disc::verify`].
    pub fn verify_structure(&self, session: Option<u16>, control: &Control) -> Result<VerifyReport> {
        crate::trace::span!("verify_structure");
        self.check(session, Reads::Structures, control)
    }

    fn check(&self, session: Option<u16>, reads: Reads, control: &Control) -> Result<VerifyReport> {
        let described = self.session(session)?;
        let summary = self.summarize(&described)?;
        let mut report = VerifyReport::default();
        let of_session = |message: &str, is_damage| Finding { is_damage, ..Finding::odd(message) };
        let of_container = self.container().map_or(&[][..], |container| &container.findings);
        report.findings.extend(of_container.iter().map(Finding::odd));
        let of_descriptors = self.volume_set(&described).map(|set| set.findings).unwrap_or_default();
        let known: Vec<Finding> = of_descriptors
            .iter()
            .map(Finding::of_iso_9660)
            .chain(self.damaged_recognition(&described))
            .chain([Finding::odd(UDF_LEFT_BEHIND).at(ANCHOR).by("ECMA-167 3/8.4.2.1")])
            .collect();
        report.findings.extend(summary.findings.iter().map(|message| {
            let known = known.iter().find(|known| known.message == *message);
            known.cloned().unwrap_or_else(|| Finding::odd(message))
        }));
        if self.is_incomplete(&described) {
            report.findings.push(of_session(INTERRUPTED, true));
        }
        let of_head = self.damage_of_head(&described);
        report.findings.extend(of_head.iter().map(|damage| of_session(damage, true)));
        report.findings.extend(self.other_area(&described).map(|odd| of_session(odd, false)));
        report.findings.extend(self.cut_reserve(&described).map(|damage| of_session(&damage, true)));
        if session.is_none() {
            report
                .findings
                .extend(self.lost_before(&described).map(|lost| of_session(&lost.to_string(), true)));
            if self.passed_over().is_empty() {
                report.findings.extend(self.data_behind_newest().map(|at| Finding::odd(UNREACHED).at(at)));
            }
            let of = described.number;
            report.findings.extend(self.passed_over().into_iter().map(|passed_over| {
                of_session(&format!("{passed_over}: session {of} is looked at"), passed_over.may_hold_files())
            }));
        }
        let mut read: HashMap<Identity, ContentDigests> = HashMap::new();
        let mut places = Places::new(self.source().sectors());
        let mut volume_end = VolumeEnd::of(&summary);
        let mut digests = match reads {
            Reads::All => DigestCheck::new(self, summary.number, control)?,
            Reads::Structures => DigestCheck::none(),
        };
        let mut md5 = Md5Check::new(self, self.session(Some(summary.number))?);
        let read_directories = Cell::new(0);
        let images = crate::DEFAULT_PREFERENCE.map(|of| (of, self.image(Some(summary.number), &[of])));
        let stated_directories = images.iter().filter_map(|(_, image)| image.as_ref().ok());
        let stated_directories =
            stated_directories.map(|image| self.stated_directories(image, summary.number));
        let stated_directories = stated_directories.sum::<Option<u64>>().unwrap_or(0);
        for (file_system, image) in images {
            let image = match image {
                Ok(image) => image,
                Err(Error::FileSystemNotFound { .. }) => continue,
                Err(error) => {
                    push_new(&mut report.findings, Finding::of_error(&error));
                    continue;
                }
            };
            let is_iso_9660 = !matches!(file_system, FileSystem::Udf | FileSystem::HfsPlus);
            let mut odd_names = Vec::new();
            let mut impossible_times = ImpossibleTimes::new(file_system);
            let mut stream_walk = image.stream_walk();
            let mut list = |path: &[u8], entries: &[ImageEntry]| {
                odd_names.extend(findings_of_names(&image, path, entries));
                if reads == Reads::Structures {
                    let read: u64 = read_directories.get();
                    // Without a total it is only counted.
                    let most = if stated_directories == 0 { read } else { stated_directories };
                    control.report(Stage::Checking, read.min(most), stated_directories);
                }
            };
            let mut visit = |path: &[u8], entry: &ImageEntry| -> Result<()> {
                control.check("the check is incomplete")?;
                impossible_times.take(path, entry);
                if is_iso_9660 {
                    volume_end.take(&image, path, entry);
                }
                if entry.kind == Kind::Directory {
                    report.directories += 1;
                    read_directories.set(report.directories);
                }
                if reads == Reads::Structures {
                    let identity = image.data_identity(entry).filter(|_| entry.kind == Kind::File);
                    let is_known = identity.is_some_and(|of| read.insert(of, Default::default()).is_some());
                    report.files += u64::from(entry.kind == Kind::File && !is_known);
                    report.findings.extend(places.take(&image, path, entry));
                    return Ok(());
                }
                match stream_walk.streams(entry) {
                    Err(error) => report.findings.push(Finding::of_error(&error).of(Some(shown(path)))),
                    Ok(streams) => {
                        for stream in streams {
                            if let Err(error) = drain(&image, &stream, None, &mut report.bytes, control) {
                                stopped(&error)?;
                                let name = String::from_utf8_lossy(&stream.name);
                                let path = format!("{}:{name}", shown(path));
                                report.findings.push(Finding::of_error(&error).of(Some(path)));
                            }
                        }
                    }
                }
                let identity = image.data_identity(entry);
                let before = identity.and_then(|identity| read.get(&identity).copied());
                if let (Kind::File, Some(found)) = (entry.kind, before.filter(|_| entry.len > 0)) {
                    report.findings.extend(digests.compare(&image, path, entry, found.digest));
                    report.findings.extend(md5.compare(&image, path, entry, found.md5));
                } else if entry.kind == Kind::File {
                    let wants_md5 = md5.is_of(entry);
                    let as_recorded = entry.encoded_as_recorded().filter(|_| wants_md5);
                    let mut hasher =
                        ContentHasher::new(digests.algorithm(), wants_md5 && as_recorded.is_none());
                    let mut drained = drain(&image, entry, hasher.as_mut(), &mut report.bytes, control);
                    let mut found = hasher.map(ContentHasher::finish).unwrap_or_default();
                    if let (Some(encoded), Ok(())) = (as_recorded, &drained) {
                        let mut hasher = ContentHasher::new(None, true);
                        drained = drain(&image, &encoded, hasher.as_mut(), &mut 0, control);
                        found.md5 = hasher.and_then(|hasher| hasher.finish().md5);
                    }
                    if drained.is_err() {
                        found = ContentDigests::default();
                    }
                    read.extend(identity.map(|identity| (identity, found)));
                    report.findings.extend(digests.compare(&image, path, entry, found.digest));
                    report.findings.extend(md5.compare(&image, path, entry, found.md5));
                    if let Err(error) = drained {
                        stopped(&error)?;
                        let path = String::from_utf8_lossy(path).into_owned();
                        report.findings.push(Finding::of_error(&error).of(Some(path)));
                    }
                    report.files += 1;
                    control.report(
                        Stage::Verifying,
                        report.bytes / 2048,
                        u64::from(summary.volume_space_size),
                    );
                }
                Ok(())
            };
            let mut unread = Vec::new();
            let walked = image.root().and_then(|root| {
                image.walk_directories(&root, b"", &mut list, &mut visit, &mut |path, error| {
                    unread.push(Finding::of_error(&error).of(Some(shown(path))));
                    Ok(())
                })
            });
            match walked {
                Ok(()) => report.findings.append(&mut unread),
                Err(error @ Error::Cancelled { .. }) => return Err(error),
                Err(error) => push_new(&mut report.findings, Finding::of_error(&error)),
            }
            report.findings.append(&mut odd_names);
            report.findings.extend(impossible_times.findings());
            self.check_structure(&image, summary.number, control)?;
            let told = image.told(control)?;
            // What the description of the session has told already counts once, but as what it is.
            report
                .findings
                .retain(|old| old.path.is_some() || told.iter().all(|new| new.message != old.message));
            for new in told {
                let known = known.iter().find(|known| known.message == new.message);
                let clause = new.clause.or_else(|| known.and_then(|known| known.clause.clone()));
                push_new(&mut report.findings, Finding { clause, ..new });
            }
        }
        report.findings.extend(volume_end.finding());
        report.findings.extend(self.damaged_boot_catalog(&described));
        if reads == Reads::Structures {
            report.findings.extend(places.overlaps(self, summary.number, control)?);
            let of_boot = self.findings_of_boot(summary.number);
            of_boot.into_iter().for_each(|odd| push_new(&mut report.findings, odd));
            control.report(Stage::Checking, report.directories, report.directories);
            return Ok(report);
        }
        let (compared, found) = digests.finish(self, control)?;
        report.digests = compared;
        report.findings.extend(found);
        let (compared, found) = md5.finish(control)?;
        report.md5 = compared;
        report.findings.extend(found);
        report.findings.extend(self.check_raw_sectors(summary.number, control)?);
        // What lies in no file is not counted, and done.
        let all = u64::from(summary.volume_space_size);
        control.report(Stage::Verifying, all, all);
        Ok(report)
    }
}

/// Told of data behind the newest session.
const UNREACHED: &str = "behind the newest session lie data that nothing leads to: of an 'append' that was killed, or of a session \
                         whose descriptors are lost";

/// What a check reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reads {
    /// Everything.
    All,
    /// All but the data of files.
    Structures,
}

impl Disc {
    /// What is wrong with the boot catalog, and with boot code and partition tables.
    fn findings_of_boot(&self, session: u16) -> Vec<Finding> {
        let not_read = |error: Error| vec![Finding { is_damage: false, ..Finding::of_error(&error) }];
        let catalog = match self.boot_catalog(Some(session)) {
            Ok(None) => Vec::new(),
            Ok(Some(catalog)) => {
                let at = Sector::new(catalog.sector);
                let odd = |message| Finding::odd(message).at(at).by(EL_TORITO);
                catalog.findings.into_iter().map(odd).collect()
            }
            Err(error) => not_read(error),
        };
        let area = self.system_area(Some(session)).map_or_else(not_read, |area| area.findings);
        catalog.into_iter().chain(area).collect()
    }

    /// That UDF is lost with the sequence by which it is recognised: its anchor is there.
    fn damaged_recognition(&self, session: &Session) -> Option<Finding> {
        let at = ::udf::read::remains(self.source(), session.start)?;
        let finding = Finding::odd(DAMAGED_RECOGNITION).at(at).by("ECMA-167 2/8.3");
        Some(Finding { is_damage: first_anchor(self.source().as_ref(), session.start).is_some(), ..finding })
    }

    /// Compares what a file system records more than once. What deviates is among the reader's findings.
    fn check_structure(&self, image: &Image, session: u16, control: &Control) -> Result<()> {
        let mut check = || control.check("the check is incomplete");
        let volume = match image.volume() {
            AnyVolume::Iso9660(volume) => volume,
            AnyVolume::Udf(volume) => return volume.check_structure(&mut check),
        };
        let Ok(set) = self.volume_set(&self.session(Some(session))?) else { return Ok(()) };
        let plain = iso9660::directory::compare_identifiers as fn(&[u8], &[u8]) -> Ordering;
        let (fields, compare) = match image.file_system() {
            FileSystem::Iso9660 => (Some(&set.primary.fields), plain),
            FileSystem::Enhanced => (set.enhanced.as_ref().map(|descriptor| &descriptor.fields), plain),
            FileSystem::Joliet => {
                let fields = joliet::descriptor(&set).map(|descriptor| &descriptor.fields);
                (fields, joliet::compare_identifiers as fn(&[u8], &[u8]) -> Ordering)
            }
            // Rock Ridge is read from the records of plain ISO 9660; HFS+ is not read.
            FileSystem::RockRidge | FileSystem::Udf | FileSystem::HfsPlus => return Ok(()),
        };
        fields.map_or(Ok(()), |fields| volume.check_structure(&fields.path_tables, compare, &mut check))
    }
}

/// Names in a directory that no host can have, or that come twice: extracting leaves such entries out.
fn findings_of_names(image: &Image, path: &[u8], entries: &[ImageEntry]) -> Vec<Finding> {
    let file_system = image.file_system();
    let clause = if file_system == FileSystem::Udf { "ECMA-167 4/8.6" } else { "ECMA-119 9.3" };
    let odd = entries.iter().enumerate().filter_map(|(index, entry)| {
        let doubled = names::is_doubled(entries, index).then_some(names::DOUBLED);
        let reason = names::impossible(&entry.name).or(doubled)?;
        let message = format!("{file_system} shows '{}' in it: {reason}", escape(&entry.name));
        let finding = Finding::damage(message).of(Some(shown(path))).by(clause);
        // The identifier of a file has a dot and a version more than that of a directory (ECMA-119 7.5.1).
        let is_told_apart = file_system != FileSystem::Udf
            && doubled.is_some()
            && (entry.kind == Kind::Directory) != (entries[index - 1].kind == Kind::Directory);
        Some(Finding { is_damage: !is_told_apart, ..finding })
    });
    let mut odd: Vec<Finding> = odd.collect();
    if !odd.is_empty()
        && let Some((start, end)) = image.lookup(path).ok().and_then(|directory| directory.records())
    {
        let sectors = (start.get(), end.get().saturating_sub(start.get()));
        odd.iter_mut().for_each(|finding| finding.sectors = vec![sectors]);
    }
    odd
}

/// Adds what is not told yet: the records of Rock Ridge are read once more as those of plain ISO 9660.
fn push_new(findings: &mut Vec<Finding>, new: Finding) {
    if !findings.iter().any(|old| old.message == new.message && old.sectors == new.sectors) {
        findings.push(new);
    }
}

/// That the check is to end is no finding.
fn stopped(error: &Error) -> Result<()> {
    match error {
        Error::Cancelled { state } => Err(Error::Cancelled { state: state.clone() }),
        _ => Ok(()),
    }
}

/// Reads a file to its end. What is a hole in the image file, or in the file, is zeros for certain.
fn drain(
    image: &Image,
    entry: &ImageEntry,
    mut hasher: Option<&mut ContentHasher>,
    bytes: &mut u64,
    control: &Control,
) -> Result<()> {
    let mut reader = image.open(entry)?;
    let mut digested = 0;
    let mut buffer = vec![0; entry.len.min(1 << 18) as usize];
    image.visit_stretches(entry, &mut reader, &mut |reader, start, len| {
        if let Err(error) = reader.seek(SeekFrom::Start(start)) {
            return Err(reader.error(error));
        }
        if let Some(hasher) = &mut hasher {
            hasher.zeros(start.saturating_sub(digested));
            digested = start.saturating_add(len);
        }
        let mut left = len;
        while left > 0 {
            control.check("the check is incomplete")?;
            let most = left.min(buffer.len() as u64) as usize;
            match reader.read(&mut buffer[..most]) {
                Ok(0) => break,
                Ok(read) => {
                    left -= read as u64;
                    if let Some(hasher) = &mut hasher {
                        hasher.update(&buffer[..read]);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(reader.error(error)),
            }
        }
        Ok(())
    })?;
    if let Some(hasher) = hasher {
        hasher.zeros(entry.len.saturating_sub(digested));
    }
    *bytes += entry.len;
    Ok(())
}
