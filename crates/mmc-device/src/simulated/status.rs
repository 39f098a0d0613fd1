//! The sense data the drive answers with, by their SPC names.

use std::io;
use std::path::Path;

use crate::{Sense, TransportError};

/// An error of the host's file system, which no recorder has: of which file, and what can be done about it.
pub(super) fn of_host(path: &Path, error: io::Error) -> io::Error {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    if error.raw_os_error().is_none() {
        // It says so already.
        return error;
    }
    let remedy = match error.kind() {
        StorageFull | QuotaExceeded => "; make room there",
        FileTooLarge => "; longer files are not allowed there",
        _ => "",
    };
    io::Error::new(error.kind(), format!("{}: {error}{remedy}", path.display()))
}

/// Why a command does not end with GOOD.
#[derive(Debug)]
pub(super) enum Failure {
    Check(Sense),
    Transport(TransportError),
}

pub(super) type Outcome<T> = Result<T, Failure>;

impl From<Sense> for Failure {
    fn from(sense: Sense) -> Failure {
        Failure::Check(sense)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Transport(TransportError::MediumFile(error))
    }
}

impl From<super::SimulatedError> for Failure {
    fn from(error: super::SimulatedError) -> Failure {
        match error {
            super::SimulatedError::Io { path, source } => Failure::from(of_host(&path, source)),
            other => Failure::from(io::Error::other(other)),
        }
    }
}

impl From<Failure> for TransportError {
    fn from(failure: Failure) -> TransportError {
        match failure {
            Failure::Check(sense) => TransportError::CheckCondition(sense),
            Failure::Transport(error) => error,
        }
    }
}

const fn sense(key: u8, asc: u8, ascq: u8) -> Sense {
    Sense { deferred: false, key, asc, ascq, progress: None, information: None }
}

/// The same sense data, naming a sector.
pub(super) const fn at(sense: Sense, lba: u32) -> Sense {
    Sense { information: Some(lba), ..sense }
}

pub(super) const NO_SENSE: Sense = sense(0, 0, 0);

pub(super) const NOT_READY_FORMAT_IN_PROGRESS: Sense = sense(2, 0x04, 0x04);
pub(super) const NOT_READY_OPERATION_IN_PROGRESS: Sense = sense(2, 0x04, 0x07);
pub(super) const NOT_READY_LONG_WRITE_IN_PROGRESS: Sense = sense(2, 0x04, 0x08);
pub(super) const MEDIUM_NOT_PRESENT_TRAY_CLOSED: Sense = sense(2, 0x3A, 0x01);
pub(super) const MEDIUM_NOT_PRESENT_TRAY_OPEN: Sense = sense(2, 0x3A, 0x02);

pub(super) const WRITE_ERROR: Sense = sense(3, 0x0C, 0x00);
pub(super) const L_EC_UNCORRECTABLE: Sense = sense(3, 0x11, 0x05);
pub(super) const MEDIUM_FORMAT_CORRUPTED: Sense = sense(3, 0x31, 0x00);
pub(super) const SESSION_FIXATION_LEAD_IN: Sense = sense(3, 0x72, 0x01);
pub(super) const PROGRAM_MEMORY_AREA_IS_FULL: Sense = sense(3, 0x73, 0x05);

pub(super) const PARAMETER_LIST_LENGTH: Sense = sense(5, 0x1A, 0x00);
pub(super) const INVALID_OPERATION_CODE: Sense = sense(5, 0x20, 0x00);
pub(super) const LBA_OUT_OF_RANGE: Sense = sense(5, 0x21, 0x00);
pub(super) const INVALID_ADDRESS_FOR_WRITE: Sense = sense(5, 0x21, 0x02);
pub(super) const INVALID_FIELD_IN_CDB: Sense = sense(5, 0x24, 0x00);
pub(super) const INVALID_FIELD_IN_PARAMETER_LIST: Sense = sense(5, 0x26, 0x00);
pub(super) const COMMAND_SEQUENCE: Sense = sense(5, 0x2C, 0x00);
pub(super) const INCOMPATIBLE_MEDIUM: Sense = sense(5, 0x30, 0x00);
pub(super) const CANNOT_WRITE_MEDIUM: Sense = sense(5, 0x30, 0x05);
pub(super) const CANNOT_FORMAT_MEDIUM: Sense = sense(5, 0x30, 0x06);
pub(super) const MEDIUM_NOT_FORMATTED: Sense = sense(5, 0x30, 0x10);
pub(super) const SAVING_PARAMETERS_NOT_SUPPORTED: Sense = sense(5, 0x39, 0x00);
pub(super) const MEDIUM_REMOVAL_PREVENTED: Sense = sense(5, 0x53, 0x02);
pub(super) const END_OF_USER_AREA: Sense = sense(5, 0x63, 0x00);
pub(super) const ILLEGAL_MODE_FOR_THIS_TRACK: Sense = sense(5, 0x64, 0x00);
pub(super) const INCOMPLETE_TRACK_IN_SESSION: Sense = sense(5, 0x72, 0x03);
pub(super) const EMPTY_OR_PARTIAL_RESERVED_TRACK: Sense = sense(5, 0x72, 0x04);
pub(super) const NO_MORE_TRACK_RESERVATIONS: Sense = sense(5, 0x72, 0x05);

pub(super) const MEDIUM_MAY_HAVE_CHANGED: Sense = sense(6, 0x28, 0x00);
pub(super) const POWER_ON: Sense = sense(6, 0x29, 0x00);

pub(super) const BLANK_CHECK: Sense = sense(8, 0x00, 0x00);
