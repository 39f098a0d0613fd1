//! SG_IO (Linux): commands through the kernel's SCSI block devices.

// The only unsafe code of the crate: one ioctl.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_uchar, c_uint, c_ushort, c_void};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use super::{Cdb, Data, Transport, TransportError, linux_holders};
use crate::{DriveError, Sense};

/// `SG_IO` of `scsi/sg.h`.
const SG_IO: libc::Ioctl = 0x2285;
const INTERFACE: c_int = b'S' as c_int;
const DIRECTION_NONE: c_int = -1;
const DIRECTION_OUT: c_int = -2;
const DIRECTION_IN: c_int = -3;
/// The driver says that there is sense data; no error by itself.
const DRIVER_SENSE: u16 = 0x08;
const CHECK_CONDITION: u8 = 0x02;
const SENSE_LEN: usize = 64;

/// `sg_io_hdr` of `scsi/sg.h`, version 3.
#[repr(C)]
struct SgIoHeader {
    interface_id: c_int,
    dxfer_direction: c_int,
    cmd_len: c_uchar,
    mx_sb_len: c_uchar,
    iovec_count: c_ushort,
    dxfer_len: c_uint,
    dxferp: *mut c_void,
    cmdp: *const c_uchar,
    sbp: *mut c_uchar,
    timeout: c_uint,
    flags: c_uint,
    pack_id: c_int,
    usr_ptr: *mut c_void,
    status: c_uchar,
    masked_status: c_uchar,
    msg_status: c_uchar,
    sb_len_wr: c_uchar,
    host_status: c_ushort,
    driver_status: c_ushort,
    resid: c_int,
    duration: c_uint,
    info: c_uint,
}

const _: () = assert!(size_of::<SgIoHeader>() == if cfg!(target_pointer_width = "64") { 88 } else { 64 });

/// A drive reached by SG_IO.
///
/// Opened for recording it is held exclusively, against other programs that do the same, mounts and udev's
/// probing; it is released when this value is dropped.
#[derive(Debug)]
pub struct LinuxSg {
    file: File,
    max_transfer: usize,
}

impl LinuxSg {
    /// Opens a device such as `/dev/sr0` for recording.
    ///
    /// # Errors
    /// [`DriveError::Locked`] if it is in use or mounted, [`DriveError::Open`] otherwise.
    pub fn open(path: &Path) -> Result<LinuxSg, DriveError> {
        // O_NONBLOCK: without it the kernel wants a medium that it considers writable.
        let flags = OFlags::NONBLOCK | OFlags::EXCL;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(flags.bits().cast_signed())
            .open(path)
            .map_err(|source| refused(path, source))?;
        // O_EXCL keeps out mounts and other recorders, the lock keeps out udev.
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => return Err(locked(path, Some(&file))),
            Err(error) => crate::trace::event!(debug, %error, "no advisory lock on the device"),
            Ok(()) => {}
        }
        LinuxSg::of(file, path)
    }

    /// Opens a device for reading only, beside other programs. The kernel then refuses commands that
    /// write.
    ///
    /// # Errors
    /// [`DriveError::Open`].
    pub fn open_for_reading(path: &Path) -> Result<LinuxSg, DriveError> {
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
            .open(path)
            .map_err(|source| refused(path, source))?;
        LinuxSg::of(file, path)
    }

    fn of(file: File, path: &Path) -> Result<LinuxSg, DriveError> {
        let open = |source| DriveError::Open { device: path.to_owned(), source };
        let metadata = file.metadata().map_err(open)?;
        let kind = metadata.mode() & libc::S_IFMT;
        if kind != libc::S_IFBLK && kind != libc::S_IFCHR {
            return Err(open(io::Error::new(io::ErrorKind::InvalidInput, "not a device")));
        }
        let max_transfer = max_transfer(metadata.rdev());
        Ok(LinuxSg { file, max_transfer })
    }
}

fn refused(path: &Path, source: io::Error) -> DriveError {
    if source.kind() == io::ErrorKind::ResourceBusy {
        locked(path, None)
    } else {
        DriveError::Open { device: path.to_owned(), source }
    }
}

/// The error that names who holds the device; `own` has it open here and is none of them.
fn locked(path: &Path, own: Option<&File>) -> DriveError {
    let device = fs::metadata(path).map(|metadata| metadata.rdev());
    let holders = device.map(|device| linux_holders::holders("/proc".as_ref(), device, own));
    DriveError::Locked { device: path.to_owned(), holders: holders.unwrap_or_default() }
}

/// The adapter's limit from sysfs, within 32 KiB, which never fails, and the 64 KiB that are of use. Bytes.
fn max_transfer(device: u64) -> usize {
    let (major, minor) = (libc::major(device), libc::minor(device));
    let limit = fs::read_to_string(format!("/sys/dev/block/{major}:{minor}/queue/max_hw_sectors_kb"));
    let kib = limit.ok().and_then(|text| text.trim().parse::<usize>().ok());
    kib.map_or(32, |kib| kib.clamp(32, 64)) * 1024
}

impl Transport for LinuxSg {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError> {
        let (direction, buffer, len) = match data {
            Data::None => (DIRECTION_NONE, std::ptr::null_mut(), 0),
            Data::In(buffer) => (DIRECTION_IN, buffer.as_mut_ptr().cast::<c_void>(), buffer.len()),
            // The kernel only reads from it.
            Data::Out(buffer) => (DIRECTION_OUT, buffer.as_ptr().cast_mut().cast::<c_void>(), buffer.len()),
            Data::File(_) => return Err(TransportError::takes_no_files()),
        };
        let dxfer_len = c_uint::try_from(len)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "transfer over 4 GiB"))?;
        let mut sense = [0u8; SENSE_LEN];
        let mut header = SgIoHeader {
            interface_id: INTERFACE,
            dxfer_direction: if len == 0 { DIRECTION_NONE } else { direction },
            cmd_len: cdb.as_bytes().len() as u8,
            mx_sb_len: SENSE_LEN as u8,
            iovec_count: 0,
            dxfer_len,
            dxferp: buffer,
            cmdp: cdb.as_bytes().as_ptr(),
            sbp: sense.as_mut_ptr(),
            timeout: c_uint::try_from(timeout.as_millis()).unwrap_or(c_uint::MAX),
            flags: 0,
            pack_id: 0,
            usr_ptr: std::ptr::null_mut(),
            status: 0,
            masked_status: 0,
            msg_status: 0,
            sb_len_wr: 0,
            host_status: 0,
            driver_status: 0,
            resid: 0,
            duration: 0,
            info: 0,
        };
        // SAFETY: `header` is laid out as the kernel's sg_io_hdr of version 3 (its size is asserted above).
        // Its pointers and lengths are those of the command block, the sense buffer and the data buffer,
        // all of which are borrowed until the call returns; the kernel writes to the data buffer only for
        // DIRECTION_IN, where it is borrowed mutably, and keeps none of the pointers.
        let result = unsafe { libc::ioctl(self.file.as_raw_fd(), SG_IO, &raw mut header) };
        if result < 0 {
            return Err(failed_call(cdb, io::Error::last_os_error()));
        }
        let outcome = Outcome {
            status: header.status,
            host: header.host_status,
            driver: header.driver_status,
            residual: header.resid,
            sense: &sense[..usize::from(header.sb_len_wr).min(SENSE_LEN)],
        };
        outcome.judge(len, timeout)
    }

    fn max_transfer(&self) -> usize {
        self.max_transfer
    }
}

fn failed_call(cdb: &Cdb, error: io::Error) -> TransportError {
    match error.raw_os_error() {
        Some(libc::EPERM | libc::EACCES) => {
            TransportError::NotPermitted { operation_code: cdb.operation_code() }
        }
        Some(libc::ENODEV | libc::ENXIO) => TransportError::DeviceGone,
        _ => TransportError::Io(error),
    }
}

/// What the kernel reports of a command that was sent.
struct Outcome<'a> {
    status: u8,
    host: u16,
    driver: u16,
    residual: i32,
    sense: &'a [u8],
}

impl Outcome<'_> {
    /// A call that returned is no success yet: the adapter comes first, then its driver, then the drive.
    fn judge(&self, len: usize, timeout: Duration) -> Result<usize, TransportError> {
        let Outcome { host, driver, .. } = *self;
        match host {
            0x00 => {}
            // No connection, bad target.
            0x01 | 0x04 => return Err(TransportError::DeviceGone),
            0x03 => return Err(TransportError::Timeout(timeout)),
            _ => return Err(TransportError::HostAdapter { host, driver }),
        }
        match driver & 0x0F & !DRIVER_SENSE {
            0x00 => {}
            0x06 => return Err(TransportError::Timeout(timeout)),
            _ => return Err(TransportError::HostAdapter { host, driver }),
        }
        // Negative residuals are seen from emulations which had more to send.
        let residual = usize::try_from(self.residual).unwrap_or(0);
        let transferred = len.saturating_sub(residual);
        match self.status {
            0x00 => Ok(transferred),
            // Without sense data the default stands for "no sense information".
            CHECK_CONDITION => {
                let sense = Sense::parse(self.sense).unwrap_or_default();
                Err(TransportError::of_sense(sense, transferred))
            }
            status => Err(TransportError::Status(status)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Holder;

    const GOOD: Outcome<'static> = Outcome { status: 0, host: 0, driver: 0, residual: 0, sense: &[] };
    const SENSE: [u8; 18] = [0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3A, 1, 0, 0, 0, 0];

    fn judge(outcome: Outcome<'_>) -> Result<usize, TransportError> {
        outcome.judge(36, Duration::from_secs(1))
    }

    #[test]
    fn residuals() {
        assert_eq!(judge(GOOD).unwrap(), 36);
        assert_eq!(judge(Outcome { residual: 6, ..GOOD }).unwrap(), 30);
        assert_eq!(judge(Outcome { residual: -6, ..GOOD }).unwrap(), 36);
        assert_eq!(judge(Outcome { residual: 99, ..GOOD }).unwrap(), 0);
    }

    #[test]
    fn the_adapter_comes_before_the_drive() {
        let check = Outcome { status: 2, driver: 8, sense: &SENSE, ..GOOD };
        assert!(matches!(judge(check), Err(TransportError::CheckCondition(sense)) if sense.is_no_medium()));
        let gone = Outcome { status: 2, host: 1, sense: &SENSE, ..GOOD };
        assert!(matches!(judge(gone), Err(TransportError::DeviceGone)));
        let late = Outcome { status: 2, driver: 6, sense: &SENSE, ..GOOD };
        assert!(matches!(judge(late), Err(TransportError::Timeout(_))));
        assert!(matches!(judge(Outcome { host: 3, ..GOOD }), Err(TransportError::Timeout(_))));
        let reset = judge(Outcome { host: 8, ..GOOD });
        assert!(matches!(reset, Err(TransportError::HostAdapter { host: 8, driver: 0 })));
        assert!(matches!(judge(Outcome { driver: 0x14, ..GOOD }), Err(TransportError::HostAdapter { .. })));
        assert!(matches!(judge(Outcome { status: 0x18, ..GOOD }), Err(TransportError::Status(0x18))));
    }

    /// Whose fault it is, and what to do.
    #[test]
    fn what_the_system_gave_up_is_not_blamed_on_the_drive() {
        for (outcome, told) in [
            (
                Outcome { status: 1, ..GOOD },
                "the system gave the command up, with status 0x01, which no drive answers with",
            ),
            (
                Outcome { host: 5, ..GOOD },
                "the system gave the command up, for the drive did not end it (host status 0x0005",
            ),
            (Outcome { host: 7, ..GOOD }, "the host adapter failed (host status 0x0007"),
            (Outcome { host: 8, ..GOOD }, "the way to the drive was reset"),
        ] {
            let error = judge(outcome).unwrap_err().to_string();
            assert!(error.starts_with(told) && error.contains("turn "), "{error}");
        }
        let busy = judge(Outcome { status: 8, ..GOOD }).unwrap_err().to_string();
        assert_eq!(busy, "the drive answered with SCSI status 0x08 (BUSY)");
    }

    /// The data come with the sense, or some of them.
    #[test]
    fn what_was_recovered() {
        let sense = [0x70, 0, 1, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x18, 2, 0, 0, 0, 0];
        for (residual, expected) in [(0, 36), (36, 0)] {
            let recovered = judge(Outcome { status: 2, residual, sense: &sense, ..GOOD });
            let Err(TransportError::Recovered { sense, transferred }) = recovered else {
                panic!("{recovered:?}")
            };
            assert_eq!((sense, transferred), (Sense::new(1, 0x18, 2), expected));
        }
    }

    #[test]
    fn check_condition_without_sense_data() {
        let silent = Outcome { status: 2, ..GOOD };
        assert!(
            matches!(judge(silent), Err(TransportError::CheckCondition(sense)) if sense == Sense::default())
        );
    }

    #[test]
    fn only_devices_are_opened() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = LinuxSg::open(file.path()).unwrap_err();
        assert!(matches!(error, DriveError::Open { .. }), "{error}");
        let error = LinuxSg::open_for_reading(Path::new("/nonexistent/sr0")).unwrap_err();
        assert!(matches!(error, DriveError::Open { .. }), "{error}");
    }

    #[test]
    fn an_adapter_without_a_known_limit_gets_what_never_fails() {
        assert_eq!(max_transfer(libc::makedev(0xFFF, 0xFFFFF)), 32 * 1024);
    }

    #[test]
    fn a_device_without_scsi_refuses_the_call() {
        let mut null = LinuxSg::open_for_reading(Path::new("/dev/null")).unwrap();
        let result = null.execute(&Cdb::from([0; 6]), Data::None, Duration::from_secs(1));
        assert!(matches!(result, Err(TransportError::Io(_))));
    }

    /// Not a test: a process that holds a device until its standard input ends.
    #[test]
    #[ignore = "run by the test below"]
    #[allow(clippy::print_stdout)]
    fn hold_a_device() {
        let path = std::env::var_os("FSIMAGE_HELD_DEVICE").unwrap();
        let _held = LinuxSg::open(path.as_ref()).unwrap();
        println!("held");
        io::stdin().lines().for_each(drop);
    }

    #[test]
    fn who_holds_a_device_is_told() {
        use std::io::BufRead;
        use std::process::{Command, Stdio};

        // Nothing else opens it for writing.
        let device = Path::new("/dev/full");
        let mut other = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "transport::linux_sg::tests::hold_a_device", "--ignored", "--nocapture"])
            .env("FSIMAGE_HELD_DEVICE", device)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = io::BufReader::new(other.stdout.take().unwrap()).lines();
        assert!(output.any(|line| line.unwrap().ends_with("held")));
        let error = LinuxSg::open(device).unwrap_err();
        let DriveError::Locked { device: named, holders } = &error else { panic!("{error}") };
        assert_eq!(named, device);
        let [Holder::Process { pid, command }] = &holders[..] else { panic!("{holders:?}") };
        assert_eq!(*pid, other.id());
        assert!(!command.is_empty());
        assert_eq!(error.to_string(), format!("/dev/full is open in process {pid} ({command})"));
        drop(other.stdin.take());
        output.for_each(drop);
        assert!(other.wait().unwrap().success());
        LinuxSg::open(device).unwrap();
    }
}
