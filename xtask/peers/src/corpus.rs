//! Images that other software made, in the folder that `FSIMAGE_CORPUS` names. They are compressed, and
//! beside each lies what independent readers list: sections `[iso-plain]`, `[rockridge]`, `[joliet]`, ...

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{Entry, Failure, Kind, Listing, environment_tool, escape, run};

/// One image of the corpus.
#[derive(Clone, Debug)]
pub struct CorpusImage {
    /// File name without `.xz`.
    pub name: String,
    path: PathBuf,
}

/// The corpus's folder, or `None` with the skip reported.
///
/// # Panics
/// As [`environment_tool`].
#[must_use]
#[track_caller]
pub fn corpus() -> Option<PathBuf> {
    environment_tool("FSIMAGE_CORPUS")
}

/// Every image, by name.
///
/// # Errors
/// When the folder cannot be read or holds no image.
pub fn corpus_images(folder: &Path) -> Result<Vec<CorpusImage>, Failure> {
    let mut images = Vec::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if let Some(name) = name.strip_suffix(".xz") {
            images.push(CorpusImage { name: name.to_owned(), path });
        }
    }
    images.sort_by(|a, b| a.name.cmp(&b.name));
    if images.is_empty() {
        return Err(Failure::new(format!("no image in {}", folder.display())));
    }
    Ok(images)
}

impl CorpusImage {
    /// Its bytes.
    ///
    /// # Errors
    /// When it cannot be decompressed.
    pub fn bytes(&self, xz: impl AsRef<Path>) -> Result<Vec<u8>, Failure> {
        run(xz.as_ref(), &["-dc".into(), "--".into(), OsString::from(&self.path)])?.success("xz")
    }

    /// Decompresses it into a folder; gives the file.
    ///
    /// # Errors
    /// When it cannot be decompressed or written.
    pub fn unpack(&self, xz: impl AsRef<Path>, folder: &Path) -> Result<PathBuf, Failure> {
        let path = folder.join(&self.name);
        fs::write(&path, self.bytes(xz)?)?;
        Ok(path)
    }

    /// What the list beside it says in one section, and whether the reader that made the list was content.
    /// `None` without that section.
    ///
    /// # Errors
    /// When the list cannot be read or understood.
    pub fn listing(&self, section: &str) -> Result<Option<CorpusListing>, Failure> {
        let text = fs::read_to_string(self.path.with_extension("list"))?;
        parse_section(&text, section)
    }
}

/// One section of a list.
#[derive(Clone, Debug)]
pub struct CorpusListing {
    /// The entries; without the root, and mostly without directories' attributes.
    pub listing: Listing,
    /// Whether the reader ended with status 0 and said nothing.
    pub clean: bool,
    /// Lines that are no entries: errors met at single paths.
    pub errors: Vec<String>,
}

fn parse_section(text: &str, section: &str) -> Result<Option<CorpusListing>, Failure> {
    let heading = format!("[{section}]");
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&heading));
    let Some(head) = lines.next() else { return Ok(None) };
    let mut found =
        CorpusListing { listing: Listing::new(), clean: head.contains("exit 0"), errors: Vec::new() };
    for line in lines.take_while(|line| !line.starts_with('[')) {
        if line.starts_with("# reader said:") {
            found.clean = false;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let not_understood = || Failure::new(format!("not a line of a list: {line:?}"));
        let mut fields = line.splitn(4, '\t');
        let mut field = || fields.next().ok_or_else(not_understood);
        let (letter, size, detail, path) = (field()?, field()?, field()?, field()?);
        let kind = match letter {
            "f" | "h" => Kind::File,
            "d" => Kind::Directory,
            "l" => Kind::Symlink,
            "o" | "!" => {
                found.errors.push(line.to_owned());
                continue;
            }
            _ => return Err(not_understood()),
        };
        let mut entry = Entry::of_kind(kind);
        match letter {
            "f" => {
                entry.size = Some(size.parse().map_err(|_| not_understood())?);
                entry.sha256 = Some(detail.to_owned()).filter(|text| text.len() == 64);
            }
            "l" => entry.target = detail.strip_prefix("-> ").map(|target| escape(&printed(target))),
            _ => {}
        }
        let path = path.strip_prefix("./").unwrap_or(path).trim_end_matches('/');
        found.listing.insert(format!("/{}", escape(&printed(path))), entry);
    }
    Ok(Some(found))
}

/// Undoes how bsdtar prints bytes that are not printable, and backslashes.
fn printed(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match bytes.next() {
            Some(b'a') => out.push(7),
            Some(b'b') => out.push(8),
            Some(b'f') => out.push(12),
            Some(b'n') => out.push(10),
            Some(b'r') => out.push(13),
            Some(b't') => out.push(9),
            Some(b'v') => out.push(11),
            Some(first @ b'0'..=b'3') => {
                let digits = bytes.by_ref().take(2).fold(u32::from(first - b'0'), |value, digit| {
                    value * 8 + u32::from(digit.wrapping_sub(b'0'))
                });
                out.push(digits as u8);
            }
            Some(other) => out.push(other),
            None => out.push(b'\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_bsdtar_escapes() {
        assert_eq!(printed(r"a\\-\303\274\n"), b"a\\-\xc3\xbc\n");
    }

    #[test]
    fn sections() {
        let text = "# image: x\n\n[iso-plain] reader: bsdtar; exit 0; 1 files\n\
                    f\t3\tba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\tA.TXT\n\n\
                    [rockridge] reader: bsdtar; exit 1; 1 files\n# reader said: oh\nl\t0\t-> b c\tlink\n";
        let plain = parse_section(text, "iso-plain").unwrap().unwrap();
        assert!(plain.clean);
        assert_eq!(plain.listing["/A.TXT"].size, Some(3));
        let rock_ridge = parse_section(text, "rockridge").unwrap().unwrap();
        assert!(!rock_ridge.clean);
        assert_eq!(rock_ridge.listing["/link"].target.as_deref(), Some("b c"));
        assert!(parse_section(text, "joliet").unwrap().is_none());
    }
}
