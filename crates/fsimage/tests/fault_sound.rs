//! Faults of the simulated drive while sound is recorded: at once, track at once, raw. Each ends in the documented error
//! with its IMAPI2 name, in virtual time, and what the disc says that is recorded is the sound. `docs/faults.md` has the
//! table.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;
use std::sync::Arc;

use fsimage::{
    AudioDisc, AudioMode, AudioOptions, Blanking, Closing, Control, Error, MediumKind, RawSectorType,
    Verification, burn_audio,
};
use mmc_device::cd::RAW_BYTES;
use mmc_device::command::read_cd::WithSubchannel;
use mmc_device::simulated::{Fault, SimulatedDrive};
use mmc_device::{Lba, TrackState};
use support::fault_bench::{Bench, burn, compare, open};
use support::fault_table::FaultTable;
use support::faults::*;

/// It is the mode page that says which kind of raw sectors they are.
const NO_RAW: &str = "E_IMAPI_DF2RAW_DATA_BLOCK_TYPE_NOT_SUPPORTED";
const BAD_MODE: &str = "E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS";

const WRITE: u8 = 0x2A;
const SYNCHRONIZE: u8 = 0x35;
const CLOSE: u8 = 0x5B;
const READ_CD: u8 = 0xBE;

/// Two tracks of sound.
fn sound(folder: &Path) -> AudioDisc {
    let bytes: Vec<u8> = (0..700 * RAW_BYTES).map(|at| (at / 5) as u8).collect();
    std::fs::write(folder.join("a.bin"), &bytes).unwrap();
    let text = "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:05:00\n";
    std::fs::write(folder.join("a.cue"), text).unwrap();
    AudioDisc::from_cue_sheet(&folder.join("a.cue")).unwrap()
}

/// Sectors at the end of a track recorded at once that cannot be read.
const RUN_OUT: usize = 2;

/// Whether every track that the disc says is recorded has the sound of that track.
fn sound_is_right(bench: &Bench, mode: AudioMode) -> std::result::Result<usize, String> {
    let waited = Arc::default();
    let shared = SharedDrive::new(SimulatedDrive::open(bench.path()).unwrap());
    let mut drive = shared.drive(&waited);
    drive.wait_until_ready().map_err(|error| error.to_string())?;
    let medium = drive.medium().map_err(|error| error.to_string())?;
    let recorded = medium.tracks.iter().filter(|track| track.state == TrackState::Recorded && !track.damaged);
    let tracks: Vec<_> = recorded.cloned().collect();
    let closed = medium.sessions.iter().any(|session| session.closed);
    if mode != AudioMode::TrackAtOnce && !closed {
        return Ok(0);
    }
    for track in &tracks {
        let (first, len) = if track.number == 1 { (0, 375) } else { (375, 325) };
        // A track that was cut short ends in silence, and has what was written of it.
        let mut sectors = vec![0; len * RAW_BYTES];
        let there = (track.blocks as usize).saturating_sub(RUN_OUT).min(len);
        let part = &mut sectors[..there * RAW_BYTES];
        drive
            .read_cd(Lba::new(track.start.get()), WithSubchannel::None, part)
            .map_err(|error| error.to_string())?;
        let right = (first * RAW_BYTES..(first + there) * RAW_BYTES).map(|at| (at / 5) as u8);
        let same = part.iter().zip(right).take_while(|(found, right)| **found == *right).count();
        if same < part.len() && !part[same..].iter().all(|byte| *byte == 0) {
            return Err(format!("track {} differs from byte {same} on", track.number));
        }
    }
    Ok(tracks.len())
}

/// Phase, name, fault, name of the error.
type Row = (&'static str, &'static str, Fault, &'static str);

const ROWS: &[Row] = &[
    ("open", "no medium", Fault::MediumRemoved { after_sectors: 0 }, NO_MEDIUM),
    ("open", "no power", Fault::PowerCut { after_sectors: 0 }, UNPLUGGED),
    ("open", "never ready", Fault::NotReady { times: u32::MAX }, READY_SOON),
    ("open", "no mode page", refuse(0x55, 5, 0x26, 0, None), BAD_MODE),
    ("open", "late", Fault::NotReady { times: 5 }, GOOD),
    ("write", "no power", Fault::PowerCut { after_sectors: 450 }, UNPLUGGED),
    ("write", "medium taken out", Fault::MediumRemoved { after_sectors: 450 }, NO_MEDIUM),
    ("write", "bad sector", Fault::WriteError { lba: 300 }, GONE),
    ("write", "late bad sector", Fault::DeferredWriteError { lba: 300 }, GONE),
    ("write", "starved", Fault::LossOfStreaming, STARVED),
    ("write", "changed", Fault::UnitAttention { after_sectors: 450, asc: 0x28, ascq: 0 }, GONE),
    ("write", "reset", Fault::UnitAttention { after_sectors: 450, asc: 0x29, ascq: 0 }, GONE),
    ("write", "write protected", Fault::WriteProtected, PROTECTED),
    ("write", "hardware", refuse(WRITE, 4, 9, 0, None), GONE),
    ("write", "aborted", refuse(WRITE, 0xB, 0, 6, None), GONE),
    ("write", "buffer never drains", Fault::LongWriteInProgress { times: u32::MAX }, BUSY),
    ("write", "mute", Fault::Hang { operation_code: WRITE, times: Some(1) }, TIMED_OUT),
    ("write", "full buffer", Fault::LongWriteInProgress { times: 40 }, GOOD),
    ("write", "recovered", recovered(WRITE, 0x0C, 1), GOOD),
    ("write", "no progress", Fault::NoProgress, GOOD),
    ("close", "flush fails", refuse(SYNCHRONIZE, 3, 0x0C, 0, None), GONE),
    ("close", "flush fails late", deferred(SYNCHRONIZE, 3, 0x0C, 0), GONE),
    ("close", "flush never ends", Fault::Hang { operation_code: SYNCHRONIZE, times: None }, TIMED_OUT),
    ("close", "hardware", refuse(SYNCHRONIZE, 4, 9, 0, Some(1)), GONE),
    ("close", "aborted", refuse(SYNCHRONIZE, 0xB, 0, 6, Some(1)), GONE),
    ("close", "changed", refuse(SYNCHRONIZE, 6, 0x28, 0, Some(1)), GONE),
    ("close", "reset", refuse(SYNCHRONIZE, 6, 0x29, 0, Some(1)), GONE),
    ("close", "no power", Fault::PowerCut { after_sectors: 0 }, UNPLUGGED),
    ("close", "medium taken out", Fault::MediumRemoved { after_sectors: 0 }, NO_MEDIUM),
    ("close", "never ready again", Fault::NotReady { times: u32::MAX }, READY_SOON),
    ("close", "fixation fails", refuse(CLOSE, 3, 0x72, 0, Some(1)), GONE),
    ("close", "fixation fails late", deferred(CLOSE, 3, 0x72, 0), GONE),
    ("close", "close is mute", Fault::Hang { operation_code: CLOSE, times: Some(1) }, TIMED_OUT),
    ("close", "close is busy", refuse(CLOSE, 2, 4, 7, Some(5)), GOOD),
    ("verify", "corrupted", Fault::SilentCorruption { lba: 100 }, NOT_VERIFIED),
    ("verify", "unreadable", Fault::ReadError { lba: 100 }, NOT_VERIFIED),
    ("verify", "hardware", refuse(READ_CD, 4, 9, 0, None), NOT_VERIFIED),
    ("verify", "mute", Fault::Hang { operation_code: READ_CD, times: None }, TIMED_OUT),
    ("verify", "no power", Fault::PowerCut { after_sectors: 0 }, UNPLUGGED),
    ("verify", "medium taken out", Fault::MediumRemoved { after_sectors: 0 }, NO_MEDIUM),
    ("verify", "recovered", recovered(READ_CD, 0x18, 2), GOOD),
    ("verify", "late", Fault::NotReady { times: 5 }, GOOD),
];

/// In the words of the page.
fn left(error: &Error) -> Result<&'static str, String> {
    const STATES: [(&str, &str); 6] = [
        ("as it was", "as it was"),
        ("can be played", "cut short"),
        ("may not be on the medium", "not flushed"),
        ("may not be closed", "not closed"),
        ("unknown", "unknown"),
        ("cannot be read", "spoiled"),
    ];
    let Error::Recording { medium, .. } = error else { return Ok("as it was") };
    let known = STATES.iter().find(|(words, _)| medium.contains(words));
    known.map(|(_, state)| *state).ok_or_else(|| format!("the disc is said to be: {medium}"))
}

#[test]
fn sound_in_all_ways() {
    const WAYS: [&str; 3] = ["at once", "track at once", "raw"];
    let mut table = FaultTable::new("Sound", &WAYS);
    let sheets = tempfile::tempdir().unwrap();
    let disc = sound(sheets.path());
    let modes = [AudioMode::AtOnce, AudioMode::TrackAtOnce, AudioMode::Raw(RawSectorType::Raw)];
    let mut wrong = Vec::new();
    for &(phase, name, fault, expected) in ROWS {
        for (kind, (mode, way)) in [MediumKind::CdR, MediumKind::CdRw]
            .into_iter()
            .flat_map(|kind| modes.iter().zip(WAYS).map(move |way| (kind, way)))
        {
            let (mode, closes) = (*mode, name.starts_with("fixation") || name.starts_with("close"));
            // Only tracks are closed by a command.
            if closes && mode != AudioMode::TrackAtOnce {
                continue;
            }
            let is_raw = matches!(mode, AudioMode::Raw(_));
            let expected = if is_raw && expected == BAD_MODE { NO_RAW } else { expected };
            let bench = Bench::new(kind);
            let verify = if phase == "verify" { Verification::Full } else { Verification::None };
            let options =
                AudioOptions { mode, closing: Closing::Finalise, verify, ..AudioOptions::default() };
            let act = |mut drive| burn_audio(&mut drive, &disc, &options, &Control::default()).map(drop);
            let of_sectors = matches!(fault, Fault::SilentCorruption { .. });
            let result = match phase {
                "close" if closes => bench.with_late(fault, at_end_by(CLOSE), act),
                "close" => bench.with_late(fault, at_end_by(SYNCHRONIZE), act),
                "verify" if !of_sectors => bench.with_late(fault, read_back(), act),
                _ => bench.with(fault, act),
            };
            let mut problem = compare(&result, expected).err();
            let state = match &result {
                Ok(()) => "good",
                Err(_) if phase == "verify" => "written",
                Err(error) => left(error).unwrap_or_else(|words| {
                    problem = Some(words);
                    "wrong"
                }),
            };
            table.note(&[phase, name], expected, way, state);
            match sound_is_right(&bench, mode) {
                Ok(2) => {}
                Ok(tracks) if expected == GOOD || phase == "verify" => {
                    problem = Some(format!("{tracks} tracks"))
                }
                Ok(_) => {}
                // The drive said good, and then that a sector is lost: which, the error tells.
                Err(_) if name == "late bad sector" || of_sectors => {}
                Err(differs) => problem = Some(differs),
            }
            if kind == MediumKind::CdRw {
                open(&bench.path()).blank(Blanking::Quick, &Control::default()).unwrap();
                assert_eq!(bench.sessions(), 0, "{name}");
                burn(open(&bench.path()), "/later", false).unwrap();
            }
            wrong.extend(problem.map(|problem| format!("{kind}, {way}, {phase}, {name}: {problem}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    table.assert_documented();
}
