//! The canonical listing: one line for each item, the same columns for an image, a mounted image and a
//! host folder, so that they can be compared line by line.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use super::walk::enter;
use super::{Image, ImageEntry};
use crate::tree::Kind;
use crate::{Control, Error, Result};

/// First line of a manifest.
pub const MANIFEST_HEADER: &str = "# path\ttype\tmode\tuid\tgid\tsize\tnlink\tmtime\trdev\tsha256\ttarget";

const INCOMPLETE: &str = "the manifest is incomplete";
/// Stands for the hash of a file that cannot be read.
const UNREADABLE: &str = "!read";

/// An item of the canonical listing.
#[derive(Debug)]
pub struct ManifestItem<'a> {
    /// From the root, with a leading slash.
    pub path: &'a [u8],
    /// Its attributes.
    pub entry: &'a ImageEntry,
    /// Of a file: the SHA-256 of its bytes in hexadecimal, or why they cannot be read.
    pub sha256: Option<Result<String>>,
}

impl Image {
    /// Visits each item below and including the root, sorted by the bytes of the path, which begins with a
    /// slash. `unread` is given the path of each directory that cannot be read, and why: the others follow, unless it returns
    /// an error.
    ///
    /// # Errors
    /// Those of `visit` and `unread`, a root that cannot be read, [`Error::Cancelled`]. That a file cannot be read is
    /// told to `visit`.
    pub fn visit_manifest(
        &self,
        control: &Control,
        visit: &mut dyn FnMut(ManifestItem<'_>) -> Result<()>,
        unread: &mut dyn FnMut(&[u8], Error) -> Result<()>,
    ) -> Result<()> {
        let mut guard = self.guard();
        let mut path = Vec::new();
        let root = self.root()?;
        visit(ManifestItem { path: b"/", entry: &root, sha256: None })?;
        let mut pending = vec![Step { name: Vec::new(), entry: root, parent_len: 0, level: 0, into: true }];
        while let Some(Step { entry, parent_len, level, into, .. }) = pending.pop() {
            control.check(INCOMPLETE)?;
            path.truncate(parent_len);
            if level > 0 {
                path.push(b'/');
                path.extend_from_slice(&entry.name);
            }
            if !into {
                let sha256 = (entry.kind == Kind::File).then(|| self.sha256(&entry));
                visit(ManifestItem { path: &path, entry: &entry, sha256 })?;
            } else {
                let below = match enter(&mut guard, &entry, &path, level) {
                    Ok(true) => self.read_dir(&entry),
                    Ok(false) => continue,
                    Err(error) => Err(error),
                };
                match below {
                    Ok(below) => {
                        let mut steps = steps(below, path.len(), level + 1);
                        steps.sort_unstable_by(|a, b| b.name.cmp(&a.name));
                        pending.append(&mut steps);
                    }
                    Err(error) => unread(&path, error)?,
                }
            }
        }
        Ok(())
    }

    /// Writes a line for each item below and including the root, sorted by the bytes of the path: path,
    /// type letter, octal mode, uid, gid, size in bytes, link count, modification time in seconds since 1970,
    /// device number, SHA-256 of a file's bytes, target of a link; separated by tabs, `-` where there is
    /// nothing. Bytes outside 0x20 to 0x7e and the backslash are written `\xNN`. The hash of a file that
    /// cannot be read is `!read`. Directories that cannot be read go to `unread`, as in [`Image::visit_manifest`].
    ///
    /// # Errors
    /// As [`Image::visit_manifest`], and failures of `out`.
    pub fn write_manifest(
        &self,
        out: &mut dyn Write,
        control: &Control,
        unread: &mut dyn FnMut(&[u8], Error) -> Result<()>,
    ) -> Result<()> {
        let write_error = |source: io::Error| Error::OutputWrite { path: "manifest".into(), source };
        writeln!(out, "{MANIFEST_HEADER}").map_err(write_error)?;
        let mut write = |item: ManifestItem<'_>| {
            let hash = match item.sha256 {
                None => "-".to_owned(),
                Some(hash) => hash.unwrap_or_else(|_| UNREADABLE.to_owned()),
            };
            writeln!(out, "{}", line(item.path, item.entry, &hash)).map_err(write_error)
        };
        self.visit_manifest(control, &mut write, unread)
    }

    /// SHA-256 of a file's bytes, in hexadecimal.
    ///
    /// # Errors
    /// As [`Image::open`], and sectors that cannot be read.
    pub fn sha256(&self, entry: &ImageEntry) -> Result<String> {
        let mut reader = self.open(entry)?;
        let mut digest = Sha256::new();
        let mut buffer = vec![0; (1 << 20).min(usize::try_from(entry.len).unwrap_or(usize::MAX).max(1))];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => digest.update(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(reader.error(error)),
            }
        }
        Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// A place on the walk in the order of whole paths.
struct Step {
    /// What the order goes by.
    name: Vec<u8>,
    entry: ImageEntry,
    /// Length of the path of the directory that the entry is in.
    parent_len: usize,
    /// Levels below the root.
    level: u32,
    /// Into the directory, instead of to the item itself.
    into: bool,
}

/// To each entry, and into each directory: as `a/b` comes behind `a-b`, what is in `a` comes by the name `a/`.
fn steps(entries: Vec<ImageEntry>, parent_len: usize, level: u32) -> Vec<Step> {
    let mut steps = Vec::with_capacity(entries.len());
    for entry in entries {
        if entry.kind == Kind::Directory {
            let name = [&entry.name[..], b"/"].concat();
            steps.push(Step { name, entry: entry.clone(), parent_len, level, into: true });
        }
        steps.push(Step { name: entry.name.clone(), entry, parent_len, level, into: false });
    }
    steps
}

fn line(path: &[u8], entry: &ImageEntry, hash: &str) -> String {
    let device = match entry.device {
        Some(number) => format!("{}:{}", number.major(), number.minor()),
        None => "-".to_owned(),
    };
    let target = if entry.link_target.is_empty() { "-".to_owned() } else { escape(&entry.link_target) };
    format!(
        "{}\t{}\t{:04o}\t{}\t{}\t{}\t{}\t{}\t{device}\t{hash}\t{target}",
        escape(path),
        entry.kind.letter(),
        entry.attributes.permissions,
        entry.attributes.uid,
        entry.attributes.gid,
        entry.len,
        entry.links,
        entry.modified.seconds,
    )
}

/// Printable ASCII without the backslash as it is, every other byte as `\xNN`.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len()), |mut text, &byte| {
        match byte {
            b'\\' | 0..0x20 | 0x7f.. => text.push_str(&format!("\\x{byte:02x}")),
            byte => text.push(char::from(byte)),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::escape;
    use crate::{
        Control, DEFAULT_PREFERENCE, Disc, Item, ItemOptions, LayoutPlan, PlanOptions, Tree, WriterSink,
    };

    #[test]
    fn lines_are_in_the_order_of_whole_paths() {
        let mut tree = Tree::new();
        for path in ["a/b/c", "a/b-c", "a-b", "a.d/x", "ab", "a/b.c/z", "Z"] {
            let item = Item::Bytes(b"x".as_slice().into());
            tree.add(path, item, &ItemOptions::default()).unwrap();
        }
        let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
        let mut bytes = Vec::new();
        plan.write_to(&mut WriterSink::new(&mut bytes, "memory"), &Control::default()).unwrap();
        let source = std::sync::Arc::new(sector_io::MemorySectors::new(bytes));
        let image = Disc::from_source(source, "memory").unwrap().image(None, &DEFAULT_PREFERENCE).unwrap();
        let mut paths = Vec::new();
        let mut visit = |item: super::ManifestItem<'_>| {
            paths.push(String::from_utf8(item.path.to_vec()).unwrap());
            Ok(())
        };
        image.visit_manifest(&Control::default(), &mut visit, &mut |_, error| Err(error)).unwrap();
        let mut sorted = paths.clone();
        sorted.sort();
        assert_eq!(paths, sorted);
        assert_eq!(paths.len(), 12);
    }

    #[test]
    fn every_name_fits_on_a_line() {
        assert_eq!(escape("a b\\c\nü\u{7f}".as_bytes()), "a b\\x5cc\\x0a\\xc3\\xbc\\x7f");
    }
}
