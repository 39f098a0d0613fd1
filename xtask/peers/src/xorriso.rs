//! The tree that libisofs loads: Rock Ridge where there is one.

use std::ffi::OsString;
use std::path::Path;

use crate::long_listing::{parse_head, word};
use crate::{Entry, Failure, Kind, Listing, Peer, escape, list_directory, run};

/// Lists the newest session, or what `options` choose (`["-load", "session", "1"]`,
/// `["-read_fs", "norock"]`, ...; they stand before `-indev`), and hashes what xorriso extracts.
///
/// Not told: modification times of symbolic links and sockets.
///
/// # Errors
/// When xorriso fails, or prints what is not understood.
pub fn list(peer: &Peer, image: &Path, options: &[&str]) -> Result<Listing, Failure> {
    let mut listing = names(peer, image, options)?;
    let folder = tempfile::tempdir()?;
    let content = extract(peer, image, options, &folder.path().join("tree"))?;
    for (path, entry) in &mut listing {
        let Some(found) = content.get(path) else { continue };
        if found.kind != entry.kind {
            return Err(Failure::new(format!(
                "xorriso lists {path} as {:?} but extracts {:?}",
                entry.kind, found.kind
            )));
        }
        if entry.kind == Kind::File && entry.size != found.size {
            return Err(Failure::new(format!(
                "xorriso lists {path} with {:?} bytes but extracts {:?}",
                entry.size, found.size
            )));
        }
        entry.sha256.clone_from(&found.sha256);
        entry.links = found.links;
        entry.mtime = found.mtime.filter(|_| entry.kind != Kind::Symlink);
    }
    if let Some(path) = content.keys().find(|path| !listing.contains_key(*path)) {
        return Err(Failure::new(format!("xorriso extracts {path} but does not list it")));
    }
    Ok(listing)
}

/// Lists without reading file contents: kind, mode, owner, size, device and target only.
///
/// # Errors
/// As [`list`].
pub fn names(peer: &Peer, image: &Path, options: &[&str]) -> Result<Listing, Failure> {
    let mut arguments = arguments(options, image);
    arguments.extend(["-find", "/", "-exec", "lsdl", "--"].map(OsString::from));
    let text = run(peer.path(), &arguments)?.success("xorriso")?;
    let mut listing = Listing::new();
    for line in String::from_utf8_lossy(&text).lines() {
        let (path, entry) =
            parse_line(line).ok_or_else(|| Failure::new(format!("not understood from xorriso: {line:?}")))?;
        listing.insert(path, entry);
    }
    Ok(listing)
}

/// Extracts the whole tree into `folder`, which must not exist yet, and lists that.
///
/// # Errors
/// When xorriso fails.
pub fn extract(peer: &Peer, image: &Path, options: &[&str], folder: &Path) -> Result<Listing, Failure> {
    let mut arguments = arguments(options, image);
    arguments.extend(["-osirrox", "device_files", "-extract", "/"].map(OsString::from));
    arguments.push(folder.into());
    run(peer.path(), &arguments)?.success("xorriso")?;
    list_directory(folder)
}

fn arguments(options: &[&str], image: &Path) -> Vec<OsString> {
    let mut arguments: Vec<OsString> =
        ["-hardlinks", "on", "-backslash_codes", "on"].iter().chain(options).map(OsString::from).collect();
    arguments.push("-indev".into());
    // The prefix keeps odd names from being taken for something else than a file.
    let mut device = OsString::from("stdio:");
    device.push(image);
    arguments.push(device);
    arguments
}

fn parse_line(line: &str) -> Option<(String, Entry)> {
    let (mut entry, rest) = parse_head(line)?;
    entry.links = None;
    let (size, mut rest) = word(rest)?;
    match entry.kind {
        Kind::CharacterDevice | Kind::BlockDevice => {
            let (major, minor) = size.split_once(',')?;
            entry.rdev = Some((major.parse().ok()?, minor.parse().ok()?));
        }
        Kind::File => entry.size = Some(size.parse().ok()?),
        _ => {}
    }
    for _ in 0..3 {
        (_, rest) = word(rest)?;
    }
    let (path, rest) = quoted(rest)?;
    if entry.kind == Kind::Symlink {
        let (target, _) = quoted(rest.strip_prefix(" -> ")?)?;
        entry.target = Some(escape(&target));
    }
    Some((escape(&path), entry))
}

/// Undoes shell quoting, then the backslash codes.
fn quoted(text: &str) -> Option<(Vec<u8>, &str)> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        let inner = rest.get(1..)?;
        let end = inner.find(quote)?;
        unescape_codes(inner.get(..end)?, &mut out)?;
        rest = inner.get(end + 1..)?;
    }
    if rest.len() == text.len() { None } else { Some((out, rest)) }
}

fn unescape_codes(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        out.push(match bytes.next()? {
            b'a' => 7,
            b'b' => 8,
            b'e' => 27,
            b'f' => 12,
            b'n' => 10,
            b'r' => 13,
            b't' => 9,
            b'v' => 11,
            b'\\' => b'\\',
            first @ b'0'..=b'3' => {
                let digits = [first, bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 8).ok()?
            }
            _ => return None,
        });
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let (path, entry) = parse_line(
            r#"-rw-r--r--    1 0        12              2 Nov 21 01:42 '/\303\274n\n quote'"'"'s'"#,
        )
        .unwrap();
        assert_eq!(path, r"/\xc3\xbcn\x0a quote's");
        assert_eq!((entry.size, entry.gid), (Some(2), Some(12)));

        let (path, entry) =
            parse_line("lrwxrwxrwx    1 0        0               0 Nov 21 01:42 '/d/l' -> '../a b'").unwrap();
        assert_eq!((path.as_str(), entry.target.as_deref()), ("/d/l", Some("../a b")));

        let (_, entry) =
            parse_line("crw-r--r--    1 0        0             1,3 Nov 21 01:42 '/null'").unwrap();
        assert_eq!(entry.rdev, Some((1, 3)));
        assert!(parse_line("total 3").is_none());
    }
}
