use std::io::IsTerminal;
use std::path::Path;

use fsimage::{LayoutPlan, PlanOptions, Tree, write_image};
use serde::Serialize;

use super::{Context, bytes};
use crate::Exit;
use crate::args::{Build, PresetName};
use crate::failure::{Failure, STDOUT};
use crate::sources::{Written, add_sources, plan_options};
use crate::{boot, preset, zisofs};

/// What `build` did, for machines.
#[derive(Serialize)]
struct Summary<'a> {
    output: &'a Path,
    sectors: u32,
    bytes: u64,
    left_out: Vec<String>,
    unmatched_excludes: Vec<String>,
    changes: u64,
}

pub(super) fn run(args: &Build, context: &Context) -> Result<Exit, Failure> {
    let to_stdout = args.output.as_os_str() == "-";
    if to_stdout && std::io::stdout().is_terminal() {
        return Err(Failure::argument("--output", "an image is not written to a terminal"));
    }
    let mut tree = Tree::new();
    let written = if to_stdout { Written::stdout() } else { Written::image(&args.output) };
    let added = add_sources(&mut tree, &args.authoring, &written, &context.control)?;
    let base = args.preset.map_or_else(PlanOptions::default, PresetName::plan_options);
    let mut options = plan_options(&args.authoring, base)?;
    let boot = preset::boot(args.preset, &args.authoring.boot, &tree)?;
    boot::apply(&boot, &mut tree, &mut options)?;
    preset::check(args.preset, &tree, &options)?;
    let output = (!to_stdout).then_some(args.output.as_path());
    zisofs::apply(&args.authoring.zisofs, &mut tree, &options, output, context)?;
    let plan = LayoutPlan::new(&tree, options)?;
    context.tell_added(&added);
    context.tell_notices(&plan);
    context.left.set(Some(match to_stdout {
        true => "the output is incomplete",
        false => "the image was not written; a file .fsimage-*.part may be left in its folder",
    }));
    if to_stdout {
        write_to_stdout(&plan, context).map_err(Failure::incomplete)?;
    } else {
        write_image(&plan, &args.output, &context.control)?;
    }

    let len = plan.extent().len;
    context.say(format_args!("{} sectors, {}", len, bytes(len.bytes())));
    if context.json && !to_stdout {
        context.print_json(&Summary {
            output: &args.output,
            sectors: len.get(),
            bytes: len.bytes(),
            left_out: added.left_out(),
            unmatched_excludes: added.unmatched,
            changes: plan.notice_counts().total(),
        })?;
    }
    Ok(Exit::Done)
}

/// To the descriptor itself, past the buffer of the standard library, so that the kernel can move file
/// content by itself.
#[cfg(any(unix, windows))]
pub(crate) fn write_to_stdout(plan: &LayoutPlan<'_>, context: &Context) -> Result<(), Failure> {
    #[cfg(unix)]
    let descriptor = std::os::fd::AsFd::as_fd(&std::io::stdout()).try_clone_to_owned()?;
    #[cfg(windows)]
    let descriptor = std::os::windows::io::AsHandle::as_handle(&std::io::stdout()).try_clone_to_owned()?;
    let mut sink = fsimage::DescriptorSink::new(descriptor.into(), STDOUT);
    Ok(plan.write_to(&mut sink, &context.control)?)
}

#[cfg(not(any(unix, windows)))]
pub(crate) fn write_to_stdout(plan: &LayoutPlan<'_>, context: &Context) -> Result<(), Failure> {
    let mut sink = fsimage::WriterSink::new(std::io::stdout().lock(), STDOUT);
    Ok(plan.write_to(&mut sink, &context.control)?)
}
