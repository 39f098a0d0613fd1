use fsimage::{Disc, DriveName, Error, GrowingDisc, Losses, MergedCopy, OpenDrive};

use super::told::Told;
use super::{Context, build, burn, open, told};
use crate::Exit;
use crate::args::{Copy, Target};
use crate::failure::Failure;
use crate::sources::Added;

pub(super) fn run(args: &Copy, context: &Context) -> Result<Exit, Failure> {
    let disc = open::disc(&args.target, 0)?;
    match (&args.output, &args.drive) {
        (Some(output), _) => {
            let written = build::written_to(output)?;
            if let Target::Image(path) = &args.target {
                // It would be read while it is written.
                written.check(path)?;
            }
            let copy = read(args, &disc, context)?;
            let lost = copy.imported().warnings.iter().map(ToString::to_string);
            let lost = lost.chain(told(copy.boot_losses())).collect();
            context.tell_lost(copy.boot_losses());
            build::write(&copy.plan()?, output, &Added::default(), lost, context)
        }
        (None, Some(drive)) => onto(args, &disc, drive, context),
        (None, None) => Err(Failure::argument("--output", "name an image file, or a medium with --drive")),
    }
}

fn read(args: &Copy, disc: &Disc, context: &Context) -> Result<MergedCopy, Failure> {
    let losses = if args.lossy && !args.strict { Losses::Accept } else { Losses::Refuse };
    let copy = MergedCopy::of(disc, args.session, losses, &context.control).map_err(lossy)?;
    context.tell_warnings(&copy.imported().warnings, args.strict)?;
    Ok(copy)
}

fn onto(args: &Copy, disc: &Disc, drive: &DriveName, context: &Context) -> Result<Exit, Failure> {
    context.left.set(None);
    let growing = GrowingDisc::open(OpenDrive::open(drive)?)?;
    context.left.set(Some("nothing was written"));
    if !growing.disc().sessions().is_empty() {
        return Err(Error::NotBlank { drive: drive.to_string() }.into());
    }
    let copy = read(args, disc, context)?.onto(growing.drive().medium_family(), growing.place());
    let plan = copy.plan()?;
    let added = Added::default();
    let told = Told {
        session: None,
        warnings: copy.imported().warnings.iter().map(ToString::to_string).collect(),
        lost: copy.boot_losses(),
        added: &added,
    };
    let summary = burn::record(growing, (drive, &args.recording), &plan, &told, context)?;
    if context.json {
        context.print_json(&summary)?;
    }
    Ok(Exit::Done)
}

/// What can be done about it.
fn lossy(error: Error) -> Failure {
    match error {
        Error::BootLost { .. } => {
            Failure::argument("--lossy-boot", format!("{error}; with this option the rest is kept"))
        }
        error => error.into(),
    }
}
