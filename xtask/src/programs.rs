//! Test programs. Cargo compiles them, and would run them one after another; here they run side by side.
//!
//! Cargo has this program as its runner, which notes how cargo would have started each test program: folder, variables,
//! arguments. So nobody but cargo has to know what its options mean for them.

use std::collections::VecDeque;
use std::env;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Result;
use crate::shell::Cmd;
use crate::workspace::host;

/// The word for which this program is cargo's runner: `NOTE PROGRAM ARGUMENTS`.
pub(crate) const NOTE: &str = "note-test-program";

/// Names the file that test programs are noted in.
const NOTED: &str = "FSIMAGE_TEST_PROGRAMS";

/// Names the program that holds all documentation tests of a crate, which then runs each in a process of its own. Rustdoc
/// sets it only where it has no runner.
const BUNDLE: &str = "RUSTDOC_DOCTEST_BIN_PATH";

/// Those that take longest begin first: the lanes are to end together.
const LONGEST: &[&str] =
    &["interop_emulator", "interop_udf", "interop_remaster", "command", "interop_mkisofs"];

/// A test program, as cargo would run it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Program {
    file: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

/// How a test program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its package and its target.
    pub(crate) name: String,
    /// What it printed, standard error as well.
    pub(crate) output: String,
    /// Whether its exit status was 0.
    pub(crate) well: bool,
    /// What it noted in the file that its variable `log` names.
    pub(crate) log: String,
    pub(crate) time: Duration,
}

/// Lets `cargo` note test programs in a file instead of running them.
pub(crate) fn noting(cargo: Cmd, noted: &Path) -> Result<Cmd> {
    let runner = format!("target.{}.runner=['{}','{NOTE}']", host()?, env::current_exe()?.display());
    Ok(cargo.args(["--config", &runner]).env(NOTED, noted))
}

/// The runner: notes a test program. What else cargo runs are documentation tests, which run at once.
pub(crate) fn note(mut line: impl Iterator<Item = OsString>) -> Result<ExitCode> {
    let file = PathBuf::from(line.next().ok_or("no program")?);
    let arguments: Vec<OsString> = line.collect();
    let noted = env::var_os(NOTED).filter(|_| is_test_program(&file));
    let Some(noted) = noted else {
        let status = Command::new(&file).args(arguments).env(BUNDLE, &file).status()?;
        return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    };
    let arguments: Vec<String> = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let variables: Vec<(String, String)> = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let program = Program { file, arguments, folder: env::current_dir()?, variables };
    writeln!(OpenOptions::new().create(true).append(true).open(noted)?, "{}", program.to_json())?;
    Ok(ExitCode::SUCCESS)
}

/// Cargo puts the programs that it makes of tests into a folder of this name, rustdoc its own elsewhere.
fn is_test_program(file: &Path) -> bool {
    file.parent().is_some_and(|folder| folder.ends_with("deps"))
}

/// The programs that were noted.
pub(crate) fn read(noted: &Path) -> Result<Vec<Program>> {
    // None were: cargo failed, or runs documentation tests only.
    if !noted.exists() {
        return Ok(Vec::new());
    }
    let read = |line: &str| Program::from_json(&serde_json::from_str(line).ok()?);
    let programs = fs::read_to_string(noted)?.lines().map(read).collect::<Option<_>>();
    Ok(programs.ok_or("a test program was not noted whole")?)
}

/// Runs all, as many at once as there are processors; `ended` has each when it ended. `log` is the variable that names a
/// file of its own to each of them, in `folder`.
pub(crate) fn run(
    mut programs: Vec<Program>,
    log: &str,
    folder: &Path,
    mut ended: impl FnMut(Ended),
) -> Result {
    let rank = |program: &Program| LONGEST.iter().position(|name| *name == program.target());
    programs.sort_by_key(|program| rank(program).unwrap_or(LONGEST.len()));
    let lanes = thread::available_parallelism().map_or(1, usize::from);
    let waiting = Mutex::new(programs.into_iter().enumerate().collect::<VecDeque<_>>());
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..lanes {
            let sender = sender.clone();
            let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            scope.spawn(move || {
                while let Some((number, program)) = next() {
                    let ended = program.run(log, &folder.join(number.to_string()));
                    if sender.send(ended).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        receiver.into_iter().try_for_each(|program| {
            ended(program?);
            Ok(())
        })
    })
}

impl Program {
    fn run(&self, log: &str, folder: &Path) -> Result<Ended> {
        fs::create_dir(folder)?;
        let (output, noted) = (folder.join("output"), folder.join("log"));
        let start = Instant::now();
        let ended = Cmd::new(&self.file)
            .args(&self.arguments)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env(log, &noted)
            .current_dir(&self.folder)
            .run_into(&output);
        let time = start.elapsed();
        let mut output = String::from_utf8_lossy(&fs::read(output)?).into_owned();
        if let Err(error) = &ended {
            // A program that was ended by a signal says nothing itself.
            output.push_str(&format!("{error}\n"));
        }
        let name = format!("{} {}", self.package(), self.target());
        Ok(Ended {
            name,
            output,
            well: ended.is_ok(),
            log: fs::read_to_string(noted).unwrap_or_default(),
            time,
        })
    }

    fn package(&self) -> &str {
        let package = self.variables.iter().find(|(name, _)| name == "CARGO_PKG_NAME");
        package.map_or("", |(_, value)| value)
    }

    /// The name of its file without cargo's hash.
    fn target(&self) -> &str {
        let stem = self.file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        stem.rsplit_once('-').map_or(stem, |(target, _)| target)
    }

    fn to_json(&self) -> Value {
        json!({
            "file": self.file,
            "arguments": self.arguments,
            "folder": self.folder,
            "variables": self.variables,
        })
    }

    fn from_json(value: &Value) -> Option<Program> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let variable = |pair: &Value| Some((text(&pair[0])?, text(&pair[1])?));
        Some(Program {
            file: text(&value["file"])?.into(),
            arguments: value["arguments"].as_array()?.iter().map(text).collect::<Option<_>>()?,
            folder: text(&value["folder"])?.into(),
            variables: value["variables"].as_array()?.iter().map(variable).collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noted_programs() {
        let program = Program {
            file: "/target/debug/deps/interop_udf-0123456789abcdef".into(),
            arguments: vec!["name".to_owned(), "--nocapture".to_owned()],
            folder: "/crates/fsimage".into(),
            variables: vec![("CARGO_PKG_NAME".to_owned(), "fsimage".to_owned())],
        };
        assert_eq!((program.package(), program.target()), ("fsimage", "interop_udf"));
        assert_eq!(Program::from_json(&program.to_json()), Some(program));
    }

    #[test]
    fn documentation_tests_are_no_test_programs() {
        assert!(is_test_program(Path::new("/target/debug/deps/interop_udf-0123456789abcdef")));
        assert!(!is_test_program(Path::new("/tmp/rustdoctestAbCdEf/rust_out")));
    }
}
