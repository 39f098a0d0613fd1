//! The `fsimage` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A limit on the size of files is an error of the write that meets it, not the end of the process.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
    fsimage_cli::run(std::env::args_os()).into()
}
