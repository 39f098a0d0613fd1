//! What the command line says of items of the tree by globs.

use fsimage::{FileSystem, FileSystems, NodeId, NodeKind, Tree};
use globset::{GlobBuilder, GlobMatcher};

use crate::args::SelectionArgs;
use crate::failure::Failure;

/// The globs of `--hide` and `--sort`.
pub(crate) struct Selection {
    hide: Vec<(FileSystem, Pattern)>,
    sort: Vec<(i32, Pattern)>,
}

/// A glob, and whether anything matched it.
pub(crate) struct Pattern {
    glob: GlobMatcher,
    matched: bool,
}

impl Pattern {
    pub(crate) fn new(argument: &str, glob: &str) -> Result<Pattern, Failure> {
        let wrong = |error: globset::Error| Failure::argument(argument, error.to_string());
        let below = glob.strip_prefix('/').unwrap_or(glob);
        let glob = GlobBuilder::new(below).literal_separator(true).build().map_err(wrong)?.compile_matcher();
        Ok(Pattern { glob, matched: false })
    }

    pub(crate) fn matches(&mut self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let found = self.glob.is_match(path) || self.glob.is_match(name);
        self.matched |= found;
        found
    }

    /// A glob that matches nothing is an error: who names items means some.
    pub(crate) fn check<'p>(all: impl Iterator<Item = (&'static str, &'p Pattern)>) -> Result<(), Failure> {
        match { all }.find(|(_, pattern)| !pattern.matched) {
            Some((argument, pattern)) => Err(Failure::argument(
                argument,
                format!("nothing in the tree matches {}", pattern.glob.glob()),
            )),
            None => Ok(()),
        }
    }
}

impl Selection {
    pub(crate) fn new(args: &SelectionArgs) -> Result<Selection, Failure> {
        let hide = args.hide.iter().map(|(file_system, glob)| {
            Ok((crate::plan_options::file_system(*file_system), Pattern::new("--hide", glob)?))
        });
        let sort =
            args.sort.iter().map(|weighted| Ok((weighted.weight, Pattern::new("--sort", &weighted.glob)?)));
        Ok(Selection {
            hide: hide.collect::<Result<_, Failure>>()?,
            sort: sort.collect::<Result<_, Failure>>()?,
        })
    }

    /// Marks the items of the tree. A glob that matches nothing is an error.
    pub(crate) fn apply(mut self, tree: &mut Tree) -> Result<(), Failure> {
        if self.hide.is_empty() && self.sort.is_empty() {
            return Ok(());
        }
        let mut pending = vec![(NodeId::ROOT, FileSystems::empty())];
        while let Some((node, above)) = pending.pop() {
            let NodeKind::Directory(directory) = tree.kind(node) else { continue };
            let children: Vec<NodeId> = tree.children(directory).collect();
            for child in children {
                let path = tree.path(child);
                let hidden_in = above | self.mark(tree, child, path.trim_start_matches('/'));
                // What is asked for a directory is asked for what is in it.
                tree.hide(child, tree.hidden_in(child) | hidden_in);
                pending.push((child, hidden_in));
            }
        }
        let hide = self.hide.iter().map(|(_, pattern)| ("--hide", pattern));
        let sort = self.sort.iter().map(|(_, pattern)| ("--sort", pattern));
        Pattern::check(hide.chain(sort))
    }

    /// Gives where the item is to be hidden.
    fn mark(&mut self, tree: &mut Tree, node: NodeId, path: &str) -> FileSystems {
        let mut hidden_in = FileSystems::empty();
        for (file_system, pattern) in &mut self.hide {
            if pattern.matches(path) {
                hidden_in |= file_system.as_set();
            }
        }
        for (weight, pattern) in &mut self.sort {
            if pattern.matches(path) {
                tree.set_weight(node, *weight);
            }
        }
        hidden_in
    }
}
