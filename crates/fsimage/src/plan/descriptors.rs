use iso9660::VolumeTime;
use iso9660::el_torito;
use iso9660::volume::{
    BootRecord, DESCRIPTOR_LEN, PathTables, PrimaryVolumeDescriptor, RootDirectory,
    VolumeDescriptorSetTerminator, VolumeFields, VolumeTimes,
};
use iso9660::{LogicalBlock, RecordingTime};

use super::{LayoutPlan, Notice, PathTableExtents, PlanOptions, VolumeName};
use crate::address::block;
use crate::tree::{FileSystem, NodeId};
use crate::view::View;
use crate::{Error, Result};

impl LayoutPlan<'_> {
    /// The volume descriptors in order: primary, boot records (El Torito wants its one at sector 17),
    /// Joliet, terminator.
    ///
    /// They state the length of the session, as mkisofs and libisofs have it.
    pub(crate) fn descriptors(&self) -> Result<Vec<[u8; DESCRIPTOR_LEN]>> {
        self.descriptors_with(self.extent().len.get())
    }

    /// The same for the head of an overwritable medium: they state all sectors up to the session's end. The
    /// recognition sequence of UDF follows.
    pub(crate) fn head_descriptors(&self) -> Result<Vec<[u8; DESCRIPTOR_LEN]>> {
        let mut head = self.descriptors_with(self.end.get())?;
        if let Some(udf) = &self.udf {
            head.extend(udf.recognition()?);
        }
        Ok(head)
    }

    fn descriptors_with(&self, volume_space_size: u32) -> Result<Vec<[u8; DESCRIPTOR_LEN]>> {
        let mut descriptors = Vec::new();
        let Some(view) = &self.iso9660 else { return Ok(descriptors) };
        let (iso9660, joliet) = self.volume_identifiers();
        let fields =
            VolumeFields { volume_space_size, ..self.fields(view, self.path_tables.first(), iso9660)? };
        descriptors.push(PrimaryVolumeDescriptor { version: 1, fields }.encode());
        // El Torito wants its one at sector 17.
        let boot_records = self.boot.record().into_iter().chain(carried_boot_records(&self.options));
        descriptors.extend(boot_records.map(BootRecord::encode));
        if let Some(view) = &self.joliet {
            let mut fields =
                VolumeFields { volume_space_size, ..self.fields(view, self.path_tables.get(1), joliet)? };
            fields.identifiers = joliet::identifiers(&fields.identifiers, joliet);
            descriptors.push(joliet::volume_descriptor(fields).encode());
        }
        descriptors.push(VolumeDescriptorSetTerminator.encode());
        Ok(descriptors)
    }

    pub(super) fn descriptor_labels(&self) -> Vec<&'static str> {
        let boot_records =
            usize::from(self.boot.record().is_some()) + carried_boot_records(&self.options).count();
        let boot = std::iter::repeat_n("boot record", boot_records);
        let joliet = self.joliet.as_ref().map(|_| "supplementary volume descriptor (Joliet)");
        std::iter::once("primary volume descriptor")
            .chain(boot)
            .chain(joliet)
            .chain(["volume descriptor set terminator"])
            .collect()
    }

    fn fields(
        &self,
        view: &View,
        tables: Option<&PathTableExtents>,
        volume: [u8; 32],
    ) -> Result<VolumeFields> {
        let root = view.root();
        let created = self.options.created.map_or(VolumeTime::NOT_SPECIFIED, |time| {
            VolumeTime::from_unix(time.seconds, (time.nanoseconds / 10_000_000) as u8)
        });
        let path_table_bytes = u32::try_from(view.path_table_bytes())
            .map_err(|_| Error::TreeTooLarge { what: "a path table of over 4 GiB" })?;
        let data_length = u32::try_from(root.len.bytes())
            .map_err(|_| Error::TreeTooLarge { what: "a directory of over 4 GiB" })?;
        let table = |extent: Option<sector_io::Extent>| {
            extent.map_or(LogicalBlock::new(0), |extent| block(extent.start))
        };
        let recorded = RecordingTime::from_unix(self.tree.modified(NodeId::ROOT).seconds);
        Ok(VolumeFields {
            identifiers: iso9660::volume::Identifiers { volume, ..self.options.identifiers.clone() },
            volume_space_size: 0,
            volume_set_size: 1,
            volume_sequence_number: 1,
            logical_block_size: 2048,
            path_tables: PathTables {
                size: path_table_bytes,
                type_l: table(tables.map(|tables| tables.little)),
                optional_type_l: None,
                type_m: table(tables.map(|tables| tables.big)),
                optional_type_m: None,
            },
            root: RootDirectory::new(block(root.start), data_length, recorded),
            times: VolumeTimes { creation: created, modification: created, ..VolumeTimes::NOT_SPECIFIED },
            file_structure_version: 1,
            application_use: application_use(),
        })
    }

    /// Where the volume name is recorded in another form; capital letters of ISO 9660 aside.
    pub(super) fn volume_notices(&self) -> Vec<Notice> {
        let VolumeName::Adapted(name) = &self.options.volume else { return Vec::new() };
        let (iso9660, joliet) = self.volume_identifiers();
        let (label, complete) = super::udf::label(&self.options);
        let iso9660 = String::from_utf8_lossy(&iso9660).trim_end().to_owned();
        let units = joliet.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
        let joliet: String = char::decode_utf16(units).map(|unit| unit.unwrap_or('_')).collect();
        let joliet = joliet.trim_end().to_owned();
        let notice = |file_system, recorded: String| Notice::Renamed {
            path: format!("volume name {name:?}"),
            file_system,
            reasons: if recorded.chars().count() < name.chars().count() { "length" } else { "characters" }
                .to_owned(),
            recorded,
        };
        let mut notices = Vec::new();
        if self.iso9660.is_some() && !iso9660.eq_ignore_ascii_case(name) {
            notices.push(notice(FileSystem::Iso9660, iso9660));
        }
        if self.joliet.is_some() && joliet != *name {
            notices.push(notice(FileSystem::Joliet, joliet));
        }
        if self.udf.is_some() {
            let label = label.text().unwrap_or_default();
            if !complete || label != *name {
                notices.push(notice(FileSystem::Udf, label));
            }
        }
        notices
    }

    /// The volume identifiers of the primary and the Joliet descriptor.
    fn volume_identifiers(&self) -> ([u8; 32], [u8; 32]) {
        match &self.options.volume {
            VolumeName::Adapted(name) => (iso9660_volume_name(name), joliet::volume_identifier(name)),
            VolumeName::Recorded { iso9660, joliet } => {
                let shown = String::from_utf8_lossy(iso9660.trim_ascii()).into_owned();
                (*iso9660, joliet.unwrap_or_else(|| joliet::volume_identifier(&shown)))
            }
        }
    }
}

/// Boot records of an earlier session that are written again: a new boot catalog takes the place of an older one.
pub(super) fn carried_boot_records(options: &PlanOptions) -> impl Iterator<Item = &BootRecord> {
    let is_replaced = options.boot.is_some();
    let records = options.boot_records.iter();
    records.filter(move |record| !is_replaced || el_torito::catalog_of(record).is_none())
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

/// What the Application Use field of every descriptor begins with. It tells how volume space sizes count.
pub(crate) const APPLICATION_USE: &[u8] = b"fsimage 1";

fn application_use() -> [u8; 512] {
    let mut field = [0; 512];
    field[..APPLICATION_USE.len()].copy_from_slice(APPLICATION_USE);
    field
}
