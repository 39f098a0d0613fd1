use iso9660::VolumeTime;
use iso9660::el_torito;
use iso9660::volume::{
    BootRecord, DESCRIPTOR_LEN, Identifiers, PathTables, PrimaryVolumeDescriptor, RootDirectory,
    SupplementaryVolumeDescriptor, VolumeDescriptorSetTerminator, VolumeFields, VolumeTimes,
};

use sector_io::Sector;

use super::volume::PathTableExtents;
use super::{LayoutPlan, Notice, PlanOptions, VolumeName};
use crate::tree::{FileSystem, FileSystems, NodeId, Timestamp};
use crate::view::{View, clamped_in_volume};
use crate::{Error, Result};

/// That the dates given for the volume do not contradict each other. Those of an earlier session are kept as they are.
pub(super) fn check_dates(options: &PlanOptions) -> Result<()> {
    let before = |earlier: Option<Timestamp>, later: Option<Timestamp>| matches!((earlier, later), (Some(a), Some(b)) if a < b);
    if before(options.modified, options.created) {
        return Err(Error::InvalidDate {
            date: "modification",
            other: "creation",
            clause: "ECMA-119 8.4.26, 8.4.27",
        });
    }
    if before(options.expiration, options.effective) {
        return Err(Error::InvalidDate {
            date: "expiration",
            other: "effective date",
            clause: "ECMA-119 8.4.28, 8.4.29",
        });
    }
    Ok(())
}

impl LayoutPlan<'_> {
    /// The volume descriptors of a volume in order: primary, boot records (El Torito wants its one at sector 17),
    /// Joliet, terminator.
    ///
    /// They state the length of the session, as mkisofs and libisofs have it, or all sectors up to its end
    /// ([`Place::space_from_zero`](super::Place::space_from_zero)). Nobody boots from a partition's volume descriptors, and
    /// what else is carried tells of the whole medium.
    pub(crate) fn descriptors(&self, volume: u8) -> Result<Vec<[u8; DESCRIPTOR_LEN]>> {
        let len = self.extent().len.get();
        match self.volumes.get(usize::from(volume)).filter(|_| volume > 0) {
            Some(partition) => {
                // The partition ends where the first that is appended begins.
                let appended = self.boot.first_appended();
                let end = appended.map_or(len, |start| start.get().min(len));
                self.descriptors_with(volume, end.saturating_sub(partition.start.get()))
            }
            None if self.options.place.space_from_zero => self.descriptors_with(0, self.end.get()),
            None => self.descriptors_with(0, len),
        }
    }

    /// The same for the head of an overwritable medium: they state all sectors up to the session's end. The
    /// recognition sequence of UDF follows.
    pub(crate) fn head_descriptors(&self) -> Result<Vec<[u8; DESCRIPTOR_LEN]>> {
        let mut head = self.descriptors_with(0, self.end.get())?;
        if let Some(udf) = &self.udf {
            head.extend(udf.recognition()?);
        }
        Ok(head)
    }

    fn descriptors_with(&self, volume: u8, volume_space_size: u32) -> Result<Vec<[u8; DESCRIPTOR_LEN]>> {
        let mut descriptors = Vec::new();
        let is_first = volume == 0;
        let Some(volume) = self.volumes.get(usize::from(volume)) else { return Ok(descriptors) };
        for (view, tables) in volume.views.iter().zip(&volume.path_tables) {
            let fields = VolumeFields {
                volume_space_size,
                application_use: self.application_use(volume.start),
                ..self.fields(view, tables)?
            };
            match view.file_system() {
                FileSystem::Joliet => {
                    let level = self.options.joliet_names.level;
                    descriptors.push(joliet::volume_descriptor(level, fields).encode());
                }
                FileSystem::Enhanced => {
                    descriptors.push(SupplementaryVolumeDescriptor::enhanced(fields).encode());
                }
                _ => {
                    descriptors.push(PrimaryVolumeDescriptor { version: 1, fields }.encode());
                    // El Torito wants its one at sector 17.
                    let records = self.boot.record().into_iter().chain(carried_boot_records(&self.options));
                    descriptors.extend(records.filter(|_| is_first).map(BootRecord::encode));
                }
            }
        }
        if !descriptors.is_empty() {
            for partition in self.options.volume_partitions.iter().filter(|_| is_first) {
                descriptors.push(self.partition_descriptor(partition)?.encode());
            }
            descriptors.push(VolumeDescriptorSetTerminator.encode());
        }
        Ok(descriptors)
    }

    /// Blanks where there is nothing to tell: programs that put checksums there (`implantisomd5`) want it empty.
    fn application_use(&self, start: Sector) -> [u8; 512] {
        let mut field = [b' '; 512];
        if start > Sector::ZERO {
            let mark = match self.options.place.space_from_zero {
                true => SpaceMark::FromZero,
                false => SpaceMark::FromStart,
            };
            field.fill(0);
            field[..mark.text().len()].copy_from_slice(mark.text());
        }
        if let Some(mark) = self.end_mark.filter(|_| start == self.options.place.start) {
            mark.announce(&mut field);
        }
        field
    }

    pub(super) fn descriptor_labels(&self, volume: u8) -> Vec<&'static str> {
        let is_first = volume == 0;
        let records = self.boot.record().into_iter().chain(carried_boot_records(&self.options));
        let boot = records.filter(|_| is_first).map(|_| "boot record");
        let further = self.views().iter().skip(1).map(|view| match view.file_system() {
            FileSystem::Joliet => "supplementary volume descriptor (Joliet)",
            _ => "enhanced volume descriptor (ISO 9660:1999)",
        });
        let partitions = self.options.volume_partitions.iter().filter(|_| is_first);
        std::iter::once("primary volume descriptor")
            .chain(boot)
            .chain(further)
            .chain(partitions.map(|_| "volume partition descriptor"))
            .chain(["volume descriptor set terminator"])
            .collect()
    }

    fn fields(&self, view: &View, tables: &PathTableExtents) -> Result<VolumeFields> {
        let root = view.root();
        let PlanOptions { created, expiration, effective, recorded_times, .. } = &self.options;
        let before = recorded_times.unwrap_or(VolumeTimes::NOT_SPECIFIED);
        let time = |time: &Option<Timestamp>, recorded| time.map_or(recorded, VolumeTime::from);
        let times = VolumeTimes {
            creation: time(created, before.creation),
            modification: time(&self.options.new_modification(), before.modification),
            expiration: time(expiration, before.expiration),
            effective: time(effective, before.effective),
        };
        let path_table_bytes = u32::try_from(view.path_table_bytes())
            .map_err(|_| Error::TreeTooLarge { what: "a path table of over 4 GiB" })?;
        let data_length = u32::try_from(root.len.bytes())
            .map_err(|_| Error::TreeTooLarge { what: "a directory of over 4 GiB" })?;
        let recorded = view.recorded(self.tree, NodeId::ROOT);
        Ok(VolumeFields {
            identifiers: self.identifiers(view.file_system()),
            volume_space_size: 0,
            volume_set_size: 1,
            volume_sequence_number: 1,
            logical_block_size: 2048,
            path_tables: PathTables {
                size: path_table_bytes,
                type_l: view.block(tables.little.start),
                optional_type_l: None,
                type_m: view.block(tables.big.start),
                optional_type_m: None,
            },
            root: RootDirectory::new(view.block(root.start), data_length, recorded),
            times: self.options.own_fields.times(view.file_system(), times),
            file_structure_version: 1,
            application_use: [b' '; 512],
        })
    }

    /// The texts of a volume descriptor of ISO 9660.
    fn identifiers(&self, file_system: FileSystem) -> Identifiers {
        let options = &self.options;
        let (iso9660, joliet) = self.volume_identifiers();
        let recorded = options.supplementary_identifiers.get(&file_system);
        let texts = options.own_fields.texts(file_system, &options.texts);
        if file_system == FileSystem::Joliet {
            let mut identifiers = match recorded {
                Some(recorded) => Identifiers { volume: joliet, ..recorded.clone() },
                None => joliet::identifiers(&options.identifiers, joliet),
            };
            texts.put_into_joliet(&mut identifiers);
            let digits = options.unique_digits().into_iter().flat_map(String::into_bytes);
            let digits: Vec<u8> = digits.flat_map(|digit| [0, digit]).collect();
            put_before(&digits, &mut identifiers.volume_set);
            return identifiers;
        }
        let own = |file_system| options.volume_names.get(&file_system).map(|name| iso9660_volume_name(name));
        let volume = match (own(file_system).or(own(FileSystem::Iso9660)), &options.volume, recorded) {
            (None, VolumeName::Recorded { .. }, Some(recorded)) => recorded.volume,
            (own, ..) => own.unwrap_or(iso9660),
        };
        let mut identifiers = Identifiers { volume, ..recorded.unwrap_or(&options.identifiers).clone() };
        texts.put_into_iso9660(&mut identifiers);
        let digits = options.unique_digits().unwrap_or_default();
        put_before(digits.as_bytes(), &mut identifiers.volume_set);
        identifiers
    }

    /// Those of the notices that are about volumes: where the volume name, or another text of the volume descriptors,
    /// is recorded in another form, capital letters of ISO 9660's names aside, or names a file that is not there, and what a
    /// volume of HFS+ that is made anew has lost.
    pub fn volume_notices(&self) -> Vec<Notice> {
        let mut notices = self.volume_name_notices();
        let has = |set: FileSystem| self.options.file_systems.contains(set.as_set());
        let own = &self.options.own_fields;
        for file_system in [FileSystem::Iso9660, FileSystem::Joliet].into_iter().filter(|&each| has(each)) {
            notices.extend(own.texts(file_system, &self.options.texts).notices(file_system));
        }
        if has(FileSystem::Enhanced) {
            notices.extend(own.enhanced.texts.notices(FileSystem::Enhanced));
        }
        if let Some(udf) = &self.udf {
            notices.extend(super::udf_fields::notices(&self.options, &udf.identifiers()));
        }
        notices.extend(self.time_notices());
        notices.extend(self.missing_files());
        let kept = self.options.system_area.as_ref().filter(|_| self.options.hybrid.is_none());
        if self.hfs_plus.is_some() && kept.is_some_and(|kept| kept.has_hfs_plus()) {
            notices.push(Notice::TypesDropped);
        }
        notices
    }

    /// The times of the volume that no volume descriptor can hold.
    fn time_notices(&self) -> Vec<Notice> {
        let PlanOptions { created, modified, expiration, effective, .. } = self.options;
        let given = [
            ("time of creation", created, true),
            ("time of modification", modified, true),
            ("time of expiration", expiration, false),
            ("effective time", effective, false),
        ];
        let file_system = if self.views().is_empty() { FileSystem::Udf } else { FileSystem::Iso9660 };
        let mut notices = Vec::new();
        for (text, given, is_in_hfs_plus) in given {
            let Some(given) = given else { continue };
            let in_descriptors = clamped_in_volume(given).map(|(_, recorded)| (file_system, recorded));
            let in_hfs_plus = self.hfs_plus.as_ref().filter(|_| is_in_hfs_plus);
            let in_hfs_plus = in_hfs_plus.and_then(|_| crate::view::hfsplus::date(given).to_unix());
            let in_hfs_plus = in_hfs_plus
                .filter(|&seconds| seconds != given.seconds)
                .map(|seconds| (FileSystem::HfsPlus, Timestamp::from_unix(seconds)));
            notices.extend(in_descriptors.into_iter().chain(in_hfs_plus).map(|(file_system, recorded)| {
                let (given, recorded) = (given.to_string(), recorded.to_string());
                Notice::TextChanged { text, given, file_system, recorded, reasons: "range".to_owned() }
            }));
        }
        notices
    }

    /// That each file system holds its volume name as it was given.
    pub(super) fn check_volume_names(&self) -> Result<()> {
        let changed = self.volume_name_notices().into_iter().find_map(|notice| match notice {
            Notice::TextChanged { file_system, .. } => Some(file_system),
            _ => None,
        });
        let Some(file_system) = changed else { return Ok(()) };
        let rule = match file_system {
            FileSystem::Joliet => "it holds 16 units of UCS-2, without control characters and * / : ; ? \\",
            FileSystem::Udf => "it holds 126 characters up to U+00FF, or 63 units of UTF-16 (OSTA-UDF 2.1.3)",
            FileSystem::HfsPlus => "it holds 255 units of UTF-16",
            _ => "it holds 32 characters of A-Z, 0-9 and _ (ECMA-119 8.4.7)",
        };
        let name = self.wanted_volume_name(file_system).cloned().unwrap_or_default();
        Err(Error::InvalidVolumeName { name, file_system, rule })
    }

    /// The volume name that a file system is to have, unless that is one of an earlier session.
    fn wanted_volume_name(&self, file_system: FileSystem) -> Option<&String> {
        let common = match &self.options.volume {
            VolumeName::Adapted(name) => Some(name),
            VolumeName::Recorded { .. } => None,
        };
        self.options.volume_names.get(&file_system).or(common)
    }

    fn volume_name_notices(&self) -> Vec<Notice> {
        let wanted = |file_system| self.wanted_volume_name(file_system);
        let (iso9660, joliet) = self.volume_identifiers();
        let (label, complete) = super::udf_fields::label(&self.options);
        let iso9660 = String::from_utf8_lossy(&iso9660).trim_end().to_owned();
        let units = joliet.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
        let joliet: String = char::decode_utf16(units).map(|unit| unit.unwrap_or('_')).collect();
        let joliet = joliet.trim_end().to_owned();
        let notice = |file_system, name: &str, recorded: String| Notice::TextChanged {
            text: "volume name",
            given: name.to_owned(),
            file_system,
            reasons: why_changed(name, &recorded),
            recorded,
        };
        let mut notices = Vec::new();
        if let Some(name) = wanted(FileSystem::Iso9660)
            && !self.views().is_empty()
            && !iso9660.eq_ignore_ascii_case(name)
        {
            notices.push(notice(FileSystem::Iso9660, name, iso9660));
        }
        if let Some(name) = wanted(FileSystem::Joliet)
            && self.options.file_systems.contains(FileSystems::JOLIET)
            && joliet != *name
        {
            notices.push(notice(FileSystem::Joliet, name, joliet));
        }
        if let Some(name) = wanted(FileSystem::Udf)
            && self.udf.is_some()
        {
            let label = label.text().unwrap_or_default();
            if !complete || label != *name {
                notices.push(notice(FileSystem::Udf, name, label));
            }
        }
        if let Some(name) = wanted(FileSystem::HfsPlus)
            && self.hfs_plus.is_some()
            && let Some(label) = super::hfsplus::changed_label(&self.options)
        {
            notices.push(notice(FileSystem::HfsPlus, name, label));
        }
        notices
    }

    /// The volume identifiers of the primary and the Joliet descriptor.
    fn volume_identifiers(&self) -> ([u8; 32], [u8; 32]) {
        let own = |file_system| self.options.volume_names.get(&file_system);
        let (iso9660, joliet) = match &self.options.volume {
            VolumeName::Adapted(name) => (iso9660_volume_name(name), joliet::volume_identifier(name)),
            VolumeName::Recorded { iso9660, joliet } => {
                let shown = String::from_utf8_lossy(iso9660.trim_ascii()).into_owned();
                (*iso9660, joliet.unwrap_or_else(|| joliet::volume_identifier(&shown)))
            }
        };
        (
            own(FileSystem::Iso9660).map_or(iso9660, |name| iso9660_volume_name(name)),
            own(FileSystem::Joliet).map_or(joliet, |name| joliet::volume_identifier(name)),
        )
    }
}

/// Boot records of an earlier session that are written again: a new boot catalog takes the place of an older one.
pub(super) fn carried_boot_records(options: &PlanOptions) -> impl Iterator<Item = &BootRecord> {
    let is_replaced = options.boot.is_some();
    let records = options.boot_records.iter();
    records.filter(move |record| !is_replaced || el_torito::catalog_of(record).is_none())
}

/// Why a text is recorded in another form.
pub(super) fn why_changed(text: &str, recorded: &str) -> String {
    if recorded.chars().count() < text.chars().count() { "length" } else { "characters" }.to_owned()
}

/// Upper case, `_` for what is no d-character, 32 characters at most (ECMA-119 8.4.7).
fn iso9660_volume_name(name: &str) -> [u8; 32] {
    let mut identifier = [b' '; 32];
    for (byte, character) in identifier.iter_mut().zip(name.chars()) {
        *byte = match character.to_ascii_uppercase() {
            recorded @ ('A'..='Z' | '0'..='9' | '_') => recorded as u8,
            _ => b'_',
        };
    }
    identifier
}

/// Puts something in front of what a field holds, unless it begins with that; its end gives way.
fn put_before(text: &[u8], field: &mut [u8]) {
    if field.starts_with(text) {
        return;
    }
    let len = text.len().min(field.len());
    field.rotate_right(len);
    field[..len].copy_from_slice(&text[..len]);
}

/// How volume space sizes count in volumes that do not begin with sector 0: what the Application Use field begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpaceMark {
    /// From the first sector of the volume on.
    FromStart,
    /// From sector 0 on.
    FromZero,
}

impl SpaceMark {
    const ALL: [SpaceMark; 2] = [SpaceMark::FromStart, SpaceMark::FromZero];

    const fn text(self) -> &'static [u8; 9] {
        match self {
            SpaceMark::FromStart => b"fsimage 1",
            SpaceMark::FromZero => b"fsimage 2",
        }
    }

    pub(crate) fn of(application_use: &[u8; 512]) -> Option<SpaceMark> {
        SpaceMark::ALL.into_iter().find(|mark| application_use.starts_with(mark.text()))
    }
}
