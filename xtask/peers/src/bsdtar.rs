//! libarchive's view.

use std::ffi::OsString;
use std::path::Path;

use crate::{Failure, Kind, Listing, Peer, list_directory, run};

/// A name space of ISO 9660.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameSpace {
    /// Neither extension.
    Plain,
    /// Rock Ridge.
    RockRidge,
    /// Joliet.
    Joliet,
}

/// Extracts to a folder that is thrown away, and lists that. Run as root, it tells owners and devices as
/// well. Names come without `;1`.
///
/// Link counts are told of Rock Ridge only: elsewhere libarchive makes hard links of equal extents.
/// Attributes are told of Rock Ridge only; of Joliet and plain ISO 9660, libarchive invents them.
///
/// # Errors
/// When bsdtar fails.
pub fn list(peer: &Peer, image: &Path, name_space: NameSpace) -> Result<Listing, Failure> {
    let folder = tempfile::tempdir()?;
    extract(peer, image, name_space, folder.path())?;
    let mut listing = list_directory(folder.path())?;
    for entry in listing.values_mut() {
        if name_space != NameSpace::RockRidge {
            entry.mode = None;
            entry.uid = None;
            entry.gid = None;
            entry.links = None;
        } else if !crate::running_as_root() {
            entry.uid = None;
            entry.gid = None;
        }
    }
    // The folder itself lends its attributes to an image without any for the root.
    if let Some(root) = listing.get_mut("/") {
        *root = crate::Entry::of_kind(Kind::Directory);
    }
    Ok(listing)
}

/// Extracts into an existing folder.
///
/// # Errors
/// When bsdtar fails.
pub fn extract(peer: &Peer, image: &Path, name_space: NameSpace, folder: &Path) -> Result<(), Failure> {
    let options = match name_space {
        NameSpace::Plain => "!joliet,!rockridge",
        NameSpace::RockRidge => "!joliet",
        NameSpace::Joliet => "!rockridge",
    };
    // -P: a backslash at the start of a name is part of it.
    let mut arguments: Vec<OsString> =
        ["-x", "-p", "-P", "--numeric-owner", "--options", options, "-f"].map(OsString::from).to_vec();
    arguments.extend([image.into(), "-C".into(), folder.into()]);
    run(peer.path(), &arguments)?.success("bsdtar").map(drop)
}
