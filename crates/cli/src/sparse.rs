//! From `--sparse-files` to a tree whose files are stored without their holes.

use std::path::Path;

use fsimage::{PlanOptions, SparseReport, Tree};

use crate::args::{SparseArgs, SparseForm};
use crate::commands::{Context, bytes};
use crate::counted::counted;
use crate::failure::Failure;
use crate::printable::printable;
use crate::zisofs::folder_of;

/// Leaves out the holes, and says what became of it. All else is in tree and options already, what is compressed
/// included. `output` is a file beside which a temporary one may lie.
pub(crate) fn apply(
    args: SparseArgs,
    tree: &mut Tree,
    options: &PlanOptions,
    output: Option<&Path>,
    context: &Context,
) -> Result<(), Failure> {
    let Some(SparseForm::Sf) = args.sparse_files else { return Ok(()) };
    let spool = output.and_then(folder_of);
    let report = tree.leave_out_holes(&mut |_, _| true, spool.as_deref(), options, &context.control)?;
    let SparseReport { stored, bytes_before, bytes_after, too_long, .. } = &report;
    for node in too_long {
        let path = tree.path(*node);
        let path = printable(&path);
        context.say(format_args!("fsimage: {path}: stored with its holes, for over 4 GiB of it are data"));
    }
    context.say(format_args!(
        "fsimage: {} stored without holes, {} as {}; few systems but fsimage show these",
        counted(*stored, "file"),
        bytes(*bytes_before),
        bytes(*bytes_after)
    ));
    Ok(())
}
