//! A session in words.

use iso9660::read::VolumeSet;
use iso9660::volume::{Identifiers, VolumeFields};
use multisession::Session;
use sector_io::{Sector, SectorCount};
use udf::DString;

use super::udf::UdfVolume;
use crate::tree::Timestamp;

/// What a session holds.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SessionSummary {
    /// From 1.
    pub number: u16,
    /// First sector.
    pub start: u32,
    /// First sector behind it, where that is known.
    pub end: Option<u32>,
    /// Volume identifier of ISO 9660; the label of UDF where there is no ISO 9660.
    pub volume: String,
    /// Volume identifier of Joliet.
    pub joliet_volume: Option<String>,
    /// Label of the UDF volume.
    pub udf_volume: Option<String>,
    /// Revision of UDF.
    pub udf_revision: Option<String>,
    /// The file systems that can be read here, as named on the command line.
    pub file_systems: Vec<&'static str>,
    /// The volume descriptors of ISO 9660, in the order of their kinds.
    pub descriptors: Vec<DescriptorSummary>,
    /// Whether there is an El Torito boot record.
    pub bootable: bool,
    /// Volume space size as recorded, in sectors.
    pub volume_space_size: u32,
    /// Texts and times of the primary volume descriptor; where there is no ISO 9660, implementation, application and time
    /// of UDF.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub fields: FieldSummary,
    /// Texts and time of the descriptors of UDF.
    pub udf_fields: Option<UdfFieldSummary>,
    /// What was odd, in words.
    pub findings: Vec<String>,
}

/// A volume descriptor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct DescriptorSummary {
    /// Which, in words.
    pub kind: String,
    /// The volume identifier, that of the partition, or of the boot system.
    pub identifier: String,
    /// Texts and times of a primary, supplementary or enhanced descriptor.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub fields: Option<FieldSummary>,
    /// What a volume partition descriptor tells.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub partition: Option<VolumePartitionSummary>,
}

/// Texts and times of a volume descriptor (ECMA-119 8.4.5, 8.4.19 to 8.4.29). Texts that are not given are empty; times
/// are seconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct FieldSummary {
    /// System identifier.
    pub system: String,
    /// Volume set identifier.
    pub volume_set: String,
    /// Publisher identifier.
    pub publisher: String,
    /// Data preparer identifier.
    pub data_preparer: String,
    /// Application identifier.
    pub application: String,
    /// Copyright file identifier.
    pub copyright_file: String,
    /// Abstract file identifier.
    pub abstract_file: String,
    /// Bibliographic file identifier.
    pub bibliographic_file: String,
    /// Volume creation.
    pub created: Option<i64>,
    /// Volume modification.
    pub modified: Option<i64>,
    /// From when on the volume may be regarded as obsolete.
    pub expiration: Option<i64>,
    /// From when on it may be used.
    pub effective: Option<i64>,
}

/// Texts and time of the descriptors of UDF; texts that are not given are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct UdfFieldSummary {
    /// Volume set identifier (ECMA-167 3/10.1.11); its first 16 characters are unique to the set.
    pub volume_set: String,
    /// Implementation identifier (3/10.1.19): who recorded the descriptors.
    pub implementation: String,
    /// Application identifier (3/10.1.17).
    pub application: String,
    /// Copyright file identifier (4/14.1.13).
    pub copyright_file: String,
    /// Abstract file identifier (4/14.1.14).
    pub abstract_file: String,
    /// Owner (UDF 2.2.7.2.3).
    pub owner: String,
    /// Organization.
    pub organization: String,
    /// Contact.
    pub contact: String,
    /// Recording date and time (3/10.1.18), seconds since 1970.
    pub recorded: Option<i64>,
}

/// What a volume partition descriptor (ECMA-119 8.6) tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct VolumePartitionSummary {
    /// System identifier.
    pub system: String,
    /// First sector.
    pub start: u32,
    /// Length in sectors.
    pub sectors: u32,
}

impl SessionSummary {
    /// Of a session of which nothing is known yet but where it lies.
    pub(super) fn of(session: &Session, sectors: SectorCount) -> SessionSummary {
        SessionSummary {
            number: session.number,
            start: session.start.get(),
            end: session.end.map(Sector::get),
            volume_space_size: sectors.get(),
            ..SessionSummary::default()
        }
    }

    pub(super) fn take_iso9660(&mut self, set: &VolumeSet, has_rock_ridge: bool) {
        let fields = &set.primary.fields;
        self.volume = text(&fields.identifiers.volume);
        self.joliet_volume = joliet::volume_name(set);
        self.file_systems.push("iso9660");
        self.file_systems.extend(has_rock_ridge.then_some("rock-ridge"));
        self.file_systems.extend(self.joliet_volume.as_ref().map(|_| "joliet"));
        self.file_systems.extend(set.enhanced.as_ref().map(|_| "iso9660-1999"));
        self.descriptors = descriptors(set);
        self.bootable = !set.boot_records.is_empty();
        self.volume_space_size = fields.volume_space_size;
        self.fields = FieldSummary::of(fields, text);
        self.findings.extend(set.findings.iter().map(ToString::to_string));
        self.findings.extend(set.supplementary.iter().filter_map(joliet::unread_escape_sequences));
    }

    pub(super) fn take_udf(&mut self, volume: &UdfVolume) {
        let is_alone = self.file_systems.is_empty();
        self.file_systems.push("udf");
        self.udf_volume = Some(volume.label());
        self.udf_revision = Some(volume.revision().to_string());
        let fields = UdfFieldSummary::of(volume);
        if is_alone {
            self.volume = volume.label();
            self.fields.system.clone_from(&fields.implementation);
            self.fields.application.clone_from(&fields.application);
            self.fields.created = fields.recorded;
        }
        self.udf_fields = Some(fields);
        self.findings.extend(volume.findings().iter().map(ToString::to_string));
    }
}

impl FieldSummary {
    fn of(fields: &VolumeFields, text: fn(&[u8]) -> String) -> FieldSummary {
        let Identifiers {
            system,
            volume: _,
            volume_set,
            publisher,
            data_preparer,
            application,
            copyright_file,
            abstract_file,
            bibliographic_file,
        } = &fields.identifiers;
        let time = |time| Timestamp::of_volume(time).map(|time| time.seconds);
        FieldSummary {
            system: text(system),
            volume_set: text(volume_set),
            publisher: text(publisher),
            data_preparer: text(data_preparer),
            application: text(application),
            copyright_file: text(copyright_file),
            abstract_file: text(abstract_file),
            bibliographic_file: text(bibliographic_file),
            created: time(fields.times.creation),
            modified: time(fields.times.modification),
            expiration: time(fields.times.expiration),
            effective: time(fields.times.effective),
        }
    }
}

impl UdfFieldSummary {
    fn of(volume: &UdfVolume) -> UdfFieldSummary {
        let entity = |id: &udf::EntityId| String::from_utf8_lossy(id.text()).into_owned();
        let file_set = volume.file_set();
        let mut fields = UdfFieldSummary {
            copyright_file: dstring(&file_set.copyright_file_identifier),
            abstract_file: dstring(&file_set.abstract_file_identifier),
            ..UdfFieldSummary::default()
        };
        if let Some(primary) = volume.primary() {
            fields.volume_set = dstring(&primary.volume_set_identifier);
            fields.implementation = entity(&primary.implementation_identifier);
            fields.application = entity(&primary.application_identifier);
            fields.recorded = primary.recording_time.to_unix().map(|(seconds, _)| seconds);
        }
        if let Some(found) = volume.information() {
            [fields.owner, fields.organization, fields.contact] = found.information.each_ref().map(dstring);
        }
        fields
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(iso9660::text::trimmed(bytes)).into_owned()
}

/// A text of UDF, as far as it can be read.
pub(crate) fn dstring<const N: usize>(text: &DString<N>) -> String {
    text.text().unwrap_or_else(|_| String::from_utf8_lossy(&text.0).trim_matches('\0').to_owned())
}

/// All that is in a volume descriptor set, but its terminator.
fn descriptors(set: &VolumeSet) -> Vec<DescriptorSummary> {
    let summary = |kind: &str, identifier: String| DescriptorSummary {
        kind: kind.to_owned(),
        identifier,
        ..DescriptorSummary::default()
    };
    let described = |kind: &str, fields: &VolumeFields, text: fn(&[u8]) -> String| DescriptorSummary {
        fields: Some(FieldSummary::of(fields, text)),
        ..summary(kind, text(&fields.identifiers.volume))
    };
    let mut found = vec![described("primary", &set.primary.fields, text)];
    for descriptor in &set.supplementary {
        found.push(match joliet::Level::of(&descriptor.escape_sequences) {
            Some(level) => {
                let level = match level {
                    joliet::Level::One => 1,
                    joliet::Level::Two => 2,
                    joliet::Level::Three => 3,
                };
                let kind = format!("supplementary, Joliet level {level}");
                described(&kind, &descriptor.fields, joliet::shown_text)
            }
            None => described("supplementary", &descriptor.fields, text),
        });
    }
    if let Some(descriptor) = &set.enhanced {
        found.push(described("enhanced, ISO 9660:1999", &descriptor.fields, text));
    }
    for record in &set.boot_records {
        let identifier = record.boot_system_identifier.split(|&byte| byte == 0).next().unwrap_or_default();
        found.push(summary("boot record", text(identifier)));
    }
    for partition in &set.partitions {
        found.push(DescriptorSummary {
            partition: Some(VolumePartitionSummary {
                system: text(&partition.system_identifier),
                start: partition.location.get(),
                sectors: partition.size,
            }),
            ..summary("volume partition", text(&partition.volume_partition_identifier))
        });
    }
    found
}
