//! `docs/error-codes.md`: made of the codes that the library lists and of the tests that name them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use crate::Result;
use crate::options::Options;
use crate::workspace::root;

const PAGE: &str = "docs/error-codes.md";
const CODES: &str = "crates/fsimage/src/error/codes.rs";
const GIVEN: &str = "crates/fsimage/src/error/imapi2.rs";
const TESTS: &str = "crates/fsimage/tests";

const HEAD: &str = "\
# The codes of IMAPI2

Every error of `fsimage` has the name and number that Microsoft's IMAPI2 would have given it (`Error::imapi2`,
`Error::name`, `Error::code`, and `imapi2` with `--json`). This page has all codes of the interface. It is made by
`cargo xtask error-codes` of the constants of `Imapi2Code` and of the tests that name a code, and
`cargo xtask ci --only error-codes` holds it against both.

A description that begins with \"Never:\" or \"Not here yet:\" says why a code does not arise. Tests are functions in
`crates/fsimage/tests/FILE.rs`, written `FILE::function`; \"none yet\" is a code that arises and that no test names.
";

/// Writes the page.
pub(crate) fn write(options: Options) -> Result {
    options.finish()?;
    Ok(fs::write(root().join(PAGE), page(&codes(&read(CODES)?)?, &tests()?))?)
}

/// The page is what it would be if it were made now, and each code that arises is named by a test, unless its description says why not.
pub(crate) fn check() -> Result {
    let (source, given, tests) = (read(CODES)?, read(GIVEN)?, tests()?);
    let codes = codes(&source)?;
    let mut wrong = contradictions(&codes, &given, &tests);
    if read(PAGE)? != page(&codes, &tests) {
        wrong.push(format!("{PAGE} is not as it would be made now: cargo xtask error-codes"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ").into()) }
}

fn read(name: &str) -> Result<String> {
    Ok(fs::read_to_string(root().join(name))?)
}

struct Code<'a> {
    part: &'a str,
    name: &'a str,
    /// As in Rust: `0xC0AA_B101`.
    number: &'a str,
    description: String,
}

impl Code<'_> {
    fn arises(&self) -> bool {
        !self.description.starts_with("Never:") && !self.description.starts_with("Not here yet")
    }

    fn test<'t>(&self, tests: &'t [Test]) -> Option<&'t Test> {
        let quoted = format!("\"{}\"", self.name);
        tests.iter().find(|test| test.body.contains(self.number) || test.body.contains(&quoted))
    }
}

fn contradictions(codes: &[Code<'_>], given: &str, tests: &[Test]) -> Vec<String> {
    let given: BTreeSet<&str> = given.split("Imapi2Code::").skip(1).map(word).collect();
    let mut wrong = Vec::new();
    for code in codes {
        let (name, is_given) = (code.name, given.contains(code.name));
        let test = code.test(tests);
        if is_given && !code.arises() && !code.description.contains("A caller may make") {
            wrong.push(format!("{name} is given, and its description says that it does not arise"));
        }
        if code.arises() && !is_given {
            wrong.push(format!("{name} arises by its description, and nothing gives it"));
        }
        if code.arises() && test.is_none() && !code.description.contains("No test:") {
            wrong.push(format!("{name} arises, and no test names it"));
        }
    }
    wrong
}

fn word(text: &str) -> &str {
    let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    &text[..end.unwrap_or(text.len())]
}

fn codes(source: &str) -> Result<Vec<Code<'_>>> {
    let mut codes = Vec::new();
    let (mut part, mut description) = ("", Vec::new());
    let listed = source.lines().skip_while(|line| *line != "codes! {").skip(1).map(str::trim);
    for line in listed.filter(|line| !line.is_empty() && *line != "}") {
        if let Some(name) = line.strip_prefix('"').and_then(|line| line.strip_suffix("\" {")) {
            part = name;
        } else if let Some(text) = line.strip_prefix("/// ") {
            description.push(text);
        } else if let Some((name, number)) = line.trim_end_matches(';').split_once(" = ") {
            codes.push(Code { part, name, number, description: std::mem::take(&mut description).join(" ") });
        } else {
            return Err(format!("{CODES}: {line}").into());
        }
    }
    Ok(codes)
}

struct Test {
    name: String,
    body: String,
}

/// Tests, those of files about codes first.
fn tests() -> Result<Vec<Test>> {
    let mut tests = Vec::new();
    let mut files: Vec<_> = fs::read_dir(root().join(TESTS))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    let stem = |path: &std::path::Path| {
        path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned()
    };
    files.sort_by_key(|path| (!stem(path).contains("codes"), stem(path)));
    for path in files {
        tests.extend(tests_in(&stem(&path), &fs::read_to_string(&path)?));
    }
    Ok(tests)
}

/// Functions behind `#[test]` at the beginning of a line, up to the brace that ends them there.
fn tests_in(file: &str, text: &str) -> Vec<Test> {
    let behind = text.split("\n#[test]\n").skip(1);
    let functions = behind.filter_map(|text| {
        let name = word(text.strip_prefix("fn ")?);
        let end = text.find("\n}\n").unwrap_or(text.len());
        Some(Test { name: format!("{file}::{name}"), body: text[..end].to_owned() })
    });
    functions.collect()
}

fn page(codes: &[Code<'_>], tests: &[Test]) -> String {
    let mut page = HEAD.to_owned();
    let mut part = "";
    for code in codes {
        if code.part != part {
            part = code.part;
            let _ = write!(
                page,
                "\n## {part}\n\n| code | name | when it arises here | test |\n|---|---|---|---|\n"
            );
        }
        let number = code.number.trim_start_matches("0x").replace('_', "");
        let test = match code.test(tests) {
            Some(test) if code.arises() => format!("`{}`", test.name),
            _ if code.arises() => "none yet".to_owned(),
            _ => "—".to_owned(),
        };
        let description = code.description.trim_end_matches('.');
        let _ = writeln!(page, "| {number} | {} | {description} | {test} |", code.name);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "codes! {\n    \"Part\" {\n        /// When\n        /// it is.\n        E_IMAPI_A = 0xC0AA_0001;\n        \
        /// Never: no.\n        E_IMAPI_B = 0xC0AA_0002;\n    }\n}\n";

    #[test]
    fn what_the_page_is_made_of() {
        let codes = codes(SOURCE).unwrap();
        let tests = tests_in("file", "use x;\n\n#[test]\nfn a() {\n    is(0xC0AA_0001);\n}\n\nfn b() {}\n");
        let page = page(&codes, &tests);
        assert!(page.contains("\n## Part\n"), "{page}");
        assert!(page.contains("| C0AA0001 | E_IMAPI_A | When it is | `file::a` |\n"), "{page}");
        assert!(page.ends_with("| C0AA0002 | E_IMAPI_B | Never: no | — |\n"), "{page}");
        assert!(contradictions(&codes, "Imapi2Code::E_IMAPI_A,", &tests).is_empty());
        assert_eq!(contradictions(&codes, "Imapi2Code::E_IMAPI_B }", &tests).len(), 2);
        assert_eq!(contradictions(&codes, "Imapi2Code::E_IMAPI_A,", &[]).len(), 1);
    }
}
