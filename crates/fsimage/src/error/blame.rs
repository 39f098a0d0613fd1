use mmc_device::DriveError;
use sector_io::ReadError;

use super::{Error, imapi2};
use crate::error::ProjectProblem;

/// Who has to act on an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Blame {
    /// The request cannot be carried out as put: the drive that it names is not there, for instance.
    Caller,
    /// A file or folder that goes into the image.
    Source,
    /// The image that is read.
    Image,
    /// The file or pipe that is written, that of a simulated medium among them.
    Output,
    /// The medium in the drive: full, closed, of the wrong kind, worn.
    Medium,
    /// The drive or the way to it.
    Drive,
    /// This crate does not do that.
    Unsupported,
    /// Nobody: it was cancelled.
    Cancelled,
}

impl Error {
    /// Who has to act.
    #[must_use]
    pub fn blame(&self) -> Blame {
        use Error::*;
        match self {
            InvalidArgument { .. }
            | SizeLimit { .. }
            | NoOutput
            | InvalidDate { .. }
            | RestrictedName { .. }
            | NotInTree { .. }
            | DirectoryNotEmpty { .. }
            | NoSuchProperty { .. }
            | BootEmulation { .. }
            | BootConflict { .. }
            | UdfRevisionChange { .. }
            | BootImage { .. }
            | PartitionsOverlap { .. }
            | BootLost { .. }
            | InvalidVolumeName { .. }
            | InvalidPath { .. }
            | DuplicateName { .. }
            | MergeCollision { .. }
            | NotFound { .. }
            | NotInSession { .. }
            | NotAFile { .. }
            | NotADirectory { .. }
            | NoUniqueName { .. }
            | Strict { .. }
            | TooManyDirectories { .. }
            | TooDeep { .. }
            | FileTooBig { .. }
            | TreeTooLarge { .. }
            | SessionNotFound { .. }
            | FileSystemNotFound { .. }
            | WrongPlace { .. }
            | PlaceNotSet { .. }
            | NotGrowable { .. }
            | FileSystemChange { .. }
            | Recorder { .. }
            | RawImage(_) => Blame::Caller,
            Feature { is_known, .. } => {
                if *is_known {
                    Blame::Medium
                } else {
                    Blame::Drive
                }
            }
            SourceChanged { .. }
            | SourceOpen { .. }
            | SourceRead { .. }
            | DirectoryRead { .. }
            | Sound { .. }
            | CueSheet { .. } => Blame::Source,
            Project { problem, .. } => match problem {
                ProjectProblem::Missing { .. } | ProjectProblem::Damaged { .. } => Blame::Image,
                ProjectProblem::NewerVersion { .. } | ProjectProblem::NotKept { .. } => Blame::Unsupported,
                ProjectProblem::Reference { .. }
                | ProjectProblem::IdentityInUse { .. }
                | ProjectProblem::TargetInUse => Blame::Caller,
            },
            OutputWrite { .. } | Spool { .. } => Blame::Output,
            ImageNotAligned { .. } | NoVolumeDescriptor { .. } | ImageBeyondDrives { .. } => Blame::Image,
            // A wait for the drive that is read, which was ended.
            ImportRead(ReadError::Device { source, .. })
                if matches!(source.downcast_ref(), Some(DriveError::Cancelled)) =>
            {
                Blame::Cancelled
            }
            ImageOpen { .. } | NoFileSystem { .. } | Corrupt { .. } | ImportRead(_) | UnsafePath { .. } => {
                Blame::Image
            }
            EmptyMedium { .. }
            | CannotAppend { .. }
            | NoFurtherSession { .. }
            | MediumNotAllowed { .. }
            | DiscMismatch { .. }
            | ImageTooBig { .. }
            | VerifyFailed { .. } => Blame::Medium,
            Unsupported { .. } | UdfNotWritable { .. } => Blame::Unsupported,
            NotBlank { .. } | HoldsSessions { .. } => Blame::Medium,
            Drive { source, .. } | Erase { source, .. } | AudioDrive { source, .. }
                if imapi2::is_medium(source) =>
            {
                Blame::Medium
            }
            Drive { source, .. } | Erase { source, .. } | AudioDrive { source, .. }
                if imapi2::is_medium_file(source) =>
            {
                Blame::Output
            }
            Drive { source, .. } if imapi2::is_not_there(source) => Blame::Caller,
            Drive { .. } | Erase { .. } | AudioDrive { .. } => Blame::Drive,
            SessionsUnreadable { source, .. } => match imapi2::of_drive(source) {
                Some(error) if !imapi2::is_medium(error) => Blame::Drive,
                _ => Blame::Medium,
            },
            Recording { source, .. } => source.blame(),
            Cancelled { .. } => Blame::Cancelled,
        }
    }
}
