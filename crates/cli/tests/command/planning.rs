//! `plan`: what would be written, and who chose it.

use std::fs;

use serde_json::Value;

use crate::scene::Scene;

#[test]
fn plan_and_size() {
    let scene = Scene::new();
    scene.build("a.iso");
    let bytes = fs::metadata(scene.path("a.iso")).unwrap().len();
    let plan = scene.json(&["plan", "--json", "docs"]);
    assert_eq!(plan["bytes"], bytes);
    let segments = plan["segments"].as_array().unwrap();
    let mut at = 0;
    for segment in segments {
        assert_eq!(segment["start"], at, "{segment}");
        at += segment["sectors"].as_u64().unwrap();
    }
    assert_eq!(at * 2048, bytes);
    assert!(plan["changes"].as_array().unwrap().iter().any(|change| change["change"] == "renamed"));
    let text = scene.run(&["plan", "docs"]);
    assert!(text.contains("path table") && text.contains("/readme.txt") && text.contains("records it as"));
}

#[test]
fn plan_of_the_next_session() {
    let scene = Scene::new();
    scene.build("a.iso");
    scene.fail(2, &["plan", "more", "--session", "1"]);
    let plan = scene.json(&["plan", "--json", "more", "--onto", "a.iso"]);
    scene.run(&["append", "a.iso", "more"]);
    let end = plan["start"].as_u64().unwrap() * 2048 + plan["bytes"].as_u64().unwrap();
    assert_eq!(end, fs::metadata(scene.path("a.iso")).unwrap().len());

    scene.run(&["burn", "--drive", "sim:bd-r:demo.disc", "docs"]);
    let plan = scene.json(&["plan", "--json", "more", "--onto", "sim:demo.disc"]);
    let burnt = scene.json(&["burn", "--json", "--drive", "sim:demo.disc", "more"]);
    assert_eq!((&plan["start"], &plan["sectors"]), (&burnt["start"], &burnt["sectors"]));
}

/// What `plan` says was chosen: what, and who chose it.
fn choice(plan: &Value, what: &str) -> (String, String) {
    let choices = plan["choices"].as_array().unwrap();
    let found =
        choices.iter().find(|choice| choice["what"] == what).unwrap_or_else(|| panic!("{what}: {plan}"));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&found["chosen"]), text(&found["why"]["by"]))
}

#[test]
fn a_plan_says_what_was_chosen_and_why() {
    let scene = Scene::new();
    let chosen = |value: &str, by: &str| (value.to_owned(), by.to_owned());
    let plan = scene.json(&["plan", "--json", "--medium", "bd-r", "--fs", "udf", "docs"]);
    assert_eq!(choice(&plan, "file systems"), chosen("UDF", "option"));
    assert_eq!(choice(&plan, "UDF revision"), chosen("2.50", "medium"));
    assert_eq!(choice(&plan, "UDF metadata partition"), chosen("mirrored", "rule"));
    assert_eq!(choice(&plan, "UDF embedding"), chosen("all that fits", "rule"));
    let more = ["--udf-revision", "2.60", "--udf-metadata", "single", "--udf-embedding", "directories"];
    let plan =
        scene.json(&[&["plan", "--json", "--medium", "bd-r", "--fs", "udf", "docs"][..], &more].concat());
    assert_eq!(choice(&plan, "UDF revision"), chosen("2.60", "option"));
    assert_eq!(choice(&plan, "UDF metadata partition"), chosen("single", "option"));
    assert_eq!(choice(&plan, "UDF embedding"), chosen("directories", "option"));
    let text = scene.run(&["plan", "--fs", "joliet,udf", "docs"]);
    for line in [
        "file systems: ISO 9660, Joliet, UDF (asked for by --fs)",
        "UDF revision: 2.01 (default for image file: ",
        "UDF embedding: directories (ISO 9660 needs",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(
        scene.run(&["plan", "docs"]).starts_with("file systems: ISO 9660, Rock Ridge, Joliet (default for")
    );
}

/// What is burnt, what is planned for the medium in the drive, and what is planned for a blank one are the same.
#[test]
fn defaults_of_each_medium() {
    use fsimage::{Medium, MediumKind, UdfOptions};
    for kind in MediumKind::ALL {
        let scene = Scene::new();
        let drive = format!("sim:{kind}:demo.disc");
        let sources = ["--fs", "iso9660,udf", "docs"];
        let blank = scene.json(&[&["plan", "--json", "--medium", kind.name()][..], &sources].concat());
        scene.run(&["sim", "new", "demo.disc", "--medium", kind.name()]);
        let onto = scene.json(&[&["plan", "--json", "--onto", &drive][..], &sources].concat());
        assert_eq!(blank, onto, "{kind}");
        let revision = UdfOptions::for_medium(Medium::from(kind)).revision.to_string();
        assert_eq!(choice(&onto, "UDF revision").0, revision);
        let burnt = scene.json(&[&["burn", "--json", "--drive", &drive][..], &sources].concat());
        assert_eq!((&burnt["start"], &burnt["sectors"]), (&onto["start"], &onto["sectors"]));
        assert_eq!(scene.json(&["info", "--json", &drive])["sessions"][0]["udf_revision"], revision.as_str());
        if kind == MediumKind::CdR {
            // A further session keeps the revision, unless another is asked for.
            scene.run(&["burn", "--drive", &drive, "--udf-revision", "2.01", "more"]);
            let next = scene.json(&["plan", "--json", "--onto", &drive, "more"]);
            assert_eq!(choice(&next, "UDF revision"), ("2.01".to_owned(), "session".to_owned()));
            assert_eq!(choice(&next, "file systems").1, "session");
        }
    }
}

/// DVDs have revision 1.02 by default, which has no virtual partitions.
#[test]
fn a_virtual_allocation_table_brings_the_revision_that_it_needs() {
    let scene = Scene::new();
    let plan = ["plan", "--json", "--medium", "dvd+r", "--fs", "udf", "docs"];
    assert_eq!(choice(&scene.json(&plan), "UDF revision").0, "1.02");
    let with_table = [&plan[..], &["--udf-vat"]].concat();
    assert_eq!(choice(&scene.json(&with_table), "UDF revision"), ("1.50".to_owned(), "rule".to_owned()));
    let asked = [&with_table[..], &["--udf-revision", "1.02"]].concat();
    assert!(scene.fail(2, &asked).contains("they came with 1.50"));
}
