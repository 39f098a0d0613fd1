//! Faults of the simulated drive in what is not a session of the default recipes: blanking, formatting and recording at
//! once; `fault_sound.rs` has sound. As in `fault_matrix.rs`, each ends in the documented error with its IMAPI2 name, in
//! virtual time, and a well drive finds the medium as documented. `docs/faults.md` has the tables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use fsimage::{BdRMode, Blanking, Control, Error, FormatRequest, MediumKind, OpenDrive, Result};
use mmc_device::simulated::Fault;
use support::fault_bench::{Bench, burn, compare, open};
use support::fault_table::{FaultTable, state};
use support::faults::*;

const FAILED_ERASE: &str = "E_IMAPI_ERASE_DRIVE_FAILED_ERASE_COMMAND";
const ERASE_TOO_LONG: &str = "E_IMAPI_ERASE_TOOK_LONGER_THAN_ONE_HOUR";
const UNEXPECTED_IN_ERASE: &str = "E_IMAPI_ERASE_UNEXPECTED_DRIVE_RESPONSE_DURING_ERASE";
const CANNOT_ERASE: &str = "E_IMAPI_ERASE_RECORDER_NOT_SUPPORTED";
const NO_SPINUP: &str = "E_IMAPI_ERASE_DRIVE_FAILED_SPINUP_COMMAND";

const BAD_MODE: &str = "E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS";

const READY: u8 = 0x00;
const FORMAT: u8 = 0x04;
const BLANK: u8 = 0xA1;
const WRITE: u8 = 0x2A;
const SYNCHRONIZE: u8 = 0x35;

/// When a fault begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    /// Before the command.
    Before,
    /// While the drive goes on behind it.
    HalfWay,
}

/// Fault, for the operation code of the command that erases, and the name of the error.
type Erasing = (Begins, &'static str, fn(u8) -> Fault, &'static str);

const ERASING: &[Erasing] = &[
    (Begins::Before, "fails", |code| refuse(code, 3, 0x51, 0, None), FAILED_ERASE),
    (Begins::Before, "format fails", |code| refuse(code, 3, 0x31, 1, None), FAILED_ERASE),
    (Begins::Before, "unknown", |code| refuse(code, 5, 0x20, 0, None), CANNOT_ERASE),
    (Begins::Before, "mute", |code| Fault::Hang { operation_code: code, times: None }, ERASE_TOO_LONG),
    (Begins::Before, "hardware", |code| refuse(code, 4, 0x44, 0, None), UNEXPECTED_IN_ERASE),
    (Begins::Before, "write protected", |_| Fault::WriteProtected, PROTECTED),
    (Begins::Before, "never ready", |_| Fault::NotReady { times: u32::MAX }, NO_SPINUP),
    (Begins::Before, "always busy", |_| refuse(READY, 2, 4, 7, None), ERASE_TOO_LONG),
    (Begins::Before, "no power", |_| Fault::PowerCut { after_sectors: 0 }, UNPLUGGED),
    (Begins::Before, "no medium", |_| Fault::MediumRemoved { after_sectors: 0 }, NO_MEDIUM),
    (Begins::Before, "no progress", |_| Fault::NoProgress, GOOD),
    (Begins::Before, "stuck progress", |_| Fault::StuckProgress, GOOD),
    (Begins::Before, "Immed implied", |_| Fault::ImpliedImmediate, GOOD),
    (Begins::Before, "busy at first", |code| refuse(code, 2, 4, 7, Some(3)), GOOD),
    (Begins::HalfWay, "fails", |_| refuse(READY, 3, 0x51, 0, Some(1)), FAILED_ERASE),
    (Begins::HalfWay, "format fails", |_| refuse(READY, 3, 0x31, 1, Some(1)), FAILED_ERASE),
    (Begins::HalfWay, "hardware", |_| refuse(READY, 4, 0x44, 0, Some(1)), UNEXPECTED_IN_ERASE),
    (Begins::HalfWay, "no power", |_| Fault::PowerCut { after_sectors: 0 }, UNPLUGGED),
    (Begins::HalfWay, "taken out", |_| Fault::MediumRemoved { after_sectors: 0 }, NO_MEDIUM),
    (Begins::HalfWay, "mute", |_| Fault::Hang { operation_code: READY, times: None }, ERASE_TOO_LONG),
    (Begins::HalfWay, "goes on for ever", |_| refuse(READY, 2, 4, 4, None), ERASE_TOO_LONG),
    (Begins::HalfWay, "changed", |_| refuse(READY, 6, 0x28, 0, Some(1)), GOOD),
    (Begins::HalfWay, "reset", |_| refuse(READY, 6, 0x29, 0, Some(1)), GOOD),
    (Begins::HalfWay, "mute for a moment", |_| Fault::NotReady { times: 5 }, GOOD),
];

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

impl Bench {
    /// Erases in a drive with a fault. `code`: of the command that does it.
    fn erase(&self, begins: Begins, fault: Fault, code: u8, erasure: Erasure) -> Result<()> {
        match begins {
            Begins::Before => self.with(fault, |drive| erasure.run(drive)),
            Begins::HalfWay => self.with_late(fault, behind(code), |drive| erasure.run(drive)),
        }
    }
}

const ERASABLE: [&str; 6] = ["CD-RW", "DVD-RW", "DVD-RW, restricted overwrite", "DVD+RW", "DVD-RAM", "BD-RE"];

#[test]
fn blanking_and_formatting() {
    use MediumKind::*;
    let blank = [Blanking::Quick, Blanking::Full].map(Erasure::Blank);
    let format = [false, true].map(|full| Erasure::Format { full });
    let full =
        [Erasure::Blank(Blanking::Full), Erasure::Format { full: false }, Erasure::Format { full: true }];
    let media: [(&str, MediumKind, u8, &[Erasure]); 10] = [
        (ERASABLE[0], CdRw, BLANK, &blank),
        (ERASABLE[1], DvdRw, BLANK, &blank),
        (ERASABLE[1], DvdRw, FORMAT, &format),
        (ERASABLE[2], DvdRw, FORMAT, &[blank, format].concat()),
        (ERASABLE[3], DvdPlusRw, FORMAT, &full),
        (ERASABLE[4], DvdRam, FORMAT, &full),
        (ERASABLE[5], BdRe, FORMAT, &full),
        (ERASABLE[5], BdReDl, FORMAT, &full[1..2]),
        (ERASABLE[5], BdReXl, FORMAT, &full[1..2]),
        (ERASABLE[5], BdReXl, FORMAT, &full[..1]),
    ];
    let mut table = FaultTable::new("Blanking and formatting", &ERASABLE);
    let mut wrong = Vec::new();
    for &(begins, name, make, expected) in ERASING {
        for &(column, kind, code, erasures) in &media {
            for &erasure in erasures {
                let bench = Bench::new(kind);
                if column == ERASABLE[2] {
                    open(&bench.path()).format(&FormatRequest::default(), &Control::default()).unwrap();
                }
                burn(open(&bench.path()), "/first", false).unwrap();
                let result = bench.erase(begins, make(code), code, erasure);
                if let Err(problem) = compare(&result, expected) {
                    wrong.push(format!("{column}, {erasure:?}, {name}: {problem}"));
                    continue;
                }
                // As it was, or empty; and a well drive does what was asked.
                let left = bench.files();
                let state = match (result.is_ok(), &left[..]) {
                    (true, []) => "good",
                    (false, []) => "empty",
                    (false, [first]) if first == "/first" => "as it was",
                    _ => "wrong",
                };
                let when = if begins == Begins::Before { "before" } else { "half-way" };
                table.note(&[when, name], expected, column, state);
                open(&bench.path()).blank(Blanking::Full, &Control::default()).unwrap();
                burn(open(&bench.path()), "/later", false).unwrap();
                if state == "wrong" || bench.files() != ["/later"] {
                    wrong.push(format!("{column}, {erasure:?}, {name}: left {left:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    table.assert_documented();
}

/// What BLANK and FORMAT UNIT leave where the power goes within them, or they fail behind their own end.
#[test]
fn power_that_goes_within_an_erasure_and_errors_that_are_told_late() {
    use MediumKind::*;
    type Row = (&'static str, fn(u8) -> Fault, &'static str);
    let rows: [Row; 3] = [
        ("no power", |code| Fault::PowerCutWithin { operation_code: code }, UNPLUGGED),
        ("fails", |code| deferred(code, 3, 0x51, 0), FAILED_ERASE),
        ("format fails", |code| deferred(code, 3, 0x31, 1), FAILED_ERASE),
    ];
    let mut table = FaultTable::new("Blanking and formatting, told late", &ERASABLE);
    let media = [
        (0, CdRw, BLANK, Erasure::Blank(Blanking::Quick)),
        (0, CdRw, BLANK, Erasure::Blank(Blanking::Full)),
        (1, DvdRw, BLANK, Erasure::Blank(Blanking::Quick)),
        (1, DvdRw, BLANK, Erasure::Blank(Blanking::Full)),
        (1, DvdRw, FORMAT, Erasure::Format { full: true }),
        (2, DvdRw, FORMAT, Erasure::Format { full: true }),
        (3, DvdPlusRw, FORMAT, Erasure::Format { full: true }),
        (4, DvdRam, FORMAT, Erasure::Format { full: true }),
        (5, BdRe, FORMAT, Erasure::Format { full: false }),
    ];
    for (column, kind, code, erasure) in media {
        for (name, make, expected) in rows {
            let bench = Bench::new(kind);
            if column == 2 {
                open(&bench.path()).format(&FormatRequest::default(), &Control::default()).unwrap();
            }
            burn(open(&bench.path()), "/first", false).unwrap();
            let result = bench.with(make(code), |drive| erasure.run(drive));
            compare(&result, expected).unwrap_or_else(|problem| panic!("{kind}, {name}: {problem}"));
            let state = if bench.files().is_empty() { "empty" } else { "as it was" };
            table.note(&[name], expected, ERASABLE[column], state);
            open(&bench.path()).blank(Blanking::Full, &Control::default()).unwrap();
            burn(open(&bench.path()), "/later", false).unwrap();
            assert_eq!(bench.files(), ["/later"], "{kind}, {name}");
        }
    }
    table.assert_documented();
}

#[test]
fn a_blank_bd_r_whose_format_fails() {
    use MediumKind::*;
    const MODES: [&str; 1] = ["BD-R"];
    let mut table = FaultTable::new("Formatting of a blank BD-R", &MODES);
    let mut wrong = Vec::new();
    for &(begins, name, make, expected) in ERASING {
        for kind in [BdR, BdRDl, BdRXl, BdRQl] {
            for mode in [BdRMode::Sequential, BdRMode::PseudoOverwrite] {
                let request = FormatRequest { bd_r: mode, ..FormatRequest::default() };
                let bench = Bench::new(kind);
                let act = |mut drive: OpenDrive| drive.format(&request, &Control::default());
                let result = match begins {
                    Begins::Before => bench.with(make(FORMAT), act),
                    Begins::HalfWay => bench.with_late(make(FORMAT), behind(FORMAT), act),
                };
                if let Err(problem) = compare(&result, expected) {
                    wrong.push(format!("{kind}, {mode:?}, {name}: {problem}"));
                    continue;
                }
                // It may have been formatted all the same, which is possible once; written it is in either case.
                let again = open(&bench.path()).format(&request, &Control::default());
                let state = match (result.is_ok(), again.is_ok()) {
                    (true, false) => "good",
                    (false, false) => "formatted",
                    (false, true) => "as it was",
                    (true, true) => "wrong",
                };
                let when = if begins == Begins::Before { "before" } else { "half-way" };
                table.note(&[when, name], expected, MODES[0], state);
                burn(open(&bench.path()), "/later", false).unwrap();
                if state == "wrong" || bench.files() != ["/later"] {
                    wrong.push(format!("{kind}, {mode:?}, {name}: {state}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    table.assert_documented();
}

/// Which command a fault of a recording at once begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    /// When the drive has been opened: before anything is written, or where the fault itself says.
    Open,
    Write,
    Close,
    Verify,
}

/// Phase, name, fault, name of the error.
type AtOnce = (From, &'static str, Fault, &'static str);

const AT_ONCE: &[AtOnce] = &[
    (From::Open, "no medium", Fault::MediumRemoved { after_sectors: 0 }, NO_MEDIUM),
    (From::Open, "no power", Fault::PowerCut { after_sectors: 0 }, UNPLUGGED),
    (From::Open, "never ready", Fault::NotReady { times: u32::MAX }, READY_SOON),
    (From::Open, "no mode page", refuse(0x55, 5, 0x26, 0, None), BAD_MODE),
    (From::Open, "size or cue sheet refused", refuse(0x53, 5, 0x24, 0, None), NO_FEATURE),
    (From::Open, "late", Fault::NotReady { times: 5 }, GOOD),
    (From::Write, "no power", Fault::PowerCut { after_sectors: 150 }, UNPLUGGED),
    (From::Write, "medium taken out", Fault::MediumRemoved { after_sectors: 150 }, NO_MEDIUM),
    (From::Write, "bad sector", Fault::WriteError { lba: 150 }, GONE),
    (From::Write, "late bad sector", Fault::DeferredWriteError { lba: 150 }, GONE),
    (From::Write, "starved", Fault::LossOfStreaming, STARVED),
    (From::Write, "changed", Fault::UnitAttention { after_sectors: 150, asc: 0x28, ascq: 0 }, GONE),
    (From::Write, "reset", Fault::UnitAttention { after_sectors: 150, asc: 0x29, ascq: 0 }, GONE),
    (From::Write, "write protected", Fault::WriteProtected, PROTECTED),
    (From::Write, "hardware", refuse(WRITE, 4, 9, 0, None), GONE),
    (From::Write, "aborted", refuse(WRITE, 0xB, 0, 6, None), GONE),
    (From::Write, "wrong medium", refuse(WRITE, 5, 0x30, 5, None), INCOMPATIBLE),
    (From::Write, "buffer never drains", Fault::LongWriteInProgress { times: u32::MAX }, BUSY),
    (From::Write, "mute", Fault::Hang { operation_code: WRITE, times: Some(1) }, TIMED_OUT),
    (From::Write, "full buffer", Fault::LongWriteInProgress { times: 40 }, GOOD),
    (From::Write, "spins up", refuse(WRITE, 2, 4, 1, Some(20)), GOOD),
    (From::Write, "recovered", recovered(WRITE, 0x0C, 1), GOOD),
    (From::Close, "flush fails", refuse(SYNCHRONIZE, 3, 0x0C, 0, None), GONE),
    (From::Close, "lead-in fails", refuse(SYNCHRONIZE, 3, 0x72, 1, None), GONE),
    (From::Close, "lead-in fails late", deferred(SYNCHRONIZE, 3, 0x72, 1), GONE),
    (From::Close, "hardware", refuse(SYNCHRONIZE, 4, 9, 0, Some(1)), GONE),
    (From::Close, "aborted", refuse(SYNCHRONIZE, 0xB, 0, 6, Some(1)), GONE),
    (From::Close, "changed", refuse(SYNCHRONIZE, 6, 0x28, 0, Some(1)), GONE),
    (From::Close, "reset", refuse(SYNCHRONIZE, 6, 0x29, 0, Some(1)), GONE),
    (From::Close, "no power", Fault::PowerCut { after_sectors: 0 }, UNPLUGGED),
    (From::Close, "medium taken out", Fault::MediumRemoved { after_sectors: 0 }, NO_MEDIUM),
    (From::Close, "flush never ends", Fault::Hang { operation_code: SYNCHRONIZE, times: None }, TIMED_OUT),
    (From::Close, "never ready again", Fault::NotReady { times: u32::MAX }, READY_SOON),
    (From::Close, "ready too early", Fault::ReadyTooEarly { times: 5 }, GOOD),
    (From::Close, "recovered", recovered(SYNCHRONIZE, 0x0C, 1), GOOD),
    (From::Verify, "unreadable", Fault::ReadError { lba: 150 }, NOT_VERIFIED),
    (From::Verify, "corrupted", Fault::SilentCorruption { lba: 150 }, NOT_VERIFIED),
    (From::Verify, "hardware", refuse(0x28, 4, 9, 0, None), NOT_VERIFIED),
    (From::Verify, "mute", Fault::Hang { operation_code: 0x28, times: None }, TIMED_OUT),
    (From::Verify, "no power", Fault::PowerCut { after_sectors: 0 }, UNPLUGGED),
    (From::Verify, "medium taken out", Fault::MediumRemoved { after_sectors: 0 }, NO_MEDIUM),
    (From::Verify, "recovered", recovered(0x28, 0x18, 2), GOOD),
    (From::Verify, "late", Fault::NotReady { times: 5 }, GOOD),
];

#[test]
fn data_at_once() {
    use MediumKind::*;
    const KINDS: [&str; 2] = ["CD", "DVD"];
    let mut table = FaultTable::new("Data at once", &KINDS);
    let mut wrong = Vec::new();
    for &(phase, name, fault, expected) in AT_ONCE {
        for kind in [CdR, CdRw, DvdR, DvdRDl, DvdRw] {
            let cd = matches!(kind, CdR | CdRw);
            let fault = match fault {
                Fault::Refuse { operation_code: 0x53, key, asc, ascq, times } if cd => {
                    Fault::Refuse { operation_code: 0x5D, key, asc, ascq, times }
                }
                fault => fault,
            };
            let bench = Bench::new(kind);
            let act = |drive| burn(drive, "/first", true);
            let result = match phase {
                From::Close => bench.with_late(fault, at_end_by(SYNCHRONIZE), act),
                // What is wrong with sectors is so from the beginning.
                From::Verify if !matches!(fault, Fault::SilentCorruption { .. }) => {
                    bench.with_late(fault, read_back(), act)
                }
                _ => bench.with(fault, act),
            };
            let mut problem = compare(&result, expected).err();
            let left = match &result {
                Ok(()) => "good",
                Err(_) if phase == From::Verify => "written",
                Err(error) => state(error).unwrap_or_else(|words| {
                    problem = Some(words);
                    "wrong"
                }),
            };
            let when = match phase {
                From::Open => "open",
                From::Write => "write",
                From::Close => "close",
                From::Verify => "verify",
            };
            table.note(&[when, name], expected, KINDS[usize::from(!cd)], left);
            // The file is there with the right content, or not at all.
            if phase != From::Verify {
                let files = bench.files();
                if !(files == ["/first"] || expected != GOOD && files.is_empty()) {
                    problem = Some(format!("afterwards there is {files:?}"));
                }
            } else if bench.sessions() != 1 {
                problem = Some("it is not written".to_owned());
            }
            if kind == CdRw || kind == DvdRw {
                open(&bench.path()).blank(Blanking::Full, &Control::default()).unwrap();
                burn(open(&bench.path()), "/later", true).unwrap();
                assert_eq!(bench.files(), ["/later"], "{kind}, {name}");
            }
            wrong.extend(problem.map(|problem| format!("{kind}, {when}, {name}: {problem}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    table.assert_documented();
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
