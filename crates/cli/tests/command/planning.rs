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
    assert!(plan["notices"].as_array().unwrap().iter().any(|notice| notice["kind"] == "renamed"));
    let text = scene.run(&["plan", "docs"]);
    assert!(text.contains("path table") && text.contains("/readme.txt") && text.contains("records it as"));
}

/// Of what is named otherwise than in the tree, machines are told each, and people where they find each.
#[test]
fn changes_are_named() {
    let scene = Scene::new();
    let new = "one more name: long, with blanks.txt";
    let graft = format!("{new}=more/added.txt");
    let named = |name: &str, summary: &Value| {
        let notices = summary["notices"].as_array().unwrap();
        // What the image has had in another form already is no change.
        let changes = notices.iter().filter(|notice| notice["as_before"] != true).count();
        assert_eq!(changes as u64, summary["changes"].as_u64().unwrap(), "{summary}");
        let is_it =
            |notice: &&Value| notice["path"] == format!("/{name}") && notice["file_system"] == "ISO 9660";
        let notice = notices.iter().find(is_it).unwrap();
        assert_eq!((&notice["kind"], &notice["from"]), (&"renamed".into(), &name.into()), "{notice}");
        let (to, message) = (notice["to"].as_str().unwrap(), notice["message"].as_str().unwrap());
        assert!(to.len() <= 31 && message.contains(&format!("records it as {to:?}")), "{notice}");
        assert!(notice["reasons"].as_str().unwrap().contains("characters"), "{notice}");
    };
    let first = "A long name, with blanks and ünïcode.txt";
    named(first, &scene.json(&["build", "--json", "-o", "a.iso", "docs"]));
    named(first, &scene.json(&["plan", "--json", "docs"]));
    named(first, &scene.json(&["project", "export", "--json", "-o", "project", "docs"]));
    named(first, &scene.json(&["burn", "--json", "--drive", "sim:bd-r:demo.disc", "docs"]));
    named(new, &scene.json(&["burn", "--json", "--drive", "sim:demo.disc", &graft]));
    named(new, &scene.json(&["remaster", "--json", "a.iso", &graft, "-o", "b.iso"]));
    named(new, &scene.json(&["append", "--json", "a.iso", &graft]));

    let told = |arguments: &[&str]| {
        let assert = scene.command(arguments).assert().success();
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    };
    let command = |told: &str| {
        let (_, behind) = told.split_once("; '").unwrap();
        let (command, rest) = behind.split_once('\'').unwrap();
        assert!(rest.starts_with(" with the same sources and options shows each"), "{told}");
        command.split(' ').skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    for (arguments, sources) in [
        (&["build", "-o", "d.iso"][..], &["docs", &graft][..]),
        (&["append", "d.iso", "--remove", "/empty"], &[&graft]),
        (&["burn", "--drive", "sim:demo.disc", "--remove", "/empty"], &[&graft]),
    ] {
        let told = told(&[arguments, sources].concat());
        let command = command(&told);
        let removed = arguments.iter().skip_while(|argument| **argument != "--remove");
        let line: Vec<&str> = command
            .iter()
            .map(String::as_str)
            .chain(removed.copied())
            .chain(sources.iter().copied())
            .collect();
        let planned = scene.run(&line);
        assert!(planned.contains(&format!("/{new}: ISO 9660 records it as")), "{line:?}: {planned}");
    }
    let newest = "and another name: long, with blanks.txt";
    let graft = format!("{newest}=more/added.txt");
    for arguments in [
        &["remaster", "d.iso", "-o", "e.iso", &graft][..],
        &["update", "d.iso", "docs", &graft],
        &["burn", "--drive", "sim:bd-r:other.disc", &graft],
    ] {
        let told = told(arguments);
        assert!(told.contains(&format!("/{newest}: ISO 9660 records it as")), "{arguments:?}: {told}");
        assert!(!told.contains("fsimage plan"), "{told}");
    }
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
