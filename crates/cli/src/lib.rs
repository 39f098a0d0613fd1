#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![forbid(unsafe_code)]

pub mod args;
mod commands;
mod exit;
mod failure;
mod progress;
mod sources;

use std::ffi::OsString;
use std::io::Write;

use clap::Parser;

pub use exit::Exit;

/// The definition of the command line, for man pages and completions.
pub fn command() -> clap::Command {
    <args::Args as clap::CommandFactory>::command()
}

/// Runs the command with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let args = match args::Args::try_parse_from(arguments) {
        Ok(args) => args,
        Err(error) => {
            // Help and version are no errors, and go to standard output.
            let _ = error.print();
            return if error.use_stderr() { Exit::Caller } else { Exit::Done };
        }
    };
    commands::run(&args).unwrap_or_else(|failure| {
        if let Some(line) = failure.line(args.json) {
            let _ = writeln!(std::io::stderr(), "{line}");
        }
        failure.exit()
    })
}
