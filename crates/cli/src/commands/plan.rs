use std::io::Write;

use fsimage::{
    BootSetUp, DigestAlgorithm, Disc, GrowingDisc, GrowingImage, ImportWarning, Imported, LayoutPlan, Medium,
    Place, PlanOptions, Segment, Tree,
};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::notices::Notices;
use super::open::drive_for_reading;
use super::{Context, output, told};
use crate::Exit;
use crate::args::{Plan, PresetName, Target};
use crate::changes::{self, keep_boot};
use crate::choices::{Before, Choice, choices};
use crate::counted::counted;
use crate::failure::Failure;
use crate::plan_options::{import_options, plan_options};
use crate::preset;
use crate::printable::printable;
use crate::sources::{Added, Written, add_sources, check_sources};
use crate::{digests, hfsplus, sparse, zisofs};

pub(super) fn run(args: &Plan, context: &Context) -> Result<Exit, Failure> {
    check_sources(&args.authoring)?;
    let Base { disc, mut tree, options, medium, session, mut warnings, set_up, digests } =
        base(args, context)?;
    context.tell_warnings(&warnings, args.authoring.strict)?;
    let mut options = plan_options(&args.authoring, options)?;
    let written = match &args.onto {
        None => Written::default(),
        Some(Target::Image(path)) => Written::image(path),
        Some(Target::Drive(name)) => Written::drive(name),
    };
    let of = (disc.as_ref(), &import_options(&args.import)?);
    let restored = changes::apply(&args.changes, of, &mut tree, args.authoring.strict, context)?;
    warnings.extend(restored);
    let added = add_sources(&mut tree, &args.authoring, &written, &context.control)?;
    let boot = preset::boot(args.preset, &args.authoring.boot, &tree)?;
    let lost =
        keep_boot(&set_up, args.changes.imported_boot, (&boot, &args.authoring), &mut tree, &mut options)?;
    preset::check(args.preset, &tree, &options)?;
    hfsplus::apply(&args.authoring.hfs_plus, &tree, &mut options)?;
    let compressed = (&args.authoring.zisofs, digests::algorithm(&args.authoring.digests, digests)?);
    zisofs::apply(compressed, &mut tree, &options, None, context)?;
    sparse::apply(args.authoring.sparse, &mut tree, &options, None, context)?;
    digests::apply(&args.authoring.digests, digests, &mut tree, &mut options, context)?;
    let mut choices = choices(&args.authoring, &options, medium, session, args.preset);
    choices.extend(args.preset.into_iter().flat_map(|preset| preset.choices(&boot, &args.authoring.boot)));
    let plan = LayoutPlan::new(&tree, options)?;
    context.tell_lost(&lost);
    context.tell_added(&added);
    let mut out = output();
    if context.json {
        let import_warnings = warnings.iter().map(ToString::to_string).collect();
        serde_json::to_writer(
            &mut out,
            &Printed { plan: &plan, choices, import_warnings, boot_losses: told(&lost), added: &added },
        )?;
        writeln!(out)?;
    } else {
        print(&plan, &choices, &mut out)?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// What the sources are added to.
struct Base {
    /// Where the tree was imported from.
    disc: Option<Disc>,
    tree: Tree,
    options: PlanOptions,
    medium: Medium,
    session: Option<Before>,
    warnings: Vec<ImportWarning>,
    set_up: BootSetUp,
    digests: Option<DigestAlgorithm>,
}

impl Base {
    fn blank(medium: Medium, place: Place) -> Base {
        let options = PlanOptions { place, ..PlanOptions::for_medium(medium) };
        Base {
            disc: None,
            tree: Tree::new(),
            options,
            medium,
            session: None,
            warnings: Vec::new(),
            set_up: BootSetUp::default(),
            digests: None,
        }
    }
}

fn base(args: &Plan, context: &Context) -> Result<Base, Failure> {
    let import_options = import_options(&args.import)?;
    let (imported, disc, medium, place) = match &args.onto {
        None if args.import.session.is_some() => {
            return Err(Failure::argument("--session", "a new image has none; name the old one with --onto"));
        }
        None => {
            return Ok(match args.medium {
                Some(kind) => Base::blank(kind.into(), Place::on_blank(kind)?),
                None if args.preset.is_some() => Base {
                    options: args.preset.map_or_else(PlanOptions::default, PresetName::plan_options),
                    ..Base::blank(Medium::ImageFile, Place::default())
                },
                None => Base::blank(Medium::ImageFile, Place::default()),
            });
        }
        Some(Target::Image(path)) => {
            let growing = GrowingImage::open(path)?;
            let imported = growing.import(&import_options, &context.control)?;
            (imported, growing.disc().clone(), Medium::ImageFile, growing.place())
        }
        Some(Target::Drive(name)) => {
            let drive = drive_for_reading(name, &context.control.cancel)?;
            if drive.describe()?.medium.unfinished_session {
                let reason = "a session on the medium was left open; 'fsimage drive close' closes it";
                return Err(Failure::argument("--onto", reason));
            }
            let growing = GrowingDisc::open(drive)?;
            let place = growing.place();
            let medium = growing.drive().medium_family();
            if growing.is_blank() {
                let warnings = ImportWarning::of_passed_over(growing.disc());
                return Ok(Base { warnings, ..Base::blank(medium, place) });
            }
            (growing.import(&import_options, &context.control)?, growing.disc().clone(), medium, place)
        }
    };
    let options = PlanOptions { place, ..imported.plan_options_for(medium) };
    let Imported { tree, session, udf_revision, warnings, boot: set_up, digests, .. } = imported;
    let session = Some(Before { number: session.number, has_udf: udf_revision.is_some() });
    Ok(Base { disc: Some(disc), tree, options, medium, session, warnings, set_up, digests })
}

fn print(plan: &LayoutPlan<'_>, choices: &[Choice], out: &mut impl Write) -> Result<(), Failure> {
    for Choice { what, chosen, why } in choices {
        writeln!(out, "{what}: {chosen} ({why})")?;
    }
    writeln!(out, "{:>10} {:>10}  content", "start", "sectors")?;
    for Segment { start, sectors, label, owner, counts_from } in plan.segments() {
        let from = counts_from.map_or(String::new(), |sector| format!(" (as read from sector {sector} on)"));
        match owner {
            Some(owner) => writeln!(out, "{start:>10} {sectors:>10}  {label}{from} {}", printable(&owner))?,
            None => writeln!(out, "{start:>10} {sectors:>10}  {label}{from}")?,
        }
    }
    let len = plan.extent().len;
    writeln!(out, "{}, {} bytes", counted(len.get(), "sector"), len.bytes())?;
    let mut failed = None;
    plan.visit_notices(&mut |notice| {
        if failed.is_none() {
            failed = writeln!(out, "{}", printable(&notice.to_string())).err();
        }
        Ok(())
    })?;
    failed.map_or(Ok(()), |error| Err(error.into()))
}

/// The plan as one JSON object, written as it is walked.
struct Printed<'a> {
    plan: &'a LayoutPlan<'a>,
    choices: Vec<Choice>,
    import_warnings: Vec<String>,
    boot_losses: Vec<String>,
    added: &'a Added,
}

impl Serialize for Printed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let extent = self.plan.extent();
        let mut object = serializer.serialize_struct("plan", 11)?;
        object.serialize_field("start", &extent.start.get())?;
        object.serialize_field("sectors", &extent.len.get())?;
        object.serialize_field("bytes", &extent.len.bytes())?;
        object.serialize_field("choices", &self.choices)?;
        object.serialize_field("segments", &Segments(self.plan))?;
        object.serialize_field("changes", &self.plan.notice_counts().total())?;
        object.serialize_field("notices", &Notices(self.plan))?;
        object.serialize_field("import_warnings", &self.import_warnings)?;
        object.serialize_field("boot_losses", &self.boot_losses)?;
        object.serialize_field("left_out", &self.added.left_out())?;
        object.serialize_field("unmatched_excludes", &self.added.unmatched)?;
        object.end()
    }
}

struct Segments<'a>(&'a LayoutPlan<'a>);

impl Serialize for Segments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.segments())
    }
}
