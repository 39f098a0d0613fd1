use std::io::Write;

use fsimage::{Error, Recovered, Recovery, RecoveryAction, RecoveryReport, SessionState, TrackSummary};
use serde_json::json;

use super::open::drive_for_reading;
use super::{Context, output};
use crate::Exit;
use crate::args::{Recover, Target};
use crate::counted::counted;
use crate::failure::Failure;
use crate::printable::printable;
use crate::sources::{Written, sources_again};

/// Digits of an identifier that tell discs from each other well enough to be typed.
const FEWEST_DIGITS: usize = 8;

pub(super) fn run(args: &Recover, context: &Context) -> Result<Exit, Failure> {
    let mut recovery = match &args.target {
        Target::Image(path) => Recovery::of_image(path)?,
        Target::Drive(name) => {
            Recovery::of_drive(drive_for_reading(name, &context.control.cancel)?, &context.control)?
        }
    };
    if !args.from.is_empty() {
        let written = match &args.target {
            Target::Image(path) => Written::image(path),
            Target::Drive(name) => Written::drive(name),
        };
        let sources = sources_again(&args.from, args.follow_links, &written, &context.control)?;
        recovery.complete_from(&sources)?;
    }
    let report = recovery.report().clone();
    let recovered = match &args.write {
        None => None,
        Some(typed) => {
            if typed.len() < FEWEST_DIGITS {
                let reason = format!("wanted {FEWEST_DIGITS} digits or more of the disc identifier");
                return Err(Failure::argument("--write", reason));
            }
            if !report.identifier.to_string().starts_with(&typed.to_ascii_lowercase()) {
                return Err(Error::DiscMismatch { medium: report.medium }.into());
            }
            context.left.set(None);
            Some(recovery.write(report.identifier, &context.control)?)
        }
    };
    if context.json {
        context.print_json(&json!({
            "report": report,
            "written": recovered.as_ref().map(|recovered| json!({
                "start": recovered.session.as_ref().map(|session| session.start.get()),
                "sectors": recovered.session.as_ref().map(|session| session.sectors),
                "closed_tracks": recovered.closed,
                "dropped": recovered.dropped,
            })),
        }))?;
    } else {
        print(&report, recovered.as_ref(), &mut output())?;
    }
    let is_done = match report.action {
        RecoveryAction::Nothing => true,
        RecoveryAction::StoppedAtOnce => false,
        _ => recovered.is_some(),
    };
    let is_whole =
        is_done && report.is_without_loss() && recovered.is_none_or(|recovered| recovered.dropped.is_empty());
    Ok(if is_whole { Exit::Done } else { Exit::Findings })
}

fn print(
    report: &RecoveryReport,
    recovered: Option<&Recovered>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    writeln!(out, "{}: disc identifier {}", report.medium, report.identifier)?;
    for session in &report.sessions {
        let end = session.end.map_or(String::new(), |end| format!(" up to {end}"));
        let complete = match session.has_end {
            true => "complete",
            false => "complete, as far as its tracks tell",
        };
        let state = match (&session.unreadable, session.complete, session.open) {
            (Some(cause), ..) => format!("cannot be read: {cause}"),
            (None, true, false) => complete.to_owned(),
            (None, true, true) => format!("{complete}, and left open"),
            (None, false, _) => "its recording stopped early".to_owned(),
        };
        writeln!(out, "session {}, from sector {}{end}: {state}", session.number, session.start)?;
    }
    if report.unfinished {
        writeln!(out, "a session was left open")?;
    }
    for TrackSummary { number, sectors, start, .. } in &report.reservations {
        writeln!(
            out,
            "track {number} is reserved, {} from sector {start}, and nothing is recorded in it: 'fsimage drive write \
             --track' does that, and the next burn closes it",
            counted(*sectors, "sector")
        )?;
    }
    if let Some(last) = report.last_good {
        writeln!(out, "the last good sector of the interrupted session is {last}")?;
    }
    for path in &report.kept {
        writeln!(out, "whole: {}", printable(path))?;
    }
    for path in &report.completed {
        writeln!(out, "completed: {}", printable(path))?;
    }
    for lost in &report.incomplete {
        writeln!(out, "incomplete: {}: {}", printable(&lost.path), lost.reason)?;
    }
    for lost in recovered.map_or(&report.dropped, |recovered| &recovered.dropped) {
        writeln!(out, "lost: {}: {}", printable(&lost.path), lost.reason)?;
    }
    for problem in &report.unreadable {
        writeln!(out, "what it names cannot be told: {}", printable(problem))?;
    }
    for lost in &report.irreparable {
        writeln!(out, "not to be written anew, for it stands nowhere else: {}", printable(lost))?;
    }
    for at in &report.zeroed {
        writeln!(
            out,
            "sector {at} cannot be read and becomes zeros: it lies in one unit of recording with the head"
        )?;
    }
    let (will, done) = match report.action {
        RecoveryAction::Nothing if !report.irreparable.is_empty() => {
            let told = "nothing here can mend that: another drive may read it, and 'fsimage copy' makes an image of \
                        what can be read";
            (told.to_owned(), told.to_owned())
        }
        RecoveryAction::Nothing => match report.cut_short() {
            Some(session) => {
                let told = format!(
                    "the image ends before session {} does, and nothing here can bring back the rest: copy it again from \
                     where it came; files in front of that can be extracted",
                    session.number
                );
                (told.clone(), told)
            }
            None => ("there is nothing to recover".to_owned(), "nothing was to be done".to_owned()),
        },
        RecoveryAction::ClosingSession if report.unfinished => (
            "it would be closed, and a session written behind it with what is whole or completed".to_owned(),
            "it is closed".to_owned(),
        ),
        RecoveryAction::ClosingSession => (
            "it is closed; a session would be written behind it with what is whole or completed".to_owned(),
            "it was closed before".to_owned(),
        ),
        RecoveryAction::Close => {
            let will = match report.sessions.last() {
                Some(SessionState { complete: true, has_end: true, .. }) => "all of it is there",
                Some(SessionState { complete: true, .. }) => {
                    "its tracks came to their ends, and nothing tells whether more was to follow"
                }
                _ => "nothing can be written that it lacks",
            };
            (format!("it would be closed: {will}"), "it is closed".to_owned())
        }
        RecoveryAction::NothingToKeep => {
            let told = "it is closed, and nothing of it can be kept; the next recording builds on nothing";
            (told.to_owned(), told.to_owned())
        }
        RecoveryAction::StoppedAtOnce => {
            let number = report.sessions.last().map_or(1, |session| session.number);
            let told = format!(
                "it was recorded at once, which stopped: no command closes it, and nothing can follow; 'fsimage extract \
                 --session {number}' takes off the files that are whole, and a DVD-RW can be blanked in full"
            );
            (told.clone(), told)
        }
        RecoveryAction::Head { session } => (
            format!("the head would be written anew, as that of the session from sector {session} on"),
            format!("the head is that of the session from sector {session} on"),
        ),
        RecoveryAction::CutOff { at } => (
            format!(
                "the file would be cut off at sector {at}, behind its virtual allocation table: what follows never came to one"
            ),
            format!("the file ends at sector {at}"),
        ),
    };
    match recovered {
        Some(recovered) => {
            writeln!(out, "{done}")?;
            for TrackSummary { number, session, .. } in &recovered.closed.cut_short {
                writeln!(out, "track {number} was cut short, and is closed so, in session {session}")?;
            }
            if let Some(session) = &recovered.session {
                writeln!(
                    out,
                    "a session of {} was written from sector {}",
                    counted(session.sectors, "sector"),
                    session.start
                )?;
            }
        }
        None => {
            writeln!(out, "{will}")?;
            if report.may_be_at_once {
                writeln!(
                    out,
                    "if it was recorded at once (--at-once, or sound), the drive refuses that: then nothing can \
                     follow, and a CD-RW can be blanked"
                )?;
            }
            let is_offered = !matches!(
                report.action,
                RecoveryAction::Nothing | RecoveryAction::NothingToKeep | RecoveryAction::StoppedAtOnce
            );
            if is_offered {
                let typed = report.identifier.to_string();
                writeln!(out, "nothing was written; to do it: --write {}", &typed[..FEWEST_DIGITS])?;
            }
            if !matches!(report.action, RecoveryAction::Nothing | RecoveryAction::StoppedAtOnce)
                && !report.dropped.is_empty()
                && report.completed.is_empty()
            {
                writeln!(out, "to complete what is lost from what it was recorded from: --from SOURCE")?;
            }
        }
    }
    out.flush()?;
    Ok(())
}
