//! Exit status.

use std::process::ExitCode;

use fsimage::{Blame, Error};

/// How the command ended. The numbers are part of the command's interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Done, with findings: differences or violations.
    Findings = 1,
    /// The request cannot be carried out as put. Also the status of a wrong command line.
    Caller = 2,
    /// A source failed or changed.
    Source = 3,
    /// An image is damaged or cannot be read.
    Image = 4,
    /// The medium is full, closed, unsuitable or worn.
    Medium = 5,
    /// The drive failed.
    Drive = 6,
    /// Not supported.
    Unsupported = 7,
    /// The output could not be written.
    Output = 8,
    /// Cancelled; what shells give for a program ended by an interrupt.
    Cancelled = 130,
}

impl From<&Error> for Exit {
    fn from(error: &Error) -> Exit {
        match error.blame() {
            Blame::Caller => Exit::Caller,
            Blame::Source => Exit::Source,
            Blame::Image => Exit::Image,
            Blame::Output => Exit::Output,
            Blame::Medium => Exit::Medium,
            Blame::Drive => Exit::Drive,
            Blame::Unsupported => Exit::Unsupported,
            Blame::Cancelled => Exit::Cancelled,
            // Groups that a later facade may add concern the request.
            _ => Exit::Caller,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
