//! `append` and `recover`: further sessions of an image file, and earlier ones.

use std::fs;
use std::sync::Arc;

use fsimage::{
    BurnOptions, CancelToken, Control, DriveName, GrowingDisc, ImportOptions, LayoutPlan, NodeId, Observer,
    OpenDrive, PlanOptions, Progress, ScanOptions, Stage,
};

use crate::scene::{Scene, check_sessions};

#[test]
fn a_torn_head_is_recovered() {
    let scene = Scene::new();
    scene.build("a.iso");
    scene.run(&["append", "a.iso", "more"]);
    assert!(scene.run(&["recover", "a.iso"]).contains("nothing to recover"));
    scene.run(&["append", "a.iso", "--remove", "deep"]);
    scene.run(&["build", "-o", "b.iso", "--fs", "udf", "docs"]);
    scene.run(&["append", "b.iso", "more"]);
    scene.run(&["build", "-o", "c.iso", "--fs", "rock-ridge,udf", "docs"]);
    scene.run(&["append", "c.iso", "more"]);
    // In part, whole, and with the anchor of UDF.
    let all = [16..18, 16..32, 0..32, 0..257];
    for (image, lost) in [("a.iso", &all[..3]), ("b.iso", &all[3..]), ("c.iso", &all)] {
        for lost in lost {
            let what = format!("{image}, {lost:?}");
            let whole = fs::read(scene.path(image)).unwrap();
            let mut torn = whole.clone();
            for sector in lost.clone().filter(|sector| (..32).contains(sector) || *sector == 256) {
                torn[sector * 2048..][..2048].fill(0);
            }
            fs::write(scene.path(image), &torn).unwrap();
            // Of a bridge, the anchor of UDF leads to the newest session.
            if image != "c.iso" {
                scene.fail(4, &["ls", image]);
            }

            // Found, and not yet done.
            let told = scene.command(&["recover", image]).assert().code(1);
            let told = String::from_utf8(told.get_output().stdout.clone()).unwrap();
            let identifier = told.rsplit(' ').next().unwrap().trim().to_owned();
            assert!(told.contains("nothing was written"), "{what}: {told}");
            scene.fail(2, &["recover", image, "--write", &identifier[..4]]);
            scene.fail(5, &["recover", image, "--write", "00000000"]);
            assert!(fs::read(scene.path(image)).unwrap() == torn, "{what}");

            scene.run(&["recover", image, "--write", &identifier]);
            assert!(fs::read(scene.path(image)).unwrap() == whole, "{what}");
        }
    }
}

/// Of ISO 9660 with a further session, UDF alone, and UDF with a virtual allocation table; and what is no image at all.
#[test]
fn an_image_that_is_cut_short_is_told() {
    let scene = Scene::new();
    fs::write(scene.path("docs/big"), "big\n".repeat(500_000)).unwrap();
    fs::write(scene.path("more/big too"), "big too\n".repeat(250_000)).unwrap();
    for (name, arguments, status) in [
        ("a.iso", &["--fs", "iso9660,rock-ridge"][..], 1),
        ("b.iso", &["--fs", "udf"], 1),
        // Its table is in its last sector: without it, nothing can be read.
        ("c.iso", &["--fs", "udf", "--udf-vat"], 4),
    ] {
        scene.run(&[&["build", "-o", name, "docs"], arguments].concat());
        if name == "a.iso" {
            scene.run(&["append", name, "more"]);
        }
        assert!(scene.run(&["recover", name]).contains("nothing to recover"), "{name}");
        let whole = fs::read(scene.path(name)).unwrap();
        fs::write(scene.path(name), &whole[..whole.len() - 500 * 2048]).unwrap();
        let told = scene.command(&["recover", name]).assert().code(status);
        let told = String::from_utf8(told.get_output().stdout.clone()).unwrap();
        assert_eq!(told.contains("the image ends before session"), status == 1, "{name}: {told}");
    }
    fs::write(scene.path("d.iso"), vec![7; 100_000]).unwrap();
    scene.fail(4, &["recover", "d.iso"]);
}

/// Where the end of the newest session is missing, the state before it is shown, checked, and built on: no program does so
/// without a word.
#[test]
fn a_session_whose_end_is_missing_is_not_passed_over_in_silence() {
    let scene = Scene::new();
    fs::write(scene.path("more/big too"), "big too\n".repeat(250_000)).unwrap();
    scene.run(&["build", "-o", "a.iso", "docs"]);
    scene.run(&["append", "a.iso", "more"]);
    scene.run(&["verify", "a.iso"]);
    let whole = fs::read(scene.path("a.iso")).unwrap();
    fs::write(scene.path("a.iso"), &whole[..whole.len() - 500 * 2048]).unwrap();

    for (reading, status) in [
        (&["ls", "a.iso"][..], 1),
        (&["cat", "a.iso", "readme.txt"], 1),
        (&["manifest", "a.iso"], 1),
        (&["extract", "a.iso", "-C", "out"], 1),
        (&["plan", "--onto", "a.iso", "docs/readme.txt"], 0),
        (&["remaster", "-o", "b.iso", "a.iso"], 0),
    ] {
        let told = scene.command(reading).assert().code(status);
        let told = String::from_utf8(told.get_output().stderr.clone()).unwrap();
        assert!(told.contains("the recording of session 2 stopped early"), "{reading:?}: {told}");
    }
    let told = scene.command(&["verify", "a.iso"]).assert().code(1);
    let told = String::from_utf8(told.get_output().stdout.clone()).unwrap();
    assert!(told.contains("damaged: the recording of session 2 stopped early"), "{told}");
    let before = fs::read(scene.path("a.iso")).unwrap();
    scene.command(&["remaster", "--strict", "-o", "c.iso", "a.iso"]).assert().failure();
    scene.command(&["append", "--strict", "a.iso", "docs/readme.txt"]).assert().failure();
    assert!(fs::read(scene.path("a.iso")).unwrap() == before);
    let told = scene.command(&["append", "a.iso", "docs/readme.txt"]).assert().code(0);
    let told = String::from_utf8(told.get_output().stderr.clone()).unwrap();
    assert!(told.contains("the recording of session 2 stopped early"), "{told}");
    scene.run(&["verify", "a.iso"]);
}

/// What is lost of a sector within which an image ends reads as zeros, and nobody takes these for its data.
#[test]
fn an_image_that_ends_within_a_sector_is_told() {
    let scene = Scene::new();
    fs::write(scene.path("docs/zz"), [7; 5000]).unwrap();
    scene.run(&["build", "-o", "a.iso", "docs"]);
    let whole = fs::read(scene.path("a.iso")).unwrap();
    // Of the last file, 56 bytes are gone; behind it, images are padded.
    let last = whole.windows(5000).position(|bytes| bytes == [7; 5000]).unwrap();
    fs::write(scene.path("a.iso"), &whole[..last + 4944]).unwrap();
    for (arguments, status) in [
        (&["ls", "a.iso"][..], 1),
        (&["cat", "a.iso", "zz"], 1),
        (&["verify", "a.iso"], 1),
        (&["verify", "--structure", "a.iso"], 1),
        (&["extract", "a.iso", "-C", "out"], 1),
        (&["remaster", "-o", "b.iso", "a.iso"], 1),
        (&["append", "a.iso", "more"], 4),
    ] {
        let told = scene.command(arguments).assert().code(status).get_output().clone();
        let told = [told.stdout, told.stderr].concat();
        let told = String::from_utf8_lossy(&told);
        let word = if status == 4 { "the image is cut short" } else { "the image ends within sector" };
        assert!(told.contains(word), "{arguments:?}: {told}");
    }
}

/// The same on a medium of which no session can be understood: the next begins without what was there.
#[test]
fn a_medium_without_a_whole_session_is_told() {
    let scene = Scene::new();
    scene.run(&["burn", "--drive", "sim:bd-r:demo.disc", "docs"]);
    // Nothing of its descriptors can be understood.
    let mut medium = fs::read(scene.path("demo.disc")).unwrap();
    medium[2048 * 16..].fill(7);
    fs::write(scene.path("demo.disc"), medium).unwrap();
    for (arguments, status) in [
        (&["plan", "--onto", "sim:demo.disc", "more"][..], 0),
        (&["update", "--dry-run", "--drive", "sim:demo.disc", "more"], 0),
        (&["burn", "--drive", "sim:demo.disc", "more"], 0),
    ] {
        let strict = scene.command(&[arguments, &["--strict"]].concat()).assert().failure();
        for assert in [strict, scene.command(arguments).assert().code(status)] {
            let told = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
            assert!(told.contains("session 1 holds no file system that is known"), "{arguments:?}: {told}");
        }
    }
}

/// Cancels when so many sectors have been written.
struct CancelAt(u64, CancelToken);

impl Observer for CancelAt {
    fn progress(&self, progress: Progress) {
        if progress.stage == Stage::Writing && progress.done >= self.0 {
            self.1.cancel();
        }
    }
}

/// A session of which the recording was stopped is completed from the folder that it was recorded from.
#[test]
fn an_interrupted_session_is_completed() {
    let scene = Scene::new();
    scene.run(&["burn", "--drive", "sim:bd-r:demo.disc", "docs"]);
    for name in ["a", "b", "c", "d"] {
        fs::write(scene.path("more").join(name), name.repeat(3_000_000)).unwrap();
    }
    let drive: DriveName = format!("sim:{}", scene.path("demo.disc").display()).parse().unwrap();
    let disc = GrowingDisc::open(OpenDrive::open(&drive).unwrap()).unwrap();
    let mut imported = disc.import(&ImportOptions::default(), &Control::default()).unwrap();
    let tree = &mut imported.tree;
    tree.scan(&scene.path("more"), NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
    let options = PlanOptions { place: disc.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    let cancel = CancelToken::new();
    let control = Control { observer: Some(Arc::new(CancelAt(3000, cancel.clone()))), cancel };
    disc.write(&plan, &BurnOptions::default(), &control).unwrap_err();
    // They hold the drive.
    drop(plan);
    drop(imported);

    let told = scene.command(&["recover", "sim:demo.disc"]).assert().code(1);
    let told = String::from_utf8(told.get_output().stdout.clone()).unwrap();
    assert!(told.contains("whole: /a\n") && told.contains("lost: /d: its data"), "{told}");
    assert!(told.contains("--from SOURCE"), "{told}");
    let identifier = told.split("disc identifier ").nth(1).unwrap()[..8].to_owned();
    // The same loss has the same status, whether it was only looked at or the rest was made whole.
    for suffix in ["", ".medium"] {
        fs::copy(scene.path(&format!("demo.disc{suffix}")), scene.path(&format!("lossy.disc{suffix}")))
            .unwrap();
    }
    let lossy = scene.command(&["recover", "sim:lossy.disc", "--write", &identifier]).assert().code(1);
    let lossy = String::from_utf8(lossy.get_output().stdout.clone()).unwrap();
    assert!(lossy.contains("lost: /d: its data") && lossy.contains("a session of"), "{lossy}");
    let done = scene.run(&["recover", "sim:demo.disc", "--from", "more", "--write", &identifier]);
    assert!(done.contains("completed: /d\n") && !done.contains("lost:"), "{done}");
    for name in ["a", "b", "c", "d"] {
        assert!(scene.run(&["cat", "sim:demo.disc", name]) == name.repeat(3_000_000), "{name}");
    }
    assert_eq!(scene.run(&["cat", "sim:demo.disc", "added.txt"]), "added\n");
    assert!(scene.run(&["recover", "sim:demo.disc"]).contains("nothing to recover"));
    scene.run(&["verify", "sim:demo.disc"]);
}

#[test]
fn what_an_older_session_has_comes_back() {
    let scene = Scene::new();
    scene.build("a.iso");
    scene.run(&["append", "a.iso", "--remove", "deep", "more"]);
    assert_eq!(scene.run(&["cat", "a.iso", "readme.txt"]), "newer\n");
    scene.run(&["append", "a.iso", "--restore", "1:readme.txt", "--restore", "1:/deep/er"]);
    assert_eq!(scene.run(&["cat", "a.iso", "readme.txt"]), "read me\n");
    assert_eq!(scene.run(&["cat", "a.iso", "deep/er/three.txt"]), "three\n");
    assert_eq!(scene.run(&["cat", "a.iso", "added.txt"]), "added\n");
    let three = scene.json(&["info", "--json", "a.iso"]);
    assert_eq!(three["sessions"].as_array().unwrap().len(), 3);
    for bad in ["9:readme.txt", "1:absent", "readme.txt", "0:readme.txt", "1:"] {
        scene.fail(2, &["append", "a.iso", "--restore", bad]);
    }
    scene.fail(2, &["plan", "docs", "--restore", "1:readme.txt"]);
    assert_eq!(scene.json(&["info", "--json", "a.iso"]), three);
}

/// Each message of what is brought back says from which session, or why it is not.
#[test]
fn what_is_told_of_restoring_names_the_session() {
    let scene = Scene::new();
    scene.build("a.iso");
    scene.run(&["append", "a.iso", "--remove", "deep", "--remove", "readme.txt", "more/added.txt"]);
    scene.run(&["append", "a.iso", "deep=docs/readme.txt"]);
    let before = fs::read(scene.path("a.iso")).unwrap();
    for (restore, words) in [
        ("9:readme.txt", "there is no session 9; the sessions are 1 to 3"),
        ("2:/readme.txt", "/readme.txt is not in session 2; session 1 is the newest that has it"),
        ("1:added.txt", "added.txt is not in session 1; session 3 is the newest that has it"),
        ("1:/deep/absent", "/deep/absent is not in session 1, nor in any other that can be read"),
        ("1:readme.txt/x", "readme.txt/x is not in session 1, nor in any other that can be read"),
        ("1:deep", "/deep: the directory of session 1 meets the file of the earlier session"),
        ("0:readme.txt", "a number of a session, from 1"),
    ] {
        for command in [&["append", "a.iso"][..], &["remaster", "a.iso", "-o", "b.iso"]] {
            let told = scene.fail(2, &[command, &["--restore", restore]].concat());
            assert!(told.contains(words), "{restore}: {told}");
        }
    }
    // Where anything else is refused, nothing is brought back.
    for refused in [["--restore", "1:absent"], ["--existing", "refuse"], ["--boot", "bios=absent"]] {
        let told = scene.fail(
            2,
            &[&["append", "a.iso", "--restore", "1:readme.txt"], &refused[..], &["added.txt=more/added.txt"]]
                .concat(),
        );
        assert!(!told.contains("restored"), "{refused:?}: {told}");
    }
    assert_eq!(fs::read(scene.path("a.iso")).unwrap(), before);
    let told = scene.fail(2, &["append", "--json", "a.iso", "--restore", "2:readme.txt"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["imapi2"], "IMAPI_E_ITEM_NOT_FOUND", "{told}");

    let blank = ["burn", "--drive", "sim:bd-r:disc", "--restore", "1:readme.txt"];
    assert!(scene.fail(2, &blank).contains("there is no session 1, nor any other before this one"));
    scene.run(&["burn", "--drive", "sim:disc", "docs"]);
    let burn = ["burn", "--drive", "sim:disc", "--restore"];
    assert!(scene.fail(2, &[&burn[..], &["2:a"]].concat()).contains("session 1 is the only one"));

    let told = |arguments: &[&str]| {
        let told = scene.command(arguments).assert().success().get_output().stderr.clone();
        String::from_utf8(told).unwrap()
    };
    let append = ["append", "a.iso", "--remove", "deep", "--restore", "1:/deep/", "--restore", "2:added.txt"];
    let done = told(&append);
    for line in [
        "restored as session 1 has it: /deep",
        "restored as session 2 has it: /added.txt",
        "behind session 3",
    ] {
        assert!(done.contains(line), "{line}: {done}");
    }
    assert_eq!(scene.run(&["cat", "a.iso", "deep/er/three.txt"]), "three\n");
    assert!(told(&[&burn[..], &["1:readme.txt"]].concat()).contains("session 1 has it: /readme.txt"));
    // What cannot be kept of an older session is told as of that one.
    scene.run(&["build", "-q", "--fs", "rock-ridge,joliet", "-o", "c.iso", "docs"]);
    let joliet = told(&["append", "c.iso", "--import", "joliet", "--restore", "1:readme.txt"]);
    assert!(joliet.contains("fsimage: import of session 1: owners"), "{joliet}");
}

/// What the older session lacks in a folder goes, and is told; where one path is in another, that one is as its own session has it.
#[test]
#[cfg(unix)]
fn a_folder_that_comes_back_is_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new();
    scene.build("a.iso");
    let before = scene.run(&["ls", "-lR", "a.iso"]);
    fs::write(scene.path("docs/deep/er/extra"), "extra").unwrap();
    fs::create_dir_all(scene.path("docs/deep/new/er")).unwrap();
    fs::write(scene.path("docs/deep/new/er/x"), "x").unwrap();
    fs::write(scene.path("docs/outside"), "outside").unwrap();
    fs::set_permissions(scene.path("docs/deep/er"), fs::Permissions::from_mode(0o700)).unwrap();
    scene.run(&["update", "a.iso", "docs"]);
    let append = |target: &str, restore: &[&str]| {
        fs::copy(scene.path("a.iso"), scene.path(target)).unwrap();
        let restore = restore.iter().flat_map(|one| ["--restore", one]);
        let mut done = scene.command(&["append", target].into_iter().chain(restore).collect::<Vec<_>>());
        let told = done.assert().success().get_output().stderr.clone();
        (String::from_utf8(told).unwrap(), scene.run(&["ls", "-lR", target]))
    };
    let removed = |told: &str| -> Vec<String> {
        let lines =
            told.lines().filter_map(|line| line.strip_prefix("fsimage: removed, as session 1 lacks it: "));
        lines.map(str::to_owned).collect()
    };
    let (told, listed) = append("b.iso", &["1:deep/"]);
    assert_eq!(removed(&told), ["/deep/er/extra", "/deep/new"], "{told}");
    let of_deep = |listed: &str| -> Vec<String> {
        listed.lines().filter(|line| line.contains("/deep")).map(str::to_owned).collect()
    };
    assert_eq!(of_deep(&listed), of_deep(&before));
    assert!(listed.contains("/outside"), "{listed}");
    let (told, listed) = append("c.iso", &["1:/"]);
    assert_eq!(removed(&told), ["/deep/er/extra", "/deep/new", "/outside"], "{told}");
    assert_eq!(listed, before);
    for restore in [["1:/", "2:deep/new"], ["2:deep/new", "1:/"]] {
        let (told, listed) = append("d.iso", &restore);
        assert!(listed.contains("/deep/new/er/x") && !listed.contains("outside"), "{told} {listed}");
    }
}

#[test]
fn append_to_an_image() {
    let scene = Scene::new();
    scene.build("a.iso");
    let before = fs::metadata(scene.path("a.iso")).unwrap().len();
    scene.run(&["append", "a.iso", "more"]);
    assert!(fs::metadata(scene.path("a.iso")).unwrap().len() > before);
    check_sessions(&scene, "a.iso");
}

/// A new image of one in which nothing is changed is the same, whatever is recorded in it.
#[test]
fn nothing_changed_is_the_same_image() {
    let scene = Scene::new();
    std::fs::write(scene.path("docs/efi.img"), vec![7; 300_000]).unwrap();
    std::fs::write(scene.path("part.img"), vec![8; 300_000]).unwrap();
    let remaster = |from: &str, to: &str| {
        scene.run(&["remaster", "--reproducible", from, "-o", to]);
        (std::fs::read(scene.path(from)).unwrap(), std::fs::read(scene.path(to)).unwrap())
    };
    let build = |options: &str| {
        let options = options.split(' ').filter(|option| !option.is_empty());
        let arguments: Vec<&str> =
            ["build", "--reproducible", "-o", "a.iso", "docs"].into_iter().chain(options).collect();
        scene.run(&arguments);
    };
    for options in [
        "",
        "--fs iso9660,udf",
        "--fs iso9660-1999",
        "--digests sha256,md5",
        "--hide joliet=efi.img --volume-created 2001-01-01T00:00:00Z --field joliet:publisher=X",
        "--boot-image efi.img,platform=efi --hybrid --partition-offset 16",
        "--append-partition 2 0xef part.img --partition-table gpt",
    ] {
        build(options);
        let (before, after) = remaster("a.iso", "b.iso");
        assert!(before == after, "{options}");
    }
    // Behind all files in the new image, and there it stays.
    build("--boot-image @part.img,platform=efi --hybrid");
    let (before, after) = remaster("a.iso", "b.iso");
    assert!(before != after);
    let (before, after) = remaster("b.iso", "c.iso");
    assert!(before == after);
}

/// A drive is no image file: what leads to its medium is said.
#[test]
fn a_drive_is_no_image_that_grows() {
    let scene = Scene::new();
    scene.run(&["burn", "--drive", "sim:bd-r:disc", "docs"]);
    for arguments in [
        &["append", "sim:disc", "more"][..],
        &["append", "sim:bd-r:disc", "more"],
        &["append", "disc", "more"],
        &["update", "sim:disc", "more"],
    ] {
        let told = scene.fail(2, &[&["--json"], arguments].concat());
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["imapi2"], "IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE", "{arguments:?}: {told}");
        assert!(told.to_string().contains("burn --drive sim:"), "{arguments:?}: {told}");
    }
}
