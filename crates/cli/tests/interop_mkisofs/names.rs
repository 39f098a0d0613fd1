//! Names of plain ISO 9660.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use peers::Columns;
use peers::bsdtar::NameSpace;

use crate::scene::{run, succeed};
use crate::sets::Calls;

/// What a reader without extensions sees.
#[test]
fn names_of_plain_iso9660_are_those_of_the_models() {
    let Some([xorriso, genisoimage, isoinfo]) = peers::require_all(["xorriso", "genisoimage", "isoinfo"])
    else {
        return;
    };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("names/Deep/2/3/4/5/6/7/8/9")).unwrap();
    for name in ["lower.txt", ".hidden", "two.dots.txt", "a+b=c~!.txt", "noext", "Deep/2/3/4/5/6/7/8/9/f"] {
        fs::write(folder.join("names").join(name), name).unwrap();
    }
    for name in ["conf.d", "two.dots.d", "directory.extension"] {
        fs::create_dir(folder.join("names").join(name)).unwrap();
    }
    fs::create_dir(folder.join("long")).unwrap();
    fs::write(folder.join("long/a name of more than thirty-one characters, certainly.txt"), "long").unwrap();
    let names = |image: &str| -> BTreeSet<String> {
        let listing = succeed(image, &run(isoinfo.path(), folder, &["-l", "-i", image]));
        let lines = listing.lines().filter_map(|line| line.rsplit_once("] "));
        lines.map(|(_, name)| name.trim().to_owned()).collect()
    };
    let both = "names long";
    let mut wrong = Vec::new();
    for (calls, options, sources) in [
        (Calls::Genisoimage, "-D", both),
        (Calls::Genisoimage, "-D -l", both),
        (Calls::Genisoimage, "-D -iso-level 2", both),
        (Calls::Genisoimage, "-D -iso-level 3", both),
        (Calls::Genisoimage, "-D -N", both),
        (Calls::Genisoimage, "-D -d", both),
        (Calls::Genisoimage, "-D -allow-lowercase", both),
        (Calls::Genisoimage, "-D -l -allow-multidot", both),
        (Calls::Genisoimage, "-D -l -ldots", both),
        (Calls::Genisoimage, "-D -l -relaxed-filenames", both),
        (Calls::Genisoimage, "-D -U", both),
        (Calls::Genisoimage, "-D -max-iso9660-filenames", both),
        (Calls::Genisoimage, "-iso-level 4", "names"),
        (Calls::Xorriso, "-iso-level 1", both),
        (Calls::Xorriso, "-J", both),
        (Calls::Xorriso, "-iso-level 2", both),
        (Calls::Xorriso, "-iso-level 3", both),
        (Calls::Xorriso, "-U", both),
        (Calls::Xorriso, "-D", both),
        (Calls::Xorriso, "-l -N -d", both),
        (Calls::Xorriso, "-max-iso9660-filenames", both),
        (Calls::Xorriso, "-l -disallow_dir_id_ext", both),
        (Calls::Xorriso, "-allow-lowercase -relaxed-filenames", both),
    ] {
        let line = |prefix: &[&str], output: &str| -> Vec<String> {
            let words = format!("{} -quiet {options} -o {output} {sources}", prefix.join(" "));
            words.split_whitespace().map(str::to_owned).collect()
        };
        let call = |program: &Path, line: Vec<String>| {
            succeed(options, &run(program, folder, &line.iter().map(String::as_str).collect::<Vec<_>>()));
        };
        let ours = match calls {
            Calls::Genisoimage => {
                call(genisoimage.path(), line(&[], "theirs.iso"));
                line(&["mkisofs"], "ours.iso")
            }
            Calls::Xorriso => {
                call(xorriso.path(), line(&["-as", "mkisofs"], "theirs.iso"));
                line(&["-as", "mkisofs"], "ours.iso")
            }
        };
        call(Path::new(env!("CARGO_BIN_EXE_fsimage")), ours);
        let (expected, found) = (names("theirs.iso"), names("ours.iso"));
        if expected != found {
            wrong.push(format!("{options}:\n{expected:?}\n{found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where the only boot image gets a boot info table, xorriso has all characters in names, and elsewhere not. A directory's
/// name without a dot is cut as a file's is.
#[test]
fn names_beside_boot_images_and_long_names_of_directories_are_those_of_xorriso() {
    let Some([xorriso, isoinfo]) = peers::require_all(["xorriso", "isoinfo"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    let long = "a_directory_without_any_dot_and_over_thirty_seven_characters";
    for name in [".disk", "Deep.d", "a b.d", long, "with_dots_a_directory.and_an_extension.of_its_own"] {
        fs::create_dir_all(folder.join("tree").join(name)).unwrap();
    }
    for name in [
        "lower.txt",
        ".hidden",
        "two.dots.txt",
        "a b.txt",
        "a+b=c~!.txt",
        "noext",
        "a longer name.text",
        "\u{fc}.txt",
    ] {
        fs::write(folder.join("tree").join(name), name).unwrap();
    }
    for name in ["one.bin", "two.bin"] {
        fs::write(folder.join("tree").join(name), vec![0x90; 20_480]).unwrap();
    }
    let boot = "-b one.bin -c boot.cat -no-emul-boot -boot-info-table";
    let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
    let mut wrong = Vec::new();
    for options in [
        boot.to_owned(),
        format!("{boot} -l"),
        format!("{boot} -iso-level 3 -N -d"),
        format!("{boot} -disallow_dir_id_ext"),
        format!("{boot} -max-iso9660-filenames"),
        format!("{boot} -eltorito-alt-boot"),
        format!("{boot} -eltorito-alt-boot -e two.bin -no-emul-boot"),
        format!("{boot} --efi-boot two.bin"),
        "-b one.bin -no-emul-boot -boot-load-size 4".to_owned(),
        "-b one.bin -no-emul-boot --grub2-boot-info".to_owned(),
        "-e one.bin -no-emul-boot -boot-info-table".to_owned(),
        "--efi-boot one.bin".to_owned(),
        "-l".to_owned(),
        "-iso-level 2".to_owned(),
        "-iso-level 3 -disallow_dir_id_ext".to_owned(),
        "-iso-level 4".to_owned(),
        "-U".to_owned(),
        "-max-iso9660-filenames".to_owned(),
        "-max-iso9660-filenames -disallow_dir_id_ext".to_owned(),
    ] {
        let line = format!("-as mkisofs -quiet -input-charset utf-8 {options} -o out.iso tree");
        let line: Vec<&str> = line.split_whitespace().collect();
        let [expected, found] = [xorriso.path(), ours].map(|program| {
            let _ = fs::remove_file(folder.join("out.iso"));
            succeed(&options, &run(program, folder, &line));
            let listing = succeed("isoinfo", &run(isoinfo.path(), folder, &["-f", "-i", "out.iso"]));
            listing.lines().map(str::to_owned).collect::<BTreeSet<String>>()
        });
        if expected != found {
            let [missing, more] = [expected.difference(&found), found.difference(&expected)]
                .map(|names| names.collect::<Vec<_>>());
            wrong.push(format!("{options}: missing {missing:?}, more {more:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each program has its own rules of dots.
#[test]
fn dots_in_names_of_plain_iso9660_are_those_of_the_models() {
    let Some([xorriso, genisoimage, isoinfo]) = peers::require_all(["xorriso", "genisoimage", "isoinfo"])
    else {
        return;
    };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    for name in [".hd", ".disk", "a.b.d", "dir.", "..yd"] {
        fs::create_dir_all(folder.join("tree").join(name)).unwrap();
    }
    for name in [
        ".dot",
        ".profile",
        "..x",
        "...",
        "trail.",
        "a.b.c",
        "q.w.",
        ".u.v.",
        "noext",
        "lower.txt",
        "LONGLONGLONGNAME.longextension",
    ] {
        fs::write(folder.join("tree").join(name), name).unwrap();
    }
    let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
    let mut wrong = Vec::new();
    for options in [
        "",
        "-l",
        "-iso-level 3",
        "-N",
        "-d",
        "-l -d -N",
        "-U",
        "-U -d",
        "-L",
        "-l -L",
        "-allow-lowercase",
        "-allow-multidot",
        "-l -allow-multidot -L",
        "-relaxed-filenames",
        "-l -relaxed-filenames",
        "-max-iso9660-filenames",
    ] {
        for (theirs, theirs_first, ours_first) in [
            (genisoimage.path(), &[][..], &["mkisofs"][..]),
            (xorriso.path(), &["-as", "mkisofs"], &["-as", "mkisofs"]),
        ] {
            let [expected, found] = [(theirs, theirs_first), (ours, ours_first)].map(|(program, first)| {
                let mut line = first.to_vec();
                line.extend(["-quiet", "-o", "out.iso"].into_iter().chain(options.split_whitespace()));
                line.push("tree");
                succeed(options, &run(program, folder, &line));
                let listing = succeed("isoinfo", &run(isoinfo.path(), folder, &["-f", "-i", "out.iso"]));
                fs::remove_file(folder.join("out.iso")).unwrap();
                listing.lines().map(str::to_owned).collect::<BTreeSet<String>>()
            });
            if expected != found {
                let [missing, more] = [expected.difference(&found), found.difference(&expected)]
                    .map(|names| names.collect::<Vec<_>>());
                wrong.push(format!("{ours_first:?} {options}: missing {missing:?}, more {more:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a name loses that is too long for Joliet.
#[test]
fn long_names_of_joliet_are_those_of_the_models() {
    let Some([xorriso, genisoimage, bsdtar]) = peers::require_all(["xorriso", "genisoimage", "bsdtar"])
    else {
        return;
    };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir(folder.join("tree")).unwrap();
    for units in [60, 61, 62, 63, 64, 99, 100, 101, 102, 103, 104, 150] {
        for (number, extension) in ["", ".t", ".txt", ".longer", ".tar.gz.longextension"].iter().enumerate() {
            // They begin otherwise, so that they stay apart when they are cut.
            let start = format!("{number}.{units}");
            let name = format!("{start}{}{extension}", "n".repeat(units - start.len()));
            fs::write(folder.join("tree").join(&name), &name).unwrap();
            fs::create_dir(folder.join("tree").join(format!("d{name}"))).unwrap();
        }
    }
    for name in [
        format!("one.{}", "e".repeat(130)),
        format!("{}.{}", "half".repeat(8), "e".repeat(70)),
        format!("{}é.text", "ü".repeat(99)),
        format!(".{}", "hidden".repeat(20)),
        format!("{}.", "end".repeat(40)),
    ] {
        fs::write(folder.join("tree").join(&name), &name).unwrap();
    }
    let (one, two): (&[&str], &[&str]) = (&["mkisofs"], &["-as", "mkisofs"]);
    let programs = [(genisoimage.path(), &[][..], one), (xorriso.path(), two, two)];
    let mut wrong = Vec::new();
    for options in ["-J", "-J -joliet-long"] {
        for (program, theirs, ours) in programs {
            let line = |first: &[&'static str], image: &'static str| {
                let options = format!("-quiet -R -input-charset utf-8 {options} -o {image} tree");
                let options: Vec<String> = options.split(' ').map(str::to_owned).collect();
                first.iter().map(|&word| word.to_owned()).chain(options).collect::<Vec<_>>()
            };
            let call = |program: &Path, line: Vec<String>| {
                let line: Vec<&str> = line.iter().map(String::as_str).collect();
                succeed(options, &run(program, folder, &line));
            };
            call(program, line(theirs, "theirs.iso"));
            call(Path::new(env!("CARGO_BIN_EXE_fsimage")), line(ours, "ours.iso"));
            let [expected, found] = ["theirs.iso", "ours.iso"]
                .map(|image| peers::bsdtar::list(&bsdtar, &folder.join(image), NameSpace::Joliet).unwrap());
            assert!(expected.len() > 100);
            let differences = peers::differences(&expected, &found, Columns::CONTENT);
            wrong.extend(differences.into_iter().map(|told| format!("{ours:?} {options}: {told}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Joliet of xorriso is UCS-2 unless it is asked for more.
#[test]
fn characters_beyond_ucs2_are_those_of_xorriso() {
    let Some([xorriso, bsdtar]) = peers::require_all(["xorriso", "bsdtar"]) else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir(folder.join("tree")).unwrap();
    fs::write(folder.join("tree/😀 and more"), "one").unwrap();
    // bsdtar shows bytes that its locale does not have.
    for (options, name) in [("-J", "/_ and more"), ("-J -joliet-utf16", r"/\xf0\x9f\x98\x80 and more")] {
        let line: Vec<&str> = format!("-as mkisofs -quiet {options} -input-charset utf-8 -o out.iso tree")
            .leak()
            .split(' ')
            .collect();
        for program in [xorriso.path(), Path::new(env!("CARGO_BIN_EXE_fsimage"))] {
            succeed(options, &run(program, folder, &line));
            let listing = peers::bsdtar::list(&bsdtar, &folder.join("out.iso"), NameSpace::Joliet).unwrap();
            assert!(listing.contains_key(name), "{options}: {listing:?}");
            fs::remove_file(folder.join("out.iso")).unwrap();
        }
    }
}
