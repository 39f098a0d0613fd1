//! What faults come to, and `docs/faults.md`, which tells it.
#![allow(dead_code, unreachable_pub, reason = "each test program takes what it needs")]

use std::collections::BTreeSet;
use std::path::Path;

use fsimage::Error;

/// A table of the page: what each fault comes to on each kind of media.
pub struct FaultTable {
    section: &'static str,
    kinds: &'static [&'static str],
    rows: Vec<Row>,
}

struct Row {
    begin: String,
    errors: BTreeSet<String>,
    /// By kind of media.
    states: Vec<BTreeSet<String>>,
}

impl FaultTable {
    /// A table under that heading, with a column for each kind of media.
    pub fn new(section: &'static str, kinds: &'static [&'static str]) -> FaultTable {
        FaultTable { section, kinds, rows: Vec::new() }
    }

    /// What a fault came to: the name of the error, or nothing, and the state of a medium of that kind.
    pub fn note(&mut self, begin: &[&str], error: &str, kind: &str, state: &str) {
        let begin = begin.join(" | ");
        let kind = self.kinds.iter().position(|known| *known == kind).unwrap();
        let index = self.rows.iter().position(|row| row.begin == begin).unwrap_or_else(|| {
            let states = vec![BTreeSet::new(); self.kinds.len()];
            self.rows.push(Row { begin, errors: BTreeSet::new(), states });
            self.rows.len() - 1
        });
        let row = &mut self.rows[index];
        if !error.is_empty() {
            row.errors.insert(error.to_owned());
        }
        row.states[kind].insert(state.to_owned());
    }

    /// That the page has this table.
    #[track_caller]
    pub fn assert_documented(&self) {
        let join = |set: &BTreeSet<String>, separator| {
            if set.is_empty() { "—".to_owned() } else { Vec::from_iter(set.clone()).join(separator) }
        };
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        // What begins alike stands together.
        let phase = |row: &Row| row.begin.split(" | ").next().unwrap_or_default().to_owned();
        rows.sort_by_key(|row| self.rows.iter().position(|first| phase(first) == phase(row)));
        let lines = rows.into_iter().map(|row| {
            let states: Vec<String> = row.states.iter().map(|states| join(states, " or ")).collect();
            format!("| {} | {} | {} |", row.begin, join(&row.errors, ", "), states.join(" | "))
        });
        let lines: Vec<String> = lines.collect();
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/faults.md");
        let page = std::fs::read_to_string(page).unwrap_or_default();
        let heading = format!("## {}", self.section);
        let section = page.lines().skip_while(|line| *line != heading).skip(1);
        let section = section.take_while(|line| !line.starts_with("## "));
        // Behind the names of the columns and the line below them.
        let found: Vec<&str> = section.filter(|line| line.starts_with('|')).skip(2).collect();
        assert!(found == lines, "docs/faults.md, {}, should have:\n{}", self.section, lines.join("\n"));
    }
}

/// In the words of the page, the state in which an error says that it left a medium.
pub fn state(error: &Error) -> Result<&'static str, String> {
    const STATES: [(&str, &str); 10] = [
        ("as it was", "as it was"),
        ("another one can follow", "closed"),
        ("the next burn closes it", "open"),
        ("readers find the session before this one", "before"),
        ("the next burn starts anew", "anew"),
        ("may not be on the medium", "not flushed"),
        ("may not be closed", "not closed"),
        ("unknown", "unknown"),
        ("is complete, with", "complete"),
        ("cannot be read", "spoiled"),
    ];
    match error {
        Error::Recording { medium, .. } => {
            let known = STATES.iter().find(|(words, _)| medium.contains(words));
            known.map(|(_, state)| *state).ok_or_else(|| format!("the medium is said to be: {medium}"))
        }
        Error::VerifyFailed { .. } => Ok("written"),
        _ => Ok("as it was"),
    }
}
