use fsimage::{ImportOptions, ImportWarning, LayoutPlan};

use super::{ChangesNamed, Context, build, open, told};
use crate::Exit;
use crate::args::Remaster;
use crate::changes::{self, keep_boot};
use crate::failure::Failure;
use crate::plan_options::{import_options, plan_options};
use crate::sources::{add_sources, check_sources};
use crate::{digests, hfsplus, sparse, zisofs};

pub(super) fn run(args: &Remaster, context: &Context) -> Result<Exit, Failure> {
    check_sources(&args.authoring)?;
    let written = build::written_to(&args.output)?;
    let disc = open::disc(&args.target, args.offset, &context.control.cancel)?;
    // It would be read while it is written; 'append' is for images that grow in place.
    written.check_disc(&disc)?;
    let import: ImportOptions = import_options(&args.import)?;
    let mut imported = fsimage::import(&disc, &import, &context.control)?;
    let not_shown = imported.keep_visibility(&disc, &context.control)?;
    imported.warnings.extend(not_shown);
    imported.warnings.extend(ImportWarning::of_tracks(&disc, import.session));
    context.tell_warnings(&imported.warnings, args.authoring.strict)?;
    let mut options = plan_options(&args.authoring, imported.new_image_options())?;
    let tree = &mut imported.tree;
    let restored =
        changes::apply(&args.changes, (Some(&disc), &import), tree, args.authoring.strict, context)?;
    imported.warnings.extend(restored);
    let added = add_sources(tree, &args.authoring, &written, &context.control)?;
    hfsplus::apply(&args.authoring.hfs_plus, tree, &mut options)?;
    let lost = keep_boot(
        &imported.boot,
        args.changes.imported_boot,
        (&args.authoring.boot, &args.authoring),
        tree,
        &mut options,
    )?;
    let compressed = (&args.authoring.zisofs, digests::algorithm(&args.authoring.digests, imported.digests)?);
    zisofs::apply(compressed, tree, &options, build::beside(&args.output), context)?;
    sparse::apply(args.authoring.sparse, tree, &options, build::beside(&args.output), context)?;
    digests::apply(&args.authoring.digests, imported.digests, tree, &mut options, context)?;
    context.tell_lost(&lost);
    // 'plan' shows further sessions, not a new image of an old one.
    context.changes_named.replace(ChangesNamed::Here);
    let plan = LayoutPlan::new(tree, options)?;
    let warnings = imported.warnings.iter().map(ToString::to_string);
    build::write(&plan, &args.output, &added, (warnings.chain(told(&lost)).collect(), None), context)
}
