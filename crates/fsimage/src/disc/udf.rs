//! UDF as the rest of this crate wants it.

use std::sync::Arc;

use multisession::{Session, SessionTable};
use sector_io::{ReadSectors, Sector, SectorCount};
use udf::file::FileType;
use udf::read::{Entry, EntryKind, Volume};

use super::image::{Data, ImageEntry, kept};
use crate::tree::{Attributes, DeviceNumber, Kind, Times, Timestamp};
use crate::{Error, Result};

pub(crate) type UdfVolume = Volume<Arc<dyn ReadSectors>>;

/// Sectors from one place where a session may begin to the next.
const STEP: u32 = 16;
/// Places that are looked at.
const MOST_PLACES: u32 = 1 << 20;

/// The volume of a session; `None` if there is none.
///
/// A session with ISO 9660 has UDF only if its recognition sequence says so: anchors may be left of what was
/// on the medium before.
///
/// # Errors
/// [`Error::Corrupt`] and others for a volume that is announced, and cannot be read.
pub(super) fn volume(
    source: &Arc<dyn ReadSectors>,
    session: Sector,
    has_iso9660: bool,
) -> Result<Option<UdfVolume>> {
    let is_announced = udf::read::recognised(source, session).is_some();
    if has_iso9660 && !is_announced {
        return Ok(None);
    }
    match Volume::open(source.clone(), session) {
        Ok(volume) => Ok(Some(volume)),
        Err(udf::read::Error::NoVolume { .. }) if !is_announced => Ok(None),
        Err(error) => Err(read_error(error)),
    }
}

/// The sessions of a source without ISO 9660, and without a table of contents. Only on write-once media,
/// which have a virtual partition, there is more than one.
pub(super) fn find_sessions(source: &Arc<dyn ReadSectors>) -> Result<SessionTable> {
    let mut starts = Vec::new();
    let first = match volume(source, Sector::ZERO, false) {
        Ok(first) => first,
        // Whoever opens the session is told what is wrong with it.
        Err(_) => {
            starts.push(Sector::ZERO);
            None
        }
    };
    if let Some(first) = first {
        starts.push(Sector::ZERO);
        if first.virtual_allocation_table().is_some() {
            let end = source.sectors().get();
            let places = (STEP..end).step_by(STEP as usize).take(MOST_PLACES as usize);
            starts.extend(places.map(Sector::new).filter(|&start| {
                udf::read::recognised(source, start).is_some() && has_anchor(source, start)
            }));
        }
    }
    let end = Sector::new(source.sectors().get());
    let ends = starts.iter().skip(1).copied().chain([end]);
    let sessions = starts.iter().zip(ends).zip(1u16..).map(|((&start, end), number)| Session {
        number,
        start,
        end: Some(end),
    });
    SessionTable::new(sessions).map_err(|error| Error::Corrupt {
        sector: Sector::ZERO,
        structure: "session table",
        detail: error.to_string(),
    })
}

/// Whether an anchor stands where that of a session with sectors of 2048 bytes does (ECMA-167 3/8.4.2.1).
fn has_anchor(source: &dyn ReadSectors, session: Sector) -> bool {
    use udf::Descriptor;
    use udf::volume::AnchorVolumeDescriptorPointer;
    let Some(at) = session.checked_add(SectorCount::new(256)) else { return false };
    let mut sector = [0; sector_io::SECTOR_SIZE];
    source.read_sectors(at, &mut sector).is_ok()
        && AnchorVolumeDescriptorPointer::parse(&sector)
            .is_ok_and(|anchor| anchor.tag.check_location(at.get()).is_ok())
}

/// The facade's error for one of the reader's.
pub(crate) fn read_error(error: udf::read::Error) -> Error {
    use udf::read::Error as Read;
    match error {
        Read::Read(error) => Error::ImportRead(error),
        Read::Unsupported { .. } => Error::Unsupported { feature: error.to_string() },
        error => {
            Error::Corrupt { sector: error.sector(), structure: error.structure(), detail: error.to_string() }
        }
    }
}

pub(super) fn image_entry(entry: &Entry<'_>) -> ImageEntry {
    let device = |major, minor| DeviceNumber::new(major, minor);
    let (kind, data, len, link_target, device) = match entry.kind {
        EntryKind::Directory(directory) => {
            (Kind::Directory, Data::UdfDirectory(directory), entry.len, Vec::new(), None)
        }
        EntryKind::File(_) => (Kind::File, Data::UdfFile(entry.icb), entry.len, Vec::new(), None),
        EntryKind::Symlink(target) => (Kind::Symlink, Data::None, target.len() as u64, target.to_vec(), None),
        EntryKind::CharacterDevice { major, minor } => {
            (Kind::CharacterDevice, Data::None, 0, Vec::new(), device(major, minor))
        }
        EntryKind::BlockDevice { major, minor } => {
            (Kind::BlockDevice, Data::None, 0, Vec::new(), device(major, minor))
        }
        EntryKind::Fifo => (Kind::Fifo, Data::None, 0, Vec::new(), None),
        EntryKind::Socket => (Kind::Socket, Data::None, 0, Vec::new(), None),
    };
    ImageEntry {
        serial: None,
        name: entry.name.to_vec(),
        kind,
        attributes: attributes(entry),
        links: entry.links.into(),
        modified: modified(entry),
        times: kept(times(entry.times)),
        len,
        link_target,
        device,
        data,
        real_time: entry.file_type == FileType::REAL_TIME,
        streams: entry.streams,
    }
}

/// Owner and permissions; what is not given is root's.
pub(crate) fn attributes(entry: &Entry<'_>) -> Attributes {
    Attributes {
        permissions: (entry.mode() & 0o7777) as u16,
        uid: entry.uid.unwrap_or(0),
        gid: entry.gid.unwrap_or(0),
    }
}

/// Time of the last modification, else 1970.
pub(crate) fn modified(entry: &Entry<'_>) -> Timestamp {
    time(entry.times.modify).unwrap_or_default()
}

/// All other times. A file entry has fields that cannot be left out: where all of them have the time of
/// modification, as of an item that nothing else was known of, they say nothing.
pub(crate) fn times(recorded: udf::read::Times) -> Times {
    let udf::read::Times { access, modify, creation, attribute, .. } = recorded;
    let others = Times {
        backup: recorded.last_backup.and_then(time),
        expiration: recorded.deletion.and_then(time),
        effective: recorded.effective.and_then(time),
        ..Times::default()
    };
    let same = |recorded: udf::Timestamp| time(recorded) == time(modify);
    if same(access) && same(attribute) && creation.is_none_or(same) {
        return others;
    }
    Times { access: time(access), attributes: time(attribute), creation: creation.and_then(time), ..others }
}

fn time(recorded: udf::Timestamp) -> Option<Timestamp> {
    let (seconds, microseconds) = recorded.to_unix()?;
    Some(Timestamp { seconds, nanoseconds: microseconds * 1000 })
}
