//! From the sources of the command line to a tree.

mod host_item;
mod written;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fsimage::{
    Control, Error, HostAttributes, HostStream, HostTimes, Item, ItemOptions, MergePolicy, NodeId,
    ScanOptions, Skipped, Tree, UnreadAttribute,
};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::args::{Authoring, ExistingNames, ImagePath, Source, SourceAttributes, SourceTimes};
use crate::failure::Failure;
use crate::plan_options::{file_systems, times};
use crate::selection::Selection;

pub(crate) use host_item::{HostItem, name_bytes};
pub(crate) use written::Written;

use host_item::Pipes;

/// Looks whether the sources are there, before a drive is opened or an image locked for them.
pub(crate) fn check_sources(authoring: &Authoring) -> Result<(), Failure> {
    excludes(&authoring.exclude)?;
    Selection::new(&authoring.selection)?;
    times(authoring)?;
    file_systems(&authoring.fs)?;
    let mut pipes = Pipes::default();
    authoring.sources.iter().try_for_each(|source| {
        let host = source.resolve().1;
        pipes.check(&HostItem::at(host)?, host)
    })
}

/// What became of the sources.
#[derive(Default)]
pub(crate) struct Added {
    /// What was left out, with the reason.
    pub(crate) skipped: Vec<Skipped>,
    /// Globs of `--exclude` that matched nothing.
    pub(crate) unmatched: Vec<String>,
}

impl Added {
    /// Paths of what was left out, for machines.
    pub(crate) fn left_out(&self) -> Vec<String> {
        self.skipped.iter().map(|skipped| skipped.path.display().to_string()).collect()
    }
}

/// Puts all sources into the tree. What is written is left out, if a source folder holds it.
pub(crate) fn add_sources(
    tree: &mut Tree,
    authoring: &Authoring,
    written: &Written,
    control: &Control,
) -> Result<Added, Failure> {
    authoring.boot.host_files().try_for_each(|file| written.check(file))?;
    let host_times = match authoring.times {
        SourceTimes::Modified => HostTimes::Modification,
        SourceTimes::All => HostTimes::All,
    };
    let extended_attributes = match authoring.xattrs {
        SourceAttributes::None => HostAttributes::None,
        SourceAttributes::User => HostAttributes::User,
        SourceAttributes::Any => HostAttributes::All,
    };
    let options = ScanOptions {
        exclude: excludes(&authoring.exclude)?,
        leave_out: written.files().to_vec(),
        extended_attributes,
        acls: authoring.acl,
        times: host_times,
        follow_links: authoring.follow_links,
        failures: fsimage::ScanFailures::Abort,
        existing: match authoring.existing {
            ExistingNames::Replace => MergePolicy::Replace,
            ExistingNames::Keep => MergePolicy::Keep,
            ExistingNames::Refuse => MergePolicy::Refuse,
        },
    };
    let Put { skipped, matched } = put_sources(tree, &authoring.sources, &options, written, control)?;
    Selection::new(&authoring.selection)?.apply(tree)?;
    if let Some(latest) = times(authoring)?.latest {
        tree.clamp_times(latest);
    }
    if let (true, Some(first)) = (authoring.strict, skipped.first()) {
        let reason = format!("{} would be left out: {}", first.path.display(), first.reason);
        return Err(Failure::argument("--strict", reason));
    }
    let unmatched = authoring.exclude.iter().enumerate().filter(|(at, _)| !matched.contains(at));
    let unmatched = unmatched.map(|(_, glob)| glob.clone()).collect();
    Ok(Added { skipped, unmatched })
}

/// What was left out, and which globs matched.
#[derive(Default)]
struct Put {
    skipped: Vec<Skipped>,
    matched: BTreeSet<usize>,
}

fn put_sources(
    tree: &mut Tree,
    sources: &[Source],
    options: &ScanOptions,
    written: &Written,
    control: &Control,
) -> Result<Put, Failure> {
    let Put { mut skipped, mut matched } = Put::default();
    let mut pipes = Pipes::default();
    for source in sources {
        let (place, host) = source.resolve();
        let replace = options.existing == MergePolicy::Replace;
        let replacing = ItemOptions { replace, host_times: options.times, ..ItemOptions::default() };
        let item = HostItem::at(host)?;
        pipes.check(&item, host)?;
        match item {
            HostItem::Folder => {
                let target = folder(tree, place, host)?;
                let report = tree.scan(host, target, options, control)?;
                skipped.extend(report.skipped);
                skipped.extend(report.kept.into_iter().map(gave_way));
                matched.extend(report.matched);
                skipped.extend(report.unread_attributes.into_iter().map(unread));
                skipped.extend(written.remove_from(tree, host, target)?);
            }
            HostItem::File => {
                written.check(host)?;
                let Some(path) = free_place(tree, (place, host), options.existing, &mut skipped)? else {
                    continue;
                };
                let node = tree.add(path, Item::HostFile(host), &replacing)?;
                skipped.extend(file_attributes(tree, node, host, options)?.into_iter().map(unread));
            }
            HostItem::Stream { modified, .. } => {
                let Some(path) = free_place(tree, (place, host), options.existing, &mut skipped)? else {
                    continue;
                };
                let options = ItemOptions { modified: Some(modified), ..replacing };
                add_stream(tree, (path, host), &options, control)?;
            }
        }
    }
    Ok(Put { skipped, matched })
}

/// Adds what is read to its end now, unless the caller cancels before it comes.
pub(crate) fn add_stream(
    tree: &mut Tree,
    (path, host): (Vec<u8>, &Path),
    options: &ItemOptions,
    control: &Control,
) -> Result<(), Failure> {
    let mut stream = HostStream::open(host, &control.cancel)?;
    match tree.add(path, Item::Stream(&mut stream), options) {
        Ok(_) => Ok(()),
        Err(_) if control.cancel.is_cancelled() => {
            Err(Error::Cancelled { state: "nothing was written".to_owned() }.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// A tree of sources that an interrupted session is completed from.
pub(crate) fn sources_again(
    sources: &[Source],
    follow_links: bool,
    written: &Written,
    control: &Control,
) -> Result<Tree, Failure> {
    let leave_out = written.files().to_vec();
    let options = ScanOptions { leave_out, follow_links, ..ScanOptions::default() };
    let mut tree = Tree::new();
    put_sources(&mut tree, sources, &options, written, control)?;
    Ok(tree)
}

/// Gives a file that is a source itself the attributes and lists that the options of scans ask for.
pub(crate) fn file_attributes(
    tree: &mut Tree,
    node: NodeId,
    host: &Path,
    options: &ScanOptions,
) -> Result<Vec<UnreadAttribute>, Failure> {
    let mut unread = Vec::new();
    if options.extended_attributes == HostAttributes::None && !options.acls {
        return Ok(unread);
    }
    // As the content, those of what a link leads to.
    let host = host.canonicalize().unwrap_or_else(|_| host.to_owned());
    if options.extended_attributes != HostAttributes::None {
        unread = tree.add_host_attributes(node, &host, options.extended_attributes)?;
    }
    if options.acls {
        unread.extend(tree.add_host_acl(node, &host)?);
    }
    Ok(unread)
}

/// An attribute that was not taken, as an item that was left out.
pub(crate) fn unread(unread: UnreadAttribute) -> Skipped {
    Skipped {
        reason: match unread.name {
            Some(name) => format!("extended attribute {name}: {}", unread.reason),
            None => format!("extended attributes: {}", unread.reason),
        },
        path: unread.path,
    }
}

/// The directory at a place, made if it is missing.
fn folder(tree: &mut Tree, place: Option<&ImagePath>, host: &Path) -> Result<NodeId, Failure> {
    let Some(place) = place.map(ImagePath::as_bytes).filter(|path| path.iter().any(|byte| *byte != b'/'))
    else {
        return Ok(NodeId::ROOT);
    };
    let options = ItemOptions { replace: true, ..ItemOptions::default() };
    tree.add(place, Item::Directory, &options).map_err(|error| match error {
        // The tree knows of a directory, not of the folder that it stands for.
        Error::MergeCollision { path, existing, existing_from, added, .. } => {
            let added_from = host.display().to_string();
            Error::MergeCollision { path, existing, existing_from, added, added_from }.into()
        }
        error => error.into(),
    })
}

/// Where a file goes; `None` where it gives way to what is there. What is lost by either is among `skipped` then.
fn free_place(
    tree: &Tree,
    (place, host): (Option<&ImagePath>, &Path),
    existing: MergePolicy,
    skipped: &mut Vec<Skipped>,
) -> Result<Option<Vec<u8>>, Failure> {
    let path = file_place(place, host)?;
    let there = tree.lookup(&path).map(|node| tree.kind(node).kind());
    if existing == MergePolicy::Keep && there.is_some_and(|kind| kind != fsimage::Kind::Directory) {
        skipped.push(gave_way(host.to_owned()));
        return Ok(None);
    }
    skipped.extend(replaced(tree, &path, host));
    Ok(Some(path))
}

fn gave_way(path: PathBuf) -> Skipped {
    Skipped { path, reason: "its name is taken, and what is there stays (--existing keep)".to_owned() }
}

/// A file that an earlier source put where another one goes. What a session had there is meant to be replaced.
fn replaced(tree: &Tree, path: &[u8], host: &Path) -> Option<Skipped> {
    let node = tree.lookup(path)?;
    let is_directory = matches!(tree.kind(node), fsimage::NodeKind::Directory(_));
    (!is_directory && !tree.is_imported(node)).then(|| Skipped {
        path: tree.path(node).into(),
        reason: format!("of an earlier source; {} has the same name in the image", host.display()),
    })
}

/// Where a file goes: the name given, or, where that ends with a slash, its own name below.
fn file_place(place: Option<&ImagePath>, host: &Path) -> Result<Vec<u8>, Failure> {
    let mut path = place.map_or(b"/".to_vec(), |place| place.as_bytes().to_vec());
    if path.ends_with(b"/") {
        let name = host
            .file_name()
            .ok_or_else(|| Failure::argument(host.display().to_string(), "the file has no name"))?;
        path.extend_from_slice(&name_bytes(name));
    }
    Ok(path)
}

fn excludes(globs: &[String]) -> Result<GlobSet, Failure> {
    let wrong = |error: globset::Error| Failure::argument("--exclude", error.to_string());
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        if glob.starts_with('/') || glob.ends_with('/') {
            let reason = format!(
                "{glob}: a glob is held against the path below the source folder (docs/*.tmp) and the bare name; \
                 neither begins or ends with a slash"
            );
            return Err(Failure::argument("--exclude", reason));
        }
        set.add(GlobBuilder::new(glob).literal_separator(true).build().map_err(wrong)?);
    }
    set.build().map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Args, Command};
    use clap::Parser;

    fn authoring(arguments: &[&str]) -> Authoring {
        let line = ["fsimage", "plan"].iter().chain(arguments);
        match Args::try_parse_from(line).unwrap().command {
            Command::Plan(plan) => plan.authoring,
            _ => unreachable!(),
        }
    }

    fn tree_of(arguments: &[&str]) -> Result<Tree, Failure> {
        let mut tree = Tree::new();
        add_sources(&mut tree, &authoring(arguments), &Written::default(), &Control::default())?;
        Ok(tree)
    }

    #[test]
    fn folders_files_and_grafts() {
        let host = tempfile::tempdir().unwrap();
        std::fs::create_dir(host.path().join("sub")).unwrap();
        for name in ["a.txt", "b.tmp", "sub/c.txt"] {
            std::fs::write(host.path().join(name), name).unwrap();
        }
        let folder = host.path().to_str().unwrap();
        let file = format!("{folder}/a.txt");
        let grafts = [format!("deep/er={folder}"), format!("dir/={file}"), format!("/new={file}")];
        let tree =
            tree_of(&[folder, &file, &grafts[0], &grafts[1], &grafts[2], "--exclude", "*.tmp"]).unwrap();
        for path in ["/a.txt", "/sub/c.txt", "/deep/er/sub/c.txt", "/dir/a.txt", "/new"] {
            assert!(tree.lookup(path).is_some(), "{path}");
        }
        for path in ["/b.tmp", "/deep/er/b.tmp", "/er"] {
            assert!(tree.lookup(path).is_none(), "{path}");
        }
    }

    #[test]
    fn the_last_of_two_files_with_one_name_stays_and_the_other_is_told() {
        let host = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "b"].map(|folder| {
            std::fs::create_dir(host.path().join(folder)).unwrap();
            let file = host.path().join(folder).join("same");
            std::fs::write(&file, folder.repeat(folder.len() + usize::from(folder == "b"))).unwrap();
            file.to_str().unwrap().to_owned()
        });
        let mut tree = Tree::new();
        let arguments = authoring(&[&a, &b]);
        let added = add_sources(&mut tree, &arguments, &Written::default(), &Control::default()).unwrap();
        assert!(matches!(&added.skipped[..], [one] if one.reason.contains(&b)), "{:?}", added.skipped);
        let strict = authoring(&[&a, &b, "--strict"]);
        assert!(add_sources(&mut Tree::new(), &strict, &Written::default(), &Control::default()).is_err());
        let fsimage::NodeKind::File(content) = tree.kind(tree.lookup("/same").unwrap()) else {
            unreachable!()
        };
        assert_eq!(tree.content_len(content), 2);
    }

    #[test]
    fn all_times_of_files_and_folders_or_the_one() {
        let host = tempfile::tempdir().unwrap();
        let folder = host.path().to_str().unwrap();
        let file = format!("{folder}/file");
        std::fs::write(&file, "x").unwrap();
        let arguments = [folder, &format!("alone={file}")];
        let tree = tree_of(&arguments).unwrap();
        let access = |tree: &Tree, path| tree.times(tree.lookup(path).unwrap()).access;
        assert_eq!(["/", "/file", "/alone"].map(|path| access(&tree, path)), [None; 3]);
        let all = [&arguments[..], &["--times", "all"]].concat();
        let tree = tree_of(&all).unwrap();
        assert!(["/", "/file", "/alone"].iter().all(|path| access(&tree, path).is_some()));
        let failure = check_sources(&authoring(&[&all[..], &["--reproducible"]].concat())).unwrap_err();
        assert_eq!(failure.exit(), crate::Exit::Caller);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_are_read() {
        let host = tempfile::tempdir().unwrap();
        let pipe = host.path().join("pipe");
        let status = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(status.success());
        let writer = {
            let pipe = pipe.clone();
            std::thread::spawn(move || std::fs::write(pipe, "through a pipe"))
        };
        let tree = tree_of(&[&format!("log.txt={}", pipe.display())]).unwrap();
        writer.join().unwrap().unwrap();
        assert_eq!(content_len(&tree, "/log.txt"), 14);
    }

    #[test]
    fn the_image_is_not_put_into_itself() {
        let host = tempfile::tempdir().unwrap();
        std::fs::create_dir(host.path().join("out")).unwrap();
        for name in ["a.txt", "out/a.iso", "out/b.iso"] {
            std::fs::write(host.path().join(name), name).unwrap();
        }
        let mut tree = Tree::new();
        let authoring = authoring(&[host.path().to_str().unwrap()]);
        let output = host.path().join("out/a.iso");
        let written = Written::image(&output);
        let skipped = add_sources(&mut tree, &authoring, &written, &Control::default()).unwrap().skipped;
        assert!(matches!(&skipped[..], [one] if one.path == output), "{skipped:?}");
        assert!(tree.lookup("/out/a.iso").is_none() && tree.lookup("/out/b.iso").is_some());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn files_that_the_kernel_makes_up_are_read() {
        assert!(content_len(&tree_of(&["/proc/self/status"]).unwrap(), "/status") > 100);
    }

    #[cfg(unix)]
    fn content_len(tree: &Tree, path: &str) -> u64 {
        match tree.kind(tree.lookup(path).unwrap()) {
            fsimage::NodeKind::File(content) => tree.content_len(content),
            other => panic!("{path} is {other:?}"),
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert_eq!(tree_of(&["/no/such/thing"]).unwrap_err().exit(), crate::Exit::Source);
        let host = tempfile::tempdir().unwrap();
        let folder = host.path().to_str().unwrap();
        for glob in ["[", "/many", "many/"] {
            assert_eq!(
                tree_of(&[folder, "--exclude", glob]).unwrap_err().exit(),
                crate::Exit::Caller,
                "{glob}"
            );
        }
    }
}
