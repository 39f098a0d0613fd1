//! An imported session, and the options of what goes on from it.

use std::collections::BTreeMap;

use iso9660::VolumeTime;
use iso9660::names::NameRules;
use iso9660::volume::{BootRecord, Identifiers, VolumePartitionDescriptor, VolumeTimes};
use joliet::JolietRules;
use multisession::Session;

use super::descriptors::OwnDescriptors;
use super::{ImportWarning, ImportedTrees};
use crate::boot::BootSetUp;
use crate::digests::{Digest, DigestAlgorithm};
use crate::disc::DiscIdentifier;
use crate::plan::{
    DeepDirectories, ImportedContent, Medium, OwnFields, RecordedForms, RecordedRelocation, UdfAccess,
    UdfOptions, UdfSymlinks, VolumeName, VolumePartition,
};
use crate::tree::{FileSystem, FileSystems, Tree};
use crate::view::udf::VirtualVolume;
use crate::{Timestamp, UdfRevision};

/// An imported session.
#[derive(Debug)]
pub struct Imported {
    /// Its tree. Contents are where they were.
    pub tree: Tree,
    /// The disc, as it was when it was imported.
    pub disc: DiscIdentifier,
    /// Which session it is.
    pub session: Session,
    /// Which file system it was read from.
    pub file_system: FileSystem,
    /// Whether the others were as well.
    pub trees: ImportedTrees,
    /// All file systems the session has.
    pub file_systems: FileSystems,
    /// The revision of its UDF, where it is one that is written.
    pub udf_revision: Option<UdfRevision>,
    /// The newest state of its UDF, where that grows by virtual allocation tables and can be continued.
    pub virtual_volume: Option<VirtualVolume>,
    /// What UDF beside Rock Ridge has in place of symbolic links, as far as they lead to files.
    pub(super) udf_symlinks: UdfSymlinks,
    /// Its volume names.
    pub volume: VolumeName,
    /// That of UDF beside others.
    pub udf_volume: Option<String>,
    /// The other texts of its primary volume descriptor.
    pub identifiers: Identifiers,
    /// Texts and times of its other descriptors, where they do not follow from those.
    pub(super) own_descriptors: OwnDescriptors,
    /// Its El Torito boot records. They stay valid in a session that is appended.
    pub boot_records: Vec<BootRecord>,
    /// Its volume partition descriptors. They stay valid likewise.
    pub partition_descriptors: Vec<VolumePartitionDescriptor>,
    /// What boots: boot catalog, boot images, and what the system area says.
    pub boot: BootSetUp,
    /// The times of its primary volume descriptor.
    pub times: VolumeTimes,
    /// Rules for plain ISO 9660 by which the identifiers that the tree has of it stay as they are.
    pub iso9660_names: NameRules,
    /// Joliet name rules of the session's level of UCS-2, that keep the length of its names: if they come from Joliet,
    /// or after
    /// [`Imported::keep_visibility`].
    pub joliet_names: JolietRules,
    /// Name of the directory of the root for those that Rock Ridge has relocated, if it has any.
    pub relocation_directory: Option<Vec<u8>>,
    /// What is recorded of it.
    pub recorded_relocation: Option<RecordedRelocation>,
    /// What the session's digests of files are made by, if it has any. Its tree knows them, and the files that hold
    /// them are not in it: they would not hold for the next session. See [`Tree::record_digests`].
    pub digests: Option<DigestAlgorithm>,
    /// Whether the session has MD5 sums of its files as libisofs records them. Its tree knows them, and a session that
    /// builds on it has them as well: see [`PlanOptions::md5_tags`](crate::PlanOptions::md5_tags).
    pub md5_tags: bool,
    /// The file systems of which the tree has the names.
    pub(super) kept: FileSystems,
    /// File systems that the session has not, and that readers find in the head, in an earlier state: the next one has them as well.
    pub(super) of_head: FileSystems,
    /// The first sectors of files that are left out because their data pass the end of the image.
    pub(super) left_out: Vec<u32>,
    /// Digests of names that only another hierarchy has.
    pub(super) digests_elsewhere: BTreeMap<Vec<u8>, Digest>,
    /// The path of the list of digests, which is not in the tree.
    pub(super) digest_list: Option<Vec<u8>>,
    /// What could not be kept.
    pub warnings: Vec<ImportWarning>,
}

impl Imported {
    /// The options for a session that continues this one: its file systems, what UDF has in place of links, volume names, texts (those of single file
    /// systems among them) and boot records, its virtual allocation table, where its deep directories lie, from when
    /// until when it is valid, and its other times if it boots; for the rest, the defaults of the medium.
    #[must_use]
    pub fn plan_options_for(&self, medium: Medium) -> crate::PlanOptions {
        let udf = UdfOptions::for_medium(medium);
        let defaults = crate::PlanOptions::default();
        crate::PlanOptions {
            udf: UdfOptions {
                revision: self.udf_revision.unwrap_or(udf.revision),
                access: if self.virtual_volume.is_some() { UdfAccess::WriteOnce } else { udf.access },
                symlinks: self.udf_symlinks,
                ..udf
            },
            virtual_volume: self.virtual_volume.clone(),
            volume: self.volume.clone(),
            volume_names: self.udf_volume.iter().map(|name| (FileSystem::Udf, name.clone())).collect(),
            identifiers: self.identifiers.clone(),
            supplementary_identifiers: self.own_descriptors.identifiers.clone(),
            own_fields: self.own_fields(!self.boot.is_empty()),
            boot_records: self.boot_records.clone(),
            volume_partitions: self
                .partition_descriptors
                .iter()
                .map(|descriptor| VolumePartition { descriptor: descriptor.clone(), content: None })
                .collect(),
            md5_tags: self.md5_tags,
            file_systems: self.file_systems | self.of_head,
            disc: Some(self.disc),
            iso9660_names: self.iso9660_names,
            joliet_names: self.joliet_names,
            deep_directories: match self.relocation_directory {
                Some(_) => DeepDirectories::Relocate,
                None => defaults.deep_directories,
            },
            relocation_directory: match &self.relocation_directory {
                Some(name) => name.clone(),
                None => defaults.relocation_directory,
            },
            recorded_relocation: self.recorded_relocation.clone(),
            recorded_forms: Some(RecordedForms {
                file_systems: self.kept,
                iso9660_names: self.iso9660_names,
                joliet_names: self.joliet_names,
                udf_revision: self.udf_revision,
            }),
            expiration: self.of_all(self.times.expiration),
            effective: self.of_all(self.times.effective),
            // GRUB and others find the volume that they boot from by its times.
            recorded_times: (!self.boot.is_empty()).then_some(self.times),
            ..defaults
        }
    }

    /// A date that is the same for all descriptors; `None` where they keep what they have.
    fn of_all(&self, time: VolumeTime) -> Option<Timestamp> {
        Timestamp::of_volume(time).filter(|_| !self.keeps_dates())
    }

    /// Whether the dates of expiration and effect are kept as they are recorded, since nobody could state them so: one
    /// contradicts the other, or is beyond the years of UTC that can be recorded.
    fn keeps_dates(&self) -> bool {
        let [expiration, effective] = [self.times.expiration, self.times.effective].map(Timestamp::of_volume);
        let contradict =
            expiration.zip(effective).is_some_and(|(expiration, effective)| expiration < effective);
        let is_beyond = |time: Option<Timestamp>| {
            time.is_some_and(|time| Timestamp::of_volume(time.into()) != Some(time))
        };
        contradict || is_beyond(expiration) || is_beyond(effective)
    }

    fn own_fields(&self, keeps_creation: bool) -> OwnFields {
        let mut own = self.own_descriptors.fields(keeps_creation);
        if self.keeps_dates() {
            for times in [&mut own.iso9660.times, &mut own.joliet.times] {
                times.expiration.get_or_insert(self.times.expiration);
                times.effective.get_or_insert(self.times.effective);
            }
        }
        own
    }

    /// The options for a new image of what was imported: with its file systems, names, texts and times, all contents
    /// copied to new places. What boots, and volume partitions, are added by [`BootSetUp::put_into`].
    #[must_use]
    pub fn new_image_options(&self) -> crate::PlanOptions {
        let options = self.plan_options();
        crate::PlanOptions {
            imported: ImportedContent::Copied,
            file_systems: self.file_systems,
            disc: None,
            udf: UdfOptions { access: UdfAccess::ReadOnly, ..options.udf },
            virtual_volume: None,
            recorded_times: Some(self.times),
            own_fields: self.own_fields(true),
            // What these point to is elsewhere.
            boot_records: Vec::new(),
            volume_partitions: Vec::new(),
            ..options
        }
    }

    /// The same in an image file.
    #[must_use]
    pub fn plan_options(&self) -> crate::PlanOptions {
        self.plan_options_for(Medium::ImageFile)
    }
}
