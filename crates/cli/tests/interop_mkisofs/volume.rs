//! What the volume descriptors say.

use std::fs;
use std::path::Path;

use crate::scene::{run, succeed};

/// Two files of a folder.
fn tree() -> tempfile::TempDir {
    let scene = tempfile::tempdir().unwrap();
    fs::create_dir_all(scene.path().join("tree/sub")).unwrap();
    fs::write(scene.path().join("tree/hello.txt"), "hello").unwrap();
    fs::write(scene.path().join("tree/sub/more.txt"), "more").unwrap();
    scene
}

/// Texts of a descriptor up to the files that it names, each without what fills it.
fn texts(image: &Path, sector: usize) -> Vec<Vec<u8>> {
    let bytes = fs::read(image).unwrap();
    let descriptor = &bytes[sector * 2048..][..2048];
    let fields = [8..40, 40..72, 190..318, 318..446, 446..574, 574..702];
    let filled = fields.map(|field| descriptor[field].to_vec());
    let is_filler = |byte: &u8| matches!(byte, 0 | b' ');
    filled
        .map(|text| text[..text.iter().rposition(|byte| !is_filler(byte)).map_or(0, |at| at + 1)].to_vec())
        .into()
}

/// What Joliet has of the texts of a descriptor, if it is one of Joliet: the programs have all characters there.
fn of_joliet(texts: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let is_wide = texts.iter().any(|text| text.first() == Some(&0));
    let character = |byte: u8| if b"*/:;?\\".contains(&byte) { b'_' } else { byte };
    let text =
        |text: Vec<u8>| text.into_iter().map(|byte| if is_wide { character(byte) } else { byte }).collect();
    texts.into_iter().map(text).collect()
}

/// xorriso has a-characters in ISO 9660, in its enhanced tree as well, and genisoimage what it is given; Joliet has all.
#[test]
fn texts_have_the_characters_of_the_programs() {
    let Some([genisoimage, xorriso]) = peers::require_all(["genisoimage", "xorriso"]) else { return };
    let scene = tree();
    let folder = scene.path();
    let all = "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~ abz";
    for [system, set, publisher, preparer, application] in [
        ["lInux", "vOl set", "aBc d-e+@x.y", "pRep <a@b>; https://a.b/c?d=e&f", "aPp 1.0"],
        ["lInux", all, all, all, all],
        ["LINUX", "SET", "_PUB.TXT", "_prep.txt", "A"],
    ] {
        let options = [
            "-quiet",
            "-V",
            "vOl id",
            "-sysid",
            system,
            "-volset",
            set,
            "-publisher",
            publisher,
            "-p",
            preparer,
            "-A",
            application,
            "-J",
            "-iso-level",
            "4",
        ];
        for (program, own, ours) in [
            (genisoimage.path(), &[][..], &["mkisofs"][..]),
            (xorriso.path(), &["-as", "mkisofs"], &["-as", "mkisofs"]),
        ] {
            let made = |program: &Path, first: &[&str], image: &str| {
                let line = [first, &options, &["-o", image, "tree"]].concat();
                let output = run(program, folder, &line);
                succeed(image, &output);
                // Both programs have Joliet in front of the enhanced descriptor, or behind.
                let mut supplementary = [17, 18].map(|sector| texts(&folder.join(image), sector));
                supplementary.sort();
                let told = String::from_utf8_lossy(&output.stderr).into_owned();
                ((texts(&folder.join(image), 16), supplementary), told)
            };
            let (theirs, _) = made(program, own, "theirs.iso");
            let (own, told) = made(env!("CARGO_BIN_EXE_fsimage").as_ref(), ours, "ours.iso");
            let (primary, supplementary) = theirs;
            assert_eq!(own, (primary, supplementary.map(of_joliet)), "{ours:?}");
            let is_told = told.contains("ISO 9660 records it as");
            assert_eq!(is_told, ours.len() == 2 && publisher.contains('@'), "{ours:?} {told}");
        }
    }
}

/// The names of files in a descriptor are recorded in d-characters by xorriso, as they are in its enhanced descriptor and in
/// Joliet, and as they are in all by genisoimage.
#[test]
fn names_of_files_in_descriptors_are_those_of_the_programs() {
    let Some([genisoimage, xorriso]) = peers::require_all(["genisoimage", "xorriso"]) else { return };
    let scene = tree();
    let folder = scene.path();
    let options = [
        "-quiet",
        "-J",
        "-iso-level",
        "4",
        "-copyright",
        "hello.txt",
        "-abstract",
        "A.txt;1",
        "-biblio",
        "b-c.d",
    ];
    for (program, own, ours) in [
        (genisoimage.path(), &[][..], &["mkisofs"][..]),
        (xorriso.path(), &["-as", "mkisofs"], &["-as", "mkisofs"]),
    ] {
        let made = |program: &Path, first: &[&str]| {
            let line = [first, &options, &["-o", "named.iso", "tree"]].concat();
            succeed("named.iso", &run(program, folder, &line));
            let bytes = fs::read(folder.join("named.iso")).unwrap();
            // Both programs have Joliet in front of the enhanced descriptor, or behind.
            let mut descriptors: Vec<_> =
                [16, 17, 18].map(|sector| bytes[sector * 2048..][..2048].to_vec()).into();
            descriptors.sort_by_key(|descriptor| (descriptor[0], descriptor[88] != 0));
            let shown = |descriptor: &Vec<u8>| {
                let character = |byte: &u8| if *byte == 0 { ' ' } else { char::from(*byte) };
                descriptor[702..813].iter().map(character).collect::<String>()
            };
            descriptors.iter().map(shown).collect::<Vec<_>>()
        };
        let (theirs, ours) = (made(program, own), made(env!("CARGO_BIN_EXE_fsimage").as_ref(), ours));
        // Joliet has its own characters here.
        assert_eq!(ours[..2], theirs[..2], "{own:?}");
        assert!(ours[2].replace(' ', "").starts_with("hello.txt"), "{}", ours[2]);
    }
}

/// xorriso writes an image without files if something is said of its volume, and none otherwise, which is an error here.
#[test]
fn without_a_source_the_volume_is_empty_as_in_xorriso() {
    let Some([genisoimage, xorriso, isoinfo]) = peers::require_all(["genisoimage", "xorriso", "isoinfo"])
    else {
        return;
    };
    let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
    let scene = tree();
    let folder = scene.path();
    fs::write(folder.join("none"), "").unwrap();
    let line = |program: &Path, first: &[&str], options: &str| {
        let _ = fs::remove_file(folder.join("a.iso"));
        let options = options.split(' ').collect::<Vec<_>>();
        let output = run(program, folder, &[first, &["-quiet", "-o", "a.iso"], &options].concat());
        (output, folder.join("a.iso").exists())
    };
    let as_xorriso = &["-as", "mkisofs"];
    for options in [
        "-V EMPTY",
        "-volid EMPTY -J -r",
        "-publisher P",
        "-A A",
        "-p P",
        "-sysid S",
        "-volset S",
        "-copyright C",
        "-V EMPTY -path-list none",
        "-V EMPTY -m *.txt",
        "-V EMPTY -J -append_partition 2 0xef tree/hello.txt",
    ] {
        let shown = |program: &Path| {
            let (output, is_there) = line(program, as_xorriso, options);
            succeed(options, &output);
            assert!(is_there, "{options}");
            let of = |arguments: &[&str]| {
                succeed(options, &run(isoinfo.path(), folder, &[arguments, &["-i", "a.iso"]].concat()))
            };
            let described = of(&["-d"]);
            let kept = ["Volume id", "System id", "Publisher", "Application", "Joliet", "Rock Ridge"];
            let described = described.lines().filter(|line| kept.iter().any(|one| line.starts_with(one)));
            (of(&["-f", "-R"]), described.map(str::to_owned).collect::<Vec<_>>())
        };
        assert_eq!(shown(ours), shown(xorriso.path()), "{options}");
    }
    for options in ["-r", "-J -R", "-path-list none", "-append_partition 2 0xef tree/hello.txt"] {
        assert!(!line(xorriso.path(), as_xorriso, options).1, "{options}");
        let (output, is_there) = line(ours, as_xorriso, options);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), is_there), (Some(2), false), "{options}: {errors}");
        assert!(errors.contains("no source is named"), "{options}: {errors}");
    }
    for options in ["-V EMPTY", "-V EMPTY -path-list none"] {
        for (program, first) in [(genisoimage.path(), &[][..]), (ours, &["mkisofs"])] {
            let (output, is_there) = line(program, first, options);
            assert!(!output.status.success() && !is_there, "{options}");
        }
    }
}
