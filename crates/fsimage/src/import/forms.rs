//! Whether a path in one hierarchy may be the recorded form of a path in another, by whatever program.

use crate::tree::FileSystem;

/// Most paths, of the side with fewer, that are compared each with each.
const MOST_COMPARED: usize = 64;
/// Fewest levels of a path of which writers move a directory up (ECMA-119 7.8.2).
const LEAST_DEEP: usize = 8;
/// Fewest characters of a name, without its extension, that ISO 9660 may have cut.
const CUT_IN_ISO9660: usize = 8;
/// Fewest characters of a name that a writer of Joliet or UDF may have cut.
const CUT_ELSEWHERE: usize = 60;

/// The liberties that writers take between two hierarchies: forbidden and foreign characters become others, long names
/// are cut, numbers tell apart what then is the same, and in ISO 9660 letters are capitals and deep directories lie
/// elsewhere.
pub(super) struct Forms {
    is_iso9660: bool,
    /// Records of Rock Ridge need not have names of their own: then they show their identifiers.
    has_rock_ridge: bool,
}

impl Forms {
    pub(super) fn between(one: FileSystem, other: FileSystem) -> Forms {
        Forms {
            is_iso9660: has_plain_names(one) || has_plain_names(other),
            has_rock_ridge: [one, other].contains(&FileSystem::RockRidge),
        }
    }

    /// Those of `there` that are no form of a path of `here`, each taken once, and how many there are at least: of more
    /// than [`MOST_COMPARED`] on either side, all are told with the number that is left over.
    pub(super) fn unmatched(&self, here: &[Vec<u8>], there: Vec<Vec<u8>>) -> (Vec<Vec<u8>>, u64) {
        if here.len().min(there.len()) > MOST_COMPARED {
            let names = there.len().saturating_sub(here.len()) as u64;
            return (if names > 0 { there } else { Vec::new() }, names);
        }
        let mut is_placed = vec![false; there.len()];
        let places = placed(here, &there, &|there, here| self.are_one(there, here));
        places.into_iter().flatten().for_each(|at| is_placed[at] = true);
        let left: Vec<Vec<u8>> = there
            .into_iter()
            .zip(is_placed)
            .filter_map(|(path, is_placed)| (!is_placed).then_some(path))
            .collect();
        let names = left.len() as u64;
        (left, names)
    }

    /// For each name of one directory the one of `there` that may be the same in another form, each taken once. Of more than
    /// [`MOST_COMPARED`] on either side, none is.
    pub(super) fn same_names(&self, here: &[Vec<u8>], there: &[Vec<u8>]) -> Vec<Option<usize>> {
        if here.len().min(there.len()) > MOST_COMPARED {
            return vec![None; here.len()];
        }
        placed(here, there, &|there, here| {
            self.are_names_one(&String::from_utf8_lossy(there), &String::from_utf8_lossy(here))
        })
    }

    fn are_one(&self, one: &[u8], other: &[u8]) -> bool {
        let levels = |path: &[u8]| path.split(|&byte| byte == b'/').count() - 1;
        let (deep, flat) = if levels(one) < levels(other) { (other, one) } else { (one, other) };
        let (deep_levels, flat_levels) = (levels(deep), levels(flat));
        let names = |path: &'_ [u8]| -> Vec<String> {
            path.split(|&byte| byte == b'/')
                .skip(1)
                .map(|name| String::from_utf8_lossy(name).into_owned())
                .collect()
        };
        let (deep, flat) = (names(deep), names(flat));
        let same = |deep: &[String], flat: &[String]| {
            deep.iter().zip(flat).all(|(one, other)| self.are_names_one(one, other))
        };
        if deep_levels == flat_levels {
            return same(&deep, &flat);
        }
        self.is_iso9660
            && deep_levels >= LEAST_DEEP
            && flat_levels > 1
            && same(&deep[deep_levels - flat_levels + 1..], &flat[1..])
    }

    fn are_names_one(&self, one: &str, other: &str) -> bool {
        let is_plain = self.is_iso9660 || self.has_rock_ridge && (is_identifier(one) || is_identifier(other));
        one == other
            || is_plain && !(one.is_ascii() && other.is_ascii())
            || is_form(one, other, is_plain)
            || is_form(other, one, is_plain)
            || is_plain && (is_archive(one, other) || is_archive(other, one))
    }
}

/// Whether `recorded` has the extension that genisoimage gives an archive of two.
fn is_archive(name: &str, recorded: &str) -> bool {
    let stem = name.strip_suffix(".tar.gz");
    stem.is_some_and(|stem| is_form(&format!("{stem}.tgz"), recorded, true))
}

fn is_identifier(name: &str) -> bool {
    name.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.'))
}

/// Whether `recorded` can be made of `name`; `is_plain`: one of them is an identifier of plain ISO 9660.
fn is_form(name: &str, recorded: &str, is_plain: bool) -> bool {
    let letters = |text: &str| -> String {
        let plain = text.chars().filter(char::is_ascii_alphanumeric);
        plain.map(|letter| if is_plain { letter.to_ascii_uppercase() } else { letter }).collect()
    };
    let (stem, extension) = divided(name);
    let (recorded_stem, recorded_extension) = divided(recorded);
    let is_cut = match is_plain {
        true => recorded_stem.chars().count() >= CUT_IN_ISO9660,
        false => recorded.chars().count() >= CUT_ELSEWHERE,
    };
    let fits = |whole: &str, part: &str| {
        let (whole, part) = (letters(whole), letters(part));
        whole == part || is_cut && whole.starts_with(&part)
    };
    if fits(name, recorded) {
        return true;
    }
    let (long, short) = (letters(extension), letters(recorded_extension));
    let is_same_extension = long == short
        || is_plain && short.is_empty()
        || (is_plain || is_cut) && short.len() >= 3 && long.starts_with(&short);
    let is_whole = is_plain && short.is_empty();
    is_same_extension
        && without_number(recorded_stem)
            .any(|recorded| fits(stem, recorded) || is_whole && fits(name, recorded))
}

/// Whether the names of a hierarchy are identifiers of ISO 9660, or may lead to the records of the primary descriptor.
fn has_plain_names(file_system: FileSystem) -> bool {
    matches!(file_system, FileSystem::Iso9660 | FileSystem::Enhanced)
}

fn divided(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or((name, ""))
}

/// A name, and what it is without the number, or three characters from a digit on, that tells it from others.
fn without_number(stem: &str) -> impl Iterator<Item = &str> {
    let digits = stem.trim_end_matches(|character: char| character.is_ascii_digit());
    let number = (digits.len() < stem.len()).then(|| digits.trim_end_matches(['~', '_', '-']));
    let three = stem.len().checked_sub(3).and_then(|at| stem.split_at_checked(at));
    let three = three.filter(|(_, end)| {
        end.starts_with(|character: char| character.is_ascii_digit())
            && end.chars().all(|end| end.is_ascii_alphanumeric())
    });
    [Some(stem), number, three.map(|(start, _)| start)].into_iter().flatten()
}

/// For each path of one side the place of one on the other, as many as can be.
fn placed(here: &[Vec<u8>], there: &[Vec<u8>], are_one: &dyn Fn(&[u8], &[u8]) -> bool) -> Vec<Option<usize>> {
    let mut pairs = Pairs { taken_by: vec![None; here.len()], are_one };
    for at in 0..there.len() {
        pairs.place(at, here, there, &mut vec![false; here.len()]);
    }
    pairs.taken_by
}

/// A matching by augmenting paths.
struct Pairs<'a> {
    /// Of each path here, the one of there that has it.
    taken_by: Vec<Option<usize>>,
    are_one: &'a dyn Fn(&[u8], &[u8]) -> bool,
}

impl Pairs<'_> {
    /// Finds a place for one, if others must move for it; each place is looked at once.
    fn place(&mut self, at: usize, here: &[Vec<u8>], there: &[Vec<u8>], seen: &mut [bool]) -> bool {
        for place in 0..here.len() {
            if seen[place] || !(self.are_one)(&there[at], &here[place]) {
                continue;
            }
            seen[place] = true;
            let is_free = self.taken_by[place].is_none_or(|other| self.place(other, here, there, seen));
            if is_free {
                self.taken_by[place] = Some(at);
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_programs_make_of_others() {
        let (joliet, plain) = (FileSystem::Joliet, FileSystem::Iso9660);
        let long = "n".repeat(90);
        let cut = format!("/{}", "n".repeat(64));
        for (file_system, name, recorded, is_form) in [
            (joliet, "/one:link", "/one_link", true),
            (joliet, "/ends.", "/ends", true),
            (joliet, "/\u{1F4BF} disc", "/_ disc", true),
            (joliet, "/readme", "/readme~1", true),
            (joliet, &format!("/{long}.html"), &format!("/{}.html", &long[..59]), true),
            (joliet, &format!("/{long}.html"), &cut, true),
            (joliet, &format!("/{long}.html"), &format!("/{}0.htm", &long[..59]), true),
            (joliet, "/\u{FC}ber", "/\u{C3}\u{BC}ber", true),
            (joliet, "/onelink", "/one", false),
            (joliet, "/one", "/One", false),
            (joliet, "/d/one", "/e/one", false),
            (joliet, "/d/one", "/one", false),
            (joliet, "/one.txt", "/one", false),
            (joliet, "/1/2/3/4/5/6/7/8/9", "/moved/7/8/9", false),
            // As a record without a name of Rock Ridge has it.
            (joliet, "/MACTEST-MACTEST-MACTEST-MA.TXT", "/mactest-mactest-mactest-mactest-mact.txt", true),
            (joliet, "/ONELINK", "/one", false),
            (plain, "/one", "/ONE", true),
            (plain, "/long name of a file.html", "/LONG_NAM.HTM", true),
            (plain, "/long name of a file.html", "/LONGN000.HTM", true),
            (plain, "/long name of a file.html", "/LONGN00A.HTM", true),
            (plain, "/.profile", "/_PROFILE", true),
            (plain, "/archive.tar.gz", "/ARCHIVE_.GZ", true),
            (plain, "/archive.tar.gz", "/ARCHIVE.TGZ", true),
            (plain, "/debian-12.5.0-amd64/a", "/DEBIAN_1/A", true),
            (plain, "/b.tar.gz/a", "/B_TAR_GZ2/A", true),
            (plain, "/\u{FC}ber", "/UBER", true),
            (plain, "/1/2/3/4/5/6/7/8/9", "/RR_MOVED/7/8/9", true),
            (plain, "/onelink", "/ONE", false),
            (plain, "/one", "/TWO", false),
            (plain, "/1/2/3", "/3", false),
        ] {
            let forms = Forms::between(FileSystem::RockRidge, file_system);
            let (name, recorded) = (name.as_bytes(), recorded.as_bytes());
            for (one, other) in [(name, recorded), (recorded, name)] {
                let told = String::from_utf8_lossy(recorded);
                assert_eq!(forms.are_one(one, other), is_form, "{file_system}: {told}");
            }
        }
    }

    /// The form of one name may be that of others: all find theirs where that is possible.
    #[test]
    fn each_name_has_one_form() {
        let paths = |names: &[&str]| names.iter().map(|name| name.as_bytes().to_vec()).collect::<Vec<_>>();
        let forms = Forms::between(FileSystem::Joliet, FileSystem::Iso9660);
        let here = paths(&["/longname one", "/longnest two", "/other"]);
        let there = paths(&["/LONGN000", "/LONGNAME", "/ELSE"]);
        assert_eq!(forms.unmatched(&here, there), (paths(&["/ELSE"]), 1));
    }

    #[test]
    fn very_many_names_are_counted() {
        let paths = |of: &str, count: usize| {
            (0..count).map(|at| format!("/{of}{at}x").into_bytes()).collect::<Vec<_>>()
        };
        let forms = Forms::between(FileSystem::RockRidge, FileSystem::Joliet);
        let here = paths("a", 100_000);
        assert_eq!(forms.unmatched(&here, paths("b", 100_000)), (Vec::new(), 0));
        assert_eq!(forms.unmatched(&here, paths("b", 100_003)).1, 3);
        assert_eq!(forms.unmatched(&here, paths("b", 3)).1, 3);
    }
}
