use std::fmt;
use std::sync::{Mutex, PoisonError};

use sector_io::{SECTOR_SIZE, Sector};

/// Most findings that are kept of a volume; the rest is counted.
const MOST: usize = 1000;

/// Something that deviates from the standards, and was read all the same, or left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Sector of the structure, in units of 2048 bytes whatever the volume's block size is.
    pub sector: Sector,
    /// Bytes from the start of that sector to the structure.
    pub offset: u32,
    /// The clause that is not met: of ECMA-167 when it begins with a digit, else with its standard.
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
            if clause.starts_with(|first: char| first.is_ascii_digit()) { "ECMA-167 " } else { "" };
        write!(f, "sector {sector}, byte {offset}: {message} ({standard}{clause})")
    }
}

/// Byte of the source at which a structure begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(pub(super) u64);

impl Place {
    pub(super) fn sector(self) -> Sector {
        Sector::new(u32::try_from(self.0 / SECTOR_SIZE as u64).unwrap_or(u32::MAX))
    }
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
        let offset = (place.0 % SECTOR_SIZE as u64) as u32;
        let finding = Finding {
            sector: place.sector(),
            offset,
            clause,
            message: message.to_string(),
            is_damage,
            is_copy_lost,
        };
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

    /// Forgets what was found from `len` on: an attempt that came to nothing.
    pub(super) fn truncate(&self, len: usize) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.findings.truncate(len);
    }

    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).findings.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_with_place_and_clause() {
        let findings = Findings::default();
        findings.odd(Place(20 * 2048 + 34), "4/14.4", format_args!("odd"));
        findings.damage(Place(0), "UDF 2.2.11", format_args!("gone"));
        let told: Vec<String> = findings.to_vec().iter().map(Finding::to_string).collect();
        assert_eq!(told[0], "sector 20, byte 34: odd (ECMA-167 4/14.4)");
        assert_eq!(told[1], "sector 0, byte 0: gone (UDF 2.2.11)");
    }

    #[test]
    fn their_number_is_bounded() {
        let findings = Findings::default();
        for number in 0..3 * MOST as u64 {
            findings.odd(Place(number), "4/14.4", format_args!("odd"));
            findings.odd(Place(number), "4/14.4", format_args!("odd"));
        }
        let told = findings.to_vec();
        assert_eq!(told.len(), MOST + 1);
        assert_eq!(told[MOST].message, "4001 more findings");
        assert_eq!(findings.damage_met(), (0, None));
        for _ in 0..2 {
            findings.damage(Place(7), "9.1", format_args!("gone"));
        }
        let (times, last) = findings.damage_met();
        assert_eq!((times, last.map(|last| last.message)), (2, Some("gone".to_owned())));
    }
}
