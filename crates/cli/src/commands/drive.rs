use fsimage::{BdRMode, Blanking, Closing, FormatRequest, OpenDrive};
use serde_json::json;

use super::Context;
use super::open::existing_drive;
use crate::Exit;
use crate::args::DriveCommand;
use crate::failure::Failure;

pub(super) fn run(args: &DriveCommand, context: &Context) -> Result<Exit, Failure> {
    context.left.set(None);
    let drive = match args {
        DriveCommand::Blank { on, full } => {
            let mut drive = existing_drive(&on.drive, on.real_time)?;
            drive.blank(if *full { Blanking::Full } else { Blanking::Quick }, &context.control)?;
            drive
        }
        DriveCommand::Format { on, full, spare, pseudo_overwrite, random } => {
            let mut drive = existing_drive(&on.drive, on.real_time)?;
            let bd_r = match (pseudo_overwrite, random) {
                (true, _) => BdRMode::PseudoOverwrite,
                (_, true) => BdRMode::Random,
                _ => BdRMode::Sequential,
            };
            drive.format(&FormatRequest { full: *full, spare: *spare, bd_r }, &context.control)?;
            drive
        }
        DriveCommand::Close { on, finalise } => {
            let mut drive = existing_drive(&on.drive, on.real_time)?;
            drive.close(if *finalise { Closing::Finalise } else { Closing::KeepAppendable })?;
            drive
        }
        DriveCommand::Eject(on) => {
            let mut drive = existing_drive(&on.drive, on.real_time)?;
            drive.eject()?;
            context.say(format_args!("{}: ejected", drive.name()));
            if context.json {
                context.print_json(&json!({ "drive": drive.name(), "ejected": true }))?;
            }
            return Ok(Exit::Done);
        }
    };
    tell(&drive, context)
}

/// In what state the medium is now.
fn tell(drive: &OpenDrive, context: &Context) -> Result<Exit, Failure> {
    let summary = drive.describe()?;
    context.say(format_args!("{}: {}, {}", summary.drive, summary.medium.profile, summary.medium.state));
    if context.json {
        context.print_json(&summary)?;
    }
    Ok(Exit::Done)
}
