//! `ci`: what must hold besides the tests.

use std::fs;

use serde_json::Value;

use crate::arrows::{self, metadata, packages};
use crate::options::Options;
use crate::shell::Cmd;
use crate::steps::Steps;
use crate::test::Wanted;
use crate::workspace::{CROSS_CHECK, SHARED, cargo, root};
use crate::{Result, api, bench, coverage, error_codes, imapi2, test, words};

/// Crates that must compile for WebAssembly as well: those that need no operating system.
const FORMATS: &[&str] = &[
    "fsimage-sector-io",
    "fsimage-iso9660",
    "fsimage-joliet",
    "fsimage-udf",
    "fsimage-hfsplus",
    "fsimage-multisession",
];

struct Step {
    name: &'static str,
    run: fn() -> Result,
    does: &'static str,
}

const STEPS: &[Step] = &[
    Step { name: "format", run: format, does: "rustfmt has nothing to change" },
    Step { name: "arrows", run: arrows::check, does: "crates depend only on those they may" },
    Step {
        name: "words",
        run: words::check,
        does: "no path of this machine and no merge conflict in a tracked file",
    },
    Step {
        name: "error-codes",
        run: error_codes::check,
        does: "docs/error-codes.md has all IMAPI2 codes as they are; what recording gives, a test names",
    },
    Step {
        name: "coverage",
        run: coverage::check,
        does: "files and tests that docs/spec-coverage.md names are there",
    },
    Step {
        name: "imapi2",
        run: imapi2::check,
        does: "docs/imapi2.md has every member of every interface, and the tests it names are there",
    },
    Step { name: "api", run: api::check, does: "docs/api has what each library offers, as it is" },
    Step { name: "lints", run: lints, does: "clippy on all targets, warnings denied" },
    Step { name: "docs", run: docs, does: "rustdoc, warnings denied" },
    Step { name: "examples", run: examples, does: "the examples build" },
    Step {
        name: "goals",
        run: goals,
        does: "goals for speed and memory are reached, by a tenth of the files (cargo xtask bench --check)",
    },
    Step { name: "features", run: features, does: "each crate compiles with each of its features alone" },
    Step { name: "packages", run: package, does: "what would be published is complete" },
    Step { name: "systems", run: systems, does: "everything compiles for macOS and FreeBSD" },
    Step { name: "wasm", run: wasm, does: "the format crates and the library compile for WebAssembly" },
    Step {
        name: "windows",
        run: windows,
        does: "everything compiles for Windows, and its tests pass under Wine",
    },
];

pub(crate) fn ci(mut options: Options) -> Result {
    let only = options.values("--only")?;
    let skip = options.values("--skip")?;
    let list = options.flag("--list");
    let wanted = Wanted::of(&mut options)?;
    options.finish()?;
    if let Some(name) = only.iter().chain(&skip).find(|name| !STEPS.iter().any(|step| step.name == **name)) {
        return Err(format!("no step is called {name}; see cargo xtask ci --list").into());
    }
    if list {
        for step in STEPS {
            println!("{:10} {}", step.name, step.does);
        }
        return Ok(());
    }
    let mut steps = Steps::default();
    if wanted != Wanted::Nothing {
        steps.run("peers", test::install_missing);
    }
    for step in STEPS {
        let named = |names: &[String]| names.iter().any(|name| name == step.name);
        if (only.is_empty() || named(&only)) && !named(&skip) {
            steps.run(step.name, step.run);
        }
    }
    steps.finish()
}

fn format() -> Result {
    cargo().args(["fmt", "--all", "--check"]).run()
}

fn lints() -> Result {
    cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]).run()
}

fn docs() -> Result {
    cargo().env("RUSTDOCFLAGS", "-D warnings").args(["doc", "--workspace", "--no-deps", "--lib"]).run()
}

fn examples() -> Result {
    cargo().args(["build", "--workspace", "--examples"]).run()
}

fn goals() -> Result {
    if peers::find("xorriso").is_none() {
        println!("skipped: xorriso is not installed; --peers install does that");
        return Ok(());
    }
    bench::check()
}

fn features() -> Result {
    let metadata = metadata()?;
    for package in published(&metadata) {
        let name = text(package, "name");
        let Some(features) = package["features"].as_object().filter(|features| !features.is_empty()) else {
            continue;
        };
        let check = || cargo().args(["check", "--package", name, "--no-default-features"]);
        check().run()?;
        for feature in features.keys().filter(|feature| *feature != "default") {
            check().args(["--features", feature]).run()?;
        }
    }
    Ok(())
}

/// The publishable packages: their files are complete, and cargo can pack them.
fn package() -> Result {
    let metadata = metadata()?;
    let mut command = cargo().args(["package", "--no-verify", "--allow-dirty", "--quiet"]);
    let mut missing = Vec::new();
    for package in published(&metadata) {
        let name = text(package, "name");
        for field in ["description", "license", "repository", "readme"] {
            if package[field].as_str().is_none_or(str::is_empty) {
                missing.push(format!("{name} has no {field}"));
            }
        }
        let folder = text(package, "manifest_path").trim_end_matches("Cargo.toml");
        if fs::read_to_string(format!("{folder}README.md")).map_or(true, |readme| readme.trim().is_empty()) {
            missing.push(format!("{name} has no README.md"));
        }
        command = command.args(["--package", name]);
    }
    if !missing.is_empty() {
        return Err(missing.join("; ").into());
    }
    command.run()
}

fn published(metadata: &Value) -> impl Iterator<Item = &Value> {
    packages(metadata).filter(|package| package["publish"].is_null())
}

fn text<'a>(package: &'a Value, field: &str) -> &'a str {
    package[field].as_str().unwrap_or_default()
}

fn systems() -> Result {
    cross_check(&["check", "--deny-warnings", "--target", "aarch64-apple-darwin,x86_64-unknown-freebsd"])
}

fn wasm() -> Result {
    let mut arguments = vec!["check", "--deny-warnings", "--libs-bins", "--target", "wasm32-wasip1", "--"];
    for name in FORMATS.iter().copied().chain(["fsimage"]) {
        arguments.extend(["-p", name]);
    }
    arguments.push("--lib");
    cross_check(&arguments)
}

fn windows() -> Result {
    cross_check(&["test-windows"])
}

fn cross_check(arguments: &[&str]) -> Result {
    match SHARED.iter().find(|shared| shared.variable == CROSS_CHECK).and_then(|shared| shared.locate()) {
        Some(tool) => Cmd::new(tool).current_dir(root()).args(arguments).run(),
        None => {
            println!("skipped: {CROSS_CHECK} is not set, and the tool is not beside the repository");
            Ok(())
        }
    }
}
