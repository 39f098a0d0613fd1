// crate

pub use escape::Level;
pub use iso9660::names::{NoUniqueName, SourceName, Standing};
pub use name::{JolietRules, RecordedNames, distinct_part, record_names};
pub use order::compare_identifiers;
pub use read::{
    decode, descriptor, shown_text, unread_escape_sequences, volume, volume_name,
};
pub use volume::{fill_text, identifiers, volume_descriptor, volume_identifier};

// crate::escape

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Level {
    One,
    Two,
    Three,
}
impl Level {
    pub const fn escape_sequence(self) -> &'static [u8; 3] {}
    pub fn of(field: &[u8; 32]) -> Option<Level> {}
    pub fn field(self) -> [u8; 32] {}
}

// crate::name

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct JolietRules {
    pub max_units: u8,
    pub version: bool,
    pub level: Level,
    pub replace_beyond_bmp: bool,
    pub keep_forbidden: bool,
}
impl JolietRules {
    pub const STRICT: JolietRules = _;
    pub const LONG: JolietRules = _;
}
impl Default for JolietRules {}
#[derive(Clone, Debug, Default)]
/// And private fields.
pub struct RecordedNames {}
impl RecordedNames {
    pub fn len(&self) -> usize {}
    pub fn is_empty(&self) -> bool {}
    pub fn identifier(&self, index: usize) -> &[u8] {}
    pub fn changes(&self, index: usize) -> NameChanges {}
}
pub fn record_names(
    rules: &JolietRules,
    names: &[SourceName<'_>],
) -> Result<RecordedNames, NoUniqueName> {}
pub fn distinct_part(identifier: &[u8]) -> Vec<u8> {}

// crate::order

pub fn compare_identifiers(a: &[u8], b: &[u8]) -> Ordering {}

// crate::read

pub fn descriptor(set: &VolumeSet) -> Option<&SupplementaryVolumeDescriptor> {}
pub fn unread_escape_sequences(
    descriptor: &SupplementaryVolumeDescriptor,
) -> Option<String> {}
pub fn volume<R: ReadSectors>(
    source: R,
    set: &VolumeSet,
) -> Result<Option<Volume<R>>, Error> {}
pub fn volume_name(set: &VolumeSet) -> Option<String> {}
pub fn shown_text(recorded: &[u8]) -> String {}
pub fn decode(identifier: &[u8], out: &mut Vec<u8>) -> Option<&'static str> {}

// crate::volume

pub fn volume_descriptor(
    level: Level,
    fields: VolumeFields,
) -> SupplementaryVolumeDescriptor {}
pub fn volume_identifier(name: &str) -> [u8; 32] {}
pub fn identifiers(primary: &Identifiers, volume: [u8; 32]) -> Identifiers {}
pub fn fill_text(text: &str, field: &mut [u8]) {}

