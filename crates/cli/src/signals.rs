//! Signals that end the program.

/// Acts at each signal that asks for the end: SIGINT, SIGTERM, and SIGHUP unless the program was started with that ignored, as by
/// nohup(1). The first caller in a process is the one that is heard.
#[cfg(unix)]
pub(crate) fn each(mut act: impl FnMut() + Send + 'static) {
    use std::sync::Once;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let asked = [SIGINT, SIGTERM].into_iter().chain((!is_ignored(SIGHUP)).then_some(SIGHUP));
        if let Ok(mut signals) = Signals::new(asked) {
            std::thread::spawn(move || signals.forever().for_each(|_| act()));
        }
    });
}

/// As Linux tells it; elsewhere no signal counts as ignored.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Acts at each Ctrl-C. The first caller in a process is the one that is heard.
#[cfg(not(unix))]
pub(crate) fn each(act: impl FnMut() + Send + 'static) {
    let _ = ctrlc::set_handler(act);
}
