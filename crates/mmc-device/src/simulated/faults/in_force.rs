//! The faults in force, and what they make of a command.

use std::time::Duration;

use crate::Sense;
use crate::simulated::Fault;
use crate::simulated::decode::{Block, be16};

const READ_TOC: u8 = 0x43;
const MODE_SENSE_10: u8 = 0x5A;
const READ_BUFFER_CAPACITY: u8 = 0x5C;
const READ_DISC_STRUCTURE: u8 = 0xAD;
/// WRITE(10), WRITE AND VERIFY(10), WRITE(12).
const WRITES: [u8; 3] = [0x2A, 0x2E, 0xAA];

/// The faults in force.
#[derive(Debug, Default)]
pub(in crate::simulated) struct Faults {
    list: Vec<Fault>,
    /// Nothing is answered any more.
    locked: bool,
}

/// What a WRITE of `[start, start + len)` is about to suffer, beyond sense data alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulated) enum Interruption {
    PowerCut,
    MediumRemoved,
    Attention(Sense),
    BadSector,
}

/// Sectors that come out otherwise than the command's end says.
#[derive(Debug, Default)]
pub(in crate::simulated) struct Marks {
    /// Is not recorded, which a later command tells.
    pub(in crate::simulated) lost: Option<u32>,
    /// Come out wrong, which nobody tells.
    pub(in crate::simulated) corrupted: Vec<u32>,
}

impl Marks {
    /// Does so to sectors of a CD as they are kept, of which the first is `first`.
    pub(in crate::simulated) fn apply<const N: usize>(&self, first: i32, sectors: &mut [[u8; N]]) {
        let place = |lba: u32| usize::try_from(i64::from(lba) - i64::from(first)).ok();
        for lba in self.corrupted.iter().chain(&self.lost).copied() {
            if let Some(sector) = place(lba).and_then(|index| sectors.get_mut(index)) {
                sector[1024] ^= 0x10;
            }
        }
    }
}

impl Faults {
    pub(in crate::simulated) fn add(&mut self, fault: Fault) {
        self.list.push(fault);
    }

    pub(in crate::simulated) fn clear(&mut self) {
        *self = Faults::default();
    }

    /// Sense data that takes the place of carrying out a command.
    pub(in crate::simulated) fn refusal(&mut self, block: &Block, needs_medium: bool) -> Option<Sense> {
        let operation_code = block[0];
        let mut sense = None;
        self.list.retain_mut(|fault| {
            if sense.is_some() {
                return true;
            }
            let counter = match fault {
                Fault::Refuse { operation_code: code, key, asc, ascq, times } if *code == operation_code => {
                    sense = Some(Sense { key: *key, asc: *asc, ascq: *ascq, ..Sense::default() });
                    match times {
                        Some(times) => times,
                        None => return true,
                    }
                }
                Fault::RefuseVariant { operation_code: code, byte, value, key, asc, ascq, times }
                    if *code == operation_code && block.get(usize::from(*byte)) == Some(value) =>
                {
                    sense = Some(Sense { key: *key, asc: *asc, ascq: *ascq, ..Sense::default() });
                    match times {
                        Some(times) => times,
                        None => return true,
                    }
                }
                Fault::NotReady { times } if needs_medium => {
                    sense = Some(Sense { key: 2, asc: 0x04, ascq: 0x01, ..Sense::default() });
                    times
                }
                Fault::WriteProtected
                    if matches!(operation_code, 0x04 | 0x2A | 0x2E | 0x53 | 0xA1 | 0xAA) =>
                {
                    sense = Some(Sense { key: 7, asc: 0x27, ascq: 0x00, ..Sense::default() });
                    return true;
                }
                Fault::MediumNoticedLate { times } if operation_code == 0x00 => {
                    sense = Some(Sense { key: 2, asc: 0x3A, ascq: 0x01, ..Sense::default() });
                    times
                }
                Fault::ReadyTooEarly { times } if matches!(operation_code, 0x51 | 0x52 | 0x5B) => {
                    sense = Some(Sense { key: 2, asc: 0x04, ascq: 0x07, ..Sense::default() });
                    times
                }
                Fault::LongWriteInProgress { times } if WRITES.contains(&operation_code) => {
                    sense = Some(Sense { key: 2, asc: 0x04, ascq: 0x08, ..Sense::default() });
                    times
                }
                Fault::LossOfStreaming if WRITES.contains(&operation_code) => {
                    sense = Some(Sense { key: 3, asc: 0x0C, ascq: 0x09, ..Sense::default() });
                    return false;
                }
                _ => return true,
            };
            if *counter == 0 {
                sense = None;
                return false;
            }
            *counter -= 1;
            *counter > 0
        });
        sense
    }

    /// What a command that was carried out had to recover from.
    pub(in crate::simulated) fn recovered(&mut self, operation_code: u8) -> Option<Sense> {
        self.list.iter_mut().find_map(|fault| match fault {
            Fault::Recovered { operation_code: code, asc, ascq, times }
                if *code == operation_code && *times != Some(0) =>
            {
                if let Some(times) = times {
                    *times -= 1;
                }
                Some(Sense { key: 1, asc: *asc, ascq: *ascq, ..Sense::default() })
            }
            _ => None,
        })
    }

    /// What a command that was carried out comes to later.
    pub(in crate::simulated) fn deferred(&mut self, operation_code: u8) -> Option<Sense> {
        let acts = |fault: &Fault| matches!(fault, Fault::Deferred { operation_code: code, .. } if *code == operation_code);
        match self.list.remove(self.list.iter().position(acts)?) {
            Fault::Deferred { key, asc, ascq, .. } => {
                Some(Sense { deferred: true, key, asc, ascq, ..Sense::default() })
            }
            _ => None,
        }
    }

    /// How many of the next `len` sectors from `start` get written, and what happens then.
    pub(in crate::simulated) fn interruption(&mut self, start: u32, len: u32) -> (u32, Option<Interruption>) {
        let mut written = len;
        let mut event = None;
        for fault in &self.list {
            let (reach, what) = match *fault {
                Fault::WriteError { lba } if lba >= start && lba - start < len => {
                    (lba - start, Interruption::BadSector)
                }
                Fault::PowerCut { after_sectors } if after_sectors < u64::from(len) => {
                    (after_sectors as u32, Interruption::PowerCut)
                }
                Fault::MediumRemoved { after_sectors } if after_sectors < u64::from(len) => {
                    (after_sectors as u32, Interruption::MediumRemoved)
                }
                Fault::UnitAttention { after_sectors, asc, ascq } if after_sectors <= u64::from(len) => {
                    // The attention waits for the next command: this WRITE is carried out whole.
                    (len, attention(asc, ascq))
                }
                _ => continue,
            };
            if reach < written || event.is_none() {
                written = reach;
                event = Some(what);
            }
        }
        self.list.retain_mut(|fault| match fault {
            Fault::PowerCut { after_sectors } => {
                *after_sectors = after_sectors.saturating_sub(u64::from(written));
                event != Some(Interruption::PowerCut)
            }
            Fault::MediumRemoved { after_sectors } => {
                *after_sectors = after_sectors.saturating_sub(u64::from(written));
                event != Some(Interruption::MediumRemoved)
            }
            Fault::UnitAttention { after_sectors, .. } => {
                *after_sectors = after_sectors.saturating_sub(u64::from(written));
                !matches!(event, Some(Interruption::Attention(_)))
            }
            Fault::EarlyBufferQuestion { sectors } => {
                *sectors = sectors.saturating_sub(written);
                *sectors > 0
            }
            _ => true,
        });
        (written, event)
    }

    /// A power cut, a removal or a unit attention that is due, whatever the command.
    pub(in crate::simulated) fn due(&mut self) -> Option<Interruption> {
        let due = |fault: &Fault| match *fault {
            Fault::PowerCut { after_sectors: 0 } => Some(Interruption::PowerCut),
            Fault::MediumRemoved { after_sectors: 0 } => Some(Interruption::MediumRemoved),
            Fault::UnitAttention { after_sectors: 0, asc, ascq } => Some(attention(asc, ascq)),
            _ => None,
        };
        let index = self.list.iter().position(|fault| due(fault).is_some())?;
        due(&self.list.remove(index))
    }

    /// Whether the power goes within this command.
    pub(in crate::simulated) fn cut_within(&mut self, operation_code: u8) -> bool {
        let index = self.list.iter().position(|fault| *fault == Fault::PowerCutWithin { operation_code });
        index.map(|index| self.list.remove(index)).is_some()
    }

    /// What happens to the given sectors besides; a deferred write error among them acts once.
    pub(in crate::simulated) fn marks(&mut self, start: u32, len: u32) -> Marks {
        Marks { lost: self.take_deferred(start, len), corrupted: self.corrupted(start, len).collect() }
    }

    fn take_deferred(&mut self, start: u32, len: u32) -> Option<u32> {
        let hit = |fault: &Fault| match *fault {
            Fault::DeferredWriteError { lba } if lba >= start && lba - start < len => Some(lba),
            _ => None,
        };
        let index = self.list.iter().position(|fault| hit(fault).is_some())?;
        hit(&self.list.remove(index))
    }

    fn corrupted(&self, start: u32, len: u32) -> impl Iterator<Item = u32> + '_ {
        self.list.iter().filter_map(move |fault| match *fault {
            Fault::SilentCorruption { lba } if lba >= start && lba - start < len => Some(lba),
            _ => None,
        })
    }

    /// The first unreadable one among the given sectors.
    pub(in crate::simulated) fn read_error(&self, start: u32, len: u32) -> Option<u32> {
        let bad = |fault: &Fault| match *fault {
            Fault::ReadError { lba } if lba >= start && lba - start < len => Some(lba),
            _ => None,
        };
        self.list.iter().filter_map(bad).min()
    }

    pub(in crate::simulated) fn capacity(&self) -> Option<u32> {
        self.list.iter().rev().find_map(|fault| match *fault {
            Fault::LyingCapacity { last_lba } => Some(last_lba),
            _ => None,
        })
    }

    pub(in crate::simulated) fn reply_limit(&self, operation_code: u8) -> Option<usize> {
        let limit = |fault: &Fault| match *fault {
            Fault::ShortReply { operation_code: code, len } if code == operation_code => Some(len),
            _ => None,
        };
        self.list.iter().filter_map(limit).min()
    }

    /// The drive does not answer this command in the time it is given.
    pub(in crate::simulated) fn hangs(&mut self, block: &Block, timeout: Duration, cd: bool) -> bool {
        let code = block[0];
        if code == READ_DISC_STRUCTURE && cd && self.has(Fault::DiscStructureLocks) {
            self.locked = true;
        }
        let asked_early = |fault: &Fault| matches!(fault, Fault::EarlyBufferQuestion { .. });
        if code == READ_BUFFER_CAPACITY && self.list.iter().any(asked_early) {
            self.list.retain(|fault| !asked_early(fault));
            self.list.extend(WRITES.map(|operation_code| Fault::Hang { operation_code, times: None }));
        }
        let hit = |fault: &Fault| match *fault {
            Fault::Hang { operation_code, times } => operation_code == code && times != Some(0),
            Fault::Slow { operation_code, seconds } => {
                operation_code == code && timeout < Duration::from_secs(seconds.into())
            }
            Fault::FakeCd if cd => match code {
                READ_TOC => matches!(block[2] & 0x0F, 2 | 4),
                MODE_SENSE_10 => be16(block, 7) < 30,
                _ => false,
            },
            _ => false,
        };
        let Some(index) = self.list.iter().position(hit) else { return self.locked };
        if let Some(Fault::Hang { times: Some(times), .. }) = self.list.get_mut(index) {
            *times -= 1;
        }
        true
    }

    /// START STOP UNIT: whether the tray has to wait for a start. One that is waited for mends it.
    pub(in crate::simulated) fn keeps_tray(&mut self, immediate: bool, action: u8) -> bool {
        if action == 0x01 && !immediate {
            self.list.retain(|fault| *fault != Fault::EjectWantsStart);
        }
        action == 0x02 && self.has(Fault::EjectWantsStart)
    }

    pub(in crate::simulated) fn announced_len(&self, operation_code: u8) -> Option<u16> {
        self.list.iter().rev().find_map(|fault| match *fault {
            Fault::LyingLength { operation_code: code, len } if code == operation_code => Some(len),
            _ => None,
        })
    }

    /// Puts false fields into a reply.
    pub(in crate::simulated) fn falsify(&self, operation_code: u8, reply: &mut [u8]) {
        for fault in &self.list {
            if let Fault::LyingField { operation_code: code, offset, value } = *fault
                && code == operation_code
                && let Some(field) = reply.get_mut(offset.into()..).and_then(<[u8]>::first_chunk_mut)
            {
                *field = value.to_be_bytes();
            }
        }
    }

    pub(in crate::simulated) fn buffer_is_full(&self) -> bool {
        self.list.iter().any(|fault| matches!(fault, Fault::LongWriteInProgress { times } if *times > 0))
    }

    pub(in crate::simulated) fn has(&self, fault: Fault) -> bool {
        self.list.contains(&fault)
    }
}

fn attention(asc: u8, ascq: u8) -> Interruption {
    Interruption::Attention(Sense { key: 6, asc, ascq, ..Sense::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(operation_code: u8) -> Block {
        let mut block = [0; 16];
        block[0] = operation_code;
        block
    }

    #[test]
    fn counted_refusals_run_out() {
        let mut faults = Faults::default();
        faults.add(Fault::Refuse { operation_code: 0x53, key: 5, asc: 0x20, ascq: 0, times: Some(2) });
        assert!(faults.refusal(&block(0x52), true).is_none());
        assert_eq!(faults.refusal(&block(0x53), true).map(|sense| sense.asc), Some(0x20));
        assert_eq!(faults.refusal(&block(0x53), true).map(|sense| sense.asc), Some(0x20));
        assert!(faults.refusal(&block(0x53), true).is_none());
        assert!(faults.list.is_empty());
    }

    #[test]
    fn zero_times_is_never() {
        let mut faults = Faults::default();
        faults.add(Fault::LongWriteInProgress { times: 0 });
        assert!(faults.refusal(&block(0x2A), true).is_none());
        assert!(!faults.buffer_is_full());
    }

    #[test]
    fn the_nearest_interruption_wins() {
        let mut faults = Faults::default();
        faults.add(Fault::PowerCut { after_sectors: 40 });
        faults.add(Fault::WriteError { lba: 105 });
        assert_eq!(faults.interruption(100, 16), (5, Some(Interruption::BadSector)));
        // Five sectors have gone; 35 remain until the lights go out.
        assert_eq!(faults.interruption(200, 35), (35, None));
        assert_eq!(faults.interruption(235, 16), (0, Some(Interruption::PowerCut)));
    }

    #[test]
    fn deferred_errors_act_once() {
        let mut faults = Faults::default();
        faults.add(Fault::DeferredWriteError { lba: 7 });
        assert_eq!(faults.take_deferred(0, 7), None);
        assert_eq!(faults.take_deferred(0, 8), Some(7));
        assert_eq!(faults.take_deferred(0, 8), None);
    }
}
