//! `fsimage update` as its users see it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use assert_cmd::Command;
use serde_json::Value;

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
    command.current_dir(folder).env_remove("SOURCE_DATE_EPOCH").args(arguments);
    command
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = command(folder, arguments).assert().success().get_output().clone();
    String::from_utf8(output.stdout).unwrap()
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&run(folder, arguments)).unwrap()
}

fn sources(folder: &Path) {
    for (name, content) in
        [("docs/a.txt", "first"), ("docs/b.txt", "second"), ("docs/c/d.txt", "third"), ("docs/skip.tmp", "x")]
    {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

fn change(folder: &Path) {
    fs::write(folder.join("docs/a.txt"), "first, longer").unwrap();
    fs::rename(folder.join("docs/b.txt"), folder.join("docs/c/b.txt")).unwrap();
    fs::remove_file(folder.join("docs/c/d.txt")).unwrap();
    fs::write(folder.join("docs/new.txt"), "new").unwrap();
}

const UPDATE: [&str; 4] = ["update", "image.iso", "docs", "--exclude=*.tmp"];

#[test]
fn an_image_file() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    sources(folder);
    run(folder, &["build", "-o", "image.iso", "docs", "--exclude", "*.tmp"]);
    let same = json(folder, &[&UPDATE[..], &["--json"]].concat());
    assert_eq!((&same["written"], &same["difference"]["added"]), (&false.into(), &0.into()));
    let before = fs::read(folder.join("image.iso")).unwrap();
    let told = command(folder, &UPDATE).assert().success().get_output().clone();
    assert!(String::from_utf8(told.stderr).unwrap().contains("nothing differs, and nothing was written"));

    change(folder);
    let listed = run(folder, &[&UPDATE[..], &["--dry-run"]].concat());
    for line in
        ["added      /new.txt", "changed    /a.txt", "renamed    /b.txt -> /c/b.txt", "removed    /c/d.txt"]
    {
        assert!(listed.lines().any(|listed| listed == line), "{line}: {listed}");
    }
    let dry = json(folder, &[&UPDATE[..], &["--dry-run", "--json"]].concat());
    assert_eq!(fs::read(folder.join("image.iso")).unwrap(), before);
    let renamed = dry["changes"].as_array().unwrap().iter().find(|one| one["change"] == "renamed").unwrap();
    assert_eq!((&renamed["from"], &renamed["bytes"]), (&"/b.txt".into(), &0.into()));

    let done = json(folder, &[&UPDATE[..], &["--json"]].concat());
    assert_eq!(done["difference"], dry["difference"]);
    assert_eq!((&done["imported_session"], &done["difference"]["new_bytes"]), (&1.into(), &16.into()));
    assert_eq!(run(folder, &["ls", "-R", "image.iso"]), "/a.txt\n/c\n/c/b.txt\n/new.txt\n");
    assert_eq!(run(folder, &["cat", "image.iso", "/c/b.txt"]), "second");
    assert_eq!(run(folder, &["cat", "--session", "1", "image.iso", "/c/d.txt"]), "third");
    assert_eq!(json(folder, &[&UPDATE[..], &["--json"]].concat())["written"], false);
}

/// Readers show the newest session: where the sources are what an older one has, a session is written all the same.
#[test]
fn nothing_differs_from_an_older_session() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    sources(folder);
    let on_medium = ["update", "--drive", "sim:disc", "docs", "--exclude=*.tmp"];
    run(folder, &["build", "-o", "image.iso", "docs", "--exclude", "*.tmp"]);
    run(folder, &["burn", "--drive", "sim:dvd+r:disc", "docs", "--exclude", "*.tmp"]);
    run(folder, &["append", "image.iso", "new.txt=docs/skip.tmp"]);
    run(folder, &["burn", "--drive", "sim:disc", "new.txt=docs/skip.tmp"]);
    for (update, target) in [(&UPDATE[..], "image.iso"), (&on_medium, "sim:disc")] {
        let older = [update, &["--session", "1"]].concat();
        let dry = json(folder, &[&older[..], &["--dry-run", "--json"]].concat());
        assert_eq!((&dry["written"], &dry["would_write"]), (&false.into(), &true.into()));
        let told =
            command(folder, &[&older[..], &["--dry-run"]].concat()).assert().success().get_output().clone();
        let told = String::from_utf8(told.stderr).unwrap();
        assert!(told.contains("nothing differs from session 1, which is not the newest"), "{told}");
        assert!(run(folder, &["ls", target]).contains("new.txt"));
        assert_eq!(json(folder, &[&older[..], &["--json"]].concat())["written"], true);
        assert_eq!(run(folder, &["ls", "-R", target]), "/a.txt\n/b.txt\n/c\n/c/d.txt\n");
        let newest = [update, &["--session", "3"]].concat();
        assert_eq!(json(folder, &[&newest[..], &["--json"]].concat())["written"], false);
        let dry = json(folder, &[update, &["--dry-run", "--json"]].concat());
        assert_eq!(dry["would_write"], false);
    }
}

/// A time that the image has the nearest of is not another one each time.
#[test]
fn times_that_no_file_system_holds_come_to_rest() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    sources(folder);
    let year_2300 = SystemTime::UNIX_EPOCH + Duration::from_secs(10_413_792_000);
    let file = fs::File::options().write(true).open(folder.join("docs/a.txt")).unwrap();
    file.set_modified(year_2300).unwrap();
    assert_eq!(file.metadata().unwrap().modified().unwrap(), year_2300, "the host's file system");
    for options in [&["--fs", "iso9660,joliet"][..], &["--rr-times", "short"]] {
        run(folder, &[&["build", "-q", "-o", "image.iso", "docs", "--exclude=*.tmp"], options].concat());
        let same = json(folder, &[&UPDATE[..], options, &["--json"]].concat());
        assert_eq!(same["written"], false, "{options:?}: {same}");
    }
}

#[test]
fn a_medium_from_blank_on() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    sources(folder);
    run(folder, &["update", "--drive", "sim:bd-r:disc", "docs"]);
    let update = ["update", "--drive", "sim:disc", "docs", "--json"];
    assert_eq!(json(folder, &update)["written"], false);
    change(folder);
    let dry = json(folder, &[&update[..], &["--dry-run"]].concat());
    let done = json(folder, &[&update[..], &["--verify"]].concat());
    assert_eq!((&done["difference"], &done["verified"]), (&dry["difference"], &true.into()));
    assert_eq!(run(folder, &["cat", "sim:disc", "/c/b.txt"]), "second");
    assert_eq!(json(folder, &update)["written"], false);
}

/// Names that differ only in a dot at their end, which every hierarchy of ISO 9660 has to make unique.
#[test]
fn names_with_a_dot_at_their_end_come_to_rest() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    fs::create_dir(folder.join("names")).unwrap();
    for name in ["trailing", "trailing.", "b.", "b..", "d..."] {
        fs::write(folder.join("names").join(name), name).unwrap();
    }
    for file_systems in ["iso9660", "iso9660,iso9660-1999", "iso9660,joliet", "iso9660,rock-ridge"] {
        let _ = fs::remove_file(folder.join("image.iso"));
        run(folder, &["build", "--fs", file_systems, "-o", "image.iso", "names"]);
        let update = json(folder, &["update", "image.iso", "names", "--json"]);
        assert_eq!(update["written"], false, "{file_systems}: {update}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    sources(folder);
    run(folder, &["build", "-o", "image.iso", "docs"]);
    for (arguments, status, words) in [
        (&["update", "image.iso"][..], 2, "a source is missing behind the image"),
        (&["update", "no.iso", "docs"], 4, "no.iso"),
        (&["update", "image.iso", "nothing"], 3, "nothing"),
        (&["update", "--drive", "sim:bd-r:disc", "docs", "--session", "1"], 5, "blank"),
    ] {
        let failed = command(folder, arguments).assert().code(status).get_output().clone();
        let told = String::from_utf8(failed.stderr).unwrap();
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
}

#[test]
fn what_boots_goes_on_booting_and_its_catalog_stays() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    sources(folder);
    fs::write(folder.join("docs/boot.img"), vec![7; 4096]).unwrap();
    let build =
        ["build", "-o", "image.iso", "docs", "--boot-image", "boot.img", "--boot-catalog", "boot.cat"];
    run(folder, &build);
    let update = ["update", "image.iso", "docs", "--json"];
    assert_eq!(json(folder, &update)["written"], false);
    fs::rename(folder.join("docs/boot.img"), folder.join("docs/c/boot.img")).unwrap();
    assert_eq!(json(folder, &update)["difference"]["renamed"], 1);
    assert!(run(folder, &["ls", "image.iso"]).contains("boot.cat"));
    assert_eq!(json(folder, &["info", "image.iso", "--json"])["sessions"][1]["bootable"], true);
    fs::write(folder.join("docs/c/boot.img"), vec![8; 6000]).unwrap();
    assert_eq!(json(folder, &update)["difference"]["changed"], 1);
    let info = json(folder, &["info", "image.iso", "--json"]);
    assert_eq!(info["sessions"][2]["bootable"], true, "{info}");
    assert_eq!(json(folder, &update)["written"], false);
}

/// What a hierarchy did not show stays hidden there, though other things of it change.
#[test]
fn what_is_hidden_stays_so() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    sources(folder);
    run(folder, &["build", "-o", "image.iso", "docs", "--hide", "joliet=a.txt", "--hide", "joliet=b.txt"]);
    fs::write(folder.join("docs/a.txt"), "first, longer").unwrap();
    let file = fs::File::options().write(true).open(folder.join("docs/b.txt")).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_500_000_000)).unwrap();
    run(folder, &["update", "image.iso", "docs"]);
    run(folder, &["append", "image.iso", "b.txt=docs/a.txt"]);
    assert_eq!(run(folder, &["ls", "--fs", "joliet", "image.iso"]), "c\nskip.tmp\n");
    assert_eq!(run(folder, &["cat", "image.iso", "/b.txt"]), "first, longer");
}

/// Boot options are something to be written, whatever the files are.
#[test]
fn boot_options_ask_for_a_session() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    sources(folder);
    let update = ["update", "--drive", "sim:disc", "docs"];
    run(folder, &["burn", "-q", "--drive", "sim:dvd+r:disc", "docs"]);
    let boot = [&update[..], &["--boot", "bios=a.txt"]].concat();
    let told = json(folder, &[&boot[..], &["--dry-run", "--json"]].concat());
    assert_eq!((&told["would_write"], &told["difference"]["changed"]), (&true.into(), &0.into()));
    let told = command(folder, &boot).assert().success().get_output().stderr.clone();
    assert!(String::from_utf8(told).unwrap().contains("no file differs; boot options ask for a session"));
    let boots = |session: usize| {
        let told = json(folder, &["info", "--json", "sim:disc"]);
        told["sessions"][session]["boot_catalog"]["images"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((boots(0), boots(1)), (0, 1));
    // That nothing is to boot is one as well, until nothing does.
    let drop = [&update[..], &["--imported-boot", "drop", "--json"]].concat();
    assert_eq!(json(folder, &drop)["written"], true);
    assert_eq!(json(folder, &drop)["written"], false);
    assert_eq!(boots(2), 0);
}

/// A dry run ends as the run would.
#[test]
fn a_dry_run_is_refused_where_the_run_is() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    sources(folder);
    let burn =
        ["burn", "-q", "--drive", "sim:dvd+r:disc", "--fs", "udf,iso9660", "--boot", "bios=a.txt", "docs"];
    run(folder, &burn);
    change(folder);
    let update = ["update", "--drive", "sim:disc", "docs", "--fs", "udf"];
    for options in [&["--strict"][..], &[]] {
        for dry_run in [&["--dry-run"][..], &[]] {
            let line = [&update[..], options, dry_run].concat();
            let told = command(folder, &line).assert().code(2).get_output().stderr.clone();
            let told = String::from_utf8(told).unwrap();
            assert!(told.contains("boot catalog: no ISO 9660 is written"), "{line:?}: {told}");
        }
    }
    let lossy = [&update[..], &["--imported-boot", "lossy", "--dry-run"]].concat();
    let told = command(folder, &lossy).assert().success().get_output().clone();
    assert!(
        String::from_utf8(told.stderr).unwrap().contains("not kept: boot catalog: no ISO 9660 is written")
    );
    assert!(String::from_utf8(told.stdout).unwrap().contains("added      /new.txt"));
    let told = json(folder, &[&lossy[..], &["--json"]].concat());
    assert!(told["boot_losses"][0].as_str().unwrap().starts_with("boot catalog: "), "{told}");
    assert_eq!(json(folder, &["info", "--json", "sim:disc"])["sessions"].as_array().unwrap().len(), 1);
}

/// Names in another form, for all of ISO 9660, Joliet and UDF.
fn names_in_another_form(folder: &Path) {
    sources(folder);
    let long = format!("docs/{}.txt", "long ".repeat(15));
    for name in ["docs/file-one.txt", "docs/with:colon.txt", "docs/UPPER.TXT", &long] {
        fs::write(folder.join(name), name).unwrap();
    }
}

/// The paths of what a session has in another form than the one before.
fn changed(done: &Value) -> Vec<&str> {
    let notices = done["notices"].as_array().unwrap().iter();
    notices.filter(|one| one["as_before"] != true).map(|one| one["path"].as_str().unwrap()).collect()
}

/// What is in another form since the first session is told by no update, as by no append: only what the update brings.
#[test]
fn untouched_files_are_told_by_no_update() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    names_in_another_form(folder);
    for file_systems in [
        "rock-ridge",
        "rock-ridge,joliet",
        "rock-ridge,joliet,udf",
        "udf",
        "joliet",
        "iso9660",
        "iso9660-1999",
    ] {
        let _ = fs::remove_file(folder.join("image.iso"));
        fs::write(folder.join("docs/UPPER.TXT"), "as it was").unwrap();
        run(folder, &["build", "-q", "--fs", file_systems, "-o", "image.iso", "docs"]);
        let update = ["update", "--strict", "image.iso", "docs", "--json"];
        fs::write(folder.join("docs/UPPER.TXT"), "changed").unwrap();
        fs::remove_file(folder.join("docs/b.txt")).unwrap();
        let dry = [&update[..], &["--dry-run"]].concat();
        assert_eq!(json(folder, &dry)["difference"]["changed"], 1, "{file_systems}");
        let done = json(folder, &update);
        assert_eq!((&done["written"], changed(&done)), (&true.into(), vec![]), "{file_systems}: {done}");
        assert_eq!(json(folder, &update)["written"], false, "{file_systems}");

        // What is new, or has another name, is told, and nothing else.
        fs::rename(folder.join("docs/file-one.txt"), folder.join("docs/file-two:.txt")).unwrap();
        fs::write(folder.join("docs/new:name.txt"), "new").unwrap();
        let without = update.iter().copied().filter(|&word| word != "--strict");
        let done = json(folder, &without.collect::<Vec<_>>());
        let told = changed(&done);
        assert!(
            told.iter().all(|path| ["/file-two:.txt", "/new:name.txt"].contains(path)),
            "{file_systems}: {done}"
        );
        assert!(!told.is_empty() || file_systems == "udf", "{file_systems}: {done}");
        fs::rename(folder.join("docs/file-two:.txt"), folder.join("docs/file-one.txt")).unwrap();
        fs::remove_file(folder.join("docs/new:name.txt")).unwrap();
        fs::write(folder.join("docs/b.txt"), "second").unwrap();
    }
}

/// Names of one empty file share no place, and without attributes nothing tells that they are one.
#[test]
fn hard_links_of_an_empty_file_come_to_rest() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    fs::create_dir(folder.join("names")).unwrap();
    fs::write(folder.join("names/a"), "").unwrap();
    fs::hard_link(folder.join("names/a"), folder.join("names/b")).unwrap();
    for file_systems in ["joliet", "iso9660", "iso9660-1999", "rock-ridge", "udf"] {
        let _ = fs::remove_file(folder.join("image.iso"));
        run(folder, &["build", "--fs", file_systems, "-o", "image.iso", "names"]);
        let update = json(folder, &["update", "image.iso", "names", "--json"]);
        assert_eq!(update["written"], false, "{file_systems}: {update}");
    }
}

/// What `--existing` says is of names that sources share; the help says so.
#[test]
fn which_of_the_sources_a_name_is_of() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    for (name, content) in [("one/a", "1"), ("two/a", "22")] {
        fs::create_dir(folder.join(name).parent().unwrap()).unwrap();
        fs::write(folder.join(name), content).unwrap();
    }
    run(folder, &["build", "-o", "image.iso", "one"]);
    let update = ["update", "image.iso", "one", "two", "--existing"];
    command(folder, &[&update[..], &["refuse"]].concat()).assert().code(2);
    let kept = json(folder, &[&update[..], &["keep", "--json"]].concat());
    assert_eq!(kept["written"], false, "{kept}");
    run(folder, &["update", "image.iso", "two", "--existing", "keep"]);
    assert_eq!(run(folder, &["cat", "image.iso", "a"]), "22");
    let help = run(folder, &["update", "--help"]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("What the session has of that name becomes what the sources have"), "{help}");
}

/// With `--dry-run`, what is refused is refused.
#[test]
fn a_dry_run_refuses_what_the_run_refuses() {
    let host = tempfile::tempdir().unwrap();
    let folder = host.path();
    sources(folder);
    for (built, asked) in [("iso9660", "iso9660,udf"), ("iso9660,udf", "iso9660")] {
        run(folder, &["build", "--fs", built, "-o", "image.iso", "docs"]);
        run(folder, &["burn", "--quiet", "--fs", built, "--drive", "sim:dvd+rw:disc", "docs"]);
        fs::write(folder.join("docs/new.txt"), "new").unwrap();
        for target in [&["image.iso"][..], &["--drive", "sim:disc"]] {
            let arguments = [&["update"][..], target, &["docs", "--fs", asked]].concat();
            let real = command(folder, &arguments).assert().failure().get_output().clone();
            let dry = command(folder, &[&arguments[..], &["--dry-run"]].concat())
                .assert()
                .failure()
                .get_output()
                .clone();
            assert_eq!(dry.status.code(), real.status.code(), "{arguments:?}");
            let last = |text: Vec<u8>| String::from_utf8(text).unwrap().lines().last().unwrap().to_owned();
            assert_eq!(last(dry.stderr), last(real.stderr), "{arguments:?}");
        }
        fs::remove_file(folder.join("docs/new.txt")).unwrap();
        for name in ["disc", "disc.medium"] {
            fs::remove_file(folder.join(name)).unwrap();
        }
    }
}

/// What UDF shows of a tree is what it is compared with: files in place of the links that lead to them, and no others.
#[test]
#[cfg(unix)]
fn links_that_are_files_in_udf_come_to_rest() {
    use std::os::unix::fs::symlink;
    for file_systems in ["udf", "iso9660,joliet,udf", "rock-ridge,joliet,udf"] {
        let host = tempfile::tempdir().unwrap();
        let folder = host.path();
        sources(folder);
        fs::write(folder.join("docs/empty"), "").unwrap();
        for (target, link) in
            [("a.txt", "l"), ("../a.txt", "c/up"), ("empty", "nil"), ("absent", "out"), ("c", "way")]
        {
            symlink(target, folder.join("docs").join(link)).unwrap();
        }
        let copy = ["--udf-symlinks", "copy"];
        run(folder, &[&["build", "-q", "--fs", file_systems, "-o", "image.iso", "docs"][..], &copy].concat());
        let update = [&["update", "image.iso", "docs", "--json"][..], &copy].concat();
        let unchanged = || {
            // Names of plain ISO 9660 do not tell which of the further names it has.
            let strict: &[&str] = if file_systems.starts_with("iso9660") { &[] } else { &["--strict"] };
            let same = json(folder, &[&update[..], strict].concat());
            assert_eq!(same["written"], false, "{file_systems}: {same}");
            let same = json(folder, &[&update[..], &["--import", "all"]].concat());
            assert_eq!(same["written"], false, "{file_systems}, all: {same}");
        };
        let of_udf = |path| run(folder, &["cat", "--fs", "udf", "image.iso", path]);
        let names = if file_systems.starts_with("rock-ridge") { 1 } else { 3 };
        unchanged();
        fs::write(folder.join("docs/new"), "new").unwrap();
        let done = json(folder, &update);
        let counts = ["added", "changed", "renamed", "removed"].map(|one| &done["difference"][one]);
        assert_eq!(counts, [1, 0, 0, 0], "{file_systems}: {done}");
        assert_eq!([of_udf("l"), of_udf("c/up")], ["first", "first"], "{file_systems}");
        unchanged();
        fs::write(folder.join("docs/a.txt"), "another").unwrap();
        let done = json(folder, &update);
        assert_eq!(done["difference"]["changed"], names, "{file_systems}: {done}");
        assert_eq!([of_udf("l"), of_udf("c/up")], ["another", "another"], "{file_systems}");
        unchanged();
        fs::rename(folder.join("docs/a.txt"), folder.join("docs/z.txt")).unwrap();
        fs::remove_file(folder.join("docs/l")).unwrap();
        symlink("z.txt", folder.join("docs/l")).unwrap();
        json(folder, &update);
        assert_eq!(of_udf("l"), "another", "{file_systems}");
        command(folder, &["cat", "--fs", "udf", "image.iso", "c/up"]).assert().code(2);
        unchanged();
    }
}

/// What is in one file system alone is compared with what that can hold.
#[test]
#[cfg(unix)]
fn what_one_file_system_has_comes_to_rest_where_all_are_imported() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    for (file_systems, hidden, import) in [
        ("rock-ridge,joliet", &["iso9660=a.txt"][..], "all"),
        ("rock-ridge,joliet", &["iso9660=c"], "all"),
        ("rock-ridge,joliet,udf", &["iso9660=a.txt", "joliet=a.txt"], "all"),
        ("rock-ridge,joliet", &["joliet=a.txt"], "joliet,all"),
        ("rock-ridge,joliet,udf", &["iso9660=a.txt", "udf=a.txt"], "udf,all"),
        ("rock-ridge,joliet,udf", &["joliet=a.txt"], "udf,all"),
    ] {
        let host = tempfile::tempdir().unwrap();
        let folder = host.path();
        sources(folder);
        symlink("b.txt", folder.join("docs/link")).unwrap();
        let restrict = |mode| {
            fs::set_permissions(folder.join("docs/a.txt"), PermissionsExt::from_mode(mode)).unwrap();
        };
        restrict(0o640);
        let hide = hidden.iter().flat_map(|one| ["--hide", one]);
        let build = ["build", "-q", "--fs", file_systems, "-o", "image.iso", "docs"];
        run(folder, &build.into_iter().chain(hide).collect::<Vec<_>>());
        let update = ["update", "--import", import, "image.iso", "docs", "--json"];
        let what = format!("{file_systems} {hidden:?} {import}");
        let same = json(folder, &update);
        assert_eq!(same["written"], false, "{what}: {same}");
        fs::write(folder.join("docs/a.txt"), "first, longer").unwrap();
        let done = json(folder, &update);
        assert_eq!(done["difference"]["changed"], 1, "{what}: {done}");
        assert_eq!(json(folder, &update)["written"], false, "{what}");
        restrict(0o600);
        let done = json(folder, &update);
        // Joliet has none.
        let is_in_joliet_alone = hidden.contains(&"iso9660=a.txt") && !hidden.contains(&"joliet=a.txt");
        assert_eq!(done["written"], !is_in_joliet_alone, "{what}: {done}");
        assert_eq!(json(folder, &update)["written"], false, "{what}");
    }
}

/// Of empty files and folders nothing but their names tells which is which in another hierarchy.
#[test]
#[cfg(target_os = "linux")]
fn names_that_all_hierarchies_have_in_other_forms_are_no_loss() {
    for is_folder in [false, true] {
        let host = tempfile::tempdir().unwrap();
        let folder = host.path();
        fs::create_dir_all(folder.join("docs/D")).unwrap();
        for (seconds, name) in (1..).zip(["b.tar.gz", "b_tar.gz", "B.TAR.GZ", "b-tar.gz"]) {
            let path = folder.join("docs/D").join(name);
            match is_folder {
                true => fs::create_dir(&path).unwrap(),
                false => fs::write(&path, "").unwrap(),
            }
            let time = std::time::UNIX_EPOCH + Duration::from_secs(1_500_000_000 + seconds);
            fs::File::open(&path).unwrap().set_modified(time).unwrap();
        }
        fs::write(folder.join("docs/one"), "one").unwrap();
        for file_systems in ["iso9660,joliet", "rock-ridge,joliet", "iso9660,joliet,iso9660-1999"] {
            let _ = fs::remove_file(folder.join("image.iso"));
            run(folder, &["build", "-q", "--fs", file_systems, "-o", "image.iso", "docs"]);
            let update = ["update", "--strict", "image.iso", "docs", "--json"];
            let same = json(folder, &update);
            assert_eq!(same["written"], false, "{file_systems}: {same}");
        }
        // What truly is in one of them alone is told.
        let _ = fs::remove_file(folder.join("image.iso"));
        let hide = ["--hide", "joliet=D/b_tar.gz"];
        let build = ["build", "-q", "--fs", "iso9660,joliet", "-o", "image.iso", "docs"];
        run(folder, &[&build[..], &hide].concat());
        let told = command(folder, &["append", "image.iso", "x=docs/one"]).assert().success();
        let told = String::from_utf8(told.get_output().stderr.clone()).unwrap();
        assert!(told.contains("only ISO 9660 has it"), "{told}");
    }
}

/// Where names of a folder collide in plain ISO 9660, all of them are kept with their identifiers: those of changed files are
/// files' as before.
#[test]
fn changed_files_keep_their_names_beside_others_that_collide() {
    for file_systems in ["iso9660,joliet", "iso9660,udf", "iso9660,iso9660-1999"] {
        let host = tempfile::tempdir().unwrap();
        let folder = host.path();
        fs::create_dir_all(folder.join("docs/notes_1")).unwrap();
        fs::write(folder.join("docs/notes 1"), "1").unwrap();
        fs::write(folder.join("docs/setup.exe"), "old").unwrap();
        run(folder, &["build", "-o", "image.iso", "--fs", file_systems, "docs"]);
        let names = run(folder, &["ls", "--fs", "iso9660", "image.iso"]);
        for content in ["newer", "newest of all"] {
            fs::write(folder.join("docs/setup.exe"), content).unwrap();
            run(folder, &["update", "image.iso", "docs"]);
            assert_eq!(run(folder, &["ls", "--fs", "iso9660", "image.iso"]), names, "{file_systems}");
            assert_eq!(run(folder, &["cat", "--fs", "iso9660", "image.iso", "SETUP.EXE"]), content);
        }
    }
}
