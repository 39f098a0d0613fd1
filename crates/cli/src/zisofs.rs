//! From `--zisofs` to a tree whose files are compressed.

use std::path::{Path, PathBuf};

use fsimage::{
    BootLoader, BootSource, DigestAlgorithm, NodeId, NodeKind, PlanOptions, Tree, ZisofsOptions, ZisofsReport,
};

use crate::args::{ZisofsArgs, ZisofsForm};
use crate::commands::{Context, bytes};
use crate::counted::counted;
use crate::failure::Failure;
use crate::printable::printable;
use crate::selection::Pattern;

/// Compresses what the command line names, and says what became of it. All else is in tree and options already.
/// `output` is a file beside which a temporary one may lie, and `digests` are those that are recorded.
pub(crate) fn apply(
    (args, digests): (&ZisofsArgs, Option<DigestAlgorithm>),
    tree: &mut Tree,
    options: &PlanOptions,
    output: Option<&Path>,
    context: &Context,
) -> Result<(), Failure> {
    let Some(ZisofsForm { options: zisofs, min }) = &args.zisofs else { return Ok(()) };
    let spool = zisofs.spool.clone().or_else(|| output.and_then(folder_of));
    let zisofs = ZisofsOptions { spool, digests, ..zisofs.clone() };
    let globs = args.zisofs_files.iter().map(|glob| Pattern::new("--zisofs-files", glob));
    let mut globs = globs.collect::<Result<Vec<_>, _>>()?;
    let is_for_all = globs.is_empty();
    let isolinux = folders_of_isolinux(tree, options)?;
    let mut left_for_isolinux = 0;
    let mut select = |tree: &Tree, node| {
        let NodeKind::File(content) = tree.kind(node) else { return false };
        let path = tree.path(node);
        // Each glob is asked, so that each knows whether it matched.
        let matching = globs
            .iter_mut()
            .filter_map(|glob| glob.matches(path.trim_start_matches('/')).then_some(()))
            .count();
        let is_selected = (is_for_all || matching > 0) && tree.content_len(content) >= *min;
        let is_left = is_selected && matching == 0 && isolinux.contains(&tree.parent(node));
        left_for_isolinux += u64::from(is_left);
        is_selected && !is_left
    };
    let report = tree.compress(&mut select, &zisofs, options, &context.control)?;
    Pattern::check(globs.iter().map(|glob| ("--zisofs-files", glob)))?;
    tell(&report, tree, context);
    if !isolinux.is_empty() {
        context.say(format_args!(
            "fsimage: ISOLINUX reads no compressed files: {left_for_isolinux} in its folder are left as they are; what it loads \
             from others must not be among those of --zisofs-files"
        ));
    }
    Ok(())
}

/// The folders of boot images of ISOLINUX, from which it loads its modules and its configuration.
fn folders_of_isolinux(tree: &Tree, options: &PlanOptions) -> Result<Vec<NodeId>, Failure> {
    let mut folders = Vec::new();
    for image in options.boot.iter().flat_map(|boot| &boot.images) {
        let BootSource::File(node) = image.source else { continue };
        let NodeKind::File(content) = tree.kind(node) else { continue };
        let mut beginning = [0; BootLoader::TELLING];
        let read = tree.read_at(content, 0, &mut beginning)?;
        if BootLoader::detect(&beginning[..read]) == Some(BootLoader::Isolinux) {
            folders.push(tree.parent(node));
        }
    }
    Ok(folders)
}

fn tell(report: &ZisofsReport, tree: &Tree, context: &Context) {
    let ZisofsReport { compressed, bytes_before, bytes_after, not_smaller, too_long } = report;
    for node in too_long {
        let path = tree.path(*node);
        let path = printable(&path);
        context.say(format_args!("fsimage: {path}: not compressed, for v1 ends below 4 GiB; auto takes v2"));
    }
    let left =
        if *not_smaller > 0 { format!("; {not_smaller} would not get smaller") } else { String::new() };
    context.say(format_args!(
        "fsimage: {} compressed, {} to {}{left}",
        counted(*compressed, "file"),
        bytes(*bytes_before),
        bytes(*bytes_after)
    ));
}

/// The folder of an image that is, or becomes, a regular file.
pub(crate) fn folder_of(output: &Path) -> Option<PathBuf> {
    let target = output.canonicalize().unwrap_or_else(|_| output.to_owned());
    if target.exists() && !target.is_file() {
        return None;
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    Some(folder.map_or_else(|| PathBuf::from("."), Path::to_owned))
}
