use fsimage::{AudioDisc, AudioMode, AudioOptions, Closing, CueProblem, Error, RawSectorType, burn_audio};
use serde_json::json;

use super::{Context, open};
use crate::Exit;
use crate::args::{Audio, AudioWrite, VerificationName};
use crate::counted::counted;
use crate::failure::Failure;

pub(super) fn run(args: &Audio, context: &Context) -> Result<Exit, Failure> {
    if args.appendable && matches!(args.write, AudioWrite::Raw | AudioWrite::RawPq) {
        let reason = "raw recording completes the disc; --write at-once and track-at-once leave it open";
        return Err(Failure::argument("--appendable", reason));
    }
    let is_sheet =
        |path: &std::path::Path| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("cue"));
    let disc = match &args.sources[..] {
        [sheet] if is_sheet(sheet) && has_no_texts(args) => AudioDisc::from_cue_sheet_without_texts(sheet)?,
        [sheet] if is_sheet(sheet) => AudioDisc::from_cue_sheet(sheet).map_err(without_texts)?,
        files if files.iter().any(|path| is_sheet(path)) => {
            return Err(Failure::argument(
                "SHEET|FILE",
                "a cue sheet describes a whole disc, and stands alone",
            ));
        }
        files => AudioDisc::from_files(files)?,
    };
    let options = AudioOptions {
        mode: match args.write {
            AudioWrite::AtOnce => AudioMode::AtOnce,
            AudioWrite::TrackAtOnce => AudioMode::TrackAtOnce,
            AudioWrite::Raw => AudioMode::Raw(RawSectorType::Raw),
            AudioWrite::RawPq => AudioMode::Raw(RawSectorType::PqOnly),
        },
        closing: if args.appendable { Closing::KeepAppendable } else { Closing::Finalise },
        test_write: args.test,
        without_underrun_protection: args.no_underrun_protection,
        verify: VerificationName::meant(args.verify),
        speed: args.speed,
        rotation: None,
    };
    let mut drive = open::drive(&args.drive, args.real_time, &context.control.cancel)?;
    context.left.set(None);
    let burnt = burn_audio(&mut drive, &disc, &options, &context.control)?;
    let tray = if args.eject { drive.eject() } else { Ok(()) };
    let notices: Vec<String> = disc.notices().iter().chain(&burnt.notices).map(ToString::to_string).collect();
    for notice in &notices {
        context.say(format_args!("fsimage: {notice}"));
    }
    let seconds = burnt.sectors / 75;
    let how = match (args.test, args.verify) {
        (true, _) => ", with the laser off",
        (_, Some(VerificationName::Quick)) => ", samples verified",
        (_, Some(VerificationName::Full)) => ", verified",
        _ => "",
    };
    context.say(format_args!(
        "{}, {}:{:02} minutes, {}{how}",
        counted(burnt.tracks, "track"),
        seconds / 60,
        seconds % 60,
        counted(burnt.sectors, "sector")
    ));
    let tray_failure = context.tell_tray(tray);
    if context.json {
        context.print_json(&json!({
            "drive": args.drive.to_string(),
            "tracks": burnt.tracks,
            "sectors": burnt.sectors,
            "verified": args.verify.is_some(),
            "notices": notices,
            "tray_failure": tray_failure,
        }))?;
    }
    Ok(Exit::Done)
}

/// Whether texts are not wanted, or have no place.
fn has_no_texts(args: &Audio) -> bool {
    args.no_cd_text || matches!(args.write, AudioWrite::TrackAtOnce | AudioWrite::RawPq)
}

/// What can be done where CD-TEXT cannot hold the texts.
fn without_texts(error: Error) -> Failure {
    match error {
        Error::CueSheet { path, problem: problem @ (CueProblem::Text { .. } | CueProblem::Texts(_)) } => {
            let advice = format!("{problem}; --no-cd-text leaves out all texts");
            Error::CueSheet { path, problem: CueProblem::Sheet(advice) }.into()
        }
        error => error.into(),
    }
}
