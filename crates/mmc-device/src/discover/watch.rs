use std::io;

use super::{FoundDrive, drives};

/// A drive that came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriveChange {
    /// It was not there before.
    Added(FoundDrive),
    /// It is not there any more, or another is under its name, which is told next.
    Removed(FoundDrive),
}

/// The drives of this machine as they were when somebody looked. The system tells of no change by itself: it is asked,
/// as often as the caller likes. That touches no drive.
#[derive(Clone, Debug)]
pub struct DriveWatch {
    known: Vec<FoundDrive>,
}

impl DriveWatch {
    /// Looks for the first time.
    ///
    /// # Errors
    /// As [`drives`].
    pub fn new() -> io::Result<DriveWatch> {
        drives().map(|known| DriveWatch { known })
    }

    /// The drives as they were found last.
    #[must_use]
    pub fn drives(&self) -> &[FoundDrive] {
        &self.known
    }

    /// Looks again, and tells what has changed since it was looked before: first what went, then what came.
    ///
    /// # Errors
    /// As [`drives`]. What changed is told by the next call that has none.
    pub fn changes(&mut self) -> io::Result<Vec<DriveChange>> {
        drives().map(|now| self.take(now))
    }

    fn take(&mut self, now: Vec<FoundDrive>) -> Vec<DriveChange> {
        let before = std::mem::replace(&mut self.known, now);
        let added =
            self.known.iter().filter(|drive| !before.contains(drive)).cloned().map(DriveChange::Added);
        let removed = before.iter().filter(|drive| !self.known.contains(drive)).cloned();
        removed.map(DriveChange::Removed).chain(added).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drives_that_come_and_go() {
        let drive = |path: &str, model: &str| FoundDrive {
            path: path.into(),
            vendor: "HL-DT-ST".to_owned(),
            model: model.to_owned(),
            revision: "1.00".to_owned(),
        };
        let (first, second, other) =
            (drive("/dev/sr0", "BH16NS40"), drive("/dev/sr1", "GH24"), drive("/dev/sr0", "GP60"));
        let mut watch = DriveWatch { known: vec![first.clone()] };
        assert_eq!(watch.take(vec![first.clone()]), []);
        let came = watch.take(vec![first.clone(), second.clone()]);
        assert_eq!(came, [DriveChange::Added(second.clone())]);
        assert_eq!(watch.drives(), [first.clone(), second.clone()]);
        let changed = watch.take(vec![other.clone(), second.clone()]);
        assert_eq!(changed, [DriveChange::Removed(first), DriveChange::Added(other.clone())]);
        assert_eq!(watch.take(Vec::new()), [DriveChange::Removed(other), DriveChange::Removed(second)]);
    }

    #[test]
    fn this_machine_is_looked_at() {
        let mut watch = DriveWatch::new().unwrap();
        assert_eq!(watch.drives(), drives().unwrap());
        assert_eq!(watch.changes().unwrap(), []);
    }
}
