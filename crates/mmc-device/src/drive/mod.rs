mod cd;
mod changes;
mod queries;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::command::buffer_capacity::BufferCapacity;
use crate::command::{BadReply, OperationCode, buffer_capacity, disc_info, request_sense, test_unit_ready};
use crate::feature::FeatureCode;
use crate::retry::{AT_ONCE_LIMIT, Retry, polling_pause};
use crate::sense::key;
use crate::{
    Cdb, Data, DriveError, Lba, Operation, Rotation, Sense, Sleep, Speed, Transport, TransportError, Waiter,
};

/// Bytes in a block of data.
pub(crate) const BLOCK: usize = 2048;

/// Answers that need no access to the medium, and those that begin a long operation and return at once.
const DEFAULT: Duration = Duration::from_secs(60);
const WRITE: Duration = Duration::from_secs(200);
const IMMEDIATE: Duration = Duration::from_secs(200);
const LOAD: Duration = Duration::from_secs(300);
const WAITING: Duration = Duration::from_secs(3600);

/// Between two questions whether there is a medium. Drives take seconds to make one out.
const MEDIUM_POLLING: Duration = Duration::from_millis(500);

/// Unit attentions that may come in a row while an operation's end is waited for.
const ATTENTION_LIMIT: u32 = 8;

/// Hears of a long operation that goes on, and how far it is in 65536ths, where the drive gives it.
pub type Listener = Box<dyn FnMut(Operation, Option<u16>) + Send>;

/// Says, from any thread, whether somebody wants a drive to be waited for no longer.
pub type Stop = Arc<dyn Fn() -> bool + Send + Sync>;

/// A drive behind a transport: the commands as typed methods, with the rules of when to repeat, to wait
/// and to give up.
pub struct Drive<T> {
    transport: T,
    waiter: Box<dyn Waiter>,
    listener: Option<Listener>,
    stop: Option<Stop>,
    /// The medium is being changed, so that [`Stop`] is not listened to.
    changing: bool,
    /// How long reads have waited for a drive that is not ready, since one of them was answered otherwise.
    reads_waited: Duration,
    /// A recipe is at work, so that a changed medium or a reset is final.
    recording: bool,
    /// The speed the drive said it would record with, when it was last asked for one.
    recording_speed: Option<Speed>,
    /// How it said that the medium would turn, likewise.
    rotation: Option<Rotation>,
    /// First block that the drive may still hold in its buffer: the one to blame for a deferred error.
    unflushed: Option<Lba>,
    /// The unit attention that told of another medium, or a reset, since the medium was last described.
    medium_changed: Option<Sense>,
}

impl<T: fmt::Debug> fmt::Debug for Drive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drive")
            .field("transport", &self.transport)
            .field("recording", &self.recording)
            .finish_non_exhaustive()
    }
}

impl<T> Drive<T> {
    /// The drive behind `transport`. It is waited for by sleeping.
    pub fn new(transport: T) -> Drive<T> {
        Drive::with_waiter(transport, Box::new(Sleep))
    }

    /// The drive behind `transport`, waited for by `waiter`, which also hears of the progress of long
    /// operations.
    pub fn with_waiter(transport: T, waiter: Box<dyn Waiter>) -> Drive<T> {
        Drive {
            transport,
            waiter,
            listener: None,
            stop: None,
            changing: false,
            reads_waited: Duration::ZERO,
            recording: false,
            recording_speed: None,
            rotation: None,
            unflushed: None,
            medium_changed: None,
        }
    }

    /// Puts in another waiter.
    pub fn set_waiter(&mut self, waiter: Box<dyn Waiter>) {
        self.waiter = waiter;
    }

    /// Lets somebody hear of the progress of long operations beside the waiter, or nobody.
    pub fn set_listener(&mut self, listener: Option<Listener>) {
        self.listener = listener;
    }

    /// Lets somebody end waits for the drive, and keep it from changing the medium: what is asked of it then ends with
    /// [`DriveError::Cancelled`]. From the first command on that changes the medium, nothing is ended so until that is done.
    /// Returns who could do so before.
    pub fn set_stop(&mut self, stop: Option<Stop>) -> Option<Stop> {
        std::mem::replace(&mut self.stop, stop)
    }

    /// The last look before the medium is changed.
    pub(crate) fn begin_change(&mut self) -> Result<(), DriveError> {
        self.check_stop()?;
        self.changing = true;
        Ok(())
    }

    /// What was begun is done, or given up: waits can be ended again.
    pub fn end_change(&mut self) {
        self.changing = false;
    }

    /// Does something during which nobody is listened to who wants to end it.
    pub fn unstopped<R>(&mut self, act: impl FnOnce(&mut Drive<T>) -> R) -> R {
        let before = std::mem::replace(&mut self.changing, true);
        let result = act(self);
        self.changing = before;
        result
    }

    fn check_stop(&self) -> Result<(), DriveError> {
        let is_stopped = !self.changing && self.stop.as_ref().is_some_and(|stop| stop());
        if is_stopped { Err(DriveError::Cancelled) } else { Ok(()) }
    }

    fn tell(&mut self, operation: Operation, progress: Option<u16>) {
        self.waiter.progress(operation, progress);
        if let Some(listener) = &mut self.listener {
            listener(operation, progress);
        }
    }

    /// The transport.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// The transport, for commands of the caller's own.
    pub fn transport_mut(&mut self) -> &mut T {
        &mut self.transport
    }

    /// The transport, without the drive around it.
    pub fn into_transport(self) -> T {
        self.transport
    }

    /// The speed that the drive chose when one was asked for, where it tells that.
    pub fn recording_speed(&self) -> Option<Speed> {
        self.recording_speed
    }

    /// How the medium turns while it is recorded, where that was asked for and the drive tells (mode page 2Ah).
    pub fn rotation(&self) -> Option<Rotation> {
        self.rotation
    }

    pub(crate) fn set_recording(&mut self, recording: bool) {
        self.recording = recording;
    }

    /// What comes now is told of the medium that is in the drive.
    pub(crate) fn forget_change(&mut self) {
        self.medium_changed = None;
    }
}

/// How a command ended that was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandEnd {
    /// Bytes transferred; all that were to be, where the drive had something to say.
    pub transferred: usize,
    /// What the drive had to say all the same: an error that it recovered from, or progress.
    pub sense: Option<Sense>,
}

/// Execution, repetition and waiting.
impl<T: Transport> Drive<T> {
    /// Carries out a command, repeating it as long as the drive's answers call for it.
    ///
    /// # Errors
    /// What the drive or the transport says in the end.
    pub fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, DriveError> {
        self.execute_at(cdb, data, timeout, None)
    }

    /// Carries out a command of the caller's own, once: nothing is repeated or waited for.
    ///
    /// # Errors
    /// What the drive or the transport says.
    pub fn pass_through(
        &mut self,
        cdb: &Cdb,
        mut data: Data<'_>,
        timeout: Duration,
    ) -> Result<CommandEnd, DriveError> {
        let len = data.len();
        match self.attempt_once(cdb, &mut data, timeout) {
            Err(TransportError::CheckCondition(sense)) if sense.key == key::NO_SENSE && !sense.deferred => {
                Ok(CommandEnd { transferred: len, sense: Some(sense) })
            }
            result => result.map_err(|error| self.blame(OperationCode(cdb.operation_code()), error, None)),
        }
    }

    fn execute_at(
        &mut self,
        cdb: &Cdb,
        mut data: Data<'_>,
        timeout: Duration,
        lba: Option<Lba>,
    ) -> Result<usize, DriveError> {
        let operation = OperationCode(cdb.operation_code());
        let mut at_once = 0;
        let mut pauses = 0;
        // A medium is read by many commands, and a drive has as long for all of them.
        let mut waited = if operation.is_read() { self.reads_waited } else { Duration::ZERO };
        loop {
            let result = self.attempt(cdb, &mut data, timeout);
            let rule = result.as_ref().err().map(|error| Retry::rule(operation, error, self.recording));
            if operation.is_read() && !matches!(rule, Some(Retry::Within(_))) {
                self.reads_waited = Duration::ZERO;
            }
            let error = match result {
                Ok(transferred) => return Ok(transferred),
                Err(error) => error,
            };
            match rule.unwrap_or(Retry::No) {
                Retry::AtOnce if at_once < AT_ONCE_LIMIT => at_once += 1,
                Retry::Within(limit) if waited < limit => {
                    pauses += 1;
                    let pause = self
                        .time_to_drain(operation, &error, pauses)
                        .unwrap_or_else(|| Retry::pause(operation, &error, pauses));
                    if operation.is_write() {
                        self.tell(Operation::Writing, None);
                    }
                    self.check_stop()?;
                    self.waiter.wait(pause);
                    self.check_stop()?;
                    waited += pause;
                    if operation.is_read() {
                        self.reads_waited = waited;
                    }
                }
                _ => {
                    let error = self.blame(operation, error, lba);
                    return Err(self.explained(operation, error));
                }
            }
            crate::trace::event!(debug, %operation, %error, "repeating");
        }
    }

    /// How long a full buffer takes to become half empty, by what the drive says of it. It is asked now and then only,
    /// since some drives dislike the question, and not believed beyond half a second.
    fn time_to_drain(
        &mut self,
        operation: OperationCode,
        error: &TransportError,
        pauses: u32,
    ) -> Option<Duration> {
        let full = matches!(error, TransportError::CheckCondition(sense) if sense.is_long_write());
        if !(full && operation.is_write() && pauses % 8 == 1) {
            return None;
        }
        let mut reply = [0; buffer_capacity::REPLY];
        let len = self.attempt(&buffer_capacity::cdb(), &mut Data::In(&mut reply), DEFAULT).ok()?;
        let buffer = BufferCapacity::parse(&reply[..len]).ok()?;
        self.waiter.buffer(buffer);
        let rate = self.recording_speed.filter(|speed| *speed != Speed::MAX)?.get();
        let surplus = (buffer.total - buffer.free).saturating_sub(buffer.total / 2);
        // Kilobytes per second are bytes per millisecond.
        let drain = Duration::from_millis(u64::from(surplus / rate.max(1)));
        Some(drain.clamp(Duration::from_millis(2), Duration::from_millis(500)))
    }

    /// One execution. What the drive recovered from goes into the log.
    fn attempt(
        &mut self,
        cdb: &Cdb,
        data: &mut Data<'_>,
        timeout: Duration,
    ) -> Result<usize, TransportError> {
        let end = self.attempt_once(cdb, data, timeout)?;
        if let Some(sense) = end.sense {
            let operation = OperationCode(cdb.operation_code());
            crate::trace::event!(warn, %operation, %sense, "recovered");
        }
        Ok(end.transferred)
    }

    /// One execution. What the drive recovered from counts as success.
    fn attempt_once(
        &mut self,
        cdb: &Cdb,
        data: &mut Data<'_>,
        timeout: Duration,
    ) -> Result<CommandEnd, TransportError> {
        let (again, len) = match data {
            Data::None => (Data::None, 0),
            Data::In(buffer) => {
                let len = buffer.len();
                (Data::In(buffer), len)
            }
            Data::Out(buffer) => (Data::Out(buffer), buffer.len()),
            Data::File(stretch) => (Data::File(*stretch), stretch.len),
        };
        let operation = OperationCode(cdb.operation_code());
        crate::trace::event!(trace, %operation, %cdb, "command");
        match self.transport.execute(cdb, again, timeout) {
            // A bridge may claim to have sent more than there was room for.
            Ok(transferred) => Ok(CommandEnd { transferred: transferred.min(len), sense: None }),
            Err(TransportError::Recovered { sense, transferred }) => {
                Ok(CommandEnd { transferred: transferred.min(len), sense: Some(sense) })
            }
            Err(error) => {
                if let TransportError::CheckCondition(sense) = error
                    && sense.is_changed_medium()
                {
                    self.medium_changed = Some(sense);
                }
                crate::trace::event!(trace, %operation, %error, "not done");
                Err(error)
            }
        }
    }

    fn blame(&self, operation: OperationCode, error: TransportError, lba: Option<Lba>) -> DriveError {
        let deferred = matches!(&error, TransportError::CheckCondition(sense) if sense.deferred);
        DriveError::from_transport(operation, error, if deferred { self.unflushed.or(lba) } else { lba })
    }

    /// A CD-RW that is refused may be one of speeds that the drive does not write.
    fn explained(&mut self, operation: OperationCode, error: DriveError) -> DriveError {
        let DriveError::MediumIncompatible { sense, .. } = error else { return error };
        let writes =
            operation.is_write() || matches!(operation, OperationCode::BLANK | OperationCode::SEND_CUE_SHEET);
        if !writes {
            return error;
        }
        let (Ok(configuration), Ok(atip)) = (self.configuration(), self.atip()) else { return error };
        let feature = configuration.feature(FeatureCode::CD_RW_MEDIA_WRITE);
        let written = feature.and_then(|feature| feature.writes_cd_rw(atip.sub_type));
        match (atip.rewritable, written) {
            (true, Some(false)) => DriveError::SpeedMismatch { sub_type: atip.sub_type, sense },
            _ => error,
        }
    }

    fn query(&mut self, cdb: &Cdb, len: usize) -> Result<Vec<u8>, DriveError> {
        let mut reply = vec![0; len];
        let transferred = self.execute(cdb, Data::In(&mut reply), DEFAULT)?;
        reply.truncate(transferred);
        Ok(reply)
    }

    fn command(&mut self, cdb: &Cdb, timeout: Duration) -> Result<(), DriveError> {
        self.execute(cdb, Data::None, timeout).map(drop)
    }

    /// Waits until the drive is ready for the next command, polling it.
    ///
    /// # Errors
    /// What ended `operation` badly, or that it did not end in the time that the slowest drives take.
    pub fn wait_for(&mut self, operation: Operation) -> Result<(), DriveError> {
        self.wait_within(operation, operation.limit())
    }

    /// Waits until a medium is ready, not longer than the slowest drives take to load one.
    ///
    /// # Errors
    /// [`DriveError::NoMedium`] at once, if there is none; else what the drive says.
    pub fn wait_until_ready(&mut self) -> Result<(), DriveError> {
        self.wait_within(Operation::Other, Operation::Loading.limit())
    }

    /// Waits until the medium is ready, which must be the one that was last described by
    /// [`medium`](Drive::medium): what is known of it holds for no other.
    ///
    /// # Errors
    /// [`DriveError::MediumChanged`]; else as [`wait_until_ready`](Drive::wait_until_ready).
    pub fn wait_for_same_medium(&mut self) -> Result<(), DriveError> {
        self.wait_until_ready()?;
        match self.medium_changed {
            Some(sense) => {
                Err(DriveError::MediumChanged { operation: OperationCode::TEST_UNIT_READY, sense })
            }
            None => Ok(()),
        }
    }

    /// Waits until somebody puts a medium in, asking twice a second, not longer than about `limit` and only while `go_on`
    /// says so. Returns whether one is there and ready. The tray is left as it is.
    ///
    /// # Errors
    /// What the drive says, but for that it has no medium or is not ready.
    pub fn wait_for_medium(
        &mut self,
        limit: Duration,
        mut go_on: impl FnMut() -> bool,
    ) -> Result<bool, DriveError> {
        let mut waited = Duration::ZERO;
        while go_on() {
            match self.test_unit_ready() {
                Ok(()) => return self.wait_until_ready().map(|()| true),
                Err(error) => {
                    let sense = error.sense().filter(|sense| !sense.deferred);
                    let is_expected =
                        sense.is_some_and(|sense| sense.key == key::NOT_READY || sense.is_unit_attention());
                    if !is_expected {
                        return Err(error);
                    }
                }
            }
            if waited >= limit {
                break;
            }
            self.tell(Operation::Loading, None);
            self.check_stop()?;
            self.waiter.wait(MEDIUM_POLLING);
            waited += MEDIUM_POLLING;
        }
        Ok(false)
    }

    fn wait_within(&mut self, operation: Operation, limit: Duration) -> Result<(), DriveError> {
        let mut waited = Duration::ZERO;
        let mut polls = 0;
        let mut attentions = 0;
        loop {
            let answer = match self.attempt(&test_unit_ready::cdb(), &mut Data::None, DEFAULT) {
                // Some drives say ready while the commands about the medium still find them busy.
                Ok(_) => {
                    match self.attempt(&disc_info::cdb(), &mut Data::In(&mut [0; disc_info::REPLY]), DEFAULT)
                    {
                        Err(TransportError::CheckCondition(sense))
                            if sense.is_not_ready() && !sense.deferred =>
                        {
                            TransportError::CheckCondition(sense)
                        }
                        Err(TransportError::CheckCondition(sense)) if sense.deferred => {
                            TransportError::CheckCondition(sense)
                        }
                        _ => return Ok(()),
                    }
                }
                Err(error) => error,
            };
            let progress = match &answer {
                TransportError::CheckCondition(sense) if sense.deferred => {
                    return Err(self.blame(operation.command(), answer, None));
                }
                TransportError::CheckCondition(sense)
                    if sense.is_unit_attention() && attentions < ATTENTION_LIMIT =>
                {
                    attentions += 1;
                    continue;
                }
                // Drives that load say so for a moment before they have noticed the medium.
                TransportError::CheckCondition(sense)
                    if sense.is_no_medium()
                        && operation == Operation::Loading
                        && waited < Duration::from_secs(30) =>
                {
                    None
                }
                TransportError::CheckCondition(sense) if sense.is(key::NOT_READY, 0x04, 0x02) => {
                    return Err(self.blame(operation.command(), answer, None));
                }
                TransportError::CheckCondition(sense) if sense.is(key::NOT_READY, 0x04, 0x03) => {
                    return Err(self.blame(operation.command(), answer, None));
                }
                TransportError::CheckCondition(sense)
                    if sense.is_not_ready() || sense.is_becoming_ready() =>
                {
                    sense.progress.or_else(|| self.progress_by_request_sense())
                }
                TransportError::CheckCondition(sense) if sense.key == key::NO_SENSE && sense.asc == 0 => {
                    sense.progress
                }
                TransportError::Status(0x08 | 0x28) => None,
                _ => return Err(self.blame(operation.command(), answer, None)),
            };
            if waited >= limit {
                return Err(match answer {
                    TransportError::CheckCondition(_) => self.blame(operation.command(), answer, None),
                    _ => DriveError::Timeout { operation: operation.command(), limit: Some(limit) },
                });
            }
            self.tell(operation, progress);
            let pause = polling_pause(polls);
            self.check_stop()?;
            self.waiter.wait(pause);
            self.check_stop()?;
            waited += pause;
            polls += 1;
        }
    }

    fn progress_by_request_sense(&mut self) -> Option<u16> {
        let mut reply = [0; request_sense::REPLY];
        self.attempt(&request_sense::cdb(), &mut Data::In(&mut reply), DEFAULT).ok()?;
        Sense::parse(&reply)?.progress
    }
}

fn bad(operation: OperationCode) -> impl FnOnce(BadReply) -> DriveError {
    move |BadReply(problem)| DriveError::BadReply { operation, problem }
}

/// The number of blocks in `len` bytes, as the 10-byte commands count.
fn whole_blocks(len: usize) -> Result<u16, DriveError> {
    match u16::try_from(len / BLOCK) {
        Ok(blocks) if blocks > 0 && len.is_multiple_of(BLOCK) => Ok(blocks),
        _ => Err(DriveError::PartialBlock { len }),
    }
}

#[cfg(test)]
mod tests;
