//! A medium or image file that is read: its sessions, their file systems, the files in them.

mod extract;
mod file_reader;
mod image;
mod manifest;
mod scan;
mod verify;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use iso9660::read::{VolumeSet, read_volume_set};
use multisession::{Session, SessionTable};
use sector_io::{FileSectors, RawLayout, RawSectors, ReadSectors, Sector};
use serde::Serialize;

pub use extract::{ExtractOptions, ExtractReport, ExtractWarning};
pub use file_reader::FileReader;
pub use image::{Image, ImageEntry};
pub(crate) use image::{attributes, modified, section};
pub use manifest::{MANIFEST_HEADER, escape};
pub use verify::{Finding, VerifyReport};

use crate::tree::FileSystem;
use crate::{Error, Result};

/// Levels of directories that are followed. Deeper ones exist in crafted images only.
pub(crate) const MOST_LEVELS: u32 = 1024;

/// An opened medium or image file.
#[derive(Clone)]
pub struct Disc {
    source: Arc<dyn ReadSectors>,
    /// The file behind `source`, where its bytes are the sectors: the kernel can copy from it.
    file: Option<Arc<FileSectors>>,
    name: String,
    sessions: SessionTable,
    /// Sessions whose recording stopped early: they are never the one that is meant by default.
    incomplete: Vec<u16>,
    /// A medium without sessions is blank; a file without them is no image.
    in_drive: bool,
}

/// What a session holds.
#[derive(Clone, Debug, Serialize)]
pub struct SessionSummary {
    /// From 1.
    pub number: u16,
    /// First sector.
    pub start: u32,
    /// First sector behind it, where that is known.
    pub end: Option<u32>,
    /// Volume identifier of ISO 9660.
    pub volume: String,
    /// Volume identifier of Joliet.
    pub joliet_volume: Option<String>,
    /// The file systems that can be read here, as named on the command line.
    pub file_systems: Vec<&'static str>,
    /// Whether there is an El Torito boot record.
    pub bootable: bool,
    /// Volume space size as recorded, in sectors.
    pub volume_space_size: u32,
    /// System, publisher, data preparer and application as recorded.
    pub system: String,
    /// Publisher identifier.
    pub publisher: String,
    /// Data preparer identifier.
    pub data_preparer: String,
    /// Application identifier.
    pub application: String,
    /// Volume creation, seconds since 1970.
    pub created: Option<i64>,
    /// What was odd, in words.
    pub findings: Vec<String>,
}

/// Order in which file systems are tried when the caller names none: the one that keeps most comes first.
pub const DEFAULT_PREFERENCE: [FileSystem; 3] =
    [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Iso9660];

impl Disc {
    /// Opens an image file or block device, and finds its sessions. Raw images of CD sectors (2352 bytes
    /// and their like) are read as what their user data say.
    ///
    /// # Errors
    /// [`Error::ImageOpen`], [`Error::ImportRead`].
    pub fn open(path: &Path) -> Result<Disc> {
        let open_error = |source| Error::ImageOpen { path: path.to_owned(), source };
        let file = File::open(path).map_err(open_error)?;
        if file.metadata().map_err(open_error)?.is_dir() {
            return Err(open_error(std::io::ErrorKind::IsADirectory.into()));
        }
        let file = Arc::new(FileSectors::new(file).map_err(open_error)?);
        let name = path.display().to_string();
        match RawLayout::detect(&file)? {
            None => {
                let sessions = scan::find_sessions(&file)?;
                Ok(Disc {
                    source: file.clone(),
                    file: Some(file),
                    name,
                    sessions,
                    incomplete: Vec::new(),
                    in_drive: false,
                })
            }
            Some(layout) => Disc::from_source(Arc::new(RawSectors::new(file, layout)), name),
        }
    }

    /// Finds the sessions of a source that has no table of contents.
    ///
    /// # Errors
    /// [`Error::ImportRead`].
    pub fn from_source(source: Arc<dyn ReadSectors>, name: impl Into<String>) -> Result<Disc> {
        let sessions = scan::find_sessions(&source)?;
        let (incomplete, in_drive) = (Vec::new(), false);
        Ok(Disc { source, file: None, name: name.into(), sessions, incomplete, in_drive })
    }

    /// The same medium, said to lie in a drive.
    pub(crate) fn in_drive(self) -> Disc {
        Disc { in_drive: true, ..self }
    }

    /// A source whose sessions are known: a drive told its table of contents, and those of them that
    /// it knows to be damaged.
    pub(crate) fn with_sessions(
        source: Arc<dyn ReadSectors>,
        name: impl Into<String>,
        sessions: SessionTable,
        damaged: &[u16],
    ) -> Result<Disc> {
        let mut incomplete = Vec::new();
        for session in sessions.iter() {
            if damaged.contains(&session.number) || !scan::is_complete(&source, session)? {
                incomplete.push(session.number);
            }
        }
        Ok(Disc { source, file: None, name: name.into(), sessions, incomplete, in_drive: true })
    }

    /// The sectors.
    pub fn source(&self) -> &Arc<dyn ReadSectors> {
        &self.source
    }

    /// The sessions, oldest first.
    pub fn sessions(&self) -> &SessionTable {
        &self.sessions
    }

    /// What the caller calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The session of that number; for `None` the newest, leaving out those whose recording stopped early.
    ///
    /// # Errors
    /// [`Error::EmptyMedium`] when there is none at all, [`Error::SessionNotFound`].
    pub fn session(&self, number: Option<u16>) -> Result<Session> {
        let newest = self.sessions.newest().ok_or_else(|| self.no_session())?;
        match number {
            None => self.newest_complete().ok_or_else(|| Error::NoFileSystem {
                session: newest.number,
                detail: "its recording stopped early, and no session before it is complete".to_owned(),
            }),
            Some(asked) => self
                .sessions
                .get(asked)
                .copied()
                .map_err(|_| Error::SessionNotFound { asked, newest: newest.number }),
        }
    }

    /// Why there is no session at all.
    fn no_session(&self) -> Error {
        let descriptors = Sector::new(iso9660::volume::FIRST_DESCRIPTOR);
        if let Some(name) = crate::append::udf_recognised(&self.source, descriptors) {
            return Error::Unsupported { feature: format!("{}: UDF ({name}) without ISO 9660", self.name) };
        }
        match self.in_drive {
            true => Error::EmptyMedium { medium: self.name.clone() },
            false => Error::NoFileSystem {
                session: 1,
                detail: format!("{} has no volume descriptors at sector 16", self.name),
            },
        }
    }

    /// The newest session whose recording did not stop early.
    pub(crate) fn newest_complete(&self) -> Option<Session> {
        let is_complete = |session: &&Session| !self.incomplete.contains(&session.number);
        self.sessions.iter().rev().find(is_complete).copied()
    }

    pub(crate) fn volume_set(&self, session: &Session) -> Result<VolumeSet> {
        read_volume_set(&self.source, session.start).map_err(|error| match error {
            iso9660::read::Error::NoVolume { .. } => {
                Error::NoFileSystem { session: session.number, detail: error.to_string() }
            }
            error => read_error(error),
        })
    }

    /// What a session holds.
    ///
    /// # Errors
    /// As [`Disc::session`]; [`Error::NoFileSystem`].
    pub fn describe(&self, number: Option<u16>) -> Result<SessionSummary> {
        let session = self.session(number)?;
        let set = self.volume_set(&session)?;
        let joliet = joliet::volume_name(&set);
        let has_rock_ridge =
            iso9660::read::Volume::rock_ridge(self.source.clone(), &set).map_err(read_error)?.is_some();
        let mut file_systems = vec!["iso9660"];
        file_systems.extend(has_rock_ridge.then_some("rock-ridge"));
        file_systems.extend(joliet.as_ref().map(|_| "joliet"));
        let fields = &set.primary.fields;
        let mut findings: Vec<String> = set.findings.iter().map(ToString::to_string).collect();
        if self.incomplete.contains(&session.number) {
            findings
                .push("the recording stopped early: data that the session refers to are missing".to_owned());
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(iso9660::text::trimmed(bytes)).into_owned();
        Ok(SessionSummary {
            number: session.number,
            start: session.start.get(),
            end: session.end.map(Sector::get),
            volume: text(&fields.identifiers.volume),
            joliet_volume: joliet,
            file_systems,
            bootable: !set.boot_records.is_empty(),
            volume_space_size: fields.volume_space_size,
            system: text(&fields.identifiers.system),
            publisher: text(&fields.identifiers.publisher),
            data_preparer: text(&fields.identifiers.data_preparer),
            application: text(&fields.identifiers.application),
            created: fields.times.creation.to_unix().map(|(seconds, _)| seconds),
            findings,
        })
    }

    /// Opens one file system of a session for reading: the first of `preference` that is there.
    ///
    /// # Errors
    /// As [`Disc::session`]; [`Error::NoFileSystem`]; [`Error::FileSystemNotFound`].
    pub fn image(&self, session: Option<u16>, preference: &[FileSystem]) -> Result<Image> {
        let session = self.session(session)?;
        let set = self.volume_set(&session)?;
        for &file_system in preference {
            let volume = match file_system {
                FileSystem::Iso9660 => {
                    Some(iso9660::read::Volume::plain(self.source.clone(), &set).map_err(read_error)?)
                }
                FileSystem::RockRidge => {
                    iso9660::read::Volume::rock_ridge(self.source.clone(), &set).map_err(read_error)?
                }
                FileSystem::Joliet => joliet::volume(self.source.clone(), &set).map_err(read_error)?,
                FileSystem::Udf => {
                    return Err(Error::Unsupported { feature: "reading UDF, in this release,".to_owned() });
                }
            };
            if let Some(volume) = volume {
                return Ok(Image::new(self, volume, file_system));
            }
        }
        let file_system = preference.first().copied().unwrap_or(FileSystem::Iso9660);
        Err(Error::FileSystemNotFound { session: session.number, file_system })
    }
}

/// The facade's error for one of the reader's.
pub(crate) fn read_error(error: iso9660::read::Error) -> Error {
    use iso9660::read::Error as Read;
    match error {
        Read::Read(error) => Error::ImportRead(error),
        Read::Unsupported { .. } => Error::Unsupported { feature: error.to_string() },
        error => {
            Error::Corrupt { sector: error.sector(), structure: error.structure(), detail: error.to_string() }
        }
    }
}
