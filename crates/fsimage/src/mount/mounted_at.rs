//! Where a file system of ours is mounted, whatever else is mounted there.

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rustix::io::Errno;
use rustix::mount::{UnmountFlags, unmount};

/// A mount by its numbers, which no other has while the connection to the kernel is there.
#[derive(Debug)]
pub(super) struct MountedAt {
    number: u64,
    device: String,
}

/// A line of `mountinfo` (proc(5)).
struct Line {
    number: u64,
    parent: u64,
    device: String,
    /// Where it is mounted.
    path: PathBuf,
}

impl MountedAt {
    /// The mount that something opened is in.
    pub(super) fn of(opened: impl AsFd) -> io::Result<MountedAt> {
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", opened.as_fd().as_raw_fd()))?;
        let number = info.lines().find_map(|line| line.strip_prefix("mnt_id:")?.trim().parse().ok());
        let number = number.ok_or_else(|| io::Error::other("/proc/self/fdinfo tells of no mount"))?;
        let line = lines()?.into_iter().find(|line| line.number == number);
        let line = line.ok_or_else(|| io::Error::other("/proc/self/mountinfo has no line of the mount"))?;
        Ok(MountedAt { number, device: line.device })
    }

    /// Takes it away from where it is, even while something of it is used. Where it is no more, or somebody put something else
    /// over it, nothing is done; the latter is an error.
    pub(super) fn detach(&self) -> io::Result<()> {
        let lines = lines()?;
        let is_own = |line: &&Line| line.number == self.number && line.device == self.device;
        let Some(own) = lines.iter().find(is_own) else { return Ok(()) };
        if lines.iter().any(|line| line.parent == self.number && line.path == own.path) {
            return Err(io::Error::other(
                "something else is mounted over it, which is left there; unmount both with 'umount'",
            ));
        }
        match unmount(&own.path, UnmountFlags::DETACH | UnmountFlags::NOFOLLOW) {
            Err(Errno::PERM) => {}
            done => return Ok(done?),
        }
        let mut command = Command::new(super::attach::HELPER);
        command.args(["-u", "-z", "--"]).arg(&own.path).stdin(Stdio::null()).stdout(Stdio::null());
        let output = command.output()?;
        match output.status.success() {
            true => Ok(()),
            false => Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
        }
    }
}

fn lines() -> io::Result<Vec<Line>> {
    let text = fs::read("/proc/self/mountinfo")?;
    Ok(text.split(|byte| *byte == b'\n').filter_map(parse).collect())
}

fn parse(line: &[u8]) -> Option<Line> {
    let mut fields = line.split(|byte| *byte == b' ');
    let mut number = || std::str::from_utf8(fields.next()?).ok()?.parse().ok();
    let (number, parent) = (number()?, number()?);
    let device = String::from_utf8(fields.next()?.to_vec()).ok()?;
    let path = unescape(fields.nth(1)?);
    Some(Line { number, parent, device, path: std::ffi::OsString::from_vec(path).into() })
}

/// Space, tab, newline and backslash stand as three octal digits.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&first, behind)) = rest.split_first() {
        let digits = behind.get(..3).filter(|_| first == b'\\');
        let escaped = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &behind[3..] } else { behind };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_mountinfo() {
        let line =
            parse(br"36 35 98:0 /mnt1 /a\040b\134\011 rw,noatime master:1 - ext3 /dev/root rw").unwrap();
        assert_eq!((line.number, line.parent, &*line.device), (36, 35, "98:0"));
        assert_eq!(line.path, PathBuf::from("/a b\\\t"));
        assert!(parse(b"").is_none());
    }
}
