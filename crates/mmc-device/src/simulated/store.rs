//! The files a medium lives in: its sectors, and beside them its state.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::SimulatedError;
use super::execute::in_memory;
use super::medium::Medium;
use super::status::{Outcome, of_host};
use crate::positioned::{read_exact_at, write_all_at};
use crate::{FileStretch, Outgoing};

const SECTOR: u64 = 2048;
/// State files beyond this size are refused: no medium needs them.
const LARGEST_STATE: u64 = 256 << 20;
const FORMAT: &str = "fsimage simulated medium";
const VERSION: u32 = 1;

/// The state file, version 1.
#[derive(Serialize)]
struct StateFile<'a> {
    format: &'a str,
    version: u32,
    medium: &'a Medium,
}

/// What every version of the state file begins with.
#[derive(Deserialize)]
struct Preamble {
    format: String,
    version: u32,
}

#[derive(Deserialize)]
struct StateFileV1 {
    medium: Medium,
}

/// The backing file, held exclusively, and the name of its state file.
#[derive(Debug)]
pub(super) struct Store {
    file: File,
    path: PathBuf,
    state: PathBuf,
    /// Length of the backing file in bytes.
    len: u64,
    /// Where it must end: zeros behind the last data need not be written.
    end: u64,
}

impl Store {
    /// Makes the two files of a new medium.
    pub(super) fn create(path: &Path, medium: &Medium) -> Result<Store, SimulatedError> {
        let state = state_path(path);
        if fs::symlink_metadata(&state).is_ok() {
            let path = path.to_owned();
            return Err(match fs::symlink_metadata(&path) {
                Ok(_) => SimulatedError::AlreadyExists { path },
                Err(_) => SimulatedError::StateLeftBehind { path, state },
            });
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        let file = open_exclusive(path, &mut options)?;
        let mut store = Store { file, path: path.to_owned(), state, len: 0, end: 0 };
        match store.save(medium) {
            Ok(_) => Ok(store),
            Err(error) => {
                // Half a medium would only be in the way. What stands against removing it, the error tells.
                drop(store);
                let _ = fs::remove_file(path);
                Err(error)
            }
        }
    }

    /// Opens the two files of a medium.
    pub(super) fn open(path: &Path) -> Result<(Store, Medium), SimulatedError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        let file = open_exclusive(path, &mut options)?;
        let state = state_path(path);
        let medium = read_state(&state)?;
        let io = |error| SimulatedError::io(path, error);
        let len = file.metadata().map_err(io)?.len();
        let end = u64::from(medium.written.end()) * SECTOR;
        if len < end {
            let reason = format!("its file of sectors has {len} of {end} bytes");
            return Err(SimulatedError::NotAMedium { path: path.to_owned(), reason });
        }
        if len > end {
            // A program that ended before it could save the state has left sectors nobody knows of.
            file.set_len(end).map_err(io)?;
        }
        Ok((Store { file, path: path.to_owned(), state, len: end, end }, medium))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes whole sectors of the host's.
    pub(super) fn take(&mut self, lba: u32, data: Outgoing<'_>) -> Outcome<()> {
        match data {
            Outgoing::Bytes(bytes) => Ok(self.write(lba, bytes)?),
            Outgoing::File(stretch) => self.copy(lba, stretch),
        }
    }

    /// Has the system move whole sectors from another file. Where that has holes, or the system cannot, they come
    /// through memory.
    fn copy(&mut self, lba: u32, from: FileStretch<'_>) -> Outcome<()> {
        let offset = u64::from(lba) * SECTOR;
        let copied = if is_sparse(from.file) { 0 } else { copy_range(from, &self.file, offset) };
        if copied > 0 {
            let end = offset + copied as u64;
            self.len = self.len.max(end);
            self.end = self.end.max(end);
        }
        let sectors = copied / SECTOR as usize;
        let (_, rest) = Outgoing::File(from).split_at(sectors * SECTOR as usize);
        if !rest.is_empty() {
            let bytes = in_memory(rest)?;
            self.write(lba + sectors as u32, &bytes)?;
        }
        Ok(())
    }

    /// Writes whole sectors. Zeros where nothing else was written stay a hole.
    pub(super) fn write(&mut self, lba: u32, data: &[u8]) -> io::Result<()> {
        let offset = u64::from(lba) * SECTOR;
        let end = offset + data.len() as u64;
        self.end = self.end.max(end);
        if is_zero(data) && self.holds_zeros(offset, data.len()) {
            return Ok(());
        }
        write_all_at(&self.file, data, offset).map_err(|error| of_host(&self.path, error))?;
        self.len = self.len.max(end);
        Ok(())
    }

    /// Whether what lies there reads as zeros already.
    fn holds_zeros(&self, offset: u64, len: usize) -> bool {
        let there = self.len.saturating_sub(offset).min(len as u64);
        let mut found = [0; 16 * SECTOR as usize];
        (0..there).step_by(found.len()).all(|at| {
            let found = &mut found[..(there - at).min(16 * SECTOR) as usize];
            read_exact_at(&self.file, found, offset + at).is_ok() && is_zero(found)
        })
    }

    /// Makes sectors behind the end of the file read as zeros.
    pub(super) fn write_zeros(&mut self, lba: u32, sectors: u32) -> io::Result<()> {
        let zeros = [0; 32 * SECTOR as usize];
        let mut lba = lba;
        let mut left = sectors;
        while left > 0 {
            let step = left.min(32);
            self.write(lba, &zeros[..step as usize * SECTOR as usize])?;
            lba += step;
            left -= step;
        }
        Ok(())
    }

    /// Reads whole sectors; what lies behind the end of the file is zeros.
    pub(super) fn read(&self, lba: u32, buffer: &mut [u8]) -> io::Result<()> {
        let offset = u64::from(lba) * SECTOR;
        let there = self.len.saturating_sub(offset).min(buffer.len() as u64) as usize;
        let (data, hole) = buffer.split_at_mut(there);
        hole.fill(0);
        read_exact_at(&self.file, data, offset).map_err(|error| of_host(&self.path, error))
    }

    /// Forgets all sectors.
    pub(super) fn erase(&mut self) -> io::Result<()> {
        // To cut an empty file makes some file systems write all that follows to disk when it is closed.
        if self.len > 0 {
            self.file.set_len(0).map_err(|error| of_host(&self.path, error))?;
        }
        self.len = 0;
        self.end = 0;
        Ok(())
    }

    /// Brings the backing file to its length and replaces the state file, whose length in bytes is returned.
    pub(super) fn save(&mut self, medium: &Medium) -> Result<u64, SimulatedError> {
        if self.len < self.end {
            self.file.set_len(self.end).map_err(|error| SimulatedError::io(&self.path, error))?;
            self.len = self.end;
        }
        let file = StateFile { format: FORMAT, version: VERSION, medium };
        let write = || {
            let mut text = serde_json::to_vec_pretty(&file)?;
            text.push(b'\n');
            let temporary = with_suffix(&self.state, ".new");
            let saved = fs::write(&temporary, &text).and_then(|()| fs::rename(&temporary, &self.state));
            if saved.is_err() {
                // The state that was saved before is the medium's.
                let _ = fs::remove_file(&temporary);
            }
            saved.map(|()| text.len() as u64)
        };
        write().map_err(|error: io::Error| SimulatedError::io(&self.state, error))
    }
}

/// `PATH.medium` for `PATH`.
pub(super) fn state_path(path: &Path) -> PathBuf {
    with_suffix(path, ".medium")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn read_state(path: &Path) -> Result<Medium, SimulatedError> {
    let bad = |reason: String| SimulatedError::NotAMedium { path: path.to_owned(), reason };
    let len = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(bad("there is no state file of that name".into()));
        }
        Err(error) => return Err(SimulatedError::io(path, error)),
    };
    if len > LARGEST_STATE {
        return Err(bad(format!("{len} bytes are too many")));
    }
    let text = fs::read(path).map_err(|error| SimulatedError::io(path, error))?;
    let preamble: Preamble = serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
    if preamble.format != FORMAT {
        return Err(bad(format!("its format is '{}'", preamble.format)));
    }
    if preamble.version != VERSION {
        let (found, known) = (preamble.version, VERSION);
        return Err(SimulatedError::UnknownVersion { path: path.to_owned(), found, known });
    }
    let file: StateFileV1 = serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
    file.medium.check().map_err(|reason| bad(reason.to_owned()))?;
    Ok(file.medium)
}

/// Nothing but zeros. Ends at the first other byte, so data cost nothing.
fn is_zero(data: &[u8]) -> bool {
    let (words, rest) = data.as_chunks::<16>();
    words.iter().all(|word| u128::from_ne_bytes(*word) == 0) && rest.iter().all(|byte| *byte == 0)
}

/// A program that is started meanwhile has all files of this one for a moment, and would hold the lock as well.
#[cfg(unix)]
impl Drop for Store {
    fn drop(&mut self) {
        use rustix::fs::{FlockOperation, flock};

        // What cannot be unlocked is unlocked when the file is closed.
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

#[cfg(unix)]
fn open_exclusive(path: &Path, options: &mut OpenOptions) -> Result<File, SimulatedError> {
    use rustix::fs::{FlockOperation, flock};

    let file = options.open(path).map_err(|error| open_error(path, error))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => {
            #[cfg(target_os = "linux")]
            let holders = crate::transport::linux_holders::of_file("/proc".as_ref(), path, &file);
            #[cfg(not(target_os = "linux"))]
            let holders = Vec::new();
            Err(SimulatedError::DriveLocked { path: path.to_owned(), holders })
        }
        Err(error) => Err(SimulatedError::io(path, error.into())),
    }
}

/// Others may read the file meanwhile, but not open it for writing.
#[cfg(windows)]
fn open_exclusive(path: &Path, options: &mut OpenOptions) -> Result<File, SimulatedError> {
    use std::os::windows::fs::OpenOptionsExt;

    const FILE_SHARE_READ: u32 = 1;
    const ERROR_SHARING_VIOLATION: i32 = 32;
    options.share_mode(FILE_SHARE_READ).open(path).map_err(|error| match error.raw_os_error() {
        Some(ERROR_SHARING_VIOLATION) => {
            SimulatedError::DriveLocked { path: path.to_owned(), holders: Vec::new() }
        }
        _ => open_error(path, error),
    })
}

/// Systems without file locks: nothing keeps a second drive away.
#[cfg(not(any(unix, windows)))]
fn open_exclusive(path: &Path, options: &mut OpenOptions) -> Result<File, SimulatedError> {
    options.open(path).map_err(|error| open_error(path, error))
}

fn open_error(path: &Path, error: io::Error) -> SimulatedError {
    match error.kind() {
        io::ErrorKind::AlreadyExists => SimulatedError::AlreadyExists { path: path.to_owned() },
        _ => SimulatedError::io(path, error),
    }
}

#[cfg(unix)]
fn is_sparse(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;

    file.metadata().is_ok_and(|metadata| metadata.blocks().saturating_mul(512) < metadata.len())
}

#[cfg(not(unix))]
fn is_sparse(_: &File) -> bool {
    false
}

/// Moves bytes inside the kernel, which shares blocks where the file system can, and says how many went.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn copy_range(from: FileStretch<'_>, to: &File, offset: u64) -> usize {
    let (mut read, mut write, mut left) = (from.offset, offset, from.len);
    while left > 0 {
        match rustix::fs::copy_file_range(from.file, Some(&mut read), to, Some(&mut write), left) {
            Err(rustix::io::Errno::INTR) => {}
            // What stands against it shows when the rest goes through memory.
            Ok(0) | Err(_) => break,
            Ok(copied) => left -= copied,
        }
    }
    from.len - left
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn copy_range(_: FileStretch<'_>, _: &File, _: u64) -> usize {
    0
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::simulated::MediumKind;

    #[test]
    fn zeros_take_no_room() {
        use std::os::unix::fs::MetadataExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("medium");
        let kind = MediumKind::BdRe;
        let medium = Medium::blank(kind, kind.default_capacity());
        let mut store = Store::create(&path, &medium).unwrap();
        let zeros = vec![0; 1 << 20];
        // The second time, the file has its length.
        for _ in 0..2 {
            store.write(0, &zeros).unwrap();
            store.write(512, &zeros).unwrap();
            store.save(&medium).unwrap();
        }
        let found = fs::metadata(&path).unwrap();
        assert_eq!((found.len(), found.blocks()), (2 << 20, 0));
        // Over something else they are written.
        store.write(500, &[7; 2048]).unwrap();
        store.write(0, &zeros).unwrap();
        let mut back = [1; 2048];
        store.read(500, &mut back).unwrap();
        assert_eq!(back, [0; 2048]);
    }

    /// As a process has the file that was started while the medium was open.
    #[test]
    fn the_lock_ends_with_the_drive_whoever_has_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("medium");
        let kind = MediumKind::BdR;
        let store = Store::create(&path, &Medium::blank(kind, kind.default_capacity())).unwrap();
        let of_another = store.file.try_clone().unwrap();
        assert!(matches!(Store::open(&path), Err(SimulatedError::DriveLocked { .. })));
        drop(store);
        Store::open(&path).unwrap();
        drop(of_another);
    }
}
