//! What `-hide`, `-sort` and their like say of items by globs.

use std::path::{Path, PathBuf};

use fsimage::{FileSystems, NodeId, NodeKind, Tree};

use super::Personality;
use super::globs::{Glob, Globs};
use super::path_spec::host_path;
use super::request::Request;
use super::tree::file_place;
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

/// The numbers of the globs that match a name or a path.
type Matches<'a> = dyn Fn(&Path, &Path) -> Vec<usize> + 'a;

/// Where the sources lie in the image.
pub(super) struct Sources {
    personality: Personality,
    globs: Globs,
    sources: Vec<Source>,
}

struct Source {
    /// Names in the image, with slashes between them.
    place: Vec<u8>,
    host: PathBuf,
    is_folder: bool,
}

impl Sources {
    pub(super) fn of(request: &Request) -> Result<Sources, Failure> {
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
        let personality = request.personality;
        Ok(Sources { personality, globs: Globs::of(personality)?, sources })
    }

    /// The items that one of the globs matches.
    fn matching(&self, tree: &Tree, option: &str, globs: &[String]) -> Result<Vec<NodeId>, Failure> {
        if globs.is_empty() {
            return Ok(Vec::new());
        }
        let globs: Vec<Glob> =
            globs.iter().map(|text| self.globs.parse(option, text)).collect::<Result<_, _>>()?;
        let is_right = |name: &Path, path: &Path| globs.iter().any(|glob| glob.matches(name, path));
        let found = self.found(tree, &|name, path| if is_right(name, path) { vec![0] } else { Vec::new() });
        Ok(found.into_iter().map(|(node, _)| node).collect())
    }

    /// The items whose paths each of the globs matches.
    pub(super) fn at_paths(
        &self,
        tree: &Tree,
        option: &str,
        globs: &[String],
    ) -> Result<Vec<Vec<NodeId>>, Failure> {
        let set = self.globs.of_paths(option, globs)?;
        let mut matching = vec![Vec::new(); globs.len()];
        for (node, numbers) in self.found(tree, &|_, path| set.matches(path)) {
            numbers.into_iter().for_each(|number| matching[number].push(node));
        }
        Ok(matching)
    }

    /// The items that globs match, and the numbers of these, by their names and paths as they are compared.
    fn found(&self, tree: &Tree, matches: &Matches<'_>) -> Vec<(NodeId, Vec<usize>)> {
        let mut matching = Vec::new();
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
                let numbers = self.matching_one(matches, &path, is_directory);
                if !numbers.is_empty() {
                    matching.push((child, numbers));
                }
                if is_directory {
                    pending.push((child, path));
                }
            }
        }
        matching
    }

    /// The globs that match an item, by its path in the image.
    fn matching_one(&self, matches: &Matches<'_>, path: &[u8], is_directory: bool) -> Vec<usize> {
        let name = host_path(last_name(path).to_vec());
        // Several sources of one place have a part of it each.
        let hosts = || self.sources.iter().filter_map(|source| source.host_of(path));
        let is_there = |host: &PathBuf| host.symlink_metadata().is_ok();
        for host in hosts() {
            let compared = self.globs.compared(&host);
            let numbers = match self.personality {
                Personality::Genisoimage => matches(&name, &compared),
                Personality::Xorriso => {
                    matches(Path::new(compared.file_name().unwrap_or_default()), &compared)
                }
            };
            if !numbers.is_empty() && is_there(&host) {
                return numbers;
            }
        }
        // What is made for the image alone, as a boot catalog.
        let own = host_path(path.to_vec());
        let numbers = match self.personality {
            Personality::Genisoimage => matches(&own, &own),
            Personality::Xorriso => matches(&name, &Path::new("/").join(own)),
        };
        match numbers.is_empty() || is_directory || hosts().any(|host| is_there(&host)) {
            true => Vec::new(),
            false => numbers,
        }
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
