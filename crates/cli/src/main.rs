//! The `fsimage` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    fsimage_cli::run(std::env::args_os()).into()
}
