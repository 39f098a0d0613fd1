//! Extended attributes: those of users, and access control lists in the form of Linux.

use std::io::Read;

use fuser::Errno;

use crate::tree::linux_attributes;
use crate::{Image, ImageEntry};

/// Bytes of the longest value that Linux takes.
const MOST: u64 = 64 << 10;

/// Names that are shown: what the kernel or root would take for its own has no say.
fn is_shown(name: &[u8]) -> bool {
    name.starts_with(b"user.")
}

fn lists(entry: &ImageEntry) -> Vec<(&'static [u8], Vec<u8>)> {
    entry.acl().map(|acl| linux_attributes(&acl).collect()).unwrap_or_default()
}

fn streams(image: &Image, entry: &ImageEntry) -> Result<Vec<ImageEntry>, Errno> {
    if !entry.has_streams() {
        return Ok(Vec::new());
    }
    let mut streams = image.streams(entry).map_err(|_| Errno::EIO)?;
    streams.retain(|stream| is_shown(&stream.name));
    Ok(streams)
}

/// Whether no item like this has anything to ask for, so that the image need not be looked at.
pub(super) fn has_none(entry: &ImageEntry, name: &[u8]) -> bool {
    match is_shown(name) {
        true => !entry.has_streams(),
        false => !name.starts_with(b"system.posix_acl_") || entry.acl().is_none(),
    }
}

/// The value of an attribute.
pub(super) fn value(image: &Image, entry: &ImageEntry, name: &[u8]) -> Result<Vec<u8>, Errno> {
    if !is_shown(name) {
        let found = lists(entry).into_iter().find(|(list, _)| *list == name);
        return found.map(|(_, value)| value).ok_or(Errno::ENODATA);
    }
    let streams = streams(image, entry)?;
    let stream = streams.iter().find(|stream| stream.name == name).ok_or(Errno::ENODATA)?;
    if stream.len > MOST {
        return Err(Errno::E2BIG);
    }
    let mut value = Vec::new();
    let mut reader = image.open(stream).map_err(|_| Errno::EIO)?;
    reader.read_to_end(&mut value).map_err(|_| Errno::EIO)?;
    Ok(value)
}

/// The names of all, each with NUL behind it.
pub(super) fn names(image: &Image, entry: &ImageEntry) -> Result<Vec<u8>, Errno> {
    let mut names = Vec::new();
    for (name, _) in lists(entry) {
        names.extend_from_slice(name);
        names.push(0);
    }
    for stream in streams(image, entry)?.iter().filter(|stream| !stream.name.contains(&0)) {
        names.extend_from_slice(&stream.name);
        names.push(0);
    }
    Ok(names)
}
