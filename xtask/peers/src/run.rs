use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Failure;

/// What a program printed and how it ended.
#[derive(Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error, with undecodable bytes replaced.
    pub stderr: String,
}

impl Output {
    /// Standard output, if the program ended with status 0.
    ///
    /// # Errors
    /// The exit status and the end of what the program said.
    pub fn success(self, what: &str) -> Result<Vec<u8>, Failure> {
        if self.status.success() {
            return Ok(self.stdout);
        }
        Err(Failure::new(format!("{what}: {}: {}", self.status, tail(&self.stderr))))
    }
}

fn tail(text: &str) -> String {
    // xorriso tells of its progress every second.
    let lines: Vec<&str> = text
        .split(['\n', '\r'])
        .filter(|line| !line.trim().is_empty() && !line.contains("UPDATE :"))
        .collect();
    lines.get(lines.len().saturating_sub(12)..).unwrap_or_default().join(" / ")
}

/// [`run_for`] with ten minutes.
///
/// # Errors
/// As [`run_for`].
pub fn run<A: AsRef<OsStr>>(program: &Path, arguments: &[A]) -> Result<Output, Failure> {
    run_for(Duration::from_secs(600), program, arguments)
}

/// Runs a program without input, in the C.UTF-8 locale and in UTC, and takes what it prints.
///
/// # Errors
/// When it cannot be started, or has not ended in time (it is ended then).
pub fn run_for<A: AsRef<OsStr>>(limit: Duration, program: &Path, arguments: &[A]) -> Result<Output, Failure> {
    let name = program.display();
    let mut child = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::new(format!("{name}: {error}")))?;
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let (status, stdout, stderr) = thread::scope(|scope| {
        let stdout = scope.spawn(|| drain(stdout));
        let stderr = scope.spawn(|| drain(stderr));
        let deadline = Instant::now() + limit;
        let mut pause = Duration::from_millis(1);
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Ok(status),
                Ok(None) if Instant::now() < deadline => {
                    thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(50));
                }
                Ok(None) => {
                    drop(child.kill());
                    drop(child.wait());
                    break Err(Failure::new(format!("{name} did not end within {} s", limit.as_secs())));
                }
                Err(error) => break Err(Failure::new(format!("{name}: {error}"))),
            }
        };
        (status, stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default())
    });
    Ok(Output { status: status?, stdout, stderr: String::from_utf8_lossy(&stderr).into_owned() })
}

fn drain(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // A broken pipe shows in the exit status.
        drop(pipe.read_to_end(&mut bytes));
    }
    bytes
}
