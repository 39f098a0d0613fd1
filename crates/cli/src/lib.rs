#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![forbid(unsafe_code)]

pub mod args;
mod boot;
mod changes;
mod choices;
mod commands;
mod counted;
mod descriptor_fields;
mod digests;
mod exit;
mod failure;
mod hfsplus;
mod log;
mod mkisofs;
mod needs;
mod plan_options;
mod preset;
mod printable;
mod progress;
mod real_time;
mod selection;
mod signals;
mod sources;
mod sparse;
mod zisofs;

use std::ffi::OsString;
use std::io::Write;

use clap::Parser;

pub use exit::Exit;
use failure::Failure;

/// The definition of the command line, for man pages and completions.
#[must_use]
pub fn command() -> clap::Command {
    <args::Args as clap::CommandFactory>::command()
}

/// Runs the command with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some((personality, rest)) = mkisofs::recognise(&arguments) {
        return report(false, mkisofs::run(personality, rest));
    }
    let (json, outcome) = match args::Args::try_parse_from(&arguments) {
        Ok(args) => {
            if let Some(level) = args.log {
                log::to_standard_error(level);
            }
            (args.json, commands::run(&args))
        }
        Err(error) if error.use_stderr() && arguments.iter().any(|argument| argument == "--json") => {
            (true, Err(Failure::Usage(error.to_string())))
        }
        Err(error) => {
            // Help and version are no errors, and go to standard output.
            let _ = error.print();
            return if error.use_stderr() { Exit::Caller } else { Exit::Done };
        }
    };
    report(json, outcome)
}

/// Tells of a failure on standard error.
fn report(json: bool, outcome: Result<Exit, Failure>) -> Exit {
    outcome.unwrap_or_else(|failure| {
        if let Some(line) = failure.line(json) {
            let _ = writeln!(std::io::stderr(), "{line}");
        }
        failure.exit()
    })
}
