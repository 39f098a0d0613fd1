use std::io::IsTerminal;
use std::path::Path;

use fsimage::{
    CancelToken, DigestCounts, LayoutPlan, Md5Counts, PlanOptions, ReturnValue, SectorCount, SectorSink,
    Tree, write_image,
};
use serde::Serialize;

use super::notices::Notices;
use super::{Context, bytes};
use crate::Exit;
use crate::args::{Authoring, Build, PresetName};
use crate::counted::counted;
use crate::failure::{Failure, STDOUT};
use crate::plan_options::plan_options;
use crate::sources::{Added, Written, add_sources};
use crate::{boot, digests, hfsplus, preset, sparse, zisofs};

/// What `build` did, for machines.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    return_value: Option<u32>,
    output: &'a Path,
    sectors: u32,
    bytes: u64,
    left_out: Vec<String>,
    unmatched_excludes: Vec<String>,
    changes: u64,
    notices: Notices<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digests: Option<DigestCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    md5: Option<Md5Counts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lost: Vec<String>,
}

pub(super) fn run(args: &Build, context: &Context) -> Result<Exit, Failure> {
    let written = written_to(&args.output)?;
    let mut tree = Tree::new();
    let (added, options) =
        author(&args.authoring, args.preset, &written, beside(&args.output), &mut tree, context)?;
    let plan = LayoutPlan::new(&tree, options)?;
    write(&plan, &args.output, &added, (Vec::new(), None), context)
}

/// Fills the tree of a new image, and says how it is to be laid out. Compressed files wait in the folder of `beside`.
pub(super) fn author(
    authoring: &Authoring,
    preset: Option<PresetName>,
    written: &Written,
    beside: Option<&Path>,
    tree: &mut Tree,
    context: &Context,
) -> Result<(Added, PlanOptions), Failure> {
    let added = add_sources(tree, authoring, written, &context.control)?;
    let base = preset.map_or_else(PlanOptions::default, PresetName::plan_options);
    let mut options = plan_options(authoring, base)?;
    let boot = preset::boot(preset, &authoring.boot, tree)?;
    boot::apply(&boot, tree, &mut options, None)?;
    hfsplus::apply(&authoring.hfs_plus, tree, &mut options)?;
    preset::check(preset, tree, &options)?;
    let compressed = (&authoring.zisofs, digests::algorithm(&authoring.digests, None)?);
    zisofs::apply(compressed, tree, &options, beside, context)?;
    sparse::apply(authoring.sparse, tree, &options, beside, context)?;
    digests::apply(&authoring.digests, None, tree, &mut options, context)?;
    Ok((added, options))
}

/// The file that a new image becomes; standard output is none.
pub(super) fn beside(output: &Path) -> Option<&Path> {
    (output.as_os_str() != "-").then_some(output)
}

/// Where a new image goes.
pub(super) fn written_to(output: &Path) -> Result<Written, Failure> {
    match output.as_os_str() == "-" {
        true if std::io::stdout().is_terminal() => {
            Err(Failure::argument("--output", "an image is not written to a terminal"))
        }
        true => Ok(Written::stdout()),
        false => Ok(Written::image(output)),
    }
}

/// Writes a new image, and says what was done. `lost` is what an imported image had, in words; a project has a return
/// value.
pub(super) fn write(
    plan: &LayoutPlan<'_>,
    output: &Path,
    added: &Added,
    (lost, return_value): (Vec<String>, Option<ReturnValue>),
    context: &Context,
) -> Result<Exit, Failure> {
    let to_stdout = output.as_os_str() == "-";
    context.tell_added(added);
    context.tell_notices(plan);
    context.left.set(Some(left_of(beside(output))));
    if to_stdout {
        write_to_stdout(plan, context).map_err(Failure::incomplete)?;
    } else {
        write_image(plan, output, &context.control)?;
    }

    let output = (!to_stdout).then_some(output);
    summarize(plan, (output, plan.extent().len), added, (lost, return_value), context)
}

/// Says what was written; for machines, as an object, where the image is a file.
pub(super) fn summarize(
    plan: &LayoutPlan<'_>,
    (output, len): (Option<&Path>, SectorCount),
    added: &Added,
    (lost, return_value): (Vec<String>, Option<ReturnValue>),
    context: &Context,
) -> Result<Exit, Failure> {
    context.say(format_args!("{}, {}", counted(len.get(), "sector"), bytes(len.bytes())));
    if let Some(output) = output.filter(|_| context.json) {
        context.print_json(&Summary {
            return_value: return_value.map(ReturnValue::number),
            output,
            sectors: len.get(),
            bytes: len.bytes(),
            left_out: added.left_out(),
            unmatched_excludes: added.unmatched.clone(),
            lost,
            changes: plan.notice_counts().total(),
            notices: Notices(plan),
            digests: plan.recorded_digests(),
            md5: plan.recorded_md5(),
        })?;
    }
    Ok(Exit::Done)
}

/// What is there when the command is stopped while it writes a new image there.
pub(crate) fn left_of(output: Option<&Path>) -> &'static str {
    match output.map(std::fs::metadata) {
        Some(Err(_)) => UNFINISHED,
        Some(Ok(metadata)) if metadata.is_file() => UNFINISHED,
        // Standard output, a pipe or a device.
        _ => "the output is incomplete",
    }
}

const UNFINISHED: &str = "the image was not written; a file .fsimage-*.part may be left in its folder";

/// Standard output: the descriptor itself, past the buffer of the standard library, so that the kernel can move file
/// content by itself.
#[cfg(any(unix, windows))]
pub(crate) fn stdout_sink(cancel: &CancelToken) -> Result<impl SectorSink, Failure> {
    #[cfg(unix)]
    let descriptor = std::os::fd::AsFd::as_fd(&std::io::stdout()).try_clone_to_owned()?;
    #[cfg(windows)]
    let descriptor = std::os::windows::io::AsHandle::as_handle(&std::io::stdout()).try_clone_to_owned()?;
    Ok(fsimage::DescriptorSink::new(descriptor.into(), STDOUT).cancelled_by(cancel))
}

#[cfg(not(any(unix, windows)))]
pub(crate) fn stdout_sink(_: &CancelToken) -> Result<impl SectorSink, Failure> {
    Ok(fsimage::WriterSink::new(std::io::stdout().lock(), STDOUT))
}

pub(crate) fn write_to_stdout(plan: &LayoutPlan<'_>, context: &Context) -> Result<(), Failure> {
    Ok(plan.write_to(&mut stdout_sink(&context.control.cancel)?, &context.control)?)
}
