//! The faults a test can make the drive show.

mod in_force;
mod text;

pub(super) use in_force::{Faults, Interruption, Marks};

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
    /// The drive loses power within this command, BLANK (A1h) or FORMAT UNIT (04h), which is not brought to its end. What
    /// was on the medium is gone. A DVD+RW has a suspended format; a DVD-RAM and a BD-RE are not formatted; a CD-RW or
    /// DVD-RW looks blank, but takes data (3/31/00) only after another BLANK or FORMAT UNIT; a BD-R is blank.
    PowerCutWithin {
        /// Operation code, byte 0 of the CDB.
        operation_code: u8,
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
    /// Four bytes of the replies to this command say so, where the reply is long enough: another next writable address
    /// (52h, from byte 12), another last address.
    LyingField {
        /// Operation code, byte 0 of the CDB.
        operation_code: u8,
        /// The first of the four bytes.
        offset: u8,
        /// What they say, big-endian.
        value: u32,
    },
    /// The way to the drive claims to have transferred all that was asked for, as some bridges do.
    FullTransfersClaimed,
    /// READ BUFFER CAPACITY reports more free bytes than the buffer has.
    BufferCapacityNonsense,
    /// READ TRACK INFORMATION gives −150 as next writable address of a blank CD.
    PregapAsNextWritable,
    /// READ TRACK INFORMATION gives no valid next writable address on CD until MODE SELECT has sent page 05.
    NextWritableNeedsMode,
    /// As [`Refuse`](Fault::Refuse), where one byte of the CDB has this value: a function of CLOSE TRACK SESSION (byte
    /// 2), a format of READ DISC STRUCTURE (byte 7), a form of READ CD (byte 9).
    RefuseVariant {
        /// Operation code, byte 0 of the CDB.
        operation_code: u8,
        /// Which byte, from 0 on.
        byte: u8,
        /// Its value.
        value: u8,
        /// Sense key.
        key: u8,
        /// Additional sense code.
        asc: u8,
        /// Its qualifier.
        ascq: u8,
        /// How often; `None`: always.
        times: Option<u32>,
    },
    /// The command takes so long. A host that gives it less time gets no answer
    /// ([`TransportError::Timeout`](crate::TransportError::Timeout)).
    Slow {
        /// Operation code, byte 0 of the CDB.
        operation_code: u8,
        /// Seconds.
        seconds: u32,
    },
    /// A READ BUFFER CAPACITY before so many more sectors have been written confuses the drive: no WRITE is answered
    /// any more.
    EarlyBufferQuestion {
        /// Sectors until the question does no harm.
        sectors: u32,
    },
    /// The tray does not open (5/2C/00) until a START STOP UNIT without the Immed bit has started the medium.
    EjectWantsStart,
    /// READ DISC STRUCTURE with a CD in the drive: nothing is answered any more.
    DiscStructureLocks,
    /// A DVD+RW that was formatted before takes another FORMAT UNIT only with the Restart bit (5/26/00).
    FormatWantsRestart,
    /// Page 05h for DVD-R and DVD-RW is refused (5/26/00) unless it says track mode 5 and packets of 16.
    StrictWriteParameters,
    /// READ TRACK INFORMATION tells data mode 15 of every track.
    UnknownDataMode,
    /// A DVD-RAM that is formatted with DCRT or CmpList loses a sixteenth of its capacity.
    FormatOptionsShrink,
    /// The CD is made up by a memory stick: formats 2 and 4 of READ TOC and MODE SENSE for less than 30 bytes are not
    /// answered ([`TransportError::Timeout`](crate::TransportError::Timeout)).
    FakeCd,
    /// ATIP holds times that are none, and a lead-in and a lead-out at zero.
    GarbageAtip,
    /// MODE SENSE sends a block descriptor, though it was told not to.
    BlockDescriptors,
    /// Page 05h begins with values that suit nothing: raw blocks, session format FFh, a pause of zero.
    OddWriteParameters,
    /// A command that is carried out and all the same ends with CHECK CONDITION, of an error that the drive recovered
    /// from: 1/asc/ascq.
    Recovered {
        /// Operation code, byte 0 of the CDB.
        operation_code: u8,
        /// Additional sense code.
        asc: u8,
        /// Its qualifier.
        ascq: u8,
        /// How often; `None`: always.
        times: Option<u32>,
    },
    /// A command is carried out and ends well, and what came of it is told later: the next command, or, where it goes on
    /// behind its end, the first one then, ends with deferred sense data (response code 71h). Acts once.
    Deferred {
        /// Operation code, byte 0 of the CDB.
        operation_code: u8,
        /// Sense key.
        key: u8,
        /// Additional sense code.
        asc: u8,
        /// Its qualifier.
        ascq: u8,
    },
    /// A CD-RW is of a later sub-type, ultra-speed, than those that the drive writes: WRITE, BLANK and SEND CUE SHEET end
    /// with 5/30/05.
    UnknownSpeedClass,
    /// CLOSE TRACK SESSION of a DVD-R with two layers ends the disc for good, whatever page 05h says of the next session.
    TwoLayersEnd,
    /// In a test write, CLOSE TRACK SESSION ends with 5/2C/00, and the next writable address is 0.
    TestWriteConfuses,
}
