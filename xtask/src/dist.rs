//! `dist`: what a release ships.

use std::fs::{self, File};
use std::path::PathBuf;

use crate::Result;
use crate::arrows::{metadata, packages};
use crate::options::Options;
use crate::shell::Cmd;
use crate::workspace::{cargo, host, root, target};

/// Files of the repository that go along.
const DOCUMENTS: &[&str] = &["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];

pub(crate) fn dist(mut options: Options) -> Result {
    let out = options.value("--out")?.map_or_else(|| target().join("dist"), PathBuf::from);
    options.finish()?;
    let root = root();
    let out = root.join(out);

    cargo().args(["build", "--release", "--locked", "--package", "fsimage-cli"]).run()?;
    let name = format!("fsimage-{}-{}", version()?, host()?);
    let folder = out.join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let binary = format!("fsimage{}", std::env::consts::EXE_SUFFIX);
    fs::copy(root.join(target()).join("release").join(&binary), folder.join(&binary))?;
    for document in DOCUMENTS {
        fs::copy(root.join(document), folder.join(document))
            .map_err(|error| format!("{document}: {error}"))?;
    }
    // The manual pages and completions.
    cargo().args(["run", "--release", "--quiet", "--package", "pages", "--"]).arg(&folder).run()?;

    let archive = out.join(format!("{name}.tar.gz"));
    Cmd::new("tar").current_dir(&out).arg("-czf").arg(&archive).arg(&name).run()?;
    let (digest, length) = peers::digest(File::open(&archive)?)?;
    fs::write(out.join(format!("{name}.tar.gz.sha256")), format!("{digest}  {name}.tar.gz\n"))?;
    println!("{} ({length} bytes)\nsha256 {digest}", archive.display());
    Ok(())
}

fn version() -> Result<String> {
    let metadata = metadata()?;
    let version = packages(&metadata)
        .find(|package| package["name"] == "fsimage-cli")
        .and_then(|package| package["version"].as_str())
        .ok_or("fsimage-cli has no version")?;
    Ok(version.to_owned())
}
