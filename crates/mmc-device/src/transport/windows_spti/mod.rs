//! SPTI (Windows): commands through the class driver of optical drives.

// The only unsafe code on Windows: DeviceIoControl here, and QueryDosDeviceW where drives are looked for.
#![allow(unsafe_code)]

mod device;
mod request;

use std::path::Path;
use std::time::Duration;
use std::{fmt, io};

use byteorder::{ByteOrder, LittleEndian};
use windows_sys::Win32::Devices::Cdrom::{
    CDROM_LOCK_IGNORE_VOLUME, ExclusiveAccessLockDevice, ExclusiveAccessQueryState,
};
use windows_sys::Win32::Foundation::{ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, WIN32_ERROR};
use windows_sys::Win32::System::Ioctl::StorageAdapterProperty;

use self::request::{Request, failed_call};
use super::{Cdb, Data, Transport, TransportError};
use crate::{DriveError, Holder};

pub(crate) use self::device::{Control, Device, Handle};

/// Bytes of a name in CDROM_EXCLUSIVE_LOCK and CDROM_EXCLUSIVE_LOCK_STATE.
const NAME_LEN: usize = 64;
/// The name under which others see a drive held.
const NAME: &[u8] = b"fsimage";
/// Bytes of a page of memory.
const PAGE: usize = 4096;

/// A drive reached by SPTI. Never run on hardware.
///
/// Opened for recording it is held exclusively: its volume is locked and dismounted, and the class driver keeps other
/// programs' commands out. It is released when this value is dropped.
pub struct WindowsSpti {
    device: Box<dyn Device>,
    max_transfer: usize,
    /// Bits that are zero in the address of a buffer.
    alignment_mask: usize,
    /// Takes the place of a buffer that is not aligned.
    aligned: Vec<u8>,
}

impl fmt::Debug for WindowsSpti {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WindowsSpti { device: _, max_transfer, alignment_mask, aligned: _ } = self;
        f.debug_struct("WindowsSpti")
            .field("max_transfer", max_transfer)
            .field("alignment_mask", alignment_mask)
            .finish_non_exhaustive()
    }
}

impl WindowsSpti {
    /// Opens a drive, `D:` or `\\.\CdRom0`, for recording.
    ///
    /// # Errors
    /// [`DriveError::Locked`] if it is in use, [`DriveError::Open`] otherwise.
    pub fn open(path: &Path) -> Result<WindowsSpti, DriveError> {
        let device = handle(path)?;
        hold(&device, path)?;
        Ok(WindowsSpti::of(Box::new(device)))
    }

    /// Opens a drive beside other programs.
    ///
    /// # Errors
    /// [`DriveError::Open`].
    pub fn open_for_reading(path: &Path) -> Result<WindowsSpti, DriveError> {
        Ok(WindowsSpti::of(Box::new(handle(path)?)))
    }

    fn of(device: Box<dyn Device>) -> WindowsSpti {
        let (max_transfer, alignment_mask) = limits(&*device);
        WindowsSpti { device, max_transfer, alignment_mask, aligned: Vec::new() }
    }
}

/// The name that the system has for the device at `path`.
fn device_name(path: &Path) -> Option<String> {
    let text = path.to_str()?;
    let short = text.strip_prefix(r"\\.\").unwrap_or(text);
    let short = short.strip_suffix('\\').unwrap_or(short);
    (!short.is_empty()).then(|| format!(r"\\.\{short}"))
}

fn handle(path: &Path) -> Result<Handle, DriveError> {
    let open = |source| DriveError::Open { device: path.to_owned(), source };
    let name = device_name(path)
        .ok_or_else(|| open(io::Error::new(io::ErrorKind::InvalidInput, "no name of a drive")))?;
    Handle::open(&name).map_err(|source| {
        if is(&source, ERROR_SHARING_VIOLATION) {
            DriveError::Locked { device: path.to_owned(), holders: Vec::new() }
        } else {
            open(source)
        }
    })
}

fn is(error: &io::Error, code: WIN32_ERROR) -> bool {
    error.raw_os_error() == Some(code as i32)
}

/// Keeps others out until the handle is closed: those that use the volume, and those that send commands.
fn hold(device: &dyn Device, path: &Path) -> Result<(), DriveError> {
    let locked = || DriveError::Locked { device: path.to_owned(), holders: holder(device) };
    match device.control(Control::LOCK_VOLUME, &[], &mut []) {
        // What was read of the volume will be wrong after recording.
        Ok(_) => drop(device.control(Control::DISMOUNT_VOLUME, &[], &mut [])),
        Err(error) if is(&error, ERROR_ACCESS_DENIED) => return Err(locked()),
        // Without a medium there is no volume.
        Err(error) => crate::trace::event!(debug, %error, "the volume is not locked"),
    }
    match device.control(Control::EXCLUSIVE_ACCESS, &exclusive_lock(), &mut []) {
        Ok(_) => Ok(()),
        Err(error) if is(&error, ERROR_ACCESS_DENIED) => Err(locked()),
        Err(error) => {
            crate::trace::event!(debug, %error, "the class driver gives no exclusive access");
            Ok(())
        }
    }
}

/// CDROM_EXCLUSIVE_LOCK: two numbers and a name that ends with a zero.
fn exclusive_lock() -> [u8; 8 + NAME_LEN] {
    let mut lock = [0; 8 + NAME_LEN];
    LittleEndian::write_i32(&mut lock[..4], ExclusiveAccessLockDevice);
    // The volume was locked before.
    LittleEndian::write_u32(&mut lock[4..8], CDROM_LOCK_IGNORE_VOLUME);
    lock[8..8 + NAME.len()].copy_from_slice(NAME);
    lock
}

/// Who has exclusive access, by CDROM_EXCLUSIVE_LOCK_STATE: a byte and a name.
fn holder(device: &dyn Device) -> Vec<Holder> {
    let mut question = [0; 8];
    LittleEndian::write_i32(&mut question[..4], ExclusiveAccessQueryState);
    let mut state = [0; 1 + NAME_LEN];
    match device.control(Control::EXCLUSIVE_ACCESS, &question, &mut state) {
        Ok(len) if len > 1 && state[0] != 0 => {
            let name = state[1..len].split(|byte| *byte == 0).next().unwrap_or_default();
            vec![Holder::Client { name: String::from_utf8_lossy(name).into_owned() }]
        }
        _ => Vec::new(),
    }
}

/// The adapter's limit in bytes, within 32 KiB, which never fails, and the 64 KiB that are of use; and its alignment
/// mask (STORAGE_ADAPTER_DESCRIPTOR).
fn limits(device: &dyn Device) -> (usize, usize) {
    let mut question = [0; 12];
    LittleEndian::write_i32(&mut question[..4], StorageAdapterProperty);
    let mut adapter = [0; 20];
    match device.control(Control::QUERY_PROPERTY, &question, &mut adapter) {
        Ok(len) if len == adapter.len() => {
            let bytes = LittleEndian::read_u32(&adapter[8..12]) as usize;
            let pages = LittleEndian::read_u32(&adapter[12..16]) as usize;
            let mask = LittleEndian::read_u32(&adapter[16..20]) as usize;
            // A buffer that does not begin with a page takes one page more. 0 is: not told.
            let by_pages = if pages == 0 { usize::MAX } else { (pages - 1).saturating_mul(PAGE) };
            let limit = bytes.min(by_pages).clamp(32 * 1024, 64 * 1024);
            // Masks beyond a page are none.
            (limit - limit % crate::drive::BLOCK, if mask < PAGE { mask } else { PAGE - 1 })
        }
        _ => (32 * 1024, PAGE - 1),
    }
}

impl Transport for WindowsSpti {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError> {
        let mask = self.alignment_mask;
        let is_aligned = |buffer: &[u8]| buffer.as_ptr().addr() & mask == 0;
        let mut request = Request::new(cdb, timeout);
        let (sent, len) = match data {
            Data::In(buffer) if !is_aligned(buffer) => {
                let len = buffer.len();
                let room = aligned(&mut self.aligned, len, mask);
                // A drive that sends less leaves the rest as it was.
                room.copy_from_slice(buffer);
                let sent = self.device.pass_through(&mut request, Data::In(room));
                buffer.copy_from_slice(room);
                (sent, len)
            }
            Data::Out(buffer) if !is_aligned(buffer) => {
                let room = aligned(&mut self.aligned, buffer.len(), mask);
                room.copy_from_slice(buffer);
                (self.device.pass_through(&mut request, Data::Out(room)), buffer.len())
            }
            Data::File(_) => return Err(TransportError::takes_no_files()),
            data => {
                let len = data.len();
                (self.device.pass_through(&mut request, data), len)
            }
        };
        sent.map_err(|error| failed_call(cdb, timeout, error))?;
        request.outcome(len)
    }

    fn max_transfer(&self) -> usize {
        self.max_transfer
    }
}

/// `len` bytes of `storage` whose address has the bits of `mask` zero.
fn aligned(storage: &mut Vec<u8>, len: usize, mask: usize) -> &mut [u8] {
    storage.resize(len + mask, 0);
    let start = storage.as_ptr().addr().wrapping_neg() & mask;
    &mut storage[start..start + len]
}

#[cfg(test)]
mod tests;
