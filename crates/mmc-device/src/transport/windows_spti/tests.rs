//! The transport over a double of the system.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use windows_sys::Win32::Foundation::{
    ERROR_DEVICE_NOT_CONNECTED, ERROR_MEDIA_CHANGED, ERROR_NOT_READY, ERROR_SEM_TIMEOUT,
};
use windows_sys::Win32::Storage::IscsiDisc::{SCSI_IOCTL_DATA_IN, SCSI_IOCTL_DATA_OUT};

use super::*;

const NO_MEDIUM: [u8; 18] = [0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3A, 1, 0, 0, 0, 0];
const SECOND: Duration = Duration::from_secs(1);

type Answer = Box<dyn FnMut(&mut Request, Data<'_>) -> io::Result<()> + Send>;
type Controls = Box<dyn FnMut(Control, &[u8], &mut [u8]) -> io::Result<usize> + Send>;

/// A system that answers as told.
struct Double {
    answer: Mutex<RefCell<Answer>>,
    controls: Mutex<RefCell<Controls>>,
}

impl Double {
    fn new(
        answer: impl FnMut(&mut Request, Data<'_>) -> io::Result<()> + Send + 'static,
        controls: impl FnMut(Control, &[u8], &mut [u8]) -> io::Result<usize> + Send + 'static,
    ) -> Double {
        let answer: Answer = Box::new(answer);
        let controls: Controls = Box::new(controls);
        Double { answer: Mutex::new(RefCell::new(answer)), controls: Mutex::new(RefCell::new(controls)) }
    }
}

impl Device for Double {
    fn control(&self, code: Control, input: &[u8], output: &mut [u8]) -> io::Result<usize> {
        self.controls.lock().unwrap().get_mut()(code, input, output)
    }

    fn pass_through(&self, request: &mut Request, mut data: Data<'_>) -> io::Result<()> {
        request.set_data(&mut data)?;
        let answered = self.answer.lock().unwrap().get_mut()(request, data);
        request.forget_data();
        answered
    }
}

fn refused(code: WIN32_ERROR) -> io::Error {
    io::Error::from_raw_os_error(code as i32)
}

/// An adapter with this transfer limit, number of pages and alignment mask.
fn adapter(bytes: u32, pages: u32, mask: u32) -> impl FnMut(Control, &[u8], &mut [u8]) -> io::Result<usize> {
    move |code, input, output| {
        assert_eq!((code, input), (Control::QUERY_PROPERTY, &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..]));
        output[..8].copy_from_slice(&[20, 0, 0, 0, 20, 0, 0, 0]);
        output[8..12].copy_from_slice(&bytes.to_le_bytes());
        output[12..16].copy_from_slice(&pages.to_le_bytes());
        output[16..20].copy_from_slice(&mask.to_le_bytes());
        Ok(20)
    }
}

fn transport(answer: impl FnMut(&mut Request, Data<'_>) -> io::Result<()> + Send + 'static) -> WindowsSpti {
    WindowsSpti::of(Box::new(Double::new(answer, adapter(0x1_0000, 17, 3))))
}

#[test]
fn a_command_with_data_in() {
    let mut drive = transport(|request, data| {
        let (cdb, direction, len, seconds) = request.seen();
        assert_eq!(cdb, [0x12, 0, 0, 0, 36, 0]);
        assert_eq!((direction, len, seconds), (SCSI_IOCTL_DATA_IN, 36, 2));
        let Data::In(buffer) = data else { panic!() };
        buffer[..5].copy_from_slice(&[5, 0x80, 0, 2, 31]);
        // Less than was asked for.
        request.answer(0, 5, &[]);
        Ok(())
    });
    let mut reply = [0xEE; 36];
    let cdb = Cdb::from([0x12, 0, 0, 0, 36, 0]);
    assert_eq!(drive.execute(&cdb, Data::In(&mut reply), Duration::from_millis(1500)).unwrap(), 5);
    assert_eq!(reply[..6], [5, 0x80, 0, 2, 31, 0xEE]);
}

#[test]
fn a_command_with_data_out_and_one_without() {
    let mut drive = transport(|request, data| {
        let (_, direction, len, _) = request.seen();
        assert_eq!((direction, len), (SCSI_IOCTL_DATA_OUT, 2048));
        assert!(matches!(data, Data::Out(bytes) if bytes == [7; 2048]));
        request.answer(0, 2048, &[]);
        Ok(())
    });
    let cdb = Cdb::from([0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    assert_eq!(drive.execute(&cdb, Data::Out(&[7; 2048]), SECOND).unwrap(), 2048);
    let mut drive = transport(|request, data| {
        assert!(matches!(data, Data::None));
        assert_eq!(request.seen(), (&[0; 6][..], 2, 0, 3600));
        Ok(())
    });
    assert_eq!(drive.execute(&Cdb::from([0; 6]), Data::None, Duration::from_secs(3600)).unwrap(), 0);
}

#[test]
fn buffers_that_are_not_aligned_are_copied() {
    for offset in 0..4 {
        let mut drive = transport(|request, data| {
            let Data::In(buffer) = data else { panic!() };
            assert_eq!(buffer.as_ptr().addr() & 3, 0);
            buffer[0] = 9;
            request.answer(0, 1, &[]);
            Ok(())
        });
        let mut reply = [0xEE; 16];
        let cdb = Cdb::from([0x12, 0, 0, 0, 8, 0]);
        assert_eq!(drive.execute(&cdb, Data::In(&mut reply[offset..offset + 8]), SECOND).unwrap(), 1);
        let mut expected = [0xEE; 16];
        expected[offset] = 9;
        assert_eq!(reply, expected);
        let sent = [1u8, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        let mut drive = transport(move |request, data| {
            let Data::Out(buffer) = data else { panic!() };
            assert_eq!(buffer.as_ptr().addr() & 3, 0);
            assert_eq!(buffer, &sent[offset..offset + 8]);
            request.answer(0, 8, &[]);
            Ok(())
        });
        drive.execute(&cdb, Data::Out(&sent[offset..offset + 8]), SECOND).unwrap();
    }
}

#[test]
fn what_the_drive_says() {
    let cdb = Cdb::from([0; 6]);
    let answer = |status, sense: &'static [u8]| {
        let mut drive = transport(move |request, _| {
            request.answer(status, 0, sense);
            Ok(())
        });
        drive.execute(&cdb, Data::None, SECOND).unwrap_err()
    };
    assert!(matches!(answer(2, &NO_MEDIUM), TransportError::CheckCondition(sense) if sense.is_no_medium()));
    assert!(
        matches!(answer(2, &[]), TransportError::CheckCondition(sense) if sense == crate::Sense::default())
    );
    assert!(matches!(answer(8, &[]), TransportError::Status(8)));
}

#[test]
fn what_the_system_says() {
    let cdb = Cdb::from([0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    let answer = |code| {
        let mut drive = transport(move |_, _| Err(refused(code)));
        drive.execute(&cdb, Data::None, SECOND).unwrap_err()
    };
    assert!(matches!(answer(ERROR_ACCESS_DENIED), TransportError::NotPermitted { operation_code: 0x2A }));
    assert!(matches!(answer(ERROR_SEM_TIMEOUT), TransportError::Timeout(SECOND)));
    assert!(matches!(answer(ERROR_DEVICE_NOT_CONNECTED), TransportError::DeviceGone));
    assert!(
        matches!(answer(ERROR_MEDIA_CHANGED), TransportError::CheckCondition(sense) if sense.is(6, 0x28, 0))
    );
    assert!(matches!(answer(ERROR_NOT_READY), TransportError::Io(_)));
}

#[test]
fn limits_of_the_adapter() {
    let limits = |bytes, pages, mask| limits(&Double::new(|_, _| Ok(()), adapter(bytes, pages, mask)));
    assert_eq!(limits(0x1_0000, 17, 3), (65_536, 3));
    assert_eq!(limits(0x2_0000, 0, 0), (65_536, 0));
    // 16 pages hold 15 wherever the buffer begins, which are 60 KiB.
    assert_eq!(limits(0x1_0000, 16, 0x1FF), (61_440, 0x1FF));
    assert_eq!(limits(63 * 1024, 33, 0), (62 * 1024, 0));
    assert_eq!(limits(512, 1, u32::MAX), (32_768, 4095));
    let silent = Double::new(|_, _| Ok(()), |_, _, _| Err(refused(ERROR_NOT_READY)));
    assert_eq!(super::limits(&silent), (32_768, 4095));
}

/// What `hold` does where the volume's lock and the class driver's answer so.
fn held(volume: Option<WIN32_ERROR>, class: Option<WIN32_ERROR>) -> (Result<(), DriveError>, Vec<Control>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let device = Double::new(
        |_, _| Ok(()),
        move |code, input, output| {
            log.lock().unwrap().push(code);
            let refusal = match code {
                Control::LOCK_VOLUME => volume,
                Control::EXCLUSIVE_ACCESS if input[0] == 1 => {
                    assert_eq!(input.len(), 72);
                    assert_eq!(input[4..16], *b"\x01\0\0\0fsimage\0");
                    class
                }
                Control::EXCLUSIVE_ACCESS => {
                    output[..8].copy_from_slice(b"\x01Burner\0");
                    return Ok(output.len());
                }
                _ => None,
            };
            refusal.map_or(Ok(0), |code| Err(refused(code)))
        },
    );
    let held = hold(&device, Path::new("D:"));
    let seen = seen.lock().unwrap().clone();
    (held, seen)
}

#[test]
fn exclusive_access() {
    let (result, seen) = held(None, None);
    assert!(result.is_ok());
    assert_eq!(seen, [Control::LOCK_VOLUME, Control::DISMOUNT_VOLUME, Control::EXCLUSIVE_ACCESS]);
    // Without a medium there is no volume; an old class driver knows no exclusive access.
    assert!(held(Some(ERROR_NOT_READY), Some(1)).0.is_ok());
    for (volume, class) in [(Some(ERROR_ACCESS_DENIED), None), (None, Some(ERROR_ACCESS_DENIED))] {
        let Err(DriveError::Locked { device, holders }) = held(volume, class).0 else { panic!() };
        assert_eq!(device, Path::new("D:"));
        assert_eq!(holders, [Holder::Client { name: "Burner".to_owned() }]);
    }
}

#[test]
fn names() {
    for (path, name) in
        [("D:", r"\\.\D:"), (r"D:\", r"\\.\D:"), (r"\\.\D:", r"\\.\D:"), (r"\\.\CdRom0", r"\\.\CdRom0")]
    {
        assert_eq!(device_name(Path::new(path)).as_deref(), Some(name));
    }
    assert_eq!(device_name(Path::new("")), None);
}

#[test]
fn a_drive_that_is_not_there() {
    for open in [WindowsSpti::open, WindowsSpti::open_for_reading] {
        let error = open(Path::new(r"\\.\CdRom77")).unwrap_err();
        assert!(matches!(error, DriveError::Open { .. }), "{error}");
    }
}
