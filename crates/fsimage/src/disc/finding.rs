//! What is wrong or odd in an image, and where.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use sector_io::{ReadError, Sector};

use super::{AnyVolume, Image};
use crate::{Control, Error, Result};

/// Something that is wrong or odd.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Finding {
    /// Path of the file or directory, where it is about one.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub path: Option<String>,
    /// What.
    pub message: String,
    /// Where it is, as first sector and number of sectors, where that is known.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub sectors: Vec<(u32, u32)>,
    /// The clause that is not met, with its standard, where it is one.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub clause: Option<String>,
    /// Whether something that was recorded is lost by it: data, or one of the places that have the same.
    pub is_damage: bool,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{path}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl Finding {
    /// By which nothing is lost, of no known place.
    pub(crate) fn odd(message: impl Into<String>) -> Finding {
        Finding { path: None, message: message.into(), sectors: Vec::new(), clause: None, is_damage: false }
    }

    /// By which something is lost.
    pub(crate) fn damage(message: impl Into<String>) -> Finding {
        Finding { is_damage: true, ..Finding::odd(message) }
    }

    pub(crate) fn of(self, path: Option<String>) -> Finding {
        Finding { path, ..self }
    }

    pub(crate) fn at(self, sector: Sector) -> Finding {
        Finding { sectors: vec![(sector.get(), 1)], ..self }
    }

    pub(crate) fn by(self, clause: &str) -> Finding {
        Finding { clause: Some(clause.to_owned()), ..self }
    }

    /// That something cannot be read, for that error.
    pub(crate) fn of_error(error: &Error) -> Finding {
        let finding = Finding::damage(error.to_string());
        match error {
            Error::Corrupt { sector, structure, .. } => {
                let finding = finding.at(*sector);
                // Structures are named with their clause.
                match structure.rsplit_once('(').and_then(|(_, clause)| clause.strip_suffix(')')) {
                    Some(clause) => finding.by(clause),
                    None => finding,
                }
            }
            Error::ImportRead(error) => finding.at(error.sector()),
            _ => finding,
        }
    }

    /// One of the reader of ISO 9660.
    pub(super) fn of_iso_9660(found: &iso9660::read::Finding) -> Finding {
        Found::of_iso_9660(found).finding(None)
    }
}

/// The specification of what boots.
pub(crate) const EL_TORITO: &str = "El Torito 2.0";

/// Findings in words alone.
#[cfg(feature = "serde")]
pub(crate) fn messages<S: serde::Serializer>(findings: &[Finding], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(findings.iter().map(|finding| &finding.message))
}

impl Image {
    /// What was odd in what has been read so far, in words.
    pub fn findings(&self) -> Vec<String> {
        self.found().into_iter().map(|found| found.message).collect()
    }

    /// Those by which nothing is lost.
    pub(crate) fn oddities(&self) -> Vec<String> {
        self.found().into_iter().filter(|found| !found.is_damage).map(|found| found.message).collect()
    }

    /// Findings of what has been read so far by which something is lost: items that are not listed, say.
    ///
    /// # Errors
    /// [`Error::Cancelled`], while the directories that they are about are looked for.
    pub fn losses(&self, control: &Control) -> Result<Vec<Finding>> {
        self.located(self.found().into_iter().filter(|found| found.is_damage).collect(), control)
    }

    /// The same, but that the image ends within a sector is among them only where records of directories may lie in that: what
    /// it takes of files is no loss of the tree.
    ///
    /// # Errors
    /// As [`Image::losses`].
    pub(crate) fn losses_of_tree(&self, control: &Control) -> Result<Vec<Finding>> {
        let mut found = self.found_by_reader();
        if let Some((sector, _)) = self.cut_sector
            && self.may_have_records_in(sector, control)?
        {
            found.extend(self.cut());
        }
        self.located(found.into_iter().filter(|found| found.is_damage).collect(), control)
    }

    /// All findings of what has been read so far.
    pub(super) fn told(&self, control: &Control) -> Result<Vec<Finding>> {
        self.located(self.found(), control)
    }

    fn found(&self) -> Vec<Found> {
        let passed_over = self.instead_of_joliet.then(|| Found {
            sector: None,
            clause: None,
            is_record: false,
            message: format!("the Joliet tree has nothing in it; {} is read instead", self.file_system()),
            is_damage: false,
            is_copy_lost: false,
        });
        let mut found = self.found_by_reader();
        found.extend(passed_over);
        found.extend(self.cut());
        found.extend(self.lost_descriptors());
        found.extend(self.lost_file_systems().iter().map(|lost| Found {
            sector: lost.sector,
            clause: None,
            is_record: false,
            message: lost.to_string(),
            is_damage: true,
            is_copy_lost: false,
        }));
        found
    }

    /// What is lost beside the tree, for a mount.
    #[cfg(all(feature = "fuse", target_os = "linux"))]
    pub(crate) fn told_beside_the_tree(&self) -> impl Iterator<Item = crate::MountWarning> + '_ {
        use crate::MountWarning::{DescriptorLost, FileSystemLost};
        let descriptors = self.lost_descriptors.iter().cloned();
        let descriptors = descriptors.map(|(sector, reason)| DescriptorLost { sector, reason });
        self.lost_file_systems().iter().cloned().map(FileSystemLost).chain(descriptors)
    }

    fn lost_descriptors(&self) -> impl Iterator<Item = Found> + '_ {
        self.lost_descriptors.iter().map(|(sector, message)| Found {
            sector: Some(*sector),
            clause: None,
            is_record: false,
            message: message.clone(),
            is_damage: true,
            is_copy_lost: false,
        })
    }

    fn cut(&self) -> Option<Found> {
        self.cut_sector.map(|(sector, there)| Found {
            sector: Some(sector),
            clause: None,
            is_record: false,
            message: format!(
                "the image ends within sector {sector}: its bytes from {there} on are lost, and read as zeros"
            ),
            is_damage: true,
            is_copy_lost: false,
        })
    }

    /// Whether records of directories may lie in a sector. Of UDF, and where a directory cannot be read, that is not known.
    fn may_have_records_in(&self, sector: Sector, control: &Control) -> Result<bool> {
        let AnyVolume::Iso9660(_) = self.volume() else { return Ok(true) };
        let mut may_have = false;
        let walked = self.walk(&mut |_, entry| {
            control.check("not all that is damaged was looked for")?;
            may_have |= entry.records().is_some_and(|(start, end)| (start..end).contains(&sector));
            Ok(())
        });
        match walked {
            Err(error @ Error::Cancelled { .. }) => Err(error),
            walked => Ok(may_have || walked.is_err()),
        }
    }

    fn found_by_reader(&self) -> Vec<Found> {
        match self.volume() {
            AnyVolume::Iso9660(volume) => volume.findings().iter().map(Found::of_iso_9660).collect(),
            AnyVolume::Udf(volume) => {
                let found = |found: &udf::read::Finding| Found {
                    sector: Some(found.sector),
                    clause: Some(clause("ECMA-167", found.clause)),
                    is_record: false,
                    message: found.to_string(),
                    is_damage: found.is_damage,
                    is_copy_lost: found.is_copy_lost,
                };
                volume.findings().iter().map(found).collect()
            }
        }
    }

    /// The findings, those about a directory's records with its path.
    fn located(&self, found: Vec<Found>, control: &Control) -> Result<Vec<Finding>> {
        let sectors: BTreeSet<Sector> =
            found.iter().filter(|found| found.is_record).filter_map(|found| found.sector).collect();
        let mut paths = BTreeMap::new();
        if !sectors.is_empty() {
            let walked = self.walk(&mut |path, entry| {
                control.check("not all that is damaged was looked for")?;
                if let Some((start, end)) = entry.records().filter(|(start, end)| start < end) {
                    paths.extend(sectors.range(start..end).map(|&sector| (sector, shown(path))));
                }
                Ok(())
            });
            // Whoever reads what the findings are about is told of other errors.
            if let Err(error @ Error::Cancelled { .. }) = walked {
                return Err(error);
            }
        }
        let finding = |found: Found| {
            let of = found.sector.filter(|_| found.is_record).and_then(|sector| paths.get(&sector).cloned());
            found.finding(of)
        };
        Ok(found.into_iter().map(finding).collect())
    }
}

/// What is told of a descriptor that cannot be read.
pub(super) fn lost_descriptor(error: &ReadError) -> String {
    format!(
        "a volume descriptor is lost, and with it the file system, or what boots, that it leads to: {error}"
    )
}

/// What is told of the head where it is damaged.
pub(super) fn damaged_head(what: &dyn fmt::Display) -> String {
    format!(
        "the head of the medium is damaged, by which others find this session: {what}; 'fsimage recover' tells \
         whether it can be written anew"
    )
}

/// What a reader found.
struct Found {
    sector: Option<Sector>,
    clause: Option<String>,
    /// Whether the sector tells a directory.
    is_record: bool,
    message: String,
    is_damage: bool,
    /// Whether another place has what is lost.
    is_copy_lost: bool,
}

impl Found {
    fn of_iso_9660(found: &iso9660::read::Finding) -> Found {
        Found {
            sector: Some(found.sector),
            clause: Some(clause("ECMA-119", found.clause)),
            is_record: true,
            message: found.to_string(),
            is_damage: found.is_damage,
            is_copy_lost: found.is_copy_lost,
        }
    }

    /// To a check, what has lost a copy is damaged.
    fn finding(self, path: Option<String>) -> Finding {
        Finding {
            path,
            message: self.message,
            sectors: self.sector.map(|sector| (sector.get(), 1)).into_iter().collect(),
            clause: self.clause,
            is_damage: self.is_damage || self.is_copy_lost,
        }
    }
}

/// A clause with its standard: the usual one of a reader is not named with it.
fn clause(usual: &str, clause: &str) -> String {
    match clause.starts_with(|first: char| first.is_ascii_digit()) {
        true => format!("{usual} {clause}"),
        false => clause.to_owned(),
    }
}

/// A path in the image in words.
pub(crate) fn shown(path: &[u8]) -> String {
    if path.is_empty() { "/".to_owned() } else { String::from_utf8_lossy(path).into_owned() }
}
