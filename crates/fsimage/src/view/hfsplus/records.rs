use hfsplus::catalog::{CatalogFile, CatalogFolder, CatalogThread};
use hfsplus::write::LeafWriter;
use hfsplus::{BsdInfo, CatalogNodeId, Date, ExtentDescriptor, FileInfo, FolderInfo, ForkData};
use sector_io::{SECTOR_SIZE, Sector};

use super::{HfsPlusView, LEAVES_AT_A_TIME, Listing, Member, Position, Step, mode};
use crate::Result;
use crate::plan::HfsPlusType;
use crate::tree::{ContentId, NodeId, Timestamp, Tree};
use crate::view::{ContentAddresses, internal};

/// Where the plan put contents, the volume, and the targets of symbolic links.
#[derive(Clone, Copy)]
pub(crate) struct DataAddresses<'a> {
    pub(crate) contents: &'a dyn ContentAddresses,
    pub(crate) volume: Sector,
    /// Block of the first target.
    pub(crate) links: u32,
}

impl HfsPlusView {
    /// Bytes of a record's data.
    pub(super) fn data_len(&self, step: &Step<'_>) -> usize {
        match step {
            Step::Root { .. } => CatalogFolder::LEN,
            Step::Thread { name, .. } => CatalogThread::encoded_len(name.len()),
            Step::Item { listing, index, .. } => match listing.members[*index].1 {
                Member::Directory(_) | Member::MetadataFolder => CatalogFolder::LEN,
                _ => CatalogFile::LEN,
            },
        }
    }

    /// Appends the part of the leaves that begins with that leaf.
    pub(crate) fn append_leaves(
        &self,
        tree: &Tree,
        from: u32,
        addresses: DataAddresses<'_>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let start = self.parts.get((from / LEAVES_AT_A_TIME) as usize).copied().unwrap_or(Position::START);
        let mut writer = LeafWriter::new(&self.layout, from, from + LEAVES_AT_A_TIME);
        let mut data = Vec::new();
        // The root's two records have one place, and begin the first leaf.
        self.walk(tree, start, &mut |_, step| {
            data.clear();
            self.append_data(tree, &step, addresses, &mut data)?;
            writer.push(step.parent(), step.key_name(), &data, out).map_err(|error| internal(&error))
        })?;
        writer.finish(out);
        Ok(())
    }

    fn append_data(
        &self,
        tree: &Tree,
        step: &Step<'_>,
        addresses: DataAddresses<'_>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        match step {
            Step::Root { .. } => {
                out.extend_from_slice(&self.folder(tree, 0).encode());
            }
            Step::Thread { of, parent, name, .. } => {
                CatalogThread::append(*of, *parent, name, out).map_err(|error| internal(&error))?;
            }
            Step::Item { listing, index, id, .. } => match self.place_of(listing.members[*index].1) {
                Some(place) => out.extend_from_slice(&self.folder(tree, place).encode()),
                None => {
                    out.extend_from_slice(&self.file(tree, listing, *index, *id, addresses).encode());
                }
            },
        }
        Ok(())
    }

    fn folder(&self, tree: &Tree, place: usize) -> CatalogFolder {
        let directory = self.directories[place];
        let folder =
            CatalogFolder { valence: directory.items, folder_id: directory.id, ..CatalogFolder::default() };
        let Some(node) = directory.node else {
            // Hard links are known by this date.
            let created = self.created;
            return CatalogFolder {
                create_date: created,
                content_mod_date: created,
                attribute_mod_date: created,
                access_date: created,
                permissions: BsdInfo { file_mode: mode::DIRECTORY, ..BsdInfo::default() },
                user_info: FolderInfo::HIDDEN,
                ..folder
            };
        };
        let dates = Dates::of(tree, node, self.undated);
        CatalogFolder {
            create_date: dates.create,
            content_mod_date: dates.content,
            attribute_mod_date: dates.attribute,
            access_date: dates.access,
            backup_date: dates.backup,
            permissions: permissions(tree, node, mode::DIRECTORY, 0),
            ..folder
        }
    }

    fn file(
        &self,
        tree: &Tree,
        listing: &Listing,
        index: usize,
        id: CatalogNodeId,
        addresses: DataAddresses<'_>,
    ) -> CatalogFile {
        let (node, member) = listing.members[index];
        let node = node.unwrap_or(NodeId::ROOT);
        let dates = Dates::of(tree, node, self.undated);
        let file = CatalogFile {
            flags: CatalogFile::THREAD_EXISTS,
            file_id: id,
            create_date: dates.create,
            content_mod_date: dates.content,
            attribute_mod_date: dates.attribute,
            access_date: dates.access,
            backup_date: dates.backup,
            ..CatalogFile::default()
        };
        match member {
            Member::File(content) => CatalogFile {
                permissions: permissions(tree, node, mode::FILE, 1),
                user_info: self.type_of(node),
                data_fork: data(tree, content, addresses),
                ..file
            },
            Member::IndirectNode(content) => {
                let linked = self.linked.get(&content);
                CatalogFile {
                    permissions: permissions(tree, node, mode::FILE, linked.map_or(1, |linked| linked.names)),
                    user_info: linked.and_then(|linked| linked.file_type).map(file_info).unwrap_or_default(),
                    data_fork: data(tree, content, addresses),
                    ..file
                }
            }
            Member::HardLink(content) => CatalogFile {
                create_date: self.created,
                // Owner and permissions are the indirect node's. Where the owner is, the Mac OS since 10.5 keeps a chain
                // of a file's names, which is not made here.
                permissions: BsdInfo {
                    file_mode: mode::FILE,
                    special: self.indirect_node(content).map_or(0, |number| number.0),
                    ..BsdInfo::default()
                },
                user_info: FileInfo::HARD_LINK,
                ..file
            },
            Member::Symlink(target, block) => {
                let len = tree.link_target(target).len() as u64;
                let start_block = addresses.links.saturating_add(block);
                CatalogFile {
                    permissions: permissions(tree, node, mode::SYMBOLIC_LINK, 1),
                    user_info: FileInfo::SYMBOLIC_LINK,
                    data_fork: fork(len, start_block),
                    ..file
                }
            }
            Member::Special(kind, number) => {
                CatalogFile { permissions: permissions(tree, node, kind, number), ..file }
            }
            Member::Directory(_) | Member::MetadataFolder => file,
        }
    }

    fn type_of(&self, node: NodeId) -> FileInfo {
        self.types.get(&node).copied().map(file_info).unwrap_or_default()
    }
}

fn file_info(of: HfsPlusType) -> FileInfo {
    FileInfo::of(of.file_type, of.creator)
}

fn permissions(tree: &Tree, node: NodeId, kind: u16, special: u32) -> BsdInfo {
    let attributes = tree.attributes(node);
    BsdInfo {
        owner_id: attributes.uid,
        group_id: attributes.gid,
        file_mode: kind | attributes.permissions & 0o7777,
        special,
        ..BsdInfo::default()
    }
}

fn data(tree: &Tree, content: ContentId, addresses: DataAddresses<'_>) -> ForkData {
    let start = addresses.contents.start_of(content).and_then(|start| start.since(addresses.volume));
    fork(tree.content_len(content), start.unwrap_or_default().get())
}

/// A fork in one stretch. All of it lies in the image, whose sectors are fewer than 2^32.
fn fork(len: u64, start_block: u32) -> ForkData {
    let block_count = len.div_ceil(SECTOR_SIZE as u64) as u32;
    ForkData::contiguous(len, ExtentDescriptor { start_block, block_count })
}

struct Dates {
    create: Date,
    content: Date,
    attribute: Date,
    access: Date,
    backup: Date,
}

impl Dates {
    /// Those of a node in an image of that time; what it does not have is its modification time, but for a backup.
    fn of(tree: &Tree, node: NodeId, image: Timestamp) -> Dates {
        let (modified, times) = (tree.modified_in(node, image), tree.times(node));
        let or_modified = |time: Option<Timestamp>| date(time.unwrap_or(modified));
        Dates {
            create: or_modified(times.creation),
            content: date(modified),
            attribute: or_modified(times.attributes),
            access: or_modified(times.access),
            backup: times.backup.map(date).unwrap_or_default(),
        }
    }
}

/// The date of whole seconds; of other years the nearest.
pub(crate) fn date(time: Timestamp) -> Date {
    Date::from_unix(time.seconds)
}
