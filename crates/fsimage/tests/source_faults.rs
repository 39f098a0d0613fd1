//! Sources that change between plan and write, and builds that are cancelled: named, and nothing left behind.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use fsimage::{
    Blame, CancelToken, Control, Error, GrowingImage, ImportOptions, Item, ItemOptions, Kind, LayoutPlan,
    NodeId, Observer, PlanOptions, Progress, ScanOptions, Stage, Tree, WriterSink, write_image,
};

/// Lengths that go through memory, and by the kernel in one and in several stretches.
const LENGTHS: [usize; 3] = [5_000, 3_000_000, 70_000_000];

/// How the tree comes to know the file.
#[derive(Clone, Copy, Debug)]
enum Way {
    Scanned,
    Added,
}

struct Case {
    folder: tempfile::TempDir,
    victim: PathBuf,
    tree: Tree,
}

impl Case {
    /// `victim.bin` of this length between two other files.
    fn new(way: Way, len: usize) -> Case {
        let folder = tempfile::tempdir().unwrap();
        let sources = folder.path().join("sources");
        fs::create_dir(&sources).unwrap();
        fs::create_dir(folder.path().join("target")).unwrap();
        let victim = sources.join("victim.bin");
        for (name, len) in [("first.txt", 10), ("victim.bin", len), ("zlast.txt", 10_000)] {
            fs::write(sources.join(name), vec![b'x'; len]).unwrap();
        }
        File::options()
            .write(true)
            .open(&victim)
            .unwrap()
            .set_modified(UNIX_EPOCH + Duration::from_secs(1_500_000_000))
            .unwrap();
        let mut tree = Tree::new();
        match way {
            Way::Scanned => {
                tree.scan(&sources, NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
            }
            Way::Added => {
                for name in ["first.txt", "victim.bin", "zlast.txt"] {
                    let path = sources.join(name);
                    tree.add(name, Item::HostFile(&path), &ItemOptions::default()).unwrap();
                }
            }
        }
        Case { folder, victim, tree }
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("target")
    }

    fn write(&self, plan: &LayoutPlan<'_>, control: &Control) -> fsimage::Result<()> {
        write_image(plan, &self.target().join("image.iso"), control)
    }

    #[track_caller]
    fn assert_nothing_left(&self) {
        assert_eq!(names(&self.target()), [""; 0], "left in the target folder");
    }
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Plans, changes the victim, writes to a file and to a stream, and hands back both errors as `check` wants
/// them: with the length that was planned.
fn each_fault(change: impl Fn(&Path, usize), check: impl Fn(&Error, &Path, usize)) {
    for way in [Way::Scanned, Way::Added] {
        for len in LENGTHS {
            let case = Case::new(way, len);
            let plan = LayoutPlan::new(&case.tree, PlanOptions::default()).unwrap();
            change(&case.victim, len);

            let error = case.write(&plan, &Control::default()).unwrap_err();
            check(&error, &case.victim, len);
            case.assert_nothing_left();

            let mut sink = WriterSink::new(std::io::sink(), "stream");
            let error = plan.write_to(&mut sink, &Control::default()).unwrap_err();
            check(&error, &case.victim, len);
        }
    }
}

/// The error says which file changed, what was planned and what is there.
#[track_caller]
fn assert_changed(error: &Error, victim: &Path, words: &[&str]) {
    let Error::SourceChanged { path, .. } = error else { panic!("{error:?}") };
    assert_eq!(path, victim);
    assert_eq!(error.blame(), Blame::Source, "{error}");
    let text = error.to_string();
    assert!(text.contains(victim.to_str().unwrap()), "{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} is not in {text:?}");
    }
}

#[test]
fn a_file_that_shrank_is_named_with_both_sizes() {
    each_fault(
        |victim, len| File::options().write(true).open(victim).unwrap().set_len(len as u64 - 1).unwrap(),
        |error, victim, len| {
            assert_changed(error, victim, &[&format!("{len} bytes"), &format!("{} bytes", len - 1)]);
        },
    );
}

#[test]
fn a_file_that_became_empty_is_named_with_both_sizes() {
    each_fault(
        |victim, _| drop(File::create(victim).unwrap()),
        |error, victim, len| assert_changed(error, victim, &[&format!("{len} bytes"), "found 0 bytes"]),
    );
}

#[test]
fn a_file_that_grew_is_named_with_both_sizes() {
    each_fault(
        |victim, len| File::options().write(true).open(victim).unwrap().set_len(len as u64 + 1).unwrap(),
        |error, victim, len| {
            assert_changed(error, victim, &[&format!("{len} bytes"), &format!("{} bytes", len + 1)]);
        },
    );
}

#[test]
fn a_file_of_the_same_size_that_was_modified_is_named() {
    each_fault(
        |victim, _| {
            let file = File::options().write(true).open(victim).unwrap();
            file.set_modified(UNIX_EPOCH + Duration::from_secs(1_500_000_001)).unwrap();
        },
        |error, victim, len| assert_changed(error, victim, &[&format!("{len} bytes"), "modified"]),
    );
}

#[test]
fn a_file_that_was_deleted_is_named() {
    each_fault(
        |victim, _| fs::remove_file(victim).unwrap(),
        |error, victim, _| {
            let Error::SourceOpen { path, source } = error else { panic!("{error:?}") };
            assert_eq!((path.as_path(), source.kind()), (victim, std::io::ErrorKind::NotFound));
            assert_eq!(error.blame(), Blame::Source, "{error}");
            assert!(error.to_string().contains(victim.to_str().unwrap()), "{error}");
        },
    );
}

#[cfg(unix)]
#[test]
fn a_fifo_or_directory_in_the_files_place_is_named_and_does_not_hang() {
    let words = |error: &Error, victim: &Path, len: usize| {
        assert_changed(error, victim, &[&format!("a file of {len} bytes"), "no regular file"]);
    };
    each_fault(
        |victim, _| {
            fs::remove_file(victim).unwrap();
            assert!(std::process::Command::new("mkfifo").arg(victim).status().unwrap().success());
        },
        words,
    );
    each_fault(
        |victim, _| {
            fs::remove_file(victim).unwrap();
            fs::create_dir(victim).unwrap();
        },
        words,
    );
}

#[test]
fn a_failed_build_leaves_the_image_that_was_there() {
    let case = Case::new(Way::Scanned, 5_000);
    let image = case.target().join("image.iso");
    fs::write(&image, "the image of yesterday").unwrap();
    let plan = LayoutPlan::new(&case.tree, PlanOptions::default()).unwrap();
    fs::remove_file(&case.victim).unwrap();
    case.write(&plan, &Control::default()).unwrap_err();
    assert_eq!(names(&case.target()), ["image.iso"]);
    assert_eq!(fs::read(&image).unwrap(), b"the image of yesterday");
}

/// Cancels as soon as something was written.
struct Canceller(CancelToken);

impl Observer for Canceller {
    fn progress(&self, progress: Progress) {
        if progress.stage == Stage::Writing && progress.done > 0 {
            self.0.cancel();
        }
    }
}

fn cancelling() -> Control {
    let cancel = CancelToken::new();
    Control { observer: Some(Arc::new(Canceller(cancel.clone()))), cancel }
}

#[test]
fn a_cancelled_build_leaves_nothing() {
    for len in LENGTHS {
        let case = Case::new(Way::Scanned, len);
        let plan = LayoutPlan::new(&case.tree, PlanOptions::default()).unwrap();
        let error = case.write(&plan, &cancelling()).unwrap_err();
        assert!(matches!(error, Error::Cancelled { .. }), "{error:?}");
        assert_eq!(error.blame(), Blame::Cancelled);
        assert!(error.to_string().contains("no image was left behind"), "{error}");
        case.assert_nothing_left();

        let control = Control::default();
        control.cancel.cancel();
        let error = case.write(&plan, &control).unwrap_err();
        assert!(matches!(error, Error::Cancelled { .. }), "before the start: {error:?}");
        case.assert_nothing_left();

        // The plan is as good as before.
        case.write(&plan, &Control::default()).unwrap();
        assert_eq!(names(&case.target()), ["image.iso"]);
    }
}

/// An image, and a second session for it whose `victim.bin` and `control` the caller spoils.
fn spoilt_append(spoil: impl Fn(&Path), control: &Control) -> Error {
    let case = Case::new(Way::Scanned, 100_000);
    let image = case.target().join("image.iso");
    let plan = LayoutPlan::new(&case.tree, PlanOptions::default()).unwrap();
    case.write(&plan, &Control::default()).unwrap();
    let before = fs::read(&image).unwrap();

    let growing = GrowingImage::open(&image).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    let large = case.folder.path().join("large");
    fs::write(&large, vec![b'y'; 70_000_000]).unwrap();
    imported.tree.add("/new/large", Item::HostFile(&large), &ItemOptions::default()).unwrap();
    imported.tree.add("/new/victim", Item::HostFile(&case.victim), &ItemOptions::default()).unwrap();
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    spoil(&case.victim);
    let error = growing.write(&plan, control).unwrap_err();
    drop(growing);
    assert!(fs::read(&image).unwrap() == before, "the image has changed");
    assert_eq!(names(&case.target()), ["image.iso"]);
    error
}

#[test]
fn a_cancelled_append_leaves_the_image_byte_for_byte() {
    let error = spoilt_append(|_| {}, &cancelling());
    let Error::Cancelled { state } = &error else { panic!("{error:?}") };
    assert!(state.contains("image.iso is as it was"), "{state}");
}

#[test]
fn an_append_whose_source_fails_leaves_the_image_byte_for_byte() {
    let error = spoilt_append(|victim| fs::write(victim, "short").unwrap(), &Control::default());
    let Error::SourceChanged { path, .. } = &error else { panic!("{error:?}") };
    assert!(path.ends_with("victim.bin"), "{error}");
    assert!(error.to_string().contains("expected 100000 bytes, found 5 bytes"), "{error}");
}

#[test]
fn a_file_that_meets_a_directory_is_an_error_that_names_both() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    fs::create_dir_all(one.join("sub")).unwrap();
    fs::write(one.join("sub/name"), "a file").unwrap();
    fs::create_dir_all(two.join("sub/name")).unwrap();
    let scan = |folders: [&Path; 2]| {
        let mut tree = Tree::new();
        let mut scan = |folder| tree.scan(folder, NodeId::ROOT, &ScanOptions::default(), &Control::default());
        scan(folders[0]).unwrap();
        scan(folders[1]).unwrap_err()
    };

    let error = scan([&one, &two]);
    let Error::MergeCollision { path, existing, existing_from, added, added_from } = &error else {
        panic!("{error:?}")
    };
    assert_eq!((path.as_str(), *existing, *added), ("/sub/name", Kind::File, Kind::Directory));
    assert_eq!(Path::new(existing_from), one.join("sub/name"));
    assert_eq!(Path::new(added_from), two.join("sub/name"));
    let text = error.to_string();
    for word in ["/sub/name", "file", "directory", existing_from, added_from] {
        assert!(text.contains(word), "{word:?} is not in {text:?}");
    }

    let error = scan([&two, &one]);
    let Error::MergeCollision { path, existing, added, added_from, .. } = &error else { panic!("{error:?}") };
    assert_eq!((path.as_str(), *existing, *added), ("/sub/name", Kind::Directory, Kind::File));
    assert_eq!(Path::new(added_from), one.join("sub/name"));
}
