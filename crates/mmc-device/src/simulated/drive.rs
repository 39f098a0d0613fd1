use std::collections::VecDeque;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::{Cdb, Data, Sense, Transport, TransportError};

use super::decode::{Block, be16, be32};
use super::events::Events;
use super::faults::{Faults, Interruption};
use super::medium::{Format, Medium, capacity_is_possible};
use super::mode_pages::ModePages;
use super::performance::Speeds;
use super::status::{self, Failure, Outcome};
use super::store::Store;
use super::{Fault, MediumKind, SimulatedError};

/// A drive made of software, with a tray for one medium.
///
/// It answers commands at once: nothing takes time unless
/// [`set_long_operation_polls`](SimulatedDrive::set_long_operation_polls) says so, and then time is
/// counted in commands, not in seconds. The medium's state is saved by SYNCHRONIZE CACHE, CLOSE TRACK
/// SESSION, FORMAT UNIT, BLANK, REPAIR TRACK and RESERVE TRACK, after every 8 MiB written, when it leaves
/// the drive, and when the drive is dropped. A process that is killed loses no more than a drive without
/// power loses of its buffer.
pub struct SimulatedDrive {
    pub(super) slot: Option<Loaded>,
    pub(super) tray_open: bool,
    pub(super) attention: VecDeque<Sense>,
    pub(super) deferred: Option<Sense>,
    pub(super) busy: Option<Busy>,
    pub(super) prevented: bool,
    pub(super) prevented_persistently: bool,
    pub(super) pages: ModePages,
    /// Test writing: the address the next WRITE would have to go to.
    pub(super) pretended: Option<u32>,
    pub(super) speeds: Speeds,
    pub(super) events: Events,
    pub(super) faults: Faults,
    pub(super) background_polls: Option<u32>,
    background_polls_left: u32,
    long_operation_polls: u32,
    gone: bool,
    trace: Option<Box<Trace>>,
}

type Trace = dyn FnMut(&Exchange<'_>) + Send;

/// A medium and the files it lives in.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) medium: Medium,
    pub(super) store: Store,
    /// Something happened to the medium since a command last saved its state.
    pub(super) changed: bool,
    /// Sectors recorded since the state was saved.
    unsaved: u32,
    /// Sectors recorded until it is saved without a command that asks for it.
    save_after: u32,
}

/// Sectors that the death of the process may cost: 8 MiB, the size of a drive's buffer.
const SAVE_AFTER: u32 = 4096;

/// A long operation that goes on after its command ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Busy {
    pub(super) sense: Sense,
    left: u32,
    total: u32,
}

/// One command as the trace sees it, after its end.
#[derive(Debug)]
#[non_exhaustive]
pub struct Exchange<'a> {
    /// The command.
    pub cdb: &'a Cdb,
    /// Which way its data go.
    pub direction: Direction,
    /// Bytes the caller offered or made room for.
    pub requested: usize,
    /// Bytes transferred, or why the command failed.
    pub result: Result<usize, &'a TransportError>,
}

/// Which way the data of a command go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// There are none.
    None,
    /// From the drive.
    In,
    /// To the drive.
    Out,
}

impl SimulatedDrive {
    /// A drive with a new blank medium, whose sectors are kept in `path` and its state in
    /// `path` + `.medium`.
    ///
    /// # Errors
    /// [`SimulatedError::AlreadyExists`] if the file is there, [`SimulatedError::StateLeftBehind`] if only
    /// its state is; whatever the file system says.
    pub fn create(path: impl AsRef<Path>, kind: MediumKind) -> Result<SimulatedDrive, SimulatedError> {
        SimulatedDrive::create_with_capacity(path, kind, kind.default_capacity())
    }

    /// The same with so many sectors of 2048 bytes, for tests that fill a medium.
    ///
    /// # Errors
    /// As [`create`](SimulatedDrive::create), and [`SimulatedError::Capacity`] unless the capacity is a
    /// multiple of 16 on DVD and 32 on BD, at least 1024, and not over ten times the usual one or
    /// 404 849 on CD.
    pub fn create_with_capacity(
        path: impl AsRef<Path>,
        kind: MediumKind,
        capacity: u32,
    ) -> Result<SimulatedDrive, SimulatedError> {
        if !capacity_is_possible(kind, capacity) {
            return Err(SimulatedError::Capacity { kind, capacity });
        }
        let medium = Medium::blank(kind, capacity);
        let store = Store::create(path.as_ref(), &medium)?;
        let mut drive = SimulatedDrive::empty();
        drive.slot = Some(Loaded::new(medium, store));
        Ok(drive)
    }

    /// A drive just switched on, with the medium in `path` on its tray.
    ///
    /// # Errors
    /// [`SimulatedError::DriveLocked`] while another drive holds the medium,
    /// [`SimulatedError::NotAMedium`] without a proper state file; whatever the file system says.
    pub fn open(path: impl AsRef<Path>) -> Result<SimulatedDrive, SimulatedError> {
        let loaded = Loaded::open(path.as_ref())?;
        let mut drive = SimulatedDrive::empty();
        drive.slot = Some(loaded);
        Ok(drive)
    }

    /// A drive just switched on, without a medium.
    pub fn empty() -> SimulatedDrive {
        SimulatedDrive {
            slot: None,
            tray_open: false,
            attention: VecDeque::from([status::POWER_ON]),
            deferred: None,
            busy: None,
            prevented: false,
            prevented_persistently: false,
            pages: ModePages::default(),
            pretended: None,
            speeds: Speeds::default(),
            events: Events::default(),
            faults: Faults::default(),
            background_polls: None,
            background_polls_left: 0,
            long_operation_polls: 0,
            gone: false,
            trace: None,
        }
    }

    /// Lays the medium in `path` on the tray and closes it. The next command finds 6/28/00.
    ///
    /// # Errors
    /// [`SimulatedError::Occupied`] if there is one; as [`open`](SimulatedDrive::open).
    pub fn insert(&mut self, path: impl AsRef<Path>) -> Result<(), SimulatedError> {
        if self.slot.is_some() {
            return Err(SimulatedError::Occupied);
        }
        self.slot = Some(Loaded::open(path.as_ref())?);
        self.tray_open = false;
        self.medium_arrived();
        Ok(())
    }

    /// Takes the medium out and closes the empty tray. Without a medium nothing happens.
    ///
    /// # Errors
    /// [`SimulatedError::RemovalPrevented`] while a program has the tray locked; whatever the file system
    /// says when the state is saved, the medium then staying where it is.
    pub fn eject(&mut self) -> Result<(), SimulatedError> {
        if self.prevented || self.prevented_persistently {
            return Err(SimulatedError::RemovalPrevented);
        }
        let Some(loaded) = &mut self.slot else { return Ok(()) };
        loaded.settle()?;
        self.slot = None;
        self.tray_open = false;
        self.busy = None;
        self.events.medium_removed();
        Ok(())
    }

    /// Switches the drive off and on: locks, modes, speeds and faults are forgotten, a cut power line is
    /// mended, and the next command finds 6/29/00. The medium stays.
    ///
    /// # Errors
    /// Whatever the file system says when the medium's state is saved.
    pub fn power_cycle(&mut self) -> Result<(), SimulatedError> {
        if let Some(loaded) = &mut self.slot {
            loaded.settle()?;
        }
        let slot = self.slot.take();
        let trace = self.trace.take();
        let (background_polls, long_operation_polls) = (self.background_polls, self.long_operation_polls);
        *self = SimulatedDrive::empty();
        (self.slot, self.trace) = (slot, trace);
        self.long_operation_polls = long_operation_polls;
        self.set_background_format_polls(background_polls);
        Ok(())
    }

    /// The kind of the medium on the tray.
    pub fn medium_kind(&self) -> Option<MediumKind> {
        self.slot.as_ref().map(|loaded| loaded.medium.kind)
    }

    /// Where the medium's sectors are kept.
    pub fn medium_path(&self) -> Option<&Path> {
        self.slot.as_ref().map(|loaded| loaded.store.path())
    }

    /// Makes something go wrong. Several faults may be in force at once.
    ///
    /// # Errors
    /// Whatever the file system says when [`Fault::SilentCorruption`] changes a sector already recorded.
    pub fn inject(&mut self, fault: Fault) -> Result<(), SimulatedError> {
        if let (Fault::SilentCorruption { lba }, Some(loaded)) = (fault, &mut self.slot)
            && lba < loaded.medium.written.end()
            && loaded.medium.written.first_gap(lba, lba + 1).is_none()
        {
            let path = loaded.store.path().to_owned();
            loaded.corrupt(lba).map_err(|error| SimulatedError::io(&path, error))?;
        }
        self.faults.add(fault);
        Ok(())
    }

    /// Ends all faults. What they did to the medium stays.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// Has every command reported after its end.
    pub fn set_trace(&mut self, trace: impl FnMut(&Exchange<'_>) + Send + 'static) {
        self.trace = Some(Box::new(trace));
    }

    /// Makes long operations started with the Immed bit (SYNCHRONIZE CACHE, CLOSE TRACK SESSION, BLANK,
    /// FORMAT UNIT, REPAIR TRACK, loading) answer so many commands with 2/04/xx and a progress
    /// indication before they are over. The first value is 0: they are over at once.
    pub fn set_long_operation_polls(&mut self, polls: u32) {
        self.long_operation_polls = polls;
    }

    /// Lets the background format of a DVD+RW end after so many TEST UNIT READY commands. At first it is
    /// `None`: it runs until CLOSE TRACK SESSION or removal suspends it.
    pub fn set_background_format_polls(&mut self, polls: Option<u32>) {
        self.background_polls = polls;
        self.background_polls_left = polls.unwrap_or(0);
    }

    /// Writes everything out as SYNCHRONIZE CACHE and removal would, and ends the drive. Dropping it
    /// does the same, but cannot report errors.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn close(mut self) -> Result<(), SimulatedError> {
        match &mut self.slot {
            Some(loaded) => loaded.settle(),
            None => Ok(()),
        }
    }

    /// The medium, if the tray is closed over one.
    pub(super) fn loaded(&mut self) -> Outcome<&mut Loaded> {
        match &mut self.slot {
            Some(loaded) if !self.tray_open => Ok(loaded),
            _ if self.tray_open => Err(status::MEDIUM_NOT_PRESENT_TRAY_OPEN.into()),
            _ => Err(status::MEDIUM_NOT_PRESENT_TRAY_CLOSED.into()),
        }
    }

    /// The medium for reports that do without one.
    pub(super) fn medium(&self) -> Option<&Medium> {
        self.slot.as_ref().filter(|_| !self.tray_open).map(|loaded| &loaded.medium)
    }

    pub(super) fn medium_arrived(&mut self) {
        self.busy = None;
        self.pretended = None;
        self.speeds = Speeds::default();
        self.attention.push_back(status::MEDIUM_MAY_HAVE_CHANGED);
        self.events.medium_arrived();
    }

    /// An operation goes on in the background if its command had the Immed bit.
    pub(super) fn goes_on(&mut self, immediate: bool, sense: Sense) {
        if immediate && self.long_operation_polls > 0 {
            let total = self.long_operation_polls;
            self.busy = Some(Busy { sense, left: total, total });
        }
    }

    pub(super) fn restart_background_format(&mut self) {
        self.background_polls_left = self.background_polls.unwrap_or(0);
    }

    /// The lights go out.
    pub(super) fn lose_power(&mut self) -> Failure {
        self.gone = true;
        if let Some(loaded) = &mut self.slot {
            loaded.medium.damage_open_tracks();
            loaded.changed = true;
            if let Err(error) = loaded.save() {
                return error.into();
            }
        }
        Failure::Transport(TransportError::DeviceGone)
    }

    /// Someone pulls the medium out while it is written.
    pub(super) fn lose_medium(&mut self) -> Failure {
        if let Some(mut loaded) = self.slot.take() {
            loaded.medium.damage_open_tracks();
            loaded.changed = true;
            if let Err(error) = loaded.settle() {
                return error.into();
            }
        }
        self.tray_open = true;
        self.prevented = false;
        self.prevented_persistently = false;
        self.events.medium_removed();
        status::MEDIUM_NOT_PRESENT_TRAY_OPEN.into()
    }

    fn test_unit_ready(&mut self) -> Outcome<()> {
        let medium = &mut self.loaded()?.medium;
        let running = medium.format == Format::Running;
        if running && self.background_polls.is_some() {
            self.background_polls_left = self.background_polls_left.saturating_sub(1);
            if self.background_polls_left == 0 {
                let loaded = self.loaded()?;
                loaded.medium.format = Format::Formatted;
                loaded.medium.initialized = true;
                loaded.changed = true;
                self.events.background_format_done();
            }
        }
        Ok(())
    }

    /// Sense data of the operation under way, with its progress.
    pub(super) fn progress(&self) -> Option<Sense> {
        self.busy.map(|busy| {
            let done = u64::from(busy.total - busy.left) * 65_536 / u64::from(busy.total.max(1));
            Sense { progress: Some(done.min(65_535) as u16), ..busy.sense }
        })
    }

    /// Conditions that come before the command itself.
    fn pending(&mut self, operation_code: u8) -> Outcome<()> {
        match self.faults.due() {
            Some(Interruption::PowerCut) => return Err(self.lose_power()),
            Some(Interruption::MediumRemoved) => drop(self.lose_medium()),
            _ => {}
        }
        // INQUIRY, REQUEST SENSE, GET CONFIGURATION, GET EVENT STATUS NOTIFICATION, REPORT LUNS.
        let unconditional = matches!(operation_code, 0x12 | 0x03 | 0x46 | 0x4A | 0xA0);
        if !unconditional {
            if let Some(sense) = self.deferred.take() {
                return Err(sense.into());
            }
            if let Some(sense) = self.attention.pop_front() {
                return Err(sense.into());
            }
        }
        if let Some(sense) = self.faults.refusal(operation_code, needs_medium(operation_code)) {
            return Err(sense.into());
        }
        if let Some(sense) = self.progress().filter(|_| !unconditional) {
            match &mut self.busy {
                Some(busy) if busy.left > 0 => {
                    busy.left -= 1;
                    return Err(sense.into());
                }
                _ => self.busy = None,
            }
        }
        Ok(())
    }

    fn carry_out(&mut self, block: &Block, data: &mut Data<'_>) -> Outcome<usize> {
        let code = block[0];
        self.pending(code)?;
        match code {
            0x00 => no_data(data, |()| self.test_unit_ready()),
            0x03 => {
                let reply = self.request_sense(block)?;
                self.deliver(code, &reply, block[4].into(), data)
            }
            0x04 => {
                let list = outgoing(data)?.to_vec();
                self.format_unit(block, &list)
            }
            0x12 => {
                let reply = self.inquiry(block)?;
                self.deliver(code, &reply, be16(block, 3).into(), data)
            }
            0x1B => no_data(data, |()| self.start_stop_unit(block)),
            0x1E => no_data(data, |()| self.prevent_allow(block)),
            0x23 => {
                let reply = self.read_format_capacities(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x25 => {
                let reply = self.read_capacity(block)?;
                self.deliver(code, &reply, 8, data)
            }
            0x28 => self.read(block, be32(block, 2), be16(block, 7).into(), data),
            0xA8 => self.read(block, be32(block, 2), be32(block, 6), data),
            0x2A => self.write(block, be32(block, 2), be16(block, 7).into(), outgoing(data)?),
            0x2E => self.write_and_verify(block, outgoing(data)?),
            0xAA => self.write(block, be32(block, 2), be32(block, 6), outgoing(data)?),
            0x2B => no_data(data, |()| self.seek(block)),
            0x2F => no_data(data, |()| self.verify(block)),
            0x35 => no_data(data, |()| self.synchronize_cache(block)),
            0x43 => {
                let reply = self.read_toc(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x46 => {
                let reply = self.get_configuration(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x4A => {
                let reply = self.get_event_status(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x51 => {
                let reply = self.read_disc_information(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x52 => {
                let reply = self.read_track_information(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x53 => no_data(data, |()| self.reserve_track(block)),
            0x54 => {
                outgoing(data)?;
                self.send_opc_information(block)
            }
            0x55 => {
                let list = parameter_list(data, be16(block, 7).into())?;
                self.mode_select(block, list)
            }
            0x58 => no_data(data, |()| self.repair_track(block)),
            0x5A => {
                let reply = self.mode_sense(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0x5B => no_data(data, |()| self.close_track_session(block)),
            0x5C => {
                let reply = self.read_buffer_capacity(block)?;
                self.deliver(code, &reply, be16(block, 7).into(), data)
            }
            0xA0 => {
                // One logical unit, number 0.
                let reply = [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
                self.deliver(code, &reply, be32(block, 6) as usize, data)
            }
            0xA1 => no_data(data, |()| self.blank(block)),
            0xAC => {
                let reply = self.get_performance(block)?;
                self.deliver(code, &reply, usize::MAX, data)
            }
            0xAD => {
                let reply = self.read_disc_structure(block)?;
                self.deliver(code, &reply, be16(block, 8).into(), data)
            }
            0xB6 => {
                let list = parameter_list(data, be16(block, 9).into())?;
                self.set_streaming(list)
            }
            0xBB => no_data(data, |()| self.set_cd_speed(block)),
            0xBF => {
                let list = parameter_list(data, be16(block, 8).into())?;
                self.send_disc_structure(block, list)
            }
            _ => Err(status::INVALID_OPERATION_CODE.into()),
        }
    }

    /// Copies as much of a reply as the command and its caller have room for.
    fn deliver(&self, code: u8, reply: &[u8], allocated: usize, data: &mut Data<'_>) -> Outcome<usize> {
        let mut len = reply.len().min(allocated);
        if let Some(limit) = self.faults.reply_limit(code) {
            len = len.min(limit);
        }
        match data {
            Data::In(buffer) => {
                len = len.min(buffer.len());
                buffer[..len].copy_from_slice(&reply[..len]);
                Ok(len)
            }
            Data::None if allocated == 0 || len == 0 => Ok(0),
            Data::None | Data::Out(_) => Err(wrong_transfer()),
        }
    }
}

impl Loaded {
    fn open(path: &Path) -> Result<Loaded, SimulatedError> {
        let (store, medium) = Store::open(path)?;
        let mut loaded = Loaded::new(medium, store);
        if loaded.medium.format == Format::Running {
            // Its drive was lost while it formatted in the background.
            loaded.medium.format = Format::Suspended;
            loaded.changed = true;
        }
        Ok(loaded)
    }

    fn new(medium: Medium, store: Store) -> Loaded {
        Loaded { medium, store, changed: false, unsaved: 0, save_after: SAVE_AFTER }
    }

    /// Notes sectors that were recorded, and saves the state when they have become many.
    pub(super) fn recorded(&mut self, sectors: u32) -> Result<(), SimulatedError> {
        self.changed = true;
        self.unsaved = self.unsaved.saturating_add(sectors);
        if self.unsaved >= self.save_after { self.save_state() } else { Ok(()) }
    }

    /// Records zeros where an open track ends.
    pub(super) fn pad(&mut self, lba: u32, sectors: u32) -> Outcome<()> {
        self.store.write_zeros(lba, sectors)?;
        self.medium.record(lba, sectors, 4);
        self.changed = true;
        Ok(())
    }

    /// Fills the unit the drive's buffer holds in part.
    pub(super) fn flush(&mut self) -> Outcome<()> {
        for (lba, sectors) in self.medium.padding() {
            self.pad(lba, sectors)?;
        }
        Ok(())
    }

    pub(super) fn save(&mut self) -> Result<(), SimulatedError> {
        self.save_state()?;
        self.changed = false;
        Ok(())
    }

    fn save_state(&mut self) -> Result<(), SimulatedError> {
        let bytes = self.store.save(&self.medium)?;
        self.unsaved = 0;
        // A state file of many runs is not written more often than as much data.
        let sectors = u32::try_from(bytes / 2048).unwrap_or(u32::MAX);
        self.save_after = SAVE_AFTER.max(sectors);
        Ok(())
    }

    /// What a drive does before it lets a medium go.
    pub(super) fn settle(&mut self) -> Result<(), SimulatedError> {
        if self.medium.format == Format::Running {
            self.medium.format = Format::Suspended;
            self.changed = true;
        }
        if let Err(failure) = self.flush() {
            let source = match failure {
                Failure::Transport(TransportError::Io(error)) => error,
                other => std::io::Error::other(TransportError::from(other)),
            };
            return Err(SimulatedError::io(self.store.path(), source));
        }
        if self.changed { self.save() } else { Ok(()) }
    }

    /// Flips one bit of a sector.
    pub(super) fn corrupt(&mut self, lba: u32) -> std::io::Result<()> {
        let mut sector = [0; 2048];
        self.store.read(lba, &mut sector)?;
        sector[1024] ^= 0x10;
        self.store.write(lba, &sector)
    }
}

/// Commands that cannot be carried out without looking at the medium.
fn needs_medium(code: u8) -> bool {
    matches!(
        code,
        0x00 | 0x04 | 0x25 | 0x28 | 0xA8 | 0x2A | 0x2B | 0x2E | 0x2F | 0xAA | 0x35 | 0x43 | 0x51
            ..=0x54 | 0x58 | 0x5B | 0x5C | 0xA1 | 0xAC | 0xAD | 0xBF
    )
}

/// The host's side of the transfer does not fit the command (Linux: DID_ERROR).
pub(super) fn wrong_transfer() -> Failure {
    Failure::Transport(TransportError::HostAdapter { host: 7, driver: 0 })
}

fn no_data(data: &Data<'_>, command: impl FnOnce(()) -> Outcome<()>) -> Outcome<usize> {
    match data {
        Data::Out(buffer) if !buffer.is_empty() => Err(wrong_transfer()),
        _ => command(()).map(|()| 0),
    }
}

fn outgoing<'a>(data: &Data<'a>) -> Outcome<&'a [u8]> {
    match data {
        Data::Out(buffer) => Ok(buffer),
        Data::None => Ok(&[]),
        Data::In(_) => Err(wrong_transfer()),
    }
}

/// Data to the drive, exactly as long as the command says.
fn parameter_list<'a>(data: &Data<'a>, len: usize) -> Outcome<&'a [u8]> {
    let list = outgoing(data)?;
    if list.len() == len { Ok(list) } else { Err(wrong_transfer()) }
}

impl Transport for SimulatedDrive {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, _: Duration) -> Result<usize, TransportError> {
        let (direction, requested) = match &data {
            Data::None => (Direction::None, 0),
            Data::In(buffer) => (Direction::In, buffer.len()),
            Data::Out(buffer) => (Direction::Out, buffer.len()),
        };
        let mut block = [0; 16];
        block[..cdb.as_bytes().len()].copy_from_slice(cdb.as_bytes());
        let mut data = data;
        let result = if self.gone {
            Err(TransportError::DeviceGone)
        } else {
            self.carry_out(&block, &mut data).map_err(TransportError::from)
        };
        if let Some(trace) = &mut self.trace {
            trace(&Exchange { cdb, direction, requested, result: result.as_ref().map(|len| *len) });
        }
        result
    }
}

impl Drop for SimulatedDrive {
    fn drop(&mut self) {
        if let Some(loaded) = &mut self.slot {
            // Nobody is left to hear of an error; `close` is for those who want to.
            let _ = loaded.settle();
        }
    }
}

impl fmt::Debug for SimulatedDrive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedDrive")
            .field("slot", &self.slot)
            .field("tray_open", &self.tray_open)
            .field("gone", &self.gone)
            .finish_non_exhaustive()
    }
}
