//! `append` and `recover`: further sessions of an image file, and earlier ones.

use std::fs;

use crate::scene::{Scene, check_sessions};

#[test]
fn a_torn_head_is_recovered() {
    let scene = Scene::new();
    scene.build("a.iso");
    scene.run(&["append", "a.iso", "more"]);
    assert!(scene.run(&["recover", "a.iso"]).contains("nothing to recover"));
    let whole = fs::read(scene.path("a.iso")).unwrap();
    let mut torn = whole.clone();
    torn[16 * 2048..18 * 2048].fill(0);
    fs::write(scene.path("a.iso"), &torn).unwrap();
    scene.fail(4, &["ls", "a.iso"]);

    // Found, and not yet done.
    let told = scene.command(&["recover", "a.iso"]).assert().code(1);
    let told = String::from_utf8(told.get_output().stdout.clone()).unwrap();
    let identifier = told.rsplit(' ').next().unwrap().trim().to_owned();
    assert!(told.contains("nothing was written"), "{told}");
    scene.fail(2, &["recover", "a.iso", "--write", &identifier[..4]]);
    scene.fail(5, &["recover", "a.iso", "--write", "00000000"]);
    assert!(fs::read(scene.path("a.iso")).unwrap() == torn);

    scene.run(&["recover", "a.iso", "--write", &identifier]);
    assert!(fs::read(scene.path("a.iso")).unwrap() == whole);
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
