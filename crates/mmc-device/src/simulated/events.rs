//! The tray: START STOP UNIT, PREVENT ALLOW MEDIUM REMOVAL, GET EVENT STATUS NOTIFICATION.

use super::SimulatedDrive;
use super::decode::Block;
use super::status::{self, Outcome};

/// Events not yet reported.
#[derive(Debug, Default)]
pub(super) struct Events {
    media: u8,
    operational_change: bool,
}

const MEDIA_NONE: u8 = 0;
const MEDIA_EJECT_REQUEST: u8 = 1;
const MEDIA_NEW: u8 = 2;
const MEDIA_REMOVED: u8 = 3;
const MEDIA_FORMAT_DONE: u8 = 5;

const CLASS_OPERATIONAL_CHANGE: u8 = 1;
const CLASS_MEDIA: u8 = 4;
const CLASS_BUSY: u8 = 6;
const SUPPORTED: u8 = 1 << CLASS_OPERATIONAL_CHANGE | 1 << CLASS_MEDIA | 1 << CLASS_BUSY;

impl Events {
    pub(super) fn medium_arrived(&mut self) {
        self.media = MEDIA_NEW;
        self.operational_change = true;
    }

    pub(super) fn medium_removed(&mut self) {
        self.media = MEDIA_REMOVED;
        self.operational_change = true;
    }

    pub(super) fn eject_requested(&mut self) {
        self.media = MEDIA_EJECT_REQUEST;
    }

    pub(super) fn background_format_done(&mut self) {
        self.media = MEDIA_FORMAT_DONE;
    }

    /// The set of current features has changed.
    pub(super) fn features_changed(&mut self) {
        self.operational_change = true;
    }
}

impl SimulatedDrive {
    pub(super) fn start_stop_unit(&mut self, block: &Block) -> Outcome<()> {
        let immediate = block[1] & 0x01 != 0;
        if block[4] & 0xF0 != 0 {
            // Power conditions: nothing to be seen of them.
            return Ok(());
        }
        let action = block[4] & 0x03;
        if self.faults.keeps_tray(immediate, action) {
            return Err(status::COMMAND_SEQUENCE.into());
        }
        match action {
            0x02 => self.eject_by_command(),
            0x03 => {
                if self.tray_open {
                    self.tray_open = false;
                    if self.slot.is_some() {
                        self.medium_arrived();
                        self.goes_on(immediate, status::NOT_READY_OPERATION_IN_PROGRESS);
                    }
                }
                Ok(())
            }
            _ => self.loaded().map(|_| ()),
        }
    }

    fn eject_by_command(&mut self) -> Outcome<()> {
        if self.prevented || self.prevented_persistently {
            return Err(status::MEDIUM_REMOVAL_PREVENTED.into());
        }
        if !self.tray_open {
            if let Some(loaded) = &mut self.slot {
                loaded.settle()?;
                self.events.medium_removed();
            }
            self.busy = None;
            self.tray_open = true;
        }
        Ok(())
    }

    pub(super) fn prevent_allow(&mut self, block: &Block) -> Outcome<()> {
        let prevent = block[4] & 0x01 != 0;
        if block[4] & 0x02 != 0 {
            self.prevented_persistently = prevent;
        } else {
            self.prevented = prevent;
        }
        Ok(())
    }

    pub(super) fn get_event_status(&mut self, block: &Block) -> Outcome<Vec<u8>> {
        if block[1] & 0x01 == 0 {
            // Only polled operation.
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        let asked = block[4] & SUPPORTED;
        let has_event = |class: u8| match class {
            CLASS_OPERATIONAL_CHANGE => self.events.operational_change,
            CLASS_MEDIA if self.faults.has(super::Fault::EndlessEvents) => true,
            CLASS_MEDIA => self.events.media != MEDIA_NONE,
            _ => false,
        };
        let classes = [CLASS_OPERATIONAL_CHANGE, CLASS_MEDIA, CLASS_BUSY].into_iter();
        let mut classes = classes.filter(|class| asked & 1 << class != 0);
        let first = classes.clone().next();
        let Some(class) = classes.find(|class| has_event(*class)).or(first) else {
            return Ok(vec![0, 2, 0x80, SUPPORTED]);
        };
        let event: [u8; 4] = match class {
            CLASS_OPERATIONAL_CHANGE => {
                let changed = std::mem::take(&mut self.events.operational_change);
                // Event 2: change occurred; status 0: ready; report 1: features changed.
                if changed { [2, 0, 0, 1] } else { [0, 0, 0, 0] }
            }
            CLASS_MEDIA => {
                let endless = self.faults.has(super::Fault::EndlessEvents);
                let code = if endless { MEDIA_NEW } else { std::mem::take(&mut self.events.media) };
                let present = self.slot.is_some() && !self.tray_open;
                [code, u8::from(self.tray_open) | u8::from(present) << 1, 0, 0]
            }
            _ => [0, u8::from(self.busy.is_some()), 0, u8::from(self.busy.is_some())],
        };
        let mut reply = vec![0, 6, class, SUPPORTED];
        reply.extend_from_slice(&event);
        Ok(reply)
    }
}
