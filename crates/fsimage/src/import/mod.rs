//! A session's tree as a [`Tree`]: metadata only, content stays where it lies.

mod checksums;
mod descriptors;
mod forms;
mod identifiers;
mod named_images;
mod names;
mod other_trees;
mod pairing;
mod paths;
mod progress;
mod udf;
mod visibility;
mod warning;

pub use checksums::RecordedChecksums;
pub use warning::ImportWarning;

pub(crate) use udf::same_content;

use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

use descriptors::OwnDescriptors;
use identifiers::PlainIdentifiers;
use other_trees::OtherTrees;

use iso9660::LogicalBlock;
use iso9660::directory::FileFlags;
use iso9660::names::{Departures, NameRules, SourceName, Standing};
use iso9660::read::{DirectoryBuffer, DirectoryGuard, Entry, EntryKind, RelocationDirectory, Volume};
use iso9660::volume::{BootRecord, Identifiers, VolumePartitionDescriptor, VolumeTimes};
use joliet::{JolietRules, Level};
use multisession::Session;
use sector_io::{ReadSectors, Sector, SectorCount};

use crate::boot::BootSetUp;
use crate::digests::{DigestAlgorithm, take_recorded};
use crate::disc::{self, AnyVolume, DEFAULT_PREFERENCE, Disc, DiscIdentifier};
use crate::md5_tags::ArrayReader;
use crate::plan::{
    DeepDirectories, ImportedContent, Medium, RecordedForms, RecordedRelocation, UdfAccess, UdfOptions,
    VolumeName, VolumePartition,
};
use crate::tree::{
    Content, ContentId, DeviceNumber, FileSystem, FileSystems, NodeId, NodeKind, RelocatedAs, Tree,
};
use crate::view::udf::VirtualVolume;
use crate::view::without_version;
use crate::{Control, Error, Result, UdfRevision};
use progress::ItemProgress;

/// What to import.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// Number of the session; `None` for the newest.
    pub session: Option<u16>,
    /// File systems in the order of preference; the first that is there is imported.
    pub preference: Vec<FileSystem>,
    /// What of the session's other file systems is imported.
    pub trees: ImportedTrees,
}

/// Which of a session's trees are imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportedTrees {
    /// The preferred one. Its names are those of the tree; the names that the other file systems have for its items are kept
    /// by [`Imported::keep_visibility`].
    #[default]
    Preferred,
    /// All, as one tree, so that each file system shows what it showed: items have the names of their own that single
    /// file systems have for them ([`Tree::name_in`]), are hidden where they were not shown, and what only one file
    /// system has is hidden in all others. Attributes are those of the preferred one; of ISO 9660 and Rock Ridge,
    /// which are one tree, Rock Ridge is.
    All,
}

impl Default for ImportOptions {
    fn default() -> ImportOptions {
        ImportOptions {
            session: None,
            preference: DEFAULT_PREFERENCE.to_vec(),
            trees: ImportedTrees::Preferred,
        }
    }
}

/// An imported session.
#[derive(Debug)]
pub struct Imported {
    /// Its tree. Contents are where they were.
    pub tree: Tree,
    /// The disc, as it was when it was imported.
    pub disc: DiscIdentifier,
    /// Which session it is.
    pub session: Session,
    /// Which file system it was read from.
    pub file_system: FileSystem,
    /// Whether the others were as well.
    pub trees: ImportedTrees,
    /// All file systems the session has.
    pub file_systems: FileSystems,
    /// The revision of its UDF, where it is one that is written.
    pub udf_revision: Option<UdfRevision>,
    /// The newest state of its UDF, where that grows by virtual allocation tables and can be continued.
    pub virtual_volume: Option<VirtualVolume>,
    /// Its volume names.
    pub volume: VolumeName,
    /// That of UDF beside others.
    pub udf_volume: Option<String>,
    /// The other texts of its primary volume descriptor.
    pub identifiers: Identifiers,
    /// Texts and times of its other descriptors, where they do not follow from those.
    own_descriptors: OwnDescriptors,
    /// Its El Torito boot records. They stay valid in a session that is appended.
    pub boot_records: Vec<BootRecord>,
    /// Its volume partition descriptors. They stay valid likewise.
    pub partition_descriptors: Vec<VolumePartitionDescriptor>,
    /// What boots: boot catalog, boot images, and what the system area says.
    pub boot: BootSetUp,
    /// The times of its primary volume descriptor.
    pub times: VolumeTimes,
    /// Rules for plain ISO 9660 by which the identifiers that the tree has of it stay as they are.
    pub iso9660_names: NameRules,
    /// Joliet name rules of the session's level of UCS-2, that keep the length of its names: if they come from Joliet,
    /// or after
    /// [`Imported::keep_visibility`].
    pub joliet_names: JolietRules,
    /// Name of the directory of the root for those that Rock Ridge has relocated, if it has any.
    pub relocation_directory: Option<Vec<u8>>,
    /// What is recorded of it.
    pub recorded_relocation: Option<RecordedRelocation>,
    /// What the session's digests of files are made by, if it has any. Its tree knows them, and the files that hold
    /// them are not in it: they would not hold for the next session. See [`Tree::record_digests`].
    pub digests: Option<DigestAlgorithm>,
    /// Whether the session has MD5 sums of its files as libisofs records them. Its tree knows them, and a session that
    /// builds on it has them as well: see [`PlanOptions::md5_tags`](crate::PlanOptions::md5_tags).
    pub md5_tags: bool,
    /// The file systems of which the tree has the names.
    kept: FileSystems,
    /// What could not be kept.
    pub warnings: Vec<ImportWarning>,
}

/// Imports the tree of a session.
///
/// Two names of one content become hard links where the session says that they are links, or cannot say.
/// System Use entries that this crate does not model are carried with their nodes and written again.
///
/// # Errors
/// As [`Disc::image`]; a root that cannot be read; [`Error::Cancelled`](crate::Error::Cancelled).
pub fn import(disc: &Disc, options: &ImportOptions, control: &Control) -> Result<Imported> {
    import_within(disc, options, disc.source().sectors(), control)
}

/// As [`import`], of a session whose recording stopped: files are in the tree wherever their data should lie. Those
/// that are not there cannot be read.
pub(crate) fn import_interrupted(
    disc: &Disc,
    options: &ImportOptions,
    control: &Control,
) -> Result<Imported> {
    import_within(disc, options, SectorCount::new(u32::MAX), control)
}

/// Files with data behind `end` are left out.
fn import_within(
    disc: &Disc,
    options: &ImportOptions,
    end: SectorCount,
    control: &Control,
) -> Result<Imported> {
    let session = disc.session(options.session)?;
    let mut image = disc.image(Some(session.number), &options.preference)?;
    if options.trees == ImportedTrees::All && image.file_system() == FileSystem::Iso9660 {
        // They are the same records, in which plain ISO 9660 shows links and devices as empty files.
        let both = [FileSystem::RockRidge, FileSystem::Iso9660];
        image = disc.image(Some(session.number), &both)?;
    }
    if image.file_system() == FileSystem::Iso9660
        && let Some(in_place) = disc.plain_in_place(&session)?
    {
        image = in_place;
    }
    let mut read = read_tree(disc, &image, end, control)?;
    if disc.is_incomplete(&session) {
        read.warnings.insert(0, ImportWarning::IncompleteSession { number: session.number });
    }
    if let Some(reason) = lost_root(&read.tree, &image) {
        return Err(Error::Corrupt { sector: session.start, structure: "root directory", detail: reason });
    }
    let mut file_systems = FileSystems::empty();
    let has = |file_system| disc.image(Some(session.number), &[file_system]).is_ok();
    let udf = disc.image(Some(session.number), &[FileSystem::Udf]).ok();
    let udf = udf.as_ref().and_then(|image| match image.volume() {
        AnyVolume::Udf(volume) => Some(volume.as_ref()),
        AnyVolume::Iso9660(_) => None,
    });
    let (udf_revision, udf_volume) = udf.map(|volume| (volume.revision(), volume.label())).unzip();
    file_systems.set(FileSystems::UDF, udf_revision.is_some());
    let udf_revision = udf_revision.filter(|revision| UdfOptions::REVISIONS.contains(revision));
    let set = disc.volume_set(&session);
    if let Ok(set) = &set {
        file_systems |= FileSystems::ISO9660;
        file_systems.set(FileSystems::ROCK_RIDGE, has(FileSystem::RockRidge));
        file_systems.set(FileSystems::JOLIET, joliet::descriptor(set).is_some());
        file_systems.set(FileSystems::ENHANCED, set.enhanced.is_some());
        let of_descriptors = set.findings.iter().map(ToString::to_string);
        read.warnings.extend(of_descriptors.map(|finding| ImportWarning::Finding { finding }));
    }
    let has_attributes = matches!(image.file_system(), FileSystem::RockRidge | FileSystem::Udf);
    if file_systems.contains(FileSystems::ROCK_RIDGE) && !has_attributes {
        read.warnings.push(ImportWarning::RockRidge { file_system: image.file_system() });
    }
    read.warnings.extend(told(&image, control)?);
    let mut kept = kept_by(image.file_system());
    if options.trees == ImportedTrees::All {
        let others = OtherTrees { disc, session: session.number, control };
        kept |= others.take_into(&mut read, image.file_system(), file_systems)?;
    }
    let digests = take_recorded((disc, &image), &mut read.tree, control, &mut read.warnings)?;
    let ReadTree {
        mut tree,
        mut warnings,
        long_names,
        relocation_directory,
        recorded_relocation,
        departures,
        md5_tags,
    } = read;
    let iso9660_names = NameRules { recorded: departures.relaxations(), ..NameRules::default() };
    if departures.are_mixed() {
        warnings.push(ImportWarning::IdentifierForms);
    }
    let own_descriptors = OwnDescriptors::of_session(set.as_ref().ok(), udf);
    let set = match set {
        Ok(set) => set,
        // UDF alone.
        Err(_) => {
            let label = match image.volume() {
                AnyVolume::Udf(volume) => volume.label(),
                AnyVolume::Iso9660(_) => String::new(),
            };
            let boot = BootSetUp::read(disc, None, &mut tree)?;
            let newest = disc.udf_volume(&disc.session(None)?)?;
            return Ok(Imported {
                boot,
                virtual_volume: newest.and_then(VirtualVolume::new).and_then(std::result::Result::ok),
                tree,
                disc: disc.identifier(),
                session,
                file_system: image.file_system(),
                trees: options.trees,
                file_systems,
                udf_revision,
                volume: VolumeName::Adapted(label),
                udf_volume: None,
                identifiers: crate::PlanOptions::default().identifiers,
                own_descriptors,
                boot_records: Vec::new(),
                partition_descriptors: Vec::new(),
                times: VolumeTimes::NOT_SPECIFIED,
                iso9660_names,
                joliet_names: JolietRules::default(),
                relocation_directory: None,
                recorded_relocation: None,
                digests,
                md5_tags,
                kept,
                warnings,
            });
        }
    };
    let joliet = joliet::descriptor(&set);
    let fields = &set.primary.fields;
    if checksums::implanted(&fields.application_use) {
        warnings.push(ImportWarning::Checksums(RecordedChecksums::Implanted));
    }
    warnings.extend(descriptors::application_use(&set));
    let boot = BootSetUp::read(disc, Some(&set), &mut tree)?;
    let mut joliet_names = if long_names { JolietRules::LONG } else { JolietRules::default() };
    joliet_names.level =
        joliet.and_then(|descriptor| Level::of(&descriptor.escape_sequences)).unwrap_or_default();
    Ok(Imported {
        boot,
        virtual_volume: None,
        times: fields.times,
        tree,
        disc: disc.identifier(),
        session,
        file_system: image.file_system(),
        trees: options.trees,
        file_systems,
        udf_revision,
        udf_volume,
        volume: VolumeName::Recorded {
            iso9660: fields.identifiers.volume,
            joliet: joliet.map(|descriptor| descriptor.fields.identifiers.volume),
        },
        identifiers: fields.identifiers.clone(),
        own_descriptors,
        boot_records: set.boot_records.clone(),
        partition_descriptors: set.partitions.clone(),
        iso9660_names,
        joliet_names,
        relocation_directory,
        recorded_relocation,
        digests,
        md5_tags,
        kept,
        warnings,
    })
}

/// The file systems of which a tree has the names that was read from one: the records of Rock Ridge are those of plain ISO
/// 9660.
fn kept_by(file_system: FileSystem) -> FileSystems {
    match file_system {
        FileSystem::RockRidge => FileSystems::ROCK_RIDGE | FileSystems::ISO9660,
        other => other.as_set(),
    }
}

/// A tree as one file system has it.
struct ReadTree {
    tree: Tree,
    warnings: Vec<ImportWarning>,
    /// Whether Joliet, if it comes from there, has names of over 64 units.
    long_names: bool,
    /// The directory in which others are relocated, if any is.
    relocation_directory: Option<Vec<u8>>,
    /// What is recorded of it.
    recorded_relocation: Option<RecordedRelocation>,
    /// Those of the plain identifiers that do not follow from the names.
    departures: Departures,
    /// Whether MD5 sums of files are known.
    md5_tags: bool,
}

fn read_tree(disc: &Disc, image: &disc::Image, end: SectorCount, control: &Control) -> Result<ReadTree> {
    let mut tree = Tree::new();
    tree.set_origin(disc.source().clone(), disc.file().cloned());
    let warnings = Vec::new();
    let entries_left = disc.source().sectors().bytes();
    match image.volume() {
        AnyVolume::Iso9660(volume) => {
            let (links, special_links) = (HashMap::new(), HashMap::new());
            let has_raw_sectors = disc.container().is_some();
            let long_names = false;
            let rules = NameRules::default();
            let has_identifiers = matches!(image.file_system(), FileSystem::RockRidge | FileSystem::Iso9660);
            let identifiers = has_identifiers.then(|| PlainIdentifiers::new(&rules));
            let mut importer = Importer {
                tree,
                file_system: image.file_system(),
                volume,
                warnings,
                links,
                special_links,
                identifiers,
                long_names,
                has_relocated: false,
                relocation_directory: None,
                recorded_relocation: None,
                relocated: HashMap::new(),
                entries_left,
                end,
                has_raw_sectors,
                sums: None,
                system_use: None,
            };
            importer.run(control)?;
            let long_names = importer.long_names && image.file_system() == FileSystem::Joliet;
            Ok(ReadTree {
                tree: importer.tree,
                warnings: importer.warnings,
                long_names,
                relocation_directory: importer.has_relocated.then(|| {
                    let of_root = importer.relocation_directory;
                    of_root.unwrap_or_else(|| crate::PlanOptions::default().relocation_directory)
                }),
                recorded_relocation: importer.recorded_relocation.filter(|_| importer.has_relocated),
                md5_tags: importer.sums.is_some(),
                departures: importer.identifiers.map(|found| found.departures()).unwrap_or_default(),
            })
        }
        AnyVolume::Udf(volume) => {
            let mut importer = udf::Importer::new(tree, volume, warnings, end.bytes());
            importer.run(control)?;
            Ok(ReadTree {
                tree: importer.tree,
                warnings: importer.warnings,
                long_names: false,
                relocation_directory: None,
                recorded_relocation: None,
                departures: Departures::default(),
                md5_tags: false,
            })
        }
    }
}

/// As [`import`], with what single hierarchies hide.
pub(crate) fn import_all(disc: &Disc, options: &ImportOptions, control: &Control) -> Result<Imported> {
    let mut imported = import(disc, options, control)?;
    let warnings = imported.keep_visibility(disc, control)?;
    imported.warnings.extend(warnings);
    Ok(imported)
}

/// What was found wrong in the image while it was read.
fn told(image: &disc::Image, control: &Control) -> Result<Vec<ImportWarning>> {
    let damaged = image.losses(control)?.into_iter();
    let damaged =
        damaged.map(|disc::Finding { path, message, .. }| ImportWarning::Damaged { path, finding: message });
    let odd = image.oddities().into_iter().map(|finding| ImportWarning::Finding { finding });
    Ok(damaged.chain(odd).collect())
}

/// What is wrong with the image, where nothing of its tree was found: a session that went on from there would
/// drop all of it. An empty tree in which nothing is wrong is taken as it is.
fn lost_root(tree: &Tree, image: &disc::Image) -> Option<String> {
    match tree.kind(NodeId::ROOT) {
        NodeKind::Directory(root) if tree.child_count(root) == 0 => image.findings().into_iter().next(),
        _ => None,
    }
}

struct Importer<'a> {
    tree: Tree,
    file_system: FileSystem,
    volume: &'a Volume<Arc<dyn ReadSectors>>,
    warnings: Vec<ImportWarning>,
    /// Contents that may get a further name.
    links: HashMap<disc::Identity, ContentId>,
    /// Links, devices and pipes that may get a further name, by their file serial numbers.
    special_links: HashMap<u32, NodeId>,
    /// Those of plain ISO 9660, where its records are read.
    identifiers: Option<PlainIdentifiers<'a>>,
    /// Whether a name is longer than Joliet's 64 units.
    long_names: bool,
    /// Whether a directory is relocated.
    has_relocated: bool,
    /// Where.
    relocation_directory: Option<Vec<u8>>,
    recorded_relocation: Option<RecordedRelocation>,
    /// Identifiers of relocated directories where they lie.
    relocated: HashMap<LogicalBlock, Vec<u8>>,
    /// Bytes of attribute lists and unknown entries that still may come: no sound volume has more than its own length.
    entries_left: u64,
    /// Files with data behind it are left out.
    end: SectorCount,
    /// Whether files may lie in sectors of mode 2 form 2.
    has_raw_sectors: bool,
    /// MD5 sums of files.
    sums: Option<ArrayReader>,
    /// The first item with System Use that is not of SUSP, and how many there are.
    system_use: Option<(String, u64)>,
}

impl Importer<'_> {
    fn run(&mut self, control: &Control) -> Result<()> {
        let mut buffer = DirectoryBuffer::new();
        let (mut root, mut list) = (Ok(()), Vec::new());
        let tree = &mut self.tree;
        self.volume
            .root_entry(&mut buffer, &mut |entry| {
                list.extend_from_slice(entry.attribute_list);
                root =
                    tree.set_imported_root(disc::attributes(&entry), disc::modified(&entry), entry.foreign);
            })
            .map_err(disc::read_error)?;
        root?;
        self.sums = self.checked_sums(&list, control)?;
        self.take_list(NodeId::ROOT, &list)?;
        let start = self.volume.root_directory();
        let mut pending = VecDeque::from([(start, NodeId::ROOT, 0u32)]);
        let mut guard = DirectoryGuard::new();
        // The first one overlaps nothing.
        let _ = guard.enter(&start);
        let mut items = ItemProgress::new(None);
        while let Some((directory, node, level)) = pending.pop_front() {
            let known = pending.len();
            control.check("nothing was written")?;
            let NodeKind::Directory(number) = self.tree.kind(node) else { continue };
            let mut children = Vec::new();
            let mut failed = None;
            let volume = self.volume;
            let read = volume.read_directory(&directory, &mut buffer, &mut |entry| match self
                .take(node, &entry, &mut guard, level)
            {
                Ok(Some((child, below))) => {
                    children.push(child);
                    pending.extend(below.map(|below| (below, child, level + 1)));
                    ControlFlow::Continue(())
                }
                Ok(None) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            });
            if let Some(error) = failed {
                return Err(error);
            }
            if node == NodeId::ROOT {
                self.take_relocation_directory(buffer.relocation_directory());
            }
            let own = buffer.own_entries();
            if !own.is_empty() {
                match self.spend(own.len()) {
                    true => self.tree.set_own_entries(node, &own.own, &own.parent)?,
                    false => self.warnings.push(ImportWarning::Entries { path: self.tree.path(node) }),
                }
            }
            match read.map_err(disc::read_error) {
                Ok(()) => {}
                Err(error) if node == NodeId::ROOT => return Err(error),
                Err(error) => self.warnings.push(ImportWarning::UnreadableDirectory {
                    path: self.tree.path(node),
                    reason: error.to_string(),
                }),
            }
            items.count(children.len(), pending.len() - known);
            for doubled in self.tree.set_children(number, children) {
                self.warnings.push(ImportWarning::DoubledName { path: self.tree.path(doubled) });
            }
            if let Some(identifiers) = &mut self.identifiers {
                identifiers.settle(&mut self.tree, number)?;
            }
            if self.file_system == FileSystem::Joliet {
                names::settle_joliet(&mut self.tree, number)?;
            }
            items.report(pending.len(), control);
        }
        let system_use = self.system_use.take();
        let system_use = system_use.map(|(path, items)| ImportWarning::SystemUse { path, items });
        self.warnings.extend(system_use);
        Ok(())
    }

    fn take_relocation_directory(&mut self, found: Option<&RelocationDirectory>) {
        let Some(found) = found else { return };
        let RelocationDirectory { name, identifier, posix, times, recorded, members } = found;
        self.relocated.clone_from(members);
        if let Some(identifiers) = &mut self.identifiers {
            identifiers.note_directory(name, identifier);
        }
        self.relocation_directory = Some(name.clone());
        self.recorded_relocation = Some(RecordedRelocation {
            name: name.clone(),
            identifier: identifier.clone(),
            attributes: disc::attributes_by(posix.as_ref(), true),
            modified: disc::modified_by(times, *recorded),
            times: (*times).into(),
        });
    }

    /// The entry's node, and its directory if it is one.
    fn take(
        &mut self,
        parent: NodeId,
        entry: &Entry<'_>,
        guard: &mut DirectoryGuard,
        level: u32,
    ) -> Result<Option<(NodeId, Option<iso9660::read::Directory>)>> {
        let name = entry.name;
        let path = |tree: &Tree| {
            let above = tree.path(parent);
            format!("{}/{}", above.trim_end_matches('/'), String::from_utf8_lossy(name))
        };
        if disc::impossible_name(name).is_some() {
            self.warnings.push(ImportWarning::ImpossibleName { path: path(&self.tree) });
            return Ok(None);
        }
        self.long_names |= names::is_long(name);
        if entry.extended_attribute_blocks > 0 {
            self.warnings.push(ImportWarning::ExtendedAttributeRecord { path: path(&self.tree) });
        }
        if !entry.plain_system_use.is_empty() {
            let (_, items) = self.system_use.get_or_insert_with(|| (path(&self.tree), 0));
            *items += 1;
        }
        if let EntryKind::File { .. } = entry.kind
            && let Some(version) = identifiers::other_version(entry.identifier, self.file_system)
        {
            self.warnings.push(ImportWarning::FileVersion { path: path(&self.tree), version });
        }
        let mut below = None;
        let kind = match &entry.kind {
            EntryKind::Directory(directory) => {
                if level >= disc::MOST_LEVELS || !guard.enter(directory) {
                    self.warnings.push(ImportWarning::DirectoryTwice { path: path(&self.tree) });
                    return Ok(None);
                }
                below = Some(*directory);
                self.tree.new_directory()?
            }
            EntryKind::File { sections, len, .. } => {
                if let Some(sector) = disc::beyond(sections, self.end) {
                    self.warnings.push(ImportWarning::BeyondEnd { path: path(&self.tree), sector });
                    return Ok(None);
                }
                let content = self.content(entry, sections, *len)?;
                self.know_sum(content, entry.attribute_list);
                if self.has_raw_sectors && disc::is_form_2(self.volume.source(), sections) {
                    self.warnings.push(ImportWarning::ModeTwoFormTwo { path: path(&self.tree) });
                    self.tree.set_form_2(content);
                }
                NodeKind::File(content)
            }
            EntryKind::Symlink(target) => NodeKind::Symlink(self.tree.push_link_target(target)?),
            EntryKind::CharacterDevice { major, minor } | EntryKind::BlockDevice { major, minor } => {
                let Some(number) = DeviceNumber::new(*major, *minor) else {
                    self.warnings.push(ImportWarning::DeviceNumber { path: path(&self.tree) });
                    return Ok(None);
                };
                match entry.kind {
                    EntryKind::CharacterDevice { .. } => NodeKind::CharacterDevice(number),
                    _ => NodeKind::BlockDevice(number),
                }
            }
            EntryKind::Fifo => NodeKind::Fifo,
            EntryKind::Socket => NodeKind::Socket,
        };
        let has_room = self.spend(entry.foreign.len());
        if !has_room {
            self.warnings.push(ImportWarning::Entries { path: path(&self.tree) });
        }
        let node = self.tree.push_imported(
            parent,
            name,
            kind,
            disc::attributes(entry),
            disc::modified(entry),
            if has_room { entry.foreign } else { &[] },
        )?;
        // That of digests is written anew with them.
        let is_of_digests = parent == NodeId::ROOT && name == crate::digests::FOLDER;
        if entry.flags.contains(FileFlags::EXISTENCE) && !is_of_digests {
            self.tree.conceal(node, true);
        }
        self.has_relocated |= entry.relocated;
        // What stands in the place of a relocated directory has the identifier of a file or of a directory.
        let is_versioned = entry.relocated && entry.identifier.contains(&b';');
        if let (true, Some(directory)) = (entry.relocated, &below) {
            let moved = self.relocated.remove(&directory.extent()).unwrap_or_default();
            let moved = without_version(&moved).to_vec();
            self.tree.set_relocated_as(node, RelocatedAs { moved, is_versioned });
        }
        if let Some(identifiers) = &mut self.identifiers {
            let is_directory = below.is_some() && !is_versioned;
            let source = SourceName { name, is_directory, standing: Standing::Recorded };
            identifiers.note(node, &source, entry.identifier, entry.relocated);
        }
        if !matches!(kind, NodeKind::File(_) | NodeKind::Directory(_)) {
            self.link(node, entry)?;
        }
        self.take_list(node, entry.attribute_list)?;
        Ok(Some((node, below)))
    }

    /// Makes a link, device or pipe a further name of another, where the records say so (RRIP 4.1.1).
    fn link(&mut self, node: NodeId, entry: &Entry<'_>) -> Result<()> {
        let posix = entry.posix.as_ref().filter(|posix| posix.links > 1);
        let Some(serial) = posix.and_then(|posix| posix.serial).filter(|&serial| serial != 0) else {
            return Ok(());
        };
        match self.special_links.get(&serial) {
            Some(&first) if self.tree.can_be_one(node, first) => self.tree.link(node, first),
            Some(_) => Ok(()),
            None => {
                self.special_links.insert(serial, node);
                Ok(())
            }
        }
    }

    fn take_list(&mut self, node: NodeId, list: &[u8]) -> Result<()> {
        if list.is_empty() {
            return Ok(());
        }
        if self.spend(list.len()) {
            return self.tree.push_imported_list(node, list);
        }
        self.warnings.push(ImportWarning::AttributeList { path: self.tree.path(node) });
        Ok(())
    }

    /// Whether so many bytes of entries still may come.
    fn spend(&mut self, bytes: usize) -> bool {
        let left = self.entries_left.checked_sub(bytes as u64);
        self.entries_left = left.unwrap_or(self.entries_left);
        left.is_some()
    }

    fn content(
        &mut self,
        entry: &Entry<'_>,
        sections: &[iso9660::read::Section],
        len: u64,
    ) -> Result<ContentId> {
        let first = sections.first().map(disc::section);
        let posix = entry.posix.as_ref();
        let key = match posix.is_none_or(|posix| posix.links > 1) {
            true => disc::identity(first, len, posix.and_then(|posix| posix.serial)),
            false => None,
        };
        if let Some(&content) = key.as_ref().and_then(|key| self.links.get(key)) {
            return Ok(content);
        }
        let content = match (first, sections) {
            (Some(first), [_]) => Content::Imported { start: first.start, len: first.len },
            (None, _) => Content::Imported { start: Sector::ZERO, len: 0 },
            _ => Content::ImportedSections { sections: sections.iter().map(disc::section).collect(), len },
        };
        let id = self.tree.push_content(content)?;
        if let Some(key) = key {
            self.links.insert(key, id);
        }
        Ok(id)
    }
}

impl Imported {
    /// The options for a session that continues this one: its file systems, volume names, texts (those of single file
    /// systems among them) and boot records, its virtual allocation table, where its deep directories lie, from when
    /// until when it is valid, and its other times if it boots; for the rest, the defaults of the medium.
    pub fn plan_options_for(&self, medium: Medium) -> crate::PlanOptions {
        let udf = UdfOptions::for_medium(medium);
        let defaults = crate::PlanOptions::default();
        crate::PlanOptions {
            udf: UdfOptions {
                revision: self.udf_revision.unwrap_or(udf.revision),
                access: if self.virtual_volume.is_some() { UdfAccess::WriteOnce } else { udf.access },
                ..udf
            },
            virtual_volume: self.virtual_volume.clone(),
            volume: self.volume.clone(),
            volume_names: self.udf_volume.iter().map(|name| (FileSystem::Udf, name.clone())).collect(),
            identifiers: self.identifiers.clone(),
            supplementary_identifiers: self.own_descriptors.identifiers.clone(),
            own_fields: self.own_descriptors.fields(!self.boot.is_empty()),
            boot_records: self.boot_records.clone(),
            volume_partitions: self
                .partition_descriptors
                .iter()
                .map(|descriptor| VolumePartition { descriptor: descriptor.clone(), content: None })
                .collect(),
            md5_tags: self.md5_tags,
            file_systems: self.file_systems,
            disc: Some(self.disc),
            iso9660_names: self.iso9660_names,
            joliet_names: self.joliet_names,
            deep_directories: match self.relocation_directory {
                Some(_) => DeepDirectories::Relocate,
                None => defaults.deep_directories,
            },
            relocation_directory: match &self.relocation_directory {
                Some(name) => name.clone(),
                None => defaults.relocation_directory,
            },
            recorded_relocation: self.recorded_relocation.clone(),
            recorded_forms: Some(RecordedForms {
                file_systems: self.kept,
                iso9660_names: self.iso9660_names,
                joliet_names: self.joliet_names,
                udf_revision: self.udf_revision,
            }),
            expiration: crate::Timestamp::of_volume(self.times.expiration),
            effective: crate::Timestamp::of_volume(self.times.effective),
            // GRUB and others find the volume that they boot from by its times.
            recorded_times: (!self.boot.is_empty()).then_some(self.times),
            ..defaults
        }
    }

    /// The options for a new image of what was imported: with its file systems, names, texts and times, all contents
    /// copied to new places. What boots, and volume partitions, are added by [`BootSetUp::put_into`].
    pub fn new_image_options(&self) -> crate::PlanOptions {
        let options = self.plan_options();
        crate::PlanOptions {
            imported: ImportedContent::Copied,
            disc: None,
            udf: UdfOptions { access: UdfAccess::ReadOnly, ..options.udf },
            virtual_volume: None,
            recorded_times: Some(self.times),
            own_fields: self.own_descriptors.fields(true),
            // What these point to is elsewhere.
            boot_records: Vec::new(),
            volume_partitions: Vec::new(),
            ..options
        }
    }

    /// The same in an image file.
    pub fn plan_options(&self) -> crate::PlanOptions {
        self.plan_options_for(Medium::ImageFile)
    }
}
