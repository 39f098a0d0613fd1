use std::path::PathBuf;

use fsimage::{
    AsItIsOptions, BdRMode, Blanking, ClosedTracks, Closing, DriveName, DriveSummary, Error, FileAsItIs,
    FormatRequest, OpenDrive, RecordedAsItIs, SectorCount, TrackSummary,
};
use serde_json::json;

use super::burn::RESERVATION_REFUSED;
use super::open::{self, existing_drive};
use super::{Context, complain};
use crate::Exit;
use crate::args::{DriveCommand, Recording, RotationName, VerificationName};
use crate::counted::counted;
use crate::failure::Failure;
use crate::sources::Written;

pub(super) fn run(args: &DriveCommand, context: &Context) -> Result<Exit, Failure> {
    context.left.set(None);
    let drive = match args {
        DriveCommand::Blank { on, full } => {
            let mut drive = existing_drive(&on.drive, on.real_time, &context.control.cancel)?;
            drive.blank(if *full { Blanking::Full } else { Blanking::Quick }, &context.control)?;
            drive
        }
        DriveCommand::Format { on, full, spare, pseudo_overwrite, random } => {
            let mut drive = existing_drive(&on.drive, on.real_time, &context.control.cancel)?;
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
            return reserve(
                existing_drive(&on.drive, on.real_time, &context.control.cancel)?,
                SectorCount::new(*sectors),
                context,
            );
        }
        DriveCommand::Calibrate(on) => {
            let mut drive = existing_drive(&on.drive, on.real_time, &context.control.cancel)?;
            drive.calibrate_power()?;
            drive
        }
        DriveCommand::Close { on, finalise } => {
            let closing = if *finalise { Closing::Finalise } else { Closing::KeepAppendable };
            return close(
                existing_drive(&on.drive, on.real_time, &context.control.cancel)?,
                closing,
                context,
            );
        }
        DriveCommand::Eject(on) => {
            let mut drive = existing_drive(&on.drive, on.real_time, &context.control.cancel)?;
            drive.eject()?;
            context.say(format_args!("{}: ejected", drive.name()));
            if context.json {
                context.print_json(&json!({ "drive": drive.name(), "ejected": true }))?;
            }
            return Ok(Exit::Done);
        }
        DriveCommand::Load(on) => open::loaded_drive(&on.drive, &context.control.cancel)?,
    };
    tell(&drive, context)
}

/// Reserves a track, and tells which it is: `drive write --track` wants its number.
fn reserve(mut drive: OpenDrive, sectors: SectorCount, context: &Context) -> Result<Exit, Failure> {
    let reserved = drive.reserve_track(sectors)?;
    if let Some(track) = &reserved {
        let TrackSummary { number, sectors, start, .. } = track;
        context.say(format_args!("track {number}: {} from sector {start}", counted(*sectors, "sector")));
    }
    let summary = drive.describe()?;
    say_state(&summary, context);
    if context.json {
        context.print_json(&json!({ "reserved": reserved, "drive": summary }))?;
    }
    Ok(Exit::Done)
}

/// Closes a session, and tells what of it was never recorded.
fn close(mut drive: OpenDrive, closing: Closing, context: &Context) -> Result<Exit, Failure> {
    let closed = drive.close(closing)?;
    tell_closed(&closed, context);
    let summary = drive.describe()?;
    say_state(&summary, context);
    if context.json {
        let ClosedTracks { cut_short, unused, .. } = &closed;
        context.print_json(&json!({ "cut_short": cut_short, "unused": unused, "drive": summary }))?;
    }
    Ok(if closed.cut_short.is_empty() { Exit::Done } else { Exit::Findings })
}

/// What became of tracks that never came to their ends, even with `--quiet`: of those that were cut short, something may be lost.
pub(super) fn tell_closed(closed: &ClosedTracks, context: &Context) {
    for TrackSummary { number, recorded, session, .. } in &closed.cut_short {
        let behind =
            recorded.map_or(String::new(), |recorded| format!(" behind {}", counted(recorded, "sector")));
        context.tell_finding(format_args!(
            "track {number} was cut short{behind}, and is closed so: what is missing of it is lost, and files in session \
             {session} may be damaged; 'fsimage recover' tells those of a burn"
        ));
    }
    for TrackSummary { number, sectors, .. } in closed.unused.iter().filter(|_| !context.json) {
        complain(format_args!(
            "fsimage: track {number}, which was reserved, is closed without anything recorded in it: its {} are \
             used up",
            counted(*sectors, "sector")
        ));
    }
}

/// Records files as they are.
fn write(
    files: &[PathBuf],
    name: &DriveName,
    (track, close): (Option<u16>, bool),
    recording: &Recording,
    context: &Context,
) -> Result<Exit, Failure> {
    // A simulated medium that is made now is made for nothing else.
    for path in files {
        FileAsItIs::open(path)?;
    }
    let mut drive = open::drive(name, recording.real_time, &context.control.cancel)?;
    let overwritten = drive.describe()?.medium.state == "overwritable";
    let alone = match (track, recording.at_once, overwritten) {
        (Some(_), ..) => Some("a reserved track takes one file"),
        (_, true, _) => Some("what is recorded at once is one file"),
        (.., true) => {
            Some("a medium on which every sector can be written again has no tracks, and takes one file")
        }
        _ => None,
    };
    if let Some(why) = alone.filter(|_| files.len() > 1) {
        return Err(Failure::argument("FILE", format!("{why}; {} are named", counted(files.len(), "file"))));
    }
    // A simulated medium that is made now is known by its file only now.
    let written = Written::drive(name);
    for path in files {
        written.check(path)?;
    }
    let options = AsItIsOptions {
        track,
        at_once: recording.at_once,
        closing: if recording.finalise { Closing::Finalise } else { Closing::KeepAppendable },
        test_write: recording.test,
        without_underrun_protection: recording.no_underrun_protection,
        speed: recording.speed,
        rotation: recording.rotation.map(RotationName::meant),
        streaming: recording.stream,
        reserve: recording.reserve,
        verify: VerificationName::meant(recording.verify),
    };
    let checked = drive.check_as_it_is(files, &options)?;
    let skipped = if track.is_none() { drive.unused_reservations() } else { Vec::new() };
    for TrackSummary { number, .. } in skipped.iter().filter(|_| !context.json) {
        complain(format_args!(
            "fsimage: track {number} is reserved, and left empty: --track {number} records into it"
        ));
    }
    let mut recorded = Vec::new();
    let closes = !recording.test && !overwritten && !recording.at_once && (recording.finalise || close);
    for (number, (path, file)) in files.iter().zip(&checked).enumerate() {
        let result = drive.record_file_as_it_is(file, &options, &context.control);
        let recorded_file = result.map_err(|error| {
            let (before, rest) = files.split_at(number);
            // A drive that does not answer any more leaves the session of those before open as well.
            let is_open = || drive.describe().map_or(number > 0, |told| told.medium.unfinished_session);
            with_others(error, (before, rest, closes && is_open()))
        })?;
        let RecordedAsItIs { start, sectors, padding, reservation_refused, taken_away } = recorded_file;
        let how = if recording.test { ", as a test: nothing was recorded" } else { "" };
        context.say(format_args!(
            "{}: {} from sector {start}{how}",
            path.display(),
            counted(sectors, "sector")
        ));
        if reservation_refused {
            context.say(RESERVATION_REFUSED);
        }
        for session in taken_away.iter().filter(|_| !context.json) {
            complain(format_args!("fsimage: {session}"));
        }
        recorded.push(json!({
            "file": path,
            "start": start.get(),
            "sectors": sectors,
            "padding": padding,
            "verified": recording.verify.is_some(),
            "test": recording.test,
            "reservation_refused": reservation_refused,
            "taken_away": taken_away,
        }));
    }
    let mut closed = ClosedTracks::default();
    if closes {
        closed = drive.close(options.closing).map_err(not_closed)?;
        tell_closed(&closed, context);
    }
    let summary = drive.describe()?;
    let tray = match (recording.eject, recording.reload) {
        (true, _) => drive.eject(),
        (_, true) => drive.reload(),
        _ => Ok(()),
    };
    say_state(&summary, context);
    let tray_failure = context.tell_tray(tray);
    if context.json {
        context.print_json(&json!({
            "files": recorded,
            "skipped": skipped,
            "cut_short": closed.cut_short,
            "unused": closed.unused,
            "drive": summary,
            "tray_failure": tray_failure,
        }))?;
    }
    Ok(if closed.cut_short.is_empty() { Exit::Done } else { Exit::Findings })
}

/// An error of one of several files, or of one whose session was to be closed, with what has become of the others,
/// and whether that session was left open.
fn with_others(error: Error, (before, rest, is_left_open): (&[PathBuf], &[PathBuf], bool)) -> Error {
    let Some((file, behind)) = rest.split_first() else { return error };
    let are_several = !before.is_empty() || !behind.is_empty();
    let names = |files: &[PathBuf]| {
        let names: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
        names.join(", ")
    };
    let mut told = Vec::new();
    if !before.is_empty() {
        told.push(format!("recorded before it: {}", names(before)));
    }
    if !behind.is_empty() {
        told.push(format!("not recorded: {}", names(behind)));
    }
    if is_left_open {
        told.push("the session is not closed; 'fsimage drive close' closes it".to_owned());
    }
    if told.is_empty() {
        return error;
    }
    let of_file = |state: String| if are_several { format!("{}: {state}", file.display()) } else { state };
    let told = told.join("; ");
    match error {
        Error::Cancelled { state } => Error::Cancelled { state: format!("{}; {told}", of_file(state)) },
        Error::Recording { source, medium } => {
            Error::Recording { source, medium: format!("{}; {told}", of_file(medium)) }
        }
        error => Error::Recording { source: Box::new(error), medium: told },
    }
}

/// The error of a session in which all is recorded.
fn not_closed(error: Error) -> Error {
    match error {
        error @ (Error::Cancelled { .. } | Error::Recording { .. }) => error,
        error => Error::Recording {
            source: Box::new(error),
            medium: "all data were written, and the session may not be closed; 'fsimage drive close' can try it again"
                .to_owned(),
        },
    }
}

/// In what state the medium is now.
fn tell(drive: &OpenDrive, context: &Context) -> Result<Exit, Failure> {
    let summary = drive.describe()?;
    say_state(&summary, context);
    if context.json {
        context.print_json(&json!({ "drive": summary }))?;
    }
    Ok(Exit::Done)
}

fn say_state(summary: &DriveSummary, context: &Context) {
    context.say(format_args!("{}: {}, {}", summary.drive, summary.medium.profile, summary.medium.state));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn errors_of_one_of_several_files_tell_of_the_others() {
        let (one, two) = (files(&["a"]), files(&["a", "b"]));
        let cancelled = || Error::Cancelled { state: "nothing was written".to_owned() };
        let told = |error, before: &[PathBuf], rest: &[PathBuf], is_left_open| {
            with_others(error, (before, rest, is_left_open)).to_string()
        };
        assert_eq!(told(cancelled(), &[], &one, false), "cancelled; nothing was written");
        assert_eq!(
            told(cancelled(), &two[..1], &two[1..], true),
            "cancelled; b: nothing was written; recorded before it: a; the session is not closed; 'fsimage drive close' \
             closes it"
        );
        assert_eq!(told(cancelled(), &[], &two, false), "cancelled; a: nothing was written; not recorded: b");
        let differs = || Error::VerifyFailed {
            sector: fsimage::Sector::new(20),
            sectors: 1,
            files: vec!["a".to_owned()],
        };
        let error = with_others(differs(), (&[], &two, true));
        assert_eq!(Exit::from(&error) as u8, Exit::from(&differs()) as u8);
        let text = error.to_string();
        assert!(text.contains("not recorded: b; the session is not closed"), "{text}");
        let json = Failure::from(error).line(true).unwrap();
        assert!(json.contains(r#""files":["a"]"#), "{json}");
        let text = told(differs(), &[], &one, true);
        assert!(text.ends_with("; the session is not closed; 'fsimage drive close' closes it"), "{text}");
    }
}
