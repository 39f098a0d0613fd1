//! Runs of the command that mount something.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

/// Whether file systems can be mounted here; if not, that has been said.
pub fn can_mount() -> bool {
    let is_there = Path::new("/dev/fuse").exists();
    if !is_there {
        peers::skip("/dev/fuse is missing");
    } else if !peers::running_as_root() {
        peers::skip("only root may mount without asking");
    }
    is_there && peers::running_as_root()
}

/// A run of the command that has mounted something.
pub struct Run {
    child: Child,
    pub folder: PathBuf,
    errors: Option<ChildStderr>,
}

pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    // It goes by whether SIGHUP is ignored, as it is where nohup(1) started the tests.
    let mut command = Command::new("env");
    command.args(["--default-signal=HUP", env!("CARGO_BIN_EXE_fsimage")]);
    command.arg("mount").args(arguments).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Mounts at `folder/mnt`, which is made.
pub fn mount(folder: &Path, arguments: &[&str]) -> Run {
    let at = folder.join("mnt");
    fs::create_dir_all(&at).unwrap();
    mount_by(command(folder, &[arguments, &["mnt"]].concat()), at)
}

pub fn mount_by(mut command: Command, folder: PathBuf) -> Run {
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let errors = child.stderr.take();
    let mut run = Run { child, folder, errors };
    if line.is_empty() {
        let (code, told) = run.end();
        panic!("not mounted: {code:?} {told}");
    }
    run
}

impl Run {
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Exit status and what was told, when it has ended.
    pub fn end(&mut self) -> (Option<i32>, String) {
        let begun = Instant::now();
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code();
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut told = String::new();
        self.errors.take().unwrap().read_to_string(&mut told).unwrap();
        (code, told)
    }

    pub fn stop(mut self) -> String {
        self.signal("TERM");
        let (code, told) = self.end();
        assert_eq!(code, Some(0), "{told}");
        assert_eq!(mounts_at(&self.folder), Vec::<String>::new());
        told
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for _ in mounts_at(&self.folder) {
            umount(&self.folder);
        }
    }
}

/// Types of what is mounted at a folder, the lowest first.
pub fn mounts_at(folder: &Path) -> Vec<String> {
    let info = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let lines = info.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let here = lines.filter(|fields| Path::new(fields[4]) == folder);
    here.map(|fields| fields[fields.iter().position(|field| *field == "-").unwrap() + 1].to_owned()).collect()
}

pub fn umount(folder: &Path) {
    let _ = Command::new("umount").arg("-l").arg(folder).status();
}

pub fn fsimage(folder: &Path, arguments: &[&str]) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_fsimage")).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

pub fn shell(folder: &Path, script: &str) {
    let status = Command::new("sh").args(["-ec", script]).current_dir(folder).status().unwrap();
    assert!(status.success(), "{script}");
}
