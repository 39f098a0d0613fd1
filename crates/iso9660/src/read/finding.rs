use std::fmt;
use std::sync::{Mutex, PoisonError};

use sector_io::Sector;

/// Most findings that are kept of a volume; the rest is counted.
const MOST: usize = 1000;

/// Something that deviates from the standards, and was read all the same, or left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Sector of the structure.
    pub sector: Sector,
    /// Bytes from the start of that sector to the structure.
    pub offset: u32,
    /// The clause that is not met: of ECMA-119 when it begins with a digit, else with its standard.
    pub clause: &'static str,
    /// What is wrong, and what became of it.
    pub message: String,
    /// Whether something that was recorded is lost by it.
    pub is_damage: bool,
    /// Whether one of the places is lost at which something is recorded: nothing else is while another has it.
    pub is_copy_lost: bool,
}

/// What a finding comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    Odd,
    CopyLost,
    Damage,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { sector, offset, clause, message, .. } = self;
        let standard =
            if clause.starts_with(|first: char| first.is_ascii_digit()) { "ECMA-119 " } else { "" };
        write!(f, "sector {sector}, byte {offset}: {message} ({standard}{clause})")
    }
}

/// Where a structure begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) sector: Sector,
    pub(super) offset: u32,
}

/// Collects findings from several threads.
#[derive(Debug, Default)]
pub(super) struct Findings(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    findings: Vec<Finding>,
    /// Findings that came when there was no more room, and whether one of them was damage.
    more: u64,
    more_damage: bool,
    more_copies_lost: bool,
    /// How often damage was met, and the last that was.
    damage: (u64, Option<Box<Finding>>),
}

impl Findings {
    /// A deviation that loses nothing.
    pub(super) fn odd(&self, place: Place, clause: &'static str, message: fmt::Arguments<'_>) {
        self.add(place, clause, message, Weight::Odd);
    }

    /// One of several places is lost at which something is recorded.
    pub(super) fn copy_lost(&self, place: Place, clause: &'static str, message: fmt::Arguments<'_>) {
        self.add(place, clause, message, Weight::CopyLost);
    }

    /// Something that cannot be had.
    pub(super) fn damage(&self, place: Place, clause: &'static str, message: fmt::Arguments<'_>) {
        self.add(place, clause, message, Weight::Damage);
    }

    /// The same finding, met again, is kept once.
    fn add(&self, place: Place, clause: &'static str, message: fmt::Arguments<'_>, weight: Weight) {
        let (is_damage, is_copy_lost) = (weight == Weight::Damage, weight == Weight::CopyLost);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = kept.findings.len() >= MOST;
        if is_full {
            kept.more = kept.more.saturating_add(1);
            kept.more_damage |= is_damage;
            kept.more_copies_lost |= is_copy_lost;
            if !is_damage {
                return;
            }
        }
        let Place { sector, offset } = place;
        let finding =
            Finding { sector, offset, clause, message: message.to_string(), is_damage, is_copy_lost };
        if is_damage {
            kept.damage = (kept.damage.0 + 1, Some(Box::new(finding.clone())));
        }
        if is_full {
            return;
        }
        if !kept.findings.contains(&finding) {
            kept.findings.push(finding);
        }
    }

    /// As [`Volume::damage_met`](super::Volume::damage_met).
    pub(super) fn damage_met(&self) -> (u64, Option<Finding>) {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.damage.0, kept.damage.1.as_deref().cloned())
    }

    pub(super) fn to_vec(&self) -> Vec<Finding> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut findings = kept.findings.clone();
        if let (Some(last), true) = (kept.findings.last(), kept.more > 0) {
            let message = format!("{} more findings", kept.more);
            findings.push(Finding {
                message,
                is_damage: kept.more_damage,
                is_copy_lost: kept.more_copies_lost,
                ..last.clone()
            });
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_with_place_and_clause() {
        let (sector, message) = (Sector::new(20), "odd".to_owned());
        let finding = |clause| {
            let message = message.clone();
            Finding { sector, offset: 34, clause, message, is_damage: false, is_copy_lost: false }
        };
        assert_eq!(finding("9.1").to_string(), "sector 20, byte 34: odd (ECMA-119 9.1)");
        assert_eq!(finding("SUSP 5.1").to_string(), "sector 20, byte 34: odd (SUSP 5.1)");
    }

    #[test]
    fn their_number_is_bounded() {
        let findings = Findings::default();
        for number in 0..3 * MOST as u32 {
            let place = Place { sector: Sector::new(number), offset: 0 };
            findings.odd(place, "9.1", format_args!("odd"));
            findings.odd(place, "9.1", format_args!("odd"));
        }
        let told = findings.to_vec();
        assert_eq!(told.len(), MOST + 1);
        assert_eq!(told[MOST - 1].sector, Sector::new(MOST as u32 - 1));
        assert_eq!(told[MOST].message, "4001 more findings");
        assert_eq!(findings.damage_met(), (0, None));
        for _ in 0..2 {
            findings.damage(Place { sector: Sector::new(7), offset: 0 }, "9.1", format_args!("gone"));
        }
        let (times, last) = findings.damage_met();
        assert_eq!((times, last.map(|last| last.message)), (2, Some("gone".to_owned())));
    }
}
