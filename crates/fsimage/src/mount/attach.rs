//! Mounting: by the kernel's own calls where this user may, else by the helper of FUSE, which may.

use std::fs::OpenOptions;
use std::io::{self, IoSliceMut, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, fsconfig_create, fsconfig_set_flag,
    fsconfig_set_string, fsmount, fsopen, move_mount,
};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use super::mounted_at::MountedAt;
use super::{MountOptions, refused};
use crate::{Error, Result};

/// The helper; it has the rights that a user lacks.
pub(super) const HELPER: &str = "fusermount3";

const DEVICE: &str = "/dev/fuse";
const TYPE: &str = "fsimage";

/// A mount that is being made.
pub(super) enum Attached {
    /// It is nowhere yet.
    Apart { device: OwnedFd, mount: OwnedFd, folder: OwnedFd },
    /// The helper has put it there.
    There { device: OwnedFd },
}

impl Attached {
    pub(super) fn begin(folder: &Path, name: &str, options: &MountOptions) -> Result<Attached> {
        let device =
            OpenOptions::new().read(true).write(true).open(DEVICE).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => Error::Unsupported { feature: format!("FUSE, without {DEVICE},") },
                _ => Error::InvalidArgument { argument: DEVICE.to_owned(), reason: error.to_string() },
            })?;
        let device = OwnedFd::from(device);
        let opened = open_folder(folder).map_err(|error| refused(folder, error))?;
        match make(&device, name, options) {
            Ok(mount) => Ok(Attached::Apart { device, mount, folder: opened }),
            Err(Errno::PERM | Errno::NOSYS) => {
                let device = by_helper(folder, name, options).map_err(|error| refused(folder, error))?;
                Ok(Attached::There { device })
            }
            Err(error) => Err(refused(folder, error)),
        }
    }

    /// What the kernel asks by.
    pub(super) fn device(&self) -> BorrowedFd<'_> {
        match self {
            Attached::Apart { device, .. } | Attached::There { device } => device.as_fd(),
        }
    }

    /// Puts it there, now that somebody answers.
    pub(super) fn finish(self, folder: &Path) -> Result<MountedAt> {
        let put = || -> io::Result<MountedAt> {
            match &self {
                Attached::Apart { mount, folder, .. } => {
                    let flags =
                        MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
                    move_mount(mount, "", folder, "", flags)?;
                    MountedAt::of(mount)
                }
                Attached::There { .. } => MountedAt::of(open_folder(folder)?),
            }
        };
        put().map_err(|error| refused(folder, error))
    }
}

fn open_folder(folder: &Path) -> rustix::io::Result<OwnedFd> {
    rustix::fs::openat(CWD, folder, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

/// A mount that is nowhere.
fn make(device: &OwnedFd, name: &str, options: &MountOptions) -> rustix::io::Result<OwnedFd> {
    let context = fsopen("fuse", FsOpenFlags::FSOPEN_CLOEXEC)?;
    let set = |key: &str, value: &str| fsconfig_set_string(&context, key, value);
    set("source", name)?;
    set("subtype", TYPE)?;
    set("fd", &device.as_raw_fd().to_string())?;
    set("rootmode", "40000")?;
    set("user_id", &rustix::process::geteuid().as_raw().to_string())?;
    set("group_id", &rustix::process::getegid().as_raw().to_string())?;
    fsconfig_set_flag(&context, "ro")?;
    if options.other_users {
        fsconfig_set_flag(&context, "allow_other")?;
        fsconfig_set_flag(&context, "default_permissions")?;
    }
    fsconfig_create(&context)?;
    let attributes = MountAttrFlags::MOUNT_ATTR_RDONLY
        | MountAttrFlags::MOUNT_ATTR_NOSUID
        | MountAttrFlags::MOUNT_ATTR_NODEV;
    fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, attributes)
}

/// The helper mounts, and hands over what the kernel asks by.
fn by_helper(folder: &Path, name: &str, options: &MountOptions) -> io::Result<OwnedFd> {
    let (own, its) = UnixStream::pair()?;
    // Commas part options.
    let name = name.replace('\\', "\\\\").replace(',', "\\,");
    let mut list = format!("ro,nosuid,nodev,subtype={TYPE},fsname={name}");
    if options.other_users {
        list.push_str(",allow_other,default_permissions");
    }
    let mut command = Command::new(HELPER);
    command.args(["-o", &list, "--"]).arg(folder).env("_FUSE_COMMFD", "0");
    command.stdin(OwnedFd::from(its)).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::other(format!(
            "the system does not let this user mount, and {HELPER}, which may, is not installed (package fuse3)"
        )),
        _ => error,
    })?;
    // It is the helper's alone: its end is seen.
    drop(command);
    let device = receive(&own);
    let mut told = String::new();
    if let Some(mut errors) = child.stderr.take() {
        errors.read_to_string(&mut told)?;
    }
    let status = child.wait()?;
    match device? {
        Some(device) if status.success() => Ok(device),
        _ if told.trim().is_empty() => Err(io::Error::other(format!("{HELPER} failed: {status}"))),
        _ => Err(io::Error::other(told.trim().to_owned())),
    }
}

fn receive(socket: &UnixStream) -> io::Result<Option<OwnedFd>> {
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    let mut parts = [IoSliceMut::new(&mut byte)];
    loop {
        match recvmsg(socket, &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC) {
            Err(Errno::INTR) => {}
            received => {
                received?;
                break;
            }
        }
    }
    Ok(control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut received) => received.next(),
        _ => None,
    }))
}
