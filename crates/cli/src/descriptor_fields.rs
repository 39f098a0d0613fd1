//! Fields of the volume descriptors, of all file systems and of single ones.

use fsimage::{
    DescriptorFields, DescriptorTimes, FileSystem, OwnFields, PlanOptions, Timestamp, UdfFields, VolumeName,
    VolumeTime,
};

use crate::args::{Authoring, DescriptorField, FieldName, FieldValue};
use crate::failure::Failure;
use crate::plan_options::file_system;

/// Fields in `options` that are kept of single file systems give way to those that the command line has for all, and
/// these to those that it has for single ones.
pub(crate) fn apply(authoring: &Authoring, options: &mut PlanOptions) -> Result<(), Failure> {
    let descriptors = &authoring.volume_descriptors;
    if let Some(name) = &authoring.volume {
        options.volume = VolumeName::Adapted(name.clone());
        options.volume_names.clear();
    }
    give_way(authoring, &mut options.own_fields);
    let names = [
        (FileSystem::Iso9660, &descriptors.iso_volume),
        (FileSystem::Joliet, &descriptors.joliet_volume),
        (FileSystem::Udf, &descriptors.udf_volume),
        (FileSystem::HfsPlus, &descriptors.hfsplus_volume),
    ];
    for (file_system, name) in names {
        let Some(name) = name else { continue };
        options.volume_names.insert(file_system, name.clone());
    }
    for (at, field) in descriptors.field.iter().enumerate() {
        let file_system = file_system(field.file_system);
        let is_same =
            |other: &DescriptorField| (other.file_system, other.field) == (field.file_system, field.field);
        if descriptors.field[..at].iter().any(is_same) {
            return Err(Failure::argument("--field", format!("a field of {file_system} is given twice")));
        }
        put(field, file_system, options);
    }
    for field in descriptors.field.iter().filter(|field| matches!(field.value, FieldValue::Time(_))) {
        check_dates(file_system(field.file_system), options)?;
    }
    Ok(())
}

/// That the dates of a descriptor, its own and those for all, do not contradict each other.
fn check_dates(file_system: FileSystem, options: &PlanOptions) -> Result<(), Failure> {
    let own = &options.own_fields;
    let own = match file_system {
        FileSystem::Joliet => [&own.joliet.times, &own.joliet.times],
        FileSystem::Enhanced => [&own.enhanced.times, &own.iso9660.times],
        FileSystem::Iso9660 => [&own.iso9660.times, &own.iso9660.times],
        _ => return Ok(()),
    };
    let shown = |of: fn(&DescriptorTimes) -> Option<VolumeTime>, common: Option<Timestamp>| match own
        .into_iter()
        .find_map(of)
    {
        Some(time) => time.to_unix().map(|(seconds, _)| seconds),
        None => common.map(|time| time.seconds),
    };
    let created = shown(|times| times.creation, options.created);
    let modified = shown(|times| times.modification, options.modified);
    let effective = shown(|times| times.effective, options.effective);
    let expires = shown(|times| times.expiration, options.expiration);
    for (earlier, later, contradiction) in [
        (created, modified, "modification lies before its creation (ECMA-119 8.4.26, 8.4.27)"),
        (effective, expires, "expiration lies before its effective date (ECMA-119 8.4.28, 8.4.29)"),
    ] {
        if matches!((earlier, later), (Some(earlier), Some(later)) if later < earlier) {
            let reason = format!("in {file_system}, the volume's {contradiction}");
            return Err(Failure::argument("--field", reason));
        }
    }
    Ok(())
}

/// Times, and texts of UDF, are what single file systems keep; other texts are kept as they are recorded, and those for
/// all come over them anyway.
fn give_way(authoring: &Authoring, own: &mut OwnFields) {
    let given = &authoring.volume_descriptors;
    for fields in [&mut own.iso9660, &mut own.enhanced, &mut own.joliet] {
        let times = &mut fields.times;
        times.creation.take_if(|_| given.volume_created.is_some());
        times.modification.take_if(|_| given.volume_modified.is_some());
        times.expiration.take_if(|_| given.volume_expires.is_some());
        times.effective.take_if(|_| given.volume_effective.is_some());
    }
    let UdfFields { volume_set, application, copyright_file, abstract_file, recorded, .. } = &mut own.udf;
    volume_set.take_if(|_| given.volume_set.is_some());
    application.take_if(|_| given.application.is_some());
    copyright_file.take_if(|_| given.copyright_file.is_some());
    abstract_file.take_if(|_| given.abstract_file.is_some());
    recorded.take_if(|_| given.volume_created.is_some());
}

fn put(given: &DescriptorField, file_system: FileSystem, options: &mut PlanOptions) {
    let own = &mut options.own_fields;
    match (file_system, given.field, &given.value) {
        (_, FieldName::Volume, FieldValue::Text(text)) => {
            options.volume_names.insert(file_system, text.clone());
        }
        (FileSystem::Udf, field, value) => put_into_udf(field, value, &mut own.udf),
        (FileSystem::Joliet, field, value) => put_into(field, value, &mut own.joliet),
        (FileSystem::Enhanced, field, value) => put_into(field, value, &mut own.enhanced),
        (_, field, value) => put_into(field, value, &mut own.iso9660),
    }
}

fn put_into(field: FieldName, value: &FieldValue, fields: &mut DescriptorFields) {
    let DescriptorFields { texts, times } = fields;
    match value {
        FieldValue::Text(text) => {
            let place = match field {
                FieldName::System => &mut texts.system,
                FieldName::VolumeSet => &mut texts.volume_set,
                FieldName::Publisher => &mut texts.publisher,
                FieldName::Preparer => &mut texts.data_preparer,
                FieldName::Application => &mut texts.application,
                FieldName::CopyrightFile => &mut texts.copyright_file,
                FieldName::AbstractFile => &mut texts.abstract_file,
                FieldName::BibliographicFile => &mut texts.bibliographic_file,
                _ => return,
            };
            *place = Some(text.clone());
        }
        FieldValue::Time(time) => {
            let place = match field {
                FieldName::VolumeCreated => &mut times.creation,
                FieldName::VolumeModified => &mut times.modification,
                FieldName::VolumeExpires => &mut times.expiration,
                FieldName::VolumeEffective => &mut times.effective,
                _ => return,
            };
            *place = Some(Timestamp::from(*time).into());
        }
    }
}

fn put_into_udf(field: FieldName, value: &FieldValue, fields: &mut UdfFields) {
    let text = match value {
        FieldValue::Text(text) => text,
        FieldValue::Time(time) => {
            fields.recorded = Some(Timestamp::from(*time));
            return;
        }
    };
    let place = match field {
        FieldName::VolumeSet => &mut fields.volume_set,
        FieldName::Application => &mut fields.application,
        FieldName::CopyrightFile => &mut fields.copyright_file,
        FieldName::AbstractFile => &mut fields.abstract_file,
        FieldName::Owner => &mut fields.owner,
        FieldName::Organization => &mut fields.organization,
        FieldName::Contact => &mut fields.contact,
        _ => return,
    };
    *place = Some(text.clone());
}
