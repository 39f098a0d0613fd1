use fsimage::{GrowingImage, LayoutPlan};
use serde_json::json;

use super::{Context, bytes};
use crate::Exit;
use crate::args::Append;
use crate::boot;
use crate::failure::Failure;
use crate::sources::{add_sources, check_sources, import_options, plan_options};

pub(super) fn run(args: &Append, context: &Context) -> Result<Exit, Failure> {
    check_sources(&args.authoring)?;
    let growing = GrowingImage::open(&args.image)?;
    let mut imported = growing.import(&import_options(&args.import)?, &context.control)?;
    context.tell_warnings(&imported.warnings, args.authoring.strict)?;
    let mut options = plan_options(&args.authoring, imported.plan_options())?;
    options.place = growing.place();
    let skipped = add_sources(&mut imported.tree, &args.authoring, Some(&args.image), &context.control)?;
    boot::apply(&args.authoring.boot, &mut imported.tree, &mut options)?;
    let plan = LayoutPlan::new(&imported.tree, options)?;
    context.tell_skipped(&skipped);
    context.tell_notices(&plan);
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
        let left_out: Vec<_> = skipped.iter().map(|skipped| skipped.path.display().to_string()).collect();
        context.print_json(&json!({
            "image": args.image.display().to_string(),
            "start": extent.start.get(),
            "sectors": extent.len.get(),
            "bytes": extent.len.bytes(),
            "imported_session": imported.session.number,
            "import_warnings": warnings,
            "left_out": left_out,
            "changes": plan.notice_counts().total(),
        }))?;
    }
    Ok(Exit::Done)
}
