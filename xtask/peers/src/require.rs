//! The contract between a test and `cargo xtask test`.
//!
//! A test that lacks a tool prints `SKIPPED <test>: <reason>` on standard error, appends the line
//! `<test> TAB <reason>` to the file that `FSIMAGE_SKIP_LOG` names, and returns. With
//! `FSIMAGE_REQUIRE_PEERS=1` a missing program is a failure instead, with `all` whatever is missing. What is found through the
//! environment (`FSIMAGE_CORPUS` and the like) is skipped where the variable is not set, and must exist
//! where it is.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, thread};

use crate::{PROGRAMS, find};

/// Set to `1`, a test whose program is missing fails; set to [`REQUIRE_ALL`], also one that lacks something outside the
/// repository.
pub const REQUIRE_PEERS: &str = "FSIMAGE_REQUIRE_PEERS";

/// A value of [`REQUIRE_PEERS`].
pub const REQUIRE_ALL: &str = "all";

/// Names the file that collects the skipped tests.
pub const SKIP_LOG: &str = "FSIMAGE_SKIP_LOG";

/// A program that is there.
#[derive(Clone, Debug)]
pub struct Peer {
    name: &'static str,
    path: PathBuf,
}

impl Peer {
    /// Its name in [`PROGRAMS`].
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl AsRef<Path> for Peer {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

/// The program by its name in [`PROGRAMS`], or `None` when the calling test must return because it is
/// not installed; the skip has been reported then.
///
/// # Panics
/// When the program is missing and `FSIMAGE_REQUIRE_PEERS` is `1` or `all`, or is not in the table.
#[must_use]
#[track_caller]
pub fn require(name: &str) -> Option<Peer> {
    let Some(program) = PROGRAMS.iter().find(|program| program.name == name) else {
        panic!("{name} is not in the table of peers");
    };
    if let Some(path) = program.locate() {
        return Some(Peer { name: program.name, path });
    }
    assert!(
        env::var_os(REQUIRE_PEERS).is_none_or(|value| value != "1" && value != REQUIRE_ALL),
        "{name} is not installed (Debian package {})",
        program.package
    );
    skip(&format!("{name} is not installed"));
    None
}

/// [`require`] for several programs: all or none.
///
/// # Panics
/// As [`require`].
#[must_use]
#[track_caller]
pub fn require_all<const N: usize>(names: [&str; N]) -> Option<[Peer; N]> {
    let found: Vec<Peer> = names.into_iter().map_while(require).collect();
    found.try_into().ok()
}

/// A program that is in no archive every machine has, by the name of its file: where it is missing, the calling test
/// goes on without it, and the skip has been reported.
#[must_use]
#[track_caller]
pub fn optional(file: &'static str, package: &str) -> Option<Peer> {
    let found = find(file).map(|path| Peer { name: file, path });
    if found.is_none() {
        skip(&format!("{file} is not installed ({package})"));
    }
    found
}

/// Reports that the calling test is not run, for a reason other than a missing program.
#[track_caller]
pub fn skip(reason: &str) {
    let thread = thread::current();
    let caller = std::panic::Location::caller();
    let test = match thread.name() {
        Some(name) if name != "main" => name.to_owned(),
        _ => format!("{}:{}", caller.file(), caller.line()),
    };
    eprintln!("SKIPPED {test}: {reason}");
    if let Some(log) = env::var_os(SKIP_LOG) {
        // One write of one line: tests run side by side.
        let line = format!("{test}\t{}\n", reason.replace(['\t', '\n'], " "));
        if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(log) {
            drop(file.write_all(line.as_bytes()));
        }
    }
}

/// The file or folder that an environment variable names; `None`, with the skip reported, where the
/// variable is not set.
///
/// # Panics
/// When the variable names something that does not exist, or is not set and all is required.
#[must_use]
#[track_caller]
pub fn environment_tool(variable: &str) -> Option<PathBuf> {
    match env::var_os(variable).filter(|value| !value.is_empty()) {
        Some(value) => {
            let path = PathBuf::from(value);
            assert!(path.exists(), "{variable} names {}, which does not exist", path.display());
            Some(path)
        }
        None => {
            assert!(
                env::var_os(REQUIRE_PEERS).is_none_or(|value| value != REQUIRE_ALL),
                "{variable} is not set, and everything is required"
            );
            skip(&format!("{variable} is not set"));
            None
        }
    }
}

/// The independent recorder, from `FSIMAGE_BURN_TARGET`.
///
/// # Panics
/// As [`environment_tool`].
#[must_use]
#[track_caller]
pub fn burn_target() -> Option<PathBuf> {
    environment_tool("FSIMAGE_BURN_TARGET")
}

/// Whether files can be given any owner and device nodes be made, as the super-user can.
#[must_use]
pub fn running_as_root() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        tempfile::NamedTempFile::new()
            .and_then(|file| file.as_file().metadata())
            .is_ok_and(|metadata| metadata.uid() == 0)
    }
    #[cfg(not(unix))]
    false
}
