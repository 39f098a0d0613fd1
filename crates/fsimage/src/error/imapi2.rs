//! The IMAPI2 name and number of every error. The match is exhaustive: a new variant needs its code.

use mmc_device::DriveError;
use mmc_device::cd::BadProgram;

use super::Error;
use crate::audio::CueProblem;
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
        BootImage { .. } => code_of("IMAPI_E_BOOT_IMAGE_DATA", 0xB148),
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
        SessionNotFound { .. } => code_of("IMAPI_E_BAD_MULTISESSION_PARAMETER", 0xB162),
        Corrupt { .. } => code_of("IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR", 0xB153),
        Unsupported { .. } => code_of("IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED", 0xB154),
        ImportRead(_) => code_of("IMAPI_E_IMPORT_READ_FAILURE", 0xB157),
        CannotAppend { .. } => code_of("IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION", 0xB133),
        VerifyFailed { .. } => code_of("E_IMAPI_BURN_VERIFICATION_FAILED", 0x0007),
        Cancelled { .. } => code_of("E_IMAPI_REQUEST_CANCELLED", 0x0002),
        Drive { source, .. } => drive(source),
        Recording { source, .. } => source.imapi2(),
    }
}

fn drive(error: &DriveError) -> Imapi2Code {
    use DriveError::*;
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
        NotSupported { .. } => ("E_IMAPI_RECORDER_NO_SUCH_FEATURE", 0x020A),
        Timeout { .. } => ("E_IMAPI_RECORDER_COMMAND_TIMEOUT", 0x020D),
        NoDiscStructure { .. } => ("E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT", 0x020E),
        SpeedMismatch { .. } => ("E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH", 0x020F),
        Locked { .. } => ("E_IMAPI_RECORDER_LOCKED", 0x0210),
        BadReply { .. } => ("E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE", 0x02FF),
        LossOfStreaming { .. } => ("E_IMAPI_LOSS_OF_STREAMING", 0x0300),
        NotWritable { .. } => ("E_IMAPI_DF2DATA_INVALID_MEDIA_STATE", 0x0402),
        TooLarge { .. } => ("E_IMAPI_DF2DATA_STREAM_TOO_LARGE_FOR_CURRENT_MEDIA", 0x0404),
        OutOfOrder { .. } | PartialBlock { .. } => ("E_IMAPI_DF2DATA_STREAM_NOT_SUPPORTED", 0x0403),
        EraseFailed { .. } => {
            return Imapi2Code { name: "E_IMAPI_ERASE_DRIVE_FAILED_ERASE_COMMAND", number: 0x80AA_0905 };
        }
        Open { .. }
        | DeviceGone
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
