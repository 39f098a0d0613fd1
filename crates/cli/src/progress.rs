//! Progress on a terminal.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fsimage::{CancelToken, Control, Error, Fill, Observer, Progress, Stage};
use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;
use crate::signals;

const BAR: &str = "{prefix:>10} [{bar:32}] {bytes}/{total_bytes} {bytes_per_sec} {eta} {msg}";
const PARTS: &str = "{prefix:>10} [{bar:32}] {percent}% {elapsed} {msg}";
const SPINNER: &str = "{prefix:>10} {spinner} {msg}";
const SECTOR: u64 = 2048;

/// One bar per stage, on standard error.
#[derive(Default)]
struct Bars(Mutex<Option<(Bar, ProgressBar)>>);

/// The stage, and whether its whole is known.
type Bar = (Stage, bool);

/// In what state Ctrl-C finds what is written.
#[derive(Clone)]
pub(crate) struct Left(Arc<Mutex<State>>);

#[derive(Clone, Copy)]
enum State {
    /// A second Ctrl-C ends the program, and leaves this.
    Stoppable(&'static str),
    /// A drive records, which no signal ends.
    Recording,
    /// Something is served until Ctrl-C comes: it is the proper end.
    Served,
}

impl Left {
    fn new() -> Left {
        Left(Arc::new(Mutex::new(State::Stoppable("nothing was written"))))
    }

    /// From now on, this is the state; `None` while a drive records.
    pub(crate) fn set(&self, state: Option<&'static str>) {
        self.put(state.map_or(State::Recording, State::Stoppable));
    }

    /// From now on, Ctrl-C is the proper end.
    pub(crate) fn set_served(&self) {
        self.put(State::Served);
    }

    fn put(&self, state: State) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn get(&self) -> State {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Observer and cancel token of a command: bars where standard error is a terminal and `quiet` is not set;
/// the first Ctrl-C asks for a stop at the next safe point, the second one ends the program where the system keeps
/// it from getting there: opening a pipe that nobody writes to, say.
pub(crate) fn control(quiet: bool, json: bool) -> (Control, Left) {
    let cancel = CancelToken::new();
    let left = Left::new();
    let (token, state) = (cancel.clone(), left.clone());
    signals::each(move || {
        let is_first = !token.is_cancelled();
        token.cancel();
        let state = match state.get() {
            State::Recording if is_first && (quiet || json) => return,
            State::Recording if is_first => {
                let _ = writeln!(
                    std::io::stderr(),
                    "fsimage: stopping; what the drive does by itself (a format, the end of a track or session) comes to \
                     its end first, which can take minutes"
                );
                return;
            }
            State::Recording => {
                let _ =
                    writeln!(std::io::stderr(), "fsimage: the drive must not be interrupted; it stops soon");
                return;
            }
            State::Stoppable(state) if !is_first => state,
            State::Stoppable(_) | State::Served => return,
        };
        let failure = Failure::from(Error::Cancelled { state: state.to_owned() });
        if let Some(line) = failure.line(json) {
            let _ = writeln!(std::io::stderr(), "{line}");
        }
        std::process::exit(failure.exit() as i32);
    });
    let observer =
        (!quiet && std::io::stderr().is_terminal()).then(|| Arc::new(Bars::default()) as Arc<dyn Observer>);
    (Control { observer, cancel }, left)
}

impl Observer for Bars {
    fn progress(&self, progress: Progress) {
        let mut bar = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = (progress.stage, progress.total > 0);
        // Of what is counted as it comes to be known, the end may not have been the last.
        let goes_on = |bar: &ProgressBar| bar.is_finished() && progress.done < progress.total;
        if bar.as_ref().is_none_or(|(shown, bar)| *shown != kind || goes_on(bar)) {
            if let Some((_, old)) = bar.take() {
                old.finish_and_clear();
            }
            *bar = Some((kind, new_bar(progress)));
        }
        let Some((_, bar)) = bar.as_ref() else { return };
        if progress.total == 0 {
            bar.set_message(progress.done.to_string());
        } else {
            let unit = unit(progress.stage);
            bar.set_length(progress.total.saturating_mul(unit));
            bar.set_position(progress.done.saturating_mul(unit));
            if let Some(fill) = progress.fill {
                bar.set_message(told(fill));
            }
            if progress.done >= progress.total {
                bar.finish_and_clear();
            }
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        let bar = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bar)) = bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// The drive tells of its buffer now and then only.
fn told(fill: Fill) -> String {
    let drive = fill.drive.map_or_else(String::new, |full| format!(", drive {full}%"));
    format!("buffer {}%{drive}", fill.queue)
}

/// What is shown of each that is counted: bytes, or parts of what a drive does by itself, or items.
fn unit(stage: Stage) -> u64 {
    match stage {
        Stage::Formatting | Stage::Blanking | Stage::Finalising => 1,
        Stage::Scanning | Stage::Importing | Stage::Comparing | Stage::Checking => 1,
        _ => SECTOR,
    }
}

fn new_bar(progress: Progress) -> ProgressBar {
    let unit = unit(progress.stage);
    let (bar, template) = match progress.total {
        0 => (ProgressBar::new_spinner(), SPINNER),
        total => (ProgressBar::new(total.saturating_mul(unit)), if unit == 1 { PARTS } else { BAR }),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_prefix(progress.stage.to_string());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_valid() {
        for template in [BAR, PARTS, SPINNER] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn buffers() {
        assert_eq!(told(Fill { queue: 94, drive: None }), "buffer 94%");
        assert_eq!(told(Fill { queue: 100, drive: Some(97) }), "buffer 100%, drive 97%");
    }

    #[test]
    fn stages_follow_each_other() {
        let bars = Bars::default();
        for (stage, done, total) in [
            (Stage::Importing, 3, 0),
            (Stage::Writing, 0, 10),
            (Stage::Writing, 10, 10),
            (Stage::Finalising, 0, 0),
            (Stage::Finalising, 100, 65_536),
        ] {
            bars.progress(Progress { stage, done, total, files: None, fill: None });
        }
        let bar = bars.0.lock().unwrap();
        assert_eq!(bar.as_ref().map(|(shown, _)| *shown), Some((Stage::Finalising, true)));
    }
}
