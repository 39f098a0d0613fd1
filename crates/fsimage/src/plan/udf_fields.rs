//! What identifies a UDF volume, and the texts of its descriptors.

use sha2::{Digest, Sha256};
use udf::write::VolumeIdentifiers;
use udf::{DString, EntityId};

use super::{Notice, PlanOptions, VolumeName};
use crate::Result;
use crate::disc::dstring;
use crate::tree::{FileSystem, Timestamp};
use crate::view::internal;

/// Fields of the descriptors of UDF. The implementation identifiers always name this library: they say who recorded the
/// descriptors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct UdfFields {
    /// Name of the volume set (ECMA-167 3/10.1.11), behind the 16 characters that no other set has (UDF 2.2.2.5): 110
    /// characters up to U+00FF, or 55 units of UTF-16. `None` is [`PlanOptions::texts`]' one, or the volume name.
    pub volume_set: Option<String>,
    /// Application (3/10.1.17), an entity identifier: 23 characters of ASCII, `*` the first (UDF 2.1.5.2), which is put in
    /// front where it is missing. `None` is [`PlanOptions::texts`]' one, or this library.
    pub application: Option<String>,
    /// File in the root with a copyright statement (4/14.1.13): 30 characters up to U+00FF, or 15 units of UTF-16. `None`
    /// is [`PlanOptions::texts`]' one.
    pub copyright_file: Option<String>,
    /// File in the root with an abstract (4/14.1.14), likewise.
    pub abstract_file: Option<String>,
    /// Owner of the volume (UDF 2.2.7.2.3): 34 characters up to U+00FF, or 17 units of UTF-16.
    pub owner: Option<String>,
    /// Organization behind it, likewise.
    pub organization: Option<String>,
    /// How to reach them, likewise.
    pub contact: Option<String>,
    /// When the descriptors were recorded (3/10.1.18). `None` is when the volume was made.
    pub recorded: Option<Timestamp>,
}

/// Characters at the beginning of a volume set identifier that no other set has.
const UNIQUE: usize = 16;

impl UdfFields {
    /// The fields of a volume that do not follow from its label or its implementation.
    pub(crate) fn of_volume(volume: &crate::disc::udf::UdfVolume) -> UdfFields {
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        let (primary, file_set) = (volume.primary(), volume.file_set());
        let [owner, organization, contact] = volume.information().map_or_else(Default::default, |found| {
            found.information.each_ref().map(|text| given(dstring(text)))
        });
        UdfFields {
            volume_set: primary.and_then(|primary| {
                let (set, label) = (dstring(&primary.volume_set_identifier), volume.label());
                let digits = set.char_indices().nth(UNIQUE).map(|(at, _)| set.split_at(at));
                // A set of fewer characters has none that are unique.
                let (digits, name) = digits.unwrap_or(("", &set));
                let follows = DString::truncated(&format!("{digits}{label}"));
                let is_own = follows.map_or(true, |(field, _)| field != primary.volume_set_identifier);
                given(name.to_owned()).filter(|_| is_own)
            }),
            application: primary.and_then(|primary| {
                let application = primary.application_identifier.text();
                let is_own = application != EntityId::new(b"*fsimage").text();
                is_own.then(|| String::from_utf8_lossy(application).into_owned())
            }),
            copyright_file: given(dstring(&file_set.copyright_file_identifier)),
            abstract_file: given(dstring(&file_set.abstract_file_identifier)),
            owner,
            organization,
            contact,
            recorded: primary.and_then(|primary| crate::disc::udf::time(primary.recording_time)),
        }
    }

    /// Files in the root that texts of UDF alone name, and which texts do.
    pub(super) fn named_files(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let named = [("copyright file", &self.copyright_file), ("abstract file", &self.abstract_file)];
        let named = named.into_iter().filter_map(|(what, name)| Some((what, name.as_deref()?.trim_end())));
        named.filter(|(_, name)| !name.is_empty())
    }
}

/// Byte order marks have no place in CS0.
fn field<const N: usize>(text: &str) -> (DString<N>, bool) {
    DString::truncated(&text.replace(['\u{feff}', '\u{fffe}', '\0'], "_")).unwrap_or_default()
}

/// The label users see, with what became of it: `true` if all of it is there.
pub(super) fn label(options: &PlanOptions) -> (DString<128>, bool) {
    field(&volume_name(options, FileSystem::Udf))
}

/// The volume's name in a file system that has room for the one of Joliet.
pub(super) fn volume_name(options: &PlanOptions, file_system: FileSystem) -> String {
    if let Some(name) = options.volume_names.get(&file_system) {
        return name.clone();
    }
    match &options.volume {
        VolumeName::Adapted(name) => name.clone(),
        VolumeName::Recorded { joliet: Some(joliet), .. } => {
            let units = joliet.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
            let name: String = char::decode_utf16(units).map(|unit| unit.unwrap_or('_')).collect();
            name.trim_end().to_owned()
        }
        VolumeName::Recorded { iso9660, .. } => {
            String::from_utf8_lossy(iso9660.trim_ascii_end()).trim_end_matches('\0').to_owned()
        }
    }
}

/// An entity identifier begins with `*`, unless it says that it is of a standard, or registered nowhere (ECMA-167 1/7.4.2).
fn application(text: &str) -> EntityId {
    let mark = if text.is_empty() || text.starts_with(['*', '+', '-']) { "" } else { "*" };
    let ascii = |character| if matches!(character, ' '..='~') { character as u8 } else { b'_' };
    let bytes: Vec<u8> = mark.chars().chain(text.chars()).map(ascii).collect();
    EntityId::new(&bytes)
}

/// The volume set identifier begins with 16 digits that no other set should have: 8 of the time, 8 of a hash
/// over what the volume is (UDF 2.2.2.5). Both follow from the input alone.
pub(super) fn identifiers(options: &PlanOptions, numbers: [u32; 3]) -> Result<VolumeIdentifiers> {
    let (logical_volume, _) = label(options);
    let shown = logical_volume.text().unwrap_or_default();
    let text = |error: udf::cs0::Cs0Error| internal(&error);
    let mut hash = Sha256::new();
    hash.update(shown.as_bytes());
    for number in numbers {
        hash.update(number.to_le_bytes());
    }
    let hash = hash.finalize();
    let created = options.creation().map_or(0, |created| created.seconds as u32);
    let derived = || format!("{created:08X}{:02X}{:02X}{:02X}{:02X}", hash[0], hash[1], hash[2], hash[3]);
    let unique = options.unique_digits().unwrap_or_else(derived);
    let wanted = Wanted::of(options);
    let set = wanted.volume_set.unwrap_or(&shown);
    let own = &options.own_fields.udf;
    let name = |text: Option<&str>| field(text.unwrap_or_default()).0;
    Ok(VolumeIdentifiers {
        volume: DString::truncated(&shown).map_err(text)?.0,
        logical_volume,
        volume_set: field(&format!("{unique}{set}")).0,
        file_set: DString::truncated(&shown).map_err(text)?.0,
        application: wanted.application.map(application),
        copyright_file: name(wanted.copyright_file),
        abstract_file: name(wanted.abstract_file),
        information: [&own.owner, &own.organization, &own.contact]
            .map(|text| field(text.as_deref().unwrap_or_default()).0),
    })
}

/// Texts of UDF that other file systems may have as well.
struct Wanted<'a> {
    volume_set: Option<&'a str>,
    application: Option<&'a str>,
    copyright_file: Option<&'a str>,
    abstract_file: Option<&'a str>,
}

impl Wanted<'_> {
    fn of(options: &PlanOptions) -> Wanted<'_> {
        let (own, common) = (&options.own_fields.udf, &options.texts);
        Wanted {
            volume_set: own.volume_set.as_deref().or(common.volume_set.as_deref()),
            application: own.application.as_deref().or(common.application.as_deref()),
            copyright_file: own.copyright_file.as_deref().or(common.copyright_file.as_deref()),
            abstract_file: own.abstract_file.as_deref().or(common.abstract_file.as_deref()),
        }
    }
}

/// Texts that are recorded in another form. `recorded` are the identifiers of the volume.
pub(super) fn notices(options: &PlanOptions, recorded: &VolumeIdentifiers) -> Vec<Notice> {
    let wanted = Wanted::of(options);
    let own = &options.own_fields.udf;
    let set = dstring(&recorded.volume_set);
    let [owner, organization, contact] = recorded.information.each_ref().map(dstring);
    // The mark in front is no change.
    let application = recorded.application.zip(wanted.application).map(|(id, wanted)| {
        let text = String::from_utf8_lossy(id.text()).into_owned();
        text.strip_prefix('*').filter(|rest| *rest == wanted.trim_end()).map(str::to_owned).unwrap_or(text)
    });
    let texts = [
        ("volume set identifier", wanted.volume_set, set.chars().skip(UNIQUE).collect()),
        ("application", wanted.application, application.unwrap_or_default()),
        ("copyright file", wanted.copyright_file, dstring(&recorded.copyright_file)),
        ("abstract file", wanted.abstract_file, dstring(&recorded.abstract_file)),
        ("owner", own.owner.as_deref(), owner),
        ("organization", own.organization.as_deref(), organization),
        ("contact", own.contact.as_deref(), contact),
    ];
    let changed = texts
        .into_iter()
        .filter_map(|(what, text, recorded)| Notice::of_text(what, text?, FileSystem::Udf, recorded));
    changed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entity_identifiers_begin_with_a_mark() {
        for (text, recorded) in [
            ("*Maker", &b"*Maker"[..]),
            ("Maker", b"*Maker"),
            ("-Maker", b"-Maker"),
            ("", b""),
            ("*M\u{fc}ller", b"*M_ller"),
            ("a program with a long name", b"*a program with a long "),
        ] {
            assert!(application(text).is(recorded), "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let mut options = PlanOptions::default();
        options.own_fields.udf = UdfFields {
            volume_set: Some("s".repeat(111)),
            owner: Some("\u{416}".repeat(18)),
            contact: Some("fits".to_owned()),
            ..UdfFields::default()
        };
        options.texts.copyright_file = Some("c".repeat(31));
        options.texts.publisher = Some("p".repeat(200));
        let recorded = identifiers(&options, [0; 3]).unwrap();
        let told: Vec<_> = notices(&options, &recorded).iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!(dstring(&recorded.volume_set).len(), 126);
        assert_eq!(dstring(&recorded.information[0]).chars().count(), 17);
    }
}
