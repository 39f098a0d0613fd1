#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![forbid(unsafe_code)]

mod address;
mod append;
mod audio;
mod boot;
mod compress;
mod copy;
mod cue_sheet;
mod digests;
mod disc;
mod emit;
mod error;
mod head;
mod host_stream;
mod image_file;
mod import;
mod job;
mod md5_tags;
#[cfg(all(feature = "fuse", target_os = "linux"))]
mod mount;
mod nbd;
mod plan;
#[cfg(feature = "serde")]
mod portable;
pub mod prelude;
mod progress;
#[cfg(feature = "serde")]
mod project;
mod record;
mod recover;
mod return_value;
mod sparse;
mod trace;
mod tree;
pub mod update;
mod view;

pub use append::GrowingImage;
pub use audio::{AudioDisc, AudioNotice, CueProblem, DiscReader, DiscSession, SoundProblem};
pub use boot::{
    AddedPartition, AlphaBootBlockReport, AppendedPartition, ApplePartitionReport, AppleVolume,
    BootCatalogReport, BootCode, BootFileReport, BootImage, BootImageReport, BootLoader, BootLoss,
    BootOptions, BootSetUp, BootSource, CatalogPlace, DecBootBlockReport, Emulation, ExtractedBoot,
    FatBootSector, FatKind, GptNumbers, GptPartitionReport, GptReport, HybridOptions, InfoTableReport,
    KeptSystemArea, KnownCode, LoadSize, Losses, MbrPartitionReport, NotFat, PaloBlockReport,
    PartitionContent, PartitionOptions, PartitionScheme, PartitionTableKind, SelectionCriteria,
    SgiPartitionReport, SgiVolumeHeaderReport, SizeFrom, SunDiskLabelReport, SunPartitionReport,
    SystemAreaReport,
};
pub use compress::{ZisofsBlock, ZisofsOptions, ZisofsReport, ZisofsVersion};
pub use copy::{CopiedSession, CopyOptions, MergedCopy, SessionCopies};
pub use digests::{DigestAlgorithm, DigestCounts, RecordedDigests};
pub use disc::{
    Container, DEFAULT_PREFERENCE, DescriptorSummary, DigestReport, Disc, DiscIdentifier, ExtractOptions,
    ExtractReport, ExtractWarning, FieldSummary, FileReader, Finding, IMAPI_PREFERENCE, Image, ImageEntry,
    ImageTrack, LostFileSystem, MANIFEST_HEADER, ManifestItem, Md5Report, PassedOver, PassedOverReason,
    QuickCheck, SessionSummary, StreamWalk, TracksLeftOut, UdfFieldSummary, VerifyReport,
    VolumePartitionSummary, escape,
};
pub use emit::{DescriptorSink, PlannedImage, SectorSink, WriterSink};
pub use error::{Blame, Error, Imapi2Code, ProjectProblem, Result};
pub use host_stream::HostStream;
pub use image_file::write_image;
pub use import::{ImportOptions, ImportWarning, Imported, ImportedTrees, RecordedChecksums, import};
pub use job::{Job, JobState};
pub use md5_tags::Md5Counts;
#[cfg(all(feature = "fuse", target_os = "linux"))]
pub use mount::{MountOptions, MountWarning, Mounted};
pub use nbd::NbdServer;
pub use plan::{
    DeepDirectories, DescriptorFields, DescriptorTimes, Embedding, HfsPlusBlessings, HfsPlusOptions,
    HfsPlusType, ImportedContent, LayoutPlan, Medium, MediumDefaults, MetadataPartition, Notice,
    NoticeCounts, OwnFields, Place, PlanOptions, RecordedForms, RecordedName, RecordedRelocation,
    RockRidgeTimes, SYSTEM_AREA, Segment, UdfAccess, UdfFields, UdfOptions, UdfSymlinks, VolumeName,
    VolumePartition, VolumeTexts,
};
pub use progress::{CancelToken, Control, FileCount, Fill, Observer, Pace, Progress, Stage};
#[cfg(feature = "serde")]
pub use project::{Project, ProjectContents, ProjectExport, ProjectIdentity, ProjectImport};
pub use record::{
    AddedIndex, AddedTrack, AsItIsOptions, AudioBurnt, AudioMode, AudioOptions, BdRMode, Blanking,
    BurnOptions, Burnt, Cancelling, CapabilitySummary, Cdb, Clock, ClosedTracks, Closing, CommandData,
    CommandEnd, DataWriter, DriveAbilities, DriveChange, DriveName, DriveSummary, DriveWatch, Eraser,
    ExclusiveAccess, FeatureSummary, FileAsItIs, FormatRequest, FoundDrive, GrowingDisc, Holder, Isrc,
    MediaCatalogNumber, MediumKind, MediumSummary, ModePageSummary, OpenDrive, ProfileSummary, RawSectorType,
    RawWriter, RecordedAsItIs, Recorder, RecorderPart, RecorderProblem, RecordingSpeed, Rotation, Sense,
    SessionTakenAway, SimulatedTarget, SimulatedTray, SoundSummary, SoundTrackSummary, SpareArea,
    TrackSummary, TracksAtOnce, TracksAtOnceOptions, Verification, VirtualClock, burn_audio,
    create_simulated_medium, drives, names_drive,
};
pub use recover::{DroppedFile, Recovered, Recovery, RecoveryAction, RecoveryReport, SessionState};
pub use return_value::ReturnValue;
pub use sparse::SparseReport;
pub use tree::{
    Attributes, ChangePoint, ContentId, DeviceNumber, DirectoryId, FailedItem, FileIdentity, FileSystem,
    FileSystems, HostAttributes, HostTimes, Item, ItemCounts, ItemFilter, ItemOptions, Kind, LinkTargetId,
    MergeOptions, MergePolicy, MergeReport, NamedStream, NodeId, NodeKind, ScanFailures, ScanOptions,
    ScanReport, Section, Skipped, SpoolProblem, SpoolUsage, Staging, StagingPolicy, Times, Timestamp, Tree,
    UdfFlags, UnreadAttribute,
};

pub use globset::{Error as GlobError, Glob, GlobSet, GlobSetBuilder};
pub use iso9660::VolumeTime;
pub use iso9660::aaip::{AccessControlEntry, AccessControlLists, AclPermissions, AclTag};
pub use iso9660::el_torito::PlatformId as BootPlatform;
pub use iso9660::names::{Dots, InterchangeLevel, NameRules, Relaxations};
pub use iso9660::system_area::{Guid, PartitionType};
pub use joliet::{JolietCut, JolietRules, Level as JolietLevel};
pub use sector_io::{
    Extent, FileSectors, MemorySectors, ReadError, ReadSectors, Sector, SectorCount, SectorReader,
};
pub use udf::Revision as UdfRevision;
pub use view::udf::VirtualVolume;
