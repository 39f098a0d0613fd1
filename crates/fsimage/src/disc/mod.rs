//! A medium or image file that is read: its sessions, their file systems, the files in them.

mod as_written;
mod chain;
mod container;
mod copy;
mod digest_check;
mod ends;
mod entry;
mod extract;
mod file_reader;
mod files_end;
mod finding;
mod gap;
mod identifier;
mod image;
mod impossible_times;
mod lost_file_system;
mod lost_session;
mod manifest;
mod md5_check;
mod names;
mod opening;
mod padding;
mod partition_start;
mod partition_table;
mod places;
mod quick_check;
mod raw_sectors;
mod read_through;
mod recognition;
mod scan;
mod set_aside;
mod shown;
mod stated_directories;
mod summary;
mod tracks;
pub(crate) mod udf;
mod udf_left_behind;
mod udf_reader;
mod udf_sessions;
mod unreadable;
mod verify;
mod volume_end;
mod walk;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use iso9660::read::{VolumeSet, read_volume_set};
use multisession::{Session, SessionTable};
use sector_io::{FileSectors, ReadError, ReadSectors, SECTOR_SIZE, Sector};

pub(crate) use as_written::AsWritten;
pub(crate) use chain::{behind_head, found_by, is_own, newest_of_chain};
pub use container::{Container, ImageTrack};
pub use digest_check::DigestReport;
use ends::{Ends, up_to_end};
pub use entry::ImageEntry;
pub(crate) use entry::{
    Identity, attributes, attributes_by, beyond, has_joliet_version, has_no_modification, identity,
    is_form_2, modified, modified_by, section,
};
pub use extract::{ExtractOptions, ExtractReport, ExtractWarning};
pub use file_reader::FileReader;
pub(crate) use file_reader::sought;
pub use finding::Finding;
#[cfg(feature = "serde")]
pub(crate) use finding::messages;
pub(crate) use finding::{EL_TORITO, shown as shown_path};
pub use identifier::DiscIdentifier;
pub(crate) use image::AnyVolume;
pub use image::Image;
pub(crate) use impossible_times::impossible_in_udf;
pub use lost_file_system::LostFileSystem;
use lost_file_system::told_lost;
pub use manifest::{MANIFEST_HEADER, ManifestItem, escape};
pub use md5_check::Md5Report;
pub(crate) use names::impossible as impossible_name;
pub use quick_check::QuickCheck;
pub(crate) use read_through::read_through;
pub(crate) use scan::{has_descriptors, is_cut_short, is_in_head, lacks_root, own_end};
use set_aside::Reason;
pub use set_aside::{PassedOver, PassedOverReason};
pub(crate) use set_aside::{ToldByDrive, is_unwritten, may_be_missing};
pub(crate) use shown::Shown;
pub(crate) use summary::dstring;
pub use summary::{DescriptorSummary, FieldSummary, SessionSummary, UdfFieldSummary, VolumePartitionSummary};
pub(crate) use tracks::DiscTrack;
pub use tracks::TracksLeftOut;
pub(crate) use udf_sessions::{newest_of_anchor, own_anchor};
pub use verify::VerifyReport;
pub use walk::StreamWalk;

use crate::plan::SYSTEM_AREA;
use crate::tree::FileSystem;
use crate::{Error, Result};

/// Levels of directories that are followed. Deeper ones exist in crafted images only.
pub(crate) const MOST_LEVELS: u32 = 1024;

/// What is told of [`Disc::udf_left_behind`].
pub(crate) const UDF_LEFT_BEHIND: &str = "the session has no UDF, and what is found of UDF in front of it shows an earlier state: \
                                        'append' and 'burn' write a session that has it";

/// What is told of a session whose recording stopped early.
const INTERRUPTED: &str = "the recording stopped early: data that the session refers to are missing";

/// An opened medium or image file.
#[derive(Clone)]
pub struct Disc {
    source: Arc<dyn ReadSectors>,
    /// The file behind `source`, where its bytes are the sectors: the kernel can copy from it.
    file: Option<Arc<FileSectors>>,
    name: String,
    /// The host's files that the sectors are in.
    files: Vec<PathBuf>,
    sessions: SessionTable,
    /// Who says where they end.
    ends: Ends,
    /// Sessions that are never the one that is meant by default, and why.
    set_aside: Vec<(u16, Reason)>,
    /// Sessions whose tracks are sound: nor are they.
    sound: Vec<u16>,
    /// Where the tracks of a CD in a drive begin, and their end, where sessions with sound are among them.
    toc: Vec<u32>,
    /// The tracks, where a table of contents tells them.
    tracks: Vec<DiscTrack>,
    /// Whether a source without sessions is a blank medium, and not something else than an image.
    is_blank: bool,
    /// Whether what the sectors say told the sessions, beginning with the first sectors: the head.
    has_head: bool,
    /// What lies right behind the newest session, and the head does not lead to.
    behind_newest: Option<(Sector, String)>,
    /// What kind of file it is, where that is not the sectors one behind another.
    container: Option<Container>,
}

/// Order in which file systems are tried when the caller names none: the one that keeps most comes first.
/// UDF comes before Joliet, beside which there may be a stub of ISO 9660 only.
pub const DEFAULT_PREFERENCE: [FileSystem; 5] =
    [FileSystem::RockRidge, FileSystem::Udf, FileSystem::Joliet, FileSystem::Enhanced, FileSystem::Iso9660];

/// The order of IMAPI2's `ImportFileSystem`, which knows no Rock Ridge: of a disc that has it, attributes and links may be
/// left behind.
pub const IMAPI_PREFERENCE: [FileSystem; 3] = [FileSystem::Udf, FileSystem::Joliet, FileSystem::Iso9660];

impl Disc {
    /// Opens an image file or block device, and finds its sessions. Raw images of CD sectors (2352 bytes
    /// and their like), Nero images, and cue sheets with the files they name are read as what their user data
    /// say.
    ///
    /// # Errors
    /// [`Error::ImageOpen`], [`Error::ImportRead`]; [`Error::Corrupt`] and [`Error::Unsupported`] for what says
    /// where the sectors are.
    pub fn open(path: &Path) -> Result<Disc> {
        Disc::of_file(container::open(path)?, path)
    }

    /// As [`Disc::open`], of an image that begins `offset` bytes behind the beginning of the file.
    ///
    /// # Errors
    /// As [`Disc::open`]; [`Error::InvalidArgument`] for an offset behind the end.
    pub fn open_at(path: &Path, offset: u64) -> Result<Disc> {
        match offset {
            0 => Disc::open(path),
            offset => Disc::of_file(container::open_at(path, offset)?, path),
        }
    }

    fn of_file(opened: container::Opened, path: &Path) -> Result<Disc> {
        crate::trace::span!("open");
        let container::Opened { source, file, container } = opened;
        let name = path.display().to_string();
        let tracks = container.as_ref().map_or(&[][..], |container| &container.tracks);
        let disc = match sessions_in_tracks(tracks)? {
            None => Disc::from_source(source, name)?,
            Some(sessions) => Disc::in_tracks(source, name, sessions),
        };
        let named = container.iter().flat_map(|container| container.files.clone());
        let files = std::iter::once(path.to_owned()).chain(named).collect();
        let tracks = tracks.iter().map(DiscTrack::from).collect();
        Ok(Disc { file, tracks, container, files, ..disc })
    }

    /// Sectors one behind another, in no drive.
    fn new(
        source: Arc<dyn ReadSectors>,
        name: impl Into<String>,
        (sessions, ends): (SessionTable, Ends),
        set_aside: Vec<(u16, Reason)>,
    ) -> Disc {
        Disc {
            source,
            file: None,
            name: name.into(),
            files: Vec::new(),
            sessions,
            ends,
            set_aside,
            sound: Vec::new(),
            toc: Vec::new(),
            tracks: Vec::new(),
            is_blank: false,
            has_head: false,
            behind_newest: None,
            container: None,
        }
    }

    /// Sessions that a table of contents in an image file tells.
    fn in_tracks(source: Arc<dyn ReadSectors>, name: String, sessions: SessionTable) -> Disc {
        let has_volume = |session: &Session| {
            let own = up_to_end(&source, &sessions, session, Ends::Told);
            read_volume_set(&source, session.start).is_ok()
                || udf::volume(&own, session.start, session.end, false).is_ok_and(|udf| udf.is_some())
        };
        let without = sessions.iter().filter(|session| !has_volume(session));
        let without: Vec<_> = without.map(|session| (session.number, Reason::NoFileSystem)).collect();
        let set_aside = if without.len() == sessions.len() { Vec::new() } else { without };
        Disc::new(source, name, (sessions, Ends::Told), set_aside)
    }

    /// What kind of file it is; `None` for the sectors one behind another, and for drives.
    #[must_use]
    pub fn container(&self) -> Option<&Container> {
        self.container.as_ref()
    }

    /// Finds the sessions of a source that has no table of contents.
    ///
    /// # Errors
    /// [`Error::ImportRead`].
    pub fn from_source(source: Arc<dyn ReadSectors>, name: impl Into<String>) -> Result<Disc> {
        let mut first_lost = None;
        let sessions = match scan::find_sessions(&source)? {
            sessions if sessions.is_empty() => match udf_sessions::find_sessions(&source)? {
                sessions if sessions.len() > 1 => sessions,
                sessions => match scan::behind_lost_first(&source)? {
                    Some((sessions, reason)) => {
                        first_lost = Some((1, reason));
                        sessions
                    }
                    None => sessions,
                },
            },
            sessions => sessions,
        };
        let cut_short = scan::cut_short(&source, &sessions).into_iter();
        let mut set_aside: Vec<_> = cut_short.map(|number| (number, Reason::StoppedEarly)).collect();
        set_aside.extend(scan::lost_newest(&source, &sessions));
        set_aside.extend(first_lost);
        let behind_newest = scan::behind_newest(&source, &sessions);
        let disc = Disc::new(source, name, (sessions, Ends::Found), set_aside);
        Ok(Disc { has_head: true, behind_newest, ..disc })
    }

    /// The same medium, of which a drive says that nothing is on it but the sessions.
    pub(crate) fn blank(self) -> Disc {
        Disc { is_blank: true, ..self }
    }

    /// A source whose sessions are known: a drive told its table of contents, and more of them.
    pub(crate) fn with_sessions(
        source: Arc<dyn ReadSectors>,
        name: impl Into<String>,
        sessions: SessionTable,
        told: ToldByDrive,
    ) -> Result<Disc> {
        let mut set_aside = Vec::new();
        for session in sessions.iter().filter(|session| !told.sound.contains(&session.number)) {
            let own = up_to_end(&source, &sessions, session, Ends::Told);
            if let Some(reason) = set_aside::reason(&source, &own, session, &told)? {
                set_aside.push((session.number, reason));
            }
        }
        let sound = told.sound;
        Ok(Disc { sound, ..Disc::new(source, name, (sessions, Ends::Told), set_aside).blank() })
    }

    /// The same medium, of which a drive tells its recorded tracks, and where those begin and the last one ends.
    pub(crate) fn with_tracks(self, tracks: Vec<DiscTrack>, toc: Vec<u32>) -> Disc {
        Disc { tracks, toc, ..self }
    }

    /// The same, read from files of the host.
    pub(crate) fn in_files(self, files: Vec<PathBuf>) -> Disc {
        Disc { files, ..self }
    }

    /// The files of the host that it is read from: an image file, with those that a cue sheet names, or those of a
    /// simulated medium.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The sectors.
    #[must_use]
    pub fn source(&self) -> &Arc<dyn ReadSectors> {
        &self.source
    }

    /// The file that the sectors are in, one behind another.
    pub(crate) fn file(&self) -> Option<&Arc<FileSectors>> {
        self.file.as_ref()
    }

    /// The sessions, oldest first.
    #[must_use]
    pub fn sessions(&self) -> &SessionTable {
        &self.sessions
    }

    /// What the caller calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The session of that number; for `None` the newest, leaving out those whose recording stopped early, that hold no file
    /// system, or cannot be read.
    ///
    /// # Errors
    /// [`Error::EmptyMedium`] when there is none at all, [`Error::SessionNotFound`]; [`Error::NoFileSystem`] where the tracks
    /// are sound; [`Error::ImportRead`] where the sectors that tell of sessions cannot be read.
    pub fn session(&self, number: Option<u16>) -> Result<Session> {
        let newest = self.sessions().newest().ok_or_else(|| self.no_session())?;
        match number {
            None => self.newest_of(self.sessions()).ok_or_else(|| self.no_data(newest)),
            Some(asked) => {
                let found = self.sessions().get(asked).copied();
                let found = found.map_err(|_| Error::SessionNotFound { asked, newest: newest.number })?;
                match self.is_sound(&found) {
                    true => {
                        let detail = "its tracks are sound".to_owned();
                        Err(Error::NoFileSystem { session: asked, detail })
                    }
                    false => Ok(found),
                }
            }
        }
    }

    /// Why none of the sessions can be read.
    fn no_data(&self, newest: &Session) -> Error {
        let detail = match self.sessions.iter().all(|session| self.is_sound(session)) {
            true => format!("{} holds tracks with sound only", self.name),
            false if self.is_sound(newest) => {
                "its tracks are sound, and the recording of all others stopped early".to_owned()
            }
            false => match self.reason(newest) {
                Some(Reason::Unreadable(lost)) => match self.again(&lost.error) {
                    Some(error) => return Error::ImportRead(error),
                    None => format!("it cannot be read: {lost}"),
                },
                Some(Reason::DescriptorsLost(cause)) => format!("it cannot be read: {cause}"),
                Some(Reason::NoFileSystem) => {
                    "nothing tells that any of it is missing, and no file system in it is known".to_owned()
                }
                _ => "its recording stopped early, and no session before it is complete".to_owned(),
            },
        };
        Error::NoFileSystem { session: newest.number, detail }
    }

    /// Why there is no session at all.
    fn no_session(&self) -> Error {
        let tracks = self.container.as_ref().map_or(&[][..], |container| &container.tracks);
        if !tracks.is_empty() && tracks.iter().all(|track| track.is_audio) {
            let detail = format!("{} holds tracks with sound only", self.name);
            return Error::NoFileSystem { session: 1, detail };
        }
        match (self.is_blank, self.unreadable_head()) {
            (true, _) => Error::EmptyMedium { medium: self.name.clone() },
            (_, Some(error)) => Error::ImportRead(error),
            _ => {
                let descriptors = Sector::new(SYSTEM_AREA.get());
                let missing = self.source.read_sectors(descriptors, &mut [0; SECTOR_SIZE]).err();
                let missing = missing.filter(|error| !matches!(error, ReadError::OutOfRange { .. }));
                let why = missing.map_or(String::new(), |error| format!(": {error}"));
                let name = &self.name;
                let detail = match read_volume_set(&self.source, Sector::ZERO) {
                    Err(error @ iso9660::read::Error::Corrupt { .. }) => {
                        format!("{name} has a damaged volume descriptor set of ISO 9660: {error}")
                    }
                    _ => format!("{name} has no volume descriptors at sector {descriptors}{why}"),
                };
                Error::NoFileSystem { session: 1, detail }
            }
        }
    }

    /// The sector of a session within which the file of the image ends, and how many of its bytes are there. The others read as
    /// zeros.
    pub(crate) fn cut_sector(&self, session: &Session) -> Option<(Sector, u64)> {
        let bytes = self.file.as_ref()?.bytes();
        let sector = Sector::new(u32::try_from(bytes / SECTOR_SIZE as u64).ok()?);
        let there = bytes % SECTOR_SIZE as u64;
        (there > 0 && session.end.is_some_and(|end| end > sector)).then_some((sector, there))
    }

    fn reason(&self, session: &Session) -> Option<&Reason> {
        self.set_aside.iter().find(|(number, _)| *number == session.number).map(|(_, reason)| reason)
    }

    /// Whether the recording of a session stopped early.
    pub(crate) fn is_incomplete(&self, session: &Session) -> bool {
        matches!(self.reason(session), Some(Reason::StoppedEarly))
    }

    /// Whether a session is never the one that is meant by default.
    pub(crate) fn is_set_aside(&self, session: &Session) -> bool {
        self.reason(session).is_some()
    }

    /// Why what leads to the files of a session cannot be read, though nothing tells that its recording stopped.
    pub(crate) fn unreadable(&self, session: &Session) -> Option<String> {
        match self.reason(session) {
            Some(Reason::Unreadable(lost)) => Some(lost.to_string()),
            Some(Reason::DescriptorsLost(cause)) => Some(cause.clone()),
            _ => None,
        }
    }

    /// Whether the tracks of a session are sound, all of them.
    #[must_use]
    pub fn is_sound(&self, session: &Session) -> bool {
        self.sound.contains(&session.number)
    }

    /// The newest session with data whose recording did not stop early.
    pub(crate) fn newest_complete(&self) -> Option<Session> {
        self.newest_of(&self.sessions)
    }

    /// The sessions behind the one that is meant by default, and why they are not; and of that one, tracks whose recording
    /// stopped early. Those in which nothing was recorded, as in a track that was reserved and closed, are none of them; what
    /// begins behind all of them as a session, and the head does not lead to, is one.
    pub fn passed_over(&self) -> Vec<PassedOver> {
        let meant = self.newest_complete().map_or(0, |session| session.number);
        let newer = self.sessions.iter().filter(|session| session.number > meant);
        let cut = self.cut_tracks().filter(|track| track.session == meant);
        let cut = cut.map(PassedOver::of_cut);
        newer
            .filter_map(|session| self.is_passed_over(session))
            .chain(cut)
            .chain(self.not_in_head())
            .collect()
    }

    /// The sessions in front of one of which the descriptors are lost.
    pub(super) fn lost_before(&self, session: &Session) -> impl Iterator<Item = PassedOver> {
        let before = self.set_aside.iter().filter(|(number, _)| *number < session.number);
        let lost = before.filter(|(_, reason)| matches!(reason, Reason::DescriptorsLost(_)));
        lost.map(|(number, reason)| PassedOver { number: *number, why: reason.told() })
    }

    fn not_in_head(&self) -> Option<PassedOver> {
        let number = self.sessions.newest().map_or(1, |newest| newest.number.saturating_add(1));
        Some(PassedOver::of_foreign(number, self.behind_newest.clone()?))
    }

    /// Why a session is never the one that is meant by default; `None` for one that is whole, or in which nothing was recorded.
    pub(crate) fn is_passed_over(&self, session: &Session) -> Option<PassedOver> {
        let why = self.reason(session)?.told();
        let is_unreadable = matches!(why, PassedOverReason::Unreadable { .. });
        let descriptors = session.start.get().saturating_add(SYSTEM_AREA.get());
        let is_cut_off = descriptors >= self.source.sectors().get();
        let is_begun = is_unreadable || is_cut_off || scan::is_begun(&self.source, session);
        is_begun.then_some(PassedOver { number: session.number, why })
    }

    fn newest_of(&self, sessions: &SessionTable) -> Option<Session> {
        let is_read = |session: &&Session| self.reason(session).is_none() && !self.is_sound(session);
        sessions.iter().rev().find(is_read).copied()
    }

    /// The UDF volume of a session, where there is one. Whether there has to be one is not asked.
    pub(crate) fn udf_volume(&self, session: &Session) -> Result<Option<udf::UdfVolume>> {
        self.udf_beside(session, self.volume_set(session).is_ok())
    }

    /// The same, of which it is known whether ISO 9660 is there.
    fn udf_beside(&self, session: &Session, has_iso9660: bool) -> Result<Option<udf::UdfVolume>> {
        // What is found without that is a state before the session.
        if let Some(Reason::Unreadable(lost)) = self.reason(session)
            && let Some(error) = self.again(&lost.error)
        {
            return Err(Error::ImportRead(error));
        }
        let own = up_to_end(&self.source, &self.sessions, session, self.ends);
        udf::volume(&own, session.start, session.end, has_iso9660)
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
        let is_incomplete = self.is_incomplete(&session);
        let mut summary = self.summarize(&session).map_err(|error| match error {
            Error::NoFileSystem { session, detail } if is_incomplete => {
                Error::NoFileSystem { session, detail: format!("its recording stopped early: {detail}") }
            }
            error => error,
        })?;
        if is_incomplete {
            summary.findings.push(INTERRUPTED.to_owned());
        }
        let cut = self.cut_tracks().filter(|track| track.session == session.number && !is_incomplete);
        summary.findings.extend(cut.map(|track| PassedOver::of_cut(track).to_string()));
        let foreign = self.not_in_head().filter(|foreign| foreign.number == session.number.saturating_add(1));
        summary.findings.extend(foreign.map(|foreign| foreign.with_what_is_shown()));
        for (_, lost) in self.lost_descriptors(&session) {
            if !summary.findings.contains(&lost) {
                summary.findings.push(lost);
            }
        }
        summary.findings.extend(self.damage_of_head(&session));
        Ok(summary)
    }

    /// The same, without a word of whether its recording stopped early.
    fn summarize(&self, session: &Session) -> Result<SessionSummary> {
        let (set, udf) = match self.volume_set(session) {
            Ok(set) => (Some(set), self.udf_beside(session, true)),
            Err(error) => match self.udf_beside(session, false)? {
                Some(udf) => (None, Ok(Some(udf))),
                None => return Err(error),
            },
        };
        let mut summary = SessionSummary::of(session, self.source.sectors());
        if let Some(set) = &set {
            let has_rock_ridge = match self.hierarchy(FileSystem::RockRidge, set) {
                Err(error @ Error::Corrupt { .. }) => {
                    summary.findings.push(told_lost(FileSystem::RockRidge, &error));
                    false
                }
                rock_ridge => rock_ridge?.is_some(),
            };
            summary.take_iso9660(set, has_rock_ridge);
            if !has_rock_ridge && iso9660::read::Volume::announces_system_use(self.source.clone(), set) {
                let message = "System Use entries are announced, and no extension that is known is: what they say is \
                               not read (SUSP 5.5)";
                summary.findings.push(message.to_owned());
            }
        }
        match udf {
            Ok(Some(udf)) => summary.take_udf(&udf),
            Ok(None) if ::udf::read::remains(&self.source, session.start).is_some() => {
                summary.findings.push(DAMAGED_RECOGNITION.to_owned());
            }
            Ok(None) if self.udf_left_behind(session).is_some() => {
                summary.findings.push(UDF_LEFT_BEHIND.to_owned())
            }
            Ok(None) => {}
            Err(error) => summary.findings.push(told_lost(FileSystem::Udf, &error)),
        }
        Ok(summary)
    }
}

/// Told where UDF is not recognised, though some of what it is recognised by is there.
const DAMAGED_RECOGNITION: &str =
    "a damaged volume recognition sequence: UDF, if there is some, is not read (ECMA-167 2/8.3)";

/// The sessions with data that a table of contents tells; `None` where the sectors tell as much: of one session
/// that begins where its descriptors count from.
fn sessions_in_tracks(tracks: &[ImageTrack]) -> Result<Option<SessionTable>> {
    let mut sessions: Vec<Session> = Vec::new();
    let mut data: Vec<&ImageTrack> = tracks.iter().filter(|track| !track.is_audio).collect();
    data.sort_by_key(|track| (track.session, track.start));
    for track in data {
        let end = Some(Sector::new(track.start.saturating_add(track.sectors)));
        match sessions.last_mut() {
            Some(session) if session.number == track.session => session.end = end,
            _ => sessions.push(Session { number: track.session, start: Sector::new(track.start), end }),
        }
    }
    if matches!(&sessions[..], [] | [Session { start: Sector::ZERO, .. }]) {
        return Ok(None);
    }
    SessionTable::new(sessions).map(Some).map_err(|error| Error::Corrupt {
        sector: Sector::ZERO,
        structure: "table of contents",
        detail: error.to_string(),
    })
}

/// The facade's error for one of the reader's.
pub(crate) fn read_error(error: iso9660::read::Error) -> Error {
    use iso9660::read::Error as Read;
    match error {
        Read::Read(error) => Error::ImportRead(error),
        Read::Unsupported { sector, what, .. } => {
            Error::Unsupported { feature: format!("{what}, in sector {sector},") }
        }
        error => {
            Error::Corrupt { sector: error.sector(), structure: error.structure(), detail: error.to_string() }
        }
    }
}
