use iso9660::names::NameRules;
use joliet::JolietRules;

use crate::UdfRevision;
use crate::tree::FileSystems;

/// In what form the imported session has names and items. What one of its file systems has in another form than the tree, or
/// not at all, and has so still, is no change: [`Notice::AsBefore`](super::Notice::AsBefore).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct RecordedForms {
    /// File systems of which it is known what they have: those whose names the import has kept.
    pub file_systems: FileSystems,
    /// Rules by which the names of plain ISO 9660 follow from those of the tree.
    pub iso9660_names: NameRules,
    /// Those of Joliet.
    pub joliet_names: JolietRules,
    /// The revision of UDF, where it is one that is written.
    pub udf_revision: Option<UdfRevision>,
}
