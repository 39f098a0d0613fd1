//! The one seam between commands and hardware.

#[cfg(target_os = "linux")]
pub(crate) mod linux_holders;
#[cfg(target_os = "linux")]
mod linux_sg;
mod outgoing;
#[cfg(windows)]
pub(crate) mod windows_spti;

use std::fmt;
use std::io;
use std::time::Duration;

use crate::Sense;
use crate::sense::key;

#[cfg(target_os = "linux")]
pub use linux_sg::LinuxSg;
pub use outgoing::{FileStretch, Outgoing};
#[cfg(windows)]
pub use windows_spti::WindowsSpti;

/// A command descriptor block: 6, 10, 12 or 16 bytes, operation code first (SPC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cdb {
    bytes: [u8; 16],
    len: u8,
}

impl Cdb {
    /// The block made of these bytes; `None` if they are not 6, 10, 12 or 16.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Cdb> {
        let len = match bytes.len() {
            6 => 6,
            10 => 10,
            12 => 12,
            16 => 16,
            _ => return None,
        };
        let mut block = [0; 16];
        block[..bytes.len()].copy_from_slice(bytes);
        Some(Cdb { bytes: block, len })
    }

    /// The bytes that go to the drive.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// Operation code, byte 0.
    #[must_use]
    pub fn operation_code(&self) -> u8 {
        self.bytes[0]
    }
}

impl fmt::Display for Cdb {
    /// Its bytes in hexadecimal, with spaces between.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.as_bytes().iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{byte:02X}")?;
        }
        Ok(())
    }
}

impl<const N: usize> From<[u8; N]> for Cdb {
    /// # Panics
    /// At compile time, if `N` is not 6, 10, 12 or 16.
    fn from(block: [u8; N]) -> Cdb {
        const { assert!(N == 6 || N == 10 || N == 12 || N == 16) };
        let mut bytes = [0; 16];
        bytes[..N].copy_from_slice(&block);
        Cdb { bytes, len: N as u8 }
    }
}

/// Data phase of a command.
#[derive(Debug)]
pub enum Data<'a> {
    /// No data.
    None,
    /// From the drive into this buffer. Its length must be what the CDB asks for.
    In(&'a mut [u8]),
    /// To the drive from this buffer.
    Out(&'a [u8]),
    /// To the drive from this stretch of a file, for transports that [take files](Transport::takes_files).
    File(FileStretch<'a>),
}

impl<'a> From<Outgoing<'a>> for Data<'a> {
    fn from(data: Outgoing<'a>) -> Data<'a> {
        match data {
            Outgoing::Bytes(bytes) => Data::Out(bytes),
            Outgoing::File(stretch) => Data::File(stretch),
        }
    }
}

impl Data<'_> {
    /// Bytes that the command is to transfer.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Data::None => 0,
            Data::In(buffer) => buffer.len(),
            Data::Out(buffer) => buffer.len(),
            Data::File(stretch) => stretch.len,
        }
    }

    /// Whether nothing is to be transferred.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A way to a drive: SG_IO, SPTI, a simulated drive, or a test's double.
pub trait Transport: Send {
    /// Carries out one command and waits for its end.
    ///
    /// Returns the bytes transferred; a drive may transfer fewer than asked for.
    ///
    /// # Errors
    /// [`TransportError::CheckCondition`] with the drive's sense data; the others when the command got
    /// no proper answer.
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError>;

    /// Most bytes that one command can transfer: 64 KiB where nothing is known, which is also the most
    /// that this crate ever asks for.
    fn max_transfer(&self) -> usize {
        64 * 1024
    }

    /// Whether commands may come with [`Data::File`], so that the system can move the data without this process seeing
    /// them. No real drive's transport can.
    fn takes_files(&self) -> bool {
        false
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError> {
        (**self).execute(cdb, data, timeout)
    }

    fn max_transfer(&self) -> usize {
        (**self).max_transfer()
    }

    fn takes_files(&self) -> bool {
        (**self).takes_files()
    }
}

/// Why a command did not end with status GOOD.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// Status CHECK CONDITION, with what the drive said.
    #[error("{0}")]
    CheckCondition(Sense),
    /// The same of a command that was carried out all the same: the drive recovered from an error (sense key 1h).
    #[error("{sense}")]
    Recovered {
        /// What the drive said.
        sense: Sense,
        /// Bytes transferred; a drive may transfer fewer than asked for.
        transferred: usize,
    },
    /// Another status than GOOD or CHECK CONDITION (08h busy, 18h reservation conflict, 28h task set full).
    #[error("{}", status_in_words(*.0))]
    Status(u8),
    /// The command did not end in time; the drive may be hung.
    #[error("the drive did not answer within {0:?}")]
    Timeout(Duration),
    /// The way to the drive failed for this command; the drive's state is unknown.
    #[error(
        "{} (host status {host:#06x}, driver status {driver:#06x}): that is the system's word, not the drive's; its log \
         may tell more, and what the drive did is not known: look at the cable or network to it, and turn it off and on",
        host_in_words(*host)
    )]
    HostAdapter {
        /// Linux `host_status` or its like.
        host: u16,
        /// Linux `driver_status` or its like.
        driver: u16,
    },
    /// The drive is gone.
    #[error("the drive is gone")]
    DeviceGone,
    /// The system forbids this operation code for this caller.
    #[error("the system does not permit operation code {operation_code:#04x}")]
    NotPermitted {
        /// Byte 0 of the CDB.
        operation_code: u8,
    },
    /// The file of [`Data::File`] could not be read, or ended too early. The drive got only a part of the data, if any.
    #[error("what was to be written could not be read: {0}")]
    Source(#[source] io::Error),
    /// A file of the host in which a simulated drive keeps its medium failed: no answer of any drive.
    #[error("the simulated drive cannot keep its medium: {0}")]
    MediumFile(#[source] io::Error),
    /// The system call itself failed.
    #[error("pass-through failed: {0}")]
    Io(#[from] io::Error),
}

/// A status that is neither GOOD nor CHECK CONDITION (SAM-5 5.3.1).
fn status_in_words(status: u8) -> String {
    let name = match status {
        0x08 => "BUSY",
        0x18 => "RESERVATION CONFLICT: another host has reserved it",
        0x28 => "TASK SET FULL",
        0x30 => "ACA ACTIVE",
        0x40 => "TASK ABORTED: another host ended the command",
        0x04 | 0x10 | 0x14 | 0x22 => "an obsolete one",
        _ => {
            return format!(
                "the system gave the command up, with status {status:#04x}, which no drive answers with: the drive did \
                 not answer, or the way to it failed; the system's log may tell more; turn the drive off and on"
            );
        }
    };
    format!("the drive answered with SCSI status {status:#04x} ({name})")
}

/// What Linux says of a command that it ended itself (`DID_…`).
fn host_in_words(host: u16) -> &'static str {
    match host {
        0x02 => "the way to the drive stayed busy",
        0x05 => "the system gave the command up, for the drive did not end it",
        0x06 => "data were damaged on the way",
        0x08 => "the way to the drive was reset, for the drive did not end the command",
        0x0E | 0x0F | 0x14 => "the connection to the drive broke",
        _ => "the host adapter failed",
    }
}

impl TransportError {
    /// What status CHECK CONDITION means, with so many bytes transferred.
    pub(crate) fn of_sense(sense: Sense, transferred: usize) -> TransportError {
        match sense.key == key::RECOVERED_ERROR && !sense.deferred {
            true => TransportError::Recovered { sense, transferred },
            false => TransportError::CheckCondition(sense),
        }
    }

    /// The answer of a transport that takes no files.
    #[cfg(any(target_os = "linux", windows))]
    fn takes_no_files() -> TransportError {
        io::Error::new(io::ErrorKind::Unsupported, "this transport takes no files").into()
    }
}
