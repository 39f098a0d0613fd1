//! What of UDF's options goes together.

use sector_io::{Sector, SectorCount};
use udf::Revision;

use super::super::{ImportedContent, MetadataPartition, Place, PlanOptions, UdfAccess, UdfOptions};
use crate::{Error, Result};

/// What cannot go together is told before anything is looked at.
pub(in crate::plan) fn check_options(options: &PlanOptions, beside_iso9660: bool) -> Result<()> {
    let UdfOptions { revision, metadata_partition, .. } = options.udf.resolved(options.file_systems);
    let wrong = |argument: &str, reason| Error::InvalidArgument { argument: argument.to_owned(), reason };
    if !UdfOptions::REVISIONS.contains(&revision) {
        let written = UdfOptions::REVISIONS.map(|revision| revision.to_string()).join(", ");
        return Err(wrong("UDF revision", format!("{revision} is not written; use one of {written}")));
    }
    if metadata_partition != MetadataPartition::None && revision < Revision::V2_50 {
        let reason = format!("revision {revision} has none; it came with {}", Revision::V2_50);
        return Err(wrong("UDF metadata partition", reason));
    }
    if options.udf.access == UdfAccess::WriteOnce {
        return check_write_once(options, beside_iso9660);
    }
    let overwritable = matches!(options.udf.access, UdfAccess::Overwritable { .. });
    if overwritable && beside_iso9660 {
        return Err(Error::InvalidArgument {
            argument: "UDF access".to_owned(),
            reason: "a volume beside ISO 9660 cannot be overwritable: changes would not show there"
                .to_owned(),
        });
    }
    let Place { end_padding, .. } = options.place;
    if overwritable && end_padding > SectorCount::ZERO {
        return Err(Error::InvalidArgument {
            argument: "UDF access".to_owned(),
            reason: "the medium is written once".to_owned(),
        });
    }
    Ok(())
}

/// The same for volumes that grow by virtual allocation tables.
fn check_write_once(options: &PlanOptions, beside_iso9660: bool) -> Result<()> {
    let wrong = |reason: String| Err(Error::InvalidArgument { argument: "UDF access".to_owned(), reason });
    let UdfOptions { revision, metadata_partition, .. } = options.udf.resolved(options.file_systems);
    if beside_iso9660 {
        return wrong(
            "a volume beside ISO 9660 cannot grow by virtual allocation tables: what is added would not show there"
                .to_owned(),
        );
    }
    if revision < Revision::V1_50 {
        return wrong(format!(
            "revision {revision} has no virtual partitions; they came with {}",
            Revision::V1_50
        ));
    }
    if metadata_partition != MetadataPartition::None {
        return wrong("a virtual partition excludes a metadata partition".to_owned());
    }
    if options.hybrid.is_some() {
        return wrong(
            "the last sector is that of the virtual allocation table, where partition tables have their backup"
                .to_owned(),
        );
    }
    let Some(volume) = &options.virtual_volume else {
        return match options.place.start {
            Sector::ZERO => Ok(()),
            _ if options.place.owns_head => wrong(
                "a volume that grows by virtual allocation tables begins with sector 0 of a medium that is \
                 written once, and on this one every sector can be written again, where sessions begin behind the \
                 head: leave it out"
                    .to_owned(),
            ),
            _ => wrong(
                "what is on the medium has no virtual partition that could be continued: leave it out, for a session \
                 with all its descriptors"
                    .to_owned(),
            ),
        };
    };
    if revision != volume.revision() {
        return Err(Error::UdfRevisionChange { earlier: volume.revision(), asked: revision });
    }
    if options.imported == ImportedContent::Copied || options.place.start.get() <= volume.vat_sector() {
        return wrong("the volume that is continued lies in front of the session".to_owned());
    }
    Ok(())
}
