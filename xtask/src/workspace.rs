//! Where things are.

use std::env;
use std::path::PathBuf;

use crate::Result;
use crate::shell::Cmd;

/// The repository's folder: of the package that cargo runs, since a copy of the repository that shares the output
/// folder may have compiled this program.
pub(crate) fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().unwrap_or(&manifest).to_owned()
}

/// Cargo as the one that runs this program, in the repository's folder.
pub(crate) fn cargo() -> Cmd {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Cmd::new(program).current_dir(root())
}

/// Cargo's output folder.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A tool or folder beside the repository that tests find through the environment.
pub(crate) struct Shared {
    /// The variable that names it.
    pub(crate) variable: &'static str,
    path: &'static str,
    /// Its own tasks of which the first that ends well makes it ready.
    pub(crate) made_ready_by: &'static [&'static str],
}

/// What the folder `shared`, beside the repository, may hold.
pub(crate) const SHARED: &[Shared] = &[
    Shared::new("FSIMAGE_CORPUS", "corpus"),
    Shared {
        made_ready_by: &["setup"],
        ..Shared::new("FSIMAGE_KERNEL_CHECK", "tools/kernel-check/kernel-check")
    },
    Shared {
        made_ready_by: &["check", "setup"],
        ..Shared::new("FSIMAGE_BURN_TARGET", "tools/burn-target/burn-target")
    },
    Shared::new(CROSS_CHECK, "tools/cross-check/cross-check"),
];

/// Names the tool that compiles and tests for other systems.
pub(crate) const CROSS_CHECK: &str = "FSIMAGE_CROSS_CHECK";

impl Shared {
    const fn new(variable: &'static str, path: &'static str) -> Shared {
        Shared { variable, path, made_ready_by: &[] }
    }

    /// What the variable says, else what lies in `../shared`.
    pub(crate) fn locate(&self) -> Option<PathBuf> {
        if let Some(value) = env::var_os(self.variable).filter(|value| !value.is_empty()) {
            return Some(PathBuf::from(value));
        }
        let path = root().parent()?.join("shared").join(self.path);
        path.exists().then_some(path)
    }
}

/// The system that this compiler makes programs for.
pub(crate) fn host() -> Result<String> {
    let text = Cmd::new("rustc").arg("-vV").read()?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?;
    Ok(host.to_owned())
}
