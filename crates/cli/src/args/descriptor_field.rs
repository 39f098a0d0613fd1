//! A field of the descriptors of one file system.

use std::str::FromStr;
use std::time::SystemTime;

use clap::ValueEnum;

use super::FileSystemName;
use super::volume::parse_time;

/// `FILE_SYSTEM:FIELD=VALUE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescriptorField {
    /// Whose descriptors.
    pub file_system: FileSystemName,
    /// Which field.
    pub field: FieldName,
    /// What it is to hold.
    pub value: FieldValue,
}

/// The content of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// Characters.
    Text(String),
    /// A time.
    Time(SystemTime),
}

/// A field, by the option that sets it for all file systems, where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
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

impl FieldName {
    fn is_time(self) -> bool {
        use FieldName::{VolumeCreated, VolumeEffective, VolumeExpires, VolumeModified};
        matches!(self, VolumeCreated | VolumeModified | VolumeExpires | VolumeEffective)
    }

    /// Whether the file system has such a field.
    fn is_of(self, file_system: FileSystemName) -> bool {
        use FieldName::{AbstractFile, Application, CopyrightFile, VolumeCreated, VolumeSet};
        let is_of_udf_alone = matches!(self, FieldName::Owner | FieldName::Organization | FieldName::Contact);
        match file_system {
            FileSystemName::RockRidge => false,
            FileSystemName::HfsPlus => self == FieldName::Volume,
            FileSystemName::Udf => {
                let is_shared = [VolumeSet, Application, CopyrightFile, AbstractFile, VolumeCreated];
                is_of_udf_alone || self == FieldName::Volume || is_shared.contains(&self)
            }
            _ => !is_of_udf_alone,
        }
    }
}

impl FromStr for DescriptorField {
    type Err = String;

    fn from_str(text: &str) -> Result<DescriptorField, String> {
        let wanted = "wanted FILE_SYSTEM:FIELD=VALUE";
        let (file_system, rest) = text.split_once(':').ok_or(wanted)?;
        let (field, value) = rest.split_once('=').ok_or(wanted)?;
        let file_system = FileSystemName::from_str(file_system, false)
            .map_err(|_| format!("there is no file system {file_system:?}; {}", all_fields()))?;
        let found = FieldName::from_str(field, false).ok().filter(|name| name.is_of(file_system));
        let field = found.ok_or_else(|| match file_system {
            FileSystemName::RockRidge => "Rock Ridge has no descriptors; name those of iso9660".to_owned(),
            _ => {
                let names = fields_of(file_system);
                let meant = names.iter().find(|name| {
                    !field.is_empty() && name.split_once('-').is_some_and(|(a, b)| [a, b].contains(&field))
                });
                let meant = meant.map_or(String::new(), |meant| format!("did you mean {meant}? "));
                format!("{meant}its descriptors have {}", names.join(", "))
            }
        })?;
        let value = match field.is_time() {
            true => FieldValue::Time(parse_time(value)?),
            false => FieldValue::Text(value.to_owned()),
        };
        Ok(DescriptorField { file_system, field, value })
    }
}

/// Names of the fields that the descriptors of a file system have.
fn fields_of(file_system: FileSystemName) -> Vec<String> {
    let fields = FieldName::value_variants().iter().filter(|name| name.is_of(file_system));
    fields.filter_map(name_of).collect()
}

/// All that may stand in front of the value, in words: file systems with the same fields together.
fn all_fields() -> String {
    let mut all: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for &file_system in FileSystemName::value_variants() {
        let fields = fields_of(file_system);
        match all.iter_mut().find(|(_, known)| *known == fields) {
            _ if fields.is_empty() => {}
            Some((names, _)) => names.extend(name_of(&file_system)),
            None => all.push((name_of(&file_system).into_iter().collect(), fields)),
        }
    }
    let words = all.iter().map(|(names, fields)| match &names[..] {
        [name] => format!("{name} has {}", fields.join(", ")),
        names => format!("{} have {}", names.join(", "), fields.join(", ")),
    });
    words.collect::<Vec<_>>().join("; ")
}

fn name_of(value: &impl ValueEnum) -> Option<String> {
    value.to_possible_value().map(|value| value.get_name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_system_has_its_fields() {
        let parsed = |text: &str| text.parse::<DescriptorField>();
        let expected = DescriptorField {
            file_system: FileSystemName::Joliet,
            field: FieldName::Publisher,
            value: FieldValue::Text("a=b:c".to_owned()),
        };
        assert_eq!(parsed("joliet:publisher=a=b:c"), Ok(expected));
        for right in ["udf:owner=Ada", "iso9660-1999:system=", "hfsplus:volume=M", "udf:volume-set=S"] {
            assert!(parsed(right).is_ok(), "{right}");
        }
        let time = parsed("iso9660:volume-expires=2030-01-01T00:00:00Z").unwrap();
        assert!(matches!(time.value, FieldValue::Time(_)));
        for (wrong, reason) in [
            ("joliet", "wanted"),
            ("joliet:publisher", "wanted"),
            ("ext4:publisher=A", "no file system \"ext4\"; "),
            ("ext4:publisher=A", "iso9660, joliet, iso9660-1999 have volume, volume-set, system, "),
            ("ext4:publisher=A", "; udf has volume, volume-set, application, "),
            ("ext4:publisher=A", "; hfsplus has volume"),
            ("joliet:owner=A", "publisher, preparer"),
            ("joliet:created=2030-01-01T00:00:00Z", "did you mean volume-created?"),
            ("udf:copyright=C", "did you mean copyright-file?"),
            ("udf:publisher=A", "owner, organization, contact"),
            ("hfsplus:system=A", "have volume"),
            ("rock-ridge:system=A", "name those of iso9660"),
            ("iso9660:volume-created=soon", "times are like"),
        ] {
            let told = parsed(wrong).unwrap_err();
            assert!(told.contains(reason), "{wrong}: {told}");
        }
    }
}
