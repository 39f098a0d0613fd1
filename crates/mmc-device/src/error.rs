use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::command::OperationCode;
use crate::command::toc::CdRwSubType;
use crate::sense::key;
use crate::{Holder, Lba, Profile, Sense, TransportError, holder};

/// Why a drive did not do what it was asked to.
///
/// The variants of the first group stand one to one for the errors which every IMAPI2 recorder call can
/// give; those of the second say what went wrong while recording or reading.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// The drive has no such mode page.
    #[error("the drive has no mode page {page:#04x} ({sense})")]
    NoSuchModePage {
        /// Page code, 0 to 3Fh.
        page: u8,
        /// The drive's answer.
        sense: Sense,
    },
    /// There is no medium in the drive (2/3A).
    #[error("there is no medium in the drive")]
    NoMedium {
        /// The drive's answer.
        sense: Sense,
    },
    /// The medium does not suit the drive or the command (2/30, 5/30).
    #[error("the medium does not suit: {sense}, at {operation}")]
    MediumIncompatible {
        /// The command refused.
        operation: OperationCode,
        /// The drive's answer.
        sense: Sense,
    },
    /// The drive finds no reference position (2/06/00): most often the medium lies upside down.
    #[error("the medium lies upside down, or is too dirty to be found: {sense}, at {operation}")]
    MediumUpsideDown {
        /// The command that failed.
        operation: OperationCode,
        /// The drive's answer.
        sense: Sense,
    },
    /// The drive did not become ready in time (2/04/01).
    #[error("the drive is still becoming ready ({sense})")]
    BecomingReady {
        /// The drive's last answer.
        sense: Sense,
    },
    /// A format is in progress (2/04/04).
    #[error("the medium is being formatted ({sense})")]
    FormatInProgress {
        /// The drive's last answer.
        sense: Sense,
    },
    /// An earlier operation has not ended in time (2/04/07, 2/04/08).
    #[error("the drive is busy ({sense}, at {operation})")]
    Busy {
        /// The command that was not accepted.
        operation: OperationCode,
        /// The drive's last answer.
        sense: Sense,
    },
    /// The drive does not accept these mode parameters (5/26 at MODE SELECT).
    #[error("the drive does not accept these mode parameters ({sense})")]
    InvalidModeParameters {
        /// The drive's answer.
        sense: Sense,
    },
    /// The medium or the drive is write protected (7/27).
    #[error("the medium is write protected ({sense})")]
    WriteProtected {
        /// The drive's answer.
        sense: Sense,
    },
    /// The command did not end in time; the drive may be hung.
    #[error("the drive did not finish {operation}{}", display_limit(*limit))]
    Timeout {
        /// The command.
        operation: OperationCode,
        /// How long it was waited for; `None` where the drive itself gave up.
        limit: Option<Duration>,
    },
    /// The medium has no such disc structure (READ DISC STRUCTURE refused).
    #[error("the medium has no such disc structure ({sense})")]
    NoDiscStructure {
        /// The drive's answer.
        sense: Sense,
    },
    /// Drive and medium have no recording speed in common: the drive refused to write to a CD-RW, or to blank it, and does
    /// not list the disc's sub-type among those that it writes (feature 0037h).
    #[error("the drive cannot record at the speeds of this {sub_type} CD-RW ({sense})")]
    SpeedMismatch {
        /// What the disc says of itself.
        sub_type: CdRwSubType,
        /// The drive's answer.
        sense: Sense,
    },
    /// Another program holds the drive, or its medium is mounted.
    #[error("{} is {}", device.display(), holder::told(holders))]
    Locked {
        /// The device.
        device: PathBuf,
        /// By what, as far as the system tells.
        holders: Vec<Holder>,
    },
    /// The drive's reply makes no sense.
    #[error("the drive's reply to {operation} is unusable: {problem}")]
    BadReply {
        /// The command.
        operation: OperationCode,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The drive ran out of data while recording without underrun protection (0C/09).
    #[error("loss of streaming at block {}", display_lba(*lba))]
    LossOfStreaming {
        /// First block of the write concerned, where known.
        lba: Option<Lba>,
        /// The drive's answer.
        sense: Sense,
    },
    /// The device cannot be opened.
    #[error("cannot open {}: {source}", device.display())]
    Open {
        /// The device.
        device: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The drive is gone: unplugged, or its adapter failed.
    #[error("the drive is gone")]
    DeviceGone,

    /// Somebody wanted to wait no longer ([`Drive::set_stop`](crate::Drive::set_stop)), before the medium was changed.
    #[error("cancelled; nothing was written")]
    Cancelled,

    /// Blocks could not be written.
    #[error("cannot write block {}: {sense}", display_lba(*lba))]
    WriteFailed {
        /// First block of the write concerned; for a deferred error the first one that may be lost.
        lba: Option<Lba>,
        /// The drive's answer.
        sense: Sense,
    },
    /// A block could not be read.
    #[error("cannot read block {lba}: {sense}")]
    ReadFailed {
        /// First block of the read concerned.
        lba: Lba,
        /// The drive's answer.
        sense: Sense,
    },
    /// The medium, as it is, cannot be written so.
    #[error("{profile} medium: {reason}")]
    NotWritable {
        /// The medium's profile.
        profile: Profile,
        /// Why not.
        reason: NotWritable,
    },
    /// What is to be written does not fit.
    #[error("{needed} blocks do not fit the {available} blocks available")]
    TooLarge {
        /// Blocks to write, with their padding.
        needed: u32,
        /// Blocks free.
        available: u32,
    },
    /// A write was asked for at an address that is not the next one.
    #[error("write at block {lba} where block {expected} is next")]
    OutOfOrder {
        /// The address asked for.
        lba: Lba,
        /// The only address possible.
        expected: Lba,
    },
    /// Data that are not whole 2048-byte blocks, or more blocks than a command can name.
    #[error("{len} bytes are not a writable number of 2048-byte blocks")]
    PartialBlock {
        /// Their length.
        len: usize,
    },
    /// Blanking or formatting failed (3/31, 3/51).
    #[error("the medium could not be erased or formatted: {sense}")]
    EraseFailed {
        /// The drive's answer.
        sense: Sense,
    },
    /// Closing a track or session failed (72h).
    #[error("the session could not be closed: {sense}")]
    CloseFailed {
        /// The drive's answer.
        sense: Sense,
    },
    /// The medium may have changed, or the drive was reset, while it must not (6/28, 6/29).
    #[error("the medium was changed or the drive reset: {sense}, at {operation}")]
    MediumChanged {
        /// The command interrupted.
        operation: OperationCode,
        /// The drive's answer.
        sense: Sense,
    },
    /// The drive does not know the command or this variant of it (5/20, 5/24).
    #[error("the drive does not support {operation} so: {sense}")]
    NotSupported {
        /// The command refused.
        operation: OperationCode,
        /// The drive's answer.
        sense: Sense,
    },
    /// Any other answer with CHECK CONDITION.
    #[error("{operation} failed: {sense}")]
    Failed {
        /// The command.
        operation: OperationCode,
        /// The drive's answer.
        sense: Sense,
    },
    /// The way to the drive failed.
    #[error("{operation} did not get through: {source}")]
    Transport {
        /// The command.
        operation: OperationCode,
        /// What failed.
        source: TransportError,
    },
}

/// Why a medium cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotWritable {
    /// No recording recipe exists for this profile.
    NoRecipe,
    /// A BD-R that was formatted for random recording, which no recipe does.
    RandomRecording,
    /// The medium is complete.
    Complete,
    /// The drive gives no next writable address: the medium is full or damaged.
    NoNextWritableAddress,
    /// An earlier session was left open, with data or a reserved track in it. It must be closed first, which moves the next
    /// writable address: see [`close_open_session`](crate::close_open_session).
    UnfinishedSession,
    /// The same, where it will not be closed, for what is asked for is a test.
    UnfinishedBeforeTest,
    /// The medium cannot be recorded at once: it is of another kind, not blank, or the drive does not offer it.
    NotAtOnce,
    /// The medium takes one session, at once, and no tracks: a DVD-RW that was blanked quickly, until it is blanked in full.
    OnlyAtOnce,
    /// The drive cannot do test writes with this medium.
    NoTestWrite,
    /// The drive cannot record in this way: at once, raw, or sound.
    NoSuchMode,
    /// Sound is not for this kind of medium.
    NoSound,
    /// No track can be reserved on this kind of medium, and no size announced.
    NoReservations,
    /// Something is recorded, and this way of recording wants a blank medium.
    NotBlank,
    /// The disc has 99 tracks.
    TooManyTracks,
    /// The medium cannot be erased.
    NotErasable,
    /// The drive offers no format for the medium.
    NoFormat,
    /// The drive offers no spare areas of that size.
    SpareArea {
        /// Blocks of the least that it offers.
        least: u32,
        /// Blocks of the most.
        most: u32,
        /// Whether it offers those between as well.
        between: bool,
        /// Whether it offers to do without.
        none: bool,
    },
    /// The format of such media leaves no choice of spare areas.
    NoSpareAreas,
    /// Only a BD-R can be formatted to be recorded in another way than before.
    NoModes,
    /// A write failed earlier in the session, so it can only be abandoned.
    BrokenSession,
    /// It has no tracks: every block can be written again.
    NoTracks,
    /// There is no reserved track of this number that takes more.
    NotReserved,
    /// A reserved track holds what an earlier recording left in it: what follows there would be read as its rest.
    TrackBegun,
    /// As many tracks of the session are reserved and not yet closed as the medium takes at a time (5/72/05).
    NoMoreReservations,
    /// There is nothing on the medium that could be closed, or it is closed.
    NothingToClose,
    /// The last session of a CD is closed, and its lead-in tells where a next one goes: only that can be the last.
    NotFinalisable,
}

impl std::fmt::Display for NotWritable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            NotWritable::NoRecipe => "no way of recording is known for it",
            NotWritable::RandomRecording => {
                "it is formatted for random recording, which is not done here, and no BD-R can be formatted anew"
            }
            NotWritable::Complete => "it is complete, nothing can be added",
            NotWritable::NoNextWritableAddress => "the drive gives no next writable address",
            NotWritable::UnfinishedSession => "a session was left open and must be closed first",
            NotWritable::UnfinishedBeforeTest => {
                "a session was left open and must be closed first, and a test changes nothing"
            }
            NotWritable::NotAtOnce => "it cannot be recorded at once",
            NotWritable::OnlyAtOnce => {
                "it is recorded at once and in no other way; a DVD-RW that is blanked in full takes tracks and sessions"
            }
            NotWritable::NoSuchMode => "the drive cannot record in this way",
            NotWritable::NoSound => "sound is recorded on CD-R and CD-RW only",
            NotWritable::NoReservations => {
                "no track can be reserved, nor its size announced: that is for DVD-R, DVD-RW, DVD+R and BD-R, written sequentially"
            }
            NotWritable::NotBlank => "it is not blank",
            NotWritable::TooManyTracks => "a disc has at most 99 tracks",
            NotWritable::NoTestWrite => "the drive cannot record it in test mode",
            NotWritable::NotErasable => "it cannot be erased",
            NotWritable::NoFormat => "the drive offers no format for it",
            NotWritable::SpareArea { least, most, between, none } => {
                let and = if *between { "to" } else { "or" };
                let none = if *none { ", or none" } else { "" };
                return write!(f, "the drive offers spare areas of {least} {and} {most} sectors{none}");
            }
            NotWritable::NoSpareAreas => "its format leaves no choice of spare areas",
            NotWritable::NoModes => "only a BD-R is formatted for pseudo-overwrite or random recording",
            NotWritable::BrokenSession => "a write failed, the session can only be abandoned",
            NotWritable::NoTracks => "it has no tracks, every sector can be written again",
            NotWritable::NotReserved => "no track of this number was reserved, or it is full",
            NotWritable::TrackBegun => {
                "that track holds what an earlier recording left in it; it is closed with its session, and a new track can \
                 be reserved behind it"
            }
            NotWritable::NoMoreReservations => {
                "no further track can be reserved before one that is has been written, or the session is closed"
            }
            NotWritable::NotFinalisable => {
                "its last session is closed, with a place for another one in its lead-in, which only that other one \
                 can end: record it so that none can follow"
            }
            NotWritable::NothingToClose => "there is nothing on it to close",
        })
    }
}

fn display_limit(limit: Option<Duration>) -> String {
    limit.map_or_else(String::new, |limit| format!(" within {limit:?}"))
}

fn display_lba(lba: Option<Lba>) -> String {
    lba.map_or_else(|| "unknown".to_owned(), |lba| lba.to_string())
}

impl DriveError {
    /// The error for this answer to a command. `lba` is the first block the command was about, if it
    /// was about blocks.
    pub fn from_sense(operation: OperationCode, sense: Sense, lba: Option<Lba>) -> DriveError {
        if sense.deferred {
            let lba = sense.information.map(Lba::from_wire).or(lba);
            return match (sense.asc, sense.ascq) {
                (0x0C, 0x09) => DriveError::LossOfStreaming { lba, sense },
                // What goes on behind its command tells its end so.
                (0x30 | 0x31 | 0x51, _) if operation.is_erasing() => DriveError::EraseFailed { sense },
                (0x72, _) => DriveError::CloseFailed { sense },
                _ => DriveError::WriteFailed { lba, sense },
            };
        }
        match (sense.key, sense.asc, sense.ascq) {
            (key::NOT_READY, 0x3A, _) => DriveError::NoMedium { sense },
            (key::NOT_READY, 0x04, 0x04) => DriveError::FormatInProgress { sense },
            (key::NOT_READY, 0x04, 0x00 | 0x01) | (key::NOT_READY, 0x3E, _) => {
                DriveError::BecomingReady { sense }
            }
            (key::NOT_READY, 0x04, 0x02 | 0x03) => DriveError::Failed { operation, sense },
            (key::NOT_READY, 0x04, _) => DriveError::Busy { operation, sense },
            (key::MEDIUM_ERROR | key::HARDWARE_ERROR, 0x0C, 0x09) | (key::ILLEGAL_REQUEST, 0x0C, 0x09) => {
                DriveError::LossOfStreaming { lba, sense }
            }
            (key::DATA_PROTECT, _, _) => DriveError::WriteProtected { sense },
            (key::HARDWARE_ERROR, 0x3E, 0x02) => DriveError::Timeout { operation, limit: None },
            _ if operation == OperationCode::MODE_SENSE_10 && sense.is_unsupported() => {
                DriveError::NotSupported { operation, sense }
            }
            _ if operation == OperationCode::MODE_SELECT_10
                && sense.key == key::ILLEGAL_REQUEST
                && sense.asc == 0x26 =>
            {
                DriveError::InvalidModeParameters { sense }
            }
            _ if operation == OperationCode::READ_DISC_STRUCTURE
                && (matches!((sense.key, sense.asc), (key::ILLEGAL_REQUEST, 0x24 | 0x30))
                    || (sense.key == key::MEDIUM_ERROR && sense.asc & 0xF0 == 0x30)) =>
            {
                DriveError::NoDiscStructure { sense }
            }
            (key::NOT_READY | key::ILLEGAL_REQUEST, 0x30, _) => {
                DriveError::MediumIncompatible { operation, sense }
            }
            (key::NOT_READY, 0x06, _) => DriveError::MediumUpsideDown { operation, sense },
            (key::MEDIUM_ERROR, 0x30 | 0x31 | 0x51, _) if operation.is_erasing() => {
                DriveError::EraseFailed { sense }
            }
            (key::UNIT_ATTENTION, 0x28 | 0x29, _) => DriveError::MediumChanged { operation, sense },
            (_, 0x72, _) if operation != OperationCode::RESERVE_TRACK => DriveError::CloseFailed { sense },
            (_, 0x20, _) => DriveError::NotSupported { operation, sense },
            _ if operation.is_write() => DriveError::WriteFailed { lba, sense },
            _ if operation.is_read() => match lba {
                Some(lba) => DriveError::ReadFailed { lba, sense },
                None => DriveError::Failed { operation, sense },
            },
            (key::NOT_READY | key::ILLEGAL_REQUEST, 0x24, _) => DriveError::NotSupported { operation, sense },
            _ => DriveError::Failed { operation, sense },
        }
    }

    /// The error for a command that the transport could not bring to a good end.
    #[must_use]
    pub fn from_transport(operation: OperationCode, error: TransportError, lba: Option<Lba>) -> DriveError {
        match error {
            TransportError::CheckCondition(sense) | TransportError::Recovered { sense, .. } => {
                DriveError::from_sense(operation, sense, lba)
            }
            TransportError::Timeout(limit) => DriveError::Timeout { operation, limit: Some(limit) },
            TransportError::DeviceGone => DriveError::DeviceGone,
            source => DriveError::Transport { operation, source },
        }
    }

    /// The drive's answer, where there was one.
    #[must_use]
    pub fn sense(&self) -> Option<Sense> {
        match self {
            DriveError::NoSuchModePage { sense, .. }
            | DriveError::NoMedium { sense }
            | DriveError::MediumIncompatible { sense, .. }
            | DriveError::BecomingReady { sense }
            | DriveError::FormatInProgress { sense }
            | DriveError::Busy { sense, .. }
            | DriveError::InvalidModeParameters { sense }
            | DriveError::WriteProtected { sense }
            | DriveError::NoDiscStructure { sense }
            | DriveError::MediumUpsideDown { sense, .. }
            | DriveError::SpeedMismatch { sense, .. }
            | DriveError::LossOfStreaming { sense, .. }
            | DriveError::WriteFailed { sense, .. }
            | DriveError::ReadFailed { sense, .. }
            | DriveError::EraseFailed { sense }
            | DriveError::CloseFailed { sense }
            | DriveError::MediumChanged { sense, .. }
            | DriveError::NotSupported { sense, .. }
            | DriveError::Failed { sense, .. } => Some(*sense),
            DriveError::Timeout { .. }
            | DriveError::Cancelled
            | DriveError::Locked { .. }
            | DriveError::BadReply { .. }
            | DriveError::Open { .. }
            | DriveError::DeviceGone
            | DriveError::NotWritable { .. }
            | DriveError::TooLarge { .. }
            | DriveError::OutOfOrder { .. }
            | DriveError::PartialBlock { .. }
            | DriveError::Transport { .. } => None,
        }
    }

    /// The block concerned, where the error is about one.
    #[must_use]
    pub fn lba(&self) -> Option<Lba> {
        match self {
            DriveError::LossOfStreaming { lba, .. } | DriveError::WriteFailed { lba, .. } => *lba,
            DriveError::ReadFailed { lba, .. } | DriveError::OutOfOrder { lba, .. } => Some(*lba),
            _ => None,
        }
    }

    /// Whether it is a track or session that could not be closed: the data had all been flushed by then.
    #[must_use]
    pub fn is_of_closing(&self) -> bool {
        match self {
            DriveError::CloseFailed { .. } => true,
            DriveError::MediumIncompatible { operation, .. }
            | DriveError::Busy { operation, .. }
            | DriveError::Timeout { operation, .. }
            | DriveError::MediumChanged { operation, .. }
            | DriveError::NotSupported { operation, .. }
            | DriveError::Failed { operation, .. }
            | DriveError::Transport { operation, .. } => *operation == OperationCode::CLOSE_TRACK_SESSION,
            _ => false,
        }
    }

    /// Whether the drive refused the command as unknown or as not possible in this form, so that
    /// another way may be tried.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        self.sense().is_some_and(|sense| {
            !sense.deferred && (sense.key == key::ILLEGAL_REQUEST || sense.is_unsupported())
        })
    }

    /// Whether a file of the host failed in which a simulated drive keeps its medium: what it was to keep is not on it.
    pub(crate) fn is_of_medium_file(&self) -> bool {
        matches!(self, DriveError::Transport { source: TransportError::MediumFile(_), .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(operation: OperationCode, key: u8, asc: u8, ascq: u8) -> DriveError {
        DriveError::from_sense(operation, Sense::new(key, asc, ascq), Some(Lba::new(7)))
    }

    #[test]
    fn answers_become_the_errors_of_their_meaning() {
        use DriveError as E;
        use OperationCode as Op;
        type Kind = fn(&DriveError) -> bool;
        let rows: &[(Op, u8, u8, u8, Kind)] = &[
            (Op::READ_10, 2, 0x3A, 0x01, |e| matches!(e, E::NoMedium { .. })),
            (Op::READ_10, 2, 0x30, 0x00, |e| matches!(e, E::MediumIncompatible { .. })),
            (Op::READ_TOC, 5, 0x30, 0x02, |e| matches!(e, E::MediumIncompatible { .. })),
            (Op::READ_10, 2, 0x06, 0x00, |e| matches!(e, E::MediumUpsideDown { .. })),
            (Op::READ_10, 2, 0x04, 0x01, |e| matches!(e, E::BecomingReady { .. })),
            (Op::READ_10, 2, 0x3E, 0x00, |e| matches!(e, E::BecomingReady { .. })),
            (Op::WRITE_10, 2, 0x04, 0x04, |e| matches!(e, E::FormatInProgress { .. })),
            (Op::WRITE_10, 2, 0x04, 0x08, |e| matches!(e, E::Busy { .. })),
            (Op::READ_10, 2, 0x04, 0x02, |e| matches!(e, E::Failed { .. })),
            (Op::MODE_SELECT_10, 5, 0x26, 0x00, |e| matches!(e, E::InvalidModeParameters { .. })),
            (Op::FORMAT_UNIT, 5, 0x26, 0x00, |e| matches!(e, E::Failed { .. })),
            (Op::WRITE_10, 7, 0x27, 0x00, |e| matches!(e, E::WriteProtected { .. })),
            (Op::WRITE_10, 4, 0x3E, 0x02, |e| matches!(e, E::Timeout { limit: None, .. })),
            (Op::READ_DISC_STRUCTURE, 5, 0x24, 0x00, |e| matches!(e, E::NoDiscStructure { .. })),
            (Op::READ_DISC_STRUCTURE, 3, 0x31, 0x00, |e| matches!(e, E::NoDiscStructure { .. })),
            (Op::WRITE_10, 3, 0x0C, 0x09, |e| matches!(e, E::LossOfStreaming { lba: Some(_), .. })),
            (Op::WRITE_10, 5, 0x0C, 0x09, |e| matches!(e, E::LossOfStreaming { .. })),
            (Op::WRITE_10, 3, 0x0C, 0x00, |e| matches!(e, E::WriteFailed { lba: Some(_), .. })),
            (Op::WRITE_10, 5, 0x21, 0x02, |e| matches!(e, E::WriteFailed { .. })),
            (Op::WRITE_10, 5, 0x64, 0x00, |e| matches!(e, E::WriteFailed { .. })),
            (Op::READ_10, 3, 0x11, 0x05, |e| matches!(e, E::ReadFailed { .. })),
            (Op::READ_10, 8, 0x00, 0x00, |e| matches!(e, E::ReadFailed { .. })),
            (Op::READ_10, 5, 0x21, 0x00, |e| matches!(e, E::ReadFailed { .. })),
            (Op::FORMAT_UNIT, 3, 0x31, 0x01, |e| matches!(e, E::EraseFailed { .. })),
            (Op::BLANK, 3, 0x51, 0x00, |e| matches!(e, E::EraseFailed { .. })),
            (Op::CLOSE_TRACK_SESSION, 3, 0x72, 0x00, |e| matches!(e, E::CloseFailed { .. })),
            (Op::CLOSE_TRACK_SESSION, 5, 0x72, 0x03, |e| matches!(e, E::CloseFailed { .. })),
            (Op::WRITE_10, 6, 0x28, 0x00, |e| matches!(e, E::MediumChanged { .. })),
            (Op::WRITE_10, 6, 0x29, 0x00, |e| matches!(e, E::MediumChanged { .. })),
            (Op::GET_PERFORMANCE, 5, 0x20, 0x00, |e| matches!(e, E::NotSupported { .. })),
            (Op::READ_TOC, 2, 0x24, 0x00, |e| matches!(e, E::NotSupported { .. })),
            (Op::RESERVE_TRACK, 5, 0x63, 0x00, |e| matches!(e, E::Failed { .. })),
            (Op::RESERVE_TRACK, 5, 0x72, 0x05, |e| matches!(e, E::Failed { .. })),
            (Op::READ_TOC, 4, 0x44, 0x00, |e| matches!(e, E::Failed { .. })),
        ];
        for (operation, key, asc, ascq, kind) in rows {
            let error = error(*operation, *key, *asc, *ascq);
            assert!(kind(&error), "{operation} {key:x}/{asc:02x}/{ascq:02x}: {error:?}");
            assert!(!error.to_string().is_empty());
            assert!(error.sense().is_some() || matches!(error, DriveError::Timeout { .. }));
        }
    }

    #[test]
    fn deferred_errors_are_about_earlier_writes() {
        let sense = Sense { deferred: true, information: Some(99), ..Sense::new(3, 0x0C, 0) };
        let error = DriveError::from_sense(OperationCode::TEST_UNIT_READY, sense, None);
        assert!(matches!(error, DriveError::WriteFailed { .. }));
        assert_eq!(error.lba(), Some(Lba::new(99)));
        assert!(!error.is_unsupported());
        assert_eq!(error.to_string(), "cannot write block 99: sense 3/0c/00, write error");
    }

    #[test]
    fn deferred_errors_of_what_goes_on_behind_its_command() {
        let error = |operation, asc| {
            DriveError::from_sense(operation, Sense { deferred: true, ..Sense::new(3, asc, 0) }, None)
        };
        assert!(matches!(error(OperationCode::BLANK, 0x51), DriveError::EraseFailed { .. }));
        assert!(matches!(error(OperationCode::FORMAT_UNIT, 0x31), DriveError::EraseFailed { .. }));
        assert!(matches!(error(OperationCode::CLOSE_TRACK_SESSION, 0x72), DriveError::CloseFailed { .. }));
        assert!(matches!(error(OperationCode::TEST_UNIT_READY, 0x51), DriveError::WriteFailed { .. }));
    }

    #[test]
    fn transport_failures() {
        let from = |error| DriveError::from_transport(OperationCode::WRITE_10, error, None);
        assert!(matches!(from(TransportError::DeviceGone), DriveError::DeviceGone));
        let late = from(TransportError::Timeout(Duration::from_secs(200)));
        assert_eq!(late.to_string(), "the drive did not finish WRITE(10) within 200s");
        assert!(matches!(from(TransportError::Status(0x18)), DriveError::Transport { .. }));
    }
}
