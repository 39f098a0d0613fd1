//! isoinfo (of genisoimage): what its listing says, and the bytes at the addresses it prints.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::Range;
use std::path::Path;

use crate::bsdtar::NameSpace;
use crate::long_listing::{parse_mode, word};
use crate::{Entry, Failure, Kind, Listing, Peer, digest_sections, escape, run};

/// Lists one name space; `options` may carry `-T` and a session's first sector. Contents are the bytes at
/// the addresses it prints.
///
/// Owners beyond 32767 are not told, nor are set-id and sticky bits: compare with
/// [`Columns::PERMISSIONS`](crate::Columns::PERMISSIONS).
///
/// Names: plain ones come with their version (`A.TXT;1`). Joliet names come in Latin-1 with `_` for all
/// else ([`joliet_name`]). Relocated directories are not put back: their contents are below the
/// relocation directory, and a directory without entries stands where they belong.
///
/// # Errors
/// When isoinfo fails, or prints what is not understood.
pub fn list(peer: &Peer, image: &Path, name_space: NameSpace, options: &[&str]) -> Result<Listing, Failure> {
    let mut arguments: Vec<OsString> = options.iter().map(OsString::from).collect();
    match name_space {
        NameSpace::Plain => {}
        NameSpace::RockRidge => arguments.push("-R".into()),
        NameSpace::Joliet => arguments.extend(["-J", "-j", "iso8859-1"].map(OsString::from)),
    }
    arguments.extend(["-l".into(), "-i".into(), OsString::from(image)]);
    let text = run(peer.path(), &arguments)?.success("isoinfo")?;
    let found = parse(&text, name_space == NameSpace::RockRidge)?;
    found
        .into_iter()
        .map(|(path, (mut entry, sections))| {
            if entry.kind == Kind::File {
                entry.size = Some(sections.iter().map(|(_, length)| length).sum());
                let bytes: Vec<(u64, u64)> =
                    sections.iter().map(|&(sector, length)| (sector * 2048, length)).collect();
                entry.sha256 = Some(
                    digest_sections(image, &bytes)
                        .map_err(|error| Failure::new(format!("{path}: at {sections:?}: {error}")))?,
                );
            }
            Ok((path, entry))
        })
        .collect()
}

/// The content of one file as `isoinfo -x` prints it; `path` in the name space's own spelling.
///
/// # Errors
/// When isoinfo fails.
pub fn cat(peer: &Peer, image: &Path, name_space: NameSpace, path: &str) -> Result<Vec<u8>, Failure> {
    let mut arguments: Vec<OsString> = match name_space {
        NameSpace::Plain => Vec::new(),
        NameSpace::RockRidge => vec!["-R".into()],
        NameSpace::Joliet => vec!["-J".into()],
    };
    arguments.extend(["-i".into(), image.into(), "-x".into(), path.into()]);
    run(peer.path(), &arguments)?.success("isoinfo -x")
}

/// How isoinfo shows a Joliet name: Latin-1 characters, and `_` for every other UTF-16 unit. The result is
/// escaped UTF-8 as in the listing.
#[must_use]
pub fn joliet_name(name: &str) -> String {
    let shown: String = name
        .encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(byte) => char::from(byte),
            Err(_) => '_',
        })
        .collect();
    escape(shown.as_bytes())
}

type Found = BTreeMap<String, (Entry, Vec<(u64, u64)>)>;

fn parse(text: &[u8], rock_ridge: bool) -> Result<Found, Failure> {
    // Anything but Rock Ridge is in Latin-1.
    let text = if rock_ridge {
        bytes_as_characters(&escape_high(text))
    } else {
        let utf8: String = text.iter().map(|&byte| char::from(byte)).collect();
        bytes_as_characters(&escape_high(utf8.as_bytes()))
    };
    let mut found = Found::new();
    let mut folder = String::new();
    for line in text.lines() {
        if line.is_empty() {
            continue;
        }
        if let Some(path) = line.strip_prefix("Directory listing of ") {
            path.trim_end().trim_end_matches('/').clone_into(&mut folder);
            continue;
        }
        let (name, entry, section) = parse_line(line, rock_ridge)
            .ok_or_else(|| Failure::new(format!("not understood from isoinfo: {line:?}")))?;
        let path = match name.as_str() {
            ".." => continue,
            "." if folder.is_empty() => "/".to_owned(),
            "." => continue,
            name => format!("{folder}/{name}"),
        };
        // A file in several sections is listed once for each.
        found.entry(path).or_insert_with(|| (entry, Vec::new())).1.push(section);
    }
    Ok(found)
}

/// Bytes that are not printable ASCII become `\xNN`, but for line feeds, which separate the lines here.
fn escape_high(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let (line, end) = match line.split_last() {
            Some((b'\n', line)) => (line, true),
            _ => (line, false),
        };
        out.extend(escape(line).into_bytes());
        if end {
            out.push(b'\n');
        }
    }
    out
}

fn bytes_as_characters(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Columns of a line: mode, link count, owner, group. Owner and group are octal; a long owner is written
/// over by the group.
const LINKS: Range<usize> = 10..14;
const UID: Range<usize> = 15..19;
const GID: usize = 20;

fn parse_line(line: &str, rock_ridge: bool) -> Option<(String, Entry, (u64, u64))> {
    let (kind, mode) = parse_mode(line.get(..LINKS.start)?)?;
    let (gid, rest) = word(line.get(GID..)?)?;
    let (size, mut rest) = word(rest)?;
    let size = size.parse().ok()?;
    for _ in 0..3 {
        (_, rest) = word(rest)?;
    }
    let (sector, _) = word(rest.strip_prefix('[')?)?;
    let after = rest.get(rest.find(sector)? + sector.len() + 1..)?;
    // Two hexadecimal digits and "] ", or four digits where the flags were sign-extended.
    let is_directory =
        after.get(..2)?.ends_with(['2', '3', '6', '7', 'A', 'B', 'E', 'F']) && after.get(2..3)? == "]";
    let mut name = after.get(4..)?.strip_prefix(' ')?;
    let mut entry = Entry::of_kind(if is_directory { Kind::Directory } else { Kind::File });
    if rock_ridge {
        entry.kind = kind;
        entry.mode = Some(mode);
        entry.links = line.get(LINKS)?.trim().parse().ok();
        if line.as_bytes().get(UID.end) == Some(&b' ') {
            entry.uid = u32::from_str_radix(line.get(UID)?.trim(), 8).ok();
        }
        entry.gid = u32::from_str_radix(gid, 8).ok();
    }
    if entry.kind == Kind::Symlink {
        let (link, target) = name.split_once(" -> ")?;
        entry.target = Some(target.to_owned());
        name = link;
    } else {
        name = name.strip_suffix(' ')?;
    }
    Some((name.to_owned(), entry, (sector.parse().ok()?, size)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"
Directory listing of /
drwxr-xr-x   3    0    0            2048 Nov 21 2026 [     28 02]  . 
drwxr-xr-x   3    0    0            2048 Nov 21 2026 [     28 02]  .. 
-rw-r--r--   2    0    0      4294965248 Nov 21 2026 [     33 FFFF big file 
-rw-r--r--   2    0    0              10 Nov 21 2026 [2097184 00]  big file 
drwxr-xr-x   3    0    0            2048 Nov 21 2026 [     29 02]  d 

Directory listing of /d/
drwxr-xr-x   3    0    0            2048 Nov 21 2026 [     29 02]  . 
lrwxrwxrwx   1    0    0               0 Nov 21 2026 [    185 00]  l\xfc -> ../a.txt
";

    #[test]
    fn listing() {
        let found = parse(TEXT, true).unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["/", "/big file", "/d", "/d/l\\xfc"]);
        assert_eq!(found["/big file"].1, [(33, 4_294_965_248), (2_097_184, 10)]);
        assert_eq!(found["/d/l\\xfc"].0.target.as_deref(), Some("../a.txt"));
    }

    #[test]
    fn owners() {
        let owners = |line: &str| {
            let (_, entry, _) = parse_line(line, true).unwrap();
            (entry.links, entry.uid, entry.gid)
        };
        let line = "-rw-r--r--  12 1750  144               2 Nov 21 2026 [     33 00]  a ";
        assert_eq!(owners(line), (Some(12), Some(1000), Some(100)));
        let line = "-rw-r--r--   1 17777177775             2 Nov 21 2026 [     34 00]  b ";
        assert_eq!(owners(line), (Some(1), None, Some(65533)));
    }

    #[test]
    fn joliet() {
        assert_eq!(joliet_name("\u{fc} \u{4e2d}\u{1f600}"), "\\xc3\\xbc ___");
        let line = "d---------   0    0    0            2048 Nov 21 2026 [     31 02]  d ";
        let (_, entry, _) = parse_line(line, false).unwrap();
        assert_eq!((entry.kind, entry.mode), (Kind::Directory, None));
    }
}
