//! `docs/imapi2.md`: every member of every interface has its row there, and the tests and the API that it names are there.

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
    let mut api = String::new();
    for listing in fs::read_dir(root().join("docs/api"))? {
        api += &fs::read_to_string(listing?.path())?;
    }
    let wrong = wrong(&page, MEMBERS, &coverage::tests()?, &Offered::new(&api));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// What the libraries offer: the words in the first line of each declaration or module of `docs/api`, and those in all of it.
struct Offered<'a>(Vec<(BTreeSet<&'a str>, BTreeSet<&'a str>)>);

impl<'a> Offered<'a> {
    fn new(api: &'a str) -> Offered<'a> {
        let modules = api.split("// crate");
        let starts = api.match_indices('\n').map(|(at, _)| at + 1);
        let declares = |&at: &usize| api[at..].starts_with(|first: char| first.is_alphabetic());
        let starts: Vec<usize> = starts.filter(declares).chain([api.len()]).collect();
        let declarations = starts.windows(2).map(|two| &api[two[0]..two[1]]);
        let words = |text: &'a str| {
            text.split(|part: char| !part.is_alphanumeric() && part != '_').collect::<BTreeSet<_>>()
        };
        let entry = |text: &'a str| (words(text.lines().next().unwrap_or_default()), words(text));
        Offered(modules.chain(declarations).map(entry).collect())
    }

    /// Whether there is the name, in what stands in front of it. Other texts than paths are no names.
    fn has(&self, name: &str) -> bool {
        let is_path = name.chars().all(|part| part.is_alphanumeric() || "_:".contains(part));
        let mut path = name.rsplit("::");
        let (last, before) = (path.next().unwrap_or_default(), path.next());
        !is_path
            || self
                .0
                .iter()
                .any(|(head, all)| before.is_none_or(|before| head.contains(before)) && all.contains(last))
    }
}

fn wrong(page: &str, members: &str, tests: &Tests, offered: &Offered<'_>) -> Vec<String> {
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
        for name in coverage::quoted(here).filter(|name| !offered.has(name)) {
            report(format!("there is no {name} in docs/api"));
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
| `A`, `B` | `Tree::adds`, `tree::Tree`, `a-crate` | | `tree::adds` |
| `C` | none | no use | — |
| `D` | here | | `tree::gone` |
| `E` | `Other::adds` | | — |
";
        let api = "\n// crate::tree\n\npub struct Tree {}\nimpl Tree {\n    pub fn adds() {}\n}\npub struct Other {}\n";
        assert_eq!(
            wrong(page, "IOne: A B C E F\nITwo: A\n", &tests, &Offered::new(api)),
            [
                "docs/imapi2.md:6: D is no member of IOne, or is there twice",
                "docs/imapi2.md:6: there is no test tree::gone",
                "docs/imapi2.md:7: there is no Other::adds in docs/api",
                "docs/imapi2.md:7: neither a test nor a reason why there is none",
                "docs/imapi2.md: IOne lacks F",
                "docs/imapi2.md: ITwo lacks A",
            ]
        );
    }
}
