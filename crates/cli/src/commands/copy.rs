use std::collections::BTreeMap;
use std::path::Path;

use fsimage::{
    CopyOptions, Disc, DriveName, Error, GrowingDisc, ImportWarning, Losses, MergedCopy, Notice, OpenDrive,
    SessionCopies,
};
use serde_json::{Map, Value, json};

use super::notices::{Notices, PrintedNotice, WithNotices};
use super::told::Told;
use super::{ChangesNamed, Context, build, burn, complain, open, told};
use crate::Exit;
use crate::args::{Copy, Recording};
use crate::counted::counted;
use crate::failure::Failure;
use crate::printable::printable;
use crate::sources::Added;

pub(super) fn run(args: &Copy, context: &Context) -> Result<Exit, Failure> {
    let disc = open::disc(&args.target, 0, &context.control.cancel)?;
    // No plan of a copy is shown elsewhere.
    context.changes_named.replace(ChangesNamed::Here);
    match (&args.output, &args.drive) {
        (Some(output), _) => {
            // It would be read while it is written.
            build::written_to(output)?.check_disc(&disc)?;
            if args.sessions {
                return sessions_into(args, &disc, output, context);
            }
            let copy = read(args, &disc, context)?;
            let lost = copy.imported().warnings.iter().map(ToString::to_string);
            let lost = lost.chain(told(copy.boot_losses())).collect();
            context.tell_lost(copy.boot_losses());
            build::write(&copy.plan()?, output, &Added::default(), (lost, None), context)
        }
        (None, Some(drive)) if args.sessions => sessions_onto(args, &disc, drive, context),
        (None, Some(drive)) => onto(args, &disc, drive, context),
        (None, None) => Err(Failure::argument("--output", "name an image file, or a medium with --drive")),
    }
}

fn options(args: &Copy) -> CopyOptions {
    CopyOptions {
        losses: if args.lossy && !args.strict { Losses::Accept } else { Losses::Refuse },
        strict: args.strict,
        without_digests: args.digests.is_some(),
    }
}

fn read(args: &Copy, disc: &Disc, context: &Context) -> Result<MergedCopy, Failure> {
    let copy = MergedCopy::of(disc, args.session, options(args), &context.control)
        .map_err(|error| lossy(args, error))?;
    context.tell_warnings(&copy.imported().warnings, args.strict)?;
    Ok(copy)
}

fn onto(args: &Copy, disc: &Disc, drive: &DriveName, context: &Context) -> Result<Exit, Failure> {
    context.left.set(None);
    let mut growing = GrowingDisc::open(OpenDrive::open(drive)?)?;
    context.left.set(Some("nothing was written"));
    growing.check_holds_nothing()?;
    let erased = told_erased(&growing, args.strict, context)?;
    let medium = growing.drive().medium_family();
    let mut copy = read(args, disc, context)?.onto(medium, growing.place())?;
    if growing.has_open_session() {
        burn::close_left_open(&mut growing, &copy.plan()?, &args.recording, context)?;
        copy = copy.onto(medium, growing.place())?;
    }
    let plan = copy.plan()?;
    let added = Added::default();
    let told = Told {
        session: None,
        earlier: 0,
        warnings: erased
            .into_iter()
            .chain(copy.imported().warnings.iter().map(ToString::to_string))
            .collect(),
        lost: copy.boot_losses(),
        added: &added,
        closed: growing.closed_tracks().clone(),
    };
    let summary = burn::record(growing, (drive, &args.recording), &plan, &told, context)?;
    if context.json {
        context.print_json(&WithNotices { summary: &summary, notices: Notices(&plan) })?;
    }
    Ok(Exit::Done)
}

/// What is lost with what is recorded on a medium that holds nothing by its head, told; and in words.
fn told_erased(growing: &GrowingDisc, strict: bool, context: &Context) -> Result<Vec<String>, Failure> {
    let warnings = ImportWarning::of_passed_over(growing.disc());
    context.tell_warnings(&warnings, strict)?;
    Ok(warnings.iter().map(ToString::to_string).collect())
}

/// What is not kept of the sessions, told; and in words.
fn tell(args: &Copy, copies: &SessionCopies<'_>, context: &Context) -> Result<Vec<String>, Failure> {
    let mut lost = Vec::new();
    lost.extend(copies.left_out().iter().map(|session| format!("{session}: it is left out")));
    lost.extend(copies.tracks_left_out().map(ToString::to_string));
    if let (true, Some(first)) = (args.strict, lost.first()) {
        return Err(Failure::argument("--strict", first));
    }
    if !context.json {
        lost.iter().for_each(|line| complain(format_args!("fsimage: {line}")));
    }
    for session in copies.sessions() {
        context.tell_warnings(&session.warnings, args.strict)?;
        context.tell_lost(&session.boot_losses);
        lost.extend(session.warnings.iter().map(ToString::to_string));
        lost.extend(told(&session.boot_losses));
    }
    Ok(lost)
}

/// Changes of names and items: each once, though further sessions show the same. How many a session has at most, and those
/// that are named.
fn tell_changes(copies: &SessionCopies<'_>, context: &Context) -> (u64, Vec<PrintedNotice>) {
    let changes = copies.sessions().iter().flat_map(|session| &session.first_changes);
    let changes: BTreeMap<String, &Notice> = changes.map(|notice| (notice.to_string(), notice)).collect();
    for change in changes.keys() {
        context.say(format_args!("fsimage: {}", printable(change)));
    }
    let most = copies.sessions().iter().map(|session| session.changes.total()).max().unwrap_or_default();
    let named = changes.len() as u64;
    if most > named {
        context.say(format_args!("fsimage: {} in a session, {named} named", counted(most, "change")));
    }
    (most, changes.into_values().map(PrintedNotice::from).collect())
}

fn sessions_into(args: &Copy, disc: &Disc, output: &Path, context: &Context) -> Result<Exit, Failure> {
    let copies = SessionCopies::for_image(disc, options(args), &context.control)
        .map_err(|error| lossy(args, error))?;
    let lost = tell(args, &copies, context)?;
    let (changes, notices) = tell_changes(&copies, context);
    let sessions = copies.sessions().len();
    let to_stdout = output.as_os_str() == "-";
    context.left.set(Some(build::left_of(build::beside(output))));
    if to_stdout {
        let written = copies.write_to(&mut build::stdout_sink(&context.control.cancel)?, &context.control);
        written.map_err(|error| Failure::from(error).incomplete())?;
    } else {
        copies.write_image(output, &context.control)?;
    }
    context.say(format_args!("{}", counted(sessions, "session")));
    if context.json && !to_stdout {
        context.print_json(&json!({
            "output": output,
            "sessions": sessions,
            "lost": lost,
            "changes": changes,
            "notices": notices,
        }))?;
    }
    Ok(Exit::Done)
}

fn sessions_onto(args: &Copy, disc: &Disc, drive: &DriveName, context: &Context) -> Result<Exit, Failure> {
    context.left.set(None);
    let mut growing =
        GrowingDisc::open(open::drive(drive, args.recording.real_time, &context.control.cancel)?)?;
    context.left.set(Some("nothing was written"));
    let mut copies =
        SessionCopies::for_medium(disc, (&growing, args.recording.at_once), options(args), &context.control)
            .map_err(|error| lossy(args, error))?;
    let mut lost = told_erased(&growing, args.strict, context)?;
    lost.extend(tell(args, &copies, context)?);
    let (changes, notices) = tell_changes(&copies, context);
    context.changes_named.replace(ChangesNamed::Before);
    let mut written = Vec::new();
    loop {
        let is_last = copies.is_last();
        let mut recording = args.recording.clone();
        recording.finalise &= is_last;
        recording.eject &= is_last;
        recording.reload &= is_last;
        let session = (!written.is_empty()).then_some(written.len() as u16);
        let summary = session_onto(&mut copies, growing, (drive, &recording), session, context)?;
        written.extend(summary);
        if is_last {
            break;
        }
        growing = GrowingDisc::open(open::drive(drive, args.recording.real_time, &context.control.cancel)?)?;
    }
    if context.json {
        context.print_json(&json!({
            "sessions": written,
            "lost": lost,
            "changes": changes,
            "notices": notices,
        }))?;
    }
    Ok(Exit::Done)
}

/// Records the next session. What was read for it refers to the drive, which nobody else can open before that is gone.
fn session_onto(
    copies: &mut SessionCopies<'_>,
    mut growing: GrowingDisc,
    (drive, recording): (&DriveName, &Recording),
    session: Option<u16>,
    context: &Context,
) -> Result<Option<Map<String, Value>>, Failure> {
    let next = |growing: &GrowingDisc| copies.next(Some(growing.disc()), growing.place(), &context.control);
    let mut copy = next(&growing)?;
    if let (Some(provisional), true) = (&copy, growing.has_open_session()) {
        burn::close_left_open(&mut growing, &provisional.plan()?, recording, context)?;
        copy = next(&growing)?;
    }
    let Some(copy) = copy else { return Ok(None) };
    let plan = copy.plan()?;
    let added = Added::default();
    let told = Told {
        session,
        earlier: session.map_or(0, usize::from),
        warnings: Vec::new(),
        lost: &[],
        added: &added,
        closed: growing.closed_tracks().clone(),
    };
    let summary = burn::record(growing, (drive, recording), &plan, &told, context)?;
    copies.wrote(&plan);
    Ok(Some(summary))
}

/// What can be done about it.
fn lossy(args: &Copy, error: Error) -> Failure {
    match error {
        Error::BootLost { .. } if args.lossy => Failure::argument(
            "--strict",
            format!("{error}; with --lossy-boot, and without --strict, the rest is kept"),
        ),
        Error::BootLost { .. } => {
            Failure::argument("--lossy-boot", format!("{error}; with this option the rest is kept"))
        }
        error => error.into(),
    }
}
