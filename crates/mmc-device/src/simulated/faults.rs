//! The faults a test can make the drive show.

use crate::Sense;

/// One thing that goes wrong. Faults belong to the drive, not to the medium: they end with
/// [`SimulatedDrive::clear_faults`](super::SimulatedDrive::clear_faults) or with the drive, except where
/// they leave marks on the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// A sector that cannot be written: each WRITE that reaches it records the sectors before it and ends
    /// with 3/0C/00, the INFORMATION field naming it.
    WriteError {
        /// The sector.
        lba: u32,
    },
    /// A sector that cannot be read: 3/11/05, the INFORMATION field naming it.
    ReadError {
        /// The sector.
        lba: u32,
    },
    /// The buffer is full: the next `times` WRITEs record nothing and end with 2/04/08. READ BUFFER
    /// CAPACITY reports a full buffer meanwhile.
    LongWriteInProgress {
        /// How often.
        times: u32,
    },
    /// The next WRITE ends with 3/0C/09 and records nothing.
    LossOfStreaming,
    /// After this many more sectors have been written, the next command finds a unit attention condition.
    UnitAttention {
        /// Sectors until then.
        after_sectors: u64,
        /// Additional sense code, for instance 28h or 29h.
        asc: u8,
        /// Its qualifier.
        ascq: u8,
    },
    /// The drive loses power as soon as this many more sectors have been written; it answers nothing more
    /// ([`TransportError::DeviceGone`](crate::TransportError::DeviceGone)). On write-once media the open
    /// track stays damaged: no next writable address until it is repaired or closed.
    PowerCut {
        /// Sectors until then. 0: at the next command.
        after_sectors: u64,
    },
    /// Someone takes the medium out as soon as this many more sectors have been written: 2/3A/02 from then
    /// on, and a track left as by a power cut.
    MediumRemoved {
        /// Sectors until then. 0: at the next command.
        after_sectors: u64,
    },
    /// A command that ends with this sense data instead of being carried out: absent commands (5/20/00),
    /// late readiness (2/04/01), busy CLOSE (2/04/07), refused streaming (5/21/00) and the like.
    Refuse {
        /// Operation code, byte 0 of the CDB.
        operation_code: u8,
        /// Sense key.
        key: u8,
        /// Additional sense code.
        asc: u8,
        /// Its qualifier.
        ascq: u8,
        /// How often; `None`: always.
        times: Option<u32>,
    },
    /// SYNCHRONIZE CACHE with the Immed bit set is refused: 5/24/00.
    ImmediateSynchronizeRefused,
    /// The next `times` commands that need the medium end with 2/04/01, becoming ready.
    NotReady {
        /// How often.
        times: u32,
    },
    /// TEST UNIT READY says ready, but the next `times` READ DISC INFORMATION, READ TRACK INFORMATION
    /// and CLOSE TRACK SESSION commands end with 2/04/07.
    ReadyTooEarly {
        /// How often.
        times: u32,
    },
    /// The WRITE that covers this sector ends well although the sector is not recorded; the command after
    /// it ends with deferred sense data 3/0C/00 (response code 71h) naming the sector. Acts once.
    DeferredWriteError {
        /// The sector.
        lba: u32,
    },
    /// One bit of this sector flips, now if it is recorded, and whenever it is written later. Nothing but
    /// a comparison finds it. The medium keeps the damage.
    SilentCorruption {
        /// The sector.
        lba: u32,
    },
    /// READ CAPACITY reports this last address.
    LyingCapacity {
        /// What is reported.
        last_lba: u32,
    },
    /// Replies to this command end after so many bytes, whatever their length field says.
    ShortReply {
        /// Operation code, byte 0 of the CDB.
        operation_code: u8,
        /// Bytes delivered at most.
        len: usize,
    },
    /// The medium, or its cartridge, is write protected: whatever would change it ends with 7/27/00.
    WriteProtected,
    /// The drive does not answer this command in the time it is given
    /// ([`TransportError::Timeout`](crate::TransportError::Timeout)).
    Hang {
        /// Operation code, byte 0 of the CDB.
        operation_code: u8,
        /// How often; `None`: always.
        times: Option<u32>,
    },
    /// The next `times` TEST UNIT READY end with 2/3A/01, although there is a medium: the drive has not noticed it.
    MediumNoticedLate {
        /// How often.
        times: u32,
    },
    /// Long operations give no progress indication.
    NoProgress,
    /// Long operations stay at 1 % until they end.
    StuckProgress,
    /// Long operations go on behind their command even without the Immed bit.
    ImpliedImmediate,
    /// The drive has no certification: the bits for it are clear, and sub-types that ask for it end with 5/26/00.
    NoCertification,
    /// What is written as a stream in other parts than whole 64 KiB comes out wrong.
    StreamWantsClusters,
    /// Page 2Ah says speeds of zero.
    ZeroSpeeds,
    /// GET EVENT STATUS NOTIFICATION reports a new medium whenever it is asked.
    EndlessEvents,
    /// The incremental streaming feature names a link size that no medium has.
    BogusLinkSize,
    /// The length that the reply to this command says of itself, in its first two bytes.
    LyingLength {
        /// Operation code, byte 0 of the CDB.
        operation_code: u8,
        /// What is said.
        len: u16,
    },
    /// The way to the drive claims to have transferred all that was asked for, as some bridges do.
    FullTransfersClaimed,
    /// READ BUFFER CAPACITY reports more free bytes than the buffer has.
    BufferCapacityNonsense,
    /// READ TRACK INFORMATION gives −150 as next writable address of a blank CD.
    PregapAsNextWritable,
    /// READ TRACK INFORMATION gives no valid next writable address on CD until MODE SELECT has sent page 05.
    NextWritableNeedsMode,
}

/// The faults in force.
#[derive(Debug, Default)]
pub(super) struct Faults {
    list: Vec<Fault>,
}

/// What a WRITE of `[start, start + len)` is about to suffer, beyond sense data alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interruption {
    PowerCut,
    MediumRemoved,
    Attention(Sense),
    BadSector,
}

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        self.list.push(fault);
    }

    pub(super) fn clear(&mut self) {
        self.list.clear();
    }

    /// Sense data that takes the place of carrying out `operation_code`.
    pub(super) fn refusal(&mut self, operation_code: u8, needs_medium: bool) -> Option<Sense> {
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
                Fault::LongWriteInProgress { times } if matches!(operation_code, 0x2A | 0xAA | 0x2E) => {
                    sense = Some(Sense { key: 2, asc: 0x04, ascq: 0x08, ..Sense::default() });
                    times
                }
                Fault::LossOfStreaming if matches!(operation_code, 0x2A | 0xAA | 0x2E) => {
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

    /// How many of the next `len` sectors from `start` get written, and what happens then.
    pub(super) fn interruption(&mut self, start: u32, len: u32) -> (u32, Option<Interruption>) {
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
                    (len, Interruption::Attention(Sense { key: 6, asc, ascq, ..Sense::default() }))
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
            _ => true,
        });
        (written, event)
    }

    /// A power cut or removal that is due, whatever the command.
    pub(super) fn due(&mut self) -> Option<Interruption> {
        let due = |fault: &Fault| match fault {
            Fault::PowerCut { after_sectors: 0 } => Some(Interruption::PowerCut),
            Fault::MediumRemoved { after_sectors: 0 } => Some(Interruption::MediumRemoved),
            _ => None,
        };
        let index = self.list.iter().position(|fault| due(fault).is_some())?;
        due(&self.list.remove(index))
    }

    /// Takes a deferred write error inside the given sectors.
    pub(super) fn take_deferred(&mut self, start: u32, len: u32) -> Option<u32> {
        let hit = |fault: &Fault| match *fault {
            Fault::DeferredWriteError { lba } if lba >= start && lba - start < len => Some(lba),
            _ => None,
        };
        let index = self.list.iter().position(|fault| hit(fault).is_some())?;
        hit(&self.list.remove(index))
    }

    /// Sectors among the given ones that come out wrong.
    pub(super) fn corrupted(&self, start: u32, len: u32) -> impl Iterator<Item = u32> + '_ {
        self.list.iter().filter_map(move |fault| match *fault {
            Fault::SilentCorruption { lba } if lba >= start && lba - start < len => Some(lba),
            _ => None,
        })
    }

    /// The first unreadable one among the given sectors.
    pub(super) fn read_error(&self, start: u32, len: u32) -> Option<u32> {
        let bad = |fault: &Fault| match *fault {
            Fault::ReadError { lba } if lba >= start && lba - start < len => Some(lba),
            _ => None,
        };
        self.list.iter().filter_map(bad).min()
    }

    pub(super) fn capacity(&self) -> Option<u32> {
        self.list.iter().rev().find_map(|fault| match *fault {
            Fault::LyingCapacity { last_lba } => Some(last_lba),
            _ => None,
        })
    }

    pub(super) fn reply_limit(&self, operation_code: u8) -> Option<usize> {
        let limit = |fault: &Fault| match *fault {
            Fault::ShortReply { operation_code: code, len } if code == operation_code => Some(len),
            _ => None,
        };
        self.list.iter().filter_map(limit).min()
    }

    /// The drive does not answer this command.
    pub(super) fn hangs(&mut self, operation_code: u8) -> bool {
        let hit = |fault: &Fault| matches!(fault, Fault::Hang { operation_code: code, times } if *code == operation_code && *times != Some(0));
        let Some(index) = self.list.iter().position(hit) else { return false };
        if let Some(Fault::Hang { times: Some(times), .. }) = self.list.get_mut(index) {
            *times -= 1;
        }
        true
    }

    pub(super) fn announced_len(&self, operation_code: u8) -> Option<u16> {
        self.list.iter().rev().find_map(|fault| match *fault {
            Fault::LyingLength { operation_code: code, len } if code == operation_code => Some(len),
            _ => None,
        })
    }

    pub(super) fn buffer_is_full(&self) -> bool {
        self.list.iter().any(|fault| matches!(fault, Fault::LongWriteInProgress { times } if *times > 0))
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.list.contains(&fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_refusals_run_out() {
        let mut faults = Faults::default();
        faults.add(Fault::Refuse { operation_code: 0x53, key: 5, asc: 0x20, ascq: 0, times: Some(2) });
        assert!(faults.refusal(0x52, true).is_none());
        assert_eq!(faults.refusal(0x53, true).map(|sense| sense.asc), Some(0x20));
        assert_eq!(faults.refusal(0x53, true).map(|sense| sense.asc), Some(0x20));
        assert!(faults.refusal(0x53, true).is_none());
        assert!(faults.list.is_empty());
    }

    #[test]
    fn zero_times_is_never() {
        let mut faults = Faults::default();
        faults.add(Fault::LongWriteInProgress { times: 0 });
        assert!(faults.refusal(0x2A, true).is_none());
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
