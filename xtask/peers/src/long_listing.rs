//! Pieces of lines in the manner of `ls -l`.

use crate::{Entry, Kind};

/// Kind and permission bits from ten characters such as `-rwsr-xr-t`. `isoinfo` writes `f` for a pipe.
pub(crate) fn parse_mode(text: &str) -> Option<(Kind, u32)> {
    let mut characters = text.chars();
    let kind = match characters.next()? {
        'f' => Kind::Fifo,
        // xorriso's letter for the boot catalog.
        'e' => Kind::File,
        letter => Kind::from_letter(letter)?,
    };
    let mut mode = 0;
    let mut count = 0;
    for (index, character) in characters.by_ref().take(9).enumerate() {
        let shift = 8 - index;
        let special = 0o4000_u32 >> (index / 3);
        match character {
            'r' | 'w' | 'x' => mode |= 1 << shift,
            's' | 't' => mode |= 1 << shift | special,
            'S' | 'T' => mode |= special,
            '-' => {}
            _ => return None,
        }
        count += 1;
    }
    (count == 9).then_some((kind, mode))
}

/// Takes the next word, and what follows it without leading blanks.
pub(crate) fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(' ');
    if text.is_empty() {
        return None;
    }
    let end = text.find(' ').unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    Some((word, rest.trim_start_matches(' ')))
}

/// An entry with kind, mode, links, owner and group from the first four words of a line; the rest.
pub(crate) fn parse_head(text: &str) -> Option<(Entry, &str)> {
    let (mode, rest) = word(text)?;
    let (kind, mode) = parse_mode(mode)?;
    let (links, rest) = word(rest)?;
    let (uid, rest) = word(rest)?;
    let (gid, rest) = word(rest)?;
    let mut entry = Entry::of_kind(kind);
    entry.mode = Some(mode);
    entry.links = Some(links.parse().ok()?);
    entry.uid = Some(id(uid)?);
    entry.gid = Some(id(gid)?);
    Some((entry, rest))
}

/// An owner or group, which some programs print as a signed number.
fn id(text: &str) -> Option<u32> {
    text.parse().ok().or_else(|| text.parse::<i32>().ok().map(i32::cast_unsigned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes() {
        assert_eq!(parse_mode("-rwxr-x--x"), Some((Kind::File, 0o751)));
        assert_eq!(parse_mode("drwxrwxrwt"), Some((Kind::Directory, 0o1777)));
        assert_eq!(parse_mode("-rwSr-sr--"), Some((Kind::File, 0o6654)));
        assert_eq!(parse_mode("frw-r--r--"), Some((Kind::Fifo, 0o644)));
        assert_eq!(parse_mode("-rw"), None);
        assert_eq!(parse_mode(""), None);
    }

    #[test]
    fn heads() {
        let (entry, rest) = parse_head("-rw-r--r--   2    0   10            6 Nov").unwrap();
        assert_eq!((entry.links, entry.uid, entry.gid), (Some(2), Some(0), Some(10)));
        assert_eq!(rest, "6 Nov");
        assert_eq!(parse_head("-rw-r--r-- 1 -2 0 [").unwrap().0.uid, Some(u32::MAX - 1));
    }
}
