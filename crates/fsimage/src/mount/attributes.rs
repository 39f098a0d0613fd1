//! Attributes of an item as the kernel takes them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fuser::{FileAttr, FileType, INodeNo};

use crate::{ImageEntry, Kind, Timestamp};

/// How access control lists and permissions go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lists {
    /// The kernel checks neither: only the user who mounts gets here.
    Unchecked,
    /// The kernel asks for the lists, and checks them.
    Asked,
    /// The kernel knows permissions alone: they grant no more than the lists do.
    Unknown,
}

pub(super) fn kind(kind: Kind) -> FileType {
    match kind {
        Kind::Directory => FileType::Directory,
        Kind::File => FileType::RegularFile,
        Kind::Symlink => FileType::Symlink,
        Kind::CharacterDevice => FileType::CharDevice,
        Kind::BlockDevice => FileType::BlockDevice,
        Kind::Fifo => FileType::NamedPipe,
        Kind::Socket => FileType::Socket,
    }
}

pub(super) fn attributes(number: u64, entry: &ImageEntry, lists: Lists) -> FileAttr {
    const BLOCK: u64 = 512;
    let times = entry.times();
    let size = match entry.kind {
        Kind::File | Kind::Directory => entry.len,
        Kind::Symlink => entry.link_target.len() as u64,
        _ => 0,
    };
    FileAttr {
        ino: INodeNo(number),
        size,
        blocks: entry.recorded_len().div_ceil(BLOCK),
        atime: time(times.access.unwrap_or(entry.modified)),
        mtime: time(entry.modified),
        ctime: time(times.attributes.unwrap_or(entry.modified)),
        crtime: time(times.creation.unwrap_or(entry.modified)),
        kind: kind(entry.kind),
        perm: permissions(entry, lists),
        nlink: entry.posix_links(),
        uid: entry.attributes.uid,
        gid: entry.attributes.gid,
        rdev: entry.device.map_or(0, |device| recorded_device(device.major(), device.minor())),
        blksize: sector_io::SECTOR_SIZE as u32,
        flags: 0,
    }
}

fn permissions(entry: &ImageEntry, lists: Lists) -> u16 {
    let recorded = entry.attributes.permissions;
    match lists {
        Lists::Unchecked => recorded,
        _ if entry.has_damaged_acl() => recorded & !0o077,
        Lists::Asked => recorded,
        Lists::Unknown => {
            let granted = entry.acl().and_then(|acl| acl.permissions_without());
            granted.map_or(recorded, |granted| recorded & !0o777 | granted)
        }
    }
}

/// The kernel's form of 32 bits: the lower 20 bits of the minor number stand around the 12 of the major one.
fn recorded_device(major: u32, minor: u32) -> u32 {
    minor & 0xFF | (major & 0xFFF) << 8 | (minor & 0xF_FF00) << 12
}

fn time(time: Timestamp) -> SystemTime {
    let seconds = Duration::from_secs(time.seconds.unsigned_abs());
    let whole = match time.seconds {
        0.. => UNIX_EPOCH.checked_add(seconds),
        _ => UNIX_EPOCH.checked_sub(seconds),
    };
    let nanoseconds = Duration::from_nanos(time.nanoseconds.into());
    whole.and_then(|whole| whole.checked_add(nanoseconds)).unwrap_or(UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_1970() {
        let early = time(Timestamp { seconds: -2, nanoseconds: 750_000_000 });
        assert_eq!(UNIX_EPOCH.duration_since(early).unwrap(), Duration::from_millis(1250));
    }

    #[test]
    fn device_numbers() {
        assert_eq!(recorded_device(8, 1), 0x801);
        assert_eq!(recorded_device(259, 0x12345), 0x1231_0345);
    }
}
