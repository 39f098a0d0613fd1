//! `bench`: whole commands, ours and others', measured side by side in one run.

mod cases;
mod goals;
pub(crate) mod measure;
mod mounts;
mod recording;
mod report;
mod trees;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use report::{Row, Table};

use crate::Result;
use crate::options::Options;
use crate::shell::{Cmd, as_root};
use crate::workspace::{cargo, root, target};

/// The hidden task that runs and measures one command.
pub(crate) const MEASURE: &str = "_measure";

/// The cases that `--check` runs unless told otherwise, and how much of their files.
const CHECKED: [&str; 2] = ["read-one-of-1m", "append-1m"];
const CHECKED_SCALE: f64 = 0.1;
/// The programs that the goals of these cases name.
const CHECKED_AGAINST: [&str; 1] = ["xorriso"];

/// One case.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// Rounds unless told otherwise.
    pub(crate) rounds: usize,
    pub(crate) run: fn(&Bench) -> Result<Vec<Table>>,
}

/// What cases need.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) fsimage: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) scale: f64,
    cold: bool,
    rounds: usize,
    /// The other programs that are measured; all that are installed, where it is empty.
    against: Vec<String>,
}

type Hook<'a> = Box<dyn Fn() -> Result + 'a>;

/// One command of a comparison.
pub(crate) struct Contender<'a> {
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    /// Runs before each measurement, unmeasured.
    pub(crate) before: Option<Hook<'a>>,
    /// Runs after a measurement that went well, and says whether it did what it should.
    pub(crate) check: Option<Hook<'a>>,
    /// Runs after each measurement, whatever came of it.
    pub(crate) after: Option<Hook<'a>>,
}

pub(crate) fn bench(mut options: Options) -> Result {
    let mut chosen = options.values("--case")?;
    let mut against = options.values("--against")?;
    let rounds = options.parsed("--rounds")?;
    let scale: Option<f64> = options.parsed("--scale")?;
    let folder = options.value("--dir")?.map(PathBuf::from);
    let (cold, write, list) = (options.flag("--cold"), options.flag("--write"), options.flag("--list"));
    let check = options.flag("--check");
    options.finish()?;
    if list {
        for case in cases::CASES {
            println!("{:14} {}", case.name, case.what);
        }
        return Ok(());
    }
    if let Some(name) = chosen.iter().find(|name| !cases::CASES.iter().any(|case| case.name == **name)) {
        return Err(format!("no case is called {name}; see cargo xtask bench --list").into());
    }
    if check && write {
        return Err("--check measures the build of the tests; only what is released is written down".into());
    }
    if check && chosen.is_empty() {
        chosen = CHECKED.map(str::to_owned).to_vec();
    }
    // Kept: to delete 100,000 files takes minutes where the file system tells the disk of each (discard).
    let folder = folder.or_else(|| check.then(|| root().join(target()).join("bench")));
    if check && against.is_empty() {
        against = CHECKED_AGAINST.map(str::to_owned).to_vec();
    }
    let scale = scale.unwrap_or(if check { CHECKED_SCALE } else { 1.0 });
    if !(scale > 0.0 && scale <= 10.0) {
        return Err("--scale is more than 0 and at most 10".into());
    }

    let fsimage = if check { built_for_tests() } else { built_for_release() }?;
    let temporary = match &folder {
        Some(_) => None,
        None => Some(tempfile::Builder::new().prefix("fsimage-bench-").tempdir()?),
    };
    let folder = match (&folder, &temporary) {
        (Some(folder), _) => folder.clone(),
        (None, Some(temporary)) => temporary.path().to_owned(),
        (None, None) => return Err("no folder".into()),
    };
    fs::create_dir_all(&folder)?;
    let mut bench = Bench { fsimage, folder: fs::canonicalize(folder)?, scale, cold, rounds: 0, against };

    let mut text = bench.conditions()?;
    println!("{text}");
    let mut tables = Vec::new();
    for case in cases::CASES {
        if !chosen.is_empty() && !chosen.iter().any(|name| name == case.name) {
            continue;
        }
        bench.rounds = rounds.unwrap_or(case.rounds).max(1);
        println!("--- {} ({} rounds)", case.name, bench.rounds);
        let found = (case.run)(&bench).unwrap_or_else(|error| {
            vec![Table { title: case.what.to_owned(), skipped: Some(error.to_string()), ..Table::default() }]
        });
        for table in found {
            let part = format!("{}\n", table.markdown());
            println!("{part}");
            text.push_str(&part);
            tables.push((case.name, table));
        }
    }
    let mut goals = goals::goals(scale, &tables);
    if check {
        goals.retain(|goal| goal.is_of(&chosen));
    }
    let part = goals::markdown(scale, &goals);
    println!("{part}");
    text.push_str(&part);
    if check {
        return goals::check(&goals);
    }
    if write {
        let path = root().join("docs/performance.md");
        let document = fs::read_to_string(&path).unwrap_or_default();
        fs::write(&path, report::insert(&document, &text))?;
        println!("written to docs/performance.md");
    }
    Ok(())
}

/// [`bench`] with `--check`.
pub(crate) fn check() -> Result {
    bench(Options::new(["--check".to_owned()].into_iter()))
}

fn built_for_release() -> Result<PathBuf> {
    cargo().args(["build", "--release", "--package", "fsimage-cli"]).run()?;
    built("release")
}

/// What the tests are built from: with the features that the whole workspace asks for, so that nothing is compiled twice.
fn built_for_tests() -> Result<PathBuf> {
    cargo().args(["build", "--workspace", "--examples", "--bin", "fsimage"]).run()?;
    built("debug")
}

fn built(profile: &str) -> Result<PathBuf> {
    let name = format!("fsimage{}", std::env::consts::EXE_SUFFIX);
    Ok(fs::canonicalize(root().join(target()).join(profile).join(name))?)
}

impl Bench {
    /// A count or a length, scaled.
    pub(crate) fn scaled(&self, full: u64) -> u64 {
        (full as f64 * self.scale).round().max(1.0) as u64
    }

    /// Measures the contenders in turns: every round runs each once, beginning with another one.
    pub(crate) fn compare(&self, title: impl Into<String>, contenders: &[Contender<'_>]) -> Result<Table> {
        let contenders: Vec<&Contender<'_>> =
            contenders.iter().filter(|contender| self.takes_part(&contender.name)).collect();
        let mut rows: Vec<Row> = contenders
            .iter()
            .map(|contender| Row { name: contender.name.clone(), samples: Vec::new(), failure: None })
            .collect();
        for round in 0..self.rounds {
            for turn in 0..contenders.len() {
                let index = (round + turn) % contenders.len();
                let (Some(contender), Some(row)) = (contenders.get(index), rows.get_mut(index)) else {
                    continue;
                };
                if row.failure.is_some() {
                    continue;
                }
                if let Some(before) = &contender.before {
                    before()?;
                }
                self.settle()?;
                let measured = measure::measure(&contender.program, &contender.arguments, &self.folder);
                let checked = measured.and_then(|sample| {
                    contender.check.as_ref().map_or(Ok(()), |check| check())?;
                    Ok(sample)
                });
                match checked {
                    Ok(sample) => {
                        println!(
                            "{:24} {:9.3} s wall {:9.3} s CPU {:8.1} MiB",
                            contender.name,
                            sample.wall,
                            sample.cpu,
                            sample.peak / 1_048_576.0
                        );
                        row.samples.push(sample);
                    }
                    Err(error) => {
                        println!("{:24} failed: {error}", contender.name);
                        row.failure = Some(error.to_string());
                    }
                }
                if let Some(after) = &contender.after {
                    after()?;
                }
            }
        }
        Ok(Table { title: title.into(), rows, skipped: None })
    }

    fn takes_part(&self, contender: &str) -> bool {
        let program = contender.split([' ', ',']).next().unwrap_or_default();
        self.against.is_empty() || program == report::OURS || self.against.iter().any(|name| name == program)
    }

    /// No earlier write may be paid for by the next measurement.
    fn settle(&self) -> Result {
        Cmd::new("sync").run()?;
        if self.cold {
            as_root("sh").args(["-c", "echo 3 >/proc/sys/vm/drop_caches"]).run()?;
        }
        Ok(())
    }

    /// The machine, its load, and what state the caches are in.
    fn conditions(&self) -> Result<String> {
        let mut text = String::new();
        let cpu_info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu_info
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
            .map_or("unknown processor", |(_, model)| model);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let kernel = Cmd::new("uname").args(["-sr"]).read().unwrap_or_default();
        let file_system =
            Cmd::new("stat").args(["-f", "-c", "%T"]).arg(&self.folder).read().unwrap_or_default();
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let date = Cmd::new("date").args(["-u", "+%Y-%m-%d"]).read().unwrap_or_default();
        let revision = Cmd::new("git")
            .current_dir(root())
            .args(["describe", "--always", "--dirty"])
            .read()
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "Measured {} at {} on {model}, {cores} cores, {}, {}; load before: {}; scale {}.",
            date.trim(),
            revision.trim(),
            kernel.trim(),
            file_system.trim(),
            load.split(' ').next().unwrap_or_default(),
            self.scale,
        );
        let floor = measure::measure(Path::new("true"), &[], &self.folder)?;
        let _ = writeln!(
            text,
            "Page cache: {}; written data are not flushed inside the measured time. Medians of interleaved rounds. \
             No peak can be measured below {:.1} MiB.\n",
            if self.cold { "dropped before each run" } else { "warm for the sources" },
            floor.peak / 1_048_576.0
        );
        Ok(text)
    }
}
