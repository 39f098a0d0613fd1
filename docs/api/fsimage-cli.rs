// crate

pub use exit::Exit;
pub fn command() -> clap::Command {}
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {}

// crate::args

pub use audio::{Audio, AudioWrite};
pub use authoring::{
    Authoring, DigestsName, ExistingNames, FileSystemName, PresetName, RrTimes,
    SourceAttributes, SourceTimes,
};
pub use boot::{
    Boot, BootImageArg, BootImageOption, BootPlace, BootRequest, EmulationName,
    PartitionTable,
};
pub use changes::{Changes, ImportedBoot, Move, Restore};
pub use descriptor_field::{DescriptorField, FieldName, FieldValue};
pub use drive::Target;
pub use hfsplus::{HfsPlus, HfsPlusRole};
pub use names::{Deep, IsoRelaxation, NameArgs};
pub use project::{ExportProject, ImportProject, Project};
pub use reading::{Cat, Extract, Info, Ls, Manifest, Reading, Recover, Verify};
pub use recording::{
    Burn, DriveCommand, OnDrive, Recording, RotationName, Serve, Sim, VerificationName,
};
pub use selection::{SelectionArgs, Weighted};
pub use serve::ServeImage;
pub use source::{ImagePath, Source};
pub use sparse::{SparseArgs, SparseForm};
pub use udf::{Udf, UdfEmbedding, UdfLinks, UdfMetadata};
pub use update::{CompareName, Update};
pub use volume::VolumeArgs;
pub use writing::{Append, Build, Copy, Import, ImportName, Plan, Remaster};
pub use zisofs::{ZisofsArgs, ZisofsForm};
#[derive(Clone, Debug, Parser)]
pub struct Args {
    pub command: Command,
    pub json: bool,
    pub quiet: bool,
}
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    Build(Build),
    Mkisofs { arguments: Vec<OsString> },
    Burn(Burn),
    Audio(Audio),
    Append(Append),
    Update(Update),
    Remaster(Remaster),
    Copy(Copy),
    Plan(Plan),
    Serve(ServeImage),
    Project(Project),
    Ls(Ls),
    Cat(Cat),
    Extract(Extract),
    Manifest(Manifest),
    Info(Info),
    Verify(Verify),
    Recover(Recover),
    Drives,
    Sim(Sim),
    Drive(DriveCommand),
}

// crate::args::audio

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum AudioWrite {
    AtOnce,
    TrackAtOnce,
    Raw,
    RawPq,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Audio {
    pub sources: Vec<PathBuf>,
    pub drive: DriveName,
    pub write: AudioWrite,
    pub appendable: bool,
    pub verify: Option<VerificationName>,
    pub test: bool,
    pub speed: Option<RecordingSpeed>,
    pub eject: bool,
    pub real_time: bool,
}

// crate::args::authoring

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FileSystemName {
    Iso9660,
    RockRidge,
    Joliet,
    Udf,
    Enhanced,
    HfsPlus,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PresetName {
    Cidata,
    Windows,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SourceAttributes {
    None,
    User,
    Any,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DigestsName {
    Sha256,
    Blake3,
    Md5,
    None,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SourceTimes {
    Modified,
    All,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ExistingNames {
    Replace,
    Keep,
    Refuse,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RrTimes {
    Auto,
    Short,
    Long,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Authoring {
    pub sources: Vec<Source>,
    pub fs: Vec<FileSystemName>,
    pub volume: Option<String>,
    pub exclude: Vec<String>,
    pub xattrs: SourceAttributes,
    pub acl: bool,
    pub digests: Vec<DigestsName>,
    pub follow_links: bool,
    pub strict: bool,
    pub reproducible: bool,
    pub times: SourceTimes,
    pub existing: ExistingNames,
    pub rr_times: RrTimes,
    pub names: NameArgs,
    pub volume_descriptors: VolumeArgs,
    pub selection: SelectionArgs,
    pub zisofs: ZisofsArgs,
    pub sparse: SparseArgs,
    pub udf: Udf,
    pub hfs_plus: HfsPlus,
    pub boot: Boot,
}

// crate::args::boot

#[derive(Clone, Debug, Default, ClapArgs)]
pub struct Boot {
    pub boot: Vec<BootRequest>,
    pub hybrid: bool,
    pub mbr: Option<PathBuf>,
    pub boot_image: Vec<BootImageArg>,
    pub boot_catalog: Option<String>,
    pub boot_id: String,
    pub append_partition: Vec<String>,
    pub partition_table: Option<PartitionTable>,
    pub partition_offset: Option<u32>,
    pub apple_partition_map: bool,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PartitionTable {
    Gpt,
    Mbr,
    Hybrid,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootRequest {
    pub uefi: bool,
    pub place: BootPlace,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BootPlace {
    Tree(String),
    Host(PathBuf),
    Partition(u8),
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootImageArg {
    pub place: BootPlace,
    pub options: Vec<BootImageOption>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BootImageOption {
    Platform(u8),
    Emulation(EmulationName),
    LoadSegment(u16),
    LoadSize(Option<u16>),
    BootInfoTable,
    Grub2BootInfo,
    NotBootable,
    Section(String),
    Criteria(u8, Vec<u8>),
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmulationName {
    None,
    Diskette,
    HardDisk,
}
impl Boot {
    pub fn is_given(&self) -> bool {}
}
impl FromStr for BootPlace {
    type Err = String;
}
impl FromStr for BootRequest {
    type Err = String;
}
impl FromStr for BootImageArg {
    type Err = String;
}
impl BootImageOption {
    pub const NAMES: &str = _;
}

// crate::args::changes

#[derive(Clone, Debug, Args)]
pub struct Changes {
    pub remove: Vec<ImagePath>,
    pub moves: Vec<Move>,
    pub restore: Vec<Restore>,
    pub imported_boot: ImportedBoot,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub from: ImagePath,
    pub to: ImagePath,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restore {
    pub session: u16,
    pub path: ImagePath,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ImportedBoot {
    Keep,
    Lossy,
    Drop,
}

// crate::args::descriptor_field

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescriptorField {
    pub file_system: FileSystemName,
    pub field: FieldName,
    pub value: FieldValue,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    Text(String),
    Time(SystemTime),
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FieldName {
    Volume,
    VolumeSet,
    System,
    Publisher,
    Preparer,
    Application,
    CopyrightFile,
    AbstractFile,
    BibliographicFile,
    VolumeCreated,
    VolumeModified,
    VolumeExpires,
    VolumeEffective,
    Owner,
    Organization,
    Contact,
}
impl FromStr for DescriptorField {
    type Err = String;
}

// crate::args::drive

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Image(PathBuf),
    Drive(DriveName),
}
impl fmt::Display for Target {}

// crate::args::hfsplus

#[derive(Clone, Debug, Default, ClapArgs)]
pub struct HfsPlus {
    pub hfsplus_bless: Vec<(HfsPlusRole, String)>,
    pub hfsplus_type: Vec<(HfsPlusType, String)>,
    pub hfsplus_serial: Option<u64>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HfsPlusRole {
    Boot,
    Startup,
    Open,
    Os9,
    Osx,
}

// crate::args::names

#[derive(Clone, Debug, Args)]
pub struct NameArgs {
    pub iso_level: Option<u8>,
    pub iso_relax: Vec<IsoRelaxation>,
    pub joliet_long: bool,
    pub joliet_level: Option<u8>,
    pub joliet_ucs2: bool,
    pub joliet_keep_forbidden: bool,
    pub deep: Option<Deep>,
    pub deep_dir: Option<String>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IsoRelaxation {
    LowerCase,
    MultipleDots,
    LeadingDot,
    FullAscii,
    ThirtySevenCharacters,
    NoVersion,
    NoTrailingDot,
    DirectoryExtension,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deep {
    Keep,
    Relocate,
    Refuse,
}

// crate::args::project

#[derive(Clone, Debug, Subcommand)]
pub enum Project {
    Export(Box<ExportProject>),
    Import(ImportProject),
}
#[derive(Clone, Debug, ClapArgs)]
pub struct ExportProject {
    pub authoring: Authoring,
    pub preset: Option<PresetName>,
    pub onto: Option<PathBuf>,
    pub references: bool,
    pub output: PathBuf,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct ImportProject {
    pub folder: PathBuf,
    pub generate_new_id: bool,
    pub references: bool,
    pub output: PathBuf,
}

// crate::args::reading

#[derive(Clone, Debug, ClapArgs)]
pub struct Recover {
    pub target: Target,
    pub write: Option<String>,
    pub from: Vec<Source>,
    pub follow_links: bool,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Reading {
    pub target: Target,
    pub session: Option<u16>,
    pub offset: u64,
    pub fs: Vec<FileSystemName>,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Ls {
    pub reading: Reading,
    pub path: ImagePath,
    pub long: bool,
    pub recursive: bool,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Cat {
    pub reading: Reading,
    pub path: ImagePath,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Extract {
    pub reading: Reading,
    pub directory: PathBuf,
    pub overwrite: bool,
    pub xattrs: bool,
    pub sparse: bool,
    pub acl: bool,
    pub boot_images: bool,
    pub owners: bool,
    pub paths: Vec<ImagePath>,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Manifest {
    pub reading: Reading,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Info {
    pub target: Target,
    pub offset: u64,
    pub session: Option<u16>,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Verify {
    pub target: Target,
    pub offset: u64,
    pub session: Option<u16>,
    pub structure: bool,
}

// crate::args::recording

#[derive(Clone, Debug, ClapArgs)]
pub struct Burn {
    pub authoring: Authoring,
    pub changes: Changes,
    pub import: Import,
    pub drive: DriveName,
    pub recording: Recording,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Recording {
    pub finalise: bool,
    pub verify: Option<VerificationName>,
    pub test: bool,
    pub at_once: bool,
    pub speed: Option<RecordingSpeed>,
    pub rotation: Option<RotationName>,
    pub stream: bool,
    pub reserve: bool,
    pub eject: bool,
    pub real_time: bool,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum RotationName {
    Clv,
    Cav,
}
impl RotationName {
    pub fn meant(self) -> Rotation {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum VerificationName {
    Quick,
    Full,
}
impl VerificationName {
    pub fn meant(option: Option<VerificationName>) -> Verification {}
}
#[derive(Clone, Debug, Subcommand)]
pub enum Sim {
    New { path: PathBuf, medium: MediumKind },
    Serve(Serve),
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Serve {
    pub path: Option<PathBuf>,
    pub listen: SocketAddr,
    pub once: bool,
    pub control: bool,
    pub real_time: bool,
}
#[derive(Clone, Debug, Subcommand)]
pub enum DriveCommand {
    Blank { on: OnDrive, full: bool },
    Format {
        on: OnDrive,
        full: bool,
        spare: SpareArea,
        pseudo_overwrite: bool,
        random: bool,
    },
    Write {
        files: Vec<PathBuf>,
        drive: DriveName,
        track: Option<u16>,
        close: bool,
        recording: Recording,
    },
    Reserve { on: OnDrive, sectors: u32 },
    Calibrate(OnDrive),
    Close { on: OnDrive, finalise: bool },
    Eject(OnDrive),
}
#[derive(Clone, Debug, ClapArgs)]
pub struct OnDrive {
    pub drive: DriveName,
    pub real_time: bool,
}

// crate::args::selection

#[derive(Clone, Debug, Args)]
pub struct SelectionArgs {
    pub hide: Vec<(FileSystemName, String)>,
    pub sort: Vec<Weighted>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighted {
    pub glob: String,
    pub weight: i32,
}
impl FromStr for Weighted {
    type Err = String;
}

// crate::args::serve

#[derive(Clone, Debug, ClapArgs)]
pub struct ServeImage {
    pub authoring: Authoring,
    pub preset: Option<PresetName>,
    pub listen: SocketAddr,
    pub once: bool,
}

// crate::args::source

#[derive(Clone, Debug, PartialEq, Eq)]
/// And private fields.
pub struct Source {}
#[derive(Clone, Debug, PartialEq, Eq)]
/// And private fields.
pub struct ImagePath();
impl Source {
    pub fn whole(&self) -> &Path {}
    pub fn resolve(&self) -> (Option<&ImagePath>, &Path) {}
}
impl ImagePath {
    pub fn as_bytes(&self) -> &[u8] {}
}

// crate::args::sparse

#[derive(Clone, Copy, Debug, Default, Args)]
pub struct SparseArgs {
    pub sparse_files: Option<SparseForm>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SparseForm {
    Sf,
}

// crate::args::udf

#[derive(Clone, Debug, Default, ClapArgs)]
pub struct Udf {
    pub udf_revision: Option<UdfRevision>,
    pub udf_metadata: Option<UdfMetadata>,
    pub udf_embedding: Option<UdfEmbedding>,
    pub udf_access: Option<UdfAccess>,
    pub udf_vat: bool,
    pub udf_symlinks: Option<UdfLinks>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum UdfMetadata {
    ByRevision,
    None,
    Single,
    Mirrored,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum UdfEmbedding {
    Auto,
    Nothing,
    Directories,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum UdfLinks {
    Store,
    Omit,
    Copy,
}

// crate::args::update

#[derive(Clone, Debug, ClapArgs)]
pub struct Update {
    pub authoring: Authoring,
    pub import: Import,
    pub drive: Option<DriveName>,
    pub compare: CompareName,
    pub dedup: bool,
    pub dry_run: bool,
    pub imported_boot: ImportedBoot,
    pub recording: Recording,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CompareName {
    SizeAndTime,
    Content,
    Digests,
}

// crate::args::volume

#[derive(Clone, Debug, Args)]
pub struct VolumeArgs {
    pub iso_volume: Option<String>,
    pub joliet_volume: Option<String>,
    pub udf_volume: Option<String>,
    pub hfsplus_volume: Option<String>,
    pub volume_set: Option<String>,
    pub system: Option<String>,
    pub publisher: Option<String>,
    pub preparer: Option<String>,
    pub application: Option<String>,
    pub copyright_file: Option<String>,
    pub abstract_file: Option<String>,
    pub bibliographic_file: Option<String>,
    pub volume_created: Option<SystemTime>,
    pub volume_modified: Option<SystemTime>,
    pub volume_expires: Option<SystemTime>,
    pub volume_effective: Option<SystemTime>,
    pub field: Vec<DescriptorField>,
}

// crate::args::writing

#[derive(Clone, Debug, ClapArgs)]
pub struct Import {
    pub session: Option<u16>,
    pub import: Vec<ImportName>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportName {
    All,
    Of(FileSystemName),
}
impl ValueEnum for ImportName {}
#[derive(Clone, Debug, ClapArgs)]
pub struct Build {
    pub authoring: Authoring,
    pub preset: Option<PresetName>,
    pub output: PathBuf,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Remaster {
    pub target: Target,
    pub authoring: Authoring,
    pub changes: Changes,
    pub import: Import,
    pub offset: u64,
    pub output: PathBuf,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Copy {
    pub target: Target,
    pub session: Option<u16>,
    pub sessions: bool,
    pub output: Option<PathBuf>,
    pub drive: Option<DriveName>,
    pub lossy: bool,
    pub strict: bool,
    pub digests: Option<NoDigests>,
    pub recording: Recording,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NoDigests {
    None,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Append {
    pub image: PathBuf,
    pub authoring: Authoring,
    pub changes: Changes,
    pub import: Import,
}
#[derive(Clone, Debug, ClapArgs)]
pub struct Plan {
    pub authoring: Authoring,
    pub changes: Changes,
    pub onto: Option<Target>,
    pub medium: Option<MediumKind>,
    pub preset: Option<PresetName>,
    pub import: Import,
}

// crate::args::zisofs

#[derive(Clone, Debug, Default, Args)]
pub struct ZisofsArgs {
    pub zisofs: Option<ZisofsForm>,
    pub zisofs_files: Vec<String>,
}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ZisofsForm {
    pub options: ZisofsOptions,
    pub min: u64,
}
impl FromStr for ZisofsForm {
    type Err = String;
}

// crate::exit

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Done = 0,
    Findings = 1,
    Caller = 2,
    Source = 3,
    Image = 4,
    Medium = 5,
    Drive = 6,
    Unsupported = 7,
    Output = 8,
    Cancelled = 130,
}
impl From<&Error> for Exit {}

