//! A disc under construction as a folder that can be taken to another machine. `docs/projects.md` describes it.

mod folder;
mod identity;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iso9660::system_area::Guid;
use sector_io::{ReadSectors, Sector};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use identity::ProjectIdentity;

use crate::boot::{BootOptions, BootSource, CatalogPlace, HybridOptions};
use crate::disc::Disc;
use crate::error::ProjectProblem;
use crate::plan::{HfsPlusOptions, LayoutPlan, PlanOptions};
use crate::portable::Bytes;
use crate::tree::{Content, ContentId, HostRange, NodeId, Numbers, PortableTree, Section, Tree};
use crate::view::udf::VirtualVolume;
use crate::{Control, Error, GrowingImage, Result, Stage};
use folder::{NewFolder, OpenFolder, StoredContents};

/// A disc under construction: what goes on it, and how.
#[derive(Debug)]
pub struct Project {
    /// What goes on it.
    pub tree: Tree,
    /// What the image is to be.
    pub options: PlanOptions,
    id: Option<Guid>,
    sessions: Option<PathBuf>,
}

/// How a project is exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProjectExport {
    /// What becomes of the contents of host files.
    pub contents: ProjectContents,
}

/// What becomes of the contents of host files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProjectContents {
    /// They are copied into the folder, which needs nothing else then.
    #[default]
    Copied,
    /// They stay where they are, and are referred to by their paths, lengths and times. What is no file of the host is
    /// copied.
    Referenced,
}

/// How a project is imported. The default keeps the identity and refuses references.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectImport {
    /// Which identity it is to have.
    pub identity: ProjectIdentity,
    /// Identities of other projects: it gets none of them.
    pub in_use: Vec<Guid>,
    /// Take contents that lie outside the folder. Whoever made the folder chooses which files of this host go into
    /// the image.
    pub references: bool,
}

/// What the manifest is.
const FORMAT: &str = "fsimage project";
/// The newest version of the manifest, and the only one so far.
const VERSION: u32 = 1;

/// What all versions of the manifest have.
#[derive(Deserialize)]
struct Head {
    format: String,
    /// As long as the release that wrote it likes.
    version: serde_json::Number,
}

impl Head {
    fn is_newer(&self) -> bool {
        match self.version.as_u64() {
            Some(version) => version > VERSION.into(),
            None => self.version.as_f64().is_some_and(|version| version > u64::MAX as f64),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: String,
    version: u32,
    /// Bytes of the contents that are copied.
    stored: u64,
    /// Whether there are sessions that it builds on.
    sessions: bool,
    /// Whether it continues the virtual allocation table of these.
    virtual_volume: bool,
    options: PlanOptions,
    tree: PortableTree<Place>,
}

/// Where a content is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    /// In the folder's file of contents: offset and length.
    Stored(u64, u64),
    /// The same, and so small that it is kept in memory.
    Memory(u64, u64),
    /// A stretch of a file of the host.
    Host { path: Bytes, offset: u64, len: u64, modified: i64 },
    /// The boot catalog: its length.
    BootCatalog(u64),
    /// Digests of other contents: their length.
    Digests(u64),
    /// No bytes: what the names of a link, device, pipe or socket share.
    Identity,
    /// Sectors of the sessions, each stretch with its length in bytes, and the length in all.
    Sectors(Vec<Section>, u64),
    /// Bytes of the sessions, from a position on or zeros, each with a length.
    Stretches(Vec<(Option<u64>, u64)>),
}

impl Project {
    /// A project of its own.
    #[must_use]
    pub fn new(tree: Tree, options: PlanOptions) -> Project {
        Project { tree, options, id: None, sessions: None }
    }

    /// What tells it from other projects: the [identity](PlanOptions::identity) that its options have, or one that
    /// follows from the manifest that it was imported from; `None` where there is neither.
    #[must_use]
    pub fn id(&self) -> Option<Guid> {
        self.options.identity.or(self.id)
    }

    /// The image file with the sessions that it builds on, in the folder that it was imported from.
    #[must_use]
    pub fn sessions(&self) -> Option<&Path> {
        self.sessions.as_deref()
    }

    /// The files of the host that its contents are read from, but for those of the folder that it was imported from.
    pub fn host_files(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.tree.contents().filter_map(|(id, _)| self.tree.host_path(id))
    }

    /// Writes the project to a folder, which appears when it is complete. It must not be there, or be empty.
    ///
    /// Change points are not kept.
    ///
    /// # Errors
    /// [`Error::Project`] with [`TargetInUse`](ProjectProblem::TargetInUse), or with
    /// [`NotKept`](ProjectProblem::NotKept) for a system area that was imported and for data in sectors of mode 2 form 2;
    /// [`Error::SourceRead`], [`Error::SourceChanged`], [`Error::ImportRead`], [`Error::OutputWrite`],
    /// [`Error::Cancelled`]. Whatever happens, no unfinished folder is left behind.
    pub fn export(&self, folder: &Path, export: &ProjectExport, control: &Control) -> Result<()> {
        if self.options.system_area.is_some() {
            let (what, instead) =
                ("a system area that was imported", "export the project without what boots");
            return Err(problem(folder, ProjectProblem::NotKept { what, instead }));
        }
        let mut new = NewFolder::create(folder)?;
        let (_, numbers) = self.tree.to_portable(self.own_contents(), &mut |_, _| Ok(()))?;
        let total = self.tree.contents().filter(|(id, _)| numbers.content(*id).is_some());
        let total = total.map(|(_, content)| content.len().div_ceil(2048)).sum();
        let (mut stored, mut has_sessions, mut done) = (0, false, 0);
        let (tree, _) = self.tree.to_portable(self.own_contents(), &mut |id, content| {
            has_sessions |= is_in_sessions(content);
            let place = self.place(id, content, export.contents, &mut stored, &mut |tree| {
                new.take(tree, id, &mut |bytes| {
                    control.report(Stage::Copying, done + bytes / 2048, total);
                    control.check("no folder was left behind")
                })
            })?;
            done += content.len().div_ceil(2048);
            control.report(Stage::Copying, done, total);
            Ok(place)
        })?;
        if has_sessions {
            self.export_sessions(folder, &mut new, control)?;
        }
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            stored,
            sessions: has_sessions,
            virtual_volume: self.options.virtual_volume.is_some(),
            options: renumbered(self.options.clone(), &numbers),
            tree,
        };
        control.check("no folder was left behind")?;
        new.finish(&manifest)
    }

    /// Contents that the options name, and perhaps no item.
    fn own_contents(&self) -> impl Iterator<Item = ContentId> {
        let images = self.options.boot.iter().flat_map(|boot| &boot.images);
        let images = images.filter_map(|image| match image.source {
            BootSource::Content(content) => Some(content),
            BootSource::File(_) | BootSource::Appended(_) => None,
        });
        let appended = self.options.hybrid.iter().flat_map(|hybrid| &hybrid.appended);
        let partitions = self.options.volume_partitions.iter().filter_map(|partition| partition.content);
        images.chain(appended.map(|partition| partition.content)).chain(partitions)
    }

    fn place(
        &self,
        id: ContentId,
        content: &Content,
        contents: ProjectContents,
        stored: &mut u64,
        store: &mut dyn FnMut(&Tree) -> Result<()>,
    ) -> Result<Place> {
        let len = content.len();
        Ok(match content {
            Content::BootCatalog { len } => Place::BootCatalog(*len),
            Content::Digests { len } => Place::Digests(*len),
            Content::Identity => Place::Identity,
            Content::Imported { start, len } => {
                Place::Sectors(vec![Section { start: *start, len: *len }], (*len).into())
            }
            Content::ImportedSections { sections, len } => Place::Sectors(sections.to_vec(), *len),
            Content::ImportedStretches { stretches, .. } => Place::Stretches(stretches.to_vec()),
            Content::Scanned { modified, .. } if contents == ProjectContents::Referenced => {
                self.host(id, 0, len, *modified)?
            }
            Content::HostRange(range) if contents == ProjectContents::Referenced => {
                self.host(id, range.offset, len, range.modified)?
            }
            Content::Scanned { .. }
            | Content::HostRange(_)
            | Content::Attribute { .. }
            | Content::Sparse(_)
            | Content::Joined(_)
            | Content::Spooled { .. }
            | Content::Foreign(_)
            | Content::Memory(_) => {
                let at = *stored;
                store(&self.tree)?;
                *stored += len;
                match content {
                    Content::Memory(_) => Place::Memory(at, len),
                    _ => Place::Stored(at, len),
                }
            }
        })
    }

    fn host(&self, id: ContentId, offset: u64, len: u64, modified: i64) -> Result<Place> {
        let path = self.tree.host_path(id).unwrap_or_default();
        // A path that begins nowhere in particular means another file on another machine.
        let path = std::path::absolute(&path).map_err(|source| Error::SourceRead { path, source })?;
        let path = Bytes(path.into_os_string().into_encoded_bytes());
        Ok(Place::Host { path, offset, len, modified })
    }

    fn export_sessions(&self, folder: &Path, new: &mut NewFolder, control: &Control) -> Result<()> {
        let has_form_2 = self.tree.contents().any(|(id, _)| self.tree.is_form_2(id));
        let Some(origin) = self.tree.origin().filter(|_| !has_form_2) else {
            let (what, instead) = ("data in sectors of mode 2 form 2", "extract them, and add them as files");
            return Err(problem(folder, ProjectProblem::NotKept { what, instead }));
        };
        new.take_sessions(origin.as_ref(), control)
    }

    /// Reads a project. All files of the folder are compared with the digests that it has of them, and nothing is changed
    /// anywhere. Contents stay in the folder, which has to be there as long as the project is.
    ///
    /// # Errors
    /// [`Error::Project`] for a folder that is no project, is damaged, newer, or refers to files outside it; for an
    /// identity that is in use. [`Error::SourceRead`], [`Error::SourceChanged`] for references; [`Error::Cancelled`].
    /// [`ReturnValue`](crate::ReturnValue) has the number for each.
    pub fn import(folder: &Path, import: &ProjectImport, control: &Control) -> Result<Project> {
        let open = OpenFolder::open(folder)?;
        let bytes = open.manifest()?;
        let damaged =
            |detail: String| problem(folder, ProjectProblem::Damaged { file: folder::MANIFEST, detail });
        let head: Head = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if head.format != FORMAT {
            return Err(damaged(format!("its format is {:?}, not {FORMAT:?}", head.format)));
        }
        if head.is_newer() {
            let newer = ProjectProblem::NewerVersion { version: head.version.to_string(), newest: VERSION };
            return Err(problem(folder, newer));
        }
        if head.version.as_u64() != Some(VERSION.into()) {
            return Err(damaged(format!("there is no version {} of it", head.version)));
        }
        let manifest: Manifest =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        let stored = open.contents(manifest.stored, control)?;
        let sessions = if manifest.sessions { Some(open.sessions(control)?) } else { None };
        let sectors = sessions.as_ref().map_or(0, |(_, file)| u64::from(file.sectors().get()));
        let mut refused = None;
        let tree = Tree::from_portable(manifest.tree, &mut |place| match place {
            Place::Host { path, .. } if !import.references => {
                let path = String::from_utf8_lossy(&path.0).into_owned();
                refused.get_or_insert(ProjectProblem::Reference { path });
                Err("a reference".to_owned())
            }
            place => content(place, &stored, sectors),
        });
        if let Some(refused) = refused {
            return Err(problem(folder, refused));
        }
        let mut tree = tree.map_err(damaged)?;
        check_references(&tree)?;
        let mut options = manifest.options;
        check_numbers(&options, &tree).map_err(damaged)?;
        let path = match sessions {
            Some((path, file)) => {
                let file = Arc::new(file);
                tree.set_origin(file.clone(), Some(file));
                Some(path)
            }
            None => None,
        };
        if manifest.virtual_volume {
            options.virtual_volume = Some(virtual_volume(path.as_deref()).ok_or_else(|| {
                let detail = "it holds no virtual allocation table".to_owned();
                problem(folder, ProjectProblem::Damaged { file: folder::SESSIONS, detail })
            })?);
        }
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        let mut project = Project { tree, options, id: Some(identity::of_digest(&digest)), sessions: path };
        project.take_identity(folder, import)?;
        Ok(project)
    }

    /// Writes the image; where the project builds on sessions, an image file of these and the new one.
    ///
    /// # Errors
    /// As [`write_image`](crate::write_image) and [`GrowingImage::write`].
    pub fn write_image(&self, path: &Path, control: &Control) -> Result<()> {
        let plan = LayoutPlan::new(&self.tree, self.options.clone())?;
        let Some(sessions) = self.sessions.as_ref().filter(|_| self.options.place.start > Sector::ZERO)
        else {
            return crate::write_image(&plan, path, control);
        };
        crate::image_file::replace(path, |unfinished| {
            let copied = std::fs::copy(sessions, unfinished);
            copied.map_err(|source| Error::OutputWrite { path: path.to_owned(), source })?;
            control.check("no image was left behind")?;
            GrowingImage::open(unfinished)?.write(&plan, control)
        })
    }
}

fn problem(folder: &Path, problem: ProjectProblem) -> Error {
    Error::Project { folder: folder.to_owned(), problem }
}

fn is_in_sessions(content: &Content) -> bool {
    content.len() > 0 && (content.is_imported() || matches!(content, Content::ImportedStretches { .. }))
}

/// What is at a place that anybody may have written down.
fn content(place: Place, stored: &StoredContents, sectors: u64) -> std::result::Result<Content, String> {
    let inside = |at: u64, len: u64, end: u64| match at.checked_add(len) {
        Some(behind) if behind <= end => Ok(()),
        _ => Err("a content beyond the end of its file".to_owned()),
    };
    Ok(match place {
        Place::Stored(offset, len) => {
            inside(offset, len, stored.sectors.bytes())?;
            Content::Spooled { file: stored.file.clone(), offset, len }
        }
        Place::Memory(offset, len) => {
            inside(offset, len, stored.sectors.bytes())?;
            let too_long = |_| "a content that does not fit memory".to_owned();
            let mut bytes = vec![0; usize::try_from(len).map_err(too_long)?];
            crate::emit::read_bytes(&stored.sectors, Sector::ZERO, offset, &mut bytes)
                .map_err(|error| error.to_string())?;
            Content::Memory(bytes.into())
        }
        Place::Host { path, offset, len, modified } => {
            let path = folder::host_path(path.0).ok_or("a path that cannot be on this system")?;
            Content::HostRange(Box::new(HostRange { path, offset, len, modified }))
        }
        Place::BootCatalog(len) => Content::BootCatalog { len },
        Place::Digests(len) => Content::Digests { len },
        Place::Identity => Content::Identity,
        Place::Sectors(sections, len) => {
            for section in &sections {
                let count = u64::from(section.len).div_ceil(2048);
                inside(section.start.get().into(), count, if section.len == 0 { u64::MAX } else { sectors })?;
            }
            if sections.iter().map(|section| u64::from(section.len)).sum::<u64>() != len {
                return Err("sectors that are not as long as they are".to_owned());
            }
            match sections[..] {
                [Section { start, len }] => Content::Imported { start, len },
                _ => Content::ImportedSections { sections: sections.into(), len },
            }
        }
        Place::Stretches(stretches) => {
            let mut all = 0u64;
            for &(at, len) in &stretches {
                if let Some(at) = at {
                    inside(at, len, sectors * 2048)?;
                }
                all = all.checked_add(len).ok_or("stretches of over 16 EiB")?;
            }
            Content::ImportedStretches { stretches: stretches.into(), len: all }
        }
    })
}

/// That files outside the folder are what they were.
fn check_references(tree: &Tree) -> Result<()> {
    for (id, content) in tree.contents() {
        if matches!(content, Content::HostRange(_)) {
            tree.read_at(id, 0, &mut [0; 1])?;
        }
    }
    Ok(())
}

fn virtual_volume(sessions: Option<&Path>) -> Option<VirtualVolume> {
    let disc = Disc::open(sessions?).ok()?;
    let newest = disc.session(None).ok()?;
    VirtualVolume::new(disc.udf_volume(&newest).ok()??)?.ok()
}

/// The options with the numbers that items and contents have in the manifest.
fn renumbered(options: PlanOptions, numbers: &Numbers) -> PlanOptions {
    map_numbers(options, &|node| numbers.item(node), &|content| numbers.content(content)).0
}

/// Numbers of items and contents that are there. What is not there is an error of the plan, but a number beyond the
/// end of the tree is none of any tree.
fn check_numbers(options: &PlanOptions, tree: &Tree) -> std::result::Result<(), String> {
    let node = |node: NodeId| ((node.0 as usize) < tree.node_count()).then_some(node);
    let content = |content: ContentId| ((content.0 as usize) < tree.content_count()).then_some(content);
    match map_numbers(options.clone(), &node, &content).1 {
        true => Ok(()),
        false => Err("its options name an item or a content that is not there".to_owned()),
    }
}

/// The options with other numbers, and whether there was one for each. Those without one stay.
fn map_numbers(
    mut options: PlanOptions,
    node: &dyn Fn(NodeId) -> Option<NodeId>,
    content: &dyn Fn(ContentId) -> Option<ContentId>,
) -> (PlanOptions, bool) {
    let mut all = true;
    let mut set_node = |of: &mut NodeId| match node(*of) {
        Some(number) => *of = number,
        None => all = false,
    };
    if let Some(BootOptions { catalog, images, .. }) = &mut options.boot {
        if let CatalogPlace::File(of) = catalog {
            set_node(of);
        }
        for image in images.iter_mut() {
            if let BootSource::File(of) = &mut image.source {
                set_node(of);
            }
        }
    }
    let HfsPlusOptions { blessed, types, .. } = &mut options.hfs_plus;
    blessed.items().into_iter().flatten().for_each(&mut set_node);
    let mapped = std::mem::take(types).into_iter().map(|(mut of, kind)| {
        set_node(&mut of);
        (of, kind)
    });
    *types = mapped.collect::<BTreeMap<_, _>>();
    let mut set_content = |of: &mut ContentId| match content(*of) {
        Some(number) => *of = number,
        None => all = false,
    };
    for image in options.boot.iter_mut().flat_map(|boot| &mut boot.images) {
        if let BootSource::Content(of) = &mut image.source {
            set_content(of);
        }
    }
    if let Some(HybridOptions { appended, .. }) = &mut options.hybrid {
        appended.iter_mut().for_each(|partition| set_content(&mut partition.content));
    }
    options.volume_partitions.iter_mut().filter_map(|one| one.content.as_mut()).for_each(&mut set_content);
    (options, all)
}
