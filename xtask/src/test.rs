//! `test` and `interop`: cargo's tests with their peers.

use std::collections::BTreeSet;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use peers::{PROGRAMS, Program, REQUIRE_ALL, REQUIRE_PEERS, SKIP_LOG};

use crate::Result;
use crate::options::Options;
use crate::programs::{self, noting};
use crate::shell::{Cmd, as_root};
use crate::workspace::{SHARED, cargo};

/// Packages with tests that compare with other programs; such tests have `interop` in their name or their
/// file's name.
const INTEROP_PACKAGES: &[&str] = &["peers", "fsimage", "fsimage-cli"];

pub(crate) fn test(mut options: Options) -> Result {
    let wanted = Wanted::of(&mut options)?;
    let rest = options.rest();
    let chosen = rest.iter().any(|argument| argument.starts_with("-p") || argument.starts_with("--package"));
    let mut arguments = vec!["--no-fail-fast".to_owned()];
    if !chosen {
        arguments.push("--workspace".to_owned());
    }
    arguments.extend(rest);
    options.finish()?;
    run(&arguments, wanted)
}

pub(crate) fn interop(mut options: Options) -> Result {
    let wanted = Wanted::of(&mut options)?;
    options.finish()?;
    let mut arguments = vec!["--no-fail-fast".to_owned()];
    for package in INTEROP_PACKAGES {
        arguments.extend(["--package".to_owned(), (*package).to_owned()]);
    }
    arguments.extend(["--test".to_owned(), "*interop*".to_owned()]);
    run(&arguments, wanted)
}

/// What must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Nothing,
    /// The programs, which are installed.
    Programs,
    /// What lies outside the repository as well.
    All,
}

impl Wanted {
    /// What `--peers` asks for.
    pub(crate) fn of(options: &mut Options) -> Result<Self> {
        match options.value("--peers")?.as_deref() {
            None | Some("found") => Ok(Self::Nothing),
            Some("install") => Ok(Self::Programs),
            Some("all") => Ok(Self::All),
            Some(other) => Err(format!("--peers is found, install or all, not {other}").into()),
        }
    }
}

fn run(arguments: &[String], wanted: Wanted) -> Result {
    if wanted != Wanted::Nothing {
        install_missing()?;
    }
    let missing = missing();
    let folder = tempfile::tempdir()?;
    let (log, noted) = (folder.path().join("skipped"), folder.path().join("programs"));
    let mut command = noting(cargo(), &noted)?.arg("test").args(arguments).env(SKIP_LOG, &log);
    match wanted {
        Wanted::Nothing => {}
        Wanted::Programs => command = command.env(REQUIRE_PEERS, "1"),
        Wanted::All => command = command.env(REQUIRE_PEERS, REQUIRE_ALL),
    }
    for shared in SHARED {
        match shared.locate() {
            Some(path) => command = command.env(shared.variable, path),
            None => println!("{} is not set and not found beside the repository", shared.variable),
        }
    }

    let start = Instant::now();
    let mut counts = Counts::default();
    // Compiles, and runs the documentation tests.
    let compiled = command.tee(|line| counts.add_line(line))?;
    let mut all_skipped = read_skipped(&fs::read_to_string(&log).unwrap_or_default());
    counts.add_skipped(&all_skipped);
    let mut failed = Vec::new();
    programs::run(programs::read(&noted)?, SKIP_LOG, folder.path(), |program| {
        let skipped = read_skipped(&program.log);
        println!("\n     Ran {} in {:.1} s", program.name, program.time.as_secs_f64());
        for line in program.output.lines() {
            counts.add_line(line);
            println!("{}", skipped_line(line, &skipped).as_deref().unwrap_or(line));
        }
        counts.add_skipped(&skipped);
        all_skipped.extend(skipped);
        failed.extend(Some(program.name).filter(|_| !program.well));
    })?;
    println!("tests took {:.1} s with compiling", start.elapsed().as_secs_f64());

    for program in &failed {
        println!("FAILED {program}");
    }
    for (test, reason) in &all_skipped {
        println!("SKIPPED {test}: {reason}");
    }
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|program| program.name).collect();
        println!("skipped: {}", names.join(" "));
    }
    println!("{} passed, {} failed, {} skipped", counts.passed, counts.failed, counts.skipped);
    if compiled && failed.is_empty() && counts.failed == 0 { Ok(()) } else { Err("tests failed".into()) }
}

/// The line of a test that said why it was skipped; its program calls it `ok`.
fn skipped_line(line: &str, skipped: &BTreeSet<(String, String)>) -> Option<String> {
    let test = line.strip_prefix("test ")?.strip_suffix(" ... ok")?;
    let (_, reason) = skipped.iter().find(|(skipped, _)| skipped == test)?;
    Some(format!("test {test} ... skipped: {reason}"))
}

/// The `test` TAB `reason` lines, each once.
fn read_skipped(log: &str) -> BTreeSet<(String, String)> {
    log.lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(test, reason)| (test.to_owned(), reason.to_owned()))
        .collect()
}

/// Sums of the closing lines of test programs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Counts {
    fn add_line(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split("; ") {
            let Some((number, what)) = count.split_once(' ') else { continue };
            let number: u64 = number.parse().unwrap_or(0);
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }

    /// The tests of a program that were counted as passed, and were not run.
    fn add_skipped(&mut self, skipped: &BTreeSet<(String, String)>) {
        let tests: BTreeSet<&str> = skipped.iter().map(|(test, _)| test.as_str()).collect();
        let not_run = (tests.len() as u64).min(self.passed);
        self.passed -= not_run;
        self.skipped += not_run;
    }
}

fn missing() -> Vec<&'static Program> {
    PROGRAMS.iter().filter(|program| program.locate().is_none()).collect()
}

/// Installs the Debian packages of the programs that are missing, and makes the virtual machines ready: tests that begin
/// side by side would each find them half made.
pub(crate) fn install_missing() -> Result {
    install_programs()?;
    for shared in SHARED {
        let Some(tool) = shared.locate() else { continue };
        let mut told = Ok(());
        for task in shared.made_ready_by {
            told = Cmd::new(&tool).arg(task).run();
            if told.is_ok() {
                break;
            }
        }
        told?;
    }
    Ok(())
}

/// Installs the Debian packages of the programs that are missing; fails when one is missing still. One that was there may
/// be missing behind that: apt removes what does not go with the version that it installs of another (`qemu-utils` of the
/// backports beside `qemu-system-x86` of the release).
fn install_programs() -> Result {
    let mut asked = BTreeSet::new();
    loop {
        let missing = missing();
        let wanted: BTreeSet<&str> = missing.iter().map(|program| program.package).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        if wanted.is_subset(&asked) {
            let names: Vec<&str> = missing.iter().map(|program| program.name).collect();
            return Err(format!("still missing: {}", names.join(" ")).into());
        }
        println!("installing {}", wanted.iter().copied().collect::<Vec<_>>().join(" "));
        retry(|| apt_get().arg("update").run())?;
        retry(|| apt_get().args(["install", "--yes", "--no-install-recommends"]).args(&wanted).run())?;
        asked.extend(wanted);
    }
}

fn apt_get() -> Cmd {
    as_root("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(["-q", "-o", "DPkg::Lock::Timeout=300"])
}

/// Package servers fail now and then.
fn retry(mut action: impl FnMut() -> Result) -> Result {
    const PAUSES: [u64; 2] = [5, 20];
    for pause in PAUSES {
        match action() {
            Ok(()) => return Ok(()),
            Err(error) => println!("{error}; once more in {pause} s"),
        }
        thread::sleep(Duration::from_secs(pause));
    }
    action()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_closing_lines() {
        let mut counts = Counts::default();
        counts.add_line(
            "test result: ok. 18 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        );
        counts.add_line("test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out");
        counts.add_line("test a::b ... ok");
        assert_eq!(counts, Counts { passed: 20, failed: 1, skipped: 1 });
        counts.add_skipped(&read_skipped("a::b\tno xorriso\na::b\tno corpus\nc\tno corpus\n"));
        assert_eq!(counts, Counts { passed: 18, failed: 1, skipped: 3 });
    }

    #[test]
    fn skipped_tests_are_not_called_ok() {
        let skipped = read_skipped("a::b\tno xorriso\n");
        let shown = |line| skipped_line(line, &skipped);
        assert_eq!(shown("test a::c ... ok"), None);
        assert_eq!(shown("test a::b ... FAILED"), None);
        assert_eq!(shown("test a::b ... ok").as_deref(), Some("test a::b ... skipped: no xorriso"));
    }

    #[test]
    fn skip_log() {
        let skipped = read_skipped("a::b\tno xorriso\na::b\tno xorriso\nc\tno corpus\nbroken\n");
        assert_eq!(skipped.len(), 2);
    }
}
