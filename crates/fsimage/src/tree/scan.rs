//! Scan of a host folder: names, attributes and where content can be had later. No file is opened.

mod host;
mod links;
mod listing;

use std::collections::{BTreeSet, VecDeque};
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::GlobSet;
use rayon::prelude::*;

use host::image_name;
pub(crate) use host::modified_nanoseconds;
pub(super) use host::{attributes, host_name, modified, nanoseconds, times};
pub(super) use links::{HostLinks, KnownFile, file_key};
use listing::{Above, Entry, Listing, What, device_number, list};

use super::{
    Content, HostAttributes, HostFolder, HostFolderId, HostRange, HostTimes, Item, ItemOptions, Kind,
    MergePolicy, NodeId, NodeKind, Tree, UnreadAttribute,
};
use crate::{Control, Error, Result, Stage};

/// How a host folder is read.
#[derive(Clone, Debug, Default)]
pub struct ScanOptions {
    /// Items to leave out, with all below them. A glob is held against the path below the scanned folder
    /// (`docs/*.tmp`) and against the bare name (`*.tmp`).
    pub exclude: GlobSet,
    /// Files to leave out under whatever name they have, and why: what is being written, say. Known by what a
    /// file is only on Unix.
    pub leave_out: Vec<(FileIdentity, &'static str)>,
    /// Which extended attributes of the host are taken, as named streams of the same names. It costs a look at
    /// each item. Nothing is taken on Windows.
    pub extended_attributes: HostAttributes,
    /// Take the host's access control lists. It costs a look at each item. Linux only.
    pub acls: bool,
    /// Which times of the items are taken.
    pub times: HostTimes,
    /// Take in place of a symbolic link the file or folder that it leads to. A link that leads nowhere, or to a folder
    /// that it lies in, stays a link; on Windows, any to a folder.
    pub follow_links: bool,
    /// What one item that cannot be taken means for the others.
    pub failures: ScanFailures,
    /// What becomes of items whose names are taken. Directories are merged, the one scanned into among them: with
    /// [`MergePolicy::Replace`] they take the attributes of those that come, beside extended attributes of other names, but
    /// else keep their own. One that was made on the way alone ([`Tree::is_undated`]) takes them in any case.
    pub existing: MergePolicy,
}

/// What it means for a scan that an item cannot be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScanFailures {
    /// The scan fails, and the tree is as it was.
    #[default]
    Abort,
    /// The others are taken, and [`ScanReport::failed`] names the item. A folder that cannot be read is empty then. Of files
    /// it is asked whether they may be read, on Unix.
    Report,
}

/// What tells a file from all others: device and inode number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileIdentity(u64, u64);

impl FileIdentity {
    /// Of the file that the metadata are of; `None` where the system does not say.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Option<FileIdentity> {
        host::identity(metadata).map(|(device, inode)| FileIdentity(device, inode))
    }
}

/// What a scan left out.
#[derive(Clone, Debug, Default)]
pub struct ScanReport {
    /// Each with its reason, except what [`ScanOptions::exclude`] named. Files are among them that
    /// [`write_image`](crate::write_image) left behind when it was killed (`.fsimage-*.part`).
    pub skipped: Vec<Skipped>,
    /// Items that an exclude glob left out.
    pub excluded: u64,
    /// The globs of [`ScanOptions::exclude`] that matched something, by their place in the set.
    pub matched: BTreeSet<usize>,
    /// Extended attributes that could not be taken.
    pub unread_attributes: Vec<UnreadAttribute>,
    /// Items that could not be taken, if [`ScanOptions::failures`] lets others be.
    pub failed: Vec<FailedItem>,
    /// Paths on the host of items that were not taken because their names are, with [`MergePolicy::Keep`].
    pub kept: Vec<PathBuf>,
}

/// An item that a scan could not take.
#[derive(Clone, Debug)]
pub struct FailedItem {
    /// Path on the host.
    pub path: PathBuf,
    /// Why.
    pub error: Arc<Error>,
}

impl FailedItem {
    /// Hands the error back, or keeps it where others are to be taken nevertheless.
    fn tell(failures: ScanFailures, failed: &mut Vec<FailedItem>, path: PathBuf, error: Error) -> Result<()> {
        match failures {
            ScanFailures::Abort => Err(error),
            ScanFailures::Report => {
                failed.push(FailedItem { path, error: Arc::new(error) });
                Ok(())
            }
        }
    }
}

/// An item that no image can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Path on the host.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

/// A folder to be read, what it becomes, and what it lies in.
type Pending = (PathBuf, NodeId, Option<Arc<Above>>);

/// Folders read at one time: enough for all processors, few enough to keep memory small.
const FOLDERS_AT_ONCE: usize = 256;

impl Tree {
    /// Puts the contents of a host folder below `target`. What is added now wins over what is there, unless
    /// [`ScanOptions::existing`] says otherwise; a directory meeting something else is an error that names both.
    ///
    /// The result does not depend on the order in which the host lists its folders, nor on the number of
    /// threads. The observer is told how many items were taken so far. Names that are hard links of one item on the host are that in the tree, too, whichever scans or
    /// [`Item::HostFile`] they come by.
    ///
    /// # Errors
    /// [`Error::DirectoryRead`], [`Error::SourceRead`], [`Error::MergeCollision`], [`Error::Cancelled`]. The tree is
    /// then as it was before.
    pub fn scan(
        &mut self,
        host_folder: &Path,
        target: NodeId,
        options: &ScanOptions,
        control: &Control,
    ) -> Result<ScanReport> {
        crate::trace::span!("scan");
        self.all_or_nothing(|tree| tree.scan_all(host_folder, target, options, control))
    }

    /// Puts a host folder itself below `parent`, under its own name; a directory that has the name is merged with it.
    /// Says what became of it.
    ///
    /// # Errors
    /// As [`Tree::scan`]; [`Error::InvalidArgument`] for a folder without a name, such as `/`.
    pub fn scan_as_child(
        &mut self,
        host_folder: &Path,
        parent: NodeId,
        options: &ScanOptions,
        control: &Control,
    ) -> Result<(NodeId, ScanReport)> {
        let Some(name) = host_folder.file_name() else {
            return Err(Error::InvalidArgument {
                argument: host_folder.display().to_string(),
                reason: "the folder has no name of its own".to_owned(),
            });
        };
        self.all_or_nothing(|tree| {
            let options_of_item = ItemOptions { replace: true, ..ItemOptions::default() };
            let target = tree.add_in(parent, &image_name(name), Item::Directory, &options_of_item)?;
            let report = tree.scan_all(host_folder, target, options, control)?;
            Ok((target, report))
        })
    }

    fn scan_all(
        &mut self,
        host_folder: &Path,
        target: NodeId,
        options: &ScanOptions,
        control: &Control,
    ) -> Result<ScanReport> {
        self.directory_of(target)?;
        let metadata = std::fs::metadata(host_folder)
            .map_err(|source| Error::DirectoryRead { path: host_folder.to_owned(), source })?;
        let mut report = ScanReport::default();
        if options.existing == MergePolicy::Replace || self.is_undated(target) {
            self.set_attributes(target, attributes(&metadata));
            self.set_modified(target, modified(&metadata));
            if options.times == HostTimes::All {
                self.set_times(target, &times(&metadata));
            }
            if options.extended_attributes != HostAttributes::None {
                report.unread_attributes =
                    self.add_host_attributes(target, host_folder, options.extended_attributes)?;
            }
            if options.acls {
                report.unread_attributes.extend(self.add_host_acl(target, host_folder)?);
            }
        }
        let first_content = self.content_count();
        let mut pending = VecDeque::from([(host_folder.to_owned(), target, None)]);
        let mut items = 0;
        // Breadth first, in pieces: folders are read side by side and merged in order.
        while !pending.is_empty() {
            control.check("nothing was written")?;
            let piece: Vec<Pending> = pending.drain(..pending.len().min(FOLDERS_AT_ONCE)).collect();
            let listings: Vec<Result<Listing>> =
                piece.par_iter().map(|(path, _, above)| list(path, host_folder, options, above)).collect();
            for ((path, node, _), listing) in piece.into_iter().zip(listings) {
                match listing {
                    Ok(listing) => {
                        items += listing.entries.len() as u64;
                        self.take(path, node, listing, options, &mut report, &mut pending)?;
                    }
                    // A folder that cannot be read at all is no item that the scan could do without.
                    Err(error) if path == host_folder => return Err(error),
                    Err(error) => FailedItem::tell(options.failures, &mut report.failed, path, error)?,
                }
            }
            control.report(Stage::Scanning, items, 0);
        }
        self.stage_from(first_content, control)?;
        self.check_limit(target, u64::MAX)?;
        Ok(report)
    }

    fn take(
        &mut self,
        host_path: PathBuf,
        parent: NodeId,
        listing: Listing,
        options: &ScanOptions,
        report: &mut ScanReport,
        pending: &mut VecDeque<Pending>,
    ) -> Result<()> {
        report.excluded += listing.excluded;
        report.matched.extend(listing.matched);
        report.unread_attributes.extend(listing.unread);
        report.failed.extend(listing.failed);
        let directory = self.directory_of(parent)?;
        let folder = HostFolderId(super::next_id(self.host_folders.len())?);
        let was_empty = self.child_count(directory) == 0;
        let mut fresh = Vec::with_capacity(if was_empty { listing.entries.len() } else { 0 });
        let mut name_start = 0;
        for mut entry in listing.entries {
            let own_name = name_start..entry.name_end as usize;
            let name = &listing.names[own_name.clone()];
            name_start = entry.name_end as usize;
            if let What::Other(reason) = entry.what {
                report
                    .skipped
                    .push(Skipped { path: host_path.join(host_name(name)), reason: reason.to_owned() });
                continue;
            }
            let existing = if was_empty { None } else { self.child(directory, name) };
            let is_directory = matches!(entry.what, What::Directory);
            let node = match existing {
                Some(existing) => {
                    if (self.kind(existing).kind() == Kind::Directory) != is_directory {
                        let from = host_path.join(host_name(name));
                        let collision = self.collision(existing, is_directory, &from);
                        FailedItem::tell(options.failures, &mut report.failed, from, collision)?;
                        continue;
                    }
                    if options.existing != MergePolicy::Replace {
                        let from = host_path.join(host_name(name));
                        match options.existing {
                            _ if is_directory => pending.push_back((from, existing, listing.above.clone())),
                            MergePolicy::Refuse => {
                                let taken = Error::DuplicateName { path: self.path(existing) };
                                FailedItem::tell(options.failures, &mut report.failed, from, taken)?;
                            }
                            _ => report.kept.push(from),
                        }
                        continue;
                    }
                    if is_directory {
                        self.set_attributes(existing, entry.attributes);
                        self.set_modified(existing, entry.modified);
                    } else {
                        let name = self.node(existing).name;
                        let kind = self.kind_of(&entry, (folder, &host_path), name)?;
                        self.replace(existing, kind, entry.attributes, entry.modified);
                    }
                    existing
                }
                None => {
                    let id = self.new_item(parent, name, &entry, (folder, &host_path))?;
                    if was_empty {
                        fresh.push(id);
                    } else {
                        self.attach(id, directory);
                    }
                    id
                }
            };
            self.link_to_first(node, &mut entry)?;
            if entry.followed {
                let link = host_path.join(host_name(&listing.names[own_name.clone()]));
                self.read_attributes(node, &link, entry.extended)?;
            } else if !entry.extended.is_empty() {
                let name = self.names.push(&listing.names[own_name])?;
                self.take_attributes(node, folder, name, entry.extended)?;
            }
            if let Some(acl) = entry.acl
                && (!acl.is_empty() || self.acl(node).is_some())
            {
                self.take_acl(node, acl);
            }
            if let Some(times) = &entry.times {
                self.set_times(node, times);
            }
            if is_directory {
                pending.push_back((host_path.join(host_name(name)), node, listing.above.clone()));
            }
        }
        if was_empty {
            self.put_children(directory, fresh);
        }
        self.host_folders.push(HostFolder { path: host_path, directory: Some(directory) });
        Ok(())
    }

    /// What a folder that meets something else is told as, and the other way round.
    fn collision(&self, existing: NodeId, added_is_directory: bool, added: &Path) -> Error {
        Error::MergeCollision {
            path: self.path(existing),
            existing: self.kind(existing).kind(),
            existing_from: self.provenance(existing),
            added: if added_is_directory { Kind::Directory } else { Kind::File },
            added_from: added.display().to_string(),
        }
    }

    /// A node for an entry whose name is free. Nothing has it among its children yet.
    fn new_item(
        &mut self,
        parent: NodeId,
        name: &[u8],
        entry: &Entry,
        host_folder: (HostFolderId, &Path),
    ) -> Result<NodeId> {
        let id = NodeId(super::next_id(self.nodes.len())?);
        let name = self.names.push(name)?;
        let kind = self.kind_of(entry, host_folder, name)?;
        let attributes = self.attributes.intern(entry.attributes);
        self.nodes.push(super::Node {
            parent,
            name,
            hidden_in: super::FileSystems::empty(),
            imported: false,
            concealed_in: super::FileSystems::empty(),
            marks: super::Marks::empty(),
            kind,
            attributes,
            modified: entry.modified,
            carried: 0,
        });
        Ok(id)
    }

    /// Makes a further name of a link, a device, a pipe or a socket one item with the first. Files share their
    /// content instead.
    fn link_to_first(&mut self, node: NodeId, entry: &mut Entry) -> Result<()> {
        let (Some(key), false) = (entry.linked, matches!(entry.what, What::File)) else { return Ok(()) };
        match self.first_name(key) {
            // The number may be another item's meanwhile.
            Some(first) if self.can_be_one(node, first) => {
                self.link(node, first)?;
                // Its target was read for each name, which is an access.
                if entry.times.is_some() {
                    entry.times = Some(Box::new(self.times(first)));
                }
            }
            _ => self.note_first_name(key, node),
        }
        Ok(())
    }

    fn kind_of(
        &mut self,
        entry: &Entry,
        (folder, host_path): (HostFolderId, &Path),
        name: super::ArenaRef,
    ) -> Result<NodeKind> {
        Ok(match &entry.what {
            What::Directory | What::Other(_) => self.new_directory()?,
            What::File => {
                let (len, modified) = (entry.len, nanoseconds(entry.modified));
                if let Some(content) = entry.linked.and_then(|key| self.known_file(key, len, modified)) {
                    return Ok(NodeKind::File(content));
                }
                let content = match entry.followed {
                    false => Content::Scanned { folder, name, len, modified },
                    true => {
                        let path = host_path.join(host_name(self.names.get(name)));
                        Content::HostRange(Box::new(HostRange { path, offset: 0, len, modified }))
                    }
                };
                let content = self.push_content(content)?;
                if let Some(key) = entry.linked {
                    self.note_file(key, KnownFile { content, len, modified });
                }
                NodeKind::File(content)
            }
            What::Symlink(target) => NodeKind::Symlink(self.push_link_target(target)?),
            What::CharacterDevice(major, minor) => {
                NodeKind::CharacterDevice(device_number(*major, *minor, host_path)?)
            }
            What::BlockDevice(major, minor) => {
                NodeKind::BlockDevice(device_number(*major, *minor, host_path)?)
            }
            What::Fifo => NodeKind::Fifo,
            What::Socket => NodeKind::Socket,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::time::{Duration, SystemTime};

    use crate::Timestamp;

    fn scan(folder: &Path, options: &ScanOptions) -> (Tree, ScanReport) {
        let mut tree = Tree::new();
        let report = tree.scan(folder, NodeId::ROOT, options, &Control::default()).unwrap();
        (tree, report)
    }

    #[test]
    fn excludes_match_paths_and_names() {
        let host = tempfile::tempdir().unwrap();
        fs::create_dir_all(host.path().join("docs/keep")).unwrap();
        for name in ["a.tmp", "docs/b.tmp", "docs/keep/c.txt", "docs/d.txt"] {
            fs::write(host.path().join(name), name).unwrap();
        }
        let glob = |pattern| globset::Glob::new(pattern).unwrap();
        let exclude = GlobSet::builder().add(glob("*.tmp")).add(glob("docs/keep")).build().unwrap();
        let (tree, report) = scan(host.path(), &ScanOptions { exclude, ..ScanOptions::default() });
        assert!(tree.lookup("/docs/d.txt").is_some());
        for gone in ["/a.tmp", "/docs/b.tmp", "/docs/keep", "/docs/keep/c.txt"] {
            assert_eq!(tree.lookup(gone), None, "{gone}");
        }
        assert_eq!(report.excluded, 3);
        assert_eq!(report.matched, BTreeSet::from([0, 1]));
        let exclude = GlobSet::builder().add(glob("*.nothing")).add(glob("*.tmp")).build().unwrap();
        let (_, report) = scan(host.path(), &ScanOptions { exclude, ..ScanOptions::default() });
        assert_eq!(report.matched, BTreeSet::from([1]));
    }

    #[test]
    fn a_second_scan_wins_and_keeps_what_it_does_not_name() {
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(old.path().join("both"), "old").unwrap();
        fs::write(old.path().join("only-old"), "x").unwrap();
        fs::write(new.path().join("both"), "newer").unwrap();
        fs::write(new.path().join("another"), "y").unwrap();
        let (mut tree, _) = scan(old.path(), &ScanOptions::default());
        tree.scan(new.path(), NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
        let NodeKind::File(content) = tree.kind(tree.lookup("/both").unwrap()) else { panic!("a file") };
        assert_eq!(tree.content_len(content), 5);
        assert_eq!(tree.host_path(content), Some(new.path().join("both")));
        assert!(tree.lookup("/only-old").is_some() && tree.lookup("/another").is_some());
    }

    #[test]
    fn a_folder_against_a_file_names_both() {
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(old.path().join("thing"), "file").unwrap();
        fs::create_dir(new.path().join("thing")).unwrap();
        let (mut tree, _) = scan(old.path(), &ScanOptions::default());
        let error =
            tree.scan(new.path(), NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&old.path().join("thing").display().to_string()), "{text}");
        assert!(text.contains(&new.path().join("thing").display().to_string()), "{text}");

        let (mut tree, _) = scan(new.path(), &ScanOptions::default());
        let error =
            tree.scan(old.path(), NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&old.path().join("thing").display().to_string()), "{text}");
        assert!(text.contains(&new.path().join("thing").display().to_string()), "{text}");
    }

    #[test]
    fn names_that_are_taken() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (folder, len) in [(&first, 1), (&second, 2)] {
            fs::create_dir(folder.path().join("d")).unwrap();
            fs::write(folder.path().join("d/same"), vec![0; len]).unwrap();
            fs::write(folder.path().join(len.to_string()), "").unwrap();
            let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(len as u64 * 1_000_000);
            for directory in [folder.path().join("d"), folder.path().to_owned()] {
                fs::File::open(directory).unwrap().set_modified(modified).unwrap();
            }
        }
        for (existing, len) in [(MergePolicy::Replace, 2), (MergePolicy::Keep, 1)] {
            let options = ScanOptions { existing, ..ScanOptions::default() };
            let (mut tree, _) = scan(first.path(), &options);
            let report = tree.scan(second.path(), NodeId::ROOT, &options, &Control::default()).unwrap();
            let (_, content) = tree.file_at("/d/same").unwrap();
            assert_eq!((tree.content_len(content), tree.lookup("/2").is_some()), (len, true));
            let merged = ["/", "/d"].map(|path| tree.modified(tree.lookup(path).unwrap_or(NodeId::ROOT)));
            assert_eq!(merged, [Timestamp::from_unix(len as i64 * 1_000_000); 2]);
            let kept = [second.path().join("d/same")];
            assert_eq!(report.kept, &kept[usize::from(existing == MergePolicy::Replace)..]);
        }
        let refuse = ScanOptions { existing: MergePolicy::Refuse, ..ScanOptions::default() };
        let (mut tree, _) = scan(first.path(), &refuse);
        let refused = tree.scan(second.path(), NodeId::ROOT, &refuse, &Control::default());
        assert!(matches!(&refused, Err(Error::DuplicateName { path }) if path == "/d/same"), "{refused:?}");
        assert_eq!(tree.lookup("/2"), None);
        let report = ScanOptions { failures: ScanFailures::Report, ..refuse };
        let report = tree.scan(second.path(), NodeId::ROOT, &report, &Control::default()).unwrap();
        assert_eq!(report.failed.len(), 1);
        assert!(tree.lookup("/2").is_some());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_but_in_no_circle() {
        use std::os::unix::fs::symlink;
        let host = tempfile::tempdir().unwrap();
        fs::create_dir_all(host.path().join("real/sub")).unwrap();
        fs::write(host.path().join("real/file"), "data").unwrap();
        for (name, target) in [
            ("to-file", "real/file"),
            ("to-folder", "real"),
            ("nowhere", "nothing"),
            ("self", "self"),
            ("real/sub/up", ".."),
        ] {
            symlink(target, host.path().join(name)).unwrap();
        }
        let (tree, _) = scan(host.path(), &ScanOptions { follow_links: true, ..ScanOptions::default() });
        let kind = |path: &str| tree.kind(tree.lookup(path).unwrap());
        for file in ["/to-file", "/to-folder/file"] {
            let NodeKind::File(content) = kind(file) else { panic!("{file}") };
            let mut read = [0; 8];
            assert_eq!(tree.read_at(content, 0, &mut read).unwrap(), 4);
            assert_eq!(&read[..4], b"data");
        }
        for link in ["/nowhere", "/self", "/real/sub/up", "/to-folder/sub/up"] {
            assert!(matches!(kind(link), NodeKind::Symlink(_)), "{link}");
        }
        let (tree, _) = scan(host.path(), &ScanOptions::default());
        assert!(matches!(tree.kind(tree.lookup("/to-folder").unwrap()), NodeKind::Symlink(_)));
    }

    #[cfg(unix)]
    #[test]
    fn hard_links_and_special_files() {
        let host = tempfile::tempdir().unwrap();
        fs::write(host.path().join("a"), "data").unwrap();
        fs::hard_link(host.path().join("a"), host.path().join("b")).unwrap();
        std::os::unix::fs::symlink("../x//y", host.path().join("link")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(host.path().join("socket")).unwrap();
        let (tree, _) = scan(host.path(), &ScanOptions::default());
        let kind = |path: &str| tree.kind(tree.lookup(path).unwrap());
        assert_eq!(kind("/a"), kind("/b"));
        assert_eq!(kind("/socket"), NodeKind::Socket);
        let NodeKind::Symlink(target) = kind("/link") else { panic!("a link") };
        assert_eq!(tree.link_target(target), b"../x//y");
    }
}
