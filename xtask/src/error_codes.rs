//! The table of IMAPI2 codes in `docs/error-codes.md`, against the source and the tests.

use std::collections::BTreeMap;
use std::fs;

use crate::Result;
use crate::workspace::root;

const TABLE: &str = "docs/error-codes.md";
const SOURCE: &str = "crates/fsimage/src/error/imapi2.rs";
const TESTS: &str = "crates/fsimage/tests";

/// Every code of the recording half that the source gives is in the table with a test, and each test is there and names
/// the code.
pub(crate) fn check() -> Result {
    let table = fs::read_to_string(root().join(TABLE))?;
    let source = fs::read_to_string(root().join(SOURCE))?;
    let mut wrong = Vec::new();
    let mut tested: BTreeMap<&str, bool> = BTreeMap::new();
    for row in table.lines().filter_map(row) {
        tested.insert(row.name, row.test.is_some());
        let Some(test) = row.test else { continue };
        let Some((file, function)) = test.split_once("::") else {
            wrong.push(format!("{}: {test} is not FILE::function", row.name));
            continue;
        };
        let text = fs::read_to_string(root().join(TESTS).join(file).with_extension("rs")).unwrap_or_default();
        if !text.contains(&format!("fn {function}(")) {
            wrong.push(format!("{}: there is no test {test}", row.name));
        }
        if !text.contains(&format!("\"{}\"", row.name)) {
            wrong.push(format!("{}: {file}.rs does not name it", row.name));
        }
    }
    for name in names(&source) {
        match tested.get(name) {
            Some(true) => {}
            // Named in the source for callers that know more.
            Some(false) if name.ends_with("UPSIDE_DOWN") || name.ends_with("SPEED_MISMATCH") => {}
            Some(false) => wrong.push(format!("{name} arises, and no test is named for it")),
            None => wrong.push(format!("{name} is not in {TABLE}")),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ").into()) }
}

struct Row<'a> {
    name: &'a str,
    test: Option<&'a str>,
}

fn row(line: &str) -> Option<Row<'_>> {
    let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
    let [code, name, _, test] = cells[..] else { return None };
    u32::from_str_radix(code, 16).ok()?;
    Some(Row { name, test: test.strip_prefix('`').and_then(|test| test.strip_suffix('`')) })
}

/// Names of IMAPI2's recording half, and of Windows, as the source has them.
fn names(source: &str) -> impl Iterator<Item = &str> {
    source.split('"').filter(|part| part.starts_with("E_IMAPI_") || part.starts_with("ERROR_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_names() {
        let found = row("| C0AA0002 | E_IMAPI_X | when | `a::b` |").unwrap();
        assert_eq!((found.name, found.test), ("E_IMAPI_X", Some("a::b")));
        assert!(row("| 80070006 | ERROR_X | never | — |").unwrap().test.is_none());
        assert!(row("| code | name | when it arises here | test |").is_none());
        assert_eq!(names("f(\"E_IMAPI_A\", 1), \"IMAPI_E_B\"").collect::<Vec<_>>(), ["E_IMAPI_A"]);
    }
}
