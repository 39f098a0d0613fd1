//! What the kernel asks, and the answers.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fuser::{
    Errno, FileHandle, FileType, Filesystem, FopenFlags, Generation, INodeNo, InitFlags, KernelConfig,
    LockOwner, OpenAccMode, OpenFlags, ReplyAttr, ReplyData, ReplyDirectory, ReplyDirectoryPlus, ReplyEmpty,
    ReplyEntry, ReplyOpen, ReplyStatfs, ReplyXattr, Request,
};

use super::attributes::{self, Lists};
use super::handles::Handles;
use super::listings::{Listing, Listings};
use super::nodes::{Node, Nodes};
use super::read_only::refused_as_read_only;
use super::told::Told;
use super::{MountOptions, MountWarning, Tell, extended, inode};
use crate::{FileReader, Image, Kind, Result};

/// How long the kernel need not ask again: nothing changes.
const ALWAYS: Duration = Duration::from_secs(24 * 60 * 60);
const GENERATION: Generation = Generation(0);

/// Places in a listing that the directory and its parent have.
const OWN: u64 = 2;

pub(super) struct Served {
    /// Locked while structures are read: of what is found damaged meanwhile, it is known whose it is.
    image: Mutex<Image>,
    sectors: u64,
    lists: Lists,
    nodes: Nodes,
    listings: Listings,
    files: Handles<Mutex<FileReader>>,
    /// Files of which was told.
    told: Told,
    directories: Handles<Listing>,
    tell: Arc<Tell>,
}

impl Served {
    pub(super) fn new(image: Image, options: &MountOptions, tell: Arc<Tell>) -> Result<Served> {
        let root = image.root()?;
        image.told_beside_the_tree().for_each(|warning| tell(warning));
        let served = Served {
            sectors: image.sectors().get().into(),
            image: Mutex::new(image),
            lists: if options.other_users { Lists::Unknown } else { Lists::Unchecked },
            nodes: Nodes::new(root),
            listings: Listings::default(),
            files: Handles::default(),
            told: Told::default(),
            directories: Handles::default(),
            tell,
        };
        // What is lost of it is told now.
        drop(served.listing(inode::ROOT));
        Ok(served)
    }

    fn image(&self) -> std::sync::MutexGuard<'_, Image> {
        self.image.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn node(&self, number: INodeNo) -> Result<Node, Errno> {
        self.nodes.get(number.0).ok_or(Errno::ESTALE)
    }

    fn listing(&self, number: u64) -> Result<Arc<Listing>, Errno> {
        let node = self.node(INodeNo(number))?;
        if node.entry.kind != Kind::Directory {
            return Err(Errno::ENOTDIR);
        }
        let path = || self.nodes.path(&node);
        Ok(self.listings.get(&self.image, number, &node.entry, &path, &*self.tell))
    }

    fn attributes(&self, number: u64, node: &Node) -> fuser::FileAttr {
        attributes::attributes(number, &node.entry, self.lists)
    }

    /// The item at a place of a listing, of which the kernel is told.
    fn tell_of(&self, parent: u64, listing: &Listing, place: usize) -> Result<(u64, Node), Errno> {
        let entry = listing.entries.get(place).ok_or(Errno::ENOENT)?.clone();
        let number = listing.number(place).ok_or(Errno::ENOENT)?;
        let node = self.nodes.tell(number, Node { entry, parent }).ok_or(Errno::EIO)?;
        Ok((number, node))
    }

    fn look_up(&self, parent: u64, name: &[u8]) -> Result<(u64, Node), Errno> {
        let listing = self.listing(parent)?;
        match listing.find(name) {
            Some(place) => self.tell_of(parent, &listing, place),
            // It may be among what is lost.
            None if listing.is_damaged => Err(Errno::EIO),
            None => Err(Errno::ENOENT),
        }
    }

    fn open_file(&self, number: INodeNo, flags: OpenFlags) -> Result<u64, Errno> {
        if flags.acc_mode() != OpenAccMode::O_RDONLY {
            return Err(Errno::EROFS);
        }
        let node = self.node(number)?;
        let opened = self.image().open(&node.entry);
        let reader = opened.map_err(|error| self.damaged(number, &node, &error))?;
        Ok(self.files.add(Arc::new(Mutex::new(reader))))
    }

    /// Tells of it, if that was not done before.
    fn damaged(&self, number: INodeNo, node: &Node, error: &crate::Error) -> Errno {
        if self.told.is_first(number.0) {
            let path = self.nodes.path(node);
            (self.tell)(MountWarning::FileDamaged { path, reason: error.to_string() });
        }
        Errno::EIO
    }

    fn read_file(&self, number: INodeNo, handle: u64, offset: u64, size: u32) -> Result<Vec<u8>, Errno> {
        let node = self.node(number)?;
        let reader = self.files.get(handle).ok_or(Errno::EBADF)?;
        let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
        let left = node.entry.len.saturating_sub(offset).min(size.into());
        let mut bytes = vec![0; usize::try_from(left).map_err(|_| Errno::EINVAL)?];
        let read = reader.read_exactly_at(offset, &mut bytes);
        read.map_err(|error| self.damaged(number, &node, &reader.error(error)))?;
        Ok(bytes)
    }

    /// What stands in front of the entries, and what follows at `offset`, until `add` takes no more.
    fn list(
        &self,
        parent: u64,
        listing: &Listing,
        offset: u64,
        add: &mut dyn FnMut(Listed<'_>) -> Result<bool, Errno>,
    ) -> Result<(), Errno> {
        let mut is_first = true;
        for at in offset.. {
            let listed = match at {
                0 => Listed::Own(parent, "."),
                1 => Listed::Own(self.node(INodeNo(parent))?.parent, ".."),
                at => match listing.entries.get((at - OWN) as usize) {
                    Some(_) => Listed::Entry((at - OWN) as usize),
                    // Behind what can be shown.
                    None if listing.is_damaged && is_first => return Err(Errno::EIO),
                    None => return Ok(()),
                },
            };
            match add(listed) {
                Ok(true) => is_first = false,
                Ok(false) => return Ok(()),
                Err(error) if is_first => return Err(error),
                // It is met again, as the first one.
                Err(_) => return Ok(()),
            }
        }
        Ok(())
    }
}

enum Listed<'a> {
    Own(u64, &'a str),
    Entry(usize),
}

/// What an attribute, or the names of all, are answered by.
fn answer(value: Result<Vec<u8>, Errno>, size: u32, reply: ReplyXattr) {
    match value {
        Err(error) => reply.error(error),
        Ok(value) if size == 0 => reply.size(value.len() as u32),
        Ok(value) if value.len() > size as usize => reply.error(Errno::ERANGE),
        Ok(value) => reply.data(&value),
    }
}

impl Filesystem for Served {
    fn init(&mut self, _: &Request, config: &mut KernelConfig) -> io::Result<()> {
        let useful = [
            InitFlags::FUSE_DO_READDIRPLUS | InitFlags::FUSE_READDIRPLUS_AUTO,
            InitFlags::FUSE_PARALLEL_DIROPS,
        ];
        for flags in useful {
            // Without them the kernel asks more often.
            let _ = config.add_capabilities(flags);
        }
        if self.lists == Lists::Unknown && config.add_capabilities(InitFlags::FUSE_POSIX_ACL).is_ok() {
            self.lists = Lists::Asked;
        }
        Ok(())
    }

    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        match self.look_up(parent.0, name.as_bytes()) {
            Ok((number, node)) => reply.entry(&ALWAYS, &self.attributes(number, &node), GENERATION),
            Err(error) => reply.error(error),
        }
    }

    fn forget(&self, _: &Request, number: INodeNo, times: u64) {
        self.nodes.forget(number.0, times);
    }

    fn getattr(&self, _: &Request, number: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.node(number) {
            Ok(node) => reply.attr(&ALWAYS, &self.attributes(number.0, &node)),
            Err(error) => reply.error(error),
        }
    }

    fn readlink(&self, _: &Request, number: INodeNo, reply: ReplyData) {
        match self.node(number) {
            Ok(node) => reply.data(&node.entry.link_target),
            Err(error) => reply.error(error),
        }
    }

    fn open(&self, _: &Request, number: INodeNo, flags: OpenFlags, reply: ReplyOpen) {
        match self.open_file(number, flags) {
            Ok(handle) => reply.opened(FileHandle(handle), FopenFlags::FOPEN_KEEP_CACHE),
            Err(error) => reply.error(error),
        }
    }

    fn read(
        &self,
        _: &Request,
        number: INodeNo,
        handle: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.read_file(number, handle.0, offset, size) {
            Ok(bytes) => reply.data(&bytes),
            Err(error) => reply.error(error),
        }
    }

    fn release(
        &self,
        _: &Request,
        _: INodeNo,
        handle: FileHandle,
        _: OpenFlags,
        _: Option<LockOwner>,
        _: bool,
        reply: ReplyEmpty,
    ) {
        self.files.remove(handle.0);
        reply.ok();
    }

    fn opendir(&self, _: &Request, number: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        match self.listing(number.0) {
            Ok(listing) => {
                reply.opened(FileHandle(self.directories.add(listing)), FopenFlags::empty());
            }
            Err(error) => reply.error(error),
        }
    }

    fn readdir(
        &self,
        _: &Request,
        number: INodeNo,
        handle: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let Some(listing) = self.directories.get(handle.0) else { return reply.error(Errno::EBADF) };
        let mut next = offset;
        let listed = self.list(number.0, &listing, offset, &mut |listed| {
            next += 1;
            let is_full = match listed {
                Listed::Own(number, name) => reply.add(INodeNo(number), next, FileType::Directory, name),
                Listed::Entry(place) => {
                    let (entry, number) = (&listing.entries[place], listing.number(place).unwrap_or(0));
                    let name = OsStr::from_bytes(&entry.name);
                    reply.add(INodeNo(number), next, attributes::kind(entry.kind), name)
                }
            };
            Ok(!is_full)
        });
        match listed {
            Ok(()) => reply.ok(),
            Err(error) => reply.error(error),
        }
    }

    fn readdirplus(
        &self,
        _: &Request,
        number: INodeNo,
        handle: FileHandle,
        offset: u64,
        mut reply: ReplyDirectoryPlus,
    ) {
        let Some(listing) = self.directories.get(handle.0) else { return reply.error(Errno::EBADF) };
        let mut next = offset;
        let listed = self.list(number.0, &listing, offset, &mut |listed| {
            next += 1;
            let (shown, node, name) = match listed {
                // The kernel is not told of these.
                Listed::Own(number, name) => (number, self.node(INodeNo(number))?, OsStr::new(name)),
                Listed::Entry(place) => {
                    let (shown, node) = self.tell_of(number.0, &listing, place)?;
                    (shown, node, OsStr::from_bytes(&listing.entries[place].name))
                }
            };
            let attributes = self.attributes(shown, &node);
            let is_full = reply.add(INodeNo(shown), next, name, &ALWAYS, &attributes, GENERATION);
            if is_full && matches!(listed, Listed::Entry(_)) {
                self.nodes.forget(shown, 1);
            }
            Ok(!is_full)
        });
        match listed {
            Ok(()) => reply.ok(),
            Err(error) => reply.error(error),
        }
    }

    fn releasedir(&self, _: &Request, _: INodeNo, handle: FileHandle, _: OpenFlags, reply: ReplyEmpty) {
        self.directories.remove(handle.0);
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        const LONGEST_NAME: u32 = 255;
        let block = sector_io::SECTOR_SIZE as u32;
        reply.statfs(self.sectors, 0, 0, 0, 0, block, LONGEST_NAME, block);
    }

    fn getxattr(&self, _: &Request, number: INodeNo, name: &OsStr, size: u32, reply: ReplyXattr) {
        let value =
            self.node(number).and_then(|node| match extended::has_none(&node.entry, name.as_bytes()) {
                true => Err(Errno::ENODATA),
                false => extended::value(&self.image(), &node.entry, name.as_bytes()),
            });
        answer(value, size, reply);
    }

    fn listxattr(&self, _: &Request, number: INodeNo, size: u32, reply: ReplyXattr) {
        let names = self.node(number).and_then(|node| extended::names(&self.image(), &node.entry));
        answer(names, size, reply);
    }

    refused_as_read_only!();
}
