use std::collections::BTreeMap;

use iso9660::names::NameRules;
use iso9660::system_area::Guid;
use iso9660::volume::{BootRecord, Identifiers, VolumeTimes};
use joliet::JolietRules;
use sector_io::{Sector, SectorCount};

use super::{
    HfsPlusOptions, Medium, MediumDefaults, OwnFields, RecordedForms, UdfAccess, UdfOptions, VolumePartition,
    VolumeTexts,
};
use crate::boot::{BootOptions, HybridOptions, KeptSystemArea};
use crate::disc::DiscIdentifier;
use crate::tree::{Attributes, FileSystem, FileSystems, NodeId, Times, Timestamp, Tree};
use crate::view::udf::VirtualVolume;

/// What an image is to be.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct PlanOptions {
    /// File systems to write: ISO 9660, with or without Rock Ridge, Joliet and HFS+, or UDF, or both.
    pub file_systems: FileSystems,
    /// Volume name for all file systems, adapted to the rules of each: ISO 9660 takes 32 characters of
    /// `A-Z 0-9 _`, Joliet 16 UCS-2 units, UDF 126 characters up to U+00FF or 63 units of UTF-16, HFS+ 255 units.
    pub volume: VolumeName,
    /// Names of their own for single file systems, adapted likewise.
    pub volume_names: BTreeMap<FileSystem, String>,
    /// Name rules of ISO 9660.
    pub iso9660_names: NameRules,
    /// Name rules of Joliet.
    pub joliet_names: JolietRules,
    /// What becomes of directories below the eighth level of the ISO 9660 tree.
    pub deep_directories: DeepDirectories,
    /// Name of the directory of the root that relocated directories are recorded in. Where the tree has one of that
    /// name, a number behind it makes another.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::bytes"))]
    pub relocation_directory: Vec<u8>,
    /// What an earlier session has recorded of the directory of that name: it stays so.
    pub recorded_relocation: Option<RecordedRelocation>,
    /// In what form the session that was imported has names and items; `None` for a tree that was not.
    pub recorded_forms: Option<RecordedForms>,
    /// Form of the times in Rock Ridge.
    pub rock_ridge_times: RockRidgeTimes,
    /// Form of UDF.
    pub udf: UdfOptions,
    /// The volume that grows by virtual allocation tables ([`UdfAccess::WriteOnce`]) and is continued by this session.
    /// An import tells it.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub virtual_volume: Option<VirtualVolume>,
    /// Form of HFS+.
    pub hfs_plus: HfsPlusOptions,
    /// Other fields of the volume descriptors, space-padded.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::identifiers"))]
    pub identifiers: Identifiers,
    /// Those of the Joliet and the enhanced descriptor of an earlier session, where they do not follow from these.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::identifiers_by_file_system"))]
    pub supplementary_identifiers: BTreeMap<FileSystem, Identifiers>,
    /// Texts in place of these.
    pub texts: VolumeTexts,
    /// Texts and times of single file systems, in place of those that all have.
    pub own_fields: OwnFields,
    /// What tells the image from all others, if something is to: the volume set identifiers of ISO 9660, Joliet and UDF
    /// begin with its first 16 digits, it is the GUID of the disk ([`HybridOptions::disk`]), and the disk's signature and
    /// the serial number of HFS+ follow from it. `None` derives those of UDF, disk and HFS+ from what is planned.
    pub identity: Option<Guid>,
    /// When the volume was made, for the volume descriptors; `None` records "not specified". This crate
    /// reads no clock.
    pub created: Option<Timestamp>,
    /// When it was last modified; `None` records the time of its creation. Directories that no source has
    /// ([`Tree::is_undated`](crate::Tree::is_undated)) have this time too; where there is none, that of 1970.
    pub modified: Option<Timestamp>,
    /// From when on it may be regarded as obsolete (ECMA-119 8.4.28).
    pub expiration: Option<Timestamp>,
    /// From when on it may be used (ECMA-119 8.4.29).
    pub effective: Option<Timestamp>,
    /// Times as recorded in an earlier session; those above take their place.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::volume_times"))]
    pub recorded_times: Option<VolumeTimes>,
    /// Where the session goes.
    pub place: Place,
    /// What becomes of content that was imported.
    pub imported: ImportedContent,
    /// The disc that it was imported from: on no other, and in no other state of it, a session that refers to it is
    /// written. [`Imported::plan_options`](crate::Imported::plan_options) tells it; `None` asks nothing.
    pub disc: Option<DiscIdentifier>,
    /// Boot records that an earlier session has. Their catalog and images stay where they are.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::boot_records"))]
    pub boot_records: Vec<BootRecord>,
    /// Boot catalog and boot images (El Torito) of this session.
    pub boot: Option<BootOptions>,
    /// What the system area holds, for images that are booted from a disk as well. Without, an image with HFS+ has an
    /// Apple partition map that tells where its volume is.
    pub hybrid: Option<HybridOptions>,
    /// Have the volume of ISO 9660 once more, for those who read from this sector on: the image's partition begins
    /// there, and can be mounted. Contents lie there once. 16 or more; zero has it once.
    pub partition_offset: SectorCount,
    /// The system area of an imported image: see [`BootSetUp`](crate::BootSetUp). `hybrid` takes its place.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub system_area: Option<KeptSystemArea>,
    /// Volume partitions (ECMA-119 8.6).
    pub volume_partitions: Vec<VolumePartition>,
    /// Record MD5 sums of the session and of each file as libisofs does, so that xorriso checks them: with Rock Ridge,
    /// and without [`PlanOptions::partition_offset`]. See [`PlanOptions::md5_obstacle`].
    pub md5_tags: bool,
    /// Make the first [`Notice`](super::Notice) an error.
    pub strict: bool,
}

impl PlanOptions {
    /// Puts 300 KiB of zeros at least behind the data. Boot loaders read ahead, and some of them fail where the medium
    /// ends: GRUB does, through BIOS, on CDs.
    pub fn pad_for_loaders(&mut self) {
        self.place.end_padding = self.place.end_padding.max(multisession::CD_TRACK_PADDING);
    }

    /// Why [`PlanOptions::md5_tags`] could not be, if so.
    #[must_use]
    pub fn md5_obstacle(&self) -> Option<&'static str> {
        if !self.file_systems.contains(FileSystems::ISO9660 | FileSystems::ROCK_RIDGE) {
            Some("it is Rock Ridge that tells where the sums of files are; add rock-ridge")
        } else if self.partition_offset > SectorCount::ZERO {
            Some("a partition's volume would have sums of its own; leave out one of the two")
        } else {
            None
        }
    }

    /// The volume with a virtual partition that the session continues.
    pub(crate) fn continued_volume(&self) -> Option<&VirtualVolume> {
        let grows = self.file_systems.contains(FileSystems::UDF) && self.udf.access == UdfAccess::WriteOnce;
        self.virtual_volume.as_ref().filter(|_| grows)
    }

    /// When the volume is modified, unless it is as an earlier session says.
    pub(crate) fn new_modification(&self) -> Option<Timestamp> {
        self.modified.or(self.created.filter(|_| self.recorded_times.is_none()))
    }

    /// When the volume was last modified, or else made, as far as that is said.
    pub(crate) fn modification(&self) -> Option<Timestamp> {
        let recorded = || Timestamp::of_volume(self.recorded_times?.modification);
        self.new_modification().or_else(recorded).or_else(|| self.creation())
    }

    /// When the volume was made, or what comes nearest to it.
    pub(crate) fn creation_for(&self, tree: &Tree) -> Timestamp {
        let modified = || tree.modified_in(NodeId::ROOT, self.modification().unwrap_or_default());
        self.creation().unwrap_or_else(modified)
    }

    /// The digits of the identity that volume set identifiers begin with, as UDF asks for (2.2.2.5).
    pub(crate) fn unique_digits(&self) -> Option<String> {
        let text = self.identity?.to_string().to_ascii_uppercase();
        Some(text.chars().filter(|&digit| digit != '-').take(16).collect())
    }

    /// When the volume was made, as far as that is said.
    pub(crate) fn creation(&self) -> Option<Timestamp> {
        self.created.or_else(|| Timestamp::of_volume(self.recorded_times?.creation))
    }
}

/// A volume name and how it is to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum VolumeName {
    /// Adapted to each file system's rules: characters it has not become `_`, too long a name is cut.
    Adapted(String),
    /// As recorded in an earlier session.
    Recorded {
        /// The 32 bytes of the primary volume descriptor.
        #[cfg_attr(feature = "serde", serde(with = "crate::portable::bytes"))]
        iso9660: [u8; 32],
        /// The 32 bytes (16 UCS-2 units) of the Joliet descriptor, where there was one.
        joliet: Option<[u8; 32]>,
    },
}

/// What becomes of directories deeper than the 8 levels of ECMA-119 6.8.2.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum DeepDirectories {
    /// They stay in place, against the letter of the standard; today's readers take it. As xorriso does.
    #[default]
    KeepInPlace,
    /// They are recorded below a directory of the root ([`PlanOptions::relocation_directory`]), and Rock Ridge (CL,
    /// PL, RE) shows them in their place. Needs Rock Ridge.
    Relocate,
    /// They are an error.
    Refuse,
}

/// What is recorded of a directory that relocated ones are in, and that no tree has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct RecordedRelocation {
    /// Its name in Rock Ridge.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::bytes"))]
    pub name: Vec<u8>,
    /// Its identifier in plain ISO 9660.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::bytes"))]
    pub identifier: Vec<u8>,
    /// Owner and permissions.
    pub attributes: Attributes,
    /// Time of the last modification.
    pub modified: Timestamp,
    /// All other times.
    pub times: Times,
    /// Whether Rock Ridge has any of them (RRIP 4.1.6, TF).
    #[cfg_attr(feature = "serde", serde(default))]
    pub is_stamped: bool,
}

/// Form of the times in Rock Ridge (RRIP 4.1.6, TF). An imported item whose times are not changed keeps the form
/// that it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum RockRidgeTimes {
    /// The short form; the long one, in an entry of its own, for times outside the years 1900 to 2155.
    #[default]
    Fitting,
    /// The short form: 7 bytes and whole seconds for each time. Times outside the years 1900 to 2155 become
    /// the nearest.
    Short,
    /// The long form: 17 bytes and hundredths of seconds for each, of the years 1 to 9999. Linux 6.1 does not
    /// know it, and shows wrong times.
    Long,
}

/// Where a session goes on its medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Place {
    /// First sector of the session.
    pub start: Sector,
    /// The session's length is a multiple of this.
    pub alignment: SectorCount,
    /// Zero sectors behind the data: 150 for a CD track written at once.
    pub end_padding: SectorCount,
    /// Sectors that are there for the session, its padding included; `None` where only 32-bit addresses end it.
    pub available: Option<SectorCount>,
    /// Whether the volume space size in the session's own descriptors (ECMA-119 8.4.8) is that of all sectors up to its
    /// end. Linux takes what lies beyond that size for damage, and mounts the session by these descriptors where a table
    /// of contents leads to them. Where a head leads to it, only that counts from sector 0, and the session's descriptors
    /// state its own length, as growisofs and xorriso expect of them.
    pub space_from_zero: bool,
    /// Whether a sector behind the files of ISO 9660 tells that the recording came to its end: for media that are written
    /// once, where drives fill up with zeros what was cut short.
    pub end_mark: bool,
    /// Whether the session is the first of a medium on which every sector can be written again, where it begins behind the
    /// head (sectors 0 to 31): what a system area says, partition tables among it, is in the head, and of this session alone.
    pub owns_head: bool,
}

impl Place {
    /// Whether nothing on the medium is older than the session.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.start == Sector::ZERO || self.owns_head
    }
}

impl Default for Place {
    /// A first session at sector 0, without padding.
    fn default() -> Place {
        Place {
            start: Sector::ZERO,
            alignment: SectorCount::new(1),
            end_padding: SectorCount::ZERO,
            available: None,
            space_from_zero: false,
            end_mark: false,
            owns_head: false,
        }
    }
}

/// What becomes of content that was imported from an earlier session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ImportedContent {
    /// It lies on the medium that the session is written to, and stays where it is.
    #[default]
    StaysInPlace,
    /// It is copied from the medium it was imported from, for another one.
    Copied,
}

impl Default for PlanOptions {
    fn default() -> PlanOptions {
        PlanOptions {
            file_systems: MediumDefaults::of(Medium::ImageFile).file_systems,
            volume: VolumeName::Adapted("CDROM".to_owned()),
            volume_names: BTreeMap::new(),
            iso9660_names: NameRules::default(),
            joliet_names: JolietRules::default(),
            deep_directories: DeepDirectories::default(),
            relocation_directory: b"rr_moved".to_vec(),
            recorded_relocation: None,
            recorded_forms: None,
            rock_ridge_times: RockRidgeTimes::default(),
            udf: UdfOptions::default(),
            virtual_volume: None,
            hfs_plus: HfsPlusOptions::default(),
            identifiers: Identifiers::default(),
            supplementary_identifiers: BTreeMap::new(),
            texts: VolumeTexts::default(),
            own_fields: OwnFields::default(),
            identity: None,
            created: None,
            modified: None,
            expiration: None,
            effective: None,
            recorded_times: None,
            place: Place::default(),
            imported: ImportedContent::default(),
            disc: None,
            boot_records: Vec::new(),
            boot: None,
            hybrid: None,
            partition_offset: SectorCount::ZERO,
            system_area: None,
            volume_partitions: Vec::new(),
            md5_tags: false,
            strict: false,
        }
    }
}
