use std::cell::RefCell;
use std::io::Write;

use fsimage::{GrowingDisc, GrowingImage, ImportWarning, LayoutPlan, Notice, PlanOptions, Segment, Tree};
use serde::ser::{SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};

use super::open::drive_for_reading;
use super::{Context, output};
use crate::Exit;
use crate::args::{Plan, Target};
use crate::boot;
use crate::failure::Failure;
use crate::printable::printable;
use crate::sources::{add_sources, check_sources, import_options, plan_options};

pub(super) fn run(args: &Plan, context: &Context) -> Result<Exit, Failure> {
    check_sources(&args.authoring)?;
    let Base { mut tree, options, warnings } = base(args, context)?;
    context.tell_warnings(&warnings, args.authoring.strict)?;
    let mut options = plan_options(&args.authoring, options)?;
    let skipped = add_sources(&mut tree, &args.authoring, None, &context.control)?;
    boot::apply(&args.authoring.boot, &mut tree, &mut options)?;
    let plan = LayoutPlan::new(&tree, options)?;
    context.tell_skipped(&skipped);
    let mut out = output();
    if context.json {
        let left_out = skipped.iter().map(|skipped| skipped.path.display().to_string()).collect();
        let import_warnings = warnings.iter().map(ToString::to_string).collect();
        serde_json::to_writer(&mut out, &Printed { plan: &plan, import_warnings, left_out })?;
        writeln!(out)?;
    } else {
        print(&plan, &mut out)?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// What the sources are added to.
#[derive(Default)]
struct Base {
    tree: Tree,
    options: PlanOptions,
    warnings: Vec<ImportWarning>,
}

fn base(args: &Plan, context: &Context) -> Result<Base, Failure> {
    let import_options = import_options(&args.import)?;
    let (imported, place) = match &args.onto {
        None if args.import.session.is_some() => {
            return Err(Failure::argument("--session", "a new image has none; name the old one with --onto"));
        }
        None => return Ok(Base::default()),
        Some(Target::Image(path)) => {
            let growing = GrowingImage::open(path)?;
            (growing.import(&import_options, &context.control)?, growing.place())
        }
        Some(Target::Drive(name)) => {
            let drive = drive_for_reading(name)?;
            if drive.describe()?.medium.unfinished_session {
                let reason = "a session on the medium was left open; 'fsimage drive close' closes it";
                return Err(Failure::argument("--onto", reason));
            }
            let growing = GrowingDisc::open(drive)?;
            let place = growing.place();
            if growing.is_blank() {
                let options = PlanOptions { place, ..PlanOptions::default() };
                return Ok(Base { options, ..Base::default() });
            }
            (growing.import(&import_options, &context.control)?, place)
        }
    };
    let options = PlanOptions { place, ..imported.plan_options() };
    Ok(Base { tree: imported.tree, options, warnings: imported.warnings })
}

fn print(plan: &LayoutPlan<'_>, out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "{:>10} {:>10}  content", "start", "sectors")?;
    for Segment { start, sectors, label, owner } in plan.segments() {
        match owner {
            Some(owner) => writeln!(out, "{start:>10} {sectors:>10}  {label} {}", printable(&owner))?,
            None => writeln!(out, "{start:>10} {sectors:>10}  {label}")?,
        }
    }
    let len = plan.extent().len;
    writeln!(out, "{len} sectors, {} bytes", len.bytes())?;
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
    import_warnings: Vec<String>,
    left_out: Vec<String>,
}

impl Serialize for Printed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let extent = self.plan.extent();
        let mut object = serializer.serialize_struct("plan", 7)?;
        object.serialize_field("start", &extent.start.get())?;
        object.serialize_field("sectors", &extent.len.get())?;
        object.serialize_field("bytes", &extent.len.bytes())?;
        object.serialize_field("segments", &Segments(self.plan))?;
        object.serialize_field("changes", &Notices(self.plan))?;
        object.serialize_field("import_warnings", &self.import_warnings)?;
        object.serialize_field("left_out", &self.left_out)?;
        object.end()
    }
}

struct Segments<'a>(&'a LayoutPlan<'a>);

impl Serialize for Segments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.segments())
    }
}

struct Notices<'a>(&'a LayoutPlan<'a>);

impl Serialize for Notices<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sequence = RefCell::new(serializer.serialize_seq(None)?);
        let mut failed = None;
        let visited = self.0.visit_notices(&mut |notice| {
            if failed.is_none() {
                failed = sequence.borrow_mut().serialize_element(&PrintedNotice::from(&notice)).err();
            }
            Ok(())
        });
        match (failed, visited) {
            (Some(error), _) => Err(error),
            (None, Err(error)) => Err(serde::ser::Error::custom(error)),
            (None, Ok(())) => sequence.into_inner().end(),
        }
    }
}

/// A notice for machines.
#[derive(Serialize)]
struct PrintedNotice {
    change: &'static str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_system: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<String>,
}

impl From<&Notice> for PrintedNotice {
    fn from(notice: &Notice) -> PrintedNotice {
        let mut printed = PrintedNotice {
            change: "other",
            path: notice.path().to_owned(),
            file_system: None,
            recorded: None,
            reasons: None,
        };
        match notice {
            Notice::Renamed { file_system, recorded, reasons, .. } => {
                printed.change = "renamed";
                printed.file_system = Some(file_system.to_string());
                printed.recorded = Some(recorded.clone());
                printed.reasons = Some(reasons.clone());
            }
            Notice::Dropped { file_system, kind, .. } => {
                printed.change = "dropped";
                printed.file_system = Some(file_system.to_string());
                printed.reasons = Some(kind.to_string());
            }
            Notice::Relocated { recorded, .. } => {
                printed.change = "relocated";
                printed.recorded = Some(recorded.clone());
            }
            Notice::TargetChanged { file_system, recorded, .. } => {
                printed.change = "target-changed";
                printed.file_system = Some(file_system.to_string());
                printed.recorded = Some(recorded.clone());
            }
            Notice::UdfSpecials { .. } => {
                printed.change = "special-items";
                printed.file_system = Some(fsimage::FileSystem::Udf.to_string());
                printed.reasons = Some(notice.to_string());
            }
            Notice::CutByLinux { .. } => printed.change = "cut-by-linux",
            Notice::TimeClamped { .. } => printed.change = "time-clamped",
            other => printed.reasons = Some(other.to_string()),
        }
        printed
    }
}
