use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// A SOURCE of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    whole: PathBuf,
    graft: Option<(ImagePath, PathBuf)>,
}

/// A path in an image: bytes, separated by slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImagePath(Vec<u8>);

impl Source {
    /// All that was typed.
    #[must_use]
    pub fn whole(&self) -> &Path {
        &self.whole
    }

    /// Where it goes and what it is. `None` is the root: of a folder, the contents go there.
    ///
    /// A name with `=` is a graft, unless a host path of the whole name exists.
    #[must_use]
    pub fn resolve(&self) -> (Option<&ImagePath>, &Path) {
        match &self.graft {
            Some((name, host)) if std::fs::symlink_metadata(&self.whole).is_err() => (Some(name), host),
            _ => (None, &self.whole),
        }
    }
}

impl ImagePath {
    /// The bytes as typed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

pub(super) fn parse_source(text: OsString) -> Source {
    let graft = split(&text, b'=').map(|(name, host)| (ImagePath(bytes(name)), PathBuf::from(host)));
    Source { graft, whole: PathBuf::from(text) }
}

pub(super) fn parse_image_path(text: OsString) -> ImagePath {
    ImagePath(bytes(&text))
}

/// Parts before and behind the first separator, neither of them empty.
#[cfg(unix)]
pub(super) fn split(text: &OsStr, separator: u8) -> Option<(&OsStr, &OsStr)> {
    use std::os::unix::ffi::OsStrExt;
    let bytes = text.as_bytes();
    let at = bytes.iter().position(|byte| *byte == separator)?;
    let (name, host) = (&bytes[..at], &bytes[at + 1..]);
    (!name.is_empty() && !host.is_empty()).then(|| (OsStr::from_bytes(name), OsStr::from_bytes(host)))
}

/// As on Unix, but a name that is no Unicode is never a graft.
#[cfg(not(unix))]
pub(super) fn split(text: &OsStr, separator: u8) -> Option<(&OsStr, &OsStr)> {
    let (name, host) = text.to_str()?.split_once(char::from(separator))?;
    (!name.is_empty() && !host.is_empty()).then(|| (OsStr::new(name), OsStr::new(host)))
}

#[cfg(unix)]
fn bytes(text: &OsStr) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(text).to_vec()
}

#[cfg(not(unix))]
fn bytes(text: &OsStr) -> Vec<u8> {
    text.to_string_lossy().into_owned().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str) -> (Option<String>, PathBuf) {
        let source = parse_source(text.into());
        let (name, host) = source.resolve();
        let name = name.map(|name| String::from_utf8(name.as_bytes().to_vec()).unwrap());
        (name, host.to_owned())
    }

    #[test]
    fn grafts_split_at_the_first_equals_sign() {
        assert_eq!(resolved("/etc/motd=x=y"), (Some("/etc/motd".into()), "x=y".into()));
        for whole in ["docs", "=docs", "docs="] {
            assert_eq!(resolved(whole), (None, whole.into()));
        }
    }

    #[test]
    fn a_host_path_of_the_whole_name_wins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a=b");
        std::fs::write(&path, "").unwrap();
        let text = path.to_str().unwrap();
        assert_eq!(resolved(text), (None, path.clone()));
    }
}
