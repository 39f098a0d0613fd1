//! The project's tasks: `cargo xtask <task>`.

#![forbid(unsafe_code)]
// Talking to the person at the terminal is what this program does.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that panics is a test that fails"))]

mod api;
mod arrows;
mod bench;
mod ci;
mod coverage;
mod dist;
mod error_codes;
mod fuzz;
mod imapi2;
mod options;
mod programs;
mod shell;
mod steps;
mod test;
mod words;
mod workspace;

use std::process::ExitCode;

use options::Options;

/// What a task gives: nothing, or why it failed.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

struct Task {
    name: &'static str,
    run: fn(Options) -> Result,
    does: &'static str,
}

const TASKS: &[Task] = &[
    Task {
        name: "test",
        run: test::test,
        does: "runs all tests: [--peers found|install|all] [-- CARGO TEST ARGUMENTS]",
    },
    Task {
        name: "ci",
        run: ci::ci,
        does: "format, lints, docs, arrows between crates, examples, goals, feature sets, packages, other systems: [--only STEP] [--skip STEP] [--peers found|install] [--list]",
    },
    Task {
        name: "bench",
        run: bench::bench,
        does: "compares with genisoimage, xorriso, bsdtar, 7z and cp in one run: [--case NAME] [--against PROGRAM] [--rounds N] [--scale F] [--dir DIR] [--cold] [--check] [--write] [--list]",
    },
    Task {
        name: "fuzz",
        run: fuzz::fuzz,
        does: "feeds a parser damaged input and keeps what breaks it: [TARGET|all] [SECONDS] [--list]",
    },
    Task {
        name: "interop",
        run: test::interop,
        does: "runs only the tests that compare with other programs and the kernel: [--peers found|install|all]",
    },
    Task { name: "api", run: api::write, does: "makes docs/api anew: what each library offers" },
    Task { name: "error-codes", run: error_codes::write, does: "makes docs/error-codes.md anew" },
    Task {
        name: "dist",
        run: dist::dist,
        does: "builds the release archive with binary, manual page, completions and licences: [--out DIR]",
    },
];

fn main() -> ExitCode {
    let mut line = std::env::args_os().skip(1);
    if line.next().is_some_and(|word| word == programs::NOTE) {
        // Not a task: what cargo starts in place of each test program.
        return programs::note(line).unwrap_or_else(|error| report(Err(error)));
    }
    let mut options = Options::from_environment();
    let name = options.positional();
    if name.as_deref() == Some(bench::MEASURE) {
        // Not a task: the process that `bench` starts around each measured command.
        return report(bench::measure::run_one(options));
    }
    match name.as_deref().and_then(|name| TASKS.iter().find(|task| task.name == name)) {
        Some(task) => report((task.run)(options)),
        None => {
            eprintln!("usage: cargo xtask TASK\n");
            for task in TASKS {
                eprintln!("  {:8} {}", task.name, task.does);
            }
            ExitCode::from(2)
        }
    }
}

fn report(result: Result) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
