//! What `-hide` and its like say of items by globs, which each of the programs compares with something else.

use std::path::{Path, PathBuf};

use fsimage::{Error, FileSystems, NodeId, NodeKind, Tree};
use globset::GlobMatcher;

use super::Personality;
use super::path_spec::host_path;
use super::request::Request;
use super::tree::{file_place, glob};
use crate::failure::Failure;

/// Hides, or marks as hidden, what the options' globs match.
pub(super) fn apply(tree: &mut Tree, request: &Request) -> Result<(), Failure> {
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let hides = [
        ("-hide", &request.hide, iso9660),
        ("-hide-joliet", &request.hide_joliet, FileSystems::JOLIET),
        ("-hide-hfsplus", &request.hide_hfs_plus, FileSystems::HFS_PLUS),
    ];
    let sources = Sources::of(request)?;
    for (option, globs, from) in hides {
        for node in sources.matching(tree, option, globs)? {
            tree.hide(node, tree.hidden_in(node) | from);
        }
    }
    for node in sources.matching(tree, "-hidden", &request.hidden)? {
        tree.conceal(node, true);
    }
    Ok(())
}

/// Where the sources lie in the image.
struct Sources {
    personality: Personality,
    /// The working directory.
    here: PathBuf,
    sources: Vec<Source>,
}

struct Source {
    /// Names in the image, with slashes between them.
    place: Vec<u8>,
    host: PathBuf,
    is_folder: bool,
}

impl Sources {
    fn of(request: &Request) -> Result<Sources, Failure> {
        let mut sources = Vec::new();
        for source in &request.sources {
            let is_folder = source.host.is_dir();
            let place = match is_folder {
                true => source.place.clone().unwrap_or_default(),
                false => file_place(source)?,
            };
            let names: Vec<&[u8]> =
                place.split(|byte| *byte == b'/').filter(|name| !name.is_empty()).collect();
            sources.push(Source { place: names.join(&b'/'), host: source.host.clone(), is_folder });
        }
        let here = Path::new(".");
        let here =
            std::path::absolute(here).map_err(|source| Error::SourceRead { path: here.into(), source })?;
        Ok(Sources { personality: request.personality, here, sources })
    }

    /// The items that one of the globs matches.
    fn matching(&self, tree: &Tree, option: &str, globs: &[String]) -> Result<Vec<NodeId>, Failure> {
        let mut matching = Vec::new();
        if globs.is_empty() {
            return Ok(matching);
        }
        let globs: Vec<Glob> = globs.iter().map(|text| self.glob(option, text)).collect::<Result<_, _>>()?;
        let mut pending = vec![(NodeId::ROOT, Vec::new())];
        while let Some((node, path)) = pending.pop() {
            let NodeKind::Directory(directory) = tree.kind(node) else { continue };
            for child in tree.children(directory) {
                let mut path = path.clone();
                if node != NodeId::ROOT {
                    path.push(b'/');
                }
                path.extend_from_slice(tree.name(child));
                let is_directory = matches!(tree.kind(child), NodeKind::Directory(_));
                if self.is_matched(&globs, &path, is_directory) {
                    matching.push(child);
                }
                if is_directory {
                    pending.push((child, path));
                }
            }
        }
        Ok(matching)
    }

    fn glob(&self, option: &str, text: &str) -> Result<Glob, Failure> {
        let name = glob(option, text)?.compile_matcher();
        let path = match self.personality {
            Personality::Genisoimage => name.clone(),
            Personality::Xorriso => glob(option, &self.absolute_glob(text))?.compile_matcher(),
        };
        Ok(Glob { name, path })
    }

    /// A glob of absolute paths, without empty names and dots.
    fn absolute_glob(&self, text: &str) -> String {
        let names = text.split('/').filter(|name| !matches!(*name, "" | "."));
        let below = names.collect::<Vec<_>>().join("/");
        match text.starts_with('/') {
            true => format!("/{below}"),
            false => {
                let here = globset::escape(&self.here.to_string_lossy());
                format!("{}/{below}", here.trim_end_matches('/'))
            }
        }
    }

    /// Whether a glob matches an item, by its path in the image.
    fn is_matched(&self, globs: &[Glob], path: &[u8], is_directory: bool) -> bool {
        let name = host_path(last_name(path).to_vec());
        let any = |name: &Path, path: &Path| globs.iter().any(|glob| glob.matches(name, path));
        // Several sources of one place have a part of it each.
        let hosts = || self.sources.iter().filter_map(|source| source.host_of(path));
        let is_there = |host: &PathBuf| host.symlink_metadata().is_ok();
        let of_host = |host: &PathBuf| match self.personality {
            Personality::Genisoimage => any(&name, host),
            Personality::Xorriso => std::path::absolute(host)
                .is_ok_and(|host| any(host.file_name().map(Path::new).unwrap_or(Path::new("")), &host)),
        };
        if hosts().any(|host| of_host(&host) && is_there(&host)) {
            return true;
        }
        // What is made for the image alone, as a boot catalog.
        let own = host_path(path.to_vec());
        let is_own = match self.personality {
            Personality::Genisoimage => any(&own, &own),
            Personality::Xorriso => any(&name, &Path::new("/").join(own)),
        };
        is_own && !is_directory && !hosts().any(|host| is_there(&host))
    }
}

impl Source {
    /// Where an item of the image would lie on the host.
    fn host_of(&self, path: &[u8]) -> Option<PathBuf> {
        if !self.is_folder {
            return (path == self.place).then(|| self.host.clone());
        }
        let below = match self.place.is_empty() {
            true => path,
            false => path.strip_prefix(&self.place[..])?.strip_prefix(b"/")?,
        };
        Some(self.host.join(host_path(below.to_vec())))
    }
}

fn last_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// A glob, as names and as paths are compared with it.
struct Glob {
    name: GlobMatcher,
    path: GlobMatcher,
}

impl Glob {
    fn matches(&self, name: &Path, path: &Path) -> bool {
        self.name.is_match(name) || self.path.is_match(path)
    }
}
