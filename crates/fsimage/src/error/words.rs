//! Parts of what errors say.

use std::fmt;
use std::io;

use crate::BootLoss;

pub(super) fn told(losses: &[BootLoss]) -> String {
    losses.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What can be done where there is no room.
pub(super) fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "; make room there, and run it again",
        io::ErrorKind::FileTooLarge => {
            "; its file system, or a limit of this process, takes no longer file: write to another folder"
        }
        _ => "",
    }
}

pub(super) fn what_boots(losses: &[BootLoss]) -> &'static str {
    match losses.iter().all(BootLoss::is_outdated) {
        true => "what boots would stay as it was",
        false => "what boots cannot be kept",
    }
}

pub(super) fn levels(most: u32) -> &'static str {
    match most {
        8 => "ECMA-119 6.8.2.1 allows 8. Keep deep directories in place or use Rock Ridge relocation",
        _ => "no more than 1,024 would be read again",
    }
}

pub(super) fn sessions(newest: u16) -> String {
    match newest {
        1 => "session 1 is the only one".to_owned(),
        newest => format!("the sessions are 1 to {newest}"),
    }
}

pub(super) fn in_session(newest: Option<u16>) -> String {
    newest.map_or_else(
        || ", nor in any other that can be read".to_owned(),
        |newest| format!("; session {newest} is the newest that has it"),
    )
}

pub(super) fn others(count: u64) -> impl fmt::Display {
    match count {
        0 | 1 => String::new(),
        2 => "; and 1 more change".to_owned(),
        _ => format!("; and {} more changes", count - 1),
    }
}

pub(super) fn differing(sectors: u64) -> String {
    match sectors {
        0 | 1 => " does".to_owned(),
        more => format!(" and {} more do", more - 1),
    }
}

pub(super) fn named(files: &[String]) -> String {
    const NAMED: usize = 100;
    let (named, others) = files.split_at(files.len().min(NAMED));
    match (named, others.len()) {
        ([], _) => String::new(),
        (named, 0) => format!(": {}", named.join(", ")),
        (named, others) => format!(": {}, and {others} more files", named.join(", ")),
    }
}
