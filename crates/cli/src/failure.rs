//! What ends a command early.

use std::io;

use fsimage::{ClosedTracks, Error, ReturnValue};
use serde::Serialize;

use crate::Exit;
use crate::printable::printable;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The facade says so.
    Facade(Error),
    /// The same, behind what was closed of a session that was left open, which the error tells.
    BehindClosing(Error, Box<ClosedTracks>),
    /// Standard output cannot be written.
    Output(io::Error),
    /// The reader of standard output has seen enough, and went away.
    Closed,
    /// The command line is none that the command knows.
    Usage(String),
}

/// An error for machines.
#[derive(Serialize)]
struct Described<'a> {
    error: &'a str,
    exit: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    imapi2: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    imapi2_number: Option<String>,
    /// What was not read back as recorded.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    files: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_tracks: Option<&'a ClosedTracks>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_value: Option<u32>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        match error {
            Error::OutputWrite { path, source } if path.as_os_str() == STDOUT => source.into(),
            error => Failure::Facade(error),
        }
    }
}

/// What errors of the facade call standard output, where it is given to it.
pub(crate) const STDOUT: &str = "standard output";

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::Output(error),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        io::Error::from(error).into()
    }
}

impl Failure {
    /// A request that cannot be carried out as put.
    pub(crate) fn argument(argument: impl Into<String>, reason: impl Into<String>) -> Failure {
        Failure::Facade(Error::InvalidArgument { argument: argument.into(), reason: reason.into() })
    }

    /// The failure of a command that had closed this before.
    pub(crate) fn behind_closing(self, closed: Option<ClosedTracks>) -> Failure {
        match (self, closed) {
            (Failure::Facade(error), Some(closed)) => {
                Failure::BehindClosing(closed.told_with(error), Box::new(closed))
            }
            (failure, _) => failure,
        }
    }

    /// What the facade says.
    fn facade(&self) -> Option<&Error> {
        match self {
            Failure::Facade(error) | Failure::BehindClosing(error, _) => Some(error),
            _ => None,
        }
    }

    /// Where all of the output is needed, a reader that went away is an error.
    pub(crate) fn incomplete(self) -> Failure {
        match self {
            Failure::Closed => Failure::Output(io::ErrorKind::BrokenPipe.into()),
            failure => failure,
        }
    }

    /// The exit status.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Failure::Facade(error) | Failure::BehindClosing(error, _) => Exit::from(error),
            Failure::Output(_) => Exit::Output,
            // As with head(1): nothing is wrong with ending early.
            Failure::Closed => Exit::Done,
            Failure::Usage(_) => Exit::Caller,
        }
    }

    /// The line for standard error; `None` if there is nothing to say.
    pub(crate) fn line(&self, json: bool) -> Option<String> {
        let facade = self.facade();
        let (text, imapi2) = match self {
            Failure::Facade(error) | Failure::BehindClosing(error, _) => {
                (error.to_string(), Some(error.imapi2()))
            }
            Failure::Output(error) => (format!("cannot write {STDOUT}: {error}"), None),
            Failure::Closed => return None,
            Failure::Usage(text) => (text.clone(), None),
        };
        if !json {
            return Some(format!("fsimage: {}", printable(&text)));
        }
        let described = Described {
            error: &text,
            exit: self.exit() as u8,
            imapi2: imapi2.map(|code| code.name),
            imapi2_number: imapi2.map(|code| format!("0x{:08X}", code.number)),
            files: facade.map_or(&[], differing),
            closed_tracks: match self {
                Failure::BehindClosing(_, closed) => Some(closed),
                _ => None,
            },
            return_value: match self {
                Failure::Usage(_) => Some(ReturnValue::InvalidParameter.number()),
                _ => facade.map(|error| ReturnValue::from(error).number()),
            },
        };
        serde_json::to_string(&described).ok().or(Some(text))
    }
}

/// The files that were not read back as recorded.
fn differing(error: &Error) -> &[String] {
    match error {
        Error::VerifyFailed { files, .. } => files,
        Error::Recording { source, .. } => differing(source),
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn for_people_and_machines() {
        let failure = Failure::argument("--exclude", "no glob");
        assert_eq!(failure.line(false).unwrap(), "fsimage: --exclude: no glob");
        let json: serde_json::Value = serde_json::from_str(&failure.line(true).unwrap()).unwrap();
        assert_eq!(json["exit"], 2);
        assert_eq!(json["imapi2"], "IMAPI_E_INVALID_PARAM");
        assert_eq!(json["return_value"], 32773);
    }

    #[test]
    fn a_closed_pipe_is_no_error() {
        let closed = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((closed.exit(), closed.line(false)), (Exit::Done, None));
        assert_eq!(closed.incomplete().exit(), Exit::Output);
        let full = Failure::from(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(full.exit(), Exit::Output);
    }
}
