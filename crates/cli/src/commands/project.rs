use std::path::Path;
use std::time::{Duration, SystemTime};

use fsimage::{
    GrowingImage, ImportOptions, LayoutPlan, PlanOptions, ProjectContents, ProjectIdentity, ReturnValue,
    Sector, SectorCount, Tree,
};
use serde_json::json;

use super::{ChangesNamed, Context, build, notices, told};
use crate::Exit;
use crate::args::{ExportProject, ImportProject, Project};
use crate::changes::keep_boot;
use crate::counted::counted;
use crate::failure::Failure;
use crate::plan_options::plan_options;
use crate::sources::{Added, Written, add_sources, check_sources};
use crate::{digests, hfsplus, zisofs};

pub(super) fn run(args: &Project, context: &Context) -> Result<Exit, Failure> {
    match args {
        Project::Export(args) => export(args, context),
        Project::Import(args) => import(args, context),
    }
}

fn export(args: &ExportProject, context: &Context) -> Result<Exit, Failure> {
    let mut tree = Tree::new();
    let (added, options, lost) = match &args.onto {
        None => {
            let written = Written::image(&args.output);
            let (added, options) = build::author(
                &args.authoring,
                args.preset,
                &written,
                Some(&args.output),
                &mut tree,
                context,
            )?;
            (added, options, Vec::new())
        }
        Some(image) => session(args, image, &mut tree, context)?,
    };
    let plan = LayoutPlan::new(&tree, options.clone())?;
    context.tell_added(&added);
    context.tell_notices(&plan);
    let (sectors, changes) = (plan.extent().len, plan.notice_counts().total());
    let notices = if context.json { notices::collected(&plan)? } else { Vec::new() };
    drop(plan);
    context.left.set(Some("the folder was not made; a folder .fsimage-*.part may be left beside it"));
    let contents = if args.references { ProjectContents::Referenced } else { ProjectContents::Copied };
    let export = fsimage::ProjectExport { contents };
    fsimage::Project::new(tree, options).export(&args.output, &export, &context.control)?;
    context.say(format_args!("{}: a project of {}", args.output.display(), counted(sectors.get(), "sector")));
    if context.json {
        context.print_json(&json!({
            "return_value": ReturnValue::Completed.number(),
            "output": args.output,
            "sectors": sectors.get(),
            "left_out": added.left_out(),
            "unmatched_excludes": added.unmatched,
            "changes": changes,
            "notices": notices,
            "lost": lost,
        }))?;
    }
    Ok(Exit::Done)
}

/// A session behind those of an image, which becomes part of the project.
fn session(
    args: &ExportProject,
    image: &Path,
    tree: &mut Tree,
    context: &Context,
) -> Result<(Added, PlanOptions, Vec<String>), Failure> {
    check_sources(&args.authoring)?;
    let growing = GrowingImage::open(image)?;
    let mut imported = growing.import(&ImportOptions::default(), &context.control)?;
    context.tell_warnings(&imported.warnings, args.authoring.strict)?;
    let mut options = plan_options(&args.authoring, imported.plan_options())?;
    options.place = growing.place();
    let added = add_sources(&mut imported.tree, &args.authoring, &Written::image(image), &context.control)?;
    let boot = (&args.authoring.boot, &args.authoring);
    let lost = keep_boot(&imported.boot, None, boot, &mut imported.tree, &mut options)?;
    hfsplus::apply(&args.authoring.hfs_plus, &imported.tree, &mut options)?;
    let compressed = (&args.authoring.zisofs, digests::algorithm(&args.authoring.digests, imported.digests)?);
    zisofs::apply(compressed, &mut imported.tree, &options, Some(&args.output), context)?;
    digests::apply(&args.authoring.digests, imported.digests, &mut imported.tree, &mut options, context)?;
    context.tell_lost(&lost);
    context.changes_by_plan_onto(image.display(), imported.session.number);
    let warnings = imported.warnings.iter().map(ToString::to_string);
    *tree = imported.tree;
    Ok((added, options, warnings.chain(told(&lost)).collect()))
}

fn import(args: &ImportProject, context: &Context) -> Result<Exit, Failure> {
    let written = build::written_to(&args.output)?;
    written.check(&args.folder)?;
    // What is wrong with the folder is told by the import.
    for file in std::fs::read_dir(&args.folder).into_iter().flatten().flatten() {
        written.check(&file.path())?;
    }
    let mut attempts = 0;
    let project = loop {
        let identity = if args.generate_new_id { new_identity()? } else { ProjectIdentity::Kept };
        let options = fsimage::ProjectImport { identity, references: args.references, ..Default::default() };
        attempts += 1;
        match fsimage::Project::import(&args.folder, &options, &context.control) {
            // By chance it is the time that the project has.
            Err(fsimage::Error::InvalidArgument { .. })
                if args.generate_new_id && attempts < MOST_IDENTITIES => {}
            imported => break imported?,
        }
    };
    project.host_files().try_for_each(|file| written.check(&file))?;
    let plan = LayoutPlan::new(&project.tree, project.options.clone())?;
    context.changes_named.replace(ChangesNamed::Here);
    let told = (Vec::new(), Some(ReturnValue::Completed));
    if project.options.place.start == Sector::ZERO {
        return build::write(&plan, &args.output, &Added::default(), told, context);
    }
    if args.output.as_os_str() == "-" {
        return Err(Failure::argument("--output", "a session behind others is written to an image file"));
    }
    context.tell_notices(&plan);
    context.left.set(Some("the image was not written; a file .fsimage-*.part may be left in its folder"));
    project.write_image(&args.output, &context.control)?;
    context.say(format_args!("{}: the sessions of the project, and its own", args.output.display()));
    let fsimage::Extent { start, len } = plan.extent();
    let image = SectorCount::new(start.get().saturating_add(len.get()));
    build::summarize(&plan, (Some(&args.output), image), &Added::default(), told, context)
}

/// The UUID of a volume is its time, to the hundredth of a second: those of several that are made at once are of moments by
/// chance in so long a time.
const MOMENTS: Duration = Duration::from_secs(600);

/// Identities that are tried.
const MOST_IDENTITIES: u32 = 8;

fn new_identity() -> Result<ProjectIdentity, Failure> {
    let (mut seed, mut moment) = ([0; 16], [0; 8]);
    let random = |bytes: &mut [u8]| {
        getrandom::fill(bytes).map_err(|error| Failure::argument("--generate-new-id", error.to_string()))
    };
    random(&mut seed)?;
    random(&mut moment)?;
    let before = Duration::from_nanos(u64::from_le_bytes(moment) % MOMENTS.as_nanos() as u64);
    let now = SystemTime::now();
    Ok(ProjectIdentity::New { seed, created: now.checked_sub(before).unwrap_or(now).into() })
}
