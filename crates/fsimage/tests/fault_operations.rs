//! Faults of the simulated drive in what is not a session of the default recipes: blanking, formatting, recording at
//! once, and sound. As in `fault_matrix.rs`, each ends in the documented error with its IMAPI2 name, in virtual time, and
//! a well drive finds the medium as documented.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fsimage::{
    AudioDisc, AudioMode, AudioOptions, BdRMode, Blanking, BurnOptions, Closing, Control, DEFAULT_PREFERENCE,
    DriveName, Error, FormatRequest, GrowingDisc, Item, ItemOptions, LayoutPlan, MediumKind, OpenDrive,
    PlanOptions, RawSectorType, Result, Tree, Verification, burn_audio,
};
use mmc_device::cd::RAW_BYTES;
use mmc_device::command::read_cd::WithSubchannel;
use mmc_device::simulated::{Fault, SimulatedDrive};
use mmc_device::{Lba, TrackState};
use support::faults::*;
use support::list_image;

/// The longest that an operation may wait, in virtual time: the patience with a format, and with what comes before.
const PATIENCE: Duration = Duration::from_secs(6 * 3600);

const FAILED_ERASE: &str = "E_IMAPI_ERASE_DRIVE_FAILED_ERASE_COMMAND";
const ERASE_TOO_LONG: &str = "E_IMAPI_ERASE_TOOK_LONGER_THAN_ONE_HOUR";
const UNEXPECTED_IN_ERASE: &str = "E_IMAPI_ERASE_UNEXPECTED_DRIVE_RESPONSE_DURING_ERASE";
const CANNOT_ERASE: &str = "E_IMAPI_ERASE_RECORDER_NOT_SUPPORTED";
const NO_SPINUP: &str = "E_IMAPI_ERASE_DRIVE_FAILED_SPINUP_COMMAND";
const BAD_MODE: &str = "E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS";

const WRITE: u8 = 0x2A;
const SYNCHRONIZE: u8 = 0x35;

fn open(path: &Path) -> OpenDrive {
    let name: DriveName = format!("sim:{}", path.display()).parse().unwrap();
    OpenDrive::open(&name).unwrap()
}

/// A medium in a drive that can be made to fail, and the time that was waited for it.
struct Bench {
    folder: tempfile::TempDir,
    waited: Arc<AtomicU64>,
}

impl Bench {
    fn new(kind: MediumKind) -> Bench {
        let bench = Bench { folder: tempfile::tempdir().unwrap(), waited: Arc::default() };
        fsimage::create_simulated_medium(&bench.path(), kind).unwrap();
        bench
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("disc")
    }

    /// Does something in a drive whose faults begin once it has been opened.
    fn with<T>(&self, fault: Fault, act: impl FnOnce(OpenDrive) -> Result<T>) -> Result<T> {
        let mut simulated = SimulatedDrive::open(self.path()).unwrap();
        simulated.set_long_operation_polls(3);
        let shared = SharedDrive::new(simulated);
        let drive = OpenDrive::with_drive(shared.drive(&self.waited), "faulty drive").unwrap();
        shared.inject(fault);
        let result = act(drive);
        let waited = Duration::from_millis(self.waited.load(Ordering::Relaxed));
        assert!(waited < PATIENCE, "waited {waited:?}");
        result
    }

    fn sessions(&self) -> usize {
        open(&self.path()).disc().unwrap().sessions().len()
    }

    /// Paths of the files of the newest session, whose contents are right.
    fn files(&self) -> Vec<String> {
        let disc = open(&self.path()).disc().unwrap();
        let Ok(image) = disc.image(None, &DEFAULT_PREFERENCE) else { return Vec::new() };
        let right = peers::digest(content().as_slice()).unwrap().0;
        let entries = list_image(&image).into_iter().filter(|(path, _)| path != "/");
        entries
            .map(|(path, entry)| {
                assert_eq!(entry.sha256.as_ref(), Some(&right), "{path}");
                path
            })
            .collect()
    }
}

fn content() -> Vec<u8> {
    (0..320 * 2048u32).map(|at| (at / 7) as u8 ^ (at >> 11) as u8).collect()
}

fn burn(drive: OpenDrive, name: &str, at_once: bool) -> Result<()> {
    let disc = GrowingDisc::open(drive)?;
    let mut tree = Tree::new();
    tree.add(name, Item::Bytes(content().into()), &ItemOptions::default())?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..PlanOptions::default() })?;
    let options = BurnOptions { verify: Verification::Full, at_once, ..BurnOptions::default() };
    disc.write(&plan, &options, &Control::default()).map(drop)
}

/// What came out, against the IMAPI2 name that is documented, or nothing for success.
fn compare(result: &Result<()>, expected: &str) -> std::result::Result<(), String> {
    match result {
        Ok(()) if expected == GOOD => Ok(()),
        Ok(()) => Err(format!("good, instead of {expected}")),
        Err(error) if error.imapi2().name == expected => Ok(()),
        Err(error) => Err(format!("{}: {error}", error.imapi2().name)),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Erasure {
    Blank(Blanking),
    Format { full: bool },
}

impl Erasure {
    fn run(self, mut drive: OpenDrive) -> Result<()> {
        match self {
            Erasure::Blank(blanking) => drive.blank(blanking, &Control::default()),
            Erasure::Format { full } => {
                drive.format(&FormatRequest { full, ..FormatRequest::default() }, &Control::default())
            }
        }
    }
}

#[test]
fn blanking_and_formatting() {
    use MediumKind::*;
    let blank = |kind, command| {
        [Blanking::Quick, Blanking::Full].map(|blanking| (kind, command, Erasure::Blank(blanking)))
    };
    let format = |kind| [false, true].map(|full| (kind, 0x04, Erasure::Format { full }));
    let cells = [
        blank(CdRw, 0xA1),
        blank(DvdRw, 0xA1),
        format(DvdRw),
        format(DvdPlusRw),
        format(DvdRam),
        format(BdRe),
    ];
    type Row = (&'static str, fn(u8) -> Fault, &'static str);
    let rows: [Row; 15] = [
        ("fails", |code| refuse(code, 3, 0x51, 0, None), FAILED_ERASE),
        ("format fails", |code| refuse(code, 3, 0x31, 1, None), FAILED_ERASE),
        ("unknown", |code| refuse(code, 5, 0x20, 0, None), CANNOT_ERASE),
        ("mute", |code| Fault::Hang { operation_code: code, times: None }, ERASE_TOO_LONG),
        ("hardware", |code| refuse(code, 4, 0x44, 0, None), UNEXPECTED_IN_ERASE),
        ("write protected", |_| Fault::WriteProtected, PROTECTED),
        ("never ready", |_| Fault::NotReady { times: u32::MAX }, NO_SPINUP),
        ("always busy", |_| refuse(0x00, 2, 4, 7, None), ERASE_TOO_LONG),
        ("no power", |_| Fault::PowerCut { after_sectors: 0 }, UNPLUGGED),
        ("no power half-way", |code| Fault::PowerCutWithin { operation_code: code }, UNPLUGGED),
        ("no medium", |_| Fault::MediumRemoved { after_sectors: 0 }, NO_MEDIUM),
        ("no progress", |_| Fault::NoProgress, GOOD),
        ("stuck progress", |_| Fault::StuckProgress, GOOD),
        ("Immed implied", |_| Fault::ImpliedImmediate, GOOD),
        ("busy at first", |code| refuse(code, 2, 4, 7, Some(3)), GOOD),
    ];
    let mut wrong = Vec::new();
    for (kind, command, erasure) in cells.into_iter().flatten() {
        for (name, make, expected) in rows {
            let bench = Bench::new(kind);
            burn(open(&bench.path()), "/first", false).unwrap();
            let result = bench.with(make(command), |drive| erasure.run(drive));
            if let Err(problem) = compare(&result, expected) {
                wrong.push(format!("{kind}, {erasure:?}, {name}: {problem}"));
                continue;
            }
            // As it was, or empty; and a well drive does what was asked.
            let left = bench.files();
            let possible =
                if expected == GOOD { left.is_empty() } else { left.is_empty() || left == ["/first"] };
            open(&bench.path()).blank(Blanking::Full, &Control::default()).unwrap();
            burn(open(&bench.path()), "/later", false).unwrap();
            if !possible || bench.files() != ["/later"] {
                wrong.push(format!("{kind}, {erasure:?}, {name}: left {left:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_blank_bd_r_whose_format_fails_stays_blank() {
    for mode in [BdRMode::Sequential, BdRMode::PseudoOverwrite] {
        let request = FormatRequest { bd_r: mode, ..FormatRequest::default() };
        for (fault, expected) in [
            (refuse(0x04, 3, 0x31, 1, None), FAILED_ERASE),
            (Fault::Hang { operation_code: 0x04, times: None }, ERASE_TOO_LONG),
        ] {
            let bench = Bench::new(MediumKind::BdR);
            let result = bench.with(fault, |mut drive| drive.format(&request, &Control::default()));
            compare(&result, expected).unwrap();
            open(&bench.path()).format(&request, &Control::default()).unwrap();
            burn(open(&bench.path()), "/later", false).unwrap();
            assert_eq!(bench.files(), ["/later"]);
        }
    }
}

#[test]
fn data_at_once() {
    use MediumKind::*;
    type Row = (&'static str, Fault, &'static str);
    let rows: [Row; 15] = [
        ("no power", Fault::PowerCut { after_sectors: 150 }, UNPLUGGED),
        ("medium taken out", Fault::MediumRemoved { after_sectors: 150 }, NO_MEDIUM),
        ("bad sector", Fault::WriteError { lba: 150 }, GONE),
        ("late bad sector", Fault::DeferredWriteError { lba: 150 }, GONE),
        ("starved", Fault::LossOfStreaming, STARVED),
        ("reset", Fault::UnitAttention { after_sectors: 150, asc: 0x29, ascq: 0 }, GONE),
        ("hardware", refuse(WRITE, 4, 9, 0, None), GONE),
        ("buffer never drains", Fault::LongWriteInProgress { times: u32::MAX }, BUSY),
        ("mute", Fault::Hang { operation_code: WRITE, times: Some(1) }, TIMED_OUT),
        ("no mode page", refuse(0x55, 5, 0x26, 0, None), BAD_MODE),
        ("flush fails", refuse(SYNCHRONIZE, 3, 0x0C, 0, None), GONE),
        ("lead-in fails", refuse(SYNCHRONIZE, 3, 0x72, 1, None), GONE),
        ("flush never ends", Fault::Hang { operation_code: SYNCHRONIZE, times: None }, TIMED_OUT),
        ("full buffer", Fault::LongWriteInProgress { times: 40 }, GOOD),
        ("spins up", refuse(WRITE, 2, 4, 1, Some(20)), GOOD),
    ];
    let mut wrong = Vec::new();
    for kind in [CdR, CdRw, DvdR, DvdRDl, DvdRw] {
        for (name, fault, expected) in rows {
            let bench = Bench::new(kind);
            let result = bench.with(fault, |drive| burn(drive, "/first", true));
            let mut problem = compare(&result, expected).err();
            if let Err(Error::Recording { medium, .. }) = &result {
                let states =
                    ["as it was", "cannot be read", "complete", "unknown", "may not be closed", "next burn"];
                if !states.iter().any(|state| medium.contains(state)) {
                    problem = Some(format!("the medium is said to be: {medium}"));
                }
            }
            // The file is there with the right content, or not at all.
            let files = bench.files();
            if !(files == ["/first"] || expected != GOOD && files.is_empty()) {
                problem = Some(format!("afterwards there is {files:?}"));
            }
            if kind == CdRw || kind == DvdRw {
                open(&bench.path()).blank(Blanking::Full, &Control::default()).unwrap();
                burn(open(&bench.path()), "/later", true).unwrap();
                assert_eq!(bench.files(), ["/later"], "{kind}, {name}");
            }
            wrong.extend(problem.map(|problem| format!("{kind}, {name}: {problem}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn verification_finds_what_came_out_wrong_at_once() {
    for kind in [MediumKind::CdR, MediumKind::CdRw, MediumKind::DvdR, MediumKind::DvdRDl, MediumKind::DvdRw] {
        let bench = Bench::new(kind);
        let result = bench.with(Fault::SilentCorruption { lba: 150 }, |drive| burn(drive, "/first", true));
        let Err(Error::VerifyFailed { sector, sectors, files }) = &result else {
            panic!("{kind}: {result:?}")
        };
        assert_eq!((sector.get(), *sectors, files.len()), (150, 1, 1), "{kind}");
        assert!(files[0].ends_with("first"), "{kind}: {files:?}");
        assert_eq!(bench.sessions(), 1, "{kind}");
    }
}

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

#[test]
fn sound_in_all_ways() {
    use MediumKind::*;
    type Row = (&'static str, Fault, &'static str);
    let rows: [Row; 14] = [
        ("no power", Fault::PowerCut { after_sectors: 450 }, UNPLUGGED),
        ("medium taken out", Fault::MediumRemoved { after_sectors: 450 }, NO_MEDIUM),
        ("bad sector", Fault::WriteError { lba: 300 }, GONE),
        ("late bad sector", Fault::DeferredWriteError { lba: 300 }, GONE),
        ("starved", Fault::LossOfStreaming, STARVED),
        ("reset", Fault::UnitAttention { after_sectors: 450, asc: 0x29, ascq: 0 }, GONE),
        ("hardware", refuse(WRITE, 4, 9, 0, None), GONE),
        ("aborted", refuse(WRITE, 0xB, 0, 6, None), GONE),
        ("buffer never drains", Fault::LongWriteInProgress { times: u32::MAX }, BUSY),
        ("mute", Fault::Hang { operation_code: WRITE, times: Some(1) }, TIMED_OUT),
        ("flush fails", refuse(SYNCHRONIZE, 3, 0x0C, 0, None), GONE),
        ("flush never ends", Fault::Hang { operation_code: SYNCHRONIZE, times: None }, TIMED_OUT),
        ("full buffer", Fault::LongWriteInProgress { times: 40 }, GOOD),
        ("no progress", Fault::NoProgress, GOOD),
    ];
    let sheets = tempfile::tempdir().unwrap();
    let disc = sound(sheets.path());
    let modes = [AudioMode::AtOnce, AudioMode::TrackAtOnce, AudioMode::Raw(RawSectorType::Raw)];
    let mut wrong = Vec::new();
    for (kind, mode) in [CdR, CdRw].into_iter().flat_map(|kind| modes.map(|mode| (kind, mode))) {
        for (name, fault, expected) in rows {
            let bench = Bench::new(kind);
            let options = AudioOptions {
                mode,
                closing: Closing::Finalise,
                test_write: false,
                ..AudioOptions::default()
            };
            let result = bench.with(fault, |mut drive| {
                burn_audio(&mut drive, &disc, &options, &Control::default()).map(drop)
            });
            let mut problem = compare(&result, expected).err();
            match sound_is_right(&bench, mode) {
                Ok(2) => {}
                Ok(tracks) if expected == GOOD => problem = Some(format!("{tracks} tracks")),
                Ok(_) => {}
                // The drive said good, and then that a sector is lost: which, the error tells.
                Err(_) if name == "late bad sector" => {}
                Err(differs) => problem = Some(differs),
            }
            if kind == CdRw {
                open(&bench.path()).blank(Blanking::Quick, &Control::default()).unwrap();
                assert_eq!(bench.sessions(), 0, "{name}");
                burn(open(&bench.path()), "/later", false).unwrap();
            }
            wrong.extend(problem.map(|problem| format!("{kind}, {mode:?}, {name}: {problem}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
