//! Extraction where the system is not Unix: contents and times, by paths.

use std::fs::FileTimes;
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use super::super::walk::Guard;
use super::*;
use crate::tree::{Kind, Timestamp};

struct Extraction<'a> {
    image: &'a Image,
    options: &'a ExtractOptions,
    control: &'a Control,
    guard: Guard,
    report: ExtractReport,
}

pub(super) fn extract(
    image: &Image,
    chains: &[Vec<ImageEntry>],
    target: &Path,
    _is_new: bool,
    options: &ExtractOptions,
    control: &Control,
) -> Result<ExtractReport> {
    let report = ExtractReport::default();
    let mut extraction = Extraction { image, options, control, guard: image.guard(), report };
    for chain in chains {
        match extraction.path(chain, target) {
            Err(error) if is_damage(&error) && chains.len() > 1 => {
                let path: PathBuf = chain.iter().map(name).collect();
                extraction.warn(&path, format!("not extracted: {error}"));
            }
            done => done?,
        }
    }
    Ok(extraction.report)
}

fn name(entry: &ImageEntry) -> String {
    String::from_utf8_lossy(&entry.name).into_owned()
}

fn make_folder(path: &Path) -> Result<()> {
    let failed = |source| Error::OutputWrite { path: path.to_owned(), source };
    match std::fs::create_dir(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            // A link in its place would lead elsewhere.
            let metadata = std::fs::symlink_metadata(path).map_err(failed)?;
            if metadata.is_dir() { Ok(()) } else { Err(failed(error)) }
        }
        result => result.map_err(failed),
    }
}

fn times(entry: &ImageEntry) -> FileTimes {
    let time = |time: Timestamp| {
        let since = Duration::from_secs(time.seconds.max(0).unsigned_abs());
        UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
    };
    let times = FileTimes::new().set_modified(time(entry.modified));
    entry.times().access.map_or(times, |access| times.set_accessed(time(access)))
}

impl Extraction<'_> {
    fn path(&mut self, chain: &[ImageEntry], target: &Path) -> Result<()> {
        self.guard = self.image.guard();
        let Some((last, parents)) = chain.split_last() else {
            return self.children(&self.image.root()?, target, 0);
        };
        let mut at = target.to_owned();
        for parent in parents {
            check_parent(&at, parent)?;
            at.push(name(parent));
            make_folder(&at)?;
        }
        self.item(last, &at, 0)
    }

    /// Neither named streams nor access control lists are restored on this system.
    fn streams(&mut self, entry: &ImageEntry, path: &Path) {
        if entry.has_streams() {
            self.report.without_streams += 1;
            if self.options.extended_attributes {
                self.warn(path, "its named streams were left out; this system restores none".to_owned());
            }
        }
        if entry.acl().is_some() {
            self.report.without_acls += 1;
            if self.options.acls {
                let reason = "its access control lists were left out; this system restores none";
                self.warn(path, reason.to_owned());
            }
        }
    }

    fn warn(&mut self, path: &Path, reason: String) {
        let path = path.display().to_string();
        self.report.warnings.push(ExtractWarning { path, reason });
    }

    fn children(&mut self, directory: &ImageEntry, folder: &Path, depth: u32) -> Result<()> {
        if depth > super::super::MOST_LEVELS {
            return Err(Error::Unsupported {
                feature: format!("a path of over {} levels", super::super::MOST_LEVELS),
            });
        }
        if !self.guard.enter(directory) {
            self.warn(folder, "not extracted: the directory is reached on two ways".to_owned());
            return Ok(());
        }
        let entries = self.image.read_dir(directory)?;
        for (index, entry) in entries.iter().enumerate() {
            if names::is_doubled(&entries, index) {
                self.warn(&folder.join(name(entry)), format!("not extracted: {}", names::DOUBLED));
            } else {
                match self.item(entry, folder, depth) {
                    Err(error) if is_damage(&error) => {
                        self.warn(&folder.join(name(entry)), format!("not extracted: {error}"));
                    }
                    done => done?,
                }
            }
        }
        Ok(())
    }

    fn item(&mut self, entry: &ImageEntry, folder: &Path, depth: u32) -> Result<()> {
        self.control.check("some items were extracted")?;
        let path = folder.join(name(entry));
        if let Some(reason) = names::impossible_here(&entry.name) {
            // One that begins with a slash would be the whole path.
            let shown = [folder.as_os_str(), name(entry).as_ref()].join(std::ffi::OsStr::new("/"));
            self.warn(Path::new(&shown), format!("not extracted: {reason}"));
            return Ok(());
        }
        let failed = |source| Error::OutputWrite { path: path.clone(), source };
        match entry.kind {
            Kind::Directory => {
                make_folder(&path)?;
                self.children(entry, &path, depth + 1)?;
            }
            Kind::File => {
                if self.options.overwrite && path.exists() {
                    std::fs::remove_file(&path).map_err(failed)?;
                }
                let file = std::fs::File::create_new(&path).map_err(failed)?;
                let copied = self.image.copy_to_file(entry, &file, &path, self.options.sparse, self.control);
                if let Err(error) = copied {
                    // A part of a file passes for the whole one.
                    drop(file);
                    std::fs::remove_file(&path).map_err(failed)?;
                    return Err(error);
                }
                file.set_times(times(entry)).map_err(failed)?;
                self.report.bytes += entry.len;
            }
            other => {
                self.warn(&path, format!("this system has no {other}; it was left out"));
                return Ok(());
            }
        }
        self.streams(entry, &path);
        self.report.items += 1;
        Ok(())
    }
}
