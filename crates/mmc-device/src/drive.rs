use std::fmt;
use std::time::Duration;

use crate::command::blank::BlankType;
use crate::command::buffer_capacity::BufferCapacity;
use crate::command::close::CloseFunction;
use crate::command::configuration::{Configuration, RequestType};
use crate::command::disc_info::DiscInformation;
use crate::command::event_status::MediaStatus;
use crate::command::format::FormatUnit;
use crate::command::format_capacities::FormatCapacities;
use crate::command::inquiry::Inquiry;
use crate::command::mode::{Capabilities, WriteParameters};
use crate::command::performance::WriteSpeed;
use crate::command::read_capacity::Capacity;
use crate::command::start_stop::StartStop;
use crate::command::streaming::Streaming;
use crate::command::toc::{Atip, FullToc, LastSession, Toc, TocFormat};
use crate::command::track_info::{TrackAddress, TrackInformation};
use crate::command::{
    BadReply, OperationCode, blank, buffer_capacity, close, configuration, disc_info, event_status,
    format_capacities, inquiry, mode, performance, prevent_allow, read, read_capacity, repair_track,
    request_sense, reserve_track, speed, start_stop, synchronize, test_unit_ready, toc, track_info, write,
};
use crate::feature::FeatureCode;
use crate::retry::{AT_ONCE_LIMIT, Retry, polling_pause};
use crate::sense::key;
use crate::{
    Cdb, Data, DriveError, Lba, Medium, Operation, Profile, Sense, Sleep, Speed, Transport, TransportError,
    Waiter,
};

/// Bytes in a block of data.
pub(crate) const BLOCK: usize = 2048;

/// Answers that need no access to the medium, and those that begin a long operation and return at once.
const DEFAULT: Duration = Duration::from_secs(60);
const WRITE: Duration = Duration::from_secs(200);
const IMMEDIATE: Duration = Duration::from_secs(200);
const LOAD: Duration = Duration::from_secs(300);
const WAITING: Duration = Duration::from_secs(3600);

/// Unit attentions that may come in a row while an operation's end is waited for.
const ATTENTION_LIMIT: u32 = 8;

/// A drive behind a transport: the commands as typed methods, with the rules of when to repeat, to wait
/// and to give up.
pub struct Drive<T> {
    transport: T,
    waiter: Box<dyn Waiter>,
    /// A recipe is at work, so that a changed medium or a reset is final.
    recording: bool,
    /// First block that the drive may still hold in its buffer: the one to blame for a deferred error.
    unflushed: Option<Lba>,
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
        Drive { transport, waiter, recording: false, unflushed: None }
    }

    /// Puts in another waiter.
    pub fn set_waiter(&mut self, waiter: Box<dyn Waiter>) {
        self.waiter = waiter;
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

    pub(crate) fn set_recording(&mut self, recording: bool) {
        self.recording = recording;
    }
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
        let mut waited = Duration::ZERO;
        loop {
            let error = match self.attempt(cdb, &mut data, timeout) {
                Ok(transferred) => return Ok(transferred),
                Err(error) => error,
            };
            match Retry::rule(operation, &error, self.recording) {
                Retry::AtOnce if at_once < AT_ONCE_LIMIT => at_once += 1,
                Retry::Within(limit) if waited < limit => {
                    pauses += 1;
                    let pause = Retry::pause(operation, &error, pauses);
                    if operation.is_write() {
                        self.waiter.progress(Operation::Writing, None);
                    }
                    self.waiter.wait(pause);
                    waited += pause;
                }
                _ => return Err(self.blame(operation, error, lba)),
            }
            tracing::debug!(%operation, %error, "repeating");
        }
    }

    /// One execution. What the drive recovered from counts as success.
    fn attempt(
        &mut self,
        cdb: &Cdb,
        data: &mut Data<'_>,
        timeout: Duration,
    ) -> Result<usize, TransportError> {
        let (again, len) = match data {
            Data::None => (Data::None, 0),
            Data::In(buffer) => {
                let len = buffer.len();
                (Data::In(buffer), len)
            }
            Data::Out(buffer) => (Data::Out(buffer), buffer.len()),
        };
        match self.transport.execute(cdb, again, timeout) {
            // A bridge may claim to have sent more than there was room for.
            Ok(transferred) => Ok(transferred.min(len)),
            Err(TransportError::CheckCondition(sense))
                if sense.key == key::RECOVERED_ERROR && !sense.deferred =>
            {
                tracing::warn!(operation = %OperationCode(cdb.operation_code()), %sense, "recovered");
                Ok(len)
            }
            Err(error) => Err(error),
        }
    }

    fn blame(&self, operation: OperationCode, error: TransportError, lba: Option<Lba>) -> DriveError {
        let deferred = matches!(&error, TransportError::CheckCondition(sense) if sense.deferred);
        DriveError::from_transport(operation, error, if deferred { self.unflushed.or(lba) } else { lba })
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
            self.waiter.progress(operation, progress);
            let pause = polling_pause(polls);
            self.waiter.wait(pause);
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

/// Commands about the drive.
impl<T: Transport> Drive<T> {
    /// INQUIRY.
    ///
    /// # Errors
    /// What the drive says, or that its reply is unusable; so for all commands below.
    pub fn inquiry(&mut self) -> Result<Inquiry, DriveError> {
        let reply = self.query(&inquiry::cdb(), inquiry::REPLY)?;
        Inquiry::parse(&reply).map_err(bad(OperationCode::INQUIRY))
    }

    /// TEST UNIT READY, once: waiting is up to the caller.
    ///
    /// # Errors
    /// What the drive says.
    pub fn test_unit_ready(&mut self) -> Result<(), DriveError> {
        match self.attempt(&test_unit_ready::cdb(), &mut Data::None, DEFAULT) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.blame(OperationCode::TEST_UNIT_READY, error, None)),
        }
    }

    /// REQUEST SENSE; `None` if the reply is no sense data.
    ///
    /// # Errors
    /// What the drive says.
    pub fn request_sense(&mut self) -> Result<Option<Sense>, DriveError> {
        Ok(Sense::parse(&self.query(&request_sense::cdb(), request_sense::REPLY)?))
    }

    /// GET CONFIGURATION, with all features.
    ///
    /// # Errors
    /// What the drive says.
    pub fn configuration(&mut self) -> Result<Configuration, DriveError> {
        let request = |len| configuration::cdb(RequestType::All, FeatureCode::PROFILE_LIST, len);
        let header = self.query(&request(configuration::HEADER as u16), configuration::HEADER)?;
        let len = configuration::announced(&header).clamp(configuration::HEADER, configuration::LONGEST);
        let reply = if len > configuration::HEADER { self.query(&request(len as u16), len)? } else { header };
        Configuration::parse(&reply).map_err(bad(OperationCode::GET_CONFIGURATION))
    }

    /// The profile of the medium in the drive, from the header of GET CONFIGURATION.
    ///
    /// # Errors
    /// What the drive says.
    pub fn current_profile(&mut self) -> Result<Profile, DriveError> {
        let request =
            configuration::cdb(RequestType::Current, FeatureCode::PROFILE_LIST, configuration::HEADER as u16);
        let header = self.query(&request, configuration::HEADER)?;
        Configuration::parse(&header)
            .map(|configuration| configuration.current_profile)
            .map_err(bad(OperationCode::GET_CONFIGURATION))
    }

    /// A mode page by MODE SENSE(10), its code and length bytes first.
    ///
    /// # Errors
    /// [`DriveError::NoSuchModePage`] where the drive refuses the page; else what it says.
    pub fn mode_page(&mut self, page: u8) -> Result<Vec<u8>, DriveError> {
        let absent = |error: DriveError| match error.sense() {
            Some(sense) if error.is_unsupported() => DriveError::NoSuchModePage { page, sense },
            _ => error,
        };
        // Room for a block descriptor and the page's code and length.
        let least = mode::HEADER + 4;
        let header = self.query(&mode::sense(page, least as u16), least).map_err(absent)?;
        let len = mode::announced(&header).clamp(least, 512);
        let reply = if len > least { self.query(&mode::sense(page, len as u16), len)? } else { header };
        mode::page(&reply, page).map(<[u8]>::to_vec).map_err(bad(OperationCode::MODE_SENSE_10))
    }

    /// Sets a mode page by MODE SELECT(10), its code and length bytes first.
    ///
    /// # Errors
    /// [`DriveError::InvalidModeParameters`] where the drive does not accept them; else what it says.
    pub fn select_mode_page(&mut self, page: &[u8]) -> Result<(), DriveError> {
        let list = mode::parameter_list(page);
        let len = u16::try_from(list.len()).map_err(|_| DriveError::PartialBlock { len: page.len() })?;
        self.execute(&mode::select(len), Data::Out(&list), DEFAULT).map(drop)
    }

    /// The write parameters, mode page 05h.
    ///
    /// # Errors
    /// As [`mode_page`](Drive::mode_page).
    pub fn write_parameters(&mut self) -> Result<WriteParameters, DriveError> {
        let page = self.mode_page(mode::WRITE_PARAMETERS)?;
        WriteParameters::parse(&page).map_err(bad(OperationCode::MODE_SENSE_10))
    }

    /// The capabilities, mode page 2Ah.
    ///
    /// # Errors
    /// As [`mode_page`](Drive::mode_page).
    pub fn capabilities(&mut self) -> Result<Capabilities, DriveError> {
        let page = self.mode_page(mode::CAPABILITIES)?;
        Capabilities::parse(&page).map_err(bad(OperationCode::MODE_SENSE_10))
    }

    /// READ BUFFER CAPACITY.
    ///
    /// # Errors
    /// What the drive says.
    pub fn buffer_capacity(&mut self) -> Result<BufferCapacity, DriveError> {
        let reply = self.query(&buffer_capacity::cdb(), buffer_capacity::REPLY)?;
        BufferCapacity::parse(&reply).map_err(bad(OperationCode::READ_BUFFER_CAPACITY))
    }

    /// The writing speeds on offer, fastest first, by GET PERFORMANCE.
    ///
    /// # Errors
    /// What the drive says.
    pub fn write_speeds(&mut self) -> Result<Vec<WriteSpeed>, DriveError> {
        let header = self.query(&performance::cdb(0), performance::HEADER)?;
        let len = header.get(..4).map_or(0, |len| u32::from_be_bytes([len[0], len[1], len[2], len[3]]));
        let descriptors = (len.saturating_sub(4) / performance::DESCRIPTOR as u32).min(100) as u16;
        if descriptors == 0 {
            return Ok(Vec::new());
        }
        let len = performance::HEADER + usize::from(descriptors) * performance::DESCRIPTOR;
        let reply = self.query(&performance::cdb(descriptors), len)?;
        performance::parse(&reply).map_err(bad(OperationCode::GET_PERFORMANCE))
    }

    /// SET STREAMING.
    ///
    /// # Errors
    /// What the drive says.
    pub fn set_streaming(&mut self, streaming: &Streaming) -> Result<(), DriveError> {
        self.execute(&streaming.cdb(), Data::Out(&streaming.parameters()), DEFAULT).map(drop)
    }

    /// SET CD SPEED.
    ///
    /// # Errors
    /// What the drive says.
    pub fn set_cd_speed(&mut self, read: Option<Speed>, write: Option<Speed>) -> Result<(), DriveError> {
        self.command(&speed::cdb(read, write), DEFAULT)
    }

    /// Asks for a recording speed in the way that suits the medium. Whether the drive follows is its own
    /// affair, so a refusal is only logged.
    pub fn request_speed(&mut self, medium: &Medium, speed: Speed) {
        let streamed = if medium.profile.is_cd() {
            None
        } else {
            let end = medium.capacity.saturating_sub(1);
            Some(self.set_streaming(&Streaming { start: 0, end, read: speed, write: speed }))
        };
        let result = match streamed {
            Some(Ok(())) => Ok(()),
            None | Some(Err(_)) => self.set_cd_speed(None, Some(speed)),
        };
        if let Err(error) = result {
            tracing::warn!(%speed, %error, "the drive keeps its own speed");
        }
    }

    /// START STOP UNIT, waiting for its end.
    ///
    /// # Errors
    /// What the drive says.
    pub fn start_stop(&mut self, action: StartStop) -> Result<(), DriveError> {
        self.command(&start_stop::cdb(action, false), LOAD)
    }

    /// PREVENT ALLOW MEDIUM REMOVAL.
    ///
    /// # Errors
    /// What the drive says.
    pub fn prevent_removal(&mut self, prevent: bool) -> Result<(), DriveError> {
        self.command(&prevent_allow::cdb(prevent), DEFAULT)
    }

    /// GET EVENT STATUS NOTIFICATION, media class; `None` if the drive reports no such events.
    ///
    /// # Errors
    /// What the drive says.
    pub fn media_event(&mut self) -> Result<Option<MediaStatus>, DriveError> {
        let reply = self.query(&event_status::cdb(), event_status::REPLY)?;
        MediaStatus::parse(&reply).map_err(bad(OperationCode::GET_EVENT_STATUS_NOTIFICATION))
    }
}

/// Commands about the medium.
impl<T: Transport> Drive<T> {
    /// READ DISC INFORMATION.
    ///
    /// # Errors
    /// What the drive says.
    pub fn disc_information(&mut self) -> Result<DiscInformation, DriveError> {
        let reply = self.query(&disc_info::cdb(), disc_info::REPLY)?;
        DiscInformation::parse(&reply).map_err(bad(OperationCode::READ_DISC_INFORMATION))
    }

    /// READ TRACK INFORMATION.
    ///
    /// # Errors
    /// What the drive says.
    pub fn track_information(&mut self, address: TrackAddress) -> Result<TrackInformation, DriveError> {
        let header = self.query(&track_info::cdb(address, 8), 8)?;
        let announced =
            header.get(..2).map_or(0, |len| usize::from(u16::from_be_bytes([len[0], len[1]])) + 2);
        let len = announced.clamp(track_info::LEAST, track_info::REPLY);
        let reply = self.query(&track_info::cdb(address, len as u16), len)?;
        TrackInformation::parse(&reply).map_err(bad(OperationCode::READ_TRACK_INFORMATION))
    }

    /// The table of contents.
    ///
    /// # Errors
    /// What the drive says.
    pub fn toc(&mut self) -> Result<Toc, DriveError> {
        let reply = self.read_toc(TocFormat::Toc, 0)?;
        Toc::parse(&reply).map_err(bad(OperationCode::READ_TOC))
    }

    /// The full table of contents (CD).
    ///
    /// # Errors
    /// What the drive says.
    pub fn full_toc(&mut self) -> Result<FullToc, DriveError> {
        let reply = self.read_toc(TocFormat::FullToc, 1)?;
        FullToc::parse(&reply).map_err(bad(OperationCode::READ_TOC))
    }

    /// The last complete session.
    ///
    /// # Errors
    /// What the drive says.
    pub fn last_session(&mut self) -> Result<LastSession, DriveError> {
        let reply = self.query(&toc::cdb(TocFormat::SessionInformation, 0, 12), 12)?;
        LastSession::parse(&reply).map_err(bad(OperationCode::READ_TOC))
    }

    /// The groove's information (CD-R, CD-RW).
    ///
    /// # Errors
    /// What the drive says.
    pub fn atip(&mut self) -> Result<Atip, DriveError> {
        let reply = self.read_toc(TocFormat::Atip, 0)?;
        Atip::parse(&reply).map_err(bad(OperationCode::READ_TOC))
    }

    fn read_toc(&mut self, format: TocFormat, number: u8) -> Result<Vec<u8>, DriveError> {
        let header = self.query(&toc::cdb(format, number, 4), 4)?;
        let len = header.get(..2).map_or(0, |len| usize::from(u16::from_be_bytes([len[0], len[1]])) + 2);
        if len <= 4 {
            return Ok(header);
        }
        // 99 tracks of 11 bytes and some entries more for each of 99 sessions.
        let len = len.min(8192);
        self.query(&toc::cdb(format, number, len as u16), len)
    }

    /// READ CAPACITY.
    ///
    /// # Errors
    /// What the drive says.
    pub fn read_capacity(&mut self) -> Result<Capacity, DriveError> {
        let reply = self.query(&read_capacity::cdb(), read_capacity::REPLY)?;
        Capacity::parse(&reply).map_err(bad(OperationCode::READ_CAPACITY))
    }

    /// READ FORMAT CAPACITIES.
    ///
    /// # Errors
    /// What the drive says.
    pub fn format_capacities(&mut self) -> Result<FormatCapacities, DriveError> {
        let least = format_capacities::HEADER;
        let header = self.query(&format_capacities::cdb(least as u16), least)?;
        let len =
            (4 + header.get(3).map_or(0, |len| usize::from(*len))).clamp(least, format_capacities::REPLY);
        let reply = if len > least { self.query(&format_capacities::cdb(len as u16), len)? } else { header };
        FormatCapacities::parse(&reply).map_err(bad(OperationCode::READ_FORMAT_CAPACITIES))
    }

    /// The medium, after waiting for it to be ready.
    ///
    /// # Errors
    /// [`DriveError::NoMedium`]; else what the drive says to the commands that no drive may refuse.
    pub fn medium(&mut self) -> Result<Medium, DriveError> {
        crate::medium::read(self)
    }
}

/// Commands that read, write and change the medium.
impl<T: Transport> Drive<T> {
    /// READ(10): fills `into`, whose length is a multiple of 2048, from `lba` on.
    ///
    /// # Errors
    /// [`DriveError::ReadFailed`] with what the drive says; [`DriveError::BadReply`] if it sends less.
    pub fn read_10(&mut self, lba: Lba, into: &mut [u8]) -> Result<(), DriveError> {
        let blocks = whole_blocks(into.len())?;
        let len = into.len();
        let transferred = self.execute_at(&read::read_10(lba, blocks), Data::In(into), DEFAULT, Some(lba))?;
        if transferred == len {
            Ok(())
        } else {
            Err(DriveError::BadReply {
                operation: OperationCode::READ_10,
                problem: "fewer blocks than asked for",
            })
        }
    }

    /// WRITE(10): whole blocks from `lba` on. While the drive's buffer is full the same blocks are sent
    /// again; where it wants its buffer flushed first, that is done.
    ///
    /// # Errors
    /// [`DriveError::WriteFailed`], [`DriveError::LossOfStreaming`], [`DriveError::MediumChanged`]; a
    /// deferred error names the first block that may be lost.
    pub fn write_10(&mut self, lba: Lba, data: &[u8]) -> Result<(), DriveError> {
        let blocks = whole_blocks(data.len())?;
        let cdb = write::write_10(lba, blocks);
        self.unflushed.get_or_insert(lba);
        match self.execute_at(&cdb, Data::Out(data), WRITE, Some(lba)) {
            Ok(_) => Ok(()),
            Err(error) if error.sense().is_some_and(|sense| sense.is(key::ILLEGAL_REQUEST, 0x2C, 0x00)) => {
                tracing::debug!(%lba, "flushing, since the drive finds the sequence of commands wrong");
                self.synchronize_cache()?;
                self.unflushed = Some(lba);
                self.execute_at(&cdb, Data::Out(data), WRITE, Some(lba)).map(drop)
            }
            Err(error) => Err(error),
        }
    }

    /// SYNCHRONIZE CACHE: once returning at once, with polling, so that progress is seen; once waiting, so
    /// that it is certain.
    ///
    /// # Errors
    /// [`DriveError::WriteFailed`] if blocks that were accepted did not get onto the medium.
    pub fn synchronize_cache(&mut self) -> Result<(), DriveError> {
        match self.command(&synchronize::cdb(true), IMMEDIATE) {
            Ok(()) => self.wait_for(Operation::Flushing)?,
            // Some drives know only the waiting variant.
            Err(error) if error.is_unsupported() => {}
            Err(error) => return Err(error),
        }
        self.command(&synchronize::cdb(false), WAITING)?;
        self.unflushed = None;
        Ok(())
    }

    /// CLOSE TRACK SESSION, and waits for its end.
    ///
    /// # Errors
    /// [`DriveError::CloseFailed`]; [`DriveError::NotSupported`] for a function that the medium has not.
    pub fn close_track_session(&mut self, function: CloseFunction, track: u16) -> Result<(), DriveError> {
        self.command(&close::cdb(function, track, true), IMMEDIATE)?;
        let operation = if function == CloseFunction::TRACK {
            Operation::ClosingTrack
        } else {
            Operation::ClosingSession
        };
        self.wait_for(operation)
    }

    /// RESERVE TRACK.
    ///
    /// # Errors
    /// What the drive says.
    pub fn reserve_track(&mut self, blocks: u32) -> Result<(), DriveError> {
        self.command(&reserve_track::cdb(blocks), DEFAULT)
    }

    /// REPAIR TRACK, and waits for its end.
    ///
    /// # Errors
    /// What the drive says.
    pub fn repair_track(&mut self, track: u16) -> Result<(), DriveError> {
        self.command(&repair_track::cdb(track, true), IMMEDIATE)?;
        self.wait_for(Operation::ClosingTrack)
    }

    /// FORMAT UNIT, and waits until the medium can be used. A DVD+RW then goes on formatting in the
    /// background.
    ///
    /// # Errors
    /// [`DriveError::EraseFailed`]; else what the drive says.
    pub fn format_unit(&mut self, format: &FormatUnit) -> Result<(), DriveError> {
        self.execute(&format.cdb(), Data::Out(&format.parameters()), IMMEDIATE)?;
        self.wait_for(Operation::Formatting)
    }

    /// BLANK, and waits for its end.
    ///
    /// # Errors
    /// [`DriveError::EraseFailed`]; else what the drive says.
    pub fn blank(&mut self, kind: BlankType) -> Result<(), DriveError> {
        self.command(&blank::cdb(kind, 0, true), IMMEDIATE)?;
        self.wait_for(Operation::Blanking)
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
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::scripted::{Answer, Scripted, check, good, line, reply};

    /// A disc information reply of a blank write-once disc.
    const BLANK_DISC: [u8; 34] = {
        let mut bytes = [0; 34];
        bytes[1] = 0x20;
        bytes[3] = 1;
        bytes[4] = 1;
        bytes[5] = 1;
        bytes[6] = 1;
        bytes
    };

    #[test]
    fn a_full_buffer_gets_the_same_blocks_again() {
        let write = [0x2A, 0, 0, 0, 0, 16, 0, 0, 16, 0];
        let mut drive = Scripted::drive([check(&write, 2, 4, 8), check(&write, 2, 4, 8), good(&write)]);
        drive.write_10(Lba::new(16), &[7; 16 * BLOCK]).unwrap();
        let transport = drive.into_transport();
        transport.finish();
        assert_eq!(transport.out, vec![vec![7; 16 * BLOCK]; 3]);
    }

    #[test]
    fn a_wrong_sequence_is_flushed_once_and_repeated() {
        let mut drive = Scripted::drive([
            check(&[0x2A], 5, 0x2C, 0),
            good(&[0x35, 2]),
            good(&[0x00]),
            reply(&[0x51], &BLANK_DISC),
            good(&[0x35, 0]),
            good(&[0x2A]),
        ]);
        drive.write_10(Lba::ZERO, &[0; BLOCK]).unwrap();
        drive.transport().finish();
    }

    #[test]
    fn a_buffer_that_never_drains_is_not_waited_for_for_ever() {
        let endless = (0..100_000).map(|_| check(&[0x2A], 2, 4, 8));
        let error = Scripted::drive(endless).write_10(Lba::ZERO, &[0; BLOCK]).unwrap_err();
        assert!(matches!(error, DriveError::Busy { .. }), "{error}");
    }

    #[test]
    fn a_deferred_error_names_the_first_block_that_may_be_lost() {
        let deferred = Sense { deferred: true, ..Sense::new(3, 0x0C, 0) };
        let mut drive =
            Scripted::drive([good(&[0x2A]), good(&[0x2A]), line(&[0x35, 2], Answer::Check(deferred))]);
        drive.write_10(Lba::new(32), &[0; BLOCK]).unwrap();
        drive.write_10(Lba::new(33), &[0; BLOCK]).unwrap();
        let error = drive.synchronize_cache().unwrap_err();
        assert!(
            matches!(error, DriveError::WriteFailed { lba: Some(lba), .. } if lba == Lba::new(32)),
            "{error}"
        );

        let named = Sense { information: Some(40), ..deferred };
        let mut drive = Scripted::drive([good(&[0x2A]), line(&[0x2A], Answer::Check(named))]);
        drive.write_10(Lba::new(32), &[0; BLOCK]).unwrap();
        let error = drive.write_10(Lba::new(48), &[0; BLOCK]).unwrap_err();
        assert_eq!(error.lba(), Some(Lba::new(40)));
    }

    #[test]
    fn a_changed_medium_ends_a_recording_and_nothing_else() {
        let mut drive = Scripted::drive([check(&[0x51], 6, 0x28, 0), reply(&[0x51], &BLANK_DISC)]);
        drive.disc_information().unwrap();
        drive.transport().finish();

        let mut drive = Scripted::drive([check(&[0x2A], 6, 0x28, 0)]);
        drive.set_recording(true);
        let error = drive.write_10(Lba::ZERO, &[0; BLOCK]).unwrap_err();
        assert!(matches!(error, DriveError::MediumChanged { .. }), "{error}");
    }

    #[test]
    fn what_the_drive_recovered_from_is_a_success() {
        let mut drive = Scripted::drive([check(&[0x2A], 1, 0x0C, 1)]);
        drive.write_10(Lba::ZERO, &[0; BLOCK]).unwrap();
    }

    #[test]
    fn only_whole_blocks_go_out() {
        let mut drive = Scripted::drive([]);
        for len in [0, 1, 2049, 65_536 * BLOCK] {
            let error = drive.write_10(Lba::ZERO, &vec![0; len]).unwrap_err();
            assert!(matches!(error, DriveError::PartialBlock { len: found } if found == len));
        }
    }

    struct Listener(Arc<Mutex<Vec<Option<u16>>>>);

    impl Waiter for Listener {
        fn wait(&mut self, _: Duration) {}

        fn progress(&mut self, operation: Operation, progress: Option<u16>) {
            assert_eq!(operation, Operation::ClosingSession);
            self.0.lock().unwrap().push(progress);
        }
    }

    #[test]
    fn waiting_hears_of_progress_and_of_late_busy_answers() {
        let halfway = Sense { progress: Some(0x8000), ..Sense::new(2, 4, 7) };
        let request_sense = [0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 4, 7, 0, 0x80, 0xC0, 0];
        let mut drive = Scripted::drive([
            good(&[0x5B, 1, 2]),
            line(&[0x00], Answer::Check(halfway)),
            // Without a progress the other command is asked.
            check(&[0x00], 2, 4, 7),
            reply(&[0x03], &request_sense),
            // The new contents are reported as a changed medium.
            check(&[0x00], 6, 0x28, 0),
            // Ready for one command, busy for the other.
            good(&[0x00]),
            check(&[0x51], 2, 4, 7),
            check(&[0x03], 5, 0x20, 0),
            good(&[0x00]),
            reply(&[0x51], &BLANK_DISC),
        ]);
        let heard = Arc::new(Mutex::new(Vec::new()));
        drive.set_waiter(Box::new(Listener(Arc::clone(&heard))));
        drive.close_track_session(CloseFunction::SESSION, 0).unwrap();
        drive.transport().finish();
        assert_eq!(*heard.lock().unwrap(), [Some(0x8000), Some(0xC000), None]);
    }

    #[test]
    fn an_operation_that_fails_in_the_end_is_told_by_its_kind() {
        let mut drive = Scripted::drive([good(&[0x5B]), check(&[0x00], 3, 0x72, 0)]);
        let error = drive.close_track_session(CloseFunction::SESSION, 0).unwrap_err();
        assert!(matches!(error, DriveError::CloseFailed { .. }), "{error}");

        let mut drive = Scripted::drive([good(&[0xA1, 0x11]), check(&[0x00], 3, 0x51, 0)]);
        let error = drive.blank(BlankType::MINIMAL).unwrap_err();
        assert!(matches!(error, DriveError::EraseFailed { .. }), "{error}");
    }

    #[test]
    fn loading_takes_no_medium_for_a_while() {
        let mut drive = Scripted::drive([
            check(&[0x00], 2, 0x3A, 0),
            check(&[0x00], 2, 4, 1),
            check(&[0x03], 5, 0x20, 0),
            good(&[0x00]),
            check(&[0x51], 5, 0x20, 0),
        ]);
        drive.wait_for(Operation::Loading).unwrap();
        drive.transport().finish();
        let error = Scripted::drive([check(&[0x00], 2, 0x3A, 1)]).wait_until_ready().unwrap_err();
        assert!(matches!(error, DriveError::NoMedium { .. }));
    }

    #[test]
    fn a_flush_without_the_immediate_variant() {
        let mut drive = Scripted::drive([check(&[0x35, 2], 5, 0x24, 0), good(&[0x35, 0])]);
        drive.synchronize_cache().unwrap();
        drive.transport().finish();
    }

    #[test]
    fn replies_are_fetched_in_their_own_length() {
        let mut page = vec![0, 58, 0, 0, 0, 0, 0, 0, 0x05, 50];
        page.resize(60, 0);
        let mut drive = Scripted::drive([
            reply(&[0x5A, 8, 5, 0, 0, 0, 0, 0, 12, 0], &page),
            reply(&[0x5A, 8, 5, 0, 0, 0, 0, 0, 60, 0], &page),
            reply(&[0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0], &[0, 0, 0, 12, 0, 0, 0, 0x1B]),
            reply(
                &[0x46, 0, 0, 0, 0, 0, 0, 0, 16, 0],
                &[0, 0, 0, 12, 0, 0, 0, 0x1B, 0, 0, 3, 4, 0, 0x1B, 1, 0],
            ),
            check(&[0x5A, 8, 0x2A], 5, 0x24, 0),
            check(&[0xAC], 5, 0x20, 0),
        ]);
        assert_eq!(drive.mode_page(5).unwrap().len(), 52);
        assert_eq!(drive.configuration().unwrap().profiles(), [(Profile::DVD_PLUS_R, true)]);
        assert!(matches!(drive.capabilities(), Err(DriveError::NoSuchModePage { page: 0x2A, .. })));
        assert!(drive.write_speeds().unwrap_err().is_unsupported());
        drive.transport().finish();
    }

    #[test]
    fn the_speed_is_asked_for_in_the_way_of_the_medium() {
        let streaming = check(&[0xB6], 5, 0x21, 0);
        let mut drive = Scripted::drive([streaming, check(&[0xBB], 5, 0x24, 0)]);
        let mut medium = crate::medium::tests::blank(Profile::DVD_PLUS_R);
        drive.request_speed(&medium, Speed::dvd(24));
        drive.transport().finish();
        medium.profile = Profile::CD_R;
        let mut drive = Scripted::drive([good(&[0xBB, 0, 0xFF, 0xFF, 0x02, 0xC2])]);
        drive.request_speed(&medium, Speed::cd(4));
        drive.transport().finish();
    }

    #[test]
    fn short_reads_are_no_reads() {
        let mut drive = Scripted::drive([reply(&[0x28], &[0; 100])]);
        let error = drive.read_10(Lba::ZERO, &mut [0; BLOCK]).unwrap_err();
        assert!(matches!(error, DriveError::BadReply { operation: OperationCode::READ_10, .. }));
    }
}
