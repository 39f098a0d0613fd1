//! Opening and reading content, with the check that it is still what was planned.

use std::fs::{File, Metadata};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use sector_io::{FileSectors, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::emission::Emission;
use crate::tree::{
    Content, ContentId, JoinedContent, SparseContent, SparsePart, SpoolProblem, Tree, modified_nanoseconds,
};
use crate::{Error, Result};

/// Opens contents for one thread. Remembers the last host folder, so that a folder's files are opened
/// relative to it.
#[derive(Default)]
pub(crate) struct Sources {
    #[cfg(unix)]
    folder: Option<(crate::tree::HostFolderId, std::os::fd::OwnedFd)>,
}

/// Content that can be read now.
pub(crate) enum Opened<'t> {
    /// A stretch of a host file.
    File { file: HostFile, offset: u64, path: PathOf<'t> },
    /// Bytes in memory.
    Memory(&'t [u8]),
    /// The value of an extended attribute.
    Attribute(Vec<u8>),
    /// On the medium that the tree was imported from, or another.
    Imported,
    /// What is stored of a host file without its holes.
    Sparse { stored: &'t SparseContent, of: Box<Opened<'t>> },
    /// Others one behind another.
    Joined(JoinedSource<'t>),
    /// Made by the plan, from zeros.
    Zeros,
}

/// Contents of which one follows another, and the one that was read last. Each is checked before and after it is read.
pub(crate) struct JoinedSource<'t> {
    tree: &'t Tree,
    joined: &'t JoinedContent,
    recent: Mutex<Option<(ContentId, Arc<Opened<'t>>)>>,
}

impl<'t> JoinedSource<'t> {
    /// What the bytes from `offset` on come from: content, opened, from where on there, and how many up to `len`.
    pub(super) fn part(&self, offset: u64, len: u64) -> Result<Part<'t>> {
        let (content, skip, len) = self.joined.part(offset, len).ok_or_else(ended)?;
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = match recent.as_ref() {
            Some((known, opened)) if *known == content => opened.clone(),
            _ => {
                let opened = Arc::new(Sources::default().open(self.tree, content)?);
                *recent = Some((content, opened.clone()));
                opened
            }
        };
        Ok(Part { content, opened, skip, len })
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        let mut done = 0;
        while done < into.len() {
            let part = self.part(offset + done as u64, (into.len() - done) as u64)?;
            let piece = &mut into[done..done + part.len as usize];
            read_unchanged(&part.opened, self.tree, part.content, part.skip, piece)?;
            part.opened.check()?;
            done += part.len as usize;
        }
        Ok(())
    }
}

/// A stretch of one of several contents.
pub(super) struct Part<'t> {
    pub(super) content: ContentId,
    pub(super) opened: Arc<Opened<'t>>,
    pub(super) skip: u64,
    pub(super) len: u64,
}

fn ended() -> Error {
    Error::TreeTooLarge { what: "content that shrinks in memory" }
}

/// An open host file: opened for this, or the tree's spool.
pub(crate) enum HostFile {
    Owned(File),
    Spool(Arc<File>),
}

impl HostFile {
    pub(crate) fn file(&self) -> &File {
        match self {
            HostFile::Owned(file) => file,
            HostFile::Spool(file) => file,
        }
    }
}

/// A content's path, found only when an error needs it.
#[derive(Clone, Copy)]
pub(crate) struct PathOf<'t>(&'t Tree, ContentId);

impl PathOf<'_> {
    pub(super) fn path(self) -> PathBuf {
        let no_path = || {
            let is_imported =
                |content: &Content| content.is_imported() || matches!(content, Content::Foreign(_));
            PathBuf::from(if is_imported(self.0.content(self.1)) {
                "(the imported image)"
            } else {
                "(spooled stream)"
            })
        };
        self.0.host_path(self.1).unwrap_or_else(no_path)
    }

    fn open_error(self, source: io::Error) -> Error {
        Error::SourceOpen { path: self.path(), source }
    }

    pub(crate) fn read_error(self, source: io::Error) -> Error {
        match self.0.content(self.1) {
            Content::Spooled { .. } => {
                Error::Spool { folder: self.0.spool_folder(), problem: SpoolProblem::Read(source) }
            }
            _ => Error::SourceRead { path: self.path(), source },
        }
    }

    /// The file ended before its planned length: at byte `end`, or, since it may have shrunk below what was read,
    /// before.
    pub(super) fn shrunk(self, end: u64) -> Error {
        if matches!(self.0.content(self.1), Content::Spooled { .. }) {
            return self.read_error(io::ErrorKind::UnexpectedEof.into());
        }
        let path = self.path();
        let found = std::fs::metadata(&path).map_or(end, |metadata| metadata.len().min(end));
        Error::SourceChanged {
            path,
            expected: format!("{} bytes", self.0.content_len(self.1)),
            found: format!("{found} bytes"),
        }
    }
}

impl Sources {
    /// Opens the content, unless something else is in its place: that is not to be read at all.
    pub(crate) fn open<'t>(&mut self, tree: &'t Tree, id: ContentId) -> Result<Opened<'t>> {
        let opened = self.open_any(tree, id)?;
        opened.check()?;
        Ok(opened)
    }

    fn open_any<'t>(&mut self, tree: &'t Tree, id: ContentId) -> Result<Opened<'t>> {
        let path = PathOf(tree, id);
        match tree.content(id) {
            Content::Memory(bytes) => Ok(Opened::Memory(bytes)),
            Content::BootCatalog { .. } | Content::Digests { .. } | Content::Identity => Ok(Opened::Zeros),
            Content::Attribute { len, .. } => {
                let value = tree.attribute_value(id).unwrap_or(Err(io::ErrorKind::NotFound.into()));
                let value = value.map_err(|error| path.open_error(error))?;
                if value.len() as u64 != *len {
                    return Err(Error::SourceChanged {
                        path: path.path(),
                        expected: format!("an extended attribute of {len} bytes"),
                        found: format!("{} bytes", value.len()),
                    });
                }
                Ok(Opened::Attribute(value))
            }
            Content::Imported { .. }
            | Content::ImportedSections { .. }
            | Content::ImportedStretches { .. }
            | Content::Foreign(_) => Ok(Opened::Imported),
            Content::Sparse(stored) => {
                Ok(Opened::Sparse { stored, of: Box::new(self.open_any(tree, stored.of)?) })
            }
            Content::Joined(joined) => {
                Ok(Opened::Joined(JoinedSource { tree, joined, recent: Mutex::default() }))
            }
            Content::Spooled { file, offset, .. } => {
                Ok(Opened::File { file: HostFile::Spool(file.clone()), offset: *offset, path })
            }
            Content::HostRange(range) => {
                let file = open_path(&range.path).map_err(|error| path.open_error(error))?;
                Ok(Opened::File { file: HostFile::Owned(file), offset: range.offset, path })
            }
            Content::Scanned { .. } => {
                let file = self.open_scanned(tree, id).map_err(|error| path.open_error(error))?;
                Ok(Opened::File { file: HostFile::Owned(file), offset: 0, path })
            }
        }
    }

    #[cfg(unix)]
    fn open_scanned(&mut self, tree: &Tree, id: ContentId) -> io::Result<File> {
        use rustix::fs::{Mode, OFlags, open, openat};
        let Some((folder, name)) = tree.scanned(id) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        if self.folder.as_ref().is_none_or(|(open, _)| *open != folder) {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            self.folder = Some((folder, open(tree.host_folder(folder), flags, Mode::empty())?));
        }
        let Some((_, folder)) = &self.folder else { return Err(io::ErrorKind::NotFound.into()) };
        // NONBLOCK: a fifo that took the file's place must not hang the run.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        Ok(File::from(openat(folder, name, flags, Mode::empty())?))
    }

    #[cfg(not(unix))]
    fn open_scanned(&mut self, tree: &Tree, id: ContentId) -> io::Result<File> {
        File::open(tree.host_path(id).ok_or(io::ErrorKind::InvalidInput)?)
    }
}

#[cfg(unix)]
fn open_path(path: &std::path::Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let nonblocking = rustix::fs::OFlags::NONBLOCK.bits() as i32;
    File::options().read(true).custom_flags(nonblocking).open(path)
}

#[cfg(not(unix))]
fn open_path(path: &std::path::Path) -> io::Result<File> {
    File::open(path)
}

impl Opened<'_> {
    /// That a host file is still what was planned. Asked before and after reading, so that a change meanwhile shows
    /// as well; a file that is read in several stretches is asked after each.
    pub(crate) fn check(&self) -> Result<()> {
        if let Opened::Sparse { of, .. } = self {
            return of.check();
        }
        let Opened::File { file: HostFile::Owned(file), path, .. } = self else { return Ok(()) };
        let PathOf(tree, id) = *path;
        match tree.content(id) {
            Content::HostRange(range) => {
                let whole = range.offset.saturating_add(range.len);
                check_unchanged(file, *path, range.modified, |len| len >= whole, range.len)
            }
            Content::Scanned { len, modified, .. } => {
                check_unchanged(file, *path, *modified, |found| found == *len, *len)
            }
            _ => Ok(()),
        }
    }
}

impl Opened<'_> {
    /// Reads `into.len()` bytes of the content from `offset` on, as the tree has them.
    pub(crate) fn read(&self, tree: &Tree, id: ContentId, offset: u64, into: &mut [u8]) -> Result<()> {
        read_unchanged(self, tree, id, offset, into)
    }
}

fn check_unchanged(
    file: &File,
    path: PathOf<'_>,
    modified: i64,
    fits: impl Fn(u64) -> bool,
    expected: u64,
) -> Result<()> {
    let metadata = file.metadata().map_err(|error| path.read_error(error))?;
    check_metadata(&metadata, || path.path(), modified, fits, expected)
}

/// That a host file is what it was: a regular file, of a length that fits, and not modified since.
pub(crate) fn check_metadata(
    metadata: &Metadata,
    path: impl FnOnce() -> PathBuf,
    modified: i64,
    fits: impl Fn(u64) -> bool,
    expected: u64,
) -> Result<()> {
    let len = metadata.len();
    let (expected, found) = if !metadata.is_file() {
        (format!("a file of {expected} bytes"), "no regular file".to_owned())
    } else if !fits(len) {
        (format!("{expected} bytes"), format!("{len} bytes"))
    } else if modified_nanoseconds(metadata) != modified {
        (format!("{expected} bytes, not modified"), format!("{len} bytes, modified since"))
    } else {
        return Ok(());
    };
    Err(Error::SourceChanged { path: path(), expected, found })
}

/// Reads `into.len()` bytes of the content from `offset` on, as they are written.
pub(super) fn read(
    opened: &Opened<'_>,
    emission: &Emission<'_>,
    id: ContentId,
    offset: u64,
    into: &mut [u8],
) -> Result<()> {
    let plan = emission.plan;
    let tree = plan.tree();
    if tree.is_of_digests(id) {
        return emission.read_digests(id, offset, into);
    }
    read_unchanged(opened, tree, id, offset, into)?;
    match plan.patch_of(id) {
        None => Ok(()),
        Some(patch) => patch.apply(offset, into, tree.content_len(id), &mut |offset, into| {
            read_unchanged(opened, tree, id, offset, into)
        }),
    }
}

/// Reads bytes of a content outside of any plan.
pub(crate) fn read_content(tree: &Tree, id: ContentId, offset: u64, into: &mut [u8]) -> Result<()> {
    let opened = Sources::default().open(tree, id)?;
    read_unchanged(&opened, tree, id, offset, into)?;
    opened.check()
}

fn read_unchanged(
    opened: &Opened<'_>,
    tree: &Tree,
    id: ContentId,
    offset: u64,
    into: &mut [u8],
) -> Result<()> {
    let bytes = match opened {
        Opened::Memory(bytes) => Some(*bytes),
        Opened::Attribute(bytes) => Some(&bytes[..]),
        _ => None,
    };
    if let Some(bytes) = bytes {
        let start = offset as usize;
        into.copy_from_slice(&bytes[start..start + into.len()]);
        return Ok(());
    }
    match opened {
        Opened::Memory(_) | Opened::Attribute(_) => Ok(()),
        Opened::Zeros => {
            into.fill(0);
            Ok(())
        }
        Opened::File { file, offset: base, path } => {
            let mut done = 0;
            while done < into.len() {
                let at = base + offset + done as u64;
                match read_at(file.file(), &mut into[done..], at) {
                    Ok(0) => return Err(path.shrunk(offset + done as u64)),
                    Ok(read) => done += read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(path.read_error(error)),
                }
            }
            Ok(())
        }
        Opened::Sparse { stored, of } => {
            let mut done = 0;
            while done < into.len() {
                let (part, len) = stored.part(offset + done as u64, (into.len() - done) as u64);
                let piece = &mut into[done..done + len as usize];
                match part {
                    SparsePart::Data(start) => read_unchanged(of, tree, stored.of, start, piece)?,
                    SparsePart::Tables(at) => read_tables(&stored.tables, at, piece).map_err(|error| {
                        Error::Spool { folder: tree.spool_folder(), problem: SpoolProblem::Read(error) }
                    })?,
                }
                done += len as usize;
            }
            Ok(())
        }
        Opened::Imported => read_imported(tree, id, offset, into),
        Opened::Joined(joined) => joined.read(offset, into),
    }
}

fn read_tables(file: &File, mut at: u64, mut into: &mut [u8]) -> io::Result<()> {
    while !into.is_empty() {
        match read_at(file, into, at) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                at += read as u64;
                into = &mut into[read..];
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Imported content is read by whole sectors; a content's sections end anywhere in their last one.
fn read_imported(tree: &Tree, id: ContentId, offset: u64, into: &mut [u8]) -> Result<()> {
    let (Some(origin), _, content) = tree.lies_at(id) else {
        return Err(Error::Unsupported { feature: "imported content without its medium".to_owned() });
    };
    let single;
    let sections: &[crate::tree::Section] = match content {
        Content::Imported { start, len } => {
            single = [crate::tree::Section { start: *start, len: *len }];
            &single
        }
        Content::ImportedSections { sections, .. } => sections,
        Content::ImportedStretches { stretches, .. } => {
            return read_stretches(origin.as_ref(), stretches, offset, into);
        }
        _ => &[],
    };
    let mut skip = offset;
    let mut done = 0;
    for section in sections {
        let len = u64::from(section.len);
        if skip >= len {
            skip -= len;
            continue;
        }
        let take = usize::try_from(len - skip).unwrap_or(usize::MAX).min(into.len() - done);
        read_bytes(origin.as_ref(), section.start, skip, &mut into[done..done + take])?;
        done += take;
        skip = 0;
        if done == into.len() {
            break;
        }
    }
    Ok(())
}

/// Where an imported content begins; sector 0 for others.
pub(super) fn first_imported(tree: &Tree, id: ContentId) -> Sector {
    match tree.lies_at(id).2 {
        Content::Imported { start, .. } => *start,
        Content::ImportedSections { sections, .. } => {
            sections.first().map_or(Sector::ZERO, |section| section.start)
        }
        _ => Sector::ZERO,
    }
}

/// Where bytes lie in the file that they were imported from.
pub(super) struct ImportedRanges<'t> {
    pub(super) file: &'t FileSectors,
    pub(super) path: PathOf<'t>,
    /// Offsets and lengths.
    pub(super) ranges: Vec<(u64, u64)>,
}

/// Where `len` bytes of an imported content, from `offset` on, lie in the file that it was imported from. `None` where there is no such file, or it ends before.
pub(super) fn imported_ranges(
    tree: &Tree,
    id: ContentId,
    offset: u64,
    len: u64,
) -> Option<ImportedRanges<'_>> {
    let (_, Some(file), content) = tree.lies_at(id) else { return None };
    let single;
    let sections: &[crate::tree::Section] = match content {
        Content::Imported { start, len } => {
            single = [crate::tree::Section { start: *start, len: *len }];
            &single
        }
        Content::ImportedSections { sections, .. } => sections,
        _ => return None,
    };
    let (mut skip, mut left) = (offset, len);
    let mut ranges = Vec::new();
    for section in sections {
        let there = u64::from(section.len);
        if skip >= there {
            skip -= there;
            continue;
        }
        let take = (there - skip).min(left);
        let at = section.start.byte_offset() + skip;
        if at + take > file.bytes() {
            return None;
        }
        ranges.push((at, take));
        left -= take;
        skip = 0;
        if left == 0 {
            break;
        }
    }
    (left == 0).then_some(ImportedRanges { file, path: PathOf(tree, id), ranges })
}

/// Bytes of stretches at any positions, from `offset` on.
fn read_stretches(
    source: &dyn ReadSectors,
    stretches: &[(Option<u64>, u64)],
    offset: u64,
    into: &mut [u8],
) -> Result<()> {
    let (mut skip, mut done) = (offset, 0);
    for &(position, len) in stretches {
        if done == into.len() {
            break;
        }
        if skip >= len {
            skip -= len;
            continue;
        }
        let take = usize::try_from(len - skip).unwrap_or(usize::MAX).min(into.len() - done);
        let part = &mut into[done..done + take];
        match position {
            None => part.fill(0),
            Some(position) => read_bytes(source, Sector::ZERO, position.saturating_add(skip), part)?,
        }
        done += take;
        skip = 0;
    }
    Ok(())
}

/// Bytes from `offset` on behind the start of `start`.
pub(crate) fn read_bytes(
    source: &dyn ReadSectors,
    start: Sector,
    offset: u64,
    into: &mut [u8],
) -> Result<()> {
    let beyond = || Error::Corrupt {
        sector: start,
        structure: "file section (ECMA-119 9.1)",
        detail: "the section passes the 32-bit range of sectors".to_owned(),
    };
    let size = SECTOR_SIZE as u64;
    let first = u32::try_from(offset / size).map_err(|_| beyond())?;
    let first = start.checked_add(SectorCount::new(first)).ok_or_else(beyond)?;
    let lead = (offset % size) as usize;
    if lead == 0 && into.len().is_multiple_of(SECTOR_SIZE) {
        return Ok(source.read_sectors(first, into)?);
    }
    let mut sectors = vec![0; (lead + into.len()).next_multiple_of(SECTOR_SIZE)];
    source.read_sectors(first, &mut sectors)?;
    into.copy_from_slice(&sectors[lead..lead + into.len()]);
    Ok(())
}

#[cfg(unix)]
pub(crate) fn read_at(file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, offset)
}

/// Without threads nobody else moves the position.
#[cfg(not(any(unix, windows)))]
pub(crate) fn read_at(mut file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    io::Seek::seek(&mut file, io::SeekFrom::Start(offset))?;
    io::Read::read(&mut file, into)
}

#[cfg(windows)]
pub(crate) fn read_at(file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, offset)
}

/// Appends the content's bytes and the zeros that fill its last sector.
pub(super) fn append(
    sources: &mut Sources,
    emission: &Emission<'_>,
    id: ContentId,
    out: &mut Vec<u8>,
) -> Result<()> {
    let tree = emission.plan.tree();
    let len = tree.content_len(id) as usize;
    let start = out.len();
    out.resize(start + len.next_multiple_of(SECTOR_SIZE), 0);
    let opened = sources.open(tree, id)?;
    let into = &mut out[start..start + len];
    read(&opened, emission, id, 0, into)?;
    opened.check()?;
    let mut hasher = emission.hasher(id);
    if let Some(hasher) = &mut hasher {
        hasher.update(into);
    }
    emission.finish(id, hasher)
}

impl<'t> Opened<'t> {
    /// A host file that was opened (and checked) by another thread.
    pub(super) fn reopened(file: HostFile, offset: u64, tree: &'t Tree, id: ContentId) -> Opened<'t> {
        Opened::File { file, offset, path: PathOf(tree, id) }
    }

    /// The error for content that ended early.
    pub(super) fn shrunk(&self, found: u64) -> Error {
        match self {
            Opened::File { path, .. } => path.shrunk(found),
            Opened::Sparse { of, .. } => of.shrunk(found),
            _ => ended(),
        }
    }
}
