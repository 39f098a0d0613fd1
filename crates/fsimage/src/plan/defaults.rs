//! What is chosen for a medium where nothing is asked for. `docs/defaults.md` has the same table, and a test holds
//! the two together.

use std::fmt;

use sector_io::{Sector, SectorCount};
use udf::Revision;

use super::{Embedding, MetadataPartition, Place, PlanOptions, UdfAccess, UdfOptions, UdfSymlinks};
use crate::record::MediumKind;
use crate::tree::FileSystems;
use crate::{Error, Result};

/// What an image is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Medium {
    /// A file that is mounted, attached to a virtual machine or extracted.
    ImageFile,
    /// A CD-R or CD-RW.
    Cd,
    /// A DVD of any kind.
    Dvd,
    /// A BD-R or BD-RE.
    Bd,
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediumDefaults {
    /// For what.
    pub medium: Medium,
    /// What is written.
    pub file_systems: FileSystems,
    /// Where UDF is among it: its form.
    pub udf: UdfOptions,
    /// Why that revision of UDF.
    pub reason: &'static str,
}

impl MediumDefaults {
    /// The table.
    pub const TABLE: [MediumDefaults; 4] = [
        MediumDefaults {
            medium: Medium::ImageFile,
            file_systems: EVERYWHERE,
            udf: udf(Revision::V2_01),
            reason: "the newest without metadata partition: Windows since XP, macOS since 10.4, Linux and UEFI \
                     firmware read it",
        },
        MediumDefaults {
            medium: Medium::Cd,
            file_systems: EVERYWHERE,
            udf: udf(Revision::V1_50),
            reason: "readers of that age know 1.02 and 1.50",
        },
        MediumDefaults {
            medium: Medium::Dvd,
            file_systems: EVERYWHERE,
            udf: udf(Revision::V1_02),
            reason: "what players and drives of DVD take",
        },
        MediumDefaults {
            medium: Medium::Bd,
            file_systems: EVERYWHERE,
            udf: udf(Revision::V2_50),
            reason: "players and Windows expect a metadata partition there",
        },
    ];

    /// The row of a medium.
    #[must_use]
    pub fn of(medium: Medium) -> &'static MediumDefaults {
        const TABLE: &[MediumDefaults] = &MediumDefaults::TABLE;
        match medium {
            Medium::ImageFile => &TABLE[0],
            Medium::Cd => &TABLE[1],
            Medium::Dvd => &TABLE[2],
            Medium::Bd => &TABLE[3],
        }
    }
}

/// What everything reads, and what further sessions can be added to.
const EVERYWHERE: FileSystems =
    FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE).union(FileSystems::JOLIET);

const fn udf(revision: Revision) -> UdfOptions {
    UdfOptions {
        revision,
        metadata_partition: MetadataPartition::ByRevision,
        embedding: Embedding::Automatic,
        symlinks: UdfSymlinks::Store,
        access: UdfAccess::ReadOnly,
    }
}

impl From<MediumKind> for Medium {
    fn from(kind: MediumKind) -> Medium {
        let profile = mmc_device::Profile(kind.profile());
        Medium::of_profile(profile)
    }
}

impl Medium {
    /// What is in no family that the table has counts as an image file, which everything reads.
    pub(crate) fn of_profile(profile: mmc_device::Profile) -> Medium {
        if profile.is_cd() {
            Medium::Cd
        } else if profile.is_dvd() {
            Medium::Dvd
        } else if profile.is_bd() {
            Medium::Bd
        } else {
            Medium::ImageFile
        }
    }
}

impl fmt::Display for Medium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Medium::ImageFile => "image file",
            Medium::Cd => "CD",
            Medium::Dvd => "DVD",
            Medium::Bd => "BD",
        })
    }
}

impl PlanOptions {
    /// The defaults for a medium.
    #[must_use]
    pub fn for_medium(medium: Medium) -> PlanOptions {
        let &MediumDefaults { file_systems, udf, .. } = MediumDefaults::of(medium);
        PlanOptions { file_systems, udf, ..PlanOptions::default() }
    }
}

impl Place {
    /// The first session on a blank medium.
    ///
    /// # Errors
    /// None for the media there are.
    pub fn on_blank(kind: MediumKind) -> Result<Place> {
        let profile = mmc_device::Profile(kind.profile());
        let growth = match profile.is_overwritable() {
            true => multisession::Growth::Overwritable,
            false => multisession::Growth::Sequential { next_writable: Sector::ZERO },
        };
        let medium = multisession::Medium {
            growth,
            write_unit: SectorCount::new(profile.write_unit()),
            capacity: Some(SectorCount::new(kind.capacity_for_data())),
            end_padding: match profile.is_cd() {
                true => multisession::CD_TRACK_PADDING,
                false => SectorCount::ZERO,
            },
            sessions: multisession::SessionTable::default(),
        };
        multisession::next_session(&medium, None)
            .map(|next| Place { end_mark: !profile.is_overwritable(), ..crate::append::place(&next) })
            .map_err(|error| Error::CannotAppend { reason: error.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_medium_has_its_row() {
        for row in &MediumDefaults::TABLE {
            assert_eq!(MediumDefaults::of(row.medium), row);
        }
        assert_eq!(Medium::from(MediumKind::DvdPlusRDl), Medium::Dvd);
        assert_eq!(UdfOptions::for_medium(Medium::from(MediumKind::BdR)).revision, Revision::V2_50);
    }

    #[test]
    fn what_follows_from_what_is_chosen() {
        let bd = UdfOptions::for_medium(Medium::Bd);
        let resolved = bd.resolved(FileSystems::UDF);
        assert_eq!(
            (resolved.metadata_partition, resolved.embedding),
            (MetadataPartition::Mirrored, Embedding::Automatic)
        );
        let resolved = UdfOptions::default().resolved(EVERYWHERE | FileSystems::UDF);
        assert_eq!(
            (resolved.metadata_partition, resolved.embedding),
            (MetadataPartition::None, Embedding::Directories)
        );
    }

    /// `docs/defaults.md` has a line for each row.
    #[test]
    fn the_published_table_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/defaults.md");
        // A package of this crate alone has no docs.
        let Ok(published) = std::fs::read_to_string(path) else { return };
        for row in &MediumDefaults::TABLE {
            let all = row.file_systems | FileSystems::UDF;
            let (alone, beside) = (row.udf.resolved(FileSystems::UDF), row.udf.resolved(all));
            let metadata = |options: UdfOptions| match options.metadata_partition {
                MetadataPartition::None => "none",
                MetadataPartition::Single => "single",
                _ => "mirrored",
            };
            let embedding = |options: UdfOptions| match options.embedding {
                Embedding::Automatic => "all that fits",
                Embedding::Nothing => "nothing",
                Embedding::Directories => "directories",
            };
            assert_eq!(row.file_systems, EVERYWHERE);
            let line = format!(
                "| {} | iso9660, rock-ridge, joliet | {} | {} | {} | {} | {} |",
                row.medium,
                row.udf.revision,
                metadata(alone),
                embedding(alone),
                embedding(beside),
                row.reason
            );
            assert!(published.lines().any(|published| published == line), "docs/defaults.md lacks:\n{line}");
        }
    }
}
