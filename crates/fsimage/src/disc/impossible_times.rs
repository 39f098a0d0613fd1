//! Times of items that are no date and time of day, or in a zone that is none.

use iso9660::rock_ridge::TimeFlags;

use super::ImageEntry;
use super::finding::{Finding, shown};
use crate::tree::FileSystem;

/// Most items of a file system that are told, each by itself; the rest is counted.
const MOST: usize = 1000;

/// What each time is called.
const NAMES: [(TimeFlags, &str); 7] = [
    (TimeFlags::CREATION, "creation"),
    (TimeFlags::MODIFY, "last modification"),
    (TimeFlags::ACCESS, "last access"),
    (TimeFlags::ATTRIBUTES, "last change of attributes"),
    (TimeFlags::BACKUP, "last backup"),
    (TimeFlags::EXPIRATION, "expiration"),
    (TimeFlags::EFFECTIVE, "effect"),
];

/// Items of one file system with times that are given, and are none, or whose zone is none (RRIP 4.1.6, ECMA-167 1/7.3).
pub(super) struct ImpossibleTimes {
    file_system: FileSystem,
    findings: Vec<Finding>,
    more: u64,
}

impl ImpossibleTimes {
    pub(super) fn new(file_system: FileSystem) -> ImpossibleTimes {
        ImpossibleTimes { file_system, findings: Vec::new(), more: 0 }
    }

    pub(super) fn take(&mut self, path: &[u8], entry: &ImageEntry) {
        let (times, offsets) = (entry.impossible_times, entry.impossible_offsets);
        if (times | offsets).is_empty() {
            return;
        }
        if self.findings.len() == MOST {
            self.more += 1;
            return;
        }
        let (structure, clause) = match self.file_system {
            FileSystem::Udf => ("the ICB", "ECMA-167 1/7.3"),
            _ => ("the TF entry", "RRIP 4.1.6"),
        };
        let mut odds = Vec::new();
        if !times.is_empty() {
            odds.push(format!("no date and time of day for {}", names(times)));
        }
        if !offsets.is_empty() {
            odds.push(format!("a zone that is none, read as UTC, for {}", names(offsets)));
        }
        let message = format!("{structure} has {} ({clause})", odds.join(", and "));
        self.findings.push(odd(Some(shown(path)), message, clause));
    }

    pub(super) fn findings(mut self) -> Vec<Finding> {
        if self.more > 0 {
            let message = format!("{} more items have such times", self.more);
            let clause = self.findings.last().and_then(|last| last.clause.clone()).unwrap_or_default();
            self.findings.push(odd(None, message, &clause));
        }
        self.findings
    }
}

/// What these times are called.
fn names(times: TimeFlags) -> String {
    let named = NAMES.into_iter().filter(|(flag, _)| times.contains(*flag));
    named.map(|(_, name)| name).collect::<Vec<_>>().join(", ")
}

fn odd(path: Option<String>, message: String, clause: &str) -> Finding {
    Finding { path, message, sectors: Vec::new(), clause: Some(clause.to_owned()), is_damage: false }
}

/// The times in UDF that are given, and are none; they are named as those of Rock Ridge.
pub(crate) fn impossible_in_udf(times: &udf::read::Times) -> TimeFlags {
    let udf::read::Times { access, modify, creation, attribute, deletion, effective, last_backup } = *times;
    [
        (Some(access), TimeFlags::ACCESS),
        (Some(modify), TimeFlags::MODIFY),
        (creation, TimeFlags::CREATION),
        (Some(attribute), TimeFlags::ATTRIBUTES),
        (deletion, TimeFlags::EXPIRATION),
        (effective, TimeFlags::EFFECTIVE),
        (last_backup, TimeFlags::BACKUP),
    ]
    .into_iter()
    .filter(|(time, _)| time.is_some_and(|time| time.is_impossible()))
    .map(|(_, flag)| flag)
    .collect()
}
