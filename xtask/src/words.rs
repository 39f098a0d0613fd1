//! What must not stand in the repository: paths of the machine it was written on, and what a merge left open.

use std::env;
use std::fs;

use crate::Result;
use crate::shell::Cmd;
use crate::workspace::root;

/// Looks for this machine's paths, and for the marks of merge conflicts, in every tracked file.
pub(crate) fn check() -> Result {
    let mut forbidden = Vec::new();
    let root = root();
    if let Some(parent) = root.parent().filter(|parent| parent.components().count() > 1) {
        forbidden.push(format!("{}/", parent.display()));
    }
    for variable in ["HOME", "CARGO_HOME", "RUSTUP_HOME"] {
        if let Some(value) = env::var(variable).ok().filter(|value| value.len() > 1) {
            // Hidden files only: the folder itself is a word that may mean something else.
            forbidden.push(if variable == "HOME" { format!("{value}/.") } else { format!("{value}/") });
        }
    }
    // Cargo's folders wherever they are.
    forbidden.push([".cargo", "registry"].join("/"));
    forbidden.push(["index", "crates", "io"].join("."));

    let tracked = Cmd::new("git").current_dir(&root).args(["ls-files", "-z"]).read()?;
    let mut found = Vec::new();
    for name in tracked.split('\0').filter(|name| !name.is_empty()) {
        // A file that is tracked but deleted has nothing to say.
        let Ok(bytes) = fs::read(root.join(name)) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        for (number, line) in text.lines().enumerate() {
            // Checksums and sources in the lock file are cargo's own.
            if name.ends_with("Cargo.lock") && line.starts_with("source = ") {
                continue;
            }
            if is_conflict_mark(line) {
                found.push(format!("{name}:{}: a merge conflict", number + 1));
            }
            if let Some(word) = forbidden.iter().find(|word| line.contains(word.as_str())) {
                found.push(format!("{name}:{}: {word}", number + 1));
            }
        }
    }
    if found.is_empty() { Ok(()) } else { Err(found.join("; ").into()) }
}

/// Whether git put this line between the two sides of a conflict, or around them.
fn is_conflict_mark(line: &str) -> bool {
    ['<', '|', '=', '>'].into_iter().any(|mark| {
        let rest = line.trim_start_matches(mark);
        let named = rest.starts_with(' ') && mark != '=';
        line.len() - rest.len() == 7 && (rest.is_empty() || named)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflict_marks() {
        for mark in ["<", "|", "=", ">"] {
            assert!(is_conflict_mark(&mark.repeat(7)), "{mark}");
            assert!(!is_conflict_mark(&mark.repeat(8)), "{mark}");
            assert!(!is_conflict_mark(&format!(" {}", mark.repeat(7))), "{mark}");
        }
        assert!(is_conflict_mark(&format!("{} HEAD", "<".repeat(7))));
        assert!(is_conflict_mark(&format!("{} 0123abc (why)", ">".repeat(7))));
        assert!(!is_conflict_mark(&format!("{} a table", "=".repeat(7))));
        assert!(!is_conflict_mark(""));
    }
}
