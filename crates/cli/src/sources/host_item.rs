//! What a source of the command line is on the host.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use fsimage::{Error, FileIdentity, Timestamp};

use crate::failure::Failure;

/// Pipes among the sources. One that comes twice has nothing left for the second.
#[derive(Default)]
pub(super) struct Pipes<'a>(HashMap<FileIdentity, &'a Path>);

impl<'a> Pipes<'a> {
    pub(super) fn check(&mut self, item: &HostItem, host: &'a Path) -> Result<(), Failure> {
        let HostItem::Stream { pipe: Some(pipe), .. } = item else { return Ok(()) };
        match self.0.insert(*pipe, host) {
            None => Ok(()),
            Some(first) => {
                let reason = format!(
                    "the same pipe as {}, which is read to its end; nothing is left",
                    first.display()
                );
                Err(Failure::argument(host.display().to_string(), reason))
            }
        }
    }
}

/// What a source of the command line is on the host.
pub(crate) enum HostItem {
    Folder,
    File,
    /// Its length is known at its end only: a pipe, or a file that the kernel makes up when it is read.
    Stream {
        modified: Timestamp,
        /// Of a pipe: it can be read only once.
        pipe: Option<FileIdentity>,
    },
}

impl HostItem {
    pub(crate) fn at(host: &Path) -> Result<HostItem, Failure> {
        let open_error = |source| Error::SourceOpen { path: host.to_owned(), source };
        let metadata = std::fs::metadata(host).map_err(open_error)?;
        if metadata.is_dir() {
            return Ok(HostItem::Folder);
        }
        let modified = metadata.modified().map_err(open_error)?.into();
        if is_pipe(&metadata) {
            Ok(HostItem::Stream { modified, pipe: FileIdentity::of(&metadata) })
        } else if !metadata.is_file() {
            Err(Failure::argument(host.display().to_string(), "neither a file, a folder nor a pipe"))
        } else if metadata.len() > 0 {
            Ok(HostItem::File)
        } else {
            let mut first = [0];
            let read = File::open(host).and_then(|mut file| file.read(&mut first)).map_err(open_error)?;
            Ok(if read > 0 { HostItem::Stream { modified, pipe: None } } else { HostItem::File })
        }
    }
}

#[cfg(unix)]
fn is_pipe(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
pub(crate) fn name_bytes(name: &std::ffi::OsStr) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(name).to_vec()
}

#[cfg(not(unix))]
pub(crate) fn name_bytes(name: &std::ffi::OsStr) -> Vec<u8> {
    name.to_string_lossy().into_owned().into_bytes()
}
