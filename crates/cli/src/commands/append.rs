use fsimage::{GrowingImage, LayoutPlan};
use serde_json::json;

use super::{Context, bytes, told};
use crate::Exit;
use crate::args::Append;
use crate::changes::{self, keep_boot};
use crate::failure::Failure;
use crate::plan_options::{import_options, plan_options};
use crate::sources::{Written, add_sources, check_sources};
use crate::zisofs;

pub(super) fn run(args: &Append, context: &Context) -> Result<Exit, Failure> {
    check_sources(&args.authoring)?;
    let growing = GrowingImage::open(&args.image)?;
    let import = import_options(&args.import)?;
    let mut imported = growing.import(&import, &context.control)?;
    context.tell_warnings(&imported.warnings, args.authoring.strict)?;
    let mut options = plan_options(&args.authoring, imported.plan_options())?;
    options.place = growing.place();
    let of = (Some(growing.disc()), &import);
    let restored = changes::apply(&args.changes, of, &mut imported.tree, &context.control)?;
    context.tell_warnings(&restored, args.authoring.strict)?;
    imported.warnings.extend(restored);
    let added =
        add_sources(&mut imported.tree, &args.authoring, &Written::image(&args.image), &context.control)?;
    let lost = keep_boot(
        &imported.boot,
        &args.changes,
        (&args.authoring.boot, args.authoring.strict),
        &mut imported.tree,
        &mut options,
    )?;
    zisofs::apply(&args.authoring.zisofs, &mut imported.tree, &options, Some(&args.image), context)?;
    let plan = LayoutPlan::new(&imported.tree, options)?;
    context.tell_lost(&lost);
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
            "boot_losses": told(&lost),
            "left_out": added.left_out(),
            "unmatched_excludes": added.unmatched,
            "changes": plan.notice_counts().total(),
        }))?;
    }
    Ok(Exit::Done)
}
