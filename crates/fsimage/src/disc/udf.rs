//! UDF as the rest of this crate wants it.

use std::sync::Arc;

use iso9660::rock_ridge::TimeFlags;
use sector_io::{ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};
use udf::Descriptor;
use udf::file::{FileCharacteristics, FileType, IcbFlags};
use udf::read::{Entry, EntryKind, OpenOptions, Volume};
use udf::volume::{AccessType, AnchorVolumeDescriptorPointer};

use super::entry::{Data, ImageEntry, kept};
use super::udf_sessions::newest_of_anchor;
use crate::head::{ANCHOR, KEPT_ANCHOR};
use crate::tree::{Attributes, DeviceNumber, Kind, Times, Timestamp, UdfFlags};
use crate::view::udf::VirtualVolume;
use crate::{Error, Result};

pub(crate) type UdfVolume = Volume<Arc<dyn ReadSectors>>;

/// The volume of a session; `None` if there is none. `source` ends where the session does, or behind its `end`, as far as
/// that is known.
///
/// A volume that grows by virtual allocation tables is seen in the state that it had when the session ended.
///
/// A session with ISO 9660 has UDF only if a recognition sequence says so: anchors may be left of what was
/// on the medium before.
///
/// # Errors
/// [`Error::Corrupt`] and others for a volume that is announced, and cannot be read.
pub(super) fn volume(
    source: &Arc<dyn ReadSectors>,
    session: Sector,
    end: Option<Sector>,
    has_iso9660: bool,
) -> Result<Option<UdfVolume>> {
    let is_announced = is_announced(source, session);
    if has_iso9660 && !is_announced {
        return Ok(None);
    }
    let anchor_copy = kept_anchor(source, session);
    let options = OpenOptions { session, end, anchor_copy, ..OpenOptions::default() };
    match Volume::open_with(source.clone(), &options) {
        Ok(volume) => Ok(Some(volume)),
        Err(udf::read::Error::NoVolume { .. }) if !is_announced => Ok(None),
        Err(error @ udf::read::Error::NoVolume { .. }) => {
            let first = session.checked_add(SectorCount::new(ANCHOR.get())).unwrap_or(session);
            match source.read_sectors(first, &mut [0; SECTOR_SIZE]) {
                Err(unreadable @ (ReadError::Device { .. } | ReadError::Io { .. })) => {
                    Err(Error::ImportRead(unreadable))
                }
                _ => Err(read_error(error)),
            }
        }
        Err(error) => Err(read_error(error)),
    }
}

/// Whether a session is to have UDF: by its recognition sequence, or, where that is damaged, by that of the head, whose anchor leads
/// to the session.
fn is_announced(source: &dyn ReadSectors, session: Sector) -> bool {
    let is_recognised = |start| udf::read::recognised(source, start).is_some();
    is_recognised(session) || (is_recognised(Sector::ZERO) && newest_of_anchor(source) == Some(session))
}

/// The anchor in a sector, if there is one that was recorded for sector `location`.
pub(crate) fn anchor_at(
    source: &dyn ReadSectors,
    at: Sector,
    location: Sector,
) -> Option<AnchorVolumeDescriptorPointer> {
    let mut sector = [0; SECTOR_SIZE];
    source.read_sectors(at, &mut sector).ok()?;
    let anchor = AnchorVolumeDescriptorPointer::parse(&sector).ok()?;
    (anchor.tag.location == location.get()).then_some(anchor)
}

/// Where the anchor of the first session is kept, if `session` is the copy of a head that has one.
pub(crate) fn kept_anchor(source: &dyn ReadSectors, session: Sector) -> Option<Sector> {
    let at = session.checked_add(KEPT_ANCHOR)?;
    anchor_at(source, at, ANCHOR).map(|_| at)
}

/// Whether a further session on a medium of which every sector can be written again may follow that volume; why
/// not.
pub(crate) fn is_continuable(
    volume: &UdfVolume,
    source: &dyn ReadSectors,
) -> std::result::Result<(), String> {
    if volume.block_size() as usize != SECTOR_SIZE {
        return Err(format!(
            "its UDF has blocks of {} bytes, where sessions have {SECTOR_SIZE}: build a new image of what it holds",
            volume.block_size()
        ));
    }
    if volume.virtual_allocation_table().is_some() {
        return Err(match VirtualVolume::obstacle(volume) {
            None => "its UDF grows by virtual allocation tables, and a session with all its descriptors would not be \
                     found here; leave out --udf-access"
                .to_owned(),
            Some(reason) => {
                format!("its UDF grows by virtual allocation tables, which this cannot continue: {reason}")
            }
        });
    }
    // Whoever changes it in place would overwrite what follows, or go on in the old state.
    if let Some(partition) = volume.partitions().iter().find(|one| one.access_type != AccessType::READ_ONLY) {
        return Err(format!(
            "its UDF is made to be changed in place (partition access type {}): mount it and write to it, or build \
             a new image of what it holds",
            partition.access_type.0
        ));
    }
    if anchor_at(source, ANCHOR, ANCHOR).is_none() {
        return Err(format!(
            "its UDF has no anchor in sector {ANCHOR}, which would have to name the new session"
        ));
    }
    Ok(())
}

/// The facade's error for one of the reader's.
pub(crate) fn read_error(error: udf::read::Error) -> Error {
    use udf::read::Error as Read;
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

/// The names of an item. Where it has streams, the parent of their directory leads to it as well (UDF 3.3.5.1).
fn names(entry: &Entry<'_>) -> u32 {
    let links = u32::from(entry.links);
    if entry.streams.is_some() && links > 1 { links - 1 } else { links }
}

pub(super) fn image_entry(entry: &Entry<'_>) -> ImageEntry {
    let device = |major, minor| DeviceNumber::new(major, minor);
    let special = Data::UdfSpecial(entry.icb);
    let (kind, data, len, link_target, device) = match entry.kind {
        EntryKind::Directory(directory) => {
            (Kind::Directory, Data::UdfDirectory(directory), entry.len, Vec::new(), None)
        }
        EntryKind::File(_) => (Kind::File, Data::UdfFile(entry.icb), entry.len, Vec::new(), None),
        EntryKind::Symlink(target) => (Kind::Symlink, special, target.len() as u64, target.to_vec(), None),
        EntryKind::CharacterDevice { major, minor } => {
            (Kind::CharacterDevice, special, 0, Vec::new(), device(major, minor))
        }
        EntryKind::BlockDevice { major, minor } => {
            (Kind::BlockDevice, special, 0, Vec::new(), device(major, minor))
        }
        EntryKind::Fifo => (Kind::Fifo, special, 0, Vec::new(), None),
        EntryKind::Socket => (Kind::Socket, special, 0, Vec::new(), None),
    };
    ImageEntry {
        serial: None,
        name: entry.name.to_vec(),
        kind,
        attributes: attributes(entry),
        links: names(entry),
        modified: modified(entry),
        times: kept(times(entry.times)),
        len,
        link_target,
        device,
        data,
        real_time: entry.file_type == FileType::REAL_TIME,
        is_concealed: entry.characteristics.contains(FileCharacteristics::HIDDEN),
        udf_flags: udf_flags(entry),
        has_version: false,
        has_joliet_version: false,
        is_owner_open: is_owner_open(entry),
        streams: entry.streams,
        attribute_list: None,
        impossible_times: super::impossible_in_udf(&entry.times),
        impossible_offsets: TimeFlags::empty(),
    }
}

/// The flags that a tree holds.
pub(crate) fn udf_flags(entry: &Entry<'_>) -> UdfFlags {
    let mut flags = UdfFlags::empty();
    flags.set(UdfFlags::ARCHIVE, entry.flags.contains(IcbFlags::ARCHIVE));
    flags.set(UdfFlags::SYSTEM, entry.flags.contains(IcbFlags::SYSTEM));
    flags
}

/// Whether a user or group is not given (ECMA-167 4/14.9.3, 14.9.4).
pub(crate) fn is_owner_open(entry: &Entry<'_>) -> bool {
    entry.uid.is_none() || entry.gid.is_none()
}

/// As [`attributes`], with `u32::MAX`, as it is recorded, for what is not given.
pub(crate) fn recorded_attributes(entry: &Entry<'_>) -> Attributes {
    let (uid, gid) = (entry.uid.unwrap_or(u32::MAX), entry.gid.unwrap_or(u32::MAX));
    Attributes { uid, gid, ..attributes(entry) }
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
    let same = |recorded: udf::Timestamp| recorded == modify || time(recorded) == time(modify);
    if same(access) && same(attribute) && creation.is_none_or(same) {
        return others;
    }
    Times { access: time(access), attributes: time(attribute), creation: creation.and_then(time), ..others }
}

pub(crate) fn time(recorded: udf::Timestamp) -> Option<Timestamp> {
    let (seconds, microseconds) = recorded.to_unix()?;
    Some(Timestamp { seconds, nanoseconds: microseconds * 1000 })
}
