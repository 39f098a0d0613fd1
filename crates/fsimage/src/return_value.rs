use std::fmt;
use std::io;

use mmc_device::DriveError;
use sector_io::ReadError;

use crate::error::ProjectProblem;
use crate::{Error, Imapi2Code, SpoolProblem};

/// What a call of a management interface returns: the numbers that Hyper-V's virtual system management service documents
/// for exports and imports. `docs/projects.md` says when each arises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum ReturnValue {
    /// Done.
    Completed = 0,
    /// The parameters are good, and a job does the rest.
    JobStarted = 4096,
    /// Failed, for a reason that has no value of its own.
    Failed = 32768,
    /// The system, or the caller's own options, do not allow it.
    AccessDenied = 32769,
    /// It is of a kind that is not supported, or newer than what is.
    NotSupported = 32770,
    /// Nobody knows what became of it.
    StatusUnknown = 32771,
    /// It took too long.
    Timeout = 32772,
    /// A parameter has an impossible value.
    InvalidParameter = 32773,
    /// The target, or the identity, is in use.
    InUse = 32774,
    /// It cannot go on in the state that it is in: it was cancelled.
    InvalidState = 32775,
    /// What is read is not what it ought to be.
    IncorrectDataType = 32776,
    /// What is needed is not there.
    NotAvailable = 32777,
    /// Memory, room on a disk, or numbers are used up.
    OutOfMemory = 32778,
}

impl ReturnValue {
    /// The number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// Whether nothing went wrong, so far at least.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, ReturnValue::Completed | ReturnValue::JobStarted)
    }

    fn of_medium(error: &ReadError) -> ReturnValue {
        match error {
            ReadError::Io { source, .. } => ReturnValue::of_system(source),
            ReadError::Device { source, .. } => match source.downcast_ref() {
                Some(DriveError::Timeout { .. }) => ReturnValue::Timeout,
                Some(DriveError::NoMedium { .. }) => ReturnValue::NotAvailable,
                _ => ReturnValue::Failed,
            },
            _ => ReturnValue::Failed,
        }
    }

    fn of_spool(problem: &SpoolProblem) -> ReturnValue {
        match problem {
            SpoolProblem::NoSpace { .. } => ReturnValue::OutOfMemory,
            SpoolProblem::NoFolder(error)
            | SpoolProblem::Open(error)
            | SpoolProblem::Write(error)
            | SpoolProblem::Read(error) => ReturnValue::of_system(error),
            SpoolProblem::Move(problem) => ReturnValue::of_spool(problem),
        }
    }

    fn of_system(error: &io::Error) -> ReturnValue {
        use io::ErrorKind::*;
        match error.kind() {
            PermissionDenied | ReadOnlyFilesystem => ReturnValue::AccessDenied,
            NotFound => ReturnValue::NotAvailable,
            AlreadyExists | DirectoryNotEmpty | ResourceBusy | ExecutableFileBusy => ReturnValue::InUse,
            OutOfMemory | StorageFull | QuotaExceeded | FileTooLarge => ReturnValue::OutOfMemory,
            TimedOut => ReturnValue::Timeout,
            Unsupported => ReturnValue::NotSupported,
            _ => ReturnValue::Failed,
        }
    }
}

impl From<&Error> for ReturnValue {
    fn from(error: &Error) -> ReturnValue {
        use crate::Blame;
        match error {
            Error::Cancelled { .. } => ReturnValue::InvalidState,
            Error::SourceRead { source, .. }
            | Error::SourceOpen { source, .. }
            | Error::DirectoryRead { source, .. }
            | Error::OutputWrite { source, .. }
            | Error::ImageOpen { source, .. } => ReturnValue::of_system(source),
            Error::Project { problem, .. } => match problem {
                ProjectProblem::Missing { .. } => ReturnValue::NotAvailable,
                ProjectProblem::Damaged { .. } => ReturnValue::IncorrectDataType,
                ProjectProblem::NewerVersion { .. } | ProjectProblem::NotKept { .. } => {
                    ReturnValue::NotSupported
                }
                ProjectProblem::Reference { .. } => ReturnValue::AccessDenied,
                ProjectProblem::IdentityInUse { .. } | ProjectProblem::TargetInUse => ReturnValue::InUse,
            },
            Error::ImportRead(error) => ReturnValue::of_medium(error),
            Error::SessionsUnreadable { source, .. } => ReturnValue::of_medium(source),
            Error::Spool { problem, .. } => ReturnValue::of_spool(problem),
            Error::TreeTooLarge { .. } | Error::ImageTooBig { .. } => ReturnValue::OutOfMemory,
            Error::Corrupt { .. } => ReturnValue::IncorrectDataType,
            Error::EmptyMedium { .. } | Error::NoFileSystem { .. } | Error::DiscMismatch { .. } => {
                ReturnValue::NotAvailable
            }
            Error::Recording { source, .. } => ReturnValue::from(source.as_ref()),
            error => match (error.imapi2(), error.blame()) {
                (Imapi2Code::E_IMAPI_RECORDER_COMMAND_TIMEOUT, _) => ReturnValue::Timeout,
                (Imapi2Code::E_IMAPI_RECORDER_LOCKED, _) => ReturnValue::InUse,
                (Imapi2Code::E_IMAPI_RECORDER_MEDIA_NO_MEDIA, _) => ReturnValue::NotAvailable,
                (_, Blame::Caller) => ReturnValue::InvalidParameter,
                (_, Blame::Unsupported) => ReturnValue::NotSupported,
                _ => ReturnValue::Failed,
            },
        }
    }
}

impl<T> From<&Result<T, Error>> for ReturnValue {
    fn from(result: &Result<T, Error>) -> ReturnValue {
        result.as_ref().map_or_else(ReturnValue::from, |_| ReturnValue::Completed)
    }
}

impl fmt::Display for ReturnValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            ReturnValue::Completed => "completed",
            ReturnValue::JobStarted => "job started",
            ReturnValue::Failed => "failed",
            ReturnValue::AccessDenied => "access denied",
            ReturnValue::NotSupported => "not supported",
            ReturnValue::StatusUnknown => "status unknown",
            ReturnValue::Timeout => "timeout",
            ReturnValue::InvalidParameter => "invalid parameter",
            ReturnValue::InUse => "in use",
            ReturnValue::InvalidState => "invalid state",
            ReturnValue::IncorrectDataType => "incorrect data type",
            ReturnValue::NotAvailable => "not available",
            ReturnValue::OutOfMemory => "out of memory",
        };
        write!(f, "{text} ({})", self.number())
    }
}
