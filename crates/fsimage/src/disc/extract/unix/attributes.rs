//! What an item is given when it is there: owner, permissions, times, extended attributes, access control lists.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::AsRawFd;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
#[cfg(target_os = "linux")]
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use iso9660::aaip::AccessControlLists;
use rustix::fs::{AtFlags, Mode, Timespec, Timestamps};

use super::super::ImageEntry;
use super::{Extraction, write_error};
use crate::Result;
use crate::tree::{Kind, Timestamp};

impl Extraction<'_> {
    /// Restores extended attributes, as far as the host can have them.
    fn streams(&self, entry: &ImageEntry, made: Made<'_>, path: &Path) {
        if !entry.has_streams() {
            return;
        }
        if !self.options.extended_attributes {
            self.without_streams.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let walked = self.stream_walk.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).streams(entry);
        let streams = match walked {
            Ok(streams) => streams,
            Err(error) => return self.warn(path, format!("its named streams were left out: {error}")),
        };
        for stream in streams {
            if let Err(reason) = self.set_attribute(&stream, made) {
                let name = String::from_utf8_lossy(&stream.name);
                self.warn(path, format!("the extended attribute '{name}' was left out: {reason}"));
            }
        }
    }

    fn set_attribute(&self, stream: &ImageEntry, made: Made<'_>) -> std::result::Result<(), String> {
        /// Bytes of the longest value that any host takes.
        const MOST: u64 = 64 << 20;
        self.check_attribute_name(&stream.name)?;
        if stream.len > MOST {
            return Err(format!("{} bytes are too long for an extended attribute", stream.len));
        }
        let mut value = Vec::new();
        let mut reader = self.image.open(stream).map_err(|error| error.to_string())?;
        if let Err(error) = io::Read::read_to_end(&mut reader, &mut value) {
            return Err(reader.error(error).to_string());
        }
        made.set_attribute(OsStr::from_bytes(&stream.name), &value).map_err(|error| error.to_string())
    }

    /// Attributes that give a file privileges are not given to one that belongs to the caller.
    fn check_attribute_name(&self, name: &[u8]) -> std::result::Result<(), String> {
        if cfg!(target_vendor = "apple") || name.starts_with(b"user.") {
            return Ok(());
        }
        match name.starts_with(b"trusted.") || name.starts_with(b"security.") {
            true if self.options.owners => Ok(()),
            true => Err("it goes with the owner, which was not asked for".to_owned()),
            false => Err("this system has no such names of attributes".to_owned()),
        }
    }

    /// Restores the access control lists, and says the permission bits that go with what was restored.
    fn acl(&self, entry: &ImageEntry, made: Made<'_>, path: &Path) -> u16 {
        let permissions = entry.attributes.permissions;
        let Some(acl) = entry.acl() else { return permissions };
        if !self.options.acls {
            self.without_acls.fetch_add(1, Ordering::Relaxed);
        } else if let Err(error) = made.set_acl(&acl) {
            self.warn(path, format!("its access control lists were left out: {error}"));
        } else {
            return permissions;
        }
        let granted = acl.permissions_without().unwrap_or(permissions & 0o777);
        permissions & !0o777 | granted
    }

    /// Owner first: changing it clears the set-id bits, and attributes that give privileges. Permissions after
    /// attributes: they may forbid writing these.
    pub(super) fn finish(&self, entry: &ImageEntry, made: BorrowedFd<'_>, path: &Path) -> Result<()> {
        use rustix::fs::{Gid, Uid, fchmod, fchown, futimens};
        let attributes = entry.attributes;
        if self.options.owners {
            let (uid, gid) = (Uid::from_raw(attributes.uid), Gid::from_raw(attributes.gid));
            if let Err(error) = fchown(made, Some(uid), Some(gid)) {
                self.warn(path, format!("the owner could not be set: {error}"));
            }
        }
        self.streams(entry, Made::Opened(made), path);
        let mode = self.mode(self.acl(entry, Made::Opened(made), path), path);
        fchmod(made, mode).map_err(|error| write_error(path, error))?;
        futimens(made, &times(entry)).map_err(|error| write_error(path, error))
    }

    /// Set-id bits of somebody else's file are not given to one that belongs to the caller.
    fn mode(&self, permissions: u16, path: &Path) -> Mode {
        let mask = if self.options.owners { 0o7777 } else { 0o1777 };
        if permissions & !mask != 0 {
            self.warn(path, "the set-id bits were left out; they go with the owner".to_owned());
        }
        Mode::from_raw_mode((permissions & mask).into())
    }

    pub(super) fn finish_unopened(
        &self,
        entry: &ImageEntry,
        folder: BorrowedFd<'_>,
        path: &Path,
    ) -> Result<()> {
        use rustix::fs::{Gid, Uid, chmodat, chownat, utimensat};
        let name = OsStr::from_bytes(&entry.name);
        let attributes = entry.attributes;
        if self.options.owners {
            let (uid, gid) = (Uid::from_raw(attributes.uid), Gid::from_raw(attributes.gid));
            if let Err(error) = chownat(folder, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW) {
                self.warn(path, format!("the owner could not be set: {error}"));
            }
        }
        let made = Made::In(folder, name);
        self.streams(entry, made, path);
        if entry.kind != Kind::Symlink {
            let mode = self.mode(self.acl(entry, made, path), path);
            chmodat(folder, name, mode, AtFlags::empty()).map_err(|error| write_error(path, error))?;
        }
        utimensat(folder, name, &times(entry), AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|error| write_error(path, error))
    }
}

/// An item that was made: opened, or by its folder and name where it cannot be opened.
#[derive(Clone, Copy)]
enum Made<'a> {
    Opened(BorrowedFd<'a>),
    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "attributes of these are restored on Linux only")
    )]
    In(BorrowedFd<'a>, &'a OsStr),
}

impl Made<'_> {
    fn set_attribute(self, name: &OsStr, value: &[u8]) -> io::Result<()> {
        match self {
            Made::Opened(made) => {
                xattr::FileExt::set_xattr(&File::from(made.try_clone_to_owned()?), name, value)
            }
            // Of the item itself, if it is a link. No call takes a folder and a name.
            #[cfg(target_os = "linux")]
            Made::In(folder, item) => {
                let folder = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
                xattr::set(folder.join(item), name, value)
            }
            #[cfg(not(target_os = "linux"))]
            Made::In(..) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    #[cfg(target_os = "linux")]
    fn set_acl(self, acl: &AccessControlLists) -> io::Result<()> {
        crate::tree::linux_attributes(acl)
            .try_for_each(|(name, value)| self.set_attribute(OsStr::from_bytes(name), &value))
    }

    #[cfg(not(target_os = "linux"))]
    fn set_acl(self, _: &AccessControlLists) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

fn times(entry: &ImageEntry) -> Timestamps {
    let time = |time: Timestamp| Timespec { tv_sec: time.seconds, tv_nsec: time.nanoseconds.into() };
    Timestamps {
        last_access: time(entry.times().access.unwrap_or(entry.modified)),
        last_modification: time(entry.modified),
    }
}
