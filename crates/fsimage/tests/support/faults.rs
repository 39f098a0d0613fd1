//! Faults, the IMAPI2 names of what they end in, and time that passes for nobody.
#![allow(dead_code, unreachable_pub, reason = "each test program takes what it needs")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mmc_device::simulated::{Fault, SimulatedDrive};
use mmc_device::{Cdb, Data, Drive, Transport, TransportError, Waiter};

pub const BUSY: &str = "E_IMAPI_RECORDER_MEDIA_BUSY";
pub const GONE: &str = "E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE";
pub const INCOMPATIBLE: &str = "E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE";
pub const UPSIDE_DOWN: &str = "E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN";
pub const MISMATCH: &str = "E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH";
pub const NO_FEATURE: &str = "E_IMAPI_RECORDER_NO_SUCH_FEATURE";
pub const NO_MEDIUM: &str = "E_IMAPI_RECORDER_MEDIA_NO_MEDIA";
pub const NOT_VERIFIED: &str = "E_IMAPI_BURN_VERIFICATION_FAILED";
pub const PROTECTED: &str = "E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED";
pub const READY_SOON: &str = "E_IMAPI_RECORDER_MEDIA_BECOMING_READY";
pub const FORMATTING: &str = "E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS";
pub const STARVED: &str = "E_IMAPI_LOSS_OF_STREAMING";
pub const TIMED_OUT: &str = "E_IMAPI_RECORDER_COMMAND_TIMEOUT";
pub const UNPLUGGED: &str = "ERROR_DEV_NOT_EXIST";
/// The recording is good all the same.
pub const GOOD: &str = "";

/// Time passes when somebody waits, and not otherwise.
pub struct VirtualTime(pub Arc<AtomicU64>);

impl Waiter for VirtualTime {
    fn wait(&mut self, span: Duration) {
        self.0.fetch_add(span.as_millis() as u64, Ordering::Relaxed);
    }
}

pub const fn refuse(operation_code: u8, key: u8, asc: u8, ascq: u8, times: Option<u32>) -> Fault {
    Fault::Refuse { operation_code, key, asc, ascq, times }
}

pub const fn recovered(operation_code: u8, asc: u8, ascq: u8) -> Fault {
    Fault::Recovered { operation_code, asc, ascq, times: None }
}

/// Commands of that operation code whose byte has that value end with 5/24/00.
pub const fn refuse_variant(operation_code: u8, byte: u8, value: u8) -> Fault {
    Fault::RefuseVariant { operation_code, byte, value, key: 5, asc: 0x24, ascq: 0, times: None }
}

/// Four bytes of each reply to a command.
pub const fn lie(operation_code: u8, offset: u8, value: u32) -> Fault {
    Fault::LyingField { operation_code, offset, value }
}

/// A command is carried out, and the next one ends with what came of it.
pub const fn deferred(operation_code: u8, key: u8, asc: u8, ascq: u8) -> Fault {
    Fault::Deferred { operation_code, key, asc, ascq }
}

/// Sees each command.
type Watch = Box<dyn FnMut(&[u8]) -> bool + Send>;

/// A drive with a fault that begins late.
pub struct Late {
    drive: SimulatedDrive,
    fault: Option<Fault>,
    begins: Watch,
}

impl Late {
    /// `begins` sees each command, and says with which one the fault does.
    pub fn new(
        drive: SimulatedDrive,
        fault: Fault,
        begins: impl FnMut(&[u8]) -> bool + Send + 'static,
    ) -> Late {
        Late { drive, fault: Some(fault), begins: Box::new(begins) }
    }

    /// In virtual time.
    pub fn in_time(self, waited: &Arc<AtomicU64>) -> Drive<Box<dyn Transport>> {
        let transport: Box<dyn Transport> = Box::new(self);
        Drive::with_waiter(transport, Box::new(VirtualTime(Arc::clone(waited))))
    }
}

impl Transport for Late {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError> {
        let begins = (self.begins)(cdb.as_bytes());
        if let Some(fault) = self.fault.take_if(|_| begins) {
            self.drive.inject(fault).unwrap();
        }
        self.drive.execute(cdb, data, timeout)
    }
}

/// The command behind the first one with this operation code.
pub fn behind(operation_code: u8) -> impl FnMut(&[u8]) -> bool + Send + 'static {
    let mut seen = false;
    move |cdb| {
        let before = seen;
        seen |= cdb[0] == operation_code;
        before
    }
}

/// The first command with this operation code behind a WRITE.
pub fn at_end_by(operation_code: u8) -> impl FnMut(&[u8]) -> bool + Send + 'static {
    let mut written = false;
    move |cdb| {
        written |= matches!(cdb[0], 0x2A | 0xAA);
        written && cdb[0] == operation_code
    }
}

/// The first reading of data behind a recording, when the medium is no longer locked in.
pub fn read_back() -> impl FnMut(&[u8]) -> bool + Send + 'static {
    let (mut written, mut closed) = (false, false);
    move |cdb| {
        written |= matches!(cdb[0], 0x2A | 0xAA);
        closed |= written && cdb[0] == 0x1E && cdb[4] == 0;
        closed && matches!(cdb[0], 0x28 | 0xA8 | 0xBE)
    }
}

/// A simulated drive that can be made to fail while something else holds it.
#[derive(Clone)]
pub struct SharedDrive(Arc<Mutex<SimulatedDrive>>);

impl SharedDrive {
    pub fn new(drive: SimulatedDrive) -> SharedDrive {
        SharedDrive(Arc::new(Mutex::new(drive)))
    }

    pub fn inject(&self, fault: Fault) {
        self.0.lock().unwrap().inject(fault).unwrap();
    }

    /// A drive in virtual time.
    pub fn drive(&self, waited: &Arc<AtomicU64>) -> Drive<Box<dyn Transport>> {
        let transport: Box<dyn Transport> = Box::new(self.clone());
        Drive::with_waiter(transport, Box::new(VirtualTime(Arc::clone(waited))))
    }
}

impl Transport for SharedDrive {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError> {
        self.0.lock().unwrap().execute(cdb, data, timeout)
    }
}
