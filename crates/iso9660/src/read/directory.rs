//! The records of a directory, as they stand in its extent.

use std::collections::HashMap;
use std::ops::ControlFlow;

use sector_io::{ReadError, ReadSectors, SECTOR_SIZE, SectorCount};

use super::entries::{DIRECTORY, TYPE};
use super::entry::{Directory, Section, Times};
use super::finding::{Findings, Place};
use super::halves::{own_length, settle, told_halves};
use super::system_use::SystemUse;
use super::volume::Naming;
use super::{Error, Volume};
use crate::directory::{DirectoryRecord, FileFlags, PARENT_IDENTIFIER, SELF_IDENTIFIER};
use crate::number::Disagreement;
use crate::rock_ridge::{ChildLink, PosixAttributes};
use crate::susp::entries;
use crate::{LogicalBlock, RecordingTime};

/// Sectors read at a time: 1 MiB.
const PIECE: u32 = 512;

/// Sectors without any record, one behind another, that end a directory: these are not its sectors.
/// Writers leave none empty.
const MOST_EMPTY: u32 = 64;

/// Memory for reading directories. It is used again for every directory, and holds 1 MiB at most of one.
#[derive(Debug, Default)]
pub struct DirectoryBuffer {
    pub(super) piece: Vec<u8>,
    /// First record of a file of which more sections are to follow.
    pub(super) pending: Vec<u8>,
    pub(super) sections: Vec<Section>,
    pub(super) system_use: SystemUse,
    /// First sector of a relocated directory.
    pub(super) relocated: Vec<u8>,
    pub(super) own: OwnEntries,
    pub(super) container: Option<RelocationDirectory>,
}

impl DirectoryBuffer {
    /// An empty buffer.
    #[must_use]
    pub fn new() -> DirectoryBuffer {
        DirectoryBuffer::default()
    }

    /// The System Use entries of the directory that was read last that no [`Entry`](super::Entry) shows.
    #[must_use]
    pub fn own_entries(&self) -> &OwnEntries {
        &self.own
    }

    /// The directory that relocated ones are recorded in (RRIP 4.1.5), where the directory that was read last is the root and
    /// has one. No [`Entry`](super::Entry) shows it, unless no `CL` entry leads to one of them.
    #[must_use]
    pub fn relocation_directory(&self) -> Option<&RelocationDirectory> {
        self.container.as_ref()
    }
}

/// What is recorded of the directory that relocated ones are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelocationDirectory {
    /// Its name in Rock Ridge, or that of its identifier.
    pub name: Vec<u8>,
    /// Its identifier.
    pub identifier: Vec<u8>,
    /// Owner and permissions.
    pub posix: Option<PosixAttributes>,
    /// Times of its `TF` entries.
    pub times: Times,
    /// Recording time.
    pub recorded: RecordingTime,
    /// The identifiers of the directories in it, by where these begin.
    pub members: HashMap<LogicalBlock, Vec<u8>>,
}

/// System Use entries unknown to this crate in the first two records of a directory (ECMA-119 6.8.2.2), complete and
/// one behind another as recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnEntries {
    /// Those of the directory's own record. That of the root and that of a relocated directory are shown, with all
    /// that is in them: nothing of these is here.
    pub own: Vec<u8>,
    /// Those of the record of its parent.
    pub parent: Vec<u8>,
}

impl OwnEntries {
    /// Bytes of both.
    #[must_use]
    pub fn len(&self) -> usize {
        self.own.len() + self.parent.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn clear(&mut self) {
        self.own.clear();
        self.parent.clear();
    }
}

/// A record, its bytes and where these are.
#[derive(Clone, Copy)]
pub(super) struct Located<'a> {
    pub(super) record: DirectoryRecord<'a>,
    pub(super) bytes: &'a [u8],
    pub(super) place: Place,
}

/// What the records of directories are read from, and who is told of them.
#[derive(Clone, Copy)]
pub(super) struct Records<'a> {
    pub(super) source: &'a dyn ReadSectors,
    pub(super) findings: &'a Findings,
    pub(super) naming: Naming,
}

impl<R: ReadSectors> Volume<R> {
    pub(super) fn records(&self) -> Records<'_> {
        Records { source: &self.source, findings: &self.findings, naming: self.naming }
    }
}

/// Visits the records of a directory in order, its own and its parent's among them. Where the halves of an extent or a length
/// differ, a record has those that can be; a directory that is said to have no bytes has those of its own record.
pub(super) fn walk(
    records: Records<'_>,
    directory: Directory,
    piece: &mut Vec<u8>,
    each: &mut dyn FnMut(Located<'_>) -> ControlFlow<()>,
) -> Result<(), Error> {
    let Records { source, findings, .. } = records;
    let start = directory.extent.sector();
    let at_start = Place { sector: start, offset: 0 };
    let stated = directory.len.div_ceil(SECTOR_SIZE as u32);
    if !directory.len.is_multiple_of(SECTOR_SIZE as u32) || stated == 0 {
        let len = directory.len;
        let message = format_args!("a directory of {len} bytes, which are no whole sectors");
        findings.odd(at_start, "6.8.1.3", message);
    }
    let available = source.sectors();
    let there = available.get().saturating_sub(start.get()).min(stated);
    if there == 0 && stated > 0 {
        let count = SectorCount::new(stated);
        return Err(ReadError::OutOfRange { start, count, available }.into());
    }
    if there < stated {
        let message =
            format_args!("a directory of {stated} sectors, of which {there} lie in the image, is cut off");
        findings.damage(at_start, "9.1.3", message);
    }
    let mut done = 0;
    let mut most = PIECE;
    let mut seen = Seen::default();
    while done < there {
        let count = most.min(there - done);
        piece.resize(count as usize * SECTOR_SIZE, 0);
        let Some(sector) = start.checked_add(SectorCount::new(done)) else { break };
        if let Err(error) = source.read_sectors(sector, piece) {
            if count > 1 {
                // What stands before the sector that fails can still be had.
                most = 1;
                continue;
            }
            return Err(error.into());
        }
        for (bytes, number) in piece.chunks_exact(SECTOR_SIZE).zip(0..) {
            let Some(sector) = sector.checked_add(SectorCount::new(number)) else { break };
            let place = Place { sector, offset: 0 };
            let before = seen.records;
            if walk_sector(bytes, place, records, directory, &mut seen, each).is_break() {
                return Ok(());
            }
            // Writers end a directory with its last record; zeros in place of more are records that are gone.
            if bytes[0] == 0 && seen.empty == 0 {
                findings.damage(place, "6.8.1", format_args!("a sector of a directory without a record"));
            }
            seen.empty = if seen.records == before { seen.empty + 1 } else { 0 };
            if seen.empty == MOST_EMPTY {
                let message = format_args!("{MOST_EMPTY} sectors without a record end the directory");
                findings.odd(place, "6.8.1", message);
                return Ok(());
            }
        }
        done += count;
    }
    Ok(())
}

#[derive(Default)]
struct Seen {
    records: u64,
    empty: u32,
    /// Where the zeros at the end of the sector before begin, and how many there are.
    room: Option<(Place, usize)>,
}

fn walk_sector(
    sector: &[u8],
    start: Place,
    records: Records<'_>,
    directory: Directory,
    seen: &mut Seen,
    each: &mut dyn FnMut(Located<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let findings = records.findings;
    let mut rest = sector;
    let room_before = seen.room.take();
    while let Some(&length) = rest.first() {
        let place = Place { offset: (sector.len() - rest.len()) as u32, ..start };
        if length == 0 {
            if rest.len() == sector.len() {
                break;
            }
            if rest.iter().any(|&byte| byte != 0) {
                let message =
                    format_args!("zeros between records of a directory; what is behind them is left out");
                findings.damage(place, "6.8.1.1", message);
            } else {
                seen.room = Some((place, rest.len()));
            }
            break;
        }
        // Writers begin a sector when a record has no room in the one before; some do when it would fill that.
        if let Some((place, room)) =
            room_before.filter(|(_, room)| rest.len() == sector.len() && *room > usize::from(length))
        {
            let message = format_args!(
                "{room} bytes of zeros at the end of a directory's sector, in which the next record would have had room: records are gone"
            );
            findings.damage(place, "6.8.1.1", message);
        }
        let Ok((next, mut record)) = DirectoryRecord::parse(rest) else {
            let message =
                format_args!("no directory record; the rest of the sector is left out (length {length})");
            findings.damage(place, "9.1", message);
            break;
        };
        let bytes = &rest[..rest.len() - next.len()];
        rest = next;
        if seen.records == 0 && record.identifier != SELF_IDENTIFIER {
            let message = format_args!("a directory does not begin with its own record");
            findings.odd(place, "6.8.2.2", message);
        }
        repair(&mut record, bytes, place, records, directory);
        // The length of a record stands once. One that became greater has the next one for its System Use.
        if let Ok((rest, taken_record)) = DirectoryRecord::parse(record.system_use)
            && !taken_record.identifier.is_empty()
            && taken_record.extent.get() != 0
        {
            let taken = &record.system_use[..record.system_use.len() - rest.len()];
            if DirectoryRecord::disagreements(taken).next().is_none() {
                let message = format_args!("a directory record in the System Use field of another, left out");
                findings.damage(place, "9.1.1", message);
            }
        }
        seen.records += 1;
        each(Located { record, bytes, place })?;
    }
    ControlFlow::Continue(())
}

/// Takes what can be of numbers that cannot all be, and tells what is wrong with them.
fn repair(
    record: &mut DirectoryRecord<'_>,
    bytes: &[u8],
    place: Place,
    records: Records<'_>,
    directory: Directory,
) {
    let Records { source, findings, naming } = records;
    let is_other = !matches!(record.identifier, SELF_IDENTIFIER | PARENT_IDENTIFIER);
    if is_other {
        repair_flags(record, place, records);
    }
    let mut differing = DirectoryRecord::disagreements(bytes).peekable();
    if differing.peek().is_some() {
        if is_other {
            settle(source, record, bytes, Some(directory.extent));
        }
        let name = naming.shown(record.identifier);
        for Disagreement { offset, clause, little, big } in differing {
            let taken = match offset {
                DirectoryRecord::EXTENT_OFFSET => record.extent.get(),
                DirectoryRecord::DATA_LENGTH_OFFSET => record.data_length,
                _ => little,
            };
            let halves = told_halves(little, big, taken);
            let message = format_args!(
                "'{name}': the halves (7.3.3) of the number at byte {offset} of its record differ: {halves}"
            );
            findings.copy_lost(place, clause, message);
        }
    }
    if record.is_directory() && record.data_length == 0 && is_other {
        let name = naming.shown(record.identifier);
        match own_length(source, record) {
            Some(len) => {
                record.data_length = len;
                let message = format_args!(
                    "'{name}': its record says that this directory has no bytes; by its own record, which is taken, it has {len}"
                );
                findings.damage(place, "9.1.4", message);
            }
            None => {
                let block = record.extent;
                let message = format_args!(
                    "'{name}': its record says that this directory has no bytes, and at block {block} none begins; what is in it is lost"
                );
                findings.damage(place, "9.1.4", message);
            }
        }
    }
}

/// Takes a record for that of a directory whose flags say so besides other things, or say it no more.
fn repair_flags(record: &mut DirectoryRecord<'_>, place: Place, records: Records<'_>) {
    let Records { source, findings, naming } = records;
    let (is_directory, is_associated) =
        (record.is_directory(), record.flags.contains(FileFlags::ASSOCIATED_FILE));
    let what = if is_directory && is_associated {
        record.flags.remove(FileFlags::ASSOCIATED_FILE);
        "its record says that it is a directory and an associated file as well; taken for a directory"
    } else if !is_directory && record.data_length != 0 && has_mode_of_directory(record, naming) {
        let directory = DirectoryRecord { flags: record.flags | FileFlags::DIRECTORY, ..*record };
        if own_length(source, &directory).is_none() {
            return;
        }
        *record = directory;
        "its record says that it is a file, its PX entry and what lies there that it is a directory, which it is taken for"
    } else {
        return;
    };
    let name = naming.shown(record.identifier);
    findings.damage(place, "9.1.6", format_args!("'{name}': {what}"));
}

/// Whether the `PX` entry of a record says that it is a directory. Not so where that is elsewhere, by a `CL` entry.
fn has_mode_of_directory(record: &DirectoryRecord<'_>, naming: Naming) -> bool {
    let Naming::RockRidge { skip, .. } = naming else { return false };
    let mut is_directory = false;
    for entry in entries(record.system_use.get(skip..).unwrap_or_default()) {
        match entry.signature {
            ChildLink::SIGNATURE => return false,
            PosixAttributes::SIGNATURE => {
                is_directory = PosixAttributes::parse(entry.payload)
                    .is_ok_and(|(_, posix)| posix.mode & TYPE == DIRECTORY);
                if !is_directory {
                    return false;
                }
            }
            _ => {}
        }
    }
    is_directory
}
