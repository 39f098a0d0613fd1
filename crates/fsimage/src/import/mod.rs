//! A session's tree as a [`Tree`]: metadata only, content stays where it lies.

mod checksums;
mod counted;
mod descriptors;
mod forms;
mod identifiers;
mod imported;
mod named_images;
mod names;
mod odd_times;
mod other_trees;
mod pairing;
mod paths;
mod progress;
mod records;
mod udf;
mod visibility;
mod warning;

pub use checksums::RecordedChecksums;
pub use imported::Imported;
pub use warning::ImportWarning;

pub(crate) use udf::same_content;
pub(crate) use visibility::shown_by;

use iso9660::names::NameRules;
use iso9660::volume::VolumeTimes;
use joliet::{JolietRules, Level};
use multisession::Session;
use sector_io::SectorCount;

use crate::boot::{BootSetUp, Reading};
use crate::digests::take_recorded;
use crate::disc::{self, AnyVolume, DEFAULT_PREFERENCE, Disc, UDF_LEFT_BEHIND};
use crate::plan::{RecordedRelocation, UdfOptions, UdfSymlinks, VolumeName, named_files};
use crate::tree::{FileSystem, FileSystems, NodeId, NodeKind, Tree};
use crate::view::udf::VirtualVolume;
use crate::{Control, Error, Result};
use descriptors::OwnDescriptors;
use identifiers::VersionNumbers;
use other_trees::OtherTrees;

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

/// Imports the tree of a session.
///
/// Two names of one content become hard links where the session says that they are links, or cannot say.
/// System Use entries that this crate does not model are carried with their nodes and written again.
///
/// # Errors
/// As [`Disc::image`]; a root that cannot be read; [`Error::Cancelled`](crate::Error::Cancelled).
pub fn import(disc: &Disc, options: &ImportOptions, control: &Control) -> Result<Imported> {
    crate::trace::span!("import");
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
    if options.session.is_none() {
        read.warnings.extend(ImportWarning::of_passed_over(disc));
    }
    if let Some(reason) = lost_root(&read.tree, &image) {
        return Err(Error::Corrupt { sector: session.start, structure: "root directory", detail: reason });
    }
    let mut file_systems = FileSystems::empty();
    let has = |file_system| disc.image(Some(session.number), &[file_system]).is_ok();
    let udf = match disc.image(Some(session.number), &[FileSystem::Udf]) {
        Ok(image) => Some(image),
        Err(Error::FileSystemNotFound { .. } | Error::NoFileSystem { .. }) => None,
        // It did not arrive, as the rest of the session.
        Err(_) if disc.is_incomplete(&session) => None,
        // That is told with those that come before the imported one.
        Err(_) if image.lost_file_systems().iter().any(|lost| lost.file_system == FileSystem::Udf) => None,
        Err(error) => {
            let finding = format!("the UDF volume is lost: {error}");
            read.warnings.push(ImportWarning::Damaged { path: None, finding });
            None
        }
    };
    let udf = udf.as_ref().and_then(|image| match image.volume() {
        AnyVolume::Udf(volume) => Some(volume.as_ref()),
        AnyVolume::Iso9660(_) => None,
    });
    let left_behind = disc.udf_left_behind(&session).filter(|_| udf.is_none());
    let udf = udf.or(left_behind.as_ref());
    let (udf_revision, udf_volume) = udf.map(|volume| (volume.revision(), volume.label())).unzip();
    file_systems.set(FileSystems::UDF, udf_revision.is_some() && left_behind.is_none());
    let of_head = left_behind.as_ref().map_or(FileSystems::empty(), |_| FileSystems::UDF);
    if left_behind.is_some() {
        read.warnings.push(ImportWarning::Finding { finding: UDF_LEFT_BEHIND.to_owned() });
    }
    let udf_revision = udf_revision.filter(|revision| UdfOptions::REVISIONS.contains(revision));
    let set = disc.volume_set(&session);
    if let Ok(set) = &set {
        file_systems |= FileSystems::ISO9660;
        file_systems.set(FileSystems::ROCK_RIDGE, has(FileSystem::RockRidge));
        file_systems.set(FileSystems::JOLIET, joliet::descriptor(set).is_some());
        file_systems.set(FileSystems::ENHANCED, set.enhanced.is_some());
        // Those by which something is lost are among the losses of the image.
        let of_descriptors =
            set.findings.iter().filter(|finding| !finding.is_damage).map(ToString::to_string);
        read.warnings.extend(of_descriptors.map(|finding| ImportWarning::Finding { finding }));
    }
    let has_attributes = matches!(image.file_system(), FileSystem::RockRidge | FileSystem::Udf);
    if file_systems.contains(FileSystems::ROCK_RIDGE) && !has_attributes {
        read.warnings.push(ImportWarning::RockRidge { file_system: image.file_system() });
    }
    read.warnings.extend(unread_rock_ridge(&image));
    read.warnings.extend(told(&image, control)?);
    let mut kept = kept_by(image.file_system());
    if options.trees == ImportedTrees::All {
        let others = OtherTrees { disc, session: session.number, control };
        kept |= others.take_into(&mut read, image.file_system(), file_systems)?;
    }
    let recorded = take_recorded((disc, &image), &mut read.tree, control, &mut read.warnings)?;
    let digests = recorded.as_ref().map(|recorded| recorded.algorithm);
    let (digests_elsewhere, digest_list) =
        recorded.map(|recorded| (recorded.elsewhere, recorded.list)).unzip();
    let digests_elsewhere = digests_elsewhere.unwrap_or_default();
    let ReadTree {
        mut tree,
        mut warnings,
        long_names,
        relocation_directory,
        recorded_relocation,
        versions,
        md5_tags,
        left_out,
        udf_symlinks,
    } = read;
    let iso9660_names =
        NameRules { keep_recorded: kept.contains(FileSystems::ISO9660), ..NameRules::default() };
    warnings.extend(versions.are_lost());
    let own_descriptors = OwnDescriptors::of_session(set.as_ref().ok(), udf);
    let defaults = crate::PlanOptions::default();
    let identifiers = set.as_ref().map(|set| set.primary.fields.identifiers.clone());
    let texts = crate::PlanOptions {
        file_systems,
        identifiers: identifiers.unwrap_or_else(|_| defaults.identifiers.clone()),
        supplementary_identifiers: own_descriptors.identifiers.clone(),
        own_fields: own_descriptors.fields(false),
        iso9660_names,
        ..defaults
    };
    let named_files = named_files(&tree, &texts);
    tree.set_named_files(named_files);
    let reading = Reading { file_system: image.file_system(), control };
    let set = match set {
        Ok(set) => set,
        // UDF alone.
        Err(_) => {
            let label = match image.volume() {
                AnyVolume::Udf(volume) => volume.label(),
                AnyVolume::Iso9660(_) => String::new(),
            };
            let boot = BootSetUp::read(disc, None, session, &mut tree, reading)?;
            warnings.extend(boot.warnings());
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
                of_head,
                udf_revision,
                udf_symlinks,
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
                left_out,
                digests_elsewhere,
                digest_list,
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
    warnings.extend(descriptors::further_volumes(&set));
    let boot = BootSetUp::read(disc, Some(&set), session, &mut tree, reading)?;
    warnings.extend(boot.warnings());
    let mut joliet_names = if long_names { JolietRules::LONG } else { JolietRules::default() };
    joliet_names.version = versions.are_there();
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
        of_head,
        udf_revision,
        udf_symlinks,
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
        left_out,
        digests_elsewhere,
        digest_list,
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
    /// Of files in Joliet.
    versions: VersionNumbers,
    /// Whether MD5 sums of files are known.
    md5_tags: bool,
    /// The first sectors of files that are left out because their data pass the end of the image.
    left_out: Vec<u32>,
    /// What UDF beside it has in place of symbolic links.
    udf_symlinks: UdfSymlinks,
}

fn read_tree(disc: &Disc, image: &disc::Image, end: SectorCount, control: &Control) -> Result<ReadTree> {
    match image.volume() {
        AnyVolume::Iso9660(volume) => records::read(disc, image, volume, end, control),
        AnyVolume::Udf(volume) => {
            let mut tree = Tree::new();
            tree.set_origin(disc.source().clone(), disc.file().cloned());
            let mut importer = udf::Importer::new(tree, volume, Vec::new(), end.bytes());
            importer.run(control)?;
            Ok(ReadTree {
                tree: importer.tree,
                warnings: importer.warnings,
                long_names: false,
                relocation_directory: None,
                recorded_relocation: None,
                versions: VersionNumbers::default(),
                md5_tags: false,
                left_out: importer.left_out,
                udf_symlinks: UdfSymlinks::default(),
            })
        }
    }
}

/// The tree of a session in one file system; `None` where it has none, or none that can be read.
///
/// # Errors
/// [`Error::Cancelled`].
pub(crate) fn tree_of(
    disc: &Disc,
    session: Session,
    file_system: FileSystem,
    control: &Control,
) -> Result<Option<Tree>> {
    let Ok(image) = disc.image(Some(session.number), &[file_system]) else { return Ok(None) };
    match read_tree(disc, &image, disc.source().sectors(), control) {
        Ok(read) => Ok(Some(read.tree)),
        Err(error @ Error::Cancelled { .. }) => Err(error),
        Err(_) => Ok(None),
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
    let lost = image.lost_file_systems();
    let told: Vec<String> = lost.iter().map(ToString::to_string).collect();
    let lost = lost.iter().cloned().map(ImportWarning::FileSystemLost);
    let damaged = image.losses(control)?.into_iter().filter(|loss| !told.contains(&loss.message));
    let damaged =
        damaged.map(|disc::Finding { path, message, .. }| ImportWarning::Damaged { path, finding: message });
    let odd = image.oddities().into_iter().map(|finding| ImportWarning::Finding { finding });
    Ok(lost.chain(damaged).chain(odd).collect())
}

/// Tells of Rock Ridge where none is read.
fn unread_rock_ridge(image: &disc::Image) -> Option<ImportWarning> {
    let file_system = image.file_system();
    records::has_unread_rock_ridge(image).then_some(ImportWarning::UnreadRockRidge { file_system })
}

/// What is wrong with the image, where nothing of its tree was found: a session that went on from there would
/// drop all of it. An empty tree in which nothing is wrong is taken as it is.
fn lost_root(tree: &Tree, image: &disc::Image) -> Option<String> {
    match tree.kind(NodeId::ROOT) {
        NodeKind::Directory(root) if tree.child_count(root) == 0 => image.findings().into_iter().next(),
        _ => None,
    }
}
