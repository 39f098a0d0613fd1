//! What a command writes, which is no source of itself.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use fsimage::{Disc, DriveName, FileIdentity, NodeId, NodeKind, Skipped, Tree};

use super::name_bytes;
use crate::failure::Failure;

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
            written.push(stdout.and_then(|stdout| std::fs::File::from(stdout).metadata()).ok(), THE_IMAGE);
        }
        written
    }

    /// The files of a simulated medium.
    pub(crate) fn drive(name: &DriveName) -> Written {
        let mut written = Written::default();
        for file in name.files() {
            written.push(std::fs::metadata(file).ok(), THE_MEDIUM);
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

    /// What is read must not be written.
    pub(crate) fn check_disc(&self, disc: &Disc) -> Result<(), Failure> {
        disc.files().iter().try_for_each(|file| self.check(file))
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
