//! SCSI_PASS_THROUGH_DIRECT with its sense area: what goes to the system, and what comes back in its place.

use std::mem::offset_of;
use std::time::Duration;
use std::{io, ptr};

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_DEV_NOT_EXIST, ERROR_DEVICE_NOT_CONNECTED, ERROR_DEVICE_REMOVED,
    ERROR_INVALID_HANDLE, ERROR_MEDIA_CHANGED, ERROR_NO_SUCH_DEVICE, ERROR_SEM_TIMEOUT, WIN32_ERROR,
};
use windows_sys::Win32::Storage::IscsiDisc::{
    SCSI_IOCTL_DATA_IN, SCSI_IOCTL_DATA_OUT, SCSI_IOCTL_DATA_UNSPECIFIED, SCSI_PASS_THROUGH_DIRECT,
};

use crate::sense::key;
use crate::{Cdb, Data, Sense, TransportError};

const SENSE_LEN: usize = 32;
const CHECK_CONDITION: u8 = 0x02;

/// A command for the pass-through, and its outcome.
#[repr(C)]
pub(crate) struct Request {
    header: SCSI_PASS_THROUGH_DIRECT,
    sense: [u8; SENSE_LEN],
}

const _: () = {
    let wide = cfg!(target_pointer_width = "64");
    assert!(size_of::<SCSI_PASS_THROUGH_DIRECT>() == if wide { 56 } else { 44 });
    assert!(offset_of!(SCSI_PASS_THROUGH_DIRECT, CdbLength) == 6);
    assert!(offset_of!(SCSI_PASS_THROUGH_DIRECT, DataTransferLength) == 12);
    assert!(offset_of!(SCSI_PASS_THROUGH_DIRECT, TimeOutValue) == 16);
    assert!(offset_of!(SCSI_PASS_THROUGH_DIRECT, DataBuffer) == if wide { 24 } else { 20 });
    assert!(offset_of!(SCSI_PASS_THROUGH_DIRECT, SenseInfoOffset) == if wide { 32 } else { 24 });
    assert!(offset_of!(SCSI_PASS_THROUGH_DIRECT, Cdb) == if wide { 36 } else { 28 });
    assert!(offset_of!(Request, sense) == size_of::<SCSI_PASS_THROUGH_DIRECT>());
};

impl Request {
    /// The command without data. The system counts time in seconds, rounded up here.
    pub(super) fn new(cdb: &Cdb, timeout: Duration) -> Request {
        let mut block = [0; 16];
        block[..cdb.as_bytes().len()].copy_from_slice(cdb.as_bytes());
        let seconds = timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0);
        Request {
            header: SCSI_PASS_THROUGH_DIRECT {
                Length: size_of::<SCSI_PASS_THROUGH_DIRECT>() as u16,
                ScsiStatus: 0,
                PathId: 0,
                TargetId: 0,
                Lun: 0,
                CdbLength: cdb.as_bytes().len() as u8,
                SenseInfoLength: SENSE_LEN as u8,
                DataIn: SCSI_IOCTL_DATA_UNSPECIFIED as u8,
                DataTransferLength: 0,
                TimeOutValue: u32::try_from(seconds.max(1)).unwrap_or(u32::MAX),
                DataBuffer: ptr::null_mut(),
                SenseInfoOffset: offset_of!(Request, sense) as u32,
                Cdb: block,
            },
            sense: [0; SENSE_LEN],
        }
    }

    /// Direction, length and buffer of the data phase, which is in memory.
    pub(super) fn set_data(&mut self, data: &mut Data<'_>) -> io::Result<()> {
        let (direction, buffer, len) = match data {
            Data::None | Data::File(_) => (SCSI_IOCTL_DATA_UNSPECIFIED, ptr::null_mut(), 0),
            Data::In(buffer) => (SCSI_IOCTL_DATA_IN, buffer.as_mut_ptr(), buffer.len()),
            // The driver only reads from it.
            Data::Out(buffer) => (SCSI_IOCTL_DATA_OUT, buffer.as_ptr().cast_mut(), buffer.len()),
        };
        let header = &mut self.header;
        header.DataTransferLength = u32::try_from(len)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "transfer over 4 GiB"))?;
        header.DataIn = if len == 0 { SCSI_IOCTL_DATA_UNSPECIFIED } else { direction } as u8;
        header.DataBuffer = if len == 0 { ptr::null_mut() } else { buffer.cast() };
        Ok(())
    }

    pub(super) fn forget_data(&mut self) {
        self.header.DataBuffer = ptr::null_mut();
    }

    /// The bytes transferred of `len`, or why the drive did not do it.
    pub(super) fn outcome(&self, len: usize) -> Result<usize, TransportError> {
        match self.header.ScsiStatus {
            0x00 => Ok((self.header.DataTransferLength as usize).min(len)),
            CHECK_CONDITION => {
                let room = usize::from(self.header.SenseInfoLength).min(SENSE_LEN);
                // Without sense data the default stands for "no sense information".
                let sense = Sense::parse(&self.sense[..room]).unwrap_or_default();
                let transferred = (self.header.DataTransferLength as usize).min(len);
                Err(TransportError::of_sense(sense, transferred))
            }
            status => Err(TransportError::Status(status)),
        }
    }
}

/// Why the system did not send the command, or lost it.
pub(super) fn failed_call(cdb: &Cdb, timeout: Duration, error: io::Error) -> TransportError {
    match error.raw_os_error().map(|code| code as WIN32_ERROR) {
        Some(ERROR_ACCESS_DENIED) => TransportError::NotPermitted { operation_code: cdb.operation_code() },
        Some(ERROR_SEM_TIMEOUT) => TransportError::Timeout(timeout),
        // The class driver has taken the drive's unit attention for itself.
        Some(ERROR_MEDIA_CHANGED) => {
            TransportError::CheckCondition(Sense::new(key::UNIT_ATTENTION, 0x28, 0x00))
        }
        Some(
            ERROR_DEV_NOT_EXIST
            | ERROR_DEVICE_NOT_CONNECTED
            | ERROR_DEVICE_REMOVED
            | ERROR_INVALID_HANDLE
            | ERROR_NO_SUCH_DEVICE,
        ) => TransportError::DeviceGone,
        _ => TransportError::Io(error),
    }
}

#[cfg(test)]
impl Request {
    /// What the driver would see: command, direction, length, seconds.
    pub(super) fn seen(&self) -> (&[u8], u32, u32, u32) {
        let SCSI_PASS_THROUGH_DIRECT { CdbLength, DataIn, DataTransferLength, TimeOutValue, ref Cdb, .. } =
            self.header;
        (&Cdb[..usize::from(CdbLength)], u32::from(DataIn), DataTransferLength, TimeOutValue)
    }

    /// What the driver would answer.
    pub(super) fn answer(&mut self, status: u8, transferred: u32, sense: &[u8]) {
        self.header.ScsiStatus = status;
        self.header.DataTransferLength = transferred;
        self.header.SenseInfoLength = sense.len() as u8;
        self.sense[..sense.len()].copy_from_slice(sense);
    }
}
