//! The table of clauses: the files and tests that it names are there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::Result;
use crate::shell::Cmd;
use crate::workspace::root;

const PAGE: &str = "docs/spec-coverage.md";

/// Where files lie whose section says nothing else.
const USUAL: &str = "crates/udf/src";

/// The functions of each source file, tests among them.
pub(crate) type Tests = BTreeMap<PathBuf, BTreeSet<String>>;

/// Looks for every file of the table's third column, and for every test of its fourth.
pub(crate) fn check() -> Result {
    let page = fs::read_to_string(root().join(PAGE))?;
    let missing = missing(&page, &tests()?);
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\n").into()) }
}

/// Of all files of the project.
pub(crate) fn tests() -> Result<Tests> {
    let root = root();
    let sources = Cmd::new("git").current_dir(&root).args(["ls-files", "-z", "*.rs"]).read()?;
    let mut tests = Tests::new();
    for name in sources.split('\0').filter(|name| !name.is_empty()) {
        let Ok(text) = fs::read_to_string(root.join(name)) else { continue };
        tests.insert(PathBuf::from(name), functions(&text));
    }
    Ok(tests)
}

/// Whether `module::name` is there.
pub(crate) fn is_test(test: &str, tests: &Tests) -> bool {
    test.rsplit_once("::").is_some_and(|(module, name)| {
        let module = module.rsplit("::").next().unwrap_or(module);
        tests.iter().any(|(place, names)| names.contains(name) && is_module(place, module))
    })
}

fn functions(text: &str) -> BTreeSet<String> {
    let names = text.lines().filter_map(|line| line.trim_start().strip_prefix("fn "));
    names.filter_map(|rest| rest.split_once('(')).map(|(name, _)| name.to_owned()).collect()
}

fn missing(page: &str, tests: &Tests) -> Vec<String> {
    let mut missing = Vec::new();
    let mut bases = vec![USUAL];
    for (number, line) in page.lines().enumerate() {
        let mut report = |what: &str| missing.push(format!("{PAGE}:{}: there is no {what}", number + 1));
        if line.starts_with("## ") {
            bases = vec![USUAL];
        } else if line.starts_with("Files are those ") {
            bases = quoted(line).collect();
        }
        let cells: Vec<&str> = line.split('|').collect();
        let [_, _, _, files, named, _] = cells[..] else { continue };
        let mut places = Vec::new();
        for file in quoted(files) {
            let found = bases.iter().find_map(|base| {
                let place = match file.strip_prefix("fsimage:") {
                    Some(rest) => Path::new("crates/fsimage/src").join(rest),
                    None => normal(&Path::new(base).join(file)),
                };
                tests.contains_key(&place).then_some(place)
            });
            match found {
                Some(place) => places.push(place),
                None => report(file),
            }
        }
        for test in quoted(named) {
            // With a module; else a whole test program, or a unit test of one of the files.
            let is_there = is_test(test, tests)
                || places.iter().any(|place| tests[place].contains(test))
                || tests.keys().any(|place| {
                    place.parent().is_some_and(|folder| folder.ends_with("tests"))
                        && place.file_stem().is_some_and(|stem| stem == test)
                });
            if !is_there {
                report(&format!("test {test} in {}", files.trim()));
            }
        }
    }
    missing
}

/// Whether a file is that module, or its tests.
fn is_module(place: &Path, module: &str) -> bool {
    let stem = place.file_stem().and_then(|stem| stem.to_str());
    match stem {
        Some("mod" | "tests") if module != "tests" => {
            place.parent().is_some_and(|folder| folder.ends_with(module))
        }
        _ => stem == Some(module),
    }
}

/// What stands between backticks.
pub(crate) fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_tests_that_are_missing_are_named() {
        let tests = BTreeMap::from([
            ("crates/udf/src/tag.rs".into(), functions("    fn one() {")),
            ("crates/iso9660/src/read/tests.rs".into(), functions("fn two() {")),
            ("crates/fsimage/tests/whole.rs".into(), BTreeSet::new()),
        ]);
        let page = "\
| clause | what | file | test |
| 1 | a | `tag.rs` | `one`, `whole` |
| 2 | b | `gone.rs` | `tests::two`, `read::two` |
## Other
Files are those in `crates/iso9660/src/aaip`.
| 3 | c | `../read/tests.rs` | `two`, `three`, `whole::four` |
";
        assert_eq!(
            missing(page, &tests),
            [
                "docs/spec-coverage.md:3: there is no gone.rs",
                "docs/spec-coverage.md:6: there is no test three in `../read/tests.rs`",
                "docs/spec-coverage.md:6: there is no test whole::four in `../read/tests.rs`",
            ]
        );
    }
}
