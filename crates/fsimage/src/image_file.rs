//! Writing an image to a file of the host.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::emit::{DescriptorSink, write_file, write_ordered};
use crate::plan::LayoutPlan;
use crate::record::is_simulated_medium;
use crate::{Control, Error, Result};

/// Names of files that images are written to until they are complete.
pub(crate) const UNFINISHED: (&str, &str) = (".fsimage-", ".part");

/// Whether a file of that name is what a run left behind that was killed while it wrote an image.
pub(crate) fn is_unfinished(name: &[u8]) -> bool {
    name.starts_with(UNFINISHED.0.as_bytes()) && name.ends_with(UNFINISHED.1.as_bytes())
}

/// Writes the image to `path`.
///
/// A regular file appears there only when it is complete; until then an existing one stays as it is. A
/// device or pipe that is there already gets the sectors in ascending order.
///
/// # Errors
/// [`Error::OutputWrite`], [`Error::SourceChanged`], [`Error::SourceRead`], [`Error::Cancelled`]; and
/// [`Error::InvalidArgument`] for a session that does not start at sector 0, which is no file of its own.
pub fn write_image(plan: &LayoutPlan<'_>, path: &Path, control: &Control) -> Result<()> {
    crate::trace::span!("write_image");
    if plan.extent().start.get() != 0 {
        return Err(Error::InvalidArgument {
            argument: "place".to_owned(),
            reason: "an image of its own starts at sector 0; append later sessions to their image".to_owned(),
        });
    }
    if let Some(mut sink) = DescriptorSink::at(path, &control.cancel)? {
        return write_ordered(plan, &mut sink, control, "the output is incomplete");
    }
    let write_error = |source| Error::OutputWrite { path: path.to_owned(), source };
    let (temporary, target) = unfinished(path)?;
    let file: &File = temporary.as_file();
    file.set_len(plan.extent().len.bytes()).map_err(write_error)?;
    write_file(plan, file, path, control).map_err(cancelled)?;
    temporary.persist(&target).map_err(|error| write_error(error.error))?;
    Ok(())
}

/// An image file that is there cannot be opened to be changed: the host's doing where it forbids just that.
pub(crate) fn not_opened_for_writing(path: &Path, source: io::Error) -> Error {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Error::OutputWrite { path, source }
        }
        _ => Error::ImageOpen { path, source },
    }
}

/// An image file of another name beside the one that it is to become, and that one.
fn unfinished(path: &Path) -> Result<(tempfile::NamedTempFile, PathBuf)> {
    let write_error = |source| Error::OutputWrite { path: path.to_owned(), source };
    // A link is followed: what it points to is replaced, not the link.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if is_simulated_medium(&target) {
        return Err(Error::InvalidArgument {
            argument: path.display().to_string(),
            reason: "it is the medium of a simulated drive, with its state in the file .medium beside it: name another file, or \
                     record on it (burn --drive sim:PATH)"
                .to_owned(),
        });
    }
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED.0).suffix(UNFINISHED.1);
    set_permissions(&mut builder, &target);
    // The system's words name the temporary file; what is wrong is the folder.
    let temporary = builder.tempfile_in(&folder).map_err(|error| {
        write_error(match error.kind() {
            kind @ io::ErrorKind::NotFound => {
                io::Error::new(kind, format!("the folder {} does not exist", folder.display()))
            }
            kind => kind.into(),
        })
    })?;
    Ok((temporary, target))
}

/// Has `fill` make an image under another name, which gets that of `path` when it is complete: of no device or pipe, which
/// would be gone.
pub(crate) fn replace(path: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        let source = io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file");
        return Err(Error::OutputWrite { path: path.to_owned(), source });
    }
    let (temporary, target) = unfinished(path)?;
    // Not open: Windows replaces no file that is.
    let temporary = temporary.into_temp_path();
    fill(&temporary).map_err(cancelled)?;
    let persisted = temporary.persist(&target);
    persisted.map(drop).map_err(|error| Error::OutputWrite { path: path.to_owned(), source: error.error })
}

/// The file that was begun is gone.
fn cancelled(error: Error) -> Error {
    match error {
        Error::Cancelled { .. } => Error::Cancelled { state: "no image was left behind".to_owned() },
        error => error,
    }
}

/// A new file gets what the umask leaves of rw-rw-rw-, not the 0600 of temporary files; one that is
/// replaced hands on its permissions.
#[cfg(unix)]
fn set_permissions(builder: &mut tempfile::Builder<'_, '_>, target: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let permissions = match std::fs::metadata(target) {
        Ok(metadata) => metadata.permissions(),
        Err(_) => std::fs::Permissions::from_mode(0o666),
    };
    builder.permissions(permissions);
}

#[cfg(not(unix))]
fn set_permissions(_: &mut tempfile::Builder<'_, '_>, _: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Blame;

    #[test]
    fn a_simulated_medium_is_no_image_to_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        crate::create_simulated_medium(&path, crate::MediumKind::BdRe).unwrap();
        let before = std::fs::metadata(&path).unwrap().len();
        let tree = crate::Tree::new();
        let plan = LayoutPlan::new(&tree, crate::PlanOptions::default()).unwrap();
        let error = write_image(&plan, &path, &Control::default()).unwrap_err();
        assert!(error.to_string().contains("burn --drive sim:"), "{error}");
        assert_eq!(std::fs::metadata(&path).unwrap().len(), before);
    }

    #[test]
    fn a_host_that_forbids_changes_is_no_damage_to_the_image() {
        let blame = |kind: io::ErrorKind| not_opened_for_writing(Path::new("image"), kind.into()).blame();
        assert_eq!(blame(io::ErrorKind::PermissionDenied), Blame::Output);
        assert_eq!(blame(io::ErrorKind::ReadOnlyFilesystem), Blame::Output);
        assert_eq!(blame(io::ErrorKind::NotFound), Blame::Image);
    }
}
