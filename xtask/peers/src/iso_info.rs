//! libcdio's iso-info: what its listing says, and the bytes at the addresses it prints; and iso-read.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use crate::bsdtar::NameSpace;
use crate::long_listing::{parse_head, word};
use crate::{Entry, Failure, Kind, Listing, Peer, digest_sections, escape, run};

/// Lists one name space. Contents are the bytes at the addresses it prints.
///
/// Plain names come as recorded with their version dropped, and in lower case, as libcdio translates
/// them. Relocated directories are not put back.
///
/// # Errors
/// When iso-info fails, or prints what is not understood.
pub fn list(peer: &Peer, image: &Path, name_space: NameSpace) -> Result<Listing, Failure> {
    let mut arguments: Vec<OsString> = ["-l", "--no-header", "--no-xa"].map(OsString::from).to_vec();
    if name_space != NameSpace::Joliet {
        arguments.push("--no-joliet".into());
    }
    if name_space == NameSpace::Plain {
        arguments.push("--no-rock-ridge".into());
    }
    arguments.extend(["-i".into(), OsString::from(image)]);
    let text = run(peer.path(), &arguments)?.success("iso-info")?;
    parse(&text)?
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

/// The content of one file as iso-read extracts it.
///
/// # Errors
/// When iso-read fails.
pub fn read(iso_read: &Peer, image: &Path, path: &str) -> Result<Vec<u8>, Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("out");
    let arguments = ["-i".into(), image.into(), "-e".into(), path.into(), "-o".into(), OsString::from(&out)];
    run(iso_read.path(), &arguments)?.success("iso-read")?;
    Ok(std::fs::read(out)?)
}

type Found = BTreeMap<String, (Entry, Vec<(u64, u64)>)>;

fn parse(text: &[u8]) -> Result<Found, Failure> {
    let mut found = Found::new();
    let mut folder = None;
    for line in text.split(|&byte| byte == b'\n') {
        let line = escape(line);
        if let Some(path) = line.strip_prefix('/').and_then(|_| line.strip_suffix(":")) {
            folder = Some(path.trim_end_matches('/').to_owned());
            continue;
        }
        let Some(folder) = &folder else { continue };
        // Among the entries stand blank lines and libcdio's messages.
        if line.is_empty() || ["++ ", "-- ", "** "].iter().any(|mark| line.starts_with(mark)) {
            continue;
        }
        let (name, entry, section) = parse_line(&line)
            .ok_or_else(|| Failure::new(format!("not understood from iso-info: {line:?}")))?;
        let path = match name.as_str() {
            ".." => continue,
            "." if folder.is_empty() => "/".to_owned(),
            "." => continue,
            name => format!("{folder}/{name}"),
        };
        found.entry(path).or_insert_with(|| (entry, Vec::new())).1.push(section);
    }
    Ok(found)
}

fn parse_line(line: &str) -> Option<(String, Entry, (u64, u64))> {
    let (head, rest) = line.split_once("[LSN")?;
    let mut entry = match head.trim() {
        "d" => Entry::of_kind(Kind::Directory),
        "-" => Entry::of_kind(Kind::File),
        head => parse_head(head)?.0,
    };
    let (sector, rest) = rest.split_once(']')?;
    let (size, mut rest) = word(rest)?;
    for _ in 0..4 {
        (_, rest) = word(rest)?;
    }
    let name = match (entry.kind, rest.split_once(" -> ")) {
        (Kind::Symlink, Some((name, target))) => {
            entry.target = Some(target.to_owned());
            name
        }
        _ => rest,
    };
    Some((name.to_owned(), entry, (sector.trim().parse().ok()?, size.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"____
ISO 9660 image: x.iso
ISO-9660 Information
/:
  drwxr-xr-x   1 0 0 [LSN     19]      2048 Nov 21 2026 01:42:56  .
  drwxr-xr-x   1 0 0 [LSN     19]      2048 Nov 21 2026 01:42:56  ..
  -rw-r--r--   2 7 9 [LSN     33]         6 Nov 21 2026 01:42:56  a b.txt
  lrwxrwxrwx   1 0 0 [LSN     32]         8 Nov 21 2026 01:42:56  link -> ../a.txt

/dir/:
  d [LSN     32]      2048 Nov 21 2026 01:42:56  .
  - [LSN     38]    300000 Nov 21 2026 01:42:56  big.bin

";

    #[test]
    fn listing() {
        let found = parse(TEXT).unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["/", "/a b.txt", "/dir/big.bin", "/link"]);
        assert_eq!(found["/a b.txt"].0.uid, Some(7));
        assert_eq!(found["/dir/big.bin"].1, [(38, 300_000)]);
        assert_eq!(found["/link"].0.target.as_deref(), Some("../a.txt"));
    }
}
