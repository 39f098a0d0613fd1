//! Globs of names and paths of the host, which each of the programs compares with something else.

use std::path::{Path, PathBuf};

use fsimage::Error;
use globset::{GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};

use super::Personality;
use crate::failure::Failure;

/// What a program compares globs with.
pub(super) struct Globs {
    personality: Personality,
    /// The working directory.
    here: PathBuf,
}

/// A glob, as names and as paths are compared with it.
pub(super) struct Glob {
    name: GlobMatcher,
    path: GlobMatcher,
}

/// What a glob says of the items in a folder of the host.
pub(super) enum Below {
    /// A glob of names, in the folder and all below it.
    Names(globset::Glob),
    /// A glob of names in the folder itself.
    NamesInFolder(GlobMatcher),
    /// A glob of paths from the folder on.
    Paths(globset::Glob),
}

impl Globs {
    pub(super) fn of(personality: Personality) -> Result<Globs, Failure> {
        let here = Path::new(".");
        let here =
            std::path::absolute(here).map_err(|source| Error::SourceRead { path: here.into(), source })?;
        Ok(Globs { personality, here })
    }

    pub(super) fn parse(&self, option: &str, text: &str) -> Result<Glob, Failure> {
        let name = self.compile(option, text)?.compile_matcher();
        Ok(Glob { name, path: self.of_path(option, text)?.compile_matcher() })
    }

    /// All of them as paths are compared with them.
    pub(super) fn of_paths(&self, option: &str, texts: &[String]) -> Result<GlobSet, Failure> {
        let mut set = GlobSetBuilder::new();
        for text in texts {
            set.add(self.of_path(option, text)?);
        }
        set.build().map_err(|error| Failure::argument(option, error.to_string()))
    }

    fn of_path(&self, option: &str, text: &str) -> Result<globset::Glob, Failure> {
        match self.personality {
            Personality::Genisoimage => self.compile(option, text),
            Personality::Xorriso => self.compile(option, &self.absolute_glob(text)),
        }
    }

    /// A path of the host as it is compared: for genisoimage as it is spelled, for xorriso from the root on.
    pub(super) fn compared(&self, host: &Path) -> PathBuf {
        match self.personality {
            Personality::Genisoimage => host.to_owned(),
            Personality::Xorriso => PathBuf::from(absolute(&self.here, &host.to_string_lossy())),
        }
    }

    /// `None` where it says nothing of them.
    pub(super) fn below(&self, option: &str, text: &str, folder: &Path) -> Result<Option<Below>, Failure> {
        if !text.contains('/') {
            return Ok(Some(Below::Names(self.compile(option, text)?)));
        }
        let glob = match self.personality {
            Personality::Genisoimage => text.to_owned(),
            Personality::Xorriso => self.absolute_glob(text),
        };
        let folder = self.compared(folder);
        let folder = folder.to_string_lossy();
        let mut names = glob.split('/');
        for name in folder.trim_end_matches('/').split('/') {
            let Some(one) = names.next() else { return Ok(None) };
            if !self.compile(option, one)?.compile_matcher().is_match(name) {
                return Ok(None);
            }
        }
        let rest: Vec<&str> = names.collect();
        Ok(match rest[..] {
            [] => None,
            _ if rest.contains(&"") => None,
            [name] => Some(Below::NamesInFolder(self.compile(option, name)?.compile_matcher())),
            _ => Some(Below::Paths(self.compile(option, &rest.join("/"))?)),
        })
    }

    fn compile(&self, option: &str, text: &str) -> Result<globset::Glob, Failure> {
        compile(self.personality, option, text)
    }

    /// The glob from the root on.
    fn absolute_glob(&self, text: &str) -> String {
        absolute(Path::new(&globset::escape(&self.here.to_string_lossy())), text)
    }
}

impl Glob {
    pub(super) fn matches(&self, name: &Path, path: &Path) -> bool {
        self.name.is_match(name) || self.path.is_match(path)
    }
}

/// A path from the root on, without empty names and dots.
fn absolute(here: &Path, text: &str) -> String {
    let here = if text.starts_with('/') { "" } else { &here.to_string_lossy() };
    let mut names = Vec::new();
    for name in here.split('/').chain(text.split('/')) {
        match name {
            "" | "." => {}
            ".." => _ = names.pop(),
            name => names.push(name),
        }
    }
    format!("/{}", names.join("/"))
}

/// A glob as both programs read it: `*` and `?` are characters but slashes, and braces are themselves. A bracket that is
/// not closed is itself for genisoimage, and an error for xorriso.
fn compile(personality: Personality, option: &str, text: &str) -> Result<globset::Glob, Failure> {
    let mut glob = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let behind = &rest[character.len_utf8()..];
        rest = behind;
        match character {
            '[' => match class(behind) {
                Some(len) => {
                    if let Some(found) = unlike_globset(personality, &behind[..len]) {
                        let reason = format!("{text}: not supported: {found} in brackets");
                        return Err(Failure::argument(option, reason));
                    }
                    glob.push('[');
                    glob.push_str(&behind[..len]);
                    rest = &behind[len..];
                }
                None if personality == Personality::Genisoimage => glob.push_str("\\["),
                None => {
                    let reason =
                        format!("{text}: a bracket is not closed; [[] is one that stands for itself");
                    return Err(Failure::argument(option, reason));
                }
            },
            '*' if glob.ends_with('*') && !glob.ends_with("\\*") => {}
            '\\' => {
                glob.push('\\');
                let next = behind.chars().next();
                glob.extend(next);
                rest = &behind[next.map_or(0, char::len_utf8)..];
            }
            '{' | '}' => glob.extend(['\\', character]),
            _ => glob.push(character),
        }
    }
    let wrong = |error: globset::Error| Failure::argument(option, error.to_string());
    GlobBuilder::new(&glob).literal_separator(true).backslash_escape(true).build().map_err(wrong)
}

/// Bytes behind an opening bracket up to that which closes it; `None` where none does. The first may be a closing one
/// itself.
fn class(behind: &str) -> Option<usize> {
    let negation = usize::from(behind.starts_with(['!', '^']));
    let first = behind[negation..].chars().next()?.len_utf8();
    let from = negation + first;
    behind[from..].find(']').map(|at| from + at + 1)
}

/// What of a bracket's contents is no character of its own for the program.
fn unlike_globset(personality: Personality, class: &str) -> Option<&'static str> {
    let has =
        |[begin, end]: [&str; 2]| class.find(begin).is_some_and(|at| class[at + begin.len()..].contains(end));
    if [["[:", ":]"], ["[=", "=]"], ["[.", ".]"]].into_iter().any(has) {
        return Some("named characters, as [:digit:],");
    }
    (personality == Personality::Genisoimage && class.contains('\\')).then_some("a backslash")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_and_asterisks_are_no_more_than_those_of_a_shell() {
        let compile = |personality, glob: &str| compile(personality, "-m", glob);
        let matches = |glob: &str, path: &str| {
            compile(Personality::Genisoimage, glob).unwrap().compile_matcher().is_match(path)
        };
        assert!(matches("{a,b}", "{a,b}") && !matches("{a,b}", "a"));
        assert!(matches("t/**/h", "t/d/h") && !matches("t/**/h", "t/d/e/h") && !matches("**/h", "h"));
        assert!(matches(r"\**", "*a") && matches("[!h]", "x") && !matches("[^h]", "h"));
        for (glob, name) in [
            ("[a", "[a"),
            ("b[c", "b[c"),
            ("[*", "[ab"),
            ("[]", "[]"),
            ("[]]", "]"),
            ("[!]]", "a"),
            ("[[]", "["),
        ] {
            assert!(matches(glob, name), "{glob}");
        }
        assert!(!matches("[a", "a") && !matches("[*", "a") && matches("{[ab]}", "{a}"));
        for glob in ["[[:upper:]]*", "a[[=b=]c]", r"[a\-z]"] {
            let line = compile(Personality::Genisoimage, glob).unwrap_err().line(false).unwrap();
            assert!(line.contains(glob) && line.contains("in brackets"), "{line}");
        }
        assert!(matches("[[.]x", ".x") && compile(Personality::Xorriso, r"[a\-z]").is_ok());
        let line = compile(Personality::Xorriso, "x[a").unwrap_err().line(false).unwrap();
        assert!(line.contains("-m: x[a: a bracket is not closed"), "{line}");
    }

    #[test]
    fn paths_from_the_root_on() {
        let here = Path::new("/home/me");
        assert_eq!(absolute(here, "t//d/./"), "/home/me/t/d");
        assert_eq!(absolute(here, "../t/e/../d"), "/home/t/d");
        assert_eq!(absolute(here, "/t/"), "/t");
    }
}
