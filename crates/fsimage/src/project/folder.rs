//! The folder of a project: three files at most, and their digests in the form of `sha256sum`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sector_io::{FileSectors, ReadSectors, SECTOR_SIZE, Sector};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::problem;
use crate::error::ProjectProblem;
use crate::portable::digits;
use crate::tree::{ContentId, Tree};
use crate::{Control, Error, Result, Stage};

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const SESSIONS: &str = "sessions.iso";
const CONTENTS: &str = "contents";
const SUMS: &str = "SHA256SUMS";

/// Bytes that are moved at a time.
const PIECE: usize = 1 << 20;

/// A folder that is being made, under another name.
pub(super) struct NewFolder {
    target: PathBuf,
    unfinished: tempfile::TempDir,
    contents: Summed,
    sums: BTreeMap<&'static str, String>,
    buffer: Vec<u8>,
}

/// A file, and the digest of what was written to it.
struct Summed {
    file: BufWriter<File>,
    hash: Sha256,
}

impl Summed {
    fn create(path: &Path) -> io::Result<Summed> {
        Ok(Summed { file: BufWriter::new(File::create_new(path)?), hash: Sha256::new() })
    }

    fn finish(self) -> io::Result<String> {
        self.file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(digits(&self.hash.finalize()))
    }
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl NewFolder {
    pub(super) fn create(target: &Path) -> Result<NewFolder> {
        let write_error = |source| Error::OutputWrite { path: target.to_owned(), source };
        match fs::read_dir(target) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(problem(target, ProjectProblem::TargetInUse));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(problem(target, ProjectProblem::TargetInUse));
            }
            Err(error) => return Err(write_error(error)),
        }
        let above = match target.parent() {
            Some(above) if !above.as_os_str().is_empty() => above,
            _ => Path::new("."),
        };
        let (prefix, suffix) = crate::image_file::UNFINISHED;
        let unfinished =
            tempfile::Builder::new().prefix(prefix).suffix(suffix).tempdir_in(above).map_err(write_error)?;
        let contents = Summed::create(&unfinished.path().join(CONTENTS)).map_err(write_error)?;
        let (target, sums) = (target.to_owned(), BTreeMap::new());
        Ok(NewFolder { target, unfinished, contents, sums, buffer: vec![0; PIECE] })
    }

    fn write_error(&self, source: io::Error) -> Error {
        Error::OutputWrite { path: self.target.clone(), source }
    }

    /// Appends a content. `told` hears how many bytes of it are there.
    pub(super) fn take(
        &mut self,
        tree: &Tree,
        content: ContentId,
        told: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<()> {
        let mut at = 0;
        loop {
            told(at)?;
            let read = tree.read_at(content, at, &mut self.buffer)?;
            if read == 0 {
                return Ok(());
            }
            let written = self.contents.write_all(&self.buffer[..read]);
            written.map_err(|error| self.write_error(error))?;
            at += read as u64;
        }
    }

    /// Copies a medium. Zeros become holes.
    pub(super) fn take_sessions(&mut self, medium: &dyn ReadSectors, control: &Control) -> Result<()> {
        let path = self.unfinished.path().join(SESSIONS);
        let sectors = medium.sectors();
        let mut file = File::create_new(&path).map_err(|error| self.write_error(error))?;
        let mut hash = Sha256::new();
        let mut at = 0;
        while at < sectors.get() {
            control.report(Stage::Copying, at.into(), sectors.get().into());
            control.check("no folder was left behind")?;
            let count = (sectors.get() - at).min((PIECE / SECTOR_SIZE) as u32);
            let piece = &mut self.buffer[..count as usize * SECTOR_SIZE];
            medium.read_sectors(Sector::new(at), piece)?;
            hash.update(&*piece);
            let moved = match piece.iter().all(|&byte| byte == 0) {
                true => file.seek(SeekFrom::Current(piece.len() as i64)).map(drop),
                false => file.write_all(piece),
            };
            moved.map_err(|error| self.write_error(error))?;
            at += count;
        }
        let ended = file.set_len(sectors.bytes()).and_then(|()| file.sync_all());
        ended.map_err(|error| self.write_error(error))?;
        self.sums.insert(SESSIONS, digits(&hash.finalize()));
        Ok(())
    }

    /// Writes the manifest and the digests, and gives the folder its name.
    pub(super) fn finish(self, manifest: &impl Serialize) -> Result<()> {
        let NewFolder { target, unfinished, contents, mut sums, .. } = self;
        let write = || -> io::Result<()> {
            sums.insert(CONTENTS, contents.finish()?);
            let mut file = Summed::create(&unfinished.path().join(MANIFEST))?;
            serde_json::to_writer(&mut file, manifest)?;
            file.write_all(b"\n")?;
            sums.insert(MANIFEST, file.finish()?);
            let lines: String = sums.iter().map(|(name, sum)| format!("{sum}  {name}\n")).collect();
            let mut file = File::create_new(unfinished.path().join(SUMS))?;
            file.write_all(lines.as_bytes())?;
            file.sync_all()?;
            set_permissions(unfinished.path())?;
            // An empty folder gives way, on some systems only when asked. One in which something appeared does not.
            fs::rename(unfinished.path(), &target)
                .or_else(|_| fs::remove_dir(&target).and_then(|()| fs::rename(unfinished.path(), &target)))
        };
        let written = write();
        match written {
            Ok(()) => {
                // It has another name now: there is nothing to remove.
                let _ = unfinished.keep();
                Ok(())
            }
            Err(source) => Err(Error::OutputWrite { path: target, source }),
        }
    }
}

/// Temporary folders are their owner's alone; this one is as others.
#[cfg(unix)]
fn set_permissions(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    // The manifest was made with what the umask leaves: who may read it may look into the folder.
    let readable = fs::metadata(folder.join(MANIFEST))?.permissions().mode() & 0o444;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700 | readable | readable >> 2))
}

#[cfg(not(unix))]
fn set_permissions(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The file of contents, and the same to be read by position.
pub(super) struct StoredContents {
    pub(super) file: Arc<File>,
    pub(super) sectors: FileSectors,
}

/// A folder that is read.
pub(super) struct OpenFolder<'p> {
    path: &'p Path,
    sums: BTreeMap<&'static str, [u8; 32]>,
}

impl<'p> OpenFolder<'p> {
    pub(super) fn open(path: &'p Path) -> Result<OpenFolder<'p>> {
        let mut open = OpenFolder { path, sums: BTreeMap::new() };
        let (mut file, len) = open.file(SUMS)?;
        let damaged = || open.damaged(SUMS, "it is no list of digests of a project".to_owned());
        // Three lines, of names that are known.
        if len > 1024 {
            return Err(damaged());
        }
        let mut text = String::new();
        let read = file.read_to_string(&mut text);
        read.map_err(|source| match source.kind() {
            io::ErrorKind::InvalidData => damaged(),
            _ => Error::SourceRead { path: path.join(SUMS), source },
        })?;
        let mut sums = BTreeMap::new();
        for line in text.lines() {
            let sum = line.split_once("  ").and_then(|(sum, name)| {
                let name = [CONTENTS, MANIFEST, SESSIONS].into_iter().find(|&known| known == name)?;
                Some((name, <[u8; 32]>::try_from(crate::portable::from_digits(sum)?).ok()?))
            });
            let (name, sum) = sum.ok_or_else(damaged)?;
            sums.insert(name, sum);
        }
        open.sums = sums;
        Ok(open)
    }

    fn damaged(&self, file: &'static str, detail: String) -> Error {
        problem(self.path, ProjectProblem::Damaged { file, detail })
    }

    /// A plain file in the folder, and how long it is. A link leads elsewhere, and is none.
    fn file(&self, name: &'static str) -> Result<(File, u64)> {
        let path = self.path.join(name);
        let read_error = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                problem(self.path, ProjectProblem::Missing { file: name })
            }
            _ => Error::SourceRead { path: path.clone(), source },
        };
        let metadata = fs::symlink_metadata(&path).map_err(read_error)?;
        if !metadata.is_file() {
            return Err(problem(self.path, ProjectProblem::Missing { file: name }));
        }
        let file = File::open(&path).map_err(read_error)?;
        Ok((file, metadata.len()))
    }

    /// The manifest, which is what was exported.
    pub(super) fn manifest(&self) -> Result<Vec<u8>> {
        let (mut file, _) = self.file(MANIFEST)?;
        let mut bytes = Vec::new();
        let read = file.read_to_end(&mut bytes);
        read.map_err(|source| Error::SourceRead { path: self.path.join(MANIFEST), source })?;
        self.compare(MANIFEST, Sha256::digest(&bytes).into())?;
        Ok(bytes)
    }

    fn compare(&self, name: &'static str, found: [u8; 32]) -> Result<()> {
        match self.sums.get(name) {
            Some(sum) if *sum == found => Ok(()),
            Some(_) => Err(self.damaged(name, format!("it does not have the digest that {SUMS} has of it"))),
            None => Err(self.damaged(SUMS, format!("it has no digest of {name}"))),
        }
    }

    /// A file whose digest is compared, with its length.
    fn compared(&self, name: &'static str, control: &Control) -> Result<(File, u64)> {
        let (mut file, len) = self.file(name)?;
        let read_error = |source| Error::SourceRead { path: self.path.join(name), source };
        let sectors = |bytes: u64| bytes / SECTOR_SIZE as u64;
        let (mut hash, mut buffer, mut done) = (Sha256::new(), vec![0; PIECE], 0);
        loop {
            control.report(Stage::Verifying, sectors(done), sectors(len));
            control.check("nothing was changed")?;
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => {
                    hash.update(&buffer[..read]);
                    done += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(read_error(error)),
            }
        }
        self.compare(name, hash.finalize().into())?;
        Ok((file, done))
    }

    /// The file of contents, which has this length.
    pub(super) fn contents(&self, stored: u64, control: &Control) -> Result<StoredContents> {
        let (file, len) = self.compared(CONTENTS, control)?;
        let read_error = |source| Error::SourceRead { path: self.path.join(CONTENTS), source };
        let sectors = file.try_clone().and_then(FileSectors::new).map_err(read_error)?;
        match len == stored {
            true => Ok(StoredContents { file: Arc::new(file), sectors }),
            false => {
                Err(self.damaged(CONTENTS, format!("it has {len} bytes, and the manifest tells of {stored}")))
            }
        }
    }

    /// The image file with the sessions, and its path.
    pub(super) fn sessions(&self, control: &Control) -> Result<(PathBuf, FileSectors)> {
        let (file, _) = self.compared(SESSIONS, control)?;
        let path = self.path.join(SESSIONS);
        let sectors =
            FileSectors::new(file).map_err(|source| Error::SourceRead { path: path.clone(), source })?;
        Ok((path, sectors))
    }
}

/// A path of the host as bytes.
#[cfg(unix)]
pub(super) fn host_path(bytes: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let path = PathBuf::from(std::ffi::OsString::from_vec(bytes));
    path.is_absolute().then_some(path)
}

/// A path of the host as bytes.
#[cfg(not(unix))]
pub(super) fn host_path(bytes: Vec<u8>) -> Option<PathBuf> {
    let path = PathBuf::from(String::from_utf8(bytes).ok()?);
    path.is_absolute().then_some(path)
}
