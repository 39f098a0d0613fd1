//! Which crate may depend on which.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Result;
use crate::workspace::cargo;

/// Every package of the workspace, and the packages of the workspace it may use.
const ALLOWED: &[(&str, &[&str])] = &[
    ("fsimage-sector-io", &[]),
    ("fsimage-iso9660", &["fsimage-sector-io"]),
    ("fsimage-joliet", &["fsimage-iso9660", "fsimage-sector-io"]),
    ("fsimage-udf", &["fsimage-sector-io"]),
    ("fsimage-hfsplus", &["fsimage-sector-io"]),
    ("fsimage-mmc-device", &["fsimage-sector-io"]),
    ("fsimage-multisession", &["fsimage-sector-io"]),
    (
        "fsimage",
        &[
            "fsimage-hfsplus",
            "fsimage-iso9660",
            "fsimage-joliet",
            "fsimage-mmc-device",
            "fsimage-multisession",
            "fsimage-sector-io",
            "fsimage-udf",
        ],
    ),
    ("fsimage-cli", &["fsimage"]),
    (
        "fuzz",
        &[
            "fsimage",
            "fsimage-iso9660",
            "fsimage-joliet",
            "fsimage-mmc-device",
            "fsimage-sector-io",
            "fsimage-udf",
        ],
    ),
    ("pages", &["fsimage-cli"]),
    ("peers", &[]),
    ("xtask", &["peers"]),
];

/// What tests of any package may use besides.
const FOR_TESTS: &[&str] = &["peers"];

/// Takes the workspace as cargo describes it.
pub(crate) fn metadata() -> Result<Value> {
    let text = cargo().args(["metadata", "--no-deps", "--format-version", "1"]).read()?;
    Ok(serde_json::from_str(&text)?)
}

pub(crate) fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

pub(crate) fn check() -> Result {
    let wrong = wrong_arrows(&metadata()?);
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ").into()) }
}

fn wrong_arrows(metadata: &Value) -> Vec<String> {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let members: Vec<&str> = packages(metadata).filter_map(|package| package["name"].as_str()).collect();
    let mut wrong = Vec::new();
    for package in packages(metadata) {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(allowed) = allowed.get(name) else {
            wrong.push(format!("{name} is not in the table of crates"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let used = dependency["name"].as_str().unwrap_or_default();
            let for_tests = dependency["kind"].as_str() == Some("dev") && FOR_TESTS.contains(&used);
            if members.contains(&used) && !allowed.contains(&used) && !for_tests {
                wrong.push(format!("{name} may not depend on {used}"));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arrows() {
        let good = json!({"packages": [
            {"name": "fsimage-joliet", "dependencies": [{"name": "fsimage-iso9660", "kind": null}, {"name": "peers", "kind": "dev"}]},
            {"name": "fsimage-iso9660", "dependencies": [{"name": "nom", "kind": null}]},
            {"name": "peers", "dependencies": []},
        ]});
        assert_eq!(wrong_arrows(&good), Vec::<String>::new());
        let bad = json!({"packages": [
            {"name": "fsimage-iso9660", "dependencies": [{"name": "fsimage-joliet", "kind": null}]},
            {"name": "fsimage-joliet", "dependencies": []},
            {"name": "newcomer", "dependencies": []},
        ]});
        assert_eq!(wrong_arrows(&bad).len(), 2);
    }
}
