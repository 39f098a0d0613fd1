//! What a drive does not tell of a medium.

use crate::command::OperationCode;
use crate::{DriveError, Sense};

/// A question about the medium that the drive refuses, or answers unusably.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The command.
    pub operation: OperationCode,
    /// The drive's answer, if it is not the reply that is unusable.
    pub sense: Option<Sense>,
    /// What is wrong with the reply; empty where there is none.
    pub problem: &'static str,
}

impl Refusal {
    /// `None` for errors of other kinds.
    pub(super) fn of(error: &DriveError) -> Option<Refusal> {
        match *error {
            DriveError::BadReply { operation, problem } => Some(Refusal { operation, sense: None, problem }),
            DriveError::NotSupported { operation, sense }
            | DriveError::MediumIncompatible { operation, sense }
            | DriveError::Failed { operation, sense } => {
                Some(Refusal { operation, sense: Some(sense), problem: "" })
            }
            _ => None,
        }
    }

    /// The error that it is for whoever cannot do without the answer.
    pub(crate) fn error(self) -> DriveError {
        let Refusal { operation, sense, problem } = self;
        match sense {
            Some(sense) => DriveError::from_sense(operation, sense, None),
            None => DriveError::BadReply { operation, problem },
        }
    }
}
