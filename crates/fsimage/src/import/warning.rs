use std::fmt;

use sector_io::Sector;

use super::RecordedChecksums;
use crate::boot::PartitionTableKind;
use crate::disc::{Disc, LostFileSystem, PassedOver, PassedOverReason, TracksLeftOut};
use crate::recover::is_mendable;
use crate::tree::FileSystem;

/// Something of an imported session that a session built on it does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportWarning {
    /// A further entry of the same name in one directory; the first one counts.
    DoubledName {
        /// Path in the image.
        path: String,
    },
    /// A name that no tree can hold: empty, `.` or `..`, or with a slash or NUL in it.
    ImpossibleName {
        /// Path of the directory, and the name.
        path: String,
    },
    /// The extended attribute record in front of the data (ECMA-119 9.5).
    ExtendedAttributeRecord {
        /// Path in the image.
        path: String,
    },
    /// System Use bytes that are not SUSP entries (CD-XA and the like).
    SystemUse {
        /// Path of the first item that has some.
        path: String,
        /// How many items have.
        items: u64,
    },
    /// What Rock Ridge says of items, where another hierarchy was imported that has no fields for it, or says otherwise:
    /// owners, permissions, times, links, devices, unknown entries.
    RockRidge {
        /// The one that was imported.
        file_system: FileSystem,
    },
    /// What a file system says of items where the imported one says otherwise: when files were modified; in UDF, who has them and
    /// who may do what. In all file systems, items have what the imported one says.
    SaysOtherwise {
        /// The one whose words are not kept.
        file_system: FileSystem,
        /// The one that was imported.
        imported: FileSystem,
    },
    /// Times that are recorded, and are no date and time of day: the TF entry of Rock Ridge has some (RRIP 4.1.6), the directory
    /// record (ECMA-119 9.1.5) or the ICB of UDF (ECMA-167 1/7.3). They count as not given.
    ImpossibleTime {
        /// Path of the first item that has some.
        path: String,
        /// How many items have.
        items: u64,
        /// Which file system says so.
        file_system: FileSystem,
    },
    /// Times whose offset from Greenwich is none of -48 to 52 quarters of an hour, in the TF entry of Rock Ridge (RRIP 4.1.6)
    /// or the directory record (ECMA-119 9.1.5). They are taken for UTC, as Linux takes them.
    ImpossibleOffset {
        /// Path of the first item that has some.
        path: String,
        /// How many items have.
        items: u64,
        /// Which file system says so.
        file_system: FileSystem,
    },
    /// A version number of a file in Joliet (ECMA-119 7.5.1) that is not 1.
    FileVersion {
        /// Path in the image.
        path: String,
        /// The number.
        version: u32,
    },
    /// Some files have a version number in Joliet, and some have not: none gets one.
    JolietVersions,
    /// An identifier of plain ISO 9660 that no name can be: with a slash or NUL in it, or nothing but a version number. The
    /// item gets another.
    Identifier {
        /// Path in the image.
        path: String,
        /// The identifier, with escapes for what is not ASCII.
        identifier: String,
    },
    /// Rock Ridge in the records of a hierarchy beside that of the primary descriptor, as genisoimage has it in those of an
    /// enhanced volume, and systems of Apple in those of Joliet. No reader is known that looks for it there.
    UnreadRockRidge {
        /// Whose records they are.
        file_system: FileSystem,
    },
    /// What the Application Use field of a volume descriptor says (ECMA-119 8.4.32).
    ApplicationUse {
        /// Whose descriptor it is.
        file_system: FileSystem,
    },
    /// A supplementary volume descriptor (ECMA-119 8.5) beside that of Joliet and the enhanced one, with the hierarchy that it
    /// leads to.
    SupplementaryVolume {
        /// Which of the supplementary descriptors it is, from 1 on; the enhanced one does not count.
        number: usize,
    },
    /// System Use entries of an item that no field holds, where all of them together are longer than the image.
    Entries {
        /// Path in the image.
        path: String,
    },
    /// A device number beyond what 12 and 20 bits hold; the node is left out.
    DeviceNumber {
        /// Path in the image.
        path: String,
    },
    /// A directory that overlaps another, or is reached on a second way; only the first is kept.
    DirectoryTwice {
        /// Path in the image.
        path: String,
    },
    /// A directory that cannot be read; what is in it is not kept.
    UnreadableDirectory {
        /// Path in the image.
        path: String,
        /// Why.
        reason: String,
    },
    /// A file whose data cannot be found; it is left out.
    UnreadableFile {
        /// Path in the image.
        path: String,
        /// Why.
        reason: String,
    },
    /// Named streams of a file or directory that cannot be read, or one of them.
    UnreadableStream {
        /// Path of the item in the image.
        path: String,
        /// Name of the stream, if it is one.
        stream: Option<String>,
        /// Why.
        reason: String,
    },
    /// Streams of the volume itself (UDF 3.3.7), which belong to the software that made it.
    SystemStreams {
        /// Their names.
        names: Vec<String>,
    },
    /// The attribute list of an item in Rock Ridge (AAIP), where all lists together are longer than the image.
    AttributeList {
        /// Path in the image.
        path: String,
    },
    /// Extended attributes of UDF (ECMA-167 4/14.10).
    ExtendedAttributes {
        /// Path in the image.
        path: String,
    },
    /// A file that only hierarchies show that are not the imported one; it is left out.
    NotShown {
        /// Path in these hierarchies.
        path: String,
        /// Which they are.
        file_systems: Vec<FileSystem>,
    },
    /// Names that only a hierarchy has that is not the imported one, of a file that has other names in the tree; they are
    /// left out. There, what is written shows the file under the tree's names, where these were not hidden.
    NamesNotShown {
        /// Paths in that hierarchy that are not in the tree. Where they are more than `names`, which takes a file with over
        /// 64 such names, some stand for names of the tree that this hierarchy has in another form.
        paths: Vec<String>,
        /// How many names are left out.
        names: u64,
        /// Which hierarchy has them.
        file_system: FileSystem,
    },
    /// Directories of a hierarchy that may be one or another of the tree's: the names that it has for them and for what is
    /// below them are made anew.
    NamesMadeAnew {
        /// Path of the first in that hierarchy.
        path: String,
        /// How many there are.
        directories: u64,
        /// Which hierarchy has them.
        file_system: FileSystem,
    },
    /// An item, with all below it, that only one of several imported trees has: no other file system shows it in what is
    /// written, as before.
    OnlyThere {
        /// Path in the tree.
        path: String,
        /// Which file system has it.
        file_system: FileSystem,
    },
    /// Links (hard ones, too), devices or empty items of which one hierarchy shows fewer than there are, under names that
    /// do not say which: all of them are shown.
    MayHaveBeenHidden {
        /// Path of the first.
        path: String,
        /// How many are hidden.
        items: u64,
        /// Where.
        file_system: FileSystem,
    },
    /// A file whose data, by its record, lie behind the end of the image, or partly there; it is left out.
    BeyondEnd {
        /// Path in the image.
        path: String,
        /// Where the data that pass the end begin.
        sector: Sector,
    },
    /// A file in sectors of mode 2 form 2, as films on Video CDs: an image of plain sectors cannot hold it.
    ModeTwoFormTwo {
        /// Path in the image.
        path: String,
    },
    /// A file system comes before the imported one in the order of preference, and cannot be read.
    FileSystemLost(LostFileSystem),
    /// The recording of the session stopped early: files that it names may not be there.
    IncompleteSession {
        /// Number of the session.
        number: u16,
    },
    /// A session behind the imported one whose recording stopped early, that holds no file system, or cannot be read: what only
    /// it has is not in the tree.
    SessionPassedOver {
        /// Its number, and why.
        session: PassedOver,
        /// Number of the session that is meant instead; `None` where there is none, and nothing is imported.
        meant: Option<u16>,
    },
    /// Tracks of the disc that no file is in: what is made of its files does not have them.
    TracksLeftOut(TracksLeftOut),
    /// Partition tables in the system area stay as they are, with the sizes of the earlier state: the medium does not
    /// let its first sectors be written again.
    PartitionTable,
    /// A session has boot code or partition tables of its own, and its copy has none: the medium keeps the system area of its
    /// first session, which holds nothing.
    SystemAreaLeftOut {
        /// Number of the session that is copied.
        session: u16,
    },
    /// A partition in no file, which nothing boots from, is not on the copy of its session: the medium keeps the system area of
    /// its first session, and that does not tell of it.
    PartitionLeftOut {
        /// Number of the session that is copied.
        session: u16,
        /// The table.
        table: PartitionTableKind,
        /// Its number there, from 1.
        number: usize,
        /// Its length in bytes.
        bytes: u64,
    },
    /// No system area was kept of an older session: that of a newer one, in sector 0, is taken.
    NewerSystemArea {
        /// Number of the session that is imported.
        session: u16,
        /// Number of the session whose system area it is.
        newer: u16,
    },
    /// The system area of the medium cannot be read, and nothing has a copy of it: what is made of the session has none of the
    /// boot code and partition tables that may be in it.
    UnreadableSystemArea {
        /// Sector and cause, in words.
        cause: String,
    },
    /// The head of the medium has lost its system area: what is made of the session has boot code and partition tables from the
    /// copy in that.
    LostSystemArea,
    /// The head of the medium is blank, and a session lies behind it that [`Recovery`](crate::Recovery) brings back, until another is
    /// recorded over it.
    SessionsWithoutHead,
    /// Two partitions of a table in the system area that have blocks of the disk in common (UEFI 5.3.1). They are kept so
    /// where the system area is.
    PartitionsOverlap {
        /// The table.
        table: PartitionTableKind,
        /// Number of the one, from 1.
        first: usize,
        /// Number of the other.
        second: usize,
    },
    /// Checksums that others recorded over the image, which what is written makes wrong.
    Checksums(RecordedChecksums),
    /// Recorded digests of files, which are carried on, of which some may be wrong or missing.
    Digests {
        /// Path of their list in the image.
        path: String,
        /// Why.
        reason: String,
    },
    /// MD5 sums of files as xorriso records them that are not carried on: they are damaged.
    Sums {
        /// Why.
        reason: String,
    },
    /// Something of the session that cannot be had: records that are gone from a directory, say.
    Damaged {
        /// Path of the directory, where it is about one.
        path: Option<String>,
        /// In words, with sector and clause.
        finding: String,
    },
    /// The rules of the standard that the session breaks, as the reader found them.
    Finding {
        /// In words, with sector and clause.
        finding: String,
    },
}

impl ImportWarning {
    /// Whether an item of the session, or a part of one, cannot be had from it: it is damaged, or breaks its standard. What
    /// is left out because another hierarchy was asked for is none of these, nor is what a new image has another form for.
    #[must_use]
    pub fn is_about_missing_items(&self) -> bool {
        let is_partly = matches!(
            self,
            ImportWarning::UnreadableStream { .. }
                | ImportWarning::Damaged { .. }
                | ImportWarning::FileSystemLost(_)
        );
        is_partly || self.leaves_out_an_item()
    }

    /// Whether an item is missing in the tree, which then does not tell that the item was not shown.
    pub(super) fn leaves_out_an_item(&self) -> bool {
        matches!(
            self,
            ImportWarning::BeyondEnd { .. }
                | ImportWarning::DeviceNumber { .. }
                | ImportWarning::DirectoryTwice { .. }
                | ImportWarning::DoubledName { .. }
                | ImportWarning::ImpossibleName { .. }
                | ImportWarning::UnreadableDirectory { .. }
                | ImportWarning::UnreadableFile { .. }
        )
    }
}

impl ImportWarning {
    /// One for each session of a disc that is passed over for the one that is meant by default ([`Disc::passed_over`]), and for those
    /// that are behind a blank head.
    #[must_use]
    pub fn of_passed_over(disc: &Disc) -> Vec<ImportWarning> {
        let meant = disc.newest_complete().map(|session| session.number);
        let of_session = |session| ImportWarning::SessionPassedOver { session, meant };
        let is_without_head = disc.sessions().is_empty() && is_mendable(disc);
        let without_head = is_without_head.then_some(ImportWarning::SessionsWithoutHead);
        disc.passed_over().into_iter().map(of_session).chain(without_head).collect()
    }

    /// For an image that is made of the files of a session, the newest if none is named: tracks with sound, and with data of no
    /// file system, which it does not have. What stays on the disc is not lost to a session that is recorded behind it.
    pub fn of_tracks(disc: &Disc, session: Option<u16>) -> Option<ImportWarning> {
        let passed_over = disc.passed_over().into_iter();
        let passed_over = passed_over.filter(|one| !matches!(one.why, PassedOverReason::TrackCut { .. }));
        let passed_over: Vec<u16> = passed_over.map(|session| session.number).collect();
        disc.tracks_left_out(session, &passed_over).map(ImportWarning::TracksLeftOut)
    }
}

/// The clause that says what a file system's times are.
fn clause_of_times(file_system: FileSystem) -> &'static str {
    match file_system {
        FileSystem::RockRidge => "RRIP 4.1.6",
        FileSystem::Udf => "ECMA-167 1/7.3",
        _ => "ECMA-119 9.1.5",
    }
}

impl fmt::Display for ImportWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImportWarning::DoubledName { path } => {
                write!(f, "{path}: a further entry of this name is left out")
            }
            ImportWarning::ImpossibleName { path } => write!(f, "{path}: left out, this is no possible name"),
            ImportWarning::ExtendedAttributeRecord { path } => {
                write!(f, "{path}: its extended attribute record is not kept")
            }
            ImportWarning::SystemUse { path, items } => {
                write!(f, "{path}: System Use that is not SUSP (CD-XA and the like) is not kept")?;
                match items {
                    0 | 1 => Ok(()),
                    items => write!(f, ", nor that of {} more", items - 1),
                }
            }
            ImportWarning::RockRidge { file_system } => {
                write!(
                    f,
                    "owners, permissions, times, links and devices of Rock Ridge are not kept: {file_system} was imported, \
                     which has others or none"
                )
            }
            ImportWarning::SaysOtherwise { file_system, imported } => {
                let what = match file_system {
                    FileSystem::Udf => "times, owners or permissions",
                    _ => "times",
                };
                write!(
                    f,
                    "other {what} that {file_system} has of items are not kept: those of {imported} are, which was imported"
                )
            }
            ImportWarning::ImpossibleTime { path, items, file_system } => {
                let clause = clause_of_times(*file_system);
                write!(f, "{path}: a time that {file_system} has of it is no date and time of day ({clause}), and is not kept")?;
                match items {
                    0 | 1 => Ok(()),
                    items => write!(f, ", nor those of {} more", items - 1),
                }
            }
            ImportWarning::ImpossibleOffset { path, items, file_system } => {
                let clause = clause_of_times(*file_system);
                write!(
                    f,
                    "{path}: a time that {file_system} has of it is in a zone that is none ({clause}), and is taken for UTC"
                )?;
                match items {
                    0 | 1 => Ok(()),
                    items => write!(f, ", and so are those of {} more", items - 1),
                }
            }
            ImportWarning::FileVersion { path, version } => {
                write!(f, "{path}: its version number {version} in Joliet is not kept")
            }
            ImportWarning::JolietVersions => f.write_str(
                "some files have a version number in Joliet, and some have not: they are not kept, and none has one",
            ),
            ImportWarning::Identifier { path, identifier } => {
                write!(f, "{path}: its identifier '{identifier}' in ISO 9660 cannot be that of a file, and is not kept")
            }
            ImportWarning::UnreadRockRidge { file_system } => {
                write!(
                    f,
                    "Rock Ridge in the records of {file_system} is not kept: readers look for it in those of ISO 9660 alone"
                )
            }
            ImportWarning::ApplicationUse { file_system } => {
                write!(f, "the Application Use field in the volume descriptor of {file_system} is not kept")
            }
            ImportWarning::SupplementaryVolume { number } => write!(
                f,
                "supplementary volume descriptor {number}, and the hierarchy that it leads to, are not kept: beside Joliet and \
                 the enhanced hierarchy, none is written (ECMA-119 8.5)"
            ),
            ImportWarning::Entries { path } => {
                write!(
                    f,
                    "{path}: its System Use entries that are not understood are not kept: all of these together are \
                     longer than the image"
                )
            }
            ImportWarning::DeviceNumber { path } => {
                write!(f, "{path}: left out, its device number is too large")
            }
            ImportWarning::DirectoryTwice { path } => {
                write!(f, "{path}: left out, the directory overlaps another or is reached on two ways")
            }
            ImportWarning::UnreadableDirectory { path, reason } => {
                write!(f, "{path}: its entries are not kept: {reason}")
            }
            ImportWarning::UnreadableFile { path, reason } => write!(f, "{path}: left out: {reason}"),
            ImportWarning::UnreadableStream { path, stream: None, reason } => {
                write!(f, "{path}: its named streams are not kept: {reason}")
            }
            ImportWarning::UnreadableStream { path, stream: Some(stream), reason } => {
                write!(f, "{path}: its named stream {stream} is not kept: {reason}")
            }
            ImportWarning::SystemStreams { names } => {
                write!(f, "streams of the volume are not kept: {}", names.join(", "))
            }
            ImportWarning::ExtendedAttributes { path } => {
                write!(f, "{path}: its extended attributes are not kept")
            }
            ImportWarning::AttributeList { path } => {
                write!(
                    f,
                    "{path}: its extended attributes and access control lists are not kept: all lists \
                           together are longer than the image"
                )
            }
            ImportWarning::NotShown { path, file_systems } => {
                let names: Vec<String> = file_systems.iter().map(ToString::to_string).collect();
                let (have, are) = if names.len() > 1 { ("have", "are") } else { ("has", "is") };
                let names = names.join(" and ");
                write!(
                    f,
                    "{path}: left out, only {names} {have} it; which {are} not the tree that was imported"
                )
            }
            ImportWarning::NamesNotShown { paths, names, file_system } => {
                let which = match *names < paths.len() as u64 {
                    true => format!("{names} of these names of one file"),
                    false => "further names of one file".to_owned(),
                };
                write!(
                    f,
                    "{}: left out, only {file_system} has {which}; which is not the tree that was imported",
                    paths.join(", ")
                )
            }
            ImportWarning::OnlyThere { path, file_system } => {
                write!(f, "{path}: only {file_system} has it, and no other file system gets it")
            }
            ImportWarning::NamesMadeAnew { path, directories, file_system } => {
                write!(f, "{path}: nothing tells which directory of the tree this is in {file_system}, ")?;
                if *directories > 1 {
                    write!(f, "nor {} more; ", directories - 1)?;
                }
                f.write_str("names there, and of what is below, are made anew")
            }
            ImportWarning::MayHaveBeenHidden { path, items, file_system } => {
                write!(
                    f,
                    "{path}: {file_system} does not show all empty items, links and devices ({items} are missing), \
                     and its names do not say whether this is one of them; all are shown"
                )
            }
            ImportWarning::BeyondEnd { path, sector } => {
                write!(f, "{path}: left out: its data at sector {sector} pass the end of the image")
            }
            ImportWarning::ModeTwoFormTwo { path } => {
                write!(
                    f,
                    "{path}: its sectors are of mode 2 form 2, with 2324 bytes each; no image of plain sectors can \
                     hold it"
                )
            }
            ImportWarning::FileSystemLost(lost) => {
                write!(f, "{}; {} is imported", lost.reason, lost.shown)
            }
            ImportWarning::IncompleteSession { number } => {
                write!(f, "the recording of session {number} stopped early: data of its files may be missing")
            }
            ImportWarning::SessionPassedOver { session, meant } => {
                write!(f, "{session}: ")?;
                match meant {
                    Some(meant) => write!(f, "the state of session {meant} is taken")?,
                    None => f.write_str("nothing is taken of the medium")?,
                }
                match session.why {
                    PassedOverReason::StoppedEarly => f.write_str("; 'recover' tells what is there"),
                    PassedOverReason::Unreadable { .. } => f.write_str("; another drive may read it"),
                    PassedOverReason::NotInHead { start, .. } => write!(
                        f,
                        ", and nothing will lead to the other; on Linux, 'mount -o loop,ro,sbsector={start}' shows it"
                    ),
                    PassedOverReason::DescriptorsLost { .. } => f.write_str(", and nothing will lead to the other"),
                    PassedOverReason::NoFileSystem | PassedOverReason::TrackCut { .. } => Ok(()),
                }
            }
            ImportWarning::TracksLeftOut(tracks) => tracks.fmt(f),
            ImportWarning::NewerSystemArea { session, newer } => write!(
                f,
                "no system area is kept of session {session}: that of session {newer} is taken, with its boot code and \
                 partition tables"
            ),
            ImportWarning::UnreadableSystemArea { cause } => {
                write!(f, "the system area, with boot code and partition tables if there are some, is not kept: {cause}")
            }
            ImportWarning::SessionsWithoutHead => f.write_str(
                "the head of the medium is blank, and a session lies behind it: 'fsimage recover' brings back what is left, \
                 until it is recorded over",
            ),
            ImportWarning::LostSystemArea => f.write_str(
                "the system area of the medium is lost: that of the session is taken, with its boot code and partition \
                 tables; 'fsimage recover' writes it anew",
            ),
            ImportWarning::PartitionsOverlap { table, first, second } => write!(
                f,
                "partitions {first} and {second} of the {table} overlap, as the image has them: firmware and tools for \
                 disks may refuse them"
            ),
            ImportWarning::PartitionTable => f.write_str(
                "what is in the system area stays as it is: where that is a partition table, it has the sizes of the earlier \
                 state, and whoever mounts a partition instead of the whole medium may see that",
            ),
            ImportWarning::SystemAreaLeftOut { session } => write!(
                f,
                "the system area of session {session}, with its boot code and partition tables, is left out: the medium \
                 keeps that of its first session, which holds nothing"
            ),
            ImportWarning::PartitionLeftOut { session, table, number, bytes } => write!(
                f,
                "partition {number} of the {table} of session {session}, {bytes} bytes, is left out: it is in no file, and \
                 the medium keeps the system area of its first session, which does not tell of it"
            ),
            ImportWarning::Checksums(checksums) => checksums.fmt(f),
            ImportWarning::Digests { path, reason } => {
                write!(
                    f,
                    "{path}: digests that it records may be wrong, or missing, and are carried on: {reason}"
                )
            }
            ImportWarning::Sums { reason } => {
                write!(f, "the MD5 sums of files are not carried on: {reason}")
            }
            ImportWarning::Damaged { path: Some(path), finding } => {
                write!(f, "{path}: not all of it can be read: {finding}")
            }
            ImportWarning::Damaged { path: None, finding } => write!(f, "not all can be read: {finding}"),
            ImportWarning::Finding { finding } => f.write_str(finding),
        }
    }
}
