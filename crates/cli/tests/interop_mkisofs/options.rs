//! Single options.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::scene::{fsimage, run, scene, succeed};

#[test]
fn options_of_hfs_plus() {
    let scene = scene();
    let line = |arguments: &[&str]| {
        let line = [&["mkisofs", "-R", "-o", "out.iso"], arguments, &["tree"]].concat();
        let output = fsimage(scene.path(), &line);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let all = [
        "-hfsplus",
        "-hfsplus-serial-no",
        "0123456789abcdef",
        "-hfs-bless-by",
        "ppc_bootdir",
        "/",
        "-apm-block-size",
        "2048",
        "-hfsplus-block-size",
        "0",
        "-hide-hfsplus",
        "*.img",
    ];
    assert_eq!(line(&all).0, Some(0), "{:?}", line(&all));
    let image = fs::read(scene.path().join("out.iso")).unwrap();
    let serial = 0x0123_4567_89ab_cdef_u64.to_be_bytes();
    let at = image.windows(8).position(|window| window == serial).unwrap();
    // The blessed folder is the root.
    assert_eq!(image[at - 24..at - 20], [0, 0, 0, 2]);
    fs::remove_file(scene.path().join("out.iso")).unwrap();
    for (arguments, named) in [
        (&["-hfsplus", "-hfs-bless-by", "king", "/"][..], "king"),
        (&["-hfsplus", "-hfs-bless-by", "i", "/none"], "/none is not in the image"),
        (&["-hfs-bless-by", "p", "/"], "ask for it with -hfsplus"),
        (&["-hfsplus", "-hfsplus-file-creator-type", "chrp", "tbx", "/"], "four characters"),
        (&["-hfsplus", "-hfsplus-serial-no", "12"], "16 hexadecimal digits"),
        (&["-hfsplus", "-hfsplus-block-size", "512"], "2048 is"),
        (&["-hfsplus", "-apm-block-size", "512"], "2048 is"),
        (&["-hfs-bless", "tree"], "-hfs-bless"),
    ] {
        let (code, errors) = line(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(named), "{arguments:?}: {errors}");
    }
}

#[test]
fn what_is_read_is_not_written_over() {
    let scene = scene();
    let own = scene.path().join("own.img");
    // Lines that each list takes.
    let bytes = "1 1\n".repeat(8192).into_bytes();
    fs::write(&own, &bytes).unwrap();
    for option in [
        &["-append_partition", "2", "0xef", "own.img"][..],
        &["-G", "own.img"],
        &["-isohybrid-mbr", "own.img"],
        &["-path-list", "own.img"],
        &["-exclude-list", "own.img"],
        &["-hide-list", "own.img"],
        &["-hide-joliet-list", "own.img"],
        &["-hidden-list", "own.img"],
        &["-hide-hfsplus-list", "own.img"],
        &["-sort", "own.img"],
        &["-sort-weight-list", "own.img"],
    ] {
        let line = [&["mkisofs", "-R"], option, &["-o", "own.img", "tree"]].concat();
        let output = fsimage(scene.path(), &line);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{option:?}: {errors}");
        assert!(errors.contains("it is the image that is written"), "{option:?}: {errors}");
        assert!(fs::read(&own).unwrap() == bytes);
    }
}

#[test]
fn what_is_not_supported_is_named() {
    let scene = scene();
    for (arguments, named) in [
        (&["-frobnicate"][..], "-frobnicate"),
        (&["--frobnicate=3"], "--frobnicate"),
        (&["-hfs"], "-hfs"),
        (&["-for-backup"], "-for-backup"),
        (&["-R", "-partition_offset", "7"], "-partition_offset"),
        (&["-b", "none.img"], "none.img"),
        (&["-V", "a name that is longer than 32 bytes"], "-V"),
        (&["-copyright", "a file's name of more than 37 characters"], "-copyright"),
        (&["-b", "images/eltorito.img", "-c", "meta-data", "-no-emul-boot"], "meta-data"),
        (&["-input-charset", "cp437"], "-input-charset"),
        (&["-no-emul-boot"], "-no-emul-boot: it is of a boot image, which none of -b, -e"),
        (&["-isohybrid-gpt-basdat"], "-isohybrid-gpt-basdat: it is of a boot image"),
        (&["-e", "images/efiboot.img"], "-no-emul-boot"),
        (&["-R", "-rr_reloc_dir", "/"], "-rr_reloc_dir"),
        (&["-G", "empty"], "-G"),
    ] {
        let line = [&["mkisofs"], arguments, &["-o", "out.iso", "tree"]].concat();
        let output = fsimage(scene.path(), &line);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(named), "{arguments:?}: {errors}");
        assert!(!scene.path().join("out.iso").exists());
    }
}

/// genisoimage shows a part of such a file in ISO 9660; here it is whole there as well.
#[test]
fn a_large_file_is_whole_at_a_limited_level() {
    const LEN: u64 = (4 << 30) + 5_000;
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir(folder.join("tree")).unwrap();
    fs::File::create(folder.join("tree/install.wim")).unwrap().set_len(LEN).unwrap();
    for level in [&[][..], &["-iso-level", "2"]] {
        let line = |limited: &[&str]| {
            let line =
                [&["mkisofs", "-quiet", "-R", "-udf"], level, limited, &["-o", "a.iso", "tree"]].concat();
            fsimage(folder, &line)
        };
        assert_eq!(line(&[]).status.code(), Some(2));
        succeed("fsimage", &line(&["-allow-limited-size"]));
        let Some(bsdtar) = peers::require("bsdtar") else { return };
        let listing = succeed("bsdtar", &run(bsdtar.path(), folder, &["-tvf", "a.iso"]));
        assert!(listing.contains(&format!(" {LEN} ")), "{listing}");
    }
}

/// What a link leads to is in the image once, and all names of it are of one file.
#[test]
fn followed_links_are_names_of_one_file() {
    let Some([genisoimage, xorriso]) = peers::require_all(["genisoimage", "xorriso"]) else { return };
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("tree/sub")).unwrap();
    fs::write(folder.join("tree/big"), vec![7; 100_000]).unwrap();
    fs::write(folder.join("outside"), vec![8; 5000]).unwrap();
    for (link, target) in
        [("big too", "big"), ("sub/big", "../big"), ("out", "../outside"), ("sub/out", "../../outside")]
    {
        std::os::unix::fs::symlink(target, folder.join("tree").join(link)).unwrap();
    }
    // How many names each place has, and the links that Rock Ridge counts.
    let listed = |program: &Path, first: &[&str]| {
        let line = [first, &["-quiet", "-R", "-f", "-o", "a.iso", "tree"]].concat();
        succeed("mkisofs", &run(program, folder, &line));
        let listing = succeed("isoinfo", &run(isoinfo.path(), folder, &["-R", "-l", "-i", "a.iso"]));
        let mut places = std::collections::BTreeMap::<String, Vec<String>>::new();
        for line in listing.lines().filter(|line| line.starts_with("-r")) {
            let place = line.split('[').nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
            let links = line.split_whitespace().nth(1).unwrap().to_owned();
            places.entry(place).or_default().push(links);
        }
        places.into_values().collect::<Vec<_>>()
    };
    let names = |all: &[Vec<String>]| {
        let mut names: Vec<usize> = all.iter().map(Vec::len).collect();
        names.sort_unstable();
        names
    };
    let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
    let theirs = listed(xorriso.path(), &["-as", "mkisofs"]);
    assert_eq!(names(&theirs), [2, 3], "{theirs:?}");
    assert_eq!(names(&listed(genisoimage.path(), &[])), [2, 3]);
    assert_eq!(names(&listed(ours, &["mkisofs"])), [2, 3]);
    let mut own = listed(ours, &["-as", "mkisofs"]);
    let mut theirs = theirs;
    own.sort_unstable();
    theirs.sort_unstable();
    assert_eq!(own, theirs);
}

/// Names of one host file that come by several sources are of one file, as with both programs.
#[test]
fn one_host_file_by_several_sources() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir(folder.join("one")).unwrap();
    fs::create_dir(folder.join("two")).unwrap();
    fs::write(folder.join("one/f"), vec![7; 100_000]).unwrap();
    fs::hard_link(folder.join("one/f"), folder.join("two/g")).unwrap();
    // Places and links of the files.
    let listed = |program: &Path, first: &[&str], grafts: &[&str]| {
        let line = [first, &["-quiet", "-R", "-o", "a.iso", "-graft-points"], grafts].concat();
        succeed("mkisofs", &run(program, folder, &line));
        let listing = succeed("isoinfo", &run(isoinfo.path(), folder, &["-R", "-l", "-i", "a.iso"]));
        let files = listing.lines().filter(|line| line.starts_with("-r"));
        let columns = files.map(|line| {
            let place = line.split('[').nth(1).unwrap().split_whitespace().next().unwrap();
            (place.to_owned(), line.split_whitespace().nth(1).unwrap().to_owned())
        });
        columns.collect::<Vec<_>>()
    };
    let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
    for grafts in [["A=one", "B=two"], ["A=one/f", "B=one/f"], ["A=one/f", "B=two"]] {
        for found in [listed(genisoimage.path(), &[], &grafts), listed(ours, &["mkisofs"], &grafts)] {
            assert_eq!(found.len(), 2, "{grafts:?}");
            assert_eq!(found[0], found[1], "{grafts:?}");
        }
    }
    let links = listed(ours, &["mkisofs"], &["A=one", "B=two"]);
    assert_eq!(links[0].1, "2");
}

/// Files of several sources do not replace each other in genisoimage, and a directory of several is as in the first.
#[test]
fn several_sources_of_one_name() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    for (source, file, mode) in [("one", "a", 0o755), ("two", "b", 0o700)] {
        fs::create_dir_all(folder.join(source).join("both")).unwrap();
        fs::write(folder.join(source).join("both").join(file), "x").unwrap();
        for directory in [source.to_owned(), format!("{source}/both")] {
            fs::set_permissions(folder.join(directory), fs::Permissions::from_mode(mode)).unwrap();
        }
        fs::write(folder.join(file), "x").unwrap();
    }
    let call = |program: &Path, first: &[&str], sources: &[&str]| {
        let line = [first, &["-quiet", "-R", "-o", "a.iso", "-graft-points"], sources].concat();
        run(program, folder, &line)
    };
    let ours = (Path::new(env!("CARGO_BIN_EXE_fsimage")), &["mkisofs"][..]);
    let theirs = (genisoimage.path(), &[][..]);
    for sources in [["one", "two"], ["two", "one"], ["g/h=one", "g/h=two"], ["g/both/=b", "g=one"]] {
        let modes = [ours, theirs].map(|(program, first)| {
            succeed(sources[0], &call(program, first, &sources));
            let image = fs::read(folder.join("a.iso")).unwrap();
            // A directory record's time of 1970, which genisoimage has in its volume descriptor.
            let has_1970 = image.windows(7).any(|bytes| bytes == [70, 1, 1, 0, 0, 0, 0]);
            assert!(!has_1970 || first.is_empty(), "{sources:?}");
            let listing = succeed("isoinfo", &run(isoinfo.path(), folder, &["-R", "-l", "-i", "a.iso"]));
            let items = listing.lines().filter_map(|line| line.rsplit_once("] "));
            items
                .map(|(columns, name)| (name.trim().to_owned(), columns[..10].to_owned()))
                .collect::<BTreeSet<_>>()
        });
        assert_eq!(modes[0], modes[1], "{sources:?}");
    }
    for sources in [["a=a", "a=b"], ["/=one", "both/a=b"], ["both/a=b", "/=one"], ["one", "one"]] {
        for (program, first) in [ours, theirs] {
            let refused = call(program, first, &sources);
            assert!(!refused.status.success(), "{}: {sources:?}", program.display());
        }
    }
    let told = call(ours.0, ours.1, &["a=a", "a=b"]);
    let told = String::from_utf8_lossy(&told.stderr);
    assert!(told.contains("/a"), "{told}");
}

/// A place that ends in a slash is the file itself with xorriso, and what it lies in with genisoimage.
#[test]
fn places_that_end_in_a_slash() {
    let Some([genisoimage, xorriso]) = peers::require_all(["genisoimage", "xorriso"]) else { return };
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir(folder.join("d")).unwrap();
    fs::write(folder.join("d/f"), "x").unwrap();
    let listed = |program: &Path, first: &[&str]| {
        let line =
            [first, &["-quiet", "-o", "a.iso", "-graft-points", "z/=d/f", "a/b//=d/f", "y/=d"]].concat();
        succeed("mkisofs", &run(program, folder, &line));
        let listing = succeed("isoinfo", &run(isoinfo.path(), folder, &["-f", "-i", "a.iso"]));
        listing.lines().map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
    let as_xorriso = &["-as", "mkisofs"];
    assert_eq!(listed(ours, as_xorriso), listed(xorriso.path(), as_xorriso));
    assert_eq!(listed(ours, &["mkisofs"]), listed(genisoimage.path(), &[]));
}

/// Options of Rock Ridge and of Joliet turn these on.
#[test]
fn options_of_a_file_system_turn_it_on() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir(folder.join("tree")).unwrap();
    fs::write(folder.join("tree/hello.txt"), "hello").unwrap();
    for (option, value) in [
        ("-uid", "5"),
        ("-gid", "6"),
        ("-dir-mode", "0700"),
        ("-file-mode", "0600"),
        ("-new-dir-mode", "0700"),
        ("-hide-joliet", "none.such"),
        ("-l", "-f"),
    ] {
        let shown = |image: &str| {
            let told = succeed("isoinfo", &run(isoinfo.path(), folder, &["-d", "-i", image]));
            ["Joliet with", "Rock Ridge signatures"].map(|mark| told.contains(mark))
        };
        let arguments = |image| ["-quiet", option, value, "-o", image, "tree"];
        succeed(option, &run(genisoimage.path(), folder, &arguments("theirs.iso")));
        succeed(option, &fsimage(folder, &[&["mkisofs"], &arguments("ours.iso")[..]].concat()));
        assert_eq!(shown("ours.iso"), shown("theirs.iso"), "{option}");
    }
}

/// Of boot code that is longer than the system area, that is filled.
#[test]
fn long_boot_code_is_cut_as_the_programs_do() {
    let Some([genisoimage, xorriso]) = peers::require_all(["genisoimage", "xorriso"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir(folder.join("tree")).unwrap();
    fs::write(folder.join("tree/hello.txt"), "hello").unwrap();
    let code: Vec<u8> = (0..40_000u32).map(|at| (at % 251) as u8).collect();
    fs::write(folder.join("code"), &code).unwrap();
    let arguments = ["-quiet", "-G", "code", "-o", "out.iso", "tree"];
    let area = || fs::read(folder.join("out.iso")).unwrap()[..32_768].to_vec();
    for (program, own) in [(genisoimage.path(), &[][..]), (xorriso.path(), &["-as", "mkisofs"])] {
        succeed("-G", &run(program, folder, &[own, &arguments].concat()));
        assert!(area() == code[..32_768]);
    }
    let output = fsimage(folder, &[&["mkisofs"], &arguments[..]].concat());
    succeed("-G", &output);
    assert!(area() == code[..32_768]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("-G: of code the first 32768 bytes are taken"), "{errors}");
}

#[test]
fn grafts_lists_and_sizes() {
    let scene = scene();
    let folder = scene.path();
    fs::write(folder.join("list"), "a\\=b/=tree/user-data\nnew/dir=tree/docs\n").unwrap();
    let line =
        ["mkisofs", "-R", "-graft-points", "-path-list", "list", "-m", "tree/docs/deep", "-o", "out.iso"];
    succeed("grafts", &fsimage(folder, &line));
    let listing = succeed("ls", &fsimage(folder, &["manifest", "out.iso"]));
    assert!(listing.contains("/a=b/user-data") && listing.contains("/new/dir/a rather long"), "{listing}");
    assert!(!listing.contains("/new/dir/deep"), "{listing}");
    let size = succeed("size", &fsimage(folder, &["mkisofs", "-R", "-print-size", "tree"]));
    let image = fsimage(folder, &["mkisofs", "-R", "tree"]);
    assert_eq!(image.stdout.len() as u64, size.trim().parse::<u64>().unwrap() * 2048);
}

/// What xorriso only takes for compatibility changes nothing, and is told.
#[test]
fn what_xorriso_takes_no_notice_of_changes_nothing() {
    let Some([xorriso, isoinfo]) = peers::require_all(["xorriso", "isoinfo"]) else { return };
    let scene = scene();
    let folder = scene.path();
    fs::write(folder.join("tree/notes~"), "a backup").unwrap();
    for options in ["-sort sortfile", "-T", "-translation-table", "-table-name NAMES", "-no-bak"] {
        let line = format!("-as mkisofs -r -J {options} -o out.iso tree");
        let line: Vec<&str> = line.split(' ').collect();
        let option = line[4];
        let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
        let [(theirs, noted), (ours, told)] = [xorriso.path(), ours].map(|program| {
            let output = run(program, folder, &line);
            succeed(option, &output);
            let shown = run(isoinfo.path(), folder, &["-f", "-R", "-i", "out.iso"]);
            let shown = succeed("isoinfo", &shown).lines().map(str::to_owned).collect::<BTreeSet<_>>();
            fs::remove_file(folder.join("out.iso")).unwrap();
            (shown, String::from_utf8_lossy(&output.stderr).into_owned())
        });
        assert_eq!(ours, theirs, "{option}");
        assert!(noted.contains(&format!("Ignored option '{option}'")), "{noted}");
        assert!(told.contains(&format!("{option}: xorriso takes no notice of it")), "{told}");
    }
}

/// genisoimage has tables where something is that a source brings, and none where directories alone are that it makes for
/// the places of sources.
#[test]
fn tables_are_where_genisoimage_has_them() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let scene = scene();
    let folder = scene.path();
    fs::create_dir_all(folder.join("over/docs/deep")).unwrap();
    fs::create_dir_all(folder.join("bare/empty")).unwrap();
    for sources in [
        "tree",
        "new/deep/x=empty made/in=tree/docs",
        "new/deep/x=empty tree/docs",
        "docs/deep/x=empty docs/y=empty tree",
        "tree docs/deep/x=empty docs/new/y=empty",
        "docs/made/in=tree/EFI over",
        "q=bare",
        "bare empty/a/b/c=tree/docs",
        "a//b/=empty a/c/d/=tree/docs",
        "-b images/eltorito.img -no-emul-boot images=tree/images",
        "-b images/eltorito.img -no-emul-boot -c made/boot.cat made/in=tree/docs images=tree/images",
        "-hide empty made/in/empty=empty",
        "-hide empty made/in/empty=empty made/in/other=empty",
        "-hide readme boot1",
        "-hide-joliet empty made/in/empty=empty",
    ] {
        let shown = |program: &Path, first: &[&str]| {
            let line =
                ["-quiet", "-R", "-J", "-T", "-new-dir-mode", "0700", "-graft-points", "-o", "out.iso"];
            let sources = sources.split(' ').collect::<Vec<_>>();
            succeed(sources[0], &run(program, folder, &[first, &line, &sources].concat()));
            ["-R", "-J"].map(|names| {
                let shown = run(isoinfo.path(), folder, &["-f", names, "-i", "out.iso"]);
                succeed("isoinfo", &shown).lines().map(str::to_owned).collect::<BTreeSet<_>>()
            })
        };
        let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
        assert_eq!(shown(ours, &["mkisofs"]), shown(genisoimage.path(), &[]), "{sources}");
    }
}

/// An empty directory that a source brings is none of the new ones, though a place of another source goes on in it. xorriso
/// has no such option.
#[test]
fn new_directories_are_those_that_no_source_brings() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("bare/empty")).unwrap();
    fs::create_dir(folder.join("docs")).unwrap();
    fs::write(folder.join("docs/readme"), "read me").unwrap();
    let modes = |program: &Path, first: &[&str]| {
        let line = ["-quiet", "-R", "-new-dir-mode", "0700", "-graft-points", "-o", "a.iso"];
        let sources = ["bare", "empty/a/b/c=docs", "new/d=docs/readme"];
        succeed("mkisofs", &run(program, folder, &[first, &line, &sources].concat()));
        let listing = succeed("isoinfo", &run(isoinfo.path(), folder, &["-R", "-l", "-i", "a.iso"]));
        let directories = listing.lines().filter(|line| line.starts_with('d'));
        let named = directories
            .map(|line| (line[..10].to_owned(), line.trim_end().rsplit(' ').next().unwrap().to_owned()));
        named.filter(|(_, name)| !name.starts_with('.')).collect::<BTreeSet<_>>()
    };
    let theirs = modes(genisoimage.path(), &[]);
    assert_eq!(modes(Path::new(env!("CARGO_BIN_EXE_fsimage")), &["mkisofs"]), theirs);
    let new = theirs.iter().filter(|(mode, _)| mode == "drwx------").map(|(_, name)| &name[..]);
    assert_eq!(new.collect::<Vec<_>>(), ["a", "b", "new"]);
}

/// Backup files in folders are left out, not those that are named.
#[test]
fn backups_are_those_of_genisoimage() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let scene = scene();
    let folder = scene.path();
    for name in
        ["a~", "#b#", "c.bak", "d.BAK", "e.bak.txt", "f#g", ".bak", "bak", "g~/in", "h.bak/in", "docs/.#lock"]
    {
        let path = folder.join("tree").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "content").unwrap();
    }
    std::os::unix::fs::symlink("d.BAK", folder.join("tree/i~")).unwrap();
    for sources in [&["tree"][..], &["tree/c.bak", "tree/g~"]] {
        let arguments =
            [&["-quiet", "-R", "-no-bak", "-check-oldnames", "-force-rr", "-o", "out.iso"], sources].concat();
        let shown = || {
            let shown = run(isoinfo.path(), folder, &["-f", "-R", "-i", "out.iso"]);
            succeed("isoinfo", &shown).lines().map(str::to_owned).collect::<BTreeSet<_>>()
        };
        succeed("genisoimage", &run(genisoimage.path(), folder, &arguments));
        let theirs = shown();
        succeed("fsimage", &fsimage(folder, &[&["mkisofs"], &arguments[..]].concat()));
        assert_eq!(shown(), theirs);
    }
}

/// As genisoimage takes it; without Rock Ridge, files that are compressed are files as others.
#[test]
fn compression_without_rock_ridge_is_told() {
    let Some(genisoimage) = peers::require("genisoimage") else { return };
    let scene = scene();
    for option in ["-z", "-zz"] {
        let line = ["-quiet", option, "-o", "out.iso", "tree"];
        succeed(option, &run(genisoimage.path(), scene.path(), &line));
        let output = fsimage(scene.path(), &[&["mkisofs"], &line[..]].concat());
        succeed(option, &output);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains("-z: without Rock Ridge (-R or -r)"), "{errors}");
    }
    for option in ["-zj", "-zzj", "-zork"] {
        let output = fsimage(scene.path(), &["mkisofs", option, "-o", "none.iso", "tree"]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(&format!("{option}: no option of mkisofs")), "{errors}");
    }
}
