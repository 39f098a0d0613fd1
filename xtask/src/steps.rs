//! Steps with their times.

use std::time::{Duration, Instant};

use crate::Result;

/// Runs steps one after another, going on after a failure, and tells at the end what each took.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration, Option<String>)>,
}

impl Steps {
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Result) {
        println!("--- {name}");
        let start = Instant::now();
        let failure = step().err().map(|error| error.to_string());
        if let Some(failure) = &failure {
            println!("--- {name} FAILED: {failure}");
        }
        self.done.push((name.to_owned(), start.elapsed(), failure));
    }

    /// Prints the table; fails when a step failed.
    pub(crate) fn finish(self) -> Result {
        println!("--- times");
        for (name, time, failure) in &self.done {
            println!(
                "{name:12} {:7.1} s  {}",
                time.as_secs_f64(),
                failure.as_deref().map_or_else(|| "ok".to_owned(), |failure| format!("FAILED: {failure}"))
            );
        }
        let total: Duration = self.done.iter().map(|(_, time, _)| *time).sum();
        println!("{:12} {:7.1} s", "all", total.as_secs_f64());
        let failed: Vec<&str> =
            self.done.iter().filter(|step| step.2.is_some()).map(|step| step.0.as_str()).collect();
        if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", ")).into()) }
    }
}
