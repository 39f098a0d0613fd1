//! Copies of sources that are read when they are added, in temporary files without a name.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Content, ContentId, NodeId, NodeKind, Tree};
use crate::emit::{Sources, write_all_at};
use crate::{Control, Error, Result};

/// Which sources are copied to a temporary file when they are added. What is copied is in the image as it was then,
/// whatever becomes of the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StagingPolicy {
    /// None: a stream, which can be read only once, is refused.
    Never,
    /// Streams. Files of the host are read when the image is written, and a change meanwhile is an error.
    #[default]
    Auto,
    /// Streams and files of the host.
    Always,
}

/// Which sources are copied, and to where; see [`Tree::set_staging`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staging {
    /// Which sources are copied from now on.
    pub policy: StagingPolicy,
    /// Folder of the copies; `None` is the system's for temporary files.
    pub folder: Option<PathBuf>,
    /// Bytes that all copies may have; `None` is what the folder has room for.
    pub budget: Option<u64>,
}

/// What is spooled at present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpoolUsage {
    /// Temporary files. None of them has a name.
    pub files: u64,
    /// Bytes of contents in them.
    pub bytes: u64,
}

/// What is wrong with the folder for temporary files, or with a file there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolProblem {
    /// It is no folder.
    #[error("no folder for temporary files: {0}")]
    NoFolder(io::Error),
    /// No file can be made there.
    #[error("cannot make a temporary file there: {0}")]
    Open(io::Error),
    /// A temporary file cannot be written.
    #[error("cannot write a temporary file there: {0}")]
    Write(io::Error),
    /// A temporary file cannot be read.
    #[error("cannot read a temporary file there: {0}")]
    Read(io::Error),
    /// There is no room, on the disk or in the budget.
    #[error("no room for temporary files: {}{}; name another folder, or let more be used", needs(*.needed), available.map_or_else(String::new, |left| format!(", and {left} are left")))]
    NoSpace {
        /// Bytes that are left, where that is known.
        available: Option<u64>,
        /// Bytes that were to be written, where that is known.
        needed: Option<u64>,
    },
    /// Temporary files cannot be moved there. They are where they were.
    #[error("temporary files cannot be moved there: {0}")]
    Move(Box<SpoolProblem>),
}

fn needs(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "more is needed".to_owned(), |bytes| format!("{bytes} bytes are needed"))
}

/// Contents of up to this lie together in a file.
const SHARED: u64 = 64 << 20;

/// Where copies go.
#[derive(Debug, Default)]
pub(super) struct Spool {
    pub(super) staging: Staging,
    /// The file that small contents are added to, and how much is in it.
    shared: Option<(Arc<File>, u64)>,
    /// Bytes that were spooled; those of contents that are gone are taken off when the budget is used up.
    bytes: u64,
}

impl Clone for Spool {
    /// What is spooled by two trees does not go to one file.
    fn clone(&self) -> Spool {
        Spool { staging: self.staging.clone(), shared: None, bytes: self.bytes }
    }
}

impl Spool {
    pub(super) fn folder(&self) -> PathBuf {
        self.staging.folder.clone().unwrap_or_else(std::env::temp_dir)
    }

    fn fails(&self, problem: SpoolProblem) -> Error {
        Error::Spool { folder: self.folder(), problem }
    }
}

/// A new temporary file in a folder.
pub(crate) fn temporary_file(folder: &Path) -> Result<File> {
    let fails = |problem| Error::Spool { folder: folder.to_owned(), problem };
    check_folder(folder)?;
    tempfile::tempfile_in(folder).map_err(|error| fails(SpoolProblem::Open(error)))
}

fn check_folder(folder: &Path) -> Result<()> {
    let is_folder = std::fs::metadata(folder).and_then(|metadata| match metadata.is_dir() {
        true => Ok(()),
        false => Err(io::ErrorKind::NotADirectory.into()),
    });
    is_folder
        .map_err(|error| Error::Spool { folder: folder.to_owned(), problem: SpoolProblem::NoFolder(error) })
}

/// Writes into a temporary file.
pub(crate) fn write_temporary(file: &File, data: &[u8], offset: u64) -> Result<(), SpoolProblem> {
    write_all_at(file, data, offset).map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            SpoolProblem::NoSpace { available: None, needed: Some(data.len() as u64) }
        }
        _ => SpoolProblem::Write(error),
    })
}

impl Tree {
    /// Says which sources are copied when they are added, and to where. It affects what is added from now on; copies
    /// that are there are moved into the folder.
    ///
    /// ```
    /// use fsimage::{Item, ItemOptions, Staging, StagingPolicy, Tree};
    ///
    /// let mut tree = Tree::new();
    /// tree.set_staging(Staging { policy: StagingPolicy::Auto, budget: Some(1 << 20), ..Staging::default() })?;
    /// tree.add("/log", Item::Stream(&mut &b"what a stream gives"[..]), &ItemOptions::default())?;
    /// assert_eq!(tree.spool_usage().bytes, 19);
    /// # Ok::<(), fsimage::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Spool`]: a folder that is none, or that copies cannot be moved into. Then nothing has changed.
    pub fn set_staging(&mut self, staging: Staging) -> Result<()> {
        let moved = Spool { staging, shared: None, bytes: 0 };
        let folder = moved.folder();
        check_folder(&folder)?;
        if folder != self.spool.folder() {
            let fails = |problem| moved.fails(SpoolProblem::Move(Box::new(problem)));
            let mut files: Vec<(Arc<File>, Arc<File>)> = Vec::new();
            let mut changed = Vec::new();
            for (id, content) in self.contents() {
                let Content::Spooled { file, offset, len } = content else { continue };
                let there = files.iter().find(|(from, _)| Arc::ptr_eq(from, file)).map(|(_, to)| to.clone());
                let to = match there {
                    Some(to) => to,
                    None => {
                        let to = tempfile::tempfile_in(&folder)
                            .map_err(|error| fails(SpoolProblem::Open(error)))?;
                        let to = Arc::new(to);
                        files.push((file.clone(), to.clone()));
                        to
                    }
                };
                copy(file, &to, *offset, *len).map_err(fails)?;
                changed.push((id, Content::Spooled { file: to, offset: *offset, len: *len }));
            }
            changed.into_iter().for_each(|(id, content)| self.move_content(id, content));
        }
        let same_folder = folder == self.spool.folder();
        let (shared, bytes) = (self.spool.shared.take().filter(|_| same_folder), self.spool.bytes);
        self.spool = Spool { shared, bytes, ..moved };
        Ok(())
    }

    /// Which sources are copied, and to where.
    #[must_use]
    pub fn staging(&self) -> &Staging {
        &self.spool.staging
    }

    /// Folder of the copies.
    pub(crate) fn spool_folder(&self) -> PathBuf {
        self.spool.folder()
    }

    /// What the contents of this tree have spooled. A file goes away when no content is in it: with the tree, by
    /// [`Tree::roll_back`], or by [`Tree::release_spooled`].
    #[must_use]
    pub fn spool_usage(&self) -> SpoolUsage {
        let (mut files, mut places) = (std::collections::HashSet::new(), std::collections::HashSet::new());
        let mut bytes = 0;
        for (_, content) in self.contents() {
            if let Content::Spooled { file, offset, len } = content {
                files.insert(Arc::as_ptr(file));
                // A content that is joined with others as well is there once.
                if places.insert((Arc::as_ptr(file), *offset)) {
                    bytes += len;
                }
            }
        }
        SpoolUsage { files: files.len() as u64, bytes }
    }

    /// Gives up what was spooled for items that are in the tree no more; says how many bytes. Such an item, and a name
    /// of it that is put into the tree again, is empty from now on. Where a change point is set, what it would bring
    /// back is kept.
    pub fn release_spooled(&mut self) -> u64 {
        if self.journal.is_recording() {
            return 0;
        }
        // What is in no item at all, a boot image say, is used elsewhere.
        let is_spooled = |&part: &ContentId| matches!(self.content(part), Content::Spooled { .. });
        let mut unused = std::collections::BTreeMap::new();
        for node in (0..self.node_count() as u32).map(NodeId) {
            if let NodeKind::File(content) = self.kind(node)
                && self.parts_of(content).iter().any(is_spooled)
            {
                *unused.entry(content).or_insert(true) &= !self.holds(node);
            }
        }
        unused.retain(|_, is_unused| *is_unused);
        let before = self.spool_usage().bytes;
        for id in unused.into_keys() {
            for part in self.parts_of(id).into_iter().chain([id]) {
                self.set_content(part, Content::Memory(Arc::default()));
            }
        }
        self.spool.bytes = self.spool_usage().bytes;
        before - self.spool.bytes
    }

    /// The bytes of a stream as a content.
    pub(super) fn spool_stream(&mut self, stream: &mut dyn Read) -> Result<Content> {
        if self.spool.staging.policy == StagingPolicy::Never {
            return Err(Error::InvalidArgument {
                argument: "staging".to_owned(),
                reason: "a stream can be read only once, and is copied when it is added: let it be, or give bytes or \
                         a file"
                    .to_owned(),
            });
        }
        self.spool_from(None, &mut |_, buffer| loop {
            match stream.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read.map_err(|source| Error::SourceRead { path: "a stream".into(), source }),
            }
        })
    }

    /// Copies host files among the contents from this number on, if that is the policy.
    pub(super) fn stage_from(&mut self, first: usize, control: &Control) -> Result<()> {
        if self.spool.staging.policy != StagingPolicy::Always {
            return Ok(());
        }
        for number in first..self.content_count() {
            control.check("nothing was written")?;
            let id = ContentId(number as u32);
            if self.host_path(id).is_none() {
                continue;
            }
            let len = self.content_len(id);
            let copied = {
                let mut spool = std::mem::take(&mut self.spool);
                let opened = Sources::default().open(self, id);
                let copied = opened.and_then(|opened| {
                    let copied = spool.take(self, Some(len), &mut |at, buffer| {
                        let take = usize::try_from(len - at).unwrap_or(usize::MAX).min(buffer.len());
                        opened.read(self, id, at, &mut buffer[..take])?;
                        Ok(take)
                    })?;
                    opened.check()?;
                    Ok(copied)
                });
                self.spool = spool;
                copied?
            };
            self.set_content(id, copied);
        }
        Ok(())
    }

    fn spool_from(
        &mut self,
        len: Option<u64>,
        read: &mut dyn FnMut(u64, &mut [u8]) -> Result<usize>,
    ) -> Result<Content> {
        let mut spool = std::mem::take(&mut self.spool);
        let content = spool.take(self, len, read);
        self.spool = spool;
        content
    }
}

impl Spool {
    /// Copies what `read` gives, from offset 0 on, until it gives nothing.
    fn take(
        &mut self,
        tree: &Tree,
        len: Option<u64>,
        read: &mut dyn FnMut(u64, &mut [u8]) -> Result<usize>,
    ) -> Result<Content> {
        let alone = len.is_some_and(|len| len > SHARED);
        let (file, offset) = match self.shared.take().filter(|(_, used)| !alone && *used < SHARED) {
            Some(shared) => shared,
            None => (Arc::new(temporary_file(&self.folder())?), 0),
        };
        let mut buffer = vec![0; 1 << 16];
        let mut done = 0u64;
        let copied = loop {
            match read(done, &mut buffer) {
                Ok(0) => break Ok(()),
                Ok(read) => {
                    let room = self.check_budget(tree, done + read as u64, len);
                    let written = room.and_then(|()| write_temporary(&file, &buffer[..read], offset + done));
                    if let Err(problem) = written {
                        break Err(self.fails(problem));
                    }
                    done += read as u64;
                }
                Err(error) => break Err(error),
            }
        };
        // What was written in vain is written over.
        let used = if copied.is_ok() { offset + done } else { offset };
        self.shared = Some((file.clone(), used));
        copied?;
        self.bytes += done;
        Ok(Content::Spooled { file, offset, len: done })
    }

    /// That so many bytes more may be spooled; `len` is what is known to come.
    fn check_budget(&mut self, tree: &Tree, more: u64, len: Option<u64>) -> Result<(), SpoolProblem> {
        let Some(budget) = self.staging.budget else { return Ok(()) };
        let needed = len.unwrap_or(more);
        let fits = |bytes: u64| bytes.checked_add(needed).is_some_and(|bytes| bytes <= budget);
        if fits(self.bytes) {
            return Ok(());
        }
        self.bytes = tree.spool_usage().bytes;
        match fits(self.bytes) {
            true => Ok(()),
            false => Err(SpoolProblem::NoSpace {
                available: Some(budget.saturating_sub(self.bytes)),
                needed: Some(needed),
            }),
        }
    }
}

/// Copies a stretch from one temporary file to the same place in another.
fn copy(from: &File, to: &File, offset: u64, len: u64) -> Result<(), SpoolProblem> {
    let mut buffer = vec![0; 1 << 16];
    let mut done = 0;
    while done < len {
        let take = usize::try_from(len - done).unwrap_or(usize::MAX).min(buffer.len());
        let read = crate::emit::read_at(from, &mut buffer[..take], offset + done);
        let read = match read {
            Ok(0) => return Err(SpoolProblem::Read(io::ErrorKind::UnexpectedEof.into())),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(SpoolProblem::Read(error)),
        };
        write_temporary(to, &buffer[..read], offset + done)?;
        done += read as u64;
    }
    Ok(())
}
