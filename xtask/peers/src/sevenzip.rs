//! 7-Zip's view: Joliet where there is one, else Rock Ridge, else plain names.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::long_listing::parse_mode;
use crate::{Entry, Failure, Kind, Listing, Peer, digest, escape, run};

/// Lists, and hashes the contents as 7-Zip streams them. Pipes and devices look like empty files where
/// Rock Ridge does not say otherwise; directories that were relocated (CL) look like empty directories.
///
/// # Errors
/// When 7-Zip fails, prints what is not understood, or streams more or less than it lists.
pub fn list(peer: &Peer, image: &Path) -> Result<Listing, Failure> {
    contents(peer, image, None)
}

/// As [`list`], of the file system that 7-Zip calls `format`: `udf`, where it would take ISO 9660 first.
///
/// # Errors
/// As [`list`].
pub fn list_as(peer: &Peer, image: &Path, format: &str) -> Result<Listing, Failure> {
    contents(peer, image, Some(format))
}

fn contents(peer: &Peer, image: &Path, format: Option<&str>) -> Result<Listing, Failure> {
    let mut items = items(peer, image, format)?;
    let mut child = Command::new(peer.path())
        .args(["x", "-so", "-bd"].map(OsString::from))
        .args(format.map(|format| format!("-t{format}")))
        .arg("--")
        .arg(image)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut stream = child.stdout.take().ok_or_else(|| Failure::new("7z: no pipe"))?;
    let mut failure = None;
    for (path, entry) in &mut items {
        let (Kind::File, Some(size)) = (entry.kind, entry.size) else { continue };
        let (sha256, length) = digest((&mut stream).take(size))?;
        if length != size {
            failure = Some(Failure::new(format!("7z: {path}: {length} bytes streamed, {size} listed")));
            break;
        }
        entry.sha256 = Some(sha256);
    }
    let (_, surplus) = digest(&mut stream)?;
    let status = child.wait()?;
    if let Some(failure) = failure {
        return Err(failure);
    }
    if !status.success() || surplus != 0 {
        return Err(Failure::new(format!("7z x: {status}, {surplus} bytes more than listed")));
    }
    Ok(items.into_iter().collect())
}

/// Lists without reading contents.
///
/// # Errors
/// As [`list`].
pub fn names(peer: &Peer, image: &Path) -> Result<Listing, Failure> {
    Ok(items(peer, image, None)?.into_iter().collect())
}

fn items(peer: &Peer, image: &Path, format: Option<&str>) -> Result<Vec<(String, Entry)>, Failure> {
    let mut arguments: Vec<OsString> = vec!["l".into(), "-slt".into(), "-bd".into()];
    arguments.extend(format.map(|format| format!("-t{format}").into()));
    arguments.extend(["--".into(), OsString::from(image)]);
    let text = run(peer.path(), &arguments)?.success("7z l")?;
    let text = String::from_utf8_lossy(&text);
    let (_, body) =
        text.split_once("\n----------\n").ok_or_else(|| Failure::new("7z l: no list in its output"))?;
    body.split("\n\n")
        .filter(|block| !block.trim().is_empty())
        .map(|block| {
            parse_item(block).ok_or_else(|| Failure::new(format!("not understood from 7z: {block:?}")))
        })
        .collect()
}

fn parse_item(block: &str) -> Option<(String, Entry)> {
    let field = |name: &str| {
        block
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))
            .filter(|text| !text.is_empty())
    };
    let mut entry = Entry::of_kind(match field("Folder")? {
        "+" => Kind::Directory,
        _ => Kind::File,
    });
    if let Some((kind, mode)) = field("Mode").and_then(parse_mode) {
        entry.kind = kind;
        entry.mode = Some(mode);
    }
    if entry.kind == Kind::File {
        entry.size = Some(field("Size").unwrap_or("0").parse().ok()?);
    }
    if let Some(target) = field("Symbolic Link") {
        entry.kind = Kind::Symlink;
        entry.size = None;
        entry.target = Some(escape(target.as_bytes()));
    }
    Some((format!("/{}", escape(field("Path")?.as_bytes())), entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items() {
        let (path, entry) =
            parse_item("Path = d/a b\nFolder = -\nSize = 6\nMode = -rw-r--r--\nSymbolic Link = \n").unwrap();
        assert_eq!((path.as_str(), entry.size, entry.mode), ("/d/a b", Some(6), Some(0o644)));
        let (_, entry) = parse_item("Path = l\nFolder = -\nSize = 0\nSymbolic Link = ../x").unwrap();
        assert_eq!((entry.kind, entry.target.as_deref()), (Kind::Symlink, Some("../x")));
        let (_, entry) = parse_item("Path = d\nFolder = +\nSize = \nMode = ").unwrap();
        assert_eq!(entry.kind, Kind::Directory);
    }
}
