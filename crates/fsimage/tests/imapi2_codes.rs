//! The IMAPI2 codes of drives and of the writers of data, sound and raw images, each from what makes it.
//! `docs/error-codes.md` has them all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fsimage::{
    AudioDisc, AudioMode, AudioOptions, Blanking, BurnOptions, CancelToken, Cdb, Closing, CommandData,
    Control, DriveName, Error, FormatRequest, GrowingDisc, Imapi2Code, Item, ItemOptions, LayoutPlan,
    MediumKind, OpenDrive, PlanOptions, RawSectorType, Result, Tree, Verification, burn_audio,
};
use mmc_device::cd::{RAW_BYTES, RawImageBuilder, SectorType};
use mmc_device::command::disc_structure::{StructureFamily, StructureRequest};
use mmc_device::simulated::{Fault, SimulatedDrive};
use mmc_device::{CdRequest, Drive, DriveError, Lba, RawSession, SessionRequest, Transport, recorder};
use support::drives;
use support::faults::{SharedDrive, refuse};

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new(kind: MediumKind) -> Bench {
        let bench = Bench { folder: tempfile::tempdir().unwrap() };
        fsimage::create_simulated_medium(&bench.path(), kind).unwrap();
        bench
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("disc")
    }

    fn open(&self) -> OpenDrive {
        OpenDrive::open(&DriveName::Simulated { kind: None, path: self.path() }).unwrap()
    }

    /// In a drive whose fault begins once it was opened.
    fn faulty(&self, fault: Fault) -> OpenDrive {
        let shared = SharedDrive::new(SimulatedDrive::open(self.path()).unwrap());
        let drive = OpenDrive::with_drive(shared.drive(&Arc::default()), "faulty").unwrap();
        shared.inject(fault);
        drive
    }

    /// The commands below the facade.
    fn commands(&self) -> Drive<SimulatedDrive> {
        drives::commands(&self.path())
    }
}

#[track_caller]
fn is<T>(result: Result<T>, name: &str, number: u32) {
    let Err(error) = result else { panic!("good, instead of {name}") };
    assert_eq!((error.imapi2().name, error.imapi2().number), (name, number), "{error}");
}

/// What a command below the facade says, as the facade passes it on.
#[track_caller]
fn drive_says<T>(result: std::result::Result<T, DriveError>, name: &str, number: u32) {
    is(result.map_err(|source| Error::Drive { drive: "drive".to_owned(), source }), name, number);
}

fn burn(drive: OpenDrive, options: &BurnOptions) -> Result<()> {
    let disc = GrowingDisc::open(drive)?;
    let mut tree = Tree::new();
    tree.add("/file", Item::Bytes(vec![7; 400 * 2048].into()), &ItemOptions::default())?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..PlanOptions::default() })?;
    disc.write(&plan, options, &Control::default()).map(drop)
}

#[test]
fn of_the_drive() {
    let bench = Bench::new(MediumKind::DvdR);
    let mut commands = bench.commands();
    drive_says(commands.mode_page(0x3E), "E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE", 0xC0AA_0201);
    let structure = StructureRequest { family: StructureFamily::Dvd, format: 0x30, address: 0, layer: 0 };
    drive_says(commands.disc_structure(structure), "E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT", 0xC0AA_020E);
    assert_eq!(commands.disc_structure(StructureRequest { format: 0x00, ..structure }).unwrap().len(), 2048);
    commands.transport_mut().inject(refuse(0x46, 5, 0x20, 0, None)).unwrap();
    drive_says(commands.configuration(), "E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED", 0xC0AA_020C);
    commands.transport_mut().inject(refuse(0x5C, 5, 0x20, 0, None)).unwrap();
    drive_says(commands.buffer_capacity(), "E_IMAPI_RECORDER_NO_SUCH_FEATURE", 0xC0AA_020A);
    let short = Fault::ShortReply { operation_code: 0x25, len: 4 };
    commands.transport_mut().inject(short).unwrap();
    drive_says(commands.read_capacity(), "E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE", 0xC0AA_02FF);
    commands.transport_mut().inject(Fault::Hang { operation_code: 0x51, times: None }).unwrap();
    drive_says(commands.disc_information(), "E_IMAPI_RECORDER_COMMAND_TIMEOUT", 0xC0AA_020D);
    is(
        OpenDrive::open(&DriveName::Simulated { kind: None, path: bench.path() }),
        "E_IMAPI_RECORDER_LOCKED",
        0xC0AA_0210,
    );
    commands.transport_mut().inject(Fault::PowerCut { after_sectors: 0 }).unwrap();
    drive_says(commands.inquiry(), "ERROR_DEV_NOT_EXIST", 0x8007_0037);
    // Where a CD is in the drive, nothing is asked: some drives lock up.
    let bench = Bench::new(MediumKind::CdR);
    let mut commands = bench.commands();
    commands.transport_mut().inject(Fault::DiscStructureLocks).unwrap();
    drive_says(commands.disc_structure(structure), "E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT", 0xC0AA_020E);
    commands.test_unit_ready().unwrap();
}

#[test]
fn of_the_medium_in_it() {
    for (fault, name, number) in [
        (refuse(0x2A, 2, 0x3A, 0, None), "E_IMAPI_RECORDER_MEDIA_NO_MEDIA", 0xC0AA_0202),
        (refuse(0x2A, 5, 0x30, 5, None), "E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE", 0xC0AA_0203),
        (refuse(0x2A, 2, 6, 0, None), "E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN", 0xC0AA_0204),
        (refuse(0x2A, 2, 4, 1, None), "E_IMAPI_RECORDER_MEDIA_BECOMING_READY", 0xC0AA_0205),
        (refuse(0x2A, 2, 4, 4, None), "E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS", 0xC0AA_0206),
        (refuse(0x2A, 2, 4, 8, None), "E_IMAPI_RECORDER_MEDIA_BUSY", 0xC0AA_0207),
        (refuse(0x55, 5, 0x26, 0, None), "E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS", 0xC0AA_0208),
        (Fault::WriteProtected, "E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED", 0xC0AA_0209),
        (Fault::LossOfStreaming, "E_IMAPI_LOSS_OF_STREAMING", 0xC0AA_0300),
        (Fault::WriteError { lba: 20 }, "E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE", 0xC0AA_0301),
        (Fault::SilentCorruption { lba: 20 }, "E_IMAPI_BURN_VERIFICATION_FAILED", 0xC0AA_0007),
    ] {
        let bench = Bench::new(MediumKind::DvdR);
        let options = BurnOptions { verify: Verification::Full, ..BurnOptions::default() };
        is(burn(bench.faulty(fault), &options), name, number);
    }
}

/// A CD-RW for higher speeds than the drive can do is refused by it, and the reason is found. The same refusal of a disc that
/// the drive does write has another one.
#[test]
fn of_a_medium_of_other_speeds() {
    const MISMATCH: (&str, u32) = ("E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH", 0xC0AA_020F);
    for at_once in [false, true] {
        let bench = Bench::new(MediumKind::CdRw);
        let options = BurnOptions { at_once, ..BurnOptions::default() };
        is(burn(bench.faulty(Fault::UnknownSpeedClass), &options), MISMATCH.0, MISMATCH.1);
        let refused = refuse(if at_once { 0x5D } else { 0x2A }, 5, 0x30, 5, None);
        is(burn(bench.faulty(refused), &options), "E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE", 0xC0AA_0203);
    }
    let bench = Bench::new(MediumKind::CdRw);
    let error =
        bench.faulty(Fault::UnknownSpeedClass).blank(Blanking::Quick, &Control::default()).unwrap_err();
    assert!(error.to_string().contains("ultra-speed CD-RW"), "{error}");
    is(Err::<(), _>(error), MISMATCH.0, MISMATCH.1);
}

/// A command of the caller's own, which the drive carries out with something to say.
#[test]
fn of_a_command_that_has_sense_data() {
    let bench = Bench::new(MediumKind::DvdR);
    let recovered = Fault::Recovered { operation_code: 0x25, asc: 0x18, ascq: 0x02, times: Some(1) };
    let drive = bench.faulty(recovered);
    let command = |code: u8| {
        let mut reply = [0; 8];
        let cdb = Cdb::from([code, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let limit = std::time::Duration::from_secs(10);
        drive.pass_through(&cdb, CommandData::In(&mut reply), limit).map(|end| (end, reply))
    };
    let (end, reply) = command(0x25).unwrap();
    assert_eq!(end.sense.map(|sense| (sense.key, sense.asc, sense.ascq)), Some((1, 0x18, 0x02)));
    let code = Imapi2Code::of_command(&end).unwrap();
    assert_eq!(
        (code.name, code.number, code.is_success()),
        ("S_IMAPI_COMMAND_HAS_SENSE_DATA", 0x00AA_0200, true)
    );
    assert_eq!(reply[4..], 2048u32.to_be_bytes());
    // Without it, and one that fails, which is tried once.
    let (end, again) = command(0x25).unwrap();
    assert_eq!((end.transferred, end.sense, again), (8, None, reply));
    assert_eq!(Imapi2Code::of_command(&end), None);
    is(command(0x7F), "E_IMAPI_RECORDER_NO_SUCH_FEATURE", 0xC0AA_020A);
}

#[test]
fn of_the_writer_of_data() {
    // Complete, so that nothing can follow.
    let bench = Bench::new(MediumKind::CdRw);
    let sequential = |drive: &mut Drive<SimulatedDrive>, request: SessionRequest, data: usize, at: i32| {
        let medium = drive.medium()?;
        let mut recorder = recorder(drive, &medium)?;
        let mut session = recorder.begin(&request)?;
        session.write(Lba::new(at), &vec![0; data])?;
        session.close().map(drop)
    };
    let closing = Closing::Finalise;
    let whole = SessionRequest { closing, ..SessionRequest::new(320) };
    let mut commands = bench.commands();
    drive_says(
        sequential(&mut commands, whole, 1000, 0),
        "E_IMAPI_DF2DATA_STREAM_NOT_SUPPORTED",
        0xC0AA_0403,
    );
    drive_says(
        sequential(&mut commands, whole, 2048, 7),
        "E_IMAPI_DF2DATA_STREAM_NOT_SUPPORTED",
        0xC0AA_0403,
    );
    let too_large = SessionRequest::new(400_000);
    drive_says(
        sequential(&mut commands, too_large, 0, 0),
        "E_IMAPI_DF2DATA_STREAM_TOO_LARGE_FOR_CURRENT_MEDIA",
        0xC0AA_0404,
    );
    sequential(&mut commands, whole, 320 * 2048, 0).unwrap();
    drive_says(
        sequential(&mut commands, whole, 320 * 2048, 0),
        "E_IMAPI_DF2DATA_INVALID_MEDIA_STATE",
        0xC0AA_0402,
    );

    // Something else lies on it, and is not overwritten unasked.
    let bench = Bench::new(MediumKind::DvdRam);
    let mut commands = bench.commands();
    commands.write_10(Lba::new(16), &[0x55; 2048]).unwrap();
    drop(commands);
    let options = BurnOptions::default();
    is(burn(bench.open(), &options), "E_IMAPI_DF2DATA_MEDIA_NOT_BLANK", 0xC0AA_0405);

    // A BD-R for random recording.
    let bench = Bench::new(MediumKind::BdR);
    let random = FormatRequest { bd_r: fsimage::BdRMode::Random, ..FormatRequest::default() };
    bench.open().format(&random, &Control::default()).unwrap();
    let mut commands = bench.commands();
    drive_says(
        sequential(&mut commands, SessionRequest::new(32), 32 * 2048, 0),
        "E_IMAPI_DF2DATA_MEDIA_IS_NOT_SUPPORTED",
        0xC0AA_0406,
    );

    let bench = Bench::new(MediumKind::BdR);
    let test = BurnOptions { test_write: true, ..BurnOptions::default() };
    is(burn(bench.open(), &test), "E_IMAPI_DF2DATA_RECORDER_NOT_SUPPORTED", 0xC0AA_0407);

    let cancel = CancelToken::new();
    cancel.cancel();
    let control = Control { cancel, ..Control::default() };
    let disc = GrowingDisc::open(bench.open()).unwrap();
    let tree = Tree::new();
    let place = disc.place();
    let plan = LayoutPlan::new(&tree, PlanOptions { place, ..PlanOptions::default() }).unwrap();
    is(disc.write(&plan, &options, &control), "E_IMAPI_REQUEST_CANCELLED", 0xC0AA_0002);
}

#[test]
fn of_what_blanks() {
    let bench = Bench::new(MediumKind::CdR);
    is(
        bench.open().blank(Blanking::Quick, &Control::default()),
        "E_IMAPI_ERASE_MEDIA_IS_NOT_ERASABLE",
        0x80AA_0904,
    );
    is(
        bench.open().format(&FormatRequest::default(), &Control::default()),
        "E_IMAPI_ERASE_MEDIA_IS_NOT_SUPPORTED",
        0xC0AA_0909,
    );
    let bench = Bench::new(MediumKind::CdRw);
    for (fault, name, number) in [
        (refuse(0xA1, 3, 0x51, 0, None), "E_IMAPI_ERASE_DRIVE_FAILED_ERASE_COMMAND", 0x80AA_0905),
        (
            Fault::Hang { operation_code: 0xA1, times: None },
            "E_IMAPI_ERASE_TOOK_LONGER_THAN_ONE_HOUR",
            0x80AA_0906,
        ),
        (refuse(0xA1, 4, 0x44, 0, None), "E_IMAPI_ERASE_UNEXPECTED_DRIVE_RESPONSE_DURING_ERASE", 0x80AA_0907),
        (Fault::NotReady { times: u32::MAX }, "E_IMAPI_ERASE_DRIVE_FAILED_SPINUP_COMMAND", 0x80AA_0908),
        (refuse(0xA1, 5, 0x20, 0, None), "E_IMAPI_ERASE_RECORDER_NOT_SUPPORTED", 0xC0AA_090A),
        // Only reads CD-RW, by page 2Ah.
        (
            Fault::LyingField { operation_code: 0x5A, offset: 8, value: 0x2A18_3B00 },
            "E_IMAPI_ERASE_RECORDER_NOT_SUPPORTED",
            0xC0AA_090A,
        ),
        // Byte 2 says that the disc cannot be erased.
        (
            Fault::LyingField { operation_code: 0x51, offset: 0, value: 0x0020_0001 },
            "E_IMAPI_ERASE_MEDIA_IS_NOT_ERASABLE",
            0x80AA_0904,
        ),
        (
            Fault::ShortReply { operation_code: 0x51, len: 2 },
            "E_IMAPI_ERASE_DISC_INFORMATION_TOO_SMALL",
            0x80AA_0902,
        ),
        (
            Fault::ShortReply { operation_code: 0x5A, len: 10 },
            "E_IMAPI_ERASE_MODE_PAGE_2A_TOO_SMALL",
            0x80AA_0903,
        ),
    ] {
        is(bench.faulty(fault).blank(Blanking::Quick, &Control::default()), name, number);
    }
    // A drive without these commands is believed by its profile.
    for unknown in [refuse(0x51, 5, 0x20, 0, None), refuse(0x5A, 5, 0x24, 0, None)] {
        bench.faulty(unknown).blank(Blanking::Quick, &Control::default()).unwrap();
    }
}

fn sound(folder: &Path) -> AudioDisc {
    std::fs::write(folder.join("a.bin"), vec![3; 400 * RAW_BYTES]).unwrap();
    std::fs::write(folder.join("a.cue"), "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n").unwrap();
    AudioDisc::from_cue_sheet(&folder.join("a.cue")).unwrap()
}

#[test]
fn of_the_writers_of_sound_and_raw_images() {
    let raw = AudioMode::Raw(RawSectorType::Raw);
    let sheets = tempfile::tempdir().unwrap();
    let disc = sound(sheets.path());
    let burn = |mut drive: OpenDrive, mode, test_write| {
        let options =
            AudioOptions { mode, closing: Closing::Finalise, test_write, ..AudioOptions::default() };
        burn_audio(&mut drive, &disc, &options, &Control::default())
    };
    let bench = Bench::new(MediumKind::CdR);
    // The lead-in of this disc begins before an image can.
    let early = Fault::LyingField { operation_code: 0x52, offset: 12, value: (-30_000i32).cast_unsigned() };
    is(burn(bench.faulty(early), raw, false), "E_IMAPI_DF2RAW_STREAM_LEADIN_TOO_SHORT", 0xC0AA_060F);
    is(burn(bench.open(), raw, true), "E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED", 0xC0AA_0610);

    // Half a sector.
    let mut builder = RawImageBuilder::new();
    builder.add_track(SectorType::Audio, 300).unwrap();
    let image = builder.create().unwrap();
    let mut commands = bench.commands();
    let medium = commands.medium().unwrap();
    let mut session = RawSession::begin(&mut commands, &medium, &image, &CdRequest::default()).unwrap();
    let half = session.write(&[0; 1000]).map_err(|source| Error::AudioDrive {
        drive: "drive".to_owned(),
        mode: raw,
        source,
    });
    is(half, "E_IMAPI_DF2RAW_STREAM_NOT_SUPPORTED", 0xC0AA_060D);
}

/// A drive without one of its features.
struct Without {
    drive: SimulatedDrive,
    feature: u16,
}

impl Transport for Without {
    fn execute(
        &mut self,
        cdb: &mmc_device::Cdb,
        data: mmc_device::Data<'_>,
        timeout: std::time::Duration,
    ) -> std::result::Result<usize, mmc_device::TransportError> {
        let mmc_device::Data::In(buffer) = data else { return self.drive.execute(cdb, data, timeout) };
        let len = self.drive.execute(cdb, mmc_device::Data::In(&mut *buffer), timeout)?;
        if cdb.operation_code() == 0x46 {
            let mut at = 8;
            while at + 4 <= len {
                if buffer[at..at + 2] == self.feature.to_be_bytes() {
                    // A vendor's own number.
                    buffer[at..at + 2].copy_from_slice(&[0xFF, 0xFE]);
                }
                at += 4 + usize::from(buffer[at + 3]);
            }
        }
        Ok(len)
    }
}

#[test]
fn of_a_drive_that_cannot_record_sound() {
    let sheets = tempfile::tempdir().unwrap();
    let disc = sound(sheets.path());
    for (feature, mode, name, number) in [
        (0x002D, AudioMode::TrackAtOnce, "E_IMAPI_DF2TAO_RECORDER_NOT_SUPPORTED", 0xC0AA_050E),
        (0x002E, AudioMode::AtOnce, "E_IMAPI_DF2TAO_RECORDER_NOT_SUPPORTED", 0xC0AA_050E),
        (0x002E, AudioMode::Raw(RawSectorType::Raw), "E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED", 0xC0AA_0610),
    ] {
        let bench = Bench::new(MediumKind::CdR);
        let drive = SimulatedDrive::open(bench.path()).unwrap();
        let mut drive = drives::over(Without { drive, feature }).unwrap();
        let options = AudioOptions { mode, ..AudioOptions::default() };
        is(burn_audio(&mut drive, &disc, &options, &Control::default()), name, number);
    }
}
