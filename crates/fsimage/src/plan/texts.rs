use iso9660::volume::Identifiers;

use super::Notice;
use crate::tree::FileSystem;

/// Texts of the volume descriptors, adapted to each file system: ISO 9660 takes printable ASCII, Joliet half as many
/// characters of UCS-2, UDF the volume set and the files with copyright statement and abstract. What is `None` stays as [`PlanOptions::identifiers`] has it.
///
/// [`PlanOptions::identifiers`]: super::PlanOptions::identifiers
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct VolumeTexts {
    /// System that can act on the system area (ECMA-119 8.4.5): 32 characters.
    pub system: Option<String>,
    /// Name of the volume set (8.4.19): 128 characters.
    pub volume_set: Option<String>,
    /// Publisher (8.4.20): 128 characters; `_` and a name for a file in the root that says it.
    pub publisher: Option<String>,
    /// Data preparer (8.4.21), likewise.
    pub data_preparer: Option<String>,
    /// Application (8.4.22), likewise.
    pub application: Option<String>,
    /// File in the root with a copyright statement (8.4.23): 37 characters.
    pub copyright_file: Option<String>,
    /// File in the root with an abstract (8.4.24), likewise.
    pub abstract_file: Option<String>,
    /// File in the root with bibliographic records (8.4.25), likewise.
    pub bibliographic_file: Option<String>,
}

impl VolumeTexts {
    /// The texts in the fields of a descriptor of ISO 9660.
    pub(super) fn recorded(fields: &Identifiers, file_system: FileSystem) -> VolumeTexts {
        let text = |field: &[u8]| {
            let text = shown(field, file_system);
            let text = text.trim_end_matches(['\0', ' ']);
            (!text.is_empty()).then(|| text.to_owned())
        };
        VolumeTexts {
            system: text(&fields.system),
            volume_set: text(&fields.volume_set),
            publisher: text(&fields.publisher),
            data_preparer: text(&fields.data_preparer),
            application: text(&fields.application),
            copyright_file: text(&fields.copyright_file),
            abstract_file: text(&fields.abstract_file),
            bibliographic_file: text(&fields.bibliographic_file),
        }
    }

    /// A text alone that names a file; `what` is what [`VolumeTexts::named_files`] calls it.
    pub(super) fn naming(what: &str, name: &str) -> VolumeTexts {
        let mut texts = VolumeTexts::default();
        let (field, mark) = match what {
            "copyright file" => (&mut texts.copyright_file, ""),
            "abstract file" => (&mut texts.abstract_file, ""),
            "bibliographic file" => (&mut texts.bibliographic_file, ""),
            "publisher" => (&mut texts.publisher, "_"),
            "data preparer" => (&mut texts.data_preparer, "_"),
            _ => (&mut texts.application, "_"),
        };
        *field = Some(format!("{mark}{name}"));
        texts
    }

    /// Whether there is a text of this name.
    pub(super) fn has(&self, what: &str) -> bool {
        let mut fields = Identifiers::default();
        self.with_fields(&mut fields).iter().any(|(text, of, _)| *of == what && text.is_some())
    }

    /// Puts the texts into fields of a descriptor.
    pub(super) fn put_into(&self, file_system: FileSystem, fields: &mut Identifiers) {
        match file_system {
            FileSystem::Joliet => self.put_into_joliet(fields),
            _ => self.put_into_iso9660(fields),
        }
    }

    /// Puts the texts into fields of ISO 9660.
    pub(super) fn put_into_iso9660(&self, fields: &mut Identifiers) {
        self.put(fields, &mut |text, field| {
            field.fill(b' ');
            for (byte, character) in field.iter_mut().zip(text.chars()) {
                *byte = if matches!(character, ' '..='~') { character as u8 } else { b'_' };
            }
        });
    }

    /// Puts the texts into fields of Joliet.
    pub(super) fn put_into_joliet(&self, fields: &mut Identifiers) {
        self.put(fields, &mut |text, field| joliet::fill_text(text, field));
    }

    /// These, and those of `others` where there is none.
    pub(super) fn or(&self, others: &VolumeTexts) -> VolumeTexts {
        let or = |own: &Option<String>, other: &Option<String>| own.as_ref().or(other.as_ref()).cloned();
        VolumeTexts {
            system: or(&self.system, &others.system),
            volume_set: or(&self.volume_set, &others.volume_set),
            publisher: or(&self.publisher, &others.publisher),
            data_preparer: or(&self.data_preparer, &others.data_preparer),
            application: or(&self.application, &others.application),
            copyright_file: or(&self.copyright_file, &others.copyright_file),
            abstract_file: or(&self.abstract_file, &others.abstract_file),
            bibliographic_file: or(&self.bibliographic_file, &others.bibliographic_file),
        }
    }

    fn put(&self, fields: &mut Identifiers, put: &mut dyn FnMut(&str, &mut [u8])) {
        for (text, _, field) in self.with_fields(fields) {
            if let Some(text) = text {
                put(text, field);
            }
        }
    }

    fn with_fields<'a>(
        &'a self,
        fields: &'a mut Identifiers,
    ) -> [(Option<&'a str>, &'static str, &'a mut [u8]); 8] {
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
        } = fields;
        [
            (self.system.as_deref(), "system identifier", system),
            (self.volume_set.as_deref(), "volume set identifier", volume_set),
            (self.publisher.as_deref(), "publisher", publisher),
            (self.data_preparer.as_deref(), "data preparer", data_preparer),
            (self.application.as_deref(), "application", application),
            (self.copyright_file.as_deref(), "copyright file", copyright_file),
            (self.abstract_file.as_deref(), "abstract file", abstract_file),
            (self.bibliographic_file.as_deref(), "bibliographic file", bibliographic_file),
        ]
    }

    /// Files in the root that texts name, and which texts do: some always, others where they begin with `_`.
    pub(super) fn named_files(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let always = [
            ("copyright file", &self.copyright_file),
            ("abstract file", &self.abstract_file),
            ("bibliographic file", &self.bibliographic_file),
        ];
        let marked = [
            ("publisher", &self.publisher),
            ("data preparer", &self.data_preparer),
            ("application", &self.application),
        ];
        let always = always.into_iter().map(|(what, text)| (what, text.as_deref()));
        let marked = marked
            .into_iter()
            .map(|(what, text)| (what, text.as_deref().and_then(|text| text.strip_prefix('_'))));
        let named = always.chain(marked).filter_map(|(what, name)| Some((what, name?.trim_end())));
        named.filter(|(_, name)| !name.is_empty())
    }

    /// Texts that a file system records in another form. Joliet has half the room.
    pub(super) fn notices(&self, file_system: FileSystem) -> Vec<Notice> {
        let mut fields = Identifiers::default();
        self.put_into(file_system, &mut fields);
        let texts = self.with_fields(&mut fields).into_iter();
        let changed = texts.filter_map(|(text, what, field)| {
            Notice::of_text(what, text?, file_system, shown(field, file_system).trim_end().to_owned())
        });
        changed.collect()
    }
}

/// What a field says.
fn shown(field: &[u8], file_system: FileSystem) -> String {
    match file_system {
        FileSystem::Joliet => {
            let units = field.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or('_')).collect()
        }
        _ => String::from_utf8_lossy(field).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_system_takes_what_it_can() {
        let texts = VolumeTexts {
            publisher: Some("Müller & Co".to_owned()),
            system: Some("a system of thirty-two characters".to_owned()),
            ..VolumeTexts::default()
        };
        let mut fields = Identifiers::default();
        texts.put_into_iso9660(&mut fields);
        assert!(fields.publisher.starts_with(b"M_ller & Co  "));
        assert_eq!(&fields.system, b"a system of thirty-two character");
        texts.put_into_joliet(&mut fields);
        assert!(fields.publisher.starts_with(b"\0M\0\xfc\0l"));
        let told = |file_system| -> Vec<String> {
            texts.notices(file_system).iter().map(ToString::to_string).collect()
        };
        assert_eq!(told(FileSystem::Iso9660).len(), 2);
        assert_eq!(told(FileSystem::Joliet).len(), 1);
    }
}
