//! The text form: `path type mode uid gid size nlink mtime rdev sha256 target`, separated by TAB.

use crate::{Entry, Failure, Kind, Listing};

const COLUMNS: [&str; 11] =
    ["path", "type", "mode", "uid", "gid", "size", "nlink", "mtime", "rdev", "sha256", "target"];

/// Reads a manifest. A first line beginning with `# path` names the columns if they are not the usual
/// eleven; other lines beginning with `#` are skipped. `-` stands for "not told".
///
/// # Errors
/// The line that is not understood.
pub fn parse_manifest(text: &str) -> Result<Listing, Failure> {
    let mut columns: Vec<&str> = COLUMNS.to_vec();
    let mut listing = Listing::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix('#') {
            let comment = comment.trim_start();
            if comment.starts_with("path\t") {
                columns = comment.split('\t').collect();
            }
            continue;
        }
        if line.is_empty() {
            continue;
        }
        let (path, entry) = parse_line(&columns, line)
            .ok_or_else(|| Failure::new(format!("not a manifest line: {line:?}")))?;
        if listing.insert(path, entry).is_some() {
            return Err(Failure::new(format!("the path occurs twice: {line:?}")));
        }
    }
    Ok(listing)
}

fn parse_line(columns: &[&str], line: &str) -> Option<(String, Entry)> {
    let fields: Vec<&str> = line.split('\t').collect();
    if fields.len() != columns.len() {
        return None;
    }
    let field = |name: &str| -> Option<&str> {
        let at = columns.iter().position(|column| *column == name)?;
        fields.get(at).copied().filter(|text| *text != "-")
    };
    // A column that is there must also be readable.
    fn number<T: std::str::FromStr>(text: Option<&str>) -> Option<Option<T>> {
        text.map_or(Some(None), |text| text.parse().ok().map(Some))
    }
    let mut letters = field("type")?.chars();
    let kind = Kind::from_letter(letters.next()?)?;
    let mode = match field("mode") {
        Some(text) => Some(u32::from_str_radix(text, 8).ok()?),
        None => None,
    };
    let rdev = match field("rdev") {
        Some(text) => {
            let (major, minor) = text.split_once(':')?;
            Some((major.parse().ok()?, minor.parse().ok()?))
        }
        None => None,
    };
    let size = number(field("size").or_else(|| field("filesize")))?;
    let entry = Entry {
        kind,
        mode,
        uid: number(field("uid"))?,
        gid: number(field("gid"))?,
        size: if kind == Kind::File { size } else { None },
        links: number(field("nlink"))?,
        mtime: number(field("mtime"))?,
        rdev,
        sha256: field("sha256").map(str::to_owned),
        target: if kind == Kind::Symlink && columns.contains(&"target") {
            Some(field("target").unwrap_or("-").to_owned())
        } else {
            None
        },
    };
    Some((field("path")?.to_owned(), entry))
}

/// Writes a manifest with the usual columns and their heading.
#[must_use]
pub fn format_manifest(listing: &Listing) -> String {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map_or_else(|| "-".to_owned(), |value| value.to_string())
    }
    let mut out = format!("# {}\n", COLUMNS.join("\t"));
    for (path, entry) in listing {
        let fields = [
            path.clone(),
            entry.kind.letter().to_string(),
            text(entry.mode.map(|mode| format!("{mode:04o}"))),
            text(entry.uid),
            text(entry.gid),
            text(entry.size),
            text(entry.links),
            text(entry.mtime),
            text(entry.rdev.map(|(major, minor)| format!("{major}:{minor}"))),
            text(entry.sha256.as_deref()),
            text(entry.target.as_deref()),
        ];
        out.push_str(&fields.join("\t"));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# path\ttype\tmode\tuid\tgid\tsize\tnlink\tmtime\trdev\tsha256\ttarget
/\td\t0755\t0\t0\t-\t2\t1\t-\t-\t-
/a b\tf\t4755\t1\t2\t3\t1\t-5\t-\tabcd\t-
/l\tl\t0777\t0\t0\t-\t1\t0\t-\t-\t-
/null\tc\t0644\t0\t0\t-\t1\t0\t1:3\t-\t-
";

    #[test]
    fn text_round_trips() {
        let listing = parse_manifest(TEXT).unwrap();
        assert_eq!(listing.len(), 4);
        assert_eq!(listing["/a b"].mtime, Some(-5));
        assert_eq!(listing["/null"].rdev, Some((1, 3)));
        assert_eq!(listing["/l"].target.as_deref(), Some("-"));
        assert_eq!(format_manifest(&listing), TEXT);
    }

    #[test]
    fn other_columns_and_bad_lines() {
        let listing = parse_manifest("# path\ttype\tfilesize\n/x\tf\t7\n").unwrap();
        assert_eq!(listing["/x"].size, Some(7));
        assert!(parse_manifest("/x\tf\t7\n").is_err());
        assert!(parse_manifest("# path\ttype\tsize\n/x\tf\tseven\n").is_err());
    }
}
