//! Sessions with UDF, alone and beside ISO 9660, in image files and on media: each holds what it should, in every
//! file system, and stays readable behind those that follow.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use fsimage::{
    AsItIsOptions, BurnOptions, CancelToken, Control, Disc, DriveName, Error, FileSystem, FileSystems,
    GrowingDisc, GrowingImage, ImportOptions, Item, ItemOptions, LayoutPlan, Observer, OpenDrive,
    PlanOptions, Progress, Stage, Tree, UdfAccess, UdfOptions, write_image,
};
use peers::Kind;
use support::growing::{Model, SESSIONS, append, burn, change, forms, name_of};
use support::{build, list_image};

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn assert_holds(disc: &Disc, session: Option<u16>, file_systems: FileSystems, model: &Model, what: &str) {
    for file_system in [FileSystem::Udf, FileSystem::RockRidge, FileSystem::Joliet] {
        if !file_systems.contains(file_system.as_set()) {
            continue;
        }
        let image = disc.image(session, &[file_system]).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(image.findings(), Vec::<String>::new(), "{what} {file_system}");
        let found: BTreeMap<String, String> = list_image(&image)
            .into_iter()
            .filter(|(_, entry)| entry.kind == Kind::File)
            .map(|(path, entry)| (String::from_utf8(peers::unescape(&path)).unwrap(), entry.sha256.unwrap()))
            .collect();
        let expected: BTreeMap<String, String> =
            model.iter().map(|(path, content)| (path.clone(), sha256(content))).collect();
        assert_eq!(found, expected, "{what}: {file_system}, session {session:?}");
    }
}

#[test]
fn image_files() {
    let folder = tempfile::tempdir().unwrap();
    for options in forms() {
        let what = name_of(&options);
        let image = folder.path().join("image");
        let (mut tree, mut model) = (Tree::new(), Model::new());
        change(1, &mut model, &mut tree);
        build(&tree, options.clone(), &image);
        let mut models = vec![model.clone()];
        for number in 2..=SESSIONS {
            let before = fs::metadata(&image).unwrap().len();
            append(&image, |tree| change(number, &mut model, tree)).unwrap();
            models.push(model.clone());
            let grown = fs::metadata(&image).unwrap().len() - before;
            assert!(grown < 1_500_000, "{what}: {grown} bytes more");
            let disc = Disc::open(&image).unwrap();
            assert_eq!(disc.sessions().len(), number, "{what}");
            assert_holds(&disc, None, options.file_systems, &model, &what);
            for (session, model) in (1..).zip(&models) {
                assert_holds(&disc, Some(session), options.file_systems, model, &what);
            }
        }
        fs::remove_file(&image).unwrap();
    }
}

/// From the drive and from its sectors alone. `interop_session_matrix` has all media, from the drive.
#[test]
fn media() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["dvd+rw", "bd-r", "dvd-r", "dvd-rw", "cd-r"] {
        for (number, options) in forms().into_iter().enumerate() {
            let what = format!("{kind} {}", name_of(&options));
            let medium = folder.path().join(format!("{kind}-{number}"));
            let name: DriveName = format!("sim:{kind}:{}", medium.display()).parse().unwrap();
            let (mut model, mut models) = (Model::new(), Vec::new());
            for session in 1..=SESSIONS {
                burn(&name, &options, |tree| change(session, &mut model, tree));
                models.push(model.clone());
            }
            let in_drive = OpenDrive::open(&name).unwrap().disc().unwrap();
            let discs = [in_drive.clone(), Disc::open(&medium).unwrap()];
            for (disc, from) in discs.iter().zip(["drive", "file"]) {
                let what = format!("{what}, from the {from}");
                assert_eq!(disc.sessions().len(), SESSIONS, "{what}");
                assert_holds(disc, None, options.file_systems, &model, &what);
                for (session, model) in (1..).zip(&models) {
                    assert_holds(disc, Some(session), options.file_systems, model, &what);
                }
            }
        }
    }
}

/// The sectors of a medium that is written once, in an image file and on media with a head: a further session leaves the older ones
/// where they are found.
#[test]
fn copies_of_media_that_are_written_once_are_continued() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["bd-r", "dvd-r", "cd-r"] {
        for (number, options) in forms().into_iter().enumerate() {
            let what = format!("{kind} {}", name_of(&options));
            let medium = folder.path().join(format!("{kind}-{number}"));
            let name: DriveName = format!("sim:{kind}:{}", medium.display()).parse().unwrap();
            let (mut model, mut models) = (Model::new(), Vec::new());
            for session in 1..SESSIONS {
                burn(&name, &options, |tree| change(session, &mut model, tree));
                models.push(model.clone());
            }
            let image = folder.path().join("image");
            fs::copy(&medium, &image).unwrap();
            let rewritable = folder.path().join(format!("rewritable-{kind}-{number}"));
            let rewritable: DriveName = format!("sim:dvd+rw:{}", rewritable.display()).parse().unwrap();
            let mut drive = OpenDrive::open(&rewritable).unwrap();
            drive.record_as_it_is(&image, &AsItIsOptions::default(), &Control::default()).unwrap();
            drop(drive);
            for session in SESSIONS..SESSIONS + 2 {
                append(&image, |tree| change(session, &mut model.clone(), tree)).unwrap();
                burn(&rewritable, &options, |tree| change(session, &mut model, tree));
                models.push(model.clone());
                let discs =
                    [Disc::open(&image).unwrap(), OpenDrive::open(&rewritable).unwrap().disc().unwrap()];
                for (disc, what) in discs.iter().zip(["image", "dvd+rw"].map(|one| format!("{what}, {one}")))
                {
                    assert_eq!(disc.sessions().len(), session, "{what}");
                    for (session, model) in (1..).zip(&models) {
                        assert_holds(disc, Some(session), options.file_systems, model, &what);
                    }
                }
            }
        }
    }
}

/// Whatever of the head reached the file when the power went, each file system shows the whole old state or the whole
/// new one, and a further session follows what this crate's reader shows.
#[test]
fn a_power_cut_between_the_sectors_of_the_head() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    for options in forms() {
        let what = name_of(&options);
        let (mut tree, mut old) = (Tree::new(), Model::new());
        change(1, &mut old, &mut tree);
        build(&tree, options.clone(), &image);
        append(&image, |tree| change(2, &mut old, tree)).unwrap();
        let before = fs::read(&image).unwrap();
        let mut new = old.clone();
        append(&image, |tree| change(3, &mut new, tree)).unwrap();
        let after = fs::read(&image).unwrap();
        let changed: Vec<usize> = (0..before.len() / 2048)
            .filter(|sector| before[sector * 2048..][..2048] != after[sector * 2048..][..2048])
            .collect();
        let (first, last) = (changed[0], *changed.last().unwrap());
        let bridge = options.file_systems.contains(FileSystems::ISO9660);
        assert_eq!((first, last), (if bridge { 16 } else { 256 }, 256), "{what}: {changed:?}");
        for written in 0..=changed.len() {
            let mut bytes = after.clone();
            for &sector in &changed[written..] {
                bytes[sector * 2048..][..2048].copy_from_slice(&before[sector * 2048..][..2048]);
            }
            fs::write(&image, &bytes).unwrap();
            let disc = Disc::open(&image).unwrap();
            let (expected, sessions) = if written == 0 { (&old, 2) } else { (&new, 3) };
            let what = format!("{what}, {written} of {changed:?}");
            assert_eq!(disc.sessions().len(), sessions, "{what}");
            assert_holds(&disc, None, options.file_systems, expected, &what);
            // What readers find that start at sector 256.
            let udf = udf::read::Volume::open(disc.source().clone(), fsimage::Sector::ZERO).unwrap();
            let mut directories = udf::read::DirectoryBuffer::new();
            let has_new = udf.lookup(b"/added/in session 3", &mut directories, &mut |_| ()).unwrap();
            assert_eq!(has_new, written == changed.len(), "{what}");

            let mut model = expected.clone();
            append(&image, |tree| change(4, &mut model, tree)).unwrap();
            let disc = Disc::open(&image).unwrap();
            assert_holds(&disc, None, options.file_systems, &model, &what);
            assert_holds(&disc, Some(sessions as u16), options.file_systems, expected, &what);
        }
    }
}

#[test]
fn what_cannot_be_continued_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let mut tree = Tree::new();
    change(1, &mut Model::new(), &mut tree);
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let free = fsimage::SectorCount::new(100);
    let changeable = UdfOptions { access: UdfAccess::Overwritable { free }, ..UdfOptions::default() };
    for (of_image, udf, asked, reason) in [
        (FileSystems::UDF, changeable, FileSystems::UDF, "changed in place"),
        (FileSystems::UDF, UdfOptions::default(), iso9660, "has UDF"),
        (iso9660, UdfOptions::default(), FileSystems::UDF | iso9660, "has no UDF"),
        (iso9660 | FileSystems::UDF, UdfOptions::default(), iso9660, "has UDF"),
        (iso9660 | FileSystems::UDF, UdfOptions::default(), FileSystems::UDF, "has ISO 9660"),
    ] {
        let plan =
            LayoutPlan::new(&tree, PlanOptions { file_systems: of_image, udf, ..PlanOptions::default() });
        write_image(&plan.unwrap(), &image, &Control::default()).unwrap();
        let before = fs::read(&image).unwrap();
        let growing = GrowingImage::open(&image).unwrap();
        let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
        let options = PlanOptions { place: growing.place(), file_systems: asked, ..imported.plan_options() };
        let plan = LayoutPlan::new(&imported.tree, options).unwrap();
        let error = growing.write(&plan, &Control::default()).unwrap_err();
        let found = match &error {
            Error::CannotAppend { reason } | Error::FileSystemChange { reason } => reason,
            _ => panic!("{error}"),
        };
        assert!(found.contains(reason), "{error}");
        assert!(fs::read(&image).unwrap() == before, "{reason}: the image changed");
        drop(growing);
        fs::remove_file(&image).unwrap();
    }
}

/// Cancels when so many sectors are written.
struct CancelAt(u64, CancelToken);

impl Observer for CancelAt {
    fn progress(&self, progress: Progress) {
        if progress.stage == Stage::Writing && progress.done >= self.0 {
            self.1.cancel();
        }
    }
}

/// A recording that stops leaves descriptors on the medium, and not all that they lead to.
#[test]
fn a_session_that_stopped_early_is_not_built_on() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["bd-r", "dvd+r", "dvd-r", "cd-r"] {
        for (number, options) in forms().into_iter().enumerate() {
            let what = format!("{kind} {}", name_of(&options));
            let name: DriveName =
                format!("sim:{kind}:{}", folder.path().join(format!("{kind}-{number}")).display())
                    .parse()
                    .unwrap();
            let mut model = Model::new();
            burn(&name, &options, |tree| change(1, &mut model, tree));

            stop_early(&name, &what);
            let holds = |model: &Model| {
                let disc = OpenDrive::open(&name).unwrap().disc().unwrap();
                assert_holds(&disc, None, options.file_systems, model, &what);
            };
            holds(&model);
            burn(&name, &options, |tree| change(2, &mut model, tree));
            holds(&model);
        }
    }
}

/// Begins a session with a large file, and cancels it within that.
fn stop_early(name: &DriveName, what: &str) {
    let disc = GrowingDisc::open(OpenDrive::open(name).unwrap()).unwrap();
    let mut imported = disc.import(&ImportOptions::default(), &Control::default()).unwrap();
    let large = Item::Bytes(vec![1; 60_000_000].into());
    imported.tree.add("/large", large, &ItemOptions::default()).unwrap();
    let options = PlanOptions { place: disc.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    let cancel = CancelToken::new();
    let control = Control { observer: Some(Arc::new(CancelAt(5000, cancel.clone()))), cancel };
    let error = disc.write(&plan, &BurnOptions::default(), &control).unwrap_err();
    assert!(matches!(error, Error::Cancelled { .. }), "{what}: {error}");
}
