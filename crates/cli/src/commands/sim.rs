use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use fsimage::{SimulatedTarget, SimulatedTray, create_simulated_medium};
use serde_json::json;

use super::{Context, complain};
use crate::Exit;
use crate::args::{Serve, Sim};
use crate::failure::Failure;
use crate::real_time::RealTime;

const NO_POWER: &str = "fsimage: the simulated drive has lost its power, and answers nothing until the line \
                        power-cycle; the medium is as it was at that moment";

pub(super) fn run(args: &Sim, context: &Context) -> Result<Exit, Failure> {
    match args {
        Sim::New { path, medium } => {
            if path.exists() {
                return Err(Failure::argument(path.display().to_string(), "something is there already"));
            }
            create_simulated_medium(path, *medium)?;
            let drive = format!("sim:{}", path.display());
            context.say(format_args!("{drive}: a blank {medium}"));
            if context.json {
                context.print_json(&json!({ "drive": drive, "medium": medium.name() }))?;
            }
        }
        Sim::Serve(args) => serve(args, context)?,
    }
    Ok(Exit::Done)
}

fn serve(args: &Serve, context: &Context) -> Result<(), Failure> {
    let target = SimulatedTarget::bind(args.path.as_deref(), args.listen)?;
    if args.real_time {
        target.set_clock(RealTime::new());
    }
    let mut last = String::new();
    target.on_file_error(move |error| {
        let told = format!(
            "fsimage: the simulated drive cannot keep its medium, so that a command ended with an internal failure (4/44/00): \
             {error}"
        );
        if told != last {
            complain(&told);
            last = told;
        }
    });
    context.tell_url(&target.url(), args.listen, "use the drive")?;
    let tray = target.tray();
    let told = Arc::new(AtomicBool::new(false));
    let is_told = Arc::clone(&told);
    thread::spawn(move || tell_power_cuts(&tray, &is_told));
    if args.control {
        let tray = target.tray();
        // It ends with the process: a read of standard input cannot be broken off.
        thread::spawn(move || take_lines(&tray));
    }
    let had_power = target.serve(args.once, &context.control)?;
    if !had_power && !told.load(Ordering::Relaxed) {
        complain(NO_POWER);
    }
    Ok(())
}

/// Without power the drive is gone for everybody: connections end, and no command is answered.
fn tell_power_cuts(tray: &SimulatedTray, told: &AtomicBool) {
    loop {
        let has_power = tray.has_power();
        if !told.swap(!has_power, Ordering::Relaxed) && !has_power {
            complain(NO_POWER);
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Carries out the lines of standard input. Who no longer reads the answers gets none.
fn take_lines(tray: &SimulatedTray) {
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let answer = match carry_out(line.trim(), tray) {
            Ok(()) => "ok".to_owned(),
            Err(reason) => format!("error: {reason}"),
        };
        let mut out = io::stdout().lock();
        if writeln!(out, "{answer}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

fn carry_out(line: &str, tray: &SimulatedTray) -> Result<(), String> {
    let (command, argument) = line.split_once(' ').unwrap_or((line, ""));
    let done = match (command, argument) {
        ("insert", path) if !path.is_empty() => tray.insert(Path::new(path)),
        ("eject", "") => tray.eject(),
        ("inject", fault) if !fault.is_empty() => tray.inject(fault),
        ("power-cycle", "") => tray.power_cycle(),
        ("clear-faults", "") => {
            tray.clear_faults();
            Ok(())
        }
        _ => {
            return Err(
                "the lines are insert PATH, eject, inject FAULT, clear-faults, power-cycle".to_owned()
            );
        }
    };
    done.map_err(|error| error.to_string())
}
