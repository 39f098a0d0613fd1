use fsimage::{
    BootSetUp, BurnOptions, Closing, Error, GrowingDisc, LayoutPlan, OpenDrive, PlanOptions, Tree,
};
use serde_json::json;

use super::{Context, bytes, told};
use crate::Exit;
use crate::args::{Burn, VerificationName};
use crate::changes::{self, keep_boot};
use crate::failure::Failure;
use crate::plan_options::{import_options, plan_options};
use crate::sources::{Written, add_sources, check_sources};
use crate::zisofs;

pub(super) fn run(args: &Burn, context: &Context) -> Result<Exit, Failure> {
    check_sources(&args.authoring)?;
    // A session that was left open is closed first.
    context.left.set(None);
    let growing = GrowingDisc::open(OpenDrive::open(&args.drive)?)?;
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
    let (mut tree, options, session, mut warnings, set_up) = match imported {
        None => (Tree::new(), PlanOptions::for_medium(medium), None, Vec::new(), BootSetUp::default()),
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
    let restored = changes::apply(&args.changes, of, &mut tree, &context.control)?;
    context.tell_warnings(&restored, args.authoring.strict)?;
    warnings.extend(restored);
    let added = add_sources(&mut tree, &args.authoring, &Written::drive(&args.drive), &context.control)?;
    let lost = keep_boot(
        &set_up,
        &args.changes,
        (&args.authoring.boot, args.authoring.strict),
        &mut tree,
        &mut options,
    )?;
    zisofs::apply(&args.authoring.zisofs, &mut tree, &options, None, context)?;
    let plan = LayoutPlan::new(&tree, options)?;
    context.tell_lost(&lost);
    context.tell_added(&added);
    context.tell_notices(&plan);

    let closing = if args.finalise { Closing::Finalise } else { Closing::KeepAppendable };
    let burn_options = BurnOptions {
        closing,
        verify: VerificationName::meant(args.verify),
        at_once: args.at_once,
        test_write: args.test,
        speed: args.speed,
        streaming: args.stream,
    };
    if args.finalise && growing.drive().describe()?.medium.state == "overwritable" {
        context.say(
            "fsimage: nothing is finalised: a medium that can be overwritten always takes more sessions",
        );
    }
    context.left.set(None);
    let burnt = growing.write(&plan, &burn_options, &context.control)?;
    if args.eject {
        OpenDrive::open(&args.drive)?.eject()?;
    }

    let len = plan.extent().len;
    let behind =
        session.map_or("first session".to_owned(), |number| format!("session behind session {number}"));
    let how = match (args.test, args.verify) {
        (true, _) => ", as a test: nothing was recorded",
        (_, Some(VerificationName::Quick)) => ", samples verified",
        (_, Some(VerificationName::Full)) => ", verified",
        _ => "",
    };
    let speed = burnt.speed.map_or_else(String::new, |rate| format!(", at up to {rate} kB/s"));
    context.say(format_args!(
        "{behind}: {len} sectors from sector {}, {}{speed}{how}",
        burnt.start,
        bytes(len.bytes()),
    ));
    if burnt.appendable == Some(false) && !args.finalise {
        context.say("fsimage: the medium is complete: no further session is possible");
    }
    if context.json {
        let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        context.print_json(&json!({
            "drive": args.drive.to_string(),
            "start": burnt.start.get(),
            "sectors": len.get(),
            "bytes": len.bytes(),
            "imported_session": session,
            "import_warnings": warnings,
            "boot_losses": told(&lost),
            "left_out": added.left_out(),
            "unmatched_excludes": added.unmatched,
            "changes": plan.notice_counts().total(),
            "verified": args.verify.is_some(),
            "test": args.test,
            "speed": burnt.speed,
            "appendable": burnt.appendable,
        }))?;
    }
    Ok(Exit::Done)
}
