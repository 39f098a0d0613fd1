use std::path::Path;

use fsimage::{ClosedTracks, GrowingImage, LayoutPlan};
use serde_json::{Map, Value};

use super::notices::{Notices, WithNotices};
use super::told::Told;
use super::{Context, bytes};
use crate::Exit;
use crate::args::Append;
use crate::changes::{self, keep_boot};
use crate::counted::counted;
use crate::failure::Failure;
use crate::plan_options::{import_options, plan_options};
use crate::sources::{Written, add_sources, check_sources};
use crate::{digests, hfsplus, sparse, zisofs};

pub(super) fn run(args: &Append, context: &Context) -> Result<Exit, Failure> {
    check_sources(&args.authoring)?;
    let growing = GrowingImage::open(&args.image)?;
    let import = import_options(&args.import)?;
    let mut imported = growing.import(&import, &context.control)?;
    context.tell_warnings(&imported.warnings, args.authoring.strict)?;
    let mut options = plan_options(&args.authoring, imported.plan_options())?;
    options.place = growing.place();
    let of = (Some(growing.disc()), &import);
    let restored = changes::apply(&args.changes, of, &mut imported.tree, args.authoring.strict, context)?;
    imported.warnings.extend(restored);
    let added =
        add_sources(&mut imported.tree, &args.authoring, &Written::image(&args.image), &context.control)?;
    let lost = keep_boot(
        &imported.boot,
        args.changes.imported_boot,
        (&args.authoring.boot, &args.authoring),
        &mut imported.tree,
        &mut options,
    )?;
    hfsplus::apply(&args.authoring.hfs_plus, &imported.tree, &mut options)?;
    let compressed = (&args.authoring.zisofs, digests::algorithm(&args.authoring.digests, imported.digests)?);
    zisofs::apply(compressed, &mut imported.tree, &options, Some(&args.image), context)?;
    sparse::apply(args.authoring.sparse, &mut imported.tree, &options, Some(&args.image), context)?;
    digests::apply(&args.authoring.digests, imported.digests, &mut imported.tree, &mut options, context)?;
    let plan = LayoutPlan::new(&imported.tree, options)?;
    let told = Told {
        session: Some(imported.session.number),
        earlier: growing.disc().sessions().len(),
        warnings: imported.warnings.iter().map(ToString::to_string).collect(),
        lost: &lost,
        added: &added,
        closed: ClosedTracks::default(),
    };
    context.changes_by_plan_onto(args.image.display(), imported.session.number);
    let summary = write(&growing, &args.image, &plan, &told, context)?;
    if context.json {
        context.print_json(&WithNotices { summary: &summary, notices: Notices(&plan) })?;
    }
    Ok(Exit::Done)
}

/// Writes a session into an image file, and says what was done; for machines, as an object.
pub(super) fn write(
    growing: &GrowingImage,
    image: &Path,
    plan: &LayoutPlan<'_>,
    told: &Told<'_>,
    context: &Context,
) -> Result<Map<String, Value>, Failure> {
    told.tell(plan, context);
    context.left.set(Some("the new session is incomplete; the image is read as before"));
    growing.write(plan, &context.control)?;

    let extent = plan.extent();
    context.say(format_args!(
        "{}: {} from sector {}, {}",
        told.behind(),
        counted(extent.len.get(), "sector"),
        extent.start,
        bytes(extent.len.bytes())
    ));
    let mut summary = told.summary(plan, context);
    summary.insert("image".to_owned(), image.display().to_string().into());
    summary.insert("start".to_owned(), extent.start.get().into());
    Ok(summary)
}
