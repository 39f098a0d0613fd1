use fsimage::{
    BootSetUp, BurnOptions, Closing, DriveName, Error, GrowingDisc, ImportWarning, LayoutPlan, PlanOptions,
    Tree,
};
use serde_json::{Map, Value};

use super::drive::tell_closed;
use super::notices::{Notices, WithNotices};
use super::{ChangesNamed, Context, bytes};
use super::{open, told::Told};
use crate::Exit;
use crate::args::{Burn, Recording, RotationName, VerificationName};
use crate::changes::{self, keep_boot};
use crate::counted::counted;
use crate::failure::Failure;
use crate::plan_options::{import_options, plan_options};
use crate::sources::{Written, add_sources, check_sources};
use crate::{digests, hfsplus, sparse, zisofs};

pub(super) fn run(args: &Burn, context: &Context) -> Result<Exit, Failure> {
    check_sources(&args.authoring)?;
    context.left.set(None);
    let mut growing =
        GrowingDisc::open(open::drive(&args.drive, args.recording.real_time, &context.control.cancel)?)?;
    context.left.set(Some("nothing was written"));
    let medium = growing.drive().medium_family();
    let import_options = import_options(&args.import)?;
    let imported = if !growing.is_blank() {
        Some(growing.import(&import_options, &context.control)?)
    } else if args.import.session.is_some() {
        return Err(Error::EmptyMedium { medium: args.drive.to_string() }.into());
    } else {
        None
    };
    let recorded = imported.as_ref().and_then(|imported| imported.digests);
    let (mut tree, options, session, mut warnings, set_up) = match imported {
        None => {
            let passed_over = ImportWarning::of_passed_over(growing.disc());
            (Tree::new(), PlanOptions::for_medium(medium), None, passed_over, BootSetUp::default())
        }
        Some(imported) => {
            let options = imported.plan_options_for(medium);
            let number = imported.session.number;
            (imported.tree, options, Some(number), imported.warnings, imported.boot)
        }
    };
    context.tell_warnings(&warnings, args.authoring.strict)?;
    let mut options = plan_options(&args.authoring, options)?;
    options.place = growing.place();
    let of = (session.map(|_| growing.disc()), &import_options);
    let restored = changes::apply(&args.changes, of, &mut tree, args.authoring.strict, context)?;
    warnings.extend(restored);
    let added = add_sources(&mut tree, &args.authoring, &Written::drive(&args.drive), &context.control)?;
    let lost = keep_boot(
        &set_up,
        args.changes.imported_boot,
        (&args.authoring.boot, &args.authoring),
        &mut tree,
        &mut options,
    )?;
    hfsplus::apply(&args.authoring.hfs_plus, &tree, &mut options)?;
    let compressed = (&args.authoring.zisofs, digests::algorithm(&args.authoring.digests, recorded)?);
    zisofs::apply(compressed, &mut tree, &options, None, context)?;
    sparse::apply(args.authoring.sparse, &mut tree, &options, None, context)?;
    digests::apply(&args.authoring.digests, recorded, &mut tree, &mut options, context)?;
    settle(&mut growing, &mut tree, &mut options, &args.recording, context)?;
    let plan = LayoutPlan::new(&tree, options)?;
    let told = Told {
        session,
        earlier: growing.disc().sessions().len(),
        warnings: warnings.iter().map(ToString::to_string).collect(),
        lost: &lost,
        added: &added,
        closed: growing.closed_tracks().clone(),
    };
    match session {
        Some(session) => context.changes_by_plan_onto(&args.drive, session),
        // When it can be asked for, the medium is blank no more.
        None => _ = context.changes_named.replace(ChangesNamed::Here),
    }
    let summary = record(growing, (&args.drive, &args.recording), &plan, &told, context)?;
    if context.json {
        context.print_json(&WithNotices { summary: &summary, notices: Notices(&plan) })?;
    }
    Ok(Exit::Done)
}

/// Closes what was left open, when nothing is refused of a session where the drive says that it would go. Then the options have
/// the place where it goes.
pub(super) fn settle(
    growing: &mut GrowingDisc,
    tree: &mut Tree,
    options: &mut PlanOptions,
    recording: &Recording,
    context: &Context,
) -> Result<(), Failure> {
    if !growing.has_open_session() {
        return Ok(());
    }
    let plan = LayoutPlan::new(tree, options.clone())?;
    let recorded = plan.recorded_digests().map(|digests| digests.algorithm);
    close_left_open(growing, &plan, recording, context)?;
    options.place = growing.place();
    if let Some(algorithm) = recorded {
        // How many there are depends on the place.
        tree.record_digests(algorithm, options)?;
    }
    Ok(())
}

/// Closes what was left open, when nothing is refused of the plan for where the drive says that the session would go.
pub(super) fn close_left_open(
    growing: &mut GrowingDisc,
    plan: &LayoutPlan<'_>,
    recording: &Recording,
    context: &Context,
) -> Result<(), Failure> {
    growing.check(plan, &options(recording))?;
    if context.control.cancel.is_cancelled() {
        return Err(Error::Cancelled { state: "nothing was written".to_owned() }.into());
    }
    context.left.set(None);
    let result = growing.close_open_session().map(drop);
    let closed = growing.closed_tracks().clone();
    if closed.session.is_some() {
        context.say("fsimage: the session that was left open is closed");
    }
    tell_closed(&closed, context);
    context.closed.replace(Some(closed));
    Ok(result?)
}

/// Where `--reserve` is for nothing.
pub(super) const RESERVATION_REFUSED: &str =
    "fsimage: the drive takes no announcement of the size (--reserve): recorded without one";

pub(super) fn options(recording: &Recording) -> BurnOptions {
    BurnOptions {
        closing: if recording.finalise { Closing::Finalise } else { Closing::KeepAppendable },
        verify: VerificationName::meant(recording.verify),
        at_once: recording.at_once,
        test_write: recording.test,
        without_underrun_protection: recording.no_underrun_protection,
        speed: recording.speed,
        rotation: recording.rotation.map(RotationName::meant),
        streaming: recording.stream,
        reserve: recording.reserve,
        eject: recording.eject,
        reload: recording.reload,
    }
}

/// Records a session, and says what was done; for machines, as an object.
pub(super) fn record(
    growing: GrowingDisc,
    (drive, recording): (&DriveName, &Recording),
    plan: &LayoutPlan<'_>,
    told: &Told<'_>,
    context: &Context,
) -> Result<Map<String, Value>, Failure> {
    told.tell(plan, context);

    let burn_options = options(recording);
    if recording.finalise && growing.drive().describe()?.medium.state == "overwritable" {
        context.say(
            "fsimage: nothing is finalised: a medium that can be overwritten always takes more sessions",
        );
    }
    context.left.set(None);
    let burnt = growing.write(plan, &burn_options, &context.control)?;

    let len = plan.extent().len;
    let how = match (recording.test, recording.verify) {
        (true, _) => ", as a test: nothing was recorded",
        (_, Some(VerificationName::Quick)) => ", samples verified",
        (_, Some(VerificationName::Full)) => ", verified",
        _ => "",
    };
    let speed = burnt.speed.map_or_else(String::new, |rate| format!(", at up to {rate} kB/s"));
    context.say(format_args!(
        "{}: {} from sector {}, {}{speed}{how}",
        told.behind(),
        counted(len.get(), "sector"),
        burnt.start,
        bytes(len.bytes()),
    ));
    if let Some(rotation) = burnt.rotation.filter(|_| burnt.is_rotation_adjusted()) {
        context.say(format_args!("fsimage: the drive recorded with {rotation}"));
    }
    if burnt.reservation_refused {
        context.say(RESERVATION_REFUSED);
    }
    if burnt.appendable == Some(false) && !recording.finalise {
        context.say("fsimage: the medium is complete: no further session is possible");
    }
    if let Some(failure) = &burnt.tray_failure {
        context.tell_finding(format_args!(
            "the session is recorded, but the tray did not move as asked: {failure}"
        ));
    }
    let mut summary = told.summary(plan, context);
    summary.insert("drive".to_owned(), drive.to_string().into());
    summary.insert("start".to_owned(), burnt.start.get().into());
    summary.insert("verified".to_owned(), recording.verify.is_some().into());
    summary.insert("test".to_owned(), recording.test.into());
    summary.insert("speed".to_owned(), burnt.speed.into());
    summary.insert("rotation".to_owned(), burnt.rotation.map(|rotation| rotation.to_string()).into());
    summary.insert("appendable".to_owned(), burnt.appendable.into());
    summary.insert("reservation_refused".to_owned(), burnt.reservation_refused.into());
    summary.insert("tray_failure".to_owned(), burnt.tray_failure.into());
    Ok(summary)
}
