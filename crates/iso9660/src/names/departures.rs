use super::Relaxations;

/// Finds by which departures from the standard identifiers that somebody else recorded may stay as they are:
/// [`NameRules::recorded`](super::NameRules::recorded).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Departures {
    allowed: Relaxations,
    longest: usize,
    /// Identifiers of files.
    files: Forms,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Forms {
    with_version: bool,
    without_version: bool,
    with_trailing_dot: bool,
    without_dot: bool,
    /// One that cannot stay.
    lost: bool,
}

impl Forms {
    fn and(self, other: Forms) -> Forms {
        Forms {
            with_version: self.with_version || other.with_version,
            without_version: self.without_version || other.without_version,
            with_trailing_dot: self.with_trailing_dot || other.with_trailing_dot,
            without_dot: self.without_dot || other.without_dot,
            lost: self.lost || other.lost,
        }
    }
}

impl Departures {
    /// Takes note of the form of an identifier, which may be one that follows from the standard.
    pub fn note_form(&mut self, identifier: &[u8], is_directory: bool) {
        if is_directory {
            return;
        }
        let (name, has_version) = divided(identifier);
        let dots = name.iter().filter(|&&byte| byte == b'.').count();
        self.files.with_version |= has_version;
        self.files.without_version |= !has_version;
        self.files.with_trailing_dot |= dots == 1 && name.ends_with(b".");
        self.files.without_dot |= dots == 0;
    }

    /// Takes note that an identifier cannot stay.
    pub fn note_lost(&mut self) {
        self.files.lost = true;
    }

    /// Takes an identifier into account that is to stay.
    pub fn note(&mut self, identifier: &[u8], is_directory: bool) {
        self.note_form(identifier, is_directory);
        let name = if is_directory { identifier } else { divided(identifier).0 };
        let dots = name.iter().filter(|&&byte| byte == b'.').count();
        self.longest = self.longest.max(name.len() + usize::from(!is_directory && dots == 0));
        let has = |wanted: fn(&u8) -> bool| name.iter().any(wanted);
        self.allowed = self.allowed.and(Relaxations {
            allow_lower_case: has(u8::is_ascii_lowercase),
            allow_full_ascii: has(|byte| matches!(byte, b' '..=b'~') && !is_plain(*byte)),
            allow_multiple_dots: dots > 1,
            allow_leading_dot: name.starts_with(b"."),
            allow_directory_extension: is_directory && dots > 0,
            ..Relaxations::NONE
        });
    }

    /// Those of both.
    pub fn and(self, other: Departures) -> Departures {
        Departures {
            allowed: self.allowed.and(other.allowed),
            longest: self.longest.max(other.longest),
            files: self.files.and(other.files),
        }
    }

    /// What they come to. Forms that all files have are taken over, of a version number and of a dot at the end.
    pub fn relaxations(self) -> Relaxations {
        let omit_version = self.files.without_version && !self.files.with_version;
        Relaxations {
            allow_37_characters: self.longest > 31 && !self.files.with_version,
            omit_version,
            omit_trailing_dot: self.files.without_dot && !self.files.with_trailing_dot,
            ..self.allowed
        }
    }

    /// Whether some files have a version number, or a dot at the end, and some have not: then all get it. Or an identifier
    /// cannot stay.
    pub fn are_mixed(self) -> bool {
        let Forms { with_version, without_version, with_trailing_dot, without_dot, lost } = self.files;
        with_version && without_version || with_trailing_dot && without_dot || lost
    }
}

/// A file's identifier without its version number (ECMA-119 7.5.1), and whether it has one.
fn divided(identifier: &[u8]) -> (&[u8], bool) {
    let digits = identifier.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    match identifier[..identifier.len() - digits].strip_suffix(b";") {
        Some(name) if digits > 0 => (name, true),
        _ => (identifier, false),
    }
}

/// What the standard allows, a dot, and a small letter, for which there is another departure.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')
}

#[cfg(test)]
mod tests {
    use super::super::{NameRules, SourceName, Standing, record_names};
    use super::*;

    fn departures(identifiers: &[(&str, bool)]) -> Departures {
        let mut found = Departures::default();
        for (identifier, is_directory) in identifiers {
            found.note(identifier.as_bytes(), *is_directory);
        }
        found
    }

    #[test]
    fn identifiers_stay_as_they_were_recorded() {
        let long = "a-file-with-37-characters-of-name.txt";
        for identifiers in [
            &[("readme.txt;1", false), ("Mixed_Case.;1", false), ("lower", true)][..],
            &[("README.TXT", false), ("README.", false)],
            &[("README.TXT;1", false), ("README;1", false)],
            &[("readme", false), ("a.b", false), ("d.ext", true)],
            &[(".profile;1", false), ("a.tar.gz;1", false), (".d.d", true), ("a b!.c;1", false)],
            &[(long, false), ("SHORT.", false)],
        ] {
            let found = departures(identifiers);
            assert!(!found.are_mixed());
            let rules = NameRules { recorded: found.relaxations(), ..NameRules::default() };
            let names: Vec<SourceName<'_>> = identifiers
                .iter()
                .map(|(identifier, is_directory)| {
                    let name = identifier.strip_suffix(";1").unwrap_or(identifier);
                    let name = name.strip_suffix('.').unwrap_or(name).as_bytes();
                    SourceName { name, is_directory: *is_directory, standing: Standing::Identifier }
                })
                .collect();
            let recorded = record_names(&rules, &names).unwrap();
            for (index, (identifier, _)) in identifiers.iter().enumerate() {
                assert_eq!(recorded.identifier(index).escape_ascii().to_string(), *identifier);
                assert!(!recorded.changes(index).is_loss(), "{identifier}");
            }
            // New names keep to the rules.
            let new = SourceName { name: b"new.tar.gz", is_directory: false, standing: Standing::New };
            assert_eq!(record_names(&rules, &[new]).unwrap().identifier(0), b"NEW_TAR.GZ;1");
        }
    }

    /// Forms of all identifiers count, departures of those that stay.
    #[test]
    fn forms_of_those_that_follow_the_standard_count() {
        let mut found = Departures::default();
        found.note_form(b"A.;1", false);
        assert_eq!(found.relaxations(), Relaxations::NONE);
        found.note(b"b", false);
        assert!(found.are_mixed());
        let semicolon = departures(&[("with;semi", false), ("b.txt", false)]);
        assert!(!semicolon.are_mixed() && semicolon.relaxations().omit_version);
    }

    #[test]
    fn forms_of_some_are_told() {
        let mixed = departures(&[("A.;1", false), ("B.", false)]);
        assert!(mixed.are_mixed());
        assert_eq!(mixed.relaxations(), Relaxations::NONE);
        assert!(!departures(&[("A.", true)]).are_mixed());
        let mut lost = Departures::default();
        lost.note_lost();
        assert!(lost.are_mixed());
        assert!(departures(&[("A.", false)]).and(departures(&[("B", false)])).are_mixed());
    }
}
