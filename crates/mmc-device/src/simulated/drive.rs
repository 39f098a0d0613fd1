use std::collections::VecDeque;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::{Cdb, Sense, TransportError};

use super::cd::AtOnce;
use super::decode::Block;
use super::events::Events;
use super::faults::Faults;
use super::loaded::Loaded;
use super::medium::{Medium, capacity_is_possible};
use super::mode_pages::ModePages;
use super::performance::Speeds;
use super::status::{self, Failure, Outcome};
use super::store::Store;
use super::timing::Timed;
use super::write::Pretence;
use super::{Fault, MediumKind, SimulatedError};

/// A drive made of software, with a tray for one medium.
///
/// It answers commands at once: nothing takes time unless
/// [`set_long_operation_polls`](SimulatedDrive::set_long_operation_polls) says so, counting commands, or
/// [`set_timing`](SimulatedDrive::set_timing), by a clock. The medium's state is saved by SYNCHRONIZE CACHE, CLOSE TRACK
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
    /// A test write is going on.
    pub(super) pretended: Option<Pretence>,
    /// CD: the session being recorded at once or raw.
    pub(super) at_once: Option<AtOnce>,
    pub(super) speeds: Speeds,
    pub(super) events: Events,
    pub(super) faults: Faults,
    pub(super) background_polls: Option<u32>,
    pub(super) background_polls_left: u32,
    long_operation_polls: u32,
    /// The command being carried out.
    pub(super) current: Block,
    pub(super) timed: Option<Timed>,
    pub(super) gone: bool,
    pub(super) trace: Option<Box<Trace>>,
}

type Trace = dyn FnMut(&Exchange<'_>) + Send;

/// A long operation that goes on after its command ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Busy {
    pub(super) sense: Sense,
    pub(super) end: End,
}

/// When a long operation ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    /// Behind so many more commands, of so many.
    Polls { left: u32, total: u32 },
    /// By the drive's clock.
    Time { begun: Duration, until: Duration },
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
    #[must_use]
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
            at_once: None,
            speeds: Speeds::default(),
            events: Events::default(),
            faults: Faults::default(),
            background_polls: None,
            background_polls_left: 0,
            long_operation_polls: 0,
            current: Block::default(),
            timed: None,
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

    /// Presses the button, takes the medium out and closes the empty tray. Without a medium nothing happens.
    ///
    /// # Errors
    /// [`SimulatedError::RemovalPrevented`] while a program has the tray locked, which is told of the button (GET EVENT
    /// STATUS NOTIFICATION); whatever the file system
    /// says when the state is saved, the medium then staying where it is.
    pub fn eject(&mut self) -> Result<(), SimulatedError> {
        if self.prevented || self.prevented_persistently {
            self.events.eject_requested();
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

    /// Whether it has power, which a fault may have cut: without, every command ends with
    /// [`TransportError::DeviceGone`](crate::TransportError::DeviceGone) until [`power_cycle`](SimulatedDrive::power_cycle).
    #[must_use]
    pub fn has_power(&self) -> bool {
        !self.gone
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
        let (trace, mut timed) = (self.trace.take(), self.timed.take());
        if let Some(timed) = &mut timed {
            timed.medium_arrived();
        }
        let (background_polls, long_operation_polls) = (self.background_polls, self.long_operation_polls);
        *self = SimulatedDrive::empty();
        (self.slot, self.trace, self.timed) = (slot, trace, timed);
        self.long_operation_polls = long_operation_polls;
        self.set_background_format_polls(background_polls);
        Ok(())
    }

    /// What the bus can ask for (LOGICAL UNIT RESET): modes, locks and speeds are those after power-on, and the
    /// next command finds 6/29/00. The medium and the faults stay.
    pub fn reset(&mut self) {
        self.pages = ModePages::default();
        self.speeds = Speeds::default();
        self.pretended = None;
        (self.prevented, self.prevented_persistently) = (false, false);
        self.attention.push_back(status::POWER_ON);
    }

    /// The kind of the medium on the tray.
    #[must_use]
    pub fn medium_kind(&self) -> Option<MediumKind> {
        self.slot.as_ref().map(|loaded| loaded.medium.kind)
    }

    /// Where the medium's sectors are kept.
    #[must_use]
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
        self.at_once = None;
        self.speeds = Speeds::default();
        if let Some(timed) = &mut self.timed {
            timed.medium_arrived();
        }
        self.attention.push_back(status::MEDIUM_MAY_HAVE_CHANGED);
        self.events.medium_arrived();
    }

    /// An operation goes on in the background if its command had the Immed bit.
    pub(super) fn goes_on(&mut self, immediate: bool, sense: Sense) {
        let immediate = immediate || self.faults.has(Fault::ImpliedImmediate);
        if self.timed.is_some() {
            let block = self.current;
            let span = self.operation_time(&block);
            let Some(timed) = &mut self.timed else { return };
            if immediate {
                let begun = timed.now();
                self.busy = Some(Busy { sense, end: End::Time { begun, until: begun + span } });
            } else {
                timed.pass(span);
            }
        } else if immediate && self.long_operation_polls > 0 {
            let total = self.long_operation_polls;
            self.busy = Some(Busy { sense, end: End::Polls { left: total, total } });
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

    /// The lights go out while the medium is blanked or formatted.
    pub(super) fn lose_power_erasing(&mut self) -> Failure {
        if let Some(loaded) = &mut self.slot {
            loaded.medium.leave_half_erased();
        }
        self.lose_power()
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
