//! Writing an image's files to a host folder. Names on a disc are hostile until shown otherwise: nothing is
//! ever written outside the target folder, and no link is followed on the way.

mod overwritten;
#[cfg(not(unix))]
mod portable;
#[cfg(unix)]
mod unix;

use std::path::Path;

#[cfg(not(unix))]
use self::portable as host;
#[cfg(unix)]
use self::unix as host;
use super::names;
use super::{Finding, INTERRUPTED, Image, ImageEntry};
use crate::{Control, Error, Result};

/// How files are extracted.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExtractOptions {
    /// Give the items their recorded owners. Needs the right to do so; without this they belong to the
    /// caller.
    pub owners: bool,
    /// Replace files that are there. Directories that are there are always used.
    pub overwrite: bool,
    /// Restore extended attributes, and named streams as such, where their names can be those of the host's: on
    /// Linux those that begin with `user.`, and with [`owners`](ExtractOptions::owners) `trusted.` and
    /// `security.`. What cannot be restored is a warning.
    pub extended_attributes: bool,
    /// Restore access control lists, on Linux. Without this, the group of an item with such lists gets no more
    /// than they grant it.
    pub acls: bool,
    /// Make holes of all zeros, in blocks of 4 KiB. It has each file read through; without this, only zeros that
    /// are met in passing become holes.
    pub sparse: bool,
}

/// What an extraction did.
#[derive(Clone, Debug, Default)]
pub struct ExtractReport {
    /// Files, directories and others that were made.
    pub items: u64,
    /// Bytes of file content.
    pub bytes: u64,
    /// Items with named streams that were not asked for ([`ExtractOptions::extended_attributes`]).
    pub without_streams: u64,
    /// Items with access control lists that were not asked for ([`ExtractOptions::acls`]).
    pub without_acls: u64,
    /// Whether the target stands for the root, was there before, and so keeps its own attributes and time.
    pub kept_target: bool,
    /// What could not be restored, with the reason.
    pub warnings: Vec<ExtractWarning>,
}

/// Something that was not restored as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtractWarning {
    /// Path in the image.
    pub path: String,
    /// What was not restored, and why.
    pub reason: String,
}

impl Image {
    /// Extracts the items at `paths` (of the image; all of it if there are none) below `target`, which is
    /// made if it is missing. Each keeps its place: `docs/a` becomes `target/docs/a`.
    ///
    /// Permissions and times are restored on Unix, and what the options ask for; elsewhere, the times of files.
    /// Directories on the way to a path are given theirs as well, but those that were there keep their own. `target`
    /// stands for the root if all is extracted: when it is made here, it gets the root's attributes and time; one
    /// that was there keeps its own ([`ExtractReport::kept_target`]). Long runs of zeros in small files, and holes in the image file, become
    /// holes, where the host's file system has them.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::UnsafePath`] for a path asked for that a host cannot have (below it, such
    /// names are left out with a warning), [`Error::OutputWrite`]
    /// (also for what is there already, unless [`ExtractOptions::overwrite`]), sectors that cannot be read of what the
    /// only path names itself (of several, and what lies below one, or beyond the end of the image, is left out with a
    /// warning), [`Error::Cancelled`]; [`Error::InvalidArgument`] for a file that would be replaced and is one that the image
    /// is read from. Nothing is made then, and where one of the paths is not found.
    pub fn extract(
        &self,
        paths: &[&str],
        target: &Path,
        options: &ExtractOptions,
        control: &Control,
    ) -> Result<ExtractReport> {
        crate::trace::span!("extract");
        let everything = [""];
        let chains = chains(self, if paths.is_empty() { &everything[..] } else { paths })?;
        if options.overwrite {
            self.check_overwritten(&chains, target)?;
        }
        let is_new = make_target(target)?;
        let mut report = host::extract(self, &chains, target, is_new, options, control)?;
        report.kept_target = !is_new && chains.iter().any(Vec::is_empty);
        // What cannot be read of a directory is missing without an item of its own.
        let lost = self.losses(control)?.into_iter();
        report.warnings.extend(lost.map(|Finding { path, message, .. }| ExtractWarning {
            path: path.unwrap_or_else(|| "/".to_owned()),
            reason: message,
        }));
        if self.is_interrupted() {
            report.warnings.push(ExtractWarning { path: "/".to_owned(), reason: INTERRUPTED.to_owned() });
        }
        let passed_over = self.passed_over().iter().filter(|passed_over| passed_over.may_hold_files());
        report.warnings.extend(passed_over.map(|passed_over| ExtractWarning {
            path: "/".to_owned(),
            reason: passed_over.with_what_is_shown(),
        }));
        report.warnings.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(report)
    }
}

/// The paths without those that another one brings along, or that stand there twice.
fn outermost<'p>(paths: &[&'p str]) -> Vec<&'p str> {
    let names = |path: &'p str| -> Vec<&'p str> { path.split('/').filter(|name| !name.is_empty()).collect() };
    let mut sorted: Vec<Vec<&str>> = paths.iter().map(|path| names(path)).collect();
    sorted.sort();
    // What is below a path follows it.
    sorted.dedup_by(|later, earlier| later.starts_with(earlier));
    let mut seen = std::collections::HashSet::new();
    let mut is_wanted = |path: &'p str| {
        let names = names(path);
        sorted.binary_search(&names).is_ok() && seen.insert(names)
    };
    paths.iter().copied().filter(|path| is_wanted(path)).collect()
}

/// Whether it is one item of the image that cannot be had: others may be whole.
fn is_damage(error: &Error) -> bool {
    matches!(error, Error::ImportRead(_) | Error::Corrupt { .. })
}

/// Refuses a folder on the way to what was asked for that the host cannot have.
fn check_parent(path: &Path, entry: &ImageEntry) -> Result<()> {
    match names::impossible_here(&entry.name) {
        None => Ok(()),
        Some(reason) => Err(Error::UnsafePath {
            path: path.join(String::from_utf8_lossy(&entry.name).into_owned()).display().to_string(),
            reason: reason.to_owned(),
        }),
    }
}

/// Makes the target folder; whether it was missing.
fn make_target(target: &Path) -> Result<bool> {
    let failed = |source| Error::OutputWrite { path: target.to_owned(), source };
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    match std::fs::create_dir(target) {
        Ok(()) => Ok(true),
        Err(_) if target.is_dir() => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

/// Parents of a path's last name, from the root down, and the item; nothing for the root.
fn chain(image: &Image, path: &str) -> Result<Vec<ImageEntry>> {
    let mut at = image.root()?;
    let mut chain = Vec::new();
    for name in path.split('/').filter(|name| !name.is_empty()) {
        let next = image.child(&at, name.as_bytes())?;
        at = next.ok_or_else(|| Error::NotFound { path: path.to_owned(), wanted: None })?;
        chain.push(at.clone());
    }
    Ok(chain)
}

/// Those of the paths that no other one brings along. All have to be there.
fn chains(image: &Image, paths: &[&str]) -> Result<Vec<Vec<ImageEntry>>> {
    let outermost = outermost(paths);
    let mut next = outermost.iter().peekable();
    let mut chains = Vec::with_capacity(outermost.len());
    for path in paths {
        let chain = chain(image, path)?;
        if next.next_if_eq(&path).is_some() {
            chains.push(chain);
        }
    }
    Ok(chains)
}

#[cfg(test)]
mod tests {
    use super::outermost;

    #[test]
    fn what_another_path_brings_along_is_taken_once() {
        assert_eq!(outermost(&["b/c/", "/a", "b", "a", "bc", "b/c/d"]), ["/a", "b", "bc"]);
        assert_eq!(outermost(&["a", ""]), [""]);
    }
}
