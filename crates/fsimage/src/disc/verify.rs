//! Reading everything that a session refers to.

use std::io::{self, Read};

use serde::Serialize;

use super::{Disc, Image};
use crate::progress::Stage;
use crate::tree::{FileSystem, Kind};
use crate::{Control, Error, Result};

/// Something that is wrong or odd.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Path of the file or directory, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What.
    pub message: String,
    /// Whether data are lost by it.
    pub is_damage: bool,
}

/// What was read, and what was found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VerifyReport {
    /// Files read to their ends.
    pub files: u64,
    /// Directories read.
    pub directories: u64,
    /// Bytes of file content.
    pub bytes: u64,
    /// In the order found.
    pub findings: Vec<Finding>,
}

impl VerifyReport {
    /// Whether everything that is there could be read.
    pub fn is_whole(&self) -> bool {
        self.findings.iter().all(|finding| !finding.is_damage)
    }
}

impl Disc {
    /// Reads every directory and file of a session, in each of its file systems (file data once), and
    /// reports what is damaged or odd.
    ///
    /// # Errors
    /// As [`Disc::session`] and [`Error::NoFileSystem`]; [`Error::Cancelled`]. Damage is no error but a
    /// finding.
    pub fn verify(&self, session: Option<u16>, control: &Control) -> Result<VerifyReport> {
        let summary = self.describe(session)?;
        let mut report = VerifyReport::default();
        let odd = |message: &String| Finding { path: None, message: message.clone(), is_damage: false };
        report.findings.extend(summary.findings.iter().map(odd));
        let mut read = std::collections::HashSet::new();
        for file_system in [FileSystem::RockRidge, FileSystem::Iso9660, FileSystem::Joliet, FileSystem::Udf] {
            let image = match self.image(Some(summary.number), &[file_system]) {
                Ok(image) => image,
                Err(Error::FileSystemNotFound { .. }) => continue,
                Err(error) => {
                    report.findings.push(damage(None, &error));
                    continue;
                }
            };
            let walked = image.walk(&mut |path, entry| {
                control.check("the check is incomplete")?;
                if entry.kind == Kind::Directory {
                    report.directories += 1;
                }
                let is_root = path.is_empty();
                if let Err(reason) = super::extract::check_name(&entry.name)
                    && !is_root
                {
                    let path = Some(String::from_utf8_lossy(path).into_owned());
                    let message = format!("no host can have such a name: {reason}");
                    report.findings.push(Finding { path, message, is_damage: true });
                }
                let fresh = image.data_identity(entry).is_none_or(|identity| read.insert(identity));
                if entry.kind == Kind::File && (fresh || entry.len == 0) {
                    if let Err(error) = drain(&image, entry, &mut report.bytes) {
                        let path = String::from_utf8_lossy(path).into_owned();
                        report.findings.push(damage(Some(path), &error));
                    }
                    report.files += 1;
                    control.report(
                        Stage::Verifying,
                        report.bytes / 2048,
                        u64::from(summary.volume_space_size),
                    );
                }
                Ok(())
            });
            match walked {
                Ok(()) => {}
                Err(error @ Error::Cancelled { .. }) => return Err(error),
                Err(error) => report.findings.push(damage(None, &error)),
            }
            for (message, is_damage) in image.told() {
                // What the description of the session has told already counts once, but as what it is.
                report.findings.retain(|told| told.path.is_some() || told.message != message);
                report.findings.push(Finding { path: None, message, is_damage });
            }
        }
        Ok(report)
    }
}

fn damage(path: Option<String>, error: &Error) -> Finding {
    Finding { path, message: error.to_string(), is_damage: true }
}

fn drain(image: &Image, entry: &super::ImageEntry, bytes: &mut u64) -> Result<()> {
    let mut reader = image.open(entry)?;
    let mut buffer = vec![0; 1 << 18];
    let mut done = 0;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => done += read as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(reader.error(error)),
        }
    }
    *bytes += done;
    Ok(())
}
