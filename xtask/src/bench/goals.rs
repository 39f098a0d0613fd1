//! The goals that were set for this release, and whether what was measured reaches them.

use std::fmt::Write as _;

use super::cases::{BRIDGE, ONE_FILE};
use super::recording::{COPY, LIBBURN};
use super::report::{OURS, Row, Table, title};
use crate::Result;

/// One goal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goal {
    /// The case that measures it.
    case: &'static str,
    what: &'static str,
    measured: Option<f64>,
    /// The most that may be measured.
    limit: f64,
    /// The most that passes a check, as a multiple of the limit.
    tolerance: f64,
}

impl Goal {
    /// Seconds, or a ratio of them: what others do on the machine is in them, and a check measures a build that is
    /// optimised less.
    const fn of_time(case: &'static str, what: &'static str, measured: Option<f64>, limit: f64) -> Self {
        Self { case, what, measured, limit, tolerance: 1.5 }
    }

    /// Memory is the same on a busy machine.
    const fn of_memory(case: &'static str, what: &'static str, measured: Option<f64>, limit: f64) -> Self {
        Self { case, what, measured, limit, tolerance: 1.0 }
    }

    /// Whether one of these cases measures it.
    pub(crate) fn is_of(&self, cases: &[String]) -> bool {
        cases.iter().any(|case| case == self.case)
    }

    fn digits(&self) -> usize {
        if self.limit < 0.1 { 3 } else { 2 }
    }

    /// Why a check does not pass.
    fn failure(&self) -> Option<String> {
        let Self { case, what, limit, tolerance, .. } = self;
        match self.measured {
            Some(measured) if measured <= limit * tolerance => None,
            Some(measured) => {
                let digits = self.digits();
                Some(format!(
                    "{case}: {what}: {measured:.digits$}, where at most {limit} is the goal and {:.digits$} passes",
                    limit * tolerance
                ))
            }
            None => {
                Some(format!("{case}: {what}: not measured; what is said above of the case has the reason"))
            }
        }
    }
}

/// The goals, with what tables of cases at this scale measured of them.
pub(crate) fn goals(scale: f64, tables: &[(&str, Table)]) -> Vec<Goal> {
    let table = |name: &str| tables.iter().find(|(case, _)| *case == name).map(|(_, table)| table);
    let wall = |name: &str, row: &str| table(name)?.row(row)?.wall();
    let cpu = |name: &str, row: &str| table(name)?.row(row)?.cpu();
    let ratio = |a: Option<f64>, b: Option<f64>| Some(a? / b?);
    let full_size = |value: Option<f64>| value.filter(|_| scale == 1.0);
    let memory = |case: &str, row: &str| {
        let table = table(case)?;
        let peak = |name: &str| table.row(name).and_then(Row::peak);
        Some((peak(row)? - peak(ONE_FILE)?).max(0.0) / (scale * 1e6))
    };
    let shared = tables
        .iter()
        .filter(|(case, _)| *case == "reflink")
        .filter_map(|(_, table)| table.row(OURS)?.wall())
        .max_by(f64::total_cmp);
    // Of ISO 9660 and of UDF.
    let one_path = tables
        .iter()
        .filter(|(case, _)| *case == "read-one-of-1m")
        .map(|(_, table)| table.row(OURS)?.wall())
        .collect::<Option<Vec<f64>>>()
        .and_then(|walls| walls.into_iter().max_by(f64::total_cmp));

    vec![
        Goal::of_time(
            "big-file",
            "big file: wall ÷ cp",
            ratio(wall("big-file", OURS), wall("big-file", "cp")),
            1.05,
        ),
        Goal::of_time("reflink", "big file with reflinks: seconds", full_size(shared), 1.0),
        Goal::of_time(
            "small-100k",
            "100,000 small files: wall ÷ fastest peer",
            ratio(wall("small-100k", OURS), table("small-100k").and_then(Table::fastest_peer)),
            0.6,
        ),
        Goal::of_time(
            "one-folder",
            "20,000 files in one folder: seconds",
            full_size(wall("one-folder", OURS)),
            0.5,
        ),
        Goal::of_time(
            "small-1m",
            "1,000,000 files: wall ÷ 100,000 files",
            ratio(wall("small-1m", OURS), wall("small-100k", OURS)),
            11.0,
        ),
        Goal::of_memory("small-1m", "1,000,000 files: peak bytes per file", memory("small-1m", OURS), 400.0),
        Goal::of_time("list-1m", "listing 1,000,000 files: seconds", full_size(wall("list-1m", OURS)), 1.5),
        Goal::of_time(
            "udf-100k",
            "100,000 files in all four name spaces: wall ÷ without UDF",
            ratio(wall("udf-100k", BRIDGE), wall("udf-100k", OURS)),
            1.25,
        ),
        Goal::of_memory(
            "udf-1m",
            "1,000,000 files in all four name spaces: peak bytes per file",
            memory("udf-1m", BRIDGE),
            600.0,
        ),
        Goal::of_time(
            "list-udf-1m",
            "listing 1,000,000 files of UDF: seconds",
            full_size(wall("list-udf-1m", OURS)),
            2.0,
        ),
        // Only the directories on the way are read, so fewer files are no excuse.
        Goal::of_time(
            "read-one-of-1m",
            "reading one of 1,000,000 files: seconds",
            one_path.filter(|_| scale <= 1.0),
            0.020,
        ),
        Goal::of_time(
            "append-1m",
            "appending to 1,000,000 files: wall ÷ xorriso",
            ratio(wall("append-1m", OURS), wall("append-1m", "xorriso")),
            0.5,
        ),
        Goal::of_memory(
            "append-1m",
            "appending to 1,000,000 files: peak bytes per file",
            memory("append-1m", OURS),
            500.0,
        ),
        Goal::of_time(
            "burn-emulator",
            "burning a gigabyte to a simulated drive: CPU seconds",
            full_size(cpu("burn-emulator", OURS)).map(|gib| gib * 1e9 / f64::from(1 << 30)),
            0.66,
        ),
        Goal::of_time(
            "burn-emulator",
            "the same: CPU ÷ one copy",
            ratio(cpu("burn-emulator", OURS), cpu("burn-emulator", COPY)),
            1.25,
        ),
        Goal::of_time(
            "burn-emulator",
            "the same: CPU ÷ libburn's file drive",
            ratio(cpu("burn-emulator", OURS), cpu("burn-emulator", LIBBURN)),
            0.5,
        ),
        Goal::of_time(
            "raw-sectors",
            "a gigabyte of raw sectors, mode 1: CPU seconds",
            full_size(cpu("raw-sectors", OURS)),
            1.0,
        ),
    ]
}

/// The goals as a table.
pub(crate) fn markdown(scale: f64, goals: &[Goal]) -> String {
    let mut text =
        format!("### {}\n\n| goal | at most | measured | |\n|---|---:|---:|---|\n", title(scale, "Goals"));
    for goal in goals {
        let Goal { what, limit, .. } = goal;
        let _ = match goal.measured {
            Some(measured) => {
                let verdict = if measured <= *limit { "reached" } else { "missed" };
                let digits = goal.digits();
                writeln!(text, "| {what} | {limit} | {measured:.digits$} | {verdict} |")
            }
            None => writeln!(text, "| {what} | {limit} | | not measured |"),
        };
    }
    text
}

/// Fails when there is no goal, or one is missed by more than its tolerance or was not measured.
pub(crate) fn check(goals: &[Goal]) -> Result {
    if goals.is_empty() {
        return Err("none of these cases has a goal to check".into());
    }
    let failures: Vec<String> = goals.iter().filter_map(Goal::failure).collect();
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}

#[cfg(test)]
mod tests {
    use super::super::CHECKED;
    use super::super::measure::Sample;
    use super::*;

    fn row(name: &str, walls: &[f64], peak: f64) -> Row {
        let samples = walls.iter().map(|&wall| Sample { wall, cpu: wall, peak }).collect();
        Row { name: name.to_owned(), samples, failure: None }
    }

    fn table(rows: Vec<Row>) -> Table {
        Table { title: "t".to_owned(), rows, skipped: None }
    }

    /// A run of the checked cases, with 100,000 files, which reaches all goals just so.
    struct Run {
        iso9660: Table,
        udf: Table,
        append: Table,
    }

    impl Run {
        fn new() -> Self {
            Self {
                iso9660: table(vec![row(OURS, &[0.005, 0.9, 0.006], 1e7)]),
                udf: table(vec![row(OURS, &[0.019, 0.020, 0.9], 1e7)]),
                append: table(vec![
                    row(OURS, &[1.0, 9.0, 0.9], 6e7),
                    row(ONE_FILE, &[0.1, 0.1, 0.1], 1e7),
                    row("xorriso", &[2.0, 2.0, 99.0], 1e8),
                ]),
            }
        }

        fn checked(self, chosen: &[&str]) -> std::result::Result<(), String> {
            let tables =
                [("read-one-of-1m", self.iso9660), ("read-one-of-1m", self.udf), ("append-1m", self.append)];
            let chosen: Vec<String> = chosen.iter().map(|&case| case.to_owned()).collect();
            let mut goals = goals(0.1, &tables);
            goals.retain(|goal| goal.is_of(&chosen));
            check(&goals).map_err(|error| error.to_string())
        }
    }

    #[test]
    fn goals_that_are_reached_pass() {
        Run::new().checked(&CHECKED).unwrap();
    }

    #[test]
    fn times_pass_within_their_tolerance_only() {
        let mut run = Run::new();
        run.udf.rows[0] = row(OURS, &[0.029], 1e7);
        run.append.rows[0] = row(OURS, &[1.49], 1e7);
        run.checked(&CHECKED).unwrap();

        let mut run = Run::new();
        run.udf.rows[0] = row(OURS, &[0.001, 0.031, 0.031], 1e7);
        assert_eq!(
            run.checked(&CHECKED).unwrap_err(),
            "read-one-of-1m: reading one of 1,000,000 files: seconds: 0.031, where at most 0.02 is the goal and \
             0.030 passes"
        );

        let mut run = Run::new();
        run.append.rows[0] = row(OURS, &[1.51], 1e7);
        let failure = run.checked(&CHECKED).unwrap_err();
        assert!(
            failure.starts_with("append-1m: appending to 1,000,000 files: wall ÷ xorriso: 0.7"),
            "{failure}"
        );
    }

    #[test]
    fn memory_has_no_tolerance() {
        let mut run = Run::new();
        run.append.rows[0] = row(OURS, &[1.0], 6.01e7);
        assert_eq!(
            run.checked(&CHECKED).unwrap_err(),
            "append-1m: appending to 1,000,000 files: peak bytes per file: 501.00, where at most 500 is the goal \
             and 500.00 passes"
        );
    }

    #[test]
    fn what_was_not_measured_fails() {
        let mut without_xorriso = Run::new();
        without_xorriso.append.rows.pop();
        let failure = without_xorriso.checked(&CHECKED).unwrap_err();
        assert!(failure.contains("wall ÷ xorriso: not measured"), "{failure}");
        assert_eq!(failure.lines().count(), 1);

        // Good rounds before the one that failed do not count.
        let mut failed = Run::new();
        failed.iso9660.rows[0].failure = Some("it made nothing".to_owned());
        let failure = failed.checked(&CHECKED).unwrap_err();
        assert!(failure.contains("reading one of 1,000,000 files: seconds: not measured"), "{failure}");

        let mut skipped = Run::new();
        skipped.append = Table { skipped: Some("no space".to_owned()), ..Table::default() };
        assert_eq!(skipped.checked(&CHECKED).unwrap_err().matches("not measured").count(), 2);
    }

    #[test]
    fn goals_of_the_chosen_cases_are_judged() {
        let mut run = Run::new();
        run.append.rows[0] = row(OURS, &[50.0], 9e9);
        run.checked(&["read-one-of-1m"]).unwrap();
        assert!(Run::new().checked(&["extract-100k"]).is_err());
    }
}
