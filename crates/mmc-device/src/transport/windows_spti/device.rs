//! The device object of a drive: control codes, and under tests a double.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsRawHandle;
use std::ptr;

use windows_sys::Win32::Devices::Cdrom::IOCTL_CDROM_EXCLUSIVE_ACCESS;
use windows_sys::Win32::Storage::FileSystem::{FILE_SHARE_READ, FILE_SHARE_WRITE};
use windows_sys::Win32::Storage::IscsiDisc::IOCTL_SCSI_PASS_THROUGH_DIRECT;
use windows_sys::Win32::System::IO::DeviceIoControl;
use windows_sys::Win32::System::Ioctl::{
    FSCTL_DISMOUNT_VOLUME, FSCTL_LOCK_VOLUME, IOCTL_STORAGE_QUERY_PROPERTY,
};

use super::request::Request;
use crate::Data;

/// A control code whose buffers hold no pointers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Control(u32);

impl Control {
    pub(super) const LOCK_VOLUME: Control = Control(FSCTL_LOCK_VOLUME);
    pub(super) const DISMOUNT_VOLUME: Control = Control(FSCTL_DISMOUNT_VOLUME);
    pub(super) const EXCLUSIVE_ACCESS: Control = Control(IOCTL_CDROM_EXCLUSIVE_ACCESS);
    pub(crate) const QUERY_PROPERTY: Control = Control(IOCTL_STORAGE_QUERY_PROPERTY);
}

/// What the transport asks of the system.
pub(crate) trait Device: Send {
    /// Carries out a control code. Returns the bytes put into `output`.
    fn control(&self, code: Control, input: &[u8], output: &mut [u8]) -> io::Result<usize>;

    /// Sends a command. The system puts the outcome into `request`.
    fn pass_through(&self, request: &mut Request, data: Data<'_>) -> io::Result<()>;
}

/// The system's own device.
pub(crate) struct Handle(File);

impl Handle {
    /// Opens a name such as `\\.\CdRom0` beside other programs, with the access that commands need.
    pub(super) fn open(name: &str) -> io::Result<Handle> {
        let options = OpenOptions::new().read(true).write(true).share_mode(SHARED).open(name);
        options.map(Handle)
    }

    /// Opens a name for questions to the system only, which it answers of drives in use as well.
    pub(crate) fn open_for_questions(name: &str) -> io::Result<Handle> {
        OpenOptions::new().access_mode(0).share_mode(SHARED).open(name).map(Handle)
    }
}

const SHARED: u32 = FILE_SHARE_READ | FILE_SHARE_WRITE;

impl Device for Handle {
    fn control(&self, code: Control, input: &[u8], output: &mut [u8]) -> io::Result<usize> {
        let too_long = |_| io::Error::new(io::ErrorKind::InvalidInput, "buffer over 4 GiB");
        let input_len = u32::try_from(input.len()).map_err(too_long)?;
        let output_len = u32::try_from(output.len()).map_err(too_long)?;
        let mut returned = 0;
        // SAFETY: the handle is open as long as `self.0` lives. Both buffers are borrowed until the call returns, which
        // it does when the operation is complete, since the handle was not opened for overlapped operation; their
        // lengths are given; the codes of `Control` use nothing but these buffers.
        let done = unsafe {
            DeviceIoControl(
                self.0.as_raw_handle(),
                code.0,
                input.as_ptr().cast(),
                input_len,
                output.as_mut_ptr().cast(),
                output_len,
                &raw mut returned,
                ptr::null_mut(),
            )
        };
        if done == 0 { Err(io::Error::last_os_error()) } else { Ok((returned as usize).min(output.len())) }
    }

    fn pass_through(&self, request: &mut Request, mut data: Data<'_>) -> io::Result<()> {
        request.set_data(&mut data)?;
        let mut returned = 0;
        let place: *mut Request = request;
        // SAFETY: `Request` is laid out as SCSI_PASS_THROUGH_DIRECT with the sense area behind it, as its assertions
        // say, and is borrowed until the call returns, which it does when the command has ended (no overlapped
        // operation). `set_data` made its pointer, length and direction those of `data`, which is borrowed until then
        // as well: the driver writes to the buffer only where the direction is in, and it is borrowed mutably there.
        let done = unsafe {
            DeviceIoControl(
                self.0.as_raw_handle(),
                IOCTL_SCSI_PASS_THROUGH_DIRECT,
                place.cast(),
                size_of::<Request>() as u32,
                place.cast(),
                size_of::<Request>() as u32,
                &raw mut returned,
                ptr::null_mut(),
            )
        };
        // The buffer is of no use to anyone any more.
        request.forget_data();
        drop(data);
        if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}
