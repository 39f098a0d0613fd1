//! `ls`, `cat`, `extract`, `manifest`: images as the command shows them.

use std::fs;

use crate::scene::{Scene, lines};

#[test]
fn build_and_read() {
    let scene = Scene::new();
    scene.build("a.iso");
    let names = ["A long name, with blanks and ünïcode.txt", "deep", "empty", "readme.txt"];
    assert_eq!(lines(&scene.run(&["ls", "a.iso"])), names);
    let all = [
        "/A long name, with blanks and ünïcode.txt",
        "/deep",
        "/deep/er",
        "/deep/er/three.txt",
        "/empty",
        "/readme.txt",
    ];
    assert_eq!(lines(&scene.run(&["ls", "-R", "a.iso"])), all);
    assert_eq!(lines(&scene.run(&["ls", "-R", "a.iso", "deep/"])), ["/deep/er", "/deep/er/three.txt"]);
    assert!(scene.run(&["ls", "-l", "a.iso", "/readme.txt"]).contains(" 8 2023-11-14 22:13:20 /readme.txt"));
    assert_eq!(scene.run(&["cat", "a.iso", "deep/er/three.txt"]), "three\n");
    assert_eq!(scene.run(&["cat", "a.iso", "/empty"]), "");

    let listed = scene.json(&["ls", "-R", "--json", "a.iso", "/deep"]);
    assert_eq!(listed[1]["path"], "/deep/er/three.txt");
    assert_eq!((&listed[1]["type"], &listed[1]["size"]), (&"f".into(), &6.into()));
    scene.run(&["verify", "a.iso"]);
    let told =
        scene.command(&["verify", "--structure", "a.iso"]).assert().success().get_output().stderr.clone();
    assert!(String::from_utf8_lossy(&told).contains("no file read"), "{told:?}");
}

#[test]
fn other_trees_of_the_image() {
    let scene = Scene::new();
    scene.build("a.iso");
    let joliet = scene.run(&["ls", "--fs", "joliet", "a.iso"]);
    assert!(joliet.contains("ünïcode.txt"), "{joliet}");
    let plain = scene.run(&["ls", "--fs", "iso9660", "a.iso"]);
    assert!(plain.contains("README.TXT"), "{plain}");
    assert!(scene.fail(2, &["ls", "--fs", "udf", "a.iso"]).contains("UDF"));
    scene.run(&["build", "-o", "udf.iso", "--fs", "udf", "docs"]);
    assert!(scene.run(&["ls", "udf.iso"]).contains("readme.txt"));
    assert!(scene.run(&["info", "udf.iso"]).contains("UDF revision"));
    scene.run(&["build", "-o", "plain.iso", "--fs", "iso9660", "docs/readme.txt"]);
    scene.fail(2, &["ls", "--fs", "joliet", "plain.iso"]);
}

#[test]
fn extract() {
    let scene = Scene::new();
    scene.build("a.iso");
    let told = |args: &[&str]| {
        let done = scene.command(args).assert().success();
        String::from_utf8(done.get_output().stderr.clone()).unwrap()
    };
    assert!(!told(&["extract", "a.iso", "-C", "all"]).contains("was there"));
    assert!(
        told(&["extract", "a.iso", "-C", "all", "--overwrite"]).contains("all was there and keeps its own")
    );
    assert_eq!(fs::read_to_string(scene.path("all/deep/er/three.txt")).unwrap(), "three\n");
    let report = scene.json(&["extract", "--json", "a.iso", "-C", "some", "deep", "/readme.txt"]);
    assert_eq!(report["items"], 4);
    assert!(scene.path("some/deep/er/three.txt").exists() && !scene.path("some/empty").exists());
    assert!(scene.fail(2, &["extract", "a.iso", "-C", "some", "nothing"]).contains("nothing"));
    assert!(scene.fail(8, &["extract", "a.iso", "-C", "some", "readme.txt"]).contains("--overwrite"));
    scene.run(&["extract", "a.iso", "-C", "some", "readme.txt", "--overwrite"]);
}

#[test]
fn manifest() {
    let scene = Scene::new();
    scene.build("a.iso");
    let manifest = scene.run(&["manifest", "a.iso"]);
    let lines = lines(&manifest);
    assert_eq!(lines[0], "# path\ttype\tmode\tuid\tgid\tsize\tnlink\tmtime\trdev\tsha256\ttarget");
    assert_eq!(lines.len(), 8);
    let fields: Vec<&str> = lines[2].split('\t').collect();
    assert_eq!(fields[0], "/A long name, with blanks and \\xc3\\xbcn\\xc3\\xafcode.txt");
    assert_eq!((fields[1], fields[5], fields[7], fields[8], fields[10]), ("f", "5", "1700000000", "-", "-"));
    assert_eq!(fields[9], "bbdbb75b415ee9a40f0b3796a8b41a0b7723afe5726b870474ad220a4886d06d");
    let listed = scene.json(&["manifest", "--json", "a.iso"]);
    assert_eq!(listed.as_array().unwrap().len(), 7);
    assert_eq!(listed[0]["path"], "/");
    assert_eq!(listed[1]["path"], "/A long name, with blanks and ünïcode.txt");
    assert_eq!((&listed[1]["size"], &listed[1]["sha256"]), (&5.into(), &fields[9].into()));
}

#[cfg(target_os = "linux")]
#[test]
fn extended_attributes_go_through_sessions_of_udf_and_come_back() {
    let scene = Scene::new();
    let note = |path: &str, value: &str| xattr::set(scene.path(path), "user.note", value.as_bytes());
    if note("docs/readme.txt", "one").is_err() {
        return peers::skip("the folder for temporary files has no extended attributes");
    }
    note("more/added.txt", "two").unwrap();
    let burn = ["burn", "--drive", "sim:bd-r:medium", "--fs", "udf", "--xattrs"];
    scene.run(&[&burn[..], &["docs"]].concat());
    scene.run(&[&burn[..], &["added.txt=more/added.txt"]].concat());
    let cat = |name: &str| scene.run(&["cat", "sim:medium", name]);
    assert_eq!((cat("readme.txt:user.note"), cat("added.txt:user.note")), ("one".into(), "two".into()));
    assert!(scene.run(&["ls", "-l", "sim:medium"]).contains("readme.txt:user.note"));

    let told = scene.command(&["extract", "sim:medium", "-C", "without"]).assert().success();
    assert!(String::from_utf8_lossy(&told.get_output().stderr).contains("2 "), "{told}");
    scene.run(&["extract", "sim:medium", "-C", "with", "--xattrs"]);
    for (name, value) in [("readme.txt", "one"), ("added.txt", "two")] {
        let restored = xattr::get(scene.path("with").join(name), "user.note").unwrap();
        assert_eq!(restored.as_deref(), Some(value.as_bytes()), "{name}");
        assert_eq!(xattr::get(scene.path("without").join(name), "user.note").unwrap(), None);
    }
    // Rock Ridge has them too, by either command line.
    scene.run(&["build", "-o", "rr.iso", "--xattrs=user", "--acl", "--fs", "rock-ridge", "docs"]);
    scene.run(&["mkisofs", "-quiet", "-R", "-xattr", "-acl", "-o", "mkisofs.iso", "docs"]);
    for image in ["rr.iso", "mkisofs.iso"] {
        assert_eq!(scene.run(&["cat", image, "readme.txt:user.note"]), "one");
        scene.run(&["extract", image, "-C", image.trim_end_matches(".iso"), "--xattrs", "--acl", "--sparse"]);
        let restored = scene.path(image.trim_end_matches(".iso")).join("readme.txt");
        assert_eq!(xattr::get(restored, "user.note").unwrap().as_deref(), Some(&b"one"[..]));
    }

    let strict = ["build", "-o", "strict.iso", "--xattrs", "--strict", "more"];
    let refused = scene.command(&strict).assert().code(2);
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("added.txt"), "{refused}");
}

#[cfg(unix)]
#[test]
fn an_image_from_a_pipe_is_refused_with_the_reason() {
    let scene = Scene::new();
    scene.build("a.iso");
    let image = std::fs::read(scene.path("a.iso")).unwrap();
    let assert = scene.command(&["ls", "/dev/stdin"]).write_stdin(image).assert().code(4);
    let told = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(told.contains("it is a pipe") && told.contains("write it to a file first"), "{told}");
}

/// One directory that cannot be read takes nothing else with it.
#[test]
fn what_follows_a_directory_that_cannot_be_read_is_listed() {
    let scene = Scene::new();
    fs::create_dir(scene.path("docs/zz")).unwrap();
    fs::write(scene.path("docs/zz/last"), "last\n").unwrap();
    scene.run(&["build", "-o", "a.iso", "--fs", "iso9660", "docs"]);
    let mut image = fs::read(scene.path("a.iso")).unwrap();
    // The extent of the record (ECMA-119 9.1.3), in both orders of bytes.
    let identifier = image.windows(5).position(|bytes| bytes == b"\x04DEEP").unwrap();
    image[identifier - 30..identifier - 26].copy_from_slice(&9999u32.to_le_bytes());
    image[identifier - 26..identifier - 22].copy_from_slice(&9999u32.to_be_bytes());
    fs::write(scene.path("a.iso"), image).unwrap();
    for arguments in [&["ls", "-R", "a.iso"][..], &["ls", "-R", "--json", "a.iso"], &["manifest", "a.iso"]] {
        let told = scene.command(arguments).assert().code(1).get_output().clone();
        let (listed, told) =
            (String::from_utf8(told.stdout).unwrap(), String::from_utf8(told.stderr).unwrap());
        assert!(listed.contains("/ZZ/LAST") && listed.contains("/DEEP"), "{arguments:?}: {listed}");
        assert!(told.contains("/DEEP: "), "{arguments:?}: {told}");
    }
}

/// Whoever looks for what he burned is told of names that no host can have, and why they will not be extracted.
#[test]
fn names_that_no_host_can_have_are_told() {
    let scene = Scene::new();
    for name in [&b"/"[..], b".", b"..", b"a/b", b"a\0b"] {
        let stands_for = &b"xyz"[..name.len()];
        let path = scene.path("src");
        fs::create_dir_all(path.join("in")).unwrap();
        fs::write(path.join("in").join(std::str::from_utf8(stands_for).unwrap()), "x").unwrap();
        scene.run(&["build", "-o", "a.iso", "--fs", "iso9660,rock-ridge", "src"]);
        let mut image = fs::read(scene.path("a.iso")).unwrap();
        let entry = [b"NM", &[5 + name.len() as u8, 1, 0][..], stands_for].concat();
        let at = image.windows(entry.len()).position(|bytes| bytes == entry).unwrap();
        image[at + 5..at + 5 + name.len()].copy_from_slice(name);
        fs::write(scene.path("a.iso"), image).unwrap();
        for arguments in [
            &["ls", "-R", "a.iso"][..],
            &["ls", "a.iso", "/in"],
            &["ls", "-R", "--json", "a.iso"],
            &["verify", "a.iso"],
            &["extract", "--overwrite", "-C", "out", "a.iso"],
        ] {
            let out = scene.command(arguments).assert().code(1).get_output().clone();
            let said = [out.stdout, out.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            assert!(said.contains("in/") || said.contains("/in"), "{name:?}, {arguments:?}: {said}");
            assert!(said.contains("the name "), "{name:?}, {arguments:?}: {said}");
        }
        let told = scene.fail(1, &["append", "a.iso", "docs"]);
        assert!(told.contains("this is no possible name"), "{told}");
        fs::remove_dir_all(path).unwrap();
    }
}

/// What stands in a directory that is lost is listed, and the exit status tells of it.
#[test]
fn relocated_directories_to_which_nothing_leads_are_told() {
    let scene = Scene::new();
    fs::create_dir_all(scene.path("docs/1/2/3/4/5/6/7/8/9")).unwrap();
    fs::write(scene.path("docs/1/2/3/4/5/6/7/8/9/file"), "deep\n").unwrap();
    scene.run(&["build", "-o", "a.iso", "--fs", "iso9660,rock-ridge", "--deep", "relocate", "docs"]);
    let mut image = fs::read(scene.path("a.iso")).unwrap();
    let at = image.windows(4).position(|bytes| bytes == b"CL\x0c\x01").unwrap();
    image[at] = b'Z';
    fs::write(scene.path("a.iso"), image).unwrap();
    for arguments in [&["ls", "-R", "a.iso"][..], &["verify", "a.iso"], &["extract", "-C", "out", "a.iso"]] {
        let out = scene.command(arguments).assert().code(1).get_output().clone();
        let said = String::from_utf8([out.stdout, out.stderr].concat()).unwrap();
        assert!(said.contains("/rr_moved: ") && said.contains("no CL entry leads to '8'"), "{said}");
    }
    let read = scene.command(&["cat", "a.iso", "/rr_moved/8/9/file"]).assert().code(1).get_output().clone();
    assert_eq!(String::from_utf8(read.stdout).unwrap(), "deep\n");
    assert_eq!(fs::read_to_string(scene.path("out/rr_moved/8/9/file")).unwrap(), "deep\n");
}
