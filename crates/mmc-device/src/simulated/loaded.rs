//! A medium on the tray and the files it lives in.

use std::path::Path;

use crate::TransportError;

use super::SimulatedError;
use super::cd::RawStore;
use super::medium::{Format, Medium};
use super::status::{Failure, Outcome};
use super::store::Store;

/// A medium and the files it lives in.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) medium: Medium,
    pub(super) store: Store,
    pub(super) raw: RawStore,
    /// Something happened to the medium since a command last saved its state.
    pub(super) changed: bool,
    /// Sectors recorded since the state was saved.
    unsaved: u32,
    /// Sectors recorded until it is saved without a command that asks for it.
    save_after: u32,
}

/// Sectors that the death of the process may cost: 8 MiB, the size of a drive's buffer.
const SAVE_AFTER: u32 = 4096;

impl Loaded {
    pub(super) fn open(path: &Path) -> Result<Loaded, SimulatedError> {
        let (store, medium) = Store::open(path)?;
        let mut loaded = Loaded::new(medium, store);
        if loaded.medium.format == Format::Running {
            // Its drive was lost while it formatted in the background.
            loaded.medium.suspend_format();
            loaded.changed = true;
        }
        Ok(loaded)
    }

    pub(super) fn new(medium: Medium, store: Store) -> Loaded {
        let raw = RawStore::new(store.path());
        Loaded { medium, store, raw, changed: false, unsaved: 0, save_after: SAVE_AFTER }
    }

    /// Notes sectors that were recorded, and saves the state when they have become many.
    pub(super) fn recorded(&mut self, sectors: u32) -> Result<(), SimulatedError> {
        self.changed = true;
        self.unsaved = self.unsaved.saturating_add(sectors);
        if self.unsaved >= self.save_after { self.save_state() } else { Ok(()) }
    }

    /// Records zeros where an open track ends.
    pub(super) fn pad(&mut self, lba: u32, sectors: u32) -> Outcome<()> {
        self.pad_sound(lba, sectors)?;
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
            self.medium.suspend_format();
            self.changed = true;
        }
        self.changed |= self.medium.drop_unused_disc_at_once();
        if let Err(failure) = self.flush() {
            let source = match failure {
                Failure::Transport(TransportError::MediumFile(error)) => error,
                other => std::io::Error::other(TransportError::from(other)),
            };
            return Err(SimulatedError::io(self.store.path(), source));
        }
        self.changed |= self.medium.finish_disc_at_once();
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
