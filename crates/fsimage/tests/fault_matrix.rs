//! Every fault of the simulated drive, on every medium, in every phase of a recording: the documented error with its
//! IMAPI2 name, the medium in a documented state, in virtual time. Nothing hangs, and nothing is reported written that
//! is not. `docs/simulated-drive.md` has the faults.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fsimage::{
    BurnOptions, Burnt, Control, DEFAULT_PREFERENCE, DriveName, Error, FormatRequest, GrowingDisc,
    ImportOptions, Item, ItemOptions, LayoutPlan, MediumKind, OpenDrive, PlanOptions, Result, Tree,
    Verification,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use mmc_device::{Drive, Transport};
use support::fault_table::{FaultTable, state};
use support::faults::*;
use support::list_image;

/// Sectors of contents in each session.
const CONTENT: u32 = 320;

/// The longest that a recording may wait, in virtual time: the patience with a flush, with another one when it is given up,
/// and with what comes before.
const PATIENCE: Duration = Duration::from_secs(2 * 3600 + 60);

/// Media with one session, which holds `/first`.
struct Shelf {
    folder: tempfile::TempDir,
    media: Vec<(String, bool)>,
}

impl Shelf {
    fn new() -> Shelf {
        let folder = tempfile::tempdir().unwrap();
        let mut media = Vec::new();
        for kind in MediumKind::ALL {
            let path = folder.path().join(kind.name());
            fsimage::create_simulated_medium(&path, kind).unwrap();
            media.push((kind.name().to_owned(), is_overwritable(kind)));
        }
        // A DVD-RW of the other kind.
        let path = folder.path().join("dvd-rw-formatted");
        fsimage::create_simulated_medium(&path, MediumKind::DvdRw).unwrap();
        open(&path).format(&FormatRequest::default(), &Control::default()).unwrap();
        media.push(("dvd-rw-formatted".to_owned(), true));
        for (name, _) in &media {
            burn(&folder.path().join(name), "/first", &[]).0.unwrap();
        }
        Shelf { folder, media }
    }

    /// A copy of a medium.
    fn copy(&self, name: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        let from = self.folder.path().join(name);
        std::fs::copy(&from, &path).unwrap();
        std::fs::copy(from.with_file_name(format!("{name}.medium")), folder.path().join("disc.medium"))
            .unwrap();
        (folder, path)
    }
}

fn is_overwritable(kind: MediumKind) -> bool {
    matches!(
        kind,
        MediumKind::DvdRam
            | MediumKind::DvdPlusRw
            | MediumKind::BdRe
            | MediumKind::BdReDl
            | MediumKind::BdReXl
    )
}

fn open(path: &Path) -> OpenDrive {
    let name: DriveName = format!("sim:{}", path.display()).parse().unwrap();
    OpenDrive::open(&name).unwrap()
}

/// Adds a file of that name to what is on the medium, in a drive with these faults; how long it was waited for.
fn burn(path: &Path, name: &str, faults: &[Fault]) -> (Result<Burnt>, Duration) {
    let waited = Arc::new(AtomicU64::new(0));
    let mut drive = SimulatedDrive::open(path).unwrap();
    drive.set_long_operation_polls(3);
    for fault in faults {
        drive.inject(*fault).unwrap();
    }
    let transport: Box<dyn Transport> = Box::new(drive);
    let drive = Drive::with_waiter(transport, Box::new(VirtualTime(Arc::clone(&waited))));
    let result = burn_in(drive, name);
    (result, Duration::from_millis(waited.load(Ordering::Relaxed)))
}

/// [`burn`] with a fault that begins late.
fn burn_late(path: &Path, name: &str, phase: Phase, fault: Fault) -> (Result<Burnt>, Duration) {
    let waited = Arc::new(AtomicU64::new(0));
    let mut drive = SimulatedDrive::open(path).unwrap();
    drive.set_long_operation_polls(3);
    let late = match phase {
        Phase::Verify => Late::new(drive, fault, read_back()),
        _ => Late::new(drive, fault, at_end_by(0x35)),
    };
    let result = burn_in(late.in_time(&waited), name);
    (result, Duration::from_millis(waited.load(Ordering::Relaxed)))
}

fn burn_in(drive: Drive<Box<dyn Transport>>, name: &str) -> Result<Burnt> {
    let control = Control::default();
    let mut disc = GrowingDisc::open(OpenDrive::with_drive(drive, "faulty drive")?)?;
    let (mut tree, options) = if disc.is_blank() {
        (Tree::new(), PlanOptions::default())
    } else {
        let imported = disc.import(&ImportOptions::default(), &control)?;
        let options = imported.plan_options();
        (imported.tree, options)
    };
    tree.add(name, Item::Bytes(content(name).into()), &ItemOptions::default())?;
    disc.close_open_session()?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options })?;
    let options = BurnOptions { verify: Verification::Full, ..BurnOptions::default() };
    disc.write(&plan, &options, &control)
}

fn content(name: &str) -> Vec<u8> {
    let start = name.bytes().fold(7u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    (0..CONTENT * 2048).map(|at| start.wrapping_add((at / 3) as u8) ^ (at >> 11) as u8).collect()
}

/// The files of the newest session, each with the right content.
fn files(path: &Path) -> Vec<String> {
    let disc = open(path).disc().unwrap();
    let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    let entries = list_image(&image).into_iter().filter(|(path, _)| path != "/");
    entries
        .map(|(path, entry)| {
            let (expected, _) = peers::digest(content(&path).as_slice()).unwrap();
            assert_eq!(entry.sha256, Some(expected), "{path}");
            path
        })
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing has been written, and nothing is.
    Open,
    Write,
    Close,
    Verify,
}

/// A fault, for a session that begins at the sector given.
type Make = fn(u32) -> Fault;

/// Phase, name, fault, and the IMAPI2 name of the error it ends in.
const MATRIX: &[(Phase, &str, Make, &str)] = &[
    // ----- before anything is written
    (Phase::Open, "no medium", |_| Fault::MediumRemoved { after_sectors: 0 }, NO_MEDIUM),
    (Phase::Open, "no power", |_| Fault::PowerCut { after_sectors: 0 }, UNPLUGGED),
    (Phase::Open, "never ready", |_| Fault::NotReady { times: u32::MAX }, READY_SOON),
    (Phase::Open, "always formatting", |_| refuse(0x00, 2, 4, 4, None), FORMATTING),
    (Phase::Open, "always busy", |_| refuse(0x00, 2, 4, 7, None), BUSY),
    (Phase::Open, "foreign medium", |_| refuse(0x00, 2, 0x30, 0, None), INCOMPATIBLE),
    (Phase::Open, "no reference position", |_| refuse(0x00, 2, 6, 0, None), UPSIDE_DOWN),
    (Phase::Open, "mute", |_| Fault::Hang { operation_code: 0x00, times: None }, TIMED_OUT),
    (Phase::Open, "mute about the disc", |_| Fault::Hang { operation_code: 0x51, times: None }, TIMED_OUT),
    (Phase::Open, "medium noticed late", |_| Fault::MediumNoticedLate { times: 1 }, NO_MEDIUM),
    (Phase::Open, "late", |_| Fault::NotReady { times: 5 }, GOOD),
    (Phase::Open, "ready too early", |_| Fault::ReadyTooEarly { times: 5 }, GOOD),
    (Phase::Open, "attention", |_| refuse(0x51, 6, 0x28, 0, Some(1)), GOOD),
    (Phase::Open, "attention of READ FORMAT CAPACITIES", |_| refuse(0x23, 6, 0x28, 0, Some(1)), GOOD),
    (Phase::Open, "short disc information", |_| Fault::ShortReply { operation_code: 0x51, len: 24 }, GOOD),
    (Phase::Open, "short track information", |_| Fault::ShortReply { operation_code: 0x52, len: 28 }, GOOD),
    (Phase::Open, "short features", |_| Fault::ShortReply { operation_code: 0x46, len: 200 }, GOOD),
    (Phase::Open, "long mode page", |_| Fault::LyingLength { operation_code: 0x5A, len: 500 }, GOOD),
    (Phase::Open, "endless events", |_| Fault::EndlessEvents, GOOD),
    (Phase::Open, "speeds of zero", |_| Fault::ZeroSpeeds, GOOD),
    (Phase::Open, "bogus link size", |_| Fault::BogusLinkSize, GOOD),
    (Phase::Open, "no certification", |_| Fault::NoCertification, GOOD),
    (Phase::Open, "no residuals", |_| Fault::FullTransfersClaimed, GOOD),
    (Phase::Open, "no RESERVE TRACK", |_| refuse(0x53, 5, 0x20, 0, None), GOOD),
    (Phase::Open, "no events", |_| refuse(0x4A, 5, 0x20, 0, None), GOOD),
    (Phase::Open, "no performance", |_| refuse(0xAC, 5, 0x20, 0, None), GOOD),
    (Phase::Open, "no streaming", |_| refuse(0xB6, 5, 0x21, 0, None), GOOD),
    (Phase::Open, "no lock", |_| refuse(0x1E, 5, 0x20, 0, None), GOOD),
    (Phase::Open, "no calibration", |_| refuse(0x54, 5, 0x30, 2, None), GOOD),
    (Phase::Open, "no next writable address without page 05h", |_| Fault::NextWritableNeedsMode, GOOD),
    (Phase::Open, "pregap as next writable address", |_| Fault::PregapAsNextWritable, GOOD),
    (Phase::Open, "slow calibration", |_| Fault::Slow { operation_code: 0x54, seconds: 150 }, GOOD),
    (Phase::Open, "disc structure locks", |_| Fault::DiscStructureLocks, GOOD),
    (Phase::Open, "format wants restart", |_| Fault::FormatWantsRestart, GOOD),
    (Phase::Open, "strict write parameters", |_| Fault::StrictWriteParameters, GOOD),
    (Phase::Open, "odd write parameters", |_| Fault::OddWriteParameters, GOOD),
    (Phase::Open, "unknown data mode", |_| Fault::UnknownDataMode, GOOD),
    (Phase::Open, "fake CD", |_| Fault::FakeCd, GOOD),
    (Phase::Open, "garbage ATIP", |_| Fault::GarbageAtip, GOOD),
    (Phase::Open, "block descriptors", |_| Fault::BlockDescriptors, GOOD),
    (Phase::Open, "tray wants a start", |_| Fault::EjectWantsStart, GOOD),
    (Phase::Open, "options shrink a format", |_| Fault::FormatOptionsShrink, GOOD),
    (Phase::Open, "test writes confuse", |_| Fault::TestWriteConfuses, GOOD),
    (Phase::Write, "other next writable address", |start| lie(0x52, 12, start + 320), GONE),
    (Phase::Open, "other free blocks", |_| lie(0x52, 16, u32::MAX), GOOD),
    // ----- while it is written
    (Phase::Write, "buffer asked early", |_| Fault::EarlyBufferQuestion { sectors: 2048 }, GOOD),
    (Phase::Write, "bad sector", |start| Fault::WriteError { lba: start + 150 }, GONE),
    (Phase::Write, "bad first sector", |start| Fault::WriteError { lba: start }, GONE),
    (Phase::Write, "late bad sector", |start| Fault::DeferredWriteError { lba: start + 150 }, GONE),
    (Phase::Write, "starved", |_| Fault::LossOfStreaming, STARVED),
    (Phase::Write, "no power", |_| Fault::PowerCut { after_sectors: 150 }, UNPLUGGED),
    (Phase::Write, "medium taken out", |_| Fault::MediumRemoved { after_sectors: 150 }, NO_MEDIUM),
    (Phase::Write, "changed", |_| Fault::UnitAttention { after_sectors: 150, asc: 0x28, ascq: 0 }, GONE),
    (Phase::Write, "reset", |_| Fault::UnitAttention { after_sectors: 150, asc: 0x29, ascq: 0 }, GONE),
    (Phase::Write, "write protected", |_| Fault::WriteProtected, PROTECTED),
    (Phase::Write, "hardware", |_| refuse(0x2A, 4, 9, 0, None), GONE),
    (Phase::Write, "aborted", |_| refuse(0x2A, 0xB, 0, 6, None), GONE),
    (Phase::Write, "wrong medium", |_| refuse(0x2A, 5, 0x30, 5, None), INCOMPATIBLE),
    (Phase::Write, "buffer never drains", |_| Fault::LongWriteInProgress { times: u32::MAX }, BUSY),
    (Phase::Write, "mute", |_| Fault::Hang { operation_code: 0x2A, times: Some(1) }, TIMED_OUT),
    (Phase::Write, "full buffer", |_| Fault::LongWriteInProgress { times: 40 }, GOOD),
    (Phase::Write, "spins up", |_| refuse(0x2A, 2, 4, 1, Some(20)), GOOD),
    (Phase::Write, "wants a flush", |_| refuse(0x2A, 5, 0x2C, 0, Some(1)), GOOD),
    (Phase::Write, "recovered", |_| recovered(0x2A, 0x0C, 0x01), GOOD),
    (Phase::Write, "unknown speed class", |_| Fault::UnknownSpeedClass, MISMATCH),
    (Phase::Write, "no buffer capacity", |_| refuse(0x5C, 5, 0x20, 0, None), GOOD),
    (Phase::Write, "more free than the buffer has", |_| Fault::BufferCapacityNonsense, GOOD),
    (Phase::Write, "streams of whole clusters", |_| Fault::StreamWantsClusters, GOOD),
    // ----- at the end
    (Phase::Close, "flush fails", |_| refuse(0x35, 3, 0x0C, 0, None), GONE),
    (Phase::Close, "flush never ends", |_| Fault::Hang { operation_code: 0x35, times: None }, TIMED_OUT),
    (Phase::Close, "no immediate flush", |_| Fault::ImmediateSynchronizeRefused, GOOD),
    (Phase::Close, "Immed implied", |_| Fault::ImpliedImmediate, GOOD),
    (Phase::Close, "recovered", |_| recovered(0x35, 0x0C, 0x01), GOOD),
    (Phase::Close, "two layers end", |_| Fault::TwoLayersEnd, GOOD),
    (Phase::Close, "no progress", |_| Fault::NoProgress, GOOD),
    (Phase::Close, "stuck progress", |_| Fault::StuckProgress, GOOD),
    (Phase::Close, "fixation fails", |_| refuse(0x5B, 3, 0x72, 0, Some(1)), GONE),
    (Phase::Close, "close of a track unknown", |_| refuse_variant(0x5B, 2, 1), GONE),
    (Phase::Close, "close of a session unknown", |_| refuse_variant(0x5B, 2, 2), NO_FEATURE),
    (Phase::Close, "close is mute", |_| Fault::Hang { operation_code: 0x5B, times: Some(1) }, TIMED_OUT),
    (Phase::Close, "close is busy", |_| refuse(0x5B, 2, 4, 7, Some(5)), GOOD),
    // ----- read back
    (Phase::Verify, "unreadable", |start| Fault::ReadError { lba: start + 200 }, NOT_VERIFIED),
    (Phase::Verify, "corrupted", |start| Fault::SilentCorruption { lba: start + 200 }, NOT_VERIFIED),
    (Phase::Verify, "recovered", |_| recovered(0x28, 0x18, 0x02), GOOD),
    (Phase::Verify, "endless capacity", |_| Fault::LyingCapacity { last_lba: u32::MAX }, GOOD),
];

/// Faults that begin with the first flush, or when it is read back: the same columns.
const LATE: &[(Phase, &str, Fault, &str)] = &[
    (Phase::Close, "no power", Fault::PowerCut { after_sectors: 0 }, UNPLUGGED),
    (Phase::Close, "medium taken out", Fault::MediumRemoved { after_sectors: 0 }, NO_MEDIUM),
    (Phase::Close, "changed", refuse(0x35, 6, 0x28, 0, Some(1)), GONE),
    (Phase::Close, "reset", refuse(0x35, 6, 0x29, 0, Some(1)), GONE),
    (Phase::Close, "hardware", refuse(0x35, 4, 9, 0, Some(1)), GONE),
    (Phase::Close, "aborted", refuse(0x35, 0xB, 0, 6, Some(1)), GONE),
    (Phase::Close, "flush fails late", deferred(0x35, 3, 0x0C, 0), GONE),
    (Phase::Close, "fixation fails late", deferred(0x5B, 3, 0x72, 0), GONE),
    (Phase::Close, "mute behind the flush", Fault::Hang { operation_code: 0x00, times: None }, TIMED_OUT),
    (Phase::Close, "never ready again", Fault::NotReady { times: u32::MAX }, READY_SOON),
    (Phase::Close, "flush goes on for ever", refuse(0x00, 2, 4, 8, None), BUSY),
    (Phase::Close, "ready too early", Fault::ReadyTooEarly { times: 5 }, GOOD),
    (Phase::Verify, "no power", Fault::PowerCut { after_sectors: 0 }, UNPLUGGED),
    (Phase::Verify, "medium taken out", Fault::MediumRemoved { after_sectors: 0 }, NO_MEDIUM),
    (Phase::Verify, "changed", refuse(0x28, 6, 0x28, 0, Some(1)), GOOD),
    (Phase::Verify, "mute", Fault::Hang { operation_code: 0x28, times: None }, TIMED_OUT),
    (Phase::Verify, "hardware", refuse(0x28, 4, 9, 0, None), NOT_VERIFIED),
    (Phase::Verify, "aborted", refuse(0x28, 0xB, 0, 6, None), NOT_VERIFIED),
    (Phase::Verify, "late error of the recording", deferred(0x28, 3, 0x0C, 0), GONE),
    (Phase::Verify, "late", Fault::NotReady { times: 5 }, GOOD),
];

/// Faults that only media of some kinds know: on all others the recording is good.
fn concerns(name: &str, medium: &str, overwritable: bool) -> bool {
    match name {
        "unknown speed class" => medium == "cd-rw",
        "other next writable address" => !overwritable,
        "close of a track unknown" => !overwritable && !medium.starts_with("cd"),
        _ => true,
    }
}

/// Media that are not closed by a command: that it fails there cannot be seen.
fn is_closed_by_command(medium: &str) -> bool {
    !(medium.starts_with("bd-re") || medium == "dvd-ram")
}

/// The state of the medium in this cell of the matrix, or what is not as it is to be.
fn check(shelf: &Shelf, cell: &Cell<'_>) -> std::result::Result<&'static str, String> {
    let (_folder, path) = shelf.copy(cell.medium);
    let (result, waited) = match cell.late {
        true => burn_late(&path, "/second", cell.phase, cell.fault),
        false => burn(&path, "/second", &[cell.fault]),
    };
    if waited >= PATIENCE {
        return Err(format!("waited {waited:?}"));
    }
    let error = match (result, cell.expected) {
        (Ok(burnt), GOOD) => {
            let found = files(&path);
            let whole = found == ["/first", "/second"] && (cell.late || burnt.start.get() == cell.start);
            return if whole { Ok("good") } else { Err(format!("{burnt:?}, {found:?}")) };
        }
        (Ok(_), expected) => return Err(format!("good, instead of {expected}")),
        (Err(error), _) => error,
    };
    if error.imapi2().name != cell.expected {
        return Err(format!("{error:?}"));
    }
    match (&error, cell.phase) {
        (Error::Recording { .. }, Phase::Write | Phase::Close) => {}
        // A format that has to come first is refused.
        (Error::Drive { .. }, Phase::Write) if cell.medium == "dvd+rw" => {}
        (_, Phase::Open | Phase::Verify) => {}
        _ => return Err(format!("{error:?}")),
    }
    if cell.phase == Phase::Verify {
        // It is all there, and one sector of it is wrong.
        let sessions = open(&path).disc().map_err(|error| error.to_string())?.sessions().len();
        return if sessions >= 2 { Ok("written") } else { Err(format!("{sessions} sessions")) };
    }
    // Some time later, in a drive that is well: what was there is there, and a burn goes on.
    let before = files(&path);
    let possible = before == ["/first"] || cell.phase != Phase::Open && before == ["/first", "/second"];
    if !possible {
        return Err(format!("afterwards there is {before:?}"));
    }
    burn(&path, "/later", &[]).0.map_err(|error| format!("afterwards: {error}"))?;
    let later = files(&path);
    let whole = before.iter().all(|name| later.contains(name)) && later.contains(&"/later".to_owned());
    if whole { state(&error) } else { Err(format!("{before:?}, then {later:?}")) }
}

struct Cell<'a> {
    medium: &'a str,
    phase: Phase,
    fault: Fault,
    expected: &'static str,
    /// First sector of the session.
    start: u32,
    /// The fault begins with its phase, and not at once.
    late: bool,
}

/// The kinds of media that `docs/faults.md` tells apart.
const KINDS: [&str; 3] = ["CD", "sequential", "overwritable"];

fn kind(medium: &str, overwritable: bool) -> &'static str {
    match medium.starts_with("cd") {
        true => KINDS[0],
        false if overwritable => KINDS[2],
        false => KINDS[1],
    }
}

#[test]
fn every_fault_on_every_medium_in_every_phase() {
    let shelf = Shelf::new();
    let mut table = FaultTable::new("Sessions", &KINDS);
    let mut wrong = Vec::new();
    let late = LATE.iter().map(|&(phase, name, fault, expected)| (phase, name, fault, expected, true));
    for (medium, overwritable) in &shelf.media {
        let overwritable = *overwritable;
        let (_folder, path) = shelf.copy(medium);
        let start = GrowingDisc::open(open(&path)).unwrap().place().start.get();
        let early =
            MATRIX.iter().map(|&(phase, name, make, expected)| (phase, name, make(start), expected, false));
        for (phase, name, fault, expected, late) in early.chain(late.clone()) {
            let closes = name.starts_with("fixation") || name.starts_with("close");
            if closes && !is_closed_by_command(medium) {
                continue;
            }
            let expected = if concerns(name, medium, overwritable) { expected } else { GOOD };
            let cell = Cell { medium, phase, fault, expected, start, late };
            match check(&shelf, &cell) {
                Ok(state) => {
                    let begin = [&format!("{phase:?}").to_lowercase(), name];
                    table.note(&begin, expected, kind(medium, overwritable), state);
                }
                Err(problem) => wrong.push(format!("{medium}, {phase:?}, {name}: {problem}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    table.assert_documented();
}
