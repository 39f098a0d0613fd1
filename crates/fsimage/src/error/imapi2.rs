//! The IMAPI2 name and number of every error. The match is exhaustive: a new variant needs its code.

use mmc_device::cd::{BadProgram, RawImageError};
use mmc_device::command::OperationCode;
use mmc_device::{DriveError, NotWritable};

use sector_io::ReadError;

use super::Error;
use crate::audio::CueProblem;
use crate::record::AudioMode;
use crate::tree::Kind;

/// An error of Microsoft's IMAPI2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Imapi2Code {
    /// The symbol in the interface's headers.
    pub name: &'static str,
    /// The HRESULT.
    pub number: u32,
}

const fn code_of(name: &'static str, low: u16) -> Imapi2Code {
    Imapi2Code { name, number: 0xC0AA_0000 | low as u32 }
}

pub(super) fn code(error: &Error) -> Imapi2Code {
    use Error::*;
    match error {
        InvalidArgument { .. } => code_of("IMAPI_E_INVALID_PARAM", 0xB101),
        BootImage { .. } | BootLost { .. } => code_of("IMAPI_E_BOOT_IMAGE_DATA", 0xB148),
        InvalidVolumeName { .. } => code_of("IMAPI_E_INVALID_VOLUME_NAME", 0xB104),
        InvalidPath { .. } | UnsafePath { .. } => code_of("IMAPI_E_INVALID_PATH", 0xB110),
        DuplicateName { .. } => code_of("IMAPI_E_DUP_NAME", 0xB112),
        MergeCollision { added: Kind::Directory, .. } => {
            code_of("IMAPI_E_IMPORT_TYPE_COLLISION_FILE_EXISTS_AS_DIRECTORY", 0xB155)
        }
        MergeCollision { .. } => code_of("IMAPI_E_IMPORT_TYPE_COLLISION_DIRECTORY_EXISTS_AS_FILE", 0xB15E),
        NotFound { .. } => code_of("IMAPI_E_ITEM_NOT_FOUND", 0xB118),
        NotAFile { .. } => code_of("IMAPI_E_NOT_FILE", 0xB108),
        NotADirectory { .. } => code_of("IMAPI_E_NOT_DIR", 0xB109),
        NoUniqueName { .. } => code_of("IMAPI_E_NO_UNIQUE_NAME", 0xB113),
        Strict { .. } => code_of("IMAPI_E_RESTRICTED_NAME_VIOLATION", 0xB111),
        TooManyDirectories { .. } => code_of("IMAPI_E_TOO_MANY_DIRS", 0xB130),
        TooDeep { .. } => code_of("IMAPI_E_ISO9660_LEVELS", 0xB131),
        FileTooBig { .. } => code_of("IMAPI_E_DATA_TOO_BIG", 0xB132),
        ImageTooBig { .. } | TreeTooLarge { .. } => code_of("IMAPI_E_IMAGE_TOO_BIG", 0xB121),
        SourceChanged { .. } => code_of("IMAPI_E_DATA_STREAM_INCONSISTENCY", 0xB128),
        SourceRead { .. } => code_of("IMAPI_E_DATA_STREAM_READ_FAILURE", 0xB129),
        DirectoryRead { .. } => code_of("IMAPI_E_DIRECTORY_READ_FAILURE", 0xB12B),
        Sound { .. } => code_of("E_IMAPI_DF2TAO_STREAM_NOT_SUPPORTED", 0x050D),
        CueSheet { problem, .. } => match problem {
            CueProblem::Isrc { .. } => code_of("E_IMAPI_DF2TAO_INVALID_ISRC", 0x050B),
            CueProblem::Catalog { .. } => code_of("E_IMAPI_DF2TAO_INVALID_MCN", 0x050C),
            CueProblem::Program(BadProgram::TooManyTracks) => {
                code_of("E_IMAPI_DF2TAO_TRACK_LIMIT_REACHED", 0x0508)
            }
            CueProblem::Program(BadProgram::TooLong) => code_of("E_IMAPI_DF2TAO_NOT_ENOUGH_SPACE", 0x0509),
            _ => code_of("E_IMAPI_DF2TAO_STREAM_NOT_SUPPORTED", 0x050D),
        },
        OutputWrite { .. } => code_of("IMAPI_E_STASHFILE_WRITE_FAILURE", 0xB13A),
        ImageOpen { .. } => code_of("IMAPI_E_IMAGEMANAGER_NO_IMAGE", 0xB202),
        EmptyMedium { .. } => code_of("IMAPI_E_EMPTY_DISC", 0xB150),
        NoFileSystem { .. } => code_of("IMAPI_E_NO_SUPPORTED_FILE_SYSTEM", 0xB151),
        FileSystemNotFound { .. } => code_of("IMAPI_E_FILE_SYSTEM_NOT_FOUND", 0xB152),
        SessionNotFound { .. } | WrongPlace { .. } => code_of("IMAPI_E_BAD_MULTISESSION_PARAMETER", 0xB162),
        Corrupt { .. } => code_of("IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR", 0xB153),
        Unsupported { .. } => code_of("IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED", 0xB154),
        ImportRead(ReadError::OutOfRange { .. }) => code_of("IMAPI_E_IMPORT_SEEK_FAILURE", 0xB156),
        ImportRead(_) => code_of("IMAPI_E_IMPORT_READ_FAILURE", 0xB157),
        CannotAppend { .. } => code_of("IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION", 0xB133),
        NoFurtherSession { .. } => code_of("IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE", 0xB15C),
        MediumNotAllowed { .. } => code_of("IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED", 0xB159),
        NotGrowable { .. } => code_of("IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE", 0xB15B),
        PlaceNotSet { .. } => code_of("IMAPI_E_MULTISESSION_NOT_SET", 0xB15D),
        FileSystemChange { .. } => code_of("IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED", 0xB163),
        UdfNotWritable { .. } => code_of("IMAPI_E_UDF_NOT_WRITE_COMPATIBLE", 0xB15A),
        DiscMismatch { .. } => code_of("IMAPI_E_DISC_MISMATCH", 0xB158),
        VerifyFailed { .. } => code_of("E_IMAPI_BURN_VERIFICATION_FAILED", 0x0007),
        Cancelled { .. } => code_of("E_IMAPI_REQUEST_CANCELLED", 0x0002),
        RawImage(problem) => raw_image(*problem),
        AudioDrive { mode, source, .. } => audio(*mode, source),
        NotBlank { .. } => code_of("E_IMAPI_DF2DATA_MEDIA_NOT_BLANK", 0x0405),
        Drive { source, .. } => drive(source),
        Erase { source, .. } => erase(source),
        Recording { source, .. } => source.imapi2(),
    }
}

/// Of the writer for tracks of sound (which at once is, too, as far as its interface goes), and of that for raw images.
fn audio(mode: AudioMode, error: &DriveError) -> Imapi2Code {
    let is_raw = matches!(mode, AudioMode::Raw(_));
    let code = |tao: (&'static str, u16), raw: (&'static str, u16)| {
        let (name, low) = if is_raw { raw } else { tao };
        code_of(name, low)
    };
    match error {
        DriveError::TooLarge { .. } => {
            code(("E_IMAPI_DF2TAO_NOT_ENOUGH_SPACE", 0x0509), ("E_IMAPI_DF2RAW_NOT_ENOUGH_SPACE", 0x0609))
        }
        DriveError::PartialBlock { .. } => code(
            ("E_IMAPI_DF2TAO_STREAM_NOT_SUPPORTED", 0x050D),
            ("E_IMAPI_DF2RAW_STREAM_NOT_SUPPORTED", 0x060D),
        ),
        DriveError::OutOfOrder { .. } if is_raw => code_of("E_IMAPI_DF2RAW_STREAM_LEADIN_TOO_SHORT", 0x060F),
        DriveError::InvalidModeParameters { .. } if is_raw => {
            code_of("E_IMAPI_DF2RAW_DATA_BLOCK_TYPE_NOT_SUPPORTED", 0x060E)
        }
        DriveError::NotWritable { reason, .. } => match reason {
            NotWritable::TooManyTracks => code_of("E_IMAPI_DF2TAO_TRACK_LIMIT_REACHED", 0x0508),
            NotWritable::NoSuchMode | NotWritable::NoTestWrite => code(
                ("E_IMAPI_DF2TAO_RECORDER_NOT_SUPPORTED", 0x050E),
                ("E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED", 0x0610),
            ),
            NotWritable::NoRecipe => code(
                ("E_IMAPI_DF2TAO_MEDIA_IS_NOT_SUPPORTED", 0x0507),
                ("E_IMAPI_DF2RAW_MEDIA_IS_NOT_SUPPORTED", 0x0607),
            ),
            _ => code(
                ("E_IMAPI_DF2TAO_MEDIA_IS_NOT_BLANK", 0x0506),
                ("E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK", 0x0606),
            ),
        },
        _ => drive(error),
    }
}

fn raw_image(problem: RawImageError) -> Imapi2Code {
    use RawImageError::*;
    let (name, low): (_, u16) = match problem {
        ReadOnly => ("E_IMAPI_RAW_IMAGE_IS_READ_ONLY", 0x0A00),
        TooManyTracks | Program(BadProgram::TooManyTracks) => ("E_IMAPI_RAW_IMAGE_TOO_MANY_TRACKS", 0x0A01),
        SectorType(_) | NoRToW => ("E_IMAPI_RAW_IMAGE_SECTOR_TYPE_NOT_SUPPORTED", 0x0A02),
        NoTracks | Program(BadProgram::NoTracks) => ("E_IMAPI_RAW_IMAGE_NO_TRACKS", 0x0A03),
        TracksAlreadyAdded => ("E_IMAPI_RAW_IMAGE_TRACKS_ALREADY_ADDED", 0x0A04),
        InsufficientSpace { .. } | Program(BadProgram::TooLong) => {
            ("E_IMAPI_RAW_IMAGE_INSUFFICIENT_SPACE", 0x0A05)
        }
        TooManyIndexes => ("E_IMAPI_RAW_IMAGE_TOO_MANY_TRACK_INDEXES", 0x0A06),
        IndexNotFound(_) => ("E_IMAPI_RAW_IMAGE_TRACK_INDEX_NOT_FOUND", 0x0A07),
        OffsetZero => ("E_IMAPI_RAW_IMAGE_TRACK_INDEX_OFFSET_ZERO_CANNOT_BE_CLEARED", 0x0A09),
        IndexTooClose => ("E_IMAPI_RAW_IMAGE_TRACK_INDEX_TOO_CLOSE_TO_OTHER_INDEX", 0x0A0A),
        _ => return code_of("IMAPI_E_INVALID_PARAM", 0xB101),
    };
    Imapi2Code { name, number: 0x80AA_0000 | u32::from(low) }
}

/// Of the interface that blanks.
fn erase(error: &DriveError) -> Imapi2Code {
    let is_erasing = |operation| matches!(operation, OperationCode::BLANK | OperationCode::FORMAT_UNIT);
    let (name, low) = match error {
        DriveError::NotWritable { reason: NotWritable::NotErasable, .. } => {
            ("E_IMAPI_ERASE_MEDIA_IS_NOT_ERASABLE", 0x0904)
        }
        DriveError::NotWritable { .. } => {
            return code_of("E_IMAPI_ERASE_MEDIA_IS_NOT_SUPPORTED", 0x0909);
        }
        DriveError::NotSupported { operation, .. } if is_erasing(*operation) => {
            return code_of("E_IMAPI_ERASE_RECORDER_NOT_SUPPORTED", 0x090A);
        }
        DriveError::EraseFailed { .. } => ("E_IMAPI_ERASE_DRIVE_FAILED_ERASE_COMMAND", 0x0905),
        DriveError::FormatInProgress { .. } | DriveError::Busy { .. } => {
            ("E_IMAPI_ERASE_TOOK_LONGER_THAN_ONE_HOUR", 0x0906)
        }
        DriveError::Timeout { operation, .. } if is_erasing(*operation) => {
            ("E_IMAPI_ERASE_TOOK_LONGER_THAN_ONE_HOUR", 0x0906)
        }
        DriveError::Failed { operation, .. } if is_erasing(*operation) => {
            ("E_IMAPI_ERASE_UNEXPECTED_DRIVE_RESPONSE_DURING_ERASE", 0x0907)
        }
        DriveError::BecomingReady { .. } => ("E_IMAPI_ERASE_DRIVE_FAILED_SPINUP_COMMAND", 0x0908),
        _ => return drive(error),
    };
    Imapi2Code { name, number: 0x80AA_0000 | low }
}

fn drive(error: &DriveError) -> Imapi2Code {
    use DriveError::*;
    use mmc_device::NotWritable as Reason;
    let (name, low) = match error {
        NoSuchModePage { .. } => ("E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE", 0x0201),
        NoMedium { .. } => ("E_IMAPI_RECORDER_MEDIA_NO_MEDIA", 0x0202),
        MediumIncompatible { .. } => ("E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE", 0x0203),
        MediumUpsideDown => ("E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN", 0x0204),
        BecomingReady { .. } => ("E_IMAPI_RECORDER_MEDIA_BECOMING_READY", 0x0205),
        FormatInProgress { .. } => ("E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS", 0x0206),
        Busy { .. } => ("E_IMAPI_RECORDER_MEDIA_BUSY", 0x0207),
        InvalidModeParameters { .. } => ("E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS", 0x0208),
        WriteProtected { .. } => ("E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED", 0x0209),
        NotSupported { operation: OperationCode::GET_CONFIGURATION, .. } => {
            ("E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED", 0x020C)
        }
        NotSupported { .. } => ("E_IMAPI_RECORDER_NO_SUCH_FEATURE", 0x020A),
        Timeout { .. } => ("E_IMAPI_RECORDER_COMMAND_TIMEOUT", 0x020D),
        NoDiscStructure { .. } => ("E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT", 0x020E),
        SpeedMismatch { .. } => ("E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH", 0x020F),
        Locked { .. } => ("E_IMAPI_RECORDER_LOCKED", 0x0210),
        BadReply { .. } => ("E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE", 0x02FF),
        LossOfStreaming { .. } => ("E_IMAPI_LOSS_OF_STREAMING", 0x0300),
        NotWritable { reason: Reason::NoRecipe, .. } => ("E_IMAPI_DF2DATA_MEDIA_IS_NOT_SUPPORTED", 0x0406),
        NotWritable { reason: Reason::NoSuchMode | Reason::NoTestWrite, .. } => {
            ("E_IMAPI_DF2DATA_RECORDER_NOT_SUPPORTED", 0x0407)
        }
        NotWritable { .. } => ("E_IMAPI_DF2DATA_INVALID_MEDIA_STATE", 0x0402),
        TooLarge { .. } => ("E_IMAPI_DF2DATA_STREAM_TOO_LARGE_FOR_CURRENT_MEDIA", 0x0404),
        OutOfOrder { .. } | PartialBlock { .. } => ("E_IMAPI_DF2DATA_STREAM_NOT_SUPPORTED", 0x0403),
        EraseFailed { .. } => {
            return Imapi2Code { name: "E_IMAPI_ERASE_DRIVE_FAILED_ERASE_COMMAND", number: 0x80AA_0905 };
        }
        DeviceGone => return Imapi2Code { name: "ERROR_DEV_NOT_EXIST", number: 0x8007_0037 },
        Open { .. }
        | WriteFailed { .. }
        | ReadFailed { .. }
        | CloseFailed { .. }
        | MediumChanged { .. }
        | Failed { .. }
        | Transport { .. } => ("E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE", 0x0301),
    };
    code_of(name, low)
}

/// Whether another medium may help, and not another drive.
pub(super) fn is_medium(error: &DriveError) -> bool {
    use DriveError::*;
    match error {
        NoMedium { .. }
        | MediumIncompatible { .. }
        | MediumUpsideDown
        | WriteProtected { .. }
        | NotWritable { .. }
        | TooLarge { .. }
        | EraseFailed { .. }
        | WriteFailed { .. }
        | ReadFailed { .. }
        | MediumChanged { .. } => true,
        NoSuchModePage { .. }
        | BecomingReady { .. }
        | FormatInProgress { .. }
        | Busy { .. }
        | InvalidModeParameters { .. }
        | Timeout { .. }
        | NoDiscStructure { .. }
        | SpeedMismatch { .. }
        | Locked { .. }
        | BadReply { .. }
        | LossOfStreaming { .. }
        | Open { .. }
        | DeviceGone
        | OutOfOrder { .. }
        | PartialBlock { .. }
        | CloseFailed { .. }
        | NotSupported { .. }
        | Failed { .. }
        | Transport { .. } => false,
    }
}
