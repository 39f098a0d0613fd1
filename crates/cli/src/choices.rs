//! What was chosen for an image, and why.

use std::fmt;

use fsimage::{
    Embedding, FileSystem, FileSystems, Medium, MediumDefaults, MetadataPartition, PlanOptions, UdfAccess,
    UdfOptions, UdfSymlinks,
};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::args::{Authoring, PresetName};
use crate::counted::counted;

/// One thing that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Choice {
    /// For instance `UDF revision`.
    pub(crate) what: &'static str,
    pub(crate) chosen: String,
    pub(crate) why: Why,
}

/// Who chose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The command line, with this option.
    Asked(&'static str),
    /// The table of defaults.
    Medium(Medium, Option<&'static str>),
    /// The session that is continued.
    Session(u16),
    /// A preset, and its reason.
    Preset(&'static str, String),
    /// Something else that was chosen.
    Follows(String),
}

/// The session that is continued.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    pub(crate) number: u16,
    pub(crate) has_udf: bool,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Asked(option) => write!(f, "asked for by {option}"),
            Why::Medium(medium, None) => write!(f, "default for {medium}"),
            Why::Medium(medium, Some(reason)) => write!(f, "default for {medium}: {reason}"),
            Why::Session(number) => write!(f, "as in session {number}"),
            Why::Preset(name, reason) => write!(f, "by --preset {name}: {reason}"),
            Why::Follows(from) => f.write_str(from),
        }
    }
}

impl Serialize for Why {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("why", 2)?;
        let by = match self {
            Why::Asked(_) | Why::Preset(..) => "option",
            Why::Medium(..) => "medium",
            Why::Session(_) => "session",
            Why::Follows(_) => "rule",
        };
        object.serialize_field("by", by)?;
        object.serialize_field("reason", &self.to_string())?;
        object.end()
    }
}

/// What of `options` was chosen, and why.
pub(crate) fn choices(
    authoring: &Authoring,
    options: &PlanOptions,
    medium: Medium,
    before: Option<Before>,
    preset: Option<PresetName>,
) -> Vec<Choice> {
    let asked = |is_given: bool, option| is_given.then_some(Why::Asked(option));
    let default = || Why::Medium(medium, None);
    let continued = before.map(|before| Why::Session(before.number));
    let mut choices = vec![Choice {
        what: "file systems",
        chosen: names(options.file_systems),
        why: asked(!authoring.fs.is_empty(), "--fs")
            .or(preset.map(PresetName::reason))
            .or(continued)
            .unwrap_or_else(default),
    }];
    if !options.file_systems.contains(FileSystems::UDF) {
        return choices;
    }
    let given = &authoring.udf;
    let UdfOptions { revision, metadata_partition, embedding, symlinks, access } =
        options.udf.resolved(options.file_systems);
    let old_udf = || before.filter(|before| before.has_udf).map(|before| Why::Session(before.number));
    let by_revision = options.udf.metadata_partition == MetadataPartition::ByRevision;
    let is_automatic = options.udf.embedding == Embedding::Automatic;
    let beside = options.file_systems.contains(FileSystems::ISO9660);
    choices.extend([
        Choice {
            what: "UDF revision",
            chosen: revision.to_string(),
            why: asked(given.udf_revision.is_some(), "--udf-revision")
                .or(preset.map(PresetName::reason))
                .or_else(old_udf)
                .unwrap_or_else(|| match MediumDefaults::of(medium) {
                    defaults if access == UdfAccess::WriteOnce && revision > defaults.udf.revision => {
                        Why::Follows("virtual allocation tables came with it".to_owned())
                    }
                    defaults => Why::Medium(medium, Some(defaults.reason)),
                }),
        },
        Choice {
            what: "UDF metadata partition",
            chosen: match metadata_partition {
                MetadataPartition::None => "none",
                MetadataPartition::Single => "single",
                _ => "mirrored",
            }
            .to_owned(),
            why: match asked(given.udf_metadata.is_some(), "--udf-metadata") {
                Some(asked) if !by_revision => asked,
                _ => Why::Follows(format!("by revision {revision}")),
            },
        },
        Choice {
            what: "UDF embedding",
            chosen: match embedding {
                Embedding::Nothing => "nothing",
                Embedding::Directories => "directories",
                Embedding::Automatic => "all that fits",
            }
            .to_owned(),
            why: match asked(given.udf_embedding.is_some(), "--udf-embedding") {
                Some(asked) if !is_automatic => asked,
                _ if beside => Why::Follows("ISO 9660 needs file data in sectors".to_owned()),
                _ => Why::Follows("UDF is alone".to_owned()),
            },
        },
        Choice {
            what: "UDF symbolic links",
            chosen: match symlinks {
                UdfSymlinks::Store => "stored",
                UdfSymlinks::Omit => "left out",
                UdfSymlinks::Copy => "further names of their files",
            }
            .to_owned(),
            why: asked(given.udf_symlinks.is_some(), "--udf-symlinks")
                .or_else(|| old_udf().filter(|_| symlinks == UdfSymlinks::Copy))
                .unwrap_or_else(default),
        },
        Choice {
            what: "UDF access",
            chosen: match access {
                UdfAccess::ReadOnly => "read-only".to_owned(),
                UdfAccess::WriteOnce => "write-once, with a virtual allocation table".to_owned(),
                UdfAccess::Overwritable { free } => {
                    format!("overwritable, {} free", counted(free.get(), "sector"))
                }
            },
            why: asked(given.udf_vat, "--udf-vat")
                .or(asked(given.udf_access.is_some(), "--udf-access"))
                .or_else(|| old_udf().filter(|_| access == UdfAccess::WriteOnce))
                .unwrap_or_else(default),
        },
    ]);
    choices
}

fn names(file_systems: FileSystems) -> String {
    let all = [
        FileSystem::Iso9660,
        FileSystem::RockRidge,
        FileSystem::Joliet,
        FileSystem::Udf,
        FileSystem::Enhanced,
        FileSystem::HfsPlus,
    ];
    let names = all.into_iter().filter(|one| file_systems.contains(one.as_set()));
    names.map(|one| one.to_string()).collect::<Vec<_>>().join(", ")
}
