use std::io::Write;
use std::path::Path;

use fsimage::update::{ChangeKind, Compare, Counts, UpdateOptions};
use fsimage::{
    BootSetUp, ClosedTracks, Control, Disc, DriveName, Error, GrowingDisc, GrowingImage, ImportWarning,
    Imported, LayoutPlan, Medium, Place, PlanOptions, Tree, update::Update as Comparison,
};
use serde_json::{Map, Value, json};

use super::notices::{Notices, WithNotices};
use super::{ChangesNamed, Context, append, burn, bytes, output};
use super::{open, told::Told};
use crate::Exit;
use crate::args::{CompareName, ImportedBoot, Recording, SourceAttributes, Update};
use crate::changes::keep_boot;
use crate::counted::counted;
use crate::failure::Failure;
use crate::plan_options::{import_options, plan_options};
use crate::printable::printable;
use crate::sources::{Added, Written, add_sources, check_sources};
use crate::{digests, sparse, zisofs};

pub(super) fn run(args: &Update, context: &Context) -> Result<Exit, Failure> {
    match &args.drive {
        Some(_) => run_on_drive(args, context),
        None => run_on_image(args, context),
    }
}

fn run_on_image(args: &Update, context: &Context) -> Result<Exit, Failure> {
    let mut args = args.clone();
    let image = args.authoring.sources.remove(0).whole().to_owned();
    if args.authoring.sources.is_empty() {
        let reason = "a source is missing behind the image; or a drive, by --drive";
        return Err(Failure::argument(image.display().to_string(), reason));
    }
    check_sources(&args.authoring)?;
    let growing = GrowingImage::open(&image)?;
    let imported = growing.import(&import_options(&args.import)?, &context.control)?;
    let written = Written::image(&image);
    let ground = Ground { disc: growing.disc(), medium: Medium::ImageFile, place: growing.place() };
    update(&args, ground, Some(imported), &written, context, Growing::Image(&growing, &image))
}

fn run_on_drive(args: &Update, context: &Context) -> Result<Exit, Failure> {
    let Some(name) = &args.drive else { return Ok(Exit::Done) };
    check_sources(&args.authoring)?;
    let drive = match args.dry_run {
        true => open::drive_for_reading(name, &context.control.cancel)?,
        false => open::drive(name, args.recording.real_time, &context.control.cancel)?,
    };
    context.left.set(None);
    let growing = GrowingDisc::open(drive)?;
    context.left.set(Some("nothing was written"));
    let medium = growing.drive().medium_family();
    let imported = match growing.is_blank() {
        false => Some(growing.import(&import_options(&args.import)?, &context.control)?),
        true if args.import.session.is_some() => {
            return Err(Error::EmptyMedium { medium: name.to_string() }.into());
        }
        true => None,
    };
    let disc = growing.disc().clone();
    let ground = Ground { disc: &disc, medium, place: growing.place() };
    let growing = Growing::Disc(Box::new(growing), name);
    update(args, ground, imported, &Written::drive(name), context, growing)
}

/// What is there before.
struct Ground<'a> {
    disc: &'a Disc,
    medium: Medium,
    place: Place,
}

/// What grows.
enum Growing<'a> {
    Image(&'a GrowingImage, &'a Path),
    Disc(Box<GrowingDisc>, &'a DriveName),
}

impl Growing<'_> {
    /// Whether a session has to be closed before it can.
    fn is_left_open(&self) -> bool {
        match self {
            Growing::Image(..) => false,
            Growing::Disc(growing, _) => growing.has_open_session(),
        }
    }

    /// What is refused is refused, though nothing is to be written.
    fn check(&self, plan: &LayoutPlan<'_>, recording: &Recording) -> Result<(), Error> {
        match self {
            Growing::Image(growing, _) => growing.check(plan),
            Growing::Disc(growing, _) => growing.check(plan, &burn::options(recording)),
        }
    }

    fn closed(&self) -> ClosedTracks {
        match self {
            Growing::Image(..) => ClosedTracks::default(),
            Growing::Disc(growing, _) => growing.closed_tracks().clone(),
        }
    }
}

fn update(
    args: &Update,
    ground: Ground<'_>,
    mut imported: Option<Imported>,
    written: &Written,
    context: &Context,
    mut growing: Growing<'_>,
) -> Result<Exit, Failure> {
    let warnings = match &imported {
        None => ImportWarning::of_passed_over(ground.disc),
        Some(imported) => imported.warnings.clone(),
    };
    context.tell_warnings(&warnings, args.authoring.strict)?;
    let options = match &imported {
        None => PlanOptions::for_medium(ground.medium),
        Some(imported) => imported.plan_options_for(ground.medium),
    };
    let mut options = plan_options(&args.authoring, options)?;
    options.place = ground.place;
    let mut sources = Tree::new();
    let added = add_sources(&mut sources, &args.authoring, written, &context.control)?;
    let recorded = imported.as_ref().and_then(|imported| imported.digests);
    let algorithm = digests::algorithm(&args.authoring.digests, recorded)?;
    if algorithm.is_some() {
        sources.remove_digests()?;
    }
    let comparison = compare(args, ground.disc, imported.as_mut(), sources, &options, &context.control)?;
    let (counts, read_back) = (comparison.difference().counts(), comparison.read_back());
    if args.compare == CompareName::Digests && read_back > 0 {
        context.say(format_args!(
            "fsimage: read on the medium, which has no digests that hold: {}",
            counted(read_back, "file")
        ));
    }
    let set_up = imported.as_ref().map(|imported| imported.boot.clone()).unwrap_or_default();
    let is_same = comparison.difference().is_empty();
    let reason = match older_session(ground.disc, imported.as_ref())? {
        _ if !is_same => Some(Summed(counts).to_string()),
        Some(number) => Some(made_newest(number)),
        None if args.says_of_boot(&set_up) => Some(BOOTS_OTHERWISE.to_owned()),
        None => None,
    };
    let mut shown = None;
    if args.dry_run {
        shown = show(&comparison, reason.as_deref(), growing.is_left_open(), context)?;
    }
    let Some(reason) = reason else {
        context.tell_added(&added);
        return match args.dry_run {
            true => print(shown, context),
            false => unchanged(&comparison, &added, context),
        };
    };
    if !args.dry_run {
        context.say(format_args!("fsimage: {reason}"));
    }
    let mut tree = comparison.into_tree()?;
    let lost = keep_boot(
        &set_up,
        args.imported_boot,
        (&args.authoring.boot, &args.authoring),
        &mut tree,
        &mut options,
    )?;
    let compressed = (&args.authoring.zisofs, algorithm);
    zisofs::apply(compressed, &mut tree, &options, None, context)?;
    sparse::apply(args.authoring.sparse, &mut tree, &options, None, context)?;
    digests::apply(&args.authoring.digests, recorded, &mut tree, &mut options, context)?;
    if let (Growing::Disc(growing, _), false) = (&mut growing, args.dry_run) {
        burn::settle(growing, &mut tree, &mut options, &args.recording, context)?;
    }
    let plan = LayoutPlan::new(&tree, options)?;
    let told = Told {
        session: imported.as_ref().map(|imported| imported.session.number),
        earlier: ground.disc.sessions().len(),
        warnings: warnings.iter().map(ToString::to_string).collect(),
        lost: &lost,
        added: &added,
        closed: growing.closed(),
    };
    // 'plan' adds sources, and removes nothing that they lack.
    context.changes_named.replace(ChangesNamed::Here);
    if args.dry_run {
        growing.check(&plan, &args.recording)?;
        told.tell(&plan, context);
        if let Some(shown) = &mut shown {
            shown.insert("boot_losses".to_owned(), super::told(&lost).into());
        }
        return print(shown, context);
    }
    let mut summary = match growing {
        Growing::Image(growing, image) => append::write(growing, image, &plan, &told, context)?,
        Growing::Disc(growing, name) => {
            burn::record(*growing, (name, &args.recording), &plan, &told, context)?
        }
    };
    if context.json {
        summary.insert("written".to_owned(), true.into());
        summary.insert("difference".to_owned(), json!(counts));
        summary.insert("read_back".to_owned(), read_back.into());
        context.print_json(&WithNotices { summary: &summary, notices: Notices(&plan) })?;
    }
    Ok(Exit::Done)
}

fn compare(
    args: &Update,
    disc: &Disc,
    imported: Option<&mut Imported>,
    sources: Tree,
    plan: &PlanOptions,
    control: &Control,
) -> Result<Comparison, Failure> {
    let options = UpdateOptions {
        compare: match args.compare {
            CompareName::SizeAndTime => Compare::SizeAndTime,
            CompareName::Content => Compare::Content,
            CompareName::Digests => Compare::Digests,
        },
        deduplicate: args.dedup,
        extended_attributes: args.authoring.xattrs != SourceAttributes::None,
        acls: args.authoring.acl,
    };
    Ok(match imported {
        None => Comparison::of_blank(sources),
        Some(imported) => Comparison::new(disc, imported, sources, plan, options, control)?,
    })
}

/// The number of the imported session, where a newer one is what readers show.
fn older_session(disc: &Disc, imported: Option<&Imported>) -> Result<Option<u16>, Failure> {
    let Some(imported) = imported else { return Ok(None) };
    let (number, newest) = (imported.session.number, disc.session(None)?.number);
    Ok(Some(number).filter(|&number| number < newest))
}

/// What is done where nothing differs from an older session.
fn made_newest(number: u16) -> String {
    format!(
        "nothing differs from session {number}, which is not the newest: its files are those of a new session"
    )
}

/// What is done where no file differs, and the command line says what boots.
const BOOTS_OTHERWISE: &str = "no file differs; boot options ask for a session that boots as they say";

impl Update {
    /// Whether the command line changes what boots. Whether that is what boots already is not looked at.
    fn says_of_boot(&self, set_up: &BootSetUp) -> bool {
        let boot = &self.authoring.boot;
        let adds =
            boot.of_disks().is_some() || boot.of_catalog().is_some() || !boot.append_partition.is_empty();
        let drops = self.imported_boot == Some(ImportedBoot::Drop) && !set_up.is_empty();
        boot.says_what_boots() || adds || drops
    }
}

/// Nothing is to be done, and nothing was.
fn unchanged(comparison: &Comparison, added: &Added, context: &Context) -> Result<Exit, Failure> {
    context.say("nothing differs, and nothing was written");
    if context.json {
        context.print_json(&json!({
            "written": false,
            "difference": comparison.difference().counts(),
            "read_back": comparison.read_back(),
            "left_out": added.left_out(),
            "unmatched_excludes": added.unmatched,
            "closed_tracks": ClosedTracks::default(),
        }))?;
    }
    Ok(Exit::Done)
}

/// All differences, a line each; for machines, an object. `reason` is why a session would be written.
fn show(
    comparison: &Comparison,
    reason: Option<&str>,
    is_left_open: bool,
    context: &Context,
) -> Result<Option<Map<String, Value>>, Failure> {
    let difference = comparison.difference();
    if context.json {
        let members = [
            ("written", false.into()),
            ("difference", json!(difference.counts())),
            ("read_back", comparison.read_back().into()),
            ("changes", json!(difference.changes())),
            ("would_write", reason.is_some().into()),
            ("would_close_session", (reason.is_some() && is_left_open).into()),
        ];
        return Ok(Some(members.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()));
    }
    let mut out = output();
    difference.visit(&mut |change| {
        let from = change.from.map_or_else(String::new, |from| format!("{} -> ", printable(&from)));
        let attributes = match change.change {
            _ if change.attributes.is_empty() => String::new(),
            _ => format!(" ({})", change.attributes.join(", ")),
        };
        writeln!(out, "{:<10} {from}{}{attributes}", change.change, printable(&change.path))
    })?;
    out.flush()?;
    context.say(reason.unwrap_or("nothing differs"));
    if reason.is_some() && is_left_open {
        context.say("a session was left open, which would be closed first");
    }
    Ok(None)
}

fn print(shown: Option<Map<String, Value>>, context: &Context) -> Result<Exit, Failure> {
    shown.map_or(Ok(()), |shown| context.print_json(&shown))?;
    Ok(Exit::Done)
}

/// The differences in a line.
struct Summed(Counts);

impl std::fmt::Display for Summed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Counts { added, changed, renamed, attributes, removed, new_bytes, shared_bytes } = self.0;
        for (count, what) in [
            (added, ChangeKind::Added.to_string()),
            (changed, ChangeKind::Changed.to_string()),
            (renamed, ChangeKind::Renamed.to_string()),
            (attributes, "with other attributes".to_owned()),
            (removed, ChangeKind::Removed.to_string()),
        ] {
            if count > 0 {
                write!(f, "{count} {what}, ")?;
            }
        }
        write!(f, "{} of new data", bytes(new_bytes))?;
        if shared_bytes > 0 {
            write!(f, "; {} that the medium has already", bytes(shared_bytes))?;
        }
        Ok(())
    }
}
