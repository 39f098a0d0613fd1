// crate

pub use append::GrowingImage;
pub use audio::{
    AudioDisc, AudioNotice, CueProblem, DiscReader, DiscSession, SoundProblem,
};
pub use boot::{
    AlphaBootBlockReport, AppendedPartition, ApplePartitionReport, AppleVolume,
    BootCatalogReport, BootCode, BootFileReport, BootImage, BootImageReport, BootLoader,
    BootLoss, BootOptions, BootSetUp, BootSource, CatalogPlace, DecBootBlockReport,
    Emulation, ExtractedBoot, GptNumbers, GptPartitionReport, GptReport, HybridOptions,
    InfoTableReport, KeptSystemArea, KnownCode, LoadSize, Losses, MbrPartitionReport,
    PaloBlockReport, PartitionContent, PartitionOptions, PartitionScheme,
    PartitionTableKind, SelectionCriteria, SgiPartitionReport, SgiVolumeHeaderReport,
    SizeFrom, SunDiskLabelReport, SunPartitionReport, SystemAreaReport,
};
pub use compress::{ZisofsBlock, ZisofsOptions, ZisofsReport, ZisofsVersion};
pub use copy::{CopiedSession, CopyOptions, MergedCopy, SessionCopies};
pub use digests::{DigestAlgorithm, DigestCounts, RecordedDigests};
pub use disc::{
    Container, DEFAULT_PREFERENCE, DescriptorSummary, DigestReport, Disc, DiscIdentifier,
    ExtractOptions, ExtractReport, ExtractWarning, FieldSummary, FileReader, Finding,
    Image, ImageEntry, ImageTrack, MANIFEST_HEADER, ManifestItem, Md5Report, QuickCheck,
    SessionSummary, StreamWalk, UdfFieldSummary, VerifyReport, VolumePartitionSummary,
    escape,
};
pub use emit::{DescriptorSink, PlannedImage, SectorSink, WriterSink};
pub use error::{Blame, Error, Imapi2Code, Result};
pub use image_file::write_image;
pub use import::{
    ImportOptions, ImportWarning, Imported, ImportedTrees, RecordedChecksums, import,
};
pub use job::{Job, JobState};
pub use md5_tags::Md5Counts;
pub use nbd::NbdServer;
pub use plan::{
    DeepDirectories, DescriptorFields, DescriptorTimes, Embedding, HfsPlusBlessings,
    HfsPlusOptions, HfsPlusType, ImportedContent, LayoutPlan, Medium, MediumDefaults,
    MetadataPartition, Notice, NoticeCounts, OwnFields, Place, PlanOptions, RecordedName,
    RecordedRelocation, RockRidgeTimes, SYSTEM_AREA, Segment, UdfAccess, UdfFields,
    UdfOptions, UdfSymlinks, VolumeName, VolumePartition, VolumeTexts,
};
pub use progress::{
    CancelToken, Control, FileCount, Fill, Observer, Pace, Progress, Stage,
};
pub use project::{
    Project, ProjectContents, ProjectExport, ProjectIdentity, ProjectImport,
    ProjectProblem,
};
pub use record::{
    AddedIndex, AddedTrack, AsItIsOptions, AudioBurnt, AudioMode, AudioOptions, BdRMode,
    Blanking, BurnOptions, Burnt, Cancelling, CapabilitySummary, Cdb, Clock, Closing,
    CommandData, CommandEnd, DataWriter, DriveAbilities, DriveChange, DriveName,
    DriveSummary, DriveWatch, Eraser, ExclusiveAccess, FeatureSummary, FormatRequest,
    FoundDrive, GrowingDisc, Holder, Isrc, MediaCatalogNumber, MediumKind, MediumSummary,
    ModePageSummary, OpenDrive, ProfileSummary, RawSectorType, RawWriter, RecordedAsItIs,
    Recorder, RecorderPart, RecorderProblem, RecordingSpeed, Rotation, Sense,
    SimulatedTarget, SimulatedTray, SpareArea, TrackSummary, TracksAtOnce,
    TracksAtOnceOptions, Verification, VirtualClock, burn_audio, create_simulated_medium,
    drives, names_drive,
};
pub use recover::{
    DroppedFile, Recovered, Recovery, RecoveryAction, RecoveryReport, SessionState,
};
pub use return_value::ReturnValue;
pub use sparse::SparseReport;
pub use tree::{
    Attributes, ChangePoint, ContentId, DeviceNumber, DirectoryId, FailedItem,
    FileIdentity, FileSystem, FileSystems, HostAttributes, HostTimes, Item, ItemCounts,
    ItemFilter, ItemOptions, Kind, LinkTargetId, MergeOptions, MergePolicy, MergeReport,
    NamedStream, NodeId, NodeKind, ScanFailures, ScanOptions, ScanReport, Section,
    Skipped, SpoolProblem, SpoolUsage, Staging, StagingPolicy, Times, Timestamp, Tree,
    UdfFlags, UnreadAttribute,
};
pub use globset::{Error as GlobError, Glob, GlobSet, GlobSetBuilder};
pub use iso9660::VolumeTime;
pub use iso9660::aaip::{AccessControlEntry, AccessControlLists, AclPermissions, AclTag};
pub use iso9660::el_torito::PlatformId as BootPlatform;
pub use iso9660::names::{Dots, InterchangeLevel, NameRules, Relaxations};
pub use iso9660::system_area::{Guid, PartitionType};
pub use joliet::{JolietRules, Level as JolietLevel};
pub use sector_io::{
    Extent, FileSectors, MemorySectors, ReadError, ReadSectors, Sector, SectorCount,
    SectorReader,
};
pub use udf::Revision as UdfRevision;
pub use view::udf::VirtualVolume;

// crate::append

/// And private fields.
pub struct GrowingImage {}
impl GrowingImage {
    pub fn open(path: &Path) -> Result<GrowingImage> {}
    pub fn disc(&self) -> &Disc {}
    pub fn import(
        &self,
        options: &ImportOptions,
        control: &Control,
    ) -> Result<Imported> {}
    pub fn place(&self) -> Place {}
    pub fn image<'p>(&self, plan: &'p LayoutPlan<'p>) -> Result<PlannedImage<'p>> {}
    pub fn modified(&self, plan: &LayoutPlan<'_>) -> Result<Vec<Extent>> {}
    pub fn write(&self, plan: &LayoutPlan<'_>, control: &Control) -> Result<()> {}
}

// crate::audio

pub use disc::{AudioDisc, AudioNotice, DiscSession};
pub use problem::{CueProblem, SoundProblem};
pub use reader::DiscReader;

// crate::audio::disc

#[derive(Clone, Debug)]
/// And private fields.
pub struct AudioDisc {}
#[derive(Clone, Debug)]
/// And private fields.
pub struct DiscSession {}
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AudioNotice {
    Padded { path: PathBuf, bytes: u64 },
    Lengthened { track: u8, sectors: u32 },
    GapAdded { track: u8, sectors: u32 },
    NotTrackAtOnce { what: &'static str },
    WithoutCdText,
    Ignored { line: u32, command: String },
}
impl fmt::Display for AudioNotice {}
impl AudioDisc {
    pub fn from_cue_sheet(path: &Path) -> Result<AudioDisc> {}
    pub fn from_files(paths: &[PathBuf]) -> Result<AudioDisc> {}
    pub fn sessions(&self) -> &[DiscSession] {}
    pub fn catalog(&self) -> Option<MediaCatalogNumber> {}
    pub fn cd_text(&self) -> Option<&CdText> {}
    pub fn notices(&self) -> &[AudioNotice] {}
    pub fn is_sound(&self) -> bool {}
    pub fn program(
        &self,
        session: &DiscSession,
        start: Lba,
    ) -> Result<Program, BadProgram> {}
    pub fn reader(&self, session: &DiscSession) -> DiscReader<'_> {}
}
impl DiscSession {
    pub fn first_number(&self) -> u8 {}
    pub fn tracks(&self) -> &[TrackLayout] {}
    pub fn held_pregap(&self, index: usize) -> u32 {}
    pub fn sectors(&self) -> u32 {}
}

// crate::audio::problem

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SoundProblem {
    Unknown,
    Form { rate: u32, bits: u16, channels: u16 },
    Coding(u16),
    NoLength,
    Damaged(String),
}
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CueProblem {
    Sheet(String),
    Catalog { text: String, source: BadCatalog },
    Isrc { track: u16, text: String, source: BadIsrc },
    Text(BadCdText),
    Program(BadProgram),
}

// crate::audio::reader

/// And private fields.
pub struct DiscReader<'a> {}
impl<'a> DiscReader<'a> {
    pub fn read(
        &mut self,
        sectors: u32,
        into: &mut Vec<u8>,
    ) -> Result<Option<SectorType>> {}
}

// crate::boot

pub use code::{BootLoader, KnownCode};
pub use describe::{
    AlphaBootBlockReport, ApplePartitionReport, BootCatalogReport, BootFileReport,
    BootImageReport, DecBootBlockReport, GptPartitionReport, GptReport, InfoTableReport,
    MbrPartitionReport, PaloBlockReport, SgiPartitionReport, SgiVolumeHeaderReport,
    SizeFrom, SunDiskLabelReport, SunPartitionReport, SystemAreaReport,
};
pub use extract::ExtractedBoot;
pub use hybrid::{
    AppendedPartition, BootCode, GptNumbers, HybridOptions, PartitionContent,
    PartitionOptions, PartitionScheme,
};
pub use kept::{
    AppleVolume, BootLoss, BootSetUp, KeptSystemArea, Losses, PartitionTableKind,
};
pub use options::{
    BootImage, BootOptions, BootSource, CatalogPlace, Emulation, LoadSize,
    SelectionCriteria,
};

// crate::boot::code

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BootLoader {
    Isolinux,
    Grub2,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownCode {
    Isolinux,
    Grub2Hybrid,
    Grub2Disk,
}
impl BootLoader {
    pub fn detect(image: &[u8]) -> Option<BootLoader> {}
    pub fn disk_code(self) -> &'static str {}
}
impl fmt::Display for BootLoader {}
impl KnownCode {
    pub fn detect(code: &[u8]) -> Option<KnownCode> {}
}

// crate::boot::describe

pub use boot_blocks::{
    AlphaBootBlockReport, BootFileReport, DecBootBlockReport, PaloBlockReport,
    SgiPartitionReport, SgiVolumeHeaderReport, SunDiskLabelReport, SunPartitionReport,
};
pub use catalog::{BootCatalogReport, BootImageReport, InfoTableReport, SizeFrom};
pub use system_area::{
    ApplePartitionReport, GptPartitionReport, GptReport, MbrPartitionReport,
    SystemAreaReport,
};

// crate::boot::describe::boot_blocks

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BootFileReport {
    pub role: &'static str,
    pub name: Option<String>,
    pub start: u64,
    pub bytes: u64,
    pub path: Option<String>,
    pub offset: u64,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SunDiskLabelReport {
    pub label: String,
    pub checksum_right: bool,
    pub heads: u16,
    pub sectors_per_head: u16,
    pub partitions: Vec<SunPartitionReport>,
    pub grub_core: Option<BootFileReport>,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SunPartitionReport {
    pub number: u32,
    pub tag: Option<u16>,
    pub tag_name: Option<&'static str>,
    pub flags: Option<u16>,
    pub read_only: bool,
    pub start_cylinder: u32,
    pub start: u64,
    pub blocks: u64,
    pub path: Option<String>,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SgiVolumeHeaderReport {
    pub checksum_right: bool,
    pub boot_file: Option<String>,
    pub files: Vec<BootFileReport>,
    pub partitions: Vec<SgiPartitionReport>,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SgiPartitionReport {
    pub number: u32,
    pub partition_type: u32,
    pub type_name: Option<&'static str>,
    pub start: u64,
    pub blocks: u64,
    pub path: Option<String>,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecBootBlockReport {
    pub mode: u32,
    pub load_address: u32,
    pub entry: u32,
    pub segments: Vec<BootFileReport>,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PaloBlockReport {
    pub version: u8,
    pub command_line: String,
    pub files: Vec<BootFileReport>,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlphaBootBlockReport {
    pub text: String,
    pub checksum_right: bool,
    pub loader: BootFileReport,
}

// crate::boot::describe::catalog

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BootCatalogReport {
    pub sector: u32,
    pub path: Option<String>,
    pub platform: String,
    pub identifier: String,
    pub images: Vec<BootImageReport>,
    pub unread: Option<String>,
    pub findings: Vec<String>,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BootImageReport {
    pub number: u32,
    pub platform: String,
    pub platform_id: u8,
    pub bootable: bool,
    pub emulation: String,
    pub load_segment: u16,
    pub system_type: u8,
    pub load_sectors: u16,
    pub sector: u32,
    pub size: u64,
    pub size_from: SizeFrom,
    pub path: Option<String>,
    pub section: Option<String>,
    pub selection: Option<u8>,
    pub selection_criteria: Option<String>,
    pub loader: Option<String>,
    pub boot_info_table: Option<InfoTableReport>,
    pub grub2_boot_info: bool,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SizeFrom {
    File,
    Diskette,
    HardDisk,
    Partition,
    FileSystem,
    BootInfoTable,
    LoadSize,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct InfoTableReport {
    pub checksum_right: bool,
    pub image_length: u32,
}
impl Disc {
    pub fn boot_catalog(
        &self,
        session: Option<u16>,
    ) -> Result<Option<BootCatalogReport>> {}
}

// crate::boot::describe::system_area

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SystemAreaReport {
    pub used: bool,
    pub code: Option<String>,
    pub code_boots_image: Option<u32>,
    pub disk_signature: Option<u32>,
    pub mbr: Vec<MbrPartitionReport>,
    pub gpt: Option<GptReport>,
    pub backup_gpt: Option<GptReport>,
    pub apple: Vec<ApplePartitionReport>,
    pub sun_disk_label: Option<SunDiskLabelReport>,
    pub sgi_volume_header: Option<SgiVolumeHeaderReport>,
    pub dec_boot_block: Option<DecBootBlockReport>,
    pub palo_block: Option<PaloBlockReport>,
    pub alpha_boot_block: Option<AlphaBootBlockReport>,
    pub volume: Option<String>,
    pub findings: Vec<String>,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MbrPartitionReport {
    pub number: u32,
    pub active: bool,
    pub partition_type: u8,
    pub type_name: Option<&'static str>,
    pub start: u64,
    pub blocks: u64,
    pub boot_image: Option<u32>,
    pub path: Option<String>,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GptReport {
    pub header: u64,
    pub header_right: bool,
    pub partitions_right: bool,
    pub disk: String,
    pub alternate: u64,
    pub usable: (u64, u64),
    pub partitions: Vec<GptPartitionReport>,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GptPartitionReport {
    pub number: u32,
    pub partition_type: String,
    pub type_name: Option<&'static str>,
    pub id: String,
    pub start: u64,
    pub blocks: u64,
    pub attributes: u64,
    pub name: String,
    pub boot_image: Option<u32>,
    pub path: Option<String>,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApplePartitionReport {
    pub number: u32,
    pub name: String,
    pub partition_type: String,
    pub start: u64,
    pub blocks: u64,
    pub boot_image: Option<u32>,
    pub path: Option<String>,
}
impl MbrPartitionReport {
    pub fn is_used(&self) -> bool {}
}
impl Disc {
    pub fn system_area(&self) -> Result<SystemAreaReport> {}
}

// crate::boot::extract

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExtractedBoot {
    pub what: String,
    pub path: PathBuf,
    pub bytes: u64,
}
impl Disc {
    pub fn extract_boot(
        &self,
        session: Option<u16>,
        folder: &Path,
        overwrite: bool,
        control: &Control,
    ) -> Result<Vec<ExtractedBoot>> {}
}

// crate::boot::hybrid

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HybridOptions {
    pub code: Option<BootCode>,
    pub scheme: PartitionScheme,
    pub apple_partition_map: bool,
    pub partitions: Vec<PartitionOptions>,
    pub gpt_numbers: GptNumbers,
    pub active_entry: bool,
    pub appended: Vec<AppendedPartition>,
    pub disk: Option<Guid>,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartitionScheme {
    Gpt,
    Mbr,
    GptAndMbr,
    None,
}
impl PartitionScheme {
    pub fn has_gpt(self) -> bool {}
    pub fn has_mbr_partitions(self) -> bool {}
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum GptNumbers {
    Own,
    ByAddress,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BootCode {
    Plain(Arc<[u8]>),
    Isolinux(Arc<[u8]>, usize),
    Grub2(Arc<[u8]>, usize),
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppendedPartition {
    pub number: u8,
    pub content: ContentId,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionOptions {
    pub number: Option<u8>,
    pub content: PartitionContent,
    pub mbr_type: Option<PartitionType>,
    pub active: bool,
    pub gpt_type: Option<Guid>,
    pub apple_type: Option<String>,
    pub name: String,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartitionContent {
    Image,
    WholeImage,
    ImageBehindFirstBlock,
    BootImage(usize),
    Appended(u8),
    HfsPlus,
}
impl Default for HybridOptions {}
impl HybridOptions {
    pub fn apple_hfs_plus() -> HybridOptions {}
}
impl PartitionOptions {
    pub fn hfs_plus() -> PartitionOptions {}
    pub fn image() -> PartitionOptions {}
    pub fn efi_system(content: PartitionContent) -> PartitionOptions {}
}

// crate::boot::kept

pub use apple_volume::AppleVolume;
pub use loss::{BootLoss, PartitionTableKind};
pub use system_area::KeptSystemArea;
#[derive(Clone, Debug, Default)]
/// And private fields.
pub struct BootSetUp {}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Losses {
    Refuse,
    Accept,
}
impl BootSetUp {
    pub fn is_empty(&self) -> bool {}
    pub fn put_into(
        &self,
        tree: &mut Tree,
        options: &mut PlanOptions,
        policy: Losses,
    ) -> Result<Vec<BootLoss>> {}
    pub fn put_volume_partitions_into(
        &self,
        tree: &Tree,
        options: &mut PlanOptions,
        policy: Losses,
    ) -> Result<Vec<BootLoss>> {}
}

// crate::boot::kept::apple_volume

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppleVolume {
    Hfs,
    HfsPlus,
}
impl fmt::Display for AppleVolume {}

// crate::boot::kept::loss

#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BootLoss {
    Catalog { reason: String },
    Image { number: usize, reason: String },
    ImageRemoved { number: usize, path: String },
    BootRecord { system: String },
    VolumePartition { identifier: String, reason: String },
    Code { reason: String },
    Table { table: PartitionTableKind, reason: String },
    Partition { table: PartitionTableKind, number: usize, reason: String },
    SecondVolume { start: Sector },
    Volume { kind: AppleVolume, reason: String },
    Blessing { role: &'static str, reason: String },
    SystemArea { offset: usize },
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartitionTableKind {
    Mbr,
    Gpt,
    Apple,
}
impl fmt::Display for PartitionTableKind {}
impl fmt::Display for BootLoss {}

// crate::boot::kept::system_area

#[derive(Clone, Debug, PartialEq, Eq)]
/// And private fields.
pub struct KeptSystemArea {}

// crate::boot::options

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootOptions {
    pub catalog: CatalogPlace,
    pub platform: Option<PlatformId>,
    pub identifier: String,
    pub images: Vec<BootImage>,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CatalogPlace {
    Hidden,
    File(NodeId),
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BootSource {
    File(NodeId),
    Content(ContentId),
    Appended(u8),
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Emulation {
    None,
    Diskette,
    HardDisk,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoadSize {
    Usual,
    Whole,
    Sectors(u16),
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionCriteria {
    pub kind: u8,
    pub criteria: Vec<u8>,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootImage {
    pub source: BootSource,
    pub platform: PlatformId,
    pub emulation: Emulation,
    pub bootable: bool,
    pub load_segment: u16,
    pub load_size: LoadSize,
    pub boot_info_table: bool,
    pub grub2_boot_info: bool,
    pub section: String,
    pub selection: Option<SelectionCriteria>,
}
impl BootImage {
    pub fn new(source: BootSource, platform: PlatformId) -> BootImage {}
}
impl Default for BootOptions {}
impl BootOptions {
    pub fn catalog_len(&self) -> u64 {}
}

// crate::compress

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZisofsVersion {
    One,
    Two,
    Fitting,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZisofsBlock {
    KiB32,
    KiB64,
    KiB128,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZisofsOptions {
    pub version: ZisofsVersion,
    pub block: ZisofsBlock,
    pub level: u32,
    pub spool: Option<PathBuf>,
    pub digests: Option<DigestAlgorithm>,
}
impl Default for ZisofsOptions {}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ZisofsReport {
    pub compressed: u64,
    pub bytes_before: u64,
    pub bytes_after: u64,
    pub not_smaller: u64,
    pub too_long: Vec<NodeId>,
}
impl Tree {
    pub fn compress(
        &mut self,
        select: &mut dyn FnMut(&Tree, NodeId) -> bool,
        options: &ZisofsOptions,
        plan: &PlanOptions,
        control: &Control,
    ) -> Result<ZisofsReport> {}
    pub fn recognise_compressed(
        &mut self,
        version_2: bool,
        plan: &PlanOptions,
        control: &Control,
    ) -> Result<u64> {}
}

// crate::copy

pub use sessions::{CopiedSession, SessionCopies};
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopyOptions {
    pub losses: Losses,
    pub strict: bool,
    pub without_digests: bool,
}
#[derive(Debug)]
/// And private fields.
pub struct MergedCopy {}
impl MergedCopy {
    pub fn of(
        disc: &Disc,
        session: Option<u16>,
        options: CopyOptions,
        control: &Control,
    ) -> Result<MergedCopy> {}
    pub fn onto(mut self, medium: Medium, place: Place) -> Result<MergedCopy> {}
    pub fn imported(&self) -> &Imported {}
    pub fn boot_losses(&self) -> &[BootLoss] {}
    pub fn plan(&self) -> Result<LayoutPlan<'_>> {}
}

// crate::copy::sessions

#[derive(Clone, Debug)]
pub struct CopiedSession {
    pub number: u16,
    pub warnings: Vec<ImportWarning>,
    pub boot_losses: Vec<BootLoss>,
    pub changes: NoticeCounts,
    pub first_changes: Vec<Notice>,
}
/// And private fields.
pub struct SessionCopies<'d> {}
impl fmt::Debug for SessionCopies<'_> {}
impl<'d> SessionCopies<'d> {
    pub fn for_image(
        disc: &'d Disc,
        options: CopyOptions,
        control: &Control,
    ) -> Result<SessionCopies<'d>> {}
    pub fn for_medium(
        disc: &'d Disc,
        growing: &GrowingDisc,
        options: CopyOptions,
        control: &Control,
    ) -> Result<SessionCopies<'d>> {}
    pub fn sessions(&self) -> &[CopiedSession] {}
    pub fn incomplete(&self) -> &[u16] {}
    pub fn next(
        &self,
        copy: Option<&Disc>,
        place: Place,
        control: &Control,
    ) -> Result<Option<MergedCopy>> {}
    pub fn is_last(&self) -> bool {}
    pub fn wrote(&mut self, plan: &LayoutPlan<'_>) {}
    pub fn write_image(mut self, path: &Path, control: &Control) -> Result<()> {}
    pub fn write_to(
        mut self,
        out: &mut dyn io::Write,
        name: &Path,
        control: &Control,
    ) -> Result<()> {}
}

// crate::digests

pub use algorithm::DigestAlgorithm;
pub use plan::{DigestCounts, RecordedDigests};

// crate::digests::algorithm

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    Sha256,
    Blake3,
}
impl fmt::Display for DigestAlgorithm {}
impl FromStr for DigestAlgorithm {
    type Err = String;
}

// crate::digests::plan

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedDigests {
    pub listed: u64,
    pub unlisted: Vec<NodeId>,
}
impl Tree {
    pub fn record_digests(
        &mut self,
        algorithm: DigestAlgorithm,
        options: &PlanOptions,
    ) -> Result<RecordedDigests> {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DigestCounts {
    pub algorithm: DigestAlgorithm,
    pub listed: u64,
    pub unlisted: u64,
}

// crate::disc

pub use container::{Container, ImageTrack};
pub use digest_check::DigestReport;
pub use entry::ImageEntry;
pub use extract::{ExtractOptions, ExtractReport, ExtractWarning};
pub use file_reader::FileReader;
pub use finding::Finding;
pub use identifier::DiscIdentifier;
pub use image::Image;
pub use manifest::{MANIFEST_HEADER, ManifestItem, escape};
pub use md5_check::Md5Report;
pub use quick_check::QuickCheck;
pub use summary::{
    DescriptorSummary, FieldSummary, SessionSummary, UdfFieldSummary,
    VolumePartitionSummary,
};
pub use verify::VerifyReport;
pub use walk::StreamWalk;
#[derive(Clone)]
/// And private fields.
pub struct Disc {}
pub const DEFAULT_PREFERENCE: [FileSystem; 5] = _;
impl Disc {
    pub fn open(path: &Path) -> Result<Disc> {}
    pub fn open_at(path: &Path, offset: u64) -> Result<Disc> {}
    pub fn container(&self) -> Option<&Container> {}
    pub fn from_source(
        source: Arc<dyn ReadSectors>,
        name: impl Into<String>,
    ) -> Result<Disc> {}
    pub fn source(&self) -> &Arc<dyn ReadSectors> {}
    pub fn sessions(&self) -> &SessionTable {}
    pub fn name(&self) -> &str {}
    pub fn session(&self, number: Option<u16>) -> Result<Session> {}
    pub fn describe(&self, number: Option<u16>) -> Result<SessionSummary> {}
    pub fn image(
        &self,
        session: Option<u16>,
        preference: &[FileSystem],
    ) -> Result<Image> {}
}

// crate::disc::container

pub use self::tracks::ImageTrack;
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Container {
    pub format: String,
    pub tracks: Vec<ImageTrack>,
    pub findings: Vec<String>,
}

// crate::disc::container::tracks

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ImageTrack {
    pub number: u16,
    pub session: u16,
    pub start: u32,
    pub sectors: u32,
    pub sector_bytes: u32,
    pub is_audio: bool,
}

// crate::disc::digest_check

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DigestReport {
    pub algorithm: DigestAlgorithm,
    pub compared: u64,
    pub differing: u64,
    pub unlisted: u64,
    pub intact_structures: u64,
}

// crate::disc::entry

#[derive(Clone, Debug)]
/// And private fields.
pub struct ImageEntry {
    pub name: Vec<u8>,
    pub kind: Kind,
    pub attributes: Attributes,
    pub links: u32,
    pub modified: Timestamp,
    pub len: u64,
    pub link_target: Vec<u8>,
    pub device: Option<DeviceNumber>,
    pub real_time: bool,
}
impl ImageEntry {
    pub fn sections(&self) -> &[Section] {}
    pub fn has_streams(&self) -> bool {}
    pub fn acl(&self) -> Option<AccessControlLists> {}
    pub fn times(&self) -> Times {}
}

// crate::disc::extract

#[derive(Clone, Copy, Debug, Default)]
pub struct ExtractOptions {
    pub owners: bool,
    pub overwrite: bool,
    pub extended_attributes: bool,
    pub acls: bool,
    pub sparse: bool,
}
#[derive(Clone, Debug, Default)]
pub struct ExtractReport {
    pub items: u64,
    pub bytes: u64,
    pub without_streams: u64,
    pub without_acls: u64,
    pub warnings: Vec<ExtractWarning>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtractWarning {
    pub path: String,
    pub reason: String,
}
impl Image {
    pub fn extract(
        &self,
        paths: &[&str],
        target: &Path,
        options: &ExtractOptions,
        control: &Control,
    ) -> Result<ExtractReport> {}
}

// crate::disc::file_reader

/// And private fields.
pub struct FileReader {}
impl FileReader {
    pub fn error(&self, error: io::Error) -> Error {}
}
impl Read for FileReader {}
impl Seek for FileReader {}

// crate::disc::finding

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub path: Option<String>,
    pub message: String,
    pub sectors: Vec<(u32, u32)>,
    pub clause: Option<String>,
    pub is_damage: bool,
}
impl fmt::Display for Finding {}
impl Image {
    pub fn findings(&self) -> Vec<String> {}
    pub fn losses(&self, control: &Control) -> Result<Vec<Finding>> {}
}

// crate::disc::identifier

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
/// And private fields.
pub struct DiscIdentifier();
impl fmt::Display for DiscIdentifier {}
impl fmt::Debug for DiscIdentifier {}
impl Serialize for DiscIdentifier {}
impl<'de> Deserialize<'de> for DiscIdentifier {}
impl Disc {
    pub fn identifier(&self) -> DiscIdentifier {}
}

// crate::disc::image

/// And private fields.
pub struct Image {}
impl Image {
    pub fn file_system(&self) -> FileSystem {}
    pub fn root(&self) -> Result<ImageEntry> {}
    pub fn read_dir(&self, directory: &ImageEntry) -> Result<Vec<ImageEntry>> {}
    pub fn child(
        &self,
        directory: &ImageEntry,
        name: &[u8],
    ) -> Result<Option<ImageEntry>> {}
    pub fn lookup(&self, path: impl AsRef<[u8]>) -> Result<ImageEntry> {}
    pub fn open(&self, entry: &ImageEntry) -> Result<FileReader> {}
    pub fn beyond_end(&self, entry: &ImageEntry) -> Option<Sector> {}
}

// crate::disc::manifest

pub const MANIFEST_HEADER: &str = _;
#[derive(Debug)]
pub struct ManifestItem<'a> {
    pub path: &'a [u8],
    pub entry: &'a ImageEntry,
    pub sha256: Option<Result<String>>,
}
impl Image {
    pub fn visit_manifest(
        &self,
        control: &Control,
        visit: &mut dyn FnMut(ManifestItem<'_>) -> Result<()>,
    ) -> Result<()> {}
    pub fn write_manifest(&self, out: &mut dyn Write, control: &Control) -> Result<()> {}
    pub fn sha256(&self, entry: &ImageEntry) -> Result<String> {}
}
pub fn escape(bytes: &[u8]) -> String {}

// crate::disc::md5_check

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Md5Report {
    pub compared: u64,
    pub differing: u64,
    pub unlisted: u64,
    pub intact_ranges: u64,
}

// crate::disc::quick_check

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickCheck {
    pub sectors: SectorCount,
    pub identifiers: Vec<&'static str>,
}
impl QuickCheck {
    pub fn of(path: &Path) -> Result<QuickCheck> {}
    pub fn of_stream(stream: &mut (impl Read + Seek), name: &str) -> Result<QuickCheck> {}
}

// crate::disc::summary

#[derive(Clone, Debug, Default, Serialize)]
pub struct SessionSummary {
    pub number: u16,
    pub start: u32,
    pub end: Option<u32>,
    pub volume: String,
    pub joliet_volume: Option<String>,
    pub udf_volume: Option<String>,
    pub udf_revision: Option<String>,
    pub file_systems: Vec<&'static str>,
    pub descriptors: Vec<DescriptorSummary>,
    pub bootable: bool,
    pub volume_space_size: u32,
    pub fields: FieldSummary,
    pub udf_fields: Option<UdfFieldSummary>,
    pub findings: Vec<String>,
}
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DescriptorSummary {
    pub kind: String,
    pub identifier: String,
    pub fields: Option<FieldSummary>,
    pub partition: Option<VolumePartitionSummary>,
}
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FieldSummary {
    pub system: String,
    pub volume_set: String,
    pub publisher: String,
    pub data_preparer: String,
    pub application: String,
    pub copyright_file: String,
    pub abstract_file: String,
    pub bibliographic_file: String,
    pub created: Option<i64>,
    pub modified: Option<i64>,
    pub expiration: Option<i64>,
    pub effective: Option<i64>,
}
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UdfFieldSummary {
    pub volume_set: String,
    pub implementation: String,
    pub application: String,
    pub copyright_file: String,
    pub abstract_file: String,
    pub owner: String,
    pub organization: String,
    pub contact: String,
    pub recorded: Option<i64>,
}
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VolumePartitionSummary {
    pub system: String,
    pub start: u32,
    pub sectors: u32,
}

// crate::disc::verify

#[derive(Clone, Debug, Default, Serialize)]
pub struct VerifyReport {
    pub files: u64,
    pub directories: u64,
    pub bytes: u64,
    pub digests: Option<DigestReport>,
    pub md5: Option<Md5Report>,
    pub findings: Vec<Finding>,
}
impl VerifyReport {
    pub fn is_whole(&self) -> bool {}
}
impl Disc {
    pub fn verify(
        &self,
        session: Option<u16>,
        control: &Control,
    ) -> Result<VerifyReport> {}
    pub fn verify_structure(
        &self,
        session: Option<u16>,
        control: &Control,
    ) -> Result<VerifyReport> {}
}

// crate::disc::walk

impl Image {
    pub fn walk(
        &self,
        visit: &mut dyn FnMut(&[u8], &ImageEntry) -> Result<()>,
    ) -> Result<()> {}
    pub fn walk_from(
        &self,
        start: &ImageEntry,
        path: &[u8],
        visit: &mut dyn FnMut(&[u8], &ImageEntry) -> Result<()>,
    ) -> Result<()> {}
    pub fn streams(&self, entry: &ImageEntry) -> Result<Vec<ImageEntry>> {}
    pub fn stream_walk(&self) -> StreamWalk<'_> {}
}
/// And private fields.
pub struct StreamWalk<'a> {}
impl StreamWalk<'_> {
    pub fn streams(&mut self, entry: &ImageEntry) -> Result<Vec<ImageEntry>> {}
}

// crate::emit

pub use image::PlannedImage;
pub trait SectorSink {
    fn write(&mut self, start: Sector, data: &[u8]) -> Result<()>;
    fn transfers(&self) -> bool {}
    fn transfer(
        &mut self,
        start: Sector,
        file: &File,
        offset: u64,
        len: u64,
    ) -> Result<u64> {}
    fn buffer_fill(&mut self) -> Option<u8> {}
}
/// And private fields.
pub struct WriterSink<W> {}
impl<W: Write> WriterSink<W> {
    pub fn new(writer: W, name: impl Into<PathBuf>) -> WriterSink<W> {}
}
impl<W: Write> SectorSink for WriterSink<W> {}
/// And private fields.
pub struct DescriptorSink {}
impl DescriptorSink {
    pub fn new(file: File, name: impl Into<PathBuf>) -> DescriptorSink {}
}
impl SectorSink for DescriptorSink {}

// crate::emit::image

/// And private fields.
pub struct PlannedImage<'p> {}
impl<'p> PlannedImage<'p> {
    pub fn reader(&self) -> SectorReader<&PlannedImage<'p>> {}
}
impl ReadSectors for PlannedImage<'_> {}
impl fmt::Debug for PlannedImage<'_> {}

// crate::error

pub use imapi2::Imapi2Code;
pub type Result<T, E = Error> = std::result::Result<T, E>;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Blame {
    Caller,
    Source,
    Image,
    Output,
    Medium,
    Drive,
    Unsupported,
    Cancelled,
}
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    InvalidArgument { argument: String, reason: String },
    InvalidVolumeName { name: String, file_system: FileSystem, rule: &'static str },
    NoOutput,
    InvalidDate { date: &'static str, other: &'static str, clause: &'static str },
    InvalidPath { path: String, rule: &'static str },
    RestrictedName { name: String },
    DuplicateName { path: String },
    MergeCollision {
        path: String,
        existing: Kind,
        existing_from: String,
        added: Kind,
        added_from: String,
    },
    NotFound { path: String, wanted: Option<Kind> },
    NotInTree { path: String },
    DirectoryNotEmpty { path: String },
    NoSuchProperty { path: String, kind: Kind, property: &'static str },
    NotAFile { path: String, kind: Kind },
    NotADirectory { path: String, kind: Kind },
    NoUniqueName { path: String, file_system: FileSystem },
    Strict { first: Box<Notice>, count: u64 },
    BootImage { image: String, reason: String },
    BootEmulation { image: String, len: u64 },
    BootConflict { what: &'static str },
    BootLost { losses: Vec<crate::BootLoss> },
    TooManyDirectories { file_system: FileSystem, count: u64 },
    TooDeep { path: String, depth: u32 },
    FileTooBig { path: String, len: u64, limit: &'static str },
    SizeLimit { path: String, needed: u64, limit: u64 },
    ImageTooBig { needed: u64, available: SectorCount },
    TreeTooLarge { what: &'static str },
    SourceChanged { path: PathBuf, expected: String, found: String },
    SourceOpen { path: PathBuf, source: io::Error },
    Spool { folder: PathBuf, problem: SpoolProblem },
    SourceRead { path: PathBuf, source: io::Error },
    DirectoryRead { path: PathBuf, source: io::Error },
    Sound { path: PathBuf, problem: SoundProblem },
    CueSheet { path: PathBuf, problem: CueProblem },
    RawImage(RawImageError),
    AudioDrive { drive: String, mode: AudioMode, source: DriveError },
    OutputWrite { path: PathBuf, source: io::Error },
    ImageOpen { path: PathBuf, source: io::Error },
    ImageNotAligned { image: String, len: u64 },
    NoVolumeDescriptor { image: String },
    ImageBeyondDrives { image: String, sectors: u64 },
    EmptyMedium { medium: String },
    NoFileSystem { session: u16, detail: String },
    FileSystemNotFound { session: u16, file_system: FileSystem },
    SessionNotFound { asked: u16, newest: u16 },
    Corrupt { sector: Sector, structure: &'static str, detail: String },
    Unsupported { feature: String },
    ImportRead(ReadError),
    CannotAppend { reason: String },
    NoFurtherSession { medium: String, reason: String },
    MediumNotAllowed { drive: String, profile: String, reason: &'static str },
    NotGrowable { reason: String },
    WrongPlace { planned: Sector, next: Sector },
    PlaceNotSet { path: String },
    FileSystemChange { reason: String },
    UdfRevisionChange { earlier: crate::UdfRevision, asked: crate::UdfRevision },
    UdfNotWritable { revision: crate::UdfRevision },
    DiscMismatch { medium: String },
    Project { folder: PathBuf, problem: ProjectProblem },
    UnsafePath { path: String, reason: String },
    VerifyFailed { sector: Sector, sectors: u64, files: Vec<String> },
    NotBlank { drive: String },
    HoldsSessions { drive: String },
    Erase { drive: String, source: DriveError },
    Recorder { part: RecorderPart, problem: RecorderProblem },
    Feature { drive: String, feature: String, is_known: bool },
    Drive { drive: String, source: DriveError },
    Recording { source: Box<Error>, medium: String },
    Cancelled { state: String },
}
impl Error {
    pub fn blame(&self) -> Blame {}
    pub fn imapi2(&self) -> Imapi2Code {}
    pub fn code(&self) -> u32 {}
    pub fn name(&self) -> &'static str {}
}

// crate::error::imapi2

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Imapi2Code {
    pub name: &'static str,
    pub number: u32,
}
impl Imapi2Code {
    pub const fn is_success(self) -> bool {}
}
impl Imapi2Code {
    pub fn of_cancelling(cancelling: Cancelling) -> Option<Imapi2Code> {}
    pub fn of_burnt(burnt: &Burnt) -> Option<Imapi2Code> {}
    pub fn of_command(end: &CommandEnd) -> Option<Imapi2Code> {}
    pub fn of_notice(notice: &Notice) -> Option<Imapi2Code> {}
    pub fn of_added_index(added: AddedIndex) -> Option<Imapi2Code> {}
}
impl fmt::Display for Imapi2Code {}

// crate::image_file

pub fn write_image(plan: &LayoutPlan<'_>, path: &Path, control: &Control) -> Result<()> {}

// crate::import

pub use checksums::RecordedChecksums;
pub use warning::ImportWarning;
#[derive(Clone, Debug)]
pub struct ImportOptions {
    pub session: Option<u16>,
    pub preference: Vec<FileSystem>,
    pub trees: ImportedTrees,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportedTrees {
    Preferred,
    All,
}
impl Default for ImportOptions {}
#[derive(Debug)]
/// And private fields.
pub struct Imported {
    pub tree: Tree,
    pub disc: DiscIdentifier,
    pub session: Session,
    pub file_system: FileSystem,
    pub trees: ImportedTrees,
    pub file_systems: FileSystems,
    pub udf_revision: Option<UdfRevision>,
    pub virtual_volume: Option<VirtualVolume>,
    pub volume: VolumeName,
    pub udf_volume: Option<String>,
    pub identifiers: Identifiers,
    pub boot_records: Vec<BootRecord>,
    pub partition_descriptors: Vec<VolumePartitionDescriptor>,
    pub boot: BootSetUp,
    pub times: VolumeTimes,
    pub iso9660_names: NameRules,
    pub joliet_names: JolietRules,
    pub relocation_directory: Option<Vec<u8>>,
    pub recorded_relocation: Option<RecordedRelocation>,
    pub digests: Option<DigestAlgorithm>,
    pub md5_tags: bool,
    pub warnings: Vec<ImportWarning>,
}
pub fn import(
    disc: &Disc,
    options: &ImportOptions,
    control: &Control,
) -> Result<Imported> {}
impl Imported {
    pub fn plan_options_for(&self, medium: Medium) -> crate::PlanOptions {}
    pub fn new_image_options(&self) -> crate::PlanOptions {}
    pub fn plan_options(&self) -> crate::PlanOptions {}
}

// crate::import::checksums

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordedChecksums {
    Implanted,
    Xorriso,
}
impl fmt::Display for RecordedChecksums {}

// crate::import::visibility

impl Imported {
    pub fn keep_visibility(
        &mut self,
        disc: &Disc,
        control: &Control,
    ) -> Result<Vec<ImportWarning>> {}
}

// crate::import::warning

#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportWarning {
    DoubledName { path: String },
    ImpossibleName { path: String },
    ExtendedAttributeRecord { path: String },
    SystemUse { path: String, items: u64 },
    RockRidge { file_system: FileSystem },
    FileVersion { path: String, version: u32 },
    IdentifierForms,
    ApplicationUse { file_system: FileSystem },
    Entries { path: String },
    DeviceNumber { path: String },
    DirectoryTwice { path: String },
    UnreadableDirectory { path: String, reason: String },
    UnreadableFile { path: String, reason: String },
    UnreadableStream { path: String, reason: String },
    SystemStreams { names: Vec<String> },
    AttributeList { path: String },
    ExtendedAttributes { path: String },
    NotShown { path: String, file_system: FileSystem },
    NamesNotShown { paths: Vec<String>, names: u64, file_system: FileSystem },
    NamesMadeAnew { path: String, directories: u64, file_system: FileSystem },
    OnlyThere { path: String, file_system: FileSystem },
    MayHaveBeenHidden { path: String, items: u64, file_system: FileSystem },
    BeyondEnd { path: String, sector: Sector },
    ModeTwoFormTwo { path: String },
    IncompleteSession { number: u16 },
    PartitionTable,
    Checksums(RecordedChecksums),
    Digests { path: String, reason: String },
    Sums { reason: String },
    Damaged { path: Option<String>, finding: String },
    Finding { finding: String },
}
impl ImportWarning {
    pub fn is_about_missing_items(&self) -> bool {}
}
impl fmt::Display for ImportWarning {}

// crate::job

#[must_use = "a job that nobody waits for ends with the process"]
/// And private fields.
pub struct Job<T> {}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JobState {
    Running,
    Completed,
    Failed,
    Cancelled,
    Lost,
}
impl<T: Send + 'static> Job<T> {
    pub fn start(
        control: Control,
        work: impl FnOnce(&Control) -> Result<T> + Send + 'static,
    ) -> Result<Job<T>> {}
}
impl<T> Job<T> {
    pub fn state(&self) -> JobState {}
    pub fn progress(&self) -> Option<Progress> {}
    pub fn percent(&self) -> Option<u8> {}
    pub fn cancel(&self) {}
    pub fn return_value(&self) -> ReturnValue {}
    pub fn wait_for(&self, timeout: Duration) -> JobState {}
    pub fn wait(self) -> Result<T> {}
}
impl<T> fmt::Debug for Job<T> {}

// crate::md5_tags

pub use plan::Md5Counts;

// crate::md5_tags::plan

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Md5Counts {
    pub listed: u64,
    pub unlisted: u64,
}

// crate::nbd

#[derive(Debug)]
/// And private fields.
pub struct NbdServer();
impl NbdServer {
    pub fn bind(address: SocketAddr) -> Result<NbdServer> {}
    pub fn address(&self) -> SocketAddr {}
    pub fn url(&self) -> String {}
    pub fn serve(
        self,
        image: &dyn ReadSectors,
        once: bool,
        control: &Control,
    ) -> Result<()> {}
}

// crate::plan

pub use defaults::{Medium, MediumDefaults};
pub use hfsplus_options::{HfsPlusBlessings, HfsPlusOptions, HfsPlusType};
pub use notice::{Notice, NoticeCounts};
pub use options::{
    DeepDirectories, ImportedContent, Place, PlanOptions, RecordedRelocation,
    RockRidgeTimes, VolumeName,
};
pub use own_fields::{DescriptorFields, DescriptorTimes, OwnFields};
pub use recorded_names::RecordedName;
pub use segments::Segment;
pub use texts::VolumeTexts;
pub use udf_fields::UdfFields;
pub use udf_options::{Embedding, MetadataPartition, UdfAccess, UdfOptions, UdfSymlinks};
pub use volume_partition::VolumePartition;
pub const SYSTEM_AREA: SectorCount = _;
/// And private fields.
pub struct LayoutPlan<'t> {}
impl fmt::Debug for LayoutPlan<'_> {}
impl<'t> LayoutPlan<'t> {
    pub fn new(tree: &'t Tree, mut options: PlanOptions) -> Result<LayoutPlan<'t>> {}
    pub fn tree(&self) -> &'t Tree {}
    pub fn options(&self) -> &PlanOptions {}
    pub fn extent(&self) -> Extent {}
    pub fn visit_identifiers(
        &self,
        file_system: FileSystem,
        visit: &mut dyn FnMut(NodeId, &[u8]),
    ) -> Result<()> {}
    pub fn recorded_digests(&self) -> Option<DigestCounts> {}
    pub fn recorded_md5(&self) -> Option<Md5Counts> {}
    pub fn image(&self) -> PlannedImage<'_> {}
    pub fn write_to(
        &self,
        sink: &mut dyn crate::SectorSink,
        control: &Control,
    ) -> Result<()> {}
}

// crate::plan::defaults

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Medium {
    ImageFile,
    Cd,
    Dvd,
    Bd,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediumDefaults {
    pub medium: Medium,
    pub file_systems: FileSystems,
    pub udf: UdfOptions,
    pub reason: &'static str,
}
impl MediumDefaults {
    pub const TABLE: [MediumDefaults; 4] = _;
    pub fn of(medium: Medium) -> &'static MediumDefaults {}
}
impl From<MediumKind> for Medium {}
impl fmt::Display for Medium {}
impl PlanOptions {
    pub fn for_medium(medium: Medium) -> PlanOptions {}
}
impl Place {
    pub fn on_blank(kind: MediumKind) -> Result<Place> {}
}

// crate::plan::descriptors

impl LayoutPlan<'_> {
    pub fn volume_notices(&self) -> Vec<Notice> {}
}

// crate::plan::hfsplus_options

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HfsPlusOptions {
    pub blessed: HfsPlusBlessings,
    pub types: BTreeMap<NodeId, HfsPlusType>,
    pub serial: Option<u64>,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HfsPlusBlessings {
    pub boot_folder: Option<NodeId>,
    pub startup_file: Option<NodeId>,
    pub open_folder: Option<NodeId>,
    pub os9_folder: Option<NodeId>,
    pub osx_folder: Option<NodeId>,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HfsPlusType {
    pub file_type: [u8; 4],
    pub creator: [u8; 4],
}

// crate::plan::notice

#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    Renamed { path: String, file_system: FileSystem, recorded: String, reasons: String },
    TextChanged {
        text: String,
        file_system: FileSystem,
        recorded: String,
        reasons: String,
    },
    NoSuchFile { file_system: Option<FileSystem>, text: &'static str, name: String },
    Dropped { path: String, file_system: FileSystem, kind: Kind },
    HiddenWithDirectory { path: String, file_system: FileSystem },
    LiesOutside { path: String },
    Relocated { path: String, recorded: String },
    TargetChanged { path: String, file_system: FileSystem, recorded: String },
    CutByLinux { path: String },
    DeviceNumber { path: String },
    SameInLinux { path: String, other: String },
    StreamsDropped { path: String, file_system: FileSystem, count: u64 },
    AclDropped { path: String, file_system: FileSystem },
    RealTimeDropped { path: String, file_system: FileSystem },
    ShownEncoded { path: String, file_system: FileSystem },
    LinkParted { path: String, file_system: FileSystem, kind: Kind },
    TypesDropped,
    UdfSpecials { count: u64 },
    TimeClamped { path: String, file_system: FileSystem },
}
impl Notice {
    pub fn path(&self) -> &str {}
    pub fn is_change(&self) -> bool {}
}
impl fmt::Display for Notice {}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoticeCounts {
    pub renamed: u64,
    pub texts_changed: u64,
    pub no_such_files: u64,
    pub dropped: u64,
    pub relocated: u64,
    pub time_clamped: u64,
    pub target_changed: u64,
    pub streams_dropped: u64,
    pub acl_dropped: u64,
    pub real_time_dropped: u64,
    pub shown_encoded: u64,
    pub links_parted: u64,
    pub types_dropped: u64,
    pub cut_by_linux: u64,
    pub device_numbers: u64,
    pub same_in_linux: u64,
    pub udf_specials: u64,
}
impl NoticeCounts {
    pub fn total(self) -> u64 {}
}

// crate::plan::notices

impl LayoutPlan<'_> {
    pub fn first_changes(&self, most: usize) -> Vec<Notice> {}
    pub fn notice_counts(&self) -> NoticeCounts {}
    pub fn visit_notices(
        &self,
        visit: &mut dyn FnMut(Notice) -> Result<()>,
    ) -> Result<()> {}
}

// crate::plan::options

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanOptions {
    pub file_systems: FileSystems,
    pub volume: VolumeName,
    pub volume_names: BTreeMap<FileSystem, String>,
    pub iso9660_names: NameRules,
    pub joliet_names: JolietRules,
    pub deep_directories: DeepDirectories,
    pub relocation_directory: Vec<u8>,
    pub recorded_relocation: Option<RecordedRelocation>,
    pub rock_ridge_times: RockRidgeTimes,
    pub udf: UdfOptions,
    pub virtual_volume: Option<VirtualVolume>,
    pub hfs_plus: HfsPlusOptions,
    pub identifiers: Identifiers,
    pub supplementary_identifiers: BTreeMap<FileSystem, Identifiers>,
    pub texts: VolumeTexts,
    pub own_fields: OwnFields,
    pub identity: Option<Guid>,
    pub created: Option<Timestamp>,
    pub modified: Option<Timestamp>,
    pub expiration: Option<Timestamp>,
    pub effective: Option<Timestamp>,
    pub recorded_times: Option<VolumeTimes>,
    pub place: Place,
    pub imported: ImportedContent,
    pub disc: Option<DiscIdentifier>,
    pub boot_records: Vec<BootRecord>,
    pub boot: Option<BootOptions>,
    pub hybrid: Option<HybridOptions>,
    pub partition_offset: SectorCount,
    pub system_area: Option<KeptSystemArea>,
    pub volume_partitions: Vec<VolumePartition>,
    pub md5_tags: bool,
    pub strict: bool,
}
impl PlanOptions {
    pub fn pad_for_loaders(&mut self) {}
    pub fn md5_obstacle(&self) -> Option<&'static str> {}
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VolumeName {
    Adapted(String),
    Recorded { iso9660: [u8; 32], joliet: Option<[u8; 32]> },
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeepDirectories {
    KeepInPlace,
    Relocate,
    Refuse,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRelocation {
    pub name: Vec<u8>,
    pub identifier: Vec<u8>,
    pub attributes: Attributes,
    pub modified: Timestamp,
    pub times: Times,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RockRidgeTimes {
    Fitting,
    Short,
    Long,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub start: Sector,
    pub alignment: SectorCount,
    pub end_padding: SectorCount,
    pub available: Option<SectorCount>,
}
impl Default for Place {}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportedContent {
    StaysInPlace,
    Copied,
}
impl Default for PlanOptions {}

// crate::plan::own_fields

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnFields {
    pub iso9660: DescriptorFields,
    pub enhanced: DescriptorFields,
    pub joliet: DescriptorFields,
    pub udf: UdfFields,
}
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescriptorFields {
    pub texts: VolumeTexts,
    pub times: DescriptorTimes,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescriptorTimes {
    pub creation: Option<VolumeTime>,
    pub modification: Option<VolumeTime>,
    pub expiration: Option<VolumeTime>,
    pub effective: Option<VolumeTime>,
}

// crate::plan::recorded_names

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedName {
    pub file_system: FileSystem,
    pub name: String,
    pub path: String,
}
impl LayoutPlan<'_> {
    pub fn recorded_names(&self, node: NodeId) -> Result<Vec<RecordedName>> {}
}

// crate::plan::segments

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    pub start: u32,
    pub sectors: u32,
    pub label: &'static str,
    pub owner: Option<String>,
    pub counts_from: Option<u32>,
}
impl LayoutPlan<'_> {
    pub fn segments(&self) -> impl Iterator<Item = Segment> + '_ {}
}

// crate::plan::texts

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeTexts {
    pub system: Option<String>,
    pub volume_set: Option<String>,
    pub publisher: Option<String>,
    pub data_preparer: Option<String>,
    pub application: Option<String>,
    pub copyright_file: Option<String>,
    pub abstract_file: Option<String>,
    pub bibliographic_file: Option<String>,
}

// crate::plan::udf_fields

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UdfFields {
    pub volume_set: Option<String>,
    pub application: Option<String>,
    pub copyright_file: Option<String>,
    pub abstract_file: Option<String>,
    pub owner: Option<String>,
    pub organization: Option<String>,
    pub contact: Option<String>,
    pub recorded: Option<Timestamp>,
}

// crate::plan::udf_options

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UdfOptions {
    pub revision: Revision,
    pub metadata_partition: MetadataPartition,
    pub embedding: Embedding,
    pub symlinks: UdfSymlinks,
    pub access: UdfAccess,
}
impl Default for UdfOptions {}
impl UdfOptions {
    pub const REVISIONS: [Revision; 6] = _;
    pub fn for_medium(medium: Medium) -> UdfOptions {}
    pub fn resolved(self, file_systems: FileSystems) -> UdfOptions {}
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MetadataPartition {
    ByRevision,
    None,
    Single,
    Mirrored,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Embedding {
    Automatic,
    Nothing,
    Directories,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UdfSymlinks {
    Store,
    Omit,
    Copy,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UdfAccess {
    ReadOnly,
    WriteOnce,
    Overwritable { free: SectorCount },
}

// crate::plan::volume_partition

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumePartition {
    pub descriptor: VolumePartitionDescriptor,
    pub content: Option<ContentId>,
}

// crate::prelude

pub use crate::{
    BurnOptions, Control, DEFAULT_PREFERENCE, Disc, DriveName, ExtractOptions,
    FileSystem, FileSystems, GrowingDisc, GrowingImage, ImportOptions, Imported, Item,
    ItemOptions, Job, Kind, LayoutPlan, NodeId, NodeKind, Observer, OpenDrive,
    PlanOptions, Progress, ReadSectors, ScanOptions, Sector, SectorSink, Stage, Tree,
    write_image,
};

// crate::progress

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    Validating,
    Importing,
    Comparing,
    Formatting,
    Blanking,
    Compressing,
    Writing,
    Finalising,
    Verifying,
    Extracting,
    Copying,
}
impl fmt::Display for Stage {}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub stage: Stage,
    pub done: u64,
    pub total: u64,
    pub files: Option<FileCount>,
    pub fill: Option<Fill>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileCount {
    pub done: u64,
    pub total: Option<u64>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub per_second: u64,
    pub left: Option<Duration>,
}
impl Progress {
    pub fn percent(&self) -> Option<u8> {}
    pub fn pace(&self, earlier: &Progress, elapsed: Duration) -> Option<Pace> {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    pub queue: u8,
    pub drive: Option<u8>,
}
pub trait Observer: Send + Sync {
    fn progress(&self, progress: Progress);
}
#[derive(Clone, Debug, Default)]
/// And private fields.
pub struct CancelToken();
impl CancelToken {
    pub fn new() -> CancelToken {}
    pub fn cancel(&self) {}
    pub fn is_cancelled(&self) -> bool {}
}
#[derive(Clone, Default)]
pub struct Control {
    pub observer: Option<Arc<dyn Observer>>,
    pub cancel: CancelToken,
}
impl fmt::Debug for Control {}

// crate::project

pub use identity::ProjectIdentity;
pub use problem::ProjectProblem;
#[derive(Debug)]
/// And private fields.
pub struct Project {
    pub tree: Tree,
    pub options: PlanOptions,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProjectExport {
    pub contents: ProjectContents,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProjectContents {
    Copied,
    Referenced,
}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectImport {
    pub identity: ProjectIdentity,
    pub in_use: Vec<Guid>,
    pub references: bool,
}
impl Project {
    pub fn new(tree: Tree, options: PlanOptions) -> Project {}
    pub fn id(&self) -> Option<Guid> {}
    pub fn sessions(&self) -> Option<&Path> {}
    pub fn export(
        &self,
        folder: &Path,
        export: &ProjectExport,
        control: &Control,
    ) -> Result<()> {}
    pub fn import(
        folder: &Path,
        import: &ProjectImport,
        control: &Control,
    ) -> Result<Project> {}
    pub fn write_image(&self, path: &Path, control: &Control) -> Result<()> {}
}

// crate::project::identity

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProjectIdentity {
    Kept,
    New { seed: [u8; 16], created: Timestamp },
}

// crate::project::problem

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectProblem {
    Missing { file: &'static str },
    Damaged { file: &'static str, detail: String },
    NewerVersion { version: u32, newest: u32 },
    Reference { path: String },
    IdentityInUse { id: Guid },
    TargetInUse,
    NotKept { what: &'static str, instead: &'static str },
}

// crate::record

pub use abilities::{
    CapabilitySummary, DriveAbilities, FeatureSummary, ModePageSummary, ProfileSummary,
};
pub use as_it_is::{AsItIsOptions, RecordedAsItIs};
pub use audio::{AudioBurnt, AudioMode, AudioOptions, burn_audio};
pub use drive_name::DriveName;
pub use growing_disc::{BurnOptions, Burnt, GrowingDisc};
pub use open_drive::{DriveSummary, MediumSummary, OpenDrive, TrackSummary};
pub use recorder::{
    AddedTrack, Cancelling, DataWriter, Eraser, ExclusiveAccess, RawWriter, Recorder,
    RecorderPart, RecorderProblem, TracksAtOnce, TracksAtOnceOptions,
};
pub use serve::{SimulatedTarget, SimulatedTray};
pub use speed::RecordingSpeed;
pub use verification::Verification;
pub use mmc_device::cd::{AddedIndex, Isrc, MediaCatalogNumber, RawSectorType};
pub use mmc_device::simulated::{Clock, MediumKind, VirtualClock};
pub use mmc_device::{
    BdRMode, Blanking, Cdb, Closing, CommandEnd, Data as CommandData, DriveChange,
    DriveWatch, FormatRequest, FoundDrive, Holder, Rotation, Sense, SpareArea,
    names_drive,
};
pub fn create_simulated_medium(path: &Path, kind: MediumKind) -> Result<()> {}
pub fn drives() -> Result<Vec<FoundDrive>> {}

// crate::record::abilities

#[derive(Clone, Debug, Default, Serialize)]
pub struct DriveAbilities {
    pub profiles: Vec<ProfileSummary>,
    pub features: Vec<FeatureSummary>,
    pub mode_pages: Vec<ModePageSummary>,
    pub capabilities: Option<CapabilitySummary>,
}
#[derive(Clone, Debug, Serialize)]
pub struct ProfileSummary {
    pub number: u16,
    pub name: String,
    pub current: bool,
}
#[derive(Clone, Debug, Serialize)]
pub struct FeatureSummary {
    pub number: u16,
    pub name: String,
    pub current: bool,
    pub persistent: bool,
}
#[derive(Clone, Debug, Serialize)]
pub struct ModePageSummary {
    pub number: u8,
    pub name: String,
}
#[derive(Clone, Debug, Serialize)]
pub struct CapabilitySummary {
    pub reads: Vec<&'static str>,
    pub writes: Vec<&'static str>,
    pub test_write: bool,
    pub underrun_protection: bool,
    pub eject: bool,
    pub lock: bool,
    pub mechanism: &'static str,
    pub read_speed: u16,
    pub write_speed: u16,
    pub buffer_kib: u16,
}
impl From<&Feature> for FeatureSummary {}
impl From<Capabilities> for CapabilitySummary {}

// crate::record::as_it_is

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AsItIsOptions {
    pub track: Option<u16>,
    pub at_once: bool,
    pub closing: Closing,
    pub test_write: bool,
    pub speed: Option<RecordingSpeed>,
    pub rotation: Option<Rotation>,
    pub streaming: bool,
    pub reserve: bool,
    pub verify: Verification,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedAsItIs {
    pub start: Sector,
    pub sectors: u32,
    pub padding: u32,
}
impl OpenDrive {
    pub fn record_as_it_is(
        &mut self,
        path: &Path,
        options: &AsItIsOptions,
        control: &Control,
    ) -> Result<RecordedAsItIs> {}
    pub fn reserve_track(
        &mut self,
        sectors: SectorCount,
    ) -> Result<Option<TrackSummary>> {}
    pub fn calibrate_power(&mut self) -> Result<()> {}
}

// crate::record::audio

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AudioMode {
    AtOnce,
    TrackAtOnce,
    Raw(RawSectorType),
}
#[derive(Clone, Copy, Debug, Default)]
pub struct AudioOptions {
    pub mode: AudioMode,
    pub closing: Closing,
    pub test_write: bool,
    pub verify: Verification,
    pub speed: Option<RecordingSpeed>,
    pub rotation: Option<Rotation>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioBurnt {
    pub tracks: usize,
    pub sectors: u64,
    pub notices: Vec<AudioNotice>,
}
pub fn burn_audio(
    drive: &mut OpenDrive,
    disc: &AudioDisc,
    options: &AudioOptions,
    control: &Control,
) -> Result<AudioBurnt> {}

// crate::record::drive_name

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriveName {
    Device(PathBuf),
    Simulated { kind: Option<MediumKind>, path: PathBuf },
}
impl DriveName {
    pub fn is_drive(text: &str) -> bool {}
}
impl FromStr for DriveName {
    type Err = String;
}
impl fmt::Display for DriveName {}

// crate::record::growing_disc

/// And private fields.
pub struct GrowingDisc {}
impl fmt::Debug for GrowingDisc {}
#[derive(Clone, Copy, Debug, Default)]
pub struct BurnOptions {
    pub closing: Closing,
    pub verify: Verification,
    pub at_once: bool,
    pub test_write: bool,
    pub speed: Option<RecordingSpeed>,
    pub rotation: Option<Rotation>,
    pub streaming: bool,
    pub reserve: bool,
    pub eject: bool,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burnt {
    pub start: Sector,
    pub sectors: u32,
    pub speed: Option<u32>,
    pub asked_speed: Option<u32>,
    pub rotation: Option<Rotation>,
    pub asked_rotation: Option<Rotation>,
    pub appendable: Option<bool>,
}
impl Burnt {
    pub fn is_speed_adjusted(&self) -> bool {}
    pub fn is_rotation_adjusted(&self) -> bool {}
}
impl GrowingDisc {
    pub fn open(mut drive: OpenDrive) -> Result<GrowingDisc> {}
    pub fn drive(&self) -> &OpenDrive {}
    pub fn disc(&self) -> &Disc {}
    pub fn is_blank(&self) -> bool {}
    pub fn import(
        &self,
        options: &ImportOptions,
        control: &Control,
    ) -> Result<Imported> {}
    pub fn place(&self) -> Place {}
    pub fn image<'p>(&self, plan: &'p LayoutPlan<'p>) -> Result<PlannedImage<'p>> {}
    pub fn modified(&self, plan: &LayoutPlan<'_>) -> Result<Vec<Extent>> {}
    pub fn write(
        mut self,
        plan: &LayoutPlan<'_>,
        options: &BurnOptions,
        control: &Control,
    ) -> Result<Burnt> {}
}

// crate::record::open_drive

/// And private fields.
pub struct OpenDrive {}
impl fmt::Debug for OpenDrive {}
#[derive(Clone, Debug, Serialize)]
pub struct DriveSummary {
    pub drive: String,
    pub vendor: String,
    pub model: String,
    pub revision: String,
    pub abilities: DriveAbilities,
    pub medium: MediumSummary,
}
#[derive(Clone, Debug, Serialize)]
pub struct MediumSummary {
    pub profile: String,
    pub state: &'static str,
    pub capacity: u32,
    pub free: u32,
    pub next_writable: Option<i32>,
    pub unfinished_session: bool,
    pub write_unit: u32,
    pub erasable: bool,
    pub write_speeds: Vec<u32>,
    pub tracks: Vec<TrackSummary>,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrackSummary {
    pub number: u16,
    pub session: u16,
    pub start: i32,
    pub sectors: u32,
    pub state: &'static str,
}
impl OpenDrive {
    pub fn open(name: &DriveName) -> Result<OpenDrive> {}
    pub fn open_timed(
        name: &DriveName,
        clock: impl Clock + Clone + 'static,
    ) -> Result<OpenDrive> {}
    pub fn with_drive(
        mut drive: Drive<Box<dyn Transport>>,
        name: impl Into<String>,
    ) -> Result<OpenDrive> {}
    pub fn name(&self) -> &str {}
    pub fn medium_family(&self) -> crate::Medium {}
    pub fn disc(&self) -> Result<Disc> {}
    pub fn describe(&self) -> Result<DriveSummary> {}
    pub fn current_feature(&self, number: u16) -> Result<FeatureSummary> {}
    pub fn blank(&mut self, blanking: Blanking, control: &Control) -> Result<()> {}
    pub fn format(&mut self, request: &FormatRequest, control: &Control) -> Result<()> {}
    pub fn close(&mut self, closing: Closing) -> Result<Vec<TrackSummary>> {}
    pub fn pass_through(
        &self,
        cdb: &Cdb,
        data: CommandData<'_>,
        limit: Duration,
    ) -> Result<CommandEnd> {}
    pub fn eject(&mut self) -> Result<()> {}
}

// crate::record::recorder

pub use data::DataWriter;
pub use eraser::Eraser;
pub use problem::{RecorderPart, RecorderProblem};
pub use raw::RawWriter;
pub use tracks::{AddedTrack, TracksAtOnce, TracksAtOnceOptions};
#[derive(Clone)]
/// And private fields.
pub struct Recorder();
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelling {
    Asked,
    NothingInProgress,
}
impl Recorder {
    pub fn new(drive: OpenDrive) -> Recorder {}
    pub fn without_drive() -> Recorder {}
    pub fn replace_drive(&self, drive: Option<OpenDrive>) -> Result<Option<OpenDrive>> {}
    pub fn acquire_exclusive_access(&self, client: &str) -> Result<ExclusiveAccess> {}
    pub fn exclusive_access_owner(&self) -> Option<String> {}
    pub fn cancel(&self) -> Cancelling {}
    pub fn data(&self, client: &str) -> Result<DataWriter> {}
    pub fn tracks_at_once(&self, client: &str) -> Result<TracksAtOnce> {}
    pub fn raw(&self, client: &str) -> Result<RawWriter> {}
    pub fn eraser(&self, client: &str) -> Result<Eraser> {}
}
impl fmt::Debug for Recorder {}
#[derive(Debug)]
#[must_use = "access ends when this is dropped"]
/// And private fields.
pub struct ExclusiveAccess();
impl Drop for ExclusiveAccess {}

// crate::record::recorder::data

#[derive(Debug)]
/// And private fields.
pub struct DataWriter();
impl DataWriter {
    pub fn place(&self) -> Result<Place> {}
    pub fn import(
        &self,
        options: &ImportOptions,
        control: &Control,
    ) -> Result<Imported> {}
    pub fn write(
        &self,
        plan: &LayoutPlan<'_>,
        options: &BurnOptions,
        control: &Control,
    ) -> Result<Burnt> {}
    pub fn cancel(&self) -> Result<()> {}
}

// crate::record::recorder::eraser

#[derive(Debug)]
/// And private fields.
pub struct Eraser();
impl Eraser {
    pub fn blank(&self, blanking: Blanking, control: &Control) -> Result<()> {}
    pub fn format(&self, request: &FormatRequest, control: &Control) -> Result<()> {}
}

// crate::record::recorder::problem

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecorderPart {
    Access,
    Data,
    TracksAtOnce,
    Raw,
    Eraser,
}
impl fmt::Display for RecorderPart {}
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RecorderProblem {
    ClientName { name: String },
    NoDrive,
    Held { client: String },
    InProgress { client: String },
    NotInProgress,
    NotPrepared,
    Prepared,
    BlankOnly { property: &'static str },
    NoTracks,
}

// crate::record::recorder::raw

#[derive(Debug)]
/// And private fields.
pub struct RawWriter();
impl RawWriter {
    pub fn prepare(&self) -> Result<()> {}
    pub fn write(
        &self,
        disc: &AudioDisc,
        kind: RawSectorType,
        control: &Control,
    ) -> Result<AudioBurnt> {}
    pub fn cancel(&self) -> Result<()> {}
    pub fn release(&self) -> Result<()> {}
}
impl Drop for RawWriter {}

// crate::record::recorder::tracks

/// And private fields.
pub struct TracksAtOnce {}
#[derive(Clone, Copy, Debug, Default)]
pub struct TracksAtOnceOptions {
    pub closing: Closing,
    pub catalog: Option<MediaCatalogNumber>,
    pub test_write: bool,
    pub speed: Option<RecordingSpeed>,
    pub verify: Verification,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddedTrack {
    pub number: u8,
    pub start: i32,
    pub sectors: u32,
    pub padding: u32,
}
impl TracksAtOnce {
    pub fn prepare(&self, options: &TracksAtOnceOptions) -> Result<()> {}
    pub fn set_closing(&self, closing: Closing) -> Result<()> {}
    pub fn set_catalog(&self, catalog: Option<MediaCatalogNumber>) -> Result<()> {}
    pub fn add_track(
        &self,
        sound: &Path,
        isrc: Option<Isrc>,
        control: &Control,
    ) -> Result<AddedTrack> {}
    pub fn table_of_contents(&self) -> Result<Vec<AddedTrack>> {}
    pub fn cancel(&self) -> Result<()> {}
    pub fn release(&self, control: &Control) -> Result<()> {}
}
impl fmt::Debug for TracksAtOnce {}
impl Drop for TracksAtOnce {}

// crate::record::serve

#[derive(Debug)]
/// And private fields.
pub struct SimulatedTarget {}
#[derive(Clone, Debug)]
/// And private fields.
pub struct SimulatedTray {}
impl SimulatedTarget {
    pub fn bind(path: Option<&Path>, address: SocketAddr) -> Result<SimulatedTarget> {}
    pub fn url(&self) -> String {}
    pub fn tray(&self) -> SimulatedTray {}
    pub fn set_clock(&self, clock: impl Clock + 'static) {}
    pub fn serve(self, once: bool, control: &Control) -> Result<()> {}
}
impl SimulatedTray {
    pub fn insert(&self, path: &Path) -> Result<()> {}
    pub fn eject(&self) -> Result<()> {}
    pub fn inject(&self, fault: &str) -> Result<()> {}
    pub fn clear_faults(&self) {}
}

// crate::record::speed

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingSpeed {
    Fastest,
    Times(u32),
    KilobytesPerSecond(u32),
}
impl FromStr for RecordingSpeed {
    type Err = String;
}
impl fmt::Display for RecordingSpeed {}

// crate::record::verification

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Verification {
    None,
    Quick,
    Full,
}

// crate::recover

#[derive(Debug)]
/// And private fields.
pub struct Recovery {}
#[derive(Clone, Debug, Serialize)]
pub struct RecoveryReport {
    pub medium: String,
    pub identifier: DiscIdentifier,
    pub sessions: Vec<SessionState>,
    pub unfinished: bool,
    pub last_good: Option<u32>,
    pub kept: Vec<String>,
    pub completed: Vec<String>,
    pub dropped: Vec<DroppedFile>,
    pub unreadable: Vec<String>,
    pub action: RecoveryAction,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SessionState {
    pub number: u16,
    pub start: u32,
    pub end: Option<u32>,
    pub complete: bool,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DroppedFile {
    pub path: String,
    pub reason: String,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum RecoveryAction {
    Nothing,
    ClosingSession,
    Close,
    Head { session: u32 },
    CutOff { at: u32 },
}
#[derive(Clone, Debug)]
pub struct Recovered {
    pub session: Option<Burnt>,
    pub dropped: Vec<DroppedFile>,
}
impl Recovery {
    pub fn of_drive(drive: OpenDrive, control: &Control) -> Result<Recovery> {}
    pub fn complete_from(&mut self, sources: &Tree) -> Result<()> {}
    pub fn of_image(path: &Path) -> Result<Recovery> {}
    pub fn report(&self) -> &RecoveryReport {}
    pub fn write(self, disc: DiscIdentifier, control: &Control) -> Result<Recovered> {}
}

// crate::return_value

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum ReturnValue {
    Completed = 0,
    JobStarted = 4096,
    Failed = 32768,
    AccessDenied = 32769,
    NotSupported = 32770,
    StatusUnknown = 32771,
    Timeout = 32772,
    InvalidParameter = 32773,
    InUse = 32774,
    InvalidState = 32775,
    IncorrectDataType = 32776,
    NotAvailable = 32777,
    OutOfMemory = 32778,
}
impl ReturnValue {
    pub const fn number(self) -> u32 {}
    pub const fn is_success(self) -> bool {}
}
impl From<&Error> for ReturnValue {}
impl<T> From<&Result<T, Error>> for ReturnValue {}
impl fmt::Display for ReturnValue {}

// crate::sparse

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SparseReport {
    pub stored: u64,
    pub bytes_before: u64,
    pub bytes_after: u64,
    pub too_long: Vec<NodeId>,
}
impl Tree {
    pub fn leave_out_holes(
        &mut self,
        select: &mut dyn FnMut(&Tree, NodeId) -> bool,
        spool: Option<&Path>,
        plan: &PlanOptions,
        control: &Control,
    ) -> Result<SparseReport> {}
}

// crate::tree

pub use attributes::{Attributes, Timestamp};
pub use content::{ContentId, Section};
pub use item::{Item, ItemOptions};
pub use journal::ChangePoint;
pub use merge::{ItemFilter, MergeOptions, MergePolicy, MergeReport};
pub use node::{
    DeviceNumber, DirectoryId, Kind, LinkTargetId, NodeId, NodeKind, UdfFlags,
};
pub use scan::{FailedItem, FileIdentity, ScanFailures, ScanOptions, ScanReport, Skipped};
pub use spool::{SpoolProblem, SpoolUsage, Staging, StagingPolicy};
pub use streams::{HostAttributes, NamedStream, UnreadAttribute};
pub use times::{HostTimes, Times};
pub use visibility::{FileSystem, FileSystems};
pub use walk::ItemCounts;
#[derive(Clone, Debug)]
/// And private fields.
pub struct Tree {}
impl Default for Tree {}
impl Tree {
    pub fn new() -> Tree {}
    pub fn node_count(&self) -> usize {}
    pub fn name(&self, node: NodeId) -> &[u8] {}
    pub fn parent(&self, node: NodeId) -> NodeId {}
    pub fn kind(&self, node: NodeId) -> NodeKind {}
    pub fn attributes(&self, node: NodeId) -> Attributes {}
    pub fn modified(&self, node: NodeId) -> Timestamp {}
    pub fn is_undated(&self, node: NodeId) -> bool {}
    pub fn times(&self, node: NodeId) -> Times {}
    pub fn hidden_in(&self, node: NodeId) -> FileSystems {}
    pub fn udf_flags(&self, node: NodeId) -> UdfFlags {}
    pub fn is_imported(&self, node: NodeId) -> bool {}
    pub fn link_target(&self, target: LinkTargetId) -> &[u8] {}
    pub fn children(&self, directory: DirectoryId) -> impl Iterator<Item = NodeId> + '_ {}
    pub fn child_count(&self, directory: DirectoryId) -> usize {}
    pub fn child(&self, directory: DirectoryId, name: &[u8]) -> Option<NodeId> {}
    pub fn path(&self, node: NodeId) -> String {}
    pub fn lookup(&self, path: impl AsRef<[u8]>) -> Option<NodeId> {}
    pub fn item_at(&self, path: impl AsRef<[u8]>) -> Result<NodeId> {}
    pub fn file_at(&self, path: impl AsRef<[u8]>) -> Result<(NodeId, ContentId)> {}
    pub fn directory_at(&self, path: impl AsRef<[u8]>) -> Result<NodeId> {}
    pub fn hide(&mut self, node: NodeId, hidden_in: FileSystems) {}
    pub fn conceal(&mut self, node: NodeId, concealed: bool) {}
    pub fn conceal_in(&mut self, node: NodeId, concealed_in: FileSystems) {}
    pub fn set_udf_flags(&mut self, node: NodeId, flags: UdfFlags) {}
    pub fn set_weight(&mut self, node: NodeId, weight: i32) {}
    pub fn set_attributes(&mut self, node: NodeId, attributes: Attributes) {}
    pub fn set_modified(&mut self, node: NodeId, modified: Timestamp) {}
    pub fn set_times(&mut self, node: NodeId, times: &Times) {}
    pub fn clamp_times(&mut self, latest: Timestamp) {}
}

// crate::tree::acl

impl Tree {
    pub fn acl(&self, node: NodeId) -> Option<&AccessControlLists> {}
    pub fn set_acl(&mut self, node: NodeId, acl: AccessControlLists) -> Result<()> {}
    pub fn add_host_acl(
        &mut self,
        node: NodeId,
        host: &Path,
    ) -> Result<Option<UnreadAttribute>> {}
}

// crate::tree::attributes

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Attributes {
    pub permissions: u16,
    pub uid: u32,
    pub gid: u32,
}
impl Attributes {
    pub const DIRECTORY: Attributes = _;
    pub const FILE: Attributes = _;
}
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize
)]
pub struct Timestamp {
    pub seconds: i64,
    pub nanoseconds: u32,
}
impl Timestamp {
    pub const fn from_unix(seconds: i64) -> Timestamp {}
}
impl From<std::time::SystemTime> for Timestamp {}

// crate::tree::content

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize
)]
/// And private fields.
pub struct ContentId();
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Section {
    pub start: Sector,
    pub len: u32,
}

// crate::tree::contents

impl Tree {
    pub fn content_len(&self, content: ContentId) -> u64 {}
    pub fn zisofs(&self, content: ContentId) -> Option<&Zisofs> {}
    pub fn read_at(
        &self,
        content: ContentId,
        offset: u64,
        into: &mut [u8],
    ) -> Result<usize> {}
    pub fn origin(&self) -> Option<&Arc<dyn ReadSectors>> {}
}

// crate::tree::counting

impl Tree {
    pub fn count_blocks(&mut self, options: Option<PlanOptions>) {}
    pub fn used_blocks(&mut self) -> Result<u64> {}
    pub fn limit_blocks(&mut self, limit: Option<u64>) -> Result<()> {}
    pub fn free_blocks(&mut self) -> Result<Option<u64>> {}
    pub fn counting_cost(&self) -> u64 {}
}

// crate::tree::digests

impl Tree {
    pub fn is_concealed(&self, node: NodeId) -> bool {}
    pub fn concealed_in(&self, node: NodeId) -> FileSystems {}
}

// crate::tree::edit

impl Tree {
    pub fn remove(&mut self, node: NodeId) -> Result<()> {}
    pub fn remove_leaf(&mut self, node: NodeId) -> Result<()> {}
    pub fn clear(&mut self) {}
    pub fn detached(
        &mut self,
        name: impl AsRef<[u8]>,
        item: Item<'_>,
        options: &ItemOptions,
    ) -> Result<NodeId> {}
    pub fn rename(&mut self, node: NodeId, name: impl AsRef<[u8]>) -> Result<()> {}
    pub fn move_to(
        &mut self,
        node: NodeId,
        parent: NodeId,
        name: impl AsRef<[u8]>,
    ) -> Result<()> {}
    pub fn holds(&self, node: NodeId) -> bool {}
    pub fn restrict_names(&mut self, restricted: bool) {}
}

// crate::tree::graft

impl Tree {
    pub fn restore(&mut self, from: &Tree, node: NodeId) -> Result<NodeId> {}
}

// crate::tree::item

#[non_exhaustive]
pub enum Item<'a> {
    Directory,
    Bytes(Arc<[u8]>),
    HostFile(&'a Path),
    HostRange(&'a Path, u64, u64),
    Stream(&'a mut dyn Read),
    Joined(Vec<Item<'a>>),
    BootCatalog(u64),
    HardLink(NodeId),
    Symlink(&'a [u8]),
    CharacterDevice(DeviceNumber),
    BlockDevice(DeviceNumber),
    Fifo,
    Socket,
}
#[derive(Clone, Copy, Debug, Default)]
pub struct ItemOptions {
    pub attributes: Option<Attributes>,
    pub modified: Option<Timestamp>,
    pub times: Option<Times>,
    pub host_times: HostTimes,
    pub hidden_in: FileSystems,
    pub replace: bool,
}
impl Tree {
    pub fn add(
        &mut self,
        path: impl AsRef<[u8]>,
        item: Item<'_>,
        options: &ItemOptions,
    ) -> Result<NodeId> {}
    pub fn add_in(
        &mut self,
        parent: NodeId,
        name: &[u8],
        item: Item<'_>,
        options: &ItemOptions,
    ) -> Result<NodeId> {}
    pub fn add_content(&mut self, item: Item<'_>) -> Result<ContentId> {}
}

// crate::tree::journal

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
/// And private fields.
pub struct ChangePoint();
impl Tree {
    pub fn change_point(&mut self) -> ChangePoint {}
    pub fn roll_back(&mut self, to: ChangePoint) -> Result<()> {}
    pub fn lock_in(&mut self) {}
    pub fn all_or_nothing<T>(
        &mut self,
        change: impl FnOnce(&mut Tree) -> Result<T>,
    ) -> Result<T> {}
}

// crate::tree::linked

impl Tree {
    pub fn linked_content(&self, node: NodeId) -> Option<ContentId> {}
}

// crate::tree::merge

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MergePolicy {
    Replace,
    Keep,
    Refuse,
}
pub type ItemFilter<'a> = dyn Fn(&Tree, NodeId) -> bool + 'a;
#[derive(Clone, Copy, Default)]
pub struct MergeOptions<'a> {
    pub existing: MergePolicy,
    pub filter: Option<&'a ItemFilter<'a>>,
}
impl std::fmt::Debug for MergeOptions<'_> {}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeReport {
    pub kept: Vec<NodeId>,
    pub replaced: u64,
}
impl Tree {
    pub fn merge(
        &mut self,
        other: &Tree,
        options: &MergeOptions<'_>,
    ) -> Result<MergeReport> {}
}

// crate::tree::names

impl Tree {
    pub fn name_in(&self, node: NodeId, file_system: FileSystem) -> &[u8] {}
    pub fn set_name_in(
        &mut self,
        node: NodeId,
        file_system: FileSystem,
        name: impl AsRef<[u8]>,
    ) -> Result<()> {}
}

// crate::tree::node

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize
)]
/// And private fields.
pub struct NodeId();
impl NodeId {
    pub const ROOT: NodeId = _;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    Directory(DirectoryId),
    File(ContentId),
    Symlink(LinkTargetId),
    CharacterDevice(DeviceNumber),
    BlockDevice(DeviceNumber),
    Fifo,
    Socket,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
/// And private fields.
pub struct DirectoryId();
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
/// And private fields.
pub struct LinkTargetId();
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
/// And private fields.
pub struct DeviceNumber();
impl DeviceNumber {
    pub fn new(major: u32, minor: u32) -> Option<DeviceNumber> {}
    pub fn major(self) -> u32 {}
    pub fn minor(self) -> u32 {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Directory,
    File,
    Symlink,
    CharacterDevice,
    BlockDevice,
    Fifo,
    Socket,
}
impl Kind {
    pub fn letter(self) -> char {}
}
impl fmt::Display for Kind {}
impl NodeKind {
    pub fn kind(self) -> Kind {}
}
bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct UdfFlags : u8 { const ARCHIVE = 1; const SYSTEM = 2; } #[derive(Clone,
    Copy, Debug, Default, PartialEq, Eq)] pub (super) struct Marks : u8 { const ARCHIVE =
    UdfFlags::ARCHIVE.bits(); const SYSTEM = UdfFlags::SYSTEM.bits(); const UNDATED = 4;
    }
}

// crate::tree::scan

#[derive(Clone, Debug, Default)]
pub struct ScanOptions {
    pub exclude: GlobSet,
    pub leave_out: Vec<(FileIdentity, &'static str)>,
    pub extended_attributes: HostAttributes,
    pub acls: bool,
    pub times: HostTimes,
    pub follow_links: bool,
    pub failures: ScanFailures,
    pub existing: MergePolicy,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScanFailures {
    Abort,
    Report,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
/// And private fields.
pub struct FileIdentity();
impl FileIdentity {
    pub fn of(metadata: &Metadata) -> Option<FileIdentity> {}
}
#[derive(Clone, Debug, Default)]
pub struct ScanReport {
    pub skipped: Vec<Skipped>,
    pub excluded: u64,
    pub matched: BTreeSet<usize>,
    pub unread_attributes: Vec<UnreadAttribute>,
    pub failed: Vec<FailedItem>,
    pub kept: Vec<PathBuf>,
}
#[derive(Clone, Debug)]
pub struct FailedItem {
    pub path: PathBuf,
    pub error: Arc<Error>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub path: PathBuf,
    pub reason: String,
}
impl Tree {
    pub fn scan(
        &mut self,
        host_folder: &Path,
        target: NodeId,
        options: &ScanOptions,
        control: &Control,
    ) -> Result<ScanReport> {}
    pub fn scan_as_child(
        &mut self,
        host_folder: &Path,
        parent: NodeId,
        options: &ScanOptions,
        control: &Control,
    ) -> Result<(NodeId, ScanReport)> {}
}

// crate::tree::spool

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StagingPolicy {
    Never,
    Auto,
    Always,
}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staging {
    pub policy: StagingPolicy,
    pub folder: Option<PathBuf>,
    pub budget: Option<u64>,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpoolUsage {
    pub files: u64,
    pub bytes: u64,
}
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolProblem {
    NoFolder(io::Error),
    Open(io::Error),
    Write(io::Error),
    Read(io::Error),
    NoSpace { available: Option<u64>, needed: Option<u64> },
    Move(Box<SpoolProblem>),
}
impl Tree {
    pub fn set_staging(&mut self, staging: Staging) -> Result<()> {}
    pub fn staging(&self) -> &Staging {}
    pub fn spool_usage(&self) -> SpoolUsage {}
    pub fn release_spooled(&mut self) -> u64 {}
}

// crate::tree::streams

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedStream<'t> {
    pub name: &'t [u8],
    pub content: ContentId,
    pub is_metadata: bool,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadAttribute {
    pub path: PathBuf,
    pub name: Option<String>,
    pub reason: String,
}
impl std::fmt::Display for UnreadAttribute {}
impl Tree {
    pub fn add_stream(
        &mut self,
        node: NodeId,
        name: &[u8],
        source: Item<'_>,
    ) -> Result<ContentId> {}
    pub fn streams(&self, node: NodeId) -> impl Iterator<Item = NamedStream<'_>> {}
    pub fn remove_stream(&mut self, node: NodeId, name: &[u8]) -> bool {}
    pub fn set_real_time(&mut self, node: NodeId, real_time: bool) -> Result<()> {}
    pub fn is_real_time(&self, node: NodeId) -> bool {}
    pub fn add_host_attributes(
        &mut self,
        node: NodeId,
        host: &Path,
        which: HostAttributes,
    ) -> Result<Vec<UnreadAttribute>> {}
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostAttributes {
    None,
    User,
    All,
}

// crate::tree::times

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Times {
    pub access: Option<Timestamp>,
    pub attributes: Option<Timestamp>,
    pub creation: Option<Timestamp>,
    pub backup: Option<Timestamp>,
    pub expiration: Option<Timestamp>,
    pub effective: Option<Timestamp>,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostTimes {
    Modification,
    All,
}
impl From<iso9660::read::Times> for Times {}

// crate::tree::visibility

bitflags::bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct FileSystems : u8 { const ISO9660 = 1; const ROCK_RIDGE = 2; const JOLIET =
    4; const UDF = 8; const ENHANCED = 16; const HFS_PLUS = 32; }
}
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize
)]
#[non_exhaustive]
pub enum FileSystem {
    Iso9660,
    RockRidge,
    Joliet,
    Udf,
    Enhanced,
    HfsPlus,
}
impl FileSystem {
    pub const ALL: [FileSystem; 6] = _;
    pub fn as_set(self) -> FileSystems {}
}
impl fmt::Display for FileSystem {}
impl FromStr for FileSystem {
    type Err = String;
}

// crate::tree::walk

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ItemCounts {
    pub files: u64,
    pub directories: u64,
}
impl Tree {
    pub fn walk(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {}
    pub fn count_items(&self, node: NodeId) -> ItemCounts {}
}

// crate::update

pub use difference::{Change, ChangeKind, Counts, Difference};
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compare {
    SizeAndTime,
    Content,
    Digests,
}
#[derive(Clone, Copy, Debug, Default)]
pub struct UpdateOptions {
    pub compare: Compare,
    pub deduplicate: bool,
    pub extended_attributes: bool,
    pub acls: bool,
}
#[derive(Debug)]
/// And private fields.
pub struct Update {}
impl Update {
    pub fn new(
        disc: &Disc,
        imported: &mut Imported,
        wanted: Tree,
        plan: &PlanOptions,
        options: UpdateOptions,
        control: &Control,
    ) -> Result<Update> {}
    pub fn of_blank(wanted: Tree) -> Update {}
    pub fn difference(&self) -> Difference<'_> {}
    pub fn read_back(&self) -> u64 {}
    pub fn into_tree(self) -> Result<Tree> {}
}

// crate::update::difference

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum ChangeKind {
    Added,
    Changed,
    Renamed,
    Attributes,
    Removed,
}
impl fmt::Display for ChangeKind {}
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    pub change: ChangeKind,
    pub kind: char,
    pub path: String,
    pub from: Option<String>,
    pub bytes: u64,
    pub attributes: Vec<&'static str>,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub added: u64,
    pub changed: u64,
    pub renamed: u64,
    pub attributes: u64,
    pub removed: u64,
    pub new_bytes: u64,
    pub shared_bytes: u64,
}
impl Counts {
    pub fn total(&self) -> u64 {}
}
#[derive(Clone, Copy, Debug)]
/// And private fields.
pub struct Difference<'u>();
impl<'u> Difference<'u> {
    pub fn counts(&self) -> Counts {}
    pub fn is_empty(&self) -> bool {}
    pub fn visit<E>(
        &self,
        visit: &mut dyn FnMut(Change) -> Result<(), E>,
    ) -> Result<(), E> {}
    pub fn changes(&self) -> Vec<Change> {}
}

// crate::view::udf

pub use continued::VirtualVolume;

// crate::view::udf::continued

#[derive(Clone)]
/// And private fields.
pub struct VirtualVolume {}
impl std::fmt::Debug for VirtualVolume {}

