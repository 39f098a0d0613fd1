use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use sector_io::{ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::directory::{Located, walk};
use super::finding::{Findings, Place};
use super::volume::own_record;
use super::{Directory, DirectoryGuard, Error, Volume};
use crate::directory::{PARENT_IDENTIFIER, SELF_IDENTIFIER};
use crate::number::disagreements;
use crate::path_table::PathTableRecord;
use crate::volume::PathTables;
use crate::{ByteOrder, LogicalBlock};

/// Longest path table that is checked: 250,000 directories and more.
pub(super) const LONGEST_TABLE: u32 = 64 << 20;

/// Levels that are followed.
const MOST_LEVELS: u32 = 1024;

/// Directories that are not entered again of which it is looked whether they lie in themselves.
const MOST_LOOPS: u32 = 1000;

/// Numbers of an extended attribute record in both byte orders: owner, group and record length.
const EXTENDED_ATTRIBUTE_NUMBERS: &[(usize, usize, &str)] =
    &[(0, 2, "9.5.1"), (4, 2, "9.5.2"), (80, 2, "9.5.10")];

/// Offset of the version of an extended attribute record, which is 1 (9.5).
const EXTENDED_ATTRIBUTE_VERSION: usize = 180;

/// Where a directory's parent is, by the directory's first block.
type Parents = BTreeMap<LogicalBlock, LogicalBlock>;

/// What is known of the directories when the path tables are looked at.
struct Known {
    parents: Parents,
    /// Whether the deepest were left out.
    is_cut: bool,
}

/// Whether the directory at a block is another or lies in that.
fn lies_in(mut block: LogicalBlock, other: LogicalBlock, parents: &Parents) -> bool {
    while block != other {
        match parents.get(&block) {
            Some(&parent) if parent != block => block = parent,
            _ => return false,
        }
    }
    true
}

impl<R: ReadSectors> Volume<R> {
    /// Compares what is recorded more than once, and what the standard says of order and dates: directory records
    /// with the directories they lead to, the order of records by `compare`, recording times, path tables with
    /// each other and with the directories. What deviates is among [`Volume::findings`] then; directories that
    /// cannot be read are left out.
    ///
    /// # Errors
    /// Those of `check`, which is called for each directory.
    pub fn check_structure<E>(
        &self,
        tables: &PathTables,
        compare: fn(&[u8], &[u8]) -> Ordering,
        check: &mut dyn FnMut() -> Result<(), E>,
    ) -> Result<(), E> {
        let root = self.root_directory();
        let mut parents = Parents::from([(root.extent(), root.extent())]);
        let mut guard = DirectoryGuard::new();
        let (mut loops, mut is_cut) = (0, false);
        let mut pending = vec![(root, root.extent(), 0, at(root.extent()))];
        let mut piece = Vec::new();
        while let Some((directory, parent, level, place)) = pending.pop() {
            check()?;
            if level > MOST_LEVELS {
                if !is_cut {
                    let message =
                        format_args!("what lies below {MOST_LEVELS} levels of directories is not looked at");
                    self.findings.odd(place, "6.8.2", message);
                }
                is_cut = true;
                continue;
            }
            if !guard.enter(&directory) {
                if loops < MOST_LOOPS && lies_in(parent, directory.extent(), &parents) {
                    let block = directory.extent();
                    let message = format_args!(
                        "a loop of directories: one below the directory at block {block} leads back to it, and is left out"
                    );
                    self.findings.damage(place, "6.8.2", message);
                }
                loops += 1;
                continue;
            }
            let mut checker = Checker { findings: &self.findings, compare, directory, parent, last: None };
            // Whoever reads the directory is told that it cannot be read.
            let _ = walk(self.records(), directory, &mut piece, &mut |located| {
                if located.record.extended_attribute_length > 0 {
                    self.check_extended_attributes(&located);
                }
                if let Some(below) = checker.take(&located) {
                    parents.entry(below.extent()).or_insert(directory.extent());
                    pending.push((below, directory.extent(), level + 1, located.place));
                }
                ControlFlow::Continue(())
            });
        }
        self.check_path_tables(tables, &Known { parents, is_cut });
        Ok(())
    }

    /// Whether an extended attribute record is where a record says that one is: its length stands once, and moves
    /// the data.
    fn check_extended_attributes(&self, located: &Located<'_>) {
        let block = located.record.extent;
        let mut sector = [0; SECTOR_SIZE];
        let is_one = self.source().read_sectors(block.sector(), &mut sector).is_ok()
            && sector[EXTENDED_ATTRIBUTE_VERSION] == 1
            && disagreements(&sector, EXTENDED_ATTRIBUTE_NUMBERS).next().is_none();
        if !is_one {
            let length = located.record.extended_attribute_length;
            let message = format_args!(
                "an extended attribute record of {length} blocks is announced, and there is none at block {block}; what is behind so many is taken for the data"
            );
            self.findings.damage(located.place, "9.1.2", message);
        }
    }

    fn check_path_tables(&self, tables: &PathTables, known: &Known) {
        let findings = &self.findings;
        let PathTables { size, type_l, type_m, optional_type_l, optional_type_m } = *tables;
        let little = self.read_table(type_l, size);
        match &little {
            Ok(bytes) => {
                self.empty_table(type_l, bytes, ByteOrder::Little);
                self.check_path_table(type_l, &records(bytes, ByteOrder::Little), known);
            }
            Err(error) => not_read(findings, type_l, "9.4", error),
        }
        match self.read_table(type_m, size) {
            Ok(bytes) => {
                self.empty_table(type_m, &bytes, ByteOrder::Big);
                let same = little.as_ref().is_ok_and(|little| {
                    records(little, ByteOrder::Little) == records(&bytes, ByteOrder::Big)
                });
                if little.is_ok() && !same {
                    let message = format_args!("the type M path table says other things than the type L one");
                    findings.copy_lost(at(type_m), "6.9.1", message);
                }
            }
            Err(error) => not_read(findings, type_m, "9.4", &error),
        }
        let copies = [(optional_type_l, type_l, "8.4.15"), (optional_type_m, type_m, "8.4.17")];
        for (copy, of, clause) in
            copies.into_iter().filter_map(|(copy, of, clause)| Some((copy?, of, clause)))
        {
            match (self.read_table(copy, size), self.read_table(of, size)) {
                (Ok(copied), Ok(bytes)) if copied != bytes => {
                    let message = format_args!("the second path table differs from the first, at block {of}");
                    findings.copy_lost(at(copy), clause, message);
                }
                (Err(error), _) => not_read(findings, copy, clause, &error),
                _ => {}
            }
        }
    }

    /// A path table has a record of the root at least; a table that has none is lost. The tree tells the same.
    fn empty_table(&self, table: LogicalBlock, bytes: &[u8], order: ByteOrder) {
        if records(bytes, order).is_empty() {
            self.findings.copy_lost(at(table), "6.9", format_args!("a path table is lost: it has no record"));
        }
    }

    fn check_path_table(&self, table: LogicalBlock, records: &[PathTableRecord<'_>], known: &Known) {
        let findings = &self.findings;
        let extent_of = |record: &PathTableRecord<'_>| {
            record.extent.checked_add(record.extended_attribute_length.into()).unwrap_or(record.extent)
        };
        let mut offset = 0u64;
        let mut last_parent = 0;
        let mut named = std::collections::BTreeSet::new();
        for (index, record) in records.iter().enumerate() {
            let sector = u32::try_from(offset / SECTOR_SIZE as u64).unwrap_or(u32::MAX);
            let sector =
                table.sector().checked_add(SectorCount::new(sector)).unwrap_or(Sector::new(u32::MAX));
            let place = Place { sector, offset: (offset % SECTOR_SIZE as u64) as u32 };
            offset += record.encoded_len() as u64;
            let extent = extent_of(record);
            named.insert(extent);
            let Some(&parent) = known.parents.get(&extent) else {
                match self.is_directory(extent) {
                    // Records of the deepest were not looked for.
                    true if known.is_cut => {}
                    true => {
                        let message = format_args!(
                            "only a path table leads to the directory at block {extent}: its record is gone"
                        );
                        findings.damage(place, "6.9", message);
                    }
                    false => {
                        let message =
                            format_args!("a path table leads to block {extent}, where no directory is");
                        findings.copy_lost(place, "9.4.3", message);
                    }
                }
                continue;
            };
            // The root is its own parent, all others come behind theirs.
            let number = usize::from(record.parent);
            let said =
                number.checked_sub(1).filter(|&parent| parent < index.max(1)).and_then(|at| records.get(at));
            if said.map(extent_of) != Some(parent) {
                let message = format_args!(
                    "a path table has number {number} for the parent of the directory at block {extent}, which is wrong"
                );
                findings.copy_lost(place, "9.4.4", message);
            }
            if record.parent < last_parent {
                findings.odd(
                    place,
                    "6.9.1",
                    format_args!("a path table is not in the order of its directories' parents"),
                );
            }
            last_parent = record.parent;
        }
        let mut missing = known.parents.keys().filter(|extent| !named.contains(extent));
        if let Some(first) = missing.next() {
            let count = missing.count() + 1;
            let message =
                format_args!("{count} directories are not in the path table, the first at block {first}");
            findings.copy_lost(at(table), "6.9", message);
        }
    }

    /// Whether a directory begins at that block, by its own record.
    fn is_directory(&self, extent: LogicalBlock) -> bool {
        let mut sector = Vec::new();
        let read = self.read_own_record(extent, &mut sector);
        let own = own_record(&sector, extent).filter(|_| read.is_ok());
        own.is_some_and(|own| {
            own.record.is_directory()
                && own.record.extent.checked_add(own.record.extended_attribute_length.into()) == Some(extent)
        })
    }

    fn read_table(&self, start: LogicalBlock, size: u32) -> Result<Vec<u8>, String> {
        read_path_table(self.source(), start, size)
    }
}

/// The bytes of a path table, or why they cannot be read.
pub(super) fn read_path_table(
    source: &dyn ReadSectors,
    start: LogicalBlock,
    size: u32,
) -> Result<Vec<u8>, String> {
    let there = source.sectors().checked_sub(SectorCount::new(start.get())).unwrap_or_default();
    if u64::from(size) > there.bytes() {
        return Err(format!("its {size} bytes pass the end of the image"));
    }
    if size > LONGEST_TABLE {
        return Err(format!("its {size} bytes are more than any volume needs"));
    }
    let mut bytes = vec![0; (size as usize).next_multiple_of(SECTOR_SIZE)];
    source.read_sectors(start.sector(), &mut bytes).map_err(|error| Error::from(error).to_string())?;
    bytes.truncate(size as usize);
    Ok(bytes)
}

fn at(block: LogicalBlock) -> Place {
    Place { sector: block.sector(), offset: 0 }
}

fn not_read(findings: &Findings, table: LogicalBlock, clause: &'static str, error: &str) {
    findings.copy_lost(at(table), clause, format_args!("a path table is not compared: {error}"));
}

/// The records of a table, up to the first that is none.
pub(super) fn records(mut table: &[u8], order: ByteOrder) -> Vec<PathTableRecord<'_>> {
    let mut records = Vec::new();
    while let Ok((rest, record)) = PathTableRecord::parse(table, order) {
        if record.identifier.is_empty() {
            break;
        }
        records.push(record);
        table = rest;
    }
    records
}

/// Compares the records of one directory.
struct Checker<'a> {
    findings: &'a Findings,
    compare: fn(&[u8], &[u8]) -> Ordering,
    directory: Directory,
    parent: LogicalBlock,
    /// Identifier of the record before; `None` where order matters no more.
    last: Option<Vec<u8>>,
}

impl Checker<'_> {
    /// The directory that a record leads to.
    fn take(&mut self, located: &Located<'_>) -> Option<Directory> {
        let Located { record, place, .. } = *located;
        if record.recorded.is_impossible() {
            let identifier = record.identifier.escape_ascii();
            let message = format_args!("the recording time of '{identifier}' is no date and time of day");
            self.findings.odd(place, "9.1.5", message);
        }
        if record.recorded.has_impossible_offset() {
            let identifier = record.identifier.escape_ascii();
            let message = format_args!(
                "the recording time of '{identifier}' has a zone that is none; it is read as UTC"
            );
            self.findings.odd(place, "9.1.5", message);
        }
        let extent = record.extent.checked_add(record.extended_attribute_length.into());
        match record.identifier {
            SELF_IDENTIFIER => {
                let Directory { extent: own, len } = self.directory;
                if extent != Some(own) || record.data_length != len {
                    let (block, length) = (record.extent, record.data_length);
                    let message = format_args!(
                        "a directory of {len} bytes at block {own} says of itself that it has {length} at block {block}"
                    );
                    self.findings.odd(place, "6.8.2.2", message);
                }
                None
            }
            PARENT_IDENTIFIER => {
                if extent != Some(self.parent) {
                    let (parent, block) = (self.parent, record.extent);
                    let message = format_args!(
                        "the parent of a directory is at block {parent}, its record says {block}"
                    );
                    self.findings.odd(place, "6.8.2.2", message);
                }
                self.last = Some(Vec::new());
                None
            }
            identifier => {
                if let Some(last) = &mut self.last {
                    if (self.compare)(last, identifier) == Ordering::Greater && !last.is_empty() {
                        self.findings.odd(
                            place,
                            "9.3",
                            format_args!("the records of a directory are not in order"),
                        );
                        self.last = None;
                    } else {
                        last.clear();
                        last.extend_from_slice(identifier);
                    }
                }
                let extent = extent.filter(|_| record.is_directory())?;
                Some(Directory { extent, len: record.data_length })
            }
        }
    }
}
