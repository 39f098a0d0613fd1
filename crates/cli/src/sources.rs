//! From the sources of the command line to a tree.

use std::collections::{BTreeSet, HashMap};
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fsimage::{
    Control, DeepDirectories, DriveName, Embedding, Error, FileIdentity, FileSystem, FileSystems,
    HostAttributes, HostTimes, ImportOptions, InterchangeLevel, Item, ItemOptions, JolietLevel, JolietRules,
    MetadataPartition, NameRules, NodeId, NodeKind, PlanOptions, Relaxations, RockRidgeTimes, ScanOptions,
    Skipped, Timestamp, Tree, UdfOptions, UdfSymlinks, UnreadAttribute, VolumeName, VolumeTexts,
};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::args::{
    Authoring, Deep, FileSystemName, ImagePath, Import, IsoRelaxation, NameArgs, RrTimes, SourceAttributes,
    SourceTimes, Udf, UdfEmbedding, UdfLinks, UdfMetadata,
};
use crate::failure::Failure;
use crate::selection::Selection;

/// Looks whether the sources are there, before a drive is opened or an image locked for them.
pub(crate) fn check_sources(authoring: &Authoring) -> Result<(), Failure> {
    excludes(&authoring.exclude)?;
    Selection::new(&authoring.selection)?;
    times(authoring)?;
    file_systems(&authoring.fs)?;
    let mut pipes = Pipes::default();
    authoring.sources.iter().try_for_each(|source| {
        let host = source.resolve().1;
        pipes.check(&HostItem::at(host)?, host)
    })
}

/// Pipes among the sources. One that comes twice has nothing left for the second.
#[derive(Default)]
struct Pipes<'a>(HashMap<FileIdentity, &'a Path>);

impl<'a> Pipes<'a> {
    fn check(&mut self, item: &HostItem, host: &'a Path) -> Result<(), Failure> {
        let HostItem::Stream { pipe: Some(pipe), .. } = item else { return Ok(()) };
        match self.0.insert(*pipe, host) {
            None => Ok(()),
            Some(first) => {
                let reason = format!(
                    "the same pipe as {}, which is read to its end; nothing is left",
                    first.display()
                );
                Err(Failure::argument(host.display().to_string(), reason))
            }
        }
    }
}

/// What is written, and must not be put into itself.
#[derive(Default)]
pub(crate) struct Written {
    path: Option<PathBuf>,
    files: Vec<(FileIdentity, &'static str)>,
}

const THE_IMAGE: &str = "it is the image that is written";
const THE_MEDIUM: &str = "it is the medium that is written";

impl Written {
    /// An image file.
    pub(crate) fn image(path: &Path) -> Written {
        let mut written = Written { path: path.canonicalize().ok(), files: Vec::new() };
        written.push(std::fs::metadata(path).ok(), THE_IMAGE);
        written
    }

    /// The file that standard output goes to, if it is one.
    pub(crate) fn stdout() -> Written {
        #[cfg_attr(not(unix), allow(unused_mut, reason = "elsewhere files have no identity"))]
        let mut written = Written::default();
        #[cfg(unix)]
        {
            let stdout = std::os::fd::AsFd::as_fd(&std::io::stdout()).try_clone_to_owned();
            written.push(stdout.and_then(|stdout| File::from(stdout).metadata()).ok(), THE_IMAGE);
        }
        written
    }

    /// The files of a simulated medium.
    pub(crate) fn drive(name: &DriveName) -> Written {
        let mut written = Written::default();
        if let DriveName::Simulated { path, .. } = name {
            let mut state = path.clone().into_os_string();
            state.push(".medium");
            written.push(std::fs::metadata(path).ok(), THE_MEDIUM);
            written.push(std::fs::metadata(state).ok(), THE_MEDIUM);
        }
        written
    }

    fn push(&mut self, metadata: Option<Metadata>, reason: &'static str) {
        let regular = metadata.filter(Metadata::is_file);
        self.files.extend(regular.as_ref().and_then(FileIdentity::of).map(|identity| (identity, reason)));
    }

    /// The files, and why each is left out.
    pub(crate) fn files(&self) -> &[(FileIdentity, &'static str)] {
        &self.files
    }

    /// Takes an image that is known by its path alone out of what was scanned.
    pub(crate) fn remove_from(
        &self,
        tree: &mut Tree,
        host: &Path,
        target: NodeId,
    ) -> Result<Option<Skipped>, Failure> {
        self.path.as_ref().map_or(Ok(None), |path| remove_output(tree, path, host, target))
    }

    /// A file that is named as a source by itself is no oversight to be passed over.
    pub(crate) fn check(&self, host: &Path) -> Result<(), Failure> {
        let identity = std::fs::metadata(host).ok().as_ref().and_then(FileIdentity::of);
        match self.files.iter().find(|(file, _)| Some(*file) == identity) {
            Some((_, reason)) => Err(Failure::argument(host.display().to_string(), *reason)),
            None => Ok(()),
        }
    }
}

/// What became of the sources.
pub(crate) struct Added {
    /// What was left out, with the reason.
    pub(crate) skipped: Vec<Skipped>,
    /// Globs of `--exclude` that matched nothing.
    pub(crate) unmatched: Vec<String>,
}

impl Added {
    /// Paths of what was left out, for machines.
    pub(crate) fn left_out(&self) -> Vec<String> {
        self.skipped.iter().map(|skipped| skipped.path.display().to_string()).collect()
    }
}

/// What a source of the command line is on the host.
pub(crate) enum HostItem {
    Folder,
    File,
    /// Its length is known at its end only: a pipe, or a file that the kernel makes up when it is read.
    Stream {
        modified: Timestamp,
        /// Of a pipe: it can be read only once.
        pipe: Option<FileIdentity>,
    },
}

impl HostItem {
    pub(crate) fn at(host: &Path) -> Result<HostItem, Failure> {
        let read_error = |source| Error::SourceRead { path: host.to_owned(), source };
        let metadata = std::fs::metadata(host).map_err(read_error)?;
        if metadata.is_dir() {
            return Ok(HostItem::Folder);
        }
        let modified = metadata.modified().map_err(read_error)?.into();
        if is_pipe(&metadata) {
            Ok(HostItem::Stream { modified, pipe: FileIdentity::of(&metadata) })
        } else if !metadata.is_file() {
            Err(Failure::argument(host.display().to_string(), "neither a file, a folder nor a pipe"))
        } else if metadata.len() > 0 {
            Ok(HostItem::File)
        } else {
            let mut first = [0];
            let read = File::open(host).and_then(|mut file| file.read(&mut first)).map_err(read_error)?;
            Ok(if read > 0 { HostItem::Stream { modified, pipe: None } } else { HostItem::File })
        }
    }
}

#[cfg(unix)]
fn is_pipe(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_: &std::fs::Metadata) -> bool {
    false
}

/// Puts all sources into the tree. What is written is left out, if a source folder holds it.
pub(crate) fn add_sources(
    tree: &mut Tree,
    authoring: &Authoring,
    written: &Written,
    control: &Control,
) -> Result<Added, Failure> {
    let host_times = match authoring.times {
        SourceTimes::Modified => HostTimes::Modification,
        SourceTimes::All => HostTimes::All,
    };
    let extended_attributes = match authoring.xattrs {
        SourceAttributes::None => HostAttributes::None,
        SourceAttributes::User => HostAttributes::User,
        SourceAttributes::Any => HostAttributes::All,
    };
    let options = ScanOptions {
        exclude: excludes(&authoring.exclude)?,
        leave_out: written.files.clone(),
        extended_attributes,
        acls: authoring.acl,
        times: host_times,
        follow_links: authoring.follow_links,
    };
    let mut skipped = Vec::new();
    let mut matched = BTreeSet::new();
    let mut pipes = Pipes::default();
    for source in &authoring.sources {
        let (place, host) = source.resolve();
        let replacing = ItemOptions { replace: true, host_times, ..ItemOptions::default() };
        let item = HostItem::at(host)?;
        pipes.check(&item, host)?;
        match item {
            HostItem::Folder => {
                let target = folder(tree, place, host)?;
                let report = tree.scan(host, target, &options, control)?;
                skipped.extend(report.skipped);
                matched.extend(report.matched);
                skipped.extend(report.unread_attributes.into_iter().map(unread));
                skipped.extend(written.remove_from(tree, host, target)?);
            }
            HostItem::File => {
                written.check(host)?;
                let path = file_place(place, host)?;
                skipped.extend(replaced(tree, &path, host));
                let node = tree.add(path, Item::HostFile(host), &replacing)?;
                skipped.extend(file_attributes(tree, node, host, &options)?.into_iter().map(unread));
            }
            HostItem::Stream { modified, .. } => {
                let path = file_place(place, host)?;
                skipped.extend(replaced(tree, &path, host));
                let mut stream =
                    File::open(host).map_err(|source| Error::SourceRead { path: host.to_owned(), source })?;
                let options = ItemOptions { modified: Some(modified), ..replacing };
                tree.add(path, Item::Stream(&mut stream), &options)?;
            }
        }
    }
    Selection::new(&authoring.selection)?.apply(tree)?;
    if let Some(latest) = times(authoring)?.latest {
        tree.clamp_times(latest);
    }
    if let (true, Some(first)) = (authoring.strict, skipped.first()) {
        let reason = format!("{} would be left out: {}", first.path.display(), first.reason);
        return Err(Failure::argument("--strict", reason));
    }
    let unmatched = authoring.exclude.iter().enumerate().filter(|(at, _)| !matched.contains(at));
    let unmatched = unmatched.map(|(_, glob)| glob.clone()).collect();
    Ok(Added { skipped, unmatched })
}

/// Gives a file that is a source itself the attributes and lists that the options of scans ask for.
pub(crate) fn file_attributes(
    tree: &mut Tree,
    node: NodeId,
    host: &Path,
    options: &ScanOptions,
) -> Result<Vec<UnreadAttribute>, Failure> {
    let mut unread = Vec::new();
    if options.extended_attributes == HostAttributes::None && !options.acls {
        return Ok(unread);
    }
    // As the content, those of what a link leads to.
    let host = host.canonicalize().unwrap_or_else(|_| host.to_owned());
    if options.extended_attributes != HostAttributes::None {
        unread = tree.add_host_attributes(node, &host, options.extended_attributes)?;
    }
    if options.acls {
        unread.extend(tree.add_host_acl(node, &host)?);
    }
    Ok(unread)
}

/// An attribute that was not taken, as an item that was left out.
pub(crate) fn unread(unread: UnreadAttribute) -> Skipped {
    Skipped {
        reason: match unread.name {
            Some(name) => format!("extended attribute {name}: {}", unread.reason),
            None => format!("extended attributes: {}", unread.reason),
        },
        path: unread.path,
    }
}

/// Takes the image out of what was scanned.
fn remove_output(
    tree: &mut Tree,
    output: &Path,
    host: &Path,
    target: NodeId,
) -> Result<Option<Skipped>, Failure> {
    let Ok(folder) = host.canonicalize() else { return Ok(None) };
    let Ok(below) = output.strip_prefix(&folder) else { return Ok(None) };
    let names = below.components().map(|component| name_bytes(component.as_os_str()));
    let found = names.into_iter().try_fold(target, |at, name| match tree.kind(at) {
        NodeKind::Directory(directory) => tree.child(directory, &name),
        _ => None,
    });
    let Some(node) = found else { return Ok(None) };
    tree.remove(node)?;
    Ok(Some(Skipped { path: host.join(below), reason: THE_IMAGE.to_owned() }))
}

/// The directory at a place, made if it is missing.
fn folder(tree: &mut Tree, place: Option<&ImagePath>, host: &Path) -> Result<NodeId, Failure> {
    let Some(place) = place.map(ImagePath::as_bytes).filter(|path| path.iter().any(|byte| *byte != b'/'))
    else {
        return Ok(NodeId::ROOT);
    };
    let options = ItemOptions { replace: true, ..ItemOptions::default() };
    tree.add(place, Item::Directory, &options).map_err(|error| match error {
        // The tree knows of a directory, not of the folder that it stands for.
        Error::MergeCollision { path, existing, existing_from, added, .. } => {
            let added_from = host.display().to_string();
            Error::MergeCollision { path, existing, existing_from, added, added_from }.into()
        }
        error => error.into(),
    })
}

/// Where a file goes: the name given, or, where that ends with a slash, its own name below.
/// A file that an earlier source put where another one goes. What a session had there is meant to be replaced.
fn replaced(tree: &Tree, path: &[u8], host: &Path) -> Option<Skipped> {
    let node = tree.lookup(path)?;
    let is_directory = matches!(tree.kind(node), fsimage::NodeKind::Directory(_));
    (!is_directory && !tree.is_imported(node)).then(|| Skipped {
        path: tree.path(node).into(),
        reason: format!("of an earlier source; {} has the same name in the image", host.display()),
    })
}

fn file_place(place: Option<&ImagePath>, host: &Path) -> Result<Vec<u8>, Failure> {
    let mut path = place.map_or(b"/".to_vec(), |place| place.as_bytes().to_vec());
    if path.ends_with(b"/") {
        let name = host
            .file_name()
            .ok_or_else(|| Failure::argument(host.display().to_string(), "the file has no name"))?;
        path.extend_from_slice(&name_bytes(name));
    }
    Ok(path)
}

#[cfg(unix)]
pub(crate) fn name_bytes(name: &std::ffi::OsStr) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(name).to_vec()
}

#[cfg(not(unix))]
pub(crate) fn name_bytes(name: &std::ffi::OsStr) -> Vec<u8> {
    name.to_string_lossy().into_owned().into_bytes()
}

fn excludes(globs: &[String]) -> Result<GlobSet, Failure> {
    let wrong = |error: globset::Error| Failure::argument("--exclude", error.to_string());
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        if glob.starts_with('/') || glob.ends_with('/') {
            let reason = format!(
                "{glob}: a glob is held against the path below the source folder (docs/*.tmp) and the bare name; \
                 neither begins or ends with a slash"
            );
            return Err(Failure::argument("--exclude", reason));
        }
        set.add(GlobBuilder::new(glob).literal_separator(true).build().map_err(wrong)?);
    }
    set.build().map_err(wrong)
}

/// Times that the image gets.
struct Times {
    /// When the volume was made.
    created: Option<Timestamp>,
    /// No source is later than this.
    latest: Option<Timestamp>,
}

/// With SOURCE_DATE_EPOCH, that is the time; else, with `--reproducible`, none is recorded.
fn times(authoring: &Authoring) -> Result<Times, Failure> {
    const VARIABLE: &str = "SOURCE_DATE_EPOCH";
    if authoring.reproducible && authoring.times == SourceTimes::All {
        let reason = "times of access, change and creation differ between two copies of one content; take \
                      --reproducible or --times all";
        return Err(Failure::argument("--times", reason));
    }
    match std::env::var_os(VARIABLE) {
        Some(text) => {
            let seconds = text.to_str().and_then(|text| text.parse().ok()).ok_or_else(|| {
                let reason = format!("{text:?} is no number of seconds since 1970");
                Failure::argument(VARIABLE, reason)
            })?;
            let time = Some(Timestamp::from_unix(seconds));
            Ok(Times { created: time, latest: time })
        }
        None if authoring.reproducible => Ok(Times { created: None, latest: None }),
        None => Ok(Times { created: Some(SystemTime::now().into()), latest: None }),
    }
}

/// `options`, those of a new image or of a session that is continued, as the command line changes them.
pub(crate) fn plan_options(authoring: &Authoring, options: PlanOptions) -> Result<PlanOptions, Failure> {
    let descriptors = &authoring.volume_descriptors;
    // A volume that has its times already keeps them.
    let now = times(authoring)?.created.filter(|_| options.recorded_times.is_none());
    let mut options = PlanOptions {
        created: descriptors.volume_created.map(Timestamp::from).or(now),
        modified: descriptors.volume_modified.map(Timestamp::from),
        expiration: descriptors.volume_expires.map(Timestamp::from),
        effective: descriptors.volume_effective.map(Timestamp::from),
        texts: VolumeTexts {
            system: descriptors.system.clone(),
            volume_set: descriptors.volume_set.clone(),
            publisher: descriptors.publisher.clone(),
            data_preparer: descriptors.preparer.clone(),
            application: descriptors.application.clone(),
            copyright_file: descriptors.copyright_file.clone(),
            abstract_file: descriptors.abstract_file.clone(),
            bibliographic_file: descriptors.bibliographic_file.clone(),
        },
        strict: authoring.strict,
        iso9660_names: iso9660_names(&authoring.names),
        joliet_names: joliet_names(&authoring.names, options.joliet_names),
        deep_directories: match authoring.names.deep {
            Deep::Keep => DeepDirectories::KeepInPlace,
            Deep::Relocate => DeepDirectories::Relocate,
            Deep::Refuse => DeepDirectories::Refuse,
        },
        relocation_directory: match &authoring.names.deep_dir {
            Some(_) if authoring.names.deep != Deep::Relocate => {
                return Err(Failure::argument("--deep-dir", "it is about --deep relocate"));
            }
            Some(name) => name.clone().into_bytes(),
            None => options.relocation_directory,
        },
        rock_ridge_times: match authoring.rr_times {
            RrTimes::Auto => RockRidgeTimes::Fitting,
            RrTimes::Short => RockRidgeTimes::Short,
            RrTimes::Long => RockRidgeTimes::Long,
        },
        udf: udf_options(&authoring.udf, options.udf),
        ..options
    };
    if !authoring.fs.is_empty() {
        options.file_systems = with_base(file_systems(&authoring.fs)?.into_iter().collect());
    }
    if let Some(option) = authoring.udf.first_given()
        && !options.file_systems.contains(FileSystems::UDF)
    {
        return Err(Failure::argument(option, "no UDF is written; add udf to --fs"));
    }
    if let Some(name) = &authoring.volume {
        options.volume = VolumeName::Adapted(name.clone());
        options.volume_names.clear();
    }
    let own = [
        ("--iso-volume", FileSystem::Iso9660, &descriptors.iso_volume),
        ("--joliet-volume", FileSystem::Joliet, &descriptors.joliet_volume),
        ("--udf-volume", FileSystem::Udf, &descriptors.udf_volume),
    ];
    for (argument, file_system, name) in own {
        let Some(name) = name else { continue };
        if !options.file_systems.contains(file_system.as_set()) {
            return Err(Failure::argument(argument, format!("no {file_system} is written; add it to --fs")));
        }
        options.volume_names.insert(file_system, name.clone());
    }
    Ok(options)
}

fn iso9660_names(names: &NameArgs) -> NameRules {
    let has = |relaxation| names.iso_relax.contains(&relaxation);
    NameRules {
        level: match names.iso_level {
            1 => InterchangeLevel::One,
            2 => InterchangeLevel::Two,
            _ => InterchangeLevel::Three,
        },
        relaxations: Relaxations {
            allow_lower_case: has(IsoRelaxation::LowerCase),
            allow_multiple_dots: has(IsoRelaxation::MultipleDots),
            allow_leading_dot: has(IsoRelaxation::LeadingDot),
            allow_full_ascii: has(IsoRelaxation::FullAscii),
            allow_37_characters: has(IsoRelaxation::ThirtySevenCharacters),
            omit_version: has(IsoRelaxation::NoVersion),
            omit_trailing_dot: has(IsoRelaxation::NoTrailingDot),
            allow_directory_extension: has(IsoRelaxation::DirectoryExtension),
        },
    }
}

/// `imported` are those of the session before.
fn joliet_names(names: &NameArgs, imported: JolietRules) -> JolietRules {
    JolietRules {
        max_units: if names.joliet_long { JolietRules::LONG.max_units } else { imported.max_units },
        level: match names.joliet_level {
            1 => JolietLevel::One,
            2 => JolietLevel::Two,
            _ => JolietLevel::Three,
        },
        replace_beyond_bmp: names.joliet_ucs2,
        keep_forbidden: names.joliet_keep_forbidden,
        ..imported
    }
}

/// `options`, those of the medium, as the command line changes them.
fn udf_options(asked: &Udf, options: UdfOptions) -> UdfOptions {
    UdfOptions {
        revision: asked.udf_revision.unwrap_or(options.revision),
        metadata_partition: match asked.udf_metadata {
            None => options.metadata_partition,
            Some(UdfMetadata::ByRevision) => MetadataPartition::ByRevision,
            Some(UdfMetadata::None) => MetadataPartition::None,
            Some(UdfMetadata::Single) => MetadataPartition::Single,
            Some(UdfMetadata::Mirrored) => MetadataPartition::Mirrored,
        },
        embedding: match asked.udf_embedding {
            None => options.embedding,
            Some(UdfEmbedding::Auto) => Embedding::Automatic,
            Some(UdfEmbedding::Nothing) => Embedding::Nothing,
            Some(UdfEmbedding::Directories) => Embedding::Directories,
        },
        symlinks: match asked.udf_symlinks {
            None => options.symlinks,
            Some(UdfLinks::Store) => UdfSymlinks::Store,
            Some(UdfLinks::Omit) => UdfSymlinks::Omit,
            Some(UdfLinks::Copy) => UdfSymlinks::Copy,
        },
        access: asked.access().unwrap_or(options.access),
    }
}

/// Rock Ridge is a layer on ISO 9660, and a Joliet or enhanced volume has a primary descriptor as well.
fn with_base(chosen: FileSystems) -> FileSystems {
    if chosen.intersects(FileSystems::ROCK_RIDGE | FileSystems::JOLIET | FileSystems::ENHANCED) {
        chosen | FileSystems::ISO9660
    } else {
        chosen
    }
}

/// What the command line says of the session to continue.
pub(crate) fn import_options(args: &Import) -> Result<ImportOptions, Failure> {
    let mut options = ImportOptions { session: args.session, ..ImportOptions::default() };
    if !args.import.is_empty() {
        options.preference = file_systems(&args.import)?;
    }
    Ok(options)
}

/// The facade's names of file systems.
pub(crate) fn file_systems(names: &[FileSystemName]) -> Result<Vec<FileSystem>, Failure> {
    Ok(names.iter().copied().map(file_system).collect())
}

/// The facade's name of a file system.
pub(crate) fn file_system(name: FileSystemName) -> FileSystem {
    match name {
        FileSystemName::Iso9660 => FileSystem::Iso9660,
        FileSystemName::RockRidge => FileSystem::RockRidge,
        FileSystemName::Joliet => FileSystem::Joliet,
        FileSystemName::Udf => FileSystem::Udf,
        FileSystemName::Enhanced => FileSystem::Enhanced,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Args, Command};
    use clap::Parser;

    fn authoring(arguments: &[&str]) -> Authoring {
        let line = ["fsimage", "plan"].iter().chain(arguments);
        match Args::try_parse_from(line).unwrap().command {
            Command::Plan(plan) => plan.authoring,
            _ => unreachable!(),
        }
    }

    fn tree_of(arguments: &[&str]) -> Result<Tree, Failure> {
        let mut tree = Tree::new();
        add_sources(&mut tree, &authoring(arguments), &Written::default(), &Control::default())?;
        Ok(tree)
    }

    #[test]
    fn folders_files_and_grafts() {
        let host = tempfile::tempdir().unwrap();
        std::fs::create_dir(host.path().join("sub")).unwrap();
        for name in ["a.txt", "b.tmp", "sub/c.txt"] {
            std::fs::write(host.path().join(name), name).unwrap();
        }
        let folder = host.path().to_str().unwrap();
        let file = format!("{folder}/a.txt");
        let grafts = [format!("deep/er={folder}"), format!("dir/={file}"), format!("/new={file}")];
        let tree =
            tree_of(&[folder, &file, &grafts[0], &grafts[1], &grafts[2], "--exclude", "*.tmp"]).unwrap();
        for path in ["/a.txt", "/sub/c.txt", "/deep/er/sub/c.txt", "/dir/a.txt", "/new"] {
            assert!(tree.lookup(path).is_some(), "{path}");
        }
        for path in ["/b.tmp", "/deep/er/b.tmp", "/er"] {
            assert!(tree.lookup(path).is_none(), "{path}");
        }
    }

    #[test]
    fn the_last_of_two_files_with_one_name_stays_and_the_other_is_told() {
        let host = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "b"].map(|folder| {
            std::fs::create_dir(host.path().join(folder)).unwrap();
            let file = host.path().join(folder).join("same");
            std::fs::write(&file, folder.repeat(folder.len() + usize::from(folder == "b"))).unwrap();
            file.to_str().unwrap().to_owned()
        });
        let mut tree = Tree::new();
        let arguments = authoring(&[&a, &b]);
        let added = add_sources(&mut tree, &arguments, &Written::default(), &Control::default()).unwrap();
        assert!(matches!(&added.skipped[..], [one] if one.reason.contains(&b)), "{:?}", added.skipped);
        let strict = authoring(&[&a, &b, "--strict"]);
        assert!(add_sources(&mut Tree::new(), &strict, &Written::default(), &Control::default()).is_err());
        let fsimage::NodeKind::File(content) = tree.kind(tree.lookup("/same").unwrap()) else {
            unreachable!()
        };
        assert_eq!(tree.content_len(content), 2);
    }

    #[test]
    fn all_times_of_files_and_folders_or_the_one() {
        let host = tempfile::tempdir().unwrap();
        let folder = host.path().to_str().unwrap();
        let file = format!("{folder}/file");
        std::fs::write(&file, "x").unwrap();
        let arguments = [folder, &format!("alone={file}")];
        let tree = tree_of(&arguments).unwrap();
        let access = |tree: &Tree, path| tree.times(tree.lookup(path).unwrap()).access;
        assert_eq!(["/", "/file", "/alone"].map(|path| access(&tree, path)), [None; 3]);
        let all = [&arguments[..], &["--times", "all"]].concat();
        let tree = tree_of(&all).unwrap();
        assert!(["/", "/file", "/alone"].iter().all(|path| access(&tree, path).is_some()));
        let failure = check_sources(&authoring(&[&all[..], &["--reproducible"]].concat())).unwrap_err();
        assert_eq!(failure.exit(), crate::Exit::Caller);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_are_read() {
        let host = tempfile::tempdir().unwrap();
        let pipe = host.path().join("pipe");
        let status = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(status.success());
        let writer = {
            let pipe = pipe.clone();
            std::thread::spawn(move || std::fs::write(pipe, "through a pipe"))
        };
        let tree = tree_of(&[&format!("log.txt={}", pipe.display())]).unwrap();
        writer.join().unwrap().unwrap();
        assert_eq!(content_len(&tree, "/log.txt"), 14);
    }

    #[test]
    fn the_image_is_not_put_into_itself() {
        let host = tempfile::tempdir().unwrap();
        std::fs::create_dir(host.path().join("out")).unwrap();
        for name in ["a.txt", "out/a.iso", "out/b.iso"] {
            std::fs::write(host.path().join(name), name).unwrap();
        }
        let mut tree = Tree::new();
        let authoring = authoring(&[host.path().to_str().unwrap()]);
        let output = host.path().join("out/a.iso");
        let written = Written::image(&output);
        let skipped = add_sources(&mut tree, &authoring, &written, &Control::default()).unwrap().skipped;
        assert!(matches!(&skipped[..], [one] if one.path == output), "{skipped:?}");
        assert!(tree.lookup("/out/a.iso").is_none() && tree.lookup("/out/b.iso").is_some());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn files_that_the_kernel_makes_up_are_read() {
        assert!(content_len(&tree_of(&["/proc/self/status"]).unwrap(), "/status") > 100);
    }

    #[cfg(unix)]
    fn content_len(tree: &Tree, path: &str) -> u64 {
        match tree.kind(tree.lookup(path).unwrap()) {
            fsimage::NodeKind::File(content) => tree.content_len(content),
            other => panic!("{path} is {other:?}"),
        }
    }

    #[test]
    fn layers_bring_what_they_lie_on() {
        for layer in ["joliet", "rock-ridge"] {
            let options = plan_options(&authoring(&["a", "--fs", layer]), PlanOptions::default()).unwrap();
            assert!(options.file_systems.contains(FileSystems::ISO9660), "{layer}");
        }
    }

    #[test]
    fn the_form_of_no_udf_is_refused() {
        let options = |arguments: &[&str]| plan_options(&authoring(arguments), PlanOptions::default());
        for form in [
            ["--udf-revision", "2.50"],
            ["--udf-metadata", "single"],
            ["--udf-embedding", "nothing"],
            ["--udf-access", "read-only"],
            ["--udf-symlinks", "omit"],
        ] {
            let line = options(&["a", form[0], form[1]]).unwrap_err().line(false).unwrap();
            assert!(line.contains(form[0]) && line.contains("add udf to --fs"), "{line}");
            assert!(options(&["a", form[0], form[1], "--fs", "udf"]).is_ok());
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert_eq!(tree_of(&["/no/such/thing"]).unwrap_err().exit(), crate::Exit::Source);
        let host = tempfile::tempdir().unwrap();
        let folder = host.path().to_str().unwrap();
        for glob in ["[", "/many", "many/"] {
            assert_eq!(
                tree_of(&[folder, "--exclude", glob]).unwrap_err().exit(),
                crate::Exit::Caller,
                "{glob}"
            );
        }
        let arguments = [folder, "--fs", "iso9660,udf", "--udf-revision", "2.60"];
        let options = plan_options(&authoring(&arguments), PlanOptions::default()).unwrap();
        assert_eq!(options.file_systems, FileSystems::ISO9660 | FileSystems::UDF);
        assert_eq!(options.udf.revision, fsimage::UdfRevision::V2_60);
    }
}
