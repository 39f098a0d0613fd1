//! Path specs: what goes where.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};

use fsimage::Error;

use crate::failure::Failure;

/// A source: a host path, and its place in the image where that is named.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PathSpec {
    /// `None` is the root, for the contents of a folder, or for a file below its own name.
    pub(super) place: Option<Vec<u8>>,
    pub(super) host: PathBuf,
}

impl PathSpec {
    /// With `-graft-points`, the first `=` without a backslash before it parts the two; `\=` and `\\` stand for the
    /// characters themselves.
    pub(super) fn parse(text: &OsStr, graft_points: bool) -> PathSpec {
        if !graft_points {
            return PathSpec { place: None, host: PathBuf::from(text) };
        }
        let mut parts = [Vec::new(), Vec::new()];
        let mut is_graft = false;
        let mut bytes = crate::sources::name_bytes(text).into_iter().peekable();
        while let Some(byte) = bytes.next() {
            match byte {
                b'\\' => match bytes.next_if(|next| matches!(next, b'=' | b'\\')) {
                    Some(escaped) => parts[usize::from(is_graft)].push(escaped),
                    None => parts[usize::from(is_graft)].push(byte),
                },
                b'=' if !is_graft => is_graft = true,
                byte => parts[usize::from(is_graft)].push(byte),
            }
        }
        let [first, second] = parts;
        if is_graft {
            PathSpec { place: Some(first), host: host_path(second) }
        } else {
            PathSpec { place: None, host: host_path(first) }
        }
    }

    /// The same as xorriso takes it: slashes at the end of a place say nothing.
    pub(super) fn without_slashes_behind(mut self) -> PathSpec {
        if let Some(place) = &mut self.place
            && let Some(last) = place.iter().rposition(|byte| *byte != b'/')
        {
            place.truncate(last + 1);
        }
        self
    }
}

/// A path of the host by its bytes.
#[cfg(unix)]
pub(super) fn host_path(bytes: Vec<u8>) -> PathBuf {
    let text: OsString = std::os::unix::ffi::OsStringExt::from_vec(bytes);
    PathBuf::from(text)
}

/// A path of the host by its bytes.
#[cfg(not(unix))]
pub(super) fn host_path(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(OsString::from(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Lines of a file, without those that are empty; `-` is standard input.
pub(super) fn lines(path: &OsStr) -> Result<Vec<OsString>, Failure> {
    let read_error = |source| Error::SourceRead { path: Path::new(path).to_owned(), source };
    let mut bytes = Vec::new();
    if path == "-" {
        std::io::stdin().read_to_end(&mut bytes).map_err(read_error)?;
    } else {
        bytes = std::fs::read(path).map_err(read_error)?;
    }
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    Ok(lines.filter(|line| !line.is_empty()).map(|line| host_path(line.to_vec()).into_os_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grafts_and_escapes() {
        let spec = |text: &str| {
            let PathSpec { place, host } = PathSpec::parse(OsStr::new(text), true);
            (place.map(|place| String::from_utf8(place).unwrap()), host.to_str().unwrap().to_owned())
        };
        assert_eq!(spec("a/b=c"), (Some("a/b".into()), "c".into()));
        assert_eq!(spec(r"a\=b=c\\d=e"), (Some("a=b".into()), r"c\d=e".into()));
        assert_eq!(spec(r"a\=b"), (None, "a=b".into()));
        assert_eq!(spec(r"a\b"), (None, r"a\b".into()));
        assert_eq!(spec("/=c"), (Some("/".into()), "c".into()));
        assert_eq!(PathSpec::parse(OsStr::new("a=b"), false).host, Path::new("a=b"));
    }
}
