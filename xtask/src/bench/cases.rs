//! What is compared.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::mounts::Mounted;
use super::report::{OURS, Table, title};
use super::trees::{Shape, one_file, tree};
use super::{Bench, Case, Contender, recording};
use crate::Result;

const GIB: u64 = 1 << 30;

pub(crate) const CASES: &[Case] = &[
    Case { name: "big-file", what: "an image of one 4 GiB file", rounds: 5, run: big_file },
    Case {
        name: "reflink",
        what: "an image of one 4 GiB file, where blocks can be shared",
        rounds: 3,
        run: reflink,
    },
    Case { name: "small-100k", what: "an image of 100,000 small files", rounds: 5, run: small_100k },
    Case { name: "one-folder", what: "an image of 20,000 files in one folder", rounds: 5, run: one_folder },
    Case { name: "small-1m", what: "an image of 1,000,000 small files", rounds: 2, run: small_1m },
    Case { name: "udf-100k", what: "100,000 small files with UDF and without", rounds: 5, run: udf_100k },
    Case { name: "udf-1m", what: "1,000,000 small files with UDF and without", rounds: 2, run: udf_1m },
    Case { name: "list-udf-1m", what: "listing 1,000,000 files of UDF", rounds: 3, run: list_udf_1m },
    Case { name: "list-1m", what: "listing an image of 1,000,000 files", rounds: 3, run: list_1m },
    Case { name: "read-one-of-1m", what: "reading one of 1,000,000 files", rounds: 9, run: read_one_of_1m },
    Case { name: "extract-100k", what: "extracting 100,000 small files", rounds: 3, run: extract_100k },
    Case { name: "extract-1m", what: "extracting 1,000,000 small files", rounds: 1, run: extract_1m },
    Case { name: "extract-big", what: "extracting one 4 GiB file", rounds: 3, run: extract_big },
    Case {
        name: "append-1m",
        what: "appending one file to a session of 1,000,000 files",
        rounds: 3,
        run: append_1m,
    },
    Case {
        name: "burn-emulator",
        what: "one GiB burnt to a simulated drive",
        rounds: 5,
        run: recording::burn_emulator,
    },
    Case {
        name: "raw-sectors",
        what: "encoding a gigabyte of raw sectors",
        rounds: 5,
        run: recording::raw_sectors,
    },
];

fn big_shape(bench: &Bench) -> Shape {
    Shape::OneFile(bench.scaled(4 * GIB))
}

fn small_shape(bench: &Bench, full: u64) -> Shape {
    Shape::Small { files: bench.scaled(full), per_folder: 100 }
}

pub(super) fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// Our command line for an image.
fn build_arguments(out: &Path, source: &Path) -> Vec<OsString> {
    let mut arguments = words(&["build", "--quiet", "-o"]);
    arguments.extend([out.into(), source.into()]);
    arguments
}

/// The image writers, each making Rock Ridge and Joliet of `source` into `out`.
fn writers<'a>(bench: &Bench, source: &Path, out: &'a Path) -> Vec<Contender<'a>> {
    let mut contenders =
        vec![contender(OURS, bench.fsimage.clone(), build_arguments(out, source), Some(out))];
    for (name, options) in [
        ("genisoimage", &["-quiet", "-R", "-J", "-joliet-long", "-iso-level", "3", "-o"][..]),
        ("xorriso", &["-as", "mkisofs", "-quiet", "-R", "-J", "-joliet-long", "-iso-level", "3", "-o"]),
    ] {
        if let Some(program) = peers::find(name) {
            let mut arguments = words(options);
            arguments.extend([out.into(), source.into()]);
            contenders.push(contender(name, program, arguments, Some(out)));
        }
    }
    if let Some(program) = peers::find("bsdtar") {
        let mut arguments = words(&["-c", "--format", "iso9660", "-f"]);
        arguments.extend([out.into(), "-C".into(), source.into(), ".".into()]);
        contenders.push(contender("bsdtar", program, arguments, Some(out)));
    }
    contenders
}

/// A command whose output, a file or a folder, must not be empty, and is deleted before and after.
pub(super) fn contender<'a>(
    name: impl Into<String>,
    program: PathBuf,
    arguments: Vec<OsString>,
    out: Option<&'a Path>,
) -> Contender<'a> {
    let clear = move || match out {
        Some(out) => remove(out),
        None => Ok(()),
    };
    Contender {
        name: name.into(),
        program,
        arguments,
        before: Some(Box::new(clear)),
        check: out.map(|out| Box::new(move || not_empty(out)) as Box<dyn Fn() -> Result>),
        after: Some(Box::new(clear)),
    }
}

fn not_empty(path: &Path) -> Result {
    let metadata = fs::metadata(path).map_err(|_| "it made nothing")?;
    let empty = if metadata.is_dir() { fs::read_dir(path)?.next().is_none() } else { metadata.len() == 0 };
    if empty { Err("it made nothing".into()) } else { Ok(()) }
}

pub(super) fn remove(path: &Path) -> Result {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path)?,
        Ok(_) => fs::remove_file(path)?,
        Err(_) => {}
    }
    Ok(())
}

fn cp<'a>(name: &str, options: &[&str], from: &Path, to: &'a Path) -> Contender<'a> {
    let mut arguments = words(options);
    arguments.extend([from.into(), to.into()]);
    contender(name, PathBuf::from("cp"), arguments, Some(to))
}

fn big_file(bench: &Bench) -> Result<Vec<Table>> {
    let source = tree(&bench.folder, "big", big_shape(bench))?;
    let out = bench.folder.join("out");
    let mut contenders = writers(bench, &source, &out);
    let file = source.join("big.bin");
    contenders.push(cp("cp", &[], &file, &out));
    Ok(vec![bench.compare(title(bench.scale, "One file of 4 GiB"), &contenders)?])
}

fn reflink(bench: &Bench) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    for kind in ["xfs", "btrfs"] {
        let title = title(bench.scale, &format!("One file of 4 GiB on {kind} with reflinks"));
        tables.push(reflink_on(bench, kind, &title).unwrap_or_else(|error| Table {
            title,
            skipped: Some(error.to_string()),
            ..Table::default()
        }));
    }
    Ok(tables)
}

fn reflink_on(bench: &Bench, kind: &str, title: &str) -> Result<Table> {
    let bytes = bench.scaled(4 * GIB);
    let mounted = Mounted::new(&bench.folder, kind, 3 * bytes + GIB)?;
    let source = mounted.folder.join("big");
    fs::create_dir(&source)?;
    let file = source.join("big.bin");
    one_file(&file, bytes)?;
    let out = mounted.folder.join("out");
    let contenders = [
        contender(OURS, bench.fsimage.clone(), build_arguments(&out, &source), Some(&out)),
        cp("cp --reflink=always", &["--reflink=always"], &file, &out),
        cp("cp --reflink=never", &["--reflink=never"], &file, &out),
    ];
    bench.compare(title, &contenders)
}

fn small_100k(bench: &Bench) -> Result<Vec<Table>> {
    small(bench, "small-100k", 100_000, "100,000 small files")
}

fn small_1m(bench: &Bench) -> Result<Vec<Table>> {
    small(bench, "small-1m", 1_000_000, "1,000,000 small files")
}

fn small(bench: &Bench, name: &str, files: u64, what: &str) -> Result<Vec<Table>> {
    let source = tree(&bench.folder, name, small_shape(bench, files))?;
    let single = tree(&bench.folder, "single", Shape::OneFile(1000))?;
    let out = bench.folder.join("out");
    let copy = bench.folder.join("copy");
    let mut contenders = writers(bench, &source, &out);
    contenders.push(cp("cp -r", &["-r"], &source, &copy));
    contenders.push(contender(ONE_FILE, bench.fsimage.clone(), build_arguments(&out, &single), Some(&out)));
    Ok(vec![bench.compare(title(bench.scale, what), &contenders)?])
}

fn udf_100k(bench: &Bench) -> Result<Vec<Table>> {
    with_udf(bench, "small-100k", 100_000, "100,000 small files with UDF")
}

fn udf_1m(bench: &Bench) -> Result<Vec<Table>> {
    with_udf(bench, "small-1m", 1_000_000, "1,000,000 small files with UDF")
}

/// What UDF costs: `OURS` is without it.
fn with_udf(bench: &Bench, name: &str, files: u64, what: &str) -> Result<Vec<Table>> {
    let source = tree(&bench.folder, name, small_shape(bench, files))?;
    let single = tree(&bench.folder, "single", Shape::OneFile(1000))?;
    let out = bench.folder.join("out");
    let ours = |name: &str, file_systems: &[&str], source: &Path| {
        let mut arguments = build_arguments(&out, source);
        arguments.extend(words(file_systems));
        contender(name, bench.fsimage.clone(), arguments, Some(&out))
    };
    let mut contenders = vec![
        ours(OURS, &[], &source),
        ours(UDF_ALONE, &["--fs", "udf"], &source),
        ours(BRIDGE, &["--fs", "iso9660,rock-ridge,joliet,udf"], &source),
        ours(ONE_FILE, &["--fs", "iso9660,rock-ridge,joliet,udf"], &single),
    ];
    if let Some(program) = peers::find("genisoimage") {
        let mut arguments = words(&["-quiet", "-R", "-J", "-joliet-long", "-udf", "-iso-level", "3", "-o"]);
        arguments.extend([out.clone().into(), source.clone().into()]);
        contenders.push(contender("genisoimage -udf", program, arguments, Some(&out)));
    }
    Ok(vec![bench.compare(title(bench.scale, what), &contenders)?])
}

const UDF_ALONE: &str = "fsimage, UDF alone";
pub(super) const BRIDGE: &str = "fsimage, all four";

fn list_udf_1m(bench: &Bench) -> Result<Vec<Table>> {
    let source = tree(&bench.folder, "small-1m", small_shape(bench, 1_000_000))?;
    let image = bench.folder.join("udf-1m.iso");
    remove(&image)?;
    let mut arguments = build_arguments(&image, &source);
    arguments.extend(words(&["--fs", "udf"]));
    super::measure::measure(&bench.fsimage, &arguments, &bench.folder)
        .map_err(|error| format!("fsimage build: {error}"))?;
    let mut contenders = vec![reader(OURS, bench.fsimage.clone(), &["ls", "-R"], &image, &[])];
    if let Some(program) = peers::find("7zz").or_else(|| peers::find("7z")) {
        contenders.push(reader("7z", program, &["l"], &image, &[]));
    }
    let table = bench.compare(title(bench.scale, "Listing 1,000,000 files of UDF"), &contenders);
    remove(&image)?;
    Ok(vec![table?])
}

/// Our own start: what memory is spent on no file at all.
pub(super) const ONE_FILE: &str = "fsimage, one file";

fn one_folder(bench: &Bench) -> Result<Vec<Table>> {
    let source = tree(&bench.folder, "one-folder", Shape::OneFolder(bench.scaled(20_000)))?;
    let out = bench.folder.join("out");
    let contenders = writers(bench, &source, &out);
    Ok(vec![bench.compare(title(bench.scale, "20,000 files in one folder"), &contenders)?])
}

/// An image that we wrote of a tree, kept beside it.
fn image(bench: &Bench, name: &str, shape: Shape) -> Result<PathBuf> {
    let source = tree(&bench.folder, name, shape)?;
    let image = bench.folder.join(format!("{name}.iso"));
    remove(&image)?;
    super::measure::measure(&bench.fsimage, &build_arguments(&image, &source), &bench.folder)
        .map_err(|error| format!("fsimage build: {error}"))?;
    Ok(image)
}

fn list_1m(bench: &Bench) -> Result<Vec<Table>> {
    let image = image(bench, "small-1m", small_shape(bench, 1_000_000))?;
    let mut contenders = vec![reader(OURS, bench.fsimage.clone(), &["ls", "-R"], &image, &[])];
    for (name, before, after) in [
        ("isoinfo", &["-R", "-f", "-i"][..], &[][..]),
        ("xorriso", &["-indev"], &["-find", "/"]),
        ("bsdtar", &["-tf"], &[]),
    ] {
        if let Some(program) = peers::find(name) {
            contenders.push(reader(name, program, before, &image, after));
        }
    }
    if let Some(program) = peers::find("7zz").or_else(|| peers::find("7z")) {
        contenders.push(reader("7z", program, &["l"], &image, &[]));
    }
    Ok(vec![bench.compare(title(bench.scale, "Listing 1,000,000 files"), &contenders)?])
}

/// Opening an image and finding one path, of ISO 9660 and of UDF.
fn read_one_of_1m(bench: &Bench) -> Result<Vec<Table>> {
    let source = tree(&bench.folder, "small-1m", small_shape(bench, 1_000_000))?;
    let path = one_path(&source)?;
    let image = bench.folder.join("read-one.iso");
    let mut tables = Vec::new();
    for (what, file_systems) in [("ISO 9660", "iso9660,rock-ridge,joliet"), ("UDF", "udf")] {
        remove(&image)?;
        let mut arguments = build_arguments(&image, &source);
        arguments.extend(words(&["--fs", file_systems]));
        super::measure::measure(&bench.fsimage, &arguments, &bench.folder)
            .map_err(|error| format!("fsimage build: {error}"))?;
        let mut contenders = vec![reader(OURS, bench.fsimage.clone(), &["cat"], &image, &[&path])];
        if let Some(program) = peers::find("isoinfo").filter(|_| what == "ISO 9660") {
            contenders.push(reader("isoinfo", program, &["-R", "-x", &path, "-i"], &image, &[]));
        }
        if let Some(program) = peers::find("bsdtar").filter(|_| what == "ISO 9660") {
            contenders.push(reader("bsdtar", program, &["-xOf"], &image, &[path.trim_start_matches('/')]));
        }
        if let Some(program) = peers::find("7zz").or_else(|| peers::find("7z")) {
            let before = &["e", "-so", "-bd"][..];
            contenders.push(reader("7z", program, before, &image, &[path.trim_start_matches('/')]));
        }
        let title = title(bench.scale, &format!("Reading one of 1,000,000 files of {what}"));
        tables.push(bench.compare(title, &contenders)?);
    }
    remove(&image)?;
    Ok(tables)
}

/// The path of a file in the middle of a tree, as it is in an image of that tree.
fn one_path(tree: &Path) -> Result<String> {
    let (mut at, mut path) = (tree.to_owned(), String::new());
    loop {
        let mut names: Vec<_> = fs::read_dir(&at)?
            .map(|entry| entry.map(|entry| entry.file_name()))
            .collect::<std::io::Result<_>>()?;
        names.sort();
        let name = names.get(names.len() / 2).ok_or("an empty folder in the tree")?;
        at.push(name);
        let _ = write!(path, "/{}", name.to_string_lossy());
        if !at.is_dir() {
            return Ok(path);
        }
    }
}

fn reader<'a>(name: &str, program: PathBuf, before: &[&str], image: &Path, after: &[&str]) -> Contender<'a> {
    let mut arguments = words(before);
    arguments.push(image.into());
    arguments.extend(words(after));
    contender(name, program, arguments, None)
}

fn extract_100k(bench: &Bench) -> Result<Vec<Table>> {
    extract(bench, "small-100k", small_shape(bench, 100_000), "Extracting 100,000 small files")
}

fn extract_1m(bench: &Bench) -> Result<Vec<Table>> {
    extract(bench, "small-1m", small_shape(bench, 1_000_000), "Extracting 1,000,000 small files")
}

fn extract_big(bench: &Bench) -> Result<Vec<Table>> {
    extract(bench, "big", big_shape(bench), "Extracting one file of 4 GiB")
}

fn extract(bench: &Bench, name: &str, shape: Shape, what: &str) -> Result<Vec<Table>> {
    let image = image(bench, name, shape)?;
    let source = bench.folder.join(name);
    let out = bench.folder.join("copy");
    let mut contenders = Vec::new();
    let mut push = |name: &str, program: PathBuf, arguments: Vec<OsString>| {
        let mut contender = contender(name, program, arguments, Some(&out));
        contender.before = Some(Box::new(|| {
            remove(&out)?;
            Ok(fs::create_dir(&out)?)
        }));
        contenders.push(contender);
    };
    let ours =
        vec!["extract".into(), "--quiet".into(), image.clone().into(), "-C".into(), out.clone().into()];
    push(OURS, bench.fsimage.clone(), ours);
    if let Some(program) = peers::find("bsdtar") {
        push("bsdtar", program, vec!["-xf".into(), image.clone().into(), "-C".into(), out.clone().into()]);
    }
    if let Some(program) = peers::find("xorriso") {
        let mut arguments = words(&["-osirrox", "on", "-indev"]);
        arguments.extend([image.clone().into(), "-extract".into(), "/".into(), out.clone().into()]);
        push("xorriso", program, arguments);
    }
    if let Some(program) = peers::find("7zz").or_else(|| peers::find("7z")) {
        let mut to = OsString::from("-o");
        to.push(&out);
        push("7z", program, vec!["x".into(), "-y".into(), "-bd".into(), to, image.clone().into()]);
    }
    let mut from = source.into_os_string();
    from.push("/.");
    push("cp -r", PathBuf::from("cp"), vec!["-r".into(), from, out.clone().into()]);
    Ok(vec![bench.compare(title(bench.scale, what), &contenders)?])
}

fn append_1m(bench: &Bench) -> Result<Vec<Table>> {
    let image = image(bench, "small-1m", small_shape(bench, 1_000_000))?;
    let added = bench.folder.join("added");
    fs::create_dir_all(&added)?;
    fs::write(added.join("added.txt"), "one more file\n")?;
    let session = bench.folder.join("session");
    let single = self::image(bench, "single", Shape::OneFile(1000))?;
    let (state, single_state) = (ImageState::of(&image)?, ImageState::of(&single)?);

    let mut contenders = Vec::new();
    let mut push = |name: &str, program: PathBuf, arguments: Vec<OsString>| {
        let mut contender = contender(name, program, arguments, Some(&session));
        let (state, image) = if name == ONE_FILE { (&single_state, &single) } else { (&state, &image) };
        let session = &session;
        contender.check =
            Some(Box::new(move || state.must_have_grown(image).or_else(|_| not_empty(session))));
        contender.after = Some(Box::new(move || {
            remove(session)?;
            state.restore(image)
        }));
        contenders.push(contender);
    };
    for (name, image) in [(OURS, &image), (ONE_FILE, &single)] {
        let ours = vec!["append".into(), "--quiet".into(), image.into(), added.clone().into()];
        push(name, bench.fsimage.clone(), ours);
    }
    if let Some(program) = peers::find("xorriso") {
        let mut device = OsString::from("stdio:");
        device.push(&image);
        let arguments = vec![
            "-dev".into(),
            device,
            "-joliet".into(),
            "on".into(),
            "-map".into(),
            added.clone().into(),
            "/".into(),
            "-commit".into(),
        ];
        push("xorriso", program, arguments);
    }
    if let Some(program) = peers::find("genisoimage") {
        let next = state.length.div_ceil(2048).next_multiple_of(16);
        let mut arguments = words(&["-quiet", "-R", "-J", "-joliet-long", "-C"]);
        arguments.push(format!("0,{next}").into());
        arguments.extend([
            "-M".into(),
            image.clone().into(),
            "-o".into(),
            session.clone().into(),
            added.into(),
        ]);
        push("genisoimage -M", program, arguments);
    }
    let title = title(bench.scale, "Importing a session of 1,000,000 files and appending one");
    let table = bench.compare(title, &contenders);
    drop(contenders);
    remove(&image)?;
    remove(&single)?;
    Ok(vec![table?])
}

/// What an appended session changes of an image file: its length, and its head if it is grown the
/// overwritable way.
struct ImageState {
    length: u64,
    head: Vec<u8>,
}

impl ImageState {
    const HEAD: u64 = 1 << 20;

    fn of(image: &Path) -> Result<Self> {
        let file = File::open(image)?;
        let length = file.metadata()?.len();
        let mut head = Vec::new();
        file.take(Self::HEAD).read_to_end(&mut head)?;
        Ok(Self { length, head })
    }

    fn must_have_grown(&self, image: &Path) -> Result {
        let length = fs::metadata(image)?.len();
        if length > self.length { Ok(()) } else { Err("it added nothing".into()) }
    }

    fn restore(&self, image: &Path) -> Result {
        let mut file = OpenOptions::new().write(true).open(image)?;
        file.write_all(&self.head)?;
        file.set_len(self.length)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_restored() {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("i");
        fs::write(&image, vec![1; 3 << 20]).unwrap();
        let state = ImageState::of(&image).unwrap();
        let mut file = OpenOptions::new().write(true).open(&image).unwrap();
        file.write_all(&[2; 100_000]).unwrap();
        file.set_len(5 << 20).unwrap();
        state.restore(&image).unwrap();
        assert_eq!(fs::read(&image).unwrap(), vec![1; 3 << 20]);
    }
}
