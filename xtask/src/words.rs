//! What must not stand in the repository: paths of the machine it was written on.

use std::env;
use std::fs;

use crate::Result;
use crate::shell::Cmd;
use crate::workspace::root;

/// Looks for this machine's paths in every tracked file.
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
            if let Some(word) = forbidden.iter().find(|word| line.contains(word.as_str())) {
                found.push(format!("{name}:{}: {word}", number + 1));
            }
        }
    }
    if found.is_empty() { Ok(()) } else { Err(found.join("; ").into()) }
}
