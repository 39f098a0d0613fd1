//! What the host says of an item, in the terms of the tree.

use std::fs::Metadata;

use super::super::{Times, Timestamp};

pub(crate) use system::{attributes, host_name};
pub(super) use system::{attributes_changed, identity, image_name, inode_order, linked, what};

/// Nanoseconds since 1970, at the ends of the range where they do not fit.
pub(in crate::tree) fn nanoseconds(time: Timestamp) -> i64 {
    time.seconds.saturating_mul(1_000_000_000).saturating_add(i64::from(time.nanoseconds))
}

pub(crate) fn modified_nanoseconds(metadata: &Metadata) -> i64 {
    nanoseconds(modified(metadata))
}

pub(in crate::tree) fn modified(metadata: &Metadata) -> Timestamp {
    // Every host this runs on has modification times; one that had none would give 1970.
    metadata.modified().map(Timestamp::from).unwrap_or_default()
}

/// All times but that of modification, as far as the host has them.
pub(in crate::tree) fn times(metadata: &Metadata) -> Times {
    Times {
        access: metadata.accessed().ok().map(Timestamp::from),
        attributes: attributes_changed(metadata),
        creation: metadata.created().ok().map(Timestamp::from),
        ..Times::default()
    }
}

#[cfg(unix)]
mod system {
    use std::borrow::Cow;
    use std::ffi::OsStr;
    use std::fs::{DirEntry, Metadata};
    use std::io;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::os::unix::fs::{DirEntryExt, FileTypeExt, MetadataExt};
    use std::path::PathBuf;

    use super::super::listing::What;
    use crate::tree::{Attributes, Timestamp};

    pub(crate) fn host_name(name: &[u8]) -> &OsStr {
        OsStr::from_bytes(name)
    }

    pub(in crate::tree::scan) fn image_name(name: &OsStr) -> Cow<'_, [u8]> {
        Cow::Borrowed(name.as_bytes())
    }

    pub(in crate::tree::scan) fn inode_order(entries: &[DirEntry]) -> Vec<u32> {
        let mut order: Vec<u32> = (0..entries.len() as u32).collect();
        order.sort_by_key(|&at| entries[at as usize].ino());
        order
    }

    pub(crate) fn attributes(metadata: &Metadata) -> Attributes {
        Attributes {
            permissions: (metadata.mode() & 0o7777) as u16,
            uid: metadata.uid(),
            gid: metadata.gid(),
        }
    }

    pub(in crate::tree::scan) fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
        Some((metadata.dev(), metadata.ino()))
    }

    pub(in crate::tree::scan) fn attributes_changed(metadata: &Metadata) -> Option<Timestamp> {
        let nanoseconds = u32::try_from(metadata.ctime_nsec()).ok()?;
        Some(Timestamp { seconds: metadata.ctime(), nanoseconds })
    }

    /// What the names of one item have in common, if it may have several: where links are followed, any may.
    pub(in crate::tree::scan) fn linked(metadata: &Metadata, follow_links: bool) -> Option<(u64, u64)> {
        let may_be_met_again = metadata.nlink() > 1 || follow_links;
        (may_be_met_again && !metadata.is_dir()).then(|| (metadata.dev(), metadata.ino()))
    }

    pub(in crate::tree::scan) fn what(
        metadata: &Metadata,
        link_target: impl FnOnce() -> io::Result<PathBuf>,
    ) -> io::Result<What> {
        let kind = metadata.file_type();
        Ok(if kind.is_dir() {
            What::Directory
        } else if kind.is_file() {
            What::File
        } else if kind.is_symlink() {
            What::Symlink(link_target()?.into_os_string().into_vec().into())
        } else if kind.is_char_device() {
            let (major, minor) = device(metadata.rdev());
            What::CharacterDevice(major, minor)
        } else if kind.is_block_device() {
            let (major, minor) = device(metadata.rdev());
            What::BlockDevice(major, minor)
        } else if kind.is_fifo() {
            What::Fifo
        } else if kind.is_socket() {
            What::Socket
        } else {
            What::Other("no file type that an image can hold")
        })
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn device(number: u64) -> (u32, u32) {
        let major = (number >> 32 & 0xffff_f000) | (number >> 8 & 0xfff);
        let minor = (number >> 12 & 0xffff_ff00) | (number & 0xff);
        (major as u32, minor as u32)
    }

    /// BSD and macOS: `dev_t` of 32 bits, the major number in the bits from 24 (macOS) or 8 (BSD).
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn device(number: u64) -> (u32, u32) {
        if cfg!(target_vendor = "apple") {
            ((number >> 24 & 0xff) as u32, (number & 0xff_ffff) as u32)
        } else {
            ((number >> 8 & 0xff) as u32, (number & 0xffff_00ff) as u32)
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::borrow::Cow;
    use std::ffi::OsStr;
    use std::fs::{DirEntry, Metadata};
    use std::io;
    use std::path::PathBuf;

    use super::super::listing::What;
    use crate::tree::{Attributes, Timestamp};

    pub(crate) fn host_name(name: &[u8]) -> std::ffi::OsString {
        String::from_utf8_lossy(name).into_owned().into()
    }

    pub(in crate::tree::scan) fn image_name(name: &OsStr) -> Cow<'_, [u8]> {
        match name.to_string_lossy() {
            Cow::Borrowed(name) => Cow::Borrowed(name.as_bytes()),
            Cow::Owned(name) => Cow::Owned(name.into_bytes()),
        }
    }

    pub(in crate::tree::scan) fn inode_order(entries: &[DirEntry]) -> Vec<u32> {
        (0..entries.len() as u32).collect()
    }

    pub(crate) fn attributes(metadata: &Metadata) -> Attributes {
        let plain = if metadata.is_dir() { Attributes::DIRECTORY } else { Attributes::FILE };
        let writable = if metadata.permissions().readonly() { 0o222 } else { 0 };
        Attributes { permissions: plain.permissions & !writable, ..plain }
    }

    pub(in crate::tree::scan) fn identity(_: &Metadata) -> Option<(u64, u64)> {
        None
    }

    pub(in crate::tree::scan) fn attributes_changed(_: &Metadata) -> Option<Timestamp> {
        None
    }

    pub(in crate::tree::scan) fn linked(_: &Metadata, _: bool) -> Option<(u64, u64)> {
        None
    }

    pub(in crate::tree::scan) fn what(
        metadata: &Metadata,
        link_target: impl FnOnce() -> io::Result<PathBuf>,
    ) -> io::Result<What> {
        let kind = metadata.file_type();
        Ok(if kind.is_dir() {
            What::Directory
        } else if kind.is_file() {
            What::File
        } else if kind.is_symlink() {
            let target = link_target()?.to_string_lossy().replace('\\', "/");
            What::Symlink(target.into_bytes().into())
        } else {
            What::Other("no file type that an image can hold")
        })
    }
}
