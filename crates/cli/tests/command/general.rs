//! What all commands have in common: help, errors for machines, signals.

use std::path::Path;

use serde_json::Value;

use crate::scene::Scene;

/// Opening a pipe that nobody writes to never comes back.
#[cfg(unix)]
#[test]
fn a_second_signal_ends_what_cannot_be_cancelled() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    for signal in ["-INT", "-TERM"] {
        let scene = Scene::new();
        assert!(Command::new("mkfifo").arg(scene.path("pipe")).status().unwrap().success());
        let mut child = Command::new(env!("CARGO_BIN_EXE_fsimage"))
            .current_dir(scene.0.path())
            .args(["build", "-o", "a.iso", "x=pipe"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let started = Instant::now();
        // Before the handler stands the first one ends the program by itself, so there is some time first.
        std::thread::sleep(Duration::from_secs(1));
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if started.elapsed() > Duration::from_secs(20) {
                child.kill().unwrap();
                panic!("{signal} does not end it");
            }
            assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
            std::thread::sleep(Duration::from_millis(300));
        };
        let mut told = String::new();
        std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut told).unwrap();
        assert_eq!(status.code(), Some(130), "{told}");
        assert!(told.contains("nothing was written"), "{told}");
        assert!(!scene.path("a.iso").exists());
    }
}

#[test]
fn errors_for_machines() {
    let scene = Scene::new();
    let error: Value = serde_json::from_str(&scene.fail(4, &["info", "--json", "missing.iso"])).unwrap();
    assert_eq!(error["exit"], 4);
    assert!(error["error"].as_str().unwrap().contains("missing.iso"));
    scene.build("a.iso");
    scene.fail(2, &["ls", "a.iso", "--session", "2"]);
    scene.fail(2, &["cat", "a.iso", "/no"]);
    scene.fail(2, &["cat", "a.iso", "/deep"]);
    scene.fail(2, &["build", "docs"]);
    let usage: Value = serde_json::from_str(&scene.fail(2, &["build", "docs", "--json"])).unwrap();
    assert!(usage["error"].as_str().unwrap().contains("--output"), "{usage}");
    scene.command(&["build", "-o", "b.iso", "docs"]).env("SOURCE_DATE_EPOCH", "now").assert().code(2);
}

#[test]
fn help_names_every_command() {
    let scene = Scene::new();
    let help = scene.run(&["--help"]);
    for command in fsimage_cli::command().get_subcommands() {
        assert!(help.contains(command.get_name()), "{}", command.get_name());
    }
    assert!(scene.run(&["--version"]).starts_with("fsimage "));
    assert!(Path::new(env!("CARGO_BIN_EXE_fsimage")).exists());
}

#[test]
fn what_goes_on_within_is_told_when_asked_for() {
    let scene = Scene::new();
    let burn = |log: &[&str], disc| {
        let target = format!("sim:dvd+r:{disc}");
        let mut arguments = vec!["burn", "docs", "--drive", &target, "--quiet"];
        arguments.extend(log);
        let output = scene.command(&arguments).assert().success().get_output().clone();
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(burn(&[], "a.disc"), "");
    let info = burn(&["--log", "info"], "b.disc");
    assert!(info.contains("burn") && !info.contains("command"), "{info}");
    let trace = burn(&["--log", "trace"], "c.disc");
    for command in ["burn: command operation=WRITE(10) cdb=2A 00", "cdb=5B"] {
        assert!(trace.contains(command), "{command}: {trace}");
    }
}

/// nohup(1) has it ignored.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_ignored_stays_so() {
    use std::process::{Command, Stdio};
    use std::time::Duration;
    let scene = Scene::new();
    assert!(Command::new("mkfifo").arg(scene.path("pipe")).status().unwrap().success());
    // The tests may have been started with it ignored, too.
    for (disposition, ends) in [("--ignore-signal=HUP", false), ("--default-signal=HUP", true)] {
        let mut child = Command::new("env")
            .current_dir(scene.0.path())
            .args([disposition, env!("CARGO_BIN_EXE_fsimage"), "build", "-q", "-o", "a.iso", "x=pipe"])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let id = child.id().to_string();
        let signal = |name: &str| {
            assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
        };
        // The handler has to stand.
        std::thread::sleep(Duration::from_secs(1));
        signal("-HUP");
        std::thread::sleep(Duration::from_secs(1));
        if !ends {
            assert!(child.try_wait().unwrap().is_none());
            signal("-INT");
        }
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(130), "{disposition}");
    }
}
