use fsimage::{GrowingImage, LayoutPlan};
use serde_json::json;

use super::{Context, bytes};
use crate::Exit;
use crate::args::Append;
use crate::boot;
use crate::failure::Failure;
use crate::sources::{Written, add_sources, check_sources, import_options, plan_options};
use crate::zisofs;

pub(super) fn run(args: &Append, context: &Context) -> Result<Exit, Failure> {
    check_sources(&args.authoring)?;
    let growing = GrowingImage::open(&args.image)?;
    let mut imported = growing.import(&import_options(&args.import)?, &context.control)?;
    context.tell_warnings(&imported.warnings, args.authoring.strict)?;
    let mut options = plan_options(&args.authoring, imported.plan_options())?;
    options.place = growing.place();
    let added =
        add_sources(&mut imported.tree, &args.authoring, &Written::image(&args.image), &context.control)?;
    boot::apply(&args.authoring.boot, &mut imported.tree, &mut options)?;
    if options.boot.is_none() {
        context.tell_boot_files(
            &imported.boot_files,
            &imported.tree,
            &mut imported.warnings,
            args.authoring.strict,
        )?;
    }
    zisofs::apply(&args.authoring.zisofs, &mut imported.tree, &options, Some(&args.image), context)?;
    let plan = LayoutPlan::new(&imported.tree, options)?;
    context.tell_added(&added);
    context.tell_notices(&plan);
    context.left.set(Some("the new session is incomplete; the image is read as before"));
    growing.write(&plan, &context.control)?;

    let extent = plan.extent();
    context.say(format_args!(
        "session behind session {}: {} sectors from sector {}, {}",
        imported.session.number,
        extent.len,
        extent.start,
        bytes(extent.len.bytes())
    ));
    if context.json {
        let warnings: Vec<String> = imported.warnings.iter().map(ToString::to_string).collect();
        context.print_json(&json!({
            "image": args.image.display().to_string(),
            "start": extent.start.get(),
            "sectors": extent.len.get(),
            "bytes": extent.len.bytes(),
            "imported_session": imported.session.number,
            "import_warnings": warnings,
            "left_out": added.left_out(),
            "unmatched_excludes": added.unmatched,
            "changes": plan.notice_counts().total(),
        }))?;
    }
    Ok(Exit::Done)
}
