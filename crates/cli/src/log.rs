//! What goes on within, on standard error.

use std::io;

use tracing::Level;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::fmt::time::Uptime;

use crate::args::LogLevel;

/// Times are seconds since the program began.
pub(crate) fn to_standard_error(level: LogLevel) {
    let level = match level {
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
        LogLevel::Trace => Level::TRACE,
    };
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_timer(Uptime::default())
        .with_span_events(FmtSpan::CLOSE)
        .with_target(false)
        .with_writer(io::stderr)
        .finish();
    // Set already only where a program calls this twice.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
