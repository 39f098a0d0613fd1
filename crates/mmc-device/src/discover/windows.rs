//! The drives of the class driver for optical drives, by the names that it gives them.

// QueryDosDeviceW.
#![allow(unsafe_code)]

use std::path::PathBuf;
use std::{io, ptr};

use byteorder::{ByteOrder, LittleEndian};
use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, WIN32_ERROR};
use windows_sys::Win32::Storage::FileSystem::QueryDosDeviceW;
use windows_sys::Win32::System::Ioctl::StorageDeviceProperty;

use super::{FoundDrive, cd_rom_number};
use crate::transport::windows_spti::{Control, Device, Handle};

pub(super) fn drives() -> io::Result<Vec<FoundDrive>> {
    let names = dos_devices(None)?;
    let letters: Vec<(String, Vec<String>)> = names
        .iter()
        .filter(|name| matches!(name.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic()))
        // One that went meanwhile has no target.
        .map(|name| (name.clone(), dos_devices(Some(name)).unwrap_or_default()))
        .collect();
    let mut found: Vec<_> =
        names.iter().filter_map(|name| Some((cd_rom_number(name)?, name.as_str()))).collect();
    found.sort_unstable();
    Ok(found.into_iter().map(|(_, name)| describe(name, &letters)).collect())
}

/// The letter is what people call a drive; it leads to the same device.
fn describe(name: &str, letters: &[(String, Vec<String>)]) -> FoundDrive {
    let device = format!(r"\Device\{name}");
    let letter = letters
        .iter()
        .find(|(_, targets)| targets.first().is_some_and(|target| target.eq_ignore_ascii_case(&device)));
    let path = letter.map_or_else(|| format!(r"\\.\{name}"), |(letter, _)| letter.clone());
    let mut descriptor = [0; 1024];
    let len = Handle::open_for_questions(&format!(r"\\.\{name}")).and_then(|handle| {
        let mut question = [0; 12];
        LittleEndian::write_i32(&mut question[..4], StorageDeviceProperty);
        handle.control(Control::QUERY_PROPERTY, &question, &mut descriptor)
    });
    let descriptor = &descriptor[..len.unwrap_or(0)];
    FoundDrive {
        path: PathBuf::from(path),
        vendor: text(descriptor, 12),
        model: text(descriptor, 16),
        revision: text(descriptor, 20),
    }
}

/// The text of a STORAGE_DEVICE_DESCRIPTOR whose offset is at `field`; it ends with a zero. Offset 0 is: none.
fn text(descriptor: &[u8], field: usize) -> String {
    let offset = descriptor.get(field..field + 4).map_or(0, LittleEndian::read_u32) as usize;
    let bytes = descriptor.get(offset..).filter(|_| offset > 0).unwrap_or_default();
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// All names of devices, or the targets of one, newest first.
fn dos_devices(name: Option<&str>) -> io::Result<Vec<String>> {
    /// Characters; all names of a usual machine fit the first.
    const ROOM: [usize; 3] = [1 << 14, 1 << 17, 1 << 20];
    let wide: Option<Vec<u16>> = name.map(|name| name.encode_utf16().chain([0]).collect());
    let wide = wide.as_ref().map_or(ptr::null(), |wide| wide.as_ptr());
    for room in ROOM {
        let mut list = vec![0u16; room];
        // SAFETY: the name is null or ends with a zero and outlives the call; the list has the room that is told.
        let len = unsafe { QueryDosDeviceW(wide, list.as_mut_ptr(), room as u32) };
        if len > 0 {
            return Ok(strings(list.get(..len as usize).unwrap_or_default()));
        }
        let error = io::Error::last_os_error();
        if error.raw_os_error().map(|code| code as WIN32_ERROR) != Some(ERROR_INSUFFICIENT_BUFFER) {
            return Err(error);
        }
    }
    Err(io::Error::new(io::ErrorKind::OutOfMemory, "the system's list of devices is too long"))
}

/// Strings that each end with a zero.
fn strings(list: &[u16]) -> Vec<String> {
    list.split(|unit| *unit == 0).filter(|text| !text.is_empty()).map(String::from_utf16_lossy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_descriptor() {
        let mut descriptor = vec![0; 40];
        descriptor[12] = 40;
        descriptor[16] = 49;
        descriptor.extend_from_slice(b"HL-DT-ST\0BD-RE BH16NS40  \0");
        assert_eq!(text(&descriptor, 12), "HL-DT-ST");
        assert_eq!(text(&descriptor, 16), "BD-RE BH16NS40");
        assert_eq!(text(&descriptor, 20), "");
        descriptor[20] = 0xFF;
        assert_eq!(text(&descriptor, 20), "");
        assert_eq!(text(&[], 12), "");
    }

    #[test]
    fn lists_of_names() {
        let list: Vec<u16> = "CdRom0\0D:\0\0".encode_utf16().collect();
        assert_eq!(strings(&list), ["CdRom0", "D:"]);
    }

    #[test]
    fn a_drive_without_letter_and_one_with() {
        let letters = [("E:".to_owned(), vec![r"\Device\CdRom7".to_owned()])];
        assert_eq!(describe("CdRom7", &letters).path, PathBuf::from("E:"));
        assert_eq!(describe("CdRom8", &letters).path, PathBuf::from(r"\\.\CdRom8"));
    }

    #[test]
    fn the_system_is_asked() {
        let names = dos_devices(None).unwrap();
        assert!(names.iter().any(|name| name.eq_ignore_ascii_case("C:")), "{names:?}");
        assert!(drives().is_ok());
    }
}
