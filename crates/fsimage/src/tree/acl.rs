//! Access control lists: what few items have, beside the nodes. Many items share one.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use iso9660::aaip::{AccessControlLists, AttributeList, is_internal};

use super::journal::cut_map;
use super::streams::Owner;
use super::{ContentId, NodeId, NodeKind, Tree, UnreadAttribute};
use crate::{Error, Result};

/// The access control lists of all items, each kept once.
#[derive(Clone, Debug, Default)]
pub(super) struct AclTable {
    of: HashMap<Owner, Arc<AccessControlLists>>,
    kept: HashMap<Arc<AccessControlLists>, ()>,
}

impl AclTable {
    pub(super) fn get(&self, owner: Owner) -> Option<&AccessControlLists> {
        self.of.get(&owner).map(Arc::as_ref)
    }

    /// Gives an item lists, or with empty ones takes them away; says which it had.
    pub(super) fn set(&mut self, owner: Owner, acl: AccessControlLists) -> Option<Arc<AccessControlLists>> {
        if acl.is_empty() {
            return self.of.remove(&owner);
        }
        let acl = match self.kept.get_key_value(&acl) {
            Some((kept, ())) => kept.clone(),
            None => {
                let kept = Arc::new(acl);
                self.kept.insert(kept.clone(), ());
                kept
            }
        };
        self.of.insert(owner, acl)
    }

    /// Gives an item the lists that it had before.
    pub(super) fn put_back(&mut self, owner: Owner, acl: Option<Arc<AccessControlLists>>) {
        match acl {
            Some(acl) => drop(self.of.insert(owner, acl)),
            None => drop(self.of.remove(&owner)),
        }
    }

    /// Takes away those of items that are gone.
    pub(super) fn cut(&mut self, nodes: Range<u32>, contents: Range<u32>) {
        cut_map(&mut self.of, nodes, |node| Owner::Node(NodeId(node)));
        cut_map(&mut self.of, contents, |content| Owner::Content(ContentId(content)));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }
}

impl Tree {
    /// The access control lists of an item, if it has any. Names of one file (hard links) share them.
    #[must_use]
    pub fn acl(&self, node: NodeId) -> Option<&AccessControlLists> {
        if self.acls.is_empty() { None } else { self.acls.get(self.owner_of(node)) }
    }

    /// Gives an item access control lists; empty ones take them away. Its permission bits follow.
    ///
    /// Rock Ridge holds them (AAIP); elsewhere [`Notice::AclDropped`](crate::Notice::AclDropped) tells of them.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a symbolic link, for a default list of what is no directory, and for lists
    /// that no system takes: owner, group and others stand in each once, and where it names somebody, the mask.
    pub fn set_acl(&mut self, node: NodeId, acl: AccessControlLists) -> Result<()> {
        self.check_knows(node)?;
        let refused = |reason: &str| {
            Err(Error::InvalidArgument { argument: self.path(node), reason: reason.to_owned() })
        };
        match self.kind(node) {
            NodeKind::Symlink(_) => return refused("a symbolic link has no access control lists"),
            NodeKind::Directory(_) => {}
            _ if acl.default.is_empty() => {}
            _ => return refused("only directories have a default access control list"),
        }
        if !acl.is_valid() {
            return refused("this is no complete access control list");
        }
        if let Some(permissions) = acl.permissions() {
            let attributes = self.attributes(node);
            let permissions = attributes.permissions & !0o777 | permissions;
            self.set_attributes(node, super::Attributes { permissions, ..attributes });
        }
        if self.acl(node).map_or(!acl.is_empty(), |old| *old != acl) {
            self.take_acl(node, acl);
        }
        Ok(())
    }

    /// Gives an item the access control lists of a host item, which may be none. What cannot be read is
    /// returned.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on other systems than Linux.
    pub fn add_host_acl(&mut self, node: NodeId, host: &Path) -> Result<Option<UnreadAttribute>> {
        self.check_knows(node)?;
        match host_acl(host)? {
            Ok(acl) => {
                if self.acl(node).is_some() || !acl.is_empty() {
                    self.take_acl(node, acl);
                }
                Ok(None)
            }
            Err(reason) => Ok(Some(UnreadAttribute { path: host.to_owned(), name: None, reason })),
        }
    }

    /// Gives a node lists that belong to its permission bits.
    pub(super) fn take_acl(&mut self, node: NodeId, acl: AccessControlLists) {
        let owner = self.owner_of(node);
        self.change_list(owner);
        self.put_acl(owner, acl);
    }

    /// Whether any item has access control lists.
    pub(crate) fn has_acls(&self) -> bool {
        !self.acls.is_empty()
    }
}

/// The lists of an item of the host, or why they cannot be read.
pub(super) fn host_acl(path: &Path) -> Result<std::result::Result<AccessControlLists, String>> {
    host::read(path)
}

/// The access control lists that an attribute list has: those of AAIP, or attributes that are Linux's form of them.
pub(crate) fn acl_of(list: &mut AttributeList) -> AccessControlLists {
    let mut acl = std::mem::take(&mut list.acl);
    if acl.is_empty() {
        for (name, value) in list.attributes() {
            match name {
                ACCESS => acl.access = linux::parse(value).unwrap_or_default(),
                DEFAULT => acl.default = linux::parse(value).unwrap_or_default(),
                _ => {}
            }
        }
    }
    acl
}

/// The attributes of an attribute list that are the item's own, and no access control lists.
pub(crate) fn attributes_of(list: &AttributeList) -> impl Iterator<Item = (&[u8], &[u8])> {
    list.attributes().filter(|(name, _)| !is_internal(name) && !is_acl(name))
}

/// Names under which Linux has access control lists among the extended attributes.
const ACCESS: &[u8] = b"system.posix_acl_access";
const DEFAULT: &[u8] = b"system.posix_acl_default";

pub(super) fn is_acl(name: &[u8]) -> bool {
    matches!(name, ACCESS | DEFAULT)
}

/// The attributes that lists are on Linux.
#[cfg(target_os = "linux")]
pub(crate) fn linux_attributes(acl: &AccessControlLists) -> impl Iterator<Item = (&'static [u8], Vec<u8>)> {
    let lists = [(ACCESS, &acl.access), (DEFAULT, &acl.default)];
    let there = lists.into_iter().filter(|(_, list)| !list.is_empty());
    there.map(|(name, list)| (name, linux::encode(list)))
}

mod linux {
    //! The form in which Linux gives and takes lists: `linux/posix_acl_xattr.h`.

    use byteorder::{ByteOrder, LE};
    use iso9660::aaip::{AccessControlEntry, AclPermissions, AclTag};

    const VERSION: u32 = 2;
    const ENTRY: usize = 8;

    pub(super) fn parse(value: &[u8]) -> Option<Vec<AccessControlEntry>> {
        let (head, entries) = value.split_at_checked(4)?;
        if LE::read_u32(head) != VERSION || !entries.len().is_multiple_of(ENTRY) {
            return None;
        }
        let entry = |entry: &[u8]| {
            let number = LE::read_u32(&entry[4..]);
            let tag = match LE::read_u16(entry) {
                0x01 => AclTag::UserObj,
                0x02 => AclTag::User(number),
                0x04 => AclTag::GroupObj,
                0x08 => AclTag::Group(number),
                0x10 => AclTag::Mask,
                0x20 => AclTag::Other,
                _ => return None,
            };
            let permissions = AclPermissions::from_bits_truncate(LE::read_u16(&entry[2..]) as u8);
            Some(AccessControlEntry { tag, permissions })
        };
        entries.chunks_exact(ENTRY).map(entry).collect()
    }

    #[cfg(any(target_os = "linux", test))]
    pub(super) fn encode(list: &[AccessControlEntry]) -> Vec<u8> {
        const NOBODY: u32 = u32::MAX;
        // Linux wants the order that tags have.
        let mut sorted = list.to_vec();
        sorted.sort_unstable();
        let mut value = vec![0; 4 + ENTRY * list.len()];
        LE::write_u32(&mut value, VERSION);
        for (entry, into) in sorted.iter().zip(value[4..].chunks_exact_mut(ENTRY)) {
            let (tag, number) = match entry.tag {
                AclTag::UserObj => (0x01, NOBODY),
                AclTag::User(number) => (0x02, number),
                AclTag::GroupObj => (0x04, NOBODY),
                AclTag::Group(number) => (0x08, number),
                AclTag::Mask => (0x10, NOBODY),
                AclTag::Other => (0x20, NOBODY),
            };
            LE::write_u16(into, tag);
            LE::write_u16(&mut into[2..], entry.permissions.bits().into());
            LE::write_u32(&mut into[4..], number);
        }
        value
    }

    #[cfg(test)]
    mod tests {
        use iso9660::aaip::AccessControlLists;

        use super::*;

        #[test]
        fn as_linux_gives_it() {
            let value =
                b"\x02\0\0\0\x01\0\x06\0\xff\xff\xff\xff\x02\0\x04\0\x07\0\0\0\x04\0\x04\0\xff\xff\xff\xff\
                \x10\0\x04\0\xff\xff\xff\xff\x20\0\x04\0\xff\xff\xff\xff";
            let list = parse(value).unwrap();
            let lists = AccessControlLists { access: list.clone(), default: Vec::new() };
            assert_eq!(lists.to_string(), "u::rw-,u:7:r--,g::r--,m::r--,o::r--");
            assert_eq!(encode(&list), value);
            assert_eq!(encode(&list.into_iter().rev().collect::<Vec<_>>()), value);
            for no_list in
                [&b"\x02\0\0"[..], b"\x01\0\0\0", b"\x02\0\0\0\x01", b"\x02\0\0\0\x40\0\0\0\0\0\0\0"]
            {
                assert_eq!(parse(no_list), None);
            }
        }
    }
}

#[cfg(target_os = "linux")]
mod host {
    use std::ffi::OsStr;
    use std::io;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    use iso9660::aaip::AccessControlLists;

    use super::{ACCESS, DEFAULT, linux};
    use crate::Result;

    pub(super) fn read(path: &Path) -> Result<std::result::Result<AccessControlLists, String>> {
        let list = |name: &[u8]| match xattr::get(path, OsStr::from_bytes(name)) {
            Ok(None) => Ok(Vec::new()),
            Ok(Some(value)) => {
                linux::parse(&value).ok_or_else(|| "its access control list is of an unknown form".to_owned())
            }
            // Neither links nor some file systems have any.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(Vec::new()),
            Err(error) => Err(format!("its access control list: {error}")),
        };
        let lists = list(ACCESS).and_then(|access| {
            let default = list(DEFAULT)?;
            Ok(AccessControlLists { access, default })
        });
        Ok(lists)
    }
}

#[cfg(not(target_os = "linux"))]
mod host {
    use std::path::Path;

    use iso9660::aaip::AccessControlLists;

    use crate::{Error, Result};

    pub(super) fn read(_: &Path) -> Result<std::result::Result<AccessControlLists, String>> {
        Err(Error::Unsupported { feature: "access control lists of the host, on this system,".to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Attributes, Item, ItemOptions};

    fn acl(value: &[u8]) -> AccessControlLists {
        AccessControlLists::parse(value).unwrap()
    }

    #[test]
    fn bits_and_lists_agree() {
        let mut tree = Tree::new();
        let bytes = Item::Bytes(b"x".as_slice().into());
        let file = tree.add("/a", bytes, &ItemOptions::default()).unwrap();
        let link = tree.add("/b", Item::HardLink(file), &ItemOptions::default()).unwrap();
        let named = acl(&[0x16, 0xAF, 1, 9, 0x34, 0x57, 0x60]);
        tree.set_acl(link, named.clone()).unwrap();
        assert_eq!(tree.acl(file), Some(&named));
        assert_eq!(tree.attributes(link).permissions, 0o670);
        tree.set_acl(file, AccessControlLists::default()).unwrap();
        assert_eq!(tree.acl(link), None);

        let symlink = tree.add("/l", Item::Symlink(b"a"), &ItemOptions::default()).unwrap();
        let default = AccessControlLists { default: named.access.clone(), ..AccessControlLists::default() };
        let incomplete = acl(&[0x16, 0xAF, 1, 9, 0x34, 0x60]);
        for (node, acl) in [(symlink, named), (file, default.clone()), (file, incomplete)] {
            assert!(matches!(tree.set_acl(node, acl), Err(Error::InvalidArgument { .. })));
        }
        tree.set_acl(NodeId::ROOT, default).unwrap();
        assert_eq!(tree.attributes(NodeId::ROOT), Attributes::DIRECTORY);
    }
}
