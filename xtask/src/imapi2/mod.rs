//! `docs/imapi2.md`: every member of every interface has its row there, and the tests that it names are there.

use std::collections::BTreeSet;
use std::fs;

use crate::coverage::Tests;
use crate::workspace::root;
use crate::{Result, coverage};

const PAGE: &str = "docs/imapi2.md";

/// A line for each interface: its name, and those of its members.
const MEMBERS: &str = include_str!("members.txt");

/// What a row says that has no test.
const WITHOUT_TEST: [&str; 2] = ["none", "Not here yet"];

pub(crate) fn check() -> Result {
    let page = fs::read_to_string(root().join(PAGE))?;
    let wrong = wrong(&page, MEMBERS, &coverage::tests()?);
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn wrong(page: &str, members: &str, tests: &Tests) -> Vec<String> {
    let mut missing: BTreeSet<(&str, &str)> = members
        .lines()
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(interface, members)| members.split(' ').map(move |member| (interface, member)))
        .collect();
    let mut wrong = Vec::new();
    let mut interface = "";
    for (number, line) in page.lines().enumerate() {
        if let Some(name) = line.strip_prefix("## ") {
            interface = name;
        }
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let ["", named, here, differs, test, ""] = cells[..] else { continue };
        if !named.starts_with('`') {
            continue;
        }
        let mut report = |what: String| wrong.push(format!("{PAGE}:{}: {what}", number + 1));
        for member in coverage::quoted(named) {
            if !missing.remove(&(interface, member)) {
                report(format!("{member} is no member of {interface}, or is there twice"));
            }
        }
        let mut tested = coverage::quoted(test).peekable();
        if tested.peek().is_none()
            && !WITHOUT_TEST.iter().any(|text| here.starts_with(text) || differs.contains(text))
        {
            report("neither a test nor a reason why there is none".to_owned());
        }
        for test in tested.filter(|test| !coverage::is_test(test, tests)) {
            report(format!("there is no test {test}"));
        }
    }
    wrong
        .extend(missing.into_iter().map(|(interface, member)| format!("{PAGE}: {interface} lacks {member}")));
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_made_up_is_told() {
        let tests = Tests::from([("crates/fsimage/tests/tree.rs".into(), ["adds".to_owned()].into())]);
        let page = "\
## IOne
| member | here | what differs, and why | test |
|---|---|---|---|
| `A`, `B` | here | | `tree::adds` |
| `C` | none | no use | — |
| `D` | here | | `tree::gone` |
| `E` | here | | — |
";
        assert_eq!(
            wrong(page, "IOne: A B C E F\nITwo: A\n", &tests),
            [
                "docs/imapi2.md:6: D is no member of IOne, or is there twice",
                "docs/imapi2.md:6: there is no test tree::gone",
                "docs/imapi2.md:7: neither a test nor a reason why there is none",
                "docs/imapi2.md: IOne lacks F",
                "docs/imapi2.md: ITwo lacks A",
            ]
        );
    }
}
