//! What can go wrong, sorted by whose fault it is.

mod blame;
mod codes;
mod imapi2;
mod project_problem;
mod words;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use mmc_device::DriveError;
use mmc_device::cd::RawImageError;
use sector_io::{ReadError, Sector, SectorCount};

pub use blame::Blame;
pub use imapi2::Imapi2Code;
pub(crate) use imapi2::is_medium_file;
pub use project_problem::ProjectProblem;
use words::{differing, in_session, levels, named, others, remedy, sessions, told, what_boots};

use crate::audio::{CueProblem, SoundProblem};
use crate::plan::Notice;
use crate::record::{AudioMode, RecorderPart, RecorderProblem};
use crate::tree::{FileSystem, Kind, SpoolProblem};

/// Result of this crate's calls.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Any failure of the facade. [`Error::blame`] says who has to act, [`Error::imapi2`] gives the IMAPI2 code.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An option or argument has an impossible value.
    #[error("{argument}: {reason}")]
    InvalidArgument {
        /// The option, as the caller names it.
        argument: String,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
    /// A volume name that the file system cannot hold.
    #[error("volume name {name:?} does not fit {file_system}: {rule}")]
    InvalidVolumeName {
        /// The name.
        name: String,
        /// The file system.
        file_system: FileSystem,
        /// The broken rule, with its clause.
        rule: &'static str,
    },
    /// No file system is asked for.
    #[error("file systems: none is chosen; ISO 9660 or UDF has to be among them")]
    NoOutput,
    /// A date of the volume lies before one that it cannot lie before.
    #[error("the volume's {date} lies before its {other} ({clause})")]
    InvalidDate {
        /// The earlier one, which is to be the later.
        date: &'static str,
        /// The other.
        other: &'static str,
        /// What says so.
        clause: &'static str,
    },
    /// A path inside the image that is not well formed.
    #[error("{path:?} is not a path inside an image: {rule}")]
    InvalidPath {
        /// The path.
        path: String,
        /// The broken rule.
        rule: &'static str,
    },
    /// A name has characters that the tree is not to hold; see [`Tree::restrict_names`](crate::Tree::restrict_names).
    #[error("{name:?}: names of this tree hold characters of ASCII only, U+0020 to U+007F")]
    RestrictedName {
        /// The name.
        name: String,
    },
    /// Something is there already.
    #[error("{path} is there already")]
    DuplicateName {
        /// Path inside the image.
        path: String,
    },
    /// A file meets a directory of the same name, or the reverse.
    #[error("{path}: the {added} {added_from} meets the {existing} {existing_from} of the same name")]
    MergeCollision {
        /// Path inside the image.
        path: String,
        /// Kind of what was there before.
        existing: Kind,
        /// Where that came from.
        existing_from: String,
        /// Kind of what was to be added.
        added: Kind,
        /// Where that came from.
        added_from: String,
    },
    /// No path leads there.
    #[error("{path} is not in the image")]
    NotFound {
        /// Path inside the image.
        path: String,
        /// What was asked for, if not just anything.
        wanted: Option<Kind>,
    },
    /// An older session, from which something was to be restored, has no such item.
    #[error("{path} is not in session {session}{}", in_session(*newest))]
    NotInSession {
        /// Path inside the image.
        path: String,
        /// Number of the session.
        session: u16,
        /// The newest session that has it.
        newest: Option<u16>,
    },
    /// An item that is in no directory: it was made so, or removed, or is below such a one; or a number that is no item's.
    #[error("{path} is not in the tree; put it into a directory of it first, or name an item that is there")]
    NotInTree {
        /// Path of the item, from the directory on that is in no other; or the number.
        path: String,
    },
    /// A directory that is to be removed only if it is empty.
    #[error("{path} is not empty; remove what is in it first, or all of it at once")]
    DirectoryNotEmpty {
        /// Path inside the image.
        path: String,
    },
    /// Items of this kind do not have the property.
    #[error("{path}: a {kind} has no {property}")]
    NoSuchProperty {
        /// Path inside the image.
        path: String,
        /// What it is.
        kind: Kind,
        /// The property.
        property: &'static str,
    },
    /// A file was asked for.
    #[error("{path} is a {kind}, not a file")]
    NotAFile {
        /// Path inside the image.
        path: String,
        /// What it is.
        kind: Kind,
    },
    /// A directory was asked for.
    #[error("{path} is a {kind}, not a directory")]
    NotADirectory {
        /// Path inside the image.
        path: String,
        /// What it is.
        kind: Kind,
    },
    /// More names collide in one directory than the file system's names can keep apart.
    #[error("{path}: the names of this directory cannot be made unique in {file_system}")]
    NoUniqueName {
        /// Path of the directory.
        path: String,
        /// The file system.
        file_system: FileSystem,
    },
    /// Strict mode met something that a file system cannot keep as it is.
    #[error("strict: {first}{}", others(*.count))]
    Strict {
        /// The first change.
        first: Box<Notice>,
        /// How many changes there are.
        count: u64,
    },
    /// A boot image, boot catalog or partition that cannot be as it was asked for.
    #[error("{image}: {reason}")]
    BootImage {
        /// Which: its number or path.
        image: String,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
    /// Two partitions of a table would have blocks of the disk in common: what is a partition already is one once more, or a
    /// part of another (UEFI 5.3.1).
    #[error(
        "partitions {first} and {second} of the {table} would overlap: what lies there is to be named once; a boot image \
         that is an appended partition is no further one"
    )]
    PartitionsOverlap {
        /// The table.
        table: crate::PartitionTableKind,
        /// Number of the one, from 1.
        first: usize,
        /// Number of the other.
        second: usize,
    },
    /// A boot image whose length is that of no diskette, and that is to seem one.
    #[error("{image}: {len} bytes are no diskette: those have 1,228,800, 1,474,560 or 2,949,120")]
    BootEmulation {
        /// Which: its number or path.
        image: String,
        /// Its length in bytes.
        len: u64,
    },
    /// What boots from a disk, or is mounted as one, is asked for in a session behind others.
    #[error("{what}: a further session has none of its own; write a new image, or leave it out")]
    BootConflict {
        /// What was asked for.
        what: &'static str,
    },
    /// An image boots by something that one made of it would not have.
    #[error("{}: {}", what_boots(losses), told(losses))]
    BootLost {
        /// All of it.
        losses: Vec<crate::BootLoss>,
    },
    /// More directories than 16-bit parent numbers can tell apart.
    #[error(
        "{file_system}: {count} directories are too many; path tables number parents with 16 bits (ECMA-119 9.4.4)"
    )]
    TooManyDirectories {
        /// The file system.
        file_system: FileSystem,
        /// Directories in the tree.
        count: u64,
    },
    /// A directory lies deeper than the file system allows, or than it would be read again.
    #[error("{path}: {depth} levels; {}", levels(*most))]
    TooDeep {
        /// Path of the directory.
        path: String,
        /// Its level, the root being 1.
        depth: u32,
        /// How many there may be: 8 in ISO 9660, 1,024 in all file systems.
        most: u32,
    },
    /// A file is longer than the file system or its level allows.
    #[error("{path}: {len} bytes; {limit}")]
    FileTooBig {
        /// Path of the file.
        path: String,
        /// Its length in bytes.
        len: u64,
        /// The limit, with its clause.
        limit: &'static str,
    },
    /// What was to be added does not fit below the limit of the tree ([`Tree::limit_blocks`](crate::Tree::limit_blocks)).
    #[error("{path}: with it the image needs {needed} sectors, and {limit} are allowed")]
    SizeLimit {
        /// Path of what was to be added.
        path: String,
        /// Sectors needed.
        needed: u64,
        /// Sectors allowed.
        limit: u64,
    },
    /// The image does not fit.
    #[error("the image needs {needed} sectors, and {available} are available")]
    ImageTooBig {
        /// Sectors needed.
        needed: u64,
        /// Sectors available.
        available: SectorCount,
    },
    /// The tree holds more than this crate's 32-bit indexes or 4 GiB of names.
    #[error("the tree is too large: {what}")]
    TreeTooLarge {
        /// What overflowed.
        what: &'static str,
    },

    /// A source is not what it was when the image was planned.
    #[error("{} has changed since the image was planned: expected {expected}, found {found}", path.display())]
    SourceChanged {
        /// Path on the host.
        path: PathBuf,
        /// What was planned, in words.
        expected: String,
        /// What is there, in words.
        found: String,
    },
    /// A source cannot be opened.
    #[error("cannot open {}: {source}", path.display())]
    SourceOpen {
        /// Path on the host.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The folder for temporary files, or what is spooled there, fails.
    #[error("{}: {problem}", folder.display())]
    Spool {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        problem: SpoolProblem,
    },
    /// A source cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    SourceRead {
        /// Path on the host.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A source folder cannot be listed.
    #[error("cannot list {}: {source}", path.display())]
    DirectoryRead {
        /// Path on the host.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },

    /// A file is no sound for a CD, or its sectors are damaged.
    #[error("{}: {problem}", path.display())]
    Sound {
        /// Path on the host.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        problem: SoundProblem,
    },
    /// A cue sheet, or a list of sound files, that no disc can be made from.
    #[error("{}: {problem}", path.display())]
    CueSheet {
        /// Path on the host.
        path: PathBuf,
        /// What is wrong with it.
        problem: CueProblem,
    },

    /// A raw image that cannot be as it was asked for.
    #[error("raw image: {0}")]
    RawImage(#[from] RawImageError),
    /// The drive failed, or the disc does not suit, when a disc of sound was to be recorded.
    #[error("{drive}: {source}")]
    AudioDrive {
        /// The drive, as the caller names it.
        drive: String,
        /// How it was to be recorded.
        mode: AudioMode,
        /// What went wrong.
        source: DriveError,
    },

    /// The image file, pipe or folder that is written fails.
    #[error("cannot write {}: {source}{}", path.display(), remedy(source))]
    OutputWrite {
        /// Path on the host.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// An image file that is read or grown cannot be opened.
    #[error("cannot open {}: {source}", path.display())]
    ImageOpen {
        /// Path on the host.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The length of an image file is no multiple of 2048 bytes.
    #[error(
        "{image}: {len} bytes are no whole sectors of 2048 bytes; it was cut short, or holds more than user data"
    )]
    ImageNotAligned {
        /// The image.
        image: String,
        /// Its length in bytes.
        len: u64,
    },
    /// An image has no volume recognition sequence.
    #[error("{image}: there is no volume descriptor at sector 16 (ECMA-119 6.7.1, ECMA-167 2/8.3.1)")]
    NoVolumeDescriptor {
        /// The image.
        image: String,
    },
    /// An image has more sectors than a drive can address.
    #[error("{image}: {sectors} sectors are more than a drive can address, which is 2,147,483,647")]
    ImageBeyondDrives {
        /// The image.
        image: String,
        /// Its length in sectors.
        sectors: u64,
    },
    /// There is nothing to import.
    #[error("{medium} is blank")]
    EmptyMedium {
        /// Image or drive.
        medium: String,
    },
    /// No file system that this crate reads.
    #[error("session {session} holds no file system that can be read here: {detail}")]
    NoFileSystem {
        /// Number of the session.
        session: u16,
        /// What was looked for, where.
        detail: String,
    },
    /// The file system that was asked for is not in the session.
    #[error("session {session} holds no {file_system}")]
    FileSystemNotFound {
        /// Number of the session.
        session: u16,
        /// The file system.
        file_system: FileSystem,
    },
    /// There is no session of that number.
    #[error("there is no session {asked}; {}", sessions(*newest))]
    SessionNotFound {
        /// Number asked for.
        asked: u16,
        /// Number of the newest session.
        newest: u16,
    },
    /// The image contradicts itself or its standard.
    #[error("sector {sector}: {structure}: {detail}")]
    Corrupt {
        /// Where.
        sector: Sector,
        /// The structure, with its clause.
        structure: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// The image uses a feature that this crate does not read or cannot keep.
    #[error("{feature} is not supported")]
    Unsupported {
        /// The feature.
        feature: String,
    },
    /// A sector of the image cannot be read.
    #[error("{0}")]
    ImportRead(#[from] ReadError),
    /// The medium or image cannot take another session.
    #[error("cannot append: {reason}")]
    CannotAppend {
        /// Why, and what would work.
        reason: String,
    },
    /// No further session is possible on the medium: it is closed, read-only or full.
    #[error("{medium}: {reason}; build a new image of what it holds, or take another medium")]
    NoFurtherSession {
        /// Image or drive.
        medium: String,
        /// Why.
        reason: String,
    },
    /// A kind of medium that no sessions are recorded on.
    #[error("{drive}: {profile} takes no sessions here: {reason}")]
    MediumNotAllowed {
        /// The drive, as the caller names it.
        drive: String,
        /// The kind of medium.
        profile: String,
        /// Why.
        reason: &'static str,
    },
    /// What was named does not grow in the way that was asked for.
    #[error("cannot append in place: {reason}")]
    NotGrowable {
        /// Why, and what would work.
        reason: String,
    },
    /// A session for another place than the one where the next session begins.
    #[error("the session was planned for sector {planned}, and the next one begins at {next}: plan it anew")]
    WrongPlace {
        /// Where the plan begins.
        planned: Sector,
        /// Where the next session begins.
        next: Sector,
    },
    /// A tree that refers to data of earlier sessions, planned as if there were none.
    #[error(
        "{path}: its data lie in an earlier session, and none was named for the plan to go behind: take the place          of the next session, or have imported contents copied"
    )]
    PlaceNotSet {
        /// Path of the first such file.
        path: String,
    },
    /// File systems other than those of the session that is continued, where each has to show the newest state.
    #[error("cannot append: {reason}")]
    FileSystemChange {
        /// Which, and what would work.
        reason: String,
    },
    /// Another revision of UDF than that of the session that is continued.
    #[error(
        "cannot append: the earlier session is of UDF {earlier}, and {asked} is asked for; keep its revision"
    )]
    UdfRevisionChange {
        /// The revision of the earlier session.
        earlier: crate::UdfRevision,
        /// That of the plan.
        asked: crate::UdfRevision,
    },
    /// A revision of UDF that is read and not written.
    #[error(
        "cannot append: UDF {revision} of the earlier session is not written; build a new image of what it holds,          with another revision"
    )]
    UdfNotWritable {
        /// The revision.
        revision: crate::UdfRevision,
    },
    /// Another disc than the one that was imported, or another state of it. Nothing was written.
    #[error(
        "{medium} is another disc than was looked at, or was written to since: begin again; nothing was written"
    )]
    DiscMismatch {
        /// Image or drive.
        medium: String,
    },
    /// A project that cannot be exported or imported.
    #[error("{}: {problem}", folder.display())]
    Project {
        /// Its folder.
        folder: PathBuf,
        /// Why, and what to do.
        problem: ProjectProblem,
    },
    /// A name on the disc would leave the target folder, or cannot exist there.
    #[error("{path}: not extracted: {reason}")]
    UnsafePath {
        /// Path inside the image.
        path: String,
        /// Why.
        reason: String,
    },
    /// What was written does not read back.
    #[error(
        "the recording was completed, and is on the medium, but sector {sector}{} not read back as written{}",
        differing(*sectors),
        named(files)
    )]
    VerifyFailed {
        /// The first sector that differs.
        sector: Sector,
        /// Sectors that differ.
        sectors: u64,
        /// Paths of the files they are in, as far as they are in files: all of them, in the order in which they lie. The
        /// text of the error has a hundred.
        files: Vec<String>,
    },

    /// An overwritable medium holds what cannot be continued, and is not overwritten unasked.
    #[error(
        "cannot append: {drive}: the medium holds data that this release cannot continue (UDF, perhaps); \
         'fsimage recover' tells whether sessions are left, and 'fsimage drive blank' makes it blank, and loses them"
    )]
    NotBlank {
        /// The drive, as the caller names it.
        drive: String,
    },
    /// What tells of the sessions on a medium that is to be written to cannot be read: they would be lost, or hidden.
    #[error("{drive}: {source}; {advice}")]
    SessionsUnreadable {
        /// The drive, as the caller names it.
        drive: String,
        /// The sector, and what the drive says.
        source: Arc<ReadError>,
        /// What would become of them, and what can be done.
        advice: &'static str,
    },
    /// A copy is to be the only thing on its medium.
    #[error(
        "{drive}: the medium holds sessions, and a copy needs a blank one: put in another, or make this one blank with \
         'fsimage drive blank' if it can be rewritten, which loses them"
    )]
    HoldsSessions {
        /// The drive, as the caller names it.
        drive: String,
    },
    /// A medium could not be blanked or formatted.
    #[error("{drive}: {source}")]
    Erase {
        /// The drive, as the caller names it.
        drive: String,
        /// What it says.
        source: DriveError,
    },
    /// A recorder, or one of its writers, is in a state that does not allow what was asked for.
    #[error("{part}: {problem}")]
    Recorder {
        /// Of what it was asked.
        part: RecorderPart,
        /// Why not.
        problem: RecorderProblem,
    },
    /// A drive does not have a feature, or not with the medium that is in it.
    #[error("{drive}: {feature}: {}", if *is_known { "not with the medium in it" } else { "the drive does not have it" })]
    Feature {
        /// The drive, as the caller names it.
        drive: String,
        /// The feature.
        feature: String,
        /// Whether another medium may have it.
        is_known: bool,
    },
    /// The drive or its medium.
    #[error("{drive}: {source}")]
    Drive {
        /// The drive, as the caller names it.
        drive: String,
        /// What it says.
        source: DriveError,
    },
    /// A recording stopped with an error, and the medium was left in a state worth knowing.
    #[error("{source}; {medium}")]
    Recording {
        /// Why it stopped.
        source: Box<Error>,
        /// What is on the medium now, and what can be done with it.
        medium: String,
    },
    /// Cancelled by the caller.
    #[error("cancelled; {state}")]
    Cancelled {
        /// In what state the output or medium was left.
        state: String,
    },
}

impl Error {
    /// The IMAPI2 error that a caller of that interface would have got.
    #[must_use]
    pub fn imapi2(&self) -> Imapi2Code {
        imapi2::code(self)
    }

    /// Its HRESULT: the number of [`Error::imapi2`].
    #[must_use]
    pub fn code(&self) -> u32 {
        self.imapi2().number
    }

    /// Its symbol in the interface's headers: the name of [`Error::imapi2`].
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.imapi2().name
    }
}
