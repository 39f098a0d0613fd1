//! Recordings that were stopped on media that can be written again, and images that were recorded over sessions, as other programs
//! see all sectors of the medium.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use fsimage::{Control, FileSystems, MediumKind, Recovery};
use peers::bsdtar::NameSpace;
use peers::{Failure, Kind, Listing, Peer};
use support::grounds::Ground;
use support::stops::{FORMS, Stage, add, content, record, rewritable};

/// Digest and size of the files.
type Files = BTreeMap<String, (String, u64)>;

struct Judges {
    isoinfo: Peer,
    xorriso: Peer,
    bsdtar: Peer,
    sevenzip: Peer,
    udfinfo: Peer,
    udfclient: Peer,
}

fn judges() -> Option<Judges> {
    let programs = ["isoinfo", "xorriso", "bsdtar", "7z", "udfinfo", "udfclient"];
    let [isoinfo, xorriso, bsdtar, sevenzip, udfinfo, udfclient] = peers::require_all(programs)?;
    Some(Judges { isoinfo, xorriso, bsdtar, sevenzip, udfinfo, udfclient })
}

impl Judges {
    /// What each that reads contents finds; nothing, where it finds no file system.
    fn found(&self, form: FileSystems, sectors: &Path) -> Vec<(&'static str, Files)> {
        let mut found = Vec::new();
        let mut judge = |name, listing: Result<Listing, Failure>| {
            let listing = listing.unwrap_or_default().into_iter();
            let files = listing.filter(|(_, entry)| entry.kind == Kind::File);
            let file = |(path, entry): (String, peers::Entry)| {
                (path, (entry.sha256.unwrap_or_default(), entry.size.unwrap_or_default()))
            };
            found.push((name, files.map(file).collect()));
        };
        if form.contains(FileSystems::ISO9660) {
            judge("isoinfo", peers::isoinfo::list(&self.isoinfo, sectors, NameSpace::RockRidge, &[]));
            judge("xorriso", peers::xorriso::list(&self.xorriso, sectors, &[]));
            judge("bsdtar", peers::bsdtar::list(&self.bsdtar, sectors, NameSpace::RockRidge));
            judge("7z, ISO 9660", self.by_7z("iso", sectors));
        }
        if form.contains(FileSystems::UDF) {
            judge("7z, UDF", self.by_7z("udf", sectors));
        }
        found
    }

    /// It warns (1) of sectors behind the image: the rest of the medium.
    fn by_7z(&self, format: &str, sectors: &Path) -> Result<Listing, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let arguments = ["x", "-bd", &format!("-t{format}"), &format!("-o{}", folder.path().display()), "--"];
        let line: Vec<&OsStr> = arguments.iter().map(OsStr::new).chain([sectors.as_os_str()]).collect();
        let output = peers::run(self.sevenzip.path(), &line)?;
        match output.status.code() {
            Some(0 | 1) => peers::list_directory(folder.path()),
            _ => Err(output.success("7z").unwrap_err()),
        }
    }

    /// How many files udfinfo counts; `None` where it finds no file system.
    fn counted(&self, sectors: &Path) -> Option<u64> {
        let output = peers::run(self.udfinfo.path(), &["--utf8".as_ref(), sectors.as_os_str()]).unwrap();
        let text = String::from_utf8(output.success("udfinfo").ok()?).unwrap();
        assert!(text.lines().any(|line| line == "integrity=closed"), "{text}");
        text.lines().find_map(|line| line.strip_prefix("numfiles=")?.parse().ok())
    }

    /// All find these files.
    fn require(&self, form: FileSystems, stage: &Stage, files: &[(&str, usize)], what: &str) {
        let sectors = stage.exported();
        let wanted = digests(files);
        for (judge, found) in self.found(form, &sectors) {
            assert_eq!(found, wanted, "{what}: {judge}");
        }
        if !form.contains(FileSystems::UDF) {
            return;
        }
        assert_eq!(self.counted(&sectors), Some(files.len() as u64), "{what}: udfinfo");
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        support::udf::get_by_udfclient(&self.udfclient, &sectors, "CDROM", &names, folder.path());
        for (name, sectors) in files {
            let found = std::fs::read(folder.path().join(name)).unwrap();
            assert!(found == content(name, *sectors), "{what}: udfclient, {name}");
        }
    }

    /// Each finds nothing, or the files of one of these states.
    fn allow(&self, form: FileSystems, stage: &Stage, states: &[&[(&str, usize)]], what: &str) {
        let sectors = stage.exported();
        let states: Vec<Files> = states.iter().map(|files| digests(files)).chain([Files::new()]).collect();
        for (judge, found) in self.found(form, &sectors) {
            assert!(states.contains(&found), "{what}: {judge}: {found:?}");
        }
        if form.contains(FileSystems::UDF)
            && let Some(files) = self.counted(&sectors)
        {
            assert!(states.iter().any(|state| state.len() as u64 == files), "{what}: udfinfo: {files}");
        }
    }

    /// xorriso tells no session of before.
    fn require_one_session(&self, stage: &Stage, what: &str) {
        let device = format!("stdio:{}", stage.exported().display());
        let output = peers::run(self.xorriso.path(), &["-indev", &device, "-toc"]).unwrap();
        let text = String::from_utf8(output.success("xorriso").unwrap()).unwrap();
        let sessions = text.lines().filter(|line| line.starts_with("ISO session")).count();
        assert_eq!(sessions, 1, "{what}: {text}");
    }
}

fn digests(files: &[(&str, usize)]) -> Files {
    let digest = |(name, sectors): &(&str, usize)| {
        (format!("/{name}"), peers::digest(&content(name, *sectors)[..]).unwrap())
    };
    files.iter().map(digest).collect()
}

const NEW: &[(&str, usize)] = &[("new", 300)];

/// At each of these, so many sectors of the recording are missing: of its data, its anchor, its own descriptors, and the head.
const MISSING: [u64; 7] = [400, 97, 65, 33, 31, 16, 13];

fn each(grounds: impl IntoIterator<Item = Ground>) -> impl Iterator<Item = (Stage, FileSystems, String)> {
    let with_forms = |ground| {
        FORMS.into_iter().map(move |form| (Stage::new(ground), form, format!("{ground:?}, {form:?}")))
    };
    grounds.into_iter().flat_map(with_forms)
}

const SOME: [Ground; 2] = [Ground::Medium(MediumKind::DvdPlusRw), Ground::Medium(MediumKind::BdRe)];

/// Of what is missing, all of the data are there where anything is shown, and what is shown is whole.
#[test]
fn interop_stopped_sessions() {
    let Some(judges) = judges() else { return };
    for (stage, form, what) in each(SOME) {
        let mut before: Vec<(&str, usize)> = Vec::new();
        // The first one, and a further one.
        for name in ["new", "newer"] {
            let kept = stage.kept();
            let mut behind = before.clone();
            behind.push((name, 300));
            let write = |drive| add(drive, form, name, 300, &Control::default());
            let end = stage.sectors_written(write);
            for missing in MISSING {
                let what = format!("{what}, {name}, without {missing} of {end}");
                stage.put_back(&kept);
                assert!(stage.add_cut(form, name, 300, end - missing).is_err(), "{what}");
                match missing > 128 {
                    true => judges.allow(form, &stage, &[&before], &what),
                    false => judges.allow(form, &stage, &[&before, &behind], &what),
                }
            }
            stage.put_back(&kept);
            write(stage.open()).unwrap();
            judges.require(form, &stage, &behind, &what);
            before = behind;
        }
    }
}

#[test]
fn interop_stopped_images() {
    let Some(judges) = judges() else { return };
    for (stage, form, what) in each(SOME) {
        let image = stage.image(form, 500);
        let whole: &[(&str, usize)] = &[("image", 500)];
        for is_used in [false, true] {
            if is_used {
                stage.add(form, "old", 20).unwrap();
            }
            let kept = stage.kept();
            let end = stage.sectors_written(|drive| record(drive, &image));
            for missing in MISSING {
                let what = format!("{what}, used: {is_used}, without {missing} of {end}");
                stage.put_back(&kept);
                assert!(stage.cut(end - missing).and_then(|drive| record(drive, &image)).is_err(), "{what}");
                match missing > 128 {
                    true => judges.allow(form, &stage, &[], &what),
                    false => judges.allow(form, &stage, &[whole], &what),
                }
            }
            stage.put_back(&kept);
            record(stage.open(), &image).unwrap();
            judges.require(form, &stage, whole, &what);
            stage.put_back(&kept);
        }
    }
}

#[test]
fn interop_images_over_sessions() {
    let Some(judges) = judges() else { return };
    for (stage, form, what) in each(rewritable()) {
        let image = stage.image(form, 1);
        let blank = stage.kept();
        for is_blanked in [false, true] {
            let what = format!("{what}, blanked: {is_blanked}");
            stage.put_back(&blank);
            for (name, sectors) in [("a", 1500), ("b", 20), ("c", 20)] {
                stage.add(form, name, sectors).unwrap();
            }
            if is_blanked {
                stage.blank();
                judges.allow(form, &stage, &[], &what);
            }
            record(stage.open(), &image).unwrap();
            judges.require(form, &stage, &[("image", 1)], &what);
            if form.contains(FileSystems::ISO9660) {
                judges.require_one_session(&stage, &what);
            }
        }
    }
}

/// A session whose head was lost on a medium that was used, and blanked: what `recover` makes of it is that session.
#[test]
fn interop_recovered_on_what_was_blanked() {
    let Some(judges) = judges() else { return };
    for (stage, form, what) in each(SOME) {
        for name in ["old", "older"] {
            stage.add(form, name, 300).unwrap();
        }
        stage.blank();
        let end = stage.sectors_written(|drive| add(drive, form, "new", 300, &Control::default()));
        assert!(stage.add_cut(form, "new", 300, end - 32).is_err(), "{what}");
        judges.allow(form, &stage, &[NEW], &what);
        let recovery = Recovery::of_drive(stage.open(), &Control::default()).unwrap();
        let identifier = recovery.report().identifier;
        recovery.write(identifier, &Control::default()).unwrap();
        judges.require(form, &stage, NEW, &what);
    }
}
