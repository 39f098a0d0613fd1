#[cfg(target_os = "linux")]
mod linux;
mod watch;
#[cfg(windows)]
mod windows;

use std::io;
use std::path::{Path, PathBuf};

pub use watch::{DriveChange, DriveWatch};

/// An optical drive of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDrive {
    /// Its device node; on Windows its drive letter, `D:`, or its name, `\\.\CdRom0`.
    pub path: PathBuf,
    /// Vendor, as the drive's INQUIRY data name it.
    pub vendor: String,
    /// Product.
    pub model: String,
    /// Revision.
    pub revision: String,
}

/// The optical drives of this machine, by number. On Linux they are those that the kernel's `sr` driver has
/// (a machine without sysfs has none), on Windows the class driver's, by drive letter where they have one; on the
/// other systems the list is empty, because this crate has no transport to their drives.
///
/// # Errors
/// When the system's list of devices cannot be read.
pub fn drives() -> io::Result<Vec<FoundDrive>> {
    #[cfg(target_os = "linux")]
    {
        linux::drives_under("/sys/class/block".as_ref())
    }
    #[cfg(windows)]
    {
        windows::drives()
    }
    #[cfg(not(any(target_os = "linux", windows)))]
    {
        Ok(Vec::new())
    }
}

/// Whether a path is one that systems give to optical drives: `/dev/sr0` and its like; on Windows `D:` and
/// `\\.\CdRom0`. Nothing is looked up.
pub fn names_drive(path: &Path) -> bool {
    if cfg!(windows) {
        return path.to_str().is_some_and(names_drive_of_windows);
    }
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    path.parent() == Some(Path::new("/dev"))
        && ["sr", "sg", "scd", "cd", "cdrom", "dvd", "cdrw", "dvdrw"]
            .into_iter()
            .filter_map(|prefix| name.strip_prefix(prefix))
            .any(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn names_drive_of_windows(path: &str) -> bool {
    let short = path.strip_suffix('\\').unwrap_or(path);
    let (short, is_device) = match short.strip_prefix(r"\\.\") {
        Some(device) => (device, true),
        None => (short, false),
    };
    match short.as_bytes() {
        [letter, b':'] => letter.is_ascii_alphabetic(),
        _ => is_device && cd_rom_number(short).is_some(),
    }
}

/// The number in `CdRom0`.
fn cd_rom_number(name: &str) -> Option<u32> {
    let (prefix, number) = name.split_at_checked("CdRom".len())?;
    let is_number = prefix.eq_ignore_ascii_case("CdRom") && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_windows() {
        for name in ["D:", r"e:\", r"\\.\D:", r"\\.\CdRom0", r"\\.\cdrom12"] {
            assert!(names_drive_of_windows(name), "{name}");
        }
        for name in ["", "D", r"D:\disc.iso", "disc:", "CdRom0", r"\\.\CdRom", r"\\.\PhysicalDrive0", r"\\.\"]
        {
            assert!(!names_drive_of_windows(name), "{name}");
        }
    }
}
