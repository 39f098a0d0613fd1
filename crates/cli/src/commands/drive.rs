use std::path::PathBuf;

use fsimage::{
    AsItIsOptions, BdRMode, Blanking, Closing, DriveName, FormatRequest, OpenDrive, RecordedAsItIs,
    SectorCount,
};
use serde_json::json;

use super::Context;
use super::open::{self, existing_drive};
use crate::Exit;
use crate::args::{DriveCommand, Recording, RotationName, VerificationName};
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
        DriveCommand::Write { files, drive, track, close, recording } => {
            return write(files, drive, (*track, *close), recording, context);
        }
        DriveCommand::Reserve { on, sectors } => {
            let mut drive = existing_drive(&on.drive, on.real_time)?;
            drive.reserve_track(SectorCount::new(*sectors))?;
            drive
        }
        DriveCommand::Calibrate(on) => {
            let mut drive = existing_drive(&on.drive, on.real_time)?;
            drive.calibrate_power()?;
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

/// Records files as they are.
fn write(
    files: &[PathBuf],
    name: &DriveName,
    (track, close): (Option<u16>, bool),
    recording: &Recording,
    context: &Context,
) -> Result<Exit, Failure> {
    let mut drive = open::drive(name, recording.real_time)?;
    let overwritten = drive.describe()?.medium.state == "overwritable";
    if files.len() > 1 && (overwritten || recording.at_once || track.is_some()) {
        let why = "several files are several tracks, of a medium that is written sequentially";
        return Err(Failure::argument("FILE", why));
    }
    let options = AsItIsOptions {
        track,
        at_once: recording.at_once,
        closing: if recording.finalise { Closing::Finalise } else { Closing::KeepAppendable },
        test_write: recording.test,
        speed: recording.speed,
        rotation: recording.rotation.map(RotationName::meant),
        streaming: recording.stream,
        reserve: recording.reserve,
        verify: VerificationName::meant(recording.verify),
    };
    let mut recorded = Vec::new();
    for path in files {
        let RecordedAsItIs { start, sectors, padding } =
            drive.record_as_it_is(path, &options, &context.control)?;
        context.say(format_args!("{}: {sectors} sectors from sector {start}", path.display()));
        recorded.push(json!({
            "file": path,
            "start": start.get(),
            "sectors": sectors,
            "padding": padding,
            "verified": recording.verify.is_some(),
            "test": recording.test,
        }));
    }
    if !recording.test && !overwritten && !recording.at_once {
        match (recording.finalise, close) {
            (true, _) => drive.close(Closing::Finalise)?,
            (_, true) => drive.close(Closing::KeepAppendable)?,
            _ => {}
        }
    }
    let summary = drive.describe()?;
    if recording.eject {
        drive.eject()?;
    }
    context.say(format_args!("{}: {}, {}", summary.drive, summary.medium.profile, summary.medium.state));
    if context.json {
        context.print_json(&json!({ "files": recorded, "drive": summary }))?;
    }
    Ok(Exit::Done)
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
