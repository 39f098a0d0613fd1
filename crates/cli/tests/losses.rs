//! What an image or a source loses: told on standard error, in the exit status, and an error with `--strict`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

const SECTOR: usize = 2048;

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Standard error of a command that must end with this status.
    #[track_caller]
    fn told(&self, status: i32, line: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
        command.current_dir(self.0.path()).env("SOURCE_DATE_EPOCH", "1700000000");
        let assert = command.args(line.split(' ')).assert().code(status);
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    }

    fn output(&self, line: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
        command.current_dir(self.0.path()).env("SOURCE_DATE_EPOCH", "1700000000");
        let assert = command.args(line.split(' ')).assert().success();
        String::from_utf8(assert.get_output().stdout.clone()).unwrap()
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.output(&format!("{line} --json"))).unwrap()
    }

    fn listed(&self, image: &str) -> String {
        self.output(&format!("ls -R {image}"))
    }
}

/// Each command says which directory it is, and in which sector records are gone.
#[test]
fn records_that_are_gone_from_a_directory() {
    let folder = Folder::new();
    for number in 0..60 {
        folder.put(&format!("src/dir/name{number:04}"), "content");
    }
    folder.told(0, "build -q -o a.iso src");
    let mut image = fs::read(folder.path("a.iso")).unwrap();
    // The name in Rock Ridge stands in its own entry behind that of ISO 9660.
    let place = image.windows(8).position(|bytes| bytes == b"name0020").unwrap() + 8;
    image[place..place + 300].fill(0);
    fs::write(folder.path("a.iso"), &image).unwrap();
    let place = format!("sector {},", place / SECTOR);
    let commands = [
        (1, "ls -R a.iso"),
        (1, "manifest a.iso"),
        (1, "extract a.iso -C out"),
        (1, "remaster a.iso -o b.iso"),
        (1, "copy a.iso -o c.iso"),
        (2, "remaster a.iso -o b.iso --strict"),
        (2, "append a.iso --strict new=src/dir/name0001"),
        (1, "append a.iso new=src/dir/name0001"),
    ];
    for (status, line) in commands {
        let told = folder.told(status, line);
        assert!(told.contains("/dir") && told.contains(&place), "{line}: {told}");
    }
    fs::write(folder.path("a.iso"), &image).unwrap();
    folder.told(1, "verify a.iso");
}

/// A time that no record can hold: what it was, and what it is on the disc.
#[test]
fn times_of_other_centuries() {
    let folder = Folder::new();
    folder.put("src/far", "content");
    let far = std::time::UNIX_EPOCH + std::time::Duration::from_secs(7_258_118_400);
    fs::File::options().write(true).open(folder.path("src/far")).unwrap().set_modified(far).unwrap();
    // No time is later than SOURCE_DATE_EPOCH, where that is set.
    let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
    command.current_dir(folder.0.path()).env_remove("SOURCE_DATE_EPOCH");
    let planned = command.args(["plan", "--fs", "iso9660,rock-ridge", "src", "--json"]).assert().success();
    let plan: Value = serde_json::from_slice(&planned.get_output().stdout).unwrap();
    let notice = &plan["notices"][0];
    assert_eq!((&notice["kind"], &notice["path"]), (&Value::from("time-clamped"), &Value::from("/far")));
    assert_eq!(
        (&notice["from"], &notice["to"]),
        (&Value::from("2200-01-01 00:00:00"), &Value::from("2155-12-31 23:59:59"))
    );
}

/// Dates that no calendar has: a finding of the check, and an error where nothing may be lost.
#[test]
fn impossible_dates() {
    let folder = Folder::new();
    folder.put("src/dir/file", "content");
    folder.told(0, "build -q -o a.iso --fs iso9660,rock-ridge src");
    let mut image = fs::read(folder.path("a.iso")).unwrap();
    let name = image.windows(7).position(|bytes| bytes == b"FILE.;1").unwrap();
    let stamp = name + image[name..].windows(2).position(|bytes| bytes == b"TF").unwrap() + 5;
    image[stamp + 1] = 13;
    fs::write(folder.path("a.iso"), &image).unwrap();
    let found = folder.json("verify a.iso");
    assert_eq!(found["findings"][0]["path"], "/dir/file");
    assert_eq!(found["findings"][0]["clause"], "RRIP 4.1.6");
    for line in ["remaster a.iso -o b.iso --strict", "append a.iso --strict new=src/dir/file"] {
        let told = folder.told(2, line);
        assert!(told.contains("/dir/file") && told.contains("RRIP 4.1.6"), "{line}: {told}");
    }
    assert!(folder.told(0, "remaster a.iso -o b.iso").contains("/dir/file: a time that Rock Ridge has"));
    folder.told(0, "verify b.iso");
}

/// A link that is a source itself is followed, with a slash behind it or without; genisoimage, tar and rsync want the
/// slash, but nobody names a link to have an image with nothing but that. A link in a folder stays one. One that leads
/// nowhere is an error of the source.
#[cfg(unix)]
#[test]
fn a_link_that_is_named_as_a_source_is_followed() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    folder.put("real/file", "content");
    symlink("file", folder.path("real/inner")).unwrap();
    symlink("real", folder.path("link")).unwrap();
    symlink("real/file", folder.path("one")).unwrap();
    symlink("nowhere", folder.path("dangling")).unwrap();
    let listed = |sources: &str| {
        folder.told(0, &format!("build -q -o a.iso {sources}"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
        let output = command.current_dir(folder.0.path()).args(["ls", "-lR", "a.iso"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let item = |line: &str| format!("{} {}", &line[..1], &line[line.find('/').unwrap()..]);
        text.lines().map(item).collect::<Vec<_>>().join(", ")
    };
    for source in ["link", "link/", "real"] {
        assert_eq!(listed(source), "- /file, l /inner -> file", "{source}");
    }
    assert_eq!(listed("one in/=one as=one"), "- /as, d /in, - /in/one, - /one");
    assert_eq!(listed("below=link"), "d /below, - /below/file, l /below/inner -> file");
    let told = folder.told(3, "build -o b.iso dangling");
    assert!(told.contains("dangling"), "{told}");
}

/// Texts that change are no items that are renamed; files that they name have to be in the root.
#[test]
fn texts_of_the_volume_are_counted_and_their_files_looked_for() {
    let folder = Folder::new();
    folder.put("src/copying.txt", "do");
    folder.put("src/dir/below.txt", "no");
    let long = format!("build -o a.iso src --volume {}", "n".repeat(40));
    let told = folder.told(0, &long);
    assert!(told.contains("2 changed in texts of the volume") && !told.contains("renamed"), "{told}");
    let planned = folder.json(&long.replace("build -o a.iso", "plan"));
    let notice = &planned["notices"][0];
    let said =
        ["kind", "text", "from", "to"].map(|field| notice[field].as_str().unwrap_or_default().to_owned());
    assert_eq!(said, ["text-changed", "volume name", &"n".repeat(40), &"N".repeat(32)]);
    for (option, is_there) in [
        ("--copyright-file copying.txt", true),
        ("--copyright-file COPYING.TXT", true),
        ("--copyright-file copy.txt", false),
        ("--abstract-file below.txt", false),
        ("--bibliographic-file dir", false),
        ("--publisher _COPYING.TXT", true),
        ("--publisher _NOBODY.TXT", false),
        ("--publisher NOBODY.TXT", true),
    ] {
        let told = folder.told(0, &format!("build -o a.iso src {option}"));
        assert_eq!(!told.contains("there is no file of that name in the root"), is_there, "{option}: {told}");
        let status = if is_there { 0 } else { 2 };
        folder.told(status, &format!("build -o a.iso src --strict {option}"));
    }
    let told = folder.told(0, "mkisofs -quiet -o a.iso -copyright copy.txt src");
    assert!(told.contains("copyright file \"copy.txt\""), "{told}");
}

/// Fields that UDF has as well are filled there, and their files are looked for in the root that it shows.
#[test]
fn texts_of_the_volume_are_in_udf_as_well() {
    let folder = Folder::new();
    folder.put("src/COPYING.TXT", "do");
    folder.put("src/abstract.txt", "what");
    let application = |image: &str| {
        let info = folder.output(&format!("info {image}"));
        let lines = info.lines().skip_while(|line| !line.contains("descriptors of UDF"));
        let line = lines.map(str::trim_start).find(|line| line.starts_with("application"));
        line.unwrap().split_whitespace().nth(1).unwrap().to_owned()
    };
    for file_systems in ["udf", "iso9660,udf", "iso9660,rock-ridge,joliet,udf"] {
        let build = format!("build -q --fs {file_systems} -o a.iso --strict src");
        assert_eq!(folder.told(0, &build), "");
        assert_eq!(application("a.iso"), "*fsimage");
        assert_eq!(folder.told(0, &format!("{build} --application App-1.0")), "", "{file_systems}");
        assert_eq!(application("a.iso"), "*App-1.0", "{file_systems}");
        folder.told(0, "remaster -q --strict -o b.iso a.iso");
        assert_eq!(application("b.iso"), "*App-1.0", "{file_systems}");
        folder.told(0, "remaster -o b.iso a.iso --application Other");
        assert_eq!(application("b.iso"), "*Other", "{file_systems}");
        folder.told(0, &format!("{build} --application App-1.0 --field udf:application=*Own"));
        assert_eq!(application("a.iso"), "*Own");
        // The mark and 22 characters.
        let long = format!("--application {}", "n".repeat(23));
        assert!(folder.told(2, &format!("{build} {long}")).contains("UDF records it"), "{file_systems}");
        folder.told(0, &format!("{build} --copyright-file COPYING.TXT --abstract-file abstract.txt"));
        let told = folder.told(2, &format!("{build} --copyright-file COPIES.TXT"));
        assert!(told.contains("there is no file of that name in the root"), "{told}");
    }
    // UDF has no such mark: it is a text.
    folder.told(0, "build --fs udf -o a.iso --strict src --application _NOBODY.TXT");
    assert_eq!(application("a.iso"), "*_NOBODY.TXT");
}

/// What several hierarchies have that were not imported is told once.
#[test]
fn what_several_other_hierarchies_have_is_told_once() {
    let folder = Folder::new();
    folder.put("src/a.txt", "a");
    folder.put("src/b.txt", "b");
    folder.told(0, "build -q -o a.iso --fs iso9660,rock-ridge,joliet,udf --hide iso9660=b.txt src");
    let told = folder.told(0, "remaster -q -o b.iso a.iso");
    let lines: Vec<&str> = told.lines().filter(|line| line.contains("/b.txt")).collect();
    let [line] = lines[..] else { panic!("{told}") };
    assert!(line.contains("only Joliet and UDF have it"), "{line}");
}

/// What readers do not follow is not written, and is not said to be gone.
#[test]
fn directories_of_too_many_levels_are_refused() {
    let folder = Folder::new();
    let deep = |levels: usize| {
        let path = format!("{}f", "d/".repeat(levels));
        folder.put("file", "content");
        format!("build -q -o a.iso {path}=file --fs")
    };
    for file_systems in ["iso9660,rock-ridge", "udf", "iso9660,rock-ridge,joliet"] {
        folder.told(0, &format!("{} {file_systems}", deep(1_023)));
        let listed = folder.listed("a.iso");
        assert!(listed.contains("d/f"), "{file_systems}");
        folder.told(0, "verify --structure a.iso");
        folder.told(0, "remaster -q -o b.iso a.iso");
        let told = folder.told(2, &format!("{} {file_systems}", deep(1_024)));
        assert!(told.contains("1025 levels") && told.contains("1,024"), "{file_systems}: {told}");
    }
}

/// Messages name the file system, the option and the word that they are about.
#[test]
fn messages_name_what_is_wrong() {
    let folder = Folder::new();
    folder.put("src/boot.img", [7; 2048]);
    let told = folder.told(0, "build -o a.iso src --field joliet:copyright-file=nope");
    assert!(told.contains("copyright file \"nope\" of Joliet: there is no file"), "{told}");
    let early = "2001-01-01T00:00:00Z";
    let late = "2010-01-01T00:00:00Z";
    for (option, said) in [
        (
            "--boot-image boot.img,bogus".to_owned(),
            "\"bogus\" is no option of a boot image; there are platform=",
        ),
        (
            "--boot bios=boot.img,boot-info-table".to_owned(),
            "\"boot-info-table\" is an option of --boot-image, not of --boot",
        ),
        ("--boot-image nix,bogus".to_owned(), "it is not in the image"),
        ("--field joliet:system=A --field joliet:system=B".to_owned(), "a field of Joliet is given twice"),
        (
            format!("--field joliet:volume-expires={early} --field joliet:volume-effective={late}"),
            "in Joliet, the volume's expiration lies before its effective date",
        ),
        (
            format!("--volume-effective {late} --field iso9660:volume-expires={early}"),
            "in ISO 9660, the volume's expiration lies before",
        ),
        (
            format!("--volume-created {late} --field joliet:volume-modified={early}"),
            "in Joliet, the volume's modification lies before its creation",
        ),
    ] {
        let told = folder.told(2, &format!("build -o a.iso src {option}"));
        assert!(told.contains(said), "{option}: {told}");
    }
    let right = format!("--field joliet:volume-effective={early} --field iso9660:volume-effective={late}");
    folder.told(0, &format!("build -o a.iso src {right} --field joliet:volume-expires={late}"));
    folder.put("x.cue", "garbage");
    let told = folder.told(4, "ls x.cue");
    assert!(told.contains("cannot open x.cue: cue sheet: there is no track in it"), "{told}");
}

/// What a run leaves behind that is killed is no source.
#[test]
fn an_image_that_was_never_finished_is_left_out() {
    let folder = Folder::new();
    folder.put("src/.fsimage-aB3dEf.part", "half an image");
    folder.put("src/other.part", "a part");
    let told = folder.told(0, "build -o a.iso src");
    assert!(told.contains("left out: ") && told.contains(".fsimage-aB3dEf.part"), "{told}");
    assert_eq!(folder.listed("a.iso"), "/other.part\n");
}

/// Where the data of the file that has this content lie: of its records, the first sector.
fn set_extent(image: &mut [u8], from: u32, to: u32) {
    let both = |sector: u32| [sector.to_le_bytes(), sector.to_be_bytes()].concat();
    let mut at = 0;
    while let Some(found) = image[at..].windows(8).position(|bytes| bytes == both(from)) {
        at += found + 8;
        image[at - 8..at].copy_from_slice(&both(to));
    }
}

/// The sector that a content begins in.
fn sector_of(image: &[u8], content: &[u8]) -> u32 {
    let sectors = image.chunks(SECTOR);
    u32::try_from(sectors.enumerate().find(|(_, sector)| sector.starts_with(content)).unwrap().0).unwrap()
}

/// The other files are extracted, and the status says that not all is there.
#[test]
fn a_file_beyond_the_end_of_the_image() {
    let folder = Folder::new();
    for name in ["a", "dir/b", "dir/c", "z"] {
        folder.put(&format!("src/{name}"), format!("content of {name}"));
    }
    folder.told(0, "build -q -o a.iso src");
    let mut image = fs::read(folder.path("a.iso")).unwrap();
    let lost = sector_of(&image, b"content of dir/b");
    set_extent(&mut image, lost, 900_000);
    fs::write(folder.path("a.iso"), &image).unwrap();
    let told = folder.told(1, "extract a.iso -C out");
    let place = Path::new("dir").join("b");
    assert!(
        told.contains(&format!("{}: not extracted: ", place.display())) && told.contains("900000"),
        "{told}"
    );
    for name in ["a", "dir/c", "z"] {
        assert_eq!(fs::read_to_string(folder.path("out").join(name)).unwrap(), format!("content of {name}"));
    }
    assert!(!folder.path("out/dir/b").exists());
    folder.told(4, "extract a.iso -C more dir/b");
    for options in ["-R a.iso", "-lR a.iso --json", "a.iso dir/b"] {
        let told = folder.told(1, &format!("ls {options}"));
        assert!(told.contains("dir/b: its data at sector 900000 pass the end of the image"), "{told}");
    }
    folder.told(0, "ls a.iso dir/c");
    fs::copy(folder.path("a.iso"), folder.path("e.iso")).unwrap();
    for line in [
        "remaster a.iso -o b.iso",
        "remaster a.iso -o b.iso --json",
        "copy a.iso -o c.iso",
        "copy a.iso -o d.iso --sessions",
        "plan --onto a.iso src/z",
        "plan --onto a.iso src/z --json",
        "project export --onto a.iso -o project new=src/z",
        "update e.iso src",
        "append a.iso new=src/z",
    ] {
        let told = folder.told(1, line);
        assert!(line.ends_with("json") || told.contains("/dir/b: left out: its data"), "{line}: {told}");
    }
    for image in ["b.iso", "c.iso", "d.iso"] {
        assert_eq!(folder.listed(image), "/a\n/dir\n/dir/c\n/z\n", "{image}");
    }
}

/// The same on a medium, of which a further session is made.
#[test]
fn a_file_that_is_not_in_the_medium() {
    let folder = Folder::new();
    for name in ["a", "dir/b"] {
        folder.put(&format!("src/{name}"), format!("content of {name}"));
    }
    folder.told(0, "burn -q --drive sim:dvd+r:a.disc src");
    let mut disc = fs::read(folder.path("a.disc")).unwrap();
    let lost = sector_of(&disc, b"content of dir/b");
    set_extent(&mut disc, lost, 900_000);
    fs::write(folder.path("a.disc"), &disc).unwrap();
    for line in ["plan --onto sim:a.disc new=src/a", "burn --drive sim:a.disc new=src/a"] {
        let told = folder.told(1, line);
        assert!(told.contains("/dir/b: left out: its data"), "{line}: {told}");
    }
    assert_eq!(folder.listed("sim:a.disc"), "/a\n/dir\n/new\n");
}

/// What is said of a directory is said of what is in it: a new item in one that was shown until now is not told as one
/// that is hidden for where it is.
#[test]
fn what_is_hidden_with_its_directory() {
    let folder = Folder::new();
    folder.put("src/docs/old", "old");
    folder.put("new", "new");
    for (built, appended, is_told) in [("--hide joliet=docs ", "", true), ("", "--hide joliet=docs ", false)]
    {
        folder.told(0, &format!("build -q -o a.iso {built}src"));
        let told = folder.told(0, &format!("append a.iso {appended}docs/new=new"));
        assert_eq!(told.contains("1 left out of a file system"), is_told, "{told}");
        assert_eq!(folder.listed("--fs joliet a.iso"), "");
        assert_eq!(folder.listed("a.iso"), "/docs\n/docs/new\n/docs/old\n");
    }
}

/// A directory that leads back to one that it lies in is told as that.
#[test]
fn a_loop_of_directories_is_a_finding() {
    let folder = Folder::new();
    folder.put("src/outer/inner/file", "content");
    folder.told(0, "build -q -o a.iso --fs iso9660 src");
    let mut image = fs::read(folder.path("a.iso")).unwrap();
    // The record of a directory behind its length, of which the name is known.
    let extent_of = |image: &[u8], name: &[u8]| {
        let name = [&[name.len() as u8], name].concat();
        let record = |at: &usize| image[*at + 25] & 2 != 0 && image[*at + 32..].starts_with(&name);
        let at = (16 * SECTOR..image.len() - 64).find(record).unwrap();
        (at + 2, image[at + 2..at + 10].to_vec())
    };
    let (_, outer) = extent_of(&image, b"OUTER");
    let (at, _) = extent_of(&image, b"INNER");
    image[at..at + 8].copy_from_slice(&outer);
    fs::write(folder.path("a.iso"), &image).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
    let output = command.current_dir(folder.0.path()).args(["verify", "a.iso"]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    let sector = u32::from_le_bytes(outer[..4].try_into().unwrap());
    let finding =
        format!("a loop of directories: one below the directory at block {sector} leads back to it");
    assert!(told.contains(&finding), "{told}");
}

/// The exit status says whose fault it is: the image's, or that of a request that cannot be.
#[test]
fn what_nothing_can_be_appended_to() {
    let folder = Folder::new();
    folder.put("src/file", "content");
    folder.told(0, "build -q -o a.iso src");
    let image = fs::read(folder.path("a.iso")).unwrap();
    fs::write(folder.path("cut.iso"), &image[..image.len() - 2 * SECTOR]).unwrap();
    let told = folder.told(4, "append cut.iso new=src/file");
    assert!(told.contains("cut.iso") && told.contains("cut short"), "{told}");
    let mut raw = Vec::new();
    for (sector, number) in image.chunks_exact(SECTOR).zip(150u32..) {
        let bcd = |value: u32| (value / 10 * 16 + value % 10) as u8;
        raw.extend([0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0]);
        raw.extend([bcd(number / 4500), bcd(number / 75 % 60), bcd(number % 75), 1]);
        raw.extend(sector);
        raw.extend([0; 288]);
    }
    fs::write(folder.path("raw.bin"), raw).unwrap();
    let told = folder.told(2, "append raw.bin new=src/file");
    assert!(told.contains("raw.bin is not an image of sectors one behind another"), "{told}");
}

/// Options of mkisofs that there is nothing for are named, and a tree that is too deep has the options that help.
#[test]
fn mkisofs_names_the_options_it_has_no_use_for() {
    let folder = Folder::new();
    folder.put("src/1/2/3/4/5/6/7/8/file", "content");
    folder.put("flat/file", "content");
    let told = folder.told(2, "mkisofs -quiet -o a.iso src");
    assert!(told.contains("-D ") && told.contains("-R "), "{told}");
    for (options, named) in [
        ("-rr_reloc_dir here", true),
        ("-R -rr_reloc_dir here -D", true),
        ("-R -rr_reloc_dir here", false),
        ("-appended_part_as_gpt", true),
        ("-appended_part_as_gpt -append_partition 2 0xef flat/file", false),
        ("-eltorito-alt-boot", true),
        ("-b file -no-emul-boot -eltorito-alt-boot", true),
        ("-b file -no-emul-boot -eltorito-alt-boot -e file -no-emul-boot", false),
    ] {
        let told = folder.told(0, &format!("mkisofs -quiet -o a.iso {options} flat"));
        let option = options
            .split(' ')
            .find(|one| ["-rr_reloc_dir", "-appended_part_as_gpt", "-eltorito-alt-boot"].contains(one));
        assert_eq!(told.contains(&format!("{}: ", option.unwrap())), named, "{options}: {told}");
    }
}

/// Lists of digests that the sources bring along are of another disc, unless they are left out.
#[test]
fn mkisofs_tells_of_digests_of_another_disc() {
    let folder = Folder::new();
    folder.put("src/file", "content");
    folder.put("src/.digests/files.sha256", "");
    let told = folder.told(0, "mkisofs -quiet -R -o a.iso src");
    assert!(told.contains("the folder .digests of the sources tells of another disc"), "{told}");
    let told = folder.told(0, "mkisofs -quiet -R -m .digests -o a.iso src");
    assert!(!told.contains(".digests"), "{told}");
}

/// Of a foreign catalog, too, the bytes are shown by which a BIOS chooses.
#[test]
fn selection_criteria_and_texts_of_sections_are_shown() {
    let folder = Folder::new();
    folder.put("src/one", vec![1; 2048]);
    folder.put("src/two", vec![2; 2048]);
    let line = "mkisofs -quiet -o a.iso -b one -no-emul-boot -eltorito-alt-boot -b two -no-emul-boot -eltorito-id other \
                -eltorito-selcrit 01c0ffee src";
    folder.told(0, line);
    let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
    let output = command.current_dir(folder.0.path()).args(["info", "a.iso"]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("section \"other\", selection criteria of type 1: 0xc0ffee"), "{told}");
    let described = folder.json("info a.iso");
    let image = &described["sessions"][0]["boot_catalog"]["images"][1];
    assert_eq!((&image["selection"], &image["selection_criteria"]), (&1.into(), &"c0ffee".into()));
}

/// The initial entry is in no section.
#[test]
fn a_section_that_ends_with_the_first_boot_image_is_told() {
    let folder = Folder::new();
    folder.put("src/one", vec![1; 2048]);
    folder.put("src/two", vec![2; 2048]);
    let line = "mkisofs -quiet -R -o a.iso -b one -no-emul-boot -eltorito-alt-boot -b two -no-emul-boot -eltorito-id other \
                -eltorito-selcrit 01c0ffee src";
    folder.told(0, line);
    let told = folder.told(0, "remaster a.iso --remove one --imported-boot lossy -o b.iso");
    assert!(
        told.contains("becomes the initial entry, which does not have the text \"other\" of its section"),
        "{told}"
    );
    let image = &folder.json("info b.iso")["sessions"][0]["boot_catalog"]["images"][0];
    assert_eq!((&image["selection"], &image["selection_criteria"]), (&1.into(), &"c0ffee".into()));
}

#[test]
fn one_path_is_moved_to_one_place() {
    let folder = Folder::new();
    folder.put("src/a", "content");
    folder.told(0, "build -q -o a.iso src");
    let told = folder.told(2, "remaster a.iso --move a=b --move /a=c -o b.iso");
    assert!(told.contains("--move: a=b and /a=c move the same"), "{told}");
    assert!(!folder.path("b.iso").exists());
}

#[test]
fn an_offset_from_utc_that_there_is_not() {
    let folder = Folder::new();
    folder.put("src/file", "content");
    let told = folder.told(2, "build -o a.iso src --volume-effective 2026-01-31T12:00:00+25:00");
    assert!(told.contains("no offset from UTC"), "{told}");
    folder.told(0, "build -q -o a.iso src --volume-effective 2026-01-31T12:00:00+05:45");
}

/// Holes are left out where that is asked for by name, and nobody is left in doubt of who reads it.
#[cfg(target_os = "linux")]
#[test]
fn sparse_files_are_stored_without_their_holes_on_request() {
    let folder = Folder::new();
    folder.put("src/plain", "content");
    let sparse = fs::File::create(folder.path("src/sparse")).unwrap();
    sparse.set_len(60 << 20).unwrap();
    let told = folder.told(0, "build -o a.iso src --fs rock-ridge --sparse-files sf");
    assert!(told.contains("1 file stored without holes, 60.00 MiB as "), "{told}");
    assert!(fs::metadata(folder.path("a.iso")).unwrap().len() < 4 << 20);
    assert!(folder.output("ls -l a.iso /sparse").contains("62914560"));
    folder.told(0, "extract a.iso -C out");
    assert_eq!(fs::metadata(folder.path("out/sparse")).unwrap().len(), 60 << 20);
    let told = folder.told(2, "build -o b.iso src --fs iso9660 --sparse-files sf");
    assert!(told.contains("add rock-ridge to --fs"), "{told}");
}
