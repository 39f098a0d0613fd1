// crate

pub use address::LogicalBlock;
pub use error::EncodeError;
pub use number::{ByteOrder, Disagreement};
pub use time::{RecordingTime, VolumeTime};

// crate::aaip

pub use acl::{AccessControlEntry, AccessControlLists, AclPermissions, AclTag};
pub use al::{AttributeListEntry, AttributeListFlags};
pub use extension::{EXTENSION, is_aaip};
pub use list::{AttributeList, AttributeListEncoder, component_len, list_len};
pub use name::is_internal;

// crate::aaip::acl

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))] pub
    struct AclPermissions : u8 { const EXECUTE = 1; const WRITE = 2; const READ = 4; }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum AclTag {
    UserObj,
    User(u32),
    GroupObj,
    Group(u32),
    Mask,
    Other,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AccessControlEntry {
    pub tag: AclTag,
    pub permissions: AclPermissions,
}
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AccessControlLists {
    pub access: Vec<AccessControlEntry>,
    pub default: Vec<AccessControlEntry>,
}
impl AccessControlLists {
    pub fn is_empty(&self) -> bool {}
    pub fn is_valid(&self) -> bool {}
    pub fn permissions(&self) -> Option<u16> {}
    pub fn permissions_without(&self) -> Option<u16> {}
    pub fn set_permissions(&mut self, bits: u16) {}
    pub fn parse(value: &[u8]) -> Option<AccessControlLists> {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
}
impl fmt::Display for AccessControlLists {}
impl fmt::Display for AccessControlEntry {}

// crate::aaip::al

bitflags! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)] pub struct AttributeListFlags : u8 {
    const CONTINUE = 1; const _ = ! 0; }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeListEntry<'a> {
    pub flags: AttributeListFlags,
    pub components: &'a [u8],
}
impl<'a> AttributeListEntry<'a> {
    pub const SIGNATURE: Signature = _;
    pub const MAX_COMPONENTS: usize = _;
    pub fn parse(payload: &'a [u8]) -> IResult<&'a [u8], AttributeListEntry<'a>> {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {}
}

// crate::aaip::extension

pub const EXTENSION: ExtensionsReference<'static> = _;
pub fn is_aaip(identifier: &[u8]) -> bool {}

// crate::aaip::list

#[derive(Clone, Debug, Default, PartialEq, Eq)]
/// And private fields.
pub struct AttributeList {
    pub acl: AccessControlLists,
}
impl AttributeList {
    pub fn attributes(&self) -> impl Iterator<Item = (&[u8], &[u8])> {}
    pub fn decode(area: &[u8], find: &mut dyn FnMut(&'static str)) -> AttributeList {}
}
pub const fn component_len(len: usize) -> usize {}
pub const fn list_len(len: usize) -> usize {}
#[derive(Debug)]
/// And private fields.
pub struct AttributeListEncoder<'o> {}
impl<'o> AttributeListEncoder<'o> {
    pub fn new(out: &'o mut Vec<u8>) -> AttributeListEncoder<'o> {}
    pub fn push_recorded(
        &mut self,
        area: &[u8],
        replaced: &[&[u8]],
        attribute: Option<(&[u8], &[u8])>,
    ) {}
    pub fn push(&mut self, name: &[u8], value: &[u8]) {}
    pub fn push_acl(&mut self, acl: &AccessControlLists) {}
    pub fn finish(mut self) {}
}

// crate::aaip::name

pub fn is_internal(name: &[u8]) -> bool {}

// crate::address

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
/// And private fields.
pub struct LogicalBlock();
impl LogicalBlock {
    pub const fn new(number: u32) -> LogicalBlock {}
    pub const fn get(self) -> u32 {}
    pub const fn checked_add(self, blocks: u32) -> Option<LogicalBlock> {}
    pub const fn checked_add_sectors(self, count: SectorCount) -> Option<LogicalBlock> {}
    pub const fn sector(self) -> Sector {}
}
impl From<Sector> for LogicalBlock {}
impl fmt::Display for LogicalBlock {}

// crate::directory

pub use flags::FileFlags;
pub use order::{compare_directory_identifiers, compare_identifiers, compare_records};
pub use record::{DirectoryRecord, MAX_RECORD_LEN};
pub use sections::{MAX_SECTION_LEN, Sections, sections};
pub const SELF_IDENTIFIER: &[u8] = _;
pub const PARENT_IDENTIFIER: &[u8] = _;

// crate::directory::flags

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct FileFlags : u8
    { const EXISTENCE = 0x01; const DIRECTORY = 0x02; const ASSOCIATED_FILE = 0x04; const
    RECORD = 0x08; const PROTECTION = 0x10; const MULTI_EXTENT = 0x80; }
}

// crate::directory::order

pub fn compare_identifiers(a: &[u8], b: &[u8]) -> Ordering {}
pub fn compare_records(a: &DirectoryRecord<'_>, b: &DirectoryRecord<'_>) -> Ordering {}
pub fn compare_directory_identifiers(a: &[u8], b: &[u8]) -> Ordering {}

// crate::directory::record

pub const MAX_RECORD_LEN: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectoryRecord<'a> {
    pub extended_attribute_length: u8,
    pub extent: LogicalBlock,
    pub data_length: u32,
    pub recorded: RecordingTime,
    pub flags: FileFlags,
    pub file_unit_size: u8,
    pub interleave_gap: u8,
    pub volume_sequence_number: u16,
    pub identifier: &'a [u8],
    pub system_use: &'a [u8],
}
impl Default for DirectoryRecord<'_> {}
impl<'a> DirectoryRecord<'a> {
    pub fn parse(input: &'a [u8]) -> IResult<&'a [u8], DirectoryRecord<'a>> {}
    pub fn disagreements(record: &[u8]) -> impl Iterator<Item = Disagreement> + '_ {}
    pub fn is_directory(&self) -> bool {}
    pub fn len_without_system_use(&self) -> usize {}
    pub fn encoded_len(&self) -> usize {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {}
}

// crate::directory::sections

pub const MAX_SECTION_LEN: u32 = _;
pub fn sections(len: u64) -> Sections {}
#[derive(Clone, Debug)]
/// And private fields.
pub struct Sections {}
impl Iterator for Sections {
    type Item = u32;
}

// crate::el_torito

pub use boot_info_table::{
    BOOT_INFO_TABLE_OFFSET, BootInfoTable, GRUB2_BOOT_INFO_OFFSET, grub2_boot_info,
};
pub use boot_record::{boot_record, catalog_of};
pub use catalog::{BootCatalog, Section};
pub use entry::{BootEntry, BootIndicator, EmulationFlags, MediaType, SectionEntry};
pub use section::{SectionEntryExtension, SectionHeader};
pub use validation::{PlatformId, ValidationEntry};
pub const ENTRY_LEN: usize = _;
pub const VIRTUAL_SECTOR_SIZE: u32 = _;

// crate::el_torito::boot_info_table

pub const BOOT_INFO_TABLE_OFFSET: usize = _;
pub const GRUB2_BOOT_INFO_OFFSET: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootInfoTable {
    pub primary_volume_descriptor: LogicalBlock,
    pub image: LogicalBlock,
    pub image_length: u32,
    pub checksum: u32,
}
impl BootInfoTable {
    pub const LEN: usize = _;
    pub const CHECKSUM_START: usize = _;
    pub fn checksum(rest: &[u8]) -> u32 {}
    pub fn parse(input: &[u8]) -> IResult<&[u8], BootInfoTable> {}
    pub fn encode(&self) -> [u8; 56] {}
}
pub fn grub2_boot_info(image: LogicalBlock) -> [u8; 8] {}

// crate::el_torito::boot_record

pub fn boot_record(catalog: LogicalBlock) -> BootRecord {}
pub fn catalog_of(boot_record: &BootRecord) -> Option<LogicalBlock> {}

// crate::el_torito::catalog

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub platform: PlatformId,
    pub identifier: [u8; 28],
    pub entries: Vec<(SectionEntry, Vec<SectionEntryExtension>)>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootCatalog {
    pub validation: ValidationEntry,
    pub initial: BootEntry,
    pub sections: Vec<Section>,
}
impl BootCatalog {
    pub fn parse(input: &[u8]) -> IResult<&[u8], BootCatalog> {}
    pub fn encoded_len(&self) -> usize {}
    pub fn encode(&self) -> Vec<u8> {}
}

// crate::el_torito::entry

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BootIndicator(pub u8);
impl BootIndicator {
    pub const BOOTABLE: Self = _;
    pub const NOT_BOOTABLE: Self = _;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MediaType(pub u8);
impl MediaType {
    pub const NO_EMULATION: Self = _;
    pub const DISKETTE_1200: Self = _;
    pub const DISKETTE_1440: Self = _;
    pub const DISKETTE_2880: Self = _;
    pub const HARD_DISK: Self = _;
    pub const fn diskette_len(self) -> Option<u32> {}
}
bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct EmulationFlags
    : u8 { const CONTINUATION = 0x20; const ATAPI_DRIVER = 0x40; const SCSI_DRIVERS =
    0x80; }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootEntry {
    pub indicator: BootIndicator,
    pub media: MediaType,
    pub load_segment: u16,
    pub system_type: u8,
    pub sector_count: u16,
    pub load_rba: LogicalBlock,
}
impl BootEntry {
    pub const fn no_emulation(load_rba: LogicalBlock, sector_count: u16) -> BootEntry {}
    pub fn parse(input: &[u8]) -> IResult<&[u8], BootEntry> {}
    pub fn encode(&self) -> [u8; ENTRY_LEN] {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionEntry {
    pub boot: BootEntry,
    pub flags: EmulationFlags,
    pub selection_criteria_type: u8,
    pub selection_criteria: [u8; 19],
}
impl SectionEntry {
    pub const fn new(boot: BootEntry) -> SectionEntry {}
    pub fn parse(input: &[u8]) -> IResult<&[u8], SectionEntry> {}
    pub fn encode(&self) -> [u8; ENTRY_LEN] {}
}

// crate::el_torito::section

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionHeader {
    pub last: bool,
    pub platform: PlatformId,
    pub entries: u16,
    pub identifier: [u8; 28],
}
impl SectionHeader {
    pub const MORE: u8 = _;
    pub const LAST: u8 = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], SectionHeader> {}
    pub fn encode(&self) -> [u8; ENTRY_LEN] {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionEntryExtension {
    pub continues: bool,
    pub selection_criteria: [u8; 30],
}
impl SectionEntryExtension {
    pub const INDICATOR: u8 = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], SectionEntryExtension> {}
    pub fn encode(&self) -> [u8; ENTRY_LEN] {}
}

// crate::el_torito::validation

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PlatformId(pub u8);
impl PlatformId {
    pub const X86: Self = _;
    pub const POWER_PC: Self = _;
    pub const MAC: Self = _;
    pub const EFI: Self = _;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValidationEntry {
    pub platform: PlatformId,
    pub identifier: [u8; 24],
}
impl ValidationEntry {
    pub const HEADER: u8 = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], ValidationEntry> {}
    pub fn encode(&self) -> [u8; ENTRY_LEN] {}
}

// crate::error

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeError {
    RecordTooLong { length: usize },
    IdentifierTooLong { length: usize },
    TextTooLong { length: usize, width: usize },
    EntryTooLong { signature: [u8; 2], length: usize },
    MalformedEntry { offset: usize },
    ContinuationTooFar,
}

// crate::layout

pub use sizes::{RecordLengths, RecordSizes};
#[derive(Clone, Debug, Default)]
/// And private fields.
pub struct DirectoryWriter {}
impl DirectoryWriter {
    pub fn new() -> DirectoryWriter {}
    pub fn begin(&mut self, continuation_start: LogicalBlock) {}
    pub fn push(
        &mut self,
        record: &DirectoryRecord<'_>,
        entries: &[u8],
    ) -> Result<(), EncodeError> {}
    pub fn finish(&mut self) -> (&[u8], &[u8]) {}
}
pub trait RecordSink {
    fn push(
        &mut self,
        record: &DirectoryRecord<'_>,
        entries: &[u8],
    ) -> Result<(), EncodeError>;
}
impl RecordSink for DirectoryWriter {}

// crate::layout::sizes

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordLengths {
    pub record: u8,
    pub area: u32,
}
impl RecordLengths {
    pub fn of(
        record: &DirectoryRecord<'_>,
        entries: &[u8],
    ) -> Result<RecordLengths, EncodeError> {}
}
#[derive(Clone, Debug)]
/// And private fields.
pub struct RecordSizes {}
impl RecordSizes {
    pub fn new(head: &[RecordLengths]) -> RecordSizes {}
    pub fn insert(
        &mut self,
        identifier: &[u8],
        lengths: RecordLengths,
        count: u32,
        compare: impl Fn(&[u8], &[u8]) -> Ordering,
    ) {}
    pub fn sectors(&mut self) -> (u64, u64) {}
}

// crate::names

pub use check::IdentifierCheck;
pub use departures::Departures;
pub use rules::{Dots, InterchangeLevel, NameChanges, NameRules, Relaxations};
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceName<'a> {
    pub name: &'a [u8],
    pub is_directory: bool,
    pub standing: Standing,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    New,
    Recorded,
    Identifier,
}
#[derive(Clone, Debug, Default)]
/// And private fields.
pub struct RecordedNames {}
impl RecordedNames {
    pub fn len(&self) -> usize {}
    pub fn is_empty(&self) -> bool {}
    pub fn identifier(&self, index: usize) -> &[u8] {}
    pub fn changes(&self, index: usize) -> NameChanges {}
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[u8], NameChanges)> {}
}
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct NoUniqueName {
    pub name: Vec<u8>,
    pub index: usize,
}
pub fn record_names(
    rules: &NameRules,
    names: &[SourceName<'_>],
) -> Result<RecordedNames, NoUniqueName> {}
pub fn distinct_part(identifier: &[u8]) -> Vec<u8> {}

// crate::names::check

/// And private fields.
pub struct IdentifierCheck<'r> {}
impl<'r> IdentifierCheck<'r> {
    pub fn new(rules: &'r NameRules) -> IdentifierCheck<'r> {}
    pub fn fits(&mut self, source: &SourceName<'_>, identifier: &[u8]) -> bool {}
}

// crate::names::departures

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
/// And private fields.
pub struct Departures {}
impl Departures {
    pub fn note_form(&mut self, identifier: &[u8], is_directory: bool) {}
    pub fn note(&mut self, identifier: &[u8], is_directory: bool) {}
    pub fn and(self, other: Departures) -> Departures {}
    pub fn relaxations(self) -> Relaxations {}
    pub fn are_mixed(self) -> bool {}
}

// crate::names::rules

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum InterchangeLevel {
    One,
    Two,
    Three,
    Enhanced,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Relaxations {
    pub allow_lower_case: bool,
    pub allow_multiple_dots: bool,
    pub allow_leading_dot: bool,
    pub allow_directory_extension: bool,
    pub allow_full_ascii: bool,
    pub allow_37_characters: bool,
    pub omit_version: bool,
    pub omit_trailing_dot: bool,
}
impl Relaxations {
    pub const NONE: Relaxations = _;
    #[must_use]
    pub fn and(self, other: Relaxations) -> Relaxations {}
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Dots {
    Standard,
    Genisoimage,
    Libisofs,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NameRules {
    pub level: InterchangeLevel,
    pub relaxations: Relaxations,
    #[cfg_attr(feature = "serde", serde(default))]
    pub dots: Dots,
    #[cfg_attr(feature = "serde", serde(default))]
    pub recorded: Relaxations,
}
impl NameRules {
    pub const ENHANCED: NameRules = _;
}
bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct NameChanges :
    u8 { const CASE_FOLDED = 0x01; const VERSION_ADDED = 0x02; const CHARACTERS_REPLACED
    = 0x04; const DOTS_CHANGED = 0x08; const TRUNCATED = 0x10; const MADE_UNIQUE = 0x20;
    }
}

// crate::number

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    Little,
    Big,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disagreement {
    pub offset: usize,
    pub clause: &'static str,
    pub little: u32,
    pub big: u32,
}

// crate::path_table

pub const MAX_PARENTS: usize = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathTableRecord<'a> {
    pub extended_attribute_length: u8,
    pub extent: LogicalBlock,
    pub parent: u16,
    pub identifier: &'a [u8],
}
impl<'a> PathTableRecord<'a> {
    pub fn parse(
        input: &'a [u8],
        order: ByteOrder,
    ) -> IResult<&'a [u8], PathTableRecord<'a>> {}
    pub fn encoded_len(&self) -> usize {}
    pub fn encode(
        &self,
        order: ByteOrder,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {}
}

// crate::read

pub use directory::{DirectoryBuffer, OwnEntries, RelocationDirectory};
pub use encoding::{DecodedReader, Encoding};
pub use entry::{Directory, Entry, EntryKind, Section, Times, Timestamp};
pub use error::Error;
pub use finding::Finding;
pub use guard::DirectoryGuard;
pub use occupied::{Structure, Structures};
pub use volume::{DecodeName, Volume};
pub use volume_set::{VolumeSet, read_volume_set};

// crate::read::directory

#[derive(Debug, Default)]
/// And private fields.
pub struct DirectoryBuffer {}
impl DirectoryBuffer {
    pub fn new() -> DirectoryBuffer {}
    pub fn own_entries(&self) -> &OwnEntries {}
    pub fn relocation_directory(&self) -> Option<&RelocationDirectory> {}
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelocationDirectory {
    pub name: Vec<u8>,
    pub identifier: Vec<u8>,
    pub posix: Option<PosixAttributes>,
    pub times: Times,
    pub recorded: RecordingTime,
}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnEntries {
    pub own: Vec<u8>,
    pub parent: Vec<u8>,
}
impl OwnEntries {
    pub fn len(&self) -> usize {}
    pub fn is_empty(&self) -> bool {}
}

// crate::read::encoding

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Encoding {
    Plain,
    Zisofs(Zisofs),
    Sparse(SparseFile),
}
impl Encoding {
    pub fn of(system_use: &[u8]) -> Encoding {}
    pub fn without(system_use: &[u8]) -> Vec<u8> {}
    pub const fn is_plain(&self) -> bool {}
    pub const fn file_len(&self, recorded: u64) -> u64 {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
}
#[derive(Debug)]
pub enum DecodedReader<R> {
    Plain(R),
    Zisofs(Box<ZisofsReader<R>>),
    Sparse(SparseReader<R>),
}
impl<R: Read + Seek> DecodedReader<R> {
    pub fn new(recorded: R, encoding: &Encoding) -> io::Result<DecodedReader<R>> {}
}
impl<R: Read + Seek> Read for DecodedReader<R> {}
impl<R: Read + Seek> Seek for DecodedReader<R> {}

// crate::read::entries

impl<R: ReadSectors> Volume<R> {
    pub fn root_entry(
        &self,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>),
    ) -> Result<(), Error> {}
    pub fn read_directory(
        &self,
        directory: &Directory,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {}
}

// crate::read::entry

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
/// And private fields.
pub struct Directory {}
impl Directory {
    pub const fn extent(&self) -> LogicalBlock {}
    pub const fn len(&self) -> u32 {}
    pub const fn is_empty(&self) -> bool {}
}
impl From<&RootDirectory> for Directory {}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Section {
    pub extent: LogicalBlock,
    pub len: u32,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    pub seconds: i64,
    pub nanoseconds: u32,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    pub creation: Option<Timestamp>,
    pub modify: Option<Timestamp>,
    pub access: Option<Timestamp>,
    pub attributes: Option<Timestamp>,
    pub backup: Option<Timestamp>,
    pub expiration: Option<Timestamp>,
    pub effective: Option<Timestamp>,
}
impl Times {
    pub fn add(&mut self, stamps: &TimeStamps) {}
}
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub name: &'a [u8],
    pub identifier: &'a [u8],
    pub kind: EntryKind<'a>,
    pub posix: Option<PosixAttributes>,
    pub times: Times,
    pub recorded: RecordingTime,
    pub flags: FileFlags,
    pub foreign: &'a [u8],
    pub attribute_list: &'a [u8],
    pub data_length: u32,
    pub extended_attribute_blocks: u8,
    pub plain_system_use: &'a [u8],
    pub relocated: bool,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind<'a> {
    Directory(Directory),
    File { sections: &'a [Section], len: u64, encoding: Encoding },
    Symlink(&'a [u8]),
    CharacterDevice { major: u32, minor: u32 },
    BlockDevice { major: u32, minor: u32 },
    Fifo,
    Socket,
}

// crate::read::error

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    NoVolume { session: Sector, sector: Sector },
    Read(ReadError),
    Unsupported { sector: Sector, structure: &'static str, what: String },
    Corrupt { sector: Sector, structure: &'static str, detail: String },
}
impl Error {
    pub fn sector(&self) -> Sector {}
    pub fn structure(&self) -> &'static str {}
}

// crate::read::finding

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub sector: Sector,
    pub offset: u32,
    pub clause: &'static str,
    pub message: String,
    pub is_damage: bool,
}
impl fmt::Display for Finding {}

// crate::read::guard

#[derive(Clone, Debug, Default)]
/// And private fields.
pub struct DirectoryGuard {}
impl DirectoryGuard {
    pub fn new() -> DirectoryGuard {}
    #[must_use]
    pub fn enter(&mut self, directory: &Directory) -> bool {}
}

// crate::read::occupied

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structure {
    Descriptors,
    PathTable,
    Directory,
    Unknown,
}
#[derive(Clone, Debug)]
/// And private fields.
pub struct Structures {}
impl VolumeSet {
    pub fn structures(&self, source: &dyn ReadSectors) -> Structures {}
}
impl Structures {
    pub fn found_in(
        &self,
        source: &dyn ReadSectors,
        sectors: &Range<Sector>,
    ) -> Option<Structure> {}
}

// crate::read::structure

impl<R: ReadSectors> Volume<R> {
    pub fn check_structure<E>(
        &self,
        tables: &PathTables,
        compare: fn(&[u8], &[u8]) -> Ordering,
        check: &mut dyn FnMut() -> Result<(), E>,
    ) -> Result<(), E> {}
}

// crate::read::volume

pub type DecodeName = fn(&[u8], &mut Vec<u8>) -> Option<&'static str>;
#[derive(Debug)]
/// And private fields.
pub struct Volume<R> {}
impl<R: ReadSectors> Volume<R> {
    pub fn plain(source: R, set: &VolumeSet) -> Result<Volume<R>, Error> {}
    pub fn rock_ridge(source: R, set: &VolumeSet) -> Result<Option<Volume<R>>, Error> {}
    pub fn plain_in_place(
        source: R,
        set: &VolumeSet,
    ) -> Result<Option<Volume<R>>, Error> {}
    pub fn announces_system_use(source: R, set: &VolumeSet) -> bool {}
    pub fn enhanced(source: R, set: &VolumeSet) -> Option<Volume<R>> {}
    pub fn with_names(source: R, root: &RootDirectory, decode: DecodeName) -> Volume<R> {}
    pub fn source(&self) -> &R {}
    pub fn root_directory(&self) -> Directory {}
    pub fn findings(&self) -> Vec<Finding> {}
}

// crate::read::volume_set

#[derive(Clone, Debug)]
pub struct VolumeSet {
    pub session: Sector,
    pub primary: PrimaryVolumeDescriptor,
    pub supplementary: Vec<SupplementaryVolumeDescriptor>,
    pub enhanced: Option<SupplementaryVolumeDescriptor>,
    pub boot_records: Vec<BootRecord>,
    pub partitions: Vec<VolumePartitionDescriptor>,
    pub end: Sector,
    pub findings: Vec<Finding>,
}
pub fn read_volume_set(
    source: &dyn ReadSectors,
    session: Sector,
) -> Result<VolumeSet, Error> {}

// crate::rock_ridge

pub use cl::ChildLink;
pub use extension::{EXTENSION, is_rock_ridge};
pub use nm::{AlternateName, NameFlags};
pub use pl::ParentLink;
pub use pn::DeviceNumber;
pub use px::PosixAttributes;
pub use re::RelocatedDirectory;
pub use rr::{Present, RockRidgePresent};
pub use sf::SparseFile;
pub use sl::{Component, ComponentFlags, LinkFlags, SymbolicLink, TargetDecoder};
pub use sparse_layout::SparseLayout;
pub use sparse_reader::{SparseError, SparseReader};
pub use sparse_table::{SparsePointer, SparseTable, SparseTarget};
pub use tf::{Stamps, TimeFlags, TimeStamps};

// crate::rock_ridge::cl

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildLink {
    pub location: LogicalBlock,
}
impl ChildLink {
    pub const SIGNATURE: Signature = _;
    pub fn parse(payload: &[u8]) -> IResult<&[u8], ChildLink> {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
}

// crate::rock_ridge::extension

pub const EXTENSION: ExtensionsReference<'static> = _;
pub fn is_rock_ridge(identifier: &[u8]) -> bool {}

// crate::rock_ridge::nm

pub const MAX_CONTENT: usize = _;
bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct NameFlags : u8
    { const CONTINUE = 0x01; const CURRENT = 0x02; const PARENT = 0x04; const HOST =
    0x20; }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlternateName<'a> {
    pub flags: NameFlags,
    pub content: &'a [u8],
}
impl<'a> AlternateName<'a> {
    pub const SIGNATURE: Signature = _;
    pub fn parse(payload: &'a [u8]) -> IResult<&'a [u8], AlternateName<'a>> {}
}
pub fn encoded_len(length: usize) -> usize {}
pub fn encode(name: &[u8], out: &mut Vec<u8>) {}

// crate::rock_ridge::pl

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParentLink {
    pub location: LogicalBlock,
}
impl ParentLink {
    pub const SIGNATURE: Signature = _;
    pub fn parse(payload: &[u8]) -> IResult<&[u8], ParentLink> {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
}

// crate::rock_ridge::pn

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeviceNumber {
    pub high: u32,
    pub low: u32,
}
impl DeviceNumber {
    pub const SIGNATURE: Signature = _;
    pub const fn new(major: u32, minor: u32) -> DeviceNumber {}
    pub const fn major_minor(self) -> (u32, u32) {}
    pub fn parse(payload: &[u8]) -> IResult<&[u8], DeviceNumber> {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
    pub fn encode_for_linux(major: u32, minor: u32, out: &mut Vec<u8>) {}
}

// crate::rock_ridge::px

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PosixAttributes {
    pub mode: u32,
    pub links: u32,
    pub user: u32,
    pub group: u32,
    pub serial: Option<u32>,
}
impl PosixAttributes {
    pub const SIGNATURE: Signature = _;
    pub fn parse(payload: &[u8]) -> IResult<&[u8], PosixAttributes> {}
    pub fn disagreements(payload: &[u8]) -> impl Iterator<Item = Disagreement> + '_ {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
}

// crate::rock_ridge::re

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RelocatedDirectory;
impl RelocatedDirectory {
    pub const SIGNATURE: Signature = _;
    pub fn encode(&self, out: &mut Vec<u8>) {}
}

// crate::rock_ridge::rr

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct Present : u8 {
    const PX = 0x01; const PN = 0x02; const SL = 0x04; const NM = 0x08; const CL = 0x10;
    const PL = 0x20; const RE = 0x40; const TF = 0x80; }
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RockRidgePresent {
    pub present: Present,
}
impl RockRidgePresent {
    pub const SIGNATURE: Signature = _;
    pub fn parse(payload: &[u8]) -> IResult<&[u8], RockRidgePresent> {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
}

// crate::rock_ridge::sf

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SparseFile {
    pub virtual_size: u64,
    pub table_depth: Option<u8>,
}
impl SparseFile {
    pub const SIGNATURE: Signature = _;
    pub const MOST_DEPTH: u8 = _;
    pub const fn depth(&self) -> u8 {}
    pub fn parse(payload: &[u8]) -> IResult<&[u8], SparseFile> {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
}

// crate::rock_ridge::sl

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct LinkFlags : u8
    { const CONTINUE = 0x01; }
}
bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct ComponentFlags
    : u8 { const CONTINUE = 0x01; const CURRENT = 0x02; const PARENT = 0x04; const ROOT =
    0x08; const VOLUME_ROOT = 0x10; const HOST = 0x20; }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component<'a> {
    pub flags: ComponentFlags,
    pub content: &'a [u8],
}
impl<'a> Component<'a> {
    pub fn parse(area: &'a [u8]) -> IResult<&'a [u8], Component<'a>> {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SymbolicLink<'a> {
    pub flags: LinkFlags,
    pub component_area: &'a [u8],
}
impl<'a> SymbolicLink<'a> {
    pub const SIGNATURE: Signature = _;
    pub fn parse(payload: &'a [u8]) -> IResult<&'a [u8], SymbolicLink<'a>> {}
    pub fn components(&self) -> impl Iterator<Item = Component<'a>> + use<'a> {}
}
#[derive(Clone, Copy, Debug, Default)]
/// And private fields.
pub struct TargetDecoder {}
impl TargetDecoder {
    pub const fn new() -> TargetDecoder {}
    pub fn push(&mut self, link: &SymbolicLink<'_>, target: &mut Vec<u8>) -> bool {}
}
pub fn encode(target: &[u8], out: &mut Vec<u8>) {}

// crate::rock_ridge::sparse_layout

#[derive(Clone, Debug, PartialEq, Eq)]
/// And private fields.
pub struct SparseLayout {}
impl SparseLayout {
    pub fn new(
        size: u64,
        data: impl IntoIterator<Item = (u64, u64)>,
    ) -> Option<SparseLayout> {}
    pub const fn entry(&self) -> SparseFile {}
    pub fn stored_len(&self) -> u64 {}
    pub fn tables_len(&self) -> u64 {}
    pub fn data(&self) -> impl ExactSizeIterator<Item = (u64, u64)> {}
    pub fn visit_tables<E>(
        &self,
        visit: &mut impl FnMut(u32, &SparseTable) -> Result<(), E>,
    ) -> Result<(), E> {}
}

// crate::rock_ridge::sparse_reader

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SparseError {
    Depth(u8),
    TooLong { size: u64, depth: u8 },
    BeyondEnd(u64),
    TooDeep(u32),
    TwiceUsed,
}
impl From<SparseError> for io::Error {}
#[derive(Debug)]
/// And private fields.
pub struct SparseReader<R> {}
impl<R: Read + Seek> SparseReader<R> {
    pub fn new(mut stored: R, entry: &SparseFile) -> io::Result<SparseReader<R>> {}
    pub fn recorded(&self) -> impl ExactSizeIterator<Item = (u64, u64)> {}
}
impl<R: Read + Seek> Read for SparseReader<R> {}
impl<R> Seek for SparseReader<R> {}

// crate::rock_ridge::sparse_table

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SparseTable {
    pub pointers: [SparsePointer; Self::POINTERS],
}
impl SparseTable {
    pub const POINTERS: usize = _;
    pub const ENCODED_LEN: usize = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], SparseTable> {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SparsePointer(pub u32);
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SparseTarget {
    Hole,
    Table(u32),
    Data(u32),
}
impl SparsePointer {
    pub const DATA_UNIT: u64 = _;
    pub const MOST: u32 = _;
    pub const fn target(self) -> SparseTarget {}
    pub const fn to(target: SparseTarget) -> Option<SparsePointer> {}
}

// crate::rock_ridge::tf

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct TimeFlags : u8
    { const CREATION = 0x01; const MODIFY = 0x02; const ACCESS = 0x04; const ATTRIBUTES =
    0x08; const BACKUP = 0x10; const EXPIRATION = 0x20; const EFFECTIVE = 0x40; const
    LONG_FORM = 0x80; }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamps<T> {
    pub creation: Option<T>,
    pub modify: Option<T>,
    pub access: Option<T>,
    pub attributes: Option<T>,
    pub backup: Option<T>,
    pub expiration: Option<T>,
    pub effective: Option<T>,
}
impl<T> Default for Stamps<T> {}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeStamps {
    Short(Stamps<RecordingTime>),
    Long(Stamps<VolumeTime>),
}
impl TimeStamps {
    pub const SIGNATURE: Signature = _;
    pub fn parse(payload: &[u8]) -> IResult<&[u8], TimeStamps> {}
    pub fn flags(&self) -> TimeFlags {}
    pub fn encoded_len(&self) -> usize {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
}

// crate::susp

pub use continuation::ContinuationArea;
pub use entry::{Entries, Entry, Signature, entries};
pub use extension_selector::ExtensionSelector;
pub use extensions_reference::ExtensionsReference;
pub use padding::PaddingField;
pub use sharing_protocol::SharingProtocolIndicator;
pub use terminator::Terminator;

// crate::susp::continuation

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContinuationArea {
    pub location: LogicalBlock,
    pub offset: u32,
    pub length: u32,
}
impl ContinuationArea {
    pub const SIGNATURE: Signature = _;
    pub const LEN: usize = _;
    pub fn parse(payload: &[u8]) -> IResult<&[u8], ContinuationArea> {}
    pub fn disagreements(payload: &[u8]) -> impl Iterator<Item = Disagreement> + '_ {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
}

// crate::susp::entry

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature(pub [u8; 2]);
impl fmt::Display for Signature {}
impl fmt::Debug for Signature {}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    pub signature: Signature,
    pub version: u8,
    pub payload: &'a [u8],
}
impl<'a> Entry<'a> {
    pub const MAX_PAYLOAD: usize = _;
    pub fn parse(area: &'a [u8]) -> IResult<&'a [u8], Entry<'a>> {}
    pub fn encoded_len(&self) -> usize {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {}
}
pub fn entries(area: &[u8]) -> Entries<'_> {}
#[derive(Clone, Debug)]
/// And private fields.
pub struct Entries<'a> {}
impl<'a> Entries<'a> {
    pub fn rest(&self) -> &'a [u8] {}
    pub fn next_whole(&mut self) -> Option<(Entry<'a>, &'a [u8])> {}
    pub fn terminated(&self) -> bool {}
}
impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;
}
impl std::iter::FusedIterator for Entries<'_> {}

// crate::susp::extension_selector

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtensionSelector {
    pub sequence: u8,
}
impl ExtensionSelector {
    pub const SIGNATURE: Signature = _;
    pub fn parse(payload: &[u8]) -> IResult<&[u8], ExtensionSelector> {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
}

// crate::susp::extensions_reference

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtensionsReference<'a> {
    pub identifier: &'a [u8],
    pub descriptor: &'a [u8],
    pub source: &'a [u8],
    pub version: u8,
}
impl<'a> ExtensionsReference<'a> {
    pub const SIGNATURE: Signature = _;
    pub fn parse(payload: &'a [u8]) -> IResult<&'a [u8], ExtensionsReference<'a>> {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {}
}

// crate::susp::padding

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaddingField {
    pub length: u8,
}
impl PaddingField {
    pub const SIGNATURE: Signature = _;
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {}
}

// crate::susp::sharing_protocol

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SharingProtocolIndicator {
    pub bytes_skipped: u8,
}
impl SharingProtocolIndicator {
    pub const SIGNATURE: Signature = _;
    pub const LEN: usize = _;
    pub fn parse(payload: &[u8]) -> IResult<&[u8], SharingProtocolIndicator> {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
}

// crate::susp::terminator

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terminator;
impl Terminator {
    pub const SIGNATURE: Signature = _;
    pub fn encode(&self, out: &mut Vec<u8>) {}
}

// crate::system_area

pub use alpha_boot_block::AlphaBootBlock;
pub use chs::{Chs, Geometry};
pub use dec_boot_block::{DecBootBlock, DecBootExtent};
pub use driver_descriptor_map::DriverDescriptorMap;
pub use gpt_header::{GptHeader, partition_array_crc};
pub use gpt_partition::{GptAttributes, GptPartition};
pub use guid::Guid;
pub use map_entry::{MapEntry, MapEntryStatus};
pub use master_boot_record::{MASTER_BOOT_RECORD_LEN, MasterBootRecord};
pub use palo_block::{PaloBlock, PaloFile};
pub use partition_record::{PartitionRecord, PartitionType};
pub use sgi_volume_header::{
    SgiPartition, SgiPartitionType, SgiVolumeDirectoryEntry, SgiVolumeHeader,
};
pub use sun_disk_label::{
    SunDiskLabel, SunPartition, SunPartitionFlags, SunPartitionTag, SunVtocEntry,
};
pub use sun_grub_core::SunGrubCore;
pub const SYSTEM_AREA_LEN: usize = _;
pub const DISK_BLOCK: u32 = _;

// crate::system_area::alpha_boot_block

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlphaBootBlock {
    pub data: [u8; 480],
    pub blocks: u64,
    pub start: u64,
    pub flags: u64,
}
impl AlphaBootBlock {
    pub const LEN: usize = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], (AlphaBootBlock, bool)> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::system_area::chs

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Geometry {
    pub heads: u8,
    pub sectors: u8,
}
impl Geometry {
    pub const MEBIBYTE: Geometry = _;
    pub const LARGEST: Geometry = _;
    pub fn cylinder_bytes(self) -> u64 {}
    pub fn for_blocks(blocks: u64) -> Geometry {}
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Chs(pub [u8; 3]);
impl Chs {
    pub const BEYOND: Chs = _;
    pub fn of_block(block: u64, geometry: Geometry) -> Chs {}
}

// crate::system_area::dec_boot_block

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecBootExtent {
    pub blocks: u32,
    pub start: u32,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecBootBlock {
    pub mode: u32,
    pub load_address: u32,
    pub entry: u32,
    pub map: [DecBootExtent; Self::EXTENTS],
}
impl DecBootBlock {
    pub const LEN: usize = _;
    pub const MAGIC: [u8; 4] = _;
    pub const EXTENTS: usize = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], DecBootBlock> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
    pub fn extents(&self) -> &[DecBootExtent] {}
}

// crate::system_area::driver_descriptor_map

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriverDescriptorMap {
    pub block_len: u16,
    pub blocks: u32,
}
impl DriverDescriptorMap {
    pub const SIGNATURE: &'static [u8; 2] = _;
    pub const LEN: usize = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], DriverDescriptorMap> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::system_area::gpt_header

pub fn partition_array_crc(array: &[u8]) -> u32 {}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GptHeader {
    pub revision: u32,
    pub header_len: u32,
    pub own: u64,
    pub alternate: u64,
    pub first_usable: u64,
    pub last_usable: u64,
    pub disk: Guid,
    pub array: u64,
    pub entries: u32,
    pub entry_len: u32,
    pub array_crc: u32,
}
impl GptHeader {
    pub const SIGNATURE: &'static [u8; 8] = _;
    pub const REVISION: u32 = _;
    pub const LEN: u32 = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], (GptHeader, bool)> {}
    pub fn encode(&self) -> [u8; DISK_BLOCK as usize] {}
}

// crate::system_area::gpt_partition

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct GptAttributes
    : u64 { const REQUIRED = 1; const NO_BLOCK_IO = 2; const LEGACY_BOOTABLE = 4; const
    READ_ONLY = 1 << 60; }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GptPartition {
    pub partition_type: Guid,
    pub id: Guid,
    pub first: u64,
    pub last: u64,
    pub attributes: GptAttributes,
    pub name: [u8; 72],
}
impl GptPartition {
    pub const LEN: usize = _;
    pub fn name(text: &str) -> [u8; 72] {}
    pub fn shown_name(&self) -> String {}
    pub fn parse(input: &[u8]) -> IResult<&[u8], GptPartition> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::system_area::guid

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Guid(pub [u8; 16]);
impl Guid {
    pub const UNUSED: Guid = _;
    pub const EFI_SYSTEM: Guid = _;
    pub const BASIC_DATA: Guid = _;
    pub const HFS_PLUS: Guid = _;
    pub const LINUX: Guid = _;
    pub const fn new(first: u32, second: u16, third: u16, rest: u64) -> Guid {}
    pub fn parse_text(text: &str) -> Option<Guid> {}
}
impl fmt::Display for Guid {}
#[cfg(feature = "serde")]
impl serde::Serialize for Guid {}
#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Guid {}

// crate::system_area::map_entry

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct MapEntryStatus
    : u32 { const VALID = 1; const ALLOCATED = 2; const READABLE = 0x10; const WRITABLE =
    0x20; }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapEntry {
    pub entries: u32,
    pub start: u32,
    pub blocks: u32,
    pub name: [u8; 32],
    pub partition_type: [u8; 32],
    pub data_start: u32,
    pub data_blocks: u32,
    pub status: MapEntryStatus,
}
impl MapEntry {
    pub const SIGNATURE: &'static [u8; 2] = _;
    pub const LEN: usize = _;
    pub fn new(
        entries: u32,
        start: u32,
        blocks: u32,
        name: &str,
        partition_type: &str,
    ) -> MapEntry {}
    pub fn parse(input: &[u8]) -> IResult<&[u8], MapEntry> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
    pub fn shown_type(&self) -> String {}
}

// crate::system_area::master_boot_record

pub const MASTER_BOOT_RECORD_LEN: usize = _;
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterBootRecord {
    pub boot_code: [u8; 440],
    pub disk_signature: u32,
    pub unknown: u16,
    pub partitions: [PartitionRecord; 4],
}
impl MasterBootRecord {
    pub const SIGNATURE: [u8; 2] = _;
    pub const IMAGE_ADDRESS: usize = _;
    pub fn without_code(
        disk_signature: u32,
        partitions: [PartitionRecord; 4],
    ) -> MasterBootRecord {}
    pub fn set_image_address(&mut self, block: u64) {}
    pub fn parse(input: &[u8]) -> IResult<&[u8], MasterBootRecord> {}
    pub fn encode(&self) -> [u8; MASTER_BOOT_RECORD_LEN] {}
}

// crate::system_area::palo_block

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaloFile {
    pub start: u32,
    pub len: u32,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaloBlock {
    pub version: u8,
    pub kernel32: PaloFile,
    pub ramdisk: PaloFile,
    pub old_command_line: [u8; 128],
    pub flags: u32,
    pub kernel64: PaloFile,
    pub loader: PaloFile,
    pub loader_entry: u32,
    pub new_command_line: [u8; 1024],
}
impl PaloBlock {
    pub const LEN: usize = _;
    pub const MAGIC: &'static [u8; 7] = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], PaloBlock> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
    pub fn command_line(&self) -> &[u8] {}
}

// crate::system_area::partition_record

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PartitionType(pub u8);
impl PartitionType {
    pub const UNUSED: Self = _;
    pub const FAT12: Self = _;
    pub const FAT16_SMALL: Self = _;
    pub const EXTENDED: Self = _;
    pub const FAT16: Self = _;
    pub const NTFS: Self = _;
    pub const FAT32: Self = _;
    pub const FAT32_LBA: Self = _;
    pub const FAT16_LBA: Self = _;
    pub const EXTENDED_LBA: Self = _;
    pub const HIDDEN_NTFS: Self = _;
    pub const PREP: Self = _;
    pub const LINUX_SWAP: Self = _;
    pub const LINUX: Self = _;
    pub const CHRP: Self = _;
    pub const HFS: Self = _;
    pub const ISO9660: Self = _;
    pub const GPT_PROTECTIVE: Self = _;
    pub const EFI_SYSTEM: Self = _;
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartitionRecord {
    pub active: bool,
    pub first: Chs,
    pub partition_type: PartitionType,
    pub last: Chs,
    pub start: u32,
    pub blocks: u32,
}
impl PartitionRecord {
    pub const LEN: usize = _;
    pub fn new(
        partition_type: PartitionType,
        start: u32,
        blocks: u32,
        geometry: Geometry,
    ) -> PartitionRecord {}
    pub fn parse(input: &[u8]) -> IResult<&[u8], PartitionRecord> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
    pub fn is_used(&self) -> bool {}
}

// crate::system_area::sgi_volume_header

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SgiVolumeDirectoryEntry {
    pub name: [u8; 8],
    pub start: u32,
    pub len: u32,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SgiPartitionType(pub u32);
impl SgiPartitionType {
    pub const VOLUME_HEADER: Self = _;
    pub const RAW: Self = _;
    pub const SYSTEM_V: Self = _;
    pub const VOLUME: Self = _;
    pub const EFS: Self = _;
    pub const XFS: Self = _;
    pub const XFS_LOG: Self = _;
    pub const LINUX_SWAP: Self = _;
    pub const LINUX: Self = _;
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SgiPartition {
    pub blocks: u32,
    pub start: u32,
    pub partition_type: SgiPartitionType,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SgiVolumeHeader {
    pub root_partition: u16,
    pub swap_partition: u16,
    pub boot_file: [u8; 16],
    pub device_parameters: [u8; 48],
    pub directory: [SgiVolumeDirectoryEntry; Self::FILES],
    pub partitions: [SgiPartition; Self::PARTITIONS],
}
impl SgiVolumeHeader {
    pub const LEN: usize = _;
    pub const MAGIC: [u8; 4] = _;
    pub const FILES: usize = _;
    pub const PARTITIONS: usize = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], (SgiVolumeHeader, bool)> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::system_area::sun_disk_label

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SunPartitionTag(pub u16);
impl SunPartitionTag {
    pub const UNASSIGNED: Self = _;
    pub const BOOT: Self = _;
    pub const ROOT: Self = _;
    pub const SWAP: Self = _;
    pub const USR: Self = _;
    pub const BACKUP: Self = _;
    pub const STAND: Self = _;
    pub const VAR: Self = _;
    pub const HOME: Self = _;
}
bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct
    SunPartitionFlags : u16 { const UNMOUNTABLE = 1; const READ_ONLY = 0x10; }
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SunVtocEntry {
    pub tag: SunPartitionTag,
    pub flags: SunPartitionFlags,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SunPartition {
    pub start_cylinder: u32,
    pub blocks: u32,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SunDiskLabel {
    pub label: [u8; 128],
    pub vtoc: Option<[SunVtocEntry; Self::PARTITIONS]>,
    pub rotations: u16,
    pub physical_cylinders: u16,
    pub alternates_per_cylinder: u16,
    pub interleave: u16,
    pub cylinders: u16,
    pub alternate_cylinders: u16,
    pub heads: u16,
    pub sectors_per_head: u16,
    pub partitions: [SunPartition; Self::PARTITIONS],
}
impl SunDiskLabel {
    pub const LEN: usize = _;
    pub const PARTITIONS: usize = _;
    pub const MAGIC: [u8; 2] = _;
    pub const VTOC_SANITY: u32 = _;
    pub fn of_image(sectors_per_head: u16) -> SunDiskLabel {}
    pub fn parse(input: &[u8]) -> IResult<&[u8], (SunDiskLabel, bool)> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
    pub fn start_of(&self, partition: &SunPartition) -> u64 {}
}

// crate::system_area::sun_grub_core

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SunGrubCore {
    pub start: u64,
    pub len: u32,
}
impl SunGrubCore {
    pub const OFFSET: usize = _;
    pub const LEN: usize = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], SunGrubCore> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::text

pub fn padded<const N: usize>(text: &[u8]) -> Result<[u8; N], EncodeError> {}
pub fn trimmed(field: &[u8]) -> &[u8] {}
pub const fn is_d_character(byte: u8) -> bool {}
pub const fn is_a_character(byte: u8) -> bool {}

// crate::time

pub use recording::RecordingTime;
pub use volume::VolumeTime;

// crate::time::recording

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RecordingTime {
    pub years_since_1900: u8,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub offset: i8,
}
impl RecordingTime {
    pub const NOT_SPECIFIED: RecordingTime = _;
    pub const LEN: usize = _;
    pub fn from_unix(seconds: i64) -> RecordingTime {}
    pub fn to_unix(&self) -> Option<i64> {}
    pub fn parse(input: &[u8]) -> IResult<&[u8], RecordingTime> {}
    pub fn encode(&self) -> [u8; 7] {}
}

// crate::time::volume

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VolumeTime {
    pub digits: [u8; 16],
    pub offset: i8,
}
impl VolumeTime {
    pub const NOT_SPECIFIED: VolumeTime = _;
    pub const LEN: usize = _;
    pub fn from_unix(seconds: i64, centiseconds: u8) -> VolumeTime {}
    pub fn to_unix(&self) -> Option<(i64, u8)> {}
    pub fn parse(input: &[u8]) -> IResult<&[u8], VolumeTime> {}
    pub fn encode(&self) -> [u8; 17] {}
}

// crate::volume

pub use boot_record::BootRecord;
pub use fields::VolumeFields;
pub use header::{STANDARD_IDENTIFIER, VolumeDescriptorHeader, VolumeDescriptorType};
pub use identifiers::Identifiers;
pub use partition::VolumePartitionDescriptor;
pub use path_tables::PathTables;
pub use primary::PrimaryVolumeDescriptor;
pub use root_directory::RootDirectory;
pub use supplementary::{SupplementaryVolumeDescriptor, VolumeFlags};
pub use terminator::VolumeDescriptorSetTerminator;
pub use times::VolumeTimes;
pub const DESCRIPTOR_LEN: usize = _;
pub const FIRST_DESCRIPTOR: u32 = _;

// crate::volume::boot_record

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootRecord {
    pub version: u8,
    pub boot_system_identifier: [u8; 32],
    pub boot_identifier: [u8; 32],
    pub boot_system_use: [u8; 1977],
}
impl BootRecord {
    pub fn parse(sector: &[u8]) -> IResult<&[u8], BootRecord> {}
    pub fn encode(&self) -> [u8; DESCRIPTOR_LEN] {}
}

// crate::volume::fields

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeFields {
    pub identifiers: Identifiers,
    pub volume_space_size: u32,
    pub volume_set_size: u16,
    pub volume_sequence_number: u16,
    pub logical_block_size: u16,
    pub path_tables: PathTables,
    pub root: RootDirectory,
    pub times: VolumeTimes,
    pub file_structure_version: u8,
    pub application_use: [u8; 512],
}
impl VolumeFields {
    pub fn disagreements(sector: &[u8]) -> impl Iterator<Item = Disagreement> + '_ {}
}

// crate::volume::header

pub const STANDARD_IDENTIFIER: &[u8; 5] = _;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VolumeDescriptorType(pub u8);
impl VolumeDescriptorType {
    pub const BOOT_RECORD: Self = _;
    pub const PRIMARY: Self = _;
    pub const SUPPLEMENTARY: Self = _;
    pub const PARTITION: Self = _;
    pub const SET_TERMINATOR: Self = _;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VolumeDescriptorHeader {
    pub kind: VolumeDescriptorType,
    pub version: u8,
}
impl VolumeDescriptorHeader {
    pub const LEN: usize = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], VolumeDescriptorHeader> {}
    pub fn encode(&self) -> [u8; 7] {}
}

// crate::volume::identifiers

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifiers {
    pub system: [u8; 32],
    pub volume: [u8; 32],
    pub volume_set: [u8; 128],
    pub publisher: [u8; 128],
    pub data_preparer: [u8; 128],
    pub application: [u8; 128],
    pub copyright_file: [u8; 37],
    pub abstract_file: [u8; 37],
    pub bibliographic_file: [u8; 37],
}
impl Default for Identifiers {}

// crate::volume::partition

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumePartitionDescriptor {
    pub version: u8,
    pub system_identifier: [u8; 32],
    pub volume_partition_identifier: [u8; 32],
    pub location: LogicalBlock,
    pub size: u32,
    pub system_use: [u8; 1960],
}
impl VolumePartitionDescriptor {
    pub fn parse(sector: &[u8]) -> IResult<&[u8], VolumePartitionDescriptor> {}
    pub fn disagreements(sector: &[u8]) -> impl Iterator<Item = Disagreement> + '_ {}
    pub fn encode(&self) -> [u8; DESCRIPTOR_LEN] {}
}

// crate::volume::path_tables

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathTables {
    pub size: u32,
    pub type_l: LogicalBlock,
    pub optional_type_l: Option<LogicalBlock>,
    pub type_m: LogicalBlock,
    pub optional_type_m: Option<LogicalBlock>,
}
impl PathTables {
    pub const LEN: usize = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], PathTables> {}
    pub fn encode(&self) -> [u8; 24] {}
}

// crate::volume::primary

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrimaryVolumeDescriptor {
    pub version: u8,
    pub fields: VolumeFields,
}
impl PrimaryVolumeDescriptor {
    pub fn parse(sector: &[u8]) -> IResult<&[u8], PrimaryVolumeDescriptor> {}
    pub fn encode(&self) -> [u8; DESCRIPTOR_LEN] {}
}

// crate::volume::root_directory

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootDirectory {
    pub extended_attribute_length: u8,
    pub extent: LogicalBlock,
    pub data_length: u32,
    pub recorded: RecordingTime,
    pub flags: FileFlags,
    pub file_unit_size: u8,
    pub interleave_gap: u8,
    pub volume_sequence_number: u16,
}
impl RootDirectory {
    pub const LEN: usize = _;
    pub const fn new(
        extent: LogicalBlock,
        data_length: u32,
        recorded: RecordingTime,
    ) -> RootDirectory {}
    pub fn parse(input: &[u8]) -> IResult<&[u8], RootDirectory> {}
    pub fn as_record(&self) -> DirectoryRecord<'static> {}
    pub fn encode(&self) -> [u8; 34] {}
}

// crate::volume::supplementary

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct VolumeFlags :
    u8 { const ESCAPE_SEQUENCE_NOT_REGISTERED = 0x01; }
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplementaryVolumeDescriptor {
    pub version: u8,
    pub flags: VolumeFlags,
    pub escape_sequences: [u8; 32],
    pub fields: VolumeFields,
}
impl SupplementaryVolumeDescriptor {
    pub const SUPPLEMENTARY: u8 = _;
    pub const ENHANCED: u8 = _;
    pub fn enhanced(fields: VolumeFields) -> SupplementaryVolumeDescriptor {}
    pub fn is_enhanced(&self) -> bool {}
    pub fn parse(sector: &[u8]) -> IResult<&[u8], SupplementaryVolumeDescriptor> {}
    pub fn encode(&self) -> [u8; DESCRIPTOR_LEN] {}
}

// crate::volume::terminator

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VolumeDescriptorSetTerminator;
impl VolumeDescriptorSetTerminator {
    pub fn parse(sector: &[u8]) -> IResult<&[u8], VolumeDescriptorSetTerminator> {}
    pub fn encode(&self) -> [u8; DESCRIPTOR_LEN] {}
}

// crate::volume::times

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VolumeTimes {
    pub creation: VolumeTime,
    pub modification: VolumeTime,
    pub expiration: VolumeTime,
    pub effective: VolumeTime,
}
impl VolumeTimes {
    pub const LEN: usize = _;
    pub const NOT_SPECIFIED: VolumeTimes = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], VolumeTimes> {}
    pub fn encode(&self) -> [u8; 68] {}
}

// crate::zisofs

pub use blocks::{BlockCompressor, push_pointers};
pub use entry::{Version, Zisofs};
pub use header::Header;
pub use reader::{ZisofsError, ZisofsReader};

// crate::zisofs::blocks

#[derive(Debug)]
/// And private fields.
pub struct BlockCompressor();
impl BlockCompressor {
    pub fn new(level: u32) -> BlockCompressor {}
    pub fn append(&mut self, block: &[u8], out: &mut Vec<u8>) {}
}
pub fn push_pointers(header: &Header, lens: &[u32], out: &mut Vec<u8>) {}

// crate::zisofs::entry

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Version {
    One,
    Two,
}
impl Version {
    pub const fn pointer_len(self) -> usize {}
    pub const fn longest(self) -> u64 {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Zisofs {
    pub version: u8,
    pub algorithm: [u8; 2],
    pub header_words: u8,
    pub block_log2: u8,
    pub uncompressed_len: u64,
}
impl Zisofs {
    pub const ENCODED_LEN: usize = _;
    pub fn parse(entry: &[u8]) -> Option<Zisofs> {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
}

// crate::zisofs::header

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    pub version: Version,
    pub uncompressed_len: u64,
    pub header_words: u8,
    pub block_log2: u8,
    pub algorithm: u8,
}
impl Header {
    pub const MOST: usize = _;
    pub const fn new(version: Version, block_log2: u8, uncompressed_len: u64) -> Header {}
    pub const fn fixed_len(version: Version) -> usize {}
    pub fn parse(stored: &[u8]) -> Option<Header> {}
    pub fn encode(&self, out: &mut Vec<u8>) {}
    pub fn entry(&self) -> Option<Zisofs> {}
    pub const fn blocks(&self) -> u64 {}
    pub const fn data_start(&self) -> u64 {}
    pub fn is_plausible(&self, stored_len: u64) -> bool {}
}

// crate::zisofs::reader

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZisofsError {
    NoHeader,
    Contradiction,
    Algorithm([char; 2]),
    OutOfRange { block_log2: u8, header_words: u8 },
    Pointers { block: u64 },
    Damaged { block: u64 },
}
impl From<ZisofsError> for io::Error {}
#[derive(Debug)]
/// And private fields.
pub struct ZisofsReader<R> {}
impl<R: Read + Seek> ZisofsReader<R> {
    pub fn new(mut stored: R, entry: &Zisofs) -> io::Result<ZisofsReader<R>> {}
    pub fn uncompressed_len(&self) -> u64 {}
}
impl<R: Read + Seek> Read for ZisofsReader<R> {}
impl<R: Read + Seek> Seek for ZisofsReader<R> {}

