//! Who keeps a device from being opened exclusively: its mounts, and the processes that have it open.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::Holder;

/// Holders that are told; more would only be more to read.
const NAMED: usize = 8;

/// The holders of the device with this number, as the file system at `proc` tells them to this user. `own` has it open in
/// this process and is none of them.
pub(super) fn holders(proc: &Path, device: u64, own: Option<&File>) -> Vec<Holder> {
    let mut found: Vec<Holder> = mounts(proc, device).into_iter().map(|at| Holder::Mount { at }).collect();
    add_processes(proc, own, |descriptor| leads_to(descriptor, device), &mut found);
    found.truncate(NAMED);
    found
}

/// The processes that have a file open which is `own` here. Links are read and not followed.
pub(crate) fn of_file(proc: &Path, path: &Path, own: &File) -> Vec<Holder> {
    let mut found = Vec::new();
    let Ok(path) = fs::canonicalize(path) else { return found };
    let is_it = |descriptor: &Path| fs::read_link(descriptor).is_ok_and(|target| target == path);
    add_processes(proc, Some(own), is_it, &mut found);
    found
}

fn add_processes(proc: &Path, own: Option<&File>, has_it: impl Fn(&Path) -> bool, found: &mut Vec<Holder>) {
    let own = own.map(|file| (std::process::id(), file.as_raw_fd().to_string()));
    for process in numbered(proc) {
        let is_own = |fd: &str| own.as_ref().is_some_and(|(pid, own)| *pid == process && own == fd);
        // What other users' processes have open may not be told.
        let open = fs::read_dir(proc.join(process.to_string()).join("fd")).into_iter().flatten().flatten();
        let holds = open
            .filter(|entry| !entry.file_name().to_str().is_some_and(is_own))
            .any(|entry| has_it(&entry.path()));
        if holds {
            let command = fs::read_to_string(proc.join(process.to_string()).join("comm"));
            let command = command.map(|text| text.trim_end().to_owned()).unwrap_or_default();
            found.push(Holder::Process { pid: process, command });
        }
        if found.len() >= NAMED {
            break;
        }
    }
}

/// The processes, ascending.
fn numbered(proc: &Path) -> Vec<u32> {
    let entries = fs::read_dir(proc).into_iter().flatten().flatten();
    let mut numbers: Vec<u32> =
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

/// Whether what is open there is the device. Only names in `/dev` are followed: a file system that does not answer must
/// not hold this up.
fn leads_to(descriptor: &Path, device: u64) -> bool {
    fs::read_link(descriptor).is_ok_and(|target| target.starts_with("/dev"))
        && fs::metadata(descriptor).is_ok_and(|metadata| metadata.rdev() == device)
}

/// The places where the device is mounted, by `mountinfo`.
fn mounts(proc: &Path, device: u64) -> Vec<PathBuf> {
    let number = format!("{}:{}", libc::major(device), libc::minor(device));
    let table = fs::read(proc.join("self/mountinfo")).unwrap_or_default();
    table
        .split(|byte| *byte == b'\n')
        .filter_map(|line| {
            let mut fields = line.split(|byte| *byte == b' ').skip(2);
            (fields.next()? == number.as_bytes()).then(|| fields.nth(1))?
        })
        .map(|place| PathBuf::from(OsStr::from_bytes(&unescaped(place))))
        .collect()
}

/// Spaces and their like stand there as a backslash and three octal digits.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&byte, behind)) = rest.split_first() {
        let octal = behind
            .get(..3)
            .filter(|_| byte == b'\\')
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        match octal {
            Some(escaped) => {
                text.push(escaped);
                rest = &behind[3..];
            }
            None => {
                text.push(byte);
                rest = behind;
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_of_a_device() {
        let proc = tempfile::tempdir().unwrap();
        fs::create_dir(proc.path().join("self")).unwrap();
        let table = "25 30 0:23 / /sys rw,nosuid - sysfs sysfs rw\n\
                     96 30 11:0 / /media/my\\040disc\\134x ro - iso9660 /dev/sr0 ro\n\
                     97 30 11:0 /docs /srv ro - iso9660 /dev/sr0 ro\n\
                     98 30 11:1 / /other ro - udf /dev/sr1 ro\n\
                     short\n";
        fs::write(proc.path().join("self/mountinfo"), table).unwrap();
        let found = holders(proc.path(), libc::makedev(11, 0), None);
        let mount = |at: &str| Holder::Mount { at: at.into() };
        assert_eq!(found, [mount("/media/my disc\\x"), mount("/srv")]);
    }

    #[test]
    fn processes_by_number() {
        let proc = tempfile::tempdir().unwrap();
        for (process, command, target) in
            [("12", "cat\n", "/dev/full"), ("7", "growisofs\n", "/dev/full"), ("9", "sh\n", "/dev/null")]
        {
            let folder = proc.path().join(process);
            fs::create_dir_all(folder.join("fd")).unwrap();
            fs::write(folder.join("comm"), command).unwrap();
            std::os::unix::fs::symlink(target, folder.join("fd/3")).unwrap();
        }
        let device = fs::metadata("/dev/full").unwrap().rdev();
        let process = |pid, command: &str| Holder::Process { pid, command: command.to_owned() };
        assert_eq!(holders(proc.path(), device, None), [process(7, "growisofs"), process(12, "cat")]);
    }

    #[test]
    fn a_system_without_proc_tells_nothing() {
        assert_eq!(holders("/nonexistent".as_ref(), 1, None), []);
    }
}
