use std::fmt;

use sector_io::Sector;

use super::AppleVolume;

/// Something of an imported image's boot set-up that an image made of it cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BootLoss {
    /// The boot catalog.
    Catalog {
        /// Why.
        reason: String,
    },
    /// An entry of the boot catalog, or something in it.
    Image {
        /// From 1.
        number: usize,
        /// What, and why.
        reason: String,
    },
    /// The file of a boot image was taken out of the tree.
    ImageRemoved {
        /// From 1.
        number: usize,
        /// Path it had in the image.
        path: String,
    },
    /// A boot record that is none of El Torito: what it points to is not known.
    BootRecord {
        /// Its boot system identifier.
        system: String,
    },
    /// A volume partition (ECMA-119 8.6).
    VolumePartition {
        /// Its volume partition identifier.
        identifier: String,
        /// Why.
        reason: String,
    },
    /// What a PC with BIOS runs from a disk.
    Code {
        /// Why.
        reason: String,
    },
    /// A partition table.
    Table {
        /// Which.
        table: PartitionTableKind,
        /// Why.
        reason: String,
    },
    /// A partition.
    Partition {
        /// Of which table.
        table: PartitionTableKind,
        /// From 1.
        number: usize,
        /// Why.
        reason: String,
    },
    /// A second volume of ISO 9660, for those who read from its beginning on, which is that of no partition.
    SecondVolume {
        /// Where it begins.
        start: Sector,
        /// Why.
        reason: String,
    },
    /// A volume for Macs that begins in sector 0, and in no partition.
    Volume {
        /// Its kind.
        kind: AppleVolume,
        /// Why.
        reason: String,
    },
    /// What a volume of HFS or HFS+ has blessed, which the one that is made in its place has not.
    Blessing {
        /// `boot folder of HFS+`, or another of the roles in [`HfsPlusBlessings`](crate::HfsPlusBlessings).
        role: &'static str,
        /// Why.
        reason: String,
    },
    /// What a computer boots from a disk: boot options of a further session say what boots from a disc alone.
    FromDisk,
    /// Something that stays as it was, in a session that continues the imported one, and shows the earlier state, or is
    /// of use for that alone.
    Outdated(Box<BootLoss>),
    /// Bytes of the system area that no table and no code accounts for.
    SystemArea {
        /// The first of them.
        offset: usize,
    },
}

/// A partition table of the system area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartitionTableKind {
    /// The master boot record.
    Mbr,
    /// The GPT.
    Gpt,
    /// The Apple partition map.
    Apple,
}

impl fmt::Display for PartitionTableKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PartitionTableKind::Mbr => "master boot record",
            PartitionTableKind::Gpt => "GPT",
            PartitionTableKind::Apple => "Apple partition map",
        })
    }
}

impl BootLoss {
    /// Whether it is there all the same, as it was for the earlier state.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        matches!(self, BootLoss::Outdated(_))
    }
}

impl fmt::Display for BootLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BootLoss::Catalog { reason } => write!(f, "boot catalog: {reason}"),
            BootLoss::Image { number, reason } => write!(f, "boot image {number}: {reason}"),
            BootLoss::ImageRemoved { number, path } => {
                write!(f, "boot image {number}: its file {path} is removed")
            }
            BootLoss::BootRecord { system } => {
                write!(
                    f,
                    "boot record {system:?}: it is not of El Torito, and what it points to is not known"
                )
            }
            BootLoss::VolumePartition { identifier, reason } => {
                write!(f, "volume partition {identifier:?} (ECMA-119 8.6): {reason}")
            }
            BootLoss::Code { reason } => write!(f, "boot code for disks: {reason}"),
            BootLoss::Table { table, reason } => write!(f, "{table}: {reason}"),
            BootLoss::Partition { table, number, reason } => {
                write!(f, "partition {number} of the {table}: {reason}")
            }
            BootLoss::SecondVolume { start, reason } => {
                write!(f, "volume of ISO 9660 that begins in sector {start}: {reason}")
            }
            BootLoss::Volume { kind, reason } => {
                write!(f, "volume of {kind} that begins in sector 0: {reason}")
            }
            BootLoss::Blessing { role, reason } => write!(f, "{role}: {reason}"),
            BootLoss::Outdated(loss) => match &**loss {
                BootLoss::ImageRemoved { .. } => {
                    write!(f, "{loss}, and it boots until another file has that path")
                }
                loss => loss.fmt(f),
            },
            BootLoss::FromDisk => f.write_str(
                "system area: what boots from a disk is given up, for boot options of a further session say what \
                 boots from a disc alone",
            ),
            BootLoss::SystemArea { offset } => {
                write!(f, "system area: it is not known what the bytes from {offset} on are")
            }
        }
    }
}
