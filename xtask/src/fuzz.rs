//! `fuzz`: coverage-guided fuzzing with stable Rust.
//!
//! LLVM's coverage pass is part of every compiler; only the switches that cargo-fuzz sets need a nightly
//! one. So the switches are set here.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::Result;
use crate::options::Options;
use crate::shell::Cmd;
use crate::steps::Steps;
use crate::workspace::{self, SHARED, Shared, cargo, host, root};

const COVERAGE: &[&str] = &[
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "-Cdebug-assertions",
    "-Coverflow-checks",
];

/// What a run on one input may cost.
const LIMITS: &[&str] = &["-timeout=10", "-rss_limit_mb=2048", "-malloc_limit_mb=256"];

pub(crate) fn fuzz(mut options: Options) -> Result {
    let list = options.flag("--list");
    let name = options.positional();
    let seconds: u32 = match options.positional() {
        Some(text) => text.parse().map_err(|_| format!("{text} is not a number of seconds"))?,
        None => 60,
    };
    options.finish()?;
    let known = targets()?;
    if list {
        for target in &known {
            println!("{:14} {}", target.name, target.takes);
        }
        return Ok(());
    }
    let chosen: Vec<&Target> = match name.as_deref() {
        None | Some("all") => known.iter().collect(),
        Some(name) => known.iter().filter(|target| target.name == name).collect(),
    };
    if chosen.is_empty() {
        return Err("no target is called so; see cargo xtask fuzz --list".into());
    }

    let program = build()?;
    let mut steps = Steps::default();
    for target in chosen {
        steps.run(&target.name, || run(&program, target, seconds));
    }
    steps.finish()
}

/// One of the package `fuzz`.
struct Target {
    name: String,
    longest: String,
    takes: String,
}

/// The targets, as the package `fuzz` tells: this program shall compile when the crates under test do not.
fn targets() -> Result<Vec<Target>> {
    let text = cargo().args(["run", "--quiet", "--package", "fuzz", "--bin", "targets"]).read()?;
    let target = |line: &str| {
        let mut fields = line.splitn(3, '\t').map(str::to_owned);
        Some(Target { name: fields.next()?, longest: fields.next()?, takes: fields.next()? })
    };
    Ok(text.lines().filter_map(target).collect())
}

/// Builds the engine with every crate instrumented; an explicit target keeps build scripts out of it.
fn build() -> Result<PathBuf> {
    let host = host()?;
    let folder = output();
    cargo()
        .args(["build", "--release", "--package", "fuzz", "--bin", "libfuzzer", "--features", "libfuzzer"])
        .args(["--target", &host])
        .env("CARGO_TARGET_DIR", &folder)
        .env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\x1f"))
        .run()?;
    Ok(folder.join(host).join("release").join("libfuzzer"))
}

/// Everything that fuzzing leaves but the findings.
fn output() -> PathBuf {
    root().join(workspace::target()).join("fuzz")
}

/// Images by other software are good seeds: cut off in front of their first volume descriptor, and to the
/// target's length.
fn seed_from_corpus(folder: &Path, longest: usize) -> Result {
    const SYSTEM_AREA: usize = 16 * 2048;
    let corpus = SHARED.iter().find(|shared| shared.variable == "FSIMAGE_CORPUS").and_then(Shared::locate);
    let (Some(corpus), Some(xz)) = (corpus, peers::find("xz")) else { return Ok(()) };
    for image in peers::corpus_images(&corpus)? {
        let seed = folder.join(&image.name);
        if seed.exists() {
            continue;
        }
        let bytes = image.bytes(&xz)?;
        if let Some(bytes) = bytes.get(SYSTEM_AREA..).filter(|bytes| bytes.get(1..6) == Some(b"CD001")) {
            fs::write(seed, bytes.get(..longest).unwrap_or(bytes))?;
        }
    }
    Ok(())
}

/// Runs one target. What it learns is kept below cargo's output folder; what breaks it is minimised and
/// put where the tests replay it.
fn run(program: &Path, target: &Target, seconds: u32) -> Result {
    let name = target.name.as_str();
    let seeds = root().join("testdata/fuzz").join(name);
    let learnt = output().join("corpus").join(name);
    let broken = output().join("broken").join(name);
    for folder in [&learnt, &broken] {
        fs::create_dir_all(folder)?;
    }
    if matches!(name, "volume" | "merge" | "boot") {
        seed_from_corpus(&learnt, target.longest.parse()?)?;
    }
    let mut prefix = broken.clone().into_os_string();
    prefix.push("/");
    let prefix = format!("-artifact_prefix={}", prefix.to_string_lossy());
    let before = SystemTime::now().duration_since(UNIX_EPOCH)?;

    let mut command = Cmd::new(program)
        .env("FSIMAGE_FUZZ_TARGET", name)
        .args(LIMITS)
        .arg(format!("-max_len={}", target.longest))
        .arg(format!("-max_total_time={seconds}"))
        .arg("-print_final_stats=1")
        .arg(&prefix)
        .arg(&learnt);
    if seeds.is_dir() {
        command = command.arg(&seeds);
    }
    let log = learnt.with_extension("log");
    let result = command.run_into(&log);
    let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    for line in said
        .lines()
        .filter(|line| line.starts_with("stat::number_of_exec") || line.starts_with("stat::new_units"))
    {
        println!("{line}");
    }
    let Err(failure) = result else { return Ok(()) };
    let panic: Vec<&str> = said.lines().skip_while(|line| !line.contains(" panicked at ")).take(4).collect();
    println!("{}\n(all of it: {})", panic.join("\n"), log.display());

    // The newest file is the finding.
    let mut found: Vec<_> = fs::read_dir(&broken)?
        .filter_map(|file| {
            let file = file.ok()?;
            let made = file.metadata().ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
            (made >= before).then(|| (made, file.path()))
        })
        .collect();
    found.sort();
    let Some((_, found)) = found.pop() else { return Err(failure) };
    let kept = keep(program, name, &found, &seeds)?;
    Err(format!("broken by {}: commit it with the fix", kept.display()).into())
}

/// Minimises a finding into the folder that tests replay.
fn keep(program: &Path, name: &str, found: &Path, seeds: &Path) -> Result<PathBuf> {
    fs::create_dir_all(seeds)?;
    let file_name = found.file_name().ok_or("a finding without a name")?.to_string_lossy().into_owned();
    let kept = seeds.join(file_name.get(..18).unwrap_or(&file_name));
    fs::copy(found, &kept)?;
    if file_name.starts_with("crash-") {
        // Without success the finding stays as it is.
        let minimised = Cmd::new(program)
            .env("FSIMAGE_FUZZ_TARGET", name)
            .args(LIMITS)
            .args(["-minimize_crash=1", "-max_total_time=20"])
            .arg(format!("-exact_artifact_path={}", kept.display()))
            .arg(found)
            .run_into(&found.with_extension("log"));
        if minimised.is_err() && !kept.exists() {
            fs::copy(found, &kept)?;
        }
    }
    Ok(kept)
}
