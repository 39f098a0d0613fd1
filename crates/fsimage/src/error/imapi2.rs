//! The IMAPI2 name and number of every error. The match is exhaustive: a new variant needs its code.

use std::fmt;

use mmc_device::cd::{BadProgram, RawImageError};
use mmc_device::command::OperationCode;
use mmc_device::sense::key;
use mmc_device::{CommandEnd, DriveError, NotWritable, TransportError};

use sector_io::ReadError;

use super::Error;
use crate::audio::CueProblem;
use crate::error::ProjectProblem;
use crate::plan::Notice;
use crate::record::{AddedIndex, AudioMode, Burnt, Cancelling, RecorderPart, RecorderProblem};
use crate::tree::{FileSystem, Kind, SpoolProblem};

/// An error of Microsoft's IMAPI2, or a success that has something to tell.
///
/// The constants are all there are, named as in the interface's headers; each says when it arises here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Imapi2Code {
    /// The symbol in the interface's headers.
    pub name: &'static str,
    /// The HRESULT.
    pub number: u32,
}

impl Imapi2Code {
    /// Whether it stands for success with something to be told, and not for an error.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.number & 0x8000_0000 == 0
    }
}

/// Successes with something to be told.
impl Imapi2Code {
    /// Of cancelling, where nothing was in progress.
    #[must_use]
    pub fn of_cancelling(cancelling: Cancelling) -> Option<Imapi2Code> {
        (cancelling == Cancelling::NothingInProgress).then_some(Imapi2Code::S_IMAPI_WRITE_NOT_IN_PROGRESS)
    }

    /// Of a session that was recorded at another speed, or with another rotation, than was asked for.
    #[must_use]
    pub fn of_burnt(burnt: &Burnt) -> Option<Imapi2Code> {
        match (burnt.is_speed_adjusted(), burnt.is_rotation_adjusted()) {
            (false, false) => None,
            (true, false) => Some(Imapi2Code::S_IMAPI_SPEEDADJUSTED),
            (false, true) => Some(Imapi2Code::S_IMAPI_ROTATIONADJUSTED),
            (true, true) => Some(Imapi2Code::S_IMAPI_BOTHADJUSTED),
        }
    }

    /// Of a command of the caller's own, where the drive had something to say although it carried it out.
    #[must_use]
    pub fn of_command(end: &CommandEnd) -> Option<Imapi2Code> {
        end.sense.is_some().then_some(Imapi2Code::S_IMAPI_COMMAND_HAS_SENSE_DATA)
    }

    /// Of a notice: something is kept in the tree and not recorded, for the revision of UDF does not know it.
    #[must_use]
    pub fn of_notice(notice: &Notice) -> Option<Imapi2Code> {
        let code = Imapi2Code::IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED;
        match notice {
            Notice::StreamsDropped { file_system: FileSystem::Udf, .. } | Notice::RealTimeDropped { .. } => {
                Some(code)
            }
            _ => None,
        }
    }

    /// Of an index added to a track of a raw image, where one was there.
    #[must_use]
    pub fn of_added_index(added: AddedIndex) -> Option<Imapi2Code> {
        let code = Imapi2Code::S_IMAPI_RAW_IMAGE_TRACK_INDEX_ALREADY_EXISTS;
        (added == AddedIndex::AlreadyThere).then_some(code)
    }
}

impl fmt::Display for Imapi2Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (0x{:08X})", self.name, self.number)
    }
}

pub(super) fn code(error: &Error) -> Imapi2Code {
    use Error::*;
    match error {
        InvalidArgument { .. } => Imapi2Code::IMAPI_E_INVALID_PARAM,
        NoOutput => Imapi2Code::IMAPI_E_NO_OUTPUT,
        InvalidDate { .. } => Imapi2Code::IMAPI_E_INVALID_DATE,
        RestrictedName { .. } => Imapi2Code::IMAPI_E_RESTRICTED_NAME_VIOLATION,
        NotInTree { .. } => Imapi2Code::IMAPI_E_NOT_IN_FILE_SYSTEM,
        DirectoryNotEmpty { .. } => Imapi2Code::IMAPI_E_DIR_NOT_EMPTY,
        NoSuchProperty { .. } => Imapi2Code::IMAPI_E_PROPERTY_NOT_ACCESSIBLE,
        BootEmulation { .. } => Imapi2Code::IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH,
        BootConflict { .. } => Imapi2Code::IMAPI_E_BOOT_OBJECT_CONFLICT,
        BootImage { .. } | PartitionsOverlap { .. } | BootLost { .. } => Imapi2Code::IMAPI_E_BOOT_IMAGE_DATA,
        InvalidVolumeName { .. } => Imapi2Code::IMAPI_E_INVALID_VOLUME_NAME,
        InvalidPath { .. } | UnsafePath { .. } => Imapi2Code::IMAPI_E_INVALID_PATH,
        DuplicateName { .. } => Imapi2Code::IMAPI_E_DUP_NAME,
        MergeCollision { added: Kind::Directory, .. } => {
            Imapi2Code::IMAPI_E_IMPORT_TYPE_COLLISION_FILE_EXISTS_AS_DIRECTORY
        }
        MergeCollision { .. } => Imapi2Code::IMAPI_E_IMPORT_TYPE_COLLISION_DIRECTORY_EXISTS_AS_FILE,
        NotFound { wanted: Some(Kind::Directory), .. } => Imapi2Code::IMAPI_E_DIR_NOT_FOUND,
        NotFound { wanted: Some(_), .. } => Imapi2Code::IMAPI_E_FILE_NOT_FOUND,
        NotFound { .. } | NotInSession { .. } => Imapi2Code::IMAPI_E_ITEM_NOT_FOUND,
        NotAFile { .. } => Imapi2Code::IMAPI_E_NOT_FILE,
        NotADirectory { .. } => Imapi2Code::IMAPI_E_NOT_DIR,
        NoUniqueName { .. } => Imapi2Code::IMAPI_E_NO_UNIQUE_NAME,
        Strict { .. } => Imapi2Code::IMAPI_E_RESTRICTED_NAME_VIOLATION,
        TooManyDirectories { .. } => Imapi2Code::IMAPI_E_TOO_MANY_DIRS,
        TooDeep { .. } => Imapi2Code::IMAPI_E_ISO9660_LEVELS,
        FileTooBig { .. } => Imapi2Code::IMAPI_E_DATA_TOO_BIG,
        SizeLimit { .. } => Imapi2Code::IMAPI_E_IMAGE_SIZE_LIMIT,
        ImageTooBig { .. } | TreeTooLarge { .. } => Imapi2Code::IMAPI_E_IMAGE_TOO_BIG,
        SourceChanged { .. } => Imapi2Code::IMAPI_E_DATA_STREAM_INCONSISTENCY,
        SourceOpen { .. } => Imapi2Code::IMAPI_E_DATA_STREAM_CREATE_FAILURE,
        Spool { problem, .. } => spool(problem),
        SourceRead { .. } => Imapi2Code::IMAPI_E_DATA_STREAM_READ_FAILURE,
        DirectoryRead { .. } => Imapi2Code::IMAPI_E_DIRECTORY_READ_FAILURE,
        Sound { .. } => Imapi2Code::E_IMAPI_DF2TAO_STREAM_NOT_SUPPORTED,
        CueSheet { problem, .. } => match problem {
            CueProblem::Isrc { .. } => Imapi2Code::E_IMAPI_DF2TAO_INVALID_ISRC,
            CueProblem::Catalog { .. } => Imapi2Code::E_IMAPI_DF2TAO_INVALID_MCN,
            CueProblem::Program(BadProgram::TooManyTracks) => Imapi2Code::E_IMAPI_DF2TAO_TRACK_LIMIT_REACHED,
            CueProblem::Program(BadProgram::TooLong) => Imapi2Code::E_IMAPI_DF2TAO_NOT_ENOUGH_SPACE,
            _ => Imapi2Code::E_IMAPI_DF2TAO_STREAM_NOT_SUPPORTED,
        },
        OutputWrite { .. } => Imapi2Code::IMAPI_E_STASHFILE_WRITE_FAILURE,
        ImageOpen { .. } => Imapi2Code::IMAPI_E_IMAGEMANAGER_NO_IMAGE,
        ImageNotAligned { .. } => Imapi2Code::IMAPI_E_IMAGEMANAGER_IMAGE_NOT_ALIGNED,
        NoVolumeDescriptor { .. } => Imapi2Code::IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND,
        ImageBeyondDrives { .. } => Imapi2Code::IMAPI_E_IMAGEMANAGER_IMAGE_TOO_BIG,
        EmptyMedium { .. } => Imapi2Code::IMAPI_E_EMPTY_DISC,
        NoFileSystem { .. } => Imapi2Code::IMAPI_E_NO_SUPPORTED_FILE_SYSTEM,
        FileSystemNotFound { .. } => Imapi2Code::IMAPI_E_FILE_SYSTEM_NOT_FOUND,
        SessionNotFound { .. } | WrongPlace { .. } => Imapi2Code::IMAPI_E_BAD_MULTISESSION_PARAMETER,
        Corrupt { .. } => Imapi2Code::IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
        Unsupported { .. } => Imapi2Code::IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
        ImportRead(ReadError::OutOfRange { .. }) => Imapi2Code::IMAPI_E_IMPORT_SEEK_FAILURE,
        ImportRead(_) => Imapi2Code::IMAPI_E_IMPORT_READ_FAILURE,
        CannotAppend { .. } => Imapi2Code::IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION,
        NoFurtherSession { .. } => Imapi2Code::IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE,
        MediumNotAllowed { .. } => Imapi2Code::IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED,
        NotGrowable { .. } => Imapi2Code::IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE,
        PlaceNotSet { .. } => Imapi2Code::IMAPI_E_MULTISESSION_NOT_SET,
        FileSystemChange { .. } => Imapi2Code::IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED,
        UdfRevisionChange { .. } => Imapi2Code::IMAPI_E_UDF_REVISION_CHANGE_NOT_ALLOWED,
        UdfNotWritable { .. } => Imapi2Code::IMAPI_E_UDF_NOT_WRITE_COMPATIBLE,
        DiscMismatch { .. } => Imapi2Code::IMAPI_E_DISC_MISMATCH,
        Project { problem, .. } => match problem {
            ProjectProblem::Missing { .. } => Imapi2Code::IMAPI_E_DATA_STREAM_READ_FAILURE,
            ProjectProblem::Damaged { .. } => Imapi2Code::IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
            ProjectProblem::NewerVersion { .. } | ProjectProblem::NotKept { .. } => {
                Imapi2Code::IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED
            }
            ProjectProblem::Reference { .. } => Imapi2Code::IMAPI_E_INVALID_PATH,
            ProjectProblem::IdentityInUse { .. } | ProjectProblem::TargetInUse => {
                Imapi2Code::IMAPI_E_INVALID_PARAM
            }
        },
        VerifyFailed { .. } => Imapi2Code::E_IMAPI_BURN_VERIFICATION_FAILED,
        Cancelled { .. } => Imapi2Code::E_IMAPI_REQUEST_CANCELLED,
        RawImage(problem) => raw_image(*problem),
        AudioDrive { mode, source, .. } => audio(*mode, source),
        NotBlank { .. } | HoldsSessions { .. } => Imapi2Code::E_IMAPI_DF2DATA_MEDIA_NOT_BLANK,
        SessionsUnreadable { source, .. } => {
            of_drive(source).map_or(Imapi2Code::IMAPI_E_IMPORT_READ_FAILURE, drive)
        }
        Recorder { part, problem } => recorder(*part, problem),
        Feature { is_known: true, .. } => Imapi2Code::E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT,
        Feature { .. } => Imapi2Code::E_IMAPI_RECORDER_NO_SUCH_FEATURE,
        Drive { source, .. } => drive(source),
        Erase { source, .. } => erase(source),
        Recording { source, .. } => source.imapi2(),
    }
}

/// What a drive said in place of sectors.
pub(super) fn of_drive(error: &ReadError) -> Option<&DriveError> {
    match error {
        ReadError::Device { source, .. } => source.downcast_ref(),
        _ => None,
    }
}

fn spool(problem: &SpoolProblem) -> Imapi2Code {
    match problem {
        SpoolProblem::NoFolder(_) => Imapi2Code::IMAPI_E_INVALID_WORKING_DIRECTORY,
        SpoolProblem::Open(_) => Imapi2Code::IMAPI_E_STASHFILE_OPEN_FAILURE,
        SpoolProblem::Write(_) => Imapi2Code::IMAPI_E_STASHFILE_WRITE_FAILURE,
        SpoolProblem::Read(_) => Imapi2Code::IMAPI_E_STASHFILE_READ_FAILURE,
        SpoolProblem::NoSpace { .. } => Imapi2Code::IMAPI_E_WORKING_DIRECTORY_SPACE,
        SpoolProblem::Move(_) => Imapi2Code::IMAPI_E_STASHFILE_MOVE,
    }
}

/// Each writer has codes of its own for the states it can be in.
fn recorder(part: RecorderPart, problem: &RecorderProblem) -> Imapi2Code {
    use RecorderPart::{Access, Data, Eraser, Raw, TracksAtOnce};
    use RecorderProblem::*;
    match (problem, part) {
        (ClientName { .. }, Access) => Imapi2Code::E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID,
        (ClientName { .. }, Data) => Imapi2Code::E_IMAPI_DF2DATA_CLIENT_NAME_IS_NOT_VALID,
        (ClientName { .. }, TracksAtOnce) => Imapi2Code::E_IMAPI_DF2TAO_CLIENT_NAME_IS_NOT_VALID,
        (ClientName { .. }, Raw) => Imapi2Code::E_IMAPI_DF2RAW_CLIENT_NAME_IS_NOT_VALID,
        (ClientName { .. }, Eraser) => Imapi2Code::E_IMAPI_ERASE_CLIENT_NAME_IS_NOT_VALID,
        (NoDrive, TracksAtOnce) => Imapi2Code::E_IMAPI_DF2TAO_NO_RECORDER_SPECIFIED,
        (NoDrive, Raw) => Imapi2Code::E_IMAPI_DF2RAW_NO_RECORDER_SPECIFIED,
        (NoDrive, _) => Imapi2Code::E_IMAPI_RECORDER_REQUIRED,
        (InProgress { .. } | Held { .. }, Eraser) => Imapi2Code::E_IMAPI_ERASE_RECORDER_IN_USE,
        (InProgress { .. }, Data) => Imapi2Code::E_IMAPI_DF2DATA_WRITE_IN_PROGRESS,
        (InProgress { .. }, TracksAtOnce) => Imapi2Code::E_IMAPI_DF2TAO_WRITE_IN_PROGRESS,
        (InProgress { .. }, Raw) => Imapi2Code::E_IMAPI_DF2RAW_WRITE_IN_PROGRESS,
        (InProgress { .. } | Held { .. }, _) => Imapi2Code::E_IMAPI_RECORDER_LOCKED,
        (NotInProgress, Raw) => Imapi2Code::E_IMAPI_DF2RAW_WRITE_NOT_IN_PROGRESS,
        (NotInProgress, TracksAtOnce) => Imapi2Code::E_IMAPI_DF2TAO_WRITE_NOT_IN_PROGRESS,
        (NotInProgress, _) => Imapi2Code::E_IMAPI_DF2DATA_WRITE_NOT_IN_PROGRESS,
        (NotPrepared, Raw) => Imapi2Code::E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED,
        (NotPrepared, _) => Imapi2Code::E_IMAPI_DF2TAO_MEDIA_IS_NOT_PREPARED,
        (Prepared, Raw) => Imapi2Code::E_IMAPI_DF2RAW_MEDIA_IS_PREPARED,
        (Prepared, _) => Imapi2Code::E_IMAPI_DF2TAO_MEDIA_IS_PREPARED,
        (BlankOnly { .. }, _) => Imapi2Code::E_IMAPI_DF2TAO_PROPERTY_FOR_BLANK_MEDIA_ONLY,
        (NoTracks, _) => Imapi2Code::E_IMAPI_DF2TAO_TABLE_OF_CONTENTS_EMPTY_DISC,
    }
}

/// Of the writer for tracks of sound (which at once is, too, as far as its interface goes), and of that for raw images.
fn audio(mode: AudioMode, error: &DriveError) -> Imapi2Code {
    let is_raw = matches!(mode, AudioMode::Raw(_));
    let code = |tao: Imapi2Code, raw: Imapi2Code| if is_raw { raw } else { tao };
    match error {
        DriveError::TooLarge { .. } => {
            code(Imapi2Code::E_IMAPI_DF2TAO_NOT_ENOUGH_SPACE, Imapi2Code::E_IMAPI_DF2RAW_NOT_ENOUGH_SPACE)
        }
        DriveError::PartialBlock { .. } => code(
            Imapi2Code::E_IMAPI_DF2TAO_STREAM_NOT_SUPPORTED,
            Imapi2Code::E_IMAPI_DF2RAW_STREAM_NOT_SUPPORTED,
        ),
        DriveError::OutOfOrder { .. } if is_raw => Imapi2Code::E_IMAPI_DF2RAW_STREAM_LEADIN_TOO_SHORT,
        DriveError::InvalidModeParameters { .. } if is_raw => {
            Imapi2Code::E_IMAPI_DF2RAW_DATA_BLOCK_TYPE_NOT_SUPPORTED
        }
        DriveError::NotWritable { reason, .. } => match reason {
            NotWritable::TooManyTracks => Imapi2Code::E_IMAPI_DF2TAO_TRACK_LIMIT_REACHED,
            NotWritable::NoSuchMode | NotWritable::NoReservations | NotWritable::NoTestWrite => code(
                Imapi2Code::E_IMAPI_DF2TAO_RECORDER_NOT_SUPPORTED,
                Imapi2Code::E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED,
            ),
            NotWritable::NoRecipe | NotWritable::RandomRecording | NotWritable::NoSound => code(
                Imapi2Code::E_IMAPI_DF2TAO_MEDIA_IS_NOT_SUPPORTED,
                Imapi2Code::E_IMAPI_DF2RAW_MEDIA_IS_NOT_SUPPORTED,
            ),
            _ => code(
                Imapi2Code::E_IMAPI_DF2TAO_MEDIA_IS_NOT_BLANK,
                Imapi2Code::E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK,
            ),
        },
        _ => drive(error),
    }
}

fn raw_image(problem: RawImageError) -> Imapi2Code {
    use RawImageError::*;
    match problem {
        ReadOnly => Imapi2Code::E_IMAPI_RAW_IMAGE_IS_READ_ONLY,
        TooManyTracks | Program(BadProgram::TooManyTracks) => Imapi2Code::E_IMAPI_RAW_IMAGE_TOO_MANY_TRACKS,
        SectorType(_) | NoRToW => Imapi2Code::E_IMAPI_RAW_IMAGE_SECTOR_TYPE_NOT_SUPPORTED,
        NoTracks | Program(BadProgram::NoTracks) => Imapi2Code::E_IMAPI_RAW_IMAGE_NO_TRACKS,
        TracksAlreadyAdded => Imapi2Code::E_IMAPI_RAW_IMAGE_TRACKS_ALREADY_ADDED,
        InsufficientSpace { .. } | Program(BadProgram::TooLong) => {
            Imapi2Code::E_IMAPI_RAW_IMAGE_INSUFFICIENT_SPACE
        }
        TooManyIndexes => Imapi2Code::E_IMAPI_RAW_IMAGE_TOO_MANY_TRACK_INDEXES,
        IndexNotFound(_) => Imapi2Code::E_IMAPI_RAW_IMAGE_TRACK_INDEX_NOT_FOUND,
        OffsetZero => Imapi2Code::E_IMAPI_RAW_IMAGE_TRACK_INDEX_OFFSET_ZERO_CANNOT_BE_CLEARED,
        IndexTooClose => Imapi2Code::E_IMAPI_RAW_IMAGE_TRACK_INDEX_TOO_CLOSE_TO_OTHER_INDEX,
        _ => Imapi2Code::IMAPI_E_INVALID_PARAM,
    }
}

/// Of the interface that blanks.
fn erase(error: &DriveError) -> Imapi2Code {
    let is_erasing = |operation| matches!(operation, OperationCode::BLANK | OperationCode::FORMAT_UNIT);
    match error {
        DriveError::NotWritable { reason: NotWritable::NotErasable, .. } => {
            Imapi2Code::E_IMAPI_ERASE_MEDIA_IS_NOT_ERASABLE
        }
        DriveError::NotWritable { reason: NotWritable::NoSuchMode, .. } => {
            Imapi2Code::E_IMAPI_ERASE_RECORDER_NOT_SUPPORTED
        }
        DriveError::NotWritable { .. } => Imapi2Code::E_IMAPI_ERASE_MEDIA_IS_NOT_SUPPORTED,
        DriveError::BadReply { operation: OperationCode::READ_DISC_INFORMATION, .. } => {
            Imapi2Code::E_IMAPI_ERASE_DISC_INFORMATION_TOO_SMALL
        }
        DriveError::BadReply { operation: OperationCode::MODE_SENSE_10, .. } => {
            Imapi2Code::E_IMAPI_ERASE_MODE_PAGE_2A_TOO_SMALL
        }
        DriveError::NotSupported { operation, .. } if is_erasing(*operation) => {
            Imapi2Code::E_IMAPI_ERASE_RECORDER_NOT_SUPPORTED
        }
        DriveError::EraseFailed { .. } => Imapi2Code::E_IMAPI_ERASE_DRIVE_FAILED_ERASE_COMMAND,
        DriveError::FormatInProgress { .. } | DriveError::Busy { .. } => {
            Imapi2Code::E_IMAPI_ERASE_TOOK_LONGER_THAN_ONE_HOUR
        }
        DriveError::Timeout { operation, .. } if is_erasing(*operation) => {
            Imapi2Code::E_IMAPI_ERASE_TOOK_LONGER_THAN_ONE_HOUR
        }
        DriveError::Failed { operation, .. } if is_erasing(*operation) => {
            Imapi2Code::E_IMAPI_ERASE_UNEXPECTED_DRIVE_RESPONSE_DURING_ERASE
        }
        DriveError::BecomingReady { .. } => Imapi2Code::E_IMAPI_ERASE_DRIVE_FAILED_SPINUP_COMMAND,
        _ => drive(error),
    }
}

fn drive(error: &DriveError) -> Imapi2Code {
    use DriveError::*;
    use mmc_device::NotWritable as Reason;
    match error {
        NoSuchModePage { .. } => Imapi2Code::E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE,
        NoMedium { .. } => Imapi2Code::E_IMAPI_RECORDER_MEDIA_NO_MEDIA,
        MediumIncompatible { .. } => Imapi2Code::E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE,
        MediumUpsideDown { .. } => Imapi2Code::E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN,
        BecomingReady { .. } => Imapi2Code::E_IMAPI_RECORDER_MEDIA_BECOMING_READY,
        FormatInProgress { .. } => Imapi2Code::E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS,
        Busy { .. } => Imapi2Code::E_IMAPI_RECORDER_MEDIA_BUSY,
        InvalidModeParameters { .. } => Imapi2Code::E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS,
        WriteProtected { .. } => Imapi2Code::E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED,
        NotSupported { operation: OperationCode::GET_CONFIGURATION, .. } => {
            Imapi2Code::E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED
        }
        NotSupported { .. } => Imapi2Code::E_IMAPI_RECORDER_NO_SUCH_FEATURE,
        Timeout { .. } => Imapi2Code::E_IMAPI_RECORDER_COMMAND_TIMEOUT,
        NoDiscStructure { .. } => Imapi2Code::E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT,
        SpeedMismatch { .. } => Imapi2Code::E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH,
        Locked { .. } => Imapi2Code::E_IMAPI_RECORDER_LOCKED,
        BadReply { .. } => Imapi2Code::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE,
        LossOfStreaming { .. } => Imapi2Code::E_IMAPI_LOSS_OF_STREAMING,
        NotWritable { reason: Reason::NoRecipe | Reason::RandomRecording | Reason::NoSound, .. } => {
            Imapi2Code::E_IMAPI_DF2DATA_MEDIA_IS_NOT_SUPPORTED
        }
        NotWritable { reason: Reason::NoSuchMode | Reason::NoReservations | Reason::NoTestWrite, .. } => {
            Imapi2Code::E_IMAPI_DF2DATA_RECORDER_NOT_SUPPORTED
        }
        NotWritable { .. } => Imapi2Code::E_IMAPI_DF2DATA_INVALID_MEDIA_STATE,
        TooLarge { .. } => Imapi2Code::E_IMAPI_DF2DATA_STREAM_TOO_LARGE_FOR_CURRENT_MEDIA,
        OutOfOrder { .. } | PartialBlock { .. } => Imapi2Code::E_IMAPI_DF2DATA_STREAM_NOT_SUPPORTED,
        EraseFailed { .. } => Imapi2Code::E_IMAPI_ERASE_DRIVE_FAILED_ERASE_COMMAND,
        DeviceGone => Imapi2Code::ERROR_DEV_NOT_EXIST,
        Transport { source: TransportError::MediumFile(_), .. } => {
            Imapi2Code::IMAPI_E_STASHFILE_WRITE_FAILURE
        }
        Cancelled => Imapi2Code::E_IMAPI_REQUEST_CANCELLED,
        Open { .. }
        | WriteFailed { .. }
        | ReadFailed { .. }
        | CloseFailed { .. }
        | MediumChanged { .. }
        | Failed { .. }
        | Transport { .. } => Imapi2Code::E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE,
    }
}

/// Whether a file of the host failed in which a simulated drive keeps its medium.
pub(crate) fn is_medium_file(error: &DriveError) -> bool {
    matches!(error, DriveError::Transport { source: TransportError::MediumFile(_), .. })
}

/// Whether there is no such drive, or simulated medium.
pub(super) fn is_not_there(error: &DriveError) -> bool {
    matches!(error, DriveError::Open { source, .. } if source.kind() == std::io::ErrorKind::NotFound)
}

/// Whether another medium may help, and not another drive.
pub(super) fn is_medium(error: &DriveError) -> bool {
    use DriveError::*;
    match error {
        NoMedium { .. }
        | MediumIncompatible { .. }
        | MediumUpsideDown { .. }
        | SpeedMismatch { .. }
        | WriteProtected { .. }
        | NotWritable { .. }
        | TooLarge { .. }
        | MediumChanged { .. } => true,
        EraseFailed { sense } | WriteFailed { sense, .. } | ReadFailed { sense, .. } => {
            sense.key != key::HARDWARE_ERROR
        }
        NoSuchModePage { .. }
        | BecomingReady { .. }
        | FormatInProgress { .. }
        | Busy { .. }
        | InvalidModeParameters { .. }
        | Timeout { .. }
        | NoDiscStructure { .. }
        | Locked { .. }
        | BadReply { .. }
        | LossOfStreaming { .. }
        | Open { .. }
        | DeviceGone
        | Cancelled
        | OutOfOrder { .. }
        | PartialBlock { .. }
        | CloseFailed { .. }
        | NotSupported { .. }
        | Failed { .. }
        | Transport { .. } => false,
    }
}
