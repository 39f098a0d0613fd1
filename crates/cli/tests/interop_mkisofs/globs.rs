//! What globs and paths in options match, and what becomes of it.

use std::collections::BTreeSet;
use std::fs;

use crate::scene::{fsimage, run, succeed};

/// Each program compares globs with something else; a slash at their beginning is the host's root for both.
#[test]
fn globs_are_those_of_the_programs() {
    let Some([genisoimage, xorriso, isoinfo]) = peers::require_all(["genisoimage", "xorriso", "isoinfo"])
    else {
        return;
    };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("tree/sub")).unwrap();
    for name in ["vis.txt", "other.txt", "sub/vis.txt", "sub/deep.txt", "loader"] {
        fs::write(folder.join("tree").join(name), "x".repeat(2048)).unwrap();
    }
    let absolute = folder.join("tree/vis.txt");
    let globs = [
        "vis.txt",
        "/vis.txt",
        "tree/vis.txt",
        "./tree/vis.txt",
        "tree/sub",
        "/sub",
        "*/vis.txt",
        "sub/vis.txt",
        "new.txt",
        "a/new.txt",
        "boot.cat",
        "sub/boot.cat",
        "/sub/boot.cat",
        absolute.to_str().unwrap(),
        "tree//sub",
        "sub/",
        "tree/sub/../vis.txt",
        "tree/**/vis.txt",
        "{vis,other}.txt",
    ];
    let sources = [
        "tree",
        "./tree",
        ".",
        "-graft-points /a=tree",
        "-graft-points /a/new.txt=tree/vis.txt /b=tree/sub",
        "-b loader -no-emul-boot -c sub/boot.cat tree",
    ];
    let (one, two): (&[&str], &[&str]) = (&["mkisofs"], &["-as", "mkisofs"]);
    for (program, theirs, ours) in [(&genisoimage, &[][..], one), (&xorriso, two, two)] {
        let hidden = sources.iter().map(|source| ("-hide", source));
        // What a boot catalog lies in cannot be left out.
        let left_out = sources[..5].iter().map(|source| ("-m", source));
        let each =
            hidden.chain(left_out).flat_map(|(option, source)| globs.map(|glob| (option, source, glob)));
        for (option, source, glob) in each {
            // The images of earlier turns must not be in the tree.
            let images = tempfile::tempdir().unwrap();
            let image = |name: &str| images.path().join(name).to_str().unwrap().to_owned();
            let (theirs_at, ours_at) = (image("theirs.iso"), image("ours.iso"));
            let line = |image| {
                let options = ["-quiet", "-R", option, glob, "-o", image];
                options.into_iter().chain(source.split(' ')).collect::<Vec<&str>>()
            };
            let told = format!("{ours:?} {option} {glob} {source}");
            let shown = |image: &str| {
                let output = run(isoinfo.path(), folder, &["-R", "-f", "-i", image]);
                let text = succeed("isoinfo", &output);
                text.lines().map(str::to_owned).collect::<BTreeSet<_>>()
            };
            succeed(&told, &run(program.path(), folder, &[theirs, &line(&theirs_at)[..]].concat()));
            succeed(&told, &fsimage(folder, &[ours, &line(&ours_at)[..]].concat()));
            assert_eq!(shown(&ours_at), shown(&theirs_at), "{told}");
        }
    }
}

/// A bracket that nothing closes is itself for genisoimage, and an error for xorriso.
#[test]
fn brackets_that_are_not_closed_are_those_of_the_programs() {
    let Some([genisoimage, xorriso, isoinfo]) = peers::require_all(["genisoimage", "xorriso", "isoinfo"])
    else {
        return;
    };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir(folder.join("tree")).unwrap();
    for name in ["[a", "a", "b[c", "bc", "b", "[", "[ab", "xa", "a[b", "[]", "]", "a]", "!", "a!"] {
        fs::write(folder.join("tree").join(name), name).unwrap();
    }
    let options = ["-m", "-x", "-hide", "-hide-joliet"];
    let globs =
        ["[a", "[", "b[c", "x[a", "[*", "a[b", "[]", "[!", "[!]", "?[", "tree/[a", "[]]", "[]a]", "[!]]"];
    for (option, glob) in options.iter().flat_map(|option| globs.map(|glob| (*option, glob))) {
        let line = |image| ["-quiet", "-R", "-J", option, glob, "-o", image, "tree"];
        succeed(glob, &run(genisoimage.path(), folder, &line("theirs.iso")));
        succeed(glob, &fsimage(folder, &[&["mkisofs"], &line("ours.iso")[..]].concat()));
        let hierarchy = if option == "-hide-joliet" { "-J" } else { "-R" };
        let [theirs, ours] = ["theirs.iso", "ours.iso"].map(|image| {
            let text = succeed("isoinfo", &run(isoinfo.path(), folder, &[hierarchy, "-f", "-i", image]));
            text.lines().map(str::to_owned).collect::<BTreeSet<_>>()
        });
        assert_eq!(ours, theirs, "{option} {glob}");
        if globs[..10].contains(&glob) {
            let line = [&["-as", "mkisofs"], &line("none.iso")[..]].concat();
            assert!(!run(xorriso.path(), folder, &line).status.success());
            let output = fsimage(folder, &line);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{errors}");
            assert!(errors.contains(&format!("{glob}: a bracket is not closed")), "{errors}");
        }
    }
}

/// Weights are of paths of the host, as they begin in the source.
#[test]
fn paths_of_sort_are_those_of_genisoimage() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("tree/sub")).unwrap();
    for name in ["a", "b", "c", "sub/h", "sub/i"] {
        fs::write(folder.join("tree").join(name), name).unwrap();
    }
    let order = |image: &str| {
        let listing = succeed("isoinfo", &run(isoinfo.path(), folder, &["-R", "-l", "-i", image]));
        let files = listing.lines().filter(|line| line.starts_with('-'));
        let mut files: Vec<(u32, &str)> = files
            .map(|line| {
                let (_, place) = line.split_once('[').unwrap();
                let mut words = place.split_whitespace();
                (words.next().unwrap().parse().unwrap(), words.next_back().unwrap())
            })
            .collect();
        files.sort_unstable();
        files.into_iter().map(|(_, name)| name.to_owned()).collect::<Vec<_>>().concat()
    };
    let lines =
        ["tree/c", "c", "./tree/c", "tree/sub", "tree/sub/", "tree/sub/i", "tree/s*", "sub/i", "/c", "z/c"];
    let mut orders = BTreeSet::new();
    for (source, line) in
        ["tree", "./tree", "-graft-points z=tree"].iter().flat_map(|s| lines.map(|l| (s, l)))
    {
        fs::write(folder.join("weights"), format!("{line} 10\n")).unwrap();
        let options = |image| {
            let options = ["-quiet", "-R", "-sort", "weights", "-o", image];
            options.into_iter().chain(source.split(' ')).collect::<Vec<&str>>()
        };
        succeed(line, &run(genisoimage.path(), folder, &options("theirs.iso")));
        succeed(line, &fsimage(folder, &[&["mkisofs"], &options("ours.iso")[..]].concat()));
        assert_eq!(order("ours.iso"), order("theirs.iso"), "{line} {source}");
        orders.insert(order("ours.iso"));
    }
    assert_eq!(orders, ["abchi", "cabhi", "hiabc", "iabch"].map(str::to_owned).into());
}

/// The attribute by which Windows hides items, in both hierarchies.
#[test]
fn hidden_items_have_the_attribute_that_genisoimage_gives_them() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("tree/sub")).unwrap();
    for name in ["vis.txt", "other.txt", "sub/vis.txt", "sub/deep.txt"] {
        fs::write(folder.join("tree").join(name), name).unwrap();
    }
    fs::write(folder.join("list"), "other.txt\ntree/sub/deep.txt\n").unwrap();
    // Flags, from "[     34 01]", and the name.
    let shown = |image: &str, hierarchy: &[&str]| {
        let line = [&["-l", "-i", image], hierarchy].concat();
        let text = succeed("isoinfo", &run(isoinfo.path(), folder, &line));
        let item = |line: &str| line.split_once('[').map(|(_, item)| item.trim_start()[3..].to_owned());
        text.lines().filter_map(item).collect::<BTreeSet<_>>()
    };
    for option in
        [["-hidden", "vis.txt"], ["-hidden", "sub"], ["-hidden", "tree/sub/*"], ["-hidden-list", "list"]]
    {
        let arguments = |image| [&["-quiet", "-R", "-J"], &option[..], &["-o", image, "tree"]].concat();
        succeed("genisoimage", &run(genisoimage.path(), folder, &arguments("theirs.iso")));
        succeed("fsimage", &fsimage(folder, &[&["mkisofs"], &arguments("ours.iso")[..]].concat()));
        let remastered = ["remaster", "-q", "--reproducible", "ours.iso", "-o", "again.iso"];
        succeed("remaster", &fsimage(folder, &remastered));
        for hierarchy in [&[][..], &["-J"]] {
            let theirs = shown("theirs.iso", hierarchy);
            assert!(
                theirs.iter().any(|item| item.starts_with("01]") || item.starts_with("03]")),
                "{theirs:?}"
            );
            assert_eq!(shown("ours.iso", hierarchy), theirs, "{option:?}");
            assert_eq!(shown("again.iso", hierarchy), theirs, "{option:?}");
        }
    }
}

/// An empty file of Joliet that stands for a link is what the link is.
#[test]
fn what_stands_for_a_hidden_link_is_hidden() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir(folder.join("tree")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("tree/link")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("tree/other")).unwrap();
    let arguments = |image| ["-quiet", "-R", "-J", "-hidden", "link", "-o", image, "tree"];
    succeed("genisoimage", &run(genisoimage.path(), folder, &arguments("theirs.iso")));
    succeed("fsimage", &fsimage(folder, &[&["mkisofs"], &arguments("ours.iso")[..]].concat()));
    let [theirs, ours] = ["theirs.iso", "ours.iso"].map(|image| {
        let text = succeed("isoinfo", &run(isoinfo.path(), folder, &["-J", "-l", "-i", image]));
        let files = text.lines().filter_map(|line| line.split_once('[').filter(|_| line.starts_with('-')));
        // Flags and name, without the place before.
        let without_place = |item: &str| item.trim_start().split_once(' ').unwrap().1.trim().to_owned();
        files.map(|(_, item)| without_place(item)).collect::<BTreeSet<_>>()
    });
    assert_eq!(theirs.len(), 2, "{theirs:?}");
    assert_eq!(ours, theirs);
}
