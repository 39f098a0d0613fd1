//! From samples to tables.

use std::fmt::Write as _;

use super::measure::Sample;

/// What one contender did in all rounds.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) samples: Vec<Sample>,
    pub(crate) failure: Option<String>,
}

impl Row {
    pub(crate) fn wall(&self) -> Option<f64> {
        self.median(|sample| sample.wall)
    }

    pub(crate) fn cpu(&self) -> Option<f64> {
        self.median(|sample| sample.cpu)
    }

    pub(crate) fn peak(&self) -> Option<f64> {
        self.median(|sample| sample.peak)
    }

    /// Nothing where a round failed.
    fn median(&self, value: impl Fn(&Sample) -> f64) -> Option<f64> {
        if self.failure.is_some() {
            return None;
        }
        let mut values: Vec<f64> = self.samples.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let upper = *values.get(middle)?;
        if values.len() % 2 == 1 { Some(upper) } else { Some((values.get(middle - 1)? + upper) / 2.0) }
    }

    fn spread(&self) -> f64 {
        let walls = self.samples.iter().map(|sample| sample.wall);
        let least = walls.clone().fold(f64::INFINITY, f64::min);
        let most = walls.fold(0.0, f64::max);
        if least > 0.0 { most / least } else { 1.0 }
    }
}

/// One comparison.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) rows: Vec<Row>,
    /// Why it was not run.
    pub(crate) skipped: Option<String>,
}

/// The contender that the others are compared with.
pub(crate) const OURS: &str = "fsimage";

impl Table {
    pub(crate) fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }

    /// The least wall time of the other image writers or readers.
    pub(crate) fn fastest_peer(&self) -> Option<f64> {
        self.rows
            .iter()
            .filter(|row| !row.name.starts_with(OURS) && !row.name.starts_with("cp"))
            .filter_map(Row::wall)
            .min_by(f64::total_cmp)
    }

    pub(crate) fn markdown(&self) -> String {
        let mut text = format!("### {}\n\n", self.title);
        if let Some(reason) = &self.skipped {
            let _ = writeln!(text, "skipped: {reason}");
            return text;
        }
        text.push_str(
            "| program | wall s | slowest ÷ fastest round | CPU s | peak MiB | fsimage's wall ÷ this | CPU ÷ this | peak ÷ this |\n\
             |---|---:|---:|---:|---:|---:|---:|---:|\n",
        );
        let ours = self.row(OURS);
        for row in &self.rows {
            if let Some(failure) = &row.failure {
                let _ = writeln!(text, "| {} | failed: {failure} | | | | | | |", row.name);
                continue;
            }
            let ratio = |value: fn(&Row) -> Option<f64>| match (ours.and_then(value), value(row)) {
                (Some(ours), Some(this)) if this > 0.0 => format!("{:.2}", ours / this),
                _ => String::new(),
            };
            let number = |value: Option<f64>, digits: usize| {
                value.map_or_else(String::new, |value| format!("{value:.digits$}"))
            };
            let _ = writeln!(
                text,
                "| {} | {} | {:.2} | {} | {} | {} | {} | {} |",
                row.name,
                number(row.wall(), 3),
                row.spread(),
                number(row.cpu(), 3),
                number(row.peak().map(|bytes| bytes / 1_048_576.0), 1),
                ratio(Row::wall),
                ratio(Row::cpu),
                ratio(Row::peak),
            );
        }
        text
    }
}

/// A title that names full counts, of a run that may have been scaled.
pub(crate) fn title(scale: f64, full: &str) -> String {
    if scale == 1.0 { full.to_owned() } else { format!("{full}, times {scale}") }
}

/// Puts `new` between the two marks of a document, or at its end with marks of its own.
pub(crate) fn insert(document: &str, new: &str) -> String {
    const BEGIN: &str = "<!-- bench:begin -->";
    const END: &str = "<!-- bench:end -->";
    let part = format!("{BEGIN}\n{new}{END}");
    let found = document.split_once(BEGIN).and_then(|(head, rest)| Some((head, rest.split_once(END)?.1)));
    match found {
        Some((head, tail)) => format!("{head}{part}{tail}"),
        None if document.is_empty() => format!("# Performance\n\n{part}\n"),
        None => format!("{}\n\n{part}\n", document.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, walls: &[f64]) -> Row {
        let samples = walls.iter().map(|&wall| Sample { wall, cpu: wall / 2.0, peak: 1_048_576.0 }).collect();
        Row { name: name.to_owned(), samples, failure: None }
    }

    #[test]
    fn ratios() {
        let table = Table {
            title: "t".to_owned(),
            rows: vec![row(OURS, &[1.0, 9.0, 2.0]), row("xorriso", &[4.0, 4.0]), row("cp", &[0.5])],
            skipped: None,
        };
        assert_eq!(table.rows[0].wall(), Some(2.0));
        assert_eq!(table.fastest_peer(), Some(4.0));
        assert!(table.markdown().contains("| xorriso | 4.000 | 1.00 | 2.000 | 1.0 | 0.50 | 0.50 | 1.00 |"));
    }

    #[test]
    fn insertion() {
        let first = insert("", "a\n");
        assert_eq!(first, "# Performance\n\n<!-- bench:begin -->\na\n<!-- bench:end -->\n");
        assert_eq!(insert(&first, "b\n"), first.replace("\na\n", "\nb\n"));
        assert!(insert("text", "a\n").starts_with("text\n\n<!--"));
    }
}
