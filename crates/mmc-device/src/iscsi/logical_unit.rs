use std::time::Duration;

use crate::simulated::SimulatedDrive;
use crate::{Cdb, Data, Transport, TransportError};

/// What a target serves as its logical unit 0.
pub trait LogicalUnit: Send {
    /// Carries out one command. Returns the bytes transferred.
    ///
    /// # Errors
    /// As [`Transport::execute`].
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>) -> Result<usize, TransportError>;

    /// LOGICAL UNIT RESET (SAM): modes and locks are those after power-on.
    fn reset(&mut self);
}

impl LogicalUnit for SimulatedDrive {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>) -> Result<usize, TransportError> {
        // Nothing in it takes time.
        Transport::execute(self, cdb, data, Duration::MAX)
    }

    fn reset(&mut self) {
        SimulatedDrive::reset(self);
    }
}
