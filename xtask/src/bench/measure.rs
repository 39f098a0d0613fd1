//! Wall time, processor time and peak memory of one command.
//!
//! Each command runs in a process of its own that waits for nothing else, so that the kernel's account of
//! waited-for children is this command's alone.

use std::ffi::OsString;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use super::MEASURE;
use crate::Result;
use crate::options::Options;

/// One run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// Seconds.
    pub(crate) wall: f64,
    /// Seconds of processor time, user and system.
    pub(crate) cpu: f64,
    /// Largest resident set, in bytes. Never below the size of the process that measures.
    pub(crate) peak: f64,
}

/// Runs a command in a measuring process; its output goes nowhere.
pub(crate) fn measure(program: &Path, arguments: &[OsString], folder: &Path) -> Result<Sample> {
    let result = tempfile::NamedTempFile::new()?;
    let status = Command::new(std::env::current_exe()?)
        .arg(MEASURE)
        .arg(result.path())
        .arg("--")
        .arg(program)
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(format!("the measuring process: {status}").into());
    }
    let value: Value = serde_json::from_reader(File::open(result.path())?)?;
    if let Some(failure) = value["failure"].as_str() {
        return Err(failure.into());
    }
    let number = |name: &str| value[name].as_f64().ok_or_else(|| format!("no {name} was measured"));
    Ok(Sample { wall: number("wall")?, cpu: number("cpu")?, peak: number("peak")? })
}

/// The measuring process: `_measure RESULT -- PROGRAM ARGUMENTS`.
pub(crate) fn run_one(mut options: Options) -> Result {
    let result = options.positional().ok_or("no file for the result")?;
    let command = options.rest();
    options.finish()?;
    let (program, arguments) = command.split_first().ok_or("no command")?;
    let start = Instant::now();
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .and_then(|child| child.wait_with_output());
    let wall = start.elapsed().as_secs_f64();
    let value = match output {
        Ok(output) if output.status.success() => {
            let (cpu, peak) = children()?;
            json!({"wall": wall, "cpu": cpu, "peak": peak})
        }
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
            json!({"failure": format!("{}: {last}", output.status)})
        }
        Err(error) => json!({"failure": error.to_string()}),
    };
    serde_json::to_writer(File::create(result)?, &value)?;
    Ok(())
}

/// Processor seconds and peak bytes of all children that were waited for.
#[cfg(unix)]
fn children() -> Result<(f64, f64)> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike as _;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    let unit = if cfg!(target_vendor = "apple") { 1.0 } else { 1024.0 };
    Ok((micros as f64 / 1e6, usage.max_rss() as f64 * unit))
}

#[cfg(not(unix))]
fn children() -> Result<(f64, f64)> {
    Err("measuring needs a Unix system".into())
}
